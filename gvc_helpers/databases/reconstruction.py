"""The table that ships, and the others that fit the same printed figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from gvc_helpers.databases.files import SourceError, YearError
from gvc_helpers.tables.io_table import IOTable

NAME = "reconstruction"
SOURCE = "reconstruction from the printed tables of Belousov (2020)"
FOLDER = Path(__file__).parents[1] / "data" / "reconstruction"
FILES = [FOLDER / name for name in ("Y.csv", "Z.csv", "ensemble.npz")]
YEAR = 2015


def read(path: str | Path | None, year: int | None) -> IOTable:
    """Read the table; it needs no path and has one year only."""
    if path is not None:
        raise SourceError(f"path '{path}' is not needed: the reconstruction ships with the package")
    if year not in (None, YEAR):
        raise YearError(f"year {year} is not in the reconstruction; it has {YEAR} only")
    Z, Y = (
        pd.read_csv(FOLDER / f"{name}.csv", header=header, index_col=[0, 1])
        for name, header in (("Z", [0, 1]), ("Y", [0]))
    )
    return IOTable(
        Z.to_numpy(copy=True),
        Y.to_numpy(copy=True),
        index=pd.MultiIndex.from_tuples(Z.index),
        year=YEAR,
        unit="Russia's gross exports = 100",
        source=SOURCE,
    )


def read_others() -> list[IOTable]:
    """Read the other tables."""
    base = read(None, None)
    with np.load(FOLDER / "ensemble.npz") as arrays:
        pairs = list(zip(arrays["Z"].astype(float), arrays["Y"].astype(float), strict=True))
    return [
        IOTable(Z.copy(), Y.copy(), index=base.index, year=base.year, unit=base.unit, source=base.source)
        for Z, Y in pairs
    ]
