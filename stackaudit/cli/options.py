"""Options that several commands share, each declared once."""

from __future__ import annotations

from typing import Annotated

import typer

#: What most commands can write; ``Form`` asks for one of them.
FORMATS = ("terminal", "json")

Form = Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help="terminal or json.")]
Pack = Annotated[
    list[str] | None,
    typer.Option("--pack", "-p", metavar="PACK", help="Rule pack to judge with; repeatable."),
]
Context = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY=VALUE", help="Declare what no scan can see, such as data=phi; repeatable."
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(metavar="DATE", help="Judge with the rules in force on DATE (2026-11-22)."),
]
Counted = Annotated[
    list[str] | None,
    typer.Option(
        metavar="USAGE",
        help="Which places count: all, or used, declared, offered, test, example, doc, comment;"
        " repeatable. Default: used, declared and offered.",
    ),
]
