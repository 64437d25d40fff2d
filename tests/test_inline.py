"""Inline ignores: a comment counts in every language and format, a string in none."""

from __future__ import annotations

import json
import re
import time
from datetime import date
from pathlib import Path

import pytest
from running import run

from stackaudit import config, inline, lexer_table, source
from stackaudit.detect.readers import reader_for
from stackaudit.engine import scan
from stackaudit.languages import language_of
from stackaudit.model import Finding, Occurrence, Report

TODAY = date(2026, 11, 22)
RULE = "baseline/compelled-access"
SAID = f"stackaudit: ignore[{RULE}] ours"
URL = "https://api.deepseek.com"

#: File, and a text in which ``@`` is the directive and ``URL`` the place it speaks of.
COMMENTS = [
    ("a.py", 'base_url = "URL"  # @'),
    ("a.py", '# @\nbase_url = "URL"'),
    ("a.py", '# @\n# which goes on here\nbase_url = "URL"'),
    ("a.py", 'base_url = f"{x["#"]}URL"  # noqa: E501  # @'),
    ("a.py", 'base_url = """\nURL"""  # @'),
    ("a.js", 'const base_url = "URL"; // @'),
    ("a.js", "const base_url = `${'//'}URL`; /* @ */"),
    ("a.jsx", '<A\n  base_url="URL" /* @ */\n/>'),
    ("a.jsx", '<A>\n{/* @ */}\n<B base_url="URL"/></A>'),
    ("a.ts", '/*\n * Ours.\n * @\n */\nconst base_url: string = "URL";'),
    ("a.tsx", 'const base_url = "URL"; // @'),
    ("a.vue", '<script>\nconst base_url = "URL" // @\n</script>'),
    ("a.vue", '<template>\n<!-- @ -->\n<a href="URL"/></template>'),
    ("a.svelte", '<script>\n// @\nconst base_url = "URL"\n</script>'),
    ("a.go", 'package a\n\nvar apiBase = "URL" // @'),
    ("a.java", 'class A {\n  /** @ */\n  String baseUrl = "URL";\n}'),
    ("a.kt", 'val baseUrl = "URL" // @'),
    ("a.kt", '/* outer /* inner */ @ */\nval baseUrl = "URL"'.replace("@", "# @")),
    ("a.cs", '/// @\nvar baseUrl = "URL";'),
    ("a.rs", '/// @\nconst API_BASE: &str = "URL";'),
    ("a.rs", '//! Docs.\n//! @\nconst API_BASE: &str = "URL";'),
    ("a.rb", 'base_url = "URL" # @'),
    ("a.rb", '=begin\n@\n=end\nbase_url = "URL"'),
    ("a.erb", '<%# @ %>\n<% base_url = "URL" %>'),
    ("a.php", '<?php\n$base_url = "URL"; # @\n'),
    ("a.php", '<?php\n// @\n$base_url = "URL";\n'),
    ("a.swift", 'let apiBase = "URL" // @'),
    ("a.scala", 'val baseUrl = "URL" // @'),
    ("a.dart", "final baseUrl = 'URL'; // @"),
    ("a.ex", 'base_url = "URL" # @'),
    ("a.cpp", 'auto base_url = "URL"; // @'),
    ("a.c", '/* @ */ char *base_url = "URL";'),
    ("a.m", 'NSString *apiBase = @"URL"; // @'.replace('@"', "@@", 1).replace("@@", '\0"')),
    ("a.lua", 'local base_url = "URL" -- @'),
    ("a.lua", '--[[ @ ]]\nlocal base_url = "URL"'),
    ("a.r", 'base_url <- "URL" # @'),
    ("a.jl", 'base_url = "URL" # @'),
    ("a.jl", '#= @ =#\nbase_url = "URL"'),
    ("a.groovy", 'def baseUrl = "URL" // @'),
    ("a.nix", '{ apiBase = "URL"; } # @'),
    ("a.nix", '/* @ */\n{ apiBase = "URL"; }'),
    ("a.sql", "INSERT INTO t VALUES ('URL'); -- @"),
    ("a.sql", "/* @ */\nINSERT INTO t VALUES ('URL');"),
    ("a.sh", 'API_BASE="URL" # @'),
    ("a.sh", "# @\nexport API_BASE=URL"),
    ("a.bat", "rem @\nset API_BASE=URL"),
    ("a.bat", ":: @\nset API_BASE=URL"),
    ("a.ps1", '$BaseUrl = "URL" # @'),
    ("a.ps1", '<# @ #>\n$BaseUrl = "URL"'),
    ("Dockerfile", "FROM x\n# @\nENV API_BASE=URL"),
    ("Dockerfile", "FROM x\nRUN true \\\n  # @\n  && curl URL"),
    ("Makefile", "# @\nAPI_BASE = URL"),
    ("Makefile", "a:\n\tcurl URL # @"),
    ("Modelfile", "# @\nPARAMETER base_url URL"),
    ("a.yaml", "base_url: URL # @"),
    ("a.yaml", 'llm:\n  # @\n  base_url: "URL"'),
    ("a.yaml", "a: {base_url: URL} # @"),
    ("ci.yaml", "run: |\n  # @\n  curl URL\n"),
    ("chart.yaml", "{{/* @ */}}\nbase_url: URL"),
    ("a.yaml.j2", "{# @ #}\nbase_url: URL"),
    ("a.jsonc", '{"base_url": "URL" // @\n}'),
    ("a.json5", '{/* @ */ "base_url": "URL"}'),
    ("a.toml", 'base_url = "URL" # @'),
    ("a.toml", '[llm] # here\n# @\nbase_url = "URL"'),
    ("a.ini", "[llm]\n; @\nbase_url = URL"),
    ("a.ini", "[llm]\nbase_url = URL ; @"),
    ("a.properties", "! @\nbase_url=URL"),
    (".env", "API_BASE=URL # @"),
    (".env", "# @\nAPI_BASE=URL"),
    ("a.xml", "<a>\n<!-- @ -->\n<base_url>URL</base_url></a>"),
    ("a.tf", 'base_url = "URL" # @'),
    ("a.tf", '// @\nbase_url = "URL"'),
    ("a.tf", '/*\n@\n*/\nbase_url = "URL"'),
    ("a.bicep", "// @\nparam baseUrl string = 'URL'"),
    ("a.md", "<!-- @ -->\nSee URL for more."),
    ("a.mdx", "{/* @ */}\nSee URL for more."),
    ("a.rst", ".. @\n\nSee URL.".replace("\n\n", "\n")),
    ("a.html", "<!-- @ -->\n<p>URL</p>"),
    ("a.html", '<script>\nvar base_url = "URL"; // @\n</script>'),
    ("a.hbs", "{{!-- @ --}}\n<p>URL</p>"),
    ("a.twig", "{# @ #}\n<p>URL</p>"),
    ("requirements.txt", "# @\n--extra-index-url URL"),
    ("a.tex", "% @\nURL"),
    ("a.hs", '-- @\nbaseUrl = "URL"'),
    ("a.clj", '(def base-url "URL") ; @'),
    ("a.css", "/* @ */\na { b: url(URL) }"),
]  # fmt: skip
#: The same with something that only looks like a comment.
STRINGS = [
    ("a.py", 'f(base_url="URL", user="# @")'),
    ("a.py", '"""\n# @\n"""\nbase_url = "URL"'),
    ("a.py", 'def f():\n    """@"""\n    return g(base_url="URL")'),
    ("a.py", "x = '''\n# @\nURL'''"),
    ("a.js", 'f("// @", {base_url: "URL"})'),
    ("a.js", "const x = `\n// @\nURL`"),
    ("a.js", "const re = /\\/\\/ @/, base_url = 'URL'"),
    ("a.go", "var x = `\n// @\nURL`"),
    ("a.java", 'f("/* @ */", "URL");'),
    ("a.kt", 'val x = """\n// @\nURL"""'),
    ("a.cs", 'var x = @"\n// @\nURL";'.replace('@"', '\0"')),
    ("a.rs", 'let x = r#"\n// @\nURL"#;'),
    ("a.rb", "x = <<~EOS\n# @\nURL\nEOS"),
    ("a.php", '<?php f("# @", "URL");'),
    ("a.swift", 'f("// @", "URL")'),
    ("a.scala", 'f("// @", "URL")'),
    ("a.dart", "f('// @', 'URL');"),
    ("a.ex", '@doc "# @"\nbase_url = "URL"'.replace("@doc", "\0doc")),
    ("a.cpp", 'f(R"(\n// @\nURL)");'),
    ("a.lua", "f([[\n-- @\nURL]])"),
    ("a.r", 'f("# @", "URL")'),
    ("a.jl", 'f("# @", "URL")'),
    ("a.groovy", "f('// @', 'URL')"),
    ("a.nix", "x = ''\n# @\nURL'';"),
    ("a.sql", "INSERT INTO t VALUES ('-- @', 'URL');"),
    ("a.sh", 'f "# @" "URL"'),
    ("a.sh", "f '\n# @\nURL'"),
    ("a.ps1", 'f "# @" "URL"'),
    ("a.bat", "set X=rem @ & set API_BASE=URL"),
    ("Dockerfile", 'FROM x\nENV A="# @" API_BASE=URL'),
    ("a.yaml", 'a: {b: "# @", base_url: URL}'),
    ("a.yaml", "prompt: |\n  # @\n  See URL for more.\n"),
    ("a.json", '{"a": "// @", "base_url": "URL"}'),
    ("a.toml", 'a = {b = "# @", base_url = "URL"}'),
    ("a.toml", 'a = """\n# @\nURL"""'),
    ("a.ini", '[a]\nbase_url = "URL;# @"'),
    ("a.properties", "base_url=URL # @"),
    (".env", 'API_BASE="URL # @"'),
    ("a.xml", '<a b="# @" base_url="URL"/>'),
    ("a.tf", 'base_url = "URL" == "# @"'),
    ("a.tf", "x = <<EOF\n# @\nSee URL\nEOF"),
    ("a.bicep", "param a string = 'URL // @'"),
    ("a.md", "`<!-- @ -->`\nSee URL."),
    ("a.md", "Write # @\nSee URL."),
    ("a.rst", "``.. @``\nSee URL."),
    ("a.html", '<p title="// @">\nURL</p>'),
    ("a.vue", '<script>\nf("// @", "URL")\n</script>'),
    ("a.svelte", '<script>\nf("// @", "URL")\n</script>'),
    ("a.txt", 'Write "# @" beside it: URL'),
    ("a.csv", "a,b\n# @,URL"),
]  # fmt: skip


