"""When each model and endpoint entered and left a repository, and by which commit.

One pass over the main line, oldest first, counting for each identifier how many files name it:
where the count leaves zero it enters, where it comes back to zero it leaves. What came with a merge
is looked up in the merged branch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from stackaudit import gitlog
from stackaudit.catalogue import Catalogue
from stackaudit.git import Git
from stackaudit.gitlog import Change, Commit, Record
from stackaudit.gittree import names
from stackaudit.model import InputError, Settings, Usage
from stackaudit.versions import Identifier, Named, Version, Versions, identify

_TIMEOUT_S = 6 * 3600.0
#: Changed files, and commits, that are read at a time.
_AT_A_TIME = 256
Progress = Callable[[int, int | None], None]


class Span(NamedTuple):
    """A time during which something was there."""

    entered: Commit | None
    """None where it was there before the history that was read."""
    left: Commit | None
    """None where it is still there."""


@dataclass(frozen=True, slots=True)
class Life:
    """All times of one identifier, oldest first."""

    what: Identifier
    spans: tuple[Span, ...]
    usages: tuple[Usage, ...]
    """How it was used, at any time."""


@dataclass(frozen=True, slots=True)
class History:
    """What a repository used and when."""

    lives: tuple[Life, ...]
    head: str
    """The commit at which it ends."""
    commits: int
    """How many were read on the main line."""
    since: str
    """ISO date of the oldest commit that was read; empty when there is none."""
    whole: bool
    """Whether it goes back to the first commit."""
    missing: int
    """Versions of files that the clone lacks; they count as unchanged."""


@dataclass(frozen=True, slots=True)
class Scope:
    """How far back, and below which folder."""

    limit: int = 50_000
    since: str = ""
    """ISO date."""
    below: str = ""
    """Path from the top of the repository, with a slash; or a file's."""


def history(
    git: Git,
    catalogue: Catalogue,
    settings: Settings,
    scope: Scope,
    progress: Progress | None = None,
) -> History:
    """Read the main line of HEAD, the parents that were merged into. Raises InputError."""
    head = git.commit("HEAD")
    line = _line(git, head, scope)
    if not line:
        return History((), head, 0, "", True, 0)
    versions = Versions(git, catalogue, settings, scope.below)
    versions.learn(head)
    reading = _Reading(git, versions, scope)
    first = line[0]
    parents = git.run("rev-list", "--parents", "-n", "1", first).split()[1:]
    whole = not parents and first not in git.shallow
    if parents:
        reading.start(parents[0].decode())
    reading.run(line, progress)
    if reading.missing and reading.missing == reading.asked:
        raise InputError(
            f"the repository of {git.path} lacks the content of every file: a partial clone;"
            " clone it whole"
        )
    lives = sorted(reading.lives(), key=_order)
    return History(tuple(lives), head, len(line), reading.oldest, whole, reading.missing)


def _order(life: Life) -> tuple[bool, str, str]:
    return life.what.kind != "model", life.what.name.lower(), life.what.id


def resembling(lives: Iterable[Life], text: str, catalogue: Catalogue) -> tuple[Life, ...]:
    """The lives of what ``text`` names, or of all whose name or id contains it."""
    wanted = text.strip().lower()
    same = {identify(kind, text.strip(), catalogue).id for kind in ("model", "endpoint")}
    return tuple(
        life
        for life in lives
        if life.what.id in same or wanted in life.what.name.lower() or wanted in life.what.id
    )


def _line(git: Git, head: str, scope: Scope) -> list[str]:
    """The commits of the main line, oldest first."""
    listing = git.run(
        "rev-list", "--first-parent", "--timestamp", f"--max-count={scope.limit}", head
    )
    day = datetime.fromisoformat(scope.since or "1970-01-01").replace(tzinfo=UTC).timestamp()
    line = []
    for row in listing.decode().splitlines():
        when, _, name = row.partition(" ")
        if int(when) < day:
            break
        line.append(name)
    return line[::-1]


