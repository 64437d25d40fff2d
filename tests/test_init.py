"""``stackaudit init``: what it proposes, what it writes, and that a build is green right after it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pages import README, blocks, section, type_in
from running import ROOT, environment, run

from stackaudit import __version__, engine, initialise, look, resources, rules
from stackaudit.cli.init import init

APP = """\
from openai import OpenAI

client = OpenAI()
client.chat.completions.create(model="gpt-4o-2024-08-06", messages=[])
"""
PROJECT = '[project]\nname = "demo"   # ours\nversion = "1"\n\n[tool.ruff]\nline-length = 90\n'
DOCS = (ROOT / "docs" / "ci.md").read_text("utf-8")
DENY = '\n[tool.stackaudit.policy.deny]\norigin = ["CN"]\n'


def git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=n", "-c", "user.email=n@example.org"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "app.py").write_text(APP)
    (folder / "pyproject.toml").write_text(PROJECT)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


def settings(folder: Path) -> dict[str, Any]:
    return dict(tomllib.loads((folder / "pyproject.toml").read_text())["tool"]["stackaudit"])


def test_a_script_gets_settings_baseline_and_a_step(repo: Path) -> None:
    done = run("init", "--ci", "github", cwd=repo)
    assert (done.returncode, done.stderr) == (0, "")
    text = (repo / "pyproject.toml").read_text()
    assert text == PROJECT + '\n[tool.stackaudit]\npacks = ["baseline"]\nfail_on = "high"\n'
    new = {".github/workflows/stackaudit.yml", ".stackaudit-baseline.json"}
    assert files(repo) == {"app.py", "pyproject.toml", *new}
    written, then, fails = done.stdout.splitlines()
    assert written.startswith("Written   pyproject.toml") and all(name in written for name in new)
    assert then.startswith("Next      stackaudit scan; then commit pyproject.toml")
    assert fails.startswith("Fails     new findings at high or worse")


def test_a_second_time_changes_nothing(repo: Path) -> None:
    run("init", cwd=repo)
    before = {name: (repo / name).read_bytes() for name in files(repo)}
    done = run("init", "--yes", "--pack", "eu", cwd=repo)
    assert done.returncode == 2
    assert "[tool.stackaudit] in pyproject.toml is there already" in done.stderr
    assert {name: (repo / name).read_bytes() for name in files(repo)} == before


def test_settings_above_are_told_and_a_folder_may_have_its_own(repo: Path) -> None:
    run("init", cwd=repo)
    inner = repo / "services" / "claims"
    inner.mkdir(parents=True)
    done = run("init", str(inner))
    assert done.returncode == 2 and "../../pyproject.toml" in done.stderr
    done = run("init", str(inner), "--file", "stackaudit.toml", "--ci", "github")
    assert done.returncode == 0, done.stderr
    assert tomllib.loads((inner / "stackaudit.toml").read_text())["packs"] == ["baseline"]
    assert f"Next      stackaudit scan {os.path.relpath(inner)}; then" in done.stdout
    assert "scan services/claims " in (repo / ".github/workflows/stackaudit.yml").read_text()


def test_what_stands_above_does_not_count_in_a_folder_with_its_own(repo: Path) -> None:
    """Its baseline holds what it has, also what the baseline above holds already."""
    inner = repo / "services" / "claims"
    inner.mkdir(parents=True)
    (inner / "app.py").write_text(PLANTED["src/llm.py"][0])
    (repo / "stackaudit.toml").write_text(
        'fail_on = "medium"\n[policy.deny]\nvendor = ["openai"]\n'
        '[[zones]]\nname = "claims"\npaths = ["services/"]\npacks = ["finance"]\n'
    )
    assert run("baseline", "create", cwd=repo).returncode == 0
    done = run("init", "services/claims", "--file", "stackaudit.toml", cwd=repo)
    assert done.returncode == 0, done.stderr
    held = json.loads((inner / ".stackaudit-baseline.json").read_text())["findings"]
    assert held and f"not the {len(held)} open today" in done.stdout
    done = run("scan", "services/claims", "--fail-on", "info", "-q", cwd=repo)
    assert done.stdout == f"PASSED (exit code 0): no open findings; {len(held)} in the baseline.\n"


def test_a_baseline_that_is_there_is_kept_and_what_it_lacks_is_told(repo: Path) -> None:
    assert run("baseline", "create", cwd=repo).returncode == 0
    before = (repo / ".stackaudit-baseline.json").read_bytes()
    (repo / "more.py").write_text(PLANTED["src/llm.py"][0])
    done = run("init", cwd=repo)
    assert done.returncode == 0, done.stderr
    assert (repo / ".stackaudit-baseline.json").read_bytes() == before
    assert "open today that the baseline there lacks: run stackaudit baseline update" in done.stdout
    assert run("baseline", "update", cwd=repo).returncode == 0
    done = run("scan", "--fail-on", "info", "-q", cwd=repo)
    assert done.stdout.startswith("PASSED (exit code 0): no open findings")


def test_a_pack_of_ones_own_is_named_from_the_settings_on(repo: Path) -> None:
    (repo / "ours.yaml").write_text(
        "pack: ours\ntitle: Ours\nversion: 2026.1.1\nincludes: [baseline]\n"
    )
    (repo / "inner").mkdir()
    done = run("init", "inner", "--pack", "ours.yaml", "--pack", "eu", cwd=repo)
    assert done.returncode == 0, done.stderr
    text = (repo / "inner" / "stackaudit.toml").read_text()
    assert tomllib.loads(text)["packs"] == ["../ours.yaml", "eu"]
    assert run("scan", "inner", "-q", cwd=repo).returncode == 0


def test_line_ends_of_the_file_are_kept(repo: Path) -> None:
    before = PROJECT.replace("\n", "\r\n").encode()
    (repo / "pyproject.toml").write_bytes(before)
    assert run("init", "--context", "seat=FR", cwd=repo).returncode == 0
    after = (repo / "pyproject.toml").read_bytes()
    assert after.startswith(before + b"\r\n[tool.stackaudit]\r\n")
    assert after.count(b"\n") == after.count(b"\r\n")
    assert run("scan", "-q", cwd=repo).returncode == 0


def test_a_read_only_file_is_left_alone(repo: Path) -> None:
    (repo / "pyproject.toml").chmod(0o444)
    done = run("init", "--ci", "github", cwd=repo)
    assert (done.returncode, done.stdout) == (2, "")
    assert "pyproject.toml is read-only, and nothing was changed" in done.stderr
    assert files(repo) == {"app.py", "pyproject.toml"}
    assert run("init", "--file", "stackaudit.toml", cwd=repo).returncode == 0
    assert (repo / "pyproject.toml").read_text() == PROJECT


@pytest.mark.parametrize(
    ("words", "packs"),
    [
        ((), ["baseline"]),
        (("--context", "seat=FR"), ["baseline", "eu"]),
        (("--context", "seat=US"), ["baseline", "data-transfer-us"]),
        (("--context", "data=phi,payment-card"), ["baseline", "health", "finance"]),
        (("--context", "contracts=us-state-tx"), ["baseline", "public-sector-us"]),
        (("--context", "contracts=de-federal"), ["baseline", "public-sector"]),
        (
            ("--pack", "baseline", "--pack", "licence", "--context", "seat=FR"),
            ["baseline", "licence"],
        ),
    ],
)
def test_packs_follow_what_is_declared(
    repo: Path, words: tuple[str, ...], packs: list[str]
) -> None:
    assert run("init", *words, cwd=repo).returncode == 0
    assert settings(repo)["packs"] == packs


def test_open_weights_in_use_propose_the_licence_pack(repo: Path) -> None:
    (repo / "local.py").write_text('from vllm import LLM\nLLM(model="mistralai/Mistral-7B-v0.1")\n')
    run("init", cwd=repo)
    assert settings(repo)["packs"] == ["baseline", "licence"]


def test_context_is_written_as_it_is_read(repo: Path) -> None:
    words = ("--context", "seat=FR,DE", "--context", "scale.monthly_users=5000")
    assert run("init", *words, cwd=repo).returncode == 0
    assert settings(repo)["context"] == {"seat": ["FR", "DE"], "scale": {"monthly_users": 5000}}
    done = run("scan", "--format", "json", cwd=repo)
    assert json.loads(done.stdout)["context"]["scale.monthly_users"] == ["5000"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--ci", "gitlba"), "did you mean 'gitlab'"),
        (("--file", "setup.cfg"), "--file"),
        (("--pack", "finanse"), "did you mean 'finance'"),
        (("--context", "seat=XX"), "unknown country 'XX'"),
        (("--context", "data"), "is not key=value"),
        (("app.py",), "is a file"),
        (("nowhere",), "no such file"),
    ],
)
def test_wrong_words_are_one_line_and_write_nothing(
    repo: Path, words: tuple[str, ...], said: str
) -> None:
    before = files(repo)
    done = run("init", *words, cwd=repo)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr and len(done.stderr.splitlines()) == 1
    assert files(repo) == before and (repo / "pyproject.toml").read_text() == PROJECT


def test_files_that_cannot_take_it_are_left_alone(repo: Path) -> None:
    for text, said in (("tool = {x = 1}\n", "cannot take"), ("[a\n", "not valid TOML")):
        (repo / "pyproject.toml").write_text(text)
        done = run("init", "--ci", "github", cwd=repo)
        assert done.returncode == 2 and said in done.stderr
        assert files(repo) == {"app.py", "pyproject.toml"}
    (repo / "pyproject.toml").unlink()
    done = run("init", "--file", "pyproject.toml", cwd=repo)
    assert done.returncode == 2 and "use --file stackaudit.toml" in done.stderr
    assert run("init", cwd=repo).returncode == 0
    assert (repo / "stackaudit.toml").exists()


#: CI system -> a pipeline that a repository may have.
PIPELINES = {
    "github": "name: build\non: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n",
    "gitlab": "stages: [build, test]\nbuild:\n  stage: build\n  script:\n    - make\n",
    "azure": "trigger: [main]\njobs:\n  - job: build\n    steps:\n      - script: make\n",
    "jenkins": "pipeline {\n    agent any\n    stages {\n        stage('build') { steps { sh 'make' } }\n    }\n}\n",
    "bitbucket": "pipelines:\n  default:\n    - step:\n        script:\n          - make\n",
}


@pytest.mark.parametrize("system", initialise.systems(), ids=lambda s: s.id)
def test_a_pipeline_that_is_there_is_left_alone(repo: Path, system: initialise.System) -> None:
    file = repo / system.file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(PIPELINES[system.id])
    done = run("init", cwd=repo)
    assert done.returncode == 0, done.stderr
    assert file.read_text() == PIPELINES[system.id]
    assert f"{system.file} is there already. {system.advice}\n\n" in done.stdout
    assert f"then add the above to {system.file} and commit pyproject.toml" in done.stdout
    assert system.file not in done.stdout.partition("Written ")[2].partition("\n")[0]


@pytest.mark.parametrize("system", initialise.systems(), ids=lambda s: s.id)
def test_what_is_shown_fits_into_a_pipeline_that_is_there(system: initialise.System) -> None:
    whole = initialise.snippet(system, initialise.Place("/x", "/x", ".", "", "main"))
    lines = initialise.addition(system, whole)
    part = "\n".join([*lines, ""])
    assert "scan ." in part and lines[0] == lines[0].strip()
    if system.id == "jenkins":
        assert lines[0] == "stage('stackaudit') {" and lines[-1] == "}"
        assert part.count("{") == part.count("}") and "agent { docker" in part
        return
    shown, told = yaml.safe_load(part), yaml.safe_load(whole)
    own = {
        "github": lambda: [told["jobs"]["stackaudit"]["steps"][-1]],
        "gitlab": lambda: told,
        "azure": lambda: told["steps"],
        "bitbucket": lambda: told["definitions"]["steps"],
    }
    assert shown == own[system.id]()


@pytest.mark.parametrize("system", initialise.systems(), ids=lambda s: s.id)
def test_systems_are_seen_and_no_mark_is_left_in_what_is_written(
    repo: Path, system: initialise.System
) -> None:
    if system.seen == (".github/workflows",):
        (repo / ".github/workflows").mkdir(parents=True)
        (repo / ".github/workflows/build.yml").write_text(PIPELINES["github"])
        words: tuple[str, ...] = ()
    else:
        words = ("--ci", system.id)
    assert run("init", *words, cwd=repo).returncode == 0
    written = (repo / system.file).read_text()
    assert f"stackaudit=={__version__}" in written and "scan ." in written
    assert not re.search(r"@[A-Z]+@|OWNER|0000", written)


def test_a_link_out_of_the_checkout_is_not_followed(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (repo / ".github").symlink_to(tmp_path / "elsewhere")
    done = run("init", "--ci", "github", cwd=repo)
    assert done.returncode == 2 and "a link leads out of the checkout" in done.stderr
    assert not list((tmp_path / "elsewhere").iterdir())
    assert (repo / "pyproject.toml").read_text() == PROJECT


def test_zizmor_finds_nothing_in_the_workflow(repo: Path) -> None:
    command = shutil.which(
        "zizmor", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    )
    if command is None:
        pytest.skip("zizmor is not installed")
    assert run("init", "--ci", "github", cwd=repo).returncode == 0
    done = subprocess.run(
        [command, "--offline", "--persona", "auditor", "--format", "json", str(repo)],
        capture_output=True, encoding="utf-8", timeout=60,
    )  # fmt: skip
    assert json.loads(done.stdout) == [], done.stdout


def test_the_remote_tells_the_system(repo: Path) -> None:
    git(repo, "remote", "add", "origin", "git@gitlab.com:acme/demo.git")
    run("init", cwd=repo)
    assert (repo / ".gitlab-ci.yml").exists()


@pytest.mark.parametrize(
    "name", [".gitlab-ci.yml", "Jenkinsfile", "azure-pipelines.yml", "bitbucket-pipelines.yml"]
)
def test_snippets_are_those_of_the_documentation(name: str) -> None:
    (shown,) = re.findall(rf"```\w+\n(?:#|//) {re.escape(name)}\n(.*?)```", DOCS, re.S)
    (system,) = (s for s in initialise.systems() if s.file == name)
    place = initialise.Place("/x", "/x", ".", "", "feature")
    assert initialise.snippet(system, place) == shown


def test_proposals_name_packs_and_values_that_exist() -> None:
    directory = resources.rules_directory()
    shared = rules.load_shared(directory)
    folder = Path(initialise.__file__).parent / "starter"
    for row in tomllib.loads((folder / "packs.toml").read_text())["packs"]:
        assert row.pop("id") in rules.available(directory)
        assert row
        for key, values in row.items():
            if key == "weights":
                continue
            assert all("*" in v or not shared.vocabulary.fault(key, v) for v in values)


names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)


@given(
    packs=st.lists(names, max_size=3),
    before=st.sampled_from(
        ["", "\ufeff", PROJECT, PROJECT.replace("\n", "\r\n"), "[tool.x]", "# end"]
    ),
    tail=st.sampled_from(["", "\n\n", "  # end", "\r\n"]),
)
def test_every_byte_of_the_file_is_kept(packs: list[str], before: str, tail: str) -> None:
    whole = before + tail
    try:
        old = tomllib.loads(whole.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError:
        return
    after = initialise._with_table(whole, {"packs": packs})
    assert after is not None and after.startswith(whole)
    new = tomllib.loads(after.removeprefix("\ufeff"))
    assert new["tool"].pop("stackaudit") == {"packs": packs}
    assert new.get("tool", {}) == old.get("tool", {})


def answers(folder: Path, typed: str, *words: str) -> tuple[int, str]:
    """Runs ``init`` on a terminal of its own and types the answers."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "stackaudit", "init", *words],
        cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, env=environment(TERM="dumb"),
    )  # fmt: skip
    os.close(theirs)
    os.write(ours, typed.encode())
    shown = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    return process.wait(timeout=60), shown.decode()


