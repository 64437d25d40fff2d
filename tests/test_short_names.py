"""Names that say a model only beside its library, and what is told of them."""

from __future__ import annotations

import pytest
from reading import catalogue, mentions

from stackaudit.stated import facts_of

FOUND = [
    # path, text, expected texts
    ("a.py", 'import whisper\nm = whisper.load_model("base")\n', ["base"]),
    ("a.py", 'from whisper import load_model\nm = load_model("small.en")\n', ["small.en"]),
    ("a.py", 'from faster_whisper import WhisperModel\nS = "medium"\nm = WhisperModel(S)\n', ["medium"]),
    ("a.py", 'import whisperx\nm = whisperx.load_model("large-v2", "cuda")\n', ["large-v2"]),
    ("a.py", 'import faster_whisper\np.add_argument("--model_size", default="tiny")\n', ["tiny"]),
    ("a.py", 'import openai\nc["whisper"]["model_size"] = "large-v3"\n', ["large-v3"]),
    ("a.yaml", "whisper_model:\n  name: turbo\n  device: base\n", ["turbo"]),
    ("a.py", 'import clip\nm, p = clip.load("ViT-B/32", device="cpu")\n', ["ViT-B/32"]),
    # The same words elsewhere.
    ("a.py", 'import openai\nrun(model="base")\nsize = "large"\n', []),
    ("a.py", 'import whisper\nwhisper.create("base")\nx = "small"\n', []),
    ("a.py", 'import whisper\nm = whisper.load_model("base")\nd = pick("large")\nsize = "tiny"\n', ["base"]),
    ("a.yaml", "whisper_model: {device: small, compute: base}\n", []),
    ("a.py", 'import timm\nm = timm.create_model("base")\n', []),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "expected"), FOUND)
def test_what_is_found(path: str, text: str, expected: list[str]) -> None:
    assert [m.text for m in mentions(path, text, "model")] == expected


def test_a_short_name_has_the_facts_of_the_full_one() -> None:
    (mention,) = mentions("a.py", 'import whisper\nm = whisper.load_model("large-v3")\n', "model")
    facts = facts_of(mention.text, mention.facts, catalogue())
    assert (facts.name, facts.family, facts.release) == ("whisper-large-v3", "whisper", facts.name)
    assert facts.developer is not None
    assert facts.developer.id == "openai"


def test_a_module_is_known_by_what_is_used_of_it() -> None:
    used = 'import whisper\nm = whisper.load_model("base")\n'
    assert [m.text for m in mentions("a.py", used, "sdk")] == ["whisper"]
    other = 'import whisper\nwhisper.fetch("a.wsp")\nx = "gpt-4o"\n'
    assert mentions("a.py", other, "sdk") == []


def test_every_short_name_stands_for_a_name_of_its_own_family() -> None:
    rows = [row for row in catalogue().tables["families"] if "short_names" in row]
    assert rows
    for row in rows:
        for full in row["short_names"]["names"].values():
            match = catalogue().ids.find(full)
            assert match is not None, full
            assert catalogue().family(match.family)["id"] == row["id"]
