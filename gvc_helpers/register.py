"""Register: the residents of a zone and the region around it, read from files as people have them."""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
import math
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import yaml

SYNTHETIC = "synthetic register calibrated to the printed figures of Shuleiko and Sovik (2020)"
SYNTHETIC_FOLDER = Path(__file__).parent / "data" / "grodnoinvest"
TEMPLATE_FOLDER = Path(__file__).parent / "data" / "template"

FIGURES = [
    "employees",
    "production",
    "shipments",
    "innovative",
    "exports",
    "revenue",
    "resident_sales",
    "profit",
]
YEARS = (1900, 2100)

TITLE_ROWS = 10
TOTAL_TOLERANCE = 0.005
REGION_TOLERANCE = 0.0005
LINKS_TOLERANCE = 0.005

TableName = Literal["register", "region", "links"]


class RegisterError(ValueError):
    """The files of a zone are missing or wrong; `faults` has a line for each fault of all of them."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True, eq=False, repr=False)
class Zone:
    """Residents of a zone over the years, and the region that the zone is part of.

    Parameters
    ----------
    register : pandas.DataFrame
        A row for each resident and year: ``resident``, ``sector``, ``year``, ``plan`` (whether the figures
        are planned), ``employees`` (persons), ``production``, ``shipments``, ``innovative``, ``exports``,
        ``revenue``, ``resident_sales``, ``profit`` (in `unit`) and ``registered`` (year); NaN: not reported.
    region : pandas.DataFrame
        A row for each sector and year: ``sector``, ``year``, ``production``, ``exports`` (in `unit`), the
        zone included.
    links : pandas.DataFrame or None
        Sales of residents to each other: ``seller``, ``buyer``, ``year``, ``sales`` (in `unit`).
    unit : str
        Unit of money.
    source : str
        Where the figures are from.
    synthetic : bool
        Whether the residents are invented.
    """

    register: pd.DataFrame
    region: pd.DataFrame
    links: pd.DataFrame | None
    unit: str
    source: str
    synthetic: bool

    @property
    def sectors(self) -> list[str]:
        """Sectors, in the order of the regional table."""
        return list(self.region["sector"].unique())

    @property
    def residents(self) -> list[str]:
        """Residents, in the order of the register."""
        return list(self.register["resident"].unique())

    @property
    def years(self) -> list[int]:
        """Years of the register that are not planned."""
        return sorted(self.register.loc[~self.register["plan"], "year"].unique().tolist())

    @property
    def plan_years(self) -> list[int]:
        """Planned years of the register."""
        return sorted(self.register.loc[self.register["plan"], "year"].unique().tolist())

    def amounts(self, quantity: str) -> pd.DataFrame:
        """Sum a quantity of the register over the residents of each sector.

        Parameters
        ----------
        quantity : str
            A column of figures, such as ``"production"``.

        Returns
        -------
        pandas.DataFrame
            Sector x year, all years of the register, planned ones too. What is not reported counts as 0, as
            does a sector without residents.

        Raises
        ------
        ValueError
            When the register has no such figures.
        """
        figures = [key for key in FIGURES if key in self.register]
        if quantity not in figures:
            raise ValueError(f"quantity '{quantity}' is not in the register; it has {', '.join(figures)}")
        sums = self.register.groupby(["sector", "year"])[quantity].sum().unstack("year", fill_value=0.0)
        return sums.reindex(pd.Index(self.sectors, name="sector"), fill_value=0.0).sort_index(axis=1)

    def regional(self, quantity: str) -> pd.DataFrame:
        """Return a quantity of the regional table.

        Parameters
        ----------
        quantity : {"production", "exports"}
            A column of the regional table.

        Returns
        -------
        pandas.DataFrame
            Sector x year.

        Raises
        ------
        ValueError
            When the regional table has no such figures.
        """
        figures = [key for key in FIGURES if key in self.region]
        if quantity not in figures:
            raise ValueError(f"quantity '{quantity}' is not in the region; it has {', '.join(figures)}")
        table = self.region.pivot(index="sector", columns="year", values=quantity)
        return table.reindex(pd.Index(self.sectors, name="sector")).sort_index(axis=1)

    def of_year(self, year: int) -> pd.DataFrame:
        """Return the rows of the register of one year, by resident.

        Raises
        ------
        ValueError
            When the register does not have the year.
        """
        years = sorted([*self.years, *self.plan_years])
        if year not in years:
            raise ValueError(f"year {year} is not in the register; it has {_listed(years)}")
        return self.register[self.register["year"] == year].set_index("resident")

    def __repr__(self) -> str:
        plan = f", plan {_listed(self.plan_years)}" if self.plan_years else ""
        return (
            f"<Zone: {len(self.residents)} residents, {len(self.sectors)} sectors, "
            f"{_listed(self.years)}{plan}, {self.unit}>"
        )


def read_zone(
    register: str | Path | None = None,
    region: str | Path | None = None,
    links: str | Path | None = None,
    unit: str = "million roubles",
) -> Zone:
    """Read the register of a zone's residents and the statistics of its region.

    A file is CSV (comma, semicolon or tab; UTF-8, UTF-16 or Windows-1251) or the first sheet of an XLSX
    workbook. Columns may have English or Russian names, in any order, below up to ten rows of titles; the
    codebook of :func:`write_template` lists them and says how numbers may be written. Rows of totals are
    compared with the sum of their rows and left out.

    Parameters
    ----------
    register, region : str or Path, optional
        The register and the regional table; without both, the synthetic zone that ships with the package.
    links : str or Path, optional
        Sales of residents to each other.
    unit : str
        Unit of money of all files.

    Raises
    ------
    RegisterError
        When a file cannot be read or the figures cannot be right. Its ``faults`` name all that is wrong with
        all files: file, row and column as a spreadsheet shows them, the value and what is allowed.

    Examples
    --------
    >>> import tempfile
    >>> from gvc_helpers.register import read_zone, write_template
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = write_template(folder)
    ...     zone = read_zone(*files[:3], unit="thousand euros")
    >>> zone
    <Zone: 6 residents, 3 sectors, 2017, 2018, 2019, plan 2022, thousand euros>
    >>> zone.amounts("production").loc["Food"].to_dict()
    {2017: 3900.0, 2018: 4860.0, 2019: 5220.0, 2022: 5580.0}
    """
    files = _files(register, region, links)
    tables: dict[TableName, _Table] = {}
    faults: list[str] = []
    for name, path in files.items():
        alike = [other.name for other in files.values()].count(path.name) > 1
        try:
            tables[name] = _read_table(name, path, str(path) if alike else path.name)
        except RegisterError as error:
            faults += error.faults
    _check(tables)
    faults += [fault for table in tables.values() for _, fault in sorted(table.faults, key=lambda f: f[0])]
    if faults:
        raise RegisterError(faults)
    return Zone(
        register=_finished(tables["register"]),
        region=_finished(tables["region"]),
        links=_finished(tables["links"]) if "links" in tables else None,
        unit=unit,
        source=SYNTHETIC if register is None else ", ".join(path.name for path in files.values()),
        synthetic=register is None,
    )


def data_files(
    register: str | Path | None = None, region: str | Path | None = None, links: str | Path | None = None
) -> list[Path]:
    """List the files that a zone is read from."""
    return list(_files(register, region, links).values())


def fingerprint(
    register: str | Path | None = None, region: str | Path | None = None, links: str | Path | None = None
) -> str:
    """SHA-256 over the names and contents of a zone's files."""
    digest = hashlib.sha256()
    for file in data_files(register, region, links):
        digest.update(file.name.encode())
        digest.update(hashlib.sha256(_content(file)).digest())
    return digest.hexdigest()


