"""How often the catalogue's anchors occur in trees that have nothing to do with AI."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from stackaudit import discover, source
from stackaudit.catalogue import load

LIMIT = 0.0005


def main() -> None:
    catalogue = load()
    anchors = sorted(catalogue.tables["anchors"], key=len, reverse=True)
    by_start: dict[str, list[str]] = {}
    for anchor in anchors:
        by_start.setdefault(anchor[:2], []).append(anchor)
    files = hit_files = 0
    counts: Counter[str] = Counter()
    example: dict[str, str] = {}
    for root in map(Path, sys.argv[1:]):
        for item in discover.walk(root, discover.Options()):
            if not isinstance(item, discover.Found) or item.weights:
                continue
            opened = source.read(discover.base(root), item.path, item.limit)
            if not isinstance(opened, source.SourceFile):
                continue
            files += 1
            lowered = opened.data.decode("latin-1").lower()
            seen = {
                anchor
                for at in catalogue.find(opened.data)
                for anchor in by_start.get(lowered[at : at + 2], ())
                if lowered.startswith(anchor, at)
            }
            hit_files += bool(seen)
            counts.update(seen)
            for anchor in seen:
                example.setdefault(anchor, item.path)
    print(f"{files} files, {hit_files} with an anchor ({hit_files / max(files, 1):.2%})")
    for anchor, count in counts.most_common():
        mark = "OVER " if count / files > LIMIT else "     "
        print(f"{mark}{count:6} {count / files:8.3%}  {anchor!r:32} {example[anchor][-60:]}")


if __name__ == "__main__":
    main()