def finding(folder: Path, file: str) -> Finding:
    """One at every place of the URL that is not on the comment's own words."""
    opened = source.read(folder, file, 1 << 20)
    assert isinstance(opened, source.SourceFile)
    places = [opened.position(found.start()) for found in re.finditer(URL.encode(), opened.data)]
    occurrences = tuple(
        Occurrence(file, line, column, line, column + len(URL), URL, "used", "base_url", "test")
        for line, column in places
    )
    return Finding(
        "f" * 16, RULE, "baseline", "high", "obligation", "high", "t", "m", "r", "endpoint:x",
        occurrences, (), "open",
    )  # fmt: skip


def lifted(folder: Path, file: str, text: str) -> inline.Lifted:
    text = text.replace("URL", URL).replace("@", SAID).replace("\0", "@")
    (folder / file).write_text(f"{text}\n")
    found, known = finding(folder, file), {RULE, "baseline/other"}
    return inline.apply([found], folder, 1 << 20, [file], lambda: known, lambda path: {"baseline"})


@pytest.mark.parametrize(("file", "text"), COMMENTS)
def test_a_comment_lifts_what_it_speaks_of(tmp_path: Path, file: str, text: str) -> None:
    told = lifted(tmp_path, file, text)
    assert [found.status for found in told.findings] == ["waived"]
    assert told.findings[0].waiver.startswith(f"ours ({file}:")
    assert told.notes == ()


