"""Lines of styled text and tables that fit a width; knows nothing of what they say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from stackaudit.report.text import cells, wrap


class Span(NamedTuple):
    """A piece of one line. ``style`` is a role (``title``, ``dim``, ``high``), never a colour."""

    text: str
    style: str = ""


Line = tuple[Span, ...]


class Row(NamedTuple):
    """One row of a table: a span a column, and a remark that runs below over the whole width."""

    cells: Sequence[Span]
    note: str = ""


_GAP = 2
_NARROWEST = 8
#: What the first column keeps where there is room: most identifiers, to be searched for and copied.
_KEPT = 48
#: ... and what that leaves to every other column.
_FAIR = 15
#: Prose is harder to read on longer lines than this, however wide the terminal.
PROSE = 110


def line(*spans: Span | str) -> Line:
    """A line of spans; plain strings have no style."""
    return tuple(Span(span) if isinstance(span, str) else span for span in spans)


def paragraph(text: str, width: int, indent: int, style: str = "") -> list[Line]:
    """``text`` wrapped to ``width`` cells, every line indented; web addresses stay whole."""
    pad = " " * indent
    room = max(min(width, PROSE) - indent, 20)
    return [line(pad, Span(row, style)) for row in wrap(text, room, addresses=True)]


def labelled(label: str, text: str, width: int, indent: int, style: str = "") -> list[Line]:
    """A label standing in the margin of ``indent`` cells left of its wrapped text."""
    first, *rest = paragraph(text, width, indent, style)
    return [line(Span(label.ljust(indent), "label"), *first[1:]), *rest]


def heading(title: str, text: str, width: int) -> list[Line]:
    """A section's title and what it holds in brief, below it where both do not fit a line."""
    if not text:
        return [line(Span(title, "title"))]
    if cells(title) + _GAP + cells(text) <= width:
        return [line(Span(title, "title"), f"  {text}")]
    return [*paragraph(title, width, 0, "title"), *paragraph(text, width, 2)]


def table(headers: Sequence[str], rows: Sequence[Row], width: int) -> list[Line]:
    """Rows under aligned headers, indented by two, nothing wider than ``width``."""
    head = [Span(text, "label") for text in headers]
    columns = _columns([head, *(row.cells for row in rows)], width - 2)
    lines = _row(head, columns)
    for row in rows:
        lines += _row(row.cells, columns)
        lines += paragraph(row.note, width, 4, "dim") if row.note else []
    return lines


def _columns(rows: Sequence[Sequence[Span]], width: int) -> list[int]:
    """Widths of the columns: as wide as their text, else the widest give way; names last."""
    widths = [max(cells(row[index].text) for row in rows) for index in range(len(rows[0]))]
    spare = width - _GAP * (len(widths) - 1)
    kept = min(_KEPT, spare * 3 // 5, spare - _FAIR * (len(widths) - 1))
    least = [max(kept, _NARROWEST), *[_NARROWEST] * (len(widths) - 1)]
    while sum(widths) > spare:
        wide = [index for index, value in enumerate(widths) if value > least[index]]
        if not wide:
            break
        widths[max(wide, key=widths.__getitem__)] -= 1
    return widths


def _row(row: Sequence[Span], columns: Sequence[int]) -> list[Line]:
    parts = [wrap(span.text, width, indent=2) for span, width in zip(row, columns, strict=True)]
    lines = []
    for height in range(max(map(len, parts))):
        spans: list[Span] = [Span("  ")]
        for span, texts, width in zip(row, parts, columns, strict=True):
            text = texts[height] if height < len(texts) else ""
            spans += [Span(text, span.style), Span(" " * (width - cells(text) + _GAP))]
        lines.append(_stripped(spans))
    return lines


def _stripped(spans: list[Span]) -> Line:
    while spans and not spans[-1].text.strip():
        spans.pop()
    return tuple(spans)
