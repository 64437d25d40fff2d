"""Where a rule's match holds on a component: its places, its routes, and how sure that is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from stackaudit import facts
from stackaudit.facts import Declared
from stackaudit.judge.cases import Case
from stackaudit.model import Component, Confidence, Match, Occurrence, Usage
from stackaudit.rules.fields import names
from stackaudit.rules.matching import GLOBS, LINEAGE, Values, holds

CONFIDENCES: tuple[Confidence, ...] = ("high", "medium", "low")
_ROUTE = names("route")
_OCCURRENCE = names("occurrence")


def places(component: Component, usages: Collection[Usage]) -> tuple[tuple[Occurrence, ...], bool]:
    """The occurrences that count, and whether the component is only offered."""
    counted = tuple(o for o in component.occurrences if o.usage in usages)
    if counted:
        return counted, False
    return tuple(o for o in component.occurrences if o.usage == "offered"), True


class View:
    """A component with its facts, worked out once for all rules."""

    def __init__(self, component: Component, declared: Declared) -> None:
        self.component = component
        own = facts.of_component(component, declared)
        self.routes = [{**own, **route} for route in facts.of_routes(component, declared)]
        self.lineage = facts.of_lineage(component)
        self._counted: dict[frozenset[Usage], tuple[tuple[Occurrence, ...], bool]] = {}
        self._told = {place.route for place in component.occurrences}

    def counted(self, usages: Collection[Usage]) -> tuple[tuple[Occurrence, ...], bool]:
        """See ``places``; found once."""
        key = frozenset(usages)
        if key not in self._counted:
            self._counted[key] = places(self.component, key)
        return self._counted[key]

    def offered(self) -> tuple[Occurrence, ...]:
        """The occurrences that only offer it."""
        return tuple(place for place in self.component.occurrences if place.usage == "offered")

    def on(self, route: int, places: tuple[Occurrence, ...]) -> tuple[Occurrence, ...]:
        """The places that go this way; all of them where no kept place tells which do."""
        if route not in self._told:
            return places
        return tuple(place for place in places if place.route == route)


class Views:
    """All views of a run; tells on which of them a match can hold without asking each."""

    def __init__(self, views: Iterable[View]) -> None:
        self._views = list(views)
        self._tables: dict[str, dict[str, list[int]]] = {}

    def candidates(self, match: Match) -> list[View]:
        """Those that have an allowed value of the field that the fewest have, in order."""
        bound = self._bound(match)
        return self._views if bound is None else [self._views[n] for n in sorted(bound)]

    def _bound(self, match: Match) -> set[int] | None:
        """Numbers of the views on which it may hold; None where nothing rules any out."""
        found = [
            {n for value in allowed for n in self._table(name).get(value, ())}
            for name, allowed in match.fields.items()
            if name not in GLOBS and name not in _OCCURRENCE
        ]
        options = [self._bound(option) for option in match.any_of]
        if options and None not in options:
            found.append(set().union(*(option for option in options if option)))
        return min(found, key=len, default=None)

    def _table(self, name: str) -> dict[str, list[int]]:
        """Value of a field -> numbers of the views that have it on some route or base."""
        if name not in self._tables:
            table = self._tables[name] = {}
            for n, view in enumerate(self._views):
                every = view.lineage if name in LINEAGE else view.routes
                for value in {value for known in every for value in known.get(name) or ()}:
                    table.setdefault(value, []).append(n)
        return self._tables[name]


class Matched(NamedTuple):
    """Where a match holds, what limits confidence in it, and on which routes."""

    places: tuple[Occurrence, ...]
    limits: list[Confidence]
    routes: list[dict[str, Values]]
    offered: bool


def speaks(case: Case, view: View, usages: Collection[Usage]) -> Matched | None:
    """Where the rule speaks to the component; None where it does not."""
    component = view.component
    if case.kinds is not None and component.kind not in case.kinds:
        return None
    if "usage" in case.asked:
        counted, offered = component.occurrences, False
    else:
        counted, offered = view.counted(usages)
    found = _matched(case, view, counted, offered) if counted else None
    if found is None and not offered and "usage" not in case.asked and case.asked & _ROUTE:
        # Used by one way, offered by another.
        only = view.offered()
        found = _matched(case, view, only, True) if only else None
    return found


def _matched(
    case: Case, view: View, occurrences: tuple[Occurrence, ...], offered: bool
) -> Matched | None:
    """The places where the match holds on some route; None where there are none."""
    match = case.rule.match
    per_place = not _OCCURRENCE.isdisjoint(case.asked)
    by_route = bool(case.asked & _ROUTE)
    holding = [
        _holding(
            match, view, known, view.on(n, occurrences) if by_route else occurrences, per_place
        )
        for n, known in enumerate(view.routes)
    ]
    if not any(holding):
        return None
    limits: list[Confidence] = []
    sure = any(_is_observed(view.component, n) for n, found in enumerate(holding) if found)
    if not sure and by_route:
        limits.append("medium")
    if match.fields.keys() & LINEAGE:
        limits.append(_lineage_confidence(match, view))
    hits = {id(place) for found in holding for place in found}
    listed = tuple(place for place in occurrences if id(place) in hits)
    routes = [known for known, found in zip(view.routes, holding, strict=True) if found]
    return Matched(listed, limits, routes, offered)


def _holding(
    match: Match,
    view: View,
    known: Mapping[str, Values],
    occurrences: tuple[Occurrence, ...],
    per_place: bool,
) -> Sequence[Occurrence]:
    """The places where the match holds on one route; equal places are asked once."""
    if not per_place:
        return occurrences if holds(match, known, view.lineage) else ()
    answers: dict[tuple[str, str, str], bool | None] = {}
    for place in occurrences:
        key = (place.usage, place.role, place.text)
        if key not in answers:
            here = {"usage": key[:1], "role": key[1:2], "written": key[2:]}
            answers[key] = holds(match, {**known, **here}, view.lineage)
    return [p for p in occurrences if answers[p.usage, p.role, p.text]]


def _is_observed(component: Component, route: int) -> bool:
    return not component.routes or component.routes[route].basis == "observed"


def _lineage_confidence(match: Match, view: View) -> Confidence:
    """How sure the base model is that made the rule fire."""
    own = Match({name: match.fields[name] for name in match.fields.keys() & LINEAGE})
    sure = [
        base.confidence
        for base, known in zip(view.component.lineage, view.lineage, strict=False)
        if holds(own, {}, [known])
    ]
    return min(sure, key=CONFIDENCES.index, default="low")
