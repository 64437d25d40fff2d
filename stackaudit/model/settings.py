"""Configuration file and flags, merged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from stackaudit.model.words import Usage


@dataclass(frozen=True, slots=True)
class Policy:
    """The organisation's allow and deny lists: fields of ``policy`` to values, or unknown."""

    allow: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    deny: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the repository with rules of its own."""

    name: str
    paths: tuple[str, ...]
    """Patterns in the syntax of .gitignore; the first zone that a path fits is its zone."""
    packs: tuple[str, ...] = ()
    """Pack ids or paths; empty means those of the settings."""
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """All that is declared there, whatever the settings declare."""
    policy: Policy = field(default_factory=Policy)
    """The only policy there."""
    above: str = ""
    """Folders from the configuration file down to what is scanned: ``services/claims/``."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A decision to accept findings until a day; empty texts match anything."""

    reason: str
    owner: str
    expires: str
    """ISO date; the last day it holds."""
    rule: str = ""
    """Id or pattern."""
    component: str = ""
    """Id, name or pattern."""
    fingerprint: str = ""
    """Of the one finding it is for."""
    paths: tuple[str, ...] = ()
    """Patterns in the syntax of .gitignore, from the file it stands in on."""
    ticket: str = ""
    place: str = ""
    """``stackaudit-waivers.toml:3``."""


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
    jobs: int = 1
    """Processes that may read files at once."""
    usages: tuple[Usage, ...] = ("used", "declared", "offered")
    """What terminal reports show; JSON always carries every usage."""
    models: tuple[Mapping[str, object], ...] = ()
    """Models of the organisation's own, as in ``[[tool.stackaudit.models]]``."""
    endpoints: tuple[Mapping[str, object], ...] = ()
    """Hosts of the organisation's own, as in ``[[tool.stackaudit.endpoints]]``."""
    zones: tuple[Zone, ...] = ()
    """Parts of the repository judged on terms of their own, as in ``[[tool.stackaudit.zones]]``."""
    flagged: tuple[str, ...] = ()
    """Keys of ``context`` that were given as flags."""
    waivers: tuple[Waiver, ...] = ()
    """From the settings and from the file of waivers beside them."""
    baseline: str = ""
    """Absolute path of the baseline that is used; empty when none."""
    above: str = ""
    """Folders from that of baseline and waivers down to what is scanned."""
    source: str = ""
    """The file the settings came from, relative to the root; empty when none."""
