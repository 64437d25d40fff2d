"""What a model is for at a place: told by the names around it, a task, or words of its id."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from stackaudit.catalogue.ids import segments
from stackaudit.catalogue.places import fold, last_part
from stackaudit.model import UNKNOWN

CHAT, FINE_TUNE = "chat", "fine-tune"
#: What says little: text in, text out. Whatever tells more is believed.
GENERIC = frozenset({CHAT, "other", UNKNOWN, ""})
_WORD = re.compile(r"[A-Z][A-Z0-9]*(?![a-z])|[A-Z]?[a-z0-9]+|[0-9]+")
_LONGEST_NAME = 160
_MOST_WORDS = 3


class Roles:
    """The vocabulary of roles with its comparisons."""

    def __init__(self, tables: Mapping[str, Any], client: Callable[[str], Any]) -> None:
        """Take in the tables.

        Args:
            tables: Compiled tables of the catalogue.
            client: Row of a constructor or loader by its exact name; None where there is none.
        """
        told = tables["places"]["roles"]
        self._client = client
        self._phrases = {
            tuple(phrase.split()): role for role, all_ in told["phrases"].items() for phrase in all_
        }
        self._negations = frozenset(told["negations"])
        self._names = {word: role for role, words in told["names"].items() for word in words}
        self._hints = {word: role for role, words in told["name_hints"].items() for word in words}
        self._tasks: Mapping[str, str] = told["tasks"]
        self._task_calls = frozenset(told["task_calls"])
        self._trained = frozenset(fold(key) for key in told["trained_keys"])
        self.trains = re.compile("|".join(map(re.escape, told["training"])).encode())
        """Finds in the bytes of a file what shows that it trains."""

    def of_place(self, keys: Sequence[str], *, trains: bool = False, task: str = "") -> str:
        """The role that the names around a value tell; ``unknown`` where they tell none.

        Args:
            keys: Names around the value, outermost first.
            trains: Whether the file trains models.
            task: First argument of the call, where it is a string.
        """
        loose = False
        for key in reversed(keys):
            role = self._of_task(key, task) or self.of_name(key)
            if role:
                return role
            role = self._of_client(key)
            if role and role != CHAT:
                return role
            loose = loose or role == CHAT  # a class that only says "text in, text out"
        nearest = keys[-1] if keys else ""
        names = {fold(nearest.lstrip("-")), fold(last_part(nearest))}
        if trains and not names.isdisjoint(self._trained):
            return FINE_TUNE
        return CHAT if loose else UNKNOWN

    def of_name(self, name: str) -> str:
        """The role in the words of a key, call or class: the last that says more than chat."""
        words = [word.lower() for word in _WORD.findall(name[:_LONGEST_NAME])]
        found = ""
        for role in self._in_words(words):
            found = role if role != CHAT or not found else found
        return found

    def is_task(self, text: str) -> bool:
        """Whether a value is the name of a task, not of a model."""
        return text in self._tasks

    def may_name_task(self, keys: Sequence[str]) -> bool:
        """Whether a value stands in a call that takes a task."""
        return any(last_part(key) in self._task_calls for key in keys)

    def of_id(self, name: str, made_for: str) -> str:
        """What a model is for, by the words of its id and what its family is made for."""
        parts = segments(name.rpartition("/")[2])
        decisive = next((self._names[part] for part in parts if part in self._names), "")
        if decisive or made_for not in GENERIC:
            return decisive or made_for
        return next((self._hints[part] for part in parts if part in self._hints), made_for)

    def _in_words(self, words: list[str]) -> Iterator[str]:
        at = 0
        while at < len(words):
            for length in range(min(_MOST_WORDS, len(words) - at), 0, -1):
                role = self._phrases.get(tuple(words[at : at + length]))
                if role:
                    if not at or words[at - 1] not in self._negations:
                        yield role
                    at += length - 1
                    break
            at += 1

    def _of_task(self, callee: str, task: str) -> str:
        return self._tasks.get(task, "") if task and last_part(callee) in self._task_calls else ""

    def _of_client(self, callee: str) -> str:
        """The role of a known class or loader, by its dotted name or the end of it."""
        parts = re.split(r"\.|::|->", callee[:_LONGEST_NAME])
        for first in range(len(parts)):
            row = self._client(".".join(parts[first:]))
            if row and row.get("role"):
                return str(row["role"])
        return ""
