"""Living with the gate: each story is a real repository, real commits and the real command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from gitrepo import HEAD, call, commit, git, new
from running import here as run

DENY = 'policy.deny.origin = ["CN"]\n'
OLD = HEAD + call("deepseek-chat")
QWEN = "Qwen/Qwen3-32B"
FOUND = "policy/deny-origin"
FOREVER = ("--reason", "pilot", "--owner", "ada", "--expires", "2999-06-30")


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A repository that took its first findings into a baseline, and passes."""
    folder = new(tmp_path / "repo")
    commit(folder, {"stackaudit.toml": DENY, "app.py": OLD})
    assert scan(folder)[0] == 1
    done = run("baseline", "create", cwd=folder)
    assert done.returncode == 0, done.stderr
    commit(folder, {})
    assert scan(folder)[0] == 0
    return folder


def scan(folder: Path, *words: str) -> tuple[int, Any]:
    """Exit code and JSON report."""
    done = run("scan", "--format", "json", *words, cwd=folder)
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads(done.stdout)


def shown(folder: Path, *words: str) -> str:
    """What a terminal shows, without its line breaks."""
    return " ".join(run("scan", *words, cwd=folder).stdout.split())


def places(report: Any, status: str = "failing") -> set[tuple[str, str]]:
    """Rule and ``path:line`` of the findings of one status, or of those that fail."""
    failing = report["summary"]["verdict"]["failing"]
    return {
        (finding["rule"], f"{place['path']}:{place['line']}")
        for finding in report["findings"]
        if status in (finding["status"], "failing" if finding["fingerprint"] in failing else "")
        for place in finding["occurrences"]
    }


def add_qwen(folder: Path) -> str:
    """A second model; its fingerprint."""
    commit(folder, {"chat.py": HEAD + call(QWEN)})
    code, report = scan(folder)
    assert (code, places(report)) == (1, {(FOUND, "chat.py:3")})
    (fingerprint,) = report["summary"]["verdict"]["failing"]
    return str(fingerprint)


def waive(folder: Path, fingerprint: str, *words: str) -> None:
    done = run("waive", fingerprint, *(words or FOREVER), cwd=folder)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("file", "text", "line"),
    [
        ("app.py", OLD + call(QWEN), 4),
        ("llm.yaml", f"llm:\n  # ours\n  model: {QWEN}\n", 3),
        (".env", f"A=b\nLLM_MODEL={QWEN}\n", 2),
        ("src/chat.ts", f'import OpenAI from "openai";\n\nconst model = "{QWEN}";\n', 3),
    ],
)
def test_a_new_model_fails_with_its_line(repo: Path, file: str, text: str, line: int) -> None:
    commit(repo, {file: text})
    code, report = scan(repo)
    assert code == 1
    assert places(report) == {(FOUND, f"{file}:{line}")}
    assert (FOUND, "app.py:3") in places(report, "baseline")
    told = shown(repo)
    assert f"{file}:{line}" in told
    assert ": 1 finding against the policy." in told


def test_waived_it_passes(repo: Path) -> None:
    waive(repo, add_qwen(repo)[:8])
    code, report = scan(repo)
    assert code == 0
    assert places(report, "waived") == {(FOUND, "chat.py:3")}
    assert "pilot (ada, until 2999-06-30; stackaudit-waivers.toml:1)" in shown(repo)
    commit(repo, {"more.py": HEAD + call("moonshot-v1-8k")})
    assert places(scan(repo)[1]) == {(FOUND, "more.py:3")}, "it is for this finding alone"


