"""README and the pages of docs/, cut into sections, blocks of code and commands."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from running import ROOT, environment

#: Path from the top of the project -> text.
PAGES = {
    name: (ROOT / name).read_text("utf-8")
    for name in (
        "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "benchmarks/README.md",
        *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
    )
}  # fmt: skip
#: Those that users read and that are written by hand.
WRITTEN = {
    name: text
    for name, text in PAGES.items()
    if name.startswith("docs/") or name in ("README.md", "CONTRIBUTING.md")
    if name != "docs/rules.md"
}
README = PAGES["README.md"]
CONFIGURATION, GATE = PAGES["docs/configuration.md"], PAGES["docs/gate.md"]
REPORT, COMMANDS = PAGES["docs/report.md"], PAGES["docs/commands.md"]
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)


def blocks(text: str, language: str = "") -> list[str]:
    """The blocks of code in a language; without one, those that name none."""
    found = _FENCE.findall(text)
    return [re.sub(f"(?m)^{indent}", "", code) for indent, kind, code in found if kind == language]


def prose(text: str) -> str:
    """The text without blocks of code, on as many lines."""
    return _FENCE.sub(lambda block: "\n" * block[0].count("\n"), text)


def headings(text: str) -> list[tuple[int, int, str]]:
    """Number of the line, level and title of each heading."""
    found = ((n, re.match(r"(#+) (.+)", line)) for n, line in enumerate(prose(text).split("\n")))
    return [(number, len(match[1]), match[2]) for number, match in found if match]


def section(text: str, title: str) -> str:
    """What stands under the only heading of this title, sections below it included."""
    known = headings(text)
    ((start, level),) = [(number, deep) for number, deep, name in known if name == title]
    ends = [number for number, deep, _ in known if number > start and deep <= level]
    return "\n".join(text.split("\n")[start + 1 : ends[0] if ends else None]) + "\n"


def table(text: str, first: str) -> list[list[str]]:
    """The cells of the only table whose first column is called so, without its head."""
    ((_, rows),) = re.findall(rf"^(\| {first} \|.*\n\| ?---.*\n)((?:\|.*\n)+)", text, re.MULTILINE)
    return [row.removeprefix("| ").removesuffix(" |").split(" | ") for row in rows.splitlines()]


def commands(text: str) -> Iterator[list[str]]:
    """The words of every call of stackaudit, in blocks of code and in sentences."""
    lines = []
    for block in blocks(text) + blocks(text, "console"):
        prompt = "$ " if block.startswith("$ ") else ""
        listed = [line for line in block.split("\n") if line.startswith(f"{prompt}stackaudit ")]
        lines += [line.removeprefix(prompt) for line in listed]
    spans = re.findall(r"`(stackaudit [^`]+)`", prose(text))
    for line in [*lines, *spans]:
        yield shlex.split(line, comments=True)[1:]


def holds(shown: str, out: str) -> bool:
    """Whether a program put out what a page shows, in which ``...`` stands for lines left out."""
    at = 0
    for part in re.split(r"^\.\.\.\n", shown, flags=re.MULTILINE):
        if part not in out[at:]:
            return False
        at = out.index(part, at) + len(part)
    return True


def type_in(block: str, folder: Path, programs: Path) -> None:
    """Type each ``$`` line of a block; what comes, and the exit code it tells, must be as shown."""
    program = programs / "stackaudit"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m stackaudit "$@"\n')
    program.chmod(0o755)
    env = environment()
    env["PATH"] = f"{programs}{os.pathsep}{env['PATH']}"
    for step in block.removeprefix("$ ").split("\n$ "):
        line, _, expected = step.partition("\n")
        done = subprocess.run(
            line, shell=True, cwd=folder, env=env, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, encoding="utf-8", timeout=60,
        )  # fmt: skip
        assert done.stdout.rstrip("\n") == expected.rstrip("\n"), line
        told = re.findall(r"exit code (\d)", expected)
        assert done.returncode == int(told[0] if told else 0), line
