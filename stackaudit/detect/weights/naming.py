"""File and folder names of weights: shards, names that every model shares, formats."""

from __future__ import annotations

import re

_SHARD = re.compile(r"[-_.](?:part[-_.]?)?\d{1,6}[-_]?of[-_]?\d{1,6}(?!\d)", re.I)
_NUMBERED = re.compile(r"^(consolidated)\.\d{2}(?=\.)")
_WORD = re.compile(r"[a-z]+\d*|\d+", re.I)
_FORMAT = re.compile(
    r"(?<![a-z0-9])(?:I?Q\d(?:_[A-Z0-9]{1,3}){0,3}|MXFP4|BF16|F16|F32)(?![a-z0-9])", re.I
)
_SHARED_WORDS = """
    adapter adapters best bf16 bin checkpoint ckpt combined consolidated decoder default dict
    diffusion ema embeddings encoder epoch f16 f32 final flax fp16 fp32 fp8 full ggml gguf int4
    int8 iter k last latest lora m main merged mmproj model models onnx opt optimized output
    past past2 pruned pth pytorch q4 q8 quant quantized rust s safetensors saved sharded state
    step tensors text tf tokenizer torch transformer uint8 unet vae vision weight weights with
"""
#: Words that name a part, a state or a format, and no model.
_SHARED = frozenset(_SHARED_WORDS.split())
_PART_FOLDERS = """
    1_pooling coreml fp16 gguf mlx onnx openvino original pytorch safetensors tf weights
"""
#: Folders that hold one part or one format of the model in the folder above.
PARTS = frozenset(_PART_FOLDERS.split())
_CHECKPOINT = re.compile(r"(?:checkpoint|step|epoch|iter|ckpt|global_step)[-_]?\d+", re.I)
_CACHE = re.compile(r"models--[\w.-]+?--[\w.-]+")
_HASH = re.compile(r"[0-9a-f]{32,64}", re.I)


def whole(name: str) -> str:
    """The name or path of the file that shards are parts of."""
    folder, slash, name = name.rpartition("/")
    return folder + slash + _NUMBERED.sub(r"\1", _SHARD.sub("", name, count=1))


def is_shared(name: str) -> bool:
    """Whether a name without its ending says nothing of its model, as ``adapter_model`` does."""
    words = _WORD.findall(_FORMAT.sub("", name).lower())
    return all(word in _SHARED or word.isdigit() for word in words)


def stem(name: str) -> str:
    """A file name without its ending."""
    return name.rpartition(".")[0] or name


def number_format(name: str) -> str:
    """The quantisation a file name tells (``Q4_K_M``), in capitals; empty when it tells none."""
    found = _FORMAT.search(name)
    return found[0].upper() if found else ""


def folder_name(folder: str) -> tuple[str, str]:
    """The name of a model's folder and of the one above; checkpoints and parts passed over."""
    parts = folder.split("/") if folder else []
    for part in reversed(parts):
        if _CACHE.fullmatch(part):
            return part, ""
    while parts and (_CHECKPOINT.fullmatch(parts[-1]) or parts[-1].lower() in PARTS):
        parts.pop()
    if not parts or _HASH.fullmatch(parts[-1]):
        return "", ""
    return parts[-1], parts[-2] if len(parts) > 1 else ""


def run(folder: str) -> str:
    """The folder of a training run that a folder of one of its checkpoints lies in."""
    above, _, name = folder.rpartition("/")
    return above if _CHECKPOINT.fullmatch(name) else folder


def clean(text: str) -> str:
    """A name from a file's head or a setting: one line, nothing but characters that print."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
