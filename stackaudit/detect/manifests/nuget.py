"""NuGet: project files, central package versions, ``packages.config``, ``packages.lock.json``."""

from __future__ import annotations

from collections.abc import Iterator

from stackaudit.detect.manifests import jsonscan
from stackaudit.detect.manifests.declared import Declared
from stackaudit.detect.manifests.xmlscan import attributes, scan

#: Element (lower case) to the attributes that may carry the name.
_ELEMENTS = {
    "packagereference": ("include", "update"),
    "packageversion": ("include", "update"),
    "globalpackagereference": ("include",),
    "dependency": ("id",),
    "package": ("id",),
}


def project(text: str) -> Iterator[Declared]:
    """Read package elements; the version is an attribute or a child element."""
    item: Declared | None = None
    for element in scan(text):
        if element is None:
            continue
        name = element.name.lower()
        inside = element.parents[-1].lower() if element.parents else ""
        if name == "version" and item and inside in _ELEMENTS:
            item = item._replace(version=element.text)
        elif name in _ELEMENTS:
            if item:
                yield item
            item = _item(text, element.attributes, element.name)
    if item:
        yield item


def _item(text: str, span: tuple[int, int], key: str) -> Declared | None:
    found = attributes(text, span)
    for wanted in _ELEMENTS[key.lower()]:
        if name := found.get(wanted):
            version = found.get("version") or found.get("versionoverride")
            end = name.start + len(name.value)
            return Declared(
                name.start, end, "nuget", name.value, version.value if version else "", key
            )
    return None


def packages_lock(text: str) -> Iterator[Declared]:
    """Read the entries of each framework and what they require."""
    item: Declared | None = None
    for member in jsonscan.scan(text):
        parents = member.parents
        if parents[:1] != ["dependencies"] or member.key_start < 0:
            continue
        if len(parents) == 2 and member.value is None:
            if item:
                yield item
            item = Declared(
                member.key_start, member.key_end, "nuget", member.key, "", "dependencies", False
            )
        elif len(parents) == 3 and item and member.key == "resolved":
            item = item._replace(version=member.value or "")
        elif len(parents) == 3 and item and member.key == "type":
            item = item._replace(direct=member.value in ("Direct", "CentralTransitive"))
        elif len(parents) == 4 and parents[3] == "dependencies" and member.value is not None:
            yield Declared(
                member.key_start,
                member.key_end,
                "nuget",
                member.key,
                member.value,
                "dependencies",
                False,
            )
    if item:
        yield item
