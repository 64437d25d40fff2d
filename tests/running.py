"""Runs the command line as a user does: another process, nothing of this one's settings."""

from __future__ import annotations

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
