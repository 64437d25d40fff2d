"""HCL (Terraform and its like), with positions: attributes under their blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.detect.entry import Entry
from stackaudit.detect.readers.common import ESCAPED, MAX_DEPTH, Stretch, character, real, telling
from stackaudit.detect.readers.embedded import nested
from stackaudit.detect.readers.frames import Frame, element, key_entry, value

_TOKEN = re.compile(
    r"""
    (?:\#|//)[ \t]*+([^\r\n]*+)                                               # 1 comment
    | /\*((?:[^*]++|\*(?!/))*+)(?:\*/|\Z)                                     # 2 comment
    | "((?:[^"\\$%\n]++|\\.|[$%](?!\{)|[$%]\{(?:[^}"\n]++|"[^"\n]*+")*+\}?)*+)"?+   # 3
      ([ \t]*+[=:](?!=))?+                                                     # 4 it is a key
    | <<-?([A-Za-z_][A-Za-z0-9_]*+)[ \t]*+\r?\n                               # 5 heredoc
    | ([A-Za-z_][A-Za-z0-9_.-]*+)([ \t]*+[=:](?![=:]))?+                      # 6 name, 7 key
    | ([\[{(])                                                                # 8
    | ([\]})])                                                                # 9
    | (\n)                                                                    # 10
    | (,)                                                                     # 11
    """,
    re.X,
)
_STRING, _STRING_KEY, _HEREDOC, _NAME, _NAME_KEY, _OPEN, _CLOSE, _NEWLINE, _COMMA = range(3, 12)
_IN_TEMPLATE = re.compile(r'[$%]\{((?:[^}"\n]++|"[^"\n]*+")*+)\}?')
_QUOTED = re.compile(r'"([^"\n]*+)"')
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_LINE_OF_ONE_WORD = re.compile(r"(?<![^\n])[ \t]*+([A-Za-z_][A-Za-z0-9_]*+)[ \t]*+\r?(?:\n|\Z)")
_MAX_HEREDOCS_OPEN = 16


def entries(text: str) -> Iterator[Entry]:
    """Yield string values, telling keys and comments."""
    return read(text, Stretch(0, len(text)))


def read(text: str, stretch: Stretch) -> Iterator[Entry]:
    """Yield the entries of one stretch."""
    return _Reader(text, stretch).run()


def _unescape(raw: str) -> str:
    def one(found: re.Match[str]) -> str:
        digits = found[1] or found[2]
        return character(digits) if digits else ESCAPED.get(found[3], found[3])

    return _ESCAPE.sub(one, real(raw))


class _Reader:
    """One pass over one stretch."""

    def __init__(self, text: str, stretch: Stretch) -> None:
        self.text = text
        self.stretch = stretch
        self.frame = Frame(stretch.keys, stretch.links, stretch.depth)
        self.key: tuple[str | None, int] = (None, 0)
        self.stack: list[tuple[Frame, tuple[str | None, int], int]] = []
        """Frame, key and open round brackets outside each open bracket."""
        self.deeper = 0
        self.round = 0
        """Open round brackets: what stands in them belongs to the key before them."""
        self.header: list[tuple[int, int]] = []
        """Names and labels since the last key or line: the header of a block, if ``{`` follows."""
        self.in_vain = 0

    def run(self) -> Iterator[Entry]:
        position = self.stretch.start
        while position < self.stretch.end:
            for found in _TOKEN.finditer(self.text, position, self.stretch.end):
                kind = found.lastindex or 0
                if kind == _HEREDOC:
                    position = found.end()
                    end = self._end_of_document(found[_HEREDOC], position)
                    if end >= 0:
                        yield from self._document(position, end)
                        position = end
                        break
                else:
                    yield from self._token(found, kind)
            else:
                return

    def _token(self, found: re.Match[str], kind: int) -> Iterator[Entry]:
        if kind in (_STRING_KEY, _NAME_KEY) and not self._is_key(found[kind]):
            kind -= 1  # the first half of a conditional expression
        if kind in (_STRING_KEY, _NAME_KEY):
            start, end = found.span(kind - 1)
            self.header.clear()
            self.key = (real(found[kind - 1]), start)
            if telling(self.key[0] or ""):
                yield key_entry(start, end, self.frame)
        elif kind == _STRING:
            yield from self._string(*found.span(_STRING))
        elif kind == _NAME:
            self.header.append(found.span(_NAME))
        elif kind == _OPEN:
            yield from self._open(found)
        elif kind == _CLOSE:
            self._close(found[_CLOSE])
        elif kind in (_NEWLINE, _COMMA):
            self.header.clear()
            if not self.round and self.frame.words is None:
                self.key = (None, 0)
        elif found[kind]:
            yield Entry(*found.span(kind), "comment", self.frame.keys, self.frame.links)

    def _is_key(self, mark: str) -> bool:
        return not self.round and (mark.endswith("=") or self.key[0] is None)

    def _string(self, start: int, end: int) -> Iterator[Entry]:
        raw = self.text[start:end]
        if self.key[0] is None and self.frame.words is None and self.header:
            self.header.append((start, end))
            return
        decoded = _unescape(raw) if "\\" in raw else ""
        if self.key[0] is not None:
            yield from value(self.text, start, end, self.frame, self.key[0], decoded)
        else:
            yield from element(self.text, start, end, self.frame, decoded)
        keys = self.frame.keys if self.key[0] is None else (*self.frame.keys, self.key[0])
        for template in _IN_TEMPLATE.finditer(self.text, start, end) if "{" in raw else ():
            for quoted in _QUOTED.finditer(self.text, *template.span(1)):
                if quoted[1]:
                    yield Entry(*quoted.span(1), "value", keys, self.frame.links)

    def _open(self, found: re.Match[str]) -> Iterator[Entry]:
        key, offset = self.key
        bracket = found[_OPEN]
        header, self.header = self.header, []
        if bracket == "(":
            self.round += 1
            return
        if len(self.stack) >= MAX_DEPTH:
            self.deeper += 1
            return
        self.stack.append((self.frame, self.key, self.round))
        self.round = 0
        if bracket == "[":
            self.frame = self.frame.sequence(key)
        elif key is None and header:
            names = tuple(real(self.text[start:end]) for start, end in header[:4])
            outer = self.frame
            links = (f"block:{header[0][0]}", *outer.links)
            self.frame = Frame((*outer.keys, *names), links, outer.depth)
            for start, end in header[1:4]:
                if start < end:
                    yield Entry(start, end, "key", (*outer.keys, names[0]), links)
        else:
            self.frame = self.frame.mapping(key, found.start() if key is None else offset)
        self.key = (None, 0)

    def _close(self, bracket: str) -> None:
        self.header.clear()
        if bracket == ")":
            self.round = max(self.round - 1, 0)
        elif self.deeper:
            self.deeper -= 1
        elif self.stack:
            self.frame, self.key, self.round = self.stack.pop()

    def _end_of_document(self, tag: str, position: int) -> int:
        """Return where the line that is only ``tag`` starts, or -1."""
        if self.in_vain < _MAX_HEREDOCS_OPEN:
            for line in _LINE_OF_ONE_WORD.finditer(self.text, position, self.stretch.end):
                if line[1] == tag:
                    return line.start()
            self.in_vain += 1
        return -1

    def _document(self, position: int, end: int) -> Iterator[Entry]:
        frame = self.frame
        keys = frame.keys if self.key[0] is None else (*frame.keys, self.key[0])
        raw = self.text[position:end].rstrip(" \t\r\n")
        start = position + len(raw) - len(raw.lstrip(" \t\r\n"))
        end = position + len(raw)
        if start < end:
            yield Entry(start, end, "value", keys, frame.links)
            yield from nested(self.text, Stretch(position, end, keys, frame.links, frame.depth))
