"""Tables as people have them: files, names of columns and cells, and what is wrong with each."""

from __future__ import annotations

import csv
import io
import math
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Literal, TypeVar

import pandas as pd
import yaml

from gvc_helpers.errors import CONTROL, listed, nearest, quoted, shortened
from gvc_helpers.files.archives import pieces, sound_members
from gvc_helpers.files.text import FileError, as_number, decimal_mark, decoded, file_content

TEMPLATE_FOLDER = Path(__file__).parents[1] / "data" / "template"
"""Where the list of columns and the tables of the template are."""
YEARS = (1900, 2100)
"""First and last year that a cell may hold."""
TITLE_ROWS = 10
"""Rows of titles that may stand above the names of the columns."""
LARGEST = 1e18
"""No amount is larger, whatever the currency; sums of such can be told from infinity."""
MOST_CELLS = 5_000_000
"""Cells of a table, its rows counted as well; a register of 200,000 rows has 3 million."""
MOST_COLUMNS = 1_000
"""Columns whose names are looked at."""
MOST_TAGS = 12_000_000
"""Tags in the parts of a workbook; a register of 200,000 rows has 11 million."""
MOST_BYTES = 300 * 10**6
"""Size of the parts of a workbook."""

MOST_FAULTS = 50
"""Faults of a file that are listed."""

Wrong = TypeVar("Wrong")
Row = TypeVar("Row", bound=Sequence[Any])
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
    unlisted: int = 0

    def first(self, wrong: Iterable[Wrong]) -> Iterator[Wrong]:
        """Yield of what a check finds wrong, in the order of rows, as much as is listed; count the others."""
        for number, each in enumerate(wrong):
            if number < MOST_FAULTS:
                yield each
            else:
                self.unlisted += 1

    def listed_faults(self) -> list[str]:
        """Faults in the order of rows, and how many more there are than are listed."""
        faults = [fault for _, fault in sorted(self.faults, key=lambda fault: fault[0])]
        more = len(faults[MOST_FAULTS:]) + self.unlisted
        return faults[:MOST_FAULTS] + (
            [f"{self.file}: {more:,} more faults; they are not listed"] if more else []
        )

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


def _workbook_rows(content: bytes, file: str) -> list[Sequence[Any]]:
    """Cells of the first sheet; an error value such as #DIV/0! is NaN."""
    import openpyxl  # slow to import, and most commands do without it

    try:
        with warnings.catch_warnings(), zipfile.ZipFile(io.BytesIO(content)) as archive:
            warnings.simplefilter("ignore")  # of parts that openpyxl leaves out, such as drawings
            _refuse_bomb(archive, file)
            book = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=True, keep_links=False
            )
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what it states of its size may be wrong
            _refuse_formulas(sheet, file)
            return [tuple(map(_stored, row)) for row in _bounded(sheet.rows, file)]
    except FileError:
        raise
    except MemoryError:
        raise SpreadsheetError(
            f"{file}: there is too little memory for the workbook; save it as CSV"
        ) from None
    except Exception as error:  # whatever a damaged file makes the parsers raise
        problem = "this is not a workbook that can be read, is it damaged?"
        advice = "save it as .xlsx or CSV"
        raise SpreadsheetError(f"{file}: {problem} {shortened(_text(error))}; {advice}") from None


def _refuse_bomb(archive: zipfile.ZipFile, file: str) -> None:
    """Refuse a workbook that would take the machine, before it is read."""
    members = sound_members(archive, file, MOST_BYTES)
    tags = sum(piece.count(b"<") for member in members for piece in pieces(archive, member, file))
    if tags > MOST_TAGS:
        raise SpreadsheetError(
            f"{file}: the workbook has {tags:,} tags, more than {MOST_TAGS:,}; save it as CSV"
        )


def _refuse_formulas(sheet: Any, file: str) -> None:
    """Refuse a sheet with formulas that no program has calculated; they would be read as empty cells."""
    from openpyxl.xml.constants import SHEET_MAIN_NS
    from openpyxl.xml.functions import iterparse

    places = []
    with sheet._get_source() as source:
        for _, element in iterparse(source):
            if element.tag == f"{{{SHEET_MAIN_NS}}}row":
                element.clear()
            elif element.tag == f"{{{SHEET_MAIN_NS}}}c" and element.get("t") not in ("str", "inlineStr"):
                # one whose value is an empty text has its type
                formula, value = (element.find(f"{{{SHEET_MAIN_NS}}}{tag}") for tag in "fv")
                if formula is not None and (value is None or not value.text):
                    places.append(element.get("r", "a cell"))
    if places:
        problem = f"the formulas in {listed(places, most=5)} have no values yet"
        raise SpreadsheetError(f"{file}: {problem}; open the workbook, let it calculate and save it")


