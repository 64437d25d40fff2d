"""Text between tags in JavaScript and TypeScript: ``<p>Uses name-4o.</p>``."""

from __future__ import annotations

import re

LANGUAGES = frozenset(("javascript", "typescript"))
_MARKS = re.compile(r"[<>{}]")
_FARTHEST = 600
#: What a tag ends with before its bracket: a name, a quoted or braced attribute, a slash.
_TAG_END = re.compile(r"[\w\"'}/]")
_CLOSING = re.compile(r"<(?:/|[A-Za-z]|>)")
#: A type or a comparison rather than text.
_CODE = re.compile(r"=>|[=;]\s*(?:\n|$)|\b(?:const|return|function|extends)\b|&&|\|\|")


def text_around(text: str, at: int) -> tuple[int, int] | None:
    """The text between tags that an offset lies in; None where it is code.

    Args:
        text: The file.
        at: An offset outside strings and comments.
    """
    before = text[max(0, at - _FARTHEST) : at]
    left = max(map(before.rfind, "<>{}"))
    following = _MARKS.search(text, at, at + _FARTHEST)
    if left < 0 or following is None or before[left] not in ">}":
        return None
    start, end = at - len(before) + left + 1, following.start()
    if before[left] == ">" and not _is_tag_end(text, start - 1):
        return None
    if following[0] != "{" and not _CLOSING.match(text, end):
        return None
    if (before[left] == "}" or following[0] == "{") and not _has_tag(text, start, end):
        return None
    return None if _CODE.search(text, start, end) else (start, end)


def _is_tag_end(text: str, at: int) -> bool:
    """Whether a bracket ends a tag; one alone on its line ends a tag of several lines."""
    if at and _TAG_END.match(text, at - 1):
        return True
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return not line.strip()


def _has_tag(text: str, start: int, end: int) -> bool:
    """Whether text beside a brace also stands beside a tag."""
    return text[start - 1] == ">" or text.startswith("</", end)
