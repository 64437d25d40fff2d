"""JSON, JSONC, JSON5 and JSON lines, with positions: string values under their keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.detect.entry import Entry
from stackaudit.detect.readers.common import MAX_DEPTH, Stretch, real, telling
from stackaudit.detect.readers.escaped import unescape
from stackaudit.detect.readers.frames import Frame, element, key_entry, special, value

_TOKEN = re.compile(
    r"""
    "([^"\\\r\n]*+(?:\\(?:\r\n|[\s\S])[^"\\\r\n]*+)*+)"?+             # 1 string
    (?:([ \t\r\n]*+:)                                   # 2 it is a key,
      [ \t\r\n]*+(?:"([^"\\\r\n]*+(?:\\(?:\r\n|[\s\S])[^"\\\r\n]*+)*+)"?+)?+)?+  # 3 of this string
    | ([{\[])                                            # 4
    | ([}\]])                                            # 5
    | '([^'\\\r\n]*+(?:\\(?:\r\n|[\s\S])[^'\\\r\n]*+)*+)'?+([ \t\r\n]*+:)?+     # 6, 7
    | ([A-Za-z_$][A-Za-z0-9_$]*+)([ \t\r\n]*+:)?+        # 8 bare word, 9 and it is a key
    | //[ \t]*+([^\r\n]*+) | /\*([^*]*+(?:\*(?!/)[^*]*+)*+)(?:\*/|\Z)       # 10, 11 comments
    """,
    re.X,
)
_STRING, _KEY, _PAIR, _OPEN, _CLOSE, _SINGLE, _SINGLE_KEY, _BARE, _BARE_KEY, _LINE, _BLOCK = range(
    1, 12
)


def entries(text: str) -> Iterator[Entry]:
    """Yield every string value, telling key and comment."""
    return read(text, Stretch(0, len(text)))


def read(text: str, stretch: Stretch) -> Iterator[Entry]:
    """Yield the entries of one stretch."""
    frame = Frame(stretch.keys, stretch.links, stretch.depth)
    stack: list[Frame] = []
    pending: tuple[str | None, int] = (None, 0)
    for found in _TOKEN.finditer(text, stretch.start, stretch.end):
        kind = found.lastindex
        if kind == _PAIR:
            key, raw = found.group(1, 3)
            if telling(key):
                yield key_entry(*found.span(1), frame)
                key = unescape(key) if "\\" in key else real(key)
            start, end = found.span(3)
            if special(key) or frame.careful or "\\" in raw or "$" in raw or "{{" in raw:
                yield from value(text, start, end, frame, key, _decoded(raw))
            elif raw:
                yield Entry(start, end, "value", (*frame.keys, key), frame.links)
        elif kind == _OPEN:
            stack.append(frame)
            frame = _opened(found, frame, pending) if len(stack) <= MAX_DEPTH else frame
        elif kind == _CLOSE:
            frame = stack.pop() if stack else frame
        elif kind in (_STRING, _SINGLE):
            yield from _string(text, *found.span(kind), frame, pending[0])
        elif kind in (_KEY, _SINGLE_KEY, _BARE_KEY):
            start, end = found.span(kind - 1)
            pending = (unescape(text[start:end]), start)
            if start < end and telling(text[start:end]):
                yield key_entry(start, end, frame)
            continue
        elif kind in (_LINE, _BLOCK):
            if found[kind]:
                yield Entry(*found.span(kind), "comment", frame.keys, frame.links)
            continue
        pending = (None, 0)


def _string(text: str, start: int, end: int, frame: Frame, key: str | None) -> Iterator[Entry]:
    decoded = _decoded(text[start:end])
    if key is None:
        return element(text, start, end, frame, decoded)
    return value(text, start, end, frame, key, decoded)


def _decoded(raw: str) -> str:
    return unescape(raw) if "\\" in raw else ""


def _opened(found: re.Match[str], around: Frame, pending: tuple[str | None, int]) -> Frame:
    key, offset = pending
    if found[_OPEN] == "[":
        return around.sequence(key)
    return around.mapping(key, found.start() if key is None else offset)
