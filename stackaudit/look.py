"""Reads a tree: which files, what they use, how completely they were read; judges nothing."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from stackaudit import discover, gate, zones
from stackaudit.catalogue import Catalogue
from stackaudit.config.waivers import BASELINE, WAIVERS
from stackaudit.model import Component, Coverage, ScanError, Settings, Skip

Progress = Callable[[int, int | None], None]
_OURS = "stackaudit's own record of what is accepted"


class Seen(NamedTuple):
    """What a tree uses."""

    components: tuple[Component, ...]
    by_zone: Mapping[str, Sequence[Component]]
    """Name of a zone -> the components with their places in it."""
    coverage: Coverage
    marked: Sequence[str]
    """Paths of the files that may hold comments to us."""
    own_hosting: str
    """Where the user runs models, as it was told."""


def see(
    root: Path,
    settings: Settings,
    catalogue: Catalogue,
    own_hosting: str,
    progress: Progress | None,
) -> Seen:
    """Read what lies at ``root``.

    Args:
        root: An existing folder or file.
        settings: Which files, and the zones.
        catalogue: What is known.
        own_hosting: Where the user runs models; ``unknown`` is a value.
        progress: Called with files done and files in all.
    """
    zone_of = zones.Atlas(settings.zones).zone_of if settings.zones else None
    options = discover.Options(settings.include, settings.exclude, settings.max_file_bytes)
    ours = {WAIVERS, BASELINE, os.path.basename(settings.baseline)}
    files: list[discover.Found] = []
    skipped: list[Skip] = []
    errors: list[ScanError] = []
    for item in discover.walk(root, options):
        if isinstance(item, Skip):
            skipped.append(item)
        elif isinstance(item, ScanError):
            errors.append(item)
        elif os.path.basename(item.path) in ours:
            skipped.append(Skip(item.path, _OURS))
        else:
            files.append(item)
    if not files:
        coverage = Coverage(0, 0, 0, 0, tuple(skipped), tuple(errors))
        return Seen((), {}, coverage, (), own_hosting)
    from stackaudit.survey import survey  # half the start-up; an empty tree needs none of it

    collector = gc.isenabled()
    gc.disable()  # nothing here makes cycles; collecting would cost a tenth of the time
    try:
        base = discover.base(root)
        read = survey(
            base,
            files,
            catalogue,
            own_hosting,
            progress,
            zone_of,
            settings=settings,
            mark=gate.MARK,
        )
    finally:
        if collector:
            gc.enable()
    coverage = Coverage(
        len(files),
        read.scanned,
        read.with_hits,
        read.bytes,
        (*skipped, *read.skipped),
        tuple(sorted((*errors, *read.errors), key=lambda error: error.path)),
    )
    return Seen(read.components, read.by_zone, coverage, read.marked, own_hosting)
