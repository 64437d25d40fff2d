"""Reads the files of a tree one by one and gathers what they name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from stackaudit.bind import Bound
from stackaudit.catalogue import Catalogue
from stackaudit.detect.filefacts import FileFacts
from stackaudit.detect.weights import Shelf
from stackaudit.discover import Found
from stackaudit.model import Component, ScanError, Settings, Skip
from stackaudit.ownnames import own_names
from stackaudit.reading import Reading, Task
from stackaudit.resolve import components
from stackaudit.wiring import bind_all
from stackaudit.workers import readings

_STEP = 64
_ALONE = Settings()


class Survey:
    """What reading a tree gave, growing file by file."""

    def __init__(self, base: Path, catalogue: Catalogue, own_hosting: str) -> None:
        self._catalogue = catalogue
        self._own_hosting = own_hosting
        self._files: list[tuple[str, FileFacts]] = []
        self._shelf = Shelf(base, catalogue)
        self.skipped: list[Skip] = []
        self.errors: list[ScanError] = []
        self.scanned = self.with_hits = self.bytes = 0
        self.marked: list[str] = []
        """Files that hold the mark."""
        self.components: tuple[Component, ...] = ()
        self.by_zone: dict[str, tuple[Component, ...]] = {}
        """Zone -> the components in it, each with its places and routes there alone."""

    def file(self, item: Found, read: Reading) -> None:
        """Take in what a file gave; what could not be read is kept as such."""
        self.errors += read.errors
        if read.skip:
            self.skipped.append(read.skip)
        if not read.is_read:
            return
        self.scanned += 1
        self.bytes += read.size
        if read.marked:
            self.marked.append(item.path)
        if read.stated:
            self._shelf.describe(read.path, read.stated)
        if read.facts is not None:
            self.with_hits += bool(read.facts.mentions or read.stated)
            self._files.append((read.path, read.facts))

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


def survey(
    base: Path,
    files: Sequence[Found],
    catalogue: Catalogue,
    own_hosting: str,
    progress: Callable[[int, int | None], None] | None,
    zone_of: Callable[[str], str] | None = None,
    *,
    settings: Settings = _ALONE,
    mark: bytes | None = None,
) -> Survey:
    """Read ``files`` below ``base``.

    Args:
        base: Folder the paths are relative to.
        files: What discovery found.
        catalogue: Knows models, hosts, packages and places.
        own_hosting: Country where the user runs weights, as declared.
        progress: Called with files done and files in all.
        zone_of: Path -> name of its zone; None where there are no zones.
        settings: What the catalogue was made of, and how many processes may be used.
        mark: What a file holds that is to be looked at again.
    """
    read = Survey(base, catalogue, own_hosting)
    for item in files:
        if item.weights:
            read.weights(item.path)
    texts = [item for item in files if not item.weights]
    task = Task(base, settings, own_names(base, [item.path for item in files]), mark)
    for number, (item, reading) in enumerate(
        zip(texts, readings(texts, task, catalogue), strict=True)
    ):
        if progress and number % _STEP == 0:
            progress(number, len(texts))
        read.file(item, reading)
    if progress:
        progress(len(texts), len(texts))
    read.finish(zone_of)
    return read
