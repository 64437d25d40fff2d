"""``stackaudit history``: when each model and endpoint entered and left the repository."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stackaudit.cli.options import FORMATS, Counted, Form
from stackaudit.cli.values import choice, day, number, usages


def history(
    path: Annotated[
        str,
        typer.Argument(
            metavar="PATH", help="Folder or file in a git repository.", show_default=False
        ),
    ] = ".",
    model: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Only models and endpoints named so, or with it in."),
    ] = None,
    limit: Annotated[
        str, typer.Option(metavar="N", help="Read only the newest N commits of the main line.")
    ] = "50000",
    since_date: Annotated[
        str | None, typer.Option(metavar="DATE", help="Read only commits from DATE on.")
    ] = None,
    usage: Counted = None,
    form: Form = "terminal",
) -> None:
    """Show when each model and endpoint entered and left the repository, and by which commit.

    \b
    Examples:
      stackaudit history
      stackaudit history --model MODEL --since-date 2025-01-01
    """  # noqa: D301 (\b keeps the examples' lines)
    form = choice("--format", form, FORMATS)
    from dataclasses import replace

    from stackaudit import config
    from stackaudit import history as past
    from stackaudit.catalogue import catalogue_for
    from stackaudit.cli.console import check_readable, present
    from stackaudit.cli.progress import Bar
    from stackaudit.git import Git
    from stackaudit.report import history as told

    since = day("--since-date", since_date).isoformat() if since_date else ""
    newest, counted = _positive(limit), usages(usage or ())
    check_readable(Path(path))
    settings = config.load(Path(path), {})
    settings = replace(settings, usages=counted or settings.usages)
    catalogue = catalogue_for(settings)
    with Git(Path(path)) as git, Bar(form == "terminal", "commits") as progress:
        below = git.folder + (Path(path).resolve().name if Path(path).is_file() else "")
        scope = past.Scope(newest, since, below)
        found = past.history(git, catalogue, settings, scope, progress)
    if model is not None:
        found = replace(found, lives=past.resembling(found.lives, model, catalogue))
    present(
        form,
        lambda stream: told.write(found, stream),
        lambda stream: told.write_json(found, stream),
    )


def _positive(limit: str) -> int:
    from stackaudit.model import ConfigError

    value = number("--limit", limit)
    if not value:
        raise ConfigError("--limit: 0 reads nothing; write a number from 1 on")
    return value
