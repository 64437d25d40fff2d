"""The organisation's own allow and deny lists. Deny beats allow; unknown is a value like others."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from fnmatch import translate
from typing import NamedTuple, get_args

from stackaudit import facts
from stackaudit.facts import Declared
from stackaudit.judge import fingerprint, order, places
from stackaudit.model import (
    GATED_USAGES,
    UNKNOWN,
    Component,
    ConfigError,
    Finding,
    Occurrence,
    Policy,
    RouteKind,
    Usage,
    Weights,
)
from stackaudit.rules.checker import suggest
from stackaudit.rules.matching import Values

#: Pack id of the findings made here; they fail the gate whatever the threshold.
PACK = "policy"
_MODELS = ("model", "weights")


class Fact(NamedTuple):
    """One thing known of a component, in every spelling a policy may use for it."""

    shown: str
    spellings: frozenset[str]


class _Subject(NamedTuple):
    component: Component
    known: Mapping[str, Values]
    routes: list[dict[str, Values]]
    lineage: list[dict[str, Values]]


def _fact(*spellings: str) -> Fact:
    named = [text for text in spellings if text]
    shown = named[0] if named else UNKNOWN
    return Fact(shown, frozenset(_plain(text) for text in named or (UNKNOWN,)))


def _plain(text: str) -> str:
    return "-".join(text.lower().split())


def _names(subject: _Subject) -> list[Fact]:
    """All spellings of a model's name: canonical, release, and as written."""
    component = subject.component
    if component.kind not in _MODELS:
        return []
    written = (place.text for place in component.occurrences)
    _, colon, bare = component.id.partition(":")
    ids = (component.id, bare) if colon else (component.id,)
    return [_fact(component.name, *ids, component.release, *written)]


def _family(subject: _Subject) -> list[Fact]:
    return [_fact(subject.component.family)] if subject.component.kind in _MODELS else []


def _vendor(subject: _Subject) -> list[Fact]:
    component = subject.component
    party = component.developer or component.provider
    if party:
        return [_fact(party.id, party.name)]
    return [_fact()] if component.kind in _MODELS else []


def _lineage(subject: _Subject) -> list[Fact]:
    """Each base model, to be named by country, developer or family."""
    found = []
    for base in subject.lineage:
        values = [base["lineage_country"], base["lineage_developer"], base["lineage_family"]]
        if all(value is not None for value in values):
            found.append(_fact(*(value[0] for value in values if value)))
    return found


def _licence(subject: _Subject) -> list[Fact]:
    if subject.component.kind not in _MODELS:
        return []
    licence = subject.component.licence
    return [_fact(licence.id, licence.name, licence.category) if licence else _fact()]


def _single(field: str) -> Callable[[_Subject], list[Fact]]:
    def read(subject: _Subject) -> list[Fact]:
        return [_fact(value) for value in subject.known.get(field) or ()]

    return read


def _each_route(field: str) -> Callable[[_Subject], list[Fact]]:
    def read(subject: _Subject) -> list[Fact]:
        return [_fact(value) for route in subject.routes for value in route[field] or ()]

    return read


def _provider(subject: _Subject) -> list[Fact]:
    found = []
    labels = [route.provider_name for route in subject.component.routes] or [""]
    for route, label in zip(subject.routes, labels, strict=True):
        found += [_fact(value, label) for value in route["provider"] or ()]
    return found


def _hosting(subject: _Subject) -> list[Fact]:
    """Places of processing; own machines nobody declared may be named ``local``."""
    found = []
    for route in subject.routes:
        scopes = [scope for scope in route["hosting_scope"] or () if scope in ("local", "global")]
        found += [
            _fact(value, *(scopes if value == UNKNOWN else ()))
            for value in route["hosting_country"] or ()
        ]
    return found


class _Axis(NamedTuple):
    """One field of a policy: its name in a sentence, and how to read it off a component."""

    label: str
    read: Callable[[_Subject], list[Fact]]


_AXES: Mapping[str, _Axis] = {
    "model": _Axis("model", _names),
    "family": _Axis("family", _family),
    "vendor": _Axis("developer", _vendor),
    "origin": _Axis("country of origin", _single("origin_country")),
    "lineage": _Axis("base model", _lineage),
    "provider": _Axis("operator", _provider),
    "provider_country": _Axis("operator's country", _each_route("provider_country")),
    "hosting_country": _Axis("place of processing", _hosting),
    "route": _Axis("route", _each_route("route")),
    "licence": _Axis("licence", _licence),
    "weights": _Axis("weights", _single("weights")),
}
POLICY_FIELDS = tuple(_AXES)
_COUNTRIES = ("origin", "provider_country", "hosting_country")


