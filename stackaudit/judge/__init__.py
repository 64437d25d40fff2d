"""Judges components by rules: which rule speaks to which component, and on what condition.

A rule fires only where its match holds (``rules.matching``), so what is unknown never counts
unless the rule asks for ``unknown``. Components with the same cause share one finding.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from stackaudit.facts import Declared
from stackaudit.judge.cases import Case, open_cases
from stackaudit.judge.views import CONFIDENCES, View, Views, places, speaks
from stackaudit.model import (
    GATED_USAGES,
    SEVERITIES,
    UNKNOWN,
    AppliedRule,
    Component,
    Confidence,
    Finding,
    Occurrence,
    Pack,
    Source,
    Usage,
)
from stackaudit.rules.causes import Hit, causes, fingerprint, grouped

__all__ = ["explain", "fingerprint", "judge", "lowered", "order", "places"]

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
    declared, views = Declared({}, {}), None
    for pack in packs:
        if views is None or declared.regions != pack.regions:
            declared = Declared(context, pack.regions)
            views = Views(View(component, declared) for component in subjects)
        for case in open_cases(pack, declared, as_of, notes=False):
            near = views.candidates(case.rule.match)
            hits = [hit for view in near if (hit := _hit(case, view, usages))]
            found += grouped(case.rule, hits)
    return tuple(sorted(found, key=order))


def order(finding: Finding) -> tuple[int, str, str]:
    """Sort key of findings: severity, rule, component."""
    return SEVERITIES.index(finding.severity), finding.rule, finding.component


def explain(component: Component, packs: Iterable[Pack], as_of: date) -> tuple[AppliedRule, ...]:
    """The rules that would speak to ``component`` if it were used, nothing being declared."""
    written = replace(_PLACE, text=component.name)
    used = replace(component, occurrences=(*component.occurrences, written))
    views: dict[int, View] = {}
    found = []
    for declared, cases in _undeclared(_Same(tuple(packs)), as_of):
        view = views.get(id(declared)) or views.setdefault(id(declared), View(used, declared))
        for case in cases:
            if speaks(case, view, GATED_USAGES):
                rule = case.rule
                severity = "info" if case.announced else rule.severity
                note = rule.shown_by == "explain"
                condition = case.condition
                found.append(
                    AppliedRule(
                        rule.id, rule.pack, case.status, severity, rule.title, condition, note
                    )
                )
    return tuple(sorted(found, key=lambda told: (SEVERITIES.index(told.severity), told.id)))


def lowered(confidence: Confidence, *limits: Confidence) -> Confidence:
    """The least of several confidences."""
    return max((confidence, *limits), key=CONFIDENCES.index)


class _Same(NamedTuple):
    """Packs compared by identity, since their contents cannot be hashed."""

    packs: tuple[Pack, ...]

    def __hash__(self) -> int:
        return hash(tuple(map(id, self.packs)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and [*map(id, self.packs)] == [*map(id, other.packs)]


@lru_cache(maxsize=4)
def _undeclared(same: _Same, as_of: date) -> list[tuple[Declared, list[Case]]]:
    """The rules in force when nothing is declared; packs with equal regions share theirs."""
    found: list[tuple[Declared, list[Case]]] = []
    for pack in same.packs:
        shared = (known for known, _ in found if known.regions == pack.regions)
        declared = next(shared, None) or Declared({}, pack.regions)
        found.append((declared, open_cases(pack, declared, as_of, notes=True)))
    return found


def _hit(case: Case, view: View, usages: Collection[Usage]) -> Hit | None:
    matched = speaks(case, view, usages)
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


def _sources(case: Case, component: Component) -> tuple[Source, ...]:
    """The rule's sources; a rule about licences cites the component's own licence first."""
    licence = component.licence
    about_licence = any(name.startswith("licence") for name in case.asked)
    if not about_licence or licence is None or not licence.source.startswith("http"):
        return case.rule.sources
    issuer = component.developer.name if component.developer else "the publisher"
    checked = component.checked or case.rule.sources[0].checked_on
    text = Source(licence.name, issuer, "licence text", licence.source, checked, "secondary")
    return (text, *case.rule.sources)


def _message(case: Case, source: Source) -> str:
    rule = case.rule
    cited = f"{source.title}, {source.section}"
    if case.announced:
        start = f"from {rule.effective_from}" if rule.effective_from else "no date yet"
        return f"Not in force ({start}): evidence relevant to {cited}. {rule.message}"
    if rule.kind == "practice":
        return rule.message
    if rule.kind == "prohibition" and case.status == "open":
        read = "" if source.verification == "primary" else ", as read through a secondary source"
        return f"Barred or restricted in the context declared{read} ({cited}). {rule.message}"
    return f"Evidence relevant to {cited}. {rule.message}"
