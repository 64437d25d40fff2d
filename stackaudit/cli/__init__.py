"""The command line: parses, calls, prints; the work is done elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from stackaudit.cli import (
    baseline,
    catalogue,
    diff,
    explain,
    history,
    init,
    policy,
    routes,
    rules,
    scan,
    schema,
    waive,
)
from stackaudit.cli.console import complain, silence
from stackaudit.cli.lean import Command, Group

_INTERRUPTED = 130
_EPILOG = """Exit codes: 0 the gate passed; 1 the gate failed (for explain: the text is not known);
2 wrong usage, configuration or input; 3 the scan is incomplete and --strict asked for completeness;
130 interrupted."""

app = typer.Typer(
    name="stackaudit",
    help="Find the AI models, endpoints and SDKs a repository uses, who develops and runs them,"
    " and which rules speak to them. Works offline.",
    epilog=_EPILOG,
    cls=Group,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from stackaudit import __version__

        typer.echo(f"stackaudit {__version__}")
        raise typer.Exit


@app.callback()
def _everywhere(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            "-V",
            help="Print the version and stop.",
            callback=_show_version,
            is_eager=True,
        ),
    ] = False,
) -> None:
    pass


app.command(cls=Command, epilog=_EPILOG)(scan.scan)
app.command(cls=Command, epilog=_EPILOG)(explain.explain)
app.command(cls=Command)(init.init)
app.add_typer(policy.app, name="policy")
app.command(cls=Command)(routes.routes)
app.command(cls=Command)(diff.diff)
app.command(cls=Command)(history.history)
app.add_typer(baseline.app, name="baseline")
app.command(cls=Command)(waive.waive)
app.add_typer(rules.app, name="rules")
app.add_typer(catalogue.app, name="catalogue")
app.command(cls=Command)(schema.schema)


def run(args: Sequence[str]) -> int:
    """Runs one command line. Returns the exit code; prints one line for whatever goes wrong."""
    debug = "--debug" in args or bool(os.environ.get("STACKAUDIT_DEBUG"))
    words = [word for word in args if word != "--debug"] or ["--help"]
    try:
        code = _dispatch(words)
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = _INTERRUPTED
    except SystemExit:  # typer's way to say that the reader of a help page has left
        silence(sys.stdout)
        code = 0
    except Exception as error:  # a user must never meet a traceback
        code = _explain_failure(error, debug)
    return complain("interrupted", code, kind="") if code == _INTERRUPTED else code


def _explain_failure(error: Exception, debug: bool) -> int:
    """Prints one line on what went wrong and returns the exit code."""
    from stackaudit.model import StackauditError

    if isinstance(error, StackauditError):
        return complain(str(error), error.exit_code)
    if hasattr(error, "format_message"):
        return complain(_usage_fault(error), 2)
    if type(error).__name__ == "Abort":
        return _INTERRUPTED
    if debug:
        import traceback

        traceback.print_exception(error)
    what = f"{type(error).__name__}: {error}"
    return complain(f"{what}; this is a fault of stackaudit: please report what --debug prints", 2)


def _dispatch(words: list[str]) -> int:
    command = typer.main.get_command(app)
    code: Any = command.main(args=words, prog_name="stackaudit", standalone_mode=False)
    return code if isinstance(code, int) else 0


def _usage_fault(error: Any) -> str:
    """What typer found wrong with the command line, and where the right way is told."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "stackaudit"
    return f"{error.format_message().rstrip('.')}; see {command} --help"
