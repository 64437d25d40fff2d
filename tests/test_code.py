"""The reader of source code: regions, spans, values, links, and what must hold for any bytes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stackaudit.detect import code
from stackaudit.detect.entry import Entry
from stackaudit.lexer_table import languages


def read(language: str, text: str, word: str = "needle") -> list[Entry]:
    return list(code.entries(text, language, [m.start() for m in re.finditer(word, text)]))


REGIONS = [
    ("python", "# a needle\n", "comment", " a needle"),
    ("python", '"""needle\nb"""\n', "docstring", "needle\nb"),
    ("python", "x = 'a needle b'", "string", "a needle b"),
    ("python", "import needle.b as c", "code", "needle.b"),
    ("python", "x = a.needle_b + 1", "code", "a.needle_b"),
    ("typescript", "x = `a${b}/needle${c}`", "string", "a${b}/needle${c}"),
    ("typescript", "x = `a${needle.b}`", "code", "needle.b"),
    ("typescript", "x = `a${f('needle')}`", "string", "needle"),
    ("csharp", "using A.Needle.B;", "code", "A.Needle.B"),
    ("rust", "use needle::Client;", "code", "needle::Client"),
    ("php", "<p>needle-4</p>\n<?php $a = 1;", "prose", "needle-4"),
    ("php", "<?php use A\\needle\\B;", "code", "A\\needle\\B"),
    ("vue", "<b a='needle'>c</b>", "string", "needle"),
    ("vue", "<b>it's {{ needle }}</b>", "code", "needle"),
    ("vue", "<b :a=\"'needle'\">c</b>", "string", "needle"),
    ("vue", "<script src='needle'></script>", "string", "needle"),
    ("svelte", "<b a={needle}>it's</b>", "code", "needle"),
    ("svelte", "{#if a}needle{/if}", "prose", "needle"),
    ("ruby", "x = <<~A\n'#{needle}\nA\n", "code", "needle"),
    ("ruby", "x = /a#{b}needle/", "string", "a#{b}needle"),
    ("csharp", 'x = $"""{needle}""";', "code", "needle"),
    ("shell", "run needle-4/b", "code", "needle-4/b"),
    ("go", "// needle\n", "comment", " needle"),
]


@pytest.mark.parametrize(("language", "text", "region", "value"), REGIONS)
def test_region_and_span(language: str, text: str, region: str, value: str) -> None:
    (entry,) = read(language, text, "(?i)needle")
    assert (entry.region, text[entry.start : entry.end]) == (region, value)


VALUES = [
    ("python", r'x = "a\"needle\n"', 'a"needle\n'),
    ("python", r'x = r"a\needle"', ""),
    ("python", r'x = "\u0041\x42needle"', "ABneedle"),
    ("python", 'x = "a\\\nneedle"', "aneedle"),
    ("python", 'x = "plain needle"', ""),
    ("rust", r'let x = "\u{41}needle";', "Aneedle"),
    ("rust", r'let x = r#"\u{41}needle"#;', ""),
    ("csharp", r'var x = @"c:\needle";', ""),
    ("go", "x := `a\\needle`", ""),
]


@pytest.mark.parametrize(("language", "text", "value"), VALUES)
def test_value_is_given_where_escapes_change_it(language: str, text: str, value: str) -> None:
    (entry,) = read(language, text)
    assert entry.text == value


def test_escaped_value_keeps_text_beyond_ascii() -> None:
    source = 'x = "ä\\n"'.encode().decode("latin-1")
    assert [e.text for e in code.entries(source, "python", None)] == ["ä\n"]


JOINED = [
    ("python", 'x = "a" + needle + "needle"', True),
    ("python", 'x = ("a"\n     "needle")', True),
    ("python", 'x = "needle-{}".format(y)', True),
    ("python", 'x = f"needle-{y}"', True),
    ("python", 'x = ["a", "needle"]', False),
    ("python", 'x = f"needle"', False),
    ("python", 'x = "needle"\n"b"', False),
    ("typescript", "x = 'needle' + y", True),
    ("typescript", "x = `needle${y}`", True),
    ("typescript", "x = ['needle', 'b']", False),
    ("php", "<?php $x = 'needle' . $y;", True),
    ("lua", "x = 'needle' .. y", True),
]


@pytest.mark.parametrize(("language", "text", "joined"), JOINED)
def test_parts_of_a_longer_string_are_linked_as_such(
    language: str, text: str, joined: bool
) -> None:
    entry = next(e for e in read(language, text) if e.region == "string")
    assert any(link.startswith("join:") for link in entry.links) is joined


def test_links_name_the_enclosing_brackets_innermost_first() -> None:
    text = "function f() { return g({ a: h('needle') }) }"
    (entry,) = read("typescript", text)
    brackets = [int(link.split(":")[1]) for link in entry.links]
    assert [link.split(":")[0] for link in entry.links] == ["call", "block", "call", "block"]
    assert [text[at] for at in brackets] == ["(", "{", "(", "{"]
    assert brackets == sorted(brackets, reverse=True)


def test_values_of_one_call_share_its_link() -> None:
    text = 'c = Client(\n  url="needle1",\n  model=f(1) or "needle2",\n)\nd = Client(url="needle3")'
    first, second, third = read("python", text)
    assert first.links == second.links != third.links
    assert [first.assigned, second.assigned, third.assigned] == ["c", "c", "d"]


def test_all_strings_and_comments_without_offsets() -> None:
    text = "a = 'b' # c\nd = e\n"
    assert [(e.region, text[e.start : e.end]) for e in code.entries(text, "python")] == [
        ("string", "b"),
        ("comment", " c"),
    ]


def test_no_offsets_no_entries() -> None:
    assert list(code.entries("a = 'b'", "python", [])) == []


def test_two_hits_in_one_token_are_one_entry() -> None:
    assert len(read("python", "x = 'needle needle' # needle needle\nneedle.needle")) == 3


def test_a_string_around_holes_comes_before_the_strings_in_them() -> None:
    text = "x = `needle${f('needle')}needle`"
    first, second = read("typescript", text)
    assert (text[first.start : first.end], text[second.start : second.end]) == (
        text[5:-1],
        "needle",
    )


def test_cut_off_interpolation_is_still_reported() -> None:
    (entry,) = read("typescript", "x = `needle${a")
    assert (entry.region, entry.keys) == ("string", ("x",))


def test_stray_brackets_do_not_lose_the_call_around() -> None:
    (entry,) = read("python", 'f(a] , model="needle")')
    assert entry.keys == ("f", "model")


def test_very_many_and_very_deep_values_are_still_found() -> None:
    deep = "f(" * 3000 + '"needle"'
    assert [e.region for e in read("python", deep)] == ["string"]
    wide = 'x = ["needle", ' + '"needle", ' * 5000 + "]"
    entries = read("python", wide)
    assert len(entries) == 5001
    assert {e.keys for e in entries} == {("x",)}


PIECES = st.sampled_from(
    [
        "'",
        '"',
        "`",
        '"""',
        "\\",
        "\n",
        "//",
        "#",
        "${",
        "#{",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        'f"',
        '$"',
        "<<A\n",
        "\nA\n",
        "<?php ",
        "?>",
        "<script>",
        "</script>",
        "=",
        "=>",
        "->",
        ":",
        ",",
        ";",
        ".",
        "::",
        "?",
        "??",
        "||",
        "+",
        "==",
        " in ",
        "case ",
        "return ",
        "if ",
        "new ",
        "class ",
        "fn ",
        "needle",
        "'needle'",
        '"needle"',
        "a.b",
        "a",
        " ",
        "<",
        ">",
        "\x00",
        "é",
        "&",
        "*",
        "@",
        "!",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=50).map("".join), st.sampled_from(languages()))
def test_every_hit_is_in_exactly_one_entry_of_any_text(text: str, language: str) -> None:
    offsets = [m.start() for m in re.finditer("needle", text)]
    entries = list(code.entries(text, language, offsets))
    for entry in entries:
        assert 0 <= entry.start <= entry.end <= len(text)
        assert entry.region in ("string", "comment", "docstring", "code", "prose")
        assert len(entry.keys) <= 4
    for offset in offsets:
        assert any(entry.start <= offset < entry.end for entry in entries)


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=300),
    st.lists(st.integers(0, 299), max_size=10),
    st.sampled_from(languages()),
)
def test_any_bytes_and_offsets_are_read(data: bytes, offsets: list[int], language: str) -> None:
    list(code.entries(data.decode("latin-1"), language, sorted(set(offsets))))
    list(code.entries(data.decode("latin-1"), language, None))
