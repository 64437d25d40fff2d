"""stackaudit history: who brought and removed each model, on real histories."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from gitrepo import HEAD, call, commit, git, new
from hypothesis import given
from hypothesis import strategies as st
from running import environment, run

from stackaudit import cli, gitlog
from stackaudit.cli import progress
from stackaudit.pieces import pieces


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return new(tmp_path / "repo")


def lives(repo: Path, *words: str) -> dict[str, list[tuple[str | None, str | None]]]:
    """Name -> the days on which it entered and left, or None."""
    return {
        row["name"]: [
            (time["entered"] and time["entered"]["date"], time["left"] and time["left"]["date"])
            for time in row["times"]
        ]
        for row in told(repo, *words)["identifiers"]
    }


def told(repo: Path, *words: str) -> Any:
    done = run("history", str(repo), "--format", "json", *words)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_enters_leaves_and_comes_back(repo: Path) -> None:
    first = commit(repo, {"a.py": HEAD + call("gpt-4o")}, "2024-01-01")
    commit(repo, {"b.py": HEAD + call("gpt-4o")}, "2024-02-01")
    commit(repo, {"a.py": "x = 1\n"}, "2024-03-01")  # b.py still has it
    commit(repo, {"b.py": None}, "2024-04-01")
    commit(repo, {"c.env": "OPENAI_BASE_URL=https://api.deepseek.com/v1\n"}, "2024-05-01")
    commit(repo, {"c.py": call("gpt-4o")}, "2024-06-01")
    assert lives(repo) == {
        "gpt-4o": [("2024-01-01", "2024-04-01"), ("2024-06-01", None)],
        "api.deepseek.com": [("2024-05-01", None)],
    }
    (model,) = (row for row in told(repo)["identifiers"] if row["kind"] == "model")
    expected = {"commit": first, "date": "2024-01-01", "author": "Ann Author"}
    assert model["times"][0]["entered"] == expected
    assert "example.org" not in json.dumps(told(repo))


def test_a_rename_is_no_event(repo: Path) -> None:
    commit(repo, {"a.py": HEAD + call("gpt-4o")}, "2024-01-01")
    git(repo, "mv", "a.py", "b.py")
    commit(repo, {}, "2024-02-01")
    assert lives(repo) == {"gpt-4o": [("2024-01-01", None)]}


def test_a_merge_tells_the_commit_of_the_branch(repo: Path) -> None:
    commit(repo, {"a.py": HEAD + call("gpt-4o")}, "2024-01-01")
    git(repo, "checkout", "-q", "-b", "side")
    commit(repo, {"b.py": HEAD}, "2024-02-01")
    added = commit(repo, {"b.py": HEAD + call("mistral-large-2411")}, "2024-03-01")
    commit(repo, {"a.py": HEAD}, "2024-04-01")
    git(repo, "checkout", "-q", "main")
    commit(repo, {"c.py": "x = 1\n"}, "2024-05-01")
    git(repo, "merge", "-q", "--no-ff", "--no-edit", "side", day="2024-06-01")
    assert lives(repo) == {
        "gpt-4o": [("2024-01-01", "2024-04-01")],
        "mistral-large-2411": [("2024-03-01", None)],
    }
    (row,) = told(repo, "--model", "mistral-large-2411")["identifiers"]
    assert row["times"][0]["entered"]["commit"] == added


def test_what_a_merge_itself_brings(repo: Path) -> None:
    commit(repo, {"a.py": "x = 1\n"}, "2024-01-01")
    git(repo, "checkout", "-q", "-b", "side")
    commit(repo, {"b.py": "x = 2\n"}, "2024-02-01")
    git(repo, "checkout", "-q", "main")
    commit(repo, {"c.py": "x = 3\n"}, "2024-03-01")
    git(repo, "merge", "-q", "--no-ff", "--no-commit", "side")
    commit(repo, {"b.py": call("gpt-4o")}, "2024-04-01")
    assert lives(repo) == {"gpt-4o": [("2024-04-01", None)]}


def test_limits_say_what_was_there_before(repo: Path) -> None:
    commit(repo, {"a.py": call("gpt-4o") + call("qwen-max")}, "2024-01-01")
    commit(repo, {"b.py": call("deepseek-chat")}, "2024-02-01")
    commit(repo, {"a.py": call("gpt-4o")}, "2024-03-01")
    late = {"gpt-4o": [(None, None)], "qwen-max": [(None, "2024-03-01")]}
    newest = lives(repo, "--limit", "1")
    assert {k: v for k, v in newest.items() if k in late} == late
    assert lives(repo, "--since-date", "2024-02-15") == newest
    assert told(repo, "--limit", "1")["whole"] is False
    assert "before" in run("history", str(repo), "--limit", "1").stdout
    assert told(repo)["whole"] is True


def test_a_shallow_clone_knows_that_it_is_cut(repo: Path, tmp_path: Path) -> None:
    commit(repo, {"a.py": call("gpt-4o")}, "2024-01-01")
    commit(repo, {"b.py": "x = 1\n"}, "2024-02-01")
    commit(repo, {"b.py": call("qwen-max")}, "2024-03-01")
    git(tmp_path, "clone", "-q", "--depth=2", f"file://{repo}", "shallow")
    shallow = tmp_path / "shallow"
    assert lives(shallow) == {"gpt-4o": [(None, None)], "qwen-max": [("2024-03-01", None)]}
    assert told(shallow)["whole"] is False


def test_tests_documents_and_others_code_are_left_out(repo: Path) -> None:
    files: dict[str, str | None] = {
        "tests/test_a.py": call("gpt-4o"),
        "README.md": "Use gpt-4o-mini.\n",
        "node_modules/x/a.js": call("qwen-max"),
        "logo.png": "\0" + call("deepseek-chat"),
    }
    commit(repo, files)
    assert lives(repo) == {}
    assert set(lives(repo, "--usage", "all")) == {"gpt-4o", "gpt-4o-mini"}
    assert set(lives(repo, "--usage", "doc")) == {"gpt-4o-mini"}


def test_one_model(repo: Path) -> None:
    commit(repo, {"a.py": call("gpt-4o-2024-08-06") + call("qwen-max")})
    assert set(lives(repo, "--model", "qwen-max")) == {"qwen-max"}
    assert set(lives(repo, "--model", "GPT-4o")) == {"gpt-4o-2024-08-06"}
    assert lives(repo, "--model", "nothing") == {}


def test_bare_and_empty_repositories(repo: Path, tmp_path: Path) -> None:
    commit(repo, {"a.py": call("gpt-4o")})
    git(tmp_path, "clone", "-q", "--bare", str(repo), "bare")
    assert lives(tmp_path / "bare") == lives(repo) != {}
    done = run("history", str(new(tmp_path / "empty")))
    assert done.returncode == 2
    assert "has no commit yet" in done.stderr


def test_the_table(repo: Path) -> None:
    commit(repo, {"a.py": call("gpt-4o")}, "2024-01-01")
    head = commit(repo, {"a.py": call("qwen-max")}, "2024-02-01")
    done = run("history", str(repo))
    assert done.stderr == ""
    rows = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert f"qwen-max CN 2024-02-01 {head[:8]} Ann Author still there" in rows
    assert any(row.startswith("gpt-4o US 2024-01-01") and head[:8] in row for row in rows)


def test_hostile_names_are_spelled_out(repo: Path) -> None:
    git(repo, "config", "user.name", "x")
    (repo / "a.py").write_text(call("gpt-4o"))
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "x", "--author", "E\x1b[31mvil <e@example.org>")
    shown = run("history", str(repo)).stdout
    assert "\x1b" not in shown
    assert "E\\x1b[31mvil" in "".join(shown.split())


def test_diff_settings_of_the_repository_run_nothing(repo: Path, tmp_path: Path) -> None:
    commit(repo, {"a.py": call("gpt-4o"), ".gitattributes": "*.py diff=x\n"})
    git(repo, "config", "diff.x.textconv", f"touch {tmp_path}/ran; cat")
    git(repo, "config", "diff.external", f"touch {tmp_path}/ran; cat")
    git(repo, "config", "log.showSignature", "true")
    git(repo, "config", "gpg.program", f"touch {tmp_path}/ran")
    assert set(lives(repo)) == {"gpt-4o"}
    assert not (tmp_path / "ran").exists()
    git(repo, "log", "-p")
    assert (tmp_path / "ran").exists()  # so the trap was armed


@pytest.mark.parametrize("words", [("--limit", "0"), ("--limit", "x"), ("--since-date", "May")])
def test_wrong_options(repo: Path, words: tuple[str, ...]) -> None:
    done = run("history", str(repo), *words)
    assert done.returncode == 2
    assert words[0] in done.stderr


def test_a_partial_clone_says_what_is_missing(repo: Path, tmp_path: Path) -> None:
    commit(repo, {"a.py": call("gpt-4o")})
    git(repo, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{repo}", "part")
    done = run("history", str(tmp_path / "part"))
    assert done.returncode == 2
    assert "a partial clone; clone it whole" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_clone_without_large_files_is_read_as_far_as_it_goes(repo: Path, tmp_path: Path) -> None:
    commit(repo, {"a.py": call("gpt-4o"), "b.py": call("qwen-max")}, "2024-01-01")
    commit(repo, {"a.py": call("gpt-4o") + "#" * 5000}, "2024-02-01")
    commit(repo, {"b.py": "x = 1\n"}, "2024-03-01")
    git(repo, "config", "uploadpack.allowFilter", "true")
    filtered = ("--no-checkout", "--filter=blob:limit=1k")
    git(tmp_path, "clone", "-q", *filtered, f"file://{repo}", "part")
    part = tmp_path / "part"
    expected = {"gpt-4o": [("2024-01-01", None)], "qwen-max": [("2024-01-01", "2024-03-01")]}
    assert lives(part) == expected
    assert told(part)["missing"] == 1
    assert "1 version of files is not in this clone" in flat(run("history", str(part)).stdout)
    assert "in this clone" not in flat(run("history", str(repo)).stdout)


def flat(text: str) -> str:
    return " ".join(text.split())


#: Name -> files that a scan finds it used in, and no single word tells.
IN_CONTEXT: dict[str, dict[str, str | None]] = {
    "ordinary word": {"a.py": HEAD + call("o1")},
    "unknown to the catalogue": {"a.py": HEAD + call("acme/our-own-7b")},
    "put together": {
        "a.py": HEAD + 'size = "72b"\nclient.chat(model=f"qwen2.5-{size}-instruct")\n'
    },
    "default of a variable": {"a.py": HEAD + 'import os\nm = os.getenv("MODEL", "glm-4.6")\n'},
    "host in settings": {"app.yaml": "llm:\n  base_url: https://api.deepseek.com/v1\n"},
    "notebook": {
        "a.ipynb": json.dumps(
            {
                "cells": [{"cell_type": "code", "source": [HEAD, call("gpt-4o")]}],
                "metadata": {},
                "nbformat": 4,
            }
        )
    },
    "offered in a list": {"a.json": json.dumps({"models": ["gpt-4o", "qwen-max", "yi-large"]})},
    "comment only": {"a.py": HEAD + "# gpt-4o was worse\n"},
    "own settings": {"stackaudit.toml": '[policy]\ndeny = { model = ["gpt-4o"] }\n'},
    "long table": {
        "prices.json": json.dumps({f"k{n}": {"model": f"gpt-4o-{n}"} for n in range(900)}, indent=1)
    },
    "long code": {
        "a.py": "".join(f"value{n} = {n}\n" for n in range(8000))
        + "".join(f'add(name="{m}", size={n})\n' for n, m in enumerate(["qwen2_vl", "falcon_h1"]))
        + "".join(f"more{n} = {n}\n" for n in range(8000))
        + 'add(name="gpt-4o")\nadd(name="gpt-4o-mini")\n'
    },
    "example in a long docstring": {
        "a.py": HEAD
        + "".join(
            f'def f{n}():\n    """Do it.\n\n        ask(\n            model="gpt-4o-{n}",\n        )\n\n'
            '    Then:\n        more\n    """\n    return 1\n\n\n'
            for n in range(600)
        )
        + call("qwen-max")
    },
}


