"""What ``explain`` says of an id, a host, a URL, a package, a variable and of nothing known."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import catalogue

from stackaudit import resources, rules
from stackaudit.explain import explain
from stackaudit.model import Explanation

CATALOGUE = catalogue()


def told(text: str) -> Explanation:
    return explain(text, CATALOGUE)


@pytest.mark.parametrize(
    ("text", "kind", "country"),
    [
        ("deepseek-chat", "model", "CN"),
        ("  gpt-4o\n", "model", "US"),
        ("Qwen/Qwen3-8B", "model", "CN"),
        ("qwen3:8b", "model", "CN"),
        ("mistral-7b-instruct-v0.1.Q5_0.gguf", "model", "FR"),
        ("us.anthropic.claude-3-haiku-20240307-v1:0", "model", "US"),
        ("openrouter/deepseek/deepseek-r1", "model", "CN"),
        ("api.deepseek.com", "endpoint", "CN"),
        ("https://api.deepseek.com/v1/chat/completions", "endpoint", "CN"),
        ("https://bedrock-runtime.eu-central-1.amazonaws.com", "endpoint", "US"),
        ("langchain-gigachat", "sdk", "RU"),
        ("kimi-code", "sdk", "CN"),
        ("openai", "sdk", "US"),
        ("pypi:mistralai", "sdk", "FR"),
        ("npm:@anthropic-ai/sdk", "sdk", "US"),
        ("DEEPSEEK_API_KEY", "credential", "CN"),
    ],
)
def test_known(text: str, kind: str, country: str) -> None:
    component = told(text).component
    assert (component.kind, component.origin_country) == (kind, country)
    assert component.resolution == "exact"
    assert component.occurrences == ()
    assert told(text).nearest == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "no-such-thing",
        "hello world",
        "main.py",
        "qwen.py",
        "pypi:no-such",
        "x" * 500,
        "api.openai.com.evil.com",
        "command",
        "\x00",
    ],
)
def test_unknown(text: str) -> None:
    explanation = told(text)
    assert explanation.component.resolution == "unknown"
    assert explanation.text == text
    assert (
        explanation.component.developer,
        explanation.component.routes,
        explanation.provenance,
    ) == (None, (), ())


@pytest.mark.parametrize(
    ("text", "near"),
    [("gtp-4o", "gpt-4o"), ("api.deepseek.co", "api.deepseek.com"), ("antropic", "anthropic")],
)
def test_unknown_text_has_nearest_names(text: str, near: str) -> None:
    assert near in told(text).nearest


def test_a_host_says_where_it_runs() -> None:
    (route,) = told("https://bedrock-runtime.eu-central-1.amazonaws.com").component.routes
    assert (route.provider, route.hosting.country, route.hosting.region) == (
        "aws",
        "DE",
        "eu-central-1",
    )


def test_an_id_that_names_its_route_says_only_that() -> None:
    (route,) = told("eu.anthropic.claude-3-haiku-20240307-v1:0").component.routes
    assert (route.route, route.provider, route.hosting.country) == ("cloud", "aws", "EU")


def test_a_plain_id_says_where_its_developer_offers_it() -> None:
    routes = told("deepseek-chat").component.routes
    assert {route.provider for route in routes} == {"deepseek"}
    assert all(route.basis == "inferred" for route in routes)


def test_every_fact_has_its_source_and_date() -> None:
    provenance = {p.fact: p for p in told("meta-llama/Llama-3.1-8B-Instruct").provenance}
    assert {"family", "developer", "licence"} <= provenance.keys()
    for item in provenance.values():
        assert item.source
        assert date.fromisoformat(item.checked)
        assert item.confidence in ("high", "medium", "low")


def test_rules_speak_only_when_asked() -> None:
    directory = resources.rules_directory()
    packs = rules.load_packs(rules.available(directory), directory)
    assert told("deepseek-chat").rules == ()
    spoken = explain("deepseek-chat", CATALOGUE, packs, date(2026, 11, 22)).rules
    assert {rule.pack for rule in spoken} <= {pack.id for pack in packs}
    assert spoken


@given(st.text(max_size=60))
def test_any_text_is_answered(text: str) -> None:
    explanation = told(text)
    assert explanation.text == text
    assert explanation.component.occurrences == ()
