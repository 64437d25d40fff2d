"""What the readers of configuration formats share: stretches, names, and values inside values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from stackaudit.detect.entry import Entry

MAX_DEPTH = 48
"""Nesting levels that get names and links of their own; deeper ones share the last."""
MAX_NESTED = 3
"""How often a value may itself be read as a document (a script in a string in a script)."""


class Stretch(NamedTuple):
    """A part of a file that is to be read as a document of its own."""

    start: int
    end: int
    keys: tuple[str, ...] = ()
    """Names around the stretch, put before those found inside."""
    links: tuple[str, ...] = ()
    depth: int = 0
    """How many documents enclose this one."""
    joined: bool = False
    """Line breaks stand for blanks (folded scalars)."""


def lines(pattern: re.Pattern[str], text: str, stretch: Stretch) -> Iterator[re.Match[str]]:
    """Matches of a pattern one behind the other, until it takes nothing more."""
    position = stretch.start
    while position < stretch.end:
        line = pattern.match(text, position, stretch.end)
        if line is None or line.end() == position:
            return
        position = line.end()
        yield line


def real(raw: str) -> str:
    """Return the text that bytes decoded as latin-1 stand for."""
    return raw if raw.isascii() else raw.encode("latin-1", "replace").decode("utf-8", "replace")


_TELLING = re.compile(r"[^A-Za-z_]|^[A-Z]++_[A-Z_]++$")


@lru_cache(maxsize=4096)
def telling(key: str) -> bool:
    """Tell whether a key may itself name something: an id or an environment variable.

    Such keys get an entry of their own (region ``key``); words such as ``timeout`` do not.
    """
    return _TELLING.search(key) is not None and not key.isdigit()


@lru_cache(maxsize=4096)
def prefixes(name: str) -> tuple[str, ...]:
    """Return links to the variables of the same group, longest shared prefix first."""
    parts = name.split("_")[:8]
    return tuple(
        "prefix:" + "_".join(parts[:count]) for count in range(len(parts) - 1, 0, -1) if parts[0]
    )


ESCAPED = {
    "n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "a": "\a", "e": "\x1b",
    "0": "\0", "_": "\xa0", "N": "\x85", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
"""Letters after a backslash that stand for another character in at least one of the formats."""


def character(digits: str) -> str:
    """Return the character of a hexadecimal code point, U+FFFD where there is none."""
    code = int(digits, 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"


def code_units(high: str, low: str | None) -> str:
    """Return the text of one code unit, or of two that are the halves of a surrogate pair."""
    unit = int(high, 16)
    if low and 0xD800 <= unit < 0xDC00:
        return chr(0x10000 + ((unit - 0xD800) << 10) + int(low, 16) - 0xDC00)
    return character(high) + (character(low) if low else "")


_DEFAULT = re.compile(
    r"\$\{([A-Za-z0-9_](?:[A-Za-z0-9_-]*+\.[A-Za-z0-9_.-]*+(?=:)|[A-Za-z0-9_]*+))(?::?[-=]|:)([^{}\n]*+)\}"
)
_TEMPLATE = re.compile(r"\{\{([^{}\n]*+)\}\}")
_QUOTED = re.compile(r'"([^"\\\n]*+)"|\'([^\'\\\n]*+)\'|`([^`\n]*+)`')


def inside(
    text: str, start: int, end: int, keys: tuple[str, ...], links: tuple[str, ...]
) -> Iterator[Entry]:
    """Yield fallbacks (``${NAME:-fallback}``, ``${name:fallback}``) and strings in ``{{ }}``."""
    for found in _DEFAULT.finditer(text, start, end):
        first, last = found.span(2)
        if last - first > 1 and text[first] in "\"'" and text[last - 1] == text[first]:
            first, last = first + 1, last - 1
        if last > first:
            yield Entry(first, last, "value", (*keys[:-1], found[1], *keys[-1:]), links)
    for template in _TEMPLATE.finditer(text, start, end):
        for quoted in _QUOTED.finditer(text, *template.span(1)):
            first, last = quoted.span(quoted.lastindex or 0)
            if last > first:
                yield Entry(first, last, "value", keys, links)
