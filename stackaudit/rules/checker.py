"""Typed access to the nodes of a rule file; collects every fault, not only the first."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from stackaudit.model import ConfigError
from stackaudit.rules.document import Node, Problem

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_URL = re.compile(r"https?://(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(/[^\s<>\"{}|\\^`]*)?\Z", re.IGNORECASE)
_LANGUAGE_ROOT = re.compile(r"/?(?:[a-z]{2}(?:-[a-z]{2})?/?)?\Z", re.IGNORECASE)


def suggest(word: str, known: Collection[str]) -> str:
    """``; did you mean 'x'?``, or what is known where the choice is small, or nothing."""
    close = nearest(word, known)
    if close:
        return f"; did you mean '{close}'?"
    if 0 < len(known) <= 12:
        return f"; known: {', '.join(known)}"
    return ""


def nearest(word: str, known: Collection[str]) -> str:
    """The known name most like ``word``, letter case ignored; empty when none is like it."""
    from difflib import get_close_matches

    lowered = {name.lower(): name for name in known}
    close = get_close_matches(word.lower(), lowered, n=1, cutoff=0.6)
    return lowered[close[0]] if close else ""


def raise_first(problems: Iterable[Problem]) -> None:
    """Raises ConfigError for the first fault in reading order, if there is any."""
    ordered = sorted(problems)
    if not ordered:
        return
    more = len(ordered) - 1
    rest = f" (and {more} more; `stackaudit rules check` lists all)" if more else ""
    raise ConfigError(f"{ordered[0]}{rest}")


@dataclass(slots=True)
class Checker:
    """Reads nodes of one file. A faulty node is reported and read as empty."""

    path: str
    problems: list[Problem] = field(default_factory=list)

    def fail(self, node: Node, message: str) -> None:
        """Notes a fault at ``node``."""
        self.problems.append(Problem(node.line, node.column, message, self.path))

    def entries(
        self, node: Node, what: str, known: Collection[str] | None, required: Collection[str] = ()
    ) -> dict[str, Node]:
        """The entries of a mapping by key; ``known`` None accepts any key."""
        if node.kind != "map":
            self.fail(node, f"{what} must be a mapping, not {node.described}")
            return {}
        found: dict[str, Node] = {}
        meant: set[str] = set()
        for key, value in node.pairs:
            name = self.text(key, f"a key of {what}")
            if name in found:
                self.fail(key, f"'{name}' stands twice in {what}; keep one")
            elif known is not None and name not in known:
                self.fail(key, f"unknown field '{name}' in {what}{suggest(name, known)}")
                meant.add(nearest(name, known))
            elif name:
                found[name] = value
        for name in required:
            if name not in found and name not in meant:
                self.fail(node, f"{what} has no '{name}'; add it")
        return found

    def text(self, node: Node | None, what: str, *, empty: bool = False) -> str:
        """A single value; blank is a fault unless ``empty``."""
        if node is None:
            return ""
        if node.kind != "text":
            self.fail(node, f"{what} must be a single value, not {node.described}")
            return ""
        value = " ".join(node.text.split())
        if not value and not empty:
            self.fail(node, f"{what} is empty")
        return value

    def items(self, node: Node | None, what: str) -> list[Node]:
        """The items of a list that must not be empty."""
        if node is None:
            return []
        if node.kind != "list":
            self.fail(node, f"{what} must be a list, not {node.described}")
            return []
        if not node.items:
            self.fail(node, f"{what} is an empty list")
        return node.items

    def values(self, node: Node, what: str) -> list[Node]:
        """A single value or a list of them, as nodes."""
        nodes = [node] if node.kind == "text" else self.items(node, what)
        return [item for item in nodes if self.text(item, f"a value of {what}")]

    def choice(self, node: Node | None, what: str, allowed: Collection[str]) -> str:
        """One of ``allowed``; empty after a fault."""
        value = self.text(node, what)
        if value and value not in allowed and node is not None:
            self.fail(node, f"unknown {what} '{value}'{suggest(value, allowed)}")
            return ""
        return value

    def day(self, node: Node | None, what: str) -> str:
        """An ISO date, or empty."""
        value = self.text(node, what)
        if not value or node is None:
            return ""
        try:
            if _DATE.match(value):
                return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
        self.fail(node, f"{what} '{value}' is not a date; write YYYY-MM-DD")
        return ""

    def url(self, node: Node | None, what: str) -> str:
        """A web address that leads to a document, not to a site's front page."""
        value = self.text(node, what)
        if not value or node is None:
            return ""
        match = _URL.match(value)
        if match is None:
            self.fail(node, f"{what} '{value}' is not a web address; write https://host/path")
        elif _LANGUAGE_ROOT.match(match[1] or ""):
            self.fail(node, f"{what} '{value}' is a front page; cite the page itself")
        return value
