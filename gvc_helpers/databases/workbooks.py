"""Readers of databases whose tables carry their labels and that pymrio cannot parse."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gvc_helpers._typing import Array
from gvc_helpers.databases.files import Form, Found, RawTable, SourceError, csv_rows
from gvc_helpers.errors import reason
from gvc_helpers.tables.checks import BALANCE_TOLERANCE

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

ADB_MRIO = (
    Form({"table": "ADB-MRIO-{year}*.xlsx"}, price="basic prices"),
    Form({"table": "ADB-MRIO{edition}-{year}*.xlsx"}, price="basic prices"),
    Form({"table": "ADB MRIO {year}*.xlsx"}, price="basic prices"),
    Form({"table": "ADB-MRIO {year}*.xlsx"}, price="basic prices"),
)
WIOD_2016 = (
    Form({"table": "WIOT{year}_Nov16_ROW.xlsb"}, edition="2016", price="basic prices"),
    Form({"table": "WIOT{year}_Nov16_ROW.xlsx"}, edition="2016", price="basic prices"),
)
FIGARO = (
    Form({"table": "matrix_eu-ic-io_ind-by-ind_{edition}_{year}*.csv"}, price="basic prices"),
    Form({"table": "matrix_eu-ic-io_prod-by-prod_{edition}_{year}*.csv"}, price="basic prices"),
    Form({"table": "matrix_eu-ic-io_ind-by-ind_{year}*.csv"}, edition="22ed", price="basic prices"),
    Form({"table": "matrix_eu-ic-io_prod-by-prod_{year}*.csv"}, edition="22ed", price="basic prices"),
)

HEADER_ROWS = 20
"""First rows of a sheet among which the row of codes must be."""
ROUNDING = 0.01
"""What rounding of cells may add up to in a row of a sheet, in million USD."""
FIGARO_DEMAND = ("P3_S13", "P3_S14", "P3_S15", "P51G", "P5M")
"""Final demand: government, households, non-profit institutions, fixed capital, inventories and valuables."""
FIGARO_PRIMARY = ("W2_D21X31", "W2_OP_RES", "W2_OP_NRES", "W2_D1", "W2_D29X39", "W2_B2A3G")
"""Taxes less subsidies on products, purchases abroad and by non-residents, and three of value added."""

Cell = Any
"""What a cell of a sheet holds: number, text, date or truth value; empty text if nothing."""


def read_adb_mrio(parts: Mapping[str, Path], found: Found) -> RawTable:
    """Read the Multi-Regional Input-Output Tables of the Asian Development Bank.

    pymrio 0.7 has no parser for them. A workbook has one sheet with the table, by the name of ``ADB MRIO``
    and the year, and one of names. Below some rows of titles stand the country and the code (c1 to c35 for
    sectors, F1 to F5 for final demand) of each column, and left of the numbers those of each row. After
    final demand comes the column of totals; below the sectors come total intermediate inputs (r60), taxes,
    margins, purchases abroad and value added (r64 among them), and gross output (r69).

    Some of the workbooks have empty cells, which their users take for zeros; what the database says of them
    is not known, and a cell with an error looks empty too. So they are read as zeros only in rows and
    columns that add up to the total stated for them, and the note says how many there are.

    Parameters
    ----------
    parts : mapping of str to Path
        The workbook, as ``"table"``.
    found : Found
        Its year.

    Returns
    -------
    RawTable
        In million USD at basic prices, current or (where name or titles say so) of another year, with the
        codes of the file. The edition is the number of economies besides the rest of the world.

    Raises
    ------
    SourceError
        When the file is not such a workbook, or damaged; names file, sheet and cell.

    References
    ----------
    Asian Development Bank, Multiregional Input-Output Tables: Key Indicators Database, section Globalization.
    """
    layout = _Layout(
        demand=("F1", "F2", "F3", "F4", "F5"),
        country_row=-1,
        first_row=1,
        country_column=-2,
        code_column=-1,
        inputs="r60",
        added="r64",
        output="r69",
        empty_is_zero=True,
    )
    table, titles = _read_sheet(parts["table"], found.year, layout)
    constant = re.search(
        r"constant[\s-]+((?:19|20)\d\d)[\s-]+prices", f"{parts['table'].name} {titles}", re.I
    )
    unit = f"million USD at prices of {constant[1]}" if constant else "million USD"
    return replace(table, unit=unit, price="basic prices", edition=str(len(table.Y[0]) - 1))


def read_wiod_2016(parts: Mapping[str, Path], found: Found) -> RawTable:
    """Read the World Input-Output Database, release 2016.

    pymrio 0.7 parses the release of 2013 only. A workbook has one sheet, named by the year. Its header has
    four rows: code, description, country and number of each column; left of the numbers stand the same of
    each row. Final demand has five columns for each country (CONS_h, CONS_np, CONS_g, GFCF, INVEN), and
    after it comes gross output (GO). Below the sectors come total intermediate inputs (II_fob), taxes,
    adjustments, purchases abroad, value added (VA) and transport margins, and gross output (GO).

    Sectors are named by their codes, such as C10-C12. An empty cell is an error.

    Parameters
    ----------
    parts : mapping of str to Path
        The workbook, as ``"table"``.
    found : Found
        Its year.

    Returns
    -------
    RawTable
        In million USD at basic prices.

    Raises
    ------
    SourceError
        When the file is not such a workbook, or damaged; names file, sheet and cell.

    References
    ----------
    Timmer, M. P., Los, B., Stehrer, R. and de Vries, G. J. (2016), An Anatomy of the Global Trade Slowdown
    based on the WIOD 2016 Release, GGDC Research Memorandum 162.
    """
    layout = _Layout(
        demand=("CONS_h", "CONS_np", "CONS_g", "GFCF", "INVEN"),
        country_row=2,
        first_row=4,
        country_column=-2,
        code_column=-4,
        inputs="II_fob",
        added="VA",
        output="GO",
    )
    table, _ = _read_sheet(parts["table"], found.year, layout)
    return replace(table, unit="million USD", price="basic prices", edition="2016")


def read_figaro(parts: Mapping[str, Path], found: Found) -> RawTable:
    """Read FIGARO, the inter-country tables of Eurostat, industry by industry or product by product.

    pymrio 0.7 has no parser for them. A file in the matrix format has a line of labels, such as ``AT_A01``
    (country, industry) or ``AT_CPA_A01`` (country, product) for flows and ``AT_P3_S14`` for final demand,
    and a line for each row, with its label first. The rows of value added begin with ``W2_``; there is no
    total, so that `output` is not stated. The rest of the world is FIGW1.

    The flat format (a line for each cell) is not read: whether it leaves out zeros is not documented, so
    that a file cut short could not be told from a whole one.

    Parameters
    ----------
    parts : mapping of str to Path
        The file, as ``"table"``.
    found : Found
        Its edition.

    Returns
    -------
    RawTable
        In million EUR at basic prices.

    Raises
    ------
    SourceError
        When the file is not such a table, or damaged; names file, line and column or label.

    References
    ----------
    Eurostat, EU inter-country supply, use and input-output tables (naio_10_fcp), reference metadata.
    """
    table = _read_matrix(parts["table"])
    return replace(table, unit="million EUR", price="basic prices", edition=found.edition)


# Labels -------------------------------------------------------------------------------------------

Label = tuple[str, str]
"""Country and code of a row or column."""


def _refuse_labels(
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


def _owners(sectors: Sequence[Label], demand: Sequence[Label], codes: Collection[str], where: str) -> Array:
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


def _index(labels: Sequence[Label]) -> pd.MultiIndex:
    return pd.MultiIndex.from_tuples(labels, names=["country", "sector"])


def _number(text: str) -> float | None:
    """Return the number that a text plainly is, such as ``" 1.5"``."""
    text = text.strip()
    if "_" in text or not text.isascii():
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _no_number(cell: Cell) -> str:
    """Say that a cell holds no number."""
    shown = str(cell).strip()
    if not shown:
        return "an empty cell is no number"
    return f"'{shown[:40]}' is no number" + ("; decimals need a point" if "," in shown else "")


# Sheets of workbooks ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Layout:
    """How a database lays out its sheet.

    Rows are counted from that of the codes of columns, columns from the first with numbers.
    """

    demand: Collection[str]
    """Codes of final demand."""
    country_row: int
    first_row: int
    country_column: int
    code_column: int
    inputs: str
    """Code of the row of total intermediate inputs, the first below the sectors."""
    added: str
    """Code of the row of value added."""
    output: str
    """Code of the row of gross output, the last that counts."""
    empty_is_zero: bool = False


@dataclass
class _Sheet:
    """A sheet, gone through once, row by row; an error names file, sheet and cell."""

    file: Path
    name: str
    left: int
    """Columns of the sheet that are left out because they are empty."""
    rows: Iterator[list[Cell]]
    header: list[list[Cell]]
    """The first rows, which stand in `rows` too."""
    empty: int = 0
    """Empty cells read as zeros."""
    row: int = field(default=-1, init=False)
    """The row gone through last, counted from 0."""

    def next(self, expected: str) -> list[Cell]:
        """Go on to the next row."""
        try:
            cells = next(self.rows)
        except StopIteration:
            message = f"sheet '{self.name}' ends at row {self.row + 1}; {expected} is missing"
            raise SourceError(f"'{self.file}': {message}") from None
        self.row += 1
        return cells

    def at(self, row: int, column: int) -> str:
        """Name a cell, for messages."""
        letters, number = "", self.left + column + 1
        while number:
            number, letter = divmod(number - 1, 26)
            letters = chr(ord("A") + letter) + letters
        return f"'{self.file}', sheet '{self.name}', cell {letters}{row + 1}"

    def numbers(
        self, cells: Sequence[Cell], first: int, end: int, empty_is_zero: bool
    ) -> tuple[Array, npt.NDArray[np.intp]]:
        """Return the numbers of some columns of the current row, and which of them are empty."""
        cells = cells[first:end]
        if set(map(type, cells)) <= {float, int}:
            values = np.array(cells, dtype=float)
            if np.isfinite(values).all():
                return values, np.empty(0, dtype=np.intp)
        values = np.empty(len(cells))
        empty = []
        for place, cell in enumerate(cells):
            text = cell.strip() if isinstance(cell, str) else str(cell)
            value = None if isinstance(cell, bool) else _number(text)
            if not text and empty_is_zero:
                empty.append(place)
                value = 0.0
            if value is None:
                raise SourceError(f"{self.at(self.row, first + place)}: {_no_number(cell)}")
            values[place] = value
        self.empty += len(empty)
        return values, np.array(empty, dtype=np.intp)


def _text(cell: Cell) -> str:
    return str(cell).strip()


def _read_sheet(file: Path, year: int | None, layout: _Layout) -> tuple[RawTable, str]:
    """Read the table of a workbook, and the titles above it."""
    with _workbook(file) as workbook:
        sheet, codes = _sheet(workbook, file, year, layout)
        table = _read_rows(sheet, _columns(sheet, codes, layout), codes, layout)
    titles = " ".join(_text(cell) for row in sheet.header[:codes] for cell in row[:2])
    return table, titles


@contextmanager
def _workbook(file: Path) -> Iterator[CalamineWorkbook]:
    """Open a workbook; what keeps it from being read ends in a SourceError."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(file) as workbook:
            yield workbook
    except (CalamineError, OSError) as error:
        raise SourceError(f"'{file}' cannot be read as a workbook, is it whole? {reason(error)}") from None


