"""One package line of a manifest, before the catalogue is asked, and how names are compared."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_SEPARATORS = re.compile(r"[-_.]+")
_MAJOR = re.compile(r"/v[0-9]+$")


class Declared(NamedTuple):
    """One place that names a package. Offsets are bytes into ``SourceFile.data``."""

    start: int
    end: int
    """The name as written; for Maven the artifact alone or ``group:artifact``."""
    ecosystem: str
    name: str
    """The full name: what stands at the offsets, except where a group or scope stands apart."""
    version: str = ""
    key: str = ""
    """The section: ``dependencies``, ``project.optional-dependencies.dev``."""
    direct: bool | None = True
    """None: a lock file's package entry, to be settled from the requirement lines around it."""


def normalise(ecosystem: str, name: str) -> str:
    """Return the form under which the catalogue keeps a package name.

    PyPI and conda by PEP 503; Go without the major-version suffix; Composer in lower case; all
    others as written.
    """
    if ecosystem in ("pypi", "conda"):
        return _SEPARATORS.sub("-", name).lower()
    if ecosystem == "go":
        return _MAJOR.sub("", name)
    return name.lower() if ecosystem == "packagist" else name


def locked(found: Iterable[Declared]) -> Iterator[Declared]:
    """Drop what other packages merely could require: all that has no entry of its own.

    For lock files whose entries are told from requirement lines by ``direct`` None.
    """
    kept = list(found)
    entries = {normalise(item.ecosystem, item.name) for item in kept if item.direct is None}
    for item in kept:
        if item.direct is not False or normalise(item.ecosystem, item.name) in entries:
            yield item


def settle(found: Iterable[Declared]) -> Iterator[Declared]:
    """Decide ``direct`` where it is None.

    An entry is direct when a root requires it, or when no other entry of the file does.
    """
    kept = list(found)
    required: defaultdict[str, bool] = defaultdict(bool)
    for item in kept:
        if item.direct is not None:
            required[normalise(item.ecosystem, item.name)] |= item.direct
    for item in kept:
        if item.direct is None:
            name = normalise(item.ecosystem, item.name)
            yield item._replace(direct=required.get(name, True))
        else:
            yield item
