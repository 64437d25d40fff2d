r"""One row a language: how its comments, strings and brackets look.

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
from functools import cache
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


@dataclass(frozen=True, slots=True)
class Row:
    """A language, compiled."""

    pattern: re.Pattern[str]
    kinds: tuple[str, ...]
    """Token kind by number of the last capturing group; 0 is dropped."""
    modes: dict[str, Mode]
    prefixes: frozenset[str]
    """Characters that may stand directly before a quote and belong to the literal."""
    raw: frozenset[str]
    """Prefix characters after which a backslash is plain text."""
    nested: bool
    """Block comments nest."""
    statements: bool
    """A string that stands alone as a statement is documentation."""
    doc_words: tuple[str, ...]
    """Words directly before a string that make it documentation."""


def _text(stops: str, *allowed: str) -> str:
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
BLOCK = Form("comment", "/", r"\*(" + _text("*", r"\*(?!/)") + r")(?:\*/|\Z)")
HASH = Form("comment", "#", r"([^\n]*+)")
WORD_HASH = Form("comment", "#", r"(?<![^\s;(]#)([^\n]*+)")
#: A regular expression between slashes; the lexer checks that a value may stand there.
REGEX = Form(
    "regex",
    "/",
    r"(?<![\w)\]<]/)(?![/*>])((?:[^/\\\[\n]{1,200}+|\\.|\[[^\]\\\n]{0,100}+(?:\\.[^\]\\\n]{0,100}+){0,20}+\])"
    r"{1,60}+)/[a-z]*+",
)
CHARACTER = Form("", "'", r"(?:\\[^\n][^'\n]{0,8}+|[^'\\\n]{1,4}+)'")
#: An apostrophe in text between tags, not the start of a string.
CONTRACTION = Form("", "'", r"(?<=[A-Za-z]')(?:s|t|re|ve|ll|d|m)\b(?!')")
TICKS = Form("raw", "`", r"([^`]*+)(?:`|\Z)")
C_LIKE = (*BRACKETS, SLASHES, BLOCK)
HASH_LIKE = (*BRACKETS, HASH)


def _quoted(quote: str, *, lines: bool = False) -> Form:
    """A string between single characters; an escaped line end always continues it."""
    stops = rf"{quote}\\" + ("" if lines else r"\n")
    return Form("string", quote, f"({_text(stops, ESC)}){quote}")


DOUBLE, SINGLE = STRINGS = (_quoted('"'), _quoted("'"))
DOUBLE_LINES, SINGLE_LINES = (_quoted('"', lines=True), _quoted("'", lines=True))


class Hole(NamedTuple):
    """How code is put into a string."""

    pattern: str
    stop: str
    """Its first character, for a character class; empty when that is the backslash."""
    text: tuple[str, ...]
    """What begins alike but is text (escapes included)."""
    bracket: str = "{}"


DOLLAR = Hole(r"\$\{", "$", (ESC, r"\$(?!\{)"))
DOLLAR_CALL = Hole(r"\$\(", "$", (ESC, r"\$(?!\()"), "()")
NUMBER_SIGN = Hole(r"#\{", "#", (ESC, r"#(?!\{)"))
BRACE = Hole(r"\{", "{", (ESC, r"\{\{"))
BRACE_DOLLAR = Hole(r"\{(?=\$)", "{", (ESC, r"\{(?!\$)"))
BACKSLASH = Hole(r"\\\(", "", (r"\\(?!\().",), "()")


def _triple(quote: str, *, raw: bool = False) -> Form:
    """A string between triple quotes."""
    inner = rf"{quote}(?!{quote}{quote})"
    body = _text(quote, inner) if raw else _text(rf"{quote}\\", ESC, inner)
    return Form("raw" if raw else "string", quote, rf"{quote}{quote}({body})(?:{quote}{{3}}|\Z)")


def _hashed(prefix: str) -> tuple[Form, ...]:
    """Raw strings fenced by one to three ``#``: ``r#"..."#``, ``#"..."#``."""
    forms = []
    for fence in ("###", "##", "#"):
        body = _text('"', rf'"(?!{fence})')
        forms.append(Form("raw", '"', rf'(?<={prefix}{fence}")({body})(?:"{fence}|\Z)'))
    return tuple(forms)


