"""The terminal report, compared with text files that a person has read.

After a wanted change run ``STACKAUDIT_UPDATE=1 pytest tests/test_report_terminal.py`` and read the diff.
"""

from __future__ import annotations

import io
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from report_samples import OPENAI, at, crowded, empty, finding, model, sample

from stackaudit.model import USAGES, Raised, Report, ScanError, Skip, Usage, Verdict
from stackaudit.report import terminal
from stackaudit.report.text import cells

FIXTURES = Path(__file__).parent / "fixtures" / "report"
SHOWN: tuple[Usage, ...] = ("used", "declared", "offered")


def render(report: Report, width: int = 100, **options: object) -> str:
    stream = io.StringIO()
    terminal.write(report, stream, width=width, **options)  # type: ignore[arg-type]
    return stream.getvalue()


def same_as_file(name: str, text: str) -> None:
    path = FIXTURES / name
    if os.environ.get("STACKAUDIT_UPDATE"):
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [80, 100, 200])
def test_sample_report(width: int) -> None:
    same_as_file(f"sample-{width}.txt", render(sample(), width))


def test_report_without_ai() -> None:
    same_as_file("empty-80.txt", render(empty(), 80))


@pytest.mark.parametrize("width", [48, 80, 100, 150, 200])
@pytest.mark.parametrize("verbose", [False, True])
def test_nothing_is_wider_than_the_screen(width: int, verbose: bool) -> None:
    text = render(sample(), width, verbose=verbose, usages=USAGES)
    wide = [row.split() for row in text.splitlines() if cells(row) > width]
    assert [row for row in wide if row != ["https://eur-lex.europa.eu/eli/reg/2016/679/oj"]] == []
    assert [row for row in text.splitlines() if row != row.rstrip()] == []


@pytest.mark.parametrize("width", [80, 100, 200])
def test_five_hundred_models_are_a_page_not_a_flood(width: int) -> None:
    text = render(crowded(), width)
    assert len(text.splitlines()) <= 130
    assert "MODELS (500)" in text
    assert "400 models only offered" in text
    assert "Vendor 1 (CN): 17 models offered in src/providers/catalogue_1.py" in " ".join(
        text.split()
    )


def test_information_is_brief_until_asked_for() -> None:
    report = sample()
    menu = model("menu-model", OPENAI, at("menu.py", 3, "menu-model", "offered"))
    note = finding("baseline/noted", menu, "info", title="Worth knowing")
    report = replace(report, components=(*report.components, menu), findings=(note,))
    brief = render(report)
    assert "- Worth knowing: menu-model in menu.py:3 [baseline/noted]" in brief
    assert "Regulation (EU) 2016/679 (GDPR), Article 44" in brief
    assert "Do        Route" not in brief
    assert "Do        Route" in render(report, verbose=True)


def test_a_finding_on_several_components_names_the_first_of_them() -> None:
    report = sample()
    ids = tuple(c.id for c in report.components[:4])
    shared = finding("baseline/shared", report.components[0], components=ids)
    text = render(replace(report, findings=(shared,)))
    names = "DeepSeek-V3, DeepSeek-R1-Distill-Llama-70B and 2 more: app/llm.py:7"
    assert names in " ".join(text.split())


def test_the_page_keeps_the_models_named_most() -> None:
    report = crowded()
    often = model("often-named", OPENAI, *(at("a.py", n + 1, "often-named") for n in range(9)))
    text = render(replace(report, components=(*report.components, often)))
    assert "  often-named  " in text


def test_roles_and_concentration_in_one_block() -> None:
    used = [
        model("gpt-4o", OPENAI, at("a.py", 1, "gpt-4o")),
        model("acme-vec", None, replace(at("a.py", 2, "acme-vec"), role="embedding")),
        model("in-a-test", OPENAI, at("tests/a.py", 3, "in-a-test", "test")),
    ]
    text = render(replace(sample(), components=tuple(used), findings=()))
    block = text[text.index("IN USE (2)") :].partition("\n\n")[0]
    assert "Chat          1: gpt-4o" in block
    assert "Embedding     1: acme-vec" in block
    assert "Developers    OpenAI (US) 1 (50%), not known 1 (50%)" in block
    assert "models from US: 1 of 2 models lost; none left for chat" in block
    assert "in-a-test" not in block


def test_one_model_needs_no_concentration() -> None:
    one = model("gpt-4o", OPENAI, at("a.py", 1, "gpt-4o"))
    assert "IN USE" not in render(replace(sample(), components=(one,), findings=()))


def test_verbose_lists_everything() -> None:
    text = render(crowded(), 200, verbose=True)
    assert all(f"  model-{n}-instruct " in text for n in range(500))
    text = render(sample(), 100, verbose=True)
    assert "node_modules/p59" in text
    assert "waived" in text


def test_usages_choose_what_is_shown() -> None:
    assert "mistral-small-latest" not in render(sample())
    assert "1 more model only in docs: --usage all shows them" in render(sample())
    text = render(sample(), usages=USAGES)
    assert "mistral-small-latest" in text
    assert "in docs" in text


