"""Where a name stands decides whether it counts and as what; broken files are still read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import mentions, models, read

SDK = "import openai\n"

COUNTS = [
    # path, text, expected "text usage"
    ("a.py", 'x = "gpt-4o"\n', ["gpt-4o used"]),
    ("a.py", "# gpt-4o\nx = 1\n", ["gpt-4o comment"]),
    ("a.py", '"""Uses gpt-4o."""\n', ["gpt-4o comment"]),
    ("a.py", 'def f():\n    """Uses gpt-4o."""\n', ["gpt-4o comment"]),
    ("a.py", 'x = "we compared gpt-4o with others"\n', ["gpt-4o comment"]),
    ("tests/test_a.py", 'x = "gpt-4o"\n', ["gpt-4o test"]),
    ("examples/a.py", 'x = "gpt-4o"\n', ["gpt-4o example"]),
    ("docs/a.py", 'x = "gpt-4o"\n', ["gpt-4o doc"]),
    ("a.md", "Uses gpt-4o.\n", ["gpt-4o doc"]),
    ("a.js", "// gpt-4o\n/* gpt-4.1 */ const x = 'gpt-5'\n", ["gpt-4o comment", "gpt-4.1 comment", "gpt-5 used"]),
    ("a.yaml", "# gpt-4o\nmodel: gpt-5\n", ["gpt-4o comment", "gpt-5 used"]),
    # An ordinary word counts in a model's place or beside an SDK, not elsewhere.
    ("a.py", 'x = "command"\n', []),
    ("a.py", SDK + 'run(model="o3")\n', ["o3 used"]),
    ("a.py", SDK + 'x = ["command", "nova", "titan"]\n', []),
    ("a.yaml", "name: nova\n", []),
    ("a.json", '{"model": "o3-mini"}', ["o3-mini used"]),
    ("a.json", '{"title": "o3"}', []),
    # A model nobody knows, in a model's place of a file that uses an SDK.
    ("a.py", SDK + 'run(model="acme/secret-7b")\n', ["acme/secret-7b used"]),
    ("a.py", 'run(model="acme/secret-7b")\n', []),
    ("a.py", SDK + 'run(name="acme/secret-7b")\n', []),
    # Placeholders and other things that stand for a model.
    ("a.py", SDK + 'run(model="your-model")\nrun(model="test")\nrun(model="<model>")\n', []),
    ("a.py", SDK + 'run(model="gpt-")\nx = "gpt-4-" + y\nz = "deepseek-r1:"\n', []),
    ("a.yaml", "model: ${MODEL}\nllm: {{ .Values.model }}\n", []),
    # File names, variables, classes, hashes.
    ("a.py", SDK + 'x = open("qwen2.py")\ny = "deepseek_v3.json"\n', []),
    ("a.py", SDK + "class Qwen3MLP:\n    llama_count = 3\n    gpt4_score = llama_count\n", []),
    ("a.py", SDK + 'x = os.environ["QWEN_MODEL_NAME"]\n', []),
    ("a.json", '{"integrity": "sha512-qwen3Yi34bgpt4oLLaMa3=="}', []),
    ("a.py", 'x = "e3b0qwen2c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"\n', []),
    ("a.md", "https://example.org/blog/gpt-4o-is-here\n", []),
    ("a.py", SDK + "x = glm-binomial\n", []),
    ("a.yaml", "tool: ember-cli\naxis: yi-lin\nfile: wan2.mp4\nop: gte-filter\n", []),
    # A pattern is no id.
    ("a.py", SDK + 'x = re.compile("^gpt-4(o|.1)")\n', []),
    ("a.py", SDK + 'if model.startswith("claude-"):\n    pass\n', []),
    ("a.yaml", "model: openai/your-model\nllm: azure/my-deployment\n", []),
    # Several in one value, where models belong.
    ("a.env", "OPENAI_MODELS=gpt-4o, glm-4.6\n", ["gpt-4o used", "glm-4.6 used"]),
    ("a.env", "CUSTOM_MODELS=-all,+gpt-5,+glm-4.6=GLM\n", ["gpt-5 used", "glm-4.6 used"]),
    ("a.sh", 'MODELS="qwen3:8b llama3.1:8b"\n', ["qwen3:8b used", "llama3.1:8b used"]),
    ("a.yaml", "title: gpt-4o, the best of all\n", []),
    # The name in a path of Windows.
    ("a.bat", "llama-server -m C:\\models\\qwen3-8b.gguf\n", ["qwen3-8b.gguf used"]),
    ("a.py", 'x = "C:\\\\models\\\\qwen3-8b.gguf"\n', ["qwen3-8b.gguf used"]),
    ("a.json", '{"model": "..\\\\llms\\\\gemma-3-27b-it"}', ["gemma-3-27b-it used"]),
    # What describes a model in a list of models is no model.
    ("a.yaml", "models:\n- name: gpt-4o\n  tokenizer_mode: mistral\n  provider: mistral\n", ["gpt-4o used"]),
    # Short names of models count in the settings and behind the commands of AI tools.
    (".claude/agents/a.md", "---\nname: a\nmodel: opus\n---\n", ["opus used"]),
    (".claude/agents/a.md", "---\nname: opus\nmodel: inherit\n---\n", []),
    ("a.md", "---\nmodel: opus\n---\n", []),
    ("a.sh", "claude --model sonnet -p x\n", ["sonnet used"]),
    ("a.sh", "play --codec opus --style haiku\n", []),
    # Folders of results, routes, tasks, classes, repositories and hosts named after models.
    ("a.py", SDK + 'x = "results/2024-06-12-01-claude-3-opus"\ny = "runs/20240612_gpt-4o"\n', []),
    ("a.py", SDK + 'run(model="runs/2024-06-12-claude-3-opus")\n', ["runs/2024-06-12-claude-3-opus used"]),
    ("a.py", SDK + 'route("/sd-new")\nroute("/claude-opus")\n', []),
    ("a.py", "import transformers\np = transformers.pipeline('text2text-generation')\n", []),
    ("a.go", 'package a\nvar m = map[string]string{"Ernie4_5_MoeForCausalLM": "a", "gpt-4o": "b"}\n', ["gpt-4o used"]),
    ("go.mod", "module github.com/acme/examples/openai-gpt4o-example\n", []),
    ("a.yaml", "host: vllm-llama2-7b-epp\nmodel: llama2:7b\n", ["llama2:7b used"]),
    ("a.py", SDK + 'x = "o3_pro_expensive"\ny = "chat/blocking_gpt_4_1_mini_parallel_tool"\n', []),
    ("a.py", SDK + 'run(model="my_gemma2_pt")\n', ["my_gemma2_pt used"]),
    ("a.xsd", '<element name="gpt-4o"/><complexType name="CT_Blip"/>', ["gpt-4o used"]),
    ("a.py", SDK + 'steps = ["step1", "step2", "step_3"]\n', []),
    # Compared with in a shell, allowed in Bicep: a choice.
    ("a.sh", 'if [[ $M = llama2 ]] || [ "$M" = "gpt-4o" ]; then :; fi\n', ["llama2 offered", "gpt-4o offered"]),
    ("a.bicep", "@allowed([ 'gpt-4o' ])\nparam m string = 'gpt-5'\n", ["gpt-4o offered", "gpt-5 used"]),
    # Constants: in prose with a number, as the argument of a model, or qualified by a vendor.
    ("a.md", "`CLAUDE_3_5_SONNET`, `ModelName.GPT_4_O_MINI`; not `MISTRAL_SMALL` or `GPT_4O_API_KEY`.\n",
     ["CLAUDE_3_5_SONNET doc", "GPT_4_O_MINI doc"]),
    ("a.md", "```rust\nlet m = c.completion_model(openai::GPT_4O);\n```\n", ["GPT_4O doc"]),
    ("a.rs", "fn f() { c.completion_model(openai::GPT_4O); }\n", ["GPT_4O used"]),
    ("a.java", "import dev.langchain4j.model.openai.OpenAiChatModel;\nX f = b.modelName(MISTRAL_SMALL_LATEST);\n",
     ["MISTRAL_SMALL_LATEST used"]),
    ("a.py", SDK + 'TINY_LLAMA3 = env()\nrun(model=TINY_LLAMA3)\n', []),
    # The name of a licence is not part of the model's; a tag is not part of a name.
    ("a.md", "LLAMA 2 COMMUNITY LICENSE AGREEMENT\n", ["LLAMA 2 doc"]),
    ("a.cs", "/// Either <c>dall-e-2</c> or <c>dall-e-3</c>.\n", ["dall-e-2 comment", "dall-e-3 comment"]),
    # An organisation, a size and a known family among unknown words.
    ("a.py", 'x = ["fixie-ai/ultravox-llama3.3-70b"]\n', ["fixie-ai/ultravox-llama3.3-70b used"]),
    # Keys that surely hold no model.
    ("a.yaml", "image: mistral\ntags: [phi]\nauthor: claude\n", []),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "expected"), COUNTS)
def test_what_counts(path: str, text: str, expected: list[str]) -> None:
    assert [f"{m.text} {m.usage}" for m in mentions(path, text, "model")] == expected


NAMES = ["gpt-4o", "gpt-4.1", "gpt-5", "claude-opus-4-1", "claude-sonnet-4-5", "gemini-2.5-pro", "qwen3-32b",
         "mistral-large-2411", "deepseek-v3.1", "glm-4.6"]  # fmt: skip


def test_a_long_list_is_a_menu() -> None:
    text = "MODELS = [\n" + "".join(f'    "{name}",\n' for name in NAMES) + "]\n"
    assert [(m.text, m.usage) for m in mentions("a.py", text)] == [
        (name, "offered") for name in NAMES
    ]


def test_a_short_list_is_use() -> None:
    assert {m.usage for m in mentions("a.py", 'MODELS = ["gpt-4o", "gpt-5"]\n')} == {"used"}


def test_what_is_called_beside_a_menu_is_used() -> None:
    text = "MODELS = " + repr(NAMES) + '\nrun(model="gpt-4o-mini")\n'
    assert [m.text for m in mentions("a.py", text) if m.usage == "used"] == ["gpt-4o-mini"]


HOSTS = [
    ("a.py", 'x = "https://api.deepseek.com/v1"\n', ["https://api.deepseek.com/v1 used"]),
    ("a.py", 'x = "api.deepseek.com"\n', ["api.deepseek.com used"]),
    ("a.py", "# https://api.deepseek.com\n", ["https://api.deepseek.com comment"]),
    ("a.py", '# "http://localhost:11434"\n', []),
    ("a.py", 'x = "https://api.openai.com.evil.example"\n', []),
    ("a.py", 'load_dataset("https://huggingface.co/datasets/squad")\n', []),
    ("a.md", "See https://huggingface.co/docs.\n", []),
    (
        "a.sh",
        "curl https://api.deepseek.com/v1/models\n",
        ["https://api.deepseek.com/v1/models used"],
    ),
]


@pytest.mark.parametrize(("path", "text", "expected"), HOSTS)
def test_endpoints(path: str, text: str, expected: list[str]) -> None:
    assert [f"{m.text} {m.usage}" for m in mentions(path, text, "endpoint")] == expected


@pytest.mark.parametrize(
    ("path", "text", "model"),
    [
        ("a.py", 'u = "https://api-inference.huggingface.co/models/BAAI/bge-m3"\n', "BAAI/bge-m3"),
        ("a.py", 'u = "https://contoso.openai.azure.com/openai/deployments/gpt-4o/chat/completions"\n', "gpt-4o"),
        ("a.py", 'u = "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent"\n', "gemini-2.5-flash"),
    ],
)  # fmt: skip
def test_models_in_the_path_of_a_known_host(path: str, text: str, model: str) -> None:
    assert models(path, text) == [model]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", 'k = os.environ["DEEPSEEK_API_KEY"]\n'),
        ("a.go", 'k := os.Getenv("DEEPSEEK_API_KEY")\n'),
        ("a.ts", "const k = process.env.DEEPSEEK_API_KEY;\n"),
        ("a.ts", "const k = import.meta.env.DEEPSEEK_API_KEY;\n"),
        ("a.env", "DEEPSEEK_API_KEY=x\n"),
        ("a.yaml", "env:\n  DEEPSEEK_API_KEY: x\n"),
        ("Dockerfile", "FROM a\nENV DEEPSEEK_API_KEY=x\n"),
        ("a.sh", "export DEEPSEEK_API_KEY=x\n"),
    ],
)
def test_a_credential_variable_is_told_by_name_and_is_no_model(path: str, text: str) -> None:
    assert [(m.kind, m.text) for m in mentions(path, text)] == [("credential", "DEEPSEEK_API_KEY")]


BAD = 'x = "gpt-4o"\n'


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.py", b"\xef\xbb\xbf" + BAD.encode()),
        ("a.py", BAD.replace("\n", "\r\n").encode()),
        ("a.py", b"\r\n\r\n" + BAD.encode()),
        ("a.py", "s = '😀é'; ".encode() + BAD.encode()),
        ("a.py", b"\xff\xfe\xe9 = 1\n" + BAD.encode()),
        ("a.py", b"\x00\x00\n" + BAD.encode()),
        ("a.py", b"def broken(:\n" + BAD.encode()),
        ("a.py", b'y = "' + b"a" * 200_000 + b'"; ' + BAD.encode()),
        ("a.py", b"(" * 5000 + b"\n" + BAD.encode()),
        ("a.js", b"const y = `" + b"x" * 200_000 + b"`; const " + BAD.encode()),
        ("a.json", b'{"a": [1, 2, "model": "gpt-4o"'),
        ("a.yaml", b"a: [1, {\nmodel: gpt-4o\n"),
        ("a.toml", b'= broken\nmodel = "gpt-4o"\n'),
        ("a.env", b"???\nMODEL=gpt-4o\n"),
    ],
)
def test_broken_files_are_still_read_and_places_are_true(path: str, data: bytes) -> None:
    found = mentions(path, data, "model")
    assert [m.text for m in found] == ["gpt-4o"]
    line = data.split(b"\n")[found[0].line - 1].decode("utf-8", "replace")
    assert line[found[0].column - 1 : found[0].end_column - 1] == "gpt-4o"


def test_a_syntax_error_is_told() -> None:
    facts = read("a.py", SDK + 'M = "gpt-4o"\nrun(model=M)\ndef broken(:\n')
    assert "syntax error in line 4" in facts.partial
    assert [m.text for m in facts.mentions if m.kind == "model"] == ["gpt-4o"]


def test_one_value_is_told_once() -> None:
    """Readers that look into a value (JSON in a shell argument) do not report it twice."""
    for path, text in (
        ("a.sh", 'curl https://api.deepseek.com -d \'{"model": "deepseek-chat"}\'\n'),
        ("docker-compose.yml", "services:\n  a:\n    command: --model Qwen/Qwen3-8B\n"),
    ):
        found = mentions(path, text, "model")
        assert [(m.usage) for m in found] == ["used"], path


def test_a_file_without_anything_has_no_facts() -> None:
    assert read("a.py", "import os\nprint('hello')\n").mentions == ()


IMPORTS = [
    ("a.py", "import openai\n", ["openai"]),
    ("a.py", "from openai.types import x\n", ["openai.types"]),
    ("a.py", "import openai as o, os\n", ["openai"]),
    ("a.py", "# import openai\n", []),
    ("a.py", "import openaix\n", []),
    ("a.ts", 'import OpenAI from "openai";\n', ["openai"]),
    ("a.ts", "const x = await import('openai');\n", ["openai"]),
    ("a.js", "const OpenAI = require('openai')\n", ["openai"]),
    ("a.ts", 'import x from "./openai";\n', []),
    ("a.go", 'package a\n\nimport (\n\to "github.com/sashabaranov/go-openai"\n)\n', ["github.com/sashabaranov/go-openai"]),
    ("a.cs", "using Azure.AI.OpenAI;\n", ["Azure.AI.OpenAI"]),
    ("a.rs", "use async_openai::Client;\n", ["async_openai::Client"]),
    ("a.php", "<?php\nuse OpenAI\\Client;\n", ["OpenAI\\Client"]),
    ("a.rb", 'require "openai"\n', ["openai"]),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "expected"), IMPORTS)
def test_imports(path: str, text: str, expected: list[str]) -> None:
    assert [m.text for m in mentions(path, text, "sdk")] == expected


PIECES = st.sampled_from(
    ['"gpt-4o"', "model", "=", ":", "(", ")", "{", "}", "[", "]", "\n", " ", '"', "'", "#", "//", "OpenAI",
     "base_url", "https://api.deepseek.com", "import openai\n", "qwen3:8b", ",", "\\", "é", "😀", "\x00", "f\"", "`"]
)  # fmt: skip
PATHS = st.sampled_from(["a.py", "a.ts", "a.go", "a.cs", "a.yaml", "a.json", "a.toml", "a.env", "a.sh", "a.md",
                         "a.ipynb", "a.tf", "Dockerfile", "a.properties", "a.ini", "a.php", "a.rb"])  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(PATHS, st.lists(PIECES, max_size=40).map("".join))
def test_any_text_is_read_and_verbatim_places_hold_the_text(path: str, text: str) -> None:
    lines = text.split("\n")
    for mention in mentions(path, text):
        if mention.line == mention.end_line and not mention.assembled and path != "a.ipynb":
            written = lines[mention.line - 1][mention.column - 1 : mention.end_column - 1]
            assert mention.text in written or "\\" in written


@settings(max_examples=80, deadline=None)
@given(PATHS, st.binary(max_size=200))
def test_any_bytes_are_read(path: str, data: bytes) -> None:
    mentions(path, b"gpt-4o " + data + b'\nmodel = "gpt-4o"\n')
