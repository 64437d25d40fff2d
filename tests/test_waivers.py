"""Waivers in files and comments: what they lift, what they never lift, what is told of them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from running import run

from stackaudit import config
from stackaudit.engine import scan
from stackaudit.model import ConfigError, Finding, Report

TODAY = date(2026, 11, 22)
UNKNOWN = "baseline/unknown-model"
OURS = "stackaudit: ignore[baseline/unknown-model] ours"
APP = """from openai import OpenAI
client = OpenAI()
client.chat.completions.create(model="acme-unknown-7b", messages=[])
"""
WAIVER = """[[waivers]]
rule = "baseline/unknown-model"
component = "acme-unknown-7b"
reason = "our own fine-tune, recorded in the register"
owner = "ada@example.org"
expires = 2027-11-30
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP)
    return tmp_path


def judged(folder: Path, day: date = TODAY) -> Report:
    return scan(folder, config.load(folder, {}), as_of=day)


def unknown(report: Report) -> Finding:
    (found,) = (f for f in report.findings if f.rule == UNKNOWN)
    return found


def notes(report: Report) -> list[tuple[str, str]]:
    return [(note.state, note.place) for note in report.waiver_notes]


def test_a_waiver_beside_the_settings_waives(project: Path) -> None:
    assert unknown(judged(project)).status == "open"
    (project / "stackaudit-waivers.toml").write_text(WAIVER)
    report = judged(project)
    found = unknown(report)
    assert found.status == "waived"
    assert found.waiver == (
        "our own fine-tune, recorded in the register"
        " (ada@example.org, until 2027-11-30; stackaudit-waivers.toml:1)"
    )
    assert notes(report) == []


def test_a_waiver_in_the_settings_waives_from_a_folder_below_too(project: Path) -> None:
    (project / ".git").mkdir()
    text = WAIVER.replace("[[waivers]]", "[[tool.stackaudit.waivers]]").replace("2027", '"2027')
    text = text.replace("-30\n", '-30"\npaths = ["/src/"]\nticket = "GOV-7"\n')
    (project / "pyproject.toml").write_text(text)
    (project / "src").mkdir()
    (project / "app.py").rename(project / "src/app.py")
    for folder in (project, project / "src"):
        found = unknown(judged(folder))
        assert found.status == "waived"
        assert "until 2027-11-30, GOV-7;" in found.waiver


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        ('"acme-unknown-7b"', '"model:unknown/acme-*"', "waived"),
        ('"acme-unknown-7b"', '"ACME-*"', "waived"),
        ('"acme-unknown-7b"', '"acme"', "open"),
        ('"baseline/unknown-model"', '"baseline/*"', "waived"),
        ('"baseline/unknown-model"', '"finance/*"', "open"),
        ("[[waivers]]", '[[waivers]]\npaths = ["app.py"]', "waived"),
        ("[[waivers]]", '[[waivers]]\npaths = ["other/"]', "open"),
    ],
)
def test_what_a_waiver_matches(project: Path, old: str, new: str, status: str) -> None:
    (project / "stackaudit-waivers.toml").write_text(WAIVER.replace(old, new))
    report = judged(project)
    assert unknown(report).status == status
    assert notes(report) == (
        [] if status == "waived" else [("unused", "stackaudit-waivers.toml:1")]
    )


def test_a_waiver_for_some_paths_leaves_the_other_places_open(project: Path) -> None:
    (project / "lab").mkdir()
    (project / "lab/try.py").write_text(APP)
    text = WAIVER.replace("[[waivers]]", '[[waivers]]\npaths = ["lab/"]')
    (project / "stackaudit-waivers.toml").write_text(text)
    found = unknown(judged(project))
    assert found.status == "open"
    assert [o.path for o in found.occurrences] == ["app.py"]
    assert found.message.endswith("1 more of its places are waived (stackaudit-waivers.toml:1).")


