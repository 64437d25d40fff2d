"""What ``stackaudit init`` proposes for a repository, and the texts of the files it writes."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple

from stackaudit import __version__, gitinfo
from stackaudit.config import OWN, SHARED
from stackaudit.config.tables import find
from stackaudit.model import GATED_USAGES, Component, ConfigError, InputError
from stackaudit.source import read_bytes, reason_of

BASELINE_PACK = "baseline"
_STARTER = Path(__file__).resolve().parent / "starter"
_MAX_FILE = 4 << 20
_MODELS = ("model", "weights")
#: Branches that a build usually runs on; any other one checked out is work in progress.
_TRUNKS = ("main", "master", "trunk", "develop")
_USUAL_TRUNK = "main"
#: A folder that needs no quoting in any of the snippets.
_PLAIN_FOLDER = re.compile(r"[A-Za-z0-9_][\w./-]*+\Z", re.ASCII)


class System(NamedTuple):
    """A CI system, what tells that it is used, and where its snippet goes."""

    id: str
    title: str
    seen: tuple[str, ...]
    """Files or folders of a checkout that uses it."""
    hosts: tuple[str, ...]
    """Where repositories lie that mostly use it."""
    file: str
    """The snippet's place, from the top of the checkout down."""
    snippet: str
    advice: str
    """What to do where that file is there already."""
    block: str
    """How the part of the snippet begins that goes into it; empty for the whole."""


class Place(NamedTuple):
    """The folder that is set up, and the checkout around it."""

    folder: str
    """Real path."""
    top: str
    """Real path of the checkout; the folder itself outside of one."""
    inner: str
    """From the top down to the folder: ``services/claims``, or ``.``."""
    remote: str
    branch: str


def place_of(folder: Path) -> Place:
    """Where a folder stands."""
    real = os.path.realpath(folder)
    git, told = gitinfo.find(real), gitinfo.info(Path(real))
    top = os.path.realpath(git.top) if git else real
    inner = os.path.relpath(real, top).replace(os.sep, "/")
    return Place(real, top, inner, told.remote if told else "", told.branch if told else "")


@cache
def systems() -> tuple[System, ...]:
    """The CI systems known, in the order they are looked for."""
    rows = tomllib.loads((_STARTER / "ci.toml").read_text("utf-8"))["systems"]
    return tuple(
        System(
            row["id"],
            row["title"],
            tuple(row["seen"]),
            tuple(row["hosts"]),
            row["file"],
            row["snippet"],
            row["advice"],
            row.get("block", ""),
        )
        for row in rows
    )


def seen_system(place: Place) -> System | None:
    """The CI system a checkout uses by its files or else by the host it was cloned from."""
    for system in systems():
        if any(os.path.lexists(os.path.join(place.top, name)) for name in system.seen):
            return system
    host = place.remote.removeprefix("https://").partition("/")[0]
    return next((system for system in systems() if host in system.hosts), None)


def snippet(system: System, place: Place) -> str:
    """The snippet of a CI system, with version, branch and folder filled in.

    Raises:
        ConfigError: the folder's name cannot stand in a snippet as it is.
    """
    if place.inner != "." and not _PLAIN_FOLDER.match(place.inner):
        raise ConfigError(
            f"the folder {place.inner} has a name that needs quoting in {system.file};"
            " use --ci none, and copy the snippet from docs/ci.md"
        )
    text = (_STARTER / system.snippet).read_text("utf-8")
    branch = place.branch if place.branch in _TRUNKS else _USUAL_TRUNK
    filled = {"@VERSION@": __version__, "@BRANCH@": branch, "@FOLDER@": place.inner}
    for mark, value in filled.items():
        text = text.replace(mark, value)
    return text


def addition(system: System, text: str) -> list[str]:
    """The lines of a snippet that go into a pipeline that is there already, from the margin on."""
    lines = text.splitlines()
    if not system.block:
        return lines
    first = next(at for at, line in enumerate(lines) if line.lstrip().startswith(system.block))
    deep = len(lines[first]) - len(lines[first].lstrip())
    inside = takewhile(lambda line: not line[:deep].strip(), lines[first:])
    return [line[deep:] for line in inside]


def propose_packs(
    components: Iterable[Component],
    context: Mapping[str, Sequence[str]],
    regions: Mapping[str, frozenset[str]],
) -> tuple[str, ...]:
    """The rule packs that fit what was seen and what is declared; baseline comes first.

    Args:
        components: what a scan found.
        context: what is declared.
        regions: codes that stand for several countries.
    """
    weights = {
        c.weights for c in components if c.kind in _MODELS and GATED_USAGES.intersection(c.usages)
    }
    told = {**context, "weights": sorted(weights)}
    rows = tomllib.loads((_STARTER / "packs.toml").read_text("utf-8"))["packs"]
    return (BASELINE_PACK, *(row["id"] for row in rows if _fits(row, told, regions)))


