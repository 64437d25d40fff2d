"""What README and the pages of docs/ say of commands, options and keys is what the program has."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from pages import (
    COMMANDS,
    CONFIGURATION,
    GATE,
    PAGES,
    README,
    REPORT,
    WRITTEN,
    blocks,
    commands,
    prose,
    section,
    table,
)
from running import ROOT, here

from stackaudit import cli, config, gate, resources
from stackaudit.config import waivers
from stackaudit.config.zones import _KEYS as ZONE_KEYS
from stackaudit.model import StackauditError
from stackaudit.policy import POLICY_FIELDS
from stackaudit.rules.packs import available

INSTALL = "python -m pip install . && stackaudit scan ."
TEST = "python -m pip install -e '.[dev]' && python -m pytest"
PACKS = set(available(resources.rules_directory()))
#: The exit codes of the program.
CODES = {gate.CLEAN, gate.FAILED, StackauditError.exit_code, gate.INCOMPLETE, cli._INTERRUPTED}


def tree(command: Any, name: str = "") -> dict[str, Any]:
    """Every command that does something, by the words that call it."""
    if not hasattr(command, "commands"):
        return {name: command}
    below = (tree(sub, f"{name} {word}".strip()) for word, sub in command.commands.items())
    return {name: sub for part in below for name, sub in part.items()}


PROGRAM = tree(typer.main.get_command(cli.app))


def ticked(text: str) -> set[str]:
    """What stands between backticks, outside blocks of code."""
    return set(re.findall(r"`([^`\n]+)`", prose(text)))


def test_the_two_main_commands() -> None:
    steps = re.findall(r"^\d\. .*\n\n +```\n +(.*)\n +```", README, re.MULTILINE)
    assert steps == [INSTALL, TEST]
    assert f"\n{TEST}\n" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_readme_stays_short() -> None:
    assert README.count("\n") <= 300


def test_every_command_has_a_section() -> None:
    titles = set(re.findall(r"^###? (.*)", COMMANDS, re.MULTILINE))
    assert titles - {"Exit codes", "baseline", "rules", "catalogue"} == set(PROGRAM)


@pytest.mark.parametrize("name", PROGRAM)
def test_options_are_those_of_the_program(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = here(*name.split(), "--help", cwd=tmp_path).stdout
    options = shown.partition("Options:\n")[2].partition("\n\n")[0].rstrip("\n")
    assert blocks(section(COMMANDS, name)) == [f"{options}\n"]


def test_the_overview_shows_every_command() -> None:
    overview = list(commands(f"```\n{blocks(COMMANDS)[0]}```"))
    assert {called(words) for words in overview} == set(PROGRAM)


def called(words: list[str]) -> str:
    """The command that these words call; empty where there is none."""
    return next((n for n in (" ".join(words[:2]), words[0]) if n in PROGRAM), "")


@pytest.mark.parametrize("name", WRITTEN)
def test_commands_on_the_pages_exist(name: str) -> None:
    """In blocks and in sentences: the command, and each option behind it."""
    for words in commands(WRITTEN[name]):
        if words not in (["--version"], ["COMMAND", "--help"]):
            assert called(words), words
            known = {name for option in PROGRAM[called(words)].params for name in option.opts}
            options = {word.partition("=")[0] for word in words if re.match(r"--?\w", word)}
            assert options <= known, words


def test_commands_are_shown_often_enough_to_be_checked() -> None:
    count = {name: len(list(commands(text))) for name, text in WRITTEN.items()}
    assert all(count.values()) and sum(count.values()) > 90
    assert len(list(commands(section(README, "The five commands people use most")))) == 10


def test_every_key_is_explained() -> None:
    cells = " ".join(row[0] for row in table(CONFIGURATION, "Key"))
    assert set(re.findall(r"`([a-z_]+)", cells)) == set(config._READERS)


def test_every_field_of_a_policy_is_explained() -> None:
    rows = table(section(CONFIGURATION, "Policy"), "Field")
    assert [row[0].strip("`") for row in rows] == list(POLICY_FIELDS)


def test_everything_to_declare_is_named() -> None:
    known = yaml.safe_load((ROOT / "rules" / "context.yaml").read_text("utf-8"))["context"]
    told = [[f"`{key['key']}`", key["title"].rstrip(".")] for key in known]
    assert table(section(CONFIGURATION, "Context"), "Name") == told


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (section(CONFIGURATION, "Zones"), ZONE_KEYS),
        (section(GATE, "Waivers"), waivers._KEYS),
        (section(CONFIGURATION, "Models and hosts of your own"), config._MODEL_FIELDS),
        (section(CONFIGURATION, "Models and hosts of your own"), config._ENDPOINT_FIELDS),
    ],
)
def test_the_keys_of_a_row_are_named(text: str, keys: tuple[str, ...]) -> None:
    examples = "\n".join(blocks(text, "toml"))
    shown = set(re.findall(r"^([a-z_]+)(?:\.[a-z_.]+)? =", examples, re.MULTILINE))
    assert set(keys) <= shown | ticked(text)


@pytest.mark.parametrize("name", [name for name in WRITTEN if "```toml" in WRITTEN[name]])
def test_examples_of_configuration_are_valid(name: str, tmp_path: Path) -> None:
    for example in blocks(WRITTEN[name], "toml"):
        assert set(tomllib.loads(example)) == {"tool"}
        (tmp_path / "pyproject.toml").write_text(example)
        assert config.load(tmp_path, {}).source == "pyproject.toml"


def test_examples_of_configuration_stand_on_three_pages() -> None:
    count = {name: len(blocks(text, "toml")) for name, text in WRITTEN.items() if "```toml" in text}
    assert count == {"README.md": 1, "docs/configuration.md": 5, "docs/gate.md": 1}


def test_exit_codes() -> None:
    assert len(CODES) == 5
    assert {int(code) for code in re.findall(r"\b(\d+) [a-z]", cli._EPILOG)} == CODES
    for page in ("README.md", "docs/commands.md"):
        assert {int(row[0]) for row in table(PAGES[page], "Code")} == CODES, page
    rows = table(PAGES["docs/ci.md"], "Exit code")
    assert {int(row[0]) for row in rows} == CODES - {cli._INTERRUPTED}


def test_formats() -> None:
    fault = here("scan", "--format", "none", cwd=ROOT).stderr
    known = fault.partition("known: ")[2].strip().split(", ")
    assert {row[0].strip("`") for row in table(REPORT, "Format")} == set(known)


def test_keys_of_the_json_report() -> None:
    schema = json.loads(here("schema", cwd=ROOT).stdout)
    rows = table(section(REPORT, "JSON"), "Key")
    assert {row[0].strip("`") for row in rows} == set(schema["properties"])


def test_rule_packs() -> None:
    sentence = README.partition("The rule packs are ")[2].partition(".\n")[0]
    assert ticked(sentence) == PACKS


def test_the_example_of_readme_quotes_the_rules() -> None:
    """It is a report on a repository of others, so what it says of rules is held against ours."""
    (shown,) = (block for block in blocks(README) if block.startswith("$ stackaudit scan .\n"))
    words = " ".join(shown.split())
    rules = yaml.safe_load((ROOT / "rules" / "baseline.yaml").read_text("utf-8"))["rules"]
    (rule,) = (rule for rule in rules if f"Rule {rule['id']} " in words)
    source = rule["sources"][0]
    assert f"MEDIUM {rule['title']} Where" in words and rule["severity"] == "medium"
    told = [rule["message"], rule["remedy"], source["title"], source["section"], source["url"]]
    for text in told:
        assert " ".join(str(text).split()) in words
    packs = re.findall(r"^  (\S+) +would raise", shown, re.MULTILINE)
    assert packs and set(packs) <= PACKS
