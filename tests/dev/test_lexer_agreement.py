"""Developers' check: the lexer against tree-sitter on real files.

Needs single grammar packages (``tree-sitter``, ``tree-sitter-python``, ...) and folders of
source code in STACKAUDIT_SOURCES, separated like PATH. Skipped otherwise. With ``-s`` it prints
the agreement by language.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stackaudit import lexer

FOLDERS = [Path(p) for p in os.environ.get("STACKAUDIT_SOURCES", "").split(os.pathsep) if p]
tree_sitter = pytest.importorskip("tree_sitter")
pytestmark = pytest.mark.skipif(not FOLDERS, reason="STACKAUDIT_SOURCES names no folder")

GRAMMARS = {
    "python": ("tree_sitter_python", "language", (".py",)),
    "javascript": ("tree_sitter_javascript", "language", (".js", ".jsx", ".mjs", ".cjs")),
    "typescript": ("tree_sitter_typescript", "language_typescript", (".ts", ".mts")),
    "tsx": ("tree_sitter_typescript", "language_tsx", (".tsx",)),
    "go": ("tree_sitter_go", "language", (".go",)),
    "java": ("tree_sitter_java", "language", (".java",)),
    "kotlin": ("tree_sitter_kotlin", "language", (".kt", ".kts")),
    "csharp": ("tree_sitter_c_sharp", "language", (".cs",)),
    "rust": ("tree_sitter_rust", "language", (".rs",)),
    "ruby": ("tree_sitter_ruby", "language", (".rb",)),
    "php": ("tree_sitter_php", "language_php", (".php",)),
    "scala": ("tree_sitter_scala", "language", (".scala",)),
    "swift": ("tree_sitter_swift", "language", (".swift",)),
    "cpp": ("tree_sitter_cpp", "language", (".c", ".cc", ".cpp", ".h", ".hpp")),
    "lua": ("tree_sitter_lua", "language", (".lua",)),
    "r": ("tree_sitter_r", "language", (".R", ".r")),
    "julia": ("tree_sitter_julia", "language", (".jl",)),
    "elixir": ("tree_sitter_elixir", "language", (".ex", ".exs")),
    "shell": ("tree_sitter_bash", "language", (".sh", ".bash")),
}
HITS = re.compile(
    rb"(?i)gpt|claude|gemini|llama|mistral|qwen|deepseek|openai|anthropic|huggingface|bedrock"
    rb"|api_key|apikey|base_url|baseurl|https?://|model"
)
HOLES = (
    "interpolation",
    "template_substitution",
    "interpolated_expression",
    "command_substitution",
)
STRING = re.compile("string|heredoc|nowdoc|regex|template|sigil")
NO_STRING = re.compile("type|list")
LIMIT = 2_000_000


@pytest.mark.parametrize("language", GRAMMARS)
def test_agrees_with_tree_sitter(language: str) -> None:
    module, function, suffixes = GRAMMARS[language]
    grammar = pytest.importorskip(module)
    parser = tree_sitter.Parser(tree_sitter.Language(getattr(grammar, function)()))
    hits = wrong = broken = files = 0
    for path in sources(suffixes):
        data = path.read_bytes()
        tree = parser.parse(data)
        if tree.root_node.has_error:
            broken += 1
            continue
        files += 1
        offsets = [m.start() for m in HITS.finditer(data)]
        ours = list(regions(data.decode("latin-1"), language, offsets))
        for offset, mine in zip(offsets, ours, strict=True):
            theirs = place(tree.root_node, data, offset)
            hits += 1
            if theirs not in ("either", mine):
                wrong += 1
                if os.environ.get("STACKAUDIT_SHOW"):
                    line = data.count(b"\n", 0, offset) + 1
                    print(f"{path}:{line}: tree-sitter {theirs}, lexer {mine}")
    if not hits:
        pytest.skip(f"no {language} files")
    print(
        f"\n{language}: {1 - wrong / hits:.4%} of {hits:,} hits in {files} files; {broken} not parsed"
    )
    assert wrong <= hits * 0.001


def sources(suffixes: tuple[str, ...]) -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*")):
            if path.suffix in suffixes and path.is_file() and path.stat().st_size < LIMIT:
                yield path


def regions(text: str, language: str, offsets: list[int]) -> Iterator[str]:
    """Where each offset lies: comment, string or code."""
    tokens = lexer.tokens(text, language)
    start = end = 0
    kind = ""
    for offset in offsets:
        while end <= offset:
            token = next(tokens, None)
            if token is None:
                start = end = len(text) + 1
                break
            start, end, kind = token[:3]
        if not start <= offset < end or kind in ("open", "close"):
            yield "code"
        else:
            yield "comment" if kind == "comment" else "string"


def place(root: Any, data: bytes, offset: int) -> str:
    """The same by the syntax tree; ``either`` where grammars differ in what they call it."""
    node = root.descendant_for_byte_range(offset, offset + 1)
    while node is not None:
        kind = node.type
        if "comment" in kind or kind == "uninterpreted":
            return "comment"
        if kind in HOLES:
            simple = data[node.start_byte : node.start_byte + 1] == b"$" and (
                data[node.start_byte + 1 : node.start_byte + 2] not in b"{("
            )
            return "string" if simple else "code"
        if kind in ("variable_name", "member_access_expression", "shebang", "hash_bang_line"):
            return "either"
        if kind in ("jsx_text", "text"):
            return "either"
        if kind in ("heredoc_start", "heredoc_beginning", "heredoc_end", "simple_symbol"):
            return "code"
        if STRING.search(kind) and not NO_STRING.search(kind):
            return "string"
        node = node.parent
    return "code"
