package main

var body = `{"model": "gpt-4o", "stream": true}`
var escaped = "{\"model\": \"deepseek-chat\"}"

func main() {
	exec.Command("ollama", "pull", "qwen3:8b").Run()
	exec.Command("sh", "-c", "ollama pull llama3.1:8b").Run()
}
