"""What an id says by itself of how it is reached: its form, and the prefix before its name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from stackaudit.catalogue import Catalogue
from stackaudit.catalogue.lookup import IdMatch
from stackaudit.detect.filefacts import FileFacts
from stackaudit.model import Hosting, Mention
from stackaudit.routes import hosting

Row = Mapping[str, Any]


class Said(NamedTuple):
    """An operator that an id names."""

    row: Row
    words: str
    where: Hosting | None = None
    """The place, where the id names one."""


class Prefixes:
    """Reads ids as the other ids, hosts and keys of their file have them read."""

    def __init__(self, facts: FileFacts, catalogue: Catalogue, path: str) -> None:
        """Take in one file, its path, and the catalogue that knows prefixes and forms."""
        self._catalogue = catalogue
        self._is_notation = any(self._tells(m) for m in facts.mentions if m.kind == "model")
        asking = _asking(catalogue)
        self._is_sure = (
            self._is_notation
            or catalogue.places.is_tool_file(path)
            or any(_asks(client.row) for client in facts.clients)
            or any(row["name"] in asking for _, _, _, row in facts.imports)
        )

    def read(self, mention: Mention, match: IdMatch | None, *, asked: bool) -> Said | None:
        """The operator an id names.

        Args:
            mention: The id.
            match: How the catalogue resolves it.
            asked: Whether a client is told its operator by the id.
        """
        formed = self._form(mention, match)
        if formed:
            row, part = formed
            return Said(row, "the form of the id", self._place(row, part) if part else None)
        row = self._prefix(mention, match)
        if row.get("route", "unknown") == "unknown":
            return None
        # maker/its-model is asked of its developer, or of a gateway that names him so;
        # org/name-20b may even be weights.
        is_sure = asked or self._is_sure or ":" in mention.text.partition("/")[0]
        is_organisation = match is not None and match.org.lower() == row["prefix"]
        if not is_sure and (self._is_developer(row) or is_organisation):
            return None
        if is_organisation and not (asked or row.get("host") or ":" in mention.text):
            return None
        return Said(row, f"the prefix {row['prefix']}")

    def profile(self, mention: Mention, match: IdMatch | None) -> Said | None:
        """The place an id spans when it names a profile: more than the region that is called."""
        formed = self._form(mention, match)
        if not formed or not formed[1] or not formed[0].get("profile"):
            return None
        row, part = formed
        return Said(row, f"profile {part} of the id", self._place(row, part))

    def _place(self, row: Row, part: str) -> Hosting:
        table = row.get("region") or row.get("profile", "")
        return hosting(self._catalogue.hosts.region_country(table, part), part)

    def _prefix(self, mention: Mention, match: IdMatch | None) -> Row:
        if match is None:
            return self._catalogue.route_prefix(mention.text) or {}
        return self._catalogue.prefix(match.prefix) if match.prefix >= 0 else {}

    def _form(self, mention: Mention, match: IdMatch | None) -> tuple[Row, str] | None:
        """What the form of an id says, with or without a route prefix before it."""
        head, _, rest = mention.text.partition("/")
        prefix = self._prefix(mention, match)
        if rest and prefix.get("prefix") == head.lower():
            formed = self._catalogue.form(rest)
            if formed and formed[0].get("profile") and formed[1]:
                return formed
        return self._catalogue.form(mention.text)

    def _is_developer(self, row: Row) -> bool:
        """Whether a prefix is the name of a developer, as gateways and hubs write it, too."""
        return row["route"] == "vendor-api" and row["prefix"] in _developers(self._catalogue)

    def _tells(self, mention: Mention) -> bool:
        """Whether an id begins with what is nothing but a route prefix: the file writes such."""
        match = self._catalogue.ids.find(mention.text)
        if match is None or match.prefix < 0:
            return False
        row = self._catalogue.prefix(match.prefix)
        is_route = row["route"] not in ("unknown", "gateway") and not self._is_developer(row)
        return is_route and match.org.lower() != row["prefix"]


@lru_cache(maxsize=4)
def _developers(catalogue: Catalogue) -> frozenset[str]:
    return frozenset(family["vendor"] for family in catalogue.tables["families"])


@lru_cache(maxsize=4)
def _asking(catalogue: Catalogue) -> frozenset[str]:
    """Packages with such clients."""
    return frozenset(row.get("package", "") for row in catalogue.tables["clients"] if _asks(row))


def _asks(client: Row) -> bool:
    """Whether a client is told its operator by the id."""
    return bool(client["provider"] == "multi")
