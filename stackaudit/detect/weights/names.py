"""Which of the names that weights carry tells what they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from stackaudit.catalogue import Catalogue, IdMatch
from stackaudit.detect.weights import naming
from stackaudit.model import Confidence

#: Where a name that the catalogue does not know is still a name.
_OWN = ("header", "file name", "readme.md")


class Named(NamedTuple):
    """A name and where it stands."""

    text: str
    key: str
    """``header``, ``file name``, ``folder name``, the name of a file beside; empty for no name."""
    confidence: Confidence


def choose(path: str, home: str, facts: Mapping[str, str], catalogue: Catalogue) -> Named:
    """The first name that the catalogue knows; else the first that is one; else the path.

    Args:
        path: The weights file, without shard numbers; empty for a configuration without weights.
        home: The folder of the model it is part of.
        facts: What the file and those beside it state.
        catalogue: Knows names.
    """
    candidates = list(_candidates(path, home, facts, catalogue))
    for named in candidates:
        match = catalogue.ids.find(named.text)
        if match and match.family >= 0 and (_tells(match) or named.key == "header"):
            return named
    for named in candidates:
        if catalogue.ids.find(named.text) or named.key.lower() in _OWN:
            return named
    whole = naming.is_shared(naming.stem(_last(path))) and naming.run(home)
    return Named(whole or path, "", "medium")


def of_folder(home: str, catalogue: Catalogue) -> str:
    """The name of a folder, with a known organisation above it; empty where it names no model."""
    name, above = naming.folder_name(home)
    if not name or not is_model(name, catalogue):
        return ""
    return f"{above}/{name}" if above and catalogue.ids.vendor_of(above) else name


def is_model(name: str, catalogue: Catalogue) -> bool:
    """Whether a name by itself is that of a model whose weights one can have."""
    match = catalogue.ids.find(name)
    if match is None or match.family < 0 or not _tells(match):
        return False
    return bool(match.strong or catalogue.family(match.family)["weights"] != "closed")


def conflicting(named: Named, path: str, catalogue: Catalogue) -> str:
    """The file name where it names another family than the header does; else empty."""
    name = _last(path)
    said, filed = catalogue.ids.find(named.text), catalogue.ids.find(naming.stem(name))
    if named.key != "header" or said is None or filed is None or not _tells(filed):
        return ""
    return name if said.family != filed.family else ""


def _tells(match: IdMatch) -> bool:
    return match.strong or (match.complete and match.versioned)


def _candidates(
    path: str, home: str, facts: Mapping[str, str], catalogue: Catalogue
) -> Iterator[Named]:
    if facts.get("name"):
        yield Named(facts["name"], _last(facts.get("name_from", "header")), "high")
    if facts.get("other_name"):
        yield Named(facts["other_name"], "header", "high")
    name = _last(path)
    if not naming.is_shared(naming.stem(name)):
        known = name.lower().endswith(catalogue.places.weight_endings)
        yield Named(name if known else naming.stem(name), "file name", "medium")
    if folder := of_folder(home, catalogue):
        yield Named(folder, "folder name", "medium")
    if facts.get("loaded_from"):
        yield from _of_origin(facts["loaded_from"], facts.get("loaded_from_from", ""), catalogue)
    if facts.get("relation") == "quantisation" and "\n" not in facts.get("base", "\n"):
        # Other numbers for the same weights are the same model.
        yield from _of_origin(facts["base"], facts.get("base_from", ""), catalogue)


def _of_origin(text: str, source: str, catalogue: Catalogue) -> Iterator[Named]:
    """The id of a model something was made from, where it is an id or the path of a known one."""
    match = catalogue.ids.find(text)
    if match is None and (text.count("/") != 1 or text.startswith((".", "/", "~"))):
        return
    if match is not None and match.family >= 0 and text.count("/") != 1:
        text = f"{match.org}/{match.name}" if match.org else match.name
    yield Named(text, _last(source) or "header", "medium")


def _last(path: str) -> str:
    return path.rpartition("/")[2]
