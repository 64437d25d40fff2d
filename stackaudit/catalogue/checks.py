"""What a reviewer would find wrong with the catalogue, told row by row."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from typing import Any

from stackaudit.catalogue import Catalogue
from stackaudit.catalogue.yaml_tables import label
from stackaudit.model import UNKNOWN
from stackaudit.model import CatalogueFault as Fault

Row = Mapping[str, Any]
#: Rows older than this want another look.
MAX_AGE_DAYS = 180
#: Sections whose rows carry facts that somebody must be able to look up.
CITED = (
    "vendors", "families", "licences", "endpoints", "packages", "credentials", "architectures",
    "entity_lists", "processing",
)  # fmt: skip
_NO_ROWS = {UNKNOWN, "none", "self"}
#: Stand for terms of use that every vendor words for himself, or for none that are known.
_NO_TEXT = {UNKNOWN, "proprietary"}
_ADDRESS = re.compile(r"https?://[^\s/]+\.[^\s/]+")
_UNIQUE = (
    ("endpoints", ("host", "paths")),
    ("packages", ("ecosystem", "name")),
    ("credentials", ("name",)),
    ("prefixes", ("prefix",)),
    ("clients", ("name", "package", "ecosystem", "when")),
    ("architectures", ("kind", "value")),
    ("entity_lists", ("id",)),
    ("processing", ("provider", "service")),
)
_COMMERCIAL = ("yes", "no", "conditional", UNKNOWN)


def check(
    catalogue: Catalogue, as_of: date, used_by_rules: Mapping[str, Collection[str]]
) -> list[Fault]:
    """Every fault of a catalogue that compiles, errors first.

    Args:
        catalogue: The catalogue to look at.
        as_of: The day from which the age of rows is counted.
        used_by_rules: Section -> ids of rows that rules name.
    """
    checks: tuple[Callable[[Catalogue], Iterator[Fault]], ...] = (
        _countries, _duplicates, _owners, _examples, _shadowed_names, _shadowed_hosts, _anchors,
        _licences, _hosting, _sources, _lineage_sources,
    )  # fmt: skip
    faults = [fault for one in checks for fault in one(catalogue)]
    faults += _ages(catalogue, as_of)
    faults += _rows_of_rules(catalogue, used_by_rules)
    return sorted(faults, key=lambda fault: (fault.severity, fault.place, fault.message))


def rows(catalogue: Catalogue, section: str) -> list[Row]:
    """The rows of a section, whether it is kept as a list or by id."""
    table = catalogue.tables[section]
    return list(table.values()) if isinstance(table, dict) else list(table)


def is_cited(source: str) -> bool:
    """Whether a source is an address that anybody can open."""
    return _ADDRESS.search(source) is not None


def _error(section: str, row: Any, message: str) -> Fault:
    return Fault("error", f"{section} {label(section, row)}", message)


def _warning(section: str, row: Any, message: str) -> Fault:
    return Fault("warning", f"{section} {label(section, row)}", message)


def _countries(catalogue: Catalogue) -> Iterator[Fault]:
    from stackaudit.countries import names

    known = {*names(), UNKNOWN}
    for row in rows(catalogue, "vendors"):
        for code in (row["country"], (row.get("parent") or {}).get("country", UNKNOWN)):
            if code not in known:
                yield _error("vendors", row, f"country {code!r} is no ISO 3166-1 code")
    for row in rows(catalogue, "licences"):
        for code in (row.get("terms") or {}).get("excluded_countries", ()):
            if code not in known:
                yield _error("licences", row, f"excluded country {code!r} is no ISO 3166-1 code")
    for table, regions in catalogue.tables["regions"].items():
        for region, code in regions.items():
            if code not in known | {"global", "multi"}:
                yield Fault("error", f"regions {table}", f"{region}: {code!r} is no ISO code")
            if region != region.lower():
                yield Fault("error", f"regions {table}", f"{region}: write it in lower case")


def _duplicates(catalogue: Catalogue) -> Iterator[Fault]:
    for section, fields in _UNIQUE:
        seen: set[tuple[str, ...]] = set()
        for row in rows(catalogue, section):
            key = tuple(str(row.get(field)) for field in fields)
            if key in seen:
                yield _error(section, row, "stands twice")
            seen.add(key)


def _owners(catalogue: Catalogue) -> Iterator[Fault]:
    """An organisation, alias or example belongs to one row only."""
    for section, field in (("vendors", "orgs"), ("vendors", "aliases"), ("families", "examples")):
        owners: dict[str, list[str]] = defaultdict(list)
        for row in rows(catalogue, section):
            for name in {str(name).lower() for name in row.get(field, ())}:
                owners[name].append(row["id"])
        for name, ids in owners.items():
            if len(ids) > 1:
                told = f"{field}: {name!r} stands also in {', '.join(ids[1:])}"
                yield Fault("error", f"{section} {ids[0]}", told)


def _family_of(catalogue: Catalogue, text: str) -> str:
    match = catalogue.ids.find(text)
    return str(catalogue.family(match.family)["id"]) if match and match.family >= 0 else ""


def _examples(catalogue: Catalogue) -> Iterator[Fault]:
    for row in rows(catalogue, "families"):
        if not row.get("examples"):
            yield _error("families", row, "has no examples")
        for example in map(str, row.get("examples", ())):
            found = _family_of(catalogue, example)
            if found != row["id"]:
                yield _error("families", row, f"example {example!r} is {found or 'not found'}")
        for other in map(str, row.get("not", ())):
            match = catalogue.ids.find(other)
            plain = match and match.strong and match.complete and match.versioned
            if plain and _family_of(catalogue, other) == row["id"]:
                yield _error("families", row, f"look-alike {other!r} is taken for it")


def _shadowed_names(catalogue: Catalogue) -> Iterator[Fault]:
    for row in rows(catalogue, "families"):
        for part in (row, *row.get("releases", ())):
            for name in map(str, part.get("names", ())):
                found = _family_of(catalogue, name)
                if found != row["id"]:
                    yield _error("families", row, f"name {name!r} is read as {found or 'nothing'}")


def _shadowed_hosts(catalogue: Catalogue) -> Iterator[Fault]:
    """A host pattern of which every host is read as another row."""
    regions = catalogue.tables["regions"]
    for index, row in enumerate(rows(catalogue, "endpoints")):
        read = ""
        for url in _urls_of(row, regions.get(row.get("regions", ""), {})):
            match = catalogue.hosts.find(url)
            if match and match.endpoint == index:
                break
            read = catalogue.endpoint(match.endpoint)["host"] if match else "nothing"
        else:
            yield _error("endpoints", row, f"every such host is read as {read}")


def _urls_of(row: Row, regions: Collection[str]) -> Iterator[str]:
    """Some addresses a host pattern stands for."""
    path = (row.get("paths") or [""])[0].replace("*", "x")
    for word in ("x", "x.y"):
        for region in (*regions, "x"):
            host = row["host"].replace("{region}", region).replace("*", word)
            yield "https://" + re.sub(r"\{[^}]*\}", "x", host) + path


def _anchors(catalogue: Catalogue) -> Iterator[Fault]:
    """Without an anchor, a file that says nothing else about AI would never be opened."""
    for row in rows(catalogue, "families"):
        for name in map(str, row.get("names", ())):
            if not catalogue.find(name.encode()):
                yield _warning("families", row, f"name {name!r} is found only beside others")
    for row in rows(catalogue, "credentials"):
        if not catalogue.find(row["name"].encode()):
            yield _error("credentials", row, "no anchor is in the name")


def _licences(catalogue: Catalogue) -> Iterator[Fault]:
    for row in rows(catalogue, "licences"):
        if row["id"] in _NO_TEXT:
            continue
        terms = row.get("terms")
        if not terms:
            yield _error("licences", row, "has no terms")
        elif str(terms.get("commercial")) not in _COMMERCIAL:
            yield _error("licences", row, f"commercial must be one of {', '.join(_COMMERCIAL)}")
        if not row.get("url"):
            yield _warning("licences", row, "has no link to its text")


def _hosting(catalogue: Catalogue) -> Iterator[Fault]:
    from stackaudit.countries import names

    known = {*names(), "region", "global", "local", "multi", UNKNOWN}
    for row in rows(catalogue, "endpoints"):
        if row["hosting"] not in known:
            yield _error("endpoints", row, f"hosting {row['hosting']!r} is no place")
        if row["hosting"] == "region" and row.get("regions") not in catalogue.tables["regions"]:
            yield _error("endpoints", row, "hosting is region: name a table in regions")
        if "{region}" not in row.get("region_path", "{region}"):
            yield _error("endpoints", row, "region_path needs {region}")
    for row in rows(catalogue, "clients"):
        if row.get("regions") and row["regions"] not in catalogue.tables["regions"]:
            yield _error("clients", row, f"unknown region table {row['regions']!r}")


def _sources(catalogue: Catalogue) -> Iterator[Fault]:
    for section in CITED:
        for row in rows(catalogue, section):
            source = catalogue.source(row)
            if not source:
                yield _error(section, row, "has no source")
            elif row.get("confidence") == "high" and not is_cited(source):
                yield _warning(section, row, "high confidence needs an address as source")


def _lineage_sources(catalogue: Catalogue) -> Iterator[Fault]:
    """A base without a source of its own rests on its family's."""
    for row in rows(catalogue, "families"):
        for part in (row, *row.get("releases", ())):
            for base in part.get("lineage", ()):
                source = catalogue.source(base) or catalogue.source(part) or catalogue.source(row)
                if base.get("confidence") == "high" and not is_cited(source):
                    told = f"base {base['base']}: high confidence needs an address as source"
                    yield _warning("families", row, told)


def _ages(catalogue: Catalogue, as_of: date) -> Iterator[Fault]:
    for section in CITED:
        for row in rows(catalogue, section):
            try:
                age = (as_of - date.fromisoformat(catalogue.checked(row))).days
            except ValueError:
                yield _error(section, row, f"checked {catalogue.checked(row)!r} is no date")
                continue
            if age > MAX_AGE_DAYS:
                yield _warning(section, row, f"last checked {age} days ago")


def _rows_of_rules(catalogue: Catalogue, used: Mapping[str, Collection[str]]) -> Iterator[Fault]:
    for section, ids in used.items():
        known = {name: row for row in rows(catalogue, section) for name in _names(row)}
        for name in sorted(set(ids) - _NO_ROWS):
            if name not in known:
                yield Fault(
                    "error", f"{section} {name}", "a rule names it, and there is no such row"
                )
            elif known[name].get("confidence") == "low":
                yield Fault(
                    "warning", f"{section} {name}", "a rule names it; its confidence is low"
                )


def _names(row: Row) -> tuple[str, ...]:
    return (row["id"], row.get("spdx") or row["id"])
