"""The baseline: what it takes in, what it still knows after a move, and what never passes by it."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from pathlib import Path

import pytest
from running import run

from stackaudit import baseline, config
from stackaudit.engine import scan
from stackaudit.model import ConfigError, Finding, Report

TODAY = date(2026, 11, 22)
APP = """from openai import OpenAI
client = OpenAI(base_url="http://localhost:8000/v1")
client.chat.completions.create(model="acme-unknown-7b", messages=[])
"""
WEIGHTS = b"GGUF\x03\x00\x00\x00" + b"\x00" * 16
FILE = ".stackaudit-baseline.json"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A git repository with two findings that would fail."""
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "acme-a.gguf").write_bytes(WEIGHTS)
    (tmp_path / "stackaudit.toml").write_text('fail_on = "medium"\n')
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    return tmp_path


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "step")


def judged(folder: Path) -> Report:
    return scan(folder, config.load(folder, {}), as_of=TODAY)


def take(folder: Path, *args: str, verb: str = "create") -> str:
    done = run("baseline", verb, *args, cwd=folder)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    return done.stderr.strip()


def failing(folder: Path) -> list[str]:
    report = judged(folder)
    return sorted(
        f"{f.rule}:{f.component}"
        for f in report.findings
        if f.fingerprint in report.verdict.failing
    )


def rows(folder: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((folder / FILE).read_text())["findings"]
    return found


def test_adopt_then_a_new_finding_fails(project: Path) -> None:
    assert len(failing(project)) == 2
    assert take(project).startswith(f"stackaudit: {FILE}: 2 findings")
    report = judged(project)
    assert report.verdict.exit_code == 0
    assert "; 2 in the baseline" in report.verdict.reason
    assert report.baseline is not None
    assert (report.baseline.file, report.baseline.held, report.baseline.gone) == (FILE, 2, 0)
    (project / "app.py").write_text(APP + APP.replace("acme-unknown", "other-unknown"))
    assert failing(project) == ["baseline/unknown-model:model:unknown/other-unknown-7b"]


def test_the_file_is_sorted_a_finding_a_line_and_holds_no_code(project: Path) -> None:
    take(project)
    text = (project / FILE).read_text()
    head, *lines = text.splitlines()
    assert json.loads(head + '"findings": []}')["rules"].keys() == {"baseline"}
    found = [json.loads(line.rstrip(",")) for line in lines[1:-1]]
    assert [set(row) for row in found] == [
        {"fingerprint", "rule", "component", "path", "severity"}
    ] * 2
    assert [row["path"] for row in found] == ["app.py", "acme-a.gguf"]
    assert "create(" not in text
    take(project, verb="update")
    assert (project / FILE).read_text() == text
    assert FILE in {skip.path for skip in judged(project).coverage.skipped}


@pytest.mark.parametrize("stage", ["committed", "staged"])
def test_it_holds_where_a_file_moves_and_its_lines_do(project: Path, stage: str) -> None:
    take(project)
    commit(project)
    (project / "deep").mkdir()
    git(project, "mv", "app.py", "deep/llm.py")
    git(project, "mv", "acme-a.gguf", "deep/acme-b.gguf")
    (project / "deep/llm.py").write_text("\n\n" + APP.replace("model=", "\n    model = "))
    if stage == "committed":
        commit(project)
    report = judged(project)
    assert {f.component for f in report.findings if f.status == "baseline"} >= {
        "model:unknown/acme-unknown-7b",
        "weights:unknown/acme-b-gguf",
    }
    assert report.verdict.exit_code == 0
    take(project, verb="prune")
    assert [row["path"] for row in rows(project)] == ["deep/llm.py", "deep/acme-b.gguf"]


def test_a_new_file_of_another_name_is_no_move(project: Path) -> None:
    take(project)
    (project / "acme-c.gguf").write_bytes(WEIGHTS)
    commit(project)
    assert failing(project) == ["baseline/unknown-weights:weights:unknown/acme-c-gguf"]
    (project / "acme-a.gguf").unlink()
    commit(project)
    assert failing(project) == ["baseline/unknown-weights:weights:unknown/acme-c-gguf"]


def finding(**fields: object) -> Finding:
    plain = {
        "fingerprint": "f" * 16, "rule": "p/r", "pack": "p", "severity": "medium",
        "kind": "practice", "confidence": "high", "title": "t", "message": "m", "remedy": "r",
        "component": "model:a", "occurrences": (), "sources": (), "status": "open",
    }  # fmt: skip
    return Finding(**{**plain, **fields})  # type: ignore[arg-type]


def test_rule_and_component_tell_it_where_its_file_is_gone(tmp_path: Path) -> None:
    (tmp_path / "here.py").touch()
    for path, status in (("gone.py", "baseline"), ("here.py", "open")):
        old = baseline.Entry("0" * 16, "p/r", "model:a", path, "medium")
        held = baseline.hold([finding()], [old], baseline.Project(str(tmp_path)))
        assert held.findings[0].status == status
    zoned = baseline.Entry("0" * 16, "p/r", "model:a", "gone.py", "medium", "claims")
    held = baseline.hold([finding()], [zoned], baseline.Project(str(tmp_path)))
    assert held.findings[0].status == "open", "another zone judges on other terms"


def test_what_is_worse_than_it_was_fails(tmp_path: Path) -> None:
    old = baseline.Entry("f" * 16, "p/r", "model:a", "a.py", "info")
    (worse,) = baseline.hold([finding()], [old], baseline.Project(str(tmp_path))).findings
    assert worse.status == "open"
    assert worse.message == "m The baseline has it as info; it is worse now."
    same = finding(severity="info")
    assert baseline.hold([same], [old], baseline.Project("")).findings[0].status == "baseline"


def test_update_and_prune(project: Path) -> None:
    take(project)
    (project / "acme-a.gguf").unlink()
    report = judged(project)
    assert report.baseline is not None
    assert report.baseline.gone == 1
    (project / "app.py").write_text(APP + APP.replace("acme-unknown", "other-unknown"))
    assert take(project, verb="prune").endswith("1 finding; 0 new, 1 gone")
    assert len(failing(project)) == 1
    assert take(project, verb="update").endswith("2 findings; 1 new, 0 gone")
    assert failing(project) == []
    again = run("baseline", "create", cwd=project)
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)
    assert "run: stackaudit baseline update" in again.stderr
    take(project, "--force")


