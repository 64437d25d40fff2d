"""What a model of one file is for, as far as the names around it tell."""

from __future__ import annotations

import re
from functools import cached_property

from stackaudit.catalogue.roles import Roles
from stackaudit.detect.candidate import PROSE, Candidate
from stackaudit.model import UNKNOWN
from stackaudit.source import SourceFile

_FIRST_ARGUMENT = re.compile(r"\(\s{0,80}(?:task\s{0,4}[:=]\s{0,4})?[\"']([\w-]{2,60})[\"']")
_NAME_BACKWARDS = re.compile(r"\s{0,4}[\w.$]++")
_HEAD = 300
_LONGEST = 120


class Purpose:
    """Tells roles in one file."""

    def __init__(self, source: SourceFile, roles: Roles) -> None:
        self._source = source
        self._roles = roles

    @cached_property
    def _trains(self) -> bool:
        return self._roles.trains.search(self._source.data) is not None

    def of(self, candidate: Candidate) -> str:
        """The role of a model, or ``unknown``: prose and other kinds tell none."""
        if candidate.kind != "model" or candidate.place == PROSE:
            return UNKNOWN
        entry = candidate.entry
        keys = entry.keys or (entry.assigned,)
        call = next((link for link in entry.links if link.startswith("call:")), "")
        number = call.removeprefix("call:").partition("@")[0]
        task = ""
        if number.isdigit():
            callee = self._callee(int(number))
            # A value passed by name has the keys of both places, but no callee.
            keys = keys if not callee or callee in keys else (*keys[:-1], callee, keys[-1])
            task = self._task(int(number)) if self._roles.may_name_task(keys) else ""
        return self._roles.of_place(keys, trains=self._trains, task=task)

    def _callee(self, bracket: int) -> str:
        """The dotted name before an opening bracket."""
        before = self._source.data[max(0, bracket - _LONGEST) : bracket].decode("latin-1")
        found = _NAME_BACKWARDS.match(before[::-1])
        return found[0].strip()[::-1] if found else ""

    def _task(self, bracket: int) -> str:
        """The first argument of the call at an opening bracket, where it is a string."""
        head = self._source.data[bracket : bracket + _HEAD].decode("latin-1")
        found = _FIRST_ARGUMENT.match(head)
        return found[1] if found else ""
