"""Modelfiles (recipes for a local model runner), with positions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.detect.entry import Entry
from stackaudit.detect.readers.common import Stretch

_LINE = re.compile(
    r"""
    [ \t\r\n]*+
    (?: \#[ \t]*+([^\r\n]*+)                                                # 1 comment
      | (PARAMETER|MESSAGE)[ \t]++([A-Za-z_]++)[ \t]++ (?:"([^"\n]*+)"|([^\r\n]*+))   # 2, 3; 4, 5
      | (FROM|ADAPTER|DRAFT)[ \t]++ (?:"([^"\n]*+)"|([^\r\n]*+))            # 6; 7, 8
      | ([A-Z]{4,})[ \t]++                                                  # 9
        (?:\"\"\"((?:[^"]++|"(?!""))*+)(?:\"\"\"|\Z)|([^\r\n]*+))             # 10, 11
      | [^\n]*+ )
    """,
    re.X | re.I,
)


def entries(text: str) -> Iterator[Entry]:
    """Yield the model, adapter and parameters as values, templates and messages as prose."""
    return read(text, Stretch(0, len(text)))


def read(text: str, stretch: Stretch) -> Iterator[Entry]:
    """Yield the entries of one stretch."""
    for line in _LINE.finditer(text, stretch.start, stretch.end):
        kind = line.lastindex or 0
        if not kind:
            continue
        start = line.start(kind)
        end = start + len(line[kind].rstrip(" \t\r\n"))
        if kind == 1:
            region, keys = "comment", stretch.keys
        elif kind in (4, 5):
            keys = (*stretch.keys, line[2].upper(), line[3])
            region = "value" if line[2].upper() == "PARAMETER" else "prose"
        elif kind in (7, 8):
            region, keys = "value", (*stretch.keys, line[6].upper())
        else:
            region, keys = "prose", (*stretch.keys, line[9].upper())
        if start < end:
            yield Entry(start, end, region, keys, stretch.links)
