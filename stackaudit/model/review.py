"""What looking at the catalogue itself tells."""

from __future__ import annotations

from typing import Literal, NamedTuple


class CatalogueFault(NamedTuple):
    """One thing to mend in the catalogue."""

    severity: Literal["error", "warning"]
    place: str
    """Section and row, or the file where a row cannot be told."""
    message: str


class CatalogueChange(NamedTuple):
    """One row that differs between two versions of the catalogue."""

    section: str
    row: str
    kind: Literal["added", "removed", "changed"]
    fields: tuple[tuple[str, object, object], ...] = ()
    """Field, old value and new value, of a changed row."""
