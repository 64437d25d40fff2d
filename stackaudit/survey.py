"""Reads the files of a tree one by one and gathers what they name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from stackaudit import source
from stackaudit.bind import Bound
from stackaudit.catalogue import Catalogue
from stackaudit.detect import FileFacts, detect
from stackaudit.detect.weights import DESCRIBING, Shelf
from stackaudit.discover import Found
from stackaudit.model import Component, Mention, ScanError, Skip
from stackaudit.ownnames import own_names
from stackaudit.resolve import components
from stackaudit.wiring import bind_all

_STEP = 64


class Survey:
    """What reading a tree gave, growing file by file."""

    def __init__(self, base: Path, catalogue: Catalogue, own_hosting: str) -> None:
        self._base = base
        self._catalogue = catalogue
        self._own_hosting = own_hosting
        self._files: list[tuple[str, FileFacts]] = []
        self._shelf = Shelf(base, catalogue)
        self.skipped: list[Skip] = []
        self.errors: list[ScanError] = []
        self.scanned = self.with_hits = self.bytes = 0
        self.components: tuple[Component, ...] = ()
        self.by_zone: dict[str, tuple[Component, ...]] = {}
        """Zone -> the components in it, each with its places and routes there alone."""

    def file(self, item: Found, own: frozenset[str]) -> None:
        """Read one file; what cannot be read is kept as such."""
        opened = source.read(self._base, item.path, item.limit)
        if isinstance(opened, Skip):
            self.skipped.append(opened)
            return
        if isinstance(opened, ScanError):
            self.errors.append(opened)
            return
        self.scanned += 1
        self.bytes += len(opened.data)
        if item.path.rpartition("/")[2].lower() in DESCRIBING:
            self._shelf.describe(opened)
        facts = detect(opened, self._catalogue, own)
        if facts is None:
            return
        self.with_hits += 1
        for fault in filter(None, (opened.fault, facts.partial)):
            self.errors.append(ScanError(opened.path, f"read in part: {fault}"))
        if not opened.data.isascii():
            facts = facts._replace(mentions=tuple(_in_utf16(m, opened) for m in facts.mentions))
        self._files.append((opened.path, facts))

    def weights(self, path: str) -> None:
        """Note a weights file; its head is read once all that lies beside it is known."""
        self.scanned += 1
        self._shelf.add(path)

    def finish(self, zone_of: Callable[[str], str] | None) -> None:
        """Bind all mentions and merge them into components, in all and for each zone."""
        for mention in self._shelf.mentions():
            if "weights" not in mention.facts:
                self.with_hits += int(mention.facts.get("files", "1"))
            self._files.append((mention.path, FileFacts((mention,))))
        self.errors += self._shelf.errors
        bound = bind_all(self._files, self._catalogue, self._own_hosting)
        self.components = components(bound, self._catalogue)
        if zone_of is None:
            self.by_zone = {"": self.components}
            return
        parts: dict[str, list[Bound]] = {}
        for item in bound:
            parts.setdefault(zone_of(item.mention.path), []).append(item)
        self.by_zone = {zone: components(part, self._catalogue) for zone, part in parts.items()}


def _in_utf16(mention: Mention, opened: source.SourceFile) -> Mention:
    """The mention with its columns in UTF-16 units where these differ from characters."""
    columns = (mention.column, mention.end_column)
    units = (
        opened.utf16(mention.line, mention.column),
        opened.utf16(mention.end_line, mention.end_column),
    )
    return mention if units == columns else replace(mention, utf16=units)


def survey(
    base: Path,
    files: Sequence[Found],
    catalogue: Catalogue,
    own_hosting: str,
    progress: Callable[[int, int | None], None] | None,
    zone_of: Callable[[str], str] | None = None,
) -> Survey:
    """Read ``files`` below ``base``.

    Args:
        base: Folder the paths are relative to.
        files: What discovery found.
        catalogue: Knows models, hosts, packages and places.
        own_hosting: Country where the user runs weights, as declared.
        progress: Called with files done and files in all.
        zone_of: Path -> name of its zone; None where there are no zones.
    """
    read = Survey(base, catalogue, own_hosting)
    own = own_names(base, [item.path for item in files])
    for number, item in enumerate(files):
        if progress and number % _STEP == 0:
            progress(number, len(files))
        if item.weights:
            read.weights(item.path)
        else:
            read.file(item, own)
    if progress:
        progress(len(files), len(files))
    read.finish(zone_of)
    return read
