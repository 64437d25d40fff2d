"""Command files of Windows, with positions: variables, words of commands, comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.detect.entry import Entry
from stackaudit.detect.readers.common import Stretch, lines, prefixes, real, telling
from stackaudit.detect.readers.embedded import is_json, quoted
from stackaudit.detect.readers.words import Words

_LINE = re.compile(
    r"""
    [ \t\r\n@(]*+
    (?: (?:rem(?=[ \t])|::)[ \t]*+([^\r\n]*+)                            # 1 comment
      | set(?:x|[ \t]++/[ap])?[ \t]++ (?: "([A-Za-z_]\w*+)=([^"\r\n]*+)"?+       # 2, 3 variable
          | ([A-Za-z_]\w*+)(?:=|[ \t]++)"?+([^"\r\n&|]*+)"?+ )           # 4, 5
      | ((?:\^\r?\n|[^\n])++)                                            # 6 command
    )?+
    """,
    re.X | re.I,
)
_WORD = re.compile(r'"((?:[^"\\\r\n]++|\\.)*+)"?|([&|()\r\n^<>]++)|([^\s"&|()^<>]++)')
_FLAG = re.compile(r"(-{1,2}[A-Za-z][\w.-]*+)(=)?")


def entries(text: str) -> Iterator[Entry]:
    """Yield values of variables, words of commands (the flag before each in its keys), comments."""
    return read(text, Stretch(0, len(text)))


def read(text: str, stretch: Stretch) -> Iterator[Entry]:
    """Yield the entries of one stretch."""
    for line in lines(_LINE, text, stretch):
        links = (f"line:{line.start()}", *stretch.links)
        kind = line.lastindex or 0
        if kind == 1 and line[1]:
            yield Entry(*line.span(1), "comment", stretch.keys, links)
        elif kind in (3, 5):
            yield from _variable(text, line, kind, stretch._replace(links=links))
        elif kind == 6:
            command = stretch._replace(start=line.start(6), end=line.end(6), links=links)
            yield from _command(text, command)


def _variable(text: str, line: re.Match[str], kind: int, stretch: Stretch) -> Iterator[Entry]:
    name = line[kind - 1]
    links = prefixes(name) + stretch.links
    if telling(name):
        yield Entry(*line.span(kind - 1), "key", stretch.keys, links)
    start = line.start(kind)
    end = start + len(line[kind].rstrip(" \t"))
    if start < end:
        yield Entry(start, end, "value", (*stretch.keys, name), links)


def _command(text: str, stretch: Stretch) -> Iterator[Entry]:
    words = Words(stretch.keys)
    for found in _WORD.finditer(text, stretch.start, stretch.end):
        kind = found.lastindex or 0
        raw = found[kind]
        start, end = found.span(kind)
        if kind == 2:
            if "^" not in raw:  # a caret joins lines
                words = Words(stretch.keys)
            continue
        if kind == 3 and (flag := _FLAG.match(raw)):
            if not flag[2]:
                words.flag(raw)
                continue
            keys = words.under(flag[1])
            start += flag.end()
        else:
            keys = words.keys(real(raw).removesuffix(".exe"))
        if start < end:
            yield Entry(start, end, "value", keys, stretch.links)
            if kind == 1 and is_json(text, start, end):
                inner = Stretch(start, end, keys, stretch.links, stretch.depth)
                yield from quoted(text, inner)
