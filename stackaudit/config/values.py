"""Reads one value of the configuration each; a wrong one is an error with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from stackaudit.config.tables import Keys, Table, hint, quoted
from stackaudit.model import SEVERITIES, USAGES

_MAX_SIZE = 1 << 30
_THRESHOLDS = (*SEVERITIES, "never")
_SIZE = re.compile(r"\s*(\d{1,12}(?:\.\d{1,3})?)\s*([kmg]?)(i?)(?:b|bytes?)?\s*", re.IGNORECASE)


def texts(table: Table, keys: Keys, value: object) -> tuple[str, ...]:
    """A list of texts without repeats."""
    if not isinstance(value, (list, tuple)) or not all(isinstance(v, str) and v for v in value):
        raise table.fault(keys, f'must be a list of texts, such as {keys[-1]} = ["..."]')
    return tuple(dict.fromkeys(value))


def flag(table: Table, keys: Keys, value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise table.fault(keys, "must be true or false")
    return value


def threshold(table: Table, keys: Keys, value: object) -> str:
    """A severity, or never."""
    return one_of(table, keys, value, _THRESHOLDS)


def usages(table: Table, keys: Keys, value: object) -> tuple[str, ...]:
    """Usages in their usual order."""
    chosen = {one_of(table, keys, v, USAGES) for v in texts(table, keys, value)}
    return tuple(usage for usage in USAGES if usage in chosen)


def one_of(table: Table, keys: Keys, value: object, known: Collection[str]) -> str:
    """One of the known values."""
    if isinstance(value, str) and value in known:
        return value
    raise table.fault(keys, f"unknown value {quoted(value)}{hint(str(value), known)}")


def size(table: Table, keys: Keys, value: object) -> int:
    """Bytes, or a text with a unit; 5MiB, 5MB and 5M all count in powers of 1024."""
    found = _SIZE.fullmatch(value) if isinstance(value, str) else None
    size = value if type(value) is int else 0
    if found:
        power = " kmg".index(found[2].lower() or " ")
        size = int(float(found[1]) * 1024**power)
    if not 0 < size <= _MAX_SIZE:
        raise table.fault(keys, 'must be a size up to 1 GiB, such as "5MiB" or a number of bytes')
    return size


def context(table: Table, keys: Keys, value: object) -> dict[str, tuple[str, ...]]:
    """Declared facts as texts; nested tables become dotted keys."""
    if not isinstance(value, Mapping):
        raise table.fault(keys, 'must be a table of key = value, such as data = ["health"]')
    flat: dict[str, tuple[str, ...]] = {}
    pending: list[tuple[tuple[str, ...], object]] = [((str(k),), v) for k, v in value.items()]
    while pending:
        inner, item = pending.pop(0)
        if isinstance(item, Mapping):
            pending += [((*inner, str(k)), v) for k, v in item.items()]
            continue
        items = item if isinstance(item, (list, tuple)) else [item]
        if not items or not all(isinstance(i, (str, int, float)) and i != "" for i in items):
            raise table.fault((*keys, *inner), "must be a text, a number or a list of them")
        flat[".".join(inner)] = tuple(dict.fromkeys(_plain(i) for i in items))
    return flat


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def tables(table: Table, keys: Keys, value: object) -> list[Mapping[str, Any]]:
    """The rows of ``[[...]]`` tables."""
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        raise table.fault(keys, f"must be a list of tables, each written [[{keys[-1]}]]")
    return value


def complete(
    table: Table,
    keys: Keys,
    row: Mapping[str, Any],
    known: Collection[str],
    needed: tuple[str, ...],
) -> None:
    """Refuses a row with an unknown key or without one it needs."""
    for field in row:
        if field not in known:
            raise table.fault((*keys, field), f"unknown key{hint(field, known)}")
    missing = [field for field in needed if field not in row]
    if missing:
        raise table.fault(keys, f"needs {' and '.join(missing)}")


def rows(fields: Mapping[str, tuple[str, ...]], needed: tuple[str, ...]) -> Callable[..., Any]:
    """A reader of ``[[...]]`` tables of texts, with the values each field may have (none: any)."""

    def read(table: Table, keys: Keys, value: object) -> tuple[Mapping[str, Any], ...]:
        listed = enumerate(tables(table, keys, value), 1)
        return tuple(_one_row(table, (*keys, number), row) for number, row in listed)

    def _one_row(table: Table, keys: Keys, row: Mapping[str, Any]) -> Mapping[str, Any]:
        complete(table, keys, row, fields, needed)
        for field, item in row.items():
            listed = item if field == "names" else [item]
            if not isinstance(listed, list) or not listed:
                raise table.fault((*keys, field), 'must be a list, such as ["..."]')
            if not all(isinstance(text, str) and text for text in listed):
                raise table.fault((*keys, field), "must be a text that is not empty")
            if fields[field]:
                one_of(table, (*keys, field), item, fields[field])
        return row

    return read
