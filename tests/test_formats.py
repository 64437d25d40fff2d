"""Every format people write a model in, awkward cases included, against one table a format.

``formats/<format>/`` holds the files, ``formats/<format>/expected.txt`` all they show. A changed
expectation is written by ``python tests/test_formats.py`` and read in the diff.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from reading import mentions

from stackaudit.model import Mention

FORMATS = Path(__file__).parent / "formats"
TABLE = "expected.txt"
FOLDERS = sorted(path.name for path in FORMATS.iterdir())
FILES = sorted(
    path.relative_to(FORMATS).as_posix()
    for path in FORMATS.rglob("*")
    if path.is_file() and path.name != TABLE
)
COLUMNS = ("path", "line", "column", "usage", "kind", "text")

Row = tuple[str, int, int, str, str, str]


def row(path: str, mention: Mention) -> Row:
    return (path, mention.line, mention.column, mention.usage, mention.kind, mention.text)


def rows(path: str, data: bytes) -> list[Row]:
    return sorted(row(path, mention) for mention in mentions(path, data))


def content(path: str) -> bytes:
    return (FORMATS / path).read_bytes()


def table(folder: str) -> str:
    found = [
        r for path in FILES if path.startswith(f"{folder}/") for r in rows(path, content(path))
    ]
    lines = [COLUMNS, *(tuple(map(str, r)) for r in found)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS) - 1)]
    return "".join(
        "  ".join(
            [*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]]
        )
        + "\n"
        for line in lines
    )


def expected(path: str) -> list[Row]:
    def parsed() -> Iterator[Row]:
        folder = path.partition("/")[0]
        for line in (FORMATS / folder / TABLE).read_text(encoding="utf-8").splitlines()[1:]:
            name, at, column, usage, kind, text = line.split(maxsplit=5)
            if name == path:
                yield name, int(at), int(column), usage, kind, text

    return sorted(parsed())


@pytest.mark.parametrize("path", FILES)
def test_what_a_file_shows(path: str) -> None:
    assert rows(path, content(path)) == expected(path)


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_table_is_written_as_it_is_read(folder: str) -> None:
    assert (FORMATS / folder / TABLE).read_text(encoding="utf-8") == table(folder)


@pytest.mark.parametrize("path", FILES)
def test_positions_point_at_the_identifier(path: str) -> None:
    lines = content(path).decode().split("\n")
    for mention in mentions(path, content(path)):
        assert mention.line == mention.end_line
        written = lines[mention.line - 1][mention.column - 1 : mention.end_column - 1]
        assert written == mention.text or "\\" in written or "&" in written


@pytest.mark.parametrize("path", FILES)
def test_windows_line_ends_change_nothing(path: str) -> None:
    assert rows(path, content(path).replace(b"\n", b"\r\n")) == expected(path)


@pytest.mark.parametrize("path", FILES)
def test_a_byte_order_mark_only_moves_the_first_line(path: str) -> None:
    found = rows(path, b"\xef\xbb\xbf" + content(path))
    moved = [(p, line, column + (line == 1), *rest) for p, line, column, *rest in expected(path)]
    assert found == moved


@pytest.mark.parametrize("path", FILES)
def test_a_truncated_file_is_read(path: str) -> None:
    data = content(path)
    for end in range(0, len(data), max(1, len(data) // 16)):
        mentions(path, data[:end])


if __name__ == "__main__":
    for name in FOLDERS:
        (FORMATS / name / TABLE).write_text(table(name), encoding="utf-8")
