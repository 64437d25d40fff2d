"""Decides which candidates of a file count, and what they are used for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from stackaudit.catalogue import Catalogue
from stackaudit.detect.candidates import (
    CERTAIN,
    FULL,
    LOOSE,
    MODEL_PLACE,
    PLAIN,
    PROSE,
    VALUE,
    WORD,
    Candidate,
)
from stackaudit.model import Confidence, Mention, Usage
from stackaudit.source import SourceFile

#: Keys that compare a value rather than set it.
_COMPARISONS = frozenset(
    ["==", "===", "!=", "case", "in", "startswith", "endswith", "includes", "contains", "has"]
    + ["startsWith", "endsWith", "match", "equals", "indexOf", "StartsWith", "Contains"]
)
#: From this many distinct models outside model-shaped places, a file's list is a menu.
_MENU = 8


def accepted(
    found: Iterable[Candidate], catalogue: Catalogue, *, evidence: bool
) -> Iterator[Candidate]:
    """The candidates that count, given whether the file shows other evidence of AI."""
    kept = list(found)
    evidence = evidence or any(_tells(candidate) for candidate in kept)
    for candidate in kept:
        if candidate.kind == "model":
            if _is_model(candidate, catalogue, evidence):
                yield candidate
        elif candidate.kind == "endpoint":
            if _is_endpoint(candidate, catalogue):
                yield candidate
        else:
            yield candidate


def _tells(candidate: Candidate) -> bool:
    """Whether a candidate by itself shows that its file deals with AI."""
    if candidate.kind == "model":
        return candidate.strength >= FULL and candidate.place >= VALUE
    return candidate.kind == "credential" or candidate.match.endpoint >= 0


def _is_model(candidate: Candidate, catalogue: Catalogue, evidence: bool) -> bool:
    place, strength, match = candidate.place, candidate.strength, candidate.match
    if place == MODEL_PLACE and owner_and_method(candidate.key)[1] in _COMPARISONS:
        place = VALUE
    other = catalogue.places.of_key(candidate.key) == "other"
    if candidate.entry.region == "value" and candidate.key == "FROM" and not match.tail:
        other = False
    if place == MODEL_PLACE and not other:
        return strength > WORD or (match.complete and (evidence or match.versioned))
    if other or owner_and_method(candidate.key)[1] in _COMPARISONS:
        return strength >= (CERTAIN if other else FULL)
    if place == PROSE:
        return strength >= FULL
    if strength >= FULL:
        return True
    if strength == LOOSE:
        return evidence and bool(match.org or candidate.text.startswith("/"))
    return strength == PLAIN and evidence and match.versioned and match.family >= 0


def _is_endpoint(candidate: Candidate, catalogue: Catalogue) -> bool:
    """Local addresses serve binding only; hubs count where they are called, not linked to."""
    match = candidate.match
    if match.endpoint < 0 or match.country == "local":
        return False
    row = catalogue.endpoint(match.endpoint)
    if row["route"] == "weights-hub" and match.path.startswith("/datasets/"):
        return False
    if row["route"] == "weights-hub":
        return candidate.place != PROSE and (
            catalogue.places.of_key(candidate.key) == "base-url" or "/resolve/" in match.path
        )
    return True


def mentions(
    found: Sequence[Candidate], source: SourceFile, path_usage: Usage | None, detector: str
) -> Iterator[Mention]:
    """Candidates as mentions, with position, usage and scopes."""
    listed = {c.text for c in found if c.kind == "model" and _is_entry_of_list(c)}
    for candidate in found:
        line, column = source.position(candidate.start)
        end_line, end_column = source.position(candidate.end)
        raw = source.data[candidate.start : candidate.end]
        text = raw.decode("utf-8", "replace")
        assembled = False
        if candidate.entry.text:
            text = candidate.text.encode("latin-1", "replace").decode("utf-8", "replace")
            assembled = candidate.entry.region == "string" and candidate.text not in raw.decode("latin-1")
        yield Mention(
            kind=candidate.kind,
            text=text,
            path=source.path,
            line=line,
            column=column,
            end_line=end_line,
            end_column=end_column,
            detector=detector,
            usage=path_usage or _usage(candidate, len(listed) >= _MENU),
            key=candidate.key,
            confidence=_confidence(candidate),
            assembled=assembled,
            links=_links(candidate),
            provides=_provides(candidate),
        )


def _is_entry_of_list(candidate: Candidate) -> bool:
    """Whether a model stands in a table or list rather than behind a key of its own."""
    if candidate.entry.region not in ("string", "value") or candidate.place == PROSE:
        return False
    direct = candidate.entry.keys[-1:] == (candidate.key,)
    return candidate.place == VALUE or not direct or candidate.key.lower().endswith("s")


def _usage(candidate: Candidate, menu: bool) -> Usage:
    region = candidate.entry.region
    if region in ("comment", "docstring"):
        return "comment"
    if region == "prose":
        return "doc"
    if candidate.kind == "model" and candidate.place == PROSE:
        return "comment"
    if menu and candidate.kind == "model" and _is_entry_of_list(candidate):
        return "offered"
    return "used"


def _confidence(candidate: Candidate) -> Confidence:
    if candidate.place == PROSE:
        return "low"
    if candidate.strength >= FULL or candidate.kind != "model":
        return "high"
    return "medium"


def _links(candidate: Candidate) -> tuple[str, ...]:
    links = list(candidate.entry.links)
    for key in reversed(candidate.entry.keys):
        owner = owner_of(key)
        if owner:
            links.append(f"name:{owner}")
            break
    return tuple(links)


def _provides(candidate: Candidate) -> tuple[str, ...]:
    assigned = candidate.entry.assigned
    return (f"name:{assigned}",) if assigned else ()


def owner_and_method(callee: str) -> tuple[str, str]:
    """``a.b.startswith`` -> (``a.b``, ``startswith``)."""
    owner, _, method = callee.rpartition(".")
    return owner, method


def owner_of(callee: str) -> str:
    """The object a dotted call is made on: ``self.client.chat.create`` -> ``self.client``."""
    parts = callee.replace("->", ".").replace("?.", ".").replace("$this", "this").split(".")
    if len(parts) < 2:
        return ""
    if parts[0] in ("self", "this", "cls") and len(parts) > 2:
        return ".".join(parts[:2])
    return parts[0]
