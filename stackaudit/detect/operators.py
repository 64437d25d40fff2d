"""Who runs a model, as a value or the names around it say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from stackaudit.catalogue import Catalogue
from stackaudit.catalogue.ids import words as name_words
from stackaudit.catalogue.places import fold
from stackaudit.detect.entry import Entry

#: What the name of an operator's section adds to it.
_SECTION_WORDS = frozenset(
    [
        *("ai", "api", "chat", "client", "completion", "completions", "config", "configuration"),
        *("embedding", "embeddings", "image", "llm", "model", "models", "options", "provider"),
        *("service", "settings", "text"),
    ]
)
_INFRASTRUCTURE = ("arm", "cloudformation", "kubernetes", "n8n", "terraform")
#: How Terraform opens a block, and how many names its header has: the labels are the user's own.
_HEADERS = {"data": 3, "module": 2, "output": 2, "provider": 2, "resource": 3, "variable": 2}
_PROVIDER_KEY = re.compile(
    r"(?:(?:custom_)?(?:model|llm|api|ai|chat|completion|embedd?\w{0,5}|rerank\w{0,2}|inference)_)?"
    r"provider(?:_id|_name|_type)?|api_type"
)


class Operator(NamedTuple):
    """Who runs a model, as settings say beside it: ``provider: name``, ``name: {...}``."""

    links: tuple[str, ...]
    """Scopes it holds for; ``at:<offset>`` is one value alone."""
    name: str
    """As written; a section of settings has a name without a row where a base URL stands in it."""
    row: Mapping[str, Any]
    words: str


@lru_cache(maxsize=4)
def _providers(catalogue: Catalogue) -> Mapping[str, Mapping[str, Any]]:
    """Names of operators as settings write them."""
    rows = [row for row in catalogue.tables["prefixes"] if row["route"] != "unknown"]
    found = {fold(row["prefix"]): row for row in rows}
    for row in reversed(rows):
        vendor = catalogue.vendor(row["provider"])
        if vendor and row.get("host"):
            names = (vendor["id"], vendor["name"], *vendor.get("aliases", ()))
            for name in (*names, *vendor.get("orgs", ())):
                found.setdefault(name.lower().replace("-", "_"), row)
    for name, row in tuple(found.items()):
        found.setdefault(name.replace("_", ""), row)
    return found


def operator(entry: Entry, value: str, catalogue: Catalogue, is_code: bool) -> Operator | None:
    """Who runs a model, where a value or the names around it say so."""
    if entry.keys and entry.region == "key" and not is_code:
        listed = catalogue.places.of_key(entry.keys[-1]) == "model"
        return _around(entry, catalogue) if listed else None  # name: {models: {id: ...}}
    if not entry.keys or entry.region not in ("string", "value"):
        return None
    key, rows = fold(entry.keys[-1]), _providers(catalogue)
    if _PROVIDER_KEY.fullmatch(key):
        name = value.rpartition("/")[2].lower().replace("-", "_")
        row = rows.get(name) if len(value) <= 80 else None
        if row is None and not value.isidentifier():
            return None
        return Operator(entry.links[:1], value, row or {}, f"{entry.keys[-1]} {value} beside it")
    if is_code:
        return None
    if entry.keys[-1] == "apiVersion":
        return _known(value.partition("/")[0], entry.links[-1:], catalogue)
    if key == "type":
        return _known(value[:1] + value[1:].partition("@")[0], entry.links[:1], catalogue)
    return _around(entry, catalogue)


def _around(entry: Entry, catalogue: Catalogue) -> Operator | None:
    """The section or command a value stands in."""
    places, rows, at = catalogue.places, _providers(catalogue), (f"at:{entry.start}",)
    expects = places.of_key(entry.keys[-1])
    if expects == "base-url":
        if any(places.runner(part) is not None for part in entry.keys[:-1]):
            return None  # where a server of one's own listens
        names = "/".join(fold(part) for part in entry.keys[:-1])
        return Operator(at, names, {}, "") if names else None
    for part in reversed(entry.keys):
        runner = places.runner(part)
        if runner is not None:
            row = {"provider": "self", "route": "self-hosted", "service": runner}
            return Operator(at, part, row, part)
    sections = entry.keys[:-1]
    for index in range(len(sections) - 1, -1, -1):
        part = sections[index]
        row_of = _of_section(part, rows) if expects == "model" else None
        if row_of and index >= _labels(sections):
            row_of, part = _wider(row_of, sections[:index], rows) or (row_of, part)
            return Operator(at, part, row_of, f"the section {part}")
        if ("_" in part or "/" in part) and (found := _known(part, at, catalogue)):
            return found
    return None


def _of_section(part: str, rows: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The operator a section is named after: ``Name``, ``NameText``, ``name-embeddings``."""
    if found := rows.get(fold(part)):
        return found
    if "_" in part:
        return None  # a resource type, which has a row of its own
    parts = name_words(part.replace("-", "_"))
    for size in range(len(parts) - 1, 0, -1):
        if _SECTION_WORDS.issuperset(parts[size:]):
            for name in ("_".join(parts[:size]), "".join(parts[:size])):
                if found := rows.get(name):
                    return found
    return None


def _labels(sections: Sequence[str]) -> int:
    """How many of the names around a value are the header of a block of Terraform."""
    count = _HEADERS.get(sections[0], 0)
    return count if count < 3 or "_" in "".join(sections[1:2]) else 0


def _wider(
    row: Mapping[str, Any], outer: Sequence[str], rows: Mapping[str, Mapping[str, Any]]
) -> tuple[Mapping[str, Any], str] | None:
    """The cloud in whose section that of an operator stands: ``cloud.ai.model``."""
    if row["route"] != "vendor-api":
        return None
    for part in reversed(outer[-2:]):
        around = rows.get(fold(part))
        if around and around["route"] == "cloud":
            return around, part
    return None


def _known(name: str, links: tuple[str, ...], catalogue: Catalogue) -> Operator | None:
    """The operator of a resource type of infrastructure as code."""
    row = next(
        (r for r in catalogue.clients_named(name) if r.get("ecosystem") in _INFRASTRUCTURE), None
    )
    return Operator(links, name, row, name) if row else None