@pytest.mark.parametrize("case", IN_CONTEXT)
def test_what_is_still_there_is_what_a_scan_finds(repo: Path, case: str) -> None:
    commit(repo, {"z.py": "x = 1\n"}, "2024-01-01")
    commit(repo, IN_CONTEXT[case], "2024-02-01")
    scanned = json.loads(run("scan", str(repo), "--format", "json", "--fail-on", "never").stdout)
    found = {
        component["id"]
        for component in scanned["components"]
        if component["kind"] in ("model", "endpoint")
        and not {"used", "declared", "offered"}.isdisjoint(component["usages"])
    }
    rows = told(repo)["identifiers"]
    assert {row["id"] for row in rows if row["present"]} == found
    assert bool(found) is (case not in ("comment only", "own settings"))
    assert {time["entered"]["date"] for row in rows for time in row["times"]} <= {"2024-02-01"}


def test_commenting_a_use_out_ends_it(repo: Path) -> None:
    commit(repo, {"a.py": HEAD + call("gpt-4o")}, "2024-01-01")
    commit(repo, {"a.py": HEAD + "# " + call("gpt-4o")}, "2024-02-01")
    assert lives(repo) == {"gpt-4o": [("2024-01-01", "2024-02-01")]}
    assert lives(repo, "--usage", "used,comment") == {"gpt-4o": [("2024-01-01", None)]}


