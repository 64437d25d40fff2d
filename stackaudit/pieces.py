"""Cuts long texts where later versions of them are cut as well."""

from __future__ import annotations

import re
from collections.abc import Iterator
from zlib import crc32

#: Tables are cut at outer lines, in longer pieces at any; one line in so many is a place to cut.
_FEW_LINES, _MOST_LINES, _ONE_IN = 60, 400, 24
_MOST_LINES_OF_CODE, _ONE_IN_OF_CODE = 2000, 4
_TELLING = 160
#: Lines behind which, and at which, a part of a program may begin.
_CLOSED = re.compile(rb"\s*|(?: {0,4}|\t{0,2})[\])}]+[,;]?\s*")
_BEGINS = re.compile(
    rb"[@\w]|(?: {0,4}|\t{0,2})(?:[\"'`{]|@|(?:async|class|const|def|export|fn|fun|func|function"
    rb"|impl|interface|let|private|protected|public|pub|static|struct|type|val|var)\b)"
)


def pieces(data: bytes, is_table: bool = True) -> Iterator[bytes]:
    """Cut a text before lines that are told by their own content, so that cuts outlast changes.

    Code is cut between declarations and entries of lists only: a piece that began within a
    docstring would be taken for code.
    """
    start = at = lines = 0
    before = b""
    most, one_in = (_MOST_LINES, _ONE_IN) if is_table else (_MOST_LINES_OF_CODE, _ONE_IN_OF_CODE)
    while at < len(data):
        stop = data.find(b"\n", at) + 1 or len(data)
        line = data[at:stop]
        if is_table:
            may_cut = lines > _FEW_LINES or not line.startswith((b"     ", b"\t\t"))
        else:
            may_cut = bool(_CLOSED.fullmatch(before) and _BEGINS.match(line))
            line = data[at : at + _TELLING]  # many calls begin alike
        if start < at and (lines >= most or (may_cut and crc32(line) % one_in == 0)):
            yield data[start:at]
            start, lines = at, 0
        lines += 1
        before, at = data[at:stop], stop
    if start < len(data):
        yield data[start:]
