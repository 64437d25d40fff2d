"""Pieces that hold a model's name and are something else: folders, classes, addresses of code."""

from __future__ import annotations

import re

from stackaudit.catalogue.places import Places

#: A folder or file of results: 20240612_name, 2024-06-12-01-name. No model's name begins so.
_DATED = re.compile(r"(?:.*/)?20\d\d(?P<mark>[-_]?)[01]\d(?P=mark)[0-3]\d[-_].+")
#: A resource of a cluster as commands name it: service/name.
_IN_CLUSTER = re.compile(
    r"(?:configmap|cm|deploy(?:ment)?|ingress|job|namespace|ns|pod|pvc?|secret|service|statefulset|svc)s?"
    r"/[\w.-]+"
)
#: One word behind a slash, without a number: a command, a route or a page.
_ROUTE = re.compile(r"/[^/\d]+")
#: The name of a text or picture about a model: name_4_description.
_RESOURCE = re.compile(
    r"[a-z0-9_]+_(?:avatar|desc|description|hint|icon|label|logo|message|subtitle|summary|text|title)"
)


def is_lookalike(text: str, places: Places) -> bool:
    """Whether a piece outside a model's own place is something named after a model."""
    return (
        _DATED.fullmatch(text) is not None
        or _ROUTE.fullmatch(text) is not None
        or _IN_CLUSTER.fullmatch(text) is not None
        or _RESOURCE.fullmatch(text) is not None
        or is_class(text, places)
        or not places.parameter_words.isdisjoint(text.split(".")[1:])
        or not places.resource_words.isdisjoint(re.split(r"[-_.]", text.lower())[1:])
        or text.lower().startswith(places.code_hosts)
    )


def is_class(text: str, places: Places) -> bool:
    """Whether a name is that of a class of a model library, wherever it stands."""
    if text.endswith(places.class_endings):
        return True
    return text[:1].isupper() and text.isalnum() and text.endswith(places.code_endings)
