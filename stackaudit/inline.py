"""Comments that accept a finding where it stands: ``stackaudit: ignore[rule] reason``."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stackaudit.model import Finding, Occurrence, WaiverNote
from stackaudit.policy import PACK
from stackaudit.rules.checker import suggest
from stackaudit.source import SourceFile, read

if TYPE_CHECKING:
    from stackaudit.detect.comments import Comment, Text

WORD = "stackaudit:"
_TOLD = re.compile(
    WORD + r"[ \t]*+(ignor[\w-]*+)[ \t]*+(?:\[([^\]\n]{0,1000}+)\])?+([^\r\n]{0,500}+)"
)
#: What may stand before it in the line of a comment: decoration, or the start of another comment.
_DECORATION = " \t*#/!-;%|>\"'"
_OPENERS = ("#", "//", "--", ";", "/*")
_CLOSERS = re.compile(r"(?:\*+/|--+>|-?%>|\}\})\s*\Z")
_WILD = re.compile(r"[*?\[]")
_BEFORE = 200
#: Comments of one file that are followed, and faulty ones that get a suggestion.
_MOST, _SUGGESTED = 1000, 20
_FORM = 'write "stackaudit: ignore[pack/rule] reason"'

_Position = tuple[int, int]
"""Line and column, both from 1."""


class Ignore(NamedTuple):
    """One such comment."""

    rules: tuple[str, ...]
    reason: str
    place: str
    first: _Position
    """Start and end of the line it speaks of."""
    last: _Position


class Told(NamedTuple):
    """A comment as written."""

    rules: str | None
    reason: str
    line: int
    first: _Position
    last: _Position


class Lifted(NamedTuple):
    """Findings after the comments, and comments that need somebody's attention."""

    findings: tuple[Finding, ...]
    notes: tuple[WaiverNote, ...]


def apply(
    findings: Iterable[Finding],
    base: Path,
    limit: int,
    marked: Iterable[str],
    known: Callable[[], Collection[str]],
    judged: Callable[[str], Collection[str]] | None,
) -> Lifted:
    """Take the places with a comment out of open findings; one with none left is ``waived``.

    Findings against the policy are never lifted here.

    Args:
        findings: Of any status.
        base: The folder their paths start from.
        limit: Bytes above which a file is not read.
        marked: Paths of the files that hold ``WORD``; no other is read.
        known: Every rule id there is; asked for only when a comment names a rule.
        judged: Path -> ids of the packs that judged there, so that a comment which lifts nothing
            is out of use; None where not all was scanned.
    """
    listed, rules = list(findings), _Rules(known)
    notes: list[WaiverNote] = []
    ignores: list[tuple[str, Ignore]] = []
    for path in sorted(set(marked)):
        source = read(base, path, limit)
        if isinstance(source, SourceFile):
            ignores += [(path, ignore) for ignore in _of_file(source, rules, notes)]
    if not ignores:
        return Lifted(tuple(listed), tuple(notes))
    places = _Places(ignores)
    settled = tuple(_lifted(finding, places) for finding in listed)
    if judged:
        notes += _unused(ignores, _fired(listed, places), rules, judged)
    return Lifted(settled, tuple(notes))


class _Rules:
    """Every rule id there is."""

    def __init__(self, known: Callable[[], Collection[str]]) -> None:
        self.ids = cache(known)
        self.fitting = cache(self._fitting)

    def _fitting(self, pattern: str) -> frozenset[str]:
        """Those a pattern means."""
        if not _WILD.search(pattern):
            return frozenset({pattern}.intersection(self.ids()))
        return frozenset(rule for rule in self.ids() if fnmatchcase(rule, pattern))

    def packs(self, pattern: str) -> set[str]:
        """The packs a pattern speaks to."""
        return {rule.partition("/")[0] for rule in self.fitting(pattern)}


class _Places:
    """Comments by the place they speak of."""

    def __init__(self, ignores: Iterable[tuple[str, Ignore]]) -> None:
        self._by_line: dict[tuple[str, int], list[Ignore]] = {}
        for path, ignore in ignores:
            for line in range(ignore.first[0], ignore.last[0] + 1):
                self._by_line.setdefault((path, line), []).append(ignore)

    def of(self, rule: str, place: Occurrence) -> Iterator[tuple[Ignore, str]]:
        """The comments on a finding of a rule at a place, each with the pattern that fits."""
        ends = {(place.line, place.column), (place.end_line, place.end_column)}
        for line in sorted({place.line, place.end_line}):
            for ignore in self._by_line.get((place.path, line), ()):
                if any(ignore.first <= at <= ignore.last for at in ends):
                    for pattern in ignore.rules:
                        if fnmatchcase(rule, pattern):
                            yield ignore, pattern


