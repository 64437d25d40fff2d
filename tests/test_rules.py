"""The shipped packs: every rule keeps its own tests, cites its sources and claims no more than it can."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stackaudit import rules
from stackaudit.model import ConfigError, Match, Pack, Rule, RuleTest
from stackaudit.ruletests import check, outcome, run_tests

RULES = Path(__file__).resolve().parents[1] / "rules"
PACKS = rules.load_packs(["all"], RULES)
ALL = [(pack, rule) for pack in PACKS for rule in pack.rules]
CASES = [(pack, rule, test) for pack, rule in ALL for test in rule.tests]


@pytest.mark.parametrize(
    ("pack", "rule", "test"), CASES, ids=[f"{r.id}:{t.line}" for _, r, t in CASES]
)
def test_rule_does_what_its_own_test_says(pack: Pack, rule: Rule, test: RuleTest) -> None:
    assert outcome(pack, rule, test) == test.expect


def test_shipped_packs() -> None:
    assert rules.available(RULES) == tuple(pack.id for pack in PACKS)
    assert PACKS[0].id == "baseline"
    assert {"baseline", "finance", "health"} <= {pack.id for pack in PACKS}
    assert all(len(pack.rules) >= 10 and len(pack.sha256) == 64 for pack in PACKS)


@pytest.mark.parametrize(("pack", "rule"), ALL, ids=[rule.id for _, rule in ALL])
def test_rule_is_fit_to_ship(pack: Pack, rule: Rule) -> None:
    assert rule.id.startswith(f"{pack.id}/")
    words = f"{rule.title} {rule.message}".lower()
    # The scanner sees evidence; whether a law is broken it cannot see.
    for claim in ("violat", "illegal", "breach of", "non-compliant"):
        assert claim not in words
    assert len(rule.message) > 40
    assert len(rule.remedy) > 20
    assert all(source.checked_on >= "2026-01-01" for source in rule.sources)
    if rule.kind == "practice":
        assert rule.binds.startswith(("nobody", "those who"))
        assert rule.severity not in ("critical", "high") or rule.applies_if


def test_a_failing_rule_test_is_reported_with_its_line() -> None:
    pack = PACKS[0]
    rule = pack.rules[0]
    wrong = replace(rule.tests[0], expect="silent")
    broken = replace(pack, rules=(replace(rule, tests=(wrong,)),))
    (failure,) = run_tests(broken)
    assert (failure.rule, failure.line) == (rule.id, wrong.line)
    assert failure.message.endswith("this test expects 'silent' and got 'fires'")
    assert run_tests(pack) == ()


def test_checking_a_file_runs_its_tests(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    text = (RULES / "data-transfer-us.yaml").read_text("utf-8")
    path.write_text(text, "utf-8")
    assert check(path, RULES) == []
    line = next(n for n, row in enumerate(text.splitlines(), 1) if "country: RU, c" in row)
    path.write_text(text.replace("provider_country: RU, c", "provider_country: FR, c", 1), "utf-8")
    (problem,) = check(path, RULES)
    assert str(problem) == (
        f"{path}:{line}:1: rule 'data-transfer-us/financial-data': "
        "this test expects 'fires' and got 'silent'"
    )
    path.write_text(text.replace("severity: critical", "severity: x"), "utf-8")
    assert "unknown severity" in check(path, RULES)[0].message


def catalogue_ids(section: str) -> set[str]:
    yaml = pytest.importorskip("yaml")
    data = RULES.parent / "stackaudit" / "catalogue" / "data"
    found = set()
    for path in data.rglob("*.yaml"):
        document = yaml.safe_load(path.read_text("utf-8")) or {}
        found |= {row["id"] for row in document.get(section, ())}
    assert found
    return found


def values_in(match: Match, fields: tuple[str, ...]) -> set[str]:
    inner = (*match.any_of, *((match.negated,) if match.negated else ()))
    own = {value for field in fields for value in match.fields.get(field, ())}
    return own.union(*(values_in(part, fields) for part in inner))


@pytest.mark.parametrize(
    ("section", "fields"),
    [
        ("vendors", ("developer", "provider", "lineage_developer")),
        ("families", ("family", "lineage_family")),
        ("licences", ("licence",)),
        ("entity_lists", ("entity_list", "developer_entity_list", "provider_entity_list")),
    ],
)
def test_ids_in_rules_exist_in_the_catalogue(section: str, fields: tuple[str, ...]) -> None:
    """A rule about something the catalogue does not know could never fire."""
    named = set().union(*(values_in(rule.match, fields) for _, rule in ALL))
    assert named - {"unknown", "none"} <= catalogue_ids(section)


def entity_lists() -> list[dict[str, Any]]:
    yaml = pytest.importorskip("yaml")
    path = RULES.parent / "stackaudit" / "catalogue" / "data" / "entity_lists.yaml"
    rows: list[dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))["entity_lists"]
    return rows


@pytest.mark.parametrize("row", entity_lists(), ids=lambda row: row["id"])
def test_every_entity_list_has_one_rule_of_its_own(row: dict[str, Any]) -> None:
    fields = ("developer_entity_list", "provider_entity_list")
    own = [r for _, r in ALL if r.kind == "practice" and row["id"] in values_in(r.match, fields)]
    (rule,) = own
    assert [option.fields for option in rule.match.any_of] == [{f: (row["id"],)} for f in fields]
    assert (rule.severity, rule.per) == ("info", "listed")
    assert "What that means: " in rule.message
    assert "; it does not " in rule.message
    # Facts about membership that nobody opened must not be passed on as facts.
    doubtful = any(member["confidence"] == "low" for member in row["members"])
    assert ("membership is to be re-checked" in rule.message) == doubtful


LICENCE_RULES = ("licence-unknown", "licence-non-commercial", "licence-territory", "licence-scale")
OPEN_WEIGHTS: dict[str, dict[str, Any]] = {
    "licence-unknown": {},
    "licence-non-commercial": {"licence": ["x"], "licence_category": ["research"]},
    "licence-territory": {"licence": ["x"], "terms": {"excluded_countries": ["DE"]}},
    "licence-scale": {"licence": ["x"], "terms": {"user_cap": ["5"]}},
}
ALL_DECLARED = {"deployment": ("commercial",), "seat": ("DE",), "scale.monthly_users": ("9",)}


@pytest.mark.parametrize("name", LICENCE_RULES)
@pytest.mark.parametrize(
    ("routes", "weights", "written", "expected"),
    [
        (["self-hosted"], "open", "m", "fires"),
        (["weights-hub"], "open", "m", "fires"),
        (["unknown"], "open", "m", "fires"),
        (["vendor-api", "self-hosted"], "open", "m", "fires"),
        (["vendor-api"], "open", "m", "silent"),
        (["cloud", "gateway"], "open", "m", "silent"),
        (["unknown"], "closed", "m", "silent"),
        (["unknown"], "unknown", "m", "silent"),
        (["self-hosted"], "closed", "m", "silent"),
        (["unknown"], "open", "m-latest", "silent"),
    ],
)
def test_licences_bind_who_runs_the_weights(
    name: str, routes: list[str], weights: str, written: str, expected: str
) -> None:
    pack, rule = next((p, r) for p, r in ALL if r.id == f"baseline/{name}")
    given = {
        **OPEN_WEIGHTS[name], "routes": [{"route": [kind]} for kind in routes],
        "resolution": ["family"], "weights": [weights], "written": [written],
        "context": ALL_DECLARED,
    }  # fmt: skip
    assert outcome(pack, rule, RuleTest(given, expected, 1)) == expected
    assert "f you run the weights" in rule.message


def test_rules_about_data_sent_away_need_a_known_route() -> None:
    """A local encoder whose route is not known sends nothing to anybody as far as is known."""
    encoder = {"routes": [{"route": ["unknown"]}], "weights": ["open"], "role": ["embedding"]}
    for pack, rule in ALL:
        if rule.per == "provider":
            found = outcome(pack, rule, RuleTest(encoder, "silent", 1))
            assert found == "silent", rule.id


def test_no_source_stands_only_for_an_example() -> None:
    for _, rule in ALL:
        for source in rule.sources:
            assert "as an example" not in source.title, rule.id
            assert "met most often" not in source.title, rule.id


def test_regions_and_lists() -> None:
    lists = rules.load_shared(RULES).lists
    assert len(lists.regions["EU"]) == 27
    assert lists.expand(["@eea"])[0] == "EU"
    assert {"IS", "LI", "NO", "DE"} <= set(lists.expand(["@eea"]))
    assert lists.expand(["EU"]) == ("EU", *lists.lists["eu"].values)
    assert lists.expand(["FR", "FR"]) == ("FR",)
    known = set(rules.load_shared(RULES).countries)
    assert len(known) == 250
    for row in lists.lists.values():
        if row.values[0].isupper():
            assert set(row.values) <= known, row.id


def test_lists_used_by_rules_are_marked_with_their_source() -> None:
    for row in rules.load_shared(RULES).lists.lists.values():
        assert row.sources
        assert all(source.url.startswith("https://") for source in row.sources)


def test_load_packs_by_id_path_and_all(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    text = (RULES / "finance.yaml").read_text("utf-8")
    own.write_text(text.replace("pack: finance", "pack: own").replace("id: finance/", "id: own/"))
    loaded = rules.load_packs(["health", str(own), "health"], RULES)
    assert [pack.id for pack in loaded] == ["health", "own", "data-transfer-us"]
    assert loaded[1].path == str(own)


@pytest.mark.parametrize(
    ("names", "fragment"),
    [
        (["finence"], "unknown rule pack 'finence'; did you mean 'finance'?"),
        (["xyz"], "unknown rule pack 'xyz'"),
        (["missing.yaml"], "missing.yaml: cannot read the rule file: No such file"),
        (["lists"], "unknown rule pack 'lists'"),
    ],
)
def test_unknown_pack(names: list[str], fragment: str) -> None:
    with pytest.raises(ConfigError, match=r"^[^\n]*$") as caught:
        rules.load_packs(names, RULES)
    assert fragment in str(caught.value)


def test_two_packs_with_one_id(tmp_path: Path) -> None:
    copy = tmp_path / "copy.yaml"
    copy.write_bytes((RULES / "finance.yaml").read_bytes())
    with pytest.raises(ConfigError, match="'finance' is already loaded"):
        rules.load_packs(["finance", str(copy)], RULES)
