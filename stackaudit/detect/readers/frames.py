"""Mappings and sequences around a value, as every nested format has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from stackaudit.detect.entry import Entry
from stackaudit.detect.readers.common import MAX_DEPTH, Stretch, inside, real
from stackaudit.detect.readers.embedded import BY_SUFFIX, is_json, nested, quoted
from stackaudit.detect.readers.words import ARRAYS, Words, is_command

_FLAG = re.compile(r"--?[A-Za-z][^ \t]*+\Z|--\Z")
_NAME, _VALUE, _COMMAND, _CODE = range(1, 5)
_ENVIRONMENTS = frozenset(
    {"environment", "env", "variables", "vars", "args", "build_args", "build-args"}
)
_BY_KEY = {"name": _NAME, "value": _VALUE, "code": _CODE}


@lru_cache(maxsize=4096)
def special(key: str) -> int:
    """Tell whether values under a key are to be given to `value` (not 0), and why."""
    return _COMMAND if is_command(key) else _BY_KEY.get(key.lower(), 0)


class Frame:
    """One mapping or sequence."""

    __slots__ = ("careful", "depth", "keys", "links", "name", "words")

    def __init__(
        self,
        keys: tuple[str, ...],
        links: tuple[str, ...],
        depth: int,
        words: Words | None = None,
    ) -> None:
        self.keys = keys
        self.links = links
        self.depth = depth
        """Of the document in others, see `Stretch`."""
        self.words = words
        """For sequences: which element is a flag and which its value."""
        self.careful = keys[-1:] == ("scripts",)
        """Every value is a command line, whatever its key."""
        self.name = ""
        """For mappings: what their ``name`` says, so that ``value`` can be called by it."""

    def mapping(self, key: str | None, offset: int) -> Frame:
        """Open a mapping under ``key``; ``offset`` of the key, or of the mapping without one.

        By that offset the links know it, so that the key's own entry can name it too.
        """
        keys = self.keys if key is None else (*self.keys, key)
        return Frame(keys, (self.block(offset), *self.links), self.depth)

    def block(self, offset: int) -> str:
        """The scope of a mapping in this one; its first one starts where it starts itself."""
        link = f"block:{offset}"
        return f"{link}-{len(self.links)}" if link in self.links else link

    def sequence(self, key: str | None) -> Frame:
        """Open a sequence under ``key``."""
        keys = self.keys if key is None else (*self.keys, key)
        named = bool(keys) and keys[-1].lower() in ARRAYS
        return Frame(keys, self.links, self.depth, Words(keys, named))


class Nesting:
    """The open collections of a document, and the key that waits for its value."""

    def __init__(self, text: str, frame: Frame, key: tuple[str | None, int] = (None, 0)) -> None:
        """Take the text, what stands around it, and the key before it with its offset."""
        self.text = text
        self.frame = frame
        self.key = key
        self.stack: list[Frame] = []
        self.deeper = 0
        """Open brackets beyond those that get names and links of their own."""

    def open(self, bracket: str, start: int) -> None:
        """Go into the collection that a bracket opens: a sequence for ``[``, else a mapping."""
        key, offset = self.key
        self.key = (None, 0)
        if len(self.stack) >= MAX_DEPTH:
            self.deeper += 1
            return
        self.stack.append(self.frame)
        if bracket == "[":
            self.frame = self.frame.sequence(key)
        else:
            self.frame = self.frame.mapping(key, start if key is None else offset)

    def close(self) -> None:
        """Leave the innermost collection."""
        if self.deeper:
            self.deeper -= 1
        elif self.stack:
            self.frame = self.stack.pop()
        self.key = (None, 0)

    def scalar(self, start: int, end: int, decoded: str = "") -> Iterator[Entry]:
        """Yield what a scalar says under its key or in its sequence."""
        if self.key[0] is None:
            yield from element(self.text, start, end, self.frame, decoded)
        else:
            yield from value(self.text, start, end, self.frame, self.key[0], decoded)


def key_entry(start: int, end: int, frame: Frame) -> Entry:
    """Return the entry of a key that may itself name something."""
    return Entry(start, end, "key", frame.keys, (frame.block(start), *frame.links))


def value(
    text: str, start: int, end: int, frame: Frame, key: str, decoded: str = ""
) -> Iterator[Entry]:
    """Yield what a scalar under a key says. ``decoded``: its text where it differs."""
    if start >= end:
        return
    kind = special(key)
    if kind == _NAME:
        frame.name = decoded or real(text[start:end])
    elif kind == _VALUE and frame.name:
        key = frame.name
    keys = (*frame.keys, key)
    yield Entry(start, end, "value", keys, frame.links, "", decoded)
    yield from inside(text, start, end, keys, frame.links)
    opened = kind in (_COMMAND, _CODE) or frame.careful or frame.keys[-1:] == ("code",)
    if opened or _is_file(key) or is_json(text, start, end):
        yield from document(text, start, end, keys, frame)


def element(text: str, start: int, end: int, frame: Frame, decoded: str = "") -> Iterator[Entry]:
    """Yield what a scalar in a sequence says: a word of a command, ``NAME=value`` or itself."""
    if start >= end:
        return
    raw = text[start:end]
    name, equals, _ = raw.partition("=")
    words = frame.words
    keys = frame.keys
    if words is not None and _FLAG.match(name):
        if not equals:
            words.flag(raw)
            return
        keys = words.under(name)
    elif equals and _is_variable(name, frame):
        yield key_entry(start, start + len(name), frame)
        keys = (*keys, name)
    else:
        equals = ""
        keys = words.keys(raw) if words is not None else keys
    if equals:
        start, end = unquoted(text, start + len(name) + 1, end)
        decoded = decoded.partition("=")[2]
    if start < end:
        yield Entry(start, end, "value", keys, frame.links, "", decoded)
        yield from inside(text, start, end, keys, frame.links)
        runs = keys[-1:] == ("-c",) or (bool(frame.keys) and _runs(frame.keys[-1]))
        if runs and " " in raw:
            yield from document(text, start, end, (*frame.keys, "run"), frame)
        elif is_json(text, start, end):
            yield from document(text, start, end, keys, frame)


def unquoted(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the stretch without the pair of quotes around it, if there is one."""
    if end - start > 1 and text[start] in "\"'" and text[end - 1] == text[start]:
        return start + 1, end - 1
    return start, end


def document(
    text: str, start: int, end: int, keys: tuple[str, ...], frame: Frame
) -> Iterator[Entry]:
    """Yield the entries of a value that is a document itself."""
    read = quoted if text[start - 1 : start] == '"' else nested
    yield from read(text, Stretch(start, end, keys, frame.links, frame.depth))


def _runs(key: str) -> bool:
    return special(key) == _COMMAND


@lru_cache(maxsize=4096)
def _is_file(key: str) -> bool:
    return "." in key and key.rpartition(".")[2].lower() in BY_SUFFIX


def _is_variable(name: str, frame: Frame) -> bool:
    if not (name.isascii() and name.isidentifier()):
        return False
    if name.isupper():
        return True
    return bool(frame.keys) and frame.keys[-1].lower() in _ENVIRONMENTS
