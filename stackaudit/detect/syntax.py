"""Walks over a parsed Python file that pass by what says nothing: names, constants, operators."""

from __future__ import annotations

import ast

_LEAVES = (
    ast.Name,
    ast.Constant,
    ast.alias,
    ast.boolop,
    ast.cmpop,
    ast.expr_context,
    ast.operator,
    ast.type_ignore,
    ast.unaryop,
)
#: Fields that hold text, a number or an operator, never a node with something below it.
_PLAIN = frozenset(
    [
        "arg",
        "asname",
        "attr",
        "conversion",
        "ctx",
        "id",
        "is_async",
        "kind",
        "level",
        "lineno",
        "module",
        "n",
        "name",
        "op",
        "ops",
        "rest",
        "s",
        "simple",
        "tag",
        "type_comment",
    ]
)
_fields: dict[type, tuple[str, ...]] = {}
_branches: dict[type, bool] = {}


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes right below one, without leaves, in the order they are written."""
    kind = node.__class__
    names = _fields.get(kind)
    if names is None:
        names = _fields[kind] = tuple(name for name in node._fields if name not in _PLAIN)
    found: list[ast.AST] = []
    for name in names:
        value = getattr(node, name, None)
        if value.__class__ is list:
            found += filter(_is_branch, value)
        elif value is not None and _is_branch(value):
            found.append(value)
    return found


def walk(tree: ast.AST) -> list[ast.AST]:
    """All nodes but leaves, level by level."""
    found = [tree]
    for node in found:
        found += children(node)
    return found


def _is_branch(value: object) -> bool:
    kind = value.__class__
    known = _branches.get(kind)
    if known is None:
        known = isinstance(value, ast.AST) and not isinstance(value, _LEAVES)
        _branches[kind] = known
    return known


def dotted(node: ast.expr) -> str:
    """``a.b.c`` of a chain of names; calls and subscripts in between are passed over."""
    parts: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Name):
            parts.append(node.id)
            return ".".join(reversed(parts))
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript):
            if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
                parts.append(node.slice.value)
            node = node.value
        else:
            return ".".join(reversed(parts))