@pytest.mark.parametrize(("file", "text"), STRINGS)
def test_a_string_lifts_nothing(tmp_path: Path, file: str, text: str) -> None:
    told = lifted(tmp_path, file, text)
    assert [found.status for found in told.findings] == ["open"]
    assert told.notes == ()


def test_every_language_and_format_is_tried() -> None:
    tried = {language_of(file) for file, _ in COMMENTS}
    shared = {"generic", "markup", "bash", "c", "objc", "jsx", "tsx"}  # rows without files
    assert set(lexer_table.languages()) - shared <= tried
    without = {"csv", "notebook"}  # the one has none, the other a test of its own
    known = {"batch", "bicep", "dockerfile", "env", "hcl", "html", "ini", "json", "makefile",
             "markdown", "modelfile", "powershell", "properties", "rst", "shell", "text", "toml",
             "xml", "yaml"}  # fmt: skip
    assert all(reader_for(language) for language in known)
    assert known <= tried and not without & tried


@pytest.mark.parametrize("lines", [True, False], ids=["a string a line", "one string"])
def test_cells_of_notebooks(tmp_path: Path, lines: bool) -> None:
    code = f'a = f(base_url="{URL}")\nb = f(base_url="{URL}")  # {SAID}\nprint("# {SAID}")\n'
    cells = [
        {"cell_type": "markdown", "source": "<!-- stackaudit: ignore[baseline/x] ours -->"},
        {
            "cell_type": "code",
            "source": code.splitlines(keepends=True) if lines else code,
            "outputs": [{"text": f"# {SAID}"}],
        },
    ]
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": cells}, indent=1))
    report = judged(tmp_path)
    (found,) = (f for f in report.findings if f.rule == RULE)
    (place,) = found.occurrences
    line = (tmp_path / "a.ipynb").read_text().splitlines()[place.line - 1]
    assert "a = f(" in line[: place.column]
    assert "b = f(" not in line[: place.column]
    (note,) = report.waiver_notes
    assert (note.state, note.place) == ("faulty", "a.ipynb:5")


def judged(folder: Path) -> Report:
    return scan(folder, config.load(folder, {}), as_of=TODAY)


