"""Heads of weights files: what is read of them, how much, and that nothing in them does harm."""

from __future__ import annotations

import builtins
import os
import struct
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from weightfiles import Value, gguf, pointer, safetensors

from stackaudit.detect.weights import headers, naming, settings
from stackaudit.detect.weights.gguf import metadata, quantisation
from stackaudit.detect.weights.safetensors import metadata as safetensors_metadata
from stackaudit.source import SourceFile

VALUES: dict[str, Value] = {
    "general.architecture": "qwen2",
    "general.quantization_version": 2,
    "general.tags": ["chat", "text-generation"],
    "qwen2.rope.freq_base": 1000000.0,
    "qwen2.block_count": 28,
    "general.name": "Qwen2.5 7B Instruct",
    "qwen2.flag": True,
    "numbers": [1, 2, 3],
    "general.file_type": 15,
    "tokenizer.ggml.model": "gpt2",
}
READ = {
    "general.architecture": "qwen2",
    "general.quantization_version": "2",
    "general.name": "Qwen2.5 7B Instruct",
    "general.file_type": "15",
}


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("big", [False, True])
def test_gguf_metadata(version: int, big: bool) -> None:
    values = metadata(gguf(VALUES, version=version, big=big))
    assert values == READ
    assert quantisation(values) == "Q4_K_M"


@pytest.mark.parametrize(
    "head", [b"", b"GGUF", b"GGML" + bytes(40), gguf(VALUES, version=1), gguf(VALUES, version=99)]
)
def test_what_is_no_gguf_header(head: bytes) -> None:
    assert metadata(head) is None


def test_a_truncated_gguf_header_says_what_it_still_holds() -> None:
    whole = gguf(VALUES)
    seen = [metadata(whole[:size]) for size in range(24, len(whole))]
    assert all(part is not None and part.items() <= READ.items() for part in seen)
    assert seen[0] == {}
    assert seen[-1] == READ


HUGE = 2**63
HOSTILE = {
    "a key of endless length": struct.pack("<Q", HUGE) + b"x" * 50,
    "a string of endless length": struct.pack("<Q1sIQ", 1, b"k", 8, HUGE) + b"x" * 50,
    "a list of endless length": struct.pack("<Q1sIIQ", 1, b"k", 9, 4, HUGE) + b"x" * 50,
    "a list of endlessly many strings": struct.pack("<Q1sIIQ", 1, b"k", 9, 8, HUGE) + bytes(5000),
    "lists of lists": struct.pack("<Q1sIIQ", 1, b"k", 9, 9, HUGE) + struct.pack("<IQ", 9, 9) * 500,
    "a type that does not exist": struct.pack("<Q1sI", 1, b"k", 77) + bytes(50),
    "empty keys without end": bytes(1 << 20),
}


@pytest.mark.parametrize("pairs", HOSTILE.values(), ids=HOSTILE)
def test_hostile_gguf_headers_cost_little(pairs: bytes) -> None:
    started = time.perf_counter()
    assert metadata(b"GGUF" + struct.pack("<IQQ", 3, HUGE, HUGE) + pairs) == {}
    assert time.perf_counter() - started < 1


def test_what_stands_before_a_hostile_value_is_kept() -> None:
    good = gguf({"general.name": "Qwen3 8B"})[24:-64]
    head = b"GGUF" + struct.pack("<IQQ", 3, 0, HUGE) + good + HOSTILE["a string of endless length"]
    assert metadata(head) == {"general.name": "Qwen3 8B"}


@pytest.mark.parametrize("first", [True, False])
def test_safetensors_metadata(first: bool) -> None:
    told = {"format": "pt", "modelspec.title": 'A "quoted" \\ näme\n\u2028x', "long": "x" * 5000}
    assert safetensors_metadata(safetensors(told, first=first)) == {
        "format": "pt",
        "modelspec.title": 'A "quoted" \\ näme x',
    }


def test_safetensors_without_metadata() -> None:
    assert safetensors_metadata(safetensors(None)) == {}


def _headed(header: bytes, size: int | None = None) -> bytes:
    return struct.pack("<Q", len(header) if size is None else size) + header


