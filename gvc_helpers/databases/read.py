"""Sources: an input-output table by the name of its database and the place of its files."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd
from tqdm import tqdm

from gvc_helpers.databases import cache as table_cache
from gvc_helpers.databases import reconstruction
from gvc_helpers.databases.catalogue import catalogue
from gvc_helpers.databases.files import Found, SourceError, find
from gvc_helpers.databases.registry import RawTable, sources
from gvc_helpers.errors import reason
from gvc_helpers.tables.io_table import IOTable, TableError
from gvc_helpers.tables.labels import ConcordanceError, sector_names, standard_countries

if TYPE_CHECKING:
    Database = str
else:  # what the catalogue has is known at run time only
    Database = Literal[*catalogue()]

READER_VERSION = 1
"""To be raised when a reader changes what it returns, so that tables in the cache are read anew."""


def read_table(
    database: Database, path: str | Path | None = None, year: int | None = None, name: str | None = None
) -> IOTable:
    """Read an inter-country input-output table.

    What has been read once is kept in a cache and comes from there the next time, as long as the files
    are the same. Countries get their ISO 3166 codes of three letters, sectors their names.

    Parameters
    ----------
    database : str
        ``"reconstruction"`` ships with the package and needs no path; the others are listed, with what
        they cover and where to get them, by the command ``gvc sources``.
    path : str or Path, optional
        Folder with the files of the table, plain or zipped, or one of these files.
    year : int, optional
        Year of the table; needed where the folder has several.
    name : str, optional
        What to call the table in its source, instead of the name of the database.

    Returns
    -------
    IOTable
        The table, neither balanced nor corrected.

    Raises
    ------
    SourceError
        When there is no such database, folder, year or file, or a file cannot be read.
    TableError
        When the numbers or labels are not those of a table.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> gvc.read_table("reconstruction")
    <IOTable: 9 countries, 126 rows, 2015, Russia's gross exports = 100>
    """
    if database == reconstruction.NAME:
        if name is not None:
            raise SourceError(f"name '{name}' is not needed: the reconstruction is called what it is")
        return reconstruction.read(path, year)
    found = _locate(database, path, year)
    try:
        table, digest = _read_once(database, found, name)
    except (TableError, ConcordanceError) as error:
        raise TableError(f"'{path}': {error}") from None
    except OSError as error:
        raise SourceError(f"'{error.filename or path}' cannot be read: {reason(error)}") from None
    except MemoryError as error:
        size = sum(file.stat().st_size for file in found.files) / 1e9
        raise SourceError(
            f"'{path}': there is not enough memory for the table, whose files have {size:,.3g} GB: "
            f"{reason(error)}"
        ) from None
    _DIGESTS[database, str(path), year] = digest
    return table


@cache
def read_ensemble(database: Database) -> list[IOTable]:
    """Read the other tables that fit the same printed figures; none for a database.

    A result that the printed figures determine is the same in all of them; one that they do not
    determine spreads.
    """
    return reconstruction.read_others() if database == reconstruction.NAME else []


def data_files(database: Database, path: str | Path | None = None, year: int | None = None) -> list[Path]:
    """List the files that a table is read from, archives as one."""
    if database == reconstruction.NAME:
        return reconstruction.FILES
    return _locate(database, path, year).files


def fingerprint(database: Database, path: str | Path | None = None, year: int | None = None) -> str:
    """SHA-256 over the names and contents of a table's files, as they were when they were read."""
    read = _DIGESTS.get((database, str(path), year))
    return read or _digest(data_files(database, path, year))


_DIGESTS: dict[tuple[str, str, int | None], str] = {}
"""What the files were whose table this process has read last, by database, path and year."""


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    with ThreadPoolExecutor() as threads:  # hashing lets other threads go on
        for file, content in zip(files, threads.map(_content_digest, files), strict=True):
            digest.update(file.name.encode())
            digest.update(content)
    return digest.hexdigest()


def _content_digest(file: Path) -> bytes:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").digest()


