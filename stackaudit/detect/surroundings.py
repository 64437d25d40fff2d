"""What stands around a name and says that it is no model's there: a call, an option, a resource."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

from stackaudit.catalogue.places import Places, fold, last_part
from stackaudit.detect.entry import Entry

#: An option right before a word: --tool-parser name, --tool-parser=name.
_OPTION = re.compile(r"(?:\A|[\s\"'`])--?(?P<name>[A-Za-z][\w-]{1,60})(?:=|[ \t]+)[\"']?\Z")
#: A setting right before its value, in a sample: chat_template: name.
_SETTING = re.compile(r"(?:\A|[\s\"'{,])(?P<name>[a-z]+_[a-z_]{1,60})[\"']?:[ \t]*[\"']?\Z")
_LONGEST_OPTION = 80
#: Where a document of a stream begins, and what kind of resource one describes.
_DOCUMENT = re.compile(r"^(?:(---)|kind:[ \t]*[\"']?(\w+))", re.MULTILINE)


def is_argument(text: str, raw: str, start: int) -> bool:
    """Whether a name in a sample of code is a variable given to a call: ``f(a, name_4)``.

    Args:
        text: The name.
        raw: The sample.
        start: Where the name begins in it.
    """
    if "_" not in text or not text.isidentifier():
        return False
    before, after = raw[max(0, start - 1) : start], raw[start + len(text) :][:1]
    return before in ("(", ",", "=", " ") and after in (",", ")")


def is_described(raw: str, start: int, places: Places) -> bool:
    """Whether a word in a command or sample is the value of what names no model."""
    begin = max(0, start - _LONGEST_OPTION)
    option = _OPTION.search(raw, begin, start) or _SETTING.search(raw, begin, start)
    return option is not None and places.of_key(option["name"]) == "never"


def is_output(entry: Entry, places: Places) -> bool:
    """Whether a value names what a call makes: a folder, a repository of one's own."""
    return any(places.is_output(last_part(key)) for key in entry.keys[-2:])


class Resources:
    """The resources of a cluster that a file describes."""

    def __init__(self, text: str, places: Places) -> None:
        """Take a file of settings, and what knows kinds of resources."""
        self._text = text
        self._places = places

    def named(self, entry: Entry) -> bool:
        """Whether a value names or labels a resource, in which a model may run."""
        keys, places = entry.keys, self._places
        if entry.region != "value" or keys[:1] not in (("metadata",), ("spec",)):
            return False
        if not places.names_resource(keys) or any(places.of_key(key) == "model" for key in keys):
            return False
        starts, kinds = self._documents
        return kinds[bisect_right(starts, entry.start) - 1] in places.resource_kinds

    @cached_property
    def _documents(self) -> tuple[list[int], list[str]]:
        """Where each document begins, and the kind of resource in it."""
        starts, kinds = [0], [""]
        for found in _DOCUMENT.finditer(self._text):
            if found[1]:
                starts.append(found.start())
                kinds.append("")
            elif not kinds[-1]:
                kinds[-1] = fold(found[2])
        return starts, kinds