def test_a_terminal_is_asked(repo: Path) -> None:
    code, shown = answers(repo, "FR\nnonsense\npersonal\n\ngithub\nyes\n")
    assert code == 0, shown
    assert "unknown value 'nonsense'" in shown
    assert settings(repo) == {
        "packs": ["baseline", "eu"],
        "fail_on": "high",
        "context": {"seat": ["FR"], "data": ["personal"]},
    }
    assert (repo / ".github/workflows/stackaudit.yml").exists()


def test_where_models_run_is_answered_before_the_baseline_is_made(repo: Path) -> None:
    """The answer changes routes, so what was read before it does not hold."""
    (repo / "local.py").write_text('from vllm import LLM\nLLM(model="mistralai/Mistral-7B-v0.1")\n')
    words = ("--context", "seat=FR", "--context", "data=personal", "--pack", "sovereignty")
    code, shown = answers(repo, "US\nyes\n", *words, "--ci", "none")
    assert code == 0, shown
    assert settings(repo)["context"]["hosting"] == ["US"]
    report = json.loads(run("scan", "--format", "json", cwd=repo).stdout)
    places = {r["hosting"]["country"] for c in report["components"] for r in c["routes"]}
    assert "US" in places
    assert {f["status"] for f in report["findings"]} <= {"baseline", "conditional"}


