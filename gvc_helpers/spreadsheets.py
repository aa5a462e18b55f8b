"""Tables as people have them: files, names of columns and cells, and what is wrong with each."""

from __future__ import annotations

import csv
import difflib
import io
import math
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import yaml

from gvc_helpers.plain_text import (
    FileError,
    as_number,
    decoded,
    file_content,
    listed,
    quoted,
    shortened,
)

TEMPLATE_FOLDER = Path(__file__).parent / "data" / "template"
"""Where the list of columns and the tables of the template are."""
YEARS = (1900, 2100)
"""First and last year that a cell may hold."""
TITLE_ROWS = 10
"""Rows of titles that may stand above the names of the columns."""

TableName = Literal["register", "region", "links"]


class SpreadsheetError(FileError):
    """A file cannot be read as a table; the message is one line that names it."""


# The list of columns, and the codebook made from it -----------------------------------------------


@dataclass(frozen=True)
class Column:
    """A column that a table may have."""

    key: str
    kind: Literal["label", "year", "flag", "amount", "balance"]
    meaning: str
    names: Sequence[str]
    required: bool = False
    filled: bool = False
    unit: str = ""
    at_most: str = ""
    stated: str = ""

    @property
    def allowed(self) -> str:
        """What a cell may hold, as messages and the codebook say it."""
        usual = {
            "label": "a name",
            "year": f"a whole number from {YEARS[0]} to {YEARS[1]}",
            "flag": "1 or 0, yes or no, plan or fact, да или нет, план или факт",
            "amount": "a number, 0 or more" + (f", not above {self.at_most}" if self.at_most else ""),
            "balance": "a number of any sign",
        }
        return (self.stated or usual[self.kind]) + ("" if self.filled else ", or empty")


@dataclass(frozen=True)
class _Book:
    """Columns of the three tables, and the words that stand for something in a cell."""

    tables: dict[TableName, dict[str, Column]]
    missing: Sequence[str]
    totals: Sequence[str]
    flags: dict[str, bool]


@cache
def _book() -> _Book:
    content = yaml.safe_load((TEMPLATE_FOLDER / "columns.yaml").read_text(encoding="utf-8"))
    tables: dict[TableName, dict[str, Column]] = {
        name: {
            key: Column(key, stated=about.pop("allowed", ""), **about) for key, about in content[name].items()
        }
        for name in ("register", "region", "links")
    }
    flags = {str(word): flag == "plan" for flag in ("plan", "fact") for word in content[flag]}
    return _Book(tables, [mark.casefold() for mark in content["missing"]], content["totals"], flags)


@cache
def _names(table: TableName) -> dict[str, str]:
    """Return the column that each name of a table's columns means."""
    columns = _book().tables[table].values()
    return {_heading(name): column.key for column in columns for name in (column.key, *column.names)}


def codebook(total_tolerance: float) -> str:
    """Describe the columns of the three tables in Markdown, with the tolerance of totals (a fraction)."""
    book = _book()
    flags = {
        flag: listed(word for word, value in book.flags.items() if value is flag) for flag in (True, False)
    }
    head = (TEMPLATE_FOLDER / "codebook_head.md").read_text(encoding="utf-8")
    lines = [
        head.rstrip().format(
            title_rows=TITLE_ROWS,
            missing=listed(book.missing),
            plan=flags[True],
            fact=flags[False],
            totals=listed(book.totals),
            tolerance=100 * total_tolerance,
        )
    ]
    for name, columns in book.tables.items():
        lines += [
            "",
            f"## {name}",
            "",
            "| column | also | unit | meaning | required | allowed |",
            "|---" * 6 + "|",
        ]
        for column in columns.values():
            unit = column.unit or {"amount": "money", "balance": "money", "year": "year"}.get(column.kind, "")
            required = "in every row" if column.filled else "the column" if column.required else "no"
            cells = [column.key, ", ".join(column.names), unit, column.meaning, required, column.allowed]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


# From files to rows of cells ----------------------------------------------------------------------


