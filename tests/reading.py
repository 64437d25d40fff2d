"""Shared by tests: the shipped catalogue once, and one text read as one file."""

from __future__ import annotations

from functools import cache

from stackaudit.bind import Bound, bind
from stackaudit.catalogue import Catalogue, load
from stackaudit.detect import detect
from stackaudit.detect.filefacts import FileFacts
from stackaudit.model import Mention
from stackaudit.source import SourceFile, language_of


@cache
def catalogue() -> Catalogue:
    return load()


def read(path: str, text: str | bytes) -> FileFacts:
    """Detect in one file; the language comes from its path and first bytes, as in a scan."""
    data = text.encode() if isinstance(text, str) else text
    source = SourceFile(path, data, language_of(path, data[:4096]))
    return detect(source, catalogue()) or FileFacts(())


def mentions(path: str, text: str | bytes, kind: str = "") -> list[Mention]:
    return [m for m in read(path, text).mentions if not kind or m.kind == kind]


def models(path: str, text: str | bytes) -> list[str]:
    return [m.text for m in mentions(path, text, "model")]


def bound(path: str, text: str | bytes) -> list[Bound]:
    return list(bind(read(path, text), catalogue()))
