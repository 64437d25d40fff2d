"""The questions ``stackaudit init`` asks on a terminal; a wrong answer is asked for again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from stackaudit.model import ConfigError

if TYPE_CHECKING:
    from stackaudit.initialise import System
    from stackaudit.model import Component, Raised
    from stackaudit.rules import Vocabulary

_NONE = "none"
_TRIES = 3


def context(
    found: Iterable[Component], given: Mapping[str, tuple[str, ...]], known: Vocabulary
) -> dict[str, tuple[str, ...]]:
    """What no scan can see, key by key; what flags declared is not asked again.

    Args:
        found: what the folder uses.
        given: declared by flags.
        known: every key and value there is.
    """
    told = dict(given)
    own = any(r.route == "self-hosted" for c in found for r in c.routes)
    for key in ("seat", "data", *(("hosting",) if own else ())):
        if key in told:
            continue
        row = known.keys[key]
        show([f"\n{row.title}."])
        show([f"  {value:<19} {meaning}" for value, meaning in row.values.items()])
        hint = "country codes such as CA" if row.type == "countries" else "one or more, by comma"
        words = _words(f"{hint}; empty leaves it open", "", partial(known.fault, key))
        told |= {key: words} if words else {}
    return told


def packs(
    proposed: Sequence[str], raised: Mapping[str, Raised], titles: Mapping[str, str]
) -> tuple[str, ...]:
    """The rule packs to judge with.

    Args:
        proposed: taken where the answer is empty; the first is always in.
        raised: pack id -> what it would raise.
        titles: pack id -> title, for every pack there is.
    """
    show([f"\nRule packs; {proposed[0]} is always in. What each would raise here:"])
    for name in (name for name in titles if name != proposed[0]):
        would = f"{raised[name].findings}" if name in raised else ""
        show([f"  {name:<24} {would:>4}  {titles[name]}"])

    def fault(word: str) -> str:
        return "" if word in (*titles, _NONE) else f"unknown pack '{word}'"

    usual = ",".join(proposed[1:]) or _NONE
    words = _words("packs, by comma", usual, fault)
    return tuple(dict.fromkeys((proposed[0], *(word for word in words if word != _NONE))))


def system(seen: System | None, known: Sequence[System]) -> System | None:
    """The CI system to write a snippet for."""
    by_id = {row.id: row for row in known}

    def fault(word: str) -> str:
        return "" if word in (*by_id, _NONE) else f"unknown system '{word}'"

    show(["\nCI system to write a step for."])
    (word, *_) = _words(" or ".join((*by_id, _NONE)), seen.id if seen else _NONE, fault)
    return by_id.get(word)


def agreed(question: str) -> bool:
    """Whether the answer is yes, or empty."""
    return _words(question, "yes", _unless_yes_or_no)[0] in ("y", "yes")


def show(lines: Sequence[str]) -> None:
    """Lines on the terminal."""
    for line in lines:
        print(line)


def _unless_yes_or_no(word: str) -> str:
    return "" if word in ("y", "yes", "n", "no") else "answer yes or no"


def _words(question: str, usual: str, fault: Callable[[str], str]) -> tuple[str, ...]:
    """The words of an answer, or of the usual one. Raises ConfigError after three wrong ones."""
    wrong = ""
    for _ in range(_TRIES):
        try:
            answer = input(f"{question} [{usual}]: " if usual else f"{question}: ")
        except EOFError:
            raise KeyboardInterrupt from None
        words = tuple(word.strip() for word in (answer.strip() or usual).split(","))
        words = tuple(dict.fromkeys(word for word in words if word))
        wrong = next((said for word in words if (said := fault(word))), "")
        if not wrong:
            return words
        show([f"  {wrong}"])
    raise ConfigError(f"{wrong}; nothing was written")
