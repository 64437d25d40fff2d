"""Decides which candidates of a file count, and what they are used for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from stackaudit.catalogue import Catalogue
from stackaudit.catalogue.places import fold
from stackaudit.detect.candidate import MODEL_PLACE, PROSE, VALUE, Candidate
from stackaudit.detect.entry import Entry
from stackaudit.detect.menus import Menus, compares, one_a_line
from stackaudit.detect.purpose import Purpose
from stackaudit.detect.strength import CERTAIN, FULL, LOOSE, PLAIN, WORD
from stackaudit.model import Confidence, Mention, Package, Usage
from stackaudit.source import SourceFile

#: A value of more bytes, with blanks in it, is text.
_LONG = 300


def accepted(
    found: Iterable[Candidate], catalogue: Catalogue, *, evidence: bool
) -> Iterator[Candidate]:
    """The candidates that count, given whether the file shows other evidence of AI."""
    kept = list(found)
    evidence = evidence or any(_tells(candidate) for candidate in kept)
    names = evidence or any(candidate.strength >= FULL for candidate in kept)
    for candidate in kept:
        if candidate.kind == "model":
            if candidate.telling and names:
                yield candidate
                continue
            called = catalogue.places.is_tool_command(candidate.entry.keys)
            if _is_model(candidate, catalogue, evidence or called):
                yield candidate
        elif candidate.kind != "endpoint" or _is_endpoint(candidate, catalogue):
            yield candidate


def is_local(candidate: Candidate) -> bool:
    """An address of the user's own machine: it tells where a model goes, and no more."""
    return candidate.kind == "endpoint" and candidate.match.country == "local"


def _tells(candidate: Candidate) -> bool:
    """Whether a candidate by itself shows that its file deals with AI."""
    if candidate.kind == "model":
        return candidate.strength >= FULL and candidate.place >= VALUE
    return candidate.kind != "endpoint" or candidate.match.endpoint >= 0


def _is_of_model(candidate: Candidate, catalogue: Catalogue) -> bool:
    """Whether what a value is compared with is a model: ``model.startsWith("o1")``."""
    owners = re.split(r"\.|::|->", candidate.entry.keys[-1])[:-1]
    return candidate.place == MODEL_PLACE or any(
        catalogue.places.of_key(owner) == "model" for owner in owners
    )


def _is_model(candidate: Candidate, catalogue: Catalogue, evidence: bool) -> bool:
    place, strength, match = candidate.place, candidate.strength, candidate.match
    if candidate.entry.region == "code":
        return evidence or strength >= FULL
    if candidate.entry.region == "key":
        return strength >= FULL
    if candidate.entry.keys[-1:] == (":",) and not match.versioned:
        return strength >= FULL  # the key of a map is perhaps that of a provider
    if compares(candidate):
        sure = evidence and match.complete and match.versioned
        return strength >= FULL or (sure and _is_of_model(candidate, catalogue))
    if place == VALUE and _is_folder(candidate, catalogue):
        return False
    expected = catalogue.places.of_key(candidate.key)
    if expected == "base-url" and place == VALUE and "/" not in candidate.text:
        return False  # a host of that name
    if expected == "other" and place != PROSE:
        return strength >= CERTAIN
    if place == MODEL_PLACE:
        if strength == WORD and _describes(candidate, catalogue):
            return False
        return strength > WORD or (match.complete and (evidence or match.versioned))
    if strength >= FULL or place == PROSE:
        return strength >= FULL
    if strength == LOOSE:
        return evidence and bool(match.org or candidate.text.startswith("/"))
    telling = match.versioned and match.complete and match.family >= 0
    return strength == PLAIN and evidence and telling


def _is_folder(candidate: Candidate, catalogue: Catalogue) -> bool:
    """Whether a path of several folders ends in what has no weights to lie there."""
    match = candidate.match
    if candidate.text.count("/") < 2 or not match or match.org or match.prefix >= 0:
        return False
    return match.family >= 0 and bool(catalogue.family(match.family)["weights"] == "closed")


def _describes(candidate: Candidate, catalogue: Catalogue) -> bool:
    """Whether a value of configuration says something about a model rather than its name."""
    nearest = candidate.entry.keys[-1] if candidate.entry.keys else ""
    if candidate.entry.region != "value" or nearest == candidate.key:
        return False
    return not catalogue.places.is_naming_key(nearest)