def _sheet(workbook: CalamineWorkbook, file: Path, year: int | None, layout: _Layout) -> tuple[_Sheet, int]:
    """Find the sheet with the table, by the year in its name and the codes in its header.

    Returns
    -------
    _Sheet
        The sheet, at its first row.
    int
        Its row of codes, counted from 0.
    """
    names = workbook.sheet_names
    tables: list[tuple[_Sheet, int]] = []
    for name in sorted(names, key=lambda name: str(year) not in name):
        if tables and str(year) in tables[0][0].name:
            break
        content = workbook.get_sheet_by_name(name)
        rows = content.iter_rows()
        header = list(islice(rows, HEADER_ROWS + layout.first_row))
        texts = [set(map(_text, cells)) for cells in header[:HEADER_ROWS]]
        marked = [row for row, found in enumerate(texts) if found.issuperset(layout.demand)]
        if marked:
            left = content.start[1] if content.start else 0
            tables.append((_Sheet(file, name, left, chain(header, rows), header), marked[0]))
    if not tables:
        raise SourceError(
            f"'{file}': no sheet ({', '.join(names)}) has a header with the codes of final demand, "
            f"{', '.join(layout.demand)}, in its first {HEADER_ROWS} rows"
        )
    if len(tables) > 1:
        several = ", ".join(sheet.name for sheet, _ in tables)
        raise SourceError(f"'{file}': several sheets hold a table ({several}); one is expected")
    years = re.findall(r"(?:19|20)\d\d", tables[0][0].name)
    if year is not None and years and str(year) not in years:
        raise SourceError(f"'{file}': sheet '{tables[0][0].name}' is of another year than the name, {year}")
    return tables[0]


