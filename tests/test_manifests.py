"""Every manifest format: what is declared, at which place, in which version."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from stackaudit.detect.manifests import is_lock, is_manifest, parse
from stackaudit.model import Mention
from stackaudit.source import SourceFile

FIXTURES = Path(__file__).parent / "fixtures" / "manifests"
KNOWN = {
    "pypi": "openai anthropic litellm tiktoken langchain-core transformers llama-index mistral-common"
    " vllm peft unsloth sentence-transformers cohere groq mistralai ollama huggingface-hub"
    " langchain-aws semantic-kernel trl accelerate",
    "npm": "openai @anthropic-ai/sdk @mistralai/mistralai ai @langchain/core ollama groq-sdk",
    "go": "github.com/openai/openai-go github.com/sashabaranov/go-openai github.com/ollama/ollama"
    " github.com/tmc/langchaingo",
    "crates": "openai async-openai ollama-rs genai candle-core hf-hub tokenizers rig-core llm",
    "maven": "com.openai:openai-java dev.langchain4j:langchain4j-open-ai"
    " dev.langchain4j:langchain4j-bom",
    "nuget": "OpenAI Azure.AI.OpenAI Microsoft.SemanticKernel OllamaSharp",
    "gems": "openai ruby-openai anthropic langchainrb",
    "packagist": "openai-php/client openai-php/laravel theodo-group/llphant",
    "swiftpm": "MacPaw/OpenAI argmaxinc/WhisperKit ollama/ollama",
    "pub": "dart_openai langchain ollama_dart",
    "hex": "openai_ex instructor anthropix",
}
PAIRS = {(ecosystem, name) for ecosystem, names in KNOWN.items() for name in names.split()}


def known(ecosystem: str, name: str) -> bool:
    return ("pypi" if ecosystem == "conda" else ecosystem, name) in PAIRS


def read(path: str, data: bytes | str) -> list[Mention] | None:
    raw = data.encode() if isinstance(data, str) else data
    return parse(SourceFile(path, raw, "text"), known)


def row(mention: Mention) -> str:
    package = mention.package
    assert package
    how = "direct" if package.direct else "transitive"
    name = f"{package.ecosystem}:{package.name}"
    place = f"{mention.line}:{mention.column} {mention.text}"
    return f"{place} | {name} | {package.version} | {how} | {mention.key}"


def expected() -> dict[str, list[str]]:
    blocks = (FIXTURES / "expected.txt").read_text(encoding="utf-8").strip().split("\n\n")
    return {
        block.split("\n")[0]: [line.strip() for line in block.split("\n")[1:]] for block in blocks
    }


def texts_stand_in_place(data: bytes, mentions: list[Mention]) -> None:
    """The text at each mention's line and columns is the mention's text."""
    lines = data.splitlines()
    for mention in mentions:
        assert mention.line == mention.end_line
        line = lines[mention.line - 1].decode("utf-8", "replace")
        assert line[mention.column - 1 : mention.end_column - 1] == mention.text


def test_every_fixture_is_in_the_table() -> None:
    files = {
        path.relative_to(FIXTURES).as_posix() for path in FIXTURES.rglob("*") if path.is_file()
    }
    assert files - {"expected.txt"} == set(expected())


@pytest.mark.parametrize(("path", "rows"), expected().items())
def test_fixture(path: str, rows: list[str]) -> None:
    data = (FIXTURES / path).read_bytes()
    mentions = read(path, data)
    if rows == ["(no manifest)"]:
        assert mentions is None
        return
    assert mentions is not None
    assert [row(mention) for mention in mentions] == rows
    texts_stand_in_place(data, mentions)


@pytest.mark.parametrize("path", [path for path, rows in expected().items() if rows[0][0] != "("])
def test_windows_line_ends_change_nothing(path: str) -> None:
    data = (FIXTURES / path).read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    mentions = read(path, data)
    assert mentions is not None
    assert [row(mention) for mention in mentions] == expected()[path]


@pytest.mark.parametrize(
    "path",
    [
        "requirements.txt",
        "a/requirements-dev.txt",
        "dev-requirements.in",
        "requirements_test.txt",
        "constraints-3.11.txt",
        "requirements/base.txt",
        "requirements.lock",
        "PyProject.toml",
        "environment-gpu.yaml",
        "conda-env.yml",
        "x/App.fsproj",
        "pylock.dev.toml",
        "app/build.gradle",
        "gradle/deps.versions.toml",
        "Directory.Build.props",
        "shop.gemspec",
    ],
)
def test_names_of_manifests(path: str) -> None:
    assert is_manifest(path)


@pytest.mark.parametrize(
    "path", ["README.txt", "main.py", "package.py", "locks.json", "notes/dev.txt", "a.toml", "lock"]
)
def test_names_of_other_files(path: str) -> None:
    assert not is_manifest(path)
    assert read(path, "openai") is None


def test_lock_files() -> None:
    locks = ("uv.lock", "a/package-lock.json", "go.sum", "pnpm-lock.yaml", "pylock.toml")
    assert all(is_lock(path) for path in locks)
    assert not any(is_lock(path) for path in ("package.json", "Cargo.toml", "flake.lock", "x.py"))


@pytest.mark.parametrize(
    ("path", "data", "names"),
    [
        # The broken line costs itself, not the file.
        (
            "pyproject.toml",
            '[project]\ndependencies = [\n  "openai",\n\n[dependency-groups]\na = ["groq"]',
            ["openai", "groq"],
        ),
        ("pyproject.toml", '[project]\nname = "x\ndependencies = ["openai"]\n', ["openai"]),
        ("pyproject.toml", '[project]\ndependencies = ["openai>=1', ["openai"]),
        (
            "package.json",
            '{"dependencies": {"openai": "^4", "devDependencies": {"ai": "1"',
            ["openai", "ai"],
        ),
        ("package.json", '{\n"dependencies": {\n"x": "unclosed,\n"openai": "^4"', ["openai"]),
        (
            "setup.py",
            'from setuptools import setup\nsetup(install_requires=["openai>=1", "groq"], extras_require={',
            ["openai", "groq"],
        ),
        (
            "pom.xml",
            "<project><dependency><groupId>com.openai</groupId><artifactId>openai-java</artifactId>",
            ["openai-java"],
        ),
        ("requirements.txt", b"\xff\xfe\x00openai\nopenai==1\n", ["openai"]),
        ("pyproject.toml", b'[project]\nname = "\xe9"\ndependencies = ["openai"]\n', ["openai"]),
        (
            "Cargo.lock",
            '\n[[package]]\nname = "openai"\nversion = "1"\nsource = "r"\ndepend',
            ["openai"],
        ),
        ("environment.yml", "dependencies:\n\t- x\n  - openai\n", ["openai"]),
        (
            "environment.yml",
            "dependencies:\n  - pip:\n    - git+https://github.com/huggingface/peft.git@main\n",
            ["peft"],
        ),
    ],
)
def test_broken_files_are_still_read(path: str, data: bytes | str, names: list[str]) -> None:
    mentions = read(path, data)
    assert mentions is not None
    assert [mention.text for mention in mentions] == names


def test_no_credentials_in_versions() -> None:
    mentions = read("package.json", '{"dependencies": {"ai": "git+https://me:secret@host/ai.git"}}')
    assert mentions
    assert "secret" not in repr(mentions)


def test_columns_count_characters() -> None:
    mentions = read("package.json", '{"name": "𝒳é", "dependencies": {"openai": "4"}}')
    assert mentions
    assert (mentions[0].line, mentions[0].column) == (1, 34)


def test_each_name_is_asked_for_once() -> None:
    asked: list[str] = []

    def counting(_ecosystem: str, name: str) -> bool:
        asked.append(name)
        return False

    counter: Callable[[str, str], bool] = counting
    lines = b"x v1 h1:a=\n".replace(b"x", b"github.com/a/b") * 50
    assert parse(SourceFile("go.sum", lines, "text"), counter) == []
    assert asked == ["github.com/a/b"]
