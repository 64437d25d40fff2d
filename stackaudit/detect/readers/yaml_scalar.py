"""What YAML scalars mean: escapes, folded lines, block scalars."""

from __future__ import annotations

import re

from stackaudit.detect.readers.common import ESCAPED, character, code_units, real

_BREAK = r"(?<![ \t\r\n])[ \t]*+(?:\r?\n[ \t]*+)++"
_DOUBLE = re.compile(
    r"\\(?:\r?\n[ \t]*+|x([0-9A-Fa-f]{2})|U([0-9A-Fa-f]{8})"
    r"|u([0-9A-Fa-f]{4})(?:\\u([Dd][C-Fc-f][0-9A-Fa-f]{2}))?+|([\s\S]))"
    rf"|({_BREAK})"
)
_FOLD = re.compile(_BREAK)
_SINGLE = re.compile(r"('')|(" + _BREAK + ")")


def double_quoted(raw: str) -> str:
    """Return the text of a double-quoted scalar's inside,."""
    return _DOUBLE.sub(_double, real(raw))


def single_quoted(raw: str) -> str:
    """Return the text of a single-quoted scalar's inside,."""
    return _SINGLE.sub(lambda found: "'" if found[1] else _folded(found), real(raw))


def plain(raw: str) -> str:
    """Return the text of a plain scalar that runs over several lines."""
    return _FOLD.sub(_folded, real(raw))


def _double(found: re.Match[str]) -> str:
    if found[6]:
        return _folded(found)
    if found[3]:
        return code_units(found[3], found[4])
    if digits := found[1] or found[2]:
        return character(digits)
    return ESCAPED.get(found[5], found[5]) if found[5] else ""


def _folded(found: re.Match[str]) -> str:
    breaks = found[0].count("\n")
    return "\n" * (breaks - 1) if breaks > 1 else " "


def block(raw: str, indent: int, folded: bool) -> str:
    """Return the text of a block scalar from its first content line on, without ``indent``."""
    lines = [line.rstrip("\r")[indent:] for line in real(raw).split("\n")]
    if not folded:
        return "\n".join(lines)
    text = lines[0]
    blanks = 0
    loose = text[:1] in (" ", "\t")
    for line in lines[1:]:
        if not line:
            blanks += 1
            continue
        indented = line[0] in " \t"
        if indented or loose:
            text += "\n" * (blanks + 1) + line
        else:
            text += ("\n" * blanks if blanks else " ") + line
        blanks, loose = 0, indented
    return text