@dataclass(frozen=True)
class _Columns:
    """The columns of a sheet that count."""

    first: int
    """First column with numbers."""
    sectors: list[Label]
    owners: Array
    """What adds up final demand by country, shape (columns, G)."""

    @property
    def end(self) -> int:
        """One more than the column of totals, which is the last."""
        return self.first + len(self.sectors) + len(self.owners) + 1


def _columns(sheet: _Sheet, row: int, layout: _Layout) -> _Columns:
    """Take the labels of columns from the header, whose codes are in `row`.

    Raises
    ------
    SourceError
        When one is missing or stands twice, or there is no column of totals.
    """
    header = sheet.header[: row + layout.first_row]
    if not 0 <= row + layout.country_row < len(header):
        raise SourceError(f"{sheet.at(row, 0)}: the row of countries is missing from the header")
    codes, countries = ([_text(cell) for cell in header[at]] for at in (row, row + layout.country_row))
    start = first = end = next(column for column, code in enumerate(codes) if code in layout.demand)
    while first and codes[first - 1] and countries[first - 1]:
        first -= 1
    while end < len(codes) and codes[end] in layout.demand:
        end += 1
    if first == start or first + min(layout.country_column, layout.code_column) < 0:
        raise SourceError(f"{sheet.at(row, first)}: sectors with a code and a country are expected here")
    for column in range(start, end):
        if not countries[column]:
            raise SourceError(f"{sheet.at(row + layout.country_row, column)}: the country is missing")
    totals = [_text(cells[end]).casefold() for cells in header if end < len(cells)]
    if not any(text == "go" or text.startswith("tot") for text in totals):
        raise SourceError(f"{sheet.at(row, end)}: a column of totals is expected after final demand")
    labels = list(zip(countries, codes, strict=True))
    sectors, demand = labels[first:start], labels[start:end]
    _refuse_labels(
        sectors,
        demand,
        lambda place: sheet.at(row, first + place),
        lambda place: sheet.at(row, start + place),
    )
    return _Columns(first, sectors, _owners(sectors, demand, layout.demand, sheet.at(row, start)))


