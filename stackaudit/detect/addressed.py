"""What an address names: a known host, and models in its path, its query or at its end."""

from __future__ import annotations

from collections.abc import Iterator

from stackaudit.catalogue import Catalogue, HostMatch
from stackaudit.detect import addresses
from stackaudit.detect.candidate import MODEL_PLACE, NEVER, PROSE, VALUE, Candidate, Locator, Value
from stackaudit.detect.modelnames import Models, unwrapped
from stackaudit.detect.strength import CERTAIN, FULL
from stackaudit.detect.tokens import Piece


class Addressed:
    """Proposes endpoints and models for the addresses of one file."""

    def __init__(self, catalogue: Catalogue, locator: Locator, models: Models) -> None:
        """Take the catalogue that knows hosts, and what proposes models."""
        self._catalogue = catalogue
        self._places = catalogue.places
        self._at = locator
        self._models = models

    def propose(self, value: Value, piece: Piece) -> list[Candidate] | None:
        """What one piece names as an address; None where it is none."""
        text = piece.text
        if "." not in text and ":" not in text:
            return None
        host = self._catalogue.hosts.find(text)
        if host and value.place == PROSE and text[:1].isupper() and "/" not in text:
            return []  # a name written like an address: Provider.ai
        if host:
            found = [
                self._at.candidate("endpoint", value, piece.start, piece.end, CERTAIN, host),
            ]
            return found if value.place == NEVER else [*found, *self._in_url(value, piece, host)]
        if "://" not in text:
            return None
        if value.place == NEVER:
            return []
        found = list(self._in_query(value, piece))
        if text.partition(":")[0] in self._places.model_schemes:
            return [*found, *self._models.propose(value, piece, value.raw)]
        return [*found, *self._download(value, piece)]

    def _in_query(self, value: Value, piece: Piece) -> Iterator[Candidate]:
        """The model that the query of an address asks for."""
        part = addresses.in_query(piece.text)
        if part:
            inner = _below(piece, part)
            yield from self._models.propose(value._replace(place=MODEL_PLACE), inner, inner.text)

    def _download(self, value: Value, piece: Piece) -> Iterator[Candidate]:
        """A weights file at the end of an address of any host."""
        part = addresses.file_of(piece.text)
        if part:
            inner = _below(piece, part)
            yield from self._models.propose(value, inner, inner.text)

    def _in_url(self, value: Value, piece: Piece, host: HostMatch) -> list[Candidate]:
        """Models named in the path of a known host."""
        row = self._catalogue.endpoint(host.endpoint) if host.endpoint >= 0 else {}
        hub = bool(row) and row["route"] == "weights-hub"
        part = addresses.in_path(host.path, hub=hub)
        if part is None:
            return []
        base = piece.start + piece.text.find(host.path)
        inner = unwrapped(Piece(base + part.start, base + part.end, part.text))
        place = MODEL_PLACE
        if hub and value.place != MODEL_PLACE:
            region = value.entry.region
            fetched = region == "string" and "/resolve/" in host.path
            spoken = value.place == PROSE and region in ("string", "value", "key") and not fetched
            place = PROSE if spoken else VALUE
        value = value._replace(place=place)
        found = list(self._models.propose(value, inner, inner.text))
        found = found or list(self._download(value, piece))
        if hub and addresses.is_page_of_model(host.host, host.path, self._places):
            # Whatever has a page there is a model, though nobody may know it otherwise.
            page = self._at.candidate("model", value, inner.start, inner.end, FULL, None)
            return [c._replace(strength=max(c.strength, FULL)) for c in found] or [page]
        return found


def _below(piece: Piece, part: addresses.Part) -> Piece:
    """A part of an address as a piece of the value that the address stands in."""
    return Piece(piece.start + part.start, piece.start + part.end, part.text)
