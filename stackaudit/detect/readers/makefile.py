"""Makefiles and justfiles, with positions: variables, and the commands of recipes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.detect.entry import Entry
from stackaudit.detect.readers import shell
from stackaudit.detect.readers.common import Stretch, inside, prefixes, telling
from stackaudit.detect.readers.frames import unquoted

_LINE = re.compile(
    r"""
    (?: [ ]*+\#[ \t]*+([^\r\n]*+)\n?                                # 1 comment
      | \t((?:[^\\\n]++|\\(?:\r\n|[\s\S]))*+)                        # 2 recipe line
      | [ ]*+(?:[A-Za-z0-9_./%-]++[ \t]*+:[ \t]++(?=[A-Za-z_][\w.-]*+[ \t]*+[?:+]*+=))?+
        (?:(?:export|override|define)[ \t]++)*+
        ([A-Za-z_][A-Za-z0-9_.-]*+)[ \t]*+(?:\?|:{1,3}|\+|!)?=[ \t]*+  # 3 variable
        ((?:[^\\\n\#]++|\\(?:\r\n|[\s\S])|(?<![ \t])\#)*+)           # 4 its value
      | [ ]{2,}+((?:[^\\\n]++|\\(?:\r\n|[\s\S]))++)                # 5 recipe line of just
      | [^\\\n;\#:]++:[^\\\n;\#=:]*+;[ \t]*+((?:[^\\\n]++|\\(?:\r\n|[\s\S]))++)  # 6 recipe
      | [^\\\n;\#:]++:[^\\\n;\#=:]*+\#++[ \t]*+([^\r\n]*+)                # 7 help
      | (?:[^\\\n]++|\\(?:\r\n|[\s\S]))++
    )?+\n?+
    """,
    re.X,
)
_FALLBACK = re.compile(r"\$\((?:or|if)[ ](?:[^\r\n,]{0,200}+,){1,4}+[ ]*+([^\s,()$]{1,200}+)\)")


def entries(text: str) -> Iterator[Entry]:
    """Yield values of variables and words of recipes' commands."""
    return read(text, Stretch(0, len(text)))


def read(text: str, stretch: Stretch) -> Iterator[Entry]:
    """Yield the entries of one stretch."""
    for line in _LINE.finditer(text, stretch.start, stretch.end):
        kind = line.lastindex or 0
        if kind in (1, 7) and line[kind]:
            yield Entry(*line.span(kind), "comment", stretch.keys, stretch.links)
        elif kind in (2, 5, 6):
            start = line.end(kind) - len(line[kind].lstrip("@-+ \t"))
            yield from shell.read(text, stretch._replace(start=start, end=line.end(kind)))
        elif line[4]:
            name = line[3]
            links = prefixes(name) + stretch.links
            keys = (*stretch.keys, name)
            if telling(name):
                yield Entry(*line.span(3), "key", stretch.keys, links)
            end = line.start(4) + len(line[4].rstrip(" \t\r"))
            yield Entry(*unquoted(text, line.start(4), end), "value", keys, links)
            yield from inside(text, line.start(4), end, keys, links)
            for fallback in _FALLBACK.finditer(text, line.start(4), end):
                yield Entry(*fallback.span(1), "value", keys, links)