def write_template(folder: str | Path) -> list[Path]:
    """Write a small invented zone to fill in, and the codebook of its columns.

    Parameters
    ----------
    folder : str or Path
        Where to; it is made if it does not exist.

    Returns
    -------
    list of Path
        ``register.csv``, ``region.csv``, ``links.csv``, ``codebook.md`` and ``zone.yaml``, a parameter file.

    Raises
    ------
    RegisterError
        When one of the files exists already, or they cannot be written; nothing is overwritten.
    """
    folder = Path(folder)
    names = [f"{name}.csv" for name in _book().tables]
    contents = {name: (TEMPLATE_FOLDER / name).read_bytes() for name in names}
    contents["codebook.md"] = _codebook().encode()
    parameters = (TEMPLATE_FOLDER / "zone.yaml").read_text(encoding="utf-8")
    contents["zone.yaml"] = parameters.replace("{folder}", folder.as_posix()).encode()
    there = [name for name in contents if (folder / name).exists()]
    if there:
        raise RegisterError([f"{folder}: {', '.join(there)} exist already; name another folder or move them"])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise RegisterError([f"{folder}: the template cannot be written: {error.strerror}"]) from None
    return [folder / name for name in contents]


# The list of columns, and the codebook made from it.


@dataclass(frozen=True)
class _Column:
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

    tables: dict[TableName, dict[str, _Column]]
    missing: Sequence[str]
    totals: Sequence[str]
    flags: dict[str, bool]


