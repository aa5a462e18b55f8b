"""Databases that come as bare matrices, their labels in other files: the full Eora, and GLORIA."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from gvc_helpers._typing import Array
from gvc_helpers.databases.files import MOST_ROWS, Form, Found, RawTable, SourceError, csv_rows, numbers

# The full Eora ------------------------------------------------------------------------------------

_EORA_LABELS = {"rows": "index_t.csv", "columns": "index_y.csv", "inputs": "index_v.csv"}
_EORA_NAMES = (
    {part: f"*_{part}-Results_{{year}}_{{edition}}_Markup001*" for part in "TYV"},
    {"T": "Eora_{year}_{price}_T", "Y": "Eora_{year}_{price}_Y", "V": "Eora_{year}_{price}_V"},
    {"T": "{year}_eora_t", "Y": "{year}_eora_y", "V": "{year}_eora_v"},
)
EORA_FORMS = tuple(
    Form({part: name + suffix for part, name in names.items()} | _EORA_LABELS, price="bp")
    for names, suffix in product(_EORA_NAMES, (".txt", ".csv"))
)
"""Transactions, final demand and primary inputs, as distributed or renamed, and labels from indices.zip."""
DISCREPANCIES = "ROW"
"""Code of the one row and column of Eora that is no country: statistical discrepancies."""


def read_eora(parts: Mapping[str, Path], found: Found) -> RawTable:
    """Read the full Eora, in which every country has industries and commodities of its own.

    The supply-use tables of some countries and the industry (or commodity) tables of others are one
    square matrix, and are kept as one: an industry sells to its commodities, these to everybody. Where a
    country has both, its commodities are labelled ``"Commodities: <name>"``; a name that a country has
    several times (there are some) is numbered, ``"<name> (2)"``.

    The row and column ``ROW``, which hold statistical discrepancies, are left out, as is final demand of
    ROW; `RawTable.note` says how much was traded with it. The table is out of balance by as much. Primary
    inputs are added up over all rows of V, those of ROW too. (pymrio 0.7 reads the 26-sector Eora only.)

    Parameters
    ----------
    parts : mapping of str to Path
        ``"T"`` (N, N), ``"Y"`` (N, categories by country) and ``"V"`` (categories by country, N): numbers
        without labels, between tabs or commas. ``"rows"``, ``"columns"`` and ``"inputs"``: a line for
        each row of T, column of Y and row of V, under a header that names CountryA3, Entity and Sector.
    found : Found
        What these files are.

    Returns
    -------
    RawTable
        In thousands of current USD.

    Raises
    ------
    SourceError
        When a matrix has not the size its labels say, something in it is not a number, or a label is
        missing.

    References
    ----------
    Lenzen, M., Kanemoto, K., Moran, D. and Geschke, A. (2012), Mapping the structure of the world economy,
    Environmental Science & Technology 46(15); worldmrio.com/eora for the four blocks and their labels.
    """
    rows = _eora_labels(parts["rows"])
    destinations = [country for country, _, _ in _eora_labels(parts["columns"])]
    inputs = _eora_labels(parts["inputs"])
    own = np.array([country != DISCREPANCIES for country, _, _ in rows])
    labels = [row for row in rows if row[0] != DISCREPANCIES]
    countries = _together([country for country, _, _ in labels], parts["rows"])
    for missing, here, there in (
        ([country for country in countries if country not in destinations], "columns", "rows"),
        (set(destinations) - {*countries, DISCREPANCIES}, "rows", "columns"),
    ):
        for country in sorted(missing):
            raise SourceError(f"'{parts[here]}' has no country {country}, which '{parts[there].name}' has")

    T, Y, V = (
        _matrix(parts[part], height, width)
        for part, height, width in (
            ("T", len(rows), len(rows)),
            ("Y", len(rows), len(destinations)),
            ("V", len(inputs), len(rows)),
        )
    )
    aside = np.array([country == DISCREPANCIES for country in destinations])
    output = float((T.sum(axis=1) + Y.sum(axis=1))[own].sum())
    sold = float(np.abs(T[:, ~own][own]).sum() + np.abs(Y[:, aside][own]).sum())
    bought = float(np.abs(T[~own][:, own]).sum())
    note = (
        f"{DISCREPANCIES} (statistical discrepancies) is left out: sales to it were {_share(sold, output)} "
        f"and purchases from it {_share(bought, output)} of output"
    )
    return RawTable(
        _shrink(T, own),
        _by_country(Y[own], destinations, countries),
        _index(_eora_sectors(labels)),
        value_added=V.sum(axis=0)[own],
        unit="000 USD",
        price=found.price_basis,
        edition=found.edition,
        note="" if own.all() and not aside.any() else note,
    )


def _eora_labels(file: Path) -> list[tuple[str, str, str]]:
    """Read country code, kind of account and name of every row of a list of labels."""
    content = file.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    lines = csv_rows(text.splitlines(), file)
    header = next(([cell.strip().casefold() for cell in row] for _, row in lines), [])
    wanted = ("CountryA3", "Entity", "Sector")
    for name in wanted:
        if name.casefold() not in header:
            raise SourceError(f"'{file}', line 1: there is no column {name}; found are {', '.join(header)}")
    places = [header.index(name.casefold()) for name in wanted]
    labels = []
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) < len(header):
            raise SourceError(f"'{file}', line {line}: {len(cells)} columns instead of {len(header)}")
        country, entity, sector = (" ".join(cells[place].split()) for place in places)
        if not country or not sector:
            empty = wanted[0] if not country else wanted[2]
            raise SourceError(f"'{file}', line {line}, column {empty}: the label is missing")
        labels.append((country, entity, sector))
    if not labels:
        raise SourceError(f"'{file}' has no labels below its header")
    _refuse_many(len(labels), file)
    return labels


def _eora_sectors(labels: Sequence[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """Give every row of a country a label of its own."""
    kinds: dict[str, set[str]] = {}
    for country, entity, _ in labels:
        kinds.setdefault(country, set()).add(entity)
    taken: dict[tuple[str, str], int] = {}  # and how often a name has come
    for country, entity, sector in labels:
        plain = entity == "Industries" or len(kinds[country]) == 1
        name = label = sector if plain else f"{entity}: {sector}"
        number = taken.get((country, name), 0)
        while (country, label) in taken:
            number += 1
            label = f"{name} ({number})"
        taken[country, name] = number
        taken[country, label] = 1
    return list(taken)


def _share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.3g} %" if whole else "0 %"


# GLORIA -------------------------------------------------------------------------------------------

GLORIA_FORM = Form(
    {
        part: f"*secMother_AllCountries_*_{part}-Results_{{year}}_{{edition}}_Markup001(full).csv"
        for part in "TYV"
    }
    | {"labels": "GLORIA_ReadMe_*.xlsx"},
    price="bp",
)
"""Transactions, final demand and value added in basic prices, and the workbook that has their labels."""
OFF_DIAGONAL = 1e-6
"""Largest share of an industry's output in products of others that counts as none."""


