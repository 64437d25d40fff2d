"""Unknown names in a list of models are models; in a list of anything else they are nothing."""

from __future__ import annotations

import pytest
from reading import mentions, models

KNOWN = ["gpt-4o", "claude-3-opus-20240229", "mistral-large-2411", "gemini-1.5-pro"]


def go_list(*names: str) -> str:
    return (
        "package a\n\nvar ModelList = []string{\n" + "".join(f'\t"{n}",\n' for n in names) + "}\n"
    )


def ts_table(*names: str) -> str:
    rows = "".join(f'  "{name}": {{ maxTokens: 8192, price: "1.5-2" }},\n' for name in names)
    return f"export const table = {{\n{rows}}} as const;\n"


def rust_slice(*names: str) -> str:
    return "pub const MODELS: &[&str] = &[\n" + "".join(f'    "{n}",\n' for n in names) + "];\n"


def yaml_list(*names: str) -> str:
    return "models:\n" + "".join(f"  - {name}\n" for name in names)


def json_records(*names: str) -> str:
    rows = ",\n".join(
        f'  {{"id": "{name}", "version": "2024-01-01", "kind": "chat-v1x"}}' for name in names
    )
    return f"[\n{rows}\n]\n"


@pytest.mark.parametrize(
    ("path", "write"),
    [("a.go", go_list), ("a.ts", ts_table), ("a.rs", rust_slice), ("a.yaml", yaml_list)],
)
@pytest.mark.parametrize("name", ["undi95/toppy-m-7b", "acme-writer-v2", "zorble-latest", "tao-8k"])
def test_an_unknown_entry_of_a_list_of_models(path: str, write: object, name: str) -> None:
    assert callable(write)
    text = write(*KNOWN[:2], name, *KNOWN[2:])
    found = mentions(path, text, "model")
    assert [m.text for m in found] == [*KNOWN[:2], name, *KNOWN[2:]]
    (one,) = [m for m in found if m.text == name]
    assert one.usage == "offered"
    assert text.splitlines()[one.line - 1][one.column - 1 :].startswith(name)


def test_a_column_of_records() -> None:
    names = [*KNOWN, "qwen-max", "command-r-plus", "acme-writer-v2"]
    assert models("a.json", json_records(*names)) == names


@pytest.mark.parametrize(
    "other",
    ["us-east-1", "2024-06-01", "v1.2.3", "image/png", "application/json", "stability-ai/", "alibaba-cn",
     "https://example.org/x-1", "setup-2.py", "es-419", "female_voice_1_v1", "NemoXForCausalLM", "Content-Type", "0.0.1", "your-model"],
)  # fmt: skip
def test_other_things_in_a_list_of_models(other: str) -> None:
    assert models("a.go", go_list(*KNOWN, other)) == KNOWN


def test_few_known_names_make_no_list_of_models() -> None:
    assert models("a.go", go_list(*KNOWN[:3], "acme-writer-v2")) == KNOWN[:3]


def test_a_list_of_mostly_unknown_names_is_of_something_else() -> None:
    others = [f"acme-part-{number}" for number in range(9)]
    assert models("a.go", go_list(*KNOWN, *others)) == KNOWN


def test_what_stands_in_another_list_is_not_meant() -> None:
    other = (
        go_list("acme-part-1", "acme-part-2")
        .replace("package a\n\n", "")
        .replace("ModelList", "Parts")
    )
    assert models("a.go", go_list(*KNOWN) + other) == KNOWN


@pytest.mark.parametrize(
    "call", ['client.chat.completions.create(model="{}")', 'ChatOpenAI(model="{}")']
)
def test_many_calls_are_no_menu(call: str) -> None:
    names = [*KNOWN, "gpt-4o-mini", "command-r-plus", "qwen-max", "deepseek-chat"]
    text = "from langchain_openai import ChatOpenAI\n" + "".join(
        f"x = {call.format(n)}\n" for n in names
    )
    assert {m.usage for m in mentions("a.py", text, "model")} == {"used"}


def test_many_records_are_a_menu() -> None:
    names = [*KNOWN, "gpt-4o-mini", "command-r-plus", "qwen-max", "deepseek-chat"]
    text = "import litellm\n" + "".join(
        f'x{i} = Info(model="{n}", price=1)\n' for i, n in enumerate(names)
    )
    assert {m.usage for m in mentions("a.py", text, "model")} == {"offered"}


def test_a_table_of_parsers_is_not_one_of_models() -> None:
    rows = "".join(f'\t"{name}": "zorble_{at}_xml",\n' for at, name in enumerate(KNOWN))
    text = "package a\n\nvar {} = map[string]string{{\n" + rows + "}}\n"
    assert models("a.go", text.format("reasoningParserByName")) == []
    assert models("a.go", text.format("byName")) == KNOWN
