"""``package.json`` and ``pnpm-workspace.yaml``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.detect.manifests import yamlscan
from stackaudit.detect.manifests.declared import Declared
from stackaudit.detect.manifests.jsonscan import Member, scan

#: Objects whose members are packages.
SECTIONS = frozenset(
    {"dependencies", "devDependencies", "peerDependencies", "optionalDependencies"}
)
_LISTS = frozenset({"bundleDependencies", "bundledDependencies"})
#: Sections whose keys are patterns: ``**/name``, ``parent>name``, ``name@^1``, nested objects.
_OVERRIDES = frozenset({"overrides", "resolutions"})
_OVERRIDDEN = re.compile(r"(?:^|[/>])(?P<name>(?:@[\w.-]++/)?[\w.-]++)(?:@[^/]*+)?$")
_MAX_KEY = 500
_ALIAS = "npm:"


def package_json(text: str) -> Iterator[Declared]:
    """Read the dependency sections, overrides, resolutions and workspace catalogues."""
    for member in scan(text):
        section = member.parents[-1] if member.parents else ""
        if section in SECTIONS or section == "catalog" or member.parents[-2:-1] == ["catalogs"]:
            if member.value is not None and member.key:
                yield named(member, section)
        elif section in _LISTS and member.value is not None:
            yield Declared(member.start, member.end, "npm", member.value, "", section)
        elif member.key and not _OVERRIDES.isdisjoint(member.parents[:4]):
            yield from _override(member)


def named(member: Member, key: str, *, direct: bool | None = True) -> Declared:
    """Read one ``"name": "version"``, or the real name behind ``"alias": "npm:name@version"``."""
    version = member.value or ""
    if not version.startswith(_ALIAS):
        return Declared(member.key_start, member.key_end, "npm", member.key, version, key, direct)
    start = member.start + len(_ALIAS)
    name, version = split(version[len(_ALIAS) :])
    return Declared(start, start + len(name), "npm", name, version, key, direct)


def split(text: str) -> tuple[str, str]:
    """Cut ``@scope/name@version`` at the second ``@``."""
    cut = text.find("@", 1)
    return (text, "") if cut < 0 else (text[:cut], text[cut + 1 :])


def _override(member: Member) -> Iterator[Declared]:
    if (member.value or "").startswith(_ALIAS):
        yield named(member, "overrides")
    elif match := _OVERRIDDEN.search(member.key[-_MAX_KEY:]):
        end = member.key_end - len(member.key[-_MAX_KEY:]) + match.end("name")
        start = end - len(match["name"])
        yield Declared(start, end, "npm", match["name"], member.value or "", "overrides")


def pnpm_workspace(text: str) -> Iterator[Declared]:
    """Read ``catalog``, ``catalogs`` and ``overrides``."""
    for line in yamlscan.scan(text):
        parents = line.parents
        flat = len(parents) == 1 and parents[0] in ("catalog", "overrides")
        if line.key and (flat or (len(parents) == 2 and parents[0] == "catalogs")):
            version = yamlscan.scalar(text, line.start, line.end)[0]
            end = line.key_start + len(line.key)
            yield Declared(line.key_start, end, "npm", line.key, version, parents[0])