SAFETENSORS = {
    "empty": (b"", None),
    "no JSON": (_headed(b"\x80\x04pickle"), None),
    "no length": (_headed(b"{}", 0), None),
    "a length below nothing": (struct.pack("<q", -5) + b"{}", {}),
    "a length beyond the file": (_headed(b'{"__metadata__":{"a":"b"', 2**62), {"a": "b"}),
    "cut within a value": (_headed(b'{"__metadata__":{"a":"b","c":"d'), {"a": "b"}),
    "values that are no strings": (_headed(b'{"__metadata__":{"a":[1],"c":"d"}}'), {}),
    "metadata that are no object": (_headed(b'{"__metadata__":[["a","b"]]}'), {}),
    "metadata quoted in a value": (_headed(b'{"x":"\\"__metadata__\\":{\\"a\\":\\"b\\"}"}'), {}),
    "a broken escape": (_headed(b'{"__metadata__":{"a":"\\ud800x"}}'), {"a": "\ufffdx"}),
    "deep nesting": (_headed(b'{"a":' * 100_000), {}),
}


@pytest.mark.parametrize(("head", "expected"), SAFETENSORS.values(), ids=SAFETENSORS)
def test_awkward_safetensors_headers(head: bytes, expected: dict[str, str] | None) -> None:
    assert safetensors_metadata(head) == expected


@pytest.mark.parametrize(
    "header",
    [
        b'{"__metadata__":{' + b'"a":"b",' * 120_000,
        b'{"__metadata__":{"' + b"\\" * 1_000_000,
        b'{"__metadata__"' * 70_000,
        b'{"__metadata__"' + b" " * 1_000_000,
        b'{"__metadata__":{"a":"b"' + b" " * 1_000_000,
    ],
    ids=["many pairs", "backslashes", "many openings", "blanks", "blanks after a pair"],
)
def test_hostile_safetensors_headers_cost_little(header: bytes) -> None:
    started = time.perf_counter()
    assert safetensors_metadata(_headed(header)) is not None
    assert time.perf_counter() - started < 1


def _stated(tmp_path: Path, name: str, content: bytes) -> dict[str, str]:
    (tmp_path / name).write_bytes(content)
    return headers.stated(str(tmp_path / name), name)


def test_a_pointer_tells_the_size_of_what_it_stands_for(tmp_path: Path) -> None:
    assert _stated(tmp_path, "model.onnx", pointer(5 << 30)) == {"pointer": "5 GiB"}


@pytest.mark.parametrize("name", ["a.onnx", "a.pt", "a.bin", "a.h5", "a"])
def test_other_formats_are_not_looked_into(tmp_path: Path, name: str) -> None:
    assert _stated(tmp_path, name, gguf(VALUES)) == {}


@pytest.mark.parametrize("name", ["a.gguf", "a.safetensors"])
def test_an_empty_file_states_nothing(tmp_path: Path, name: str) -> None:
    assert _stated(tmp_path, name, b"") == {}


SEEDS = (
    ("a.gguf", gguf(VALUES)),
    ("a.gguf", gguf(VALUES, big=True)),
    ("a.safetensors", safetensors({"format": "pt", "base_model": "Qwen/Qwen3-8B"})),
    ("a.onnx", pointer(123456)),
)


@given(
    seed=st.sampled_from(SEEDS),
    changes=st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=9)), max_size=6),
    keep=st.integers(0, 2000),
)
def test_mutated_headers_never_raise(
    tmp_path_factory: pytest.TempPathFactory,
    seed: tuple[str, bytes],
    changes: list[tuple[int, bytes]],
    keep: int,
) -> None:
    name, data = seed
    content = bytearray(data)
    for at, new in changes:
        content[at : at + len(new)] = new
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(bytes(content[:keep]))
    stated = headers.stated(str(path), name)
    assert all(value.replace("\n", "").isprintable() for value in stated.values())


BESIDE = (
    ("config.json", b'{"model_type": "qwen2", "architectures": ["A"], "_name_or_path": "a/b"}'),
    ("adapter_config.json", b'{"peft_type": "LORA", "base_model_name_or_path": "a/b"}'),
    ("tokenizer_config.json", b'{"name_or_path": "a/b", "x": [[1], {"y": "\\ud800"}]}'),
    ("model_index.json", b'{"_class_name": "P", "_name_or_path": "a/b"}'),
    ("README.md", b"---\nbase_model:\n- a/b\nlicense: other\nlicense_name: x\n---\n# A\n"),
)


