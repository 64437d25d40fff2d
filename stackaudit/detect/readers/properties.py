"""Java properties, with positions: values under the parts of their dotted keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from stackaudit.detect.entry import Entry
from stackaudit.detect.readers.common import (
    ESCAPED,
    Stretch,
    character,
    inside,
    lines,
    real,
    telling,
)

_LINE = re.compile(
    r"""
    [ \t\f\r\n]*+
    (?: [\#!][ \t]*+([^\r\n]*+)                                       # 1 comment
      | ((?:[^\s=:\\]|\\[^\r\n]|(?!\r?\n)[^\x00-\x7f])++)[ \t\f]*+[=:]?+[ \t\f]*+       # 2 key
        ((?:[^\\\n]++|\\(?:\r\n|[\s\S]))*+)                           # 3 value
      | [^\n]*+
    )
    """,
    re.X,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|\r?\n[ \t\f]*+|([\s\S]))")
_ESCAPED = {letter: ESCAPED[letter] for letter in "ntrf"}


def entries(text: str) -> Iterator[Entry]:
    """Yield values, telling keys and comments."""
    return read(text, Stretch(0, len(text)))


def read(text: str, stretch: Stretch) -> Iterator[Entry]:
    """Yield the entries of one stretch."""
    for line in lines(_LINE, text, stretch):
        if line[1]:
            yield Entry(*line.span(1), "comment", stretch.keys, stretch.links)
        if line[2] is None:
            continue
        key = _unescape(line[2]) if "\\" in line[2] else real(line[2])
        links = _groups(key) + stretch.links
        if telling(key):
            yield Entry(*line.span(2), "key", stretch.keys, links)
        raw = line[3].rstrip(" \t\r\n")
        start, end = line.start(3), line.start(3) + len(raw)
        if raw:
            keys = (*stretch.keys, *key.split("."))
            yield Entry(start, end, "value", keys, links, "", _unescape(raw) if "\\" in raw else "")
            yield from inside(text, start, end, keys, links)


@lru_cache(maxsize=1024)
def _groups(key: str) -> tuple[str, ...]:
    """Return links to the properties of the same group, longest shared prefix first."""
    parts = key.split(".")[:8]
    return tuple("prefix:" + ".".join(parts[:count]) for count in range(len(parts) - 1, 0, -1))


def _unescape(raw: str) -> str:
    return _ESCAPE.sub(
        lambda found: character(found[1]) if found[1] else _ESCAPED.get(found[2], found[2] or ""),
        real(raw),
    )
