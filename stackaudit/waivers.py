"""Waivers: findings an organisation accepts until a day, with a reason and an owner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from fnmatch import fnmatchcase
from typing import NamedTuple

from stackaudit.ignore import Layer, parse_globs
from stackaudit.model import Finding, Occurrence, Waiver, WaiverNote

#: Days before its end from which a waiver is listed.
SOON = 30


class Applied(NamedTuple):
    """Findings after the waivers, and what is to be said of the waivers themselves."""

    findings: tuple[Finding, ...]
    notes: tuple[WaiverNote, ...]


class _Ready(NamedTuple):
    waiver: Waiver
    layer: Layer
    expired: bool


def apply(
    findings: Iterable[Finding],
    waivers: Iterable[Waiver],
    names: Mapping[str, str],
    day: date,
    *,
    above: str = "",
    complete: bool = True,
) -> Applied:
    """Open findings that a waiver speaks to become ``waived``; all others stay as they are.

    A waiver for some paths takes those places out of a finding that has others too. An expired
    one waives nothing, and the finding says so.

    Args:
        findings: Of any status.
        waivers: In order; the first that matches counts.
        names: Component id to name.
        day: The day to judge on; a waiver holds through its last day.
        above: Folders from the waivers' file down to what is scanned.
        complete: Whether all was scanned, so that a waiver without a finding is out of use.
    """
    ready = [
        _Ready(w, Layer.of(parse_globs(w.paths, w.place)), w.expires < day.isoformat())
        for w in waivers
    ]
    ready.sort(key=lambda one: one.expired)
    used: set[int] = set()
    settled = tuple(
        _settled(finding, ready, names, above, used) if finding.status == "open" else finding
        for finding in findings
    )
    notes = [
        note
        for number, one in enumerate(ready)
        if (note := _note(one, day, unused=complete and number not in used))
    ]
    return Applied(settled, tuple(sorted(notes, key=lambda n: (n.state, n.expires, n.place))))


def told(waiver: Waiver) -> str:
    """Why, by whom and until when, in one line."""
    ticket = f", {waiver.ticket}" if waiver.ticket else ""
    return f"{waiver.reason} ({waiver.owner}, until {waiver.expires}{ticket}; {waiver.place})"


def _settled(
    finding: Finding, ready: list[_Ready], names: Mapping[str, str], above: str, used: set[int]
) -> Finding:
    for number, one in enumerate(ready):
        if not _speaks(one.waiver, finding, names):
            continue
        left = _left(one, finding.occurrences, above)
        if one.waiver.paths and len(left) == len(finding.occurrences):
            continue
        used.add(number)
        if one.expired:
            return _reminded(finding, one.waiver)
        if not left:
            return replace(finding, status="waived", waiver=told(one.waiver))
        number_waived = len(finding.occurrences) - len(left)
        said = f"{number_waived} more of its places are waived ({one.waiver.place})."
        finding = replace(finding, occurrences=left, message=f"{finding.message} {said}")
    return finding


def _left(one: _Ready, places: tuple[Occurrence, ...], above: str) -> tuple[Occurrence, ...]:
    """The places a waiver does not speak to."""
    if not one.waiver.paths:
        return ()
    return tuple(place for place in places if not one.layer.holds(above + place.path))


def _reminded(finding: Finding, waiver: Waiver) -> Finding:
    said = (
        f"Its waiver expired on {waiver.expires} ({waiver.place}, owner {waiver.owner}):"
        " renew it with a new reason, or mend the finding."
    )
    text = f"expired on {waiver.expires}: {told(waiver)}"
    before = finding.message.rstrip()
    stop = "" if not before or before.endswith((".", "!", "?")) else "."
    return replace(finding, message=f"{before}{stop} {said}".strip(), waiver=text)


def _speaks(waiver: Waiver, finding: Finding, names: Mapping[str, str]) -> bool:
    """Whether rule, component and fingerprint fit; of several components all must."""
    if waiver.fingerprint and waiver.fingerprint != finding.fingerprint:
        return False
    if waiver.rule and not fnmatchcase(finding.rule, waiver.rule):
        return False
    if not waiver.component:
        return True
    pattern = waiver.component.casefold()
    ids = finding.components or (finding.component,)
    return all(
        any(fnmatchcase(text.casefold(), pattern) for text in _spellings(part, names))
        for part in ids
    )


def _spellings(component: str, names: Mapping[str, str]) -> tuple[str, ...]:
    return component, component.partition(":")[2], names.get(component, component)


def _note(one: _Ready, day: date, *, unused: bool) -> WaiverNote | None:
    waiver = one.waiver
    what = waiver.rule or waiver.component or waiver.fingerprint or ", ".join(waiver.paths)
    about = f"{what}, owner {waiver.owner}"
    if unused:
        text = f"matches no open finding ({about}); remove it or mend its patterns"
        return WaiverNote("unused", waiver.place, text, waiver.expires)
    if one.expired:
        text = f"expired on {waiver.expires} ({about}); renew or remove it"
        return WaiverNote("expired", waiver.place, text, waiver.expires)
    if date.fromisoformat(waiver.expires) - day <= timedelta(SOON):
        text = f"expires on {waiver.expires} ({about})"
        return WaiverNote("expiring", waiver.place, text, waiver.expires)
    return None
