"""What the shipped catalogue says about itself holds: examples, look-alikes, countries, anchors."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from reading import catalogue, mentions, models

from stackaudit.catalogue.compiler import compile_directory
from stackaudit.countries import names

CATALOGUE = catalogue()
TABLES = CATALOGUE.tables
FAMILIES = TABLES["families"]
DATA = Path(__file__).parent.parent / "stackaudit" / "catalogue" / "data"
COUNTRIES = {*names(), "EU", "unknown"}
HOSTING = COUNTRIES | {"region", "global", "local", "multi"}
CATEGORIES = {
    "permissive", "copyleft", "community", "research", "non-commercial", "proprietary", "unknown",
}  # fmt: skip
#: Heads too short or too ordinary for an anchor: found where a file shows other evidence of AI.
NEEDS_OTHER_EVIDENCE = frozenset(["mPLUG"])


def family_of(text: str) -> str:
    match = CATALOGUE.ids.find(text)
    return FAMILIES[match.family]["id"] if match and match.family >= 0 else ""


def test_the_yaml_compiles_to_what_is_shipped() -> None:
    compiled = compile_directory(DATA)
    assert compiled["sha256"] == CATALOGUE.sha256
    assert len(compiled["families"]) > 500


def test_every_example_resolves_to_its_family() -> None:
    wrong = [
        (family["id"], example, family_of(str(example)))
        for family in FAMILIES
        for example in family["examples"]
        if family_of(str(example)) != family["id"]
    ]
    assert wrong == []


def test_no_example_stands_in_two_families() -> None:
    written = Counter(
        e for family in FAMILIES for e in {str(e).lower() for e in family["examples"]}
    )
    assert [example for example, times in written.items() if times > 1] == []


def test_look_alikes_are_not_taken_for_their_family() -> None:
    """A ``not`` row, alone in a file as an ordinary value, names no model of that family."""
    taken = [
        (family["id"], other)
        for family in FAMILIES
        for other in family.get("not", ())
        if family_of(str(other)) == family["id"]
        and (models("a.yaml", f"name: {other}\n") or models("a.py", f'x = "{other}"\n'))
    ]
    assert taken == []


def countries() -> Iterator[tuple[str, Any]]:
    for vendor in TABLES["vendors"].values():
        yield vendor["id"], vendor["country"]
        yield vendor["id"], (vendor.get("parent") or {}).get("country", "unknown")
    for licence in TABLES["licences"].values():
        for country in (licence.get("terms") or {}).get("excluded_countries", ()):
            yield licence["id"], country


def test_countries_are_iso_codes() -> None:
    assert [pair for pair in countries() if pair[1] not in COUNTRIES] == []


def test_regions_hold_countries() -> None:
    wrong = [
        (table, region, country)
        for table, rows in TABLES["regions"].items()
        for region, country in rows.items()
        if country not in HOSTING or region != region.lower()
    ]
    assert wrong == []


def test_licences_have_a_category_and_terms() -> None:
    assert {row["category"] for row in TABLES["licences"].values()} <= CATEGORIES
    for row in TABLES["licences"].values():
        terms = row.get("terms")
        if terms is not None:
            assert terms["commercial"] in ("yes", "no", "conditional", "unknown"), row["id"]


def test_exact_hosts_resolve_to_themselves() -> None:
    wrong = []
    for index, row in enumerate(TABLES["endpoints"]):
        if "*" in row["host"] or "{" in row["host"]:
            continue
        path = row.get("paths", [""])[0].replace("*", "x")
        for text in (row["host"] + path, f"https://{row['host']}{path}"):
            match = CATALOGUE.hosts.find(text)
            if match is None or match.endpoint != index:
                wrong.append((row["host"], text))
    assert wrong == []


def test_endpoints_are_whole() -> None:
    for row in TABLES["endpoints"]:
        assert row["hosting"] in HOSTING, row["host"]
        assert row["route"] in ("vendor-api", "cloud", "gateway", "weights-hub", "self-hosted")
        if row["hosting"] == "region":
            assert row["regions"] in TABLES["regions"], row["host"]
        if "region_path" in row:
            assert "{region}" in row["region_path"], row["host"]


@pytest.mark.parametrize(
    ("section", "fields"),
    [
        ("endpoints", ("host", "paths")),
        ("packages", ("ecosystem", "name")),
        ("credentials", ("name",)),
        ("prefixes", ("prefix",)),
        ("clients", ("name", "package", "ecosystem", "when")),
        ("architectures", ("kind", "value")),
        ("entity_lists", ("id",)),
    ],
)
def test_no_row_stands_twice(section: str, fields: tuple[str, ...]) -> None:
    rows = Counter(tuple(str(row.get(field)) for field in fields) for row in TABLES[section])
    assert [row for row, times in rows.items() if times > 1] == []


def test_every_organisation_and_alias_belongs_to_one_vendor() -> None:
    for field in ("orgs", "aliases"):
        owners = Counter(
            name.lower()
            for vendor in TABLES["vendors"].values()
            for name in {n.lower() for n in vendor.get(field, ())}
        )
        assert [name for name, times in owners.items() if times > 1] == []


@pytest.mark.parametrize(
    "section",
    [
        "families",
        "endpoints",
        "packages",
        "clients",
        "credentials",
        "prefixes",
        "forms",
        "architectures",
    ],
)
def test_parties_are_vendors(section: str) -> None:
    parties = {*TABLES["vendors"], "unknown", "multi", "self"}
    field = "vendor" if section in ("families", "architectures") else "provider"
    assert [row for row in TABLES[section] if row[field] not in parties] == []


def test_clients_and_packages_agree_with_the_hosts_they_name() -> None:
    wrong = []
    for row in (*TABLES["clients"], *TABLES["packages"]):
        match = CATALOGUE.hosts.find(row["host"]) if row.get("host") else None
        if row.get("host") and (match is None or not _operated_by(match.endpoint, row)):
            wrong.append((row["name"], row["host"], row["provider"]))
    assert wrong == []


def _operated_by(endpoint: int, row: Mapping[str, Any]) -> bool:
    return endpoint < 0 or CATALOGUE.endpoint(endpoint)["provider"] == row["provider"]


def test_clients_name_known_packages_and_regions() -> None:
    packages = {row["name"] for row in TABLES["packages"]}
    for row in TABLES["clients"]:
        assert row.get("package", "") in packages | {""}, row["name"]
        assert row.get("regions", "aws") in TABLES["regions"], row["name"]


def test_every_distinctive_name_holds_an_anchor() -> None:
    """Without an anchor a file that says nothing else about AI would never be opened."""
    bare = [
        (family["id"], name)
        for family in FAMILIES
        for name in map(str, family.get("names", ()))
        if not CATALOGUE.find(name.encode()) and name not in NEEDS_OTHER_EVIDENCE
    ]
    assert bare == []


def test_every_example_is_seen_in_a_model_place_of_an_ai_file() -> None:
    unseen = []
    for family in FAMILIES:
        for example in map(str, family["examples"]):
            if " " in example:
                continue
            text = f'import litellm\nlitellm.completion(model="{example}")\n'
            if models("a.py", text) != [example]:
                unseen.append((family["id"], example))
    assert unseen == []


def test_every_variable_holds_an_anchor() -> None:
    assert [
        r["name"] for r in TABLES["credentials"] if not CATALOGUE.find(r["name"].encode())
    ] == []


#: Ordinary values of ordinary repositories, by kind: nothing there names a model or a provider.
ORDINARY = {
    path.stem: path.read_text().split()
    for path in sorted((Path(__file__).parent / "fixtures" / "ordinary").glob("*.txt"))
}
WORDS = [word for words in ORDINARY.values() for word in words]


def test_ordinary_words_are_many_and_distinct() -> None:
    assert len(WORDS) == len(set(WORDS)) >= 2000


@pytest.mark.parametrize(
    ("path", "line"),
    [("a.yaml", "name: {}\n"), ("a.py", 'name = "{}"\n'), ("a.css", ".{} {{ }}\n")],
)
def test_ordinary_words_are_no_models(path: str, line: str) -> None:
    assert [word for word in WORDS if models(path, line.format(word))] == []


def test_ordinary_words_together_are_no_models() -> None:
    listed = "".join(f'    "{word}",\n' for word in WORDS)
    assert mentions("a.py", f"NAMES = [\n{listed}]\n") == []
    assert mentions("a.md", " ".join(WORDS)) == []


def test_ordinary_words_are_no_models_beside_ai() -> None:
    dependencies = dict.fromkeys([*ORDINARY["npm"], "openai"], "^1.0.0")
    assert models("package.json", json.dumps({"dependencies": dependencies})) == []
    assert models("requirements.txt", "\n".join([*ORDINARY["pypi"], "openai"])) == []
    listed = "".join(f"- `{word}`\n" for word in WORDS)
    assert models("a.md", f"We call gpt-4o at OpenAI.\n\n{listed}") == ["gpt-4o"]


#: Names of model lines that are words too, and rare enough in code to be looked for.
RARE_WORDS = frozenset(["dolphin", "granite", "llama", "zephyr"])


def test_no_english_word_makes_a_file_worth_reading() -> None:
    """An anchor that everybody writes would have every file parsed."""
    path = Path(__file__).parent / "fixtures" / "ordinary" / "english.txt"
    words = set(path.read_text().split())
    assert {word for word in words if CATALOGUE.find(word.encode())} == RARE_WORDS
