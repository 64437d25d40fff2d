"""One row a language: how its comments, strings and brackets look."""

from __future__ import annotations

from functools import cache

from stackaudit.lexer_forms import (
    BACKSLASH,
    BLOCK,
    BRACE,
    BRACE_DOLLAR,
    BRACES,
    BRACKETS,
    C_LIKE,
    CHARACTER,
    CONTRACTION,
    DOLLAR,
    DOLLAR_CALL,
    DOUBLE,
    DOUBLE_LINES,
    HASH,
    HASH_LIKE,
    LONE_BRACE,
    NUMBER_SIGN,
    REGEX,
    SINGLE,
    SINGLE_LINES,
    STRINGS,
    TICKS,
    WORD_HASH,
    Form,
    Row,
    Spec,
    compiled,
    fenced,
    fenced_raw,
    hashed,
    heredoc,
    holed,
    quoted,
    regexes,
    text,
    triple,
)

_SLASH_STAR = ("/*", "*/")
_PAIRS = ("[]", "()", "{}", "<>", "||", "//", "!!")
_F = r"(?:(?<=\b[fFtT]{0})|(?<=\b[fFtT][rR]{0})|(?<=\b[rR][fFtT]{0}))"
#: ``%`` with a bracket is a string only where no value stands before it.
_BARE = r"(?<=[\s(,=\[{|]%)(?=[\[({])|"
_PERCENT = tuple(
    part
    for pair in _PAIRS
    for part in (
        fenced("%", f"(?:{_BARE if pair in _PAIRS[:3] else ''}[QWIrx])", pair, NUMBER_SIGN),
        fenced_raw("%", "[qwis]", pair),
    )
)
_SIGILS = tuple(
    part
    for pair in _PAIRS[:6]
    for part in (
        fenced("~", "[a-z]", pair, NUMBER_SIGN, nested=False),
        fenced_raw("~", "[A-Z]++", pair, nested=False),
    )
)
_PHP_LINE = text(r"\n?", r"\?(?!>)")
#: A variable in braces within a double-quoted string may hold quotes of its own.
_SHELL_CALL = DOLLAR_CALL._replace(
    text=(
        r"\$\{[^{}\"\\]*+(?:(?:\"[^\"\\{}]*+\"|\\.)[^{}\"\\]*+)*+\}",
        *DOLLAR_CALL.text,
    )
)
#: The value of an attribute, which may span lines.
_ATTRIBUTES = tuple(Form("raw", q, rf"(?<=={q})([^{q}]*+){q}") for q in "\"'")
_PAGE = (
    Form("comment", "<", r"!--(.*?)(?:-->|\Z)"),
    *_ATTRIBUTES,
    Form("script", "<", r"(?i:script|style)\b()"),
)

