<# gpt-4o in a comment #>
param([string]$Model = "qwen3:8b", [string]$Url = 'https://api.deepseek.com/v1')
$env:OPENAI_MODEL = "gpt-4.1"
[Environment]::SetEnvironmentVariable("ANTHROPIC_MODEL", "claude-opus-4-1", "User")
ollama pull llama3.1:8b
vllm serve `
  Qwen/Qwen3-8B `
  --served-model-name "glm-4.6"
$body = @{ model = 'deepseek-chat'; messages = @() } | ConvertTo-Json
$json = '{"model": "mistral-large-2411"}'
$here = @"
{
  "model": "gpt-4o-mini"
}
"@
Invoke-RestMethod -Uri "https://api.openai.com/v1/chat/completions" -Body $body
& 'C:\llama\llama-server.exe' -m C:\models\gemma-3-27b-it-Q4_K_M.gguf
# python -m x --model gpt-5
Start-Process ollama -ArgumentList "run", "gemma3:4b"
$settings = @{
  EmbeddingModel = "text-embedding-3-small"
  'ChatModel'    = "gpt-5-mini"
}
