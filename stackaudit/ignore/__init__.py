"""Patterns in the syntax of .gitignore: of ignore files, and of lists that a user gives."""

from __future__ import annotations

from stackaudit.ignore.layers import Layer
from stackaudit.ignore.patterns import parse, parse_globs

__all__ = ["Layer", "parse", "parse_globs"]
