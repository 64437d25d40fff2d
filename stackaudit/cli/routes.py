"""``stackaudit routes``: why each model of one file is said to be reached as it is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stackaudit.cli.options import FORMATS, Form
from stackaudit.cli.values import choice, settings_for

if TYPE_CHECKING:
    from stackaudit.model import Report


def routes(
    path: Annotated[
        str, typer.Argument(metavar="FILE", help="File to explain.", show_default=False)
    ],
    root: Annotated[
        str | None,
        typer.Option(
            metavar="PATH",
            help="Folder that is scanned, since other files may set what this one reads."
            " Default: the checkout the file lies in.",
        ),
    ] = None,
    form: Form = "terminal",
) -> None:
    """Show for one file how each model in it is reached, and what decided that.

    \b
    Examples:
      stackaudit routes src/llm.py
      stackaudit routes src/llm.py --root src --format json
    """  # noqa: D301 (\b keeps the examples' lines)
    form = choice("--format", form, FORMATS)
    from stackaudit.cli.console import present
    from stackaudit.cli.progress import Bar
    from stackaudit.engine import scan
    from stackaudit.report import routes as told

    folder, inner = _located(path, root)
    with Bar(form == "terminal") as progress:
        report = scan(folder, settings_for(folder), progress=progress)
    _check_read(report, inner, path)
    present(
        form,
        lambda stream: told.write(report, inner, stream),
        lambda stream: told.write_json(report, inner, stream),
    )


def _located(path: str, root: str | None) -> tuple[Path, str]:
    """The folder to scan, and the file's path in it. Raises InputError."""
    from stackaudit import gitinfo
    from stackaudit.cli.console import check_readable
    from stackaudit.model import InputError

    check_readable(Path(path))
    if os.path.isdir(path):
        raise InputError(f"{path} is a folder; name one file in it, or run: stackaudit scan {path}")
    real = os.path.realpath(path)
    if root is None:
        git = gitinfo.find(os.path.dirname(real))
        folder = git.top if git else os.path.dirname(real)
    else:
        check_readable(Path(root))
        folder = os.path.realpath(root)
    if not os.path.isdir(folder) or os.path.commonpath([folder, real]) != folder:
        raise InputError(f"{path} does not lie in {root}; name a folder around it with --root")
    return Path(folder), os.path.relpath(real, folder).replace(os.sep, "/")


def _check_read(report: Report, inner: str, path: str) -> None:
    """Raises InputError where the scan left the file out."""
    from stackaudit.model import InputError

    for skip in report.coverage.skipped:
        if inner == skip.path or inner.startswith(skip.path.rstrip("/") + "/"):
            raise InputError(f"{path} is left out of scans ({skip.reason}): {skip.path}")
