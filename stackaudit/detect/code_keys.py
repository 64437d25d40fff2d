"""What stands before a value in source code: the name it is given, or the way it is used.

Works on a *lead*: the source between the start of a statement, argument or element and the
value, in which nested brackets and strings are shortened (see ``code.py``), at most a few hundred
characters. Nothing here knows a model, a vendor or a library.
"""

from __future__ import annotations

import re
from typing import NamedTuple

COMPARED, CASE, MEMBER, SUBSCRIPT, RETURNED, IS_KEY, MATCHED = (
    "==",
    "case",
    "in",
    "[]",
    "return",
    ":",
    "=~",
)


class Place(NamedTuple):
    """What a lead says about the value after it."""

    keys: tuple[str, ...] = ()
    target: str = ""
    """Left side of the assignment, as written."""
    joined: bool = False
    """The value is one operand of a concatenation."""


_ASSIGN = re.compile(r"(?<![=!<>~:+|?&.*/-])(?:[:?.*/+-]|\|\||\?\?|&&|<<)?=(?![=>~])|<<?-(?=\s|$)")
_KEY = re.compile(
    r"\s*(?:case\s+|when\s+|\[\s*)?(?:@|:|\*\*|\.(?=\w))?([\"']?)"
    r"([\w$@.-]+(?:::[\w$]+)*)\1\]?\s*[?!]?\s*(?::(?![:=])|=>|->|\bto\b)"
)
_NAME = re.compile(r"\s*[!?]?([\w$@\\-]*[\w$](?:(?:\.[?!&]?|::|>-\??)[\w$@\\]+)*@?)")
_PLAIN_NAME = re.compile(
    r"\s*[!?]?([\w$@\\]+(?:(?:\.[?!&]?|::|>-\??)(?:[ \t]*+\n\s*+)?+[\w$@\\]+)*)"
)
_GENERIC = re.compile(r"\s*>[^(){};=]{0,60}?<(?:::)?(?=[\w$])")
_SEPARATOR = re.compile(r"\s*(?:\.[?!&]?|::|>-\??)\s*")
_GROUP = re.compile(r"\s*[!?]{0,2}[)\]}][^()\[\]{}]*[(\[{]")
_TYPED = re.compile(r"(?:^|[\s(,])([\w$@.]+)\s*[?!]?\s*(?<!:):(?!:)\s*[&*\w(\[{\"'?]")
_TYPED_TWICE = re.compile(r"(?:^|[\s(,])([\w.]+)\s*::\s*\w")
_BLOCK_HEAD = re.compile(r"\s*(?:if|for|while|else|elif|with|try|except|lambda|case|default)\b")
_GO_TYPED = re.compile(r"(?:^|\s)(\w+)\s+[\w.*\[\]]+$")
_LIST = re.compile(r"\s*(?:\w+\s+)?([\w.$@]+)(?:\s*,\s*[\w.$@]+)+\s*$")
_ARGUMENT = re.compile(r"[\"']([\w.-]+)[\"']|[(\[]:(\w+)")
_BODY = re.compile(r"([\w$]+)\s*(?:\(\))?\s*=>\s*$")
_ELEMENT = re.compile(r"<([A-Za-z][\w.-]*)\s[^<>]*$")
_CASE = re.compile(r"\s*(?:case|when)\b[^:>]*$")
_RETURN = re.compile(r"(?:^|[\s;{)>])(?:return|yield)\b")
_LAST_WORD = re.compile(r"\s*([?!]?[\w$][\w$@-]*)(?=[^\w$.>:]|$|\.{3})")

_COMPARE = ("==", "!=", "=~", "!~", "~=", "<>")
_FALLBACK = ("||", "??", "?:", "//")
_JOIN = ("+", "..", " .", "<>", "++", '"', "'", "%")


def words(text: str) -> frozenset[str]:
    """The words of ``text``."""
    return frozenset(text.split())


