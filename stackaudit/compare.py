"""What came, went and changed between two reports, as the JSON report has them.

Reports come from files too, so nothing about their shape is taken for granted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from stackaudit.model import UNKNOWN, InputError

Data = Mapping[str, Any]
_MAJOR = "1."
#: Section -> the kinds of components it lists.
_SECTIONS = {
    "models": ("model", "weights"),
    "endpoints": ("endpoint",),
    "sdks": ("sdk",),
    "credentials": ("credential",),
}


class FieldChange(NamedTuple):
    """A fact that is another one now."""

    field: str
    old: tuple[str, ...]
    new: tuple[str, ...]


class Item(NamedTuple):
    """A component that came, went or changed."""

    id: str
    name: str
    facts: tuple[str, ...]
    """In words: who developed it, where it is reached."""
    fields: tuple[FieldChange, ...] = ()


class Value(NamedTuple):
    """A country, licence or route that came or went, and what has it."""

    value: str
    components: tuple[str, ...]
    """Names."""


@dataclass(frozen=True, slots=True)
class Section:
    """Components of one sort."""

    name: str
    came: tuple[Item, ...]
    went: tuple[Item, ...]
    changed: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Facet:
    """Values of one fact over all components."""

    name: str
    came: tuple[Value, ...]
    went: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that differs between two reports."""

    sections: tuple[Section, ...]
    facets: tuple[Facet, ...]
    findings: Facet
    """Open findings; value: rule and title."""
    terms: tuple[str, ...]
    """How the reports were made differently, a sentence part each."""

    @property
    def empty(self) -> bool:
        """Whether nothing differs in what was found."""
        components = any(s.came or s.went or s.changed for s in self.sections)
        return not components and not any(f.came or f.went for f in (*self.facets, self.findings))


def check(report: object, name: str) -> Data:
    """A report read from a file. Raises InputError where it is none of ours."""
    if not isinstance(report, dict) or not isinstance(report.get("components"), list):
        raise InputError(f"{name} is not a JSON report of stackaudit scan")
    version = str(report.get("schema_version"))
    if not version.startswith(_MAJOR):
        raise InputError(
            f"{name} has schema version {version}, and this version reads {_MAJOR}x;"
            " write it anew, or use the version it was written with"
        )
    return report


def compare(old: Data, new: Data, usages: Collection[str]) -> Comparison:
    """Compare two reports.

    Args:
        old: As ``check`` gave it.
        new: Likewise.
        usages: A component counts only where it has a place of one of these.
    """
    before, after = _counted(old, usages), _counted(new, usages)
    sections = [
        _section(name, _of_kind(before, kinds), _of_kind(after, kinds))
        for name, kinds in _SECTIONS.items()
    ]
    facets = [_facet(name, before, after, values) for name, values in _FACETS.items()]
    findings = _findings(_rows(old, "findings"), _rows(new, "findings"))
    return Comparison(tuple(sections), tuple(facets), findings, tuple(_terms(old, new)))


def _terms(old: Data, new: Data) -> list[str]:
    """What was another version: catalogue and rule packs."""
    first, second = _map(old, "tool"), _map(new, "tool")
    found = []
    one, other = _map(first, "catalogue"), _map(second, "catalogue")
    if one != other:
        found.append(f"catalogue {_version(one)} against {_version(other)}")
    packs = {str(p.get("id")): p for p in _rows(first, "packs")}
    others = {str(p.get("id")): p for p in _rows(second, "packs")}
    for name in sorted(packs.keys() | others.keys()):
        one, other = packs.get(name, {}), others.get(name, {})
        if one != other:
            found.append(f"rule pack {name} {_version(one)} against {_version(other)}")
    return found


def _version(stamp: Data) -> str:
    if not stamp:
        return "not used"
    return f"{stamp.get('version')} ({str(stamp.get('sha256'))[:8]})"


def _counted(report: Data, usages: Collection[str]) -> dict[str, Data]:
    return {
        str(row.get("id")): row
        for row in _rows(report, "components")
        if not set(_texts(row.get("usages"))).isdisjoint(usages)
    }


def _of_kind(rows: Mapping[str, Data], kinds: Sequence[str]) -> dict[str, Data]:
    return {key: row for key, row in rows.items() if row.get("kind") in kinds}


