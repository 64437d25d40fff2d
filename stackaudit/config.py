"""Reads stackaudit.toml or ``[tool.stackaudit]`` in pyproject.toml and merges the flags into it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple, get_args

from stackaudit.model import (
    RELATIONS,
    ROLES,
    SEVERITIES,
    UNKNOWN,
    USAGES,
    ConfigError,
    Policy,
    RouteKind,
    Settings,
    Weights,
)
from stackaudit.source import NotRegular, read_bytes, reason_of

OWN, SHARED = "stackaudit.toml", "pyproject.toml"
_MAX_FILE = 4 << 20
_MAX_SIZE = 1 << 30
_THRESHOLDS = (*SEVERITIES, "never")
_COUNTRY_FIELDS = ("origin", "provider_country", "hosting_country")
_KEY_LINE = re.compile(r"\s*(\[{0,2})\s*([\w.\"' -]+?)\s*(?:\]|=)")
_SIZE = re.compile(r"\s*(\d{1,12}(?:\.\d{1,3})?)\s*([kmg]?)(i?)(?:b|bytes?)?\s*", re.IGNORECASE)


class _Table(NamedTuple):
    """One file's settings and what an error message needs to point at them."""

    values: Mapping[str, Any]
    file: str
    """Path as shown: relative to the scanned folder, or the flags."""
    prefix: str
    """``tool.stackaudit.`` in pyproject.toml."""
    text: str

    def fault(self, keys: tuple[str, ...], message: str) -> ConfigError:
        line = _line_of(self.text, (*self.prefix.split(".")[:-1], *keys)) if self.text else 0
        place = f"{self.file}:{line}" if line else self.file
        return ConfigError(f"{place}: {self.prefix}{'.'.join(keys)}: {message}")


def load(root: Path, overrides: Mapping[str, object]) -> Settings:
    """Return the settings for scanning ``root``; flags win over the file.

    The file is the nearest one from the scanned folder up to the top of its checkout. Lists given
    as flags replace the file's; context is merged key by key.

    Args:
        root: The folder or file to scan.
        overrides: The same keys as in the file; None and empty values mean not given.

    Raises:
        ConfigError: A file cannot be read or holds an unknown key or a wrong value.
    """
    folder = os.path.realpath(root)
    folder = folder if os.path.isdir(folder) else os.path.dirname(folder)
    table = _find(folder)
    settings = _read(table) if table else {}
    given = {key: value for key, value in overrides.items() if value not in (None, (), [], {})}
    flags = _read(_Table(given, "command line", "", ""))
    context = {**settings.pop("context", {}), **flags.pop("context", {})}
    return Settings(**{**settings, **flags}, context=context, source=table.file if table else "")


def _find(start: str) -> _Table | None:
    folder = start
    while True:
        found = [t for t in (_open(folder, OWN, start), _open(folder, SHARED, start)) if t]
        if len(found) == 2:
            ours, shared = found[0].file, found[1].file
            raise ConfigError(f"{shared}: has [tool.stackaudit] beside {ours}; keep one of them")
        if found:
            return found[0]
        parent = os.path.dirname(folder)
        if parent == folder or not _inside_checkout(folder):
            return None
        folder = parent


def _inside_checkout(folder: str) -> bool:
    """Say whether a folder above ``folder``, but not itself, is the top of a checkout."""
    if os.path.lexists(os.path.join(folder, ".git")):
        return False
    while (parent := os.path.dirname(folder)) != folder:
        folder = parent
        if os.path.lexists(os.path.join(folder, ".git")):
            return True
    return False


def _open(folder: str, name: str, start: str) -> _Table | None:
    """Return the settings in one file; None when there is none, or it says nothing about us."""
    shown = os.path.relpath(os.path.join(folder, name), start).replace(os.sep, "/")
    try:
        data = read_bytes(os.path.join(folder, name), _MAX_FILE)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        if name == SHARED and (isinstance(error, NotRegular) or os.path.islink(f"{folder}/{name}")):
            return None  # somebody else's file; no reason to refuse the scan
        raise ConfigError(f"{shown}: cannot be read: {reason_of(error)}") from None
    values = _parse(data, shown)
    text = data.decode("utf-8", "replace")
    if name == OWN:
        return _Table(values, shown, "", text)
    tool = values.get("tool", {})
    own = tool.get("stackaudit") if isinstance(tool, dict) else None
    if own is None:
        return None
    if not isinstance(own, dict):
        raise ConfigError(f"{shown}: tool.stackaudit: must be a table, written [tool.stackaudit]")
    return _Table(own, shown, "tool.stackaudit.", text)


