"""Judging: dates, conditions, unknown facts, routes that are not mixed, and stable results."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stackaudit import judge, rules
from stackaudit.facts import Declared, of_component, of_routes
from stackaudit.model import (
    USAGES,
    Ancestor,
    Component,
    Finding,
    Hosting,
    Licence,
    Match,
    Occurrence,
    Pack,
    Party,
    Route,
    Rule,
    Usage,
)

RULES = Path(__file__).resolve().parents[1] / "rules"
PACKS = rules.load_packs(["all"], RULES)
REGIONS = PACKS[0].regions
TODAY = date(2026, 11, 22)
BASE = PACKS[0].rules[0]


def place(
    usage: Usage = "used", text: str = "m", line: int = 1, path: str = "app.py"
) -> Occurrence:
    return Occurrence(path, line, 1, line, 2, text, usage, "chat", "test")


def model(name: str = "m", *usages: Usage, **facts: Any) -> Component:
    places = tuple(place(u, name, n + 1) for n, u in enumerate(usages or ("used",)))
    facts.setdefault("resolution", "exact")
    facts.setdefault("confidence", "high")
    return Component(f"model:{name}", "model", name, occurrences=places, **facts)


def route(kind: Any = "vendor-api", country: str = "US", seat: str = "US", **more: Any) -> Route:
    scope = more.pop("scope", "country")
    return Route(kind, more.pop("provider", "acme"), seat, Hosting(scope, country), **{
        "basis": "observed", "evidence": "test", **more})  # fmt: skip


def rule(match: Match, **fields: Any) -> Rule:
    plain: dict[str, Any] = {
        "id": "own/rule", "pack": "own", "severity": "high", "kind": "obligation",
        "effective_from": "", "applies_if": {}, "unless": {}, "issued_on": "",
        "effective_to": "", "match": match,
    }  # fmt: skip
    return replace(BASE, **{**plain, **fields})


def run(
    one: Rule, *components: Component, context: Any = None, day: date = TODAY, **more: Any
) -> tuple[Finding, ...]:
    pack = Pack("own", "Own", "2026.1.1", "", (one,), "own.yaml", "", REGIONS)
    return judge.judge(components, [pack], context or {}, day, **more)


def fires(match: Match, component: Component, context: Any = None) -> bool:
    return bool(run(rule(match), component, context=context))


def is_(**fields: Any) -> Match:
    return Match({key: tuple(value) for key, value in fields.items()})


def no(**fields: Any) -> Match:
    return Match({}, negated=is_(**fields))


# --- unknown facts -------------------------------------------------------------------------

UNKNOWN_MODEL = model(resolution="unknown")


@pytest.mark.parametrize(
    "field",
    [
        "family", "release", "developer", "origin_country", "developer_entity_list", "entity_list",
        "licence", "licence_category", "licence_commercial", "weights", "lineage_country",
        "lineage_developer", "lineage_family", "lineage_differs", "route", "provider",
        "provider_country", "provider_entity_list", "hosting_country", "hosting_scope",
        "licence_excludes", "licence_user_cap",
    ],
)  # fmt: skip
def test_unknown_matches_only_where_unknown_is_asked_for(field: str) -> None:
    assert not fires(is_(**{field: ["US", "open", "none", "yes", "acme"]}), UNKNOWN_MODEL)
    # What is not known is not "something else" either.
    assert not fires(no(**{field: ["US", "open", "none", "yes", "acme"]}), UNKNOWN_MODEL)
    assert fires(is_(**{field: ["unknown"]}), UNKNOWN_MODEL)
    assert not fires(no(**{field: ["unknown"]}), UNKNOWN_MODEL)


@pytest.mark.parametrize("field", ["developer", "licence_category", "lineage_country", "weights"])
def test_a_fact_an_endpoint_cannot_have_decides_nothing(field: str) -> None:
    endpoint = Component(
        "endpoint:x", "endpoint", "x", "exact", "high", (place(),), routes=(route(),)
    )
    assert not fires(is_(**{field: ["unknown"]}), endpoint)
    assert not fires(no(**{field: ["US"]}), endpoint)
    assert fires(is_(route=["vendor-api"]), endpoint)


def test_outside_an_area_or_not_known_needs_both_to_be_asked() -> None:
    outside = no(hosting_country=["EU", "DE"])
    either = Match({}, any_of=(is_(hosting_country=["unknown"]), outside))
    for country, expected in (("DE", False), ("CN", True), ("unknown", True)):
        component = model(routes=(route(country=country),))
        assert fires(either, component) is expected
    assert not fires(outside, model(routes=(route(country="unknown"),)))


# --- routes and lineage ---------------------------------------------------------------------


def test_conditions_on_a_route_hold_on_one_and_the_same_route() -> None:
    mixed = model(routes=(route("cloud", "CN"), route("vendor-api", "US")))
    both = is_(route=["vendor-api"], hosting_country=["CN"])
    assert not fires(both, mixed)
    assert fires(both, model(routes=(route("cloud", "US"), route("vendor-api", "CN"))))
    assert fires(Match({"route": ("vendor-api",)}, negated=is_(hosting_country=["CN"])), mixed)
    assert not fires(Match({"route": ("cloud",)}, negated=is_(hosting_country=["CN"])), mixed)


def test_a_finding_lists_the_places_whose_route_matches() -> None:
    """One model at two operators: what is said of one is not shown at the other's places."""
    places = (
        replace(place(line=1), route=0),
        replace(place(line=2), route=1),
        replace(place("offered", line=3), route=1),
        replace(place("test", line=4), route=1),
    )
    routes = (route(country="US"), route(country="CN", basis="inferred"))
    both = replace(model(routes=routes), occurrences=places)
    (found,) = run(rule(is_(hosting_country=["CN"])), both)
    assert [o.line for o in found.occurrences] == [2]
    assert found.confidence == "medium"
    (found,) = run(rule(is_(kind=["model"])), both)
    assert [o.line for o in found.occurrences] == [1, 2], "no route is asked about"


