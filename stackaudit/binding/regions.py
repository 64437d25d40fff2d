"""Where a cloud service runs: by the region beside a model, else of its file or repository."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

from stackaudit.binding.links import Links, is_wide, kind, offset
from stackaudit.catalogue import Catalogue
from stackaudit.detect.clients import Client
from stackaudit.detect.filefacts import FileFacts
from stackaudit.model import UNKNOWN, Hosting, Mention
from stackaudit.routes import hosting

Row = Mapping[str, Any]
#: Languages whose files describe one deployment.
_INFRASTRUCTURE = frozenset(["bicep", "env", "hcl"])


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
        models = [m for m in facts.mentions if m.kind == "model"]
        self._is_infrastructure = any(m.detector in _INFRASTRUCTURE for m in models)
        self._roots = {_blocks(m.links)[-1] for m in models if _blocks(m.links)}
        self._asked = {link for mention in models for link in mention.links if kind(link) == "call"}
        self._found: dict[tuple[str, str], set[str]] = {}
        self.by_link: dict[str, set[str]] = {}
        for region in facts.regions:
            at = offset(region.links, region.start)
            for link in self._scopes(region.links):
                self.by_link.setdefault(links.definite(link, at), set()).add(region.value)

    def _scopes(self, links: tuple[str, ...]) -> Iterator[str]:
        """What a region holds for: its block and the one around, but not a whole file of settings.

        The region of a bucket says nothing of a model in another section.
        """
        blocks = _blocks(links)
        inner = blocks[:2] if self._is_infrastructure else blocks[:1]
        inner += [link for link in blocks[1:2] if link not in self._roots]
        prefixes = [link for link in links if kind(link) == "prefix"][:2]
        for link in links:
            if kind(link) == "block" and not self._facts.is_code and link not in inner:
                continue
            if kind(link) == "prefix" and (link not in prefixes or is_wide(link)):
                continue
            yield link

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
        """Regions that infrastructure as code names, or source code sets for all of an operator.

        What a call sets for a model of its own says nothing of other models.
        """
        known = (row["provider"], row.get("regions", ""))
        if known in self._found:
            return self._found[known]
        found = self._found.setdefault(known, set())
        for region in self._facts.regions:
            made = (clients.get(link) for link in region.links)
            is_same = any(c and c.row["provider"] == row["provider"] for c in made)
            is_same = is_same and self._asked.isdisjoint(region.links)
            if self.country(row, region.value) == UNKNOWN:
                continue
            if is_same or self._is_infrastructure:
                found.add(region.value)
        return found


def _blocks(links: tuple[str, ...]) -> list[str]:
    return [link for link in links if kind(link) == "block"]
