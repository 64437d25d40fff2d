"""The baseline: findings a project had when it began to look; only new ones fail."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from stackaudit.model import GATED_USAGES, SEVERITIES, ConfigError, Finding, PackInfo, Severity
from stackaudit.output import write_atomic
from stackaudit.source import read_bytes, reason_of

VERSION = 1
_LIMIT = 64 << 20
_POLICY = "policy"
_AGAIN = "write it anew with: stackaudit baseline create --force"


class Entry(NamedTuple):
    """One accepted finding; it holds no code."""

    fingerprint: str
    rule: str
    component: str
    path: str
    """Of its first place, from the baseline's project folder on."""
    severity: Severity
    zone: str = ""


class Held(NamedTuple):
    """Findings after the baseline, and its entries, each with the finding it stands for."""

    findings: tuple[Finding, ...]
    matched: Mapping[Entry, Finding]


class Project:
    """The folder a baseline speaks of: which of its paths are gone, and where they went."""

    def __init__(self, folder: str, above: str = "") -> None:
        """Take in its path, and the folders from there down to what is scanned."""
        self.folder, self.above = folder, above

    def lacks(self, path: str) -> bool:
        """Whether nothing lies there any more."""
        return not os.path.lexists(os.path.join(self.folder, path))

    @cached_property
    def renamed(self) -> Mapping[str, str]:
        """Old paths to new ones, as git tells them."""
        from stackaudit.renames import renames  # loads what runs git

        return renames(self.folder)


def entry(finding: Finding, above: str = "") -> Entry:
    """What is written down of a finding."""
    gated = [o for o in finding.occurrences if o.usage in GATED_USAGES]
    places = gated or finding.occurrences
    path = above + places[0].path if places else ""
    return Entry(
        finding.fingerprint, finding.rule, finding.component, path, finding.severity, finding.zone
    )


def hold(findings: Iterable[Finding], entries: Collection[Entry], project: Project) -> Held:
    """Open findings that the baseline has become ``baseline``.

    A finding is known by its fingerprint, which holds neither line nor path. Where that changed
    because its file went elsewhere, rule and component tell it, or the rename that git knows of.
    One that is worse now than it was accepted stays open.
    """
    listed = list(findings)
    by_print = {known.fingerprint: known for known in entries}
    matched: dict[Entry, Finding] = {}
    pairs: dict[int, Entry] = {}
    for at, finding in enumerate(listed):
        known = by_print.get(finding.fingerprint)
        if known and finding.status == "open":
            pairs[at] = known
    rest = [known for known in entries if known not in set(pairs.values())]
    moved = [known for known in rest if known.path and project.lacks(known.path)]
    for at, finding in enumerate(listed):
        if finding.status == "open" and at not in pairs and moved:
            old = _moved(finding, moved, project)
            if old:
                pairs[at] = old
                moved.remove(old)
    for at, known in pairs.items():
        matched[known] = listed[at]
        listed[at] = _held(listed[at], known)
    return Held(tuple(listed), matched)


def _moved(finding: Finding, gone: Iterable[Entry], project: Project) -> Entry | None:
    alike = [e for e in gone if (e.rule, e.zone) == (finding.rule, finding.zone)]
    ids = finding.components or (finding.component,)
    for known in alike:
        if known.component in ids:
            return known
    here = {project.above + o.path for o in finding.occurrences}
    kind = finding.component.partition(":")[0]
    for known in alike:
        same_kind = known.component.partition(":")[0] == kind
        if same_kind and project.renamed.get(known.path) in here:
            return known
    return None


def _held(finding: Finding, known: Entry) -> Finding:
    if SEVERITIES.index(finding.severity) >= SEVERITIES.index(known.severity):
        return replace(finding, status="baseline")
    said = f"The baseline has it as {known.severity}; it is worse now."
    return replace(finding, message=f"{finding.message} {said}".strip())


