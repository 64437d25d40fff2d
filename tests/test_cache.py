"""The cache saves time and never anything else: what is wrong with an entry, it is as if absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stackaudit import cache
from stackaudit.anchors import matcher


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    target = tmp_path / "cache"
    monkeypatch.setenv("STACKAUDIT_CACHE_DIR", str(target))
    return target


def test_what_was_saved_is_loaded(folder: Path) -> None:
    assert cache.load("a.db") is None
    cache.save("a.db", b"content")
    assert cache.load("a.db") == b"content"
    assert [path.name for path in folder.iterdir()] == ["a.db"]


def test_a_damaged_entry_is_no_entry(folder: Path) -> None:
    cache.save("a.db", b"content")
    (folder / "a.db").write_bytes((folder / "a.db").read_bytes()[:-1])
    assert cache.load("a.db") is None


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no owners and modes on this system")
def test_what_others_may_write_is_not_read(folder: Path) -> None:
    cache.save("a.db", b"content")
    (folder / "a.db").chmod(0o666)
    assert cache.load("a.db") is None
    folder.chmod(0o777)
    cache.save("b.db", b"content")
    assert not (folder / "b.db").exists()


def test_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    cache.save("a.db", b"content")
    (folder / "a.db").rename(tmp_path / "elsewhere")
    (folder / "a.db").symlink_to(tmp_path / "elsewhere")
    assert cache.load("a.db") is None


def test_old_entries_make_room(folder: Path) -> None:
    for number in range(12):
        cache.save(f"{number}.db", b"x")
        os.utime(folder / f"{number}.db", ns=(number, number))
    cache.save("last.db", b"x")
    assert len(list(folder.iterdir())) == 8
    assert (folder / "last.db").exists()
    assert not (folder / "0.db").exists()


def test_an_empty_name_of_the_folder_turns_it_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACKAUDIT_CACHE_DIR", "")
    cache.save("a.db", b"content")
    assert cache.load("a.db") is None


def test_a_folder_that_cannot_be_made_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("STACKAUDIT_CACHE_DIR", str(tmp_path / "file" / "below"))
    cache.save("a.db", b"content")
    assert cache.load("a.db") is None


def test_a_matcher_from_the_cache_finds_the_same(folder: Path) -> None:
    pytest.importorskip("hyperscan")
    data = b"x Alpha beta ALPHABETA"
    first = matcher(["alpha", "beta"])
    (kept,) = folder.iterdir()
    assert matcher(["alpha", "beta"])(data) == first(data) == [2, 8, 13, 18]
    # Whole by its digest, but no database: it is compiled anew.
    cache.save(kept.name, b"not a database")
    assert matcher(["alpha", "beta"])(data) == first(data)
