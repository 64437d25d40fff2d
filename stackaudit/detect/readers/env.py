"""Files of environment variables (``.env``), with positions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.detect.entry import Entry
from stackaudit.detect.readers.common import Stretch, inside, lines, prefixes, real, telling
from stackaudit.detect.readers.embedded import is_json, nested, quoted

_LINE = re.compile(
    r"""
    [ \t\r\n]*+
    (?:
      \#[\# \t]*+(?:(?:export[ ]+)?([A-Za-z_][A-Za-z0-9_.]*+)=([^ \t\r\n]*+)[ \t]*+(?=\r?\n|\Z|\#)
        | ([^\r\n]*+))                                                  # 1, 2 and 3 comment
      | (?:export[ \t]+|setx?[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*+)[ \t]*+(?:=|:(?=[ \t]))[ \t]*+
        (?: "([^"\\]*+(?:\\[\s\S][^"\\]*+)*+)" | '([^']*+)' | `([^`]*+)`    # 4 name, 5, 6, 7
          | (?!["'`])((?:[^\r\n\#]++|(?<![ \t])\#)*+) | )               # 8 unquoted
        (?:[ \t]*+\#[ \t]*+([^\r\n]*+))?+                               # 9 comment
      | [^\n]*+
    )
    """,
    re.X,
)
_COMMENTED, _ITS_VALUE, _COMMENT, _NAME, _DOUBLE, _SINGLE, _TICKED, _BARE, _TRAILING = range(1, 10)
_ESCAPE = re.compile(r"\\([nrt\"\\$])")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}


def entries(text: str) -> Iterator[Entry]:
    """Yield values and telling names of variables, commented-out ones (region comment) too."""
    return read(text, Stretch(0, len(text)))


def read(text: str, stretch: Stretch) -> Iterator[Entry]:
    """Yield the entries of one stretch."""
    for line in lines(_LINE, text, stretch):
        if line[_NAME] is not None:
            yield from _variable(text, line, stretch)
        elif line[_COMMENTED] is not None:
            name = line[_COMMENTED]
            links = prefixes(name) + stretch.links
            if telling(name):
                yield Entry(*line.span(_COMMENTED), "comment", stretch.keys, links)
            start, end = _inner(text, *line.span(_ITS_VALUE))
            if start < end:
                yield Entry(start, end, "comment", (*stretch.keys, name), links)
        elif line[_COMMENT]:
            yield Entry(*line.span(_COMMENT), "comment", stretch.keys, stretch.links)
        if line[_TRAILING]:
            yield Entry(*line.span(_TRAILING), "comment", stretch.keys, stretch.links)


def _variable(text: str, line: re.Match[str], stretch: Stretch) -> Iterator[Entry]:
    name = line[_NAME]
    links = prefixes(name) + stretch.links
    if telling(name):
        yield Entry(*line.span(_NAME), "key", stretch.keys, links)
    kind = next((k for k in (_DOUBLE, _SINGLE, _TICKED, _BARE) if line[k]), 0)
    if not kind:
        return
    start, end = line.span(kind)
    raw = text[start:end]
    decoded = ""
    if kind == _BARE:
        end = start + len(raw.rstrip(" \t\r"))
    elif kind == _DOUBLE and "\\" in raw:
        decoded = _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), real(raw))
    if start < end:
        keys = (*stretch.keys, name)
        yield Entry(start, end, "value", keys, links, "", decoded)
        yield from inside(text, start, end, keys, links)
        if is_json(text, start, end):
            read_document = quoted if kind == _DOUBLE else nested
            yield from read_document(text, Stretch(start, end, keys, links, stretch.depth))


def _inner(text: str, start: int, end: int) -> tuple[int, int]:
    if end - start > 1 and text[start] in "\"'" and text[end - 1] == text[start]:
        return start + 1, end - 1
    return start, end
