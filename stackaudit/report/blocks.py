"""One rule that fired, for a terminal: what, where, why, what to do, and who says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from stackaudit.model import SEVERITIES, Confidence, Finding, Occurrence, Override, Source
from stackaudit.report import places
from stackaudit.report.layout import Line, Span, labelled, line, paragraph
from stackaudit.report.text import address, cells, clean, count, listed, prose
from stackaudit.report.view import View

MARGIN = 10
_MOST_COMPONENTS = 4
_MOST_NAMES = 2
_MOST_PLACES = 3
_SURE: tuple[Confidence, ...] = ("low", "medium", "high")


class Told:
    """What a report has shown at length; where it comes again, a few words point there.

    Dozens of rules speak to the same few components, and cite the same few laws.
    """

    def __init__(self) -> None:
        self._spots: dict[tuple[object, ...], str] = {}
        self._cited: set[tuple[str, ...]] = set()

    def under(self, finding: Finding, spots: Sequence[str]) -> str:
        """The fingerprint these components and places were listed under; empty the first time."""
        key = (finding.components or finding.component, tuple(spots))
        first = self._spots.setdefault(key, finding.fingerprint)
        return "" if first == finding.fingerprint else first

    def cited(self, source: Source) -> bool:
        """Whether issuer, address and date of ``source`` have been shown."""
        key = (source.title, source.issuer, source.url, source.checked_on, source.verification)
        known = key in self._cited
        self._cited.add(key)
        return known


def by_rule(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings of one rule (and zone) together, the worst severity first."""
    groups: dict[tuple[int, str, str], list[Finding]] = {}
    for f in findings:
        groups.setdefault((SEVERITIES.index(f.severity), f.rule, f.zone), []).append(f)
    return [groups[key] for key in sorted(groups)]


def block(group: Sequence[Finding], names: Mapping[str, str], view: View, told: Told) -> list[Line]:
    """The findings of one rule."""
    first = group[0]
    title = paragraph(prose(first.title), view.width, MARGIN, "name")
    severity = Span(first.severity.upper().ljust(MARGIN), first.severity)
    lines = [line(severity, *title[0][1:]), *title[1:]]
    lines += _where(group, names, view, told)
    for number, why in enumerate(reasons(group)[: None if view.verbose else 2]):
        lines += labelled("" if number else "Why", prose(why), view.width, MARGIN)
    lines += labelled("Do", prose(first.remedy), view.width, MARGIN) if first.remedy else []
    for number, source in enumerate(dict.fromkeys(s for f in group for s in f.sources)):
        label = "" if number else "Source"
        if view.verbose and told.cited(source):
            lines += labelled(label, f"{_title(source)} (in full above)", view.width, MARGIN)
        else:
            lines += source_lines(label, source, view.width, MARGIN)
    if first.stale_days:
        lines += paragraph(f"source last checked {first.stale_days} days ago", view.width, MARGIN)
    lines += labelled("Rule", _rule(group), view.width, MARGIN, "dim")
    if first.override:
        lines += paragraph(overriding(first.override), view.width, MARGIN, "dim")
    return lines


def reasons(group: Sequence[Finding]) -> list[str]:
    """Why a rule fired, each reason once, for a reader who sees the sources below."""
    sources = list(dict.fromkeys(s for f in group for s in f.sources))
    below = "the source below" if len(sources) == 1 else "the first source below"
    if len({f.sources[0] for f in group if f.sources}) > 1:
        below = "the sources below"
    told = []
    for f in group:
        cited = f"{f.sources[0].title}, {f.sources[0].section}" if f.sources else ""
        told.append(f.message.replace(cited, below, 1) if cited else f.message)
    return [why for why in dict.fromkeys(told) if why]


def _rule(group: Sequence[Finding]) -> str:
    first = group[0]
    text = f"{clean(first.rule)} ({first.kind}, {sureness(group)} confidence"
    text += f", applies from {clean(first.effective_from)}" if first.effective_from else ""
    return text + (f", zone {clean(first.zone)})" if first.zone else ")")


def sureness(group: Iterable[Finding]) -> str:
    """How sure the sightings are: ``high``, or ``low to high`` where they differ."""
    levels = sorted({f.confidence for f in group}, key=_SURE.index)
    return levels[0] if len(levels) == 1 else f"{levels[0]} to {levels[-1]}"


def tag(finding: Finding) -> str:
    """The rule, and the zone where there is one."""
    return clean(finding.rule) + (f", zone {clean(finding.zone)}" if finding.zone else "")


def overriding(told: Override) -> str:
    """Who changed a severity from what, and why."""
    changed = f"{told.severity} instead of {told.instead_of}"
    return f"{changed} by pack {clean(told.pack)}: {prose(told.reason)}"


def _where(
    group: Sequence[Finding], names: Mapping[str, str], view: View, told: Told
) -> list[Line]:
    """For each finding its components and places: the first few, or all of them once."""
    most = len(group) if view.verbose or len(group) <= _MOST_COMPONENTS + 1 else _MOST_COMPONENTS
    lines: list[Line] = []
    for number, finding in enumerate(group[:most]):
        if view.verbose:
            text = _all_spots(finding, names, told, view.width - MARGIN)
        else:
            text = f"{named([finding], names)}: {_first_spots(finding)}"
        lines += labelled("" if number else "Where", text, view.width, MARGIN)
    if group[most:]:
        text = f"and {len(group[most:]):,} more (-v lists them all)"
        lines += paragraph(text, view.width, MARGIN, "dim")
    return lines


def named(
    findings: Iterable[Finding], names: Mapping[str, str], most: int | None = _MOST_NAMES
) -> str:
    """The first few components they speak for, or all of them."""
    ids = dict.fromkeys(part for f in findings for part in f.components or (f.component,))
    return listed((names.get(part) or clean(part) for part in ids), most or len(ids))


def _first_spots(finding: Finding) -> str:
    spots = list(dict.fromkeys(map(places.place, finding.occurrences)))
    return listed(spots, _MOST_PLACES) or "no place recorded"


def _all_spots(finding: Finding, names: Mapping[str, str], told: Told, room: int) -> str:
    """Components, places and fingerprint; what does not fit a line is listed once."""
    mark = f" [{clean(finding.fingerprint)}]"
    text = f"{named([finding], names, None)}: {_by_file(finding.occurrences)}{mark}"
    spots = list(dict.fromkeys(map(places.place, finding.occurrences)))
    under = told.under(finding, spots)
    if not under or cells(text) <= room:
        return text
    which = f"{count(len(spots), 'place')}, see {clean(under)}"
    return f"{named([finding], names, 1)}: {which}{mark}"


def _by_file(occurrences: Iterable[Occurrence]) -> str:
    """``a.py:3, 18; b.py:7``."""
    files: dict[str, set[int]] = {}
    for place in occurrences:
        files.setdefault(clean(place.path), set()).add(place.line)
    told = (f"{path}:{', '.join(map(str, sorted(files[path])))}" for path in files)
    return "; ".join(told) or "no place recorded"


def _title(source: Source) -> str:
    return ", ".join(prose(part) for part in (source.title, source.section) if part)


def source_lines(label: str, source: Source, width: int, margin: int) -> list[Line]:
    """A legal source: title, issuer, section, when it was checked, and its address below."""
    parts = [prose(part) for part in (source.title, source.issuer, source.section) if part]
    how = "" if source.verification == "primary" else ", read through a secondary source"
    text = f"{', '.join(parts)} (checked {clean(source.checked_on)}{how})"
    lines = labelled(label, text, width, margin)
    return lines + paragraph(address(source.url), width, margin, "dim")
