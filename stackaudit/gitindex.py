"""Reads ``.git/index``: the paths git tracks, in formats 2, 3 and 4."""

from __future__ import annotations

import os
from functools import cached_property

from stackaudit.gitinfo import GitDir
from stackaudit.source import read_bytes

_LIMIT = 128 << 20
#: Bytes of all names together; format 4 could make gigabytes of a small file.
_NAMES_LIMIT = 256 << 20
#: Bytes of stat data before the object name.
_STAT = 40


class BadIndex(Exception):
    """The index is damaged, too large, or of a format not known."""


class Tracked:
    """The paths a checkout tracks; its index is read only when a question needs it."""

    def __init__(self, git: GitDir | None) -> None:
        self._git = git
        self.fault = ""
        """Why the index could not be read; empty until it was tried."""

    @cached_property
    def _paths(self) -> frozenset[str]:
        try:
            return tracked(self._git) if self._git else frozenset()
        except BadIndex as error:
            self.fault = str(error)
            return frozenset()

    @cached_property
    def _folders(self) -> frozenset[str]:
        known: set[str] = set()
        for path in self._paths:
            folder = path.rpartition("/")[0]
            while folder and folder not in known:
                known.add(folder)
                folder = folder.rpartition("/")[0]
        return frozenset(known)

    def __contains__(self, path: str) -> bool:
        """Say whether a file, a submodule or something in a folder is tracked."""
        return path in self._paths or path in self._folders


def tracked(git: GitDir) -> frozenset[str]:
    """Return the tracked paths, relative to the checkout; submodules as their folder.

    Raises:
        BadIndex: It is there but cannot be read.
    """
    data = _load(os.path.join(git.own, "index"))
    if data is None:
        return frozenset()
    names, end, hash_length = _paths(data)
    # What a split index deleted from its base stays in: those files are mostly gone anyway.
    if shared := _shared(data, end, hash_length):
        base = _load(os.path.join(git.own, f"sharedindex.{shared}"))
        if base is None:
            raise BadIndex("the shared index it needs is missing")
        names += _paths(base)[0]
    return frozenset([os.fsdecode(name).removesuffix("/") for name in names if name])


def _load(path: str) -> bytes | None:
    try:
        return read_bytes(path, _LIMIT)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise BadIndex(str(error) or type(error).__name__) from None


def _paths(data: bytes) -> tuple[list[bytes], int, int]:
    """Return the entries' names, the offset behind them and the length of object names."""
    version = int.from_bytes(data[4:8], "big")
    if data[:4] != b"DIRC" or version not in (2, 3, 4):
        raise BadIndex("its format is not known")
    count = int.from_bytes(data[8:12], "big")
    if count * (_STAT + 22) > len(data):
        raise BadIndex("it is cut short")
    read = _compressed if version == 4 else _plain
    for hash_length in (20, 32):
        try:
            return *read(data, count, _STAT + hash_length), hash_length
        except (ValueError, IndexError):
            continue
    raise BadIndex("it is damaged")


def _plain(data: bytes, count: int, flags_at: int) -> tuple[list[bytes], int]:
    """Formats 2 and 3: whole names, entries padded to eight bytes."""
    names: list[bytes] = []
    position = 12
    for _ in range(count):
        flags = position + flags_at
        start = flags + (4 if data[flags] & 0x40 else 2)
        end = data.index(0, start)
        length = (data[flags] & 0x0F) << 8 | data[flags + 1]
        if length != end - start and (length != 0xFFF or end - start < length):
            raise ValueError
        names.append(data[start:end])
        position += (end - position + 8) & ~7
    return names, position


def _compressed(data: bytes, count: int, flags_at: int) -> tuple[list[bytes], int]:
    """Format 4: each name drops bytes from the end of the one before and adds its own."""
    names: list[bytes] = []
    position = 12
    total = 0
    name = b""
    for _ in range(count):
        flags = position + flags_at
        start = flags + (4 if data[flags] & 0x40 else 2)
        byte = data[start]
        dropped = byte & 0x7F
        while byte & 0x80 and dropped <= len(name):
            start += 1
            byte = data[start]
            dropped = (dropped + 1) << 7 | byte & 0x7F
        end = data.index(0, start + 1)
        name = name[: max(0, len(name) - dropped)] + data[start + 1 : end]
        total += len(name)
        length = (data[flags] & 0x0F) << 8 | data[flags + 1]
        if length != min(len(name), 0xFFF) or total > _NAMES_LIMIT:
            raise ValueError
        names.append(name)
        position = end + 1
    return names, position


def _shared(data: bytes, position: int, hash_length: int) -> str:
    """Return the name of the shared index a split index builds on, or an empty string."""
    while position + 8 <= len(data) - hash_length:
        size = int.from_bytes(data[position + 4 : position + 8], "big")
        if data[position : position + 4] == b"link":
            name = data[position + 8 : position + 8 + hash_length]
            return name.hex() if any(name) else ""
        position += 8 + size
    return ""
