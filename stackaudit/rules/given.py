"""Turns the ``given:`` of a rule's test into a real component and a context."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from stackaudit.model import (
    UNKNOWN,
    Ancestor,
    Component,
    Hosting,
    Licence,
    Occurrence,
    Package,
    Party,
    Route,
)
from stackaudit.rules.checker import Checker, suggest
from stackaudit.rules.context import Vocabulary
from stackaudit.rules.document import Node
from stackaudit.rules.fields import FIELDS, names

_ROUTE = names("route") - {"operator_differs"}
_LINEAGE = names("lineage")
#: What a test may say beside the fields of a match.
_SINGLE = (
    "commercial", "user_cap", "revenue_cap_usd", "naming_user_cap", "naming_revenue_cap_usd",
    "service_revenue_cap_usd",
)  # fmt: skip
_TERMS = (*_SINGLE, "excluded_countries", "excluded_fields")
_EXTRA = ("name", "routes", "lineage", "terms", "context", "as_of")
#: Facts that follow from others and so cannot be given.
_DERIVED = {
    "licence_commercial", "licence_user_cap", "licence_revenue_cap", "licence_naming_user_cap",
    "licence_naming_revenue_cap", "licence_service_revenue_cap", "licence_excludes",
    "licence_excluded_fields", "lineage_differs", "entity_list", "operator_differs",
}  # fmt: skip
GIVEN = (*(name for name in FIELDS if name not in _DERIVED), *_EXTRA)


class Case(NamedTuple):
    """A component with what is declared about it."""

    component: Component
    context: dict[str, tuple[str, ...]]
    as_of: str
    """ISO date, or empty for any day on which the rule is in force."""


def read_given(
    checker: Checker, node: Node, vocabulary: Vocabulary, countries: frozenset[str]
) -> dict[str, object]:
    """The facts of one test; faults go to ``checker``."""
    reader = _Reader(checker, vocabulary, countries)
    given: dict[str, object] = {}
    for name, value in checker.entries(node, "given", GIVEN).items():
        given[name] = reader.value(name, value)
    return given


class _Reader(NamedTuple):
    checker: Checker
    vocabulary: Vocabulary
    countries: frozenset[str]

    def value(self, name: str, node: Node) -> object:
        check = self.checker
        if name == "context":
            return self.context(node)
        if name == "routes":
            return [self.facts(item, "a route", _ROUTE) for item in check.items(node, name)]
        if name == "lineage":
            return [self.facts(item, "a base model", _LINEAGE) for item in check.items(node, name)]
        if name == "terms":
            rows = check.entries(node, "terms", _TERMS)
            return {key: [v.text for v in check.values(row, key)] for key, row in rows.items()}
        if name == "as_of":
            return check.day(node, name)
        if name == "name":
            return check.text(node, name)
        return self.field(name, node)

    def facts(self, node: Node, what: str, known: frozenset[str]) -> dict[str, list[str]]:
        rows = self.checker.entries(node, what, known)
        return {name: self.field(name, value) for name, value in rows.items()}

    def field(self, name: str, node: Node) -> list[str]:
        nodes = self.checker.values(node, name)
        for item in nodes:
            fault = value_fault(name, item.text, self.countries)
            if fault:
                self.checker.fail(item, fault)
        return [item.text for item in nodes]

    def context(self, node: Node) -> dict[str, tuple[str, ...]]:
        rows = self.checker.entries(node, "context", self.vocabulary.keys)
        out = {}
        for key, value in rows.items():
            nodes = self.checker.values(value, key)
            for item in nodes:
                fault = self.vocabulary.fault(key, item.text)
                if fault:
                    self.checker.fail(item, f"context.{key}: {fault}")
            out[key] = tuple(item.text for item in nodes)
        return out


def value_fault(name: str, value: str, countries: frozenset[str]) -> str:
    """What is wrong with ``value`` for the field ``name``; empty when nothing is."""
    field = FIELDS[name]
    if field.form == "closed" and value not in field.values:
        return f"unknown value '{value}' for {name}{suggest(value, field.values)}"
    if field.form == "country" and value not in countries and value != UNKNOWN:
        hint = f"; did you mean '{value.upper()}'?" if value.upper() in countries else ""
        return f"'{value}' is not a country for {name}; ISO 3166-1 alpha-2, EU or unknown{hint}"
    if field.form == "id" and not _is_id(value):
        return f"'{value}' is not an id for {name}; ids have no spaces or wildcards"
    return ""


def _is_id(value: str) -> bool:
    return value == value.strip() and not any(c.isspace() or c in "*?@" for c in value[:1] + value)


def build(given: Mapping[str, Any]) -> Case:
    """The component a test describes. One used place, unless the test says otherwise."""
    get = _Getter(given)
    kind = get.one("kind", "model")
    name = str(given.get("name", "")) or get.one("written", "example")
    is_model = kind in ("model", "weights")
    routes = given.get("routes") or ([given] if _ROUTE & given.keys() else [])
    component = Component(
        id=f"{kind}:{name}",
        kind=kind,
        name=name,
        resolution=get.one("resolution", "exact"),
        confidence=get.one("confidence", "high"),
        occurrences=tuple(_occurrence(get, use, name) for use in given.get("usage", ["used"])),
        family=get.one("family", ""),
        release=get.one("release", ""),
        developer=_party(get, "developer", "origin_country") if is_model else None,
        lineage=_lineage(given),
        licence=_licence(get, given.get("terms", {})),
        weights=get.one("weights", UNKNOWN),
        roles=tuple(given.get("role", ())),
        routes=tuple(_route(_Getter(row)) for row in routes),
        provider=None if is_model else _party(get, "provider", "provider_country"),
        package=_package(get),
        occurrence_count=1,
    )
    return Case(component, dict(given.get("context", {})), str(given.get("as_of", "")))


class _Getter(NamedTuple):
    given: Mapping[str, Any]

    def one(self, name: str, default: Any) -> Any:
        values = self.given.get(name)
        return values[0] if values else default

    def many(self, name: str) -> tuple[str, ...]:
        return tuple(self.given.get(name, ()))


def _occurrence(get: _Getter, usage: Any, name: str) -> Occurrence:
    written = get.one("written", name)
    role = get.one("role", UNKNOWN)
    return Occurrence("app.py", 1, 1, 1, len(written) + 1, written, usage, role, "test")


def _party(get: _Getter, name: str, country: str) -> Party | None:
    party = get.one(name, "")
    seat = get.one(country, "")
    if not party and not seat:
        return None
    lists = get.many(f"{name}_entity_list")
    parent = get.one("provider_parent_country", "") if name == "provider" else ""
    who = party or UNKNOWN
    return Party(who, who, seat or UNKNOWN, parent_country=parent, entity_lists=lists)


def _package(get: _Getter) -> Package | None:
    name = get.one("package", "")
    return Package(get.one("ecosystem", UNKNOWN), name) if name else None


def _lineage(given: Mapping[str, Any]) -> tuple[Ancestor, ...]:
    rows = given.get("lineage") or ([given] if _LINEAGE & given.keys() else [])
    return tuple(
        Ancestor(
            get.one("lineage_family", UNKNOWN),
            get.one("lineage_developer", UNKNOWN),
            get.one("lineage_country", UNKNOWN),
            get.one("lineage_relation", "fine-tune"),
            "high",
            "test",
        )
        for get in map(_Getter, rows)
    )


def _licence(get: _Getter, terms: Mapping[str, list[str]]) -> Licence | None:
    name = get.one("licence", "")
    category = get.one("licence_category", "")
    if not (name or category or terms):
        return None
    plain: dict[str, object] = {
        key: (int(row[0]) if row[0].isdigit() else row[0]) if key in _SINGLE else list(row)
        for key, row in terms.items()
    }
    return Licence(name or "example", name or "example", category or UNKNOWN, plain)


def _route(get: _Getter) -> Route:
    country = get.one("hosting_country", UNKNOWN)
    scope = get.one("hosting_scope", UNKNOWN if country == UNKNOWN else "country")
    return Route(
        get.one("route", UNKNOWN),
        get.one("provider", UNKNOWN),
        get.one("provider_country", UNKNOWN),
        Hosting(scope, country),
        "observed",
        "test",
        get.one("service", ""),
        provider_parent_country=get.one("provider_parent_country", ""),
        provider_entity_lists=get.many("provider_entity_list"),
    )
