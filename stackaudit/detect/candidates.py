"""Reads one Entry and proposes what its text may name, with how sure the wording alone makes us.

Strength is about the id, place is about where it stands; recognise.py weighs the two.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence, Set

from stackaudit.catalogue import Catalogue
from stackaudit.catalogue.places import fold, last_part
from stackaudit.detect import noise, symbols
from stackaudit.detect.addressed import Addressed
from stackaudit.detect.candidate import MODEL_PLACE, NEVER, PROSE, VALUE, Candidate, Locator, Value
from stackaudit.detect.entry import Entry
from stackaudit.detect.modelnames import CONSTANT, Models, constant
from stackaudit.detect.strength import CERTAIN, FULL, PLAIN
from stackaudit.detect.surroundings import Resources, is_output
from stackaudit.detect.tokens import (
    Piece,
    alternatives,
    assignments,
    enumerated,
    is_piece,
    pieces,
    windows_name,
)
from stackaudit.detect.wrapped import named, packed

#: A pattern rather than an id.
_HOLE = re.compile(r"\{[^{}]*+\}|\\\([^()]*+\)")
_PATTERN_CHARACTERS = frozenset("\\()|^[]")
_VALUES = ("string", "value", "key")
#: Arguments that set what a field holds.
_DEFAULTS = frozenset(["default", "default_value"])
#: Words before the names of modules.
_IMPORTS = frozenset(["from", "import"])
#: Characters from which a value that is not as the file has it is searched for anchors first.
_MANY = 400
_ASSIGNMENT = re.compile(r"(?P<key>-{0,2}[A-Za-z_][\w.-]*)=(?P<value>.+)", re.DOTALL)


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
        """Take in one file.

        Args:
            catalogue: Knows ids, hosts, credentials and places.
            text: The file, one character for each byte.
            hits: Offsets at which something is known to stand, sorted.
            imported: Names of the packages that the file imports.
            language: Of the file.
        """
        self._catalogue = catalogue
        self._python = language == "python"
        self._imported = imported
        self._places = catalogue.places
        self._text = text
        self._hits = hits
        self._at = Locator(text)
        self._models = Models(catalogue, self._at)
        self._resources = Resources(text, self._places)
        self._addressed = Addressed(catalogue, self._at, self._models)

    def candidates(self, entry: Entry, *, everything: bool = False) -> Iterator[Candidate]:
        """Candidates of one entry; without ``everything`` only around anchor hits."""
        raw = entry.text or self._text[entry.start : entry.end]
        if not raw:
            return
        self._at.begin(entry)
        if entry.region == "code":
            yield from self._symbol(entry, raw)
            return
        value = Value(entry, raw, *self.place(entry))
        whole = self._whole(value) if entry.region in _VALUES else None
        yield from self._pieces(value, everything) if whole is None else whole

    def _whole(self, value: Value) -> Iterable[Candidate] | None:
        """What a value is that is no text: a name, an id, a list, a pattern; None for a text."""
        if short := self._short(value):
            return (short,)
        raw = value.raw
        if is_piece(raw):
            return self._piece(value, Piece(0, len(raw), raw))
        plural = value.key.lower().endswith("models")
        within = enumerated(raw, plural) if plural or value.place == MODEL_PLACE else ()
        within = within or windows_name(raw) or assignments(raw)
        if not within:
            if not _is_pattern(raw):
                return None
            within, value = alternatives(raw), value.within(VALUE)
        return (found for piece in within for found in self._piece(value, piece))

    def _pieces(self, value: Value, everything: bool) -> Iterator[Candidate]:
        """What the pieces of a text name."""
        entry, raw, spoken = value.entry, value.raw, value.within(PROSE)
        hits = None if everything else self._hits_in(entry, raw)
        previous_end = -1
        for piece in pieces(raw, hits):
            if entry.text:
                self._at.find(entry, piece)
            for found in self._piece(spoken, piece):
                if found.kind == "model" and found.text == raw and found.strength >= FULL:
                    found = found._replace(place=value.place if entry.region in _VALUES else PROSE)
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

    def _short(self, value: Value) -> Candidate | None:
        """A name that says a model only because of what stands around it."""
        if value.place == NEVER:
            return None
        expected, raw = value.key if value.place == MODEL_PLACE else "", value.raw
        full = self._catalogue.short_names.find(raw, value.entry.keys, self._imported, expected)
        match = self._catalogue.ids.find(full) if full else None
        if match is None:
            return None
        value = value._replace(place=MODEL_PLACE)
        found = self._at.candidate("model", value, 0, len(raw), FULL, match)
        return found._replace(known_as=full)

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
        if is_output(entry, self._places) or self._resources.named(entry):
            return NEVER, nearest
        if fold(nearest) in _DEFAULTS and self._places.of_key(last_part(entry.assigned)) == "model":
            return MODEL_PLACE, entry.assigned
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
            value, start = Value(entry, raw, VALUE, ""), len(raw) - len(name)
            yield self._at.candidate("credential", value, start, len(raw), CERTAIN, credential)
            return
        key = entry.keys[-1] if entry.keys else ""
        if key in _IMPORTS:
            return
        place = MODEL_PLACE if self._places.of_key(last_part(key)) == "model" else VALUE
        value = Value(entry, raw, place, key)
        if self._text[entry.end : entry.end + 1] == "(" and not symbols.is_read(raw):
            return
        # There a leading dot is a module's, and what is not in capitals on a module is a class.
        implicit = not self._python and self._text[max(0, entry.start - 1) : entry.start] == "."
        found = symbols.find(raw, self._catalogue, implicit=implicit)
        if found and self._python and not (found.owned or raw[found.start : found.end].isupper()):
            return
        if found:
            strength = FULL if found.owned or place == MODEL_PLACE else PLAIN
            yield self._at.candidate("model", value, found.start, found.end, strength, found.match)
            return
        bare = CONSTANT.fullmatch(raw) if place == MODEL_PLACE else None
        if bare and not self._is_set_here(bare["name"]):
            match = constant(bare["name"], self._catalogue)
            if match:
                yield self._at.candidate("model", value, *bare.span("name"), FULL, match)

    def _is_set_here(self, name: str) -> bool:
        """Whether the file itself gives a constant its value, which then tells more."""
        return re.search(rf"\b{name}\b[ \t]*+(?::[^=\n]{{0,60}})?=(?!=)", self._text) is not None

    def _piece(self, value: Value, piece: Piece) -> Iterator[Candidate]:
        """What one piece names: the first reading of it that holds."""
        for read in (
            self._image,
            self._assigned,
            self._path,
            self._credential,
            self._addressed.propose,
        ):
            found = read(value, piece)
            if found is not None:
                yield from found
                return
        if value.place != NEVER:
            yield from self._models.propose(value, piece, value.raw)

    def is_image(self, text: str) -> bool:
        """Whether a text is the image of a known runtime, in some version."""
        name, tag = _untagged(text)
        row = self._catalogue.image(name) if tag and "/" in name else None
        return row is not None and "*" not in row["name"]

    def _image(self, value: Value, piece: Piece) -> list[Candidate] | None:
        """A container image or CI action of a known AI runtime or tool, with the model in it."""
        name, tag = _untagged(piece.text)
        row = self._catalogue.image(name) if "/" in name else None
        if not row:
            return None
        if not self._places.is_image_key(value.key):
            # A runtime's image is no model, whatever its tag names: name/runtime:model-3.
            return [] if tag and "*" not in row["name"] else None
        end = piece.start + len(name)
        found = [self._at.candidate("sdk", value, piece.start, end, CERTAIN, row)]
        model = packed(piece.text, row["name"], self._catalogue)
        if model:
            value = value._replace(place=MODEL_PLACE)
            start, end = piece.start + model.start, piece.start + model.end
            found.append(self._at.candidate("model", value, start, end, CERTAIN, model.match))
        return found

    def _assigned(self, value: Value, piece: Piece) -> Iterator[Candidate] | None:
        """A setting, ``NAME=value``: its name may be a credential's, its value is a piece."""
        text = piece.text
        if "=" not in text or "://" in text.split("=")[0]:
            return None
        found = _ASSIGNMENT.fullmatch(text)
        return self._setting(value, piece, found) if found else None

    def _setting(self, value: Value, piece: Piece, found: re.Match[str]) -> Iterator[Candidate]:
        key = found["key"]
        credential = self._catalogue.credential(key)
        if credential and credential["kind"] == "credential":
            end = piece.start + found.end("key")
            yield self._at.candidate("credential", value, piece.start, end, CERTAIN, credential)
        inner = Piece(piece.start + found.start("value"), piece.end, found["value"])
        place = MODEL_PLACE if self._places.of_key(key) == "model" else value.place
        yield from self._piece(value._replace(place=place, key=key), inner)

    def _path(self, value: Value, piece: Piece) -> Iterator[Candidate] | None:
        """A path with a name before it: what the path names, under that name."""
        path = named(piece.text, self._catalogue)
        if not path:
            return None
        key, at = path[:2]
        below = Piece(piece.start + at, piece.end, piece.text[at:])
        return self._piece(value._replace(key=key), below)

    def _credential(self, value: Value, piece: Piece) -> list[Candidate] | None:
        """The name of a variable; one that holds no credential names nothing."""
        row = self._catalogue.credential(piece.text)
        if not row:
            return None
        if row["kind"] != "credential":
            return []
        return [self._at.candidate("credential", value, piece.start, piece.end, CERTAIN, row)]


def _untagged(image: str) -> tuple[str, str]:
    """The name of a container image, and its version or action's ref; empty where it has none."""
    name = image.partition("@")[0]
    head, colon, tag = name.rpartition(":")
    return (head, tag) if colon and "/" not in tag else (name, "")


def _is_pattern(raw: str) -> bool:
    if " " in raw or _PATTERN_CHARACTERS.isdisjoint(raw):
        return False
    return not _PATTERN_CHARACTERS.isdisjoint(_HOLE.sub("", raw))
