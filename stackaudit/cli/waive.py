"""``stackaudit waive``: write a waiver for one finding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from stackaudit.cli.options import Context, Pack
from stackaudit.cli.values import day, pairs, settings_for

if TYPE_CHECKING:
    from stackaudit.model import Finding, Settings

_SHORTEST = 6


def waive(
    finding: Annotated[
        str,
        typer.Argument(
            metavar="FINDING",
            help="Its place as the report shows it (app.py:7), or its fingerprint as JSON and SARIF"
            " have it, of which the first 6 digits will do.",
            show_default=False,
        ),
    ],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why it is acceptable.")] = "",
    owner: Annotated[str, typer.Option(metavar="WHO", help="Who answers for it.")] = "",
    expires: Annotated[
        str, typer.Option(metavar="DATE", help="The last day it holds (2027-03-31).")
    ] = "",
    ticket: Annotated[str, typer.Option(metavar="ID", help="Where it was decided.")] = "",
    rule: Annotated[
        str, typer.Option(metavar="RULE", help="Which rule's finding, where a place has several.")
    ] = "",
    path: Annotated[
        str, typer.Option(metavar="PATH", help="Folder that is scanned for the finding.")
    ] = ".",
    pack: Pack = None,
    context: Context = None,
) -> None:
    """Accept one finding until a day: append a waiver to stackaudit-waivers.toml.

    \b
    Example:
      stackaudit waive app.py:7 --reason "contract signed" --owner ada --expires 2027-03-31
    """  # noqa: D301 (\b keeps the example's line)
    from stackaudit.cli.console import tell
    from stackaudit.config.waivers import WAIVERS
    from stackaudit.discover import base
    from stackaudit.gate import home
    from stackaudit.report.text import count

    until = _checked(reason, owner, expires)
    settings = _settings(Path(path), pack or (), pairs("--context", context or ()))
    found = _sought(Path(path), settings, finding, rule)
    file = Path(home(base(Path(path)), settings.above)) / WAIVERS
    _append(file, _row(found, reason, owner, until, ticket))
    places = count(len(found.occurrences), "place")
    tell(f"{WAIVERS}: {found.rule} for {found.component} ({places}) is waived until {until}")


def _settings(path: Path, packs: Iterable[str], context: Mapping[str, tuple[str, ...]]) -> Settings:
    """Those of a scan without a baseline."""
    from dataclasses import replace

    from stackaudit.cli.console import check_tree

    check_tree(path)
    return replace(settings_for(path, {"packs": tuple(packs), "context": context}), baseline="")


def _checked(reason: str, owner: str, expires: str) -> str:
    """The last day, as ISO date. Raises ConfigError for what is missing or past."""
    from stackaudit.model import ConfigError

    given = {"--reason": reason, "--owner": owner, "--expires": expires}
    missing = [flag for flag, text in given.items() if not text.strip()]
    if missing:
        raise ConfigError(f"waive needs {' and '.join(missing)}; see stackaudit waive --help")
    until = day("--expires", expires)
    if until < day("--expires", None):
        raise ConfigError(f"--expires: {expires} is in the past; a waiver needs a day to come")
    return until.isoformat()


def _sought(path: Path, settings: Settings, wanted: str, rule: str) -> Finding:
    """The open finding at a place, or with a fingerprint or the start of one."""
    from stackaudit.cli.progress import Bar
    from stackaudit.engine import scan
    from stackaudit.model import InputError

    with Bar(True) as progress:
        report = scan(path, settings, progress=progress)
    alike = [f for f in report.findings if _is_meant(f, wanted.strip()) and rule in ("", f.rule)]
    opened = [f for f in alike if f.status == "open"]
    # Where a build failed for one of several at a line, that one is meant.
    opened = [f for f in opened if f.fingerprint in report.verdict.failing] or opened
    if len(opened) == 1:
        return opened[0]
    if opened:
        rules = dict.fromkeys(f.rule for f in opened)
        how = f"name one with --rule: {', '.join(rules)}"
        if len(rules) < len(opened):
            how = f"name one by its fingerprint: {', '.join(f.fingerprint for f in opened)}"
        raise InputError(f"{wanted[:80]}: {len(opened)} open findings are meant; {how}")
    if alike:
        why = {
            "conditional": f"it depends on a declaration ({alike[0].condition}), not on a waiver",
            "waived": f"it is waived already: {alike[0].waiver}",
        }
        raise InputError(f"{wanted[:80]}: {why.get(alike[0].status, alike[0].status)}")
    how = "write a place as the report shows it (app.py:7), or a fingerprint"
    raise InputError(f"{wanted[:80]}: there is no such finding in {path}; {how}")


def _is_meant(finding: Finding, wanted: str) -> bool:
    if len(wanted) >= _SHORTEST and finding.fingerprint.startswith(wanted.lower()):
        return True
    places = {f"{place.path}:{place.line}" for place in finding.occurrences}
    return wanted.replace("\\", "/").removeprefix("./") in places


def _row(finding: Finding, reason: str, owner: str, until: str, ticket: str) -> dict[str, str]:
    """The waiver's keys: by rule and component where these say it all, else by fingerprint."""
    alone = not finding.components[1:] and not finding.zone
    plain = not any(char in finding.component for char in "*?[")
    told = {
        "rule": finding.rule,
        "component": finding.component if alone and plain else "",
        "fingerprint": "" if alone and plain else finding.fingerprint,
        "reason": " ".join(reason.split()),
        "owner": " ".join(owner.split()),
        "expires": until,
        "ticket": " ".join(ticket.split()),
    }
    return {key: text for key, text in told.items() if text}


def _append(file: Path, row: Mapping[str, str]) -> None:
    """Add a waiver below what the file holds, which stays as it is. Raises InputError."""
    from stackaudit.model import InputError
    from stackaudit.output import write_atomic

    try:
        before = file.read_bytes().decode("utf-8-sig") if file.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {file.name}: {error}") from None
    rows = [f"{key} = {text if key == 'expires' else _quoted(text)}\n" for key, text in row.items()]
    gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    text = f"{before}{gap}[[waivers]]\n{''.join(rows)}"

    def fill(stream: TextIO) -> None:
        stream.write(text)

    write_atomic(file, fill)


def _quoted(text: str) -> str:
    """A TOML text; JSON's escapes are among TOML's."""
    import json

    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
