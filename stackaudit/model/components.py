"""What a tree uses: sightings, and the components they add up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from stackaudit.model.words import (
    UNKNOWN,
    USAGES,
    Basis,
    Confidence,
    HostingScope,
    Kind,
    Resolution,
    RouteKind,
    Usage,
    Weights,
)


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
    facts: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What a weights file or the files beside it state of the model: see ``stackaudit.stated``."""
    utf16: tuple[int, int] | None = None
    """``column`` and ``end_column`` counted in UTF-16 units; None where these are the same."""


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
    legal_name: str = ""


@dataclass(frozen=True, slots=True)
class Ancestor:
    """One base model in a lineage."""

    family: str
    developer: str
    """Vendor id."""
    country: str
    relation: str
    """How it derives from its base: one of ``RELATIONS``, or inferred."""
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
    """What the model does there: one of ``PLACE_ROLES``, or unknown."""
    detector: str
    key: str = ""
    assembled: bool = False
    basis: Basis = "observed"
    route: int | None = None
    """Index into the component's routes; None where it has none, or none that counts."""
    reached: Route | None = None
    """How it is reached from here, with the evidence found here."""
    utf16: tuple[int, int] | None = None
    """``column`` and ``end_column`` counted in UTF-16 units; None where these are the same."""


@dataclass(frozen=True, slots=True)
class Processing:
    """What an operator says it does with data sent to one of its services."""

    provider: str
    """Vendor id."""
    service: str
    where: str
    """In words; ``unknown`` where its documents do not say."""
    trains: str
    """Whether it trains on the data by default: no, yes, opt-in, opt-out, conditional, unknown."""
    retention: str
    source: str
    checked: str
    confidence: Confidence
    agreements: Mapping[str, str] = field(default_factory=dict)
    """Kind of agreement (dpa, baa) -> address."""
    note: str = ""


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
    retires: str = ""
    """ISO date on which the developer has announced to shut this very id down."""

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
