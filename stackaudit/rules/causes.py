"""One cause, one finding: joins what a rule says of several components for the same reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import NamedTuple

from stackaudit.model import SEVERITIES, UNKNOWN, Component, Confidence, Finding, Rule
from stackaudit.rules.matching import wanted

#: What one finding can stand for: a component; the operator of the matching routes; who made the
#: model; the company on the list asked for; everything scanned.
PER = ("component", "provider", "developer", "listed", "scan")
_CONFIDENCES: tuple[Confidence, ...] = ("high", "medium", "low")
#: Which component stands for others with the same cause.
_TELLING = ("endpoint", "sdk", "weights", "model", "credential")
_LISTS = frozenset({"developer_entity_list", "provider_entity_list", "entity_list"})


class Hit(NamedTuple):
    """A finding on one component, and the causes it may share with others."""

    finding: Finding
    kind: str
    causes: frozenset[str]


def fingerprint(rule: str, cause: str) -> str:
    """Identity of a finding over time: 16 hex digits of the rule and a component or cause."""
    return sha256(f"{rule}\0{cause}".encode()).hexdigest()[:16]


def causes(rule: Rule, component: Component, operators: Iterable[str]) -> frozenset[str]:
    """What a finding shares with those on other components; the component's id if nothing.

    Args:
        rule: the rule that fired; its ``per`` decides.
        component: what it fired on.
        operators: ids of the operators of the routes on which it fired.
    """
    found: set[str] = set()
    if rule.per == "scan":
        found = {"all"}
    elif rule.per == "provider":
        found = set(operators)
    elif rule.per == "developer":
        party = component.developer or component.provider
        found = {party.id} if party else set()
    elif rule.per == "listed":
        found = set(_listed(component, wanted(rule.match, _LISTS)))
    named = found - {UNKNOWN, ""}
    return frozenset(f"{rule.per}:{name}" for name in named) or frozenset({component.id})


def _listed(component: Component, lists: frozenset[str]) -> Iterable[str]:
    """The parties to a component that stand on one of the lists."""
    for party in (component.developer, component.provider):
        if party and lists.intersection(party.entity_lists):
            yield party.id
    for route in component.routes:
        if lists.intersection(route.provider_entity_lists):
            yield route.provider


def grouped(rule: Rule, hits: Iterable[Hit]) -> list[Finding]:
    """Hits with the same cause as one finding, led by the worst and most telling of them.

    A component with several causes joins the findings of those it shares and leads one for
    the rest, so no cause is lost and no component leads twice.
    """
    if rule.per == "component":
        return [hit.finding for hit in hits]
    led: dict[str, int] = {}
    groups: list[list[Finding]] = []
    own: list[list[str]] = []
    for finding, _, keys in sorted(hits, key=_telling):
        for group in sorted({led[key] for key in keys & led.keys()}):
            groups[group].append(finding)
        rest = sorted(keys - led.keys())
        if rest:
            led.update(dict.fromkeys(rest, len(groups)))
            groups.append([finding])
            own.append(rest)
    return [_joined(rule, group, keys) for group, keys in zip(groups, own, strict=True)]


def _telling(hit: Hit) -> tuple[int, int, int, str]:
    severity = SEVERITIES.index(hit.finding.severity)
    return len(hit.causes), severity, _TELLING.index(hit.kind), hit.finding.component


def _joined(rule: Rule, group: Sequence[Finding], keys: Sequence[str]) -> Finding:
    worst = min((f.severity for f in group), key=SEVERITIES.index)
    sure = (f.confidence for f in group if f.severity == worst)
    return replace(
        group[0],
        fingerprint=fingerprint(rule.id, "+".join(keys)),
        severity=worst,
        confidence=min(sure, key=_CONFIDENCES.index),
        occurrences=tuple(place for f in group for place in f.occurrences),
        sources=tuple(dict.fromkeys(source for f in group for source in f.sources)),
        components=tuple(f.component for f in group),
    )
