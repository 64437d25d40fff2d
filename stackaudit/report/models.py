"""The table of models in the terminal report; long menus and long tables become groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from stackaudit.model import UNKNOWN, Component
from stackaudit.report import places, reliance
from stackaudit.report.layout import Line, Row, Span, heading, line, paragraph, table
from stackaudit.report.text import clean, count, listed
from stackaudit.report.view import View, left_out, select, where

_HEADERS = ("Model", "Developer", "Reached through, processed in")
_WIDE_HEADERS = (
    "Model",
    "Role",
    "Developer",
    "Based on",
    "Licence",
    "Reached through, processed in",
    "Use and places",
)
#: Rows before the rest is grouped; a narrow row takes two lines.
_MOST_ROWS = {True: 40, False: 20}
_MOST_OFFERED = 6
_CLOSED = "closed"
_MOST_GROUPS = 8


def section(components: Sequence[Component], view: View) -> list[Line]:
    """Every model the view shows, one by one or, where that would flood a page, by developer."""
    shown = select(components, ("model", "weights"), view)
    if not shown.visible and not shown.hidden:
        return []
    rows, menu = _split_menu(shown.visible, view)
    rows, rest = _page(rows, view)
    lines = heading(f"MODELS ({len(shown.visible):,})", _summary(shown.visible), view.width)
    if rows:
        headers, row_of = (_WIDE_HEADERS, _one_line) if view.wide else (_HEADERS, _two_lines)
        lines += table(headers, [row_of(c, view) for c in rows], view.width)
    lines += _groups(rest, view, "more model", "named less often", "")
    lines += _groups(menu, view, "model", "only offered, as entries of a list", " offered")
    return [*lines, *left_out(shown.hidden, "model", view), ()]


def _page(rows: list[Component], view: View) -> tuple[list[Component], list[Component]]:
    """As many as fit a page, those with most places, in the order given; and the rest."""
    most = _MOST_ROWS[view.wide]
    if view.verbose or len(rows) <= most + 2:
        return rows, []
    by_places = sorted(rows, key=lambda c: -len(places.seen(c, view.usages)))
    chosen = {c.id for c in by_places[:most]}
    return [c for c in rows if c.id in chosen], [c for c in rows if c.id not in chosen]


def _summary(shown: Sequence[Component]) -> str:
    if not shown:
        return "none in use"
    known = {c.developer.id for c in shown if c.developer and c.developer.id != UNKNOWN}
    strangers = sum(c.developer is None or c.developer.id == UNKNOWN for c in shown)
    told = [f"by {count(len(known), 'developer')}"] if known else []
    told += [f"{strangers:,} by an unknown developer"] if strangers else []
    return ", ".join(told)


def _split_menu(shown: list[Component], view: View) -> tuple[list[Component], list[Component]]:
    """Models to list one by one, and those that are only entries of a long menu."""
    menu = [c for c in shown if {u for u in c.usages if u in view.usages} == {"offered"}]
    if view.verbose or len(menu) <= _MOST_OFFERED:
        return shown, []
    ids = {c.id for c in menu}
    return [c for c in shown if c.id not in ids], menu


def _two_lines(component: Component, view: View) -> Row:
    base, licence = bases(component), licence_words(component)
    stranger = "unknown developer, " if places.party(component.developer) == UNKNOWN else ""
    note = [f"{stranger}based on {base}"] if base else []
    note += filter(None, [reliance.role_words(component.roles)])
    note.append("closed weights" if licence == _CLOSED else f"licence: {licence}")
    note.append(where(component, view))
    return Row([*_who(component), Span(route_words(component))], "; ".join(note))


def _one_line(component: Component, view: View) -> Row:
    base, licence = Span(bases(component) or "-"), Span(licence_words(component))
    reached, place = Span(route_words(component)), Span(where(component, view), "dim")
    name, developer = _who(component)
    role = Span(reliance.role_words(component.roles) or "-")
    return Row([name, role, developer, base, licence, reached, place])


def _who(component: Component) -> list[Span]:
    return [Span(clean(component.name), "name"), Span(places.party(component.developer))]


def bases(component: Component) -> str:
    """The base models, nearest first: ``Family (Developer, US)``."""
    return listed(map(places.base, component.lineage), 2)


def licence_words(component: Component) -> str:
    """Its name; the terms of a service say no more than that the weights are closed."""
    licence = component.licence
    if component.weights == "closed" and (licence is None or licence.category == "proprietary"):
        return _CLOSED
    if licence is None or licence.category == UNKNOWN:
        return UNKNOWN
    return clean(licence.name or licence.id)


def route_words(component: Component) -> str:
    """Every way it is reached and where each is processed."""
    seen = [r for r in component.routes if r.route != UNKNOWN]
    ways: list[str] = []
    for told in map(places.way, sorted(seen, key=lambda r: r.basis != "observed")):
        if told not in ways and told.removesuffix(places.INFERRED) not in ways:
            ways.append(told)
    if not ways:
        return "route not visible"
    more = [f"{len(ways) - 2} more ways"] if len(ways) > 2 else []
    elsewhere = ["elsewhere not visible"] if len(seen) < len(component.routes) else []
    return "; ".join(ways[:2] + more + elsewhere)


def _groups(rows: Sequence[Component], view: View, noun: str, what: str, verb: str) -> list[Line]:
    """A count of ``rows``, then one line a developer."""
    if not rows:
        return []
    intro = f"{count(len(rows), noun)} {what} (-v lists them all):"
    lines: list[Line] = paragraph(intro, view.width, 2, "dim")
    groups: dict[str, list[Component]] = {}
    for component in rows:
        groups.setdefault(places.party(component.developer), []).append(component)
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0].casefold()))
    for who, members in ordered[:_MOST_GROUPS]:
        owner = "unknown developer" if who == UNKNOWN else who
        text = f"{owner}: {count(len(members), 'model')}{verb} in {_files(members, view)}"
        lines += paragraph(text, view.width, 4)
    left = [members for _, members in ordered[_MOST_GROUPS:]]
    if left:
        number = count(sum(map(len, left)), "model")
        lines.append(line(f"    {count(len(left), 'more developer')}: {number}"))
    return lines


def _files(members: Sequence[Component], view: View) -> str:
    """The file that names most of them, and how many more files there are."""
    tally = Counter(path for c in members for path in {o.path for o in places.seen(c, view.usages)})
    first = min(tally, key=lambda path: (-tally[path], path))
    more = len(tally) - 1
    return clean(first) + (f" +{count(more, 'file')}" if more else "")
