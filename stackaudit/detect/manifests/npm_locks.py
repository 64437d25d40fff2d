"""npm, Yarn, pnpm and Bun lock files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.detect.manifests import jsonscan, yamlscan
from stackaudit.detect.manifests.declared import Declared
from stackaudit.detect.manifests.npm import SECTIONS, named, split

_MODULES = "node_modules/"
#: Lock files of npm 6 and older list what an entry needs under ``requires``.
_REQUIRES = SECTIONS | {"requires"}
_YARN = re.compile(
    r"""\n(?:"?(?P<entry>(?!__metadata)[^\s"\#,](?:[^"\n,:]|:(?!\s))*+)"?(?:,[^\n]*)?:(?=\s)
         | [ ]{2}version:?[ ]"?(?P<version>[^\s"]++)
         | [ ]{2}(?P<section>[A-Za-z]++):(?=\s)
         | [ ]{4}"?(?P<name>[^\s":]++)"?:?[ ]"?(?P<spec>[^"\n]*+))""",
    re.VERBOSE,
)
_ALIAS = re.compile(r"@npm:(?P<name>@?[A-Za-z][^@\s]*+)@")
_PNPM_KEY = re.compile(r"/?(?P<name>(?:@[^/@\s]++/)?[^/@\s(]++)[@/](?P<version>[^\s(_]*+)")


def package_lock(text: str) -> Iterator[Declared]:
    """Read npm's ``packages`` (version 2, 3) and ``dependencies`` trees (version 1, 2)."""
    entry: Declared | None = None
    for member in jsonscan.scan(text):
        parents = member.parents
        if not parents or member.key_start < 0:
            continue
        if entry and member.key == "version":
            yield entry._replace(version=member.value or "")
            entry = None
        elif member.value is None and parents == ["packages"] and _MODULES in member.key:
            if entry:
                yield entry
            name = member.key[member.key.rfind(_MODULES) + len(_MODULES) :]
            start = member.key_end - len(name)
            entry = Declared(start, member.key_end, "npm", name, "", "packages", None)
        elif parents[-1] in _REQUIRES:
            if member.value is not None:
                yield named(member, parents[-1], direct=parents[:2] == ["packages", ""])
            elif parents[0] == "dependencies":
                if entry:
                    yield entry
                entry = named(member, "dependencies", direct=None)
    if entry:
        yield entry


def yarn_lock(text: str) -> Iterator[Declared]:
    """Read entries and requirement lines of Yarn 1 and of later versions."""
    entry: Declared | None = None
    section = ""
    direct = False
    for match in _YARN.finditer("\n" + text):
        group = match.lastgroup
        if group == "entry":
            if entry:
                yield entry
            section = ""
            direct = "@workspace:" in match[0]
            entry = None if direct else _yarn_entry(match)
        elif group == "version" and entry:
            yield entry._replace(version=match["version"])
            entry = None
        elif group == "section":
            section = match["section"]
        elif group == "spec" and section in SECTIONS:
            start, end = match.span("name")
            version = match["spec"].removeprefix("npm:")
            yield Declared(start - 1, end - 1, "npm", match["name"], version, section, direct)
    if entry:
        yield entry


def _yarn_entry(match: re.Match[str]) -> Declared:
    start = match.start("entry") - 1
    name, _ = split(match["entry"])
    if alias := _ALIAS.search(match["entry"]):
        start, name = start + alias.start("name"), alias["name"]
    return Declared(start, start + len(name), "npm", name, "", "entry", None)


def pnpm_lock(text: str) -> Iterator[Declared]:
    """Read the importers' requirements, ``packages``, ``snapshots`` and what those require."""
    item: Declared | None = None
    for line in yamlscan.scan(text):
        parents = line.parents
        if not parents or not line.key:
            continue
        if item and line.key in ("version", "specifier"):
            item = item._replace(version=item.version or _value(text, line))
            continue
        if item:
            yield item
            item = None
        section = parents[-1]
        packages = parents[0] in ("packages", "snapshots")
        if packages and len(parents) == 1:
            item = _pnpm_entry(line)
        elif section in SECTIONS or (section in ("specifiers", "overrides") and not packages):
            item = _pnpm_line(text, line, section, direct=not packages)
        elif parents[0] == "catalogs" and len(parents) == 2:
            item = _pnpm_line(text, line, "catalogs", direct=True)
    if item:
        yield item


def _pnpm_line(text: str, line: yamlscan.Line, section: str, *, direct: bool) -> Declared:
    start = line.key_start
    version = _value(text, line)
    return Declared(start, start + len(line.key), "npm", line.key, version, section, direct)


def _value(text: str, line: yamlscan.Line) -> str:
    """The version without the peers it was resolved with: ``1.0(x@2)``, ``1.0_x@2``."""
    value = text[line.start : line.end].partition("(")[0].partition("_")[0]
    return value.strip("\"' ")


def _pnpm_entry(line: yamlscan.Line) -> Declared | None:
    match = _PNPM_KEY.match(line.key)
    if not match:
        return None
    start, end = (line.key_start + offset for offset in match.span("name"))
    return Declared(start, end, "npm", match["name"], match["version"], "packages", None)


def bun_lock(text: str) -> Iterator[Declared]:
    """Read the workspaces' requirements, ``packages`` and what those require."""
    for member in jsonscan.scan(text):
        parents = member.parents
        if not parents:
            continue
        if parents[0] == "packages" and len(parents) == 2 and member.key_start < 0:
            name, version = split(member.value or "")
            if version and not version.startswith("workspace:"):
                yield Declared(
                    member.start, member.start + len(name), "npm", name, version, "packages", None
                )
        elif member.key and member.value is not None and parents[-1] in SECTIONS:
            yield named(member, parents[-1], direct=parents[0] != "packages")
        elif parents[0] in ("catalog", "overrides") and member.value is not None:
            yield named(member, parents[0])
