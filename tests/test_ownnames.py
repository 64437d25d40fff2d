"""The names a tree goes by itself, from its manifests and Python modules."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackaudit.catalogue import load
from stackaudit.ownnames import MAX_BYTES, MAX_MANIFESTS, is_own, own_names


def names(root: Path, files: dict[str, str]) -> frozenset[str]:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return own_names(root, list(files))


@pytest.mark.parametrize(
    ("path", "text", "name"),
    [
        (
            "go.mod",
            "// x\nmodule github.com/Acme/Router/v2\n\ngo 1.22\n",
            "go:github.com/acme/router",
        ),
        ("examples/a/go.mod", "module github.com/acme/a", "go:github.com/acme/a"),
        ("packages/ui/package.json", '{"name": "@acme/ui", "private": true}', "npm:@acme/ui"),
        (
            "Cargo.toml",
            '[workspace]\nname = "no"\n[package]\nname = "rig_core"\n',
            "crates:rig-core",
        ),
        ("Cargo.toml", '[package]\n[lib]\nname = "rig"', "crates:rig"),
        ("pyproject.toml", '[project]\nversion = "1"\nname = "Mem0.AI"', "pypi:mem0-ai"),
        ("pyproject.toml", "[tool.poetry]\nname = 'mem0ai'", "pypi:mem0ai"),
        ("setup.cfg", "[metadata]\nname = shop\n[options]\n", "pypi:shop"),
        ("setup.py", 'setup(\n    name="shop",\n)', "pypi:shop"),
        (
            "core/pom.xml",
            "<project><parent><groupId>dev.acme</groupId><artifactId>parent</artifactId></parent>"
            "<artifactId>core</artifactId><dependencies><dependency><groupId>x</groupId>"
            "<artifactId>y</artifactId></dependency></dependencies></project>",
            "maven:dev.acme:core",
        ),
        ("src/Kernel/Kernel.Core.csproj", "<Project/>", "nuget:kernel.core"),
        ("a.csproj", "<Project><PackageId>Acme.Ai</PackageId></Project>", "nuget:acme.ai"),
        ("Acme.sln", "", "nuget:acme"),
        ("composer.json", '{"name": "Acme/Client"}', "packagist:acme/client"),
        ("acme.gemspec", "Gem::Specification.new {}", "gems:acme"),
        ("x.gemspec", 'spec.name = "acme-ai"', "gems:acme-ai"),
        ("mix.exs", "def project do\n  [app: :acme_ai,", "hex:acme_ai"),
        ("pubspec.yaml", "name: acme_ai\n", "pub:acme_ai"),
        ("agent.py", "", "pypi:agent"),
        ("src/agents/__init__.py", "", "pypi:agents"),
    ],
)
def test_names(tmp_path: Path, path: str, text: str, name: str) -> None:
    assert name in names(tmp_path, {path: text})


@pytest.mark.parametrize(
    ("path", "text", "name"),
    [
        ("examples/openai/package.json", '{"name": "openai"}', "npm:openai"),
        ("vendor/openai/package.json", '{"name": "openai"}', "npm:openai"),
        ("package.json", '{"name": "openai", "dependencies": {"openai": "^4"}}', "npm:openai"),
        ("package.json", '["openai"]', "npm:openai"),
        ("pyproject.toml", '[tool.other]\nname = "openai"', "pypi:openai"),
        ("lib/deep/openai/__init__.py", "", "pypi:openai"),
        ("a.csproj", "<AssemblyName>$(X)</AssemblyName>", "nuget:$(x)"),
    ],
)
def test_not_names(tmp_path: Path, path: str, text: str, name: str) -> None:
    assert name not in names(tmp_path, {path: text})


def test_packages_beside_a_nested_manifest(tmp_path: Path) -> None:
    own = names(tmp_path, {"libs/core/setup.py": "", "libs/core/acme/__init__.py": ""})
    assert "pypi:acme" in own


@pytest.mark.parametrize("wanted", ["openai>=1", "- openai", '  "OpenAI",', 'x = ["openai[a]"]'])
def test_a_plain_folder_gives_way_to_a_required_package(tmp_path: Path, wanted: str) -> None:
    files = {"openai/chat.py": "", "agents/writer.py": "", "a/requirements.txt": wanted}
    own = names(tmp_path, files)
    assert "pypi:agents" in own
    assert "pypi:openai" not in own
    assert "pypi:openai" in names(tmp_path, {**files, "openai/__init__.py": ""})


@pytest.mark.parametrize(
    ("ecosystem", "name", "imported", "own"),
    [
        ("go", "github.com/acme/router", "github.com/acme/router/relay", True),
        ("go", "x", "github.com/Acme/router/v2/relay", True),
        ("go", "x", "github.com/acme/router-other", False),
        ("pypi", "openai-agents", "agents.writer", True),
        ("pypi", "openai-agents", "agentsx", False),
        ("conda", "Mem0_AI", "", True),
        ("npm", "@acme/ui", "@acme/ui/button", True),
        ("npm", "agents", "agents", False),
        ("crates", "rig-core", "rig::providers", True),
        ("pypi", "openai", "", False),
    ],
)
def test_is_own(ecosystem: str, name: str, imported: str, own: bool) -> None:
    known = frozenset(
        [
            "go:github.com/acme/router",
            "pypi:agents",
            "pypi:mem0-ai",
            "npm:@acme/ui",
            "crates:rig-core",
        ]
    )
    assert is_own(ecosystem, name, imported, known) is own


def test_reading_is_bounded(tmp_path: Path) -> None:
    files = {f"p{n:03}/package.json": f'{{"name": "n{n:03}"}}' for n in range(MAX_MANIFESTS + 5)}
    own = names(tmp_path, {**files, "package.json": '{"name": "big"}' + " " * MAX_BYTES})
    assert len(own) == MAX_MANIFESTS - 1
    assert "npm:big" not in own


def test_missing_and_binary_files_name_nothing(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_bytes(b"\x00\xff" * 50)
    assert own_names(tmp_path, ["package.json", "go.mod", "setup.cfg"]) == frozenset()


@given(
    st.sampled_from(
        ["package.json", "pom.xml", "pyproject.toml", "setup.py", "go.mod", "a.csproj"]
    ),
    st.text('<>{}[]"=/ \n\\abname:1', max_size=60),
)
def test_any_content_is_read(
    tmp_path_factory: pytest.TempPathFactory, path: str, text: str
) -> None:
    root = tmp_path_factory.mktemp("own")
    assert all(":" in name for name in names(root, {path: text}))


@pytest.mark.parametrize(
    "unit",
    ["<a", "<a>", "</a>", "<aa ", "name", "[a", "\n[a]", "name = ", "module ", " ", '"a', "a\n"],
)
def test_hostile_content_takes_linear_time(tmp_path: Path, unit: str) -> None:
    text = unit * (MAX_BYTES // len(unit))
    started = time.process_time()
    names(
        tmp_path,
        dict.fromkeys(
            ("pom.xml", "setup.py", "pyproject.toml", "go.mod", "b.csproj", "a/x.py"), text
        ),
    )
    assert time.process_time() - started < 3


def test_deep_json_names_nothing(tmp_path: Path) -> None:
    assert names(tmp_path, {"package.json": '{"a":' * 50_000}) == frozenset()


@pytest.mark.parametrize(
    ("ecosystem", "imported", "name"),
    [
        ("maven", "dev.langchain4j.data.x", "dev.langchain4j:langchain4j"),
        ("nuget", "OpenAI.Chat", "OpenAI"),
        ("nuget", "Microsoft.SemanticKernel.X", "Microsoft.SemanticKernel"),
        ("pypi", "pydantic_ai.models", "pydantic-ai"),
    ],
)
def test_a_shared_import_root_belongs_to_its_namesake(
    ecosystem: str, imported: str, name: str
) -> None:
    row = load().imported(ecosystem, imported)
    assert row is not None
    assert row["name"] == name
