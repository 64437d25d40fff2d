"""Endpoints, SDKs and credential variables in the terminal report."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stackaudit.model import UNKNOWN, Component, Kind
from stackaudit.report import places
from stackaudit.report.layout import Line, Row, Span, heading, paragraph, table
from stackaudit.report.text import clean, count, listed
from stackaudit.report.view import View, left_out, names_of, select, where

_CREDENTIAL: tuple[Kind, ...] = ("credential",)
_MOST_ROWS = 15
_MOST_CREDENTIALS = 6
_MOST_NAMES = 6
_ENDPOINT = ("Operator", "Kind", "Processed in")
_SDK = ("Provider", "Declared as")


def sections(components: Sequence[Component], view: View) -> list[Line]:
    """The tables of endpoints and SDKs and credential variables; nothing for what is absent."""
    return [
        *_table(
            "ENDPOINTS", "endpoint", components, view, ("Endpoint", *_ENDPOINT), endpoint_facts
        ),
        *_table("SDKs", "sdk", components, view, ("SDK", *_SDK), sdk_facts),
        *_credentials(components, view),
    ]


def _table(
    title: str,
    kind: Kind,
    components: Sequence[Component],
    view: View,
    headers: Sequence[str],
    facts: Callable[[Component], list[str]],
) -> list[Line]:
    shown = select(components, (kind,), view)
    noun = "SDK" if kind == "sdk" else kind
    rows = shown.visible
    if not rows and not shown.hidden:
        return []
    most = len(rows) if view.verbose or len(rows) <= _MOST_ROWS + 2 else _MOST_ROWS
    owners = {who.id for c in rows if (who := c.provider or c.developer)}
    summary = f"of {count(len(owners), 'known provider')}" if owners else ""
    lines = heading(f"{title} ({len(rows):,})", summary if rows else "none in use", view.width)
    if rows:
        headers = (*headers, "Use and places") if view.wide else headers
        lines += table(headers, [_row(c, facts(c), view) for c in rows[:most]], view.width)
    lines += _names(rows, most, view)
    return [*lines, *left_out(shown.hidden, noun, view), ()]


def _row(component: Component, facts: Sequence[str], view: View) -> Row:
    cells = [Span(clean(component.name), "name"), *map(Span, facts)]
    place = where(component, view)
    return Row([*cells, Span(place, "dim")]) if view.wide else Row(cells, place)


def endpoint_facts(component: Component) -> list[str]:
    """Operator, kind of route and place of processing."""
    hosted = dict.fromkeys(places.processed(r.hosting) for r in component.routes)
    kinds = dict.fromkeys(places.route_kind(r) for r in component.routes if r.route != UNKNOWN)
    operator = places.party(component.provider or component.developer)
    return [operator, listed(kinds, 2) or UNKNOWN, listed(hosted, 2) or UNKNOWN]


def sdk_facts(component: Component) -> list[str]:
    """Provider, and how a manifest declares it."""
    package = component.package
    provider = places.party(component.provider or component.developer)
    if package is None:
        return [provider, "-"]
    written = f"{clean(package.ecosystem)} {clean(package.version)}".strip()
    return [provider, written if package.direct else f"{written}, through a lock file"]


def _credentials(components: Sequence[Component], view: View) -> list[Line]:
    shown = select(components, _CREDENTIAL, view).visible
    if not shown:
        return []
    most = _MOST_CREDENTIALS
    kept = shown if view.verbose or len(shown) <= most + 2 else shown[:most]
    brief = "variables that name a provider; values are never shown"
    lines = heading(f"CREDENTIALS ({len(shown):,})", brief, view.width)
    headers = ("Variable", "Provider", "First place")
    lines += table(headers, [_variable(component, view) for component in kept], view.width)
    return [*lines, *_names(shown, len(kept), view), ()]


def _variable(component: Component, view: View) -> Row:
    place = places.place(places.seen(component, view.usages)[0])
    owner = places.party(component.provider)
    return Row([Span(clean(component.name), "name"), Span(owner), Span(place, "dim")])


def _names(rows: Sequence[Component], most: int, view: View) -> list[Line]:
    """The rows after the first ``most``, by name."""
    rest = rows[most:]
    if not rest:
        return []
    called = names_of(rows)
    names = listed((called[c.id] for c in rest), _MOST_NAMES)
    return paragraph(f"{len(rest):,} more: {names} (-v lists them all)", view.width, 2, "dim")
