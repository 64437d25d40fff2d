"""Mentions -> components with facts: developer, base, licence, and whose host reaches it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from stackaudit.bind import Bound
from stackaudit.catalogue import Catalogue, IdMatch
from stackaudit.catalogue.ids import segments
from stackaudit.model import (
    UNKNOWN,
    Ancestor,
    Component,
    Confidence,
    Licence,
    Mention,
    Occurrence,
    Package,
    Party,
    Resolution,
    Route,
    Weights,
)

#: Occurrences kept per component and file; the true number is always kept.
PER_FILE = 50
_MAX_LINEAGE = 6
_RANK: dict[Confidence, int] = {"high": 2, "medium": 1, "low": 0}


class ModelFacts(NamedTuple):
    """All the catalogue knows about one id."""

    key: str
    name: str
    resolution: Resolution
    confidence: Confidence
    family: str
    release: str
    developer: Party | None
    lineage: tuple[Ancestor, ...]
    licence: Licence | None
    weights: Weights
    role: str
    sources: tuple[str, ...]
    checked: str
    note: str


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
        return model_facts(mention.text, catalogue).key
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
    facts = model_facts(text, catalogue)
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
    )


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
        sources=_sources(row, catalogue),
        checked=_checked(row, catalogue),
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
        sources=_sources(row, catalogue),
        checked=_checked(row, catalogue),
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


def party(vendor_id: str, catalogue: Catalogue) -> Party | None:
    """A vendor as a party to the report."""
    row = catalogue.vendor(vendor_id)
    if row is None:
        return None
    parent = row.get("parent") or {}
    lists = tuple(sorted({entry["list"] for entry in row.get("entity_lists", ())}))
    return Party(
        row["id"],
        row["name"],
        row["country"],
        parent.get("name", ""),
        parent.get("country", ""),
        lists,
    )


def model_facts(text: str, catalogue: Catalogue) -> ModelFacts:
    """Facts of a model id as written."""
    match = catalogue.ids.find(text)
    if match is None:
        return _unknown(text)
    if match.family < 0:
        return _vendor_only(text, match, catalogue)
    return _known(text, match, catalogue)


def _unknown(text: str) -> ModelFacts:
    key = "unknown/" + "-".join(segments(text) or (text,))
    return ModelFacts(
        key, text, "unknown", "low", "", "", None, (), None, "unknown", UNKNOWN, (), "", ""
    )


def _vendor_only(text: str, match: IdMatch, catalogue: Catalogue) -> ModelFacts:
    row = catalogue.vendor(match.org_vendor) or {}
    return ModelFacts(
        f"{match.org_vendor}/" + "-".join(segments(match.name)),
        text,
        "vendor",
        "medium",
        "",
        "",
        party(match.org_vendor, catalogue),
        (),
        None,
        "unknown",
        UNKNOWN,
        _sources(row, catalogue),
        _checked(row, catalogue),
        "",
    )


def _known(text: str, match: IdMatch, catalogue: Catalogue) -> ModelFacts:
    family = catalogue.family(match.family)
    release = family["releases"][match.release] if match.release >= 0 else {}
    row = {**family, **{k: v for k, v in release.items() if k != "names"}}
    derived = _is_derivative(match, family)
    name = f"{match.org}/{match.name}" if match.org else match.name
    if derived:
        developer = party(match.org_vendor, catalogue) if match.org_vendor else None
        # A stranger's fine-tune: its base is known, its maker is not.
        developer = developer or Party(match.org.lower() or UNKNOWN, match.org or UNKNOWN, UNKNOWN)
        first = "" if family.get("generic") else "inferred"
        lineage = _lineage(match.family, catalogue, release, first=first)
        licence = None
        weights: Weights = row["weights"]
        key = "/".join(filter(None, (match.org.lower(), "-".join(segments(match.name)))))
        note = f"named after {family['name']}, made by another; its licence is not known"
    else:
        developer = party(family["vendor"], catalogue)
        lineage = _bases(row, match, catalogue)
        licence = _licence(row["licence"], catalogue)
        weights = row["weights"]
        key = f"{family['vendor']}/" + "-".join(segments(match.name))
        note = row.get("note", "")
    return ModelFacts(
        key,
        name,
        "exact" if match.complete and match.versioned else "family",
        row["confidence"] if not derived else "medium",
        family["id"],
        match.name if match.complete and match.versioned else "",
        developer,
        lineage,
        licence,
        weights,
        row["type"],
        _sources(row, catalogue),
        _checked(row, catalogue),
        note,
    )


def _is_derivative(match: IdMatch, family: Mapping[str, Any]) -> bool:
    """Whether somebody else trained the family's weights further.

    A re-upload keeps the name and adds only format words; anything else beside the name, by
    anybody but the developer, is somebody's own model.
    """
    name = match.name.lower()
    if match.org_vendor == family["vendor"] or (
        # What only its vendor has, only its vendor trains; a stranger's name still says otherwise.
        family["weights"] == "closed" and not match.org
    ):
        return False
    if family.get("generic") and match.org and match.org_vendor != "re-upload":
        return True  # several developers use the name
    if any(str(example).lower().endswith(name) for example in family.get("examples", ())):
        return False
    if match.org_vendor == "re-upload":
        return match.derived and not match.complete
    return match.derived or not match.complete


def _bases(row: Mapping[str, Any], match: IdMatch, catalogue: Catalogue) -> tuple[Ancestor, ...]:
    if row.get("lineage"):
        return _lineage(match.family, catalogue, row)
    own = row["vendor"]
    for other in match.others:
        base = catalogue.family(other)
        if base["vendor"] != own or row.get("base_in_id"):
            return _lineage(other, catalogue, {}, first="inferred")
    return ()


def _lineage(
    family: int, catalogue: Catalogue, release: Mapping[str, Any], first: str = ""
) -> tuple[Ancestor, ...]:
    """The chain of bases, nearest first. With ``first``, the family itself is the nearest base."""
    chain: list[Ancestor] = []
    if first:
        chain.append(_ancestor(family, catalogue, first, "medium", "named in the id"))
    seen = {family}
    current: Mapping[str, Any] = {**catalogue.family(family), **release}
    while current.get("lineage") and len(chain) < _MAX_LINEAGE:
        following: Mapping[str, Any] = {}
        for link in current["lineage"]:
            index = catalogue.family_index[link["base"]]
            if index in seen:
                continue
            seen.add(index)
            chain.append(
                _ancestor(
                    index,
                    catalogue,
                    link["relation"],
                    link.get("confidence", "medium"),
                    catalogue.source(link) or catalogue.source(current),
                )
            )
            following = following or catalogue.family(index)
        current = following
    return tuple(chain)


def _ancestor(
    family: int, catalogue: Catalogue, relation: str, confidence: Confidence, source: str
) -> Ancestor:
    row = catalogue.family(family)
    vendor = catalogue.vendor(row["vendor"]) or {}
    country = vendor.get("country", UNKNOWN)
    return Ancestor(
        row["id"],
        row["vendor"],
        country,
        relation,
        confidence,
        source,
        row["name"],
        vendor.get("name", ""),
    )


def _licence(licence_id: str, catalogue: Catalogue) -> Licence | None:
    row = catalogue.licence(licence_id)
    if row is None:
        return None
    return Licence(
        row.get("spdx") or row["id"],
        row["name"],
        row["category"],
        row.get("terms") or {},
        row.get("url") or catalogue.source(row),
    )


def _sources(row: Mapping[str, Any], catalogue: Catalogue) -> tuple[str, ...]:
    source = catalogue.source(row)
    return (source,) if source else ()


def _checked(row: Mapping[str, Any], catalogue: Catalogue) -> str:
    return catalogue.checked(row) if row else ""
