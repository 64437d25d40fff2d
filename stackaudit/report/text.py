"""Makes scanned text safe to print, and measures, wraps and folds it in terminal cells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

#: Whatever can move the cursor, recolour, reorder or hide what a reader sees: control and format
#: characters (bidirectional and zero-width marks, tags), line separators, lone surrogates ...
_UNSAFE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
#: ... and letters without a shape.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
#: Longest scanned identifier or path shown whole.
_LONGEST = 240
#: A long word may be broken after one of these without looking like another word.
_BREAK_AFTER = "/\\-_.,=@&?"


#: In a URL: what stands before the host, and the values of a query.
_USER = re.compile(r"(?<=://)[^\s/?#@]*+@")
_VALUE = re.compile(r"(?<=[?&])([^\s=&#]*+=)([^\s&#\"'`<>]++)")
#: A version under a key that says so, or a placeholder, is no secret.
_HARMLESS = re.compile(
    r"(?i:[\w-]*version=)v?[\d.-]{1,12}(?:-preview)?|[^=]*=\$?\{\{?[\w. -]*\}?\}"
)


def masked(text: str) -> str:
    """``text`` without what may be a secret in a URL: user, password and values of the query."""
    if "://" not in text:
        return text
    return _VALUE.sub(_hidden, _USER.sub("***@", text))


def _hidden(found: re.Match[str]) -> str:
    return found[0] if _HARMLESS.fullmatch(found[0]) else f"{found[1]}***"


def clean(text: str, limit: int = _LONGEST) -> str:
    """Scanned text masked, with every unsafe character spelled out and its middle cut out."""
    return address(masked(text), limit)


def address(text: str, limit: int = 500) -> str:
    """The address of a source: like ``clean``, but whole."""
    if len(text) > limit:
        half = (limit - 3) // 2
        text = f"{text[:half]}...{text[-half:]}"
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(char: str) -> str:
    if unicodedata.category(char) not in _UNSAFE and char not in _INVISIBLE:
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def prose(text: str) -> str:
    """A message or remedy: white space collapsed, unsafe characters spelled out, never cut."""
    return address(" ".join(text.split()), limit=len(text) + 3)


def encodable(text: str, encoding: str) -> str:
    """``text`` in what ``encoding`` has: accents go, any other character is spelled out."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(_encodable(char, encoding) for char in text)
    return text


def _encodable(char: str, encoding: str) -> str:
    for form in (char, unicodedata.normalize("NFKD", char)[:1]):
        try:
            return form.encode(encoding).decode(encoding)
        except UnicodeEncodeError:
            continue
    return char.encode(encoding, "backslashreplace").decode(encoding)


def cells(text: str) -> int:
    """Width of ``text`` in terminal cells."""
    if text.isascii():
        return len(text)
    return sum(map(_cell, text))


def _cell(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def wrap(text: str, width: int, indent: int = 0, *, addresses: bool = False) -> list[str]:
    """Lines of at most ``width`` cells; those after the first start with ``indent`` spaces.

    With ``addresses`` a web address is never broken, so that it can be opened and copied.
    """
    lines: list[str] = []
    line = ""
    pad = " " * min(indent, max(width - 8, 0))
    for word in text.split():
        joined = f"{line} {word}" if line.strip() else line + word
        if cells(joined) <= width:
            line = joined
            continue
        if line.strip():
            lines.append(line)
            line = pad
        whole = addresses and "://" in word
        pieces = [word] if whole else fold(word, width - max(len(line), len(pad)))
        for piece in pieces[:-1]:
            lines.append(line + piece)
            line = pad
        line += pieces[-1]
    return [*lines, line] if line.strip() or not lines else lines


def fold(word: str, width: int) -> list[str]:
    """A word cut into pieces of at most ``width`` cells, preferably after a separator."""
    width = max(width, 2)
    pieces = []
    while cells(word) > width:
        end = _fitting(word, width)
        near = (at for at in range(end, end // 3, -1) if _may_break(word, at))
        end = next(near, end)
        pieces.append(word[:end])
        word = word[end:]
    return [*pieces, word]


def _may_break(word: str, at: int) -> bool:
    """Whether the text before ``at`` ends a part; ``2.5`` is one."""
    if word[at - 1] not in _BREAK_AFTER:
        return False
    return not (word[at - 1] == "." and word[at - 2 : at - 1].isdigit() and word[at].isdigit())


def _fitting(word: str, width: int) -> int:
    """How many characters of ``word`` fit into ``width`` cells; at least one."""
    used = 0
    for index, char in enumerate(word):
        used += _cell(char)
        if used > width:
            return max(index, 1)
    return len(word)


def count(number: int, singular: str, plural: str = "") -> str:
    """``3 models``, ``1 model``, ``1,204 files``."""
    noun = singular if number == 1 else plural or f"{singular}s"
    return f"{number:,} {noun}"


def listed(words: Iterable[str], most: int) -> str:
    """``a, b, c`` or ``a, b and 5 more``."""
    every = list(words)
    if len(every) <= most + 1:
        return ", ".join(every)
    return f"{', '.join(every[:most])} and {len(every) - most:,} more"


def size(number: int) -> str:
    """Bytes in words: ``812 bytes``, ``3.1 MB``."""
    if number < 1000:
        return count(number, "byte")
    for unit, factor in (("kB", 1e3), ("MB", 1e6)):
        if number < 999.95 * factor:
            return f"{number / factor:.1f} {unit}"
    return f"{number / 1e9:.1f} GB"
