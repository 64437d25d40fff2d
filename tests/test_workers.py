"""Files read in several processes: the same readings in the same order, and nothing is lost."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path

import pytest
from running import run

from stackaudit import discover
from stackaudit.catalogue import load
from stackaudit.cli.values import cores
from stackaudit.engine import scan
from stackaudit.model import Settings
from stackaudit.reading import Reading, Task, read_file
from stackaudit.workers import readings

FILES = {
    "app/{n}.py": 'import openai\nMODEL = "gpt-4o-{n}"\nopenai.chat(model=MODEL)\n',
    "web/{n}.ts": 'const model = "Qwen/Qwen3-{n}B";\n',
    "notes/{n}.md": "`deepseek-chat` é 😀 `deepseek-chat`\n",
    "models/{n}/config.json": '{"model_type": "qwen2", "n": {n}}\n',
    "bad/{n}.py": "caf\udce9 = 'gpt-4o'\n",
    "data/{n}.bin": "\0\1\2",
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tree")
    for name, text in FILES.items():
        for n in range(40):
            path = root / name.replace("{n}", str(n))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.replace("{n}", str(n)).encode("utf-8", "surrogateescape"))
    return root


def files(root: Path) -> list[discover.Found]:
    found = discover.walk(root, discover.Options())
    return [item for item in found if isinstance(item, discover.Found)]


def task(root: Path, jobs: int) -> Task:
    return Task(root, Settings(jobs=jobs), frozenset(), b"stackaudit:")


def test_processes_give_the_same_readings_in_the_same_order(tree: Path) -> None:
    found = files(tree)
    alone = [read_file(item, task(tree, 1), load()) for item in found]
    assert len(alone) == len(found) >= 200
    assert {reading.is_read for reading in alone} == {True, False}
    assert any(reading.errors for reading in alone) and any(r.stated for r in alone)
    assert list(readings(found, task(tree, 2), load(), worth=0)) == alone
    assert list(readings(found, task(tree, 1), load(), worth=0)) == alone


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_process_that_dies_loses_nothing(tree: Path) -> None:
    found = files(tree)
    alone = [read_file(item, task(tree, 1), load()) for item in found]
    got: list[Reading] = []
    killed = 0
    for reading in readings(found, task(tree, 2), load(), worth=0):
        got.append(reading)
        for child in multiprocessing.active_children() if not killed else ():
            os.kill(child.pid or 0, signal.SIGKILL)
            killed += 1
    assert killed
    assert got == alone


def test_reports_are_the_same_however_many_read(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stackaudit.workers.WORTH", 0.0)
    alone, spread = (scan(tree, Settings(jobs=jobs)) for jobs in (1, 2))
    assert alone.components == spread.components and len(alone.components) > 50
    assert alone.coverage == spread.coverage
    assert alone.findings == spread.findings


@pytest.mark.parametrize("word", ["0", "-3", "many"])
def test_a_wrong_number_of_processes_is_one_line(tmp_path: Path, word: str) -> None:
    result = run("scan", str(tmp_path), "--jobs", word)
    assert result.returncode == 2
    assert "--jobs" in result.stderr


def test_there_is_a_core() -> None:
    assert 1 <= cores() <= 8
