"""The command line as a user meets it: exit codes, one line for every fault, clean output."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest
from running import ROOT, environment, run

from stackaudit import __version__


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "app.py").write_text(
        "from openai import OpenAI\n"
        'client = OpenAI(base_url="https://api.deepseek.com")\n'
        'client.chat.completions.create(model="deepseek-chat", messages=[])\n'
    )
    return folder


@pytest.mark.parametrize("flag", [["--version"], ["-V"], ["--debug", "--version"]])
def test_version(flag: list[str]) -> None:
    done = run(*flag)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"stackaudit {__version__}\n", "")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--help"], ["scan", "explain", "schema", "rules", "Exit codes"]),
        ([], ["Usage: stackaudit"]),
        (["scan", "--help"], ["--pack", "--format", "--output", "--fail-on", "--as-of", "--context",
                              "--usage", "--strict", "--quiet", "--verbose", "Exit codes", "Examples"]),
        (["explain", "-h"], ["TEXT", "--format", "Examples"]),
        (["schema", "--help"], ["JSON Schema"]),
        (["rules", "--help"], ["list", "show", "check"]),
        (["rules"], ["list", "show", "check"]),
        (["rules", "list", "--help"], ["--pack", "--format"]),
        (["rules", "show", "--help"], ["RULE"]),
        (["rules", "check", "--help"], ["FILE"]),
    ],
)  # fmt: skip
def test_help(args: list[str], words: list[str]) -> None:
    done = run(*args)
    assert (done.returncode, done.stderr) == (0, "")
    assert [word for word in words if word not in done.stdout] == []
    assert "--debug" not in done.stdout


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (["scann"], "Did you mean 'scan'?"),
        (["scan", "--formt", "json"], "--format"),
        (["scan", "--format", "jsn"], "--format: unknown value 'jsn'; did you mean 'json'?"),
        (["scan", "--fail-on", "hgih"], "--fail-on: unknown value 'hgih'; did you mean 'high'?"),
        (["scan", "--usage", "usd"], "--usage: unknown value 'usd'; did you mean 'used'?"),
        (
            ["scan", "--as-of", "22.11.2026"],
            "--as-of: '22.11.2026' is not a date; write it as 2026-11-22",
        ),
        (["scan", "--context", "phi"], "--context: 'phi' is not key=value"),
        (["scan", "-q", "-v"], "choose one"),
        (["scan", "--pack", "finanse"], "did you mean 'finance'?"),
        (["scan", "--context", "dta=phi"], "did you mean 'data'?"),
        (["scan", "no/such/folder"], "cannot scan no/such/folder: there is no such file or folder"),
        (["scan", "x" * 300], "File name too long"),
        (["scan", "bad\x1b[31mname"], "cannot scan bad\\x1b[31mname: there is no such"),
        (["scan", "-o", "no/such/report.json"], "the folder no/such does not exist"),
        (["scan", "-o", "."], "it is a folder"),
        (["explain"], "see stackaudit explain --help"),
        (["rules", "show", "no-such-rule"], "unknown rule 'no-such-rule'"),
        (["rules", "list", "--pack", "baselin"], "did you mean 'baseline'?"),
        (["rules", "check", "nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_faults_are_one_clear_line(args: list[str], line: str, tmp_path: Path) -> None:
    done = run(*args, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("stackaudit: error: ")
    assert done.stderr.count("\n") == 1
    assert line in done.stderr


def test_schema_is_printed() -> None:
    done = run("schema")
    assert done.returncode == 0
    jsonschema.Draft202012Validator.check_schema(json.loads(done.stdout))


def test_scan_of_an_empty_folder(tmp_path: Path) -> None:
    done = run("scan", str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert "no AI model, endpoint, SDK or credential" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("PASSED (exit code 0): ")


def test_json_is_clean_and_fits_the_schema(project: Path) -> None:
    done = run("scan", "--format", "json", "--fail-on", "never", cwd=project)
    assert (done.returncode, done.stderr) == (0, "")
    data = json.loads(done.stdout)
    jsonschema.Draft202012Validator(json.loads(run("schema").stdout)).validate(data)
    assert data["scan"]["root"] == "project"
    assert str(project) not in done.stdout


def test_piped_terminal_report_is_plain_and_narrow(project: Path) -> None:
    done = run("scan", cwd=project)
    assert "\x1b" not in done.stdout
    wide = [row for row in done.stdout.splitlines() if len(row) > 100]
    assert all(row.strip().startswith("https://") for row in wide)
    assert "deepseek" in done.stdout.lower()
    narrow = run("scan", cwd=project, COLUMNS="80")
    wide = [row.strip() for row in narrow.stdout.splitlines() if len(row) > 80]
    assert wide
    assert all(row.startswith("https://") and " " not in row for row in wide)


def test_quiet_leaves_only_the_verdict(project: Path) -> None:
    done = run("scan", "-q", "--fail-on", "never", cwd=project)
    assert len(done.stdout.splitlines()) == 1
    assert done.stdout.startswith("PASSED (exit code 0): ")


def test_policy_fails_the_build(project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.stackaudit.policy.deny]\norigin = ["CN"]\n')
    done = run("scan", cwd=project)
    assert done.returncode == 1
    assert "\nFAILED (exit code 1): " in done.stdout


def test_strict_asks_for_completeness(project: Path) -> None:
    named = "from openai import OpenAI\nNAME = 'deepseek-chat'\nclient.create(model=NAME)\n"
    broken = f"{named}def broken(:\n"
    (project / "broken.py").write_text(broken)
    done = run("scan", "--strict", "--fail-on", "never", cwd=project)
    assert done.returncode == 3
    assert "\nINCOMPLETE (exit code 3): " in done.stdout


@pytest.mark.parametrize("form", ["terminal", "json"])
def test_no_secret_is_printed(form: str, project: Path) -> None:
    (project / "direct.py").write_text(
        "from openai import OpenAI\n"
        'OpenAI(base_url="https://me:S3CRET@api.mistral.ai/v1?key=S3CRET", api_key="S3CRET")\n'
    )
    (project / ".env").write_text("DEEPSEEK_API_KEY=S3CRET\nMISTRAL_API_KEY='sk-S3CRET'\n")
    done = run("scan", "--format", form, "--fail-on", "never", "--pack", "all", cwd=project)
    assert done.returncode == 0
    assert "api.mistral.ai" in done.stdout
    assert "MISTRAL_API_KEY" in done.stdout
    assert "S3CRET" not in done.stdout


@pytest.mark.parametrize("form", ["terminal", "json"])
def test_output_file(form: str, project: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.out"
    target.write_text("old")
    done = run("scan", str(project), "--format", form, "-o", str(target), "--fail-on", "never")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.count("\n") == 1
    assert "PASSED" in done.stderr
    text = target.read_text("utf-8")
    assert "\x1b" not in text
    if form == "json":
        json.loads(text)
    else:
        assert "PASSED" in text
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["report.out"]
    quiet = run("scan", str(project), "-q", "-o", str(target), "--fail-on", "never")
    assert (quiet.stdout, quiet.stderr) == ("", "")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_no_permission_to_write(project: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    done = run("scan", str(project), "-o", str(closed / "r.json"))
    assert done.returncode == 2
    assert "no permission" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_disk_full_is_one_line(project: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "stackaudit", "scan", "--format", "json"],
            cwd=project, stdout=full, stderr=subprocess.PIPE, encoding="utf-8", env=environment(),
        )  # fmt: skip
    assert done.returncode == 2
    assert (
        done.stderr
        == "stackaudit: error: cannot write to standard output: No space left on device\n"
    )


@pytest.mark.skipif(os.name == "nt", reason="no SIGPIPE on Windows")
@pytest.mark.parametrize(
    "args", [["schema"], ["--help"], ["scan", "--format", "json", "--fail-on", "never"]]
)
def test_a_reader_who_leaves_is_no_error(args: list[str], project: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as nobody:
        done = subprocess.run(
            [sys.executable, "-m", "stackaudit", *args],
            cwd=project, stdout=nobody, stderr=subprocess.PIPE, env=environment(), timeout=60,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to a child on Windows")
def test_interruption_is_one_line() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "stackaudit", "explain", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(),
    ) as process:  # fmt: skip
        assert process.stdin and process.stdout
        process.stdin.write(b"deepseek-chat\n")
        process.stdin.flush()
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert errors == b"stackaudit: interrupted\n"


def test_explain_one_text() -> None:
    done = run("explain", "deepseek-chat")
    assert (done.returncode, done.stderr) == (0, "")
    assert "CN China" in done.stdout
    data = json.loads(run("explain", "deepseek-chat", "--format", "json").stdout)
    assert data["origin_country"] == "CN"
    assert data["rules"]


def test_explain_unknown_text() -> None:
    done = run("explain", "no-such-thing-at-all-9000")
    assert done.returncode == 1
    assert "not known" in done.stdout
    assert (
        json.loads(run("explain", "no-such-thing", "--format", "json").stdout)["resolution"]
        == "unknown"
    )


def test_explain_lines_in_order() -> None:
    texts = ["deepseek-chat", "no-such-thing-9000", "", "https://api.mistral.ai/v1", "\x1b[31m"]
    done = run("explain", "-", text="\n".join(texts) + "\n")
    assert (done.returncode, done.stderr) == (0, "")
    told = [json.loads(row) for row in done.stdout.splitlines()]
    assert [t["text"] for t in told] == texts
    assert [t["resolution"] == "unknown" for t in told] == [False, True, True, False, True]


def test_rules_list_and_show() -> None:
    rules = json.loads(run("rules", "list", "--format", "json").stdout)
    assert {"baseline"} <= {rule["pack"] for rule in rules}
    first = rules[0]["id"]
    listed = run("rules", "list", "--pack", rules[0]["pack"])
    assert listed.returncode == 0
    assert first.partition("/")[0] in listed.stdout
    shown = run("rules", "show", first)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "Source" in shown.stdout
    assert json.loads(run("rules", "show", first, "--format", "json").stdout) == rules[0]


def test_rules_check_lists_every_fault(tmp_path: Path) -> None:
    pack = tmp_path / "own.yaml"
    pack.write_text("pack: own\ntitle: Own\nversion: 2026.11.22\nruls: []\n")
    done = run("rules", "check", str(pack))
    assert done.returncode == 2
    assert "own.yaml:4:1" in done.stdout
    assert run("rules", "check", str(ROOT / "rules" / "baseline.yaml")).returncode == 0


def test_a_fault_of_the_program_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from stackaudit import cli
    from stackaudit.report import json_report

    def broken(_: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(json_report, "write_schema", broken)
    monkeypatch.delenv("STACKAUDIT_DEBUG", raising=False)
    assert cli.run(["schema"]) == 2
    shown = capsys.readouterr().err
    assert shown.startswith("stackaudit: error: KeyError: 'x'; this is a fault of stackaudit")
    assert shown.count("\n") == 1
    assert cli.run(["schema", "--debug"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_start_up_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['stackaudit', *sys.argv[1:]]\n"
        "from stackaudit.__main__ import main\n"
        "code = main()\n"
        "print([m for m in sys.argv_heavy if m in sys.modules], file=sys.stderr)\n"
    )
    heavy = ("typer", "dataclasses")
    for args, unwanted in (
        (["--version"], heavy),
        (["--help"], ("pydantic", "rich", "yaml", "stackaudit.model")),
        (["scan", str(ROOT / "benchmarks"), "-q"], ("pydantic", "rich")),
    ):
        prefix = f"import sys; sys.argv_heavy = {unwanted!r}\n"
        done = subprocess.run(
            [sys.executable, "-c", prefix + code, *args],
            capture_output=True,
            encoding="utf-8",
            env=environment(),
        )
        assert done.stderr == "[]\n", args
