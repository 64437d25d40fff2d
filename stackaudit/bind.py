"""Binds every mention of a file to how what it names is reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from stackaudit.binding.scopes import Scopes
from stackaudit.catalogue import Catalogue
from stackaudit.detect.filefacts import FileFacts
from stackaudit.model import UNKNOWN, Mention, Route
from stackaudit.routes import endpoint_route


class Bound(NamedTuple):
    """A mention and how what it names is reached."""

    mention: Mention
    route: Route | None


def bind(
    facts: FileFacts,
    catalogue: Catalogue,
    own_hosting: str = UNKNOWN,
    scopes: Scopes | None = None,
) -> Iterator[Bound]:
    """Bind every mention of one file.

    Args:
        facts: What detection found in the file.
        catalogue: Knows hosts, clients and id forms.
        own_hosting: Country where the user runs weights, as declared.
        scopes: What else of the repository tells; by default nothing does.
    """
    scopes = scopes or Scopes(facts, catalogue, own_hosting)
    for mention in facts.mentions:
        if mention.kind in ("model", "weights"):
            bindable = mention.usage not in ("doc", "comment")
            yield Bound(mention, scopes.route(mention) if bindable else None)
        elif mention.kind == "endpoint":
            host = catalogue.hosts.find(mention.text)
            route = (
                endpoint_route(catalogue, host, "observed", "written in the code") if host else None
            )
            yield Bound(mention, route)
        elif mention.detector == "import" and mention.package:
            yield Bound(mention, scopes.of_package(mention.package))
        else:
            yield Bound(mention, None)
