"""TOML, with positions: strings and bare values under table and key."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator

from stackaudit.detect.entry import Entry
from stackaudit.detect.readers.common import ESCAPED, MAX_DEPTH, Stretch, character, real, telling
from stackaudit.detect.readers.frames import Frame, Nesting, key_entry

_NAME = r"(?:[A-Za-z0-9_-]++|\"[^\"\\\n]*+(?:\\.[^\"\\\n]*+)*+\"|'[^'\n]*+')"
_NAMES = rf"{_NAME}(?:[ \t]*+\.[ \t]*+{_NAME})*+"
_TOKEN = re.compile(
    rf"""
    ({_NAMES})[ \t]*+=                                                    # 1 key
    | \"\"\"\r?\n?((?:[^"\\]++|\\[\s\S]|"(?!""(?!")))*+)(?:\"\"\"|\Z)         # 2
    | '''\r?\n?((?:[^']++|'(?!''(?!')))*+)(?:'''|\Z)                          # 3
    | "([^"\\\n]*+(?:\\.[^"\\\n]*+)*+)"?+                                 # 4
    | '([^'\n]*+)'?+                                                      # 5
    | ([\[{{])                                                            # 6
    | ([\]}}])                                                            # 7
    | \#[ \t]*+([^\r\n]*+)                                                # 8
    | (\n)                                                                # 9
    | (,)                                                                 # 10
    | ([^ \t\r\n"'\[\]{{}}\#,=][^\r\n"'\[\]{{}}\#,=]*+)                   # 11 bare
    """,
    re.X,
)
_KEY, _LONG_BASIC, _LONG_LITERAL, _BASIC, _LITERAL, _OPEN, _CLOSE, _COMMENT, _NEWLINE = range(1, 10)
_COMMA, _BARE = 10, 11
_HEADER = re.compile(rf"[ \t]*+(\[\[?+)[ \t]*+({_NAMES})[ \t]*+\]\]?+")
_PART = re.compile(_NAME)
_ESCAPE = re.compile(
    r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|[ \t]*+\r?\n[ \t\r\n]*+|([\s\S]))"
)


def entries(text: str) -> Iterator[Entry]:
    """Yield every value but empty ones, telling keys and comments."""
    return read(text, Stretch(0, len(text)))


def read(text: str, stretch: Stretch) -> Iterator[Entry]:
    """Yield the entries of one stretch."""
    return _Reader(text, stretch).run()


def unescape(raw: str) -> str:
    """Return the text of a basic string's inside as written in a file decoded as latin-1."""
    return _ESCAPE.sub(_character, real(raw))


def _character(found: re.Match[str]) -> str:
    digits = found[1] or found[2] or found[3]
    if digits:
        return character(digits)
    return ESCAPED.get(found[4], found[4]) if found[4] else ""


def _parts(names: str) -> list[str]:
    parts = (found[0] for found in _PART.finditer(names))
    return [unescape(p[1:-1]) if p[0] == '"' else real(p.strip("'")) for p in parts]


class _Reader(Nesting):
    """One pass over one stretch."""

    def __init__(self, text: str, stretch: Stretch) -> None:
        super().__init__(text, Frame(stretch.keys, stretch.links, stretch.depth))
        self.stretch = stretch
        self.table = self.frame
        self.tables: dict[tuple[str, ...], str] = {}
        """Links of the tables seen, the latest of each name."""

    def run(self) -> Iterator[Entry]:
        position: int = yield from self._header(self.stretch.start)
        while position < self.stretch.end:
            for found in _TOKEN.finditer(self.text, position, self.stretch.end):
                kind = found.lastindex
                if kind == _NEWLINE:
                    if not self.stack:
                        self.key = (None, 0)
                        position = yield from self._header(found.end())
                        if position > found.end():
                            break
                elif kind == _KEY:
                    yield from self._named(found)
                else:
                    yield from self._token(found, kind or 0)
            else:
                return

    def _header(self, position: int) -> Generator[Entry, None, int]:
        """Take the table header at ``position``, if there is one; return where to go on."""
        found = _HEADER.match(self.text, position, self.stretch.end)
        if not found:
            return position
        parts = _parts(found[2])[:MAX_DEPTH]
        name = tuple(parts)
        links = self.stretch.links
        for count in range(1, len(parts)):
            outer = self.tables.setdefault(name[:count], f"block:{found.start(2)}-{count}")
            links = (outer, *links)
        own = f"block:{found.start(2)}"
        if found[1] == "[[":
            for known in [known for known in self.tables if known[: len(name)] == name]:
                del self.tables[known]
        links = (self.tables.setdefault(name, own), *links)
        self.frame = self.table = Frame(self.stretch.keys + name, links, self.stretch.depth)
        last = [*_PART.finditer(self.text, *found.span(2))][-1]
        if telling(name[-1]):
            quoted = last[0][0] in "\"'"
            span = (last.start() + quoted, last.end() - quoted)
            yield Entry(*span, "key", self.table.keys[:-1], links)
        return found.end()

    def _named(self, found: re.Match[str]) -> Iterator[Entry]:
        """Take a key; in an array it shows that the array was left open."""
        start, end = found.span(_KEY)
        if self.frame.words is not None or (not self.stack and self.key[0] is not None):
            self.stack.clear()
            self.deeper = 0
            self.frame = self.table
        *outer, last = _parts(found[_KEY])[:MAX_DEPTH]
        if not self.stack:
            self.frame = self.table
            for part in outer:
                self.frame = Frame((*self.frame.keys, part), self.frame.links, self.frame.depth)
        self.key = (last, start)
        if telling(last):
            quoted = self.text[start] in "\"'" and not outer
            yield key_entry(start + quoted, end - quoted, self.frame)

    def _token(self, found: re.Match[str], kind: int) -> Generator[Entry, None, None]:
        if kind == _OPEN:
            self.open(found[_OPEN], found.start())
        elif kind == _CLOSE:
            self.close()
        elif kind == _COMMENT:
            if found[_COMMENT]:
                yield Entry(*found.span(_COMMENT), "comment", self.frame.keys, self.frame.links)
        elif kind == _COMMA:
            self.key = (None, 0)
        elif kind:
            start, end = found.span(kind)
            raw = found[kind]
            decoded = ""
            if kind == _BARE:
                end = start + len(raw.rstrip(" \t"))
            elif "\\" in raw and kind in (_BASIC, _LONG_BASIC):
                decoded = unescape(raw)
            yield from self.scalar(start, end, decoded)