def _read_rows(sheet: _Sheet, columns: _Columns, codes: int, layout: _Layout) -> RawTable:
    """Read the numbers below the header, whose codes are in the row `codes`."""
    for _ in range(codes + layout.first_row):
        sheet.next("the header")
    size = len(columns.sectors)
    Z, Y = np.empty((size, size)), np.empty((size, columns.owners.shape[1]))
    output = np.empty(size)
    for row, label in enumerate(columns.sectors):
        cells = sheet.next(f"the row of {' / '.join(label)}")
        _require_label(sheet, cells, columns, layout, label)
        values, empty = sheet.numbers(cells, columns.first, columns.end, layout.empty_is_zero)
        Z[row], Y[row], output[row] = values[:size], values[size:-1] @ columns.owners, values[-1]
        if len(empty):
            _require_total(sheet.at(sheet.row, columns.first + empty[0]), values[:-1].sum(), values[-1])
    added = _read_added(sheet, columns, layout, Z)
    note = f"empty cells read as zeros: {sheet.empty}" if sheet.empty else ""
    return RawTable(Z, Y, _index(columns.sectors), added, output, note=note)


def _require_label(
    sheet: _Sheet, cells: Sequence[Cell], columns: _Columns, layout: _Layout, label: Label
) -> None:
    """Raise a SourceError unless a row has the label of the column of the same number."""
    for offset, expected in zip((layout.country_column, layout.code_column), label, strict=True):
        column = columns.first + offset
        if _text(cells[column]).casefold() != expected.casefold():
            raise SourceError(
                f"{sheet.at(sheet.row, column)}: '{_text(cells[column])}' in place of '{expected}'; "
                "rows and columns must have the same labels"
            )


