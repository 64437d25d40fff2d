"""What is known about one identifier: a card for people, one line of JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TextIO

from stackaudit.model import (
    UNKNOWN,
    Ancestor,
    AppliedRule,
    Component,
    Explanation,
    Licence,
    Party,
    Processing,
    Provenance,
)
from stackaudit.report import json_report, places
from stackaudit.report.findings import flags
from stackaudit.report.layout import Line, Span, heading, labelled, line, paragraph
from stackaudit.report.terminal import emit, fitting_width
from stackaudit.report.text import address, clean, count, prose

_LABEL = 13
_MOST_ROUTES = 6
_KINDS = {
    "model": "model",
    "weights": "weights file",
    "endpoint": "endpoint",
    "sdk": "software package",
    "credential": "credential variable",
}
_RESOLUTIONS = {
    "exact": "this exact release is known",
    "family": "the family is known, not this release",
    "vendor": "only the developer is known",
}


def write_json(told: Explanation, stream: TextIO, *, indent: int | None = None) -> None:
    """One JSON object and a line end; on one line unless ``indent`` is given."""
    stream.write(json_report.dumps(json_report.explanation(told), indent) + "\n")


def write_card(told: Explanation, stream: TextIO, *, width: int | None = None) -> None:
    """Every fact on its own line, with its source and the date it was checked."""
    emit(card(told, width or fitting_width(stream)), stream)


def card(told: Explanation, width: int) -> list[Line]:
    """The lines of the card."""
    component = told.component
    if component.resolution == UNKNOWN:
        return _unknown(told, width)
    about = _KINDS[component.kind]
    if component.kind == "model":
        about += f"; {_RESOLUTIONS[component.resolution]}"
    lines = [*heading(clean(told.text), about, width), ()]
    origins = {p.fact: p for p in told.provenance}
    for label, text, fact, link in _facts(component):
        lines += labelled(label, text, width, _LABEL)
        lines += _origin(origins.get(fact), link, width)
    for told_by in told.processing:
        lines += _processing(told_by, width)
    if component.note:
        lines += labelled("Note", prose(component.note), width, _LABEL)
    lines += _sources(component, origins, width)
    return [*lines, (), *_rules(told, width)]


def _facts(component: Component) -> list[tuple[str, str, str, str]]:
    """Label, text, name of the fact, and a link of its own where it has one."""
    name = clean(component.name)
    release = clean(component.release)
    name += f", release {release}" if release and not name.endswith(release) else ""
    facts = [("Name", name, "family", "")]
    if component.developer:
        facts.append(("Developer", _party(component.developer), "developer", ""))
    if component.provider:
        facts.append(("Operator", _party(component.provider), "provider", ""))
    facts += [("Based on", _ancestor(a), "", a.source) for a in component.lineage]
    if component.licence:
        licence = component.licence
        facts.append(("Licence", _licence(licence), "licence", licence.source))
    if component.kind in ("model", "weights"):
        facts.append(("Weights", component.weights, "", ""))
    if component.retires:
        facts.append(("Retires", f"{clean(component.retires)}, as announced", "", ""))
    if component.roles:
        facts.append(("Made for", ", ".join(map(clean, component.roles)), "", ""))
    facts += _ways(component)
    if component.package:
        package = component.package
        facts.append(
            ("Package", f"{clean(package.ecosystem)} {clean(package.name)}", "package", "")
        )
    return facts


def _ways(component: Component) -> list[tuple[str, str, str, str]]:
    """How it is reached; of open weights, what its developer's services may or may not have."""
    facts = []
    maker = component.developer.id if component.developer else ""
    loose = component.kind == "model" and component.weights == "open"
    loose = loose and all((r.basis, r.provider) == ("inferred", maker) for r in component.routes)
    if loose:
        text = "no service of its developer's own is known"
        text = "perhaps by its developer's own services" if component.routes else text
        facts.append(("Reached", f"wherever its open weights are run; {text}", "", ""))
    for route in component.routes[:_MOST_ROUTES]:
        text = f"{places.way(route)} ({places.route_kind(route)})"
        text += f": {clean(route.evidence)}" if route.evidence else ""
        facts.append(("Perhaps" if loose else "Reached", text, "endpoint", ""))
    if component.routes[_MOST_ROUTES:]:
        more = count(len(component.routes) - _MOST_ROUTES, "more way")
        facts.append(("", f"{more} (--format json lists them all)", "", ""))
    return facts


