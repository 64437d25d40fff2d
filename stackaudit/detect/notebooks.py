"""Jupyter notebooks: every code cell read as source, every other cell as prose, outputs not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from stackaudit.detect import code
from stackaudit.detect.entry import Entry
from stackaudit.detect.readers import reader_for

_MAX_CELLS = 5_000
#: A line given to the shell, with its continuations.
_SHELL_LINE = re.compile(r"^[ \t]*[!%](?P<command>(?:[^\n\\]|\\.)*+)", re.MULTILINE | re.DOTALL)


class _Line(NamedTuple):
    """One JSON string of a cell's source."""

    at: int
    """Where it starts in the cell's text."""
    start: int
    end: int
    """Its raw bounds in the notebook file."""


class Cell(NamedTuple):
    """One cell with the way back from its text to the file."""

    kind: str
    text: str
    lines: tuple[_Line, ...]


def cells(text: str) -> Iterator[Cell]:
    """The cells of a notebook given as latin-1 text; a broken one yields what is readable."""
    reader = reader_for("json")
    if reader is None:
        return
    kinds: dict[str, str] = {}
    parts: dict[str, list[Entry]] = {}
    for entry in reader(text):
        if entry.region != "value" or not entry.keys or entry.keys[0] not in ("cells", "worksheets"):
            continue
        if entry.keys[-1] in ("source", "input") and "outputs" not in entry.keys:
            parts.setdefault(entry.links[0] if entry.links else "", []).append(entry)
        elif entry.keys[-1] == "cell_type":
            kinds[entry.links[0] if entry.links else ""] = text[entry.start : entry.end]
        if len(parts) > _MAX_CELLS:
            break
    for link, entries in parts.items():
        lines, at, joined = [], 0, []
        for entry in entries:
            value = entry.text or _real(text[entry.start : entry.end])
            lines.append(_Line(at, entry.start, entry.end))
            joined.append(value)
            at += len(value)
        yield Cell(kinds.get(link, "code"), "".join(joined), tuple(lines))


def entries(text: str) -> Iterator[Entry]:
    """Entries of all cells, with offsets into the notebook file."""
    for number, cell in enumerate(cells(text)):
        if cell.kind != "code":
            for line in cell.lines:
                value = _real(text[line.start : line.end])
                yield Entry(line.start, line.end, "prose", (), (), "", value)
            continue
        for entry in _of_code(cell.text):
            start = _raw(text, cell, entry.start)
            end = max(start, _raw(text, cell, entry.end))
            value = entry.text or cell.text[entry.start : entry.end]
            links = tuple(f"{link}@{number}" for link in entry.links)
            yield entry._replace(start=start, end=end, links=links, text=value)


def _of_code(text: str) -> Iterator[Entry]:
    """Entries of a code cell: shell lines as commands, the rest as Python."""
    shell = reader_for("shell")
    if text.startswith(("%%bash", "%%sh", "%%script")) and shell:
        yield from shell(text)
        return
    plain = _SHELL_LINE.sub(lambda found: " " * len(found[0]), text)
    for found in _SHELL_LINE.finditer(text) if shell else ():
        for entry in shell(found["command"]):
            at = found.start("command")
            yield entry._replace(start=entry.start + at, end=entry.end + at)
    yield from code.entries(plain, "python", None)


def _raw(text: str, cell: Cell, offset: int) -> int:
    """File offset of an offset in a cell's text, through JSON escapes."""
    line = next((item for item in reversed(cell.lines) if item.at <= offset), cell.lines[0])
    at, left = line.start, offset - line.at
    while left > 0 and at < line.end:
        if text[at] == "\\":
            pair = re.match(r"\\u[dD][89abAB]..\\u", text[at : at + 8])
            at += 12 if pair else 6 if text[at + 1 : at + 2] == "u" else 2
        else:
            at += 1
            while at < line.end and "\x80" <= text[at] < "\xc0":  # the rest of a character
                at += 1
        left -= 1
    return min(at, line.end)


def _real(text: str) -> str:
    """Real text of latin-1 text of UTF-8 bytes."""
    return text.encode("latin-1").decode("utf-8", "replace")
