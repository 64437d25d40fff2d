"""INI and CFG files, with positions: values under section and key, comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.detect.entry import Entry
from stackaudit.detect.readers.common import Stretch, inside, real, telling
from stackaudit.detect.readers.frames import Frame, key_entry, unquoted, value

_LINE = re.compile(
    r"""
    ([ \t]*+)                                                   # 1 indent
    (?:
      [;\#][ \t]*+([^\r\n]*+)                                   # 2 comment
      | \[([^\]\r\n]*+)\][^\r\n]*+                              # 3 section
      | ([^\s=:;\#\[][^=:\r\n]*+)[=:][ \t]*+([^\r\n]*+)         # 4 key, 5 value
      | ([^\r\n]++)                                             # 6 anything else
    )?+\r?\n?+
    """,
    re.X,
)
_COMMENT, _SECTION, _KEY, _VALUE, _OTHER = range(2, 7)
_REST = re.compile(r"([^\r\n]*+)\r?+\n?+")
_TRAILING = re.compile(r"[ \t][;#][ \t]*+")


def entries(text: str) -> Iterator[Entry]:
    """Yield values (each line of one that runs over several), telling keys and comments."""
    return read(text, Stretch(0, len(text)))


def read(text: str, stretch: Stretch) -> Iterator[Entry]:
    """Yield the entries of one stretch."""
    root = frame = Frame(stretch.keys, stretch.links, stretch.depth)
    key = ""
    position = stretch.start
    while position < stretch.end:
        line = _LINE.match(text, position, stretch.end)
        if line is None or line.end() == position:
            position += 1
            continue
        position = line.end()
        continued = bool(line[1]) and key != ""
        if line[_COMMENT]:
            yield Entry(*line.span(_COMMENT), "comment", frame.keys, frame.links)
        elif line[_SECTION] is not None:
            frame = root.mapping(real(line[_SECTION].strip(" \t\"'")), line.start(_SECTION))
            key = ""
            if telling(frame.keys[-1]):
                yield Entry(*line.span(_SECTION), "key", root.keys, frame.links)
        elif line[_KEY] is not None and not continued:
            raw = line[_KEY].rstrip(" \t")
            key = real(raw)
            if telling(key):
                yield key_entry(line.start(_KEY), line.start(_KEY) + len(raw), frame)
            start, end = line.span(_VALUE)
            while position < stretch.end and text[end - 1] == "\\":  # systemd joins lines
                joined = _REST.match(text, position, stretch.end)
                end, position = (joined.end(1), joined.end()) if joined else (end, stretch.end)
            yield from _line(text, start, end, frame, key)
        elif line[_OTHER] or line[_KEY]:
            yield from _line(text, line.end(1), position, frame, key)


def _line(text: str, start: int, end: int, frame: Frame, key: str) -> Iterator[Entry]:
    trailing = _TRAILING.search(text, start, end)
    stop = trailing.start() if trailing else end
    stop = start + len(text[start:stop].rstrip(" \t\r\n"))
    start, stop = unquoted(text, start, stop)
    if key:
        yield from value(text, start, stop, frame, key)
    elif start < stop:
        yield Entry(start, stop, "value", frame.keys, frame.links)
        yield from inside(text, start, stop, frame.keys, frame.links)
    if trailing and (comment := text[trailing.end() : end].rstrip(" \t\r\n")):
        yield Entry(
            trailing.end(), trailing.end() + len(comment), "comment", frame.keys, frame.links
        )
