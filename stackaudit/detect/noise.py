"""Anchors that stand in encoded data (base64, hashes, keys) by chance and name nothing."""

from __future__ import annotations

import re

#: As far to each side of an anchor as is looked for where the encoded text begins and ends.
_REACH = 48
_LONGEST_NAME = 60
_ENCODED = re.compile(rb"[A-Za-z0-9+/=]*+")
_CHANGE = re.compile(rb"(?<=[a-z])[A-Z0-9]|(?<=[A-Z])[a-z0-9+/]|(?<=[0-9])[A-Za-z+/]")


def telling(hits: list[int], data: bytes) -> list[int]:
    """The anchors that may name something.

    Args:
        hits: Offsets of anchors.
        data: The file.

    A name inside a word has its own letters around it; encoded data goes on for longer than any
    name and changes between capitals, small letters and digits at nearly every other character.
    """
    return [at for at in hits if not (at and _is_word(data[at - 1]) and _is_encoded(data, at))]


def _is_word(byte: int) -> bool:
    return chr(byte).isalnum() or byte in b"+/"


def _is_encoded(data: bytes, at: int) -> bool:
    near = data[max(at - _REACH, 0) : at]
    before = len(_reversed(near))
    found = _ENCODED.match(data, at, at + _REACH)
    after = found.end() - at if found else 0
    if before + after < _LONGEST_NAME:
        return False
    run = data[at - before : at + after]
    return len(_CHANGE.findall(run)) * 9 >= len(run) * 4


def _reversed(near: bytes) -> bytes:
    """The encoded text that ends where ``near`` does, from its end on."""
    found = _ENCODED.match(near[::-1])
    return found[0] if found else b""
