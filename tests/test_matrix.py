"""Who made it, what it is based on, who runs it where, for whom: the rules that must speak.

Each row of tests/matrix/*.yaml names something as it stands in code and the host that serves it;
developer, base, licence and operator come from the catalogue, so a row also fails when those
facts change. Every row was reviewed by hand against the sources of the rules.
"""

from __future__ import annotations

from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml

from stackaudit import judge, routes, rules
from stackaudit.bind import Bound
from stackaudit.catalogue import load
from stackaudit.model import UNKNOWN, Component, Finding, Mention, Package, Route
from stackaudit.resolve import components

ROOT = Path(__file__).resolve().parents[1]
RULES = ROOT / "rules"
PACKS = rules.load_packs(["all"], RULES)
KNOWN = {rule.id: rule for pack in PACKS for rule in pack.rules}
TODAY = date(2026, 11, 22)
FILES = sorted((ROOT / "tests" / "matrix").glob("*.yaml"))
KEYS = {"name", "is", "kind", "at", "context", "as_of", "open", "announced", "conditional", "never"}


def rows() -> list[Any]:
    found = []
    for path in FILES:
        document = yaml.safe_load(path.read_text("utf-8"))
        sets = document.get("sets", {})
        found += [
            pytest.param(row, sets, id=f"{path.stem}: {row['name']}") for row in document["rows"]
        ]
    return found


ROWS = rows()


def route(at: str | None, own: str) -> Route:
    """By host; ``own`` is the user's machine; nothing means that no line tells."""
    if at is None:
        return routes.nowhere("inferred", "matrix")
    if at == "own":
        return routes.own("", "observed", "matrix", own)
    host = load().hosts.find(at)
    assert host is not None, f"the catalogue does not know the host {at}"
    return routes.endpoint_route(load(), host, "observed", "matrix")


def component(row: dict[str, Any], own: str) -> Component:
    kind, text = row.get("kind", "model"), row["is"]
    package = None
    if kind == "sdk":
        ecosystem, _, name = text.partition(":")
        package = Package(ecosystem, name)
    mention = Mention(kind, text, "app.py", 1, 1, 1, 9, "matrix", "used", package=package)
    way = None if kind == "sdk" else route(text if kind == "endpoint" else row.get("at"), own)
    (found,) = components([Bound(mention, way)], load())
    assert found.resolution != "unknown" or text.startswith("acme"), f"{text} is not known"
    return found


def judged(row: dict[str, Any]) -> tuple[Finding, ...]:
    context = rules.check_context(row.get("context", {}), RULES, row["name"])
    day = date.fromisoformat(str(row.get("as_of", TODAY)))
    own = context.get("hosting", (UNKNOWN,))[0]
    return judge.judge([component(row, own)], PACKS, context, day)


def listed(row: dict[str, Any], key: str, sets: dict[str, list[str]]) -> set[str]:
    """Rule ids; ``@name`` stands for a set."""
    names = (row.get(key) or ()) if key in row else ()
    every = [rule for name in names for rule in (sets[name[1:]] if name[0] == "@" else [name])]
    if key != "never":
        assert set(every) <= KNOWN.keys(), sorted(set(every) - KNOWN.keys())
    return set(every)


def is_announced(finding: Finding) -> bool:
    return finding.kind == "pending"


@pytest.mark.parametrize(("row", "sets"), ROWS)
def test_the_rules_that_speak(row: dict[str, Any], sets: dict[str, list[str]]) -> None:
    assert row.keys() <= KEYS
    found = judged(row)
    opened = {f.rule for f in found if f.status == "open" and not is_announced(f)}
    assert opened == listed(row, "open", sets)
    if "announced" in row:
        announced = {f.rule for f in found if f.status == "open" and is_announced(f)}
        assert announced == listed(row, "announced", sets)
    waiting = {f.rule for f in found if f.status == "conditional"}
    assert listed(row, "conditional", sets) <= waiting
    for pattern in listed(row, "never", sets):
        assert any(fnmatchcase(rule, pattern) for rule in KNOWN), f"{pattern} is no rule"
        assert [f.rule for f in found if fnmatchcase(f.rule, pattern)] == []


def test_there_are_enough_rows() -> None:
    assert len(ROWS) >= 60


@pytest.mark.parametrize("pack", [pack.id for pack in PACKS])
def test_every_pack_speaks_in_some_row(pack: str) -> None:
    spoken = {
        rule
        for param in ROWS
        for key in ("open", "announced", "conditional")
        for rule in listed(param.values[0], key, param.values[1])
    }
    assert any(rule.startswith(f"{pack}/") for rule in spoken)


def test_guidance_on_statistical_models_is_cited_for_no_language_model() -> None:
    """SR 11-7 is about models that estimate quantities; it is not evidence against an LLM."""
    for rule in KNOWN.values():
        cited = " ".join(f"{s.title} {s.section} {s.url}" for s in rule.sources)
        assert "11-7" not in cited and "sr1107" not in cited.lower(), rule.id
