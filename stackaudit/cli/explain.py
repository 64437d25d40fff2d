"""``stackaudit explain``: all that is known about one model id, host, URL or package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from stackaudit.cli.options import FORMATS, Form
from stackaudit.cli.values import choice

if TYPE_CHECKING:
    from stackaudit.model import Settings


def explain(
    text: Annotated[
        str,
        typer.Argument(metavar="TEXT", help="As written in code; - reads one a line from stdin."),
    ],
    form: Form = "terminal",
) -> int:
    """Tell all that is known about a model id, host, URL, package or credential variable.

    With - it reads one text a line and writes one line of JSON for each, in order.

    \b
    Examples:
      stackaudit explain some-model-70b-instruct
      stackaudit explain https://api.example.com/v1 --format json
      cut -f1 models.tsv | stackaudit explain -
    """  # noqa: D301 (\b keeps the examples' lines)
    form = choice("--format", form, FORMATS)
    if text == "-":
        return _explain_lines()
    from stackaudit.cli.console import present
    from stackaudit.engine import explain as run
    from stackaudit.model import UNKNOWN
    from stackaudit.report import explain as report

    (told,) = run([text], _settings())

    present(
        form,
        lambda stream: report.write_card(told, stream),
        lambda stream: report.write_json(told, stream, indent=2),
    )
    return 1 if told.component.resolution == UNKNOWN else 0


def _settings() -> Settings:
    """The configuration of the current folder: it may tell models and hosts of one's own."""
    from pathlib import Path

    from stackaudit.config import load

    return load(Path.cwd(), {})


def _explain_lines() -> int:
    import sys

    from stackaudit.cli.console import show_utf8
    from stackaudit.engine import explain as run
    from stackaudit.report import explain as report

    lines = (raw.decode("utf-8", "replace").strip() for raw in sys.stdin.buffer)

    def machines(stream: TextIO) -> None:
        for told in run(lines, _settings(), nearest=False):
            report.write_json(told, stream)

    show_utf8(machines)
    return 0
