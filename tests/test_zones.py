"""Zones: each part of a repository is judged by its own places, on its own terms."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import run

from stackaudit import config, zones
from stackaudit.config.tables import Table
from stackaudit.config.zones import zones as read_zones
from stackaudit.engine import scan
from stackaudit.model import ConfigError, Policy, Report, Zone

TODAY = date(2026, 11, 22)
HOSTED = (
    'from openai import OpenAI\nOpenAI().chat.completions.create(model="gpt-4o", messages=[])\n'
)
CHINESE = """\
from openai import OpenAI
client = OpenAI(base_url="https://api.deepseek.com")
client.chat.completions.create(model="deepseek-chat", messages=[])
"""
LOCAL = """\
from openai import OpenAI
client = OpenAI(base_url="http://localhost:8000/v1")
client.chat.completions.create(model="Qwen/Qwen3-32B", messages=[])
"""
OPENROUTER = """\
from openai import OpenAI
client = OpenAI(base_url="https://openrouter.ai/api/v1")
client.chat.completions.create(model="openai/gpt-4o", messages=[])
"""


def tree(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def report(folder: Path, **flags: object) -> Report:
    return scan(folder, config.load(folder, flags), as_of=TODAY)


def told(found: Report) -> set[tuple[str, str, str]]:
    """Zone, rule and the first file of every finding against the policy."""
    return {(f.zone, f.rule, f.occurrences[0].path) for f in found.findings if f.pack == "policy"}


TIERS = """
[context]
seat = ["DE"]

[policy.deny]
origin = ["CN"]

[[zones]]
name = "claims"
paths = ["services/claims/"]
packs = ["baseline", "finance"]
context = {data = ["personal-financial"], regulator = ["dora"]}
[zones.policy.allow]
family = ["mistral-large"]
route = ["cloud"]
hosting_country = ["EU"]

