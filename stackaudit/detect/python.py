"""Follows names in Python: constants into calls, aliases of clients, strings put together.

Only files in which a name is passed where a model or a base URL is expected are parsed; the
standard ``ast`` reads them, nothing is executed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from stackaudit.catalogue import Catalogue
from stackaudit.detect.clients import Client, meant
from stackaudit.detect.objects import Objects
from stackaudit.detect.python_text import MAX_TEXT, Texts
from stackaudit.detect.python_values import Values
from stackaudit.detect.reads import Expected, Read
from stackaudit.detect.syntax import dotted

_TRIGGER = re.compile(
    r"(?:model|llm|engine|deployment|base_url|api_base|endpoint|url|host)\w*[ \t]*=[ \t]*"
    r"(?:f?[\"'][^\"'\n]*[\"'][ \t]*(?:[+%]|\.format|\.join)|[A-Za-z_(])"
    r"|^[ \t]*from[ \t]+[\w.]+[ \t]+import[^\n]*[ \t]as[ \t]"
    r"|[\"'][ \t]*(?:\+[ \t]*[\"']|\.join\([ \t]*[\[(])",
    re.IGNORECASE | re.MULTILINE,
)


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
        self._tree = tree
        self._places = catalogue.places
        self._catalogue = catalogue
        self._values = Values(text, tree)
        self._texts = Texts(self._values)
        self._reads: list[Read] = []

    def names(self) -> Names:
        flows: dict[int, Flow] = {}
        assembled: dict[int, Assembled] = {}
        for call in self._values.calls:
            self._call(call, flows, assembled)
        for name, values in self._values.by_name.items():
            kind = self._places.of_key(name.rpartition(".")[2])
            if kind in ("model", "base-url"):
                for value in values:
                    self._put_together(value, name.rpartition(".")[2], (), (), assembled)
        made = tuple(assembled.values())
        clients = tuple(self._aliased_clients())
        same = Objects(self._tree, self._values.bracket, self._values.offset).same()
        return Names(flows, clients, made, "", tuple(self._reads), same)

    def _call(
        self, call: ast.Call, flows: dict[int, Flow], assembled: dict[int, Assembled]
    ) -> None:
        callee = dotted(call.func)
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
            for literal in self._values.literals(value):
                flows.setdefault(self._values.offset(literal), Flow(links, provides, key))
            self._put_together(value, key, links, provides, assembled)

    def _read(
        self, value: ast.expr, kind: str, links: tuple[str, ...], provides: tuple[str, ...]
    ) -> None:
        """Note a name that is imported and not set here: another module may tell its value."""
        if not isinstance(value, (ast.Name, ast.Attribute)) or kind == "region":
            return
        name = dotted(value)
        known, _, rest = name.partition(".")
        origin = self._values.modules.get(known) if name not in self._values.by_name else None
        if origin is None:
            return
        # settings.MODEL is told where the module of settings sets a MODEL.
        wanted = rest.rpartition(".")[2] or origin.partition(":")[2]
        expects: Expected = "model" if kind == "model" else "base-url"
        at = self._values.offset(value)
        self._reads.append(Read("module", f"{origin}:{wanted}", expects, at, links, provides))

    def _scopes(self, call: ast.Call, callee: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        links = [f"call:{self._values.bracket(call)}"]
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
        assigned = self._values.assigned.get(call, "")
        return tuple(links), ((f"name:{assigned}",) if assigned else ())

    def _put_together(
        self,
        node: ast.expr,
        key: str,
        links: tuple[str, ...],
        provides: tuple[str, ...],
        assembled: dict[int, Assembled],
    ) -> None:
        if isinstance(node, (ast.Name, ast.Attribute)):
            for value in self._values.lookup(node):
                if isinstance(value, (ast.BinOp, ast.JoinedStr, ast.Call)):
                    self._put_together(value, key, links, provides, assembled)
            return
        if not isinstance(node, (ast.BinOp, ast.JoinedStr, ast.Call)):
            return
        made = self._texts.of(node)
        if made and len(made) <= MAX_TEXT:
            start, end = self._values.offset(node), self._values.offset(node, end=True)
            assembled.setdefault(start, Assembled(start, end, made, key, links, provides))

    def _aliased_clients(self) -> Iterator[Client]:
        """Clients under another name, and those known by the module they come from."""
        for call in self._values.calls:
            callee = dotted(call.func)
            bracket = self._values.bracket(call)
            row = self._imported(callee, self._text[bracket : self._values.offset(call, end=True)])
            if row is None:
                continue
            names = {keyword.arg for keyword in call.keywords}
            redirected = None in names or not names.isdisjoint(row.get("base_url", ()))
            yield Client(
                self._values.offset(call),
                bracket,
                self._values.assigned.get(call, ""),
                row,
                bool(row.get("base_url")) and redirected,
            )

    def _imported(self, callee: str, arguments: str) -> Mapping[str, Any] | None:
        known, _, rest = callee.partition(".")
        origin = self._values.modules.get(known, "").replace(":", ".")
        if not origin or origin.startswith("."):
            return None
        parts = f"{origin}.{rest}".rstrip(".").split(".")
        rows = self._catalogue.clients_named(".".join(parts[-2:]))
        original = self._values.aliases.get(callee)
        if not rows and original:
            rows = self._catalogue.clients_named(original)
        return meant(rows, arguments) if rows else None