def test_used_one_way_and_offered_another_is_information() -> None:
    places = (replace(place(line=1), route=0), replace(place("offered", line=2), route=1))
    routes = (route(country="US"), route(country="CN"))
    (found,) = run(
        rule(is_(hosting_country=["CN"])), replace(model(routes=routes), occurrences=places)
    )
    assert (found.severity, [o.line for o in found.occurrences]) == ("info", [2])


def test_a_route_that_no_kept_place_tells_counts_for_all() -> None:
    """Places are capped per file; what the others showed of the route still holds."""
    places = (replace(place(line=1), route=0), replace(place(line=2), route=0))
    routes = (route(country="US"), route(country="CN"))
    (found,) = run(
        rule(is_(hosting_country=["CN"])), replace(model(routes=routes), occurrences=places)
    )
    assert (found.severity, len(found.occurrences)) == ("high", 2)


def base(country: str, developer: str = "acme", confidence: Any = "high") -> Ancestor:
    return Ancestor("f", developer, country, "fine-tune", confidence, "test")


def test_conditions_on_a_base_model_hold_on_one_and_the_same_base() -> None:
    merged = model(lineage=(base("CN", "alibaba"), base("US", "meta")))
    assert fires(is_(lineage_country=["CN"], lineage_developer=["alibaba"]), merged)
    assert not fires(is_(lineage_country=["CN"], lineage_developer=["meta"]), merged)
    # "no base from there", not "some base from elsewhere"
    assert not fires(no(lineage_country=["CN"]), merged)
    assert fires(no(lineage_country=["CN"]), model(lineage=(base("US"),)))
    assert fires(no(lineage_country=["CN"]), model())


def test_self_hosted_has_no_operator_and_stands_where_declared() -> None:
    own = model(
        routes=(route("self-hosted", "unknown", "unknown", provider="self", scope="local"),)
    )
    assert not fires(is_(provider_country=["unknown"]), own)
    assert fires(is_(hosting_country=["unknown"]), own)
    assert fires(is_(hosting_country=["DE"]), own, {"hosting": ("DE",)})


def test_provider_of_an_sdk_without_routes() -> None:
    party = Party("acme", "Acme", "CN", entity_lists=("some-list",))
    sdk = Component("sdk:x", "sdk", "x", "exact", "high", (place("declared"),), provider=party)
    assert fires(is_(provider_country=["CN"], provider_entity_list=["some-list"]), sdk)
    assert not fires(is_(route=["unknown"]), sdk)
    assert not fires(is_(hosting_country=["unknown"]), sdk)


# --- context --------------------------------------------------------------------------------

BANNED = is_(origin_country=["CN"])
CHINESE = model(developer=Party("acme", "Acme", "CN"))


