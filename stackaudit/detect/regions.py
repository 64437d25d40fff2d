"""Regions that a call names, and settings that let a deployment run beyond its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from stackaudit.catalogue.places import fold
from stackaudit.detect.entry import Entry

_REGION_CONSTANT = re.compile(
    r"\(\s*Region(?:s|Endpoint)?\.(?P<name>[A-Z]{2}(?:[A-Z]*_[A-Z_]{2,20}\d|[A-Z]?[A-Za-z]{3,20}\d))\b"
)
_KINDS_OF_DEPLOYMENT = frozenset(["sku", "sku_name", "scale", "scale_type", "deployment_type"])


class Region(NamedTuple):
    """A region named by a key or an argument."""

    start: int
    value: str
    links: tuple[str, ...]
    key: str = ""


def regions(text: str) -> Iterator[Region]:
    """Regions passed as constants of an SDK: ``Region.EU_WEST_3``, ``RegionEndpoint.EUWest3``."""
    for found in _REGION_CONSTANT.finditer(text):
        words = re.sub(r"(?<=[a-z])(?=[A-Z\d])|(?<=[A-Z])(?=[A-Z][a-z])|_", "-", found["name"])
        yield Region(found.start("name"), words.lower(), (f"call:{found.start()}",))


def is_wider(entry: Entry, value: str) -> bool:
    """Whether a setting lets a deployment run beyond the region of its resource."""
    if not entry.keys or not value.lower().startswith(("global", "datazone")):
        return False
    return any(fold(key) in _KINDS_OF_DEPLOYMENT for key in entry.keys[-2:])
