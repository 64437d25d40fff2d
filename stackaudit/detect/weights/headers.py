"""What the head of one weights file states; at most ``HEAD`` bytes of it are ever read."""

from __future__ import annotations

import re
from collections.abc import Mapping

from stackaudit.detect.weights import gguf, naming, safetensors
from stackaudit.source import read_head, size_text

#: The most bytes read of any file. What describes a model stands at the very beginning.
HEAD = 1 << 20
_SMALL = 4096
_POINTER = re.compile(
    rb"version https?://[^\n]{1,100}/spec/v\d\n(?:[a-z0-9-]+ [^\n]{1,200}\n)*?size (\d{1,15})\n"
)
_HUB = re.compile(r"https?://[^/\s]+/(?:models/)?([\w.-]+/[\w.-]+?)(?:\.git|/.*)?", re.I)
_SPACES = re.compile(r"[\s/]+")
_MAX_BASES = 8
#: Keys of the free-form metadata that name the model, and those that name what it was made from.
_TITLES = ("modelspec.title", "ss_output_name", "name")
_BASES = (
    "base_model", "base_model_name_or_path", "ss_sd_model_name", "ss_base_model_version",
    "modelspec.merged_from",
)  # fmt: skip


def stated(path: str, name: str) -> dict[str, str]:
    """What a weights file says of itself, under the names of ``stackaudit.stated``.

    Args:
        path: The file.
        name: Its name in the tree, which tells the format.

    Raises:
        OSError: It is no regular file or cannot be read.
    """
    head, size = read_head(path, _SMALL)
    if pointer := _POINTER.match(head):
        return {"pointer": size_text(int(pointer[1]))}
    ending = name.rpartition(".")[2].lower()
    read = {"gguf": _of_gguf, "safetensors": _of_safetensors}.get(ending)
    if read is None or not size:
        return {}
    if size > len(head):
        head, _ = read_head(path, HEAD)
    return read(head)


def _of_gguf(head: bytes) -> dict[str, str]:
    values = gguf.metadata(head)
    if values is None:
        return {"unreadable": "GGUF"}
    get = values.get
    own = _source(values) or _hub(get("general.source.repo_url"))
    pieces = [get(f"general.{part}") for part in ("basename", "version", "size_label", "finetune")]
    said = {
        "name": own or _in_org(get("general.organization"), get("general.name")),
        "other_name": "-".join(filter(None, pieces)) if pieces[0] else "",
        "base": "\n".join(_gguf_bases(values)),
        "relation": "adapter" if get("general.type") == "adapter" else "",
        "licence": _licence(values),
        "design": get("general.architecture"),
        "quantisation": gguf.quantisation(values),
    }
    return {key: value for key, value in said.items() if value}


def _source(values: Mapping[str, str]) -> str:
    """The repository of a hub that the weights were converted from."""
    keys = (k for k in values if k.startswith("general.source.") and k.endswith(".repository"))
    return next((values[key] for key in keys), "")


def _gguf_bases(values: Mapping[str, str]) -> list[str]:
    found = []
    for number in range(_MAX_BASES):
        said = f"general.base_model.{number}."
        base = _hub(values.get(said + "repo_url")) or _in_org(
            values.get(said + "organization"), values.get(said + "name")
        )
        found += [base] if base else []
    return found


def _licence(values: Mapping[str, str]) -> str:
    said = values.get("general.license", "")
    return values.get("general.license.name", "") if said.lower() in ("", "other") else said


def _of_safetensors(head: bytes) -> dict[str, str]:
    values = safetensors.metadata(head)
    if values is None:
        return {"unreadable": "safetensors"}
    design, _, part = values.get("modelspec.architecture", "").partition("/")
    adapts = "lora" in (values.get("ss_network_module") or part).lower()
    base = next(filter(None, map(values.get, _BASES)), "")
    said = {
        "name": next(filter(None, map(values.get, _TITLES)), ""),
        "base": base or (design if adapts else ""),
        "relation": "adapter" if adapts else "",
        "licence": values.get("modelspec.license", "") or values.get("license", ""),
        "design": design,
    }
    return {key: value for key, value in said.items() if value}


def _hub(url: str | None) -> str:
    """``org/name`` of a model's page."""
    found = _HUB.fullmatch(url or "")
    return found[1] if found else ""


def _in_org(organisation: str | None, name: str | None) -> str:
    """A name with its organisation as a hub would write it; a bare name as it is."""
    if not name or naming.is_shared(naming.stem(name)):
        return ""
    if not organisation or "/" in name:
        return name
    return f"{_SPACES.sub('-', organisation)}/{_SPACES.sub('-', name)}"
