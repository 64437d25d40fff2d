"""git runs on hostile repositories without running what they name, and says what is wrong."""

from __future__ import annotations

import os
import shutil
from io import BytesIO
from pathlib import Path

import pytest
from gitrepo import commit, git, new

from stackaudit.git import Git
from stackaudit.gitpatch import Hunk, read
from stackaudit.gittree import extract, is_safe, revision_folder
from stackaudit.model import InputError


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = new(tmp_path / "repo")
    commit(folder, {"a.py": "one\n", "sub/b.py": "two\n"})
    return folder


def test_names_commits(repo: Path) -> None:
    head = git(repo, "rev-parse", "HEAD")
    git(repo, "tag", "v1")
    git(repo, "pack-refs", "--all")
    git(repo, "branch", "loose")
    with Git(repo / "sub") as opened:
        assert opened.folder == "sub/"
        for name in ("HEAD", "main", "v1", "loose", head[:10]):
            assert opened.commit(name) == head


def test_a_detached_head_is_fine(repo: Path) -> None:
    head = git(repo, "rev-parse", "HEAD")
    git(repo, "checkout", "-q", "--detach")
    with Git(repo) as opened:
        assert opened.commit("HEAD") == head


def test_worktrees_and_submodules_are_fine(repo: Path, tmp_path: Path) -> None:
    git(repo, "worktree", "add", "-q", "-b", "side", str(tmp_path / "tree"))
    side = commit(tmp_path / "tree", {"c.py": "c\n"})
    outer = new(tmp_path / "outer")
    git(outer, "submodule", "add", "-q", str(repo), "inner")
    with Git(tmp_path / "tree") as opened:
        assert opened.commit("HEAD") == side
    with Git(outer / "inner") as opened:
        assert opened.commit("HEAD") == git(repo, "rev-parse", "main")


@pytest.mark.parametrize("revision", ["", "--all", "-h", "nope", "a\nb", "HEAD:a.py", "main..HEAD"])
def test_no_revision(repo: Path, revision: str) -> None:
    with Git(repo) as opened, pytest.raises(InputError, match=r"revision|knows no commit"):
        opened.commit(revision)


def test_outside_of_git_and_without_commits(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not in a git repository"):
        Git(tmp_path)
    with Git(new(tmp_path / "empty")) as opened, pytest.raises(InputError, match="no commit yet"):
        opened.commit("HEAD")


def test_without_git(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repo))
    with pytest.raises(InputError, match="git is not installed"):
        Git(repo)


def test_never_runs_a_git_of_the_current_folder(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repo / "git").write_text("#!/bin/sh\ntouch ran\n")
    (repo / "git").chmod(0o755)
    monkeypatch.chdir(repo)
    monkeypatch.setenv("PATH", ".")
    with pytest.raises(InputError, match="git is not installed"):
        Git(Path("."))


def test_a_shallow_clone_without_the_merge_base(repo: Path, tmp_path: Path) -> None:
    git(repo, "checkout", "-q", "-b", "side")
    commit(repo, {"c.py": "c\n"})
    git(repo, "checkout", "-q", "main")
    commit(repo, {"d.py": "d\n"})
    command = ("clone", "-q", "--depth=1", "--no-single-branch", f"file://{repo}", "shallow")
    git(tmp_path, *command)
    with Git(tmp_path / "shallow") as opened:
        with pytest.raises(InputError, match="no commit in common; this clone is shallow: run git"):
            opened.merge_base("origin/side", "HEAD")
        with pytest.raises(InputError, match="knows no commit 'HEAD~1'; this clone is shallow"):
            opened.commit("HEAD~1")


def test_hostile_configuration_runs_nothing(repo: Path, tmp_path: Path) -> None:
    """Every setting that makes git run a program is there, with hooks and attributes."""
    evil = tmp_path / "evil.sh"
    evil.write_text(f'#!/bin/sh\necho "$0 $*" >> {tmp_path}/ran\ncat\n')
    evil.chmod(0o755)
    for key in (
        "core.fsmonitor", "core.pager", "pager.log", "core.sshCommand", "core.gitProxy",
        "diff.external", "diff.x.command", "diff.x.textconv", "filter.x.clean", "filter.x.smudge",
        "filter.x.process", "core.alternateRefsCommand", "gpg.program", "credential.helper",
        "uploadpack.packObjectsHook", "core.editor", "tar.tar.command", "merge.x.driver",
        "core.askPass", "remote.origin.uploadpack", "log.showSignature",
    ):  # fmt: skip
        git(repo, "config", key, "true" if key == "log.showSignature" else str(evil))
    git(repo, "config", "core.hooksPath", str(tmp_path / "hooks"))
    git(repo, "config", "filter.x.required", "true")
    git(repo, "config", "include.path", str(tmp_path / "more"))
    git(repo, "config", "alias.log", f"!{evil}")
    hooks = tmp_path / "hooks"
    for name in ("reference-transaction", "post-index-change", "post-checkout", "fsmonitor"):
        for folder in (hooks, repo / ".git" / "hooks"):
            folder.mkdir(exist_ok=True)
            shutil.copy(evil, folder / name)
    (repo / ".gitattributes").write_text("* filter=x diff=x merge=x\n")
    (repo / ".git" / "info" / "attributes").write_text("* filter=x diff=x\n")
    with Git(repo) as opened:
        head = opened.commit("HEAD")
        opened.run("log", "-p", "-U0", "HEAD")
        opened.run("diff-tree", "-p", "--root", head)
        with revision_folder(opened, head, repo) as folder:
            assert (folder / "a.py").read_text() == "one\n"
    assert not (tmp_path / "ran").exists()


