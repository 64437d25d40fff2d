"""An organisation's own models and hosts, laid over the shipped catalogue; they win."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from stackaudit.catalogue import Catalogue, anchor_words
from stackaudit.catalogue.ids import segments
from stackaudit.model import UNKNOWN, ConfigError

Row = dict[str, Any]
#: Above every priority in the shipped data.
_PRIORITY = 1_000
_HOST = re.compile(r"[\w*.-]+(?::\d+)?")
_PLACES = ("global", "local", UNKNOWN)


def extend(
    catalogue: Catalogue,
    models: Sequence[Mapping[str, object]],
    endpoints: Sequence[Mapping[str, object]],
    source: str,
) -> Catalogue:
    """The catalogue with an organisation's own rows before its own.

    Args:
        catalogue: The shipped catalogue; it is not changed.
        models: Rows of ``[[tool.stackaudit.models]]``, already of the right types.
        endpoints: Rows of ``[[tool.stackaudit.endpoints]]``, likewise.
        source: The file they stand in, for reports and messages.

    Raises:
        ConfigError: A row names a licence, base or country that does not exist.
    """
    if not models and not endpoints:
        return catalogue
    own = _Own(catalogue, source)
    families = [own.family(n, row) for n, row in enumerate(models, 1)]
    hosts = [own.endpoint(n, row) for n, row in enumerate(endpoints, 1)]
    tables = catalogue.tables
    heads = [
        [head, len(tables["families"]) + n, -1, True, False]
        for n, family in enumerate(families)
        for head in dict.fromkeys(" ".join(segments(name)) for name in family["names"])
    ]
    content = {
        **tables,
        "vendors": {**tables["vendors"], **own.vendors},
        "families": [*tables["families"], *families],
        "heads": [*tables["heads"], *heads],  # the later of equal heads is the one that is met
        "endpoints": [*hosts, *tables["endpoints"]],
    }
    small = {**content, "families": families, "heads": heads, "endpoints": hosts}
    small |= {"packages": [], "credentials": []}
    names = (name.lower() for family in families for name in family["names"])
    content["anchors"] = sorted({*tables["anchors"], *anchor_words.anchors(small), *names})
    head = {"version": catalogue.version, "sha256": catalogue.sha256}
    return Catalogue(head, content)


class _Own:
    """Turns rows of a configuration file into rows of the catalogue."""

    def __init__(self, catalogue: Catalogue, source: str) -> None:
        self._catalogue = catalogue
        self._source = source
        self._licences = {
            name: row["id"]
            for row in catalogue.tables["licences"].values()
            for name in (row["id"], row.get("spdx") or row["id"])
        }
        self.vendors: dict[str, Row] = {}

    def family(self, number: int, row: Mapping[str, Any]) -> Row:
        """A model as a family of its own."""
        place = f"models[{number}]"
        names = row["names"]
        if not all(any(part.isalpha() for part in segments(name)) for name in names):
            raise self._fault(f"{place}.names", "a name needs letters")
        licence = row.get("licence", UNKNOWN)
        if licence not in self._licences:
            message = f"unknown licence '{licence}'"
            raise self._fault(f"{place}.licence", message, licence, self._licences)
        family = self._row(
            {
                "id": "own/" + "-".join(segments(names[0])),
                "name": names[0],
                "names": names,
                "vendor": self._vendor(f"{place}.vendor", row),
                "type": row.get("type", UNKNOWN),
                "weights": row.get("weights", UNKNOWN),
                "licence": self._licences[licence],
                "priority": _PRIORITY,
                "examples": names,
                "note": row.get("note", ""),
            }
        )
        if "base" in row:
            family["lineage"] = [self._base(f"{place}.base", row)]
        return family

    def endpoint(self, number: int, row: Mapping[str, Any]) -> Row:
        """A host."""
        place = f"endpoints[{number}]"
        if not _HOST.fullmatch(row["host"]):
            raise self._fault(f"{place}.host", 'must be a host, such as "llm.example.org"')
        hosting = row.get("hosting", UNKNOWN)
        if hosting not in _PLACES:
            hosting = self._country(f"{place}.hosting", hosting)
        self_hosted = row.get("route") == "self-hosted"
        return self._row(
            {
                "own": True,
                "host": row["host"].lower(),
                "provider": "self" if self_hosted else self._vendor(f"{place}.provider", row),
                "service": row.get("service", row["host"]),
                "route": row.get("route", UNKNOWN),
                "hosting": hosting,
                "note": row.get("note", ""),
            }
        )

    def _row(self, row: Row) -> Row:
        return {**row, "confidence": "high", "source": self._source, "checked": ""}

    def _vendor(self, place: str, row: Mapping[str, Any]) -> str:
        """The id of a vendor, known by the catalogue or told here."""
        name = row.get("vendor") or row.get("provider") or UNKNOWN
        known = self._catalogue.ids.vendor_of(name)
        if known or name == UNKNOWN:
            return known or UNKNOWN
        if self._catalogue.vendor(name):
            return str(name)
        vendor_id = "-".join(segments(name)) or name
        country = self._country(place.rpartition(".")[0] + ".country", row.get("country", UNKNOWN))
        told = self.vendors.get(vendor_id, {}).get("country", UNKNOWN)
        country = told if country == UNKNOWN else country
        self.vendors[vendor_id] = self._row({"id": vendor_id, "name": name, "country": country})
        return vendor_id

    def _base(self, place: str, row: Mapping[str, Any]) -> Row:
        base = row["base"]
        match = self._catalogue.ids.find(base)
        if base not in self._catalogue.family_index and (match is None or match.family < 0):
            raise self._fault(place, f"unknown model '{base}'", base, self._catalogue.family_index)
        if match is not None and base not in self._catalogue.family_index:
            base = self._catalogue.family(match.family)["id"]
        relation = row.get("relation", "fine-tune")
        return {
            "base": base,
            "relation": relation,
            "confidence": "high",
            "source": self._source,
        }

    def _country(self, place: str, value: str) -> str:
        from stackaudit.countries import names

        if value == UNKNOWN or value.upper() in names():
            return value if value == UNKNOWN else value.upper()
        raise self._fault(place, f"'{value}' is no ISO 3166-1 code, EU or unknown")

    def _fault(
        self, place: str, message: str, word: str = "", known: Iterable[str] = ()
    ) -> ConfigError:
        from difflib import get_close_matches

        near = get_close_matches(word[:100], list(known), n=1, cutoff=0.6)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        return ConfigError(f"{self._source}: {place}: {message}{hint}")
