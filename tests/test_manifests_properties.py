"""Manifests with open-ended input: against maintained parsers, mutated, truncated, hostile."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import tomli
import yaml
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import InvalidRequirement, Requirement
from test_manifests import FIXTURES, expected, read, texts_stand_in_place

from stackaudit.detect.manifests import jsonscan, parse, tomlscan, yamlscan
from stackaudit.detect.manifests.pip import requirement
from stackaudit.source import SourceFile

PATHS = sorted(expected())
WORD = st.text("abcxyz019_-", min_size=1, max_size=6)
SCALAR = st.text("ab é#=[]{}:,'", max_size=8)
TREE = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORD, inner, max_size=3),
    max_leaves=12,
)


@given(st.data())
def test_mutated_and_truncated_files_never_raise(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(PATHS))
    raw = (FIXTURES / path).read_bytes()
    first = data.draw(st.integers(0, len(raw)))
    last = data.draw(st.integers(first, len(raw)))
    middle = data.draw(
        st.binary(max_size=5) | st.sampled_from([b'"', b"[", b"}", b"\n", b"'''", b"<"])
    )
    mutated = raw[:first] + middle + (raw[last:] if data.draw(st.booleans()) else b"")
    mentions = read(path, mutated)
    if _is_text(mutated):
        texts_stand_in_place(mutated, mentions or [])


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


@given(st.text('openai-_. [,]()<>=!~1;@"x/:#', max_size=20))
def test_requirements_as_the_packaging_library_reads_them(text: str) -> None:
    try:
        wanted = Requirement(text)
    except InvalidRequirement:
        return
    if wanted.name.endswith("_"):
        return  # the library is laxer here than PEP 508
    found = requirement(text, 0, len(text), "")
    assert found
    assert found.name == wanted.name
    assert text[found.start : found.end] == wanted.name


@given(st.dictionaries(WORD.map("t".__add__), st.dictionaries(WORD, TREE, max_size=3), max_size=4))
def test_toml_scan_agrees_with_tomli(tables: dict[str, dict[str, Any]]) -> None:
    text = "".join(
        f"[{table}]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in entries.items())
        for table, entries in tables.items()
    )
    raw = text.encode().decode("latin-1")
    found = [
        (tuple(key.text for key in value.path), _utf8(value.text))
        for value in tomlscan.scan(raw)
        if value.text is not None
    ]
    assert sorted(found) == sorted(_leaves(tomli.loads(text)))


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",\n".join(map(_toml, value)) + "]"
    return f'"{value}"'


@given(st.dictionaries(WORD, TREE, max_size=4), st.sampled_from([None, 0, 2]))
def test_json_scan_agrees_with_json(tree: dict[str, Any], indent: int | None) -> None:
    text = json.dumps(tree, indent=indent, ensure_ascii=False).encode().decode("latin-1")
    found = []
    for member in jsonscan.scan(text):
        if member.value is not None:
            parents = [*member.parents, member.key] if member.key_start >= 0 else member.parents
            found.append((tuple(key for key in parents if key), _utf8(member.value)))
            assert text[member.start : member.end] == member.value
    assert sorted(found) == sorted(_leaves(tree))


@given(st.dictionaries(WORD, st.dictionaries(WORD, SCALAR | st.lists(SCALAR, max_size=3))))
def test_yaml_scan_agrees_with_yaml(tree: dict[str, Any]) -> None:
    text = yaml.safe_dump(tree, default_flow_style=False, allow_unicode=True, width=1000)
    found = [
        (*line.parents, line.key)
        for line in yamlscan.scan(text.encode().decode("latin-1"))
        if line.key
    ]
    pairs = [(key,) for key in tree] + [(key, inner) for key in tree for inner in tree[key]]
    assert sorted(found) == sorted(pairs)


def _leaves(tree: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], str]]:
    if isinstance(tree, dict):
        return [leaf for key, value in tree.items() for leaf in _leaves(value, (*path, key))]
    if isinstance(tree, list):
        return [leaf for value in tree for leaf in _leaves(value, path)]
    return [(path, tree)]


def _utf8(text: str) -> str:
    return text.encode("latin-1").decode()


HOSTILE = [
    '"',
    '\\"',
    "[",
    '{"a":',
    '["',
    "a={a=",
    "a=[{",
    "a.",
    "<a ",
    "<!--",
    '"""',
    "- ",
    " ",
    "\n",
    "a@>",
    "a-",
    "install_requires=[",
    '"bin": {',
]


@pytest.mark.parametrize("path", sorted({path.rpartition("/")[2] for path in PATHS}))
def test_hostile_lines_take_linear_time(path: str) -> None:
    started = time.process_time()
    for unit in HOSTILE:
        data = (unit * (60_000 // len(unit))).encode()
        parse(SourceFile(path, data, "text"), lambda _ecosystem, _name: False)
    assert time.process_time() - started < len(HOSTILE)
