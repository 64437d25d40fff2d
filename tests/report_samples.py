"""Hand-made reports for the tests of output and command line."""

from __future__ import annotations

from dataclasses import replace

from stackaudit.model import (
    Ancestor,
    Component,
    Coverage,
    Finding,
    GitInfo,
    Hosting,
    Kind,
    Licence,
    Occurrence,
    Package,
    PackInfo,
    Party,
    Raised,
    Report,
    Route,
    ScanError,
    Skip,
    Source,
    Usage,
    Verdict,
)

DEEPSEEK = Party("deepseek", "DeepSeek", "CN", "High-Flyer", "CN")
META = Party("meta", "Meta", "US")
OPENAI = Party("openai", "OpenAI", "US")
MISTRAL = Party("mistral", "Mistral AI", "FR")
AZURE = Party("azure", "Microsoft Azure", "US")
MIT = Licence(
    "MIT", "MIT", "permissive", {"commercial": "yes"}, "https://opensource.org/license/mit"
)
LLAMA = Licence(
    "llama-3.1",
    "Llama 3.1 Community License",
    "community",
    {"commercial": "conditional", "user_cap": 700_000_000, "naming": "Built with Llama"},
    "https://www.llama.com/llama3_1/license/",
)


def at(path: str, line: int, text: str, usage: Usage = "used", key: str = "model") -> Occurrence:
    return Occurrence(path, line, 9, line, 9 + len(text), text, usage, "chat", "python", key)


def model(name: str, developer: Party | None, *places: Occurrence, **facts: object) -> Component:
    kind: Kind = "model"
    base = Component(
        id=f"model:{name.casefold()}",
        kind=kind,
        name=name,
        resolution="exact" if developer else "unknown",
        confidence="high" if developer else "low",
        occurrences=places,
        occurrence_count=len(places),
        developer=developer,
        roles=("chat",),
        weights="open" if developer else "unknown",
        sources=("https://example.org/models",) if developer else (),
        checked="2026-11-22" if developer else "",
    )
    return replace(base, **facts)  # type: ignore[arg-type]


def finding(rule: str, component: Component, severity: str = "high", **facts: object) -> Finding:
    base = Finding(
        fingerprint=f"{rule}:{component.id}",
        rule=rule,
        pack=rule.partition("/")[0],
        severity=severity,  # type: ignore[arg-type]
        kind="obligation",
        confidence="high",
        title="Personal data may leave through an endpoint outside the declared countries",
        message=f"{component.name} is reached through an endpoint whose operator sits in a country"
        " that your policy does not allow for this data.",
        remedy="Route the calls through an endpoint in an allowed country, or record a waiver with"
        " an owner and an expiry date.",
        component=component.id,
        occurrences=component.occurrences,
        sources=(
            Source(
                "Regulation (EU) 2016/679 (GDPR)",
                "European Union",
                "Article 44",
                "https://eur-lex.europa.eu/eli/reg/2016/679/oj",
                "2026-11-20",
                "primary",
            ),
        ),
        status="open",
    )
    return replace(base, **facts)  # type: ignore[arg-type]


