"""Opens a file safely: bytes, language, and the line and column of an offset.

Scanned files are hostile input: nothing but regular files is opened, links are not followed,
reading is bounded, and no content is ever executed.
"""

from __future__ import annotations

import codecs
import errno
import os
import stat
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

from stackaudit.languages import language_of
from stackaudit.model import ScanError, Skip

__all__ = [
    "SourceFile",
    "language_of",
    "printable",
    "read",
    "read_bytes",
    "read_head",
    "size_text",
    "source_of",
]

#: How much of a file is looked at to tell text from binary.
HEAD = 8192
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_BLOCK = 4096
# Longest first: the UTF-32 mark begins with the UTF-16 one.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


#: How files of pictures, documents and archives begin, which may show no NUL for long.
_MAGIC = (b"%PDF-", b"\x89PNG", b"PK\x03\x04", b"GIF8", b"\xff\xd8\xff", b"RIFF", b"\x1f\x8b")


class TooBig(OSError):
    """The file is larger than the limit asked for."""


class NotRegular(OSError):
    """The path is a device, a pipe, a socket or a folder."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The content of one text file."""

    path: str
    """POSIX path relative to the scan root, printable."""
    data: bytes
    """UTF-8 without byte order mark, or whatever bytes a wrongly encoded file holds."""
    language: str
    _positions: list[_Positions] = field(
        default_factory=list, init=False, repr=False, compare=False, hash=False
    )

    def position(self, offset: int) -> tuple[int, int]:
        """Return the 1-based line and column, in Unicode characters, of a byte offset."""
        if not self._positions:
            self._positions.append(_Positions(self.data))
        return self._positions[0].find(offset)

    def utf16(self, line: int, column: int) -> int:
        """Return a column of ``position`` counted in UTF-16 units, as editors and SARIF do."""
        if not self._positions:
            self._positions.append(_Positions(self.data))
        return column + self._positions[0].wide_before(line, column)

    @property
    def fault(self) -> str:
        """What keeps this from being plain UTF-8 text; empty when nothing does."""
        if b"\0" in self.data:
            return "contains NUL bytes"
        try:
            self.data.decode("utf-8")
        except UnicodeDecodeError as error:
            line, column = self.position(error.start)
            return f"is not UTF-8 (line {line}, column {column})"
        return ""


