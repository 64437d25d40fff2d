"""The pipeline: discover, read, detect, bind, resolve, judge, gate; one call, one report."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from stackaudit import __version__, discover, gate, gitinfo, judge, resources, rules, source
from stackaudit.bind import Bound, bind
from stackaudit.catalogue import Catalogue, load
from stackaudit.countries import names
from stackaudit.detect import FileFacts, detect
from stackaudit.model import (
    UNKNOWN,
    Component,
    Coverage,
    Explanation,
    Mention,
    PackInfo,
    Report,
    ScanError,
    Settings,
    Skip,
)
from stackaudit.ownnames import own_names
from stackaudit.paths import usage_of
from stackaudit.policy import policy_findings
from stackaudit.resolve import components

Progress = Callable[[int, int | None], None]
_BASELINE = ("baseline",)


def scan(
    root: Path,
    settings: Settings,
    *,
    packs: Sequence[str] = (),
    as_of: date | None = None,
    progress: Progress | None = None,
) -> Report:
    """Scan a folder or a single file and judge what it uses.

    Args:
        root: An existing folder or file.
        settings: Configuration, flags merged in.
        packs: Rule packs asked for; ``all`` stands for every shipped one, none for baseline.
        as_of: Judge with the rules in force on this day; today by default.
        progress: Called with files done and files in all.

    Raises:
        StackauditError: Root, packs or configuration cannot be used.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    day = as_of or date.today()
    directory = resources.rules_directory()
    wanted, others = _packs(packs or settings.packs or _BASELINE, directory)
    asked = rules.load_packs(wanted, directory)
    context = rules.check_context(settings.context, directory)
    catalogue = load()
    if settings.policy.allow or settings.policy.deny:
        known = _policy_values(catalogue)
        gate.check_policy(settings.policy, known, settings.source or "policy")
    collector = gc.isenabled()
    gc.disable()  # nothing here makes cycles; collecting would cost a tenth of the time
    try:
        survey = _Survey(root, settings, catalogue, (context.get("hosting") or (UNKNOWN,))[0])
        survey.run(progress)
        found = components(survey.bound, catalogue)
    finally:
        if collector:
            gc.enable()
    coverage = survey.coverage()
    policy = policy_findings(found, settings.policy, context, asked[0].regions)
    findings = (*policy, *judge.judge(found, asked, context, day))
    return Report(
        tool_version=__version__,
        catalogue_version=catalogue.version,
        catalogue_sha256=catalogue.sha256,
        packs=tuple(PackInfo(pack.id, pack.version, pack.sha256) for pack in asked),
        root=root.resolve().name or str(root),
        started_at=started.isoformat(timespec="seconds").replace("+00:00", "Z"),
        duration_s=round(time.perf_counter() - clock, 3),
        git=gitinfo.info(root),
        coverage=coverage,
        context=context,
        components=found,
        findings=tuple(findings),
        other_packs=_others(others, directory, found, context, day),
        verdict=gate.decide(findings, settings, coverage),
    )


def _packs(names: Sequence[str], directory: Path) -> tuple[list[str], list[str]]:
    """The packs asked for and the shipped ones not asked for."""
    available = rules.available(directory)
    wanted = list(available) if "all" in names else list(dict.fromkeys(names))
    return wanted, [name for name in available if name not in wanted]


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
        for name in (row["id"], row.get("spdx") or row["id"], row["name"])
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
    found: Sequence[Component],
    context: Mapping[str, tuple[str, ...]],
    day: date,
) -> dict[str, int]:
    """How many findings each pack that was not asked for would raise."""
    if not found:
        return dict.fromkeys(names, 0)
    packs = rules.load_packs(names, directory)
    return {pack.id: len(judge.judge(found, [pack], context, day)) for pack in packs}


class _Survey:
    """Reads every file of a tree and keeps what was found, skipped and broken."""

    def __init__(
        self, root: Path, settings: Settings, catalogue: Catalogue, own_hosting: str
    ) -> None:
        self._root = root
        self._catalogue = catalogue
        self._own_hosting = own_hosting
        self._options = discover.Options(
            settings.include, settings.exclude, settings.max_file_bytes
        )
        self.bound: list[Bound] = []
        self._skipped: list[Skip] = []
        self._errors: list[ScanError] = []
        self._own_modules: frozenset[str] = frozenset()
        self._listed = self._scanned = self._with_hits = self._bytes = 0

    def run(self, progress: Progress | None) -> None:
        files = []
        for item in discover.walk(self._root, self._options):
            if isinstance(item, Skip):
                self._skipped.append(item)
            elif isinstance(item, ScanError):
                self._errors.append(item)
            else:
                files.append(item)
        self._listed = len(files)
        base = discover.base(self._root)
        self._own_modules = own_names(base, [item.path for item in files])
        for number, item in enumerate(files):
            if progress and number % 64 == 0:
                progress(number, len(files))
            if item.weights:
                self._weights(item.path)
            else:
                self._file(base, item)
        if progress:
            progress(len(files), len(files))

    def coverage(self) -> Coverage:
        return Coverage(
            self._listed,
            self._scanned,
            self._with_hits,
            self._bytes,
            tuple(self._skipped),
            tuple(sorted(self._errors, key=lambda e: e.path)),
        )

    def _file(self, base: Path, item: discover.Found) -> None:
        opened = source.read(base, item.path, item.limit)
        if isinstance(opened, Skip):
            self._skipped.append(opened)
            return
        if isinstance(opened, ScanError):
            self._errors.append(opened)
            return
        self._scanned += 1
        self._bytes += len(opened.data)
        facts = detect(opened, self._catalogue, self._own_modules)
        if facts is None:
            return
        self._with_hits += 1
        for fault in filter(None, (opened.fault, facts.partial)):
            self._errors.append(ScanError(opened.path, f"read in part: {fault}"))
        self.bound += bind(facts, self._catalogue, self._own_hosting)

    def _weights(self, path: str) -> None:
        """A weights file is known by its name; it is never opened as code or data."""
        self._scanned += 1
        path = source.printable(path)
        name = path.rpartition("/")[2]
        sure = name.lower().endswith(self._catalogue.places.weight_endings)
        # .bin, .pt and the like are often something else: only a model's name makes them weights.
        if not sure and self._catalogue.ids.find(name) is None:
            return
        self._with_hits += 1
        mention = Mention(
            "weights",
            name,
            path,
            1,
            1,
            1,
            1,
            "file-name",
            usage_of(path) or "used",
            confidence="medium",
        )
        self.bound += bind(FileFacts((mention,)), self._catalogue, self._own_hosting)


def explain(texts: Iterable[str], *, nearest: bool = True) -> Iterator[Explanation]:
    """Explain identifiers one by one, in order, by the catalogue and every shipped rule pack.

    Args:
        texts: As written in code.
        nearest: Whether to look for known names like an unknown text, which is slow.
    """
    from functools import lru_cache

    from stackaudit.explain import explain as tell

    directory = resources.rules_directory()
    packs = rules.load_packs(rules.available(directory), directory)
    catalogue, today = load(), date.today()

    @lru_cache(maxsize=20_000)
    def told(text: str) -> Explanation:
        return tell(text, catalogue, packs, today, nearest=nearest)

    yield from map(told, texts)
