"""How telling an id is by itself, wherever it stands."""

from __future__ import annotations

import re

from stackaudit.catalogue import IdMatch
from stackaudit.catalogue.ids import is_size, segments

WORD, PLAIN, LOOSE, FULL, CERTAIN = range(5)

#: A number of parameters in a name.
_HAS_SIZE = re.compile(r"(?<![a-z0-9.])[0-9]+(?:\.[0-9]+)?b(?![a-z0-9])", re.IGNORECASE)


def _is_sized(name: str) -> bool:
    return "." in name or "-" in name or ":" in name or any(map(is_size, segments(name)))


def has_size(name: str) -> bool:
    """Whether a name tells a number of parameters."""
    return _HAS_SIZE.search(name) is not None


def strength_of(match: IdMatch) -> int:
    """How sure the wording of an id alone makes us, from a mere word to beyond doubt."""
    if match.family < 0:
        return PLAIN
    own = bool(match.org_vendor) or match.prefix >= 0
    numbered = any(map(str.isdigit, match.name))
    slug = "_" in match.name and (match.name.islower() or not numbered)
    if slug and not own and not _is_sized(match.name):
        # A slug or a field name: with a number it is perhaps a model's, without one hardly.
        return PLAIN if match.strong and match.versioned and numbered else WORD
    if match.tail:
        return LOOSE if match.strong and match.versioned else WORD
    if match.complete:
        if match.strong and match.versioned:
            return CERTAIN if own else FULL
        if match.versioned and own:
            return FULL
        return PLAIN if match.strong or match.versioned or own else WORD
    if slug and not match.org and match.prefix < 0:
        return LOOSE if match.strong and match.versioned else WORD
    if match.versioned and (own or (match.org and match.strong and has_size(match.name))):
        return FULL
    return LOOSE if match.strong and match.versioned else WORD