@given(
    seed=st.sampled_from(BESIDE),
    changes=st.lists(st.tuples(st.integers(0, 100), st.binary(max_size=9)), max_size=6),
    keep=st.integers(0, 100),
)
def test_mutated_files_beside_weights_never_raise(
    seed: tuple[str, bytes], changes: list[tuple[int, bytes]], keep: int
) -> None:
    name, data = seed
    content = bytearray(data)
    for at, new in changes:
        content[at : at + len(new)] = new
    stated = settings.read(SourceFile(name, bytes(content[:keep]), "json"))
    values = stated.values.values() if stated else ()
    assert all(value.replace("\n", "").isprintable() for value in values)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("config.json", b'{"model_type":' + b"[" * 500_000),
        ("config.json", b'{"model_type":"' + b"x" * 1_000_000),
        ("config.json", b'{"architectures":[' + b'"a",' * 200_000 + b"]}"),
        ("README.md", b"---\nbase_model: " + b"[" * 60_000 + b"\n---\n"),
        ("README.md", b"---\nbase_model:\n" + b"- a/b\n" * 10_000 + b"---\n"),
        ("README.md", b"---\n" + b"a: b\n" * 200_000),
    ],
    ids=["deep", "long", "many", "deep card", "many bases", "endless card"],
)
def test_hostile_files_beside_weights_cost_little(name: str, data: bytes) -> None:
    started = time.perf_counter()
    stated = settings.read(SourceFile(name, data, "json"))
    assert time.perf_counter() - started < 5
    assert stated is None or all(len(value) < 4000 for value in stated.values.values())


def test_no_more_than_the_head_is_ever_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    total = 0
    plain = os.read

    def counted(descriptor: int, size: int) -> bytes:
        nonlocal total
        data = plain(descriptor, size)
        total += len(data)
        return data

    monkeypatch.setattr(os, "read", counted)
    monkeypatch.setattr(builtins, "open", None)
    for name, head in (("a.gguf", gguf(VALUES)), ("a.safetensors", _headed(b'{"x":"', 2**60))):
        path = tmp_path / name
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY)
        os.write(descriptor, head)
        os.truncate(descriptor, 8 << 30)  # sparse
        os.close(descriptor)
        total = 0
        headers.stated(str(path), name)
        assert 0 < total <= headers.HEAD + 4096


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    (tmp_path / "real.gguf").write_bytes(gguf(VALUES))
    (tmp_path / "link.gguf").symlink_to(tmp_path / "real.gguf")
    os.mkfifo(tmp_path / "pipe.gguf")
    for name in ("link.gguf", "pipe.gguf", "none.gguf"):
        with pytest.raises(OSError, match=r"link|regular|No such"):
            headers.stated(str(tmp_path / name), name)


NAMES = {
    # name: without shards, whether it says nothing of the model, number format
    "model.safetensors": ("model.safetensors", True, ""),
    "model-00001-of-00004.safetensors": ("model.safetensors", True, ""),
    "pytorch_model-00001-of-00002.bin": ("pytorch_model.bin", True, ""),
    "consolidated.00.pth": ("consolidated.pth", True, ""),
    "model_q4f16.onnx": ("model_q4f16.onnx", True, ""),
    "ggml-model-q4_0.gguf": ("ggml-model-q4_0.gguf", True, "Q4_0"),
    "diffusion_pytorch_model.fp16.safetensors": (
        "diffusion_pytorch_model.fp16.safetensors", True, "",
    ),
    "Qwen3-8B-Q4_K_M-00001-of-00002.gguf": ("Qwen3-8B-Q4_K_M.gguf", False, "Q4_K_M"),
    "llama-3-8b.IQ3_XXS.gguf": ("llama-3-8b.IQ3_XXS.gguf", False, "IQ3_XXS"),
    "silero_vad.onnx": ("silero_vad.onnx", False, ""),
    "optimizer.pt": ("optimizer.pt", False, ""),
}  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), NAMES.items())
def test_file_names(name: str, expected: tuple[str, bool, str]) -> None:
    whole = naming.whole(name)
    assert (whole, naming.is_shared(naming.stem(whole)), naming.number_format(name)) == expected
