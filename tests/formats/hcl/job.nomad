job "llm" {
  task "serve" {
    config {
      image = "vllm/vllm-openai:v0.9.1"
      args  = ["--model", "Qwen/Qwen3-8B"]
    }
    env { LLM_MODEL = "deepseek-chat" }
  }
}
