"""One file in, its mentions and binding evidence out."""

from __future__ import annotations

import re

from stackaudit.catalogue import Catalogue
from stackaudit.detect import manifests, noise, packages
from stackaudit.detect.filefacts import FileFacts
from stackaudit.detect.part import Part
from stackaudit.detect.regions import Region
from stackaudit.source import SourceFile

#: Languages whose files tell of other files where a cloud runs.
_WITH_REGIONS = frozenset(["env", "hcl"])
_REGION_WORD = re.compile(rb"region|location", re.IGNORECASE)
#: What configures this tool says what may be used, not what is.
_SETTINGS = "stackaudit.toml"


def detect(
    source: SourceFile, catalogue: Catalogue, own_modules: frozenset[str] = frozenset()
) -> FileFacts | None:
    """Mentions of one file; None when nothing in it calls for a look.

    Args:
        source: The file.
        catalogue: Knows ids, hosts, packages and places.
        own_modules: What ``own_names`` gave: importing one's own package uses no third party's.

    Files without an anchor are neither decoded nor parsed; manifests are read by their own
    grammar, whatever they contain. Our own settings name models without using them.
    """
    if source.path.rpartition("/")[2] == _SETTINGS:
        return None
    declared = manifests.parse(source, catalogue.knows_package)
    if declared is not None and manifests.is_lock(source.path):
        return FileFacts(tuple(declared)) if declared else None
    anchors = noise.telling(catalogue.find(source.data), source.data)
    has_anchor = bool(anchors) or catalogue.places.is_tool_file(source.path)
    if source.language == "notebook" and (has_anchor or packages.INSTALLS.search(source.data)):
        from stackaudit.detect import notebooks

        sources: list[SourceFile] = list(notebooks.views(source))
    else:
        sources = [source]
    if not has_anchor:
        found = [*(declared or ())]
        for part in sources:
            found += packages.installed_only(part, catalogue)
        regions = _regions_only(source, catalogue)
        return FileFacts(tuple(found), regions=regions) if found or regions else None
    facts = FileFacts(tuple(declared or ()))
    for part in sources:
        facts = facts.joined(Part(part, catalogue, own_modules).facts())
    return facts


def _regions_only(source: SourceFile, catalogue: Catalogue) -> tuple[Region, ...]:
    """Regions that settings name, in a file in which nothing else calls for a look."""
    if source.language not in _WITH_REGIONS or not _REGION_WORD.search(source.data):
        return ()
    return Part(source, catalogue, frozenset()).facts().regions
