"""SARIF: fits the official schema, points at the right characters, keeps its limits and secrets."""

from __future__ import annotations

import io
import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
from report_samples import at, crowded, empty, finding, model, sample
from running import run

from stackaudit import gitinfo, resources, rules
from stackaudit.model import Finding, GitInfo, Override, Report, ScanError
from stackaudit.report import sarif
from stackaudit.source import SourceFile

SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).parent / "fixtures/sarif/sarif-2.1.0.schema.json").read_text("utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(
    SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
)


def log(report: Report, *, open_only: bool = False) -> dict[str, Any]:
    """The only run of the log, after the whole log was held against the schema."""
    stream = io.StringIO()
    sarif.write(report, stream, open_only=open_only)
    data = json.loads(stream.getvalue())
    VALIDATOR.validate(data)
    (only_run,) = data["runs"]
    return dict(only_run)


def test_the_schema_refuses_what_is_wrong() -> None:
    data = sarif.as_sarif(sample())
    data["runs"][0]["results"][0]["level"] = "grave"
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(data)


@pytest.mark.parametrize(
    "report", [sample(), empty(), crowded(40)], ids=["sample", "empty", "crowded"]
)
@pytest.mark.parametrize("open_only", [False, True])
def test_reports_fit_the_official_schema(report: Report, open_only: bool) -> None:
    made = log(report, open_only=open_only)
    for result in made["results"]:
        assert made["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def every_shipped_rule() -> Report:
    packs = rules.load_packs(["all"], resources.rules_directory())
    known = [rule for pack in packs for rule in pack.rules]
    found = tuple(
        finding(r.id, sample().components[0], r.severity, title=r.title, sources=r.sources)
        for r in known
    )
    return replace(sample(), rules=tuple(known), findings=found)


def test_every_shipped_rule_has_help_with_sources_and_remedy() -> None:
    report = every_shipped_rule()
    described = {rule["id"]: rule for rule in log(report)["tool"]["driver"]["rules"]}
    assert len(described) == len(report.rules) > 40
    for rule in report.rules:
        told = described[rule.id]
        assert told["helpUri"] == rule.sources[0].url
        assert " ".join(rule.remedy.split()) in told["help"]["text"]
        assert f"]({rule.sources[0].url})" in told["help"]["markdown"]
        assert told["properties"]["jurisdiction"] == rule.jurisdiction
        assert told["properties"]["severity"] == rule.severity
        assert re.fullmatch(r"[A-Z0-9][A-Za-z0-9]*", told["name"])
        assert len(told["fullDescription"]["text"]) <= 1000
        if rule.severity == "info":
            assert "security-severity" not in told["properties"]


@pytest.mark.parametrize(
    ("severity", "level", "score"),
    [
        ("critical", "error", "9.5"),
        ("high", "error", "8.0"),
        ("medium", "warning", "5.5"),
        ("low", "note", "2.0"),
        ("info", "note", None),
    ],
)
def test_severity_becomes_level_and_score(severity: str, level: str, score: str | None) -> None:
    only = finding("baseline/x", sample().components[0], severity)
    made = log(replace(sample(), findings=(only,)))
    assert {r["level"] for r in made["results"]} == {level}
    assert {r["kind"] for r in made["results"]} == {"fail"}
    assert made["tool"]["driver"]["rules"][0]["properties"].get("security-severity") == score


def by_status(report: Report, **how: bool) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for result in log(report, **how)["results"]:
        found.setdefault(result["properties"]["status"], []).append(result)
    return found


def test_a_conditional_finding_is_open_and_says_what_to_declare() -> None:
    for result in by_status(sample())["conditional"]:
        assert (result["kind"], result["level"]) == ("open", "none")
        assert "declare" in result["message"]["text"]
        assert result["properties"]["condition"] in result["message"]["text"]


def test_zone_changed_severity_and_old_source_are_told() -> None:
    told = Override("baseline/x", "high", "we store health data", "ours.yaml", "low")
    one = replace(sample().findings[0], override=told, stale_days=120, zone="lab")
    first, *others = log(replace(sample(), findings=(one,)))["results"]
    text = first["message"]["text"]
    assert (
        " Zone lab. Severity high instead of low by pack ours.yaml: we store health data." in text
    )
    assert " Its source was last checked 120 days ago." in text
    assert first["properties"]["zone"] == "lab"
    assert first["properties"]["staleDays"] == 120
    assert "by pack ours.yaml" in first["properties"]["override"]
    assert others
    assert all("Severity" not in other["message"]["text"] for other in others), "said once"


def test_a_rule_that_is_only_conditional_has_no_score() -> None:
    described = {r["id"]: r["properties"] for r in log(sample())["tool"]["driver"]["rules"]}
    assert "security-severity" not in described["baseline/bulk-data"]
    assert described["baseline/endpoint-outside-policy"]["security-severity"] == "8.0"


def test_waivers_and_baseline_are_suppressions_and_all_others_have_none() -> None:
    waived = sample().findings[-1]
    old = replace(waived, status="baseline", waiver="", fingerprint="old")
    found = by_status(replace(sample(), findings=(*sample().findings, old)))
    (told,) = found["waived"][0]["suppressions"]
    assert told == {"kind": "external", "status": "accepted", "justification": waived.waiver}
    assert found["baseline"][0]["suppressions"][0]["justification"] == "in the baseline"
    assert all(r["suppressions"] == [] for r in [*found["open"], *found["conditional"]])


def test_open_only_has_nothing_but_open_findings() -> None:
    assert set(by_status(sample(), open_only=True)) == {"open"}


def test_a_result_names_the_component_of_its_own_place() -> None:
    first = model("First-1", None, at("a.py", 1, "first-1"))
    second = model("Second-2", None, at("a.py", 2, "second-2"))
    both = finding("baseline/x", first, components=(first.id, second.id))
    both = replace(both, occurrences=(*first.occurrences, *second.occurrences))
    made = log(replace(sample(), components=(first, second), findings=(both,)))
    told = [r["message"]["text"].partition(":")[0] for r in made["results"]]
    assert told == ["First-1", "Second-2"]


def test_what_fails_comes_first_and_each_finding_before_further_places() -> None:
    results = log(sample())["results"]
    failing = sample().verdict.failing[0]
    assert results[0]["partialFingerprints"]["stackauditFinding/v1"] == failing
    order = [r["partialFingerprints"]["stackauditFinding/v1"] for r in results]
    firsts = len(sample().findings)
    assert len(set(order[:firsts])) == firsts < len(order)


def test_why_stands_once_a_finding_and_in_its_rule() -> None:
    why = sample().findings[0].message
    mine = [r for r in log(sample())["results"] if r["level"] == "error"]
    same = [r for r in mine if "DeepSeek-V3" in r["message"]["text"]]
    assert [why in r["message"]["text"] for r in same] == [True, False, False, False]


def test_too_many_results_are_cut_and_the_log_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 10)
    made = log(sample())
    assert len(made["results"]) == 10
    (note,) = [
        n["message"]["text"]
        for n in made["invocations"][0]["toolExecutionNotifications"]
        if "left out" in n["message"]["text"]
    ]
    assert note.startswith("6 results of 16 left out")
    assert len({r["partialFingerprints"]["stackauditFinding/v1"] for r in made["results"]}) == 7


