"""Everything the catalogue and the rule packs know about one identifier, without a scan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from stackaudit import judge
from stackaudit.bind import Bound, bind
from stackaudit.catalogue import Catalogue
from stackaudit.detect.filefacts import FileFacts
from stackaudit.model import (
    Component,
    Explanation,
    Hosting,
    Kind,
    Mention,
    Pack,
    Package,
    Provenance,
    Route,
)
from stackaudit.resolve import components, processing
from stackaudit.routes import endpoint_route

_ECOSYSTEMS = ("pypi", "npm", "go", "maven", "nuget", "crates", "gems", "packagist", "pub", "hex")
_NEAREST = 5


def explain(
    text: str,
    catalogue: Catalogue,
    packs: Sequence[Pack] = (),
    as_of: date | None = None,
    *,
    nearest: bool = True,
) -> Explanation:
    """Explain a model id, host, URL, package or variable as written in code.

    Text that names nothing known gives a component with resolution ``unknown`` and, unless
    ``nearest`` is false, the nearest known names; to find them takes longer than all the rest.
    """
    wanted = text.strip()
    mention = _mention(wanted, catalogue)
    if mention is None:
        component = Component("unknown:", "model", wanted, "unknown", "low", ())
        near = _nearest(wanted, catalogue) if nearest else []
        return Explanation(text, component, nearest=tuple(near))
    (bound,) = bind(FileFacts((mention,)), catalogue)
    (component,) = components([bound], catalogue)
    offered = _with_offers(component, bound, catalogue)
    # Open weights need not be used at their developer's: rules see only what the id itself says.
    judged = component if component.weights == "open" else offered
    rules = judge.explain(judged, packs, as_of or date.today()) if packs else ()
    shown = replace(offered, occurrences=(), occurrence_count=0)
    told = processing([offered], catalogue)
    return Explanation(text, shown, tuple(_provenance(component, catalogue)), rules, told)


def _mention(text: str, catalogue: Catalogue) -> Mention | None:
    if not text or len(text) > 400:
        return None
    kind: Kind | None = None
    package = _package(text, catalogue)
    if catalogue.credential(text):
        kind = "credential"
    elif catalogue.hosts.find(text):
        kind = "endpoint"
    elif package and not _names_family(text, catalogue):
        kind = "sdk"
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
    if match.family < 0 or match.org_vendor or match.prefix >= 0:
        return True
    if match.versioned:
        return match.complete or match.strong
    return match.strong and match.complete


def _names_family(text: str, catalogue: Catalogue) -> bool:
    """Whether a family is called exactly ``text``, and not only found in it."""
    match = catalogue.ids.find(text)
    if match is None or match.family < 0:
        return False
    family = catalogue.family(match.family)
    names = (family["name"], *family.get("names", ()), *family.get("examples", ()))
    return text.casefold() in {str(name).casefold() for name in names}


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
    return replace(component, routes=_offers(component.developer.id, catalogue))


@lru_cache(maxsize=1024)
def _offers(developer: str, catalogue: Catalogue) -> tuple[Route, ...]:
    """The developer's own services, one for each place of processing."""
    offers: dict[tuple[Any, ...], Route] = {}
    for row in catalogue.tables["endpoints"]:
        if row["provider"] == developer and row["route"] in ("vendor-api", "cloud"):
            host = catalogue.hosts.find(row["host"])
            if host:
                words = f"its developer offers {host.host}"
                offer = endpoint_route(catalogue, host, "inferred", words)
                if any(mark in row["host"] for mark in "{*"):  # as many places as regions
                    offer = replace(offer, hosting=Hosting("region"))
                offers.setdefault((offer.service, offer.hosting), offer)
    return tuple(offers.values())


def _provenance(component: Component, catalogue: Catalogue) -> Iterator[Provenance]:
    rows: list[tuple[str, Mapping[str, Any] | None]] = []
    if component.family:
        rows.append(("family", catalogue.family(catalogue.family_index[component.family])))
    if component.developer:
        rows.append(("developer", catalogue.vendor(component.developer.id)))
    if component.provider:
        rows.append(("provider", catalogue.vendor(component.provider.id)))
    if component.licence:
        rows.append(("licence", _licence(component.licence.id, catalogue)))
    if component.kind == "endpoint":
        host = catalogue.hosts.find(component.name)
        if host and host.endpoint >= 0:
            rows.append(("endpoint", catalogue.endpoint(host.endpoint)))
    if component.package:
        package = component.package
        rows.append(("package", catalogue.package(package.ecosystem, package.name)))
    for fact, row in rows:
        if row and catalogue.source(row):
            confidence = row.get("confidence", "low")
            yield Provenance(fact, catalogue.source(row), catalogue.checked(row), confidence)


@lru_cache(maxsize=1024)
def _licence(name: str, catalogue: Catalogue) -> Mapping[str, Any] | None:
    """The licence row of an SPDX or catalogue id."""
    rows: Iterable[Mapping[str, Any]] = catalogue.tables["licences"].values()
    return next((row for row in rows if name in (row["id"], row.get("spdx"))), None)


def _nearest(text: str, catalogue: Catalogue) -> list[str]:
    """Known names like ``text``, best first, in lower case: letter case makes no difference."""
    names = {row["host"] for row in catalogue.tables["endpoints"]}
    names |= {row["name"].lower() for row in catalogue.tables["packages"]}
    for family in catalogue.tables["families"]:
        names.update(str(name).lower() for name in (family["name"], *family.get("examples", ())))
    return get_close_matches(text.lower(), sorted(names), n=_NEAREST, cutoff=0.6)
