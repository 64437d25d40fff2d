"""What in one piece of a value or of prose names a model, and how telling it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.catalogue import Catalogue, IdMatch
from stackaudit.detect import addresses, display, prose, surroundings, symbols
from stackaudit.detect.candidate import MODEL_PLACE, PROSE, Candidate, Locator, Value
from stackaudit.detect.lookalikes import is_class, is_lookalike
from stackaudit.detect.strength import FULL, PLAIN, has_size, strength_of
from stackaudit.detect.tokens import Piece
from stackaudit.detect.wrapped import without_capacity

#: A constant as text tells it, perhaps of a class or module: ModelName.NAME_4_O.
CONSTANT = re.compile(r"(?:\w+(?:\.|::))*(?P<name>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)")
_QUOTES = ('"', "'", "`")
_ORG = re.compile(r"[A-Za-z0-9][\w.-]*\Z")
_VARIABLE_NAME = re.compile(r"[A-Z][A-Z0-9]*_[A-Z0-9_]+")
#: What follows a variable that is given a value.
_SET = re.compile(r"[ \t]*=[ \t]*[^= \t]")
#: The tag that formats a name: <c>name-4</c>.
_TAG = re.compile(r"(?:<[A-Za-z0-9][\w-]{0,20}>)+(?=\w)")


def constant(name: str, catalogue: Catalogue) -> IdMatch | None:
    """The model that the name of a constant stands for, where it is one beyond doubt."""
    match = catalogue.ids.find(name.replace("_", "-"))
    telling = match is not None and match.strong and match.complete and match.versioned
    return match if telling else None


def unwrapped(piece: Piece) -> Piece:
    """A piece without a query behind it and without closing punctuation."""
    text = piece.text
    cut = min((at for at in map(text.find, "?#&") if at > 0), default=len(text))
    text = text[:cut].rstrip(",;!=/")
    tag = _TAG.match(text)
    start = piece.start + (tag.end() if tag else 0)
    return Piece(start, piece.start + len(text), text[start - piece.start :])


class Models:
    """Proposes models for the pieces of one file's values."""

    def __init__(self, catalogue: Catalogue, locator: Locator) -> None:
        """Take the catalogue that knows ids, and what makes candidates."""
        self._catalogue = catalogue
        self._places = catalogue.places
        self._at = locator

    def propose(self, value: Value, piece: Piece, raw: str) -> Iterator[Candidate]:
        """The models of one piece.

        Args:
            value: What the piece is of, and how much its place expects a model.
            piece: Offsets are those in the value.
            raw: The text around it, in which a name may go on.
        """
        piece, in_prose = unwrapped(piece), value.place == PROSE
        if in_prose and (part := addresses.in_resource(piece.text)):
            piece = Piece(piece.start + part.start, piece.start + part.end, part.text)
        lowered = piece.text.lower()
        if self._is_other(value, piece.text, lowered) or self._is_told_of(value, piece, raw):
            return
        told = self._told(value, piece, raw)
        if told is not None:
            yield from told
            return
        if _is_program(piece.text) or (
            in_prose and piece.text.isidentifier() and _SET.match(raw, piece.end)
        ):
            return
        text = prose.without_ending(piece.text) if in_prose else piece.text
        text = without_capacity(text, self._catalogue)
        piece = Piece(piece.start, piece.start + len(text), text)
        match = self._catalogue.ids.find(text)
        if match is None:
            return
        if in_prose and self._is_enumeration(value, piece, raw, match):
            yield from self._alternatives(value, piece, raw)
            return
        if in_prose or (not match.complete and " " in raw):
            piece, match = display.name(piece, raw, match, self._catalogue.ids)
        yield self._weighed(value, piece, raw, match, self._is_file(lowered, match))

    def _is_other(self, value: Value, text: str, lowered: str) -> bool:
        """Whether a piece is a file, a placeholder, a class or what else only looks so."""
        if lowered.endswith(self._places.file_endings) or self._places.is_placeholder(lowered):
            return True
        alike = value.place != MODEL_PLACE and is_lookalike(text, self._places)
        return is_class(text, self._places) or alike

    def _is_told_of(self, value: Value, piece: Piece, raw: str) -> bool:
        """Whether the text around a piece makes it a variable, or says something of a model."""
        if value.entry.region == "prose" and surroundings.is_argument(piece.text, raw, piece.start):
            return True
        in_prose = value.place == PROSE
        return in_prose and surroundings.is_described(raw, piece.start, self._places)

    def _told(self, value: Value, piece: Piece, raw: str) -> list[Candidate] | None:
        """The constant of a program that text tells of; None where it tells of none."""
        in_prose = value.place == PROSE
        symbol = symbols.told(piece.text, raw, piece.start, self._catalogue) if in_prose else None
        if symbol:
            start, end = piece.start + symbol.start, piece.start + symbol.end
            return [self._at.candidate("model", value, start, end, FULL, symbol.match)]
        found = CONSTANT.fullmatch(piece.text)
        if not found or not (in_prose or found.start("name")):
            return None
        name = found["name"]
        match = constant(name, self._catalogue) if any(map(str.isdigit, name)) else None
        start = piece.start + found.start("name")
        return [self._at.candidate("model", value, start, piece.end, FULL, match)] if match else []

    def _is_file(self, lowered: str, match: IdMatch) -> bool:
        """Whether a name is that of a file of weights."""
        known = lowered.endswith(self._places.weight_endings)
        return known or (match.strong and addresses.is_weights(lowered))

    def _weighed(
        self, value: Value, piece: Piece, raw: str, match: IdMatch, is_file: bool
    ) -> Candidate:
        """A model with its strength: by its wording, as a file of weights, by the prose around."""
        strength = strength_of(match)
        if is_file and match.family >= 0:
            strength = max(strength, FULL)
        found = self._at.candidate("model", value, piece.start, piece.end, strength, match)
        weak = value.place == PROSE and strength == PLAIN
        if weak and raw[piece.start : piece.end] == piece.text:
            common = self._places.common_words
            telling = prose.is_telling(match, raw, piece.start, piece.end, common)
            return found._replace(telling=telling)
        return found

    def _is_enumeration(self, value: Value, piece: Piece, raw: str, match: IdMatch) -> bool:
        """Whether the slashes of a piece of prose stand between names, not in one."""
        parts = piece.text.split("/")
        if len(parts) > 1 and prose.are_names(parts, [self._catalogue.ids.find(p) for p in parts]):
            return True
        is_path = len(parts) == 1 or _is_path_of_id(match)
        return not is_path and not self._is_owned(value, piece, raw, match)

    def _is_owned(self, value: Value, piece: Piece, raw: str, match: IdMatch) -> bool:
        """Whether prose names a model of an organisation nobody knows: org/name-7b."""
        first = piece.text.partition("/")[0]
        if not match.org or match.tail or self._catalogue.ids.find(first) or not _ORG.match(first):
            return False
        quoted = raw[max(0, piece.start - 1) : piece.start] in _QUOTES
        return quoted or value.entry.keys[-1:] == ("code",) or has_size(match.name)

    def _alternatives(self, value: Value, piece: Piece, raw: str) -> Iterator[Candidate]:
        """Names enumerated with slashes in prose: Name-5.4/Other 3.1."""
        start = piece.start
        for part in piece.text.split("/"):
            inner = Piece(start, start + len(part), part)
            start = inner.end + 1
            if part:
                yield from self.propose(value, inner, raw)


def _is_program(text: str) -> bool:
    """Whether a piece is a variable, an option, a setting or the mere beginning of an id."""
    if _VARIABLE_NAME.fullmatch(text) or text.endswith(("-", "_", ":")):
        return True
    return "=" in text or text.startswith(("-", "_")) or "/$" in text


def _is_path_of_id(match: IdMatch) -> bool:
    """Whether the parts before the name are an organisation or a route prefix."""
    return not match.tail and (bool(match.org_vendor) or match.prefix >= 0 or not match.org)
