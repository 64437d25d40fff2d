"""Jupyter notebooks: the code of all cells as one source, the prose as another, outputs not at all."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from stackaudit.detect.readers import reader_for
from stackaudit.source import SourceFile

_MAX_CELLS = 5_000
#: A line given to the shell, with its continuations.
_SHELL_LINE = re.compile(r"^[ \t]*[!%](?:[^\n\\]|\\.)*+", re.MULTILINE | re.DOTALL)
_SHELL_CELL = ("%%bash", "%%sh", "%%script")


class _Piece(NamedTuple):
    """One JSON string of a cell's source."""

    at: int
    """Where it starts in the view's text."""
    start: int
    end: int
    """Its raw bounds in the notebook file."""


class View(SourceFile):
    """One kind of content of a notebook, read as a file of its own; positions are the notebook's."""

    __slots__ = ("_pieces", "_starts", "_whole")

    def __init__(
        self, whole: SourceFile, language: str, data: bytes, pieces: list[_Piece]
    ) -> None:
        SourceFile.__init__(self, whole.path, data, language)
        object.__setattr__(self, "_whole", whole)
        object.__setattr__(self, "_pieces", pieces)
        object.__setattr__(self, "_starts", [piece.at for piece in pieces])

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column in the notebook file of an offset in this view."""
        piece = self._pieces[max(0, bisect_right(self._starts, offset) - 1)]
        raw = self._whole.data
        at, left = piece.start, offset - piece.at
        while left > 0 and at < piece.end:
            if raw[at] == 0x5C:  # a backslash escape stands for one character
                at += 6 if raw[at + 1 : at + 2] == b"u" else 2
            else:
                at += 1
            left -= 1
        return self._whole.position(min(at, piece.end))


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
            yield View(source, language, "".join(part.text).encode("latin-1"), part.pieces)


class _Part:
    """The growing text of one view."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.pieces: list[_Piece] = []
        self._length = 0

    def add(self, joined: str, pieces: list[tuple[str, int, int]]) -> None:
        at = self._length
        for value, start, end in pieces:
            self.pieces.append(_Piece(at, start, end))
            at += len(value)
        self.text += [joined, "\n\n"]
        self._length += len(joined) + 2


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
            value = _narrow(entry.text) or text[entry.start : entry.end]
            parts.setdefault(link, []).append((value, entry.start, entry.end))
            if len(parts) > _MAX_CELLS:
                return
        elif entry.keys[-1] == "cell_type":
            kinds[link] = text[entry.start : entry.end]
    for link, pieces in parts.items():
        yield kinds.get(link, "code"), pieces


def _narrow(value: str) -> str:
    """Escaped characters beyond latin-1 as one placeholder each, so that lengths stay."""
    return value.encode("latin-1", "replace").decode("latin-1")


def _blank(found: re.Match[str]) -> str:
    return "".join("\n" if character == "\n" else " " for character in found[0])


def _only_shell(text: str) -> str:
    """The shell lines of a cell without their mark, everything else blank."""
    kept, end = [], 0
    for found in _SHELL_LINE.finditer(text):
        mark = text.find("!", found.start(), found.end())
        mark = mark if mark >= 0 else text.find("%", found.start(), found.end())
        kept.append(re.sub(r"[^\n]", " ", text[end : mark + 1]))
        kept.append(text[mark + 1 : found.end()])
        end = found.end()
    return "".join(kept) + re.sub(r"[^\n]", " ", text[end:])
