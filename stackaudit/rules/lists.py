"""Named lists of countries and vendors that rules refer to as ``@name``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from stackaudit.model import NamedList
from stackaudit.rules.checker import Checker
from stackaudit.rules.document import Node
from stackaudit.rules.sources import read_source

_FIELDS = ("id", "title", "code", "values", "note", "sources")


@dataclass(frozen=True, slots=True)
class Lists:
    """All named lists, and the codes that stand for several countries."""

    lists: Mapping[str, NamedList] = field(default_factory=dict)

    @property
    def regions(self) -> dict[str, frozenset[str]]:
        """Code to members."""
        return {row.code: frozenset(row.values) for row in self.lists.values() if row.code}

    def expand(self, values: Iterable[str]) -> tuple[str, ...]:
        """``@name`` and region codes replaced by their members; the code itself comes first."""
        by_code = {row.code: row for row in self.lists.values() if row.code}
        out: list[str] = []
        for value in values:
            row = self.lists.get(value[1:]) if value.startswith("@") else by_code.get(value)
            if row is None:
                out.append(value)
                continue
            members = [row.code, *row.values] if row.code else row.values
            out += members if row.code else self.expand(members)
        return tuple(dict.fromkeys(out))


def read_lists(checker: Checker, top: Node) -> Lists:
    """The lists of ``lists.yaml``; faults go to ``checker``."""
    entries = checker.entries(top, "the file", ("lists",), ("lists",))
    found: dict[str, NamedList] = {}
    for node in checker.items(entries.get("lists"), "lists"):
        row = _read_list(checker, node)
        if row.id in found:
            checker.fail(node, f"list '{row.id}' stands twice; rename one")
        elif row.id:
            found[row.id] = row
    return Lists(found)


def _read_list(checker: Checker, node: Node) -> NamedList:
    rows = checker.entries(node, "a list", _FIELDS, ("id", "title", "values", "sources"))
    name = checker.text(rows.get("id"), "id")
    values = checker.values(rows["values"], "values") if "values" in rows else []
    return NamedList(
        name,
        checker.text(rows.get("title"), "title"),
        tuple(value.text for value in values),
        checker.text(rows.get("code"), "code"),
        checker.text(rows.get("note"), "note"),
        tuple(read_source(checker, item) for item in checker.items(rows.get("sources"), "sources")),
    )
