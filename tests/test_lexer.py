"""The lexer: string forms of every language, and what must hold for any bytes at all."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stackaudit import lexer
from stackaudit.lexer_table import languages

SHORT = {
    "comment": "c",
    "docstring": "d",
    "string": "s",
    "raw": "r",
    "regex": "x",
    "head": "h",
    "middle": "m",
    "tail": "t",
}


def shown(text: str, language: str) -> list[tuple[str, str]]:
    """Kind and content of every token but brackets."""
    return [
        (SHORT[kind], text[inner:inner_end])
        for _, _, kind, inner, inner_end in lexer.tokens(text, language)
        if kind in SHORT
    ]


FORMS = [
    ("python", "'a' \"b\" # c", [("s", "a"), ("s", "b"), ("c", " c")]),
    ("python", r"""x = "a\"b" + r'\' + 'q'""", [("s", r"a\"b"), ("r", r"\' + ")]),
    ("python", "x = rb'a' + Rb'''b'c'''", [("r", "a"), ("r", "b'c")]),
    ("python", "x = f\"a{d['k']}b{{\"", [("h", "a"), ("s", "k"), ("t", "b{{")]),
    ("python", 'x = f"a{d["k"]:>{w}}b" + "c"', [("h", "a"), ("s", "k"), ("t", "b"), ("s", "c")]),
    ("python", '"""m"""\ndef f():\n  "d"\n  x = 1\n', [("d", "m"), ("d", "d")]),
    ("python", 'x = {\n  "a":\n  "b"\n}', [("s", "a"), ("s", "b")]),
    ("python", 'x = \\\n  "a"\n', [("s", "a")]),
    ("python", '"a".join(x)\n', [("s", "a")]),
    ("python", "it's\n'a'.x", [("s", "a")]),
    ("python", 'if"a" in b: pass', [("s", "a")]),
    (
        "typescript",
        "`a${f(`b${'}'}`)}c` // d",
        [("h", "a"), ("h", "b"), ("s", "}"), ("t", ""), ("t", "c"), ("c", " d")],
    ),
    ("typescript", "`a$b\nc`", [("s", "a$b\nc")]),
    ("typescript", "x = a / b / c; y = /[\"'/]/g; z = 'q'", [("x", "[\"'/]"), ("s", "q")]),
    ("typescript", "return /'/.test(x) ? 'a' : 'b'", [("x", "'"), ("s", "a"), ("s", "b")]),
    ("tsx", "<p>Don't</p>; const a = 'b'", [("s", "b")]),
    ("tsx", "<img src='a' /> /* b */", [("s", "a"), ("c", " b ")]),
    ("go", 'x := `a\\` + "b\\"" + \'c\' // d', [("r", "a\\"), ("s", 'b\\"'), ("c", " d")]),
    ("java", 'x = """\n a "b" c"""; char q = \'"\'; y = "d";', [("s", '\n a "b" c'), ("s", "d")]),
    (
        "kotlin",
        'x = """a "b" ${c["d"]}""" + "e${f("g")}"',
        [("h", 'a "b" '), ("s", "d"), ("t", ""), ("h", "e"), ("s", "g"), ("t", "")],
    ),
    ("kotlin", '/* a /* b */ c */ "d"', [("c", " a /* b */ c "), ("s", "d")]),
    (
        "scala",
        's"a${b("c")}d" + "${" + """\\"""',
        [("h", "a"), ("s", "c"), ("t", "d"), ("s", "${"), ("r", "\\")],
    ),
    ("csharp", r'@"a\" + "b" + @"c""d"', [("r", "a\\"), ("s", "b"), ("r", 'c""d')]),
    ("csharp", '$"a{b["c"]}d{{" + "e"', [("h", "a"), ("s", "c"), ("t", "d{{"), ("s", "e")]),
    ("csharp", '"""a "b" ""c""" + "" + $@"d"', [("r", 'a "b" ""c'), ("s", ""), ("r", "d")]),
    (
        "rust",
        'fn f<\'a>(x: &\'a str) { r#"b"c"#; r"\\"; b"d"; \'"\'; }',
        [("r", 'b"c'), ("r", "\\"), ("s", "d")],
    ),
    ("rust", '"a\nb" /* c /* d */ e */', [("s", "a\nb"), ("c", " c /* d */ e ")]),
    (
        "ruby",
        '"a#{h["b"]}c" + \'d\' # e',
        [("h", "a"), ("s", "b"), ("t", "c"), ("s", "d"), ("c", " e")],
    ),
    ("ruby", "%w[a b] + %q(c)", [("r", "a b"), ("r", "c")]),
    (
        "ruby",
        "f(<<~A, 'x', <<-'B')\n a\nA\n b\nB\n'c'",
        [("s", "x"), ("s", " a\n"), ("r", " b\n"), ("s", "c")],
    ),
    ("ruby", "x << 'a'\ny <<Z\n'b'", [("s", "a"), ("s", "b")]),
    ("ruby", "=begin\n'a'\n=end\n'b'", [("c", "begin\n'a'"), ("s", "b")]),
    ("ruby", "x =~ /['\"]/ and y = 'a'", [("x", "['\"]"), ("s", "a")]),
    (
        "php",
        "<p class='a'>Don't</p><?php $x = \"b{$c['d']}e\"; // f ?> it's <?= 'g' ?>",
        [("r", "a"), ("h", "b"), ("s", "d"), ("t", "e"), ("c", " f "), ("s", "g")],
    ),
    (
        "php",
        "<?php\n$x = <<<A\n a\n A;\n$y = <<<'B'\nb\nB;\n#[C('d')]\n# e",
        [("s", " a\n"), ("r", "b\n"), ("s", "d"), ("c", " e")],
    ),
    (
        "swift",
        'x = "a\\(f("b"))c" + #"d\\"# + """\ne"f"""',
        [("h", "a"), ("s", "b"), ("t", "c"), ("r", "d\\"), ("s", '\ne"f')],
    ),
    (
        "dart",
        "x = 'a${m['b']}c' + r'd\\' + '''e'f'''",
        [("h", "a"), ("s", "b"), ("t", "c"), ("r", "d\\"), ("s", "e'f")],
    ),
    (
        "elixir",
        '@doc """\na\n"""\n~s(b) <> ~w[c d] <> "e#{f}g"',
        [("d", "\na\n"), ("s", "b"), ("s", "c d"), ("h", "e"), ("t", "g")],
    ),
    ("cpp", 'x = R"z(a"b)z" + L"c"; int n = 1\'000; // d', [("r", 'a"b'), ("s", "c"), ("c", " d")]),
    (
        "lua",
        "x = [[a]] --[==[ b ]] ]==] y = t[u[1]] .. 'c' -- d",
        [("r", "a"), ("c", " b ]] "), ("s", "c"), ("c", " d")],
    ),
    ("r", 'x <- r"(a"b)" # c\ny <- \'d\'', [("r", 'a"b'), ("c", " c"), ("s", "d")]),
    (
        "julia",
        'x = "a$(f("b"))c" #= d =# * y\'',
        [("h", "a"), ("s", "b"), ("t", "c"), ("c", " d ")],
    ),
    (
        "groovy",
        "x = 'a' + \"b${c['d']}e\" // f",
        [("s", "a"), ("h", "b"), ("s", "d"), ("t", "e"), ("c", " f")],
    ),
    ("sql", "SELECT 'a''b', \"c\" -- d", [("r", "a''b"), ("r", "c"), ("c", " d")]),
    (
        "shell",
        'x="a $(f "b") c" # d\ny=${z#q} $# \'e\'\ncat <<E\n f\nE\n',
        [("h", "a "), ("s", "b"), ("t", " c"), ("c", " d"), ("r", "e"), ("s", " f\n")],
    ),
    (
        "vue",
        "<p title='a'>Don't</p><script>x = 'b' // c\n</script><!-- d -->",
        [("r", "a"), ("s", "b"), ("c", " c"), ("c", " d ")],
    ),
    ("typescript", "f(){return/'/.test(x)} 'a'", [("x", "'"), ("s", "a")]),
    (
        "typescript",
        "s.replace(/>/g, '\"').b(/[/']\\//)",
        [("x", ">"), ("s", '"'), ("x", "[/']\\/")],
    ),
    ("tsx", "<b>/</b>; <i/>; a = 'b'", [("s", "b")]),
    ("tsx", '<p a="b\nc">https://d.e/\'</p>', [("r", "b\nc")]),
    ("kotlin", '"""a\\""" + \'"\' + """b""""', [("r", "a\\"), ("r", 'b"')]),
    ("scala", 's"""a$b"""" + """c"""" + "d"', [("r", 'a$b"'), ("r", 'c"'), ("s", "d")]),
    (
        "csharp",
        '$@"a\\{b["c"]}""d" + $$"""e{f}{{g}}h"""',
        [("h", "a\\"), ("s", "c"), ("t", '""d'), ("h", "e{f}"), ("t", "}h")],
    ),
    (
        "ruby",
        "x = <<~A\n a#{b('c')}d\nA\n'e'",
        [("h", " a"), ("s", "c"), ("t", "d\n"), ("s", "e")],
    ),
    ("ruby", "x = <<~A\n a#{b('c'\nA\n'e'", [("h", " a"), ("s", "c"), ("t", ""), ("s", "e")]),
    (
        "ruby",
        "x = %(a (b) #{c}) + /d#{e}'/ + %r{f{1}'}",
        [("h", "a (b) "), ("t", ""), ("h", "d"), ("t", "'"), ("s", "f{1}'")],
    ),
    ("ruby", "x = /\n a' # b\n/x + 'c'", [("x", "\n a' # b\n"), ("s", "c")]),
    (
        "php",
        "<?php $x = <<< A\n a{$b['c']}d\n  A;\n'e'",
        [("h", " a"), ("s", "c"), ("t", "d\n"), ("s", "e")],
    ),
    (
        "elixir",
        "~S[a\\] #{b}] ~s|c#{d}| [?#, ?'] ~r/e'/",
        [("r", "a\\] #{b}"), ("h", "c"), ("t", ""), ("s", "e'")],
    ),
    ("lua", "f[[a']] .. t[u[1]]", [("r", "a'")]),
    (
        "julia",
        '#= a #= b =# c =# raw"$(d" A\' * B\' md"""$(e"""',
        [("c", " a #= b =# c "), ("r", "$(d"), ("s", "$(e")],
    ),
    ("r", 'r\'[a"]\' + R"---{b}--"}---"', [("r", 'a"'), ("r", 'b}--"')]),
    (
        "shell",
        "cat << 'A' <<-B\n'c\nA\nd $(e \"f\")\n\tB\n'g' $'h\\'i' \"${x:-\"j\"}\"",
        [("r", "'c\n"), ("h", "d "), ("s", "f"), ("t", "\n")]
        + [("r", "g"), ("s", "h\\'i"), ("s", '${x:-"j"}')],
    ),
    (
        "swift",
        '#/["]/# + "a" /* b /* c */ d */',
        [("r", '["]'), ("s", "a"), ("c", " b /* c */ d ")],
    ),
    (
        "dart",
        "/* a /* b */ c */ r'''d\\''' '$e'",
        [("c", " a /* b */ c "), ("r", "d\\"), ("s", "$e")],
    ),
    (
        "vue",
        "<p :a=\"'b'\">{{ c ? 'd' : `e` }} it's</p><script src='f'>g = 'h'</script>",
        [("r", "b"), ("s", "d"), ("s", "e"), ("r", "f"), ("s", "h")],
    ),
    ("svelte", "<p a={'b'}>{#if c === '}'}it's{/if}</p>", [("s", "b"), ("s", "}")]),
    (
        "brainfuck",
        "x = 'a' # b\ny = \"c\" // d",
        [("s", "a"), ("c", " b"), ("s", "c"), ("c", " d")],
    ),
]