def test_a_log_stays_within_its_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_BYTES", 60_000)
    stream = io.StringIO()
    sarif.write(crowded(200), stream)
    assert 40_000 < len(stream.getvalue().encode()) <= 60_000
    assert "left out" in stream.getvalue()


def test_a_very_long_list_of_places_stays_within_the_limits() -> None:
    places = tuple(at(f"src/f{n % 90}.py", n, f"m-{n}") for n in range(1, 26_000))
    many = model("many", None, *places)
    report = replace(sample(), components=(many,), findings=(finding("baseline/x", many),))
    stream = io.StringIO()
    sarif.write(report, stream)
    assert len(stream.getvalue().encode()) <= sarif.MOST_BYTES
    assert len(json.loads(stream.getvalue())["runs"][0]["results"]) <= sarif.MOST_RESULTS


def prints(report: Report) -> list[str]:
    results = log(report)["results"]
    return sorted(r["partialFingerprints"]["stackauditPlace/v1"] for r in results)


def test_fingerprints_survive_moved_lines_and_tell_places_apart() -> None:
    twice = model("m", None, at("a.py", 3, "m-1"), at("a.py", 9, "m-1"), at("b.py", 3, "m-1"))
    moved = model("m", None, at("a.py", 40, "m-1"), at("a.py", 77, "m-1"), at("b.py", 1, "m-1"))
    before, after = (
        replace(sample(), components=(c,), findings=(finding("baseline/x", c),))
        for c in (twice, moved)
    )
    assert prints(before) == prints(after)
    assert len(set(prints(before))) == 3


