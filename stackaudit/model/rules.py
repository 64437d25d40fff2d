"""Rules, and the findings they raise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from stackaudit.model.components import Occurrence
from stackaudit.model.words import Confidence, RuleKind, Severity, Status


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule or a fact comes from."""

    title: str
    issuer: str
    section: str
    url: str
    checked_on: str
    verification: str
    """primary or secondary"""


@dataclass(frozen=True, slots=True)
class Override:
    """Another severity that a pack of the organisation's own gives to a shipped rule."""

    rule: str
    severity: Severity
    reason: str
    pack: str
    """The pack that says so."""
    instead_of: Severity
    """What the rule says itself."""
    line: int = 0
    """Where it stands in the pack's file."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that fired on a component."""

    fingerprint: str
    """Stable across line moves and new places: from the rule and what the finding is per."""
    rule: str
    pack: str
    severity: Severity
    kind: RuleKind
    confidence: Confidence
    title: str
    message: str
    remedy: str
    component: str
    """Component id."""
    occurrences: tuple[Occurrence, ...]
    sources: tuple[Source, ...]
    status: Status
    condition: str = ""
    """For a conditional finding: the one thing to declare."""
    waiver: str = ""
    zone: str = ""
    effective_from: str = ""
    components: tuple[str, ...] = ()
    """Ids of all components, ``component`` first, where one finding speaks for several."""
    override: Override | None = None
    """Why ``severity`` is not the rule's own."""
    stale_days: int = 0
    """Days since the rule's oldest source was checked, where that is too long ago; else 0."""


@dataclass(frozen=True, slots=True)
class Match:
    """Conditions of a rule; all of them must hold, and on one and the same route."""

    fields: Mapping[str, tuple[str, ...]]
    """Field to allowed values, any of which will do; named lists are already expanded."""
    negated: Match | None = None
    any_of: tuple[Match, ...] = ()
    written: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Field to its values as the file has them, ``@name`` for a list; for people to read."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change to a rule that is already decided."""

    date: str
    """ISO date."""
    change: str


@dataclass(frozen=True, slots=True)
class RuleTest:
    """One example inside a rule: facts of a component and what the rule must do with it."""

    given: Mapping[str, object]
    expect: str
    """fires, conditional, announced, silent"""
    line: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a pack, as data."""

    id: str
    pack: str
    title: str
    severity: Severity
    kind: RuleKind
    jurisdiction: str
    """ISO country (or subdivision), EU, or global."""
    binds: str
    """Who is bound, in words."""
    not_binding: str
    """Who is not, in words."""
    match: Match
    applies_if: Mapping[str, tuple[str, ...]]
    """Declared context that must hold; empty binds everyone."""
    unless: Mapping[str, tuple[str, ...]]
    """Declared context that silences the rule."""
    issued_on: str
    """ISO date or empty; from here until ``effective_from`` the rule is announced as pending."""
    effective_from: str
    effective_to: str
    upcoming: tuple[Change, ...]
    sources: tuple[Source, ...]
    message: str
    remedy: str
    tests: tuple[RuleTest, ...]
    line: int
    """Where it stands in its file."""
    per: str = "component"
    """What one finding stands for (``rules.causes.PER``); the same cause shares a finding."""
    override: Override | None = None
    """Who changed ``severity``, and why."""
    shown_by: str = "scan"
    """``explain`` for a note: it is told of a name and never raises a finding."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A rule pack, checked and ready to judge with."""

    id: str
    title: str
    version: str
    summary: str
    rules: tuple[Rule, ...]
    path: str
    """The file it came from, as asked for."""
    sha256: str
    regions: Mapping[str, frozenset[str]]
    """Codes that stand for several countries (``EU``) and the countries."""
    overrides: tuple[Override, ...] = ()
    includes: tuple[str, ...] = ()
    """Ids of shipped packs that judge wherever this one does."""


@dataclass(frozen=True, slots=True)
class NamedList:
    """A list that rules refer to as ``@id``, with where it comes from."""

    id: str
    title: str
    values: tuple[str, ...]
    code: str
    """A value that stands for all members (``EU``); empty for most lists."""
    note: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class ContextKey:
    """One thing to declare."""

    key: str
    """``data``, or ``scale.monthly_users`` for a key inside a table."""
    title: str
    type: Literal["values", "countries", "number"]
    values: Mapping[str, str]
    """Value to its meaning in one line; empty unless the type is ``values``."""
