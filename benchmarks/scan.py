"""stackaudit scan against plain reading and ripgrep on the same trees, as ratios of one run."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from stackaudit import discover
from stackaudit.catalogue import load

ROUNDS = 3


def read_all(root: Path) -> tuple[int, int]:
    files = size = 0
    for item in discover.walk(root, discover.Options()):
        if isinstance(item, discover.Found):
            try:
                with open(discover.base(root) / item.path, "rb") as stream:
                    size += len(stream.read(item.limit))
            except OSError:
                continue
            files += 1
    return files, size


def timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def command(*words: str) -> Callable[[], object]:
    return lambda: subprocess.run(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        words = Path(folder) / "words"
        words.write_text("\n".join(load().tables["anchors"]), encoding="utf-8")
        print(
            f"{'tree':28} {'files':>7} {'MB':>7} {'read s':>8}"
            f" {'scan':>7} {'startup':>8} {'rg -F -i':>9}"
        )
        for name in sys.argv[1:]:
            root = Path(name)
            files, size = read_all(root)
            scan = command(
                sys.executable,
                "-m",
                "stackaudit",
                "scan",
                name,
                "--format",
                "json",
                "-o",
                os.devnull,
                "--fail-on",
                "never",
            )
            nothing = command(
                sys.executable, "-m", "stackaudit", "scan", folder, "--fail-on", "never"
            )
            rg = (
                command("rg", "-F", "-i", "-c", "--hidden", "-f", str(words), name)
                if shutil.which("rg")
                else None
            )
            actions = (lambda root=root: read_all(root), scan, nothing, rg)
            rows = [  # A B A B: drift hits all alike
                [timed(action) if action else 0.0 for action in actions] for _ in range(ROUNDS)
            ]
            read, own, start, ripgrep = (
                statistics.median(column) for column in zip(*rows, strict=True)
            )
            print(
                f"{root.name[:28]:28} {files:7} {size / 1e6:7.1f} {read:8.2f} {own / read:6.1f}x "
                f"{start / read:7.1f}x {f'{ripgrep / read:8.1f}x' if rg else '-':>9}"
            )


if __name__ == "__main__":
    main()
