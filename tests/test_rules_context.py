"""What a user declares is checked against the vocabulary, with a suggestion."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stackaudit import rules
from stackaudit.model import ConfigError

RULES = Path(__file__).resolve().parents[1] / "rules"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {}),
        ({"data": "phi"}, {"data": ("phi",)}),
        ({"data": ["phi", "personal", "phi"]}, {"data": ("phi", "personal")}),
        ({"seat": ["us"]}, {"seat": ("US",)}),
        ({"seat": "EU"}, {"seat": ("EU",)}),
        ({"hosting": ("DE", "FR")}, {"hosting": ("DE", "FR")}),
        ({"scale": {"monthly_users": 5_000_000}}, {"scale.monthly_users": ("5000000",)}),
        ({"scale.yearly_revenue_usd": "1e6"}, {"scale.yearly_revenue_usd": ("1e6",)}),
        ({"regulator": "none"}, {"regulator": ("none",)}),
        ({"seat": "NO", "data": "none"}, {"data": ("none",), "seat": ("NO",)}),
    ],
)
def test_context_is_flattened(given: dict[str, Any], expected: dict[str, Any]) -> None:
    got = rules.check_context(given, RULES)
    assert got == expected
    assert list(got) == sorted(got)


@pytest.mark.parametrize(
    ("given", "fragment"),
    [
        ({"dta": "phi"}, "unknown context key 'dta'; did you mean 'data'?"),
        ({"data": "phy"}, "context.data: unknown value 'phy'; did you mean 'phi'?"),
        ({"data": []}, "context.data is empty; remove it or write none"),
        ({"seat": []}, "context.seat is empty; remove it"),
        ({"data": ["none", "phi"]}, "says none and more"),
        ({"seat": "Germany"}, "unknown country 'GERMANY'; write ISO 3166-1 alpha-2, or EU"),
        ({"scale": {"monthly_users": "many"}}, "context.scale.monthly_users: 'many' is not a num"),
        ({"scale": {"monthly_users": -1}}, "'-1' is not a number"),
        ({"scale": {"monthly_users": "nan"}}, "'nan' is not a number"),
        ({"scale": {"monthly_users": [1, 2]}}, "takes one number, not 2"),
        ({"scale": {"users": 1}}, "unknown context key 'scale.users'; did you mean"),
        ({"data": True}, "context.data holds a bool; write a text or number"),
        ({"data": [["phi"]]}, "context.data holds a list"),
        ({"data": {"phi": True}}, "unknown context key 'data.phi'"),
    ],
)
def test_context_faults(given: dict[str, Any], fragment: str) -> None:
    with pytest.raises(ConfigError, match=r"^[^\n]*$") as caught:
        rules.check_context(given, RULES, "stackaudit.toml")
    assert fragment in str(caught.value)
    assert str(caught.value).startswith("stackaudit.toml: ")


def test_every_value_has_a_meaning() -> None:
    vocabulary = rules.load_shared(RULES).vocabulary
    assert {"data", "seat", "regulator", "contracts", "hosting"} <= set(vocabulary.keys)
    for key in vocabulary.keys.values():
        assert key.title
        assert (key.type == "values") == bool(key.values)
        assert all(meaning for meaning in key.values.values())


@pytest.mark.parametrize(
    ("name", "text", "fragment"),
    [
        ("context", "context:\n  - {key: data, title: x}\n", ":2:5: a context key of type values"),
        ("context", "context:\n  - {key: d, title: x, type: date}\n", ":2:30: unknown type 'date'"),
        ("context", "contexts: []\n", ":1:1: unknown field 'contexts' in the file"),
        ("lists", "lists:\n  - {id: a, title: b, values: [X]}\n", ":2:5: a list has no 'sources'"),
        ("lists", "lists: [\n", ":2:1: not valid YAML"),
    ],
)
def test_broken_shared_files(name: str, text: str, fragment: str, tmp_path: Path) -> None:
    for shared in ("context", "lists"):
        (tmp_path / f"{shared}.yaml").write_bytes((RULES / f"{shared}.yaml").read_bytes())
    (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=r"^[^\n]*$") as caught:
        rules.load_shared(tmp_path)
    assert fragment in str(caught.value)
