"""Facts of a model id: who made it, from what, under which licence; and mentions merged into components."""

from __future__ import annotations

import pytest
from reading import bound, catalogue, read

from stackaudit.bind import Bound, bind
from stackaudit.known import model_facts, party
from stackaudit.model import Component, Mention
from stackaudit.resolve import PER_FILE, components

CATALOGUE = catalogue()

#: id -> developer, country, [base country by relation], family
FACTS = [
    ("glm-4.6", "zhipu", "CN", [], "glm-open"),
    ("gemini-3-pro-preview", "google", "US", [], "gemini"),
    ("Qwen/Qwen3-4B", "alibaba", "CN", [], "qwen3"),
    ("BAAI/bge-small-en-v1.5", "baai", "CN", [], "bge"),
    ("DeepSeek Chat V2.5", "deepseek", "CN", [], "deepseek-alias"),
    ("openai/MiniMax-M2.1", "minimax", "CN", [], "minimax-m2.x"),
    ("deepseek/gpt-5.5", "openai", "US", [], "gpt-5"),
    ("mistral/glm-5-2", "zhipu", "CN", [], "glm-open"),
    ("MiMo-7B-RL", "xiaomi", "CN", [], "mimo"),
    ("MiniMaxAI/MiniMax-M2", "minimax", "CN", [], "minimax-m2.x"),
    ("doubao-seed-1-6-250615", "bytedance", "CN", [], "doubao"),
    ("zai-org/GLM-4.5-Air", "zhipu", "CN", [], "glm-open"),
    ("NousResearch/Hermes-4-14B", "nousresearch", "US", [("CN", "fine-tune")], "hermes-4-14b"),
    ("nvidia/OpenReasoning-Nemotron-32B", "nvidia", "US", [("CN", "fine-tune")], "openreasoning-nemotron"),
    ("agentica-org/DeepSWE-Preview", "uc-berkeley", "US", [("CN", "fine-tune")], "swe-agent-lm"),
    ("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", "deepseek", "CN", [("CN", "distillation")], "deepseek-r1-distill-qwen"),
    ("teknium/OpenHermes-2.5-Mistral-7B", "nousresearch", "US", [("FR", "fine-tune")], "hermes-2-pro-mistral"),
    ("cognitivecomputations/dolphin-2.9-llama3-8b", "cognitivecomputations", "US", [("US", "fine-tune")], "dolphin-llama"),
    # Trained further by a stranger, whatever the method.
    ("princeton-nlp/gemma-2-9b-it-SimPO", "princeton-nlp", "unknown", [("US", "inferred")], "gemma-2"),
    ("acme/Mistral-7B-Instruct-KTO", "acme", "unknown", [("FR", "inferred")], "mistral-7b"),
    ("fixie-ai/ultravox-v0_5-llama-3_1-8b", "fixie", "US", [("US", "inferred")], "ultravox"),
    ("ncbi/MedCPT-Query-Encoder", "nlm", "US", [("US", "fine-tune")], "medcpt"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "developer", "country", "bases", "family"), FACTS)
def test_developer_and_base_are_two_facts(
    text: str, developer: str, country: str, bases: list[tuple[str, str]], family: str
) -> None:
    facts = model_facts(text, CATALOGUE)
    assert facts.developer is not None
    assert (facts.developer.id, facts.developer.country, facts.family) == (
        developer,
        country,
        family,
    )
    assert [(a.country, a.relation) for a in facts.lineage] == bases


def test_a_distillation_developed_in_one_country_on_a_base_of_another() -> None:
    facts = model_facts("unsloth/DeepSeek-R1-Distill-Llama-70B-bnb-4bit", CATALOGUE)
    assert facts.developer is not None
    assert facts.developer.country == "CN"
    assert {a.country for a in facts.lineage} == {"US"}
    assert {a.relation for a in facts.lineage} == {"distillation"}


LICENCES = [
    ("meta-llama/Llama-3.1-8B", "community", 700_000_000),
    ("mlx-community/Meta-Llama-3.1-8B-Instruct-4bit", "community", 700_000_000),
    ("mistralai/Mixtral-8x7B-Instruct-v0.1", "permissive", None),
    ("gpt-4o", "proprietary", None),
    ("CohereForAI/c4ai-command-r-plus", "non-commercial", None),
]


@pytest.mark.parametrize(("text", "category", "user_cap"), LICENCES)
def test_licences(text: str, category: str, user_cap: int | None) -> None:
    licence = model_facts(text, CATALOGUE).licence
    assert licence is not None
    assert (licence.category, licence.terms.get("user_cap")) == (category, user_cap)
    assert licence.source


