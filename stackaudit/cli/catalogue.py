"""``stackaudit catalogue``: checks, counts, lists and compares what the tool knows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from stackaudit.cli.lean import Command, group
from stackaudit.cli.options import FORMATS, Form
from stackaudit.cli.values import choice, day

if TYPE_CHECKING:
    from stackaudit.catalogue import Catalogue
    from stackaudit.model import CatalogueFault


app = group("Check, count, list and compare the catalogue of models, vendors and hosts.")


@app.command("check", cls=Command)
def check_catalogue(
    folder: Annotated[
        str | None,
        typer.Argument(metavar="[FOLDER]", help="Catalogue YAML, or a compiled one."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail as well.")] = False,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="DATE", help="Count the age of rows from this day."),
    ] = None,
    form: Form = "terminal",
) -> int:
    """Check every row: form, countries, names, look-alikes, sources, age.

    Without FOLDER it checks the catalogue of this version.

    \b
    Examples:
      stackaudit catalogue check
      stackaudit catalogue check stackaudit/catalogue/data --strict
    """  # noqa: D301 (\b keeps the examples' lines)
    form = choice("--format", form, FORMATS)
    today = day("--as-of", as_of)
    from stackaudit import resources
    from stackaudit.catalogue import checks
    from stackaudit.cli.console import present
    from stackaudit.report import catalogue as report
    from stackaudit.rules import available, load_packs
    from stackaudit.rules.matching import catalogue_ids

    found, faults = _opened(Path(folder) if folder else None)
    if found is not None:
        directory = resources.rules_directory()
        packs = load_packs(available(directory), directory)
        used = catalogue_ids(rule.match for pack in packs for rule in pack.rules)
        faults = checks.check(found, today, used)

    present(
        form,
        lambda stream: report.write_faults(faults, stream),
        lambda stream: report.write_faults_json(faults, stream),
    )
    return 2 if any(strict or fault.severity == "error" for fault in faults) else 0


@app.command("stats", cls=Command)
def show_stats(form: Form = "terminal") -> None:
    """Count vendors, models, licences, hosts and packages, and how well each is founded."""
    form = choice("--format", form, FORMATS)
    from stackaudit.catalogue import load, summary
    from stackaudit.cli.console import present
    from stackaudit.report import catalogue as report

    told = summary.stats(load())

    present(
        form,
        lambda stream: report.write_stats(told, stream),
        lambda stream: report.write_stats_json(told, stream),
    )


@app.command("list", cls=Command)
def list_models(
    vendor: Annotated[
        list[str] | None,
        typer.Option("--vendor", metavar="VENDOR", help="Id, name or alias; repeatable."),
    ] = None,
    country: Annotated[
        list[str] | None,
        typer.Option("--country", metavar="CODE", help="Developer's seat (ISO 3166-1)."),
    ] = None,
    licence: Annotated[
        list[str] | None,
        typer.Option("--licence", "--license", metavar="LICENCE", help="SPDX or catalogue id."),
    ] = None,
    form: Annotated[
        str, typer.Option("--format", "-f", metavar="FORMAT", help="terminal, json or csv.")
    ] = "terminal",
) -> None:
    """List model families and the releases that differ from their family.

    \b
    Examples:
      stackaudit catalogue list --country FR
      stackaudit catalogue list --licence MIT --format csv > mit.csv
    """  # noqa: D301 (\b keeps the examples' lines)
    form = choice("--format", form, (*FORMATS, "csv"))
    from stackaudit.catalogue import load, summary
    from stackaudit.cli.console import present
    from stackaudit.report import catalogue as report

    known = load()
    listed = summary.listing(
        known,
        [_vendor(known, name) for name in vendor or ()],
        [_country(code) for code in country or ()],
        [_licence(known, name) for name in licence or ()],
    )

    def machines(stream: TextIO) -> None:
        if form == "csv":
            report.write_listing_csv(listed, summary.COLUMNS, stream)
        else:
            report.write_listing_json(listed, stream)

    present(form, lambda stream: report.write_listing(listed, stream), machines)


@app.command("diff", cls=Command)
def compare_catalogues(
    old: Annotated[
        str, typer.Argument(metavar="OLD", help="Catalogue YAML, a compiled.json or a wheel.")
    ],
    new: Annotated[
        str | None, typer.Argument(metavar="[NEW]", help="The same; this version without it.")
    ] = None,
    form: Form = "terminal",
) -> None:
    """Tell which rows were added, removed or changed between two versions.

    \b
    Examples:
      stackaudit catalogue diff stackaudit-1.0.0-py3-none-any.whl
      stackaudit catalogue diff old/stackaudit/catalogue/data stackaudit/catalogue/data
    """  # noqa: D301 (\b keeps the examples' lines)
    form = choice("--format", form, FORMATS)
    from stackaudit.catalogue import load, summary
    from stackaudit.catalogue.versions import open_catalogue
    from stackaudit.cli.console import present
    from stackaudit.report import catalogue as report

    changes = summary.compare(
        open_catalogue(Path(old)), open_catalogue(Path(new)) if new else load()
    )

    present(
        form,
        lambda stream: report.write_changes(changes, stream),
        lambda stream: report.write_changes_json(changes, stream),
    )


def _opened(folder: Path | None) -> tuple[Catalogue | None, list[CatalogueFault]]:
    """The catalogue to check, or what keeps its YAML from being compiled."""
    from stackaudit.catalogue import load
    from stackaudit.catalogue.versions import open_catalogue, own_yaml

    source = folder or own_yaml()
    if source is None:
        return load(), []
    if not source.is_dir():
        return open_catalogue(source), []
    from stackaudit.catalogue import yaml_tables
    from stackaudit.catalogue.compiler import CatalogueError
    from stackaudit.model import CatalogueFault

    told = yaml_tables.read(source)[1]
    try:
        if not told:
            return open_catalogue(source), []
    except CatalogueError as error:
        told = [str(error)]
    return None, [CatalogueFault("error", *_cut(fault)) for fault in told]


def _cut(fault: str) -> tuple[str, str]:
    place, _, message = fault.partition(": ")
    return place, message


def _vendor(known: Catalogue, name: str) -> str:
    vendor = known.ids.vendor_of(name) or next(
        (row["id"] for row in known.tables["vendors"].values() if row["name"] == name), ""
    )
    return vendor or _unknown("--vendor", name, known.tables["vendors"])


def _country(code: str) -> str:
    from stackaudit.countries import names

    known = {*names(), "unknown"}
    found = next((name for name in (code, code.upper(), code.lower()) if name in known), "")
    return found or _unknown("--country", code, known)


def _licence(known: Catalogue, name: str) -> str:
    names = {
        text.lower(): row.get("spdx") or row["id"]
        for row in known.tables["licences"].values()
        for text in (row["id"], row.get("spdx") or row["id"], row["name"])
    }
    return names.get(name.lower()) or _unknown("--licence", name, names)


def _unknown(flag: str, word: str, known: object) -> str:
    from stackaudit.model import ConfigError
    from stackaudit.rules.checker import suggest

    assert isinstance(known, (dict, set))
    hint = suggest(word, known) or "; stackaudit catalogue list shows what there is"
    raise ConfigError(f"{flag}: unknown value '{word}'{hint}")