@cache
def _book() -> _Book:
    content = yaml.safe_load((TEMPLATE_FOLDER / "columns.yaml").read_text(encoding="utf-8"))
    tables: dict[TableName, dict[str, _Column]] = {
        name: {
            key: _Column(key, stated=about.pop("allowed", ""), **about)
            for key, about in content[name].items()
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


def _codebook() -> str:
    """Describe the columns of the three tables in Markdown."""
    book = _book()
    flags = {
        flag: _listed(word for word, value in book.flags.items() if value is flag) for flag in (True, False)
    }
    head = (TEMPLATE_FOLDER / "codebook_head.md").read_text(encoding="utf-8")
    lines = [
        head.rstrip().format(
            title_rows=TITLE_ROWS,
            missing=_listed(book.missing),
            plan=flags[True],
            fact=flags[False],
            totals=_listed(book.totals),
            tolerance=100 * TOTAL_TOLERANCE,
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


# From files to rows of cells.


def _files(
    register: str | Path | None, region: str | Path | None, links: str | Path | None
) -> dict[TableName, Path]:
    if register is None and region is None and links is None:
        return {"register": SYNTHETIC_FOLDER / "register.csv", "region": SYNTHETIC_FOLDER / "region.csv"}
    if register is None or region is None:
        given = {"register": register, "region": region, "links": links}
        absent = " and ".join(name for name in ("register", "region") if given[name] is None)
        there = ", ".join(f"{name} '{path}'" for name, path in given.items() if path is not None)
        raise RegisterError([f"{there} is given without {absent}; a zone needs both a register and a region"])
    files: dict[TableName, Path] = {"register": Path(register), "region": Path(region)}
    return files if links is None else files | {"links": Path(links)}


def _content(path: Path) -> bytes:
    if path.is_dir():
        raise RegisterError([f"{path}: this is a folder; name a CSV or XLSX file"])
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise RegisterError([f"{path}: the file does not exist"]) from None
    except (OSError, ValueError) as error:
        raise RegisterError([f"{path}: the file cannot be read: {error}"]) from None
    if not content.strip():
        raise RegisterError([f"{path}: the file is empty"])
    return content


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
        raise RegisterError([f"{file}: {problem} {_text(error)}; {advice}"]) from None
    rows: list[list[Any]] = sheet.to_numpy(dtype=object).tolist()
    return rows


def _text_rows(content: bytes, file: str, names: Mapping[str, str]) -> tuple[list[list[Any]], str]:
    """Cells of a CSV file and its delimiter: the one that finds most names of columns."""
    text = _decoded(content, file)

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
        raise RegisterError([f"{file}, row {len(rows) + 1}: {problem}; {advice}"]) from None
    return rows, delimiter


def _decoded(content: bytes, file: str) -> str:
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if wide else ["utf-8-sig", "cp1251"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise RegisterError([f"{file}: this is not text in UTF-8, UTF-16 or Windows-1251; save it as CSV UTF-8"])


# From rows of cells to a table with known columns and values.


@dataclass
class _Table:
    """A table as its file has it: its cells, their values and what is wrong with them.

    `cells` and `values` have the keys of the columns and, as index, the rows of the spreadsheet.
    """

    file: str
    header_row: int
    columns: dict[str, _Column]
    headers: dict[str, str]
    cells: pd.DataFrame
    values: pd.DataFrame = field(default_factory=pd.DataFrame)
    faults: list[tuple[int, str]] = field(default_factory=list)
    refused: set[tuple[int, str]] = field(default_factory=set)

    def fault(self, row: int, key: str, problem: str, allowed: str = "") -> None:
        """Note what is wrong with a cell, unless it is refused already or the column is not there."""
        if key in self.headers and (row, key) not in self.refused:
            at = f"{self.file}, row {row}, column {_quoted(self.headers[key])}"
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
        return _shortened(cell) if number else _quoted(cell)

    def sound(self, *keys: str) -> bool:
        """Whether no cell of these columns is refused."""
        return not any(key in keys for _, key in self.refused)


def _read_table(name: TableName, path: Path, file: str) -> _Table:
    columns = _book().tables[name]
    names = _names(name)
    content = _content(path)
    delimiter = ""
    if content.startswith(b"\xd0\xcf\x11\xe0"):  # the container of old and of protected workbooks
        protected = "EncryptedPackage".encode("utf-16-le") in content
        problem = "a workbook protected by a password" if protected else "a workbook of the old format .xls"
        advice = "save it without the password" if protected else "save it as .xlsx or CSV"
        raise RegisterError([f"{file}: this is {problem}; {advice}"])
    if content.startswith(b"PK") or path.suffix.casefold() in (".xlsx", ".xlsm"):
        rows = _workbook_rows(content, file)
    else:
        rows, delimiter = _text_rows(content, file, names)
    table = _located(rows, file, columns, names)
    if delimiter:
        _refuse_uneven_rows(table, rows)
    _read_values(table, decimal_comma=delimiter in [";", "\t"])
    return table


def _located(
    rows: list[list[Any]], file: str, columns: dict[str, _Column], names: Mapping[str, str]
) -> _Table:
    """Find the row that names the columns, and the cells below it."""
    top = rows[: TITLE_ROWS + 1]
    at = max(range(len(top)), key=lambda i: len(_keys(top[i], names)), default=None)
    if at is None or not _keys(top[at], names):
        needed = ", ".join(column.key for column in columns.values() if column.required)
        problem = f"none of the first {TITLE_ROWS + 1} rows names the columns"
        raise RegisterError([f"{file}: {problem}; needed are {needed} (the codebook has other names)"])
    header = [_text(cell) for cell in rows[at]]
    positions = _keys(rows[at], names)
    below = {
        number: [row[i] if i < len(row) else "" for i in positions.values()]
        for number, row in enumerate(rows[at + 1 :], start=at + 2)
    }
    filled = {number: cells for number, cells in below.items() if any(_text(cell) for cell in cells)}
    table = _Table(
        file=file,
        header_row=at + 1,
        columns=columns,
        headers={key: header[i] for key, i in positions.items()},
        cells=pd.DataFrame.from_dict(filled, orient="index", columns=list(positions), dtype=object),
    )
    _check_header(table, header, names)
    return table


def _check_header(table: _Table, header: list[str], names: Mapping[str, str]) -> None:
    at = f"{table.file}, row {table.header_row}"
    meant = set()
    for i, text in enumerate(header):
        key = names.get(_heading(text), "")
        if key and i != header.index(table.headers[key]):
            pair = f"{_quoted(table.headers[key])} and {_quoted(text)}"
            problem = f"columns {pair} both mean {key}; leave one of them out"
            table.faults.append((table.header_row, f"{at}: {problem}"))
        near = "" if key else _near(_heading(text), names)
        if near and names[near] not in table.headers:
            meant.add(names[near])
            problem = f"column {_quoted(text)}: the name is not known; did you mean '{names[near]}'?"
            table.faults.append(
                (table.header_row, f"{at}, {problem} {_accepted(table.columns[names[near]])}")
            )
    for column in table.columns.values():
        if column.required and column.key not in {*table.headers, *meant}:
            found = _listed(_quoted(text) for text in header if text)
            problem = f"there is no column {column.key}; {_accepted(column)}; found are {found}"
            table.faults.append((table.header_row, f"{at}: {problem}"))


def _accepted(column: _Column) -> str:
    return f"accepted are {', '.join([column.key, *column.names])}"


def _refuse_uneven_rows(table: _Table, rows: list[list[str]]) -> None:
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


def _read_values(table: _Table, decimal_comma: bool) -> None:
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


def _finished(table: _Table) -> pd.DataFrame:
    """Return the values as those who calculate with them have them."""
    return table.values.astype({"year": "int64"}).reset_index(drop=True)


# From a cell to its value. What they raise begins with the value and says what is wrong with it.

_SIGNS = str.maketrans(
    dict.fromkeys("\u00a0\u2007\u2009\u202f'’", " ")
    | dict.fromkeys("−–‒", "-")
    | {"\u200b": "", "\ufeff": ""}
)
_LOOK_ALIKE = str.maketrans("авекмнорстухі", "abekmhopctyxi")  # Cyrillic letters typed for Latin ones
_NUMBER = re.compile(
    r"(?P<sign>[+-]?) ?"
    r"(?P<whole>[0-9]{1,3}(?P<mark>[ ,.])[0-9]{3}(?:(?P=mark)[0-9]{3})*|[0-9]*)"
    r"(?:(?P<point>[,.])(?P<part>[0-9]*))?"
    r"(?P<power>[eE][+-]?[0-9]+)?"
)
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
        raise ValueError(f"{_quoted(text)} is a date ({habit})")
    if kind == "label":
        return text
    if kind == "flag":
        flags = {_fold(word): flag for word, flag in _book().flags.items()}
        if _fold(text) not in flags:
            raise ValueError(f"{_quoted(text)} is neither yes nor no")
        return flags[_fold(text)]
    if isinstance(cell, bool):
        raise ValueError(f"{text} is not a number")
    return _year(text) if kind == "year" else _number(text, decimal_comma)


def _year(text: str) -> float:
    try:
        year = _number(re.sub(r" ?(г|год|year)?\.?$", "", text), decimal_comma=True)
    except ValueError:
        raise ValueError(f"{_quoted(text)} is not a year") from None
    if not (YEARS[0] <= year <= YEARS[1] and year == int(year)):
        raise ValueError(f"{text} is not a year")
    return year


def _number(text: str, decimal_comma: bool) -> float:
    """Read a number: the last of comma and point is the decimal sign, a repeated one separates thousands."""
    match = _NUMBER.fullmatch(text.translate(_SIGNS))
    if not match or not (match["whole"] or match["part"]) or (match["mark"] or " ") == match["point"]:
        raise ValueError(f"{_quoted(text)} is not a number")
    whole, part = match["whole"], match["part"] or ""
    if match["mark"] in (",", ".") and not match["point"] and whole.count(match["mark"]) == 1:
        if match["mark"] == "," and not decimal_comma and not whole.startswith("0"):
            spelt = (
                f"write {match['sign']}{whole.replace(',', '')} or {match['sign']}{whole.replace(',', '.')}"
            )
            raise ValueError(f"'{text}' may be a whole number or have three decimals: {spelt}")
        whole, part = whole.split(match["mark"])
    number = float(f"{match['sign']}{re.sub('[ ,.]', '', whole) or '0'}.{part or '0'}{match['power'] or ''}")
    if not math.isfinite(number):
        raise ValueError(f"{_quoted(text)} is too large for a number")
    return number


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


def _fold(text: str) -> str:
    """Return what texts have in common that differ only in capitals, spaces, hyphens, ё and look-alikes."""
    folded = re.sub(r"[\s_/-]+", " ", text.casefold()).strip() or text
    return folded.replace("ё", "е").translate(_LOOK_ALIKE)


def _heading(text: Any) -> str:
    """Return the name of a column without its unit; a percentage is no amount and has none."""
    name = re.sub(r"\([^)]*\)|\[[^\]]*\]|,.*", " ", _text(text))
    return "" if "%" in _text(text) else _fold(name).strip(" .:")


def _keys(row: Sequence[Any], names: Mapping[str, str]) -> dict[str, int]:
    """Return the columns that a row names, and where it names them first."""
    keys: dict[str, int] = {}
    for i, cell in enumerate(row):
        key = names.get(_heading(cell))
        if key:
            keys.setdefault(key, i)
    return keys


def _near(text: str, known: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(text, list(known), n=1, cutoff=0.85)), "")


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _quoted(text: str) -> str:
    return f"'{_shortened(text)}'"


def _listed(items: Iterable[Any], most: int = 40) -> str:
    texts = [_shortened(str(item)) for item in items]
    return ", ".join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")


def _plain(number: float) -> str:
    return f"{number:.12g}"


# What is checked in the tables: totals, rows by themselves, rows of one table, tables together.


def _check(tables: Mapping[TableName, _Table]) -> None:
    register, region, links = (tables.get(name) for name in ("register", "region", "links"))
    for table in tables.values():
        if table is not links:
            _take_out_totals(table, "resident" if table is register else "sector")
        if table.values.empty:
            problem = (
                f"{table.file}: there are no rows below the names of the columns in row {table.header_row}"
            )
            table.faults.append((table.header_row, f"{problem}; there must be one at least"))
        _check_rows(table)
    if region:
        region.values["sector"] = _as_first_spelt(region.values["sector"])
        _check_region(region)
    if register:
        register.values["sector"] = _as_first_spelt(register.values["sector"])
        if region:
            _match(register, "sector", region, "sector")
        _check_register(register)
    if register and region:
        _check_together(register, region)
    if links and register:
        _match(links, "seller", register, "resident")
        _match(links, "buyer", register, "resident")
        _check_links(links, register)


def _take_out_totals(table: _Table, label: str) -> None:
    """Compare the rows of totals with the sum of the rows of their year, and leave them out."""
    words = "|".join(re.escape(_fold(word)) for word in _book().totals)

    def is_total(labels: pd.Series) -> pd.Series:
        return labels.fillna("").map(_fold).str.match(rf"(?:{words})\b").astype(bool)

    values, sectors = table.values, table.values["sector"].fillna("").map(_fold)
    names = values[label].fillna(values["sector"])
    totals, of_all_sectors = is_total(names), is_total(sectors) | (sectors == "")
    for row, total in values[totals].iterrows():
        if pd.isna(total["year"]):
            table.refuse(row, "year", "the cell is empty in a row of totals")
            continue
        added = (
            ~totals & (values["year"] == total["year"]) & (of_all_sectors[row] | (sectors == sectors[row]))
        )
        for key in [key for key in FIGURES if key in table.headers and table.sound(key, "year", "sector")]:
            summed, sizes = values.loc[added, key].sum(), values.loc[added, key].abs().sum()
            if abs(total[key] - summed) > TOTAL_TOLERANCE * max(abs(total[key]), sizes):
                problem = (
                    f"{table.shown(row, key)} in the row {_quoted(names[row])} is not the sum of the rows of "
                    f"{total['year']:.0f}, {_plain(summed)}"
                )
                advice = "a row whose name begins so is a total, which must be within"
                advice = f"{advice} {100 * TOTAL_TOLERANCE:g} % of the sum, or be left out"
                table.fault(row, key, problem, advice)
    table.values = values[~totals]


def _check_rows(table: _Table) -> None:
    """Check every row by itself: nothing is missing that must be there, and nothing is out of bounds."""
    import pandera.pandas as pa  # slow to import, and most commands do without it

    def at_least_zero(key: str) -> Any:
        return pa.Check(lambda values: values >= 0, name=key, error="{value} is negative")

    def at_most(key: str, most: str) -> Any:
        error = f"{{value}} is above {most} of the same row, {{{most}}}"
        return pa.Check(
            lambda rows: ~((rows[key] > rows[most]) & (rows[most] >= 0)),
            name=key,
            error=error,
            ignore_na=False,
        )

    columns = table.columns.values()
    schema = pa.DataFrameSchema(
        {
            column.key: pa.Column(
                checks=[at_least_zero(column.key)] if column.kind == "amount" else [],
                nullable=not column.filled,
            )
            for column in columns
        },
        checks=[at_most(column.key, column.at_most) for column in columns if column.at_most],
    )
    try:
        schema.validate(table.values, lazy=True)
    except pa.errors.SchemaErrors as errors:
        for error in errors.schema_errors:
            for row in error.failure_cases["index"].drop_duplicates():
                if error.check == "not_nullable":
                    table.refuse(row, error.column_name, "the cell is empty")
                else:
                    key, shown = error.check.name, {key: table.shown(row, key) for key in table.headers}
                    table.fault(row, key, error.check.error.format(value=shown[key], **shown))


def _check_region(region: _Table) -> None:
    _check_once(region, "sector")
    known = region.values.dropna(subset=["sector", "year"])
    for year, rows in known.groupby("year") if region.sound("sector", "year") else ():
        for sector in known["sector"].unique():
            if sector not in set(rows["sector"]):
                problem = f"{year:.0f} has no row for sector {_quoted(sector)}, which other years have"
                region.fault(rows.index[0], "year", problem, "every year must have the same sectors")


def _check_register(register: _Table) -> None:
    values = register.values
    _check_once(register, "resident")
    folded = values.assign(folded=values["resident"].map(_fold, na_action="ignore"))
    for row, first in _conflicts(folded, "folded", "resident"):
        problem = (
            f"{register.shown(row, 'resident')} is written {register.shown(first, 'resident')} in row {first}"
        )
        register.fault(row, "resident", problem, "a resident must have the same name in all rows")
    for row, first in _conflicts(values, "resident", "sector"):
        sectors = [register.shown(at, "sector") for at in (row, first)]
        resident = values.at[row, "resident"]
        problem = f"{sectors[0]} is not the sector of {_quoted(resident)} in row {first}, {sectors[1]}"
        register.fault(row, "sector", problem, "a resident must have the same sector in all years")
    for row, first in _conflicts(values, "year", "plan") if register.sound("plan") else ():
        kinds = ["a plan" if values.at[at, "plan"] else "no plan" for at in (row, first)]
        problem = f"{values.at[row, 'year']:.0f} is {kinds[0]} here and {kinds[1]} in row {first}"
        register.fault(row, "plan", problem, "all rows of a year must be a plan, or none")
    begun = values[values["production"] > 0].groupby("resident")["year"].min()
    late = values[values["registered"] > values["resident"].map(begun)].drop_duplicates("resident")
    for row, resident in late["resident"].items():
        begin = f"{begun[resident]:.0f}, when {_quoted(resident)} produced"
        problem = f"{register.shown(row, 'registered')} is after {begin}"
        register.fault(row, "registered", problem, "it must not be after the first year with production")


def _check_together(register: _Table, region: _Table) -> None:
    """Check the years that both tables must have, and that the region includes the zone."""
    plan_years = register.values.loc[register.values["plan"], "year"]
    facts = register.values[~register.values["year"].isin(plan_years)].dropna(subset=["year"])
    has = sorted(region.values["year"].dropna().unique())
    if has and region.sound("year") and register.sound("plan"):
        for row, year in facts.loc[~facts["year"].isin(has), "year"].drop_duplicates().items():
            problem = f"{year:.0f} is not in {region.file}, which has {_listed(map(_plain, has))}"
            register.fault(row, "year", problem, "every year must be there, unless it is a plan")
    rows = pd.MultiIndex.from_frame(region.values[["sector", "year"]])
    for key in [key for key in FIGURES if key in region.columns]:
        zone = facts.groupby(["sector", "year"])[key].sum().reindex(rows).set_axis(region.values.index)
        for row, amount in zone[zone > region.values[key] * (1 + REGION_TOLERANCE)].items():
            sector, year = region.values.loc[row, ["sector", "year"]]
            residents = f"the residents of {_quoted(sector)} in {year:.0f} in {register.file}"
            problem = f"{region.shown(row, key)} is below the sum of {residents}, {_plain(amount)}"
            region.fault(row, key, problem, "the region must include the zone")


def _check_links(links: _Table, register: _Table) -> None:
    values = links.values
    for row in values.index[values["seller"].notna() & (values["seller"] == values["buyer"])]:
        links.fault(row, "buyer", f"{links.shown(row, 'buyer')} is the seller too")
    has = sorted(register.values["year"].dropna().unique())
    for row, year in values["year"].dropna().drop_duplicates().items():
        if has and year not in has and register.sound("year"):
            problem = f"{year:.0f} is not a year of {register.file}, which has {_listed(map(_plain, has))}"
            links.fault(row, "year", problem, "links must be of these years")
    revenues = register.values.groupby(["resident", "year"])["revenue"].first()
    for of, sales in values.groupby(["seller", "year"])["sales"]:
        revenue = revenues.get(of, math.nan)
        if sales.sum() > revenue * (1 + LINKS_TOLERANCE):
            row = sales.index[-1]
            problem = (
                f"{links.shown(row, 'sales')} brings the sales of {_quoted(of[0])} in {of[1]:.0f} to "
                f"{_plain(sales.sum())}, above its revenue in {register.file}, {_plain(revenue)}"
            )
            advice = f"they must not be above it by more than {100 * LINKS_TOLERANCE:g} %"
            links.fault(row, "sales", problem, advice)


def _check_once(table: _Table, label: str) -> None:
    known = table.values.dropna(subset=[label, "year"])
    for row, (name, year) in known.loc[known.duplicated([label, "year"]), [label, "year"]].iterrows():
        first = known.index[(known[label] == name) & (known["year"] == year)][0]
        problem = f"{year:.0f} is a year of {_quoted(name)} in row {first} already"
        table.fault(row, "year", problem, f"there must be one row for each {label} and year")


def _conflicts(values: pd.DataFrame, by: str, key: str) -> Iterator[tuple[int, int]]:
    """Yield, for each group, the first row whose `key` is not that of the first row, and that first row."""
    known = values.dropna(subset=[by, key])
    others = known[known[key] != known.groupby(by)[key].transform("first")]
    for row, group in others[by].drop_duplicates().items():
        yield row, known.index[known[by] == group][0]


def _as_first_spelt(labels: pd.Series) -> pd.Series:
    """Write labels that differ only in capitals, spaces and the like as the first of them is written."""
    first: dict[str, str] = {}
    return labels.map(lambda name: first.setdefault(_fold(name), name), na_action="ignore").astype("str")


def _match(table: _Table, key: str, other: _Table, label: str) -> None:
    """Write the labels of a column as another table does; one that it does not have is a fault."""
    allowed = list(dict.fromkeys(other.values[label].dropna()))
    if not (allowed and other.sound(label)):
        return
    spelt = {_fold(name): name for name in allowed}
    labels = table.values[key].dropna()
    unknown = labels[~labels.map(_fold).isin(spelt)]
    for row, name in unknown.drop_duplicates().items():
        near = difflib.get_close_matches(_fold(name), spelt, n=1)
        hint = f", did you mean {_quoted(spelt[near[0]])}?" if near else ""
        count = (unknown == name).sum()
        times = f" (in {count} rows)" if count > 1 else ""
        problem = f"{_quoted(name)}{times} is not a {label} of {other.file}{hint}"
        table.fault(row, key, problem, f"it has {_listed(allowed)}")
    table.values[key] = table.values[key].map(lambda n: spelt.get(_fold(n)), na_action="ignore").astype("str")
