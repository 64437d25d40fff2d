"""Rule packs: YAML in, checked rules out, with the exact place of every fault."""

from __future__ import annotations

from stackaudit.model import ContextKey, NamedList
from stackaudit.rules.context import Vocabulary
from stackaudit.rules.document import Problem
from stackaudit.rules.fields import FIELDS
from stackaudit.rules.given import build
from stackaudit.rules.lists import Lists
from stackaudit.rules.packs import (
    available,
    check_context,
    check_file,
    load_pack,
    load_packs,
    load_shared,
)
from stackaudit.rules.reader import Shared

__all__ = [
    "FIELDS",
    "ContextKey",
    "Lists",
    "NamedList",
    "Problem",
    "Shared",
    "Vocabulary",
    "available",
    "build",
    "check_context",
    "check_file",
    "load_pack",
    "load_packs",
    "load_shared",
]
