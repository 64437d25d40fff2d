"""What is told about one identifier, to people and to programs."""

from __future__ import annotations

import io
import json
from dataclasses import replace

from report_samples import sample
from test_report_json import SCHEMA
from test_report_terminal import same_as_file

from stackaudit.model import (
    UNKNOWN,
    AppliedRule,
    Component,
    Explanation,
    Hosting,
    Provenance,
    Route,
)
from stackaudit.report import explain

TOLD = Explanation(
    "deepseek-ai/DeepSeek-R1-Distill-Llama-70B",
    replace(sample().components[1], occurrences=(), occurrence_count=0),
    (
        Provenance("family", "https://example.org/model-card", "2026-11-20", "high"),
        Provenance("developer", "https://example.org/about", "2026-11-22", "high"),
        Provenance("licence", "https://example.org/licence", "2026-11-21", "medium"),
    ),
    (
        AppliedRule("baseline/origin", "baseline", "open", "medium", "Model developed abroad"),
        AppliedRule(
            "finance/bulk", "finance", "conditional", "high", "Bulk data", 'context.data = ["x"]'
        ),
    ),
)
STRANGER = Explanation(
    "qwem3", Component("unknown:", "model", "qwem3", UNKNOWN, "low", ()), nearest=("Qwen3", "Qwen2")
)


def card(told: Explanation, width: int = 100) -> str:
    stream = io.StringIO()
    explain.write_card(told, stream, width=width)
    return stream.getvalue()


def test_card_of_a_model() -> None:
    same_as_file("explain-80.txt", card(TOLD, 80))


def test_every_fact_has_its_source_and_date() -> None:
    text = " ".join(card(TOLD).split())
    assert "Developer DeepSeek, CN China; parent High-Flyer, CN China" in text
    assert "https://example.org/about (checked 2026-11-22, high confidence)" in text
    assert "user cap: 700,000,000" in text
    assert "Bulk data [finance/bulk] --context data=x" in text


def test_services_of_the_developer_of_open_weights_are_only_a_possibility() -> None:
    offer = Route(
        "vendor-api", "deepseek", "CN", Hosting("country", "CN"), "inferred",
        "its developer offers api.deepseek.com", "DeepSeek API",
    )  # fmt: skip
    opened = replace(TOLD.component, routes=(offer,))
    text = " ".join(card(replace(TOLD, component=opened)).split())
    assert "Reached wherever its open weights are run; perhaps by its developer's own" in text
    assert "Perhaps DeepSeek API (CN), in CN, inferred (provider's own API)" in text
    closed = card(replace(TOLD, component=replace(opened, weights="closed")))
    assert "Reached      DeepSeek API (CN), in CN, inferred" in closed
    assert "Perhaps" not in closed


def test_card_of_a_stranger() -> None:
    text = card(STRANGER)
    assert "qwem3" in text
    assert "not known" in text
    assert "Qwen3, Qwen2" in text


def test_json_has_the_fields_of_a_component() -> None:
    stream = io.StringIO()
    for told in (TOLD, STRANGER):
        explain.write_json(told, stream)
    first, second = (json.loads(row) for row in stream.getvalue().splitlines())
    assert set(SCHEMA["$defs"]["component"]["properties"]) < set(first)
    assert first["text"] == TOLD.text
    assert first["routes"][0]["route"] == "self-hosted"
    assert [(r["id"], r["pack"], r["status"]) for r in first["rules"]] == [
        ("baseline/origin", "baseline", "open"),
        ("finance/bulk", "finance", "conditional"),
    ]
    assert second["resolution"] == "unknown"
    assert second["nearest"] == ["Qwen3", "Qwen2"]