@pytest.mark.parametrize(("language", "text", "expected"), FORMS)
def test_string_forms(language: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert shown(text, language) == expected


def test_stops_after_upto_but_completes_an_open_string() -> None:
    text = "'a'; `b${c}d`; 'e'"
    kinds = [t[2] for t in lexer.tokens(text, "javascript", upto=text.index("b"))]
    assert kinds == ["string", "head", "open", "close", "tail"]


PIECES = st.sampled_from(
    [
        "'",
        '"',
        "`",
        '"""',
        "'''",
        "\\",
        "\n",
        "/",
        "/*",
        "*/",
        "//",
        "#",
        "--",
        "[[",
        "]]",
        "${",
        "#{",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "\\(",
        "$(",
        'f"',
        'r#"',
        '"#',
        'R"(',
        '$"',
        '@"',
        "<<A\n",
        "\nA\n",
        "<<~'A'",
        "%w[",
        "~s(",
        "=begin",
        "\n=end",
        "<?php ",
        "?>",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "x",
        " ",
        "=",
        "=>",
        ":",
        ",",
        ";",
        "if",
        "return ",
        "a.b",
        "\x00",
        "é",
        "\xff",
        "'a'",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join), st.sampled_from(languages()))
def test_any_text_gives_sorted_tokens(text: str, language: str) -> None:
    last = 0
    for start, end, _, inner, inner_end in lexer.tokens(text, language):
        assert last <= start <= inner <= inner_end <= end <= len(text)
        last = end


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(languages()))
def test_any_bytes_are_read(data: bytes, language: str) -> None:
    list(lexer.tokens(data.decode("latin-1"), language))


