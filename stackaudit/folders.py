"""Folders that are not the project's own source: version control, installed, vendored, built.

A name that means nothing else is enough. Names that may also be source (``build``, ``vendor``,
``target``) need evidence beside or inside them, and whatever git tracks there counts as source.
"""

from __future__ import annotations

import os
from collections.abc import Collection

VERSION_CONTROL = "version control data"
INSTALLED = "installed packages"
ENVIRONMENT = "virtual environment"
VENDORED = "vendored code"
BUILT = "build output"
CACHE = "cache"

#: Always skipped, tracked or not.
BY_NAME: dict[str, str] = {
    name: reason
    for reason, names in {
        VERSION_CONTROL: ".git .hg .svn .bzr .jj",
        INSTALLED: "node_modules bower_components jspm_packages site-packages __pypackages__ .eggs"
        " .yarn .pnpm-store .bundle .dart_tool .pub-cache .terraform .terragrunt-cache elm-stuff"
        " .stack-work",
        ENVIRONMENT: ".venv .virtualenv",
        BUILT: ".next .nuxt .svelte-kit .docusaurus .aws-sam .serverless .expo .gradle",
        CACHE: "__pycache__ .mypy_cache .pytest_cache .ruff_cache .hypothesis .tox .nox .pytype"
        " .ipynb_checkpoints .parcel-cache .turbo .angular .nyc_output .sass-cache .ccls-cache",
    }.items()
    for name in names.split()
}
_NODE = ("package.json",)
_PYTHON = ("setup.py", "pyproject.toml", "setup.cfg")
_GRADLE = ("build.gradle", "build.gradle.kts")
_DOTNET = (".csproj", ".fsproj", ".vbproj")
#: Skipped when untracked and a file with one of these endings stands beside them.
_BESIDE: dict[str, tuple[str, tuple[str, ...]]] = {
    "dist": (BUILT, _NODE + _PYTHON),
    "build": (BUILT, (*_NODE, *_PYTHON, *_GRADLE, "CMakeLists.txt", "meson.build", "pubspec.yaml")),
    "out": (BUILT, (*_NODE, *_GRADLE, "tsconfig.json")),
    "target": (BUILT, ("Cargo.toml", "pom.xml", "build.sbt")),
    "bin": (BUILT, _DOTNET),
    "obj": (BUILT, _DOTNET),
    "_build": (BUILT, ("mix.exs", "dune-project", "conf.py")),
    ".build": (BUILT, ("Package.swift",)),
    "DerivedData": (BUILT, (".xcodeproj", ".xcworkspace")),
    "storybook-static": (BUILT, _NODE),
    "htmlcov": (BUILT, _PYTHON),
    "coverage": (BUILT, _NODE),
    "deps": (INSTALLED, ("mix.exs",)),
    "Pods": (INSTALLED, ("Podfile",)),
    "vendor": (VENDORED, ("go.mod", "composer.json", "Gemfile", "Cargo.toml")),
}
#: Files and folders that say what the folder they stand in is.
MARKS = frozenset(
    ["pyvenv.cfg", "conda-meta", "CACHEDIR.TAG", "CMakeCache.txt", "modules.txt", "autoload.php"]
)
_THIRD_PARTY = frozenset(["third_party", "third-party", "thirdparty", "3rdparty"])
_LICENCES = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "License", "license")
_SUBFOLDERS = 64


def by_siblings(name: str, siblings: Collection[str]) -> str:
    """Return why an untracked folder is skipped, judged by what stands beside it, or ''."""
    reason, endings = _BESIDE.get(name, ("", ()))
    return reason if reason and any(n.endswith(endings) for n in siblings) else ""


def by_marks(name: str, marks: Collection[str]) -> tuple[str, bool]:
    """Return why a folder is skipped, judged by the marks in it, and whether even if tracked."""
    if "pyvenv.cfg" in marks or "conda-meta" in marks:
        return ENVIRONMENT, True
    if name == "vendor" and ("modules.txt" in marks or "autoload.php" in marks):
        return VENDORED, True
    if "CACHEDIR.TAG" in marks:
        return CACHE, False
    return (BUILT, False) if "CMakeCache.txt" in marks else ("", False)


def is_third_party(name: str) -> bool:
    """Say whether a folder's name promises other people's code."""
    return name in _THIRD_PARTY


def holds_licences(folder: str) -> bool:
    """Say whether ``folder`` or one of its subfolders carries a licence of its own."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        if any(entry.name.startswith(_LICENCES) for entry in entries):
            return True
        below = [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
        return any(
            name.startswith(_LICENCES) for path in below[:_SUBFOLDERS] for name in os.listdir(path)
        )
    except OSError:
        return False