def renewed(
    before: Iterable[Entry],
    findings: Sequence[Finding],
    project: Project,
    packs: Collection[str],
    *,
    part: str = "",
    taking: bool,
) -> list[Entry]:
    """The baseline without what is gone, and with what is new where ``taking``.

    Args:
        before: Its entries up to now.
        findings: Of the whole project.
        project: Where they were found.
        packs: Ids of the packs that judged; entries of others stay as they are.
        part: The folder that is asked about; elsewhere nothing comes or goes.
        taking: Whether new findings come in, and those that are worse now are accepted so.
    """
    entries = list(before)
    held = hold(findings, entries, project).matched
    kept = []
    for old in entries:
        if finding := held.get(old):
            kept.append(_again(old, finding, finding.severity if taking else old.severity))
        elif out_of_sight(old, part, packs):
            kept.append(old)
    known = {finding.fingerprint for finding in held.values()}
    if taking:
        kept += [e for e in opened(findings, part) if e.fingerprint not in known]
    return kept


def opened(findings: Iterable[Finding], part: str = "") -> list[Entry]:
    """Entries for the open findings with a place in a part of the project."""
    return [
        entry(finding)
        for finding in findings
        if finding.status == "open"
        and (not part or any(place.path.startswith(part) for place in finding.occurrences))
    ]


def _again(old: Entry, finding: Finding, severity: Severity) -> Entry:
    """What is written of a finding that is known; its path stays as long as it is true."""
    new = entry(finding)
    still = any(place.path == old.path for place in finding.occurrences)
    return new._replace(path=old.path if still else new.path, severity=severity)


def out_of_sight(known: Entry, above: str, packs: Collection[str]) -> bool:
    """Whether a scan of a part, or with fewer packs, could not have found it."""
    return not known.path.startswith(above) or known.rule.partition("/")[0] not in (*packs, _POLICY)


def write(file: Path, entries: Iterable[Entry], tool: str, packs: Iterable[PackInfo]) -> None:
    """Write a baseline, sorted, a finding a line, so that a review sees what changed.

    Raises:
        InputError: It cannot be written.
    """
    head: dict[str, Any] = {
        "version": VERSION,
        "tool": tool,
        "rules": {pack.id: pack.version for pack in sorted(packs, key=lambda p: p.id)},
    }
    ordered = sorted(set(entries), key=lambda e: (e.rule, e.component, e.zone, e.fingerprint))

    def fill(stream: TextIO) -> None:
        lines = [json.dumps(_row(known), ensure_ascii=False) for known in ordered]
        stream.write(json.dumps(head, ensure_ascii=False)[:-1] + ',\n"findings": [')
        stream.write(",".join(f"\n{line}" for line in lines) + "\n]}\n")

    write_atomic(file, fill)


def _row(known: Entry) -> dict[str, str]:
    row: dict[str, str] = known._asdict()
    return row if known.zone else {key: value for key, value in row.items() if key != "zone"}


def read(file: str) -> tuple[Entry, ...]:
    """The entries of a baseline.

    Raises:
        ConfigError: It is missing, damaged, or of a later version; one line says so.
    """
    name = os.path.basename(file)
    try:
        document = json.loads(read_bytes(file, _LIMIT).decode("utf-8-sig"))
    except FileNotFoundError:
        what = "the settings name this baseline and it does not exist"
        raise ConfigError(f"{name}: {what}; run: stackaudit baseline create") from None
    except OSError as error:
        raise ConfigError(f"{name}: the baseline cannot be read: {reason_of(error)}") from None
    except (ValueError, RecursionError) as error:
        line = f":{error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise ConfigError(f"{name}{line}: the baseline is damaged: not JSON; {_AGAIN}") from None
    version = document.get("version") if isinstance(document, dict) else None
    if type(version) is int and version > VERSION:
        what = f"the baseline is of version {version}, and this stackaudit reads {VERSION}"
        raise ConfigError(f"{name}: {what}; update stackaudit")
    rows = document.get("findings") if isinstance(document, dict) else None
    if type(version) is not int or version != VERSION or not isinstance(rows, list):
        raise ConfigError(f"{name}: the baseline is damaged: no version or findings; {_AGAIN}")
    return tuple(_read_row(row, f"{name}: findings[{n}]") for n, row in enumerate(rows, 1))


def _read_row(row: object, place: str) -> Entry:
    texts = row if isinstance(row, dict) else {}
    known = {key: texts.get(key, "") for key in Entry._fields}
    sound = all(isinstance(value, str) for value in known.values()) and known["severity"] in (
        SEVERITIES
    )
    if not sound or not known["fingerprint"] or not known["rule"] or "\0" in known["path"]:
        raise ConfigError(f"{place}: the baseline is damaged here; {_AGAIN}")
    return Entry(**known)
