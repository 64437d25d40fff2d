MODEL=${1:-gpt-4o}
export OPENAI_MODEL="gpt-4.1" ANTHROPIC_MODEL='claude-opus-4-1'
MODELS=("qwen3:8b" llama3.1:8b)
for model in mistral-large-2411 deepseek-chat; do run "$model"; done
curl https://api.openai.com/v1/chat/completions \
  -H "Authorization: Bearer $OPENAI_API_KEY" \
  -d '{
    "model": "gpt-4o-mini",
    "messages": []
  }'
curl -s "https://api.deepseek.com/v1/chat/completions" -d "{\"model\": \"deepseek-reasoner\", \"n\": $N}"
curl http://localhost:11434/api/pull -d '{"name": "gemma3:4b"}'
curl --json @- http://localhost:11434/api/generate <<JSON
{"model": "qwen3:14b", "prompt": "hi"}
JSON
cat > .env <<'EOF'
LLM_MODEL=glm-4.6
EOF
cat <<EOF | kubectl apply -f -
spec:
  model: moonshotai/Kimi-K2-Instruct
EOF
jq '.model = "claude-sonnet-4-5"' config.json
sed -i 's/gpt-4o/gpt-5/' config.json
echo "use gpt-4.1-mini"
case "$1" in gpt-4*) echo x ;; claude-3-opus-20240229) echo y ;; esac
if [ "$MODEL" = "gemini-2.5-pro" ]; then :; fi
python -c 'from openai import OpenAI; print(OpenAI().chat.completions.create(model="o3-mini"))'
python - <<PY
import anthropic
anthropic.Anthropic().messages.create(model="claude-3-7-sonnet-20250219")
PY
