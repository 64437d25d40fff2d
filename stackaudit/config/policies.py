"""Reads the organisation's allow and deny lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from stackaudit.config.tables import Keys, Table, hint, nearest, quoted
from stackaudit.config.values import one_of
from stackaudit.model import UNKNOWN, Policy, RouteKind, Weights

_COUNTRY_FIELDS = ("origin", "provider_country", "hosting_country")
_FIELDS = (
    "model",
    "family",
    "vendor",
    "origin",
    "lineage",
    "provider",
    "provider_country",
    "hosting_country",
    "route",
    "licence",
    "weights",
)


def policy(table: Table, keys: Keys, value: object) -> Policy:
    """Both lists; an empty one is kept, since a zone lifts a line so."""
    if not isinstance(value, Mapping):
        raise table.fault(keys, "must be a table with allow and deny")
    for verb in value:
        if verb not in ("allow", "deny"):
            raise table.fault((*keys, verb), f"unknown key{hint(verb, ('allow', 'deny'))}")
    allow, deny = (_side(table, (*keys, verb), value.get(verb, {})) for verb in ("allow", "deny"))
    return Policy(allow, deny)


def _side(table: Table, keys: Keys, value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        raise table.fault(keys, 'must be a table of field = values, such as origin = ["US", "EU"]')
    side: dict[str, tuple[str, ...]] = {}
    for field, values in value.items():
        place = (*keys, field)
        if field not in _FIELDS:
            raise table.fault(place, f"unknown key{hint(field, _FIELDS)}")
        listed = [values] if isinstance(values, str) else values
        if not isinstance(listed, list) or not all(isinstance(v, str) and v for v in listed):
            raise table.fault(place, 'must be a list of texts, such as ["..."]')
        side[field] = tuple(dict.fromkeys(_value(table, place, field, v) for v in listed))
    return side


def _value(table: Table, place: Keys, field: str, value: str) -> str:
    if field == "route":
        return one_of(table, place, value, get_args(RouteKind))
    if field == "weights":
        return one_of(table, place, value, get_args(Weights))
    if field not in _COUNTRY_FIELDS:
        return value
    special = (UNKNOWN, "local", "global") if field == "hosting_country" else (UNKNOWN,)
    return value if value in special else _country(table, place, value)


def _country(table: Table, place: Keys, value: str) -> str:
    """Return an ISO 3166-1 code or EU in capitals; a country's name gets its code suggested."""
    from stackaudit.countries import names

    known = names()
    if value.upper() in known:
        return value.upper()
    by_name = {name.lower(): code for code, name in known.items()} | {"uk": "GB", "usa": "US"}
    code = by_name.get(value.lower()) or by_name.get(nearest(value.lower(), by_name), "")
    meant = f'; did you mean "{code}" ({known[code]})?' if code else ""
    raise table.fault(place, f"{quoted(value)} is no ISO 3166-1 code, EU or unknown{meant}")
