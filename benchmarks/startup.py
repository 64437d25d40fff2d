"""Start-up of the command line as multiples of a bare interpreter."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 15


def seconds(*words: str) -> float:
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    return time.perf_counter() - start


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        cases = {
            "python -c pass": ("-c", "pass"),
            "--version": ("-m", "stackaudit", "--version"),
            "--help": ("-m", "stackaudit", "--help"),
            "scan of an empty folder": ("-m", "stackaudit", "scan", folder),
        }
        times: dict[str, list[float]] = {name: [] for name in cases}
        for _ in range(ROUNDS):
            for name, words in cases.items():
                times[name].append(seconds(*words))
    bare = statistics.median(times["python -c pass"])
    for name, values in times.items():
        median = statistics.median(values)
        print(f"{name:26} {median * 1000:7.1f} ms {median / bare:6.1f}x")


if __name__ == "__main__":
    main()
