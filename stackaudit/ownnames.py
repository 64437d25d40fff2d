"""The names a repository goes by itself, as package or module: using those is no third party's.

Names are kept as ``ecosystem:name``, so that an app's name in one ecosystem hides no package of
another. Reading is bounded, and no content can make it fail.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from stackaudit.paths import usage_of
from stackaudit.source import SourceFile, read

__all__ = ["is_own", "own_names"]

MAX_MANIFESTS = 200
MAX_BYTES = 256 * 1024
#: Ecosystems whose names are compared with runs of ``-``, ``_`` and ``.`` taken as one.
_FOLDED = frozenset({"pypi", "crates"})
_SEPARATORS = re.compile(r"[-_.]+")
_MAJOR = re.compile(r"/v[0-9]+(?=/|$)")
#: Where an import path may end and still name what it belongs to.
_CUT = re.compile(r"::|[./\\]")
_OTHERS = frozenset(
    {"vendor", "third_party", "third-party", "thirdparty", "3rdparty", "external", "node_modules"}
)
_PROJECT = (".csproj", ".fsproj", ".vbproj", ".sln", ".slnx")
_REQUIREMENTS = re.compile(
    r"require[^/]*(?:/[^/]*)?\.(?:txt|in)$|(?:^|/)(?:environment\.ya?ml|pipfile)$"
)

_GO = re.compile(r"^[ \t]*module[ \t]+\"?([^\s\"]+)", re.MULTILINE)
_HEADER = re.compile(r"^[ \t]*\[\[?([\w.-]+)\]", re.MULTILINE)
_NAME = re.compile(r"^[ \t]*name[ \t]*=[ \t]*[\"']?([\w.-]+)", re.MULTILINE)
_SETUP = re.compile(r"\bname[ \t]*=[ \t]*[\"']([\w.-]+)[\"']")
_GEM = re.compile(r"\.name[ \t]*=[ \t]*[\"']([\w.-]+)[\"']")
_MIX = re.compile(r"\bapp:[ \t]*:(\w+)")
_PUB = re.compile(r"^name:[ \t]*[\"']?(\w+)", re.MULTILINE)
_DOTNET = re.compile(r"<(?:AssemblyName|RootNamespace|PackageId)>([^<$]{1,200})<")
_XML = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z]\w*+)(?P<rest>[^<>]*+)>(?P<text>[^<]*+)")
_WORKSPACE = ("workspace:", "file:", "link:", "portal:", ".")


def is_own(ecosystem: str, name: str, imported: str, own: frozenset[str]) -> bool:
    """Say whether a mention of a package is one of the repository itself.

    Args:
        ecosystem: pypi, npm, go and so on.
        name: The package's name.
        imported: What the source file imports, as written; empty for a declared package.
        own: What ``own_names`` gave.
    """
    kind = "pypi" if ecosystem == "conda" else ecosystem
    if _entry(kind, name) in own:
        return True
    cuts = [match.start() for match in _CUT.finditer(imported)]
    return any(_entry(kind, imported[:cut]) in own for cut in (*cuts, len(imported)) if cut)


def own_names(root: Path, paths: Iterable[str]) -> frozenset[str]:
    """Collect the names of the packages and of the Python modules that a tree holds.

    Manifests of examples, tests and third-party copies name nothing (a Go module path excepted:
    it is never a stranger's by chance); those nearest to the root come first.

    Args:
        root: The folder the paths are relative to.
        paths: POSIX paths of the tree's files.
    """
    listed = [path for path in paths if _OTHERS.isdisjoint(path.split("/")[:-1])]
    wanted = [path for path in listed if _reader(path)]
    wanted.sort(key=lambda path: (usage_of(path) is not None, path.count("/"), path))
    found: set[str] = set()
    roots = {""}
    for path, text in _texts(root, wanted):
        reader = _reader(path)
        ecosystem = reader[0] if reader else ""
        if reader and (ecosystem == "go" or usage_of(path) is None):
            found.update(_entry(ecosystem, name) for name in reader[1](path, text))
            if ecosystem == "pypi":
                roots.add(path.rpartition("/")[0])
    found.update(_entry("pypi", name) for name in _modules(root, listed, roots))
    return frozenset(found)


def _entry(ecosystem: str, name: str) -> str:
    folded = name.lower()
    if ecosystem in _FOLDED:
        folded = _SEPARATORS.sub("-", folded)
    elif ecosystem == "go":
        folded = _MAJOR.sub("", folded)
    return f"{ecosystem}:{folded}"


def _texts(root: Path, paths: Sequence[str]) -> Iterator[tuple[str, str]]:
    for path in paths[:MAX_MANIFESTS]:
        opened = read(root, path, MAX_BYTES)
        if isinstance(opened, SourceFile):
            yield path, opened.data.decode("utf-8", "replace")


def _modules(root: Path, paths: Sequence[str], roots: set[str]) -> Iterator[str]:
    """Top-level modules of the root, packages beside any Python manifest, also below ``src``.

    A folder without ``__init__.py`` gives way to an installed package of its name, as it does at
    run time: it counts only when no manifest asks for such a package.
    """
    places = {f"{place}/" if place else "" for place in roots}
    places |= {f"{place}src/" for place in places}
    packages: set[str] = set()
    folders: set[str] = set()
    for path in paths:
        if not path.endswith(".py"):
            continue
        folder, _, name = path.rpartition("/")
        parent, _, last = folder.rpartition("/")
        if folder in ("", "src"):
            packages.add(name.removesuffix(".py"))
        if name == "__init__.py" and last and (f"{parent}/" if parent else "") in places:
            packages.add(last)
        first, slash, _ = path.removeprefix("src/").partition("/")
        if slash:
            folders.add(first)
    folders -= packages
    yield from packages
    yield from folders - _required(root, paths, folders)


def _required(root: Path, paths: Sequence[str], names: set[str]) -> set[str]:
    """Those of the names that a Python manifest of the tree asks for as a package."""
    plain = sorted(name for name in names if name.isidentifier())
    if not plain:
        return set()
    choice = "|".join(plain)
    pattern = re.compile(
        rf"""^[ \t]*(?:-[ \t]+)?["']?(?P<line>{choice})["']?[ \t]*(?:[\[=<>~!;,\#]|\r?$)
          | ["'](?P<item>{choice})[ \t]*[\[=<>~!]""",
        re.MULTILINE | re.VERBOSE | re.IGNORECASE,
    )
    manifests = [path for path in paths if _asks_for_packages(path)]
    manifests.sort(key=lambda path: (path.count("/"), path))
    found = {
        (match["line"] or match["item"]).lower()
        for _, text in _texts(root, manifests)
        for match in pattern.finditer(text)
    }
    return {name for name in names if name.lower() in found}


def _asks_for_packages(path: str) -> bool:
    name = path.lower().rpartition("/")[2]
    reader = _READERS.get(name)
    return bool(reader and reader[0] == "pypi") or bool(_REQUIREMENTS.search(path.lower()))


Reader = tuple[str, Callable[[str, str], Iterator[str]]]


def _reader(path: str) -> Reader | None:
    """The ecosystem of a manifest and what reads its own names from path and text."""
    name = path.lower().rpartition("/")[2]
    if name.endswith(".gemspec"):
        return "gems", _gemspec
    return ("nuget", _project) if name.endswith(_PROJECT) else _READERS.get(name)


def _first(pattern: re.Pattern[str]) -> Callable[[str, str], Iterator[str]]:
    def names(_path: str, text: str) -> Iterator[str]:
        if match := pattern.search(text):
            yield match[1]

    return names


def _tables(*wanted: str) -> Callable[[str, str], Iterator[str]]:
    """Reads ``name`` in some tables of a TOML or INI file."""

    def names(_path: str, text: str) -> Iterator[str]:
        headers = list(_HEADER.finditer(text))
        ends = [header.start() for header in headers[1:]] + [len(text)]
        for header, end in zip(headers, ends, strict=False):
            name = _NAME.search(text, header.end(), end) if header[1] in wanted else None
            if name:
                yield name[1]

    return names


def _json(text: str) -> dict[str, object]:
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return tree if isinstance(tree, dict) else {}


def _package_json(_path: str, text: str) -> Iterator[str]:
    """The name, unless the package asks for a published one of that name: then it is another."""
    tree = _json(text)
    name = tree.get("name")
    if not isinstance(name, str):
        return
    for section in ("dependencies", "devDependencies"):
        members = tree.get(section)
        version = members.get(name) if isinstance(members, dict) else None
        if isinstance(version, str) and not version.startswith(_WORKSPACE):
            return
    yield name


def _composer(_path: str, text: str) -> Iterator[str]:
    name = _json(text).get("name")
    if isinstance(name, str):
        yield name


def _gemspec(path: str, text: str) -> Iterator[str]:
    match = _GEM.search(text)
    yield match[1] if match else path.rpartition("/")[2][: -len(".gemspec")]


def _project(path: str, text: str) -> Iterator[str]:
    yield path.rpartition("/")[2].rpartition(".")[0]
    yield from (match[1].strip() for match in _DOTNET.finditer(text))


def _pom(_path: str, text: str) -> Iterator[str]:
    """``group:artifact`` of the project; the group may be its parent's."""
    parents: list[str] = []
    found: dict[str, str] = {}
    for token in _XML.finditer(text):
        if token["end"]:
            del parents[-1:]
            continue
        if token["name"] in ("groupId", "artifactId") and len(parents) <= 2:
            found.setdefault(".".join([*parents, token["name"]]), token["text"].strip())
        if not token["rest"].endswith("/"):
            parents.append(token["name"])
    group = found.get("project.groupId") or found.get("project.parent.groupId")
    if group and "project.artifactId" in found:
        yield f"{group}:{found['project.artifactId']}"


_READERS: dict[str, Reader] = {
    "go.mod": ("go", _first(_GO)),
    "package.json": ("npm", _package_json),
    "cargo.toml": ("crates", _tables("package", "lib")),
    "pyproject.toml": ("pypi", _tables("project", "tool.poetry")),
    "setup.cfg": ("pypi", _tables("metadata")),
    "setup.py": ("pypi", _first(_SETUP)),
    "pom.xml": ("maven", _pom),
    "composer.json": ("packagist", _composer),
    "mix.exs": ("hex", _first(_MIX)),
    "pubspec.yaml": ("pub", _first(_PUB)),
}
