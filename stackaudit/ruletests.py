"""Runs the examples that stand inside every rule, against real components."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from stackaudit.judge import judge
from stackaudit.model import FailedTest, Finding, Pack, PackCheck, Rule, RuleTest
from stackaudit.rules import Problem, available, load_shared, locate, read_pack, spelled_out
from stackaudit.rules.given import build


def run_tests(pack: Pack) -> tuple[FailedTest, ...]:
    """The tests of all rules of a pack that fail."""
    failures = []
    for rule in pack.rules:
        for test in rule.tests:
            got = outcome(pack, rule, test)
            if got != test.expect:
                failures.append(FailedTest(rule.id, test.line, test.expect, got))
    return tuple(failures)


def run_packs(names: Sequence[str], directory: Path) -> list[PackCheck]:
    """Run the tests of packs, faulty ones left unrun.

    Args:
        names: shipped ids, ``all``, or paths of YAML files.
        directory: the folder of the shipped rules.

    Raises:
        ConfigError: an unknown pack, or a file that cannot be read.
    """
    shipped = available(directory)
    return [
        _tested(locate(name, shipped, directory), name, directory)
        for name in spelled_out(names, directory)
    ]


def _tested(path: Path, name: str, directory: Path) -> PackCheck:
    pack, problems = read_pack(path, load_shared(directory))
    if problems or pack is None:
        faults = tuple(map(str, sorted(problems)))
        return PackCheck(pack.id if pack else name, str(path), 0, 0, faults, ())
    tests = sum(len(rule.tests) for rule in pack.rules)
    return PackCheck(pack.id, str(path), len(pack.rules), tests, (), run_tests(pack))


def check(path: Path, directory: Path) -> list[Problem]:
    """Every fault of a pack file; where there is none, every rule that fails its own tests.

    Raises:
        ConfigError: the file cannot be read.
    """
    pack, problems = read_pack(path, load_shared(directory))
    if problems or pack is None:
        return sorted(problems)
    return [Problem(f.line, 1, f.message, str(path)) for f in run_tests(pack)]


def outcome(pack: Pack, rule: Rule, test: RuleTest) -> str:
    """What the rule does with a test: fires, conditional, announced, noted or silent."""
    case = build(test.given)
    day = case.as_of or rule.effective_from or rule.effective_to or rule.issued_on or "2026-01-01"
    alone = replace(pack, rules=(replace(rule, shown_by="scan"),))
    found = judge([case.component], [alone], case.context, date.fromisoformat(day))
    if found and rule.shown_by == "explain":
        return "noted"
    return _word(found[0]) if found else "silent"


def _word(finding: Finding) -> str:
    if finding.kind == "pending":
        return "announced"
    return "conditional" if finding.status == "conditional" else "fires"
