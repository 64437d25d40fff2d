"""CSV and TSV, with positions: one value per cell, under its column's name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from stackaudit.detect.entry import Entry
from stackaudit.detect.readers.common import Stretch, real

_MOST_CELLS = 400_000
_MOST_COLUMNS = 4096


def entries(text: str) -> Iterator[Entry]:
    """Yield every cell that is not empty, up to a bound; the first row names the columns."""
    return read(text, Stretch(0, len(text)))


def read(text: str, stretch: Stretch) -> Iterator[Entry]:
    """Yield the entries of one stretch."""
    end_of_first = text.find("\n", stretch.start, stretch.end)
    first = text[stretch.start : end_of_first if end_of_first >= 0 else stretch.end]
    separator = max(",;\t", key=first.count)
    header: list[str] = []
    column, in_header = 0, True
    links = (f"line:{stretch.start}", *stretch.links)
    for count, cell in enumerate(_cell(separator).finditer(text, stretch.start, stretch.end)):
        if count >= _MOST_CELLS:
            return
        kind = 1 if cell[1] is not None else 2
        start, end = cell.span(kind)
        raw = cell[kind]
        if in_header and column < _MOST_COLUMNS:
            header.append(real(raw.strip(" ")))
        name = header[column : column + 1] if not in_header else []
        if raw:
            decoded = real(raw.replace('""', '"')) if kind == 1 and '""' in raw else ""
            yield Entry(start, end, "value", (*stretch.keys, *name), links, "", decoded)
        column += 1
        if cell[3] != separator:
            column, in_header = 0, False
            links = (f"line:{cell.end()}", *stretch.links)


@lru_cache(maxsize=4)
def _cell(separator: str) -> re.Pattern[str]:
    return re.compile(
        rf'(?:"((?:[^"]++|"")*+)"[^{separator}\r\n]*+|([^{separator}\r\n]*+))({separator}|\r?\n|\r|\Z)'
    )
