"""SARIF 2.1.0: findings for code scanning, one result a place, the most important first.

Columns are counted in UTF-16 units, addresses are relative to the top of the checkout, and the
log stays within what the largest service takes. A conditional finding has the kind ``open``, for
which SARIF asks the level ``none``; a waiver or a baseline becomes a suppression.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TextIO
from urllib.parse import quote

from stackaudit.model import (
    SEVERITIES,
    USAGES,
    Finding,
    GitInfo,
    Occurrence,
    Report,
    ScanError,
    Status,
)
from stackaudit.report import json_report
from stackaudit.report.blocks import overriding
from stackaudit.report.sarif_rules import LEVELS, descriptors, literal, sentence
from stackaudit.report.text import clean, count, masked, prose

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_TOP = "%SRCROOT%"
#: What the largest service takes in one run, and the bytes of a log before compression.
MOST_RESULTS = 25_000
MOST_BYTES = 10_000_000
_MOST_NOTICES = 500
_STATUSES: tuple[Status, ...] = ("open", "conditional", "waived", "baseline")


def write(report: Report, stream: TextIO, *, open_only: bool = False) -> None:
    """Writes ``report`` as a SARIF log.

    Args:
        report: What a scan found.
        stream: Takes the text.
        open_only: Leave out what is waived, in the baseline or conditional, for services that
            show every result as a problem, whatever its kind and suppressions.
    """
    stream.write(json_report.dumps(as_sarif(report, open_only=open_only)) + "\n")


def as_sarif(report: Report, *, open_only: bool = False) -> dict[str, Any]:
    """The log as plain data, in a fixed order."""
    findings = [f for f in report.findings if not open_only or f.status == "open"]
    rules = descriptors(findings, {rule.id: rule for rule in report.rules})
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    invocation: dict[str, Any] = {
        "executionSuccessful": report.verdict.exit_code in (0, 1),
        "exitCode": report.verdict.exit_code,
        "exitCodeDescription": prose(report.verdict.reason),
        "toolExecutionNotifications": list(_unread(report.coverage.errors, report.git)),
    }
    if report.started_at:
        invocation["startTimeUtc"] = report.started_at
    run: dict[str, Any] = {
        "tool": {"driver": _driver(report, rules)},
        "invocations": [invocation],
        "columnKind": "utf16CodeUnits",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "originalUriBaseIds": {_TOP: {"description": {"text": "The top of the checkout."}}},
        **_provenance(report.git),
        "properties": _about(report),
    }
    used = len(json_report.dumps(run).encode())
    spots = _spots(findings, set(report.verdict.failing))
    results = _fitting(_results(spots, report, numbers), MOST_BYTES - used - 4_000)
    if len(results) < len(spots):
        told = f"{count(len(spots) - len(results), 'result')} of {len(spots):,} left out, the least"
        told += " important and further places of the same finding: this log would be too large for"
        told += " services to take. The JSON report has all of them."
        invocation["toolExecutionNotifications"].append(_notice(told))
    run["results"] = results
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _driver(report: Report, rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": "stackaudit",
        "version": report.tool_version,
        "semanticVersion": report.tool_version,
        "rules": rules,
    }


def _about(report: Report) -> dict[str, Any]:
    """What judged: the versions that decide whether two logs can be compared."""
    return {
        "catalogue": {"version": report.catalogue_version, "sha256": report.catalogue_sha256},
        "packs": [{"id": p.id, "version": p.version, "sha256": p.sha256} for p in report.packs],
    }


def _provenance(git: GitInfo | None) -> dict[str, Any]:
    if git is None or not git.remote:
        return {}
    told = {"repositoryUri": git.remote, "revisionId": git.commit, "branch": clean(git.branch)}
    kept = {key: value for key, value in told.items() if value}
    return {"versionControlProvenance": [{**kept, "mappedTo": {"uriBaseId": _TOP}}]}


def _unread(errors: Sequence[ScanError], git: GitInfo | None) -> Iterator[dict[str, Any]]:
    for error in errors[:_MOST_NOTICES]:
        place = {"physicalLocation": {"artifactLocation": _address(error.path, git)}}
        yield {**_notice(f"{clean(error.path)}: {prose(error.error)}."), "locations": [place]}
    if errors[_MOST_NOTICES:]:
        more = count(len(errors) - _MOST_NOTICES, "more file")
        yield _notice(f"{more} could not be read, or only in part.")


def _notice(text: str) -> dict[str, Any]:
    return {"level": "warning", "message": {"text": literal(text)}}


class _Spot(NamedTuple):
    """One place of one finding."""

    finding: Finding
    place: Occurrence | None
    number: int
    """Which of the finding's places it is, from 0."""
    repeat: int
    """Which of its places with this very text in this very file."""


