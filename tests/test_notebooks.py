"""Notebooks: cells as source and prose, outputs not at all, places in the file itself."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import bound, mentions, models

from stackaudit.detect import notebooks
from stackaudit.source import SourceFile


def notebook(
    *cells: tuple[str, str | list[str]], indent: int | None = 1, ascii_only: bool = False
) -> bytes:
    document = {
        "cells": [
            {"cell_type": kind, "source": source, "outputs": [{"text": "gpt-4o says gpt-4.1"}]}
            for kind, source in cells
        ],
        "nbformat": 4,
    }
    return json.dumps(document, indent=indent, ensure_ascii=ascii_only).encode()


def place(data: bytes, line: int, column: int, length: int) -> str:
    return data.decode().split("\n")[line - 1][column - 1 : column - 1 + length]


def views(data: bytes) -> dict[str, str]:
    source = SourceFile("a.ipynb", data, "notebook")
    return {view.language: view.data.decode() for view in notebooks.views(source)}


def test_code_and_prose_are_joined_apart_and_outputs_left_out() -> None:
    data = notebook(("markdown", "# gpt-4o"), ("code", ["a = 1\n", "b = 'ü😀'"]), ("code", "c = 2"))
    found = views(data)
    assert found["markdown"].split() == ["#", "gpt-4o"]
    assert found["python"].split("\n\n")[:2] == ["a = 1\nb = 'ü😀'", "c = 2"]


def test_names_are_followed_from_cell_to_cell() -> None:
    data = notebook(("code", 'from openai import OpenAI\nc = OpenAI(base_url="https://api.deepseek.com")'),
                    ("code", 'c.chat.completions.create(model="deepseek-chat")'))  # fmt: skip
    (route,) = [b.route for b in bound("a.ipynb", data) if b.mention.kind == "model"]
    assert route is not None
    assert (route.provider, route.basis) == ("deepseek", "observed")


def test_shell_lines_are_shell() -> None:
    data = notebook(
        ("code", "!ollama pull qwen3:8b\nx = 1"), ("code", "%%bash\nollama run llama3.2:1b")
    )
    assert [(m.text, m.key) for m in mentions("a.ipynb", data, "model")] == [
        ("qwen3:8b", "ollama pull"),
        ("llama3.2:1b", "ollama run"),
    ]


def test_installing_needs_no_mark() -> None:
    data = notebook(("code", "  pip3 install -q transformers \\\n  peft\nx = 'a!b'"))
    assert [m.text for m in mentions("a.ipynb", data, "sdk")] == ["transformers", "peft"]
    assert views(data)["python"].strip() == "x = 'a!b'"


def test_code_is_use_and_prose_is_not() -> None:
    data = notebook(
        ("markdown", "We tried gpt-4.1 first."),
        ("code", ["# gpt-5 later\n", 'model = "deepseek-chat"\n']),
        ("raw", "gpt-4o"),
    )
    found = {m.text: m.usage for m in mentions("a.ipynb", data, "model")}
    assert found == {"gpt-4.1": "doc", "gpt-5": "comment", "deepseek-chat": "used", "gpt-4o": "doc"}


LINES = [
    'model = "gpt-4o"',
    "model = 'gpt-4o'",
    'x = "ü"; model = "gpt-4o"',
    'x = "😀"; model = "gpt-4o"',
    'x = "a\\n\\t\\\\"; model = "gpt-4o"',
    "# ünï 😀 gpt-4o",
    'f("""é\nmany lines\n""", model="gpt-4o")',
]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("listed", [False, True])
def test_places_are_those_of_the_file(
    line: str, indent: int | None, ascii_only: bool, listed: bool
) -> None:
    source: str | list[str] = (
        ["import os\n", *line.splitlines(keepends=True)] if listed else f"import os\n{line}"
    )
    data = notebook(("code", source), indent=indent, ascii_only=ascii_only)
    (found,) = mentions("a.ipynb", data, "model")
    assert place(data, found.line, found.column, 6) == found.text == "gpt-4o"


def test_markdown_places() -> None:
    data = notebook(("markdown", ["# Ü 😀\n", 'Says "so": gpt-4o.\n']))
    (found,) = mentions("a.ipynb", data, "model")
    assert place(data, found.line, found.column, 6) == "gpt-4o"


def test_old_notebooks_with_worksheets_are_read() -> None:
    data = json.dumps(
        {"worksheets": [{"cells": [{"cell_type": "code", "input": 'm = "gpt-4o"'}]}]}
    ).encode()
    assert models("a.ipynb", data) == ["gpt-4o"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"cells": 3}',
        b'{"cells": [3, null, {"source": 4}]}',
        b"\xff\xfe",
    ],
)
def test_broken_notebooks_are_no_fault(data: bytes) -> None:
    assert views(data) == {}


def test_a_cut_off_notebook_yields_what_is_there() -> None:
    whole = notebook(("code", 'model = "gpt-4o"'), ("code", 'model = "gpt-5"'), indent=None)
    assert models("a.ipynb", whole[: whole.index(b"gpt-5") + 8]) == ["gpt-4o", "gpt-5"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=4), st.booleans())
def test_any_cell_text_leaves_places_true(parts: list[str], ascii_only: bool) -> None:
    noise = [part.replace("\n", " ").replace("\r", " ") for part in parts]
    source = ["# " + part + "\n" for part in noise] + ['model = "gpt-4o"']
    data = notebook(("code", source), ascii_only=ascii_only)
    found = [m for m in mentions("a.ipynb", data, "model") if m.usage == "used"]
    assert [place(data, m.line, m.column, 6) for m in found] == ["gpt-4o"]