def _read_added(sheet: _Sheet, columns: _Columns, layout: _Layout, Z: Array) -> Array:
    """Add up the rows between total intermediate inputs and gross output, shape (GN,)."""
    size, label = len(Z), columns.first + layout.code_column
    added = np.zeros(size)
    first_empty = np.full(size, -1)
    seen: list[str] = []
    while True:
        expected = layout.output if seen else layout.inputs
        cells = sheet.next(f"the row {expected}, which stands below the sectors,")
        code = _text(cells[label])
        if not code or code in seen or (not seen and code != layout.inputs):
            raise SourceError(f"{sheet.at(sheet.row, label)}: '{code}' in place of '{expected}'")
        seen.append(code)
        if code == layout.inputs:
            continue
        values, empty = sheet.numbers(cells, columns.first, columns.first + size, layout.empty_is_zero)
        first_empty[empty] = np.where(first_empty[empty] < 0, sheet.row, first_empty[empty])
        if code == layout.output:
            break
        added += values
    if layout.added not in seen:
        raise SourceError(
            f"{sheet.at(sheet.row, label)}: no row {layout.added} of value added stands above '{code}'"
        )
    for column in np.flatnonzero(first_empty >= 0):
        place = sheet.at(int(first_empty[column]), columns.first + int(column))
        _require_total(place, Z[:, column].sum() + added[column], values[column])
    return added


def _require_total(place: str, total: float, stated: float) -> None:
    """Raise a SourceError unless a row or column with an empty cell adds up to what is stated for it."""
    if abs(total - stated) > max(BALANCE_TOLERANCE * abs(stated), ROUNDING):
        raise SourceError(
            f"{place}: an empty cell is no number; it cannot stand for zero, as the others add up to "
            f"{total:.10g} and the total stated is {stated:.10g}"
        )


# Matrices in text files ---------------------------------------------------------------------------


