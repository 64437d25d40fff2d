"""Maven: ``pom.xml``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.detect.manifests.declared import Declared
from stackaudit.detect.manifests.xmlscan import Element, scan

_PROPERTY = re.compile(r"\$\{([^}]{1,200})\}")
_FIELDS = frozenset({"groupId", "artifactId", "version", "scope"})


def pom(text: str) -> Iterator[Declared]:
    """Read every ``dependency``, at its ``artifactId``; properties of the file are filled in."""
    properties = _properties(text)
    fields: dict[str, Element] | None = None
    depth = 0
    for element in scan(text):
        if element is None:
            continue
        parent = element.parents[-1] if element.parents else ""
        if element.name == "dependency":
            yield from _dependency(fields, properties)
            fields, depth = {}, len(element.parents)
        elif fields is not None and parent == "dependency" and element.name in _FIELDS:
            fields[element.name] = element
        elif len(element.parents) <= depth:
            yield from _dependency(fields, properties)
            fields = None
    yield from _dependency(fields, properties)


def _dependency(
    fields: dict[str, Element] | None, properties: dict[str, str]
) -> Iterator[Declared]:
    if not fields or "artifactId" not in fields or "groupId" not in fields:
        return
    artifact = fields["artifactId"]
    group = _fill(fields["groupId"].text, properties)
    version = _fill(fields["version"].text, properties) if "version" in fields else ""
    yield Declared(
        artifact.start,
        artifact.start + len(artifact.text),
        "maven",
        f"{group}:{_fill(artifact.text, properties)}",
        version,
        "dependencies",
    )


def _fill(value: str, properties: dict[str, str]) -> str:
    return _PROPERTY.sub(lambda match: properties.get(match[1], match[0]), value)


def _properties(text: str) -> dict[str, str]:
    """Read ``<properties>`` and the project's own coordinates."""
    found: dict[str, str] = {}
    for element in scan(text):
        if element is None or not element.text:
            continue
        if element.parents == ["project", "properties"]:
            found[element.name] = element.text
        elif element.name in _FIELDS and element.parents in (["project"], ["project", "parent"]):
            prefix = ".".join(element.parents)
            found[f"{prefix}.{element.name}"] = element.text
            if element.name != "artifactId":
                found.setdefault(f"project.{element.name}", element.text)
    return found
