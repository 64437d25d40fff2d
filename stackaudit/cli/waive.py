"""``stackaudit waive``: write a waiver for one finding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from stackaudit.cli.values import day, pairs

if TYPE_CHECKING:
    from stackaudit.model import Finding, Settings

_SHORTEST = 6


def waive(
    fingerprint: Annotated[
        str,
        typer.Argument(
            metavar="FINGERPRINT",
            help="Of the finding, as JSON and SARIF reports have it; its first 6 digits will do.",
            show_default=False,
        ),
    ],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why it is acceptable.")] = "",
    owner: Annotated[str, typer.Option(metavar="WHO", help="Who answers for it.")] = "",
    expires: Annotated[
        str, typer.Option(metavar="DATE", help="The last day it holds (2027-03-31).")
    ] = "",
    ticket: Annotated[str, typer.Option(metavar="ID", help="Where it was decided.")] = "",
    path: Annotated[
        str, typer.Option(metavar="PATH", help="Folder that is scanned for the finding.")
    ] = ".",
    pack: Annotated[
        list[str] | None,
        typer.Option("--pack", "-p", metavar="PACK", help="Rule pack to judge with; repeatable."),
    ] = None,
    context: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=VALUE", help="Declare what no scan can see; repeatable."),
    ] = None,
) -> None:
    """Accept one finding until a day: append a waiver to stackaudit-waivers.toml.

    \b
    Example:
      stackaudit waive 2dd10b19ecde5d5c --reason "contract signed" --owner ada --expires 2027-03-31
    """  # noqa: D301 (\b keeps the example's line)
    from stackaudit.cli.console import tell
    from stackaudit.config.waivers import WAIVERS
    from stackaudit.discover import base
    from stackaudit.gate import home

    until = _checked(reason, owner, expires)
    settings = _settings(Path(path), pack or (), pairs("--context", context or ()))
    finding = _sought(Path(path), settings, fingerprint)
    file = Path(home(base(Path(path)), settings.above)) / WAIVERS
    _append(file, _row(finding, reason, owner, until, ticket))
    tell(f"{WAIVERS}: {finding.rule} for {finding.component} is waived until {until}")


def _settings(path: Path, packs: Iterable[str], context: Mapping[str, tuple[str, ...]]) -> Settings:
    """Those of a scan without a baseline."""
    from dataclasses import replace

    from stackaudit import config
    from stackaudit.cli.console import check_readable

    check_readable(path)
    return replace(config.load(path, {"packs": tuple(packs), "context": context}), baseline="")


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


def _sought(path: Path, settings: Settings, fingerprint: str) -> Finding:
    """The open finding with a fingerprint, or with one that starts so."""
    from stackaudit.cli.progress import Bar
    from stackaudit.engine import scan
    from stackaudit.model import InputError

    with Bar(True) as progress:
        report = scan(path, settings, progress=progress)
    start = fingerprint.strip().lower()
    alike = [
        f for f in report.findings if f.fingerprint.startswith(start) and len(start) >= _SHORTEST
    ]
    prints = {f.fingerprint for f in alike}
    if len(prints) != 1:
        told = f"{len(prints)} findings start so" if prints else "there is no such finding"
        how = "take it from: stackaudit scan --format json"
        raise InputError(f"{fingerprint[:40]}: {told} in {path}; {how}")
    (finding, *_) = alike
    if finding.status != "open":
        why = {
            "conditional": f"it depends on a declaration ({finding.condition}), not on a waiver",
            "waived": f"it is waived already: {finding.waiver}",
        }
        raise InputError(f"{finding.fingerprint}: {why.get(finding.status, finding.status)}")
    return finding


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
