"""Another severity for a shipped rule, given with a reason in a pack of the organisation's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, get_args

from stackaudit.model import ConfigError, Override, Pack, Rule, Severity
from stackaudit.rules.checker import Checker, suggest
from stackaudit.rules.document import Node

_FIELDS = ("rule", "severity", "reason")


def read_overrides(
    checker: Checker, node: Node | None, pack: str, shipped: Mapping[str, Rule]
) -> tuple[Override, ...]:
    """The overrides of one pack; faults go to ``checker``.

    Args:
        checker: takes the faults.
        node: the list, where there is one.
        pack: id of the pack it stands in.
        shipped: the rules that can be overridden, by id.
    """
    found: dict[str, Override] = {}
    for item in checker.items(node, "overrides"):
        rows = checker.entries(item, "an override", _FIELDS, _FIELDS)
        name = checker.text(rows.get("rule"), "rule")
        severity: Any = checker.choice(rows.get("severity"), "severity", get_args(Severity))
        reason = checker.text(rows.get("reason"), "reason")
        if not name:
            continue
        rule = shipped.get(name)
        fault = _fault(name, severity, shipped, found, pack)
        if fault:
            checker.fail(rows["rule"], fault)
        elif rule and severity:
            found[name] = Override(name, severity, reason, pack, rule.severity, item.line)
    return tuple(found.values())


def _fault(
    name: str,
    severity: str,
    shipped: Mapping[str, Rule],
    found: Mapping[str, Override],
    pack: str,
) -> str:
    """What is wrong with overriding a rule; empty when nothing is."""
    if name in found:
        return f"rule '{name}' is overridden twice; the first is at line {found[name].line}"
    if name.startswith(f"{pack}/"):
        return f"rule '{name}' stands in this very pack; change its severity there"
    rule = shipped.get(name)
    if rule is None:
        return f"unknown rule '{name}'{suggest(name, shipped) or '; stackaudit rules list has all'}"
    if rule.kind == "pending" or rule.shown_by == "explain":
        what = "pending" if rule.kind == "pending" else "a note"
        return f"rule '{name}' is {what} and always info; it cannot be overridden"
    if rule.severity == severity:
        return f"rule '{name}' is {severity} already; remove this override"
    return ""


def overridden(packs: Iterable[Pack]) -> list[Pack]:
    """The packs with the severities that they give to each other's rules.

    Raises:
        ConfigError: two packs override one rule.
    """
    listed = list(packs)
    given: dict[str, tuple[Pack, Override]] = {}
    for pack in listed:
        for override in pack.overrides:
            if override.rule in given:
                first, other = given[override.rule]
                raise ConfigError(
                    f"{pack.path}:{override.line}: rule '{override.rule}' is overridden at "
                    f"{first.path}:{other.line} too; keep one of them"
                )
            given[override.rule] = (pack, override)
    return [_with(pack, given) for pack in listed] if given else listed


def _with(pack: Pack, given: Mapping[str, tuple[Pack, Override]]) -> Pack:
    if not any(rule.id in given for rule in pack.rules):
        return pack
    rules = tuple(
        replace(rule, severity=given[rule.id][1].severity, override=given[rule.id][1])
        if rule.id in given
        else rule
        for rule in pack.rules
    )
    return replace(pack, rules=rules)
