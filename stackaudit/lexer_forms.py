r"""What rows of the lexer's table are made of: the forms that comments and strings take.

A row is one regular expression. Its first item is the set of characters a token can start
with, so the matcher skips plain code quickly; a look-behind then chooses the form. Every
repetition is possessive, and every long form (block comment, raw or triple-quoted string) runs to
the end of the text when it is not closed, so the cost stays linear on hostile input. A short
quote that is not closed is no token at all: an apostrophe in prose must not swallow code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Form(NamedTuple):
    """One alternative: the token kind, the characters it may start with, and the pattern after."""

    kind: str
    first: str
    rest: str
    """Its last capturing group is the content; without a group the token is dropped."""


class Mode(NamedTuple):
    """How text goes on inside an interpolated string."""

    chunk: re.Pattern[str]
    """Group 1: text; group 2: the opening of a hole, absent at the end of the string."""
    whole: re.Pattern[str]
    """Like ``chunk`` with holes taken as text: used beyond the nesting limit."""
    opening: str
    """The bracket that is counted to find the end of a hole."""
    closing: str


class Hole(NamedTuple):
    """How code is put into a string."""

    pattern: str
    stop: str
    """Its first character, for a character class; empty when that is the backslash."""
    text: tuple[str, ...] = ()
    """What begins alike but is text."""
    bracket: str = "{}"
    escape: str = r"\\."
    """What a backslash in the text begins."""


class Holed(NamedTuple):
    """An interpolated string: two forms (without and with a hole) and the mode of the second."""

    forms: tuple[Form, ...]
    mode: Mode


@dataclass(frozen=True, slots=True)
class Row:
    """A language, compiled."""

    pattern: re.Pattern[str]
    kinds: tuple[str, ...]
    """Token kind by number of the last capturing group; 0 is dropped."""
    modes: dict[str, Mode]
    heredoc: re.Pattern[str] | None
    """The start of a heredoc; group 1: the quote around its name, group 2: the name."""
    heredoc_ends: str
    """What follows the name of a heredoc at its end, as a pattern."""
    prefixes: frozenset[str]
    """Characters that may stand directly before a quote and belong to the literal."""
    notable: frozenset[str]
    """Characters directly before a literal that call for a look at what else stands there."""
    raw: frozenset[str]
    """Prefix characters after which a backslash is plain text."""
    nested: tuple[str, str]
    """Opening and end of block comments that nest; empty where they do not."""
    statements: bool
    """A string that stands alone as a statement is documentation."""
    doc_words: tuple[str, ...]
    """Words directly before a string that make it documentation."""


class Spec(NamedTuple):
    """A row before compilation; forms of one first character are tried in order."""

    parts: Sequence[Form | Holed]
    prefixes: str = ""
    raw: str = ""
    nested: tuple[str, str] = ("", "")
    statements: bool = False
    doc_words: tuple[str, ...] = ()
    heredoc_ends: str = r"[ \t]*+\r?$"


def text(stops: str, *allowed: str) -> str:
    """Unrolled loop over anything but ``stops``, or one of ``allowed`` where a stop stands."""
    if not allowed:
        return f"[^{stops}]*+"
    return f"[^{stops}]*+(?:(?:{'|'.join(allowed)})[^{stops}]*+)*+"


ESC = r"\\."
OPEN = Form("open", "([{", "()")
CLOSE = Form("close", ")]}", "()")
ESCAPE = Form("", "\\", ".")
BRACKETS = (OPEN, CLOSE, ESCAPE)
SLASHES = Form("comment", "/", r"/([^\n]*+)")
BLOCK = Form("comment", "/", r"\*(" + text("*", r"\*(?!/)") + r")(?:\*/|\Z)")
HASH = Form("comment", "#", r"([^\n]*+)")
WORD_HASH = Form("comment", "#", r"(?<![^\s;(]#)([^\n]*+)")
_CLASS = r"\[[^\]\\\n]{0,80}+(?:\\.[^\]\\\n]{0,40}+){0,40}+\]"
#: After what joins on to the slash and ends a value, it divides.
_VALUE = r"(?:(?<![\w$)\]}\"'`/]/)|(?<=return/)|(?<=case/)|(?<=typeof/)|(?<=else/)|(?<=void/))"
_LITERAL = text(r"/\\\[\n", ESC)
#: A regular expression between slashes; the lexer checks that a value may stand there.
REGEX = Form("regex", "/", rf"(?![/*]){_VALUE}({_LITERAL}(?:{_CLASS}{_LITERAL}){{0,40}}+)/[a-z]*+")
CHARACTER = Form("", "'", r"(?:\\[^\n][^'\n]{0,8}+|[^'\\\n]{1,4}+)'")
#: An apostrophe in text between tags, not the start of a string.
CONTRACTION = Form("", "'", r"(?<=[A-Za-z]')(?:s|t|re|ve|ll|d|m)\b(?!')")
TICKS = Form("raw", "`", r"([^`]*+)(?:`|\Z)")
C_LIKE = (*BRACKETS, SLASHES, BLOCK)
HASH_LIKE = (*BRACKETS, HASH)

DOLLAR = Hole(r"\$\{", "$", (r"\$(?!\{)",))
DOLLAR_CALL = Hole(r"\$\(", "$", (r"\$(?!\()",), "()")
NUMBER_SIGN = Hole(r"#\{", "#", (r"#(?!\{)",))
BRACE = Hole(r"\{", "{", (r"\{\{",))
LONE_BRACE = Hole(r"\{", "{")
BRACES = Hole(r"\{\{", "{", (r"\{(?!\{)",))
BRACE_DOLLAR = Hole(r"\{(?=\$)", "{", (r"\{(?!\$)",))
BACKSLASH = Hole(r"\\\(", "", (), "()", r"\\(?!\().")


def quoted(quote: str, *, lines: bool = True, when: str = "") -> Form:
    """A string between single characters; an escaped line end always continues it."""
    stops = rf"{quote}\\" + ("" if lines else r"\n")
    return Form("string", quote, f"{when}({text(stops, ESC)}){quote}")


DOUBLE, SINGLE = STRINGS = (quoted('"', lines=False), quoted("'", lines=False))
DOUBLE_LINES, SINGLE_LINES = (quoted('"'), quoted("'"))


def triple(quote: str, *, raw: bool = False, when: str = "") -> Form:
    """A string between triple quotes; if raw, further quotes at its end belong to it."""
    inner = rf"{quote}(?!{quote}{quote}(?!{quote}))" if raw else rf"{quote}(?!{quote}{quote})"
    body = text(quote, inner) if raw else text(rf"{quote}\\", ESC, inner)
    kind = "raw" if raw else "string"
    return Form(kind, quote, rf"{when}{quote}{quote}({body})(?:{quote}{{3}}|\Z)")


def hashed(prefix: str) -> tuple[Form, ...]:
    """Raw strings fenced by one to three ``#``: ``r#"..."#``, ``#"..."#``."""
    forms = []
    for fence in ("###", "##", "#"):
        body = text('"', rf'"(?!{fence})')
        forms.append(Form("raw", '"', rf'(?<={prefix}{fence}")({body})(?:"{fence}|\Z)'))
    return tuple(forms)