def read_gloria(parts: Mapping[str, Path], found: Found) -> RawTable:
    """Read GLORIA as a table of industries by industries.

    GLORIA is a supply-use table: each region has its industries, then as many products. An industry makes
    its own product only (that is verified), so that the use of products by industries is the table. Only
    this half of the rows and columns is held, and the supply before it: the file is gone through twice.
    Regions without any flow are left out, and named in `RawTable.note`.

    Parameters
    ----------
    parts : mapping of str to Path
        ``"T"``, ``"Y"`` and ``"V"``: numbers without labels, between commas. ``"labels"``: the workbook
        with the sheets Regions, Sectors, and Value added and final demand.
    found : Found
        What these files are.

    Returns
    -------
    RawTable
        In thousands of current USD; `output` is what the supply table states.

    Raises
    ------
    SourceError
        When a matrix has not the size its labels say, something in it is not a number, the supply table is
        not diagonal, or the workbook lacks labels or is of another edition.

    References
    ----------
    Lenzen, M. et al. (2022), Implementing the material footprint to measure progress towards Sustainable
    Development Goals 8 and 12, Nature Sustainability 5.
    """
    labels = _GloriaLabels(parts["labels"], found.edition)
    rows, regions = len(labels.sectors) * len(labels.regions), len(labels.regions)
    industry = np.tile(np.repeat([True, False], len(labels.sectors)), regions)
    supplied = _diagonal(
        _matrix(parts["T"], 2 * rows, 2 * rows, keep_rows=industry, keep_columns=~industry),
        parts["T"],
        np.flatnonzero(industry),
        np.flatnonzero(~industry),
    )
    Z = _matrix(parts["T"], 2 * rows, 2 * rows, keep_rows=~industry, keep_columns=industry)
    Y = _by_country(
        _matrix(parts["Y"], 2 * rows, regions * labels.demands, keep_rows=~industry),
        [region for region in labels.regions for _ in range(labels.demands)],
        labels.regions,
    )
    added = _matrix(parts["V"], regions * labels.inputs, 2 * rows, keep_columns=industry)
    flows = [Z.any(axis=0), Z.any(axis=1), Y.any(axis=1), added.any(axis=0), supplied != 0]
    used = np.logical_or.reduce(flows).reshape(regions, -1).any(axis=1) | Y.any(axis=0)
    kept = np.repeat(used, len(labels.sectors))
    empty = [region for region, there in zip(labels.regions, used, strict=True) if not there]
    if not used.any():
        raise SourceError(f"'{parts['T']}' has no flow in the rows of products and columns of industries")
    return RawTable(
        _shrink(Z, kept),
        Y[np.ix_(kept, used)],
        _index([label for label, there in zip(labels.rows, kept, strict=True) if there]),
        value_added=added.sum(axis=0)[kept],
        output=supplied[kept],
        unit="000 USD",
        price=found.price_basis,
        edition=found.edition,
        note=f"Regions without any flow are left out: {', '.join(empty)}" if empty else "",
    )


