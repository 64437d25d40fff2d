"""reStructuredText, with positions: prose, code and comments told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.detect.entry import Entry

_LINE = re.compile(r"(?<![^\n])([ \t]*+)([^ \t\r\n][^\r\n]*+)")
_DIRECTIVE = re.compile(
    r"\.\.[ \t]+(?:([A-Za-z][A-Za-z0-9_.+-]*+(?::[A-Za-z0-9_.+-]++)*+)::|[_|\[])"
)
_WORD = re.compile(r"[^\x00-/:-@\[-`{-\x7f]")
_CODE_DIRECTIVES = frozenset(
    {"code", "code-block", "sourcecode", "literalinclude", "parsed-literal", "prompt", "console"}
)
_PIECE = re.compile(r"``([^`\n]++)``|((?:[^`\n]++|`(?!`))++)")


def entries(text: str) -> Iterator[Entry]:
    """Yield prose, code (keys ``("code",)``) and comments, line by line."""
    indent, inside = -1, ""
    for line in _LINE.finditer(text):
        width, raw = len(line[1].expandtabs(8)), line[2]
        start, end = line.span(2)
        if indent >= 0 and width > indent:
            if inside == "comment":
                yield Entry(start, end, "comment")
            else:
                yield Entry(start, end, "prose", ("code",))
            continue
        indent = -1
        if not _WORD.search(raw):
            continue  # the line under a title
        if raw.startswith(".."):
            directive = _DIRECTIVE.match(raw)
            if directive is None:
                indent, inside = width, "comment"
                start += len(raw) - len(raw.lstrip(". \t"))
                if start < end:
                    yield Entry(start, end, "comment")
                continue
            if directive[1] in _CODE_DIRECTIVES:
                indent, inside = width, "code"
        elif raw.endswith("::"):
            indent, inside = width, "code"
        yield from _pieces(text, start, end)


def _pieces(text: str, start: int, end: int) -> Iterator[Entry]:
    for piece in _PIECE.finditer(text, start, end):
        kind = piece.lastindex or 0
        raw = piece[kind].rstrip(" \t")
        begin = piece.start(kind) + len(raw) - len(raw.lstrip(" \t"))
        if raw.strip(" \t"):
            stop = piece.start(kind) + len(raw)
            yield Entry(begin, stop, "prose", ("code",) if kind == 1 else ())
