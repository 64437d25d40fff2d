"""Reads a repository's own files; never runs git, never trusts the repository's configuration."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from stackaudit.model import GitInfo
from stackaudit.source import printable, read_bytes

_SMALL = 4096
_PACKED_REFS = 64 << 20
_CONFIG = 1 << 20
_ORIGIN = re.compile(rb'^[ \t]*\[remote "origin"\]([^\[]*+)', re.M | re.I)
_URL = re.compile(rb"^[ \t]*url[ \t]*=[ \t]*(\S++)[ \t]*$", re.M | re.I)
#: A host and a path; user, password and port are left out, and folders of a machine are none.
_PLACE = re.compile(
    r"(?:(?:https?|ssh|git)://(?:[^\s/@]*+@)?(?P<host>[\w.-]++)(?::\d{1,5})?/"
    r"|(?:[^\s/@:]*+@)(?P<scp>[\w.-]++):(?!\d*/?/))(?P<path>[\w.~/+-]++)"
)
_HASH = re.compile(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REF = re.compile(rb"ref: (refs/[^\x00-\x20\x7f~^:?*\[\\]+)\s*")


@dataclass(frozen=True, slots=True)
class GitDir:
    """Where a checkout keeps its state."""

    top: str
    """The checkout's folder."""
    own: str
    """Holds HEAD and the index: ``.git``, or for a worktree or submodule what ``.git`` names."""
    common: str
    """Holds refs and ``info/exclude``; the same as ``own`` except in a worktree."""


def open_git(top: str) -> GitDir | None:
    """Return the git folder of the checkout at ``top``, or None when there is none."""
    own = os.path.join(top, ".git")
    if not os.path.isdir(own):
        named = _named(own, b"gitdir: ")
        if named is None:
            return None
        own = os.path.normpath(os.path.join(top, named))
    if not os.path.isfile(os.path.join(own, "HEAD")):
        return None
    common = _named(os.path.join(own, "commondir"), b"")
    return GitDir(top, own, os.path.normpath(os.path.join(own, common)) if common else own)


def find(folder: str) -> GitDir | None:
    """Return the git folder of the checkout that ``folder`` (absolute) lies in, or None."""
    while True:
        if found := open_git(folder):
            return found
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent


def info(path: Path) -> GitInfo | None:
    """Return commit and branch of the checkout ``path`` lies in; None outside git.

    ``dirty`` is None: telling it needs the stored trees, and a guess would be worse.
    """
    start = os.path.realpath(path)
    git = find(start if os.path.isdir(start) else os.path.dirname(start))
    if git is None:
        return None
    head = _small(os.path.join(git.own, "HEAD"))
    branch = _REF.fullmatch(head)
    name = branch.group(1) if branch else b""
    short = name.removeprefix(b"refs/heads/") if name != b"refs/heads/.invalid" else b""
    folder = os.path.relpath(start if os.path.isdir(start) else os.path.dirname(start), git.top)
    return GitInfo(
        _commit(git, head),
        printable(os.fsdecode(short)),
        None,
        _remote(git),
        "" if folder == os.curdir else printable(folder.replace(os.sep, "/")) + "/",
    )


def _remote(git: GitDir) -> str:
    """Return the web address of ``origin``, which may be written as an ssh address or a pair."""
    try:
        config = read_bytes(os.path.join(git.common, "config"), _CONFIG)
    except (OSError, ValueError):
        return ""
    origin = _ORIGIN.search(config)
    url = _URL.search(origin.group(1)) if origin else None
    place = _PLACE.fullmatch(url.group(1).decode("utf-8", "replace")) if url else None
    if place is None:
        return ""
    path = place["path"].strip("/").removesuffix(".git")
    return f"https://{(place['host'] or place['scp']).lower()}/{path}"


def _commit(git: GitDir, content: bytes) -> str:
    """Follow references until a hash; empty when there is no commit yet or it cannot be told."""
    for _ in range(5):
        if _HASH.fullmatch(content.strip()):
            return content.strip().decode()
        reference = _REF.fullmatch(content)
        if not reference or b".." in reference.group(1):
            return ""
        name = os.fsdecode(reference.group(1))
        content = _small(os.path.join(git.own, name)) or _small(os.path.join(git.common, name))
        content = content or _packed(git, reference.group(1))
    return ""


def _packed(git: GitDir, name: bytes) -> bytes:
    try:
        data = read_bytes(os.path.join(git.common, "packed-refs"), _PACKED_REFS)
    except (OSError, ValueError):
        return b""
    end = data.find(b" " + name + b"\n")
    return data[:end].rpartition(b"\n")[2] if end > 0 else b""


def _named(path: str, prefix: bytes) -> str | None:
    """Return the path a one-line file names after ``prefix``."""
    content = _small(path)
    name = content.removeprefix(prefix).rstrip(b"\r\n")
    if not content.startswith(prefix) or not name or b"\0" in name:
        return None
    return os.fsdecode(name)


def _small(path: str) -> bytes:
    try:
        return read_bytes(path, _SMALL)
    except (OSError, ValueError):
        return b""
