"""Systems that users will ask for by name: whose they are, their licence, and where they run."""

from __future__ import annotations

import pytest
from reading import catalogue

from stackaudit.explain import explain

#: As written, developer, seat, licence, weights.
MODELS = [
    ("gpt-5.5", "openai", "US", "proprietary", "closed"),
    ("gpt-5.5-mini", "openai", "US", "proprietary", "closed"),
    ("gpt-5.6", "openai", "US", "proprietary", "closed"),
    ("gpt-4o", "openai", "US", "proprietary", "closed"),
    ("gpt-image-2", "openai", "US", "proprietary", "closed"),
    ("sora-2", "openai", "US", "proprietary", "closed"),
    ("openai/gpt-oss-120b", "openai", "US", "Apache-2.0", "open"),
    ("claude-opus-4-7", "anthropic", "US", "proprietary", "closed"),
    ("claude-opus-4.8", "anthropic", "US", "proprietary", "closed"),
    ("claude-sonnet-4-7", "anthropic", "US", "proprietary", "closed"),
    ("Claude Fable 5", "anthropic", "US", "proprietary", "closed"),
    ("claude-mythos-5", "anthropic", "US", "proprietary", "closed"),
    ("gemini-3-pro", "google", "US", "proprietary", "closed"),
    ("gemma-3-27b-it", "google", "US", "Gemma-Terms", "open"),
    ("google/gemma-4-31b-it", "google", "US", "Apache-2.0", "open"),
    ("llama-3.3-70b-instruct", "meta", "US", "Llama-3.3-Community", "open"),
    ("meta-llama/Llama-4-Maverick-17B-128E-Instruct", "meta", "US", "Llama-4-Community", "open"),
    ("mistral-large-2512", "mistral", "FR", "Apache-2.0", "open"),
    ("mistral-large-2411", "mistral", "FR", "Mistral-Research", "open"),
    ("grok-4", "xai", "US", "proprietary", "closed"),
    ("qwen3.7-max", "alibaba", "CN", "proprietary", "closed"),
    ("Qwen/Qwen3-32B", "alibaba", "CN", "Apache-2.0", "open"),
    ("Qwen/Qwen2.5-3B-Instruct", "alibaba", "CN", "Qwen-Research", "open"),
    ("Qwen/Qwen2.5-72B-Instruct", "alibaba", "CN", "Qwen-License", "open"),
    ("deepseek-r1", "deepseek", "CN", "MIT", "open"),
    ("deepseek-ai/DeepSeek-V3", "deepseek", "CN", "DeepSeek-Model-License-1.0", "open"),
    ("deepseek-ai/DeepSeek-V3-0324", "deepseek", "CN", "MIT", "open"),
    ("deepseek-v4", "deepseek", "CN", "MIT", "open"),
    ("glm-5", "zhipu", "CN", "MIT", "open"),
    ("glm-5.1", "zhipu", "CN", "MIT", "open"),
    ("glm-5.2", "zhipu", "CN", "MIT", "open"),
    ("kimi-k2.6", "moonshot", "CN", "Kimi-K2-Modified-MIT", "open"),
    ("kimi-k2.7", "moonshot", "CN", "Kimi-K2-Modified-MIT", "open"),
    ("kimi-k3", "moonshot", "CN", "Kimi-K3-License", "open"),
    ("MiniMax-M2", "minimax", "CN", "MiniMax-M2-Modified-MIT", "open"),
    ("MiniMax-M3", "minimax", "CN", "MiniMax-M3-License", "open"),
    ("mimo-v2.5", "xiaomi", "CN", "MIT", "open"),
    ("wan2.5-t2v-preview", "alibaba", "CN", "proprietary", "closed"),
    ("kling-v3", "kuaishou", "CN", "proprietary", "closed"),
    ("sakana-fugu", "sakana", "JP", "proprietary", "closed"),
    ("baichuan4", "baichuan", "CN", "proprietary", "closed"),
    ("step-3.5-flash", "stepfun", "CN", "Apache-2.0", "open"),
    ("hunyuan-turbos", "tencent", "CN", "proprietary", "closed"),
    ("tencent/Hunyuan-A13B-Instruct", "tencent", "CN", "Tencent-Hunyuan-Community", "open"),
    ("ERNIE-5.0", "baidu", "CN", "proprietary", "closed"),
    ("doubao-seed-1.6", "bytedance", "CN", "proprietary", "closed"),
    ("ByteDance-Seed/Seed-OSS-36B-Instruct", "bytedance", "CN", "Apache-2.0", "open"),
    ("openpangu-embedded-7b", "huawei", "CN", "OpenPangu-Model-License-1.0", "open"),
    ("01-ai/Yi-1.5-34B-Chat", "01ai", "CN", "Apache-2.0", "open"),
    ("internlm/internlm3-8b-instruct", "shanghaiailab", "CN", "Apache-2.0", "open"),
    ("command-a-03-2025", "cohere", "CA", "CC-BY-NC-4.0", "open"),
    ("nvidia/NVIDIA-Nemotron-Nano-9B-v2", "nvidia", "US", "NVIDIA-Open-Model", "open"),
    ("microsoft/phi-4", "microsoft", "US", "MIT", "open"),
    ("granite-4.0-h-small", "ibm", "US", "Apache-2.0", "open"),
    ("tiiuae/Falcon-H1-34B-Instruct", "tiiuae", "AE", "Falcon-LLM", "open"),
    ("LGAI-EXAONE/EXAONE-4.0-32B", "lg", "KR", "EXAONE-1.2-NC", "open"),
    ("swiss-ai/Apertus-8B-Instruct-2509", "swissai", "CH", "Apache-2.0", "open"),
]
OTHERS = [
    ("https://openrouter.ai/api/v1", "endpoint", "openrouter", "US"),
    ("https://router.huggingface.co/v1", "endpoint", "huggingface", "US"),
    ("litellm", "sdk", "berriai", "US"),
    ("torch_npu", "sdk", "huawei", "CN"),
    ("mindspore", "sdk", "huawei", "CN"),
    ("paddlepaddle-xpu", "sdk", "baidu", "CN"),
    ("torch-xmlir", "sdk", "baidu", "CN"),
]


@pytest.mark.parametrize(("text", "developer", "seat", "licence", "weights"), MODELS)
def test_models(text: str, developer: str, seat: str, licence: str, weights: str) -> None:
    model = explain(text, catalogue()).component
    assert model.resolution == "exact"
    assert model.developer is not None and model.licence is not None
    told = (model.developer.id, model.origin_country, model.licence.id, model.weights)
    assert told == (developer, seat, licence, weights)
    # Closed models are reached at a host; open ones may be weights only.
    assert model.routes or weights == "open"


@pytest.mark.parametrize(("text", "kind", "provider", "seat"), OTHERS)
def test_gateways_and_software(text: str, kind: str, provider: str, seat: str) -> None:
    found = explain(text, catalogue()).component
    party = found.provider or found.developer
    assert party is not None
    assert (found.kind, party.id, party.country) == (kind, provider, seat)