@pytest.mark.parametrize("words", [(), ("hosting=FR",)])
def test_the_tree_is_read_once(
    repo: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[Path] = []

    def see(root: Path, *rest: Any) -> look.Seen:
        reads.append(root)
        return look.see(root, *rest)

    monkeypatch.setattr(engine, "see", see)
    monkeypatch.chdir(repo)
    init(yes=True, ci="github", context=list(words))
    assert reads == [repo]
    assert (repo / ".stackaudit-baseline.json").exists()


def test_no_as_the_last_answer_writes_nothing(repo: Path) -> None:
    code, shown = answers(repo, "\n\n\n\nno\n")
    assert code == 0 and "nothing was written" in shown
    assert files(repo) == {"app.py", "pyproject.toml"}


def test_yes_asks_nothing_on_a_terminal(repo: Path) -> None:
    code, shown = answers(repo, "", "--yes")
    assert code == 0 and "[" not in shown


#: Path, content and line of a model, or an SDK, that the policy refuses.
PLANTED = {
    "src/llm.py": ('import openai\n\nc = openai.OpenAI()\nc.chat.completions.create(model="qwen-max")\n', 4),
    "web/chat.ts": ('import OpenAI from "openai";\nconst c = new OpenAI();\n\nawait c.chat.completions.create({ model: "qwen-max", messages: [] });\n', 4),
    "cmd/main.go": ('package main\n\nimport "github.com/sashabaranov/go-openai"\n\nvar r = openai.ChatCompletionRequest{Model: "deepseek-chat"}\n', 5),
    "config/llm.yaml": ("llm:\n  provider: deepseek\n  model: deepseek-chat\n", 3),
    "deploy/prod.env": ("LOG=1\nLLM_MODEL=deepseek-chat\n", 2),
    "Dockerfile": ("FROM python:3.13\nRUN echo\nENV LLM_MODEL=Qwen/Qwen3-32B\n", 3),
    "serve.sh": ("#!/bin/sh\nset -e\nvllm serve Qwen/Qwen3-32B\n", 3),
    "requirements.txt": ("requests\ndashscope==1.20.0\n", 2),
}  # fmt: skip


@pytest.fixture
def adopted(repo: Path) -> Path:
    """A repository as a newcomer leaves it: README's commands, and the step of CI is green."""
    assert run("init", "--yes", "--ci", "github", cwd=repo).returncode == 0
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "Scan for AI models")
    return repo


