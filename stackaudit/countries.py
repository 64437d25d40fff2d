"""Country codes: ISO 3166-1 alpha-2, and ``EU``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path


@cache
def names() -> Mapping[str, str]:
    """Return code -> short English name, in the order of the codes."""
    text = Path(__file__).with_name("countries.json").read_text("utf-8")
    table: dict[str, str] = json.loads(text)
    return table
