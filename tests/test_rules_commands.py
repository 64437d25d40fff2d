"""``stackaudit rules test``, ``upcoming``, ``stale`` and ``docs``, as a user runs them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from running import ROOT, run
from test_rules_errors import GOOD

from stackaudit import config, rules
from stackaudit.engine import scan

RULES = ROOT / "rules"
PACKS = rules.load_packs(["all"], RULES)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "own.yaml").write_text(GOOD, "utf-8")
    return tmp_path


def test_shipped_rules_pass() -> None:
    done = run("rules", "test")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert [line.split(":")[0] for line in lines] == [pack.id for pack in PACKS]
    assert all(re.fullmatch(r"[\w-]+: \d+ rules?, \d+ tests?, all pass", line) for line in lines)


def test_a_failing_test_is_told_with_its_place(own: Path) -> None:
    assert run("rules", "test", "own.yaml", cwd=own).stdout == "own: 1 rule, 3 tests, all pass\n"
    broken = GOOD.replace("licence: Apache-2.0", "licence: MIT")
    (own / "own.yaml").write_text(broken, "utf-8")
    done = run("rules", "test", "own.yaml", "baseline", cwd=own)
    assert done.returncode == 1
    first, second, third = done.stdout.splitlines()
    assert first == (
        "own.yaml:27: rule 'own/no-preview': this test expects 'silent' and got 'fires'"
    )
    assert second == "own: 1 rule, 3 tests, 1 failed"
    assert third.startswith("baseline: ")
    done = run("rules", "test", "own.yaml", "--format", "json", cwd=own)
    (told,) = json.loads(done.stdout)
    assert done.returncode == 1
    assert told["failures"] == [
        {"rule": "own/no-preview", "line": 27, "expected": "silent", "got": "fires"}
    ]


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        (GOOD.replace("licence: [MIT]", "licens: [MIT]"), "own.yaml:13:28: unknown field 'licens'"),
        ("[", "own.yaml:2:1: not valid YAML"),
    ],
)
def test_a_faulty_file_is_not_run(own: Path, text: str, fragment: str) -> None:
    (own / "own.yaml").write_text(text, "utf-8")
    done = run("rules", "test", "own.yaml", cwd=own)
    assert done.returncode == 2
    assert fragment in done.stdout
    assert "own" in done.stdout.splitlines()[-1]
    assert "not run" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (["test", "finanse"], "did you mean 'finance'?"),
        (["test", "nowhere.yaml"], "nowhere.yaml: cannot read the rule file"),
        (["upcoming", "--within", "soon"], "--within: 'soon' is not a whole number; write it as 90"),
        (["upcoming", "--as-of", "tomorrow"], "--as-of: 'tomorrow' is not a date"),
        (["stale", "--days", "-1"], "--days: '-1' is not a whole number"),
        (["stale", "--pack", "helth"], "did you mean 'health'?"),
        (["docs", "--check", "-o", "nowhere.md"], "cannot read nowhere.md"),
        (["docs", "-o", "no/such/page.md"], "the folder no/such does not exist"),
    ],
)  # fmt: skip
def test_faults_are_one_clear_line(tmp_path: Path, args: list[str], line: str) -> None:
    done = run("rules", *args, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert line in done.stderr


DATED = """\
    issued_on: 2025-01-01
    effective_from: 2025-06-01
    effective_to: 2027-03-31
    upcoming: [{date: 2026-12-01, change: also binds branches}, {date: 2025-02-01, change: past}]