def test_the_step_of_ci_is_green_and_writes_the_summary(adopted: Path, tmp_path: Path) -> None:
    workflow = yaml.safe_load((adopted / ".github/workflows/stackaudit.yml").read_text())
    (job,) = workflow["jobs"].values()
    (script,) = (s["run"] for s in job["steps"] if s.get("name") == "Scan")
    programs = tmp_path / "stackaudit" / "bin"
    programs.mkdir(parents=True)
    (programs / "stackaudit").write_text(
        f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m stackaudit "$@"\n'
    )
    (programs / "stackaudit").chmod(0o755)
    summary = tmp_path / "summary"

    def step() -> int:
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script], cwd=adopted,
            env=environment(RUNNER_TEMP=str(tmp_path), GITHUB_STEP_SUMMARY=str(summary)),
            capture_output=True, timeout=60,
        ).returncode  # fmt: skip

    assert step() == 0
    assert summary.read_text().startswith("## stackaudit: PASSED")
    with (adopted / "pyproject.toml").open("a") as file:
        file.write(DENY)
    assert step() == 0
    (adopted / "new.py").write_text(PLANTED["src/llm.py"][0])
    assert step() == 1


def test_readme_shows_what_a_newcomer_sees(tmp_path: Path) -> None:
    """The commands of README, word by word; a script stands in for the installed command."""
    app, adopt = (
        block
        for language in ("python", "")
        for block in blocks(section(README, "Adopt it in two minutes"), language)
    )
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "app.py").write_text(app)
    (shop / "pyproject.toml").write_text(
        '[project]\nname = "shop"\nversion = "1"\ndependencies = ["openai"]\n'
    )
    git(shop, "init", "-q", "-b", "main")
    git(shop, "config", "user.name", "n")
    git(shop, "config", "user.email", "n@example.org")
    type_in(adopt, shop, tmp_path)
    git(shop, "diff", "--quiet", "HEAD")


