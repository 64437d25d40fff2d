from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unprivileged import as_nobody, open_folder

from stackaudit.config import load
from stackaudit.model import ConfigError, Policy, Settings

FULL = """
packs = ["finance", "health"]
fail_on = "medium"
include = ["src/"]
exclude = ["*.min.js"]
strict = true
max_file_size = "2.5 MiB"
usages = ["offered", "used"]

[context]
data = ["personal-financial", "card"]
seat = "DE"
"scale.monthly_users" = 700_000_000
scale.revenue = 1.5
contract = true

[policy.allow]
origin = ["us", "EU", "unknown"]
hosting_country = ["DE", "local"]
route = ["cloud", "self-hosted"]

[policy.deny]
vendor = "acme"
weights = ["closed"]
"""


def write(folder: Path, text: str, name: str = "stackaudit.toml") -> Path:
    (folder / name).write_text(text)
    return folder


def fault(folder: Path, flags: Mapping[str, object] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        load(folder, flags or {})
    text = str(caught.value)
    assert "\n" not in text and str(folder) not in text
    return text


def test_nothing_configured(tmp_path: Path) -> None:
    assert load(tmp_path, {}) == Settings()
    write(tmp_path, '[project]\nname = "x"\n[tool.other]\na = 1\n', "pyproject.toml")
    assert load(tmp_path, {}) == Settings()


def test_every_key(tmp_path: Path) -> None:
    assert load(write(tmp_path, FULL), {}) == Settings(
        packs=("finance", "health"),
        fail_on="medium",
        include=("src/",),
        exclude=("*.min.js",),
        strict=True,
        max_file_bytes=2621440,
        usages=("used", "offered"),
        context={
            "data": ("personal-financial", "card"),
            "seat": ("DE",),
            "scale.monthly_users": ("700000000",),
            "scale.revenue": ("1.5",),
            "contract": ("true",),
        },
        policy=Policy(
            allow={
                "origin": ("US", "EU", "unknown"),
                "hosting_country": ("DE", "local"),
                "route": ("cloud", "self-hosted"),
            },
            deny={"vendor": ("acme",), "weights": ("closed",)},
        ),
        source="stackaudit.toml",
    )


def test_pyproject_says_the_same(tmp_path: Path) -> None:
    own, shared = tmp_path / "own", tmp_path / "shared"
    own.mkdir()
    shared.mkdir()
    write(own, FULL)
    nested = FULL.replace("[context]", "[tool.stackaudit.context]")
    nested = "[tool.stackaudit]" + nested.replace("[policy.", "[tool.stackaudit.policy.")
    write(shared, nested.replace("\n", "\r\n"), "pyproject.toml")
    one, other = load(own, {}), load(shared, {})
    assert (one.policy, one.context, one.packs) == (other.policy, other.context, other.packs)
    assert other.source == "pyproject.toml"


def test_flags_win(tmp_path: Path) -> None:
    flags = {
        "packs": ("baseline",),
        "fail_on": "never",
        "include": (),
        "exclude": ["docs/"],
        "max_file_size": 100,
        "strict": None,
        "context": {"seat": ("US",), "role": "bank"},
    }
    settings = load(write(tmp_path, FULL), flags)
    assert settings.packs == ("baseline",)
    assert settings.fail_on == "never"
    assert settings.include == ("src/",), "an empty list is not given"
    assert settings.exclude == ("docs/",), "a list replaces the file's"
    assert settings.max_file_bytes == 100
    assert settings.strict is True
    assert settings.context["seat"] == ("US",)
    assert settings.context["role"] == ("bank",)
    assert settings.context["data"] == ("personal-financial", "card"), "merged key by key"


def test_the_nearest_file_up_to_the_top_of_the_checkout(tmp_path: Path) -> None:
    inner = tmp_path / "repo" / "app" / "src"
    inner.mkdir(parents=True)
    (inner / "main.py").write_text("")
    write(tmp_path, 'fail_on = "low"')
    assert load(inner, {}).fail_on == "high", "outside a checkout only the folder itself counts"
    (tmp_path / "repo/.git").mkdir()
    assert load(inner, {}).fail_on == "high", "what lies above the checkout does not count"
    write(tmp_path / "repo", '[tool.stackaudit]\nfail_on = "medium"', "pyproject.toml")
    assert load(inner, {}) == Settings(
        fail_on="medium", source="../../pyproject.toml", above="app/src/"
    )
    assert load(inner / "main.py", {}).fail_on == "medium"
    write(tmp_path / "repo/app", "[project]", "pyproject.toml")
    assert load(inner, {}).fail_on == "medium", "a file that says nothing about us is passed over"
    write(tmp_path / "repo/app", 'fail_on = "info"')
    assert load(inner, {}).fail_on == "info"


def test_two_files_are_one_too_many(tmp_path: Path) -> None:
    write(tmp_path, "")
    write(tmp_path, "[tool.stackaudit]", "pyproject.toml")
    assert fault(tmp_path) == (
        "pyproject.toml: has [tool.stackaudit] beside stackaudit.toml; keep one of them"
    )


PYPROJECT_FAULTS = [
    ('[tool.stackaudit.polcy]\nallow = 1', 'pyproject.toml:1: tool.stackaudit.polcy: unknown key; did you mean "policy"?'),
    ('[tool.stackaudit]\npacks = ["a"]\nfailon = "low"', 'pyproject.toml:3: tool.stackaudit.failon: unknown key; did you mean "fail_on"?'),
    ('[tool]\nstackaudit = 3', "pyproject.toml: tool.stackaudit: must be a table, written [tool.stackaudit]"),
    ('[tool.stackaudit.policy.deny]\norigin = ["Chine"]', 'pyproject.toml:2: tool.stackaudit.policy.deny.origin: "Chine" is no ISO 3166-1 code, EU or unknown; did you mean "CN" (China)?'),
    ('[tool.stackaudit.policy.deny]\norigin = ["UK"]', 'pyproject.toml:2: tool.stackaudit.policy.deny.origin: "UK" is no ISO 3166-1 code, EU or unknown; did you mean "GB" (United Kingdom)?'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), PYPROJECT_FAULTS)
def test_faults_in_pyproject(tmp_path: Path, text: str, message: str) -> None:
    assert fault(write(tmp_path, text, "pyproject.toml")) == message


FAULTS = [
    ('x = [1,\ny = 2', "stackaudit.toml:2:1: is not valid TOML: "),
    ('strict = true\nfail_on = "high\n', "stackaudit.toml:2:16: is not valid TOML: "),
    ("strict = true\na = [\n\n", "stackaudit.toml:2: is not valid TOML: "),
    ("a" * 300, "stackaudit.toml"),
    ("[" * 100_000, "stackaudit.toml"),
    ("a = " + "[" * 100_000, "stackaudit.toml"),
    ("[tool.stackaudit]", "stackaudit.toml:1: tool: unknown key; here the keys stand at the top level"),
    ('packs = "finance"', 'stackaudit.toml:1: packs: must be a list of texts, such as packs = ["..."]'),
    ("packs = [1]", "stackaudit.toml:1: packs: must be a list of texts"),
    ("strict = 1", "stackaudit.toml:1: strict: must be true or false"),
    ('fail_on = "hgh"', 'stackaudit.toml:1: fail_on: unknown value "hgh"; did you mean "high"?'),
    ("fail_on = 3", 'stackaudit.toml:1: fail_on: unknown value "3"; known: critical, high, medium, low, info, never'),
    ('usages = ["tests"]', 'stackaudit.toml:1: usages: unknown value "tests"; did you mean "test"?'),
    ("max_file_size = true", "stackaudit.toml:1: max_file_size: must be a size"),
    ("max_file_size = 0", "stackaudit.toml:1: max_file_size: must be a size"),
    ('max_file_size = "5 TB"', "stackaudit.toml:1: max_file_size: must be a size"),
    ("context = 1", "stackaudit.toml:1: context: must be a table"),
    ("[context]\na = []", "stackaudit.toml:2: context.a: must be a text, a number or a list of them"),
    ("[context]\n[context.b]\na = [[1]]", "stackaudit.toml:3: context.b.a: must be a text"),
    ("[context]\na = 2024-01-01", "stackaudit.toml:2: context.a: must be a text"),
    ("policy = 1", "stackaudit.toml:1: policy: must be a table"),
    ("[policy]\nallows = {}", 'stackaudit.toml:2: policy.allows: unknown key; did you mean "allow"?'),
    ("[policy]\nallow = []", "stackaudit.toml:2: policy.allow: must be a table"),
    ('[policy.deny]\nvendors = ["a"]', 'stackaudit.toml:2: policy.deny.vendors: unknown key; did you mean "vendor"?'),
    ("[policy.deny]\nvendor = 1", "stackaudit.toml:2: policy.deny.vendor: must be a list of texts"),
    ('[policy.deny]\nroute = ["clouds"]', 'stackaudit.toml:2: policy.deny.route: unknown value "clouds"; did you mean "cloud"?'),
    ('[[models]]\nnames = ["a"]\n[[models]]\nnames = ["b"]\nweight = "open"', 'stackaudit.toml:5: models[2].weight: unknown key; did you mean "weights"?'),
    ('[[models]]\nnames = ["a"]\n[[endpoints]]\nhost = "a"\n[[models]]\nvendor = "b"', "stackaudit.toml:5: models[2]: needs names"),
    ('[[endpoints]]\nhost = "a"\nroute = "api"', 'stackaudit.toml:3: endpoints[1].route: unknown value "api"'),
    ('[policy.allow]\norigin = ["global"]', 'stackaudit.toml:2: policy.allow.origin: "global" is no ISO 3166-1 code'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), FAULTS, ids=[t[:30] for t, _ in FAULTS])
def test_faults(tmp_path: Path, text: str, message: str) -> None:
    assert fault(write(tmp_path, text)).startswith(message)


def test_wrong_encoding_and_size(tmp_path: Path) -> None:
    (tmp_path / "stackaudit.toml").write_bytes(b'packs = ["a"]\n# caf\xe9\n')
    assert fault(tmp_path) == "stackaudit.toml:2: is not UTF-8; save it as UTF-8"
    (tmp_path / "stackaudit.toml").write_bytes(b"\xef\xbb\xbfstrict = true\r\n")
    assert load(tmp_path, {}).strict
    (tmp_path / "stackaudit.toml").write_bytes(b"#" * (5 << 20))
    assert fault(tmp_path) == "stackaudit.toml: cannot be read: larger than 4 MiB"


def test_unreadable_file() -> None:
    with open_folder() as folder:
        write(folder, "").joinpath("stackaudit.toml").chmod(0)
        with as_nobody():
            assert fault(folder) == "stackaudit.toml: cannot be read: permission denied"


def test_odd_files_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").symlink_to("/etc/passwd")
    assert load(tmp_path, {}) == Settings()
    os.mkfifo(tmp_path / "stackaudit.toml")
    assert fault(tmp_path) == "stackaudit.toml: cannot be read: not a regular file"


def test_faults_in_flags(tmp_path: Path) -> None:
    assert fault(tmp_path, {"fail_on": "hihg"}) == (
        'command line: fail_on: unknown value "hihg"; did you mean "high"?'
    )


@given(st.text(alphabet='[]{}=."\n ab#\\', max_size=60))
def test_never_anything_but_a_config_error(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = write(tmp_path_factory.getbasetemp(), text)
    try:
        load(folder, {})
    except ConfigError as error:
        assert "\n" not in str(error)


def test_own_packs_are_sought_beside_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = 'packs = ["finance", "own.yaml"]\n[[zones]]\nname = "a"\npaths = ["a"]\npacks = ["rules/x.yml"]'
    write(tmp_path, text)
    settings = load(tmp_path, {})
    assert settings.packs == ("finance", str(tmp_path / "own.yaml"))
    assert settings.zones[0].packs == (str(tmp_path / "rules" / "x.yml"),)
    assert load(tmp_path, {"packs": ("own.yaml",)}).packs == ("own.yaml",), "flags: from here"
    monkeypatch.chdir(tmp_path)
    assert load(tmp_path, {}).packs == ("finance", "own.yaml")
