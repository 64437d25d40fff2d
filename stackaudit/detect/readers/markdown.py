"""Markdown, with positions: prose and code told apart, front matter as the settings it is."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator

from stackaudit.detect.entry import Entry
from stackaudit.detect.readers import toml, yaml
from stackaudit.detect.readers.common import Stretch

_FRONT = re.compile(r"(?:\n\n\n)?(?:---[ \t]*+\r?\n|(\+\+\+)[ \t]*+\r?\n)")
_YAML_END = re.compile(r"\n(?:---|\.\.\.)[ \t]*+(?:\r?\n|\Z)")
_TOML_END = re.compile(r"\n\+\+\+[ \t]*+(?:\r?\n|\Z)")
_MARK = r"!--|/?[A-Za-z][A-Za-z0-9]*+[ ]?/?>|[a-z]++://"
_TOKEN = re.compile(
    rf"""
    (?<![^\n])[ \t>]*+(```++|~~~++)([^\r\n`]*+)(?=\r?\n|\Z)         # 1 fence, 2 its language
    | <!--((?:[^-]++|-(?!->))*+)(?:-->|\Z)                        # 3 comment
    | (?<!`)`++([^`\n]++)`++                                           # 4 code in a line
    | </?[A-Za-z][A-Za-z0-9]*+[ ]?/?>                             # a tag that says nothing
    | <([a-z]++://[^ <>\r\n]++)>                                  # 5 address
    | ([^ \t\r\n`<](?:[^\r\n`<]++|<(?!{_MARK}))*+|<(?!!--)(?:[^\r\n`<]++|<(?!{_MARK}))*+)  # 6
    """,
    re.X,
)
_FENCE, _COMMENT, _CODE = 2, 3, 4
_LINE = re.compile(r"[^ \t\r\n][^\r\n]*+")


def entries(text: str) -> Iterator[Entry]:
    """Yield settings of the front matter, prose, code (keys ``("code",)``) and comments."""
    position = 0
    front = _FRONT.match(text)
    if front:
        pattern, read = (_TOML_END, toml.read) if front[1] else (_YAML_END, yaml.read)
        end = pattern.search(text, front.end() - 1)
        if end:
            yield from read(text, Stretch(front.end(), max(front.end(), end.start() + 1)))
            position = end.end()
    while position < len(text):
        for found in _TOKEN.finditer(text, position):
            kind = found.lastindex
            if kind == _FENCE:
                position = yield from _fenced(text, found)
                break
            span = found.span(kind or 0)
            if kind == _COMMENT:
                if span[0] < span[1]:
                    yield Entry(*span, "comment")
            else:
                yield Entry(*span, "prose", ("code",) if kind == _CODE else ())
        else:
            return


def _fenced(text: str, fence: re.Match[str]) -> Generator[Entry, None, int]:
    """Yield the lines of a fenced block; return the offset behind its closing fence."""
    mark = fence[1]
    for line in _LINE.finditer(text, fence.end()):
        bare = line[0].lstrip("> \t")
        if bare.startswith(mark) and not bare.strip(mark[0] + " \t"):
            return line.end()
        yield Entry(line.start(), line.end(), "prose", ("code",))
    return len(text)
