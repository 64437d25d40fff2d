"""stackaudit diff: revisions, reports and the working tree, one against the other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from gitrepo import HEAD, call, commit, git, new
from running import run

EVERYTHING = ("used", "declared", "offered")


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = new(tmp_path / "repo")
    commit(
        folder,
        {
            "app.py": HEAD + call("gpt-4o-2024-08-06"),
            "requirements.txt": "openai==1.0.0\n",
            "tests/test_x.py": HEAD + call("deepseek-chat"),
        },
    )
    git(folder, "tag", "v1")
    hub = 'from transformers import pipeline\npipe = pipeline(model="Qwen/Qwen2.5-7B-Instruct")\n'
    commit(folder, {"app.py": hub, "requirements.txt": "openai==2.0.0\n"})
    git(folder, "tag", "v2")
    return folder


def diff(repo: Path, *words: str) -> Any:
    done = run("diff", *words, "--format", "json", cwd=repo)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def names(items: list[dict[str, str]]) -> set[str]:
    return {item["id"].partition(":")[2] for item in items}


def values(items: list[dict[str, str]]) -> set[str]:
    return {item["value"] for item in items}


def test_two_revisions(repo: Path) -> None:
    told = diff(repo, "v1", "v2")
    assert [item["name"] for item in told["models"]["went"]] == ["gpt-4o-2024-08-06"]
    assert len(told["models"]["came"]) == 1
    assert values(told["origin_countries"]["came"]) == {"CN"}
    assert values(told["origin_countries"]["went"]) == {"US"}
    assert values(told["licences"]["came"]) == {"Apache-2.0"}
    assert names(told["sdks"]["came"]) == {"pypi/transformers"}
    changed = {item["name"]: item["fields"] for item in told["sdks"]["changed"]}
    version = [f for f in changed["openai"] if f["field"] == "version"]
    assert version == [{"field": "version", "old": ["==1.0.0"], "new": ["==2.0.0"]}]


def test_backwards_is_the_mirror_image(repo: Path) -> None:
    there, back = diff(repo, "v1", "v2"), diff(repo, "v2", "v1")
    for name in ("models", "sdks", "licences", "routes", "findings"):
        assert there[name]["came"] == back[name]["went"]
        assert there[name]["went"] == back[name]["came"]


def test_the_working_tree_is_the_default(repo: Path) -> None:
    assert diff(repo, "v2")["models"]["came"] == []
    (repo / "new.py").write_text(HEAD + call("mistral-large-2411"))
    assert {"FR"} == values(diff(repo, "HEAD")["origin_countries"]["came"])


def test_tests_count_only_when_asked_for(repo: Path) -> None:
    commit(repo, {"tests/test_x.py": None})
    assert diff(repo, "v2")["models"]["went"] == []
    assert len(diff(repo, "v2", "--usage", "all")["models"]["went"]) == 1


def test_a_tracked_file_that_is_ignored_is_read_at_both_ends(repo: Path) -> None:
    git(repo, "checkout", "-q", "v1")
    (repo / ".gitignore").write_text("app.py\n")
    commit(repo, {})
    assert diff(repo, "HEAD")["models"] == {"came": [], "went": [], "changed": []}
    assert diff(repo, "v1")["models"]["went"] == []


def test_reports(repo: Path) -> None:
    for tag in ("v1", "v2"):
        git(repo, "checkout", "-q", tag)
        run("scan", "--format", "json", "-o", f"../{tag}.json", cwd=repo)
    of_reports, of_revisions = diff(repo, "../v1.json", "../v2.json"), diff(repo, "v1", "v2")
    assert {**of_reports, "from": "v1", "to": "v2"} == of_revisions
    assert diff(repo, "../v1.json", "v2")["models"] == of_revisions["models"]


def test_for_people(repo: Path) -> None:
    shown = run("diff", "v1", "v2", cwd=repo).stdout
    assert "From v1 to v2" in shown
    assert "MODELS  1 came, 1 went" in shown
    assert "  - gpt-4o-2024-08-06" in shown
    assert "version: ==1.0.0 -> ==2.0.0" in shown
    assert "+ CN: " in shown
    assert "Nothing came, went or changed." in run("diff", "v2", cwd=repo).stdout


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda tool: tool["catalogue"].update(version="2020.1", sha256="ff"), "catalogue 2020.1"),
        (lambda tool: tool["packs"].clear(), "rule pack baseline not used against"),
        (lambda tool: tool["packs"][0].update(version="0.1"), "rule pack baseline 0.1"),
    ],
)
def test_reports_of_different_versions(repo: Path, change: Any, said: str) -> None:
    report = json.loads(run("scan", "--format", "json", cwd=repo).stdout)
    change(report["tool"])
    (repo.parent / "old.json").write_text(json.dumps(report))
    done = run("diff", "../old.json", cwd=repo)
    assert done.returncode == 2
    assert said in done.stderr
    assert "--force" in done.stderr
    told = diff(repo, "../old.json", "--force")
    assert said in told["made_differently"][0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "is not a JSON report of stackaudit scan"),
        ('{"components": {}}', "is not a JSON report of stackaudit scan"),
        ('{"components": [], "schema_version": "9.0"}', "has schema version 9.0"),
    ],
)
def test_what_is_no_report(repo: Path, content: str, said: str) -> None:
    (repo.parent / "x.json").write_text(content)
    done = run("diff", "../x.json", cwd=repo)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_strange_report_is_compared_as_far_as_it_goes(repo: Path) -> None:
    rows = [
        None,
        3,
        {"id": 5, "usages": "used"},
        {"id": "x", "usages": ["used", {}], "routes": [1]},
    ]
    strange = {"schema_version": "1.7", "components": rows, "findings": [{}], "tool": []}
    (repo.parent / "x.json").write_text(json.dumps(strange))
    told = diff(repo, "../x.json", "../x.json")
    assert told["models"] == {"came": [], "went": [], "changed": []}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nope",), "git knows no commit 'nope'"),
        (("v1", "nope.json"), "git knows no commit 'nope.json'"),
        (("v1", "--root", "nowhere"), "no such file or folder"),
    ],
)
def test_what_cannot_be_read(repo: Path, words: tuple[str, ...], said: str) -> None:
    done = run("diff", *words, cwd=repo)
    assert done.returncode == 2
    assert said in done.stderr


def test_two_revisions_of_a_bare_repository(repo: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(repo), "bare")
    assert diff(tmp_path / "bare", "v1", "v2")["models"] == diff(repo, "v1", "v2")["models"]
