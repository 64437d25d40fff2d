"""Unknown names among known ones: where a list is of models, all of its entries are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from stackaudit.catalogue.places import Places, fold
from stackaudit.detect.candidate import VALUE, Candidate
from stackaudit.detect.entry import Entry
from stackaudit.detect.lookalikes import is_class
from stackaudit.detect.strength import PLAIN

#: From so many distinct known models on, a list or table is one of models.
_KNOWN = 4
#: A key counts over a whole file only with more evidence: every ``id`` is not a model's.
_KNOWN_RECORDS = 6
_LOOKS_LIKE_ID = re.compile(r"(?=.*[A-Za-z]{2})[A-Za-z0-9@][\w.:/@-]{1,99}\w")
_TELLING = re.compile(r"[/:]|[-_.].*\d|\d.*[-_.]|-(?:latest|preview|beta|exp)$")
#: Versions, dates, digests and the like.
_OTHER = re.compile(
    r"v?[\d.]+(?:[a-z]+\d*)?|[a-z]{2,3}-\d{3}|\d{4}-\d\d.*|[0-9a-f-]{16,}|\w+:"
    r"|(?:cve|cwe|ghsa|iec|iso|rfc)-[\w-]+"
    r"|(?:application|audio|font|image|message|model|multipart|text|video)/[a-z.+-]+",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"'`]([A-Za-z0-9@][\w.:/@-]{2,100})[\"'`]")

_Group = tuple[str, str]


class Siblings:
    """The lists and tables of models in one file, by the known models they hold."""

    def __init__(self, known: Iterable[Candidate]) -> None:
        groups: dict[_Group, set[str]] = {}
        self._taken: set[int] = set()
        spans: list[int] = []
        for candidate in known:
            self._taken.add(candidate.start)
            if candidate.kind != "model" or candidate.match is None or candidate.place < VALUE:
                continue
            for group in _groups(candidate.entry):
                groups.setdefault(group, set()).add(candidate.text)
        self._known = {
            group: len(texts)
            for group, texts in groups.items()
            if len(texts) >= (_KNOWN if group[0] else _KNOWN_RECORDS)
        }
        self._slugs = {group for group, texts in groups.items() if any(map(_is_slug, texts))}
        for candidate in known:
            if not self._known.keys().isdisjoint(_groups(candidate.entry)):
                spans += [candidate.start, candidate.end]
        self.any = bool(self._known)
        """Whether the file has such a list."""
        self._span = (min(spans), max(spans)) if spans else (0, 0)

    def offsets(self, text: str) -> list[int]:
        """Where literals of source code between the known models begin."""
        start, end = self._span
        # The first and the last entry may be unknown ones.
        begin, stop = max(0, start - 400), min(len(text), end + 400)
        return [found.start(1) for found in _QUOTED.finditer(text, begin, stop)]

    def unknown(
        self, entries: Iterable[Entry], value: Callable[[Entry], str], places: Places
    ) -> Iterator[Candidate]:
        """Entries of the lists that name something the catalogue does not know.

        A list of which most entries are unknown is perhaps one of something else.
        """
        found: dict[_Group, dict[int, Candidate]] = {}
        for entry in entries:
            groups = [group for group in _groups(entry) if group in self._known]
            text = value(entry) if groups else ""
            if _is_slug(text) and self._slugs.isdisjoint(groups):
                continue
            if text and entry.start not in self._taken and _is_id(text, places):
                key = entry.keys[-1] if entry.keys else ""
                candidate = Candidate(
                    "model", entry.start, entry.end, text, entry, VALUE, PLAIN, key, None, True
                )
                found.setdefault(groups[0], {})[entry.start] = candidate
        for group, candidates in found.items():
            if len({candidate.text for candidate in candidates.values()}) <= self._known[group]:
                yield from candidates.values()


def _groups(entry: Entry) -> tuple[_Group, ...]:
    """The list or table an entry stands in, and the column of records it is one of."""
    if entry.region not in ("string", "value", "key"):
        return ()
    last = fold(entry.keys[-1]) if entry.keys and entry.region != "key" else entry.region
    block = next((link for link in entry.links if link.startswith(("block:", "call:"))), "")
    block = block or entry.assigned
    listed = ((block, last),) if block else ()
    return listed if entry.region == "key" or not entry.keys else (*listed, ("", last))


def _is_slug(text: str) -> bool:
    """Whether words are joined by nothing but underscores, as in names of voices and parsers."""
    return "_" in text and text.islower() and re.fullmatch(r"\w+", text) is not None


def _is_id(text: str, places: Places) -> bool:
    lowered = text.lower()
    return (
        _LOOKS_LIKE_ID.fullmatch(text) is not None
        and _TELLING.search(text) is not None
        and _OTHER.fullmatch(text) is None
        and lowered not in places.placeholders
        and lowered not in places.regions
        and not is_class(text, places)
        and not lowered.endswith((*places.file_endings, *places.weight_endings))
        and "://" not in text
    )
