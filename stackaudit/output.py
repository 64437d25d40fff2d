"""Writes a file whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from stackaudit.model import InputError


def write_atomic(path: Path, write: Callable[[TextIO], None]) -> None:
    """Let ``write`` fill a UTF-8 file that appears under ``path`` only when it is complete.

    Links are followed; a device or pipe is written to directly.

    Raises:
        InputError: The folder is missing, or the file cannot be written to the end.
    """
    target = os.path.realpath(path)
    if os.path.isdir(target):
        raise InputError(f"cannot write {path}: it is a folder; name a file in it")
    if not os.path.isdir(os.path.dirname(target)):
        raise InputError(f"cannot write {path}: the folder {path.parent} does not exist")
    direct = os.path.exists(target) and not os.path.isfile(target)
    try:
        if direct:
            _write(os.open(target, os.O_WRONLY), write)
        else:
            _replace(target, write)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise InputError(f"cannot write {path}: {reason}") from None


def _replace(target: str, write: Callable[[TextIO], None]) -> None:
    folder, name = os.path.split(target)
    partial = os.path.join(folder, f".{name[:100]}.{os.urandom(4).hex()}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(partial, flags, 0o666)
    try:
        with contextlib.suppress(FileNotFoundError):
            os.chmod(partial, os.stat(target).st_mode & 0o777)
        _write(descriptor, write, lasting=True)
        os.replace(partial, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(partial)
        raise


def _write(descriptor: int, write: Callable[[TextIO], None], lasting: bool = False) -> None:
    with open(descriptor, "w", encoding="utf-8", errors="replace", newline="\n") as stream:
        write(stream)
        stream.flush()
        if lasting:
            os.fsync(descriptor)
