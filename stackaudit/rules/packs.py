"""Finds and loads rule packs, shipped ones by id and a user's own by path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

from stackaudit.countries import names
from stackaudit.model import ConfigError, Override, Pack, Rule
from stackaudit.rules import context as declared
from stackaudit.rules.checker import Checker, raise_first, suggest
from stackaudit.rules.document import BrokenDocument, Node, Problem, parse, read
from stackaudit.rules.lists import Lists, read_lists
from stackaudit.rules.overrides import overridden, read_overrides
from stackaudit.rules.reader import RuleReader, Shared

_SHARED_FILES = ("context", "lists")
_FIELDS = ("pack", "title", "version", "summary", "includes", "rules", "overrides")
_PACK_ID = re.compile(r"[a-z][a-z0-9-]*\Z")
_VERSION = re.compile(r"\d{4}\.\d{1,2}\.\d{1,2}(?:\.\d+)?\Z")
#: Pack ids that stand for something else.
_RESERVED = ("all", "policy")


def available(directory: Path) -> tuple[str, ...]:
    """Ids of the shipped packs; ``baseline``, judged with by default, comes first."""
    ids = (path.stem for path in directory.glob("*.yaml") if path.stem not in _SHARED_FILES)
    return tuple(sorted(ids, key=lambda name: (name != "baseline", name)))


def load_packs(wanted: Sequence[str], directory: Path) -> list[Pack]:
    """The packs asked for, in order: shipped ids, ``all``, or paths of YAML files.

    Severities that one of them gives to the rules of another hold.

    Raises:
        ConfigError: an unknown pack, a faulty file, or two packs with one id.
    """
    return overridden(load_named(spelled_out(wanted, directory), directory).values())


def spelled_out(names: Iterable[str], directory: Path) -> tuple[str, ...]:
    """Names of packs without repeats, ``all`` replaced by those of the shipped ones."""
    shipped = available(directory)
    asked = (pack for name in names for pack in (shipped if name == "all" else (name,)))
    return tuple(dict.fromkeys(asked))


def load_named(wanted: Sequence[str], directory: Path) -> dict[str, Pack]:
    """Each pack as its file has it, by the name asked for: a shipped id or a path.

    Packs that these include come after them, by id.

    Raises:
        ConfigError: an unknown pack, a faulty file, or two packs with one id.
    """
    shipped = available(directory)
    shared = load_shared(directory)
    packs: dict[str, Pack] = {}
    paths: dict[str, str] = {}
    for name in wanted:
        pack = load_pack(locate(name, shipped, directory), shared)
        if pack.id in paths:
            raise ConfigError(
                f"{pack.path}: pack '{pack.id}' is already loaded from {paths[pack.id]}"
            )
        paths[pack.id] = pack.path
        packs[name] = pack
    waiting = [part for pack in packs.values() for part in pack.includes]
    while waiting:
        part = waiting.pop(0)
        if part not in paths:
            pack = packs[part] = load_pack(directory / f"{part}.yaml", shared)
            paths[pack.id] = pack.path
            waiting += pack.includes
    return packs


def with_included(names: Iterable[str], packs: Mapping[str, Pack]) -> tuple[str, ...]:
    """Names of packs and, after them, those of all they include; each once.

    Args:
        names: keys of ``packs``.
        packs: what ``load_named`` gave for these, or for more.
    """
    by_id = {pack.id: name for name, pack in packs.items()}
    found = list(dict.fromkeys(names))
    for name in found:  # grows while it is walked
        parts = (by_id[part] for part in packs[name].includes if part in by_id)
        found += [part for part in parts if part not in found]
    return tuple(found)


def load_pack(path: Path, shared: Shared) -> Pack:
    """One pack. Raises ConfigError for its first fault."""
    if path.parent == shared.directory:
        return _shipped(path, shared.directory, read(path))
    pack, problems = read_pack(path, shared)
    raise_first(problems)
    assert pack is not None
    return pack


@lru_cache(maxsize=64)
def _shipped(path: Path, directory: Path, data: bytes) -> Pack:
    """A shipped pack, parsed once as long as its file holds the same ``data``."""
    pack, problems = read_pack(path, load_shared(directory), data)
    raise_first(problems)
    assert pack is not None
    return pack


def check_file(path: Path, directory: Path) -> list[Problem]:
    """Every fault of a pack file in reading order. Raises ConfigError when unreadable."""
    return sorted(read_pack(path, load_shared(directory))[1])


@cache
def load_shared(directory: Path) -> Shared:
    """The named lists and the context vocabulary. Raises ConfigError."""
    lists_file, context_file = directory / "lists.yaml", directory / "context.yaml"
    checker = Checker(str(lists_file))
    lists = Lists()
    try:
        lists = read_lists(checker, parse(read(lists_file), checker.path))
    except BrokenDocument as error:
        checker.problems.append(error.problem)
    raise_first(checker.problems)
    checker = Checker(str(context_file))
    countries = frozenset(names()) | lists.regions.keys()
    vocabulary = declared.Vocabulary()
    try:
        top = parse(read(context_file), checker.path)
        vocabulary = declared.read_vocabulary(checker, top, countries)
    except BrokenDocument as error:
        checker.problems.append(error.problem)
    raise_first(checker.problems)
    return Shared(lists, vocabulary, countries, directory)


def check_context(
    context: Mapping[str, object], directory: Path, where: str = ""
) -> dict[str, tuple[str, ...]]:
    """The declared context, checked against the vocabulary and flattened to texts.

    Args:
        context: as TOML or the command line gives it; tables may be nested.
        directory: the folder of the shipped rules.
        where: the file or flag to name in an error; empty names none.

    Raises:
        ConfigError: an unknown key or value.
    """
    return declared.check(context, load_shared(directory).vocabulary, where)


def locate(name: str, shipped: Sequence[str], directory: Path) -> Path:
    """The file of a pack, given by shipped id or path. Raises ConfigError."""
    if name in shipped:
        return directory / f"{name}.yaml"
    if name.endswith((".yaml", ".yml")) or "/" in name or "\\" in name:
        return Path(name)
    hint = suggest(name, ("all", *shipped))
    raise ConfigError(f"unknown rule pack '{name}'{hint} (a file of your own ends in .yaml)")


def read_pack(
    path: Path, shared: Shared, data: bytes | None = None
) -> tuple[Pack | None, list[Problem]]:
    """A pack and its faults; None where the file, or its ``data``, is no document at all."""
    data = read(path) if data is None else data
    checker = Checker(str(path))
    try:
        top = parse(data, checker.path)
    except BrokenDocument as error:
        return None, [error.problem]
    rows = checker.entries(top, "the file", _FIELDS, ("pack", "title", "version"))
    name = _pack_id(checker, rows.get("pack"))
    if not rows.keys() & {"rules", "overrides", "includes"} and top.kind == "map":
        checker.fail(top, "the file has no 'rules'; add it")
    pack = Pack(
        id=name,
        title=checker.text(rows.get("title"), "title"),
        version=_version(checker, rows.get("version")),
        summary=checker.text(rows.get("summary"), "summary"),
        rules=RuleReader(checker, shared, name).rules(rows.get("rules")),
        path=checker.path,
        sha256=sha256(data).hexdigest(),
        regions=shared.lists.regions,
        overrides=_overrides(checker, rows.get("overrides"), name, path, shared),
        includes=_includes(checker, rows.get("includes"), name, shared),
    )
    return pack, checker.problems


def _includes(checker: Checker, node: Node | None, name: str, shared: Shared) -> tuple[str, ...]:
    """Ids of shipped packs; a list without repeats."""
    shipped = available(shared.directory)
    found: list[str] = []
    for item in checker.items(node, "includes"):
        part = checker.text(item, "a pack to include")
        if part in found:
            checker.fail(item, f"pack '{part}' is included twice; remove one")
        elif part == name:
            checker.fail(item, "a pack cannot include itself; remove it")
        elif part and part not in shipped:
            hint = suggest(part, shipped)
            checker.fail(item, f"unknown pack '{part}'{hint}; include a shipped one")
        elif part:
            found.append(part)
    return tuple(found)


def _overrides(
    checker: Checker, node: Node | None, name: str, path: Path, shared: Shared
) -> tuple[Override, ...]:
    if node is None:
        return ()
    if path.parent.resolve() == shared.directory.resolve():
        checker.fail(node, "a shipped pack overrides nothing; change the rule itself")
        return ()
    return read_overrides(checker, node, name, _shipped_rules(shared.directory))


@cache
def _shipped_rules(directory: Path) -> dict[str, Rule]:
    packs = load_named(available(directory), directory)
    return {rule.id: rule for pack in packs.values() for rule in pack.rules}


def _pack_id(checker: Checker, node: Node | None) -> str:
    name = checker.text(node, "pack")
    if name and node is not None and (name in _RESERVED or not _PACK_ID.match(name)):
        checker.fail(node, f"'{name}' cannot be a pack id; use another lower-case-name")
    return name


def _version(checker: Checker, node: Node | None) -> str:
    version = checker.text(node, "version")
    if version and node is not None and not _VERSION.match(version):
        checker.fail(node, f"version '{version}' is not a date; write it as 2026.11.22")
    return version
