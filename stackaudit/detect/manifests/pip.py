"""pip requirement and constraint files, and requirement strings wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.detect.manifests.declared import Declared

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_REQUIREMENT = re.compile(
    rf"""[ \t]*+(?P<name>{_NAME})[ \t]*+(?:\[[^\]\n]*+\])?+[ \t]*+
         (?P<spec>\([^)\n]*+\)|@[ \t]*\S++|[=<>!~][^;\#\n\r\\]*+)?+
         [ \t]*+(?:$|[;\\\r\n]|\#|--)""",
    re.VERBOSE,
)
_OPTION = re.compile(r"[ \t]--")
_EDITABLE = re.compile(r"[ \t]*+(?:-e|--editable)(?:[ \t]++|=[ \t]*+)")
_WORD = re.compile(r"[ \t]*+[\"']?(?P<word>[^\s\"';]++)")
_REFERENCE = re.compile(r"[@#?]")
_NAME_ONLY = re.compile(_NAME)
_LINE = re.compile(r"[^\r\n]++")
_IGNORED = re.compile(r"[ \t]*+(?:#|-|$)")


def requirements(text: str) -> Iterator[Declared]:
    """Read a requirements or constraints file. A continuation line never begins with a name."""
    for line in _LINE.finditer(text):
        if item := _line(text, *line.span()):
            yield item


def loose(text: str) -> Iterator[Declared] | None:
    """Read a file that only its content can tell from other templates (``dev.in``)."""
    found = []
    for line in _LINE.finditer(text):
        item = _line(text, *line.span())
        if item:
            found.append(item)
        elif not _IGNORED.match(text, *line.span()):
            return None
    return iter(found) if found else None


def requirement(
    text: str, start: int, end: int, key: str, *, direct: bool | None = True
) -> Declared | None:
    """Read one PEP 508 string, or the older ``name (>=1)``, that fills the span."""
    match = _REQUIREMENT.match(text, start, end)
    if not match:
        return None
    spec = _OPTION.split(match["spec"] or "", maxsplit=1)[0].strip(" \t()")
    version = "" if spec.startswith("@") else spec
    return Declared(*match.span("name"), "pypi", match["name"], version, key, direct)


def _line(text: str, start: int, end: int) -> Declared | None:
    if editable := _EDITABLE.match(text, start, end):
        start = editable.end()
    elif item := requirement(text, start, end, "requirements"):
        return item
    word = _WORD.match(text, start, end)
    return located(text, *word.span("word")) if word else None


def located(text: str, start: int, end: int) -> Declared | None:
    """Name the package behind a URL or path: its egg, its wheel, or else its repository."""
    place = text[start:end]
    egg = place.find("egg=", place.find("#") + 1 or end)
    if egg >= 0:
        return _named(text, start + egg + len("egg="), end)
    scheme = place.find("://")
    begin = place.find("/", scheme + len("://")) if scheme >= 0 else 0
    reference = _REFERENCE.search(place, max(begin, 0))
    path = place[: reference.start()] if reference else place
    name = start + max(path.rfind("/"), path.rfind("\\")) + 1
    stop = start + len(path)
    if path.endswith(".whl"):
        return _named(text, name, max(name, text.find("-", name, stop)))
    if path.endswith(".git") or place.startswith("git+"):
        return _named(text, name, start + len(path.removesuffix(".git")))
    return None


def _named(text: str, start: int, end: int) -> Declared | None:
    match = _NAME_ONLY.match(text, start, end)
    return Declared(*match.span(), "pypi", match[0], "", "requirements") if match else None
