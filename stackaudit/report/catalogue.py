"""The catalogue written out: its faults, its size, its rows and how it changed."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from stackaudit.model import CatalogueChange, CatalogueFault
from stackaudit.report import json_report
from stackaudit.report.layout import Line, Row, Span, heading, labelled, line, table
from stackaudit.report.terminal import emit, fitting_width
from stackaudit.report.text import clean, count

_LABEL = 26
#: Columns of a listing that fit a terminal; the machine formats have all of them.
_SHOWN = ("name", "developer", "country", "type", "weights", "licence", "based_on", "confidence")
_LONGEST = 80


def write_faults(faults: Sequence[CatalogueFault], stream: TextIO) -> None:
    """One fault a line, and a sum at the end."""
    for fault in faults:
        emit([line(clean(f"{fault.severity}: {fault.place}: {fault.message}", 1000))], stream)
    errors = sum(fault.severity == "error" for fault in faults)
    total = f"{count(errors, 'error')}, {count(len(faults) - errors, 'warning')}"
    emit([line(total)], stream)


def write_faults_json(faults: Sequence[CatalogueFault], stream: TextIO) -> None:
    """The faults as a JSON array."""
    _dump([fault._asdict() for fault in faults], stream)


def write_stats(stats: Mapping[str, Any], stream: TextIO) -> None:
    """How much there is of what, and how well it is founded."""
    width = fitting_width(stream)
    lines: list[Line] = [*heading("Catalogue", clean(stats["version"]), width)]
    headers = ("Section", "Rows", "With address", "High", "Medium", "Low", "Oldest check")
    rows = [
        Row(
            [
                Span(section, "name"),
                Span(f"{told['rows']:,}"),
                Span(f"{told['with_address']:,}"),
                *(Span(f"{told['confidence'].get(c, 0):,}") for c in ("high", "medium", "low")),
                Span(told["oldest_check"]),
            ]
        )
        for section, told in stats["sections"].items()
    ]
    lines += table(headers, rows, width)
    lines.append(())
    for name in ("releases", "lineage_links", "retirements", "regions"):
        lines += labelled(_words(name), f"{stats[name]:,}", width, _LABEL)
    for name, told in stats.items():
        if "_by_" in name:
            text = ", ".join(f"{clean(key)} {number:,}" for key, number in told.items())
            lines += labelled(_words(name), text, width, _LABEL)
    emit(lines, stream)


def write_stats_json(stats: Mapping[str, Any], stream: TextIO) -> None:
    """The same as a JSON object."""
    _dump(stats, stream)


def write_listing(listed: Sequence[Mapping[str, str]], stream: TextIO) -> None:
    """A table of families and releases, with the columns that matter most."""
    width = fitting_width(stream)
    rows = [
        Row([Span(clean(row[column]), "name" * (column == "name")) for column in _SHOWN])
        for row in listed
    ]
    lines = table([_words(column) for column in _SHOWN], rows, width) if rows else []
    emit([*lines, line(count(len(listed), "row"))], stream)


def write_listing_json(listed: Sequence[Mapping[str, str]], stream: TextIO) -> None:
    """A JSON array with every column."""
    _dump(listed, stream)


def write_listing_csv(
    listed: Sequence[Mapping[str, str]], columns: Sequence[str], stream: TextIO
) -> None:
    """CSV with every column; a cell never begins like a formula of a spreadsheet."""
    writer = csv.DictWriter(stream, columns, lineterminator="\n")
    writer.writeheader()
    for row in listed:
        writer.writerow({key: _harmless(value) for key, value in row.items()})


def write_changes(changes: Sequence[CatalogueChange], stream: TextIO) -> None:
    """What was added, removed and changed, a row each, and a sum at the end."""
    marks = {"added": "+", "removed": "-", "changed": "~"}
    for change in changes:
        text = f"{marks[change.kind]} {change.section} {clean(change.row)}"
        told = "; ".join(
            f"{field}: {_short(old)} -> {_short(new)}" for field, old, new in change.fields
        )
        emit([line(f"{text}: {told}" if told else text)], stream)
    kinds: list[str] = [change.kind for change in changes]
    emit([line(", ".join(f"{kinds.count(kind)} {kind}" for kind in marks))], stream)


def write_changes_json(changes: Sequence[CatalogueChange], stream: TextIO) -> None:
    """The changes as a JSON array."""
    told = [
        {
            "section": change.section,
            "row": change.row,
            "kind": change.kind,
            "fields": {field: {"old": old, "new": new} for field, old, new in change.fields},
        }
        for change in changes
    ]
    _dump(told, stream)


def _dump(value: object, stream: TextIO) -> None:
    stream.write(json_report.dumps(value, indent=2) + "\n")


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _short(value: object) -> str:
    text = "none" if value is None else clean(json_report.dumps(value), 1000)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _harmless(value: str) -> str:
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
