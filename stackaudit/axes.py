"""The fields of a policy: what each is called, and how it is read off a component."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from stackaudit import facts
from stackaudit.facts import Declared
from stackaudit.model import UNKNOWN, Component
from stackaudit.rules.matching import Values

_MODELS = ("model", "weights")


class Fact(NamedTuple):
    """One thing known of a component, in every spelling a policy may use for it."""

    shown: str
    spellings: frozenset[str]


class Subject(NamedTuple):
    """A component with all that a policy may ask of it."""

    component: Component
    known: Mapping[str, Values]
    routes: list[dict[str, Values]]
    lineage: list[dict[str, Values]]

    @classmethod
    def of(cls, component: Component, declared: Declared) -> Subject:
        """What is known of a component, and declared by the user."""
        return cls(
            component,
            facts.of_component(component, declared),
            facts.of_routes(component, declared),
            facts.of_lineage(component),
        )


def _fact(*spellings: str) -> Fact:
    named = [text for text in spellings if text]
    shown = named[0] if named else UNKNOWN
    return Fact(shown, frozenset(plain(text) for text in named or (UNKNOWN,)))


def plain(text: str) -> str:
    """A spelling as it is compared: small letters, no blanks."""
    return "-".join(text.lower().split())


def _names(subject: Subject) -> list[Fact]:
    """All spellings of a model's name: canonical, release, and as written."""
    component = subject.component
    if component.kind not in _MODELS:
        return []
    written = (place.text for place in component.occurrences)
    _, colon, bare = component.id.partition(":")
    ids = (component.id, bare) if colon else (component.id,)
    return [_fact(component.name, *ids, component.release, *written)]


def _family(subject: Subject) -> list[Fact]:
    return [_fact(subject.component.family)] if subject.component.kind in _MODELS else []


def _vendor(subject: Subject) -> list[Fact]:
    component = subject.component
    party = component.developer or component.provider
    if party:
        return [_fact(party.id, party.name)]
    return [_fact()] if component.kind in _MODELS else []


def _lineage(subject: Subject) -> list[Fact]:
    """Each base model, to be named by country, developer or family."""
    found = []
    for base in subject.lineage:
        values = [base["lineage_country"], base["lineage_developer"], base["lineage_family"]]
        if all(value is not None for value in values):
            found.append(_fact(*(value[0] for value in values if value)))
    return found


def _licence(subject: Subject) -> list[Fact]:
    if subject.component.kind not in _MODELS:
        return []
    licence = subject.component.licence
    return [_fact(licence.id, licence.name, licence.category) if licence else _fact()]


def _single(field: str) -> Callable[[Subject], list[Fact]]:
    def read(subject: Subject) -> list[Fact]:
        return [_fact(value) for value in subject.known.get(field) or ()]

    return read


def _each_route(field: str) -> Callable[[Subject], list[Fact]]:
    def read(subject: Subject) -> list[Fact]:
        return [_fact(value) for route in subject.routes for value in route[field] or ()]

    return read


def _provider(subject: Subject) -> list[Fact]:
    found = []
    labels = [route.provider_name for route in subject.component.routes] or [""]
    for route, label in zip(subject.routes, labels, strict=True):
        found += [_fact(value, label) for value in route["provider"] or ()]
    return found


def _hosting(subject: Subject) -> list[Fact]:
    """Places of processing; own machines nobody declared may be named ``local``."""
    found = []
    for route in subject.routes:
        scopes = [scope for scope in route["hosting_scope"] or () if scope in ("local", "global")]
        found += [
            _fact(value, *(scopes if value == UNKNOWN else ()))
            for value in route["hosting_country"] or ()
        ]
    return found


class Axis(NamedTuple):
    """One field of a policy: its name in a sentence, and how to read it off a component."""

    label: str
    read: Callable[[Subject], list[Fact]]


AXES: Mapping[str, Axis] = {
    "model": Axis("model", _names),
    "family": Axis("family", _family),
    "vendor": Axis("developer", _vendor),
    "origin": Axis("country of origin", _single("origin_country")),
    "lineage": Axis("base model", _lineage),
    "provider": Axis("operator", _provider),
    "provider_country": Axis("operator's country", _each_route("provider_country")),
    "hosting_country": Axis("place of processing", _hosting),
    "route": Axis("route", _each_route("route")),
    "licence": Axis("licence", _licence),
    "weights": Axis("weights", _single("weights")),
}