class _Holed(NamedTuple):
    """An interpolated string: two forms (without and with a hole) and the mode of the second."""

    forms: tuple[Form, Form]
    mode: Mode


def _holed(quote: str, hole: Hole, *, lines: bool = True, when: str = "") -> _Holed:
    """Row parts of an interpolated string.

    Args:
        quote: one character, or three for a long form.
        hole: how code is put in.
        lines: the literal may span lines.
        when: condition directly after the first quote character.
    """
    first, rest = quote[0], quote[1:]
    fence = (rf"{first}(?!{rest})",) if rest else ()
    stops = rf"{first}\\" + ("" if lines else r"\n")
    body = _text(stops + hole.stop, *hole.text, *fence)
    end = rf"(?:{quote}|\Z)" if lines else rf"(?:{quote}|(?=\n)|\Z)"
    mode = Mode(
        re.compile(rf"({body})(?:({hole.pattern})|{end})", re.DOTALL),
        re.compile(rf"({_text(stops, ESC, *fence)}){end}", re.DOTALL),
        *hole.bracket,
    )
    name = f"{quote}{when}"
    plain = Form("string", first, rf"{when}{rest}({body}){quote}")
    ahead = "" if lines else f"(?={body}{hole.pattern})"
    return _Holed((plain, Form(name, first, rf"{when}{rest}{ahead}()")), mode)


class _Spec(NamedTuple):
    """A row before compilation; forms of one first character are tried in order."""

    parts: Sequence[Form | _Holed]
    prefixes: str = ""
    raw: str = ""
    nested: bool = False
    statements: bool = False
    doc_words: tuple[str, ...] = ()


_F = r"(?:(?<=\b[fFtT]{0})|(?<=\b[fFtT][rR]{0})|(?<=\b[rR][fFtT]{0}))"
_HEREDOC = Form("heredoc", "<", r"<(?:[~-](?=[\"'`\w])|(?=[A-Z\"']))([\"'`]?+)([A-Za-z_]\w*+)\1")
_DELIMITERS = ("[]", "()", "{}", "<>", "||", "!!")
_PERCENT = tuple(
    Form(
        "raw",
        "%",
        r"(?:[wWiIqQrsx]|(?<=[\s(,=\[]%)(?=[\[({]))"
        rf"{re.escape(pair[0])}([^{re.escape(pair[1])}]*+)(?:{re.escape(pair[1])}|\Z)",
    )
    for pair in _DELIMITERS
)
_SIGILS = tuple(
    Form(
        "raw",
        "~",
        rf"[a-zA-Z]++{re.escape(pair[0])}"
        rf"({_text(re.escape(pair[1]) + ESC[:2], ESC)})(?:{re.escape(pair[1])}|\Z)",
    )
    for pair in (*_DELIMITERS[:5], "//")
)
_PHP_LINE = _text(r"\n?", r"\?(?!>)")

