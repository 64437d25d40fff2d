"""Text as Markdown that shows exactly that text: nothing in it links, mentions, marks or breaks.

Scanned repositories, and rule packs of somebody's own, are not to be trusted with markup.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from stackaudit.report.text import clean, count, masked, prose

#: Stands between the characters that would start an automatic link or mention.
_BREAK = "&#8203;"
#: Room kept for the note on what was left out.
_NOTE = 600
_TAILS = ("finding", "variable")
_SPECIAL = re.compile(r"[\\`*_\[\]|~$]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
#: Rendered text is searched again for these, so that a backslash would not help.
_AUTOMATIC = re.compile(
    r"(?i)(?<=@)(?=\w)|(?<=#)(?=\d)|(?<=\bGH)(?=-\d)|(?<=:)(?=//)|(?<=\bwww)(?=\.)"
)
_WEB = re.compile(r"https?://[\w.-]++(?::\d{1,5})?(?:[/?#][!-~]*+)?", re.ASCII)
_IN_LINK = {char: f"%{ord(char):02X}" for char in "()<>[]|\\`\"'"}


def plain(text: str, limit: int = 2_000) -> str:
    """One line of prose in which every character stands for itself, cut at ``limit``."""
    told = prose(masked(text))
    if len(told) > limit:
        told = f"{told[: limit - 3]}..."
    pieces = _AUTOMATIC.split(told)
    return _BREAK.join(_SPECIAL.sub(r"\\\g<0>", _entities(piece)) for piece in pieces)


def _entities(text: str) -> str:
    return "".join(_ENTITIES.get(char, char) for char in text)


def code(text: str, *, cell: bool = False) -> str:
    """A scanned identifier or place as a code span, also inside a cell of a table."""
    told = clean(text).replace("\n", " ") or " "
    if cell:  # a bar ends a cell even in code, and not every reader knows how to escape it there
        told = told.replace("|", "\N{BROKEN BAR}")
    longest = max(map(len, re.findall("`+", told)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if told.strip(" ") and (told[0] in "` " or told[-1] in "` ") else ""
    return f"{fence}{pad}{told}{pad}{fence}"


def link(title: str, url: str) -> str:
    """A link to a source on the web; only its title where the address is anything else."""
    if not is_web(url):
        return plain(title)
    return f"[{plain(title)}]({''.join(_IN_LINK.get(char, char) for char in url)})"


def is_web(url: str) -> bool:
    """Whether it is the address of a page on the web, well formed."""
    return bool(_WEB.fullmatch(url))


class Page:
    """Parts between a head and a foot, each of blocks, that together never outgrow a room."""

    def __init__(self, head: str, foot: str, most: int) -> None:
        self._head, self._foot = head, foot
        self._room = most - len(head) - len(foot) - _NOTE
        self._parts: list[_Part] = []

    def add(self, share: int, title: str, blocks: Sequence[str], noun: str) -> None:
        """A part of which at least ``share`` characters are shown, from its first block on."""
        if blocks:
            part = _Part([f"{title}{blocks[0]}", *blocks[1:]], noun)
            self._parts.append(part)
            self._room -= part.grow(min(share, self._room))

    def text(self) -> str:
        """The whole, and above the foot what did not fit."""
        for part in self._parts:
            self._room -= part.grow(self._room)
        left = Counter[str]()
        for part in self._parts:
            left[part.noun] += len(part.blocks) - part.shown
        told = ", ".join(count(left[noun], noun, _plural(noun)) for noun in left if left[noun])
        note = f"\n**Left out for length:** {told}. The JSON report has all.\n" if told else ""
        shown = [block for part in self._parts for block in part.blocks[: part.shown]]
        return "".join([self._head, *shown, note, self._foot])


@dataclass(slots=True)
class _Part:
    blocks: list[str]
    noun: str
    shown: int = 0

    def grow(self, room: int) -> int:
        """Shows further blocks as long as they fit; returns how many characters they take."""
        before = room
        while self.shown < len(self.blocks) and len(self.blocks[self.shown]) <= room:
            room -= len(self.blocks[self.shown])
            self.shown += 1
        return before - room


def _plural(noun: str) -> str:
    """``facts to declare``, ``rules with open findings``, ``models``."""
    first, space, rest = noun.partition(" ")
    return f"{noun}s" if not space or rest in _TAILS else f"{first}s {rest}"
