"""Follows names in Python: constants into calls, aliases of clients, strings put together.

Only files in which a name is passed where a model or a base URL is expected are parsed; the
standard ``ast`` reads them, nothing is executed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import accumulate
from types import MappingProxyType
from typing import Any, NamedTuple

from stackaudit.catalogue import Catalogue
from stackaudit.detect.evidence import Client, meant
from stackaudit.detect.objects import Objects
from stackaudit.detect.reads import Expected, Read
from stackaudit.detect.syntax import walk

_TRIGGER = re.compile(
    r"(?:model|llm|engine|deployment|base_url|api_base|endpoint|url|host)\w*[ \t]*=[ \t]*"
    r"(?:f?[\"'][^\"'\n]*[\"'][ \t]*(?:[+%]|\.format|\.join)|[A-Za-z_(])"
    r"|^[ \t]*from[ \t]+[\w.]+[ \t]+import[^\n]*[ \t]as[ \t]"
    r"|[\"'][ \t]*(?:\+[ \t]*[\"']|\.join\([ \t]*[\[(])",
    re.IGNORECASE | re.MULTILINE,
)
_MAX_DEPTH = 12
#: Steps of following names allowed per file; hostile code can make names branch without end.
_BUDGET = 20_000
_MAX_TEXT = 400
_CONVERSION = re.compile(r"%[-+ 0#]?\d*(?:\.\d+)?[sdifr]")
_ENVIRONMENT = ("getenv", "get", "environ.get", "config", "env", "setdefault", "pop")


class Flow(NamedTuple):
    """Where a literal goes."""

    links: tuple[str, ...]
    provides: tuple[str, ...]
    key: str


class Assembled(NamedTuple):
    """A string put together from parts, at the expression that does it."""

    start: int
    end: int
    value: str
    key: str
    links: tuple[str, ...]
    provides: tuple[str, ...]


class Names(NamedTuple):
    """What following names in one file gave."""

    flows: dict[int, Flow]
    """Offset of a literal's opening quote or prefix -> where it goes."""
    clients: tuple[Client, ...]
    assembled: tuple[Assembled, ...]
    error: str
    reads: tuple[Read, ...] = ()
    """Values of names that another module of the repository sets."""
    same: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """Scope of a call -> scopes that tell of the object it is made on."""


NOTHING = Names({}, (), (), "")


def follow(text: str, catalogue: Catalogue, *, has_clients: bool = False) -> Names:
    """Follow names in a Python file.

    Args:
        text: The file as latin-1 text of its UTF-8 bytes.
        catalogue: Knows places and clients.
        has_clients: Whether the file makes a client whose use is to be followed.
    """
    if not (has_clients or _TRIGGER.search(text) or _imports_client(text, catalogue)):
        return NOTHING
    try:
        tree = ast.parse(text.encode("latin-1"))
    except SyntaxError as error:
        return NOTHING._replace(
            error=f"syntax error in line {error.lineno}: read without following names"
        )
    except (ValueError, RecursionError, MemoryError):
        return NOTHING._replace(error="too deep or malformed: read without following names")
    return _Follower(text, tree, catalogue).names()


@lru_cache(maxsize=4)
def _imported_clients(catalogue: Catalogue) -> re.Pattern[str]:
    """Imports of what the catalogue knows as ``module.name``."""
    dotted = [row["name"].split(".") for row in catalogue.tables["clients"]]
    modules = sorted({re.escape(parts[0]) for parts in dotted if len(parts) == 2})
    return re.compile(rf"^[ \t]*from[ \t]+[\w.]*?\b({'|'.join(modules)})[ \t]+import[^\n]*", re.M)


def _imports_client(text: str, catalogue: Catalogue) -> bool:
    for found in _imported_clients(catalogue).finditer(text):
        for name in re.findall(r"\w+", found[0].partition("import")[2]):
            if catalogue.clients_named(f"{found[1]}.{name}"):
                return True
    return False


