"""``stackaudit schema``: the JSON Schema of the JSON report."""

from __future__ import annotations


def schema() -> None:
    """Print the JSON Schema of the JSON report.

    Example: stackaudit schema > stackaudit-1.0.schema.json
    """
    from stackaudit.cli.console import show_utf8
    from stackaudit.report import json_report

    show_utf8(json_report.write_schema)
