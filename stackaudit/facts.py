"""What is known of a component, as the values rules and policies compare: never a guess."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from stackaudit.model import UNKNOWN, Component, Licence, Party, Route
from stackaudit.rules.matching import Values

_MODELS = ("model", "weights")
_NOT_KNOWN = (UNKNOWN,)


class Declared(NamedTuple):
    """What the user declared, and which codes stand for several countries."""

    context: Mapping[str, tuple[str, ...]]
    regions: Mapping[str, frozenset[str]]

    def members(self, values: Iterable[str]) -> set[str]:
        """The values with those a region code stands for."""
        found: set[str] = set()
        for value in values:
            found |= {value, *self.regions.get(value, ())}
        return found

    def number(self, key: str) -> float | None:
        """A declared number, or None."""
        values = self.context.get(key)
        try:
            return float(values[0]) if values else None
        except ValueError:
            return None


def of_component(component: Component, declared: Declared) -> dict[str, Values]:
    """Facts that do not depend on the route, by field name."""
    is_model = component.kind in _MODELS
    party = component.developer or component.provider
    package = component.package
    return {
        "kind": (component.kind,),
        "family": _or_unknown(component.family) if is_model else None,
        "release": _or_unknown(component.release) if is_model else None,
        "developer": _or_unknown(_id(component.developer)) if is_model else None,
        "origin_country": (component.origin_country,) if is_model or party else None,
        "developer_entity_list": _lists(component.developer) if is_model else None,
        "entity_list": _all_lists(component),
        "weights": (component.weights,) if is_model else None,
        "resolution": (component.resolution,),
        "confidence": (component.confidence,),
        "package": (package.name,) if package else None,
        "ecosystem": (package.ecosystem,) if package else None,
        "lineage_differs": _lineage_differs(component) if is_model else None,
        **_of_licence(component.licence, declared, is_model),
    }


def of_lineage(component: Component) -> list[dict[str, Values]]:
    """Facts of each base model; one unknown base where nothing is known of the model."""
    fields = ("lineage_family", "lineage_developer", "lineage_country", "lineage_relation")
    if component.kind not in _MODELS:
        return [dict.fromkeys(fields)]
    if not component.lineage and component.resolution in ("vendor", "unknown"):
        return [dict.fromkeys(fields, _NOT_KNOWN)]
    return [
        {
            "lineage_family": _or_unknown(base.family),
            "lineage_developer": _or_unknown(base.developer),
            "lineage_country": _or_unknown(base.country),
            "lineage_relation": _or_unknown(base.relation),
        }
        for base in component.lineage
    ]


def of_routes(component: Component, declared: Declared) -> list[dict[str, Values]]:
    """Facts of each way the component is reached; at least one entry."""
    if component.routes:
        return [_of_route(component, route, declared) for route in component.routes]
    reached: Values = _NOT_KNOWN if component.kind in (*_MODELS, "endpoint") else None
    operator = component.provider
    return [
        {
            "route": reached,
            "provider": _or_unknown(operator.id) if operator else reached,
            "operator_differs": _NOT_KNOWN if component.kind in _MODELS else None,
            "provider_country": _or_unknown(operator.country) if operator else reached,
            "provider_parent_country": _parent(operator) if operator else reached,
            "provider_entity_list": _listed(operator.entity_lists) if operator else reached,
            "service": reached,
            "hosting_country": reached,
            "hosting_scope": reached,
        }
    ]


def _of_route(component: Component, route: Route, declared: Declared) -> dict[str, Values]:
    scope, country = route.hosting.scope, route.hosting.country
    own = route.route == "self-hosted" and route.provider in ("", "self", UNKNOWN)
    places: Values = _or_unknown(country)
    if country == UNKNOWN and (scope == "local" or own):
        places = declared.context.get("hosting") or _NOT_KNOWN
    same = component.provider if _id(component.provider) == route.provider else None
    parent = route.provider_parent_country or (same.parent_country if same else "")
    lists = route.provider_entity_lists or (same.entity_lists if same else ())
    known = route.provider not in ("", UNKNOWN)
    return {
        "route": (route.route,),
        # Who runs weights himself is no third party: there is no operator to ask about.
        "provider": None if own else _or_unknown(route.provider),
        "operator_differs": None if own else _operator_differs(component, route),
        "provider_country": None if own else _or_unknown(route.provider_country),
        "provider_parent_country": None if own else (parent,) if parent else (),
        "provider_entity_list": None if own else _listed(lists) if known else _NOT_KNOWN,
        "service": _or_unknown(route.service),
        "hosting_country": places,
        "hosting_scope": (scope,),
    }


def _operator_differs(component: Component, route: Route) -> Values:
    """Whether somebody else than the developer serves a model."""
    if component.kind not in _MODELS:
        return None
    developer = _id(component.developer)
    if UNKNOWN in (developer or UNKNOWN, route.provider or UNKNOWN):
        return _NOT_KNOWN
    return ("no",) if developer == route.provider else ("yes",)


def _of_licence(licence: Licence | None, declared: Declared, is_model: bool) -> dict[str, Values]:
    names = (
        "licence", "licence_category", "licence_commercial", "licence_user_cap",
        "licence_revenue_cap", "licence_naming_user_cap", "licence_naming_revenue_cap",
        "licence_service_revenue_cap", "licence_excludes", "licence_excluded_fields",
    )  # fmt: skip
    if licence is None or not is_model:
        return dict.fromkeys(names, _NOT_KNOWN if is_model else None)
    terms = licence.terms
    users = declared.number("scale.monthly_users")
    revenue = declared.number("scale.yearly_revenue_usd")
    return {
        "licence": _or_unknown(licence.id),
        "licence_category": _or_unknown(licence.category),
        "licence_commercial": (_word(terms.get("commercial")),),
        "licence_user_cap": (_cap(terms.get("user_cap"), users),),
        "licence_revenue_cap": (_cap(terms.get("revenue_cap_usd"), revenue),),
        "licence_naming_user_cap": (_cap(terms.get("naming_user_cap"), users),),
        "licence_naming_revenue_cap": (_cap(terms.get("naming_revenue_cap_usd"), revenue),),
        "licence_service_revenue_cap": (_cap(terms.get("service_revenue_cap_usd"), revenue),),
        "licence_excludes": (_excludes(terms.get("excluded_countries"), declared),),
        "licence_excluded_fields": _texts(terms.get("excluded_fields")),
    }


def _cap(limit: object, actual: float | None) -> str:
    """Where the declared size stands against a licence's limit."""
    if not isinstance(limit, (int, float)):
        return "none"
    if actual is None:
        return UNKNOWN
    return "exceeded" if actual > limit else "within"


