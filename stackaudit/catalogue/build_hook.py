"""Compiles the catalogue when a wheel is built, so that no YAML is parsed at run time."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueBuildHook(BuildHookInterface):  # type: ignore[misc]
    """Hatchling custom build hook."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write ``stackaudit/catalogue/compiled.json`` before files are collected."""
        sys.path.insert(0, self.root)
        try:
            from stackaudit.catalogue import compiler
        finally:
            sys.path.pop(0)
        folder = Path(self.root) / "stackaudit" / "catalogue"
        compiler.write(folder / "data", folder / "compiled.json")
