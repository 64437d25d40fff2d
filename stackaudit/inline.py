"""Comments that accept a finding where it stands: ``stackaudit: ignore[rule] reason``."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import NamedTuple

from stackaudit.model import Finding, Occurrence, WaiverNote
from stackaudit.policy import PACK
from stackaudit.rules.checker import suggest
from stackaudit.source import SourceFile, read

_WORD = "stackaudit:"
#: What a comment may open with, in any language; ``rem`` is looked for apart.
_OPENERS = ("#", "//", "/*", "*", "--", ";", "%", "(*", "{-", "!", '"""')
_REM = re.compile(r"(?:^|\s|&)rem\Z", re.IGNORECASE)
_ONLY = " \t#/*-;%!<({\"',"
_TOLD = re.compile(r"[ \t]*+(ignor[\w-]*+)[ \t]*+(?:\[([^\]]{0,1000})\])?(.{0,500})")
_CLOSERS = re.compile(r'(?:\*+/|--+>|--+\}\}|\*\)|-\}|#\}|\}\}|"""|(?:\\r)?\\n"?,?|",?)[ \t]*\Z')
_BEFORE = 200
_FORM = 'write "stackaudit: ignore[pack/rule] reason"'


class Ignore(NamedTuple):
    """One such comment."""

    rules: tuple[str, ...]
    reason: str
    place: str


class _Comment(NamedTuple):
    line: int
    alone: bool
    """Nothing else stands on its line, so it speaks of the next."""
    rules: str | None
    reason: str


class Lifted(NamedTuple):
    """Findings after the comments, and comments that cannot be followed."""

    findings: tuple[Finding, ...]
    notes: tuple[WaiverNote, ...]


def apply(
    findings: Iterable[Finding], base: Path, limit: int, known: Callable[[], Collection[str]]
) -> Lifted:
    """Take the places with a comment out of open findings; one with none left is ``waived``.

    Only files with a place of an open finding are read again. Findings against the policy are
    never lifted here.

    Args:
        findings: Of any status.
        base: The folder their paths start from.
        limit: Bytes above which a file is not read.
        known: Every rule id there is; asked for only when a comment names a rule.
    """
    listed, ids = list(findings), cache(known)
    paths = sorted({o.path for f in listed if f.status == "open" for o in f.occurrences})
    notes: list[WaiverNote] = []
    by_line: dict[tuple[str, int], list[Ignore]] = {}
    for path in paths:
        source = read(base, path, limit)
        if isinstance(source, SourceFile) and _WORD.encode() in source.data:
            for line, ignore in _of_file(source, ids, notes):
                by_line.setdefault((path, line), []).append(ignore)
    return Lifted(tuple(_lifted(f, by_line) for f in listed), tuple(notes))


def _lifted(finding: Finding, by_line: dict[tuple[str, int], list[Ignore]]) -> Finding:
    if finding.status != "open" or finding.pack == PACK or not by_line:
        return finding
    told: list[Ignore] = []
    left: list[Occurrence] = []
    for place in finding.occurrences:
        ignore = _speaking(finding.rule, place, by_line)
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


def _speaking(
    rule: str, place: Occurrence, by_line: dict[tuple[str, int], list[Ignore]]
) -> Ignore | None:
    for line in {place.line, place.end_line}:
        for ignore in by_line.get((place.path, line), ()):
            if any(fnmatchcase(rule, pattern) for pattern in ignore.rules):
                return ignore
    return None


def _of_file(
    source: SourceFile, known: Callable[[], Collection[str]], notes: list[WaiverNote]
) -> Iterator[tuple[int, Ignore]]:
    """Each comment that can be followed with the line it speaks of."""
    comments = list(_comments(source.data.decode("utf-8", "replace")))
    below: dict[int, int] = {}
    for comment in reversed(comments):  # several may stand above one place
        if comment.alone:
            below[comment.line] = below.get(comment.line + 1, comment.line + 1)
    for comment in comments:
        place = f"{source.path}:{comment.line}"
        rules, fault = _checked(comment, known)
        notes += [WaiverNote("faulty", place, fault)] if fault else []
        if not rules:
            continue
        yield below.get(comment.line, comment.line), Ignore(rules, comment.reason, place)


def _comments(text: str) -> Iterator[_Comment]:
    for number, line in enumerate(text.split("\n"), 1):
        at = line.find(_WORD)
        if at < 0:
            continue
        before = line[max(0, at - _BEFORE) : at].rstrip(" \t")
        opened = before.endswith(_OPENERS) or _REM.search(before)
        told = _TOLD.match(line, at + len(_WORD)) if opened else None
        if told and opened:
            rest = _CLOSERS.sub("", told[3].rstrip())
            alone = at < _BEFORE and not _REM.sub("", before).strip(_ONLY)
            rules = told[2] if told[1] == "ignore" else None
            yield _Comment(number, alone, rules, " ".join(rest.split()).strip(" :-"))


def _checked(
    comment: _Comment, known: Callable[[], Collection[str]]
) -> tuple[tuple[str, ...], str]:
    """The rules a comment may lift, and what is wrong with it."""
    patterns = [part.strip() for part in (comment.rules or "").split(",") if part.strip()]
    if not patterns:
        return (), f"names no rule and is not followed; {_FORM}"
    if not any(char.isalnum() for char in comment.reason):
        return (), f"gives no reason and is not followed; {_FORM}"
    if any(pattern.startswith(f"{PACK}/") for pattern in patterns):
        what = "a finding against the policy cannot be lifted by a comment"
        return (), f"{what}; write a waiver into stackaudit-waivers.toml"
    ids = known()
    for pattern in patterns:
        if not any(fnmatchcase(rule, pattern) for rule in ids):
            shown = f"'{pattern[:80]}'{suggest(pattern[:80], sorted(ids))}"
            good = tuple(p for p in patterns if p != pattern)
            return good, f"names an unknown rule {shown}"
    return tuple(patterns), ""
