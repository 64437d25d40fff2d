"""Standard output, standard error and files, as the commands use them."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from pathlib import Path

_BROKEN_PIPE = (errno.EPIPE, errno.EINVAL)


def complain(message: str, code: int, kind: str = "error: ") -> int:
    """One line on standard error; returns ``code``."""
    from stackaudit.report.text import prose

    line = f"stackaudit: {kind}{prose(message)}\n"
    encoding = sys.stderr.encoding or "utf-8"
    try:
        sys.stderr.write(line.encode(encoding, "replace").decode(encoding))
        sys.stderr.flush()
    except OSError:
        silence(sys.stderr)
    return code


def tell(message: str) -> None:
    """One line for people on standard error, so that standard output stays clean."""
    complain(message, 0, kind="")


def silence(stream: TextIO) -> None:
    """Sends what is still buffered for a reader who has gone to nowhere."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        pass


def show(write: Callable[[TextIO], None]) -> None:
    """Lets ``write`` fill standard output. A reader who left early (``| head``) is no error.

    Raises:
        InputError: standard output cannot take it (disk full).
    """
    try:
        write(sys.stdout)
        sys.stdout.flush()
    except OSError as error:
        silence(sys.stdout)
        if error.errno not in _BROKEN_PIPE:
            from stackaudit.model import InputError

            reason = error.strerror or type(error).__name__
            raise InputError(f"cannot write to standard output: {reason}") from error


def show_utf8(write: Callable[[TextIO], None]) -> None:
    """Like ``show``, for machines: UTF-8 and plain line ends whatever the platform's are."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    show(write)


def present(
    form: str, people: Callable[[TextIO], None], machines: Callable[[TextIO], None]
) -> None:
    """Lets one of two writers fill standard output: the machines' for every format but terminal."""
    if form == "terminal":
        show(people)
    else:
        show_utf8(machines)


def check_readable(path: Path) -> None:
    """Raises InputError where there is nothing at ``path``, or nothing that may be read."""
    from stackaudit.model import InputError

    try:
        path.stat()
    except FileNotFoundError:
        raise InputError(f"cannot scan {path}: there is no such file or folder") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"cannot scan {path}: {reason}") from None
    if not os.access(path, os.R_OK):
        raise InputError(f"cannot scan {path}: no permission to read it")


def check_tree(path: Path) -> None:
    """The same, and where no files lie but only their history. Raises InputError."""
    check_readable(path)
    if (path / "HEAD").is_file() and all((path / name).is_dir() for name in ("objects", "refs")):
        from stackaudit.model import InputError

        what = "is a bare repository or git's own folder, which holds no files to scan"
        raise InputError(f"{path} {what}; clone it, or name the working tree")


def check_writable(path: Path) -> None:
    """Fails before the work is done where ``path`` plainly cannot be written. Raises InputError."""
    from stackaudit.model import InputError

    if path.is_dir():
        raise InputError(f"cannot write {path}: it is a folder; name a file in it")
    if not path.parent.is_dir():
        raise InputError(f"cannot write {path}: the folder {path.parent} does not exist")
    if (path.is_file() or not path.exists()) and not os.access(path.parent, os.W_OK):
        raise InputError(f"cannot write {path}: no permission to write into {path.parent}")
