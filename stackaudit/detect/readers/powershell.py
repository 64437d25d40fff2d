"""PowerShell scripts, with positions: variables, words of commands, comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.detect.entry import Entry
from stackaudit.detect.readers.common import Stretch, inside, prefixes, real, telling
from stackaudit.detect.readers.embedded import is_json, nested
from stackaudit.detect.readers.words import Words

_TOKEN = re.compile(
    r"""
    <\#((?:[^\#]++|\#(?!>))*+)(?:\#>|\Z)                     # 1 comment
    | \#[ \t]*+([^\r\n]*+)                                   # 2 comment
    | @"[ \t]*+\r?\n((?:[^\n]++|\n(?!"@))*+)(?:\n"@|\Z)      # 3 here-string
    | @'[ \t]*+\r?\n((?:[^\n]++|\n(?!'@))*+)(?:\n'@|\Z)      # 4
    | "((?:[^"`]++|`[\s\S]|"")*+)"                           # 5 string
    | '((?:[^']++|'')*+)'                                    # 6
    | `\r?\n
    | (?<![\w$\])])\[[A-Za-z][\w.]{0,80}(?:\[\])?\](?=\$)               # the type of a variable
    | (\n|@?[{(]|[;|})]|&&|\|\|)                                  # 7 end of a command
    | \$(?:[A-Za-z]++:)?([A-Za-z_][A-Za-z0-9_.]*+)[ \t]*+\+?=(?!=)     # 8 variable
    | (--?[A-Za-z][A-Za-z0-9_-]*+)[:=]?                      # 9 flag
    | ([A-Za-z_][A-Za-z0-9_]*+)[ \t]*+=(?!=)                 # 10 key of a table, argument
    | ((?:[^ \t\r\n"'`;|{}()\#,=]++|`.|=)++)                 # 11 word
    """,
    re.X,
)
_END, _VARIABLE, _FLAG, _KEY, _WORD = range(7, 12)
_DIGIT = re.compile(r"[0-9]")
_ESCAPE = re.compile(r"`([\s\S])|\"\"|''")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}


def entries(text: str) -> Iterator[Entry]:
    """Yield values of variables and keys, words of commands, and comments."""
    return read(text, Stretch(0, len(text)))


def read(text: str, stretch: Stretch) -> Iterator[Entry]:
    """Yield the entries of one stretch."""
    words, name = Words(stretch.keys), ""
    links = (f"line:{stretch.start}", *stretch.links)
    for found in _TOKEN.finditer(text, stretch.start, stretch.end):
        kind = found.lastindex or 0
        if kind == _END:
            words, name = Words(stretch.keys), ""
            if found[_END] == "\n":
                links = (f"line:{found.end()}", *stretch.links)
        elif kind == _FLAG:
            words.flag(found[_FLAG])
        elif kind in (_VARIABLE, _KEY):
            name = found[kind]
            if telling(name):
                yield Entry(*found.span(kind), "key", stretch.keys, prefixes(name) + links)
        elif kind in (1, 2):
            if found[kind]:
                yield Entry(*found.span(kind), "comment", stretch.keys, links)
        elif kind:
            silent = not found[kind] or (
                kind == _WORD and not name and words.untouched and not _DIGIT.search(found[kind])
            )
            keys = (*stretch.keys, name) if name else words.keys(real(found[kind]))
            if not silent:
                yield from _value(text, found, kind, keys, prefixes(name) + links)


def _value(
    text: str, found: re.Match[str], kind: int, keys: tuple[str, ...], links: tuple[str, ...]
) -> Iterator[Entry]:
    raw = found[kind].removesuffix("\r")
    start, end = found.start(kind), found.start(kind) + len(raw)
    decoded = ""
    if ("`" in raw and kind != 6) or '""' in raw or "''" in raw:
        decoded = _ESCAPE.sub(
            lambda escape: _ESCAPED.get(escape[1], escape[1]) if escape[1] else escape[0][0],
            real(raw),
        )
    yield Entry(start, end, "value", keys, links, "", decoded)
    yield from inside(text, start, end, keys, links)
    if is_json(text, start, end):
        yield from nested(text, Stretch(start, end, keys, links))
