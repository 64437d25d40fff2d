"""XML, with positions: attributes and text under their elements; no entity is ever expanded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from stackaudit.detect.entry import Entry
from stackaudit.detect.readers.common import MAX_DEPTH, Stretch, inside, real
from stackaudit.detect.readers.embedded import is_json, nested
from stackaudit.detect.readers.frames import Frame

_TOKEN = re.compile(
    r"""
    <!--((?:[^-]++|-(?!->))*+)(?:-->|\Z)                            # 1 comment
    | <!\[CDATA\[((?:[^\]]++|\](?!\]>))*+)(?:\]\]>|\Z)              # 2 text as it is
    | </([^\s<>]*+)[^<>]*+>?                                        # 3 end of an element
    | <[!?][^<>]*+>?
    | <([A-Za-z_][^\s<>/="']*+)                                     # 4 element
      ((?:[^<>"'/]++|"[^"<]*+"?|'[^'<]*+'?|/(?!>))*+)(/?)>?         # 5 attributes, 6
    | ([^<\s][^<]*+)                                                # 7 text
    | <
    """,
    re.X,
)
_COMMENT, _CDATA, _END, _NAME, _ATTRIBUTES, _CLOSED, _TEXT = range(1, 8)
_ATTRIBUTE = re.compile(r"([^\s=\"'<>/]++)[ \t\r\n]*+=[ \t\r\n]*+(?:\"([^\"<]*+)\"?|'([^'<]*+)'?)")
_NAMING = frozenset({"key", "name"})


def entries(text: str) -> Iterator[Entry]:
    """Yield attributes, text of elements and comments."""
    return read(text, Stretch(0, len(text)))


def read(text: str, stretch: Stretch) -> Iterator[Entry]:
    """Yield the entries of one stretch."""
    frame = Frame(stretch.keys, stretch.links, stretch.depth)
    stack: list[Frame] = []
    deeper = 0
    for found in _TOKEN.finditer(text, stretch.start, stretch.end):
        kind = found.lastindex or 0
        if kind == _CLOSED:
            inner = frame.mapping(real(found[_NAME]), found.start())
            yield from _attributes(text, found, inner)
            if found[_CLOSED]:
                continue
            if len(stack) < MAX_DEPTH:
                stack.append(frame)
                frame = inner
            else:
                deeper += 1
        elif kind == _END:
            if deeper:
                deeper -= 1
            elif stack:
                frame = stack.pop()
        elif kind in (_TEXT, _CDATA):
            # <property name="model">text</property>: the text belongs to that name.
            keys = (*frame.keys, frame.name) if frame.name else frame.keys
            yield from _text(text, *found.span(kind), keys, frame)
        elif kind == _COMMENT:
            start, end = _trimmed(text, *found.span(_COMMENT))
            if start < end:
                yield Entry(start, end, "comment", frame.keys, frame.links)


def _attributes(text: str, element: re.Match[str], frame: Frame) -> Iterator[Entry]:
    for found in _ATTRIBUTE.finditer(text, *element.span(_ATTRIBUTES)):
        name = real(found[1])
        start, end = found.span(2 if found[2] is not None else 3)
        lowered = name.lower()
        keys = (*frame.keys, name)
        if lowered in _NAMING:
            frame.name = real(text[start:end])
        elif lowered == "value" and frame.name:
            keys = (*frame.keys, frame.name)
        yield from _text(text, start, end, keys, frame)


def _text(text: str, start: int, end: int, keys: tuple[str, ...], frame: Frame) -> Iterator[Entry]:
    start, end = _trimmed(text, start, end)
    if start < end:
        raw = text[start:end]
        decoded = unescape(real(raw)) if "&" in raw else ""
        yield Entry(start, end, "value", keys, frame.links, "", decoded)
        yield from inside(text, start, end, keys, frame.links)
        if is_json(text, start, end):
            yield from nested(text, Stretch(start, end, keys, frame.links, frame.depth))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    raw = text[start:end].rstrip(" \t\r\n")
    return start + len(raw) - len(raw.lstrip(" \t\r\n")), start + len(raw)
