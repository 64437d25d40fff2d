"""An organisation's own pack changes the severity of a shipped rule, with a reason."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from running import run

from stackaudit import config, rules
from stackaudit.engine import scan
from stackaudit.model import ConfigError, Finding, Report

RULES = Path(__file__).resolve().parents[1] / "rules"
TODAY = date(2026, 11, 22)
PACK = """\
pack: acme
title: What Acme decided
version: 2026.11.22
overrides:
  - rule: baseline/unpinned-hosting
    severity: high
    reason: Our works council agreed to fixed regions only.
"""
CODE = 'from openai import OpenAI\nOpenAI().chat.completions.create(model="gpt-4o", messages=[])\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "acme.yaml").write_text(PACK, "utf-8")
    (tmp_path / "app.py").write_text(CODE, "utf-8")
    return tmp_path


def unpinned(report: Report) -> Finding:
    (found,) = (f for f in report.findings if f.rule == "baseline/unpinned-hosting")
    return found


def test_the_severity_and_the_gate_change(project: Path) -> None:
    own = str(project / "acme.yaml")
    plain = scan(project, config.load(project, {}), as_of=TODAY)
    assert (unpinned(plain).severity, unpinned(plain).override) == ("low", None)
    assert plain.verdict.exit_code == 0
    changed = scan(project, config.load(project, {}), packs=("baseline", own), as_of=TODAY)
    found = unpinned(changed)
    assert found.severity == "high"
    assert found.fingerprint == unpinned(plain).fingerprint
    assert found.override is not None
    assert (found.override.pack, found.override.instead_of) == ("acme", "low")
    assert changed.verdict.exit_code == 1
    assert [pack.id for pack in changed.packs] == ["baseline", "acme"]
    alone = scan(project, config.load(project, {}), packs=(own,), as_of=TODAY)
    assert alone.findings == (), "it changes rules; it does not ask for them"


def test_a_zone_without_the_pack_keeps_the_severity(project: Path) -> None:
    (project / "lab").mkdir()
    (project / "lab" / "x.py").write_text(CODE, "utf-8")
    own = json.dumps(str(project / "acme.yaml"))
    (project / "stackaudit.toml").write_text(
        f'packs = ["baseline", {own}]\n[[zones]]\nname = "lab"\npaths = ["lab"]\npacks = ["baseline"]\n'
    )
    report = scan(project, config.load(project, {}), as_of=TODAY)
    got = {f.zone: f.severity for f in report.findings if f.rule == "baseline/unpinned-hosting"}
    assert got == {"": "high", "lab": "low"}


def test_reports_say_who_changed_what_and_why(project: Path) -> None:
    shown = run("scan", "-p", "baseline", "-p", "acme.yaml", cwd=project)
    assert shown.returncode == 1
    reason = "high instead of low by pack acme: Our works council agreed to fixed regions only."
    assert reason in shown.stdout
    told = run("scan", "-p", "baseline", "-p", "acme.yaml", "-f", "json", cwd=project)
    data = json.loads(told.stdout)
    jsonschema.Draft202012Validator(json.loads(run("schema").stdout)).validate(data)
    (found,) = (f for f in data["findings"] if f["override"])
    assert found["override"] == {
        "severity": "high",
        "instead_of": "low",
        "reason": "Our works council agreed to fixed regions only.",
        "pack": "acme",
    }
    card = run(
        "rules",
        "show",
        "baseline/unpinned-hosting",
        "-p",
        "baseline",
        "-p",
        "acme.yaml",
        cwd=project,
    )
    assert reason in " ".join(card.stdout.split())


def test_offered_models_stay_info(project: Path) -> None:
    (project / "app.py").write_text('MODELS = ["gpt-4o", "gpt-4.1", "o3-mini", "gpt-4-turbo"]\n')
    report = scan(
        project,
        config.load(project, {}),
        packs=("baseline", str(project / "acme.yaml")),
        as_of=TODAY,
    )
    assert report.components
    assert all(f.severity == "info" and f.override is None for f in report.findings)


# (what to replace, by what, line, column, fragments of the message)
FAULTS = [
    ("unpinned-hosting", "unpined-hosting", 5, 11, ["unknown rule 'baseline/unpined-hosting'", "did you mean 'baseline/unpinned-hosting'"]),
    ("severity: high", "severity: hihg", 6, 15, ["unknown severity 'hihg'", "did you mean 'high'"]),
    ("severity: high", "severity: low", 5, 11, ["is low already; remove this override"]),
    ("severity: high", "severty: high", 6, 5, ["unknown field 'severty' in an override", "'severity'"]),
    ("    reason: Our works council agreed to fixed regions only.\n", "", 5, 5, ["an override has no 'reason'; add it"]),
    ("Our works council agreed to fixed regions only.", "''", 7, 13, ["reason is empty"]),
    ("overrides:", "override:", 4, 1, ["unknown field 'override' in the file", "did you mean 'overrides'"]),
    ("baseline/unpinned-hosting", "acme/x", 5, 11, ["stands in this very pack"]),
    ("baseline/unpinned-hosting", "us-federal/gsar-552-239-7001", 5, 11, ["is pending and always info"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "fragments"), FAULTS, ids=[f[4][0][:30] for f in FAULTS]
)
def test_faults_have_a_place_and_a_hint(
    tmp_path: Path, old: str, new: str, line: int, column: int, fragments: list[str]
) -> None:
    path = tmp_path / "acme.yaml"
    assert old in PACK
    path.write_text(PACK.replace(old, new), "utf-8")
    found = rules.check_file(path, RULES)
    hits = [p for p in found if all(part in p.message for part in fragments)]
    assert [(p.line, p.column) for p in hits] == [(line, column)], found


def test_one_rule_one_override(tmp_path: Path) -> None:
    twice = PACK + PACK[PACK.index("  - rule:") :]
    path = tmp_path / "acme.yaml"
    path.write_text(twice, "utf-8")
    (problem,) = rules.check_file(path, RULES)
    assert problem.message == (
        "rule 'baseline/unpinned-hosting' is overridden twice; the first is at line 5"
    )
    path.write_text(PACK, "utf-8")
    other = tmp_path / "other.yaml"
    other.write_text(PACK.replace("acme", "other").replace("high", "medium"), "utf-8")
    with pytest.raises(ConfigError) as caught:
        rules.load_packs(["baseline", str(path), str(other)], RULES)
    assert str(caught.value) == (
        f"{other}:5: rule 'baseline/unpinned-hosting' is overridden at {path}:5 too; keep one of them"
    )


def test_shipped_packs_override_nothing(tmp_path: Path) -> None:
    for name in ("baseline", "context", "lists"):
        (tmp_path / f"{name}.yaml").write_bytes((RULES / f"{name}.yaml").read_bytes())
    (tmp_path / "acme.yaml").write_text(PACK, "utf-8")
    (problem,) = rules.check_file(tmp_path / "acme.yaml", tmp_path)
    assert problem.message == "a shipped pack overrides nothing; change the rule itself"


def test_own_packs_use_the_shipped_lists(tmp_path: Path) -> None:
    from test_rules_errors import GOOD

    text = GOOD.replace("licence: [MIT]", 'origin_country: ["@us-dsp-countries-of-concern"]')
    text = text.replace("{licence: MIT", "{origin_country: RU").replace(
        "{licence: Apache-2.0", "{origin_country: FR"
    )
    path = tmp_path / "own.yaml"
    path.write_text(text, "utf-8")
    (pack,) = rules.load_packs([str(path)], RULES)
    assert {"CN", "RU"} <= set(pack.rules[0].match.fields["origin_country"])
    assert pack.rules[0].match.written["origin_country"] == ("@us-dsp-countries-of-concern",)
