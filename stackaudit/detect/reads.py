"""Models and base URLs that a file does not tell but reads from elsewhere in the repository."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from stackaudit.catalogue.places import Places, last_part
from stackaudit.detect.entry import Entry

Expected = Literal["model", "base-url"]

_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*+(?:_[A-Z0-9]++)*+")
_DOTTED = re.compile(r"(?:process|Bun|import\.meta)\.env\.(?P<name>[A-Z][A-Z0-9_]{2,80})")
#: What reads a variable of the environment, in the languages people write.
_READER = re.compile(
    r"(?:.*[.:>$])?(?:getenv|environ|environ\.get|env|env\.get|env\.fetch|env::var|lookupenv"
    r"|getenvironmentvariable|get_env|\$_env|env\.str|var)",
    re.IGNORECASE,
)


class Read(NamedTuple):
    """One place that takes its value from elsewhere."""

    source: Literal["environment", "module"]
    name: str
    """The variable; for modules ``path.of.module:NAME``."""
    expects: Expected
    start: int
    links: tuple[str, ...]
    """Scopes of the place, as of a literal there."""
    provides: tuple[str, ...]
    """Scopes it serves, as of a literal there."""


def from_environment(entry: Entry, text: str, places: Places) -> Read | None:
    """The variable that a model or base URL is read from, where an entry is one."""
    if entry.region == "code":
        found = _DOTTED.match(text)
        name, outer = (found["name"], entry.keys) if found else ("", ())
    elif entry.region == "string" and len(text) > 2 and _VARIABLE.fullmatch(text):
        keys = [key for key in entry.keys if key != "[]"]
        name = text if keys and _READER.fullmatch(keys[-1]) else ""
        outer = tuple(keys[:-1])
    else:
        return None
    expected = _expected(outer, entry.assigned, places) if name else None
    if expected is None:
        return None
    provides = (f"name:{entry.assigned}",) if entry.assigned else ()
    owner = entry.assigned.rpartition(".")[0]
    return Read(
        "environment",
        name,
        expected,
        entry.start,
        entry.links,
        (*provides, *([f"name:{owner}"] if owner else [])),
    )


def _expected(keys: tuple[str, ...], assigned: str, places: Places) -> Expected | None:
    for key in (*reversed(keys[-3:]), last_part(assigned)):
        kind = places.of_key(last_part(key)) if key else ""
        if kind == "model":
            return "model"
        if kind == "base-url":
            return "base-url"
        if kind:
            return None
    return None