def test_one_release_may_have_another_licence() -> None:
    old = model_facts("deepseek-ai/DeepSeek-V3", CATALOGUE).licence
    new = model_facts("deepseek-ai/DeepSeek-V3-0324", CATALOGUE).licence
    assert old is not None
    assert new is not None
    assert (old.category, new.id) == ("community", "MIT")


@pytest.mark.parametrize(
    ("text", "resolution"),
    [
        ("gpt-4o", "exact"),
        ("Qwen/Qwen3-4B", "exact"),
        ("someone/Qwen3-4B-Pirate", "family"),
        ("mistralai/Whatnot-7B", "vendor"),
        ("acme/secret-7b", "unknown"),
    ],
)
def test_resolution(text: str, resolution: str) -> None:
    assert model_facts(text, CATALOGUE).resolution == resolution


def test_an_unknown_model_has_no_guessed_facts() -> None:
    facts = model_facts("acme/secret-7b", CATALOGUE)
    assert (facts.developer, facts.licence, facts.lineage, facts.weights) == (
        None,
        None,
        (),
        "unknown",
    )
    assert (facts.name, facts.confidence) == ("acme/secret-7b", "low")


@pytest.mark.parametrize("row", CATALOGUE.tables["families"], ids=lambda row: row["id"])
def test_every_example_is_its_developers(row: dict[str, object]) -> None:
    for example in row["examples"]:  # type: ignore[attr-defined]
        facts = model_facts(str(example), CATALOGUE)
        expected = party(str(row["vendor"]), CATALOGUE)
        assert facts.developer == expected, example
        assert all(a.country for a in facts.lineage)


def test_every_lineage_ends() -> None:
    for row in CATALOGUE.tables["families"]:
        chain = model_facts(str(row["examples"][0]), CATALOGUE).lineage
        assert len(chain) <= 20
        assert len({a.family for a in chain}) == len(chain), row["id"]
        assert row["id"] not in {a.family for a in chain}


def test_a_party_carries_its_parent_and_its_lists() -> None:
    listed = next(v for v in CATALOGUE.tables["vendors"].values() if v.get("entity_lists"))
    found = party(listed["id"], CATALOGUE)
    assert found is not None
    assert set(found.entity_lists) == {entry["list"] for entry in listed["entity_lists"]}
    assert party("no-such-vendor", CATALOGUE) is None


def found(*files: tuple[str, str]) -> dict[str, Component]:
    items = [item for path, text in files for item in bound(path, text)]
    return {component.id: component for component in components(items, CATALOGUE)}


def test_spellings_of_one_model_are_one_component() -> None:
    every = found(
        ("a.py", 'x = "Qwen/Qwen3-4B"\n'),
        ("b.yaml", "model: qwen3:4b\n"),
        ("c.py", 'y = "bartowski/Qwen3-4B"\n'),
    )
    assert list(every) == ["model:alibaba/qwen-3-4b"]
    assert [o.path for o in every["model:alibaba/qwen-3-4b"].occurrences] == [
        "a.py",
        "b.yaml",
        "c.py",
    ]


def test_two_strangers_fine_tunes_are_two_components() -> None:
    every = found(("a.yaml", "model: one/Qwen3-4B-Pirate\nbase_model: two/Qwen3-4B-Pirate\n"))
    assert len(every) == 2


def test_one_host_is_one_endpoint() -> None:
    every = found(
        ("a.py", 'x = "https://api.deepseek.com/v1"\n'),
        ("b.py", 'y = "https://API.deepseek.com"\n'),
    )
    (component,) = every.values()
    assert (component.id, component.occurrence_count) == ("endpoint:api.deepseek.com", 2)
    assert component.provider is not None
    assert component.origin_country == "CN"


def test_an_import_does_not_hide_a_declaration() -> None:
    every = found(("requirements.txt", "openai==1.2.3\n"), ("a.py", "import openai\n"))
    component = every["sdk:pypi/openai"]
    assert [o.path for o in component.occurrences] == ["requirements.txt"]
    assert component.package is not None
    assert component.package.version


def test_an_import_alone_is_a_component() -> None:
    assert [o.path for o in found(("a.py", "import openai\n"))["sdk:pypi/openai"].occurrences] == [
        "a.py"
    ]