def _parse(data: bytes, shown: str) -> dict[str, Any]:
    import tomli

    try:
        return tomli.loads(data.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigError(f"{shown}:{line}: is not UTF-8; save it as UTF-8") from None
    except tomli.TOMLDecodeError as error:
        reason, _, where = str(error).partition(" (at ")
        found = re.match(r"line (\d+), column (\d+)", where)
        place = f"{found[1]}:{found[2]}" if found else str(data.rstrip().count(b"\n") + 1)
        reason = " ".join(reason.split())[:200]
        raise ConfigError(f"{shown}:{place}: is not valid TOML: {reason}") from None
    except RecursionError:
        raise ConfigError(f"{shown}: is nested too deeply") from None


def _read(table: _Table) -> dict[str, Any]:
    """Check every key and return the fields of Settings it sets."""
    settings: dict[str, Any] = {}
    for key, value in table.values.items():
        if key not in _READERS:
            hint = _hint(key, _READERS)
            if key == "tool":
                hint = "; here the keys stand at the top level, without [tool.stackaudit]"
            raise table.fault((key,), f"unknown key{hint}")
        field, reader = _READERS[key]
        settings[field] = reader(table, key, value)
    return settings


def _texts(table: _Table, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(v, str) and v for v in value):
        raise table.fault((key,), f'must be a list of texts, such as {key} = ["..."]')
    return tuple(dict.fromkeys(value))


def _flag(table: _Table, key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise table.fault((key,), "must be true or false")
    return value


def _threshold(table: _Table, key: str, value: object) -> str:
    return _one_of(table, (key,), value, _THRESHOLDS)


def _usages(table: _Table, key: str, value: object) -> tuple[str, ...]:
    chosen = {_one_of(table, (key,), v, USAGES) for v in _texts(table, key, value)}
    return tuple(usage for usage in USAGES if usage in chosen)


def _one_of(table: _Table, keys: tuple[str, ...], value: object, known: Collection[str]) -> str:
    if isinstance(value, str) and value in known:
        return value
    raise table.fault(keys, f"unknown value {_quoted(value)}{_hint(str(value), known)}")


def _size(table: _Table, key: str, value: object) -> int:
    """Bytes, or a text with a unit; 5MiB, 5MB and 5M all count in powers of 1024."""
    found = _SIZE.fullmatch(value) if isinstance(value, str) else None
    size = value if type(value) is int else 0
    if found:
        power = " kmg".index(found[2].lower() or " ")
        size = int(float(found[1]) * 1024**power)
    if not 0 < size <= _MAX_SIZE:
        raise table.fault((key,), 'must be a size up to 1 GiB, such as "5MiB" or a number of bytes')
    return size


def _context(table: _Table, key: str, value: object) -> dict[str, tuple[str, ...]]:
    """Declared facts as texts; nested tables become dotted keys."""
    if not isinstance(value, Mapping):
        raise table.fault((key,), 'must be a table of key = value, such as data = ["health"]')
    flat: dict[str, tuple[str, ...]] = {}
    pending: list[tuple[tuple[str, ...], object]] = [((str(k),), v) for k, v in value.items()]
    while pending:
        keys, item = pending.pop(0)
        if isinstance(item, Mapping):
            pending += [((*keys, str(k)), v) for k, v in item.items()]
            continue
        items = item if isinstance(item, (list, tuple)) else [item]
        if not items or not all(isinstance(i, (str, int, float)) and i != "" for i in items):
            raise table.fault((key, *keys), "must be a text, a number or a list of them")
        flat[".".join(keys)] = tuple(dict.fromkeys(_plain(i) for i in items))
    return flat


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _rows(fields: Mapping[str, tuple[str, ...]], needed: tuple[str, ...]) -> Callable[..., Any]:
    """A reader of ``[[...]]`` tables of texts, with the values each field may have (none: any)."""

    def read(table: _Table, key: str, value: object) -> tuple[Mapping[str, Any], ...]:
        if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
            raise table.fault((key,), f"must be a list of tables, each written [[{key}]]")
        return tuple(_one_row(table, key, number, row) for number, row in enumerate(value, 1))

    def _one_row(table: _Table, key: str, number: int, row: Mapping[str, Any]) -> Mapping[str, Any]:
        place = f"{key}[{number}]"
        for field, item in row.items():
            if field not in fields:
                raise table.fault((key, field), f"{place}: unknown key{_hint(field, fields)}")
            listed = item if field == "names" else [item]
            if not isinstance(listed, list) or not listed:
                raise table.fault((key, field), f'{place}: must be a list, such as ["..."]')
            if not all(isinstance(text, str) and text for text in listed):
                raise table.fault((key, field), f"{place}: must be a text that is not empty")
            if fields[field]:
                _one_of(table, (key, field), item, fields[field])
        missing = [field for field in needed if field not in row]
        if missing:
            raise table.fault((key,), f"{place}: needs {' and '.join(missing)}")
        return row

    return read


def _policy(table: _Table, key: str, value: object) -> Policy:
    if not isinstance(value, Mapping):
        raise table.fault((key,), "must be a table with allow and deny")
    for verb in value:
        if verb not in ("allow", "deny"):
            raise table.fault((key, verb), f"unknown key{_hint(verb, ('allow', 'deny'))}")
    allow, deny = (
        _policy_side(table, (key, verb), value.get(verb, {})) for verb in ("allow", "deny")
    )
    return Policy(allow, deny)


def _policy_side(table: _Table, keys: tuple[str, ...], value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        raise table.fault(keys, 'must be a table of field = values, such as origin = ["US", "EU"]')
    side: dict[str, tuple[str, ...]] = {}
    for field, values in value.items():
        place = (*keys, field)
        if field not in _POLICY_FIELDS:
            raise table.fault(place, f"unknown key{_hint(field, _POLICY_FIELDS)}")
        listed = [values] if isinstance(values, str) else values
        if not isinstance(listed, list) or not all(isinstance(v, str) and v for v in listed):
            raise table.fault(place, 'must be a list of texts, such as ["..."]')
        side[field] = tuple(dict.fromkeys(_policy_value(table, place, v) for v in listed))
    return side


def _policy_value(table: _Table, place: tuple[str, ...], value: str) -> str:
    field = place[-1]
    if field == "route":
        return _one_of(table, place, value, get_args(RouteKind))
    if field == "weights":
        return _one_of(table, place, value, get_args(Weights))
    if field not in _COUNTRY_FIELDS:
        return value
    special = (UNKNOWN, "local", "global") if field == "hosting_country" else (UNKNOWN,)
    return value if value in special else _country(table, place, value)


def _country(table: _Table, place: tuple[str, ...], value: str) -> str:
    """Return an ISO 3166-1 code or EU in capitals; a country's name gets its code suggested."""
    from stackaudit.countries import names

    known = names()
    if value.upper() in known:
        return value.upper()
    by_name = {name.lower(): code for code, name in known.items()} | {"uk": "GB", "usa": "US"}
    code = by_name.get(value.lower()) or next(
        (by_name[n] for n in _close(value.lower(), by_name)), ""
    )
    hint = f'; did you mean "{code}" ({known[code]})?' if code else ""
    raise table.fault(place, f"{_quoted(value)} is no ISO 3166-1 code, EU or unknown{hint}")


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
_READERS: dict[str, tuple[str, Callable[[_Table, str, Any], Any]]] = {
    "packs": ("packs", _texts),
    "fail_on": ("fail_on", _threshold),
    "include": ("include", _texts),
    "exclude": ("exclude", _texts),
    "strict": ("strict", _flag),
    "max_file_size": ("max_file_bytes", _size),
    "usages": ("usages", _usages),
    "context": ("context", _context),
    "policy": ("policy", _policy),
    "models": ("models", _rows(_MODEL_FIELDS, ("names",))),
    "endpoints": ("endpoints", _rows(_ENDPOINT_FIELDS, ("host",))),
}
_POLICY_FIELDS = (
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


def _quoted(value: object) -> str:
    text = str(value)
    return f'"{text[:60]}"'


def _close(word: str, known: Collection[str]) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(word[:100], list(known), n=1, cutoff=0.6)


def _hint(word: str, known: Collection[str]) -> str:
    """Return the nearest known word as a question, or all of them."""
    if close := _close(word.lower(), known):
        return f'; did you mean "{close[0]}"?'
    return f"; known: {', '.join(known)}"


def _line_of(text: str, keys: tuple[str, ...]) -> int:
    """Return the line a key stands in, or of the nearest table around it; 0 when not found."""
    best, depth, header = 0, 0, 0
    for number, line in enumerate(text.splitlines(), 1):
        words = _KEY_LINE.match(line[:200])
        if not words:
            continue
        path = tuple(part.strip(" \"'") for part in words[2].split("."))
        reached = 0
        if words[1]:
            header = len(path) if path == keys[: len(path)] else -1
            reached = min(len(path), len(keys)) if path[: len(keys)] == keys[: len(path)] else 0
        elif header >= 0 and path == keys[header:][: len(path)]:
            reached = header + len(path)
        if reached > depth:
            best, depth = number, reached
    return best
