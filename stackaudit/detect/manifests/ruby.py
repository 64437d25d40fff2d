"""Ruby: ``Gemfile``, gem specifications and ``Gemfile.lock``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.detect.manifests.declared import Declared

_STRING = r"""(?:"(?P<double>[^"\n]++)"|'(?P<single>[^'\n]++)')"""
_REST = r"""(?P<rest>(?:[ \t]*+,[ \t]*+(?:"[^"\n]*+"|'[^'\n]*+'))*+)"""
_GEM = re.compile(rf"^[ \t]*+(?P<key>gem)[ \t(]++{_STRING}{_REST}", re.MULTILINE)
_SPECIFICATION = re.compile(
    rf"^[ \t]*+\w++\.(?P<key>add_(?:runtime_|development_)?dependency)[ \t(]++{_STRING}{_REST}",
    re.MULTILINE,
)
_LOCK_LINE = re.compile(
    r"""^(?:(?P<section>[A-Z][A-Z ]*+)\r?$
         | (?P<indent>[ ]{2,6})(?P<name>[^\s(!:]++)!?(?:[ ]\((?P<version>[^)\n]*+)\))?!?\r?$)""",
    re.MULTILINE | re.VERBOSE,
)


def gemfile(text: str) -> Iterator[Declared]:
    """Read ``gem "name", "version"`` lines."""
    return _calls(_GEM, text)


def gemspec(text: str) -> Iterator[Declared]:
    """Read ``add_dependency`` and its kin."""
    return _calls(_SPECIFICATION, text)


def _calls(pattern: re.Pattern[str], text: str) -> Iterator[Declared]:
    for match in pattern.finditer(text):
        group = "double" if match["double"] else "single"
        version = re.sub(r"[\"']", "", match["rest"]).strip(" \t,")
        yield Declared(*match.span(group), "gems", match[group], version, match["key"])


def gemfile_lock(text: str) -> Iterator[Declared]:
    """Read entries (4 blanks), what they require (6) and the project's own needs (2)."""
    section = ""
    for match in _LOCK_LINE.finditer(text):
        if match["section"]:
            section = match["section"]
            continue
        indent = len(match["indent"])
        if section == "DEPENDENCIES" and indent == 2:
            direct: bool | None = True
        elif section in ("GEM", "GIT") and indent in (4, 6):
            direct = None if indent == 4 else False
        elif section == "PATH" and indent == 6:  # what the project's own gem requires
            direct = True
        else:
            continue
        version = match["version"] or ""
        yield Declared(*match.span("name"), "gems", match["name"], version, section, direct)
