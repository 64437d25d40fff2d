"""Cuts source code of any language into comments, strings and brackets, in one linear pass.

Everything else (names, numbers, operators) is the gap between tokens. Broken files never
raise: what cannot be understood is skipped one character at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

from stackaudit.lexer_forms import Mode, Row
from stackaudit.lexer_table import row

Token = tuple[int, int, str, int, int]
"""``(start, end, kind, inner start, inner end)``; inner is the content without delimiters.

Kinds: ``comment``; ``docstring``; ``string`` (backslash escapes); ``raw`` (none); ``regex``;
``head``, ``middle``, ``tail`` (the text of an interpolated string before, between and after its
holes); ``open`` and ``close`` (a bracket, or the edge of a hole); ``markup`` and ``script``
(empty: from here on the text is mark-up, or code).
"""

_NESTING = 16
"""Holes within holes beyond which a hole is taken as text."""
_IN_VAIN = 8
"""Heredocs whose end may be sought in vain before no more are believed."""
_HEREDOC_LINE = 1000
"""Longest rest of a line after the name of a heredoc."""

_TAG = 2000
"""Longest opening tag of a script in a page."""

_BEFORE_REGEX = re.compile(
    r"(?:[(,=:\[!&|?{;+*%^~-]|[=-]>|(?<![\w$.])(?:return|typeof|case|in|of|do|else|void|delete"
    r"|throw|await|yield|when|if|unless|and|or|not|elsif|while|until))\Z"
)
_WORD = re.compile(r"\w")
_LONE = re.compile(r"[ \t]*+(?:[#;\r\n]|\Z)")
_TAG_END = re.compile(r"[^<>\"']*+(?:(?:\"[^\"]*+\"|'[^']*+')[^<>\"']*+)*+>")
_END_SCRIPT = re.compile(r"</(?:script|style)\b", re.IGNORECASE)
_MIXED = re.compile(r"\A\s*+<(?:\w|!)|<\?(?:php\b|=)", re.IGNORECASE)


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
        yield from _mixed(text, language, limit)
    else:
        yield from _Lexer(row(language), text, len(text), limit, missing=set()).run(0)


def _mixed(text: str, language: str, limit: int) -> Iterator[Token]:
    """Mark-up with code in it (``<script>``, ``<?php``, ``{{ }}``), each by its own row."""
    page = row(language if language in ("vue", "svelte") else "markup")
    pos, size = 0, len(text)
    missing: set[str] = set()
    while pos < size and pos <= limit:
        yield pos, pos, "markup", pos, pos
        outside = _Lexer(page, text, size, limit)
        yield from outside.run(pos)
        pos = outside.left_at
        if outside.left_by == "script":
            yield from _Lexer(page, text, outside.tag, limit).run(pos)
            pos = outside.tag
            end = None if text[pos - 2] == "/" else _END_SCRIPT.search(text, pos)
            stop = end.start() if end else pos if text[pos - 2] == "/" else size
            yield pos, pos, "script", pos, pos
            yield from _Lexer(row("javascript"), text, stop, limit).run(pos)
            pos = stop
        elif outside.left_by:
            hole = outside.left_by == "hole"
            yield pos, pos, "script", pos, pos
            code = row("javascript" if hole else "php")
            inside = _Lexer(code, text, size, limit, missing=missing, hole=hole)
            yield from inside.run(pos)
            pos = inside.left_at


class _Lexer:
    """One run over ``text[pos:end]`` by one row."""

    def __init__(
        self,
        rules: Row,
        text: str,
        end: int,
        limit: int,
        *,
        missing: set[str] | None = None,
        hole: bool = False,
    ) -> None:
        """What to read.

        Args:
            rules: the language.
            text: the source.
            end: where to stop.
            limit: offset after which no token need start.
            missing: names of heredocs that have no end, to be added to; None where there are none.
            hole: the text ends at the first closing bracket that was not opened in it.
        """
        self.rules, self.text, self.end, self.limit = rules, text, end, limit
        self.missing, self.hole = missing, hole
        self.left_at, self.left_by = end, ""
        self.tag = end
        """Where the opening tag ends that ``left_by`` is about."""
        self._pos = 0
        self._depth = 0
        self._holes: list[tuple[Mode, int]] = []
        """Interpolated strings that are open: mode, and bracket depth outside the hole."""

    def run(self, pos: int) -> Iterator[Token]:
        """Yield tokens from ``pos``; afterwards ``left_at`` and ``left_by`` say where it ended."""
        kinds, nested, limit = self.rules.kinds, self.rules.nested[0], self.limit
        finditer, text, end, holes = self.rules.pattern.finditer, self.text, self.end, self._holes
        notable = self.rules.notable
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
                    if holes or self._depth < 0:
                        yield from self._closed(start)
                elif kind == "comment" and not nested:
                    yield start, match.end(), kind, *match.span(index)
                elif kind == "regex":
                    if self._may_be_regex(start):
                        yield start, match.end(), kind, *match.span(index)
                    else:
                        self._pos = start + 1
                elif kind == "string" or kind == "raw":
                    if start == 0 or text[start - 1] in notable:
                        yield self._literal(start, match.end(), kind, *match.span(index))
                    else:
                        yield start, match.end(), kind, *match.span(index)
                else:
                    yield from self._special(kind, match, index)
                if self._pos >= 0:
                    break

    def _closed(self, start: int) -> Iterator[Token]:
        """After a bracket within a hole, or one that was not opened: go on with what is around."""
        if not self._holes:
            self._depth = 0
            if self.hole:
                self.left_at, self._pos = start + 1, self.end
            return
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
                inner = whole - 2 * self.text.endswith(self.rules.nested[1], start + 4, whole)
                self._pos = whole
            yield start, whole, kind, match.start(index), inner
        elif kind.startswith("regex") and not self._may_be_regex(start):
            self._pos = start + 1
        elif kind == "heredoc":
            if self.missing is not None:
                yield from self._heredoc(match, self.missing)
        elif mode := self.rules.modes.get(kind):
            last = "regex" if kind.startswith("regex") else "string"
            yield from self._chunk(mode, self._prefixed(start), stop, last)
        elif kind == "script":
            if tag := _TAG_END.match(self.text, stop, min(stop + _TAG, self.end)):
                self.left_at, self.left_by, self.tag = stop, kind, tag.end()
                self._pos = self.end
        else:
            self.left_at, self.left_by = stop, kind
            self._pos = self.end

    def _chunk(self, mode: Mode, start: int, pos: int, last: str) -> Iterator[Token]:
        """A stretch of an interpolated string: up to the next hole, or to its end.

        ``last`` is the kind if the string ends here: ``tail`` except for its first stretch.
        """
        deep = len(self._holes) >= _NESTING
        match = (mode.whole if deep else mode.chunk).match(self.text, pos, self.end)
        if match is None:
            self._pos = pos
            return
        stop, inner = match.end(), match.end(1)
        self._pos = stop
        if match.lastindex == 2:
            yield start, inner, "middle" if last == "tail" else "head", pos, inner
            yield inner, stop, "open", stop, stop
            self._holes.append((mode, self._depth))
            self._depth += 1
        elif last != "tail" and stop == inner < self.end:
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

    def _may_be_regex(self, start: int) -> bool:
        """Whether a value may stand at the slash at ``start``: no division, no closing tag."""
        text = self.text
        gap = text[max(0, start - 80) : start]
        before = gap.rstrip()
        if not before:
            return True
        following = text[start + 1 : start + 2]
        if following == ">":  # the end of a tag, or a pattern of that character
            return before[-1] in "(,:[!&|?"
        if _BEFORE_REGEX.search(before[-16:]):
            return True
        return "\n" in gap[len(before) :] and gap[-1] != "<" and following not in " =\t\r\n"

    def _nested_end(self, start: int, stop: int) -> int:
        """End of a block comment in which others may be nested."""
        text, (opening, closing) = self.text, self.rules.nested
        if not text.startswith(opening, start) or text.find(opening, start + 2, stop) < 0:
            return stop
        depth = 0
        for edge in _edges(opening, closing).finditer(text, start, self.end):
            depth += 1 if edge.group() == opening else -1
            if depth == 0:
                return edge.end()
        return self.end

    def _heredoc(self, match: re.Match[str], missing: set[str]) -> Iterator[Token]:
        """The rest of the line, then the bodies of all heredocs the line announces."""
        text, limit = self.text, min(match.end() + _HEREDOC_LINE, self.end)
        line = text.find("\n", match.end(), limit)
        pattern = self.rules.heredoc
        if line < 0 or pattern is None:
            return
        bodies, pos = [], line + 1
        for start in islice(pattern.finditer(text, match.start(), line), 8):
            end = self._heredoc_end(start[2], pos, missing)
            if end is None:
                break
            bodies.append((pos, end.start(), "raw" if start[1] == "'" else "string"))
            self._pos = end.end()
            pos = text.find("\n", end.end(), self.end) + 1 or self.end
        if bodies:
            on_line = _Lexer(self.rules, text, line, self.limit)
            yield from on_line.run(match.end())
            for first, last, kind in bodies:
                yield from self._body(first, last, kind)

    def _heredoc_end(self, name: str, pos: int, missing: set[str]) -> re.Match[str] | None:
        """The line after ``pos`` that ends the heredoc ``name``."""
        if name in missing or len(missing) >= _IN_VAIN:
            return None
        end = re.compile(rf"^[ \t]*+{name}{self.rules.heredoc_ends}", re.M)
        found = end.search(self.text, pos, self.end)
        if found is None:
            missing.add(name)
        return found

    def _body(self, start: int, end: int, kind: str) -> Iterator[Token]:
        """The text of a heredoc, with its holes; those that do not end in it are closed."""
        if kind == "raw":
            yield start, end, kind, start, end
            return
        inside = _Lexer(self.rules, self.text, end, self.limit)
        yield from inside._chunk(self.rules.modes["heredoc"], start, start, kind)
        if inside._holes:
            yield from inside.run(inside._pos)
        for _ in inside._holes:
            yield end, end, "tail", end, end


@cache
def _edges(opening: str, closing: str) -> re.Pattern[str]:
    return re.compile(f"{re.escape(opening)}|{re.escape(closing)}")
