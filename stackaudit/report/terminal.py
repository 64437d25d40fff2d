"""The report for people: calm, aligned, plain text; colour only where a terminal shows it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

from stackaudit.model import KINDS, UNKNOWN, Kind, Report, Usage, ZoneInfo
from stackaudit.report import findings, models, places, reliance, suppliers
from stackaudit.report.layout import Line, Span, heading, labelled, line, paragraph
from stackaudit.report.text import clean, count, encodable, listed, prose, size
from stackaudit.report.view import View, select

#: Width where the output is not a terminal and nothing says otherwise.
PIPE_WIDTH = 100
_LABEL = 12
_MOST_COUNTRIES = 12
_STYLES = {
    "title": "bold",
    "label": "dim",
    "dim": "dim",
    "name": "bold",
    "critical": "bold red",
    "high": "red",
    "medium": "yellow",
    "low": "cyan",
    "info": "dim",
    "passed": "bold green",
    "failed": "bold red",
}
_VERDICTS = {0: ("PASSED", "passed"), 1: ("FAILED", "failed"), 3: ("INCOMPLETE", "failed")}
_NO_VERDICT = ("ERROR", "failed")


def write(
    report: Report,
    stream: TextIO,
    *,
    usages: Sequence[Usage] = ("used", "declared", "offered"),
    verbose: bool = False,
    width: int | None = None,
) -> None:
    """Writes ``report`` to ``stream``, as wide as the terminal or ``width`` cells."""
    view = View(width or fitting_width(stream), tuple(usages), verbose)
    emit(lines(report, view), stream)


def lines(report: Report, view: View) -> list[Line]:
    """The whole report as lines of styled text."""
    components = report.components
    return [
        *_header(report, view),
        *models.section(components, view),
        *reliance.sections(components, view),
        *suppliers.sections(components, view),
        *findings.sections(report, view),
        *paragraph(verdict_text(report), view.width, 0, _verdict_style(report)),
    ]


def write_verdict(report: Report, stream: TextIO) -> None:
    """Writes only the verdict, on one line."""
    emit([line(Span(verdict_text(report), _verdict_style(report)))], stream)


def verdict_text(report: Report) -> str:
    """Why the exit code is what it is, in one sentence."""
    code = report.verdict.exit_code
    word, _ = _VERDICTS.get(code, _NO_VERDICT)
    reason = prose(report.verdict.reason).removeprefix(f"{word.capitalize()}: ")
    return f"{word} (exit code {code}): {reason}"


def _verdict_style(report: Report) -> str:
    return _VERDICTS.get(report.verdict.exit_code, _NO_VERDICT)[1]


def _header(report: Report, view: View) -> list[Line]:
    title = f"stackaudit {clean(report.tool_version)}"
    rows = [
        ("Commit", _commit(report)),
        ("Scanned", _scanned(report)),
        ("Left out", _skipped(report, view)),
        ("Not read", _errors(report, view)),
        ("Rules", _rules(report)),
        ("Declared", _context(report.context)),
        *(("" if number else "Zones", _zone(zone)) for number, zone in enumerate(report.zones)),
        ("Found", _found(report, view)),
        ("Countries", _countries(report, view)),
    ]
    head = [*heading(title, clean(report.root), view.width), ()]
    for label, text in rows:
        head += labelled(label, text, view.width, _LABEL) if text else []
    return [*head, ()]


def _commit(report: Report) -> str:
    git = report.git
    if git is None or not git.commit:
        return ""
    text = clean(git.commit)[:12]
    text += f", branch {clean(git.branch)}" if git.branch else ""
    return f"{text}, with uncommitted changes" if git.dirty else text


def _scanned(report: Report) -> str:
    seen = report.coverage
    files = f"{seen.scanned:,} of {count(seen.listed, 'file')}"
    took = f", in {report.duration_s:.1f} s" if report.started_at else ""
    return f"{files}, {size(seen.bytes)}{took}"


def _skipped(report: Report, view: View) -> str:
    skipped = report.coverage.skipped
    if not skipped:
        return ""
    by_reason: dict[str, list[str]] = {}
    for skip in skipped:
        by_reason.setdefault(prose(skip.reason), []).append(clean(skip.path))
    ordered = sorted(by_reason.items(), key=lambda item: (-len(item[1]), item[0]))
    if view.verbose:
        return "; ".join(f"{len(p):,} {why}: {', '.join(p)}" for why, p in ordered)
    return f"{listed((f'{len(p):,} {why}' for why, p in ordered), 4)} (-v lists them)"


def _errors(report: Report, view: View) -> str:
    errors = report.coverage.errors
    told = [f"{clean(e.path)} ({prose(e.error)})" for e in errors]
    return listed(told, len(told) if view.verbose else 2)


def _rules(report: Report) -> str:
    packs = ", ".join(f"{clean(p.id)} {clean(p.version)}" for p in report.packs) or "none"
    return f"{packs}; catalogue {clean(report.catalogue_version)}"


def _context(context: Mapping[str, tuple[str, ...]]) -> str:
    told = [
        f"{clean(key)} = {', '.join(map(clean, values))}" for key, values in sorted(context.items())
    ]
    return "; ".join(told) or "nothing about contracts, data or users"


def _zone(zone: ZoneInfo) -> str:
    found = count(zone.components, "component") if zone.components else "nothing found there"
    where = f"{clean(zone.name)} ({', '.join(map(clean, zone.paths))})"
    return f"{where}: {found}; {', '.join(map(clean, zone.packs))}; {_context(zone.context)}"


def _found(report: Report, view: View) -> str:
    nouns: dict[tuple[Kind, ...], str] = {
        ("model", "weights"): "model",
        ("endpoint",): "endpoint",
        ("sdk",): "SDK",
        ("credential",): "credential variable",
    }
    told = [
        count(number, noun)
        for kinds, noun in nouns.items()
        if (number := len(select(report.components, kinds, view).visible))
    ]
    if told:
        return ", ".join(told)
    return "nothing in use" if report.components else "no AI model, endpoint, SDK or credential"


def _countries(report: Report, view: View) -> str:
    """The country codes the report shows, each spelled out once."""
    codes: set[str] = set()
    for component in select(report.components, KINDS, view).visible:
        for who in (component.developer, component.provider):
            codes.update((who.country, who.parent_country) if who else ())
        codes.update(component.lineage_countries)
        codes.update(r.provider_country for r in component.routes)
        codes.update(r.hosting.country for r in component.routes)
    told = [places.country(code) for code in sorted(codes - {UNKNOWN, ""})]
    return listed(told, len(told) if view.verbose else _MOST_COUNTRIES)


def fitting_width(stream: TextIO) -> int:
    """The terminal's width, ``COLUMNS`` where set, else a width that reads well in a file."""
    fallback = (PIPE_WIDTH, 24)
    if os.environ.get("COLUMNS", "").isdigit() or stream.isatty():
        return max(40, shutil.get_terminal_size(fallback).columns)
    return PIPE_WIDTH


def emit(rows: Iterable[Line], stream: TextIO) -> None:
    """Writes lines, with colour where ``stream`` is a terminal that wants it."""
    if _wants_colour(stream):
        _emit_coloured(rows, stream)
        return
    text = "".join("".join(span.text for span in row).rstrip() + "\n" for row in rows)
    stream.write(encodable(text, getattr(stream, "encoding", None) or "utf-8"))


def _emit_coloured(rows: Iterable[Line], stream: TextIO) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, markup=False, highlight=False, emoji=False, soft_wrap=True)
    encoding = getattr(stream, "encoding", None) or "utf-8"
    for row in rows:
        text = Text(end="\n")
        for span in row:
            text.append(encodable(span.text, encoding), _STYLES.get(span.style))
        console.print(text)


def _wants_colour(stream: TextIO) -> bool:
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()
