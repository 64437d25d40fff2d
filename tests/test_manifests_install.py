"""Install commands in scripts: what they name, and what only looks like one."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackaudit.detect.manifests import commands


def rows(text: str) -> list[str]:
    return [f"{kind}:{name} {version}".strip() for _, _, kind, name, version in commands(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("!pip install -q openai 'anthropic>=0.5,<1'", ["pypi:openai", "pypi:anthropic >=0.5,<1"]),
        ("%pip install Llama_Index[all]", ["pypi:llama-index"]),
        ("pip install openai>=1.0 # not groq", ["pypi:openai >=1.0"]),
        ("sudo python3 -m pip --quiet install --upgrade openai", ["pypi:openai"]),
        (
            "pip install git+https://github.com/huggingface/transformers.git@main",
            ["pypi:transformers"],
        ),
        (
            "RUN pip install \\\n    openai==1.2 \\\n    vllm && npm i -g openai@4",
            ["pypi:openai ==1.2", "pypi:vllm", "npm:openai 4"],
        ),
        ('RUN ["pip", "install", "openai", "groq"]', ["pypi:openai", "pypi:groq"]),
        ('run([sys.executable, "-m", "pip", "install", "openai"])', ["pypi:openai"]),
        ('sh -c "pip install openai" && run "groq"', ["pypi:openai"]),
        ("pip install openai > groq; vllm", ["pypi:openai"]),
        ("pip install torch --index-url https://x/cu118 -r groq vllm", ["pypi:torch", "pypi:vllm"]),
        ("uv add --extra cohere mistralai", ["pypi:mistralai"]),
        ("uv pip install openai", ["pypi:openai"]),
        ("poetry add groq --group openai", ["pypi:groq"]),
        ("conda create -n openai -c groq vllm=0.5", ["conda:vllm =0.5"]),
        ("npm install --save @anthropic-ai/sdk@^0.2 ai", ["npm:@anthropic-ai/sdk ^0.2", "npm:ai"]),
        ("yarn add x@npm:ollama@0.5", ["npm:ollama 0.5"]),
        ("go get github.com/openai/openai-go/v2@v2.1.0", ["go:github.com/openai/openai-go v2.1.0"]),
        ("cargo add async-openai@0.20 --features groq", ["crates:async-openai 0.20"]),
        ("gem install ruby-openai -v 6.0", ["gems:ruby-openai 6.0"]),
        ("composer require openai-php/client:^0.6", ["packagist:openai-php/client ^0.6"]),
        ("dotnet add App.csproj package OpenAI --version 2.1", ["nuget:OpenAI 2.1"]),
        ("flutter pub add dart_openai:^5", ["pub:dart_openai ^5"]),
        # Nothing is installed by name here.
        ("npm install\nopenai", []),
        ("pip install -r openai", []),
        ("# pip install openai", []),
        ("x = 1  # !pip install openai", []),
        ('echo "pip install openai"', []),
        ('raise ImportError("pip install openai")', []),
        ("pipeline install openai", []),
        ("apt-get install openai", []),
        ("npm install ./openai ../groq", []),
    ],
)
def test_commands(text: str, found: list[str]) -> None:
    assert rows(text) == found
    for start, end, _, name, _ in commands(text):
        assert text[start:end].lower().replace("_", "-").startswith(name.lower().replace("_", "-"))


def test_a_comment_hides_its_own_line_only() -> None:
    assert rows("# first\npip install openai\n") == ["pypi:openai"]


@given(
    st.lists(
        st.sampled_from(
            [
                "pip install ",
                "openai ",
                "-r ",
                '"',
                "'",
                "\\\n",
                "\n",
                "npm i ",
                "@",
                ">=1 ",
                "# ",
                ", ",
                "&& ",
            ]
        ),
        max_size=30,
    )
)
def test_any_text_is_read(parts: list[str]) -> None:
    text = "".join(parts)
    ends = 0
    for start, end, *_ in commands(text):
        assert ends <= start < end <= len(text)
        ends = end


@pytest.mark.parametrize(
    "unit",
    [
        "pip install ",
        "pip ",
        "pip -q ",
        "npm i -",
        'pip", "',
        "pip install a\n",
        "dotnet add x ",
        "go get a.b/",
        "\\\n",
        "uv ",
    ],
)
def test_hostile_lines_take_linear_time(unit: str) -> None:
    started = time.process_time()
    commands(unit * (200_000 // len(unit)))
    assert time.process_time() - started < 2
