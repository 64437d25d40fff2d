"""Readers of configuration formats against tables: line, region, keys and value of every entry.

Each fixture has its table beside it (``<name>.expected``). After a wanted change write them anew
with ``python tests/test_readers.py`` and read the difference.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from stackaudit.detect.entry import Entry
from stackaudit.detect.readers import reader_for

FIXTURES = Path(__file__).parent / "fixtures" / "readers"
LANGUAGES = {
    "Dockerfile": "dockerfile",
    "Makefile": "makefile",
    "Modelfile": "modelfile",
    "README.md": "markdown",
    "app.xml": "xml",
    "application.properties": "properties",
    "compose.yaml": "yaml",
    "deployment.yaml": "yaml",
    "dot.env": "env",
    "guide.rst": "rst",
    "main.bicep": "bicep",
    "main.tf": "hcl",
    "mcp.json": "json",
    "models.csv": "csv",
    "notes.txt": "text",
    "page.html": "html",
    "proxy.yaml": "yaml",
    "run.sh": "shell",
    "run.bat": "batch",
    "settings.toml": "toml",
    "setup.ini": "ini",
    "setup.ps1": "powershell",
    "workflow.yaml": "yaml",
}


def read(language: str, document: str) -> list[tuple[Entry, str]]:
    """Entries with their text: decoded where they have one, else the bytes they point at."""
    reader = reader_for(language)
    assert reader is not None
    data = document.encode()
    return [
        (entry, entry.text or data[entry.start : entry.end].decode())
        for entry in reader(data.decode("latin-1"))
    ]


def table(language: str, document: str) -> str:
    data = document.encode()
    rows = []
    for entry, text in read(language, document):
        line = data.count(b"\n", 0, entry.start) + 1
        keys = " > ".join(entry.keys)
        rows.append(f"{line:<3} {entry.region:<8} {keys} = {text!r}\n")
    return "".join(rows)


@pytest.mark.parametrize("name", LANGUAGES)
def test_entries_of_fixture(name: str) -> None:
    expected = (FIXTURES / f"{name}.expected").read_text(encoding="utf-8")
    assert table(LANGUAGES[name], (FIXTURES / name).read_text(encoding="utf-8")) == expected


@pytest.mark.parametrize("name", LANGUAGES)
def test_windows_line_ends_change_nothing_but_offsets(name: str) -> None:
    document = (FIXTURES / name).read_text(encoding="utf-8")
    windows = document.replace("\n", "\r\n")
    assert table(LANGUAGES[name], windows).replace("\\r\\n", "\\n") == table(
        LANGUAGES[name], document
    )


def test_every_reader_has_a_fixture() -> None:
    package = Path(reader_for.__code__.co_filename).parent
    readers = {path.stem for path in package.glob("*.py") if reader_for(path.stem)}
    assert readers == set(LANGUAGES.values())
    assert reader_for("python") is None


def links(language: str, document: str) -> dict[str, tuple[str, ...]]:
    return {text: e.links for e, text in read(language, document) if e.region == "value"}


NESTED = [
    ("yaml", "list:\n- a: one\n  b: two\n- a: three\n", 2),
    ("yaml", "list: [{a: one, b: two}, {a: three}]\n", 2),
    ("json", '{"list": [{"a": "one", "b": "two"}, {"a": "three"}]}', 2),
    ("toml", '[[list]]\na = "one"\nb = "two"\n[[list]]\na = "three"\n', 1),
    ("hcl", 'list {\n a = "one"\n b = "two"\n}\nlist {\n a = "three"\n}\n', 1),
    ("xml", '<r><list a="one" b="two"/><list a="three"/></r>', 2),
]


@pytest.mark.parametrize(("language", "document", "depth"), NESTED, ids=[n[0] for n in NESTED])
def test_siblings_share_the_block_they_stand_in(language: str, document: str, depth: int) -> None:
    found = links(language, document)
    assert len(found["one"]) == depth
    assert found["one"] == found["two"]
    assert found["one"][0] != found["three"][0]
    assert found["one"][1:] == found["three"][1:]


def test_tables_under_one_table_share_it() -> None:
    found = links("toml", '[a]\nk = "top"\n[a.b]\nk = "one"\n[a.c]\nk = "two"\n')
    assert found["one"][1:] == found["two"][1:] == found["top"]


def test_a_key_that_names_something_leads_to_its_block() -> None:
    (key, _), (inner, _) = read("yaml", "gpt-4o:\n  api_base: http://x\n")
    assert (key.region, key.keys) == ("key", ())
    assert set(inner.links) & set(key.links)


GROUPED = [
    ("env", "OPENAI_API_BASE=one\nOPENAI_API_MODEL=two\nOTHER_MODEL=three\n"),
    ("shell", "export OPENAI_API_BASE=one\nOPENAI_API_MODEL=two\nOTHER_MODEL=three\n"),
    ("dockerfile", "ENV OPENAI_API_BASE=one\nENV OPENAI_API_MODEL=two\nENV OTHER_MODEL=three\n"),
]


@pytest.mark.parametrize(("language", "document"), GROUPED, ids=[g[0] for g in GROUPED])
def test_variables_of_one_group_share_their_prefix(language: str, document: str) -> None:
    found = links(language, document)
    assert found["one"][:2] == found["two"][:2] == ("prefix:OPENAI_API", "prefix:OPENAI")
    assert not set(found["one"]) & set(found["three"])


def test_words_of_one_command_share_their_line() -> None:
    found = links("shell", "a --model one \\\n  --url two\nb three\n")
    assert found["one"] == found["two"] == ("line:0",)
    assert found["three"] == ("line:28",)


def test_offsets_count_bytes() -> None:
    (entry, text), *_ = read("yaml", "# é\nmodel: naïve\n")[1:]
    assert (entry.start, entry.end, text) == (12, 18, "naïve")


if __name__ == "__main__":
    for name, language in LANGUAGES.items():
        text = table(language, (FIXTURES / name).read_text(encoding="utf-8"))
        (FIXTURES / f"{name}.expected").write_text(text, encoding="utf-8")
