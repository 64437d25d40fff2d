"""The types every stage shares: frozen, slotted, no behaviour beyond derived properties.

Four facts are never mixed: who developed a model, what it is based on, who operates
the endpoint, and where requests are processed. ``UNKNOWN`` is a value, never a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

UNKNOWN = "unknown"

Kind = Literal["model", "endpoint", "sdk", "weights", "credential"]
Usage = Literal["used", "offered", "declared", "test", "example", "doc", "comment"]
RouteKind = Literal["vendor-api", "cloud", "gateway", "self-hosted", "weights-hub", "unknown"]
Basis = Literal["observed", "inferred"]
Confidence = Literal["high", "medium", "low"]
Resolution = Literal["exact", "family", "vendor", "unknown"]
Weights = Literal["open", "closed", "unknown"]
Severity = Literal["critical", "high", "medium", "low", "info"]
RuleKind = Literal["prohibition", "obligation", "guidance", "pending", "practice"]
Status = Literal["open", "conditional", "waived", "baseline"]
HostingScope = Literal["country", "region", "global", "local", "unknown"]

KINDS: tuple[Kind, ...] = ("model", "weights", "endpoint", "sdk", "credential")
USAGES: tuple[Usage, ...] = ("used", "declared", "offered", "test", "example", "doc", "comment")
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low", "info")
#: Usages a gate looks at unless configured otherwise: what this code runs or installs.
GATED_USAGES: frozenset[Usage] = frozenset({"used", "declared"})


class StackauditError(Exception):
    """A failure the user can mend. ``str(error)`` is one line: what, where, how to mend."""

    exit_code = 2


class ConfigError(StackauditError):
    """Bad configuration, rule pack or command-line value."""


class InputError(StackauditError):
    """The path to scan or a file named by the user cannot be read or written."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package as a manifest declares it."""

    ecosystem: str
    """pypi, npm, go and so on: one of ``rules.fields.ECOSYSTEMS``."""
    name: str
    version: str = ""
    """Version or constraint as written; empty when none is given."""
    direct: bool = True
    """False for a lock file's transitive packages."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One raw sighting in one file, before resolution."""

    kind: Kind
    text: str
    """The identifier as written."""
    path: str
    """POSIX path relative to the scan root."""
    line: int
    column: int
    """1-based, counted in Unicode characters."""
    end_line: int
    end_column: int
    """Column just after the last character."""
    detector: str
    usage: Usage
    key: str = ""
    """Key, keyword or callee before the value, as written (``model``, ``--model``)."""
    role: str = UNKNOWN
    confidence: Confidence = "high"
    assembled: bool = False
    """True when ``text`` was put together from parts and is not verbatim in the file."""
    links: tuple[str, ...] = ()
    """Scopes it lies in, nearest first (call, client, config block); same link, same thing."""
    provides: tuple[str, ...] = ()
    """For clients and endpoints: the scopes they serve (a client variable, a config block)."""
    package: Package | None = None
    local: bool = False
    """An address of the user's own machine: it tells where a model goes, and no more."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place in one file that names a component."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    usage: Usage
    role: str
    detector: str
    key: str = ""
    assembled: bool = False
    basis: Basis = "observed"


@dataclass(frozen=True, slots=True)
class Party:
    """A developer, provider or parent company. ``country`` is ISO 3166-1 alpha-2, EU or unknown."""

    id: str
    name: str
    country: str
    parent: str = ""
    parent_country: str = ""
    entity_lists: tuple[str, ...] = ()
    """Ids of the lists it stands on (context, not a ban)."""


@dataclass(frozen=True, slots=True)
class Ancestor:
    """One base model in a lineage."""

    family: str
    developer: str
    """Vendor id."""
    country: str
    relation: str
    """How it derives from its base: one of ``rules.fields.RELATIONS``."""
    confidence: Confidence
    source: str
    family_name: str = ""
    """Display name of the family; empty where only its id is known."""
    developer_name: str = ""
    """Display name of the developer; empty where only its id is known."""


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence with the terms that matter, as data."""

    id: str
    """SPDX id or a catalogue id."""
    name: str
    category: str
    """permissive, copyleft, community, research, non-commercial, proprietary, unknown"""
    terms: Mapping[str, object] = field(default_factory=dict)
    """commercial, user_cap, revenue_cap, excluded_countries and so on, as in the catalogue."""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Hosting:
    """Where requests are processed."""

    scope: HostingScope
    country: str = UNKNOWN
    region: str = ""
    """Cloud region as the provider writes it."""


@dataclass(frozen=True, slots=True)
class Route:
    """How a model is reached."""

    route: RouteKind
    provider: str
    """Provider id, or unknown, or self."""
    provider_country: str
    hosting: Hosting
    basis: Basis
    evidence: str
    """In words: what decided (``base_url in the same call, app.py:7``)."""
    service: str = ""
    provider_name: str = ""
    provider_parent_country: str = ""
    """Seat of the company that owns the operator; empty when it has no parent."""
    provider_entity_lists: tuple[str, ...] = ()
    """Ids of the lists the operator stands on (context, not a ban)."""