@pytest.mark.parametrize("path", PLANTED)
def test_a_refused_model_fails_the_build_in_every_kind_of_file(adopted: Path, path: str) -> None:
    with (adopted / "pyproject.toml").open("a") as file:
        file.write(DENY)
    assert run("scan", "-q", cwd=adopted).returncode == 0
    text, line = PLANTED[path]
    (adopted / path).parent.mkdir(exist_ok=True)
    (adopted / path).write_text(text)
    git(adopted, "add", ".")
    done = run("scan", "--format", "json", cwd=adopted)
    assert done.returncode == 1
    report = json.loads(done.stdout)
    failing = [
        f for f in report["findings"] if f["fingerprint"] in report["summary"]["verdict"]["failing"]
    ]
    assert {f["rule"] for f in failing} == {"policy/deny-origin"}
    places = {(o["path"], o["line"]) for f in failing for o in f["occurrences"]}
    assert (path, line) in places and {p for p, _ in places} == {path}


def test_an_ignored_file_counts_where_git_tracks_it(adopted: Path) -> None:
    with (adopted / "pyproject.toml").open("a") as file:
        file.write(DENY)
    (adopted / ".gitignore").write_text(".env*\n")
    text, line = PLANTED["deploy/prod.env"]
    (adopted / ".env").write_text(text)
    done = run("scan", cwd=adopted)
    assert done.returncode == 0 and "1 ignored" in done.stdout
    git(adopted, "add", "-f", ".env")
    done = run("scan", cwd=adopted)
    assert done.returncode == 1 and f".env:{line}" in done.stdout