def holed(
    quote: str,
    hole: Hole,
    *,
    lines: bool = True,
    when: str = "",
    escapes: bool = True,
    doubled: bool = False,
) -> Holed:
    """Row parts of an interpolated string.

    Args:
        quote: one character, or three for a long form.
        hole: how code is put in.
        lines: the literal may span lines.
        when: condition directly after the first quote character.
        escapes: a backslash escapes; else a long form may end in further quotes.
        doubled: two quote characters stand for one in the text.
    """
    first, rest = quote[0], quote[1:]
    inner = [first * 2] if doubled else []
    if rest:
        inner.append(rf"{first}(?!{rest})" if escapes else rf"{first}(?!{rest}(?!{first}))")
    head = Form("string" if escapes else "raw", first, when + rest)
    return _holed(head, quote, first, hole, tuple(inner), lines, escapes)


def fenced(first: str, opening: str, pair: str, hole: Hole, *, nested: bool = True) -> Holed:
    """An interpolated string between the characters of ``pair``, brackets in it counted or not."""
    start, end = map(re.escape, pair)
    stops, inner = _balanced(start, end) if nested else (end, ())
    return _holed(Form("string", first, opening + start), end, stops, hole, inner, True, True)


def fenced_raw(first: str, opening: str, pair: str, *, nested: bool = True) -> Form:
    """The same without interpolation; a backslash still escapes the end."""
    start, end = map(re.escape, pair)
    stops, inner = _balanced(start, end) if nested else (end, ())
    body = text(stops + ESC[:2], ESC, *inner)
    return Form("raw", first, rf"{opening}{start}({body})(?:{end}|\Z)")


