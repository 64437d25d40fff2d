"""Reads the files of a commit: as a list, as contents, or as a folder to scan."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, NamedTuple

from stackaudit.git import Git, feed_of
from stackaudit.model import InputError

#: Of a commit's files: larger ones stay out, and no more than these are written.
_LARGEST = 32 << 20
_MOST_BYTES = 4 << 30
_MOST_FILES = 1_000_000
_BLOCK = 1 << 20
_REGULAR = (b"100644", b"100755")
_SUBMODULE = b"160000"


class Blob(NamedTuple):
    """A regular file of a commit."""

    path: bytes
    """From the top of the working tree on."""
    hash: bytes
    size: int


def blobs(git: Git, commit: str) -> Iterator[Blob]:
    """The regular files of a commit; links and submodules have no content of their own."""
    for mode, name, size, path in _entries(git, commit):
        if mode in _REGULAR:
            if not size.isdigit():
                raise _missing(path)
            yield Blob(path, name, int(size))


def submodules(git: Git, commit: str) -> dict[str, bytes]:
    """Path of each submodule of a commit -> the commit it is pinned to."""
    entries = _entries(git, commit)
    return {os.fsdecode(path): name for mode, name, _, path in entries if mode == _SUBMODULE}


def names(git: Git, commit: str) -> Iterator[tuple[bytes, bytes]]:
    """Path and hash of the regular files of a commit, also where their content is missing."""
    for entry in filter(None, git.run("ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0")):
        head, _, path = entry.partition(b"\t")
        mode, _, name = head.split()
        if mode in _REGULAR:
            yield path, name


def sizes(git: Git, wanted: Iterable[bytes]) -> dict[bytes, int]:
    """The size of each content that is there, by hash; a partial clone lacks some."""
    found: dict[bytes, int] = {}
    with (
        feed_of(wanted) as feed,
        git.stream("cat-file", "--batch-check", "--buffer", feed=feed, timeout=600) as output,
    ):
        for line in output:
            name, *told = line.split()
            if len(told) == 2 and told[1].isdigit():
                found[name] = int(told[1])
    return found


def _entries(git: Git, commit: str) -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
    """Mode, hash, size and path of all that a commit holds."""
    listing = git.run("ls-tree", "-r", "-z", "-l", "--full-tree", commit)
    for count, entry in enumerate(filter(None, listing.split(b"\0"))):
        if count >= _MOST_FILES:
            raise InputError(f"commit {commit[:12]} has more than {_MOST_FILES:,} files")
        head, _, path = entry.partition(b"\t")
        mode, _, name, size = head.split()
        yield mode, name, size, path


def contents(git: Git, wanted: Iterable[Blob]) -> Iterator[tuple[Blob, bytes]]:
    """The contents of files that are not too large, in order. No filter is run on them."""
    taken = [blob for blob in wanted if blob.size <= _LARGEST]
    if sum(blob.size for blob in taken) > _MOST_BYTES:
        raise InputError(f"the files of this commit are larger than {_MOST_BYTES >> 30} GiB")
    with (
        feed_of(blob.hash for blob in taken) as feed,
        git.stream("cat-file", "--batch", "--buffer", feed=feed, timeout=600) as output,
    ):
        for blob in taken:
            head = output.readline(_BLOCK).split()
            if len(head) != 3:
                raise _missing(blob.path)
            yield blob, _exactly(output, int(head[2]))
            output.read(1)


def _missing(path: bytes) -> InputError:
    return InputError(
        f"the repository lacks the content of {os.fsdecode(path)}: it is damaged, or a partial"
        " clone; clone it whole"
    )


def _exactly(stream: IO[bytes], size: int) -> bytes:
    parts = []
    while size > 0 and (part := stream.read(min(size, _BLOCK))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def extract(git: Git, commit: str, target: Path) -> None:
    """Write the files of a commit into an empty folder, with an index that tracks them.

    Only regular files are written, each a new one below ``target``; no filter, hook or attribute
    changes them. Raises InputError.
    """
    own = target / ".git"
    own.mkdir()
    (own / "HEAD").write_text(commit + "\n")
    git.run("read-tree", commit, more={"GIT_INDEX_FILE": str(own / "index")})
    made: set[bytes] = set()
    for blob, data in contents(git, (b for b in blobs(git, commit) if is_safe(b.path))):
        folder = os.path.dirname(blob.path)
        whole = os.path.join(os.fsencode(target), blob.path)
        try:
            if folder not in made:
                os.makedirs(os.path.dirname(whole), exist_ok=True)
                made.add(folder)
            with open(whole, "xb") as file:
                file.write(data)
        except FileExistsError:
            continue  # two names that are one on this file system
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise InputError(f"cannot write {os.fsdecode(blob.path)}: {reason}") from None


@contextmanager
def revision_folder(git: Git, commit: str, root: Path) -> Iterator[Path]:
    """What a commit holds at ``root``, in a folder that is removed afterwards.

    Where it holds nothing there, an empty folder.
    """
    with TemporaryDirectory(prefix="stackaudit-tree-") as name:
        extract(git, commit, Path(name))
        target = Path(name, git.folder)
        if root.is_file():
            target /= Path(os.path.realpath(root)).name
        if not target.exists():
            target = Path(name, ".git", "nothing")
            target.mkdir()
        yield target


def is_safe(path: bytes) -> bool:
    """Whether a path of a commit stays below the folder it is written to, outside of ``.git``."""
    parts = path.split(b"/")
    if os.name == "nt" and any(sign in path for sign in b'\\:*?"<>|'):
        return False
    return not any(
        part in (b"", b".", b"..")
        or part.lower().startswith(b".git~")
        or part.rstrip(b" .").lower() == b".git"
        for part in parts
    )
