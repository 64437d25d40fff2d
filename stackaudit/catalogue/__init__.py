"""The catalogue at run time: one object that answers for ids, hosts, packages and variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

from stackaudit.anchors import Find, matcher
from stackaudit.catalogue.hosts import HostMatch, Hosts
from stackaudit.catalogue.lookup import IdMatch, Lookup
from stackaudit.catalogue.places import Places, last_part
from stackaudit.catalogue.roles import Roles
from stackaudit.catalogue.short_names import ShortNames
from stackaudit.model import Settings

Row = Mapping[str, Any]

_FORMED = re.compile(r"[.:/@-]")
_BEFORE_VALUE = frozenset(b" \t\n\r\f\v\"'`/=:-")

__all__ = ["Catalogue", "HostMatch", "IdMatch", "catalogue_for", "load"]


def load() -> Catalogue:
    """The catalogue shipped with this version."""
    from stackaudit.resources import compiled_catalogue

    compiled = compiled_catalogue()
    return Catalogue(compiled.head, compiled)


def catalogue_for(settings: Settings) -> Catalogue:
    """The shipped catalogue with the models and hosts of the organisation's own.

    Raises:
        ConfigError: One of them names a licence, base or country that does not exist.
    """
    if not settings.models and not settings.endpoints:
        return load()
    from stackaudit.catalogue.own import extend

    return extend(load(), settings.models, settings.endpoints, settings.source)


def _farness(name: str, root: str) -> tuple[bool, int, str]:
    """How little a package's name says that it is the one behind an import root."""
    plain, wanted = (re.sub(r"[-_.]+", "-", text).lower() for text in (name, root))
    return plain != wanted, len(name), name


