model_id = "amazon.nova-pro-v1:0"
models = {
  chat  = "gpt-4o"
  embed = "text-embedding-3-large"
}
region = "eu-central-1"
