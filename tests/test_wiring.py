"""What one file reads and another sets: variables of the environment, imported names, SDK hosts."""

from __future__ import annotations

from pathlib import Path

import pytest

from stackaudit.engine import scan
from stackaudit.model import Component, Route, Settings

PYTHON = """
import os
from openai import OpenAI
client = OpenAI(base_url=os.environ["LLM_HOST"], api_key="x")
client.chat.completions.create(model="kimi-k2-0905-preview", messages=[])
"""


def components(folder: Path, files: dict[str, str]) -> dict[str, Component]:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return {c.name: c for c in scan(folder, Settings()).components}


def route(component: Component) -> Route:
    (only,) = component.routes
    return only


SETTERS = [
    (".env", "LLM_HOST=https://api.moonshot.cn/v1\n"),
    ("deploy/compose.yaml", "services:\n  app:\n    environment:\n      - LLM_HOST=https://api.moonshot.cn/v1\n"),
    ("Dockerfile", "FROM python\nENV LLM_HOST=https://api.moonshot.cn/v1\n"),
    ("run.sh", "export LLM_HOST=https://api.moonshot.cn/v1\npython app.py\n"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text"), SETTERS, ids=[path for path, _ in SETTERS])
def test_a_variable_is_followed_to_the_file_that_sets_it(
    tmp_path: Path, path: str, text: str
) -> None:
    found = route(components(tmp_path, {"app.py": PYTHON, path: text})["kimi-k2-0905-preview"])
    assert (found.provider, found.hosting.country, found.basis) == ("moonshot", "CN", "observed")
    assert f"LLM_HOST in {path}:" in found.evidence


READERS = [
    ("a.ts", 'import OpenAI from "openai";\nconst c = new OpenAI({ baseURL: process.env.LLM_HOST });\nawait c.chat.completions.create({ model: "kimi-k2-0905-preview", messages: [] });\n'),
    ("a.js", 'const OpenAI = require("openai");\nconst c = new OpenAI({ baseURL: process.env["LLM_HOST"] });\nc.chat.completions.create({ model: "kimi-k2-0905-preview" });\n'),
    ("a.go", 'package a\nimport (\n "os"\n openai "github.com/sashabaranov/go-openai"\n)\nfunc f() {\n cfg := openai.DefaultConfig("k")\n cfg.BaseURL = os.Getenv("LLM_HOST")\n r := openai.ChatCompletionRequest{Model: "kimi-k2-0905-preview"}\n}\n'),
    ("A.java", 'import dev.langchain4j.model.openai.OpenAiChatModel;\nclass A { Object f() { return OpenAiChatModel.builder().baseUrl(System.getenv("LLM_HOST")).modelName("kimi-k2-0905-preview").build(); } }\n'),
    ("a.rb", 'require "openai"\nclient = OpenAI::Client.new(uri_base: ENV["LLM_HOST"])\nclient.chat(parameters: { model: "kimi-k2-0905-preview" })\n'),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text"), READERS, ids=[path for path, _ in READERS])
def test_every_language_reads_variables(tmp_path: Path, path: str, text: str) -> None:
    files = {path: text, ".env": "LLM_HOST=https://api.moonshot.cn/v1\n"}
    found = route(components(tmp_path, files)["kimi-k2-0905-preview"])
    assert (found.provider, found.hosting.country) == ("moonshot", "CN")


def test_a_model_that_is_set_in_a_variable_goes_where_the_code_sends_it(tmp_path: Path) -> None:
    code = PYTHON.replace('"kimi-k2-0905-preview"', 'os.environ["LLM_MODEL"]')
    code = code.replace('os.environ["LLM_HOST"]', '"https://api.deepseek.com"')
    found = components(tmp_path, {"app.py": code, ".env": "LLM_MODEL=deepseek-chat\n"})
    assert route(found["deepseek-chat"]).provider == "deepseek"
    assert [o.path for o in found["deepseek-chat"].occurrences] == [".env"]


def test_the_real_setting_is_believed_before_the_example(tmp_path: Path) -> None:
    files = {
        "app.py": PYTHON,
        ".env": "LLM_HOST=https://api.moonshot.ai/v1\n",
        ".env.example": "LLM_HOST=https://api.moonshot.cn/v1\n",
    }
    found = route(components(tmp_path, files)["kimi-k2-0905-preview"])
    assert found.evidence.endswith("LLM_HOST in .env:1")


def test_settings_that_disagree_tell_nothing(tmp_path: Path) -> None:
    files = {
        "app.py": PYTHON,
        "a/prod.env": "LLM_HOST=https://api.moonshot.ai/v1\n",
        "b/prod.env": "LLM_HOST=https://api.deepseek.com\n",
    }
    found = route(components(tmp_path, files)["kimi-k2-0905-preview"])
    assert found.route == "unknown"


DEFAULT = 'from openai import OpenAI\nOpenAI().chat.completions.create(model="deepseek-chat")\n'


@pytest.mark.parametrize(
    ("code", "setting", "provider"),
    [
        ("app.py", ".env", "deepseek"),
        ("src/app.py", ".env", "deepseek"),
        ("src/app.py", "src/.env", "deepseek"),
        ("src/app.py", "other/.env", ""),
    ],
)
def test_a_variable_overrides_the_default_host_of_an_sdk(
    tmp_path: Path, code: str, setting: str, provider: str
) -> None:
    files = {code: DEFAULT, setting: "OPENAI_BASE_URL=https://api.deepseek.com\n"}
    found = route(components(tmp_path, files)["deepseek-chat"])
    assert (found.provider, found.basis) == (provider or "unknown", "inferred")
    assert ("OPENAI_BASE_URL in" in found.evidence) == bool(provider)


def test_a_host_that_cannot_serve_the_model_overrides_nothing(tmp_path: Path) -> None:
    code = DEFAULT.replace("deepseek-chat", "gpt-4o")
    found = components(
        tmp_path, {"app.py": code, ".env": "OPENAI_BASE_URL=https://api.deepseek.com\n"}
    )
    assert route(found["gpt-4o"]).provider == "openai"


IMPORTS = [
    ("pkg/app.py", "from .config import BASE, NAME\n", "BASE", "NAME"),
    ("pkg/app.py", "from . import config\n", "config.BASE", "config.NAME"),
    ("pkg/app.py", "from pkg.config import BASE as B, NAME as N\n", "B", "N"),
    ("pkg/app.py", "import pkg.config as conf\n", "conf.BASE", "conf.NAME"),
    ("pkg/sub/app.py", "from ..config import BASE, NAME\n", "BASE", "NAME"),
    ("app.py", "from pkg import config\n", "config.BASE", "config.NAME"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "line", "base", "name"), IMPORTS)
def test_names_are_followed_into_the_module_that_sets_them(
    tmp_path: Path, path: str, line: str, base: str, name: str
) -> None:
    code = (
        f"from openai import OpenAI\n{line}client = OpenAI(base_url={base})\n"
        f"other = OpenAI()\nclient.chat.completions.create(model={name})\n"
        'other.chat.completions.create(model="gpt-4o")\n'
    )
    config = 'BASE = "https://api.deepseek.com"\nNAME = "deepseek-chat"\n'
    found = components(tmp_path, {path: code, "pkg/config.py": config, "pkg/__init__.py": ""})
    assert route(found["deepseek-chat"]).provider == "deepseek"
    assert [o.path for o in found["deepseek-chat"].occurrences] == ["pkg/config.py"]
    assert route(found["gpt-4o"]).provider == "openai"


def test_settings_objects(tmp_path: Path) -> None:
    files = {
        "app/settings.py": (
            "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n"
            '    llm_host: str = "https://api.deepseek.com"\n    llm_name: str = "deepseek-chat"\n\n\n'
            "settings = Settings()\n"
        ),
        "app/main.py": (
            "from openai import OpenAI\nfrom app.settings import settings\n"
            "client = OpenAI(base_url=settings.llm_host)\nspare = OpenAI()\n"
            "client.chat.completions.create(model=settings.llm_name)\n"
        ),
    }
    assert route(components(tmp_path, files)["deepseek-chat"]).provider == "deepseek"


def test_the_nearest_module_of_a_name_is_meant(tmp_path: Path) -> None:
    code = (
        "from openai import OpenAI\nfrom config import BASE\nclient = OpenAI(base_url=BASE)\n"
        'client.chat.completions.create(model="kimi-k2-0905-preview")\n'
    )
    files = {
        "one/app.py": code,
        "one/config.py": 'BASE = "https://api.moonshot.cn/v1"\n',
        "two/config.py": 'BASE = "https://api.deepseek.com"\n',
    }
    assert route(components(tmp_path, files)["kimi-k2-0905-preview"]).provider == "moonshot"
