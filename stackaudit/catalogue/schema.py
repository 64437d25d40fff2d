"""Which fields a catalogue row may and must have."""

from __future__ import annotations

from typing import Any

_FACT = {"source", "checked", "confidence", "note"}

#: Section -> (required fields, optional fields).
SECTIONS: dict[str, tuple[set[str], set[str]]] = {
    "vendors": (
        {"id", "name", "country", "source", "checked", "confidence"},
        {"legal_name", "parent", "aliases", "orgs", "github", "note"},
    ),
    "families": (
        {"id", "name", "vendor", "type", "weights", "licence", "source", "checked", "confidence"},
        {
            "names",
            "names_in_context",
            "at_start",
            "priority",
            "released",
            "lineage",
            "base_in_id",
            "generic",
            "releases",
            "examples",
            "not",
            "note",
            "licence_source",
            "short_names",
        },
    ),
    "retirements": ({"vendor", "date", "ids", "source", "checked"}, {"replacement", *_FACT}),
    "processing": (
        {"provider", "service", "where", "trains", "retention", "source", "checked", "confidence"},
        {"agreements", "note"},
    ),
    "licences": (
        {"id", "name", "category", "source", "checked", "confidence"},
        {"spdx", "url", "terms", "note"},
    ),
    "endpoints": (
        {"host", "provider", "service", "route", "hosting", "source", "checked", "confidence"},
        {"regions", "region_path", "paths", "serves_models", "note"},
    ),
    "packages": (
        {"name", "ecosystem", "provider", "kind", "source", "checked", "confidence"},
        {"imports", "host", "maker", "note"},
    ),
    "clients": (
        {"name", "route", "provider"},
        {
            "package",
            "ecosystem",
            "host",
            "service",
            "role",
            "regions",
            "base_url",
            "region_args",
            "only_with_import",
            "when",
            *_FACT,
        },
    ),
    "credentials": ({"name", "provider", "kind"}, _FACT),
    "architectures": ({"kind", "value", "vendor"}, {"architectures", "module", *_FACT}),
    "entity_lists": (
        {"id", "name", "authority", "effect", "source", "checked"},
        {"url", "members", "confidence", "note"},
    ),
    "prefixes": (
        {"prefix", "route", "provider"},
        {"service", "host", "regions", "paths", *_FACT},
    ),
    "forms": ({"form", "route", "provider"}, {"service", "profile", "region", "regions", *_FACT}),
    "reuploaders": (set(), set()),
}
#: Sections that are mappings, merged over all files.
MAPPINGS = ("regions", "region_sources", "places", "words", "vendor_aliases")
#: What tells a row from the others of its section, in messages.
LABELS = ("id", "form", "prefix", "host", "value", "name", "service", "date")


def check_row(section: str, row: Any) -> str:
    """What is wrong with a row, in words; empty when nothing is."""
    required, optional = SECTIONS[section]
    if not required:
        return "" if isinstance(row, str) else "expected a name"
    if not isinstance(row, dict):
        return "expected a mapping"
    missing = sorted(required - row.keys())
    if missing:
        return f"missing {', '.join(missing)}"
    # A file's defaults may name fields a small row does not carry.
    unknown = sorted(row.keys() - required - optional - _FACT)
    return f"unknown field {unknown[0]!r}" if unknown else ""
