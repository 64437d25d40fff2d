"""Cost of the catalogue: from nothing loaded to being ready to match, in milliseconds and MB.

python benchmarks/catalogue.py [RUNS]

Each run is a process of its own, with the collector off as in a scan. The first one may have to
compile the literals; they are kept in the cache folder, and the median tells the usual cost.
"""

from __future__ import annotations

import statistics
import subprocess
import sys

_CHILD = """
import gc, resource, time
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
gc.disable()
from stackaudit.catalogue import load
start = time.perf_counter()
catalogue = load()
catalogue.find(b"x"); catalogue.ordinary(b"x"); catalogue.find_clients(b"x")
catalogue.ids.find("some-model-7b"); catalogue.hosts.find("https://example.org/v1")
catalogue.places.of_key("model")
spent = time.perf_counter() - start
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(1000 * spent, (after - before) / 1024)
"""


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    measured = []
    for _ in range(runs):
        done = subprocess.run(
            [sys.executable, "-c", _CHILD], capture_output=True, text=True, check=True
        )
        milliseconds, megabytes = map(float, done.stdout.split())
        measured.append((milliseconds, megabytes))
    times, sizes = zip(*measured, strict=True)
    print(f"ready to match: first {times[0]:.0f} ms, median {statistics.median(times):.1f} ms")
    print(f"memory: median {statistics.median(sizes):.1f} MB")


if __name__ == "__main__":
    main()