def test_the_same_report_gives_the_same_bytes_and_times_can_be_left_out() -> None:
    turned = replace(sample(), findings=tuple(reversed(sample().findings)))
    one, other = (json.dumps(sarif.as_sarif(r)) for r in (sample(), turned))
    assert one == other
    timeless = sarif.as_sarif(replace(sample(), started_at=""))
    assert "startTimeUtc" not in timeless["runs"][0]["invocations"][0]


def test_addresses_start_at_the_top_of_the_checkout() -> None:
    git = GitInfo("a" * 40, "main", None, "https://example.org/acme/app", "services/claims/")
    made = log(replace(sample(), git=git))
    uris = {
        place["physicalLocation"]["artifactLocation"]["uri"]
        for result in made["results"]
        for place in result["locations"]
    }
    assert all(uri.startswith("services/claims/") for uri in uris)
    (told,) = made["versionControlProvenance"]
    assert told["repositoryUri"] == "https://example.org/acme/app"
    assert told["revisionId"] == "a" * 40
    assert made["originalUriBaseIds"].keys() == {told["mappedTo"]["uriBaseId"]}


def test_what_could_not_be_read_is_a_notification() -> None:
    (invocation,) = log(sample())["invocations"]
    (told,) = invocation["toolExecutionNotifications"]
    assert told["message"]["text"].startswith("app/broken.py: invalid syntax")
    assert invocation["executionSuccessful"] is True
    incomplete = replace(sample().verdict, exit_code=3)
    (invocation,) = log(replace(sample(), verdict=incomplete))["invocations"]
    assert invocation["executionSuccessful"] is False


def test_thousands_of_unread_files_are_counted() -> None:
    errors = tuple(ScanError(f"f{n}", "unreadable") for n in range(2_000))
    report = replace(sample(), coverage=replace(sample().coverage, errors=errors))
    notes = log(report)["invocations"][0]["toolExecutionNotifications"]
    assert len(notes) == 501
    assert notes[-1]["message"]["text"] == "1,500 more files could not be read, or only in part."


