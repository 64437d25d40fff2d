"""One file in, its mentions and binding evidence out."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from stackaudit.catalogue import Catalogue
from stackaudit.catalogue.places import fold
from stackaudit.detect import evidence, manifests, noise, packages, python, recognise
from stackaudit.detect.candidates import MODEL_PLACE, Candidate, Reader
from stackaudit.detect.entry import Entry
from stackaudit.detect.evidence import Client, Import, Operator, Region
from stackaudit.detect.lookalikes import is_class
from stackaudit.detect.reads import Read, from_environment
from stackaudit.detect.siblings import Siblings
from stackaudit.detect.strength import PLAIN
from stackaudit.detect.tokens import hides, visible
from stackaudit.model import Mention
from stackaudit.paths import usage_of
from stackaudit.source import SourceFile

__all__ = ["FileFacts", "detect"]

_PLACE = re.compile(
    r"""(?:model|llm|lora_|peft_|engine|deployment|repo_id|checkpoint|embedder|reranker|region|location|"""
    r"""provider|"""
    r"""base_?url|api_?base|endpoint|host)[\w-]*["'`]?\]?\s*"""
    r"""(?::\s*[\w<>\[\]&'?| .]{1,40}(?=\s*=))?"""
    r"""(?:=>|:=|=|:|\()\s*(?:[rbfu]{0,2})["'`](?P<value>[^"'`\n]{1,200})["'`]""",
)
_READ_PLACE = re.compile(
    r"""(?:model|llm|engine|deployment|base_?url|api_?base|endpoint|host|ur[il])[\w-]*["'`]?\]?"""
    r"""[ \t]*(?::[ \t]*[\w<>\[\]&'?| .]{1,40}(?=[ \t]*=))?(?:=>|:=|=|:|\()[ \t]*"""
    r"""(?:(?P<dotted>(?:process|bun|import\.meta)\.env\.)"""
    r"""|[\w.:$>]{0,40}(?:env|environ|get|var|fetch|variable|str)[(\[][ \t]*["'`])"""
    r"""(?P<name>[a-z][a-z0-9_]{2,80})""",
)
#: Languages whose files tell of other files where a cloud runs.
_WITH_REGIONS = frozenset(["env", "hcl"])
_REGION_WORD = re.compile(rb"region|location", re.IGNORECASE)
_DEFAULTS = frozenset(["default", "default_value", "value"])
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
#: Where ordinary words are looked at neither as values nor as names in text.
_PROSE = frozenset(["text", "csv"])
#: Keys of repositories of any kind, and what says that a file fetches no models.
_REPOSITORY = frozenset(["repo_id", "snapshot_download", "hf_hub_download"])
_DATASETS = re.compile(r"""repo_type["']?\s*[=:]\s*["'](?:dataset|space)""")
_LOOKS_LIKE_ID = re.compile(
    r"(?=.*[A-Za-z])(?!(?:CVE|CWE|GHSA|IEC|ISO|RFC)-)(?:[\w.-]+/)?[A-Za-z0-9][\w.:-]{2,80}"
)


class FileFacts(NamedTuple):
    """Everything one file shows."""

    mentions: tuple[Mention, ...]
    clients: tuple[Client, ...] = ()
    imports: tuple[Import, ...] = ()
    regions: tuple[Region, ...] = ()
    base_urls: tuple[Entry, ...] = ()
    """Base URLs, with ``text``, of own machines and of hosts the catalogue does not know."""
    partial: str = ""
    """Why the file was read only in part; empty when it was read whole."""
    is_code: bool = False
    """A programming language, where all of a file can belong together."""
    reads: tuple[Read, ...] = ()
    """Models and base URLs that are told elsewhere in the repository."""
    same: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """Scope of a call -> scopes that tell of the object it is made on."""
    operators: tuple[Operator, ...] = ()
    """Operators named beside models."""

    def joined(self, other: FileFacts) -> FileFacts:
        """The facts of two parts of one file."""
        return FileFacts(
            self.mentions + other.mentions,
            self.clients + other.clients,
            self.imports + other.imports,
            self.regions + other.regions,
            self.base_urls + other.base_urls,
            self.partial or other.partial,
            self.is_code or other.is_code,
            self.reads + other.reads,
            {**self.same, **other.same},
            self.operators + other.operators,
        )


#: What configures this tool says what may be used, not what is.
_SETTINGS, _OUR_TABLE = "stackaudit.toml", ("tool", "stackaudit")


