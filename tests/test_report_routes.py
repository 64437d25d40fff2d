"""``stackaudit routes``: for one file every binding, with what decided it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from running import run

from stackaudit.report.text import cells

APP = """\
import os
from openai import OpenAI

client = OpenAI(base_url=os.getenv("LLM_BASE_URL"))
client.chat.completions.create(model="moonshot-v1-8k", messages=[])
other = OpenAI()
other.embeddings.create(model="text-embedding-3-small", input="x")
# gpt-4o would do as well
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text(APP)
    (tmp_path / "src" / "plain.py").write_text("print('nothing')\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_app.py").write_text(APP)
    (tmp_path / ".env").write_text("LLM_BASE_URL=https://api.moonshot.cn/v1\n")
    return tmp_path


def told(tree: Path, *words: str) -> list[dict[str, object]]:
    done = run("routes", *words, "--format", "json", cwd=tree)
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, object]] = json.loads(done.stdout)["bindings"]
    return rows


def test_what_another_file_sets_counts_and_is_named(tree: Path) -> None:
    """The whole checkout is read though one file is asked for."""
    first, second, third = told(tree, "src/app.py")
    assert (first["line"], first["text"], first["role"]) == (5, "moonshot-v1-8k", "chat")
    assert first["route"]["provider"] == "moonshot"  # type: ignore[index]
    assert "LLM_BASE_URL in .env:1" in str(first["why"])
    assert (second["line"], second["role"], second["usage"]) == (7, "embedding", "used")
    assert second["route"]["provider"] == "openai"  # type: ignore[index]
    assert (second["basis"], first["basis"]) == ("inferred", "observed")
    assert (third["line"], third["usage"], third["route"], third["why"]) == (8, "comment", None, "")


def test_a_test_file_is_explained_as_well(tree: Path) -> None:
    rows = told(tree, "tests/test_app.py")
    assert [row["usage"] for row in rows] == ["test", "test", "comment"] or rows[2][
        "usage"
    ] == "test"
    assert rows[0]["route"]["provider"] == "moonshot"  # type: ignore[index]


def test_the_folder_read_can_be_narrowed(tree: Path) -> None:
    (first, *_) = told(tree, "src/app.py", "--root", "src")
    assert first["route"]["provider"] != "moonshot"  # type: ignore[index]


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_the_table_fits_the_screen(tree: Path, width: int) -> None:
    text = run("routes", "src/app.py", cwd=tree, COLUMNS=str(width)).stdout
    assert [row for row in text.splitlines() if cells(row) > width] == []
    flat = " ".join(text.split())
    assert text.startswith("ROUTES (3)")
    assert "LLM_BASE_URL in .env:1" in flat
    assert "a comment or text for people reaches nothing" in flat


def test_a_file_without_models_says_so(tree: Path) -> None:
    done = run("routes", "src/plain.py", cwd=tree)
    assert (done.returncode, done.stdout) == (0, "src/plain.py names no model and no endpoint\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("src/none.py",), "there is no such file"),
        (("src",), "is a folder"),
        (("src/app.py", "--root", "tests"), "does not lie in tests"),
        (("src/app.py", "--root", "nowhere"), "there is no such file or folder"),
        (("src/app.py", "--format", "yaml"), "unknown value 'yaml'"),
        (("node_modules/x/app.js",), "is left out of scans"),
    ],
)
def test_what_cannot_be_explained_is_told_in_one_line(
    tree: Path, words: tuple[str, ...], message: str
) -> None:
    (tree / "node_modules" / "x").mkdir(parents=True)
    (tree / "node_modules" / "x" / "app.js").write_text("const m = 'gpt-4o';\n")
    done = run("routes", *words, cwd=tree)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
