"""``scan --exit-zero`` and ``--reproducible``."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from running import ROOT, run

APP = 'import openai\nopenai.OpenAI().chat.completions.create(model="qwen-max")\n'
SCHEMA = json.loads((ROOT / "stackaudit/report/schema.json").read_text("utf-8"))
FORMATS = ("terminal", "json", "markdown", "sarif", "sarif-open")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "stackaudit.toml").write_text('[policy.deny]\norigin = ["CN"]\n')
    return tmp_path


def test_exit_zero_is_for_findings_only(folder: Path) -> None:
    assert run("scan", "-q", cwd=folder).returncode == 1
    done = run("scan", "--exit-zero", "-o", "report.json", "-f", "json", cwd=folder)
    assert done.returncode == 0 and "because of --exit-zero" in done.stderr
    report = json.loads((folder / "report.json").read_text())
    assert report["summary"]["verdict"]["exit_code"] == 1
    quiet = run("scan", "--exit-zero", "-q", cwd=folder)
    assert (quiet.returncode, quiet.stderr) == (0, "")
    assert run("scan", "--exit-zero", "nowhere", cwd=folder).returncode == 2
    (folder / "stackaudit.toml").write_text("nonsense = 1\n")
    assert run("scan", "--exit-zero", cwd=folder).returncode == 2


def test_exit_zero_says_nothing_where_the_gate_passed(folder: Path) -> None:
    (folder / "stackaudit.toml").unlink()
    done = run("scan", "--exit-zero", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")


def test_strict_still_tells_an_incomplete_scan(folder: Path) -> None:
    (folder / "stackaudit.toml").write_text('max_file_size = "1KiB"\n')
    (folder / "big.py").write_text("x = 1\n" * 1000)
    assert run("scan", "--exit-zero", "--strict", "-q", cwd=folder).returncode == 3


@pytest.mark.parametrize("form", FORMATS)
def test_reproducible_reports_are_the_same_bytes(folder: Path, form: str) -> None:
    words = ("scan", "--format", form, "--reproducible")
    first, second = run(*words, cwd=folder), run(*words, cwd=folder, PYTHONHASHSEED="7")
    assert first.stdout and first.stdout == second.stdout


def test_times_are_left_out_of_what_is_valid_all_the_same(folder: Path) -> None:
    report = json.loads(run("scan", "-f", "json", "--reproducible", cwd=folder).stdout)
    jsonschema.validate(report, SCHEMA)
    assert (report["scan"]["started_at"], report["scan"]["duration_s"]) == (None, None)
    log = json.loads(run("scan", "-f", "sarif", "--reproducible", cwd=folder).stdout)
    assert "startTimeUtc" not in json.dumps(log)
    shown = run("scan", cwd=folder).stdout, run("scan", "--reproducible", cwd=folder).stdout
    assert [", in 0." in text for text in shown] == [True, False]
