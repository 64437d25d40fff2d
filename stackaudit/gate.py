"""Decides the exit code: findings against the threshold, then completeness."""

from __future__ import annotations

from collections.abc import Iterable

from stackaudit.model import (
    GATED_USAGES,
    SEVERITIES,
    ConfigError,
    Coverage,
    Finding,
    Settings,
    Verdict,
)
from stackaudit.policy import PACK, check_policy, policy_findings

__all__ = ["check_policy", "decide", "policy_findings"]

CLEAN, FAILED, INCOMPLETE = 0, 1, 3


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
    return f"Failed: {' and '.join(parts)}."


def _passed(findings: list[Finding], fail_on: str, unread: int) -> str:
    opened = sum(f.status == "open" for f in findings)
    waiting = sum(f.status == "conditional" for f in findings)
    if fail_on == "never":
        text = f"Passed: {_count(opened, 'open finding')}, and fail_on is never"
    elif opened:
        text = f"Passed: {_count(opened, 'open finding')}, none that fails at {fail_on}"
    else:
        text = "Passed: no open findings"
    if waiting:
        text += f"; {_count(waiting, 'finding')} would depend on context not declared"
    if unread:
        text += f"; {_count(unread, 'file')} not read in full"
    return f"{text}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
