"""``stackaudit catalogue``: every kind of fault is told; counts, lists and comparisons are right."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from reading import catalogue
from running import run

from stackaudit.catalogue import checks, summary
from stackaudit.catalogue.versions import open_catalogue
from stackaudit.catalogue.yaml_tables import read
from stackaudit.model import InputError

DATA = Path(__file__).parent.parent / "stackaudit" / "catalogue" / "data"
AS_OF = date(2026, 11, 22)
ROWS = """
defaults: {checked: 2026-11-01, source: "https://example.org/about", confidence: high}
vendors:
  - {id: acme, name: Acme, country: DE, orgs: [acme-ai], aliases: [acmecorp]}
  - {id: other, name: Other, country: US, orgs: [other-ai]}
families:
  - {id: zorble, name: Zorble, vendor: acme, names: [Zorble], priority: 1, type: chat, weights: open,
     licence: Some-1.0, examples: [acme-ai/Zorble-7B], not: [zorbler]}
  - id: fine-quux
    name: Quux
    vendor: other
    names: [Quux]
    type: chat
    weights: open
    licence: Some-1.0
    lineage: [{base: zorble, relation: fine-tune}]
    releases: [{names: [Quux-Mini], licence: unknown, weights: closed}]
    examples: [quux-7b]
licences:
  - {id: Some-1.0, spdx: MIT, name: Some, category: permissive, url: "https://example.org/LICENSE",
     terms: {commercial: "yes", excluded_countries: [EU]}}
  - {id: unknown, name: Unknown, category: unknown}
endpoints:
  - {host: "{region}.api.acme.example", provider: acme, service: API, route: vendor-api,
     hosting: region, regions: acme}
regions: {acme: {north-1: DE}}
packages:
  - {name: acme-sdk, ecosystem: pypi, provider: acme, kind: vendor-sdk}
credentials:
  - {name: ACME_API_KEY, provider: acme, kind: credential}
architectures:
  - {kind: hf_model_type, value: zorble, vendor: acme}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "data"
    target.mkdir()
    for name in ("words.yaml", "places.yaml", "common_words.yaml"):
        shutil.copy(DATA / name, target)
    (target / "rows.yaml").write_text(ROWS)
    return target


@pytest.fixture
def change(folder: Path) -> Callable[[str, str], Path]:
    def apply(old: str, new: str) -> Path:
        assert old in ROWS
        (folder / "rows.yaml").write_text(ROWS.replace(old, new))
        return folder

    return apply


def faults(folder: Path, **used: set[str]) -> list[str]:
    found = checks.check(open_catalogue(folder), AS_OF, used)
    return [f"{fault.severity}: {fault.place}: {fault.message}" for fault in found]


def test_a_sound_catalogue_has_no_faults(folder: Path) -> None:
    assert faults(folder) == []


CONTENT = [
    ("country: DE,", "country: Germany,", "error: vendors acme: country 'Germany' is no ISO 3166-1 code"),
    ("[EU]", "[Europe]", "error: licences Some-1.0: excluded country 'Europe' is no ISO 3166-1 code"),
    ("{north-1: DE}", "{North-1: DE}", "error: regions acme: North-1: write it in lower case"),
    ("{north-1: DE}", "{north-1: XX}", "error: regions acme: north-1: 'XX' is no ISO code"),
    ("orgs: [other-ai]", "orgs: [Acme-AI]", "error: vendors acme: orgs: 'acme-ai' stands also in other"),
    ("[quux-7b]", "[zorble-7b]", "error: families fine-quux: example 'zorble-7b' is zorble"),
    ("[quux-7b]", "[whatnot-7b]", "error: families fine-quux: example 'whatnot-7b' is not found"),
    ("[quux-7b]", "[]", "error: families fine-quux: has no examples"),
    ("not: [zorbler]", "not: [zorble-2]", "error: families zorble: look-alike 'zorble-2' is taken for it"),
    ("names: [Quux]", "names: [Quux, Zorble-Quux]", "error: families fine-quux: name 'Zorble-Quux' is read as zorble"),
    ('terms: {commercial: "yes", excluded_countries: [EU]}', "terms: {}", "error: licences Some-1.0: has no terms"),
    ('commercial: "yes"', "commercial: perhaps", "error: licences Some-1.0: commercial must be one of yes, no, conditional, unknown"),
    ('url: "https://example.org/LICENSE",', "", "warning: licences Some-1.0: has no link to its text"),
    ("hosting: region, regions: acme", "hosting: region, regions: none", "error: endpoints {region}.api.acme.example: hosting is region: name a table in regions"),
    ("hosting: region, regions: acme", "hosting: Narnia", "error: endpoints {region}.api.acme.example: hosting 'Narnia' is no place"),
    ('source: "https://example.org/about"', 'source: ""', "error: packages acme-sdk: has no source"),
    ('source: "https://example.org/about"', "source: from memory", "warning: vendors acme: high confidence needs an address as source"),
    ("relation: fine-tune}", 'relation: fine-tune, confidence: high, source: from memory}', "warning: families fine-quux: base zorble: high confidence needs an address as source"),
    ("checked: 2026-11-01", "checked: 2026-05-01", "warning: families zorble: last checked 205 days ago"),
    ("checked: 2026-11-01", "checked: lately", "error: endpoints {region}.api.acme.example: checked 'lately' is no date"),
    ("packages:\n", "packages:\n  - {name: acme-sdk, ecosystem: pypi, provider: acme, kind: framework}\n", "error: packages acme-sdk: stands twice"),
    ("endpoints:\n", "endpoints:\n  - {host: acme.example, provider: acme, service: API, route: cloud, hosting: DE}\n  - {host: acme.example, paths: [/v1], provider: acme, service: API, route: cloud, hosting: DE}\n", "error: endpoints acme.example: every such host is read as acme.example"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), CONTENT, ids=[case[2] for case in CONTENT])
