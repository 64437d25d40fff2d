"""Shares of developers, countries and operators, and what would be lost without one of them."""

from __future__ import annotations

import pytest
from reading import bound, catalogue
from report_samples import DEEPSEEK, META, MISTRAL, OPENAI, at, model

from stackaudit.concentration import Concentration, Loss, concentration
from stackaudit.model import Component, Hosting, Occurrence, Party, Route, RouteKind, Usage
from stackaudit.resolve import components

ANYWHERE = Hosting("unknown")


def route(provider: str, country: str = "US", kind: RouteKind = "vendor-api") -> Route:
    return Route(kind, provider, country, ANYWHERE, "observed", "", provider_name=provider.title())


DIRECT, CLOUD = route("openai"), route("azure", kind="cloud")
GATEWAY = route("openrouter", kind="gateway")
OWN = Route("self-hosted", "self", "unknown", Hosting("local"), "observed", "")
HIDDEN = Route("unknown", "unknown", "unknown", ANYWHERE, "inferred", "")
FETCHED = route("huggingface", kind="weights-hub")


def place(role: str, index: int | None, usage: Usage = "used") -> Occurrence:
    return Occurrence("a.py", 1, 1, 1, 2, "m", usage, role, "python", "model", route=index)


def used(
    name: str, developer: Party | None, routes: tuple[Route, ...], *places: Occurrence
) -> Component:
    return model(name, developer, *(places or (place("chat", 0),)), routes=routes)


def losses(told: Concentration, by: str) -> dict[str, tuple[int, int, tuple[str, ...]]]:
    return {
        loss.id: (loss.models, loss.reached_otherwise, loss.roles)
        for loss in told.losses
        if loss.by == by
    }


STACK = (
    used("gpt-4o", OPENAI, (DIRECT, CLOUD), place("chat", 0), place("chat", 1)),
    used("text-embedding-3", OPENAI, (DIRECT,), place("embedding", 0)),
    used("deepseek-v3", DEEPSEEK, (GATEWAY,), place("chat", 0)),
    used("llama", META, (OWN,), place("chat", 0)),
    used("mystery", None, (HIDDEN,), place("rerank", 0)),
)


def test_shares_count_components_and_not_places() -> None:
    told = concentration(STACK)
    assert told.models == 5
    assert [(s.id, s.models, s.share) for s in told.by_developer] == [
        ("openai", 2, 0.4), ("deepseek", 1, 0.2), ("meta", 1, 0.2), ("unknown", 1, 0.2),
    ]  # fmt: skip
    assert [(s.id, s.name, s.models) for s in told.by_origin_country] == [
        ("US", "United States", 3), ("CN", "China", 1), ("unknown", "unknown", 1),
    ]  # fmt: skip


def test_a_model_reached_in_two_ways_counts_for_both_providers() -> None:
    shares = {s.id: s.models for s in concentration(STACK).by_provider}
    assert shares == {"openai": 2, "azure": 1, "openrouter": 1, "self": 1, "unknown": 1}


def test_the_largest_dependency_is_a_known_party() -> None:
    largest = concentration(STACK).largest
    assert largest is not None
    assert (largest.by, largest.on.id, largest.on.models) == ("provider", "openai", 2)
    assert concentration([used("m", None, (OWN,))]).largest is None


def test_losing_a_provider_loses_what_has_no_other_way() -> None:
    told = concentration(STACK)
    assert losses(told, "provider") == {"openai": (1, 1, ("embedding",)), "azure": (0, 1, ())}
    assert losses(told, "gateway") == {"openrouter": (1, 0, ())}


def test_losing_a_country_loses_its_developers_models_wherever_they_run() -> None:
    assert losses(concentration(STACK), "origin_country") == {
        "US": (3, 0, ("embedding",)), "CN": (1, 0, ()),
    }  # fmt: skip


@pytest.mark.parametrize("hidden", [HIDDEN, FETCHED])
def test_what_is_not_known_is_never_called_lost(hidden: Route) -> None:
    told = concentration([
        used("a", OPENAI, (DIRECT,), place("chat", 0)),
        used("b", MISTRAL, (hidden,), place("chat", 0)),
    ])  # fmt: skip
    assert losses(told, "provider") == {"openai": (1, 0, ())}
    assert {s.id: s.models for s in told.by_provider} == {"openai": 1, "unknown": 1}


def test_a_role_of_one_model_may_hang_on_one_of_its_ways() -> None:
    """The model stays, its embeddings do not."""
    both = used("m", OPENAI, (DIRECT, CLOUD), place("chat", 0), place("embedding", 1))
    assert losses(concentration([both]), "provider") == {
        "openai": (0, 1, ("chat",)), "azure": (0, 1, ("embedding",)),
    }  # fmt: skip


def test_a_place_that_does_not_say_goes_the_way_the_others_go() -> None:
    one = used("m", OPENAI, (DIRECT, HIDDEN), place("chat", 0), place("code", 1))
    assert losses(concentration([one]), "provider") == {"openai": (1, 0, ("chat", "code"))}


@pytest.mark.parametrize("usage", ["offered", "test", "example", "doc", "comment"])
def test_only_what_is_used_or_declared_counts(usage: Usage) -> None:
    told = concentration([used("m", OPENAI, (DIRECT,), place("chat", 0, usage))])
    assert (told.models, told.by_provider, told.losses, told.largest) == (0, (), (), None)


@pytest.mark.parametrize("party", [OPENAI, DEEPSEEK, MISTRAL, META])
def test_every_country_is_told_in_the_same_way(party: Party) -> None:
    told = concentration([used("m", party, (OWN,))])
    assert [loss for loss in told.losses if loss.by == "origin_country"] == [
        Loss("origin_country", party.country, told.by_origin_country[0].name, party.country, 1, 0, ("chat",))
    ]  # fmt: skip


def test_models_by_role() -> None:
    roles = concentration(STACK).by_role
    assert roles == {
        "chat": ("model:gpt-4o", "model:deepseek-v3", "model:llama"),
        "embedding": ("model:text-embedding-3",),
        "rerank": ("model:mystery",),
    }


def test_of_real_code() -> None:
    text = """
from openai import OpenAI
client = OpenAI()
client.chat.completions.create(model="gpt-4o")
mirror = OpenAI(base_url="https://openrouter.ai/api/v1")
mirror.chat.completions.create(model="deepseek/deepseek-chat")
mirror.embeddings.create(model="qwen/qwen3-embedding-8b")
# glm-4.6 is only talked about
"""
    told = concentration(components(bound("a.py", text), catalogue()))
    assert (told.models, set(told.by_role)) == (3, {"chat", "embedding"})
    assert losses(told, "gateway") == {"openrouter": (2, 0, ("embedding",))}
    assert losses(told, "origin_country") == {"CN": (2, 0, ("embedding",)), "US": (1, 0, ())}


def test_order_does_not_depend_on_the_input() -> None:
    forwards, backwards = concentration(STACK), concentration(STACK[::-1])
    assert forwards.losses == backwards.losses
    assert forwards.by_provider == backwards.by_provider
    assert concentration([]).by_developer == ()
    assert at("a.py", 1, "m").route is None
