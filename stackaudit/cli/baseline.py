"""``stackaudit baseline``: accept what is there today, so that only new findings fail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stackaudit.cli.lean import Command, Group
from stackaudit.cli.values import day, pairs

if TYPE_CHECKING:
    from stackaudit.baseline import Entry
    from stackaudit.model import Report, Settings

app = typer.Typer(
    cls=Group, rich_markup_mode=None, help="Accept what is there today; only new findings fail."
)
_Path = Annotated[str, typer.Argument(metavar="PATH", help="Folder to scan.", show_default=False)]
_Pack = Annotated[
    list[str] | None,
    typer.Option("--pack", "-p", metavar="PACK", help="Rule pack to judge with; repeatable."),
]
_Context = Annotated[
    list[str] | None,
    typer.Option(metavar="KEY=VALUE", help="Declare what no scan can see; repeatable."),
]
_AsOf = Annotated[
    str | None, typer.Option(metavar="DATE", help="Judge with the rules in force on DATE.")
]
_Force = Annotated[bool, typer.Option("--force", help="Replace a baseline that is there.")]


@app.command(cls=Command)
def create(
    path: _Path = ".",
    pack: _Pack = None,
    context: _Context = None,
    as_of: _AsOf = None,
    force: _Force = False,
) -> None:
    """Write a baseline with every open finding.

    Example: stackaudit baseline create
    """
    from stackaudit.model import InputError

    settings, file = _target(path, pack, context)
    if file.exists() and not force:
        what = "there is a baseline already; run: stackaudit baseline update"
        raise InputError(f"{file.name}: {what}, or add --force to write it anew")
    report = _scan(path, settings, as_of)
    _write(file, _open(report, settings), report)


@app.command(cls=Command)
def update(
    path: _Path = ".", pack: _Pack = None, context: _Context = None, as_of: _AsOf = None
) -> None:
    """Take new findings in and drop those that are gone.

    Example: stackaudit baseline update
    """
    from stackaudit.baseline import read

    settings, file = _target(path, pack, context)
    before = read(str(file))
    report = _scan(path, settings, as_of)
    kept = _unseen(before, report, settings)
    _write(file, [*_open(report, settings), *kept], report, before)


@app.command(cls=Command)
def prune(
    path: _Path = ".", pack: _Pack = None, context: _Context = None, as_of: _AsOf = None
) -> None:
    """Drop findings that are gone; take none in.

    Example: stackaudit baseline prune
    """
    from stackaudit.baseline import Project, entry, hold, read
    from stackaudit.gate import home

    settings, file = _target(path, pack, context)
    before = read(str(file))
    report = _scan(path, settings, as_of)
    project = Project(home(_base(path), settings.above), settings.above)
    held = hold(report.findings, before, project).matched
    kept = [_as_accepted(entry(finding, settings.above), old) for old, finding in held.items()]
    _write(file, [*kept, *_unseen(before, report, settings)], report, before)


def _as_accepted(new: Entry, old: Entry) -> Entry:
    """An entry as found now, accepted at the severity it was accepted at."""
    return new._replace(severity=old.severity)


def _target(
    path: str, pack: Iterable[str] | None, context: Iterable[str] | None
) -> tuple[Settings, Path]:
    """The settings without a baseline, and the baseline's file."""
    from stackaudit import config
    from stackaudit.cli.console import check_readable
    from stackaudit.config.waivers import BASELINE
    from stackaudit.gate import home
    from stackaudit.model import InputError

    check_readable(Path(path))
    if not Path(path).is_dir():
        raise InputError(f"{path} is a file; a baseline is of a folder: name one")
    flags = {"packs": tuple(pack or ()), "context": pairs("--context", context or ())}
    settings = config.load(Path(path), flags)
    usual = Path(home(_base(path), settings.above)) / BASELINE
    return replace(settings, baseline=""), Path(settings.baseline or usual)


def _base(path: str) -> Path:
    from stackaudit.discover import base

    return base(Path(path))


def _scan(path: str, settings: Settings, as_of: str | None) -> Report:
    from stackaudit.cli.progress import Bar
    from stackaudit.engine import scan

    with Bar(True) as progress:
        return scan(Path(path), settings, as_of=day("--as-of", as_of), progress=progress)


def _open(report: Report, settings: Settings) -> list[Entry]:
    from stackaudit.baseline import entry

    return [entry(f, settings.above) for f in report.findings if f.status == "open"]


def _unseen(before: Iterable[Entry], report: Report, settings: Settings) -> list[Entry]:
    """Entries that this scan could not have found."""
    from stackaudit.baseline import out_of_sight

    packs = {pack.id for pack in report.packs}
    return [known for known in before if out_of_sight(known, settings.above, packs)]


def _write(
    file: Path, entries: Iterable[Entry], report: Report, before: Iterable[Entry] = ()
) -> None:
    from stackaudit.baseline import write
    from stackaudit.cli.console import tell
    from stackaudit.report.text import count

    now, old = {e.fingerprint for e in entries}, {e.fingerprint for e in before}
    write(file, entries, report.tool_version, report.packs)
    changed = f"; {len(now - old)} new, {len(old - now)} gone" if old else ""
    tell(f"{file.name}: {count(len(now), 'finding')}{changed}")
