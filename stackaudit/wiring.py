"""Ties the files of a repository together: what one reads, another sets.

Variables of the environment are followed to the files that set them, imported names to the
module that sets them, and an SDK's default host to the variable that overrides it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from stackaudit.bind import Bound, bind
from stackaudit.binding.clients import Setting
from stackaudit.binding.scopes import Scopes
from stackaudit.catalogue import Catalogue
from stackaudit.detect.filefacts import FileFacts
from stackaudit.detect.reads import Read
from stackaudit.model import Mention, Route, Usage
from stackaudit.paths import usage_of

_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*+(?:_[A-Z0-9]++)++")
_HOST_WORDS = re.compile(r"_(?:API_)?(?:BASE_URL|BASE|ENDPOINT|HOST|URL)$")
_EXAMPLE = re.compile(r"example|sample|template|tmpl|(?:^|[._-])dist(?:$|[._-])", re.IGNORECASE)
_TERRAFORM = (".tf", ".tfvars")
#: Formats that set variables of the environment.
_SETTERS = frozenset([
    "env", "dockerfile", "yaml", "shell", "powershell", "toml", "ini", "properties", "json",
    "makefile", "hcl", "xml",
])  # fmt: skip
#: What a setting is worth: the first kind that is there is believed.
_WORTH: dict[Usage, int] = {"used": 0, "declared": 0, "offered": 1, "example": 2, "test": 3}
_KIND = {"model": "model", "base-url": "endpoint"}


_Place = tuple[str, int, int]


class Told(NamedTuple):
    """A read with the place that tells its value."""

    read: Read
    setting: Mention


def bind_all(
    files: Sequence[tuple[str, FileFacts]], catalogue: Catalogue, own_hosting: str
) -> list[Bound]:
    """Bind every mention of a repository.

    Args:
        files: Path and facts of each file.
        catalogue: Knows hosts, clients and id forms.
        own_hosting: Country where the user runs weights, as declared.
    """
    wiring = _Wiring(files, catalogue)
    bound: list[Bound] = []
    elsewhere: dict[_Place, set[Route]] = {}
    for path, facts in files:
        told = list(wiring.told(path, facts.reads))
        hosts = [_served(one) for one in told if one.read.expects == "base-url"]
        around = wiring.defaults(path), wiring.regions(path)
        scopes = Scopes(facts, catalogue, own_hosting, hosts, *around)
        bound += bind(facts, catalogue, own_hosting, scopes)
        for one in told:
            if one.read.expects == "model":
                used = replace(one.setting, links=one.read.links, path=path, usage="used")
                elsewhere.setdefault(_place(one.setting), set()).add(scopes.route(used))
    return [_with_route(item, elsewhere.get(_place(item.mention))) for item in bound]


def _served(told: Told) -> Mention:
    """The setting as if it were written where it is read."""
    return replace(told.setting, links=told.read.links, provides=told.read.provides)


def _place(mention: Mention) -> _Place:
    return mention.path, mention.line, mention.column


def _with_route(item: Bound, routes: set[Route] | None) -> Bound:
    """A model that is set in one file and used in another goes where that one sends it."""
    known = {route for route in routes or () if route.route != "unknown"}
    if len(known) != 1 or item.route is None or item.route.route != "unknown":
        return item
    return item._replace(route=known.pop())


class _Wiring:
    """Where variables and names are set."""

    def __init__(self, files: Sequence[tuple[str, FileFacts]], catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._variables: dict[str, list[Mention]] = {}
        self._modules: dict[str, list[str]] = {}
        self._facts = dict(files)
        self._unknown: list[Setting] = []
        self._regions: list[tuple[str, str]] = []
        self._deployed: dict[str, set[str]] = {}
        """Folder of infrastructure as code -> regions named there."""
        for path, facts in files:
            self._note_settings(path, facts)
            if path.endswith(".py"):
                self._modules.setdefault(path.rpartition("/")[2], []).append(path)
            for mention in facts.mentions:
                if mention.kind in ("model", "endpoint") and _is_setting(mention):
                    self._variables.setdefault(mention.key, []).append(mention)

    def _note_settings(self, path: str, facts: FileFacts) -> None:
        """Variables with a region, or with a host that the catalogue does not know."""
        if path.endswith(_TERRAFORM):
            regions = self._deployed.setdefault(path.rpartition("/")[0], set())
            regions.update(region.value for region in facts.regions)
        if facts.is_code or _EXAMPLE.search(path.rpartition("/")[2]) or usage_of(path):
            return
        for entry in facts.base_urls:
            if entry.keys and _VARIABLE.fullmatch(entry.keys[-1]):
                self._unknown.append(Setting(entry.keys[-1], path, 0, None))
        for region in facts.regions:
            if _VARIABLE.fullmatch(region.key):
                self._regions.append((path, region.value))

    def told(self, path: str, reads: Iterable[Read]) -> Iterator[Told]:
        """The settings that reads of one file get their values from."""
        for read in reads:
            found = (
                self._variables.get(read.name, [])
                if read.source == "environment"
                else self._in_module(path, read.name)
            )
            fitting = [m for m in found if m.kind == _KIND[read.expects]]
            # Every model that may be set is one that may be used; a host is believed or not.
            for setting in fitting if read.expects == "model" else _believed(fitting):
                yield Told(read, setting)

    def defaults(self, path: str) -> Mapping[str, Setting]:
        """Operator -> the host that a variable its SDK reads sets, here or in a folder above."""
        found: dict[str, list[Mention]] = {}
        unknown: dict[str, Setting] = {}
        for name, settings in self._variables.items():
            provider = self._reader_of(name)
            if provider:
                above = [m for m in settings if m.kind == "endpoint" and _is_above(m.path, path)]
                found.setdefault(provider, []).extend(above)
        for setting in self._unknown:
            provider = self._reader_of(setting.key)
            if provider and _is_above(setting.path, path):
                unknown[provider] = setting
        found |= self._set_by_program(path)
        told = {provider: _believed(settings) for provider, settings in found.items()}
        known = {
            provider: Setting(hosts[0].key, hosts[0].path, hosts[0].line, hosts[0])
            for provider, hosts in told.items()
            if len(hosts) == 1
        }
        return {**unknown, **known}

    def _set_by_program(self, path: str) -> dict[str, list[Mention]]:
        """Operator -> hosts that a source file itself gives a variable its SDK reads."""
        facts, found = self._facts[path], dict[str, list[Mention]]()
        for mention in facts.mentions if facts.is_code else ():
            live = mention.kind == "endpoint" and mention.usage not in ("doc", "comment")
            provider = self._reader_of(mention.key) if live and mention.key else ""
            if provider:
                found.setdefault(provider, []).append(mention)
        return found

    def regions(self, path: str) -> frozenset[str]:
        """Regions that variables set for everything in or below their folder."""
        set_for = {value for where, value in self._regions if _is_above(where, path)}
        return frozenset(set_for or self._around(path))

    def _around(self, path: str) -> set[str]:
        """Regions that the other files of a Terraform module name, or of the one that calls it."""
        folder = path.rpartition("/")[0]
        while path.endswith(_TERRAFORM):
            if found := self._deployed.get(folder):
                return found
            if not folder:
                break
            folder = folder.rpartition("/")[0]
        return set()

    def _reader_of(self, variable: str) -> str:
        """Whose SDK takes its host from a variable; empty when none does."""
        row = self._catalogue.credential(variable)
        if row is None or row["kind"] != "base-url":
            return ""
        if row["provider"] == "self":
            return _HOST_WORDS.sub("", variable).partition("_")[0].lower()
        if row["provider"] != "multi":
            return str(row["provider"])
        # Any host can stand there; the key beside it says whose SDK it is.
        key = self._catalogue.credential(_HOST_WORDS.sub("_API_KEY", variable))
        return str(key["provider"]) if key else ""

    def _in_module(self, path: str, name: str) -> list[Mention]:
        module, *middle, wanted = name.split(":")
        for candidate in _files_of(path, module, middle[0] if middle else ""):
            target = self._nearest(path, candidate)
            if target is None:
                continue
            links = (f"name:{wanted}", f"name:self.{wanted}", f"name:cls.{wanted}")
            found = [
                m for m in self._facts[target].mentions if not set(links).isdisjoint(m.provides)
            ]
            if found:
                return found
        return []

    def _nearest(self, path: str, candidate: str) -> str | None:
        """The file of a path's end that shares most folders with the one that imports it."""
        fitting = [
            other
            for other in self._modules.get(candidate.rpartition("/")[2], ())
            if other == candidate or other.endswith(f"/{candidate}")
        ]
        return max(fitting, key=lambda other: (_shared(path, other), -len(other)), default=None)


