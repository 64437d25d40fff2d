"""Commands that start fast: every value is taken as typed, without typer's validators.

Newer versions of typer load pydantic to check each value, half the start-up of a command. All
values here are texts, lists of texts or flags, which the commands check themselves. A version of
typer that works in another way is left as it is.
"""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup


class _AsTyped:
    """Stands in for a validator."""

    def coerce(self, value: Any, **_: Any) -> Any:
        return list(value) if isinstance(value, tuple) else value


def _lean(parameters: list[Any]) -> list[Any]:
    for parameter in parameters:
        if getattr(parameter, "_runtime_param", parameter) is None:
            parameter._runtime_param = _AsTyped()
    return parameters


class Command(TyperCommand):
    """A command whose values are taken as typed."""

    def get_params(self, ctx: Any) -> list[Any]:
        """The parameters, the help option among them."""
        return _lean(super().get_params(ctx))


class Group(TyperGroup):
    """A group of commands whose own options are taken as typed."""

    def get_params(self, ctx: Any) -> list[Any]:
        """The parameters, the help option among them."""
        return _lean(super().get_params(ctx))


def group(told: str) -> typer.Typer:
    """A group of commands that shows its help where none of them is named."""
    app = typer.Typer(
        help=told,
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

    return app
