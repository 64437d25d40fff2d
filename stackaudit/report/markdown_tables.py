"""Tables of the Markdown report: models, endpoints, SDKs and credential variables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from stackaudit.model import Component, Kind, Occurrence
from stackaudit.report import models, places, suppliers
from stackaudit.report.markup import Page, code, plain
from stackaudit.report.view import View, select

#: What each part may fill whatever the others need; then what is left goes to them in order.
_MODEL_SHARE, _SUPPLIERS = 10_000, 3_000


class _Table(NamedTuple):
    title: str
    noun: str
    share: int
    kinds: tuple[Kind, ...]
    headers: tuple[str, ...]
    facts: Callable[[Component], Sequence[str]]


def place(occurrence: Occurrence) -> str:
    """``path:line``."""
    return f"{occurrence.path}:{occurrence.line}"


def add(page: Page, components: Sequence[Component], view: View) -> None:
    """Puts every table on the page."""
    for table in _TABLES:
        _table(page, table, components, view)


def _table(page: Page, table: _Table, components: Sequence[Component], view: View) -> None:
    shown = select(components, table.kinds, view).visible
    head = f"\n### {table.title} ({len(shown):,})\n\n{_row(table.headers)}"
    head += _row(["---"] * len(table.headers))
    rows = []
    for component in shown:
        found = places.seen(component, view.usages)
        uses = [u for u in component.usages if u in view.usages]
        where = f"{places.usage_words(uses)}, {places.place_count(component, found)}: "
        where += code(place(found[0]), cell=True)
        cells = [plain(fact, 400) for fact in table.facts(component)]
        rows.append(_row([code(component.name, cell=True), *cells, where]))
    page.add(table.share, head, rows, table.noun)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _model(component: Component) -> list[str]:
    return [
        places.party(component.developer),
        models.bases(component) or "-",
        models.licence_words(component),
        models.route_words(component),
    ]


def _credential(component: Component) -> list[str]:
    return [places.party(component.provider or component.developer)]


_TABLES = (
    _Table(
        "Models",
        "model",
        _MODEL_SHARE,
        ("model", "weights"),
        ("Model", "Developer", "Based on", "Licence", "Reached through, processed in", "Place"),
        _model,
    ),
    _Table(
        "Endpoints",
        "endpoint",
        _SUPPLIERS,
        ("endpoint",),
        ("Endpoint", "Operator", "Kind", "Processed in", "Place"),
        suppliers.endpoint_facts,
    ),
    _Table(
        "SDKs",
        "SDK",
        _SUPPLIERS,
        ("sdk",),
        ("SDK", "Provider", "Declared as", "Place"),
        suppliers.sdk_facts,
    ),
    _Table(
        "Credential variables",
        "credential variable",
        _SUPPLIERS,
        ("credential",),
        ("Variable", "Provider", "Place"),
        _credential,
    ),
)
