"""JSON report 1.0: the types of ``model`` written out, in a fixed order; see ``schema.json``."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TextIO

from stackaudit.model import KINDS, SEVERITIES, USAGES, Coverage, Explanation, Report
from stackaudit.report import accepted, reliance
from stackaudit.report.json_parts import component, finding, processing

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
        "data_processing": [processing(p) for p in report.processing],
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
        "data_processing": [processing(p) for p in told.processing],
        "nearest": list(told.nearest),
    }
