"""Reads source code of any language: the strings and comments that hold a hit, and what is around.

One pass over the tokens with a stack of brackets. What the brackets mean (call, object, block) is
worked out only for those around a hit, and remembered.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from stackaudit import lexer
from stackaudit.detect import code_frames, code_keys, jsx
from stackaudit.detect.code_leads import Frame
from stackaudit.detect.entry import Entry
from stackaudit.detect.symbols import is_read

_DEPTH = 200
"""Brackets within brackets that are told apart; deeper ones are only counted."""
_EXPLAINED = 20_000
"""Entries of one file that get keys; a file with more is not written by hand."""
_LINKS = 6
_KEYS = 4
_REGION = {"comment": "comment", "docstring": "docstring"}
_PARTNER = {")": "(", "]": "[", "}": "{"}
_WORD_LEFT = re.compile(r"[\w$@.:\\]*+")
_WORD_RIGHT = re.compile(r"[\w$]*+(?:(?:\.|::|\\)[\w$]++)*+")
_DASH_LEFT = re.compile(r"[\w$@.:\\/-]*+")
_DASH_RIGHT = re.compile(r"[\w$./:@-]*+")
_IMPORT = re.compile(r"\s*(?:export\s+)?(?:import|from|using|use|require|include|package|extern)\b")
_BEFORE_VALUE = frozenset("=:(,[{?|>&+")
"""What stands before a bare name that is passed or assigned; others get no keys."""
_SWIFT_HOLE = re.compile(r"\\\(((?:[^()]|\([^()]*+\))*+)\)")
_WIDTH = 200
"""Longest bare name, each way from the hit."""


def entries(text: str, language: str, offsets: Sequence[int] | None = None) -> Iterator[Entry]:
    """Yield the strings, comments and bare names that hold one of ``offsets``.

    Args:
        text: the source, one character a byte (latin-1).
        language: as named by ``source.language_of``.
        offsets: sorted byte offsets of hits; None for every string and comment.

    An interpolated string is one entry over all its holes; strings within its holes are entries
    of their own. ``keys`` end with a marker of ``code_keys`` where the value is compared
    (``==``, ``=~``, ``in``, ``case``), returned (``return``), itself a key (``:``) or a subscript
    (``[]``). The first link is ``join:<offset>`` where the value is only part of a longer string:
    an operand of a concatenation, or text around holes.
    """
    if offsets is not None and not offsets:
        return
    yield from _Reader(text, language, offsets).read()


@dataclass(slots=True)
class _Literal:
    """An interpolated string that is still open."""

    start: int
    inner: int
    end: int
    hit: bool
    """A hit lies in its text (not in its holes)."""
    held: list[Entry] = field(default_factory=list)
    """Entries of strings within its holes."""


class _Reader:
    def __init__(self, text: str, language: str, offsets: Sequence[int] | None) -> None:
        self.text, self.language, self.offsets = text, language, offsets
        self.next = 0
        """Index of the first offset that is not yet passed."""
        self.stack = [code_frames.outermost()]
        self.too_deep = 0
        self.explained = 0
        self.literals: list[_Literal] = []
        self.region = "code"
        self.bare_end = 0

    def read(self) -> Iterator[Entry]:
        text, offsets, stack = self.text, self.offsets, self.stack
        size = len(text) + 1
        upcoming = offsets[0] if offsets else size
        for start, end, kind, inner, inner_end in lexer.tokens(
            text, self.language, offsets[-1] if offsets else None
        ):
            if upcoming < start:
                yield from self._bare(start)
                upcoming = self._upcoming(size)
            if kind == "open":
                if len(stack) < _DEPTH:
                    stack.append(Frame(start, text[end - 1]))
                else:
                    self.too_deep += 1
            elif kind == "close":
                self._pop(start, end)
            elif kind in ("head", "middle", "tail"):
                yield from self._interpolated(start, end, kind, inner, inner_end)
                upcoming = self._upcoming(size)
            elif kind in ("markup", "script"):
                self.region = "prose" if kind == "markup" else "code"
            else:
                if upcoming < end or offsets is None:
                    entry = self._entry(start, end, kind, inner, inner_end)
                    yield from self._give(entry)
                    if offsets is not None:
                        self.next = bisect_left(offsets, end, self.next)
                        upcoming = self._upcoming(size)
                self._add(start, end, kind)
        yield from self._bare(size)
        yield from self._finish()

    def _upcoming(self, size: int) -> int:
        return self.offsets[self.next] if self.offsets and self.next < len(self.offsets) else size

    def _give(self, entry: Entry) -> Iterator[Entry]:
        """Yield the entry, or keep it until the literal around it is complete."""
        if self.literals:
            self.literals[0].held.append(entry)
        else:
            yield entry

    # -- brackets ------------------------------------------------------------------------------

    def _pop(self, start: int, end: int) -> None:
        """Close the nearest bracket of this kind; a stray one is ignored."""
        if self.too_deep:
            self.too_deep -= 1
            return
        opening = _PARTNER[self.text[start]]
        stack = self.stack
        at = len(stack) - 1
        if stack[at].bracket != opening:
            lowest = max(at - 8, 0)
            while at > lowest and stack[at].bracket not in (opening, '"'):
                at -= 1
        if at > 0 and stack[at].bracket == opening:
            frame = stack[at]
            del stack[at:]
            stack[-1].add(frame.open, end, "group")

    def _add(self, start: int, end: int, kind: str) -> None:
        if not self.too_deep:
            self.stack[-1].add(start, end, kind)

    # -- entries -------------------------------------------------------------------------------

    def _interpolated(
        self, start: int, end: int, kind: str, inner: int, inner_end: int
    ) -> Iterator[Entry]:
        """Collect the pieces of an interpolated string."""
        hit = self.offsets is None
        if self.offsets is not None:
            after = bisect_left(self.offsets, end, self.next)
            hit = after > self.next
            self.next = after
        if kind == "head":
            self.literals.append(_Literal(start, inner, inner_end, hit))
            if len(self.stack) < _DEPTH:
                self.stack.append(Frame(start, '"'))
            else:
                self.too_deep += 1
            return
        if not self.literals:
            return
        literal = self.literals[-1]
        literal.hit = literal.hit or hit
        literal.end = inner_end
        if kind == "tail":
            yield from self._close_literal(end)

    def _close_literal(self, end: int) -> Iterator[Entry]:
        literal = self.literals.pop()
        if self.too_deep:
            self.too_deep -= 1
        else:
            while len(self.stack) > 1 and self.stack.pop().open != literal.start:
                pass
        found = literal.held
        if literal.hit:
            entry = self._entry(literal.start, end, "head", literal.inner, literal.end)
            found = sorted([entry, *found])
        self._add(literal.start, end, "string")
        for entry in found:
            yield from self._give(entry)

    def _finish(self) -> Iterator[Entry]:
        """Literals that the end of the text cuts off."""
        while self.literals:
            yield from self._close_literal(len(self.text))

    def _entry(self, start: int, end: int, kind: str, inner: int, inner_end: int) -> Entry:
        """The entry of one complete token."""
        region = _REGION.get(kind)
        if region:
            return Entry(inner, inner_end, region)
        keys, links, assigned = self._around(start, end, kind)
        value = ""
        raw = self.text[inner:inner_end]
        if kind != "raw" and kind != "regex" and "\\" in raw:
            raw = _SWIFT_HOLE.sub(r"{\1}", raw) if self.language == "swift" else raw
            value = code_keys.unescape(raw)
        return Entry(inner, inner_end, "string", keys, links, assigned, value)

    def _around(
        self, start: int, end: int, kind: str
    ) -> tuple[tuple[str, ...], tuple[str, ...], str]:
        """Keys, links and assigned variable of the value at ``start``."""
        self.explained += 1
        if self.explained > _EXPLAINED:
            return (), (), ""
        frame = code_frames.explain(self.stack, self.text, self.language)
        value = code_frames.value(frame, self.text, self.language, start, end)
        keys = (*frame.keys, *value.keys, *((code_keys.MATCHED,) if kind == "regex" else ()))
        links = frame.links[:_LINKS]
        if value.joined or kind == "head":
            links = (f"join:{start}", *links)
        assigned = value.target if frame.statements and value.target else frame.assigned
        return keys[-_KEYS:], links, assigned

    def _bare(self, stop: int) -> Iterator[Entry]:
        """Hits outside strings and comments, up to ``stop``: the names they stand in."""
        if self.offsets is None:
            return
        text = self.text
        dashes = self.region == "prose" or self.language in code_frames.DASHED
        left, right = (_DASH_LEFT, _DASH_RIGHT) if dashes else (_WORD_LEFT, _WORD_RIGHT)
        after = bisect_left(self.offsets, stop, self.next)
        for offset in self.offsets[self.next : after]:
            if offset < self.bare_end:
                continue
            before = left.match(text[max(0, offset - _WIDTH) : offset][::-1])
            start = offset - (before.end() if before else 0)
            following = right.match(text, offset, min(len(text), offset + _WIDTH))
            end = max(following.end() if following else offset, offset + 1)
            self.bare_end = end
            yield from self._give(self._bare_entry(start, end))
        self.next = after

    def _is_called(self, start: int, end: int) -> bool:
        """Whether a bare name is called or takes a type, other than to read a constant's value."""
        following = self.text[end : end + 1]
        return following == "<" or (following == "(" and not is_read(self.text[start:end]))

    def _bare_entry(self, start: int, end: int) -> Entry:
        while start < end - 1 and self.text[start] in ".:\\":
            start += 1
        if self.region == "prose":
            return Entry(start, end, "prose")
        if self.language in jsx.LANGUAGES and (around := jsx.text_around(self.text, start)):
            self.bare_end = around[1]
            return Entry(*around, "prose")
        reach = max(0, start - _WIDTH)
        line = self.text[max(reach, self.text.rfind("\n", reach, start) + 1) : start]
        if found := _IMPORT.match(line):
            return Entry(start, end, "code", (found.group().split()[-1],))
        if line.rstrip(". ")[-1:] not in _BEFORE_VALUE or self._is_called(start, end):
            return Entry(start, end, "code")
        return Entry(start, end, "code", *self._around(start, end, "code"))
