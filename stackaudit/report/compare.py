"""The comparison of two scans, for people and as JSON."""

from __future__ import annotations

from typing import Any, TextIO

from stackaudit.compare import Comparison, Facet, FieldChange, Item, Section
from stackaudit.report.json_report import dumps
from stackaudit.report.layout import Line, Span, heading, line, paragraph
from stackaudit.report.terminal import emit, fitting_width
from stackaudit.report.text import clean, listed

_TITLES = {
    "models": "MODELS",
    "endpoints": "ENDPOINTS",
    "sdks": "SDKS",
    "credentials": "CREDENTIALS",
    "origin_countries": "COUNTRIES OF ORIGIN",
    "provider_countries": "COUNTRIES OF OPERATORS",
    "hosting_countries": "PLACES OF PROCESSING",
    "licences": "LICENCES",
    "routes": "ROUTES",
    "findings": "OPEN FINDINGS",
}
_MOST = 4


def write(
    told: Comparison, names: tuple[str, str], stream: TextIO, width: int | None = None
) -> None:
    """Writes what came (+), went (-) and changed (~), section by section."""
    emit(lines(told, names, width or fitting_width(stream)), stream)


def lines(told: Comparison, names: tuple[str, str], width: int) -> list[Line]:
    """The comparison as lines of styled text."""
    found = paragraph(f"From {clean(names[0])} to {clean(names[1])}", width, 0, "title")
    for term in told.terms:
        found += paragraph(f"made differently: {clean(term)}", width, 2, "medium")
    for section in told.sections:
        found += _section(section, width)
    for facet in (*told.facets, told.findings):
        found += _facet(facet, width)
    if told.empty:
        found += paragraph("Nothing came, went or changed.", width, 0)
    return found


def _section(section: Section, width: int) -> list[Line]:
    rows: list[Line] = []
    for sign, items in (("+", section.came), ("-", section.went), ("~", section.changed)):
        for item in items:
            rows += _item(sign, item, width)
    return _titled(section.name, len(section.came), len(section.went), rows, width)


def _item(sign: str, item: Item, width: int) -> list[Line]:
    rows = [line("  ", Span(f"{sign} {clean(item.name)}", "name"))]
    if item.fields:
        for change in item.fields:
            rows += paragraph(_change(change), width, 6)
    elif item.facts:
        rows += paragraph(clean(listed(item.facts, _MOST), 2_000), width, 6, "dim")
    return rows


def _change(change: FieldChange) -> str:
    old, new = (clean(listed(v, _MOST), 2_000) or "none" for v in (change.old, change.new))
    return f"{change.field.replace('_', ' ')}: {old} -> {new}"


def _facet(facet: Facet, width: int) -> list[Line]:
    rows: list[Line] = []
    for sign, values in (("+", facet.came), ("-", facet.went)):
        for value in values:
            text = f"{sign} {clean(value.value)}: {clean(listed(value.components, _MOST), 1_000)}"
            rows += paragraph(text, width, 2)
    return _titled(facet.name, len(facet.came), len(facet.went), rows, width)


def _titled(name: str, came: int, went: int, rows: list[Line], width: int) -> list[Line]:
    if not rows:
        return []
    brief = f"{came:,} came, {went:,} went"
    return [line(""), *heading(_TITLES[name], brief, width), *rows]


def write_json(told: Comparison, names: tuple[str, str], stream: TextIO) -> None:
    """Writes the same as indented JSON with a final line end."""
    stream.write(dumps(as_json(told, names), indent=2) + "\n")


def as_json(told: Comparison, names: tuple[str, str]) -> dict[str, Any]:
    """The same as plain data."""
    return {
        "schema_version": "1.0",
        "from": names[0],
        "to": names[1],
        "made_differently": list(told.terms),
        **{
            section.name: {
                "came": [_plain(item) for item in section.came],
                "went": [_plain(item) for item in section.went],
                "changed": [
                    {
                        "id": item.id,
                        "name": item.name,
                        "fields": [
                            {"field": f.field, "old": list(f.old), "new": list(f.new)}
                            for f in item.fields
                        ],
                    }
                    for item in section.changed
                ],
            }
            for section in told.sections
        },
        **{
            facet.name: {
                "came": [{"value": v.value, "components": list(v.components)} for v in facet.came],
                "went": [{"value": v.value, "components": list(v.components)} for v in facet.went],
            }
            for facet in (*told.facets, told.findings)
        },
    }


def _plain(item: Item) -> dict[str, Any]:
    return {"id": item.id, "name": item.name, "facts": list(item.facts)}