# Reading once -------------------------------------------------------------------------------------


def _locate(database: str, path: str | Path | None, year: int | None) -> Found:
    if database not in catalogue():
        raise SourceError(f"database '{database}' is unknown; it must be one of {', '.join(catalogue())}")
    source = sources()[database]
    if path is None:
        raise SourceError(f"path is missing: name the folder with the files of {source.title}")
    return find(Path(path), [form for form, _ in source.readers], year, source.title)


def _read_once(database: str, found: Found, name: str | None) -> tuple[IOTable, str]:
    """Take a table from the cache, or read it and keep it; and say what its files were.

    Raises
    ------
    SourceError
        When the files are changed meanwhile, so that nobody knows of what the numbers are.
    """
    before = _state(found.files)
    digest = _digest(found.files)
    key = _cache_key(database, found, digest)
    kept = table_cache.load(key)
    if kept is not None:
        return _io_table(database, found, kept, name), digest
    source = sources()[database]
    reader = next(reader for form, reader in source.readers if form is found.form)
    title = f"{source.title} {found.year or ''} from '{found.files[0].parent}'"
    with _progress(title, 3) as step:
        with found.unpacked() as parts:
            step()
            raw = reader(parts, found)
        if changed := [file for file, state in _state(found.files).items() if state != before[file]]:
            raise SourceError(f"'{changed[0]}' was changed while it was read; read it again when it is whole")
        step()
        table = _io_table(database, found, raw, name)
        table_cache.store(key, raw, title)
        step()
    return table, digest


def _state(files: list[Path]) -> dict[Path, tuple[int, int]]:
    """Size and time of files, which tell whether one was changed."""
    return {file: ((state := file.stat()).st_size, state.st_mtime_ns) for file in files}


def _cache_key(database: str, found: Found, digest: str) -> str:
    """Name what a table depends on: its files, which of them, and who reads them."""
    parts = {part: member.inside or member.file.name for part, member in found.members.items()}
    versions = [READER_VERSION, importlib.metadata.version("pymrio")]
    described = json.dumps([database, found.year, parts, versions, digest], sort_keys=True)
    return hashlib.sha256(described.encode()).hexdigest()[:40]


@contextmanager
def _progress(title: str, steps: int) -> Iterator[Callable[[], object]]:
    """Show a bar, with the time that has passed, on a terminal."""
    with tqdm(
        total=steps, desc=f"reading {title}, the first time", delay=1.0, disable=None, leave=False,
        bar_format="{desc}: |{bar}| {n_fmt} of {total_fmt} steps, {elapsed}",
    ) as bar:  # fmt: skip
        over = threading.Event()

        def tick() -> None:
            while not over.wait(1.0):
                bar.refresh()

        clock = threading.Thread(target=tick, daemon=True)
        clock.start()
        try:
            yield bar.update
        finally:
            over.set()
            clock.join()


def _io_table(database: str, found: Found, raw: RawTable, name: str | None) -> IOTable:
    """Give a table its standard labels, and say where it comes from."""
    codes = list(dict.fromkeys(raw.index.get_level_values(0)))
    sectors = list(dict.fromkeys(raw.index.get_level_values(1)))
    countries = standard_countries(codes, database)
    names = sector_names(sectors, database, raw.edition)
    index = pd.MultiIndex.from_arrays(
        [
            [countries.get(code, code) for code in raw.index.get_level_values(0)],
            [names.get(sector, sector) for sector in raw.index.get_level_values(1)],
        ]
    )
    edition = f"edition {raw.edition}" if raw.edition else ""
    year = "" if found.year is None else f"year {found.year}"
    title = name or raw.name or sources()[database].title
    described = [title, *(part for part in (edition, raw.price, year) if part and part not in title)]
    return IOTable(
        raw.Z, raw.Y, index=index, value_added=raw.value_added, output=raw.output, year=found.year,
        unit=raw.unit, source=", ".join(described), price=raw.price, edition=raw.edition,
        note=raw.note,
    )  # fmt: skip
