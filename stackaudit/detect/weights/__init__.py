"""Weights in the tree: files of one model become one mention with all they state of it.

Only heads are read, never tensors, and nothing is loaded. What lies beside the weights speaks for
them: configuration, adapter configuration, model card; else file and folder names do.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from stackaudit.catalogue import Catalogue
from stackaudit.detect.weights import headers, names, naming
from stackaudit.detect.weights.settings import Stated
from stackaudit.model import Confidence, Mention, ScanError
from stackaudit.paths import usage_of
from stackaudit.source import printable, reason_of

__all__ = ["Shelf"]

_MODEL = ("config.json", "adapter_config.json", "model_index.json")
#: Formats in which each file is a model of its own, whatever lies beside it.
_SINGLE = (".gguf", ".ggml", ".llamafile")
#: What a trainer leaves beside weights it has trained further; weights by name only.
_TRAINING = "training_args.bin"
_PLACED = ("name", "base", "licence", "loaded_from")


class _Group(NamedTuple):
    """Files that hold one model, in one folder and the folders of its parts."""

    home: str
    name: str
    """File name without shard numbers; empty for all the weights of a described folder."""


class Shelf:
    """Weights files and what describes them, gathered while a tree is read."""

    def __init__(self, base: Path, catalogue: Catalogue) -> None:
        self._base = base
        self._catalogue = catalogue
        self._files: list[str] = []
        self._stated: dict[str, dict[str, Stated]] = {}
        """Folder -> name of a describing file -> what it states."""
        self.errors: list[ScanError] = []

    def add(self, path: str) -> None:
        """Note a file named like weights."""
        folder, _, name = path.rpartition("/")
        if name == _TRAINING:
            self._stated.setdefault(printable(folder), {})[name] = Stated({"trained": "here"})
        else:
            self._files.append(path)

    def describe(self, path: str, stated: Stated) -> None:
        """Note what a describing file states."""
        folder, _, name = path.rpartition("/")
        self._stated.setdefault(folder, {})[name] = stated

    def mentions(self) -> Iterator[Mention]:
        """One mention a model; weights that cannot be read are told in ``errors``."""
        groups: dict[_Group, list[str]] = {}
        for path in self._files:
            group = self._group(path)
            if group:
                groups.setdefault(group, []).append(path)
        for group, paths in groups.items():
            yield self._of_files(group, sorted(paths))
        homes = {group.home for group in groups}
        for folder, files in self._stated.items():
            if "config.json" in files and self._home(folder) not in homes:
                yield from self._of_configuration(folder, files["config.json"])

    def _home(self, folder: str) -> str:
        """The folder of the model that a folder belongs to."""
        home = folder
        for _ in range(3):
            if "model_index.json" in self._stated.get(home, {}):
                return home
            home = home.rpartition("/")[0]
        above, _, name = folder.rpartition("/")
        return above if name.lower() in naming.PARTS and self._is_model(above) else folder

    def _is_model(self, folder: str) -> bool:
        return not self._stated.get(folder, {}).keys().isdisjoint(_MODEL)

    def _group(self, path: str) -> _Group | None:
        """What a file is part of; None when it is not known to be weights."""
        folder, _, name = printable(path).rpartition("/")
        home, name = self._home(folder), naming.whole(name)
        shared = naming.is_shared(naming.stem(name))
        if shared and self._is_model(home) and not name.lower().endswith(_SINGLE):
            return _Group(home, "")
        if name.lower().endswith(self._catalogue.places.weight_endings):
            return _Group(home if self._is_model(home) else folder, name)
        # .bin, .pt and the like are often something else: only a model's name tells.
        stem = naming.stem(name)
        told = (
            names.of_folder(home, self._catalogue)
            if shared
            else names.is_model(stem, self._catalogue)
        )
        return _Group(folder, name) if told else None

    def _of_files(self, group: _Group, paths: list[str]) -> Mention:
        path = printable(paths[0])
        facts = self._facts(group.home, paths[0])
        named = names.choose(naming.whole(path), group.home, facts, self._catalogue)
        if other := names.conflicting(named, path, self._catalogue):
            facts["file_name"] = other
        if "loaded_from" in facts and named.key == _last(facts["loaded_from_from"]):
            facts["named_by"] = facts["loaded_from_from"]
        if len(paths) > 1:
            facts["files"] = str(len(paths))
        return _mention(named, path, facts)

    def _of_configuration(self, folder: str, stated: Stated) -> Iterator[Mention]:
        """A model's configuration without its weights, where it tells whose work they build on.

        What it was loaded from is found where it stands, as any other id is.
        """
        facts = self._facts(folder, "")
        row = self._catalogue.design(facts["design"])
        named = names.choose("", folder, facts, self._catalogue)
        if "loaded_from" in facts or row is None:
            return
        if named.key or not self._catalogue.is_shared_design(row):
            facts["weights"] = "elsewhere"
            path = f"{folder}/config.json".lstrip("/")
            named = named._replace(text=named.text or path)
            yield _mention(named, path, facts, stated, "low")

    def _facts(self, home: str, path: str) -> dict[str, str]:
        """What is stated, the nearest source first: the header, then the files beside it."""
        facts: dict[str, str] = {}
        if path:
            try:
                facts = headers.stated(f"{self._base}/{path}", path)
            except (OSError, ValueError) as error:
                self.errors.append(ScanError(printable(path), reason_of(error)))
        beside = self._stated.get(home, {})
        for name in sorted(beside, key=lambda n: (n not in _MODEL, n)):
            for key, value in beside[name].values.items():
                if key in facts:
                    continue
                facts[key] = value
                if key in _PLACED:
                    facts[f"{key}_from"] = f"{home}/{name}".lstrip("/")
        if "trained" in facts and "loaded_from" in facts and "base" not in facts:
            facts["base"] = facts.pop("loaded_from")
            facts["base_from"] = facts.pop("loaded_from_from")
            facts.setdefault("relation", "fine-tune")
        if "quantisation" not in facts and (told := naming.number_format(_last(path))):
            facts["quantisation"] = told
        if "base_from" in facts and ("quantisation" in facts or path.lower().endswith(_SINGLE)):
            facts.setdefault("relation", "quantisation")
        return facts


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def _mention(
    named: names.Named,
    path: str,
    facts: dict[str, str],
    stated: Stated | None = None,
    most: Confidence = "high",
) -> Mention:
    """A mention at the head of a file, or where a configuration states the design."""
    stated = stated or Stated({}, end_column=1)
    return Mention(
        "weights",
        named.text,
        path,
        stated.line,
        stated.column,
        stated.line,
        stated.end_column,
        "file-name" if named.key in ("file name", "folder name", "") else "weights",
        usage_of(path) or "used",
        key=named.key,
        confidence=most if most == "low" else named.confidence,
        facts={**facts, **({} if named.key else {"unnamed": "yes"})},
    )