@dataclass
class Table:
    """A table as its file has it: its cells, their values and what is wrong with them.

    `cells` and `values` have the keys of the columns and, as index, the rows of the spreadsheet.
    """

    file: str
    header_row: int
    columns: dict[str, Column]
    headers: dict[str, str]
    cells: pd.DataFrame
    values: pd.DataFrame = field(default_factory=pd.DataFrame)
    faults: list[tuple[int, str]] = field(default_factory=list)
    refused: set[tuple[int, str]] = field(default_factory=set)

    def fault(self, row: int, key: str, problem: str, allowed: str = "") -> None:
        """Note what is wrong with a cell, unless it is refused already or the column is not there."""
        if key in self.headers and (row, key) not in self.refused:
            at = f"{self.file}, row {row}, column {quoted(self.headers[key])}"
            self.faults.append(
                (row, f"{at}: {problem}; {allowed or f'it must be {self.columns[key].allowed}'}")
            )

    def refuse(self, row: int, key: str, problem: str) -> None:
        """Note that a cell has no value that can be worked with."""
        self.fault(row, key, problem)
        self.refused.add((row, key))

    def shown(self, row: int, key: str) -> str:
        """Return a cell as messages show it."""
        cell = _text(self.cells.at[row, key])
        number = self.columns[key].kind != "label" and pd.notna(self.values.at[row, key])
        return shortened(cell) if number else quoted(cell)

    def sound(self, *keys: str) -> bool:
        """Whether no cell of these columns is refused."""
        return not any(key in keys for _, key in self.refused)


def read_spreadsheet(name: TableName, path: Path, file: str) -> Table:
    """Read one of the tables of a zone, a CSV file or the first sheet of a workbook.

    Parameters
    ----------
    name : {"register", "region", "links"}
        Which table it is.
    path : Path
        The file.
    file : str
        Name of the file in messages.

    Returns
    -------
    Table
        With the values that could be read; what could not is among its ``faults``.

    Raises
    ------
    SpreadsheetError
        When the file is not a table at all.
    """
    columns = _book().tables[name]
    names = _names(name)
    content = file_content(path)
    delimiter = ""
    if content.startswith(b"\xd0\xcf\x11\xe0"):  # the container of old and of protected workbooks
        protected = "EncryptedPackage".encode("utf-16-le") in content
        problem = "a workbook protected by a password" if protected else "a workbook of the old format .xls"
        advice = "save it without the password" if protected else "save it as .xlsx or CSV"
        raise SpreadsheetError(f"{file}: this is {problem}; {advice}")
    if content.startswith(b"PK") or path.suffix.casefold() in (".xlsx", ".xlsm"):
        rows = _workbook_rows(content, file)
    else:
        rows, delimiter = _text_rows(content, file, names)
    table = _located(rows, file, columns, names)
    if delimiter:
        _refuse_uneven_rows(table, rows)
    _read_values(table, decimal_comma=delimiter in [";", "\t"])
    return table


