"""A few files that only save time, in the user's own cache folder; never in a scanned tree.

Losing one costs a moment: whatever is wrong with the folder or a file, there is just no entry.
``STACKAUDIT_CACHE_DIR`` names another folder, and an empty value keeps nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from pathlib import Path

_MAX_ENTRY = 64 << 20
_KEPT = 8
_DIGEST = 32


def load(name: str) -> bytes | None:
    """What was saved under a name, if it is still whole and nobody else may have written it."""
    folder = _folder()
    if folder is None:
        return None
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with open(os.open(folder / name, flags), "rb") as stream:
            if not _is_ours(os.fstat(stream.fileno())):
                return None
            content = stream.read(_MAX_ENTRY)
    except (OSError, ValueError):
        return None
    digest, entry = content[:_DIGEST], content[_DIGEST:]
    return entry if hashlib.sha256(entry).digest() == digest else None


def save(name: str, entry: bytes) -> None:
    """Keep an entry, whole or not at all; the oldest make room."""
    folder = _folder()
    if folder is None:
        return
    with contextlib.suppress(OSError, ValueError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not _is_ours(folder.stat()):
            return
        partial = folder / f".{name}.{os.urandom(4).hex()}.tmp"
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(hashlib.sha256(entry).digest() + entry)
        partial.replace(folder / name)
        _make_room(folder)


def _folder() -> Path | None:
    named = os.environ.get("STACKAUDIT_CACHE_DIR")
    if named is not None:
        return Path(named) if named else None
    if sys.platform == "win32":
        above = os.environ.get("LOCALAPPDATA", "")
    elif sys.platform == "darwin":
        above = os.path.expanduser("~/Library/Caches")
    else:
        above = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(above, "stackaudit") if os.path.isabs(above) else None


def _is_ours(status: os.stat_result) -> bool:
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def _make_room(folder: Path) -> None:
    entries = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in entries[_KEPT:]:
        path.unlink()
