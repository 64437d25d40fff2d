"""Markdown: the verdict first, within its length, and nothing scanned becomes markup."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from report_samples import at, crowded, empty, finding, model, sample
from running import run

from stackaudit.model import Licence, Party, Report, ScanError
from stackaudit.model.rules import Override
from stackaudit.report import markdown, markup
from stackaudit.report.text import clean, masked, prose

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
BREAK = "\u200b"


def tokens(text: str) -> list[Any]:
    """Every token of the page, with those inside paragraphs and cells."""
    found = []
    for token in READER.parse(text):
        found.append(token)
        found += token.children or []
    return found


def page(report: Report, **how: Any) -> str:
    text = markdown.text(report, **how)
    kinds = {token.type for token in tokens(text)}
    assert not kinds & {"html_inline", "html_block", "image", "em_open", "fence", "code_block"}
    return text


def sections(text: str) -> list[str]:
    return re.findall(r"^#{2,3} (.*)", text, re.M)


def test_the_verdict_comes_first_and_the_parts_follow() -> None:
    text = page(sample())
    assert text.splitlines()[:5] == [
        "## stackaudit: FAILED (exit code 1)",
        "",
        "2 open findings are at or above high (--fail-on high)",
        "",
        "Open: 2 high, 1 low; conditional: 3; accepted: 1.",
    ]
    assert sections(text)[1:] == [
        "Findings",
        "Models (5)",
        "Endpoints (2)",
        "SDKs (1)",
        "Credential variables (1)",
        "Conditional (3)",
        "Accepted",
    ]
    assert "**Not read, or only in part:** 1 file: `app/broken.py`" in text
    assert "Left out" not in text


def test_a_finding_tells_place_reason_remedy_and_source() -> None:
    block = page(sample()).split("#### ")[1]
    first = sample().findings[0]
    assert block.startswith(f"High (fails): {first.title}\n")
    assert "- **Where:** `DeepSeek-V3`: `app/llm.py:7`, `app/settings.py:31`" in block
    assert f"- **Why:** {first.message}\n" in block
    assert f"- **Do:** {first.remedy}\n" in block
    assert f"]({first.sources[0].url}) (checked 2026-11-20)" in block
    assert "- **Rule:** `baseline/endpoint-outside-policy` (obligation, high confidence" in block


def test_a_changed_severity_and_an_old_source_are_told() -> None:
    told = Override("baseline/x", "high", "we store_health data", "ours.yaml", "low")
    old = replace(sample().findings[0], override=told, stale_days=120)
    text = page(replace(sample(), findings=(old,)))
    assert "- **Severity:** high instead of low by pack ours.yaml: we store\\_health data\n" in text
    assert "- **Source last checked:** 120 days ago\n" in text


def test_a_line_for_information_names_the_zone() -> None:
    one = finding("baseline/x", sample().components[0], "info")
    text = page(replace(sample(), findings=(replace(one, zone="lab"), replace(one, zone="web"))))
    brief = text.partition("### For information\n\n")[2].partition("\n\n")[0].splitlines()
    assert ["[`baseline/x`, zone `lab`]" in line for line in brief] == [True, False]
    assert len(brief) == 2, "one line a zone"


def test_what_fails_stands_before_what_is_worse_but_does_not_fail() -> None:
    worse = finding("baseline/worse", sample().components[1], "critical", title="Worse")
    text = page(replace(sample(), findings=(worse, *sample().findings)))
    assert text.index("High (fails)") < text.index("Critical: Worse")


def test_findings_for_information_take_one_line_each() -> None:
    notes = tuple(
        finding(f"baseline/n{n}", sample().components[0], "info", title=f"Note {n}")
        for n in range(3)
    )
    text = page(replace(sample(), findings=notes))
    brief = text.partition("### For information\n\n")[2].partition("\n\n")[0].splitlines()
    assert len(brief) == 3
    assert brief[0].startswith("- info: Note 0: `DeepSeek-V3`, `app/llm.py:7` [`baseline/n0`]")


def test_a_condition_is_one_line_to_declare() -> None:
    told = replace(sample().findings[3], condition='context.data = ["phi"]')
    assert "\n- `--context data=phi`\n  - critical: " in page(replace(sample(), findings=(told,)))


def test_tables_tell_country_base_licence_route_and_place() -> None:
    rows = [line for line in page(sample()).splitlines() if line.startswith("| `")]
    assert rows[0] == (
        "| `DeepSeek-R1-Distill-Llama-70B` | DeepSeek (CN) | Llama 3.1 (Meta, US) "
        "| Llama 3.1 Community License | self-hosted, on own machines "
        "| used, 1 place: `serving/vllm.sh:3` |"
    )


def test_nothing_found_is_short() -> None:
    text = page(empty())
    assert len(sections(text)) == 1
    assert "Open: none." in text


@pytest.mark.parametrize("number", [100, 3_000])
def test_a_long_report_keeps_within_a_comment_and_says_what_is_missing(number: int) -> None:
    text = page(crowded(number))
    assert 5_000 < len(text) <= markdown.MOST
    listed = sum(line.startswith("| `model-") for line in text.splitlines())
    left = re.search(r"\*\*Left out for length:\*\* ([\d,]+) models?", text)
    assert listed + (int(left[1].replace(",", "")) if left else 0) == number
    assert bool(left) is (number == 3_000)
    assert sections(text)[-1] == "Conditional (" + f"{number:,})"


@pytest.mark.parametrize("most", [4_000, 10_000, 30_000])
def test_less_room_leaves_out_more_but_never_the_verdict(most: int) -> None:
    text = page(crowded(400), most=most)
    assert len(text) <= most
    assert text.startswith("## stackaudit: FAILED")
    assert "Left out for length:" in text


def test_many_different_rules_are_cut_from_the_least_important_end() -> None:
    one = sample().components[0]
    many = tuple(
        finding(f"baseline/r{n:04}", one, "critical" if n % 2 else "low", title=f"T{n}")
        for n in range(400)
    )
    text = page(replace(sample(), findings=many))
    assert len(text) <= markdown.MOST
    shown = re.findall(r"^#### (\w+)", text, re.M)
    assert shown.count("Critical") > 20 and "Low" not in shown
    assert f"{400 - len(shown)} rules with open findings" in text


HOSTILE = [
    "| a | b |",
    "`code` ``more`` ```",
    "<img src=x onerror=alert(1)> <!-- --> &lt;b&gt; </details>",
    "@octocat @acme/team me@example.org",
    "#1 GH-12 acme/app#3",
    "[click](https://evil.example) ![x](https://evil.example/p.png) [a]: https://evil.example",
    "https://evil.example www.evil.example javascript:alert(1)",
    "**bold** _under_ *star* ~~gone~~ $x$ \\| \\",
    "# heading\n- list\n> quote\n---\n```sh\nrm\n```",
    "\x1b[31m\u202e\u200b\x00\ud800",
    " ` ",
    "https://user:hunter2@host.example/?key=hunter2",
    "-" * 5_000,
]


def hostile(text: str) -> Report:
    who = Party(text, text, "CN", text, "US")
    place, lineage = at(f"d/{text[:40]}.py", 3, text), sample().components[1].lineage
    bad = model(text, who, place, lineage=lineage, licence=Licence(text, text, "permissive"))
    told = finding("baseline/x", bad, title=text, message=text, remedy=text, zone=text)
    asked = replace(told, status="conditional", condition=text)
    known = replace(told, status="waived", waiver=text)
    seen = replace(sample().coverage, errors=(ScanError(text, text),))
    return replace(
        sample(), root=text, components=(bad,), findings=(told, asked, known), coverage=seen,
        context={"seat": (text,)},
    )  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_scanned_text_stays_text(text: str) -> None:
    made = page(hostile(text))
    links = {t.attrs["href"] for t in tokens(made) if t.type == "link_open"}
    assert links == {sample().findings[0].sources[0].url}
    inline = "".join(t.content for t in tokens(made) if t.type in ("text", "text_special"))
    assert not re.search(r"(?i)@\w|#\d|\bGH-\d|://|\bwww\.", inline)
    assert "hunter2" not in made
    rows = [line for line in made.splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {7}
    assert sections(made) == sections(page(hostile("plain")))


@given(st.text(max_size=80))
@example("@a@b #1#2 ://://www.")
@example("a_b_c*d*`e`|f\\")
@example("&amp; &#64;x <b>")
def test_plain_text_reads_as_written(text: str) -> None:
    (paragraph,) = [t for t in READER.parse(f"x {markup.plain(text)}") if t.type == "inline"]
    assert {t.type for t in paragraph.children or []} <= {"text", "text_special"}
    shown = "".join(t.content for t in paragraph.children or []).replace(BREAK, "")
    assert shown.rstrip() == f"x {prose(masked(text))}".rstrip()


@given(st.text(max_size=60))
@example("`")
@example("``a`")
@example(" a ")
@example("")
def test_a_code_span_reads_as_written(text: str) -> None:
    (paragraph,) = [t for t in READER.parse(f"x {markup.code(text)}") if t.type == "inline"]
    words, span = paragraph.children or []
    assert (words.content, span.type) == ("x ", "code_inline")
    assert span.content == (clean(text) or " ")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://eur-lex.europa.eu/eli/reg/2016/679/oj", "https://eur-lex.europa.eu/eli/reg/2016/679/oj"),
        ("https://a.example/x_(y)?b=c#d", "https://a.example/x_%28y%29?b=c#d"),
        ("javascript:alert(1)", ""),
        ("https://a.example/ x", ""),
        ("https://user@a.example/", ""),
    ],
)  # fmt: skip
def test_only_addresses_on_the_web_become_links(url: str, shown: str) -> None:
    found = [t.attrs["href"] for t in tokens(markup.link("title", url)) if t.type == "link_open"]
    assert found == ([shown] if shown else [])


def test_same_report_same_text() -> None:
    turned = replace(sample(), findings=tuple(reversed(sample().findings)))
    assert sections(page(sample())) == sections(page(turned))
    assert page(sample()) == page(sample())


def test_from_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        'from openai import OpenAI\nOpenAI(base_url="https://api.deepseek.com")'
        '.chat.completions.create(model="deepseek-chat")\n'
    )
    summary, log = tmp_path / "s.md", tmp_path / "s.sarif"
    both = ("--write", f"markdown={summary}", "--write", f"sarif-open={log}")
    done = run("scan", str(tmp_path), "--format", "markdown", *both)
    assert done.returncode == 0, done.stderr
    assert done.stdout == summary.read_text("utf-8")
    assert done.stdout.startswith("## stackaudit: PASSED (exit code 0)\n")
    assert log.read_text("utf-8").startswith('{"$schema"')


def test_bad_targets_are_told_before_the_scan(tmp_path: Path) -> None:
    for wrong, told in {
        "html=x": "--write: unknown value 'html'",
        "markdown": "'markdown' is not FORMAT=FILE",
        f"markdown={tmp_path}": "it is a folder",
    }.items():
        done = run("scan", str(tmp_path), "--write", wrong)
        assert (done.returncode, done.stdout) == (2, "")
        assert told in done.stderr


def test_only_the_files_named_are_scanned(tmp_path: Path) -> None:
    for name in ("a [1].py", "b.py", "sub/c.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text('from openai import OpenAI\nm = dict(model="gpt-4o")\n')
    done = run("scan", ".", "a [1].py", "sub/c.py", "--format", "markdown", cwd=tmp_path)
    assert "2 of 2 files" in done.stdout
    assert "`a [1].py:2`" in done.stdout and "b.py" not in done.stdout
    gone = run("scan", ".", "gone.py", cwd=tmp_path)
    assert gone.returncode == 2 and "no such file" in gone.stderr
    outside = run("scan", "sub", "b.py", cwd=tmp_path)
    assert outside.returncode == 2 and "b.py" in outside.stderr


def test_the_stream_takes_the_text() -> None:
    stream = io.StringIO()
    markdown.write(sample(), stream)
    assert stream.getvalue() == markdown.text(sample())
