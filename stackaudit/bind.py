"""Which endpoint a model is sent to: the nearest true evidence decides, and is kept.

Order: an endpoint or client in the same call, on the same object or in the same block; the
operator that settings name beside it; the form of the id; the only endpoint of the file; the
only provider SDK of the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any, NamedTuple

from stackaudit.binding.links import OBJECTS, Links, block, is_wide, kind, offset
from stackaudit.binding.operators import FILE, Operators
from stackaudit.binding.prefixes import Prefixes
from stackaudit.binding.regions import Regions
from stackaudit.binding.services import Services
from stackaudit.catalogue import Catalogue
from stackaudit.catalogue.lookup import IdMatch
from stackaudit.catalogue.places import fold
from stackaudit.detect import FileFacts
from stackaudit.detect.evidence import Client, Operator
from stackaudit.model import (
    UNKNOWN,
    Mention,
    Package,
    Route,
)
from stackaudit.routes import endpoint_route, hosting, nowhere, own, service_route

#: Languages beside those of programs whose files tell of one thing.
_OF_ONE_PIECE = frozenset(["batch", "env", "powershell", "shell"])
_SPOKEN = {"call": "in the same call", "name": "on the same object", "block": "in the same block"}


class Setting(NamedTuple):
    """A variable that says where the clients of an SDK call."""

    key: str
    path: str
    line: int
    endpoint: Mention | None
    """None for a host that the catalogue does not know."""


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


class Scopes:
    """Everything in a file that can say where a model goes, by scope."""

    def __init__(
        self,
        facts: FileFacts,
        catalogue: Catalogue,
        own_hosting: str,
        hosts: Sequence[Mention] = (),
        defaults: Mapping[str, Setting] | None = None,
        regions: Set[str] = frozenset(),
    ) -> None:
        """Take in one file.

        Args:
            facts: What detection found in it.
            catalogue: Knows hosts, clients and id forms.
            own_hosting: Country where the user runs weights, as declared.
            hosts: Endpoints that other files set for places of this one.
            defaults: Operator -> where a variable that its SDK reads leads.
            regions: Regions that variables name for all clients of this file.
        """
        self._defaults = defaults or {}
        self._told = {id(mention) for mention in hosts}
        self._catalogue = catalogue
        self._own = own_hosting
        self._services = Services(catalogue, own_hosting)
        self._facts = facts
        path = next((mention.path for mention in facts.mentions), "")
        self._prefixes = Prefixes(facts, catalogue, path)
        # A host within a longer text is spoken of, not called.
        written = (m for m in facts.mentions if m.kind == "endpoint" and m.confidence != "low")
        live = (m for m in written if m.usage != "comment" and self._services.serves(m.text))
        self._file_endpoints = [*live, *hosts]
        self._links = Links(facts, self._file_endpoints)
        self._endpoints: dict[str, list[Mention]] = {}
        for mention in self._file_endpoints:
            for link in self._links.of_endpoint(mention.links, mention.provides):
                self._endpoints.setdefault(link, []).append(mention)
        self._unknown_hosts = set(self._unknown())
        self._runtimes = {
            mention.links[0]: mention.text
            for mention in facts.mentions
            if mention.links and _is_runtime(mention, catalogue)
        }
        self._clients = dict(self._made())
        self._operators = Operators(facts, catalogue)
        self._regions = Regions(facts, catalogue, self._links, regions)
        known = (self._endpoints, self._unknown_hosts, self._clients, self._regions.by_link)
        links = (link for scopes in known for link in scopes)
        self._links.telling = {link for link in links if kind(link) in ("call", "block")}

    def _unknown(self) -> Iterator[str]:
        """Scopes whose base URL is not in the catalogue."""
        for entry in self._facts.base_urls:
            yield f"at:{entry.start}"
            yield from entry.links[:1]
            if entry.assigned:
                at = offset(entry.links, entry.start)
                yield self._links.definite(f"name:{entry.assigned}", at)

    def _made(self) -> Iterator[tuple[str, Client]]:
        """Clients by the scopes they stand for; a class by the first made of it."""
        for client in reversed(self._facts.clients):
            yield f"class:{client.row['name']}", client
        for client in self._facts.clients:
            yield f"call:{client.call}", client
            if client.assigned:
                yield self._links.definite(f"name:{client.assigned}", client.call), client

    def route(self, mention: Mention) -> Route:
        """How a model of this file is reached; the nearest evidence decides."""
        match = self._catalogue.ids.find(mention.text)
        found = (
            self._near(mention, match)
            or self._by_operator(mention, match)
            or self._by_command(mention)
            or self._by_form(mention, match)
            or self._by_file(mention, match)
            or nowhere("inferred", "nothing in the file says")
        )
        return self._widened(found, mention, match)

    def of_package(self, package: Package) -> Route | None:
        """Where the clients of a vendor's SDK call by default, when the file makes one so."""
        known = self._catalogue.package(package.ecosystem, package.name) or {}
        for client in self._facts.clients:
            row = client.row
            if row["provider"] != known.get("provider") or client.redirected:
                continue
            if row.get("package") == package.name and row.get("host"):
                name = self._links.definite(f"name:{client.assigned}", client.call)
                if name in self._endpoints:
                    continue
                host = self._catalogue.hosts.find(row["host"])
                if host:
                    evidence = f"default host of {row['name']}"
                    return endpoint_route(self._catalogue, host, "inferred", evidence, self._own)
        return None

    def _near(self, mention: Mention, match: IdMatch | None) -> Route | None:
        links = self._links.of_model(mention)
        objects = [link for link in links if kind(link) in OBJECTS or link in self._links.spread]
        objects += [link for link in self._arguments(objects) if link not in objects]
        first = next((link for link in objects if link in self._unknown_hosts), "")
        # A host set on the object outweighs what the call itself would default to.
        for link in objects:
            if link == first:
                break
            route = self._by_endpoint(link, mention, self._endpoints.get(link, []), match)
            if route:
                return route
        blocks = 0
        for link in links:
            # A model that is a key stands in the block that it opens.
            blocks += kind(link) == "block" and f"at:{link[6:]}" not in mention.links
            found = self._endpoints.get(link, [])
            if kind(link) == "block" and blocks > 2:
                # Siblings share the outer blocks of a file; a host right in one serves all of it.
                found = [m for m in found if block(m) == link]
            if (kind(link) == "block" and blocks > 2 and not found) or is_wide(link):
                continue
            route = (
                self._by_endpoint(link, mention, found, match)
                or self._by_scope(link, mention, match)
                or (self._of_operator(link, mention, match) if blocks <= 2 else None)
            )
            if route:
                return route
        is_loose = not any(kind(link) in ("block", "prefix", "line") for link in links)
        return self._of_operator(FILE, mention, match) if is_loose else None

    def _arguments(self, objects: list[str]) -> Iterator[str]:
        """What the clients among some objects are made with: options, a configuration."""
        for link in objects:
            client = self._clients.get(link)
            for name in client.arguments if client else ():
                yield self._links.definite(f"name:{name}", client.call if client else 0)

    def _by_endpoint(
        self, link: str, mention: Mention, found: list[Mention], match: IdMatch | None
    ) -> Route | None:
        if len({m.text for m in found}) != 1:
            return None
        endpoint = found[0]
        if not self._services.may_serve(endpoint.text, match):
            if kind(link) not in OBJECTS:
                return None
            if endpoint.local:
                proxy = (
                    f"{endpoint.text} {_spoken(link, mention)} forwards it; to whom is not visible"
                )
                return nowhere("observed", proxy)
        key = f"{endpoint.key} in " if id(endpoint) in self._told else ""
        evidence = f"{endpoint.text} {_spoken(link, mention)}, {key}{endpoint.path}:{endpoint.line}"
        client = self._clients.get(link)
        return self._services.at_host(
            endpoint, "observed", evidence, client.row if client else None
        )

    def _by_scope(self, link: str, mention: Mention, match: IdMatch | None) -> Route | None:
        if link in self._runtimes and self._services.may_run(match):
            image = self._runtimes[link]
            return own(image, "observed", f"image {image} {_spoken(link, mention)}", self._own)
        if link in self._unknown_hosts:
            runner = self._runner(link, mention, match)
            if runner is not None:
                words = f"{runner} at a base URL of its own {_spoken(link, mention)}"
                return own(runner, "inferred", words, self._own)
            return nowhere("observed", f"base URL {_spoken(link, mention)} is not in the catalogue")
        client = self._clients.get(link)
        return self._client(client, mention, _spoken(link, mention), match) if client else None

    def _runner(self, link: str, mention: Mention, match: IdMatch | None) -> str | None:
        """The software of one's own that a prefix, a setting or a class says runs a model."""
        rows: list[Mapping[str, Any]] = []
        if match and match.prefix >= 0:
            rows.append(self._catalogue.prefix(match.prefix))
        rows += self._operators.rows(link)
        for other in self._links.of_model(mention):
            if other in self._clients:
                rows.append(self._clients[other].row)
        return next((r.get("service", "") for r in rows if r.get("route") == "self-hosted"), None)

    def _by_operator(self, mention: Mention, match: IdMatch | None) -> Route | None:
        """The section, the command or the variable that a model stands in."""
        row = self._operators.of_variable(mention.key)
        route = self._service(row, mention, match, f"the variable {mention.key}")
        link = self._operators.around(mention.links)
        return route or self._of_operator(link, mention, match)

    def _of_operator(self, link: str, mention: Mention, match: IdMatch | None) -> Route | None:
        """The only operator that settings name in a scope."""
        operator = self._operators.only(link)
        if operator is None:
            return None
        host = operator.row.get("host", "")
        if link == FILE and host and not self._services.may_serve(host, match):
            return None  # named somewhere in the file, of something else
        section = self._operators.section(operator)
        if section:
            return self._by_endpoint(
                section, mention, self._endpoints.get(section, []), match
            ) or nowhere("observed", f"base URL of {operator.name} is not in the catalogue")
        return self._run_at_home(operator, mention, match) or self._service(
            operator.row, mention, match, operator.words
        )

    def _run_at_home(
        self, operator: Operator, mention: Mention, match: IdMatch | None
    ) -> Route | None:
        """A tag of a local library, where only its developer is named beside it."""
        if match is None or match.family < 0:
            return None
        if self._catalogue.family(match.family)["vendor"] != operator.row.get("provider"):
            return None
        found = self._by_form(mention, match)
        return found if found and found.route == "self-hosted" else None

    def _client(
        self, client: Any, mention: Mention, scope: str, match: IdMatch | None
    ) -> Route | None:
        row = client.row
        if row["provider"] == "multi":
            return None
        evidence = f"{row['name']} {scope}"
        if client.redirected:
            return nowhere("observed", f"{evidence}, its base URL is set elsewhere")
        overridden = self._overridden(row, match)
        if overridden:
            return overridden
        if row["route"] == "self-hosted":
            return own(row.get("service", ""), "observed", evidence, self._own)
        if row["route"] == "weights-hub":
            return own(
                "", "inferred", f"weights from {row.get('host', 'a hub')}, {evidence}", self._own
            )
        region = self._regions.near(mention)
        country = self._regions.country(row, region)
        if country != UNKNOWN:
            where = hosting(country, region)
            words = f"{evidence}, region {region}"
            return service_route(self._catalogue, row, where, "observed", words)
        host = self._catalogue.hosts.find(row["host"]) if row.get("host") else None
        if host and not self._services.may_serve(row["host"], match):
            return None
        if host:
            words = f"default host of {evidence}"
            return endpoint_route(self._catalogue, host, "inferred", words, self._own)
        where = self._regions.placed(row, mention, self._clients)
        return service_route(self._catalogue, row, where, "inferred", evidence)

    def _overridden(self, row: Mapping[str, Any], match: IdMatch | None) -> Route | None:
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

    def _by_command(self, mention: Mention) -> Route | None:
        runner = self._catalogue.places.runner(mention.key)
        if runner is not None:
            return own(runner, "observed", mention.key, self._own)
        if fold(mention.key) in self._catalogue.places.sure_model_keys and "/" in mention.text:
            return own("", "inferred", f"weights that {mention.key} loads", self._own)
        ending = self._catalogue.places.weight_endings
        if mention.kind == "weights" or mention.text.lower().endswith(ending):
            return own("", "inferred", "a weights file", self._own)
        return None

    def _by_form(self, mention: Mention, match: IdMatch | None) -> Route | None:
        clients = (self._clients.get(link) for link in self._links.of_model(mention))
        asked = any(client and client.row["provider"] == "multi" for client in clients)
        said = self._prefixes.read(mention, match, asked=asked)
        if said is None:
            return None
        if said.where:
            return service_route(self._catalogue, said.row, said.where, "inferred", said.words)
        return self._service(said.row, mention, match, said.words)

    def _service(
        self, row: Mapping[str, Any], mention: Mention, match: IdMatch | None, words: str
    ) -> Route | None:
        if not row:
            return None
        where = self._regions.placed(row, mention, self._clients)
        return self._services.of_row(row, match, words, where)

    def _widened(self, route: Route, mention: Mention, match: IdMatch | None) -> Route:
        """A route by what its id says of the place: a profile spans more than the region called."""
        said = self._prefixes.profile(mention, match)
        if said is None or said.where is None or route.provider != said.row["provider"]:
            return route
        words = f"{route.evidence}; {said.words}"
        return replace(route, hosting=said.where, basis="inferred", evidence=words)

    def _by_file(self, mention: Mention, match: IdMatch | None) -> Route | None:
        """The only endpoint, or the only provider SDK, of a source file."""
        whole = self._facts.is_code or mention.detector in _OF_ONE_PIECE
        if not whole or mention.usage == "offered":
            return None
        live = [m for m in self._file_endpoints if not _is_placeholder(m.text)]
        endpoints = {m.text: m for m in live if not self._services.is_hub(m.text)}
        if len(endpoints) == 1:
            endpoint = next(iter(endpoints.values()))
            evidence = f"{endpoint.text}, the only endpoint of {endpoint.path}"
            return (
                self._services.at_host(endpoint, "inferred", evidence)
                if self._services.may_serve(endpoint.text, match)
                else None
            )
        if endpoints or self._facts.base_urls or any(c.redirected for c in self._facts.clients):
            return None
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
        return self._overridden(row, match) or self._service(
            {"route": "vendor-api", **row}, mention, match, words
        )


def read_by(row: Mapping[str, Any]) -> str:
    """Whose variables a client reads: its operator's, or those of the software that runs it."""
    if row["provider"] != "self":
        return str(row["provider"])
    return str(row.get("service", "")).lower().partition(" ")[0]


def _is_runtime(mention: Mention, catalogue: Catalogue) -> bool:
    """A container image that runs weights."""
    row = catalogue.image(mention.text) if mention.package else None
    return bool(row and row["ecosystem"] == "docker" and row["kind"] == "local-inference")


def _spoken(link: str, mention: Mention) -> str:
    """How a scope and a model hang together, in words."""
    if kind(link) == "call" and link not in mention.links:
        return _SPOKEN["name"]  # the call that made the object it is called on
    return _SPOKEN.get(kind(link), "beside it")


def _is_placeholder(host: str) -> bool:
    return any(
        mark in host.lower() for mark in ("example", "your", "test", "{", "<", "xxx", "dummy")
    )
