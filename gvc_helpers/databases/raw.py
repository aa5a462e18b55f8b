"""What the readers of several databases have in common: numbers in text, labels of rows and columns."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gvc_helpers._typing import Array
from gvc_helpers.databases.files import MOST_ROWS, SourceError
from gvc_helpers.errors import reason

# Numbers in text files ----------------------------------------------------------------------------


def matrix(
    file: Path,
    rows: int,
    columns: int,
    keep_rows: npt.NDArray[np.bool_] | None = None,
    keep_columns: npt.NDArray[np.bool_] | None = None,
) -> Array:
    """Read a text file of numbers without labels, a line for each row, tabs or commas between cells.

    Only a few rows at a time are held beside the result.

    Parameters
    ----------
    file : Path
        The file.
    rows, columns : int
        Lines it must have, and numbers in each.
    keep_rows, keep_columns : ndarray of bool, optional
        Rows and columns to keep; all by default.

    Raises
    ------
    SourceError
        Naming the file and the line, when it has other rows or columns or something is not a number.
    """
    with file.open("rb") as stream:
        first = stream.readline()
    delimiter = "\t" if b"\t" in first else ","
    width = first.count(delimiter.encode()) + 1
    if width != columns:
        raise SourceError(
            f"'{file}', line 1: {width} columns instead of {columns}, as many as there are labels"
        )
    wanted = np.arange(columns) if keep_columns is None else np.flatnonzero(keep_columns)
    taken = np.arange(rows) if keep_rows is None else np.flatnonzero(keep_rows)
    result = np.empty((len(taken), len(wanted)))
    position = np.full(rows, -1)
    position[taken] = np.arange(len(taken))
    done = 0
    for batch in batches(file, columns, delimiter, wanted=wanted):
        if done + batch.num_rows > rows:
            raise SourceError(f"'{file}' has more than {rows} lines, as many as there are labels")
        places = position[done : done + batch.num_rows]
        if (kept := places >= 0).any():
            result[places[kept]] = np.column_stack(batch.columns)[kept]
        done += batch.num_rows
    if done < rows:
        raise SourceError(f"'{file}' has {done} line(s) instead of {rows}, as many as there are labels")
    if not np.isfinite(result).all():
        row, column = (int(place) for place in np.argwhere(~np.isfinite(result))[0])
        raise SourceError(
            f"'{file}', line {taken[row] + 1}, column {wanted[column] + 1}: "
            f"{result[row, column]} is no number"
        )
    return result


def batches(
    file: Path, width: int, delimiter: str, *, labels: int = 0, wanted: Iterable[int] | None = None
) -> Iterator[Any]:
    """Go through a text file of numbers, some lines at a time, as batches of pyarrow.

    Parameters
    ----------
    file : Path
        The file.
    width : int
        Cells of a line.
    delimiter : str
        What stands between cells.
    labels : int
        Lines, and columns, of labels before the numbers.
    wanted : iterable of int, optional
        Columns to read; all by default.

    Raises
    ------
    SourceError
        Naming the line, when a cell is no number or a line has more or fewer cells.
    """
    import pyarrow
    from pyarrow import csv as arrow_csv

    names = [f"f{column}" for column in range(width)]
    types = dict.fromkeys(names[:labels], pyarrow.string()) | dict.fromkeys(names[labels:], pyarrow.float64())
    try:
        reader = arrow_csv.open_csv(
            file,
            read_options=arrow_csv.ReadOptions(column_names=names, skip_rows=labels, block_size=1 << 24),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter),
            convert_options=arrow_csv.ConvertOptions(
                column_types=types,
                include_columns=names if wanted is None else [names[column] for column in wanted],
                null_values=[],
                strings_can_be_null=False,
            ),
        )
        yield from reader
    except pyarrow.ArrowInvalid as error:
        fault = line_fault(file, delimiter, columns=width, labels=labels)
        raise SourceError(fault or f"'{file}' cannot be read: {reason(error)}") from None


def line_fault(
    file: Path,
    delimiter: str,
    *,
    lines: int | None = None,
    columns: int | None = None,
    labels: int | None = None,
) -> str:
    """Say which line of a text file is wrong, and how; nothing if none is.

    Parameters
    ----------
    file : Path
        The file.
    delimiter : str
        What stands between cells.
    lines, columns : int, optional
        Lines it must have, and cells in each; by default as many cells as in the first.
    labels : int, optional
        Lines, and columns, of labels after which all cells must be numbers; by default no cell must.
    """
    line = 0
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as text:
        for line, row in csv_rows(text, file, delimiter):
            columns = columns or len(row)
            if len(row) != columns:
                return f"'{file}', line {line}: {len(row)} columns instead of {columns}"
            if labels is None or line <= labels:
                continue
            for column, cell in enumerate(row[labels:], start=labels + 1):
                if number(cell) is None:
                    return f"'{file}', line {line}, column {column}: {no_number(cell)}"
    if not line:
        return f"'{file}' is empty"
    return f"'{file}' has {line} line(s) instead of {lines}" if lines not in (None, line) else ""


def csv_rows(lines: Iterable[str], file: Path, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Go through lines of text: number and cells of each.

    Raises
    ------
    SourceError
        When a cell is longer than any number or label.
    """
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise SourceError(f"'{file}', line {reader.line_num}: {error}") from None