def test_a_partial_clone_fetches_nothing(repo: Path, tmp_path: Path) -> None:
    git(repo, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{repo}", "part")
    part = tmp_path / "part"
    git(part, "config", "remote.origin.url", f"ext::sh -c 'touch {tmp_path}/ran'")
    git(part, "config", "protocol.ext.allow", "always")
    with (
        Git(part) as opened,
        pytest.raises(InputError, match="a partial clone; clone it whole"),
        revision_folder(opened, opened.commit("HEAD"), part),
    ):
        pass
    assert not (tmp_path / "ran").exists()


def test_the_environment_leads_nowhere_else(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = new(tmp_path / "other")
    commit(other, {"x": "x"})
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.bare")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "nonsense")
    with Git(repo) as opened:
        expected = git(repo, "rev-parse", "HEAD")
        assert opened.commit("HEAD") == expected


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs to be root")
def test_a_repository_of_another_user_is_read_all_the_same(repo: Path) -> None:
    """safe.directory guards against trusting its configuration, which is not trusted anyway."""
    for path in (repo, *repo.rglob("*")):
        os.chown(path, 12345, 12345)
    with Git(repo) as opened:
        assert len(opened.commit("HEAD")) == 40


def test_leaves_nothing_behind(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {p: p.stat().st_mtime_ns for p in (repo / ".git").rglob("*")}
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    with Git(repo) as opened, revision_folder(opened, opened.commit("HEAD"), repo) as folder:
        assert (folder / "sub" / "b.py").is_file()
    assert list((tmp_path / "tmp").iterdir()) == []
    assert {p: p.stat().st_mtime_ns for p in (repo / ".git").rglob("*")} == before


def test_extracts_regular_files_only(repo: Path, tmp_path: Path) -> None:
    os.symlink("/etc/passwd", repo / "link")
    (repo / "run.sh").write_bytes(b"#!/bin/sh\r\n")
    commit(repo, {})
    with Git(repo) as opened:
        (tmp_path / "out").mkdir()
        extract(opened, opened.commit("HEAD"), tmp_path / "out")
    names = {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*")}
    assert {n for n in names if not n.startswith(".git")} == {"a.py", "sub", "sub/b.py", "run.sh"}
    assert (tmp_path / "out" / "run.sh").read_bytes() == b"#!/bin/sh\r\n"


@pytest.mark.parametrize(
    "path", [b"../x", b"a/../../x", b"/etc/x", b".git/config", b"a/.GIT/x", b".git./x", b"a//b"]
)
def test_unsafe_paths(path: bytes) -> None:
    assert not is_safe(path)


def test_safe_paths() -> None:
    assert all(map(is_safe, (b"a", b".github/x", b"..a/b", b".gitignore", b"\xff")))


def test_a_tree_with_an_unsafe_path_stays_in_its_folder(repo: Path, tmp_path: Path) -> None:
    """git itself makes no such tree, but anyone can write one."""
    blob = git(repo, "rev-parse", "HEAD:a.py")
    entry = b"100644 ../../out\0" + bytes.fromhex(blob)
    (tmp_path / "tree").write_bytes(entry)
    tree = git(repo, "hash-object", "-t", "tree", "-w", "--literally", str(tmp_path / "tree"))
    head = git(repo, "commit-tree", tree, "-m", "evil")
    with (
        Git(repo) as opened,
        pytest.raises(InputError, match=r"git (read-tree|ls-tree) failed"),
        revision_folder(opened, head, repo),
    ):
        pass
    assert not list(tmp_path.rglob("out"))


def test_content_that_looks_like_a_header_is_content() -> None:
    patch = (
        b"diff --git a/x b/x\n--- a/x\n+++ b/x\n"
        b"@@ -1,2 +1,3 @@\n--- a/evil\n--- b\n+++ b/evil\n+@@ -1 +1 @@\n+\0no\n"
        b"@@ -9 +10 @@\n-p\n\\ No newline at end of file\n+q\n"
        b'diff --git a/y b/y\n--- /dev/null\n+++ "b/caf\\303\\251\\t.py"\n@@ -0,0 +1 @@\n+z\n'
    )
    first, second, third = read(BytesIO(patch))
    assert first == Hunk(b"x", b"x", 1, 3, b"-- a/evil\n-- b\n", b"++ b/evil\n@@ -1 +1 @@\n\0no\n")
    assert (second.start, second.added) == (10, b"q\n")
    assert third == Hunk(b"", "café\t.py".encode(), 1, 1, b"", b"z\n")


def test_long_lines_are_cut() -> None:
    patch = b"--- a/x\n+++ b/x\n@@ -0,0 +1,2 @@\n+" + b"x" * 1_000_000 + b"\n+next\n"
    (hunk,) = read(BytesIO(patch))
    assert len(hunk.added) < 70_000
    assert hunk.added.endswith(b"x\nnext\n")
