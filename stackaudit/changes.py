"""What the working tree adds to a commit, so that only that is judged."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from stackaudit import gitpatch, source
from stackaudit.git import Git
from stackaudit.gittree import Blob, blobs, revision_folder, submodules
from stackaudit.model import GATED_USAGES, Finding, InputError, Occurrence, Report, Verdict

_REFERENCE = "refs/stackaudit/tree"
_AUTHOR = b"committer stackaudit <stackaudit@localhost> 0 +0000\ndata 0\n"
_LARGEST = 64 << 20
_EVERY_LINE = 1 << 40
#: Scans a folder as the working tree was scanned.
Rescan = Callable[[Path], Report]


class Added:
    """Lines that the working tree has and a commit has not; paths from the top on."""

    def __init__(self) -> None:
        self._ranges: dict[str, list[tuple[int, int]]] = {}

    def note(self, path: str, start: int, lines: int) -> None:
        """Lines from ``start`` on are new; those of one path come in order."""
        self._ranges.setdefault(path, []).append((start, start + lines - 1))

    def touches(self, path: str, first: int, last: int) -> bool:
        """Whether one of the lines from ``first`` to ``last`` is new."""
        ranges = self._ranges.get(path, [])
        at = bisect_right(ranges, (last, _EVERY_LINE))
        return at > 0 and ranges[at - 1][1] >= first


def only_new(
    findings: Sequence[Finding], root: Path, revision: str, rescan: Rescan
) -> list[Finding]:
    """The findings that are not older than the commit at which ``revision`` and HEAD parted.

    A finding with places on added or changed lines is kept for these places. One whose component
    was not there, or that did not arise, is kept whole: its cause may lie in another file.

    Args:
        findings: Of a scan of ``root``.
        root: Folder or file inside a working tree.
        revision: As the user wrote it.
        rescan: Scans a folder as ``root`` was scanned.

    Raises:
        InputError: The repository, the revision or the commit cannot be read.
    """
    with Git(root) as git:
        base = _base(git, revision)
        settled = submodules(git, base).items() & submodules(git, git.commit("HEAD")).items()
        pinned = tuple(f"{path}/" for path, _ in settled)
        outside = [_narrowed(f, lambda o: not _at(git, o).startswith(pinned)) for f in findings]
        left = [finding for finding in outside if finding is not None]
        added = _added(git, base, {_at(git, o) for f in left for o in f.occurrences})
        fresh = [_narrowed(f, lambda o: _is_new(git, o, added)) for f in left]
        if all(new == old for new, old in zip(fresh, left, strict=True)):
            return left
        with revision_folder(git, base, root) as folder:
            before = rescan(folder)
    had = {component.id for component in before.components}
    arose = {_identity(finding) for finding in before.findings}
    judged = [
        new if _identity(old) in arose and had.issuperset(old.components) else old
        for new, old in zip(fresh, left, strict=True)
    ]
    return [finding for finding in judged if finding is not None]


def base_of(root: Path, revision: str) -> str:
    """The commit at which ``revision`` and HEAD parted. Raises InputError."""
    with Git(root) as git:
        return _base(git, revision)


def _base(git: Git, revision: str) -> str:
    if not git.top:
        raise InputError(f"{git.path} is a bare repository, which has no working tree; clone it")
    return git.merge_base(revision, "HEAD")


def told(verdict: Verdict, older: int) -> Verdict:
    """The verdict with a word on the findings that were not judged."""
    if not older:
        return verdict
    count = "1 older finding" if older == 1 else f"{older:,} older findings"
    them = "it" if older == 1 else "them"
    text = f"{verdict.reason} {count} not judged; leave --since out to see {them}."
    return replace(verdict, reason=text)


def _at(git: Git, place: Occurrence) -> str:
    return git.folder + place.path


def _is_new(git: Git, place: Occurrence, added: Added) -> bool:
    return added.touches(_at(git, place), place.line, max(place.line, place.end_line))


def _narrowed(finding: Finding, wanted: Callable[[Occurrence], bool]) -> Finding | None:
    """The finding at the places that are wanted; None where it has places and none of them is."""
    places = tuple(filter(wanted, finding.occurrences))
    if places == finding.occurrences:
        return finding
    return replace(finding, occurrences=places) if places else None


def _identity(finding: Finding) -> tuple[str, ...]:
    """What makes a finding the same as one before: it fails a gate no more than that one did."""
    gated = any(place.usage in GATED_USAGES for place in finding.occurrences)
    status = "open" if finding.status in ("waived", "baseline") else finding.status
    return finding.fingerprint, finding.zone, finding.severity, status, str(gated)


def _added(git: Git, base: str, paths: Iterable[str]) -> Added:
    """The lines of some files of the working tree that ``base`` has not, renames followed.

    Git compares two commits, the second made of what we read ourselves: comparing with the
    working tree would run the filters its attributes name.
    """
    before = {blob.path: blob for blob in blobs(git, base)}
    with TemporaryFile() as feed:
        feed.write(b"commit " + _REFERENCE.encode() + b"\n" + _AUTHOR)
        feed.write(b"from " + base.encode() + b"\n")
        top = os.fsencode(git.top)
        for path in before:
            if not os.path.lexists(os.path.join(top, path)):
                feed.write(b"D " + _quoted(path) + b"\n")
        added = Added()
        now = {blob.path: blob for blob in blobs(git, git.commit("HEAD"))}
        for shown in sorted(paths):
            if not _write(feed, git.top, os.fsencode(shown), now) and shown:
                added.note(shown, 1, _EVERY_LINE)
        feed.seek(0)
        git.run("fast-import", "--quiet", "--force", feed=feed)
    command = ("diff-tree", "-r", "-p", "-U0", "-M", "--text", "--ignore-cr-at-eol", "--no-color")
    safe = ("--no-ext-diff", "--no-textconv", base, _REFERENCE)
    with git.stream(*command, *safe) as output:
        for hunk in gitpatch.read(output):
            if hunk.lines:
                added.note(os.fsdecode(hunk.new), hunk.start, hunk.lines)
    return added


def _write(feed: IO[bytes], top: str, path: bytes, now: dict[bytes, Blob]) -> bool:
    """Add one file of the working tree to the commit; False where there is nothing to compare.

    What is no text (weights, say) stands there as the newest commit has it.
    """
    opened = source.read(Path(top), os.fsdecode(path), _LARGEST)
    if isinstance(opened, source.SourceFile):
        data = opened.data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        feed.write(b"M 100644 inline " + _quoted(path) + b"\ndata %d\n" % len(data) + data + b"\n")
        return True
    blob = now.get(path)
    if blob is None:
        return False
    feed.write(b"M 100644 " + blob.hash + b" " + _quoted(path) + b"\n")
    return True


def _quoted(path: bytes) -> bytes:
    escaped = path.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + escaped + b'"'
