"""What an id says by itself of how it is reached: its form, and the prefix before its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from stackaudit.catalogue import Catalogue
from stackaudit.catalogue.lookup import IdMatch
from stackaudit.detect import FileFacts
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

    def __init__(self, facts: FileFacts, catalogue: Catalogue) -> None:
        """Take in one file and the catalogue that knows prefixes and forms."""
        self._facts = facts
        self._catalogue = catalogue
        self._is_notation = any(self._has_prefix(m) for m in facts.mentions if m.kind == "model")
        rows = catalogue.tables["prefixes"]
        self._gateways = {row["provider"]: row for row in rows if row["route"] == "gateway"}

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
        # openai/gpt-oss-20b is as likely an organisation's weights as a call of its API.
        is_organisation = match is not None and match.org.lower() == row["prefix"]
        if match and is_organisation and not (asked or self._is_called(mention, match, row)):
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

    def _has_prefix(self, mention: Mention) -> bool:
        """Whether an id begins with a route prefix that is neither organisation nor gateway."""
        match = self._catalogue.ids.find(mention.text)
        if match is None or match.prefix < 0:
            return False
        row = self._catalogue.prefix(match.prefix)
        return row["route"] not in ("unknown", "gateway") and match.org.lower() != row["prefix"]

    def _is_called(self, mention: Mention, match: IdMatch, row: Row) -> bool:
        """Whether an organisation before a name is the API it is asked of.

        It is behind a colon, where other ids of the file have such prefixes, and where the
        organisation has no weights of that name.
        """
        if mention.text[len(match.org) :][:1] == ":":
            return True
        if self._is_notation and row.get("host"):
            return True
        if match.family < 0 or self._has_gateway():
            return False
        family = self._catalogue.family(match.family)
        return family["weights"] == "closed" or family["vendor"] != match.org_vendor

    def _has_gateway(self) -> bool:
        """Whether a gateway is named in the file: those write ids as org/name, too."""
        for mention in self._facts.mentions:
            row: Row = {}
            if mention.kind == "endpoint":
                host = self._catalogue.hosts.find(mention.text)
                if host and host.endpoint >= 0:
                    row = self._catalogue.endpoint(host.endpoint)
            elif mention.kind == "credential":
                known = self._catalogue.credential(mention.text) or {}
                row = self._gateways.get(known.get("provider", ""), {})
            elif mention.kind == "model":
                row = self._catalogue.route_prefix(mention.text) or {}
            if row.get("route") == "gateway":
                return True
        return False
