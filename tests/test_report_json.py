"""JSON report 1.0: fits its schema, keeps its order, carries nothing private."""

from __future__ import annotations

import io
import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from report_samples import OPENAI, at, crowded, empty, model, sample

from stackaudit import model as types
from stackaudit.model import Hosting, Raised, Report, Route
from stackaudit.report import json_report

SCHEMA: dict[str, Any] = json.loads(
    (Path(json_report.__file__).parent / "schema.json").read_text("utf-8")
)


def as_text(report: Report) -> str:
    stream = io.StringIO()
    json_report.write(report, stream)
    return stream.getvalue()


def check(report: Report) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(as_text(report))
    jsonschema.Draft202012Validator(SCHEMA).validate(data)
    return data


def test_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "report", [sample(), empty(), crowded(40)], ids=["sample", "empty", "crowded"]
)
def test_reports_fit_the_schema(report: Report) -> None:
    check(report)


@pytest.mark.parametrize(
    ("name", "literal"),
    [
        ("kind", types.Kind),
        ("usage", types.Usage),
        ("route_kind", types.RouteKind),
        ("basis", types.Basis),
        ("confidence", types.Confidence),
        ("resolution", types.Resolution),
        ("weights", types.Weights),
        ("severity", types.Severity),
        ("rule_kind", types.RuleKind),
        ("status", types.Status),
        ("hosting_scope", types.HostingScope),
    ],
)
def test_schema_knows_every_value_of_the_model(name: str, literal: object) -> None:
    assert SCHEMA["$defs"][name]["enum"] == list(get_args(literal))


def test_schema_knows_every_role() -> None:
    assert SCHEMA["$defs"]["role"]["enum"] == [*types.PLACE_ROLES, types.UNKNOWN]


def test_concentration_is_told_and_fits_the_schema() -> None:
    told = check(sample())["summary"]["concentration"]
    assert told["models"] == 5
    assert [(s["id"], s["models"], s["share"]) for s in told["by_developer"]] == [
        ("deepseek", 2, 0.4),
        ("openai", 1, 0.2),
        ("unknown", 2, 0.4),
    ]
    assert told["largest"]["by"] == "developer"
    assert {loss["by"] for loss in told["losses"]} == {"provider", "origin_country"}
    assert check(empty())["summary"]["concentration"]["largest"] is None


def test_a_place_tells_its_route_by_index_or_in_full() -> None:
    way = Route(
        "gateway", "openrouter", "US", Hosting("unknown"), "observed", "base_url, a.py:1?key=s"
    )
    seen = replace(at("a.py", 1, "m"), route=0, reached=way)
    tested = replace(at("tests/a.py", 1, "m", "test"), reached=way)
    component = model("m", OPENAI, seen, tested, routes=(way,))
    data = check(replace(sample(), components=(component,), findings=()))
    first, second = data["components"][0]["occurrences"]
    assert (first["route"], first["reached"], first["evidence"]) == (0, None, way.evidence)
    assert (second["route"], second["reached"]["provider"]) == (None, "openrouter")


def objects(schema: Any) -> list[dict[str, Any]]:
    if isinstance(schema, list):
        return [found for item in schema for found in objects(item)]
    if not isinstance(schema, dict):
        return []
    own = [schema] if schema.get("type") == "object" else []
    return own + [found for item in schema.values() for found in objects(item)]


def test_schema_is_strict() -> None:
    for schema in objects(SCHEMA):
        assert "additionalProperties" in schema
        if "properties" in schema:
            assert schema["additionalProperties"] is False
            assert schema["required"] == list(schema["properties"])


@pytest.mark.parametrize(
    "break_it",
    [
        lambda data: data.update(extra=1),
        lambda data: data.pop("summary"),
        lambda data: data["components"][0].update(kind="robot"),
        lambda data: data["components"][0].update(origin_country="China"),
        lambda data: data["components"][0]["occurrences"][0].update(path="/home/someone/app.py"),
        lambda data: data["findings"][0].update(severity="fatal"),
        lambda data: data["findings"][0]["occurrences"][0].update(line=0),
        lambda data: data["summary"]["verdict"].update(exit_code=7),
    ],
)
def test_schema_refuses_what_is_wrong(break_it: Any) -> None:
    data = json.loads(as_text(sample()))
    break_it(data)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(data)


def test_keys_stand_in_the_order_of_the_contract() -> None:
    data = check(sample())
    assert list(data) == [
        "schema_version",
        "tool",
        "scan",
        "context",
        "components",
        "findings",
        "summary",
        "data_processing",
        "zones",
    ]
    assert list(data["scan"]) == ["root", "started_at", "duration_s", "git", "coverage"]
    assert list(data["scan"]["coverage"]) == [
        "listed",
        "scanned",
        "with_hits",
        "skipped",
        "errors",
        "bytes",
    ]
    contract = (
        "id kind name family release developer origin_country lineage lineage_countries licence weights roles"
        " usages routes resolution confidence occurrences"
    )
    assert list(data["components"][0])[:17] == contract.split()
    contract = (
        "fingerprint rule pack severity kind title message component occurrences sources remedy status condition"
        " waiver zone"
    )
    assert list(data["findings"][0])[:15] == contract.split()


def test_every_field_of_the_types_is_written() -> None:
    data = check(sample())
    written = {
        types.Component: data["components"][1],
        types.Finding: data["findings"][0],
        types.Route: data["components"][0]["routes"][0],
        types.Party: data["components"][0]["developer"],
        types.Occurrence: data["components"][0]["occurrences"][0],
        types.Ancestor: data["components"][1]["lineage"][0],
        types.Licence: data["components"][0]["licence"],
        types.Source: data["findings"][0]["sources"][0],
        types.Coverage: data["scan"]["coverage"],
    }
    for kind, shown in written.items():
        # Columns in UTF-16 units are for SARIF alone.
        assert {f.name for f in fields(kind)} - {"utf16"} <= set(shown), kind.__name__


def test_the_same_report_gives_the_same_bytes() -> None:
    report = sample()
    other = replace(
        report,
        context=dict(reversed(list(report.context.items()))),
        other_packs={"health": Raised(0, 0), "finance": Raised(5, 2)},
    )
    assert as_text(report) == as_text(other)
    assert as_text(report).endswith("}\n")


def test_summary_adds_up() -> None:
    summary = check(sample())["summary"]
    assert summary["components"] == 10
    assert summary["by_kind"] == {
        "model": 5,
        "weights": 1,
        "endpoint": 2,
        "sdk": 1,
        "credential": 1,
    }
    assert summary["by_usage"]["doc"] == 1
    assert summary["by_severity"]["critical"] == {
        "open": 0,
        "conditional": 2,
        "waived": 0,
        "baseline": 0,
    }
    assert summary["by_origin_country"] == {"CN": 2, "FR": 1, "US": 1, "unknown": 2}
    assert summary["other_packs"] == {"finance": 5, "health": 0}
    assert summary["other_packs_conditional"] == {"finance": 2, "health": 0}


def test_names_stay_readable_and_odd_bytes_stay_valid() -> None:
    odd = model("通义千问", OPENAI, at("caf\udce9/a.py", 1, "x\ud800y"))
    text = as_text(replace(sample(), components=(odd,), findings=()))
    assert "通义千问" in text
    assert (
        json.loads(text.encode("utf-8"))["components"][0]["occurrences"][0]["path"]
        == "caf\ufffd/a.py"
    )
