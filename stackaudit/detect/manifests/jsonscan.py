"""A tolerant, linear JSON scan (comments and trailing commas allowed) that keeps positions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

#: Where an artefact lies, its hash, and flat objects beside it: half of a lock file, no package.
_SKIPPED = r""""(?:integrity|shasum|reference)":[ ]"[^"\\\n]*+"
      | "(?:resolved|url)":[ ]"https:[^"\\\n]*+"
      | "(?:engines|bin|dist|source|support|suggest|funding)":[ ]\{(?:[^{}"]++|"[^"\\\n]*+")*+\}"""
_TOKEN = re.compile(
    rf"""{_SKIPPED}
      | "(?P<text>[^"\\\n]*+(?:\\.[^"\\\n]*+)*+)"?+
        (?:\s*+(?P<colon>:)\s*+(?:"(?P<value>[^"\\\n]*+(?:\\.[^"\\\n]*+)*+)"?+|(?P<open>[{{\[]))?+)?+
      | (?P<start>[{{\[]) | (?P<stop>[}}\]])
      | //[^\n]*+ | /\*(?s:.*?)(?:\*/|\Z)""",
    re.VERBOSE,
)


class Member(NamedTuple):
    """A member of an object, or a string in an array (``key`` empty, its offsets -1)."""

    parents: list[str]
    """Keys of the enclosing containers, outermost first; ``""`` in arrays. Live: do not keep."""
    key: str
    key_start: int
    key_end: int
    value: str | None
    """The string value as written; None for containers, numbers and constants."""
    start: int
    end: int


def scan(text: str) -> Iterator[Member]:
    """Yield object members and the strings of arrays, in order."""
    parents: list[str] = []
    outermost = True
    for token in _TOKEN.finditer(text):
        group = token.lastgroup
        if group == "value":
            yield Member(
                parents, token["text"], *token.span("text"), token["value"], *token.span("value")
            )
        elif group == "open":
            yield Member(parents, token["text"], *token.span("text"), None, -1, -1)
            parents.append(token["text"])
        elif group == "stop":
            if parents:
                parents.pop()
        elif group == "colon":
            yield Member(parents, token["text"], *token.span("text"), None, -1, -1)
        elif group == "text":
            yield Member(parents, "", -1, -1, token["text"], *token.span("text"))
        elif group == "start":
            if outermost:
                outermost = False
            else:
                parents.append("")
