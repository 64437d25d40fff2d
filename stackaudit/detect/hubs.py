"""Repositories that settings fetch from a hub of weights: ``source: hub`` by ``repo: org/name``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from stackaudit.catalogue.places import Places, fold
from stackaudit.detect.entry import Entry

#: Keys that say where something is fetched from, and what is fetched.
_SOURCES = frozenset(["from", "hub", "provider", "source", "type"])
_REPOSITORIES = frozenset(["name", "path", "repo", "repo_name", "repository"])
_OF_ORG = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
_SAYS = re.compile(
    r"(?:from|hub|provider|source|type)[\"']?[ \t]*[:=][ \t]*[\"']?(?P<name>\w{2,20})",
)


def entries(read: Callable[[], Iterable[Entry]], text: str, places: Places) -> Iterator[Entry]:
    """The entries of a file of settings; repositories that come from a hub have a key that says so.

    Args:
        read: Reads the file, as often as it is asked to.
        text: The file.
        places: Knows keys and the names of hubs.
    """
    lowered = text.lower()
    named = any(name in lowered for name in places.hub_names) and any(
        found["name"] in places.hub_names for found in _SAYS.finditer(lowered)
    )
    if not named:
        yield from read()
        return
    of_hub = frozenset(entry.links[0] for entry in read() if _is_source(entry, text, places))
    for entry in read():
        if entry.links and entry.links[0] in of_hub and _is_repository(entry, text, places):
            yield entry._replace(keys=(*entry.keys, places.hub_model_key))
        else:
            yield entry


def _value(entry: Entry, text: str) -> str:
    return entry.text or text[entry.start : entry.end]


def _is_source(entry: Entry, text: str, places: Places) -> bool:
    """Whether a value says that what the mapping around it tells of is on a hub."""
    if entry.region != "value" or not entry.links or not entry.keys:
        return False
    return fold(entry.keys[-1]) in _SOURCES and _value(entry, text).lower() in places.hub_names


def _is_repository(entry: Entry, text: str, places: Places) -> bool:
    """Whether a value names a repository, and not one of data."""
    if entry.region != "value" or fold(entry.keys[-1]) not in _REPOSITORIES:
        return False
    is_of_data = any(places.of_key(key) == "never" for key in entry.keys)
    return not is_of_data and _OF_ORG.fullmatch(_value(entry, text)) is not None