def _fits(
    row: Mapping[str, Any],
    told: Mapping[str, Sequence[str]],
    regions: Mapping[str, frozenset[str]],
) -> bool:
    for key, patterns in row.items():
        wanted = patterns if isinstance(patterns, list) else ()
        wanted = [*wanted, *(member for code in wanted for member in regions.get(code, ()))]
        if any(fnmatchcase(value, p) for value in told.get(key, ()) for p in wanted):
            return True
    return False


def is_path(pack: str) -> bool:
    """Whether a pack is a file of one's own and not the name of a shipped one."""
    return pack.endswith((".yaml", ".yml")) or "/" in pack


def target(folder: str, wanted: str | None) -> str:
    """The configuration file to write: ``pyproject.toml`` or ``stackaudit.toml``.

    Args:
        folder: real path of the folder that is set up.
        wanted: the one asked for; None leaves the choice to what is there.

    Raises:
        ConfigError: there is a configuration already, or the file asked for cannot take one.
    """
    there = find(folder)
    if there and (wanted is None or "/" not in there.file):
        what = there.file if not there.prefix else f"[tool.stackaudit] in {there.file}"
        advice = "edit it, or take it out to start afresh"
        if "/" in there.file:
            advice = "edit it, or give this folder one of its own with --file"
        raise ConfigError(f"{what} is there already, and nothing was changed: {advice}")
    shared = os.path.join(folder, SHARED)
    usable = os.path.isfile(shared) and not os.path.islink(shared)
    if wanted == SHARED and not usable:
        raise ConfigError(f"{folder} has no {SHARED} of its own; use --file {OWN}")
    return wanted or (SHARED if usable else OWN)


def configuration(folder: str, name: str, table: Mapping[str, Any]) -> str:
    """The whole text of the configuration file with the settings in it.

    Args:
        folder: where the file stands, or will.
        name: ``pyproject.toml``, whose other content is kept, or ``stackaudit.toml``.
        table: key -> value.

    Raises:
        InputError: the file cannot be read, or cannot take the table without a change elsewhere.
    """
    if name == OWN:
        return written(table)
    try:
        before = read_bytes(os.path.join(folder, name), _MAX_FILE).decode("utf-8")
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {name}: {reason_of(error)}") from None
    after = _with_table(before, table)
    if after is None:
        raise InputError(
            f"{name} cannot take [tool.stackaudit] beside what stands there; use --file {OWN}"
        )
    return after


def _with_table(before: str, table: Mapping[str, Any]) -> str | None:
    """The text, every byte of it kept, with ``[tool.stackaudit]`` at its end.

    None where that would not be what is meant: ``tool`` is an inline table, for example.
    """
    ends = "\r\n" if "\r\n" in before else "\n"
    kept = before if not before or before.endswith("\n") else before + ends
    gap = ends if kept.strip("\ufeff \r\n") and not kept.endswith(ends * 2) else ""
    after = kept + gap + written(table, "tool.stackaudit").replace("\n", ends)
    try:
        meant = _parsed(before)
        meant.setdefault("tool", {})["stackaudit"] = _parsed(written(table))
        return after if _parsed(after) == meant else None
    except (tomllib.TOMLDecodeError, TypeError, RecursionError):
        return None


def _parsed(text: str) -> dict[str, Any]:
    return tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"))


def written(table: Mapping[str, Any], name: str = "") -> str:
    """A table as TOML; ``name`` is its header, empty for the top of a file."""
    lines = [f"[{name}]"] if name else []
    inner = {key: value for key, value in table.items() if isinstance(value, Mapping)}
    lines += [f"{key} = {_value(value)}" for key, value in table.items() if key not in inner]
    for key, values in inner.items():
        lines += ["", f"[{name}.{key}]" if name else f"[{key}]"]
        lines += [f"{key} = {_value(value)}" for key, value in values.items()]
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_value, value)) + "]"
    # Strings of JSON are strings of TOML, but for one character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def numbers(values: Sequence[str]) -> object:
    """Declared values as TOML best shows them: one number bare, else a list of texts."""
    only = values[0] if len(values) == 1 else ""
    return int(only) if only.isascii() and only.isdecimal() and len(only) < 18 else list(values)