def _stored(cell: Any) -> Any:
    if cell.value is None:
        return ""
    return math.nan if cell.data_type == "e" else cell.value


def _bounded(rows: Iterable[Row], file: str) -> Iterator[Row]:
    """Yield rows, as long as they are not too many or too wide."""
    cells = 0
    for row in rows:
        cells += 1 + len(row)
        if cells > MOST_CELLS:
            problem = f"the table has more than {MOST_CELLS:,} cells"
            raise SpreadsheetError(f"{file}: {problem}; delete empty rows and columns beside it")
        yield row


def _text_rows(content: bytes, file: str, names: Mapping[str, str]) -> tuple[list[Sequence[Any]], str]:
    """Cells of a CSV file and its delimiter: the one that finds most names of columns."""
    text = decoded(content, file)

    def named(delimiter: str) -> int:
        top = islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), TITLE_ROWS + 1)
        return max((len(_keys(row, names)) for row in top), default=0)

    rows: list[Sequence[Any]] = []
    try:
        delimiter = max(";\t,", key=named)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        rows.extend(_bounded(reader, file))
    except csv.Error as error:
        problem = f"a quotation mark opens a cell and does not close it ({error})"
        advice = "put the whole cell in quotation marks and double those inside"
        raise SpreadsheetError(f"{file}, row {len(rows) + 1}: {problem}; {advice}") from None
    return rows, delimiter


# From rows of cells to a table with known columns and values --------------------------------------


def _located(
    rows: list[Sequence[Any]], file: str, columns: dict[str, Column], names: Mapping[str, str]
) -> Table:
    """Find the row that names the columns, and the cells below it."""
    top = rows[: TITLE_ROWS + 1]
    at = max(range(len(top)), key=lambda i: len(_keys(top[i], names)), default=None)
    if at is None or not _keys(top[at], names):
        needed = ", ".join(column.key for column in columns.values() if column.required)
        problem = f"none of the first {TITLE_ROWS + 1} rows names the columns"
        raise SpreadsheetError(f"{file}: {problem}; needed are {needed} (the codebook has other names)")
    header = [_text(cell) for cell in rows[at][:MOST_COLUMNS]]
    positions = _keys(rows[at], names)
    columns_at = list(positions.values())
    filled = {}
    for number, row in enumerate(rows[at + 1 :], start=at + 2):
        cells = [row[i] if i < len(row) else "" for i in columns_at]
        if any(_text(cell) for cell in cells):
            filled[number] = cells
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
        near = "" if key else nearest(_heading(text), names, str, cutoff=0.85)
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


def _refuse_uneven_rows(table: Table, rows: list[Sequence[str]]) -> None:
    """Refuse rows with more cells than there are columns, and names of columns beyond all rows.

    Where a delimiter splits a cell or a name, what follows it is in a wrong column.
    """
    header, *below = [[cell.strip() for cell in row] for row in rows[table.header_row - 1 :]]
    widths = {
        number: max((i for i, cell in enumerate(row, start=1) if cell), default=0)
        for number, row in enumerate(below, start=table.header_row + 1)
    }
    wide = {number: width for number, width in widths.items() if width > len(header)}
    for number, width in wide.items():
        problem = (
            f"{width} cells under {len(header)} columns; is there a delimiter or decimal comma in a cell?"
        )
        advice = "put such cells in quotation marks"
        table.faults.append((number, f"{table.file}, row {number}: {problem}; {advice}"))
        table.refused |= {(number, key) for key in table.headers}
    table.cells = table.cells.drop(index=list(wide), errors="ignore")
    named, longest = max(i for i, name in enumerate(header, start=1) if name), max(map(len, below), default=0)
    if any(widths.values()) and longest < named:
        at = f"{table.file}, row {table.header_row}"
        problem = (
            f"{named} names of columns, and rows of {longest} cells at most; is there a delimiter in one?"
        )
        table.faults.append((table.header_row, f"{at}: {problem}; put such names in quotation marks"))


def _read_values(table: Table, decimal_comma: bool) -> None:
    """Read the values of all cells; a column that the file does not have is empty."""
    empty = pd.Series("", table.cells.index, dtype=object)
    types = {"label": "str", "flag": bool}
    table.values = pd.DataFrame(
        {
            key: pd.Series(
                _column_values(table, key, table.cells.get(key, empty), decimal_comma),
                table.cells.index,
                dtype=types.get(column.kind, float),
            )
            for key, column in table.columns.items()
        },
        index=table.cells.index,
    )
    _refuse_mixed_marks(table)


def _column_values(table: Table, key: str, cells: pd.Series, decimal_comma: bool) -> Iterator[Any]:
    kind = table.columns[key].kind
    number = kind in ("amount", "balance")
    for row, cell in cells.items():
        try:
            plain = number and isinstance(cell, str) and _PLAIN.fullmatch(cell)
            yield float(cell) if plain else _value(cell, kind, decimal_comma)
        except ValueError as problem:
            table.refuse(row, key, str(problem))
            yield _EMPTY.get(kind, math.nan)


