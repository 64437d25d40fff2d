"""One small file in each language and format; everything it shows is in ``expected.txt``.

A changed expectation is written by ``python tests/test_detect_languages.py`` and read in the diff.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from reading import mentions

FIXTURES = Path(__file__).parent / "fixtures" / "detect"
EXPECTED = FIXTURES / "expected.txt"


def files() -> list[Path]:
    return sorted(path for path in FIXTURES.iterdir() if path != EXPECTED)


def shown(path: Path) -> Iterator[str]:
    for mention in sorted(mentions(path.name, path.read_bytes()), key=lambda m: (m.line, m.column)):
        yield f"  {mention.line}:{mention.column} {mention.kind} {mention.usage} {mention.text}"


def expected() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    name = ""
    for line in EXPECTED.read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            found[name].append(line)
        else:
            name = line
            found[name] = []
    return found


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_what_a_file_shows(path: Path) -> None:
    assert list(shown(path)) == expected()[path.name]


def test_nothing_is_expected_of_a_missing_file() -> None:
    assert sorted(expected()) == sorted(path.name for path in files())


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
@pytest.mark.parametrize("change", ["crlf", "bom"])
def test_line_ends_and_a_mark_in_front_change_nothing(path: Path, change: str) -> None:
    data = path.read_bytes()
    data = data.replace(b"\n", b"\r\n") if change == "crlf" else b"\xef\xbb\xbf" + data
    found = [
        f"  {m.line}:{m.column} {m.kind} {m.usage} {m.text}" for m in mentions(path.name, data)
    ]
    if change == "bom":  # the mark is one character of line 1
        found = [_back(line) for line in found]
    assert sorted(found) == sorted(expected()[path.name])


def _back(line: str) -> str:
    place, rest = line.split(maxsplit=1)
    row, column = map(int, place.split(":"))
    return f"  {row}:{column - (row == 1)} {rest}"


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_positions_point_at_the_identifier(path: Path) -> None:
    lines = path.read_bytes().decode().split("\n")
    for mention in mentions(path.name, path.read_bytes()):
        assert mention.line == mention.end_line
        written = lines[mention.line - 1][mention.column - 1 : mention.end_column - 1]
        assert written == mention.text


if __name__ == "__main__":
    EXPECTED.write_text(
        "".join("\n".join([path.name, *shown(path)]) + "\n" for path in files()), encoding="utf-8"
    )