@pytest.mark.parametrize(
    ("context", "status", "condition"),
    [
        ({}, "conditional", 'context.data = ["phi"] and context.seat = ["US"]'),
        ({"data": ("phi",)}, "conditional", 'context.seat = ["US"]'),
        ({"data": ("personal", "health"), "seat": ("US",)}, "open", ""),
        ({"data": ("source-code",)}, None, ""),
        ({"data": ("phi",), "seat": ("DE",)}, None, ""),
    ],
)
def test_conditional_until_declared(context: Any, status: str | None, condition: str) -> None:
    one = rule(BANNED, applies_if={"data": ("phi", "health"), "seat": ("US",)})
    found = run(one, CHINESE, context=context)
    assert [f.status for f in found] == ([status] if status else [])
    assert all(f.condition == condition for f in found)


def test_region_codes_in_context() -> None:
    in_eu = rule(BANNED, applies_if={"seat": ("EU", *sorted(REGIONS["EU"]))})
    for seat, expected in (("EU", 1), ("DE", 1), ("CH", 0)):
        assert len(run(in_eu, CHINESE, context={"seat": (seat,)})) == expected


def test_unless_silences_only_when_declared() -> None:
    one = rule(BANNED, unless={"deployment": ("non-commercial",)})
    assert run(one, CHINESE)
    assert run(one, CHINESE, context={"deployment": ("commercial",)})
    assert not run(one, CHINESE, context={"deployment": ("non-commercial",)})


def test_wording_never_claims_more_than_is_known() -> None:
    declared = {"data": ("phi",)}
    ban = rule(BANNED, kind="prohibition", applies_if={"data": ("phi",)})
    assert run(ban, CHINESE)[0].message.startswith("Evidence relevant to ")
    assert run(ban, CHINESE, context=declared)[0].message.startswith(
        "Barred or restricted in the context declared ("
    )
    heard = replace(ban, sources=(replace(ban.sources[0], verification="secondary"),))
    assert run(heard, CHINESE, context=declared)[0].message.startswith(
        "Barred or restricted in the context declared, as read through a secondary source ("
    )
    duty = replace(ban, kind="obligation")
    assert run(duty, CHINESE, context=declared)[0].message.startswith("Evidence relevant to ")
    practice = rule(BANNED, kind="practice")
    assert run(practice, CHINESE)[0].message == BASE.message


# --- dates ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2024-12-31", None),
        ("2025-01-01", ("pending", "info")),
        ("2025-06-30", ("pending", "info")),
        ("2025-07-01", ("obligation", "high")),
        ("2026-07-01", ("obligation", "high")),
        ("2026-07-02", None),
    ],
)
def test_rules_in_force_on_a_day(day: str, expected: tuple[str, str] | None) -> None:
    one = rule(
        BANNED, issued_on="2025-01-01", effective_from="2025-07-01", effective_to="2026-07-01"
    )
    found = run(one, CHINESE, day=date.fromisoformat(day))
    assert [(f.kind, f.severity) for f in found] == ([expected] if expected else [])


def test_a_rule_not_announced_is_silent_before_its_day() -> None:
    one = rule(BANNED, effective_from="2025-07-01")
    assert run(one, CHINESE, day=date(2025, 6, 30)) == ()
    assert run(one, CHINESE, day=date(2025, 7, 1))[0].effective_from == "2025-07-01"


def test_pending_is_info_and_says_so() -> None:
    (found,) = run(rule(BANNED, kind="pending", severity="info"), CHINESE)
    assert (found.kind, found.severity) == ("pending", "info")
    assert found.message.startswith("Not in force (no date yet): evidence relevant to ")


# --- usages and confidence ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("usages", "severity", "confidence", "lines"),
    [
        (["used"], "high", "high", [1]),
        (["test", "used", "doc", "declared"], "high", "high", [2, 4]),
        (["offered", "used"], "high", "high", [2]),
        (["offered", "doc"], "info", "medium", [1]),
        (["test"], None, None, []),
        (["doc", "example", "comment"], None, None, []),
    ],
)
def test_places_that_count(
    usages: list[Usage], severity: str | None, confidence: str | None, lines: list[int]
) -> None:
    found = run(rule(BANNED), model("m", *usages, developer=Party("a", "A", "CN")))
    assert [f.severity for f in found] == ([severity] if severity else [])
    for f in found:
        assert f.confidence == confidence
        assert [o.line for o in f.occurrences] == lines


def test_usages_can_be_widened() -> None:
    tested = model("m", "test", developer=Party("a", "A", "CN"))
    assert run(rule(BANNED), tested, usages={"test"})[0].severity == "high"