def _balanced(start: str, end: str) -> tuple[str, tuple[str, ...]]:
    """What stops the text between brackets, and what is text: the same brackets, two deep."""
    if start == end:
        return end, ()
    stops = start + end
    deepest = rf"{start}{text(stops + ESC[:2], ESC)}{end}"
    return stops, (rf"{start}{text(stops + ESC[:2], ESC, deepest)}{end}", start)


def regexes(hole: Hole) -> tuple[Holed, Holed]:
    """Interpolated regular expressions between slashes: in one line; begun by a line end."""
    one = _holed(Form("regex", "/", _VALUE), "/", r"/\[", hole, (_CLASS,), False, True)
    many = Form("regex", "/", r"(?=[^\w\s/]{0,4}+[ \t]*+\r?\n)")
    return one, _holed(many, "/", r"/\[", hole, (_CLASS, r"\["), True, True)


def _holed(
    head: Form,
    close: str,
    stops: str,
    hole: Hole,
    inner: tuple[str, ...],
    lines: bool,
    escapes: bool,
) -> Holed:
    """Forms and mode of a string that ``head`` opens and ``close`` ends."""
    if escapes:
        stops, inner = stops + r"\\", (hole.escape, *inner)
    stops += "" if lines else r"\n"
    body = text(stops + hole.stop, *inner, *hole.text)
    end = rf"(?:{close}|\Z)" if lines else rf"(?:{close}|(?=\n)|\Z)"
    mode = Mode(
        re.compile(rf"({body})(?:({hole.pattern})|{end})", re.DOTALL),
        re.compile(rf"({text(stops, *((ESC, *inner[1:]) if escapes else inner))}){end}", re.DOTALL),
        *hole.bracket,
    )
    plain = head._replace(rest=rf"{head.rest}({body}){close}")
    ahead = "" if lines else f"(?={body}{hole.pattern})"
    name = f"{head.kind} {head.first}{head.rest}{'' if lines else '-'}"
    return Holed((plain, Form(name, head.first, rf"{head.rest}{ahead}()")), mode)


def heredoc(opening: str, hole: Hole) -> Holed:
    """A heredoc; ``opening`` is what follows the first ``<``, groups as in ``Row.heredoc``."""
    body = text(r"\\" + hole.stop, hole.escape, *hole.text)
    mode = Mode(
        re.compile(rf"({body})(?:({hole.pattern})|\\?\Z)", re.DOTALL),
        re.compile(r"(.*+)", re.DOTALL),
        *hole.bracket,
    )
    return Holed((Form("heredoc", "<", opening),), mode)


def compiled(spec: Spec) -> Row:
    """One pattern out of the forms: first character, then the forms that may begin with it."""
    forms: list[Form] = []
    modes: dict[str, Mode] = {}
    for part in spec.parts:
        if isinstance(part, Holed):
            forms += part.forms
            modes[part.forms[-1].kind] = part.mode
        else:
            forms.append(part)
    kinds = [""]
    choices = []
    for form in forms:
        first = re.escape(form.first)
        groups = re.compile(form.rest).groups
        choices.append(f"(?<=[{first}]){_renumbered(form.rest, len(kinds) - 1)}")
        kinds += [form.kind] * groups
    firsts = "".join(re.escape(c) for c in dict.fromkeys("".join(f.first for f in forms)))
    blank = " \t" if spec.statements or spec.doc_words else ""
    heredocs = [form.first + form.rest for form in forms if form.kind == "heredoc"]
    return Row(
        re.compile(f"[{firsts}](?:{'|'.join(choices)})", re.DOTALL),
        tuple(kinds),
        modes,
        re.compile(heredocs[0]) if heredocs else None,
        spec.heredoc_ends,
        frozenset(spec.prefixes),
        frozenset(spec.prefixes + ("\n" if spec.statements else "") + blank),
        frozenset(spec.raw),
        spec.nested,
        spec.statements,
        spec.doc_words,
    )


def _renumbered(pattern: str, before: int) -> str:
    """The pattern with its back-reference moved behind ``before`` groups."""
    return re.sub(r"(?<!\\)\\1(?!\d)", rf"(?:\\{before + 1})", pattern)
