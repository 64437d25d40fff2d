"""Parts of the JSON report: each type of ``model`` written out, in a fixed order."""

from __future__ import annotations

from typing import Any

from stackaudit.model import (
    Ancestor,
    Component,
    Finding,
    Licence,
    Occurrence,
    Override,
    Package,
    Party,
    Processing,
    Route,
    Source,
)
from stackaudit.report.text import masked


def component(c: Component) -> dict[str, Any]:
    """One component: the facts of the contract, then what is kept beside them."""
    return {
        "id": c.id,
        "kind": c.kind,
        "name": masked(c.name),
        "family": c.family,
        "release": c.release,
        "developer": _party(c.developer),
        "origin_country": c.origin_country,
        "lineage": [_ancestor(a) for a in c.lineage],
        "lineage_countries": list(c.lineage_countries),
        "licence": _licence(c.licence),
        "weights": c.weights,
        "roles": list(c.roles),
        "usages": list(c.usages),
        "routes": [route(r) for r in c.routes],
        "resolution": c.resolution,
        "confidence": c.confidence,
        "occurrences": [_occurrence(o) for o in c.occurrences],
        "occurrence_count": max(c.occurrence_count, len(c.occurrences)),
        "provider": _party(c.provider),
        "package": _package(c.package),
        "note": c.note,
        "sources": list(c.sources),
        "checked": c.checked,
        "retires": c.retires,
    }


def _ancestor(ancestor: Ancestor) -> dict[str, Any]:
    return {
        "family": ancestor.family,
        "developer": ancestor.developer,
        "country": ancestor.country,
        "relation": ancestor.relation,
        "confidence": ancestor.confidence,
        "source": ancestor.source,
        "family_name": ancestor.family_name,
        "developer_name": ancestor.developer_name,
    }


def _package(package: Package | None) -> dict[str, Any] | None:
    if package is None:
        return None
    return {
        "ecosystem": package.ecosystem,
        "name": package.name,
        "version": package.version,
        "direct": package.direct,
    }


def _party(party: Party | None) -> dict[str, Any] | None:
    if party is None:
        return None
    return {
        "id": party.id,
        "name": party.name,
        "country": party.country,
        "parent": party.parent,
        "parent_country": party.parent_country,
        "entity_lists": list(party.entity_lists),
        "legal_name": party.legal_name,
    }


def _licence(licence: Licence | None) -> dict[str, Any] | None:
    if licence is None:
        return None
    return {
        "id": licence.id,
        "name": licence.name,
        "category": licence.category,
        "terms": [{"term": t, "value": licence.terms[t]} for t in sorted(licence.terms)],
        "source": licence.source,
    }


def route(r: Route) -> dict[str, Any]:
    """One way of reaching a model."""
    return {
        "route": r.route,
        "provider": r.provider,
        "provider_country": r.provider_country,
        "hosting": {
            "scope": r.hosting.scope,
            "country": r.hosting.country,
            "region": r.hosting.region,
        },
        "basis": r.basis,
        "evidence": masked(r.evidence),
        "service": r.service,
        "provider_name": r.provider_name,
        "provider_parent_country": r.provider_parent_country,
        "provider_entity_lists": list(r.provider_entity_lists),
    }


def _occurrence(o: Occurrence) -> dict[str, Any]:
    return {
        "path": o.path,
        "line": o.line,
        "column": o.column,
        "end_line": o.end_line,
        "end_column": o.end_column,
        "text": masked(o.text),
        "usage": o.usage,
        "role": o.role,
        "detector": o.detector,
        "key": o.key,
        "assembled": o.assembled,
        "basis": o.basis,
        "route": o.route,
        "evidence": masked(o.reached.evidence) if o.reached else "",
        # The route of a place that does not count: of tests, examples and the like.
        "reached": route(o.reached) if o.reached and o.route is None else None,
    }


def finding(f: Finding) -> dict[str, Any]:
    """One finding."""
    return {
        "fingerprint": f.fingerprint,
        "rule": f.rule,
        "pack": f.pack,
        "severity": f.severity,
        "kind": f.kind,
        "title": f.title,
        "message": f.message,
        "component": f.component,
        "occurrences": [_occurrence(o) for o in f.occurrences],
        "sources": [source(s) for s in f.sources],
        "remedy": f.remedy,
        "status": f.status,
        "condition": f.condition,
        "waiver": f.waiver,
        "zone": f.zone,
        "confidence": f.confidence,
        "effective_from": f.effective_from,
        "components": list(f.components or (f.component,)),
        "override": override(f.override),
        "stale_days": f.stale_days,
    }


def override(told: Override | None) -> dict[str, Any] | None:
    """Another severity than the rule's own, and why."""
    if told is None:
        return None
    return {
        "severity": told.severity,
        "instead_of": told.instead_of,
        "reason": told.reason,
        "pack": told.pack,
    }


def source(s: Source) -> dict[str, Any]:
    """One legal source."""
    return {
        "title": s.title,
        "issuer": s.issuer,
        "section": s.section,
        "url": s.url,
        "checked_on": s.checked_on,
        "verification": s.verification,
    }


def processing(told: Processing) -> dict[str, Any]:
    """How an operator treats what it is sent."""
    return {
        "provider": told.provider,
        "service": told.service,
        "where": told.where,
        "trains": told.trains,
        "retention": told.retention,
        "agreements": [{"kind": k, "url": told.agreements[k]} for k in sorted(told.agreements)],
        "note": told.note,
        "source": told.source,
        "checked": told.checked,
        "confidence": told.confidence,
    }
