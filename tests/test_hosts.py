"""Whose host is it and where does it run: hosts, URLs, templates of them, and look-alikes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import catalogue

HOSTS = catalogue().hosts


def operator(text: str) -> tuple[str, str] | None:
    """Provider and country or scope; None for a host nobody knows."""
    match = HOSTS.find(text)
    if match is None:
        return None
    provider = catalogue().endpoint(match.endpoint)["provider"] if match.endpoint >= 0 else "self"
    return provider, match.country


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("api.openai.com", ("openai", "global")),
        ("https://api.openai.com/v1/chat/completions", ("openai", "global")),
        ("https://API.DeepSeek.com/v1", ("deepseek", "CN")),
        ("api.deepseek.com.", ("deepseek", "CN")),
        ("//api.deepseek.com/v1", ("deepseek", "CN")),
        ("wss://api.openai.com/v1/realtime?model=x", ("openai", "global")),
        ("https://user:secret@api.deepseek.com/v1", ("deepseek", "CN")),
        ("api.deepseek.com:443", ("deepseek", "CN")),
        ("api.deepseek.com:443/v1", ("deepseek", "CN")),
        ("https://api.deepseek.com:8443", ("deepseek", "CN")),
        (" https://api.deepseek.com \n", ("deepseek", "CN")),
        ("https://api.deepseek.com?x=1", ("deepseek", "CN")),
        ("https://api.deepseek.com#a", ("deepseek", "CN")),
        ("https://contoso.openai.azure.com/", ("azure", "unknown")),
        ("https://a-b.c.openai.azure.com/", ("azure", "unknown")),
        ("https://bedrock-runtime.eu-central-1.amazonaws.com", ("aws", "DE")),
        ("https://bedrock-runtime.nowhere-9.amazonaws.com", ("aws", "unknown")),
        ("https://us-central1-aiplatform.googleapis.com/v1", ("google", "US")),
        ("https://europe-west4-aiplatform.googleapis.com/v1", ("google", "NL")),
        # The host wins over the path where both name a region.
        ("https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/europe-west4/x", ("google", "US")),
        ("https://aiplatform.googleapis.com/v1/projects/p/locations/europe-west4/x", ("google", "NL")),
        ("https://aiplatform.googleapis.com/v1/projects/p/locations/global/x", ("google", "global")),
    ],
)  # fmt: skip
def test_known_hosts(text: str, expected: tuple[str, str]) -> None:
    assert operator(text) == expected


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        ("https://{resource}.openai.azure.com", "azure"),
        ("https://${resource}.openai.azure.com/openai", "azure"),
        ("https://${var.name}.openai.azure.com", "azure"),
        ("https://{{ .Values.name }}.openai.azure.com/", "azure"),
        ("https://<your resource>.openai.azure.com/", "azure"),
        ("https://:name.openai.azure.com", "azure"),
        ("https://%s.openai.azure.com", "azure"),
        ("https://$NAME.openai.azure.com", "azure"),
        ("https://bedrock-runtime.{region}.amazonaws.com", "aws"),
        ("https://bedrock-runtime.${AWS_REGION}.amazonaws.com", "aws"),
        ("https://{location}-aiplatform.googleapis.com/v1", "google"),
        ("https://<region>-aiplatform.googleapis.com/v1", "google"),
    ],
)
def test_templates_name_the_provider_but_no_place(text: str, provider: str) -> None:
    assert operator(text) == (provider, "unknown")
    match = HOSTS.find(text)
    assert match is not None
    assert match.region == ""


@pytest.mark.parametrize(
    "text",
    [
        "api.openai.com.evil.com",
        "https://api.openai.com.evil.com/v1",
        "evil-api.openai.com",
        "notapi.deepseek.com",
        "https://evil.com/api.openai.com",
        "https://evil.com/?to=https://api.openai.com",
        "https://evil.com#api.openai.com",
        "https://api.openai.com@evil.com/v1",
        "https://api.openai.com#@evil.com",
        "https://api.openai.com\\@evil.com",
        "https://openai.azure.com.evil.com",
        "https://evilopenai.azure.com",
        "privatelink.openai.azure.com",
        "https://bedrock-runtime.eu-central-1.amazonaws.com.evil.com",
        "https://eu-central-1.amazonaws.com",
        "https://s3.eu-central-1.amazonaws.com/api.openai.com",
        "https://storage.googleapis.com/aiplatform.googleapis.com",
        "api.openai",
        "https://",
        "https:///v1",
        "api.openai.com evil.com",
        "gpt-4o",
        "a.b.c",
        "",
    ],
)
def test_look_alikes_are_nobodys(text: str) -> None:
    assert HOSTS.find(text) is None


@pytest.mark.parametrize(
    ("text", "host", "service"),
    [
        ("http://localhost:11434", "localhost", "Ollama"),
        ("localhost:11434", "localhost", "Ollama"),
        ("http://ollama:11434/api", "ollama", "Ollama"),
        ("host.docker.internal:11434", "host.docker.internal", "Ollama"),
        ("http://[::1]:11434/v1", "[::1]", "Ollama"),
        ("127.0.0.1:1234", "127.0.0.1", "LM Studio"),
    ],
)
def test_local_ports_name_the_server(text: str, host: str, service: str) -> None:
    match = HOSTS.find(text)
    assert match is not None
    assert (match.country, match.host) == ("local", host)
    assert service in catalogue().endpoint(match.endpoint)["service"]


@pytest.mark.parametrize(
    "text",
    ["http://10.0.0.4/v1", "http://192.168.1.9:9999", "http://inference:9999/v1", "127.0.0.1:9999"],
)
def test_other_local_addresses_are_local_and_nobodys(text: str) -> None:
    match = HOSTS.find(text)
    assert match is not None
    assert (match.endpoint, match.country) == (-1, "local")


@pytest.mark.parametrize(
    "text",
    [
        "8080:80",
        "postgres:5432",
        "phi3:14",
        "localhost",
        "nova-pro-v1:0",
        "http://db.internal:5432",
    ],
)
def test_names_with_a_number_are_no_addresses(text: str) -> None:
    assert HOSTS.find(text) is None


def paths_rows() -> list[tuple[str, str]]:
    rows = [row for row in catalogue().tables["endpoints"] if row.get("paths")]
    return [
        (row["host"], path)
        for row in rows
        for path in row["paths"]
        if "{" not in row["host"] and "*" not in row["host"]
    ]


@pytest.mark.parametrize(("host", "path"), paths_rows())
def test_a_host_that_serves_more_than_ai_counts_only_with_its_path(host: str, path: str) -> None:
    match = HOSTS.find(f"https://{host}{path.replace('*', 'abc')}")
    assert match is not None
    assert catalogue().endpoint(match.endpoint)["host"] == host
    other = HOSTS.find(f"https://{host}/no-such-service-here/x")
    assert other is None or "paths" not in catalogue().endpoint(other.endpoint)


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "ap-northeast-1"])
def test_a_pattern_takes_any_region_it_knows(region: str) -> None:
    match = HOSTS.find(f"https://bedrock-runtime.{region}.amazonaws.com")
    assert match is not None
    assert match.region == region
    assert match.country == catalogue().tables["regions"]["aws"][region]


LABELS = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)
REGISTERED = st.sampled_from(["api.openai.com", "x.openai.azure.com", "api.deepseek.com"])


@given(REGISTERED, LABELS, LABELS)
def test_a_registered_host_in_front_of_another_domain_is_not_its_owners(
    host: str, a: str, b: str
) -> None:
    assert HOSTS.find(f"https://{host}.{a}.{b}") is None
    assert HOSTS.find(f"https://{a}.{b}/{host}") == HOSTS.find(f"https://{a}.{b}/x")


@given(st.text(max_size=60), REGISTERED)
def test_any_text_around_a_host_is_answered(noise: str, host: str) -> None:
    HOSTS.find(noise + host)
    HOSTS.find(host + noise)


@pytest.mark.parametrize(
    "text",
    [
        "https://" + "${a}" * 400 + ".openai.azure.com:x",
        "{a}" * 600 + ":x",
        "<a>" * 600 + " ",
        "{" * 1900,
        "a." * 990 + " ",
        "a@" * 900,
    ],
    ids=lambda text: text[:12],
)
def test_hostile_text_is_answered_at_once(text: str) -> None:
    assert HOSTS.find(text) is None


def test_very_long_text_is_no_host() -> None:
    assert HOSTS.find("https://api.openai.com/" + "a" * 3000) is None
