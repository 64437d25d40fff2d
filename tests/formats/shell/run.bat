@echo off
REM gpt-4o in a comment
set LLM_MODEL=deepseek-chat
set "OPENAI_MODEL=gpt-4.1"
setx ANTHROPIC_MODEL claude-opus-4-1
ollama pull qwen3:8b
llama-server.exe -m C:\models\mistral-7b-instruct-v0.3.Q4_K_M.gguf
