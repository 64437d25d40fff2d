"""What ``stackaudit init`` writes, and what it says of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackaudit.initialise import Place, System
    from stackaudit.model import Report

#: What a new configuration fails a build at.
FAIL_ON = "high"
_OWN = "stackaudit.toml"
_ANY_MAY_WRITE = 0o222


class _Today(NamedTuple):
    """What is open on the day of the set-up."""

    open: int
    written: bool
    """Whether a new baseline holds it."""


def check(place: Place, name: str, system: System | None) -> None:
    """Raises InputError, before the work is done, where a file plainly cannot be written."""
    from stackaudit.cli.console import check_writable
    from stackaudit.config.waivers import BASELINE
    from stackaudit.model import InputError

    settings = Path(place.folder, name)
    for file in (settings, Path(place.folder, BASELINE)):
        check_writable(file)
    if settings.exists() and not settings.stat().st_mode & _ANY_MAY_WRITE:
        other = "" if name == _OWN else f", or use --file {_OWN}"
        raise InputError(f"{name} is read-only, and nothing was changed: make it writable{other}")
    if system:
        _inside(Path(place.top, system.file).parent, place.top)


def _inside(folder: Path, top: str) -> None:
    """Raises InputError where a link leads out of the checkout."""
    from stackaudit.model import InputError

    real = os.path.join(os.path.realpath(folder), "")
    if not real.startswith(os.path.join(top, "")):
        raise InputError(f"cannot write into {folder}: a link leads out of the checkout")


def finish(
    place: Place, name: str, text: str, system: System | None, step: str, report: Report
) -> None:
    """Writes each file whole or not at all, the settings last, and tells what was done.

    Args:
        place: the folder that is set up.
        name: the settings' file in it.
        text: the settings' file as it is to be.
        system: the CI system, if any.
        step: its snippet.
        report: of a scan with these settings; its open findings become the baseline.

    Raises:
        InputError: a file cannot be written.
    """
    from stackaudit.config.waivers import BASELINE
    from stackaudit.output import write_atomic

    settings, held = Path(place.folder, name), Path(place.folder, BASELINE)
    pipeline = _add_step(place, system, step) if system else None
    today = _hold(held, report)
    done = [settings, *([pipeline] if pipeline else ()), *([held] if today.written else ())]
    write_atomic(settings, _filled(text))
    shown = [os.path.relpath(file) for file in done]
    say(_told(os.path.relpath(place.folder), shown, system, pipeline, today))


def _add_step(place: Place, system: System, step: str) -> Path | None:
    """Writes the CI system's file and returns it; shows what to add where there is one."""
    from stackaudit.initialise import addition
    from stackaudit.output import write_atomic

    file = Path(place.top, system.file)
    if os.path.lexists(file):
        there = f"{os.path.relpath(file)} is there already. {system.advice}"
        say([there, "", *addition(system, step), ""])
        return None
    _make_folder(file.parent, place.top)
    write_atomic(file, _filled(step))
    return file


def _make_folder(folder: Path, top: str) -> None:
    """Makes a folder of the checkout. Raises InputError, also where a link leads out of it."""
    from stackaudit.model import InputError

    _inside(folder, top)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise InputError(f"cannot make the folder {folder}: {reason}") from None


def _hold(file: Path, report: Report) -> _Today:
    """Puts the open findings of today into a baseline unless there is one."""
    from stackaudit import baseline

    found = [baseline.entry(f) for f in report.findings if f.status == "open"]
    if not found or os.path.lexists(file):
        return _Today(len(found), written=False)
    baseline.write(file, found, report.tool_version, report.packs)
    return _Today(len(found), written=True)


def _told(
    folder: str, files: list[str], system: System | None, pipeline: Path | None, today: _Today
) -> list[str]:
    """Three lines: what was written, what to run next, what will fail a build."""
    import shlex

    scan = "stackaudit scan" if folder == "." else f"stackaudit scan {shlex.quote(folder)}"
    words = " ".join(map(shlex.quote, files))
    step = f"commit {words}"
    if system and not pipeline:
        step = f"add the above to {system.file} and {step}"
    elif not system:
        step += ", and run the same in CI (docs/ci.md)"
    held = f"; not the {today.open:,} open today, which the baseline holds" if today.written else ""
    if today.open and not today.written:
        lacking = f", {today.open:,} open today that the baseline there lacks"
        held = f"{lacking}: run stackaudit baseline update"
    return [
        f"Written   {', '.join(files)}",
        f"Next      {scan}; then {step}",
        f"Fails     new findings at {FAIL_ON} or worse, and anything against a policy{held}",
    ]


def say(lines: list[str]) -> None:
    """Lines on standard output, safe to show."""
    from stackaudit.cli.console import show
    from stackaudit.report.text import address

    shown = "".join(f"{address(line, 2000)}\n" for line in lines)
    show(_filled(shown))


def _filled(text: str) -> Callable[[TextIO], None]:
    def write(stream: TextIO) -> None:
        stream.write(text)

    return write