def test_faults_of_content(
    change: Callable[[str, str], Path], old: str, new: str, told: str
) -> None:
    assert told in faults(change(old, new))


def test_rows_that_rules_name(change: Callable[[str, str], Path]) -> None:
    folder = change("country: US,", "country: US, confidence: low,")
    used = {"vendors": {"acme", "other", "nobody", "unknown"}, "licences": {"MIT", "GPL"}}
    assert faults(folder, **used) == [
        "error: licences GPL: a rule names it, and there is no such row",
        "error: vendors nobody: a rule names it, and there is no such row",
        "warning: vendors other: a rule names it; its confidence is low",
    ]


FORM = [
    ("country: DE,", "", "rows.yaml: vendors row 1 (acme): missing country"),
    ("country: DE,", "country: DE, seat: DE,", "rows.yaml: vendors row 1 (acme): unknown field 'seat'"),
    ("vendors:", "vendor:", "rows.yaml: unknown section 'vendor'"),
    ("id: other", "id: acme", "vendors acme: is defined twice"),
    ("base: zorble", "base: gone", "families fine-quux: unknown base 'gone'"),
    ("licence: unknown, weights", "licence: gone, weights", "families fine-quux: unknown licence 'gone'"),
    ("provider: acme, kind: credential", "provider: gone, kind: credential", "credentials ACME_API_KEY: unknown vendor 'gone'"),
    ("value: zorble, vendor: acme", "value: zorble, vendor: gone", "architectures zorble: unknown vendor 'gone'"),
    ("regions: {acme: {north-1: DE}}", "regions: [north-1]", "rows.yaml: regions: expected a mapping"),
    ("[acmecorp]}", "[acmecorp]", "rows.yaml: while parsing"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), FORM, ids=[case[2] for case in FORM])
def test_faults_of_form(change: Callable[[str, str], Path], old: str, new: str, told: str) -> None:
    _, found = read(change(old, new))
    assert any(fault.startswith(told) for fault in found), found


def test_names_of_two_families_contradict(change: Callable[[str, str], Path]) -> None:
    done = run("catalogue", "check", str(change("names: [Quux]", "names: [zor-ble, Zorble]")))
    assert done.returncode == 2
    assert "error: family fine-quux: name 'Zorble' is taken by zorble" in done.stdout


def test_check_tells_all_faults_of_form_at_once(change: Callable[[str, str], Path]) -> None:
    done = run("catalogue", "check", str(change("country:", "seat:")))
    assert done.returncode == 2
    assert done.stdout.count("missing country") == 2
    assert "errors, 0 warnings" in done.stdout


def test_warnings_fail_only_when_asked_to(change: Callable[[str, str], Path]) -> None:
    folder = str(change('url: "https://example.org/LICENSE",', ""))
    # The shipped rules name rows that this small catalogue has not got: those are errors.
    told = json.loads(run("catalogue", "check", folder, "--format", "json").stdout)
    assert {
        "severity": "warning",
        "place": "licences Some-1.0",
        "message": "has no link to its text",
    } in told
    assert all("a rule names it" in f["message"] for f in told if f["severity"] == "error")


def test_the_shipped_catalogue_has_no_errors() -> None:
    done = run("catalogue", "check", "--as-of", "2026-11-22")
    assert [text for text in done.stdout.splitlines() if text.startswith("error")] == []
    assert done.returncode == 0
    old = run("catalogue", "check", "--as-of", "2027-12-31", "--strict")
    assert old.returncode == 2 and "days ago" in old.stdout