def detect(
    source: SourceFile, catalogue: Catalogue, own_modules: frozenset[str] = frozenset()
) -> FileFacts | None:
    """Mentions of one file; None when nothing in it calls for a look.

    Args:
        source: The file.
        catalogue: Knows ids, hosts, packages and places.
        own_modules: What ``own_names`` gave: importing one's own package uses no third party's.

    Files without an anchor are neither decoded nor parsed; manifests are read by their own
    grammar, whatever they contain. Our own settings name models without using them.
    """
    if source.path.rpartition("/")[2] == _SETTINGS:
        return None
    declared = manifests.parse(source, catalogue.knows_package)
    if declared is not None and manifests.is_lock(source.path):
        return FileFacts(tuple(declared)) if declared else None
    anchors = noise.telling(catalogue.find(source.data), source.data)
    has_anchor = bool(anchors) or catalogue.places.is_tool_file(source.path)
    if source.language == "notebook" and (has_anchor or packages.INSTALLS.search(source.data)):
        from stackaudit.detect import notebooks

        sources: list[SourceFile] = list(notebooks.views(source))
    else:
        sources = [source]
    if not has_anchor:
        found = [*(declared or ())]
        for part in sources:
            found += packages.installed_only(part, catalogue)
        regions = _regions_only(source, catalogue)
        return FileFacts(tuple(found), regions=regions) if found or regions else None
    facts = FileFacts(tuple(declared or ()))
    for part in sources:
        facts = facts.joined(_Reading(part, catalogue, own_modules).facts())
    return facts


def _regions_only(source: SourceFile, catalogue: Catalogue) -> tuple[Region, ...]:
    """Regions that settings name, in a file in which nothing else calls for a look."""
    if source.language not in _WITH_REGIONS or not _REGION_WORD.search(source.data):
        return ()
    return _Reading(source, catalogue, frozenset()).facts().regions


