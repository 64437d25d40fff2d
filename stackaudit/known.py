"""What the catalogue says about one name: its developer, base, licence, and where that is from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from stackaudit.catalogue import Catalogue, IdMatch
from stackaudit.catalogue.ids import segments
from stackaudit.model import (
    UNKNOWN,
    Ancestor,
    Confidence,
    Licence,
    Party,
    Resolution,
    Weights,
)

_MAX_LINEAGE = 6
#: A name in code, of several words.
_CONSTANT = re.compile(r"(?=.*[a-z0-9][A-Z])(?=.*[0-9])[A-Za-z]\w{2,60}")


class ModelFacts(NamedTuple):
    """All the catalogue knows about one id."""

    key: str
    name: str
    resolution: Resolution
    confidence: Confidence
    family: str
    release: str
    developer: Party | None
    lineage: tuple[Ancestor, ...]
    licence: Licence | None
    weights: Weights
    role: str
    sources: tuple[str, ...]
    checked: str
    note: str
    retires: str = ""


def party(vendor_id: str, catalogue: Catalogue) -> Party | None:
    """A vendor as a party to the report."""
    row = catalogue.vendor(vendor_id)
    if row is None:
        return None
    parent = row.get("parent") or {}
    lists = tuple(sorted({entry["list"] for entry in row.get("entity_lists", ())}))
    return Party(
        row["id"],
        row["name"],
        row["country"],
        parent.get("name", ""),
        parent.get("country", ""),
        lists,
        row.get("legal_name", ""),
    )


def model_facts(text: str, catalogue: Catalogue) -> ModelFacts:
    """Facts of a model id as written."""
    match = catalogue.ids.find(text)
    if _CONSTANT.fullmatch(text) and not (match and match.strong and match.complete):
        match = catalogue.ids.constant(text)
    if match is None:
        facts = unknown_facts(text)
    elif match.family < 0:
        facts = _vendor_only(text, match, catalogue)
    else:
        facts = _known(text, match, catalogue)
    return facts._replace(role=catalogue.roles.of_id(text, facts.role))


def unknown_facts(text: str) -> ModelFacts:
    """The facts of a name that says nothing."""
    key = "unknown/" + "-".join(segments(text) or (text,))
    return ModelFacts(
        key, text, "unknown", "low", "", "", None, (), None, "unknown", UNKNOWN, (), "", ""
    )


def _vendor_only(text: str, match: IdMatch, catalogue: Catalogue) -> ModelFacts:
    row = catalogue.vendor(match.org_vendor) or {}
    return ModelFacts(
        f"{match.org_vendor}/" + "-".join(segments(match.name)),
        text,
        "vendor",
        "medium",
        "",
        "",
        party(match.org_vendor, catalogue),
        (),
        None,
        "unknown",
        UNKNOWN,
        sources(row, catalogue),
        checked(row, catalogue),
        "",
    )


def _known(text: str, match: IdMatch, catalogue: Catalogue) -> ModelFacts:
    family = catalogue.family(match.family)
    release = family["releases"][match.release] if match.release >= 0 else {}
    row = {**family, **{k: v for k, v in release.items() if k != "names"}}
    derived = _is_derivative(match, family)
    name = f"{match.org}/{match.name}" if match.org else match.name
    if derived:
        developer = party(match.org_vendor, catalogue) if match.org_vendor else None
        # A stranger's fine-tune: its base is known, its maker is not.
        developer = developer or Party(match.org.lower() or UNKNOWN, match.org or UNKNOWN, UNKNOWN)
        first = "" if family.get("generic") else "inferred"
        lineage = ancestors(match.family, catalogue, release, first=first)
        licence = None
        weights: Weights = row["weights"]
        key = "/".join(filter(None, (match.org.lower(), "-".join(segments(match.name)))))
        note = f"named after {family['name']}, made by another; its licence is not known"
    else:
        developer = party(family["vendor"], catalogue)
        lineage = _bases(row, match, catalogue)
        licence = licence_facts(row["licence"], catalogue)
        weights = row["weights"]
        key = f"{family['vendor']}/" + "-".join(segments(match.name))
        note = row.get("note", "")
    return ModelFacts(
        key,
        name,
        "exact" if match.complete and match.versioned else "family",
        row["confidence"] if not derived else "medium",
        family["id"],
        match.name if match.complete and match.versioned else "",
        developer,
        lineage,
        licence,
        weights,
        row["type"],
        sources(row, catalogue),
        checked(row, catalogue),
        note,
        "" if derived else catalogue.retires(match.name, family["vendor"]),
    )


def _is_derivative(match: IdMatch, family: Mapping[str, Any]) -> bool:
    """Whether somebody else trained the family's weights further.

    A re-upload keeps the name and adds only format words; anything else beside the name, by
    anybody but the developer, is somebody's own model.
    """
    name = match.name.lower()
    if match.org_vendor == family["vendor"] or (
        # What only its vendor has, only its vendor trains; a stranger's name still says otherwise.
        family["weights"] == "closed" and not match.org
    ):
        return False
    if family.get("generic") and match.org and match.org_vendor != "re-upload":
        return True  # several developers use the name
    if any(str(example).lower().endswith(name) for example in family.get("examples", ())):
        return False
    if match.org_vendor == "re-upload":
        return match.derived and not match.complete
    return match.derived or not match.complete


def _bases(row: Mapping[str, Any], match: IdMatch, catalogue: Catalogue) -> tuple[Ancestor, ...]:
    if row.get("lineage"):
        return ancestors(match.family, catalogue, row)
    own = row["vendor"]
    for other in match.others:
        base = catalogue.family(other)
        if base["vendor"] != own or row.get("base_in_id"):
            return ancestors(other, catalogue, {}, first="inferred")
    return ()


def ancestors(
    family: int,
    catalogue: Catalogue,
    release: Mapping[str, Any],
    first: str = "",
    source: str = "named in the id",
) -> tuple[Ancestor, ...]:
    """The chain of bases, nearest first.

    Args:
        family: Index of the family.
        catalogue: Knows the bases.
        release: What the release says that the family does not.
        first: The relation by which the family itself is the nearest base; empty when it is none.
        source: Where that relation is from.
    """
    chain: list[Ancestor] = []
    if first:
        chain.append(_ancestor(family, catalogue, first, "medium", source))
    seen = {family}
    current: Mapping[str, Any] = {**catalogue.family(family), **release}
    while current.get("lineage") and len(chain) < _MAX_LINEAGE:
        following: Mapping[str, Any] = {}
        for link in current["lineage"]:
            index = catalogue.family_index[link["base"]]
            if index in seen:
                continue
            seen.add(index)
            chain.append(
                _ancestor(
                    index,
                    catalogue,
                    link["relation"],
                    link.get("confidence", "medium"),
                    catalogue.source(link) or catalogue.source(current),
                )
            )
            following = following or catalogue.family(index)
        current = following
    return tuple(chain)


def _ancestor(
    family: int, catalogue: Catalogue, relation: str, confidence: Confidence, source: str
) -> Ancestor:
    row = catalogue.family(family)
    vendor = catalogue.vendor(row["vendor"]) or {}
    country = vendor.get("country", UNKNOWN)
    return Ancestor(
        row["id"],
        row["vendor"],
        country,
        relation,
        confidence,
        source,
        row["name"],
        vendor.get("name", ""),
    )


def licence_facts(licence_id: str, catalogue: Catalogue) -> Licence | None:
    """A licence of the catalogue as a component tells it."""
    row = catalogue.licence(licence_id)
    if row is None:
        return None
    return Licence(
        row.get("spdx") or row["id"],
        row["name"],
        row["category"],
        row.get("terms") or {},
        row.get("url") or catalogue.source(row),
    )


def sources(row: Mapping[str, Any], catalogue: Catalogue) -> tuple[str, ...]:
    """Where a row is from, as a component tells it."""
    source = catalogue.source(row)
    return (source,) if source else ()


def checked(row: Mapping[str, Any], catalogue: Catalogue) -> str:
    """When a row was last checked; empty where there is no row."""
    return catalogue.checked(row) if row else ""
