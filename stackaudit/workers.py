"""Reads many files: one after the other, and in several processes where that would take long.

The readings come in the order of the files either way. Where processes cannot be had, or one of
them dies, what is left is read here: nothing is lost.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence

from stackaudit.catalogue import Catalogue, catalogue_for
from stackaudit.discover import Found
from stackaudit.reading import Reading, Task, read_file

#: Seconds of work left from which it is worth starting processes.
WORTH = 1.2
_LOOK = 32
_CHUNK = 24


def readings(
    files: Sequence[Found], task: Task, catalogue: Catalogue, *, worth: float | None = None
) -> Iterator[Reading]:
    """Read files, in order.

    Args:
        files: What to read.
        task: What to read them with; its settings say how many processes may be used.
        catalogue: The catalogue of those settings.
        worth: Seconds of work left from which processes are started; ``WORTH`` by default.
    """
    least, started = WORTH if worth is None else worth, time.monotonic()
    done = 0
    for item in files:
        if task.settings.jobs > 1 and done and done % _LOOK == 0:
            left = (time.monotonic() - started) / done * (len(files) - done)
            if left >= least:
                break
        yield read_file(item, task, catalogue)
        done += 1
    if done < len(files):
        for reading in _spread(files[done:], task):
            yield reading
            done += 1
    for item in files[done:]:
        yield read_file(item, task, catalogue)


def _spread(files: Sequence[Found], task: Task) -> Iterator[Reading]:
    """Readings made in processes; they end early where a process or the machine gives up."""
    # Imports that most scans never need.
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_all_start_methods, get_context

    chunks = [files[at : at + _CHUNK] for at in range(0, len(files), _CHUNK)]
    method = "forkserver" if "forkserver" in get_all_start_methods() else "spawn"
    context = get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload([__name__])
    jobs = min(task.settings.jobs, len(chunks))
    try:
        with ProcessPoolExecutor(jobs, context, _prepare, (task,)) as pool:
            try:
                for found in pool.map(_read, chunks):
                    yield from found
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    except (BrokenProcessPool, OSError, ImportError):
        return


class _State:
    """What a process of the pool reads files with."""

    task: Task
    catalogue: Catalogue


def _prepare(task: Task) -> None:
    """Make a new process ready, and let it end with the one that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _State.task, _State.catalogue = task, catalogue_for(task.settings)


def _end_with_parent() -> None:
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _read(chunk: Sequence[Found]) -> list[Reading]:
    return [read_file(item, _State.task, _State.catalogue) for item in chunk]
