"""Quoted values without their escapes, with the way back to where each character was written."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from stackaudit.detect.entry import Entry
from stackaudit.detect.readers.common import ESCAPED, character, code_units, real

_ESCAPE = re.compile(
    r"\\u([0-9A-Fa-f]{4})(?:\\u([Dd][C-Fc-f][0-9A-Fa-f]{2}))?+|\\x([0-9A-Fa-f]{2})|\\(\r?\n|[\s\S])"
)


def unescape(raw: str) -> str:
    """Return the text of a string's inside as written in a file decoded as latin-1."""
    return _ESCAPE.sub(_character, real(raw))


def _character(found: re.Match[str]) -> str:
    unit, low, byte, other = found.groups()
    if unit:
        return code_units(unit, low)
    if byte:
        return character(byte)
    return "" if other in ("\n", "\r\n") else ESCAPED.get(other, other)


class Unescaped:
    """The inside of a quoted value as a text of its own, decoded as latin-1 like a file."""

    def __init__(self, text: str, start: int, end: int) -> None:
        """``text[start:end]`` is the inside as written."""
        self._raw = text
        self._plain_at = [0]
        self._raw_at = [start]
        parts: list[str] = []
        length, position = 0, start
        for found in _ESCAPE.finditer(text, start, end):
            meant = _character(found).encode("utf-8", "replace").decode("latin-1")
            parts += (text[position : found.start()], meant)
            length += found.start() - position + len(meant)
            position = found.end()
            self._plain_at.append(length)
            self._raw_at.append(position)
        self.text = "".join((*parts, text[position:end]))

    def _back(self, offset: int) -> int:
        run = bisect_right(self._plain_at, offset) - 1
        return self._raw_at[run] + offset - self._plain_at[run]

    def back(self, entries: Iterable[Entry], links: tuple[str, ...]) -> Iterator[Entry]:
        """Yield entries of ``self.text`` as entries of the file; ``links``: those around it."""
        for entry in entries:
            start, end = self._back(entry.start), self._back(entry.end)
            own = entry.links[: len(entry.links) - len(links)]
            scopes = tuple(f"{link}@{self._raw_at[0]}" for link in own)
            written = self.text[entry.start : entry.end]
            decoded = entry.text or ("" if written == self._raw[start:end] else real(written))
            yield entry._replace(start=start, end=end, links=scopes + links, text=decoded)