def test_a_line_more_in_a_long_table_is_one_event(repo: Path) -> None:
    rows = [f'{{"id": "row{n}", "note": "{"x" * 60}"}}' for n in range(400)]
    commit(repo, {"a.json": "[" + ",\n".join(rows) + "]"}, "2024-01-01")
    rows.insert(100, '{"model": "gpt-4o"}')
    commit(repo, {"a.json": "[" + ",\n".join(rows) + "]"}, "2024-02-01")
    rows.insert(20, '{"model": "qwen-max"}')
    commit(repo, {"a.json": "[" + ",\n".join(rows) + "]"}, "2024-03-01")
    rows.pop(101)
    commit(repo, {"a.json": "[" + ",\n".join(rows) + "]"}, "2024-04-01")
    assert lives(repo) == {
        "gpt-4o": [("2024-02-01", "2024-04-01")],
        "qwen-max": [("2024-03-01", None)],
    }


def test_a_folder_or_a_file_of_the_repository(repo: Path) -> None:
    commit(repo, {"one/a.py": call("gpt-4o"), "two/b.py": call("qwen-max")}, "2024-01-01")
    commit(repo, {"two/c.py": call("yi-large")}, "2024-02-01")
    assert set(lives(repo / "one")) == {"gpt-4o"}
    assert set(lives(repo / "two")) == {"qwen-max", "yi-large"}
    assert set(lives(repo / "two" / "b.py")) == {"qwen-max"}


