"""What looking at the catalogue and the rules themselves tells."""

from __future__ import annotations

from typing import Literal, NamedTuple

from stackaudit.model.rules import Rule


class CatalogueFault(NamedTuple):
    """One thing to mend in the catalogue."""

    severity: Literal["error", "warning"]
    place: str
    """Section and row, or the file where a row cannot be told."""
    message: str


class CatalogueChange(NamedTuple):
    """One row that differs between two versions of the catalogue."""

    section: str
    row: str
    kind: Literal["added", "removed", "changed"]
    fields: tuple[tuple[str, object, object], ...] = ()
    """Field, old value and new value, of a changed row."""


class RuleChange(NamedTuple):
    """What changes in a rule, and when."""

    date: str
    """ISO date; empty where it is announced without one."""
    rule: Rule
    change: str


class AgedRule(NamedTuple):
    """How long ago the sources of a rule were read."""

    rule: Rule
    checked: str
    """ISO date on which its oldest source was last checked."""
    days: int


class FailedTest(NamedTuple):
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


class PackCheck(NamedTuple):
    """What running the tests inside a pack gave."""

    id: str
    path: str
    rules: int
    tests: int
    faults: tuple[str, ...]
    """What is wrong with the file, each with its place; its tests did not run then."""
    failures: tuple[FailedTest, ...]