def test_a_place_names_the_finding_too(repo: Path) -> None:
    """What failed there is meant, though milder findings stand at the same line."""
    (repo / ".stackaudit-baseline.json").unlink()
    here = {rule for rule, place in places(scan(repo)[1], "open") if place == "app.py:3"}
    assert len(here) > 2
    waive(repo, "./app.py:3")
    assert places(scan(repo)[1], "waived") == {(FOUND, "app.py:3")}
    several = run("waive", "app.py:3", *FOREVER, cwd=repo)
    assert (several.returncode, several.stderr.count("\n")) == (2, 1)
    assert "open findings are meant; name one with --rule: baseline/" in several.stderr
    rule = min(here - {FOUND})
    waive(repo, "app.py:3", "--rule", rule, *FOREVER)
    assert (rule, "app.py:3") in places(scan(repo)[1], "waived")
    for wanted in ("app.py:99", "app.py", "", "abc"):
        done = run("waive", wanted, *FOREVER, cwd=repo)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert "there is no such finding in ." in done.stderr


def test_expired_it_fails_and_says_why(repo: Path) -> None:
    waive(repo, add_qwen(repo))
    assert scan(repo, "--as-of", "2999-06-30")[0] == 0
    code, report = scan(repo, "--as-of", "2999-07-01")
    assert (code, places(report)) == (1, {(FOUND, "chat.py:3")})
    assert report["summary"]["verdict"]["reason"].endswith("; 1 waiver has expired.")
    (note,) = report["summary"]["waivers"]["expired"]
    assert note["expires"] == "2999-06-30"
    told = shown(repo, "--as-of", "2999-07-01")
    assert "Its waiver expired on 2999-06-30 (stackaudit-waivers.toml:1, owner ada)" in told


def test_a_date_that_is_past_fails_without_any_flag(repo: Path) -> None:
    waive(repo, add_qwen(repo))
    file = repo / "stackaudit-waivers.toml"
    file.write_text(file.read_text().replace("2999-06-30", "2020-01-31"))
    assert scan(repo)[0] == 1
    assert "Its waiver expired on 2020-01-31" in shown(repo)


@pytest.mark.parametrize("committed", [True, False])
def test_the_baseline_holds_where_files_move_and_change(repo: Path, committed: bool) -> None:
    commit(repo, {"acme.gguf": "GGUF\x03" + "\0" * 19, "stackaudit.toml": 'fail_on = "medium"'})
    run("baseline", "update", cwd=repo)
    commit(repo, {"models/keep": ""})
    git(repo, "mv", "app.py", "src.py")
    git(repo, "mv", "acme.gguf", "models/ours.gguf")
    (repo / "src.py").write_text("# moved\n\n\n" + OLD.replace("model=", "\n    model = "))
    if committed:
        commit(repo, {})
    code, report = scan(repo)
    assert (code, places(report)) == (0, set())
    assert ("baseline/unknown-weights", "models/ours.gguf:1") in places(report, "baseline")
    assert run("baseline", "prune", cwd=repo).returncode == 0
    assert scan(repo)[1]["summary"]["baseline"]["gone"] == 0
    assert scan(repo, "--no-baseline")[0] == 1


@pytest.mark.parametrize(
    "comment",
    [
        "stackaudit: ignore[*] we like it",
        "stackaudit: ignore[policy/deny-origin] we like it",
        "stackaudit: ignore[policy/*] we like it",
    ],
)
def test_no_comment_lifts_a_deny(repo: Path, comment: str) -> None:
    text = HEAD + f"# {comment}\n" + call(QWEN).rstrip() + f"  # {comment}\n"
    commit(repo, {"chat.py": text})
    code, report = scan(repo)
    assert (code, places(report)) == (1, {(FOUND, "chat.py:4")})
    if "policy" in comment:
        assert len(report["summary"]["waivers"]["faulty"]) == 2
        assert "write a waiver into stackaudit-waivers.toml" in shown(repo)


# --- with --since ----------------------------------------------------------------------------


@pytest.fixture
def branch(repo: Path) -> Path:
    """On a branch, after main went on and was merged into it."""
    git(repo, "checkout", "-q", "-b", "branch")
    commit(repo, {"plain.py": "x = 1\n"})
    git(repo, "checkout", "-q", "main")
    commit(repo, {"theirs.py": HEAD + call("moonshot-v1-8k")})
    git(repo, "checkout", "-q", "branch")
    git(repo, "merge", "-q", "--no-edit", "main")
    return repo