def test_settings_of_the_repository_count(repo: Path) -> None:
    settings = """exclude = ["legacy/"]
[[models]]
names = ["house-7b"]
vendor = "Acme"
country = "FR"
"""
    files: dict[str, str | None] = {
        "stackaudit.toml": settings,
        "legacy/a.py": call("gpt-4o"),
        "a.py": HEAD + call("house-7b"),
    }
    commit(repo, files)
    (row,) = told(repo)["identifiers"]
    assert (row["name"], row["country"]) == ("house-7b", "FR")


#: Enough models in one list to be a menu.
LIST = json.dumps([{"id": f"gpt-4o-{n}", "price": n} for n in range(40)], indent=1)


def test_the_json_says_how_it_was_used_and_where_it_ends(repo: Path) -> None:
    commit(repo, {"models.json": LIST})
    head = commit(repo, {"a.py": HEAD + call("gpt-4o-7")})
    data = told(repo)
    assert data["commit"] == head
    assert (data["commits"], data["missing"], data["since"]) == (2, 0, "2025-01-01")
    usages = {row["name"]: row["usages"] for row in data["identifiers"]}
    assert usages["gpt-4o-7"] == ["offered", "used"]
    assert usages["gpt-4o-8"] == ["offered"]


def test_every_kind_of_checkout(repo: Path, tmp_path: Path) -> None:
    commit(repo, {"a.py": call("gpt-4o")}, "2024-01-01")
    first = lives(repo)
    git(repo, "worktree", "add", "-q", "-b", "side", str(tmp_path / "tree"))
    commit(tmp_path / "tree", {"b.py": call("qwen-max")}, "2024-02-01")
    outer = new(tmp_path / "outer")
    git(outer, "submodule", "add", "-q", str(repo), "inner")
    commit(outer, {"c.py": call("yi-large")}, "2024-03-01")
    assert set(lives(tmp_path / "tree")) == {"gpt-4o", "qwen-max"}
    assert lives(outer / "inner") == first
    assert set(lives(outer)) == {"yi-large"}  # a submodule has a history of its own
    git(repo, "checkout", "-q", "--detach")
    assert lives(repo) == first


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs to be root")
def test_a_repository_of_another_user(repo: Path) -> None:
    commit(repo, {"a.py": call("gpt-4o")})
    for path in (repo, *repo.rglob("*")):
        os.chown(path, 12345, 12345)
    assert set(lives(repo)) == {"gpt-4o"}


def test_outside_of_git(tmp_path: Path) -> None:
    done = run("history", str(tmp_path))
    assert done.returncode == 2
    assert "is not in a git repository" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_shallow_clone_with_a_merge_at_its_end(repo: Path, tmp_path: Path) -> None:
    """What the cut commit of a merged branch holds was not brought by it."""
    commit(repo, {"a.py": call("gpt-4o")}, "2024-01-01")
    git(repo, "checkout", "-q", "-b", "side")
    commit(repo, {"b.py": "x = 1\n"}, "2024-02-01")
    commit(repo, {"b.py": call("qwen-max")}, "2024-03-01")
    git(repo, "checkout", "-q", "main")
    commit(repo, {"c.py": "x = 1\n"}, "2024-04-01")
    git(repo, "merge", "-q", "--no-ff", "--no-edit", "side", day="2024-05-01")
    git(tmp_path, "clone", "-q", "--depth=2", f"file://{repo}", "shallow")
    found = lives(tmp_path / "shallow")
    assert found["gpt-4o"] == [(None, None)]
    assert found["qwen-max"] == [("2024-05-01", None)]


