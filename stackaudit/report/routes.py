"""For one file: how each model and endpoint in it is reached, and what decided that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TextIO

from stackaudit.model import UNKNOWN, Component, Occurrence, Report, Usage
from stackaudit.report import json_parts, json_report, places
from stackaudit.report.layout import Line, Row, Span, heading, paragraph, table
from stackaudit.report.reliance import role_words
from stackaudit.report.terminal import emit, fitting_width
from stackaudit.report.text import clean, masked, prose
from stackaudit.report.view import WIDE

_HEADERS = ("Line", "Identifier", "Reached through", "Place", "Basis")
_KINDS = ("model", "weights", "endpoint")
#: Why a place is reached through nothing.
_SILENT: dict[Usage, str] = {
    "comment": "a comment or text for people reaches nothing",
    "doc": "documentation reaches nothing",
}


class Binding(NamedTuple):
    """One place of a file and the component it names."""

    place: Occurrence
    component: Component


def bindings(report: Report, path: str) -> list[Binding]:
    """The places of one file that name a model or an endpoint, from top to bottom.

    Args:
        report: Of a scan of the whole tree, so that what other files set is known.
        path: POSIX path as the report writes it.
    """
    found = [
        Binding(place, component)
        for component in report.components
        if component.kind in _KINDS
        for place in component.occurrences
        if place.path == path
    ]
    return sorted(found, key=lambda b: (b.place.line, b.place.column, b.component.id))


def write(report: Report, path: str, stream: TextIO, width: int | None = None) -> None:
    """Writes a table with a line on what decided below each row, or beside it where it fits."""
    emit(lines(bindings(report, path), path, width or fitting_width(stream)), stream)


def lines(found: Sequence[Binding], path: str, width: int) -> list[Line]:
    """The table as lines of styled text."""
    if not found:
        return paragraph(f"{clean(path)} names no model and no endpoint", width, 0)
    title = heading(f"ROUTES ({len(found):,})", clean(path), width)
    wide = width >= WIDE
    headers = (*_HEADERS, "Why") if wide else _HEADERS
    return [*title, *table(headers, [_row(one, wide) for one in found], width)]


def _row(one: Binding, wide: bool) -> Row:
    place, route = one.place, one.place.reached
    cells = [
        Span(str(place.line), "dim"),
        Span(clean(place.text), "name"),
        Span(places.operator(route) if route else "nothing"),
        Span(places.processed(route.hosting) if route else "-"),
        Span(route.basis if route else "-"),
    ]
    why = _why(one)
    return Row([*cells, Span(why, "dim")]) if wide else Row(cells, why)


def _why(one: Binding) -> str:
    """What decided, then what the place is and what the model does there."""
    place = one.place
    if place.reached is None:
        return _SILENT.get(place.usage, "nothing tells")
    about = [places.usage_words([place.usage]), role_words([place.role])]
    return f"{prose(masked(place.reached.evidence))} ({', '.join(filter(None, about))})"


def as_json(report: Report, path: str) -> dict[str, Any]:
    """The same as plain data."""
    return {
        "path": path,
        "bindings": [
            {
                "line": place.line,
                "column": place.column,
                "text": masked(place.text),
                "component": component.id,
                "kind": component.kind,
                "usage": place.usage,
                "role": place.role,
                "key": place.key,
                "route": json_parts.route(place.reached) if place.reached else None,
                "basis": place.reached.basis if place.reached else UNKNOWN,
                "why": masked(place.reached.evidence) if place.reached else "",
            }
            for place, component in bindings(report, path)
        ],
    }


def write_json(report: Report, path: str, stream: TextIO) -> None:
    """Writes the same as indented JSON with a final line end."""
    stream.write(json_report.dumps(as_json(report, path), indent=2) + "\n")
