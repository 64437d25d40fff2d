"""Runs git on a repository without trusting it.

A repository's own configuration can make git run programs: filters, hooks, monitors, diff drivers,
transports. So git never sees it. Every command runs in a folder of ours that has its own, empty
configuration, a copy of the references, and only the objects in common with the repository.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO

from stackaudit import gitinfo
from stackaudit.model import InputError
from stackaudit.source import read_bytes

_TIMEOUT_S = 120.0
_MOST_OUTPUT = 256 << 20
_REFERENCE = 4096
_MOST_REFERENCES = 100_000
_PACKED = 64 << 20
_SHA256 = re.compile(rb"^[ \t]*objectformat[ \t]*=[ \t]*\"?sha256", re.M | re.I)
#: Kept of the environment; all that starts with GIT_ could lead git elsewhere.
_KEPT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "PATHEXT", "LD_LIBRARY_PATH")
#: Nothing here is read from the repository; this only pins what git itself may default to.
_OPTIONS = (
    "-c", f"core.attributesFile={os.devnull}", "-c", f"core.hooksPath={os.devnull}",
    "-c", "core.fsmonitor=false", "-c", "protocol.allow=never", "-c", "attr.tree=refs/none",
    "-c", "core.quotePath=false", "-c", "diff.renameLimit=2000", "-c", "gc.auto=0",
)  # fmt: skip


class Git:
    """git on one repository; use it as a context manager.

    ``top`` is the working tree's folder, empty where there is none (a bare repository).
    """

    def __init__(self, path: Path) -> None:
        """Open the repository that ``path`` lies in. Raises InputError."""
        self._program = _program()
        real = os.path.realpath(path)
        folder = real if os.path.isdir(real) else os.path.dirname(real)
        found = gitinfo.find(folder)
        bare = None if found else _bare(folder)
        if found is None and bare is None:
            raise InputError(f"{path} is not in a git repository; name a folder that is in one")
        self._git = found or gitinfo.GitDir("", bare or "", bare or "")
        self.path, self.top = path, self._git.top
        inside = os.path.relpath(folder, self.top).replace(os.sep, "/") if self.top else "."
        self.folder = "" if inside == "." else inside + "/"
        """From the top of the working tree down to ``path``: ``services/claims/``."""
        self._own = tempfile.mkdtemp(prefix="stackaudit-git-")
        try:
            self._prepare()
        except OSError as error:
            self.close()
            raise InputError(f"cannot read the repository of {path}: {error.strerror}") from None
        except InputError:
            self.close()
            raise

    def _prepare(self) -> None:
        """Fill our own git folder: configuration, HEAD, references, where history is cut."""
        common, own = self._git.common, self._own
        if os.path.isdir(os.path.join(common, "reftable")):
            raise InputError(
                f"the repository of {self.path} keeps its references as reftable, which is not"
                " supported; clone it with --ref-format=files"
            )
        os.makedirs(os.path.join(own, "objects"))
        os.makedirs(os.path.join(own, "refs"))
        sha256 = bool(_SHA256.search(_content(os.path.join(common, "config"), 1 << 20)))
        text = "[core]\n\tbare = true\n\trepositoryformatversion = 1\n"
        text += "[extensions]\n\tobjectFormat = sha256\n" if sha256 else ""
        Path(own, "config").write_text(text)
        head = _content(os.path.join(self._git.own, "HEAD"), _REFERENCE)
        Path(own, "HEAD").write_bytes(head or b"ref: refs/heads/none\n")
        cut = _content(os.path.join(common, "shallow"), 16 << 20)
        self.shallow = frozenset(cut.decode("latin-1").split())
        """Commits whose parents a shallow clone left out."""
        for name, content in (
            ("shallow", cut),
            ("packed-refs", _content(os.path.join(common, "packed-refs"), _PACKED)),
        ):
            if content:
                Path(own, name).write_bytes(content)
        _copy_references(os.path.join(common, "refs"), os.path.join(own, "refs"))

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        return {
            **kept,
            "HOME": self._own,
            "LC_ALL": "C",
            "GIT_DIR": self._own,
            "GIT_OBJECT_DIRECTORY": os.path.join(self._own, "objects"),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": _quoted(os.path.join(self._git.common, "objects")),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_ALLOW_PROTOCOL": "none",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_PAGER": "cat",
        }

    @contextmanager
    def stream(
        self,
        *arguments: str,
        feed: IO[bytes] | None = None,
        timeout: float = _TIMEOUT_S,
        more: Mapping[str, str] | None = None,
    ) -> Iterator[IO[bytes]]:
        """Run a command and give its standard output; leaving early ends it.

        Args:
            *arguments: The command and its own.
            feed: An open file that becomes its standard input.
            timeout: Seconds after which it is ended.
            more: Further variables of the environment.

        Raises InputError where it failed or took too long.
        """
        with tempfile.TemporaryFile() as complaints:
            process = subprocess.Popen(
                [self._program, "--no-pager", *_OPTIONS, *arguments],
                stdin=feed or subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints,
                cwd=self._own, env={**self._environment(), **(more or {})},
            )  # fmt: skip
            late = threading.Event()
            timer = threading.Timer(timeout, _end, (process, late))
            timer.start()
            assert process.stdout is not None
            try:
                yield process.stdout
                if process.stdout.read(1):  # the reader has enough
                    return
                code = process.wait()
            finally:
                timer.cancel()
                process.kill()
                process.stdout.close()
                process.wait()
                if late.is_set():
                    raise InputError(f"git {arguments[0]} took longer than {timeout:.0f} seconds")
            if code:
                raise InputError(f"git {arguments[0]} failed: {_first_line(complaints)}")

    def run(
        self,
        *arguments: str,
        feed: IO[bytes] | None = None,
        more: Mapping[str, str] | None = None,
    ) -> bytes:
        """Run a command and return all it prints. Raises InputError."""
        with self.stream(*arguments, feed=feed, more=more) as output:
            data = output.read(_MOST_OUTPUT)
            if output.read(1):
                raise InputError(f"git {arguments[0]} printed more than can be read")
        return data

    def commit(self, revision: str) -> str:
        """The hash of the commit a revision names. Raises InputError."""
        if not revision or revision.startswith("-") or not revision.isprintable():
            raise InputError(f"'{revision}' is not a git revision; name a branch, tag or commit")
        try:
            found = self.run("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        except InputError:
            if revision == "HEAD":
                raise InputError(f"the repository of {self.path} has no commit yet") from None
            hint = self._remote(revision) or self._hint()
            raise InputError(f"git knows no commit '{revision}'{hint}") from None
        return found.decode("ascii", "replace").strip()

    def merge_base(self, one: str, other: str) -> str:
        """The commit at which two parted. Raises InputError."""
        first, second = self.commit(one), self.commit(other)
        try:
            return self.run("merge-base", first, second).decode("ascii", "replace").split()[0]
        except (InputError, IndexError):
            text = f"'{one}' and '{other}' have no commit in common{self._hint()}"
            raise InputError(text) from None

    def _remote(self, revision: str) -> str:
        """A clone in CI often has only the remote's branches."""
        names = self.run("for-each-ref", "--format=%(refname:short)", "refs/remotes")
        same = [n for n in names.decode("utf-8", "replace").split() if n.endswith(f"/{revision}")]
        return f"; did you mean '{same[0]}'?" if same else ""

    def _hint(self) -> str:
        if not self.shallow:
            return ""
        return (
            "; this clone is shallow: run git fetch --unshallow, or fetch the whole history in CI"
            " (fetch-depth: 0)"
        )

    def close(self) -> None:
        """Remove our git folder."""
        shutil.rmtree(self._own, ignore_errors=True)

    def __enter__(self) -> Git:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _program() -> str:
    """Where git is; never in the current folder, which may be the scanned one."""
    found = shutil.which("git")
    if found is None or not os.path.isabs(found):
        raise InputError("git is not installed, or not on the PATH; install it for this command")
    return found


