"""Packages that configuration has fetched and run: ``command: npx, args: [-y, package]``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.detect.manifests.declared import Declared

_SERVER = re.compile(
    r"""\bcommand["']?[ \t]*+[:=][ \t]*+["']?
        (?:(?P<npm>npx|bunx|pnpx)|(?P<pypi>uvx|pipx))(?:\.exe|\.cmd)?["']?[\s,]*+
        (?:type["']?[ \t]*+[:=][ \t]*+["']?\w++["']?[\s,"]*+)?+
        ["']?args["']?[ \t]*+[:=][ \t]*+""",
    re.VERBOSE,
)
_ARGUMENT = re.compile(r"""[\s\["',]*+(?:-[ \t]++["']?)?(?:(-[\w-]*+)(?:=)?|([^\s"',\[\]{}=]++))""")
_NPM = re.compile(r"(?P<name>(?:@[\w.-]++/)?[A-Za-z0-9][\w.-]*+)(?:@(?P<version>[\w.^~-]++))?")
_PYPI = re.compile(
    r"(?P<name>[A-Za-z0-9][\w.-]*+)(?:\[[\w,-]*+\])?(?:(?:==|@)(?P<version>[\w.]++))?"
)
_VERBS = frozenset({"run"})
_MOST_ARGUMENTS = 8


def served(text: str) -> Iterator[Declared]:
    """Read the package that each entry of a list of servers runs, in order of place."""
    for server in _SERVER.finditer(text):
        kind = server.lastgroup or ""
        at = server.end()
        for _ in range(_MOST_ARGUMENTS):
            word = _ARGUMENT.match(text, at)
            if word is None:
                break
            at = word.end()
            if word[1] is not None or word[2] in _VERBS:
                continue
            pattern = _NPM if kind == "npm" else _PYPI
            if found := pattern.fullmatch(text, *word.span(2)):
                version = found["version"] or ""
                yield Declared(*found.span("name"), kind, found["name"], version, "command")
            break
