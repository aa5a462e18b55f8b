"""Folders that one living process works in, so that what a killed one left behind can be told from them."""

from __future__ import annotations

import contextlib
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

OURS = re.compile(r"\.gvc-[0-9a-f]{16}")
"""Names of working folders: nothing else is ever cleared away."""
LOCK = ".lock"


class BusyError(OSError):
    """Another process holds the lock."""


@contextmanager
def held(lock: Path, patience: float = 0.0) -> Iterator[None]:
    """Hold a lock; the system gives it up when the process ends, however it ends.

    The file goes with the lock. Who opened it just before finds that it has no name any more, and
    opens it again (filelock sees to that).

    Parameters
    ----------
    lock : Path
        The file that stands for the lock.
    patience : float
        Seconds to wait for another process to give it up.

    Raises
    ------
    BusyError
        When another process goes on holding it.
    """
    own = FileLock(lock, thread_local=False)
    try:
        own.acquire(timeout=patience, poll_interval=0.02)
    except Timeout:
        raise BusyError(f"'{lock}' is held by another process") from None
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # Windows keeps open files
            lock.unlink()
        own.release()


@contextmanager
def working_folder(parent: Path) -> Iterator[Path]:
    """Make a folder of one's own for a while, and clear away those of processes that were killed."""
    parent.mkdir(parents=True, exist_ok=True)
    clear_abandoned(parent)
    folder = parent / f".gvc-{secrets.token_hex(8)}"
    # The lock comes before the folder and goes after it; who clears away may hold it for a moment.
    with held(folder.with_name(folder.name + LOCK), patience=10.0):
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            try:
                shutil.rmtree(folder, ignore_errors=True)
            except KeyboardInterrupt:  # asked to end in the midst of it
                shutil.rmtree(folder, ignore_errors=True)
                raise


def clear_abandoned(parent: Path) -> None:
    """Remove the working folders in `parent` whose process is gone, and nothing else."""
    for name in {path.name.removesuffix(LOCK) for path in parent.glob(".gvc-*")}:
        if OURS.fullmatch(name):
            with contextlib.suppress(OSError), held(parent / (name + LOCK)):
                shutil.rmtree(parent / name, ignore_errors=True)
