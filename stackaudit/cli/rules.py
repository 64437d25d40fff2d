"""``stackaudit rules``: lists, shows, tests and checks rules, and says what changes when."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stackaudit.cli.lean import Command, group
from stackaudit.cli.options import FORMATS, Form
from stackaudit.cli.values import choice, day, number

if TYPE_CHECKING:
    from stackaudit.model import Pack
    from stackaudit.report.rulesdoc import Book

_Packs = Annotated[
    list[str] | None,
    typer.Option("--pack", "-p", metavar="PACK", help="Only this pack; repeatable."),
]
_AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="Count from this day (2026-11-22).")
]
_PAGE = "docs/rules.md"

app = group("List, show, test and check the rules that judge a scan.")


@app.command("list", cls=Command)
def list_rules(
    pack: _Packs = None,
    form: Form = "terminal",
) -> None:
    """List the rules of every pack, or of some.

    \b
    Examples:
      stackaudit rules list
      stackaudit rules list --pack finance --format json
    """  # noqa: D301 (\b keeps the examples' lines)
    form = choice("--format", form, FORMATS)
    from stackaudit.cli.console import present
    from stackaudit.report import rulebook

    packs = _load(pack or ["all"])

    present(
        form,
        lambda stream: rulebook.write_list(packs, stream),
        lambda stream: rulebook.write_list_json(packs, stream),
    )


@app.command("show", cls=Command)
def show_rule(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="Its id, as in rules list.")],
    pack: Annotated[
        list[str] | None,
        typer.Option("--pack", "-p", metavar="PACK", help="Where to look; repeatable."),
    ] = None,
    form: Form = "terminal",
) -> None:
    """Show one rule: whom it binds, what it matches, its source and what to do.

    Example: stackaudit rules show baseline/some-rule
    """
    form = choice("--format", form, FORMATS)
    from stackaudit.cli.console import present
    from stackaudit.model import ConfigError
    from stackaudit.report import rulebook

    rules = {r.id: r for p in _load(pack or ["all"]) for r in p.rules}
    found = rules.get(rule)
    if found is None:
        from stackaudit.rules.checker import suggest

        hint = suggest(rule, rules) or "; stackaudit rules list names them all"
        raise ConfigError(f"unknown rule '{rule}'{hint}")

    present(
        form,
        lambda stream: rulebook.write_rule(found, stream),
        lambda stream: rulebook.write_rule_json(found, stream),
    )


@app.command("check", cls=Command)
def check_rules(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Rule packs of your own.")],
    form: Form = "terminal",
) -> int:
    """Check rule packs of your own and list every fault with its place.

    Example: stackaudit rules check our-rules.yaml
    """
    form = choice("--format", form, FORMATS)
    from stackaudit import resources
    from stackaudit.cli.console import present
    from stackaudit.report import rulebook
    from stackaudit.rules import check_file

    directory = resources.rules_directory()
    found = {name: check_file(Path(name), directory) for name in files}
    present(
        form,
        lambda stream: rulebook.write_faults(
            {n: list(map(str, f)) for n, f in found.items()}, stream
        ),
        lambda stream: rulebook.write_faults_json(
            [
                {"path": p.path, "line": p.line, "column": p.column, "message": p.message}
                for faults in found.values()
                for p in faults
            ],
            stream,
        ),
    )
    return 2 if any(found.values()) else 0


@app.command("test", cls=Command)
def test_rules(
    packs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PACK|FILE]...", help="Packs, shipped or your own. Default: all."),
    ] = None,
    form: Form = "terminal",
) -> int:
    """Run the tests inside rules. Exit code 1 when one fails, 2 when a file is faulty.

    \b
    Examples:
      stackaudit rules test
      stackaudit rules test finance our-rules.yaml
    """  # noqa: D301 (\b keeps the examples' lines)
    form = choice("--format", form, FORMATS)
    from stackaudit import resources
    from stackaudit.cli.console import present
    from stackaudit.report import rulebook
    from stackaudit.ruletests import run_packs

    checks = run_packs(packs or ["all"], resources.rules_directory())
    present(
        form,
        lambda stream: rulebook.write_tests(checks, stream),
        lambda stream: rulebook.write_tests_json(checks, stream),
    )
    if any(check.faults for check in checks):
        return 2
    return 1 if any(check.failures for check in checks) else 0


@app.command("upcoming", cls=Command)
def show_upcoming(
    pack: _Packs = None,
    as_of: _AsOf = None,
    within: Annotated[
        str | None, typer.Option(metavar="DAYS", help="Only the next so many days.")
    ] = None,
    form: Form = "terminal",
) -> None:
    """Show which rules change when: what comes into force, ends or is amended.

    Example: stackaudit rules upcoming --within 180
    """
    form = choice("--format", form, FORMATS)
    today, most = day("--as-of", as_of), None if within is None else number("--within", within)
    from stackaudit.cli.console import present
    from stackaudit.report import rulebook
    from stackaudit.rules import upcoming

    found = upcoming(_load(pack or ["all"]), today, most)
    present(
        form,
        lambda stream: rulebook.write_changes(found, today.isoformat(), stream),
        lambda stream: rulebook.write_changes_json(found, stream),
    )


@app.command("stale", cls=Command)
def show_stale(
    pack: _Packs = None,
    days: Annotated[str, typer.Option(metavar="DAYS", help="How old is too old.")] = "90",
    as_of: _AsOf = None,
    form: Form = "terminal",
) -> int:
    """Show rules whose sources were last checked too long ago. Exit code 1 when there are any.

    Example: stackaudit rules stale --days 60
    """
    form = choice("--format", form, FORMATS)
    today, most = day("--as-of", as_of), number("--days", days)
    from stackaudit.cli.console import present
    from stackaudit.report import rulebook
    from stackaudit.rules import stale

    found = stale(_load(pack or ["all"]), today, most)
    present(
        form,
        lambda stream: rulebook.write_stale(found, most, today.isoformat(), stream),
        lambda stream: rulebook.write_stale_json(found, stream),
    )
    return 1 if found else 0


@app.command("docs", cls=Command)
def write_docs(
    pack: _Packs = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Write the page to FILE.")
    ] = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help=f"Write nothing; exit with 1 where FILE (by default {_PAGE}) is out of date.",
        ),
    ] = False,
) -> int:
    """Write all rules, what can be declared, and the lists, as one Markdown page.

    \b
    Examples:
      stackaudit rules docs --output docs/rules.md
      stackaudit rules docs --check
    """  # noqa: D301 (\b keeps the examples' lines)
    import io

    from stackaudit.cli.console import check_writable, show_utf8, tell
    from stackaudit.output import write_atomic
    from stackaudit.report import rulesdoc

    book = _book(pack or ["all"])
    if check:
        page = io.StringIO()
        rulesdoc.write(book, page)
        return _compare(page.getvalue(), Path(output or _PAGE))
    if output is None:
        show_utf8(lambda stream: rulesdoc.write(book, stream))
        return 0
    check_writable(Path(output))
    write_atomic(Path(output), lambda stream: rulesdoc.write(book, stream))
    tell(f"rules written to {output}")
    return 0


def _compare(page: str, file: Path) -> int:
    from stackaudit.cli.console import complain
    from stackaudit.model import InputError

    try:
        written = file.read_text("utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise InputError(f"cannot read {file}: {reason}") from None
    if written == page:
        return 0
    mend = f"stackaudit rules docs --output {file}"
    return complain(f"{file} is out of date; write it anew: {mend}", 1)


def _book(names: list[str]) -> Book:
    from stackaudit import resources
    from stackaudit.report.rulesdoc import Book
    from stackaudit.rules import FIELDS, load_shared

    shared = load_shared(resources.rules_directory())
    return Book(
        _load(names),
        tuple(shared.vocabulary.keys.values()),
        tuple(shared.lists.lists.values()),
        {name: field.meaning for name, field in FIELDS.items()},
    )


def _load(names: list[str]) -> list[Pack]:
    from stackaudit import resources
    from stackaudit.rules import load_packs

    return load_packs(names, resources.rules_directory())
