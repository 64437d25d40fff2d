"""The examples of README and the pages of docs/ are run, and put out what the pages show."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from pages import CONFIGURATION, GATE, REPORT, blocks, holds, section, type_in
from running import here, run

OWN = section(CONFIGURATION, "Rule packs of your own")
POLICY = section(CONFIGURATION, "Policy")


def test_the_three_tiers(tmp_path: Path) -> None:
    text = section(CONFIGURATION, "Zones")
    (settings,) = blocks(text, "toml")
    (tmp_path / "pyproject.toml").write_text(settings, "utf-8")
    files = blocks(text, "python")
    assert len(files) == 3
    for file in files:
        name, _, code = file.removeprefix("# ").partition("\n")
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(code, "utf-8")
    done = run("scan", ".", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    (shown,) = blocks(text)
    assert holds(shown, done.stdout)
    against = {line for line in done.stdout.splitlines() if "policy/" in line}
    assert len(against) == 3, "all findings against the policy are shown"
    assert against <= set(shown.splitlines())


def test_a_pack_of_ones_own(tmp_path: Path) -> None:
    (text,) = blocks(OWN, "yaml")
    (tmp_path / "our-rules.yaml").write_text(text, "utf-8")
    for command in ("check", "test"):
        done = run("rules", command, "our-rules.yaml", cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
    (tmp_path / "app.py").write_text("from openai import OpenAI\nOpenAI()\n", "utf-8")
    done = run("scan", "-p", "baseline", "-p", "our-rules.yaml", cwd=tmp_path)
    assert done.returncode == 1
    assert "Our works council agreed to fixed regions only." in done.stdout


def test_a_policy_of_two_countries(tmp_path: Path) -> None:
    settings, _ = blocks(POLICY, "toml")
    (app,) = blocks(POLICY, "python")
    (tmp_path / "pyproject.toml").write_text(settings, "utf-8")
    (tmp_path / "app.py").write_text(app, "utf-8")
    done = run("scan", ".", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert holds(blocks(POLICY)[0], done.stdout)


def test_a_question_before_a_model_is_used(tmp_path: Path) -> None:
    text = section(CONFIGURATION, "Ask before you use a model")
    (settings,) = blocks(text, "toml")
    (asked,) = blocks(text)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "pyproject.toml").write_text(settings, "utf-8")
    assert "exit code 1" in asked
    type_in(asked, tmp_path / "shop", tmp_path)


def test_models_and_hosts_of_ones_own(tmp_path: Path) -> None:
    (settings,) = blocks(section(CONFIGURATION, "Models and hosts of your own"), "toml")
    (tmp_path / "pyproject.toml").write_text(settings, "utf-8")
    for spelling in ("acme_claims_8b", "Acme-Claims-8B-GGUF"):
        done = here("explain", spelling, cwd=tmp_path)
        assert done.returncode == 0 and "Acme" in done.stdout and "Mistral" in done.stdout
    done = here("explain", "https://llm.acme.example/v1", cwd=tmp_path)
    assert done.returncode == 0 and "self-hosted" in done.stdout


def test_a_baseline_and_a_waiver(tmp_path: Path) -> None:
    baseline, waivers = section(GATE, "Baseline"), section(GATE, "Waivers")
    (app,) = blocks(baseline, "python")
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "app.py").write_text(app, "utf-8")
    type_in(blocks(baseline)[0], shop, tmp_path)
    (shop / ".stackaudit-baseline.json").unlink()
    type_in(blocks(waivers)[0], shop, tmp_path)
    assert here("scan", "-q", "--fail-on", "medium", cwd=shop).returncode == 0


def test_a_comment_in_the_code(tmp_path: Path) -> None:
    (line,) = blocks(section(GATE, "Comments in the code"), "python")
    code, _, _ = line.partition("  # ")
    told = []
    for first in (code, line.rstrip()):
        text = f"import openai\n\n{first}\nopenai.OpenAI().chat.completions.create(model=model)\n"
        (tmp_path / "app.py").write_text(text, "utf-8")
        told.append(here("scan", "--fail-on", "medium", cwd=tmp_path))
    assert [done.returncode for done in told] == [1, 0]
    assert "our own model (app.py:3)" in told[1].stdout and "WAIVERS" not in told[1].stdout


def test_routes_of_a_file(tmp_path: Path) -> None:
    text = section(REPORT, "Why a model is said to be reached as it is")
    (app,) = blocks(text, "python")
    (shown,) = blocks(text)
    ((line, name),) = re.findall(r"`([A-Z_]+=\S+)` in `(\S+)`", text)
    (tmp_path / name).write_text(f"{line}\n", "utf-8")
    (tmp_path / "app.py").write_text(app, "utf-8")
    done = run("routes", "app.py", cwd=tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, shown.strip())


def shape(value: Any) -> Any:
    """The keys of a JSON value, without what they hold."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else []


def test_the_history_has_the_keys_that_are_shown(tmp_path: Path) -> None:
    (shown,) = blocks(section(GATE, "When each model came and went"), "console")
    command, _, text = shown.removeprefix("$ stackaudit ").partition("\n")
    who = ["-c", "user.name=n", "-c", "user.email=n@example.org"]
    (tmp_path / "app.py").write_text('import openai\nMODEL = "gpt-4o"\n', "utf-8")
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True)
    done = here(*command.split(), cwd=tmp_path)
    explained = json.loads(re.sub(r" +#.*", "", text))
    assert shape(json.loads(done.stdout)) == shape(explained)


#: A component of each kind, a finding of each status, and a comment that is faulty.
ALL_PARTS = """\
import os, openai
client = openai.OpenAI(api_key=os.environ["DEEPSEEK_API_KEY"], base_url="https://api.deepseek.com")
client.chat.completions.create(model="deepseek-chat")
client.chat.completions.create(model="acme-7b")  # stackaudit: ignore[baseline/unknown-model] ours
other = "gpt-4o"  # stackaudit: ignore[baseline/no-such-rule] a slip
"""


def test_every_part_of_the_report_is_explained(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(ALL_PARTS, "utf-8")
    assert here("baseline", "create", cwd=tmp_path).returncode == 0
    shown = here("scan", "-p", "eu", "-p", "baseline", cwd=tmp_path).stdout
    header = shown.partition("\n\n")[2].partition("\n\n")[0]
    labels = set(re.findall(r"^([A-Z][a-z]+(?: [a-z]+)?)  ", header, re.MULTILINE))
    titles = set(re.findall(r"^([A-Z]{2,}(?:s| [A-Z]+)*)(?: \(\d+\))?  ", shown, re.MULTILINE))
    known = section(REPORT, "Parts")
    assert {"MODELS", "FINDINGS", "CONDITIONAL", "ACCEPTED", "WAIVERS", "CREDENTIALS"} <= titles
    assert {"Scanned", "Rules", "Declared", "Found", "Countries"} <= labels
    for word in {*labels, *titles}:
        assert re.search(rf"(?:\| |, ){word}\b", known), word
