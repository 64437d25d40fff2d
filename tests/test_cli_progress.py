"""The progress bar shows itself only to a person who has waited."""

from __future__ import annotations

import io
import sys

import pytest

from stackaudit.cli import progress


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "wanted", "waited", "shown"),
    [
        (Screen(), True, 2.0, True),
        (Screen(), True, 0.2, False),
        (Screen(), False, 2.0, False),
        (io.StringIO(), True, 2.0, False),
    ],
    ids=["after a second", "too early", "quiet", "no terminal"],
)
def test_bar(
    stream: io.StringIO, wanted: bool, waited: float, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock[0])
    with progress.Bar(wanted) as bar:
        bar(1, None)
        clock[0] += waited
        bar(64, 1000)
        bar(128, 1000)
    assert ("Reading files" in stream.getvalue()) is shown
    assert shown or stream.getvalue() == ""
