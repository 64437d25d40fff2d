"""Catalogue YAML -> one JSON-ready mapping, checked on the way.

Run by the build hook for wheels and on the fly in a checkout whose YAML is newer than the
compiled file. Every fault is a :class:`CatalogueError` that names the file and the row.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stackaudit.catalogue import anchor_words, yaml_tables
from stackaudit.catalogue.ids import segments
from stackaudit.model import StackauditError

Row = dict[str, Any]
#: Shorter literals occur in everything.
_MIN_ANCHOR = 3


class CatalogueError(StackauditError):
    """A row of the built-in catalogue is wrong; one line says which and how."""


def compile_directory(directory: Path) -> dict[str, Any]:
    """Read every ``*.yaml`` below ``directory`` and return the compiled catalogue.

    Raises:
        CatalogueError: A file is not valid, or rows contradict each other.
    """
    tables, faults = yaml_tables.read(directory)
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise CatalogueError(faults[0] + more)
    return assemble(tables)


def assemble(tables: Mapping[str, Any]) -> dict[str, Any]:
    """The compiled catalogue of tables without faults.

    Raises:
        CatalogueError: Names of families contradict each other.
    """
    families = tables["families"]
    heads = list(_heads(families))
    content = {
        "vendors": _vendors(tables),
        "families": families,
        "licences": {row["id"]: row for row in tables["licences"]},
        "heads": heads,
        "endpoints": tables["endpoints"],
        "regions": tables["regions"],
        "packages": tables["packages"],
        "clients": tables["clients"],
        "credentials": tables["credentials"],
        "architectures": tables["architectures"],
        "entity_lists": [
            {key: value for key, value in row.items() if key != "members"}
            for row in tables["entity_lists"]
        ],
        "retirements": {
            name.lower(): {key: row[key] for key in ("date", "vendor", "source")}
            for row in tables["retirements"]
            for name in row["ids"]
        },
        "processing": tables["processing"],
        "prefixes": tables["prefixes"],
        "forms": tables["forms"],
        "reuploaders": tables["reuploaders"],
        "places": tables["places"],
        "words": sorted({word for group in tables["words"].values() for word in group}),
        "derived_words": sorted(tables["words"]["derived"]),
        "field_words": sorted(tables["words"]["fields"]),
        "place_words": sorted(tables["words"]["places"]),
    }
    content["anchors"] = anchor_words.anchors(content)
    short = [anchor for anchor in content["anchors"] if len(anchor) < _MIN_ANCHOR]
    if short:
        raise CatalogueError(f"anchor {short[0]!r} is too short: it would hit every file")
    body = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    content["sha256"] = hashlib.sha256(body.encode()).hexdigest()
    content["version"] = max(row.get("checked", "") for row in families).replace("-", ".")
    return content


def write(directory: Path, target: Path) -> None:
    """Compile ``directory`` into ``target`` (replaced whole).

    The first line holds version and digest, each further one a table, so that each can be told
    without the rest.
    """
    tables = compile_directory(directory)
    head = {key: tables.pop(key) for key in ("version", "sha256")}
    lines = (f"{name}\t{_json(table)}" for name, table in compact(tables).items())
    text = "\n".join((_json(head), *lines))
    # Several processes may find a checkout's catalogue stale at once.
    temporary = target.with_suffix(f".{os.urandom(4).hex()}.tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(target)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def compact(tables: Mapping[str, Any]) -> dict[str, Any]:
    """The same tables with each source text once.

    Rows hold its number instead, and no ``checked`` where it is the usual day. Loading takes
    half the time and memory.
    """
    days = Counter(row["checked"] for row in tables["packages"])
    usual = max(days, key=lambda day: (days[day], day)) if days else ""
    numbers: dict[str, int] = {}

    def short(value: Any) -> Any:
        if isinstance(value, list):
            return [short(item) for item in value]
        if not isinstance(value, dict):
            return value
        row = {key: short(item) for key, item in value.items()}
        if isinstance(row.get("source"), str):
            row["source"] = numbers.setdefault(row["source"], len(numbers))
        if row.get("checked") == usual:
            del row["checked"]
        return row

    result: dict[str, Any] = short(dict(tables))
    return {**result, "sources": list(numbers), "checked": usual}


def _vendors(tables: Mapping[str, Any]) -> dict[str, Row]:
    vendors: dict[str, Row] = {}
    for row in tables["vendors"]:
        extra = tables["vendor_aliases"].get(row["id"], [])
        vendors[row["id"]] = {**row, "aliases": [*row.get("aliases", []), *extra]}
    for entity_list in tables["entity_lists"]:
        for member in entity_list.get("members", ()):
            if member["vendor"] in vendors:
                vendors[member["vendor"]].setdefault("entity_lists", []).append(
                    {"list": entity_list["id"], **member}
                )
    return vendors


def _heads(families: list[Row]) -> Iterator[list[Any]]:
    """``[segments joined by blanks, family, release or -1, strong, at_start]``, each once."""
    taken: dict[str, str] = {}
    own: set[str]
    for index, family in enumerate(families):
        groups = [(family, -1), *((rel, n) for n, rel in enumerate(family.get("releases", ())))]
        own = set()
        for row, release in reversed(groups):
            for field, strong in (("names", True), ("names_in_context", False)):
                for name in row.get(field, ()):
                    head = " ".join(segments(str(name)))
                    if not head:
                        raise CatalogueError(f"family {family['id']}: name {name!r} has no letters")
                    if head in own:
                        continue
                    if head in taken:
                        raise CatalogueError(
                            f"family {family['id']}: name {name!r} is taken by {taken[head]}"
                        )
                    own.add(head)
                    yield [head, index, release, strong, bool(family.get("at_start"))]
        taken.update((head, family["id"]) for head in own)
