"""What weights and the files beside them state of a model, laid over what the catalogue knows.

``Mention.facts`` holds what is stated:

* ``unnamed``: no name is known, the text is a path
* ``base``: what it was made from, one a line; ``relation``: how
* ``licence``: as written; ``design``: its architecture, one name a line
* ``pipeline``: the class that joins several models; ``quantisation``
* ``files``: how many; ``pointer``: the size a pointer tells
* ``unreadable``: the format a file is named like but is not
* ``file_name``: where it names another model than the header; ``weights``: ``elsewhere``
* ``named_by``: the file that tells what the weights were loaded from, where that names them
* ``known_as``: the full name of what is written short, by what stands around it
* ``base_from``, ``licence_from``: the file that states it; without, it is the header
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from stackaudit.catalogue import Catalogue
from stackaudit.known import (
    ModelFacts,
    ancestors,
    checked,
    licence_facts,
    model_facts,
    sources,
    unknown_facts,
)
from stackaudit.model import UNKNOWN, Ancestor, Licence, Party

_LICENCE_NOISE = re.compile(r"licen[cs]e|community|model|terms|only|agreement|[^a-z0-9+]")


def facts_of(text: str, stated: Mapping[str, str], catalogue: Catalogue) -> ModelFacts:
    """The facts of a model by its name and by what its weights state.

    Args:
        text: The name, or a path where there is none.
        stated: As above; empty for what is not weights.
        catalogue: Knows names, designs and licences.
    """
    text = stated.get("known_as", text)
    facts = unknown_facts(text) if "unnamed" in stated else model_facts(text, catalogue)
    if not stated:
        return facts
    facts = _with_bases(facts, stated, catalogue)
    facts = _with_design(facts, stated, catalogue)
    facts = _with_licence(facts, stated, catalogue)
    notes = [facts.note, *_remarks(stated)]
    return facts._replace(note="; ".join(filter(None, notes)))


def _with_bases(facts: ModelFacts, stated: Mapping[str, str], catalogue: Catalogue) -> ModelFacts:
    """Add the bases that are stated; what was made from them is somebody's own."""
    if not stated.get("base"):
        return facts
    relation = stated.get("relation") or "reported"
    source = _source(stated, "base")
    derived = any(base.family == facts.family for base in facts.lineage if base.family)
    for base in stated["base"].split("\n"):
        match = catalogue.ids.find(base)
        if match is None or match.family < 0:
            if not _is_path(base):
                stranger = _stranger(base, relation, source, catalogue)
                facts = facts._replace(lineage=(*facts.lineage, stranger))
            continue
        if not derived and (relation == "adapter" or not facts.family):
            facts, derived = _derived(facts, catalogue.family(match.family), catalogue), True
        told = ancestors(match.family, catalogue, {}, relation, source)
        facts = facts._replace(lineage=_merged(facts, told, derived))
    return facts


def _derived(facts: ModelFacts, base: Mapping[str, Any], catalogue: Catalogue) -> ModelFacts:
    """Facts of weights that somebody made from a known family."""
    maker = facts.developer if facts.developer and facts.developer.country == UNKNOWN else None
    return facts._replace(
        resolution="family",
        confidence="medium",
        family=base["id"],
        release="",
        developer=maker or Party(UNKNOWN, UNKNOWN, UNKNOWN),
        lineage=facts.lineage if not facts.family else (),
        licence=None,
        weights=base["weights"],
        role=catalogue.roles.of_id(facts.name, base["type"]),
        sources=sources(base, catalogue),
        checked=checked(base, catalogue),
        note=f"made from {base['name']} by another; its licence is not known",
        retires="",
    )


def _merged(facts: ModelFacts, told: tuple[Ancestor, ...], derived: bool) -> tuple[Ancestor, ...]:
    """Known and stated bases; of one base, what the catalogue says of it stays."""
    known = {base.family for base in facts.lineage}
    if derived:
        names = {base.family for base in told}
        return (*told, *(base for base in facts.lineage if base.family not in names))
    if told[0].family == facts.family or told[0].family in known:
        return facts.lineage
    return (*told, *(base for base in facts.lineage if base.family not in {told[0].family}))


