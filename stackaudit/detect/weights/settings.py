"""What the small files of a model's folder state: its configuration, its adapter, its card."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import takewhile
from typing import NamedTuple

from stackaudit.detect.entry import Entry
from stackaudit.detect.weights.naming import clean
from stackaudit.source import SourceFile

_MAX_CARD = 64 << 10
_MAX_JSON = 2 << 20
_MAX_TEXT = 400
_MAX_BASES = 8
#: Keys of cards and pages that are about something else: an app, a data set, a web page.
_OTHER_CARDS = ("sdk", "app_file", "task_categories", "layout")
_RELATIONS = {
    "quantized": "quantisation",
    "adapter": "adapter",
    "merge": "merge",
    "finetune": "fine-tune",
}


class Stated(NamedTuple):
    """What one file says of the model it lies beside."""

    values: Mapping[str, str]
    """``name``, ``loaded_from``, ``base`` (one a line), ``relation``, ``licence``, ``design``,
    ``quantisation``; only those that are told."""
    line: int = 1
    column: int = 1
    end_column: int = 1
    """Where the design stands, for a configuration."""


def read(source: SourceFile) -> Stated | None:
    """What a file of a known name states; None when it is not about a model."""
    reader = READERS[source.path.rpartition("/")[2].lower()]
    return reader(source)


def _configuration(source: SourceFile) -> Stated | None:
    """A model's configuration names its design; other files of that name do not."""
    told = _json(source, b"model_type", b"architectures")
    design = [e for key in ("model_type", "architectures") for e in told.get((key,), ())]
    if not design:
        return None
    names = [_value(source, entry) for entry in design[:_MAX_BASES]]
    values = _filled(
        design="\n".join(names),
        loaded_from=_first(source, told, "_name_or_path"),
        quantisation=_first(source, told, "quantization_config", "quant_method"),
    )
    line, column = source.position(design[0].start)
    return Stated(values, line, column, source.position(design[0].end)[1])


def _adapter(source: SourceFile) -> Stated | None:
    """An adapter's configuration names the model it was trained for."""
    told = _json(source, b"base_model_name_or_path")
    base = _first(source, told, "base_model_name_or_path")
    if not base and not told.get(("peft_type",)):
        return None
    return Stated(_filled(base=base, relation="adapter"))


def _name(source: SourceFile) -> Stated | None:
    """A tokenizer's or generation's configuration may say what it was loaded from."""
    told = _json(source, b"name_or_path")
    loaded = _first(source, told, "name_or_path") or _first(source, told, "_name_or_path")
    return Stated(_filled(loaded_from=loaded)) if loaded else None


def _pipeline(source: SourceFile) -> Stated | None:
    """The index of a pipeline made of several models in subfolders."""
    told = _json(source, b"_class_name")
    pipeline = _first(source, told, "_class_name")
    if not pipeline:
        return None
    return Stated(_filled(pipeline=pipeline, loaded_from=_first(source, told, "_name_or_path")))


def _training(source: SourceFile) -> Stated | None:
    """A trainer leaves its state beside weights it has trained further."""
    return Stated({"trained": "here"}) if b'"global_step"' in source.data else None


def _card(source: SourceFile) -> Stated | None:
    """The front matter of a model card."""
    text = source.data[:_MAX_CARD].decode("latin-1")
    if not text.startswith("---"):
        return None
    end = text.find("\n---", 3)
    if end < 0:
        return None
    from stackaudit.detect.readers import markdown

    told = _by_keys(markdown.entries(text[: end + 4] + "\n"))
    if any((key,) in told for key in _OTHER_CARDS):
        return None
    licence = _first(source, told, "license")
    if licence.lower() in ("", "other"):
        licence = _first(source, told, "license_name") or licence
    bases = [_value(source, entry) for entry in told.get(("base_model",), ())[:_MAX_BASES]]
    relation = _RELATIONS.get(_first(source, told, "base_model_relation").lower(), "")
    if not relation and _first(source, told, "library_name") == "peft":
        relation = "adapter"
    elif not relation and len(bases) > 1:
        relation = "merge"
    values = _filled(
        name=_first(source, told, "model-index", "name") or _first(source, told, "model_name"),
        base="\n".join(bases),
        relation=relation,
        licence=licence if licence.lower() != "other" else "",
    )
    return Stated(values) if values else None


#: File name in lower case -> its reader.
READERS: dict[str, Callable[[SourceFile], Stated | None]] = {
    "config.json": _configuration,
    "adapter_config.json": _adapter,
    "tokenizer_config.json": _name,
    "generation_config.json": _name,
    "model_index.json": _pipeline,
    "trainer_state.json": _training,
    "readme.md": _card,
}


def _json(source: SourceFile, *wanted: bytes) -> dict[tuple[str, ...], list[Entry]]:
    """The values of a JSON object by their keys; empty when it holds none of the wanted words."""
    if len(source.data) > _MAX_JSON or not any(word in source.data for word in wanted):
        return {}
    from stackaudit.detect.readers import json

    return _by_keys(json.entries(source.data.decode("latin-1")))


def _by_keys(entries: Iterator[Entry]) -> dict[tuple[str, ...], list[Entry]]:
    """Values by the keys around them; those of objects in lists of lists are not the file's own."""
    told: dict[tuple[str, ...], list[Entry]] = {}
    for entry in takewhile(lambda e: e.region != "prose", entries):
        near = 0 < len(entry.keys) <= 2 and len(entry.links) <= len(entry.keys) + 1
        if near and entry.region == "value":
            told.setdefault(entry.keys, []).append(entry)
    return told


def _first(source: SourceFile, told: Mapping[tuple[str, ...], list[Entry]], *keys: str) -> str:
    found = told.get(keys)
    return _value(source, found[0]) if found else ""


def _value(source: SourceFile, entry: Entry) -> str:
    """A value as text; one longer than any name says nothing."""
    if entry.end - entry.start > _MAX_TEXT:
        return ""
    raw = entry.text.encode("latin-1", "replace") or source.data[entry.start : entry.end]
    return clean(raw.decode("utf-8", "replace"))


def _filled(**values: str) -> dict[str, str]:
    return {key: value for key, value in values.items() if value}