_SKIP = words(
    "await new async typeof else then do and or not if unless elif elsif return yield const let var"
    " val static final public private protected readonly throw raise of default begin try"
)
CONTROL = words(
    "const var type if elif elsif unless while until for foreach switch match when case return"
    " yield and or not in is catch except else do throw raise assert await print typeof using lock"
    " sizeof new with fun func fn function def lambda async synchronized guard let"
)
"""Words that may stand before a bracket and call nothing."""
_WRAPPERS = words(
    "Some Ok Just String str string from of ofNullable valueOf Ptr ptr ToPtr toPtr to_owned"
    " URL Uri URI url parse create vec! Borrowed Secret SecretStr strip trim lower toLowerCase"
)
"""Calls that only wrap or convert a value: the name before them is the one that counts."""
_WRAPPER_OWNERS = words(
    "String Optional Box Arc Rc Cow Some URI Uri Url URL OptionalString option Secret"
)
_DEFAULTS = words(
    "unwrap_or unwrap_or_else unwrap_or_default or_else orElse orElseGet getOrElse ifBlank ifEmpty"
    " if_empty ifNullOrEmpty defaultIfEmpty default_if_empty presence or"
)
"""Links of a chain of calls whose argument replaces a missing value."""


def last_part(name: str) -> str:
    """The last component of a dotted name, without sigils."""
    return re.split(r"\.|::|->|\\", name)[-1].lstrip("$@:&*?!")


def callee(lead: str, dashes: bool = False) -> tuple[tuple[str, ...], int]:
    """The call whose bracket follows ``lead``.

    Returns:
        Its names (for a chain of calls its root and its last link, with the argument of a root
        that reads a variable) and where in ``lead`` they begin; no names if nothing is called.
    """
    reverse = lead[::-1]
    generic = _GENERIC.match(reverse)
    at = generic.end() if generic else 0
    match = (_NAME if dashes else _PLAIN_NAME).match(reverse, at)
    if match is None:
        return (), len(lead)
    name = _straight(match)
    at = match.end()
    if name in CONTROL or name.strip("0123456789.") == "":
        return (), len(lead)
    root, argument, at = _chain_root(reverse, at)
    if root and argument and last_part(name) in _DEFAULTS:
        return (root, argument), len(lead) - at
    return ((root, name.lstrip(".")) if root else (name.lstrip("@"),)), len(lead) - at


def _chain_root(reverse: str, at: int) -> tuple[str, str, int]:
    """Go back over ``.link(...)`` to the call a chain starts with, and its argument."""
    root = argument = ""
    for _ in range(16):
        separator = _SEPARATOR.match(reverse, at)
        group = _GROUP.match(reverse, separator.end()) if separator else None
        if group is None:
            break
        at = group.end()
        generic = _GENERIC.match(reverse, at)
        name = _PLAIN_NAME.match(reverse, generic.end() if generic else at)
        if name is None:
            break
        at = name.end()
        inner = _ARGUMENT.search(group.group()[::-1])
        argument = (inner[1] or inner[2]) if inner else ""
        root = _straight(name).lstrip("@.")
    return root, argument, at


def _straight(match: re.Match[str]) -> str:
    """A reversed name, turned round, without line breaks."""
    return "".join(match.group().split())[::-1]


def is_wrapper(names: tuple[str, ...]) -> bool:
    """Whether a call merely wraps or converts its argument."""
    if len(names) != 1:
        return False
    parts = [part for part in re.split(r"\.|::", names[0]) if part]
    if not parts or parts[-1] not in _WRAPPERS:
        return False
    return len(parts) == 1 or parts[-2] in _WRAPPER_OWNERS or parts[-1] in ("String", "Ptr")


def named(statement: str, segment: str, language: str) -> tuple[Place, str]:
    """The name a lead gives to the value after it, and what of the lead comes after the name.

    Args:
        statement: source from the start of the statement (within brackets: of the argument).
        segment: source from the last comma; a suffix of ``statement``.
        language: whose habits to follow (types after a colon, before or after the name).
    """
    last = None
    for found in _ASSIGN.finditer(segment):
        last = found
    if last:
        before = segment[: last.start()]
        if statement is not segment and before.count(">") > before.count("<"):
            before = statement[: len(statement) - len(segment)] + before
        key, target = _target(before, language)
        if statement is not segment and (many := _LIST.match(statement[: -len(segment)] + before)):
            key, target = last_part(many[1]), many[1]
        keys = (key,) if key else ()
        if element := _ELEMENT.search(before) if "<" in before else None:
            keys, target = (element[1], *keys), ""
        return Place(keys, target), segment[last.end() :]
    target = _statement_target(statement, language) if statement is not segment else ""
    if key_match := _KEY.match(segment):
        return Place((key_match[2].lstrip("$@"),), target), segment[key_match.end() :]
    if language in ("csharp", "dart") and (body := _BODY.search(segment)):
        return Place((body[1],), target), ""
    return Place((), target), segment


