"""Reads the rules of a pack; every fault is noted with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, get_args

from stackaudit.model import Change, Match, Rule, RuleKind, RuleTest, Severity, Source
from stackaudit.rules.causes import PER
from stackaudit.rules.checker import Checker, suggest
from stackaudit.rules.context import Vocabulary
from stackaudit.rules.document import Node
from stackaudit.rules.fields import DECLARED, FIELDS
from stackaudit.rules.given import read_given, value_fault
from stackaudit.rules.lists import Lists
from stackaudit.rules.sources import read_source

_REQUIRED = (
    "id", "title", "severity", "kind", "jurisdiction", "binds", "not_binding", "match", "sources",
    "message", "remedy", "tests",
)  # fmt: skip
_OPTIONAL = (
    "per", "shown_by", "applies_if", "unless", "issued_on", "effective_from", "effective_to",
    "upcoming",
)  # fmt: skip
_EXPECT = ("fires", "conditional", "announced", "noted", "silent")
_SHOWN_BY = ("scan", "explain")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*\Z")
_JURISDICTION = re.compile(r"(?:global|[A-Z]{2}(?:-[A-Z0-9]{1,3})?)\Z")


class Shared(NamedTuple):
    """What all packs refer to: named lists and the context vocabulary."""

    lists: Lists
    vocabulary: Vocabulary
    countries: frozenset[str]
    """Country codes and the codes that stand for several."""
    directory: Path
    """The folder of the shipped rules."""


class RuleReader(NamedTuple):
    """Reads the rules of one pack."""

    checker: Checker
    shared: Shared
    pack: str

    def rules(self, node: Node | None) -> tuple[Rule, ...]:
        """All rules in order; ids must differ."""
        found: dict[str, Rule] = {}
        for item in self.checker.items(node, "rules"):
            rule = self.rule(item)
            if rule.id in found:
                first = found[rule.id].line
                self.checker.fail(
                    item, f"rule '{rule.id}' stands twice; the first is at line {first}"
                )
            elif rule.id:
                found[rule.id] = rule
        return tuple(found.values())

    def rule(self, node: Node) -> Rule:
        """One rule."""
        check = self.checker
        rows = check.entries(node, "a rule", (*_REQUIRED, *_OPTIONAL), _REQUIRED)
        severity: Any = check.choice(rows.get("severity"), "severity", get_args(Severity))
        kind: Any = check.choice(rows.get("kind"), "kind", get_args(RuleKind))
        rule = Rule(
            id=self.id(rows.get("id")),
            pack=self.pack,
            title=check.text(rows.get("title"), "title"),
            severity=severity,
            kind=kind,
            jurisdiction=self.jurisdiction(rows.get("jurisdiction")),
            binds=check.text(rows.get("binds"), "binds"),
            not_binding=check.text(rows.get("not_binding"), "not_binding"),
            match=self.match(rows["match"]) if "match" in rows else Match({}),
            applies_if=self.context(rows.get("applies_if"), "applies_if"),
            unless=self.context(rows.get("unless"), "unless"),
            issued_on=check.day(rows.get("issued_on"), "issued_on"),
            effective_from=check.day(rows.get("effective_from"), "effective_from"),
            effective_to=check.day(rows.get("effective_to"), "effective_to"),
            upcoming=self.upcoming(rows.get("upcoming")),
            sources=self.sources(rows.get("sources")),
            message=check.text(rows.get("message"), "message"),
            remedy=check.text(rows.get("remedy"), "remedy"),
            tests=self.tests(rows.get("tests"), self.outcomes(kind, rows)),
            line=node.line,
            per=check.choice(rows.get("per"), "per", PER) or PER[0],
            shown_by=check.choice(rows.get("shown_by"), "shown_by", _SHOWN_BY) or _SHOWN_BY[0],
        )
        self.consistent(rule, rows)
        return rule

    def id(self, node: Node | None) -> str:
        """``pack/name``."""
        value = self.checker.text(node, "id")
        pack, slash, name = value.partition("/")
        if value and node is not None and not (slash and pack == self.pack and _NAME.match(name)):
            self.checker.fail(node, f"rule id '{value}' must be '{self.pack}/lower-case-name'")
        return value

    def jurisdiction(self, node: Node | None) -> str:
        """A country, a subdivision, EU or global."""
        value = self.checker.text(node, "jurisdiction")
        known = value == "global" or value[:2] in self.shared.countries
        if value and node is not None and not (known and _JURISDICTION.match(value)):
            what = "write an ISO country such as DE, a part such as US-NY, EU or global"
            self.checker.fail(node, f"unknown jurisdiction '{value}'; {what}")
        return value

    def sources(self, node: Node | None) -> tuple[Source, ...]:
        """At least one source."""
        return tuple(
            read_source(self.checker, item) for item in self.checker.items(node, "sources")
        )

    def upcoming(self, node: Node | None) -> tuple[Change, ...]:
        """Changes already decided."""
        changes = []
        for item in self.checker.items(node, "upcoming"):
            rows = self.checker.entries(item, "a change", ("date", "change"), ("date", "change"))
            day = self.checker.day(rows.get("date"), "date")
            changes.append(Change(day, self.checker.text(rows.get("change"), "change")))
        return tuple(changes)

    def match(self, node: Node) -> Match:
        """Conditions: fields, ``not`` and ``any_of``."""
        rows = self.checker.entries(node, "match", (*FIELDS, "not", "any_of"))
        fields = {
            name: self.allowed(name, value)
            for name, value in rows.items()
            if name not in ("not", "any_of")
        }
        if not rows and node.kind == "map":
            self.checker.fail(node, "match is empty and would fire on everything; add a field")
        negated = self.match(rows["not"]) if "not" in rows else None
        options = self.checker.items(rows.get("any_of"), "any_of")
        any_of = tuple(self.match(option) for option in options)
        written = {name: _texts(rows[name]) for name in fields}
        return Match(fields, negated, any_of, written)

    def allowed(self, name: str, node: Node) -> tuple[str, ...]:
        """Allowed values of a field, lists expanded."""
        values: list[str] = []
        for item in self.checker.values(node, name):
            fault = self.list_fault(item.text)
            if not fault:
                expanded = self.shared.lists.expand((item.text,))
                faults = (value_fault(name, value, self.shared.countries) for value in expanded)
                fault = next(filter(None, faults), "")
                values += expanded
            if fault:
                self.checker.fail(item, fault)
        return tuple(dict.fromkeys(values))

    def list_fault(self, value: str) -> str:
        """What is wrong with ``@name``; empty for anything else."""
        known = self.shared.lists.lists
        if not value.startswith("@") or value[1:] in known:
            return ""
        return f"unknown list '{value}'{suggest(value, [f'@{name}' for name in known])}"

    def context(self, node: Node | None, what: str) -> dict[str, tuple[str, ...]]:
        """Declared context: key to values, the first one being what to declare."""
        if node is None:
            return {}
        vocabulary = self.shared.vocabulary
        wanted: dict[str, tuple[str, ...]] = {}
        for key, value in self.checker.entries(node, what, vocabulary.keys).items():
            values: list[str] = []
            if vocabulary.keys[key].type == "number":
                self.checker.fail(
                    value, f"{key} is a number; compare it with a licence_..._cap field"
                )
            for item in self.checker.values(value, key):
                fault = self.list_fault(item.text)
                expanded = () if fault else self.shared.lists.expand((item.text,))
                faults = (vocabulary.fault(key, text) for text in expanded)
                fault = fault or next(filter(None, faults), "")
                if fault:
                    self.checker.fail(item, f"{what}.{key}: {fault}")
                values += expanded
            wanted[key] = tuple(dict.fromkeys(values))
        return wanted

    @staticmethod
    def outcomes(kind: str, rows: Mapping[str, Node]) -> tuple[str, ...]:
        """What the tests of a rule must show at least."""
        if "shown_by" in rows and rows["shown_by"].text == "explain":
            return ("noted", "silent")
        if kind == "pending":
            return ("announced", "silent")
        if "applies_if" in rows:
            return ("fires", "conditional", "silent")
        return ("fires", "silent")

    def tests(self, node: Node | None, wanted: tuple[str, ...]) -> tuple[RuleTest, ...]:
        """Examples; every wanted outcome must be among them."""
        tests = []
        for item in self.checker.items(node, "tests"):
            rows = self.checker.entries(item, "a test", ("given", "expect"), ("given", "expect"))
            expect = self.checker.choice(rows.get("expect"), "expect", _EXPECT)
            given = (
                read_given(
                    self.checker, rows["given"], self.shared.vocabulary, self.shared.countries
                )
                if "given" in rows
                else {}
            )
            tests.append(RuleTest(given, expect, item.line))
        for outcome in wanted:
            if node is not None and tests and all(test.expect != outcome for test in tests):
                self.checker.fail(node, f"no test expects '{outcome}'; add one near the border")
        return tuple(tests)

    def consistent(self, rule: Rule, rows: dict[str, Node]) -> None:
        """What must agree between fields."""
        declared = rule.applies_if or DECLARED & _field_names(rule.match)
        if rule.kind == "prohibition" and not declared:
            what = "a prohibition binds only some; say whom with 'applies_if'"
            self.checker.fail(rows["kind"], what)
        for what, only_info in (
            ("a pending rule", rule.kind == "pending"),
            ("a note (shown by explain)", rule.shown_by == "explain"),
        ):
            if only_info and rule.severity not in ("info", ""):
                self.checker.fail(rows["severity"], f"{what} has severity 'info'")
        for early, late in (("issued_on", "effective_from"), ("effective_from", "effective_to")):
            first, second = getattr(rule, early), getattr(rule, late)
            if first and second and first > second:
                self.checker.fail(rows[late], f"{late} {second} lies before {early} {first}")


def _texts(node: Node) -> tuple[str, ...]:
    nodes = node.items if node.kind == "list" else [node]
    return tuple(item.text for item in nodes if item.kind == "text")


def _field_names(match: Match) -> set[str]:
    found = set(match.fields)
    for inner in (*match.any_of, *((match.negated,) if match.negated else ())):
        found |= _field_names(inner)
    return found
