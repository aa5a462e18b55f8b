"""A table in a sheet of a workbook, with its labels."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from gvc_helpers._typing import Array
from gvc_helpers.databases.files import SourceError
from gvc_helpers.databases.raw import Label, label_index, no_number, number, owners_of, refuse_labels
from gvc_helpers.databases.registry import RawTable
from gvc_helpers.errors import reason
from gvc_helpers.tables.checks import BALANCE_TOLERANCE

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

HEADER_ROWS = 20
"""First rows of a sheet among which the row of codes must be."""
ROUNDING = 0.01
"""What rounding of cells may add up to in a row of a sheet, in million USD."""
Cell = Any
"""What a cell of a sheet holds: number, text, date or truth value; empty text if nothing."""


@dataclass(frozen=True)
class Layout:
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
            value = None if isinstance(cell, bool) else number(text)
            if not text and empty_is_zero:
                empty.append(place)
                value = 0.0
            if value is None:
                raise SourceError(f"{self.at(self.row, first + place)}: {no_number(cell)}")
            values[place] = value
        self.empty += len(empty)
        return values, np.array(empty, dtype=np.intp)


def _text(cell: Cell) -> str:
    return str(cell).strip()


def read_sheet(file: Path, year: int | None, layout: Layout) -> tuple[RawTable, str]:
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


def _sheet(workbook: CalamineWorkbook, file: Path, year: int | None, layout: Layout) -> tuple[_Sheet, int]:
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


def _columns(sheet: _Sheet, row: int, layout: Layout) -> _Columns:
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
    refuse_labels(
        sectors,
        demand,
        lambda place: sheet.at(row, first + place),
        lambda place: sheet.at(row, start + place),
    )
    return _Columns(first, sectors, owners_of(sectors, demand, layout.demand, sheet.at(row, start)))


def _read_rows(sheet: _Sheet, columns: _Columns, codes: int, layout: Layout) -> RawTable:
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
    return RawTable(Z, Y, label_index(columns.sectors), added, output, note=note)


def _require_label(
    sheet: _Sheet, cells: Sequence[Cell], columns: _Columns, layout: Layout, label: Label
) -> None:
    """Raise a SourceError unless a row has the label of the column of the same number."""
    for offset, expected in zip((layout.country_column, layout.code_column), label, strict=True):
        column = columns.first + offset
        if _text(cells[column]).casefold() != expected.casefold():
            raise SourceError(
                f"{sheet.at(sheet.row, column)}: '{_text(cells[column])}' in place of '{expected}'; "
                "rows and columns must have the same labels"
            )


def _read_added(sheet: _Sheet, columns: _Columns, layout: Layout, Z: Array) -> Array:
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
