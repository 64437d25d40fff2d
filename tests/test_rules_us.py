"""US packs beside each other: which rules speak to which component, in which declared context."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from stackaudit import rules
from stackaudit.judge import judge
from stackaudit.rules.given import build

RULES = Path(__file__).resolve().parents[1] / "rules"
PACKS = rules.load_packs(
    ["us-federal", "defence", "data-transfer-us", "education", "public-sector-us"], RULES
)
TODAY = date(2026, 11, 22)

DEEPSEEK: dict[str, list[str]] = {
    "developer": ["deepseek"],
    "origin_country": ["CN"],
    "developer_entity_list": ["us-ndaa-2026-1532", "us-fascsa-orders", "us-state-device-orders"],
}
QWEN: dict[str, list[str]] = {
    "developer": ["alibaba"],
    "origin_country": ["CN"],
    "developer_entity_list": ["us-dod-1260h", "us-tx-prohibited-technologies"],
}
CLAUDE: dict[str, list[str]] = {
    "developer": ["anthropic"],
    "origin_country": ["US"],
    "developer_entity_list": ["us-dow-4713"],
}
GPT: dict[str, list[str]] = {"developer": ["openai"], "origin_country": ["US"]}
BEDROCK_US: dict[str, list[str]] = {
    "route": ["cloud"],
    "provider": ["aws"],
    "provider_country": ["US"],
    "hosting_country": ["US"],
    "hosting_scope": ["region"],
}
OWN: dict[str, list[str]] = {"route": ["self-hosted"], "hosting_scope": ["local"]}
OPENROUTER: dict[str, list[str]] = {
    "route": ["gateway"],
    "provider": ["openrouter"],
    "provider_country": ["US"],
}
DEEPSEEK_API: dict[str, list[str]] = {
    "route": ["vendor-api"],
    "provider": ["deepseek"],
    "provider_country": ["CN"],
    "hosting_country": ["CN"],
    "provider_entity_list": ["us-ndaa-2026-1532", "us-fascsa-orders", "us-state-device-orders"],
}
DASHSCOPE_HK: dict[str, list[str]] = {
    "route": ["vendor-api"],
    "provider": ["alibaba"],
    "provider_country": ["CN"],
    "hosting_country": ["HK"],
    "provider_entity_list": ["us-dod-1260h", "us-tx-prohibited-technologies"],
}
ENDPOINT: dict[str, list[str]] = {"kind": ["endpoint"]}


def on(developer: str, country: str) -> dict[str, Any]:
    """A base model by ``developer``, tuned by a US company."""
    base = {"lineage_developer": [developer], "lineage_country": [country]}
    return {"developer": ["nousresearch"], "origin_country": ["US"], "lineage": [base]}


#: Component, declared context, rules that are open, rules that are only announced.
MATRIX: list[tuple[dict[str, Any], dict[str, str], set[str], set[str]]] = [
    (DEEPSEEK | BEDROCK_US, {"contracts": "us-dod"},
     {"defence/ndaa-1532", "us-federal/fascsa-quarterly-check"}, {"defence/section-1513-framework"}),
    (DEEPSEEK | OWN | {"lineage": [{"lineage_developer": ["meta"], "lineage_country": ["US"]}]},
     {"contracts": "us-dod"},
     {"defence/ndaa-1532", "us-federal/fascsa-quarterly-check"}, {"defence/section-1513-framework"}),
    (on("deepseek", "CN") | OWN, {"contracts": "us-dod"},
     {"defence/ndaa-1532-derived", "us-federal/fascsa-quarterly-check"},
     {"defence/section-1513-framework"}),
    (on("alibaba", "CN") | OWN, {"contracts": "us-dod"},
     {"us-federal/fascsa-quarterly-check"},
     {"defence/section-1260h-weights", "defence/section-1513-framework"}),
    (on("meta", "US") | OWN, {"contracts": "us-dod"},
     {"us-federal/fascsa-quarterly-check"}, {"defence/section-1513-framework"}),
    (QWEN | BEDROCK_US, {"contracts": "us-dod"},
     {"us-federal/fascsa-quarterly-check"},
     {"defence/ndaa-1532-covered-nations", "defence/section-1260h-weights",
      "defence/section-1513-framework"}),
    (ENDPOINT | DASHSCOPE_HK, {"contracts": "us-dod"},
     {"defence/section-1260h-service", "us-federal/fascsa-quarterly-check"},
     {"defence/ndaa-1532-covered-nations", "defence/section-1260h-included",
      "defence/section-1513-framework"}),
    (CLAUDE | BEDROCK_US, {"contracts": "us-dod"},
     {"defence/dow-4713", "us-federal/fascsa-quarterly-check"}, {"defence/section-1513-framework"}),
    (CLAUDE | BEDROCK_US, {"contracts": "us-federal-civilian", "data": "none"},
     {"us-federal/fascsa-quarterly-check"}, set()),
    (CLAUDE | BEDROCK_US, {"contracts": "none", "data": "none"}, set(), set()),
    (DEEPSEEK | OWN, {"contracts": "none", "data": "none"}, set(), set()),
    (DEEPSEEK | BEDROCK_US, {"contracts": "us-intelligence"},
     {"defence/iaa-6604-elsewhere", "us-federal/fascsa-quarterly-check"}, set()),
    (ENDPOINT | DEEPSEEK_API, {"contracts": "us-intelligence"},
     {"defence/iaa-6604", "us-federal/fascsa-quarterly-check"}, set()),
    (DEEPSEEK | BEDROCK_US, {"contracts": "us-federal-civilian", "data": "none"},
     {"us-federal/fascsa-deepseek", "us-federal/fascsa-report", "us-federal/american-ai",
      "us-federal/fascsa-quarterly-check"}, {"us-federal/no-adversarial-ai-act"}),
    (on("deepseek", "CN") | BEDROCK_US, {"contracts": "us-federal-civilian", "data": "none"},
     {"us-federal/fascsa-deepseek-derived", "us-federal/fascsa-quarterly-check"}, set()),
    (GPT | BEDROCK_US, {"contracts": "us-dod", "data": "cui"},
     {"defence/dfars-7012-cloud", "us-federal/fascsa-quarterly-check"},
     {"defence/section-1513-framework"}),
    (ENDPOINT | OPENROUTER, {"contracts": "us-dod", "data": "cui"},
     {"defence/dfars-7012-cloud", "defence/dfars-7010-location", "defence/public-commercial-ai",
      "us-federal/fascsa-quarterly-check"}, {"defence/section-1513-framework"}),
    (GPT | BEDROCK_US, {"data": "export-controlled", "contracts": "none"}, set(), set()),
    (ENDPOINT | DEEPSEEK_API, {"data": "export-controlled", "contracts": "none"},
     {"defence/export-controlled-abroad"}, set()),
    (ENDPOINT | OPENROUTER, {"data": "export-controlled", "contracts": "none"},
     {"defence/export-controlled-place-not-known"}, set()),
    (ENDPOINT | OPENROUTER,
     {"data": "education-records", "regulator": "ferpa", "contracts": "none"},
     {"education/ferpa-redisclosure"}, set()),
    (ENDPOINT | DEEPSEEK_API, {"data": "children", "regulator": "coppa", "contracts": "none"},
     {"education/coppa-written-assurances", "education/service-not-for-children"}, set()),
    (DEEPSEEK | BEDROCK_US, {"contracts": "us-state-ks", "data": "none"},
     {"public-sector-us/ks-deepseek"}, set()),
    (DEEPSEEK | BEDROCK_US, {"contracts": "us-state-ny", "data": "none"},
     {"public-sector-us/deepseek-elsewhere"}, set()),
    (ENDPOINT | DEEPSEEK_API, {"contracts": "us-state-ny", "data": "none"},
     {"public-sector-us/ny-deepseek"}, set()),
    (QWEN | BEDROCK_US, {"contracts": "us-state-tx", "data": "none"},
     {"public-sector-us/tx-listed-developer"}, set()),
    (ENDPOINT | DASHSCOPE_HK, {"contracts": "us-state-tx", "data": "none"},
     {"public-sector-us/tx-listed-service"}, set()),
    (QWEN | OWN, {"contracts": "us-state-ks", "data": "none"},
     {"public-sector-us/ks-country-of-concern"}, set()),
    (ENDPOINT | DASHSCOPE_HK,
     {"contracts": "none", "data": "personal", "seat": "US", "bulk": "us-government-related"},
     {"data-transfer-us/government-related-data", "data-transfer-us/compliance-programme",
      "data-transfer-us/records", "data-transfer-us/hong-kong-and-macau"}, set()),
    (QWEN | OWN,
     {"contracts": "none", "data": "personal", "seat": "US", "bulk": "us-government-related"},
     set(), set()),
    (QWEN | BEDROCK_US,
     {"contracts": "none", "data": "personal", "seat": "US", "bulk": "us-identifiers"},
     set(), set()),
]  # fmt: skip


@pytest.mark.parametrize(("given", "context", "open_", "announced"), MATRIX)
def test_matrix(
    given: dict[str, Any], context: dict[str, str], open_: set[str], announced: set[str]
) -> None:
    declared = {key: (value,) for key, value in context.items()}
    found = judge([build(given).component], PACKS, declared, TODAY)
    settled = [finding for finding in found if finding.status == "open"]
    assert {f.rule for f in settled if f.kind != "pending"} == open_
    assert {f.rule for f in settled if f.kind == "pending"} == announced


def entity_list(name: str) -> set[str]:
    yaml = pytest.importorskip("yaml")
    path = RULES.parent / "stackaudit" / "catalogue" / "data" / "entity_lists.yaml"
    rows = yaml.safe_load(path.read_text("utf-8"))["entity_lists"]
    (row,) = (row for row in rows if row["id"] == name)
    return {member["vendor"] for member in row["members"]}


@pytest.mark.parametrize(
    ("named", "listed"),
    [
        ("us-dod-1260h-developers", "us-dod-1260h"),
        ("us-ndaa-1532-developers", "us-ndaa-2026-1532"),
    ],
)
def test_lists_of_developers_follow_the_entity_lists(named: str, listed: str) -> None:
    """A base model carries no entity list of its own, so rules name its developer instead."""
    assert set(rules.load_shared(RULES).lists.lists[named].values) == entity_list(listed)


def test_every_declared_word_of_these_packs_changes_a_finding() -> None:
    """A word of the vocabulary that no rule asks for would be declared for nothing."""
    asked = {
        value for pack in PACKS for rule in pack.rules for row in rule.applies_if.values()
        for value in row
    }  # fmt: skip
    known = rules.load_shared(RULES).vocabulary.keys["contracts"].values
    assert {value for value in known if value.startswith("us-")} <= asked
