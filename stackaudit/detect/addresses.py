"""Models that an address names: in its path, in its query, as a page of a hub, as a file."""

from __future__ import annotations

import re
from typing import NamedTuple

from stackaudit.catalogue.places import Places

_PATH = re.compile(
    r"/(?:models|deployments|engines|publishers/[\w-]+/models|model|foundation-model|ai/run)/"
    r"(?P<id>[\w@.][\w@./:-]*?)(?=:[a-z][A-Za-z]+(?:$|\?)|[?#]|/(?:chat|completions|embeddings|invoke|converse|generate|resolve|versions)|$)"
)
_QUERY = re.compile(r"[?&]model(?:_?(?:id|name))?=(?P<id>[\w.:/@-]{3,100})", re.IGNORECASE)
_HUB_PATH = re.compile(r"/(?:models/)?(?P<id>[\w.-]+/[\w.-]+(?::[\w.-]+)?)(?:[/?#]|$)")
_LIBRARY_PATH = re.compile(r"/(?:library/)?(?P<id>[\w.-]+(?::[\w.-]+)?)$")
_WEIGHTS = re.compile(r"\.(?:bin|ckpt|ggml|gguf|onnx|pth?|safetensors)\Z", re.IGNORECASE)
#: A resource with its partition, service, region and account: a:b:c:d:1:kind/name.
_RESOURCE = re.compile(r"[a-z]+:[a-z-]+:[a-z0-9-]+:[\w-]*:\d*:[a-z-]+/(?P<id>[^/]+)")
_OTHER_PATHS = ("datasets/", "spaces/", "docs/", "blog/", "papers/", "collections/")


class Part(NamedTuple):
    """A stretch of an address; offsets are relative to the text it was found in."""

    start: int
    end: int
    text: str


def is_weights(text: str) -> bool:
    """Whether a name ends like that of a file of weights."""
    return _WEIGHTS.search(text) is not None


def in_path(path: str, *, hub: bool) -> Part | None:
    """The model in the path of a known host; of a file in a folder its name."""
    if len(path) < 3 or path.lstrip("/").startswith(_OTHER_PATHS):
        return None
    listed = hub and path.startswith("/models/")
    found = _HUB_PATH.match(path) if listed else _PATH.search(path)
    if not found and hub:
        found = _HUB_PATH.match(path) or _LIBRARY_PATH.match(path)
    if not found:
        return None
    start, end = found.span("id")
    if is_weights(found["id"]):
        start += found["id"].rfind("/") + 1
    return Part(start, end, path[start:end])


def in_query(url: str) -> Part | None:
    """The model that the query of an address asks for."""
    found = _QUERY.search(url)
    return Part(*found.span("id"), found["id"]) if found else None


def in_resource(text: str) -> Part | None:
    """The name at the end of a cloud's name of a resource."""
    found = _RESOURCE.fullmatch(text)
    return Part(*found.span("id"), found["id"]) if found else None


def file_of(url: str) -> Part | None:
    """The weights file at the end of an address of any host."""
    text = re.split(r"[?#]", url)[0]
    start = text.rfind("/") + 1
    return Part(start, len(text), text[start:]) if is_weights(text) else None


def is_page_of_model(host: str, path: str, places: Places) -> bool:
    """Whether an address at a hub of organisations and names is that of a model."""
    parts = path.strip("/").removeprefix("models/").split("/")
    known = host in places.hub_hosts and len(parts) > 1
    return known and places.hub_pages.isdisjoint(part.lower() for part in parts[:2])
