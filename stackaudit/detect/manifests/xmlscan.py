"""A tolerant, linear XML scan that keeps positions; no entity is expanded, no DTD is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"""<!--(?s:.*?)(?:-->|\Z) | <!\[CDATA\[(?s:.*?)(?:\]\]>|\Z) | <[!?][^>]*+>?
      | </(?P<close>[\w:.-]++)
      | <(?P<open>[A-Za-z_][\w:.-]*+)(?P<attributes>(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+)>?
        (?P<text>[^<]*+)""",
    re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"""([\w:.-]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""")
#: Deeper nesting than this is read as if it stood at this depth.
_MAX_DEPTH = 256


class Element(NamedTuple):
    """A start tag with the text right after it."""

    parents: list[str]
    """Names of the enclosing elements, outermost first. Live: do not keep."""
    name: str
    attributes: tuple[int, int]
    """Where the attributes stand; see ``attributes``."""
    text: str
    """Text up to the next tag, without outer white space."""
    start: int


class Attribute(NamedTuple):
    """A value without quotes and where it begins."""

    value: str
    start: int


def scan(text: str) -> Iterator[Element | None]:
    """Yield elements in order, and None for each end tag after its element is left."""
    parents: list[str] = []
    for token in _TOKEN.finditer(text):
        name = token["open"]
        if name:
            body = token["text"]
            start = token.start("text") + len(body) - len(body.lstrip())
            yield Element(parents, name, token.span("attributes"), body.strip(), start)
            if not text.endswith("/", *token.span("attributes")):
                parents.append(name)
        elif (name := token["close"]) and name in parents[-_MAX_DEPTH:]:
            while parents and parents.pop() != name:
                pass
            yield None


def attributes(text: str, span: tuple[int, int]) -> dict[str, Attribute]:
    """Read the attributes of an element; names in lower case."""
    found = {}
    for match in _ATTRIBUTE.finditer(text, *span):
        group = 2 if match[2] is not None else 3
        found[match[1].lower()] = Attribute(match[group], match.start(group))
    return found
