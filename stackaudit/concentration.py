"""How far the models in use depend on one developer, country, operator or gateway.

Counted are models and weights that code uses or a manifest declares, each once. What is not known
(a developer, a way) is counted as unknown and never as lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from stackaudit.countries import names
from stackaudit.model import GATED_USAGES, PLACE_ROLES, UNKNOWN, Component, Route

Axis = Literal["developer", "origin_country", "provider", "gateway"]
OWN = "self"
_KINDS = ("model", "weights")


@dataclass(frozen=True, slots=True)
class Share:
    """The models that depend on one party or country."""

    id: str
    """Vendor id or country code; ``self`` for one's own machines, or unknown."""
    name: str
    country: str
    models: int
    share: float
    """Of all models in use, 0 to 1; a model reached in two ways counts for both providers."""


@dataclass(frozen=True, slots=True)
class Largest:
    """The developer or operator most models depend on."""

    by: Axis
    on: Share


@dataclass(frozen=True, slots=True)
class Loss:
    """What would be gone if one operator, gateway or country's models were unavailable."""

    by: Axis
    id: str
    name: str
    country: str
    models: int
    """Models that no other way is known to."""
    reached_otherwise: int
    """Models reached through it that another way is known to as well."""
    roles: tuple[str, ...]
    """Roles for which no model would be left."""


@dataclass(frozen=True, slots=True)
class Concentration:
    """Shares and losses, the largest first."""

    models: int
    by_role: Mapping[str, tuple[str, ...]]
    """Role -> ids of the components that have it."""
    by_developer: tuple[Share, ...]
    by_origin_country: tuple[Share, ...]
    by_provider: tuple[Share, ...]
    largest: Largest | None
    losses: tuple[Loss, ...]


@dataclass(frozen=True, slots=True)
class _Party:
    id: str
    name: str
    country: str
    gateway: bool = False


@dataclass(frozen=True, slots=True)
class _Use:
    """One model in use: who made it, where from, and by role the parties it is reached through."""

    id: str
    developer: _Party
    origin: _Party
    ways: Mapping[str, frozenset[_Party]]

    @property
    def providers(self) -> frozenset[_Party]:
        return frozenset().union(*self.ways.values())


_NOBODY = _Party(UNKNOWN, UNKNOWN, UNKNOWN)
_OURSELVES = _Party(OWN, "own machines", UNKNOWN)


def in_use(components: Iterable[Component]) -> list[Component]:
    """Models and weights that are used or declared."""
    return [c for c in components if c.kind in _KINDS and not GATED_USAGES.isdisjoint(c.usages)]


def concentration(components: Iterable[Component]) -> Concentration:
    """Shares and losses of the models in use."""
    uses = [_use(component) for component in in_use(components)]
    providers = _shares(uses, lambda use: use.providers or {_NOBODY})
    developers = _shares(uses, lambda use: {use.developer})
    roles = {role: tuple(u.id for u in uses if role in u.ways) for role in (*PLACE_ROLES, UNKNOWN)}
    return Concentration(
        models=len(uses),
        by_role={role: ids for role, ids in roles.items() if ids},
        by_developer=developers,
        by_origin_country=_shares(uses, lambda use: {use.origin}),
        by_provider=providers,
        largest=_largest(developers, providers),
        losses=tuple(sorted((*_lost_ways(uses), *_lost_countries(uses)), key=_most_first)),
    )


def _use(component: Component) -> _Use:
    maker = component.developer
    developer = _Party(maker.id, maker.name, maker.country) if maker else _NOBODY
    code = component.origin_country
    ways: dict[str, set[_Party]] = {}
    told = False
    for place in component.occurrences:
        if place.usage in GATED_USAGES:
            found = ways.setdefault(place.role, set())
            if place.route is not None and place.route < len(component.routes):
                told = True
                found.update(_parties([component.routes[place.route]]))
    every = frozenset().union(*ways.values()) if told else frozenset(_parties(component.routes))
    return _Use(
        component.id,
        developer,
        _Party(code, names().get(code, code), code),
        # A place that does not say goes the way the others go.
        {role: frozenset(found) or every for role, found in ways.items()},
    )


def _parties(routes: Iterable[Route]) -> Iterable[_Party]:
    """Who serves the model on each route; nobody where weights are only fetched from."""
    for route in routes:
        if route.route == "self-hosted":
            yield _OURSELVES
        elif route.route not in ("unknown", "weights-hub") and route.provider not in (UNKNOWN, ""):
            name = route.provider_name or route.provider
            yield _Party(route.provider, name, route.provider_country, route.route == "gateway")


def _shares(uses: Sequence[_Use], parties: Callable[[_Use], Iterable[_Party]]) -> tuple[Share, ...]:
    tally: dict[str, int] = {}
    known: dict[str, _Party] = {}
    for use in uses:
        for party in {party.id: party for party in parties(use)}.values():
            tally[party.id] = tally.get(party.id, 0) + 1
            known.setdefault(party.id, party)
    shares = (
        Share(key, known[key].name, known[key].country, number, round(number / len(uses), 4))
        for key, number in tally.items()
    )
    return tuple(sorted(shares, key=lambda s: (s.id == UNKNOWN, -s.models, s.id)))


def _largest(developers: Sequence[Share], providers: Sequence[Share]) -> Largest | None:
    found = [Largest("provider", share) for share in providers if share.id not in (OWN, UNKNOWN)]
    found += [Largest("developer", share) for share in developers if share.id != UNKNOWN]
    return max(found, key=lambda one: one.on.models, default=None)


def _lost_ways(uses: Sequence[_Use]) -> Iterable[Loss]:
    """Losses by operator; a gateway is told as such."""
    for party in {party for use in uses for party in use.providers} - {_OURSELVES}:
        through = [use for use in uses if party in use.providers]
        lost = sum(use.providers == {party} for use in through)
        gone = {(u.id, role) for u in uses for role, ways in u.ways.items() if ways == {party}}
        yield Loss(
            "gateway" if party.gateway else "provider",
            party.id,
            party.name,
            party.country,
            lost,
            len(through) - lost,
            _emptied(uses, gone),
        )


def _lost_countries(uses: Sequence[_Use]) -> Iterable[Loss]:
    """Losses by the developers' country."""
    for origin in {use.origin for use in uses if use.origin.id != UNKNOWN}:
        theirs = [use for use in uses if use.origin == origin]
        roles = _emptied(uses, {(use.id, role) for use in theirs for role in use.ways})
        code = origin.country
        yield Loss("origin_country", code, origin.name, code, len(theirs), 0, roles)


def _emptied(uses: Sequence[_Use], gone: set[tuple[str, str]]) -> tuple[str, ...]:
    """Roles that every model is gone from."""
    left = {role for use in uses for role in use.ways if (use.id, role) not in gone}
    return tuple(r for r in PLACE_ROLES if r not in left and any(role == r for _, role in gone))


def _most_first(loss: Loss) -> tuple[int, int, str, str]:
    return -loss.models, -len(loss.roles), loss.by, loss.id