def _spots(findings: Iterable[Finding], failing: set[str]) -> list[_Spot]:
    """Every place of every finding: first one for each finding, then the further ones."""

    def importance(spot: _Spot) -> tuple[object, ...]:
        f, place = spot.finding, spot.place
        rank = (f.fingerprint not in failing, _STATUSES.index(f.status))
        where = (USAGES.index(place.usage), place.path, place.line, place.column) if place else ()
        return spot.number > 0, *rank, SEVERITIES.index(f.severity), f.rule, f.fingerprint, where

    found: list[_Spot] = []
    for finding in findings:
        seen: Counter[tuple[str, str]] = Counter()
        for number, place in enumerate(_distinct(finding.occurrences) or [None]):
            key = (place.path, place.text) if place else ("", "")
            found.append(_Spot(finding, place, number, seen[key]))
            seen[key] += 1
    return sorted(found, key=importance)


def _distinct(places: Iterable[Occurrence]) -> list[Occurrence | None]:
    """Each stretch of text once, however many components it names."""
    kept: dict[tuple[str, int, int, int], Occurrence | None] = {}
    for place in places:
        kept.setdefault((place.path, place.line, place.column, place.end_column), place)
    return list(kept.values())


def _results(
    spots: Iterable[_Spot], report: Report, numbers: Mapping[str, int]
) -> Iterator[dict[str, Any]]:
    names = {component.id: component.name for component in report.components}
    named = {
        (place.path, place.line, place.column, component.id)
        for component in report.components
        for place in component.occurrences
    }
    for spot in spots:
        f, place = spot.finding, spot.place
        every = f.components or (f.component,)
        at = (place.path, place.line, place.column) if place else ("", 0, 0)
        here = [part for part in every if (*at, part) in named] or [every[0]]
        who = list(dict.fromkeys(names.get(part, part) for part in here))
        yield {
            "ruleId": f.rule,
            "ruleIndex": numbers[f.rule],
            "kind": "open" if f.status == "conditional" else "fail",
            "level": "none" if f.status == "conditional" else LEVELS[f.severity],
            "message": {"text": _message(f, who, first=spot.number == 0)},
            "locations": [_location(place, report.git)] if place else [],
            "partialFingerprints": _fingerprints(spot),
            "suppressions": _suppressions(f),
            "properties": _properties(f, place, here),
        }


def _message(finding: Finding, who: Sequence[str], *, first: bool) -> str:
    """Which component, what is the matter and, at the finding's first place, why."""
    names = ", ".join(clean(name, 120) for name in who[:3])
    text = f"{names}: {sentence(finding.title)}"
    if first and finding.message:
        text += f" {sentence(finding.message)}"
    text += f" Zone {clean(finding.zone)}." if finding.zone else ""
    if first and finding.override:
        text += f" Severity {sentence(masked(overriding(finding.override)))}"
    if first and finding.stale_days:
        text += f" Its source was last checked {count(finding.stale_days, 'day')} ago."
    if finding.status == "conditional" and finding.condition:
        text += " This depends on a fact that no scan sees; it opens once you declare"
        text += f" {prose(masked(finding.condition))}."
    return literal(text)


def _location(place: Occurrence, git: GitInfo | None) -> dict[str, Any]:
    start, end = place.utf16 or (place.column, place.end_column)
    region: dict[str, int] = {"startLine": max(1, place.line)}
    if (place.end_line, end) > (place.line, start):
        region["startColumn"] = max(1, start)
        if place.end_line > place.line:
            region["endLine"] = place.end_line
        region["endColumn"] = max(1, end)
    address = _address(place.path, git)
    return {"physicalLocation": {"artifactLocation": address, "region": region}}


def _address(path: str, git: GitInfo | None) -> dict[str, str]:
    folder = git.folder if git else ""
    return {"uri": quote(f"{folder}{path}", errors="replace"), "uriBaseId": _TOP}


def _fingerprints(spot: _Spot) -> dict[str, str]:
    """What makes it the same finding, and the same place wherever its line has moved to."""
    finding, place = spot.finding, spot.place
    parts = (finding.fingerprint, *((place.path, place.text) if place else ()), str(spot.repeat))
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
    return {"stackauditFinding/v1": finding.fingerprint, "stackauditPlace/v1": digest[:16]}


def _suppressions(finding: Finding) -> list[dict[str, str]]:
    if finding.status == "waived":
        why = prose(masked(finding.waiver)) or "waived"
    elif finding.status == "baseline":
        why = "in the baseline"
    else:
        return []
    return [{"kind": "external", "status": "accepted", "justification": why}]


def _properties(
    finding: Finding, place: Occurrence | None, components: Sequence[str]
) -> dict[str, Any]:
    return {
        "status": finding.status,
        "severity": finding.severity,
        "confidence": finding.confidence,
        **({"usage": place.usage} if place else {}),
        **({"zone": clean(finding.zone)} if finding.zone else {}),
        **({"condition": prose(finding.condition)} if finding.condition else {}),
        **({"staleDays": finding.stale_days} if finding.stale_days else {}),
        **({"override": prose(masked(overriding(finding.override)))} if finding.override else {}),
        "components": [masked(part) for part in components[:20]],
    }


def _fitting(results: Iterable[dict[str, Any]], room: int) -> list[dict[str, Any]]:
    """As many results, from the most important on, as a service takes."""
    kept: list[dict[str, Any]] = []
    for result in results:
        room -= len(json_report.dumps(result).encode("utf-8", "replace")) + 2
        if room < 0 or len(kept) == MOST_RESULTS:
            break
        kept.append(result)
    return kept