"""


def test_what_changes_when(own: Path) -> None:
    (own / "own.yaml").write_text(GOOD.replace("    effective_from: 2025-01-17\n", DATED), "utf-8")

    def dates(*flags: str) -> list[tuple[str, str]]:
        done = run("rules", "upcoming", "-p", "own.yaml", "-f", "json", *flags, cwd=own)
        assert done.returncode == 0
        return [(row["date"], row["change"]) for row in json.loads(done.stdout)]

    ends = ("2027-03-31", "last day in force")
    branches = ("2026-12-01", "also binds branches")
    starts = ("2025-06-01", "comes into force")
    past = ("2025-02-01", "past")
    assert dates("--as-of", "2026-11-22") == [branches, ends]
    assert dates("--as-of", "2026-11-22", "--within", "9") == [branches]
    assert dates("--as-of", "2026-11-22", "--within", "8") == []
    assert dates("--as-of", "2026-12-01") == [ends], "a change is not ahead on its own day"
    assert dates("--as-of", "2025-01-01") == [past, starts, branches, ends]
    shown = run("rules", "upcoming", "-p", "own.yaml", "--as-of", "2026-11-22", cwd=own).stdout
    assert "2026-12-01  own/no-preview  also binds branches\n    Preview models\n" in shown
    assert shown.endswith("2 changes after 2026-11-22\n")


def test_pending_rules_without_a_date_come_last() -> None:
    told = json.loads(run("rules", "upcoming", "-f", "json", "--as-of", "2026-11-22").stdout)
    undated = [row["rule"] for row in told if not row["date"]]
    assert told[len(told) - len(undated) :] == [row for row in told if not row["date"]]
    pending = {r.id for p in PACKS for r in p.rules if r.kind == "pending" and not r.effective_from}
    assert set(undated) == pending


def test_stale_rules(own: Path) -> None:
    def found(*flags: str) -> tuple[int, list[int]]:
        done = run("rules", "stale", "-p", "own.yaml", "-f", "json", *flags, cwd=own)
        return done.returncode, [row["days"] for row in json.loads(done.stdout)]

    assert found("--as-of", "2027-02-20") == (0, []), "90 days are still fresh"
    assert found("--as-of", "2027-02-21") == (1, [91])
    assert found("--as-of", "2027-02-20", "--days", "89") == (1, [90])
    shown = run("rules", "stale", "-p", "own.yaml", "--as-of", "2027-02-21", cwd=own).stdout
    assert "2026-11-22  91        own/no-preview\n" in shown
    assert shown.endswith("1 rule last checked more than 90 days before 2027-02-21\n")


def test_the_oldest_source_counts() -> None:
    rule = PACKS[0].rules[0]
    fresh, old = (replace(rule.sources[0], checked_on=day) for day in ("2026-11-22", "2026-01-01"))
    pack = replace(PACKS[0], rules=(replace(rule, sources=(fresh, old)),))
    (aged,) = rules.stale([pack], date(2026, 11, 22))
    assert (aged.checked, aged.days) == ("2026-01-01", 325)


def test_a_report_says_that_a_source_is_old(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("from openai import OpenAI\nOpenAI()\n")
    rule = next(r for r in PACKS[0].rules if r.id == "baseline/unpinned-hosting")
    checked = date.fromisoformat(min(s.checked_on for s in rule.sources))
    for days, told in ((90, 0), (91, 91)):
        report = scan(tmp_path, config.load(tmp_path, {}), as_of=checked + timedelta(days))
        (found,) = (f for f in report.findings if f.rule == rule.id)
        assert found.stale_days == told
    day = (checked + timedelta(91)).isoformat()
    assert "source last checked 91 days ago" in run("scan", "--as-of", day, cwd=tmp_path).stdout
    data = json.loads(run("scan", "--as-of", day, "-f", "json", cwd=tmp_path).stdout)
    assert 91 in {f["stale_days"] for f in data["findings"]}


def page(*args: str) -> str:
    done = run("rules", "docs", *args)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_page_has_every_rule_once_and_every_link_leads_somewhere() -> None:
    text = page()
    assert text == page(), "the same rules give the same page"
    headings = re.findall(r"^#{1,3} (.*)$", text, re.MULTILINE)
    assert len(headings) == len(set(headings))
    anchors = [re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings]
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= set(anchors)
    assert [h for h in headings if "/" in h] == [r.id for p in PACKS for r in p.rules]
    for pack in PACKS:
        for rule in pack.rules:
            assert all(f"](<{source.url}>)" in text for source in rule.sources)
    vocabulary = rules.load_shared(RULES).vocabulary
    assert {f"context {key}" for key in vocabulary.keys} <= set(headings)
    lists = rules.load_shared(RULES).lists.lists
    assert {f"list {name}" for name in lists} <= set(headings)


def test_one_rule_on_the_page(own: Path) -> None:
    text = run("rules", "docs", "-p", "own.yaml", cwd=own).stdout
    card = text[text.index("### own/no-preview") : text.index("## What can")]
    assert (
        card.strip()
        == """\
### own/no-preview

**Preview models**

- Severity medium, kind obligation, jurisdiction EU European Union
- Binds: us
- Does not bind: others
- In force: from 2025-01-17
- Fires on:
  - what was found: `model`
  - licence of the model: `MIT`
- Needs the declaration `data`: `phi`
- Why: Do not use preview models.
- Do: Use another one.
- Source: [Our policy](<https://example.org/policy/3>), Board, 3 (checked 2026-11-22)"""
    )


def test_markup_in_a_pack_stays_text(own: Path) -> None:
    odd = GOOD.replace("Do not use preview models.", "'<b>x</b> [a](b) *c* `d` \\ | # e'")
    (own / "own.yaml").write_text(odd, "utf-8")
    text = run("rules", "docs", "-p", "own.yaml", cwd=own).stdout
    assert r"- Why: \<b\>x\</b\> \[a\](b) \*c\* \`d\` \\ \| \# e" in text


def test_checking_the_page(own: Path) -> None:
    flags = ("rules", "docs", "-p", "own.yaml", "-o", "page.md")
    assert run(*flags, cwd=own).stderr == "stackaudit: rules written to page.md\n"
    done = run(*flags, "--check", cwd=own)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    (own / "own.yaml").write_text(GOOD.replace("remedy: Use", "remedy: Take"), "utf-8")
    done = run(*flags, "--check", cwd=own)
    assert done.returncode == 1
    assert done.stderr == (
        "stackaudit: error: page.md is out of date; write it anew: "
        "stackaudit rules docs --output page.md\n"
    )


def test_ci_checks_the_page_in_the_repository() -> None:
    assert "\nstackaudit rules docs --check\n" in (ROOT / ".ci" / "run").read_text("utf-8")
    assert "stackaudit rules docs" in (ROOT / "docs" / "rules.md").read_text("utf-8")[:400]


def test_faults_for_programs(own: Path) -> None:
    (own / "own.yaml").write_text(GOOD.replace("licence: [MIT]", "licens: [MIT]"), "utf-8")
    done = run("rules", "check", "own.yaml", "-f", "json", cwd=own)
    assert done.returncode == 2
    (told,) = json.loads(done.stdout)
    assert (told["path"], told["line"], told["column"]) == ("own.yaml", 13, 28)
    (own / "own.yaml").write_text(GOOD, "utf-8")
    done = run("rules", "check", "own.yaml", "-f", "json", cwd=own)
    assert (done.returncode, json.loads(done.stdout)) == (0, [])
