"""Which endpoint a model is sent to, decided by the nearest true evidence, and by no guess."""

from __future__ import annotations

import pytest
from reading import bound

from stackaudit.model import Route

OPENAI = "from openai import OpenAI, AzureOpenAI\n"
ASK = 'c.chat.completions.create(model="{}", messages=[])\n'
LITELLM = "from litellm import completion\n"


def routes(path: str, text: str) -> dict[str, Route]:
    """Model as written -> its route."""
    return {
        b.mention.text: b.route for b in bound(path, text) if b.mention.kind == "model" and b.route
    }


def short(route: Route) -> str:
    """``route provider provider-country scope:country basis``."""
    where = route.hosting
    return f"{route.route} {route.provider} {route.provider_country} {where.scope}:{where.country} {route.basis}"


#: path, text, {model: route}
CASES = {
    # --- clients in Python
    "default host": ("a.py", OPENAI + "c = OpenAI()\n" + ASK.format("gpt-4o"),
        {"gpt-4o": "vendor-api openai US global:unknown inferred"}),
    "base_url in the constructor": ("a.py", OPENAI + 'c = OpenAI(base_url="https://api.deepseek.com")\n' + ASK.format("deepseek-chat"),
        {"deepseek-chat": "vendor-api deepseek CN country:CN observed"}),
    "a foreign model at that host": ("a.py", OPENAI + 'c = OpenAI(base_url="https://api.deepseek.com")\n' + ASK.format("gpt-4o"),
        {"gpt-4o": "vendor-api deepseek CN country:CN observed"}),
    "base_url by name": ("a.py", OPENAI + 'B = "https://api.deepseek.com/v1"\nc = OpenAI(base_url=B)\n' + ASK.format("deepseek-chat"),
        {"deepseek-chat": "vendor-api deepseek CN country:CN observed"}),
    "base_url by a name of unknown value": ("a.py", OPENAI + "c = OpenAI(base_url=settings.url)\n" + ASK.format("gpt-4o"),
        {"gpt-4o": "unknown unknown unknown unknown:unknown observed"}),
    "arguments spread into the call": ("a.py", OPENAI + "c = OpenAI(**options)\n" + ASK.format("gpt-4o"),
        {"gpt-4o": "unknown unknown unknown unknown:unknown observed"}),
    "options spread into the call": ("a.ts", 'import OpenAI from "openai";\nconst c = new OpenAI({ ...options });\n'
        'await c.chat.completions.create({ model: "gpt-4o" });\n',
        {"gpt-4o": "unknown unknown unknown unknown:unknown observed"}),
    "runtime image beside the model": ("docker-compose.yml", "services:\n  a:\n    environment:\n      BASE_URL: https://api.moonshot.cn/v1\n"
        "  b:\n    image: vllm/vllm-openai\n    command: --model Qwen/Qwen3-8B\n",
        {"Qwen/Qwen3-8B": "self-hosted self unknown local:unknown observed"}),
    "azure endpoint by name": ("a.py", OPENAI + 'c = AzureOpenAI(azure_endpoint=os.environ["X"])\n' + ASK.format("gpt-4o"),
        {"gpt-4o": "cloud azure US unknown:unknown inferred"}),
    "base_url nobody knows": ("a.py", OPENAI + 'c = OpenAI(base_url="https://llm.corp.example/v1")\n' + ASK.format("gpt-4o"),
        {"gpt-4o": "unknown unknown unknown unknown:unknown observed"}),
    "local base_url": ("a.py", OPENAI + 'c = OpenAI(base_url="http://localhost:8000/v1")\n' + ASK.format("Qwen/Qwen3-8B"),
        {"Qwen/Qwen3-8B": "self-hosted self unknown local:unknown observed"}),
    "private address": ("a.py", OPENAI + 'c = OpenAI(base_url="http://10.1.2.3/v1")\n' + ASK.format("Qwen/Qwen3-8B"),
        {"Qwen/Qwen3-8B": "self-hosted self unknown local:unknown observed"}),
    "on self": ("a.py", OPENAI + 'class A:\n    def __init__(self):\n        self.c = OpenAI(base_url="https://api.deepseek.com")\n'
        '    def f(self):\n        return self.c.chat.completions.create(model="deepseek-chat")\n',
        {"deepseek-chat": "vendor-api deepseek CN country:CN observed"}),
    "two clients of one SDK": ("a.py", OPENAI + 'a = OpenAI()\nc = OpenAI(base_url="https://api.deepseek.com")\n'
        'a.chat.completions.create(model="gpt-4o")\n' + ASK.format("deepseek-chat"),
        {"gpt-4o": "vendor-api openai US global:unknown inferred",
         "deepseek-chat": "vendor-api deepseek CN country:CN observed"}),
    "two SDKs": ("a.py", OPENAI + 'from anthropic import Anthropic\nc = OpenAI()\nd = Anthropic()\n' + ASK.format("gpt-4o")
        + 'd.messages.create(model="claude-sonnet-4-5")\n',
        {"gpt-4o": "vendor-api openai US global:unknown inferred",
         "claude-sonnet-4-5": "vendor-api anthropic US global:unknown inferred"}),
    "plain HTTP": ("a.py", 'import requests\nrequests.post("https://api.together.xyz/v1/chat/completions", json={"model": "Qwen/Qwen3-32B"})\n',
        {"Qwen/Qwen3-32B": "vendor-api togetherai US country:US observed"}),
    "the only endpoint of a file": ("a.py", 'URL = "https://api.deepseek.com"\n\n\ndef f():\n    return {"model": "deepseek-chat"}\n',
        {"deepseek-chat": "vendor-api deepseek CN country:CN inferred"}),
    "a commented endpoint says nothing": ("a.py", '# "https://api.deepseek.com"\nx = {"model": "deepseek-chat"}\n',
        {"deepseek-chat": "unknown unknown unknown unknown:unknown inferred"}),
    "nothing said": ("a.py", 'x = {"model": "gpt-4o"}\n', {"gpt-4o": "unknown unknown unknown unknown:unknown inferred"}),
    # --- clouds
    "azure endpoint": ("a.py", OPENAI + 'c = AzureOpenAI(azure_endpoint="https://contoso.openai.azure.com")\n' + ASK.format("gpt-4o"),
        {"gpt-4o": "cloud azure US unknown:unknown observed"}),
    "azure client": ("a.py", OPENAI + "c = AzureOpenAI()\n" + ASK.format("gpt-4o"),
        {"gpt-4o": "cloud azure US unknown:unknown inferred"}),
    "bedrock id": ("a.py", 'x = client.converse(modelId="anthropic.claude-3-haiku-20240307-v1:0")\n',
        {"anthropic.claude-3-haiku-20240307-v1:0": "cloud aws US unknown:unknown inferred"}),
    "bedrock profile us": ("a.py", 'm = "us.anthropic.claude-3-haiku-20240307-v1:0"\n',
        {"us.anthropic.claude-3-haiku-20240307-v1:0": "cloud aws US country:US inferred"}),
    "bedrock profile eu": ("a.py", 'm = "eu.anthropic.claude-3-haiku-20240307-v1:0"\n',
        {"eu.anthropic.claude-3-haiku-20240307-v1:0": "cloud aws US region:EU inferred"}),
    "bedrock profile apac": ("a.py", 'm = "apac.anthropic.claude-3-haiku-20240307-v1:0"\n',
        {"apac.anthropic.claude-3-haiku-20240307-v1:0": "cloud aws US region:unknown inferred"}),
    "bedrock ARN": ("a.py", 'm = "arn:aws:bedrock:ap-northeast-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0"\n',
        {"arn:aws:bedrock:ap-northeast-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0": "cloud aws US country:JP inferred"}),
    "bedrock class with region": ("a.py", 'from langchain_aws import ChatBedrock\nm = ChatBedrock(model_id="meta.llama3-70b-instruct-v1:0", region_name="us-west-2")\n',
        {"meta.llama3-70b-instruct-v1:0": "cloud aws US country:US observed"}),
    "bedrock client object with region": ("a.py", 'from anthropic import AnthropicBedrock\nc = AnthropicBedrock(aws_region="eu-central-1")\n'
        'c.messages.create(model="anthropic.claude-3-5-sonnet-20240620-v1:0")\n',
        {"anthropic.claude-3-5-sonnet-20240620-v1:0": "cloud aws US country:DE observed"}),
    "terraform with region": ("main.tf", 'resource "a" "b" {\n  model_id = "anthropic.claude-3-haiku-20240307-v1:0"\n  region = "eu-central-1"\n}\n',
        {"anthropic.claude-3-haiku-20240307-v1:0": "cloud aws US country:DE inferred"}),
    "vertex class with location": ("a.py", 'from langchain_google_vertexai import ChatVertexAI\nm = ChatVertexAI(model="gemini-2.5-pro", location="europe-west3")\n',
        {"gemini-2.5-pro": "cloud google US country:DE observed"}),
    "vertex client object with region": ("a.py", 'from anthropic import AnthropicVertex\nc = AnthropicVertex(region="europe-west1")\n'
        'c.messages.create(model="claude-3-5-sonnet@20240620")\n',
        {"claude-3-5-sonnet@20240620": "cloud google US country:BE observed"}),
    "vertex path": ("a.py", 'm = "projects/p/locations/us-central1/publishers/google/models/gemini-2.5-pro"\n',
        {"projects/p/locations/us-central1/publishers/google/models/gemini-2.5-pro": "cloud google US country:US inferred"}),
    # --- prefixes
    "litellm bedrock": ("a.py", LITELLM + 'completion(model="bedrock/anthropic.claude-3-haiku-20240307-v1:0")\n',
        {"bedrock/anthropic.claude-3-haiku-20240307-v1:0": "cloud aws US unknown:unknown inferred"}),
    "litellm openrouter": ("a.py", LITELLM + 'completion(model="openrouter/qwen/qwen3-32b")\n',
        {"openrouter/qwen/qwen3-32b": "gateway openrouter US global:unknown inferred"}),
    "litellm ollama": ("a.py", LITELLM + 'completion(model="ollama/llama3.1")\n',
        {"ollama/llama3.1": "self-hosted self unknown local:unknown inferred"}),
    "litellm api_base": ("a.py", LITELLM + 'completion(model="openai/kimi-k2", api_base="https://api.moonshot.cn/v1")\n',
        {"openai/kimi-k2": "vendor-api moonshot CN country:CN observed"}),
    "an organisation is no prefix": ("a.yaml", "model: openai/gpt-oss-20b\n",
        {"openai/gpt-oss-20b": "unknown unknown unknown unknown:unknown inferred"}),
    "workers ai": ("a.yaml", 'model: "@cf/meta/llama-3.1-8b-instruct"\n',
        {"@cf/meta/llama-3.1-8b-instruct": "cloud cloudflare US unknown:unknown inferred"}),
    # --- run by the user
    "from_pretrained": ("a.py", 'from transformers import AutoModel\nm = AutoModel.from_pretrained("Qwen/Qwen3-8B")\n',
        {"Qwen/Qwen3-8B": "self-hosted self unknown local:unknown observed"}),
    "ollama pull": ("Dockerfile", "FROM ollama/ollama\nRUN ollama pull qwen3:8b\n",
        {"qwen3:8b": "self-hosted self unknown local:unknown observed"}),
    "vllm serve": ("run.sh", "vllm serve Qwen/Qwen3-8B --port 8000\n",
        {"Qwen/Qwen3-8B": "self-hosted self unknown local:unknown observed"}),
    "where a server listens": ("run.sh", "vllm serve Qwen/Qwen3-8B --host 0.0.0.0 --port 8000\n",
        {"Qwen/Qwen3-8B": "self-hosted self unknown local:unknown observed"}),
    "a weights file": ("a.yaml", "path: models/Qwen3-8B-Q4_K_M.gguf\n",
        {"models/Qwen3-8B-Q4_K_M.gguf": "self-hosted self unknown local:unknown inferred"}),
    # --- configuration
    "litellm routes": ("c.yaml", "model_list:\n  - litellm_params:\n      model: openai/deepseek-chat\n      api_base: https://api.deepseek.com\n"
        "  - litellm_params:\n      model: azure/gpt-4o\n      api_base: https://contoso.openai.azure.com\n",
        {"openai/deepseek-chat": "vendor-api deepseek CN country:CN observed", "azure/gpt-4o": "cloud azure US unknown:unknown observed"}),
    "env group": (".env", "OPENAI_BASE_URL=https://api.moonshot.cn/v1\nOPENAI_MODEL=kimi-k2-0905-preview\n",
        {"kimi-k2-0905-preview": "vendor-api moonshot CN country:CN observed"}),
    "two env groups": (".env", "A_BASE_URL=https://api.moonshot.cn/v1\nA_MODEL=kimi-k2-0905-preview\nB_BASE_URL=https://api.deepseek.com\nB_MODEL=deepseek-chat\n",
        {"kimi-k2-0905-preview": "vendor-api moonshot CN country:CN observed", "deepseek-chat": "vendor-api deepseek CN country:CN observed"}),
    "compose service": ("docker-compose.yml", "services:\n  a:\n    environment:\n      BASE_URL: https://api.moonshot.cn/v1\n      MODEL: kimi-k2-0905-preview\n",
        {"kimi-k2-0905-preview": "vendor-api moonshot CN country:CN observed"}),
    "toml tables": ("a.toml", '[a]\nmodel = "deepseek-chat"\nbase_url = "https://api.deepseek.com"\n[b]\nmodel = "gpt-4o"\nbase_url = "https://api.openai.com/v1"\n',
        {"deepseek-chat": "vendor-api deepseek CN country:CN observed", "gpt-4o": "vendor-api openai US global:unknown observed"}),
    "json object": ("a.json", '{"models": [{"provider": "openai", "model": "glm-4.6", "apiBase": "https://open.bigmodel.cn/api/paas/v4"}]}',
        {"glm-4.6": "vendor-api zhipu CN country:CN observed"}),
    "spring properties": ("application.properties", "spring.ai.openai.base-url=https://api.deepseek.com\nspring.ai.openai.chat.options.model=deepseek-chat\n",
        {"deepseek-chat": "vendor-api deepseek CN country:CN observed"}),
    "nested yaml": ("application.yml", "ai:\n  openai:\n    base-url: https://api.deepseek.com\n    chat:\n      options:\n        model: deepseek-chat\n",
        {"deepseek-chat": "vendor-api deepseek CN country:CN observed"}),
    "curl": ("a.sh", "curl https://api.deepseek.com/chat/completions -d '{\"model\": \"deepseek-chat\"}'\n",
        {"deepseek-chat": "vendor-api deepseek CN country:CN observed"}),
    # --- other languages
    "typescript baseURL": ("a.ts", 'import OpenAI from "openai";\nconst c = new OpenAI({ baseURL: "https://api.deepseek.com" });\n'
        'await c.chat.completions.create({ model: "deepseek-chat" });\n',
        {"deepseek-chat": "vendor-api deepseek CN country:CN observed"}),
    "typescript default": ("a.ts", 'import OpenAI from "openai";\nconst c = new OpenAI();\nawait c.chat.completions.create({ model: "gpt-4o" });\n',
        {"gpt-4o": "vendor-api openai US global:unknown inferred"}),
    "typescript provider function": ("a.ts", 'import { anthropic } from "@ai-sdk/anthropic";\nconst m = anthropic("claude-sonnet-4-5");\n',
        {"claude-sonnet-4-5": "vendor-api anthropic US global:unknown inferred"}),
    "typescript bedrock with region": ("a.ts", 'import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";\n'
        'const c = new BedrockRuntimeClient({ region: "eu-west-1" });\n'
        'await c.send(new ConverseCommand({ modelId: "anthropic.claude-3-haiku-20240307-v1:0" }));\n',
        {"anthropic.claude-3-haiku-20240307-v1:0": "cloud aws US country:IE observed"}),
    "go config": ("a.go", 'package a\n\nimport openai "github.com/sashabaranov/go-openai"\n\nfunc f() {\n\tc := openai.DefaultConfig(k)\n'
        '\tc.BaseURL = "https://api.deepseek.com"\n\tr := openai.ChatCompletionRequest{Model: "deepseek-chat"}\n}\n',
        {"deepseek-chat": "vendor-api deepseek CN country:CN observed"}),
    "java builder": ("A.java", 'import dev.langchain4j.model.openai.OpenAiChatModel;\nclass A {\n  Object m = OpenAiChatModel.builder()\n'
        '    .baseUrl("https://api.deepseek.com")\n    .modelName("deepseek-chat").build();\n}\n',
        {"deepseek-chat": "vendor-api deepseek CN country:CN observed"}),
    "csharp azure": ("A.cs", 'using Azure.AI.OpenAI;\nclass A { object c = new AzureOpenAIClient(new Uri("https://contoso.openai.azure.com"), k).GetChatClient("gpt-4o"); }\n',
        {"gpt-4o": "cloud azure US unknown:unknown observed"}),
}  # fmt: skip


