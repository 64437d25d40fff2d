"""Python lock files: uv, PEP 751, Poetry, PDM and Pipenv."""

from __future__ import annotations

from collections.abc import Iterator

from stackaudit.detect.manifests import jsonscan
from stackaudit.detect.manifests.declared import Declared
from stackaudit.detect.manifests.pip import requirement
from stackaudit.detect.manifests.tomlscan import scan

#: Sources of the project itself, not of a package it depends on.
_OWN = frozenset({"editable", "virtual", "directory"})
_UV = frozenset({"package", "packages", "manifest"})
_PIPENV_OTHER = frozenset({"_meta", ""})


def uv_lock(text: str) -> Iterator[Declared]:
    """Read ``uv.lock`` and ``pylock.toml``: entries, requirement lines, the root's metadata.

    Extras that other packages offer are left out.
    """
    item: Declared | None = None
    own = False
    for value in scan(text):
        names = tuple(key.text for key in value.path)
        if value.text is None or names[0] not in _UV:
            continue
        if names[-1] == "name":
            yield from _some(item)
            entry = len(names) == 2
            own = own and not entry
            direct = None if entry else own or names[0] == "manifest"
            if names[1] == "optional-dependencies" and not own:
                item = None
                continue
            item = Declared(
                value.start, value.end, "pypi", value.text, "", ".".join(names[:-1]), direct
            )
        elif names[1:2] == ("source",) and names[-1] in _OWN:
            own = True
            item = None if value.text == "." else item
        elif names[-1] in ("version", "specifier") and item:
            item = item._replace(version=value.text)
    yield from _some(item)


def poetry_lock(text: str) -> Iterator[Declared]:
    """Read ``poetry.lock`` and ``pdm.lock``: entries, what they require, the project's extras."""
    item: Declared | None = None
    for value in scan(text):
        names = tuple(key.text for key in value.path)
        section = ".".join(names[:2])
        if section == "package.name" and value.text is not None:
            yield from _some(item)
            item = Declared(value.start, value.end, "pypi", value.text, "", "package", None)
        elif section == "package.version" and item:
            item = item._replace(version=value.text or "")
        elif section == "package.dependencies" and len(names) > 2:
            key = value.path[2]
            if item is None or item.start != key.start:
                yield from _some(item)
                item = Declared(key.start, key.end, "pypi", key.text, "", section, False)
            if names[3:] in ((), ("version",)) and value.text and not item.version:
                item = item._replace(version=value.text)
        elif value.text is not None and (section == "package.dependencies" or names[0] == "extras"):
            direct = names[0] == "extras"
            yield from _some(requirement(text, value.start, value.end, section, direct=direct))
    yield from _some(item)


def _some(item: Declared | None) -> Iterator[Declared]:
    if item:
        yield item


def pipfile_lock(text: str) -> Iterator[Declared]:
    """Read each category's entries; only packages named in the ``Pipfile`` carry an index."""
    item: Declared | None = None
    for member in jsonscan.scan(text):
        depth = len(member.parents)
        if depth == 1 and member.parents[0] not in _PIPENV_OTHER and member.value is None:
            yield from _some(item)
            item = Declared(
                member.key_start, member.key_end, "pypi", member.key, "", member.parents[0], False
            )
        elif depth == 2 and item and member.key == "version":
            item = item._replace(version=member.value or "")
        elif depth == 2 and item and member.key in ("index", "git", "path"):
            item = item._replace(direct=True)
    yield from _some(item)
