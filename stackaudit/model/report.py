"""What one scan, or one explanation, has to tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stackaudit.model.components import Component, Processing
from stackaudit.model.rules import Finding, Rule
from stackaudit.model.words import Confidence, Severity, Status


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
class Report:
    """Everything one scan found; every output format is written from this alone."""

    tool_version: str
    catalogue_version: str
    catalogue_sha256: str
    packs: tuple[PackInfo, ...]
    root: str
    """Name of the scanned folder or file, never an absolute path."""
    started_at: str
    duration_s: float
    git: GitInfo | None
    coverage: Coverage
    context: Mapping[str, tuple[str, ...]]
    components: tuple[Component, ...]
    findings: tuple[Finding, ...]
    other_packs: Mapping[str, int]
    """For each pack not asked for: how many findings it would raise."""
    verdict: Verdict
    processing: tuple[Processing, ...] = ()
    """What the operators of the routes say about the data they are sent."""
    zones: tuple[ZoneInfo, ...] = ()
    rules: tuple[Rule, ...] = ()
    """The rules of the packs that judged."""


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
