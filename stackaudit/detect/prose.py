"""Names of models in running text: what a sentence joins to them, and which weak ones count."""

from __future__ import annotations

import re
from collections.abc import Set

from stackaudit.catalogue import IdMatch
from stackaudit.catalogue.ids import segments

#: What a sentence joins to a name: name-4-based, name-3-like.
_JOINED = re.compile(
    r"(?P<id>.*\d.*?)-(?:assisted|backed|based|basierte?[nrs]?|capable|class|compatible|driven|enabled"
    r"|era|family|generated|level|like|modell\w*|only|optimi[sz]ed|powered|quality|specific|style"
    r"|tier|trained|type|written)",
    re.IGNORECASE,
)
_QUOTES = ('"', "'", "`")


def without_ending(text: str) -> str:
    """A name without what the sentence joined to it with a hyphen."""
    found = _JOINED.fullmatch(text)
    return found["id"] if found else text


def are_names(parts: list[str], found: list[IdMatch | None]) -> bool:
    """Whether the parts between slashes are names each, rather than a path: name-1/other-2."""
    return len(set(parts)) == len(parts) and all(
        match is not None
        and match.family >= 0
        and match.complete
        and any(map(str.isdigit, match.name))
        for match in found
    )


def is_telling(match: IdMatch, raw: str, start: int, end: int, common: Set[str]) -> bool:
    """Whether a weak name (a word and a number) is a model's where others are named.

    Args:
        match: How it reads.
        raw: The text around it.
        start: Where the name begins in ``raw``.
        end: Where it ends.
        common: Ordinary words: a step 2 or a table 3 is hardly a model.
    """
    titled = raw[start].isupper() and match.words > 0 and any(map(str.isdigit, match.name))
    if not (match.complete and (match.numbered or titled)) or match.family < 0:
        return False
    first = next(iter(segments(raw[start:end])), "")
    before, after = raw[max(0, start - 1) : start], raw[end : end + 1]
    alone = (before in _QUOTES and after == before) or _is_cell(raw, start, end)
    if len(first) == 1 and not alone:
        return False
    return first not in common and before not in ("-", ".", "_", "$")


def _is_cell(raw: str, start: int, end: int) -> bool:
    """Whether a name in small letters is all that a cell of a table says."""
    before, after = raw[max(0, start - 80) : start], raw[end : end + 80]
    framed = before.rstrip(" ").endswith("|") and after.lstrip(" ").startswith("|")
    return framed and raw[start:end].islower()