def _read_matrix(file: Path) -> RawTable:
    """Read FIGARO's matrix, only a few rows at a time beside the result."""
    labels = _matrix_labels(file)
    is_demand = np.array([code in FIGARO_DEMAND for _, code in labels])
    inner, outer = np.flatnonzero(~is_demand), np.flatnonzero(is_demand)
    sectors, demand = [labels[place] for place in inner], [labels[place] for place in outer]
    _refuse_labels(
        sectors,
        demand,
        lambda place: f"'{file}', line 1, column {inner[place] + 2}",
        lambda place: f"'{file}', line 1, column {outer[place] + 2}",
    )
    owners = _owners(sectors, demand, FIGARO_DEMAND, f"'{file}', line 1")
    names = [f"{country}_{code}" for country, code in sectors]
    size = len(names)
    Z, Y, added = np.empty((size, size)), np.empty((size, owners.shape[1])), np.zeros(size)
    seen: list[str] = []
    for rows, block in _blocks(file, len(labels)):
        _require_rows(file, names, seen, rows)
        kept = block[: max(size - len(seen), 0)]
        place = slice(len(seen), len(seen) + len(kept))
        Z[place], Y[place] = kept[:, inner], kept[:, outer] @ owners
        added += block[len(kept) :, inner].sum(axis=0)
        seen += rows
    missing = [name for name in (*names, *FIGARO_PRIMARY) if name not in set(seen)]
    if missing:
        raise SourceError(f"'{file}' ends at line {len(seen) + 1}; the row {missing[0]} is missing")
    return RawTable(Z, Y, _index(sectors), added)


def _matrix_labels(file: Path) -> list[Label]:
    """Return country and code of the columns, from the first line of a file."""
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        names = next((row[1:] for _, row in csv_rows(lines, file)), [])
    if not names:
        raise SourceError(f"'{file}', line 1: labels of columns are expected, separated by commas")
    labels = []
    for column, name in enumerate(names, start=2):
        country, _, code = name.strip().partition("_")  # codes such as P3_S14 and C31_32 have their own
        if not country or not code:
            raise SourceError(
                f"'{file}', line 1, column {column}: '{name[:40]}' is no label of country and code "
                "such as AT_A01"
            )
        labels.append((country, code))
    return labels


def _blocks(file: Path, width: int) -> Iterator[tuple[list[str], Array]]:
    """Go through the lines after the first: labels and numbers of a few at a time."""
    import pyarrow
    from pyarrow import csv as arrow_csv

    names = [f"f{column}" for column in range(width)]
    try:
        reader = arrow_csv.open_csv(
            file,
            read_options=arrow_csv.ReadOptions(
                column_names=["label", *names], skip_rows=1, block_size=1 << 24
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={"label": pyarrow.string(), **dict.fromkeys(names, pyarrow.float64())},
                null_values=[],
                strings_can_be_null=False,
            ),
        )
        for batch in reader:
            label, *columns = batch.columns
            block = np.column_stack([column.to_numpy(zero_copy_only=False) for column in columns])
            if not np.isfinite(block).all():
                raise SourceError(_line_fault(file, width + 1))
            yield [name.strip() for name in label.to_pylist()], block
    except pyarrow.ArrowInvalid as error:
        fault = _line_fault(file, width + 1)
        raise SourceError(fault or f"'{file}' cannot be read: {reason(error)}") from None


def _require_rows(file: Path, names: Sequence[str], seen: Sequence[str], rows: Sequence[str]) -> None:
    """Raise a SourceError unless rows that come after those seen have the labels expected."""
    primary = set(seen[len(names) :])
    for place, row in enumerate(rows, start=len(seen)):
        where = f"'{file}', line {place + 2}"
        if place < len(names):
            if row != names[place]:
                raise SourceError(
                    f"{where}: '{row}' in place of '{names[place]}'; "
                    "rows and columns must have the same labels"
                )
        elif row not in FIGARO_PRIMARY:
            raise SourceError(f"{where}: '{row}' in place of one of {', '.join(FIGARO_PRIMARY)}")
        elif row in primary:
            raise SourceError(f"{where}: '{row}' stands twice")
        else:
            primary.add(row)


def _line_fault(file: Path, width: int) -> str:
    """Say which line of a matrix is wrong, and how; nothing if none is."""
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        for line, row in csv_rows(lines, file):
            if len(row) != width:
                return f"'{file}', line {line}: {len(row)} columns instead of {width}"
            for column, cell in enumerate(row[1:], start=2):
                if line > 1 and _number(cell) is None:
                    return f"'{file}', line {line}, column {column}: {_no_number(cell)}"
    return ""
