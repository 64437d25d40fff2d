"""Which endpoint a model is sent to: the nearest true evidence decides, and is kept.

Order: an endpoint or client in the same call, on the same object or in the same block; the
form of the id; the only endpoint of the file; the only provider SDK of the file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from stackaudit.catalogue import Catalogue
from stackaudit.catalogue.lookup import IdMatch
from stackaudit.detect import FileFacts
from stackaudit.model import (
    UNKNOWN,
    Basis,
    Hosting,
    Mention,
    Package,
    Route,
)
from stackaudit.routes import endpoint_route, hosting, nowhere, own, service_route

_SPOKEN = {"call": "in the same call", "name": "on the same object", "block": "in the same block"}


class Bound(NamedTuple):
    """A mention and how what it names is reached."""

    mention: Mention
    route: Route | None


def bind(
    facts: FileFacts,
    catalogue: Catalogue,
    own_hosting: str = UNKNOWN,
    scopes: Scopes | None = None,
) -> Iterator[Bound]:
    """Bind every mention of one file.

    Args:
        facts: What detection found in the file.
        catalogue: Knows hosts, clients and id forms.
        own_hosting: Country where the user runs weights, as declared.
        scopes: What else of the repository tells; by default nothing does.
    """
    scopes = scopes or Scopes(facts, catalogue, own_hosting)
    for mention in facts.mentions:
        if mention.kind in ("model", "weights"):
            bindable = mention.usage not in ("doc", "comment")
            yield Bound(mention, scopes.route(mention) if bindable else None)
        elif mention.kind == "endpoint":
            host = catalogue.hosts.find(mention.text)
            route = (
                endpoint_route(catalogue, host, "observed", "written in the code") if host else None
            )
            yield Bound(mention, route)
        elif mention.detector == "import" and mention.package:
            yield Bound(mention, scopes.of_package(mention.package))
        else:
            yield Bound(mention, None)


class _Objects:
    """Tells apart objects of one name: the last one made before a place is meant there."""

    def __init__(self, facts: FileFacts, endpoints: list[Mention]) -> None:
        made: dict[str, set[int]] = {}
        for mention in endpoints:
            for link in mention.provides:
                made.setdefault(link, set()).add(_offset(mention.links))
        for client in facts.clients:
            made.setdefault(f"name:{client.assigned}", set()).add(client.call)
        for entry in facts.base_urls:
            made.setdefault(f"name:{entry.assigned}", set()).add(_offset(entry.links, entry.start))
        self._made = {name: sorted(offsets) for name, offsets in made.items()}

    def definite(self, link: str, at: int) -> str:
        """A ``name:`` link with the offset where its object was made; other links as they are."""
        made = self._made.get(link)
        if not made:
            return link
        return f"{link}#{made[max(0, bisect_right(made, at) - 1)]}"


class Scopes:
    """Everything in a file that can say where a model goes, by scope."""

    def __init__(
        self,
        facts: FileFacts,
        catalogue: Catalogue,
        own_hosting: str,
        hosts: Sequence[Mention] = (),
        defaults: Mapping[str, Mention] | None = None,
    ) -> None:
        """Take in one file.

        Args:
            facts: What detection found in it.
            catalogue: Knows hosts, clients and id forms.
            own_hosting: Country where the user runs weights, as declared.
            hosts: Endpoints that other files set for places of this one.
            defaults: Provider -> the endpoint a variable that its SDK reads is set to.
        """
        self._defaults = defaults or {}
        self._told = {id(mention) for mention in hosts}
        self._catalogue = catalogue
        self._own = own_hosting
        self._facts = facts
        self._endpoints: dict[str, list[Mention]] = {}
        live = [m for m in facts.mentions if m.kind == "endpoint" and m.usage != "comment"]
        live += hosts
        self._objects = _Objects(facts, live)
        for mention in live:
            at = _offset(mention.links)
            provided = [self._objects.definite(link, at) for link in mention.provides]
            for link in (*mention.links, *provided):
                self._endpoints.setdefault(link, []).append(mention)
        self._file_endpoints = live
        self._unknown_hosts = {link for entry in facts.base_urls for link in entry.links[:1]}
        self._unknown_hosts |= {
            self._objects.definite(f"name:{entry.assigned}", _offset(entry.links, entry.start))
            for entry in facts.base_urls
            if entry.assigned
        }
        self._runtimes = {
            mention.links[0]: mention.text
            for mention in facts.mentions
            if mention.links and _is_runtime(mention, catalogue)
        }
        self._clients: dict[str, Any] = {}
        for client in facts.clients:
            self._clients[f"call:{client.call}"] = client
            if client.assigned:
                name = self._objects.definite(f"name:{client.assigned}", client.call)
                self._clients[name] = client
            self._clients.setdefault(f"class:{client.row['name']}", client)
        self._regions = {link: r.value for r in facts.regions for link in r.links}

    def route(self, mention: Mention) -> Route:
        """How a model of this file is reached; the nearest evidence decides."""
        match = self._catalogue.ids.find(mention.text)
        return (
            self._near(mention, match)
            or self._by_command(mention)
            or self._by_form(mention, match)
            or self._by_file(mention, match)
            or nowhere("inferred", "nothing in the file says")
        )

    def of_package(self, package: Package) -> Route | None:
        """Where the clients of a vendor's SDK call by default, when the file makes one so."""
        known = self._catalogue.package(package.ecosystem, package.name) or {}
        for client in self._facts.clients:
            row = client.row
            if row["provider"] != known.get("provider") or client.redirected:
                continue
            if row.get("package") == package.name and row.get("host"):
                name = self._objects.definite(f"name:{client.assigned}", client.call)
                if name in self._endpoints:
                    continue
                host = self._catalogue.hosts.find(row["host"])
                if host:
                    evidence = f"default host of {row['name']}"
                    return endpoint_route(self._catalogue, host, "inferred", evidence, self._own)
        return None

    def _near(self, mention: Mention, match: IdMatch | None) -> Route | None:
        at = _offset(mention.links)
        links = [self._objects.definite(link, at) for link in mention.links]
        # A host set on the object outweighs what the call itself would default to.
        for link in links:
            if link.startswith(("call:", "name:")):
                route = self._by_endpoint(link, self._endpoints.get(link, []), match)
                if route:
                    return route
        blocks = 0
        for link in links:
            kind = link.partition(":")[0]
            blocks += kind == "block"
            found = self._endpoints.get(link, [])
            if kind == "block" and blocks > 2:
                # Siblings share the outer blocks of a file; a host right in one serves all of it.
                found = [m for m in found if _block(m) == link]
            if (kind == "block" and blocks > 2 and not found) or _is_wide(link):
                continue
            route = self._by_endpoint(link, found, match) or self._by_scope(link, mention, match)
            if route:
                return route
        return None

    def _by_endpoint(self, link: str, found: list[Mention], match: IdMatch | None) -> Route | None:
        if len({m.text for m in found}) != 1:
            return None
        kind, endpoint = link.partition(":")[0], found[0]
        if not self._may_serve(endpoint, match):
            if kind not in ("call", "name"):
                return None
            if endpoint.local:
                proxy = f"{endpoint.text} {_spoken(link)} forwards it; to whom is not visible"
                return nowhere("observed", proxy)
        key = f"{endpoint.key} in " if id(endpoint) in self._told else ""
        evidence = f"{endpoint.text} {_spoken(link)}, {key}{endpoint.path}:{endpoint.line}"
        return self._endpoint(endpoint, "observed", evidence)

    def _by_scope(self, link: str, mention: Mention, match: IdMatch | None) -> Route | None:
        if link in self._runtimes:
            image = self._runtimes[link]
            return own(image, "observed", f"image {image} {_spoken(link)}", self._own)
        if link in self._unknown_hosts:
            return nowhere("observed", f"base URL {_spoken(link)} is not in the catalogue")
        client = self._clients.get(link)
        return self._client(client, mention, _spoken(link), match) if client else None

    def _may_serve(self, endpoint: Mention, match: IdMatch | None) -> bool:
        """Whether an operator can be expected to serve a model.

        Not somebody else's closed model, nor any other at a host where a developer serves its own.
        """
        host = self._catalogue.hosts.find(endpoint.text)
        if match is None or match.family < 0 or host is None:
            return True
        family = self._catalogue.family(match.family)
        if host.country == "local":
            return bool(family["weights"] != "closed")
        row = self._catalogue.endpoint(host.endpoint)
        if row["route"] != "vendor-api" or row["provider"] == family["vendor"]:
            return True
        return family["weights"] == "open" and row["provider"] not in self._catalogue.makers

    def _endpoint(self, mention: Mention, basis: Basis, evidence: str) -> Route | None:
        host = self._catalogue.hosts.find(mention.text)
        return endpoint_route(self._catalogue, host, basis, evidence, self._own) if host else None

    def _client(
        self, client: Any, mention: Mention, scope: str, match: IdMatch | None
    ) -> Route | None:
        row = client.row
        if row["provider"] == "multi":
            return None
        evidence = f"{row['name']} {scope}"
        if client.redirected:
            return nowhere("observed", f"{evidence}, its base URL is set elsewhere")
        if row["route"] == "self-hosted":
            return own(row.get("service", ""), "observed", evidence, self._own)
        region = self._region(mention)
        if region and row.get("regions"):
            country = self._catalogue.hosts.region_country(row["regions"], region)
            return service_route(
                self._catalogue,
                row,
                hosting(country, region),
                "observed",
                f"{evidence}, region {region}",
            )
        overridden = self._overridden(row, mention, match)
        if overridden:
            return overridden
        host = self._catalogue.hosts.find(row["host"]) if row.get("host") else None
        if host and not self._may_serve(replace(mention, text=row["host"]), match):
            return nowhere("inferred", f"default host of {evidence} does not serve it")
        if host:
            return endpoint_route(
                self._catalogue, host, "inferred", f"default host of {evidence}", self._own
            )
        return service_route(self._catalogue, row, Hosting("unknown"), "inferred", evidence)

    def _overridden(
        self, row: Mapping[str, Any], mention: Mention, match: IdMatch | None
    ) -> Route | None:
        """The host a variable sets instead of an SDK's default, where it can serve the model."""
        setting = self._defaults.get(row["provider"]) if row.get("host") else None
        if setting is None or not self._may_serve(setting, match):
            return None
        evidence = f"{setting.key} in {setting.path}:{setting.line}, which {row['name']} reads"
        return self._endpoint(setting, "inferred", evidence)

    def _region(self, mention: Mention) -> str:
        for link in mention.links:
            if link in self._regions:
                return self._regions[link]
        return ""

    def _by_command(self, mention: Mention) -> Route | None:
        runner = self._catalogue.places.runner(mention.key)
        if runner is not None:
            return own(runner, "observed", mention.key, self._own)
        ending = self._catalogue.places.weight_endings
        if mention.kind == "weights" or mention.text.lower().endswith(ending):
            return own("", "inferred", "a weights file", self._own)
        return None

    def _by_form(self, mention: Mention, match: IdMatch | None) -> Route | None:
        formed = self._catalogue.form(mention.text)
        if formed:
            row, part = formed
            where = Hosting("unknown")
            if part:
                table = row.get("region") or row.get("profile", "")
                where = hosting(self._catalogue.hosts.region_country(table, part), part)
            else:
                where = self._placed(row, mention)
            return service_route(self._catalogue, row, where, "inferred", "the form of the id")
        if match is None or match.prefix < 0:
            return None
        row = self._catalogue.prefix(match.prefix)
        # openai/gpt-oss-20b is as likely an organisation's weights as a call of its API.
        if (
            row["route"] == "unknown"
            or row["provider"] == UNKNOWN
            or match.org.lower() == row["prefix"]
        ):
            return None
        evidence = f"the prefix {row['prefix']}/"
        if row["route"] == "self-hosted":
            return own(row.get("service", ""), "inferred", evidence, self._own)
        host = self._catalogue.hosts.find(row["host"]) if row.get("host") else None
        if host:
            return endpoint_route(self._catalogue, host, "inferred", evidence, self._own)
        return service_route(self._catalogue, row, self._placed(row, mention), "inferred", evidence)

    def _placed(self, row: Mapping[str, Any], mention: Mention) -> Hosting:
        """Where a cloud service runs by the region named beside a model."""
        region = self._region(mention)
        if not region or not row.get("regions"):
            return Hosting("unknown")
        return hosting(self._catalogue.hosts.region_country(row["regions"], region), region)

    def _by_file(self, mention: Mention, match: IdMatch | None) -> Route | None:
        """The only endpoint, or the only provider SDK, of a source file."""
        if not self._facts.is_code or mention.usage == "offered":
            return None
        endpoints = {m.text: m for m in self._file_endpoints if not _is_placeholder(m.text)}
        if len(endpoints) == 1:
            endpoint = next(iter(endpoints.values()))
            evidence = f"{endpoint.text}, the only endpoint of {endpoint.path}"
            return (
                self._endpoint(endpoint, "inferred", evidence)
                if self._may_serve(endpoint, match)
                else None
            )
        if endpoints or self._facts.base_urls or any(c.redirected for c in self._facts.clients):
            return None
        hosts = {
            row["host"]: row
            for _, _, _, row in self._facts.imports
            if row["kind"] == "vendor-sdk" and row.get("host")
        }
        if len(hosts) != 1:
            return None
        host, row = next(iter(hosts.items()))
        overridden = self._overridden(row, mention, match)
        found = self._catalogue.hosts.find(host)
        probe = replace(mention, text=host)
        if overridden or found is None or not self._may_serve(probe, match):
            return overridden
        evidence = f"default host of {row['name']}"
        return endpoint_route(self._catalogue, found, "inferred", evidence, self._own)


def _is_runtime(mention: Mention, catalogue: Catalogue) -> bool:
    """A container image that runs weights."""
    row = catalogue.image(mention.text) if mention.package else None
    return bool(row and row["ecosystem"] == "docker" and row["kind"] == "local-inference")


def _block(mention: Mention) -> str:
    return next((link for link in mention.links if link.startswith("block:")), "")


def _offset(links: tuple[str, ...], default: int = 0) -> int:
    """Where a mention counts: at the call it goes to, else where it stands."""
    for kind in ("call:", "at:"):
        for link in links:
            number = link.removeprefix(kind)
            if link.startswith(kind) and number.isdigit():
                return int(number)
    return default


def _spoken(link: str) -> str:
    return _SPOKEN.get(link.partition(":")[0], "beside it")


def _is_wide(link: str) -> bool:
    """A prefix of dotted settings that covers more than one provider (``spring.ai``)."""
    kind, _, prefix = link.partition(":")
    return kind == "prefix" and prefix.islower() and prefix.count(".") < 2


def _is_placeholder(host: str) -> bool:
    return any(
        mark in host.lower() for mark in ("example", "your", "test", "{", "<", "xxx", "dummy")
    )
