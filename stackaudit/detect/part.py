"""Reads one part of a file that has anchors: the whole of most, one language of a notebook."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from stackaudit.catalogue import Catalogue
from stackaudit.catalogue.places import fold
from stackaudit.detect import (
    clients,
    hubs,
    imports,
    noise,
    operators,
    packages,
    python,
    recognise,
    regions,
    shaped,
    unknown,
)
from stackaudit.detect.candidate import Candidate
from stackaudit.detect.candidates import Reader
from stackaudit.detect.clients import Client
from stackaudit.detect.entry import Entry
from stackaudit.detect.filefacts import FileFacts
from stackaudit.detect.operators import Operator
from stackaudit.detect.reads import from_environment
from stackaudit.detect.regions import Region
from stackaudit.detect.siblings import Siblings
from stackaudit.detect.tokens import hides, visible
from stackaudit.model import Mention
from stackaudit.paths import usage_of
from stackaudit.source import SourceFile

#: The table in which this tool is configured: what may be used, not what is.
_OUR_TABLE = ("tool", "stackaudit")
#: A Rust file's own tests: a module with its body, not one that stands in a file of its own.
_OWN_TESTS = re.compile(
    r"#\[cfg\((?:all\()?test\b[^\]\n]*+\]\s*+(?:#\[[^\]\n]*+\]\s*+)*+(?:pub\s++)?mod\s++\w++\s*+\{"
)
_DEFAULTS = frozenset(["default", "default_value", "value"])
#: Where ordinary words are looked at neither as values nor as names in text.
_PROSE = frozenset(["text", "csv"])


class Part:
    """The steps of reading one part."""

    def __init__(
        self, source: SourceFile, catalogue: Catalogue, own_modules: frozenset[str]
    ) -> None:
        """Take in the part, what the catalogue knows and the repository's own modules."""
        self.source = source
        self.catalogue = catalogue
        self.places = catalogue.places
        # A byte order mark becomes empty lines: offsets stay, line 1 starts with its first word.
        self.text = source.data.decode("latin-1")
        if source.data.startswith(b"\xef\xbb\xbf"):
            self.text = "\n\n\n" + self.text[3:]
        self.imports = tuple(imports.imports(self.text, source.language, catalogue))
        self.own_modules = own_modules
        self.is_code = bool(imports.ecosystem_of(source.language))
        self.hits = self._with_ordinary(noise.telling(catalogue.find(source.data), source.data))
        self.clients: tuple[Client, ...] = ()
        self.names = python.NOTHING
        self.same: Mapping[str, tuple[str, ...]] = {}
        if self.imports:
            self._read_calls()
        elif self.is_code and b"region" in source.data:
            self.hits = self._with_places()
            if source.language == "python":
                self.names = python.follow(self.text, catalogue, has_clients=True)
                self.same = self.names.same
        elif self.is_code and b"provider" in source.data:
            self.hits = self._with_places()
        self._take_nothing()

    def _take_nothing(self) -> None:
        """Begin with what is known before any entry is read."""
        imported = frozenset(row["name"] for _, _, _, row in self.imports)
        language = self.source.language
        self._reader = Reader(self.catalogue, self.text, self.hits, imported, language)
        self._hides = not self.source.data.isascii() and hides(self.text)
        self._found: list[Candidate] = []
        self._unknown: list[Candidate] = []
        self._regions = list(regions.regions(self.text)) if self.clients else []
        self._base_urls: list[Entry] = []
        self._operators: list[Operator] = []
        self._reads = list(self.names.reads)

    def _read_calls(self) -> None:
        """Clients, model-shaped places and names, in a file that imports a known package."""
        known = {row[key] for _, _, _, row in self.imports for key in ("name", "provider", "kind")}
        data, text = self.source.data, self.text
        self.clients = tuple(clients.clients(data, text, known, self.catalogue))
        short = self.catalogue.short_names.offsets(text, known)
        self.hits = sorted({*self._with_places(), *short})
        if self.source.language == "python":
            self.names = python.follow(text, self.catalogue, has_clients=bool(self.clients))
            self.clients = (*self.clients, *self.names.clients)
            self.same = self.names.same
        else:
            self.clients = tuple(clients.without_shadowed(self.clients))
            self.same = clients.same(text, self.clients)

    def facts(self) -> FileFacts:
        """Everything the part shows; to be asked once."""
        for entry in self._entries():
            self._take(self._visible(self._followed(entry)))
        for made in self._assembled():  # the whole says more than its parts
            within = range(made.entry.start, made.entry.end)
            self._found = [c for c in self._found if c.start not in within] + [made]
        return FileFacts(
            tuple(self._mentions(self._kept())),
            self.clients,
            self.imports,
            tuple(self._regions),
            tuple(self._base_urls),
            # A notebook's cells are tried one by one; one that does not parse hides nothing.
            "" if self.source.path.endswith(".ipynb") else self.names.error,
            self.is_code,
            tuple(self._reads),
            self.same,
            tuple(self._operators),
        )

    def _visible(self, entry: Entry) -> Entry:
        """An entry without the characters that nobody sees."""
        if self._hides and hides(value := self._value(entry)):
            return entry._replace(text=visible(value))
        return entry

    def _take(self, entry: Entry) -> None:
        """Keep what one entry tells: a place to read from, a region, an operator, names."""
        value = self._value(entry)
        read = from_environment(entry, value, self.places) if self.is_code else None
        if read:
            self._reads.append(read)
            return
        kind = self._kind(entry)
        live = entry.region in ("string", "value")
        if live and (kind == "region" or regions.is_wider(entry, value)):
            self._take_region(entry, value)
            return
        operator = operators.operator(entry, value, self.catalogue, self.is_code)
        if operator:
            self._operators.append(operator)
        wanted = live and bool(entry.keys) and self._reader.expects(entry)
        if wanted or kind == "base-url" or self._has_hit(entry):
            self._take_names(entry, value, kind, wanted)

    def _take_region(self, entry: Entry, value: str) -> None:
        key = entry.keys[-1] if entry.keys else ""
        client = (f"name:{entry.assigned}",) if entry.assigned else ()
        self._regions.append(Region(entry.start, value, (*entry.links, *client), key))

    def _take_names(self, entry: Entry, value: str, kind: str, wanted: bool) -> None:
        """Keep what an entry names; where nothing is known, an unknown model or base URL."""
        proposed = [
            candidate
            for candidate in self._reader.candidates(entry, everything=wanted)
            if not (
                unknown.is_vendor_only(candidate) and unknown.is_data(entry, self.text, self.places)
            )
        ]
        self._found += proposed
        if wanted and ("/" in value or not proposed) and not self._reader.is_image(value):
            self._unknown += unknown.candidates(entry, value, self.text, self.catalogue)
        if not proposed and kind == "base-url" and "://" in value:
            self._base_urls.append(entry)

    def _kind(self, entry: Entry) -> str:
        """What the nearest key expects: region, base-url, model; empty when it tells nothing."""
        key = entry.keys[-1] if entry.keys else ""
        kind = self.places.of_key(key) if key else ""
        if not kind and fold(key) in _DEFAULTS and entry.keys[:-1]:
            return "region" if self.places.of_key(entry.keys[-2]) == "region" else ""
        return kind

    def _kept(self) -> list[Candidate]:
        """The candidates that are accepted, by place."""
        deals = bool(self.imports) or self.places.is_tool_file(self.source.path)
        kept = list(recognise.accepted(_once(self._found), self.catalogue, evidence=deals))
        left = unknown.left(self._unknown, kept)
        if deals or any(c.kind in ("endpoint", "sdk") for c in kept):
            kept += left
        else:
            kept += list(unknown.beside(left, kept, self.places))
        siblings = Siblings(kept)
        if siblings.any:
            kept += siblings.unknown(self._around(siblings), self._value, self.places)
        return sorted(kept, key=lambda c: (c.start, c.end))

    def _mentions(self, kept: Sequence[Candidate]) -> Iterator[Mention]:
        usage = usage_of(self.source.path)
        yield from recognise.mentions(kept, self.source, usage, self._tests_from(), self.catalogue)
        yield from packages.mentions(
            self.source, self.text, self.imports, self.own_modules, self.catalogue
        )

    def _tests_from(self) -> int:
        """Where a source file's own tests begin; its length when it has none."""
        own = _OWN_TESTS.search(self.text) if self.source.language == "rust" else None
        return own.start() if own else len(self.text) + 1

    def _entries(self) -> Iterator[Entry]:
        from stackaudit.detect import code, literals, readers

        reader = None if self.is_code else readers.reader_for(self.source.language)
        command = self.places.file_commands.get(self.source.language)
        if reader is not None and command:
            return (
                entry._replace(keys=(command,)) if entry.keys == ("FROM",) else entry
                for entry in reader(self.text)
            )
        if reader is not None:
            read = partial(reader, self.text)
            found = hubs.entries(read, self.text, self.places)
            return (entry for entry in found if entry.keys[:2] != _OUR_TABLE)
        found = code.entries(self.text, self.source.language, self.hits)
        return literals.opened(found, self.text, self.hits, self.places)

    def _around(self, siblings: Siblings) -> Iterator[Entry]:
        """Every entry of the lists in which known models stand."""
        from stackaudit.detect import code, readers

        if self.is_code or readers.reader_for(self.source.language) is None:
            return code.entries(self.text, self.source.language, siblings.offsets(self.text))
        return self._entries()

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
                    assigned=flow.provides[0].partition(":")[2]
                    if flow.provides
                    else entry.assigned,
                )
        return entry

    def _assembled(self) -> Iterator[Candidate]:
        """What strings put together from parts name, where no part shows the whole."""
        for made in self.names.assembled:
            owner = made.provides[0].partition(":")[2] if made.provides else ""
            entry = Entry(
                made.start, made.end, "string", (made.key,), made.links, owner, made.value
            )
            for candidate in self._reader.candidates(entry, everything=True):
                verbatim = candidate.text in self.text[made.start : made.end]
                if not verbatim or "{" in candidate.text:
                    yield candidate

    def _with_ordinary(self, hits: list[int]) -> list[int]:
        """Anchor hits plus names that are ordinary words, which no anchor stands for."""
        if self.source.language in _PROSE:
            return hits
        return sorted({*hits, *self.catalogue.ordinary(self.source.data)})

    def _with_places(self) -> list[int]:
        """Hits plus the values that stand in model-, region- or URL-shaped places."""
        return sorted({*self.hits, *shaped.places(self.text)})

    def _has_hit(self, entry: Entry) -> bool:
        at = bisect_left(self.hits, entry.start)
        return at < len(self.hits) and self.hits[at] <= entry.end

    def _value(self, entry: Entry) -> str:
        return entry.text or self.text[entry.start : entry.end]


def _once(found: list[Candidate]) -> Iterator[Candidate]:
    """Each place once: a value inside another document is read as part of both."""
    best: dict[tuple[int, int, str], Candidate] = {}
    for candidate in found:
        key = (candidate.start, candidate.end, candidate.kind)
        known = best.get(key)
        if known is None or _rank(candidate) > _rank(known):
            best[key] = candidate
    yield from best.values()


def _rank(candidate: Candidate) -> tuple[int, bool]:
    """How much a reading of a place says: by what the place is, then with its own key."""
    return candidate.place, candidate.entry.keys[-1:] == (candidate.key,)
