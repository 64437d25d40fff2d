"""Go: ``go.mod`` and ``go.sum``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.detect.manifests.declared import Declared

_MODULE = r"\"?(?P<module>[A-Za-z0-9][^\s\"()]*+)\"?"
_BLOCK = re.compile(r"[ \t]*+(?P<verb>[a-z]++)[ \t]*+\(")
_LINE = re.compile(
    rf"""[ \t]*+(?:(?P<verb>[a-z]++)[ \t]++)?{_MODULE}
         [ \t]++(?P<version>v[^\s/]++)?+(?P<rest>[^\n]*+)""",
    re.VERBOSE,
)
_TARGET = re.compile(rf"=>[ \t]*+{_MODULE}[ \t]++(?P<version>v\S++)")
_SUM = re.compile(
    r"^(?P<module>[^\s/]++/[^\s]++) (?P<version>v[^\s/]++)(?P<mod>/go\.mod)? h1:", re.MULTILINE
)
_SEMVER = re.compile(r"v(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([^+]*))?")
_VERBS = frozenset({"require", "replace"})


def go_mod(text: str) -> Iterator[Declared]:
    """Read ``require`` (direct or ``// indirect``) and both sides of ``replace``."""
    block = ""
    for line in re.finditer(r"[^\n]++", text):
        if opening := _BLOCK.match(text, *line.span()):
            block = opening["verb"]
            continue
        if line[0].lstrip().startswith(")"):
            block = ""
            continue
        match = _LINE.match(text, *line.span())
        if not match:
            continue
        verb = block or match["verb"]
        if verb in _VERBS:
            yield from _entry(text, match, verb)


def _entry(text: str, match: re.Match[str], verb: str) -> Iterator[Declared]:
    # A replacement is as direct as what it replaces.
    direct = "// indirect" not in match["rest"] if verb == "require" else None
    yield Declared(
        *match.span("module"), "go", match["module"], match["version"] or "", verb, direct
    )
    target = _TARGET.search(text, *match.span("rest")) if verb == "replace" else None
    if target:
        yield Declared(
            *target.span("module"), "go", target["module"], target["version"], verb, None
        )


def go_sum(text: str) -> Iterator[Declared]:
    """Read the lines of each module's newest version, when its code was needed.

    Only the newest version is built; a module without a hash of its code was looked at for its
    requirements alone. The file does not tell direct from transitive modules.
    """
    newest: dict[str, tuple[tuple[object, ...], bool, list[re.Match[str]]]] = {}
    for match in _SUM.finditer(text):
        order = _order(match["version"])
        best, code, lines = newest.get(match["module"], ((), False, []))
        if not lines or order > best:
            newest[match["module"]] = (order, not match["mod"], [match])
        elif order == best:
            newest[match["module"]] = (order, code or not match["mod"], lines)
            lines.append(match)
    for _, code, lines in newest.values():
        for match in lines if code else ():
            module, version = match["module"], match["version"]
            yield Declared(*match.span("module"), "go", module, version, "sum", False)


def _order(version: str) -> tuple[object, ...]:
    """A key that sorts by semantic version; pre-releases come before their release."""
    match = _SEMVER.match(version)
    if not match:
        return (-1, version)
    parts = [
        (0, int(part), "") if part.isdecimal() and len(part) < 19 else (1, 0, part)
        for part in (match[4] or "").split(".")
    ]
    return (*map(int, match.group(1, 2, 3)), match[4] is None, parts)
