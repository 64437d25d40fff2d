"""Brackets around a value: which are calls, objects, subscripts or blocks, and what they say."""

from __future__ import annotations

import re

from stackaudit.detect import code_keys, code_leads
from stackaudit.detect.code_keys import Place
from stackaudit.detect.code_leads import Frame, Lead

DASHED = frozenset(("shell", "makefile", "dockerfile", "generic", "text", "powershell"))
"""Languages in which a bare word may hold dashes and slashes."""
_LAMBDAS = frozenset(("kotlin", "swift", "groovy", "scala", "ruby", "dart", "elixir", "julia"))
"""A block after a call belongs to the call."""
_OBJECTS_ONLY = frozenset(("python", "lua", "elixir", "r", "julia", "sql"))
"""Braces never enclose statements."""

_DECLARATION = re.compile(
    r"\s*(?:(?:export|default|public|private|protected|internal|static|abstract|final|sealed|open"
    r"|data|inline|override|async|pub(?:\([^)]*\))?|unsafe|const|extern|partial|virtual|suspend"
    r"|readonly|companion|actual|expect|tailrec|operator|get|set|mut|default|implicit|case)\s+)*"
    r"(?:class|struct|enum|interface|impl|trait|object|namespace|module|mod|fun|fn|func|function|def"
    r"|if|for|foreach|while|until|switch|match|when|try|catch|finally|else|do|loop|unsafe|extension"
    r"|protocol|record|union|init|deinit|constructor|static|using|with|lock|select|go|defer|package"
    r"|service|message|type|synchronized|guard|repeat|protocol|declare|contract|test|describe)\b"
)
_TYPE = re.compile(
    r"[^(={]*?\b(?:class|struct|enum|interface|impl|trait|object|namespace|record|extension)\s"
)
_CONTROL_HEAD = re.compile(
    r"[\s})]*(?:if|else|for|foreach|while|until|switch|match|when|try|catch|finally|do|loop|unsafe"
    r"|using|with|lock|select|synchronized|guard|repeat)\b"
)
_FUNCTION = re.compile(r"(?:^|[\s(])(?:fn|fun|func|function|def)\s[^=]*$|=>\s*$|->\s*$")
_FUNCTION_NAME = re.compile(r"([\w$]+)\s*\(\)?[^()]*$")
_VALUE_BLOCK = re.compile(
    r"(?:^|[=:(,>]|return)\s*(?:await\s+)?(?:if|match|when|switch|try|run|unsafe|do)\b[^;]*$"
    r"|\b(?:switch|match|else)\s*$"
)
_CONSTRUCTED = re.compile(r"\bnew\s+([\w.]+)(?:<[^()=;]*>)?\s*(?:\([^()]*\))?\s*$|\bnew\s*\(\)\s*$")
_BLOCK_WORDS = ("else", "try", "finally", "do", "loop", "unsafe", "async", "move", "begin", "then")
_BUILT_IN = code_keys.words(
    "string int int32 int64 float64 float32 bool byte any error interface rune struct"
)


def outermost() -> Frame:
    """The file itself, as a bracket around everything."""
    frame = Frame(-1, "")
    frame.ready = frame.statements = True
    return frame


def explain(stack: list[Frame], text: str, language: str) -> Frame:
    """Work out what the innermost bracket means; returns it."""
    at = len(stack) - 1
    while not stack[at].ready:
        at -= 1
    for parent, frame in zip(stack[at:], stack[at + 1 :], strict=False):
        _explain(frame, parent, text, language)
        frame.ready = True
    return stack[-1]


def value(frame: Frame, text: str, language: str, start: int, end: int) -> Place:
    """What the source between the bracket and a value, and just after it, says about the value."""
    lead = code_leads.lead(frame, text, language, start)
    place = code_keys.place(lead.statement, lead.segment, language)
    keys, joined = place.keys, place.joined
    if frame.calls and frame.bracket == "(":
        keys = _argument(frame, text, lead, keys)
    after = text[end : end + 40]
    following = after.lstrip()[:12]
    if not place.keys and not joined and (use := _used_as(frame, lead, following, language)):
        keys = (*keys, use)
    elif following.startswith(("==", "!=", ".equals", ".Equals")):
        keys = (*keys, code_keys.COMPARED)
    elif language == "python" and following.startswith(("in ", "not in ")):
        keys = (*keys, code_keys.MEMBER)
    else:
        joined = joined or _goes_on(after, following, language)
    return Place(_by_function(frame, keys), place.target, joined)


