"""What versions of files name: models and endpoints, found as a scan finds them, one by one.

A version is read once. Where the lines that could name something are those of a version that was
read before, so is the answer; large files are read in pieces, so that a line more in a long list
costs a piece and not the list.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sized
from dataclasses import replace
from hashlib import blake2b
from itertools import chain
from typing import NamedTuple

from stackaudit import folders, ignore
from stackaudit.catalogue import Catalogue
from stackaudit.config.waivers import BASELINE, WAIVERS
from stackaudit.detect import detect
from stackaudit.detect.imports import ecosystem_of
from stackaudit.detect.manifests import is_lock
from stackaudit.git import Git
from stackaudit.gittree import Blob, contents, names, sizes
from stackaudit.model import UNKNOWN, Kind, Mention, Settings, Usage
from stackaudit.paths import usage_of
from stackaudit.pieces import pieces
from stackaudit.source import SourceFile, printable, source_of
from stackaudit.stated import facts_of

_KINDS = ("model", "endpoint")
#: In code a value stands in quotes; in other files it may stand behind a word at once.
_WORDS = (
    rb"(?i:model|llm|engine|deploy|repo_id|checkpoint|embed|rerank|provider|base_?ur[il]|api_?base"
    rb"|endpoint|host)"
)
_LINE_WORDS = re.compile(_WORDS)
_LINE_VALUES = re.compile(_WORDS + rb"""[^\n"'`]*+["'`]""")
#: Languages of lists and tables, whose parts tell as much as the whole.
_TABLES = frozenset(["json", "yaml", "toml", "xml", "csv", "sql"])
#: Bytes from which on a file is read in pieces: a table, and any other.
_LONG_TABLE, _LONG = 16 << 10, 64 << 10
#: Shorter files have few lines, whatever stands in them; longer ones with many hits are long.
_SHORT, _MANY_HITS = 4 << 10, 500
#: Answers are remembered up to this many identifiers in them; each counts as some by itself.
_MOST_WEIGHT, _WEIGHT = 500_000, 8
_MOST_NAMES = 100_000
_MOST_PATHS = 500_000
_LONGEST_HINT = 200

Named = frozenset[str]
Version = tuple[bytes, bytes]
_NOTHING: Named = frozenset()


class Identifier(NamedTuple):
    """A model or endpoint."""

    kind: Kind
    id: str
    name: str
    """As it was first written."""
    country: str
    """Of the developer or the operator."""


class Versions:
    """Reads versions of files; remembers what it read."""

    def __init__(self, git: Git, catalogue: Catalogue, settings: Settings, below: str = "") -> None:
        """Prepare to read.

        Args:
            git: The repository.
            catalogue: Knows models, hosts and places.
            settings: Which files and usages count.
            below: Path from the top of the repository that files must lie in, with a slash; or
                a file's.
        """
        self._git, self._catalogue, self._settings = git, catalogue, settings
        self._below = os.fsencode(below)
        self._skipped_names = {WAIVERS, BASELINE, os.path.basename(settings.baseline)}
        include = ignore.parse_globs(settings.include, "include")
        exclude = ignore.parse_globs(settings.exclude, "exclude")
        self._include = ignore.Layer.of(include) if include else None
        self._exclude = ignore.Layer.of(exclude) if exclude else None
        self._counted: dict[bytes, bool] = {}
        self._answers: dict[bytes, Named] = {}
        self._older: dict[bytes, Named] = {}
        self._weight = 0
        self._hints: dict[str, dict[bytes, str]] = {}
        self._ids: dict[tuple[str, str], str] = {}
        self.identifiers: dict[str, Identifier] = {}
        self.usages: dict[str, set[Usage]] = {}
        """How each identifier was used in what was read."""

    def counts(self, path: bytes) -> bool:
        """Whether a scan would read the file, and what it names there may count."""
        if path not in self._counted:
            if len(self._counted) > _MOST_PATHS:
                self._counted.clear()
            self._counted[path] = self._is_ours(path)
        return self._counted[path]

    def _is_ours(self, path: bytes) -> bool:
        if not path.startswith(self._below):
            return False
        *above, name = self._shown(path).split("/")
        if name in self._skipped_names or is_lock(name):
            return False
        if not folders.BY_NAME.keys().isdisjoint(above):
            return False
        usage = usage_of(self._shown(path))
        return (usage is None or usage in self._settings.usages) and self._is_wanted(above, name)

    def _is_wanted(self, above: list[str], name: str) -> bool:
        """Whether the settings' patterns take a file in."""
        include, exclude = self._include, self._exclude
        for part, is_folder in (*((part, True) for part in above), (name, False)):
            if exclude and exclude.decide(part, is_folder):
                return False
            if include and include.decide(part, is_folder):
                include = None
            include = include and include.enter(part)
            exclude = exclude and exclude.enter(part)
        return include is None

    def _shown(self, path: bytes) -> str:
        """The path as a scan of the folder asked for has it."""
        inside = path[len(self._below) :] or path.rpartition(b"/")[2]
        return printable(os.fsdecode(inside))

    def read(self, wanted: Iterable[Version]) -> Mapping[Version, Named | None]:
        """Read versions, each a path and the hash of a content; None where it is not there.

        Raises InputError.
        """
        asked = list(dict.fromkeys(wanted))
        there = sizes(self._git, [name for _, name in asked])
        found: dict[Version, Named | None] = {
            version: _NOTHING if version[1] in there else None for version in asked
        }
        limit = self._settings.max_file_bytes
        blobs = [Blob(path, name, there[name]) for path, name in asked if name in there]
        for blob, data in contents(self._git, (b for b in blobs if 0 < b.size <= limit)):
            opened = source_of(self._shown(blob.path), data)
            if isinstance(opened, SourceFile):
                found[blob.path, blob.hash] = self._named(opened)
        return found

    def learn(self, commit: str) -> None:
        """Read the long files of a commit as a whole, for what their pieces do not tell.

        Where such a name stands in a piece of a file that is called the same, it counts there.
        Raises InputError.
        """
        wanted = [v for v in names(self._git, commit) if self.counts(v[0])]
        there = sizes(self._git, [name for _, name in wanted])
        limit = self._settings.max_file_bytes
        blobs = (Blob(p, n, there[n]) for p, n in wanted if _SHORT < there.get(n, 0) <= limit)
        for blob, data in contents(self._git, blobs):
            opened = source_of(self._shown(blob.path), data)
            if not isinstance(opened, SourceFile):
                continue
            if not _is_long(opened, self._catalogue.find(opened.data)):
                continue
            told = self._named(opened)
            for name, written in self._detected(opened):
                if name not in told and 2 < len(written) <= _LONGEST_HINT:
                    hints = self._hints.setdefault(os.path.basename(opened.path), {})
                    hints[written.encode()] = name
        self._answers, self._weight = {}, 0  # given before anything was learnt

    def _named(self, opened: SourceFile) -> Named:
        hits = self._catalogue.find(opened.data)
        if not hits and not self._catalogue.places.is_tool_file(opened.path):
            return _NOTHING
        if not _is_long(opened, hits):
            return self._remembered(opened, self._telling(opened, hits))
        every = pieces(opened.data, opened.language in _TABLES)
        return _NOTHING.union(*(self._remembered(replace(opened, data=p), p) for p in every))

    def _hinted(self, opened: SourceFile) -> Iterator[str]:
        """What stands in a piece and counts by what stands in other pieces."""
        hints = self._hints.get(os.path.basename(opened.path))
        for written, name in hints.items() if hints else ():
            if written in opened.data and re.search(
                rb"(?<![\w./-])" + re.escape(written) + rb"(?![\w./-])", opened.data
            ):
                yield name

    def _telling(self, opened: SourceFile, hits: list[int]) -> bytes:
        """The lines that could name something, each with the one before it."""
        data = opened.data
        shape = _LINE_VALUES if ecosystem_of(opened.language) else _LINE_WORDS
        words = (found.start() for found in shape.finditer(data))
        places = sorted({*hits, *words, *self._catalogue.ordinary(data)})
        kept: list[bytes] = []
        end = -1
        for place in places:
            if place < end:
                continue
            start = data.rfind(b"\n", 0, place) + 1
            start = data.rfind(b"\n", 0, max(0, start - 1)) + 1
            stop = data.find(b"\n", place)
            stop = stop if stop >= 0 else len(data)
            kept.append(data[max(start, end) : stop])
            end = stop
        return b"\n".join(kept)

    def _remembered(self, opened: SourceFile, telling: bytes) -> Named:
        """What a text names, looked up by its path and the lines that tell."""
        key = blake2b(opened.path.encode() + b"\0" + telling, digest_size=16).digest()
        known = self._answers.get(key)
        if known is not None:
            return known
        known = self._older.get(key)
        if known is None:
            every = chain((name for name, _ in self._detected(opened)), self._hinted(opened))
            known = frozenset(every) or _NOTHING
        self._weight += _WEIGHT + len(known)
        if self._weight > _MOST_WEIGHT:  # what was not asked for since the last time is forgotten
            self._answers, self._older, self._weight = {}, self._answers, 0
        self._answers[key] = known
        return known

    def _detected(self, opened: SourceFile) -> Iterator[tuple[str, str]]:
        """Ids, and names as written."""
        facts = detect(opened, self._catalogue)
        for mention in facts.mentions if facts else ():
            if mention.kind not in _KINDS or mention.local:
                continue
            if mention.usage in self._settings.usages:
                name = self._id(mention)
                self.usages.setdefault(name, set()).add(mention.usage)
                yield name, mention.text

    def _id(self, mention: Mention) -> str:
        """The id a scan gives to what a mention names."""
        written = (mention.kind, mention.text)
        if written not in self._ids:
            if len(self._ids) > _MOST_NAMES:
                self._ids.clear()
            what = identify(mention.kind, mention.text, self._catalogue)
            self._ids[written] = self.identifiers.setdefault(what.id, what).id
        return self._ids[written]


def identify(kind: Kind, text: str, catalogue: Catalogue) -> Identifier:
    """What a model's or an endpoint's name, as written, stands for."""
    if kind == "endpoint":
        host = catalogue.hosts.find(text)
        row = catalogue.endpoint(host.endpoint) if host and host.endpoint >= 0 else {}
        vendor = catalogue.vendor(str(row.get("provider", "")))
        name = host.host if host else text.lower()
        return Identifier(kind, f"endpoint:{name}", name, vendor["country"] if vendor else UNKNOWN)
    facts = facts_of(text, {}, catalogue)
    country = facts.developer.country if facts.developer else UNKNOWN
    return Identifier(kind, f"{kind}:{facts.key}", facts.name, country)


def _is_long(opened: SourceFile, hits: Sized) -> bool:
    """Whether a file is read in pieces: by its size, and by how much it may name."""
    size = len(opened.data)
    return size > (_LONG_TABLE if opened.language in _TABLES else _LONG) or len(hits) > _MANY_HITS
