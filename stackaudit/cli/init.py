"""``stackaudit init``: sets a repository up, by what it sees, is told and asks."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, TextIO

import typer

from stackaudit.cli.values import choice, pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stackaudit.initialise import Place, System
    from stackaudit.model import Report

_FILES = ("pyproject.toml", "stackaudit.toml")
_FAIL_ON = "high"
_NONE = "none"


class _Choices(NamedTuple):
    """What is to be set up."""

    packs: tuple[str, ...]
    context: Mapping[str, tuple[str, ...]]
    system: System | None


_Path = Annotated[str, typer.Argument(metavar="PATH", help="Folder to set up.", show_default=False)]
_Pack = Annotated[
    list[str] | None,
    typer.Option("--pack", "-p", metavar="PACK", help="Rule pack to judge with; repeatable."),
]
_Context = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY=VALUE", help="Declare what no scan can see, such as seat=CA; repeatable."
    ),
]
_Ci = Annotated[
    str | None,
    typer.Option(
        metavar="SYSTEM",
        help="CI system to write a step for, such as github, or none. Default: the one the"
        " checkout uses.",
    ),
]
_File = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Where settings go: pyproject.toml or stackaudit.toml. Default: the first, where"
        " there is one.",
    ),
]
_Yes = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing; take what is proposed.")]


def init(
    path: _Path = ".",
    pack: _Pack = None,
    context: _Context = None,
    ci: _Ci = None,
    file: _File = None,
    yes: _Yes = False,
) -> None:
    """Set a repository up: settings, a baseline of what is there, and a step for CI.

    On a terminal it asks what no scan can see; in a script it takes flags. Of the files that are
    there it changes pyproject.toml alone, by adding [tool.stackaudit] at its end.

    \b
    Examples:
      stackaudit init
      stackaudit init --yes --pack finance --context seat=CA --ci github
    """  # noqa: D301 (\b keeps the examples' lines)
    from stackaudit import initialise

    place = initialise.place_of(_folder(path))
    name = initialise.target(place.folder, file and choice("--file", file, _FILES))
    system = _system(ci, place)
    given = pairs("--context", context or ())
    asking = not yes and sys.stdin.isatty() and sys.stdout.isatty()
    report = _scan(place, tuple(pack or ()), given)
    chosen = _choose(report, tuple(pack or ()), given, system, asking, ask_ci=ci is None)
    text = initialise.configuration(place.folder, name, _table(chosen))
    step = initialise.snippet(chosen.system, place) if chosen.system else ""
    if asking and not _agreed(name, chosen):
        _say(["nothing was written"])
        return
    report = _scan(place, chosen.packs, chosen.context)
    _finish(place, name, text, chosen.system, step, report)


def _folder(path: str) -> Path:
    from stackaudit.cli.console import check_readable
    from stackaudit.model import InputError

    check_readable(Path(path))
    if not os.path.isdir(path):
        raise InputError(f"cannot set up {path}: it is a file; name the folder it lies in")
    return Path(path)


def _system(wanted: str | None, place: Place) -> System | None:
    """The CI system asked for, or else the one that is seen. Raises ConfigError."""
    from stackaudit.initialise import seen_system, systems

    if wanted is None:
        return seen_system(place)
    by_id = {system.id: system for system in systems()}
    return by_id.get(choice("--ci", wanted, (*by_id, _NONE)))


def _scan(place: Place, packs: tuple[str, ...], context: Mapping[str, tuple[str, ...]]) -> Report:
    from stackaudit import config
    from stackaudit.cli.progress import Bar
    from stackaudit.engine import scan

    settings = config.load(Path(place.folder), {"packs": packs, "context": context})
    with Bar(True) as progress:
        return scan(Path(place.folder), settings, progress=progress)


def _choose(
    report: Report,
    packs: tuple[str, ...],
    given: Mapping[str, tuple[str, ...]],
    system: System | None,
    asking: bool,
    *,
    ask_ci: bool,
) -> _Choices:
    """What flags say, else what is answered, else what is proposed."""
    from stackaudit import initialise, resources, rules

    directory = resources.rules_directory()
    shared = rules.load_shared(directory)
    context = given
    if asking:
        from stackaudit.cli import ask

        context = ask.context(report, given, shared.vocabulary)
    proposed = initialise.propose_packs(report.components, context, shared.lists.regions)
    if not asking:
        return _Choices(packs or proposed, context, system)
    if not packs:
        every = rules.load_packs(rules.available(directory), directory)
        packs = ask.packs(proposed, report, {pack.id: pack.title for pack in every})
    return _Choices(packs, context, ask.system(system, initialise.systems()) if ask_ci else system)


def _table(chosen: _Choices) -> dict[str, object]:
    from stackaudit.initialise import numbers

    table: dict[str, object] = {"packs": list(chosen.packs), "fail_on": _FAIL_ON}
    if chosen.context:
        table["context"] = {key: numbers(values) for key, values in chosen.context.items()}
    return table


def _agreed(name: str, chosen: _Choices) -> bool:
    from stackaudit.cli import ask
    from stackaudit.initialise import written

    step = f"and {chosen.system.file} " if chosen.system else ""
    ask.show(["", written(_table(chosen), "tool.stackaudit" if name == _FILES[0] else "")])
    return ask.agreed(f"Write this into {name} {step}now?")


def _finish(
    place: Place, name: str, text: str, system: System | None, step: str, report: Report
) -> None:
    """Writes each file whole or not at all, the settings last, and tells what was done."""
    from stackaudit.cli.console import check_writable
    from stackaudit.config.waivers import BASELINE
    from stackaudit.output import write_atomic

    settings, held = Path(place.folder, name), Path(place.folder, BASELINE)
    pipeline = Path(place.top, system.file) if system else None
    for file in (settings, held):
        check_writable(file)
    done = [settings]
    if pipeline and os.path.lexists(pipeline):
        _say([f"{pipeline.name} is there already. Add this to it:", "", *step.splitlines(), ""])
        pipeline = None
    elif pipeline:
        _make_folder(pipeline.parent, place.top)
        write_atomic(pipeline, _filled(step))
        done.append(pipeline)
    accepted = _hold(held, report)
    done += [held] if accepted else []
    write_atomic(settings, _filled(text))
    shown = [os.path.relpath(file) for file in done]
    _say(_told(os.path.relpath(place.folder), shown, system, pipeline, accepted))


def _make_folder(folder: Path, top: str) -> None:
    """Makes a folder of the checkout. Raises InputError, also where a link leads out of it."""
    from stackaudit.model import InputError

    if os.path.commonpath([os.path.realpath(folder), top]) != top:
        raise InputError(f"cannot write into {folder}: a link leads out of the checkout")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise InputError(f"cannot make the folder {folder}: {reason}") from None


def _hold(file: Path, report: Report) -> int:
    """Puts the open findings of today into a baseline unless there is one. Returns how many."""
    from stackaudit import baseline

    found = [baseline.entry(f) for f in report.findings if f.status == "open"]
    if not found or os.path.lexists(file):
        return 0
    baseline.write(file, found, report.tool_version, report.packs)
    return len(found)


def _told(
    folder: str, files: list[str], system: System | None, pipeline: Path | None, accepted: int
) -> list[str]:
    """Three lines: what was written, what to run next, what will fail a build."""
    import shlex

    scan = "stackaudit scan" if folder == "." else f"stackaudit scan {shlex.quote(folder)}"
    words = " ".join(map(shlex.quote, files))
    step = f"commit {words}"
    if system and not pipeline:
        step = f"add the step above to {system.file} and {step}"
    elif not system:
        step += ", and run the same in CI (docs/ci.md)"
    today = f"; not the {accepted:,} open today, which the baseline holds" if accepted else ""
    return [
        f"Written   {', '.join(files)}",
        f"Next      {scan}; then {step}",
        f"Fails     new findings at {_FAIL_ON} or worse, and anything against a policy{today}",
    ]


def _say(lines: list[str]) -> None:
    from stackaudit.cli.console import show
    from stackaudit.report.text import address

    shown = "".join(f"{address(line, 2000)}\n" for line in lines)
    show(_filled(shown))


def _filled(text: str) -> Callable[[TextIO], None]:
    def write(stream: TextIO) -> None:
        stream.write(text)

    return write
