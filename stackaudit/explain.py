"""Everything the catalogue and the rule packs know about one identifier, without a scan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from typing import Any

from stackaudit import judge
from stackaudit.bind import Bound, bind, endpoint_route
from stackaudit.catalogue import Catalogue
from stackaudit.detect import FileFacts
from stackaudit.model import (
    UNKNOWN,
    Component,
    Explanation,
    Kind,
    Mention,
    Pack,
    Package,
    Provenance,
    Route,
)
from stackaudit.resolve import components

_ECOSYSTEMS = ("pypi", "npm", "go", "maven", "nuget", "crates", "gems", "packagist", "pub", "hex")
_NEAREST = 5


def explain(
    text: str,
    catalogue: Catalogue,
    packs: Sequence[Pack] = (),
    as_of: date | None = None,
) -> Explanation:
    """Explain a model id, host, URL, package or variable as written in code.

    Text that names nothing known gives a component with resolution ``unknown`` and the
    nearest known names.
    """
    wanted = text.strip()
    mention = _mention(wanted, catalogue)
    if mention is None:
        component = Component("unknown:", "model", wanted, UNKNOWN, "low", ())
        return Explanation(text, component, nearest=tuple(_nearest(wanted, catalogue)))
    (bound,) = bind(FileFacts((mention,)), catalogue)
    (component,) = components([bound], catalogue)
    component = _with_offers(component, bound, catalogue)
    rules = judge.explain(component, packs, as_of or date.today()) if packs else ()
    shown = replace(component, occurrences=(), occurrence_count=0)
    return Explanation(text, shown, tuple(_provenance(component, catalogue)), rules)


def _mention(text: str, catalogue: Catalogue) -> Mention | None:
    if not text or len(text) > 400:
        return None
    kind: Kind | None = None
    package = _package(text, catalogue)
    if catalogue.credential(text):
        kind = "credential"
    elif catalogue.hosts.find(text):
        kind = "endpoint"
    elif _is_model(text, catalogue):
        kind, package = "model", None
    elif package:
        kind = "sdk"
    if kind is None:
        return None
    return Mention(
        kind, text, "-", 1, 1, 1, 1 + len(text), "explain", "used",
        package=package if kind == "sdk" else None,
    )  # fmt: skip


def _is_model(text: str, catalogue: Catalogue) -> bool:
    match = catalogue.ids.find(text)
    if match is None or match.tail or text.lower().endswith(catalogue.places.file_endings):
        return False
    if match.family < 0:
        return True
    return match.versioned and (match.complete or match.strong) or match.strong and match.complete


def _package(text: str, catalogue: Catalogue) -> Package | None:
    ecosystem, separator, name = text.partition(":")
    if separator and ecosystem in _ECOSYSTEMS:
        return Package(ecosystem, name) if catalogue.package(ecosystem, name) else None
    for candidate in _ECOSYSTEMS:
        if catalogue.package(candidate, text):
            return Package(candidate, text)
    return None


def _with_offers(component: Component, bound: Bound, catalogue: Catalogue) -> Component:
    """Where the developer itself offers a model, unless the id says how it is reached."""
    route = bound.route
    if component.kind != "model" or component.developer is None:
        return component
    if route is not None and route.route != "unknown":
        return component
    offers: dict[tuple[Any, ...], Route] = {}
    for row in catalogue.tables["endpoints"]:
        if row["provider"] == component.developer.id and row["route"] in ("vendor-api", "cloud"):
            host = catalogue.hosts.find(row["host"])
            if host:
                offer = endpoint_route(catalogue, host, "inferred", f"its developer offers {host.host}")
                offers.setdefault((offer.service, offer.hosting), offer)
    return replace(component, routes=tuple(offers.values()))


def _provenance(component: Component, catalogue: Catalogue) -> Iterator[Provenance]:
    rows: list[tuple[str, Mapping[str, Any] | None]] = []
    if component.family:
        rows.append(("family", catalogue.family(catalogue.family_index[component.family])))
    if component.developer:
        rows.append(("developer", catalogue.vendor(component.developer.id)))
    if component.provider:
        rows.append(("provider", catalogue.vendor(component.provider.id)))
    if component.licence:
        licences = catalogue.tables["licences"].values()
        rows.append(
            ("licence", next((r for r in licences if component.licence.id in (r["id"], r.get("spdx"))), None))
        )
    if component.kind == "endpoint":
        host = catalogue.hosts.find(component.name)
        rows.append(("endpoint", catalogue.endpoint(host.endpoint) if host and host.endpoint >= 0 else None))
    if component.package:
        rows.append(("package", catalogue.package(component.package.ecosystem, component.package.name)))
    for fact, row in rows:
        if row and row.get("source"):
            yield Provenance(fact, str(row["source"]), row.get("checked", ""), row.get("confidence", "low"))


def _nearest(text: str, catalogue: Catalogue) -> list[str]:
    names: dict[str, str] = {}
    for family in catalogue.tables["families"]:
        for name in (family["name"], *family.get("examples", ())[:2]):
            names.setdefault(str(name).lower(), str(name))
    for row in catalogue.tables["packages"]:
        names.setdefault(row["name"].lower(), row["name"])
    for row in catalogue.tables["endpoints"]:
        names.setdefault(row["host"], row["host"])
    close = get_close_matches(text.lower(), names, n=_NEAREST, cutoff=0.6)
    return [names[name] for name in close]
