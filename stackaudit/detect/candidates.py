"""Reads one Entry and proposes what its text may name, with how sure the wording alone makes us.

Strength is about the id, place is about where it stands; recognise.py weighs the two.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from stackaudit.catalogue import Catalogue, HostMatch, IdMatch
from stackaudit.catalogue.places import last_part
from stackaudit.detect.entry import Entry
from stackaudit.detect.lookalikes import is_class, is_lookalike
from stackaudit.detect.strength import CERTAIN, FULL, PLAIN, strength_of
from stackaudit.detect.tokens import Piece, enumerated, is_piece, pieces, windows_name
from stackaudit.model import Kind

# How much the place expects a model.
NEVER, PROSE, VALUE, MODEL_PLACE = range(4)

_URL_MODEL = re.compile(
    r"/(?:models|deployments|engines|publishers/[\w-]+/models|model|foundation-model|ai/run)/"
    r"(?P<id>[\w@.][\w@./:-]*?)(?=:[a-z][A-Za-z]+(?:$|\?)|[?#]|/(?:chat|completions|embeddings|invoke|converse|generate|resolve|versions)|$)"
)
_QUERY_MODEL = re.compile(r"[?&]model(?:_?(?:id|name))?=(?P<id>[\w.:/@-]{3,100})", re.IGNORECASE)
_HUB_PATH = re.compile(r"/(?:models/)?(?P<id>[\w.-]+/[\w.-]+(?::[\w.-]+)?)(?:[/?#]|$)")
_LIBRARY_PATH = re.compile(r"/(?:library/)?(?P<id>[\w.-]+(?::[\w.-]+)?)$")
_NOT_A_MODEL_PATH = ("datasets/", "spaces/", "docs/", "blog/", "papers/", "collections/")
#: A word that may belong to a display name.
_NEXT_WORD = re.compile(
    r" (?!(?i:apis?|models?|series|community|licen[cs]es?|agreement)\b)([A-Z0-9][\w.+-]*|v\d[\w.]*)"
)
#: A pattern rather than an id.
_PATTERN_CHARACTERS = frozenset("\\()|^[]")
_VALUES = ("string", "value", "key")
#: Bytes between a piece of a value and the next that decoding may have taken out.
_FARTHEST = 1_000
#: The last part of a dotted name, in capitals or with a capital, with a number in it.
_SYMBOL = re.compile(r"[\w$.:]*?(?:\.|::)(?P<name>[A-Z](?=\w*\d)\w{2,60})")
#: A constant as text tells it, perhaps of a class or module: ModelName.NAME_4_O.
_CONSTANT = re.compile(r"(?:\w+(?:\.|::))*(?P<name>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)")
_VARIABLE_NAME = re.compile(r"[A-Z][A-Z0-9]*_[A-Z0-9_]+")
#: The tag that formats a name: <c>gpt-4o</c>.
_TAG = re.compile(r"<(?:b|c|code|em|i|li|p|strong|tt)>", re.IGNORECASE)
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


class Reader:
    """Proposes candidates for the entries of one file."""

    def __init__(self, catalogue: Catalogue, text: str, hits: Sequence[int]) -> None:
        self._catalogue = catalogue
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
        if entry.region in _VALUES and is_piece(raw):
            yield from self._piece(entry, Piece(0, len(raw), raw), raw, place, key)
            return
        if entry.region in _VALUES:
            plural = key.lower().endswith("models")
            within = enumerated(raw, plural) if plural or place == MODEL_PLACE else ()
            if within := within or windows_name(raw):
                for piece in within:
                    yield from self._piece(entry, piece, raw, place, key)
                return
        if entry.region in _VALUES and _is_pattern(raw):
            return
        hits = None
        if not everything and not entry.text:
            low, high = bisect_left(self._hits, entry.start), bisect_right(self._hits, entry.end)
            hits = [hit - entry.start for hit in self._hits[low:high]]
        previous_end = -1
        for piece in pieces(raw, hits):
            if entry.text:
                cursor = self._find(piece, cursor, entry.end)
            for found in self._piece(entry, piece, raw, min(place, PROSE), key):
                # A display name may have taken words of the next piece.
                if found.start >= previous_end:
                    previous_end = found.end if found.kind == "model" else previous_end
                    yield found

    def _find(self, piece: Piece, cursor: int, end: int) -> int:
        """Find a piece of a value in the file from ``cursor`` on; return where to seek the next."""
        stop = min(end, cursor + len(piece.text) + _FARTHEST)
        at = self._text.find(piece.text, cursor, stop)
        self._found = (piece.start, at)
        return cursor if at < 0 else at + len(piece.text)

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
        found = _SYMBOL.fullmatch(raw)
        if not found and place == MODEL_PLACE:
            found = _CONSTANT.fullmatch(raw)
            found = found if found and not self._is_set_here(found["name"]) else None
        match = self._constant(found["name"], numbered=False) if found else None
        if not found or not match:
            return
        start, end = found.span("name")
        owners = re.split(r"\.|::", raw[:start])
        owned = any(part and self._catalogue.vendor(part.lower()) for part in owners)
        strength = FULL if owned else PLAIN
        yield self._candidate("model", entry, start, end, place, strength, key, match)

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
        credential = self._catalogue.credential(text)
        if credential:
            if credential["kind"] == "credential":
                yield self._candidate(
                    "credential", entry, piece.start, piece.end, place, CERTAIN, key, credential
                )
            return
        if "." in text or ":" in text:
            host = self._catalogue.hosts.find(text)
            if host:
                yield self._candidate(
                    "endpoint", entry, piece.start, piece.end, place, CERTAIN, key, host
                )
                if place != NEVER:
                    yield from self._url_models(entry, piece, host, place, key)
                return
            asked = _QUERY_MODEL.search(text) if "://" in text and place != NEVER else None
            if asked:
                start, end = piece.start + asked.start("id"), piece.start + asked.end("id")
                inner = Piece(start, end, asked["id"])
                yield from self._model(entry, inner, inner.text, MODEL_PLACE, key)
            if "://" in text and text.partition(":")[0] not in self._places.model_schemes:
                return
        if place != NEVER:
            yield from self._model(entry, piece, raw, place, key)

    def _url_models(
        self, entry: Entry, piece: Piece, host: HostMatch, place: int, key: str
    ) -> Iterator[Candidate]:
        """Models named in the path of a known host."""
        path = host.path
        if len(path) < 3 or path.lstrip("/").startswith(_NOT_A_MODEL_PATH):
            return
        hub = (
            host.endpoint >= 0 and self._catalogue.endpoint(host.endpoint)["route"] == "weights-hub"
        )
        found = _URL_MODEL.search(path)
        if not found and hub:
            found = _HUB_PATH.match(path) or _LIBRARY_PATH.match(path)
        if not found:
            return
        base = piece.start + piece.text.find(path)
        inner = Piece(base + found.start("id"), base + found.end("id"), found["id"])
        place = MODEL_PLACE if not hub or place == MODEL_PLACE else VALUE
        yield from self._model(entry, inner, inner.text, place, key)

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
        constant = _CONSTANT.fullmatch(piece.text)
        if constant and (place == PROSE or constant.start("name")):
            piece = Piece(piece.start + constant.start("name"), piece.end, constant["name"])
            match = self._constant(piece.text)
            if match:
                yield self._candidate(
                    "model", entry, piece.start, piece.end, place, FULL, key, match
                )
            return
        # What ends in a separator is the beginning of an id, not one.
        if _VARIABLE_NAME.fullmatch(piece.text) or piece.text.endswith(("-", "_", ":")):
            return
        if "=" in piece.text:
            return
        match = self._catalogue.ids.find(piece.text)
        if place == PROSE and match and "/" in piece.text and not _is_path_of_id(match):
            yield from self._alternatives(entry, piece, raw, key)
            return
        if match and (place == PROSE or (not match.complete and " " in raw)):
            piece, match = self._display_name(piece, raw, match)
        if match is None:
            return
        strength = strength_of(match)
        if lowered.endswith(self._places.weight_endings) and match.family >= 0:
            strength = max(strength, FULL)
        yield self._candidate("model", entry, piece.start, piece.end, place, strength, key, match)

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

    def _display_name(self, piece: Piece, raw: str, match: IdMatch) -> tuple[Piece, IdMatch]:
        """Extend over the words of a name written with blanks: Name 3.5 Large, Other 3.1 8B."""
        end, best = piece.end, (piece, match)
        if match.org or not match.complete:
            return best
        for _ in range(4):
            word = _NEXT_WORD.match(raw, end)
            if not word:
                break
            text = word[1].rstrip(".-")
            longer = Piece(
                piece.start, word.start(1) + len(text), raw[piece.start : word.start(1) + len(text)]
            )
            found = self._catalogue.ids.find(longer.text)
            if not found or not found.complete or not found.versioned:
                break
            best, end = (longer, found), longer.end
            if text != word[1]:
                break
        return best

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
    return " " not in raw and not _PATTERN_CHARACTERS.isdisjoint(raw)


def _is_path_of_id(match: IdMatch) -> bool:
    """Whether the parts before the name are an organisation or a route prefix."""
    return not match.tail and (bool(match.org_vendor) or match.prefix >= 0 or not match.org)
