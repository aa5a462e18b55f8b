"""Tables kept on the disk after their first reading, so that nobody waits twice."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import shutil
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from platformdirs import user_cache_path

from gvc_helpers.databases.registry import RawTable
from gvc_helpers.errors import reason
from gvc_helpers.files.locks import clear_abandoned, working_folder
from gvc_helpers.files.text import FileError

FOLDER_VARIABLE = "GVC_CACHE"
"""Environment variable that names another place for the cache."""
FOLDER = "gvc-tables"
"""The cache has a folder of its own there, as the place named may be one that the user keeps things in."""
MARK, SIGNATURE = "CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n"
"""The file that marks a folder as a cache (bford.info/cachedir), for this package and for backups."""
KEY = re.compile("[0-9a-f]{40}")
"""Names of kept tables: nothing else in the folder is ever read, listed or removed."""
ARRAYS = ("Z", "Y", "value_added", "output")
TEXTS = ("unit", "price", "edition", "note", "name")

log = logging.getLogger("gvc")


@dataclass(frozen=True)
class Entry:
    """A table in the cache."""

    title: str
    """Database, year and path that it was read from."""
    size: int
    """Bytes on the disk."""
    folder: Path


def cache_folder() -> Path:
    """Folder of the cache, in that of the system for this user or in the one that `GVC_CACHE` names."""
    named = os.environ.get(FOLDER_VARIABLE)
    return (Path(named) if named else user_cache_path("gvc-helpers", appauthor=False)) / FOLDER


def load(key: str) -> RawTable | None:
    """Return the table kept under a key, its matrices mapped from the disk; None if there is none.

    A kept table is compared with its checksums before anything of it is interpreted; a damaged one is
    removed, so that it is read anew.
    """
    folder = cache_folder() / key
    if not _is_own(folder):
        return None
    try:
        about = _about(folder)
        content: dict[str, Any] = {text: about[text] for text in TEXTS}
        content |= {name: _array(folder, name, checksum) for name, checksum in about["checksums"].items()}
        return RawTable(index=pd.MultiIndex.from_arrays(about["labels"]), **content)
    except Exception as error:  # whatever damage makes the parsers raise
        log.warning("the kept table in '%s' is damaged (%s) and is read anew", folder, reason(error))
        shutil.rmtree(folder, ignore_errors=True)
    return None


def _about(folder: Path) -> dict[str, Any]:
    """Read what is kept beside the arrays of a table: texts, labels, checksums."""
    about: dict[str, Any] = json.loads((folder / "about.json").read_bytes())
    if about.pop("checksum") != _checksum(_canonical(about)):
        raise ValueError("checksum of about.json")
    return about


def _array(folder: Path, name: str, checksum: int) -> np.ndarray[Any, Any]:
    """Map an array from the disk, once the bytes of its file are known to be those that were written."""
    file = folder / f"{name}.npy"
    if _checksum(_bytes(file)) != checksum:
        raise ValueError(f"checksum of {file.name}")
    array: np.ndarray[Any, Any] = np.load(file, mmap_mode="r")
    return array


def store(key: str, table: RawTable, title: str) -> None:
    """Keep a table under a key; if that fails, as on a full disk, say so and go on without.

    It is written beside its place and moved there when whole, so that runs at the same time do not
    disturb one another. Databases are licensed to those who have them: nobody else can read the copy.
    """
    target = cache_folder() / key
    try:
        _make_folder()
        with working_folder(target.parent) as beside:
            folder = beside / key
            folder.mkdir(mode=0o700)
            checksums: dict[str, int] = {}
            for name in ARRAYS:
                if (array := getattr(table, name)) is not None:
                    np.save(folder / f"{name}.npy", np.ascontiguousarray(array, dtype=np.float64))
                    checksums[name] = _checksum(_bytes(folder / f"{name}.npy"))
            about: dict[str, Any] = {text: getattr(table, text) for text in TEXTS}
            about |= {"title": title, "checksums": checksums}
            about["labels"] = [list(table.index.get_level_values(level)) for level in (0, 1)]
            about["checksum"] = _checksum(_canonical(about))
            (folder / "about.json").write_bytes(_canonical(about))
            if not target.exists():
                folder.rename(target)
    except OSError as error:
        if not _is_own(target):  # else another run has just kept the same
            log.warning(
                "the table cannot be kept in '%s' (%s); it will be read from its files each time",
                target.parent,
                reason(error),
            )


def entries() -> list[Entry]:
    """List the tables in the cache."""
    found = []
    for folder in _kept():
        title, size = "damaged", 0
        with contextlib.suppress(Exception):  # whatever damage makes the parsers raise
            size = sum(part.stat().st_size for part in folder.iterdir())
            title = _about(folder)["title"]
        found.append(Entry(title, size, folder))
    return found


def clear() -> None:
    """Remove all tables from the cache, and what runs left that were killed.

    Raises
    ------
    FileError
        If the system leaves some of them, as where another program has a file of theirs open.
    """
    for folder in _kept():
        shutil.rmtree(folder, ignore_errors=True)
    if _is_ours():
        clear_abandoned(cache_folder())
    if left := len(list(_kept())):
        raise FileError(
            f"{cache_folder()}: {left} table(s) could not be removed; does another program use them?"
        )


# The folder ---------------------------------------------------------------------------------------


def _kept() -> Iterator[Path]:
    if _is_ours():
        yield from (path for path in sorted(cache_folder().iterdir()) if KEY.fullmatch(path.name))


def _is_ours() -> bool:
    """Whether the folder of the cache is this package's and this user's."""
    return _is_own(cache_folder()) and (cache_folder() / MARK).exists()


def _make_folder() -> None:
    """Make and mark the folder of the cache, that nobody else can look into.

    Raises
    ------
    OSError
        When that cannot be done, or the folder is another user's, or holds things but has no mark.
    """
    folder = cache_folder()
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    if not _is_own(folder):
        raise OSError("it belongs to another user")
    if any(folder.iterdir()) and not (folder / MARK).exists():
        raise OSError(f"it is no cache: there is no {MARK} in it")
    (folder / MARK).write_text(SIGNATURE, encoding="utf-8")


def _is_own(folder: Path) -> bool:
    """Whether there is a folder that this user has made, through a link of their own at most."""
    try:
        owners = {folder.lstat().st_uid, folder.stat().st_uid}
        return folder.is_dir() and (not hasattr(os, "getuid") or owners == {os.getuid()})
    except OSError:
        return False


# Checksums ----------------------------------------------------------------------------------------


def _canonical(about: dict[str, Any]) -> bytes:
    return json.dumps(about, sort_keys=True).encode()


def _bytes(file: Path) -> np.ndarray[Any, Any]:
    """Map the bytes of a file."""
    return np.memmap(file, mode="r")


def _checksum(content: Any) -> int:
    return zlib.crc32(content)
