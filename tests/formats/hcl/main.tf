# gpt-4o in a comment
variable "model_id" {
  description = "Bedrock model, such as claude-3-haiku"
  type        = string
  default     = "anthropic.claude-3-5-sonnet-20241022-v2:0"
}
variable "models" {
  default = ["gpt-4o", "gpt-4o-mini"]
}
variable "title" { default = "o3" }
locals {
  model     = "mistral.mistral-large-2407-v1:0" // trailing
  fallback_model = var.model != "" ? var.model : "meta.llama3-1-70b-instruct-v1:0"
  arn       = "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0"
  endpoint  = "https://${var.name}.openai.azure.com/"
}
resource "azurerm_cognitive_deployment" "chat" {
  name = "chat"
  model {
    format  = "OpenAI"
    name    = "gpt-4.1-mini"
    version = "2025-04-14"
  }
  sku { name = "Standard" }
}
resource "aws_lambda_function" "f" {
  environment {
    variables = {
      MODEL_ID = "us.anthropic.claude-sonnet-4-20250514-v1:0"
      CONFIG   = jsonencode({ model = "cohere.command-r-plus-v1:0", "embedding_model" : "text-embedding-3-small" })
      BODY     = "{\"model\": \"gpt-4.1\"}"
    }
  }
}
resource "kubernetes_config_map" "c" {
  data = {
    "litellm.yaml" = <<-EOT
      model_list:
        - model_name: fast
          litellm_params:
            model: groq/llama-3.3-70b-versatile
            api_base: https://api.groq.com/openai/v1
    EOT
    "run.sh" = <<EOT
ollama pull qwen3:8b
EOT
  }
}
/* gemini-2.5-pro
   was here */
module "x" {
  source = "./m"
  model  = lookup(local.models, "fast", "deepseek-chat")
  args   = ["--model", "Qwen/Qwen3-8B", "--port=80"]
}
