"""scan --since judges what a branch adds, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from gitrepo import HEAD, call, commit, git, new
from running import run

POLICY = '[tool.stackaudit.policy.deny]\norigin = ["CN", "FR"]\n'


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A repository whose main branch already breaks the policy."""
    folder = new(tmp_path / "repo")
    commit(folder, {"pyproject.toml": POLICY, "old.py": HEAD + call("mistral-large-2411")})
    git(folder, "checkout", "-q", "-b", "branch")
    return folder


def scan(repo: Path, *words: str, since: str = "main") -> tuple[int, Any]:
    done = run("scan", str(repo), "--since", since, "--format", "json", *words)
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads(done.stdout)


def failing(report: Any) -> set[tuple[str, str, int]]:
    """Rule, path and line of what made the gate fail."""
    fingerprints = set(report["summary"]["verdict"]["failing"])
    return {
        (f["rule"], o["path"], o["line"])
        for f in report["findings"]
        if f["fingerprint"] in fingerprints
        for o in f["occurrences"]
    }


def test_older_findings_never_fail_and_are_counted(repo: Path) -> None:
    assert run("scan", str(repo)).returncode == 1
    commit(repo, {"readme.py": "x = 1\n"})
    code, report = scan(repo)
    assert code == 0
    assert failing(report) == set()
    reason = report["summary"]["verdict"]["reason"]
    assert reason.endswith("older findings not judged; leave --since out to see them.")


@pytest.mark.parametrize("committed", [True, False])
def test_what_a_branch_adds_fails(repo: Path, committed: bool) -> None:
    text = "# a new first line\n" + (repo / "old.py").read_text() + call("qwen-max")
    if committed:
        commit(repo, {"old.py": text})
    else:
        (repo / "old.py").write_text(text)
    code, report = scan(repo)
    assert code == 1
    assert failing(report) == {("policy/deny-origin", "old.py", 5)}


def test_a_new_place_of_an_old_component_fails_there(repo: Path) -> None:
    (repo / "untracked.py").write_text(HEAD + call("mistral-large-2411"))
    code, report = scan(repo)
    assert code == 1
    assert failing(report) == {("policy/deny-origin", "untracked.py", 3)}


def test_a_moved_file_adds_nothing(repo: Path) -> None:
    git(repo, "mv", "old.py", "moved.py")
    assert scan(repo)[0] == 0  # not yet committed
    commit(repo, {})
    assert scan(repo)[0] == 0


def test_moving_out_of_the_tests_is_new(repo: Path) -> None:
    git(repo, "checkout", "-q", "main")
    commit(repo, {"tests/test_x.py": HEAD + call("qwen-max")})
    git(repo, "checkout", "-q", "-B", "branch")
    assert scan(repo)[0] == 0
    git(repo, "mv", "tests/test_x.py", "x.py")
    assert ("policy/deny-origin", "x.py", 3) in failing(scan(repo)[1])


def test_a_cause_in_another_file_is_judged(repo: Path) -> None:
    """The model's own line is old; the address that a new line sends it to is not."""
    git(repo, "checkout", "-q", "main")
    deny = '[tool.stackaudit.policy.deny]\nprovider_country = ["CN"]\n'
    code = 'import os\nfrom openai import OpenAI\nc = OpenAI(base_url=os.getenv("LLM_BASE_URL"))\n'
    commit(repo, {"pyproject.toml": deny, "app.py": code + call("gpt-4o").replace("client", "c")})
    git(repo, "checkout", "-q", "-B", "branch")
    assert scan(repo)[0] == 0
    commit(repo, {".env": "LLM_BASE_URL=https://api.moonshot.cn/v1\n"})
    assert ("policy/deny-provider_country", "app.py", 4) in {
        (rule.replace("provider-country", "provider_country"), path, line)
        for rule, path, line in failing(scan(repo)[1])
    }


def test_a_merge_of_main_into_the_branch(repo: Path) -> None:
    """What main got meanwhile is not the branch's doing."""
    commit(repo, {"mine.py": HEAD + call("qwen-max")})
    git(repo, "checkout", "-q", "main")
    commit(repo, {"theirs.py": HEAD + call("deepseek-chat")})
    git(repo, "checkout", "-q", "branch")
    git(repo, "merge", "-q", "--no-edit", "main")
    assert failing(scan(repo)[1]) == {("policy/deny-origin", "mine.py", 3)}


def test_a_subfolder_and_a_single_file(repo: Path) -> None:
    commit(repo, {"sub/pyproject.toml": POLICY, "sub/new.py": HEAD + call("qwen-max")})
    assert failing(scan(repo / "sub")[1]) == {("policy/deny-origin", "new.py", 3)}
    assert failing(scan(repo / "sub" / "new.py")[1]) == {("policy/deny-origin", "new.py", 3)}
    assert scan(repo / "old.py")[0] == 0


def test_a_pinned_submodule_is_old(repo: Path, tmp_path: Path) -> None:
    inner = new(tmp_path / "inner")
    commit(inner, {"inner.py": HEAD + call("qwen-max")})
    git(repo, "checkout", "-q", "main")
    git(repo, "submodule", "add", "-q", str(inner), "inner")
    commit(repo, {})
    git(repo, "checkout", "-q", "-B", "branch")
    assert run("scan", str(repo)).returncode == 1
    assert scan(repo)[0] == 0


def test_other_line_ends_are_no_change(repo: Path) -> None:
    path = repo / "old.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert scan(repo)[0] == 0


def test_names_that_need_quotes(repo: Path) -> None:
    name = 'a "b"\\ü.py'
    (repo / name).write_text(HEAD + call("qwen-max"))
    commit(repo, {})
    assert failing(scan(repo)[1]) == {("policy/deny-origin", name, 3)}
    assert scan(repo, since="HEAD")[0] == 0


def test_a_clean_filter_of_the_repository_is_not_run(repo: Path, tmp_path: Path) -> None:
    git(repo, "config", "filter.x.clean", f"touch {tmp_path}/ran; cat")
    git(repo, "config", "core.fsmonitor", f"touch {tmp_path}/ran")
    (repo / ".gitattributes").write_text("*.py filter=x\n")
    (repo / "old.py").write_text(HEAD + call("qwen-max"))
    assert scan(repo)[0] == 1
    assert not (tmp_path / "ran").exists()
    git(repo, "diff", "main")
    assert (tmp_path / "ran").exists()  # so the trap was armed


@pytest.mark.parametrize(
    ("where", "since", "said"),
    [
        ("repo", "nope", "git knows no commit 'nope'"),
        ("repo", "--upload-pack=x", "is not a git revision"),
        ("plain", "main", "is not in a git repository"),
        (
            "bare",
            "main",
            "is a bare repository or git's own folder, which holds no files to scan; clone",
        ),
        ("shallow", "origin/side", "have no commit in common; this clone is shallow"),
    ],
)
def test_what_cannot_be_told(repo: Path, tmp_path: Path, where: str, since: str, said: str) -> None:
    (tmp_path / "plain").mkdir()
    git(tmp_path, "clone", "-q", "--bare", str(repo), "bare")
    git(repo, "branch", "side", "main")
    commit(repo, {"new.py": "x\n"})
    words = ("clone", "-q", "--depth=1", "--no-single-branch", f"file://{repo}", "shallow")
    git(tmp_path, *words)
    done = run("scan", str(tmp_path / where), f"--since={since}")
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
