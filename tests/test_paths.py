from __future__ import annotations

import pytest

from stackaudit.paths import usage_of

CASES = {
    "test": """
        tests/test_app.py src/tests/helpers.py pkg/client_test.go web/src/App.test.tsx conftest.py
        web/__tests__/a.js src/test/java/com/acme/Foo.java Foo/BarTest.java FooTests.cs FooIT.java
        spec/models/user_spec.rb spec/fixtures/llm/chat.json e2e/login.cy.ts testdata/a.json
        dotnet/Connectors.UnitTests/TestData/response.txt Proj.IntegrationTests.Shared/A.cs
        SemanticKernelTests/A.cs integration_tests/.env.example my-tests/a.py test_data/a.json
        cassettes/chat.yaml tests/README.md docs/tests/a.py examples/tests/a.py widget_test.dart
        src/androidTest/A.kt test-utils/a.ts foo/test_helper.exs tests/examples/a.py a.snap
    """,
    "doc": """
        README.md README README.txt CHANGELOG CHANGES.rst docs/conf.py docs/examples/a.py doc/a.txt
        LICENSE LICENSE-MIT NOTICE CONTRIBUTING.md pkg/notes.rst site/page.mdx docusaurus/a.js
        .github/PULL_REQUEST_TEMPLATE.md release-notes/a.yaml docs/agents/list.md examples/a.md
    """,
    "example": """
        examples/documentation/src/application.yml examples/main.tf samples/a.cs python/samples/demos/a.ipynb demo/app.py cookbook/a.ipynb
        example.py chat_example.go example-chat.ts app-example/a.py quickstart/main.py
        dotnet/ConceptSamples/A.cs tutorials/a.py Examples/a.swift
    """,
    "comment": """
        config/locales/client.de.yml src/i18n/zh_CN.json public/locales/en/common.json l10n/app_fr.arb
    """,
    "": """
        src/locales/index.json i18n/config.json app/locales/en.ts locale/setup.yaml lang/de.json
        src/app.py .env.example config.example.yaml .env.template settings.json.openai-example
        .github/workflows/test.yml src/main/java/com/example/demo/DemoApplication.java main.go
        src/main/kotlin/com/acme/test/Runner.kt app/latest/run.py contest/a.py attestation.py
        testing/helpers.py api/spec/openapi.yaml specs/plan.yaml src/inspector.ts document_loaders/a.py
        requirements.txt .cursor/rules/a.mdc .claude/agents/review.md .github/agents/review.agent.md
        prompts/system.md .github/copilot.instructions.md agents/review.md data/dpo_demo.json
        cli_demo.py docker/Dockerfile train/test_time_scaling.yaml abtest.py history.py news.py
        security.py Doctor/a.py
    """,
}


@pytest.mark.parametrize(
    ("usage", "path"), [(usage, path) for usage, paths in CASES.items() for path in paths.split()]
)
def test_usage_of_a_path(usage: str, path: str) -> None:
    assert (usage_of(path) or "") == usage


@pytest.mark.parametrize("usage", ["test", "doc", "example"])
def test_spaces_do_not_hide_a_folder(usage: str) -> None:
    folder = {"test": "tests", "doc": "docs", "example": "examples"}[usage]
    assert usage_of(f"my project/{folder}/a file.py") == usage