def test_a_part_of_the_project_changes_only_its_part(project: Path) -> None:
    (project / "sub").mkdir()
    (project / "sub/more.py").write_text(APP.replace("acme-unknown", "other-unknown"))
    take(project)
    (project / "sub/more.py").unlink()
    assert take(project, "sub", verb="prune").endswith("2 findings; 0 new, 1 gone")
    assert {row["path"] for row in rows(project)} == {"app.py", "acme-a.gguf"}


def test_a_finding_in_two_parts_is_one_entry(project: Path) -> None:
    """Whichever part is asked about, it stays as long as it stands anywhere."""
    for name in ("one", "two"):
        (project / name).mkdir()
        (project / name / "llm.py").write_text(APP.replace("acme-unknown", "twice-unknown"))
    take(project)
    before = (project / FILE).read_text()
    for part in ("one", "two", "."):
        take(project, part, verb="prune")
        take(project, part, verb="update")
        assert (project / FILE).read_text() == before
    (project / "one/llm.py").unlink()
    assert take(project, "one", verb="prune").endswith("3 findings; 0 new, 0 gone")
    assert "two/llm.py" in {row["path"] for row in rows(project)}
    assert failing(project) == []
    (project / "three.py").write_text(APP.replace("acme-unknown", "third-unknown"))
    assert take(project, "two", verb="update").endswith("3 findings; 0 new, 0 gone")
    assert take(project, verb="update").endswith("4 findings; 1 new, 0 gone")


