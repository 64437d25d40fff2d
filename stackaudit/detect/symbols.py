"""Constants of programs that stand for a model: ``Chat.NAME_4_O``, ``.name4_o``, ``a.Name4oMini``.

What they are called on tells how sure that is: a class of models, an SDK of the model's maker.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from stackaudit.catalogue import Catalogue, IdMatch
from stackaudit.catalogue.ids import words
from stackaudit.detect.lookalikes import is_class

#: The parts of a dotted name, and where each begins.
_PART = re.compile(r"[\w$]+")
#: What reads a constant's value: NAME.getName(), .rawValue, .as_str().
_ACCESSOR = re.compile(
    r"(?:as|get|into|to)_?[A-Za-z]*|[iI]d|(?:model)?[nN]ame|rawValue|string|String|[vV]alue(?:Of)?|key"
)
#: In capitals or with a capital, and with a number in it.
_CAPITAL = re.compile(r"[A-Z](?=\w*\d)\w{1,60}")
_SMALL = re.compile(r"[a-z](?=\w*\d)\w{2,60}")
_DOTTED = re.compile(r"[\w$.:]+")
_MODELS = frozenset(["engine", "engines", "llm", "llms", "model", "models"])


class Symbol(NamedTuple):
    """A constant; offsets are relative to the dotted name it is the end of."""

    start: int
    end: int
    match: IdMatch
    owned: bool
    """What it is called on deals in models, or is their maker's."""


def is_read(dotted: str) -> bool:
    """Whether a dotted name ends in what reads the value of a constant before it."""
    parts = _PART.findall(dotted)
    return len(parts) > 1 and _is_accessor(parts[-1]) and any(map(str.isdigit, parts[-2]))


def find(dotted: str, catalogue: Catalogue, *, implicit: bool) -> Symbol | None:
    """The constant at the end of a dotted name, where it stands for a model beyond doubt.

    Args:
        dotted: The name with all that it is called on.
        catalogue: Knows ids and vendors.
        implicit: A dot stands in front: the type it belongs to is understood.
    """
    parts = list(_PART.finditer(dotted))
    if len(parts) > 1 and _is_accessor(parts[-1][0]):
        parts.pop()
    owners = [found[0] for found in parts[:-1]]
    if not parts or not (owners or implicit):
        return None
    name = parts[-1][0]
    about_models = any(not _MODELS.isdisjoint(words(owner)) for owner in owners)
    small = (implicit or about_models) and _SMALL.fullmatch(name)
    if not small and not _CAPITAL.fullmatch(name):
        return None
    match = catalogue.ids.constant(name)
    makers = {vendor for owner in owners if (vendor := _vendor(owner, catalogue))}
    if match is None or not _is_sure(match, makers, catalogue) or is_class(name, catalogue.places):
        return None
    owned = implicit or about_models or bool(makers)
    return Symbol(*parts[-1].span(), match, owned)


def told(text: str, raw: str, start: int, catalogue: Catalogue) -> Symbol | None:
    """A constant that prose tells of, with what it is called on: ``Models.NAME_4_O``, ``.name4_o``.

    Args:
        text: A piece of the prose.
        raw: The prose.
        start: Where the piece begins in it.
        catalogue: Knows ids and vendors.
    """
    before = raw[max(0, start - 2) : start]
    implicit = before.endswith(".") and before[:-1].strip(" ([,`\t\n") == ""
    if not _DOTTED.fullmatch(text) or not (implicit or "." in text or "::" in text):
        return None
    if raw[start + len(text) : start + len(text) + 1] == "(" and not is_read(text):
        return None
    found = find(text, catalogue, implicit=implicit)
    return found if found and found.owned else None


def _is_accessor(name: str) -> bool:
    return _ACCESSOR.fullmatch(name) is not None


def _is_sure(match: IdMatch, makers: set[str], catalogue: Catalogue) -> bool:
    """A distinctive name, or an ordinary word that belongs to its maker's SDK."""
    if not (match.complete and match.versioned) or match.family < 0:
        return False
    return match.strong or catalogue.family(match.family)["vendor"] in makers


def _vendor(owner: str, catalogue: Catalogue) -> str:
    """The vendor a class or package is named after, as a whole or in its first words."""
    parts = words(owner)
    for size in range(1, min(len(parts), 3) + 1):
        vendor = catalogue.ids.vendor_of("".join(parts[:size]))
        if vendor:
            return vendor
    return ""
