"""YAML, templates of it included, with positions: scalars under their keys, line by line."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from functools import lru_cache

from stackaudit.detect.entry import Entry
from stackaudit.detect.readers import yaml_scalar
from stackaudit.detect.readers.common import MAX_DEPTH, Stretch, inside, real, telling
from stackaudit.detect.readers.embedded import nested
from stackaudit.detect.readers.frames import Frame, element, key_entry, special, value
from stackaudit.detect.readers.yaml_flow import decoded, flow

_LINE = re.compile(
    r"""
    ([ ]*+)                                                       # 1 indent
    ((?:-(?:[ \t]++|(?=\r?\n|\Z)))*+)                             # 2 dashes
    (?:
      ([A-Za-z_][A-Za-z0-9_./-]*+)[ \t]*+:(?:[ \t]++|(?=\r?\n|\Z))          # 3 key
      | (?:"([^"\\\n]*+(?:\\.[^"\\\n]*+)*+)"|'([^'\n]*+(?:''[^'\n]*+)*+)')     # 4, 5
        [ \t]*+:(?:[ \t]++|(?=\r?\n|\Z))
      | ((?!["'\#&*!|>%@`\[\]{},\r]|---|\.\.\.)(?:[^:\#\r\n]++|:(?![ \t\r\n]|\Z)|(?<![ \t])\#)++
         | \{\{[^{}\n]*+\}\}[^:{}\n ]*+):(?:[ \t]++|(?=\r?\n|\Z))  # 6
    )?+
    (?: "([^"\\\n]++)"[ \t\r]*+(?=\n|\Z)                          # 7 quoted on this line
      | '([^'\n]++)'[ \t\r]*+(?=\n|\Z)                            # 8
      | ([^ \t\r\n"'\#&*!|>{\[\]}%@`][^\n\#]*+)(?=\n|\Z)          # 9 plain
      | ([^\n]*+)                                                 # 10 other
    )\n?+
    """,
    re.X,
)
_DASHES, _KEY, _DOUBLE_KEY, _SINGLE_KEY, _PLAIN_KEY = 2, 3, 4, 5, 6
_DOUBLE, _SINGLE, _PLAIN, _OTHER = 7, 8, 9, 10
_IN_DOUBLE = re.compile(r'"((?:[^"\\{]++|\\[\s\S]|\{\{[^{}\n]*+\}\}|\{)*+)"')
_IN_SINGLE = re.compile(r"'([^']*+(?:''[^']*+)*+)'")
_PROPERTIES = re.compile(r"(?:[&!][^ \t\r\n]*+(?:[ \t]++|(?=\r?\n|\Z)))++")
_COMMENT = re.compile(r"(?:(?<=[ \t\n])|(?<![^\n]))#[ \t]*+([^\r\n]*+)")
_BLOCK_HEADER = re.compile(r"([|>])[-+]?([1-9]?)[-+]?[ \t]*+(?:#[^\n]*+)?\r?\n")
_TEMPLATE_COMMENT = re.compile(
    r"\{\{-?[ ]?/\*[ \t\r\n]*+((?:[^*]++|\*(?!/))*+)(?:\*/|\Z)[^\n]*+\n?+"
)
_DASH = re.compile("-")
_MOST_DASHES = 16


def entries(text: str) -> Iterator[Entry]:
    """Yield every scalar, telling key and comment of all documents."""
    return read(text, Stretch(0, len(text)))


def read(text: str, stretch: Stretch) -> Iterator[Entry]:
    """Yield the entries of one stretch, which starts at the start of a line."""
    return _Reader(text, stretch).run()


class _Block(Frame):
    """A block mapping or sequence, known by the column of its keys or dashes."""

    __slots__ = ("column", "is_sequence", "key", "key_offset")

    def __init__(self, frame: Frame, column: int, is_sequence: bool) -> None:
        super().__init__(frame.keys, frame.links, frame.depth, frame.words)
        self.column = column
        self.is_sequence = is_sequence
        self.key: str | None = None
        """The latest key, whose value may follow on further lines."""
        self.key_offset = 0


class _Reader:
    """One pass over one stretch."""

    def __init__(self, text: str, stretch: Stretch) -> None:
        self.text = text
        self.stretch = stretch
        self._start_document()

    def _start_document(self) -> None:
        around = Frame(self.stretch.keys, self.stretch.links, self.stretch.depth)
        self.top = _Block(around, -1, False)
        self.stack: list[_Block] = []

    def run(self) -> Iterator[Entry]:
        text, position, end = self.text, self.stretch.start, self.stretch.end
        match = _LINE.match
        while position < end:
            line = match(text, position, end)
            if line is None:
                return
            position = line.end()
            kind = line.lastindex or _OTHER
            indent, dashes, key = line.group(1, _DASHES, _KEY)
            if key is None or dashes:
                position = yield from self._uncommon(line, kind)
                continue
            top, column = self.top, len(indent)
            if top.column != column or top.is_sequence:
                top = self._mapping(column, line.start(_KEY))
            top.key = key
            top.key_offset = line.start(_KEY)
            if telling(key):
                yield key_entry(*line.span(_KEY), top)
            raw = line[kind]
            if (
                kind == _OTHER
                or special(key)
                or top.careful
                or "$" in raw
                or "{{" in raw
                or (kind == _SINGLE and raw[0] in "{[")
                or (kind == _PLAIN and text.startswith(indent + " ", position))
            ):
                position = yield from self._node(line.start(kind), kind, line, column)
            else:
                start, stop = line.span(kind)
                if kind == _PLAIN:
                    stop = start + len(raw.rstrip(" \t\r"))
                yield Entry(start, stop, "value", (*top.keys, key), top.links)

    # -- the structure around a value

    def _mapping(self, column: int, offset: int) -> _Block:
        """Return the mapping whose keys stand at ``column``, opening it if need be."""
        while self.stack and (
            self.top.column > column or (self.top.column == column and self.top.is_sequence)
        ):
            self.top = self.stack.pop()
        if self.top.column < column:
            above = self.top
            self._push(above.mapping(above.key, above.key_offset if above.key else offset), column)
        return self.top

    def _sequence(self, column: int) -> None:
        """Make the sequence whose dashes stand at ``column`` the present collection."""
        while self.stack and self.top.column > column:
            self.top = self.stack.pop()
        if self.top.column < column or not self.top.is_sequence:
            self._push(self.top.sequence(self.top.key), column, is_sequence=True)

    def _push(self, frame: Frame, column: int, is_sequence: bool = False) -> None:
        if len(self.stack) >= MAX_DEPTH:
            frame = Frame(self.top.keys, self.top.links, self.top.depth, frame.words)
        self.stack.append(self.top)
        self.top = _Block(frame, column, is_sequence)

    # -- lines

    def _uncommon(self, line: re.Match[str], kind: int) -> Generator[Entry, None, int]:
        """Read a line with dashes, or without a plain key; return where to go on."""
        begin = line.start()
        for count, dash in enumerate(_DASH.finditer(line[_DASHES])):
            if count < _MOST_DASHES:
                self._sequence(line.start(_DASHES) + dash.start() - begin)
        group = next((g for g in range(_KEY, _DOUBLE) if line[g] is not None), 0)
        if not group:
            if line[_DASHES]:
                return (yield from self._node(line.start(kind), kind, line, self.top.column))
            return (yield from self._keyless(line, kind))
        start, end = line.span(group)
        column = line.end(_DASHES) - begin
        top = self._mapping(column, start)
        top.key = decoded(self.text, start, end) or real(line[group])
        top.key_offset = start
        if telling(top.key):
            yield key_entry(start, end, top)
        return (yield from self._node(line.start(kind), kind, line, column))

    def _keyless(self, line: re.Match[str], kind: int) -> Generator[Entry, None, int]:
        """Read a line that has neither key nor dash."""
        start, indent = line.end(1), len(line[1])
        raw = self.text[start : line.end()].rstrip(" \t\r\n")
        if not raw:
            return line.end()
        if raw.startswith(("---", "...", "%")) and not indent:
            self._start_document()
            yield from self._comment(start, line.end())
            return line.end()
        if raw[0] == "#":
            yield from self._comment(start, line.end())
            return line.end()
        if comment := _TEMPLATE_COMMENT.match(self.text, start, self.stretch.end):
            if comment[1]:
                yield Entry(*comment.span(1), "comment", self.top.keys, self.top.links)
            return max(comment.end(), line.end())
        if raw.startswith(("{{", "{%")):
            yield from inside(self.text, start, line.end(), self.top.keys, self.top.links)
            return line.end()
        if raw.startswith(("? ", ": ")):
            top = self._mapping(indent, start)
            if raw[0] == "?":
                top.key, top.key_offset = real(raw[1:].strip(" \t\"'")), start + 2
                return line.end()
            skipped = len(raw) - len(raw[1:].lstrip(" \t"))
            return (yield from self._node(start + skipped, _OTHER, line, indent))
        while self.stack and self.top.column >= indent:
            self.top = self.stack.pop()
        return (yield from self._node(line.start(kind), kind, line, self.top.column))

    def _comment(self, start: int, end: int) -> Iterator[Entry]:
        found = _COMMENT.search(self.text, start, end)
        if found and found[1]:
            yield Entry(*found.span(1), "comment", self.top.keys, self.top.links)

    # -- values

    def _scalar(self, start: int, end: int, text: str) -> Iterator[Entry]:
        """Yield a scalar of the present collection."""
        top = self.top
        if top.is_sequence or top.key is None:
            return element(self.text, start, end, top, text)
        return value(self.text, start, end, top, top.key, text)

    def _node(
        self, start: int, kind: int, line: re.Match[str], column: int
    ) -> Generator[Entry, None, int]:
        """Yield the value at ``start``; return where to go on. ``column``: of its parent."""
        text = self.text
        if kind in (_DOUBLE, _SINGLE):
            yield from self._scalar(*line.span(kind), "")
            return line.end()
        properties = _PROPERTIES.match(text, start, line.end())
        start = properties.end() if properties else start
        first = text[start : start + 1]
        if first in ("", "\n", "\r", "*"):
            return line.end()
        if first == "#":
            yield from self._comment(start, line.end())
            return line.end()
        if first in "\"'":
            end = yield from self._quoted(start, column)
            if end:
                return end
        elif first in "[{" and text[start : start + 2] not in ("{{", "{%"):
            return (yield from self._flow(start, column))
        elif first in "|>" and (header := _BLOCK_HEADER.match(text, start, line.end())):
            return (yield from self._block(header, column))
        return (yield from self._plain(start, line.end(), column))

    def _plain(self, start: int, line_end: int, column: int) -> Generator[Entry, None, int]:
        text = self.text
        comment = _COMMENT.search(text, start, line_end)
        end = comment.start() if comment else line_end
        after = line_end
        while not comment and (line := _LINE.match(text, after, self.stretch.end)):
            indented = len(line[1]) > column or (column < 0 and after > start)
            rest = text[line.end(1) : line.end()].rstrip(" \t\r\n")
            if not rest and after < self.stretch.end:
                break
            keyed = any(line[group] is not None for group in range(_KEY, _DOUBLE))
            if not indented or keyed or rest.startswith(("#", "{{", "{%", "---", "...")):
                break
            comment = _COMMENT.search(text, line.end(1), line.end())
            end = comment.start() if comment else line.end()
            after = line.end()
            if after >= self.stretch.end:
                break
        raw = text[start:end].rstrip(" \t\r\n")
        end = start + len(raw)
        yield from self._scalar(start, end, yaml_scalar.plain(raw) if "\n" in raw else "")
        if comment:
            yield from self._comment(comment.start(), after)
        return after

    def _quoted(self, start: int, column: int) -> Generator[Entry, None, int]:
        """Yield the quoted scalar at ``start``; return where to go on, 0 where it has no end."""
        text = self.text
        pattern = _IN_DOUBLE if text[start] == '"' else _IN_SINGLE
        found = pattern.match(text, start, self.stretch.end)
        if not found or ("\n" in found[1] and not _is_indented(found[1], column)):
            return 0
        yield from self._scalar(*found.span(1), decoded(text, *found.span(1)))
        return (yield from self._rest(found.end()))

    def _rest(self, position: int) -> Generator[Entry, None, int]:
        """Read what follows a value on its line; return the start of the next line."""
        end = self.text.find("\n", position, self.stretch.end) + 1 or self.stretch.end
        yield from self._comment(position, end)
        return end

    def _flow(self, start: int, column: int) -> Generator[Entry, None, int]:
        top = self.top
        key = (None, 0) if top.is_sequence else (top.key, top.key_offset)
        end = yield from flow(self.text, start, self.stretch.end, top, key, column)
        if self.text[end - 1 : end] == "\n":
            return end
        return (yield from self._rest(end))

    def _block(self, header: re.Match[str], column: int) -> Generator[Entry, None, int]:
        """Yield a block scalar, then what it says as the document it may be."""
        text, top = self.text, self.top
        begin = header.end()
        content = _deeper(min(column + 1, 512)).match(text, begin, self.stretch.end)
        after = content.end() if content else begin
        raw = text[begin:after].rstrip(" \t\r\n")
        body = raw.lstrip("\r\n")
        while body and not (head := body.partition("\n"))[0].strip(" \t\r"):
            body = head[2]
        start = begin + len(raw) - len(body.lstrip(" \t"))
        if not body:
            return after
        indent = len(body) - len(body.lstrip(" "))
        if header[2]:
            indent = min(indent, max(column, 0) + int(header[2]))
        keys = top.keys if top.is_sequence or top.key is None else (*top.keys, top.key)
        end = begin + len(raw)
        decoded_text = yaml_scalar.block(body, indent, header[1] == ">")
        yield Entry(start, end, "value", keys, top.links, "", decoded_text)
        yield from inside(text, start, end, keys, top.links)
        stretch = Stretch(end - len(body), end, keys, top.links, top.depth, header[1] == ">")
        yield from nested(text, stretch)
        return after


def _is_indented(raw: str, column: int) -> bool:
    """Tell whether all lines of ``raw`` but the first are indented by more than ``column``."""
    return all(
        len(line) - len(line.lstrip(" ")) > column
        for line in raw.split("\n")[1:]
        if line.strip(" \t\r")
    )


@lru_cache(maxsize=512)
def _deeper(indent: int) -> re.Pattern[str]:
    """Return what matches all lines that are blank or indented by ``indent`` at least."""
    return re.compile(rf"(?:[ \t]*+\r?\n| {{{indent},}}[^\n]*+(?:\n|\Z))*+")
