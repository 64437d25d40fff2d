"""Reads what ``git log --raw -z`` prints: commits, and the files each of them changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO, NamedTuple

#: Arguments that make git print what ``read`` reads: oldest first, no file's content is needed.
COMMAND = (
    "log", "--format=commit %H %at %P%x00%an", "--reverse", "--topo-order", "--raw", "--no-abbrev",
    "-z", "--no-renames", "--no-color", "--no-notes", "--no-show-signature",
)  # fmt: skip
_HEADER = re.compile(rb"commit ([0-9a-f]{40,64}) (\d*) ?([0-9a-f ]*)")
_REGULAR = (b"100644", b"100755")
_LONGEST_NAME = 200
_BLOCK = 1 << 16


class Commit(NamedTuple):
    """Who did it, and when."""

    hash: str
    date: str
    """ISO date in UTC."""
    author: str


class Change(NamedTuple):
    """One file that a commit adds, changes or removes."""

    path: bytes
    old: bytes
    """Hash of the content before; empty where there was no regular file."""
    new: bytes


class Record(NamedTuple):
    """A commit with what it changed."""

    commit: Commit
    parents: tuple[str, ...]
    changes: list[Change]


def read(stream: IO[bytes]) -> Iterator[Record]:
    """Commits, in order. A path or an author's name is never taken for anything else."""
    record: Record | None = None
    tokens = _tokens(stream)
    for token in tokens:
        token = token.lstrip(b"\n")
        if token.startswith(b":"):
            change = _change(token, next(tokens, b""))
            if record and change:
                record.changes.append(change)
        elif found := _HEADER.fullmatch(token):
            if record:
                yield record
            record = _record(found, next(tokens, b""))
    if record:
        yield record


def _tokens(stream: IO[bytes]) -> Iterator[bytes]:
    """What stands between the NUL bytes."""
    rest = b""
    while block := stream.read(_BLOCK):
        *whole, rest = (rest + block).split(b"\0")
        yield from whole
    if rest:
        yield rest


def _record(header: re.Match[bytes], author: bytes) -> Record:
    name, when, parents = (part.decode("ascii") for part in header.groups())
    seconds = int(when) if when and len(when) < 12 else 0
    date = datetime.fromtimestamp(seconds, UTC).date().isoformat()
    written = author.decode("utf-8", "replace")[:_LONGEST_NAME]
    return Record(Commit(name, date, written), tuple(parents.split()), [])


def _change(row: bytes, path: bytes) -> Change | None:
    """``:100644 100755 <old> <new> M``; links and submodules have no content of their own."""
    before, after, old, new, _ = (*row[1:].split(), b"", b"", b"", b"", b"")[:5]
    old = old if before in _REGULAR else b""
    new = new if after in _REGULAR else b""
    return Change(path, old, new) if old or new else None
