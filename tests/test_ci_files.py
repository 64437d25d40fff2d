"""The action, the hook and the snippets: their steps are run, and linters see them where installed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from running import ROOT, environment

MODEL = (
    'from openai import OpenAI\nOpenAI(base_url="https://api.deepseek.com")'
    '.chat.completions.create(model="deepseek-chat")\n'
)
DENY = '[policy.deny]\norigin = ["CN"]\n'
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
STEPS = {step.get("id", step["name"]): step for step in ACTION["runs"]["steps"]}
DOCS = (ROOT / "docs" / "ci.md").read_text("utf-8")


def snippet(name: str) -> str:
    """The code block of the documentation that begins with the file's name as a comment."""
    (found,) = re.findall(rf"```\w+\n(?:#|//) {re.escape(name)}\n(.*?)```", DOCS, re.S)
    return str(found)


def program(folder: Path) -> Path:
    """An installed command that runs this checkout."""
    path = folder / "stackaudit"
    path.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m stackaudit "$@"\n')
    path.chmod(0o755)
    return path


class Runner:
    """Runs one step of the action as GitHub's runner does, without a container."""

    def __init__(self, folder: Path, workspace: Path) -> None:
        self.folder, self.workspace = folder, workspace
        self.output, self.summary = folder / "output", folder / "job-summary"
        self.output.touch()
        self.summary.touch()

    def run(self, step: str, **env: str) -> subprocess.CompletedProcess[str]:
        script = self.folder / "step.sh"
        script.write_text(STEPS[step]["run"])
        told = dict.fromkeys(STEPS[step]["env"], "")
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.workspace, capture_output=True, encoding="utf-8", timeout=120,
            env=environment(
                GITHUB_OUTPUT=str(self.output), GITHUB_STEP_SUMMARY=str(self.summary),
                RUNNER_TEMP=str(self.folder), **{"GITHUB_BASE_REF": "", **told, **env},
            ),
        )  # fmt: skip

    def scan(self, **inputs: str) -> subprocess.CompletedProcess[str]:
        defaults = {"SCAN_PATH": ".", "HOME_FOLDER": str(self.folder)}
        return self.run("scan", PROGRAM=str(program(self.folder)), **{**defaults, **inputs})

    @property
    def outputs(self) -> dict[str, str]:
        lines = self.output.read_text("utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    workspace = tmp_path / "repo with space"
    workspace.mkdir()
    (workspace / "app.py").write_text(MODEL)
    (tmp_path / "temp").mkdir()
    return Runner(tmp_path / "temp", workspace)


def test_the_scan_step_writes_summary_outputs_and_logs(runner: Runner) -> None:
    done = runner.scan()
    assert done.returncode == 0, done.stderr
    told = runner.outputs
    assert told["exit-code"] == "0"
    assert runner.summary.read_text("utf-8").startswith("## stackaudit: PASSED")
    assert Path(told["summary-file"]).read_text("utf-8") == runner.summary.read_text("utf-8")
    assert json.loads(Path(told["json-file"]).read_text("utf-8"))["components"]
    full, upload = (
        json.loads(Path(told[key]).read_text("utf-8"))["runs"][0]["results"]
        for key in ("sarif-file", "upload-file")
    )
    assert {r["kind"] for r in full} == {"fail", "open"}
    assert upload and {r["kind"] for r in upload} == {"fail"}


def test_a_failing_gate_reaches_the_verdict_step_after_the_upload(runner: Runner) -> None:
    (runner.workspace / "stackaudit.toml").write_text(DENY)
    assert runner.scan().returncode == 0
    assert runner.outputs["exit-code"] == "1"
    assert runner.summary.read_text("utf-8").startswith("## stackaudit: FAILED")
    assert runner.run("Verdict", CODE=runner.outputs["exit-code"]).returncode == 1
    assert runner.run("Verdict", CODE="0").returncode == 0
    order = [step.get("id", step["name"]) for step in ACTION["runs"]["steps"]]
    assert order == ["python", "install", "scan", "Upload to code scanning", "Verdict"]


def test_a_wrong_configuration_gives_exit_code_2_and_no_logs(runner: Runner) -> None:
    (runner.workspace / "stackaudit.toml").write_text("nonsense = 1\n")
    done = runner.scan()
    assert runner.outputs == {"exit-code": "2"}
    assert "nonsense" in done.stderr
    assert runner.summary.read_text("utf-8") == ""


def test_inputs_reach_the_scan_one_a_line(runner: Runner) -> None:
    runner.scan(
        PACKS="baseline\n  finance \n\n", CONTEXT="seat=US\n", FAIL_ON="never",
        ARGUMENTS="--exclude=docs/\n--quiet",
    )  # fmt: skip
    report = json.loads(Path(runner.outputs["json-file"]).read_text("utf-8"))
    assert [p["id"] for p in report["tool"]["packs"]][:2] == ["baseline", "finance"]
    assert report["context"] == {"seat": ["US"]}


@pytest.mark.parametrize("name", ["SCAN_PATH", "PACKS", "CONTEXT", "FAIL_ON", "SINCE"])
@pytest.mark.parametrize(
    "evil", ["$(touch hacked)", "`touch hacked`", '"; touch hacked; "', "--help"]
)
def test_inputs_are_never_run(runner: Runner, name: str, evil: str) -> None:
    done = runner.scan(**{name: evil})
    assert not list(runner.workspace.parent.rglob("hacked"))
    assert runner.outputs == {"exit-code": "2"}
    assert "Usage" not in done.stdout


def test_scanned_text_is_no_command_to_the_runner(runner: Runner) -> None:
    done = runner.scan()
    lines = done.stdout.splitlines()
    token = lines[0].removeprefix("::stop-commands::")
    assert re.fullmatch(r"[0-9a-f]{32}", token)
    assert lines[-1] == f"::{token}::"


@pytest.mark.parametrize("version", ["1.0 --index-url=http://evil", "-r1.txt", "$(id)", "x"])
def test_only_a_version_is_installed(runner: Runner, version: str) -> None:
    done = runner.run("install", VERSION=version, PYTHON=sys.executable, ACTION=str(ROOT))
    assert done.returncode == 2
    assert "is not a version" in done.stderr


def test_expressions_stand_only_where_no_shell_reads_them() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        if "run" in step:
            used = set(re.findall(r"\$\{?([A-Z][A-Z_]+)", step["run"]))
            given = {"GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_BASE_REF", "RUNNER_TEMP"}
            assert used - given == set(step["env"])


def test_other_actions_are_pinned_to_commits() -> None:
    used = re.findall(r"uses: (\S+)( # v[\d.]+)?", (ROOT / "action.yml").read_text("utf-8") + DOCS)
    assert len(used) == 4
    for name, comment in used:
        assert re.search(r"@[0-9a-f]{40}$", name) and comment, name


@pytest.mark.parametrize("name", list(ACTION["inputs"]))
def test_every_input_is_used(name: str) -> None:
    assert f"inputs.{name}" in (ROOT / "action.yml").read_text("utf-8")


def test_the_snippets_ask_for_options_that_exist(runner: Runner) -> None:
    commands = re.findall(r"stackaudit(?:\"|')? scan \. (.*?)(?:\n(?! )|'''| \|\|)", DOCS, re.S)
    assert len(commands) >= 5
    known = subprocess.run(
        [str(program(runner.folder)), "scan", "--help"], capture_output=True, encoding="utf-8"
    ).stdout
    for flag in {flag for command in commands for flag in re.findall(r"--[a-z-]+", command)}:
        assert flag in known


@pytest.mark.parametrize(
    "name",
    [".github/workflows/stackaudit.yml", ".gitlab-ci.yml", "azure-pipelines.yml",
     "bitbucket-pipelines.yml", ".pre-commit-config.yaml"],
)  # fmt: skip
def test_the_snippets_are_yaml(name: str) -> None:
    assert isinstance(yaml.safe_load(snippet(name)), dict)


def test_reports_of_an_earlier_build_are_no_use_of_a_model(runner: Runner) -> None:
    """Some systems keep the folder from build to build."""
    (runner.workspace / "stackaudit.toml").write_text(DENY)
    formats = ("sarif", "sarif-open", "markdown", "json")
    kept = [f"--write={form}={runner.workspace}/{form}.{form}" for form in formats]
    runner.scan(ARGUMENTS="\n".join(kept))
    assert runner.outputs["exit-code"] == "1"
    (runner.workspace / "app.py").unlink()
    runner.scan()
    report = json.loads(Path(runner.outputs["json-file"]).read_text("utf-8"))
    places = {o["path"]: o["usage"] for c in report["components"] for o in c["occurrences"]}
    assert set(places.values()) <= {"doc", "comment"}, places
    assert runner.outputs["exit-code"] == "0"


def azure() -> str:
    (step,) = [s for s in yaml.safe_load(snippet("azure-pipelines.yml"))["steps"] if "bash" in s]
    return str(step["bash"])


def bitbucket() -> str:
    (step,) = yaml.safe_load(snippet("bitbucket-pipelines.yml"))["definitions"]["steps"]
    assert step["step"]["artifacts"]["upload"][0]["paths"] == ["stackaudit.sarif", "stackaudit.md"]
    return "\n".join(step["step"]["script"])


def gitlab() -> str:
    job = yaml.safe_load(snippet(".gitlab-ci.yml"))["stackaudit"]
    assert job["artifacts"]["paths"] == ["stackaudit.sarif", "stackaudit.md"]
    return "\n".join(job["script"])


def jenkins() -> str:
    (script,) = re.findall(r"sh '''\n(.*?)'''", snippet("Jenkinsfile"), re.S)
    return str(script)


#: CI system -> its shell, and the script of its snippet.
SCRIPTS = {
    "azure": (["bash", "--noprofile", "--norc", "-c"], azure()),
    "bitbucket": (["bash", "-e", "-c"], bitbucket()),
    "gitlab": (["bash", "-eo", "pipefail", "-c"], gitlab()),
    "jenkins": (["sh", "-xe", "-c"], jenkins()),
}


@pytest.mark.parametrize("system", SCRIPTS)
def test_the_scripts_of_the_snippets_pass_fail_and_write_both_reports(
    runner: Runner, system: str
) -> None:
    """All but the two lines that install; these take the network and were run by hand."""
    shell, whole = SCRIPTS[system]
    lines = [line for line in whole.splitlines() if " -m venv " not in line and "/pip" not in line]
    script = re.sub(r"\S*bin/stackaudit\b\"?", str(program(runner.folder)), "\n".join(lines))
    assert len(lines) == len(whole.splitlines()) - 2 and str(runner.folder) in script
    folder = str(runner.folder)
    for code, word in ((0, "PASSED"), (1, "FAILED")):
        done = subprocess.run(
            [*shell, script], cwd=runner.workspace, capture_output=True, encoding="utf-8",
            env=environment(AGENT_TEMPDIRECTORY=folder, BUILD_ARTIFACTSTAGINGDIRECTORY=folder),
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert f"{word} (exit code {code})" in done.stdout
        (sarif,) = runner.workspace.parent.rglob("stackaudit.sarif")
        (markdown,) = runner.workspace.parent.rglob("stackaudit.md")
        assert json.loads(sarif.read_text("utf-8"))["runs"]
        assert markdown.read_text("utf-8").startswith(f"## stackaudit: {word}")
        if system == "azure":
            assert f"##vso[task.uploadsummary]{markdown}" in done.stdout
        sarif.unlink()
        markdown.unlink()
        (runner.workspace / "stackaudit.toml").write_text(DENY)


#: CI system -> what stands in a scan of a pull request, by the documentation.
WORDS = dict(re.findall(r"^\| (\w+) \|[^|]*\| `(\$\{[^|]*)` \|$", DOCS, re.M))
#: CI system -> a variable of a pull request, and what the scan is told.
TOLD = {
    "GitHub": ("GITHUB_BASE_REF", "my main", "--since=origin/my main"),
    "GitLab": ("CI_MERGE_REQUEST_DIFF_BASE_SHA", "0a1b2c", "--since=0a1b2c"),
    "Azure": ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/a/b", "--since=origin/a/b"),
    "Bitbucket": ("BITBUCKET_PR_DESTINATION_COMMIT", "0a1b2c", "--since=0a1b2c"),
    "Jenkins": ("CHANGE_TARGET", "a*", "--since=origin/a*"),
}


@pytest.mark.parametrize("shell", ["sh", "bash"])
@pytest.mark.parametrize("system", TOLD)
def test_the_words_for_pull_requests_are_one_argument_or_none(system: str, shell: str) -> None:
    assert set(WORDS) == set(TOLD)
    name, value, told = TOLD[system]
    script = f"printf '<%s>' scan {WORDS[system]} end"
    for env, expected in (({name: value}, f"<scan><{told}><end>"), ({}, "<scan><end>")):
        kept = {key: text for key, text in environment().items() if key != name}
        done = subprocess.run(
            [shell, "-euc" if env else "-ec", script], env={**kept, **env},
            capture_output=True, encoding="utf-8", check=True,
        )  # fmt: skip
        assert done.stdout == expected


@pytest.fixture
def change(tmp_path: Path) -> Path:
    """A repository whose branch ``change`` adds a model; main has one that is refused as well."""
    folder = tmp_path / "origin"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.name", "A Tester")
    git(folder, "config", "user.email", "tester@example.org")
    (folder / "stackaudit.toml").write_text(DENY)
    (folder / "old.py").write_text(MODEL)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "what was there before")
    git(folder, "checkout", "-q", "-b", "change")
    (folder / "new.py").write_text('import openai\n\nMODEL = "gpt-4o"\n')
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "a change")
    return folder


