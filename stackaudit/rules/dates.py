"""When rules change, and how long ago their sources were read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from stackaudit.model import AgedRule, Pack, Rule, RuleChange

#: Days after which a source should be read again, and a report says so.
STALE_AFTER = 90


def aged(rule: Rule, day: date) -> AgedRule:
    """The age of a rule on a day: its oldest source counts."""
    checked = min(source.checked_on for source in rule.sources)
    return AgedRule(rule, checked, (day - date.fromisoformat(checked)).days)


def stale(packs: Iterable[Pack], day: date, days: int = STALE_AFTER) -> list[AgedRule]:
    """Rules checked more than ``days`` days before a day, the oldest first."""
    found = [aged(rule, day) for pack in packs for rule in pack.rules]
    return sorted((a for a in found if a.days > days), key=lambda a: (a.checked, a.rule.id))


def upcoming(packs: Iterable[Pack], day: date, within: int | None = None) -> list[RuleChange]:
    """What changes after a day, by date; last what is announced without a date.

    Args:
        packs: where to look.
        day: changes on this day or before are past.
        within: only changes at most so many days ahead, and none without a date.
    """
    found = [change for pack in packs for rule in pack.rules for change in _changes(rule)]
    ahead = [c for c in found if c.date > day.isoformat() or not c.date]
    if within is not None:
        ahead = [c for c in ahead if c.date and _days(c.date, day) <= within]
    return sorted(ahead, key=lambda c: (not c.date, c.date, c.rule.id, c.change))


def _days(day: str, start: date) -> int:
    return (date.fromisoformat(day) - start).days


def _changes(rule: Rule) -> Iterator[RuleChange]:
    pending = rule.kind == "pending"
    if rule.effective_from:
        start = "is announced to apply" if pending else "comes into force"
        yield RuleChange(rule.effective_from, rule, start)
    elif pending:
        yield RuleChange("", rule, f"announced {rule.issued_on}".strip() + ", no date yet")
    if rule.effective_to:
        yield RuleChange(rule.effective_to, rule, "last day in force")
    for change in rule.upcoming:
        yield RuleChange(change.date, rule, change.change)
