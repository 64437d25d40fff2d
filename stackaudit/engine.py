"""The pipeline: discover, read, detect, bind, resolve, judge, gate; one call, one report."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from stackaudit import __version__, discover, gate, gitinfo, resources, rules, zones
from stackaudit.catalogue import Catalogue, catalogue_for
from stackaudit.countries import names
from stackaudit.look import Progress, Seen, see
from stackaudit.model import (
    Component,
    Explanation,
    Pack,
    PackInfo,
    Processing,
    Raised,
    Report,
    Settings,
)

_BASELINE = ("baseline",)


def scan(
    root: Path,
    settings: Settings,
    *,
    packs: Sequence[str] = (),
    as_of: date | None = None,
    progress: Progress | None = None,
    seen: Seen | None = None,
    others: bool = True,
) -> Report:
    """Scan a folder or a single file and judge what it uses.

    Args:
        root: An existing folder or file.
        settings: Configuration, flags merged in.
        packs: Rule packs asked for; ``all`` stands for every shipped one, none for baseline.
        as_of: Judge with the rules in force on this day; today by default.
        progress: Called with files done and files in all.
        others: Whether to tell what the packs that were not asked for would raise.
        seen: What ``look_at`` found in the same tree; it is read anew where that does not hold.

    Raises:
        StackauditError: Root, packs or configuration cannot be used.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    day = as_of or date.today()
    directory = resources.rules_directory()
    parts = zones.terms(settings, packs or settings.packs or _BASELINE, directory)
    every = dict.fromkeys(name for part in parts for name in part.packs)
    asked = rules.load_named(tuple(every), directory)
    catalogue = catalogue_for(settings)
    check_policies(settings, parts, catalogue)
    hosting = zones.own_hosting(parts)
    if seen is None or seen.own_hosting != hosting:
        seen = see(root, settings, catalogue, hosting, progress)
    found, by_zone, coverage = seen.components, seen.by_zone, seen.coverage
    judging = {pack.id for pack in asked.values()}
    settled = gate.settle(
        zones.findings(by_zone, parts, asked, day),
        found,
        settings,
        discover.base(root),
        day,
        packs=judging,
        marked=seen.marked,
        judged=zones.judging(settings.zones, parts, asked),
        known=lambda: _rule_ids(asked.values(), directory),
        whole=root.is_dir(),
    )
    beside = rules.available(directory) if others else ()
    return Report(
        tool_version=__version__,
        catalogue_version=catalogue.version,
        catalogue_sha256=catalogue.sha256,
        packs=tuple(PackInfo(pack.id, pack.version, pack.sha256) for pack in asked.values()),
        root=root.resolve().name or str(root),
        started_at=started.isoformat(timespec="seconds").replace("+00:00", "Z"),
        duration_s=round(time.perf_counter() - clock, 3),
        git=gitinfo.info(root),
        coverage=coverage,
        context=parts[-1].context,
        components=found,
        findings=settled.findings,
        other_packs=_others(
            [name for name in beside if name not in judging], directory, by_zone, parts, day
        ),
        verdict=gate.decide(settled.findings, settings, coverage),
        processing=_processing(found, catalogue),
        rules=tuple(rule for pack in asked.values() for rule in pack.rules),
        zones=zones.told(settings.zones, by_zone, parts, asked),
        waiver_notes=settled.notes,
        baseline=settled.baseline,
    )


def look_at(root: Path, settings: Settings, *, progress: Progress | None = None) -> Seen:
    """Read a tree once, for several scans that differ in packs and context only.

    Raises:
        StackauditError: As ``scan``.
    """
    parts = zones.terms(settings, settings.packs or _BASELINE, resources.rules_directory())
    catalogue = catalogue_for(settings)
    return see(root, settings, catalogue, zones.own_hosting(parts), progress)


def scan_since(
    root: Path,
    settings: Settings,
    revision: str,
    *,
    packs: Sequence[str] = (),
    as_of: date | None = None,
    progress: Progress | None = None,
) -> Report:
    """Scan the whole tree, and judge only what it adds since ``revision`` and HEAD parted.

    Findings that are older are counted in the verdict and left out of the report.

    Raises:
        StackauditError: As ``scan``, or git cannot tell what was added.
    """
    from stackaudit import changes

    changes.base_of(root, revision)  # a slip of the pen is told before the work is done
    report = scan(root, settings, packs=packs, as_of=as_of, progress=progress)
    plain = replace(settings, waivers=(), baseline="")
    kept = changes.only_new(
        report.findings,
        root,
        revision,
        lambda folder: scan(folder, plain, packs=packs, as_of=as_of, others=False),
    )
    verdict = gate.decide(kept, settings, report.coverage)
    older = len(report.findings) - len(kept)
    if report.baseline:
        held = sum(finding.status == "baseline" for finding in kept)
        report = replace(report, baseline=replace(report.baseline, held=held))
    return replace(report, findings=tuple(kept), verdict=changes.told(verdict, older))


