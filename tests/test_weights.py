"""Weights in a tree: which components they become, and what these state."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Mapping
from pathlib import Path

import pytest
from reading import catalogue
from weightfiles import gguf, pointer, safetensors

from stackaudit.discover import Found, Options, walk
from stackaudit.model import Component
from stackaudit.survey import Survey, survey

PLAIN = safetensors({"format": "pt"})
QWEN2: dict[str, object] = {"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2"}
LLAMA: dict[str, object] = {"architectures": ["LlamaForCausalLM"], "model_type": "llama"}
TRAINED: dict[str, object] = {"global_step": 500}
LORA: dict[str, object] = {
    "peft_type": "LORA",
    "base_model_name_or_path": "Qwen/Qwen2.5-7B-Instruct",
}

Content = bytes | str | Mapping[str, object]
Tree = Mapping[str, Content]


def card(*lines: str) -> str:
    return "\n".join(["---", *lines, "---", "# A model", "text", ""])


def scanned(root: Path, tree: Tree) -> Survey:
    for path, content in tree.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            target.write_bytes(content)
        else:
            target.write_text(
                content if isinstance(content, str) else json.dumps(content, indent=1)
            )
    files = [item for item in walk(root, Options()) if isinstance(item, Found)]
    return survey(root, files, catalogue(), "unknown", None)


def weights(root: Path, tree: Tree) -> list[Component]:
    return [c for c in scanned(root, tree).components if c.kind == "weights"]


def told(component: Component) -> str:
    """Name, family, developer's country, bases and licence, as one line of a table."""
    bases = [f"{a.family or a.family_name} {a.country} {a.relation}" for a in component.lineage]
    licence = component.licence.id if component.licence else "-"
    country = component.origin_country
    parts = (component.name, component.family or "-", country, ", ".join(bases) or "-", licence)
    return " | ".join(parts)


