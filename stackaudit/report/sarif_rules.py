"""The rules of a SARIF log: what each asks, whom it binds, who says so and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from stackaudit.model import SEVERITIES, Finding, Rule, Severity, Source
from stackaudit.report import markup
from stackaudit.report.text import clean, masked, prose

LEVELS: Mapping[Severity, str] = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "low": "note",
    "info": "note",
}
#: Scores that services show as these very words; what is only information has none.
_SCORES: Mapping[Severity, str] = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}
_PLACEHOLDER = re.compile(r"\{(?=\d+\})")


def descriptors(findings: Sequence[Finding], known: Mapping[str, Rule]) -> list[dict[str, Any]]:
    """The rules that have results, by id."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.rule, []).append(finding)
    return [_rule(groups[name], known.get(name)) for name in sorted(groups)]


def _rule(group: Sequence[Finding], rule: Rule | None) -> dict[str, Any]:
    first = group[0]
    told = rule or first
    worst = min((f.severity for f in group), key=SEVERITIES.index)
    severity = rule.severity if rule else worst
    words = re.findall(r"[A-Za-z0-9]+", first.rule.rpartition("/")[2])
    sure = [f.severity for f in group if f.status != "conditional"]
    score = _SCORES.get(min(sure, key=SEVERITIES.index), "") if sure else ""
    sources = list(dict.fromkeys(s for f in group for s in f.sources))
    links = [s.url for s in sources if markup.is_web(s.url)]
    about = _whom(rule)
    tags = (first.pack, told.kind, about.get("jurisdiction", ""))
    why = rule.message if rule else first.title  # a finding's own message names its component
    return {
        "id": first.rule,
        "name": "".join(word[:1].upper() + word[1:] for word in words) or "Rule",
        "shortDescription": {"text": sentence(told.title)[:1_000]},
        "fullDescription": {"text": sentence(why or told.title)[:1_000]},
        "help": _help(told, why, about, sources),
        **({"helpUri": links[0]} if links else {}),
        "defaultConfiguration": {"level": LEVELS[severity]},
        "properties": {
            "tags": [tag for tag in dict.fromkeys(tags) if tag],
            **({"security-severity": score} if score else {}),
            "severity": severity,
            "kind": told.kind,
            **({"effectiveFrom": told.effective_from} if told.effective_from else {}),
            **about,
        },
    }


def _whom(rule: Rule | None) -> dict[str, str]:
    """Where the rule holds, whom it binds and whom not; empty where only a finding is known."""
    if rule is None:
        return {}
    told = {
        "jurisdiction": rule.jurisdiction,
        "binds": rule.binds,
        "notBinding": rule.not_binding,
    }
    return {key: prose(value) for key, value in told.items() if value}


def _help(
    told: Rule | Finding, why: str, about: Mapping[str, str], sources: Sequence[Source]
) -> dict[str, str]:
    """Why, what to do, whom it binds and who says so; as text and as Markdown."""
    rows = {
        "Why": why,
        "What to do": told.remedy,
        "Binds": about.get("binds", ""),
        "Does not bind": about.get("notBinding", ""),
        "Jurisdiction": about.get("jurisdiction", ""),
        "Applies from": told.effective_from,
    }
    text = [f"{label}: {sentence(value)}" for label, value in rows.items() if value]
    marked = [f"**{label}:** {markup.plain(value)}" for label, value in rows.items() if value]
    for source in sources:
        cited = ", ".join(prose(p) for p in (source.title, source.issuer, source.section) if p)
        when = f"checked {clean(source.checked_on)}"
        when += "" if source.verification == "primary" else ", read through a secondary source"
        text.append(f"Source: {cited} ({when}). {clean(source.url, 500)}")
        marked.append(f"**Source:** {markup.link(cited, source.url)} ({when})")
    return {"text": "\n".join(text) or sentence(told.title), "markdown": "\n\n".join(marked)}


def literal(text: str) -> str:
    """Text in which SARIF readers see neither a link nor a placeholder."""
    return _PLACEHOLDER.sub("{ ", text.replace("](", "] ("))


def sentence(text: str) -> str:
    """``text`` on one line, without secrets, with a full stop at its end."""
    told = literal(prose(masked(text)))
    return told if not told or told.endswith((".", "!", "?")) else f"{told}."
