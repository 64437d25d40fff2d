"""The conditions of a rule in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from stackaudit.model import Match
from stackaudit.report.text import clean


class Condition(NamedTuple):
    """One line of a match: a fact and its allowed values, or a heading over further lines."""

    text: str
    values: tuple[str, ...] = ()
    """As the rule has them; ``@name`` is a list."""
    inner: tuple[Condition, ...] = ()


def conditions(match: Match, meanings: Mapping[str, str]) -> tuple[Condition, ...]:
    """What must hold, each once.

    Args:
        match: conditions of a rule.
        meanings: field -> what it means; without one its name stands.
    """
    found = [
        Condition(meanings.get(name, name.replace("_", " ")), match.written.get(name, allowed))
        for name, allowed in match.fields.items()
    ]
    if match.any_of:
        options = (conditions(option, meanings) for option in match.any_of)
        found.append(Condition("at least one of", inner=tuple(map(_joined, options))))
    if match.negated:
        found.append(Condition("but not", inner=(_joined(conditions(match.negated, meanings)),)))
    return tuple(found)


def sentence(found: Iterable[Condition]) -> str:
    """The same on one line: ``origin country is CN or RU and (a is b or not (c is d))``."""
    return " and ".join(map(_phrase, found))


def _phrase(part: Condition) -> str:
    if not part.inner:
        return f"{part.text} is {either(part.values)}"
    if part.text == "all of":
        return sentence(part.inner)
    if part.text == "but not":
        return f"not ({sentence(part.inner)})"
    return f"({' or '.join(map(_phrase, part.inner))})"


def either(values: Iterable[str]) -> str:
    """``CN or RU``."""
    return " or ".join(clean(value) for value in values)


def _joined(parts: tuple[Condition, ...]) -> Condition:
    return Condition("all of", inner=parts) if len(parts) != 1 else parts[0]
