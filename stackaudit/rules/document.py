"""Reads YAML into nodes that know where they stand; refuses what a rule file never needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from stackaudit.model import ConfigError

_LARGEST = 1024 * 1024
_DEEPEST = 24
_NAMES = {"map": "a mapping", "list": "a list", "text": "a single value"}


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault in a file: what, where and how to mend it."""

    line: int
    column: int
    message: str
    path: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.message}"


class BrokenDocument(Exception):
    """The file is not readable as a document at all."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(slots=True)
class Node:
    """A mapping, a list or a text of a YAML file. Lines and columns are 1-based."""

    kind: Literal["map", "list", "text"]
    line: int
    column: int
    text: str = ""
    quoted: bool = False
    items: list[Node] = field(default_factory=list)
    """List items; for a mapping keys and values by turns."""

    @property
    def pairs(self) -> Iterable[tuple[Node, Node]]:
        """Key and value of each entry of a mapping."""
        return zip(self.items[::2], self.items[1::2], strict=False)

    @property
    def described(self) -> str:
        """What kind of node this is, in words."""
        return _NAMES[self.kind]


def read(path: Path) -> bytes:
    """The bytes of a rule file. Raises ConfigError when it cannot be read."""
    try:
        with path.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError(f"{path}: cannot read the rule file: {reason}") from error
    if len(data) > _LARGEST:
        raise ConfigError(f"{path}: larger than {_LARGEST // 1024} KiB; split the pack")
    return data


def parse(data: bytes, path: str) -> Node:
    """The top node of one YAML document. Raises BrokenDocument."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        top = _build(yaml.parse(data.decode("utf-8-sig"), Loader=loader), path)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BrokenDocument(Problem(line, 1, "not UTF-8; save the file as UTF-8", path)) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if "end of stream" in str(error.problem) and error.context_mark:
            mark = error.context_mark  # where the unfinished thing began
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = f"not valid YAML: {error.problem or error.context}"
        raise BrokenDocument(Problem(line, column, what, path)) from error
    except yaml.YAMLError as error:
        what = f"not valid YAML: {str(error).splitlines()[0]}"
        raise BrokenDocument(Problem(1, 1, what, path)) from error
    if top is None:
        raise BrokenDocument(Problem(1, 1, "the file is empty", path))
    return top


def _build(events: Iterable[Any], path: str) -> Node | None:
    """Builds nodes from parser events without recursion, so depth cannot hurt."""
    import yaml

    top: Node | None = None
    stack: list[Node] = []
    documents = 0
    for event in events:
        mark = event.start_mark
        line, column = mark.line + 1, mark.column + 1
        node: Node | None = None
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            _refuse(documents > 1, line, column, "more than one document in the file", path)
            continue
        if isinstance(event, yaml.ScalarEvent):
            node = Node("text", line, column, event.value, event.style is not None)
        elif isinstance(event, yaml.MappingStartEvent):
            node = Node("map", line, column)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = Node("list", line, column)
        elif isinstance(event, yaml.AliasEvent):
            _refuse(True, line, column, f"alias *{event.anchor}; write the value out", path)
        elif isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
            continue
        else:
            continue
        assert node is not None
        _refuse(event.tag is not None, line, column, f"tag {event.tag}; remove it", path)
        if stack:
            stack[-1].items.append(node)
        else:
            top = node
        if node.kind != "text":
            stack.append(node)
            _refuse(len(stack) > _DEEPEST, line, column, "nested too deeply", path)
    return top


def _refuse(bad: bool, line: int, column: int, what: str, path: str) -> None:
    if bad:
        raise BrokenDocument(Problem(line, column, what, path))
