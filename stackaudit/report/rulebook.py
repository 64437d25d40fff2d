"""Rules written out for people and programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from stackaudit.model import AgedRule, Match, Pack, PackCheck, Rule, RuleChange
from stackaudit.report import json_parts, json_report, places
from stackaudit.report.blocks import overriding, source_lines
from stackaudit.report.conditions import conditions, either, sentence
from stackaudit.report.layout import Line, Row, Span, heading, labelled, line, paragraph, table
from stackaudit.report.terminal import emit, fitting_width
from stackaudit.report.text import clean, count, prose

_LABEL = 14
_NOTE = "a note: explain tells it, a scan raises no finding from it"


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


def write_faults_json(faults: Sequence[Mapping[str, object]], stream: TextIO) -> None:
    """The faults of all files as a JSON array."""
    stream.write(json_report.dumps(faults, indent=2) + "\n")


def write_tests(checks: Sequence[PackCheck], stream: TextIO) -> None:
    """A line for each pack whose rules do what their tests say, else what went wrong where."""
    lines: list[Line] = []
    for check in checks:
        lines += [line(clean(fault, 1000)) for fault in check.faults]
        lines += [
            line(f"{clean(check.path)}:{failure.line}: {clean(failure.message, 1000)}")
            for failure in check.failures
        ]
        name = Span(clean(check.id), "name")
        if check.faults:
            told = f": not run, {count(len(check.faults), 'fault')}"
        else:
            ran = f": {count(check.rules, 'rule')}, {count(check.tests, 'test')}, "
            told = ran + (f"{len(check.failures):,} failed" if check.failures else "all pass")
        lines.append(line(name, told))
    emit(lines, stream)


def write_tests_json(checks: Sequence[PackCheck], stream: TextIO) -> None:
    """The outcome for each pack as a JSON array."""
    told = [
        {
            "id": check.id,
            "path": check.path,
            "rules": check.rules,
            "tests": check.tests,
            "faults": list(check.faults),
            "failures": [failure._asdict() for failure in check.failures],
        }
        for check in checks
    ]
    stream.write(json_report.dumps(told, indent=2) + "\n")


def write_changes(changes: Sequence[RuleChange], since: str, stream: TextIO) -> None:
    """What changes when, by date."""
    width = fitting_width(stream)
    rows = [
        Row(
            [
                Span(change.date or "no date", "" if change.date else "dim"),
                Span(clean(change.rule.id), "name"),
                Span(prose(change.change)),
            ],
            prose(change.rule.title),
        )
        for change in changes
    ]
    lines = table(("Date", "Rule", "What changes"), rows, width) if rows else []
    total = count(len(rows), "change") if rows else "no change is known"
    emit([*lines, *([()] if rows else []), line(f"{total} after {since}")], stream)


def write_changes_json(changes: Sequence[RuleChange], stream: TextIO) -> None:
    """The same as a JSON array; an empty date is none yet."""
    told = [
        {
            "date": change.date,
            "rule": change.rule.id,
            "pack": change.rule.pack,
            "kind": change.rule.kind,
            "title": change.rule.title,
            "change": change.change,
        }
        for change in changes
    ]
    stream.write(json_report.dumps(told, indent=2) + "\n")


def write_stale(stale: Sequence[AgedRule], days: int, since: str, stream: TextIO) -> None:
    """Rules whose sources should be read again, the oldest first."""
    rows = [
        Row([Span(a.checked), Span(f"{a.days:,}"), Span(clean(a.rule.id), "name")]) for a in stale
    ]
    lines = table(("Checked", "Days ago", "Rule"), rows, fitting_width(stream)) if rows else []
    total = count(len(rows), "rule") if rows else "no rule was"
    told = f"{total} last checked more than {count(days, 'day')} before {since}"
    emit([*lines, *([()] if rows else []), line(told)], stream)


def write_stale_json(stale: Sequence[AgedRule], stream: TextIO) -> None:
    """The same as a JSON array."""
    told = [
        {
            "rule": a.rule.id,
            "pack": a.rule.pack,
            "checked": a.checked,
            "days": a.days,
            "sources": [json_parts.source(s) for s in a.rule.sources],
        }
        for a in stale
    ]
    stream.write(json_report.dumps(told, indent=2) + "\n")


def _card(rule: Rule, width: int) -> list[Line]:
    lines = [*heading(clean(rule.id), prose(rule.title), width), ()]
    rows = [
        ("Severity", rule.severity),
        ("", overriding(rule.override) if rule.override else ""),
        ("Kind", rule.kind),
        ("", _NOTE if rule.shown_by == "explain" else ""),
        ("Jurisdiction", places.country(rule.jurisdiction)),
        ("Binds", prose(rule.binds)),
        ("Does not bind", prose(rule.not_binding)),
        ("In force", _period(rule)),
        ("Fires on", sentence(conditions(rule.match, {}))),
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


def _declared(context: Mapping[str, tuple[str, ...]]) -> str:
    return "; ".join(f"{key} is {either(values)}" for key, values in context.items())


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
        "sources": [json_parts.source(s) for s in rule.sources],
        "message": rule.message,
        "remedy": rule.remedy,
        "override": json_parts.override(rule.override),
        "shown_by": rule.shown_by,
    }


def _match_json(match: Match) -> dict[str, Any]:
    told: dict[str, Any] = {name: list(values) for name, values in match.fields.items()}
    if match.any_of:
        told["any_of"] = [_match_json(option) for option in match.any_of]
    if match.negated:
        told["not"] = _match_json(match.negated)
    return told