class _Reading:
    """The steps of reading one file that has anchors."""

    def __init__(
        self, source: SourceFile, catalogue: Catalogue, own_modules: frozenset[str]
    ) -> None:
        self.source = source
        self.catalogue = catalogue
        # A byte order mark becomes empty lines: offsets stay, line 1 starts with its first word.
        self.text = source.data.decode("latin-1")
        if source.data.startswith(b"\xef\xbb\xbf"):
            self.text = "\n\n\n" + self.text[3:]
        self.imports = tuple(evidence.imports(self.text, source.language, catalogue))
        self.own_modules = own_modules
        self.is_code = bool(evidence.ecosystem_of(source.language))
        self.hits = self._with_ordinary(noise.telling(catalogue.find(source.data), source.data))
        self.clients: tuple[Client, ...] = ()
        self.names = python.NOTHING
        self.same: Mapping[str, tuple[str, ...]] = {}
        if self.imports:
            self._read_calls()
        elif self.is_code and b"region" in source.data:
            self.hits = self._with_places(self.hits)
            if source.language == "python":
                self.names = python.follow(self.text, catalogue, has_clients=True)
                self.same = self.names.same
        elif self.is_code and b"provider" in source.data:
            self.hits = self._with_places(self.hits)

    def _read_calls(self) -> None:
        """Clients, model-shaped places and names, in a file that imports a known package."""
        known = {row[key] for _, _, _, row in self.imports for key in ("name", "provider", "kind")}
        data, text = self.source.data, self.text
        self.clients = tuple(evidence.clients(data, text, known, self.catalogue))
        self.hits = self._with_places(self.hits)
        self.hits = sorted({*self.hits, *self.catalogue.short_names.offsets(text, known)})
        if self.source.language == "python":
            self.names = python.follow(text, self.catalogue, has_clients=bool(self.clients))
            self.clients = (*self.clients, *self.names.clients)
            self.same = self.names.same
        else:
            self.clients = tuple(evidence.without_shadowed(self.clients))
            self.same = evidence.same(text, self.clients)

    def facts(self) -> FileFacts:
        imported = frozenset(row["name"] for _, _, _, row in self.imports)
        reader = Reader(self.catalogue, self.text, self.hits, imported, self.source.language)
        places = self.catalogue.places
        found: list[Candidate] = []
        unknown: list[Candidate] = []
        regions = list(evidence.regions(self.text)) if self.clients else []
        base_urls: list[Entry] = []
        operators: list[Operator] = []
        reads = list(self.names.reads)
        hidden = not self.source.data.isascii() and hides(self.text)
        for entry in self._entries():
            entry = self._followed(entry)
            if hidden and hides(self._value(entry)):
                entry = entry._replace(text=visible(self._value(entry)))
            read = from_environment(entry, self._value(entry), places) if self.is_code else None
            if read:
                reads.append(read)
                continue
            key = entry.keys[-1] if entry.keys else ""
            kind = places.of_key(key) if key else ""
            if not kind and fold(key) in _DEFAULTS and entry.keys[:-1]:
                kind = places.of_key(entry.keys[-2])
                kind = kind if kind == "region" else ""
            live = entry.region in ("string", "value")
            if live and (kind == "region" or evidence.is_wider(entry, self._value(entry))):
                client = (f"name:{entry.assigned}",) if entry.assigned else ()
                region = Region(entry.start, self._value(entry), (*entry.links, *client), key)
                regions.append(region)
                continue
            operator = evidence.operator(entry, self._value(entry), self.catalogue, self.is_code)
            if operator:
                operators.append(operator)
            wanted = live and bool(entry.keys) and reader.expects(entry)
            if not wanted and not self._has_hit(entry) and kind != "base-url":
                continue
            proposed = [
                candidate
                for candidate in reader.candidates(entry, everything=wanted)
                if not (_is_vendor_only(candidate) and self._is_data(entry))
            ]
            if not proposed and wanted:
                unknown += self._unknown_model(entry)
            if not proposed and kind == "base-url" and "://" in self._value(entry):
                base_urls.append(entry)
            found += proposed
        for made in self._assembled(reader):  # the whole says more than its parts
            within = range(made.entry.start, made.entry.end)
            found = [c for c in found if c.start not in within] + [made]
        deals = bool(self.imports) or places.is_tool_file(self.source.path)
        kept = list(recognise.accepted(_once(found), self.catalogue, evidence=deals))
        if deals or any(c.kind in ("endpoint", "sdk") for c in kept):
            kept += unknown
        else:
            beside = {link for c in kept if c.place == MODEL_PLACE for link in c.entry.links}
            kept += [
                c
                for c in unknown
                if "/" in c.text
                and (fold(c.key) in places.sure_model_keys or beside.intersection(c.entry.links))
            ]
        siblings = Siblings(kept)
        if siblings.any:
            kept += siblings.unknown(self._around(siblings), self._value, places)
        kept.sort(key=lambda c: (c.start, c.end))
        usage = usage_of(self.source.path)
        mentions = [
            *recognise.mentions(kept, self.source, usage, self._tests_from(), self.catalogue),
            *packages.mentions(
                self.source, self.text, self.imports, self.own_modules, self.catalogue
            ),
        ]
        return FileFacts(
            tuple(mentions),
            self.clients,
            self.imports,
            tuple(regions),
            tuple(base_urls),
            # A notebook's cells are tried one by one; one that does not parse hides nothing.
            "" if self.source.path.endswith(".ipynb") else self.names.error,
            self.is_code,
            tuple(reads),
            self.same,
            tuple(operators),
        )

    def _tests_from(self) -> int:
        """Where a source file's own tests begin; its length when it has none."""
        at = self.text.find("#[cfg(test)]") if self.source.language == "rust" else -1
        return at if at >= 0 else len(self.text) + 1

    def _entries(self) -> Iterator[Entry]:
        from stackaudit.detect import code, literals, readers

        reader = None if self.is_code else readers.reader_for(self.source.language)
        command = self.catalogue.places.file_commands.get(self.source.language)
        if reader is not None and command:
            return (
                entry._replace(keys=(command,)) if entry.keys == ("FROM",) else entry
                for entry in reader(self.text)
            )
        if reader is not None:
            return (entry for entry in reader(self.text) if entry.keys[:2] != _OUR_TABLE)
        found = code.entries(self.text, self.source.language, self.hits)
        return literals.opened(found, self.text, self.hits, self.catalogue.places)

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

    def _assembled(self, reader: Reader) -> Iterator[Candidate]:
        """What strings put together from parts name, where no part shows the whole."""
        for made in self.names.assembled:
            owner = made.provides[0].partition(":")[2] if made.provides else ""
            entry = Entry(
                made.start, made.end, "string", (made.key,), made.links, owner, made.value
            )
            for candidate in reader.candidates(entry, everything=True):
                verbatim = candidate.text in self.text[made.start : made.end]
                if not verbatim or "{" in candidate.text:
                    yield candidate

    def _with_ordinary(self, hits: list[int]) -> list[int]:
        """Anchor hits plus names that are ordinary words, which no anchor stands for."""
        if self.source.language in _PROSE:
            return hits
        return sorted({*hits, *self.catalogue.ordinary(self.source.data)})

    def _with_places(self, hits: list[int]) -> list[int]:
        """Anchor hits plus the values that stand in model-, region- or URL-shaped places."""
        lowered = self.text.lower()
        values = (found.start("value") for found in _PLACE.finditer(lowered))
        reads = (
            found.start("dotted" if found["dotted"] else "name")
            for found in _READ_PLACE.finditer(lowered)
        )
        return sorted({*hits, *values, *reads})

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
            or _DATE.match(value)
            or places.is_placeholder(value.lower())
            or self.catalogue.roles.is_task(value.lower())
            or is_class(value, places)
            or self._is_data(entry)
            or value.lower().endswith((*places.file_endings, *places.weight_endings))
            or not (self._is_of_org(value) or ("-" in value and any(c.isdigit() for c in value)))
        ):
            return
        yield Candidate(
            "model", entry.start, entry.end, value, entry, MODEL_PLACE, PLAIN, entry.keys[-1], None
        )

    def _is_data(self, entry: Entry) -> bool:
        """Whether a repository is one of data, in a file that fetches such."""
        key = fold(entry.keys[-1]) if entry.keys else ""
        return key in _REPOSITORY and _DATASETS.search(self.text) is not None

    def _is_of_org(self, value: str) -> bool:
        """Whether a slash stands behind an organisation rather than a folder."""
        head, slash, _ = value.partition("/")
        folders = self.catalogue.tables["places"]["not_organisations"]
        return bool(slash) and head.strip(".~") != "" and head.lower() not in folders


def _is_vendor_only(candidate: Candidate) -> bool:
    """Whether nothing but the organisation of a model is known."""
    unknown = candidate.match is None or getattr(candidate.match, "family", 0) < 0
    return candidate.kind == "model" and unknown


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
