"""The command ``stackaudit`` and ``python -m stackaudit``."""

from __future__ import annotations

import gc
import sys

#: Imports make many objects and no garbage: collecting as often as usual costs time at the start.
_COLLECT_AFTER = 100_000


def main() -> int:
    """Runs the command line and returns its exit code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from stackaudit import __version__

        print(f"stackaudit {__version__}")
        return 0
    gc.set_threshold(_COLLECT_AFTER, 20, 20)
    try:
        from stackaudit.cli import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        print("stackaudit: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