def test_stats_count_rows(folder: Path) -> None:
    told = summary.stats(open_catalogue(folder))
    assert told["sections"]["families"] == {
        "rows": 2, "with_address": 2, "confidence": {"high": 2}, "oldest_check": "2026-11-01",
    }  # fmt: skip
    assert (told["releases"], told["lineage_links"], told["regions"]) == (1, 1, 1)
    assert told["families_by_country"] == {"DE": 1, "US": 1}
    shipped = json.loads(run("catalogue", "stats", "--format", "json").stdout)
    assert shipped["sections"]["families"]["rows"] == len(catalogue().tables["families"])
    assert "Families by country" in run("catalogue", "stats").stdout


def test_a_listing_has_a_row_for_each_release_that_differs(folder: Path) -> None:
    listed = summary.listing(open_catalogue(folder))
    told = [
        (r["family"], r["name"], r["country"], r["weights"], r["licence"], r["based_on_countries"])
        for r in listed
    ]
    assert told == [
        ("fine-quux", "Quux", "US", "open", "MIT", "DE"),
        ("fine-quux", "Quux-Mini", "US", "closed", "unknown", "DE"),
        ("zorble", "Zorble", "DE", "open", "MIT", ""),
    ]


@pytest.mark.parametrize(
    ("option", "column", "value"),
    [
        (("--country", "fr"), "country", "FR"),
        (("--vendor", "mistralai"), "developer", "Mistral AI"),
        (("--licence", "mit"), "licence", "MIT"),
    ],
)
def test_a_listing_can_be_narrowed(option: tuple[str, str], column: str, value: str) -> None:
    done = run("catalogue", "list", *option, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert len(rows) > 3
    assert {row[column] for row in rows} == {value}
    assert json.loads(run("catalogue", "list", *option, "--format", "json").stdout) == rows
    assert f"{len(rows)} rows" in run("catalogue", "list", *option).stdout


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (("--country", "FRA"), "--country: unknown value 'FRA'"),
        (("--vendor", "mistrall"), "did you mean 'mistral'?"),
        (("--licence", "MITT"), "did you mean 'mit'?"),
        (("--format", "xml"), "--format: unknown value 'xml'"),
    ],
)
def test_a_listing_of_what_there_is_not(option: tuple[str, str], told: str) -> None:
    done = run("catalogue", "list", *option)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


def versions(folder: Path, tmp_path: Path) -> Iterator[Path]:
    """The same catalogue in each form in which it can be given."""
    from stackaudit.catalogue.compiler import write

    yield folder
    write(folder, tmp_path / "compiled.json")
    yield tmp_path / "compiled.json"
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as wheel:
        wheel.write(tmp_path / "compiled.json", "stackaudit/catalogue/compiled.json")
    yield tmp_path / "a.whl"


def test_a_comparison_tells_what_changed(
    change: Callable[[str, str], Path], tmp_path: Path
) -> None:
    for number, old in enumerate(versions(change("", ""), tmp_path)):
        copy = tmp_path / str(number)
        shutil.copytree(tmp_path / "data", copy)
        text = ROWS.replace("country: DE,", "country: FR,").replace("acme-sdk", "acme-kit")
        text = text.replace("https://example.org/about", "https://example.org/elsewhere")
        (copy / "rows.yaml").write_text(text)
        done = run("catalogue", "diff", str(old), str(copy))
        assert done.stdout.splitlines() == [
            '~ vendors acme: country: "DE" -> "FR"',
            "+ packages acme-kit",
            "- packages acme-sdk",
            "1 added, 1 removed, 1 changed",
        ]
        told = json.loads(run("catalogue", "diff", str(old), str(copy), "-f", "json").stdout)
        assert told[0]["fields"] == {"country": {"old": "DE", "new": "FR"}}


@pytest.mark.parametrize("content", [b"", b"{}", b"[]\n[]", b"\xff", b'{"version": 1}\n{"a": 1}'])
def test_what_is_no_catalogue_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(InputError, match="is no compiled catalogue"):
        open_catalogue(tmp_path / "x.json")


def test_a_wheel_of_something_else(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as wheel:
        wheel.writestr("x", "")
    done = run("catalogue", "diff", str(tmp_path / "a.whl"))
    assert done.returncode == 2
    assert "has no stackaudit/catalogue/compiled.json" in done.stderr
    assert "no such file" in run("catalogue", "diff", str(tmp_path / "b")).stderr.lower()
