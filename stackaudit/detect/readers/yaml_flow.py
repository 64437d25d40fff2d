"""Flow collections of YAML (``{a: b, c: [d]}``), with positions."""

from __future__ import annotations

import re
from collections.abc import Generator

from stackaudit.detect.entry import Entry
from stackaudit.detect.readers import yaml_scalar
from stackaudit.detect.readers.common import real, telling
from stackaudit.detect.readers.frames import Frame, Nesting, key_entry

_TOKEN = re.compile(
    r"""
    "([^"\\]*+(?:\\[\s\S][^"\\]*+)*+)"([ \t]*+:)?+        # 1, 2 it is a key
    | '([^']*+(?:''[^']*+)*+)'([ \t]*+:)?+                # 3, 4
    | (\{(?!\{)|\[)                                       # 5
    | ([}\]])                                             # 6
    | (,)                                                 # 7
    | (?<=[ \t\n])\#[ \t]*+([^\r\n]*+)                    # 8 comment
    | (\n[ \t\r\n]*+)                                     # 9
    | (?![ \t\r:?])((?:\{\{[^{}\n]*+\}\}|[$]\{[^{}\n]*+\}|[^,\[\]{}\r\n:\#]++
        |:(?![ \t\r\n,\[\]{}]|\Z)|(?<![ \t])\#)++)(:)?+   # 10 plain, 11
    """,
    re.X,
)
_DOUBLE, _DOUBLE_KEY, _SINGLE, _SINGLE_KEY, _OPEN, _CLOSE, _COMMA, _COMMENT, _NEWLINE = range(1, 10)
_PLAIN, _PLAIN_KEY = 10, 11
_BLOCK_LINE = re.compile(r"- |---|[A-Za-z_][A-Za-z0-9_ .-]*+:(?=[ \r\n])")


def flow(
    text: str, start: int, end: int, around: Frame, key: tuple[str | None, int], column: int
) -> Generator[Entry, None, int]:
    """Yield the entries of the collection at ``start``; return the offset behind it.

    ``key``: the key it stands under and that key's offset. ``column``: of the block around it,
    negative when there is none; a block's line at or before it ends a collection left open.
    """
    reading = _Flow(text, around, key)
    for found in _TOKEN.finditer(text, start, end):
        kind = found.lastindex or 0
        if kind == _NEWLINE:
            line = found.end()
            indent = line - text.rfind("\n", found.start(), line) - 1
            if indent <= column and _BLOCK_LINE.match(text, line, end):
                yield from reading.finish()
                return line - indent
        elif kind == _COMMENT:
            yield Entry(*found.span(_COMMENT), "comment", reading.frame.keys, reading.frame.links)
        elif kind == _PLAIN or (reading.held and kind in (_DOUBLE, _SINGLE)):
            reading.hold(found)
        else:
            yield from reading.finish()
            yield from reading.token(found, kind)
            if not reading.stack and kind == _CLOSE:
                return found.end()
    yield from reading.finish()
    return end


class _Flow(Nesting):
    """The open collections, and the plain scalar that may go on at the next line."""

    def __init__(self, text: str, around: Frame, key: tuple[str | None, int]) -> None:
        super().__init__(text, around, key)
        self.held: tuple[int, int] | None = None

    def hold(self, found: re.Match[str]) -> None:
        start = self.held[0] if self.held else found.start()
        self.held = (start, found.end())

    def finish(self) -> Generator[Entry, None, None]:
        """Yield the plain scalar that is now known to be complete."""
        if self.held:
            start, end = self.held
            self.held = None
            raw = self.text[start:end].rstrip(" \t\r\n")
            decoded = yaml_scalar.plain(raw) if "\n" in raw else ""
            yield from self.scalar(start, start + len(raw), decoded)

    def token(self, found: re.Match[str], kind: int) -> Generator[Entry, None, None]:
        """Take anything but a plain scalar, a comment and a line break."""
        if kind == _OPEN:
            self.open(found[_OPEN], found.start())
        elif kind == _CLOSE:
            self.close()
        elif kind == _COMMA:
            self.key = (None, 0)
        elif kind in (_DOUBLE, _SINGLE):
            start, end = found.span(kind)
            yield from self.scalar(start, end, decoded(self.text, start, end))
        else:
            start, end = found.span(kind - 1)
            name = decoded(self.text, start, end) or real(self.text[start:end])
            self.key = (name.strip(" \t"), start)
            if telling(self.key[0] or ""):
                yield key_entry(start, end, self.frame)


def decoded(text: str, start: int, end: int) -> str:
    """Return a quoted scalar's text where it differs from the bytes in [start, end)."""
    raw = text[start:end]
    if text[start - 1] == "'":
        return yaml_scalar.single_quoted(raw) if "'" in raw or "\n" in raw else ""
    if text[start - 1] == '"':
        return yaml_scalar.double_quoted(raw) if "\\" in raw or "\n" in raw else ""
    return ""
