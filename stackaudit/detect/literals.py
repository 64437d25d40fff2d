"""String literals of source code that are documents themselves: JSON, and command lines."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from stackaudit.catalogue.places import Places, last_part
from stackaudit.detect.entry import Entry
from stackaudit.detect.readers import shell
from stackaudit.detect.readers.common import Stretch
from stackaudit.detect.readers.embedded import is_json, quoted
from stackaudit.detect.readers.words import is_command

_LONGEST = 20_000


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
    for entry in shell.read(text, stretch):
        own = entry.keys[len(stretch.keys) :]
        if any(places.of_command(key) or places.of_key(key) == "model" for key in own):
            yield entry
