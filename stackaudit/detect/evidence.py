"""What a source file shows beside its literals: imports, client objects, region arguments.

None of these is a component by itself; they tell whether a file deals with AI and which
endpoint a model is sent to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from functools import lru_cache
from typing import Any, NamedTuple

from stackaudit.catalogue import Catalogue

_ECOSYSTEM = {
    "python": "pypi",
    "javascript": "npm",
    "typescript": "npm",
    "vue": "npm",
    "svelte": "npm",
    "go": "go",
    "java": "maven",
    "kotlin": "maven",
    "scala": "maven",
    "csharp": "nuget",
    "rust": "crates",
    "ruby": "gems",
    "php": "packagist",
    "dart": "pub",
    "elixir": "hex",
    "swift": "swiftpm",
}
_IMPORT = {
    "pypi": r"^[ \t]*(?:from[ \t]+(?P<a>[\w.]+)[ \t]+import\b|import[ \t]+(?P<b>[\w.]+))",
    "npm": r"""(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*["'](?P<a>[^"'\n]{1,120})["']""",
    "go": r"""^[ \t]*(?:import[ \t]+)?(?:[\w.]+[ \t]+)?"(?P<a>[\w./-]{3,160})"[ \t]*\r?$""",
    "maven": r"^[ \t]*import[ \t]+(?:static[ \t]+)?(?P<a>[\w.]+)",
    "nuget": r"^[ \t]*(?:global[ \t]+)?using[ \t]+(?:static[ \t]+)?(?P<a>[\w.]+)",
    "crates": r"^[ \t]*(?:pub[ \t]+)?use[ \t]+(?P<a>[\w:]+)",
    "gems": r"""^[ \t]*require[ \t]*\(?["'](?P<a>[^"'\n]{1,120})["']""",
    "packagist": r"^[ \t]*use[ \t]+(?P<a>[\w\\]+)",
    "pub": r"""^[ \t]*import[ \t]+["']package:(?P<a>[\w/.]+)["']""",
    "hex": r"^[ \t]*(?:alias|use|import)[ \t]+(?P<a>[\w.]+)",
    "swiftpm": r"^[ \t]*import[ \t]+(?P<a>\w+)",
}
_ASSIGNED = re.compile(
    r"(?P<name>[\w.$]+)\s*(?::[^=\n]{1,60})?:?=\s*(?:await\s+|new\s+|return\s+)*\Z"
)
_CALL_MAX = 3_000


class Import(NamedTuple):
    """One import statement of a known package."""

    start: int
    end: int
    text: str
    package: Mapping[str, Any]


class Client(NamedTuple):
    """One construction of a known client, or one call of a known loader."""

    start: int
    call: int
    """Offset of the opening bracket: the ``call:<offset>`` link of its arguments."""
    assigned: str
    row: Mapping[str, Any]
    redirected: bool
    """Its base URL is set by an argument, so the default host does not hold."""


class Region(NamedTuple):
    """A region named by a key or an argument."""

    start: int
    value: str
    links: tuple[str, ...]


def ecosystem_of(language: str) -> str:
    """The package ecosystem of a programming language; empty for other files."""
    return _ECOSYSTEM.get(language, "")


@lru_cache(maxsize=32)
def _import_pattern(ecosystem: str) -> re.Pattern[str]:
    return re.compile(_IMPORT[ecosystem], re.MULTILINE)


def imports(text: str, language: str, catalogue: Catalogue) -> Iterator[Import]:
    """Imports of packages the catalogue knows."""
    ecosystem = ecosystem_of(language)
    if not ecosystem:
        return
    for found in _import_pattern(ecosystem).finditer(text):
        group = "a" if found["a"] else "b"
        row = catalogue.imported(ecosystem, found[group])
        if row:
            yield Import(found.start(group), found.end(group), found[group], row)


@lru_cache(maxsize=512)
def _call_pattern(name: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\w$]){re.escape(name)}(?:\s*<[\w, .]{{0,80}}>)?"
        rf"(?:(?:\.|::)(?:new|create|builder|from_pretrained|client|factory))?\s*\("
    )


def clients(data: bytes, text: str, known: Set[str], catalogue: Catalogue) -> Iterator[Client]:
    """Constructions of known clients in source code.

    Args:
        data: The file.
        text: The same as latin-1 text.
        known: Names, providers and kinds of the packages the file imports: a class is only
            taken for a client when the file imports what it comes from.
        catalogue: Knows the clients.
    """
    seen: set[int] = set()
    for at in catalogue.find_clients(data):
        for name in catalogue.client_names(text, at):
            row = next((r for r in catalogue.clients_named(name) if _is_imported(r, known)), None)
            if row is None:
                continue
            found = _call_pattern(name).match(text, at)
            if found and found.end() not in seen:
                seen.add(found.end())
                yield _client(text, found, row)


def _is_imported(row: Mapping[str, Any], known: Set[str]) -> bool:
    return not known.isdisjoint((row.get("package"), row["provider"], "framework"))


def _client(text: str, found: re.Match[str], row: Mapping[str, Any]) -> Client:
    before = text[max(0, found.start() - 120) : found.start()]
    dotted = re.search(r"[\w.]+\.\Z", before)
    before = before[: dotted.start()] if dotted else before
    assigned = _ASSIGNED.search(re.sub(r"(?:new|await)\s+\Z", "", before))
    call = found.end() - 1
    name = assigned["name"] if assigned else ""
    return Client(found.start(), call, name, row, _redirected(text, call, row))


def _redirected(text: str, call: int, row: Mapping[str, Any]) -> bool:
    names = row.get("base_url", ())
    if not names:
        return False
    depth, end = 0, min(len(text), call + _CALL_MAX)
    for at in range(call, end):
        depth += (text[at] in "([{") - (text[at] in ")]}")
        if depth == 0:
            end = at
            break
    arguments = text[call:end]
    if re.search(r"[(,{]\s*(?:\*\*|\.\.\.)[\w({]", arguments):
        return True  # what is spread into a call may hold a base URL
    return any(re.search(rf"\b{re.escape(name)}\b", arguments) for name in names)
