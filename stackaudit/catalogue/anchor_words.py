"""Chooses the literals that must occur in a file before it is looked at.

Every catalogue row gets an anchor: a piece of text present in every spelling of it and rare
in code that has nothing to do with AI.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise, product
from typing import Any

_BETWEEN_LETTERS = ("-", "_", " ")
_BEFORE_DIGIT = ("-", "", "_", " ")
_BRAND_MARKS = (*"-_/:123456789", *(f" {digit}" for digit in range(1, 10)))
_AFTER_DIGIT = ("-", ".", "_", "", " ")
_MIN_WORD = 4
_MIN_JOINED = 4
_MIN_PLAIN = 6
_MIN_WRITTEN = 5
_MIN_HOST = 11
_MIN_IMAGE = 6
#: A piece of so many host patterns is a cloud's domain, not a service.
_SHARED = 5
_IMPORT_FORMS = {
    "pypi": ("import {}", "from {}"),
    "npm": ("'{}'", '"{}"', "'{}/", '"{}/'),
    "go": ('"{}',),
    "crates": ("use {}",),
    "nuget": ("using {}",),
    "maven": ("import {}",),
    "gems": ("require '{}", 'require "{}'),
    "packagist": ("use {}",),
}


def anchors(content: Mapping[str, Any]) -> list[str]:
    """All anchors of a compiled catalogue: lower case, sorted, none containing another."""
    common = set(content["words"]) | set(content["places"].get("common_words", ()))
    brands = set(content["places"].get("brand_words", ()))
    common |= brands
    found: set[str] = set()
    for head, _family, _release, strong, _start in content["heads"]:
        found.update(_head_anchors(tuple(head.split()), strong, common, brands))
    # The catalogue's own spelling of a name is always found (FLUX.1, Mi:dm-2.0), as constants too.
    written = (str(name) for row in content["families"] for name in row.get("names", ()))
    for name in written:
        if len(name) >= _MIN_WRITTEN and not name.isalpha():
            found.update((name, name.replace("-", "_")))
    found.update(_host_anchors(row["host"] for row in content["endpoints"]))
    found.update(_import_anchors(content["packages"]))
    found.update(row["name"] for row in content["credentials"])
    found.update(content["places"]["weight_endings"])
    found.update(content["places"]["sure_model_anchors"])
    short = (row["short_names"] for row in content["families"] if "short_names" in row)
    found.update(anchor for row in short for anchor in row.get("anchors", ()))
    images = (
        row["name"].partition("*")[0]
        for row in content["packages"]
        if row["ecosystem"] in ("docker", "github-actions") and "/" in row["name"]
    )
    found.update(image for image in images if len(image) >= _MIN_IMAGE)
    return _minimal(text.lower() for text in found if text)


def _head_anchors(
    head: tuple[str, ...], strong: bool, common: set[str], brands: set[str]
) -> Iterator[str]:
    for segment in head:
        if len(segment) >= _MIN_WORD and segment.isalpha() and segment not in common:
            yield segment
            return
    if len(head) == 1:
        # An ordinary word alone is found only beside other evidence; a brand by what follows it.
        yield from (head[0] + mark for mark in _BRAND_MARKS if head[0] in brands)
        return
    plain = len(head[0]) < _MIN_WORD - 1 or head[0] in common
    for text in _joined(head, _MIN_PLAIN if plain else _MIN_JOINED):
        # A short or ordinary name counts only as a whole value or in its usual spelling.
        if plain and len(text) < _MIN_PLAIN:
            yield from (f'"{text}"', f"'{text}'", f"={text}", f": {text}", f"/{text}")
        elif not plain or "-" in text or (strong and _is_name(head, text, brands)):
            yield text


def _is_name(head: tuple[str, ...], text: str, brands: set[str]) -> bool:
    """Whether a spelling with an ordinary first word is rare: a brand, or letters with digits."""
    return head[0] in brands or (text.isalnum() and not text.isalpha())


def _joined(head: tuple[str, ...], least: int) -> Iterator[str]:
    """The first segments of a head in the ways people join them."""
    length, take = 0, 0
    for segment in head:
        length += len(segment)
        take += 1
        # A single letter belongs to the number behind it (inf-o1, not inf-o).
        if take >= 2 and length >= least and len(segment) > 1 - segment.isdigit():
            break
    gaps = [_gaps(a, b) for a, b in pairwise(head[:take])]
    for chosen in product(*gaps):
        yield "".join(a + b for a, b in zip(head[:take], (*chosen, ""), strict=True))


def _gaps(before: str, after: str) -> tuple[str, ...]:
    """What people write between two segments. Run-together words are names of their own."""
    if before[-1].isdigit():
        return _AFTER_DIGIT
    if not after[0].isdigit():
        return _BETWEEN_LETTERS
    # o1, v3, k2: a single letter and its number are never apart.
    return ("",) if len(before) == 1 else _BEFORE_DIGIT


def _host_anchors(hosts: Iterable[str]) -> Iterator[str]:
    pieces = {
        host: [piece for part in host.split("*") for piece in _outside_braces(part) if piece]
        for host in hosts
    }
    shared = Counter(piece for parts in pieces.values() for piece in parts)
    for host, parts in pieces.items():
        if host.startswith("localhost:"):
            # Written with many host names; the port is what they share. Ports that
            # everything uses (8000, 8080) say nothing by themselves.
            port = host.rpartition(":")[2]
            if len(port) > 4:
                yield ":" + port
            continue
        if len(parts) == 1 and parts[0] == host:
            yield host
            continue
        own = [
            piece
            for piece in parts
            if shared[piece] < _SHARED and (len(piece) >= _MIN_HOST or "-" in piece)
        ]
        if own:
            yield max(own, key=lambda piece: (piece.count("."), len(piece)))


def _outside_braces(text: str) -> list[str]:
    pieces, rest = [], text
    while "{" in rest:
        before, _, rest = rest.partition("{")
        pieces.append(before)
        rest = rest.partition("}")[2]
    return [*pieces, rest]


def _import_anchors(packages: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for row in packages:
        for root in row.get("imports", ()):
            for form in _IMPORT_FORMS.get(row["ecosystem"], ()):
                yield form.format(root)


def _minimal(texts: Iterable[str]) -> list[str]:
    """Drop every literal that contains another: the shorter one is found wherever it is."""
    kept: set[str] = set()
    for text in sorted(set(texts), key=lambda t: (len(t), t)):
        if not any(
            text[start:end] in kept
            for start in range(len(text))
            for end in range(start + 1, len(text) + 1)
        ):
            kept.add(text)
    return sorted(kept)