CASES: dict[str, tuple[Tree, list[str]]] = {
    "a header outweighs a file name that says nothing": (
        {"m/model.gguf": gguf({"general.architecture": "qwen2", "general.name": "Qwen2.5 7B Instruct"})},
        ["Qwen2.5 7B Instruct | qwen2.5 | CN | - | Apache-2.0"],
    ),
    "organisation and name of a header make an id": (
        {"a.gguf": gguf({"general.name": "Qwen2.5 7B Pirate", "general.organization": "Acme"})},
        ["Acme/Qwen2.5-7B-Pirate | qwen2.5 | unknown | qwen2.5 CN inferred | -"],
    ),
    "parts of a name in a header": (
        {"a.gguf": gguf({"general.name": "Model", "general.basename": "Mistral",
                         "general.size_label": "7B", "general.finetune": "Instruct"})},
        ["Mistral-7B-Instruct | mistral-7b | FR | - | Apache-2.0"],
    ),
    "where it was converted from": (
        {"a.gguf": gguf({"general.name": "merged",
                         "general.source.huggingface.repository": "google/gemma-2-9b-it"})},
        ["google/gemma-2-9b-it | gemma-2 | US | - | Gemma-Terms"],
    ),
    "bases of a header": (
        {"a.gguf": gguf({"general.name": "Zorble Chat", "general.base_model.count": 1,
                         "general.base_model.0.name": "Qwen2.5 7B",
                         "general.base_model.0.organization": "Qwen",
                         "general.base_model.0.repo_url": "https://huggingface.co/Qwen/Qwen2.5-7B"})},
        ["Zorble Chat | qwen2.5 | unknown | qwen2.5 CN reported | -"],
    ),
    "a base the catalogue does not know": (
        {"zorble.gguf": gguf({"general.base_model.0.name": "Quux 9B",
                              "general.base_model.0.organization": "Quux Labs"})},
        ["zorble.gguf | - | unknown | Quux-Labs/Quux-9B unknown reported | -"],
    ),
    "the base of a model by its own developer tells nothing new": (
        {"q.gguf": gguf({"general.name": "Qwen2.5 7B Instruct", "general.organization": "Qwen",
                         "general.base_model.0.name": "Qwen2.5 7B",
                         "general.base_model.0.organization": "Qwen"})},
        ["Qwen/Qwen2.5-7B-Instruct | qwen2.5 | CN | - | Apache-2.0"],
    ),
    "a design of one developer, nothing named": (
        {"out/model.gguf": gguf({"general.architecture": "qwen3moe"})},
        ["out | - | unknown | qwen3moe design CN inferred | -"],
    ),
    "a design everybody uses says nothing of whose work it is": (
        {"out/model.gguf": gguf({"general.architecture": "llama"})},
        ["out | - | unknown | - | -"],
    ),
    "a number format changes no model": (
        {"Qwen3-8B-Q4_K_M.gguf": gguf({"general.name": "Qwen3 8B", "general.file_type": 15}),
         "Qwen3-8B-Q8_0.gguf": gguf({"general.name": "Qwen3 8B", "general.file_type": 7})},
        ["Qwen3 8B | qwen3 | CN | - | Apache-2.0"],
    ),
    "a file name alone": (
        {"models/mistral-7b-instruct-v0.2.Q4_K_M.gguf": b"no header at all"},
        ["mistral-7b-instruct-v0.2.Q4_K_M.gguf | mistral-7b | FR | - | Apache-2.0"],
    ),
    "a folder of shards is one model": (
        {"Qwen2.5-7B-Instruct/config.json": QWEN2,
         "Qwen2.5-7B-Instruct/model-00001-of-00002.safetensors": PLAIN,
         "Qwen2.5-7B-Instruct/model-00002-of-00002.safetensors": PLAIN},
        ["Qwen2.5-7B-Instruct | qwen2.5 | CN | - | Apache-2.0"],
    ),
    "so are shards without a configuration": (
        {"q/qwen2.5-7b-instruct-q4_k_m-00001-of-00002.gguf": b"",
         "q/qwen2.5-7b-instruct-q4_k_m-00002-of-00002.gguf": b""},
        ["qwen2.5-7b-instruct-q4_k_m.gguf | qwen2.5 | CN | - | Apache-2.0"],
    ),
    "an organisation's folder": (
        {"models/Qwen/Qwen2.5-7B/model.safetensors": PLAIN},
        ["Qwen/Qwen2.5-7B | qwen2.5 | CN | - | Apache-2.0"],
    ),
    "the cache of the hub": (
        {"c/models--google--gemma-2-2b/snapshots/0123456789abcdef0123456789abcdef01234567/"
         "model.safetensors": PLAIN},
        ["google/gemma-2-2b | gemma-2 | US | - | Gemma-Terms"],
    ),
    "formats of one model in folders of their own": (
        {"all-MiniLM-L6-v2/config.json": {"model_type": "bert"},
         "all-MiniLM-L6-v2/onnx/model.onnx": b"onnx", "all-MiniLM-L6-v2/pytorch_model.bin": b"x"},
        ["all-MiniLM-L6-v2 | sentence-transformers | US | - | Apache-2.0"],
    ),
    "a configuration that was loaded from a model": (
        {"m/config.json": {**LLAMA, "_name_or_path": "meta-llama/Llama-3.1-8B-Instruct"},
         "m/model.safetensors": PLAIN},
        ["meta-llama/Llama-3.1-8B-Instruct | llama-3.1 | US | - | Llama-3.1-Community"],
    ),
    "and then trained here": (
        {"m/config.json": {**LLAMA, "_name_or_path": "meta-llama/Llama-3.1-8B-Instruct"},
         "m/model.safetensors": PLAIN, "m/trainer_state.json": TRAINED},
        ["m | llama-3.1 | unknown | llama-3.1 US fine-tune | -"],
    ),
    "training arguments tell it too": (
        {"m/config.json": {**QWEN2, "_name_or_path": "/data/Qwen2.5-7B"},
         "m/model.safetensors": PLAIN, "m/training_args.bin": b"x"},
        ["m | qwen2.5 | unknown | qwen2.5 CN fine-tune | -"],
    ),
    "checkpoints of one run are one model": (
        {"run/checkpoint-100/adapter_config.json": LORA,
         "run/checkpoint-100/adapter_model.safetensors": PLAIN,
         "run/checkpoint-200/adapter_config.json": LORA,
         "run/checkpoint-200/adapter_model.safetensors": PLAIN},
        ["run | qwen2.5 | unknown | qwen2.5 CN adapter | -"],
    ),
    "an adapter has its base, and is somebody's own": (
        {"pirate-lora/adapter_config.json": LORA, "pirate-lora/adapter_model.safetensors": PLAIN},
        ["pirate-lora | qwen2.5 | unknown | qwen2.5 CN adapter | -"],
    ),
    "also in a folder named like its base": (
        {"Qwen2.5-7B-Instruct/adapter_config.json": LORA,
         "Qwen2.5-7B-Instruct/adapter_model.bin": b"x"},
        ["Qwen2.5-7B-Instruct | qwen2.5 | unknown | qwen2.5 CN adapter | -"],
    ),
    "an image adapter": (
        {"loras/style.safetensors": safetensors(
            {"ss_network_module": "networks.lora", "ss_sd_model_name": "sd_xl_base_1.0.safetensors"})},
        ["style.safetensors | stable-diffusion | unknown | stable-diffusion GB adapter | -"],
    ),
    "a card names base and licence": (
        {"zorble/config.json": QWEN2, "zorble/model.safetensors": PLAIN,
         "zorble/README.md": card("base_model: Qwen/Qwen2.5-3B", "base_model_relation: finetune",
                                  "license: mit")},
        ["zorble | qwen2.5 | unknown | qwen2.5 CN fine-tune | MIT"],
    ),
    "a card of a merge": (
        {"m/config.json": LLAMA, "m/model.safetensors": PLAIN,
         "m/README.md": card("base_model:", "- Qwen/Qwen2.5-7B", "- mistralai/Mistral-7B-v0.1")},
        ["m | qwen2.5 | unknown | mistral-7b FR merge, qwen2.5 CN merge | -"],
    ),
    "a card of other numbers for the same weights": (
        {"m/model.gguf": gguf({"general.architecture": "qwen2"}),
         "m/README.md": card("base_model: Qwen/Qwen2.5-7B-Instruct", "base_model_relation: quantized")},
        ["Qwen/Qwen2.5-7B-Instruct | qwen2.5 | CN | - | Apache-2.0"],
    ),
    "a licence by its name": (
        {"m/model.safetensors": PLAIN, "m/README.md": card("license: other", "license_name: gemma")},
        ["m | - | unknown | - | Gemma-Terms"],
    ),
    "a licence nobody knows": (
        {"m/model.safetensors": PLAIN, "m/README.md": card("license: zorble-1")},
        ["m | - | unknown | - | zorble-1"],
    ),
    "a card of an adapter": (
        {"m/adapter_model.safetensors": PLAIN,
         "m/README.md": card("base_model: google/gemma-2-2b", "library_name: peft")},
        ["m | gemma-2 | unknown | gemma-2 US adapter | -"],
    ),
    "the card of an app says nothing of the weights beside it": (
        {"m/model.safetensors": PLAIN, "m/README.md": card("sdk: gradio", "license: mit")},
        ["m | - | unknown | - | -"],
    ),
    "an adapter that names its base as a design": (
        {"style.safetensors": safetensors(
            {"modelspec.architecture": "stable-diffusion-xl-v1-base/lora"})},
        ["style.safetensors | stable-diffusion | unknown | stable-diffusion GB adapter | -"],
    ),
    "a pipeline of several models is one": (
        {"sd/model_index.json": {"_class_name": "StableDiffusionXLPipeline",
                                 "_name_or_path": "stabilityai/stable-diffusion-xl-base-1.0"},
         "sd/unet/diffusion_pytorch_model.safetensors": PLAIN, "sd/vae/model.safetensors": PLAIN,
         "sd/text_encoder/config.json": {"model_type": "clip_text_model"},
         "sd/text_encoder/model.safetensors": PLAIN},
        ["stabilityai/stable-diffusion-xl-base-1.0 | stable-diffusion | GB | - | "
         "CreativeML-OpenRAIL++-M"],
    ),
    "a pointer, by name and by its folder's configuration": (
        {"Qwen2.5-7B/config.json": QWEN2, "Qwen2.5-7B/model.safetensors": pointer(15 << 30),
         "yolov8n.onnx": pointer(12 << 20)},
        ["Qwen2.5-7B | qwen2.5 | CN | - | Apache-2.0", "yolov8n.onnx | yolo | US | - | AGPL-3.0-only"],
    ),
    "a configuration without weights tells its design": (
        {"conf/config.json": QWEN2},
        ["conf | - | unknown | qwen2 design CN inferred | -"],
    ),
    "unless everybody uses it": ({"conf/config.json": LLAMA}, []),
    "what it was loaded from is found as any id is": (
        {"conf/config.json": {**QWEN2, "_name_or_path": "Qwen/Qwen2.5-7B"}}, [],
    ),
    "an adapter's settings without an adapter": ({"conf/adapter_config.json": LORA}, []),
    "no model's configuration": (
        {"config.json": {"name": "app", "model": {"model_type": "svm"}, "port": 80},
         "b/config.json": '{"model_type": 3, "architectures": {}}', "c/config.json": "[1, 2",
         "README.md": card("title: My page", "license: mit"),
         "d/tokenizer_config.json": {"name_or_path": "x"}},
        [],
    ),
    "binary files that are no weights": (
        {"data/index.bin": b"x", "out/optimizer.pt": b"x", "out/scheduler.pt": b"x", "a.h5": b"x",
         "nova.bin": b"x", "o1.bin": b"x", "command.pt": b"x", "bloom/filter.bin": b"x",
         "bloom/model.bin": b"x"},
        [],
    ),
    "files named like a model": (
        {"gpt2.bin": b"x", "clip_vit_b32.pth": b"x", "bert-base-uncased/pytorch_model.bin": b"x"},
        ["bert-base-uncased | bert | US | - | Apache-2.0", "clip_vit_b32 | openai-clip | US | - | MIT",
         "gpt2 | gpt-2 | US | - | MIT"],
    ),
    "a class alone tells the design": (
        {"conf/config.json": {"architectures": ["Qwen3ForCausalLM"]}},
        ["conf | - | unknown | qwen3 design CN inferred | -"],
    ),
    "what a trainer leaves is not the model": (
        {"Qwen2.5-7B/config.json": QWEN2, "Qwen2.5-7B/optimizer.pt": b"x"},
        ["Qwen2.5-7B | qwen2.5 | CN | - | Apache-2.0"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("tree", "expected"), CASES.values(), ids=CASES)
def test_what_weights_are(tmp_path: Path, tree: Tree, expected: list[str]) -> None:
    assert [told(component) for component in weights(tmp_path, tree)] == expected


NOTES: dict[str, tuple[Tree, list[str]]] = {
    "shards": (
        {"m/model-00001-of-00002.safetensors": PLAIN, "m/model-00002-of-00002.safetensors": PLAIN},
        ["2 files"],
    ),
    "pointers": ({"a.onnx": pointer(86 << 20)}, ["a pointer to 86 MiB"]),
    "number format of a header": ({"a.gguf": gguf({"general.file_type": 15})}, ["Q4_K_M"]),
    "number format of a name": ({"zorble-Q5_K_S.gguf": b""}, ["quantised as Q5_K_S"]),
    "number format of a configuration": (
        {"m/config.json": {**QWEN2, "quantization_config": {"quant_method": "awq"}},
         "m/model.safetensors": PLAIN},
        ["quantised as awq"],
    ),
    "a name that may be that of the base": (
        {"m/config.json": {**QWEN2, "_name_or_path": "Qwen/Qwen3-8B"}, "m/model.safetensors": PLAIN},
        ["loaded from it, says m/config.json; it may have been trained further"],
    ),
    "an adapter without a base": (
        {"style.safetensors": safetensors({"ss_network_module": "networks.lora"})},
        ["an adapter that does not state its base"],
    ),
    "a pipeline": (
        {"m/model_index.json": {"_class_name": "FooPipeline"}, "m/unet/model.safetensors": PLAIN},
        ["a pipeline of several models (FooPipeline)"],
    ),
    "design": ({"m/model.gguf": gguf({"general.architecture": "llama"})}, ["architecture llama"]),
    "a licence that differs from the catalogue's": (
        {"Qwen2.5-7B/model.safetensors": PLAIN, "Qwen2.5-7B/README.md": card("license: gpl-3.0")},
        ["the licence is gpl-3.0 as stated in Qwen2.5-7B/README.md"],
    ),
    "a file named like another model": (
        {"gpt-oss-20b.gguf": gguf({"general.name": "Qwen3 8B"})},
        ["its file name says otherwise: gpt-oss-20b.gguf"],
    ),
    "a file that is not what its name says": (
        {"a.gguf": b"\x80\x04pickle", "b.safetensors": b"x" * 20},
        ["does not read as GGUF", "does not read as safetensors"],
    ),
    "a configuration without weights": ({"c/config.json": QWEN2}, ["not in the tree"]),
}  # fmt: skip


@pytest.mark.parametrize(("tree", "expected"), NOTES.values(), ids=NOTES)
def test_what_is_noted(tmp_path: Path, tree: Tree, expected: list[str]) -> None:
    notes = [component.note for component in weights(tmp_path, tree)]
    assert len(notes) == len(expected)
    assert all(text in note for text, note in zip(expected, notes, strict=True))


def test_a_licence_that_agrees_is_not_noted(tmp_path: Path) -> None:
    tree: Tree = {
        "Qwen2.5-7B/model.safetensors": PLAIN,
        "Qwen2.5-7B/README.md": card("license: apache-2.0"),
    }
    (component,) = weights(tmp_path, tree)
    assert "licence is" not in component.note


PLACES: list[tuple[Tree, tuple[str, int, int, str, str, str]]] = [
    # path, line, column, text, usage, what named it
    ({"m/model.gguf": gguf({"general.name": "Qwen3 8B"})},
     ("m/model.gguf", 1, 1, "Qwen3 8B", "used", "header")),
    ({"tests/data/Qwen3-8B.gguf": b""},
     ("tests/data/Qwen3-8B.gguf", 1, 1, "Qwen3-8B.gguf", "test", "file name")),
    ({"examples/Qwen3-8B/model.safetensors": PLAIN},
     ("examples/Qwen3-8B/model.safetensors", 1, 1, "Qwen3-8B", "example", "folder name")),
    ({"m/config.json": {**QWEN2, "_name_or_path": "Qwen/Qwen3-8B"}, "m/model.safetensors": PLAIN},
     ("m/model.safetensors", 1, 1, "Qwen/Qwen3-8B", "used", "config.json")),
    ({"c/config.json": '{"ö": 1,\n  "model_type": "qwen2"}'},
     ("c/config.json", 2, 18, "c", "used", "")),
]  # fmt: skip


@pytest.mark.parametrize(("tree", "expected"), PLACES)
def test_where_they_are_told(
    tmp_path: Path, tree: Tree, expected: tuple[str, int, int, str, str, str]
) -> None:
    (component,) = weights(tmp_path, tree)
    (o,) = component.occurrences
    assert (o.path, o.line, o.column, o.text, o.usage, o.key) == expected


def test_weights_are_run_by_whoever_has_them(tmp_path: Path) -> None:
    (component,) = weights(tmp_path, {"m/model.gguf": gguf({"general.name": "Qwen3 8B"})})
    assert [(r.route, r.provider) for r in component.routes] == [("self-hosted", "self")]


def test_the_ids_beside_them_are_found_as_well(tmp_path: Path) -> None:
    tree: Tree = {"a/adapter_config.json": LORA, "a/adapter_model.safetensors": PLAIN}
    kinds = {c.kind: c.name for c in scanned(tmp_path, tree).components}
    assert kinds == {"model": "Qwen/Qwen2.5-7B-Instruct", "weights": "a"}


def test_nothing_is_unpickled_or_followed(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "exploded"),)

    (tmp_path / "secret").write_bytes(gguf({"general.name": "Qwen3 8B"}))
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "linked.gguf").symlink_to(tmp_path / "secret")
    tree: Tree = {"yolov8n.pt": pickle.dumps(Bomb()), "Qwen3-8B.gguf": pickle.dumps(Bomb())}
    names = [component.name for component in weights(tmp_path / "tree", tree)]
    assert names == ["Qwen3-8B.gguf", "yolov8n"]
    assert not (tmp_path / "exploded").exists()


def test_weights_that_cannot_be_read_are_told_and_known_by_name(tmp_path: Path) -> None:
    found = [Found("Qwen3-8B.gguf", 1 << 20, True)]
    read = survey(tmp_path, found, catalogue(), "unknown", None)
    assert [(error.path, error.error) for error in read.errors] == [
        ("Qwen3-8B.gguf", "no such file or directory")
    ]
    assert [component.family for component in read.components] == ["qwen3"]


def test_shared_designs_are_designs() -> None:
    known = {row["value"] for row in catalogue().tables["architectures"]}
    assert set(catalogue().tables["places"]["shared_designs"]) <= known


def test_every_file_with_weights_is_counted(tmp_path: Path) -> None:
    tree: Tree = {
        "m/config.json": QWEN2,
        "m/model-00001-of-00002.safetensors": PLAIN,
        "m/model-00002-of-00002.safetensors": PLAIN,
        "conf/config.json": QWEN2,
        "index.bin": b"x",
    }
    read = scanned(tmp_path, tree)
    assert (read.scanned, read.with_hits, read.errors) == (5, 4, [])  # all but index.bin
