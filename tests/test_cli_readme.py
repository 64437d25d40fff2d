"""What README says of commands, options and keys is what the program has."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from stackaudit import config

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
INSTALL = "python -m pip install . && stackaudit scan ."
TEST = "python -m pip install -e '.[dev]' && python -m pytest"


def help_of(*command: str) -> str:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "TERMINAL_WIDTH": "80"}
    words = [sys.executable, "-m", "stackaudit", *command, "--help"]
    return subprocess.run(words, capture_output=True, encoding="utf-8", env=env, check=True).stdout


def test_the_two_main_commands() -> None:
    steps = re.findall(r"^\d\. .*\n\n +```\n +(.*)\n +```", README, re.MULTILINE)
    assert steps == [INSTALL, TEST]
    assert f"\n{TEST}\n" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_options_are_those_of_the_program() -> None:
    shown = help_of("scan")
    options = shown[shown.index("Options:") : shown.index("\n\n  Exit codes")]
    assert options in README


def test_commands_exist() -> None:
    lines = README.partition("## Commands")[2].split("```")[1].split("\n")
    commands = {
        tuple(line.split()[1 : 3 if line.split()[1] in ("rules", "catalogue", "policy") else 2])
        for line in lines
        if line
    }
    assert len(commands) == 20
    for command in commands:
        assert help_of(*command).startswith("Usage: stackaudit " + " ".join(command))


def test_every_key_is_explained() -> None:
    table = README.partition("| Key | Meaning")[2].partition("\n\n")[0]
    keys = set(
        re.findall(
            r"`([a-z_]+)(?:\.[a-z]+)?`", "\n".join(r.split("|")[1] for r in table.splitlines()[2:])
        )
    )
    assert keys == set(config._READERS)


def test_examples_of_configuration_are_valid(tmp_path: Path) -> None:
    examples = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    assert examples
    for example in examples:
        assert set(tomllib.loads(example)) == {"tool"}
        (tmp_path / "pyproject.toml").write_text(example)
        assert config.load(tmp_path, {}).source == "pyproject.toml"
