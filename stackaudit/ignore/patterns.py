"""Patterns in the syntax of .gitignore, translated component by component."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import cycle, product
from typing import NamedTuple

from stackaudit.model import ConfigError

#: Longer patterns could match no path a system allows.
MAX_PATTERN = 4096
_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t-\r ",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}
_GLOBBED = re.compile(r"[*?\[\\]")
_SMALL_CLASS = re.compile(r"\[([A-Za-z0-9]{1,4})\]")
_EXTENSION = re.compile(r"\*\.(\w+)")
# git hands everything after the literal head of a pattern to its matcher, so stars that follow
# that head directly are read as ``**`` even in the middle of a component.
_STARS_AFTER_HEAD = re.compile(
    r"([^*?\[\\]*[^/*?\[\\])\*{2,}+(?:/\*{2,}+(?=/|\Z))*+(?:/(.*))?\Z", re.DOTALL
)


class Glob(NamedTuple):
    """A component with wildcards, as a regex for the whole name; compiled when first needed."""

    regex: str


Part = str | Glob | None
"""A literal name, a glob, or None for ``**`` (any number of components)."""


class Rule(NamedTuple):
    """One pattern of one file."""

    parts: tuple[Part, ...]
    order: int
    """Position in its file; the highest that matches decides."""
    negated: bool
    dir_only: bool


class _BadPattern(Exception):
    """The pattern can never match (unclosed bracket, dangling backslash)."""


def parse(text: str) -> tuple[Rule, ...]:
    """Return the rules of a .gitignore file; patterns that can never match are left out."""
    rules: list[Rule] = []
    for order, line in enumerate(text.removeprefix("\ufeff").split("\n")):
        rules += _parse_line(line.removesuffix("\r"), order)
    return tuple(rules)


def parse_globs(patterns: Sequence[str], name: str) -> tuple[Rule, ...]:
    """Return the rules of a user's include or exclude list.

    Raises:
        ConfigError: A pattern is empty, unclosed or a comment; ``name`` says whose it is.
    """
    rules: list[Rule] = []
    for order, pattern in enumerate(patterns):
        text = pattern.removeprefix("./")
        if text.endswith("/**") and not text.startswith(("!", "**")):
            text = "/" + text.removeprefix("/").removesuffix("**")  # the folder: one skip, not many
        parsed = list(_parse_line(text, order))
        if not parsed:
            raise ConfigError(f'{name}: "{pattern}" is not a usable pattern (.gitignore syntax)')
        rules += parsed
    return tuple(rules)


def _parse_line(line: str, order: int) -> Iterator[Rule]:
    line = _trim(line)
    if not line or line.startswith("#") or len(line) > MAX_PATTERN:
        return
    negated = line.startswith("!")
    body = line.removeprefix("!")
    dir_only = body.endswith("/")
    body = body.removesuffix("/")
    for variant in _variants(body):
        try:
            parts = _components(variant)
        except _BadPattern:
            continue
        if "/" not in body:
            parts = [None, Glob(".*") if parts[0] is None else parts[0]]
        elif parts and parts[0] == "":
            del parts[0]
        if parts and "" not in parts:
            yield Rule(tuple(parts), order, negated, dir_only)


def _trim(line: str) -> str:
    """Cut trailing spaces, but not one that a backslash protects."""
    kept = line.rstrip(" ")
    backslashes = len(kept) - len(kept.rstrip("\\"))
    return kept + " " if backslashes % 2 and len(kept) < len(line) else kept


def _variants(body: str) -> list[str]:
    """Return simpler patterns that together say the same; mostly just the one."""
    if "[" in body:
        # [Dd]ebug and *.py[cod] are common, and plain names are cheaper to compare.
        pieces = _SMALL_CLASS.split(body)
        if len(pieces) <= 7 and not _GLOBBED.search("".join(pieces[::2]).removeprefix("*.")):
            choices = [p if odd else [p] for odd, p in zip(cycle((0, 1)), pieces, strict=False)]
            return ["".join(choice) for choice in product(*choices)]
    found = _STARS_AFTER_HEAD.match(body) if "/" in body else None
    if not found:
        return [body]
    head, tail = found.group(1), found.group(2)
    if tail is None:
        return [f"{head}*", f"{head}*/**"]
    return [head + tail, f"{head}*/**/{tail}"]


def _components(body: str) -> list[Part]:
    """Cut at slashes outside brackets; translate each component."""
    if not _GLOBBED.search(body):
        return list(body.split("/"))
    if extension := _EXTENSION.fullmatch(body):
        return [Glob(rf".*\.{extension[1]}")]
    parts: list[Part] = []
    tokens: list[str] = []
    literal = ""
    globbed = False
    start = position = 0
    while position <= len(body):
        char = body[position : position + 1]
        if char == "\\" and body[position + 1 : position + 2] == "/":
            position, char = position + 1, "/"
        if char in ("", "/"):
            part = _part(body[start:position], tokens, literal, globbed)
            if part is not None or not parts or parts[-1] is not None:
                parts.append(part)
            tokens, literal, globbed, start = [], "", False, position + 1
        elif char == "[":
            token, position = _bracket(body, position)
            tokens.append(token)
            globbed = True
        elif char in "*?":
            tokens.append(char)
            globbed = True
        else:
            if char == "\\":
                position += 1
                char = body[position : position + 1]
                if not char:
                    raise _BadPattern
            literal += char
            tokens.append(char if char.isalnum() else "\\" + char)
        position += 1
    return parts


def _part(raw: str, tokens: list[str], literal: str, globbed: bool) -> Part:
    if len(raw) > 1 and not raw.strip("*"):
        return None
    if not globbed:
        return literal
    pieces: list[str] = [""]
    for token in tokens:
        if token == "*":
            if pieces[-1] or len(pieces) == 1:
                pieces.append("")
        else:
            pieces[-1] += "." if token == "?" else token
    head, *rest = pieces
    if not rest:
        return Glob(head)
    # Leftmost match of each middle piece is enough, so it may be atomic: linear, never exponential.
    middle = "".join(f"(?>.*?{piece})" for piece in rest[:-1])
    return Glob(f"{head}{middle}.*{rest[-1]}")


def _bracket(body: str, position: int) -> tuple[str, int]:
    """Translate the bracket at ``position``; return the regex and the index of its ``]``."""
    position += 1
    negated = body[position : position + 1] in ("!", "^")
    position += negated
    members = ""
    previous = ""
    first = True
    while first or body[position : position + 1] != "]":
        first = False
        char = body[position : position + 1]
        following = body[position + 1 : position + 2]
        if char == "-" and previous and following not in ("", "]"):
            upper, position = _plain_char(body, position + 1)
            if previous <= upper:
                members += f"{re.escape(previous)}-{re.escape(upper)}"
            previous = ""
        elif char == "[" and following == ":" and (end := body.find("]", position + 2)) > 0:
            name = body[position + 2 : end]
            if name.endswith(":"):
                if name[:-1] not in _POSIX:
                    raise _BadPattern
                members += _POSIX[name[:-1]]
                previous, position = "", end
            else:
                members += r"\["
                previous = "["
        else:
            previous, position = _plain_char(body, position)
            members += re.escape(previous)
        position += 1
    if not members:
        return ("." if negated else "(?!)"), position
    return f"[{'^' if negated else ''}{members}]", position


def _plain_char(body: str, position: int) -> tuple[str, int]:
    """Return the character meant at ``position``, and where it stands behind a backslash."""
    position += body[position : position + 1] == "\\"
    char = body[position : position + 1]
    if not char:
        raise _BadPattern
    return char, position


@lru_cache(maxsize=4096)
def compiled(regex: str) -> re.Pattern[str]:
    """The regex of a glob."""
    return re.compile(regex, re.DOTALL)


def matches(part: Part, name: str) -> bool:
    """Whether a name is what a component says."""
    if isinstance(part, str):
        return part == name
    return part is None or compiled(part.regex).fullmatch(name) is not None