@dataclass(frozen=True, slots=True)
class Component:
    """One model, endpoint, SDK, weights file or credential variable, with all its occurrences."""

    id: str
    kind: Kind
    name: str
    """Canonical display name, or the text as written where nothing is known."""
    resolution: Resolution
    confidence: Confidence
    occurrences: tuple[Occurrence, ...]
    family: str = ""
    release: str = ""
    developer: Party | None = None
    lineage: tuple[Ancestor, ...] = ()
    licence: Licence | None = None
    weights: Weights = "unknown"
    roles: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()
    provider: Party | None = None
    """Operator, for endpoints, SDKs and credentials."""
    package: Package | None = None
    sources: tuple[str, ...] = ()
    """Where the catalogue has its facts from."""
    checked: str = ""
    """ISO date the catalogue row was last checked."""
    occurrence_count: int = 0
    """True number of places; ``occurrences`` may be capped per file."""
    note: str = ""

    @property
    def origin_country(self) -> str:
        """The developer's seat; for what has no developer, the provider's."""
        party = self.developer or self.provider
        return party.country if party else UNKNOWN

    @property
    def lineage_countries(self) -> tuple[str, ...]:
        """Countries of all base models, nearest first, without repeats."""
        return tuple(dict.fromkeys(a.country for a in self.lineage))

    @property
    def usages(self) -> tuple[Usage, ...]:
        """Every usage among the occurrences, most binding first."""
        seen = {o.usage for o in self.occurrences}
        return tuple(u for u in USAGES if u in seen)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule or a fact comes from."""

    title: str
    issuer: str
    section: str
    url: str
    checked_on: str
    verification: str
    """primary or secondary"""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that fired on a component."""

    fingerprint: str
    """Stable across line moves and new places: from the rule and what the finding is per."""
    rule: str
    pack: str
    severity: Severity
    kind: RuleKind
    confidence: Confidence
    title: str
    message: str
    remedy: str
    component: str
    """Component id."""
    occurrences: tuple[Occurrence, ...]
    sources: tuple[Source, ...]
    status: Status
    condition: str = ""
    """For a conditional finding: the one thing to declare."""
    waiver: str = ""
    zone: str = ""
    effective_from: str = ""
    components: tuple[str, ...] = ()
    """Ids of all components, ``component`` first, where one finding speaks for several."""


@dataclass(frozen=True, slots=True)
class Match:
    """Conditions of a rule; all of them must hold, and on one and the same route."""

    fields: Mapping[str, tuple[str, ...]]
    """Field to allowed values, any of which will do; named lists are already expanded."""
    negated: Match | None = None
    any_of: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A change to a rule that is already decided."""

    date: str
    """ISO date."""
    change: str


@dataclass(frozen=True, slots=True)
class RuleTest:
    """One example inside a rule: facts of a component and what the rule must do with it."""

    given: Mapping[str, object]
    expect: str
    """fires, conditional, announced, silent"""
    line: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a pack, as data."""

    id: str
    pack: str
    title: str
    severity: Severity
    kind: RuleKind
    jurisdiction: str
    """ISO country (or subdivision), EU, or global."""
    binds: str
    """Who is bound, in words."""
    not_binding: str
    """Who is not, in words."""
    match: Match
    applies_if: Mapping[str, tuple[str, ...]]
    """Declared context that must hold; empty binds everyone."""
    unless: Mapping[str, tuple[str, ...]]
    """Declared context that silences the rule."""
    issued_on: str
    """ISO date or empty; from here until ``effective_from`` the rule is announced as pending."""
    effective_from: str
    effective_to: str
    upcoming: tuple[Change, ...]
    sources: tuple[Source, ...]
    message: str
    remedy: str
    tests: tuple[RuleTest, ...]
    line: int
    """Where it stands in its file."""
    per: str = "component"
    """What one finding stands for (``rules.causes.PER``); the same cause shares a finding."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A rule pack, checked and ready to judge with."""

    id: str
    title: str
    version: str
    summary: str
    rules: tuple[Rule, ...]
    path: str
    """The file it came from, as asked for."""
    sha256: str
    regions: Mapping[str, frozenset[str]]
    """Codes that stand for several countries (``EU``) and the countries."""


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


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why the exit code is what it is."""

    exit_code: int
    reason: str
    failing: tuple[str, ...] = ()
    """Fingerprints of the findings that failed the gate."""


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


@dataclass(frozen=True, slots=True)
class Policy:
    """The organisation's allow and deny lists: fields of ``policy`` to values, or unknown."""

    allow: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    deny: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """Configuration file and flags, merged; flags win."""

    packs: tuple[str, ...] = ()
    """Pack ids or paths; empty means baseline."""
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    fail_on: str = "high"
    """A severity, or never."""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    strict: bool = False
    max_file_bytes: int = 5 * 1024 * 1024
    usages: tuple[Usage, ...] = ("used", "declared", "offered")
    """What terminal reports show; JSON always carries every usage."""
    source: str = ""
    """The file the settings came from, relative to the root; empty when none."""


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


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is known about one identifier, without a scan."""

    text: str
    """As the user wrote it."""
    component: Component
    """Without occurrences; ``resolution`` is ``unknown`` where nothing is known."""
    provenance: tuple[Provenance, ...] = ()
    rules: tuple[AppliedRule, ...] = ()
    nearest: tuple[str, ...] = ()
    """Known names like the text, best first; only for unknown text."""
