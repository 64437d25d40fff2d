"""Names followed in Python: what reaches a model argument or a base URL, and from where."""

from __future__ import annotations

import pytest
from reading import bound, mentions, read

HEAD = "import os\nfrom openai import OpenAI\n"
CALL = "client = OpenAI()\nclient.chat.completions.create(model={})\n"

#: Code that ends in ``model=...``: the models it shows and whether they were put together.
FLOWS = [
    ('M = "gpt-4o"\n' + CALL.format("M"), [("gpt-4o", False)]),
    ('M: str = "gpt-4o"\n' + CALL.format("M"), [("gpt-4o", False)]),
    ('M = "o3"\n' + CALL.format("M"), [("o3", False)]),
    ('class C:\n    m = "o3"\n' + CALL.format("C.m"), [("o3", False)]),
    ('class C:\n    def __init__(self):\n        self.m = "o3"\n        run(model=self.m)\n', [("o3", False)]),
    ('def f(m="o3"):\n    run(model=m)\n', [("o3", False)]),
    ('def f(*, m="o3"):\n    run(model=m)\n', [("o3", False)]),
    ('f = lambda m="o3": run(model=m)\n', [("o3", False)]),
    ('run(model=os.getenv("M", "o3"))\n', [("o3", False)]),
    ('run(model=os.environ.get("M", "o3"))\n', [("o3", False)]),
    ('M = os.getenv("M", "o3")\nrun(model=M)\n', [("o3", False)]),
    ('M = os.getenv("M") or "o3"\nrun(model=M)\n', [("o3", False)]),
    ('run(model="gpt-4o" if fast else "o3")\n', [("gpt-4o", False), ("o3", False)]),
    ('M = "o3" if fast else None\nrun(model=M)\n', [("o3", False)]),
    ('if fast:\n    m = "o3"\nelse:\n    m = "o1"\nrun(model=m)\n', [("o3", False), ("o1", False)]),
    ('if (m := "o3"):\n    run(model=m)\n', [("o3", False)]),
    ('A = "o3"\nB = A\nC = B\nrun(model=C)\n', [("o3", False)]),
    ('V = "4o"\nrun(model=f"gpt-{V}")\n', [("gpt-4o", True)]),
    ('V = "4o"\nrun(model="gpt-" + V)\n', [("gpt-4o", True)]),
    ('V = "4o"\nrun(model="gpt-%s" % V)\n', [("gpt-4o", True)]),
    ('V = "4o"\nrun(model="gpt-{}".format(V))\n', [("gpt-4o", True)]),
    ('V = "4o"\nrun(model="gpt-{v}".format(v=V))\n', [("gpt-4o", True)]),
    ('run(model="-".join(["gpt", "4o"]))\n', [("gpt-4o", True)]),
    ('run(model="/".join(("Qwen", "Qwen3-8B")))\n', [("Qwen/Qwen3-8B", True)]),
    # A part that nobody knows stands as it is written.
    ('run(model=f"openai/whisper-{size}")\n', [("openai/whisper-{size}", False)]),
    ('m = f"openai/whisper-{a.size}"\nrun(model=m)\n', [("openai/whisper-{a.size}", False)]),
    ('run(model=f"gpt-4o-{pick()}")\n', [("gpt-4o-{}", True)]),
    # What is compared, logged or merely named alike does not flow anywhere.
    ('M = "command"\nprint(M)\n', []),
    ('M = "nova"\nrun(name=M)\n', []),
]  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), FLOWS)
def test_models(code: str, expected: list[tuple[str, bool]]) -> None:
    found = mentions("a.py", HEAD + code, "model")
    assert [(m.text, m.assembled) for m in found] == expected


URLS = [
    ('BASE = "https://api.deepseek.com"\nc = OpenAI(base_url=BASE)\n', "deepseek"),
    (
        'BASE = os.getenv("BASE", "https://api.deepseek.com")\nc = OpenAI(base_url=BASE)\n',
        "deepseek",
    ),
    ('c = OpenAI(base_url=os.environ.get("B", "https://api.deepseek.com"))\n', "deepseek"),
    ('c = OpenAI(base_url="https://api.deep" + "seek.com")\n', "deepseek"),
    ('H = "api.deepseek.com"\nc = OpenAI(base_url=f"https://{H}/v1")\n', "deepseek"),
    ('class S:\n    url = "https://api.deepseek.com"\nc = OpenAI(base_url=S.url)\n', "deepseek"),
    (
        'def make(url="https://api.deepseek.com"):\n    return 1\nc = OpenAI(base_url=url)\n',
        "deepseek",
    ),
]


