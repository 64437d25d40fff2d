"""A tolerant, linear TOML scan that keeps positions: every scalar with the keys that lead to it.

Parsers of the standard lose positions and stop at the first error; here a broken line costs
itself and at most the rest of its table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

#: Deeper containers than this are read with the path of the last one allowed.
MAX_DEPTH = 16

_KEY = r"""(?:[A-Za-z0-9_-]++|"[^"\\\n]*+"|'[^'\n]*+')"""
_DOTTED = rf"{_KEY}(?:[ \t]*+\.[ \t]*+{_KEY}){{0,16}}+"
#: Begins with a letter: ``["x"]`` and ``[1]`` on a line of their own are arrays within an array.
_HEADER = rf"[ \t]*+\[\[?[ \t]*+(?P<head>(?=[A-Za-z_]){_DOTTED})[ \t]*+\]\]?[ \t]*+(?=[#\r\n]|\Z)"
#: An artefact's line (``{ url = ..., hash = ... },``): the bulk of Python lock files, no package.
_ARTEFACT = r"[ \t]*+\{[ ]?(?:url|file)[ ]?=[^\n{}]*+\},?"
_TOKEN = re.compile(
    rf"""(?P<line>\n(?:{_ARTEFACT})?+)(?:{_HEADER})?+
       | (?P<key>{_DOTTED})[ \t]*+=(?!=)[ \t]*+
           (?:"(?P<value>[^"\\\n]++)"|(?P<scalar>[^\s,=\[\]{{}}\#"']++))?+
       | {'"' * 3}(?s:.*?)(?:{'"' * 3}|\Z) | '''(?s:.*?)(?:'''|\Z)
       | "(?P<basic>(?:[^"\\\n]++|\\.)*+)"?+ | '(?P<literal>[^'\n]*+)'?+
       | (?P<bare>[^\s,=\[\]{{}}\#"']++)
       | (?P<open>[\[{{]) | (?P<close>[\]}}])
       | \#[^\n]*+""",
    re.VERBOSE,
)
_FIRST = re.compile(_HEADER)
_PART = re.compile(_KEY)


class Key(NamedTuple):
    """One segment of a key path, with its place (without quotes)."""

    text: str
    start: int
    end: int


class Value(NamedTuple):
    """A scalar or the start of a container (``text`` None), and the full key path to it."""

    path: tuple[Key, ...]
    text: str | None
    start: int
    end: int


def scan(text: str) -> Iterator[Value]:
    """Yield headers, inline tables and scalars in order; array elements have the array's path."""
    table: tuple[Key, ...] = ()
    here = path = table
    stack: list[tuple[str, tuple[Key, ...], tuple[Key, ...]]] = []
    if first := _FIRST.match(text):
        table = here = path = _keys(text, *first.span("head"))
        yield Value(table, None, *first.span("head"))
    for token in _TOKEN.finditer(text, first.end() if first else 0):
        group = token.lastgroup
        if group is None:
            continue
        start, end = token.span(group)
        if group in ("key", "value", "scalar"):
            if stack and stack[-1][0] == "[":  # a key in an array: its bracket was never closed
                stack, here = [], table
            path = here + _keys(text, *token.span("key"))
            if group != "key":
                yield Value(path, token[group], start, end)
        elif group in ("basic", "literal", "bare"):
            if path:
                yield Value(path, token[group], start, end)
        elif group == "line":
            if not stack:
                path = here
        elif group == "open":
            if token[group] == "{" and path:
                yield Value(path, None, start, end)
            stack.append((token[group], here, path))
            if token[group] == "{" and len(stack) <= MAX_DEPTH:
                here = path
        elif group == "close":
            if stack:
                _, here, path = stack.pop()
        else:
            stack = []
            table = here = path = _keys(text, start, end)
            yield Value(table, None, start, end)


def _keys(text: str, start: int, end: int) -> tuple[Key, ...]:
    raw = text[start:end]
    if raw.isalnum():
        return (Key(raw, start, end),)
    found = []
    for part in _PART.finditer(text, start, end):
        first, last = part.span()
        if text[first] in "\"'":
            first, last = first + 1, last - 1
        found.append(Key(text[first:last], first, last))
    return tuple(found)


class Row(NamedTuple):
    """One package of a table whose keys are package names."""

    key: Key
    section: str
    version: str
    package: Value | None
    """The real name, where the entry renames it (``x = { package = "y" }``)."""


def rows(values: Iterable[Value], section: Callable[[tuple[str, ...]], int]) -> Iterator[Row]:
    """Collect package tables; ``section`` says how many leading keys are the section (0: none)."""
    row: Row | None = None
    for value in values:
        names = tuple(key.text for key in value.path)
        depth = section(names)
        if not 0 < depth < len(names):
            continue
        key = value.path[depth]
        if row is None or row.key.start != key.start:
            if row:
                yield row
            row = Row(key, ".".join(names[:depth]), "", None)
        if value.text is None:
            continue
        inner = names[depth + 1 :]
        if inner in ((), ("version",)) and not row.version:
            row = row._replace(version=value.text)
        elif inner == ("package",):
            row = row._replace(package=value)
    if row:
        yield row


def fits(names: tuple[str, ...], patterns: Iterable[tuple[str, ...]]) -> bool:
    """Say whether a key path equals one of the patterns; ``*`` is any one key."""
    return any(
        len(pattern) == len(names)
        and all(want in ("*", name) for want, name in zip(pattern, names, strict=True))
        for pattern in patterns
    )
