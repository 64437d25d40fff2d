"""Ids in what is written around them: a deployed amount, an image, what a file is for."""

from __future__ import annotations

import re
from typing import NamedTuple

from stackaudit.catalogue import Catalogue, IdMatch

#: A number behind the name of what only its developer runs: how much of it is deployed.
_CAPACITY = re.compile(r":[1-9]\d+\Z")
#: A path with the name of what it is for before it: llm_path:name.gguf.
_NAMED = re.compile(r"(?P<name>[a-z]+_(?:file|model|name|path)):(?=[\w./-]+\Z)")
#: The version of a container image, which is none of the model in it.
_IMAGE_VERSION = re.compile(r"(?::(?:latest|v?\d[\d.]*))?(?:@.*)?\Z")


class Inner(NamedTuple):
    """The id within a piece of text."""

    start: int
    end: int
    match: IdMatch


def without_capacity(text: str, catalogue: Catalogue) -> str:
    """The name in ``name:150`` where no tag can be meant; other ids as they are."""
    amount = _CAPACITY.search(text)
    match = catalogue.ids.find(text) if amount else None
    if not amount or match is None or match.family < 0:
        return text
    closed = catalogue.family(match.family)["weights"] == "closed"
    return text[: amount.start()] if closed else text


def named(text: str, catalogue: Catalogue) -> tuple[str, int] | None:
    """The name before a path, and where the path starts; None where it may be part of an id."""
    found = _NAMED.match(text)
    if found is None or catalogue.ids.find(found["name"]) is not None:
        return None
    return found["name"], found.end()


def packed(image: str, known_as: str, catalogue: Catalogue) -> Inner | None:
    """The model that a container image is, in a registry whose images are models.

    Args:
        image: The image, with its version.
        known_as: Its name in the catalogue; ``registry/*`` where what follows is the model.
        catalogue: Resolves ids.
    """
    registry, star, _ = known_as.partition("*")
    if not star or not image.startswith(registry):
        return None
    name = _IMAGE_VERSION.sub("", image[len(registry) :])
    match = catalogue.ids.find(name)
    if match is None or not match.complete or not match.versioned:
        return None
    return Inner(len(registry), len(registry) + len(name), match)
