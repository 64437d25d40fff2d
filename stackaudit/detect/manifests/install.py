"""Packages that commands install: ``pip install x``, ``npm i x``, in scripts and in lists."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackaudit.detect.manifests.declared import Declared
from stackaudit.detect.manifests.pip import located, requirement

#: Between words: blanks, or the quotes and comma of a list of arguments.
_GAP = r"""(?:[ \t]++|["'][ \t]*+,[ \t]*+["'])"""
_OPTIONS = rf"(?:{_GAP}-[\w-]++(?:=[^\s\"']++)?)*+{_GAP}"
#: Ecosystem -> what is typed before the names of packages; a blank stands for a gap.
_TYPED = {
    "pypi": r"pip[0-9.]*+OPTIONSinstall|uv add|uv tool install|(?:poetry|pdm|rye)OPTIONSadd"
    r"|pipenvOPTIONSinstall|pipx (?:install|run)|uvx|uv tool run",
    "conda": r"(?:conda|mamba|micromamba)OPTIONS(?:install|create)|pixi add",
    "npm": r"npmOPTIONS(?:install|i|add)|pnpmOPTIONS(?:add|install|i)|yarn(?: global)?+ add"
    r"|yarn workspace [^\s\"']++ add|bunOPTIONS(?:add|install|i)|npx|bunx|(?:pnpm|yarn) dlx",
    "go": r"go (?:get|install)",
    "crates": r"cargo (?:add|install)",
    "gems": r"gem install|bundle add",
    "packagist": r"composer(?: global)?+ require",
    "nuget": r"dotnet add(?: [^\s\"'-][^\s\"']*+)?+ package|Install-Package",
    "pub": r"(?:dart|flutter) pub add",
}
_COMMAND = re.compile(
    r"(?<![\w.@/-])(?:"
    + "|".join(
        f"(?P<{kind}>{typed.replace(' ', _GAP).replace('OPTIONS', _OPTIONS)})"
        for kind, typed in _TYPED.items()
    )
    + r")(?=[\s\"'])"
)
_WORD = re.compile(
    r"""(?P<blank>[ \t]++|\\\r?\n[ \t]*+|`\r?\n[ \t]*+)
      | (?P<comma>["'][ \t]*+,[ \t]*+["'])
      | (?P<comment>\#)
      | "(?P<double>[^"\s,][^"\n]*+)" | '(?P<single>[^'\s,][^'\n]*+)'
      | (?P<bare>[^\s"'\\;|&()`\#\]>][^\s"'\\;|&()`]*+)""",
    re.VERBOSE,
)
_NPM = r"(?:@[\w.-]++/)?[A-Za-z0-9][\w.-]*+"
_SPECS = {
    "conda": r"(?:[\w./-]+::)?(?P<name>[A-Za-z0-9][\w.-]*+)(?P<version>[ ]*+[=<>!~].*+)?",
    "npm": rf"(?:{_NPM}@npm:)?(?P<name>{_NPM})(?:@(?P<version>[^@\s:]++))?",
    "go": r"(?P<name>[\w-]++(?:\.[\w-]++)++/[\w./~-]*?\w)(?:/\.\.\.)?(?:@(?P<version>\S++))?",
    "crates": r"(?P<name>[A-Za-z][\w-]*+)(?:@(?P<version>\S++))?",
    "gems": r"(?P<name>[A-Za-z][\w.-]*+)(?::(?P<version>\S++))?",
    "packagist": r"(?P<name>[\w.-]++/[\w.-]++)(?:[:=@](?P<version>\S++))?",
    "nuget": r"(?P<name>[A-Za-z][\w.-]*+)(?:@(?P<version>\S++))?",
    "pub": r"(?:dev:)?(?P<name>[a-z]\w*+)(?::(?P<version>\S++))?",
}
_PATTERNS = {kind: re.compile(spec) for kind, spec in _SPECS.items()}
#: Options whose value could pass for a package.
_VALUED = {
    kind: frozenset(options.split())
    for kind, options in {
        "pypi": "-r --requirement -c --constraint -i --index-url --extra-index-url -f --find-links"
        " -t --target -E --extra --extras -G --group --optional --package -p --python --only-binary"
        " --no-binary --index --source",
        "conda": "-n --name -c --channel -p --prefix -f --file --feature",
        "npm": "-w --workspace --filter --prefix --registry --tag -C --dir --cwd",
        "crates": "-F --features -p --package --git --branch --tag --rev --path --rename --bin",
        "gems": "-s --source -g --group --git",
        "packagist": "-d --working-dir",
        "nuget": "-s --source -f --framework -Source -ProjectName",
        "pub": "-C --directory",
    }.items()
}
_RUNNERS = ("npx", "bunx", "uvx", "pnpm dlx", "yarn dlx")
_VERSION = frozenset({"-v", "--version", "--vers", "-Version"})
_VERSIONED = frozenset({"crates", "gems", "nuget"})
#: What stands before a command that is only talked about.
_SAID = re.compile(r"(?:^|\s)(?:#|//)|\b(?:echo|printf?|raise|log|warn(?:ing)?|error|die)\b", re.I)
_SEPARATOR = re.compile(r"[;|\n]|&&")
_BEFORE = 300
_MAX_WORDS = 500


def installed(text: str) -> Iterator[Declared]:
    """Read the packages of every install command of a script, in order of place.

    Commands in comments and those merely printed are left out.
    """
    at = 0
    while command := _COMMAND.search(text, at):
        kind = command.lastgroup or ""
        at = command.end()
        once = command[0].startswith(_RUNNERS) or command[0].endswith("run")
        items: list[Declared] = []
        for start, end in _arguments(text, at):
            items += _item(text, start, end, kind, items)
            at = end
            if once and items and items[-1].name:
                break  # what follows are arguments of the package
        if not _is_said(text, command.start()):
            yield from (item for item in items if item.name)


def _is_said(text: str, at: int) -> bool:
    line = text.rfind("\n", max(0, at - _BEFORE), at) + 1 or max(0, at - _BEFORE)
    if re.search(r"(?:^|\s)#", text[line:at]):
        return True
    return bool(_SAID.search(_SEPARATOR.split(text[line:at])[-1]))


def _arguments(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Where the words after a command stand, without quotes, to the command's end."""
    if text[at : at + 1] in "\"'" and not _WORD.match(text, at):
        return  # the end of a quoted command
    for _ in range(_MAX_WORDS):
        word = _WORD.match(text, at)
        if not word or word.lastgroup == "comment":
            return
        if word.lastgroup not in ("blank", "comma"):
            yield word.span(word.lastgroup or 0)
        at = word.end()


def _item(text: str, start: int, end: int, kind: str, before: list[Declared]) -> list[Declared]:
    """The package a word names; an option or its value leaves a nameless mark behind."""
    word = text[start:end]
    last = before[-1] if before else None
    option = last.key if last and not last.name else ""
    if option in _VALUED.get(kind, ()):
        return [_mark(start, end, "")]
    if option in _VERSION and kind in _VERSIONED:
        for index, item in enumerate(before):
            before[index] = item._replace(version=item.version or word)
        return [_mark(start, end, "")]
    if word.startswith("-"):
        return [_mark(start, end, word)]
    if kind == "pypi":
        found = requirement(text, start, end, "command") or located(text, start, end)
        return [found._replace(key="command")] if found else []
    match = _PATTERNS[kind].fullmatch(text, start, end)
    if not match:
        return []
    version = (match["version"] or "").strip()
    return [Declared(*match.span("name"), kind, match["name"], version, "command")]


def _mark(start: int, end: int, option: str) -> Declared:
    return Declared(start, end, "", "", "", option)
