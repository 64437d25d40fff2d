"""Swift: ``Package.swift`` and ``Package.resolved``. A package is named by owner and repository."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.detect.manifests.declared import Declared
from stackaudit.detect.manifests.jsonscan import scan

_PACKAGE = re.compile(
    r"""//[^\n]*+ | /\*(?s:.*?)(?:\*/|\Z)
      | \.package\(\s*+(?:name:\s*+"[^"\n]*+"\s*+,\s*+)?+(?:url|id):\s*+"(?P<url>[^"\n]*+)"
        (?:\s*+,\s*+(?P<version>[^)\n]*+))?""",
    re.VERBOSE,
)
_REPOSITORY = re.compile(r"(?P<name>[^/:@\s]++/[^/\s]+?)(?:\.git)?/?$")
_VERSION = re.compile(r"\"([^\"]*)\"")


def package_swift(text: str) -> Iterator[Declared]:
    """Read ``.package(url: ...)``."""
    for match in _PACKAGE.finditer(text):
        if match["url"]:
            quoted = _VERSION.search(match["version"] or "")
            yield from _named(text, *match.span("url"), quoted[1] if quoted else "", direct=True)


def package_resolved(text: str) -> Iterator[Declared]:
    """Read the pins; the file does not tell direct from transitive packages."""
    item: Declared | None = None
    for member in scan(text):
        if member.key in ("location", "repositoryURL") and member.value is not None:
            if item:
                yield item
            item = next(_named(text, member.start, member.end, "", direct=False), None)
        elif member.key == "version" and item and member.value is not None:
            item = item._replace(version=member.value)
    if item:
        yield item


def _named(text: str, start: int, end: int, version: str, *, direct: bool) -> Iterator[Declared]:
    tail = max(start, end - 300)
    match = _REPOSITORY.search(text, tail, end)
    if match:
        yield Declared(
            *match.span("name"), "swiftpm", match["name"], version, "dependencies", direct
        )
