"""The gate: thresholds, usages, completeness, and the organisation's own lists."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stackaudit import gate, rules, source
from stackaudit.model import (
    USAGES,
    Ancestor,
    Component,
    ConfigError,
    Coverage,
    Finding,
    Hosting,
    Licence,
    Occurrence,
    Party,
    Policy,
    Route,
    ScanError,
    Settings,
    Skip,
    Usage,
)

RULES = Path(__file__).resolve().parents[1] / "rules"
REGIONS = rules.load_shared(RULES).lists.regions
COMPLETE = Coverage(1, 1, 1, 1, (), ())


def place(usage: Usage = "used", text: str = "x") -> Occurrence:
    return Occurrence("app.py", 1, 1, 1, 2, text, usage, "chat", "test")


def finding(severity: Any = "high", **fields: Any) -> Finding:
    plain: dict[str, Any] = {
        "fingerprint": f"{severity}-1", "rule": "p/r", "pack": "p", "severity": severity,
        "kind": "obligation", "confidence": "high", "title": "t", "message": "m", "remedy": "r",
        "component": "c", "occurrences": (place(),), "sources": (), "status": "open",
    }  # fmt: skip
    return Finding(**{**plain, **fields})


@pytest.mark.parametrize(
    ("one", "fail_on", "code"),
    [
        (finding("high"), "high", 1),
        (finding("critical"), "high", 1),
        (finding("medium"), "high", 0),
        (finding("medium"), "low", 1),
        (finding("info"), "info", 1),
        (finding("critical"), "never", 0),
        (finding("critical", status="conditional"), "info", 0),
        (finding("critical", status="waived"), "info", 0),
        (finding("critical", status="baseline"), "info", 0),
        (finding("info", kind="pending"), "info", 0),
        (finding("critical", occurrences=(place("doc"), place("test"))), "info", 0),
        (finding("critical", occurrences=(place("offered"),)), "info", 0),
        (finding("critical", occurrences=(place("doc"), place("declared"))), "high", 1),
        (finding("high", pack="policy"), "critical", 1),
        (finding("high", pack="policy"), "never", 0),
        (finding("info", pack="policy", occurrences=(place("offered"),)), "info", 0),
        (finding("critical", kind="practice"), "critical", 1),
        (finding("critical", confidence="low"), "critical", 1),
    ],
)
def test_what_fails(one: Finding, fail_on: str, code: int) -> None:
    verdict = gate.decide([one], Settings(fail_on=fail_on), COMPLETE)
    assert verdict.exit_code == code
    assert verdict.failing == ((one.fingerprint,) if code else ())
    assert verdict.reason.startswith("Failed: " if code else "Passed: ")


@pytest.mark.parametrize(
    ("findings", "fail_on", "reason"),
    [
        ([], "high", "Passed: no open findings."),
        ([finding("low")], "high", "Passed: 1 open finding, none that fails at high."),
        (
            [finding("low"), finding("high", status="conditional")], "high",
            "Passed: 1 open finding, none that fails at high; "
            "1 finding would depend on context not declared.",
        ),
        ([finding(), finding()], "never", "Passed: 2 open findings, and fail_on is never."),
        (
            [finding(), finding(pack="policy"), finding("critical")], "high",
            "Failed: 1 finding against the policy and 2 open findings at or above high.",
        ),
    ],
)  # fmt: skip
def test_reason_is_a_sentence(findings: list[Finding], fail_on: str, reason: str) -> None:
    assert gate.decide(findings, Settings(fail_on=fail_on), COMPLETE).reason == reason


def test_unknown_threshold() -> None:
    with pytest.raises(ConfigError, match="unknown fail_on 'hihg'; known: critical"):
        gate.decide([], Settings(fail_on="hihg"), COMPLETE)


def test_incomplete_fails_only_where_strict() -> None:
    unread = replace(COMPLETE, errors=(ScanError("a.py", "Permission denied"),))
    relaxed = gate.decide([], Settings(), unread)
    assert (relaxed.exit_code, relaxed.reason) == (
        0, "Passed: no open findings; 1 file not read in full.",
    )  # fmt: skip
    strict = gate.decide([], Settings(strict=True), unread)
    assert strict.exit_code == 3
    assert "the first is a.py (Permission denied)" in strict.reason
    assert gate.decide([finding()], Settings(strict=True), unread).exit_code == 1
    skipped = replace(COMPLETE, skipped=(Skip("node_modules/", "folder"), Skip("x.bin", "binary")))
    assert gate.decide([], Settings(strict=True), skipped).exit_code == 0


def test_a_file_over_the_size_limit_is_incomplete(tmp_path: Path) -> None:
    (tmp_path / "big.py").write_text("x" * 100)
    skip = source.read(tmp_path, "big.py", 10)
    assert isinstance(skip, Skip)
    verdict = gate.decide([], Settings(strict=True), replace(COMPLETE, skipped=(skip,)))
    assert verdict.exit_code == 3


# --- policy ---------------------------------------------------------------------------------


def route(**fields: Any) -> Route:
    plain: dict[str, Any] = {
        "route": "vendor-api", "provider": "deepseek", "provider_country": "CN",
        "hosting": Hosting("country", "CN"), "basis": "observed", "evidence": "t",
        "provider_name": "DeepSeek",
    }  # fmt: skip
    return Route(**{**plain, **fields})


DISTILL = Component(
    "model:deepseek-r1-distill-llama-70b", "model", "DeepSeek-R1-Distill-Llama-70B", "exact",
    "high", (place(text="deepseek-ai/DeepSeek-R1-Distill-Llama-70B"),), family="deepseek-r1-distill",
    release="DeepSeek-R1-Distill-Llama-70B", developer=Party("deepseek", "DeepSeek", "CN"),
    lineage=(Ancestor("llama-3.3", "meta", "US", "distillation", "high", "s"),),
    licence=Licence("MIT", "MIT License", "permissive"), weights="open",
    routes=(route(route="cloud", provider="aws", provider_country="US",
                  hosting=Hosting("region", "DE", "eu-central-1"), provider_name="Amazon AWS"),),
)  # fmt: skip
OPAQUE = Component("model:x", "model", "x", "unknown", "medium", (place(),))
ENDPOINT = Component(
    "endpoint:api.deepseek.com", "endpoint", "api.deepseek.com", "exact", "high", (place(),),
    provider=Party("deepseek", "DeepSeek", "CN"), routes=(route(),),
)  # fmt: skip
LOCAL = replace(
    DISTILL, routes=(route(route="self-hosted", provider="self", provider_country="unknown",
                           hosting=Hosting("local")),)
)  # fmt: skip
FRAMEWORK = Component("sdk:langchain", "sdk", "langchain", "exact", "high", (place("declared"),))


def broken(component: Component, allow: Any = None, deny: Any = None, **more: Any) -> list[str]:
    policy = Policy(allow=allow or {}, deny=deny or {})
    found = gate.policy_findings([component], policy, regions=REGIONS, **more)
    return [f.rule.removeprefix("policy/") for f in found]


@pytest.mark.parametrize(
    ("component", "deny", "expected"),
    [
        (DISTILL, {"origin": ["CN"]}, ["deny-origin"]),
        (DISTILL, {"origin": ["cn"]}, ["deny-origin"]),
        (DISTILL, {"origin": ["US"]}, []),
        (DISTILL, {"lineage": ["US"]}, ["deny-lineage"]),
        (DISTILL, {"lineage": ["Meta"]}, ["deny-lineage"]),
        (DISTILL, {"lineage": ["llama-3.3"]}, ["deny-lineage"]),
        (DISTILL, {"lineage": ["CN"]}, []),
        (DISTILL, {"vendor": ["DeepSeek"]}, ["deny-vendor"]),
        (DISTILL, {"vendor": ["deepseek"]}, ["deny-vendor"]),
        (DISTILL, {"vendor": ["meta"]}, []),
        (DISTILL, {"provider": ["aws"]}, ["deny-provider"]),
        (DISTILL, {"provider": ["amazon aws"]}, ["deny-provider"]),
        (DISTILL, {"provider": ["deepseek"]}, []),
        (DISTILL, {"provider_country": ["US"]}, ["deny-provider_country"]),
        (DISTILL, {"hosting_country": ["DE"]}, ["deny-hosting_country"]),
        (DISTILL, {"hosting_country": ["EU"]}, ["deny-hosting_country"]),
        (DISTILL, {"hosting_country": ["FR"]}, []),
        (DISTILL, {"route": ["cloud"]}, ["deny-route"]),
        (DISTILL, {"licence": ["mit"]}, ["deny-licence"]),
        (DISTILL, {"licence": ["permissive"]}, ["deny-licence"]),
        (DISTILL, {"weights": ["open"]}, ["deny-weights"]),
        (DISTILL, {"family": ["deepseek-r1-distill"]}, ["deny-family"]),
        (DISTILL, {"model": ["*r1-distill*"]}, ["deny-model"]),
        (DISTILL, {"model": ["deepseek-ai/*"]}, ["deny-model"]),
        (DISTILL, {"model": ["DEEPSEEK-R1-DISTILL-LLAMA-70B"]}, ["deny-model"]),
        (DISTILL, {"model": ["deepseek-r1"]}, []),
        (DISTILL, {"model": ["llama*"]}, []),
        (DISTILL, {"origin": ["CN"], "model": ["*llama*"]}, ["deny-model", "deny-origin"]),
        (OPAQUE, {"origin": ["CN"]}, []),
        (OPAQUE, {"origin": ["unknown"]}, ["deny-origin"]),
        (OPAQUE, {"licence": ["unknown"]}, ["deny-licence"]),
        (OPAQUE, {"lineage": ["unknown"]}, ["deny-lineage"]),
        (OPAQUE, {"route": ["unknown"]}, ["deny-route"]),
        (ENDPOINT, {"origin": ["CN"]}, ["deny-origin"]),
        (ENDPOINT, {"vendor": ["deepseek"]}, ["deny-vendor"]),
        (ENDPOINT, {"weights": ["unknown"], "licence": ["unknown"], "model": ["*"]}, []),
        (LOCAL, {"hosting_country": ["local"]}, ["deny-hosting_country"]),
        (LOCAL, {"provider": ["unknown"], "provider_country": ["unknown"]}, []),
    ],
)  # fmt: skip
def test_deny(component: Component, deny: Any, expected: list[str]) -> None:
    assert broken(component, deny=deny) == expected


@pytest.mark.parametrize(
    ("component", "allow", "deny", "expected"),
    [
        (DISTILL, {"origin": ["US", "CN"]}, {}, []),
        (DISTILL, {"origin": ["US"]}, {}, ["allow-origin"]),
        # deny beats allow, in the same field and across fields
        (DISTILL, {"origin": ["CN"]}, {"origin": ["CN"]}, ["deny-origin"]),
        (DISTILL, {"model": ["deepseek*"]}, {"origin": ["CN"]}, ["deny-origin"]),
        # one finding for a field, whether denied or not allowed
        (DISTILL, {"origin": ["US"]}, {"origin": ["CN"]}, ["deny-origin"]),
        (DISTILL, {"origin": ["US"], "route": ["gateway"]}, {}, ["allow-origin", "allow-route"]),
        (DISTILL, {"hosting_country": ["EU"]}, {}, []),
        (DISTILL, {"lineage": ["US"]}, {}, []),
        (DISTILL, {"lineage": ["FR"]}, {}, ["allow-lineage"]),
        (replace(DISTILL, lineage=()), {"lineage": ["FR"]}, {}, []),
        # unknown is allowed only where it is listed
        (OPAQUE, {"origin": ["US"]}, {}, ["allow-origin"]),
        (OPAQUE, {"origin": ["US", "unknown"]}, {}, []),
        (OPAQUE, {"licence": ["permissive"]}, {}, ["allow-licence"]),
        (OPAQUE, {"lineage": ["US"]}, {}, ["allow-lineage"]),
        (OPAQUE, {"hosting_country": ["US"]}, {}, ["allow-hosting_country"]),
        (LOCAL, {"hosting_country": ["US"]}, {}, ["allow-hosting_country"]),
        (LOCAL, {"hosting_country": ["US", "local"]}, {}, []),
        (LOCAL, {"provider": ["aws"], "provider_country": ["US"]}, {}, []),
        # facts a component cannot have are not asked of it
        (ENDPOINT, {"weights": ["open"], "family": ["x"], "licence": ["MIT"]}, {}, []),
        (FRAMEWORK, {"origin": ["US"], "vendor": ["meta"], "route": ["cloud"]}, {}, []),
        (ENDPOINT, {"origin": ["US"]}, {}, ["allow-origin"]),
    ],
)
def test_allow_and_precedence(
    component: Component, allow: Any, deny: Any, expected: list[str]
) -> None:
    assert broken(component, allow, deny) == expected


def test_every_route_must_be_allowed() -> None:
    two = replace(DISTILL, routes=(*DISTILL.routes, route()))
    assert broken(two, {"hosting_country": ["DE"]}) == ["allow-hosting_country"]
    assert broken(two, {"hosting_country": ["DE", "CN"]}) == []


def test_own_machines_stand_where_declared() -> None:
    context = {"hosting": ("US",)}
    assert broken(LOCAL, {"hosting_country": ["US"]}, context=context) == []
    assert broken(LOCAL, deny={"hosting_country": ["US"]}, context=context)


@pytest.mark.parametrize(
    ("usage", "severity", "code"),
    [("used", "high", 1), ("declared", "high", 1), ("offered", "info", 0), *(
        (usage, None, 0) for usage in USAGES if usage not in ("used", "declared", "offered"))],
)  # fmt: skip
def test_policy_looks_at_what_runs(usage: Usage, severity: str | None, code: int) -> None:
    component = replace(DISTILL, occurrences=(place(usage),))
    found = gate.policy_findings([component], Policy(deny={"origin": ("CN",)}))
    assert [f.severity for f in found] == ([severity] if severity else [])
    assert gate.decide(found, Settings(fail_on="critical"), COMPLETE).exit_code == code


def test_policy_finding_names_the_line_that_decided() -> None:
    policy = Policy(allow={"licence": ("Apache-2.0",)}, deny={"origin": ("RU", "CN")})
    found = gate.policy_findings([OPAQUE, DISTILL], policy)
    assert [(f.rule, f.component, f.pack, f.severity, f.status) for f in found] == [
        ("policy/allow-licence", DISTILL.id, "policy", "high", "open"),
        ("policy/allow-licence", OPAQUE.id, "policy", "high", "open"),
        ("policy/deny-origin", DISTILL.id, "policy", "high", "open"),
    ]
    assert found[0].message == 'Licence MIT: not in policy.allow.licence = ["Apache-2.0"]'
    assert found[1].message == 'Licence unknown: not in policy.allow.licence = ["Apache-2.0"]'
    assert found[2].message == 'Country of origin CN: policy.deny.origin = ["RU", "CN"]'


def test_policy_is_quick_and_safe_with_odd_patterns() -> None:
    name = "a" * 5000
    component = replace(DISTILL, occurrences=(place(text=name),))
    assert broken(component, deny={"model": ["*a*a*a*a*a*a*a*a*b"]}) == []
    assert broken(component, deny={"model": ["[", "(", "*["]}) == []


KNOWN = {
    "origin": ["CN", "US", "EU"], "hosting_country": ["CN", "US", "EU"],
    "vendor": ["deepseek", "meta", "Mistral AI"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("policy", "fragment"),
    [
        (
            Policy(deny={"orgin": ("CN",)}),
            "unknown field 'orgin' in policy.deny; did you mean 'ori",
        ),
        (Policy(deny={"origin": ("XX",)}), "policy.deny.origin: unknown country 'XX'"),
        (Policy(deny={"vendor": ("deepsek",)}), "'deepsek'; did you mean 'deepseek'?"),
        (Policy(allow={"route": ("gatway",)}), "did you mean 'gateway'?"),
        (Policy(allow={"weights": ("free",)}), "policy.allow.weights: unknown value 'free'"),
    ],
)
def test_policy_that_could_never_match_is_refused(policy: Policy, fragment: str) -> None:
    with pytest.raises(ConfigError, match=r"^[^\n]*$") as caught:
        gate.check_policy(policy, KNOWN, "stackaudit.toml")
    assert str(caught.value).startswith("stackaudit.toml: ")
    assert fragment in str(caught.value)


def test_good_policies_pass() -> None:
    gate.check_policy(
        Policy(
            allow={"origin": ("us", "eu", "unknown"), "hosting_country": ("local", "EU")},
            deny={"vendor": ("Meta", "mistral ai"), "model": ("anything-*",), "family": ("x",)},
        ),
        KNOWN,
    )