def _workbook_rows(content: bytes, file: str) -> list[list[Any]]:
    """Cells of the first sheet; an error value such as #DIV/0! is NaN."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that openpyxl leaves out, such as drawings
            sheet = pd.read_excel(
                io.BytesIO(content), header=None, dtype=object, na_filter=False, engine="openpyxl"
            )
    except Exception as error:  # whatever a damaged file makes the parsers raise
        problem = "this is not a workbook that can be read, is it damaged?"
        advice = "save it as .xlsx or CSV"
        raise SpreadsheetError(f"{file}: {problem} {_text(error)}; {advice}") from None
    rows: list[list[Any]] = sheet.to_numpy(dtype=object).tolist()
    return rows


def _text_rows(content: bytes, file: str, names: Mapping[str, str]) -> tuple[list[list[Any]], str]:
    """Cells of a CSV file and its delimiter: the one that finds most names of columns."""
    text = decoded(content, file)

    def named(delimiter: str) -> int:
        top = islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), TITLE_ROWS + 1)
        return max((len(_keys(row, names)) for row in top), default=0)

    rows: list[list[Any]] = []
    try:
        delimiter = max(";\t,", key=named)
        rows.extend(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        problem = f"a quotation mark opens a cell and does not close it ({error})"
        advice = "put the whole cell in quotation marks and double those inside"
        raise SpreadsheetError(f"{file}, row {len(rows) + 1}: {problem}; {advice}") from None
    return rows, delimiter


# From rows of cells to a table with known columns and values --------------------------------------


def _located(rows: list[list[Any]], file: str, columns: dict[str, Column], names: Mapping[str, str]) -> Table:
    """Find the row that names the columns, and the cells below it."""
    top = rows[: TITLE_ROWS + 1]
    at = max(range(len(top)), key=lambda i: len(_keys(top[i], names)), default=None)
    if at is None or not _keys(top[at], names):
        needed = ", ".join(column.key for column in columns.values() if column.required)
        problem = f"none of the first {TITLE_ROWS + 1} rows names the columns"
        raise SpreadsheetError(f"{file}: {problem}; needed are {needed} (the codebook has other names)")
    header = [_text(cell) for cell in rows[at]]
    positions = _keys(rows[at], names)
    below = {
        number: [row[i] if i < len(row) else "" for i in positions.values()]
        for number, row in enumerate(rows[at + 1 :], start=at + 2)
    }
    filled = {number: cells for number, cells in below.items() if any(_text(cell) for cell in cells)}
    table = Table(
        file=file,
        header_row=at + 1,
        columns=columns,
        headers={key: header[i] for key, i in positions.items()},
        cells=pd.DataFrame.from_dict(filled, orient="index", columns=list(positions), dtype=object),
    )
    _check_header(table, header, names)
    return table


def _check_header(table: Table, header: list[str], names: Mapping[str, str]) -> None:
    at = f"{table.file}, row {table.header_row}"
    meant = set()
    for i, text in enumerate(header):
        key = names.get(_heading(text), "")
        if key and i != header.index(table.headers[key]):
            pair = f"{quoted(table.headers[key])} and {quoted(text)}"
            problem = f"columns {pair} both mean {key}; leave one of them out"
            table.faults.append((table.header_row, f"{at}: {problem}"))
        near = "" if key else _near(_heading(text), names)
        if near and names[near] not in table.headers:
            meant.add(names[near])
            problem = f"column {quoted(text)}: the name is not known; did you mean '{names[near]}'?"
            table.faults.append(
                (table.header_row, f"{at}, {problem} {_accepted(table.columns[names[near]])}")
            )
    for column in table.columns.values():
        if column.required and column.key not in {*table.headers, *meant}:
            found = listed(quoted(text) for text in header if text)
            problem = f"there is no column {column.key}; {_accepted(column)}; found are {found}"
            table.faults.append((table.header_row, f"{at}: {problem}"))


def _accepted(column: Column) -> str:
    return f"accepted are {', '.join([column.key, *column.names])}"


def _refuse_uneven_rows(table: Table, rows: list[list[str]]) -> None:
    """Refuse rows with more cells than there are columns, and names of columns beyond all rows.

    Where a delimiter splits a cell or a name, what follows it is in a wrong column.
    """
    header, *below = [[cell.strip() for cell in row] for row in rows[table.header_row - 1 :]]
    widths = {
        number: max((i for i, cell in enumerate(row, start=1) if cell), default=0)
        for number, row in enumerate(below, start=table.header_row + 1)
    }
    for number, width in widths.items():
        if width > len(header):
            problem = (
                f"{width} cells under {len(header)} columns; is there a delimiter or decimal comma in a cell?"
            )
            advice = "put such cells in quotation marks"
            table.faults.append((number, f"{table.file}, row {number}: {problem}; {advice}"))
            table.cells = table.cells.drop(index=number, errors="ignore")
            table.refused |= {(number, key) for key in table.headers}
    named, longest = max(i for i, name in enumerate(header, start=1) if name), max(map(len, below), default=0)
    if any(widths.values()) and longest < named:
        at = f"{table.file}, row {table.header_row}"
        problem = (
            f"{named} names of columns, and rows of {longest} cells at most; is there a delimiter in one?"
        )
        table.faults.append((table.header_row, f"{at}: {problem}; put such names in quotation marks"))


def _read_values(table: Table, decimal_comma: bool) -> None:
    """Read the values of all cells; a column that the file does not have is empty."""
    values: dict[str, pd.Series] = {}
    missing: dict[str, Any] = {"label": None, "flag": False}
    types = {"label": "str", "flag": bool}
    for key, column in table.columns.items():
        read = []
        for row in table.cells.index:
            value = missing.get(column.kind, math.nan)
            try:
                cell = table.cells.at[row, key] if key in table.headers else ""
                value = value if _is_missing(cell) else _value(cell, column.kind, decimal_comma)
            except ValueError as problem:
                table.refuse(row, key, str(problem))
            read.append(value)
        values[key] = pd.Series(read, table.cells.index, dtype=types.get(column.kind, float))
    table.values = pd.DataFrame(values, index=table.cells.index)


# From a cell to its value. What they raise begins with the value and says what is wrong with it ---


_LOOK_ALIKE = str.maketrans("авекмнорстухі", "abekmhopctyxi")  # Cyrillic letters typed for Latin ones
_MONTH = r"(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|" + (
    r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[^\W\d]*"
)
_DATE = re.compile(
    rf"\d{{4}}-\d\d-\d\d.*|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}"
    rf"|\d{{1,2}}[ .-]{_MONTH}(?:[ .-]\d{{2,4}})?|{_MONTH}[ .-]\d{{2,4}}",
    re.IGNORECASE,
)


def _value(cell: Any, kind: str, decimal_comma: bool) -> Any:
    text = _text(cell)
    if isinstance(cell, float) and math.isnan(cell):
        raise ValueError("the cell has an error value of the workbook, such as #DIV/0!")
    if isinstance(cell, date | time | timedelta) or (kind != "label" and _DATE.fullmatch(text)):
        habit = (
            "Excel makes dates of entries such as 1.5 or 3-2: format the cells as General and type them again"
        )
        raise ValueError(f"{quoted(text)} is a date ({habit})")
    if kind == "label":
        return text
    if kind == "flag":
        flags = {fold(word): flag for word, flag in _book().flags.items()}
        if fold(text) not in flags:
            raise ValueError(f"{quoted(text)} is neither yes nor no")
        return flags[fold(text)]
    if isinstance(cell, bool):
        raise ValueError(f"{text} is not a number")
    return _year(text) if kind == "year" else as_number(text, decimal_comma)


def _year(text: str) -> float:
    try:
        year = as_number(re.sub(r" ?(г|год|year)?\.?$", "", text), decimal_comma=True)
    except ValueError:
        raise ValueError(f"{quoted(text)} is not a year") from None
    if not (YEARS[0] <= year <= YEARS[1] and year == int(year)):
        raise ValueError(f"{text} is not a year")
    return year


def _text(cell: Any) -> str:
    """Return a cell as one line of text."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    try:
        return " ".join(str(cell).removesuffix(" 00:00:00").split())
    except ValueError:  # a whole number of thousands of digits
        return "a number of thousands of digits"


