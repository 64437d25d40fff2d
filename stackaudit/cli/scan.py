"""``stackaudit scan``: from a path to a report and an exit code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from stackaudit.cli.options import AsOf, Context
from stackaudit.cli.values import choice, day, number, only, pairs, settings_for, targets, usages

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from stackaudit.model import Report, Settings, Usage

_FORMATS = ("terminal", "json", "sarif", "sarif-open", "markdown")


_Path = Annotated[
    str, typer.Argument(metavar="PATH", help="Folder or file to scan.", show_default=False)
]
_Files = Annotated[
    list[str] | None,
    typer.Argument(metavar="FILE", help="Only these files of PATH.", show_default=False),
]
_Pack = Annotated[
    list[str] | None,
    typer.Option(
        "--pack",
        "-p",
        metavar="PACK",
        help="Rule pack to judge with, or all; repeatable. A path to your own .yaml works too."
        " Default: baseline.",
    ),
]
_Form = Annotated[
    str,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help="terminal, json, markdown, sarif, or sarif-open: open findings only, for services"
        " that know neither suppressions nor conditions.",
    ),
]
_Output = Annotated[
    str | None, typer.Option("--output", "-o", metavar="FILE", help="Write the report to FILE.")
]
_Write = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FORMAT=FILE", help="Write the report in FORMAT to FILE as well; repeatable."
    ),
]
_FailOn = Annotated[
    str | None,
    typer.Option(
        metavar="LEVEL",
        help="Exit with 1 on an open finding at this severity or worse: critical, high, medium,"
        " low, info or never. Default: high.",
    ),
]
_Include = Annotated[
    list[str] | None, typer.Option(metavar="GLOB", help="Scan only paths that match; repeatable.")
]
_Exclude = Annotated[
    list[str] | None, typer.Option(metavar="GLOB", help="Leave out paths that match; repeatable.")
]
_Usage = Annotated[
    list[str] | None,
    typer.Option(
        metavar="USAGE",
        help="What the terminal report shows: all, or used, declared, offered, test, example,"
        " doc, comment; repeatable. Default: used, declared and offered.",
    ),
]
_Strict = Annotated[
    bool, typer.Option("--strict", help="Exit with 3 when a file could not be read in full.")
]
_Since = Annotated[
    str | None,
    typer.Option(
        metavar="REV",
        help="Judge only what was added since the branch left REV (main, HEAD~3): places on new or"
        " changed lines and what they cause elsewhere.",
    ),
]
_ExitZero = Annotated[
    bool,
    typer.Option(
        "--exit-zero", help="Exit with 0 whatever was found; errors still exit with 2, or 3."
    ),
]
_Reproducible = Annotated[
    bool,
    typer.Option(
        "--reproducible", help="Leave times out: two scans of one commit give the same bytes."
    ),
]
_NoBaseline = Annotated[
    bool, typer.Option("--no-baseline", help="Judge as if there were no baseline.")
]
_ShowBaseline = Annotated[
    bool, typer.Option("--show-baseline", help="List the findings that the baseline accepts.")
]
_Jobs = Annotated[
    str | None,
    typer.Option(
        "--jobs",
        "-j",
        metavar="N",
        help="Processes to read files with, where that takes longer than a second. Default: one"
        " for each core, eight at most.",
    ),
]
_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Only the verdict; no progress bar.")]
_Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="List all, and every finding in full.")
]


def scan(
    path: _Path = ".",
    files: _Files = None,
    pack: _Pack = None,
    form: _Form = "terminal",
    output: _Output = None,
    write: _Write = None,
    fail_on: _FailOn = None,
    include: _Include = None,
    exclude: _Exclude = None,
    as_of: AsOf = None,
    context: Context = None,
    usage: _Usage = None,
    since: _Since = None,
    no_baseline: _NoBaseline = False,
    show_baseline: _ShowBaseline = False,
    strict: _Strict = False,
    exit_zero: _ExitZero = False,
    reproducible: _Reproducible = False,
    jobs: _Jobs = None,
    quiet: _Quiet = False,
    verbose: _Verbose = False,
) -> int:
    """Scan a folder or a file and judge what it finds.

    \b
    Examples:
      stackaudit scan
      stackaudit scan . --pack finance --context data=personal-financial
      stackaudit scan . --format json -o report.json --fail-on never
      stackaudit scan . --since origin/main
      stackaudit scan . --write sarif=stackaudit.sarif --write markdown=summary.md
    """  # noqa: D301 (\b keeps the examples' lines)
    form = choice("--format", form, _FORMATS)
    flags = {
        "packs": tuple(pack or ()),
        "fail_on": fail_on,
        "include": only(path, files) if files else tuple(include or ()),
        "exclude": tuple(exclude or ()),
        "context": pairs("--context", context or ()),
        "usages": usages(usage or ()),
        "strict": strict,
    }
    _check(fail_on, quiet, verbose)
    target = Path(output) if output else None
    copies = [(choice("--write", f, _FORMATS), t) for f, t in targets("--write", write or ())]
    today = day("--as-of", as_of)
    every = [*([target] if target else []), *(file for _, file in copies)]
    use, most = not no_baseline, number("--jobs", jobs, 1) if jobs else None
    report, settings = _scan(
        Path(path), flags, today, since, every, bar=not quiet, baseline=use, jobs=most
    )
    report = replace(report, started_at="", duration_s=0.0) if reproducible else report
    if report.baseline and show_baseline:
        report = replace(report, baseline=replace(report.baseline, shown=True))
    _copy(report, copies, settings.usages, verbose=verbose)
    _deliver(report, form, target, settings.usages, quiet=quiet, verbose=verbose)
    return _exit(report.verdict.exit_code, exit_zero, quiet)


def _exit(code: int, exit_zero: bool, quiet: bool) -> int:
    """The exit code, which ``--exit-zero`` makes 0 for a gate that failed."""
    if not (exit_zero and code == 1):
        return code
    if not quiet:
        from stackaudit.cli.console import tell

        tell("the exit code is 0 all the same, because of --exit-zero")
    return 0


def _check(fail_on: str | None, quiet: bool, verbose: bool) -> None:
    from stackaudit.model import SEVERITIES, ConfigError

    if fail_on is not None:
        choice("--fail-on", fail_on, (*SEVERITIES, "never"))
    if quiet and verbose:
        raise ConfigError("--quiet and --verbose contradict each other; choose one")


def _scan(
    root: Path,
    flags: dict[str, Any],
    today: date,
    since: str | None,
    outputs: Sequence[Path],
    bar: bool,
    baseline: bool,
    jobs: int | None,
) -> tuple[Report, Settings]:
    from stackaudit.cli.console import check_tree, check_writable
    from stackaudit.cli.progress import Bar
    from stackaudit.engine import scan as run
    from stackaudit.engine import scan_since

    check_tree(root)
    for target in outputs:
        check_writable(target)
    settings = settings_for(root, {key: value for key, value in flags.items() if value})
    settings = replace(settings, jobs=jobs) if jobs else settings
    settings = settings if baseline else replace(settings, baseline="")
    packs = settings.packs or ("baseline",)
    with Bar(bar) as progress:
        if since is not None:
            report = scan_since(root, settings, since, packs=packs, as_of=today, progress=progress)
            return report, settings
        return run(root, settings, packs=packs, as_of=today, progress=progress), settings


def _deliver(
    report: Report,
    form: str,
    target: Path | None,
    shown: Sequence[Usage],
    *,
    quiet: bool,
    verbose: bool,
) -> None:
    from stackaudit.cli.console import show, show_utf8, tell
    from stackaudit.report import terminal

    if target is None:
        brief = quiet and form == "terminal"
        writer = _writer(report, form, shown, verbose=verbose, brief=brief)
        (show if form == "terminal" else show_utf8)(writer)
        return
    _copy(report, [(form, target)], shown, verbose=verbose)
    if not quiet:
        tell(f"report written to {target}. {terminal.verdict_text(report)}")


def _copy(
    report: Report, copies: Sequence[tuple[str, Path]], shown: Sequence[Usage], *, verbose: bool
) -> None:
    from stackaudit.output import write_atomic

    for form, file in copies:
        write_atomic(file, _writer(report, form, shown, verbose=verbose))


def _writer(
    report: Report, form: str, shown: Sequence[Usage], *, verbose: bool, brief: bool = False
) -> Callable[[TextIO], None]:
    """What writes the report in a format; ``brief`` is only the verdict."""
    if form in ("sarif", "sarif-open"):
        from stackaudit.report import sarif

        return lambda stream: sarif.write(report, stream, open_only=form == "sarif-open")
    if form == "json":
        from stackaudit.report import json_report

        return lambda stream: json_report.write(report, stream)
    if form == "markdown":
        from stackaudit.report import markdown

        return lambda stream: markdown.write(report, stream, usages=shown)
    from stackaudit.report import terminal

    if brief:
        return lambda stream: terminal.write_verdict(report, stream)
    return lambda stream: terminal.write(report, stream, usages=shown, verbose=verbose)
