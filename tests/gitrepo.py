"""A real git repository in a temporary folder, and what git does there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ann Author",
    "GIT_AUTHOR_EMAIL": "ann@example.org",
    "GIT_COMMITTER_NAME": "Ann Author",
    "GIT_COMMITTER_EMAIL": "ann@example.org",
}


def git(folder: Path, *words: str, day: str = "2025-01-01") -> str:
    when = f"{day}T12:00:00Z"
    env = {**_ENVIRONMENT, "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
    command = ["git", "-c", "protocol.file.allow=always", *words]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, check=True)
    return done.stdout.decode().strip()


def new(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main")
    return folder


def commit(folder: Path, files: dict[str, str | None], day: str = "2025-01-01") -> str:
    """Write files (None removes one), commit them, return the hash."""
    for name, text in files.items():
        path = folder / name
        if text is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "a change", day=day)
    return git(folder, "rev-parse", "HEAD")


def call(model: str) -> str:
    """A line that uses a model."""
    return f'client.chat.completions.create(model="{model}", messages=[])\n'


HEAD = "from openai import OpenAI\nclient = OpenAI()\n"