def _is_missing(cell: Any) -> bool:
    text = _text(cell)
    return not text or text.casefold() in _book().missing


def _heading(text: Any) -> str:
    """Return the name of a column without its unit; a percentage is no amount and has none."""
    name = re.sub(r"\([^)]*\)|\[[^\]]*\]|,.*", " ", _text(text))
    return "" if "%" in _text(text) else fold(name).strip(" .:")


def _keys(row: Sequence[Any], names: Mapping[str, str]) -> dict[str, int]:
    """Return the columns that a row names, and where it names them first."""
    keys: dict[str, int] = {}
    for i, cell in enumerate(row):
        key = names.get(_heading(cell))
        if key:
            keys.setdefault(key, i)
    return keys


# Texts --------------------------------------------------------------------------------------------


def is_total(labels: pd.Series) -> pd.Series:
    """Tell which labels name a row of totals."""
    words = "|".join(re.escape(fold(word)) for word in _book().totals)
    return labels.fillna("").map(fold).str.match(rf"(?:{words})\b").astype(bool)


def fold(text: str) -> str:
    """Return what texts have in common that differ only in capitals, spaces, hyphens, ё and look-alikes."""
    folded = re.sub(r"[\s_/-]+", " ", text.casefold()).strip() or text
    return folded.replace("ё", "е").translate(_LOOK_ALIKE)


def _near(text: str, known: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(text, list(known), n=1, cutoff=0.85)), "")
