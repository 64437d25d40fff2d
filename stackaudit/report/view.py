"""What of a report a terminal shows: which usages, how wide, how much; and what it leaves out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from stackaudit.model import USAGES, Component, Kind, Usage
from stackaudit.report import places
from stackaudit.report.layout import Line, paragraph
from stackaudit.report.text import clean, count

#: From this width on a table row is one line; below, the lesser facts run below.
WIDE = 150


@dataclass(frozen=True, slots=True)
class View:
    """How a terminal report is to be shown."""

    width: int
    usages: tuple[Usage, ...]
    verbose: bool = False
    """Nothing grouped, nothing cut."""

    @property
    def wide(self) -> bool:
        """Whether a table row fits on one line."""
        return self.width >= WIDE


@dataclass(frozen=True, slots=True)
class Shown:
    """The components of some kinds, split by whether the view shows them; shown ones in order."""

    visible: list[Component]
    hidden: list[Component]


def select(components: Iterable[Component], kinds: Collection[Kind], view: View) -> Shown:
    """Components with a usage the view shows: most binding usage first, then by owner and name."""
    rank = {usage: number for number, usage in enumerate(USAGES)}

    def order(component: Component) -> tuple[int, str, str, str]:
        first = min(rank[u] for u in component.usages if u in view.usages)
        who = component.developer or component.provider
        owner = who.name.casefold() if who else "\uffff"
        return first, owner, component.name.casefold(), component.id

    every = [c for c in components if c.kind in kinds]
    visible = [c for c in every if any(u in view.usages for u in c.usages)]
    hidden = [c for c in every if not any(u in view.usages for u in c.usages)]
    return Shown(sorted(visible, key=order), hidden)


def names_of(components: Iterable[Component]) -> dict[str, str]:
    """What each component is called, by id; namesakes with their ecosystem or kind."""
    every = list(components)
    tally = Counter(c.name for c in every)
    return {c.id: clean(c.name) + (_which(c) if tally[c.name] > 1 else "") for c in every}


def _which(component: Component) -> str:
    package = component.package
    return f" ({clean(package.ecosystem) if package else component.kind})"


def where(component: Component, view: View) -> str:
    """``used, 3 places: path:line`` with the first place; and whether it is to be checked."""
    found = places.seen(component, view.usages)
    usages = [u for u in component.usages if u in view.usages]
    number = places.place_count(component, found)
    text = f"{places.usage_words(usages)}, {number}: {places.place(found[0])}"
    return f"{text} (low confidence)" if component.confidence == "low" else text


def left_out(hidden: Sequence[Component], noun: str, view: View) -> list[Line]:
    """Says what is not shown because nobody runs it: names only in docs, tests or comments."""
    if not hidden:
        return []
    usages = {u for c in hidden for u in c.usages}
    spots = ", ".join(_SPOTS[u] for u in USAGES if u in usages)
    text = f"{count(len(hidden), f'more {noun}')} only in {spots}: --usage all shows them"
    return paragraph(text, view.width, 2, "dim")


_SPOTS: dict[Usage, str] = {
    "used": "code",
    "declared": "manifests",
    "offered": "menus",
    "test": "tests",
    "example": "examples",
    "doc": "docs",
    "comment": "comments",
}
