"""Ids planted in generated sources of every language come back exactly where they were planted."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import mentions

IDS = ("deepseek-chat", "gpt-4o-mini", "claude-3-5-sonnet-20241022", "Qwen/Qwen2.5-72B-Instruct")
EXAMPLES = settings.default.max_examples // 3 if settings.default else 33
HERE = "«»"
"""Where an id is put."""


class Sources(NamedTuple):
    """Pieces that sources of one language are made of."""

    path: str
    used: tuple[str, ...]
    """Statements whose value is the id."""
    told: tuple[str, ...]
    """Comments, and strings in which the id is a word of prose."""
    between: tuple[str, ...]
    """Code without an id that a careless reader would lose its way in."""
    header: str = ""
    footer: str = ""


_SLASHES = ("// it's «» here\n", '/* say "«» */\n', "/** it's\n * «»\n */\n")
_NESTED = ("/* a /* it's */ «» */\n",)
_ODD = ("// \" ' ` ${ #{ /*\n", "/* // ' \" */\n", "f(a / b, c / d);\n", "// \U0001f600 naïve\n")
_HASHES = ("# it's «» here\n", '# "«»\n')

LANGUAGES = (
    Sources(
        "a.py",
        (
            'model = "«»"\n',
            "run(model='«»', note='\U0001f600')\n",
            'note, model = "\U0001f600\\n\\"", "«»"\n',
            'model = """«»"""\n',
            "model = r'«»'\n",
            'x = f"{f(model="«»")} a"\n',
            'x = {"model": "«»"}\n',
        ),
        ('x = """\n\U0001f600 it\'s «» "\n"""\n', 'x = "say \\"«»\\" now"\n', *_HASHES)
        + ("x = f\"{d['k']!r:>{w}} «» {{\"\n", 'x = f"""{a}\n\\t «» """\n'),
        ("x = '#'\n", 'x = "\'"\n', "x = r'\\'\n", "'''\"'''\n", "# \" '\n", "x = f'{{'\n"),
    ),
    Sources(
        "a.js",
        (
            'const model = "«»";\n',
            "run({ model: '«»', note: '\U0001f600' });\n",
            "const model = `«»`;\n",
            "const x = `\U0001f600 ${f({ model: '«»' })} }`;\n",
        ),
        ("const x = `it's\n${a} «» ${b}`;\n", 'const x = "say \\"«»\\" now";\n', *_SLASHES),
        (*_ODD, "x = /[\"'`/]/g;\n", "return/'/.test(x)\n", "x = a++ / b; y = c / d;\n")
        + ('y = s.replace(/>/g, "&gt;").replace(/"/g, "");\n', "x = `'${`\"`}`;\n"),
    ),
    Sources(
        "a.tsx",
        (
            'const model: string = "«»";\n',
            'const x = <Chat model="«»" />;\n',
            "const x = <Chat model={'«»'}>don't {a}/{b}</Chat>;\n",
            "enum Model { A = '«»' }\n",
        ),
        ("const x = <p note='\U0001f600 it is\n  «» now'>a</p>;\n", *_SLASHES),
        (*_ODD, "const x = <p>It's https://example.org/ here</p>;\n", "const x = <b>/</b>;\n"),
    ),
    Sources(
        "a.vue",
        (
            'const model = "«»";\n',
            "run({ model: '«»' });\n",
            "const x = `${f({ model: '«»' })}`;\n",
        ),
        _SLASHES,
        (*_ODD, "x = /[\"'`/]/g;\n"),
        "<template><p title='a'>Don't {{ a ? 'b' : \"c\" }}</p></template>\n<script>\n",
        "</script>\n<style>p { content: '\\'' }</style>\n",
    ),
    Sources(
        "a.svelte",
        (
            'const model = "«»";\n',
            "run({ model: '«»' });\n",
            "const x = `${f({ model: '«»' })}`;\n",
        ),
        _SLASHES,
        (*_ODD, "x = /[\"'`/]/g;\n"),
        "<script lang=\"ts\" generics='T extends A<B>'>\n",
        "</script>\n{#if a === '}'}<p>Don't</p>{/if}\n<b>{`${c}`}</b>\n",
    ),
    Sources(
        "page.vue",
        ('<Chat model="«»" />\n', "<Chat :model=\"'«»'\" note='\U0001f600' />\n"),
        ("<!-- it's \n\"«» -->\n", "<p note='it is\n «» now'>Don't</p>\n"),
        (
            '<p>It\'s {{ a["b"] }} a/b "</p>\n',
            "<b :c=\"d ? 'e' : f\">{ {</b>\n",
            "<a>{{ `'` }}</a>\n",
        ),
        "<template>\n",
        "</template>\n<style>p { content: '\\'' }</style>\n",
    ),
    Sources(
        "page.svelte",
        ('<Chat model="«»" />\n', "<Chat model={'«»'} note='\U0001f600' />\n")
        + ("<p>{`a ${f({ model: '«»' })}`}</p>\n",),
        ("<!-- it's \n\"«» -->\n", "<p note='it is\n «» now'>Don't</p>\n"),
        (
            '<p>It\'s {a["b"]} a/b "</p>\n',
            "{#if a === '}'}<b>'</b>{:else}\"{/if}\n",
            "{@html `'`}\n",
        ),
        "<script>let a = '';</script>\n",
    ),
    Sources(
        "a.go",
        (
            'model := "«»"\n',
            "model := `«»`\n",
            'run(Options{Note: "\U0001f600", Model: "«»"})\n',
            'const Model = "«»"\n',
        ),
        ("x := `it's\n\\ «» \"`\n", 'x := "say \\"«»\\" now"\n', *_SLASHES),
        (*_ODD, "x := '\"'\n", "x := '`'\n", "x := '\\''\n"),
        "package main\n",
    ),
    Sources(
        "A.java",
        (
            'String model = "«»";\n',
            'run("\U0001f600").model("«»").build();\n',
        ),
        ('x = """\n it\'s «» "" \\""" a""";\n', 'x = "say \\"«»\\" now";\n', *_SLASHES),
        (*_ODD, "char c = '\"';\n", "char c = '\\'';\n", "char c = '\\u0022';\n"),
    ),
    Sources(
        "a.kt",
        (
            'val model = "«»"\n',
            'run(note = "\U0001f600", model = "«»")\n',
            'val model = """«»"""\n',
            'val x = "a ${f(model = "«»")} b"\n',
        ),
        ('val x = """\\ it\'s $y «» ""${z}"""\n', 'val x = "say \\"«»\\" now"\n', *_SLASHES)
        + _NESTED,
        (*_ODD, "val c = '\"'\n", "val c = '\\''\n", 'val x = """a""""\n'),
    ),
    Sources(
        "a.scala",
        (
            'val model = "«»"\n',
            'run(note = "\U0001f600", model = "«»")\n',
            'val model = """«»"""\n',
            'val x = s"a ${f(model = "«»")} b"\n',
        ),
        ('val x = s"""\\ it\'s $y «» ""${z}"""\n', 'val x = "say \\"«»\\" now"\n', *_SLASHES)
        + _NESTED,
        (*_ODD, "val c = '\"'\n", "val s = 'symbol\n", 'val x = """-D="a""""\n'),
    ),
    Sources(
        "a.cs",
        (
            'var model = "«»";\n',
            'run(note: "\U0001f600", model: "«»");\n',
            'var model = @"«»";\n',
            'var model = """«»""";\n',
            'var x = $"a {F(model: "«»")} b";\n',
            'var x = $@"a\\ ""{F(model: "«»")}"" b";\n',
        ),
        ('var x = @"c:\\ ""it\'s"" «» now";\n', 'var x = "say \\"«»\\" now";\n', *_SLASHES)
        + (
            'var x = $"{a[0]:N} «» {{";\n',
            'var x = $$"""{a} {{b}} "«" «» """;\n'.replace('«"', 'q"'),
        ),
        (*_ODD, "var c = '\"';\n", "var c = '\\'';\n", 'var x = @"\\";\n'),
    ),
    Sources(
        "a.rs",
        (
            'let model = "«»";\n',
            'run("\U0001f600", Options { model: "«»".to_string() });\n',
            'let model = r#"«»"#;\n',
            'const MODEL: &str = "«»";\n',
        ),
        (
            'let x = r##"\\ "it\'s"# «» "##;\n',
            'let x = "say \\"«»\\"\n now";\n',
            *_SLASHES,
            *_NESTED,
        ),
        (*_ODD, "fn f<'a, 'b>(x: &'a str) {}\n", "let c = '\"';\n", "let c = b'\\'';\n"),
    ),
    Sources(
        "a.rb",
        (
            'model = "«»"\n',
            "run(note: '\U0001f600', model: '«»')\n",
            "model = %q(«»)\n",
            'x = "a #{f(model: "«»")} b"\n',
            "x = <<~A\n  it's #{f(model: '«»')}\nA\n",
        ),
        ("x = <<~'A' + f(<<-B)\n  it's «»\nA\n  \"\n  B\n", 'x = "say \\"«»\\" now"\n', *_HASHES)
        + ("=begin\nit's «»\n=end\n", "x = %Q[a (b) [c] #{d} «» e]\n"),
        (
            "x =~ /[\"'#]/ and y\n",
            "x = a / b; y = c / d\n",
            "x = %w[' \"]\n",
            "# \" '\n",
            'x = ?"\n',
        )
        + ("a = [1]\nx << a\n", "x = /a#{b['c']}'/i\n"),
    ),
    Sources(
        "a.php",
        (
            '$model = "«»";\n',
            "run(['note' => '\U0001f600', 'model' => '«»']);\n",
            "const MODEL = '«»';\n",
            "$x = \"a {$o->f('b')} c\"; $model = '«»';\n",
        ),
        ("$x = <<<A\n it's {$b['c']} «»\n A;\n", "$x = 'say \\'«»\\' now';\n", "# it's «»\n")
        + (*_SLASHES, "$x = <<< 'B'\n\" «»\nB;\n"),
        (*_ODD, "?><p>Don't</p><?php\n", "// it's ?> \" <?php\n", "#[A('b')]\n"),
        "<p class='a'>It's</p>\n<?php\n",
    ),
    Sources(
        "a.swift",
        (
            'let model = "«»"\n',
            'run(note: "\U0001f600", model: "«»")\n',
            'let model = #"«»"#\n',
            'let x = "a \\(f(model: "«»")) b"\n',
        ),
        ('let x = """\n it\'s \\(y) «» "" \\"""\n """\n', 'let x = "say \\"«»\\" now"\n', *_SLASHES)
        + _NESTED,
        (*_ODD, 'let x = #"\\"#\n', 'let x = ##"a"#b"##\n', "let x = #/[\"']/#\n"),
    ),
    Sources(
        "a.dart",
        (
            "const model = '«»';\n",
            "run(note: '\U0001f600', model: \"«»\");\n",
            "final model = r'«»';\n",
            "final x = 'a ${f(model: '«»')} b';\n",
            "final model = '''«»''';\n",
        ),
        ("final x = '''it's $y ${z['q']} «» \"\"\"''';\n", 'final x = "say \\"«»\\" now";\n')
        + (*_SLASHES, *_NESTED),
        (*_ODD, "final x = r'\\';\n", 'final x = r"""\\ " """;\n'),
    ),
    Sources(
        "a.ex",
        (
            'model = "«»"\n',
            'run(note: "\U0001f600", model: "«»")\n',
            "model = ~s(«»)\n",
            'x = "a #{f(model: "«»")} b"\n',
            'x = %{"model" => "«»"}\n',
        ),
        ('@doc """\nit\'s #{y} «» ""\n"""\n', 'x = "say \\"«»\\" now"\n', "x = ~S[it's #{ «»]\n")
        + (*_HASHES, 'x = ~s|a #{b("c")} «» \' |\n'),
        ('x = ?"\n', "x = [?#, ?']\n", "x = ~r/[\"']/\n", "# \" '\n", "x = 'a#{b}'\n"),
    ),
    Sources(
        "a.cpp",
        (
            'auto model = "«»";\n',
            'run(u8"\U0001f600", {.model = "«»"});\n',
            'auto model = R"(«»)";\n',
            'const char *MODEL = L"«»";\n',
        ),
        ('auto x = R"z(\\ it\'s )" «» )z";\n', 'auto x = "say \\"«»\\" now";\n', *_SLASHES),
        (*_ODD, "int n = 1'000'000;\n", "char c = '\"';\n", "char c = '\\'';\n"),
    ),
    Sources(
        "a.lua",
        (
            'local model = "«»"\n',
            "run{ note = '\U0001f600', model = '«»' }\n",
            "local model = [[«»]]\n",
            "local model = [==[«»]==]\n",
        ),
        ("local x = [=[\nit's ]] «» ]=]\n", 'local x = "say \\"«»\\" now"\n', "-- it's «»\n")
        + ('--[[ it\'s\n"«»" ]]\n', "--[==[ ]] «» ]==]\n"),
        ("x = t[u[1]] .. 'c'\n", "-- \" ' [[\n", "x = '--'\n", "run[[ ' ]]\n"),
    ),
    Sources(
        "a.R",
        (
            'model <- "«»"\n',
            "run(note = '\U0001f600', model = '«»')\n",
            'model <- r"(«»)"\n',
            "x <- list(model = '«»')\n",
        ),
        ('x <- r"---[it\'s ]-- "«q «» ]---"\n'.replace("«q", "q"), 'x <- "say \\"«»\\"\n now"\n')
        + _HASHES,
        ("x <- `it's`\n", "x <- '#'\n", "# \" '\n", "x <- a %in% b\n", 'x <- r"{\\}"\n'),
    ),
    Sources(
        "a.jl",
        (
            'model = "«»"\n',
            'run(note="\U0001f600", model="«»")\n',
            'const MODEL = "«»"\n',
            'x = "a $(f(model="«»")) b"\n',
            'model = """«»"""\n',
        ),
        ('x = """it\'s $y $(z["q"]) «» "" """\n', 'x = "say \\"«»\\" now"\n', *_HASHES)
        + ("#= it's #= nested =# «» =#\n", 'x = md"""it\'s $( «»"""\n', 'x = raw"$( «» a"\n'),
        ("x = A' * B'\n", "x = '\"'\n", 'x = r"[\'\\"]"i\n', "# \" '\n", "x = `echo '`\n"),
    ),
    Sources(
        "a.groovy",
        (
            "def model = '«»'\n",
            'run(note: "\U0001f600", model: "«»")\n',
            'def x = "a ${f(model: "«»")} b"\n',
            "def model = '''«»'''\n",
        ),
        ('def x = """it\'s ${y["q"]} «» "" """\n', 'def x = "say \\"«»\\" now"\n', *_SLASHES),
        (*_ODD, "def x = /[\"']/\n", "x = a / b\n"),
    ),
    Sources(
        "a.sh",
        (
            'MODEL="«»"\n',
            "export MODEL='«»'\n",
            'echo "\U0001f600"; llm --model "«»"\n',
            "llm --model=«»\n",
        ),
        ("# it's «»\n",),
        (
            "# \" '\n",
            "x=${y#z} n=$#\n",
            "echo 'a # b' \"it's\"\n",
            'x="$(f "b")"\n',
            "echo a\\'b\n",
        ),
    ),
    Sources(
        "a.ps1",
        (
            '$model = "«»"\n',
            "$env:MODEL = '«»'\n",
            'Write-Host "\U0001f600"; llm --model "«»"\n',
            "$x = @{ model = '«»' }\n",
        ),
        ("# it's «»\n", "<# it's\n\"«» #>\n"),
        ("# \" '\n", "$x = 'it''s'\n", '$x = "a `" b"\n', "$x = @'\n it's \"\n'@\n"),
    ),
)