def test_the_place_of_an_entry_stays_as_long_as_it_is_true(project: Path) -> None:
    take(project)
    before = (project / FILE).read_text()
    (project / "a").mkdir()
    (project / "a/first.py").write_text(APP)
    for verb in ("update", "prune"):
        take(project, verb=verb)
        assert (project / FILE).read_text() == before


def test_one_file_tells_nothing_of_the_rest(project: Path) -> None:
    take(project)
    report = judged(project / "app.py")
    assert report.baseline is not None
    assert (report.baseline.held, report.baseline.gone) == (1, 0)
    done = run("baseline", "prune", "app.py", cwd=project)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "app.py is a file" in done.stderr


def test_flags_and_reports(project: Path) -> None:
    take(project)
    assert run("scan", "-q", cwd=project).returncode == 0
    assert run("scan", "-q", "--no-baseline", cwd=project).returncode == 1
    brief = run("scan", cwd=project).stdout
    assert f"Baseline: 2 findings accepted by {FILE} (--show-baseline lists them)" in brief
    assert "ACCEPTED" not in brief
    assert "ACCEPTED (2)" in run("scan", "--show-baseline", cwd=project).stdout
    report = json.loads(run("scan", "-f", "json", cwd=project).stdout)
    assert report["summary"]["baseline"] == {"file": FILE, "held": 2, "gone": 0}
    assert [f["status"] for f in report["findings"]] == ["baseline"] * 2
    page = run("scan", "-f", "markdown", cwd=project).stdout
    assert "Baseline: 2 findings accepted by" in page


def test_the_settings_may_name_it(project: Path) -> None:
    (project / "stackaudit.toml").write_text('fail_on = "medium"\nbaseline = "ci/known.json"\n')
    done = run("scan", "-q", cwd=project)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "known.json: the settings name this baseline and it does not exist" in done.stderr
    (project / "ci").mkdir()
    take(project)
    assert failing(project) == []
    assert not (project / FILE).exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "damaged: not JSON"),
        ("{\n<<<<<<< HEAD\n", ":2: the baseline is damaged: not JSON"),
        ("[" * 100_000, "damaged: not JSON"),
        ("[]", "damaged: no version or findings"),
        ('{"version": 1}', "damaged: no version or findings"),
        ('{"version": true, "findings": []}', "damaged: no version or findings"),
        ('{"version": 2, "findings": []}', "is of version 2, and this stackaudit reads 1; update"),
        ('{"version": 1, "findings": [7]}', "findings[1]: the baseline is damaged here"),
        ('{"version": 1, "findings": [{"fingerprint": "a", "rule": "b"}]}', "damaged here"),
    ],
)
def test_a_damaged_or_later_baseline_is_one_line(project: Path, text: str, said: str) -> None:
    (project / FILE).write_text(text)
    with pytest.raises(ConfigError) as error:
        judged(project)
    assert str(error.value).startswith(FILE)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_damaged_baseline_ends_with_exit_code_2(project: Path) -> None:
    (project / FILE).write_text("{")
    done = run("scan", cwd=project)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert run("scan", "-q", "--no-baseline", cwd=project).returncode == 1


def test_waived_and_conditional_findings_stay_out(project: Path) -> None:
    (project / "llm.py").write_text('c = OpenAI(base_url="https://api.deepseek.com")')
    (project / "stackaudit-waivers.toml").write_text(
        '[[waivers]]\nrule = "baseline/unknown-*"\nreason = "r"\nowner = "o"\nexpires = 2999-01-01\n'
    )
    opened = {f.rule for f in judged(project).findings if f.status == "open"}
    take(project)
    assert {row["rule"] for row in rows(project)} == opened
    assert "baseline/unknown-model" not in opened
