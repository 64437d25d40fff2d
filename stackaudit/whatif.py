"""What the gate would decide for a model that is not in the repository yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from stackaudit import engine, gate, resources, rules, zones
from stackaudit.bind import bind
from stackaudit.catalogue import Catalogue, catalogue_for
from stackaudit.detect.filefacts import FileFacts
from stackaudit.model import Coverage, Decision, InputError, Kind, Mention, Settings
from stackaudit.resolve import components

_LONGEST = 400
_BASELINE = ("baseline",)
#: Both stand in one call.
_SCOPE = ("call:1",)
_NOWHERE = Coverage(0, 0, 0, 0, (), ())


def decide(
    model: str, settings: Settings, *, endpoint: str = "", path: str = "", as_of: date | None = None
) -> Decision:
    """Judge a model as if a file named it in a call; waivers and the baseline are left out.

    Args:
        model: Id as it would be written in code; one that nobody knows is judged as unknown.
        settings: Configuration, flags merged in.
        endpoint: Host or URL of the same call; empty where the code shows none.
        path: File in which it would stand, from the scanned folder on; it tells the zone.
        as_of: Judge with the rules in force on this day; today by default.

    Raises:
        StackauditError: Model, endpoint, packs or configuration cannot be used.
    """
    directory = resources.rules_directory()
    parts = zones.terms(settings, settings.packs or _BASELINE, directory)
    asked = rules.load_named(tuple(dict.fromkeys(n for p in parts for n in p.packs)), directory)
    catalogue = catalogue_for(settings)
    engine.check_policies(settings, parts, catalogue)
    zone = zones.Atlas(settings.zones).zone_of(path) if path else zones.REST
    (part,) = (part for part in parts if part.zone == zone)
    facts = FileFacts(tuple(_mentions(model, endpoint, path, catalogue)))
    bound = bind(facts, catalogue, zones.own_hosting([part]))
    found = components(bound, catalogue)
    judged = zones.findings({zone: found}, parts, asked, as_of or date.today())
    return Decision(
        model,
        endpoint,
        path,
        zone,
        tuple(asked[name].id for name in part.packs),
        part.context,
        part.policy,
        settings.fail_on,
        found,
        judged,
        gate.decide(judged, settings, _NOWHERE),
        settings.source,
    )


def _mentions(model: str, endpoint: str, path: str, catalogue: Catalogue) -> Iterator[Mention]:
    wanted = model.strip()
    if not wanted or len(wanted) > _LONGEST or not wanted.isprintable():
        raise InputError(f"'{model[:60]}' is no model id; write it as it stands in code")
    yield _mention("model", wanted, path)
    if not endpoint:
        return
    host = catalogue.hosts.find(endpoint)
    if host is None:
        raise InputError(
            f"the endpoint '{endpoint[:60]}' is not in the catalogue; tell what it is under"
            " [[tool.stackaudit.endpoints]], or leave --endpoint out"
        )
    yield _mention("endpoint", endpoint, path, local=host.country == "local")


def _mention(kind: Kind, text: str, path: str, *, local: bool = False) -> Mention:
    return Mention(
        kind, text, path or "-", 1, 1, 1, 1 + len(text), "policy-test", "used",
        key="model" if kind == "model" else "base_url", links=_SCOPE, local=local,
    )  # fmt: skip