_SPECS: dict[str, Spec] = {
    "python": Spec(
        (
            *HASH_LIKE,
            holed('"""', BRACE, when=_F.format('"')),
            holed("'''", BRACE, when=_F.format("'")),
            triple('"'),
            triple("'"),
            holed('"', BRACE, lines=False, when=_F.format('"')),
            holed("'", BRACE, lines=False, when=_F.format("'")),
            *STRINGS,
        ),
        prefixes="rRbBuUfFtT",
        raw="rR",
        statements=True,
    ),
    "javascript": Spec(
        (
            *BRACKETS,
            Form("comment", "/", r"(?<!ttp:/)(?<!tps:/)/([^\n]*+)"),
            BLOCK,
            CONTRACTION,
            *STRINGS,
            *_ATTRIBUTES,
            holed("`", DOLLAR),
            REGEX,
        )
    ),
    "go": Spec((*C_LIKE, DOUBLE, TICKS, CHARACTER)),
    "java": Spec((*C_LIKE, triple('"'), DOUBLE, CHARACTER)),
    "kotlin": Spec(
        (
            *C_LIKE,
            holed('"""', DOLLAR, escapes=False),
            holed('"', DOLLAR, lines=False),
            CHARACTER,
        ),
        nested=_SLASH_STAR,
    ),
    "scala": Spec(
        (
            *C_LIKE,
            holed('"""', DOLLAR, when=r'(?<=\w")', escapes=False),
            triple('"', raw=True),
            holed('"', DOLLAR, lines=False, when=r'(?<=\w")'),
            DOUBLE,
            CHARACTER,
        ),
        prefixes="sfraw",
        nested=_SLASH_STAR,
    ),
    "csharp": Spec(
        (
            *C_LIKE,
            holed('"', BRACE, when=r'(?:(?<=@\$")|(?<=\$@"))', escapes=False, doubled=True),
            Form("raw", '"', r'(?<=@")([^"]*+(?:""[^"]*+)*+)(?:"|\Z)'),
            holed('"""', BRACES, when=r'(?<=\$\$")(?<!\$\$\$")(?!""")', escapes=False),
            holed('"""', LONE_BRACE, when=r'(?<=\$")(?!""")', escapes=False),
            Form("raw", '"', r'("{2,}+)(.*?)(?:"\1(?!")|\Z)'),
            holed('"', BRACE, lines=False, when=r'(?<=\$")'),
            DOUBLE,
            CHARACTER,
        ),
        prefixes="@$",
    ),
    "rust": Spec(
        (
            *C_LIKE,
            *hashed("r"),
            Form("raw", '"', r'(?:(?<=\br")|(?<=\b[bc]r"))([^"]*+)(?:"|\Z)'),
            DOUBLE_LINES,
            CHARACTER,
        ),
        prefixes="brc#",
        nested=_SLASH_STAR,
    ),
    "ruby": Spec(
        (
            *HASH_LIKE,
            Form("comment", "=", r"(?<![^\n]=)(begin\b(?:(?!\n=end).)*+)(?:\n=end|\Z)"),
            Form("comment", "_", r"(?<![^\n]_)_END__\r?\n(.*+)"),
            Form("", '"', r'(?:(?<=[\s(,]\?")|(?<=\$"))'),
            holed('"', NUMBER_SIGN),
            Form("", "'", r"(?:(?<=[\s(,]\?')|(?<=\$'))"),
            SINGLE_LINES,
            holed("`", NUMBER_SIGN),
            heredoc(r"<(?:[~-](?=[\"'`\w])|(?=[A-Z\"']))([\"'`]?+)([A-Za-z_]\w*+)\1", NUMBER_SIGN),
            *regexes(NUMBER_SIGN),
            *_PERCENT,
        )
    ),
    "php": Spec(
        (
            *BRACKETS,
            Form("leave", "?", ">()"),
            Form("comment", "/", f"/({_PHP_LINE})"),
            BLOCK,
            Form("comment", "#", rf"(?!\[)({_PHP_LINE})"),
            holed('"', BRACE_DOLLAR),
            holed("`", BRACE_DOLLAR),
            SINGLE_LINES,
            heredoc(r"<<[ \t]*+([\"']?+)([A-Za-z_]\w*+)\1", BRACE_DOLLAR),
        ),
        heredoc_ends=r"\b",
    ),
    "swift": Spec(
        (
            *C_LIKE,
            *hashed(""),
            holed('"""', BACKSLASH),
            holed('"', BACKSLASH, lines=False),
            Form("raw", "/", r"(?<=#/)((?:[^/\n]|/(?!#))*+)/#"),
        ),
        prefixes="#",
        nested=_SLASH_STAR,
    ),
    "dart": Spec(
        (
            *C_LIKE,
            *(Form("raw", q, rf"(?<=\br{q}){q}{q}(.*?)(?:{q * 3}|\Z)") for q in "\"'"),
            *(Form("raw", q, rf"(?<=\br{q})([^{q}\n]*+){q}") for q in "\"'"),
            *(holed(q * 3, DOLLAR) for q in "\"'"),
            *(holed(q, DOLLAR, lines=False) for q in "\"'"),
        ),
        prefixes="r",
        nested=_SLASH_STAR,
    ),
    "elixir": Spec(
        (
            *BRACKETS,
            Form("comment", "#", r"(?<![^\w]\?#)([^\n]*+)"),
            *(Form("", q, rf"(?<=[^\w]\?{q})") for q in "\"'"),
            *(triple(q, when=rf"(?<=~[A-Z]{q})")._replace(kind="raw") for q in "\"'"),
            *(quoted(q, when=rf"(?<=~[A-Z]{q})")._replace(kind="raw") for q in "\"'"),
            *(holed(q * 3, NUMBER_SIGN) for q in "\"'"),
            *(holed(q, NUMBER_SIGN) for q in "\"'"),
            *_SIGILS,
        ),
        doc_words=("@doc", "@moduledoc", "@typedoc", "@shortdoc"),
    ),
    "cpp": Spec(
        (
            *C_LIKE,
            Form("raw", '"', r'(?<=R")([^()\\\s"]{0,16}+)\((.*?)(?:\)\1"|\Z)'),
            DOUBLE,
            CHARACTER,
        ),
        prefixes="LuU8R@",
    ),
    "nix": Spec(
        (
            *HASH_LIKE,
            BLOCK,
            Form("raw", "'", r"'((?:[^']++|'(?!')|''['$\\])*+)(?:''|\Z)"),
            holed('"', DOLLAR),
        )
    ),
    "lua": Spec(
        (
            Form("raw", "[", r"(=*+)\[(.*?)(?:\]\1\]|\Z)"),
            *BRACKETS,
            Form("comment", "-", r"-\[(=*+)\[(.*?)(?:\]\1\]|\Z)"),
            Form("comment", "-", r"-([^\n]*+)"),
            *STRINGS,
        )
    ),
    "r": Spec(
        (
            *HASH_LIKE,
            *(
                Form("raw", q, rf"(?<=\b[rR]{q})(-*+)\{a}(.*?)(?:\{b}\1{q}|\Z)")
                for q in "\"'"
                for a, b in ("()", "[]", "{}")
            ),
            DOUBLE_LINES,
            SINGLE_LINES,
            Form("", "`", "[^`\\n]*+`"),
        ),
        prefixes="rR",
    ),
    "julia": Spec(
        (
            *BRACKETS,
            Form("comment", "#", f"=({text('=', '=(?!#)')})(?:=#|\\Z)"),
            HASH,
            triple('"', when=r'(?<=\w")'),
            quoted('"', when=r'(?<=\w")')._replace(kind="raw"),
            holed('"""', DOLLAR_CALL),
            holed('"', DOLLAR_CALL),
            holed("```", DOLLAR_CALL),
            holed("`", DOLLAR_CALL),
            CHARACTER._replace(rest=rf"(?<![\w)\]}}.']'){CHARACTER.rest}"),
        ),
        prefixes="brvw",
        nested=("#=", "=#"),
        statements=True,
    ),
    "groovy": Spec(
        (
            *C_LIKE,
            holed('"""', DOLLAR),
            triple("'"),
            holed('"', DOLLAR, lines=False),
            SINGLE,
            REGEX,
        )
    ),
    "sql": Spec(
        (
            *BRACKETS[:2],
            Form("comment", "-", r"-([^\n]*+)"),
            BLOCK,
            Form("raw", "'", r"([^']*+(?:''[^']*+)*+)'"),
            Form("raw", '"', r'([^"\n]*+)"'),
        )
    ),
    "shell": Spec(
        (
            *BRACKETS,
            WORD_HASH,
            holed('"', _SHELL_CALL),
            quoted("'", when=r"(?<=\$')"),
            Form("raw", "'", "([^']*+)'"),
            heredoc(r"(?<!<<)<-?+[ \t]*+\\?+([\"']?+)([A-Za-z_]\w*+)\1", DOLLAR_CALL),
        )
    ),
    "generic": Spec(
        (
            *BRACKETS,
            WORD_HASH,
            Form("comment", "/", r"(?<!:/)/([^\n]*+)"),
            BLOCK,
            CONTRACTION,
            *STRINGS,
        )
    ),
    "markup": Spec((*_PAGE, Form("enter", "<", r"\?(?:php\b|=)()"))),
    "vue": Spec((Form("raw", '"', r"(?<==\")'([^'\"]*+)'\""), *_PAGE, Form("hole", "{", r"\{()"))),
    "svelte": Spec((*_PAGE, Form("hole", "{", r"(?:[#:@]\w*+)?+(?!/)()"))),
}

_ALIASES = {
    "typescript": "javascript",
    "jsx": "javascript",
    "tsx": "javascript",
    "c": "cpp",
    "objc": "cpp",
    "bash": "shell",
    "html": "markup",
}


@cache
def row(language: str) -> Row:
    """The row of a language; unknown languages get the generic one."""
    name = _ALIASES.get(language, language)
    return compiled(_SPECS.get(name, _SPECS["generic"]))


def languages() -> list[str]:
    """Names of all languages that have a row or share one."""
    return sorted({*_SPECS, *_ALIASES})
