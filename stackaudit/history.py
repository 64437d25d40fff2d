"""When each model and endpoint entered and left a repository, and by which commit.

One pass over the patches of the main line, oldest first, counting for each identifier how many
lines name it: where the count leaves zero it enters, where it comes back to zero it leaves. What
came with a merge is looked up in the merged branch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from stackaudit import folders, gitpatch
from stackaudit.catalogue import Catalogue
from stackaudit.git import Git
from stackaudit.gittree import blobs, contents
from stackaudit.identifiers import Identifier, Names, identify
from stackaudit.languages import language_of
from stackaudit.paths import usage_of

_FORMAT = "--format=%x00%H%x00%at%x00%an%x00%P"
_PATCH = (
    "log", _FORMAT, "--reverse", "--topo-order", "-p", "-U0", "--no-renames", "--no-ext-diff",
    "--no-textconv", "--no-color", "--no-notes", "--no-show-signature",
)  # fmt: skip
_TIMEOUT_S = 1800.0
_LARGEST = 2 << 20
_PROSE = frozenset({"markdown", "rst", "html", "text", "csv"})
_STEP = 64
Progress = Callable[[int, int | None], None]


class Commit(NamedTuple):
    """Who did it, and when."""

    hash: str
    date: str
    """ISO date in UTC."""
    author: str


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


@dataclass(frozen=True, slots=True)
class History:
    """What a repository used and when."""

    lives: tuple[Life, ...]
    commits: int
    """How many were read on the main line."""
    since: str
    """ISO date of the oldest commit that was read; empty when there is none."""
    whole: bool
    """Whether it goes back to the first commit."""


@dataclass(frozen=True, slots=True)
class Scope:
    """How far back, and in which files."""

    limit: int = 50_000
    since: str = ""
    """ISO date."""
    everything: bool = False
    """Tests, examples and documents too."""


def history(
    git: Git, catalogue: Catalogue, scope: Scope, progress: Progress | None = None
) -> History:
    """Read the main line of HEAD, the parents that were merged into. Raises InputError."""
    head = git.commit("HEAD")
    line = _line(git, head, scope)
    if not line:
        return History((), 0, "", True)
    reading = _Reading(git, catalogue, scope)
    first = line[0]
    parents = git.run("rev-list", "--parents", "-n", "1", first).split()[1:]
    whole = not parents and first not in git.shallow
    if parents:
        reading.start(parents[0].decode())
    reading.run(line, progress)
    lives = [Life(what, tuple(spans)) for what, spans in reading.spans.items()]
    lives.sort(key=lambda life: (life.what.kind != "model", life.what.name.lower(), life.what.id))
    return History(tuple(lives), len(line), reading.oldest, whole)


def resembling(lives: Iterable[Life], text: str, catalogue: Catalogue) -> tuple[Life, ...]:
    """The lives of what ``text`` names, or of all whose name or id contains it."""
    wanted = text.strip().lower()
    same = identify(text.strip(), catalogue)
    return tuple(
        life
        for life in lives
        if life.what == same or wanted in life.what.name.lower() or wanted in life.what.id.lower()
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
    """Counts, and the spans they open and close."""

    def __init__(self, git: Git, catalogue: Catalogue, scope: Scope) -> None:
        self._git = git
        self._scope = scope
        self._names = Names(catalogue)
        self._looked: dict[bytes, bool] = {}
        self._counts: Counter[Identifier] = Counter()
        self.spans: dict[Identifier, list[Span]] = {}
        self.oldest = ""

    def start(self, commit: str) -> None:
        """Count what was there before the first commit that is read."""
        wanted = (b for b in blobs(self._git, commit) if b.size <= _LARGEST and self._looks(b.path))
        for _, data in contents(self._git, wanted):
            if b"\0" not in data[:8000]:
                lines = (line[: gitpatch.LONGEST - 1] for line in data.split(b"\n"))
                self._counts.update(self._names.count(b"\n".join(lines)))
        for what in self._counts:
            self.spans[what] = [Span(None, None)]

    def run(self, line: list[str], progress: Progress | None) -> None:
        """Read the patches of the main line."""
        reach = (f"--max-count={len(line)}", line[-1])
        read = self._commits("--first-parent", "-m", *reach)
        for done, (commit, parents, changed) in enumerate(read):
            if progress and done % _STEP == 0:
                progress(done, len(line))
            self.oldest = self.oldest or commit.date
            self._apply(commit, parents, changed)

    def _apply(self, commit: Commit, parents: list[str], changed: Mapping[Identifier, int]) -> None:
        """Open and close spans where a count leaves zero or comes back to it."""
        came, went = set(), set()
        for what, change in changed.items():
            before = self._counts[what]
            after = self._counts[what] = max(0, before + change)
            if not before and after:
                came.add(what)
            elif before and not after:
                went.add(what)
        told = self._within(commit, parents, came, went) if len(parents) > 1 else {}
        entered = None if commit.hash in self._git.shallow else commit
        for what in sorted(came):
            self.spans.setdefault(what, []).append(Span(told.get(what, entered), None))
        for what in sorted(went):
            self.spans[what][-1] = self.spans[what][-1]._replace(left=told.get(what, commit))

    def _within(
        self, merge: Commit, parents: list[str], came: set[Identifier], went: set[Identifier]
    ) -> dict[Identifier, Commit]:
        """The commits of a merged branch that first named what came and last removed what went."""
        told: dict[Identifier, Commit] = {}
        if not came and not went:
            return told
        reach = ("--no-merges", f"--max-count={self._scope.limit}", merge.hash, f"^{parents[0]}")
        for commit, _, changed in self._commits(*reach):
            for what, change in changed.items():
                if what in came and change > 0:
                    told.setdefault(what, commit)
                elif what in went and change < 0:
                    told[what] = commit
        return told

    def _commits(
        self, *arguments: str
    ) -> Iterator[tuple[Commit, list[str], Mapping[Identifier, int]]]:
        """Commits, oldest first, with their parents and how the lines of each identifier change."""
        commit: Commit | None = None
        parents: list[str] = []
        changed: Counter[Identifier] = Counter()
        with self._git.stream(*_PATCH, *arguments, timeout=_TIMEOUT_S) as output:
            for item in gitpatch.read(output):
                if isinstance(item, gitpatch.Hunk):
                    if self._looks(item.new or item.old):
                        changed.update(self._names.count(item.added))
                        changed.subtract(self._names.count(item.removed))
                    continue
                if commit:
                    yield commit, parents, changed
                commit, parents = _commit(item)
                changed = Counter()
        if commit:
            yield commit, parents, changed

    def _looks(self, path: bytes) -> bool:
        """Whether a file counts: code and settings; other people's code never."""
        if path not in self._looked:
            if len(self._looked) > 500_000:
                self._looked.clear()
            self._looked[path] = self._counts_in(path.decode("utf-8", "replace"))
        return self._looked[path]

    def _counts_in(self, path: str) -> bool:
        if any(part in folders.BY_NAME for part in path.split("/")[:-1]):
            return False
        return self._scope.everything or (
            usage_of(path) is None and language_of(path) not in _PROSE
        )


def _commit(header: gitpatch.Header) -> tuple[Commit, list[str]]:
    name, when, author, parents = (*header.fields, "", "", "", "")[:4]
    seconds = int(when) if when.isdigit() and len(when) < 12 else 0
    date = datetime.fromtimestamp(seconds, UTC).date().isoformat()
    return Commit(name, date, author[:200]), parents.split()
