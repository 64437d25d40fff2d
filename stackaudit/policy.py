"""The organisation's own allow and deny lists. Deny beats allow; unknown is a value like others."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from fnmatch import translate
from typing import get_args

from stackaudit.axes import AXES, Fact, Subject, plain
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

#: Pack id of the findings made here; they fail the gate whatever the threshold.
PACK = "policy"


POLICY_FIELDS = tuple(AXES)
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
        subject = Subject.of(component, declared)
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


def _broken(subject: Subject, policy: Policy, declared: Declared) -> Iterator[tuple[str, str, str]]:
    """Rule id, title and message for each line of the policy that decides against it."""
    for field, axis in AXES.items():
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
        patterns = [re.compile(translate(plain(value))) for value in values]
        return any(p.match(spelling) for p in patterns for spelling in fact.spellings)
    wanted = declared.members(value.upper() for value in values) | set(values)
    return not fact.spellings.isdisjoint(plain(value) for value in wanted)


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
            if field not in AXES:
                hint = suggest(field, POLICY_FIELDS)
                raise ConfigError(f"{where}: unknown field '{field}' in policy.{verb}{hint}")
            names = fixed.get(field) or known.get(field)
            if names is None or field == "model":
                continue
            special = {UNKNOWN, *(("local", "global") if field == "hosting_country" else ())}
            usable = {plain(name) for name in names} | special
            for value in values:
                if plain(value) not in usable:
                    hint = suggest(value, sorted({*names, *special}))
                    what = "unknown country" if field in _COUNTRIES else "unknown value"
                    raise ConfigError(f"{where}: policy.{verb}.{field}: {what} '{value}'{hint}")
    _check_no_value_in_both(policy, where)


def _check_no_value_in_both(policy: Policy, where: str) -> None:
    for field, values in policy.allow.items():
        denied = {plain(value) for value in policy.deny.get(field, ())}
        if both := next((value for value in values if plain(value) in denied), ""):
            what = f"'{both}' is both allowed and denied, and deny wins"
            raise ConfigError(f"{where}: policy.{field}: {what}; take it out of one of the lists")