def test_countries_are_spelled_out_once() -> None:
    text = render(sample())
    assert text.count("China") == 1
    assert "CN China, SE Sweden, US United States" in text


def test_facts_there_is_no_room_for_are_listed_by_key() -> None:
    found = [
        finding(
            f"defence/r{n}", sample().components[0], "low", status="conditional",
            condition=f'context.contracts = ["state-{n:02}"] and context.data = ["x"]',
        )
        for n in range(24)
    ]  # fmt: skip
    text = render(replace(sample(), findings=tuple(found)))
    assert "16 more facts to declare: 16 findings, on" in text
    assert re.search(r"low +contracts: state-08, state-09,", text)
    assert "state-19 and 4 more" in " ".join(text.split())
    assert re.search(r"low +data: x\n", text)
    assert "contracts=none ends all about contracts" in " ".join(text.split())


def test_sixty_conditional_findings_do_not_flood() -> None:
    models = [model(f"m-{n}", OPENAI, at("a.py", n + 1, f"m-{n}")) for n in range(60)]
    found = tuple(
        finding("baseline/bulk-data", m, status="conditional", condition='context.data = ["x"]')
        for m in models
    )
    text = render(replace(sample(), components=tuple(models), findings=found))
    section = text[text.index("CONDITIONAL (60)") : text.index("OTHER RULE PACKS")]
    assert "  --context data=x" in section
    assert len(section.splitlines()) <= 7
    assert "and 58 more [baseline/bulk-data]" in " ".join(section.split())


@pytest.mark.parametrize(
    ("verdict", "line"),
    [
        (Verdict(0, "Passed: nothing open."), "PASSED (exit code 0): nothing open."),
        (Verdict(1, "Failed: 2 open."), "FAILED (exit code 1): 2 open."),
        (Verdict(3, "Incomplete: 1 file."), "INCOMPLETE (exit code 3): 1 file."),
    ],
)
def test_last_line_says_why(verdict: Verdict, line: str) -> None:
    assert render(replace(sample(), verdict=verdict)).splitlines()[-1] == line


HOSTILE = "evil\x1b]0;owned\x07\x1b[2J[red]x[/red]\u202e\r\nPASSED (exit code 0): fine"


def test_a_hostile_repository_cannot_write_on_the_screen() -> None:
    bad = model(
        HOSTILE, replace(OPENAI, name=HOSTILE, country=HOSTILE),
        replace(at("x/" + HOSTILE + "/[bold]a.py", 3, HOSTILE), key=HOSTILE),
    )  # fmt: skip
    report = replace(
        sample(),
        root=HOSTILE,
        components=(bad,),
        findings=(
            finding(
                "baseline/x", bad, title=HOSTILE, message=HOSTILE, waiver=HOSTILE, zone=HOSTILE
            ),
        ),
        coverage=replace(
            sample().coverage,
            skipped=(Skip(HOSTILE, HOSTILE),),
            errors=(ScanError(HOSTILE, HOSTILE),),
        ),
        context={HOSTILE: (HOSTILE,)},
        other_packs={HOSTILE: Raised(3, 0)},
    )
    for verbose in (False, True):
        text = render(report, verbose=verbose)
        assert all(c == "\n" or c.isprintable() for c in text)
        assert "\u202e" not in text
        assert not any(row.startswith("PASSED") for row in text.splitlines())
        assert "[red]x[/red]" in "".join(text.split())


class CodePage(io.TextIOWrapper):
    """A stream of an old Windows console."""


@pytest.mark.parametrize("encoding", ["cp437", "cp1252", "ascii", "utf-8"])
def test_old_code_pages_get_replacements_not_errors(encoding: str) -> None:
    report = replace(
        sample(), components=(model("通义千问-é", OPENAI, at("ü/模型.py", 1, "x")),), findings=()
    )
    raw = io.BytesIO()
    stream = CodePage(raw, encoding=encoding, newline="\n")
    terminal.write(report, stream, width=100)
    stream.flush()
    assert "MODELS (1)" in raw.getvalue().decode(encoding)


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_colour_only_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "TERM", "FORCE_COLOR", "COLUMNS", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    coloured = Screen()
    terminal.write(sample(), coloured, width=100)
    assert "\x1b[" in coloured.getvalue()
    for name, value in (("NO_COLOR", "1"), ("TERM", "dumb")):
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            plain = Screen()
            terminal.write(sample(), plain, width=100)
            assert "\x1b" not in plain.getvalue()
            assert plain.getvalue() == render(sample())


def test_coloured_text_is_the_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    import re

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    for report in (sample(), crowded()):
        screen = Screen()
        terminal.write(report, screen, width=80)
        assert re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue()) == render(report, 80)


def test_width_of_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert terminal.fitting_width(io.StringIO()) == 100
    monkeypatch.setenv("COLUMNS", "163")
    assert terminal.fitting_width(io.StringIO()) == 163
    monkeypatch.setenv("COLUMNS", "3")
    assert terminal.fitting_width(io.StringIO()) == 40
