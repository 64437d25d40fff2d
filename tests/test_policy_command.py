"""``stackaudit policy test`` decides as a scan would, and says by which line or rule."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from running import run

POLICY = """\
packs = ["baseline"]

[policy.allow]
origin = ["US", "FR", "CN"]

[policy.deny]
model = ["gpt-3.5*"]
route = ["gateway"]

[[zones]]
name = "claims"
paths = ["claims/"]
packs = ["baseline", "finance"]
context.data = ["personal-financial"]
policy.allow.hosting_country = ["EU", "DE"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "stackaudit.toml").write_text(POLICY)
    return tmp_path


def ask(folder: Path, *words: str) -> tuple[int, dict[str, Any]]:
    done = run("policy", "test", *words, "--format", "json", cwd=folder)
    assert done.stderr == ""
    return done.returncode, json.loads(done.stdout)


def refusing(told: dict[str, Any]) -> set[str]:
    return {f["rule"] for f in told["findings"] if f["fingerprint"] in told["refused_by"]}


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        (("gpt-4o",), set()),
        (("gpt-3.5-turbo",), {"policy/deny-model"}),
        (("command-a-03-2025",), {"policy/allow-origin"}),
        (("nobody-knows-this-one",), {"policy/allow-origin"}),
        (("gpt-4o", "--endpoint", "https://openrouter.ai/api/v1"), {"policy/deny-route"}),
        (("gpt-4o", "--endpoint", "api.openai.com"), set()),
        (("gpt-4o", "--path", "claims/a.py"), {"policy/allow-hosting_country"}),
        (("gpt-4o", "--path", "website/a.py"), set()),
        (
            ("mistral.mistral-large-2402-v1:0", "--endpoint", "https://bedrock-runtime.eu-central-1.amazonaws.com", "--path", "claims/a.py"),
            set(),
        ),
        (
            ("mistral.mistral-large-2402-v1:0", "--endpoint", "https://bedrock-runtime.us-east-1.amazonaws.com", "--path", "claims/a.py"),
            {"policy/allow-hosting_country"},
        ),
    ],
)  # fmt: skip
def test_it_says_what_decides(folder: Path, words: tuple[str, ...], rules: set[str]) -> None:
    code, told = ask(folder, *words)
    assert refusing(told) == rules
    assert code == (1 if rules else 0)
    assert told["allowed"] is (code == 0)


def test_the_zone_brings_its_packs_context_and_policy(folder: Path) -> None:
    _, told = ask(folder, "gpt-4o", "--path", "claims/deep/a.py")
    assert (told["zone"], told["packs"][:2]) == ("claims", ["baseline", "finance"])
    assert told["context"]["data"] == ["personal-financial"]
    assert told["policy"]["allow"]["hosting_country"] == ["EU", "DE"]
    assert any(f["rule"].startswith("finance/") for f in told["findings"])
    _, told = ask(folder, "gpt-4o")
    assert (told["zone"], told["packs"], told["context"]) == ("", ["baseline"], {})


def test_an_open_rule_refuses_at_its_severity(folder: Path) -> None:
    words = ("gpt-4o", "--endpoint", "https://api.openai.com")
    assert ask(folder, *words)[0] == 0
    text = (folder / "stackaudit.toml").read_text()
    (folder / "stackaudit.toml").write_text(f'fail_on = "low"\n{text}')
    code, told = ask(folder, *words)
    assert (code, refusing(told)) == (1, {"baseline/unpinned-hosting"})


@pytest.mark.parametrize(
    ("model", "endpoint", "path"),
    [
        ("gpt-4o-2024-08-06", "https://api.openai.com/v1", "app.py"),
        ("gpt-3.5-turbo", "https://api.openai.com/v1", "app.py"),
        ("deepseek-chat", "https://openrouter.ai/api/v1", "app.py"),
        ("Qwen/Qwen3-32B", "http://localhost:8000/v1", "claims/app.py"),
    ],
)
def test_a_scan_decides_the_same(folder: Path, model: str, endpoint: str, path: str) -> None:
    code, told = ask(folder, model, "--endpoint", endpoint, "--path", path)
    (folder / path).parent.mkdir(exist_ok=True)
    (folder / path).write_text(
        f'from openai import OpenAI\nc = OpenAI(base_url="{endpoint}")\n'
        f'c.chat.completions.create(model="{model}", messages=[])\n'
    )
    done = run("scan", "--format", "json", cwd=folder)
    report = json.loads(done.stdout)

    def about_models(findings: list[dict[str, Any]]) -> set[tuple[str, str]]:
        ids = [f for f in findings if f["component"].startswith(("model:", "endpoint:"))]
        return {(f["rule"], f["status"]) for f in ids}

    assert about_models(told["findings"]) == about_models(report["findings"])
    assert code == done.returncode


def test_people_read_the_verdict_and_its_reason(folder: Path) -> None:
    done = run("policy", "test", "gpt-3.5-turbo", cwd=folder)
    assert done.returncode == 1
    first, *rest = done.stdout.splitlines()
    assert first == "REFUSED  gpt-3.5-turbo"
    assert 'Refused by  Model: policy.deny.model = ["gpt-3.5*"] [policy/deny-model, high]' in rest
    assert any("name it with --endpoint" in line for line in rest)
    assert rest[-1] == "REFUSED (exit code 1)"
    done = run("policy", "test", "gpt-4o", cwd=folder)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "ALLOWED (exit code 0)")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("",), "is no model id"),
        (("a\nb",), "is no model id"),
        (("x" * 5000,), "is no model id"),
        (("gpt-4o", "--endpoint", "nobody.example"), "[[tool.stackaudit.endpoints]]"),
        (("gpt-4o", "--path", "../elsewhere.py"), "does not lie in the current folder"),
        (("gpt-4o", "--format", "yaml"), "--format"),
        ((), "MODEL"),
    ],
)
def test_wrong_words_are_one_line(folder: Path, words: tuple[str, ...], said: str) -> None:
    done = run("policy", "test", *words, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr and len(done.stderr.splitlines()) == 1


def test_ones_own_endpoint_and_model_count(folder: Path) -> None:
    with (folder / "stackaudit.toml").open("a") as file:
        file.write(
            '\n[[endpoints]]\nhost = "llm.acme.example"\nroute = "self-hosted"\nhosting = "DE"\n'
            '[[models]]\nnames = ["acme-8b"]\nvendor = "Acme"\ncountry = "FR"\n'
        )
    words = ("acme-8b", "--endpoint", "https://llm.acme.example", "--path", "claims/a.py")
    code, told = ask(folder, *words)
    assert (code, refusing(told)) == (0, set())
