"""Cuts values and prose into pieces that could be an id, a host or a variable name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

#: Characters of ids, URLs and templates in them; quotes, commas and brackets end a piece.
_PIECE = re.compile(
    r"(?:\$?\{\{?[\w.\- |:/]{0,200}\}?\}|<[\w.\- ]{1,40}>|[\w./:@+~%$*#=&?\-])+", re.ASCII
)
#: Ids with commas, or with semicolons, between them.
_LISTED = re.compile(r"[\w./:@+~=-]++(?:(?:,[ ]?[\w./:@+~=-]++)++,?|(?:;[ ]?[\w./:@+~=-]++)++;?)")
#: Names with a number and a mark in them, with blanks between them.
_SPACED = re.compile(
    r"(?:(?=\S*[0-9])(?=\S*[-.:/])[\w./:@+~-]++(?:\Z|[ \t]++(?:\\\r?\n[ \t]*+)?))++"
)
#: Settings with commas between them.
_SETTING = re.compile(r"\w++=[\w./:@+~-]++")
_SETTINGS = re.compile(rf"{_SETTING.pattern}(?:,{_SETTING.pattern})++")
_ITEM = re.compile(r"(?<![^\s,;+-])[^\s\\,;=+-][^\s,;=]*+")
#: A name with what it is run by behind a bar; a name with the size of its context in brackets.
_PART = re.compile(r"[\w.:/@${}-]++(?![\w\]])")
_PARTED = re.compile(r"[\w.:/@-]++(?:\|[\w.:/@${}-]++)++")
_WIDENED = re.compile(r"[\w.:/@-]++\[[0-9]{1,2}[km]\]")
_WINDOWS_PATH = re.compile(
    r"(?:[A-Za-z]:|\.{1,2}|%\w{1,40}%)\\(?:[\w .%()-]++\\)*+(?P<name>[\w.-]++)"
)
#: The start of a hole that holds more than a name: ${f(x)}.
_OPEN_HOLE = re.compile(r"[$#]\{[^{}]*\Z|\$\Z")
_TRAILING = ".,;:!?/-_=&?#*~+"
_LEADING = ".,;:!?-_=&?#*~+/"
_MAX = 400
_LONGEST_LIST = 10_000


#: Characters that nobody sees, as latin-1 text of their UTF-8 bytes: marks of direction, joiners.
_HIDDEN = re.compile(
    "\xe2\x80[\x8b-\x8f\xaa-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf|\xc2\xad|\xcd\x8f|\xe1\xa0\x8e"
)


class Piece(NamedTuple):
    """A stretch of text without blanks; offsets are relative to the text it was cut from."""

    start: int
    end: int
    text: str


def hides(text: str) -> bool:
    """Whether a text holds characters that nobody sees."""
    return _HIDDEN.search(text) is not None


def visible(text: str) -> str:
    """A text without the characters that nobody sees."""
    return _HIDDEN.sub("", text)


def is_piece(text: str) -> bool:
    """Whether a whole value is one piece."""
    return len(text) <= _MAX and _PIECE.fullmatch(text) is not None


def enumerated(text: str, blanks: bool) -> tuple[Piece, ...]:
    """The ids of a value that lists several: between commas, or where ``blanks`` between blanks."""
    if len(text) > _LONGEST_LIST or not (
        (("," in text or ";" in text) and _LISTED.fullmatch(text))
        or (blanks and " " in text and _SPACED.fullmatch(text))
    ):
        return ()
    return tuple(Piece(*found.span(), found[0]) for found in _ITEM.finditer(text))


def assignments(text: str) -> tuple[Piece, ...]:
    """The settings of a value that lists several: ``pretrained=org/name,dtype=float``."""
    if len(text) > _MAX or not _SETTINGS.fullmatch(text):
        return ()
    return tuple(Piece(*found.span(), found[0]) for found in _SETTING.finditer(text))


def alternatives(text: str) -> tuple[Piece, ...]:
    """The parts of ``name|provider`` and ``name|other``, and a name before ``[1m]``."""
    if len(text) > _MAX or not (_PARTED.fullmatch(text) or _WIDENED.fullmatch(text)):
        return ()
    return tuple(Piece(*found.span(), found[0]) for found in _PART.finditer(text))


def windows_name(text: str) -> tuple[Piece, ...]:
    """The last part of a path written with backslashes, where a value is one."""
    path = _WINDOWS_PATH.fullmatch(text) if "\\" in text and len(text) <= _MAX else None
    return (Piece(*path.span("name"), path["name"]),) if path else ()


def pieces(text: str, hits: Sequence[int] | None = None) -> Iterator[Piece]:
    """The pieces of ``text``, or only those in which one of the sorted offsets ``hits`` lies."""
    if hits is None:
        for found in _PIECE.finditer(text):
            piece = _trim(found.start(), found.group())
            if piece:
                yield piece
        return
    end = 0
    for hit in hits:
        if hit < end:
            continue
        start = _piece_start(text, hit, end)
        whole = _PIECE.match(text, start)
        # Braces in the text before a hit can make the piece end early: start again at the hit.
        if whole is None or whole.end() <= hit:
            whole = _PIECE.match(text, hit)
        if whole is None:
            continue
        end = whole.end()
        piece = _trim(whole.start(), whole.group()[: _MAX * 2])
        if piece:
            yield _unescaped(piece, text)


def _unescaped(piece: Piece, text: str) -> Piece:
    """A piece without the slash that a backslash before it escapes, as JSON within JSON has it."""
    if piece.text[0] == "/" and len(piece.text) > 1 and text[max(0, piece.start - 1)] == "\\":
        return Piece(piece.start + 1, piece.end, piece.text[1:])
    return piece


_STOP = frozenset(" \t\r\n\"'`,;()[]|\\^")


def _piece_start(text: str, hit: int, floor: int) -> int:
    start = hit
    lowest = max(floor, hit - 160)
    while start > lowest:
        before = text[start - 1]
        if before in ">}":  # a placeholder may hold blanks
            opened = text.rfind("<" if before == ">" else "{", lowest, start)
            start = opened if opened >= 0 else start - 1
        elif before in _STOP or before > "~":
            break
        else:
            start -= 1
    return start


def _trim(start: int, text: str) -> Piece | None:
    stripped = _OPEN_HOLE.sub("", text).rstrip(_TRAILING)
    # A directory, a template or a wildcard at the end is part of a URL.
    if "://" in stripped and text.startswith(stripped + "/"):
        stripped += "/"
    cut = len(stripped) - len(stripped.lstrip(_LEADING)) if not stripped.startswith("/") else 0
    stripped = stripped[cut:]
    return Piece(start + cut, start + cut + len(stripped), stripped) if stripped else None
