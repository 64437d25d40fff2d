"""Reads zones: parts of the repository with rules of their own, and merges the rest into them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from stackaudit.config.policies import policy
from stackaudit.config.tables import Keys, Table
from stackaudit.config.values import complete, context, tables, texts
from stackaudit.ignore import parse_globs
from stackaudit.model import ConfigError, Policy, Zone

_KEYS = ("name", "paths", "context", "packs", "policy")
_NAME = re.compile(r"\w[\w .-]{0,59}")


def zones(table: Table, keys: Keys, value: object) -> tuple[Zone, ...]:
    """The zones in order, each as written."""
    found: dict[str, Zone] = {}
    for number, row in enumerate(tables(table, keys, value), 1):
        zone = _zone(table, (*keys, number), row)
        if zone.name in found:
            raise table.fault(
                (*keys, number, "name"), f'"{zone.name}" stands twice; rename one zone'
            )
        found[zone.name] = zone
    return tuple(found.values())


def _zone(table: Table, keys: Keys, row: Mapping[str, Any]) -> Zone:
    complete(table, keys, row, _KEYS, ("name", "paths"))
    name = row["name"]
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        what = 'must be a short name of letters, digits, "-", "_" and "."'
        raise table.fault((*keys, "name"), what)
    paths = texts(table, (*keys, "paths"), row["paths"])
    if not paths:
        raise table.fault((*keys, "paths"), 'is empty; write patterns such as ["services/claims/"]')
    try:
        parse_globs(paths, "paths")
    except ConfigError as error:
        raise table.fault((*keys, "paths"), str(error).partition(": ")[2]) from None
    return Zone(
        name,
        paths,
        texts(table, (*keys, "packs"), row.get("packs", ())),
        context(table, (*keys, "context"), row.get("context", {})),
        policy(table, (*keys, "policy"), row.get("policy", {})),
    )


def within(
    zone: Zone,
    packs: tuple[str, ...],
    context: Mapping[str, tuple[str, ...]],
    flags: Mapping[str, tuple[str, ...]],
    rest: Policy,
    above: str,
) -> Zone:
    """A zone with what it leaves open taken from the rest of the configuration.

    Args:
        zone: As written.
        packs: Packs given as flags, which win.
        context: The file's top-level context.
        flags: Context given as flags, which wins key by key.
        rest: The top-level policy; a zone's line stands instead of the same line there.
        above: Folders from the file down to what is scanned.
    """
    return replace(
        zone,
        packs=packs or zone.packs,
        context={**context, **zone.context, **flags},
        policy=Policy(
            {k: v for k, v in {**rest.allow, **zone.policy.allow}.items() if v},
            {k: v for k, v in {**rest.deny, **zone.policy.deny}.items() if v},
        ),
        above=above,
    )
