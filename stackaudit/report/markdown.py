"""Markdown for summaries of jobs and for pull requests: the verdict first, then what matters most.

The text keeps within what a comment may hold; whatever does not fit is counted at its end.
Scanned text stands in code spans or is escaped, so that it can neither link, mention nor mark.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TextIO, TypeVar

from stackaudit.model import (
    SEVERITIES,
    Finding,
    Report,
    Severity,
    Source,
    Usage,
)
from stackaudit.report import accepted, markdown_tables, terminal
from stackaudit.report.blocks import overriding, reasons, sureness
from stackaudit.report.findings import flags
from stackaudit.report.markdown_tables import place
from stackaudit.report.markup import Page, code, link, plain
from stackaudit.report.text import count
from stackaudit.report.view import View, names_of

#: Characters of the whole; a comment on a pull request may have 65,536.
MOST = 65_000
#: What each part may fill whatever the others need; then what is left goes to them in order.
_FINDINGS, _NOTES, _CONDITIONAL, _ACCEPTED = 24_000, 4_000, 8_000, 3_000
_LONGEST = 1_500
_MOST_COMPONENTS = 4
_MOST_PLACES = 3
_MOST_RULES = 4
_MOST_UNREAD = 5
_Item = TypeVar("_Item")
_DEFAULT: tuple[Usage, ...] = ("used", "declared", "offered")


def write(report: Report, stream: TextIO, *, usages: Sequence[Usage] = _DEFAULT) -> None:
    """Writes ``report`` as Markdown of at most ``MOST`` characters."""
    stream.write(text(report, usages))


def text(report: Report, usages: Sequence[Usage] = _DEFAULT, most: int = MOST) -> str:
    """The whole page."""
    names = names_of(report.components)
    by_status: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_status.setdefault(finding.status, []).append(finding)
    page = Page(_head(report, by_status), _about(report), most)
    _findings(page, by_status.get("open", []), names, set(report.verdict.failing))
    markdown_tables.add(page, report.components, View(0, tuple(usages)))
    _conditional(page, by_status.get("conditional", []), names)
    told = [_accepted(finding, names) for finding in accepted.listed(report)]
    held = accepted.baseline(report)
    told += [f"- {plain(held)}\n"] if held else []
    page.add(_ACCEPTED, "\n### Accepted\n\n", told, "accepted finding")
    return page.text()


def _head(report: Report, by_status: Mapping[str, Sequence[Finding]]) -> str:
    """The verdict, and how many of what."""
    opened = by_status.get("open", ())
    tally = Counter(f.severity for f in opened)
    worst = ", ".join(f"{tally[s]:,} {s}" for s in SEVERITIES if tally[s])
    rest = {
        "conditional": len(by_status.get("conditional", ())),
        "accepted": len(by_status.get("waived", ())) + len(by_status.get("baseline", ())),
    }
    told = [f"Open: {worst or 'none'}"]
    told += [f"{word}: {number:,}" for word, number in rest.items() if number]
    verdict, _, reason = terminal.verdict_text(report).partition(": ")
    lines = [f"## stackaudit: {verdict}\n\n{plain(reason, 1_000)}\n\n", f"{'; '.join(told)}.\n"]
    notes = sorted(report.waiver_notes, key=lambda note: accepted.STATES.index(note.state))
    lines += [
        f"\n**Waiver {note.state}:** {code(note.place)}: {plain(note.message, 500)}\n"
        for note in notes[:_MOST_UNREAD]
    ]
    errors = report.coverage.errors
    if errors:
        spots = ", ".join(f"{code(e.path)} ({plain(e.error, 200)})" for e in errors[:_MOST_UNREAD])
        more = f" and {len(errors) - _MOST_UNREAD:,} more" if errors[_MOST_UNREAD:] else ""
        number = count(len(errors), "file")
        lines.append(f"\n**Not read, or only in part:** {number}: {spots}{more}.\n")
    return "".join(lines)


def _findings(
    page: Page, found: Sequence[Finding], names: Mapping[str, str], failing: set[str]
) -> None:
    """Open findings, a block a rule: those that fail first, then the worst."""
    groups: dict[tuple[bool, int, str, str], list[Finding]] = {}
    info = [f for f in found if f.severity == "info" and f.fingerprint not in failing]
    quiet = set(map(id, info))
    for f in (f for f in found if id(f) not in quiet):
        key = f.fingerprint not in failing, SEVERITIES.index(f.severity), f.rule, f.zone
        groups.setdefault(key, []).append(f)
    blocks = [_block(groups[key], names, fails=not key[0]) for key in sorted(groups)]
    page.add(_FINDINGS, "\n### Findings\n", blocks, "rule with open findings")
    brief = list(_rules(info, names))
    page.add(_NOTES, "\n### For information\n\n", brief, "rule that only informs")


def _block(group: Sequence[Finding], names: Mapping[str, str], *, fails: bool) -> str:
    """One rule that fired: what, where, why, what to do, who says so."""
    first = group[0]
    fate = " (fails)" if fails else ""
    lines = [f"\n#### {first.severity.capitalize()}{fate}: {plain(first.title, 300)}\n"]
    where = [
        f"{_named(f, names)}: {_spots(f)}"
        for f in group[: len(group) if len(group) == _MOST_COMPONENTS + 1 else _MOST_COMPONENTS]
    ]
    more = f"; and {len(group) - len(where):,} more" if group[len(where) :] else ""
    lines.append(f"- **Where:** {'; '.join(where)}{more}")
    lines += [f"- **Why:** {plain(why, _LONGEST)}" for why in reasons(group)[:2]]
    lines += [f"- **Do:** {plain(first.remedy, _LONGEST)}"] if first.remedy else []
    sources = list(dict.fromkeys(s for f in group for s in f.sources))
    lines += [f"- **Source:** {_cited(s)}" for s in sources[:_MOST_RULES]]
    if first.stale_days:
        lines.append(f"- **Source last checked:** {count(first.stale_days, 'day')} ago")
    about = f"{first.kind}, {sureness(group)} confidence"
    about += f", applies from {plain(first.effective_from)}" if first.effective_from else ""
    about += f", zone {code(first.zone)}" if first.zone else ""
    lines.append(f"- **Rule:** {code(first.rule)} ({about})")
    if first.override:
        lines.append(f"- **Severity:** {plain(overriding(first.override), _LONGEST)}")
    return "\n".join([*lines, ""])


def _named(finding: Finding, names: Mapping[str, str]) -> str:
    """The first few components it speaks for."""
    return _some(finding.components or (finding.component,), 2, lambda c: code(names.get(c, c)))


def _spots(finding: Finding) -> str:
    spots = list(dict.fromkeys(map(place, finding.occurrences)))
    return _some(spots, _MOST_PLACES, code) or "no place recorded"


def _some(items: Sequence[_Item], most: int, shown: Callable[[_Item], str]) -> str:
    """``a, b`` or ``a, b and 5 more``."""
    if len(items) == most + 1:
        most += 1
    told = ", ".join(map(shown, items[:most]))
    return f"{told} and {len(items) - most:,} more" if items[most:] else told


def _cited(source: Source) -> str:
    title = ", ".join(part for part in (source.title, source.issuer, source.section) if part)
    how = "" if source.verification == "primary" else ", read through a secondary source"
    return f"{link(title[:500], source.url)} (checked {plain(source.checked_on)}{how})"


def _conditional(page: Page, found: Sequence[Finding], names: Mapping[str, str]) -> None:
    """What would open if a fact were declared: one line a fact, and its rules."""
    groups: dict[str, list[Finding]] = {}
    for finding in found:
        groups.setdefault(finding.condition, []).append(finding)
    ordered = sorted(groups.items(), key=lambda g: (_worst(g[1]), -len(g[1]), g[0]))
    title = f"\n### Conditional ({len(found):,})\n\n"
    title += "These open once you declare what no scan sees: as a flag, or lastingly under"
    title += (
        f" {code('[tool.stackaudit.context]')}. A key once declared rules its other values out:"
    )
    title += f" {code('contracts=none')} ends all about contracts.\n\n"
    blocks = [_condition(condition, members, names) for condition, members in ordered]
    page.add(_CONDITIONAL, title, blocks, "fact to declare")


def _worst(findings: Sequence[Finding]) -> int:
    return min(SEVERITIES.index(f.severity) for f in findings)


def _condition(condition: str, members: Sequence[Finding], names: Mapping[str, str]) -> str:
    rules = list(_rules(members, names))
    lines = [f"- {code(flags(condition))}\n", *(f"  {rule}" for rule in rules[:_MOST_RULES])]
    more = len(rules) - _MOST_RULES
    return "".join([*lines, f"  - and {count(more, 'more rule')}\n"] if more > 0 else lines)


def _rules(found: Sequence[Finding], names: Mapping[str, str]) -> Iterator[str]:
    """One line a rule, the worst first: for what, its name and its first source."""
    rules: dict[tuple[int, str, str], list[Finding]] = {}
    for f in found:
        rules.setdefault((SEVERITIES.index(f.severity), f.rule, f.zone), []).append(f)
    for rank, rule, zone in sorted(rules):
        group = rules[rank, rule, zone]
        severity: Severity = SEVERITIES[rank]
        parts = list(dict.fromkeys(c for f in group for c in f.components or (f.component,)))
        who = _some(parts, 2, lambda c: code(names.get(c, c)))
        spot = f", {code(place(spots[0]))}" if (spots := group[0].occurrences) else ""
        cited = f", {_cited(group[0].sources[0])}" if group[0].sources else ""
        title = plain(group[0].title, 300)
        tag = code(rule) + (f", zone {code(zone)}" if zone else "")
        yield f"- {severity}: {title}: {who}{spot} [{tag}]{cited}\n"


def _accepted(finding: Finding, names: Mapping[str, str]) -> str:
    why = plain(finding.waiver, 500) if finding.status == "waived" else "in the baseline"
    return f"- {code(finding.rule)}, {_named(finding, names)}: {why or 'waived'}\n"


def _about(report: Report) -> str:
    """What was scanned and with what it was judged."""
    seen, git = report.coverage, report.git
    packs = _some(report.packs, 20, lambda p: f"{plain(p.id, 80)} {plain(p.version, 40)}") or "none"
    told = [f"{seen.scanned:,} of {count(seen.listed, 'file')} of {code(report.root)} scanned"]
    if git and git.commit:
        told.append(f"commit {code(git.commit[:12])}")
    others = [
        f"{plain(name, 80)} {raised.findings:,} ({raised.conditional:,} conditional)"
        for name, raised in sorted(report.other_packs.items())
    ]
    context = [f"{key}={','.join(report.context[key])}" for key in sorted(report.context)]
    told += [
        f"rule packs {packs}",
        f"catalogue {plain(report.catalogue_version)}",
        f"stackaudit {plain(report.tool_version)}",
        f"declared: {_some(context, 12, code) or 'nothing'}",
    ]
    more = f" Findings of packs not asked for: {_some(others, 20, str)}." if others else ""
    return f"\n---\n\n{'; '.join(told)}.{more}\n"