def _lifted(finding: Finding, places: _Places) -> Finding:
    if finding.status != "open" or finding.pack == PACK:
        return finding
    told: list[Ignore] = []
    left: list[Occurrence] = []
    for place in finding.occurrences:
        ignore, _ = next(places.of(finding.rule, place), (None, ""))
        if ignore:
            told.append(ignore)
        else:
            left.append(place)
    if not told:
        return finding
    if left:
        return replace(finding, occurrences=tuple(left))
    why = "; ".join(dict.fromkeys(f"{ignore.reason} ({ignore.place})" for ignore in told[:3]))
    return replace(finding, status="waived", waiver=why)


def _fired(findings: Iterable[Finding], places: _Places) -> set[tuple[Ignore, str]]:
    """Comments and patterns for which a rule has something to say, if only on a condition."""
    return {
        pair
        for finding in findings
        if finding.pack != PACK
        for place in finding.occurrences
        for pair in places.of(finding.rule, place)
    }


def _unused(
    ignores: Iterable[tuple[str, Ignore]],
    fired: Collection[tuple[Ignore, str]],
    rules: _Rules,
    judged: Callable[[str], Collection[str]],
) -> Iterator[WaiverNote]:
    """What lifts nothing although every pack it names has judged."""
    for path, ignore in ignores:
        idle = [
            pattern
            for pattern in ignore.rules
            if (ignore, pattern) not in fired and rules.packs(pattern) <= set(judged(path))
        ]
        if idle:
            what = f"ignore[{', '.join(idle)}] lifts nothing: no such finding"
            where = f"on line {ignore.first[0]}, which it speaks of"
            yield WaiverNote("unused", ignore.place, f"{what} {where}; remove or move it")


def _of_file(source: SourceFile, known: _Rules, notes: list[WaiverNote]) -> Iterator[Ignore]:
    """Each comment that can be followed."""
    from stackaudit.detect import comments  # loads what reads every format

    for text in comments.texts(source):
        for told in islice(_told(text, list(text.comments(WORD))), _MOST):
            place = f"{source.path}:{told.line}"
            rules, fault = _checked(told, known, suggesting=len(notes) < _SUGGESTED)
            notes += [WaiverNote("faulty", place, fault)] if fault else []
            if rules:
                yield Ignore(rules, told.reason, place, told.first, told.last)


def _told(text: Text, found: Sequence[Comment]) -> Iterator[Told]:
    below: dict[int, int] = {}
    for comment in reversed(found):  # several may stand above one place
        if comment.alone:
            below[comment.first] = below.get(comment.last + 1, comment.last + 1)
    for comment in found:
        for match in _TOLD.finditer(text.text, comment.start, comment.end):
            at = match.start()
            if not _leads(text.text[max(comment.start, at - _BEFORE) : at]):
                continue
            first, last = text.bounds(_spoken_of(comment, below))
            last -= text.text[first:last].endswith("\n")
            raw = text.source.data[slice(*match.span(3))].decode("utf-8", "replace")
            position = text.source.position
            yield Told(
                match[2] if match[1] == "ignore" else None,
                " ".join(_CLOSERS.sub("", raw).split()).strip(" :-"),
                position(at)[0],
                position(first),
                position(last),
            )


def _leads(before: str) -> bool:
    """Whether a comment says what comes after ``before`` to us, and not of us."""
    line = before.rpartition("\n")[2].rstrip(" \t")
    return not line.strip(_DECORATION) or line.endswith(_OPENERS)


def _spoken_of(comment: Comment, below: Mapping[int, int]) -> int:
    """The line a comment is about: its own, or where it stands alone the one below."""
    if comment.before:
        return comment.first
    return comment.last if comment.after else below[comment.first]


def _checked(comment: Told, known: _Rules, *, suggesting: bool) -> tuple[tuple[str, ...], str]:
    """The rules a comment may lift, and what is wrong with it."""
    patterns = [part.strip() for part in (comment.rules or "").split(",") if part.strip()]
    if not patterns:
        return (), f"names no rule and is not followed; {_FORM}"
    if not any(char.isalnum() for char in comment.reason):
        return (), f"gives no reason and is not followed; {_FORM}"
    if any(pattern.startswith(f"{PACK}/") for pattern in patterns):
        what = "a finding against the policy cannot be lifted by a comment"
        return (), f"{what}; write a waiver into stackaudit-waivers.toml"
    good = tuple(pattern for pattern in patterns if known.fitting(pattern))
    wrong = next((pattern[:80] for pattern in patterns if not known.fitting(pattern)), "")
    if not wrong:
        return good, ""
    nearest = suggest(wrong, sorted(known.ids())) if suggesting else ""
    return good, f"names an unknown rule '{wrong}'{nearest}"
