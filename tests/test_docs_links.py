"""Every link between the pages leads somewhere."""

from __future__ import annotations

import re

import pytest
from pages import PAGES, headings, prose
from running import ROOT


def anchors(text: str) -> set[str]:
    """The names GitHub gives to the headings of a page."""
    found: set[str] = set()
    for _, _, title in headings(text):
        name = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        number, unique = 0, name
        while unique in found:
            number += 1
            unique = f"{name}-{number}"
        found.add(unique)
    return found


ANCHORS = {name: anchors(text) for name, text in PAGES.items()}


def broken(name: str, text: str) -> list[str]:
    """The links of a page that lead to no file of the project, or to no heading of a page."""
    bare = re.sub(r"`[^`\n]*`", "", prose(text))
    links = re.findall(r"\]\(<?([^)>\s]+)>?\)", bare)
    lost = []
    for link in links:
        path, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        at = ((ROOT / name).parent / path).resolve() if path else ROOT / name
        inside = at.is_relative_to(ROOT.resolve()) and at.exists()
        page = at.relative_to(ROOT.resolve()).as_posix() if inside else ""
        if not inside or (anchor and anchor not in ANCHORS.get(page, ())):
            lost.append(link)
    return lost


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    assert broken(name, PAGES[name]) == []


def test_a_lost_link_is_seen() -> None:
    text = "[a](docs/ci.md#nowhere) [b](none.md) [c](../x) [`d`](docs/ci.md#github) [e](#more)\n"
    assert broken("README.md", text) == ["docs/ci.md#nowhere", "none.md", "../x"]


def test_every_page_is_linked_from_readme_and_says_what_it_is_for() -> None:
    for name in (name for name in PAGES if name.startswith("docs/")):
        assert f"]({name})" in PAGES["README.md"], name
        assert PAGES[name].split("\n\n")[1].startswith("This page is "), name
