"""What the names of one Python file are set to, imported as, and which literals they stand for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import accumulate

from stackaudit.detect.syntax import dotted, walk

MAX_DEPTH = 12
#: Steps of following names allowed per file; hostile code can make names branch without end.
_BUDGET = 20_000
_ENVIRONMENT = ("getenv", "get", "environ.get", "config", "env", "setdefault", "pop")


class Values:
    """Names and calls of one file, with their offsets."""

    def __init__(self, text: str, tree: ast.Module) -> None:
        """Take in the file as latin-1 text of its UTF-8 bytes, and as it is parsed."""
        self._text = text
        lengths = (len(line) + 1 for line in text.split("\n"))
        self._lines = [0, *accumulate(lengths)]
        self._left = _BUDGET
        self.by_name: dict[str, list[ast.expr]] = {}
        self.assigned: dict[ast.expr, str] = {}
        self.aliases: dict[str, str] = {}
        self.modules: dict[str, str] = {}
        """Local name -> ``module:NAME`` it is imported from, or ``module`` alone."""
        self.calls: list[ast.Call] = []
        self._collect(tree)

    def _collect(self, tree: ast.Module) -> None:
        for node in walk(tree):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._assign(target, node.value)
            elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
                self._assign(node.target, node.value)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                self._defaults(node.args)
            elif isinstance(node, ast.ImportFrom):
                self.aliases |= {a.asname: a.name for a in node.names if a.asname}
                module = "." * node.level + (node.module or "")
                self.modules |= {a.asname or a.name: f"{module}:{a.name}" for a in node.names}
            elif isinstance(node, ast.Import):
                self.modules |= {a.asname or a.name: a.name for a in node.names}
            elif isinstance(node, ast.Call):
                self.calls.append(node)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        name = dotted(target)
        if name:
            self.by_name.setdefault(name, []).append(value)
            self.assigned[value] = name
            if isinstance(value, ast.Await):
                self.assigned[value.value] = name

    def _defaults(self, args: ast.arguments) -> None:
        positional = [*args.posonlyargs, *args.args]
        pairs = [
            *zip(positional[len(positional) - len(args.defaults) :], args.defaults, strict=True),
            *zip(args.kwonlyargs, args.kw_defaults, strict=True),
        ]
        for arg, default in pairs:
            if default is not None:
                self.by_name.setdefault(arg.arg, []).append(default)

    def literals(self, node: ast.expr, depth: int = 0) -> Iterator[ast.Constant]:
        """String literals a value can come from, through names, defaults and branches."""
        if depth > MAX_DEPTH:
            return
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                yield node
        elif isinstance(node, (ast.Name, ast.Attribute)):
            for value in self.lookup(node):
                yield from self.literals(value, depth + 1)
        elif isinstance(node, ast.IfExp):
            yield from self.literals(node.body, depth + 1)
            yield from self.literals(node.orelse, depth + 1)
        elif isinstance(node, ast.BoolOp):
            for value in node.values:
                yield from self.literals(value, depth + 1)
        elif isinstance(node, ast.Call) and dotted(node.func).endswith(_ENVIRONMENT):
            for value in node.args[1:2]:
                yield from self.literals(value, depth + 1)

    def lookup(self, node: ast.expr) -> list[ast.expr]:
        """What a name is set to; nothing once too many were followed."""
        name = dotted(node)
        values = self.by_name.get(name) or self.by_name.get(name.rpartition(".")[2], [])
        self._left -= 1 + len(values)
        return values if self._left >= 0 else []

    def bracket(self, call: ast.Call) -> int:
        """Offset of the bracket that opens the arguments of a call."""
        return self._text.find("(", self.offset(call.func, end=True))

    def offset(self, node: ast.expr, *, end: bool = False) -> int:
        """Where an expression starts, or ends, in the file."""
        if end:
            return self._lines[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        return self._lines[node.lineno - 1] + node.col_offset