def _refuse_mixed_marks(table: Table) -> None:
    """Refuse numbers such as 2.860 in a file with decimals such as 318,5, and the other way round."""
    numbers = [key for key in table.headers if table.columns[key].kind in ("amount", "balance")]
    cells = table.cells[numbers].stack()
    texts = cells[[isinstance(cell, str) and ("," in cell or "." in cell) for cell in cells]]
    both = all(any(mark in text for text in texts) for mark in _MARKS)
    if not both and not any(text.count(",") + text.count(".") > 1 for text in texts):
        return  # all are decimal signs
    sure: dict[str, tuple[int, str]] = {}
    doubtful: dict[str, list[tuple[int, str]]] = {mark: [] for mark in _MARKS}
    for place, text in texts.items():
        mark, doubt = ("", False) if place in table.refused else decimal_mark(_text(text))
        if doubt:
            doubtful[mark].append(place)
        elif mark:
            sure.setdefault(mark, place)
    for mark, other in zip(_MARKS, reversed(_MARKS), strict=True):
        against = sure.get(other) or next(iter(doubtful[other] if mark not in sure else []), None)
        if doubtful[mark] and against:
            (row, key), (there, column) = doubtful[mark][0], against
            more = f" (and {len(doubtful[mark]) - 1:,} more)" if doubtful[mark][1:] else ""
            problem = (
                f"{table.shown(row, key)}{more} may be a whole number or have three decimals, beside "
                f"{table.shown(there, column)} in row {there}, column {quoted(table.headers[column])}"
            )
            table.fault(row, key, problem, "use only one of comma and point, for decimals")
            table.refused |= set(doubtful[mark])
            for key in numbers:
                table.values.loc[[row for row, column in doubtful[mark] if column == key], key] = math.nan


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


_PLAIN = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,9})?")  # most numbers, for which nothing else is looked at
_EMPTY: dict[str, Any] = {"label": None, "flag": False}
_MARKS = (".", ",")


@lru_cache(maxsize=2**16, typed=True)  # labels, years and flags of a column are much alike
def _value(cell: Any, kind: str, decimal_comma: bool) -> Any:
    text = _text(cell)
    if not text or text.casefold() in _book().missing:
        return _EMPTY.get(kind, math.nan)
    if CONTROL.search(text):
        raise ValueError(f"{quoted(text)} has a control character, which no one sees")
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
    return _year(text) if kind == "year" else _amount(text, decimal_comma)


def _amount(text: str, decimal_comma: bool) -> float:
    amount = as_number(text, decimal_comma)
    if abs(amount) > LARGEST:
        raise ValueError(f"{quoted(text)} is beyond {LARGEST:g}, the largest number that is read")
    return amount


def _year(text: str) -> float:
    try:
        year = as_number(re.sub(r" ?(г|год|year)?\.?$", "", text), decimal_comma=True)
    except ValueError:
        raise ValueError(f"{quoted(text)} is not a year") from None
    if not (YEARS[0] <= year <= YEARS[1] and year == int(year)):
        raise ValueError(f"{shortened(text)} is not a year")
    return year


def _text(cell: Any) -> str:
    """Return a cell as one line of text."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    try:
        return " ".join(str(cell).removesuffix(" 00:00:00").split())
    except ValueError:  # a whole number of thousands of digits
        return "a number of thousands of digits"


def _heading(text: Any) -> str:
    """Return the name of a column without its unit; a percentage is no amount and has none."""
    name = re.sub(r"\([^)]*\)|\[[^\]]*\]|,.*", " ", _text(text))
    return "" if "%" in _text(text) else fold(name).strip(" .:")


def _keys(row: Sequence[Any], names: Mapping[str, str]) -> dict[str, int]:
    """Return the columns that a row names, and where it names them first."""
    keys: dict[str, int] = {}
    for i, cell in enumerate(row[:MOST_COLUMNS]):
        key = names.get(_heading(cell))
        if key:
            keys.setdefault(key, i)
    return keys


# Texts --------------------------------------------------------------------------------------------


def is_total(labels: pd.Series) -> pd.Series:
    """Tell which labels name a row of totals."""
    words = "|".join(re.escape(fold(word)) for word in _book().totals)
    return labels.fillna("").map(fold).str.match(rf"(?:{words})\b").astype(bool)


@lru_cache(maxsize=2**16)
def fold(text: str) -> str:
    """Return what texts have in common that differ only in capitals, spaces, hyphens, ё and look-alikes."""
    folded = re.sub(r"[\s_/-]+", " ", text.casefold()).strip() or text
    return folded.replace("ё", "е").translate(_LOOK_ALIKE)
