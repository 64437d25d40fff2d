"""Reads waivers and where the baseline lies: from the settings and from the files beside them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from stackaudit.config.tables import Keys, Table, hint, open_file, quoted, top_of_checkout
from stackaudit.config.values import complete, tables, texts
from stackaudit.ignore import parse_globs
from stackaudit.model import ConfigError, Waiver

WAIVERS, BASELINE = "stackaudit-waivers.toml", ".stackaudit-baseline.json"
_WHAT = ("rule", "component", "fingerprint", "paths")
_NEEDED = ("reason", "owner", "expires")
_KEYS = (*_WHAT, *_NEEDED, "ticket")
_MOST = 500


def waivers(table: Table, keys: Keys, value: object) -> tuple[Waiver, ...]:
    """The waivers in order, each with its place."""
    listed = enumerate(tables(table, keys, value), 1)
    return tuple(_waiver(table, (*keys, number), row) for number, row in listed)


def baseline(table: Table, keys: Keys, value: object) -> str:
    """Name of a file, from the settings' folder on."""
    if not isinstance(value, str) or not value or "\0" in value:
        raise table.fault(keys, f'must be the name of a file, such as "{BASELINE}"')
    return value


def beside(home: str, start: str) -> tuple[Waiver, ...]:
    """The waivers of the file of its own in folder ``home``; ``start`` is what is scanned."""
    table = open_file(home, WAIVERS, start)
    if table is None:
        return ()
    for key in table.values:
        if key != "waivers":
            raise table.fault((key,), f"unknown key{hint(key, ('waivers',))}")
    return waivers(table, ("waivers",), table.values.get("waivers", []))


def home_of(start: str) -> str:
    """Where there are no settings: the nearest folder upwards with a baseline or waivers."""
    top, folder = top_of_checkout(start) or start, start
    while True:
        if any(os.path.lexists(os.path.join(folder, name)) for name in (WAIVERS, BASELINE)):
            return folder
        if folder == top:
            return start
        folder = os.path.dirname(folder)


def found_baseline(home: str, named: str) -> str:
    """Absolute path of the baseline named in the settings, or of the usual one if it is there."""
    path = os.path.join(home, named or BASELINE)
    return path if named or os.path.lexists(path) else ""


def _waiver(table: Table, keys: Keys, row: Mapping[str, Any]) -> Waiver:
    complete(table, keys, row, _KEYS, _NEEDED)
    if not any(key in row for key in _WHAT):
        raise table.fault(keys, "would waive everything; name rule, component or paths")
    told = {key: _text(table, (*keys, key), row[key]) for key in _KEYS[:3] if key in row}
    told |= {key: _text(table, (*keys, key), row[key]) for key in ("reason", "owner")}
    ticket = row.get("ticket", "")
    paths = texts(table, (*keys, "paths"), row.get("paths", ()))
    try:
        parse_globs(paths, "paths")
    except ConfigError as error:
        raise table.fault((*keys, "paths"), str(error).partition(": ")[2]) from None
    if "paths" in row and not paths:
        raise table.fault((*keys, "paths"), 'is empty; write patterns such as ["tools/"]')
    return Waiver(
        **told,
        expires=_day(table, (*keys, "expires"), row["expires"]),
        paths=paths,
        ticket=_text(table, (*keys, "ticket"), str(ticket)) if ticket != "" else "",
        place=table.place(keys),
    )


def _text(table: Table, keys: Keys, value: object) -> str:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not text or len(text) > _MOST:
        raise table.fault(keys, f"must be a text of at most {_MOST} characters that is not empty")
    return text


def _day(table: Table, keys: Keys, value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        what = f"{quoted(value)} is no date; write it as 2027-03-31"
        raise table.fault(keys, what) from None
