"""Tells which models are entries of lists, maps and comparisons rather than in use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from stackaudit.catalogue import Catalogue
from stackaudit.catalogue.places import fold, last_part
from stackaudit.detect.candidate import PROSE, VALUE, Candidate
from stackaudit.detect.entry import Entry
from stackaudit.source import SourceFile

#: Keys and methods that compare a value rather than set it.
_COMPARISONS = frozenset([
    "==", "===", "!=", "=~", "case", "in", "startswith", "endswith", "includes", "contains",
    "has", "match", "[", "[[", "equals", "indexof", "equalsignorecase", "assertequal", "hasprefix",
    "start_with?", "end_with?", "include?", "starts_with", "ends_with", "str_starts_with",
    "str_ends_with", "str_contains", "hassuffix", "equalfold", "containskey",
])  # fmt: skip
#: Names of lists of beginnings or patterns.
_PATTERNS = ("prefix", "prefixes", "pattern", "patterns", "regex", "regexes", "markers", "families")
#: Lists of what may be chosen, however short.
_CHOICES = frozenset(
    ["choices", "enum", "options", "one_of", "allowed", "allowed_values", "literal", "in_array"]
)
#: From this many distinct models in one list, or listed in one file, they are a menu.
_LIST = 4
_FILE = 8
#: From this many distinct values of one key in one source file, the file is a table of records.
#: What a configuration file sets is in use, however much it is.
_RECORDS = 6
#: From so many on, even configuration is a table: the index of a gallery.
_INDEX = 40


def compares(candidate: Candidate) -> bool:
    """Whether a value is compared with, as a whole or as a prefix or pattern."""
    if not candidate.entry.keys:
        return False
    nearest = candidate.entry.keys[-1]
    return last_part(nearest).lower() in _COMPARISONS or fold(nearest).endswith(_PATTERNS)


class Menus:
    """Tells which models of a file are entries of a list rather than in use."""

    def __init__(self, found: Iterable[Candidate], catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        lists: dict[str, set[str]] = defaultdict(set)
        keys: dict[tuple[str, str], set[str]] = defaultdict(set)
        listed: set[str] = set()
        for candidate in found:
            if candidate.kind != "model" or not _is_live(candidate.entry):
                continue
            if self._is_listed(candidate):
                listed.add(candidate.text)
                for link in _lists(candidate.entry):
                    lists[link].add(candidate.text)
            elif not self._is_called(candidate):
                keys[_column(candidate)].add(candidate.text)
        self._lists = {link for link, texts in lists.items() if len(texts) >= _LIST}
        self._keys = {
            key
            for key, texts in keys.items()
            if len(texts) >= (_RECORDS if key[0] == "string" else _INDEX)
        }
        self._file = len(listed) >= _FILE

    def offers(self, candidate: Candidate) -> bool:
        """Whether a model is only offered, or compared with."""
        if candidate.kind != "model":
            return False
        if compares(candidate) or candidate.sibling or _is_choice(candidate.entry):
            return True
        if not self._is_listed(candidate):
            return _column(candidate) in self._keys and not self._is_called(candidate)
        return self._file or not self._lists.isdisjoint(_lists(candidate.entry))

    def _is_listed(self, candidate: Candidate) -> bool:
        keys = candidate.entry.keys
        return _is_listed(candidate) and not (keys and self._catalogue.places.loads(keys[-1]))

    def _is_called(self, candidate: Candidate) -> bool:
        """Whether a model is the argument of a call or client that uses it."""
        keys = candidate.entry.keys
        if keys and "." in keys[-1] and self._catalogue.places.of_callee(keys[-1]):
            return True
        callee = keys[-2] if len(keys) > 1 else ""
        return bool(callee) and (
            self._catalogue.places.sends(callee) or self._catalogue.client(callee) is not None
        )


def _lists(entry: Entry) -> tuple[str, ...]:
    """What may be the list that a value is of: the scopes around it, else the name it has."""
    return entry.links[:2] or ((f"={entry.assigned}",) if entry.assigned else ())


def _column(candidate: Candidate) -> tuple[str, str]:
    """What the values of one key in one kind of place have in common."""
    return candidate.entry.region, fold(candidate.key)


def _is_live(entry: Entry) -> bool:
    return entry.region in ("string", "value", "key", "code")


def _is_listed(candidate: Candidate) -> bool:
    """Whether a model stands in a table, list or comparison rather than behind its own key."""
    if candidate.place == PROSE:
        return False
    direct = candidate.key in (*candidate.entry.keys[-1:], candidate.entry.assigned)
    plural = candidate.key.lower().endswith("s")
    return candidate.place == VALUE or not direct or plural or compares(candidate)


def _is_choice(entry: Entry) -> bool:
    """Whether a value is one that may be chosen, or the key of a map of the program."""
    nearest = entry.keys[-1] if entry.keys else ""
    return nearest == ":" or fold(last_part(nearest)) in _CHOICES


def one_a_line(found: Iterable[Candidate], source: SourceFile) -> frozenset[int]:
    """Where models stand that plain text lists, one a line and nothing else."""
    if source.language != "text":
        return frozenset()
    data, starts = source.data, set()
    for one in found:
        begin = data.rfind(b"\n", 0, one.start) + 1
        end = data.find(b"\n", one.end)
        line = data[begin : end if end >= 0 else len(data)].strip()
        if one.kind == "model" and line == data[one.start : one.end]:
            starts.add(one.start)
    return frozenset(starts) if len(starts) >= _FILE else frozenset()
