"""The findings in the terminal report: grouped by rule, the worst first, each with its source."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from stackaudit.model import SEVERITIES, Finding, Raised, Report, Severity
from stackaudit.report import accepted, places
from stackaudit.report.blocks import MARGIN, Told, block, by_rule, named, tag
from stackaudit.report.layout import Line, Span, heading, labelled, line, paragraph
from stackaudit.report.text import clean, count, listed, prose
from stackaudit.report.view import View, names_of

_DECLARATION = r'context\.([\w.-]{1,80}) = \["([^"\]]{1,80})"\]'
_MOST_CONDITIONS = 8
_MOST_RULES = 4
_MOST_VALUES = 12


def sections(report: Report, view: View) -> list[Line]:
    """Open findings, those that depend on a declaration, accepted ones, and the other packs."""
    names, told = names_of(report.components), Told()
    by_status: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_status.setdefault(finding.status, []).append(finding)
    opened = by_status.get("open", [])
    lines = [*heading(f"FINDINGS ({len(opened):,})", _tally(opened), view.width), ()]
    grave = [f for f in opened if view.verbose or f.severity != "info"]
    notes = [] if view.verbose else [f for f in opened if f.severity == "info"]
    for group in by_rule(grave):
        lines += [*block(group, names, view, told), ()]
    lines += _notes(notes, names, view)
    lines += _conditional(by_status.get("conditional", []), names, view, told)
    lines += _accepted(accepted.listed(report), names, view)
    lines += accepted.sections(report, view)
    return lines + _other_packs(report.other_packs, view)


def _tally(findings: Sequence[Finding]) -> str:
    tally = Counter(f.severity for f in findings)
    worst = ", ".join(f"{tally[s]} {s}" for s in SEVERITIES if tally[s])
    return f"open: {worst}; {_rules(findings)}" if worst else "none open"


def _rules(findings: Sequence[Finding]) -> str:
    return count(len({f.rule for f in findings}), "rule")


def _notes(findings: Sequence[Finding], names: Mapping[str, str], view: View) -> list[Line]:
    """What is only for information: in brief, and together what is said of the same components."""
    if not findings:
        return []
    lines = [line(Span("INFO".ljust(MARGIN), "info"), "in brief; -v shows each in full")]
    alike: dict[tuple[str, str], list[list[Finding]]] = {}
    for group in by_rule(findings):
        first = group[0]
        spots = [places.place(o) for o in first.occurrences[:1]]
        where = ", first in " if first.components[1:] else " in "
        who = where.join([named([first], names), *spots])
        more = f" and {len(group) - 1:,} more" if group[1:] else ""
        ids = tuple(sorted(part for f in group for part in f.components or (f.component,)))
        alike.setdefault((f"{who}{more}", "\0".join(ids)), []).append(group)
    for (who, _), groups in alike.items():
        if len(groups) == 1:
            lines += _note(groups[0][0], f": {who}", view, MARGIN)
        else:
            lines += labelled(" " * MARGIN + "-", who, view.width, MARGIN + 2)
            for group in groups:
                lines += _note(group[0], "", view, MARGIN + 2)
    return [*lines, ()]


def _note(first: Finding, who: str, view: View, indent: int) -> list[Line]:
    """A rule that only informs, and its first source."""
    text = f"{prose(first.title)}{who} [{tag(first)}]"
    lines = labelled(" " * indent + "-", text, view.width, indent + 2)
    for source in first.sources[:1]:
        cited = ", ".join(prose(part) for part in (source.title, source.section) if part)
        lines += paragraph(cited, view.width, indent + 2, "dim")
    return lines


def _conditional(
    findings: Sequence[Finding], names: Mapping[str, str], view: View, told: Told
) -> list[Line]:
    """What would open if a fact were declared: by fact, one line a rule."""
    if not findings:
        return []
    title = f"CONDITIONAL ({len(findings):,})"
    brief = f"open once you declare what no scan sees; {_rules(findings)}"
    lines = heading(title, brief, view.width)
    how = "As a flag, or lastingly under [tool.stackaudit.context]. A key once declared rules its"
    how += " other values out: contracts=none ends all about contracts."
    how += "" if view.verbose else " -v shows each in full."
    lines += paragraph(how, view.width, 2, "dim")
    groups: dict[str, list[Finding]] = {}
    for f in findings:
        groups.setdefault(f.condition, []).append(f)
    ordered = sorted(groups.items(), key=lambda g: (min(map(_rank, g[1])), -len(g[1]), g[0]))
    most = len(ordered) if view.verbose else _MOST_CONDITIONS
    for condition, members in ordered[:most]:
        lines += paragraph(flags(condition), view.width, 2, "name")
        for group in by_rule(members):
            lines += [*block(group, names, view, told), ()] if view.verbose else []
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
        head, *rest = paragraph(text, view.width, 4 + MARGIN)
        label = Span(severity[key].ljust(MARGIN), severity[key])
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
    groups = by_rule(members)
    lines: list[Line] = []
    for group in groups[:_MOST_RULES]:
        first = group[0]
        text = f"{prose(first.title)}: {named(group, names)} [{tag(first)}]"
        head, *rest = paragraph(text, view.width, 4 + MARGIN)
        label = Span(first.severity.ljust(MARGIN), first.severity)
        lines += [line("    ", label, *head[1:]), *rest]
    if groups[_MOST_RULES:]:
        lines.append(line(" " * (4 + MARGIN) + f"and {len(groups) - _MOST_RULES} more rules"))
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
        text = f"{clean(finding.rule)}, {named([finding], names)}: {why or 'waived'}"
        lines += paragraph(text, view.width, 2)
    if findings[most:]:
        lines.append(line(Span(f"  and {len(findings) - most:,} more (-v)", "dim")))
    return [*lines, ()]


def _raised(raised: Raised) -> str:
    if not raised.findings:
        return "nothing"
    text = count(raised.findings, "finding")
    if raised.conditional == raised.findings:
        return f"{text}, {'all ' if raised.findings > 1 else ''}conditional"
    return f"{text}, {raised.conditional:,} of them conditional" if raised.conditional else text


def _other_packs(packs: Mapping[str, Raised], view: View) -> list[Line]:
    """One line for each pack that was not asked for."""
    if not packs:
        return []
    wide = max(len(clean(name)) for name in packs) + 2
    about = "not asked for; add them with --pack NAME"
    lines = heading("OTHER RULE PACKS", about, view.width)
    for name, raised in sorted(packs.items()):
        would = paragraph(f"would raise {_raised(raised)}", view.width, wide + 2)
        lines += [line("  ", clean(name).ljust(wide), *would[0][1:]), *would[1:]]
    return [*lines, ()]
