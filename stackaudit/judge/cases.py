"""Which rules may speak on a day, in the context declared, and on what condition."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from stackaudit.facts import Declared
from stackaudit.model import Pack, Rule, Status
from stackaudit.rules.dates import STALE_AFTER, aged
from stackaudit.rules.matching import asked


class Case(NamedTuple):
    """A rule that may speak today, in the context declared."""

    rule: Rule
    status: Status
    condition: str
    announced: bool
    asked: frozenset[str]
    """Every field the match asks about, at any depth."""
    kinds: tuple[str, ...] | None
    """The kinds of component it can speak to; None for all."""
    stale_days: int
    """Days since its oldest source was checked, where that is too long ago; else 0."""


def open_cases(pack: Pack, declared: Declared, as_of: date, *, notes: bool) -> list[Case]:
    """The rules ready to judge with: in force, and not ruled out by what is declared.

    Args:
        pack: where they stand.
        declared: what the user declared.
        as_of: the day to judge on.
        notes: whether rules count that never raise a finding.
    """
    cases = []
    for rule in pack.rules:
        if rule.shown_by == "explain" and not notes:
            continue
        status, condition = _applicability(rule, declared)
        if status is None or not _in_force(rule, as_of):
            continue
        announced = rule.kind == "pending" or rule.effective_from > as_of.isoformat()
        kinds = rule.match.fields.get("kind")
        days = aged(rule, as_of).days
        old = days if days > STALE_AFTER else 0
        cases.append(Case(rule, status, condition, announced, asked(rule.match), kinds, old))
    return cases


def _in_force(rule: Rule, as_of: date) -> bool:
    day = as_of.isoformat()
    if rule.effective_to and rule.effective_to < day:
        return False
    if rule.kind == "pending":
        return rule.issued_on <= day
    if rule.effective_from <= day:
        return True
    return bool(rule.issued_on) and rule.issued_on <= day


def _applicability(rule: Rule, declared: Declared) -> tuple[Status | None, str]:
    """Open, conditional with the lines to declare, or None where the rule does not apply."""
    for key, values in rule.unless.items():
        if declared.members(declared.context.get(key, ())).intersection(values):
            return None, ""
    missing = []
    for key, values in rule.applies_if.items():
        actual = declared.context.get(key)
        if actual is None:
            missing.append(f'context.{key} = ["{values[0]}"]')
        elif not set(actual).intersection(values):
            return None, ""
    return ("conditional" if missing else "open"), " and ".join(missing)