HOSTILE = [
    "[click](https://evil.example) {0} {12}",
    "https://user:hunter2@host.example/v1?key=hunter2",
    "\x1b[31m\u202egnp.exe\u200b\x00",
    "\ud800\U0001f600\ufffe",
    "a" * 5_000,
    "</script><img src=x onerror=alert(1)>",
    "",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_scanned_text_can_do_no_harm(text: str) -> None:
    bad = model(text, None, at(f"dir/{text[:50]}.py", 3, text))
    told = finding("baseline/x", bad, title=text, message=text, remedy=text)
    hidden: Finding = replace(told, status="waived", waiver=text)
    made = log(replace(sample(), components=(bad,), findings=(told, hidden)))
    for result in made["results"]:
        words = result["message"]["text"]
        assert "](" not in words
        assert not re.search(r"\{\d+\}", words)
        assert "hunter2" not in words
        assert "\x1b" not in words and "\u202e" not in words
    assert "hunter2" not in json.dumps([r["suppressions"] for r in made["results"]])
    assert "<img" not in made["tool"]["driver"]["rules"][0]["help"]["markdown"]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://git.example.org/acme/app.git", "https://git.example.org/acme/app"),
        ("https://me:hunter2@Git.Example.org/acme/app/", "https://git.example.org/acme/app"),
        ("git@git.example.org:acme/app.git", "https://git.example.org/acme/app"),
        ("ssh://git@git.example.org:2222/acme/app", "https://git.example.org/acme/app"),
        ("https://git.example.org/acme/app?token=hunter2", ""),
        ("/srv/git/app.git", ""),
        ("file:///srv/git/app.git", ""),
        ("C:/git/app", ""),
        ("../app", ""),
    ],
)
def test_the_address_of_the_repository_is_public(tmp_path: Path, url: str, told: str) -> None:
    git(tmp_path, "init", "-q")
    git(tmp_path, "remote", "add", "mirror", "https://other.example.org/x/y")
    git(tmp_path, "remote", "add", "origin", url)
    (tmp_path / "a" / "b").mkdir(parents=True)
    found = gitinfo.info(tmp_path / "a" / "b")
    assert found is not None
    assert (found.remote, found.folder) == (told, "a/b/")


@pytest.mark.parametrize(
    ("text", "characters", "units"),
    [("x = 'm'", 6, 6), ("'\u00e4\u20ac' m", 6, 6), ("\U0001f600\U0001f600m", 3, 5), ("\U0001f600m\U0001f600", 2, 3)],
)  # fmt: skip
def test_columns_in_utf16(text: str, characters: int, units: int) -> None:
    source = SourceFile("a.py", f"\U0001f600\n{text}\r\U0001f600".encode(), "python")
    assert source.utf16(2, characters) == units


def git(folder: Path, *args: str) -> None:
    subprocess.run(["git", "-C", str(folder), *args], check=True, capture_output=True)


def test_a_real_repository_end_to_end(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "remote", "add", "origin", "https://me:hunter2@git.example.org/acme/app.git")
    folder = tmp_path / "services" / "chat bot"
    folder.mkdir(parents=True)
    lines = [
        "from openai import OpenAI  # \U0001f600\U0001f600",
        'c = "\U0001f389", OpenAI(base_url="https://api.deepseek.com")',
        '\u00e4\u00f6\u00fc = "\U0001f600\u20ac\U0001f600", c[1].chat.completions.create(model="deepseek-chat")',
    ]
    (folder / "app \u00fc.py").write_text("\r\n".join(lines), "utf-8", newline="")
    target = tmp_path / "out.sarif"
    done = run("scan", str(folder), "--pack", "all", "--write", f"sarif={target}")
    assert done.returncode in (0, 1), done.stderr
    data = json.loads(target.read_text("utf-8"))
    VALIDATOR.validate(data)
    written = target.read_text("utf-8")
    assert str(tmp_path) not in written and "hunter2" not in written
    made = data["runs"][0]
    assert (
        made["versionControlProvenance"][0]["repositoryUri"] == "https://git.example.org/acme/app"
    )
    texts = set()
    for result in made["results"]:
        (place,) = result["locations"]
        region = place["physicalLocation"]["region"]
        uri = unquote(place["physicalLocation"]["artifactLocation"]["uri"])
        assert uri == "services/chat bot/app \u00fc.py"
        units = lines[region["startLine"] - 1].encode("utf-16-le")
        text = units[2 * (region["startColumn"] - 1) : 2 * (region["endColumn"] - 1)]
        texts.add(text.decode("utf-16-le"))
    assert {"deepseek-chat", "https://api.deepseek.com"} <= texts <= {
        "deepseek-chat", "https://api.deepseek.com", "openai"
    }  # fmt: skip
