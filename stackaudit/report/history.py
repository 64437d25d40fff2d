"""When models and endpoints entered and left a repository, for people and as JSON."""

from __future__ import annotations

from typing import Any, TextIO

from stackaudit.gitlog import Commit
from stackaudit.history import History, Life
from stackaudit.history import Span as Time
from stackaudit.report.json_report import dumps
from stackaudit.report.layout import Line, Row, Span, heading, paragraph, table
from stackaudit.report.terminal import emit, fitting_width
from stackaudit.report.text import clean, count

_HEADERS = ("Identifier", "Origin", "Entered", "Left")


def write(told: History, stream: TextIO, width: int | None = None) -> None:
    """Writes a table, one row for each time something was there."""
    emit(lines(told, width or fitting_width(stream)), stream)


def lines(told: History, width: int) -> list[Line]:
    """The table as lines of styled text."""
    read = f"{count(told.commits, 'commit')} of the main line read"
    read += f", back to {told.since}" if told.since else ""
    if not told.whole:
        read += "; what was there before is marked so"
    if told.missing:
        read += f"; {_missing(told.missing)}, and taken as unchanged"
    if not told.lives:
        return paragraph(f"No model and no endpoint was ever named; {read}.", width, 0)
    rows = [_row(life, time) for life in told.lives for time in life.spans]
    title = f"HISTORY ({count(len(told.lives), 'identifier')})"
    return [*heading(title, read, width), *table(_HEADERS, rows, width)]


def _missing(number: int) -> str:
    verb = "is" if number == 1 else "are"
    return f"{count(number, 'version')} of files {verb} not in this clone"


def _row(life: Life, time: Time) -> Row:
    what = life.what
    entered = _commit(time.entered) if time.entered else "before"
    left = _commit(time.left) if time.left else "still there"
    style = "dim" if time.left else "name"
    return Row((Span(clean(what.name), style), Span(what.country), Span(entered), Span(left)))


def _commit(commit: Commit) -> str:
    return f"{commit.date} {commit.hash[:8]} {clean(commit.author, 40)}"


def write_json(told: History, stream: TextIO) -> None:
    """Writes the same as indented JSON with a final line end."""
    stream.write(dumps(as_json(told), indent=2) + "\n")


def as_json(told: History) -> dict[str, Any]:
    """The same as plain data."""
    return {
        "schema_version": "1.0",
        "commit": told.head,
        "commits": told.commits,
        "since": told.since,
        "whole": told.whole,
        "missing": told.missing,
        "identifiers": [
            {
                "id": life.what.id,
                "kind": life.what.kind,
                "name": life.what.name,
                "country": life.what.country,
                "usages": list(life.usages),
                "present": life.spans[-1].left is None,
                "times": [
                    {"entered": _plain(time.entered), "left": _plain(time.left)}
                    for time in life.spans
                ],
            }
            for life in told.lives
        ],
    }


def _plain(commit: Commit | None) -> dict[str, str] | None:
    return commit and {"commit": commit.hash, "date": commit.date, "author": commit.author}
