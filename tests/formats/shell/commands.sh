#!/usr/bin/env bash
# gpt-4o in a comment
vllm serve Qwen/Qwen3-8B --port 8000 &
python -m vllm.entrypoints.openai.api_server --model mistralai/Mistral-7B-Instruct-v0.3
python3 -m sglang.launch_server --model-path deepseek-ai/DeepSeek-V3.1 --tp 8
sglang serve --model-path zai-org/GLM-4.6
text-generation-launcher --model-id=meta-llama/Llama-3.1-8B-Instruct
text-embeddings-router --model-id BAAI/bge-m3
ollama pull qwen3:8b; ollama run llama3.1:8b "why is the sky blue?"
ollama create mine -f Modelfile
OLLAMA_HOST=0.0.0.0 ollama run gemma3
huggingface-cli download google/gemma-3-27b-it --local-dir x
hf download "moonshotai/Kimi-K2-Instruct" --include '*.json'
modelscope download --model Qwen/Qwen2.5-7B-Instruct
llama-server -hf unsloth/Qwen3-8B-GGUF:Q4_K_M --port 8080
./build/bin/llama-cli -m models/mistral-7b-instruct-v0.3.Q4_K_M.gguf -p "hi"
lms load qwen2.5-coder-7b-instruct
mlx_lm.generate --model mlx-community/Qwen3-4B-4bit --prompt hi
python -m mlx_lm.server --model mlx-community/Llama-3.2-3B-Instruct-4bit
litellm --model groq/llama-3.3-70b-versatile
aider --model deepseek/deepseek-chat --weak-model=gpt-4o-mini
claude --model opus -p "review this"
codex -m gpt-5-codex exec "fix it"
llm -m claude-sonnet-4-5 'summarise'
gemini -m gemini-2.5-pro
aichat -m openai:gpt-4.1 hi
docker run --gpus all -e LLM_MODEL=glm-4.5 vllm/vllm-openai:latest --model Qwen/Qwen3-14B
docker model pull ai/gemma3:4B-Q4_K_M
docker exec -it ollama ollama pull nomic-embed-text
accelerate launch train.py --model_name_or_path microsoft/phi-4 --output_dir out
torchrun --nproc_per_node 8 train.py \
  --base_model "bigscience/bloom-7b1" \
  --output_dir ./out
kubectl exec deploy/ollama -- ollama pull mistral-nemo:12b
tabbyapi --model-name Qwen3-32B-exl2
whisper audio.mp3 --model large-v3
optimum-cli export onnx --model sentence-transformers/all-MiniLM-L6-v2 out/
ct2-transformers-converter --model openai/whisper-large-v3 --output_dir w
trtllm-serve nvidia/Llama-3.1-Nemotron-70B-Instruct-HF
lmdeploy serve api_server internlm/internlm3-8b-instruct
xinference launch --model-name qwen2.5-instruct --model-engine vllm
llamafactory-cli chat --model_name_or_path 01-ai/Yi-1.5-9B-Chat
npx -y @perplexity-ai/mcp-server@0.2.1 openai
uvx awslabs-amazon-bedrock-agentcore-mcp-server serve
ollama run hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M
