"""stackaudit history on a repository made for it, against git log -p, as ratios of one run."""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from stackaudit.catalogue import load

FILES = 3000
#: Of the files these name models; the others are plain code, which is read all the same.
NAMING = 600
LINES = 60
#: One commit in so many merges a branch of three.
MERGE_EVERY = 20


class Measured(NamedTuple):
    """One process."""

    seconds: float
    mebibytes: float


def models() -> list[str]:
    """Names that the catalogue knows beyond doubt."""
    rows = load().tables["heads"]
    found = {head.replace(" ", "-").lower() for head, _, _, strong, _ in rows if strong}
    return sorted(name for name in found if any(sign.isdigit() for sign in name))[:400]


class Tree:
    """Files whose lines change at random, the same ones in every run."""

    def __init__(self, names: list[str]) -> None:
        self._random = random.Random(7)
        self._names = names
        self._lines: dict[int, list[str]] = {}

    def change(self) -> tuple[str, str]:
        """Path and new content of one file."""
        number = self._random.randrange(FILES)
        lines = self._lines.setdefault(number, [self._line(number, at) for at in range(LINES)])
        at = self._random.randrange(LINES)
        if number < NAMING and at % 2:
            at -= at % 20
        lines[at] = self._line(number, at)
        return f"src/part{number % 50}/module{number}.py", "\n".join(lines) + "\n"

    def _line(self, number: int, at: int) -> str:
        if number < NAMING and at % 20 == 0:
            name = self._random.choice(self._names)
            return f'answer = client.chat.completions.create(model="{name}", messages=[])'
        return f"value{at} = compute({self._random.randrange(10**9)}, width={at})"


def build(folder: Path, commits: int) -> None:
    """Make a bare repository with so many commits, branches counted."""
    subprocess.run(["git", "init", "-q", "--bare", str(folder)], check=True)
    command = ["git", "-C", str(folder), "fast-import", "--quiet", "--done"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        for text in commands(Tree(models()), commits):
            process.stdin.write(text.encode())
        process.stdin.write(b"done\n")
    if process.returncode:
        sys.exit("git fast-import failed")
    subprocess.run(
        ["git", "-C", str(folder), "symbolic-ref", "HEAD", "refs/heads/main"], check=True
    )
    subprocess.run(["git", "-C", str(folder), "gc", "-q"], check=True)


def commands(tree: Tree, commits: int) -> Iterator[str]:
    """What fast-import is told."""
    done = main = 0
    while done < commits:
        if main and done % MERGE_EVERY == 0:
            tip = main
            for _ in range(3):
                done += 1
                yield commit("side", done, [tip], tree)
                tip = done
            done += 1
            yield commit("main", done, [main, tip], tree)
        else:
            done += 1
            yield commit("main", done, [main] if main else [], tree)
        main = done


def commit(branch: str, mark: int, parents: list[int], tree: Tree) -> str:
    """One commit that changes a file, or two."""
    text = f"commit refs/heads/{branch}\nmark :{mark}\n"
    text += f"committer Ann Author <ann@example.org> {1_500_000_000 + mark * 600} +0000\n"
    text += "data 2\nx\n"
    for word, parent in zip(("from", "merge"), parents, strict=False):
        text += f"{word} :{parent}\n"
    for _ in range(1 + mark % 2):
        path, content = tree.change()
        text += f"M 100644 inline {path}\ndata {len(content)}\n{content}\n"
    return text


def measured(*words: str) -> Measured:
    """Run a command whose output nobody reads."""
    started = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"failed: {' '.join(words)}")
    return Measured(time.perf_counter() - started, used.ru_maxrss / 1024)


def report(folder: Path, commits: int) -> None:
    """One line about a repository."""
    own = measured(sys.executable, "-m", "stackaudit", "history", str(folder), "-f", "json")
    git = measured("git", "-C", str(folder), "log", "-p", "-m", "--first-parent")
    print(
        f"{commits:9,} {git.seconds:12.1f} {own.seconds:9.1f} {own.seconds / git.seconds:7.1f}x"
        f" {own.seconds / commits * 1000:13.2f} {own.mebibytes:9.0f}",
        flush=True,
    )


def main() -> None:
    """Measure growing repositories."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commits", type=int, default=50_000)
    parser.add_argument("--keep", type=Path, help="folder to make the repositories in, and leave")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(
            f"{'commits':>9} {'git log -p s':>12} {'history s':>9} {'ratio':>8}"
            f" {'ms per commit':>13} {'peak MiB':>9}"
        )
        for commits in (options.commits // 10, options.commits):
            place = (options.keep or Path(folder)) / f"commits{commits}"
            if not place.exists():
                build(place, commits)
            report(place, commits)


if __name__ == "__main__":
    main()