def checked_out(origin: Path, runner: Runner, *words: str) -> Runner:
    """A runner whose workspace is a clone, as actions/checkout leaves it."""
    shutil.rmtree(runner.workspace)
    git(runner.folder, "clone", "-q", *words, f"file://{origin}", str(runner.workspace))
    return runner


def failing_files(runner: Runner) -> set[str]:
    report = json.loads(Path(runner.outputs["json-file"]).read_text("utf-8"))
    failing = report["summary"]["verdict"]["failing"]
    found = [f for f in report["findings"] if f["fingerprint"] in failing]
    return {place["path"] for finding in found for place in finding["occurrences"]}


def test_since_auto_judges_what_a_pull_request_adds(change: Path, runner: Runner) -> None:
    checked_out(change, runner, "-b", "change")
    assert runner.scan(SINCE="auto", GITHUB_BASE_REF="main").returncode == 0
    assert runner.outputs["exit-code"] == "0"
    (change / "new.py").write_text(MODEL.replace("deepseek-chat", "deepseek-reasoner"))
    git(change, "commit", "-q", "-a", "-m", "a model that the policy denies")
    git(runner.workspace, "pull", "-q")
    done = runner.scan(SINCE="auto", GITHUB_BASE_REF="main")
    assert runner.outputs["exit-code"] == "1", done.stderr
    assert failing_files(runner) == {"new.py"}


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({}, "1"),  # a push: everything is judged
        ({"QUEUE_BASE": "main"}, "0"),
    ],
)
def test_since_auto_elsewhere(
    change: Path, runner: Runner, told: dict[str, str], code: str
) -> None:
    if "QUEUE_BASE" in told:
        told["QUEUE_BASE"] = git(change, "rev-parse", told["QUEUE_BASE"]).strip()
    checked_out(change, runner, "-b", "change").scan(
        **{"GITHUB_BASE_REF": "", **told}, SINCE="auto"
    )
    assert runner.outputs["exit-code"] == code


