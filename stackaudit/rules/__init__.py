"""Rule packs: YAML in, checked rules out, with the exact place of every fault."""

from __future__ import annotations

from stackaudit.model import ContextKey, NamedList
from stackaudit.rules.context import Vocabulary
from stackaudit.rules.dates import STALE_AFTER, stale, upcoming
from stackaudit.rules.document import Problem
from stackaudit.rules.fields import FIELDS
from stackaudit.rules.given import build
from stackaudit.rules.lists import Lists
from stackaudit.rules.overrides import overridden
from stackaudit.rules.packs import (
    available,
    check_context,
    check_file,
    load_named,
    load_pack,
    load_packs,
    load_shared,
    locate,
    read_pack,
    spelled_out,
    with_included,
)
from stackaudit.rules.reader import Shared

__all__ = [
    "FIELDS",
    "STALE_AFTER",
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
    "load_named",
    "load_pack",
    "load_packs",
    "load_shared",
    "locate",
    "overridden",
    "read_pack",
    "spelled_out",
    "stale",
    "upcoming",
    "with_included",
]
