"""Developers' aid: where strings and comments lie in a file by its tree-sitter grammar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

CODE, STRING, COMMENT, EITHER = range(4)
NAMES = ("code", "string", "comment", "either")


class Grammar(NamedTuple):
    """One grammar package, and the files it is tried on."""

    module: str
    suffixes: tuple[str, ...]
    function: str = "language"


GRAMMARS = {
    "python": Grammar("tree_sitter_python", (".py",)),
    "javascript": Grammar("tree_sitter_javascript", (".js", ".jsx", ".mjs", ".cjs")),
    "typescript": Grammar("tree_sitter_typescript", (".ts", ".mts"), "language_typescript"),
    "tsx": Grammar("tree_sitter_typescript", (".tsx",), "language_tsx"),
    "vue": Grammar("tree_sitter_html", (".vue",)),
    "svelte": Grammar("tree_sitter_html", (".svelte",)),
    "go": Grammar("tree_sitter_go", (".go",)),
    "java": Grammar("tree_sitter_java", (".java",)),
    "kotlin": Grammar("tree_sitter_kotlin", (".kt", ".kts")),
    "scala": Grammar("tree_sitter_scala", (".scala",)),
    "csharp": Grammar("tree_sitter_c_sharp", (".cs",)),
    "rust": Grammar("tree_sitter_rust", (".rs",)),
    "ruby": Grammar("tree_sitter_ruby", (".rb",)),
    "php": Grammar("tree_sitter_php", (".php",), "language_php"),
    "swift": Grammar("tree_sitter_swift", (".swift",)),
    "dart": Grammar("tree_sitter_dart", (".dart",)),
    "elixir": Grammar("tree_sitter_elixir", (".ex", ".exs")),
    "cpp": Grammar("tree_sitter_cpp", (".c", ".cc", ".cpp", ".h", ".hpp")),
    "lua": Grammar("tree_sitter_lua", (".lua",)),
    "r": Grammar("tree_sitter_r", (".R", ".r")),
    "julia": Grammar("tree_sitter_julia", (".jl",)),
    "groovy": Grammar("tree_sitter_groovy", (".groovy", ".gradle")),
    "shell": Grammar("tree_sitter_bash", (".sh", ".bash")),
    "powershell": Grammar("tree_sitter_powershell", (".ps1", ".psm1")),
}
_COMMENTS = frozenset(
    [
        "comment",
        "line_comment",
        "block_comment",
        "multiline_comment",
        "documentation_comment",
        "html_comment",
        "doc_comment",
        "uninterpreted",
    ]
)
_STRINGS = frozenset(
    [
        "string",
        "string_literal",
        "raw_string",
        "raw_string_literal",
        "ansi_c_string",
        "translated_string",
        "template_string",
        "regex",
        "regex_literal",
        "interpreted_string_literal",
        "interpolated_string",
        "interpolated_string_expression",
        "interpolated_raw_string",
        "interpolated_verbatim_string",
        "verbatim_string_literal",
        "line_string_literal",
        "multi_line_string_literal",
        "multiline_string_literal",
        "encapsed_string",
        "heredoc",
        "heredoc_body",
        "nowdoc",
        "nowdoc_string",
        "shell_command_expression",
        "subshell",
        "string_array",
        "symbol_array",
        "delimited_symbol",
        "sigil",
        "charlist",
        "quoted_atom",
        "quoted_keyword",
        "command_literal",
        "prefixed_string_literal",
        "prefixed_command_literal",
        "quoted_attribute_value",
    ]
)
_HOLES = frozenset(
    [
        "interpolation",
        "template_substitution",
        "interpolated_expression",
        "command_substitution",
        "string_interpolation",
        "raw_str_interpolation",
        "process_substitution",
        "sub_expression",
    ]
)
#: Names that grammars place differently: text between tags, single characters, first lines.
_EITHER = frozenset(
    [
        "jsx_text",
        "text",
        "raw_text",
        "svelte_raw_text",
        "character_literal",
        "char_literal",
        "rune_literal",
        "char",
        "character",
        "shebang",
        "shebang_line",
        "shebang_directive",
        "hash_bang_line",
        "script_tag",
        "system_lib_string",
        "heredoc_start",
        "heredoc_beginning",
        "heredoc_end",
        "xml_text",
        "xml_string",
        "xml_comment",
        "xml_expression",
        "template_content",
        "php_tag",
        "preproc_arg",
        "sigil_name",
        "sigil_modifiers",
    ]
)
#: Variables named within a string, without brackets that make a hole of them.
_NAMED = frozenset(
    [
        "variable_name",
        "member_access_expression",
        "subscript_expression",
        "dynamic_variable_name",
        "variable",
        "escape_sequence",
        "string_literal_encoding",
        "interpolation_format_clause",
    ]
)


def parser_of(language: str, load: Callable[[str], Any]) -> Callable[[bytes], Any]:
    """What parses a language; ``load`` imports a module or skips the test."""
    tree_sitter = load("tree_sitter")
    grammar = GRAMMARS[language]
    made = tree_sitter.Language(getattr(load(grammar.module), grammar.function)())
    parse: Callable[[bytes], Any] = tree_sitter.Parser(made).parse
    return parse


def painted(root: Any, data: bytes) -> bytearray:
    """One of CODE, STRING, COMMENT and EITHER for every byte."""
    paint = bytearray(len(data))
    waiting: list[tuple[Any, int]] = [(root, CODE)]
    while waiting:
        node, region = waiting.pop()
        kind = node.type if node.is_named else ""
        here = _region(kind, region, data[node.start_byte : node.start_byte + 2])
        if here != region:
            paint[node.start_byte : node.end_byte] = bytes([here]) * (
                node.end_byte - node.start_byte
            )
        if here in (CODE, STRING):
            waiting += [(child, here) for child in node.children]
    return paint


def _region(kind: str, region: int, head: bytes) -> int:
    if kind in _COMMENTS:
        return COMMENT if region == CODE else region
    if kind in _EITHER:
        return EITHER
    if region == STRING:
        if kind in _HOLES and not (head[:1] in b"$#" and head[1:] not in (b"{", b"(")):
            return EITHER if head[:1] == b"`" else CODE  # a command we leave in its string
        return EITHER if kind in _NAMED else STRING
    if kind == "regex" and head[:1] not in (b"/", b"%"):  # a pattern in a test of the shell
        return EITHER
    if kind == "subshell" and head[:1] == b"(":  # of the shell; in Ruby it is a string
        return region
    return STRING if kind in _STRINGS else region


def scripts(root: Any) -> Iterator[Any]:
    """The text of the ``<script>`` elements of a page."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type == "script_element":
            yield from (child for child in node.children if child.type == "raw_text")
        else:
            waiting += node.children
