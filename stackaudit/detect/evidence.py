"""What a source file shows beside its literals: imports, client objects, region arguments.

None of these is a component by itself; they tell whether a file deals with AI and which
endpoint a model is sent to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from stackaudit.catalogue import Catalogue
from stackaudit.catalogue.ids import words as name_words
from stackaudit.catalogue.places import fold
from stackaudit.detect.entry import Entry

_ECOSYSTEM = {
    "python": "pypi",
    "javascript": "npm",
    "typescript": "npm",
    "vue": "npm",
    "svelte": "npm",
    "go": "go",
    "java": "maven",
    "kotlin": "maven",
    "scala": "maven",
    "csharp": "nuget",
    "rust": "crates",
    "ruby": "gems",
    "php": "packagist",
    "dart": "pub",
    "elixir": "hex",
    "swift": "swiftpm",
}
_IMPORT = {
    "pypi": r"^[ \t]*(?:from[ \t]+(?P<a>[\w.]+)[ \t]+import\b|import[ \t]+(?P<b>[\w.]+))",
    "npm": r"""(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*["'](?P<a>[^"'\n]{1,120})["']""",
    "go": r"""^[ \t]*(?:import[ \t]+)?(?:[\w.]+[ \t]+)?"(?P<a>[\w./-]{3,160})"[ \t]*\r?$""",
    "maven": r"^[ \t]*import[ \t]+(?:static[ \t]+)?(?P<a>[\w.]+)",
    "nuget": r"^[ \t]*(?:global[ \t]+)?using[ \t]+(?:static[ \t]+)?(?P<a>[\w.]+)",
    "crates": r"^[ \t]*(?:pub[ \t]+)?use[ \t]+(?P<a>[\w:]+)",
    "gems": r"""^[ \t]*require[ \t]*\(?["'](?P<a>[^"'\n]{1,120})["']""",
    "packagist": r"^[ \t]*use[ \t]+(?P<a>[\w\\]+)",
    "pub": r"""^[ \t]*import[ \t]+["']package:(?P<a>[\w/.]+)["']""",
    "hex": r"^[ \t]*(?:alias|use|import)[ \t]+(?P<a>[\w.]+)",
    "swiftpm": r"^[ \t]*import[ \t]+(?P<a>\w+)",
}
_ASSIGNED = re.compile(
    r"(?P<name>[\w.$]+)\s*(?::[^=\n]{1,60})?:?=\s*(?:await\s+|new\s+|return\s+)*\Z"
)
_CALL_MAX = 3_000
_NAMES = re.compile(r"[ \t]+\(?[ \t]*(?P<names>\w+(?:[ \t]*,[ \t]*\w+)*+)")
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
_ALSO = re.compile(r"(?:[ \t]+as[ \t]+\w+)?[ \t]*,[ \t]*(?P<name>[\w.]+)")
#: Uses of a module that are looked at to tell which package it is.
_USES = 200
#: What makes the object that a function gives back.
_RETURNED = re.compile(
    r"\b(?:function|func|def|fun|fn)\s+(?:\([^()\n]{0,80}\)\s*)?(?P<a>\w+)\s*[(<]"
    r"|\b(?P<b>\w+)\s*=\s*(?:async\s*)?(?:function\b|\([^()\n]{0,200}\)[^=\n]{0,80}=>)"
)
_REACH = 2_000
_DEFINED = re.compile(r"\b(?:class|def|function|func|fun|fn|struct|interface|record)\s+\Z")
_REGION_CONSTANT = re.compile(
    r"\(\s*Region(?:s|Endpoint)?\.(?P<name>[A-Z]{2}(?:[A-Z]*_[A-Z_]{2,20}\d|[A-Z]?[A-Za-z]{3,20}\d))\b"
)
_KINDS_OF_DEPLOYMENT = frozenset(["sku", "sku_name", "scale", "scale_type", "deployment_type"])
#: What the name of an operator's section adds to it.
_SECTION_WORDS = frozenset(
    [
        *("ai", "api", "chat", "client", "completion", "completions", "config", "configuration"),
        *("embedding", "embeddings", "image", "llm", "model", "models", "options", "provider"),
        *("service", "settings", "text"),
    ]
)
_INFRASTRUCTURE = ("arm", "cloudformation", "kubernetes", "n8n", "terraform")
#: How Terraform opens a block, and how many names its header has: the labels are the user's own.
_HEADERS = {"data": 3, "module": 2, "output": 2, "provider": 2, "resource": 3, "variable": 2}
_PROVIDER_KEY = re.compile(
    r"(?:(?:custom_)?(?:model|llm|api|ai|chat|completion|embedd?\w{0,5}|rerank\w{0,2}|inference)_)?"
    r"provider(?:_id|_name|_type)?|api_type"
)


class Import(NamedTuple):
    """One import statement of a known package."""

    start: int
    end: int
    text: str
    package: Mapping[str, Any]


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


class Region(NamedTuple):
    """A region named by a key or an argument."""

    start: int
    value: str
    links: tuple[str, ...]
    key: str = ""


class Operator(NamedTuple):
    """Who runs a model, as settings say beside it: ``provider: name``, ``name: {...}``."""

    links: tuple[str, ...]
    """Scopes it holds for; ``at:<offset>`` is one value alone."""
    name: str
    """As written; a section of settings has a name without a row where a base URL stands in it."""
    row: Mapping[str, Any]
    words: str


def ecosystem_of(language: str) -> str:
    """The package ecosystem of a programming language; empty for other files."""
    return _ECOSYSTEM.get(language, "")


@lru_cache(maxsize=32)
def _import_pattern(ecosystem: str) -> re.Pattern[str]:
    return re.compile(_IMPORT[ecosystem], re.MULTILINE)


def imports(text: str, language: str, catalogue: Catalogue) -> Iterator[Import]:
    """Imports of packages the catalogue knows."""
    ecosystem = ecosystem_of(language)
    if not ecosystem:
        return
    for found in _import_pattern(ecosystem).finditer(text):
        group = "a" if found["a"] else "b"
        if group == "b" and text[found.end() : found.end() + 1] in (",", " "):
            yield from _further(text, found.end(), ecosystem, catalogue)
        row = catalogue.imported(ecosystem, found[group])
        if row is None and ecosystem == "pypi" and (names := _NAMES.match(text, found.end())):
            # from google import genai
            modules = (f"{found[group]}.{name.strip()}" for name in names["names"].split(","))
            row = next(filter(None, (catalogue.imported(ecosystem, m) for m in modules)), None)
        elif row is None and (ecosystem, found[group]) in catalogue.dotted_imports:
            row = _used(text, found[group], ecosystem, catalogue)
        if row:
            yield Import(found.start(group), found.end(group), found[group], row)


def _further(text: str, at: int, ecosystem: str, catalogue: Catalogue) -> Iterator[Import]:
    """Known packages behind the first of one statement: ``import a as b, c``."""
    while found := _ALSO.match(text, at):
        at = found.end()
        row = catalogue.imported(ecosystem, found["name"])
        if row:
            yield Import(*found.span("name"), found["name"], row)


def _used(text: str, root: str, ecosystem: str, catalogue: Catalogue) -> Mapping[str, Any] | None:
    """The package that what is used of a module belongs to: ``import a``, then ``a.known()``."""
    used = re.finditer(rf"(?<![\w.]){re.escape(root)}\.\w+", text)
    names = dict.fromkeys(found[0] for found in islice(used, _USES))
    return next(filter(None, (catalogue.imported(ecosystem, name) for name in names)), None)


@lru_cache(maxsize=512)
def _call_pattern(name: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\w$]){re.escape(name)}(?:\s*<[\w, .]{{0,80}}>)?"
        rf"(?:(?:\.|::)(?:new|create|builder|from_pretrained|client|factory))?\s*\("
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
    name = assigned["name"] if assigned else ""
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


def regions(text: str) -> Iterator[Region]:
    """Regions passed as constants of an SDK: ``Region.EU_WEST_3``, ``RegionEndpoint.EUWest3``."""
    for found in _REGION_CONSTANT.finditer(text):
        words = re.sub(r"(?<=[a-z])(?=[A-Z\d])|(?<=[A-Z])(?=[A-Z][a-z])|_", "-", found["name"])
        yield Region(found.start("name"), words.lower(), (f"call:{found.start()}",))


def is_wider(entry: Entry, value: str) -> bool:
    """Whether a setting lets a deployment run beyond the region of its resource."""
    if not entry.keys or not value.lower().startswith(("global", "datazone")):
        return False
    return any(fold(key) in _KINDS_OF_DEPLOYMENT for key in entry.keys[-2:])


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


@lru_cache(maxsize=4)
def _providers(catalogue: Catalogue) -> Mapping[str, Mapping[str, Any]]:
    """Names of operators as settings write them."""
    rows = [row for row in catalogue.tables["prefixes"] if row["route"] != "unknown"]
    found = {fold(row["prefix"]): row for row in rows}
    for row in reversed(rows):
        vendor = catalogue.vendor(row["provider"])
        if vendor and row.get("host"):
            names = (vendor["id"], vendor["name"], *vendor.get("aliases", ()))
            for name in (*names, *vendor.get("orgs", ())):
                found.setdefault(name.lower().replace("-", "_"), row)
    for name, row in tuple(found.items()):
        found.setdefault(name.replace("_", ""), row)
    return found


def operator(entry: Entry, value: str, catalogue: Catalogue, is_code: bool) -> Operator | None:
    """Who runs a model, where a value or the names around it say so."""
    if not entry.keys or entry.region not in ("string", "value"):
        return None
    key, rows = fold(entry.keys[-1]), _providers(catalogue)
    if _PROVIDER_KEY.fullmatch(key):
        name = value.rpartition("/")[2].lower().replace("-", "_")
        row = rows.get(name) if len(value) <= 80 else None
        if row is None and not value.isidentifier():
            return None
        return Operator(entry.links[:1], value, row or {}, f"{entry.keys[-1]} {value} beside it")
    if is_code:
        return None
    if entry.keys[-1] == "apiVersion":
        return _known(value.partition("/")[0], entry.links[-1:], catalogue)
    if key == "type":
        return _known(value[:1] + value[1:].partition("@")[0], entry.links[:1], catalogue)
    return _around(entry, catalogue)


def _around(entry: Entry, catalogue: Catalogue) -> Operator | None:
    """The section or command a value stands in."""
    places, rows, at = catalogue.places, _providers(catalogue), (f"at:{entry.start}",)
    expects = places.of_key(entry.keys[-1])
    if expects == "base-url":
        names = "/".join(fold(part) for part in entry.keys[:-1])
        return Operator(at, names, {}, "") if names else None
    for part in reversed(entry.keys):
        runner = places.runner(part)
        if runner is not None:
            row = {"provider": "self", "route": "self-hosted", "service": runner}
            return Operator(at, part, row, part)
    sections = entry.keys[:-1]
    for index in range(len(sections) - 1, -1, -1):
        part = sections[index]
        row_of = _of_section(part, rows) if expects == "model" else None
        if row_of and index >= _labels(sections):
            row_of, part = _wider(row_of, sections[:index], rows) or (row_of, part)
            return Operator(at, part, row_of, f"the section {part}")
        if ("_" in part or "/" in part) and (found := _known(part, at, catalogue)):
            return found
    return None


def _of_section(part: str, rows: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The operator a section is named after: ``Name``, ``NameText``, ``name-embeddings``."""
    if found := rows.get(fold(part)):
        return found
    if "_" in part:
        return None  # a resource type, which has a row of its own
    parts = name_words(part.replace("-", "_"))
    for size in range(len(parts) - 1, 0, -1):
        if _SECTION_WORDS.issuperset(parts[size:]):
            for name in ("_".join(parts[:size]), "".join(parts[:size])):
                if found := rows.get(name):
                    return found
    return None


def _labels(sections: Sequence[str]) -> int:
    """How many of the names around a value are the header of a block of Terraform."""
    count = _HEADERS.get(sections[0], 0)
    return count if count < 3 or "_" in "".join(sections[1:2]) else 0


def _wider(
    row: Mapping[str, Any], outer: Sequence[str], rows: Mapping[str, Mapping[str, Any]]
) -> tuple[Mapping[str, Any], str] | None:
    """The cloud in whose section that of an operator stands: ``vertex.ai.gemini``."""
    if row["route"] != "vendor-api":
        return None
    for part in reversed(outer[-2:]):
        around = rows.get(fold(part))
        if around and around["route"] == "cloud":
            return around, part
    return None


def _known(name: str, links: tuple[str, ...], catalogue: Catalogue) -> Operator | None:
    """The operator of a resource type of infrastructure as code."""
    row = next(
        (r for r in catalogue.clients_named(name) if r.get("ecosystem") in _INFRASTRUCTURE), None
    )
    return Operator(links, name, row, name) if row else None
