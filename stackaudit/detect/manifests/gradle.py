"""Gradle: build scripts, version catalogues and ``gradle.lockfile``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.detect.manifests.declared import Declared
from stackaudit.detect.manifests.tomlscan import Value, scan

_PART = r"[A-Za-z0-9][\w.-]*+"
_COORDINATES = re.compile(rf"(?P<name>{_PART}:{_PART})(?::(?P<version>[^:@\s]*+)[^\s]*+)?")
#: Comments, or a string with the word and the arguments before it on its line.
_TOKEN = re.compile(
    r"""//[^\n]*+ | /\*(?s:.*?)(?:\*/|\Z)
      | (?P<word>[A-Za-z_]\w*+)
      | "(?P<double>[^"\\\n]*+(?:\\.[^"\\\n]*+)*+)"?+
      | '(?P<single>[^'\\\n]*+(?:\\.[^'\\\n]*+)*+)'?+
      | (?P<line>\n)""",
    re.VERBOSE,
)
_LOCKED = re.compile(
    rf"^(?P<name>{_PART}:{_PART}):(?P<version>[^=\s]++)=(?P<key>[^\n\r]*+)", re.MULTILINE
)
_NAMED = ("group", "name", "version")


def build(text: str) -> Iterator[Declared]:
    """Read ``group:artifact:version`` strings and ``group: ..., name: ..., version: ...``."""
    first = last = ""
    parts: dict[str, tuple[str, int]] = {}
    for token in _TOKEN.finditer(text):
        group = token.lastgroup
        if group in ("line", "word"):
            if group == "line":
                yield from _parts(parts, first)
                first, parts = "", {}
            last = token[0].strip()
            first = first or last
        elif group:
            value, start = token[group], token.start(group)
            match = _COORDINATES.fullmatch(value)
            if match:
                end = start + len(match["name"])
                yield Declared(start, end, "maven", match["name"], match["version"] or "", first)
            elif last in _NAMED:
                parts[last] = (value, start)
    yield from _parts(parts, first)


def _parts(parts: dict[str, tuple[str, int]], key: str) -> Iterator[Declared]:
    """Join named arguments; the artifact's place stands for the whole."""
    if "group" in parts and "name" in parts:
        name, start = parts["name"]
        version = parts["version"][0] if "version" in parts else ""
        full = f"{parts['group'][0]}:{name}"
        yield Declared(start, start + len(name), "maven", full, version, key)


def catalogue(text: str) -> Iterator[Declared]:
    """Read ``[libraries]`` in its three notations, with the versions they refer to."""
    versions = {
        value.path[1].text: value.text
        for value in scan(text)
        if len(value.path) == 2 and value.path[0].text == "versions" and value.text is not None
    }
    fields: dict[str, Value] = {}
    alias = -1
    for value in scan(text):
        if len(value.path) < 2 or value.path[0].text != "libraries":
            continue
        if value.path[1].start != alias:
            yield from _library(fields, versions)
            fields, alias = {}, value.path[1].start
        if value.text is not None:
            fields[".".join(key.text for key in value.path[2:])] = value
    yield from _library(fields, versions)


def _library(fields: dict[str, Value], versions: dict[str, str]) -> Iterator[Declared]:
    version = fields["version"].text if "version" in fields else ""
    if "version.ref" in fields:
        version = versions.get(fields["version.ref"].text or "", "")
    module = fields.get("module") or fields.get("")
    if module and (match := _COORDINATES.fullmatch(module.text or "")):
        end = module.start + len(match["name"])
        found = match["version"] or version or ""
        yield Declared(module.start, end, "maven", match["name"], found, "libraries")
    elif "group" in fields and "name" in fields:
        name = fields["name"]
        full = f"{fields['group'].text}:{name.text}"
        yield Declared(name.start, name.end, "maven", full, version or "", "libraries")


def lockfile(text: str) -> Iterator[Declared]:
    """Read every line; the file does not tell direct from transitive packages."""
    for match in _LOCKED.finditer(text):
        yield Declared(
            *match.span("name"), "maven", match["name"], match["version"], match["key"], False
        )