@pytest.fixture(scope="module")
def long_history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Takes some seconds to read: every commit changes what a large file names."""
    folder = new(tmp_path_factory.mktemp("long"))
    rows = HEAD + "".join(f'add("gpt-4o", {n})\n' for n in range(300))
    text = ""
    for number in range(50):
        content = rows + call(f"gpt-4o-{number}")
        text += "commit refs/heads/main\ncommitter A <a@example.org> 1700000000 +0000\n"
        text += f"data 1\nx\nM 100644 inline a.py\ndata {len(content)}\n{content}\n"
    command = ["git", "-C", str(folder), "fast-import", "--quiet"]
    subprocess.run(command, input=text.encode(), check=True)
    return folder


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to a child on Windows")
def test_interruption_is_one_line_and_leaves_nothing(long_history: Path, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "stackaudit", "history", str(long_history)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(TMPDIR=str(tmp_path)),
    ) as process:  # fmt: skip
        while not any(tmp_path.iterdir()) and process.poll() is None:
            time.sleep(0.05)  # until git is at work
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        shown, errors = process.communicate(timeout=30)
    assert (process.returncode, shown, errors) == (130, b"", b"stackaudit: interrupted\n")
    assert list(tmp_path.iterdir()) == []


def test_progress_is_for_terminals_only(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pty = pytest.importorskip("pty")
    commit(repo, {"a.py": call("gpt-4o")})
    monkeypatch.setattr(progress, "_PATIENCE_S", 0.0)
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal:

        def shown() -> bytes:
            """All that was written since the last time."""
            terminal.write("<end>")
            terminal.flush()
            text = b""
            while not text.endswith(b"<end>"):
                text += os.read(ours, 1 << 16)
            return text

        monkeypatch.setattr(sys, "stderr", terminal)
        assert cli.run(["history", str(repo)]) == 0
        assert b"Reading commits" in shown()
        assert cli.run(["history", str(repo), "--format", "json"]) == 0
        assert b"Reading" not in shown()
    os.close(ours)


def test_paths_and_authors_are_not_taken_for_anything_else() -> None:
    one, two, zero = "1" * 40, "2" * 40, "0" * 40
    printed = (
        f"commit {one} 1700000000 \0commit {two} 5 \0"
        f":000000 100644 {zero} {two} A\0:000000 100644 {zero} {one} A\0"
        f":100644 120000 {one} {two} T\0a\nb\0:160000 160000 {one} {two} M\0sub\0"
        f"commit {two} 99999999999999 {one} {zero}\0\0"
    )
    first, second = gitlog.read(BytesIO(printed.encode()))
    assert first.commit == gitlog.Commit(one, "2023-11-14", f"commit {two} 5 ")
    assert first.changes == [
        gitlog.Change(f":000000 100644 {zero} {one} A".encode(), b"", two.encode()),
        gitlog.Change(b"a\nb", one.encode(), b""),
    ]
    assert second == gitlog.Record(gitlog.Commit(two, "1970-01-01", ""), (one, zero), [])


@given(st.binary(max_size=3000))
def test_output_that_git_never_prints_raises_nothing(data: bytes) -> None:
    list(gitlog.read(BytesIO(b"commit " + b"a" * 40 + b" 1 \0x\0:" + data)))


@given(st.lists(st.binary(max_size=12), max_size=600), st.booleans())
def test_pieces_are_the_whole(lines: list[bytes], is_table: bool) -> None:
    data = b"\n".join(lines)
    cut = list(pieces(data, is_table))
    assert b"".join(cut) == data
    assert all(piece.count(b"\n") <= (400 if is_table else 2000) for piece in cut)


def test_cuts_outlast_changes() -> None:
    lines = [b'{"id": "row%d"}' % n for n in range(5000)]
    before = set(pieces(b"\n".join(lines)))
    lines.insert(2500, b'{"id": "new"}')
    lines.insert(10, b'{"id": "newer"}')
    after = set(pieces(b"\n".join(lines)))
    assert len(before) > 50
    assert len(after - before) <= 4
