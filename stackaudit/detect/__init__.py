"""One file in, its mentions and binding evidence out."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from stackaudit.catalogue import Catalogue
from stackaudit.detect import evidence, manifests, python, recognise
from stackaudit.detect.candidates import MODEL_PLACE, Candidate, Reader
from stackaudit.detect.entry import Entry
from stackaudit.detect.evidence import Client, Import, Region
from stackaudit.model import Mention, Package
from stackaudit.paths import usage_of
from stackaudit.source import SourceFile

__all__ = ["FileFacts", "detect"]

_PLACE = re.compile(
    r"""(?:model|llm|engine|deployment|repo_id|checkpoint|embedder|reranker|region|location|"""
    r"""base_?url|api_?base|endpoint|host)[\w-]*["'`]?\]?\s*(?::\s*[\w<>\[\]&'?| .]{1,40}(?=\s*=))?"""
    r"""(?:=>|:=|=|:|\()\s*(?:[rbfu]{0,2})["'`](?P<value>[^"'`\n]{1,200})["'`]""",
)
_PROSE = frozenset(["markdown", "rst", "html", "text", "csv"])
_LOOKS_LIKE_ID = re.compile(r"(?=.*[A-Za-z])(?:[\w.-]+/)?[A-Za-z0-9][\w.:-]{2,80}")


class FileFacts(NamedTuple):
    """Everything one file shows."""

    mentions: tuple[Mention, ...]
    clients: tuple[Client, ...] = ()
    imports: tuple[Import, ...] = ()
    regions: tuple[Region, ...] = ()
    base_urls: tuple[Entry, ...] = ()
    """Base URLs of the user's own machines and of hosts the catalogue does not know, with ``text``."""
    partial: str = ""
    """Why the file was read only in part; empty when it was read whole."""


def detect(
    source: SourceFile, catalogue: Catalogue, own_modules: frozenset[str] = frozenset()
) -> FileFacts | None:
    """Mentions of one file; None when nothing in it calls for a look.

    Args:
        source: The file.
        catalogue: Knows ids, hosts, packages and places.
        own_modules: Names of modules the repository itself has; importing them is no package.

    Files without an anchor are neither decoded nor parsed; manifests are read by their own
    grammar, whatever they contain.
    """
    declared = manifests.parse(source, catalogue.knows_package)
    if declared is not None and manifests.is_lock(source.path):
        return FileFacts(tuple(declared)) if declared else None
    hits = catalogue.find(source.data)
    if not hits:
        return FileFacts(tuple(declared)) if declared else None
    facts = _Reading(source, catalogue, hits, own_modules).facts()
    return facts._replace(mentions=(*(declared or ()), *facts.mentions))


