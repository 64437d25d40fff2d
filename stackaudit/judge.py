"""Judges components by rules: which rule speaks to which component, and on what condition.

A rule fires only where its match holds (``rules.matching``), so what is unknown never counts
unless the rule asks for ``unknown``. Components with the same cause share one finding.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from stackaudit import facts
from stackaudit.facts import Declared
from stackaudit.model import (
    GATED_USAGES,
    SEVERITIES,
    UNKNOWN,
    AppliedRule,
    Component,
    Confidence,
    Finding,
    Match,
    Occurrence,
    Pack,
    Rule,
    Source,
    Status,
    Usage,
)
from stackaudit.rules.causes import Hit, causes, fingerprint, grouped
from stackaudit.rules.dates import STALE_AFTER, aged
from stackaudit.rules.fields import names
from stackaudit.rules.matching import LINEAGE, Values, asked, holds

__all__ = ["explain", "fingerprint", "judge", "lowered", "order", "places"]

_CONFIDENCES: tuple[Confidence, ...] = ("high", "medium", "low")
_ROUTE = names("route")
_OCCURRENCE = names("occurrence")
_PLACE = Occurrence("", 0, 0, 0, 0, "", "used", UNKNOWN, "")


def judge(
    components: Iterable[Component],
    packs: Iterable[Pack],
    context: Mapping[str, tuple[str, ...]],
    as_of: date,
    usages: Collection[Usage] = GATED_USAGES,
) -> tuple[Finding, ...]:
    """One finding for each rule and cause it speaks to, the worst first.

    Args:
        components: what the scan found.
        packs: the packs to judge with.
        context: what the user declared, as ``rules.check_context`` returns it.
        as_of: only rules in force on this day fire; announced ones as ``pending``.
        usages: places that count. A component only ``offered`` is reported as info.
    """
    subjects = list(components)
    found: list[Finding] = []
    declared, views = Declared({}, {}), list[_View]()
    for pack in packs:
        if not views or declared.regions != pack.regions:
            declared = Declared(context, pack.regions)
            views = [_View(component, declared) for component in subjects]
        for case in _open_cases(pack, declared, as_of):
            hits = [hit for view in views if (hit := _hit(case, view, usages))]
            found += grouped(case.rule, hits)
    return tuple(sorted(found, key=order))


def order(finding: Finding) -> tuple[int, str, str]:
    """Sort key of findings: severity, rule, component."""
    return SEVERITIES.index(finding.severity), finding.rule, finding.component


def explain(component: Component, packs: Iterable[Pack], as_of: date) -> tuple[AppliedRule, ...]:
    """The rules that would speak to ``component`` if it were used, nothing being declared."""
    written = replace(_PLACE, text=component.name)
    used = replace(component, occurrences=(*component.occurrences, written))
    views: dict[int, _View] = {}
    found = []
    for declared, cases in _undeclared(_Same(tuple(packs)), as_of):
        view = views.get(id(declared)) or views.setdefault(id(declared), _View(used, declared))
        for case in cases:
            if _speaks(case, view, GATED_USAGES):
                rule = case.rule
                severity = "info" if case.announced else rule.severity
                found.append(
                    AppliedRule(
                        rule.id, rule.pack, case.status, severity, rule.title, case.condition
                    )
                )
    return tuple(sorted(found, key=lambda told: (SEVERITIES.index(told.severity), told.id)))


def places(component: Component, usages: Collection[Usage]) -> tuple[tuple[Occurrence, ...], bool]:
    """The occurrences that count, and whether the component is only offered."""
    counted = tuple(o for o in component.occurrences if o.usage in usages)
    if counted:
        return counted, False
    return tuple(o for o in component.occurrences if o.usage == "offered"), True


def lowered(confidence: Confidence, *limits: Confidence) -> Confidence:
    """The least of several confidences."""
    return max((confidence, *limits), key=_CONFIDENCES.index)


class _View:
    """A component with its facts, worked out once for all rules."""

    def __init__(self, component: Component, declared: Declared) -> None:
        self.component = component
        own = facts.of_component(component, declared)
        self.routes = [{**own, **route} for route in facts.of_routes(component, declared)]
        self.lineage = facts.of_lineage(component)
        self._counted: dict[frozenset[Usage], tuple[tuple[Occurrence, ...], bool]] = {}

    def counted(self, usages: Collection[Usage]) -> tuple[tuple[Occurrence, ...], bool]:
        """See ``places``; found once."""
        key = frozenset(usages)
        if key not in self._counted:
            self._counted[key] = places(self.component, key)
        return self._counted[key]


class _Case(NamedTuple):
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


class _Matched(NamedTuple):
    """Where a match holds, what limits confidence in it, and on which routes."""

    places: tuple[Occurrence, ...]
    limits: list[Confidence]
    routes: list[dict[str, Values]]
    offered: bool


class _Same(NamedTuple):
    """Packs compared by identity, since their contents cannot be hashed."""

    packs: tuple[Pack, ...]

    def __hash__(self) -> int:
        return hash(tuple(map(id, self.packs)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and [*map(id, self.packs)] == [*map(id, other.packs)]


@lru_cache(maxsize=4)
def _undeclared(same: _Same, as_of: date) -> list[tuple[Declared, list[_Case]]]:
    """The rules in force when nothing is declared; packs with equal regions share theirs."""
    found: list[tuple[Declared, list[_Case]]] = []
    for pack in same.packs:
        shared = (known for known, _ in found if known.regions == pack.regions)
        declared = next(shared, None) or Declared({}, pack.regions)
        found.append((declared, _open_cases(pack, declared, as_of)))
    return found


def _open_cases(pack: Pack, declared: Declared, as_of: date) -> list[_Case]:
    """The rules ready to judge with: in force, and not ruled out by what is declared."""
    cases = []
    for rule in pack.rules:
        status, condition = _applicability(rule, declared)
        if status is None or not _in_force(rule, as_of):
            continue
        announced = rule.kind == "pending" or rule.effective_from > as_of.isoformat()
        kinds = rule.match.fields.get("kind")
        days = aged(rule, as_of).days
        old = days if days > STALE_AFTER else 0
        cases.append(_Case(rule, status, condition, announced, asked(rule.match), kinds, old))
    return cases


def _speaks(case: _Case, view: _View, usages: Collection[Usage]) -> _Matched | None:
    """Where the rule speaks to the component; None where it does not."""
    component = view.component
    if case.kinds is not None and component.kind not in case.kinds:
        return None
    if "usage" in case.asked:
        counted, offered = component.occurrences, False
    else:
        counted, offered = view.counted(usages)
    return _matched(case, view, counted, offered) if counted else None


def _hit(case: _Case, view: _View, usages: Collection[Usage]) -> Hit | None:
    matched = _speaks(case, view, usages)
    if matched is None:
        return None
    rule, component = case.rule, view.component
    sources = _sources(case, component)
    limits = [*matched.limits]
    if matched.offered:
        limits.append("medium")
    only_info = case.announced or matched.offered
    finding = Finding(
        fingerprint=fingerprint(rule.id, component.id),
        rule=rule.id,
        pack=rule.pack,
        severity="info" if only_info else rule.severity,
        kind="pending" if case.announced else rule.kind,
        confidence=lowered(component.confidence, *limits),
        title=rule.title,
        message=_message(case, sources[0]),
        remedy=rule.remedy,
        component=component.id,
        occurrences=matched.places,
        sources=sources,
        status=case.status,
        condition=case.condition,
        effective_from=rule.effective_from,
        components=(component.id,),
        override=None if only_info else rule.override,
        stale_days=case.stale_days,
    )
    operators = {name for route in matched.routes for name in route["provider"] or ()}
    return Hit(finding, component.kind, causes(rule, component, operators))


def _sources(case: _Case, component: Component) -> tuple[Source, ...]:
    """The rule's sources; a rule about licences cites the component's own licence first."""
    licence = component.licence
    about_licence = any(name.startswith("licence") for name in case.asked)
    if not about_licence or licence is None or not licence.source.startswith("http"):
        return case.rule.sources
    issuer = component.developer.name if component.developer else "the publisher"
    checked = component.checked or case.rule.sources[0].checked_on
    text = Source(licence.name, issuer, "licence text", licence.source, checked, "secondary")
    return (text, *case.rule.sources)


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


def _message(case: _Case, source: Source) -> str:
    rule = case.rule
    cited = f"{source.title}, {source.section}"
    if case.announced:
        start = f"from {rule.effective_from}" if rule.effective_from else "no date yet"
        return f"Not in force ({start}): evidence relevant to {cited}. {rule.message}"
    if rule.kind == "practice":
        return rule.message
    if rule.kind == "prohibition" and case.status == "open":
        return f"Barred or restricted in the context declared ({cited}). {rule.message}"
    return f"Evidence relevant to {cited}. {rule.message}"


def _matched(
    case: _Case, view: _View, occurrences: tuple[Occurrence, ...], offered: bool
) -> _Matched | None:
    """The places where the match holds on some route; None where there are none."""
    match = case.rule.match
    per_place = not _OCCURRENCE.isdisjoint(case.asked)
    holding = [_holding(match, view, known, occurrences, per_place) for known in view.routes]
    if not any(holding):
        return None
    limits: list[Confidence] = []
    sure = any(_is_observed(view.component, n) for n, found in enumerate(holding) if found)
    if not sure and case.asked & _ROUTE:
        limits.append("medium")
    if match.fields.keys() & LINEAGE:
        limits.append(_lineage_confidence(match, view))
    hits = {id(place) for found in holding for place in found}
    listed = tuple(place for place in occurrences if id(place) in hits)
    routes = [known for known, found in zip(view.routes, holding, strict=True) if found]
    return _Matched(listed, limits, routes, offered)


def _holding(
    match: Match,
    view: _View,
    known: Mapping[str, Values],
    occurrences: tuple[Occurrence, ...],
    per_place: bool,
) -> Sequence[Occurrence]:
    """The places where the match holds on one route; equal places are asked once."""
    if not per_place:
        return occurrences if holds(match, known, view.lineage) else ()
    answers: dict[tuple[str, str, str], bool | None] = {}
    for place in occurrences:
        key = (place.usage, place.role, place.text)
        if key not in answers:
            here = {"usage": key[:1], "role": key[1:2], "written": key[2:]}
            answers[key] = holds(match, {**known, **here}, view.lineage)
    return [p for p in occurrences if answers[p.usage, p.role, p.text]]


def _is_observed(component: Component, route: int) -> bool:
    return not component.routes or component.routes[route].basis == "observed"


def _lineage_confidence(match: Match, view: _View) -> Confidence:
    """How sure the base model is that made the rule fire."""
    own = Match({name: match.fields[name] for name in match.fields.keys() & LINEAGE})
    sure = [
        base.confidence
        for base, known in zip(view.component.lineage, view.lineage, strict=False)
        if holds(own, {}, [known])
    ]
    return min(sure, key=_CONFIDENCES.index, default="low")
