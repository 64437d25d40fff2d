"""Decides the exit code: what is accepted is set aside, the rest held against the threshold."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from stackaudit import inline, waivers
from stackaudit.model import (
    GATED_USAGES,
    SEVERITIES,
    BaselineInfo,
    Component,
    ConfigError,
    Coverage,
    Finding,
    Settings,
    Verdict,
    WaiverNote,
)
from stackaudit.policy import PACK, check_policy, policy_findings

__all__ = ["check_policy", "decide", "policy_findings", "settle"]

CLEAN, FAILED, INCOMPLETE = 0, 1, 3
#: What a file holds that may hold a comment to us.
MARK = inline.WORD.encode()


class Settled(NamedTuple):
    """Findings with what is accepted marked so, and what is to be said about that."""

    findings: tuple[Finding, ...]
    notes: tuple[WaiverNote, ...]
    baseline: BaselineInfo | None


def settle(
    findings: Iterable[Finding],
    components: Iterable[Component],
    settings: Settings,
    base: Path,
    day: date,
    *,
    packs: Collection[str],
    marked: Iterable[str],
    judged: Callable[[str], Collection[str]],
    known: Callable[[], Collection[str]],
    whole: bool = True,
) -> Settled:
    """Mark what comments, waivers and the baseline accept, in this order.

    Args:
        findings: As judged.
        components: What they are about.
        settings: With waivers and the path of the baseline.
        base: The scanned folder.
        day: The day to judge on.
        packs: Ids of the packs that judged.
        marked: Paths of the files that may hold comments to us.
        judged: Path -> ids of the packs that judged there.
        known: Every rule id there is.
        whole: Whether a folder was scanned and not one file.

    Raises:
        ConfigError: The baseline cannot be used.
    """
    whole = whole and not settings.above and not settings.include
    lifted = inline.apply(
        findings, base, settings.max_file_bytes, marked, known, judged if whole else None
    )
    names = {component.id: component.name for component in components}
    waived = waivers.apply(
        lifted.findings, settings.waivers, names, day, above=settings.above, complete=whole
    )
    notes = (*lifted.notes, *waived.notes)
    if not settings.baseline:
        return Settled(waived.findings, notes, None)
    held, told = _held(waived.findings, settings, base, packs if whole else ())
    return Settled(held, notes, told)


def _held(
    findings: Iterable[Finding], settings: Settings, base: Path, packs: Collection[str]
) -> tuple[tuple[Finding, ...], BaselineInfo]:
    """Findings after the baseline; entries of ``packs`` without a finding are counted as gone."""
    from stackaudit import baseline  # most projects have none

    entries = baseline.read(settings.baseline)
    project = baseline.Project(home(base, settings.above), settings.above)
    held = baseline.hold(findings, entries, project)
    gone = sum(
        known not in held.matched and not baseline.out_of_sight(known, settings.above, packs)
        for known in entries
        if packs
    )
    number = sum(finding.status == "baseline" for finding in held.findings)
    name = os.path.basename(settings.baseline)
    return held.findings, BaselineInfo(name, number, gone)


def home(base: Path, above: str) -> str:
    """The folder that waivers and baseline speak of, from the scanned one."""
    return os.path.normpath(os.path.join(os.path.realpath(base), *[os.pardir] * above.count("/")))


def decide(findings: Iterable[Finding], settings: Settings, coverage: Coverage) -> Verdict:
    """The verdict and, in one sentence, why.

    Exit code 1 when an open finding in code that runs stands at or above ``fail_on``, or breaks
    the organisation's policy; 3 when files could not be read and ``strict`` asks for all; else 0.
    Conditional and pending findings never fail; ``fail_on = "never"`` only reports.

    Raises:
        ConfigError: ``fail_on`` is no severity.
    """
    if settings.fail_on not in (*SEVERITIES, "never"):
        known = ", ".join((*SEVERITIES, "never"))
        raise ConfigError(f"unknown fail_on '{settings.fail_on}'; known: {known}")
    listed = list(findings)
    failing = tuple(f for f in listed if _fails(f, settings.fail_on))
    unread = _unread(coverage)
    if failing:
        return Verdict(
            FAILED, _failed(failing, settings.fail_on), tuple(f.fingerprint for f in failing)
        )
    if unread and settings.strict:
        return Verdict(
            INCOMPLETE,
            f"Incomplete: {_count(len(unread), 'file')} not read in full, and strict asks for all; "
            f"the first is {unread[0]}.",
        )
    return Verdict(CLEAN, _passed(listed, settings.fail_on, len(unread)))


def _unread(coverage: Coverage) -> list[str]:
    """Files that should have been scanned and were not, or only in part, with the reason."""
    large = [s for s in coverage.skipped if s.reason.startswith("larger than ")]
    return [f"{e.path} ({e.error})" for e in coverage.errors] + [
        f"{s.path} ({s.reason})" for s in large
    ]


def _fails(finding: Finding, fail_on: str) -> bool:
    if fail_on == "never" or finding.status != "open" or finding.kind == "pending":
        return False
    if finding.occurrences and not any(o.usage in GATED_USAGES for o in finding.occurrences):
        return False
    if finding.pack == PACK:
        return True
    ranks: tuple[str, ...] = SEVERITIES
    return ranks.index(finding.severity) <= ranks.index(fail_on)


def _failed(failing: tuple[Finding, ...], fail_on: str) -> str:
    policy = sum(f.pack == PACK for f in failing)
    rules = len(failing) - policy
    parts = []
    if policy:
        parts.append(f"{_count(policy, 'finding')} against the policy")
    if rules:
        parts.append(f"{_count(rules, 'open finding')} at or above {fail_on}")
    late = sum(bool(f.waiver) for f in failing)
    expired = f"; {_count(late, 'waiver')} {'has' if late == 1 else 'have'} expired" if late else ""
    return f"Failed: {' and '.join(parts)}{expired}."


def _passed(findings: list[Finding], fail_on: str, unread: int) -> str:
    opened = sum(f.status == "open" for f in findings)
    waiting = sum(f.status == "conditional" for f in findings)
    if fail_on == "never":
        text = f"Passed: {_count(opened, 'open finding')}, and fail_on is never"
    elif opened:
        text = f"Passed: {_count(opened, 'open finding')}, none that fails at {fail_on}"
    else:
        text = "Passed: no open findings"
    for status, what in (("waived", "waived"), ("baseline", "in the baseline")):
        if number := sum(f.status == status for f in findings):
            text += f"; {number} {what}"
    if waiting:
        text += f"; {_count(waiting, 'finding')} would depend on context not declared"
    if unread:
        text += f"; {_count(unread, 'file')} not read in full"
    return f"{text}."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
