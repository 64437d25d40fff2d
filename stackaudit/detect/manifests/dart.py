"""Dart: ``pubspec.yaml`` and ``pubspec.lock``."""

from __future__ import annotations

from collections.abc import Iterator

from stackaudit.detect.manifests.declared import Declared
from stackaudit.detect.manifests.yamlscan import Line, scalar, scan

_SECTIONS = frozenset({"dependencies", "dev_dependencies", "dependency_overrides"})


def pubspec(text: str) -> Iterator[Declared]:
    """Read the dependency sections; a package from elsewhere has no version."""
    for line in scan(text):
        if len(line.parents) == 1 and line.parents[0] in _SECTIONS and line.key:
            yield _entry(line, scalar(text, line.start, line.end)[0], line.parents[0], direct=True)


def pubspec_lock(text: str) -> Iterator[Declared]:
    """Read the entries, each with its kind (``direct main``, ``transitive``) and version."""
    item: Declared | None = None
    for line in scan(text):
        if line.parents[:1] != ["packages"] or not line.key:
            continue
        if len(line.parents) == 1:
            if item:
                yield item
            item = _entry(line, "", "packages", direct=False)
        elif len(line.parents) == 2 and item:
            value = scalar(text, line.start, line.end)[0]
            if line.key == "version":
                item = item._replace(version=value)
            elif line.key == "dependency":
                item = item._replace(direct=value.startswith("direct"))
    if item:
        yield item


def _entry(line: Line, version: str, key: str, *, direct: bool) -> Declared:
    end = line.key_start + len(line.key)
    return Declared(line.key_start, end, "pub", line.key, version, key, direct)