_SPECS: dict[str, _Spec] = {
    "python": _Spec(
        (
            *HASH_LIKE,
            _holed('"""', BRACE, when=_F.format('"')),
            _holed("'''", BRACE, when=_F.format("'")),
            _triple('"'),
            _triple("'"),
            _holed('"', BRACE, lines=False, when=_F.format('"')),
            _holed("'", BRACE, lines=False, when=_F.format("'")),
            *STRINGS,
        ),
        prefixes="rRbBuUfFtT",
        raw="rR",
        statements=True,
    ),
    "javascript": _Spec((*C_LIKE, CONTRACTION, *STRINGS, _holed("`", DOLLAR), REGEX)),
    "go": _Spec((*C_LIKE, DOUBLE, TICKS, CHARACTER)),
    "java": _Spec((*C_LIKE, _triple('"'), DOUBLE, CHARACTER)),
    "kotlin": _Spec(
        (*C_LIKE, _holed('"""', DOLLAR), _holed('"', DOLLAR, lines=False), CHARACTER), nested=True
    ),
    "scala": _Spec(
        (
            *C_LIKE,
            _holed('"""', DOLLAR, when=r'(?<=\w")'),
            _triple('"', raw=True),
            _holed('"', DOLLAR, lines=False, when=r'(?<=\w")'),
            DOUBLE,
            CHARACTER,
        ),
        prefixes="sfraw",
        nested=True,
    ),
    "csharp": _Spec(
        (
            *C_LIKE,
            Form("raw", '"', r'(?:(?<=@")|(?<=@\$"))([^"]*+(?:""[^"]*+)*+)(?:"|\Z)'),
            Form("raw", '"', r'("{2,}+)(.*?)(?:"\1(?!")|\Z)'),
            _holed('"', BRACE, lines=False, when=r'(?<=\$")'),
            DOUBLE,
            CHARACTER,
        ),
        prefixes="@$",
    ),
    "rust": _Spec(
        (
            *C_LIKE,
            *_hashed("r"),
            Form("raw", '"', r'(?:(?<=\br")|(?<=\bbr"))([^"]*+)(?:"|\Z)'),
            DOUBLE_LINES,
            CHARACTER,
        ),
        prefixes="brc#",
        nested=True,
    ),
    "ruby": _Spec(
        (
            *HASH_LIKE,
            Form("comment", "=", r"(?<![^\n]=)(begin\b(?:(?!\n=end).)*+)(?:\n=end|\Z)"),
            Form("comment", "_", r"(?<![^\n]_)_END__\n(.*+)"),
            Form("", '"', r'(?<=[\s(,]\?")'),
            _holed('"', NUMBER_SIGN),
            SINGLE_LINES,
            _holed("`", NUMBER_SIGN),
            _HEREDOC,
            REGEX,
            *_PERCENT,
        )
    ),
    "php": _Spec(
        (
            *BRACKETS,
            Form("leave", "?", ">()"),
            Form("comment", "/", f"/({_PHP_LINE})"),
            BLOCK,
            Form("comment", "#", rf"(?!\[)({_PHP_LINE})"),
            _holed('"', BRACE_DOLLAR),
            SINGLE_LINES,
            Form("heredoc", "<", r"<<[ \t]*+([\"']?+)([A-Za-z_]\w*+)\1"),
        )
    ),
    "swift": _Spec(
        (
            *C_LIKE,
            *_hashed(""),
            _holed('"""', BACKSLASH),
            _holed('"', BACKSLASH, lines=False),
        ),
        prefixes="#",
        nested=True,
    ),
    "dart": _Spec(
        (
            *C_LIKE,
            *(Form("raw", q, rf"(?<=\br{q}){q}{q}(.*?)(?:{q * 3}|\Z)") for q in "\"'"),
            *(Form("raw", q, rf"(?<=\br{q})([^{q}\n]*+){q}") for q in "\"'"),
            *(_holed(q * 3, DOLLAR) for q in "\"'"),
            *(_holed(q, DOLLAR, lines=False) for q in "\"'"),
        ),
        prefixes="r",
        nested=True,
    ),
    "elixir": _Spec(
        (
            *HASH_LIKE,
            *(Form("", q, rf"(?<=[^\w]\?{q})") for q in "\"'"),
            *(Form("raw", q, rf"(?<=~[A-Z]{q}){q}{q}(.*?)(?:{q * 3}|\Z)") for q in "\"'"),
            *(_holed(q * 3, NUMBER_SIGN) for q in "\"'"),
            *(_holed(q, NUMBER_SIGN) for q in "\"'"),
            *_SIGILS,
        ),
        doc_words=("@doc", "@moduledoc", "@typedoc", "@shortdoc"),
    ),
    "cpp": _Spec(
        (
            *C_LIKE,
            Form("raw", '"', r'(?<=R")([^()\\\s"]{0,16}+)\((.*?)(?:\)\1"|\Z)'),
            DOUBLE,
            CHARACTER,
        ),
        prefixes="LuU8R@",
    ),
    "lua": _Spec(
        (
            Form("raw", "[", r"(?<![\w\])]\[)(=*+)\[(.*?)(?:\]\1\]|\Z)"),
            *BRACKETS,
            Form("comment", "-", r"-\[(=*+)\[(.*?)(?:\]\1\]|\Z)"),
            Form("comment", "-", r"-([^\n]*+)"),
            *STRINGS,
        )
    ),
    "r": _Spec(
        (
            *HASH_LIKE,
            Form("raw", '"', r'(?<=\b[rR]")(-*+)\((.*?)(?:\)\1"|\Z)'),
            DOUBLE_LINES,
            SINGLE_LINES,
            Form("", "`", "[^`\\n]*+`"),
        ),
        prefixes="rR",
    ),
    "julia": _Spec(
        (
            *BRACKETS,
            Form("comment", "#", r"=((?:[^=]|=(?!#))*+)(?:=#|\Z)"),
            HASH,
            Form("raw", '"', r'(?<=\br")([^"]*+)"'),
            _holed('"""', DOLLAR_CALL),
            _holed('"', DOLLAR_CALL),
            CHARACTER,
        ),
        prefixes="brv",
        statements=True,
    ),
    "groovy": _Spec(
        (
            *C_LIKE,
            _holed('"""', DOLLAR),
            _triple("'"),
            _holed('"', DOLLAR, lines=False),
            SINGLE,
            REGEX,
        )
    ),
    "sql": _Spec(
        (
            *BRACKETS[:2],
            Form("comment", "-", r"-([^\n]*+)"),
            BLOCK,
            Form("raw", "'", r"([^']*+(?:''[^']*+)*+)'"),
            Form("raw", '"', r'([^"\n]*+)"'),
        )
    ),
    "shell": _Spec(
        (
            *BRACKETS,
            WORD_HASH,
            _holed('"', DOLLAR_CALL),
            Form("raw", "'", "([^']*+)'"),
            Form("heredoc", "<", r"<-?+[ \t]*+([\"']?+)([A-Za-z_]\w*+)\1"),
        )
    ),
    "generic": _Spec(
        (
            *BRACKETS,
            WORD_HASH,
            Form("comment", "/", r"(?<!:/)/([^\n]*+)"),
            BLOCK,
            CONTRACTION,
            *STRINGS,
        )
    ),
    "markup": _Spec(
        (
            Form("comment", "<", r"!--(.*?)(?:-->|\Z)"),
            Form("raw", '"', r'(?<==")([^"]*+)"'),
            Form("raw", "'", r"(?<==')([^']*+)'"),
            Form("script", "<", r"(?i:script|style)\b[^>]*+>()"),
            Form("enter", "<", r"\?(?:php\b|=)()"),
        )
    ),
}