@pytest.mark.parametrize(("path", "text", "expected"), CASES.values(), ids=CASES)
def test_routes(path: str, text: str, expected: dict[str, str]) -> None:
    assert {model: short(route) for model, route in routes(path, text).items()} == expected


def test_enough_cases() -> None:
    assert len(CASES) >= 40


def test_a_redirected_client_never_gets_the_default_host() -> None:
    for call in ("createOpenAI({ baseURL: process.env.URL })", "createOpenAI({ baseURL: where })"):
        text = f'import {{ createOpenAI }} from "@ai-sdk/openai";\nconst p = {call};\nconst m = p("gpt-4o");\n'
        assert routes("a.ts", text)["gpt-4o"].provider == "unknown"


def test_evidence_names_the_line() -> None:
    route = routes(*CASES["base_url in the constructor"][:2])["deepseek-chat"]
    assert "https://api.deepseek.com" in route.evidence
    assert route.evidence.endswith("a.py:2")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('OpenAI(base_url="https://api.openai.com")\n', "on the same object, a.py:2"),
        ("OpenAI()\n", "default host of OpenAI on the same object"),
    ],
)
def test_evidence_on_the_client_is_not_said_to_be_in_the_call(text: str, words: str) -> None:
    route = routes("a.py", OPENAI + "c = " + text + ASK.format("gpt-4o"))
    assert route["gpt-4o"].evidence.endswith(words)