def _processing(told: Processing, width: int) -> list[Line]:
    text = f"{prose(told.service)}: where: {prose(told.where)}; trains on it by default: "
    text += f"{clean(told.trains)}; kept: {prose(told.retention)}"
    text += f"; {prose(told.note)}" if told.note else ""
    origin = Provenance("", told.source, told.checked, told.confidence)
    return [*labelled("Data sent", text, width, _LABEL), *_origin(origin, "", width)]


def _party(who: Party) -> str:
    legal = f" ({clean(who.legal_name)})" if who.legal_name not in ("", who.name) else ""
    text = f"{clean(who.name)}{legal}, {places.country(who.country)}"
    if who.parent:
        text += f"; parent {clean(who.parent)}, {places.country(who.parent_country or UNKNOWN)}"
    if who.entity_lists:
        text += f"; listed on {', '.join(map(clean, who.entity_lists))} (for context)"
    return text


def _ancestor(ancestor: Ancestor) -> str:
    country = places.country(ancestor.country)
    how = f"{clean(ancestor.relation)}, {ancestor.confidence} confidence"
    family = clean(ancestor.family_name or ancestor.family)
    developer = clean(ancestor.developer_name or ancestor.developer)
    return f"{family} by {developer}, {country} ({how})"


def _licence(licence: Licence) -> str:
    text = f"{clean(licence.name or licence.id)} ({clean(licence.category)})"
    terms = [f"{t.replace('_', ' ')}: {_value(licence.terms[t])}" for t in sorted(licence.terms)]
    return f"{text}; {'; '.join(terms)}" if terms else text


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(prose(str(item)) for item in value)
    return prose(str(value))


def _origin(origin: Provenance | None, link: str, width: int) -> list[Line]:
    if origin is None:
        return paragraph(address(link), width, _LABEL, "dim") if link else []
    when = f"checked {clean(origin.checked)}, " if origin.checked else ""
    text = f"{address(origin.source)} ({when}{origin.confidence} confidence)"
    return paragraph(text, width, _LABEL, "dim")


def _sources(component: Component, origins: Mapping[str, Provenance], width: int) -> list[Line]:
    """Sources of the whole row that stand under no single fact."""
    shown = {p.source for p in origins.values()}
    rest = [address(source) for source in component.sources if source not in shown]
    lines: list[Line] = []
    for number, source in enumerate(rest):
        lines += labelled("" if number else "Sources", source, width, _LABEL, "dim")
    if rest and component.checked:
        lines += paragraph(f"checked {clean(component.checked)}", width, _LABEL, "dim")
    return lines


def _rules(told: Explanation, width: int) -> list[Line]:
    """The rules that speak to it wherever it is used, then those that need a declaration."""
    if not told.rules:
        return heading("RULES", "none of the rule packs speaks to it", width)
    lines: list[Line] = []
    for conditional, about in ((False, "wherever it is used"), (True, "only with this declared")):
        rules = [r for r in told.rules if bool(r.condition) is conditional]
        if rules:
            lines += [*heading(f"RULES ({len(rules):,})", about, width)]
            lines += [row for rule in rules for row in _rule(rule, width)]
            lines.append(())
    return lines[:-1]


def _rule(rule: AppliedRule, width: int) -> list[Line]:
    head, *rest = paragraph(f"{prose(rule.title)} [{clean(rule.id)}]", width, 12)
    label = "note" if rule.note else rule.severity
    lines = [line(Span(f"  {label.ljust(10)}", rule.severity), *head[1:]), *rest]
    return lines + (paragraph(flags(rule.condition), width, 12, "dim") if rule.condition else [])


def _unknown(told: Explanation, width: int) -> list[Line]:
    about = "not known: no developer, licence or origin can be given"
    lines = heading(clean(told.text), about, width)
    if told.nearest:
        near = ", ".join(clean(name) for name in told.nearest)
        lines += [(), *labelled("Like it", near, width, _LABEL)]
    return lines
