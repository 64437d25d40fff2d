"""Mentions -> components with facts: developer, base, licence, and whose host reaches it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from stackaudit.bind import Bound
from stackaudit.catalogue import Catalogue
from stackaudit.known import ModelFacts, checked, party, sources
from stackaudit.model import (
    UNKNOWN,
    Component,
    Confidence,
    Mention,
    Occurrence,
    Package,
    Processing,
    Route,
)
from stackaudit.stated import facts_of

#: Occurrences kept per component and file; the true number is always kept.
PER_FILE = 50
_RANK: dict[Confidence, int] = {"high": 2, "medium": 1, "low": 0}


def components(bound: Iterable[Bound], catalogue: Catalogue) -> tuple[Component, ...]:
    """Merge all mentions of the same thing into one component, in a stable order."""
    groups: dict[tuple[str, str], list[Bound]] = {}
    for item in bound:
        if item.mention.local:
            continue  # the user's own machine is no supplier
        groups.setdefault((item.mention.kind, _key(item.mention, catalogue)), []).append(item)
    built = [_component(kind, key, items, catalogue) for (kind, key), items in groups.items()]
    return tuple(sorted(built, key=lambda c: (c.kind, c.id)))


def _key(mention: Mention, catalogue: Catalogue) -> str:
    if mention.kind in ("model", "weights"):
        return facts_of(mention.text, _stated([mention]), catalogue).key
    if mention.kind == "endpoint":
        host = catalogue.hosts.find(mention.text)
        return host.host if host else mention.text.lower()
    if mention.package:
        row = catalogue.package(mention.package.ecosystem, mention.package.name)
        name = row["name"] if row else mention.package.name
        return f"{row['ecosystem'] if row else mention.package.ecosystem}/{name}"
    return mention.text


def _component(kind: str, key: str, items: list[Bound], catalogue: Catalogue) -> Component:
    items.sort(key=lambda b: (b.mention.path, b.mention.line, b.mention.column))
    if kind in ("model", "weights"):
        return _model_component(kind, items, catalogue)
    if kind == "endpoint":
        return _endpoint_component(key, items, catalogue)
    return _named_component(kind, key, items, catalogue)


def _model_component(kind: str, items: list[Bound], catalogue: Catalogue) -> Component:
    written = Counter(b.mention.text for b in items)
    text = max(written, key=lambda t: (written[t], t))
    facts = facts_of(text, _stated(b.mention for b in items), catalogue)
    seen = max((b.mention.confidence for b in items), key=_RANK.__getitem__)
    return Component(
        id=f"{kind}:{facts.key}",
        kind=kind,  # type: ignore[arg-type]
        name=facts.name,
        resolution=facts.resolution,
        confidence=min(seen, facts.confidence, key=_RANK.__getitem__),
        occurrences=_occurrences(items, facts.role),
        family=facts.family,
        release=facts.release,
        developer=facts.developer,
        lineage=facts.lineage,
        licence=facts.licence,
        weights=facts.weights,
        roles=(facts.role,) if facts.role else (),
        routes=_routes(items),
        sources=facts.sources,
        checked=facts.checked,
        occurrence_count=len(items),
        note=facts.note,
        retires=facts.retires if _is_served_by(facts, items) else "",
    )


def _is_served_by(facts: ModelFacts, items: list[Bound]) -> bool:
    """Whether a model comes from its developer: a shut-down there ends no weights elsewhere."""
    developer = facts.developer.id if facts.developer else ""
    return facts.weights == "closed" or any(
        b.route and b.route.provider == developer for b in items
    )


def _stated(mentions: Iterable[Mention]) -> dict[str, str]:
    """What several mentions state of one thing; the first counts."""
    stated: dict[str, str] = {}
    for mention in mentions:
        stated = {**mention.facts, **stated}
    return stated


def _endpoint_component(key: str, items: list[Bound], catalogue: Catalogue) -> Component:
    host = catalogue.hosts.find(items[0].mention.text)
    row = catalogue.endpoint(host.endpoint) if host and host.endpoint >= 0 else {}
    return Component(
        id=f"endpoint:{key}",
        kind="endpoint",
        name=key,
        resolution="exact" if row else "unknown",
        confidence=row.get("confidence", "low"),
        occurrences=_occurrences(items, UNKNOWN),
        routes=_routes(items),
        provider=party(row.get("provider", ""), catalogue),
        sources=sources(row, catalogue),
        checked=checked(row, catalogue),
        occurrence_count=len(items),
        note=row.get("note", ""),
    )


def _named_component(kind: str, key: str, items: list[Bound], catalogue: Catalogue) -> Component:
    """An SDK or a credential variable."""
    package = _declared(items)
    declared = [b for b in items if b.mention.detector != "import"]
    row: Mapping[str, Any]
    if package:
        row = catalogue.package(package.ecosystem, package.name) or {}
    else:
        row = catalogue.credential(key) or {}
    return Component(
        id=f"{kind}:{key}",
        kind=kind,  # type: ignore[arg-type]
        name=row.get("name", key),
        resolution="exact" if row else "unknown",
        confidence=row.get("confidence", "low"),
        # Imports of what a manifest declares tell how it is used, not that it is there.
        occurrences=_occurrences(declared or items, UNKNOWN),
        routes=_routes(items),
        developer=party(row.get("maker", ""), catalogue),
        provider=party(row.get("provider", ""), catalogue),
        package=package,
        sources=sources(row, catalogue),
        checked=checked(row, catalogue),
        occurrence_count=len(declared or items),
        note=row.get("note", ""),
    )


def _declared(items: list[Bound]) -> Package | None:
    """The package with its most telling version, direct when any place shows it to be."""
    packages = [b.mention.package for b in items if b.mention.package]
    if not packages:
        return None
    best = max(packages, key=lambda p: (p.direct, bool(p.version)))
    return best


def _occurrences(items: list[Bound], role: str) -> tuple[Occurrence, ...]:
    per_file: Counter[str] = Counter()
    kept = []
    for mention, route in items:
        per_file[mention.path] += 1
        if per_file[mention.path] > PER_FILE:
            continue
        kept.append(
            Occurrence(
                mention.path,
                mention.line,
                mention.column,
                mention.end_line,
                mention.end_column,
                mention.text,
                mention.usage,
                mention.role if mention.role != UNKNOWN else role,
                mention.detector,
                mention.key,
                mention.assembled,
                route.basis if route else "observed",
            )
        )
    return tuple(kept)


def _routes(items: Iterable[Bound]) -> tuple[Route, ...]:
    """Distinct routes, observed before inferred, known before unknown."""
    best: dict[tuple[object, ...], Route] = {}
    live = [item for item in items if item.mention.usage in ("used", "declared", "offered")]
    for item in live or items:
        route = item.route
        if route is None:
            continue
        key = (route.route, route.provider, route.service, route.hosting)
        if key not in best or (best[key].basis, route.basis) == ("inferred", "observed"):
            best[key] = route
    return tuple(sorted(best.values(), key=_known_first))


def _known_first(route: Route) -> tuple[object, ...]:
    return (
        route.route == "unknown",
        route.basis != "observed",
        route.route,
        route.provider,
        str(route.hosting),
    )


def processing(components: Iterable[Component], catalogue: Catalogue) -> tuple[Processing, ...]:
    """What the operators of components' routes say they do with data, by provider."""
    operators = {route.provider for component in components for route in component.routes}
    return tuple(
        Processing(
            row["provider"],
            row["service"],
            row["where"],
            row["trains"],
            row["retention"],
            catalogue.source(row),
            catalogue.checked(row),
            row["confidence"],
            row.get("agreements") or {},
            row.get("note", ""),
        )
        for row in sorted(catalogue.tables["processing"], key=_operator)
        if row["provider"] in operators
    )


def _operator(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["provider"], row["service"]
