"""Rust: ``Cargo.toml`` and ``Cargo.lock``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.detect.manifests.declared import Declared
from stackaudit.detect.manifests.tomlscan import Row, rows, scan

_LOCK = re.compile(
    r"""\n(?:name[ ]=[ ]"(?P<entry>[^"\n]++)" | version[ ]=[ ]"(?P<version>[^"\n]++)"
          | (?P<source>source)[ ]=
          | [ ]"(?P<name>[^"\s]++)(?:[ ](?P<wanted>[^"\s]++))?+)""",
    re.VERBOSE,
)
_TABLES = frozenset({"dependencies", "dev-dependencies", "build-dependencies"})


def cargo_toml(text: str) -> Iterator[Declared]:
    """Read the dependency tables: the package's, the workspace's and each target's."""
    return map(_row, rows(scan(text), _section))


def cargo_lock(text: str) -> Iterator[Declared]:
    """Read entries and requirement lines; a package without a source is the project's own."""
    entry: Declared | None = None
    required: list[Declared] = []
    own = True
    for match in _LOCK.finditer(text):
        group = match.lastgroup
        if group == "entry":
            yield from _package(entry, required, own)
            entry = Declared(*match.span(group), "crates", match[group], "", "package", None)
            required, own = [], True
        elif group == "version" and entry:
            entry = entry._replace(version=match[group])
        elif group == "source":
            own = False
        elif group in ("name", "wanted"):
            version = match["wanted"] or ""
            required.append(
                Declared(
                    *match.span("name"), "crates", match["name"], version, "dependencies", False
                )
            )
    yield from _package(entry, required, own)


def _package(entry: Declared | None, required: list[Declared], own: bool) -> Iterator[Declared]:
    if entry and not own:
        yield entry
    for item in required:
        yield item._replace(direct=own)


def _section(names: tuple[str, ...]) -> int:
    if names[0] in _TABLES:
        return 1
    if names[0] == "workspace" and names[1:2] == ("dependencies",):
        return 2
    return 3 if names[0] == "target" and len(names) > 2 and names[2] in _TABLES else 0


def _row(row: Row) -> Declared:
    if row.package and row.package.text:
        renamed = row.package
        return Declared(
            renamed.start, renamed.end, "crates", row.package.text, row.version, row.section
        )
    return Declared(row.key.start, row.key.end, "crates", row.key.text, row.version, row.section)
