"""Texts that Python expressions put together: joined, formatted, concatenated."""

from __future__ import annotations

import ast
import re

from stackaudit.detect.python_values import MAX_DEPTH, Values
from stackaudit.detect.syntax import dotted

#: Ids and URLs are shorter.
MAX_TEXT = 400
_CONVERSION = re.compile(r"%[-+ 0#]?\d*(?:\.\d+)?[sdifr]")


class Texts:
    """The texts of one file's expressions."""

    def __init__(self, values: Values) -> None:
        """Take what the names in them are set to."""
        self._values = values

    def of(self, node: ast.expr, depth: int = 0) -> str:
        """The text of an expression; empty when nothing is known.

        Unknown parts become ``{}``, or ``{name}`` where the code writes them so.
        """
        # Cut at every step: code can make text grow without end, but ids and URLs are short.
        return self._parts_of(node, depth)[: MAX_TEXT + 1] if depth <= MAX_DEPTH else ""

    def _parts_of(self, node: ast.expr, depth: int) -> str:
        if isinstance(node, ast.Constant):
            is_long = isinstance(node.value, int) and node.value.bit_length() > 64
            return "" if is_long else str(node.value)
        if isinstance(node, (ast.Name, ast.Attribute)):
            values = self._values.lookup(node)
            return self.of(values[0], depth + 1) if len(values) == 1 else ""
        if isinstance(node, ast.FormattedValue):
            return self.of(node.value, depth + 1) or _gap(node)
        if isinstance(node, ast.JoinedStr):
            return "".join(self.of(part, depth + 1) for part in node.values)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self.of(node.left, depth + 1), self.of(node.right, depth + 1)
            return (left or "{}") + (right or "{}") if left or right else ""
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            return self._formatted(node, depth)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            return self._method(node, node.func, depth)
        return ""

    def _formatted(self, node: ast.BinOp, depth: int) -> str:
        template = self.of(node.left, depth + 1)
        right = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
        for part in right:
            gap = _CONVERSION.search(template)
            if gap:
                value = self.of(part, depth + 1) or "{}"
                template = template[: gap.start()] + value + template[gap.end() :]
        return template

    def _method(self, node: ast.Call, func: ast.Attribute, depth: int) -> str:
        if func.attr == "format":
            template = self.of(func.value, depth + 1)
            for part in node.args:
                template = template.replace("{}", self.of(part, depth + 1) or "{?}", 1)
            for keyword in node.keywords:
                value = self.of(keyword.value, depth + 1)
                if keyword.arg and value:
                    template = template.replace("{" + keyword.arg + "}", value)
            return template
        if (
            func.attr == "join"
            and len(node.args) == 1
            and isinstance(node.args[0], (ast.List, ast.Tuple))
        ):
            between = self.of(func.value, depth + 1)
            return between.join(self.of(part, depth + 1) or "{}" for part in node.args[0].elts)
        return ""


def _gap(node: ast.FormattedValue) -> str:
    """What stands for a value that is not known: as written, where it is a plain name."""
    plain = isinstance(node.value, (ast.Name, ast.Attribute)) and node.format_spec is None
    name = dotted(node.value) if plain and node.conversion == -1 else ""
    return f"{{{name}}}" if name else "{}"
