"""Cuts source code of any language into comments, strings and brackets, in one linear pass.

Everything else (names, numbers, operators) is the gap between tokens. Broken files never
raise: what cannot be understood is skipped one character at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.lexer_table import Mode, Row, row

Token = tuple[int, int, str, int, int]
"""``(start, end, kind, inner start, inner end)``; inner is the content without delimiters.

Kinds: ``comment``; ``docstring``; ``string`` (backslash escapes); ``raw`` (none); ``regex``;
``head``, ``middle``, ``tail`` (the text of an interpolated string before, between and after its
holes); ``open`` and ``close`` (a bracket, or the edge of a hole); ``markup`` and ``script``
(empty: from here on the text is mark-up, or code).
"""

_NESTING = 16
"""Holes within holes beyond which a hole is taken as text."""
_HEREDOCS = 64
"""Different heredoc names a file may use."""
_HEREDOC_LINE = 1000
"""Longest rest of a line after the name of a heredoc."""

_BEFORE_REGEX = re.compile(
    r"(?:[(,=:\[!&|?{;+*%^~>-]|(?<![\w$.])(?:return|typeof|case|in|of|do|else|void|delete|throw"
    r"|await|yield|when|if|unless|and|or|not|elsif|while|until))\Z"
)
_WORD = re.compile(r"\w")
_LONE = re.compile(r"[ \t]*+(?:[#;\r\n]|\Z)")
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_END_SCRIPT = re.compile(r"</(?:script|style)\b", re.IGNORECASE)
_MIXED = re.compile(r"\A\s*+<(?:\w|!)|<\?(?:php\b|=)", re.IGNORECASE)
_HEREDOC_ON_LINE = re.compile(r"<<<?[~-]?([\"'`]?+)([A-Za-z_]\w*+)\1")


def tokens(text: str, language: str, upto: int | None = None) -> Iterator[Token]:
    """Yield the tokens of ``text``, sorted and never overlapping.

    Args:
        text: the source, one character a byte (latin-1).
        language: as named by ``source.language_of``; unknown ones are read by a generic row.
        upto: offset after which no token need start; an interpolated string that is open there
            is still read to its end.
    """
    limit = len(text) if upto is None else upto
    if language in ("vue", "svelte", "html") or (language == "php" and _MIXED.search(text)):
        yield from _mixed(text, limit)
    else:
        yield from _Lexer(row(language), text, len(text), limit).run(0)


def _mixed(text: str, limit: int) -> Iterator[Token]:
    """Mark-up with code in it (``<script>``, ``<?php``), each by its own row."""
    pos, size = 0, len(text)
    while pos < size and pos <= limit:
        yield pos, pos, "markup", pos, pos
        outside = _Lexer(row("markup"), text, size, limit)
        yield from outside.run(pos)
        pos = outside.left_at
        if outside.left_by == "enter":
            yield pos, pos, "script", pos, pos
            inside = _Lexer(row("php"), text, size, limit)
            yield from inside.run(pos)
            pos = inside.left_at
        elif outside.left_by == "script":
            yield pos, pos, "script", pos, pos
            end = _END_SCRIPT.search(text, pos)
            stop = end.start() if end else size
            yield from _Lexer(row("javascript"), text, stop, limit).run(pos)
            pos = stop


class _Lexer:
    """One run over ``text[pos:end]`` by one row."""

    def __init__(
        self, rules: Row, text: str, end: int, limit: int, *, heredocs: bool = True
    ) -> None:
        self.rules, self.text, self.end, self.limit = rules, text, end, limit
        self.heredocs = heredocs
        self.left_at, self.left_by = end, ""
        self._pos = 0
        self._depth = 0
        self._holes: list[tuple[Mode, int]] = []
        """Interpolated strings that are open: mode, and bracket depth outside the hole."""
        self._heredocs: dict[str, re.Pattern[str] | None] = {}
        """End pattern by name; None for a name whose end is missing."""

    def run(self, pos: int) -> Iterator[Token]:
        """Yield tokens from ``pos``; afterwards ``left_at`` and ``left_by`` say where it ended."""
        kinds, nested, limit = self.rules.kinds, self.rules.nested, self.limit
        finditer, text, end, holes = self.rules.pattern.finditer, self.text, self.end, self._holes
        plain = not (self.rules.prefixes or self.rules.statements or self.rules.doc_words)
        self._pos = pos
        while self._pos >= 0:
            pos, self._pos = self._pos, -1
            for match in finditer(text, pos, end):
                index = match.lastindex
                if index is None:
                    continue
                kind, start = kinds[index], match.start()
                if start > limit and not holes:
                    self.left_at = end
                    return
                if kind == "open":
                    self._depth += 1
                    yield start, start + 1, kind, start + 1, start + 1
                elif kind == "close":
                    self._depth -= 1
                    yield start, start + 1, kind, start, start
                    if holes:
                        yield from self._closed(start)
                    elif self._depth < 0:
                        self._depth = 0
                elif kind == "comment" and not nested:
                    yield start, match.end(), kind, *match.span(index)
                elif kind == "string" or kind == "raw":
                    if plain:
                        yield start, match.end(), kind, *match.span(index)
                    else:
                        yield self._literal(start, match.end(), kind, *match.span(index))
                else:
                    yield from self._special(kind, match, index)
                if self._pos >= 0:
                    break

    def _closed(self, start: int) -> Iterator[Token]:
        """After a bracket within a hole: go on with the string around it if the hole is closed."""
        mode, depth = self._holes[-1]
        if self._depth <= depth and self.text[start] == mode.closing:
            self._depth = depth
            self._holes.pop()
            yield from self._chunk(mode, start + 1, start + 1, "tail")

    def _special(self, kind: str, match: re.Match[str], index: int) -> Iterator[Token]:
        """Tokens that need more than one match; may set where to go on."""
        start, stop = match.span()
        if kind == "comment":
            whole = self._nested_end(start, stop)
            inner = match.end(index)
            if whole != stop:
                inner = whole - 2 * self.text.endswith("*/", start + 4, whole)
                self._pos = whole
            yield start, whole, kind, match.start(index), inner
        elif kind == "regex":
            before = self.text[max(0, start - 80) : start].rstrip()
            if not before or _BEFORE_REGEX.search(before[-16:]):
                yield start, stop, kind, *match.span(index)
            else:
                self._pos = start + 1
        elif kind == "heredoc":
            if self.heredocs:
                yield from self._heredoc(match)
        elif mode := self.rules.modes.get(kind):
            yield from self._chunk(mode, self._prefixed(start), stop, "string")
        else:
            self.left_at, self.left_by = stop, kind
            self._pos = self.end

    def _chunk(self, mode: Mode, start: int, pos: int, last: str) -> Iterator[Token]:
        """A stretch of an interpolated string: up to the next hole, or to its end.

        ``last`` is the kind if the string ends here: ``string`` for its first stretch.
        """
        deep = len(self._holes) >= _NESTING
        match = (mode.whole if deep else mode.chunk).match(self.text, pos, self.end)
        if match is None:
            self._pos = pos
            return
        stop, inner = match.end(), match.end(1)
        self._pos = stop
        if match.lastindex == 2:
            yield start, inner, "head" if last == "string" else "middle", pos, inner
            yield inner, stop, "open", stop, stop
            self._holes.append((mode, self._depth))
            self._depth += 1
        elif last == "string" and stop == inner < self.end:
            self._pos = pos
        else:
            yield start, stop, last, pos, inner

    def _literal(self, start: int, stop: int, kind: str, first: int, last: int) -> Token:
        """A complete string, widened to its prefix and told from documentation."""
        begin = self._prefixed(start)
        if begin != start and not self.rules.raw.isdisjoint(self.text[begin:start]):
            kind = "raw"
        if self.rules.statements and self._depth <= 0 and self._stands_alone(begin, stop):
            kind = "docstring"
        elif words := self.rules.doc_words:
            before = self.text[max(0, begin - 16) : begin].rstrip(" \t")
            kind = "docstring" if before.endswith(words) else kind
        return begin, stop, kind, first, last

    def _prefixed(self, start: int) -> int:
        """Where the literal with its quote at ``start`` begins."""
        text, prefixes, begin = self.text, self.rules.prefixes, start
        if not prefixes or not begin or text[begin - 1] not in prefixes:
            return start
        while begin and start - begin < 6 and text[begin - 1] in prefixes:
            begin -= 1
        inside_word = begin and text[begin].isalpha() and _WORD.match(text, begin - 1)
        return start if inside_word else begin

    def _stands_alone(self, start: int, stop: int) -> bool:
        """Whether nothing but blanks shares the lines of a string with it."""
        before = self.text[max(0, start - 120) : start].rstrip(" \t")
        if before and (before[-1] != "\n" or before.endswith(("\\\n", "\\\r\n"))):
            return False
        return _LONE.match(self.text, stop, self.end) is not None

    def _nested_end(self, start: int, stop: int) -> int:
        """End of a block comment in which others may be nested."""
        if self.text.find("/*", start + 2, stop) < 0 or self.text[start + 1] != "*":
            return stop
        depth = 0
        for edge in _COMMENT_EDGE.finditer(self.text, start, self.end):
            depth += 1 if edge.group() == "/*" else -1
            if depth == 0:
                return edge.end()
        return self.end

    def _heredoc(self, match: re.Match[str]) -> Iterator[Token]:
        """The rest of the line, then the bodies of all heredocs the line announces."""
        text, stop = self.text, min(match.end() + _HEREDOC_LINE, self.end)
        line = text.find("\n", match.end(), stop)
        bodies, pos = [], line + 1
        rest = text[match.start() : line] if line >= 0 else ""
        for quote, name in _HEREDOC_ON_LINE.findall(rest)[:8]:
            end = self._heredoc_end(name)
            found = end.search(text, pos, self.end) if end else None
            if found is None:
                self._heredocs[name] = None
                break
            kind = "raw" if quote == "'" else "string"
            bodies.append((pos, found.end(), kind, pos, found.start()))
            last = found.end()
            pos = text.find("\n", last, self.end) + 1 or self.end
        if bodies:
            on_line = _Lexer(self.rules, text, line, self.limit, heredocs=False)
            yield from on_line.run(match.end())
            yield from bodies
            self._pos = last

    def _heredoc_end(self, name: str) -> re.Pattern[str] | None:
        """Pattern of the line that ends the heredoc ``name``; None if it cannot end."""
        if name not in self._heredocs:
            few = len(self._heredocs) < _HEREDOCS
            self._heredocs[name] = re.compile(rf"^[ \t]*+{name}\b", re.M) if few else None
        return self._heredocs[name]
