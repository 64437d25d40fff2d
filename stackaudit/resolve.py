"""Mentions -> components with facts: developer, base, licence, and whose host reaches it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from stackaudit.bind import Bound
from stackaudit.catalogue import Catalogue
from stackaudit.catalogue.roles import GENERIC
from stackaudit.known import ModelFacts, checked, party, sources
from stackaudit.model import (
    PLACE_ROLES,
    UNKNOWN,
    Component,
    Confidence,
    Mention,
    Occurrence,
    Package,
    Processing,
    Route,
    Usage,
)
from stackaudit.stated import facts_of

#: Occurrences kept per component and file; the true number is always kept.
PER_FILE = 50
_RANK: dict[Confidence, int] = {"high": 2, "medium": 1, "low": 0}
#: Usages that tell what a component does and how it is reached: the first that is there.
_LIVE: tuple[frozenset[Usage], ...] = (frozenset({"used", "declared"}), frozenset({"offered"}))


def components(bound: Iterable[Bound], catalogue: Catalogue) -> tuple[Component, ...]:
    """Merge all mentions of the same thing into one component, in a stable order."""
    groups: dict[tuple[str, str], list[Bound]] = {}
    items = list(bound)
    asked = _asked(items, catalogue)
    for item in items:
        if item.mention.local:
            continue  # the user's own machine is no supplier
        item = _with_role(item, asked)
        groups.setdefault((item.mention.kind, _key(item.mention, catalogue)), []).append(item)
    built = [_component(kind, key, items, catalogue) for (kind, key), items in groups.items()]
    return tuple(sorted(built, key=lambda c: (c.kind, c.id)))


def _asked(items: Iterable[Bound], catalogue: Catalogue) -> dict[tuple[str, str], str]:
    """File and scope -> the role in the path of the URL that is called there."""
    asked: dict[tuple[str, str], str] = {}
    for mention, _ in items:
        if mention.kind == "endpoint" and "://" in mention.text:
            path = mention.text.partition("://")[2].partition("/")[2]
            role = catalogue.roles.of_name(path)
            scopes = (link for link in mention.links if link.startswith(("call:", "block:")))
            for link in scopes if role else ():
                asked.setdefault((mention.path, link), role)
                break
    return asked


def _with_role(item: Bound, asked: Mapping[tuple[str, str], str]) -> Bound:
    """A model with the role of the URL it is sent to, where nothing nearer tells one."""
    mention = item.mention
    if not asked or mention.kind != "model" or mention.role != UNKNOWN:
        return item
    told = (asked[mention.path, link] for link in mention.links if (mention.path, link) in asked)
    return item._replace(mention=replace(mention, role=next(told, UNKNOWN)))


def _role(mention: Mention, made_for: str) -> str:
    """What a model does at a place; what it is made for, where the place says little."""
    if mention.role in GENERIC and made_for not in GENERIC:
        return made_for
    return mention.role if mention.role != UNKNOWN else made_for


def _roles(items: Iterable[Bound], made_for: str) -> tuple[str, ...]:
    """What a model does where it is in use; else where it is offered; else anywhere."""
    seen: dict[Usage, set[str]] = {}
    for mention, _ in items:
        seen.setdefault(mention.usage, set()).add(_role(mention, made_for))
    groups = [{role for usage in live for role in seen.get(usage, ())} for live in _LIVE]
    found = next(filter(None, groups), set().union(*seen.values()))
    return tuple(role for role in (*PLACE_ROLES, UNKNOWN) if role in found)


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
    routes = _routes(items)
    return Component(
        id=f"{kind}:{facts.key}",
        kind=kind,  # type: ignore[arg-type]
        name=facts.name,
        resolution=facts.resolution,
        confidence=min(seen, facts.confidence, key=_RANK.__getitem__),
        occurrences=_occurrences(items, routes, facts.role),
        family=facts.family,
        release=facts.release,
        developer=facts.developer,
        lineage=facts.lineage,
        licence=facts.licence,
        weights=facts.weights,
        roles=_roles(items, facts.role),
        routes=routes,
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
    routes = _routes(items)
    return Component(
        id=f"endpoint:{key}",
        kind="endpoint",
        name=key,
        resolution="exact" if row else "unknown",
        confidence=row.get("confidence", "low"),
        occurrences=_occurrences(items, routes),
        routes=routes,
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
    routes = _routes(items)
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
        occurrences=_occurrences(declared or items, routes),
        routes=routes,
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


def _occurrences(
    items: list[Bound], routes: Sequence[Route], made_for: str = UNKNOWN
) -> tuple[Occurrence, ...]:
    per_file: Counter[str] = Counter()
    kept = []
    places = {_way(route): index for index, route in enumerate(routes)}
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
                _role(mention, made_for),
                mention.detector,
                mention.key,
                mention.assembled,
                route.basis if route else "observed",
                places.get(_way(route)) if route else None,
                route,
                utf16=mention.utf16,
            )
        )
    return tuple(kept)


def _way(route: Route) -> tuple[object, ...]:
    """What makes two routes one: operator, service and place, whatever the evidence."""
    return route.route, route.provider, route.service, route.hosting


def _routes(items: Iterable[Bound]) -> tuple[Route, ...]:
    """Distinct routes, observed before inferred, known before unknown."""
    best: dict[tuple[object, ...], Route] = {}
    live = [item for item in items if item.mention.usage in ("used", "declared", "offered")]
    for item in live or items:
        route = item.route
        if route is None:
            continue
        key = _way(route)
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