# --- comments that lift nothing -------------------------------------------------------------

APP = f'c = OpenAI(base_url="{URL}")'


def notes(report: Report) -> list[tuple[str, str]]:
    return [(note.state, note.place) for note in report.waiver_notes]


@pytest.mark.parametrize(
    ("rules", "idle"),
    [
        ("baseline/compelled-access", ""),
        ("baseline/*", ""),
        ("baseline/unknown-model", "baseline/unknown-model"),
        ("baseline/compelled-access, baseline/unknown-model", "baseline/unknown-model"),
        ("baseline/unknown-*", "baseline/unknown-*"),
        ("finance/*", ""),  # its pack does not judge here
        ("*", ""),
    ],
)
def test_a_comment_that_lifts_nothing_is_told(tmp_path: Path, rules: str, idle: str) -> None:
    (tmp_path / "app.py").write_text(f"{APP}  # stackaudit: ignore[{rules}] ours\n")
    report = judged(tmp_path)
    assert notes(report) == ([("unused", "app.py:1")] if idle else [])
    if idle:
        assert f"ignore[{idle}] lifts nothing" in report.waiver_notes[0].message


def test_it_is_told_in_files_without_any_finding_too(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text(f"# {SAID}\n\n{APP}\n")
    (tmp_path / "plain.go").write_text(f"package a\n\n// {SAID}\nvar x = 1\n")
    report = judged(tmp_path)
    assert notes(report) == [("unused", "other.py:1"), ("unused", "plain.go:3")]
    assert "on line 2, which it speaks of" in report.waiver_notes[0].message


def test_a_part_of_the_tree_tells_nothing_of_it(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "stackaudit.toml").touch()
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.py").write_text(f"x = 1  # {SAID}\n")
    assert notes(judged(tmp_path)) == [("unused", "src/a.py:1")]
    assert notes(judged(tmp_path / "src")) == []
    assert notes(judged(tmp_path / "src/a.py")) == []
    assert notes(scan(tmp_path, config.load(tmp_path, {"include": ("src/",)}), as_of=TODAY)) == []


def test_the_packs_of_its_zone_count(tmp_path: Path) -> None:
    (tmp_path / "stackaudit.toml").write_text(
        '[[zones]]\nname = "claims"\npaths = ["claims/"]\npacks = ["health"]\n'
    )
    rule = next(r.id for r in judged(tmp_path).rules if r.id.startswith("health/"))
    (tmp_path / "claims").mkdir()
    for file in ("claims/a.py", "b.py"):
        (tmp_path / file).write_text(f"x = 1  # stackaudit: ignore[{rule}] ours\n")
    assert notes(judged(tmp_path)) == [("unused", "claims/a.py:1")]


def test_a_finding_on_a_condition_keeps_its_comment(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(f'{APP}\nc.chat(model="deepseek-chat")\n')
    waiting = next(f for f in judged(tmp_path).findings if f.status == "conditional")
    lines = (tmp_path / "app.py").read_text().splitlines()
    at = waiting.occurrences[0].line - 1
    lines[at] += f"  # stackaudit: ignore[{waiting.rule}] agreed"
    (tmp_path / "app.py").write_text("\n".join(lines))
    report = judged(tmp_path)
    assert waiting.rule in {f.rule for f in report.findings if f.status == "conditional"}
    assert notes(report) == []


def test_reports_tell_it(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(f"x = 1  # {SAID}\n")
    told = run("scan", cwd=tmp_path)
    assert told.returncode == 0
    assert "unused    app.py:1: ignore[baseline/compelled-access] lifts nothing" in told.stdout
    document = json.loads(run("scan", "-f", "json", cwd=tmp_path).stdout)
    (note,) = document["summary"]["waivers"]["unused"]
    assert note["place"] == "app.py:1"
    page = run("scan", "-f", "markdown", cwd=tmp_path).stdout
    assert "**Waiver unused:** `app.py:1`: ignore" in page


def test_hostile_files_cost_little(tmp_path: Path) -> None:
    """Comments without end, on one line, or with a thousand unknown rules."""
    word = "stackaudit: ignore[x/y"
    texts = ["/**/" * 50_000, f"# {word} " * 8000, f"# {word}{'a' * 40}] z\n" * 5000,
             "{#" * 50_000 + word, f"<!-- {word}" * 8000]  # fmt: skip
    start = time.perf_counter()
    for number, text in enumerate(texts):
        for ending in ("js", "txt", "html", "md", "yaml.j2"):
            (tmp_path / f"{number}.{ending}").write_text(f"{text}\n// {word}]\n")
    report = judged(tmp_path)
    assert time.perf_counter() - start < 15
    assert {note.state for note in report.waiver_notes} == {"faulty"}
