"""What a text may name, how much its place expects it, and where in the file it stands."""

from __future__ import annotations

from typing import Any, NamedTuple

from stackaudit.detect.entry import Entry
from stackaudit.detect.tokens import Piece
from stackaudit.model import Kind

# How much the place expects a model.
NEVER, PROSE, VALUE, MODEL_PLACE = range(4)
#: Bytes between a piece of a value and the next that decoding may have taken out.
_FARTHEST = 1_000


class Candidate(NamedTuple):
    """Something the text at [start, end) may name."""

    kind: Kind
    start: int
    end: int
    text: str
    entry: Entry
    place: int
    strength: int
    key: str
    match: Any
    """IdMatch, HostMatch or a credential row."""
    sibling: bool = False
    """An unknown name in a list of models."""
    telling: bool = False
    """A weak name in prose that counts where others are named."""
    known_as: str = ""
    """The full name where the text is a short one."""


class Value(NamedTuple):
    """A value as it is read, and what its place says of it."""

    entry: Entry
    raw: str
    place: int
    key: str
    """The name around it that decides."""

    def within(self, place: int) -> Value:
        """The same value where a part of it stands for less."""
        return self._replace(place=min(self.place, place))


class Locator:
    """Makes candidates of values, with their offsets in the file."""

    def __init__(self, text: str) -> None:
        """Take the file as text, one character for each byte."""
        self.text = text
        self._cursor = 0
        self._found: tuple[int, int] = (0, -1)
        """Where the present piece starts in its value, and in the file where that differs."""

    def begin(self, entry: Entry) -> None:
        """Go on to another value."""
        self._found, self._cursor = (0, -1), entry.start

    def find(self, entry: Entry, piece: Piece) -> None:
        """Find a piece of a value that is not as the file has it, from the piece before on."""
        stop = min(entry.end, self._cursor + len(piece.text) + _FARTHEST)
        at = self.text.find(piece.text, self._cursor, stop)
        self._found = (piece.start, at)
        self._cursor = self._cursor if at < 0 else at + len(piece.text)

    def candidate(
        self, kind: Kind, value: Value, start: int, end: int, strength: int, match: Any
    ) -> Candidate:
        """A candidate at offsets that are relative to the value."""
        entry, text = value.entry, value.raw[start:end]
        rest = (text, entry, value.place, strength, value.key, match)
        if not entry.text:
            return Candidate(kind, entry.start + start, entry.start + end, *rest)
        # Escapes moved the offsets: find the words again in the raw value.
        at = self._found[1] + start - self._found[0]
        if self._found[1] < 0 or not self.text.startswith(text, at):
            at = self.text.find(text, entry.start, entry.end)
        if at < 0:
            return Candidate(kind, entry.start, entry.end, *rest)
        return Candidate(kind, at, at + len(text), *rest)
