"""Rules written out for people and programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

from stackaudit.model import Match, Pack, Rule
from stackaudit.report import json_report, places
from stackaudit.report.findings import source_lines
from stackaudit.report.layout import Line, Row, Span, heading, labelled, line, paragraph, table
from stackaudit.report.terminal import emit, fitting_width
from stackaudit.report.text import clean, count, prose

_LABEL = 14


def write_list(packs: Sequence[Pack], stream: TextIO) -> None:
    """A table of rules for each pack."""
    width = fitting_width(stream)
    lines: list[Line] = []
    for pack in packs:
        about = f"{prose(pack.title)}, {clean(pack.version)}"
        lines += heading(f"{clean(pack.id)} ({len(pack.rules)})", about, width)
        lines += paragraph(prose(pack.summary), width, 2, "dim") if pack.summary else []
        rows = [
            Row(
                [
                    Span(clean(rule.id), "name"),
                    Span(rule.severity, rule.severity),
                    Span(rule.kind),
                    Span(prose(rule.title)),
                ]
            )
            for rule in pack.rules
        ]
        lines += table(("Rule", "Severity", "Kind", "Title"), rows, width)
        lines.append(())
    total = count(sum(len(pack.rules) for pack in packs), "rule")
    where = f"{total} in {count(len(packs), 'pack')}"
    lines.append(line(f"{where}; stackaudit rules show RULE tells all of one"))
    emit(lines, stream)


def write_rule(rule: Rule, stream: TextIO) -> None:
    """Every field of a rule in words."""
    emit(_card(rule, fitting_width(stream)), stream)


def write_list_json(packs: Sequence[Pack], stream: TextIO) -> None:
    """The rules of all packs as a JSON array."""
    rules = [_as_json(rule) for pack in packs for rule in pack.rules]
    stream.write(json_report.dumps(rules, indent=2) + "\n")


def write_rule_json(rule: Rule, stream: TextIO) -> None:
    """One rule as a JSON object."""
    stream.write(json_report.dumps(_as_json(rule), indent=2) + "\n")


def write_faults(faults: Mapping[str, Sequence[str]], stream: TextIO) -> None:
    """For each file its faults, one a line, or that it has none."""
    for name, problems in faults.items():
        for problem in problems or [f"{name}: no fault"]:
            emit([line(clean(problem, 1000))], stream)


def _card(rule: Rule, width: int) -> list[Line]:
    lines = [*heading(clean(rule.id), prose(rule.title), width), ()]
    rows = [
        ("Severity", rule.severity),
        ("Kind", rule.kind),
        ("Jurisdiction", places.country(rule.jurisdiction)),
        ("Binds", prose(rule.binds)),
        ("Does not bind", prose(rule.not_binding)),
        ("In force", _period(rule)),
        ("Fires on", " and ".join(_match(rule.match))),
        ("Declared", _declared(rule.applies_if) or "nothing needed"),
        ("Silent with", _declared(rule.unless)),
        ("Why", prose(rule.message)),
        ("Do", prose(rule.remedy)),
    ]
    for label, text in rows:
        lines += labelled(label, text, width, _LABEL + 1) if text else []
    for number, source in enumerate(rule.sources):
        lines += source_lines("" if number else "Source", source, width, _LABEL + 1)
    return lines


def _period(rule: Rule) -> str:
    told = [f"from {rule.effective_from}"] if rule.effective_from else []
    told += [f"until {rule.effective_to}"] if rule.effective_to else []
    told += [f"{change.date}: {prose(change.change)}" for change in rule.upcoming]
    return "; ".join(told)


def _match(match: Match) -> list[str]:
    """The conditions in words: ``origin country is CN or RU``."""
    told = [f"{name.replace('_', ' ')} is {_or(allowed)}" for name, allowed in match.fields.items()]
    if match.any_of:
        told.append("(" + " or ".join(" and ".join(_match(m)) for m in match.any_of) + ")")
    if match.negated:
        told.append(f"not ({' and '.join(_match(match.negated))})")
    return told


def _declared(context: Mapping[str, tuple[str, ...]]) -> str:
    return "; ".join(f"{key} is {_or(values)}" for key, values in context.items())


def _or(values: Iterable[str]) -> str:
    return " or ".join(clean(value) for value in values)


def _as_json(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "pack": rule.pack,
        "title": rule.title,
        "severity": rule.severity,
        "kind": rule.kind,
        "jurisdiction": rule.jurisdiction,
        "binds": rule.binds,
        "not_binding": rule.not_binding,
        "match": _match_json(rule.match),
        "applies_if": {key: list(values) for key, values in rule.applies_if.items()},
        "unless": {key: list(values) for key, values in rule.unless.items()},
        "issued_on": rule.issued_on,
        "effective_from": rule.effective_from,
        "effective_to": rule.effective_to,
        "upcoming": [{"date": c.date, "change": c.change} for c in rule.upcoming],
        "sources": [json_report.source(s) for s in rule.sources],
        "message": rule.message,
        "remedy": rule.remedy,
    }


def _match_json(match: Match) -> dict[str, Any]:
    told: dict[str, Any] = {name: list(values) for name, values in match.fields.items()}
    if match.any_of:
        told["any_of"] = [_match_json(option) for option in match.any_of]
    if match.negated:
        told["not"] = _match_json(match.negated)
    return told
