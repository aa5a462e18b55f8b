"""Readers: an input-output table from the files of a database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from gvc_helpers.io_table import IOTable, TableError
from gvc_helpers.raw_files import SourceError, YearError

Database = Literal["reconstruction", "pymrio"]

RECONSTRUCTION = "reconstruction from the printed tables of Belousov (2020)"
RECONSTRUCTION_FOLDER = Path(__file__).parent / "data" / "reconstruction"
RECONSTRUCTION_YEAR = 2015


def read_table(database: Database, path: str | Path | None = None, year: int | None = None) -> IOTable:
    """Read an inter-country input-output table.

    Parameters
    ----------
    database : {"reconstruction", "pymrio"}
        ``"reconstruction"`` ships with the package and needs no path. ``"pymrio"`` is a folder saved
        by pymrio, or a folder that holds one such folder for each year, named by the year.
    path : str or Path, optional
        Folder of the table.
    year : int, optional
        Year of the table.

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
    if database not in READERS:
        raise SourceError(f"database '{database}' is unknown; it must be one of {', '.join(READERS)}")
    try:
        return READERS[database](None if path is None else Path(path), year)
    except TableError as error:
        raise TableError(f"{path or database}: {error}") from None


@cache
def read_ensemble(database: Database) -> list[IOTable]:
    """Read the other tables that fit the same printed figures; none for a database.

    A result that the printed figures determine is the same in all of them; one that they do not
    determine spreads.
    """
    if database != "reconstruction":
        return []
    base = read_table(database)
    with np.load(RECONSTRUCTION_FOLDER / "ensemble.npz") as arrays:
        pairs = list(zip(arrays["Z"].astype(float), arrays["Y"].astype(float), strict=True))
    return [
        IOTable(Z.copy(), Y.copy(), index=base.index, year=base.year, unit=base.unit, source=base.source)
        for Z, Y in pairs
    ]


def data_files(database: Database, path: str | Path | None = None, year: int | None = None) -> list[Path]:
    """List the files that a table is read from."""
    if database == "reconstruction":
        return [RECONSTRUCTION_FOLDER / name for name in ("Y.csv", "Z.csv", "ensemble.npz")]
    folder = _year_folder(Path(path or "."), year)
    return sorted(file for file in folder.rglob("*") if file.is_file())


def fingerprint(database: Database, path: str | Path | None = None, year: int | None = None) -> str:
    """SHA-256 over the names and contents of a table's files."""
    digest = hashlib.sha256()
    for file in data_files(database, path, year):
        digest.update(file.name.encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _read_reconstruction(path: Path | None, year: int | None) -> IOTable:
    if path is not None:
        raise SourceError(f"path '{path}' is not needed: the reconstruction ships with the package")
    if year not in (None, RECONSTRUCTION_YEAR):
        raise YearError(f"year {year} is not in the reconstruction; it has {RECONSTRUCTION_YEAR} only")
    Z, Y = (
        pd.read_csv(RECONSTRUCTION_FOLDER / f"{name}.csv", header=header, index_col=[0, 1])
        for name, header in (("Z", [0, 1]), ("Y", [0]))
    )
    return IOTable(
        Z.to_numpy(copy=True),
        Y.to_numpy(copy=True),
        index=pd.MultiIndex.from_tuples(Z.index),
        year=RECONSTRUCTION_YEAR,
        unit="Russia's gross exports = 100",
        source=RECONSTRUCTION,
    )


def _read_pymrio(path: Path | None, year: int | None) -> IOTable:
    import pymrio  # slow to import, and most runs do without it

    if path is None:
        raise SourceError("path is missing: name the folder that pymrio saved the table in")
    folder = _year_folder(path, year)
    try:
        system = pymrio.load_all(folder)
    except Exception as error:  # whatever a damaged file makes the parsers raise
        raise SourceError(f"{folder}: pymrio cannot read this folder, is it whole? {error}") from None
    if system.Z is None or system.Y is None:
        raise SourceError(f"{folder}: the folder has no matrix Z or no matrix Y")
    if not system.Z.index.equals(system.Z.columns) or not system.Z.index.equals(system.Y.index):
        raise SourceError(f"{folder}: the rows of Z and Y and the columns of Z do not have the same labels")
    demand = system.Y.T.groupby(level="region", sort=False).sum().T
    return IOTable(
        system.Z.to_numpy(),
        demand.reindex(columns=system.Z.index.unique("region"), fill_value=0.0).to_numpy(copy=True),
        index=system.Z.index,
        value_added=_stated_value_added(system),
        year=year,
        unit=str(system.unit.iloc[0, 0]) if system.unit is not None else "",
        source=", ".join([system.meta.name or "unnamed table", *([] if year is None else [f"year {year}"])]),
    )


def _stated_value_added(system: Any) -> Any:
    """Value added of a pymrio system, where it has an account of primary inputs."""
    for account in system.get_extensions(data=True):
        if account.F is not None and account.name.lower().replace("_", " ") in ("factor inputs", "va"):
            return account.F.sum(axis=0).to_numpy(dtype=float)
    return None


def _year_folder(path: Path, year: int | None) -> Path:
    """Return the folder of a year: `path` itself, or the one in it named by the year."""
    if not path.is_dir():
        raise SourceError(f"'{path}' is not a folder" if path.exists() else f"folder '{path}' does not exist")
    years = sorted(folder.name for folder in path.iterdir() if folder.is_dir() and folder.name.isdigit())
    if not years:
        if path.name.isdigit() and year is not None and path.name != str(year):
            raise YearError(f"folder '{path}' is of another year than the year asked for, {year}")
        return path
    if year is None or str(year) not in years:
        raise YearError(f"folder '{path}' has no year {year}; it has {', '.join(years)}")
    return path / str(year)


READERS: dict[str, Callable[[Path | None, int | None], IOTable]] = dict(
    zip(get_args(Database), (_read_reconstruction, _read_pymrio), strict=True)
)