class _Reading:
    """The steps of reading one file that has anchors."""

    def __init__(
        self, source: SourceFile, catalogue: Catalogue, hits: list[int], own_modules: frozenset[str]
    ) -> None:
        self.source = source
        self.catalogue = catalogue
        # A byte order mark becomes empty lines: offsets stay, and line 1 starts with its first word.
        self.text = source.data.decode("latin-1")
        if source.data.startswith(b"\xef\xbb\xbf"):
            self.text = "\n\n\n" + self.text[3:]
        self.imports = tuple(
            found
            for found in evidence.imports(self.text, source.language, catalogue)
            if found.text.partition(".")[0] not in own_modules
        )
        self.is_code = bool(evidence.ecosystem_of(source.language))
        self.hits = self._with_ordinary(hits)
        self.clients: tuple[Client, ...] = ()
        self.names = python.NOTHING
        if self.imports:
            self._read_calls()

    def _read_calls(self) -> None:
        """Clients, model-shaped places and names, in a file that imports a known package."""
        known = {row[key] for _, _, _, row in self.imports for key in ("name", "provider", "kind")}
        data, text = self.source.data, self.text
        self.clients = tuple(evidence.clients(data, text, known, self.catalogue))
        self.hits = self._with_places(self.hits)
        if self.source.language == "python":
            self.names = python.follow(text, self.catalogue)
            self.clients = (*self.clients, *self.names.clients)

    def facts(self) -> FileFacts:
        reader = Reader(self.catalogue, self.text, self.hits)
        found: list[Candidate] = []
        regions: list[Region] = []
        base_urls: list[Entry] = []
        for entry in self._entries():
            entry = self._followed(entry)
            kind = self.catalogue.places.of_key(entry.keys[-1]) if entry.keys else ""
            if kind == "region" and entry.region in ("string", "value"):
                client = (f"name:{entry.assigned}",) if entry.assigned else ()
                regions.append(Region(entry.start, self._value(entry), (*entry.links, *client)))
                continue
            wanted = kind == "model" and entry.region in ("string", "value")
            if not wanted and not self._has_hit(entry) and kind != "base-url":
                continue
            proposed = list(reader.candidates(entry, everything=wanted))
            if not proposed and wanted:
                proposed = list(self._unknown_model(entry))
            nobodys = all(c.kind == "endpoint" and c.match.country == "local" for c in proposed)
            if nobodys and kind == "base-url" and "://" in self._value(entry):
                base_urls.append(entry._replace(text=self._value(entry)))
            found += proposed
        for entry in self._assembled():
            found += [
                candidate
                for candidate in reader.candidates(entry, everything=True)
                if candidate.text not in self.text[entry.start : entry.end]
            ]
        sure = bool(self.imports) or self._is_ai_notebook()
        kept = [c for c in found if c.match is not None]
        kept = list(recognise.accepted(kept, self.catalogue, evidence=sure))
        if sure or any(c.kind == "endpoint" for c in kept):
            kept += [c for c in found if c.match is None]
        # A value read both as a whole and by what it holds: the more telling place counts.
        told = {(c.kind, c.start, c.end): c for c in sorted(kept, key=lambda c: c.place)}
        kept = sorted(told.values(), key=lambda c: (c.start, c.end))
        usage = usage_of(self.source.path)
        detector = self.source.language
        mentions = [
            *recognise.mentions(kept, self.source, usage, detector),
            *self._import_mentions(),
        ]
        return FileFacts(
            tuple(mentions),
            self.clients,
            self.imports,
            tuple(regions),
            tuple(base_urls),
            self.names.error,
        )

    def _entries(self) -> Iterator[Entry]:
        from stackaudit.detect import code, notebooks, readers

        if self.source.language == "notebook":
            return notebooks.entries(self.text)
        reader = None if self.is_code else readers.reader_for(self.source.language)
        if reader is not None:
            return reader(self.text)
        return code.entries(self.text, self.source.language, self.hits)

    def _followed(self, entry: Entry) -> Entry:
        """An entry whose value goes elsewhere by name, with the scopes it goes to."""
        if not self.names.flows or entry.region != "string":
            return entry
        for before in range(1, 6):  # the quotes and the prefix in front of the content
            flow = self.names.flows.get(entry.start - before)
            if flow:
                return entry._replace(
                    keys=(*entry.keys, flow.key),
                    links=(*flow.links, *entry.links),
                    assigned=flow.provides[0].partition(":")[2] if flow.provides else entry.assigned,
                )
        return entry

    def _assembled(self) -> Iterator[Entry]:
        """Strings put together from parts, where no part shows the whole."""
        for made in self.names.assembled:
            yield Entry(
                made.start,
                made.end,
                "string",
                (made.key,),
                made.links,
                made.provides[0].partition(":")[2] if made.provides else "",
                made.value,
            )

    def _with_ordinary(self, hits: list[int]) -> list[int]:
        """Anchor hits plus names that are ordinary words, which no anchor stands for."""
        if self.source.language in _PROSE:
            return hits
        found = self.catalogue.ordinary.finditer(self.source.data.lower())
        return sorted({*hits, *(match.start() + 1 for match in found)})

    def _with_places(self, hits: list[int]) -> list[int]:
        """Anchor hits plus the values that stand in model-, region- or URL-shaped places."""
        return sorted({*hits, *(found.start("value") for found in _PLACE.finditer(self.text.lower()))})

    def _is_ai_notebook(self) -> bool:
        if self.source.language != "notebook":
            return False
        from stackaudit.detect import notebooks

        code = "\n".join(cell.text for cell in notebooks.cells(self.text) if cell.kind == "code")
        return any(True for _ in evidence.imports(code, "python", self.catalogue))

    def _has_hit(self, entry: Entry) -> bool:
        at = bisect_left(self.hits, entry.start)
        return at < len(self.hits) and self.hits[at] <= entry.end

    def _value(self, entry: Entry) -> str:
        return entry.text or self.text[entry.start : entry.end]

    def _unknown_model(self, entry: Entry) -> Iterator[Candidate]:
        """An id-like value in a model-shaped place that the catalogue does not know."""
        value = self._value(entry)
        places = self.catalogue.places
        if (
            not _LOOKS_LIKE_ID.fullmatch(value)
            or value.lower() in places.placeholders
            or value.lower().endswith((*places.file_endings, *places.weight_endings))
            or not ("/" in value or ("-" in value and any(c.isdigit() for c in value)))
        ):
            return
        yield Candidate(
            "model", entry.start, entry.end, value, entry, MODEL_PLACE, 0, entry.keys[-1], None
        )

    def _import_mentions(self) -> Iterator[Mention]:
        usage = usage_of(self.source.path) or "used"
        seen: set[str] = set()
        for found in self.imports:
            if found.package["name"] in seen:
                continue
            seen.add(found.package["name"])
            line, column = self.source.position(found.start)
            end_line, end_column = self.source.position(found.end)
            yield Mention(
                kind="sdk",
                text=found.text,
                path=self.source.path,
                line=line,
                column=column,
                end_line=end_line,
                end_column=end_column,
                detector="import",
                usage=usage,
                key="import",
                package=Package(found.package["ecosystem"], found.package["name"]),
            )

