"""Runs the command line as a user does: another process, nothing of this one's settings."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def run(
    *args: str, cwd: Path | None = None, text: str = "", **env: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stackaudit", *args],
        cwd=cwd, input=text, capture_output=True, encoding="utf-8", timeout=60,
        env=environment(**env),
    )  # fmt: skip


def environment(**env: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "STACKAUDIT_DEBUG")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **env}


def here(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The same in this process, for stories of many commands: no start-up, the same words."""
    from stackaudit.cli import run as command

    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    with contextlib.chdir(cwd), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = command(args)
    told = []
    for stream in (out, err):
        stream.flush()
        told.append(stream.buffer.getvalue().decode())
    return subprocess.CompletedProcess(args, code, *told)
