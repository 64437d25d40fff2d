"""Readers of configuration formats: the values of a file with their names and exact positions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module

from stackaudit.detect.entry import Entry

_READERS = {
    "batch", "bicep", "csv", "dockerfile", "env", "hcl", "html", "ini", "json", "makefile",
    "markdown", "modelfile", "powershell", "properties", "rst", "shell", "text", "toml", "xml",
    "yaml",
}  # fmt: skip


def reader_for(language: str) -> Callable[[str], Iterator[Entry]] | None:
    """Return the reader of a language, None for languages that are not configuration or prose.

    A reader takes a file decoded as latin-1, so that offsets in the text are those in the file.
    It never raises: what cannot be understood is left out.
    """
    if language not in _READERS:
        return None
    reader: Callable[[str], Iterator[Entry]] = import_module(f"{__name__}.{language}").entries
    return reader
