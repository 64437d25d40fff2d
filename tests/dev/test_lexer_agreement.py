"""Developers' check: the lexer against tree-sitter on real files.

Needs single grammar packages (``tree-sitter``, ``tree-sitter-python``, ...) and folders of
source code in STACKAUDIT_SOURCES, separated like PATH. Skipped otherwise. With ``-s`` it prints
the agreement by language; with STACKAUDIT_SHOW=1 every disagreement.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("tree_sitter")

from grammars import (
    CODE,
    COMMENT,
    EITHER,
    GRAMMARS,
    NAMES,
    STRING,
    painted,
    parser_of,
    scripts,
)

from stackaudit import lexer
from stackaudit.detect.readers import reader_for

FOLDERS = [Path(p) for p in os.environ.get("STACKAUDIT_SOURCES", "").split(os.pathsep) if p]
pytestmark = pytest.mark.skipif(not FOLDERS, reason="STACKAUDIT_SOURCES names no folder")
SHOW = bool(os.environ.get("STACKAUDIT_SHOW"))

HITS = re.compile(
    rb"(?i)gpt|claude|gemini|llama|mistral|qwen|deepseek|openai|anthropic|huggingface|bedrock"
    rb"|api_key|apikey|base_url|baseurl|https?://|model"
)
WORDS = re.compile(rb"(?<![\w\\])[A-Za-z_]\w{2,}")
"""Everything that could be named: shows how the lexer does where no model stands."""
SIZE, FILES = 1_000_000, 1500
PAGES = ("vue", "svelte")


@pytest.mark.parametrize("language", [name for name in GRAMMARS if name != "powershell"])
def test_lexer_agrees_with_tree_sitter(language: str) -> None:
    compare(language, lexed)


@pytest.mark.parametrize("language", ["shell", "powershell"])
def test_reader_agrees_with_tree_sitter_on_comments(language: str) -> None:
    compare(language, read)


def compare(language: str, found: Callable[[bytes, str], bytearray]) -> None:
    parse = parser_of(language, pytest.importorskip)
    script = parser_of("typescript", pytest.importorskip) if language in PAGES else None
    counts = {"hits": [0, 0], "words": [0, 0]}
    files = broken = 0
    for path in sources(GRAMMARS[language].suffixes):
        data = path.read_bytes()
        theirs = expected(data, parse, script)
        if theirs is None:
            broken += 1
            continue
        files += 1
        ours = found(data, language)
        for name, pattern in (("hits", HITS), ("words", WORDS)):
            for match in pattern.finditer(data):
                pair = theirs[match.start()], ours[match.start()]
                if EITHER in pair:
                    continue
                if found is read:  # a reader takes scripts in strings for scripts
                    pair = (
                        pair[0],
                        pair[0] if pair in ((STRING, COMMENT), (STRING, CODE)) else pair[1],
                    )
                wrong = pair[0] != pair[1]
                counts[name][0] += 1
                counts[name][1] += wrong
                if wrong and SHOW:
                    show(path, data, match.start(), name, *pair)
    if not files:
        pytest.skip(f"no {language} files")
    shares = ", ".join(
        f"{1 - wrong / max(many, 1):.4%} of {many:,} {name}"
        for name, (many, wrong) in counts.items()
    )
    print(f"\n{language}: {shares} in {files} files; {broken} not parsed")
    assert all(wrong <= many * 0.001 for many, wrong in counts.values())


def expected(
    data: bytes, parse: Callable[[bytes], Any], script: Callable[[bytes], Any] | None
) -> bytearray | None:
    """The regions by the grammar; None where it does not understand the file."""
    root = parse(data).root_node
    if script is None:
        return None if root.has_error else painted(root, data)
    paint = painted(root, data)
    for index, region in enumerate(paint):  # what stands between tags has a grammar of its own
        if region == CODE:
            paint[index] = EITHER
    for part in scripts(root):
        inner = data[part.start_byte : part.end_byte]
        tree = script(inner).root_node
        if tree.has_error:
            return None
        paint[part.start_byte : part.end_byte] = painted(tree, inner)
    return paint


def lexed(data: bytes, language: str) -> bytearray:
    """The regions by the lexer."""
    paint = bytearray(len(data))
    for start, end, kind, _, _ in lexer.tokens(data.decode("latin-1"), language):
        if kind not in ("open", "close"):
            paint[start:end] = bytes([COMMENT if kind == "comment" else STRING]) * (end - start)
    return paint


def read(data: bytes, language: str) -> bytearray:
    """What the reader of a language of commands takes for comments."""
    paint = bytearray(len(data))
    reader = reader_for(language)
    for entry in reader(data.decode("latin-1")) if reader else ():
        if entry.region == "comment":
            paint[entry.start : entry.end] = bytes([COMMENT]) * (entry.end - entry.start)
    return paint


def sources(suffixes: tuple[str, ...]) -> Iterator[Path]:
    """Files of these endings, spread evenly over all there are."""
    paths = [
        path
        for folder in FOLDERS
        for path in sorted(folder.rglob("*"))
        if path.suffix in suffixes and path.is_file() and path.stat().st_size < SIZE
    ]
    yield from paths[:: len(paths) // FILES + 1]


def show(path: Path, data: bytes, at: int, name: str, theirs: int, ours: int) -> None:
    line = data.count(b"\n", 0, at) + 1
    text = data[max(data.rfind(b"\n", 0, at) + 1, at - 60) : at + 30].decode("utf-8", "replace")
    print(f"{name} {path}:{line}: tree-sitter {NAMES[theirs]}, lexer {NAMES[ours]}: {text!r}")
