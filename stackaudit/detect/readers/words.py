"""Names the words of a command: which are the command, which a flag, which a flag's value."""

from __future__ import annotations

import re
from functools import lru_cache

COMMANDS = frozenset(
    {
        *("run", "script", "scripts", "command", "commands", "cmd", "cmds", "args", "arguments"),
        *("entrypoint", "before_script", "after_script", "exec", "shell", "bash", "sh", "inline"),
        *("pwsh", "powershell", "bat"),
        *("inlinescript", "poststartcommand", "postcreatecommand", "buildcommand", "startcommand"),
        *("initcommand", "prestart", "poststart", "execstart", "execstartpre", "execstartpost"),
    }
)
"""Keys (lower case) whose values are command lines."""

_COMMAND_ENDINGS = ("args", "arguments", "command", "cmd", "script", "flags")


@lru_cache(maxsize=4096)
def is_command(key: str) -> bool:
    """Tell whether a key holds a command line: ``run``, ``server_args``, ``extraArgs``."""
    key = key.lower()
    return key in COMMANDS or key.endswith(_COMMAND_ENDINGS)


ARRAYS = frozenset({"command", "cmd", "entrypoint", "exec", "run"})
"""Keys (lower case) whose sequences start with the name of a command."""

_WRAPPERS = frozenset(
    {
        *("sudo", "exec", "nohup", "time", "env", "command", "builtin", "nice", "{", "}", "!"),
        *("then", "do", "else", "elif", "if", "while", "until"),
        *("export", "local", "declare", "readonly", "typeset", "setx", "set"),
    }
)
"""Words before a command, or before an assignment, that are not the command."""
_SWITCHES = frozenset(
    {
        *("-y", "-q", "-s", "-S", "-L", "-k", "--rm", "--yes", "--quiet", "--verbose", "--force"),
        *("--debug", "--detach", "--interactive", "--tty", "--silent", "--insecure", "--help"),
        *("--version", "--dry-run", "--trust-remote-code", "--trust_remote_code"),
        *("--enforce-eager", "--resume-download"),
    }
)
"""Flags that take no value, whatever the command."""
_SWITCH = re.compile(r"-[itsSLkfq]{2,}+|--(?:no|enable|disable|skip)-.*+")
_BARE = re.compile(r"[A-Za-z][A-Za-z_-]*+")
_PYTHON = re.compile(r"(?:.*/)?\$?[({]?python[0-9.]*+[)}]?", re.I)
_MOST_WORDS = 6


@lru_cache(maxsize=2048)
def _is_switch(flag: str) -> bool:
    return flag in _SWITCHES or _SWITCH.fullmatch(flag) is not None


@lru_cache(maxsize=2048)
def _is_bare(word: str) -> bool:
    return _BARE.fullmatch(word) is not None


class Words:
    """The state of one command while its words are read from left to right."""

    __slots__ = ("_count", "_flag", "_here", "_open", "base", "command", "fresh", "named")

    def __init__(self, base: tuple[str, ...], named: bool = True) -> None:
        """``base``: names around the command. ``named``: the first word names the command."""
        self.base = base
        self.named = named
        self.restart()

    def restart(self) -> None:
        """Forget the command: another one follows."""
        self.command = ""
        self.fresh = self.named
        """No word of the command was read yet."""
        self._flag = ""
        self._count = 0
        self._open = True
        self._here = self.base

    @property
    def untouched(self) -> bool:
        """Whether no word was read since the start."""
        return self.fresh and not self._flag

    def flag(self, flag: str) -> None:
        """Take a word that starts with ``-``."""
        if flag == "-":
            return  # standard input
        if flag == "--":
            if self.named:
                self.restart()  # what follows is a command of its own
        elif flag == "-m" and self._count == 1 and _PYTHON.fullmatch(self.command):
            self.command += " -m"
            self._flag = ""
        else:
            self._flag = "" if _is_switch(flag) else flag

    def under(self, name: str) -> tuple[str, ...]:
        """Return the names of a value called ``name`` (a flag or variable) in this command."""
        self._flag = ""
        return (*self._here, name)

    def keys(self, word: str) -> tuple[str, ...]:
        """Return the names of a word that is no flag: command so far, and the flag before it."""
        if self._flag:
            keys = (*self._here, self._flag)
            self._flag = ""
            return keys
        keys = self._here
        if self.named and self._open:
            self._grow(word)
        return keys

    def _grow(self, word: str) -> None:
        if not self.command:
            if word in _WRAPPERS:
                return
            self.command = word
            self.fresh = False
        elif self.command.endswith(" -m") or _is_bare(word):
            if self.command == "for" and self._count == 1:
                self._here = (*self.base, "for", word)
                self._count += 1
                return
            if self._here[-2:-1] == ("for",):
                self._open = False  # the word "in"
                return
            self.command += " " + word
        else:
            self._open = False
            return
        self._count += 1
        self._open = self._count < _MOST_WORDS
        self._here = (*self.base, self.command)
