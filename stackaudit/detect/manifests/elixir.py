"""Elixir: ``mix.exs`` and ``mix.lock``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.detect.manifests.declared import Declared

_DEPENDENCY = re.compile(
    r"""\#[^\n]*+ | \{\s*+:(?P<name>[a-z]\w*+)\s*+,\s*+
        (?:"(?P<version>[^"\n]*+)" | (?=[a-z_]++:))""",
    re.VERBOSE,
)
_DEPS = re.compile(r"\bdefp?\s++deps\b")
_ENTRY = re.compile(
    r"""^[ \t]*+"(?P<entry>[a-z]\w*+)":[ ]*+\{:\w++,[ ]*+[^,\n]*+,[ ]*+"(?P<version>[^"\n]*+)"
      | \{:(?P<name>[a-z]\w*+),[ ]*+"(?P<wanted>[^"\n]*+)",[ ]*+\[""",
    re.MULTILINE | re.VERBOSE,
)


def mix_exs(text: str) -> Iterator[Declared]:
    """Read ``{:name, "version"}`` tuples of the dependency list."""
    start = _DEPS.search(text)
    for match in _DEPENDENCY.finditer(text, start.start() if start else 0):
        if match["name"]:
            version = match["version"] or ""
            yield Declared(*match.span("name"), "hex", match["name"], version, "deps")


def mix_lock(text: str) -> Iterator[Declared]:
    """Read entries and, on the same lines, what they require."""
    for match in _ENTRY.finditer(text):
        if match["entry"]:
            version = match["version"]
            yield Declared(*match.span("entry"), "hex", match["entry"], version, "lock", None)
        else:
            wanted = match["wanted"]
            yield Declared(*match.span("name"), "hex", match["name"], wanted, "lock", False)
