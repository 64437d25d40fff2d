"""Calls in Python are followed to the object they are made on, and hostile code ends soon."""

from __future__ import annotations

import ast
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import bound, read

from stackaudit.detect.objects import Objects


def same(text: str) -> dict[str, list[str]]:
    """Name of a call -> the names of the calls that tell of the object it is made on."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)

    def offset(node: ast.expr) -> int:
        return starts[node.lineno - 1] + node.col_offset

    def bracket(call: ast.Call) -> int:
        end = starts[(call.func.end_lineno or 1) - 1] + (call.func.end_col_offset or 0)
        return text.find("(", end)

    def name(link: str) -> str:
        kind, _, at = link.partition(":")
        return re.findall(r"[\w.]*$", text[: int(at)])[0] if kind == "call" else link

    found = Objects(ast.parse(text), bracket, offset).same()
    return {name(link): [name(other) for other in links] for link, links in found.items()}


#: code, the call that is asked about, the calls that tell of its object
CASES = [
    ("a = Make()\na.go()\n", "a.go", ["Make"]),
    ("a = Make()\nb = a\nb.go()\n", "b.go", ["Make"]),
    ("Make().go()\n", ".go", ["Make"]),
    ("with Make() as a:\n    a.go()\n", "a.go", ["Make"]),
    ("async def f():\n    async with Make() as a:\n        await a.go()\n", "a.go", ["Make"]),
    ("def f():\n    return Make()\nf().go()\n", ".go", ["f", "Make"]),
    ("a = Make() if x else Make2()\na.go()\n", "a.go", None),
    ("t = {'x': Make(), 'y': Other()}\nt['y'].go()\n", ".go", ["Other"]),
    ("def f(a):\n    a.go()\na = Make()\n", "a.go", None),
    ("def f(a=b):\n    a.go()\nb = Make()\n", "a.go", ["Make"]),
    ("a = Make()\na.with_options(x=1).go()\n", ".go", ["a.with_options", "Make"]),
    ("class A:\n    c = Make()\n    def f(self):\n        self.c.go()\n", "self.c.go", ["Make"]),
    ("class A:\n    def g(self):\n        return Make()\n    def f(self):\n        self.g().go()\n",
     ".go", ["self.g", "Make"]),
    ("a = wrap(Make())\na.go()\n", "a.go", ["wrap", "Make"]),
    ("f = lambda: Make()\nf().go()\n", ".go", ["f"]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "call", "made"), CASES)
def test_objects(code: str, call: str, made: list[str] | None) -> None:
    assert same(code).get(call) == made


HOSTILE = {
    "names in a circle": "from openai import OpenAI\na = b\nb = a\na.x(model=b)\nOpenAI(b)\n",
    "a function that gives itself": "from openai import OpenAI\ndef f(): return f()\nf().g()\nOpenAI()\n",
    "many values": "from openai import OpenAI\nc = OpenAI()\n" + "c = f(c)\n" * 4_000 + "c.x(model='gpt-4o')\n",
    "deep chains": "from openai import OpenAI\nx = OpenAI()" + ".a()" * 400 + "\n",
    "many clients": "from openai import OpenAI\n" + "OpenAI(base_url=x)\n" * 20_000,
    "many clients in one call": 'import OpenAI from "openai";\n' + "new OpenAI(" * 20_000,
    "many chains": 'import OpenAI from "openai";\n' + "new OpenAI().a().b()\n" * 10_000,
    "many brackets": 'import OpenAI from "openai";\nconst a = new OpenAI(' + "(" * 200_000,
    "branches": "from openai import OpenAI\nc = OpenAI()\n" + "c = c or c or c or c\n" * 500 + "c.x()\n",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_code_ends_soon(name: str) -> None:
    started = time.perf_counter()
    read("a.ts" if "import OpenAI from" in HOSTILE[name] else "a.py", HOSTILE[name])
    assert time.perf_counter() - started < 10


WORDS = st.sampled_from(
    [
        r"OpenAI",
        r"(",
        r")",
        r".",
        r"=",
        r"a",
        r"b",
        r"model",
        r"base_url",
        r"'gpt-4o'",
        r"'https://api.deepseek.com'",
        r",",
        r"{",
        r"}",
        r":",
        r"def",
        r"return",
        r"with",
        r"as",
        r"class",
        r"self",
        r"lambda",
        r"if",
        r"else",
        r"[",
        r"]",
        r"**",
        r"await",
        r"new",
    ]
).map(lambda word: f"{word}\n" if word == ":" else word)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=60), st.sampled_from(["a.py", "a.ts", "a.java", "a.yaml", "a.env"]))
def test_no_text_raises(words: list[str], path: str) -> None:
    bound(path, "from openai import OpenAI\nimport OpenAI from 'openai'\n" + " ".join(words))
