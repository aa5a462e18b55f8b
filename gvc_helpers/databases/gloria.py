"""GLORIA, a supply-use table of the world.

Sectors are names, from a concordance of GLORIA with the FAO's commodities.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from gvc_helpers._typing import Array
from gvc_helpers.databases.files import Form, Found, Parts, SourceError
from gvc_helpers.databases.raw import by_country, label_index, matrix, refuse_many, shrink
from gvc_helpers.databases.registry import RawTable, register

FORM = Form(
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


def read(parts: Parts, found: Found) -> RawTable:
    """Read GLORIA as a table of industries by industries.

    GLORIA is a supply-use table: each region has its industries, then as many products. An industry makes
    its own product only (that is verified), so that the use of products by industries is the table. Only
    this half of the rows and columns is held, and the supply before it: the file is gone through twice.
    Regions without any flow are left out, and named in `RawTable.note`.

    Parameters
    ----------
    parts : mapping
        ``"T"``, ``"Y"`` and ``"V"``: numbers without labels, between commas. ``"labels"``: the workbook
        with the sheets Regions, Sectors, and Value added and final demand.

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
    labels = _Labels(parts["labels"], found.edition)
    rows, regions = len(labels.sectors) * len(labels.regions), len(labels.regions)
    industry = np.tile(np.repeat([True, False], len(labels.sectors)), regions)
    supplied = _diagonal(
        matrix(parts["T"], 2 * rows, 2 * rows, keep_rows=industry, keep_columns=~industry),
        parts["T"],
        np.flatnonzero(industry),
        np.flatnonzero(~industry),
    )
    Z = matrix(parts["T"], 2 * rows, 2 * rows, keep_rows=~industry, keep_columns=industry)
    Y = by_country(
        matrix(parts["Y"], 2 * rows, regions * labels.demands, keep_rows=~industry),
        [region for region in labels.regions for _ in range(labels.demands)],
        labels.regions,
    )
    added = matrix(parts["V"], regions * labels.inputs, 2 * rows, keep_columns=industry)
    flows = [Z.any(axis=0), Z.any(axis=1), Y.any(axis=1), added.any(axis=0), supplied != 0]
    used = np.logical_or.reduce(flows).reshape(regions, -1).any(axis=1) | Y.any(axis=0)
    kept = np.repeat(used, len(labels.sectors))
    empty = [region for region, there in zip(labels.regions, used, strict=True) if not there]
    if not used.any():
        raise SourceError(f"'{parts['T']}' has no flow in the rows of products and columns of industries")
    return RawTable(
        shrink(Z, kept),
        Y[np.ix_(kept, used)],
        label_index([label for label, there in zip(labels.rows, kept, strict=True) if there]),
        value_added=added.sum(axis=0)[kept],
        output=supplied[kept],
        unit="000 USD",
        price=found.price_basis,
        edition=found.edition,
        note=f"Regions without any flow are left out: {', '.join(empty)}" if empty else "",
    )


class _Labels:
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
        refuse_many(2 * len(self.regions) * len(self.sectors), file)

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


register("gloria", "GLORIA", [(FORM, read)])
