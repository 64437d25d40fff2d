"""Which endpoint a model is sent to: the nearest true evidence decides, and is kept.

Order: an endpoint or client in the same call, on the same object or in the same block; the
operator that settings name beside it; the form of the id; the only endpoint of the file; the
only provider SDK of the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from stackaudit.binding.clients import Clients, Setting
from stackaudit.binding.links import OBJECTS, Links, block, is_wide, kind, offset
from stackaudit.binding.operators import FILE, Operators
from stackaudit.binding.prefixes import Prefixes
from stackaudit.binding.regions import Regions
from stackaudit.binding.runtimes import is_placeholder, runtimes, spoken
from stackaudit.binding.services import Services
from stackaudit.catalogue import Catalogue
from stackaudit.catalogue.lookup import IdMatch
from stackaudit.catalogue.places import fold
from stackaudit.detect.filefacts import FileFacts
from stackaudit.detect.operators import Operator
from stackaudit.model import Mention, Package, Route
from stackaudit.routes import nowhere, own, service_route

#: Languages beside those of programs whose files tell of one thing.
_OF_ONE_PIECE = frozenset(["batch", "env", "powershell", "shell"])


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
        self._catalogue = catalogue
        self._own = own_hosting
        self._facts = facts
        self._told = {id(mention) for mention in hosts}
        self._services = Services(catalogue, own_hosting)
        path = next((mention.path for mention in facts.mentions), "")
        self._prefixes = Prefixes(facts, catalogue, path)
        self._file_endpoints = [*self._live(), *hosts]
        self._links = Links(facts, self._file_endpoints)
        self._endpoints = self._by_link()
        self._unknown_hosts = set(self._unknown())
        self._runtimes = runtimes(facts, catalogue)
        self._operators = Operators(facts, catalogue)
        around = Regions(facts, catalogue, self._links, regions)
        self._clients = Clients(
            facts, catalogue, self._links, self._services, around, defaults or {}
        )
        self._made = self._clients.by_scope
        known = (self._endpoints, self._unknown_hosts, self._made, around.by_link)
        links = (link for scopes in known for link in scopes)
        self._links.telling = {link for link in links if kind(link) in ("call", "block")}

    def _live(self) -> Iterator[Mention]:
        """The endpoints that the file calls; a host within a longer text is spoken of."""
        for mention in self._facts.mentions:
            called = mention.confidence != "low" and mention.usage != "comment"
            if mention.kind == "endpoint" and called and self._services.serves(mention.text):
                yield mention

    def _by_link(self) -> dict[str, list[Mention]]:
        """The endpoints of the file by the scopes they hold for."""
        found: dict[str, list[Mention]] = {}
        for mention in self._file_endpoints:
            for link in self._links.of_endpoint(mention.links, mention.provides):
                found.setdefault(link, []).append(mention)
        return found

    def _unknown(self) -> Iterator[str]:
        """Scopes whose base URL is not in the catalogue."""
        for entry in self._facts.base_urls:
            yield f"at:{entry.start}"
            yield from entry.links[:1]
            if entry.assigned:
                at = offset(entry.links, entry.start)
                yield self._links.definite(f"name:{entry.assigned}", at)

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
        return self._clients.of_package(package, self._endpoints)

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
            client = self._made.get(link)
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
                    f"{endpoint.text} {spoken(link, mention)} forwards it; to whom is not visible"
                )
                return nowhere("observed", proxy)
        key = f"{endpoint.key} in " if id(endpoint) in self._told else ""
        evidence = f"{endpoint.text} {spoken(link, mention)}, {key}{endpoint.path}:{endpoint.line}"
        client = self._made.get(link)
        return self._services.at_host(
            endpoint, "observed", evidence, client.row if client else None
        )

    def _by_scope(self, link: str, mention: Mention, match: IdMatch | None) -> Route | None:
        if link in self._runtimes and self._services.may_run(match):
            image = self._runtimes[link]
            return own(image, "observed", f"image {image} {spoken(link, mention)}", self._own)
        if link in self._unknown_hosts:
            runner = self._runner(link, mention, match)
            if runner is not None:
                words = f"{runner} at a base URL of its own {spoken(link, mention)}"
                return own(runner, "inferred", words, self._own)
            return nowhere("observed", f"base URL {spoken(link, mention)} is not in the catalogue")
        client = self._made.get(link)
        return (
            self._clients.route(client, mention, spoken(link, mention), match) if client else None
        )

    def _runner(self, link: str, mention: Mention, match: IdMatch | None) -> str | None:
        """The software of one's own that a prefix, a setting or a class says runs a model."""
        rows: list[Mapping[str, Any]] = []
        if match and match.prefix >= 0:
            rows.append(self._catalogue.prefix(match.prefix))
        rows += self._operators.rows(link)
        for other in self._links.of_model(mention):
            if other in self._made:
                rows.append(self._made[other].row)
        return next((r.get("service", "") for r in rows if r.get("route") == "self-hosted"), None)

    def _by_operator(self, mention: Mention, match: IdMatch | None) -> Route | None:
        """The section, the command or the variable that a model stands in."""
        row = self._operators.of_variable(mention.key)
        route = self._clients.service(row, mention, match, f"the variable {mention.key}")
        link = self._operators.around(mention.links)
        return route or self._of_operator(link, mention, match)

    def _of_operator(self, link: str, mention: Mention, match: IdMatch | None) -> Route | None:
        """The only operator that settings name in a scope."""
        operator = self._operators.only(link)
        if operator is None:
            return None
        host = operator.row.get("host", "")
        if host and not self._services.may_serve(host, match):
            return None  # named of something else
        if self._is_maker(operator, mention, match):
            return None  # who made it, not who runs it
        section = self._operators.section(operator)
        if section:
            return self._by_endpoint(
                section, mention, self._endpoints.get(section, []), match
            ) or nowhere("observed", f"base URL of {operator.name} is not in the catalogue")
        return self._run_at_home(operator, mention, match) or self._clients.service(
            operator.row, mention, match, operator.words
        )

    def _is_maker(self, operator: Operator, mention: Mention, match: IdMatch | None) -> bool:
        """Whether a developer is named beside open weights that he need not run."""
        family = self._catalogue.family(match.family) if match and match.family >= 0 else {}
        named = operator.row.get("provider")
        if family.get("weights") != "open" or operator.row.get("route") != "vendor-api":
            return False
        if family["vendor"] != named:
            return named in self._catalogue.makers
        return "/" in mention.text or self._catalogue.places.of_key(mention.key) != "model"

    def _run_at_home(
        self, operator: Operator, mention: Mention, match: IdMatch | None
    ) -> Route | None:
        """A tag or a file of a local library, where only its developer is named beside it."""
        family = self._catalogue.family(match.family) if match and match.family >= 0 else {}
        if not family or family["vendor"] != operator.row.get("provider"):
            return None
        found = self._by_form(mention, match)
        if found and found.route == "self-hosted":
            return found
        local = self._operators.of_file(mention.path) if family["weights"] == "open" else {}
        where = f"the name of {mention.path}"
        return own(local["service"], "inferred", where, self._own) if local else None

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
        clients = (self._made.get(link) for link in self._links.of_model(mention))
        asked = any(client and client.row["provider"] == "multi" for client in clients)
        said = self._prefixes.read(mention, match, asked=asked)
        if said is None:
            return None
        if said.where:
            return service_route(self._catalogue, said.row, said.where, "inferred", said.words)
        return self._clients.service(said.row, mention, match, said.words)

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
        if not whole:
            return None
        live = [m for m in self._file_endpoints if not is_placeholder(m.text)]
        endpoints = {m.text: m for m in live if not self._services.is_hub(m.text)}
        if len(endpoints) == 1:
            endpoint = next(iter(endpoints.values()))
            if not self._services.may_serve(endpoint.text, match):
                return None
            evidence = f"{endpoint.text}, the only endpoint of {endpoint.path}"
            route = self._services.at_host(endpoint, "inferred", evidence)
            fits = mention.usage != "offered" or (route and self._services.is_makers(route, match))
            return route if fits else None
        if mention.usage == "offered":
            return None
        if endpoints or self._facts.base_urls or any(c.redirected for c in self._facts.clients):
            return None
        return self._clients.by_sdk(mention, match)
