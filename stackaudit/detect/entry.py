"""What every reader hands to recognition: one value, its place and what is said around it."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """One value, comment or stretch of prose. Offsets are bytes into ``SourceFile.data``."""

    start: int
    end: int
    """The value itself, without quotes."""
    region: str
    """string (literal in code), value (configuration), comment, docstring, prose, code (bare)."""
    keys: tuple[str, ...] = ()
    """Names around the value, outermost first, as written; the last is the nearest: a key, keyword
    or flag (``model``, ``--model``), before it the callee or command (``client.chat.create``,
    ``docker run``)."""
    links: tuple[str, ...] = ()
    """Enclosing scopes, innermost first: ``call:<offset>``, ``block:<offset or path>``,
    ``line:<n>``; ``join:<offset>`` says that the value is part of a longer string."""
    assigned: str = ""
    """Code only: the variable or attribute the whole statement is assigned to (``self.client``)."""
    text: str = ""
    """The value where escapes, joins or folding make it differ from the raw bytes; else empty."""
