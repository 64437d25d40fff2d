"""Model ids as comparable segments: every spelling of one name gives the same segments.

``Name2.5-7B-Instruct``, ``name-2.5-7b_instruct`` and ``name2p5 7b instruct`` all become
``('name', '2', '5', '7b', 'instruct')``. Sizes (``7b``, ``8x22b``, ``a3b``, ``128k``) stay
whole, so that ``gemma-2b`` (gemma, 2b) is never read as Gemma 2.
"""

from __future__ import annotations

import re

_DECIMAL_P = re.compile(r"(?<=[0-9])p(?=[0-9])")
_SEGMENT = re.compile(
    r"(?:(?<![0-9a-z])[ae])?(?:[0-9]+x)?(?<![0-9])(?:[0-9]+\.)?[0-9]+[bmk](?![0-9a-z])"
    r"|[0-9]+"
    r"|[^\W\d_]+"
)
_SIZE = re.compile(r"[ae]?(?:[0-9]+x)?(?:[0-9]+\.)?[0-9]+[bmk]")


def segments(text: str) -> tuple[str, ...]:
    """Split an id into lower-case letter runs, digit runs and sizes; separators vanish."""
    return tuple(_SEGMENT.findall(_DECIMAL_P.sub(".", text.lower())))


#: Where a word begins inside a name without separators: after a small letter or a digit.
_INNER_WORD = re.compile(
    r"(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=[A-Z][a-z])|(?<=[A-Z])(?=[A-Z][a-z])"
)


def words(name: str) -> tuple[str, ...]:
    """The words of a name in code, in lower case: ``ChatModelName`` gives chat, model, name."""
    return tuple(word.lower() for word in re.split(r"_|" + _INNER_WORD.pattern, name) if word)


def is_size(segment: str) -> bool:
    """Whether a segment is a parameter count or context length such as 7b, 8x7b, a3b, 128k."""
    return _SIZE.fullmatch(segment) is not None
