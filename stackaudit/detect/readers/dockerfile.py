"""Dockerfiles, with positions: instructions, and the commands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from stackaudit.detect.entry import Entry
from stackaudit.detect.readers import json, shell
from stackaudit.detect.readers.common import MAX_NESTED, Stretch, inside, prefixes, telling

_START = re.compile(
    r"[ \t\r\n]*+(?:#[ \t]*+([^\r\n]*+)|([A-Za-z]++)(?:[ \t]++|(?=[\r\n]|\Z))|[^\n]*+)"
)
_HEREDOC = re.compile(r"<<-?\"?'?([A-Za-z_][A-Za-z0-9_]*+)")
_IMAGE = re.compile(r"[^ \t\r\n\\]++")
_OPTIONS = re.compile(r"(?:--[a-z-]++(?:=[^ \t\r\n\\]*+)?(?:[ \t]|\\\r?\n)++)++")
_PAIR = re.compile(
    r"([A-Za-z_][A-Za-z0-9_./-]*+)=(?:\"([^\"\\]*+(?:\\[\s\S][^\"\\]*+)*+)\"|'([^']*+)'"
    r"|((?:[^ \t\r\n\\\"']|\\(?!\r?\n).)*+))"
)
_SPACED = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]*+)[ \t]++([^\r\n]*+)")
_MAX_DOCUMENTS = 8
_MAX_MISSING = 16
"""Here-documents without an end, after which no more are believed."""


def entries(text: str) -> Iterator[Entry]:
    """Yield images, variables, labels, and the words of the commands that are run."""
    return read(text, Stretch(0, len(text)))


def read(text: str, stretch: Stretch) -> Iterator[Entry]:
    """Yield the entries of one stretch."""
    position = stretch.start
    missing: set[str] = set()
    while position < stretch.end:
        found = _START.match(text, position, stretch.end)
        if found is None or found.end() == position:
            return
        if found[2] is None:
            position = found.end()
            if found[1]:
                yield Entry(*found.span(1), "comment", stretch.keys, stretch.links)
            continue
        position = _end(text, found.end(), stretch.end)
        position = _end_of_documents(text, found.end(), position, stretch.end, missing)
        links = (f"line:{found.start(2)}", *stretch.links)
        keys = (*stretch.keys, found[2].upper())
        inner = Stretch(found.end(), position, keys, links, stretch.depth)
        yield from _instruction(text, found[2].upper(), inner)


def _end(text: str, position: int, last: int) -> int:
    """Return the end of the instruction whose arguments start at ``position``.

    It goes on behind a backslash at a line's end, and over comments there.
    """
    start = position
    while True:
        end = text.find("\n", start, last)
        if end < 0:
            return last
        line = text[start:end].strip(" \t\r")
        if not (line.endswith("\\") or (start > position and (not line or line[0] == "#"))):
            return end
        start = end + 1


def _end_of_documents(text: str, start: int, end: int, last: int, missing: set[str]) -> int:
    """Return the end of the last here-document that an instruction opens, else its own end."""
    for found in islice(_HEREDOC.finditer(text, start, end), _MAX_DOCUMENTS):
        tag = found[1]
        if tag in missing or len(missing) >= _MAX_MISSING:
            continue
        close = text.find("\n" + tag, end, last)
        if close < 0:
            missing.add(tag)
        else:
            end = close + 1 + len(tag)
    return end


def _instruction(text: str, name: str, arguments: Stretch) -> Iterator[Entry]:
    start, end = arguments.start, arguments.end
    if options := _OPTIONS.match(text, start, end):
        start = options.end()
    if name == "FROM":
        if image := _IMAGE.match(text, start, end):
            yield Entry(*image.span(), "value", arguments.keys, arguments.links)
            yield from inside(text, *image.span(), arguments.keys, arguments.links)
    elif name in ("ENV", "ARG", "LABEL"):
        yield from _variables(text, arguments._replace(start=start))
    elif name in ("ONBUILD", "HEALTHCHECK") and arguments.depth < MAX_NESTED:
        yield from read(text, arguments._replace(start=start, depth=arguments.depth + 1))
    elif text[start : start + 1] == "[":
        yield from json.read(text, arguments._replace(start=start))
    elif name not in ("EXPOSE", "STOPSIGNAL", "USER", "MAINTAINER"):
        yield from shell.read(text, arguments._replace(start=start))


def _variables(text: str, arguments: Stretch) -> Iterator[Entry]:
    """Yield what ``ENV``, ``ARG`` or ``LABEL`` sets."""
    start, end = arguments.start, arguments.end
    if not _PAIR.match(text, start, end):
        spaced = _SPACED.match(text, start, end)
        if spaced:
            stop = spaced.start(2) + len(spaced[2].rstrip(" \t\r"))
            yield from _variable(text, spaced, spaced.start(2), stop, arguments)
        return
    for pair in _PAIR.finditer(text, start, end):
        yield from _variable(text, pair, *pair.span(pair.lastindex or 0), arguments)


def _variable(
    text: str, found: re.Match[str], start: int, end: int, arguments: Stretch
) -> Iterator[Entry]:
    name = found[1]
    links = prefixes(name) + arguments.links
    if telling(name):
        yield Entry(*found.span(1), "key", arguments.keys, links)
    if start < end:
        keys = (*arguments.keys, name)
        yield Entry(start, end, "value", keys, links)
        yield from inside(text, start, end, keys, links)
