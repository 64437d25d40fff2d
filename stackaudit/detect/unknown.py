"""Values in the place of a model that the catalogue does not know, and which of them count."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from stackaudit.catalogue import Catalogue
from stackaudit.catalogue.places import Places, fold, last_part
from stackaudit.detect.candidate import MODEL_PLACE, Candidate
from stackaudit.detect.entry import Entry
from stackaudit.detect.lookalikes import is_class
from stackaudit.detect.strength import PLAIN

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
#: What says that a file fetches no models.
_DATASETS = re.compile(r"""repo[-_]type["']?\s*[=:\s]\s*["']?(?:dataset|space)""")
_LOOKS_LIKE_ID = re.compile(
    r"(?=.*[A-Za-z])(?!(?:CVE|CWE|GHSA|IEC|ISO|RFC)-)(?:[\w.-]+/)?[A-Za-z0-9][\w.:-]{2,80}"
)


def candidates(entry: Entry, value: str, text: str, catalogue: Catalogue) -> tuple[Candidate, ...]:
    """An id-like value in a model-shaped place; none where it is something else.

    Args:
        entry: Where it stands.
        value: The value.
        text: The file.
        catalogue: Knows what is a place of its own, a task, a folder.
    """
    places, lowered = catalogue.places, value.lower()
    if (
        not _LOOKS_LIKE_ID.fullmatch(value)
        or _DATE.match(value)
        or places.is_placeholder(lowered)
        or catalogue.roles.is_task(lowered)
        or is_class(value, places)
        or is_data(entry, text, places)
        or (_describes(entry, places) and not any(map(str.isdigit, value)))
        or lowered.endswith((*places.file_endings, *places.weight_endings))
        or not (_is_of_org(value, catalogue) or ("-" in value and any(map(str.isdigit, value))))
    ):
        return ()
    key = entry.keys[-1]
    found = (entry.start, entry.end, value, entry, MODEL_PLACE, PLAIN, key, None)
    return (Candidate("model", *found),)


def _describes(entry: Entry, places: Places) -> bool:
    """Whether a value of configuration tells something else of a model than its name."""
    nearest = entry.keys[-1]
    expected = places.of_key(last_part(nearest)) == "model" or places.of_command(nearest)
    return entry.region == "value" and not (expected or places.is_naming_key(nearest))


def left(unknown: Sequence[Candidate], kept: Sequence[Candidate]) -> list[Candidate]:
    """The unknown models in which nothing known counts."""
    starts = sorted(c.start for c in kept)

    def is_free(one: Candidate) -> bool:
        at = bisect_left(starts, one.start)
        return at == len(starts) or starts[at] >= one.end

    return [one for one in unknown if is_free(one)]


def is_data(entry: Entry, text: str, places: Places) -> bool:
    """Whether a repository is one of data, in a file that fetches such."""
    key = fold(entry.keys[-1]) if entry.keys else ""
    if key.endswith(" download"):  # a command, which says so in its own line
        begin, end = text.rfind("\n", 0, entry.start) + 1, text.find("\n", entry.end)
        return _DATASETS.search(text, begin, max(end, entry.end)) is not None
    return key in places.hub_repository_keys and _DATASETS.search(text) is not None


def is_vendor_only(candidate: Candidate) -> bool:
    """Whether nothing but the organisation of a model is known."""
    unknown = candidate.match is None or getattr(candidate.match, "family", 0) < 0
    return candidate.kind == "model" and unknown


def beside(
    unknown: Sequence[Candidate], kept: Sequence[Candidate], places: Places
) -> Iterator[Candidate]:
    """Unknown models of a file without other signs of AI: beside a known one, or by a sure key."""
    near = {link for c in kept if c.place == MODEL_PLACE for link in c.entry.links}
    for one in unknown:
        sure = fold(one.key) in places.sure_model_keys or near.intersection(one.entry.links)
        if "/" in one.text and sure:
            yield one


def _is_of_org(value: str, catalogue: Catalogue) -> bool:
    """Whether a slash stands behind an organisation rather than a folder."""
    head, slash, _ = value.partition("/")
    folders = catalogue.tables["places"]["not_organisations"]
    return bool(slash) and head.strip(".~") != "" and head.lower() not in folders