@pytest.mark.parametrize("since", ["HEAD~1", "origin/main"])
def test_since_takes_a_revision(change: Path, runner: Runner, since: str) -> None:
    checked_out(change, runner, "-b", "change").scan(SINCE=since)
    assert runner.outputs["exit-code"] == "0"


def test_since_in_a_shallow_clone_says_what_to_change(change: Path, runner: Runner) -> None:
    checked_out(change, runner, "-b", "change", "--depth", "1")
    done = runner.scan(SINCE="auto", GITHUB_BASE_REF="main")
    assert runner.outputs == {"exit-code": "2"}
    (line,) = [line for line in done.stderr.splitlines() if "shallow" in line]
    assert line in DOCS and "fetch-depth: 0" in line


def tool(name: str) -> str:
    """A linter's command; the test is skipped where it is not installed."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not installed")
    return found


def test_zizmor_finds_nothing(tmp_path: Path) -> None:
    workflows = tmp_path / ".github" / "workflows"
    workflows.mkdir(parents=True)
    (workflows / "stackaudit.yml").write_text(snippet(".github/workflows/stackaudit.yml"))
    shutil.copy(ROOT / "action.yml", tmp_path / "action.yml")
    done = subprocess.run(
        [tool("zizmor"), "--offline", "--persona", "auditor", "--format", "json", str(tmp_path)],
        capture_output=True, encoding="utf-8", timeout=60,
    )  # fmt: skip
    assert json.loads(done.stdout) == [], done.stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository with the hook installed as its pre-commit hook, run from this checkout."""
    command = tool("pre-commit")
    folder = tmp_path / "repo"
    folder.mkdir()
    entry = HOOK["entry"].replace("stackaudit", str(program(tmp_path)), 1)
    local = {**HOOK, "entry": entry, "language": "system"}
    config = {"repos": [{"repo": "local", "hooks": [local]}]}
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    (folder / "stackaudit.toml").write_text(DENY)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.name", "A Tester")
    git(folder, "config", "user.email", "tester@example.org")
    subprocess.run(
        [command, "install"], cwd=folder, check=True, capture_output=True, env=home(folder)
    )
    return folder