class Planted(NamedTuple):
    """A generated source, and the ids in it: line, column, text, whether it is used."""

    text: str
    ids: list[tuple[int, int, str, bool]]


@st.composite
def planted(draw: st.DrawFn, sources: Sources) -> Planted:
    """Some statements with ids, confusing code between them."""
    pieces = draw(
        st.lists(
            st.tuples(
                st.sampled_from([(text, True) for text in sources.used] * 2)
                | st.sampled_from([(text, False) for text in sources.told]),
                st.sampled_from(IDS),
                st.lists(st.sampled_from(sources.between), max_size=2),
            ),
            min_size=1,
            max_size=8,
        )
    )
    text, ids = sources.header, []
    for (statement, used), name, between in pieces:
        text += "".join(between)
        before, _, after = statement.partition(HERE)
        text += before
        line_start = text.rfind("\n") + 1
        ids.append((text.count("\n") + 1, len(text) - line_start + 1, name, used))
        text += name + after
    text += sources.footer
    return Planted(text.replace("\n", draw(st.sampled_from(["\n", "\r\n"]))), ids)


@pytest.mark.parametrize("sources", LANGUAGES, ids=lambda sources: sources.path)
def test_planted_ids_come_back(sources: Sources) -> None:
    @settings(max_examples=EXAMPLES)
    @given(planted(sources))
    def check(made: Planted) -> None:
        found = [
            (m.line, m.column, m.text, m.usage == "used")
            for m in mentions(sources.path, made.text, "model")
        ]
        assert sorted(found) == made.ids

    check()


@pytest.mark.parametrize("sources", LANGUAGES, ids=lambda sources: sources.path)
def test_cut_and_mutated_sources_are_read(sources: Sources) -> None:
    @settings(max_examples=EXAMPLES)
    @given(planted(sources), st.data())
    def check(made: Planted, data: st.DataObject) -> None:
        text = bytearray(made.text.encode())
        for _ in range(data.draw(st.integers(1, 6))):
            at = data.draw(st.integers(0, len(text)))
            text[at : at + data.draw(st.integers(0, 9))] = data.draw(
                st.binary(max_size=3) | st.sampled_from([b'"', b"'", b"\\", b"{", b"*/", b"\n"])
            )
        lines = re.split(rb"\r\n|\r|\n", bytes(text))
        for mention in mentions(sources.path, bytes(text)):
            assert 1 <= mention.line <= mention.end_line <= len(lines)
            assert mention.column >= 1

    check()
