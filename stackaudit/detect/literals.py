"""String literals of source code that are documents themselves: JSON, command lines, queries."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from stackaudit.catalogue.places import Places, last_part
from stackaudit.detect.entry import Entry
from stackaudit.detect.readers import shell
from stackaudit.detect.readers.common import Stretch
from stackaudit.detect.readers.embedded import is_json, quoted
from stackaudit.detect.readers.words import is_command

_LONGEST = 20_000
#: A line of a literal: what stands between its escaped line breaks and tabs.
_LINE = re.compile(r"(?:[^\\]++|\\[^nrt])++")
#: A query, and a string inside it.
_QUERY = re.compile(
    r"SELECT\s[^;]{1,1000}?\sFROM\s|INSERT\s+INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s"
)
_IN_QUERY = re.compile(r"'%?([^'%\n]{2,200})%?'")


def opened(
    entries: Iterable[Entry], text: str, hits: Sequence[int], places: Places
) -> Iterator[Entry]:
    """Yield every entry, and after a literal with a hit what it says as a document.

    Args:
        entries: Of the file.
        text: The file.
        hits: Sorted offsets of what may be a name.
        places: Knows commands and the flags and variables that take a model; other words of a
            command line are left to the literal as a whole.
    """
    for entry in entries:
        yield entry
        if entry.region != "string" or entry.end - entry.start > _LONGEST:
            continue
        at = bisect_left(hits, entry.start)
        if at == len(hits) or hits[at] >= entry.end:
            continue
        stretch = Stretch(entry.start, entry.end, entry.keys, entry.links)
        found: Iterator[Entry] = iter(())
        if is_json(text, entry.start, entry.end):
            found = quoted(text, stretch)
        elif _is_command(text, entry, places):
            found = _arguments(text, stretch, places)
        elif "'" in text[entry.start : entry.end] and _QUERY.search(text, entry.start, entry.end):
            found = _in_query(text, stretch)
        for inner in found:
            if inner.region == "value":
                yield inner._replace(region="string", assigned=entry.assigned)


def _is_command(text: str, entry: Entry, places: Places) -> bool:
    words = text[entry.start : entry.start + 200].split(maxsplit=1)
    if len(words) < 2:
        return False
    called = bool(entry.keys) and is_command(last_part(entry.keys[-1]))
    return called or places.starts_command(words[0])


def _arguments(text: str, stretch: Stretch, places: Places) -> Iterator[Entry]:
    for line in _LINE.finditer(text, stretch.start, stretch.end):
        for entry in shell.read(text, stretch._replace(start=line.start(), end=line.end())):
            own = entry.keys[len(stretch.keys) :]
            if any(places.of_command(key) or places.of_key(key) == "model" for key in own):
                yield entry


def _in_query(text: str, stretch: Stretch) -> Iterator[Entry]:
    """The strings of a query, without the signs that stand for anything."""
    for found in _IN_QUERY.finditer(text, stretch.start, stretch.end):
        yield Entry(*found.span(1), "value", (), stretch.links)
