"""PHP: ``composer.json`` and ``composer.lock``."""

from __future__ import annotations

from collections.abc import Iterator

from stackaudit.detect.manifests.declared import Declared
from stackaudit.detect.manifests.jsonscan import Member, scan

_ENTRIES = frozenset({"packages", "packages-dev"})
_SECTIONS = frozenset({"require", "require-dev"})


def composer_json(text: str) -> Iterator[Declared]:
    """Read ``require`` and ``require-dev``."""
    for member in scan(text):
        if member.value is not None and member.parents and member.parents[-1] in _SECTIONS:
            yield _required(member, direct=True)


def composer_lock(text: str) -> Iterator[Declared]:
    """Read entries and what they require."""
    item: Declared | None = None
    for member in scan(text):
        parents = member.parents
        if member.value is None or len(parents) < 2 or parents[0] not in _ENTRIES:
            continue
        if parents[-1] in _SECTIONS:
            yield _required(member, direct=False)
        elif len(parents) == 2 and member.key == "name":
            if item:
                yield item
            name = _unescaped(member.value)
            item = Declared(member.start, member.end, "packagist", name, "", parents[0], None)
        elif len(parents) == 2 and member.key == "version" and item:
            item = item._replace(version=member.value)
    if item:
        yield item


def _required(member: Member, *, direct: bool) -> Declared:
    name = _unescaped(member.key)
    version = member.value or ""
    section = member.parents[-1]
    return Declared(member.key_start, member.key_end, "packagist", name, version, section, direct)


def _unescaped(name: str) -> str:
    """Undo the only escape a name can need: JSON writers may escape the slash."""
    return name.replace("\\/", "/")