_ALIASES = {
    "typescript": "javascript",
    "jsx": "javascript",
    "tsx": "javascript",
    "c": "cpp",
    "objc": "cpp",
    "bash": "shell",
    "html": "markup",
    "vue": "markup",
    "svelte": "markup",
}


def _compile(spec: _Spec) -> Row:
    """One pattern out of the forms: first character, then the forms that may begin with it."""
    forms: list[Form] = []
    modes: dict[str, Mode] = {}
    for part in spec.parts:
        if isinstance(part, _Holed):
            forms += part.forms
            modes[part.forms[1].kind] = part.mode
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
    return Row(
        re.compile(f"[{firsts}](?:{'|'.join(choices)})", re.DOTALL),
        tuple(kinds),
        modes,
        frozenset(spec.prefixes),
        frozenset(spec.raw),
        spec.nested,
        spec.statements,
        spec.doc_words,
    )


def _renumbered(pattern: str, before: int) -> str:
    """The pattern with its back-reference moved behind ``before`` groups."""
    return re.sub(r"(?<!\\)\\1(?!\d)", rf"(?:\\{before + 1})", pattern)


@cache
def row(language: str) -> Row:
    """The row of a language; unknown languages get the generic one."""
    name = _ALIASES.get(language, language)
    return _compile(_SPECS.get(name, _SPECS["generic"]))


def languages() -> list[str]:
    """Names of all languages that have a row or share one."""
    return sorted({*_SPECS, *_ALIASES})
