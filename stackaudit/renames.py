"""Where files went, as a repository's history and its index tell."""

from __future__ import annotations

import os
from pathlib import Path

from stackaudit import gitinfo
from stackaudit.git import Git
from stackaudit.model import InputError

_COMMITS = 2000
_SHOWN = ("--find-renames", "--diff-filter=R", "--name-status", "-z")


def renames(folder: str) -> dict[str, str]:
    """Paths that files below ``folder`` once had, to those they have now; both relative to it.

    Renames that are staged or in the last commits count. Empty outside git.
    """
    found = gitinfo.find(os.path.realpath(folder))
    if found is None:
        return {}
    now: dict[str, str] = {}
    try:
        with Git(Path(folder)) as git:
            below = f"--relative={git.folder}" if git.folder else "--no-relative"
            index = {"GIT_INDEX_FILE": os.path.join(found.own, "index")}
            staged = git.run("diff-index", "--cached", below, *_SHOWN, "HEAD", more=index)
            past = git.run("log", "--format=", f"-n{_COMMITS}", below, *_SHOWN, "HEAD")
    except (InputError, OSError):
        return {}
    for old, new in (*_pairs(staged), *_pairs(past)):  # newest first
        now.setdefault(old, now.get(new, new))
    return now


def _pairs(told: bytes) -> list[tuple[str, str]]:
    """``R100 NUL old NUL new NUL`` as pairs."""
    parts = [part.lstrip("\n") for part in told.decode("utf-8", "replace").split("\0")]
    return [
        (parts[at + 1], parts[at + 2])
        for at in range(0, len(parts) - 2, 3)
        if _tells_rename(parts[at])
    ]


def _tells_rename(part: str) -> bool:
    return part[:1] == "R" and part[1:].isdigit()