@pytest.mark.parametrize(
    ("day", "status", "state"),
    [
        (date(2027, 10, 30), "waived", []),
        (date(2027, 10, 31), "waived", ["expiring"]),
        (date(2027, 11, 30), "waived", ["expiring"]),
        (date(2027, 12, 1), "open", ["expired"]),
    ],
)
def test_its_last_day(project: Path, day: date, status: str, state: list[str]) -> None:
    (project / "stackaudit-waivers.toml").write_text(WAIVER)
    (project / "stackaudit.toml").write_text('fail_on = "medium"')
    report = judged(project, day)
    found = unknown(report)
    assert found.status == status
    assert [note.state for note in report.waiver_notes] == state
    late = status == "open"
    assert ("Its waiver expired on 2027-11-30 (stackaudit-waivers.toml:1" in found.message) is late
    assert (found.fingerprint in report.verdict.failing) is late
    assert report.verdict.reason.endswith("; 1 waiver has expired.") is late


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("owner =", "ownr =", 5, 'unknown key; did you mean "owner"?'),
        ('reason = "our own fine-tune, recorded in the register"\n', "", 1, "needs reason"),
        ('owner = "ada@example.org"\n', "", 1, "needs owner"),
        ("expires = 2027-11-30\n", "", 1, "needs expires"),
        ("2027-11-30", '"soon"', 6, '"soon" is no date; write it as 2027-03-31'),
        ("2027-11-30", "7", 6, '"7" is no date; write it as 2027-03-31'),
        ('"ada@example.org"', '" "', 5, "that is not empty"),
        ('rule = "baseline/unknown-model"\ncomponent = "acme-unknown-7b"\n', "", 1, "everything"),
        ("[[waivers]]", '[[waivers]]\npaths = ["a["]', 2, "is not a usable pattern"),
        ("[[waivers]]", "[[waiver]]", 1, 'did you mean "waivers"?'),
        ("expires", "expires =", 6, "is not valid TOML"),
    ],
)
def test_a_wrong_waiver_is_one_line_with_its_place(
    project: Path, old: str, new: str, line: int, said: str
) -> None:
    (project / "stackaudit-waivers.toml").write_text(WAIVER.replace(old, new))
    with pytest.raises(ConfigError) as error:
        config.load(project, {})
    assert str(error.value).startswith(f"stackaudit-waivers.toml:{line}:")
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_conditional_finding_is_not_waived(project: Path) -> None:
    (project / "app.py").write_text(
        'c.chat(model="deepseek-chat", base_url="https://api.deepseek.com")'
    )
    conditional = next(f for f in judged(project).findings if f.status == "conditional")
    (project / "stackaudit-waivers.toml").write_text(
        WAIVER.replace(UNKNOWN, conditional.rule).replace("acme-unknown-7b", "*")
    )
    report = judged(project)
    assert conditional in report.findings
    assert notes(report) == [("unused", "stackaudit-waivers.toml:1")]


IGNORE = "stackaudit: ignore[baseline/compelled-access] ours"
URL = "https://api.deepseek.com"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("app.py", f'c = OpenAI(base_url="{URL}")  # {IGNORE}'),
        ("app.py", f'# {IGNORE}\nc = OpenAI(base_url="{URL}")'),
        ("app.py", f'# {IGNORE}\n# stackaudit: ignore[finance/*] x\nc = OpenAI(base_url="{URL}")'),
        ("app.py", f'c = OpenAI(base_url="{URL}")  # noqa # {IGNORE.replace("[", "[finance/*, ")}'),
        ("app.ts", f'const c = new OpenAI({{baseURL: "{URL}"}}); // {IGNORE}'),
        ("app.ts", f'/* {IGNORE} */\nconst c = new OpenAI({{baseURL: "{URL}"}});'),
        ("app.lua", f'local base_url = "{URL}" -- {IGNORE}'),
        ("conf.yaml", f"llm:\r\n  base_url: {URL}  # {IGNORE}\r\n"),
        ("page.xml", f"<llm>\n<!-- {IGNORE} -->\n<base_url>{URL}</base_url></llm>"),
        ("run.bat", f"rem {IGNORE}\nset LLM_BASE_URL={URL}\n"),
        (".env", f"# {IGNORE}\nLLM_BASE_URL={URL}\n"),
    ],
)
def test_a_comment_lifts_the_place_it_speaks_of(tmp_path: Path, file: str, text: str) -> None:
    rule = "baseline/compelled-access"
    (tmp_path / file).write_text(text.replace("stackaudit:", "see"))
    assert [f.status for f in judged(tmp_path).findings if f.rule == rule] == ["open"]
    (tmp_path / file).write_text(text)
    report = judged(tmp_path)
    (found,) = (f for f in report.findings if f.rule == rule)
    assert (found.status, report.waiver_notes) == ("waived", ())
    assert found.waiver.startswith(f"ours ({file}:")


