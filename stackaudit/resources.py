"""Finds the rule packs and the compiled catalogue, in an installed wheel or in a checkout."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).resolve().parent


def rules_directory() -> Path:
    """The folder of the shipped rule packs."""
    installed = _PACKAGE / "_rules"
    return installed if installed.is_dir() else _PACKAGE.parent / "rules"


class CompiledCatalogue:
    """The compiled catalogue: version and digest at once, the tables when asked for."""

    def __init__(self, text: bytes) -> None:
        head, _, self._body = text.partition(b"\n")
        self.head: dict[str, str] = json.loads(head)

    @cached_property
    def tables(self) -> dict[str, Any]:
        """All tables."""
        tables: dict[str, Any] = json.loads(self._body)
        return tables


def compiled_catalogue() -> CompiledCatalogue:
    """The compiled catalogue; in a checkout it is rebuilt when a YAML file is newer."""
    target = _PACKAGE / "catalogue" / "compiled.json"
    data = _PACKAGE / "catalogue" / "data"
    if data.is_dir() and _is_stale(target, data):
        from stackaudit.catalogue import compiler

        compiler.write(data, target)
    return CompiledCatalogue(target.read_bytes())


def _is_stale(target: Path, data: Path) -> bool:
    if not target.exists():
        return True
    built = target.stat().st_mtime_ns
    code = (_PACKAGE / "catalogue").glob("*.py")
    return any(path.stat().st_mtime_ns > built for path in (*data.rglob("*.yaml"), *code))
