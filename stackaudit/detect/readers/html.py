"""HTML documents, with positions: text, code, attributes and comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from stackaudit.detect.entry import Entry
from stackaudit.detect.readers.common import real

_TOKEN = re.compile(
    r"""
    <!--((?:[^-]++|-(?!->))*+)(?:-->|\Z)                          # 1 comment
    | <(/?)([A-Za-z][A-Za-z0-9:-]*+)((?:[^<>"']++|"[^"]*+"|'[^']*+'|["'])*+)>     # 2, 3, 4 tag
    | <[!?][^<>]*+>
    | ([^<\s][^<]*+)                                              # 5 text
    """,
    re.X,
)
_COMMENT, _TAG, _TEXT = 1, 4, 5
_ATTRIBUTE = re.compile(
    r"([A-Za-z_:@][^\s=\"'<>/]*+)[ \t\r\n]*+=[ \t\r\n]*+(?:\"([^\"]*+)\"|'([^']*+)')"
)
_LINE = re.compile(r"[^ \t\r\n][^\r\n]*+")
_CODE = frozenset({"code", "pre", "kbd", "samp", "script", "tt", "var"})
_RAW = re.compile(r"</(script|style)", re.I)
_NOT_PROSE = frozenset({"class", "id", "style", "d", "viewbox", "fill", "stroke", "integrity"})
_MOST_CODE = 64


def entries(text: str) -> Iterator[Entry]:
    """Yield prose, code (keys ``("code",)``), attributes (keys: tag, attribute) and comments."""
    code = 0
    position = 0
    while position >= 0:
        for found in _TOKEN.finditer(text, position):
            kind = found.lastindex
            if kind == _TEXT:
                yield from _lines(text, *found.span(_TEXT), code > 0)
            elif kind == _COMMENT:
                if found[_COMMENT].strip():
                    yield Entry(*found.span(_COMMENT), "comment")
            elif kind == _TAG:
                tag = found[3].lower()
                if found[2]:
                    code -= tag in _CODE and code > 0
                    continue
                yield from _attributes(text, found, tag)
                if tag in ("script", "style"):
                    end = _RAW.search(text, found.end())
                    stop = end.start() if end else len(text)
                    if tag == "script":
                        yield from _lines(text, found.end(), stop, True)
                    position = stop
                    break
                code += tag in _CODE and code < _MOST_CODE and not found[4].endswith("/")
        else:
            return


def _lines(text: str, start: int, end: int, code: bool) -> Iterator[Entry]:
    for line in _LINE.finditer(text, start, end):
        raw = line[0]
        decoded = unescape(real(raw)) if "&" in raw else ""
        yield Entry(line.start(), line.end(), "prose", ("code",) if code else (), (), "", decoded)


def _attributes(text: str, found: re.Match[str], tag: str) -> Iterator[Entry]:
    for attribute in _ATTRIBUTE.finditer(text, *found.span(_TAG)):
        name = attribute[1].lower()
        start, end = attribute.span(2 if attribute[2] is not None else 3)
        if start < end and name not in _NOT_PROSE:
            yield Entry(start, end, "prose", (tag, name))
