"""Who runs a model as settings say: a provider beside it, a section, a command, a variable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from stackaudit.binding.links import kind
from stackaudit.catalogue import Catalogue
from stackaudit.catalogue.places import fold
from stackaudit.detect.filefacts import FileFacts
from stackaudit.detect.operators import Operator

Row = Mapping[str, Any]
#: What names its operator once for all that stands in it.
_RESOURCES = frozenset(["arm", "cloudformation", "kubernetes", "n8n"])
#: Words at the beginning of a variable that are looked at.
_LONGEST = 4
#: The scope of what stands in no block, table or line of a file.
FILE = "file"


class Operators:
    """The operators that one file names."""

    def __init__(self, facts: FileFacts, catalogue: Catalogue) -> None:
        """Take in one file and the catalogue that knows variables and prefixes."""
        self._catalogue = catalogue
        self._by_link: dict[str, dict[str, Operator]] = {}
        self._sections: dict[str, str] = {}
        for operator in facts.operators:
            if operator.words:
                for link in operator.links or (FILE,):
                    self._by_link.setdefault(link, {})[operator.name] = operator
            else:  # a section of settings with a base URL
                for part in operator.name.split("/"):
                    self._sections[part] = operator.links[0]

    def only(self, link: str) -> Operator | None:
        """The only operator named in a scope."""
        named = self._by_link.get(link, {})
        return next(iter(named.values())) if len(named) == 1 else None

    def rows(self, link: str) -> list[Row]:
        """What the catalogue knows of every operator named in a scope."""
        return [operator.row for operator in self._by_link.get(link, {}).values()]

    def around(self, links: Iterable[str]) -> str:
        """The scope that is a value's own, or that of the resource it belongs to."""
        for link in links:
            if kind(link) == "at":
                return link
            if any(row.get("ecosystem") in _RESOURCES for row in self.rows(link)):
                return link
        return ""

    def section(self, operator: Operator) -> str:
        """The base URL in the section of settings that bears an operator's name."""
        return self._sections.get(fold(operator.name), "")

    def of_variable(self, name: str) -> Row:
        """The operator whose model a variable holds; empty where any can be meant."""
        variable = self._catalogue.credential(name) or {}
        if variable.get("kind") != "model":
            return self._of_beginning(name)
        own = self._catalogue.route_prefix(f"{name.partition('_')[0].lower()}/") or {}
        if own.get("provider") == variable["provider"]:
            return own
        return _operated(self._catalogue).get(variable["provider"], {})

    def of_file(self, path: str) -> Row:
        """The software of one's own that a file is named after; empty for other files."""
        name = fold(path.rpartition("/")[2].partition(".")[0])
        rows = (self._catalogue.route_prefix(f"{word}/") or {} for word in name.split("_"))
        return next((r for r in rows if r.get("route") == "self-hosted" and r.get("service")), {})

    def _of_beginning(self, name: str) -> Row:
        """The cloud, or the software of one's own, that a model's variable begins with."""
        if not name.isupper() or self._catalogue.places.of_key(name) != "model":
            return {}
        parts = name.lower().split("_")[:-1][:_LONGEST]
        for count in range(len(parts), 0, -1):
            row = self._catalogue.route_prefix("_".join(parts[:count]) + "/") or {}
            if row.get("route") in ("cloud", "self-hosted"):
                return row
        return {}


@lru_cache(maxsize=4)
def _operated(catalogue: Catalogue) -> Mapping[str, Row]:
    """Operator -> how it is reached when nothing more is said."""
    found: dict[str, Row] = {}
    for row in catalogue.tables["prefixes"]:
        if row["provider"] not in ("multi", "self") and (
            row.get("host") or row["route"] == "cloud"
        ):
            found.setdefault(row["provider"], row)
    return found
