"""The findings in the terminal report: grouped by rule, the worst first, each with its source."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from stackaudit.model import SEVERITIES, Finding, Override, Report, Severity, Source
from stackaudit.report import accepted, places
from stackaudit.report.layout import Line, Span, heading, labelled, line, paragraph
from stackaudit.report.text import address, clean, count, listed, prose
from stackaudit.report.view import View

_MARGIN = 10
_DECLARATION = r'context\.([\w.-]{1,80}) = \["([^"\]]{1,80})"\]'
_MOST_COMPONENTS = 4
_MOST_PLACES = 3
_MOST_CONDITIONS = 8
_MOST_RULES = 4
_MOST_VALUES = 12


def sections(report: Report, view: View) -> list[Line]:
    """Open findings, those that depend on a declaration, accepted ones, and the other packs."""
    names = {c.id: clean(c.name) for c in report.components}
    by_status: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_status.setdefault(finding.status, []).append(finding)
    opened = by_status.get("open", [])
    lines = [*heading(f"FINDINGS ({len(opened):,})", _tally(opened), view.width), ()]
    grave = [f for f in opened if view.verbose or f.severity != "info"]
    notes = [] if view.verbose else [f for f in opened if f.severity == "info"]
    for group in _by_rule(grave):
        lines += [*_block(group, names, view), ()]
    lines += _notes(notes, names, view)
    lines += _conditional(by_status.get("conditional", []), names, view)
    lines += _accepted(accepted.listed(report), names, view)
    lines += accepted.sections(report, view)
    return lines + _other_packs(report.other_packs, view)


def _tally(findings: Sequence[Finding]) -> str:
    tally = Counter(f.severity for f in findings)
    worst = ", ".join(f"{tally[s]} {s}" for s in SEVERITIES if tally[s])
    return f"open: {worst}" if worst else "none open"


def _by_rule(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings of one rule (and zone) together, the worst severity first."""
    groups: dict[tuple[int, str, str], list[Finding]] = {}
    for f in findings:
        groups.setdefault((SEVERITIES.index(f.severity), f.rule, f.zone), []).append(f)
    return [groups[key] for key in sorted(groups)]


def _block(group: Sequence[Finding], names: Mapping[str, str], view: View) -> list[Line]:
    """One rule that fired: what, where, why, what to do."""
    first = group[0]
    title = paragraph(prose(first.title), view.width, _MARGIN, "name")
    severity = Span(first.severity.upper().ljust(_MARGIN), first.severity)
    lines = [line(severity, *title[0][1:]), *title[1:]]
    lines += _where(group, names, view)
    messages = list(dict.fromkeys(prose(f.message) for f in group if f.message))
    for number, message in enumerate(messages if view.verbose else messages[:2]):
        lines += labelled("" if number else "Why", message, view.width, _MARGIN)
    lines += labelled("Do", prose(first.remedy), view.width, _MARGIN) if first.remedy else []
    for number, source in enumerate(dict.fromkeys(s for f in group for s in f.sources)):
        lines += source_lines("" if number else "Source", source, view.width, _MARGIN)
    if first.stale_days:
        lines += paragraph(f"source last checked {first.stale_days} days ago", view.width, _MARGIN)
    lines += labelled("Rule", _rule(first), view.width, _MARGIN, "dim")
    if first.override:
        lines += paragraph(overriding(first.override), view.width, _MARGIN, "dim")
    return lines


def _rule(finding: Finding) -> str:
    text = f"{clean(finding.rule)} ({finding.kind}, {finding.confidence} confidence"
    text += f", applies from {clean(finding.effective_from)}" if finding.effective_from else ""
    return text + (f", zone {clean(finding.zone)})" if finding.zone else ")")


def _tag(finding: Finding) -> str:
    """The rule, and the zone where there is one."""
    return clean(finding.rule) + (f", zone {clean(finding.zone)}" if finding.zone else "")


def overriding(told: Override) -> str:
    """Who changed a severity from what, and why."""
    changed = f"{told.severity} instead of {told.instead_of}"
    return f"{changed} by pack {clean(told.pack)}: {prose(told.reason)}"


def _where(group: Sequence[Finding], names: Mapping[str, str], view: View) -> list[Line]:
    """For each component its name and its first places."""
    most = len(group) if view.verbose or len(group) <= _MOST_COMPONENTS + 1 else _MOST_COMPONENTS
    lines: list[Line] = []
    for number, finding in enumerate(group[:most]):
        text = f"{_named([finding], names)}: {_spots(finding, view)}"
        text += f" [{clean(finding.fingerprint)}]" if view.verbose else ""
        lines += labelled("" if number else "Where", text, view.width, _MARGIN)
    if group[most:]:
        text = f"and {len(group[most:]):,} more (-v lists them all)"
        lines += paragraph(text, view.width, _MARGIN, "dim")
    return lines


def _named(findings: Iterable[Finding], names: Mapping[str, str]) -> str:
    """The first few components they speak for."""
    ids = dict.fromkeys(part for f in findings for part in f.components or (f.component,))
    return listed((names.get(part) or clean(part) for part in ids), 2)


def _spots(finding: Finding, view: View, most: int = _MOST_PLACES) -> str:
    spots = list(dict.fromkeys(places.place(o) for o in finding.occurrences))
    return listed(spots, len(spots) if view.verbose else most) or "no place recorded"


def source_lines(label: str, source: Source, width: int, margin: int) -> list[Line]:
    """A legal source: title, issuer, section, when it was checked, and its address below."""
    parts = [prose(part) for part in (source.title, source.issuer, source.section) if part]
    how = "" if source.verification == "primary" else ", read through a secondary source"
    text = f"{', '.join(parts)} (checked {clean(source.checked_on)}{how})"
    lines = labelled(label, text, width, margin)
    return lines + paragraph(address(source.url), width, margin, "dim")


