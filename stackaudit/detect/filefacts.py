"""What one file shows: its mentions and what tells where the models among them go."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from stackaudit.detect.clients import Client
from stackaudit.detect.entry import Entry
from stackaudit.detect.imports import Import
from stackaudit.detect.operators import Operator
from stackaudit.detect.reads import Read
from stackaudit.detect.regions import Region
from stackaudit.model import Mention


class FileFacts(NamedTuple):
    """Everything one file shows."""

    mentions: tuple[Mention, ...]
    clients: tuple[Client, ...] = ()
    imports: tuple[Import, ...] = ()
    regions: tuple[Region, ...] = ()
    base_urls: tuple[Entry, ...] = ()
    """Base URLs, with ``text``, of own machines and of hosts the catalogue does not know."""
    partial: str = ""
    """Why the file was read only in part; empty when it was read whole."""
    is_code: bool = False
    """A programming language, where all of a file can belong together."""
    reads: tuple[Read, ...] = ()
    """Models and base URLs that are told elsewhere in the repository."""
    same: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """Scope of a call -> scopes that tell of the object it is made on."""
    operators: tuple[Operator, ...] = ()
    """Operators named beside models."""

    def joined(self, other: FileFacts) -> FileFacts:
        """The facts of two parts of one file."""
        return FileFacts(
            self.mentions + other.mentions,
            self.clients + other.clients,
            self.imports + other.imports,
            self.regions + other.regions,
            self.base_urls + other.base_urls,
            self.partial or other.partial,
            self.is_code or other.is_code,
            self.reads + other.reads,
            {**self.same, **other.same},
            self.operators + other.operators,
        )