def test_many_places_are_counted_and_few_kept() -> None:
    text = 'run(model="gpt-4o")\n' * (PER_FILE * 3)
    (component,) = found(("a.py", text)).values()
    assert (component.occurrence_count, len(component.occurrences)) == (PER_FILE * 3, PER_FILE)


def test_a_known_route_comes_before_an_unknown_one() -> None:
    every = found(
        ("a.py", 'run(model="gpt-4o")\n'),
        (
            "b.py",
            'from openai import OpenAI\nc = OpenAI()\nc.chat.completions.create(model="gpt-4o")\n',
        ),
    )
    assert [r.provider for r in every["model:openai/gpt-4-o"].routes][:1] == ["openai"]


TWO_WAYS = """\
from openai import OpenAI
one = OpenAI()
two = OpenAI(base_url="https://openrouter.ai/api/v1")
one.chat.completions.create(model="gpt-4o")
two.chat.completions.create(model="gpt-4o")
"""


def test_each_place_knows_its_route() -> None:
    model = found(("a.py", TWO_WAYS))["model:openai/gpt-4-o"]
    places = [(o.line, o.route) for o in model.occurrences]
    assert [line for line, _ in places] == [4, 5]
    ways = [model.routes[index] for _, index in places if index is not None]
    assert [route.provider for route in ways] == ["openai", "openrouter"]
    assert [o.reached and o.reached.basis for o in model.occurrences] == ["inferred", "observed"]


def test_a_place_keeps_the_evidence_found_there() -> None:
    """Two places of one route: the route tells one evidence, each place its own."""
    text = 'from openai import OpenAI\nOpenAI(base_url="https://openrouter.ai/api/v1").x(model="gpt-4o")\n'
    model = found(("a.py", text), ("b.py", text))["model:openai/gpt-4-o"]
    assert len(model.routes) == 1
    told = [o.reached.evidence for o in model.occurrences if o.reached]
    assert ["a.py:2" in told[0], "b.py:2" in told[1]] == [True, True]


def test_a_test_does_not_add_a_route_but_knows_its_own() -> None:
    plain = 'from openai import OpenAI\nc = OpenAI()\nc.chat.completions.create(model="gpt-4o")\n'
    model = found(("a.py", plain), ("tests/test_a.py", TWO_WAYS))["model:openai/gpt-4-o"]
    assert [route.provider for route in model.routes] == ["openai"]
    other = model.occurrences[-1]
    assert (other.usage, other.route) == ("test", None)
    assert other.reached is not None
    assert other.reached.provider == "openrouter"


def test_a_comment_is_reached_through_nothing() -> None:
    (place,) = found(("a.py", "# gpt-4o\n"))["model:openai/gpt-4-o"].occurrences
    assert (place.route, place.reached) == (None, None)


def test_roles_are_those_of_places_in_use() -> None:
    embeds = 'from openai import OpenAI\nOpenAI().embeddings.create(model="acme-vec-7b")\n'
    chats = 'from openai import OpenAI\nOpenAI().chat.completions.create(model="acme-vec-7b")\n'
    (model,) = (
        c for c in found(("a.py", embeds), ("tests/test_a.py", chats)).values() if c.kind == "model"
    )
    assert model.roles == ("embedding",)
    assert [o.role for o in model.occurrences] == ["embedding", "chat"]


def test_order_and_result_do_not_depend_on_the_order_of_files() -> None:
    files = [
        ("a.py", 'x = "gpt-4o"\n'),
        ("b.yaml", "model: qwen3:8b\n"),
        ("c.env", "DEEPSEEK_API_KEY=x\n"),
    ]
    assert list(found(*files).items()) == list(found(*reversed(files)).items())


def test_confidence_is_that_of_the_best_place() -> None:
    low = found(("a.py", "# gpt-4o\n"))["model:openai/gpt-4-o"]
    high = found(("a.py", "# gpt-4o\n"), ("b.py", 'x = "gpt-4o"\n'))["model:openai/gpt-4-o"]
    assert (low.confidence, high.confidence) == ("low", "high")


def test_weights_files_are_a_kind_of_their_own() -> None:
    mention = Mention(
        "weights", "qwen3-8b-q4_k_m.gguf", "m/q.gguf", 1, 1, 1, 1, "file-name", "used"
    )
    (component,) = components([Bound(mention, None)], CATALOGUE)
    assert (
        component.kind,
        component.family,
        component.developer and component.developer.country,
    ) == ("weights", "qwen3", "CN")


def test_bind_and_components_take_an_empty_file() -> None:
    assert components(bind(read("a.py", ""), CATALOGUE), CATALOGUE) == ()
