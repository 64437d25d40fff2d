"""``stackaudit baseline``: accept what is there today, so that only new findings fail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from stackaudit.cli.lean import Command, Group
from stackaudit.cli.options import AsOf, Context, Pack
from stackaudit.cli.values import day, pairs, settings_for

if TYPE_CHECKING:
    from stackaudit.baseline import Entry
    from stackaudit.model import Report, Settings

app = typer.Typer(
    cls=Group, rich_markup_mode=None, help="Accept what is there today; only new findings fail."
)
_Path = Annotated[
    str, typer.Argument(metavar="PATH", help="Folder it is about.", show_default=False)
]
_Force = Annotated[bool, typer.Option("--force", help="Replace a baseline that is there.")]


@app.command(cls=Command)
def create(
    path: _Path = ".",
    pack: Pack = None,
    context: Context = None,
    as_of: AsOf = None,
    force: _Force = False,
) -> None:
    """Write a baseline with every open finding.

    Example: stackaudit baseline create
    """
    from stackaudit.baseline import opened
    from stackaudit.model import InputError

    target = _target(path, pack, context)
    if target.file.exists() and not force:
        what = "there is a baseline already; run: stackaudit baseline update"
        raise InputError(f"{target.file.name}: {what}, or add --force to write it anew")
    report = _scan(target, as_of)
    _write(target.file, opened(report.findings, target.part), report)


@app.command(cls=Command)
def update(
    path: _Path = ".", pack: Pack = None, context: Context = None, as_of: AsOf = None
) -> None:
    """Take new findings in and drop those that are gone.

    Example: stackaudit baseline update
    """
    _renew(_target(path, pack, context), as_of, taking=True)


@app.command(cls=Command)
def prune(
    path: _Path = ".", pack: Pack = None, context: Context = None, as_of: AsOf = None
) -> None:
    """Drop findings that are gone; take none in.

    Example: stackaudit baseline prune
    """
    _renew(_target(path, pack, context), as_of, taking=False)


def _renew(target: _Target, as_of: str | None, *, taking: bool) -> None:
    from stackaudit.baseline import Project, read, renewed

    before = read(str(target.file))
    report = _scan(target, as_of)
    packs = {pack.id for pack in report.packs}
    project = Project(str(target.home))
    after = renewed(before, report.findings, project, packs, part=target.part, taking=taking)
    _write(target.file, after, report, before)


class _Target(NamedTuple):
    """What is scanned: the whole project, as a finding may have places in many parts of it."""

    home: Path
    part: str
    """The folder asked about, from the project's on; empty for all of it."""
    settings: Settings
    """Without a baseline."""
    file: Path


def _target(path: str, pack: Iterable[str] | None, context: Iterable[str] | None) -> _Target:
    from stackaudit.cli.console import check_tree
    from stackaudit.config.waivers import BASELINE
    from stackaudit.discover import base
    from stackaudit.gate import home
    from stackaudit.model import InputError

    check_tree(Path(path))
    if not Path(path).is_dir():
        raise InputError(f"{path} is a file; a baseline is of a folder: name one")
    flags = {"packs": tuple(pack or ()), "context": pairs("--context", context or ())}
    settings = settings_for(Path(path), flags)
    top = Path(home(base(Path(path)), settings.above))
    whole = settings_for(top, flags) if settings.above else settings
    file = Path(settings.baseline or top / BASELINE)
    return _Target(top, settings.above, replace(whole, baseline=""), file)


def _scan(target: _Target, as_of: str | None) -> Report:
    from stackaudit.cli.progress import Bar
    from stackaudit.engine import scan

    with Bar(True) as progress:
        return scan(target.home, target.settings, as_of=day("--as-of", as_of), progress=progress)


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
