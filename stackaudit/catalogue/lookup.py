"""Answers "what is this id?" for any spelling: a trie of family heads over id segments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from stackaudit.catalogue.ids import is_size, segments, words

_HASH_TAG = re.compile(r"[:@](?:sha256:)?[0-9a-f]{12,}$")
_TEMPLATE = re.compile(r"\$?\{\{?[^{}]*\}?\}|<[^<>]*>|%\([^)]*\)s|%s")
#: The cache folder of the hub writes org/name as models--org--name.
_CACHE_NAME = re.compile(r"(?:.*/)?models--(?P<org>[\w.-]+?)--(?P<name>[\w.-]+?)(?:/.*)?")
_FOLDER_NAME = re.compile(r"(?P<org>[A-Za-z][A-Za-z0-9-]*+)_(?P<name>[\w.]++-[\w.-]+)")
#: Some SDKs begin the constants of their models so.
_MODEL_WORD = re.compile(r"^Model(?=[A-Z][A-Za-z]*+\d[\w-]*+$)")
#: ``:generateContent`` behind an id is a method of the API.
_METHOD = re.compile(r":[a-z]+(?:[A-Z][a-z]+)+$")
_PATH_START = ("/", "./", "../", "~", "\\", "-", "arn:")
_HUB_NOISE = {"resolve", "blob", "raw", "tree", "main", "master"}
_NAMESPACE = re.compile(r"(?P<name>\w+)::(?=\w)")
_LEAF = -2
_TWO_DIGITS = re.compile(r"(?<![0-9])([0-9])([0-9])(?![0-9])")


class IdMatch(NamedTuple):
    """How an id resolved. Indices point into the compiled tables."""

    family: int
    """-1 when only the organisation is known."""
    release: int
    """-1 for the family as a whole."""
    strong: bool
    """The head is distinctive by itself; otherwise it is an ordinary word."""
    complete: bool
    """All other segments are versions, sizes or known words."""
    versioned: bool
    """The name carries a number or more than its bare head."""
    words: int
    """How many segments beside the head are known words."""
    name: str
    """The part of the id that names the model."""
    org: str
    org_vendor: str
    """Vendor id of the organisation, ``re-upload``, or empty."""
    prefix: int
    """Index of the route prefix, or -1."""
    tail: int
    """Path parts after the name: more than 0 means a path rather than an id."""
    unknown: tuple[str, ...]
    """The segments that are neither head nor known word."""
    derived: bool
    """Something in the name says that the weights were trained further."""
    others: tuple[int, ...]
    """Other families named in the rest of the name: candidates for its base."""
    numbered: bool = False
    """The head itself holds a number: a version that the catalogue knows."""


class Lookup:
    """Id lookup over compiled tables; results are remembered."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        self._families = tables["families"]
        self._words = frozenset(tables["words"])
        self._root: dict[Any, Any] = {}
        known: set[str] = set()
        for head, family, release, strong, at_start in tables["heads"]:
            node = self._root
            for segment in head.split(" "):
                known.add(segment)
                node = node.setdefault(segment, {})
            node[_LEAF] = (family, release, strong, at_start)
        self._vendor_words: dict[str, str] = {}
        self._orgs: dict[str, str] = {}
        for vendor, row in tables["vendors"].items():
            for alias in (vendor, *row.get("aliases", ())):
                self._vendor_words.setdefault(alias.lower(), vendor)
            for org in row.get("orgs", ()):
                self._orgs.setdefault(org.lower(), vendor)
        self._telling = self._words - frozenset(tables["place_words"])
        self._owners = {
            segments(name): vendor for name, vendor in {**self._vendor_words, **self._orgs}.items()
        }
        self._derived = frozenset(tables["derived_words"])
        self._fields = frozenset(tables["field_words"])
        self._reuploaders = {name.lower() for name in tables["reuploaders"]}
        self._products = [segments(name) for name in tables["places"]["product_names"]]
        self._not_orgs = {region for table in tables["regions"].values() for region in table}
        self._not_orgs.update(tables["places"]["not_organisations"])
        self._kinds = frozenset(tables["places"]["kinds_of_request"])
        self._prefixes = {row["prefix"]: n for n, row in enumerate(tables["prefixes"])}
        self._of_paths = {n for n, row in enumerate(tables["prefixes"]) if row.get("paths")}
        self._tasks = frozenset(tables["places"].get("roles", {}).get("tasks", ()))
        self._known = known | self._words | set(self._vendor_words)
        self._memo: dict[str, IdMatch | None] = {}

    def find(self, text: str) -> IdMatch | None:
        """The best reading of ``text`` as a model id, or None."""
        if text not in self._memo:
            if len(self._memo) > 100_000:
                self._memo.clear()
            self._memo[text] = self._find(text) if len(text) <= 400 else None
        return self._memo[text]

    def constant(self, name: str) -> IdMatch | None:
        """The best reading of a constant's name: ``NAME_4_O``, ``Name35Large``, ``Name3Dot5``."""
        name = _MODEL_WORD.sub("", name)
        first = best = self.find(name.replace("_", "-"))
        if first and first.strong and first.complete:
            return first
        parts = [word for word in words(name) if word != "dot"]
        joined = [[*parts[:at], "".join(parts[at : at + 2]), *parts[at + 2 :]] for at in range(3)]
        for spelling in ("-".join(several) for several in (parts, *joined)):
            for text in (spelling, _TWO_DIGITS.sub(r"\1.\2", spelling)):
                match = self.find(text)
                if match and match.complete:
                    if match.strong:
                        return match
                    best = best if best and best.complete else match
        return best

    def vendor_of(self, word: str) -> str:
        """The vendor an organisation name or alias stands for; empty when unknown."""
        lowered = word.lower()
        return self._orgs.get(lowered) or self._vendor_words.get(lowered, "")

    def _find(self, text: str) -> IdMatch | None:
        cached = _CACHE_NAME.fullmatch(text) or self._folder(text)
        cleaned = f"{cached['org']}/{cached['name']}" if cached else _HASH_TAG.sub("", text)
        cleaned = _METHOD.sub("", cleaned)
        cleaned = _MODEL_WORD.sub("", cleaned)
        if spaced := _NAMESPACE.match(cleaned):  # one that nobody knows says nothing
            rest = cleaned[spaced.end() :]
            known = spaced["name"].lower() in self._prefixes
            cleaned = f"{spaced['name']}/{rest}" if known else rest
        if "{" in cleaned or "<" in cleaned or "%" in cleaned:
            cleaned = _TEMPLATE.sub("", cleaned)
        parts, prefix = self._parts(cleaned)
        if prefix in self._of_paths and (whole := self._path(parts, prefix)):
            return whole
        for index in range(len(parts) - 1, -1, -1):
            segs = segments(parts[index])
            if self._is_product(segs):
                continue
            found = self._head(segs)
            if found:
                org = self._org(cleaned, parts, index)
                found = self._of_stranger(segs, org, found)
                tail = sum(not self._is_detail(part) for part in parts[index + 1 :])
                return self._match(parts[index], found, org, prefix, tail)
        if (
            len(parts) == 2
            and self._orgs.get(parts[0].lower())
            and parts[0].lower() not in self._reuploaders
        ):
            return IdMatch(
                -1, -1, True, False, False, 0, parts[1], parts[0],
                self._orgs[parts[0].lower()], prefix, 0, segments(parts[1]), False, (),
            )  # fmt: skip
        return None

    def _path(self, parts: list[str], prefix: int) -> IdMatch | None:
        """An id of a service that writes a model as a path: maker/name/v1/pro/text-to-video."""
        kept = [part for part in parts if part.lower() not in self._tasks]
        org = kept[0] if len(kept) > 1 and kept[0].lower() in self._orgs else ""
        name = "/".join(kept[1:] if org else kept)
        found = self._head(segments(name))
        return self._match(name, found, org, prefix, 0) if found else None

    def _folder(self, text: str) -> re.Match[str] | None:
        """A folder named as some tools download, org_name: only where a re-uploader is meant."""
        found = _FOLDER_NAME.fullmatch(text)
        return found if found and found["org"].lower() in self._reuploaders else None

    def _is_detail(self, part: str) -> bool:
        """Whether a path part behind a name only says more of it (v1.1, edit)."""
        return (
            part in _HUB_NOISE
            or part in self._tasks
            or all(
                segment.isdigit() or segment == "v" or segment in self._telling
                for segment in segments(part)
            )
        )

    def _is_product(self, segs: tuple[str, ...]) -> bool:
        """Whether a name is that of a tool named after a model, not the other way round."""
        width = max((len(name) for name in self._products if segs[: len(name)] == name), default=0)
        heads = self._candidates(segs) if width else ()
        longer = any(leaf[2] and not start and end > width for start, end, leaf in heads)
        return width > 0 and not longer

    def _org(self, text: str, parts: list[str], index: int) -> str:
        """The organisation before a name: only in a clean org/name, or where it is a known one."""
        if not index:
            return ""
        org = parts[index - 1]
        if org == "models" and index > 1 and parts[index - 2].lower() in self._orgs:
            return parts[index - 2]  # publishers/org/models/name
        known = org.lower() in self._orgs or org.lower() in self._reuploaders
        clean = len(parts) == 2 and not text.startswith(_PATH_START)
        return org if known or (clean and org.lower() not in self._not_orgs) else ""

    def _parts(self, text: str) -> tuple[list[str], int]:
        """Path parts without route prefixes, and the prefix that was there."""
        head, colon, rest = text.partition(":")
        # provider:model; what stands behind the colon must be a name, or it is a local tag.
        if colon and rest and "/" not in head and head.lower() in self._prefixes:
            kind, _, name = rest.partition(":")
            rest = name if name and kind.lower() in self._kinds else rest
            named = self._head(segments(rest))
            if named or not self._head(segments(head)):
                text = f"{head}/{rest}"
        parts = [part for part in text.split("/") if part]
        prefix = -1
        while len(parts) > 1:
            for width in (3, 2, 1):
                joined = "/".join(parts[:width]).lower()
                if joined in self._prefixes and len(parts) > width:
                    # An organisation of the same name stays as organisation.
                    prefix = self._prefixes[joined] if prefix < 0 else prefix
                    if len(parts) == width + 1 and (
                        self._orgs.get(joined) or not self._head(segments(parts[-1]))
                    ):
                        return parts, prefix
                    parts = parts[width:]
                    break
            else:
                break
        return parts, prefix

    def _head(self, segs: tuple[str, ...]) -> tuple[int, int, tuple[int, int, bool, bool]] | None:
        """Start, end and leaf of the head that wins: priority, distinctive, earliest, longest."""
        best: tuple[tuple[int, bool, int, int], int, int, tuple[int, int, bool, bool]] | None = None
        for start, end, leaf in self._candidates(segs):
            family = self._families[leaf[0]]
            rank = (family.get("priority", 0), leaf[2], -start, end - start)
            if best is None or rank > best[0]:
                best = (rank, start, end, leaf)
        return best[1:] if best else None

    def _of_stranger(
        self, segs: tuple[str, ...], org: str, found: tuple[int, int, tuple[int, int, bool, bool]]
    ) -> tuple[int, int, tuple[int, int, bool, bool]]:
        """What else a stranger's model is named after: nobody else has closed weights."""
        _, end, leaf = found
        family = self._families[leaf[0]]
        if not org or leaf[2] or family["weights"] != "closed" or self.vendor_of(org):
            return found
        return next(
            (
                other
                for other in self._candidates(segs)
                if other[0] >= end and self._families[other[2][0]]["weights"] == "open"
            ),
            found,
        )

    def _candidates(
        self, segs: tuple[str, ...]
    ) -> Iterator[tuple[int, int, tuple[int, int, bool, bool]]]:
        for start in range(len(segs)):
            node = self._root
            for end in range(start, len(segs)):
                if segs[end] not in node:
                    break
                node = node[segs[end]]
                leaf = node.get(_LEAF)
                if leaf and (not leaf[3] or self._leads(segs[:start])):
                    yield start, end + 1, leaf

    def _leads(self, before: tuple[str, ...]) -> bool:
        return all(segment in self._vendor_words or segment in self._words for segment in before)

    def _match(
        self,
        name: str,
        found: tuple[int, int, tuple[int, int, bool, bool]],
        org: str,
        prefix: int,
        tail: int,
    ) -> IdMatch:
        start, end, (family, release, strong, _) = found
        segs = segments(name)
        leading = self._owners.get(segs[:start], "") if start else ""
        rest = segs[end:] if leading else segs[:start] + segs[end:]
        unknown = tuple(segment for segment in rest if not self._is_known(segment))
        numbered = any(segment[-1].isdigit() or is_size(segment) for segment in segs)
        words = sum(segment in self._telling for segment in rest)
        vendor = self.vendor_of(org) if org else leading
        if org.lower() in self._reuploaders:
            vendor = "re-upload"
        return IdMatch(
            family, release, strong, not unknown, numbered or end - start > 1 or words > 0,
            words, name, org, vendor, prefix, tail, unknown,
            not (self._derived | self._fields).isdisjoint(rest)
            or (
                bool(org)
                and vendor not in (self._families[family]["vendor"], "re-upload")
                and not self._is_served(org, family)
                and self._is_added(rest)
            ),
            self._others(segs, start, end, family),
            any(map(str.isdigit, segs[start:end])),
        )  # fmt: skip

    def _is_served(self, org: str, family: int) -> bool:
        """Whether whoever stands before a name only serves the model: nobody has its weights."""
        return org.lower() in self._prefixes and self._families[family]["weights"] == "closed"

    def _is_added(self, rest: tuple[str, ...]) -> bool:
        """Whether what a stranger adds to a name is more than words of formats and sizes."""
        known = self._words | self._vendor_words.keys()
        return any(
            segment not in known
            and len(segment) > 1
            and not segment.isdigit()
            and not is_size(segment)
            for segment in rest
        )

    def _others(self, segs: tuple[str, ...], start: int, end: int, family: int) -> tuple[int, ...]:
        found = {}
        for first, last, leaf in self._candidates(segs):
            if leaf[2] and leaf[0] != family and (first >= end or last <= start):
                found[first] = leaf[0]
        return tuple(dict.fromkeys(found.values()))

    def _is_known(self, segment: str) -> bool:
        return len(segment) == 1 or segment.isdigit() or segment in self._known or is_size(segment)
