"""Where the comments of a file stand, whatever its language or format; a string is never one."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from stackaudit import lexer
from stackaudit.detect.readers import reader_for
from stackaudit.source import SourceFile

_LONE_RETURN = re.compile(r"\r(?!\n)")
_LINE_END = re.compile(r"\n")
#: Read by the lexer although there is a reader too: the scripts in a page have comments.
_PAGES = frozenset({"html"})
#: What opens a comment in a text of a format that nothing here knows.
_IN_TEXT = re.compile(
    r"(?<!\S)[{<(%]{0,2}(?:#++|//++|--++|;++|%++|/\*++|\(?\*|\{-|!(?:--)?|(?i:rem|dnl)(?=\s))"
    r"[-!*#\s]*\Z"
)
#: What opens a comment of a template language.
_IN_TEMPLATE = re.compile(r"(?:\{#-?|<%\s?#|\{\{-?\s?/\*|\{\{-?!(?:--)?|\{/\*+)\s*\Z")
_CLOSED = re.compile(r"\*+/|\*\)|--+>|-?#\}|(?:--)?\}\}|-\}|-?%>")
_NEAR = 200
_TEMPLATES = frozenset(
    [
        "ejs",
        "erb",
        "hbs",
        "j2",
        "jinja",
        "jinja2",
        "liquid",
        "mdx",
        "mustache",
        "njk",
        "tpl",
        "twig",
    ]
)
_CODE = re.compile(r"\b(?!(?:rem|dnl)\b)\w", re.IGNORECASE)

_Span = tuple[int, int, int]
"""Start and end of what a comment says, and its own end."""


class Comment(NamedTuple):
    """One comment. Offsets are bytes into the data it is read from, lines count from 0."""

    start: int
    end: int
    """Bounds of what is said, without what opens and closes the comment."""
    first: int
    last: int
    """The lines it begins and ends on."""
    before: bool
    """Something else stands before it on its first line."""
    after: bool
    """Something else stands behind it on its last line."""

    @property
    def alone(self) -> bool:
        """Nothing else stands on its lines."""
        return not (self.before or self.after)


class Text:
    """A file, or a view of one, with its lines and comments."""

    def __init__(self, source: SourceFile) -> None:
        """Take in the file; every line ends with a line feed, and offsets stay."""
        self.source = source
        self.text = _LONE_RETURN.sub("\n", source.data.decode("latin-1"))
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(self.text))]

    def bounds(self, line: int) -> tuple[int, int]:
        """Offsets of the start of a line and of the next one's."""
        after = self._starts[line + 1] if line + 1 < len(self._starts) else len(self.text)
        return self._starts[line] if line < len(self._starts) else after, after

    def comments(self, word: str) -> Iterator[Comment]:
        """Yield all comments that hold ``word``, in order, and of most formats all others too."""
        taken, until = -1, 0
        for start, said, end in sorted(_spans(self, word)):
            if start < until:
                continue
            first, last = (bisect_right(self._starts, at) - 1 for at in (start, end))
            # Of several on one line only the first can have nothing but itself there.
            leads = first != taken
            before = not leads or bool(_CODE.search(self.text, self._starts[first], start))
            after = (leads or last > first) and bool(
                _CODE.search(self.text, end, self.bounds(last)[1])
            )
            taken, until = last, end
            yield Comment(start, said, first, last, before, after)


def texts(source: SourceFile) -> Iterator[Text]:
    """What a file is read as: the views of a notebook, else the file itself."""
    if source.language != "notebook":
        yield Text(source)
        return
    from stackaudit.detect import notebooks

    yield from map(Text, notebooks.views(source))


def _spans(whole: Text, word: str) -> Iterator[_Span]:
    text, language = whole.text, whole.source.language
    if language == "text":
        yield from _opened(text, word, _IN_TEXT)
    elif (reader := reader_for(language)) and language not in _PAGES:
        yield from ((e.start, e.end, e.end) for e in reader(text) if e.region == "comment")
    else:
        tokens = lexer.tokens(text, language)
        yield from ((first, last, end) for _, end, kind, first, last in tokens if kind == "comment")
    if language in _PAGES or whole.source.path.rpartition(".")[2].lower() in _TEMPLATES:
        yield from _opened(text, word, _IN_TEMPLATE)


def _opened(text: str, word: str, opener: re.Pattern[str]) -> Iterator[_Span]:
    """Each ``word`` behind what opens a comment, up to what closes it or the end of the line."""
    at = text.find(word)
    while at >= 0:
        line = max(text.rfind("\n", max(0, at - _NEAR), at) + 1, at - _NEAR)
        end = at + 1
        if opener.search(text[line:at]):
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            closed = _CLOSED.search(text, at, end)
            yield (at, closed.start(), closed.end()) if closed else (at, end, end)
        at = text.find(word, end)