def policy_findings(
    components: Iterable[Component],
    policy: Policy,
    context: Mapping[str, tuple[str, ...]] | None = None,
    regions: Mapping[str, frozenset[str]] | None = None,
    usages: Collection[Usage] = GATED_USAGES,
) -> tuple[Finding, ...]:
    """One finding for each component and line of the policy it breaks.

    Args:
        components: what the scan found.
        policy: the allow and deny lists.
        context: what the user declared; ``hosting`` says where own machines stand.
        regions: codes that stand for several countries (``Pack.regions``).
        usages: places that count; a component only ``offered`` is reported as info.
    """
    declared = Declared(context or {}, regions or {})
    found: list[Finding] = []
    for component in components:
        counted, offered = places(component, usages)
        if not counted:
            continue
        subject = _Subject(
            component,
            facts.of_component(component, declared),
            facts.of_routes(component, declared),
            facts.of_lineage(component),
        )
        found += [
            _finding(component, counted, offered, *line)
            for line in _broken(subject, policy, declared)
        ]
    return tuple(sorted(found, key=order))


def _finding(
    component: Component,
    counted: tuple[Occurrence, ...],
    offered: bool,
    rule: str,
    title: str,
    message: str,
) -> Finding:
    return Finding(
        fingerprint=fingerprint(rule, component.id),
        rule=rule,
        pack=PACK,
        severity="info" if offered else "high",
        kind="prohibition",
        confidence=component.confidence,
        title=title,
        message=message,
        remedy="Replace it by something the policy allows, or change that line of the policy.",
        component=component.id,
        occurrences=counted,
        sources=(),
        status="open",
    )


def _broken(
    subject: _Subject, policy: Policy, declared: Declared
) -> Iterator[tuple[str, str, str]]:
    """Rule id, title and message for each line of the policy that decides against it."""
    for field, axis in _AXES.items():
        known = axis.read(subject)
        denied = policy.deny.get(field, ())
        bad = [fact for fact in known if _listed(field, fact, denied, declared)]
        if bad:
            line = f"policy.deny.{field} = {_toml(denied)}"
            yield (
                f"policy/deny-{field}",
                f"Denied {axis.label}",
                _says(field, axis.label, bad, line),
            )
            continue
        allowed = policy.allow.get(field, ())
        bad = [fact for fact in known if allowed and not _listed(field, fact, allowed, declared)]
        if bad:
            line = f"not in policy.allow.{field} = {_toml(allowed)}"
            yield (
                f"policy/allow-{field}",
                f"{axis.label} not allowed".capitalize(),
                _says(field, axis.label, bad, line),
            )


def _says(field: str, label: str, bad: Iterable[Fact], line: str) -> str:
    # A model's name stands beside the finding; without it all models share one message.
    shown = "" if field == "model" else " " + ", ".join(dict.fromkeys(f.shown for f in bad))
    return f"{label.capitalize()}{shown}: {line}"


def _toml(values: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{value}"' for value in values) + "]"


def _listed(field: str, fact: Fact, values: Collection[str], declared: Declared) -> bool:
    if not values:
        return False
    if field == "model":
        patterns = [re.compile(translate(_plain(value))) for value in values]
        return any(p.match(spelling) for p in patterns for spelling in fact.spellings)
    wanted = declared.members(value.upper() for value in values) | set(values)
    return not fact.spellings.isdisjoint(_plain(value) for value in wanted)


def check_policy(
    policy: Policy,
    known: Mapping[str, Collection[str]],
    where: str = "policy",
) -> None:
    """Refuses a policy line that could never match, so that no gate only looks set.

    Args:
        policy: the allow and deny lists.
        known: values that exist for a field, for as many fields as the caller knows:
            ``origin``, ``provider_country`` and ``hosting_country`` take country codes, ``vendor``
            and ``provider`` vendor ids and names, ``family``, ``licence``; ``model`` is a pattern.
        where: the file, for the error.

    Raises:
        ConfigError: an unknown field or value, with a suggestion; or one in both lists.
    """
    fixed: dict[str, Collection[str]] = {
        "route": get_args(RouteKind),
        "weights": get_args(Weights),
    }
    for verb, lists in (("allow", policy.allow), ("deny", policy.deny)):
        for field, values in lists.items():
            if field not in _AXES:
                hint = suggest(field, POLICY_FIELDS)
                raise ConfigError(f"{where}: unknown field '{field}' in policy.{verb}{hint}")
            names = fixed.get(field) or known.get(field)
            if names is None or field == "model":
                continue
            special = {UNKNOWN, *(("local", "global") if field == "hosting_country" else ())}
            plain = {_plain(name) for name in names} | special
            for value in values:
                if _plain(value) not in plain:
                    hint = suggest(value, sorted({*names, *special}))
                    what = "unknown country" if field in _COUNTRIES else "unknown value"
                    raise ConfigError(f"{where}: policy.{verb}.{field}: {what} '{value}'{hint}")
    for field, values in policy.allow.items():
        denied = {_plain(value) for value in policy.deny.get(field, ())}
        if both := next((value for value in values if _plain(value) in denied), ""):
            what = f"'{both}' is both allowed and denied, and deny wins"
            raise ConfigError(f"{where}: policy.{field}: {what}; take it out of one of the lists")
