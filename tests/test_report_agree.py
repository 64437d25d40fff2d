"""All formats of one scan tell the same, and the same again from any folder, seed or line end."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from gitrepo import git, new
from running import ROOT, run

from stackaudit.model import SEVERITIES

FORMATS = ("terminal", "json", "markdown", "sarif", "sarif-open")
STATUSES = ("open", "conditional")
SOURCES = ROOT / "tests" / "fixtures" / "detect"


def checkout(folder: Path) -> Path:
    """A repository with models, hosts, SDKs and variables in two dozen kinds of file."""
    shutil.copytree(SOURCES, folder)
    new(folder)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "sources")
    return folder


def reports(folder: Path, **env: str) -> dict[str, str]:
    """One scan with all packs, in every format."""
    out = folder.parent / "reports"
    out.mkdir(exist_ok=True)
    words = [f"--write={form}={out / form}" for form in FORMATS]
    done = run("scan", "--pack=all", "--exit-zero", "--reproducible", *words, cwd=folder, **env)
    assert done.returncode == 0, done.stderr
    return {form: (out / form).read_text("utf-8") for form in FORMATS}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return reports(checkout(tmp_path_factory.mktemp("first") / "assistant"), PYTHONHASHSEED="0")


@pytest.fixture(scope="module")
def whole(told: dict[str, str]) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(told["json"])
    return report


def number(pattern: str, text: str) -> int:
    found = re.search(pattern, text, re.MULTILINE)
    assert found, pattern
    return int(found[1].replace(",", ""))


def in_sarif(text: str) -> dict[str, str]:
    """Fingerprint -> status of every finding that has a result."""
    results = json.loads(text)["runs"][0]["results"]
    return {
        r["partialFingerprints"]["stackauditFinding/v1"]: r["properties"]["status"] for r in results
    }


def test_the_summary_counts_what_the_report_holds(whole: dict[str, Any]) -> None:
    summary, findings = whole["summary"], whole["findings"]
    assert summary["components"] == len(whole["components"])
    assert summary["findings"] == len(findings) > 20
    for severity in SEVERITIES:
        for status in STATUSES:
            same = [f for f in findings if (f["severity"], f["status"]) == (severity, status)]
            assert summary["by_severity"][severity][status] == len(same)


def test_every_format_has_the_same_findings(told: dict[str, str], whole: dict[str, Any]) -> None:
    of = {f["fingerprint"]: f["status"] for f in whole["findings"]}
    opened = sum(status == "open" for status in of.values())
    assert in_sarif(told["sarif"]) == of
    assert in_sarif(told["sarif-open"]) == {k: v for k, v in of.items() if v == "open"}
    assert number(r"^FINDINGS \(([\d,]+)\)", told["terminal"]) == opened
    assert number(r"^CONDITIONAL \(([\d,]+)\)", told["terminal"]) == len(of) - opened
    assert number(r"^### Conditional \(([\d,]+)\)", told["markdown"]) == len(of) - opened
    worst = re.search(r"^Open: ([^;.]+)[;.]", told["markdown"], re.MULTILINE)
    assert worst and sum(map(int, re.findall(r"\d+", worst[1]))) == opened


def test_every_format_shows_the_same_components(
    told: dict[str, str], whole: dict[str, Any]
) -> None:
    shown = [
        c["kind"] for c in whole["components"] if {"used", "declared", "offered"} & set(c["usages"])
    ]
    for title, kinds in (("MODELS", ("model", "weights")), ("ENDPOINTS", ("endpoint",))):
        same = sum(kind in kinds for kind in shown)
        assert number(rf"^{title} \(([\d,]+)\)", told["terminal"]) == same > 0
        assert number(rf"^### {title.capitalize()} \(([\d,]+)\)", told["markdown"]) == same


def test_verbose_has_every_fingerprint(tmp_path: Path, whole: dict[str, Any]) -> None:
    folder = checkout(tmp_path / "assistant")
    text = run("scan", "--pack=all", "--exit-zero", "-v", cwd=folder).stdout
    assert [f["rule"] for f in whole["findings"] if f"[{f['fingerprint']}]" not in text] == []


def test_another_folder_and_seed_give_the_same_bytes(tmp_path: Path, told: dict[str, str]) -> None:
    folder = checkout(tmp_path / "some" / "deeper" / "place" / "assistant")
    assert reports(folder, PYTHONHASHSEED="4711") == told


def test_line_ends_of_windows_change_nothing(tmp_path: Path, whole: dict[str, Any]) -> None:
    folder = checkout(tmp_path / "assistant")
    for path in folder.rglob("*.*"):
        if path.is_file() and ".git" not in path.parts:
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    again = json.loads(reports(folder)["json"])

    def places(report: dict[str, Any]) -> list[tuple[object, ...]]:
        return [
            (c["id"], o["path"], o["line"], o["column"], o["text"], o["usage"])
            for c in report["components"]
            for o in c["occurrences"]
        ]

    assert places(again) == places(whole)
    assert [f["fingerprint"] for f in again["findings"]] == [
        f["fingerprint"] for f in whole["findings"]
    ]
