"""Imports of packages the catalogue knows, in the source of any language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
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
#: In the body of a class of PHP, ``use`` takes in a trait.
_CLASS = re.compile(
    r"^[ \t]*+(?:(?:abstract|final|readonly)[ \t]+)*+(?:class|trait|enum)[ \t]+\w", re.MULTILINE
)
_NAMES = re.compile(r"[ \t]+\(?[ \t]*(?P<names>\w+(?:[ \t]*,[ \t]*\w+)*+)")
_ALSO = re.compile(r"(?:[ \t]+as[ \t]+\w+)?[ \t]*,[ \t]*(?P<name>[\w.]+)")
#: Uses of a module that are looked at to tell which package it is.
_USES = 200


class Import(NamedTuple):
    """One import statement of a known package."""

    start: int
    end: int
    text: str
    package: Mapping[str, Any]


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
    body = _CLASS.search(text) if ecosystem == "packagist" else None
    for found in _import_pattern(ecosystem).finditer(text, 0, body.start() if body else len(text)):
        group = "a" if found["a"] else "b"
        if group == "b" and text[found.end() : found.end() + 1] in (",", " "):
            yield from _further(text, found.end(), ecosystem, catalogue)
        row = catalogue.imported(ecosystem, found[group])
        if row is None and ecosystem == "pypi" and (names := _NAMES.match(text, found.end())):
            # from namespace import module
            modules = (f"{found[group]}.{name.strip()}" for name in names["names"].split(","))
            row = next(filter(None, (catalogue.imported(ecosystem, m) for m in modules)), None)
        elif row is None and (ecosystem, found[group]) in catalogue.dotted_imports:
            row = _used(text, found[group], ecosystem, catalogue)
        if row:
            yield Import(found.start(group), found.end(group), found[group], row)


def _further(text: str, at: int, ecosystem: str, catalogue: Catalogue) -> Iterator[Import]:
    """Known packages behind the first of one statement: ``import a as b, c``."""
    while found := _ALSO.match(text, at):
        at = found.end()
        row = catalogue.imported(ecosystem, found["name"])
        if row:
            yield Import(*found.span("name"), found["name"], row)


def _used(text: str, root: str, ecosystem: str, catalogue: Catalogue) -> Mapping[str, Any] | None:
    """The package that what is used of a module belongs to: ``import a``, then ``a.known()``."""
    used = re.finditer(rf"(?<![\w.]){re.escape(root)}\.\w+", text)
    names = dict.fromkeys(found[0] for found in islice(used, _USES))
    return next(filter(None, (catalogue.imported(ecosystem, name) for name in names)), None)