class _Follower:
    def __init__(self, text: str, tree: ast.Module, catalogue: Catalogue) -> None:
        self._text = text
        self._places = catalogue.places
        self._catalogue = catalogue
        lengths = (len(line) + 1 for line in text.split("\n"))
        self._lines = [0, *accumulate(lengths)]
        self._values: dict[str, list[ast.expr]] = {}
        self._assigned: dict[ast.expr, str] = {}
        self._aliases: dict[str, str] = {}
        self._modules: dict[str, str] = {}
        """Local name -> ``module:NAME`` it is imported from, or ``module`` alone."""
        self._reads: list[Read] = []
        self._calls: list[ast.Call] = []
        self._left = _BUDGET
        self._tree = tree
        self._collect(tree)

    def names(self) -> Names:
        flows: dict[int, Flow] = {}
        assembled: dict[int, Assembled] = {}
        for call in self._calls:
            self._call(call, flows, assembled)
        for name, values in self._values.items():
            kind = self._places.of_key(name.rpartition(".")[2])
            if kind in ("model", "base-url"):
                for value in values:
                    self._put_together(value, name.rpartition(".")[2], (), (), assembled)
        made = tuple(assembled.values())
        clients = tuple(self._aliased_clients())
        same = Objects(self._tree, self._bracket, self._offset).same()
        return Names(flows, clients, made, "", tuple(self._reads), same)

    def _bracket(self, call: ast.Call) -> int:
        return self._text.find("(", self._offset(call.func, end=True))

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
                self._aliases |= {a.asname: a.name for a in node.names if a.asname}
                module = "." * node.level + (node.module or "")
                self._modules |= {a.asname or a.name: f"{module}:{a.name}" for a in node.names}
            elif isinstance(node, ast.Import):
                self._modules |= {a.asname or a.name: a.name for a in node.names}
            elif isinstance(node, ast.Call):
                self._calls.append(node)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        name = _dotted(target)
        if name:
            self._values.setdefault(name, []).append(value)
            self._assigned[value] = name
            if isinstance(value, ast.Await):
                self._assigned[value.value] = name

    def _defaults(self, args: ast.arguments) -> None:
        positional = [*args.posonlyargs, *args.args]
        pairs = [
            *zip(positional[len(positional) - len(args.defaults) :], args.defaults, strict=True),
            *zip(args.kwonlyargs, args.kw_defaults, strict=True),
        ]
        for arg, default in pairs:
            if default is not None:
                self._values.setdefault(arg.arg, []).append(default)

    def _call(
        self, call: ast.Call, flows: dict[int, Flow], assembled: dict[int, Assembled]
    ) -> None:
        callee = _dotted(call.func)
        loader = self._places.of_callee(callee) or self._catalogue.client(callee) is not None
        arguments = [(k.arg, k.value) for k in call.keywords if k.arg]
        if loader and call.args:
            arguments.append((callee, call.args[0]))
        for key, value in arguments:
            kind = "model" if key == callee else self._places.of_key(key)
            if kind not in ("model", "base-url", "region") or isinstance(value, ast.Constant):
                continue
            links, provides = self._scopes(call, callee)
            self._read(value, kind, links, provides)
            for literal in self._literals(value, 0):
                flows.setdefault(self._offset(literal), Flow(links, provides, key))
            self._put_together(value, key, links, provides, assembled)

    def _read(
        self, value: ast.expr, kind: str, links: tuple[str, ...], provides: tuple[str, ...]
    ) -> None:
        """Note a name that is imported and not set here: another module may tell its value."""
        if not isinstance(value, (ast.Name, ast.Attribute)) or kind == "region":
            return
        name = _dotted(value)
        known, _, rest = name.partition(".")
        origin = self._modules.get(known) if name not in self._values else None
        if origin is None:
            return
        # settings.MODEL is told where the module of settings sets a MODEL.
        wanted = rest.rpartition(".")[2] or origin.partition(":")[2]
        expects: Expected = "model" if kind == "model" else "base-url"
        at = self._offset(value)
        self._reads.append(Read("module", f"{origin}:{wanted}", expects, at, links, provides))

    def _scopes(self, call: ast.Call, callee: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        links = [f"call:{self._bracket(call)}"]
        owner = callee.split(".")
        if len(owner) > 1:
            links.append(
                "name:"
                + (
                    ".".join(owner[:2])
                    if owner[0] in ("self", "cls") and len(owner) > 2
                    else owner[0]
                )
            )
        assigned = self._assigned.get(call, "")
        return tuple(links), ((f"name:{assigned}",) if assigned else ())

    def _literals(self, node: ast.expr, depth: int) -> Iterator[ast.Constant]:
        """String literals a value can come from, through names, defaults and branches."""
        if depth > _MAX_DEPTH:
            return
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                yield node
        elif isinstance(node, (ast.Name, ast.Attribute)):
            for value in self._lookup(node):
                yield from self._literals(value, depth + 1)
        elif isinstance(node, ast.IfExp):
            yield from self._literals(node.body, depth + 1)
            yield from self._literals(node.orelse, depth + 1)
        elif isinstance(node, ast.BoolOp):
            for value in node.values:
                yield from self._literals(value, depth + 1)
        elif isinstance(node, ast.Call) and _dotted(node.func).endswith(_ENVIRONMENT):
            for value in node.args[1:2]:
                yield from self._literals(value, depth + 1)

    def _lookup(self, node: ast.expr) -> list[ast.expr]:
        name = _dotted(node)
        values = self._values.get(name) or self._values.get(name.rpartition(".")[2], [])
        self._left -= 1 + len(values)
        return values if self._left >= 0 else []

    def _put_together(
        self,
        node: ast.expr,
        key: str,
        links: tuple[str, ...],
        provides: tuple[str, ...],
        assembled: dict[int, Assembled],
    ) -> None:
        if isinstance(node, (ast.Name, ast.Attribute)):
            for value in self._lookup(node):
                if isinstance(value, (ast.BinOp, ast.JoinedStr, ast.Call)):
                    self._put_together(value, key, links, provides, assembled)
            return
        if not isinstance(node, (ast.BinOp, ast.JoinedStr, ast.Call)):
            return
        made = self._text_of(node, 0)
        if made and len(made) <= _MAX_TEXT:
            start, end = self._offset(node), self._offset(node, end=True)
            assembled.setdefault(start, Assembled(start, end, made, key, links, provides))

    def _text_of(self, node: ast.expr, depth: int) -> str:
        """The text of an expression; empty when nothing is known.

        Unknown parts become ``{}``, or ``{name}`` where the code writes them so.
        """
        # Cut at every step: code can make text grow without end, but ids and URLs are short.
        return self._parts_of(node, depth)[: _MAX_TEXT + 1] if depth <= _MAX_DEPTH else ""

    def _parts_of(self, node: ast.expr, depth: int) -> str:
        if isinstance(node, ast.Constant):
            is_long = isinstance(node.value, int) and node.value.bit_length() > 64
            return "" if is_long else str(node.value)
        if isinstance(node, (ast.Name, ast.Attribute)):
            values = self._lookup(node)
            return self._text_of(values[0], depth + 1) if len(values) == 1 else ""
        if isinstance(node, ast.FormattedValue):
            return self._text_of(node.value, depth + 1) or _gap(node)
        if isinstance(node, ast.JoinedStr):
            return "".join(self._text_of(part, depth + 1) for part in node.values)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self._text_of(node.left, depth + 1), self._text_of(node.right, depth + 1)
            return (left or "{}") + (right or "{}") if left or right else ""
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            return self._formatted(node, depth)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            return self._method(node, node.func, depth)
        return ""

    def _formatted(self, node: ast.BinOp, depth: int) -> str:
        template = self._text_of(node.left, depth + 1)
        right = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
        for part in right:
            gap = _CONVERSION.search(template)
            if gap:
                value = self._text_of(part, depth + 1) or "{}"
                template = template[: gap.start()] + value + template[gap.end() :]
        return template

    def _method(self, node: ast.Call, func: ast.Attribute, depth: int) -> str:
        if func.attr == "format":
            template = self._text_of(func.value, depth + 1)
            for part in node.args:
                template = template.replace("{}", self._text_of(part, depth + 1) or "{?}", 1)
            for keyword in node.keywords:
                value = self._text_of(keyword.value, depth + 1)
                if keyword.arg and value:
                    template = template.replace("{" + keyword.arg + "}", value)
            return template
        if (
            func.attr == "join"
            and len(node.args) == 1
            and isinstance(node.args[0], (ast.List, ast.Tuple))
        ):
            between = self._text_of(func.value, depth + 1)
            return between.join(
                self._text_of(part, depth + 1) or "{}" for part in node.args[0].elts
            )
        return ""

    def _aliased_clients(self) -> Iterator[Client]:
        """Clients under another name, and those known by the module they come from."""
        for call in self._calls:
            callee = _dotted(call.func)
            bracket = self._bracket(call)
            row = self._imported(callee, self._text[bracket : self._offset(call, end=True)])
            if row is None:
                continue
            names = {keyword.arg for keyword in call.keywords}
            redirected = None in names or not names.isdisjoint(row.get("base_url", ()))
            yield Client(
                self._offset(call),
                bracket,
                self._assigned.get(call, ""),
                row,
                bool(row.get("base_url")) and redirected,
            )

    def _imported(self, callee: str, arguments: str) -> Mapping[str, Any] | None:
        known, _, rest = callee.partition(".")
        origin = self._modules.get(known, "").replace(":", ".")
        if not origin or origin.startswith("."):
            return None
        parts = f"{origin}.{rest}".rstrip(".").split(".")
        rows = self._catalogue.clients_named(".".join(parts[-2:]))
        original = self._aliases.get(callee)
        if not rows and original:
            rows = self._catalogue.clients_named(original)
        return meant(rows, arguments) if rows else None

    def _offset(self, node: ast.expr, *, end: bool = False) -> int:
        if end:
            return self._lines[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        return self._lines[node.lineno - 1] + node.col_offset


def _dotted(node: ast.expr) -> str:
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


def _gap(node: ast.FormattedValue) -> str:
    """What stands for a value that is not known: as written, where it is a plain name."""
    plain = isinstance(node.value, (ast.Name, ast.Attribute)) and node.format_spec is None
    name = _dotted(node.value) if plain and node.conversion == -1 else ""
    return f"{{{name}}}" if name else "{}"
