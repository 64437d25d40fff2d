"""Names as people write them, with blanks between the words: Name 3.5 Large, Other 3.1 8B."""

from __future__ import annotations

import re

from stackaudit.catalogue.lookup import IdMatch, Lookup
from stackaudit.detect.tokens import Piece

#: A word that may belong to a display name.
_NEXT_WORD = re.compile(
    r" (?!(?i:ai|apis?|models?|series|community|licen[cs]es?|agreement|inference)\b"
    r"|\d+:\d|\d+m?s\b)"
    r"([A-Z0-9][\w.+-]*|v\d[\w.]*|(?:flash|lite|mini|nano|turbo)\b(?!-))",
    re.ASCII,
)
_WORDS = 4


def name(piece: Piece, raw: str, match: IdMatch, ids: Lookup) -> tuple[Piece, IdMatch]:
    """Extend a piece over the words behind it that belong to the name.

    Args:
        piece: The first word, relative to ``raw``.
        raw: The value or text it stands in.
        match: What the first word is.
        ids: Knows names.
    """
    end, best = piece.end, (piece, match)
    if match.org or not match.complete:
        return best
    if not match.strong and piece.text.islower() and not piece.text.isalpha():
        return best  # opt-in 1M
    for _ in range(_WORDS):
        word = _NEXT_WORD.match(raw, end)
        if not word:
            break
        text = word[1].rstrip(".-")
        if text[-2:-1].isdigit():
            text = text.removesuffix("+")  # Name 3+: and later ones
        end = word.start(1) + len(text)
        longer = Piece(piece.start, end, raw[piece.start : end])
        found = ids.find(longer.text)
        if not found or not found.complete:
            break
        best = (longer, found) if found.versioned else best
        if text != word[1]:
            break
    return best
