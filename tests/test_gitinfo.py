from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from stackaudit.gitinfo import info
from stackaudit.model import GitInfo

ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    command = ["git", *identity, *arguments]
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, check=True)
    return done.stdout.decode().strip()


@pytest.fixture(params=["sha1", "sha256"])
def repository(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main", f"--object-format={request.param}")
    git(folder, "commit", "-q", "--allow-empty", "-m", "first")
    return folder


def head(folder: Path) -> str:
    return git(folder, "rev-parse", "HEAD")


def test_commit_and_branch(repository: Path) -> None:
    (repository / "a").mkdir()
    (repository / "a/b.py").write_text("")
    expected = GitInfo(head(repository), "main", None)
    assert info(repository) == expected
    below = replace(expected, folder="a/")
    assert info(repository / "a") == info(repository / "a/b.py") == below
    git(repository, "checkout", "-q", "-b", "feature/ä")
    assert info(repository) == GitInfo(head(repository), "feature/ä", None)


def test_packed_refs(repository: Path) -> None:
    git(repository, "tag", "v1")
    git(repository, "branch", "main2")
    git(repository, "pack-refs", "--all")
    assert not (repository / ".git/refs/heads/main").exists()
    assert info(repository) == GitInfo(head(repository), "main", None)


def test_detached_head(repository: Path) -> None:
    git(repository, "checkout", "-q", "--detach")
    assert info(repository) == GitInfo(head(repository), "", None)


def test_worktree(repository: Path) -> None:
    git(repository, "worktree", "add", "-q", "-b", "other", "../tree")
    git(repository, "commit", "-q", "--allow-empty", "-m", "second")
    tree = repository.parent / "tree"
    assert info(tree) == GitInfo(head(tree), "other", None)
    assert head(tree) != head(repository)


def test_no_commit_yet_and_no_git(tmp_path: Path) -> None:
    assert info(tmp_path) is None
    git(tmp_path, "init", "-q", "-b", "main")
    assert info(tmp_path) == GitInfo("", "main", None)


HEADS = [
    b"ref: refs/../../secret\n",
    b"ref: refs/heads/loop\n",
    b"\0\xff",
    b"",
    b"ref: refs/heads/\x1b[31m\n",
    b"ref: /etc/passwd\n",
    b"a" * 10_000,
]


@pytest.mark.parametrize("content", HEADS)
def test_hostile_heads_say_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".git/refs/heads").mkdir(parents=True)
    (tmp_path / "secret").write_text("0" * 40)
    (tmp_path / ".git/refs/heads/loop").write_text("ref: refs/heads/loop\n")
    (tmp_path / ".git/HEAD").write_bytes(content)
    found = info(tmp_path)
    assert found is not None
    assert found.commit == ""
    assert "\x1b" not in found.branch
