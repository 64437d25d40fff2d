"""The quick walk over a syntax tree meets what the standard one meets, in the same order."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from stackaudit.detect.syntax import children, walk

SOURCES = sorted(Path(__file__).parent.parent.glob("stackaudit/detect/*.py"))
LEAVES = (
    *(ast.Name, ast.Constant, ast.alias, ast.boolop),
    *(ast.cmpop, ast.expr_context, ast.operator, ast.unaryop),
)
ODD = """
match x:
    case {"a": [1, *rest], **more} if f(rest): g()
    case Point(x=0) | None as p: del p
def f(a, /, b: int = h(1), *c, d=None, **e) -> k(2): global z; yield from lambda: await_()
async def s():
    async with u() as w, v(): return [i async for i in j() if k(i)]
x = {**a(), b(): c()}; y: t() = f"{d():{e()}}" if not g() else h()[i():j()]
try: raise A() from b()
except* C as d: nonlocal_ = (e := f())
"""


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_walk(path: Path) -> None:
    same(path.read_text("utf-8"))


def test_walk_of_odd_syntax() -> None:
    same(ODD)


def same(text: str) -> None:
    tree = ast.parse(text)
    met = [node for node in ast.walk(tree) if not isinstance(node, LEAVES)]
    assert walk(tree) == met
    for node in met:
        below = [n for n in ast.iter_child_nodes(node) if not isinstance(n, LEAVES)]
        assert children(node) == below