def place(statement: str, segment: str, language: str) -> Place:
    """Read the whole lead of a value: its name, and how it is used (arguments as ``named``)."""
    if not statement or statement.isspace():
        return Place()
    found, rest = named(statement, segment, language)
    return _use(statement, rest.strip(), found.keys, found.target)


def _statement_target(statement: str, language: str) -> str:
    starts = [match.start() for match in _ASSIGN.finditer(statement)]
    return _target(statement[: starts[-1]], language)[1] if starts else ""


def _target(before: str, language: str) -> tuple[str, str]:
    """Key and full name on the left of an assignment."""
    left = before.rstrip()
    if ":" in left and not _BLOCK_HEAD.match(left):
        typed = (_TYPED_TWICE if language == "julia" else _TYPED).search(left)
        if typed:
            return last_part(typed[1]), typed[1]
    while left.endswith(("[]", "{}")):
        left = left[:-2].rstrip()
    if left.endswith("]"):
        at = left.rfind("[")
        inner = left[at + 1 : -1].strip().strip("\"':")
        owner = _reversed_name(left[:at])
        if inner:
            return last_part(inner), f"{owner}{left[at:]}"
        left = left[:at]
    if language == "go" and (typed := _GO_TYPED.search(left)) and typed[1] not in ("var", "const"):
        return typed[1], typed[1]
    name = _reversed_name(left)
    return last_part(name), name


def _reversed_name(left: str) -> str:
    """The dotted name at the end of ``left``; generic arguments and dashes allowed."""
    match = _NAME.match(left[::-1])
    return match.group().strip()[::-1].lstrip("-") if match else ""


def _use(statement: str, rest: str, keys: tuple[str, ...], target: str) -> Place:
    """Add to ``keys`` what the text directly before the value says."""
    if not keys and _CASE.match(statement):
        return Place((CASE,), target)
    if not rest:
        return Place(keys, target)
    if rest.endswith(_COMPARE):
        name = _read_name(rest.rstrip("=!~<>"))[-1:]
        return Place((*keys, *name, COMPARED), target)
    if rest.endswith(_FALLBACK):
        return Place((*keys, *_read_name(rest[:-2])), target)
    joined = rest.endswith(_JOIN) and not rest.endswith("=>")
    word = _LAST_WORD.match(rest[-48:][::-1])
    last = word[1][::-1] if word else ""
    if last == "or" and not joined:
        return Place((*keys, *_read_name(rest[:-2])), target)
    if last in ("in", "is", "contains"):
        return Place((*keys, MEMBER if last != "is" else COMPARED), target)
    if last and last not in _SKIP and not joined and not last.isdigit():
        return Place((*keys, last.lstrip("@$")), target)
    if not keys and _RETURN.search(statement):
        return Place((RETURNED,), target, joined)
    return Place(keys, target, joined)


def _read_name(text: str) -> tuple[str, ...]:
    """The variable read at the end of ``text``: a name, a subscript, or a call and its argument."""
    left = text.rstrip()
    if left.endswith((")", "]")):
        at = left.rfind("(" if left[-1] == ")" else "[")
        inner = left[at + 1 : -1].strip().strip("\"':")
        owner = _reversed_name(left[:at])
        if left[-1] == ")":
            return tuple(part for part in (owner, inner) if part)
        return (inner,) if inner else ()
    name = last_part(_reversed_name(left))
    return (name,) if name else ()


_ESCAPE = re.compile(
    r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})"
    r"|\r?\n[ \t]*+|(.))",
    re.DOTALL,
)
_CONTROL_CHARACTERS = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "f": "\f", "v": "\v"}


def unescape(raw: str) -> str:
    """The value of a string literal whose bytes are ``raw`` (latin-1), escapes decoded."""
    text = raw.encode("latin-1", "replace").decode("utf-8", "replace")
    return _ESCAPE.sub(_unescaped, text)


def _unescaped(match: re.Match[str]) -> str:
    number = match[1] or match[2] or match[3] or match[4]
    if number:
        code = int(number, 16)
        return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
    plain = match[5]
    return "" if plain is None else _CONTROL_CHARACTERS.get(plain, plain)