def _is_endpoint(candidate: Candidate, catalogue: Catalogue) -> bool:
    """Hubs count where they are called, not where they are linked to."""
    match = candidate.match
    if match.country == "local":
        return candidate.place != PROSE
    row = catalogue.endpoint(match.endpoint)
    if row["route"] == "weights-hub":
        if match.path.partition("?")[0].lower().endswith(catalogue.places.picture_endings):
            return False
        called = catalogue.places.of_key(candidate.key) == "base-url" or "/resolve/" in match.path
        return candidate.place != PROSE and called and not match.path.startswith("/datasets/")
    spoken = candidate.entry.region == "prose" and candidate.key != "code" and row.get("paths")
    # The front page of a site that serves more than models.
    return not spoken or match.path not in ("", "/")


def mentions(
    found: Sequence[Candidate],
    source: SourceFile,
    path_usage: Usage | None,
    tests_from: int,
    catalogue: Catalogue,
) -> Iterator[Mention]:
    """Candidates as mentions, with position, usage, role and scopes.

    Args:
        found: Accepted candidates.
        source: Their file.
        path_usage: Usage the path dictates, or None.
        tests_from: Offset from which on the file holds its own tests.
        catalogue: Knows what keys, calls and classes say.
    """
    menus, purpose = Menus(found, catalogue), Purpose(source, catalogue.roles)
    lines = one_a_line(found, source)
    for candidate in found:
        (line, column), end = source.position(candidate.start), source.position(candidate.end)
        text, assembled = _written(candidate, source)
        usage = "test" if candidate.start >= tests_from else path_usage
        yield Mention(
            kind=candidate.kind,
            text=text,
            path=source.path,
            line=line,
            column=column,
            end_line=end[0],
            end_column=end[1],
            detector=source.language,
            usage=usage or ("offered" if candidate.start in lines else _usage(candidate, menus)),
            key=candidate.key,
            role=purpose.of(candidate),
            confidence=_confidence(candidate, catalogue.places.resource_keys),
            assembled=assembled,
            links=_links(candidate),
            provides=_provides(candidate),
            package=_package(candidate),
            local=is_local(candidate),
            facts={"known_as": candidate.known_as} if candidate.known_as else {},
        )


def _written(candidate: Candidate, source: SourceFile) -> tuple[str, bool]:
    """The identifier as written, and whether it was put together."""
    raw = source.data[candidate.start : candidate.end]
    if not candidate.entry.text:
        return raw.decode("utf-8", "replace"), False
    text = candidate.text.encode("latin-1", "replace").decode("utf-8", "replace")
    assembled = candidate.entry.region == "string" and candidate.text not in raw.decode("latin-1")
    return text, assembled


def _usage(candidate: Candidate, menus: Menus) -> Usage:
    region = candidate.entry.region
    if region in ("comment", "docstring"):
        return "comment"
    if region == "prose":
        return "doc"
    if candidate.kind == "sdk":
        return "declared"
    if candidate.place == PROSE and (candidate.kind == "model" or _is_text(candidate.entry)):
        return "comment"
    return "offered" if menus.offers(candidate) else "used"


def _is_text(entry: Entry) -> bool:
    """Whether a value of configuration is so long that people are to read it."""
    return entry.region == "value" and entry.end - entry.start > _LONG


def _confidence(candidate: Candidate, resource_keys: frozenset[str]) -> Confidence:
    if candidate.place == PROSE:
        return "low"
    if candidate.kind == "model" and not resource_keys.isdisjoint(map(fold, candidate.entry.keys)):
        return "low"
    if candidate.entry.region == "code":
        return "medium"
    if candidate.strength >= FULL or candidate.kind != "model":
        return "high"
    return "medium"


def _package(candidate: Candidate) -> Package | None:
    if candidate.kind != "sdk":
        return None
    return Package(candidate.match["ecosystem"], candidate.match["name"])


def _links(candidate: Candidate) -> tuple[str, ...]:
    """Scopes of the value, then the object and the class the call is made on."""
    links = list(candidate.entry.links)
    owners = []
    for key in reversed(candidate.entry.keys):
        owner = owner_of(key)
        if owner:
            owners += [f"name:{owner}", f"class:{owner}"]
    return (*links, *dict.fromkeys(owners), f"at:{candidate.start}")


def _provides(candidate: Candidate) -> tuple[str, ...]:
    assigned = candidate.entry.assigned
    if not assigned:
        return ()
    # module.api_base = "..." serves what is called on the module.
    owner = owner_of(assigned) if candidate.kind == "endpoint" else ""
    return (f"name:{assigned}", *([f"name:{owner}"] if owner else []))


def owner_of(callee: str) -> str:
    """The object a dotted call is made on: ``self.client.chat.create`` -> ``self.client``."""
    parts = callee.replace("->", ".").replace("?.", ".").replace("$this", "this").split(".")
    if len(parts) < 2:
        return ""
    if parts[0] in ("self", "this", "cls") and len(parts) > 2:
        return ".".join(parts[:2])
    return parts[0]
