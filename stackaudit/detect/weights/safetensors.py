"""Safetensors headers: the free-form metadata in front of the list of tensors."""

from __future__ import annotations

import re

from stackaudit.detect.readers.escaped import unescape
from stackaudit.detect.weights.naming import clean

_STRING = r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"'
#: No text inside a string can look like this: its quotes would be escaped.
_METADATA = re.compile(r'"__metadata__"\s*+:\s*+\{')
_PAIR = re.compile(rf"\s*+{_STRING}\s*+:\s*+{_STRING}\s*+,?+", re.S)
_MAX_PAIRS = 2_000
_MAX_TEXT = 400


def metadata(head: bytes) -> dict[str, str] | None:
    """The metadata of a header, empty when it has none; None when it is no such header.

    Args:
        head: The first bytes of the file; values beyond them, and very long ones, are left out.
    """
    size = int.from_bytes(head[:8], "little")
    if len(head) < 10 or size < 2 or head[8:9] != b"{":
        return None
    text = head[8 : 8 + size].decode("latin-1")
    opened = _METADATA.search(text)
    found: dict[str, str] = {}
    at = opened.end() if opened else len(text)
    for _ in range(_MAX_PAIRS):
        pair = _PAIR.match(text, at)
        if pair is None:
            break
        at = pair.end()
        if len(pair[1]) <= _MAX_TEXT and len(pair[2]) <= _MAX_TEXT:
            found[unescape(pair[1])] = clean(unescape(pair[2]))
    return found
