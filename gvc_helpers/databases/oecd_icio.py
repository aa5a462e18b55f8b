"""The OECD's inter-country input-output tables.

Sectors are divisions, in 2018 with or without D (header of the file, and codes of TiVA), from 2023 on with
sections. In 2016 three letters follow, which from C24CHM on are partly from memory. All else is from programs
that read the files.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from gvc_helpers.databases.by_pymrio import parsed, raw_table
from gvc_helpers.databases.files import Form, Found, Parts, SourceError
from gvc_helpers.databases.raw import line_fault, no_number
from gvc_helpers.databases.registry import RawTable, register

FORMS = [
    Form({"table": name}, price="basic prices")
    for name in ("ICIO{edition}_{year}.csv", "{year}_SML.csv", "{year}_EXT.csv", "{year}.csv")
]
EDITIONS = {34: "2016", 36: "2018", 45: "2021 or 2023", 50: "2025"}
"""Edition of a file that does not name it, by its number of industries."""
PARTS_OF_COUNTRIES = {"CHN": re.compile(r"CN\d"), "MEX": re.compile(r"MX\d")}
"""Parts of countries that the extended OECD tables list on their own."""


def read(parts: Parts, found: Found) -> RawTable:
    """Read the OECD's inter-country tables, with the parts of China and Mexico added up.

    pymrio takes empty cells for zeros and leaves totals out, so both are looked at before it parses.
    """
    import pymrio

    file = parts["table"]
    with parsed(found, map(line_fault, [file], [","])):
        stated = _totals(file)
        system = pymrio.parse_oecd(file)
        Z, Y = _of_whole_countries(system.Z), system.Y
        discrepancy = Y.pop("ALL").sum(axis=1) if "ALL" in Y.columns.get_level_values(0) else None
        Y = Y.T.rename(index=_whole_country, level=0).T
        if len(Y) != len(Z):
            Y = _grouped(Y)
        added = _grouped(system.factor_inputs.F.T).T if len(Y) != len(system.Y) else system.factor_inputs.F
        system.Z, system.Y = Z, Y
        table = raw_table(system, added, file)
    output = stated.groupby(level=[0, 1]).sum().reindex(table.index) if stated is not None else None
    note = ""
    if discrepancy is not None:
        discrepancy = discrepancy.rename(index=_whole_country, level=0).groupby(level=[0, 1]).sum()
        output = None if output is None else output - discrepancy.reindex(table.index)
        share = 100 * discrepancy.abs().sum() / (table.Z.sum() + table.Y.sum())
        note = f"the column of discrepancies (DISC) is left out, {share:.3g} % of gross output"
    edition = found.edition or EDITIONS.get(len(table.index.unique(1)), "")
    stated_output = None if output is None else output.to_numpy(copy=True)
    return replace(
        table, output=stated_output, unit="million USD", price=found.price_basis, edition=edition, note=note
    )


def _whole_country(code: str) -> str:
    return next((country for country, part in PARTS_OF_COUNTRIES.items() if part.fullmatch(code)), code)


def _grouped(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.rename(index=_whole_country, level=0).groupby(level=[0, 1]).sum()


def _of_whole_countries(Z: pd.DataFrame) -> pd.DataFrame:
    """Add up parts of countries where pymrio has not, as there is no row of the country itself."""
    if not any(_whole_country(code) != code for code in Z.index.unique(0)):
        return Z
    return _grouped(_grouped(Z).T).T


def _totals(file: Path) -> pd.Series | None:
    """Gross output as the last column states it, by country and industry; refuse what is no number."""
    import pyarrow
    from pyarrow import csv

    content = csv.read_csv(
        file,
        convert_options=csv.ConvertOptions(null_values=[""], strings_can_be_null=True),
        read_options=csv.ReadOptions(block_size=1 << 24),
    )
    labels = [str(label) for label in content.column(0).to_pylist()]
    names = content.column_names
    columns = set(names)
    industries = [row for row, label in enumerate(labels) if "_" in label and label in columns]
    if not industries:
        raise SourceError(f"'{file}': no row has the name of a column, such as RUS_A01_02")
    for twice in map(pd.Index, (labels, names)):
        if twice.has_duplicates:
            raise SourceError(f"'{file}': '{twice[twice.duplicated()][0]}' stands twice")
    last = industries[-1] + 1
    for name, column in zip(names[1:], content.columns[1:], strict=True):
        part = column.slice(0, last)
        if part.null_count or not pyarrow.types.is_floating(part.type) | pyarrow.types.is_integer(part.type):
            _refuse_cells(file, name, part.to_pylist(), labels)
    total = next((name for name in ("OUT", "TOTAL", "OUTPUT") if name in names), None)
    if total is None:
        return None
    rows = [labels[row].split("_", maxsplit=1) for row in industries]
    values = content.column(total).to_numpy()[industries].astype(float)
    index = pd.MultiIndex.from_tuples([(_whole_country(country), sector) for country, sector in rows])
    return pd.Series(values, index)


def _refuse_cells(file: Path, column: str, cells: Sequence[Any], labels: Sequence[str]) -> None:
    for line, cell in enumerate(cells):
        try:
            float(cell)
        except (TypeError, ValueError):
            where = f"'{file}', row {labels[line]}, column {column}"
            raise SourceError(f"{where}: {no_number('' if cell is None else cell)}") from None


register("oecd-icio", "OECD ICIO", [(form, read) for form in FORMS])