def number(text: str) -> float | None:
    """Return the number that a text plainly is, such as ``" 1.5"``."""
    text = text.strip()
    if "_" in text or not text.isascii():
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def no_number(cell: object) -> str:
    """Say that a cell holds no number."""
    shown = " ".join(str(cell).split())
    if not shown:
        return "an empty cell is no number"
    return f"'{shown[:40]}' is no number" + ("; decimals need a point" if "," in shown else "")


# Labels -------------------------------------------------------------------------------------------

Label = tuple[str, str]
"""Country and code of a row or column."""


def refuse_labels(
    sectors: Sequence[Label],
    demand: Sequence[Label],
    sector_at: Callable[[int], str],
    demand_at: Callable[[int], str],
) -> None:
    """Raise a SourceError when a label stands twice or a country's sectors are not together.

    `sector_at` and `demand_at` name the place of a label, with the file.
    """
    for labels, at in ((sectors, sector_at), (demand, demand_at)):
        seen: set[Label] = set()
        for place, label in enumerate(labels):
            if label in seen:
                raise SourceError(f"{at(place)}: {' / '.join(label)} stands twice")
            seen.add(label)
    begun: set[str] = set()
    for place, (country, _) in enumerate(sectors):
        if country in begun and sectors[place - 1][0] != country:
            raise SourceError(f"{sector_at(place)}: the sectors of {country} are not all together")
        begun.add(country)


def owners_of(sectors: Sequence[Label], demand: Sequence[Label], codes: Collection[str], where: str) -> Array:
    """Return a matrix that adds up columns of final demand by country, shape (columns, G).

    Raises
    ------
    SourceError
        When a column belongs to no country of the table, or a country lacks one.
    """
    place = {country: number for number, country in enumerate(dict.fromkeys(c for c, _ in sectors))}
    for country in dict.fromkeys(country for country, _ in demand):
        if country not in place:
            raise SourceError(f"{where}: final demand of {country}, which has no sectors in the table")
    there = set(demand)
    for country in place:
        for code in codes:
            if (country, code) not in there:
                raise SourceError(f"{where}: the column of final demand {country} / {code} is missing")
    owners = np.zeros((len(demand), len(place)))
    owners[np.arange(len(demand)), [place[country] for country, _ in demand]] = 1.0
    return owners


def label_index(labels: Sequence[Label]) -> pd.MultiIndex:
    """Return the index of a table from the labels of its rows."""
    return pd.MultiIndex.from_tuples(labels, names=["country", "sector"])


def refuse_many(labels: int, file: Path) -> None:
    """Raise a SourceError when a file has labels of more rows than a table has."""
    if labels > MOST_ROWS:
        raise SourceError(f"'{file}' has labels of {labels:,} rows; a table has {MOST_ROWS:,} at most")


# Matrices -----------------------------------------------------------------------------------------


def by_country(values: Array, country_of: Sequence[str], countries: Sequence[str]) -> Array:
    """Add up the columns of each country, in the order of `countries`; those of others are left out."""
    place = {country: number for number, country in enumerate(countries)}
    result = np.zeros((len(values), len(countries)))
    for column, country in enumerate(country_of):
        if country in place:
            result[:, place[country]] += values[:, column]
    return result


def shrink(square: Array, kept: npt.NDArray[np.bool_]) -> Array:
    """Leave rows and the same columns out of a matrix where it lies, as there may be no room for two."""
    if kept.all():
        return square
    size = int(kept.sum())
    flat = square.reshape(-1)
    for place, row in enumerate(np.flatnonzero(kept)):
        flat[place * size : (place + 1) * size] = square[row, kept]
    del flat
    square.resize((size, size), refcheck=False)
    return square
