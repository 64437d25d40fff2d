"""Runs the examples that stand inside every rule, against real components."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from stackaudit.judge import judge
from stackaudit.model import Finding, Pack, Rule, RuleTest
from stackaudit.rules import Problem, check_file, load_pack, load_shared
from stackaudit.rules.given import build


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that did not do what its own test says."""

    rule: str
    line: int
    """Line of the test in the pack's file."""
    expected: str
    got: str

    @property
    def message(self) -> str:
        """What went wrong, in words."""
        return f"rule '{self.rule}': this test expects '{self.expected}' and got '{self.got}'"


def run_tests(pack: Pack) -> tuple[Failure, ...]:
    """The tests of all rules of a pack that fail."""
    failures = []
    for rule in pack.rules:
        for test in rule.tests:
            got = outcome(pack, rule, test)
            if got != test.expect:
                failures.append(Failure(rule.id, test.line, test.expect, got))
    return tuple(failures)


def check(path: Path, directory: Path) -> list[Problem]:
    """Every fault of a pack file; where there is none, every rule that fails its own tests.

    Raises:
        ConfigError: the file cannot be read.
    """
    problems = check_file(path, directory)
    if problems:
        return problems
    failures = run_tests(load_pack(path, load_shared(directory)))
    return [Problem(f.line, 1, f.message, str(path)) for f in failures]


def outcome(pack: Pack, rule: Rule, test: RuleTest) -> str:
    """What the rule does with the component of a test: fires, conditional, announced or silent."""
    case = build(test.given)
    day = case.as_of or rule.effective_from or rule.effective_to or rule.issued_on or "2026-01-01"
    alone = replace(pack, rules=(rule,))
    found = judge([case.component], [alone], case.context, date.fromisoformat(day))
    return _word(found[0]) if found else "silent"


def _word(finding: Finding) -> str:
    if finding.kind == "pending":
        return "announced"
    return "conditional" if finding.status == "conditional" else "fires"