class _Reading:
    """What each file names, how many name each identifier, and the spans that opens and closes."""

    def __init__(self, git: Git, versions: Versions, scope: Scope) -> None:
        self._git = git
        self._versions = versions
        self._scope = scope
        self._named: dict[bytes, Named] = {}
        self._counts: Counter[str] = Counter()
        self._spans: dict[str, list[Span]] = {}
        self.oldest = ""
        self.asked = self.missing = 0

    def lives(self) -> Iterator[Life]:
        """Every identifier with its spans."""
        for name, spans in self._spans.items():
            usages = sorted(self._versions.usages[name])
            yield Life(self._versions.identifiers[name], tuple(spans), tuple(usages))

    def start(self, commit: str) -> None:
        """Take up what was there before the first commit that is read."""
        wanted: list[Version] = [v for v in names(self._git, commit) if self._versions.counts(v[0])]
        for at in range(0, len(wanted), _AT_A_TIME):
            part = wanted[at : at + _AT_A_TIME]
            self._update([Change(path, b"", name) for path, name in part], self._read(part))
        self._spans = {name: [Span(None, None)] for name, count in self._counts.items() if count}

    def run(self, line: list[str], progress: Progress | None) -> None:
        """Read the changes of the main line."""
        done = 0
        reach = (f"--max-count={len(line)}", line[-1])
        for records in self._records("--first-parent", "-m", *reach):
            found = self._read((c.path, c.new) for r in records for c in r.changes if c.new)
            for record in records:
                self.oldest = self.oldest or record.commit.date
                self._apply(record, *self._update(record.changes, found))
            done += len(records)
            if progress:
                progress(done, len(line))

    def _read(self, wanted: Iterable[Version]) -> dict[Version, Named | None]:
        found = dict(self._versions.read(wanted))
        self.asked += len(found)
        self.missing += sum(named is None for named in found.values())
        return found

    def _update(
        self, changes: Iterable[Change], found: dict[Version, Named | None]
    ) -> tuple[set[str], set[str]]:
        """Note what changed files name now; what came and what went by that."""
        before: dict[str, int] = {}
        for path, _, new in changes:
            old = self._named.get(path, frozenset())
            now = found[path, new] if new else frozenset()
            if now is None or now == old:
                continue
            for name in old ^ now:
                before.setdefault(name, self._counts[name])
                self._counts[name] += 1 if name in now else -1
            if now:
                self._named[path] = now
            else:
                del self._named[path]
        came = {name for name, count in before.items() if not count and self._counts[name]}
        return came, {name for name, count in before.items() if count and not self._counts[name]}

    def _apply(self, record: Record, came: set[str], went: set[str]) -> None:
        """Open and close spans."""
        commit, told = record.commit, {}
        if len(record.parents) > 1 and (came or went):
            told = self._within(commit.hash, record.parents[0], came, went)
        entered = None if commit.hash in self._git.shallow else commit
        for name in came:
            self._spans.setdefault(name, []).append(Span(told.get(name, entered), None))
        for name in went:
            self._spans[name][-1] = self._spans[name][-1]._replace(left=told.get(name, commit))

    def _within(self, merge: str, into: str, came: Set[str], went: Set[str]) -> dict[str, Commit]:
        """The commits of a merged branch that first named what came and last removed what went."""
        told: dict[str, Commit] = {}
        reach = ("--no-merges", f"--max-count={self._scope.limit}", merge, f"^{into}")
        for records in self._records(*reach):
            wanted = ((c.path, n) for r in records for c in r.changes for n in (c.old, c.new) if n)
            found = self._versions.read(wanted)
            for record in records:
                if record.commit.hash in self._git.shallow:
                    continue  # all it holds looks as if it brought it
                change: Counter[str] = Counter()
                for path, old, new in record.changes:
                    change.update(found.get((path, new)) or ())
                    change.subtract(found.get((path, old)) or ())
                for name in came & change.keys():
                    if change[name] > 0:
                        told.setdefault(name, record.commit)
                told.update((name, record.commit) for name in went if change[name] < 0)
        return told

    def _records(self, *arguments: str) -> Iterator[list[Record]]:
        """Commits, oldest first, some at a time, with those of their changes that count."""
        batch: list[Record] = []
        size = 0
        with self._git.stream(*gitlog.COMMAND, *arguments, timeout=_TIMEOUT_S) as output:
            for record in gitlog.read(output):
                record.changes[:] = [c for c in record.changes if self._versions.counts(c.path)]
                batch.append(record)
                size += 1 + len(record.changes)
                if size >= _AT_A_TIME:
                    yield batch
                    batch, size = [], 0
            if batch:
                yield batch
