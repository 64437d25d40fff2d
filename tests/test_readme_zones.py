"""The example of zones in README is run, and its output is what README shows."""

from __future__ import annotations

import re
from pathlib import Path

from running import ROOT, run

README = (ROOT / "README.md").read_text("utf-8")
SECTION = README.partition("\n### Zones\n")[2].partition("\n### ")[0]
OWN = README.partition("\n### Rule packs of your own\n")[2].partition("\n## ")[0]


def blocks(section: str, language: str) -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    return [text for kind, text in found if kind == language]


def test_the_three_tiers(tmp_path: Path) -> None:
    (settings,) = blocks(SECTION, "toml")
    (tmp_path / "pyproject.toml").write_text(settings, "utf-8")
    files = blocks(SECTION, "python")
    assert len(files) == 3
    for text in files:
        name, _, code = text.removeprefix("# ").partition("\n")
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(code, "utf-8")
    done = run("scan", ".", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    (shown,) = blocks(SECTION, "")
    at = 0
    for part in re.split(r"^\.\.\.\n", shown, flags=re.MULTILINE):
        assert part in done.stdout[at:]
        at = done.stdout.index(part, at) + len(part)
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
