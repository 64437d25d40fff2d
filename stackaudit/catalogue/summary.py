"""The catalogue counted, listed and compared with another version of itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from stackaudit.catalogue import Catalogue
from stackaudit.catalogue.checks import CITED, is_cited, rows
from stackaudit.catalogue.yaml_tables import label
from stackaudit.model import UNKNOWN
from stackaudit.model import CatalogueChange as Change

Row = Mapping[str, Any]
#: Columns of a listing, in order.
COLUMNS = (
    "family", "name", "developer", "country", "parent_country", "type", "weights", "licence",
    "released", "based_on", "based_on_countries", "confidence", "checked", "source",
)  # fmt: skip
#: What a comparison looks at: sections and the fields that tell their rows apart.
_COMPARED = {
    "vendors": ("id",),
    "families": ("id",),
    "licences": ("id",),
    "endpoints": ("host", "paths"),
    "packages": ("ecosystem", "name"),
    "credentials": ("name",),
    "architectures": ("kind", "value"),
    "entity_lists": ("id",),
    "processing": ("provider", "service"),
}
#: Where a fact is from may change without the fact.
_NOT_FACTS = ("source", "checked", "examples", "not", "licence_source")


def stats(catalogue: Catalogue) -> dict[str, Any]:
    """How much the catalogue holds, where it is from and how sure it is."""
    families = rows(catalogue, "families")
    vendors = catalogue.tables["vendors"]
    seats = (vendors.get(row["vendor"], {}).get("country", UNKNOWN) for row in families)
    return {
        "version": catalogue.version,
        "sha256": catalogue.sha256,
        "sections": {section: _section(catalogue, section) for section in CITED},
        "releases": sum(len(row.get("releases", ())) for row in families),
        "lineage_links": sum(
            len(part.get("lineage", ()))
            for row in families
            for part in (row, *row.get("releases", ()))
        ),
        "retirements": len(catalogue.tables["retirements"]),
        "regions": sum(map(len, catalogue.tables["regions"].values())),
        "families_by_country": _counted(seats),
        "families_by_weights": _counted(row["weights"] for row in families),
        "families_by_type": _counted(row["type"] for row in families),
        "licences_by_category": _counted(row["category"] for row in rows(catalogue, "licences")),
        "vendors_by_country": _counted(row["country"] for row in vendors.values()),
        "packages_by_ecosystem": _counted(row["ecosystem"] for row in rows(catalogue, "packages")),
    }


def _section(catalogue: Catalogue, section: str) -> dict[str, Any]:
    table = rows(catalogue, section)
    days = [catalogue.checked(row) for row in table]
    return {
        "rows": len(table),
        "with_address": sum(is_cited(catalogue.source(row)) for row in table),
        "confidence": _counted(row.get("confidence", "low") for row in table),
        "oldest_check": min(days, default=""),
    }


def _counted(values: Any) -> dict[str, int]:
    """Values with their number, most frequent first, then by name."""
    return dict(sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0])))


def listing(
    catalogue: Catalogue,
    vendors: Collection[str] = (),
    countries: Collection[str] = (),
    licences: Collection[str] = (),
) -> list[dict[str, str]]:
    """Families and their releases that differ, one flat row each, by family id.

    Args:
        catalogue: The catalogue.
        vendors: Only these vendor ids; none for all.
        countries: Only developers seated in these countries.
        licences: Only these licences, by id or SPDX id.
    """
    found = []
    for family in sorted(rows(catalogue, "families"), key=lambda row: row["id"]):
        vendor = catalogue.vendor(family["vendor"]) or {"country": UNKNOWN, "name": UNKNOWN}
        if (vendors and family["vendor"] not in vendors) or (
            countries and vendor["country"] not in countries
        ):
            continue
        for part in (family, *family.get("releases", ())):
            row = _listed(catalogue, family, {**family, **part}, vendor, part is family)
            if not licences or row["licence"] in licences:
                found.append(row)
    return found


def _listed(
    catalogue: Catalogue, family: Row, part: Row, vendor: Row, whole: bool
) -> dict[str, str]:
    licence = catalogue.licence(part["licence"]) or {"id": part["licence"]}
    bases = [catalogue.family(catalogue.family_index[b["base"]]) for b in part.get("lineage", ())]
    seats = (
        str((catalogue.vendor(base["vendor"]) or {}).get("country", UNKNOWN)) for base in bases
    )
    values = (
        family["id"],
        str(family["name"] if whole else part["names"][0]),
        str(vendor["name"]),
        str(vendor["country"]),
        str((vendor.get("parent") or {}).get("country", "")),
        str(part["type"]),
        str(part["weights"]),
        str(licence.get("spdx") or licence["id"]),
        str(part.get("released", "")),
        " ".join(str(base["id"]) for base in bases),
        " ".join(dict.fromkeys(seats)),
        str(part["confidence"]),
        catalogue.checked(part),
        catalogue.source(part),
    )
    return dict(zip(COLUMNS, values, strict=True))


def compare(old: Catalogue, new: Catalogue) -> list[Change]:
    """Rows that were added, removed or changed, by section and name."""
    changes: list[Change] = []
    for section, fields in _COMPARED.items():
        before, after = (_by_key(one, section, fields) for one in (old, new))
        for key in sorted(before.keys() | after.keys()):
            changes += _compared(section, before.get(key), after.get(key))
    return changes


def _by_key(catalogue: Catalogue, section: str, fields: Sequence[str]) -> dict[str, Row]:
    if section not in catalogue.tables:
        return {}
    table = rows(catalogue, section)
    return {"\0".join(str(row.get(field)) for field in fields): row for row in table}


def _compared(section: str, before: Row | None, after: Row | None) -> Iterator[Change]:
    if before is None or after is None:
        row = after or before
        yield Change(section, label(section, row), "removed" if after is None else "added")
        return
    differing = tuple(
        (field, before.get(field), after.get(field))
        for field in sorted(before.keys() | after.keys())
        if field not in _NOT_FACTS and _facts(before.get(field)) != _facts(after.get(field))
    )
    if differing:
        yield Change(section, label(section, after), "changed", differing)


def _facts(value: Any) -> Any:
    """A value without where it is from."""
    if isinstance(value, Mapping):
        return {key: _facts(item) for key, item in value.items() if key not in _NOT_FACTS}
    return [_facts(item) for item in value] if isinstance(value, list) else value
