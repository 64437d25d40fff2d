"""What the gate would decide for one model: lines for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TextIO

from stackaudit.model import UNKNOWN, Component, Decision, Finding
from stackaudit.report import json_parts, json_report, places
from stackaudit.report.findings import flags
from stackaudit.report.layout import Line, Span, heading, labelled, line
from stackaudit.report.models import licence_words, route_words
from stackaudit.report.terminal import emit, fitting_width
from stackaudit.report.text import clean, listed, prose

_LABEL = 12


def write(told: Decision, stream: TextIO, width: int | None = None) -> None:
    """Writes the verdict, what is known of the model, and every line and rule that spoke."""
    emit(lines(told, width or fitting_width(stream)), stream)


def lines(told: Decision, width: int) -> list[Line]:
    """The verdict and its reasons as lines of styled text."""
    failing = [f for f in told.findings if f.fingerprint in told.verdict.failing]
    others = [f for f in told.findings if f not in failing]
    word = "REFUSED" if failing else "ALLOWED"
    rows = [*heading(word, clean(told.model), width)]
    for label, text in (*_known(told), *_terms(told)):
        rows += labelled(label, text, width, _LABEL)
    for label, group in (
        ("Refused by", failing),
        ("Also said", [f for f in others if f.status == "open"]),
        ("Depends", [f for f in others if f.status == "conditional"]),
    ):
        rows += _said(label, group, width)
    code = told.verdict.exit_code
    style = "high" if failing else "title"
    return [*rows, line(Span(f"{word} (exit code {code})", style))]


def _known(told: Decision) -> list[tuple[str, str]]:
    """Who made the model and how it would be reached."""
    rows = []
    for component in told.components:
        if component.kind != "model":
            continue
        rows.append(("Model", _about(component)))
        way = route_words(component)
        if not told.endpoint and all(r.route == UNKNOWN for r in component.routes):
            way += "; name it with --endpoint"
        rows.append(("Reached", way))
    return rows


def _about(component: Component) -> str:
    party = component.developer
    who = f"{clean(party.name)} ({clean(party.country)})" if party else "unknown developer"
    parts = [clean(component.name), who]
    parts += [f"based on {listed(map(places.base, component.lineage), 2)}"] * bool(
        component.lineage
    )
    return ", ".join((*parts, f"licence: {licence_words(component)}"))


def _terms(told: Decision) -> list[tuple[str, str]]:
    """By what it was judged."""
    where = f"zone {clean(told.zone)}" if told.zone else "no zone"
    judged = f"{', '.join(map(clean, told.packs))}; fails at {told.fail_on}; {where}"
    context = "; ".join(
        f"{clean(key)} = {', '.join(map(clean, values))}" for key, values in told.context.items()
    )
    policy = [
        f"{verb}.{field} = [{', '.join(map(clean, values))}]"
        for verb, side in (("deny", told.policy.deny), ("allow", told.policy.allow))
        for field, values in side.items()
        if values
    ]
    source = f"; settings of {clean(told.source)}" if told.source else ""
    return [
        ("Judged by", judged + source),
        ("Declared", context or "nothing about contracts, data or users"),
        ("Policy", "; ".join(policy) or "none"),
    ]


def _said(label: str, group: Sequence[Finding], width: int) -> list[Line]:
    rows: list[Line] = []
    for number, finding in enumerate(group):
        what = prose(finding.message) if finding.pack == "policy" else prose(finding.title)
        text = f"{what} [{clean(finding.rule)}, {finding.severity}]"
        if finding.status == "conditional":
            text = f"{flags(finding.condition)}: {text}"
        rows += labelled("" if number else label, text, width, _LABEL)
    return rows


def write_json(told: Decision, stream: TextIO) -> None:
    """The same as one JSON object."""
    stream.write(json_report.dumps(as_json(told), 2) + "\n")


def as_json(told: Decision) -> dict[str, Any]:
    """The decision as plain values, keys in a fixed order."""
    return {
        "model": told.model,
        "endpoint": told.endpoint,
        "path": told.path,
        "allowed": told.verdict.exit_code == 0,
        "reason": told.verdict.reason,
        "zone": told.zone,
        "packs": list(told.packs),
        "context": {key: list(values) for key, values in sorted(told.context.items())},
        "policy": {
            verb: {field: list(values) for field, values in side.items()}
            for verb, side in (("allow", told.policy.allow), ("deny", told.policy.deny))
        },
        "fail_on": told.fail_on,
        "refused_by": list(told.verdict.failing),
        "findings": [json_parts.finding(f) for f in told.findings],
        "components": [json_parts.component(c) for c in told.components],
    }
