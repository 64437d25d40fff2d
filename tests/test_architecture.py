"""Imports point one way, modules stay small, and no catalogue name stands in code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from stackaudit.resources import compiled_catalogue

PACKAGE = Path(__file__).parent.parent / "stackaudit"
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if "_rules" not in p.parts)

#: Layer -> the layers it may import. A module belongs to the layer of its first path part.
MAY_IMPORT = {
    "model": set(),
    "countries": set(),
    "languages": {"model"},
    "resources": {"model", "catalogue"},
    "source": {"model", "languages"},
    "ignore": {"model"},
    "paths": {"model"},
    "ownnames": {"source", "paths"},
    "output": {"model"},
    "gitinfo": {"model", "source"},
    "folders": set(),
    "git": {"model", "gitinfo", "source"},
    "gitpatch": set(),
    "gitlog": set(),
    "pieces": set(),
    "gittree": {"model", "git"},
    "changes": {"model", "git", "gitpatch", "gittree", "source"},
    "compare": {"model"},
    "versions": {"model", "catalogue", "config", "detect", "folders", "git", "gittree", "ignore"}
    | {"paths", "pieces", "source", "stated"},
    "history": {"model", "catalogue", "git", "gitlog", "gittree", "versions"},
    "gitindex": {"gitinfo", "source"},
    "discover": {"model", "ignore", "source", "gitinfo", "languages", "folders", "gitindex"},
    "cache": set(),
    "anchors": {"model", "cache"},
    "lexer": {"model", "lexer_table", "lexer_forms"},
    "lexer_table": {"lexer_forms"},
    "lexer_forms": set(),
    "catalogue": {"model", "anchors", "resources", "countries"},
    "detect": {
        "model",
        "source",
        "languages",
        "lexer",
        "anchors",
        "catalogue",
        "paths",
        "ownnames",
    },
    "reading": {"model", "source", "discover", "detect", "catalogue"},
    "workers": {"model", "catalogue", "discover", "reading"},
    "survey": {"model", "workers", "reading", "discover", "detect", "wiring", "bind", "resolve"}
    | {"catalogue", "ownnames"},
    "routes": {"model", "catalogue"},
    "wiring": {"model", "bind", "binding", "catalogue", "detect", "paths"},
    "known": {"model", "catalogue"},
    "stated": {"model", "catalogue", "known"},
    "resolve": {"model", "bind", "catalogue", "known", "stated"},
    "bind": {"model", "detect", "catalogue", "routes", "binding"},
    "binding": {"model", "detect", "catalogue", "routes"},
    "rules": {"model", "resources", "countries"},
    "facts": {"model", "rules"},
    "judge": {"model", "rules", "facts"},
    "axes": {"model", "rules", "facts"},
    "policy": {"model", "rules", "axes", "facts", "judge"},
    "ruletests": {"model", "rules", "judge"},
    "waivers": {"model", "ignore"},
    "inline": {"model", "source", "rules", "policy", "detect"},
    "renames": {"model", "git", "gitinfo"},
    "baseline": {"model", "source", "output", "renames"},
    "gate": {"model", "rules", "facts", "judge", "policy", "waivers", "inline", "baseline"},
    "zones": {"model", "ignore", "rules", "judge", "policy"},
    "config": {"model", "countries", "source", "languages", "ignore"},
    "look": {"model", "config", "catalogue", "discover", "gate", "survey", "zones"},
    "whatif": {"model", "engine", "gate", "rules", "zones", "resources"}
    | {"bind", "catalogue", "detect", "resolve"},
    "initialise": {"model", "config", "gitinfo", "source"},
    "concentration": {"model", "countries"},
    "report": {"model", "countries", "resources", "concentration", "compare", "gitlog", "history"},
}
#: Third-party packages and the only layers that may import them.
THIRD_PARTY = {
    "typer": {"cli"},
    "rich": {"cli", "report"},
    "yaml": {"rules", "catalogue"},
    "tomli": {"config", "detect"},
    "hyperscan": {"anchors"},
    "hatchling": {"catalogue"},
}


def layer(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_one_way(path: Path) -> None:
    mine = layer(path)
    if mine in MAY_IMPORT:
        allowed = MAY_IMPORT[mine] | {mine}
        inner = {name.split(".")[1] for name in imports(path) if name.startswith("stackaudit.")}
        known = set(MAY_IMPORT) | {"cli", "engine", "explain"}
        assert (inner & known) <= allowed
    if mine != "cli" and mine != "__main__":
        assert not any(name.startswith("stackaudit.cli") for name in imports(path))
    for package, layers in THIRD_PARTY.items():
        if any(name.split(".")[0] == package for name in imports(path)):
            assert mine in layers, f"{package} imported outside {layers}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_modules_are_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500


def test_every_layer_is_listed() -> None:
    free = {"__init__", "__main__", "cli", "engine", "explain"}
    assert {layer(path) for path in MODULES} <= set(MAY_IMPORT) | free


def test_no_vendor_or_model_name_in_code() -> None:
    """Names of vendors and models live in YAML; code and its comments stay neutral."""
    tables = compiled_catalogue()
    names = {
        word
        for vendor in tables["vendors"].values()
        for word in (vendor["id"], *vendor.get("aliases", ()), *vendor.get("orgs", ()))
        if len(word) > 4
    }
    names |= {head.split()[0] for head, _, _, strong, _ in tables["heads"] if strong}
    # Words that are also plain English or the name of a tool this project is about.
    ordinary = set(tables["words"]) | set(tables["places"]["common_words"])
    ordinary |= {
        "above",
        "docker",
        "factory",
        "github",
        "inference",
        "invoke",
        "lambda",
        "together",
    }
    ordinary |= {"community", "merge"}
    names = {name.lower() for name in names if name.isalpha() and len(name) > 4} - ordinary
    found = {}
    for path in MODULES:
        code = "\n".join(
            line for line in path.read_text(encoding="utf-8").splitlines() if ">>>" not in line
        )
        strings = {
            node.value
            for node in ast.walk(ast.parse(code))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        doc = {
            ast.get_docstring(node, clean=False)
            for node in ast.walk(ast.parse(code))
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        }
        words = {w for text in strings - doc for w in re.findall(r"[a-z]{5,}", text.lower())}
        if words & names:
            found[str(path.relative_to(PACKAGE))] = sorted(words & names)
    assert found == {}