def _notes(findings: Sequence[Finding], names: Mapping[str, str], view: View) -> list[Line]:
    """What is only for information, mostly entries of menus: in brief."""
    if not findings:
        return []
    lines = [line(Span("INFO".ljust(_MARGIN), "info"), "in brief; -v shows each in full")]
    for group in _by_rule(findings):
        first = group[0]
        spots = [places.place(o) for o in first.occurrences[:1]]
        where = ", first in " if first.components[1:] else " in "
        who = where.join([_named([first], names), *spots])
        more = f" and {len(group) - 1:,} more" if group[1:] else ""
        text = f"{prose(first.title)}: {who}{more} [{_tag(first)}]"
        lines += labelled(" " * _MARGIN + "-", text, view.width, _MARGIN + 2)
        for source in first.sources[:1]:
            cited = ", ".join(prose(part) for part in (source.title, source.section) if part)
            lines += paragraph(cited, view.width, _MARGIN + 2, "dim")
    return [*lines, ()]


def _conditional(findings: Sequence[Finding], names: Mapping[str, str], view: View) -> list[Line]:
    """What would open if a fact were declared: by fact, one line a rule."""
    if not findings:
        return []
    title = f"CONDITIONAL ({len(findings):,})"
    lines = heading(title, "open once you declare what no scan sees", view.width)
    how = (
        "As a flag, or lastingly under [tool.stackaudit.context]; -v shows each in full. A key once"
    )
    how += " declared rules its other values out: contracts=none ends all about contracts."
    lines += paragraph(how, view.width, 2, "dim")
    groups: dict[str, list[Finding]] = {}
    for f in findings:
        groups.setdefault(f.condition, []).append(f)
    ordered = sorted(groups.items(), key=lambda g: (min(map(_rank, g[1])), -len(g[1]), g[0]))
    most = len(ordered) if view.verbose else _MOST_CONDITIONS
    for condition, members in ordered[:most]:
        lines += paragraph(flags(condition), view.width, 2, "name")
        for group in _by_rule(members):
            lines += _block(group, names, view) if view.verbose else []
        lines += [] if view.verbose else _one_line_a_rule(members, names, view)
    lines += _more_to_declare(ordered[most:], view)
    return [*lines, ()]


def _more_to_declare(ordered: Sequence[tuple[str, Sequence[Finding]]], view: View) -> list[Line]:
    """The facts there is no room for, worst first: one line a key, with its values."""
    if not ordered:
        return []
    by_key: dict[str, dict[str, None]] = {}
    severity: dict[str, Severity] = {}
    for condition, members in ordered:
        for key, value in re.findall(_DECLARATION, clean(condition, 500)):
            by_key.setdefault(key, {})[value] = None
            severity.setdefault(key, SEVERITIES[min(map(_rank, members))])
    left = count(sum(len(members) for _, members in ordered), "finding")
    lines = [line(f"  {count(len(ordered), 'more fact')} to declare: {left}, on")]
    for key, values in by_key.items():
        text = f"{key}: {listed(values, _MOST_VALUES)}"
        head, *rest = paragraph(text, view.width, 4 + _MARGIN)
        label = Span(severity[key].ljust(_MARGIN), severity[key])
        lines += [line("    ", label, *head[1:]), *rest]
    return lines


def flags(condition: str) -> str:
    """What to declare, as flags: ``context.data = ["phi"]`` is ``--context data=phi``."""
    told = re.sub(_DECLARATION, r"--context \1=\2", clean(condition, 500))
    return told.replace(" and --context", " --context") or "(not stated)"


def _rank(finding: Finding) -> int:
    return SEVERITIES.index(finding.severity)


def _one_line_a_rule(
    members: Sequence[Finding], names: Mapping[str, str], view: View
) -> list[Line]:
    groups = _by_rule(members)
    lines: list[Line] = []
    for group in groups[:_MOST_RULES]:
        first = group[0]
        text = f"{prose(first.title)}: {_named(group, names)} [{_tag(first)}]"
        head, *rest = paragraph(text, view.width, 4 + _MARGIN)
        label = Span(first.severity.ljust(_MARGIN), first.severity)
        lines += [line("    ", label, *head[1:]), *rest]
    if groups[_MOST_RULES:]:
        lines.append(line(" " * (4 + _MARGIN) + f"and {len(groups) - _MOST_RULES} more rules"))
    return lines


def _accepted(findings: Sequence[Finding], names: Mapping[str, str], view: View) -> list[Line]:
    """Findings the organisation waived or took over from a baseline: one line each."""
    if not findings:
        return []
    title = f"ACCEPTED ({len(findings):,})"
    lines = heading(title, "waived, or in the baseline", view.width)
    most = len(findings) if view.verbose else 10
    for finding in findings[:most]:
        why = prose(finding.waiver) if finding.status == "waived" else "in the baseline"
        text = f"{clean(finding.rule)}, {_named([finding], names)}: {why or 'waived'}"
        lines += paragraph(text, view.width, 2)
    if findings[most:]:
        lines.append(line(Span(f"  and {len(findings) - most:,} more (-v)", "dim")))
    return [*lines, ()]


def _other_packs(packs: Mapping[str, int], view: View) -> list[Line]:
    """One line for each pack that was not asked for."""
    if not packs:
        return []
    wide = max(len(clean(name)) for name in packs) + 2
    about = "not asked for; add them with --pack NAME"
    lines = heading("OTHER RULE PACKS", about, view.width)
    for name, number in sorted(packs.items()):
        would = f"would raise {count(number, 'finding')}" if number else "would raise nothing"
        lines.append(line("  ", clean(name).ljust(wide), would))
    return [*lines, ()]
