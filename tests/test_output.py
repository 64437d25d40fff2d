from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import pytest
from unprivileged import as_nobody, open_folder

from stackaudit.model import InputError
from stackaudit.output import write_atomic


def hello(stream: TextIO) -> None:
    stream.write("hällo\n")


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_writes_a_new_file_with_usual_rights(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        write_atomic(tmp_path / "a.json", hello)
    finally:
        os.umask(old)
    assert (tmp_path / "a.json").read_bytes() == "hällo\n".encode()
    assert (tmp_path / "a.json").stat().st_mode & 0o777 == 0o640
    assert names(tmp_path) == ["a.json"]


def test_replaces_a_file_and_keeps_its_rights(tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    target.write_text("old" * 1000)
    target.chmod(0o600)
    write_atomic(target, hello)
    assert target.read_text("utf-8") == "hällo\n"
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "a.json").symlink_to("real/b.json")
    write_atomic(tmp_path / "a.json", hello)
    assert (tmp_path / "a.json").is_symlink()
    assert (tmp_path / "real/b.json").read_text("utf-8") == "hällo\n"


def test_devices_are_written_to_not_replaced() -> None:
    write_atomic(Path("/dev/null"), hello)
    assert Path("/dev/null").is_char_device()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_full_disk() -> None:
    with pytest.raises(InputError, match=r"^cannot write /dev/full: no space left on device$"):
        write_atomic(Path("/dev/full"), hello)


@pytest.mark.parametrize("size", [100, 100_000])
def test_a_disk_that_fills_up_leaves_the_old_file(tmp_path: Path, size: int) -> None:
    target = tmp_path / "a.json"
    target.write_text("old")
    with file_size_limit(50), pytest.raises(InputError, match=r"cannot write .*: file too large"):
        write_atomic(target, lambda stream: print("x" * size, file=stream))
    assert target.read_text() == "old"
    assert names(tmp_path) == ["a.json"]


def test_a_tiny_disk_really_full(tmp_path: Path) -> None:
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(tmp_path)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("may not mount here")
    try:
        target = tmp_path / "a.json"
        target.write_text("old")
        with pytest.raises(InputError, match="no space left on device"):
            write_atomic(target, lambda stream: print("x" * 100_000, file=stream))
        assert target.read_text() == "old"
        assert names(tmp_path) == ["a.json"]
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_what_the_writer_raises_comes_through(tmp_path: Path, error: type[BaseException]) -> None:
    def fail(stream: TextIO) -> None:
        stream.write("half")
        raise error

    with pytest.raises(error):
        write_atomic(tmp_path / "a.json", fail)
    assert names(tmp_path) == []


def test_interrupted_by_a_signal(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from stackaudit.output import write_atomic\n"
        "def slow(stream):\n"
        "    stream.write('half' * 100000); stream.flush(); print('ready', flush=True)\n"
        "    time.sleep(60)\n"
        "write_atomic(Path(sys.argv[1]), slow)"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "a.json")]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        assert len(names(tmp_path)) == 1
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert process.returncode == -signal.SIGINT
    assert names(tmp_path) == []


def test_missing_folder_and_folder_as_file(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        write_atomic(tmp_path / "no/a.json", hello)
    assert str(caught.value).endswith(f"the folder {tmp_path / 'no'} does not exist")
    with pytest.raises(InputError, match="it is a folder; name a file in it"):
        write_atomic(tmp_path, hello)


def test_no_permission() -> None:
    with open_folder() as folder:
        (folder / "closed").mkdir(mode=0o555)
        target = folder / "closed/a.json"
        with as_nobody(), pytest.raises(InputError, match="permission denied"):
            write_atomic(target, hello)


def test_readers_see_the_old_or_the_new_file(tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    target.write_text("old\n")

    def slow(stream: TextIO) -> None:
        stream.write("new\n" * 10_000)
        stream.flush()
        time.sleep(0.01)
        assert target.read_text() == "old\n"

    write_atomic(target, slow)
    assert target.read_text() == "new\n" * 10_000
