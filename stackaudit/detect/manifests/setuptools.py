"""``setup.cfg`` and ``setup.py`` (literal strings only; nothing is run)."""

from __future__ import annotations

import ast
import re
import warnings
from collections import defaultdict
from collections.abc import Iterator

from stackaudit.detect.manifests.declared import Declared
from stackaudit.detect.manifests.pip import requirement

_SETUP = re.compile(r"\b(?:setuptools|distutils|skbuild|setup_requires|install_requires)\b")
_KEYWORDS = frozenset({"install_requires", "extras_require", "setup_requires", "tests_require"})
#: Larger set-up scripts are read by the token scan only.
_MAX_AST_BYTES = 300_000
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_STRING = re.compile(r"#[^\n]*+|\"([^\"\\\n]*+)\"|'([^'\\\n]*+)'|[\[({]|[\])}]")
_OPENING = re.compile(rf"\b(?P<name>{'|'.join(sorted(_KEYWORDS))})[ \t]*+=[ \t]*+(?=[\[({{])")
_PART = re.compile(r"[^;]++")
_WHOLE = re.compile(r".++")
_QUOTE = re.compile(r"[rRbBuU]*+(?P<quote>\"{3}|\'{3}|[\"'])")
_CFG_LINE = re.compile(
    r"""^(?:\[(?P<section>[^\]\n]++)\]
          | (?P<key>[A-Za-z0-9_.-]++)[ \t]*+[=:][ \t]*+(?P<first>[^\n\r]*+)
          | [ \t]++(?P<more>[^\s#;][^\n\r]*+))""",
    re.MULTILINE | re.VERBOSE,
)


def setup_cfg(text: str) -> Iterator[Declared]:
    """Read the requirements of ``[options]`` and of ``[options.extras_require]``."""
    section = key = ""
    for match in _CFG_LINE.finditer(text):
        group = match.lastgroup or ""
        if group == "section":
            section, key = match[group], ""
            continue
        if group == "first":
            key = match["key"]
        if key in _KEYWORDS if section == "options" else section == "options.extras_require":
            # On the line of its key a value may hold several, parted by semicolons.
            parts = _PART if group == "first" else _WHOLE
            for part in parts.finditer(text, *match.span(group)):
                if item := requirement(text, *part.span(), f"{section}.{key}"):
                    yield item


def setup_py(text: str) -> Iterator[Declared] | None:
    """Read the literals behind the requirement keywords, through names of the module."""
    if not _SETUP.search(text):
        return None
    if len(text) <= _MAX_AST_BYTES:
        # One character a byte, so that columns of the parser are offsets.
        plain = _NOT_ASCII.sub("_", text)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(plain)
            return iter(list(_literals(tree, plain)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            pass
    return _tokens(text)


def _literals(tree: ast.Module, text: str) -> Iterator[Declared]:
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]
    assigned = _assigned(tree)
    queue: list[tuple[str, ast.AST]] = [
        (node.arg, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg in _KEYWORDS
    ]
    seen: set[str] = set()
    while queue:
        key, node = queue.pop()
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
            if item := _literal(text, start, end, key):
                yield item
        elif isinstance(node, ast.Name) and node.id not in seen:
            seen.add(node.id)
            queue.extend((key, value) for value in assigned[node.id])
        elif isinstance(node, ast.Dict):
            queue.extend((key, value) for value in node.values)
        else:
            queue.extend((key, child) for child in ast.iter_child_nodes(node))


def _assigned(tree: ast.Module) -> defaultdict[str, list[ast.expr]]:
    """Collect what each name is given, also item by item (``extras["x"] = [...]``)."""
    found: defaultdict[str, list[ast.expr]] = defaultdict(list)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                name: ast.expr = target
                while isinstance(name, ast.Subscript):
                    name = name.value
                if isinstance(name, ast.Name):
                    found[name.id].append(node.value)
    return found


def _literal(text: str, start: int, end: int, key: str) -> Declared | None:
    opening = _QUOTE.match(text, start, end)
    if not opening:
        return None
    return requirement(text, opening.end(), text.find(opening["quote"], opening.end(), end), key)


def _tokens(text: str) -> Iterator[Declared]:
    """Read the strings of the bracket that follows a requirement keyword."""
    end = 0
    for opening in _OPENING.finditer(text):
        if opening.start() < end:
            continue  # inside the bracket read last
        depth = 0
        for token in _STRING.finditer(text, opening.end()):
            end = token.end()
            if token.lastindex:
                item = requirement(text, *token.span(token.lastindex), opening["name"])
                if item:
                    yield item
            elif token[0] in "[({":
                depth += 1
            elif token[0] in "])}":
                depth -= 1
                if depth <= 0:
                    break