def test_evidence_in_the_call_itself() -> None:
    text = 'completion(model="acme/x-1", api_base="https://api.deepseek.com")\n'
    assert " in the same call, " in routes("a.py", LITELLM + text)["acme/x-1"].evidence


def test_an_operator_named_elsewhere_in_a_file_serves_no_model_of_another_developer() -> None:
    text = 'provider_name = "gemini"\np.add_argument("--model", default="{}")\n'
    for name, operator in (("facebook/bart-large-cnn", "unknown"), ("gemini-2.5-pro", "google")):
        assert routes("a.py", text.format(name))[name].provider == operator


def test_text_in_prose_and_comments_is_bound_to_nothing() -> None:
    found = bound("a.py", OPENAI + "# gpt-4o was slow\nc = OpenAI()\n")
    assert [b.route for b in found if b.mention.kind == "model"] == [None]


def test_the_sdk_of_a_redirected_client_has_no_route() -> None:
    found = bound("a.py", OPENAI + 'c = OpenAI(base_url="https://api.deepseek.com")\n')
    assert [b.route for b in found if b.mention.kind == "sdk"] == [None]


def test_the_sdk_of_a_plain_client_goes_to_its_default_host() -> None:
    found = bound("a.py", OPENAI + "c = OpenAI()\n")
    (route,) = [b.route for b in found if b.mention.kind == "sdk"]
    assert route is not None
    assert (route.provider, route.basis) == ("openai", "inferred")


def test_where_the_user_runs_weights_is_what_he_declared() -> None:
    from reading import catalogue, read

    from stackaudit.bind import bind

    facts = read("run.sh", "vllm serve Qwen/Qwen3-8B\n")
    (item,) = bind(facts, catalogue(), "DE")
    assert item.route is not None
    assert (item.route.hosting.scope, item.route.hosting.country) == ("local", "DE")


def test_a_closed_model_on_ones_own_machine_is_behind_a_proxy() -> None:
    text = (
        "from openai import OpenAI\n"
        'client = OpenAI(base_url="http://localhost:4000")\n'
        'client.chat.completions.create(model="gpt-4o")\n'
    )
    (route,) = routes("app.py", text).values()
    assert (route.route, route.basis) == ("unknown", "observed")
    assert "forwards" in route.evidence
