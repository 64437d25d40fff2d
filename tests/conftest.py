"""Property tests: the same examples every time in CI, new ones with STACKAUDIT_EXPLORE=1."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=1_000)
settings.load_profile("explore" if os.environ.get("STACKAUDIT_EXPLORE") else "steady")

# Also for the commands that tests start: nobody's own cache is read or written.
os.environ["STACKAUDIT_CACHE_DIR"] = str(Path(__file__).parent.parent / ".pytest_cache" / "own")
