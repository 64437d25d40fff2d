"""Package manifests and lock files: each known package, at its exact place, with its version.

One module an ecosystem, loaded when a file of its kind is met. All of them scan tolerantly and in
linear time, so a truncated or broken file still yields what can be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, cast

from stackaudit.detect.manifests.declared import Declared, locked, normalise, settle
from stackaudit.model import Mention, Package

if TYPE_CHECKING:
    from stackaudit.source import SourceFile

__all__ = ["commands", "is_lock", "is_manifest", "parse", "requirement"]

Known = Callable[[str, str], bool]
Parser = Callable[[str], "Iterator[Declared] | None"]
"""Takes the file as latin-1 text (index == byte offset); None when its content is no manifest."""

_NAMES = {
    "pyproject.toml": "pyproject:pyproject",
    "pixi.toml": "pyproject:pixi",
    "pipfile": "pyproject:pipfile",
    "setup.cfg": "setuptools:setup_cfg",
    "setup.py": "setuptools:setup_py",
    "pipfile.lock": "pypi_locks:pipfile_lock",
    "poetry.lock": "pypi_locks:poetry_lock",
    "uv.lock": "pypi_locks:uv_lock",
    "pdm.lock": "pypi_locks:poetry_lock",
    "package.json": "npm:package_json",
    "pnpm-workspace.yaml": "npm:pnpm_workspace",
    "package-lock.json": "npm_locks:package_lock",
    "npm-shrinkwrap.json": "npm_locks:package_lock",
    "yarn.lock": "npm_locks:yarn_lock",
    "pnpm-lock.yaml": "npm_locks:pnpm_lock",
    "bun.lock": "npm_locks:bun_lock",
    "go.mod": "golang:go_mod",
    "go.sum": "golang:go_sum",
    "cargo.toml": "cargo:cargo_toml",
    "cargo.lock": "cargo:cargo_lock",
    "pom.xml": "maven:pom",
    "gradle.lockfile": "gradle:lockfile",
    "packages.config": "nuget:project",
    "packages.lock.json": "nuget:packages_lock",
    "gemfile": "ruby:gemfile",
    "gems.rb": "ruby:gemfile",
    "gemfile.lock": "ruby:gemfile_lock",
    "gems.locked": "ruby:gemfile_lock",
    "composer.json": "composer:composer_json",
    "composer.lock": "composer:composer_lock",
    "package.swift": "swift:package_swift",
    "package.resolved": "swift:package_resolved",
    "pubspec.yaml": "dart:pubspec",
    "pubspec.lock": "dart:pubspec_lock",
    "mix.exs": "elixir:mix_exs",
    "mix.lock": "elixir:mix_lock",
}
_PATTERNS = re.compile(
    r"""(?P<requirements>(?:.*[-_.])?(?:requirements?|constraints?|reqs)(?:[-_.].*)?\.(?:txt|in|pip|lock)
                        |.*requirements\.(?:txt|in))
      | (?P<pylock>pylock(?:\..*)?\.toml)
      | (?P<conda>(?:.*[-_.])?(?:environment|conda|env)(?:[-_.].*)?\.ya?ml)
      | (?P<gradle>.*\.gradle(?:\.kts)?)
      | (?P<catalog>.*\.versions\.toml)
      | (?P<nuget>.*\.(?:[cfv][bs]proj|nuspec)|directory\.(?:packages|build)\.(?:props|targets))
      | (?P<gemspec>.*\.gemspec)
      | (?P<loose>(?!manifest\.in).*\.in)""",
    re.VERBOSE,
)
_GROUPS = {
    "requirements": "pip:requirements",
    "pylock": "pypi_locks:uv_lock",
    "conda": "conda:environment",
    "gradle": "gradle:build",
    "catalog": "gradle:catalogue",
    "nuget": "nuget:project",
    "gemspec": "ruby:gemspec",
    "loose": "pip:loose",
}
_FOLDERS = frozenset({"requirements", "requirement", "reqs", "constraints"})
_LOCKS = frozenset(
    {
        "go.sum",
        "gradle.lockfile",
        "npm-shrinkwrap.json",
        "package-lock.json",
        "package.resolved",
        "packages.lock.json",
        "pnpm-lock.yaml",
        "gems.locked",
    }
)
#: Lock files that hold both entries and, apart from them, what each entry requires.
_WITH_ENTRIES = frozenset(
    {
        "cargo:cargo_lock",
        "composer:composer_lock",
        "elixir:mix_lock",
        "npm_locks:bun_lock",
        "npm_locks:package_lock",
        "npm_locks:pnpm_lock",
        "npm_locks:yarn_lock",
        "pypi_locks:poetry_lock",
        "pypi_locks:uv_lock",
        "ruby:gemfile_lock",
    }
)


def is_manifest(path: str) -> bool:
    """Say whether the file name is one of a manifest or lock file."""
    return bool(_spec(path))


def is_lock(path: str) -> bool:
    """Say whether the file is a lock file: nothing in it but packages is evidence."""
    name = path.lower().rpartition("/")[2]
    return is_manifest(path) and (
        name in _LOCKS or name.endswith(".lock") or name.startswith("pylock.")
    )


def parse(source: SourceFile, known: Known) -> list[Mention] | None:
    """Return the known packages a manifest names, in order of place; None when it is no manifest.

    ``known(ecosystem, name)`` says whether the catalogue has the package. Never raises for any
    content.
    """
    spec = _spec(source.path)
    if not spec:
        return None
    found = _load(spec)(source.data.decode("latin-1"))
    if found is None:
        return None
    kept = _known_only(found, known)
    unique = {item.start: item for item in settle(locked(kept) if spec in _WITH_ENTRIES else kept)}
    return [_mention(source, unique[start]) for start in sorted(unique)]


def commands(text: str, *, script: bool = True) -> list[tuple[int, int, str, str, str]]:
    """Return the packages that install commands of a script name, in order of place.

    Args:
        text: A script, a notebook cell or one command line, as latin-1 text (index == byte offset).
        script: False for configuration, where only packages count that a list of servers runs.

    Returns:
        Start, end, ecosystem, name as the catalogue keeps it, and version of each.
    """
    from stackaudit.detect.manifests.install import installed
    from stackaudit.detect.manifests.runners import served

    return [
        (item.start, item.end, item.ecosystem, normalise(item.ecosystem, item.name), item.version)
        for item in sorted((*(installed(text) if script else ()), *served(text)))
    ]


def requirement(text: str, start: int, end: int) -> list[tuple[int, int, str, str, str]]:
    """Return the package that a requirement filling a span names, as ``commands`` does."""
    from stackaudit.detect.manifests import pip

    item = pip.requirement(text, start, end, "requirements")
    if item is None:
        return []
    return [(item.start, item.end, item.ecosystem, normalise("pypi", item.name), item.version)]


def _spec(path: str) -> str:
    folder, _, name = path.lower().rpartition("/")
    if spec := _NAMES.get(name):
        return spec
    if name.endswith((".txt", ".in", ".pip")) and folder.rpartition("/")[2] in _FOLDERS:
        return "pip:requirements"
    match = _PATTERNS.fullmatch(name)
    return _GROUPS[match.lastgroup] if match and match.lastgroup else ""


def _load(spec: str) -> Parser:
    module, _, function = spec.partition(":")
    return cast("Parser", getattr(import_module(f".{module}", __name__), function))


def _known_only(found: Iterator[Declared], known: Known) -> Iterator[Declared]:
    """Keep what the catalogue has, under its normalised name; each name is asked for once."""
    seen: dict[tuple[str, str], str] = {}
    for item in found:
        asked = (item.ecosystem, item.name)
        if asked not in seen:
            name = normalise(*asked)
            seen[asked] = name if known(item.ecosystem, name) else ""
        if seen[asked]:
            yield item._replace(name=seen[asked])


def _mention(source: SourceFile, item: Declared) -> Mention:
    line, column = source.position(item.start)
    end_line, end_column = source.position(item.end)
    # A version that is a URL may carry credentials, and says nothing a reader needs.
    version = "" if "://" in item.version else item.version.strip()
    return Mention(
        kind="sdk",
        text=source.data[item.start : item.end].decode("utf-8", "replace"),
        path=source.path,
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        detector="manifest",
        usage="declared",
        key=item.key,
        package=Package(item.ecosystem, item.name, version, bool(item.direct)),
    )
