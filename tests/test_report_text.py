"""Cleaning, measuring, wrapping and tables: nothing unsafe, nothing lost, nothing too wide."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackaudit.report.layout import Row, Span, paragraph, table
from stackaudit.report.text import (
    cells,
    clean,
    count,
    encodable,
    fold,
    listed,
    masked,
    prose,
    size,
    wrap,
)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain-model-7b", "plain-model-7b"),
        ("red \x1b[31mtext\x1b[0m", "red \\x1b[31mtext\\x1b[0m"),
        ("line\nbreak\r\ttab", "line\\x0abreak\\x0d\\x09tab"),
        ("abc\u202egnp.exe", "abc\\u202egnp.exe"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("c1\x9b31m", "c1\\x9b31m"),
        ("tag\U000e0041", "tag\\ue0041"),
        ("bad\udcffname", "bad\\udcffname"),
        ("[bold red]markup[/]", "[bold red]markup[/]"),
        ("naïve/通义千问", "naïve/通义千问"),
    ],
)
def test_clean_spells_out_what_could_deceive(raw: str, shown: str) -> None:
    assert clean(raw) == shown


def test_clean_cuts_the_middle_of_what_is_endless() -> None:
    shown = clean("a" * 5000 + "/file.py")
    assert len(shown) == 239
    assert "..." in shown
    assert shown.endswith("/file.py")


@given(st.text())
def test_cleaned_text_is_printable_on_one_line(text: str) -> None:
    shown = clean(text, 10_000)
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000 for c in shown)
    assert len(shown.splitlines()) <= 1


def test_prose_never_cuts() -> None:
    assert prose("two\n  lines \x1b[1m" + "x" * 900).startswith("two lines \\x1b[1mx")
    assert prose("x" * 900) == "x" * 900


def test_cells_counts_wide_and_combining_characters() -> None:
    assert cells("通义") == 4
    assert cells("e\u0301") == 1
    assert cells("abc") == 3


@given(st.text(alphabet="ab/-. 通\u0301", max_size=80), st.integers(4, 40), st.integers(0, 6))
def test_wrap_fits_and_keeps_every_character(text: str, width: int, indent: int) -> None:
    rows = wrap(text, width, indent)
    assert all(cells(row) <= max(width, 2) for row in rows)
    assert "".join("".join(rows).split()) == "".join(text.split())


def test_pieces_of_a_word_leave_room_for_the_indent() -> None:
    assert wrap("a" * 18, 9, 1) == ["a" * 8, " " + "a" * 8, " aa"]


def test_fold_prefers_separators() -> None:
    path = "services/gateway/providers/constants.py:12"
    assert fold(path, 28) == ["services/gateway/providers/", "constants.py:12"]
    assert fold("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


@given(
    st.lists(st.tuples(*[st.text(alphabet="abc-/ 通", max_size=60)] * 4), max_size=4),
    st.integers(48, 200),
)
def test_tables_are_never_wider_than_asked(rows: list[tuple[str, ...]], width: int) -> None:
    made = [Row([Span(text) for text in row], "note " + row[0]) for row in rows]
    for line in table(("A", "B", "C", "D"), made, width):
        assert sum(cells(span.text) for span in line) <= width


def test_paragraph_indents_every_line() -> None:
    lines = paragraph("one two three four five six", 24, 4)
    assert ["".join(s.text for s in row) for row in lines] == [
        "    one two three four",
        "    five six",
    ]


def test_small_words() -> None:
    assert count(1, "file") == "1 file"
    assert count(1204, "file") == "1,204 files"
    assert listed(["a", "b", "c"], 2) == "a, b, c"
    assert listed(["a", "b", "c", "d"], 2) == "a, b and 2 more"
    assert [size(n) for n in (812, 3_140_221, 999_951, 2_500_000_000)] == [
        "812 bytes", "3.1 MB", "1.0 MB", "2.5 GB",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://user:pass@host/v1", "https://***@host/v1"),
        ("https://p%40ss:w@host:8080", "https://***@host:8080"),
        ("https://host/v1?key=abc&x=&y=2#top", "https://host/v1?key=***&x=&y=***#top"),
        (
            "https://host?api-version=2024-10-21&k={KEY}",
            "https://host?api-version=2024-10-21&k={KEY}",
        ),
        ("https://host?version=sk-abc", "https://host?version=***"),
        (
            "redis://:pw@host and wss://t@h?a=b on line 3",
            "redis://***@host and wss://***@h?a=*** on line 3",
        ),
        ("https://host/@scope/name", "https://host/@scope/name"),
        ("org/name@sha256:abc?x=y", "org/name@sha256:abc?x=y"),
    ],
)
def test_secrets_in_urls_are_masked(text: str, shown: str) -> None:
    assert masked(text) == shown
    assert clean(text) == shown


def test_a_number_is_not_broken_at_its_point() -> None:
    assert fold("FunAudioLLM/CosyVoice2-0.5B", 25) == ["FunAudioLLM/CosyVoice2-", "0.5B"]
    assert fold("generativelanguage.googleapis.com", 25)[0] == "generativelanguage."


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("plain", "ascii", "plain"),
        ("NÚKIB, naïve", "ascii", "NUKIB, naive"),
        ("NÚKIB", "cp1252", "NÚKIB"),
        ("模型", "ascii", "\\u6a21\\u578b"),
        ("模型", "utf-8", "模型"),
    ],
)
def test_what_a_screen_cannot_show_keeps_its_identity(text: str, encoding: str, shown: str) -> None:
    assert encodable(text, encoding) == shown