def _goes_on(after: str, following: str, language: str) -> bool:
    """Whether another operand is joined to the string that ends before ``after``."""
    if following.startswith(("+", "<>", "%", ".format(")):
        return True
    if following[:1] == ".":
        return language == "php" or (following[1:2] == "." and following[2:3] not in ".=")
    blank = after[: len(after) - len(after.lstrip())]
    return following[:1] in ("'", '"') and following != "" and "\n" not in blank


def _used_as(frame: Frame, lead: Lead, following: str, language: str) -> str:
    """Marker for a string that is not a value: a key, a subscript, a case."""
    empty = not lead.segment.strip()
    if not empty:
        return ""
    if frame.bracket == "[" and frame.calls and following[:1] == "]":
        return code_keys.SUBSCRIPT
    if following.startswith(":") and following[1:2] != ":" and frame.bracket in ("{", "["):
        return "" if frame.statements else code_keys.IS_KEY
    if (
        following.startswith("]")
        and frame.bracket == "["
        and following[1:].lstrip()[:1] in ("=", ":")
    ):
        return code_keys.IS_KEY
    if following.startswith(("=>", "->")):
        arms = frame.statements or language in ("rust", "csharp")
        return code_keys.CASE if arms and language not in ("ruby", "php") else code_keys.IS_KEY
    if following.startswith("to ") and language == "kotlin":
        return code_keys.IS_KEY
    return ""


def _argument(frame: Frame, text: str, lead: Lead, keys: tuple[str, ...]) -> tuple[str, ...]:
    """Put the name that the first argument gives (``getenv("NAME", value)``) among the keys."""
    if not keys:
        return (lead.previous,) if lead.previous else ()
    if frame.children:
        name = code_leads.name_like(text, frame, frame.children[0])
        end = frame.children[0][1]
        if name and name not in keys and text[end : end + 8].lstrip().startswith(","):
            return (name, *keys)
    return keys


def _by_function(frame: Frame, keys: tuple[str, ...]) -> tuple[str, ...]:
    """Put the function's name before the keys of what it returns."""
    if frame.name and (not keys or keys[0] == code_keys.RETURNED):
        return (frame.name, *keys)
    return keys


def _explain(frame: Frame, parent: Frame, text: str, language: str) -> None:
    """Fill in keys, links and meaning of ``frame``."""
    lead = code_leads.lead(parent, text, language, frame.open)
    if frame.bracket == '"' or (parent.bracket == '"' and not parent.children):
        _inherit(frame, parent, code_keys.place(lead.statement, lead.segment, language))
        frame.links = parent.links
        return
    if frame.bracket == "{":
        _explain_brace(frame, parent, lead, language)
        frame.links = (f"block:{frame.open}", *parent.links)[:6]
        return
    if language == "go" and lead.segment.strip() in ("const", "var", "import", "type"):
        frame.statements = True
        frame.keys = ("import",) if "import" in lead.segment else ()
        frame.links = parent.links
        return
    names, at = code_keys.callee(lead.segment, language in DASHED)
    if frame.bracket == "[" and (lead.segment[-1:].isspace() or not lead.segment[-1:]):
        names = ()
    cut = len(lead.segment) - at if names else 0
    if names and not code_keys.is_wrapper(names):
        shorter = _cut(lead, cut)
        place = code_keys.named(shorter.statement, shorter.segment, language)[0]
        _inherit_by_call(frame, parent, place, names)
    else:
        place = _place_of(parent, _cut(lead, cut), language)
        _inherit(frame, parent, place)
    makes = language == "csharp" and lead.segment.rstrip().endswith(" new")  # Type name = new(...)
    if frame.bracket == "(" and (frame.calls or names or makes):
        frame.links = (f"call:{frame.open}", *parent.links)[:6]
    else:
        frame.links = parent.links


