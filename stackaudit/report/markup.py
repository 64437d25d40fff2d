"""Text as Markdown that shows exactly that text: nothing in it links, mentions, marks or breaks.

Scanned repositories, and rule packs of somebody's own, are not to be trusted with markup.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

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
    """Text between a head and a foot that grows block by block and never beyond its room."""

    def __init__(self, head: str, foot: str, most: int) -> None:
        self._parts = [head]
        self._foot = foot
        self._room = most - len(head) - len(foot) - _NOTE
        self._share = 0
        self._left: Counter[str] = Counter()

    def begin(self, share: int) -> None:
        """Gives the next part its share of the room; what is unused stays for later parts."""
        self._share += share

    def add(self, blocks: Sequence[str], noun: str, title: str = "") -> None:
        """Adds as many blocks as fit, in order and under a title, and counts the others."""
        for number, block in enumerate(blocks):
            text = f"{title}{block}" if number == 0 else block
            if len(text) > min(self._room, self._share):
                self._left[noun] += len(blocks) - number
                break
            self._parts.append(text)
            self._room -= len(text)
            self._share -= len(text)

    def text(self) -> str:
        """The whole, with a note on what was left out above its foot."""
        told = ", ".join(count(number, noun, _plural(noun)) for noun, number in self._left.items())
        note = f"\n**Left out for length:** {told}. The JSON report has all.\n" if told else ""
        return "".join([*self._parts, note, self._foot])


def _plural(noun: str) -> str:
    """``facts to declare``, ``rules with open findings``, ``models``."""
    first, space, rest = noun.partition(" ")
    return f"{noun}s" if not space or rest in _TAILS else f"{first}s {rest}"
