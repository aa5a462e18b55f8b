"""Tables kept on the disk after their first reading, so that nobody waits twice."""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from platformdirs import user_cache_path

from gvc_helpers.raw_files import RawTable

FOLDER_VARIABLE = "GVC_CACHE"
"""Environment variable that names another folder for the cache."""
ABANDONED_AFTER = 3600.0
"""Seconds after which a folder that is half written cannot belong to a run that still goes on."""
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
    """Folder of the cache: that of the system for this user, or the one that `GVC_CACHE` names."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else user_cache_path("gvc-helpers", appauthor=False)


def load(key: str) -> RawTable | None:
    """Return the table kept under a key, its matrices mapped from the disk; None if there is none.

    A kept table is compared with its checksums; a damaged one is removed, so that it is read anew.
    """
    folder = cache_folder() / key
    try:
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in about["checksums"]}
        damaged = [
            name for name, array in arrays.items() if zlib.crc32(array.data) != about["checksums"][name]
        ]
        if damaged:
            raise ValueError(f"checksum of {damaged[0]}")
        index = pd.MultiIndex.from_arrays(about["labels"])
        return RawTable(index=index, **arrays, **{text: about[text] for text in TEXTS})
    except (FileNotFoundError, NotADirectoryError):
        if folder.exists():
            shutil.rmtree(folder, ignore_errors=True)
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        log.warning("the kept table in '%s' is damaged (%s) and is read anew", folder, error)
        shutil.rmtree(folder, ignore_errors=True)
    return None


def store(key: str, table: RawTable, title: str) -> None:
    """Keep a table under a key; if that fails, as on a full disk, say so and go on without.

    It is written beside its place and moved there when whole, so that runs at the same time do not
    disturb one another.
    """
    target = cache_folder() / key
    arrays = {name: array for name in ARRAYS if (array := getattr(table, name)) is not None}
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _clean(target.parent)
        with tempfile.TemporaryDirectory(prefix=".", dir=target.parent, ignore_cleanup_errors=True) as beside:
            folder = Path(beside, "table")
            folder.mkdir()
            checksums: dict[str, int] = {}
            for name, array in arrays.items():
                plain = np.ascontiguousarray(array, dtype=np.float64)
                np.save(folder / f"{name}.npy", plain)
                checksums[name] = zlib.crc32(plain.data)
            about: dict[str, Any] = {text: getattr(table, text) for text in TEXTS}
            about |= {"title": title, "checksums": checksums}
            about["labels"] = [list(table.index.get_level_values(level)) for level in (0, 1)]
            (folder / "about.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
            if not target.exists():
                folder.rename(target)
    except OSError as error:
        if not target.exists():  # else another run has just kept the same
            log.warning(
                "the table cannot be kept in '%s' (%s); it will be read from its files each time",
                target.parent,
                error.strerror,
            )


def entries() -> list[Entry]:
    """List the tables in the cache."""
    found = []
    for file in sorted(cache_folder().glob("*/about.json")):
        try:
            title = json.loads(file.read_text(encoding="utf-8"))["title"]
        except (OSError, ValueError, KeyError):
            title = "damaged"
        found.append(Entry(title, sum(part.stat().st_size for part in file.parent.iterdir()), file.parent))
    return found


def clear() -> None:
    """Remove all tables from the cache."""
    for entry in entries():
        shutil.rmtree(entry.folder, ignore_errors=True)
    _clean(cache_folder())


def _clean(folder: Path) -> None:
    """Remove what runs left that were killed."""
    for abandoned in folder.glob(".*"):
        if abandoned.is_dir() and time.time() - abandoned.stat().st_mtime > ABANDONED_AFTER:
            shutil.rmtree(abandoned, ignore_errors=True)
