"""JSON report 1.0: the types of ``model`` written out, in a fixed order; see ``schema.json``."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TextIO

from stackaudit.model import (
    KINDS,
    SEVERITIES,
    USAGES,
    Ancestor,
    Component,
    Coverage,
    Explanation,
    Finding,
    Licence,
    Occurrence,
    Override,
    Package,
    Party,
    Processing,
    Report,
    Route,
    Source,
)
from stackaudit.report import accepted, reliance
from stackaudit.report.text import masked

SCHEMA_VERSION = "1.0"
_STATUSES = ("open", "conditional", "waived", "baseline")
_LONE_SURROGATES = "[\ud800-\udfff]"


def write(report: Report, stream: TextIO) -> None:
    """Writes ``report`` as indented JSON with a final line end."""
    stream.write(dumps(as_json(report), indent=2) + "\n")


def write_schema(stream: TextIO) -> None:
    """Writes the JSON Schema that every report fits."""
    stream.write(Path(__file__).with_name("schema.json").read_text("utf-8"))


def dumps(value: object, indent: int | None = None) -> str:
    """JSON text that any parser accepts: bytes of no character become U+FFFD."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    return text if text.isascii() else re.sub(_LONE_SURROGATES, "\ufffd", text)


def as_json(report: Report) -> dict[str, Any]:
    """The whole report as plain data, in the order of the contract."""
    git = report.git
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {
            "name": "stackaudit",
            "version": report.tool_version,
            "catalogue": {
                "version": report.catalogue_version,
                "sha256": report.catalogue_sha256,
            },
            "packs": [{"id": p.id, "version": p.version, "sha256": p.sha256} for p in report.packs],
        },
        "scan": {
            "root": report.root,
            "started_at": report.started_at or None,
            "duration_s": round(report.duration_s, 3) if report.started_at else None,
            "git": git and {"commit": git.commit, "branch": git.branch, "dirty": git.dirty},
            "coverage": _coverage(report.coverage),
        },
        "context": {key: list(report.context[key]) for key in sorted(report.context)},
        "components": [component(c) for c in report.components],
        "findings": [finding(f) for f in report.findings],
        "summary": _summary(report),
        "data_processing": [_processing(p) for p in report.processing],
        "zones": [
            {
                "name": zone.name,
                "paths": list(zone.paths),
                "packs": list(zone.packs),
                "context": {key: list(zone.context[key]) for key in sorted(zone.context)},
                "components": zone.components,
            }
            for zone in report.zones
        ],
    }


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {
        "listed": coverage.listed,
        "scanned": coverage.scanned,
        "with_hits": coverage.with_hits,
        "skipped": [{"path": s.path, "reason": s.reason} for s in coverage.skipped],
        "errors": [{"path": e.path, "error": e.error} for e in coverage.errors],
        "bytes": coverage.bytes,
    }


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


def _processing(told: Processing) -> dict[str, Any]:
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


def _summary(report: Report) -> dict[str, Any]:
    components, findings = report.components, report.findings
    tally = Counter((str(f.severity), str(f.status)) for f in findings)
    verdict, others = report.verdict, sorted(report.other_packs.items())
    return {
        "components": len(components),
        "findings": len(findings),
        "by_kind": _counts((c.kind for c in components), KINDS),
        "by_usage": _counts((u for c in components for u in c.usages), USAGES),
        "by_severity": {
            severity: {status: tally[severity, status] for status in _STATUSES}
            for severity in SEVERITIES
        },
        "by_origin_country": _counts(
            c.origin_country for c in components if c.kind in ("model", "weights")
        ),
        "by_provider_country": _counts(
            country
            for c in components
            for country in dict.fromkeys(r.provider_country for r in c.routes)
        ),
        "verdict": {
            "exit_code": verdict.exit_code,
            "reason": verdict.reason,
            "failing": list(verdict.failing),
        },
        "other_packs": {name: raised.findings for name, raised in others},
        "other_packs_conditional": {name: raised.conditional for name, raised in others},
        "concentration": reliance.as_json(components),
        **accepted.as_json(report),
    }


def _counts(values: Iterable[str], keys: Iterable[str] = ()) -> Mapping[str, int]:
    """How often each value stands; ``keys`` come first and even with 0, the rest sorted."""
    tally = Counter(values)
    return {key: tally[key] for key in [*keys, *sorted(set(tally) - set(keys))]}


def explanation(told: Explanation) -> dict[str, Any]:
    """An explanation: the text, its component, the rules that speak to it, where facts are from."""
    return {
        "text": told.text,
        **component(told.component),
        "rules": [
            {
                "id": r.id,
                "pack": r.pack,
                "status": r.status,
                "severity": r.severity,
                "title": r.title,
                "condition": r.condition,
                "note": r.note,
            }
            for r in told.rules
        ],
        "facts": [
            {
                "fact": p.fact,
                "source": p.source,
                "checked": p.checked,
                "confidence": p.confidence,
            }
            for p in told.provenance
        ],
        "data_processing": [_processing(p) for p in told.processing],
        "nearest": list(told.nearest),
    }
