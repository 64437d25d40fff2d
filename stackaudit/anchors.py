"""One multi-pattern literal matcher over raw bytes: ``find(data)`` gives where anchors start.

A file without an anchor is never decoded or parsed. Hyperscan where it has wheels, else a
stdlib ``re`` trie behind the same function (also the test oracle). Both are ASCII caseless.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Any

from stackaudit import cache

Find = Callable[[bytes], list[int]]


def matcher(literals: Sequence[str]) -> Find:
    """Build the fastest available matcher for ``literals`` (non-empty, any case).

    Returns:
        A function from bytes to the sorted, distinct start offsets of all occurrences.
    """
    try:
        import hyperscan
    except ImportError:
        return trie_matcher(literals)
    return _hyperscan_matcher(hyperscan, literals)


def _hyperscan_matcher(hyperscan: Any, literals: Sequence[str]) -> Find:
    encoded = [literal.encode() for literal in literals]
    lengths = [len(literal) for literal in encoded]
    database = _database(hyperscan, encoded)
    scratch = hyperscan.Scratch(database)
    database.scratch = scratch

    def find(data: bytes) -> list[int]:
        starts: set[int] = set()
        add = starts.add

        # A literal database reports only where a match ends; the id gives its length.
        def on_match(pattern: int, _start: int, end: int, _flags: int, _context: object) -> None:
            add(end - lengths[pattern])

        if data:
            database.scan(data, match_event_handler=on_match, scratch=scratch)
        return sorted(starts)

    return find


def _database(hyperscan: Any, literals: Sequence[bytes]) -> Any:
    """The compiled literals, from the cache where this machine has compiled them before."""
    key = hashlib.sha256(b"\n".join((hyperscan.__version__.encode(), *literals))).hexdigest()
    name = f"literals-{key[:32]}.db"
    kept = cache.load(name)
    if kept:
        # Another processor's, or another build's, is refused; then it is compiled anew.
        with contextlib.suppress(hyperscan.error):
            return hyperscan.loadb(kept, hyperscan.HS_MODE_BLOCK)
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=list(literals),
        ids=list(range(len(literals))),
        elements=len(literals),
        flags=[hyperscan.HS_FLAG_CASELESS] * len(literals),
        literal=True,
    )
    cache.save(name, hyperscan.dumpb(database))
    return database


def trie_matcher(literals: Sequence[str]) -> Find:
    """The same matcher on the standard library alone: slower, no dependency."""
    search = re.compile(trie_pattern([s.lower().encode() for s in literals]), re.IGNORECASE).search

    def find(data: bytes) -> list[int]:
        starts = []
        match = search(data)
        while match:
            starts.append(match.start())
            match = search(data, match.start() + 1)
        return starts

    return find


def trie_pattern(literals: Sequence[bytes]) -> bytes:
    """A regular expression for any of the literals that shares their beginnings.

    Where one literal begins another, the shorter one is matched.
    """
    root: dict[int, Any] = {}
    for literal in literals:
        node = root
        for byte in literal:
            node = node.setdefault(byte, {})
        node[-1] = True
    return _node_pattern(root)


def _node_pattern(node: dict[int, Any]) -> bytes:
    # A literal that ends here already matches: longer ones through here start at the same place.
    if -1 in node:
        return b""
    branches = [re.escape(bytes([byte])) + _node_pattern(node[byte]) for byte in sorted(node)]
    return branches[0] if len(branches) == 1 else b"(?:" + b"|".join(branches) + b")"