def test_since_in_a_branch_with_a_merge(branch: Path) -> None:
    assert scan(branch)[0] == 1
    code, report = scan(branch, "--since", "main")
    assert (code, report["findings"]) == (0, [])
    assert "2 older findings not judged" in report["summary"]["verdict"]["reason"]
    commit(branch, {"chat.py": HEAD + call(QWEN)})
    code, report = scan(branch, "--since", "main")
    assert (code, places(report)) == (1, {(FOUND, "chat.py:3")})
    git(branch, "checkout", "-q", "main")
    git(branch, "merge", "-q", "--no-ff", "--no-edit", "branch")
    assert places(scan(branch, "--since", "HEAD^1")[1]) == {(FOUND, "chat.py:3")}


def test_since_with_a_baseline(branch: Path) -> None:
    """What the baseline has may be used once more; what lies outside the change is not stale."""
    (branch / "app.py").write_text("# a new line\n" + OLD + call("deepseek-chat"))
    code, report = scan(branch, "--since", "main")
    assert code == 0
    assert {place for _, place in places(report, "baseline")} == {"app.py:5"}
    held = sum(finding["status"] == "baseline" for finding in report["findings"])
    assert f"{held} in the baseline" in report["summary"]["verdict"]["reason"]
    assert report["summary"]["baseline"]["held"] == held
    assert report["summary"]["baseline"]["gone"] == 0
    assert "prune" not in shown(branch, "--since", "main")
    assert scan(branch, "--since", "main", "--no-baseline")[0] == 1
    (branch / "app.py").write_text("x = 1\n")
    assert scan(branch, "--since", "main")[1]["summary"]["baseline"]["gone"] > 0


def test_since_with_waivers(branch: Path) -> None:
    commit(branch, {"chat.py": HEAD + call(QWEN)})
    (fingerprint,) = scan(branch, "--since", "main")[1]["summary"]["verdict"]["failing"]
    waive(branch, fingerprint)
    code, report = scan(branch, "--since", "main")
    assert code == 0
    assert places(report, "waived") == {(FOUND, "chat.py:3")}
    assert "1 waived" in report["summary"]["verdict"]["reason"]
    assert scan(branch, "--since", "main", "--as-of", "2999-07-01")[0] == 1


def test_since_with_an_expired_waiver_on_an_old_line(branch: Path) -> None:
    """Its day is not the branch's doing: it is told, and fails where all is judged."""
    (fingerprint,) = scan(branch)[1]["summary"]["verdict"]["failing"]
    waive(branch, fingerprint)
    assert scan(branch)[0] == 0
    late = ("--as-of", "2999-07-01")
    assert scan(branch, *late)[0] == 1
    code, report = scan(branch, "--since", "main", *late)
    assert (code, report["findings"]) == (0, [])
    assert len(report["summary"]["waivers"]["expired"]) == 1
    assert report["summary"]["waivers"]["unused"] == []


def test_since_with_a_comment_on_an_old_and_on_a_new_line(repo: Path) -> None:
    rule = "baseline/compelled-access"
    url = 'c = OpenAI(base_url="https://api.deepseek.com")'
    commit(repo, {"stackaudit.toml": 'fail_on = "medium"\n', "old.py": f"{url}  # main\n"})
    git(repo, "checkout", "-q", "-b", "feature")
    commit(repo, {"new.py": f"{url}\n"})
    assert (rule, "new.py:1") in places(scan(repo, "--since", "main", "--no-baseline")[1])
    commit(repo, {"new.py": f"# stackaudit: ignore[{rule}] agreed\n{url}\n"})
    report = scan(repo, "--since", "main", "--no-baseline")[1]
    assert (rule, "new.py:2") not in places(report)
    assert [f for f in report["findings"] if f["status"] == "open" and f["rule"] == rule] == []
    assert report["summary"]["waivers"]["unused"] == []
