"""Reads one Entry and proposes what its text may name, with how sure the wording alone makes us.

Strength is about the id, place is about where it stands; recognise.py weighs the two.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence, Set
from typing import Any, NamedTuple

from stackaudit.catalogue import Catalogue, HostMatch, IdMatch
from stackaudit.catalogue.places import last_part
from stackaudit.detect import addresses, display, noise, prose, symbols
from stackaudit.detect.entry import Entry
from stackaudit.detect.lookalikes import is_class, is_lookalike
from stackaudit.detect.strength import CERTAIN, FULL, PLAIN, has_size, strength_of
from stackaudit.detect.tokens import (
    Piece,
    alternatives,
    assignments,
    enumerated,
    is_piece,
    pieces,
    windows_name,
)
from stackaudit.detect.wrapped import named, packed, without_capacity
from stackaudit.model import Kind

# How much the place expects a model.
NEVER, PROSE, VALUE, MODEL_PLACE = range(4)

_QUOTES = ('"', "'", "`")
_ORG = re.compile(r"[A-Za-z0-9][\w.-]*\Z")
#: A pattern rather than an id.
_HOLE = re.compile(r"\{[^{}]*+\}|\\\([^()]*+\)")
_PATTERN_CHARACTERS = frozenset("\\()|^[]")
_VALUES = ("string", "value", "key")
#: Bytes between a piece of a value and the next that decoding may have taken out.
_FARTHEST = 1_000
#: Characters from which a value that is not as the file has it is searched for anchors first.
_MANY = 400
#: A constant as text tells it, perhaps of a class or module: ModelName.NAME_4_O.
_CONSTANT = re.compile(r"(?:\w+(?:\.|::))*(?P<name>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)")
_VARIABLE_NAME = re.compile(r"[A-Z][A-Z0-9]*_[A-Z0-9_]+")
#: What follows a variable that is given a value.
_SET = re.compile(r"[ \t]*=[ \t]*[^= \t]")
#: The tag that formats a name: <c>gpt-4o</c>.
_TAG = re.compile(r"(?:<[A-Za-z0-9][\w-]{0,20}>)+(?=\w)")
_ASSIGNMENT = re.compile(r"(?P<key>-{0,2}[A-Za-z_][\w.-]*)=(?P<value>.+)", re.DOTALL)


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


class Reader:
    """Proposes candidates for the entries of one file."""

    def __init__(
        self,
        catalogue: Catalogue,
        text: str,
        hits: Sequence[int],
        imported: Set[str] = frozenset(),
        language: str = "",
    ) -> None:
        self._catalogue = catalogue
        self._python = language == "python"
        self._imported = imported
        self._places = catalogue.places
        self._text = text
        self._hits = hits
        self._found: tuple[int, int] = (0, -1)
        """Where the present piece starts in its value, and in the file where that differs."""

    def candidates(self, entry: Entry, *, everything: bool = False) -> Iterator[Candidate]:
        """Candidates of one entry; without ``everything`` only around anchor hits."""
        raw = entry.text or self._text[entry.start : entry.end]
        if not raw:
            return
        if entry.region == "code":
            yield from self._symbol(entry, raw)
            return
        place, key = self.place(entry)
        self._found, cursor = (0, -1), entry.start
        if entry.region in _VALUES and (short := self._short(entry, raw, place, key)):
            yield short
            return
        if entry.region in _VALUES and is_piece(raw):
            yield from self._piece(entry, Piece(0, len(raw), raw), raw, place, key)
            return
        if entry.region in _VALUES:
            plural = key.lower().endswith("models")
            within = enumerated(raw, plural) if plural or place == MODEL_PLACE else ()
            if within := within or windows_name(raw) or assignments(raw):
                for piece in within:
                    yield from self._piece(entry, piece, raw, place, key)
                return
        if entry.region in _VALUES and _is_pattern(raw):
            for piece in alternatives(raw):
                yield from self._piece(entry, piece, raw, min(place, VALUE), key)
            return
        hits = None if everything else self._hits_in(entry, raw)
        previous_end = -1
        for piece in pieces(raw, hits):
            if entry.text:
                cursor = self._find(piece, cursor, entry.end)
            for found in self._piece(entry, piece, raw, min(place, PROSE), key):
                if found.kind == "model" and found.text == raw and found.strength >= FULL:
                    found = found._replace(place=place if entry.region in _VALUES else PROSE)
                # A display name may have taken words of the next piece.
                if found.start >= previous_end:
                    previous_end = found.end if found.kind == "model" else previous_end
                    yield found

    def _hits_in(self, entry: Entry, raw: str) -> list[int] | None:
        """Where anchors stand in a value; None where it is short and not as the file has it."""
        if not entry.text:
            low, high = bisect_left(self._hits, entry.start), bisect_right(self._hits, entry.end)
            return [hit - entry.start for hit in self._hits[low:high]]
        if len(raw) <= _MANY:
            return None
        data = raw.encode("latin-1", "replace")  # offsets stay
        anchors = noise.telling(self._catalogue.find(data), data)
        return sorted({*anchors, *self._catalogue.ordinary(data)})

    def _short(self, entry: Entry, raw: str, place: int, key: str) -> Candidate | None:
        """A name that says a model only because of what stands around it."""
        if place == NEVER:
            return None
        expected = key if place == MODEL_PLACE else ""
        full = self._catalogue.short_names.find(raw, entry.keys, self._imported, expected)
        match = self._catalogue.ids.find(full) if full else None
        if match is None:
            return None
        found = self._candidate("model", entry, 0, len(raw), MODEL_PLACE, FULL, key, match)
        return found._replace(known_as=full)

    def _find(self, piece: Piece, cursor: int, end: int) -> int:
        """Find a piece of a value in the file from ``cursor`` on; return where to seek the next."""
        stop = min(end, cursor + len(piece.text) + _FARTHEST)
        at = self._text.find(piece.text, cursor, stop)
        self._found = (piece.start, at)
        return cursor if at < 0 else at + len(piece.text)

    def expects(self, entry: Entry) -> bool:
        """Whether a value stands where a model does, or is a short name that its place explains."""
        return self.place(entry)[0] == MODEL_PLACE or bool(
            self._catalogue.short_names.find(
                entry.text or self._text[entry.start : entry.end], entry.keys, self._imported, ""
            )
        )

    def place(self, entry: Entry) -> tuple[int, str]:
        """What a whole value at this place is, and the key that decides it."""
        nearest = entry.keys[-1] if entry.keys else ""
        if entry.region not in _VALUES:
            return PROSE, nearest
        for key in reversed(entry.keys[-3:]):
            kind = self._places.of_key(last_part(key))
            if kind == "never":
                return NEVER, key
            if kind and entry.region != "key":
                return (MODEL_PLACE if kind == "model" else VALUE), key
            if self._places.of_command(key) or self._is_loader(entry, key):
                return MODEL_PLACE, key
            if key == nearest and key.startswith("-"):
                break
        return VALUE, nearest

    def _is_loader(self, entry: Entry, key: str) -> bool:
        """Whether a name is called here, and its argument is a model."""
        if not (self._places.of_callee(key) or self._catalogue.client(key)):
            return False
        calls = (link for link in entry.links if link.startswith("call:"))
        bracket = int(next(calls, "call:0").partition(":")[2].partition("@")[0])
        before = self._text[max(0, bracket - 200) : bracket]
        return key[-40:] in before[-80 - len(key) :]

    def _symbol(self, entry: Entry, raw: str) -> Iterator[Candidate]:
        """A credential variable, or a constant of an SDK that names a model: ``Chat.NAME_4_O``."""
        name = last_part(raw)
        credential = self._catalogue.credential(name)
        if credential and credential["kind"] == "credential":
            start = len(raw) - len(name)
            yield self._candidate(
                "credential", entry, start, len(raw), VALUE, CERTAIN, "", credential
            )
            return
        key = entry.keys[-1] if entry.keys else ""
        place = MODEL_PLACE if self._places.of_key(last_part(key)) == "model" else VALUE
        if self._text[entry.end : entry.end + 1] == "(" and not symbols.is_read(raw):
            return
        # There a leading dot is a module's, and what is not in capitals on a module is a class.
        implicit = not self._python and self._text[max(0, entry.start - 1) : entry.start] == "."
        found = symbols.find(raw, self._catalogue, implicit=implicit)
        if found and self._python and not (found.owned or raw[found.start : found.end].isupper()):
            return
        if found:
            strength = FULL if found.owned or place == MODEL_PLACE else PLAIN
            yield self._candidate(
                "model", entry, found.start, found.end, place, strength, key, found.match
            )
            return
        bare = _CONSTANT.fullmatch(raw) if place == MODEL_PLACE else None
        if bare and not self._is_set_here(bare["name"]):
            match = self._constant(bare["name"], numbered=False)
            if match:
                yield self._candidate("model", entry, *bare.span("name"), place, FULL, key, match)

    def _is_set_here(self, name: str) -> bool:
        """Whether the file itself gives a constant its value, which then tells more."""
        return re.search(rf"\b{name}\b[ \t]*+(?::[^=\n]{{0,60}})?=(?!=)", self._text) is not None

    def _constant(self, name: str, *, numbered: bool = True) -> IdMatch | None:
        """The model that the name of a constant stands for, where it is one beyond doubt."""
        if numbered and not any(map(str.isdigit, name)):
            return None
        match = self._catalogue.ids.find(name.replace("_", "-"))
        telling = match is not None and match.strong and match.complete and match.versioned
        return match if telling else None

    def _package(self, entry: Entry, piece: Piece, place: int, key: str) -> Iterator[Candidate]:
        """A container image or CI action of a known AI runtime or tool."""
        name = piece.text.partition("@")[0]
        head, colon, tag = name.rpartition(":")
        name = head if colon and "/" not in tag else name
        row = self._catalogue.image(name)
        if row:
            end = piece.start + len(name)
            yield self._candidate("sdk", entry, piece.start, end, place, CERTAIN, key, row)

    def _piece(
        self, entry: Entry, piece: Piece, raw: str, place: int, key: str
    ) -> Iterator[Candidate]:
        text = piece.text
        if "/" in text and self._places.is_image_key(key):
            packages = list(self._package(entry, piece, place, key))
            if packages:
                yield from packages
                model = packed(text, packages[0].match["name"], self._catalogue)
                if model:
                    start, end = piece.start + model.start, piece.start + model.end
                    yield self._candidate(
                        "model", entry, start, end, MODEL_PLACE, CERTAIN, key, model.match
                    )
                return
        assigned = (
            _ASSIGNMENT.fullmatch(text) if "=" in text and "://" not in text.split("=")[0] else None
        )
        if assigned:
            kind = self._places.of_key(assigned["key"])
            credential = self._catalogue.credential(assigned["key"])
            if credential and credential["kind"] == "credential":
                end = piece.start + assigned.end("key")
                yield self._candidate(
                    "credential", entry, piece.start, end, place, CERTAIN, key, credential
                )
            offset = piece.start + assigned.start("value")
            inner = Piece(offset, piece.end, assigned["value"])
            place = MODEL_PLACE if kind == "model" else place
            yield from self._piece(entry, inner, raw, place, assigned["key"])
            return
        path = named(text, self._catalogue)
        if path:
            below = Piece(piece.start + path[1], piece.end, text[path[1] :])
            yield from self._piece(entry, below, raw, place, path[0])
            return
        credential = self._catalogue.credential(text)
        if credential:
            if credential["kind"] == "credential":
                yield self._candidate(
                    "credential", entry, piece.start, piece.end, place, CERTAIN, key, credential
                )
            return
        if "." in text or ":" in text:
            host = self._catalogue.hosts.find(text)
            if host and place == PROSE and text[:1].isupper() and "/" not in text:
                return  # a name written like an address: Provider.ai
            if host:
                yield self._candidate(
                    "endpoint", entry, piece.start, piece.end, place, CERTAIN, key, host
                )
                if place != NEVER:
                    yield from self._url_models(entry, piece, host, place, key)
                return
            asked = addresses.in_query(text) if "://" in text and place != NEVER else None
            if asked:
                inner = Piece(piece.start + asked.start, piece.start + asked.end, asked.text)
                yield from self._model(entry, inner, inner.text, MODEL_PLACE, key)
            if "://" in text and text.partition(":")[0] not in self._places.model_schemes:
                yield from self._download(entry, piece, place, key)
                return
        if place != NEVER:
            yield from self._model(entry, piece, raw, place, key)

    def _download(self, entry: Entry, piece: Piece, place: int, key: str) -> Iterator[Candidate]:
        """A weights file at the end of an address of any host."""
        file = addresses.file_of(piece.text) if place != NEVER else None
        if file:
            inner = Piece(piece.start + file.start, piece.start + file.end, file.text)
            yield from self._model(entry, inner, inner.text, place, key)

    def _url_models(
        self, entry: Entry, piece: Piece, host: HostMatch, place: int, key: str
    ) -> Iterator[Candidate]:
        """Models named in the path of a known host."""
        row = self._catalogue.endpoint(host.endpoint) if host.endpoint >= 0 else {}
        hub = bool(row) and row["route"] == "weights-hub"
        part = addresses.in_path(host.path, hub=hub)
        if part is None:
            return
        base = piece.start + piece.text.find(host.path)
        inner = self._unwrapped(Piece(base + part.start, base + part.end, part.text))
        if hub and place != MODEL_PLACE:
            place = PROSE if place == PROSE and entry.region in _VALUES else VALUE
        else:
            place = MODEL_PLACE
        found = list(self._model(entry, inner, inner.text, place, key))
        found = found or list(self._download(entry, piece, place, key))
        if hub and addresses.is_page_of_model(host.host, host.path, self._places):
            # Whatever has a page there is a model, though nobody may know it otherwise.
            page = self._candidate("model", entry, inner.start, inner.end, place, FULL, key, None)
            found = [c._replace(strength=max(c.strength, FULL)) for c in found] or [page]
        yield from found

    def _model(
        self, entry: Entry, piece: Piece, raw: str, place: int, key: str
    ) -> Iterator[Candidate]:
        piece = self._unwrapped(piece)
        lowered = piece.text.lower()
        if lowered.endswith(self._places.file_endings) or self._places.is_placeholder(lowered):
            return
        if is_class(piece.text, self._places) or (
            place != MODEL_PLACE and is_lookalike(piece.text, self._places)
        ):
            return
        symbol = (
            symbols.told(piece.text, raw, piece.start, self._catalogue) if place == PROSE else None
        )
        if symbol:
            start, end = piece.start + symbol.start, piece.start + symbol.end
            yield self._candidate("model", entry, start, end, place, FULL, key, symbol.match)
            return
        constant = _CONSTANT.fullmatch(piece.text)
        if constant and (place == PROSE or constant.start("name")):
            piece = Piece(piece.start + constant.start("name"), piece.end, constant["name"])
            match = self._constant(piece.text)
            if match:
                yield self._candidate(
                    "model", entry, piece.start, piece.end, place, FULL, key, match
                )
            return
        # What ends in a separator is the beginning of an id, what begins with one an option.
        if _VARIABLE_NAME.fullmatch(piece.text) or piece.text.endswith(("-", "_", ":")):
            return
        if "=" in piece.text or piece.text.startswith("-") or "/$" in piece.text:
            return
        if place == PROSE and piece.text.isidentifier() and _SET.match(raw, piece.end):
            return  # a variable of code that is told of
        if place == PROSE:
            text = prose.without_ending(piece.text)
            piece = Piece(piece.start, piece.start + len(text), text)
        text = without_capacity(piece.text, self._catalogue)
        piece = Piece(piece.start, piece.start + len(text), text)
        match = self._catalogue.ids.find(text)
        if match and place == PROSE and self._is_enumeration(entry, piece, raw, match):
            yield from self._alternatives(entry, piece, raw, key)
            return
        if match and (place == PROSE or (not match.complete and " " in raw)):
            piece, match = display.name(piece, raw, match, self._catalogue.ids)
        if match is None:
            return
        strength = strength_of(match)
        is_file = lowered.endswith(self._places.weight_endings) or (
            match.strong and addresses.is_weights(lowered)
        )
        if is_file and match.family >= 0:
            strength = max(strength, FULL)
        found = self._candidate("model", entry, piece.start, piece.end, place, strength, key, match)
        if place == PROSE and strength == PLAIN and raw[piece.start : piece.end] == piece.text:
            common = self._places.common_words
            telling = prose.is_telling(match, raw, piece.start, piece.end, common)
            found = found._replace(telling=telling)
        yield found

    def _is_enumeration(self, entry: Entry, piece: Piece, raw: str, match: IdMatch) -> bool:
        """Whether the slashes of a piece of prose stand between names, not in one."""
        parts = piece.text.split("/")
        if len(parts) > 1 and prose.are_names(parts, [self._catalogue.ids.find(p) for p in parts]):
            return True
        is_path = len(parts) == 1 or _is_path_of_id(match)
        return not is_path and not self._is_owned(entry, piece, raw, match)

    def _is_owned(self, entry: Entry, piece: Piece, raw: str, match: IdMatch) -> bool:
        """Whether prose names a model of an organisation nobody knows: org/name-7b."""
        first = piece.text.partition("/")[0]
        if not match.org or match.tail or self._catalogue.ids.find(first) or not _ORG.match(first):
            return False
        quoted = raw[max(0, piece.start - 1) : piece.start] in _QUOTES
        return quoted or entry.keys[-1:] == ("code",) or has_size(match.name)

    def _alternatives(self, entry: Entry, piece: Piece, raw: str, key: str) -> Iterator[Candidate]:
        """Names enumerated with slashes in prose: Name-5.4/Other 3.1."""
        start = piece.start
        for part in piece.text.split("/"):
            inner = Piece(start, start + len(part), part)
            start = inner.end + 1
            if part:
                yield from self._model(entry, inner, raw, PROSE, key)

    def _unwrapped(self, piece: Piece) -> Piece:
        """A piece without a query behind it and without closing punctuation."""
        text = piece.text
        cut = min((at for at in map(text.find, "?#&") if at > 0), default=len(text))
        text = text[:cut].rstrip(",;!=/")
        tag = _TAG.match(text)
        start = piece.start + (tag.end() if tag else 0)
        return Piece(start, piece.start + len(text), text[start - piece.start :])

    def _candidate(
        self,
        kind: Kind,
        entry: Entry,
        start: int,
        end: int,
        place: int,
        strength: int,
        key: str,
        match: Any,
    ) -> Candidate:
        raw = entry.text or self._text[entry.start : entry.end]
        text = raw[start:end]
        if not entry.text:
            return Candidate(
                kind,
                entry.start + start,
                entry.start + end,
                text,
                entry,
                place,
                strength,
                key,
                match,
            )
        # Escapes moved the offsets: find the words again in the raw value.
        at = self._found[1] + start - self._found[0]
        if self._found[1] < 0 or not self._text.startswith(text, at):
            at = self._text.find(text, entry.start, entry.end)
        if at < 0:
            return Candidate(kind, entry.start, entry.end, text, entry, place, strength, key, match)
        return Candidate(kind, at, at + len(text), text, entry, place, strength, key, match)


def _is_pattern(raw: str) -> bool:
    if " " in raw or _PATTERN_CHARACTERS.isdisjoint(raw):
        return False
    return not _PATTERN_CHARACTERS.isdisjoint(_HOLE.sub("", raw))


def _is_path_of_id(match: IdMatch) -> bool:
    """Whether the parts before the name are an organisation or a route prefix."""
    return not match.tail and (bool(match.org_vendor) or match.prefix >= 0 or not match.org)
