"""Packages that scripts install and settings list, in files in which nothing else speaks of AI."""

from __future__ import annotations

import json

import pytest
from reading import mentions


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("Dockerfile", "FROM python\nRUN pip install vllm==0.7.0 huggingface_hub\n", ["2 vllm", "2 huggingface_hub"]),
        ("setup.sh", "pip install vllm\nuv pip install vllm==2\n", ["1 vllm", "2 vllm"]),
        ("Makefile", "deps:\n\tpip install transformers\n", ["2 transformers"]),
        (".github/workflows/a.yml", "jobs:\n  a:\n    steps:\n      - run: pip install openai\n", ["4 openai"]),
        ("ray.yaml", "runtime_env:\n  pip:\n    - transformers==4.25.1\n    - torch\n", ["3 transformers"]),
        ("play.yml", '- ansible.builtin.pip:\n    name: [openai, "vllm==0.4"]\n    virtualenv: openai\n',
         ["2 openai", "2 vllm"]),
        ("cog.yaml", "build:\n  python_packages:\n    - diffusers==0.3\n", ["3 diffusers"]),
        ("environment.yml", "dependencies:\n  - pip:\n    - openai\n", ["3 openai"]),
        (".devcontainer/devcontainer.json", '{"postCreateCommand": "pip install openai && make"}\n', ["1 openai"]),
        # Nothing is installed here.
        ("README.md", "pip install vllm\n", []),
        ("notes.yaml", "name: openai\nrequires: openai\ncache: pip\n", []),
        ("a.sh", "echo pip install openai\n# pip install openai\n", []),
    ],
)  # fmt: skip
def test_installed_packages(path: str, text: str, expected: list[str]) -> None:
    assert [f"{m.line} {m.text}" for m in mentions(path, text, "sdk")] == expected


def test_a_notebook_that_only_installs() -> None:
    cell = {"cell_type": "code", "source": ["!pip install vllm\n"], "outputs": [], "metadata": {}}
    text = json.dumps({"cells": [cell], "nbformat": 4, "metadata": {}}, indent=1)
    assert [m.text for m in mentions("a.ipynb", text, "sdk")] == ["vllm"]


def test_an_import_is_told_once_and_every_command() -> None:
    text = "import openai\nimport openai\n"
    assert len(mentions("a.py", text, "sdk")) == 1
    assert len(mentions("a.sh", "pip install openai\npip install openai\n", "sdk")) == 2
