"""Routes of hosts and services as one file names them, and what they can be expected to serve."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stackaudit.catalogue import Catalogue
from stackaudit.catalogue.lookup import IdMatch
from stackaudit.model import UNKNOWN, Basis, Hosting, Mention, Route
from stackaudit.routes import endpoint_route, hosting, own, service_route

Row = Mapping[str, Any]


class Services:
    """Turns rows of the catalogue into routes."""

    def __init__(self, catalogue: Catalogue, own_hosting: str) -> None:
        """Take the catalogue and the country where the user runs weights, as declared."""
        self._catalogue = catalogue
        self.own_hosting = own_hosting

    def may_serve(self, host_text: str, match: IdMatch | None) -> bool:
        """Whether an operator can be expected to serve a model.

        Not somebody else's closed model, nor any other at a host where a developer serves its own.
        """
        host = self._catalogue.hosts.find(host_text)
        if match is None or match.family < 0 or host is None:
            return True
        family = self._catalogue.family(match.family)
        if host.country == "local":
            return self.may_run(match)
        row = self._catalogue.endpoint(host.endpoint)
        if row["route"] != "vendor-api" or row["provider"] == family["vendor"]:
            return True
        return family["weights"] == "open" and row["provider"] not in self._catalogue.makers

    def may_run(self, match: IdMatch | None) -> bool:
        """Whether a model can be run from weights: not one that its developer keeps closed."""
        if match is None or match.family < 0:
            return True
        return bool(self._catalogue.family(match.family)["weights"] != "closed")

    def serves(self, host_text: str) -> bool:
        """Whether models answer at a host at all; some only receive what was said to them."""
        host = self._catalogue.hosts.find(host_text)
        if host is None or host.endpoint < 0:
            return True
        return bool(self._catalogue.endpoint(host.endpoint).get("serves_models", True))

    def at_host(
        self, mention: Mention, basis: Basis, evidence: str, client: Row | None = None
    ) -> Route | None:
        """The route to a host; where it is one of weights, those run at the user's.

        Args:
            mention: The host.
            basis: How the model is bound to it.
            evidence: In words.
            client: The row of the client that is told the host, if one is.
        """
        host = self._catalogue.hosts.find(mention.text)
        if host is None:
            return None
        if not self.is_hub(mention.text):
            return endpoint_route(self._catalogue, host, basis, evidence, self.own_hosting)
        is_base = self._catalogue.places.of_key(mention.key) == "base-url"
        if is_base and not (client and client["route"] == "weights-hub"):
            row = {**self._catalogue.endpoint(host.endpoint), "route": "vendor-api"}
            where = hosting(host.country, host.region)
            return service_route(self._catalogue, row, where, basis, evidence)
        return own("", "inferred", f"weights from {evidence}", self.own_hosting)

    def is_hub(self, host_text: str) -> bool:
        """Whether a host gives out weights; where those run is another matter."""
        host = self._catalogue.hosts.find(host_text)
        if host is None or host.endpoint < 0:
            return False
        return bool(self._catalogue.endpoint(host.endpoint)["route"] == "weights-hub")

    def of_row(self, row: Row, match: IdMatch | None, words: str, where: Hosting) -> Route | None:
        """The route of a row that names an operator; None where it cannot serve the model.

        Args:
            row: A prefix, form, package or resource type of the catalogue.
            match: How the catalogue resolves the model.
            words: What names the operator.
            where: Place of a service without a host of its own.
        """
        if row["provider"] == UNKNOWN and row["route"] != "gateway":
            return None
        if row["route"] in ("self-hosted", "weights-hub"):
            basis: Basis = "inferred" if "prefix" in row or "form" in row else "observed"
            return own(row.get("service", ""), basis, words, self.own_hosting)
        host = self._catalogue.hosts.find(row["host"]) if row.get("host") else None
        if host is None:
            words = f"{words}, region {where.region}" if where.region else words
            return service_route(self._catalogue, row, where, "inferred", words)
        # A prefix says who is asked, but for the operators whose interface others imitate.
        imitated = self._catalogue.credential(f"{row.get('prefix', '').upper()}_BASE_URL")
        is_sure = "prefix" in row and not (imitated and imitated["provider"] == "multi")
        if not is_sure and not self.may_serve(row["host"], match):
            return None
        return endpoint_route(self._catalogue, host, "inferred", words, self.own_hosting)

    def is_makers(self, route: Route, match: IdMatch | None) -> bool:
        """Whether a model's maker is reached, or weights anybody may run are run at home.

        Then a menu is one of what is served there.
        """
        family = self._catalogue.family(match.family) if match and match.family >= 0 else {}
        at_home = route.route == "self-hosted" and family.get("weights") == "open"
        return at_home or family.get("vendor") == route.provider
