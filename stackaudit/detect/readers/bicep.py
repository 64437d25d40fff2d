"""Bicep, with positions: strings under the names of objects, parameters and variables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.detect.entry import Entry
from stackaudit.detect.readers.common import MAX_DEPTH, Stretch, character, real
from stackaudit.detect.readers.embedded import nested
from stackaudit.detect.readers.frames import Frame, element, value

_TOKEN = re.compile(
    r"""
    //[ \t]*+([^\r\n]*+) | /\*([^*]*+(?:\*(?!/)[^*]*+)*+)(?:\*/|\Z)    # 1, 2 comments
    | '''\r?\n?((?:[^']++|'(?!''))*+)(?:'''|\Z)                        # 3 text of several lines
    | '((?:[^'\\\r\n]++|\\.)*+)'?+([ \t]*+:)?+                         # 4 string, 5 it is a key
    | resource[ \t]++\w++[ \t]++'([\w.]++(?:/[\w.]++)++)@[\w.-]++'     # 6 type of a resource
    | (?:param|var|output)[ \t]++([A-Za-z_]\w*+)[^\r\n='/]*+           # 7 declared name
    | ([A-Za-z_]\w*+)[ \t]*+:(?!:)                                     # 8 key
    | ([{\[])                                                          # 9
    | ([}\]])                                                          # 10
    | (\n)                                                             # 11
    | @(?:sys\.)?(allowed)[ \t]*+\(                                  # 12 what a value may be
    | [A-Za-z_]\w*+
    """,
    re.X,
)
_LINE, _BLOCK, _TEXT, _STRING, _QUOTED_KEY, _RESOURCE, _DECLARED, _KEY = range(1, 9)
_OPEN, _CLOSE, _NEWLINE, _ALLOWED = range(9, 13)
_ESCAPE = re.compile(r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|(.))")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}


def entries(text: str) -> Iterator[Entry]:
    """Yield every string and comment."""
    return read(text, Stretch(0, len(text)))


def read(text: str, stretch: Stretch) -> Iterator[Entry]:
    """Yield the entries of one stretch."""
    frame = Frame(stretch.keys, stretch.links, stretch.depth)
    stack: list[Frame] = []
    key: tuple[str | None, int] = (None, 0)
    for found in _TOKEN.finditer(text, stretch.start, stretch.end):
        kind = found.lastindex or 0
        if kind in (_LINE, _BLOCK):
            if found[kind]:
                yield Entry(*found.span(kind), "comment", frame.keys, frame.links)
        elif kind in (_RESOURCE, _DECLARED, _KEY, _ALLOWED):
            key = (real(found[kind]), found.start(kind))
        elif kind == _QUOTED_KEY:
            key = (real(found[_STRING]), found.start(_STRING))
        elif kind in (_STRING, _TEXT):
            yield from _string(text, *found.span(kind), frame, key[0], kind == _TEXT)
        elif kind == _OPEN:
            stack.append(frame)
            if len(stack) <= MAX_DEPTH:
                is_list = found[_OPEN] == "["
                frame = frame.sequence(key[0]) if is_list else frame.mapping(key[0], found.start())
            key = (None, 0)
        elif kind == _CLOSE:
            frame = stack.pop() if stack else frame
            key = (None, 0)
        elif kind == _NEWLINE:
            key = (None, 0)


def _string(
    text: str, start: int, end: int, frame: Frame, key: str | None, verbatim: bool
) -> Iterator[Entry]:
    raw = text[start:end]
    decoded = ""
    if not verbatim and "\\" in raw:
        decoded = _ESCAPE.sub(_character, real(raw))
    if key is None:
        yield from element(text, start, end, frame, decoded)
    else:
        yield from value(text, start, end, frame, key, decoded)
    if verbatim and start < end:
        keys = frame.keys if key is None else (*frame.keys, key)
        yield from nested(text, Stretch(start, end, keys, frame.links, frame.depth))


def _character(found: re.Match[str]) -> str:
    return character(found[1]) if found[1] else _ESCAPED.get(found[2], found[2])
