"""What single words name beyond doubt: models and hosts, without a look at what surrounds them."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from stackaudit.catalogue import Catalogue
from stackaudit.known import model_facts
from stackaudit.model import UNKNOWN, Kind

_TOKEN = re.compile(rb"[A-Za-z0-9][\w.:/@+-]{1,199}")
_BEFORE = re.compile(rb"[\w.:/@+-]*\Z")
#: Bytes of a word that are looked at before and behind an anchor.
_FARTHEST = 200


class Identifier(NamedTuple):
    """A model or endpoint; equal where it is the same thing."""

    kind: Kind
    id: str
    name: str
    country: str
    """Of the developer or the operator."""


class Names:
    """Counts what pieces of files name; remembers what words were looked up."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._known: dict[str, Identifier | None] = {}

    def count(self, data: bytes) -> Counter[Identifier]:
        """What lines name, with how often."""
        found: Counter[Identifier] = Counter()
        end = -1
        for hit in self._catalogue.find(data) if data else ():
            if hit < end:
                continue
            before = _BEFORE.search(data, max(0, hit - _FARTHEST), hit)
            start = before.start() if before else hit
            token = _TOKEN.search(data, start, start + 2 * _FARTHEST)
            if token is None or token.end() <= hit:
                continue
            end = token.end()
            what = self._resolved(token[0].decode("utf-8", "replace").rstrip(".:/-+@"))
            if what:
                found[what] += 1
        return found

    def _resolved(self, text: str) -> Identifier | None:
        if text not in self._known:
            if len(self._known) > 200_000:
                self._known.clear()
            self._known[text] = identify(text, self._catalogue)
        return self._known[text]


def identify(text: str, catalogue: Catalogue) -> Identifier | None:
    """What one word names: a known host, or a model that is named beyond doubt."""
    if len(text) < 3:
        return None
    if "." in text or ":" in text:
        host = catalogue.hosts.find(text)
        if host:
            if host.endpoint < 0 or host.country == "local":
                return None
            vendor = catalogue.vendor(catalogue.endpoint(host.endpoint)["provider"])
            country = vendor["country"] if vendor else UNKNOWN
            return Identifier("endpoint", f"endpoint:{host.host}", host.host, country)
        if "://" in text:
            return None
    match = catalogue.ids.find(text)
    lowered = text.lower()
    if match is None or match.family < 0 or not (match.strong and match.complete):
        return None
    if not match.versioned or match.tail or lowered.endswith(catalogue.places.file_endings):
        return None
    if catalogue.places.is_placeholder(lowered):
        return None
    facts = model_facts(text, catalogue)
    country = facts.developer.country if facts.developer else UNKNOWN
    return Identifier("model", f"model:{facts.key}", facts.name, country)
