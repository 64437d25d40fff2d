"""A tolerant, linear scan of block YAML that keeps positions; flow collections stay one value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

#: A lock file's hashes and engines: half of its lines, and no package.
_LINE = re.compile(
    r"""^[ ]++(?:resolution|engines|cpu|os):[ ][^\n]*+
      | ^(?P<indent>[ ]*+)(?P<dash>-[ ]++)?+
        (?:(?P<key>"[^"\n]*+"|'[^'\n]*+'|[^\s"'\#{\[&*!|>%@`][^\n\#:]*+(?::(?!\s)[^\n\#:]*+)*+)
           [ \t]*+:(?=\s|\Z))?+
        [ \t]*+(?P<value>[^\n\r]*+)""",
    re.MULTILINE | re.VERBOSE,
)
_SCALAR = re.compile(
    r""""(?P<double>[^"\n]*+)" | '(?P<single>[^'\n]*+)'
      | (?P<plain>[^\s\#]\S*+(?:[ \t]++[^\s\#]\S*+)*+)""",
    re.VERBOSE,
)


class Line(NamedTuple):
    """One ``key: value``, ``- value`` or ``- key: value``."""

    parents: list[str]
    """Keys of the lines it is nested in, outermost first. Live: do not keep."""
    key: str
    """Empty for a plain list item."""
    key_start: int
    start: int
    end: int
    """The value with its quotes and comment, to the end of the line; see ``scalar``."""


def scan(text: str) -> Iterator[Line]:
    """Yield the lines that hold something, in order."""
    parents: list[str] = []
    indents: list[int] = []
    for match in _LINE.finditer(text):
        key, dash = match["key"], match["dash"]
        if key is None and dash is None:
            continue
        indent = match.end("indent") - match.start()
        # A list may stand at the indent of its key.
        while indents and (indents[-1] > indent or (indents[-1] == indent and dash is None)):
            indents.pop()
            parents.pop()
        if key is None:
            yield Line(parents, "", -1, *match.span("value"))
            continue
        start = match.start("key")
        if key[0] in "\"'":
            key, start = key[1:-1], start + 1
        yield Line(parents, key, start, *match.span("value"))
        parents.append(key)
        indents.append(indent + len(dash or ""))


def scalar(text: str, start: int, end: int) -> tuple[str, int]:
    """Return a scalar without quotes and comment, and where it begins."""
    match = _SCALAR.match(text, start, end)
    if not match or not match.lastgroup:
        return "", start
    return match[match.lastgroup], match.start(match.lastgroup)