@pytest.mark.parametrize("row", FORMS, ids=lambda row: row[0])
def test_every_cut_of_a_form_is_read(row: tuple[str, str, list[tuple[str, str]]]) -> None:
    language, text, _ = row
    for cut in range(len(text)):
        list(lexer.tokens(text[:cut], language))
        list(lexer.tokens(text[cut:], language))


HOSTILE = [
    "<<A ",
    '"\n',
    '"',
    "'",
    "`",
    '"""',
    "/*",
    "/[",
    "\\",
    '\\"',
    "${",
    "`${",
    '"${',
    '"#{',
    'f"{',
    'r#"',
    'R"a(',
    "<<A\n",
    "<<<A\n",
    "([{",
    ")",
    "[[",
    "%w[",
    "/* /* */ ",
    "<?php ?>",
    '"x" + ',
    "= /[a",
    "= /[\\a",
    "%(a ",
    "~s(",
    "<script/>",
    "<style ",
    "{{",
    "#= ",
    "--[[",
    '$@"{',
    "<?php <<<A\n ?>",
]


@pytest.mark.parametrize("unit", HOSTILE)
@pytest.mark.parametrize(
    "language",
    ["python", "typescript", "csharp", "rust", "ruby", "php", "kotlin", "elixir", "julia", "vue"],
)
def test_cost_grows_linearly(unit: str, language: str) -> None:
    def cost(size: int) -> float:
        text = unit * (size // len(unit))
        best = 9.0
        for _ in range(2):
            began = time.process_time()
            for _ in lexer.tokens(text, language):
                pass
            best = min(best, time.process_time() - began)
        return best

    assert cost(30_000) <= 25 * max(cost(3_000), 0.001)


WORD = re.compile("needle")


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_planted_words_come_back_where_they_were_planted(data: st.DataObject) -> None:
    language, forms = data.draw(st.sampled_from(sorted(PLANTS.items())))
    chosen = data.draw(st.lists(st.sampled_from(forms), min_size=1, max_size=12))
    text = "".join(
        f"{filler}{data.draw(st.sampled_from(FILLERS[language]))}" for filler, _ in chosen
    )
    wanted = [kind for _, kind in chosen]
    tokens = list(lexer.tokens(text, language))
    found = []
    for match in WORD.finditer(text):
        inside = [t[2] for t in tokens if t[3] <= match.start() and match.end() <= t[4]]
        found.append(inside[0] if inside else "code")
    assert found == wanted


PLANTS = {
    "python": [
        ("x = 'needle'\n", "string"),
        ('x = """a\nneedle"""\n', "string"),
        ("# needle's\n", "comment"),
        ("needle = 1\n", "code"),
        ("r'\\needle'\n", "docstring"),
        ("y = f'{a}needle'\n", "tail"),
        ("y = f'{needle}'\n", "code"),
    ],
    "typescript": [
        ("x = 'needle';\n", "string"),
        ("x = `needle${'a'}`;\n", "head"),
        ("/* don't needle */\n", "comment"),
        ("x = `${needle}`;\n", "code"),
        ("x = /needle'/;\n", "regex"),
        ("// needle`\n", "comment"),
    ],
    "go": [
        ("x := `needle\\`\n", "raw"),
        ('x := "\\"needle"\n', "string"),
        ("// needle's\n", "comment"),
        ("needle()\n", "code"),
    ],
    "rust": [
        ('x = r#"needle"" "#;\n', "raw"),
        ('x = "\\"needle";\n', "string"),
        ("/* needle /* ' */ */\n", "comment"),
        ("f::<'a, needle>(x);\n", "code"),
    ],
    "csharp": [
        ('x = @"needle\\";\n', "raw"),
        ('x = $"{a}needle";\n', "tail"),
        ('x = """needle "q" """;\n', "raw"),
        ("/// needle's\n", "comment"),
        ("needle();\n", "code"),
    ],
}
FILLERS = {
    "python": ["", "\n", "a = b['c']\n", "d = (1, '#')\n", 'e = "\'"\n'],
    "typescript": ["", "\n", "a = b / c;\n", "d = '`';\n", "f(`'`, /[/]/);\n"],
    "go": ["", "\n", "a := 'b'\n", 'c := "`"\n'],
    "rust": ["", "\n", "fn a<'b>() {}\n", "c = '\"';\n"],
    "csharp": ["", "\n", "a = '\"';\n", 'b = @"""";\n', 'c = "";\n'],
}
