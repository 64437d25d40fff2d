"""Reads stackaudit.toml or ``[tool.stackaudit]`` in pyproject.toml and merges the flags into it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from stackaudit.config import policies, values, waivers
from stackaudit.config.tables import OWN, SHARED, Keys, Table, find, hint
from stackaudit.config.zones import within, zones
from stackaudit.model import RELATIONS, ROLES, Policy, RouteKind, Settings, Weights

__all__ = ["OWN", "SHARED", "load"]


def load(root: Path, overrides: Mapping[str, object], *, alone: bool = False) -> Settings:
    """Return the settings for scanning ``root``; flags win over the file.

    The file is the nearest one from the scanned folder up to the top of its checkout. Lists given
    as flags replace the file's; context is merged key by key. Zones are returned complete: with
    what they leave open taken from the top of the file, and flags winning in them as well.

    Args:
        root: The folder or file to scan.
        overrides: The same keys as in the file; None and empty values mean not given.
        alone: Leave out what folders above say, as for a folder that gets settings of its own.

    Raises:
        ConfigError: A file cannot be read or holds an unknown key or a wrong value.
    """
    folder = os.path.realpath(root)
    folder = folder if os.path.isdir(folder) else os.path.dirname(folder)
    table = None if alone else find(folder)
    settings = _read(table) if table else {}
    given = {key: value for key, value in overrides.items() if value not in (None, (), [], {})}
    flags = _read(Table(given, "command line", "", ""))
    declared, told = settings.pop("context", {}), flags.pop("context", {})
    source = table.file if table else ""
    home = os.path.normpath(os.path.join(folder, os.path.dirname(source)))
    home = home if table else folder if alone else waivers.home_of(folder)
    settings["packs"] = _beside(home, settings.get("packs", ()))
    policy, above = settings.get("policy", Policy()), _down(home, folder)
    settings["zones"] = tuple(
        within(placed, flags.get("packs", ()), declared, told, policy, above)
        for zone in settings.get("zones", ())
        for placed in [replace(zone, packs=_beside(home, zone.packs))]
    )
    settings["waivers"] = (*settings.get("waivers", ()), *waivers.beside(home, folder))
    settings["baseline"] = waivers.found_baseline(home, settings.get("baseline", ""))
    return Settings(
        **{**settings, **flags},
        above=above,
        context={**declared, **told},
        flagged=tuple(sorted(told)),
        source=source,
    )


def _beside(home: str, packs: tuple[str, ...]) -> tuple[str, ...]:
    """Packs of the user's own, named in a file, are sought from that file's folder on."""
    if home == os.getcwd():
        return packs
    own = (name.endswith((".yaml", ".yml")) or "/" in name for name in packs)
    return tuple(
        os.path.join(home, name) if is_path else name
        for name, is_path in zip(packs, own, strict=True)
    )


def _down(home: str, folder: str) -> str:
    """The folders from one down to another, such as ``services/claims/``."""
    down = os.path.relpath(folder, home).replace(os.sep, "/")
    return "" if down == "." else f"{down}/"


def _read(table: Table) -> dict[str, Any]:
    """Check every key and return the fields of Settings it sets."""
    settings: dict[str, Any] = {}
    for key, value in table.values.items():
        if key not in _READERS:
            known = hint(key, _READERS)
            if key == "tool":
                known = "; here the keys stand at the top level, without [tool.stackaudit]"
            raise table.fault((key,), f"unknown key{known}")
        field, reader = _READERS[key]
        settings[field] = reader(table, (key,), value)
    return settings


_MODEL_FIELDS: dict[str, tuple[str, ...]] = {
    "names": (),
    "vendor": (),
    "country": (),
    "type": ROLES,
    "weights": get_args(Weights),
    "licence": (),
    "base": (),
    "relation": RELATIONS,
    "note": (),
}
_ENDPOINT_FIELDS: dict[str, tuple[str, ...]] = {
    "host": (),
    "provider": (),
    "country": (),
    "service": (),
    "route": get_args(RouteKind),
    "hosting": (),
    "note": (),
}
#: Key of the file -> field of Settings, and what reads it.
_READERS: dict[str, tuple[str, Callable[[Table, Keys, Any], Any]]] = {
    "packs": ("packs", values.texts),
    "fail_on": ("fail_on", values.threshold),
    "include": ("include", values.texts),
    "exclude": ("exclude", values.texts),
    "strict": ("strict", values.flag),
    "max_file_size": ("max_file_bytes", values.size),
    "usages": ("usages", values.usages),
    "context": ("context", values.context),
    "policy": ("policy", policies.policy),
    "zones": ("zones", zones),
    "waivers": ("waivers", waivers.waivers),
    "baseline": ("baseline", waivers.baseline),
    "models": ("models", values.rows(_MODEL_FIELDS, ("names",))),
    "endpoints": ("endpoints", values.rows(_ENDPOINT_FIELDS, ("host",))),
}
