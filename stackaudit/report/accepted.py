"""What a terminal says of waivers and the baseline besides the findings they accept."""

from __future__ import annotations

from typing import Any

from stackaudit.model import Finding, Report
from stackaudit.report.layout import Line, heading, labelled, paragraph
from stackaudit.report.text import clean, count, prose
from stackaudit.report.view import View

_LABEL = 10
_MOST = 10
STATES = ("expired", "faulty", "unused", "expiring")


def listed(report: Report) -> list[Finding]:
    """Accepted findings that are shown one by one: all waived, the baseline's where asked for."""
    hidden = report.baseline is not None and not report.baseline.shown
    shown = ("waived",) if hidden else ("waived", "baseline")
    return [f for status in shown for f in report.findings if f.status == status]


def sections(report: Report, view: View) -> list[Line]:
    """Waivers that need somebody's attention, and what the baseline holds."""
    lines: list[Line] = []
    notes = sorted(report.waiver_notes, key=lambda note: STATES.index(note.state))
    if notes:
        lines += heading(f"WAIVERS ({len(notes):,})", "to be looked after", view.width)
        most = len(notes) if view.verbose else _MOST
        for note in notes[:most]:
            text = f"{clean(note.place)}: {prose(note.message)}"
            lines += labelled("  " + note.state.ljust(_LABEL), text, view.width, 2 + _LABEL)
        if notes[most:]:
            lines += paragraph(f"and {len(notes) - most:,} more (-v)", view.width, 2, "dim")
        lines.append(())
    text = baseline(report)
    return [*lines, *(paragraph(text, view.width, 0) if text else []), *([()] if text else [])]


def baseline(report: Report) -> str:
    """The baseline in one sentence; empty where none was used or nothing was in it."""
    told = report.baseline
    if told is None or not (told.held or told.gone):
        return ""
    text = f"Baseline: {count(told.held, 'finding')} accepted by {clean(told.file)}"
    text += " (--show-baseline lists them)" if told.held and not told.shown else ""
    if told.gone:
        verb = "is" if told.gone == 1 else "are"
        gone = f"{told.gone:,} more in it {verb} gone"
        text += f"; {gone}: run stackaudit baseline prune"
    return text


def as_json(report: Report) -> dict[str, Any]:
    """Both as the JSON report has them."""
    told = report.baseline
    return {
        "waivers": {
            state: [
                {"place": note.place, "message": note.message, "expires": note.expires}
                for note in report.waiver_notes
                if note.state == state
            ]
            for state in STATES
        },
        "baseline": told and {"file": told.file, "held": told.held, "gone": told.gone},
    }
