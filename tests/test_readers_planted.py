"""An id planted anywhere in a file of any format comes back at exactly the planted position."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import mentions

IDS = [
    "gpt-4o",
    "claude-opus-4-1",
    "Qwen/Qwen3-8B",
    "qwen3:8b",
    "deepseek-chat",
    "mistral-large-2411",
]
PLACES = [
    # path, what a comment starts with, text with @ where the id stands
    ("a.yaml", "#", "llm:\n  model: @\n"),
    ("a.yaml", "#", "- {a: 1, model: '@'} # x\n"),
    ("a.yaml", "#", 'args: ["--model", "@", "--x"]\n'),
    ("a.yaml", "#", "args:\n- --model=@\n- --x\n"),
    ("a.yaml", "#", "env:\n- name: LLM_MODEL\n  value: @\n"),
    ("a.yaml", "#", 'run: |\n  x=1\n  vllm serve @ --port 1\n'),
    ("a.yaml", "#", 'body: "{\\"é\\": 1, \\"model\\": \\"@\\"}"\n'),
    ("a.yaml", "#", 'model: {{ .Values.model | default "@" }}\n'),
    ("a.jsonc", "//", '{"é\\n": "\\u00e9", "model": "@"}\n'),
    ("a.json5", "//", "{a: 1, model: '@',}\n"),
    ("a.json", "", '{"body": "{\\n \\"x\\": \\"é\\", \\"model\\": \\"@\\"}"}\n'),
    ("a.json", "", '{"args": ["serve", "--model", "@"]}\n'),
    ("a.toml", "#", 'model = "@" # x\n'),
    ("a.toml", "#", "[a]\nb = { x = 'é', model = '@' }\n"),
    ("a.toml", "#", "body = '{\"model\": \"@\"}'\n"),
    ("a.ini", ";", "[llm]\nmodel = @\n"),
    ("a.properties", "#", "llm.model=@\n"),
    ("a.properties", "#", "llm.model=${LLM_MODEL:@}\n"),
    ("a.env", "#", 'export LLM_MODEL="@" # x\n'),
    ("a.env", "#", "LLM_MODEL=${OTHER:-@}\n"),
    ("a.xml", "", '<a é="é"><model>@</model></a>\n'),
    ("a.xml", "", "<a><property name='model' value='@'/></a>\n"),
    ("a.tf", "#", 'locals {\n  x = "é"\n  model = "@"\n}\n'),
    ("a.tf", "#", 'x = jsonencode({ model = "@" })\n'),
    ("a.tf", "#", "x = <<-E\n  model: @\n  y: 1\nE\n"),
    ("a.bicep", "//", "param modelName string = '@'\n"),
    ("a.bicep", "//", "var x = { name: 'LLM_MODEL', value: '@' }\n"),
    ("Dockerfile", "#", "FROM a\nENV A=1 \\\n  LLM_MODEL=@\n"),
    ("Dockerfile", "#", 'FROM a\nCMD ["vllm", "serve", "@"]\n'),
    ("Makefile", "#", "LLM_MODEL ?= @\n"),
    ("Makefile", "#", "a:\n\t@echo é\n\tvllm serve @ --x\n".replace("@echo", "echo")),
    ("a.sh", "#", "vllm serve '@' --port 1\n"),
    ("a.sh", "#", 'curl https://x.example -d "{\\"model\\": \\"@\\"}"\n'),
    ("a.sh", "#", "cat > x.json <<E\n{\"model\": \"@\"}\nE\n"),
    ("a.sh", "#", "python - <<E\nrun(model='@')\nE\n"),
    ("a.ps1", "#", '$env:LLM_MODEL = "@"\n'),
    ("a.ps1", "#", "vllm serve `\n  @ `\n  --port 1\n"),
    ("a.bat", "REM", "set LLM_MODEL=@\n"),
    ("a.bat", "REM", "vllm serve @ --port 1\n"),
    ("Jenkinsfile", "//", "sh 'vllm serve @ --port 1'\n"),
    ("a.py", "#", "x = '{\"é\": 1, \"model\": \"@\"}'\n"),
    ("a.ts", "//", "const x = `{\n  \"model\": \"@\"\n}`;\n"),
]  # fmt: skip
PADDING = st.text(st.sampled_from("aé中😀 x'-"), max_size=12)


@pytest.mark.parametrize(("path", "mark", "text"), PLACES, ids=[f"{p[0]} {p[2]!r}" for p in PLACES])
@settings(max_examples=12, deadline=None)
@given(
    name=st.sampled_from(IDS),
    lines=st.lists(PADDING, max_size=3),
    end=st.sampled_from(["\n", "\r\n"]),
    bom=st.booleans(),
)
def test_a_planted_id(
    path: str, mark: str, text: str, name: str, lines: list[str], end: str, bom: bool
) -> None:
    before = "".join(f"{mark} {line}".rstrip() + "\n" for line in lines) if mark else ""
    whole = before + text.replace("@", name)
    at = len(before) + text.index("@")
    line = whole.count("\n", 0, at) + 1
    column = at - (whole.rfind("\n", 0, at) + 1) + 1 + (bom and line == 1)
    data = (b"\xef\xbb\xbf" if bom else b"") + whole.replace("\n", end).encode()
    found = [(m.text, m.line, m.column, m.usage) for m in mentions(path, data, "model")]
    assert found == [(name, line, column, "used")]
