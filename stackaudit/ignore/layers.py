"""Rules evaluated one path component at a time.

A :class:`Layer` is what one pattern file says about the names in one folder. Entering a subfolder
gives the layer for that subfolder, so a walker never matches a whole path and never repeats work:
patterns without a slash stay as they are, patterns with one lose their first component or vanish.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stackaudit.ignore.patterns import Part, Rule, compiled, matches

#: A translated ``*.ext`` or ``*ending``.
_ENDING = re.compile(r"\.\*(?:\\\.(\w+)|((?:\w|\\[-_.~ ])+))")


@dataclass(frozen=True, slots=True)
class _Floating:
    """Rules that apply to a name at any depth, with a cheap test that most names fail."""

    rules: tuple[Rule, ...]
    """Last first."""
    names: frozenset[str]
    extensions: frozenset[str]
    endings: tuple[str, ...]
    pattern: re.Pattern[str] | None

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> _Floating:
        names: set[str] = set()
        extensions: set[str] = set()
        endings: set[str] = set()
        others: dict[str, None] = {}
        kept = tuple(rules)[::-1]
        for rule in kept:
            last = rule.parts[-1]
            if isinstance(last, str):
                names.add(last)
            elif last is not None:
                ending = _ENDING.fullmatch(last.regex)
                if ending and ending[1]:
                    extensions.add(ending[1])
                elif ending:
                    endings.add(ending[2].replace("\\", ""))
                else:
                    others[last.regex] = None
        joined = "|".join(f"(?:{other})\\Z" for other in others)
        pattern = re.compile(joined, re.DOTALL) if others else None
        return cls(kept, frozenset(names), frozenset(extensions), tuple(endings), pattern)


@dataclass(frozen=True, slots=True)
class Layer:
    """What one pattern file says about the names in one folder."""

    _floating: _Floating
    _pending: tuple[tuple[Rule, int], ...]
    """Rules with a slash and how many of their components are behind us."""
    _last: tuple[Part, ...]
    """The components that would complete a pending rule here."""
    _next: tuple[frozenset[str], tuple[Part, ...]]
    """The names, and the globs, that would carry one further."""
    _lasting: bool
    """Every pending rule begins with ``**`` and so holds in all subfolders alike."""

    @classmethod
    def of(cls, rules: Sequence[Rule]) -> Layer:
        """Return the layer for the folder the pattern file stands in."""
        floating = [r for r in rules if _is_floating(r)]
        pending = tuple((r, 0) for r in rules if not _is_floating(r))
        return cls(_Floating.of(floating), pending, *_expected(pending))

    @property
    def size(self) -> int:
        """The number of rules, a bound for the work one name can cost."""
        return len(self._floating.rules) + len(self._pending)

    def enter(self, name: str) -> Layer:
        """Return the layer for the subfolder ``name``."""
        if not self._pending:
            return self
        names, globs = self._next
        onward = name in names or any(matches(part, name) for part in globs)
        if self._lasting and not onward:
            return self
        ahead: dict[tuple[int, int], tuple[Rule, int]] = {}
        for state in self._pending:
            rule, at = state
            if rule.parts[at] is None:
                ahead[id(rule), at] = state
                at += 1
            if onward and at + 1 < len(rule.parts) and matches(rule.parts[at], name):
                ahead[id(rule), at + 1] = (rule, at + 1)
        pending = tuple(ahead.values())
        return Layer(self._floating, pending, *_expected(pending))

    def holds(self, path: str) -> bool:
        """Whether a pattern takes in a path or a folder above it; the deepest that speaks wins."""
        *folders, name = path.split("/")
        layer, inside = self, False
        for folder in folders:
            decided = layer.decide(folder, True)
            inside = inside if decided is None else decided
            layer = layer.enter(folder)
        decided = layer.decide(name, False)
        return inside if decided is None else decided

    def candidates(self, names: Sequence[str]) -> set[str]:
        """Return a superset, mostly exact, of the names some rule speaks about."""
        floating = self._floating
        found = set(floating.names.intersection(names))
        if extensions := floating.extensions:
            found.update([n for n in names if n.rpartition(".")[2] in extensions])
        if endings := floating.endings:
            found.update([n for n in names if n.endswith(endings)])
        if floating.pattern:
            match = floating.pattern.match
            found.update([n for n in names if match(n)])
        for part in self._last:
            if isinstance(part, str):
                if part in names:
                    found.add(part)
            elif part is None:
                found.update(names)
            else:
                full = compiled(part.regex).fullmatch
                found.update([n for n in names if full(n)])
        return found

    def decide(self, name: str, is_dir: bool) -> bool | None:
        """Return True where ``name`` is matched, False where a negation re-admits it, else None."""
        best: Rule | None = None
        for rule in self._floating.rules:
            if (is_dir or not rule.dir_only) and matches(rule.parts[-1], name):
                best = rule
                break
        for rule, at in self._pending:
            if (
                (best is None or rule.order > best.order)
                and (is_dir or not rule.dir_only)
                and _ends(rule, at, name)
            ):
                best = rule
        return None if best is None else not best.negated


def _is_floating(rule: Rule) -> bool:
    return len(rule.parts) == 2 and rule.parts[0] is None and rule.parts[1] is not None


def _expected(
    pending: Iterable[tuple[Rule, int]],
) -> tuple[tuple[Part, ...], tuple[frozenset[str], tuple[Part, ...]], bool]:
    """Return what completes a rule, what carries one further, and whether all are lasting."""
    last: dict[Part, None] = {}
    further: dict[Part, None] = {}
    lasting = True
    for rule, at in pending:
        lasting = lasting and rule.parts[at] is None
        if rule.parts[at] is None and at + 1 < len(rule.parts):
            at += 1
        (last if at + 1 == len(rule.parts) else further)[rule.parts[at]] = None
    names = frozenset([part for part in further if isinstance(part, str)])
    globs = tuple([part for part in further if not isinstance(part, str)])
    return tuple(last), (names, globs), lasting


def _ends(rule: Rule, at: int, name: str) -> bool:
    """Say whether ``name`` completes the rule from component ``at``."""
    if rule.parts[at] is None:
        at += 1
        if at == len(rule.parts):
            return True
    return at + 1 == len(rule.parts) and matches(rule.parts[at], name)
