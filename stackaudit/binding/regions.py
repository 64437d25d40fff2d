"""Where a cloud service runs: by the region beside a model, else of its file or repository."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from stackaudit.binding.links import Links, offset
from stackaudit.catalogue import Catalogue
from stackaudit.detect import FileFacts
from stackaudit.detect.evidence import Client
from stackaudit.model import UNKNOWN, Hosting, Mention
from stackaudit.routes import hosting

Row = Mapping[str, Any]


class Regions:
    """The regions one file names, and those that variables set for it."""

    def __init__(
        self, facts: FileFacts, catalogue: Catalogue, links: Links, around: Set[str]
    ) -> None:
        """Take in one file.

        Args:
            facts: What detection found in it.
            catalogue: Knows the regions of clouds.
            links: Its scopes.
            around: Regions that variables name for all clients of this file.
        """
        self._facts = facts
        self._catalogue = catalogue
        self._links = links
        self._around = set(around)
        self.by_link: dict[str, set[str]] = {}
        for region in facts.regions:
            at = offset(region.links, region.start)
            for link in region.links:
                self.by_link.setdefault(links.definite(link, at), set()).add(region.value)

    def near(self, mention: Mention) -> str:
        """The only region of the nearest scope of a model that has one."""
        for link in self._links.of_model(mention):
            found = self.by_link.get(link, ())
            if len(found) == 1:
                return next(iter(found))
        return ""

    def country(self, row: Row, region: str) -> str:
        """Where a region of a service lies; unknown for one of another cloud."""
        if not region or not row.get("regions"):
            return UNKNOWN
        return self._catalogue.hosts.region_country(row["regions"], region) or UNKNOWN

    def placed(self, row: Row, mention: Mention, clients: Mapping[str, Client]) -> Hosting:
        """Where a service runs that a model is asked of."""
        near = self.near(mention)
        values = {near} if near else self._of_file(row, clients) or self._around
        found = {value for value in values if self.country(row, value) != UNKNOWN}
        if len(found) != 1:
            return Hosting("unknown")
        region = found.pop()
        return hosting(self.country(row, region), region)

    def _of_file(self, row: Row, clients: Mapping[str, Client]) -> set[str]:
        """Regions a file of settings names, or source code gives to clients of an operator."""
        found = set()
        for region in self._facts.regions:
            made = (clients.get(link) for link in region.links)
            is_same = any(c and c.row["provider"] == row["provider"] for c in made)
            if self.country(row, region.value) == UNKNOWN:
                continue
            if is_same or not self._facts.is_code:
                found.add(region.value)
        return found
