"""Finds and opens the configuration file, and points at what is wrong in it."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from stackaudit.model import ConfigError
from stackaudit.source import NotRegular, read_bytes, reason_of

OWN, SHARED = "stackaudit.toml", "pyproject.toml"
_MAX_FILE = 4 << 20
_KEY_LINE = re.compile(r"\s*(\[{0,2})\s*([\w.\"' -]+?)\s*(?:\]|=)")

#: The way to a value: keys, and from 1 the number of a row in a list of tables.
Keys = tuple[str | int, ...]


class Table(NamedTuple):
    """One file's settings and what an error message needs to point at them."""

    values: Mapping[str, Any]
    file: str
    """Path as shown: relative to the scanned folder, or the flags."""
    prefix: str
    """``tool.stackaudit.`` in pyproject.toml."""
    text: str

    def fault(self, keys: Keys, message: str) -> ConfigError:
        """An error that names file, line and key."""
        return ConfigError(f"{self.place(keys)}: {self.prefix}{_spelled(keys)}: {message}")

    def place(self, keys: Keys) -> str:
        """File and line of a value."""
        line = _line_of(self.text, (*self.prefix.split(".")[:-1], *keys)) if self.text else 0
        return f"{self.file}:{line}" if line else self.file


def find(start: str) -> Table | None:
    """The settings nearest to a folder, up to the top of its checkout. Raises ConfigError."""
    folder = start
    while True:
        found = [t for t in (open_file(folder, n, start) for n in (OWN, SHARED)) if t]
        if len(found) == 2:
            ours, shared = found[0].file, found[1].file
            raise ConfigError(f"{shared}: has [tool.stackaudit] beside {ours}; keep one of them")
        if found:
            return found[0]
        parent = os.path.dirname(folder)
        if parent == folder or not _inside_checkout(folder):
            return None
        folder = parent


def quoted(value: object) -> str:
    """A value as an error shows it."""
    return f'"{str(value)[:60]}"'


def nearest(word: str, known: Collection[str]) -> str:
    """The known word most like ``word``; empty when none is like it."""
    from difflib import get_close_matches

    close = get_close_matches(word[:100], list(known), n=1, cutoff=0.6)
    return close[0] if close else ""


def hint(word: str, known: Collection[str]) -> str:
    """The nearest known word as a question, or all of them."""
    if close := nearest(word.lower(), known):
        return f'; did you mean "{close}"?'
    return f"; known: {', '.join(known)}"


def top_of_checkout(folder: str) -> str:
    """The nearest folder from ``folder`` up with ``.git`` in it; empty outside checkouts."""
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return ""
        folder = parent
    return folder


def _inside_checkout(folder: str) -> bool:
    """Say whether a folder above ``folder``, but not itself, is the top of a checkout."""
    return top_of_checkout(folder) not in ("", folder)


def open_file(folder: str, name: str, start: str) -> Table | None:
    """Return what one file says; None when there is none, or it says nothing about us.

    Args:
        folder: Where it would lie.
        name: Its name; of ``SHARED`` only our table counts.
        start: The scanned folder, from which its path is shown.

    Raises:
        ConfigError: It cannot be read.
    """
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
    if name != SHARED:
        return Table(values, shown, "", text)
    tool = values.get("tool", {})
    own = tool.get("stackaudit") if isinstance(tool, dict) else None
    if own is None:
        return None
    if not isinstance(own, dict):
        raise ConfigError(f"{shown}: tool.stackaudit: must be a table, written [tool.stackaudit]")
    return Table(own, shown, "tool.stackaudit.", text)


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


def _spelled(keys: Keys) -> str:
    """``zones[2].context.data``."""
    parts = (f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)
    return "".join(parts).removeprefix(".")


def _line_of(text: str, keys: Keys) -> int:
    """Return the line a key stands in, or of the nearest table around it; 0 when not found."""
    best, depth = 0, 0
    table: Keys = ()
    rows: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        words = _KEY_LINE.match(line[:200])
        if not words:
            continue
        path = tuple(part.strip(" \"'") for part in words[2].split("."))
        if words[1] == "[[":
            rows[path] = rows.get(path, 0) + 1
        if words[1]:
            table = place = _numbered(path, rows)
        else:
            place = (*table, *path)
        shared = min(len(place), len(keys))
        if place[:shared] == keys[:shared] and shared > depth:
            best, depth = number, shared
    return best


def _numbered(path: tuple[str, ...], rows: Mapping[tuple[str, ...], int]) -> Keys:
    """A header's path with the number of the row behind each list of tables."""
    place: Keys = ()
    for end, part in enumerate(path, 1):
        place = (*place, part)
        if path[:end] in rows:
            place = (*place, rows[path[:end]])
    return place
