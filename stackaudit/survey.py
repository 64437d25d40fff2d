"""Reads the files of a tree one by one and gathers what they name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from stackaudit import source
from stackaudit.bind import Bound, bind
from stackaudit.catalogue import Catalogue
from stackaudit.detect import FileFacts, detect
from stackaudit.discover import Found
from stackaudit.model import Component, Mention, ScanError, Skip
from stackaudit.ownnames import own_names
from stackaudit.paths import usage_of
from stackaudit.resolve import components

_STEP = 64


class Survey:
    """What reading a tree gave, growing file by file."""

    def __init__(self, base: Path, catalogue: Catalogue, own_hosting: str) -> None:
        self._base = base
        self._catalogue = catalogue
        self._own_hosting = own_hosting
        self._bound: list[Bound] = []
        self.skipped: list[Skip] = []
        self.errors: list[ScanError] = []
        self.scanned = self.with_hits = self.bytes = 0
        self.components: tuple[Component, ...] = ()

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
        facts = detect(opened, self._catalogue, own)
        if facts is None:
            return
        self.with_hits += 1
        for fault in filter(None, (opened.fault, facts.partial)):
            self.errors.append(ScanError(opened.path, f"read in part: {fault}"))
        self._bound += bind(facts, self._catalogue, self._own_hosting)

    def weights(self, path: str) -> None:
        """A weights file is known by its name; it is never opened as code or data."""
        self.scanned += 1
        path = source.printable(path)
        name = path.rpartition("/")[2]
        sure = name.lower().endswith(self._catalogue.places.weight_endings)
        # .bin, .pt and the like are often something else: only a model's name makes them weights.
        if not sure and self._catalogue.ids.find(name) is None:
            return
        self.with_hits += 1
        usage = usage_of(path) or "used"
        mention = Mention(
            "weights", name, path, 1, 1, 1, 1, "file-name", usage, confidence="medium"
        )
        self._bound += bind(FileFacts((mention,)), self._catalogue, self._own_hosting)

    def finish(self) -> None:
        """Merge all mentions into components."""
        self.components = components(self._bound, self._catalogue)


def survey(
    base: Path,
    files: Sequence[Found],
    catalogue: Catalogue,
    own_hosting: str,
    progress: Callable[[int, int | None], None] | None,
) -> Survey:
    """Read ``files`` below ``base``.

    Args:
        base: Folder the paths are relative to.
        files: What discovery found.
        catalogue: Knows models, hosts, packages and places.
        own_hosting: Country where the user runs weights, as declared.
        progress: Called with files done and files in all.
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
    read.finish()
    return read
