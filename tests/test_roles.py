"""What a model is for at a place: by call, key, class, section, task, training, URL, id or family."""

from __future__ import annotations

import pytest
from reading import bound, catalogue
from report_samples import OPENAI

from stackaudit.known import model_facts
from stackaudit.model import PLACE_ROLES, ROLES
from stackaudit.resolve import components

CATALOGUE = catalogue()
PY_OPENAI = "from openai import OpenAI\nclient = OpenAI()\n"
PY_HF = "from transformers import AutoModelForCausalLM, AutoTokenizer, pipeline\n"
PY_ST = "from sentence_transformers import CrossEncoder, SentenceTransformer\n"
TS = "import { openai } from '@ai-sdk/openai';\nimport { embed, generateText } from 'ai';\n"
GO = 'package a\n\nimport "github.com/sashabaranov/go-openai"\n\n'

#: path, text, model -> role
PLACES = [
    # the call
    ("a.py", PY_OPENAI + 'client.chat.completions.create(model="gpt-4o")', "gpt-4o", "chat"),
    ("a.py", PY_OPENAI + 'client.embeddings.create(model="acme-vec-1")', "acme-vec-1", "embedding"),
    ("a.py", PY_OPENAI + 'client.images.generate(model="gpt-4o")', "gpt-4o", "image"),
    ("a.py", PY_OPENAI + 'client.audio.transcriptions.create(model="gpt-4o")', "gpt-4o", "speech"),
    ("a.py", PY_OPENAI + 'client.audio.speech.create(model="gpt-4o")', "gpt-4o", "speech"),
    ("a.py", PY_OPENAI + 'client.moderations.create(model="gpt-4o")', "gpt-4o", "moderation"),
    ("a.py", PY_OPENAI + 'client.fine_tuning.jobs.create(model="gpt-4o", training_file=f)', "gpt-4o", "fine-tune"),
    ("a.py", "import cohere\nco = cohere.Client()\nco.rerank(model='embed-v4.0', query=q)", "embed-v4.0", "rerank"),
    ("a.ts", TS + "await embed({ model: openai.embedding('gpt-4o'), value });", "gpt-4o", "embedding"),
    ("a.ts", TS + "await generateText({ model: openai('gpt-4o'), prompt });", "gpt-4o", "chat"),
    # the class
    ("a.py", "from langchain_openai import OpenAIEmbeddings\nOpenAIEmbeddings(model='gpt-4o')", "gpt-4o", "embedding"),
    ("a.py", "from langchain_cohere import CohereRerank\nCohereRerank(model='embed-v4.0')", "embed-v4.0", "rerank"),
    ("a.py", PY_ST + 'CrossEncoder("BAAI/bge-m3")', "BAAI/bge-m3", "rerank"),
    ("a.py", PY_ST + 'SentenceTransformer("google-bert/bert-base-uncased")', "google-bert/bert-base-uncased", "embedding"),
    ("a.py", "from faster_whisper import WhisperModel\nWhisperModel('openai/whisper-large-v3')", "openai/whisper-large-v3", "speech"),
    ("A.java", "import dev.langchain4j.model.openai.OpenAiEmbeddingModel;\n"
     'M m = OpenAiEmbeddingModel.builder().modelName("gpt-4o").build();', "gpt-4o", "embedding"),
    # passed by name: the call the name goes to
    ("a.py", PY_OPENAI + 'NAME = "gpt-4o"\nclient.embeddings.create(model=NAME)', "gpt-4o", "embedding"),
    ("a.py", PY_ST + 'def load(model="BAAI/bge-m3"):\n    return CrossEncoder(model_name=model)', "BAAI/bge-m3", "rerank"),
    # the nearest name counts
    ("a.py", "from langchain_openai import ChatOpenAI\nRerankTool(llm=ChatOpenAI(model='gpt-4o'))", "gpt-4o", "chat"),
    # the key
    (".env", "EMBED_MODEL=gpt-4o\n", "gpt-4o", "embedding"),
    (".env", "RERANK_MODEL=gpt-4o\n", "gpt-4o", "rerank"),
    (".env", "TTS_MODEL=gpt-4o\n", "gpt-4o", "speech"),
    (".env", "VISION_MODEL=gpt-4o\n", "gpt-4o", "vision"),
    (".env", "OPENAI_IMAGE_MODEL=gpt-4o\n", "gpt-4o", "image"),
    ("a.yaml", "vision_model: gpt-4o\nimage: nginx\n", "gpt-4o", "vision"),
    ("application.properties", "spring.ai.openai.embedding.options.model=gpt-4o\n", "gpt-4o", "embedding"),
    ("a.json", '{"tabAutocompleteModel": {"provider": "ollama", "model": "llama3.1:8b"}}', "llama3.1:8b", "code"),
    ("a.json", '{"reranker": {"name": "x", "params": {"model": "gpt-4o"}}}', "gpt-4o", "rerank"),
    ("a.yaml", "non_vision_model: gpt-4o\n", "gpt-4o", "chat"),
    # the task
    ("a.py", PY_HF + 'pipeline("automatic-speech-recognition", model="openai/whisper-tiny")', "openai/whisper-tiny", "speech"),
    ("a.py", PY_HF + 'pipeline(task="feature-extraction", model="google-bert/bert-base-uncased")', "google-bert/bert-base-uncased", "embedding"),
    ("a.py", PY_HF + 'pipeline("text-classification", model="ProsusAI/finbert")', "ProsusAI/finbert", "other"),
    # training
    ("train.yaml", "base_model: Qwen/Qwen2.5-7B\nlearning_rate: 0.0002\n", "Qwen/Qwen2.5-7B", "fine-tune"),
    ("serve.yaml", "base_model: Qwen/Qwen2.5-7B\ntemperature: 0.2\n", "Qwen/Qwen2.5-7B", "chat"),
    ("train.py", PY_HF + 'AutoModelForCausalLM.from_pretrained("gpt2")\nTrainingArguments(learning_rate=1e-4)', "gpt2", "fine-tune"),
    ("run.py", PY_HF + 'AutoModelForCausalLM.from_pretrained("gpt2")', "gpt2", "chat"),
    ("train.py", PY_OPENAI + 'lr = {"learning_rate": 1}\nclient.chat.completions.create(model="gpt-4o")', "gpt-4o", "chat"),
    ("train.sh", "python train.py --model_name_or_path Qwen/Qwen2.5-7B --learning_rate 1e-4\n", "Qwen/Qwen2.5-7B", "fine-tune"),
    # the URL that is called
    ("a.py", "import requests\nrequests.post('https://api.jina.ai/v1/rerank', json={'model': 'jina-colbert-v2'})", "jina-colbert-v2", "rerank"),
    # what the place says of chat gives way to what the model is made for
    ("a.py", PY_OPENAI + 'client.chat.completions.create(model="meta-llama/Llama-Guard-3-8B")', "meta-llama/Llama-Guard-3-8B", "moderation"),
    ("a.py", PY_OPENAI + 'client.responses.create(model="gpt-4o")', "gpt-4o", "chat"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "model", "role"), PLACES)