[[zones]]
name = "internal"
paths = ["tools/"]
[zones.policy.deny]
origin = []
"""


def test_claims_may_use_only_these_and_internal_tools_any(tmp_path: Path) -> None:
    bedrock = (
        'import boto3\nc = boto3.client("bedrock-runtime", region_name="eu-central-1")\n'
        'c.converse(modelId="mistral.mistral-large-2402-v1:0", messages=[])\n'
    )
    found = report(
        tree(
            tmp_path,
            {
                "stackaudit.toml": TIERS,
                "services/claims/good.py": bedrock,
                "services/claims/bad.py": HOSTED,
                "tools/any.py": CHINESE,
                "web/app.py": CHINESE,
            },
        )
    )
    bad = "services/claims/bad.py"
    assert told(found) == {
        ("claims", "policy/allow-family", bad),
        ("claims", "policy/allow-route", bad),
        ("claims", "policy/allow-hosting_country", bad),
        ("claims", "policy/deny-origin", bad),
        ("", "policy/deny-origin", "web/app.py"),
    } - {("claims", "policy/deny-origin", bad)}
    finance = {f.zone for f in found.findings if f.pack == "finance"}
    assert finance == {"claims"}, "a pack judges only in the zones that ask for it"
    assert {f.status for f in found.findings if f.rule == "finance/eu-dora-register"} == {"open"}
    assert [(z.name, z.packs) for z in found.zones] == [
        ("claims", ("baseline", "finance", "data-transfer-us")),
        ("internal", ("baseline",)),
    ]
    assert [p.id for p in found.packs] == ["baseline", "finance", "data-transfer-us"]
    assert found.verdict.exit_code == 1


def test_a_component_is_judged_in_each_zone_by_its_own_places_and_routes(tmp_path: Path) -> None:
    """One model, three ways: the gateway is refused only where it is used."""
    text = '[[zones]]\nname = "a"\npaths = ["a/"]\n[zones.policy.deny]\nroute = ["gateway"]\n'
    text += '[[zones]]\nname = "b"\npaths = ["b/"]\n[zones.policy.deny]\nroute = ["vendor-api"]\n'
    files = {"stackaudit.toml": text, "a/one.py": HOSTED, "b/two.py": OPENROUTER}
    found = report(tree(tmp_path, files))
    assert told(found) == set(), "each is allowed where it stands"
    (model,) = (c for c in found.components if c.kind == "model")
    assert {o.path for o in model.occurrences} == {"a/one.py", "b/two.py"}
    swapped = {"a/one.py": OPENROUTER, "b/two.py": HOSTED}
    found = report(tree(tmp_path, swapped))
    assert {(z, r) for z, r, _ in told(found)} == {
        ("a", "policy/deny-route"),
        ("b", "policy/deny-route"),
    }
    for f in found.findings:
        if f.zone:
            assert {o.path[0] for o in f.occurrences} == {f.zone}


def test_fingerprints_differ_by_zone_and_hold_without_zones(tmp_path: Path) -> None:
    files = {"stackaudit.toml": "", "a/x.py": CHINESE, "b/x.py": CHINESE, "c.py": CHINESE}
    plain = report(tree(tmp_path, files))
    zoned = '[[zones]]\nname = "a"\npaths = ["a"]\n[[zones]]\nname = "b"\npaths = ["b"]\n'
    found = report(tree(tmp_path, {"stackaudit.toml": zoned}))
    prints = [f.fingerprint for f in found.findings]
    assert len(prints) == len(set(prints))
    rest = {(f.rule, f.fingerprint) for f in found.findings if not f.zone}
    assert rest == {(f.rule, f.fingerprint) for f in plain.findings}
    again = report(tmp_path)
    assert [f.fingerprint for f in again.findings] == prints
    assert {f.zone for f in found.findings} == {"", "a", "b"}


def test_own_machines_stand_where_the_zone_says(tmp_path: Path) -> None:
    text = '[context]\nhosting = ["US"]\n[policy.allow]\nhosting_country = ["EU"]\n'
    text += '[[zones]]\nname = "eu"\npaths = ["eu/"]\ncontext.hosting = ["DE"]\n'
    files = {"stackaudit.toml": text, "eu/x.py": LOCAL, "us/x.py": LOCAL}
    assert told(report(tree(tmp_path, files))) == {("", "policy/allow-hosting_country", "us/x.py")}


@pytest.mark.parametrize(
    ("listed", "path", "zone"),
    [
        ([["claims/"]], "claims/app.py", "z0"),
        ([["claims/"]], "services/claims/deep/app.py", "z0"),
        ([["/claims/"]], "services/claims/app.py", ""),
        ([["claims/"]], "claims", ""),
        ([["*.ipynb"], ["/nb/"]], "nb/x.ipynb", "z0"),
        ([["*.ipynb"], ["/nb/"]], "nb/x.py", "z1"),
        ([["a/**/test"], ["**"]], "a/b/c/test/x.py", "z0"),
        ([["a/**/test"], ["**"]], "a/b/c/x.py", "z1"),
        ([["a/b"], ["a"]], "a/b/x.py", "z0"),
        ([["a"], ["a/b"]], "a/b/x.py", "z0"),
        ([["a/", "!a/vendor/"]], "a/vendor/x.py", ""),
        ([["a/", "!a/vendor/"]], "a/x.py", "z0"),
        ([["src/[ab].py"]], "src/a.py", "z0"),
        ([["src/[ab].py"]], "src/c.py", ""),
    ],
)
def test_the_first_zone_that_has_a_path_wins(listed: list[list[str]], path: str, zone: str) -> None:
    atlas = zones.Atlas(Zone(f"z{n}", tuple(paths)) for n, paths in enumerate(listed))
    assert atlas.zone_of(path) == zone


@given(st.lists(st.sampled_from(["a", "b", "a/b", "/b", "*.py", "b/**"]), min_size=1), st.data())
def test_where_one_starts_does_not_change_the_zone(paths: list[str], data: st.DataObject) -> None:
    """A subfolder scanned alone is in the zones it is in when everything is scanned."""
    parts = data.draw(st.lists(st.sampled_from(["a", "b", "c", "x.py"]), min_size=2, max_size=5))
    cut = data.draw(st.integers(0, len(parts) - 1))
    above = "".join(f"{part}/" for part in parts[:cut])
    whole = zones.Atlas([Zone("z", tuple(paths))]).zone_of("/".join(parts))
    part = zones.Atlas([Zone("z", tuple(paths), above=above)]).zone_of("/".join(parts[cut:]))
    assert whole == part


def test_a_subfolder_is_judged_as_in_the_whole(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    tree(tmp_path, {"stackaudit.toml": TIERS, "services/claims/bad.py": HOSTED})
    inside = tmp_path / "services/claims"
    assert {(z, r) for z, r, _ in told(report(inside))} == {
        (z, r) for z, r, _ in told(report(tmp_path))
    }
    assert {z for z, _, _ in told(report(inside / "bad.py"))} == {"claims"}


def test_flags_win_in_zones_too(tmp_path: Path) -> None:
    tree(tmp_path, {"stackaudit.toml": TIERS})
    settings = config.load(tmp_path, {"packs": ("health",), "context": {"data": ("phi",)}})
    claims, internal = settings.zones
    assert claims.packs == internal.packs == ("health",)
    assert claims.context == {"seat": ("DE",), "data": ("phi",), "regulator": ("dora",)}
    assert internal.context == {"seat": ("DE",), "data": ("phi",)}
    assert claims.policy.deny == {"origin": ("CN",)}
    assert internal.policy == Policy(), "an empty list lifts the line"


ZONE = '[[zones]]\nname = "a"\npaths = ["a/"]\n'
FAULTS = [
    ('[[zones]]\npaths = ["a"]', "stackaudit.toml:1: zones[1]: needs name"),
    ('[[zones]]\nname = "a"', "stackaudit.toml:1: zones[1]: needs paths"),
    ('[[zones]]\nname = "a"\npath = ["a"]', 'stackaudit.toml:3: zones[1].path: unknown key; did you mean "paths"?'),
    (ZONE + 'contxt = {}', 'stackaudit.toml:4: zones[1].contxt: unknown key; did you mean "context"?'),
    ('[[zones]]\nname = "a"\npaths = []', "stackaudit.toml:3: zones[1].paths: is empty; write patterns"),
    ('[[zones]]\nname = "a"\npaths = "a"', "stackaudit.toml:3: zones[1].paths: must be a list of texts"),
    ('[[zones]]\nname = "a"\npaths = ["[a"]', 'stackaudit.toml:3: zones[1].paths: "[a" is not a usable pattern'),
    ('[[zones]]\nname = ""\npaths = ["a"]', "stackaudit.toml:2: zones[1].name: must be a short name"),
    ('[[zones]]\nname = "a\\nb"\npaths = ["a"]', "stackaudit.toml:2: zones[1].name: must be a short name"),
    ('[zones]\nname = "a"', "stackaudit.toml:1: zones: must be a list of tables, each written [[zones]]"),
    (ZONE + ZONE, 'stackaudit.toml:5: zones[2].name: "a" stands twice; rename one zone'),
    (ZONE + '[[zones]]\nname = "b"\npaths = ["b"]\n[zones.policy.deny]\norigin = ["Chine"]',
     'stackaudit.toml:8: zones[2].policy.deny.origin: "Chine" is no ISO 3166-1 code, EU or unknown; did you mean "CN"'),
    (ZONE + '[zones.policy]\ndenny = {}', 'stackaudit.toml:5: zones[1].policy.denny: unknown key; did you mean "deny"?'),
    (ZONE + 'context.data = []', "stackaudit.toml:4: zones[1].context.data: must be a text"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), FAULTS, ids=[m[16:60] for _, m in FAULTS])
def test_faults_say_where_and_what(tmp_path: Path, text: str, message: str) -> None:
    tree(tmp_path, {"stackaudit.toml": text})
    with pytest.raises(ConfigError) as caught:
        config.load(tmp_path, {})
    assert str(caught.value).startswith(message)


WORDS = st.sampled_from(["name", "paths", "context", "packs", "policy", "deny", "origin", "a/", ""])
VALUES = st.recursive(
    WORDS | st.booleans() | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_whatever_stands_there_is_a_zone_or_one_clear_line(value: object) -> None:
    try:
        found = read_zones(Table({}, "x.toml", "", ""), ("zones",), value)
    except ConfigError as error:
        assert "\n" not in str(error)
    else:
        assert all(zone.name and zone.paths for zone in found)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('context.data = ["phy"]', "context.data: unknown value 'phy'; did you mean 'phi'?"),
        ('context.dta = ["phi"]', "unknown context key 'dta'; did you mean 'data'?"),
        ('policy.deny.vendor = ["opnai"]', "policy.deny.vendor: unknown value 'opnai'; did you mean 'openai'?"),
    ],
)  # fmt: skip
def test_what_only_a_scan_can_check(tmp_path: Path, line: str, message: str) -> None:
    tree(tmp_path, {"stackaudit.toml": ZONE + line})
    with pytest.raises(ConfigError, match=r'^stackaudit.toml: zone "a": ') as caught:
        report(tmp_path)
    assert message in str(caught.value)


def test_a_wrong_declaration_names_the_file_or_the_flag(tmp_path: Path) -> None:
    tree(tmp_path, {"stackaudit.toml": '[context]\nseat = "DE"\n' + ZONE})
    done = run("scan", "--context", "dta=phi", cwd=tmp_path)
    assert done.stderr.startswith("stackaudit: error: --context: unknown context key 'dta'; did")
    tree(tmp_path, {"stackaudit.toml": '[context]\nseat = "Germany"\n'})
    done = run("scan", "--context", "data=phi", cwd=tmp_path)
    assert done.stderr.startswith("stackaudit: error: stackaudit.toml: context.seat: unknown count")


def test_unknown_pack_in_a_zone(tmp_path: Path) -> None:
    tree(tmp_path, {"stackaudit.toml": ZONE + 'packs = ["finanse"]'})
    with pytest.raises(ConfigError, match="did you mean 'finance'"):
        report(tmp_path)


def test_reports_tell_the_zones(tmp_path: Path) -> None:
    tree(tmp_path, {"stackaudit.toml": TIERS, "tools/x.py": CHINESE, "web/x.py": CHINESE})
    shown = run("scan", cwd=tmp_path).stdout
    claims = (
        "Zones claims (services/claims/): nothing found there; baseline, finance, data-transfer-us;"
    )
    assert claims in " ".join(shown.split())
    assert "            internal (tools/): 3 components; baseline; seat = DE\n" in shown
    assert "zone internal)" in " ".join(shown.split())
    data = json.loads(run("scan", "-f", "json", cwd=tmp_path).stdout)
    jsonschema.Draft202012Validator(json.loads(run("schema").stdout)).validate(data)
    assert [zone["name"] for zone in data["zones"]] == ["claims", "internal"]
    assert data["zones"][0]["context"]["data"] == ["personal-financial"]
    assert {f["zone"] for f in data["findings"]} == {"", "internal"}


def test_what_other_packs_would_raise_depends_on_the_zone(tmp_path: Path) -> None:
    files = {"stackaudit.toml": "", "a/x.py": HOSTED}
    before = report(tree(tmp_path, files)).other_packs["health"]
    declared = ZONE + 'context.data = ["none"]\ncontext.regulator = ["none"]\n'
    after = report(tree(tmp_path, {"stackaudit.toml": declared})).other_packs["health"]
    assert before > after