def _models() -> tuple[Component, ...]:
    return (
        model(
            "DeepSeek-V3",
            DEEPSEEK,
            at("app/llm.py", 7, "deepseek-chat"),
            at("app/settings.py", 31, "deepseek-chat"),
            at(
                "deploy/production/docker-compose.override.yml",
                112,
                "deepseek-chat",
                key="LLM_MODEL",
            ),
            at("tests/test_llm.py", 4, "deepseek-chat", "test"),
            family="deepseek-v3",
            licence=MIT,
            routes=(
                Route(
                    "vendor-api",
                    "deepseek",
                    "CN",
                    Hosting("country", "CN"),
                    "observed",
                    "base_url in the same call, app/llm.py:7",
                    "DeepSeek API",
                    "DeepSeek",
                ),
                Route(
                    "unknown",
                    "unknown",
                    "unknown",
                    Hosting("unknown"),
                    "inferred",
                    "nothing in the file says",
                ),
            ),
        ),
        model(
            "DeepSeek-R1-Distill-Llama-70B",
            DEEPSEEK,
            at("serving/vllm.sh", 3, "deepseek-ai/DeepSeek-R1-Distill-Llama-70B"),
            family="deepseek-r1-distill-llama",
            licence=LLAMA,
            lineage=(
                Ancestor(
                    "llama-3.1",
                    "meta",
                    "US",
                    "distillation",
                    "high",
                    "https://huggingface.co/x",
                    "Llama 3.1",
                    "Meta",
                ),
            ),
            routes=(
                Route("self-hosted", "self", "unknown", Hosting("local"), "observed", "vllm serve"),
            ),
        ),
        model(
            "gpt-4o-mini",
            OPENAI,
            at("app/azure.py", 18, "gpt-4o-mini"),
            family="gpt-4o",
            weights="closed",
            licence=Licence("openai-terms", "OpenAI Services Agreement", "proprietary"),
            routes=(
                Route(
                    "cloud",
                    "azure",
                    "US",
                    Hosting("region", "SE", "swedencentral"),
                    "inferred",
                    "endpoint in .env:3",
                    "Azure OpenAI",
                    "Microsoft Azure",
                ),
            ),
        ),
        model(
            "acme-support-phi3.gguf",
            None,
            at("serving/Modelfile", 1, "acme-support-phi3.gguf"),
            kind="weights",
            lineage=(
                Ancestor(
                    "phi-3",
                    "microsoft",
                    "US",
                    "fine-tune",
                    "high",
                    "https://huggingface.co/x",
                    "Phi-3",
                    "Microsoft",
                ),
            ),
            routes=(
                Route(
                    "self-hosted", "self", "unknown", Hosting("local"), "inferred", "a Modelfile"
                ),
            ),
        ),
        model(
            "acme-internal-7b",
            None,
            at(
                "app/experiments/very_long_folder_name/finetune_customer_support.py",
                205,
                "acme-internal-7b",
            ),
        ),
        model(
            "mistral-small-latest",
            MISTRAL,
            at("docs/usage.md", 14, "mistral-small-latest", "doc"),
            family="mistral-small",
        ),
    )