class _GloriaLabels:
    """Labels of the workbook: regions, sectors, and how many categories the other matrices have."""

    def __init__(self, file: Path, edition: str) -> None:
        stated = re.fullmatch(r"GLORIA_ReadMe_(\d+)\w*", file.stem, re.IGNORECASE)
        if stated and edition and int(stated[1]) != int(re.sub(r"\D", "", edition) or -1):
            raise SourceError(
                f"'{file}' is of edition {stated[1]}, and the matrices are of {edition}; "
                f"GLORIA_ReadMe_{edition}.xlsx belongs to them"
            )
        try:
            sheets = pd.read_excel(file, sheet_name=None, dtype=str, keep_default_na=False, engine="calamine")
        except Exception as error:  # whatever a damaged workbook makes the parsers raise
            reason = " ".join(str(error).split())
            raise SourceError(f"'{file}' cannot be read as a workbook: {reason}") from None
        self.regions = _column(file, sheets, "Regions", "Region_acronyms")
        self.sectors = _column(file, sheets, "Sectors", "Sector_names")
        self.inputs = len(_column(file, sheets, "Value added and final demand", "Value_added_names"))
        self.demands = len(_column(file, sheets, "Value added and final demand", "Final_demand_names"))
        _refuse_many(2 * len(self.regions) * len(self.sectors), file)

    @property
    def rows(self) -> list[tuple[str, str]]:
        return list(product(self.regions, self.sectors))


