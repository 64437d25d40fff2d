"""What stands around a model: images that run weights, and how a scope is told in words."""

from __future__ import annotations

from stackaudit.binding.links import kind
from stackaudit.catalogue import Catalogue
from stackaudit.detect.filefacts import FileFacts
from stackaudit.model import Mention

_SPOKEN = {"call": "in the same call", "name": "on the same object", "block": "in the same block"}


def runtimes(facts: FileFacts, catalogue: Catalogue) -> dict[str, str]:
    """Container images that run weights, by the scope they stand in."""
    return {
        mention.links[0]: mention.text
        for mention in facts.mentions
        if mention.links and _is_runtime(mention, catalogue)
    }


def _is_runtime(mention: Mention, catalogue: Catalogue) -> bool:
    """A container image that runs weights."""
    row = catalogue.image(mention.text) if mention.package else None
    return bool(row and row["ecosystem"] == "docker" and row["kind"] == "local-inference")


def spoken(link: str, mention: Mention) -> str:
    """How a scope and a model hang together, in words."""
    if kind(link) == "call" and link not in mention.links:
        return _SPOKEN["name"]  # the call that made the object it is called on
    return _SPOKEN.get(kind(link), "beside it")


def is_placeholder(host: str) -> bool:
    """Whether a host stands for any."""
    return any(
        mark in host.lower() for mark in ("example", "your", "test", "{", "<", "xxx", "dummy")
    )
