"""What one scan, or one explanation, has to tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from stackaudit.model.components import Component, Processing
from stackaudit.model.rules import Finding, Rule
from stackaudit.model.settings import Policy
from stackaudit.model.words import Confidence, Severity, Status, WaiverState


@dataclass(frozen=True, slots=True)
class Skip:
    """A file or folder that was not scanned, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class ScanError:
    """A file that could not be read or was read only in part."""

    path: str
    error: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was listed, scanned and skipped."""

    listed: int
    scanned: int
    with_hits: int
    bytes: int
    skipped: tuple[Skip, ...]
    errors: tuple[ScanError, ...]


@dataclass(frozen=True, slots=True)
class PackInfo:
    """Identity of a rule pack that judged."""

    id: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class GitInfo:
    """State of the repository; empty strings where unknown."""

    commit: str
    branch: str
    dirty: bool | None
    remote: str = ""
    """Web address of the repository, without user and password; empty where none is told."""
    folder: str = ""
    """From the top of the checkout down to what was scanned: ``services/claims/``."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why the exit code is what it is."""

    exit_code: int
    reason: str
    failing: tuple[str, ...] = ()
    """Fingerprints of the findings that failed the gate."""


@dataclass(frozen=True, slots=True)
class ZoneInfo:
    """A part of the repository that was judged on terms of its own."""

    name: str
    paths: tuple[str, ...]
    packs: tuple[str, ...]
    """Ids."""
    context: Mapping[str, tuple[str, ...]]
    components: int
    """How many have a place in it."""


@dataclass(frozen=True, slots=True)
class WaiverNote:
    """What the people who look after waivers should know."""

    state: WaiverState
    place: str
    """``stackaudit-waivers.toml:3`` or, for a comment, ``app.py:7``."""
    message: str
    expires: str = ""
    """ISO date."""


@dataclass(frozen=True, slots=True)
class BaselineInfo:
    """The baseline a scan was compared with."""

    file: str
    """Name of the file."""
    held: int
    """Findings that are in it."""
    gone: int
    """Entries of it that no finding matches any more."""
    shown: bool = False
    """Whether reports for people list its findings."""


class Raised(NamedTuple):
    """How many findings a rule pack would raise."""

    findings: int
    conditional: int
    """How many of them depend on context that is not declared."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything one scan found; every output format is written from this alone."""

    tool_version: str
    catalogue_version: str
    catalogue_sha256: str
    packs: tuple[PackInfo, ...]
    root: str
    """Name of the scanned folder or file, never an absolute path."""
    started_at: str
    """ISO 8601; empty where reports are to be the same for every scan of one commit."""
    duration_s: float
    git: GitInfo | None
    coverage: Coverage
    context: Mapping[str, tuple[str, ...]]
    components: tuple[Component, ...]
    findings: tuple[Finding, ...]
    other_packs: Mapping[str, Raised]
    """For each pack not asked for: what it would raise."""
    verdict: Verdict
    processing: tuple[Processing, ...] = ()
    """What the operators of the routes say about the data they are sent."""
    zones: tuple[ZoneInfo, ...] = ()
    rules: tuple[Rule, ...] = ()
    """The rules of the packs that judged."""
    waiver_notes: tuple[WaiverNote, ...] = ()
    baseline: BaselineInfo | None = None
    """None where none was used."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the catalogue has one fact of an explanation from."""

    fact: str
    """developer, family, lineage, licence, endpoint, package, credential, entity-list"""
    source: str
    checked: str
    """ISO date."""
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class AppliedRule:
    """A rule that would speak to an explained component if it were used."""

    id: str
    pack: str
    status: Status
    severity: Severity
    title: str
    condition: str = ""
    note: bool = False
    """Told here only; a scan raises no finding from it."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is known about one identifier, without a scan."""

    text: str
    """As the user wrote it."""
    component: Component
    """Without occurrences; ``resolution`` is ``unknown`` where nothing is known."""
    provenance: tuple[Provenance, ...] = ()
    rules: tuple[AppliedRule, ...] = ()
    processing: tuple[Processing, ...] = ()
    """What the operators of its routes say about the data they are sent."""
    nearest: tuple[str, ...] = ()
    """Known names like the text, best first; only for unknown text."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the gate would decide for a model, and an endpoint with it, without a scan."""

    model: str
    """As the user wrote it."""
    endpoint: str
    path: str
    zone: str
    """Name of the zone the path lies in; empty where it lies in none."""
    packs: tuple[str, ...]
    """Ids of the packs that judged."""
    context: Mapping[str, tuple[str, ...]]
    policy: Policy
    fail_on: str
    components: tuple[Component, ...]
    findings: tuple[Finding, ...]
    verdict: Verdict
    source: str = ""
    """The file the settings came from; empty when none."""
