"""What a user can declare and no scanner can see: the vocabulary and its check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from stackaudit.model import ConfigError, ContextKey
from stackaudit.rules.checker import Checker, suggest
from stackaudit.rules.document import Node

_FIELDS = ("key", "title", "type", "values")
_TYPES = ("values", "countries", "number")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every key and value a context may have."""

    keys: Mapping[str, ContextKey] = field(default_factory=dict)
    countries: frozenset[str] = frozenset()

    def fault(self, key: str, value: str) -> str:
        """What is wrong with declaring ``key = value``; empty when nothing is."""
        row = self.keys[key]
        if row.type == "number":
            return "" if _is_number(value) else f"'{value}' is not a number"
        if row.type == "countries":
            if value in self.countries:
                return ""
            hint = value.upper() if value.upper() in self.countries else ""
            known = f"; did you mean '{hint}'?" if hint else "; write ISO 3166-1 alpha-2, or EU"
            return f"unknown country '{value}'{known}"
        if value in row.values:
            return ""
        return f"unknown value '{value}'{suggest(value, row.values)}"


def read_vocabulary(checker: Checker, top: Node, countries: frozenset[str]) -> Vocabulary:
    """The vocabulary of ``context.yaml``; faults go to ``checker``."""
    entries = checker.entries(top, "the file", ("context",), ("context",))
    keys: dict[str, ContextKey] = {}
    for node in checker.items(entries.get("context"), "context"):
        row = _read_key(checker, node)
        if row.key in keys:
            checker.fail(node, f"key '{row.key}' stands twice; keep one")
        elif row.key:
            keys[row.key] = row
    return Vocabulary(keys, countries)


def _read_key(checker: Checker, node: Node) -> ContextKey:
    rows = checker.entries(node, "a context key", _FIELDS, ("key", "title"))
    kind = checker.choice(rows["type"], "type", _TYPES) if "type" in rows else "values"
    values: dict[str, str] = {}
    if kind == "values" and "values" in rows:
        listed = checker.entries(rows["values"], "values", None)
        values = {name: checker.text(value, name) for name, value in listed.items()}
    elif kind == "values":
        checker.fail(node, "a context key of type values has no 'values'; add them")
    return ContextKey(
        checker.text(rows.get("key"), "key"),
        checker.text(rows.get("title"), "title"),
        "number" if kind == "number" else "countries" if kind == "countries" else "values",
        values,
    )


def check(
    context: Mapping[str, object], vocabulary: Vocabulary, where: str
) -> dict[str, tuple[str, ...]]:
    """The declared context, checked and flattened to texts. Raises ConfigError."""
    where = f"{where}: " if where else ""
    out: dict[str, tuple[str, ...]] = {}
    for key, value in _flat(context):
        if key not in vocabulary.keys:
            hint = suggest(key, vocabulary.keys)
            raise ConfigError(f"{where}unknown context key '{key}'{hint}")
        values = value if isinstance(value, (list, tuple)) else (value,)
        texts = []
        for item in values:
            if not isinstance(item, (str, int, float)) or isinstance(item, bool):
                kind = type(item).__name__
                raise ConfigError(f"{where}context.{key} holds a {kind}; write a text or number")
            text = str(item).strip()
            if vocabulary.keys[key].type == "countries":
                text = text.upper()
            fault = vocabulary.fault(key, text)
            if fault:
                raise ConfigError(f"{where}context.{key}: {fault}")
            texts.append(text)
        _check_whole(vocabulary.keys[key], texts, where)
        out[key] = tuple(dict.fromkeys(texts))
    return dict(sorted(out.items()))


def _check_whole(row: ContextKey, texts: list[str], where: str) -> None:
    if not texts:
        none = " or write none" if "none" in row.values else ""
        raise ConfigError(f"{where}context.{row.key} is empty; remove it{none}")
    if row.type == "number" and len(texts) > 1:
        raise ConfigError(f"{where}context.{row.key} takes one number, not {len(texts)}")
    if "none" in texts and len(texts) > 1:
        raise ConfigError(f"{where}context.{row.key} says none and more; remove one of them")


def _flat(context: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for key, value in context.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _is_number(text: str) -> bool:
    try:
        return 0 <= float(text.replace("_", "")) < 1e18
    except ValueError:
        return False
