"""What the shipped catalogue says about itself holds: examples, look-alikes, countries, anchors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from reading import catalogue, models

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
    assert compiled["sha256"] == TABLES["sha256"]
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
    written = Counter(e for family in FAMILIES for e in {str(e).lower() for e in family["examples"]})
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
        ("clients", ("name", "package", "ecosystem")),
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
    ["families", "endpoints", "packages", "clients", "credentials", "prefixes", "forms", "architectures"],
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
    assert [r["name"] for r in TABLES["credentials"] if not CATALOGUE.find(r["name"].encode())] == []


#: Ordinary values of ordinary repositories: nothing here names a model, a host or a provider.
WORDS = """
    about account active address admin agenda aligned analytics archive arrow assets atlas author
    avatar backend badge banner basket billing binary blog bold border branch bridge browser bucket
    build button cache calendar camera canvas card carousel cart catalog channel chart checkbox
    checkout client cluster codec column comet commit compass config console container cookie
    coral counter cover crystal currency cursor customer dashboard database debug default delta
    device dialog digest dock domain draft driver editor email emerald engine entity error event
    export falcon feature field filter flash footer forest format gallery gateway gem general
    gradient graph grid group guard handler header health helper hero history hook hybrid icon
    image import index inline input instance invoice journal kernel keyboard label lambda latest
    layout ledger legacy library light link list loader locale logger login magic manager mapper
    marker matrix memory menu mercury message meter metric mini mobile modal model module monitor
    native navbar network node notebook nova object option orbit order output owner package page
    palette panel parser pattern payload phoenix pilot pipeline pixel planet plugin pointer policy
    popup portal postgres preview primary prism profile project proxy query queue radar ranger
    raven record redis region release remote render report request reset review ribbon rocket
    router runner sample scanner schema scout scroll search secret section select sender server
    session settings shadow sidebar signal slider snapshot socket sonar spark spinner sprite stage
    status storage stream studio submit summary switch symbol system table target template terminal
    theme ticket timeline timer titan toast toggle token toolbar tooltip tracker trigger turbo
    upload user vector vendor version viewer vision voice wallet widget window wizard worker zephyr
    django-admin flask-login requests-oauthlib pytest-cov sqlalchemy-utils celery-beat numpy-stl
    react-router-dom vue-i18n lodash-es webpack-dev-server eslint-config-airbnb babel-loader
    styled-components next-auth express-session socket.io-client date-fns-tz tailwindcss-animate
    rxjs-compat jest-environment-jsdom ts-node-dev core-js-pure css-loader d3-scale-chromatic
    main.py index.html app.module.ts build.gradle.kts README.md docker-compose.yml Makefile.am
    settings.local.json user_profile_view.rb 0001_initial.py test_models.py base64.c sha256.go
    2024-01-31-release-notes.md logo-128x128.png bundle.min.js font-awesome.css print.scss
    btn-primary-outline col-md-6 text-muted-2 nav-tabs-3 mt-4 is-active--large flex-row-reverse
    grid-cols-12 bg-gray-500 shadow-2xl modal-lg card-header-tabs list-group-item h-3 w-1/2
    v1.2.3 1.0.0-rc1 python-3.11 node-18-alpine ubuntu-22.04 postgres:15-alpine redis:7.2 nginx:1.25
    java-17-openjdk go1.22 rust-1.75 x86_64-linux-gnu arm64-v8a win32-x64 utf-8 iso-8859-1 en-us
    rfc-7231 h264 mp3 ipv6 i18n a11y k8s s3 ec2 t3.medium m5.large c7g.2xlarge r6i.4xlarge o1-cache
    e1 f16 g4dn.xlarge p3.2xlarge d3v4 qa-1 step-4 phase-2 level-3 chapter-12 stage-0 tier-2
    yi-axis wan-uplink glm-fit gte-operator phi-angle command-palette ember-data nova-scheduler
    falcon-heavy opt-out-2 bert-and-ernie palm-tree-3 ring-buffer seed-data-1 aria-hidden
""".split()


@pytest.mark.parametrize(("path", "line"), [("a.yaml", "name: {}\n"), ("a.py", 'name = "{}"\n'), ("a.css", ".{} {{ }}\n")])
def test_ordinary_words_are_no_models(path: str, line: str) -> None:
    assert [word for word in WORDS if models(path, line.format(word))] == []


def test_ordinary_words_together_are_no_models() -> None:
    assert models("a.py", "NAMES = [\n" + "".join(f'    "{word}",\n' for word in WORDS) + "]\n") == []
    assert models("a.md", " ".join(WORDS)) == []
