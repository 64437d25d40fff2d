"""Routes of known hosts and services, with the words that say what decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stackaudit.catalogue import Catalogue, HostMatch
from stackaudit.model import UNKNOWN, Basis, Hosting, HostingScope, Route, RouteKind


def endpoint_route(
    catalogue: Catalogue, host: HostMatch, basis: Basis, evidence: str, own_hosting: str = UNKNOWN
) -> Route:
    """The route of a known host."""
    if host.endpoint < 0:
        return own("", basis, evidence, own_hosting)
    row = catalogue.endpoint(host.endpoint)
    if row["route"] == "self-hosted":
        told = host.country if host.country != "local" else own_hosting
        return own(row["service"], basis, evidence, told)
    return service_route(catalogue, row, hosting(host.country, host.region), basis, evidence)


def hosting(country: str, region: str = "") -> Hosting:
    """A hosting value of the catalogue (ISO code, EU, global, local, unknown) as a fact."""
    if country in ("global", "local", "unknown"):
        scope: HostingScope = country  # type: ignore[assignment]
        return Hosting(scope, UNKNOWN, region)
    if country == "multi":
        return Hosting("region", UNKNOWN, region)
    return Hosting("region" if country == "EU" else "country", country, region)


def service_route(
    catalogue: Catalogue, row: Mapping[str, Any], where: Hosting, basis: Basis, evidence: str
) -> Route:
    """The route of a service, told by a row that has a provider, a route and a service."""
    vendor = catalogue.vendor(row["provider"])
    kind: RouteKind = row["route"]
    return Route(
        kind,
        row["provider"] if vendor else UNKNOWN,
        vendor["country"] if vendor else UNKNOWN,
        where,
        basis,
        evidence,
        row.get("service", ""),
        vendor["name"] if vendor else "",
        (vendor.get("parent") or {}).get("country", "") if vendor else "",
        tuple(sorted({entry["list"] for entry in (vendor or {}).get("entity_lists", ())})),
    )


def own(service: str, basis: Basis, evidence: str, country: str) -> Route:
    """A route to the user's own machines, which stand in ``country``."""
    return Route(
        "self-hosted", "self", UNKNOWN, Hosting("local", country), basis, evidence, service
    )


def nowhere(basis: Basis, evidence: str) -> Route:
    """A route that no line tells, and why."""
    return Route("unknown", UNKNOWN, UNKNOWN, Hosting("unknown"), basis, evidence)
