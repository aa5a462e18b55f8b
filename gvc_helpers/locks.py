"""Folders that one living process works in, so that what a killed one left behind can be told from them."""

from __future__ import annotations

import contextlib
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

OURS = ".gvc-"
"""What the names of working folders and of their locks begin with: nothing else is ever cleared away."""
LOCK = ".lock"


class BusyError(OSError):
    """Another process holds the lock."""


@contextmanager
def held(lock: Path) -> Iterator[None]:
    """Hold a lock; the system gives it up when the process ends, however it ends.

    The file goes with the lock. Who opened it just before finds that it has no name any more, and
    opens it again (filelock sees to that).

    Raises
    ------
    BusyError
        When another process holds it.
    """
    own = FileLock(lock, thread_local=False)
    try:
        own.acquire(blocking=False)
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
    folder = parent / f"{OURS}{secrets.token_hex(8)}"
    with held(folder.with_name(folder.name + LOCK)):  # before the folder, so that none is without
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def clear_abandoned(parent: Path) -> None:
    """Remove the working folders in `parent` whose process is gone, and nothing else."""
    for lock in parent.glob(f"{OURS}*{LOCK}"):
        with contextlib.suppress(OSError), held(lock):
            shutil.rmtree(lock.with_name(lock.name.removesuffix(LOCK)), ignore_errors=True)
