"""Conda environment files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.detect.manifests.declared import Declared
from stackaudit.detect.manifests.pip import located, requirement
from stackaudit.detect.manifests.yamlscan import scalar, scan

_ENVIRONMENT = re.compile(r"^dependencies[ ]*:", re.MULTILINE)
_SPEC = re.compile(r"(?:[\w./-]++::)?(?P<name>[A-Za-z0-9][\w.-]*+)[ ]*+(?P<version>[=<>!~].*+)?")
_FLOW_ITEM = re.compile(r"[^,\[\]\s\"'][^,\[\]\n]*+")


def environment(text: str) -> Iterator[Declared] | None:
    """Read ``dependencies`` and its ``pip`` list; None when the file has no dependency list."""
    return _lines(text) if _ENVIRONMENT.search(text) else None


def _lines(text: str) -> Iterator[Declared]:
    for line in scan(text):
        inside = line.parents[:1] == ["dependencies"]
        if line.key == "dependencies" and not line.parents:
            for flow in _FLOW_ITEM.finditer(text, line.start, line.end):
                yield from _conda(flow.group().rstrip("\"' "), flow.start())
        elif not inside or line.key:
            continue
        elif line.parents[-1] == "pip":
            value, start = scalar(text, line.start, line.end)
            end = start + len(value)
            item = requirement(text, start, end, "dependencies.pip") or located(text, start, end)
            if item:
                yield item
        else:
            yield from _conda(*scalar(text, line.start, line.end))


def _conda(value: str, start: int) -> Iterator[Declared]:
    match = _SPEC.fullmatch(value)
    if match:
        first, last = match.span("name")
        version = match["version"] or ""
        yield Declared(start + first, start + last, "conda", match["name"], version, "dependencies")
