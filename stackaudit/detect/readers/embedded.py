"""Values that are documents themselves: scripts, and JSON or YAML kept in a string or heredoc."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module

from stackaudit.detect.entry import Entry
from stackaudit.detect.readers.common import MAX_NESTED, Stretch
from stackaudit.detect.readers.escaped import Unescaped
from stackaudit.detect.readers.words import is_command

BY_SUFFIX = {
    "yaml": "yaml", "yml": "yaml", "json": "json", "toml": "toml", "env": "env", "ini": "ini",
    "cfg": "ini", "conf": "ini", "properties": "properties", "sh": "shell", "bash": "shell",
    "tf": "hcl", "ps1": "powershell", "xml": "xml",
}  # fmt: skip
"""Endings of file names used as keys, and the readers of what such a key holds."""

_START = re.compile(
    r"=?+[ \t\r\n]*+(?:([\[{][ \t\r\n]*+[\]}{\[\"'])|(FROM[ \t])|(#!)|(<\?xml)"
    r"|((?:export[ \t]+)?[A-Za-z_][A-Za-z0-9_]*+=)"
    r"|(---[ \t]*+\r?\n|[A-Za-z_][A-Za-z0-9_.-]*+:(?:[ ]|\r?\n))"
    r"|(\[[A-Za-z0-9_.-]++\][ \t]*+\r?\n))"
)
_POWERSHELL = frozenset({"pwsh", "powershell"})
_PYTHON = re.compile(r"(?:[ \t\r\n]|#[^\n]*+\n)*+(?:import|from|class|def|async[ ]def|@\w+)[ (]")
_GAP = r"(?:[ \t\r\n]|\\[nrt])*+"
_QUOTE = r"\\*+[\"']"
_JSON = re.compile(
    rf"=?+{_GAP}(?:\{{(?:\{{(?={_QUOTE}))?+{_GAP}{_QUOTE}[\w$]|\[{_GAP}(?:{_QUOTE}|\{{[^{{]))"
)
"""The start of an object or array; in a formatted string braces are doubled."""
_JSON_STARTS = frozenset("{[ =\\\n\r\t")
_BY_START = ("", "json", "modelfile", "shell", "xml", "env", "yaml", "toml")


def nested(text: str, stretch: Stretch) -> Iterator[Entry]:
    """Yield what a value says when read as the document it is, nothing when it is none.

    The key decides (``run``, ``config.yaml``), then how the value starts.
    """
    if stretch.depth >= MAX_NESTED:
        return
    name = _format(text, stretch)
    if name == "python":
        yield from _program(text, stretch, name)
    elif name:
        yield from _reader(name)(text, stretch._replace(depth=stretch.depth + 1))


def is_json(text: str, start: int, end: int) -> bool:
    """Tell whether a value starts as JSON does, quotes and line breaks escaped or not."""
    return text[start : start + 1] in _JSON_STARTS and _JSON.match(text, start, end) is not None


def quoted(text: str, stretch: Stretch) -> Iterator[Entry]:
    """Yield the same of a value in double quotes, whose escapes are undone first."""
    if stretch.depth >= MAX_NESTED or text.find("\\", stretch.start, stretch.end) < 0:
        yield from nested(text, stretch)
        return
    plain = Unescaped(text, stretch.start, stretch.end)
    inner = stretch._replace(start=0, end=len(plain.text))
    yield from plain.back(nested(plain.text, inner), stretch.links)


_INTERPRETER = re.compile(r"(?:.*/)?(?:(python|ipython)[0-9.]*+|(node|bun|deno))(?:[ ].*)?", re.S)
_LINK = re.compile(r"([a-z]+:)(\d+)(.*)", re.S)


def source(text: str, stretch: Stretch, command: str) -> Iterator[Entry] | None:
    """Return what a program says that is given to an interpreter; None for other commands."""
    found = _INTERPRETER.fullmatch(command)
    if not found or stretch.depth >= MAX_NESTED:
        return None
    return _program(text, stretch, "python" if found[1] else "javascript")


def _program(text: str, stretch: Stretch, language: str) -> Iterator[Entry]:
    from stackaudit.detect import code

    offset = stretch.start
    for entry in code.entries(text[offset : stretch.end], language):
        own = tuple(_moved(link, offset) for link in entry.links)
        yield entry._replace(
            start=entry.start + offset, end=entry.end + offset, links=own + stretch.links
        )


def _moved(link: str, offset: int) -> str:
    return _LINK.sub(lambda found: f"{found[1]}{int(found[2]) + offset}{found[3]}", link)


@cache
def _reader(name: str) -> Callable[[str, Stretch], Iterator[Entry]]:
    """Import late: the readers of most formats use this module themselves."""
    read: Callable[[str, Stretch], Iterator[Entry]]
    read = import_module(f"stackaudit.detect.readers.{name}").read
    return read


def _format(text: str, stretch: Stretch) -> str:
    key = stretch.keys[-1].lower() if stretch.keys else ""
    if (suffix := key.rpartition(".")[2]) in BY_SUFFIX and suffix != key:
        return BY_SUFFIX[suffix]
    if "code" in stretch.keys[-2:] and _PYTHON.match(text, stretch.start, stretch.end):
        return "python"
    opening = _START.match(text, stretch.start, stretch.end)
    kind = _BY_START[opening.lastindex or 0] if opening else ""
    if kind == "json":
        return kind
    if key in _POWERSHELL:
        return "powershell"
    if is_command(key) or stretch.keys[-2:-1] == ("scripts",):
        return "shell"
    lines = text.find("\n", stretch.start, stretch.end) >= 0
    return kind if lines or text[stretch.start - 1 : stretch.start] == "\n" else ""
