"""Client objects that source code makes, and the calls that are made on them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from stackaudit.catalogue import Catalogue

_ASSIGNED = re.compile(
    r"(?P<name>[\w.$]+)\s*(?::[^=\n]{1,60})?:?=\s*(?:await\s+|new\s+|return\s+)*\Z"
)
_CALL_MAX = 3_000
#: A further call on what a call gave.
_NEXT_CALL = re.compile(
    r"\s*(?:[?!]{0,2}\.|->|::)\s*\w++(?:(?:\.|->|::)\w++)*+(?:\s*<[\w, .]{0,80}>)?\s*\("
)
_CHAIN = 24
_PLAIN_CALL = re.compile(
    r"(?:(?<![\w.$])(?P<kept>[\w.]++)[ \t]*:?=[ \t]*(?:await[ \t]+)?)?"
    r"(?<![\w.$])(?P<name>[A-Za-z_]\w*+)[ \t]*\("
)
#: Clients that one file is believed to make, and those whose further calls are followed.
_CLIENTS, _FOLLOWED = 2_000, 200
_ARGUMENT = re.compile(r"(?<![\w.$>:\"'])[$&*]{0,2}(?P<name>[A-Za-z_]\w*)(?=\s*[,)}])")
_ARGUMENTS = 12
#: What makes the object that a function gives back.
_RETURNED = re.compile(
    r"\b(?:function|func|def|fun|fn)\s+(?:\([^()\n]{0,80}\)\s*)?(?P<a>\w+)\s*[(<]"
    r"|\b(?P<b>\w+)\s*=\s*(?:async\s*)?(?:function\b|\([^()\n]{0,200}\)[^=\n]{0,80}=>)"
)
_REACH = 2_000
_DEFINED = re.compile(r"\b(?:class|def|function|func|fun|fn|struct|interface|record)\s+\Z")


class Client(NamedTuple):
    """One construction of a known client, or one call of a known loader."""

    start: int
    call: int
    """Offset of the opening bracket: the ``call:<offset>`` link of its arguments."""
    assigned: str
    row: Mapping[str, Any]
    redirected: bool
    """Its base URL is set by an argument, so the default host does not hold."""
    arguments: tuple[str, ...] = ()
    """Names among its arguments: options and configurations it is made with."""


@lru_cache(maxsize=512)
def _call_pattern(name: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\w$]){re.escape(name)}(?:\s*<[\w, .]{{0,80}}>)?"
        rf"(?:(?:\.|::)(?:new|create|builder|from_pretrained|client|factory)"
        rf"|\??[ \t]+(?P<kept>\w+)\s*=\s*new)?\s*\("  # Type name = new(...)
    )


def clients(data: bytes, text: str, known: Set[str], catalogue: Catalogue) -> Iterator[Client]:
    """Constructions of known clients in source code.

    Args:
        data: The file.
        text: The same as latin-1 text.
        known: Names, providers and kinds of the packages the file imports: a class is only
            taken for a client when the file imports what it comes from.
        catalogue: Knows the clients.
    """
    seen: set[int] = set()
    for at in catalogue.find_clients(data):
        for name in catalogue.client_names(text, at):
            rows = [r for r in catalogue.clients_named(name) if _is_imported(r, known)]
            found = _call_pattern(name).match(text, at) if rows else None
            if found and _DEFINED.search(text, max(0, at - 40), at):
                break
            if found and found.end() not in seen:
                seen.add(found.end())
                arguments = text[found.end() - 1 : _closing(text, found.end() - 1)]
                rows.sort(key=lambda row: row.get("package") not in known)
                yield _client(text, found, meant(rows, arguments), arguments)
            if len(seen) >= _CLIENTS:
                return


def _is_imported(row: Mapping[str, Any], known: Set[str]) -> bool:
    return not known.isdisjoint((row.get("package"), row["provider"], "framework"))


def meant(rows: Sequence[Mapping[str, Any]], arguments: str) -> Mapping[str, Any]:
    """Of the rows of one name the one that an argument switches to, else the first."""
    for row in rows:
        switch = row.get("when")
        if switch and re.search(rf"\b{switch}\b(?!\s*[=:]\s*[Ff]alse)", arguments):
            return row
    return next((row for row in rows if not row.get("when")), rows[0])


def _client(text: str, found: re.Match[str], row: Mapping[str, Any], arguments: str) -> Client:
    before = text[max(0, found.start() - 120) : found.start()]
    dotted = re.search(r"[\w.]+\.\Z", before)
    before = before[: dotted.start()] if dotted else before
    assigned = _ASSIGNED.search(re.sub(r"(?:new|await)\s+\Z", "", before))
    call = found.end() - 1
    name = found["kept"] or (assigned["name"] if assigned else "")
    names = (m["name"] for m in _ARGUMENT.finditer(arguments))
    return Client(
        found.start(),
        call,
        name,
        row,
        _redirected(arguments, row),
        tuple(dict.fromkeys(islice(names, _ARGUMENTS))),
    )


def _closing(text: str, call: int) -> int:
    """Where the brackets of a call end, as far as it is followed."""
    depth, end = 0, min(len(text), call + _CALL_MAX)
    for at in range(call, end):
        depth += (text[at] in "([{") - (text[at] in ")]}")
        if depth == 0:
            return at
    return end


def _redirected(arguments: str, row: Mapping[str, Any]) -> bool:
    names = row.get("base_url", ())
    if not names:
        return False
    if re.search(r"[(,{]\s*(?:\*\*|\.\.\.)[\w({]", arguments):
        return True  # what is spread into a call may hold a base URL
    return any(re.search(rf"\b{re.escape(name)}\b", arguments) for name in names)


def without_shadowed(clients: Iterable[Client]) -> Iterator[Client]:
    """Clients but for those that only bear the name of an object the file makes itself."""
    found = tuple(clients)
    made = {client.assigned: client.call for client in found if client.assigned}
    for client in found:
        if made.get(client.row["name"], client.call) == client.call:
            yield client


def same(text: str, clients: Iterable[Client]) -> dict[str, tuple[str, ...]]:
    """Calls on clients, read without grammar: chained, on a callable object, on a factory's.

    Returns:
        Scope of a call or name -> scopes that tell of the object it is made on.
    """
    found: dict[str, tuple[str, ...]] = {}
    made: dict[str, int] = {}
    factories: dict[str, int] = {}
    for client in islice(clients, _FOLLOWED):
        chain = list(_chain(text, client.call))
        for bracket in chain:
            others = tuple(f"call:{other}" for other in chain if other != bracket)
            if others:
                found[f"call:{bracket}"] = others
        name = client.assigned or _factory(text, client.start)
        made.setdefault(name, client.call)
        if name and not client.assigned:
            factories.setdefault(name, client.call)
    for call in _PLAIN_CALL.finditer(text) if made else ():
        if call["name"] in made:
            found.setdefault(f"call:{call.end() - 1}", (f"call:{made[call['name']]}",))
        if call["kept"] and call["name"] in factories:
            found.setdefault(f"name:{call['kept']}", (f"call:{factories[call['name']]}",))
    return found


def _chain(text: str, call: int) -> Iterator[int]:
    """Brackets of a call and of those chained to it."""
    for _ in range(_CHAIN):
        yield call
        following = _NEXT_CALL.match(text, _closing(text, call) + 1)
        if following is None:
            return
        call = following.end() - 1


def _factory(text: str, start: int) -> str:
    """The function that gives back what is made at a place; empty when none does."""
    before = text[max(0, start - _REACH) : start]
    if not re.search(r"(?:\breturn|=>)\s*\(?\s*(?:await\s+|new\s+)*\Z", before):
        return ""
    heads = [found["a"] or found["b"] for found in _RETURNED.finditer(before)]
    return heads[-1] if heads else ""
