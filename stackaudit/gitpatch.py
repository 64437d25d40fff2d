"""Reads what git prints as a patch without context (``-U0``), line by line, in bounded memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, NamedTuple

#: Longer lines are cut: minified code and data.
LONGEST = 64 << 10
_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_CONTROLS = {
    b"n": b"\n",
    b"t": b"\t",
    b"r": b"\r",
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"v": b"\v",
}


class Hunk(NamedTuple):
    """Lines of one file that go, and lines that come from ``start`` on."""

    old: bytes
    """Path before; empty where there was none."""
    new: bytes
    start: int
    """Number of the first added line."""
    lines: int
    """How many lines are added."""
    removed: bytes
    added: bytes


def read(stream: IO[bytes]) -> Iterator[Hunk]:
    """Hunks, in order. Content is told from headers by counting, never by its looks."""
    old = new = b""
    for line in iter(lambda: _line(stream), b""):
        if line.startswith(b"--- "):
            old = _path(line[4:])
        elif line.startswith(b"+++ "):
            new = _path(line[4:])
        elif found := _HUNK.match(line):
            gone, start, come = (int(n) if n is not None else 1 for n in found.groups())
            removed, added = _body(stream, gone + come)
            yield Hunk(old, new, start, come, removed, added)


def _body(stream: IO[bytes], count: int) -> tuple[bytes, bytes]:
    removed, added = bytearray(), bytearray()
    while count > 0:
        line = _line(stream)
        if not line:
            break
        if line.startswith(b"\\"):  # "no newline at end of file" belongs to the line before
            continue
        (removed if line.startswith(b"-") else added).extend(line[1:])
        count -= 1
    return bytes(removed), bytes(added)


def _line(stream: IO[bytes]) -> bytes:
    """The next line, its end kept, its middle cut out where it is very long; empty at the end."""
    line = stream.readline(LONGEST)
    if line.endswith(b"\n") or len(line) < LONGEST:
        return line
    while (rest := stream.readline(LONGEST)) and not rest.endswith(b"\n"):
        pass
    return line + b"\n"


def _path(text: bytes) -> bytes:
    """A path behind ``---`` or ``+++``: without quotes and ``a/``; empty for none."""
    text = text.rstrip(b"\n").removesuffix(b"\t")
    if text.startswith(b'"'):
        text = _ESCAPE.sub(_escaped, text[1:].removesuffix(b'"'))
    return b"" if text == b"/dev/null" else text[2:]


def _escaped(found: re.Match[bytes]) -> bytes:
    code = found[1]
    if len(code) == 3:
        return bytes([int(code, 8) & 0xFF])
    return _CONTROLS.get(code, code)
