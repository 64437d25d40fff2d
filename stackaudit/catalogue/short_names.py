"""Names that say a model only beside its library: sizes and codes such as ``base`` or ``B/32``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from stackaudit.catalogue.places import fold

_LONGEST = 40
#: The nearest names that hold a model rather than something about it.
_NAMING = re.compile(r"(?:.*_)?(?:models?|checkpoint|variant)(?:_.*)?|size|name|default|choices")


class ShortNames:
    """Which short names mean what, and what must be said around them."""

    def __init__(self, families: Iterable[Mapping[str, Any]]) -> None:
        self._rows: dict[str, list[tuple[str, frozenset[str], frozenset[str]]]] = {}
        self._quoted: list[tuple[frozenset[str], re.Pattern[str]]] = []
        for family in families:
            row = family.get("short_names")
            if not row:
                continue
            words, packages = frozenset(row.get("words", ())), frozenset(row.get("packages", ()))
            names = "|".join(map(re.escape, row["names"]))
            self._quoted.append((packages, re.compile(rf"""["'`](?P<name>{names})["'`]""")))
            for short, full in row["names"].items():
                self._rows.setdefault(short.lower(), []).append((full, words, packages))

    def offsets(self, text: str, imported: Set[str]) -> Iterator[int]:
        """Where short names stand in code that imports what they belong to."""
        for packages, quoted in self._quoted:
            if not packages.isdisjoint(imported):
                yield from (found.start("name") for found in quoted.finditer(text))

    def find(self, text: str, keys: Sequence[str], imported: Set[str], expected: str) -> str:
        """The full name that is meant; empty where nothing around a value tells.

        Args:
            text: A whole value.
            keys: The names around it, outermost first.
            imported: Packages the file imports.
            expected: The name that expects a model; empty where none does.
        """
        rows = self._rows.get(text.lower()) if len(text) <= _LONGEST else None
        if not rows or not keys:
            return ""
        around = frozenset(word for key in keys for word in re.split(r"\W+|_", fold(key)))
        nearest = re.split(r"\W+", fold(keys[-1]))[-1]
        holds = expected == keys[-1] or _NAMING.fullmatch(nearest) is not None
        for full, words, packages in rows:
            own = not words.isdisjoint(nearest.split("_")) or _is_called(keys[-1], words)
            if (holds or own) and not words.isdisjoint(around):
                return full
            if holds and expected and not packages.isdisjoint(imported):
                return full
        return ""


def _is_called(callee: str, words: Set[str]) -> bool:
    """Whether something is called on a library of one of these names."""
    head, dot, _ = callee.partition(".")
    return bool(dot) and fold(head) in words
