"""``stackaudit diff``: what came, went and changed between two revisions or reports."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stackaudit.cli.options import FORMATS, Counted, Form
from stackaudit.cli.values import choice, settings_for, usages

if TYPE_CHECKING:
    from stackaudit.compare import Data
    from stackaudit.model import Settings

_LARGEST = 512 << 20


_Old = Annotated[
    str, typer.Argument(metavar="A", help="A git revision, or a JSON report.", show_default=False)
]
_New = Annotated[
    str | None, typer.Argument(metavar="B", help="Likewise. Default: the working tree.")
]
_Root = Annotated[
    str, typer.Option(metavar="PATH", help="Folder that is scanned at each revision.")
]
_Force = Annotated[
    bool,
    typer.Option(
        "--force", help="Compare reports made with different catalogues or rules all the same."
    ),
]


def diff(
    old: _Old,
    new: _New = None,
    root: _Root = ".",
    force: _Force = False,
    usage: Counted = None,
    form: Form = "terminal",
) -> None:
    """Show which models, endpoints, SDKs, countries, licences and routes came, went or changed.

    \b
    Examples:
      stackaudit diff main
      stackaudit diff v1.0 v2.0 --format json
      stackaudit diff last-week.json today.json
    """  # noqa: D301 (\b keeps the examples' lines)
    form = choice("--format", form, FORMATS)
    from dataclasses import replace

    from stackaudit.cli.console import check_readable, present
    from stackaudit.compare import compare
    from stackaudit.model import InputError
    from stackaudit.report import compare as told

    counted = usages(usage or ())
    check_readable(Path(root))
    # What is accepted is no less there: neither side is held against waivers and baseline.
    settings = replace(settings_for(Path(root)), waivers=(), baseline="")
    names = (old, new or "the working tree")
    first = _report(old, Path(root), settings)
    second = _report(new, Path(root), settings)
    result = compare(first, second, counted or settings.usages)
    if result.terms and not force:
        raise InputError(
            f"{names[0]} and {names[1]} were judged differently ({'; '.join(result.terms)});"
            " scan both with one version, or compare them all the same with --force"
        )
    present(
        form,
        lambda stream: told.write(result, names, stream),
        lambda stream: told.write_json(result, names, stream),
    )


def _report(named: str | None, root: Path, settings: Settings) -> Data:
    """The report in a file, of a revision, or of the working tree."""
    from stackaudit.engine import scan, scan_revision
    from stackaudit.report.json_report import as_json

    packs = settings.packs or ("baseline",)
    if named is None:
        return as_json(scan(root, settings, packs=packs))
    if named.endswith(".json") and os.path.lexists(named):
        return _loaded(named)
    return as_json(scan_revision(root, settings, named, packs=packs))


def _loaded(path: str) -> Data:
    import json

    from stackaudit.compare import check
    from stackaudit.model import InputError
    from stackaudit.source import read_bytes

    try:
        data = json.loads(read_bytes(os.path.realpath(path), _LARGEST).decode("utf-8-sig"))
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is not JSON: {error}; write it with --format json") from None
    return check(data, path)