def test_a_rule_about_usage_sees_every_place() -> None:
    seen = run(rule(is_(usage=["doc"])), model("m", "doc", "used"))
    assert [o.usage for o in seen[0].occurrences] == ["doc"]


def test_only_the_places_that_match_are_listed() -> None:
    component = replace(model(), occurrences=(place(text="x-latest"), place(text="x-1", line=2)))
    (found,) = run(rule(is_(written=["*-LATEST"])), component)
    assert [o.line for o in found.occurrences] == [1]


def test_confidence_falls_severity_does_not() -> None:
    low = replace(CHINESE, confidence="low")
    assert [(f.severity, f.confidence) for f in run(rule(BANNED), low)] == [("high", "low")]
    guessed = model(routes=(route(country="CN", basis="inferred"),))
    assert run(rule(is_(hosting_country=["CN"])), guessed)[0].confidence == "medium"
    both = model(routes=(route(country="CN", basis="inferred"), route(country="CN")))
    assert run(rule(is_(hosting_country=["CN"])), both)[0].confidence == "high"
    rumoured = model(lineage=(base("CN", confidence="low"), base("US")))
    assert run(rule(is_(lineage_country=["CN"])), rumoured)[0].confidence == "low"
    assert run(rule(is_(lineage_country=["US"])), rumoured)[0].confidence == "high"


# --- one cause, one finding -----------------------------------------------------------------

REACHED = is_(route=["vendor-api"])


def reached(
    name: str, *providers: str, usage: Usage = "used", basis: Any = "observed"
) -> Component:
    return model(name, usage, routes=tuple(route(provider=p, basis=basis) for p in providers))


def told(*components: Component, per: Any = "provider", match: Match = REACHED) -> Any:
    found = run(rule(match, per=per), *components)
    return {(f.component, f.components) for f in found}


def test_components_of_one_operator_share_a_finding() -> None:
    a, b, c = reached("a", "acme"), reached("b", "acme"), reached("c", "other")
    assert told(a, b, c) == {
        ("model:a", ("model:a", "model:b")),
        ("model:c", ("model:c",)),
    }
    (found, _) = run(rule(REACHED, per="provider"), a, b, c)
    assert [o.text for o in found.occurrences] == ["a", "b"]
    assert len(told(a, b, c, per="component")) == 3
    assert told(a, b, c, per="scan") == {("model:a", ("model:a", "model:b", "model:c"))}


def test_an_endpoint_leads_and_no_operator_is_lost() -> None:
    endpoint = Component(
        "endpoint:z", "endpoint", "z", "exact", "high", (place(),), routes=(route(provider="acme"),)
    )
    both = reached("a", "acme", "other")
    assert told(both, endpoint) == {
        ("endpoint:z", ("endpoint:z", "model:a")),
        ("model:a", ("model:a",)),
    }


def test_operators_not_known_are_not_one_and_the_same() -> None:
    assert len(told(reached("a", "unknown"), reached("b", "unknown"))) == 2


def test_a_shared_finding_is_as_grave_as_its_worst_part() -> None:
    parts = reached("a", "acme", usage="offered"), reached("b", "acme", basis="inferred")
    (found,) = run(rule(REACHED, per="provider"), *parts)
    assert (found.component, found.severity, found.confidence) == ("model:b", "high", "medium")


def test_a_shared_finding_keeps_its_identity_when_a_model_is_added() -> None:
    one = rule(REACHED, per="provider")
    (before,) = run(one, reached("b", "acme"))
    (after,) = run(one, reached("a", "acme"), reached("b", "acme"))
    assert before.fingerprint == after.fingerprint


def test_a_company_on_a_list_is_named_once() -> None:
    listed = Party("acme", "Acme", "CN", entity_lists=("list",))
    hosted = route(provider="acme", provider_entity_lists=("list",))
    parts = (
        model("a", developer=listed), model("b", developer=listed),
        model("c", developer=Party("b", "B", "US"), routes=(hosted,)),
    )  # fmt: skip
    match = Match(
        {}, any_of=(is_(developer_entity_list=["list"]), is_(provider_entity_list=["list"]))
    )
    assert len(told(*parts, per="listed", match=match)) == 1
    assert len(told(*parts, per="developer", match=match)) == 2


def test_a_rule_about_a_licence_cites_the_licence() -> None:
    own = Licence("x", "X Licence", "research", {}, "https://example.org/x")
    match = is_(licence_category=["research"])
    (found,) = run(rule(match, kind="obligation"), model(licence=own))
    assert [s.title for s in found.sources] == ["X Licence", BASE.sources[0].title]
    assert found.message.startswith("Evidence relevant to X Licence, licence text. ")
    (found,) = run(rule(match), model(licence=replace(own, source="a person")))
    assert found.sources == BASE.sources


