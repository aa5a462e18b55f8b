"""Readers of the databases that pymrio can parse."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

from gvc_helpers._typing import Array
from gvc_helpers.databases.files import MOST_ROWS, Form, Found, RawTable, SourceError, line_fault
from gvc_helpers.errors import quoted, reason
from gvc_helpers.files.locks import working_folder

EORA26 = Form(
    {
        "flows": "Eora26_{year}_{price}_T.txt",
        "demand": "Eora26_{year}_{price}_FD.txt",
        "value added": "Eora26_{year}_{price}_VA.txt",
        "satellites": "Eora26_{year}_{price}_Q.txt",
        "satellites of demand": "Eora26_{year}_{price}_QY.txt",
        "labels of flows": "labels_T.txt",
        "labels of demand": "labels_FD.txt",
        "labels of value added": "labels_VA.txt",
        "labels of satellites": "labels_Q.txt",
    },
    aside=("satellites", "satellites of demand", "labels of satellites"),
)
EORA26_LABELS = {
    "flows": ("flows", "flows"),
    "demand": ("flows", "demand"),
    "value added": ("value added", "flows"),
    "satellites": ("satellites", "flows"),
    "satellites of demand": ("satellites", "demand"),
}
"""Whose labels the rows and columns of a matrix have."""
OECD = [
    Form({"table": name}, price="basic prices")
    for name in ("ICIO{edition}_{year}.csv", "{year}_SML.csv", "{year}_EXT.csv", "{year}.csv")
]
WIOD_2013 = Form({"table": "wiot{yy}_row_{edition}.xlsx"}, price="basic prices")
EXIOBASE = Form({"Z": "IOT_{year}_{edition}/Z.txt"}, folder=True, price="basic prices")
EXIOBASE_TEXTS = ("Z.txt", "Y.txt", "x.txt")
LIST_OF_FILES = "file_parameters.json"
SAVED = Form({"parameters": LIST_OF_FILES}, folder=True)
SAVED_FORMATS = (".txt", ".tsv", ".csv", ".parquet")
MOST_LEVELS = 20
"""Rows or columns of labels that a file may have."""

OECD_EDITIONS = {34: "2016", 36: "2018", 45: "2021 or 2023", 50: "2025"}
"""Edition of a file that does not name it, by its number of industries."""
PARTS_OF_COUNTRIES = {"CHN": re.compile(r"CN\d"), "MEX": re.compile(r"MX\d")}
"""Parts of countries that the extended OECD tables list on their own."""


def read_eora26(parts: Mapping[str, Path], found: Found) -> RawTable:
    """Read Eora26.

    pymrio needs the satellite accounts as well, and leaves out the row and column of statistical
    discrepancies; the note says how large they were.
    """
    import pymrio  # slow to import, and most runs do without it

    names = {found.form.example(part, found.year): path for part, path in parts.items()}
    names = {name.replace("_bp_", f"_{found.price}_"): path for name, path in names.items()}
    with _together(names) as folder, _parsed(found, _eora26_faults(parts)):
        system = pymrio.parse_eora26(folder, year=found.year, price=found.price)
        table = _raw_table(system, system.VA.F, parts["flows"])
    note = _left_out(system.meta.history, float(table.Z.sum()))
    return replace(table, unit="000 USD", price=found.price_basis, note=note)


def _eora26_faults(parts: Mapping[str, Path]) -> Iterator[str]:
    """Look for lines that are wrong, matrices compared with the lists of their labels."""
    labels = {part: path.read_bytes().count(b"\n") for part, path in parts.items() if "labels" in part}
    for part, (rows, columns) in EORA26_LABELS.items():
        yield line_fault(
            parts[part],
            "\t",
            lines=labels[f"labels of {rows}"],
            columns=labels[f"labels of {columns}"],
            bare=True,
        )


def _left_out(history: Sequence[str], flows: float) -> str:
    """Say how much the rows and columns that pymrio leaves out held."""
    amounts = [float(m[1]) for entry in history if (m := re.search(r"from [ZY] - loosing (\S+)", entry))]
    if not amounts:
        return ""
    share = 100 * sum(map(abs, amounts)) / flows
    return f"statistical discrepancies (ROW) are left out, {share:.3g} % of intermediate flows"


def read_oecd(parts: Mapping[str, Path], found: Found) -> RawTable:
    """Read the OECD's inter-country tables, with the parts of China and Mexico added up.

    pymrio takes empty cells for zeros and leaves totals out, so both are looked at before it parses.
    """
    import pymrio

    file = parts["table"]
    with _parsed(found, map(line_fault, [file], [","])):
        stated = _oecd_totals(file)
        system = pymrio.parse_oecd(file)
        Z, Y = _of_whole_countries(system.Z), system.Y
        discrepancy = Y.pop("ALL").sum(axis=1) if "ALL" in Y.columns.get_level_values(0) else None
        Y = Y.T.rename(index=_whole_country, level=0).T
        if len(Y) != len(Z):
            Y = _grouped(Y)
        added = _grouped(system.factor_inputs.F.T).T if len(Y) != len(system.Y) else system.factor_inputs.F
        system.Z, system.Y = Z, Y
        table = _raw_table(system, added, file)
    output = stated.groupby(level=[0, 1]).sum().reindex(table.index) if stated is not None else None
    note = ""
    if discrepancy is not None:
        discrepancy = discrepancy.rename(index=_whole_country, level=0).groupby(level=[0, 1]).sum()
        output = None if output is None else output - discrepancy.reindex(table.index)
        share = 100 * discrepancy.abs().sum() / (table.Z.sum() + table.Y.sum())
        note = f"the column of discrepancies (DISC) is left out, {share:.3g} % of gross output"
    edition = found.edition or OECD_EDITIONS.get(len(table.index.unique(1)), "")
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


def _oecd_totals(file: Path) -> pd.Series | None:
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
            shown = "an empty cell" if cell is None else f"'{cell}'"
            raise SourceError(
                f"'{file}', row {labels[line]}, column {column}: {shown} is no number"
            ) from None


def read_wiod_2013(parts: Mapping[str, Path], found: Found) -> RawTable:
    """Read the World Input-Output Database, release 2013."""
    import pymrio
    from python_calamine import CalamineWorkbook

    file = parts["table"]
    with (
        _together({file.name: file}) as folder,
        _parsed(found),
        pd.option_context("io.excel.xlsx.reader", "calamine"),
    ):
        system = pymrio.parse_wiod(folder / file.name, names=("full", "full"))
        table = _raw_table(system, system.factor_inputs.F, file)
        rows = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
        output = np.array([row[-1] for row in rows[6 : 6 + len(table.index)]], dtype=float)
    return replace(table, output=output, unit="million USD", price="basic prices", edition="2013")


def read_exiobase(parts: Mapping[str, Path], found: Found) -> RawTable:
    """Read EXIOBASE 3; value added is what gross output leaves beyond intermediate inputs.

    Only flows, final demand and output are read: the satellite accounts are several times as large.
    """
    import pymrio

    with _parsed(found, (line_fault(parts[name], "\t") for name in EXIOBASE_TEXTS if name in parts)):
        _accounts(parts)
        folder = parts[LIST_OF_FILES].parent
        system = pymrio.load(folder, subset=["Z", "Y", "x", "unit"])
        output = system.x.iloc[:, 0].reindex(system.Z.index).to_numpy(copy=True)
        table = _raw_table(system, None, folder)
    return replace(
        table, value_added=output - table.Z.sum(axis=0), output=output,
        unit="million EUR", price="basic prices", edition=found.edition,
    )  # fmt: skip


def read_saved(parts: Mapping[str, Path], found: Found) -> RawTable:
    """Read a folder that pymrio saved."""
    import pymrio

    with _parsed(found):
        folder = parts[LIST_OF_FILES].parent
        system = pymrio.load_all(folder, subfolders=_accounts(parts))
        if system.Z is None or system.Y is None:
            raise SourceError(f"'{folder}': the folder has no matrix Z or no matrix Y")
        table = _raw_table(system, _primary_inputs(system), folder)
    unit = str(system.unit.iloc[0, 0]) if system.unit is not None else ""
    return replace(table, unit=unit, name=system.meta.name or "unnamed table")


def _accounts(parts: Mapping[str, Path]) -> list[Path]:
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


def _primary_inputs(system: Any) -> pd.DataFrame | None:
    """Account of primary inputs of a pymrio system, where it has one."""
    for account in system.get_extensions(data=True):
        if account.F is not None and account.name.lower().replace("_", " ") in ("factor inputs", "va"):
            return account.F
    return None


# What all have in common --------------------------------------------------------------------------


def _raw_table(system: Any, primary_inputs: pd.DataFrame | None, where: Path) -> RawTable:
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
def _parsed(found: Found, faults: Iterable[str] = ()) -> Iterator[None]:
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
def _together(files: Mapping[str, Path]) -> Iterator[Path]:
    """Provide files in one folder, under the names that pymrio looks for."""
    with working_folder(Path(tempfile.gettempdir())) as folder:
        for name, file in files.items():
            try:
                (folder / name).symlink_to(file.resolve())
            except OSError:  # not allowed to everybody on Windows
                shutil.copy2(file, folder / name)
        yield folder
