"""Plain text: prose, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.detect.entry import Entry

_LINE = re.compile(r"[^ \t\r\n][^\r\n]*+")


def entries(text: str) -> Iterator[Entry]:
    """Yield every line that is not blank."""
    for line in _LINE.finditer(text):
        yield Entry(line.start(), line.end(), "prose")