def _section(name: str, old: Mapping[str, Data], new: Mapping[str, Data]) -> Section:
    changed = []
    for key in sorted(old.keys() & new.keys()):
        fields = tuple(
            FieldChange(field, before, after)
            for field, values in _FIELDS.items()
            if (before := values(old[key])) != (after := values(new[key]))
        )
        if fields:
            changed.append(_item(key, new[key])._replace(fields=fields))
    return Section(
        name,
        tuple(_item(key, new[key]) for key in sorted(new.keys() - old.keys())),
        tuple(_item(key, old[key]) for key in sorted(old.keys() - new.keys())),
        tuple(changed),
    )


def _item(key: str, row: Data) -> Item:
    made = _text(_map(row, "developer").get("name"))
    facts = [f"made by {made} ({_text(row.get('origin_country'))})"] if made else []
    facts += [f"through {route}" for route in _routes(row)]
    return Item(key, _text(row.get("name")) or key, tuple(facts))


def _facet(
    name: str,
    old: Mapping[str, Data],
    new: Mapping[str, Data],
    values: Callable[[Data], Iterable[str]],
) -> Facet:
    before, after = _having(old, values), _having(new, values)
    return Facet(
        name,
        tuple(Value(v, after[v]) for v in sorted(after.keys() - before.keys())),
        tuple(Value(v, before[v]) for v in sorted(before.keys() - after.keys())),
    )


def _having(
    rows: Mapping[str, Data], values: Callable[[Data], Iterable[str]]
) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for key, row in rows.items():
        for value in values(row):
            found.setdefault(value, {})[_text(row.get("name")) or key] = None
    return {value: tuple(names) for value, names in found.items()}


def _findings(old: Sequence[Data], new: Sequence[Data]) -> Facet:
    def told(rows: Sequence[Data]) -> dict[str, Value]:
        return {
            f"{row.get('fingerprint')}{row.get('zone', '')}": Value(
                f"{_text(row.get('rule'))} ({_text(row.get('severity'))})",
                (_text(row.get("component")).partition(":")[2],),
            )
            for row in rows
            if row.get("status") == "open"
        }

    before, after = told(old), told(new)
    came = sorted(after[key] for key in after.keys() - before.keys())
    went = sorted(before[key] for key in before.keys() - after.keys())
    return Facet("findings", tuple(came), tuple(went))


def _routes(row: Data) -> tuple[str, ...]:
    """Routes in words; what is not visible is no route."""
    found = []
    for route in _rows(row, "routes"):
        if route.get("route") == UNKNOWN:
            continue
        who = _text(route.get("service") or route.get("provider_name") or route.get("provider"))
        found.append(f"{who or UNKNOWN} [{_text(route.get('route'))}] in {_place(route)}")
    return tuple(sorted(set(found)))


def _place(route: Data) -> str:
    hosting = _map(route, "hosting")
    country, region = _text(hosting.get("country")), _text(hosting.get("region"))
    where = country if country not in ("", UNKNOWN) else _text(hosting.get("scope")) or UNKNOWN
    return f"{where} ({region})" if region else where


def _countries_of(row: Data) -> tuple[str, ...]:
    return tuple(sorted({_text(r.get("provider_country")) for r in _rows(row, "routes")}))


def _origin(row: Data) -> tuple[str, ...]:
    told = _text(row.get("origin_country"))
    return (told,) if told and row.get("kind") in ("model", "weights") else ()


def _licence(row: Data) -> tuple[str, ...]:
    told = _text(_map(row, "licence").get("id"))
    return (told,) if told else ()


def _hosting(row: Data) -> tuple[str, ...]:
    return tuple(sorted({_place(r).partition(" ")[0] for r in _rows(row, "routes")}))


def _version_of(row: Data) -> tuple[str, ...]:
    told = _text(_map(row, "package").get("version"))
    return (told,) if told else ()


_FACETS: dict[str, Callable[[Data], tuple[str, ...]]] = {
    "origin_countries": _origin,
    "provider_countries": _countries_of,
    "hosting_countries": _hosting,
    "licences": _licence,
    "routes": _routes,
}
_FIELDS: dict[str, Callable[[Data], tuple[str, ...]]] = {
    "usages": lambda row: _texts(row.get("usages")),
    "routes": _routes,
    "licence": _licence,
    "origin_country": _origin,
    "lineage_countries": lambda row: _texts(row.get("lineage_countries")),
    "weights": lambda row: (_text(row.get("weights")),),
    "roles": lambda row: _texts(row.get("roles")),
    "version": _version_of,
}


def _rows(data: Data, key: str) -> list[Data]:
    told = data.get(key)
    return [row for row in told if isinstance(row, dict)] if isinstance(told, list) else []


def _map(data: Data, key: str) -> Data:
    told = data.get(key)
    return told if isinstance(told, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()
