"""``stackaudit policy``: asks what the gate would decide."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from stackaudit.cli.lean import Command, group
from stackaudit.cli.options import FORMATS, Form
from stackaudit.cli.values import choice

app = group("Ask what the policy and rules of the current folder decide.")


@app.command("test", cls=Command)
def test_model(
    model: Annotated[
        str,
        typer.Argument(metavar="MODEL", help="Id as it stands in code.", show_default=False),
    ],
    endpoint: Annotated[
        str, typer.Option(metavar="HOST", help="Host or URL it is called at.", show_default=False)
    ] = "",
    path: Annotated[
        str,
        typer.Option(
            metavar="PATH", help="File it would stand in; its zone counts.", show_default=False
        ),
    ] = "",
    form: Form = "terminal",
) -> int:
    """Tell whether a build with this model would pass, and which line or rule decides.

    Waivers and the baseline are left out. Exit code 0 allowed, 1 refused, 2 wrong usage.

    \b
    Examples:
      stackaudit policy test some-model-70b-instruct
      stackaudit policy test some-model --endpoint https://api.example.com --path claims/triage.py
    """  # noqa: D301 (\b keeps the examples' lines)
    form = choice("--format", form, FORMATS)
    from stackaudit import config, whatif
    from stackaudit.cli.console import present
    from stackaudit.report import decision

    inner = _inside(path) if path else ""
    told = whatif.decide(model, config.load(Path.cwd(), {}), endpoint=endpoint, path=inner)
    present(
        form,
        lambda stream: decision.write(told, stream),
        lambda stream: decision.write_json(told, stream),
    )
    return 1 if told.verdict.exit_code else 0


def _inside(path: str) -> str:
    """The path from the current folder on; it need not exist. Raises InputError."""
    from stackaudit.model import InputError

    inner = os.path.relpath(path).replace(os.sep, "/")
    if inner == ".." or inner.startswith("../") or "\0" in path:
        raise InputError(f"{path} does not lie in the current folder; go to the folder around it")
    return inner
