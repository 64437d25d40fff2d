"""What the walker leaves out and why, and what hostile trees do to it."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest
from unprivileged import as_nobody, open_folder

from stackaudit.discover import Found, Options, base, walk
from stackaudit.model import ConfigError, InputError, ScanError, Skip


def make(folder: Path, *paths: str) -> None:
    for path in paths:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("x\n")


def split(
    folder: Path, **options: tuple[str, ...]
) -> tuple[list[str], dict[str, str], dict[str, str]]:
    items = list(walk(folder, Options(**options)))  # type: ignore[arg-type]
    return (
        [item.path for item in items if isinstance(item, Found)],
        {item.path: item.reason for item in items if isinstance(item, Skip)},
        {item.path: item.error for item in items if isinstance(item, ScanError)},
    )


def test_order_is_that_of_the_names(tmp_path: Path) -> None:
    make(tmp_path, "b.py", "a/z.py", "a/a.py", "a/b/c.py", "c/a.py", "B.py")
    found, skipped, errors = split(tmp_path)
    assert found == ["B.py", "b.py", "a/a.py", "a/z.py", "a/b/c.py", "c/a.py"]
    assert (skipped, errors) == ({}, {})


def test_hidden_files_are_scanned(tmp_path: Path) -> None:
    names = [
        ".env",
        ".env.example",
        ".gitlab-ci.yml",
        ".mcp.json",
        ".cursor/rules/a.mdc",
        ".github/workflows/a.yml",
    ]
    make(tmp_path, *names)
    assert set(split(tmp_path)[0]) == set(names)


def test_folders_known_by_name_are_skipped_once(tmp_path: Path) -> None:
    folders = {
        ".git": "version control data",
        "web/node_modules": "installed packages",
        ".venv": "virtual environment",
        "a/__pycache__": "cache",
        ".mypy_cache": "cache",
        ".next": "build output",
    }
    make(tmp_path, "a/main.py", *(f"{folder}/x/y.py" for folder in folders))
    found, skipped, _ = split(tmp_path)
    assert found == ["a/main.py"]
    assert skipped == {f"{folder}/": reason for folder, reason in folders.items()}


EVIDENCE = [
    ("target", "Cargo.toml", "build output"),
    ("dist", "package.json", "build output"),
    ("build", "pyproject.toml", "build output"),
    ("bin", "App.csproj", "build output"),
    ("vendor", "go.mod", "vendored code"),
    ("any", "any/pyvenv.cfg", "virtual environment"),
    ("env", "env/conda-meta/history", "virtual environment"),
    ("vendor", "vendor/modules.txt", "vendored code"),
    ("cmake-debug", "cmake-debug/CMakeCache.txt", "build output"),
    ("out", "out/CACHEDIR.TAG", "cache"),
    ("third_party", "third_party/lib/LICENSE", "vendored code"),
    ("thirdparty", "thirdparty/COPYING.txt", "vendored code"),
]


@pytest.mark.parametrize(
    ("folder", "evidence", "reason"), EVIDENCE, ids=[e for _, e, _ in EVIDENCE]
)
def test_doubtful_folders_are_skipped_on_evidence_only(
    tmp_path: Path, folder: str, evidence: str, reason: str
) -> None:
    make(tmp_path, f"{folder}/code.py")
    assert split(tmp_path) == ([f"{folder}/code.py"], {}, {})
    make(tmp_path, evidence)
    found, skipped, _ = split(tmp_path)
    assert f"{folder}/code.py" not in found
    assert skipped == {f"{folder}/": reason}


def test_a_folder_named_as_root_is_scanned_whatever_it_is(tmp_path: Path) -> None:
    make(tmp_path, "node_modules/a/b.js", "env/pyvenv.cfg", "env/a.py")
    assert split(tmp_path / "node_modules")[0] == ["a/b.js"]
    assert split(tmp_path / "env")[0] == ["a.py", "pyvenv.cfg"]


def test_rules_count_outside_git_too(tmp_path: Path) -> None:
    make(tmp_path, "a.log", "b.py", "sub/c.log", "sub/kept.log", "logs/x.py", ".env")
    (tmp_path / ".gitignore").write_text("*.log\nlogs/\n.env\n")
    (tmp_path / "sub/.gitignore").write_text("!kept.log\n")
    found, skipped, _ = split(tmp_path)
    assert found == [".gitignore", "b.py", "sub/.gitignore", "sub/kept.log"]
    assert skipped == dict.fromkeys([".env", "a.log", "logs/", "sub/c.log"], "ignored")


def test_exclude(tmp_path: Path) -> None:
    make(tmp_path, "a/b.py", "a/c.js", "docs/a.py", "x/docs/b.py", "src/gen/a.py", "src/b.py")
    found, skipped, _ = split(tmp_path, exclude=("*.js", "./docs/**", "/src/gen"))
    assert found == ["a/b.py", "src/b.py", "x/docs/b.py"]
    assert skipped == dict.fromkeys(["a/c.js", "docs/", "src/gen/"], "excluded")


def test_include(tmp_path: Path) -> None:
    make(
        tmp_path,
        "a.py",
        "a.js",
        "src/a.js",
        "src/deep/b.js",
        "lib/a.js",
        "lib/b.py",
        "src/x.min.js",
    )
    found, skipped, _ = split(tmp_path, include=("*.py", "src/"), exclude=("*.min.js",))
    assert found == ["a.py", "lib/b.py", "src/a.js", "src/deep/b.js"]
    assert skipped == {
        "a.js": "not included",
        "lib/a.js": "not included",
        "src/x.min.js": "excluded",
    }
    assert split(tmp_path, include=("src/deep/*.js",))[0] == ["src/deep/b.js"]
    assert split(tmp_path, include=("**/deep/**",))[0] == ["src/deep/b.js"]
    assert split(tmp_path, include=("nothing",))[0] == []


@pytest.mark.parametrize("pattern", ["", "[a", "a\\", "#x", "  "])
def test_unusable_patterns_are_refused(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(ConfigError, match=r'^exclude: ".*" is not a usable pattern'):
        walk(tmp_path, Options(exclude=(pattern,)))


def test_weights_and_lockfiles(tmp_path: Path) -> None:
    make(tmp_path, "m/Model.GGUF", "m/a.safetensors", "package-lock.json", "a.json")
    items = {i.path: i for i in walk(tmp_path, Options(max_file_bytes=100)) if isinstance(i, Found)}
    assert {path for path, item in items.items() if item.weights} == {
        "m/Model.GGUF",
        "m/a.safetensors",
    }
    assert items["a.json"].limit == 100
    assert items["package-lock.json"].limit == 32 << 20


def test_a_single_file_is_scanned_even_if_ignored(tmp_path: Path) -> None:
    make(tmp_path, "a.log")
    (tmp_path / ".gitignore").write_text("*")
    (tmp_path / "link.log").symlink_to("a.log")
    assert split(tmp_path / "a.log") == (["a.log"], {}, {})
    assert base(tmp_path / "a.log") == base(tmp_path) == Path(os.path.realpath(tmp_path))
    assert split(tmp_path / "link.log")[0] == ["a.log"]


def test_bad_roots(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or directory"):
        walk(tmp_path / "gone", Options())
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="neither a file nor a folder"):
        walk(tmp_path / "pipe", Options())


def test_links_are_never_followed(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    make(outside, "secret.py")
    make(root, "a/b.py")
    (root / "a/up").symlink_to("..")
    (root / "a/self").symlink_to("self")
    (root / "again").symlink_to("a")
    (root / "file.py").symlink_to("a/b.py")
    (root / "out").symlink_to(outside)
    (root / "out.py").symlink_to(outside / "secret.py")
    os.mkfifo(root / "pipe")
    found, skipped, errors = split(root)
    assert found == ["a/b.py"]
    assert errors == {}
    assert skipped == {
        "a/up": "symbolic link inside the scanned folder",
        "again": "symbolic link inside the scanned folder",
        "file.py": "symbolic link inside the scanned folder",
        "a/self": "broken symbolic link",
        "out": "symbolic link out of the scanned folder",
        "out.py": "symbolic link out of the scanned folder",
        "pipe": "not a regular file",
    }
    (tmp_path / "door").symlink_to(root)
    assert split(tmp_path / "door")[0] == ["a/b.py"], "a link named as root is followed"


def test_unreadable_folder() -> None:
    with open_folder() as folder:
        make(folder, "a/b.py", "c.py")
        (folder / "a").chmod(0)
        with as_nobody():
            assert split(folder) == (["c.py"], {}, {"a/": "permission denied"})
            with pytest.raises(InputError, match="permission denied"):
                walk(folder / "a", Options())


def test_a_folder_that_vanishes_is_an_error_not_a_crash(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "b/c.py", "d/e.py")
    items = walk(tmp_path, Options())
    assert next(items) == Found("a.py", 5 << 20, False)
    shutil.rmtree(tmp_path / "b")
    assert ScanError("b/", "no such file or directory") in list(items)


def test_rule_files_that_cannot_be_applied_are_reported(tmp_path: Path) -> None:
    make(tmp_path, "a/x.py", "b/x.py", "c/x.py", "d/x.py")
    (tmp_path / "a/.gitignore").write_text("#" * 300_000)
    (tmp_path / "b/.gitignore").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "c/.gitignore")
    (tmp_path / "d/.gitignore").write_text("\n".join(f"n{i}" for i in range(6000)))
    found, _, errors = split(tmp_path)
    assert {"a/x.py", "b/x.py", "c/x.py", "d/x.py"} <= set(found)
    assert errors == {
        "a/.gitignore": "rules not applied: larger than 256 KiB",
        "b/.gitignore": "rules not applied: too many levels of symbolic links",
        "c/.gitignore": "rules not applied: not a regular file",
        "d/.gitignore": "rules not applied: more than 5000 rules",
    }


def bomb(count: int) -> bytes:
    """A format 4 index of a few megabytes whose names would fill gigabytes."""
    first, more = "a" * 100_000, "b"
    entries = [bytes(60) + b"\x0f\xff" + b"\0" + first.encode() + b"\0"]
    entries += [bytes(60) + b"\x0f\xff" + b"\0" + more.encode() + b"\0"] * (count - 1)
    return b"DIRC" + (4).to_bytes(4, "big") + count.to_bytes(4, "big") + b"".join(entries)


INDEXES = [
    b"",
    b"DIRC\0\0\0\x02\xff\xff\xff\xff",
    b"DIRC\0\0\0\x09\0\0\0\0",
    b"DIRC\0\0\0\x02\0\0\0\x01" + b"x" * 100,
    b"DIRC\0\0\0\x04\0\0\0\x01" + b"\xff" * 4000,
    bomb(60_000),
]


@pytest.mark.parametrize("content", INDEXES, ids=range(len(INDEXES)))
def test_hostile_index(tmp_path: Path, content: bytes) -> None:
    make(tmp_path, "a.py", "b.log")
    (tmp_path / ".gitignore").write_text("*.log\n")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / ".git/index").write_bytes(content)
    found, skipped, errors = split(tmp_path)
    assert found == [".gitignore", "a.py"]
    assert skipped["b.log"] == "ignored"
    assert list(errors) == [".git/index"]
    assert errors[".git/index"].endswith("tracked files that ignore rules match may be missing")


def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path)
    os.mkdir(folder + b"/d\xe9")
    for name in (b"caf\xe9.py", b"d\xe9/a.py", b"d\xe9/b.log"):
        with open(folder + b"/" + name, "wb"):
            pass
    (tmp_path / ".gitignore").write_text("*.log\n")
    found, skipped, _ = split(tmp_path)
    assert [os.fsencode(path) for path in found] == [b".gitignore", b"caf\xe9.py", b"d\xe9/a.py"]
    assert skipped == {"d\ufffd/b.log": "ignored"}, "what is reported can be printed"


def test_globs_take_linear_time(tmp_path: Path) -> None:
    make(tmp_path, "a" * 250)
    (tmp_path / ".gitignore").write_text(
        "*a" * 100 + "b\n" + "?*" * 100 + "b\n" + "**/a/" * 300 + "b\n"
    )
    started = time.perf_counter()
    assert "a" * 250 in split(tmp_path)[0]
    assert time.perf_counter() - started < 1.0


def test_deep_trees(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("**/d/**/d/**/d/x\n/d/d/d/e\n")
    current = os.open(tmp_path, os.O_RDONLY)
    for _ in range(2100):  # deeper than the longest path the system opens
        os.mkdir("d", dir_fd=current)
        below = os.open("d", os.O_RDONLY, dir_fd=current)
        os.close(current)
        current = below
    os.close(current)
    started = time.perf_counter()
    found, _, errors = split(tmp_path)
    assert time.perf_counter() - started < 3.0
    assert found == [".gitignore"]
    assert list(errors.values()) == ["file name too long"]
    os.system(f"rm -rf {tmp_path}/d")  # shutil.rmtree recurses too deep