def home(folder: Path) -> dict[str, str]:
    """Nobody's own cache and git settings."""
    cache = str(folder.parent / "cache")
    return environment(PRE_COMMIT_HOME=cache, GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_NOSYSTEM="1")


def git(folder: Path, *args: str, fails: bool = False) -> str:
    done = subprocess.run(
        ["git", *args],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env=home(folder),
        timeout=60,
    )
    assert bool(done.returncode) is fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_hook_judges_what_is_staged_and_nothing_else(repository: Path) -> None:
    (repository / "old bad.py").write_text(MODEL)
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "--no-verify", "-m", "what was there before")
    (repository / "plain [1].py").write_text("x = 1\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "nothing wrong")
    (repository / "src").mkdir()
    (repository / "src" / "new.py").write_text(MODEL)
    git(repository, "add", "-A")
    told = git(repository, "commit", "-m", "a model that the policy denies", fails=True)
    assert "src/new.py:2" in told
    assert "old bad.py" not in told
    (repository / "src" / "new.py").write_text(
        MODEL.replace("deepseek-chat", "gpt-4o").replace(
            "https://api.deepseek.com", "https://api.openai.com/v1"
        )
    )
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "another model")


def test_the_hook_is_the_documented_one() -> None:
    config = yaml.safe_load(snippet(".pre-commit-config.yaml"))
    assert config["repos"][0]["hooks"][0]["id"] == HOOK["id"]
    assert HOOK["entry"].split()[:2] == ["stackaudit", "scan"]
