"""Notes: rules that ``explain`` tells of a name and that never raise a finding."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from running import run
from test_rules_errors import GOOD

from stackaudit import judge, rules
from stackaudit.catalogue import load
from stackaudit.explain import explain
from stackaudit.model import ConfigError
from stackaudit.rules.given import build
from stackaudit.ruletests import run_tests

RULES = Path(__file__).resolve().parents[1] / "rules"
TODAY = date(2026, 11, 22)
NOTE = (
    GOOD.replace("severity: medium", "severity: info\n    shown_by: explain")
    .replace("expect: fires", "expect: noted")
    .replace("      - {given: {licence: MIT}, expect: conditional}\n", "")
)


def load_note(tmp_path: Path, text: str = NOTE) -> list[rules.Problem]:
    (tmp_path / "own.yaml").write_text(text, "utf-8")
    return rules.check_file(tmp_path / "own.yaml", RULES)


def test_a_note_is_tested_but_raises_no_finding(tmp_path: Path) -> None:
    assert load_note(tmp_path) == []
    (pack,) = rules.load_packs([str(tmp_path / "own.yaml")], RULES)
    assert run_tests(pack) == ()
    case = build(pack.rules[0].tests[0].given)
    assert judge.judge([case.component], [pack], case.context, TODAY) == ()
    told = explain("Qwen/Qwen3-32B", load(), [pack], TODAY).rules
    assert told == (), "another licence"
    (note,) = explain("deepseek-ai/DeepSeek-R1", load(), [pack], TODAY).rules
    assert (note.note, note.severity, note.condition) == (True, "info", 'context.data = ["phi"]')


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("severity: info", "severity: low", "a note (shown by explain) has severity 'info'"),
        ("shown_by: explain", "shown_by: explan", "unknown shown_by 'explan'; did you mean 'explain'?"),
        ("expect: noted", "expect: fires", "no test expects 'noted'; add one near the border"),
    ],
)  # fmt: skip
def test_faults(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert message in [p.message for p in load_note(tmp_path, NOTE.replace(old, new))]


def test_a_note_cannot_be_overridden(tmp_path: Path) -> None:
    text = (
        "pack: acme\ntitle: x\nversion: 2026.11.22\noverrides:\n"
        "  - {rule: finance/us-model-risk-guidance-scope, severity: high, reason: y}\n"
    )
    (tmp_path / "acme.yaml").write_text(text, "utf-8")
    with pytest.raises(ConfigError, match="is a note and always info; it cannot be overridden"):
        rules.load_packs([str(tmp_path / "acme.yaml")], RULES)


def test_explain_and_the_page_call_it_a_note() -> None:
    name = "finance/us-model-risk-guidance-scope"
    shown = run("explain", "gpt-4o").stdout
    line = next(row for row in shown.splitlines() if "US guidance on model risk" in row)
    assert line.startswith("  note ")
    told = json.loads(run("explain", "gpt-4o", "-f", "json").stdout)
    assert {r["id"] for r in told["rules"] if r["note"]} >= {name}
    assert "a note: explain tells it" in run("rules", "show", name).stdout
    page = run("rules", "docs", "-p", "finance").stdout
    card = page[page.index(f"### {name}") :]
    assert "- A note: `stackaudit explain` tells it, a scan raises no finding from it\n" in card
