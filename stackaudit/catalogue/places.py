"""Model-shaped places: which keys, arguments, calls and commands expect what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

_MARKS = str.maketrans("-.:", "___")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@lru_cache(1 << 14)
def fold(name: str) -> str:
    """A key in comparable form: ``modelName``, ``MODEL_NAME`` and ``model-name`` are one."""
    return _CAMEL.sub("_", name).lower().translate(_MARKS).strip("_$@")


@lru_cache(1 << 14)
def last_part(callee: str) -> str:
    """``a.b.c``, ``A::b`` or ``a->b`` without what it is called on."""
    return re.split(r"\.|::|->", callee)[-1]


class Places:
    """Key, callee and command vocabulary with its comparisons."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        places = tables["places"]
        self._model_keys = _folded(places["model_keys"])
        self._endings = tuple(places["model_key_endings"])
        self._not_model = _folded(places["not_model_keys"])
        self._naming = _folded(places["naming_keys"])
        self.parameter_words = frozenset(places["parameter_words"])
        self.resource_words = frozenset(places["resource_words"])
        self.picture_endings = tuple(places["picture_endings"])
        self._loading = _folded(places["loading_keys"])
        self._plain = _folded(places["plain_keys"])
        self._never = _folded(places["never_model_keys"])
        self._never_beginnings = tuple(places["never_model_beginnings"])
        self.class_endings = tuple(places["class_endings"])
        self.code_endings = tuple(places["code_endings"])
        self.hub_hosts = frozenset(places["hub_hosts"])
        self.hub_pages = frozenset(places["hub_pages"])
        self.code_hosts = tuple(places["code_hosts"])
        self.resource_keys = _folded(places["resource_keys"])
        self.resource_kinds = _folded(places["resource_kinds"])
        self.hub_names = frozenset(places["hub_names"])
        self.hub_model_key: str = places["hub_model_key"]
        self.hub_repository_keys = frozenset(places["hub_repository_keys"])
        self._resource_names = _folded(places["resource_names"])
        self._outputs = frozenset(places["output_callees"])
        self._images = _folded(places["image_keys"])
        self.file_commands: Mapping[str, str] = places["file_commands"]
        self.sure_model_keys = _folded(places["sure_model_keys"])
        self._base_url = _folded(places["base_url_keys"])
        self._region = _folded(places["region_keys"])
        self._callees = frozenset(places["model_callees"])
        self._methods = frozenset(places["model_methods"])
        self._commands: Mapping[str, str] = places["commands"]
        self._first_words = frozenset(words.split()[0] for words in self._commands)
        self._tool_files = tuple(places["tool_files"])
        self._tools = frozenset(places["tools"])
        self._flags = frozenset(places["model_flags"])
        self.placeholders = frozenset(places["placeholders"])
        self._placeholder_names = frozenset(places["placeholder_names"])
        self.common_words = frozenset(places["common_words"])
        self.model_schemes = frozenset(places["model_schemes"])
        self.weight_endings = tuple(places["weight_endings"])
        self.file_endings = tuple(places["file_endings"])
        self.regions = frozenset(name for table in tables["regions"].values() for name in table)
        self._variables = {row["name"]: row["kind"] for row in tables["credentials"]}
        self._memo: dict[str, str] = {}
        self._runners: dict[str, str | None] = {}

    def of_key(self, key: str) -> str:
        """What a key expects: model, base-url or region.

        Or other (hardly a model), plain (what the value itself says), never (no model whatever it
        looks like), or empty where the key says nothing.
        """
        if key not in self._memo:
            self._memo[key] = self._of_key(key)
        return self._memo[key]

    def is_image_key(self, key: str) -> bool:
        """Whether a key or command names a container image or a CI action."""
        if key.startswith("docker model "):
            return False
        return fold(key) in self._images or key.startswith(("docker ", "podman ", "nerdctl "))

    def is_placeholder(self, text: str) -> bool:
        """Whether a lower-case id, or its last part, stands for any model."""
        return text in self.placeholders or text.rpartition("/")[2] in self._placeholder_names

    def is_naming_key(self, key: str) -> bool:
        """Whether a key inside the description of a model holds its name."""
        return fold(key) in self._naming

    def loads(self, key: str) -> bool:
        """Whether all models listed under a key are loaded or called."""
        return fold(key) in self._loading

    def of_callee(self, callee: str) -> bool:
        """Whether a call's positional argument is a model."""
        return last_part(callee) in self._callees

    def starts_command(self, word: str) -> bool:
        """Whether a word is the first of a command that takes a model."""
        return word.lower().rpartition("/")[2] in self._first_words

    def is_tool_file(self, path: str) -> bool:
        """Whether a file configures an AI tool, judged by its name or a folder's."""
        return any(part.startswith(self._tool_files) for part in path.lower().split("/"))

    def is_tool_command(self, keys: Sequence[str]) -> bool:
        """Whether one of the names around a value is the command of an AI tool."""
        return any(key.partition(" ")[0] in self._tools for key in keys)

    def is_output(self, call: str) -> bool:
        """Whether a call's arguments name what it makes."""
        return call in self._outputs

    def names_resource(self, keys: Sequence[str]) -> bool:
        """Whether a value under these keys names or labels a resource of a cluster."""
        folded = [fold(key) for key in keys]
        return folded[-1] in self._resource_names or not self.resource_keys.isdisjoint(folded)

    def sends(self, callee: str) -> bool:
        """Whether a call sends something to the model among its arguments."""
        return last_part(callee) in self._methods

    def of_command(self, words: str) -> bool:
        """Whether a command's positional argument is a model."""
        return self.runner(words) is not None

    def runner(self, words: str) -> str | None:
        """The software a command runs a model with (may be empty); None for other commands."""
        if words not in self._runners:
            self._runners[words] = self._runner(words)
        return self._runners[words]

    def _runner(self, words: str) -> str | None:
        lowered = words.lower().rpartition("/")[2]
        while lowered:
            if lowered in self._commands:
                return self._commands[lowered]
            lowered = lowered.partition(" ")[2]  # uv run server serve
        return None

    def _of_key(self, key: str) -> str:
        if key in self._flags:
            return "model"
        kind = self._variables.get(key)
        if kind in ("model", "base-url", "region"):
            return str(kind)
        folded = fold(key)
        if folded in self._never or folded.rpartition("_")[2] in ("dataset", "datasets"):
            return "never"
        if folded.startswith(self._never_beginnings):
            return "never"
        if folded in self._not_model:
            return "other"
        if folded in self._plain:
            return "plain"
        if folded in self._model_keys or folded.endswith(self._endings):
            return "model"
        if folded in self._base_url or folded.endswith(("_base_url", "_api_base", "_endpoint")):
            return "base-url"
        return "region" if folded in self._region or folded.endswith("_region") else ""


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(fold(name) for name in names)
