"""Judges components by rules: which rule speaks to which component, and on what condition.

Three answers to every condition: it holds, it does not, or the fact is not known. A rule fires
only where its match holds, so what is unknown never counts unless the rule asks for ``unknown``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import NamedTuple

from stackaudit import facts
from stackaudit.facts import Declared, Values
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
    Status,
    Usage,
)
from stackaudit.rules.fields import FIELDS, names

_CONFIDENCES: tuple[Confidence, ...] = ("high", "medium", "low")
_LINEAGE = names("lineage")
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
    """One finding for each rule and component it speaks to, the worst first.

    Args:
        components: what the scan found.
        packs: the packs to judge with.
        context: what the user declared, as ``rules.check_context`` returns it.
        as_of: only rules in force on this day fire; announced ones as ``pending``.
        usages: places that count. A component only ``offered`` is reported as info.
    """
    subjects = list(components)
    found: list[Finding] = []
    for pack in packs:
        declared = Declared(context, pack.regions)
        views = [_View(component, declared) for component in subjects]
        for rule in pack.rules:
            case = _open_case(rule, declared, as_of)
            if case:
                found += filter(None, (_finding(case, view, usages) for view in views))
    return tuple(sorted(found, key=order))


def order(finding: Finding) -> tuple[int, str, str]:
    """Sort key of findings: severity, rule, component."""
    return SEVERITIES.index(finding.severity), finding.rule, finding.component


def explain(component: Component, packs: Iterable[Pack], as_of: date) -> tuple[AppliedRule, ...]:
    """The rules that would speak to ``component`` if it were used, nothing being declared."""
    written = replace(_PLACE, text=component.name)
    used = replace(component, occurrences=(*component.occurrences, written), confidence="high")
    packs = list(packs)
    titles = {rule.id: rule.title for pack in packs for rule in pack.rules}
    return tuple(
        AppliedRule(f.rule, f.pack, f.status, f.severity, titles[f.rule], f.condition)
        for f in judge([used], packs, {}, as_of)
    )


def fingerprint(rule: str, component: str) -> str:
    """Identity of a finding over time: 16 hex digits of the rule and the component."""
    return sha256(f"{rule}\0{component}".encode()).hexdigest()[:16]


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
    """A component with its facts, worked out once for all rules of a pack."""

    def __init__(self, component: Component, declared: Declared) -> None:
        self.component = component
        own = facts.of_component(component, declared)
        self.routes = [{**own, **route} for route in facts.of_routes(component, declared)]
        self.lineage = facts.of_lineage(component)


class _Case(NamedTuple):
    """A rule that may speak today, in the context declared."""

    rule: Rule
    status: Status
    condition: str
    announced: bool
    asked: frozenset[str]
    """Every field the match asks about, at any depth."""
    message: str


def _open_case(rule: Rule, declared: Declared, as_of: date) -> _Case | None:
    """The rule ready to judge with; None where it is not in force or does not apply."""
    status, condition = _applicability(rule, declared)
    if status is None or not _in_force(rule, as_of):
        return None
    announced = rule.kind == "pending" or rule.effective_from > as_of.isoformat()
    message = _message(rule, status, announced)
    return _Case(rule, status, condition, announced, frozenset(_fields(rule.match)), message)


def _finding(case: _Case, view: _View, usages: Collection[Usage]) -> Finding | None:
    rule, component = case.rule, view.component
    if "usage" in case.asked:
        counted, offered = component.occurrences, False
    else:
        counted, offered = places(component, usages)
    if not counted:
        return None
    matched, limits = _matched(rule.match, view, counted, case.asked)
    if not matched:
        return None
    return Finding(
        fingerprint=fingerprint(rule.id, component.id),
        rule=rule.id,
        pack=rule.pack,
        severity="info" if case.announced or offered else rule.severity,
        kind="pending" if case.announced else rule.kind,
        confidence=lowered(component.confidence, *limits, *(("medium",) if offered else ())),
        title=rule.title,
        message=case.message,
        remedy=rule.remedy,
        component=component.id,
        occurrences=matched,
        sources=rule.sources,
        status=case.status,
        condition=case.condition,
        effective_from=rule.effective_from,
    )


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


def _message(rule: Rule, status: Status, announced: bool) -> str:
    source = rule.sources[0]
    cited = f"{source.title}, {source.section}"
    if announced:
        start = f"from {rule.effective_from}" if rule.effective_from else "no date yet"
        return f"Not in force ({start}): evidence relevant to {cited}. {rule.message}"
    if rule.kind == "practice":
        return rule.message
    if rule.kind == "prohibition" and status == "open":
        return f"Barred or restricted in the context declared ({cited}). {rule.message}"
    return f"Evidence relevant to {cited}. {rule.message}"


def _fields(match: Match) -> set[str]:
    """Every field a match asks about, at any depth."""
    inner = (*match.any_of, *((match.negated,) if match.negated else ()))
    return set(match.fields).union(*map(_fields, inner))


def _matched(
    match: Match, view: _View, occurrences: tuple[Occurrence, ...], asked: frozenset[str]
) -> tuple[tuple[Occurrence, ...], list[Confidence]]:
    """The places where the match holds on some route, and what limits confidence in it."""
    per_place = bool(asked & _OCCURRENCE)
    holding = [_holding(match, view, known, occurrences, per_place) for known in view.routes]
    hits = {id(place) for found in holding for place in found}
    if not hits:
        return (), []
    limits: list[Confidence] = []
    sure = any(_is_observed(view.component, n) for n, found in enumerate(holding) if found)
    if asked & _ROUTE and not sure:
        limits.append("medium")
    if match.fields.keys() & _LINEAGE:
        limits.append(_lineage_confidence(match, view))
    return tuple(place for place in occurrences if id(place) in hits), limits


def _holding(
    match: Match,
    view: _View,
    known: Mapping[str, Values],
    occurrences: tuple[Occurrence, ...],
    per_place: bool,
) -> list[Occurrence]:
    """The places where the match holds on one route; equal places are asked once."""
    if not per_place:
        return [*occurrences] if _holds(match, known, view.lineage) else []
    answers: dict[tuple[str, str, str], bool | None] = {}
    for place in occurrences:
        key = (place.usage, place.role, place.text)
        if key not in answers:
            here = dict(zip(("usage", "role", "written"), ((part,) for part in key), strict=True))
            answers[key] = _holds(match, {**known, **here}, view.lineage)
    return [p for p in occurrences if answers[p.usage, p.role, p.text]]


def _is_observed(component: Component, route: int) -> bool:
    return not component.routes or component.routes[route].basis == "observed"


def _lineage_confidence(match: Match, view: _View) -> Confidence:
    """How sure the base model is that made the rule fire."""
    own = Match({name: match.fields[name] for name in match.fields.keys() & _LINEAGE})
    sure = [
        base.confidence
        for base, known in zip(view.component.lineage, view.lineage, strict=False)
        if _holds(own, {}, [known])
    ]
    return min(sure, key=_CONFIDENCES.index, default="low")


def _holds(
    match: Match, known: Mapping[str, Values], lineage: Sequence[Mapping[str, Values]]
) -> bool | None:
    """Whether a match holds on one route: yes, no, or None where a fact is not known."""
    answer: bool | None = True
    for part in _parts(match, known, lineage):
        if part is False:
            return False
        if part is None:
            answer = None
    return answer


def _parts(
    match: Match, known: Mapping[str, Values], lineage: Sequence[Mapping[str, Values]]
) -> Iterator[bool | None]:
    """The answer of each condition; those on a base model must hold on one and the same."""
    bases: dict[str, tuple[str, ...]] = {}
    for name, allowed in match.fields.items():
        if name in _LINEAGE:
            bases[name] = allowed
        else:
            yield _allows(name, allowed, known.get(name))
    if bases:
        yield _any(
            _all(_allows(name, allowed, base[name]) for name, allowed in bases.items())
            for base in lineage
        )
    if match.negated:
        inner = _holds(match.negated, known, lineage)
        yield None if inner is None else not inner
    if match.any_of:
        yield _any(_holds(option, known, lineage) for option in match.any_of)


def _allows(name: str, allowed: Sequence[str], values: Values) -> bool | None:
    if values is None:
        return None
    if FIELDS[name].form == "glob":
        hit = any(_like(pattern, value) for pattern in allowed for value in values)
    else:
        hit = any(value in allowed for value in values)
    return True if hit else None if UNKNOWN in values else False


def _like(pattern: str, value: str) -> bool:
    return fnmatchcase(value.lower(), pattern.lower())


def _all(answers: Iterable[bool | None]) -> bool | None:
    found = set(answers)
    return False if False in found else None if None in found else True


def _any(answers: Iterable[bool | None]) -> bool | None:
    found = set(answers)
    return True if True in found else None if None in found else False
