"""Where the client objects of one file call: as they are told, or by default."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any, NamedTuple

from stackaudit.binding.links import Links
from stackaudit.binding.regions import Regions
from stackaudit.binding.services import Services
from stackaudit.catalogue import Catalogue
from stackaudit.catalogue.lookup import IdMatch
from stackaudit.detect.clients import Client
from stackaudit.detect.filefacts import FileFacts
from stackaudit.model import UNKNOWN, Mention, Package, Route
from stackaudit.routes import endpoint_route, hosting, nowhere, own, service_route

Row = Mapping[str, Any]


class Setting(NamedTuple):
    """A variable that says where the clients of an SDK call."""

    key: str
    path: str
    line: int
    endpoint: Mention | None
    """None for a host that the catalogue does not know."""


class Clients:
    """The clients that one file makes, by the scopes they stand for."""

    def __init__(
        self,
        facts: FileFacts,
        catalogue: Catalogue,
        links: Links,
        services: Services,
        regions: Regions,
        defaults: Mapping[str, Setting],
    ) -> None:
        """Take in one file.

        Args:
            facts: What detection found in it.
            catalogue: Knows hosts.
            links: The scopes of the file.
            services: Makes routes of rows.
            regions: Those that the file names.
            defaults: Operator -> where a variable that its SDK reads leads.
        """
        self._facts = facts
        self._catalogue = catalogue
        self._links = links
        self._services = services
        self._regions = regions
        self._own = services.own_hosting
        self._defaults = defaults
        self.by_scope = dict(self._made())

    def _made(self) -> Iterator[tuple[str, Client]]:
        """Clients by their scopes; a class by the first made of it."""
        for client in reversed(self._facts.clients):
            yield f"class:{client.row['name']}", client
        for client in self._facts.clients:
            yield f"call:{client.call}", client
            if client.assigned:
                yield self._links.definite(f"name:{client.assigned}", client.call), client

    def route(
        self, client: Client, mention: Mention, scope: str, match: IdMatch | None
    ) -> Route | None:
        """Where a client calls: by its arguments, a variable, its region or its default.

        Args:
            client: The client.
            mention: The model that it is given.
            scope: How the two hang together, in words.
            match: How the catalogue resolves the model.
        """
        row = client.row
        if row["provider"] == "multi":
            return None
        evidence = f"{row['name']} {scope}"
        if client.redirected:
            return nowhere("observed", f"{evidence}, its base URL is set elsewhere")
        overridden = self.overridden(row, match)
        if overridden:
            return overridden
        if row["route"] == "self-hosted":
            return own(row.get("service", ""), "observed", evidence, self._own)
        if row["route"] == "weights-hub":
            return own(
                "", "inferred", f"weights from {row.get('host', 'a hub')}, {evidence}", self._own
            )
        return self._by_region(row, mention, evidence) or self._by_default(
            row, mention, evidence, match
        )

    def of_package(self, package: Package, told: Container[str]) -> Route | None:
        """Where the clients of a vendor's SDK call by default, when the file makes one so.

        Args:
            package: The SDK.
            told: Scopes whose endpoint is written in the file.
        """
        known = self._catalogue.package(package.ecosystem, package.name) or {}
        for client in self._facts.clients:
            row = client.row
            if row["provider"] != known.get("provider") or client.redirected:
                continue
            if row.get("package") == package.name and row.get("host"):
                name = self._links.definite(f"name:{client.assigned}", client.call)
                if name in told:
                    continue
                host = self._catalogue.hosts.find(row["host"])
                if host:
                    evidence = f"default host of {row['name']}"
                    return endpoint_route(self._catalogue, host, "inferred", evidence, self._own)
        return None

    def _by_region(self, row: Row, mention: Mention, evidence: str) -> Route | None:
        region = self._regions.near(mention)
        country = self._regions.country(row, region)
        if country == UNKNOWN:
            return None
        words = f"{evidence}, region {region}"
        return service_route(self._catalogue, row, hosting(country, region), "observed", words)

    def _by_default(
        self, row: Row, mention: Mention, evidence: str, match: IdMatch | None
    ) -> Route | None:
        host = self._catalogue.hosts.find(row["host"]) if row.get("host") else None
        if host and not self._services.may_serve(row["host"], match):
            return None
        if host:
            words = f"default host of {evidence}"
            return endpoint_route(self._catalogue, host, "inferred", words, self._own)
        where = self._regions.placed(row, mention, self.by_scope)
        return service_route(self._catalogue, row, where, "inferred", evidence)

    def overridden(self, row: Row, match: IdMatch | None) -> Route | None:
        """The host a variable sets instead of an SDK's default, where it can serve the model."""
        setting = self._defaults.get(read_by(row))
        if setting is None:
            return None
        words = f"{setting.key} in {setting.path}:{setting.line}, which {row['name']} reads"
        if setting.endpoint is None:
            return nowhere("inferred", f"{words}, is not in the catalogue")
        if self._services.may_serve(setting.endpoint.text, match):
            return self._services.at_host(setting.endpoint, "inferred", words)
        return None

    def service(
        self, row: Row, mention: Mention, match: IdMatch | None, words: str
    ) -> Route | None:
        """The route of a row that names an operator where no client is made."""
        if not row:
            return None
        where = self._regions.placed(row, mention, self.by_scope)
        return self._services.of_row(row, match, words, where)

    def by_sdk(self, mention: Mention, match: IdMatch | None) -> Route | None:
        """The default host of the only provider SDK that a file uses."""
        hosts = {
            row["host"]: row
            for _, _, _, row in self._facts.imports
            if row["kind"] == "vendor-sdk" and row.get("host")
        }
        if not hosts:
            hosts = {c.row["host"]: c.row for c in self._facts.clients if c.row.get("host")}
        if len(hosts) != 1:
            return None
        row = next(iter(hosts.values()))
        words = f"default host of {row['name']}"
        return self.overridden(row, match) or self.service(
            {"route": "vendor-api", **row}, mention, match, words
        )


def read_by(row: Row) -> str:
    """Whose variables a client reads: its operator's, or those of the software that runs it."""
    if row["provider"] != "self":
        return str(row["provider"])
    return str(row.get("service", "")).lower().partition(" ")[0]