def _end(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def _bare(folder: str) -> str | None:
    """The bare repository ``folder`` is or lies in."""
    while True:
        if os.path.isfile(os.path.join(folder, "HEAD")) and all(
            os.path.isdir(os.path.join(folder, name)) for name in ("objects", "refs")
        ):
            return folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent


def _content(path: str, limit: int) -> bytes:
    """A small file of the repository; empty where there is none."""
    try:
        return read_bytes(path, limit)
    except FileNotFoundError:
        return b""
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot read {path}: {reason}") from None


def _copy_references(source: str, target: str) -> None:
    """Copy loose references: regular files of a line, below ``refs``; links are left out."""
    copied = 0
    for folder, _, names in os.walk(source):
        inside = os.path.join(target, os.path.relpath(folder, source))
        os.makedirs(inside, exist_ok=True)
        for name in names:
            copied += 1
            if copied > _MOST_REFERENCES:
                raise InputError("the repository has too many loose references; run git pack-refs")
            try:
                content = read_bytes(os.path.join(folder, name), _REFERENCE)
            except (OSError, ValueError):
                continue
            Path(inside, name).write_bytes(content)


def _quoted(path: str) -> str:
    """A path in the list of object folders, where the separator must not split it."""
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"' if os.name != "nt" else path


def _first_line(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    text = complaints.read(4096).decode("utf-8", "replace").strip()
    line = text.splitlines()[0].removeprefix("fatal: ") if text else "it gave no reason"
    lacking = "unable to read" in line or "missing" in line
    return f"{line}; it is damaged, or a partial clone: clone it whole" if lacking else line


def feed_of(lines: Iterable[bytes]) -> IO[bytes]:
    """A temporary file of lines to feed a command with: no pipe that could block."""
    stream = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
    for line in lines:
        stream.write(line + b"\n")
    stream.seek(0)
    return stream
