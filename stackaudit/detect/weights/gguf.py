"""GGUF headers: what a file says of itself before its tensors. No tensor is ever looked at."""

from __future__ import annotations

import struct

from stackaudit.detect.weights.naming import clean

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
#: Format strings of the fixed-size value types, by type number.
_FIXED = {
    0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d",
}  # fmt: skip
_STRING, _ARRAY = 8, 9
_PREFIXES = ("general.", "adapter.")
_MAX_TEXT = 400
#: Values looked at, elements of lists included: what describes the model stands before the tokens.
_MAX_STEPS = 20_000
_FILE_TYPES = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K",
    11: "Q3_K_S", 12: "Q3_K_M", 13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S",
    17: "Q5_K_M", 18: "Q6_K", 19: "IQ2_XXS", 20: "IQ2_XS", 21: "Q2_K_S", 22: "IQ3_XS",
    23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL", 26: "IQ3_S", 27: "IQ3_M", 28: "IQ2_S", 29: "IQ2_M",
    30: "IQ4_XS", 31: "IQ1_M", 32: "BF16", 36: "TQ1_0", 37: "TQ2_0", 38: "MXFP4",
}  # fmt: skip


def metadata(head: bytes) -> dict[str, str] | None:
    """The ``general.`` and ``adapter.`` values of a header; None when it is no GGUF header.

    Args:
        head: The first bytes of the file; values beyond them are left out.
    """
    if head[:4] != _MAGIC or len(head) < 24:
        return None
    for order in "<>":
        version, _tensors, pairs = struct.unpack_from(order + "IQQ", head, 4)
        if version in _VERSIONS:
            return _Pairs(head, order).read(pairs)
    return None


def quantisation(values: dict[str, str]) -> str:
    """The name of the number format most tensors have; empty when the header does not say."""
    number = values.get("general.file_type", "")
    return _FILE_TYPES.get(int(number), "") if number.isdigit() else ""


class _End(Exception):
    """The bytes given, or what is read of them, are at an end."""


class _Pairs:
    """A walk over keys and values."""

    def __init__(self, head: bytes, order: str) -> None:
        self._head = head
        self._order = order
        self._at = 24
        self._steps = 0

    def read(self, pairs: int) -> dict[str, str]:
        found: dict[str, str] = {}
        try:
            for _ in range(min(pairs, _MAX_STEPS)):
                key = self._text()
                value = self._value(self._number("I"))
                if value and key.startswith(_PREFIXES):
                    found[key] = clean(value)
        except _End:
            pass
        return found

    def _number(self, code: str) -> int:
        """An integer of the file's byte order."""
        size = struct.calcsize("=" + code)
        value: int = struct.unpack(self._order + code, self._take(size))[0]
        return value

    def _take(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._head):
            raise _End
        start, self._at = self._at, end
        return self._head[start:end]

    def _text(self) -> str:
        """A string; one longer than any name is passed over."""
        size = self._number("Q")
        if size > _MAX_TEXT:
            self._skip(size)
            return ""
        return self._take(size).decode("utf-8", "replace")

    def _skip(self, size: int) -> None:
        self._at += size
        if self._at > len(self._head):
            raise _End

    def _value(self, kind: int) -> str:
        """A string or whole number as text; other values are passed over."""
        self._steps += 1
        if self._steps > _MAX_STEPS:
            raise _End
        if kind == _STRING:
            return self._text()
        if kind == _ARRAY:
            self._array()
            return ""
        code = _FIXED.get(kind)
        if code is None:
            raise _End
        size = struct.calcsize("=" + code)
        raw = self._take(size)
        return str(struct.unpack(self._order + code, raw)[0]) if code in "BHIQ" else ""

    def _array(self) -> None:
        kind, count = self._number("I"), self._number("Q")
        code = _FIXED.get(kind)
        if code:
            self._skip(count * struct.calcsize("=" + code))
        elif kind == _STRING:
            for _ in range(count):
                self._value(kind)
        else:
            raise _End  # lists of lists describe no model
