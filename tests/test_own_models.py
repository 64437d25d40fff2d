"""Models and hosts of the organisation's own, told in its configuration."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from running import run

from stackaudit import config
from stackaudit.engine import scan
from stackaudit.model import Component, ConfigError

CONFIG = """
[[models]]
names = ["acme-legal-7b", "Falkor"]
vendor = "Acme"
country = "de"
type = "chat"
weights = "open"
licence = "MIT"
base = "Qwen/Qwen2.5-7B"

[[models]]
names = ["gpt-4o"]
vendor = "Acme"

[[endpoints]]
host = "llm.acme.example"
route = "self-hosted"
hosting = "DE"
service = "Acme gateway"

[[endpoints]]
host = "*.models.acme.example"
provider = "mistral"
route = "gateway"
hosting = "EU"
"""


def components(folder: Path, code: str, text: str = CONFIG) -> dict[str, Component]:
    (folder / "stackaudit.toml").write_text(text)
    (folder / "app.py").write_text(code)
    return {c.name: c for c in scan(folder, config.load(folder, {})).components}


def test_a_model_of_ones_own_has_the_facts_told(tmp_path: Path) -> None:
    found = components(tmp_path, 'model = "acme-legal-7b-Q4_K_M"\nother = "falkor-2"\n')
    model = found["acme-legal-7b-Q4_K_M"]
    assert model.developer is not None
    assert (model.developer.name, model.developer.country) == ("Acme", "DE")
    assert (model.weights, model.roles) == ("open", ("chat",))
    assert model.licence is not None and model.licence.id == "MIT"
    assert [(a.family, a.relation, a.country) for a in model.lineage] == [
        ("qwen2.5", "fine-tune", "CN")
    ]
    assert model.sources == ("stackaudit.toml",)
    assert "falkor-2" in found


def test_ones_own_name_wins_over_the_catalogue(tmp_path: Path) -> None:
    (model,) = components(tmp_path, 'MODEL = "gpt-4o"\n').values()
    assert model.developer is not None and model.developer.name == "Acme"


def test_a_host_of_ones_own_gives_the_route(tmp_path: Path) -> None:
    code = """
from openai import OpenAI
client = OpenAI(base_url="https://llm.acme.example/v1")
client.chat.completions.create(model="acme-legal-7b")
"""
    (route,) = components(tmp_path, code)["acme-legal-7b"].routes
    assert (route.route, route.hosting.scope, route.hosting.country) == (
        "self-hosted",
        "local",
        "DE",
    )


def test_a_pattern_of_hosts(tmp_path: Path) -> None:
    found = components(tmp_path, 'URL = "https://eu.models.acme.example/v1"\n')
    (route,) = found["eu.models.acme.example"].routes
    assert (route.provider, route.hosting.country) == ("mistral", "EU")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[models]]\nvendor = "x"\n', "stackaudit.toml:1: models[1]: needs names"),
        ('[[models]]\nname = "x"\n', 'unknown key; did you mean "names"?'),
        ('[[models]]\nnames = "x"\n', "must be a list"),
        ('[[models]]\nnames = ["x"]\nweights = "opn"\n', 'did you mean "open"?'),
        ('[models]\nnames = ["x"]\n', "[[models]]"),
        ('[[endpoints]]\nprovider = "x"\n', "needs host"),
    ],
)
def test_a_wrong_field_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "stackaudit.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        config.load(tmp_path, {})
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            '[[models]]\nnames = ["x1"]\nlicence = "Apache"\n',
            "models[1].licence: unknown licence 'Apache'",
        ),
        ('[[models]]\nnames = ["x1"]\nbase = "qwne2.5"\n', "did you mean 'qwen2.5'?"),
        (
            '[[models]]\nnames = ["x1"]\nvendor = "Acme"\ncountry = "Germany"\n',
            "no ISO 3166-1 code",
        ),
        ('[[models]]\nnames = ["7"]\n', "a name needs letters"),
        ('[[endpoints]]\nhost = "https://x.example/v1"\n', "must be a host"),
        ('[[endpoints]]\nhost = "x.example"\nhosting = "nowhere"\n', "no ISO 3166-1 code"),
    ],
)
def test_a_value_the_catalogue_does_not_know_is_told(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        components(tmp_path, "", text)
    assert str(caught.value).startswith("stackaudit.toml: ")
    assert told in str(caught.value)


def test_explain_knows_them_too(tmp_path: Path) -> None:
    (tmp_path / "stackaudit.toml").write_text(CONFIG)
    told = run("explain", "acme-legal-7b", "--format", "json", cwd=tmp_path)
    assert json.loads(told.stdout)["developer"]["country"] == "DE"


def test_the_settings_themselves_use_nothing(tmp_path: Path) -> None:
    assert components(tmp_path, "x = 1\n") == {}
    (tmp_path / "stackaudit.toml").unlink()
    table = CONFIG.replace("[[", "[[tool.stackaudit.")
    (tmp_path / "pyproject.toml").write_text(f'{table}\n[tool.other]\nmodel = "qwen3-8b"\n')
    found = scan(tmp_path, config.load(tmp_path, {})).components
    assert [c.name for c in found] == ["qwen3-8b"]
