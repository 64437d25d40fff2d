"""One file, from disk to its facts: all that can be told of it without knowing the others."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from stackaudit import source
from stackaudit.catalogue import Catalogue
from stackaudit.detect import detect
from stackaudit.detect.filefacts import FileFacts
from stackaudit.detect.weights.settings import READERS, Stated
from stackaudit.detect.weights.settings import read as read_stated
from stackaudit.discover import Found
from stackaudit.model import Mention, ScanError, Settings, Skip

#: How a JSON report of ours begins.
_REPORT = re.compile(
    rb'\{\s*+"schema_version":\s*+"[\d.]++",\s*+"tool":\s*+\{\s*+"name":\s*+"stackaudit"'
)


class Task(NamedTuple):
    """What every file of a tree is read with."""

    base: Path
    """Folder the paths are relative to."""
    settings: Settings
    own: frozenset[str]
    """What ``own_names`` gave."""
    mark: bytes | None
    """What a file holds that is to be looked at again."""


class Reading(NamedTuple):
    """What one file gave; it can be sent from one process to another."""

    path: str
    """Printable."""
    facts: FileFacts | None = None
    """None where nothing in it calls for a look."""
    size: int = 0
    marked: bool = False
    stated: Stated | None = None
    """What it says of model weights beside it."""
    skip: Skip | None = None
    """Why it is no text to be read."""
    errors: tuple[ScanError, ...] = ()
    is_read: bool = True


def read_file(item: Found, task: Task, catalogue: Catalogue) -> Reading:
    """Read one file; what cannot be read is told, never raised."""
    opened = source.read(task.base, item.path, item.limit)
    if isinstance(opened, Skip):
        return Reading(opened.path, skip=opened, is_read=False)
    if isinstance(opened, ScanError):
        return Reading(opened.path, errors=(opened,), is_read=False)
    describes = item.path.rpartition("/")[2].lower() in READERS
    facts = detect(opened, catalogue, task.own)
    faults: list[str] = []
    if facts is not None:
        faults = [fault for fault in (opened.fault, facts.partial) if fault]
        mentions = facts.mentions
        if not opened.data.isascii():
            mentions = tuple(_in_utf16(mention, opened) for mention in mentions)
        if _REPORT.match(opened.data):  # left from an earlier scan; it uses nothing
            mentions = tuple(replace(mention, usage="doc") for mention in mentions)
        facts = facts._replace(mentions=mentions, same=dict(facts.same))
    return Reading(
        opened.path,
        facts,
        len(opened.data),
        task.mark is not None and task.mark in opened.data,
        read_stated(opened) if describes else None,
        errors=tuple(ScanError(opened.path, f"read in part: {fault}") for fault in faults),
    )


def _in_utf16(mention: Mention, opened: source.SourceFile) -> Mention:
    """The mention with its columns in UTF-16 units where these differ from characters."""
    columns = (mention.column, mention.end_column)
    units = (
        opened.utf16(mention.line, mention.column),
        opened.utf16(mention.end_line, mention.end_column),
    )
    return mention if units == columns else replace(mention, utf16=units)
