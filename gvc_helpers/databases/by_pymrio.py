"""What the readers have in common that let pymrio parse."""

from __future__ import annotations

import json
import shutil
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

from gvc_helpers._typing import Array
from gvc_helpers.databases.files import MOST_ROWS, Found, Parts, SourceError
from gvc_helpers.databases.registry import RawTable
from gvc_helpers.errors import quoted, reason
from gvc_helpers.files.locks import working_folder

LIST_OF_FILES = "file_parameters.json"
SAVED_FORMATS = (".txt", ".tsv", ".csv", ".parquet")
MOST_LEVELS = 20
"""Rows or columns of labels that a file may have."""


def accounts(parts: Parts) -> list[Path]:
    """Return the folders of accounts, once nothing in any list of files can do harm.

    pymrio reads whatever file such a list names, wherever it is, and runs the program that a pickle holds.
    """
    from pyarrow import parquet

    lists = {PurePosixPath(name): file for name, file in parts.items() if name.endswith(LIST_OF_FILES)}
    for file in lists.values():
        for entry in json.loads(file.read_bytes())["files"].values():
            named = PurePosixPath(str(entry["name"]).replace("\\", "/"))
            shown = f"'{file}' names {quoted(str(entry['name']))}"
            if len(named.parts) != 1 or named.name == "..":
                raise SourceError(f"{shown}, which is not in its folder")
            if named.suffix.lower() not in SAVED_FORMATS:
                raise SourceError(f"{shown}; only text and parquet are read, as a pickle can hold a program")
            if max(int(entry["nr_index_col"]), int(entry["nr_header"])) > MOST_LEVELS:
                raise SourceError(f"{shown} with more than {MOST_LEVELS} rows or columns of labels")
            if named.suffix.lower() == ".parquet":
                size = parquet.read_metadata(file.with_name(named.name))
                if max(size.num_rows, size.num_columns) > MOST_ROWS:
                    raise SourceError(f"{shown} with more than {MOST_ROWS:,} rows or columns")
    return [file.parent for name, file in lists.items() if len(name.parts) == 2]


def raw_table(system: Any, primary_inputs: pd.DataFrame | None, where: Path) -> RawTable:
    """Take the matrices of a pymrio system."""
    Z, Y = system.Z, system.Y
    if not Z.index.equals(Z.columns) or not Z.index.equals(Y.index):
        raise SourceError(f"'{where}': the rows of Z and Y and the columns of Z do not have the same labels")
    countries = Z.index.unique(0)
    demand = Y.T.groupby(level=0, sort=False).sum().T
    strangers = demand.columns.difference(countries)
    if len(strangers):
        raise SourceError(
            f"'{where}': final demand has a column of '{strangers[0]}', a country without rows in the table"
        )
    # In the order of memory of a file, so that a table from the cache gives the same sums to the last bit.
    flows = np.ascontiguousarray(Z.to_numpy(dtype=float))
    if not np.isfinite(flows).all() or not np.isfinite(Y.to_numpy(dtype=float)).all():
        raise ValueError("a flow is not a number")
    return RawTable(
        flows,
        np.ascontiguousarray(demand.reindex(columns=countries, fill_value=0.0)),
        Z.index,
        None if primary_inputs is None else _added(primary_inputs),
    )


def _added(primary_inputs: pd.DataFrame) -> Array:
    total: Array = primary_inputs.to_numpy(dtype=float).sum(axis=0)
    if not np.isfinite(total).all():
        label = " / ".join(map(str, primary_inputs.columns[int(np.argmin(np.isfinite(total)))]))
        raise ValueError(f"value added of {label} is not a number")
    return total


@contextmanager
def parsed(found: Found, faults: Iterable[str] = ()) -> Iterator[None]:
    """Turn what pymrio raises on damaged files into one line: the first of the faults of the files, if any.

    The faults are only looked for, by taking them from the iterable, when something was raised.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of accounts that are not needed
            yield
    except (SourceError, MemoryError, OSError):
        raise
    except Exception as error:  # whatever a damaged file makes the parsers raise
        if "out of memory" in str(error):  # as pandas says it
            raise MemoryError from None
        first, *others = found.members.values()
        named = (first.file if len(found.files) == 1 else first.file.parent) if others else first
        fault = next(filter(None, faults), f"'{named}': pymrio cannot read it, is it whole? {reason(error)}")
        raise SourceError(fault) from None


@contextmanager
def in_one_folder(files: Mapping[str, Path]) -> Iterator[Path]:
    """Provide files in one folder, under the names that pymrio looks for."""
    with working_folder(Path(tempfile.gettempdir())) as folder:
        for name, file in files.items():
            try:
                (folder / name).symlink_to(file.resolve())
            except OSError:  # not allowed to everybody on Windows
                shutil.copy2(file, folder / name)
        yield folder
