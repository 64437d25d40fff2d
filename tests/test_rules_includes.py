"""A pack may include others: they judge wherever it does, and each rule speaks once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from running import run

from stackaudit import config, rules
from stackaudit.engine import scan
from stackaudit.model import ConfigError, Finding

RULES = Path(__file__).resolve().parents[1] / "rules"
TODAY = date(2026, 11, 22)
CODE = 'from openai import OpenAI\nOpenAI(base_url="https://api.deepseek.com")\n'
DECLARED = {"context": {"seat": "US", "bulk": "us-financial"}}
OWN = """\
pack: acme
title: What Acme asks for
version: 2026.11.22
includes: [finance]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(CODE, "utf-8")
    return tmp_path


def found(project: Path, *packs: str) -> list[Finding]:
    report = scan(project, config.load(project, DECLARED), packs=packs, as_of=TODAY)
    return [f for f in report.findings if f.rule == "data-transfer-us/financial-data"]


@pytest.mark.parametrize(
    "asked",
    [
        ("finance",),
        ("health", "finance"),
        ("data-transfer-us", "finance"),
        ("finance", "data-transfer-us"),
        (str(RULES / "data-transfer-us.yaml"), "finance"),
        ("all",),
    ],
)
def test_an_included_pack_judges_once(project: Path, asked: tuple[str, ...]) -> None:
    assert [f.status for f in found(project, *asked)] == ["open"]


def test_without_the_pack_its_rules_are_silent(project: Path) -> None:
    assert found(project, "baseline") == []


def test_the_report_names_the_packs_that_judged(project: Path) -> None:
    report = scan(project, config.load(project, {}), packs=("finance",), as_of=TODAY)
    assert [pack.id for pack in report.packs] == ["finance", "data-transfer-us"]
    assert "data-transfer-us" not in report.other_packs


def test_other_packs_are_told_with_what_they_bring(project: Path) -> None:
    told = scan(project, config.load(project, DECLARED), as_of=TODAY).other_packs
    asked = scan(project, config.load(project, DECLARED), packs=("health",), as_of=TODAY)
    assert told["health"].findings == len(asked.findings) > 0
    conditional = [f for f in asked.findings if f.status == "conditional"]
    assert told["health"].conditional == len(conditional)


def test_a_pack_of_ones_own_includes_and_what_that_includes(project: Path) -> None:
    (project / "acme.yaml").write_text(OWN, "utf-8")
    own = str(project / "acme.yaml")
    assert len(found(project, own)) == 1
    assert [pack.id for pack in rules.load_packs([own], RULES)] == [
        "acme",
        "finance",
        "data-transfer-us",
    ]


def test_an_override_holds_for_an_included_pack(project: Path) -> None:
    rule = (
        "overrides:\n  - {rule: data-transfer-us/financial-data, severity: low, reason: Exempt.}\n"
    )
    (project / "acme.yaml").write_text(OWN + rule, "utf-8")
    assert [f.severity for f in found(project, str(project / "acme.yaml"))] == ["low"]


def test_a_zone_is_judged_by_what_its_packs_include(project: Path) -> None:
    (project / "lab").mkdir()
    (project / "app.py").rename(project / "lab" / "app.py")
    (project / "stackaudit.toml").write_text(
        'packs = ["baseline"]\n[[zones]]\nname = "lab"\npaths = ["lab"]\npacks = ["finance"]\n'
        '[zones.context]\nseat = "US"\nbulk = ["us-financial"]\n',
        "utf-8",
    )
    report = scan(project, config.load(project, {}), as_of=TODAY)
    (finding,) = (f for f in report.findings if f.rule == "data-transfer-us/financial-data")
    assert (finding.zone, finding.status) == ("lab", "open")
    assert report.zones[0].packs == ("finance", "data-transfer-us")


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("[finanse]", "4:12: unknown pack 'finanse'; did you mean 'finance'?; include a shipped"),
        ("[acme]", "4:12: a pack cannot include itself; remove it"),
        ("[finance, finance]", "4:21: pack 'finance' is included twice; remove one"),
        ("finance", "4:11: includes must be a list, not a single value"),
        ("[]", "4:11: includes is an empty list"),
        ("[{a: b}]", "4:12: a pack to include must be a single value, not a mapping"),
        ("[all]", "4:12: unknown pack 'all'"),
    ],
)
def test_a_fault_names_its_place(tmp_path: Path, written: str, fault: str) -> None:
    path = tmp_path / "acme.yaml"
    path.write_text(OWN.replace("[finance]", written), "utf-8")
    with pytest.raises(ConfigError) as caught:
        rules.load_packs([str(path)], RULES)
    assert f"{path}:{fault}" in str(caught.value)


def test_shipped_packs_include_no_ring() -> None:
    packs = rules.load_named(rules.available(RULES), RULES)
    for name in packs:
        others = rules.with_included([name], packs)[1:]
        assert all(name not in rules.with_included([other], packs) for other in others)


def test_the_page_of_rules_tells_it() -> None:
    page = run("rules", "docs", "--pack", "finance").stdout
    assert "judged with these too: [data-transfer-us](#data-transfer-us)." in page