def _cut(lead: Lead, size: int) -> Lead:
    """The lead without its last ``size`` characters."""
    if not size:
        return lead
    segment = lead.segment[:-size]
    same = lead.statement is lead.segment
    return Lead(segment if same else lead.statement[:-size], segment, lead.previous)


def _place_of(parent: Frame, lead: Lead, language: str) -> Place:
    """The place of a value or a bracket that stands for one."""
    place = code_keys.place(lead.statement, lead.segment, language)
    if not place.keys and lead.previous and parent.calls and parent.bracket == "(":
        return place._replace(keys=(lead.previous,))
    return place._replace(keys=_by_function(parent, place.keys))


def _inherit(frame: Frame, parent: Frame, place: Place) -> None:
    """A bracket that stands where a value stands."""
    frame.keys = (*parent.keys, *place.keys)[-4:]
    frame.assigned = (place.target if parent.statements else "") or parent.assigned


def _inherit_by_call(frame: Frame, parent: Frame, place: Place, names: tuple[str, ...]) -> None:
    """A call: where a statement begins with it, the assigned variable is no key."""
    _inherit(frame, parent, Place((), place.target) if parent.statements else place)
    frame.keys = (*frame.keys, *names)[-4:]
    frame.calls = True


def _explain_brace(frame: Frame, parent: Frame, lead: Lead, language: str) -> None:
    """A brace: an object, a literal of a named type, a block, or a block given to a call."""
    segment = lead.segment.rstrip()
    names, at = code_keys.callee(segment, language in DASHED)
    cut = len(lead.segment) - at
    if language in _OBJECTS_ONLY:
        if names and language == "lua":
            place = code_keys.named(*_cut(lead, cut)[:2], language)[0]
            _inherit_by_call(frame, parent, place, names)
        else:
            _inherit(frame, parent, _place_of(parent, lead, language))
    elif not segment:
        frame.statements = parent.statements
        frame.keys, frame.assigned, frame.name = parent.keys, parent.assigned, parent.name
    elif segment.endswith((")", "}")) or _FUNCTION.search(segment) or _DECLARATION.match(segment):
        _explain_block(frame, parent, lead, segment, language)
    elif _VALUE_BLOCK.search(segment):
        _inherit(frame, parent, code_keys.named(lead.statement, lead.segment, language)[0])
        frame.statements = True
        frame.name = parent.name
    elif segment.endswith(_BLOCK_WORDS) or segment[-1] in ";|":
        frame.statements = True
    elif names:
        _explain_named(frame, parent, lead, names, cut, language)
    else:
        _inherit(frame, parent, _place_of(parent, lead, language))


def _explain_block(frame: Frame, parent: Frame, lead: Lead, segment: str, language: str) -> None:
    """A block of statements; one that yields the value of an assignment keeps its name."""
    if constructed := _CONSTRUCTED.search(segment):
        place = code_keys.named(lead.statement, lead.segment, language)[0]
        if constructed[1]:
            _inherit_by_call(frame, parent, place, (constructed[1],))
        else:
            _inherit(frame, parent, place)
        return
    frame.statements = True
    if _VALUE_BLOCK.search(segment):
        _inherit(frame, parent, code_keys.named(lead.statement, lead.segment, language)[0])
        frame.name = parent.name
        return
    function = _FUNCTION_NAME.search(segment)
    if function is None or function[1] in code_keys.CONTROL or _TYPE.match(segment):
        frame.name = parent.name if _CONTROL_HEAD.match(segment) else ""
    elif language in _LAMBDAS and not _DECLARATION.match(segment):
        frame.keys = (function[1],)
    else:
        frame.name = function[1]


def _explain_named(
    frame: Frame, parent: Frame, lead: Lead, names: tuple[str, ...], cut: int, language: str
) -> None:
    """``Name {``: a literal of that type, or a block given to that call."""
    lambdas = language in _LAMBDAS
    frame.statements = lambdas or language in ("java", "javascript", "typescript", "tsx", "php")
    if frame.statements and not lambdas:
        return
    shorter = _cut(lead, cut)
    place = code_keys.named(shorter.statement, shorter.segment, language)[0]
    if shorter.segment.endswith("]") or names[-1] in _BUILT_IN:
        _inherit(frame, parent, place)
    else:
        _inherit_by_call(frame, parent, place, names)