# --- licences -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "context", "field", "expected"),
    [
        ({"user_cap": 100}, {}, "licence_user_cap", "unknown"),
        ({"user_cap": 100}, {"scale.monthly_users": ("100",)}, "licence_user_cap", "within"),
        ({"user_cap": 100}, {"scale.monthly_users": ("101",)}, "licence_user_cap", "exceeded"),
        ({}, {"scale.monthly_users": ("101",)}, "licence_user_cap", "none"),
        (
            {"revenue_cap_usd": 1e6}, {"scale.yearly_revenue_usd": ("2e6",)},
            "licence_revenue_cap", "exceeded",
        ),
        ({"naming_user_cap": 100}, {}, "licence_naming_user_cap", "unknown"),
        (
            {"user_cap": 900, "naming_user_cap": 100}, {"scale.monthly_users": ("200",)},
            "licence_naming_user_cap", "exceeded",
        ),
        ({"naming_user_cap": 100}, {"scale.monthly_users": ("200",)}, "licence_user_cap", "none"),
        (
            {"naming_revenue_cap_usd": 2e8}, {"scale.yearly_revenue_usd": ("2e8",)},
            "licence_naming_revenue_cap", "within",
        ),
        (
            {"service_revenue_cap_usd": 2e7}, {"scale.yearly_revenue_usd": ("3e7",)},
            "licence_service_revenue_cap", "exceeded",
        ),
        ({"naming_user_cap": 100}, {"scale.monthly_users": ("101",)}, "licence_naming_user_cap", "exceeded"),
        ({"naming_user_cap": 100}, {"scale.monthly_users": ("101",)}, "licence_user_cap", "none"),
        ({"naming_revenue_cap_usd": 5}, {}, "licence_naming_revenue_cap", "unknown"),
        ({"service_revenue_cap_usd": 5}, {"scale.yearly_revenue_usd": ("4",)}, "licence_service_revenue_cap", "within"),
        ({"excluded_countries": ["EU", "GB"]}, {"seat": ("DE",)}, "licence_excludes", "seat"),
        ({"excluded_countries": ["EU", "GB"]}, {"seat": ("US",)}, "licence_excludes", "other"),
        ({"excluded_countries": ["EU"]}, {}, "licence_excludes", "unknown"),
        ({}, {}, "licence_excludes", "none"),
        ({"commercial": True}, {}, "licence_commercial", "yes"),
        ({"commercial": False}, {}, "licence_commercial", "no"),
        ({"commercial": "conditional"}, {}, "licence_commercial", "conditional"),
        ({}, {}, "licence_commercial", "unknown"),
    ],
)  # fmt: skip
def test_licence_against_what_is_declared(
    terms: Any, context: Any, field: str, expected: str
) -> None:
    component = model(licence=Licence("x", "X", "community", terms))
    assert of_component(component, Declared(context, REGIONS))[field] == (expected,)


@pytest.mark.parametrize(
    ("developer", "provider", "kind", "expected"),
    [
        ("meta", "groq", "model", ("yes",)),
        ("meta", "meta", "model", ("no",)),
        ("meta", "unknown", "model", ("unknown",)),
        ("", "groq", "model", ("unknown",)),
        ("meta", "groq", "endpoint", None),
    ],
)
def test_whether_the_operator_is_the_developer(
    developer: str, provider: str, kind: Any, expected: Any
) -> None:
    party = Party(developer, developer, "US") if developer else None
    component = model(developer=party, routes=(route(provider=provider),))
    (known,) = of_routes(replace(component, kind=kind), Declared({}, REGIONS))
    assert known["operator_differs"] == expected


def test_who_runs_weights_is_no_operator() -> None:
    own = Route("self-hosted", "self", "unknown", Hosting("local"), "observed", "test")
    component = model(developer=Party("meta", "Meta", "US"), routes=(own,))
    (known,) = of_routes(component, Declared({}, REGIONS))
    assert known["operator_differs"] is None


# --- identity and order ---------------------------------------------------------------------


def test_fingerprint_survives_moves_and_new_places() -> None:
    (before,) = run(rule(BANNED), CHINESE)
    moved = replace(CHINESE, occurrences=(place(line=99), place(path="other.py")))
    (after,) = run(rule(BANNED), moved)
    assert before.fingerprint == after.fingerprint
    assert len(before.fingerprint) == 16
    assert int(before.fingerprint, 16) >= 0
    others = {judge.fingerprint(r, c) for r in ("a/b", "a/c") for c in ("x", "y")}
    assert len(others) == 4


