"""Three answers to every condition: it holds, it does not, or the fact is not known.

What is unknown never counts as a hit and never as "something else", unless a rule asks for
``unknown`` itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from stackaudit.model import UNKNOWN, Match
from stackaudit.rules.fields import FIELDS, names

#: Values of one fact. ``None``: this kind of component has no such fact. Empty: there are none.
Values = tuple[str, ...] | None
LINEAGE = names("lineage")
GLOBS = frozenset(name for name, field in FIELDS.items() if field.form == "glob")
#: Section of the catalogue -> the fields whose values are ids of its rows.
_SECTIONS = {
    "vendors": frozenset({"developer", "provider", "lineage_developer"}),
    "families": frozenset({"family", "lineage_family"}),
    "licences": frozenset({"licence"}),
    "entity_lists": frozenset({"entity_list", "developer_entity_list", "provider_entity_list"}),
}


def asked(match: Match) -> frozenset[str]:
    """Every field a match asks about, at any depth."""
    return frozenset(match.fields).union(*map(asked, _inner(match)))


def wanted(match: Match, fields: frozenset[str]) -> frozenset[str]:
    """The values a match allows for some fields, at any depth."""
    own = (value for name in match.fields.keys() & fields for value in match.fields[name])
    return frozenset(own).union(*(wanted(inner, fields) for inner in _inner(match)))


def catalogue_ids(matches: Iterable[Match]) -> dict[str, frozenset[str]]:
    """The rows of the catalogue that matches name: section -> ids."""
    every = list(matches)
    return {
        section: frozenset().union(*(wanted(match, fields) for match in every))
        for section, fields in _SECTIONS.items()
    }


def holds(
    match: Match, known: Mapping[str, Values], lineage: Sequence[Mapping[str, Values]]
) -> bool | None:
    """Whether a match holds on one route: yes, no, or None where a fact is not known."""
    answer: bool | None = True
    bases: dict[str, tuple[str, ...]] = {}
    for name, allowed in match.fields.items():
        if name in LINEAGE:
            bases[name] = allowed
            continue
        part = _allows(name, allowed, known.get(name))
        if part is False:
            return False
        answer = answer and part
    if match.negated:
        inner = holds(match.negated, known, lineage)
        if inner:
            return False
        answer = None if inner is None else answer
    if match.any_of:
        part = _any(holds(option, known, lineage) for option in match.any_of)
        if part is False:
            return False
        answer = answer and part
    if bases:
        # What is asked of a base model must hold on one and the same.
        part = _any(_all(_allows(n, a, base[n]) for n, a in bases.items()) for base in lineage)
        return False if part is False else answer and part
    return answer


def _inner(match: Match) -> tuple[Match, ...]:
    return (*match.any_of, match.negated) if match.negated else match.any_of


def _allows(name: str, allowed: Sequence[str], values: Values) -> bool | None:
    if values is None:
        return None
    like = name in GLOBS
    for value in values:
        if _like(allowed, value) if like else value in allowed:
            return True
    return None if UNKNOWN in values else False


def _like(patterns: Iterable[str], value: str) -> bool:
    value = value.lower()
    return any(fnmatchcase(value, pattern.lower()) for pattern in patterns)


def _all(answers: Iterable[bool | None]) -> bool | None:
    found = set(answers)
    return False if False in found else None if None in found else True


def _any(answers: Iterable[bool | None]) -> bool | None:
    answer: bool | None = False
    for part in answers:
        if part:
            return True
        if part is None:
            answer = None
    return answer