def _excludes(countries: object, declared: Declared) -> str:
    excluded = declared.members(_texts(countries))
    seats = declared.context.get("seat")
    if not excluded:
        return "none"
    if not seats:
        return UNKNOWN
    return "seat" if excluded.intersection(seats) else "other"


def _word(value: object) -> str:
    """YAML 1.1 reads a bare yes as true."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) and value else UNKNOWN


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(item) for item in value) if isinstance(value, (list, tuple)) else ()


def _lineage_differs(component: Component) -> Values:
    origin = component.origin_country
    bases = {base.country for base in component.lineage}
    if not bases:
        return _NOT_KNOWN if component.resolution in ("vendor", "unknown") else ("no",)
    known = bases - {UNKNOWN}
    if origin != UNKNOWN and known - {origin}:
        return ("yes",)
    return _NOT_KNOWN if origin == UNKNOWN or UNKNOWN in bases else ("no",)


def _all_lists(component: Component) -> Values:
    """Every list a named party stands on; unknown only where no party is known."""
    parties = [p for p in (component.developer, component.provider) if p]
    lists = [name for party in parties for name in party.entity_lists]
    lists += [name for route in component.routes for name in route.provider_entity_lists]
    named = parties or any(r.provider not in ("", "self", UNKNOWN) for r in component.routes)
    if lists or named:
        return _listed(tuple(dict.fromkeys(lists)))
    return _NOT_KNOWN if component.kind in _MODELS else None


def _lists(party: Party | None) -> Values:
    return _listed(party.entity_lists) if party and party.id != UNKNOWN else _NOT_KNOWN


def _listed(lists: tuple[str, ...]) -> tuple[str, ...]:
    """A known party on no list stands on ``none``, so that a rule can ask for any list."""
    return lists or ("none",)


def _parent(party: Party) -> Values:
    return (party.parent_country,) if party.parent_country else ()


def _id(party: Party | None) -> str:
    return party.id if party else ""


def _or_unknown(text: str) -> tuple[str, ...]:
    return (text or UNKNOWN,)
