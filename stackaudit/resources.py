"""Finds the rule packs and the compiled catalogue, in an installed wheel or in a checkout."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).resolve().parent


def rules_directory() -> Path:
    """The folder of the shipped rule packs."""
    installed = _PACKAGE / "_rules"
    return installed if installed.is_dir() else _PACKAGE.parent / "rules"


class CompiledCatalogue(Mapping[str, Any]):
    """The compiled catalogue: version and digest at once, each table when it is asked for.

    The file's first line holds version and digest, every further one a table: its name, a tab
    and JSON.
    """

    def __init__(self, head: bytes, rest: Callable[[], bytes]) -> None:
        """Take in the first line and how to read all others."""
        self.head: dict[str, str] = json.loads(head)
        self._rest = rest
        self._tables: dict[str, Any] = {}

    @cached_property
    def _lines(self) -> dict[bytes, bytes]:
        return dict(line.split(b"\t", 1) for line in self._rest().split(b"\n"))

    def __getitem__(self, name: str) -> Any:
        if name not in self._tables:
            self._tables[name] = json.loads(self._lines[name.encode()])
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return (name.decode() for name in self._lines)

    def __len__(self) -> int:
        return len(self._lines)


def compiled_catalogue() -> CompiledCatalogue:
    """The compiled catalogue; in a checkout it is rebuilt when a YAML file is newer."""
    target = _PACKAGE / "catalogue" / "compiled.json"
    data = _PACKAGE / "catalogue" / "data"
    if data.is_dir() and _is_stale(target, data):
        from stackaudit.catalogue import compiler

        compiler.write(data, target)
    with target.open("rb") as stream:
        head = stream.readline()
    return CompiledCatalogue(head, lambda: target.read_bytes().partition(b"\n")[2])


def _is_stale(target: Path, data: Path) -> bool:
    if not target.exists():
        return True
    built = target.stat().st_mtime_ns
    code = (_PACKAGE / "catalogue").glob("*.py")
    return any(path.stat().st_mtime_ns > built for path in (*data.rglob("*.yaml"), *code))