def sample() -> Report:
    """A small mixed repository: every kind of component, every status of finding."""
    models = _models()
    endpoint = Component(
        "endpoint:api.deepseek.com",
        "endpoint",
        "api.deepseek.com",
        "exact",
        "high",
        (at("app/llm.py", 7, "https://api.deepseek.com", key="base_url"),),
        provider=DEEPSEEK,
        routes=(
            Route(
                "vendor-api",
                "deepseek",
                "CN",
                Hosting("country", "CN"),
                "observed",
                "host",
                "DeepSeek API",
            ),
        ),
        occurrence_count=1,
    )
    azure = Component(
        "endpoint:acme.openai.azure.com",
        "endpoint",
        "acme.openai.azure.com",
        "exact",
        "high",
        (at(".env", 3, "https://acme.openai.azure.com", key="AZURE_OPENAI_ENDPOINT"),),
        provider=AZURE,
        routes=(
            Route("cloud", "azure", "US", Hosting("unknown"), "observed", "host", "Azure OpenAI"),
        ),
        occurrence_count=1,
    )
    sdk = Component(
        "sdk:pypi/openai",
        "sdk",
        "openai",
        "exact",
        "high",
        (
            at("requirements.txt", 2, "openai", "declared", ""),
            at("app/llm.py", 1, "openai", "used", "import"),
        ),
        provider=OPENAI,
        package=Package("pypi", "openai", ">=1.40,<2"),
        occurrence_count=2,
    )
    credential = Component(
        "credential:DEEPSEEK_API_KEY",
        "credential",
        "DEEPSEEK_API_KEY",
        "exact",
        "high",
        (at(".env.example", 1, "DEEPSEEK_API_KEY", "used", ""),),
        provider=DEEPSEEK,
        occurrence_count=1,
    )
    conditional = {"status": "conditional", "kind": "prohibition"}
    findings = (
        finding(
            "baseline/endpoint-outside-policy",
            models[0],
            zone="customer-service",
            effective_from="2018-05-25",
        ),
        finding(
            "baseline/endpoint-outside-policy",
            models[1],
            zone="customer-service",
            effective_from="2018-05-25",
        ),
        finding(
            "baseline/unknown-origin",
            models[4],
            "low",
            kind="practice",
            confidence="medium",
            sources=(),
            title="Nobody knows who developed this model",
            message="The name is not in the catalogue, so its developer, licence and origin are unknown.",
            remedy="Find out who made it and add it to the catalogue.",
        ),
        finding(
            "baseline/bulk-data",
            models[0],
            "critical",
            condition="data=bulk-sensitive-us",
            **conditional,
        ),
        finding(
            "baseline/bulk-data",
            models[1],
            "critical",
            condition="data=bulk-sensitive-us",
            **conditional,
        ),
        finding(
            "baseline/public-contract",
            models[0],
            "high",
            condition="contracts=us-federal",
            title="Product of a named source in a federal contract",
            **conditional,
        ),
        finding(
            "baseline/moving-name",
            models[2],
            "info",
            status="waived",
            waiver="pinned by the gateway, until 2027-01-31",
            title="Name without a fixed version",
        ),
    )
    return Report(
        tool_version="0.1.0",
        catalogue_version="2026.11.22",
        catalogue_sha256="a" * 64,
        packs=(PackInfo("baseline", "2026.11.22", "b" * 64),),
        root="acme-assistant",
        started_at="2026-11-22T09:30:00+00:00",
        duration_s=0.8349,
        git=GitInfo("3fa2b1c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3", "main", True),
        coverage=Coverage(
            480,
            412,
            31,
            3_140_221,
            (
                *(Skip(f"node_modules/p{n}", "vendored folder") for n in range(60)),
                *(Skip(f"img/{n}.png", "binary") for n in range(8)),
            ),
            (ScanError("app/broken.py", "invalid syntax in line 12, read as text"),),
        ),
        context={"sector": ("finance",)},
        components=(*models, endpoint, azure, sdk, credential),
        findings=findings,
        other_packs={"finance": Raised(5, 2), "health": Raised(0, 0)},
        verdict=Verdict(
            1,
            "2 open findings are at or above high (--fail-on high)",
            ("baseline/endpoint-outside-policy:model:deepseek-v3",),
        ),
    )


def empty() -> Report:
    """A folder without AI."""
    return replace(
        sample(),
        coverage=Coverage(3, 3, 0, 812, (), ()),
        components=(),
        findings=(),
        context={},
        other_packs={},
        git=None,
        verdict=Verdict(0, "no finding at or above high"),
    )


def crowded(number: int = 500) -> Report:
    """``number`` models: 1 in 5 used, the rest entries of menus; each with two findings."""
    vendors = [Party(f"v{n}", f"Vendor {n}", "CN" if n % 3 else "US") for n in range(30)]
    models = tuple(
        model(
            f"model-{n}-instruct",
            vendors[n % 30],
            at(
                f"src/providers/catalogue_{n % 4}.py",
                n + 1,
                f"model-{n}-instruct",
                "offered" if n % 5 else "used",
            ),
            licence=MIT,
        )
        for n in range(number)
    )
    findings = tuple(
        f
        for m in models
        for f in (
            finding("baseline/endpoint-outside-policy", m),
            finding(
                "baseline/bulk-data",
                m,
                "critical",
                status="conditional",
                condition="data=bulk-sensitive-us",
            ),
        )
    )
    return replace(sample(), components=(*models, *sample().components[6:]), findings=findings)