def _stranger(base: str, relation: str, source: str, catalogue: Catalogue) -> Ancestor:
    """A base the catalogue does not know; its organisation may be known."""
    org = base.partition("/")[0] if "/" in base else ""
    vendor = catalogue.vendor(catalogue.ids.vendor_of(org)) or {}
    return Ancestor(
        "",
        vendor.get("id", org or UNKNOWN),
        vendor.get("country", UNKNOWN),
        relation,
        "medium",
        source,
        base,
        vendor.get("name", org or UNKNOWN),
    )


def _with_design(facts: ModelFacts, stated: Mapping[str, str], catalogue: Catalogue) -> ModelFacts:
    """Where nothing names the model, its design tells whose work it builds on, if only one's."""
    row = catalogue.design(stated["design"]) if "design" in stated else None
    if row is None:
        return facts
    vendor = catalogue.vendor(row["vendor"])
    alone = not facts.lineage and not catalogue.is_shared_design(row)
    if facts.resolution == "unknown" and vendor and alone:
        base = Ancestor(
            "",
            vendor["id"],
            vendor["country"],
            "inferred",
            "low",
            catalogue.source(row),
            f"{row['value']} design",
            vendor["name"],
        )
        return facts._replace(lineage=(base,))
    return facts


def _with_licence(facts: ModelFacts, stated: Mapping[str, str], catalogue: Catalogue) -> ModelFacts:
    """A stated licence counts where the catalogue knows none; where they differ, both are told."""
    said = stated.get("licence", "")
    if not said:
        return facts
    source = _source(stated, "licence")
    known = _licence(said, catalogue)
    licence = known or Licence(said, said, UNKNOWN)
    if facts.licence is None:
        note = facts.note.replace("; its licence is not known", "")
        told = f"licence {said} as {source}"
        return facts._replace(licence=licence, note="; ".join(filter(None, (note, told))))
    if known and known.id == facts.licence.id:
        return facts
    told = f"the licence is {said} as {source}"
    return facts._replace(note="; ".join(filter(None, (facts.note, told))))


def _licence(said: str, catalogue: Catalogue) -> Licence | None:
    """The licence of the catalogue that is meant, however it is spelt."""
    wanted = _folded(said)
    for row in catalogue.tables["licences"].values():
        names = (row["id"], row.get("spdx") or "", row["name"])
        if wanted and any(_folded(name) == wanted for name in names if name):
            return licence_facts(row["id"], catalogue)
    return None


def _folded(name: str) -> str:
    plain = re.sub(r"non-?commercial", "nc", name.lower())
    return _LICENCE_NOISE.sub("", plain)


def _source(stated: Mapping[str, str], key: str) -> str:
    path = stated.get(f"{key}_from")
    return f"stated in {path}" if path else "stated in the file's header"


def _is_path(base: str) -> bool:
    """Whether a base is a place on somebody's disk, which names nothing."""
    return base.startswith((".", "/", "~")) or base.count("/") > 1 or "\\" in base


def _remarks(stated: Mapping[str, str]) -> Iterator[str]:
    if stated.get("weights") == "elsewhere":
        yield "a configuration whose weights are not in the tree"
    if "named_by" in stated:
        yield f"loaded from it, says {stated['named_by']}; it may have been trained further"
    if stated.get("relation") == "adapter" and "base" not in stated:
        yield "an adapter that does not state its base"
    if "design" in stated:
        yield f"architecture {stated['design'].partition(chr(10))[0]}"
    if "pipeline" in stated:
        yield f"a pipeline of several models ({stated['pipeline']})"
    if "quantisation" in stated:
        yield f"quantised as {stated['quantisation']}"
    if "files" in stated:
        yield f"{stated['files']} files"
    if "pointer" in stated:
        yield f"a pointer to {stated['pointer']} that lie elsewhere"
    if "file_name" in stated:
        yield f"its file name says otherwise: {stated['file_name']}"
    if "unreadable" in stated:
        yield f"its header does not read as {stated['unreadable']}"