def _column(file: Path, sheets: Mapping[str, pd.DataFrame], sheet: str, name: str) -> list[str]:
    """Return the labels in a column of a workbook, without empty cells at its end."""
    if sheet not in sheets:
        raise SourceError(f"'{file}' has no sheet '{sheet}'; it has {', '.join(sheets)}")
    if name not in sheets[sheet]:
        has = ", ".join(map(str, sheets[sheet].columns))
        raise SourceError(f"'{file}', sheet '{sheet}': there is no column {name}; it has {has}")
    labels = [" ".join(str(label).split()) for label in sheets[sheet][name]]
    while labels and not labels[-1]:
        labels.pop()
    seen: set[str] = set()
    for row, label in enumerate(labels, start=2):
        at = f"'{file}', sheet '{sheet}', column {name}, row {row}"
        if not label:
            raise SourceError(f"{at}: the label is missing")
        if label in seen:
            raise SourceError(f"{at}: '{label}' stands twice; every label must be unique")
        seen.add(label)
    if not labels:
        raise SourceError(f"'{file}', sheet '{sheet}': column {name} has no labels")
    return labels


def _diagonal(square: Array, file: Path, lines: npt.NDArray[np.intp], columns: npt.NDArray[np.intp]) -> Array:
    """Return the diagonal of a matrix, which is used up, once nothing stands beside it.

    Raises
    ------
    SourceError
        Naming the largest number beside the diagonal.
    """
    diagonal = square.diagonal().copy()
    np.abs(square, out=square)
    np.fill_diagonal(square, 0.0)
    beside = square.sum(axis=1)
    if (beside > OFF_DIAGONAL * np.abs(diagonal)).any():
        row = int(np.argmax(beside))
        column = int(np.argmax(square[row]))
        raise SourceError(
            f"'{file}', line {lines[row] + 1}, column {columns[column] + 1}: {square[row, column]:g} of an "
            "industry's output is another product than its own; only a diagonal supply table can be read"
        )
    return diagonal


# Both ---------------------------------------------------------------------------------------------


def _matrix(
    file: Path,
    rows: int,
    columns: int,
    keep_rows: npt.NDArray[np.bool_] | None = None,
    keep_columns: npt.NDArray[np.bool_] | None = None,
) -> Array:
    """Read a matrix with tabs or commas between its numbers."""
    with file.open("rb") as stream:
        first = stream.readline()
    delimiter = "\t" if b"\t" in first else ","
    width = first.count(delimiter.encode()) + 1
    if width != columns:
        raise SourceError(
            f"'{file}', line 1: {width} columns instead of {columns}, as many as there are labels"
        )
    return numbers(file, rows, columns, delimiter=delimiter, keep_rows=keep_rows, keep_columns=keep_columns)


def _refuse_many(labels: int, file: Path) -> None:
    if labels > MOST_ROWS:
        raise SourceError(f"'{file}' has labels of {labels:,} rows; a table has {MOST_ROWS:,} at most")


def _together(codes: Sequence[str], file: Path) -> list[str]:
    """List countries in order of appearance; each must be there once, without others in between."""
    countries = [code for place, code in enumerate(codes) if place == 0 or codes[place - 1] != code]
    for place, country in enumerate(countries):
        if country in countries[:place]:
            raise SourceError(f"'{file}': the rows of country {country} are not together")
    if not countries:
        raise SourceError(f"'{file}' has no countries")
    return countries


def _index(labels: Sequence[tuple[str, str]]) -> pd.MultiIndex:
    return pd.MultiIndex.from_tuples(labels, names=["country", "sector"])


def _by_country(values: Array, country_of: Sequence[str], countries: Sequence[str]) -> Array:
    """Add up the columns of each country, in the order of `countries`; those of others are left out."""
    place = {country: number for number, country in enumerate(countries)}
    result = np.zeros((len(values), len(countries)))
    for column, country in enumerate(country_of):
        if country in place:
            result[:, place[country]] += values[:, column]
    return result


def _shrink(square: Array, kept: npt.NDArray[np.bool_]) -> Array:
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
