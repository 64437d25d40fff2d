"""Zones: which part of the repository a path lies in, and on what terms each part is judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from stackaudit import rules
from stackaudit.ignore import Layer, parse_globs
from stackaudit.judge import fingerprint, judge, order
from stackaudit.model import (
    UNKNOWN,
    Component,
    Finding,
    Pack,
    Policy,
    Raised,
    Settings,
    Zone,
    ZoneInfo,
)
from stackaudit.policy import policy_findings

#: Name of what lies outside every zone.
REST = ""


class Terms(NamedTuple):
    """On what terms a part of the repository is judged."""

    zone: str
    """Its name; ``REST`` for what lies outside every zone."""
    packs: tuple[str, ...]
    """Names as asked for."""
    context: Mapping[str, tuple[str, ...]]
    policy: Policy


class Atlas:
    """Tells the zone of a path: the first one, in the order declared, that has it."""

    def __init__(self, zones: Iterable[Zone]) -> None:
        """Take in the zones. Raises ConfigError for a pattern that cannot be used."""
        self._zones = [(z, Layer.of(parse_globs(z.paths, z.name))) for z in zones]
        self.zone_of = cache(self._zone_of)

    def _zone_of(self, path: str) -> str:
        """The name of a path's zone; ``REST`` where no zone has it."""
        for zone, layer in self._zones:
            if layer.holds(zone.above + path):
                return zone.name
        return REST


def terms(settings: Settings, packs: Sequence[str], directory: Path) -> list[Terms]:
    """The terms of each zone, last those of the rest.

    Args:
        settings: configuration and flags, zones complete.
        packs: what judges where a zone does not choose its own.
        directory: the folder of the shipped rules.

    Raises:
        ConfigError: an unknown key or value in a context.
    """
    usual = rules.spelled_out(packs, directory)
    rest = Terms(REST, usual, _declared(settings, directory), settings.policy)
    found = []
    for zone in settings.zones:
        where = f'{settings.source or "settings"}: zone "{zone.name}"'
        context = rules.check_context(zone.context, directory, where)
        chosen = rules.spelled_out(zone.packs, directory) or usual
        found.append(Terms(zone.name, chosen, context, zone.policy))
    return [*found, rest]


def _declared(settings: Settings, directory: Path) -> dict[str, tuple[str, ...]]:
    """What is declared outside zones; a fault names the file or the flag it stands in."""
    told: dict[str, tuple[str, ...]] = {}
    for where, by_flag in ((settings.source, False), ("--context", True)):
        part = {k: v for k, v in settings.context.items() if (k in settings.flagged) is by_flag}
        told |= rules.check_context(part, directory, where)
    return dict(sorted(told.items()))


def judging(
    zones: Iterable[Zone], parts: Iterable[Terms], packs: Mapping[str, Pack]
) -> Callable[[str], set[str]]:
    """Path -> ids of the packs that judge there; arguments as for ``findings``."""
    ids = {p.zone: {packs[n].id for n in rules.with_included(p.packs, packs)} for p in parts}
    zone_of = Atlas(zones).zone_of
    return lambda path: ids[zone_of(path)]


def own_hosting(parts: Sequence[Terms]) -> str:
    """Where the user runs models, as far as that is one place for all parts."""
    places = {part.context.get("hosting", (UNKNOWN,))[0] for part in parts}
    return places.pop() if len(places) == 1 else UNKNOWN


def findings(
    found: Mapping[str, Sequence[Component]],
    parts: Sequence[Terms],
    packs: Mapping[str, Pack],
    day: date,
) -> tuple[Finding, ...]:
    """What the policies and rules of every part have to say of what was found there.

    Args:
        found: name of a zone -> components with their places, and only those, in it.
        parts: the terms of each zone and of the rest.
        packs: packs by the names they were asked for.
        day: the day to judge on.
    """
    against: list[Finding] = []
    raised: list[Finding] = []
    for part in parts:
        here = found.get(part.zone, ())
        names = rules.with_included(part.packs, packs)
        chosen = rules.overridden(packs[name] for name in names)
        broken = policy_findings(here, part.policy, part.context, chosen[0].regions)
        against += _in_zone(broken, part.zone)
        raised += _in_zone(judge(here, chosen, part.context, day), part.zone)
    return (*sorted(against, key=order), *sorted(raised, key=order))


def told(
    zones: Iterable[Zone],
    found: Mapping[str, Sequence[Component]],
    parts: Iterable[Terms],
    packs: Mapping[str, Pack],
) -> tuple[ZoneInfo, ...]:
    """What a report tells of the zones themselves; arguments as for ``findings``."""
    return tuple(
        ZoneInfo(
            zone.name,
            zone.paths,
            tuple(packs[name].id for name in rules.with_included(part.packs, packs)),
            part.context,
            len(found.get(zone.name, ())),
        )
        for zone, part in zip(zones, parts, strict=False)
    )


def would_raise(
    packs: Sequence[Pack],
    found: Mapping[str, Sequence[Component]],
    parts: Sequence[Terms],
    day: date,
) -> dict[str, Raised]:
    """What each pack would raise if every part were judged with it too: its id -> numbers."""
    every, conditional = Counter[str](), Counter[str]()
    for part in parts:
        for finding in judge(found.get(part.zone, ()), packs, part.context, day):
            every[finding.pack] += 1
            conditional[finding.pack] += finding.status == "conditional"
    return {pack.id: Raised(every[pack.id], conditional[pack.id]) for pack in packs}


def _in_zone(found: Iterable[Finding], zone: str) -> list[Finding]:
    if zone == REST:
        return list(found)
    return [replace(f, zone=zone, fingerprint=fingerprint(zone, f.fingerprint)) for f in found]
