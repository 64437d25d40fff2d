"""``stackaudit init``: sets a repository up, by what it sees, is told and asks."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from stackaudit.cli.options import Context, Pack
from stackaudit.cli.values import choice, pairs, settings_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stackaudit.initialise import Place, System
    from stackaudit.look import Seen
    from stackaudit.model import Report, Settings

    _Declared = Mapping[str, tuple[str, ...]]

_FILES = ("pyproject.toml", "stackaudit.toml")
_NONE = "none"
#: The one thing declared that changes what is read, not only how it is judged.
_HOSTING = "hosting"


class _Choices(NamedTuple):
    """What is to be set up."""

    packs: tuple[str, ...]
    context: Mapping[str, tuple[str, ...]]
    system: System | None


_Path = Annotated[str, typer.Argument(metavar="PATH", help="Folder to set up.", show_default=False)]
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
    pack: Pack = None,
    context: Context = None,
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
    from stackaudit.cli import writing

    place = initialise.place_of(_folder(path))
    name = initialise.target(place.folder, file and choice("--file", file, _FILES))
    system = _system(ci, place)
    given = pairs("--context", context or ())
    writing.check(place, name, system)
    asking = not yes and sys.stdin.isatty() and sys.stdout.isatty()
    chosen, seen = _choose(place, tuple(pack or ()), given, system, asking, ask_ci=ci is None)
    text = initialise.configuration(place.folder, name, _table(place, chosen))
    step = initialise.snippet(chosen.system, place) if chosen.system else ""
    if asking and not _agreed(place, name, chosen):
        writing.say(["nothing was written"])
        return
    report = _judge(place, chosen.packs, chosen.context, seen)
    writing.finish(place, name, text, chosen.system, step, report)


def _folder(path: str) -> Path:
    from stackaudit.cli.console import check_tree
    from stackaudit.model import InputError

    check_tree(Path(path))
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


def _settings(place: Place, packs: tuple[str, ...], context: _Declared) -> Settings:
    return settings_for(Path(place.folder), {"packs": packs, "context": context}, alone=True)


def _read(place: Place, packs: tuple[str, ...], context: _Declared) -> Seen:
    """What the folder uses; the one step that takes time."""
    from stackaudit.cli.progress import Bar
    from stackaudit.engine import look_at

    with Bar(True) as progress:
        return look_at(Path(place.folder), _settings(place, packs, context), progress=progress)


def _judge(place: Place, packs: tuple[str, ...], context: _Declared, seen: Seen) -> Report:
    from stackaudit.engine import scan

    return scan(Path(place.folder), _settings(place, packs, context), seen=seen)


def _choose(
    place: Place,
    packs: tuple[str, ...],
    given: _Declared,
    system: System | None,
    asking: bool,
    *,
    ask_ci: bool,
) -> tuple[_Choices, Seen]:
    """What flags say, else what is answered, else what is proposed; and what the folder uses."""
    from stackaudit import initialise, resources, rules

    directory = resources.rules_directory()
    shared = rules.load_shared(directory)
    context, seen = given, _read(place, packs, given)
    if asking:
        from stackaudit.cli import ask

        context = ask.context(seen.components, given, shared.vocabulary)
        if context.get(_HOSTING) != given.get(_HOSTING):
            seen = _read(place, packs, context)  # what is one's own now runs somewhere
    proposed = initialise.propose_packs(seen.components, context, shared.lists.regions)
    if asking and not packs:
        every = rules.load_packs(rules.available(directory), directory)
        raised = _judge(place, proposed[:1], context, seen).other_packs
        packs = ask.packs(proposed, raised, {pack.id: pack.title for pack in every})
    if asking and ask_ci:
        system = ask.system(system, initialise.systems())
    return _Choices(packs or proposed, context, system), seen


def _table(place: Place, chosen: _Choices) -> dict[str, object]:
    """The settings to write; packs of one's own are named from the folder on."""
    from stackaudit.cli.writing import FAIL_ON
    from stackaudit.initialise import is_path, numbers

    packs = [
        os.path.relpath(name, place.folder).replace(os.sep, "/") if is_path(name) else name
        for name in chosen.packs
    ]
    table: dict[str, object] = {"packs": packs, "fail_on": FAIL_ON}
    if chosen.context:
        table["context"] = {key: numbers(values) for key, values in chosen.context.items()}
    return table


def _agreed(place: Place, name: str, chosen: _Choices) -> bool:
    from stackaudit.cli import ask
    from stackaudit.initialise import written

    new = chosen.system and not os.path.lexists(os.path.join(place.top, chosen.system.file))
    step = f"and {chosen.system.file} " if chosen.system and new else ""
    table = _table(place, chosen)
    ask.show(["", written(table, "tool.stackaudit" if name == _FILES[0] else "")])
    return ask.agreed(f"Write this into {name} {step}now?")
