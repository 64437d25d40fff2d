const body = '{"model": "gpt-4o"}';
const text = `{
  "model": "qwen3-32b",
  "prompt": "${prompt}"
}`;
const escaped = "{\"model\":\"claude-opus-4-1\",\"stream\":true}";
execSync("ollama pull llama3.1:8b");
spawn("vllm", ["serve", "Qwen/Qwen3-8B"]);
console.log('use {"model": "glm-4.6"} instead');