@pytest.mark.parametrize(("code", "provider"), URLS)
def test_base_urls_reach_the_client_and_its_calls(code: str, provider: str) -> None:
    text = HEAD + code + 'c.chat.completions.create(model="deepseek-chat")\n'
    routes = [b.route for b in bound("a.py", text) if b.mention.text == "deepseek-chat"]
    assert [r.provider for r in routes if r] == [provider]


def test_an_alias_is_the_client_it_stands_for() -> None:
    text = 'from openai import OpenAI as X\nc = X()\nc.chat.completions.create(model="gpt-4o")\n'
    (route,) = [b.route for b in bound("a.py", text) if b.mention.kind == "model"]
    assert route is not None
    assert (route.provider, route.basis) == ("openai", "inferred")
    assert "OpenAI" in route.evidence


def test_an_alias_with_a_base_url_is_redirected() -> None:
    text = 'from openai import OpenAI as X\nc = X(base_url=where)\nc.chat.completions.create(model="gpt-4o")\n'
    (route,) = [b.route for b in bound("a.py", text) if b.mention.kind == "model"]
    assert route is not None
    assert route.provider == "unknown"


def test_assembled_text_stands_where_it_is_put_together() -> None:
    text = HEAD + 'V = "4o"\nrun(model="gpt-" + V)\n'
    (found,) = mentions("a.py", text, "model")
    assert (found.line, found.column, found.end_column) == (4, 11, 21)


def test_non_ascii_text_in_front_does_not_shift_places() -> None:
    text = HEAD + 'ü = "😀"; M = "o3"\nrun(model=M)\n'
    (found,) = mentions("a.py", text, "model")
    assert (found.line, found.column) == (3, 15)


HOSTILE = {
    "names that double": "".join(f"a{n + 1} = a{n} + a{n}\n" for n in range(60))
    + "run(model=a60)\n",
    "branches that double": "".join(f"a{n + 1} = a{n} if x else a{n}\n" for n in range(60))
    + "run(model=a60)\n",
    "a name that is itself": "a = a\nb = c\nc = b\nrun(model=a)\nrun(model=b)\n",
    "many values for one name": "m = 'gpt-4o'\n" * 3000 + "run(model=m)\n" * 3000,
    "long concatenation": "m = " + " + ".join(["'x'"] * 900) + "\nrun(model=m)\n",
    "deep nesting": "run(model=" + "(" * 150 + "m" + ")" * 150 + ")\n",
    "too deep nesting": "run(model=" + "(" * 5000 + "m" + ")" * 5000 + ")\n",
    "formats of formats": "a0 = '{}{}'\n"
    + "".join(f"a{n + 1} = a{n}.format(a{n}, a{n})\n" for n in range(40))
    + "run(model=a40)\n",
    "joins of joins": "".join(f"a{n + 1} = ''.join([a{n}, a{n}, a{n}])\n" for n in range(40))
    + "a0 = 'x' * 9\nrun(model=a40)\n",
    "formats of one name": 'a0 = "x" * 9\n'
    + "".join(f"a{n + 1} = '{{v}}{{v}}{{v}}{{v}}'.format(v=a{n})\n" for n in range(40))
    + "run(model=a40)\n",
    "long text doubled": "a0 = '"
    + "x" * 100_000
    + "'\n"
    + "".join(f"a{n + 1} = a{n} + a{n} + a{n}\n" for n in range(11))
    + "run(model=a11)\n",
    "a very long number": "run(model='gpt-' + str + 0x" + "f" * 20_000 + ")\n",
    "huge repetition": "a = 'x' * 10 ** 9\nrun(model='%s' % a)\n",
    "f-strings in f-strings": "".join(f'a{n + 1} = f"{{a{n}}}{{a{n}}}"\n' for n in range(60))
    + "a0 = 'gpt-4o'\nrun(model=a60)\n",
}


@pytest.mark.parametrize("code", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_come_to_an_end(code: str) -> None:
    """Each of these would take hours if names were followed without a bound."""
    read("a.py", HEAD + code + 'last = "deepseek-chat"\n')
