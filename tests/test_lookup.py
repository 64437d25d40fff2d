"""One model, many spellings: none of them changes whose model it is, and a stranger's name does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import catalogue

from stackaudit.catalogue.lookup import IdMatch
from stackaudit.known import model_facts

CATALOGUE = catalogue()
FAMILIES = CATALOGUE.tables["families"]


def find(text: str) -> IdMatch | None:
    return CATALOGUE.ids.find(text)


def family(text: str) -> str:
    match = find(text)
    return FAMILIES[match.family]["id"] if match and match.family >= 0 else ""


def developer(text: str) -> str:
    party = model_facts(text, CATALOGUE).developer
    return party.id if party else ""


def plain_examples() -> list[tuple[str, str]]:
    """Vendor and bare name of the examples that say all there is in known words."""
    found = []
    for row in FAMILIES:
        for example in map(str, row["examples"]):
            match = find(example)
            name = example.rpartition("/")[2]
            if (
                match
                and match.complete
                and match.versioned
                and not match.derived
                and row["vendor"] != "unknown"
                and not set(name) & set(" :@")
                and family(name) == row["id"]
            ):
                found.append((row["vendor"], name))
    return found


EXAMPLES = plain_examples()
FORMATS = [
    "", "-GGUF", "-AWQ", "-GPTQ", "-GPTQ-Int4", "-4bit", "-8bit", "-bnb-4bit", "-unsloth-bnb-4bit", "-FP8",
    "-FP8-dynamic", "-Q4_K_M", "-IQ3_XXS", "-i1-GGUF", "-6.0bpw-exl2", "-w4a16", "-quantized.w8a8", "-NVFP4",
    "-mlx-8bit", "-onnx", "-Q4_K_M.gguf", ".Q8_0.gguf", "-hf",
]  # fmt: skip
STAMPS = ["", "-20250101", "-2025-01-01", "-0528", "-latest", "-preview", "-001"]
TAGS = ["", ":latest", ":free", ":beta", ":Q4_K_M", ":nitro", "@20250101"]
REUPLOADERS = CATALOGUE.tables["reuploaders"]


def test_enough_examples_to_speak_of() -> None:
    assert len(EXAMPLES) > 900


@given(
    st.sampled_from(EXAMPLES),
    st.sampled_from(REUPLOADERS),
    st.sampled_from(FORMATS),
    st.sampled_from(TAGS),
)
def test_a_re_upload_stays_its_developers(
    example: tuple[str, str], org: str, form: str, tag: str
) -> None:
    vendor, name = example
    assert developer(f"{org}/{name}{form}{tag}") == vendor
    assert developer(f"hf.co/{org}/{name}{form}{tag}") == vendor


@given(
    st.sampled_from(EXAMPLES),
    st.sampled_from(STAMPS),
    st.sampled_from(FORMATS),
    st.sampled_from(TAGS),
)
def test_dates_formats_and_tags_do_not_change_the_developer(
    example: tuple[str, str], stamp: str, form: str, tag: str
) -> None:
    vendor, name = example
    assert developer(name + stamp + form + tag) == vendor


PREFIXES = [
    "bedrock", "openrouter", "azure", "ollama", "vertex_ai", "@cf", "accounts/fireworks/models", "together_ai",
    "fireworks_ai/accounts/fireworks/models", "litellm_proxy", "groq", "models", "hosted_vllm", "replicate",
]  # fmt: skip


@given(st.sampled_from(EXAMPLES), st.sampled_from(PREFIXES))
def test_a_route_prefix_does_not_change_the_developer(
    example: tuple[str, str], prefix: str
) -> None:
    vendor, name = example
    assert developer(f"{prefix}/{name}") == vendor


@given(st.sampled_from(EXAMPLES))
def test_letter_case_does_not_matter(example: tuple[str, str]) -> None:
    vendor, name = example
    assert developer(name.upper()) == developer(name.lower()) == vendor


IDS = [
    # Bedrock: bare, with profile, ARN
    ("anthropic.claude-3-haiku-20240307-v1:0", "claude-haiku", "anthropic"),
    ("us.anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-sonnet", "anthropic"),
    ("eu.meta.llama3-2-3b-instruct-v1:0", "llama-3.2", "meta"),
    ("bedrock/converse/us.amazon.nova-pro-v1:0", "amazon-nova", "amazon"),
    ("moonshotai.kimi-k2.5", "kimi-k2", "moonshot"),
    ("arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0", "claude-haiku", "anthropic"),
    ("arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.meta.llama3-2-3b-instruct-v1:0", "llama-3.2", "meta"),
    # Vertex
    ("claude-3-5-sonnet@20240620", "claude-sonnet", "anthropic"),
    ("vertex_ai/claude-opus-4-1@20250805", "claude-opus", "anthropic"),
    ("publishers/google/models/gemini-2.5-flash", "gemini", "google"),
    ("projects/p/locations/us-central1/publishers/anthropic/models/claude-opus-4-1", "claude-opus", "anthropic"),
    # Azure deployments that carry the name
    ("azure/gpt-4o", "gpt-4o", "openai"),
    ("azure/my-gpt-4o-deployment", "gpt-4o", "openai"),
    ("ft:gpt-3.5-turbo-0125:acme::abc123", "gpt-3.5", "openai"),
    # Gateways
    ("openrouter/qwen/qwen-2.5-72b-instruct:free", "qwen2.5", "alibaba"),
    ("openrouter/deepseek/deepseek-r1", "deepseek-r1", "deepseek"),
    ("@cf/meta/llama-3.1-8b-instruct-fp8", "llama-3.1", "meta"),
    ("accounts/fireworks/models/qwen2p5-72b-instruct", "qwen2.5", "alibaba"),
    ("groq/llama-3.3-70b-versatile", "llama-3.3", "meta"),
    ("together_ai/meta-llama/Llama-3.3-70B-Instruct-Turbo", "llama-3.3", "meta"),
    ("mistral/glm-5-2", "glm-open", "zhipu"),
    ("openai:gpt-4o-mini", "gpt-4o", "openai"),
    # Services that write a model as a path
    ("fal-ai/flux/schnell", "flux-open", "blackforestlabs"),
    ("fal-ai/flux-pro/v1.1-ultra", "flux-api", "blackforestlabs"),
    ("fal-ai/bytedance/seedance/v1/pro/text-to-video", "seedream-seedance", "bytedance"),
    ("fal-ai/kling-video/v2.1/master/image-to-video", "kling", "kuaishou"),
    ("kling-video/v1.6/standard/text-to-video", "kling", "kuaishou"),
    ("fal-ai/stable-diffusion-v35-large", "stable-diffusion", "stabilityai"),
    # Ollama and files
    ("qwen3:8b", "qwen3", "alibaba"),
    ("ollama/llama3.1:70b", "llama-3.1", "meta"),
    ("deepseek-r1:7b", "deepseek-r1-distill-qwen", "deepseek"),
    ("deepseek-r1:latest", "deepseek-r1", "deepseek"),
    ("hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M", "llama-3.2", "meta"),
    ("Qwen2.5-Coder-32B-Instruct-Q4_K_M.gguf", "qwen2.5", "alibaba"),
    ("/models/mistral-7b-instruct-v0.1.Q5_0.gguf", "mistral-7b", "mistral"),
    ("open_ai:gpt-3.5-turbo", "gpt-3.5", "openai"),
    # Words in front of the name
    ("ModelClaude3Haiku20240307", "claude-haiku", "anthropic"),
    ("Meta-Llama-3.1-8B-Instruct", "llama-3.1", "meta"),
    ("DeepSeek Chat V2.5", "deepseek-alias", "deepseek"),
    ("DeepSeek-R1-Distill-Llama-70B", "deepseek-r1-distill-llama", "deepseek"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "family_id", "vendor"), IDS)
def test_spellings(text: str, family_id: str, vendor: str) -> None:
    assert (family(text), developer(text)) == (family_id, vendor)


STRANGERS = [
    ("someone/Qwen2.5-7B-Pirate", "qwen2.5"),
    ("someone/Meta-Llama-3.1-8B-Kafka", "llama-3.1"),
    ("someone/mistral-7b-sft-lora", "mistral-7b"),
    ("huihui-ai/Qwen2.5-7B-Instruct-abliterated", "qwen2.5"),
    ("acme-labs/gemma-2-9b-contracts-dpo", "gemma-2"),
    ("acme/llama-2-7b-merged", "llama-2"),
    # A field of use, or the name of another's closed model.
    ("acme/llama-3-8b-medical", "llama-3"),
    ("acme/firefly-bloom-3b", "bloom"),
    ("legal-bert-base", "bert"),
]


@pytest.mark.parametrize(("text", "base"), STRANGERS)
def test_a_strangers_fine_tune_keeps_its_base_and_has_no_known_developer(
    text: str, base: str
) -> None:
    facts = model_facts(text, CATALOGUE)
    assert facts.developer is not None
    assert facts.developer.id not in CATALOGUE.tables["vendors"]
    assert facts.developer.country == "unknown"
    assert facts.licence is None
    first = facts.lineage[0]
    assert (first.family, first.relation) == (base, "inferred")
    assert first.country == CATALOGUE.vendor(first.developer)["country"]  # type: ignore[index]


@given(
    st.from_regex(r"[a-z]{3,8}-labs", fullmatch=True).filter(
        lambda org: not CATALOGUE.ids.vendor_of(org)
    ),
    st.sampled_from(["Qwen2.5-7B", "Llama-3.1-8B", "Mistral-7B", "gemma-2-9b"]),
    st.sampled_from(["Pirate", "kafka", "contracts", "MyBot"]),
)
def test_any_strangers_model_is_not_the_base_developers(org: str, name: str, own: str) -> None:
    base = model_facts(name, CATALOGUE)
    facts = model_facts(f"{org}/{name}-{own}", CATALOGUE)
    assert facts.developer is not None
    assert base.developer is not None
    assert facts.developer.id != base.developer.id
    assert [a.family for a in facts.lineage][:1] == [base.family]


def test_a_known_organisation_with_an_unknown_model_is_its_developer() -> None:
    facts = model_facts("mistralai/Whatnot-7B", CATALOGUE)
    assert facts.developer is not None
    assert (facts.developer.id, facts.developer.country) == ("mistral", "FR")


@pytest.mark.parametrize(
    "text",
    [
        "someone/whatever-7b",
        "org/name",
        "7b",
        "instruct",
        "q4_k_m",
        "latest",
        "v2",
        "a/b/c/d",
        "./models",
        "",
        "/",
        ":",
        "--",
    ],
)
def test_text_without_a_head_is_nothing(text: str) -> None:
    assert find(text) is None


@given(st.text(alphabet="bcdfghjkvwxz0123456789-_./: ", max_size=40))
def test_random_text_names_no_family(text: str) -> None:
    match = find(text)
    assert match is None or not (match.strong and match.complete and match.versioned)


@given(st.text(max_size=450))
def test_any_text_is_answered(text: str) -> None:
    match = find(text)
    assert match is None or match.name in text or "{" in text or "<" in text or "%" in text


@pytest.mark.parametrize(
    ("text", "org", "name", "prefix", "tail"),
    [
        ("Qwen/Qwen3-4B", "Qwen", "Qwen3-4B", "", 0),
        ("openrouter/qwen/qwen3-32b", "qwen", "qwen3-32b", "openrouter", 0),
        ("azure/gpt-4o", "", "gpt-4o", "azure", 0),
        ("Qwen/Qwen3-4B/resolve/main/config.json", "Qwen", "Qwen3-4B", "", 1),
        ("Qwen/Qwen3-4B/tree/main", "Qwen", "Qwen3-4B", "", 0),
        ("bert-base-uncased/snapshots/x", "", "bert-base-uncased", "", 2),
        ("ModelClaude3Haiku20240307", "", "Claude3Haiku20240307", "", 0),
        ("open_ai:gpt-3.5-turbo", "", "gpt-3.5-turbo", "open_ai", 0),
    ],
)
def test_parts_of_an_id(text: str, org: str, name: str, prefix: str, tail: int) -> None:
    match = find(text)
    assert match is not None
    written = CATALOGUE.prefix(match.prefix)["prefix"] if match.prefix >= 0 else ""
    assert (match.org, match.name, written, match.tail) == (org, name, prefix, tail)


@pytest.mark.parametrize(
    ("text", "family_id"),
    [
        ("gpt4all", ""),
        ("gpt4all-j", "gpt4all"),
        ("claude-code", ""),
        ("llama-factory", ""),
        ("org/llama-cpp-python", ""),
    ],
)
def test_a_tool_named_after_a_model_is_no_model(text: str, family_id: str) -> None:
    assert family(text) == family_id
