"""The source in front of a value, shortened: its statement, its argument, the name before it."""

from __future__ import annotations

import re
from typing import NamedTuple

_REACH = 400
"""How far back a statement is read."""
_STEPS = 16
_STEPS_AFTER_COMMA = 6
"""Strings and brackets looked over on the way back; fewer once a comma ends the segment."""
_KEPT = 48
"""Children of a bracket that are remembered: the first, and the last so many."""
_SIMPLE_STRING = re.compile(r"[A-Za-z@$]{0,3}([\"'])[\w.$/:-]{1,60}\1")
_SIMPLE_GROUP = re.compile(r"[(\[]\s*([\"']?):?[\w.$-]*\1\s*[)\]]")
_FIRST_STRING = re.compile(r"\(\s*([\"'])([\w.-]{1,60})\1\s*,")
_NAME_LIKE = re.compile(
    r"[A-Za-z@$]{0,3}[\"':](-{0,2}[A-Za-z][A-Za-z_]*(?:[._-][A-Za-z_]+)*)[\"']?"
)
_GOES_ON = frozenset("=+-*/%&|?<,([{\\~^")
_GOES_ON_NEXT = frozenset(".+|&?:=)]}%")


class Frame:
    """An open bracket; what it means is filled in by ``explain`` when it is needed."""

    ready = False
    statements = False
    """Line ends and semicolons separate what is in it."""
    calls = False
    keys: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    assigned = ""
    name = ""
    """Of a function's body: the function."""

    def __init__(self, start: int, bracket: str) -> None:
        self.open = start
        self.bracket = bracket
        self.children: list[tuple[int, int, str]] = []
        """Strings, comments and closed brackets directly inside: start, end, kind."""

    def add(self, start: int, end: int, kind: str) -> None:
        """Note a child that is complete."""
        self.children.append((start, end, kind))
        if len(self.children) > 2 * _KEPT:
            del self.children[1:-_KEPT]


class Lead(NamedTuple):
    """The source before a value, shortened."""

    statement: str
    segment: str
    previous: str
    """The argument before, if it is a lone short name in quotes."""


def lead(frame: Frame, text: str, language: str, end: int) -> Lead:
    """The source of the statement or argument in ``frame`` that goes on at ``end``."""
    floor = max(frame.open + 1, end - _REACH)
    parts: list[str] = []
    size = 0
    segment_size = -1
    previous = ""
    right, at, steps = end, len(frame.children), _STEPS
    while steps:
        steps -= 1
        child = frame.children[at - 1] if at else None
        left = max(child[1] if child else floor, floor)
        if left < right:
            gap, comma, done = _gap(text, left, right, frame, language)
            if comma >= 0 and segment_size < 0:
                segment_size = size + len(gap) - comma - 1
                steps = min(steps, _STEPS_AFTER_COMMA)
                if child and not gap[:comma].strip():
                    previous = name_like(text, frame, child)
                if not frame.statements:
                    gap, done = gap[comma + 1 :], True
            parts.append(gap)
            size += len(gap)
            if done:
                break
        if child is None or child[0] < floor:
            break
        masked = _masked(text, *child)
        parts.append(masked)
        size += len(masked)
        right, at = child[0], at - 1
    statement = "".join(reversed(parts))
    if segment_size < 0 or segment_size >= len(statement):
        return Lead(statement, statement, previous)
    return Lead(statement, statement[len(statement) - segment_size :], previous)


def _gap(text: str, left: int, right: int, frame: Frame, language: str) -> tuple[str, int, bool]:
    """Code between two children, cut to what follows the end of a statement in it.

    Returns:
        The code, the index of its last comma, and whether it was cut.
    """
    gap = text[left:right]
    cut = gap.rfind(";") + 1
    if frame.statements and "\n" in gap:
        cut = max(cut, _statement_start(gap, text, left, language))
    if cut:
        gap = gap[cut:]
    return gap, gap.rfind(","), cut > 0


def _statement_start(gap: str, text: str, left: int, language: str) -> int:
    """Index after the last line end in ``gap`` that ends a statement; 0 if none does."""
    at = gap.rfind("\n")
    while at >= 0:
        before = gap[:at].rstrip()
        last = before[-1] if before else text[left - 1] if left else "\n"
        following = gap[at + 1 :].lstrip()
        if language == "python":
            goes_on = last == "\\"
        elif last == ":" and before:
            goes_on = "?" in before
        else:
            goes_on = last in _GOES_ON or (following[:1] in _GOES_ON_NEXT and following != "")
            goes_on = goes_on or before.endswith(("=>", "->", " or", " and", "return"))
        if not goes_on:
            return at + 1
        at = gap.rfind("\n", 0, at)
    return 0


def _masked(text: str, start: int, end: int, kind: str) -> str:
    """A child in short: its text where that is a simple name, else empty delimiters."""
    if kind == "comment":
        return " "
    if kind == "group":
        if end - start <= 64 and _SIMPLE_GROUP.fullmatch(text, start, end):
            return text[start:end]
        if first := _FIRST_STRING.match(text, start, min(end, start + 64)):
            return f'("{first[2]}")'
        return f"{text[start] if text[start] in '([{' else '('}{text[end - 1]}"
    if end - start <= 64 and _SIMPLE_STRING.fullmatch(text, start, end):
        return text[start:end]
    return '""'


def name_like(text: str, frame: Frame, child: tuple[int, int, str]) -> str:
    """The quoted name that ``child`` is as the first argument, else nothing."""
    if child[2] not in ("string", "raw") or child != frame.children[0]:
        return ""
    if text[frame.open + 1 : min(child[0], frame.open + 80)].strip():
        return ""
    match = _NAME_LIKE.fullmatch(text, child[0], child[1])
    return match[1] if match else ""
