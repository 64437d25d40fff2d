"""Reads the legal sources of rules and lists."""

from __future__ import annotations

from stackaudit.model import Source
from stackaudit.rules.checker import Checker
from stackaudit.rules.document import Node

_FIELDS = ("title", "issuer", "section", "url", "checked_on", "verification")
VERIFICATIONS = ("primary", "secondary")


def read_source(checker: Checker, node: Node) -> Source:
    """One source; every field is needed."""
    rows = checker.entries(node, "a source", _FIELDS, _FIELDS)
    return Source(
        checker.text(rows.get("title"), "title"),
        checker.text(rows.get("issuer"), "issuer"),
        checker.text(rows.get("section"), "section"),
        checker.url(rows.get("url"), "url"),
        checker.day(rows.get("checked_on"), "checked_on"),
        checker.choice(rows.get("verification"), "verification", VERIFICATIONS),
    )
