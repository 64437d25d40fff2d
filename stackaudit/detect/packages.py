"""Packages that source files import, scripts install and settings list, as mentions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from stackaudit.catalogue import Catalogue
from stackaudit.detect import manifests
from stackaudit.detect.imports import Import
from stackaudit.detect.readers import reader_for
from stackaudit.model import Mention, Package
from stackaudit.ownnames import is_own
from stackaudit.paths import usage_of
from stackaudit.source import SourceFile

#: Languages whose commands may install packages.
_SCRIPTS = frozenset(["batch", "dockerfile", "groovy", "makefile", "powershell", "shell", "yaml"])
#: Languages of configuration that may name packages to fetch and run.
_CONFIGURATION = frozenset(["json", "toml"])
#: What a file says in which anything is installed: without it no command is looked for.
INSTALLS = re.compile(rb"\b(?:install|add|npx|bunx|uvx|dlx|require|create|get|pipx|uv)[\s\"']")
#: Keys of settings under which packages are listed as requirements.
_LISTS = frozenset(
    ["pip", "pip_packages", "python_packages", "python_requirements", "requirements"]
)
_LISTED = re.compile(
    rb"\b(?:pip|pip_packages|python_packages|python_requirements|requirements)[\"']?[ \t]*+:"
)
#: A command of an editor's container, with the text that is run.
_CONTAINER_COMMAND = re.compile(r'"(?:[a-z]+[A-Z][a-z]+)Command"\s*+:\s*+(?P<text>"[^"\n]++")')

_Found = tuple[int, int, Package, str]


def installed_only(source: SourceFile, catalogue: Catalogue) -> tuple[Mention, ...]:
    """Packages of a file in which nothing else calls for a look.

    Args:
        source: A script, a notebook cell or a file of settings.
        catalogue: Knows the packages.
    """
    if source.language not in _SCRIPTS or not (
        INSTALLS.search(source.data) or _LISTED.search(source.data)
    ):
        return ()
    text = source.data.decode("latin-1")
    return tuple(mentions(source, text, (), frozenset(), catalogue))


def mentions(
    source: SourceFile,
    text: str,
    imports: Iterable[Import],
    own_modules: frozenset[str],
    catalogue: Catalogue,
) -> Iterator[Mention]:
    """Known packages of a file: each import once, each that is installed wherever it is.

    Args:
        source: The file.
        text: The same as latin-1 text.
        imports: Its imports of known packages.
        own_modules: Modules of the repository itself, which are nobody else's package.
        catalogue: Knows the packages.
    """
    seen: set[str] = set()
    usage = usage_of(source.path)
    for start, end, package, how in (*_imported(imports), *_installed(source, text, catalogue)):
        if package.name in seen or is_own(
            package.ecosystem, package.name, text[start:end], own_modules
        ):
            continue
        if how == "import":
            seen.add(package.name)
        line, column = source.position(start)
        end_line, end_column = source.position(end)
        yield Mention(
            kind="sdk",
            text=text[start:end],
            path=source.path,
            line=line,
            column=column,
            end_line=end_line,
            end_column=end_column,
            detector=how,
            usage=usage or ("used" if how == "import" else "declared"),
            key=how,
            package=package,
        )


def _imported(imports: Iterable[Import]) -> Iterator[_Found]:
    for start, end, _, row in imports:
        yield start, end, Package(row["ecosystem"], row["name"]), "import"


def _installed(source: SourceFile, text: str, catalogue: Catalogue) -> Iterator[_Found]:
    language, found = source.language, []
    if language in _SCRIPTS:
        found = manifests.commands(text)
    elif language in _CONFIGURATION:
        found = [*manifests.commands(text, script=False), *_container_commands(text)]
    if (
        language == "yaml"
        and _LISTED.search(source.data)
        and not manifests.is_manifest(source.path)
    ):
        found += _listed(text)
    for start, end, ecosystem, name, version in sorted(set(found)):
        if catalogue.knows_package(ecosystem, name):
            yield start, end, Package(ecosystem, name, version), "install"


def _container_commands(text: str) -> Iterator[tuple[int, int, str, str, str]]:
    """What the commands of a development container install."""
    for command in _CONTAINER_COMMAND.finditer(text):
        offset = command.start("text")
        for start, end, *package in manifests.commands(command["text"]):
            ecosystem, name, version = package
            yield offset + start, offset + end, ecosystem, name, version


def _listed(text: str) -> Iterator[tuple[int, int, str, str, str]]:
    """Requirements under the key of settings that has them installed."""
    reader = reader_for("yaml")
    for entry in reader(text) if reader else ():
        if entry.region != "value" or entry.text or not entry.keys:
            continue
        *around, nearest = (key.rpartition(".")[2] for key in entry.keys)
        if nearest in _LISTS or (nearest == "name" and around[-1:] == ["pip"]):
            yield from manifests.requirement(text, entry.start, entry.end)
