"""Turns the texts of options into values, each fault one line with what would be right."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from datetime import date

    from stackaudit.model import Settings, Usage

Name = TypeVar("Name", bound=str)
#: More processes than this wait for the slowest file, and for memory.
_MOST = 8


def choice(flag: str, value: str, allowed: Sequence[Name]) -> Name:
    """``value`` where it is one of ``allowed``. Raises ConfigError."""
    for known in allowed:
        if value == known:
            return known
    from stackaudit.model import ConfigError
    from stackaudit.rules.checker import suggest

    hint = suggest(value, allowed) or f"; use {', '.join(allowed)}"
    raise ConfigError(f"{flag}: unknown value '{value}'{hint}")


def day(flag: str, value: str | None) -> date:
    """An ISO date, or today in UTC. Raises ConfigError."""
    from datetime import UTC, date, datetime

    from stackaudit.model import ConfigError

    if value is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ConfigError(f"{flag}: '{value}' is not a date; write it as 2026-11-22") from None


def number(flag: str, value: str, least: int = 0) -> int:
    """A whole number of at most six digits, not below ``least``. Raises ConfigError."""
    if value.isascii() and value.isdigit() and len(value) <= 6 and int(value) >= least:
        return int(value)
    from stackaudit.model import ConfigError

    above = f" from {least} on" if least else ""
    raise ConfigError(f"{flag}: '{value}' is not a whole number{above}; write it as 90")


def usages(values: Iterable[str]) -> tuple[Usage, ...]:
    """``all``, or usages, comma-separated or repeated; empty when none is given."""
    from stackaudit.model import USAGES

    words = [word.strip() for value in values for word in value.split(",") if word.strip()]
    if "all" in words:
        return USAGES
    chosen = {choice("--usage", word, ("all", *USAGES)) for word in words}
    return tuple(usage for usage in USAGES if usage in chosen)


def pairs(flag: str, values: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """``key=value`` and ``key=a,b``, repeatable; values of one key add up. Raises ConfigError."""
    from stackaudit.model import ConfigError

    told: dict[str, list[str]] = {}
    for value in values:
        key, equals, rest = value.partition("=")
        items = [item.strip() for item in rest.split(",") if item.strip()]
        if not (key.strip() and equals and items):
            raise ConfigError(f"{flag}: '{value}' is not key=value; write {flag} data=phi")
        told.setdefault(key.strip(), []).extend(items)
    return {key: tuple(dict.fromkeys(items)) for key, items in told.items()}


def targets(flag: str, values: Iterable[str]) -> list[tuple[str, Path]]:
    """``format=file``, repeatable. Raises ConfigError."""
    from stackaudit.model import ConfigError

    told = []
    for value in values:
        form, _, file = value.partition("=")
        if not (form and file):
            raise ConfigError(f"{flag}: '{value}' is not FORMAT=FILE; write {flag} sarif=out.sarif")
        told.append((form, Path(file)))
    return told


def only(root: str, files: Iterable[str]) -> tuple[str, ...]:
    """Patterns that match just these files of ``root``. Raises InputError."""
    from stackaudit.model import InputError

    top = os.path.realpath(root)
    patterns = []
    for file in files:
        inside = os.path.relpath(os.path.realpath(os.path.dirname(file) or "."), top)
        path = os.path.normpath(os.path.join(inside, os.path.basename(file)))
        if path.split(os.sep)[0] == os.pardir or os.path.isabs(path) or not os.path.lexists(file):
            raise InputError(f"cannot scan {file}: there is no such file in {root}")
        patterns.append("/" + re.sub(r"([\\*?\[\]!# ])", r"\\\1", path.replace(os.sep, "/")))
    return tuple(patterns)


def settings_for(
    path: Path, flags: Mapping[str, object] = MappingProxyType({}), *, alone: bool = False
) -> Settings:
    """``config.load``, with as many processes to read with as this machine can run.

    Raises:
        ConfigError: A file cannot be read or holds an unknown key or a wrong value.
    """
    from dataclasses import replace

    from stackaudit import config

    return replace(config.load(path, flags, alone=alone), jobs=cores())


def cores() -> int:
    """How many processes may read files at once on this machine, within reason."""
    usable = getattr(os, "sched_getaffinity", None)
    return min(len(usable(0)) if usable else os.cpu_count() or 1, _MOST)
