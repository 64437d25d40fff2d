"""Catalogue YAML -> tables, with every fault told by file and row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from stackaudit.catalogue.schema import LABELS, MAPPINGS, SECTIONS, check_row

#: Stand where a vendor is expected and are none.
NO_VENDORS = frozenset({"unknown", "multi", "self"})
_VENDOR_FIELDS = (
    ("families", "vendor"),
    ("endpoints", "provider"),
    ("packages", "provider"),
    ("packages", "maker"),
    ("clients", "provider"),
    ("credentials", "provider"),
    ("architectures", "vendor"),
    ("prefixes", "provider"),
    ("forms", "provider"),
    ("retirements", "vendor"),
    ("processing", "provider"),
)


def read(directory: Path) -> tuple[dict[str, Any], list[str]]:
    """Tables of all ``*.yaml`` below a folder, and what is wrong with them, in words.

    Rows that are wrong are left out of the tables.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    tables: dict[str, Any] = {name: [] for name in SECTIONS}
    tables |= {name: {} for name in MAPPINGS}
    faults: list[str] = []
    for path in sorted(directory.rglob("*.yaml")):
        name = path.relative_to(directory).as_posix()
        try:
            # A subclass of SafeLoader: builds plain values only.
            document = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            faults.append(f"{name}: {' '.join(str(error).split())}")
            continue
        if document is not None:
            faults += _merge(tables, name, document)
    if not any(tables[name] for name in SECTIONS):
        faults.append(f"{directory}: no catalogue rows below this folder")
    return tables, faults or list(_references(tables))


def label(section: str, row: Any) -> str:
    """What a row is called in messages: its id, name or host."""
    if not isinstance(row, Mapping):
        return str(row)
    return next((str(row[field]) for field in LABELS if row.get(field)), section)


def _merge(tables: dict[str, Any], name: str, document: Any) -> Iterator[str]:
    if not isinstance(document, dict):
        yield f"{name}: expected a mapping of sections"
        return
    defaults = _plain(document.pop("defaults", {}))
    for section, rows in document.items():
        if section in MAPPINGS:
            yield from _merge_mapping(tables[section], f"{name}: {section}", rows)
        elif section in SECTIONS:
            yield from _merge_rows(tables[section], name, section, rows or (), defaults)
        else:
            yield f"{name}: unknown section {section!r}"


def _merge_mapping(table: dict[str, Any], place: str, rows: Any) -> Iterator[str]:
    if not isinstance(rows, dict):
        yield f"{place}: expected a mapping"
        return
    for key, value in rows.items():
        if key in table:
            yield f"{place}.{key} is defined twice"
        table[key] = _plain(value)


def _merge_rows(
    table: list[Any], name: str, section: str, rows: Iterable[Any], defaults: dict[str, Any]
) -> Iterator[str]:
    for number, row in enumerate(rows, 1):
        full = {**defaults, **_plain(row)} if isinstance(row, dict) else row
        problem = check_row(section, full)
        if problem:
            yield f"{name}: {section} row {number} ({label(section, row)}): {problem}"
        else:
            table.append(full)


def _plain(value: Any) -> Any:
    """YAML dates as ISO text, everything else as it is."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _references(tables: Mapping[str, Any]) -> Iterator[str]:
    """Ids that stand twice, and names of vendors, licences and bases that do not exist."""
    for section in ("vendors", "families", "licences"):
        seen: set[str] = set()
        for row in tables[section]:
            if row["id"] in seen:
                yield f"{section} {row['id']}: is defined twice"
            seen.add(row["id"])
    vendors = {row["id"] for row in tables["vendors"]}
    licences = {row["id"] for row in tables["licences"]}
    families = {row["id"] for row in tables["families"]}
    for row in tables["families"]:
        for part in (row, *row.get("releases", ())):
            if part.get("licence", "unknown") not in licences:
                yield f"families {row['id']}: unknown licence {part['licence']!r}"
            for base in part.get("lineage", ()):
                if base["base"] not in families:
                    yield f"families {row['id']}: unknown base {base['base']!r}"
    for section, field in _VENDOR_FIELDS:
        for row in tables[section]:
            if row.get(field, "unknown") not in vendors | NO_VENDORS:
                yield f"{section} {label(section, row)}: unknown vendor {row[field]!r}"
    for entity_list in tables["entity_lists"]:
        for member in entity_list.get("members", ()):
            if member["vendor"] not in vendors:
                yield f"entity_lists {entity_list['id']}: unknown vendor {member['vendor']!r}"
