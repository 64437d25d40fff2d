"""Countries, routes, usages and places in plain words."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from stackaudit import countries
from stackaudit.model import UNKNOWN, Ancestor, Component, Hosting, Occurrence, Party, Route, Usage
from stackaudit.report.text import clean, count

_USAGE_WORDS: dict[Usage, str] = {
    "used": "used",
    "declared": "declared",
    "offered": "offered",
    "test": "in tests",
    "example": "in examples",
    "doc": "in docs",
    "comment": "in comments",
}
#: How a phrase on a route ends that no line of code spells out.
INFERRED = ", inferred"
_ROUTE_WORDS = {
    "vendor-api": "provider's own API",
    "cloud": "cloud service",
    "gateway": "gateway",
    "self-hosted": "self-hosted",
    "weights-hub": "downloaded weights",
    "unknown": "way not seen",
}


def country(code: str) -> str:
    """``CN China``; a code that is not a country stands alone."""
    name = countries.names().get(code)
    return f"{clean(code)} {name}" if name else clean(code)


def party(who: Party | None) -> str:
    """``Name (CN)``, with the parent where it sits elsewhere, or ``unknown``."""
    if who is None or (who.id == UNKNOWN and who.country == UNKNOWN):
        return UNKNOWN
    text = f"{clean(who.name)} ({clean(who.country)})"
    if who.parent and who.parent_country not in ("", who.country):
        text += f", parent {clean(who.parent)} ({clean(who.parent_country)})"
    return text


def base(ancestor: Ancestor) -> str:
    """``Family (Developer, US)``."""
    family = clean(ancestor.family_name or ancestor.family)
    developer = clean(ancestor.developer_name or ancestor.developer)
    return f"{family} ({developer}, {clean(ancestor.country)})"


def operator(route: Route) -> str:
    """Who serves the model: ``Service name (FR)``."""
    if route.provider in (UNKNOWN, "self", ""):
        return _ROUTE_WORDS[route.route]
    who = clean(route.service or route.provider_name or route.provider)
    return f"{who} ({clean(route.provider_country)})"


def processed(hosting: Hosting) -> str:
    """Where requests are processed: ``CN``, ``SE (swedencentral)``, ``anywhere``, ``unknown``."""
    if hosting.scope == "local":
        known = hosting.country != UNKNOWN
        return f"own machines ({clean(hosting.country)})" if known else "own machines"
    if hosting.scope == "global":
        return "anywhere"
    if hosting.scope == "region" and hosting.country == UNKNOWN and not hosting.region:
        return "a region not named"
    if hosting.country == UNKNOWN:
        return clean(hosting.region) or UNKNOWN
    region = f" ({clean(hosting.region)})" if hosting.region else ""
    return clean(hosting.country) + region


def way(route: Route) -> str:
    """How it is reached and where it is processed, in one phrase."""
    text = operator(route)
    if route.route != "weights-hub":
        where = processed(route.hosting)
        on_own = f", on {where}" if route.hosting.scope == "local" else ""
        text += on_own or {
            "anywhere": ", processed anywhere",
            UNKNOWN: ", place unknown",
        }.get(where, f", in {where}")
    return text if route.basis == "observed" else text + INFERRED


def route_kind(route: Route) -> str:
    """The kind of route in words."""
    return _ROUTE_WORDS[route.route]


def usage_words(usages: Sequence[Usage]) -> str:
    """``used, in tests``."""
    return ", ".join(_USAGE_WORDS[usage] for usage in usages)


def place(occurrence: Occurrence) -> str:
    """``path:line``."""
    return f"{clean(occurrence.path)}:{occurrence.line}"


def seen(component: Component, usages: Collection[Usage]) -> list[Occurrence]:
    """The places of ``component`` with one of ``usages``, the most binding usage first."""
    order = {usage: rank for rank, usage in enumerate(component.usages)}
    places = [o for o in component.occurrences if o.usage in usages]
    return sorted(places, key=lambda o: order[o.usage])


def place_count(component: Component, places: Sequence[Occurrence]) -> str:
    """``3 places``; ``at least`` where the report holds only some of them."""
    if component.occurrence_count > len(component.occurrences):
        if len(places) == len(component.occurrences):
            return count(component.occurrence_count, "place")
        return f"at least {count(len(places), 'place')}"
    return count(len(places), "place")
