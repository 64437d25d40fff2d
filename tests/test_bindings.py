"""Small real-looking programs and settings; for each, whose model goes where, and why we say so.

The tables are ``bindings/*.yaml``: a case has files and everything a scan must find in them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from reading import catalogue

from stackaudit import discover
from stackaudit.model import Component, Hosting, Route
from stackaudit.survey import survey

TABLES = sorted(Path(__file__).parent.joinpath("bindings").glob("*.yaml"))
CASES = {
    f"{table.stem}: {case['name']}": case
    for table in TABLES
    for case in yaml.safe_load(table.read_text("utf-8"))
}
Row = dict[str, Any]


def components(folder: Path, files: dict[str, str]) -> tuple[Component, ...]:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    found = [f for f in discover.walk(folder, discover.Options()) if isinstance(f, discover.Found)]
    return survey(folder, found, catalogue(), "unknown", None).components


def told(hosting: Hosting) -> str:
    """``country CN``, ``region EU``; the scope alone where no place is known."""
    country = "" if hosting.country == "unknown" else f" {hosting.country}"
    return f"{hosting.scope}{country}"


def route_row(route: Route) -> Row:
    return {
        "route": route.route,
        "provider": route.provider,
        "provider_country": route.provider_country,
        "hosting": told(route.hosting),
        "basis": route.basis,
    }


def rows_of(component: Component) -> list[Row]:
    """What a scan says of one component, in the words of the tables, a row for each route."""
    names = dict.fromkeys(o.text for o in component.occurrences)
    if component.kind == "endpoint":
        name: Row = {"endpoint": " ".join(names)}
    else:
        base = component.lineage[0] if component.lineage else None
        name = {
            "model": " ".join(names),
            "developer": component.developer.id if component.developer else "unknown",
            "origin": component.origin_country,
            "base": f"{base.family} {base.country}" if base else "none",
        }
    return [{**name, **route_row(route)} for route in component.routes]


def text_of(row: Row) -> str:
    return ", ".join(f"{key}: {value}" for key, value in row.items() if key != "says")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_bindings(case: Row, tmp_path: Path) -> None:
    found = components(tmp_path, case["files"])
    models = [row for c in found if c.kind in ("model", "weights") for row in rows_of(c)]
    hosts = {row["endpoint"]: (row, c) for c in found if c.kind == "endpoint" for row in rows_of(c)}
    expected = [row for row in case["expected"] if "model" in row]
    assert sorted(map(text_of, models)) == sorted(map(text_of, expected))
    for row in case["expected"]:
        if "endpoint" in row:
            got, component = hosts[row["endpoint"]]
            assert text_of(got) == text_of(row)
            assert row.get("says", "") in component.note


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 270
