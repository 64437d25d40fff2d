"""Small writers of real weights files: GGUF and safetensors headers with a few bytes of tensors."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence

Value = str | int | float | bool | Sequence[str] | Sequence[int]


def gguf(values: Mapping[str, Value], *, version: int = 3, big: bool = False) -> bytes:
    """A GGUF file with these metadata and no tensors, followed by padding."""
    order = ">" if big else "<"
    pairs = b"".join(_text(key, order) + _typed(value, order) for key, value in values.items())
    return b"GGUF" + struct.pack(order + "IQQ", version, 0, len(values)) + pairs + bytes(64)


def safetensors(metadata: Mapping[str, str] | None, *, first: bool = True) -> bytes:
    """A safetensors file with one tensor of two bytes, its metadata before or after it."""
    tensor = {"w": {"dtype": "F16", "shape": [1], "data_offsets": [0, 2]}}
    told = {} if metadata is None else {"__metadata__": dict(metadata)}
    header = json.dumps({**told, **tensor} if first else {**tensor, **told}).encode()
    return struct.pack("<Q", len(header)) + header + b"\0\0"


def pointer(size: int) -> bytes:
    """What Git LFS leaves in place of a large file."""
    return (
        b"version https://git-lfs.github.com/spec/v1\n"
        b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
        b"size %d\n" % size
    )


def _text(text: str, order: str) -> bytes:
    raw = text.encode()
    return struct.pack(order + "Q", len(raw)) + raw


def _typed(value: Value, order: str) -> bytes:
    if isinstance(value, bool):
        return struct.pack(order + "I?", 7, value)
    if isinstance(value, int):
        return struct.pack(order + "II", 4, value)
    if isinstance(value, float):
        return struct.pack(order + "If", 6, value)
    if isinstance(value, str):
        return struct.pack(order + "I", 8) + _text(value, order)
    kind = 8 if value and isinstance(value[0], str) else 5
    head = struct.pack(order + "IIQ", 9, kind, len(value))
    return head + b"".join(
        _text(item, order) if isinstance(item, str) else struct.pack(order + "i", item)
        for item in value
    )
