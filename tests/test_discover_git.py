"""The walker lists what git lists: checked against git itself on random trees and patterns."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stackaudit.discover import Found, Options, walk

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "protocol.file.allow=always", *arguments]
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, check=True)
    return os.fsdecode(done.stdout)


def listed(folder: Path) -> set[str]:
    output = git(folder, "ls-files", "-z", "-co", "--exclude-standard")
    return {path for path in output.split("\0") if os.path.isfile(folder / path)}


def found(folder: Path, options: Options = Options()) -> set[str]:  # noqa: B008
    return {item.path for item in walk(folder, options) if isinstance(item, Found)}


def write(folder: Path, *paths: str, text: str = "x\n") -> None:
    for path in paths:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


NAMES = st.sampled_from(["a", "b", "ab", "a.c", "b.log", ".env", "x y", "[a]", "a-b", "foo"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
COMPONENTS = st.sampled_from(
    ["a", "b", "ab", "*", "**", "***", "?", "*.c", "a*", "*b", "[ab]", "[!a]", "[^b]*", "[a-c]?",
     "[]a]", "[[:alpha:]]", "[[:foo:]]", "[a", r"\*", r"\a", r"\[a\]", "[\\[]a]", "foo", "a.c",
     "*.log", ".env*", "a**", "**b", "x y", "x\\ y", "a*b*", "", "[Aa]", "[ab]*", "*.[cd]",
     "f*o", "[a-]", "[-b]*", "[c-a]", "[[:alpha:]-z]"]
)  # fmt: skip
PATTERNS = st.builds(
    lambda sign, root, parts, end: sign + root + "/".join(parts) + end,
    st.sampled_from(["", "", "", "!"]),
    st.sampled_from(["", "", "/", "**/"]),
    st.lists(COMPONENTS, min_size=1, max_size=3),
    st.sampled_from(["", "", "/", "/**", " ", "\\ ", "\r"]),
)
FILES = st.lists(PATTERNS, max_size=6).map("\n".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sets(PATHS, min_size=1, max_size=14),
    FILES,
    st.dictionaries(PATHS, FILES, max_size=2),
    FILES,
    st.sets(PATHS, max_size=3),
)
def test_lists_what_git_lists(
    paths: set[str], top: str, nested: dict[str, str], excluded: str, tracked: set[str]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        git(folder, "init", "-q")
        for path in sorted(paths | tracked):
            try:
                write(folder, path)
            except OSError:  # a file stands where this path needs a folder, or the reverse
                continue
        (folder / ".gitignore").write_text(top)
        (folder / ".git/info/exclude").write_text(excluded)
        for path, patterns in nested.items():
            if (folder / path).is_dir():
                (folder / path / ".gitignore").write_text(patterns)
        there = [path for path in sorted(tracked) if (folder / path).is_file()]
        if there:
            git(folder, "--literal-pathspecs", "add", "-f", "--", *there)
        assert found(folder) == listed(folder)


@pytest.mark.parametrize("version", ["2", "3", "4"])
@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_tracked_files_are_listed_although_ignored(
    tmp_path: Path, version: str, object_format: str
) -> None:
    git(tmp_path, "init", "-q", f"--object-format={object_format}")
    long = "/".join(["d" * 100] * 12)
    write(
        tmp_path, "build/kept.py", "build/new.py", ".env.example", ".env", "ä/ö.py", f"{long}/f.py"
    )
    write(tmp_path, ".gitignore", text="build/\n.env*\nd*/\nä\n")
    git(tmp_path, "add", "-f", "build/kept.py", ".env.example", ".gitignore", "ä", "d" * 100)
    if version == "3":  # an entry that is only meant to be added needs the extended flags
        git(tmp_path, "add", "-f", "-N", "build/new.py")
    git(tmp_path, "update-index", f"--index-version={version}")
    data = (tmp_path / ".git/index").read_bytes()
    assert data[7] == int(version)
    assert found(tmp_path) == listed(tmp_path)
    assert {"build/kept.py", ".env.example", "ä/ö.py", f"{long}/f.py"} <= found(tmp_path)
    assert ".env" not in found(tmp_path)


def test_split_index(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, "a.log", "b.log", "c.log")
    write(tmp_path, ".gitignore", text="*.log\n")
    git(tmp_path, "add", "-f", "a.log")
    git(tmp_path, "update-index", "--split-index")
    git(tmp_path, "add", "-f", "b.log")
    assert found(tmp_path) == listed(tmp_path) == {".gitignore", "a.log", "b.log"}


def test_worktree_and_submodule_have_their_own_index_and_rules(tmp_path: Path) -> None:
    inner, main = tmp_path / "inner", tmp_path / "main"
    for folder in (inner, main):
        folder.mkdir()
        git(folder, "init", "-q")
        write(folder, "kept.log", "a.py")
        write(folder, ".gitignore", text="*.log\n")
        git(folder, "add", "-f", ".")
        git(folder, "commit", "-qm", "first")
    git(main, "submodule", "--quiet", "add", str(inner), "ext/inner")
    write(main, "ext/inner/other.log", "ext/inner/new.tmp", "new.tmp")
    write(main, ".git/info/exclude", text="*.tmp\n")
    names = found(main)
    assert {"ext/inner/kept.log", "ext/inner/new.tmp", "kept.log"} <= names
    assert "ext/inner/other.log" not in names and "new.tmp" not in names

    git(main, "worktree", "add", "-q", "../tree")
    tree = tmp_path / "tree"
    write(tree, "other.log", "new.tmp")
    assert found(tree) >= {"kept.log", "a.py"}
    assert found(tree).isdisjoint({"other.log", "new.tmp"})


def test_subfolder_obeys_the_rules_above_it(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, "app/src/a.py", "app/src/b.log", "app/src/c.tmp", "app/src/kept.log")
    write(tmp_path, ".gitignore", text="*.log\n/app/src/c.tmp\n")
    git(tmp_path, "add", "-f", "app/src/kept.log")
    assert found(tmp_path / "app") == {"src/a.py", "src/kept.log"}
    assert found(tmp_path / "app/src") == {"a.py", "kept.log"}


def test_a_folder_the_checkout_around_it_ignores_stands_alone(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, "other/a.py", "other/b.log")
    write(tmp_path, ".gitignore", text="*\n")
    assert found(tmp_path / "other") == {"a.py", "b.log"}