COUNTRIES = st.sampled_from(["CN", "US", "FR", "RU", "HK", "unknown"])
ROUTES = st.builds(
    lambda kind, country, seat, basis: route(kind, country, seat, basis=basis),
    st.sampled_from(["vendor-api", "cloud", "gateway", "self-hosted", "unknown"]),
    COUNTRIES, COUNTRIES, st.sampled_from(["observed", "inferred"]),
)  # fmt: skip
MODELS = st.builds(
    lambda name, seat, routes, lineage, usages: model(
        name, *usages, developer=Party("d", "D", seat), routes=tuple(routes),
        lineage=tuple(base(c) for c in lineage),
    ),
    st.sampled_from(["m1", "m2-latest", "m3:free", "m4", "m5", "m6"]), COUNTRIES,
    st.lists(ROUTES, max_size=3), st.lists(COUNTRIES, max_size=2),
    st.lists(st.sampled_from(USAGES), min_size=1, max_size=3),
)  # fmt: skip
CONTEXTS = st.sampled_from(
    [{}, {"seat": ("US",), "bulk": ("us-health",)}, {"regulator": ("dora", "gdpr")}]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(MODELS, max_size=6, unique_by=lambda c: c.id), CONTEXTS, st.randoms())
def test_order_of_components_does_not_matter(
    components: list[Component], context: Any, shuffled: random.Random
) -> None:
    expected = judge.judge(components, PACKS, context, TODAY)
    keys = [(f.severity, f.rule, f.component) for f in expected]
    assert len({key[1:] for key in keys}) == len(keys)
    assert list(expected) == sorted(expected, key=judge.order)
    again = list(components)
    shuffled.shuffle(again)
    packs = list(PACKS)
    shuffled.shuffle(packs)
    assert judge.judge(again, packs, context, TODAY) == expected


@settings(max_examples=60, deadline=None)
@given(MODELS, st.randoms())
def test_order_of_routes_does_not_matter(component: Component, shuffled: random.Random) -> None:
    routes = list(component.routes)
    shuffled.shuffle(routes)
    other = replace(component, routes=tuple(routes))
    assert judge.judge([other], PACKS, {}, TODAY) == judge.judge([component], PACKS, {}, TODAY)


@settings(max_examples=60, deadline=None)
@given(MODELS)
def test_declaring_never_leaves_a_condition_and_never_adds_a_rule(component: Component) -> None:
    """What is conditional when nothing is declared is the most that can ever open."""
    most = {f.rule for f in judge.judge([component], PACKS, {}, TODAY)}
    vocabulary = rules.load_shared(RULES).vocabulary
    everything = {
        key: tuple(v for v in row.values if v != "none") if row.values else ("US",)
        for key, row in vocabulary.keys.items()
        if row.type != "number" and key != "hosting"
    }
    declared = judge.judge([component], PACKS, everything, TODAY)
    assert all(f.status == "open" and not f.condition for f in declared)
    assert {f.rule for f in declared} <= most


def test_routes_of_a_model_without_any() -> None:
    (only,) = of_routes(model(), Declared({}, {}))
    assert only["route"] == only["hosting_country"] == ("unknown",)


def test_explaining_is_the_same_twice_and_for_other_packs() -> None:
    first = judge.explain(CHINESE, PACKS, TODAY)
    assert first
    assert judge.explain(CHINESE, list(PACKS), TODAY) == first
    others = {a.pack for a in first} - {"baseline"}
    assert others == {a.pack for a in judge.explain(CHINESE, PACKS[1:], TODAY)}
    assert judge.explain(CHINESE, [], TODAY) == ()


# --- explaining -----------------------------------------------------------------------------


def test_explain_names_rules_for_a_component_without_places() -> None:
    endpoint = Component(
        "endpoint:x", "endpoint", "x", "exact", "high", (), routes=(route(country="CN", seat="CN"),)
    )
    applied = {a.id: a for a in judge.explain(endpoint, PACKS, TODAY)}
    assert applied["baseline/compelled-access"].status == "open"
    assert applied["health/us-hipaa-baa"].status == "conditional"
    assert applied["health/us-hipaa-baa"].condition == 'context.data = ["phi"]'
    assert "baseline/unknown-model" not in applied
