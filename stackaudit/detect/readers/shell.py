"""Shell scripts, with positions: words of commands, assignments, here-documents, comments."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator

from stackaudit.detect.entry import Entry
from stackaudit.detect.readers.common import MAX_DEPTH, Stretch, inside, prefixes, real, telling
from stackaudit.detect.readers.embedded import is_json, nested, quoted, source
from stackaudit.detect.readers.words import Words

_STOP = r" \t\r\n\"'`\\;&|()<>$"
_TOKEN = re.compile(
    rf"""
    [ \t]*+(?:
    ([^{_STOP}\#=-][^{_STOP}=]*+)(?=[ \t\r\n;|&)]|\Z)        # 1 plain word
    | (--?[A-Za-z][A-Za-z0-9_.-]*+)(?=[ \t\r\n;|&)]|\Z)      # 2 flag
    | (\n[ \t\r\n]*+)                                        # 3
    | \\\r?\n
    | \#[ \t]*+([^\r\n]*+)                                   # 4 comment
    | (<<-?+[ \t]*+['"\\]?+([A-Za-z_][A-Za-z0-9_]*+)['"]?+)  # 5 here-document, 6 its end
    | ([0-9]?+(?:>>|<<<|[<>])[&|]?+-?+)                      # 7 redirection
    | ((?!\$\([A-Za-z_][A-Za-z0-9_]*+\))\$?+\(++|[;&|`]++|\))   # 8 operator
    | ((?:[^{_STOP}]++ | "[^"\\]*+(?:\\[\s\S][^"\\]*+)*+" | '[^']*+' | \\(?!\r?\n)[\s\S]
        | \$\{{[^{{}}\n]*+(?:\{{[^{{}}\n]*+\}}[^{{}}\n]*+)*+\}}
        | \$\([A-Za-z_][A-Za-z0-9_]*+\) | \$(?!\())++)          # 9 word of several parts
    | \r | [^ \t\r\n] | \Z)
    """,
    re.X,
)
_PLAIN, _FLAG, _NEWLINE, _COMMENT, _HEREDOC, _TAG, _REDIRECT, _OPERATOR, _WORD = range(1, 10)
_NAMED = re.compile(r"(-{0,2}[A-Za-z_][A-Za-z0-9_.-]*+)\+?=")
_PART = re.compile(r"\"([^\"\\]*+(?:\\[\s\S][^\"\\]*+)*+)\"|'([^']*+)'|\\(\r?\n|[\s\S])")
_EDIT = re.compile(r"[0-9$,]*+s([/|#@,])(?:(?!\1)[^\\\n]|\\.)*+\1(?P<new>(?:(?!\1)[^\\\n]|\\.)*+)")
_DIGIT = re.compile(r"[0-9]")
_QUOTING = re.compile(r"[\"'\\]")
_ESCAPE = re.compile(r"\\(?:([$`\"\\])|\r?\n)")
_LINE_OF_ONE_WORD = re.compile(r"\n[ \t]*+([A-Za-z_][A-Za-z0-9_]*+)\r?(?=\n|\Z)")
_BLANK = re.compile(r"[ \t\r\n]*+")
_MAX_HEREDOCS_OPEN = 16
"""Here-documents whose end may be sought in vain before no more are believed."""


def entries(text: str) -> Iterator[Entry]:
    """Yield values of variables, words of commands (the flag before each in its keys), comments."""
    return read(text, Stretch(0, len(text)))


def read(text: str, stretch: Stretch) -> Iterator[Entry]:
    """Yield the entries of one stretch."""
    return _Reader(text, stretch).run()


def unquote(raw: str) -> str:
    """Return a word without its quotes and backslashes."""
    return real(_PART.sub(_part, raw))


def _part(found: re.Match[str]) -> str:
    double, single, escaped = found.groups()
    if double is not None:
        return _ESCAPE.sub(lambda inner: inner[1] or "", double)
    if single is not None:
        return single
    return "" if escaped.endswith("\n") else escaped


class _Reader:
    """One pass over one stretch."""

    def __init__(self, text: str, stretch: Stretch) -> None:
        self.text = text
        self.stretch = stretch
        self.words = Words(stretch.keys)
        self.outer: list[Words] = []
        """Commands and arrays around the present one, while brackets are open."""
        self.array: tuple[str, ...] | None = None
        """Names of the array that the bracket after this word opens."""
        self.waiting: list[tuple[str, tuple[str, ...]]] = []
        """Here-documents that start at the next line: end tag, names."""
        self.in_vain = 0
        self.links = (f"line:{stretch.start}", *stretch.links)

    def run(self) -> Iterator[Entry]:
        position = self.stretch.start
        while position >= 0:
            position = yield from self._tokens(position)

    def _tokens(self, position: int) -> Generator[Entry, None, int]:
        """Read up to a here-document's end or the last token; return where to go on, or -1."""
        redirected = False
        for found in _TOKEN.finditer(self.text, position, self.stretch.end):
            kind = found.lastindex
            if kind == _PLAIN:
                if redirected:
                    redirected = False
                    continue
                words = self.words
                word = found[1]
                silent = words.untouched and not _DIGIT.search(word)
                keys = words.keys(word if word.isascii() else real(word))
                if not self.outer and self.text.startswith(")", found.end()):
                    keys = (*self.stretch.keys, "case")
                if not silent:
                    yield Entry(*found.span(_PLAIN), "value", keys, self.links)
            elif kind == _FLAG:
                self.words.flag(found[2])
            elif kind == _NEWLINE:
                redirected = False
                if not self.stretch.joined:
                    self._end_command()
                    self.links = (f"line:{found.end()}", *self.stretch.links)
                if self.waiting:
                    return (yield from self._here_documents(found.start(_NEWLINE) + 1))
            elif kind == _WORD:
                if not redirected:
                    yield from self._word(*found.span(_WORD))
                redirected = False
            elif kind == _OPERATOR:
                redirected = False
                self._operator(found[_OPERATOR])
            elif kind == _REDIRECT:
                redirected = "<<<" not in found[_REDIRECT]
            elif kind == _COMMENT and found[_COMMENT]:
                yield Entry(*found.span(_COMMENT), "comment", (), self.links)
            elif kind == _HEREDOC:
                self.waiting.append((found[_TAG], self.words.keys("")))
        return -1

    def _end_command(self) -> None:
        words = self.words
        if words.named and not words.untouched:  # an array goes on over lines
            words.restart()

    def _operator(self, operator: str) -> None:
        if operator == ")":
            self.words = self.outer.pop() if self.outer else Words(self.stretch.keys)
        elif "(" in operator:
            for _ in operator.strip("$"):
                if len(self.outer) < MAX_DEPTH:
                    self.outer.append(self.words)
                self.words = Words(self.stretch.keys)
            if self.array:
                self.words = Words(self.array, named=False)
        else:
            self._end_command()
        self.array = None

    def _here_documents(self, position: int) -> Generator[Entry, None, int]:
        """Yield the documents that start at ``position``; return where the last one ends."""
        waiting, self.waiting = self.waiting[:8], []
        for tag, keys in waiting:
            end = self._end_of_document(tag, position)
            if end < 0:
                continue
            body = Stretch(position, end, keys, self.links, self.stretch.depth)
            first = _BLANK.match(self.text, position, end)
            start = first.end() if first else position
            if end > start:
                yield Entry(start, end - (self.text[end - 1] == "\r"), "value", keys, self.links)
                yield from inside(self.text, position, end, keys, self.links)
                program = source(self.text, body, keys[-1] if keys else "")
                yield from nested(self.text, body) if program is None else program
            newline = self.text.find("\n", end + 1, self.stretch.end)
            position = newline + 1 if newline >= 0 else self.stretch.end
        return position

    def _end_of_document(self, tag: str, position: int) -> int:
        """Return the end of the line before the one that is only ``tag``, or -1."""
        if self.in_vain < _MAX_HEREDOCS_OPEN:
            for line in _LINE_OF_ONE_WORD.finditer(self.text, position - 1, self.stretch.end):
                if line[1] == tag:
                    return max(line.start(), position)
            self.in_vain += 1
        return -1

    def _word(self, start: int, end: int) -> Iterator[Entry]:
        """Yield what a word of several parts says: an assignment, a flag, a quoted argument."""
        text, words, links = self.text, self.words, self.links
        named = _NAMED.match(text, start, end)
        if named:
            name = named[1]
            start = named.end()
            if name.startswith("-"):
                keys = words.under(name)
            elif words.fresh:
                keys = (*words.base, name)
                links = prefixes(name) + links
                if telling(name):
                    yield Entry(named.start(), named.end(1), "key", words.base, links)
                if start == end and text.startswith("(", end):
                    self.array = keys
            else:
                keys = words.under(name)
        elif text[start] == "-" and not text[start + 1 : start + 2].isdigit():
            words.flag(unquote(text[start:end]))
            return
        else:
            raw = text[start:end]
            silent = words.untouched and not _DIGIT.search(raw)
            keys = words.keys(unquote(raw) if _QUOTING.search(raw) else raw)
            if silent:
                return
        if start < end:
            yield from self._argument(start, end, keys, links)

    def _argument(
        self, start: int, end: int, keys: tuple[str, ...], links: tuple[str, ...]
    ) -> Iterator[Entry]:
        """Yield a word or the part after its ``=``, and the documents inside it."""
        text = self.text
        raw = text[start:end]
        if not _QUOTING.search(raw):
            yield Entry(start, end, "value", keys, links)
            if "${" in raw:
                yield from inside(text, start, end, keys, links)
            return
        quote = text[start]
        if quote in "\"'" and (whole := _PART.fullmatch(text, start, end)):
            start, end = whole.span(whole.lastindex or 0)
            raw = text[start:end]
            value = unquote(f'"{raw}"') if quote == '"' and "\\" in raw else raw
        else:
            value = unquote(raw)
        if self.words.command == "sed" and (edit := _EDIT.match(text, start, end)):
            start, end = edit.span("new")
            raw = value = edit["new"]
        if start == end:
            return
        yield Entry(start, end, "value", keys, links, "", "" if value == raw else value)
        yield from inside(text, start, end, keys, links)
        depth = self.stretch.depth
        if keys[-1:] in (("-c",), ("-e",)):
            body = Stretch(start, end, (*keys, "sh"), links, depth)
            program = source(text, body, keys[-2] if len(keys) > 1 else "")
            if keys[-1] == "-c" or program:
                yield from program or nested(text, body)
        elif "$(" in raw and quote != "'":
            begin = start + raw.index("$(")
            yield from nested(text, Stretch(begin, end, (*keys, "sh"), links, depth))
        elif quote == '"' and is_json(text, start, end):
            yield from quoted(text, Stretch(start, end, keys, links, depth))
        elif "\\" not in raw and ("\n" in raw or raw.startswith(("{", "[", '"{', "'{", "'["))):
            yield from nested(text, Stretch(start + (raw[0] in "\"'"), end, keys, links, depth))