def _is_setting(mention: Mention) -> bool:
    return (
        mention.detector in _SETTERS
        and mention.usage in _WORTH
        and _VARIABLE.fullmatch(mention.key) is not None
    )


def _believed(settings: Iterable[Mention]) -> list[Mention]:
    """Of several settings the best kind; none where those disagree."""
    found = list(settings)
    best = min(map(_worth, found), default=0)
    kept = {m.text: m for m in found if _worth(m) == best}
    return list(kept.values()) if len(kept) == 1 else []


def _worth(setting: Mention) -> int:
    is_example = _EXAMPLE.search(setting.path.rpartition("/")[2])
    return max(_WORTH.get(setting.usage, 4), _WORTH["example"] if is_example else 0)


def _files_of(path: str, module: str, imported: str) -> Iterator[str]:
    """Paths a module of Python can have, without what stands before them for absolute ones."""
    dots = len(module) - len(module.lstrip("."))
    parts = [part for part in module.lstrip(".").split(".") if part]
    if dots:
        parts = [*path.split("/")[:-dots], *parts]
    for names in ([*parts, imported], parts) if imported else (parts,):
        if names:
            yield "/".join(names) + ".py"
            yield "/".join((*names, "__init__.py"))


def _shared(path: str, other: str) -> int:
    """How many folders two paths have in common."""
    count = 0
    for mine, theirs in zip(path.split("/")[:-1], other.split("/")[:-1], strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def _is_above(setting: str, path: str) -> bool:
    return path.startswith(setting.rpartition("/")[0] + "/") or "/" not in setting
