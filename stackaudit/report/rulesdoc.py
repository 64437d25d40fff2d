"""All rules as one Markdown page: the same rules give the same bytes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TextIO

from stackaudit.model import ContextKey, NamedList, Pack, Rule, Source
from stackaudit.report import places
from stackaudit.report.conditions import Condition, conditions
from stackaudit.report.text import address, clean, count, prose

_INTRO = """\
This page is written by `stackaudit rules docs` from the files in [rules/](../rules); it is not
edited by hand.

A finding is evidence for a lawyer or an auditor, not legal advice. Each rule says whom it binds and
whom it does not. Rules of the kind `prohibition` and `obligation` come from law or contract,
`guidance` from an authority, `pending` is announced and not in force, `practice` binds nobody. A
rule that needs a declaration is conditional until [it is declared](#what-can-be-declared). Sources
say when they were read, and whether it was their own text or an account of it."""
_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~])")


class Book(NamedTuple):
    """What the page tells."""

    packs: Sequence[Pack]
    keys: Sequence[ContextKey]
    lists: Sequence[NamedList]
    meanings: Mapping[str, str]
    """Field of a match -> what it means."""


def write(book: Book, stream: TextIO) -> None:
    """Writes the page."""
    stream.writelines(f"{line}\n" for line in _page(book))


def _page(book: Book) -> Iterator[str]:
    total = count(sum(len(pack.rules) for pack in book.packs), "rule")
    yield from ("# Rules", "", _INTRO, "")
    yield from ("## Contents", "", f"{total} in {count(len(book.packs), 'pack')}.", "")
    for pack in book.packs:
        yield f"- [{_text(pack.title)} ({pack.id})](#{_anchor(pack.id)}), {len(pack.rules)}"
        yield from (
            f"  - [{rule.id}](#{_anchor(rule.id)}): {_text(rule.title)}" for rule in pack.rules
        )
    yield from ("- [What can be declared](#what-can-be-declared)", "- [Lists](#lists)", "")
    for pack in book.packs:
        yield from _pack(pack, book)
    yield from _declarable(book.keys)
    yield from _lists(book.lists)


def _pack(pack: Pack, book: Book) -> Iterator[str]:
    tally = Counter(rule.kind for rule in pack.rules)
    kinds = ", ".join(f"{tally[kind]} {kind}" for kind in sorted(tally))
    yield from (
        f"## {pack.id}",
        "",
        f"**{_text(pack.title)}**, version {clean(pack.version)}: {kinds}.",
    )
    if pack.summary:
        yield from ("", _text(pack.summary))
    if pack.includes:
        also = ", ".join(f"[{part}](#{_anchor(part)})" for part in pack.includes)
        yield from ("", f"Whoever asks for this pack is judged with these too: {also}.")
    for rule in pack.rules:
        yield from ("", *_rule(rule, book))
    yield ""


def _rule(rule: Rule, book: Book) -> Iterator[str]:
    yield from (f"### {rule.id}", "", f"**{_text(rule.title)}**", "")
    where = places.country(rule.jurisdiction)
    yield f"- Severity {rule.severity}, kind {rule.kind}, jurisdiction {_text(where)}"
    yield f"- Binds: {_text(rule.binds)}"
    yield f"- Does not bind: {_text(rule.not_binding)}"
    yield f"- In force: {_period(rule)}"
    if rule.shown_by == "explain":
        yield "- A note: `stackaudit explain` tells it, a scan raises no finding from it"
    yield from (f"- Changes on {change.date}: {_text(change.change)}" for change in rule.upcoming)
    yield "- Fires on:"
    yield from _conditions(conditions(rule.match, book.meanings), 1)
    yield from _context("Needs the declaration", rule.applies_if, book.lists)
    yield from _context("Silent where declared", rule.unless, book.lists)
    yield f"- Why: {_text(rule.message)}"
    yield f"- Do: {_text(rule.remedy)}"
    yield from (f"- Source: {_source(source)}" for source in rule.sources)


def _period(rule: Rule) -> str:
    told = [f"announced {rule.issued_on}"] if rule.issued_on else []
    told += [f"from {rule.effective_from}"] if rule.effective_from else []
    told += [f"until {rule.effective_to}"] if rule.effective_to else []
    if rule.kind == "pending" and not rule.effective_from:
        told.append("no date yet")
    return ", ".join(told) or "no date applies"


def _conditions(found: Iterable[Condition], depth: int) -> Iterator[str]:
    pad = "  " * depth
    for part in found:
        if part.inner:
            yield f"{pad}- {part.text}:"
            yield from _conditions(part.inner, depth + 1)
            continue
        yield f"{pad}- {_text(part.text)}: {_either(part.values)}"


def _context(
    label: str, context: Mapping[str, tuple[str, ...]], lists: Iterable[NamedList]
) -> Iterator[str]:
    """What is to be declared; a code that stands for several countries stands alone."""
    codes = {row.code: set(row.values) for row in lists if row.code}
    for key, values in context.items():
        implied = set().union(*(codes.get(value, set()) for value in values))
        shown = [value for value in values if value not in implied]
        yield f"- {label} `{key}`: {_either(shown)}"


def _either(values: Iterable[str]) -> str:
    return " or ".join(
        f"[{value}](#{_anchor(f'list {value[1:]}')})"
        if value.startswith("@")
        else f"`{clean(value)}`"
        for value in values
    )


def _source(source: Source) -> str:
    how = "" if source.verification == "primary" else ", read through a secondary source"
    cited = f"{_text(source.issuer)}, {_text(source.section)}"
    link = f"[{_text(source.title)}](<{address(source.url)}>)"
    return f"{link}, {cited} (checked {source.checked_on}{how})"


def _declarable(keys: Iterable[ContextKey]) -> Iterator[str]:
    yield from ("## What can be declared", "")
    yield "Under `[tool.stackaudit.context]`, in a zone's `context`, or with `--context key=value`."
    yield "Declaring a key says that its values are all that apply."
    for key in keys:
        yield from ("", f"### context {key.key}", "", f"{_text(key.title)}.")
        if key.type != "values":
            takes = "a number" if key.type == "number" else "ISO 3166-1 alpha-2 codes, or `EU`"
            yield from ("", f"Takes {takes}.")
            continue
        yield from ("", *(f"- `{value}`: {_text(says)}" for value, says in key.values.items()))
    yield ""


def _lists(lists: Iterable[NamedList]) -> Iterator[str]:
    yield from ("## Lists", "", "Rules, those of your own too, refer to a list as `@name`.")
    for row in lists:
        code = f" `{row.code}` stands for all of them." if row.code else ""
        yield from ("", f"### list {row.id}", "", f"{_text(row.title)}.{code}", "")
        yield f"- Members: {', '.join(f'`{clean(value)}`' for value in row.values)}"
        if row.note:
            yield f"- Note: {_text(row.note)}"
        yield from (f"- Source: {_source(source)}" for source in row.sources)


def _text(text: str) -> str:
    """Prose in which no character is taken for markup."""
    return _SPECIAL.sub(r"\\\1", prose(text))


def _anchor(heading: str) -> str:
    """The fragment that readers of Markdown give to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