def test_the_place_tells_the_role(path: str, text: str, model: str, role: str) -> None:
    found = components(bound(path, text), CATALOGUE)
    places = [o for c in found for o in c.occurrences if o.text == model]
    assert [o.role for o in places] == [role]
    assert [c.roles for c in found if c.kind == "model"] == [(role,)]


#: Families of several kinds, and names that say more than their family.
MADE_FOR = [
    ("BAAI/bge-m3", "embedding"),
    ("BAAI/bge-reranker-v2-m3", "rerank"),
    ("Qwen/Qwen3-Reranker-8B", "rerank"),
    ("jina-reranker-m0", "rerank"),
    ("cross-encoder/ms-marco-MiniLM-L-6-v2", "rerank"),
    ("cohere/rerank-v3.5", "rerank"),
    ("someone/my-reranker-7b", "rerank"),
    ("iic/gme-Qwen2-VL-7B-Instruct", "embedding"),
    ("microsoft/DialoGPT-medium", "chat"),
    ("microsoft/Florence-2-large", "vision"),
    ("microsoft/deberta-v3-base", "other"),
    ("mistral-embed", "embedding"),
    ("mistral-ocr-latest", "vision"),
    ("mistral-moderation-latest", "moderation"),
    ("veo-3.1-fast-generate-preview", "video"),
    ("imagen-4.0-ultra-generate-001", "image"),
    ("gpt-4o-mini-tts", "speech"),
    ("grok-2-image", "image"),
    ("distil-whisper/distil-large-v3", "speech"),
    ("Salesforce/codegen-350M-mono", "code"),
    ("Salesforce/blip-image-captioning-base", "vision"),
    ("gpt-4o", "chat"),
]


@pytest.mark.parametrize(("name", "role"), MADE_FOR)
def test_what_a_model_is_made_for(name: str, role: str) -> None:
    assert model_facts(name, CATALOGUE).role == role


def test_one_model_in_two_roles_has_both() -> None:
    text = PY_OPENAI + (
        'client.chat.completions.create(model="gpt-4o")\n'
        'client.fine_tuning.jobs.create(model="gpt-4o", training_file=f)\n'
    )
    (model,) = (c for c in components(bound("a.py", text), CATALOGUE) if c.kind == "model")
    assert model.developer is not None
    assert model.developer.id == OPENAI.id
    assert model.roles == ("chat", "fine-tune")


def test_the_vocabulary_speaks_of_known_roles_only() -> None:
    told = CATALOGUE.tables["places"]["roles"]
    assert set(told["phrases"]) <= set(PLACE_ROLES)
    assert {*told["names"], *told["name_hints"], *told["tasks"].values()} <= set(ROLES)
    assert {row["role"] for row in CATALOGUE.tables["clients"] if "role" in row} <= set(PLACE_ROLES)
    phrases = [phrase for all_ in told["phrases"].values() for phrase in all_]
    assert len(phrases) == len(set(phrases))
    assert all(len(phrase.split()) <= 3 for phrase in phrases)


@pytest.mark.parametrize(
    "name", ["", "-", "A" * 100_000, "aB" * 50_000, "ü.é", "__", "model" + "\x00"]
)
def test_odd_names_tell_nothing_and_cost_nothing(name: str) -> None:
    assert CATALOGUE.roles.of_place((name, "model"), trains=False) == "unknown"
