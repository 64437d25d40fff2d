"""``stackaudit rules``: lists, shows and checks rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stackaudit.cli.lean import Command, Group
from stackaudit.cli.values import choice

if TYPE_CHECKING:
    from stackaudit.model import Pack

_FORMATS = ("terminal", "json")
_Form = Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help="terminal or json.")]

app = typer.Typer(
    help="List, show and check the rules that judge a scan.",
    cls=Group,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    invoke_without_command=True,
)


@app.callback()
def _help(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command("list", cls=Command)
def list_rules(
    pack: Annotated[
        list[str] | None,
        typer.Option("--pack", "-p", metavar="PACK", help="Only this pack; repeatable."),
    ] = None,
    form: _Form = "terminal",
) -> None:
    """List the rules of every pack, or of some.

    \b
    Examples:
      stackaudit rules list
      stackaudit rules list --pack finance --format json
    """  # noqa: D301 (\b keeps the examples' lines)
    form = choice("--format", form, _FORMATS)
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
    form: _Form = "terminal",
) -> None:
    """Show one rule: whom it binds, what it matches, its source and what to do.

    Example: stackaudit rules show baseline/some-rule
    """
    form = choice("--format", form, _FORMATS)
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
) -> int:
    """Check rule packs of your own and list every fault with its place.

    Example: stackaudit rules check our-rules.yaml
    """
    from stackaudit import resources
    from stackaudit.cli.console import show
    from stackaudit.report import rulebook
    from stackaudit.rules import check_file

    directory = resources.rules_directory()
    faults = {name: [str(p) for p in check_file(Path(name), directory)] for name in files}
    show(lambda stream: rulebook.write_faults(faults, stream))
    return 2 if any(faults.values()) else 0


def _load(names: list[str]) -> list[Pack]:
    from stackaudit import resources
    from stackaudit.rules import load_packs

    return load_packs(names, resources.rules_directory())
