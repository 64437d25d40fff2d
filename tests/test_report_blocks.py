"""Blocks of findings: each fact at length once, addresses whole, doubt told as it is."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

import pytest
from report_samples import DEEPSEEK, OPENAI, at, finding, model, sample

from stackaudit.model import Component, Finding, Package, Party, Raised, Report, Source
from stackaudit.report import blocks, markdown, terminal
from stackaudit.report.layout import Row, Span, table
from stackaudit.report.view import names_of

LONG = "https://example.org/" + "regulation-" * 12 + "2024"
LAW = Source("Act on Models", "Parliament", "Art. 1", LONG, "2026-11-22", "secondary")
R1 = model(
    "deepseek-r1",
    DEEPSEEK,
    *(at("services/assistant/llm.py", n, "deepseek-r1") for n in (9, 3, 40)),
)
GPT = model(
    "gpt-4o",
    OPENAI,
    at("services/assistant/llm.py", 12, "gpt-4o"),
    at("services/voice/transcription.py", 7, "gpt-4o"),
)
BOTH = (R1.id, GPT.id)


def render(components: Sequence[Component], findings: Sequence[Finding], **options: object) -> str:
    report = replace(sample(), components=tuple(components), findings=tuple(findings))
    stream = io.StringIO()
    terminal.write(report, stream, **{"width": 100, **options})  # type: ignore[arg-type]
    return stream.getvalue()


def both(rule: str, **facts: object) -> Finding:
    """A finding on two components at five places of two files."""
    places = (*R1.occurrences, *GPT.occurrences)
    told = {"components": BOTH, "occurrences": places, "sources": (LAW,), **facts}
    return finding(rule, R1, "low", **told)


def test_verbose_lists_many_places_once_and_then_points_there() -> None:
    found = [both(f"pack/rule-{n}") for n in range(3)]
    text = " ".join(render([R1, GPT], found, verbose=True).split())
    assert (
        text.count("services/assistant/llm.py:3, 9, 12, 40; services/voice/transcription.py:7") == 1
    )
    assert text.count(f"5 places, see {found[0].fingerprint} [") == 2
    assert all(f.fingerprint in text for f in found)


def test_other_places_of_the_same_components_are_listed_again() -> None:
    fewer = both("pack/rule-2", occurrences=R1.occurrences + GPT.occurrences[1:])
    text = " ".join(render([R1, GPT], [both("pack/rule-1"), fewer], verbose=True).split())
    assert "services/assistant/llm.py:3, 9, 12, 40; services/voice/transcription.py:7" in text
    assert "services/assistant/llm.py:3, 9, 40; services/voice/transcription.py:7" in text


def test_verbose_names_every_component() -> None:
    many = [model(f"model-{n}", OPENAI, at("a.py", n + 1, f"model-{n}")) for n in range(9)]
    found = finding("pack/rule", many[0], "low", components=tuple(c.id for c in many))
    where = render(many, [found], verbose=True).partition("Where")[2].partition("Why")[0]
    assert all(c.name in where for c in many)


def test_places_that_fit_a_line_are_always_shown() -> None:
    once = replace(GPT, occurrences=GPT.occurrences[:1])
    found = [finding(f"pack/rule-{n}", once, "low", sources=(LAW,)) for n in range(2)]
    assert render([once], found, verbose=True).count("Where     gpt-4o: services/") == 2


def test_verbose_cites_a_law_in_full_once_and_each_section_where_it_matters() -> None:
    later = replace(LAW, section="Art. 28")
    text = render([R1, GPT], [both("pack/a"), both("pack/b", sources=(later,))], verbose=True)
    assert text.count(LONG) == 1
    assert "Act on Models, Art. 28 (in full above)" in text
    brief = render([R1, GPT], [both("pack/a"), both("pack/b", sources=(later,))])
    assert brief.count(LONG) == 2


@pytest.mark.parametrize("width", [48, 80, 100, 200])
def test_addresses_are_never_broken(width: int) -> None:
    assert LONG in render([R1], [both("pack/a")], width=width).split()


def test_the_reason_does_not_repeat_the_source_below_it() -> None:
    why = "Evidence relevant to Act on Models, Art. 1. Keep a register."
    one = both("pack/a", message=why)
    assert blocks.reasons([one]) == ["Evidence relevant to the source below. Keep a register."]
    two = replace(one, sources=(LAW, replace(LAW, section="Art. 2")))
    assert blocks.reasons([two])[0].startswith("Evidence relevant to the first source below.")
    other = replace(one, message=why.replace("Art. 1", "Art. 9"))
    other = replace(other, sources=(replace(LAW, section="Art. 9"),))
    assert blocks.reasons([one, other]) == [
        "Evidence relevant to the sources below. Keep a register."
    ]
    assert "the source below. Keep" in markdown.text(replace(sample(), findings=(one,)))


@pytest.mark.parametrize(
    ("levels", "told"),
    [
        (["high"], "high"),
        (["high", "low", "high"], "low to high"),
        (["medium", "high"], "medium to high"),
    ],
)
def test_confidence_of_several_findings_is_a_range(levels: list[str], told: str) -> None:
    group = [both("pack/a", confidence=level, fingerprint=level) for level in levels]
    assert blocks.sureness(group) == told
    assert f"{told} confidence" in render([R1, GPT], group)
    assert f"{told} confidence" in markdown.text(replace(sample(), findings=tuple(group)))


def test_information_on_the_same_components_stands_together() -> None:
    lists = [
        replace(both(f"pack/list-{n}", title=f"Named on list {n}"), severity="info")
        for n in range(3)
    ]
    alone = finding("pack/other", GPT, "info", title="Something else")
    text = render([R1, GPT], [*lists, alone])
    notes = text[text.index("INFO ") : text.index("WAIVERS") if "WAIVERS" in text else None]
    assert notes.count("deepseek-r1, gpt-4o, first in services/assistant/llm.py:9") == 1
    assert "            - Named on list 2 [pack/list-2]" in notes
    assert (
        "          - Something else: gpt-4o in services/assistant/llm.py:12 [pack/other]" in notes
    )


def test_namesakes_are_told_apart() -> None:
    python, node = (
        replace(
            model("langchain", None, at(f"{eco}.lock", 1, "langchain")),
            id=f"sdk:{eco}:langchain",
            kind="sdk",
            package=Package(eco, "langchain"),
        )
        for eco in ("pypi", "npm")
    )
    told = names_of([python, node, GPT])
    assert list(told.values()) == ["langchain (pypi)", "langchain (npm)", "gpt-4o"]
    assert "langchain (npm): npm.lock:1" in render([python, node], [finding("p/r", node, "low")])


@pytest.mark.parametrize(
    ("raised", "words"),
    [
        (Raised(0, 0), "would raise nothing"),
        (Raised(1, 1), "would raise 1 finding, conditional"),
        (Raised(4, 4), "would raise 4 findings, all conditional"),
        (Raised(4, 3), "would raise 4 findings, 3 of them conditional"),
        (Raised(2, 0), "would raise 2 findings\n"),
    ],
)
def test_other_packs_say_how_much_depends(raised: Raised, words: str) -> None:
    report: Report = replace(sample(), other_packs={"health": raised})
    stream = io.StringIO()
    terminal.write(report, stream, width=100)
    assert f"  health  {words}" in stream.getvalue()


@pytest.mark.parametrize("width", [80, 100, 150])
def test_a_name_of_usual_length_is_not_broken_by_long_facts(width: int) -> None:
    name = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
    rows = [Row([Span(name), Span("Somebody Quite Long (US)"), Span("anywhere, inferred " * 5)])]
    lines = table(("Model", "Developer", "Reached"), rows, width)
    assert any(name in "".join(span.text for span in row) for row in lines)
    assert all(len("".join(span.text for span in row)) <= width for row in lines)


def test_many_variables_are_a_table_and_the_rest_by_name() -> None:
    party = Party("langfuse", "Langfuse", "DE", "ClickHouse", "US")
    every = [
        replace(
            model(f"KEY_{n:02}", None, at(".env", n + 1, f"KEY_{n:02}")),
            id=f"credential:{n}",
            kind="credential",
            provider=party,
        )
        for n in range(12)
    ]
    text = render(every, [])
    assert "KEY_05    Langfuse (DE), parent ClickHouse (US)  .env:6\n" in text
    assert "6 more: KEY_06, KEY_07, KEY_08, KEY_09, KEY_10, KEY_11 (-v lists them all)" in text
    assert "KEY_11    Langfuse (DE), parent ClickHouse (US)  .env:12\n" in render(
        every, [], verbose=True
    )
