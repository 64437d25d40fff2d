"""Which object a call in Python is made on: through names, attributes, factories and wrappers.

``client.chat.create(...)`` is made on what ``client`` was assigned, ``make().chat.create(...)`` on
what ``make`` returns, ``with_options`` on a copy of its client. Nothing is executed.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping

from stackaudit.detect.syntax import children

_MAX_DEPTH = 10
_MAX_LINKS = 8
_VALUES = 200
#: Steps allowed per file; hostile code can make names branch without end.
_BUDGET = 40_000
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: How calls begin that wrap or make an object out of their arguments.
_MAKERS = ("from_", "wrap", "patch", "init", "create", "make", "get", "build", "partial", "new")

Links = tuple[str, ...]


class _Scope:
    """Names of a module, a class or a function."""

    def __init__(self, parent: _Scope | None = None, kind: str = "module") -> None:
        self.parent = parent
        self.kind = kind
        self.values: dict[str, list[ast.expr]] = {}
        self.functions: dict[str, _Function] = {}
        self.classes: dict[str, _Scope] = {}
        self.parameters: set[str] = set()

    def owner(self) -> _Scope | None:
        """The class a method belongs to."""
        scope: _Scope | None = self
        while scope and scope.kind != "class":
            scope = scope.parent
        return scope


class _Function:
    """A function with the scope of its body and what it gives back."""

    def __init__(self, scope: _Scope) -> None:
        self.scope = scope
        self.returns: list[ast.expr] = []


class Objects:
    """The objects of one module."""

    def __init__(
        self,
        tree: ast.Module,
        bracket: Callable[[ast.Call], int],
        offset: Callable[[ast.expr], int],
    ) -> None:
        """Take in a module.

        Args:
            tree: The parsed file.
            bracket: Offset of the opening bracket of a call.
            offset: Offset at which an expression starts.
        """
        self._bracket = bracket
        self._offset = offset
        self._module = _Scope()
        self._calls: list[tuple[ast.Call, _Scope]] = []
        self._left = _BUDGET
        self._collect(tree)

    def same(self) -> Mapping[str, Links]:
        """Scope of a call or a dictionary -> scopes that tell of the object it is made on."""
        found: dict[str, Links] = {}
        for call, scope in self._calls:
            own = self._link(call)
            links = [link for link in self._of_call(call, scope, 0) if link != own]
            for spread in self._spread(call, scope):
                found[spread] = _merged(found.get(spread, ()), own, *links)
            if links:
                found[own] = _merged(found.get(own, ()), *links)
        return found

    def _collect(self, tree: ast.Module) -> None:
        stack: list[tuple[ast.AST, _Scope, _Function | None]] = [(tree, self._module, None)]
        while stack:
            node, scope, function = stack.pop()
            if isinstance(node, ast.Call):
                self._calls.append((node, scope))
            elif isinstance(node, ast.Return) and function and node.value:
                function.returns.append(node.value)
            else:
                self._assigned(node, scope)
            inner, made = scope, function
            if isinstance(node, ast.ClassDef):
                inner = scope.classes.setdefault(node.name, _Scope(scope, "class"))
            elif isinstance(node, (*_FUNCTIONS, ast.Lambda)):
                inner, made = self._function(node, scope)
            # Reversed, so that the first statement is seen first.
            stack += [(child, inner, made) for child in reversed(children(node))]

    def _function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: _Scope
    ) -> tuple[_Scope, _Function]:
        inner = _Scope(scope, "function")
        made = _Function(inner)
        if isinstance(node, ast.Lambda):
            made.returns.append(node.body)
        else:
            scope.functions[node.name] = made
        positional = [*node.args.posonlyargs, *node.args.args]
        inner.parameters = {arg.arg for arg in (*positional, *node.args.kwonlyargs)}
        defaults = node.args.defaults
        pairs = [
            *zip(positional[len(positional) - len(defaults) :], defaults, strict=True),
            *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True),
        ]
        for arg, default in pairs:
            if default is not None:
                inner.values.setdefault(arg.arg, []).append(default)
        return inner, made

    def _assigned(self, node: ast.AST, scope: _Scope) -> None:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self._assign(target, node.value, scope)
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            self._assign(node.target, node.value, scope)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                if item.optional_vars is not None:
                    self._assign(item.optional_vars, item.context_expr, scope)

    def _assign(self, target: ast.expr, value: ast.expr, scope: _Scope) -> None:
        if isinstance(target, ast.Name):
            _keep(scope.values, target.id, value)
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            owner = scope.owner() if target.value.id in ("self", "cls") else None
            if owner:
                _keep(owner.values, target.attr, value)

    def _link(self, call: ast.Call) -> str:
        return f"call:{self._bracket(call)}"

    def _resolve(self, node: ast.expr, scope: _Scope, depth: int, at: int) -> Links:
        """Scopes that tell of the object an expression gives, nearest first."""
        self._left -= 1
        if depth > _MAX_DEPTH or self._left < 0:
            return ()
        if isinstance(node, ast.Await):
            return self._resolve(node.value, scope, depth, at)
        if isinstance(node, ast.Call):
            return _merged((), self._link(node), *self._of_call(node, scope, depth + 1))
        if isinstance(node, ast.Name):
            return self._of_values(*self._lookup(node.id, scope), depth, at)
        if isinstance(node, ast.Attribute):
            return self._of_attribute(node, scope, depth, at)
        if isinstance(node, ast.Subscript):
            return self._of_entry(node, scope, depth, at)
        if isinstance(node, (ast.IfExp, ast.BoolOp)):
            branches = [node.body, node.orelse] if isinstance(node, ast.IfExp) else node.values
            return self._agreed(self._resolve(one, scope, depth + 1, at) for one in branches)
        return ()

    def _of_values(
        self, values: list[ast.expr], scope: _Scope | None, depth: int, at: int
    ) -> Links:
        """What the last assignment before a place gave; any, where it is made later."""
        if not values or scope is None:
            return ()
        before = [value for value in values if self._offset(value) < at]
        return self._resolve((before or values)[-1], scope, depth + 1, at)

    def _lookup(self, name: str, scope: _Scope | None) -> tuple[list[ast.expr], _Scope | None]:
        while scope:
            # The body of a class is no scope of its methods.
            if name in scope.values and (scope.kind != "class" or scope.values):
                return scope.values[name], scope
            if name in scope.parameters:
                return [], None  # who calls decides
            scope = scope.parent
        return [], None

    def _of_attribute(self, node: ast.Attribute, scope: _Scope, depth: int, at: int) -> Links:
        if isinstance(node.value, ast.Name):
            owner = (
                scope.owner()
                if node.value.id in ("self", "cls")
                else self._module.classes.get(node.value.id)
            )
            if owner and node.attr in owner.values:
                # Methods are called in any order: the last value counts, wherever it is set.
                return self._resolve(owner.values[node.attr][-1], owner, depth + 1, 1 << 60)
            if owner and node.attr in owner.functions:  # a property
                return self._returned(owner.functions[node.attr], depth)
        return self._resolve(node.value, scope, depth + 1, at)

    def _of_entry(self, node: ast.Subscript, scope: _Scope, depth: int, at: int) -> Links:
        table = node.value
        if isinstance(table, ast.Name):
            values, found = self._lookup(table.id, scope)
            if values and found and isinstance(values[-1], ast.Dict):
                wanted = node.slice.value if isinstance(node.slice, ast.Constant) else None
                for key, value in zip(values[-1].keys, values[-1].values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == wanted:
                        return self._resolve(value, found, depth + 1, at)
                return ()
        return self._resolve(table, scope, depth + 1, at)

    def _of_call(self, call: ast.Call, scope: _Scope, depth: int) -> Links:
        """Scopes beside its own that tell of the object a call is made on or gives."""
        self._left -= 1
        if depth > _MAX_DEPTH or self._left < 0:
            return ()
        at, func = self._offset(call), call.func
        links: Links = tuple(self._spread(call, scope))
        links = _merged(links, *self._of_function(func, scope, depth, at))
        name = func.id if isinstance(func, ast.Name) else getattr(func, "attr", "")
        if name[:1].isupper() or name.lower().startswith(_MAKERS):
            links = _merged(links, *self._of_arguments(call, scope, depth, at))
        if isinstance(func, ast.Attribute) and not links:
            links = self._resolve(func.value, scope, depth + 1, at)
        elif isinstance(func, ast.Attribute):
            links = _merged(links, *self._resolve(func.value, scope, depth + 1, at))
        elif isinstance(func, ast.Call):  # make(...)(...)
            links = _merged(links, *self._resolve(func, scope, depth + 1, at))
        return links

    def _of_arguments(self, call: ast.Call, scope: _Scope, depth: int, at: int) -> Iterator[str]:
        for value in (*call.args, *(k.value for k in call.keywords if k.arg)):
            if isinstance(value, (ast.Name, ast.Attribute, ast.Call)):
                yield from self._resolve(value, scope, depth + 1, at)

    def _of_function(self, func: ast.expr, scope: _Scope, depth: int, at: int) -> Links:
        """What a function of this module gives back, or what a name that is called stands for."""
        if isinstance(func, ast.Name):
            found: _Scope | None = scope
            while found:
                if func.id in found.functions and found.kind != "class":
                    return self._returned(found.functions[func.id], depth)
                found = found.parent
            return self._of_values(*self._lookup(func.id, scope), depth, at)
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
            owner = (
                scope.owner()
                if func.value.id in ("self", "cls")
                else self._module.classes.get(func.value.id)
            )
            if owner and func.attr in owner.functions:
                return self._returned(owner.functions[func.attr], depth)
        return ()

    def _returned(self, function: _Function, depth: int) -> Links:
        return self._agreed(
            self._resolve(value, function.scope, depth + 1, 1 << 60) for value in function.returns
        )

    @staticmethod
    def _agreed(found: Iterator[Links]) -> Links:
        kinds = {links for links in found if links}
        return kinds.pop() if len(kinds) == 1 else ()

    def _spread(self, call: ast.Call, scope: _Scope) -> Iterator[str]:
        """Scopes of dictionaries whose entries are arguments of a call."""
        for keyword in call.keywords:
            if keyword.arg is not None:
                continue
            value: ast.expr = keyword.value
            if isinstance(value, (ast.Name, ast.Attribute)):
                values = self._named(value, scope)
                value = values[-1] if values else value
            if isinstance(value, ast.Dict):
                yield f"block:{self._offset(value)}"
            elif isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
                yield self._link(value)

    def _named(self, node: ast.Name | ast.Attribute, scope: _Scope) -> list[ast.expr]:
        if isinstance(node, ast.Name):
            return self._lookup(node.id, scope)[0]
        if isinstance(node.value, ast.Name):
            owner = (
                scope.owner()
                if node.value.id in ("self", "cls")
                else self._module.classes.get(node.value.id)
            )
            return owner.values.get(node.attr, []) if owner else []
        return []


def _keep(values: dict[str, list[ast.expr]], name: str, value: ast.expr) -> None:
    """Note what a name is assigned; of very many values only the first ones are followed."""
    known = values.setdefault(name, [])
    if len(known) < _VALUES:
        known.append(value)


def _merged(links: Links, *more: str) -> Links:
    return tuple(dict.fromkeys((*links, *more)))[:_MAX_LINKS]
