"""The facts a rule may ask about, one row a field: to check packs, build tests and judge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, get_args

from stackaudit.model import (
    KINDS,
    RELATIONS,
    ROLES,
    UNKNOWN,
    USAGES,
    Confidence,
    HostingScope,
    Resolution,
    RouteKind,
    Weights,
)

About = Literal["component", "route", "lineage", "occurrence"]
#: ``closed``: one of ``values``; ``country``: ISO 3166-1 alpha-2 or a region code; ``id``: a
#: catalogue id; ``glob``: a shell-style pattern, letter case ignored.
Form = Literal["closed", "country", "id", "glob"]

LICENCE_CATEGORIES = (
    "permissive", "copyleft", "community", "research", "non-commercial", "proprietary", UNKNOWN,
)  # fmt: skip
_ROLES = (*ROLES, "fine-tune", UNKNOWN)
ECOSYSTEMS = (
    "pypi", "npm", "go", "maven", "nuget", "crates", "gems", "packagist", "pub", "hex", "swiftpm",
    "docker", "github-actions", "conda",
)  # fmt: skip
_RELATIONS = (*RELATIONS, "inferred", UNKNOWN)
_CAP = ("exceeded", "within", "none", UNKNOWN)


class Field(NamedTuple):
    """One fact: what it is about, which values it can have and what it means."""

    about: About
    form: Form
    meaning: str
    values: tuple[str, ...] = ()


#: Fields that compare a licence with what the user declared about himself.
DECLARED = frozenset(
    {
        "licence_user_cap",
        "licence_revenue_cap",
        "licence_naming_user_cap",
        "licence_naming_revenue_cap",
        "licence_service_revenue_cap",
        "licence_excludes",
    }
)

FIELDS: Mapping[str, Field] = {
    "kind": Field("component", "closed", "what was found", KINDS),
    "family": Field("component", "id", "model family"),
    "release": Field("component", "id", "exact release"),
    "developer": Field("component", "id", "who developed the model"),
    "origin_country": Field(
        "component", "country", "developer's seat; for what has no developer, the operator's"
    ),
    "developer_entity_list": Field(
        "component", "id", "list on which the developer stands, or none"
    ),
    "entity_list": Field(
        "component", "id", "list on which the developer or an operator stands, or none"
    ),
    "licence": Field("component", "id", "licence of the model"),
    "licence_category": Field("component", "closed", "kind of licence", LICENCE_CATEGORIES),
    "licence_commercial": Field(
        "component", "closed", "commercial use", ("yes", "no", "conditional", UNKNOWN)
    ),
    "licence_user_cap": Field(
        "component", "closed", "declared monthly users against the licence's limit", _CAP
    ),
    "licence_revenue_cap": Field(
        "component", "closed", "declared yearly revenue against the licence's limit", _CAP
    ),
    "licence_naming_user_cap": Field(
        "component", "closed", "declared monthly users against the limit for showing a name", _CAP
    ),
    "licence_naming_revenue_cap": Field(
        "component", "closed", "declared yearly revenue against the limit for showing a name", _CAP
    ),
    "licence_service_revenue_cap": Field(
        "component", "closed", "declared yearly revenue against the limit for model services", _CAP
    ),
    "licence_excludes": Field(
        "component",
        "closed",
        "whether the licence excludes the declared seat",
        ("seat", "other", "none", UNKNOWN),
    ),
    "licence_excluded_fields": Field("component", "id", "field of use the licence forbids"),
    "weights": Field("component", "closed", "whether weights are published", get_args(Weights)),
    "resolution": Field("component", "closed", "how far it is known", get_args(Resolution)),
    "confidence": Field("component", "closed", "how sure the sighting is", get_args(Confidence)),
    "package": Field("component", "glob", "package name as the manifest has it"),
    "ecosystem": Field("component", "closed", "package ecosystem", ECOSYSTEMS),
    "lineage_differs": Field(
        "component",
        "closed",
        "a base model comes from another country than the developer",
        ("yes", "no", UNKNOWN),
    ),
    "lineage_family": Field("lineage", "id", "family of a base model"),
    "lineage_developer": Field("lineage", "id", "developer of a base model"),
    "lineage_country": Field("lineage", "country", "seat of a base model's developer"),
    "lineage_relation": Field("lineage", "closed", "how it derives from its base", _RELATIONS),
    "route": Field("route", "closed", "how it is reached", get_args(RouteKind)),
    "provider": Field("route", "id", "who operates the endpoint"),
    "operator_differs": Field(
        "route", "closed", "the operator is not the model's developer", ("yes", "no", UNKNOWN)
    ),
    "provider_country": Field("route", "country", "operator's seat"),
    "provider_parent_country": Field("route", "country", "seat of the operator's owner"),
    "provider_entity_list": Field("route", "id", "list on which the operator stands, or none"),
    "service": Field("route", "glob", "name of the service"),
    "hosting_country": Field("route", "country", "where requests are processed"),
    "hosting_scope": Field(
        "route", "closed", "how far the place of processing is fixed", get_args(HostingScope)
    ),
    "usage": Field("occurrence", "closed", "what the place is", USAGES),
    "role": Field("occurrence", "closed", "what the model does there", _ROLES),
    "written": Field("occurrence", "glob", "identifier as written in the file"),
}


def names(*about: About) -> frozenset[str]:
    """The fields about the given things."""
    return frozenset(name for name, field in FIELDS.items() if field.about in about)