class _Positions:
    """Line starts, and for files that are not ASCII the character count every few kilobytes."""

    __slots__ = ("_blocks", "_counts", "_data", "_starts", "_wide")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._wide: dict[int, list[int]] = {}
        self._starts = [0, *accumulate(map(len, data.splitlines(keepends=True)))]
        if len(self._starts) > 1 and not data.endswith((b"\n", b"\r")):
            self._starts.pop()  # the end of an unfinished last line starts no line
        self._blocks: list[int] = []
        self._counts: list[int] = []
        if not data.isascii():
            self._count()

    def _count(self) -> None:
        """Note after every block how many characters came before, at a character's start."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        characters = 0
        for start in range(0, len(self._data), _BLOCK):
            pending = len(decoder.getstate()[0])
            self._blocks.append(start - pending)
            self._counts.append(characters)
            characters += len(decoder.decode(self._data[start : start + _BLOCK]))

    def _characters(self, offset: int) -> int:
        """Return the number of characters before ``offset``."""
        block = bisect_right(self._blocks, offset) - 1
        tail = self._data[self._blocks[block] : offset]
        return self._counts[block] + len(tail.decode("utf-8", "replace"))

    def find(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        start = self._starts[line - 1]
        if not self._blocks:
            return line, offset - start + 1
        return line, self._characters(offset) - self._characters(start) + 1

    def wide_before(self, line: int, column: int) -> int:
        """Return how many characters of ``line`` before ``column`` take two units in UTF-16."""
        if not self._blocks:
            return 0
        if line not in self._wide:
            start, *after = self._starts[line - 1 : line + 1]
            text = self._data[start : after[0] if after else None].decode("utf-8", "replace")
            self._wide[line] = [at for at, char in enumerate(text, 1) if char > "\uffff"]
        return bisect_left(self._wide[line], column)


def read_bytes(path: str, limit: int) -> bytes:
    """Return the bytes of a regular file without following a link at its end.

    Raises:
        TooBig: The file holds more than ``limit`` bytes.
        NotRegular: It is no regular file.
        OSError: It cannot be opened or read.
    """
    descriptor = os.open(path, _FLAGS)
    try:
        size = _regular_size(descriptor)
        if size > limit:
            raise _too_big(limit)
        data = os.read(descriptor, size + 1)
        if len(data) == size:
            return data
        chunks = [data]  # it changed while being read, or its size is not known beforehand
        total = len(data)
        while chunk := os.read(descriptor, 65536):
            chunks.append(chunk)
            total += len(chunk)
            if total > limit:
                raise _too_big(limit)
        return b"".join(chunks)
    finally:
        os.close(descriptor)


def read_head(path: str, limit: int) -> tuple[bytes, int]:
    """Return at most the first ``limit`` bytes of a regular file, and the size of the whole.

    Raises:
        NotRegular: It is no regular file.
        OSError: It cannot be opened or read.
    """
    descriptor = os.open(path, _FLAGS)
    try:
        size = _regular_size(descriptor)
        return os.read(descriptor, min(size, limit)), size
    finally:
        os.close(descriptor)


def _regular_size(descriptor: int) -> int:
    """Return the size of an open file, which must be a regular one."""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise NotRegular(errno.EINVAL, "not a regular file")
    return status.st_size


def _too_big(limit: int) -> TooBig:
    return TooBig(errno.EFBIG, f"larger than {size_text(limit)}")


def read(root: Path, path: str, limit: int) -> SourceFile | Skip | ScanError:
    """Read one file below ``root``; what is no text, or too big, gives a Skip that says so."""
    shown = printable(path)
    try:
        data = read_bytes(f"{root}/{path}", limit)
    except (TooBig, NotRegular) as error:
        return Skip(shown, reason_of(error))
    except (OSError, ValueError) as error:
        return ScanError(shown, reason_of(error))
    return source_of(path, data)


def source_of(path: str, data: bytes) -> SourceFile | Skip:
    """Take bytes as the text of a file; what is no text gives a Skip that says so."""
    shown = printable(path)
    head = data[:HEAD]
    language = language_of(path, head)
    if language == "text" and head.startswith(_MAGIC):
        return Skip(shown, "binary")
    if data.startswith(codecs.BOM_UTF8):
        data = data[3:]
    elif data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in head:
        text = _decoded(data, head, known=language != "text")
        if text is None:
            return Skip(shown, "binary")
        data = text
    return SourceFile(shown, data, language)


def _decoded(data: bytes, head: bytes, known: bool) -> bytes | None:
    """Return text with NUL bytes in it as UTF-8, or None when it is binary.

    A file of a known language may hold a stray NUL and still be text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, "replace")
            return None if _has_controls(text[:HEAD]) else text.encode()
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    for zeros, others, encoding in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if others * 10 <= zeros and zeros * 10 >= half * 7:
            text = data.decode(encoding, "replace")
            if not _has_controls(text[:HEAD]):
                return text.encode()
    without = head.replace(b"\0", b"").decode("latin-1")
    few = (even + odd) * 100 <= len(head)
    return data if known and few and not _has_controls(without) else None


def _has_controls(text: str) -> bool:
    """Say whether ``text`` holds characters below the space that text files do not use."""
    return any(c < " " and c not in "\t\n\r\f\v\x1b\b" for c in set(text))


def printable(path: str) -> str:
    """Return ``path`` with undecodable bytes replaced, so that every format can write it."""
    if path.isascii():
        return path
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def reason_of(error: Exception) -> str:
    """Return the words for a failed file operation, without the path."""
    text = error.strerror if isinstance(error, OSError) else str(error)
    text = text or type(error).__name__
    return text[0].lower() + text[1:]


def size_text(size: int) -> str:
    """Return a number of bytes as people write it: ``5 MiB``, ``300 KiB``, ``12 bytes``."""
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if size >= unit:
            return f"{size / unit:.1f}".removesuffix(".0") + f" {name}"
    return f"{size} bytes"
