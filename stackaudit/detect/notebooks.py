"""Jupyter notebooks: the code of all cells as one source, the prose as another, no outputs."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from stackaudit.detect.readers import reader_for
from stackaudit.source import SourceFile

_MAX_CELLS = 5_000
#: A line given to the shell, with its continuations; some commands need no mark.
_SHELL_LINE = re.compile(
    r"^[ \t]*(?:[!%]|(?=(?:pip3?|conda|mamba|uv[ \t]+pip)[ \t]+install[ \t]))(?:[^\n\\]|\\.)*+",
    re.MULTILINE | re.DOTALL,
)
_ESCAPE = re.compile(rb"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u[0-9a-fA-F]{4}|\\.", re.DOTALL)
_KEEP_LINES = re.compile(r"[^\n]+")
_SHELL_CELL = ("%%bash", "%%sh", "%%script")


class _Piece(NamedTuple):
    """One JSON string of a cell's source."""

    at: int
    """Where it starts in the view's text."""
    start: int
    end: int
    """Its raw bounds in the notebook file."""


class View(SourceFile):
    """One kind of content, read as a file of its own; positions are those of the notebook."""

    __slots__ = ("_pieces", "_starts", "_whole")
    _whole: SourceFile
    _pieces: list[_Piece]
    _starts: list[int]

    def __init__(self, whole: SourceFile, language: str, data: bytes, pieces: list[_Piece]) -> None:
        SourceFile.__init__(self, whole.path, data, language)
        object.__setattr__(self, "_whole", whole)
        object.__setattr__(self, "_pieces", pieces)
        object.__setattr__(self, "_starts", [piece.at for piece in pieces])

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column in the notebook file of an offset in this view."""
        piece = self._pieces[max(0, bisect_right(self._starts, offset) - 1)]
        characters = len(self.data[piece.at : offset].decode("utf-8", "ignore"))
        at = _after(self._whole.data, piece.start, piece.end, characters)
        return self._whole.position(at)


def _after(raw: bytes, at: int, end: int, characters: int) -> int:
    """Offset in a raw JSON string after so many characters of its value."""
    for _ in range(characters):
        if at >= end:
            break
        if raw[at] == 0x5C:  # a backslash escape stands for one character
            escape = raw[at + 1 : at + 4].lower()
            # Characters beyond the basic plane are written as two escapes.
            pair = escape[:2] == b"ud" and escape[2:] in b"89ab"
            at += 12 if pair else 6 if escape[:1] == b"u" else 2
        else:
            at += 1
            while at < end and raw[at] & 0xC0 == 0x80:
                at += 1
    return min(at, end)


def views(source: SourceFile) -> Iterator[View]:
    """Code, shell commands and prose of a notebook; a broken one yields what is readable."""
    text = source.data.decode("latin-1")
    code, shell, prose = _Part(), _Part(), _Part()
    for kind, pieces in _cells(text):
        joined = "".join(value for value, _, _ in pieces)
        if kind != "code":
            prose.add(joined, pieces)
        elif joined.startswith(_SHELL_CELL):
            shell.add(joined, pieces)
        else:
            code.add(_SHELL_LINE.sub(_blank, joined), pieces)
            if _SHELL_LINE.search(joined):
                shell.add(_only_shell(joined), pieces)
    for part, language in ((code, "python"), (shell, "shell"), (prose, "markdown")):
        if part.pieces:
            yield View(source, language, b"".join(part.text), part.pieces)


class _Part:
    """The growing text of one view."""

    def __init__(self) -> None:
        self.text: list[bytes] = []
        self.pieces: list[_Piece] = []
        self._length = 0

    def add(self, joined: str, pieces: list[tuple[str, int, int]]) -> None:
        at = self._length
        for value, start, end in pieces:
            self.pieces.append(_Piece(at, start, end))
            at += len(_bytes(value))
        content = _bytes(joined)
        self.text += [content, b"\n\n"]
        self._length += len(content) + 2


def _cells(text: str) -> Iterator[tuple[str, list[tuple[str, int, int]]]]:
    """Kind of each cell, and the values and bounds of the strings of its source."""
    reader = reader_for("json")
    kinds: dict[str, str] = {}
    parts: dict[str, list[tuple[str, int, int]]] = {}
    for entry in reader(text) if reader else ():
        if entry.region != "value" or entry.keys[:1] not in (("cells",), ("worksheets",)):
            continue
        link = entry.links[0] if entry.links else ""
        if entry.keys[-1] in ("source", "input") and "outputs" not in entry.keys:
            plain = text[entry.start : entry.end].encode("latin-1").decode("utf-8", "replace")
            value = entry.text or plain
            parts.setdefault(link, []).append((value, entry.start, entry.end))
            if len(parts) > _MAX_CELLS:
                return
        elif entry.keys[-1] == "cell_type":
            kinds[link] = text[entry.start : entry.end]
    for link, pieces in parts.items():
        yield kinds.get(link, "code"), pieces


def _bytes(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")


def _blank(found: re.Match[str]) -> str:
    return _KEEP_LINES.sub(_spaces, found[0])


def _spaces(found: re.Match[str]) -> str:
    return " " * len(_bytes(found[0]))


def _only_shell(text: str) -> str:
    """The shell lines of a cell without their mark, everything else blank."""
    kept, end = [], 0
    for found in _SHELL_LINE.finditer(text):
        begin = found.end() - len(found[0].lstrip(" \t"))
        begin += text[begin : begin + 1] in ("!", "%")
        kept.append(_KEEP_LINES.sub(_spaces, text[end:begin]))
        kept.append(text[begin : found.end()])
        end = found.end()
    return "".join(kept) + _KEEP_LINES.sub(_spaces, text[end:])
