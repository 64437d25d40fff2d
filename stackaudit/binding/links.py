"""Which places of a file belong together: the scopes that models, hosts and clients share."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from stackaudit.detect.filefacts import FileFacts
from stackaudit.model import Mention

_DEPTH = 4
#: Scopes of the object a call is made on, rather than of the place it stands in.
OBJECTS = ("call", "name")


def kind(link: str) -> str:
    """What a scope is: call, name, class, block, prefix, line, at."""
    return link.partition(":")[0]


def offset(links: tuple[str, ...], default: int = 0) -> int:
    """Where a mention counts: at the call it goes to, else where it stands."""
    for start in ("call:", "at:"):
        for link in links:
            number = link.removeprefix(start)
            if link.startswith(start) and number.isdigit():
                return int(number)
    return default


def block(mention: Mention) -> str:
    """The innermost block a mention stands in; empty when it stands in none."""
    return next((link for link in mention.links if link.startswith("block:")), "")


def is_wide(link: str) -> bool:
    """A prefix of dotted settings that covers more than one provider."""
    start, _, prefix = link.partition(":")
    return start == "prefix" and prefix.islower() and prefix.count(".") < 2


class Links:
    """The scopes of one file."""

    def __init__(self, facts: FileFacts, endpoints: Iterable[Mention]) -> None:
        """Take in a file's facts and every endpoint that says something of it."""
        self._facts = facts
        self._same = facts.same
        targets = (link for links in facts.same.values() for link in links)
        self.spread = {link for link in targets if kind(link) == "block"}
        """Dictionaries whose entries are arguments of a call."""
        self._holding: dict[str, set[str]] = {}
        """Block -> the blocks in it that hold models; empty for models right in it."""
        for mention in facts.mentions:
            if mention.kind in ("model", "weights"):
                inner = ""
                for link in mention.links:
                    if kind(link) == "block":
                        self._holding.setdefault(link, set()).add(inner)
                        inner = link
        made: dict[str, set[int]] = {}
        for mention in endpoints:
            for link in mention.provides:
                made.setdefault(link, set()).add(offset(mention.links))
        for client in facts.clients:
            made.setdefault(f"name:{client.assigned}", set()).add(client.call)
        for entry in facts.base_urls:
            made.setdefault(f"name:{entry.assigned}", set()).add(offset(entry.links, entry.start))
        self._made = {name: sorted(offsets) for name, offsets in made.items()}

    def definite(self, link: str, at: int) -> str:
        """A ``name:`` link with the offset where its object was made; other links as they are.

        Of several objects of one name the last one made before a place is meant there.
        """
        made = self._made.get(link)
        if not made:
            return link
        return f"{link}#{made[max(0, bisect_right(made, at) - 1)]}"

    def of_endpoint(self, links: tuple[str, ...], provides: tuple[str, ...]) -> Iterator[str]:
        """Scopes that a host serves."""
        at, is_inside, depth = offset(links), True, 0
        for link in links:
            if kind(link) == "name" and link not in self._made:
                continue  # a module or class that many calls are made on
            if kind(link) == "block":
                if not is_inside:
                    continue
                # A block with a model of its own keeps its host to itself, and where several
                # sections have models a host in another section is none of theirs.
                holding = self._holding.get(link, ())
                is_inside = not holding
                if depth and len(holding) > 1:
                    continue
                depth += 1
            yield self.definite(link, at)
        for link in provides:
            yield self.definite(link, at)

    def of_model(self, mention: Mention) -> list[str]:
        """Scopes in which a host or client counts for a model, nearest first."""
        at = offset(mention.links)
        found: dict[str, None] = {}
        for link in mention.links:
            if kind(link) in ("name", "class") and self._is_known(found):
                continue  # what the call is made on is known better than by its name
            self._add(link, at, found, 0)
        return list(found)

    def _is_known(self, found: dict[str, None]) -> bool:
        return any(link in self._same for link in found) and any(
            link in self.telling for link in found
        )

    telling: frozenset[str] | set[str] = frozenset()
    """Scopes in which a host or client is known; set by who keeps them."""

    def _add(self, link: str, at: int, found: dict[str, None], depth: int) -> None:
        same = self._same.get(link, ())
        definite = link if same and kind(link) == "name" else self.definite(link, at)
        if definite in found:
            return
        found[definite] = None
        if depth < _DEPTH:
            for other in same:
                self._add(other, at, found, depth + 1)
