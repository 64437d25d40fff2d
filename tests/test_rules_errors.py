"""Every fault in a pack is reported with its line and column, and with a way to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stackaudit import rules
from stackaudit.model import ConfigError
from stackaudit.rules.document import BrokenDocument, parse

RULES = Path(__file__).resolve().parents[1] / "rules"

GOOD = """\
pack: own
title: Our own rules
version: 2026.11.22
rules:
  - id: own/no-preview
    title: Preview models
    severity: medium
    kind: obligation
    jurisdiction: EU
    binds: us
    not_binding: others
    applies_if: {data: [phi]}
    match: {kind: [model], licence: [MIT]}
    effective_from: 2025-01-17
    sources:
      - title: Our policy
        issuer: Board
        section: "3"
        url: https://example.org/policy/3
        checked_on: 2026-11-22
        verification: primary
    message: Do not use preview models.
    remedy: Use another one.
    tests:
      - {given: {licence: MIT, context: {data: phi}}, expect: fires}
      - {given: {licence: MIT}, expect: conditional}
      - {given: {licence: Apache-2.0, context: {data: phi}}, expect: silent}
"""


def problems(text: str, path: Path) -> list[rules.Problem]:
    path.write_text(text, "utf-8")
    return rules.check_file(path, RULES)


def test_the_good_pack_is_good(tmp_path: Path) -> None:
    assert problems(GOOD, tmp_path / "own.yaml") == []


# (what to replace, by what, line, column, fragments of the message)
BROKEN = [
    ("licence: [MIT]", "licens: [MIT]", 13, 28, ["unknown field 'licens'", "did you mean 'licence'"]),
    ("kind: [model]", "kind: [modell]", 13, 20, ["unknown value 'modell'", "did you mean 'model'"]),
    ("licence: [MIT]", "origin_country: [cn]", 13, 45, ["not a country", "did you mean 'CN'"]),
    ("licence: [MIT]", "origin_country: [XX]", 13, 45, ["'XX' is not a country"]),
    ("licence: [MIT]", 'origin_country: ["@eae"]', 13, 45, ["unknown list '@eae'", "'@eea'"]),
    ("licence: [MIT]", "route: [cloud, gatway]", 13, 43, ["'gatway' for route", "'gateway'"]),
    ("licence: [MIT]", "not: {weight: [open]}", 13, 34, ["unknown field 'weight'", "'weights'"]),
    ("licence: [MIT]", "any_of: []", 13, 36, ["any_of is an empty list"]),
    ("licence: [MIT]", "any_of: {weights: [open]}", 13, 36, ["any_of must be a list"]),
    ("licence: [MIT]", "licence: []", 13, 37, ["licence is an empty list"]),
    ("licence: [MIT]", "provider: [deep*]", 13, 39, ["'deep*' is not an id"]),
    ("{kind: [model], licence: [MIT]}", "{}", 13, 12, ["match is empty"]),
    ("{kind: [model], licence: [MIT]}", "[model]", 13, 12, ["match must be a mapping, not a list"]),
    ("severity: medium", "severity: serious", 7, 15, ["unknown severity 'serious'", "known:"]),
    ("kind: obligation", "kind: obligatory", 8, 11, ["unknown kind", "'obligation'"]),
    ("kind: obligation", "kind: pending", 7, 15, ["a pending rule has severity 'info'"]),
    ("kind: obligation", "kind: obligation\n    per: vendor", 9, 10, ["unknown per 'vendor'", "known:"]),
    ("jurisdiction: EU", "jurisdiction: UK", 9, 19, ["unknown jurisdiction 'UK'"]),
    ("jurisdiction: EU", "jurisdiction: Europe", 9, 19, ["unknown jurisdiction"]),
    ("effective_from: 2025-01-17", "effective_from: 17.1.2025", 14, 21, ["write YYYY-MM-DD"]),
    ("effective_from: 2025-01-17", "effective_from: 2025-02-30", 14, 21, ["'2025-02-30' is not a date"]),
    (
        "effective_from: 2025-01-17", "effective_from: 2025-01-17\n    effective_to: 2024-01-01",
        15, 19, ["effective_to 2024-01-01 lies before effective_from"],
    ),
    ("    remedy: Use another one.\n", "", 5, 5, ["a rule has no 'remedy'"]),
    ("    remedy: Use another one.", "    remedy:", 23, 12, ["remedy is empty"]),
    ("own/no-preview", "no-preview", 5, 9, ["must be 'own/lower-case-name'"]),
    ("own/no-preview", "finance/no-preview", 5, 9, ["must be 'own/lower-case-name'"]),
    ("data: [phi]}\n    match", "data: [phy]}\n    match", 12, 25, ["'phy'", "did you mean 'phi'"]),
    ("applies_if: {data", "applies_if: {dat", 12, 18, ["unknown field 'dat'", "'data'"]),
    (
        "applies_if: {data: [phi]}", "applies_if: {scale.monthly_users: [5]}",
        12, 39, ["is a number"],
    ),
    ("url: https://example.org/policy/3", "url: https://example.org/", 19, 14, ["front page"]),
    ("url: https://example.org/policy/3", "url: https://example.org/en", 19, 14, ["front page"]),
    ("url: https://example.org/policy/3", "url: example.org/policy", 19, 14, ["not a web address"]),
    ("        issuer: Board\n", "", 16, 9, ["a source has no 'issuer'"]),
    ("verification: primary", "verification: hearsay", 21, 23, ["known: primary, secondary"]),
    ("checked_on: 2026-11-22", "checked_on: today", 20, 21, ["checked_on 'today' is not a date"]),
    (", expect: fires}", ", expect: silent}", 25, 7, ["no test expects 'fires'"]),
    (", expect: fires}", ", expect: fire}", 25, 63, ["unknown expect 'fire'", "'fires'"]),
    ("given: {licence: MIT, context", "given: {licens: MIT, context", 25, 18, ["'licens' in given"]),
    ("context: {data: phi}}, expect: fires", "context: {data: phy}}, expect: fires", 25, 48, ["'phi'"]),
    ("title: Preview models", "title: Preview models\n    titel: x", 7, 5, ["'titel'", "'title'"]),
    ("title: Preview models", "title: Preview models\n    title: x", 7, 5, ["'title' stands twice"]),
    ("version: 2026.11.22", "version: one", 3, 10, ["version 'one' is not a date"]),
    ("pack: own", "pack: policy", 1, 7, ["'policy' cannot be a pack id"]),
    ("pack: own", "pack: Own Pack", 1, 7, ["cannot be a pack id"]),
    ("pack: own\n", "", 1, 1, ["has no 'pack'"]),
    ("rules:\n", "rules: []\nrule:\n", 4, 8, ["rules is an empty list"]),
    ("binds: us", "binds: *us", 10, 12, ["alias *us"]),
    ("binds: us", "binds: !!python/object:os.system us", 10, 12, ["tag"]),
    ("binds: us", "binds: 'us", 10, 12, ["not valid YAML"]),
    ("binds: us", "binds: [us", 11, 16, ["not valid YAML"]),
    ("message: Do", "message: [Do", None, None, ["not valid YAML"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "fragments"), BROKEN, ids=[f"{b[1][:50]!r}" for b in BROKEN]
)
def test_fault_has_its_place(
    old: str, new: str, line: int | None, column: int | None, fragments: list[str], tmp_path: Path
) -> None:
    assert old in GOOD
    path = tmp_path / "own.yaml"
    found = problems(GOOD.replace(old, new, 1), path)
    assert found
    hit = [p for p in found if all(fragment in p.message for fragment in fragments)]
    assert hit, [str(p) for p in found]
    if line is not None:
        assert (hit[0].line, hit[0].column) == (line, column)
    with pytest.raises(ConfigError) as caught:
        rules.load_packs([str(path)], RULES)
    assert str(caught.value).startswith(f"{path}:")
    assert "\n" not in str(caught.value)


def test_a_prohibition_says_whom_it_binds(tmp_path: Path) -> None:
    text = GOOD.replace("kind: obligation", "kind: prohibition").replace(
        "    applies_if: {data: [phi]}\n", ""
    )
    found = problems(text, tmp_path / "own.yaml")
    assert any("say whom with 'applies_if'" in p.message and p.line == 8 for p in found)


def test_all_faults_at_once_in_reading_order(tmp_path: Path) -> None:
    text = (
        GOOD.replace("severity: medium", "severity: x")
        .replace("jurisdiction: EU", "jurisdiction: y")
        .replace("expect: conditional", "expect: z")
    )
    path = tmp_path / "own.yaml"
    found = problems(text, path)
    assert [p.line for p in found] == sorted(p.line for p in found)
    assert len(found) >= 3
    with pytest.raises(ConfigError, match=rf"own\.yaml:7:15: .*\(and {len(found) - 1} more"):
        rules.load_packs([str(path)], RULES)


def test_duplicate_rule_names_the_first(tmp_path: Path) -> None:
    rule = GOOD[GOOD.index("  - id:") :]
    found = problems(GOOD + rule, tmp_path / "own.yaml")
    assert [p.message for p in found] == [
        "rule 'own/no-preview' stands twice; the first is at line 5"
    ]
    assert found[0].line == 28


@pytest.mark.parametrize(
    ("data", "fragment"),
    [
        (b"", "the file is empty"),
        (b"# only a comment\n", "the file is empty"),
        (b"pack: \xff\xfe\n", "not UTF-8"),
        (b"a: 1\n---\nb: 2\n", "more than one document"),
        (b"[" * 100_000, "nested too deeply"),
        (b"- " * 100_000, "nested too deeply"),
        (b"{a: " * 50_000, "nested too deeply"),
        (b"a: &x [1]\nb: *x\n", "alias *x"),
        (b"a: !!python/name:os.system ''\n", "remove it"),
        (b"a: \x00\n", "not valid YAML"),
        (b"\tpack: x\n", "not valid YAML"),
    ],
)
def test_hostile_documents(data: bytes, fragment: str) -> None:
    with pytest.raises(BrokenDocument) as caught:
        parse(data, "x.yaml")
    assert fragment in caught.value.problem.message
    assert "\n" not in str(caught.value.problem)


@pytest.mark.parametrize("text", ["- a\n- b\n", "just text\n", "42\n"])
def test_a_pack_is_a_mapping(text: str, tmp_path: Path) -> None:
    found = problems(text, tmp_path / "own.yaml")
    assert found[0].message.startswith("the file must be a mapping")


def test_too_large(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_bytes(b"#" * (1024 * 1024 + 1))
    with pytest.raises(ConfigError, match="larger than 1024 KiB"):
        rules.load_packs([str(path)], RULES)


def test_norway_is_a_country(tmp_path: Path) -> None:
    """YAML 1.1 would read NO as false; a rule file never does."""
    text = GOOD.replace("licence: [MIT]", "origin_country: [NO]")
    text = text.replace("{licence: MIT", "{origin_country: NO")
    text = text.replace("{licence: Apache-2.0", "{origin_country: SE")
    path = tmp_path / "own.yaml"
    assert problems(text, path) == []
    (pack,) = rules.load_packs([str(path)], RULES)
    assert pack.rules[0].match.fields["origin_country"] == ("NO",)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.integers(0, 12), st.text(max_size=6))
def test_any_edit_gives_problems_or_a_pack_never_a_crash(
    tmp_path_factory: pytest.TempPathFactory, at: int, cut: int, insert: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "edited.yaml"
    text = GOOD[:at] + insert + GOOD[at + cut :]
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        found = rules.check_file(path, RULES)
    except ConfigError:
        return
    lines = text.count("\n") + 2
    assert all(1 <= p.line <= lines and p.column >= 1 and "\n" not in str(p) for p in found)