class Catalogue:
    """Compiled tables with their indexes; all of them are built when first asked for."""

    def __init__(self, head: Mapping[str, str], tables: Mapping[str, Any]) -> None:
        self.version = head["version"]
        self.sha256 = head["sha256"]
        self.tables = tables

    @cached_property
    def find(self) -> Find:
        """The anchor matcher over raw bytes."""
        return matcher(self.tables["anchors"])

    @cached_property
    def _find_ordinary(self) -> Find:
        words: set[str] = set()
        for head, _family, _release, strong, _start in self.tables["heads"]:
            first, *rest = head.split(" ")
            if not strong:
                gaps = ("", "-", "_", " ") if rest else ("",)
                words.update(first + gap + (rest[0] if rest else "") for gap in gaps)
        return matcher(sorted(words))

    def ordinary(self, data: bytes) -> list[int]:
        """Where names that are ordinary words stand where a value may begin."""
        return [at for at in self._find_ordinary(data) if at and data[at - 1] in _BEFORE_VALUE]

    @cached_property
    def find_clients(self) -> Find:
        """A matcher of the names of clients and loaders."""
        return matcher([row["name"] for row in self.tables["clients"]])

    @cached_property
    def _clients_by_start(self) -> dict[str, list[str]]:
        by_start: dict[str, list[str]] = {}
        for name in sorted(self._clients, key=len, reverse=True):
            by_start.setdefault(name[:3], []).append(name)
        return by_start

    def client_names(self, text: str, at: int) -> list[str]:
        """Client names that stand at an offset, longest first; letter case counts."""
        names = self._clients_by_start.get(text[at : at + 3], ())
        return [name for name in names if text.startswith(name, at)]

    @cached_property
    def ids(self) -> Lookup:
        """Lookup of model ids."""
        return Lookup(self.tables)

    @cached_property
    def short_names(self) -> ShortNames:
        """Names that say a model only beside its library."""
        return ShortNames(self.tables["families"])

    @cached_property
    def hosts(self) -> Hosts:
        """Lookup of hosts and URLs."""
        return Hosts(self.tables)

    @cached_property
    def places(self) -> Places:
        """Which keys, calls and commands expect a model, a base URL or a region."""
        return Places(self.tables)

    @cached_property
    def roles(self) -> Roles:
        """What models are for at a place, by the names around it."""
        return Roles(self.tables, lambda name: next(iter(self._clients.get(name, ())), None))

    @cached_property
    def _packages(self) -> dict[tuple[str, str], Row]:
        return {(row["ecosystem"], row["name"].lower()): row for row in self.tables["packages"]}

    @cached_property
    def _credentials(self) -> dict[str, Row]:
        return {row["name"]: row for row in self.tables["credentials"]}

    @cached_property
    def _clients(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in self.tables["clients"]:
            found.setdefault(row["name"], []).append(row)
        return found

    @cached_property
    def _imports(self) -> dict[tuple[str, str], Row]:
        """Import root -> package; of several, the one named like the root, else the shortest."""
        found: dict[tuple[str, str], Row] = {}
        for row in self.tables["packages"]:
            for root in row.get("imports", ()):
                other = found.setdefault((row["ecosystem"], root), row)
                if _farness(row["name"], root) < _farness(other["name"], root):
                    found[row["ecosystem"], root] = row
        return found

    @cached_property
    def _forms(self) -> list[tuple[re.Pattern[str], Row]]:
        return [(re.compile(row["form"], re.IGNORECASE), row) for row in self.tables["forms"]]

    def source(self, row: Row) -> str:
        """Where a row's facts are from; empty when it does not say."""
        told = row.get("source", "")
        return str(self.tables["sources"][told] if isinstance(told, int) else told)

    def checked(self, row: Row) -> str:
        """The ISO date a row was last checked on; empty for an organisation's own."""
        return str(row.get("checked", self.tables["checked"]))

    def vendor(self, vendor_id: str) -> Row | None:
        """The vendor row of an id."""
        row: Row | None = self.tables["vendors"].get(vendor_id)
        return row

    def family(self, index: int) -> Row:
        """The family row at an index of :class:`IdMatch`."""
        row: Row = self.tables["families"][index]
        return row

    @cached_property
    def makers(self) -> frozenset[str]:
        """Vendors with closed models of their own: at their own hosts they serve those."""
        return frozenset(r["vendor"] for r in self.tables["families"] if r["weights"] == "closed")

    @cached_property
    def family_index(self) -> dict[str, int]:
        """Family id -> index."""
        return {row["id"]: n for n, row in enumerate(self.tables["families"])}

    def licence(self, licence_id: str) -> Row | None:
        """The licence row of an id."""
        row: Row | None = self.tables["licences"].get(licence_id)
        return row

    def endpoint(self, index: int) -> Row:
        """The endpoint row at an index of :class:`HostMatch`."""
        row: Row = self.tables["endpoints"][index]
        return row

    def package(self, ecosystem: str, name: str) -> Row | None:
        """The package row; names are compared in lower case, pypi's with runs of -_. as one -."""
        lowered = name.lower()
        if ecosystem in ("pypi", "conda"):
            lowered = re.sub(r"[-_.]+", "-", lowered)
            ecosystem = "pypi"
        return self._packages.get((ecosystem, lowered))

    def image(self, name: str) -> Row | None:
        """The package row of a container image (without tag) or CI action (without ref)."""
        lowered = name.lower().removeprefix("docker.io/").removeprefix("library/")
        row = self._packages.get(("docker", lowered)) or self._packages.get(
            ("github-actions", lowered)
        )
        return row or next((r for p, r in self._image_patterns if fnmatchcase(lowered, p)), None)

    @cached_property
    def _image_patterns(self) -> list[tuple[str, Row]]:
        return [
            (n, row) for (eco, n), row in self._packages.items() if eco == "docker" and "*" in n
        ]

    def knows_package(self, ecosystem: str, name: str) -> bool:
        """Whether the catalogue has the package."""
        return self.package(ecosystem, name) is not None

    @cached_property
    def _designs(self) -> dict[str, Row]:
        rows = self.tables["architectures"]
        found = {row["value"]: row for row in rows if not row.get("architectures")}
        found |= {name: row for row in rows for name in row.get("architectures", ())}
        return found | {row["value"]: row for row in rows if row.get("architectures")}

    def design(self, names: str) -> Row | None:
        """The row of the first known of several names of a design, one a line.

        They stand in the heads of weight files and, as type and as class, in configurations.
        """
        return next((self._designs[n] for n in names.split("\n") if n in self._designs), None)

    def is_shared_design(self, row: Row) -> bool:
        """Whether models of many developers are built so."""
        return row["value"] in self.tables["places"]["shared_designs"]

    def credential(self, name: str) -> Row | None:
        """The row of an environment variable, by its exact name."""
        return self._credentials.get(name)

    def clients_named(self, name: str) -> list[Row]:
        """Every client of exactly this name."""
        return self._clients.get(name, [])

    def client(self, callee: str) -> Row | None:
        """The row of a constructor or factory, by its full dotted name or its last part."""
        rows = self._clients.get(callee)
        if not rows:
            rows = self._clients.get(last_part(callee))
        return rows[0] if rows else None

    def imported(self, ecosystem: str, root: str) -> Row | None:
        """The package a module path belongs to: the longest known import root."""
        while root:
            row = self._imports.get((ecosystem, root))
            if row:
                return row
            cut = max(root.rfind(mark) for mark in (".", "/", "::", "\\"))
            root = root[:cut].rstrip(":") if cut > 0 else ""
        return None

    @cached_property
    def dotted_imports(self) -> frozenset[tuple[str, str]]:
        """Ecosystem and first part of import roots that are told by what is used of them."""
        dotted = (key for key in self._imports if "." in key[1])
        heads = ((ecosystem, root.partition(".")[0]) for ecosystem, root in dotted)
        return frozenset(head for head in heads if head not in self._imports)

    def retires(self, name: str, vendor: str) -> str:
        """The ISO date on which a vendor shuts an id of its own down; empty when none is known."""
        row = self.tables["retirements"].get(name.lower())
        return str(row["date"]) if row and row["vendor"] == vendor else ""

    def prefix(self, index: int) -> Row:
        """The route-prefix row at an index of :class:`IdMatch`."""
        row: Row = self.tables["prefixes"][index]
        return row

    def route_prefix(self, text: str) -> Row | None:
        """The route prefix that an id of no known model begins with."""
        head = text.partition("/")[0].lower()
        return next((r for r in self.tables["prefixes"] if r["prefix"] == head != text), None)

    def form(self, text: str) -> tuple[Row, str] | None:
        """The form of an id that settles its route, with the region or profile it names."""
        if not _FORMED.search(text):
            return None
        for pattern, row in self._forms:
            found = pattern.fullmatch(text)
            if found:
                return row, (found[1] if pattern.groups and found[1] else "")
        return None
