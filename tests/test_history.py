"""stackaudit history: who brought and removed each model, on real histories."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from gitrepo import HEAD, call, commit, git, new
from running import run

from stackaudit.catalogue import load
from stackaudit.identifiers import Names


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
    assert set(lives(repo, "--all")) == {"gpt-4o", "gpt-4o-mini"}


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


def test_words_that_name_nothing_beyond_doubt() -> None:
    names = Names(load())
    for text in (
        b"import openai",
        b"o1 = 3",
        b"http://localhost:11434/v1",
        b"claude.py",
        b"x" * 9999,
    ):
        assert names.count(text) == {}, text
    found = names.count(b'["gpt-4o", "openai/gpt-4o-mini", "https://api.mistral.ai/v1/chat"]')
    assert {what.name for what in found} == {"gpt-4o", "openai/gpt-4o-mini", "api.mistral.ai"}


def test_a_partial_clone_says_what_is_missing(repo: Path, tmp_path: Path) -> None:
    commit(repo, {"a.py": call("gpt-4o")})
    git(repo, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{repo}", "part")
    done = run("history", str(tmp_path / "part"))
    assert done.returncode == 2
    assert "a partial clone: clone it whole" in done.stderr
    assert done.stderr.count("\n") == 1