def test_a_comment_lifts_only_its_own_place(project: Path) -> None:
    call = 'client.chat.completions.create(model="acme-unknown-7b", messages=[])'
    (project / "app.py").write_text(f"{APP}{call}  # {OURS}\n{call}\n")
    found = unknown(judged(project))
    assert found.status == "open"
    assert [o.line for o in found.occurrences] == [3, 5]


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("stackaudit: ignore[baseline/unknown-model]", "gives no reason"),
        ("stackaudit: ignore[baseline/unknown-model] --", "gives no reason"),
        ("stackaudit: ignore some reason", "names no rule"),
        ("stackaudit: ignores[baseline/unknown-model] x", "names no rule"),
        ("stackaudit: ignore[baseline/unknown-modle] x", "did you mean 'baseline/unknown-model'?"),
        ("stackaudit: ignore[policy/deny-origin] x", "cannot be lifted by a comment"),
    ],
)
def test_a_comment_that_cannot_be_followed_is_reported(
    project: Path, comment: str, said: str
) -> None:
    (project / "app.py").write_text(APP.replace("[])", f"[])  # {comment}"))
    report = judged(project)
    assert unknown(report).status == "open"
    (note,) = report.waiver_notes
    assert (note.state, note.place) == ("faulty", "app.py:3")
    assert said in note.message


def test_a_string_is_no_comment(project: Path) -> None:
    (project / "app.py").write_text(APP.replace("[])", f'[], user="{OURS}")'))
    assert unknown(judged(project)).status == "open"


def test_a_deny_is_lifted_by_a_waiver_in_the_file_and_never_by_a_comment(project: Path) -> None:
    (project / "stackaudit.toml").write_text('policy.deny.model = ["acme-*"]')
    (project / "app.py").write_text(APP.replace("[])", "[])  # stackaudit: ignore[*] it is fine"))
    report = judged(project)
    assert unknown(report).status == "waived"
    assert report.verdict.exit_code == 1
    (project / "stackaudit-waivers.toml").write_text(WAIVER.replace(UNKNOWN, "policy/deny-model"))
    assert judged(project).verdict.exit_code == 0


def test_a_part_of_the_scan_says_nothing_of_unused_waivers(project: Path) -> None:
    (project / "stackaudit-waivers.toml").write_text(WAIVER.replace("acme-", "other-"))
    assert notes(judged(project)) == [("unused", "stackaudit-waivers.toml:1")]
    settings = config.load(project, {"include": ("app.py",)})
    assert scan(project, settings, as_of=TODAY).waiver_notes == ()


def test_waive_writes_below_what_is_there(project: Path) -> None:
    fingerprint = unknown(judged(project)).fingerprint
    file = project / "stackaudit-waivers.toml"
    before = "# our waivers\r\n" + WAIVER.replace("unknown-model", "unknown-weights")
    file.write_bytes(before.rstrip().encode())
    given = ("--reason", 'a "trial"\\ of é', "--owner", "ada", "--expires", "2999-01-31")
    done = run("waive", fingerprint, *given, "--ticket", "G-1", cwd=project)
    assert (done.returncode, done.stdout) == (0, "")
    assert file.read_bytes().startswith(before.rstrip().encode())
    found = unknown(judged(project))
    assert found.status == "waived"
    assert found.waiver.startswith('a "trial"\\ of é (ada, until 2999-01-31, G-1; ')
    again = run("waive", fingerprint, *given, cwd=project)
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)
    assert "it is waived already" in again.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["0123456789abcdef"], "needs --reason and --owner and --expires"),
        (["0123456789abcdef", "--reason", "x", "--owner", "y", "--expires", "2001-01-01"], "past"),
        (["0123456789abcdef", "--reason", "x", "--owner", "y", "--expires", "soon"], "not a date"),
        (["0123456789abcdef", "--reason", "x", "--owner", "y", "--expires", "2999-01-01"], "no such"),
    ],
)  # fmt: skip
def test_waive_refuses(project: Path, args: list[str], said: str) -> None:
    done = run("waive", *args, cwd=project)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert said in done.stderr
    assert not (project / "stackaudit-waivers.toml").exists()


def test_reports_tell_of_waivers(project: Path) -> None:
    (project / "stackaudit-waivers.toml").write_text(
        WAIVER + WAIVER.replace("acme-unknown-7b", "gone")
    )
    told = run("scan", "--as-of", "2027-11-29", cwd=project).stdout
    section = told[told.index("WAIVERS (2)") :]
    assert section.index("unused    stackaudit-waivers.toml:7") < section.index("expiring  ")
    assert "; 1 waived" in " ".join(told.split())
    done = run("scan", "--as-of", "2027-11-29", "-f", "json", cwd=project)
    told = json.loads(done.stdout)["summary"]["waivers"]
    assert [(k, len(v)) for k, v in told.items()] == [
        ("expired", 0), ("faulty", 0), ("unused", 1), ("expiring", 1),
    ]  # fmt: skip
    assert told["expiring"][0]["expires"] == "2027-11-30"
    page = run("scan", "--as-of", "2027-11-29", "-f", "markdown", cwd=project).stdout
    assert "**Waiver unused:** `stackaudit-waivers.toml:7`" in page
