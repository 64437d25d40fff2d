import json, os, subprocess

BODY = '{"model": "gpt-4o", "messages": []}'
ESCAPED = "{\"model\": \"claude-opus-4-1\", \"url\": \"https:\/\/api.deepseek.com\"}"
TEXT = """
{
  "model": "qwen3-32b",
  "fallbacks": ["glm-4.6"]
}
"""
FORMATTED = f'{{"model": "mistral-large-2411", "prompt": "{BODY}"}}'
NESTED = '{"body": "{\\"model\\": \\"deepseek-chat\\"}"}'
subprocess.run("ollama pull llama3.1:8b", shell=True)
subprocess.run(["ollama", "pull", "nomic-embed-text"])
subprocess.Popen(["vllm", "serve", "Qwen/Qwen3-8B", "--port", "8000"])
os.system("vllm serve mistralai/Mistral-7B-Instruct-v0.3 --port 8000")
raise RuntimeError("run ollama pull gemma3:4b first")