def scan_revision(
    root: Path, settings: Settings, revision: str, *, packs: Sequence[str] = ()
) -> Report:
    """Scan what a commit holds at ``root``; no waiver and no baseline is looked at.

    Raises:
        StackauditError: As ``scan``, or git cannot give the commit.
    """
    from stackaudit.git import Git
    from stackaudit.gittree import revision_folder

    plain = replace(settings, waivers=(), baseline="")
    with Git(root) as git, revision_folder(git, git.commit(revision), root) as folder:
        return scan(folder, plain, packs=packs, others=False)


def _rule_ids(asked: Iterable[Pack], directory: Path) -> set[str]:
    """Ids of the rules asked for and of all that are shipped."""
    shipped = rules.load_packs(rules.available(directory), directory)
    return {rule.id for pack in (*asked, *shipped) for rule in pack.rules}


def _processing(found: tuple[Component, ...], catalogue: Catalogue) -> tuple[Processing, ...]:
    if not found:
        return ()  # and nothing more is loaded
    from stackaudit.resolve import processing

    return processing(found, catalogue)


def check_policies(settings: Settings, parts: Iterable[zones.Terms], catalogue: Catalogue) -> None:
    """Refuses a line of a policy that could never match."""
    known: dict[str, set[str]] = {}
    for part in parts:
        if part.policy.allow or part.policy.deny:
            known = known or _policy_values(catalogue)
            where = settings.source or "policy"
            where += f': zone "{part.zone}"' if part.zone else ""
            gate.check_policy(part.policy, known, where)


def _policy_values(catalogue: Catalogue) -> dict[str, set[str]]:
    """What a line of a policy may name, so that a slip of the pen is told."""
    countries = {*names(), "unknown"}
    tables = catalogue.tables
    vendors = {
        name
        for row in tables["vendors"].values()
        for name in (row["id"], row["name"], *row.get("aliases", ()))
    }
    families = {name for row in tables["families"] for name in (row["id"], row["name"])}
    licences = {
        name
        for row in tables["licences"].values()
        for name in (row["id"], row.get("spdx") or row["id"], row["name"], row["category"])
    }
    return {
        "origin": countries,
        "provider_country": countries,
        "hosting_country": countries | {"local", "global"},
        "vendor": vendors | {"unknown"},
        "provider": vendors | {"unknown", "self"},
        "family": families | {"unknown"},
        "licence": licences | {"unknown"},
    }


def _others(
    names: Sequence[str],
    directory: Path,
    found: Mapping[str, Sequence[Component]],
    parts: Sequence[zones.Terms],
    day: date,
) -> dict[str, Raised]:
    """What each pack that was not asked for would raise, with those it includes."""
    if not any(found.values()):
        return dict.fromkeys(names, Raised(0, 0))
    packs = rules.load_named(names, directory)
    alone = zones.would_raise([packs[name] for name in names], found, parts, day)
    told = {}
    for name in names:
        with_it = [
            alone[packs[part].id] for part in rules.with_included([name], packs) if part in names
        ]
        told[name] = Raised(
            sum(raised.findings for raised in with_it),
            sum(raised.conditional for raised in with_it),
        )
    return told


def explain(
    texts: Iterable[str], settings: Settings | None = None, *, nearest: bool = True
) -> Iterator[Explanation]:
    """Explain identifiers one by one, in order, by the catalogue and every shipped rule pack.

    Args:
        texts: As written in code.
        settings: Configuration with models and hosts of the organisation's own.
        nearest: Whether to look for known names like an unknown text, which is slow.
    """
    from functools import lru_cache

    from stackaudit.explain import explain as tell

    directory = resources.rules_directory()
    packs = rules.load_packs(rules.available(directory), directory)
    catalogue, today = catalogue_for(settings or Settings()), date.today()

    @lru_cache(maxsize=20_000)
    def told(text: str) -> Explanation:
        return tell(text, catalogue, packs, today, nearest=nearest)

    yield from map(told, texts)
