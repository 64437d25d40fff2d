"""Bad input of the gate: each is one clear line and exit code 2, or it just works."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from gitrepo import HEAD, call, commit, git, new
from running import here

SCAN = ("scan", "-q")
SINCE = ("scan", "-q", "--since", "main")
DENY = 'policy.deny.origin = ["CN"]\n'
WAIVER = '[[waivers]]\nrule = "policy/*"\nreason = "r"\nowner = "o"\nexpires = 2999-01-01\n'
ZONE = '[[zones]]\nname = "lab"\npaths = ["lab/"]\npolicy.allow.origin = ["CN", "US"]\n'


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """Its main branch has a refused model; a branch with one more commit is checked out."""
    folder = new(tmp_path / "repo")
    commit(folder, {"stackaudit.toml": DENY, "app.py": HEAD + call("deepseek-chat")})
    git(folder, "checkout", "-q", "-b", "branch")
    commit(folder, {"b.py": "x = 1\n"})
    return folder


def settings(text: str) -> Callable[[Path], Path]:
    return lambda repo: written(repo, "stackaudit.toml", text)


def waivers(text: str) -> Callable[[Path], Path]:
    return lambda repo: written(repo, "stackaudit-waivers.toml", text)


def baseline(text: str) -> Callable[[Path], Path]:
    return lambda repo: written(repo, ".stackaudit-baseline.json", text)


def written(repo: Path, file: str, text: str) -> Path:
    (repo / file).write_text(text)
    return repo


def bare(repo: Path) -> Path:
    git(repo.parent, "clone", "-q", "--bare", str(repo), "bare.git")
    return repo.parent / "bare.git"


def shallow(repo: Path) -> Path:
    """What CI systems clone: one commit of the branch, and one of main."""
    git(repo, "checkout", "-q", "main")
    commit(repo, {"c.py": "x = 1\n"})
    git(repo, "checkout", "-q", "branch")
    words = ("clone", "-q", "--depth=1", "--no-single-branch", f"file://{repo}", "shallow")
    git(repo.parent, *words)
    return repo.parent / "shallow"


def cloned(repo: Path) -> Path:
    git(repo.parent, "clone", "-q", str(repo), "clone")
    return repo.parent / "clone"


@pytest.mark.parametrize(
    ("prepare", "words", "said"),
    [
        (settings(DENY + 'policy.allow.origin = ["US", "cn"]\n'), SCAN,
         "stackaudit.toml: policy.origin: 'CN' is both allowed and denied, and deny wins; take it"),
        (settings(DENY + ZONE), SCAN, 'zone "lab": policy.origin: \'CN\' is both allowed and denied'),
        (settings('policy.deny.orgin = ["CN"]\n'), SCAN, "did you mean"),
        (waivers(WAIVER.replace('reason = "r"\n', "")), SCAN, "stackaudit-waivers.toml:1:"),
        (waivers(WAIVER.replace('reason = "r"\n', "")), SCAN, "needs reason"),
        (waivers(WAIVER.replace("expires = 2999-01-01\n", "")), SCAN, "needs expires"),
        (waivers(WAIVER.replace("2999-01-01", "2999-02-30")), SCAN, "stackaudit-waivers.toml:5:"),
        (waivers(f"<<<<<<< HEAD\n{WAIVER}"), SCAN, "stackaudit-waivers.toml:1:"),
        (baseline('{"version": 2, "findings": []}'), SCAN, "of version 2, and this stackaudit re"),
        (baseline('{"version": 2, "findings": []}'), ("baseline", "update"), "update stackaudit"),
        (baseline('{"version": 1, "findi'), SCAN, "is damaged: not JSON; write it anew with: stack"),
        (baseline('{"version": 1, "findi'), ("baseline", "prune"), "is damaged: not JSON"),
        (shallow, ("scan", "--since", "origin/main"), "no commit in common; this clone is shallow"),
        (shallow, ("scan", "--since", "HEAD~1"), "fetch the whole history in CI (fetch-depth: 0)"),
        (cloned, SINCE, "git knows no commit 'main'; did you mean 'origin/main'?"),
        (bare, SCAN, "is a bare repository or git's own folder, which holds no files to scan"),
        (bare, SINCE, "clone it, or name the working tree"),
        (bare, ("baseline", "create"), "which holds no files to scan"),
        (lambda repo: repo / ".git", SCAN, "which holds no files to scan"),
        (lambda repo: new(repo.parent / "empty"), ("scan", "--since", "HEAD"), "no commit yet"),
        (lambda repo: repo.parent, SINCE, "is not in a git repository"),
    ],
)  # fmt: skip
def test_one_clear_line(
    repo: Path, prepare: Callable[[Path], Path], words: tuple[str, ...], said: str
) -> None:
    done = here(*words, cwd=prepare(repo))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert done.stderr.startswith("stackaudit: error: ")
    assert said in done.stderr


def detached(repo: Path) -> Path:
    git(repo, "checkout", "-q", "--detach")
    return repo


def worktree(repo: Path) -> Path:
    git(repo, "checkout", "-q", "--detach")
    git(repo, "worktree", "add", "-q", "../tree", "branch")
    return repo.parent / "tree"


def submodule(repo: Path) -> Path:
    """The repository as a submodule; main is there as a branch too."""
    outer = new(repo.parent / "outer")
    git(outer, "submodule", "add", "-q", str(repo), "inner")
    commit(outer, {})
    git(outer / "inner", "branch", "main", "origin/main")
    return outer / "inner"


def of_another(repo: Path) -> Path:
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root gives files away")
    for path in (repo, *repo.rglob("*")):
        os.chown(path, 12345, 12345)
    return repo


@pytest.mark.parametrize("prepare", [detached, worktree, submodule, of_another])
def test_the_gate_stands_everywhere(repo: Path, prepare: Callable[[Path], Path]) -> None:
    """Old findings pass with --since, what is added fails, and a baseline is written."""
    folder = prepare(repo)
    assert here(*SINCE, cwd=folder).returncode == 0
    (folder / "new.py").write_text(HEAD + call("qwen-max"))
    done = here("scan", "--since", "main", "--format", "json", cwd=folder)
    assert done.returncode == 1
    report = json.loads(done.stdout)
    failing = report["summary"]["verdict"]["failing"]
    (found,) = (f for f in report["findings"] if f["fingerprint"] in failing)
    assert [(o["path"], o["line"]) for o in found["occurrences"]] == [("new.py", 3)]
    assert here("baseline", "create", cwd=folder).returncode == 0
    assert here(*SCAN, cwd=folder).returncode == 0


def test_a_tree_with_submodules_and_worktrees_in_it(repo: Path) -> None:
    """What is pinned at another commit is judged; what is not checked out holds nothing."""
    inner = submodule(repo)
    outer = inner.parent
    git(outer, "checkout", "-q", "-b", "next")
    assert here(*SINCE, cwd=outer).returncode == 0
    commit(inner, {"new.py": HEAD + call("qwen-max")})
    commit(outer, {"stackaudit.toml": DENY})
    assert here(*SINCE, cwd=outer).returncode == 1
    git(repo.parent, "clone", "-q", str(outer), "plain")
    assert list((repo.parent / "plain/inner").iterdir()) == []
    assert here(*SCAN, cwd=repo.parent / "plain").returncode == 0
