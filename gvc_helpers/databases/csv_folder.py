"""A table in a folder of plain text files: the layout for tables that come from no database."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml

from gvc_helpers._typing import Array
from gvc_helpers.databases.files import Form, Found, Parts, SourceError, YearError
from gvc_helpers.databases.raw import by_country, label_index
from gvc_helpers.databases.registry import RawTable, register
from gvc_helpers.errors import quoted
from gvc_helpers.files.text import FileError, decoded, file_content
from gvc_helpers.files.yaml_lines import read_yaml
from gvc_helpers.tables.io_table import IOTable

FORM = Form({"Z": "Z.csv"}, folder=True)
"""A folder with Z.csv and Y.csv; value_added.csv, output.csv and table.yaml are optional."""
NAMES = {"y.csv", "value_added.csv", "output.csv", "table.yaml"}
DESCRIPTION = ("year", "unit", "price", "edition", "source")
"""What table.yaml may say."""

Label = tuple[str, str]
"""Country and sector of a row or column of Z; country and category, or nothing, of a column elsewhere."""


# The folder ---------------------------------------------------------------------------------------


def read(parts: Parts, found: Found) -> RawTable:
    """Read a table from a folder of text files with labels.

    ``Z.csv``
        Intermediate flows. The first two columns are country and sector of the row that sells, the first
        two rows country and sector of the column that buys: the same labels, in any order.
    ``Y.csv``
        Final demand, with rows as in Z. The first row is the country of destination; a second one may be
        a category, and the categories of a country are added up.
    ``value_added.csv``, ``output.csv``
        Rows as in Z, under one row of names. Columns of value added are added up; output has only one.
    ``table.yaml``
        Any of year, unit, price, edition and source.

    A row that only names the first two columns may follow those of labels. Cells stand between commas,
    semicolons or tabs; the text is in UTF-8, UTF-16 or Windows-1251. A number may have spaces (also those
    that do not break) or apostrophes between thousands and, unless cells stand between commas, a decimal
    comma; a point is always a decimal point, and a file has only one of the two. Empty columns on the
    right and empty rows are left aside. Any other cell that is no number is an error.

    Raises
    ------
    SourceError
        Naming the file, the line, and the column or label, and what is wrong.
    YearError
        When table.yaml states another year than that of the folder, or than the one asked for.

    See Also
    --------
    write_folder : writes such a folder, also as a template.
    """
    files = {name.casefold(): file for name, file in parts.items()}
    for path in files["z.csv"].parent.iterdir():  # a broken link must not count as nothing
        if path.name.casefold() in NAMES - files.keys():
            raise SourceError(f"'{path}' is no file; put the file in its place, or remove it")
    if "y.csv" not in files:
        raise SourceError(f"'{files['z.csv'].parent}' has Z.csv, but not Y.csv, the final demand")
    about = read_description(files["table.yaml"]) if "table.yaml" in files else {}
    if found.year is not None and about.get("year", found.year) != found.year:
        raise YearError(
            f"'{files['table.yaml']}': the table is of {about['year']}; the folder, or who asks for it, says "
            f"{found.year}"
        )

    flows = _sheet(files["z.csv"], levels=2)
    countries = list(dict.fromkeys(country for country, _ in flows.rows))
    rows = [row for country in countries for row in flows.rows if row[0] == country]
    Z = _taken(flows.values, flows.of_rows(rows, "itself"), flows.of_columns(rows))
    demand = _sheet(files["y.csv"], levels=1, categories=True)
    others = {
        name: _sheet(files[f"{name}.csv"], levels=1)
        for name in ("value_added", "output")
        if f"{name}.csv" in files
    }
    stated = {name: sheet.values[sheet.of_rows(rows, "Z.csv")] for name, sheet in others.items()}
    if "output" in stated and stated["output"].shape[1] != 1:
        raise SourceError(
            f"'{others['output'].file}': {stated['output'].shape[1]} columns of numbers instead of 1"
        )
    return RawTable(
        Z,
        demand.by_country(countries)[demand.of_rows(rows, "Z.csv")],
        label_index(rows),
        value_added=stated["value_added"].sum(axis=1) if "value_added" in stated else None,
        output=stated["output"][:, 0] if "output" in stated else None,
        unit=str(about.get("unit", "")),
        price=str(about.get("price", found.price)),
        edition=str(about.get("edition", found.edition)),
        name=str(about.get("source", "")),
    )


def read_description(file: Path) -> dict[str, str | int]:
    """Read what table.yaml says of a table: any of year, unit, price, edition and source.

    Raises
    ------
    SourceError
        When it is no list of these, or the year is none.
    """
    try:
        document = read_yaml(file)
    except FileError as error:
        raise SourceError(str(error)) from None
    content = document.content or {}
    if not isinstance(content, dict):
        raise SourceError(f"'{file}': expected lines such as 'unit: million USD', one for each entry")
    about: dict[str, str | int] = {}
    for key, value in content.items():
        at = document.where((key,))
        if key not in DESCRIPTION:
            raise SourceError(f"{at}: {quoted(key)} is unknown; it must be one of {', '.join(DESCRIPTION)}")
        if isinstance(value, dict | list):
            raise SourceError(f"{at}: {key} {quoted(str(value))} is no text")
        if key == "year" and not re.fullmatch("19[0-9][0-9]|20[0-9][0-9]|2100", value or ""):
            raise SourceError(f"{at}: year {quoted(value or '')} is no whole number from 1900 to 2100")
        if value is not None:
            about[key] = int(value) if key == "year" else value
    return about


def write_folder(table: IOTable, folder: Path) -> None:
    """Write a table as :func:`read` reads it: Z.csv, Y.csv, value_added.csv, output.csv, table.yaml.

    Parameters
    ----------
    table : IOTable
        The table. All its numbers and labels, year, unit, price basis, edition and source come back as
        they are; gross output is written too, so that a changed flow is noticed.
    folder : Path
        Folder for the files, made if it is not there; files of these names are replaced.

    Raises
    ------
    SourceError
        When the folder cannot be written.
    """
    about = {key: getattr(table, key) for key in ("year", "unit", "price", "edition", "source")}
    output = table.output if table.stated_output is None else table.stated_output
    sheets = {
        "Z.csv": pd.DataFrame(table.Z, table.index, table.index, copy=False),
        "Y.csv": pd.DataFrame(table.Y, table.index, table.countries, copy=False),
        "value_added.csv": table.value_added.to_frame(),
        "output.csv": output.to_frame("output"),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, sheet in sheets.items():
            sheet.to_csv(folder / name, lineterminator="\n", encoding="utf-8")
        description = {key: value for key, value in about.items() if value}
        (folder / "table.yaml").write_text(
            yaml.safe_dump(description, allow_unicode=True, sort_keys=False), encoding="utf-8"
        )
    except OSError as error:
        raise SourceError(f"folder '{folder}' cannot be written: {error.strerror}") from None


# A file of numbers with labels --------------------------------------------------------------------


@dataclass
class _Sheet:
    """Numbers of a file, with the labels of their rows and columns."""

    file: Path
    columns: list[Label]
    rows: list[Label]
    values: Array

    def of_rows(self, wanted: Sequence[Label], wanted_of: str) -> npt.NDArray[np.intp]:
        """Return the places of rows, of which there must be no others."""
        return _places(self.rows, wanted, f"'{self.file}': the rows", f"those of {wanted_of}")

    def of_columns(self, wanted: Sequence[Label]) -> npt.NDArray[np.intp]:
        """Return the places of columns, of which there must be no others."""
        return _places(self.columns, wanted, f"'{self.file}': the columns", "its rows")

    def by_country(self, countries: Sequence[str]) -> Array:
        """Add up the columns of each country."""
        of = [country for country, _ in self.columns]
        wanted = [(country, "") for country in countries]
        _places(
            [(country, "") for country in dict.fromkeys(of)],
            wanted,
            f"'{self.file}': the columns",
            "the rows of Z.csv",
        )
        return by_country(self.values, of, countries)


def _places(
    there: Sequence[Label], wanted: Sequence[Label], there_is: str, wanted_is: str
) -> npt.NDArray[np.intp]:
    """Return where labels are; the message says which are in one place only."""
    place = {label: number for number, label in enumerate(there)}
    for label in wanted:
        if label not in place:
            raise SourceError(f"{there_is} lack {_name(label)}, which {wanted_is} have")
    known = set(wanted)
    for label in there:
        if label not in known:
            raise SourceError(f"{there_is} have {_name(label)}, which {wanted_is} lack")
    return np.array([place[label] for label in wanted])


def _taken(values: Array, rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp]) -> Array:
    """Take rows and columns in another order, without a copy if it is the same."""
    same = all((order == np.arange(len(order))).all() for order in (rows, columns))
    return values if same else values[np.ix_(rows, columns)]


def _sheet(file: Path, levels: int, categories: bool = False) -> _Sheet:
    """Read a file whose first two columns and first `levels` rows (or one more) are labels."""
    text = _text(file)
    delimiter = _delimiter(text)
    layout = _Layout(file, text, delimiter, levels, categories)
    read = _plain_cells(layout, ".") or (delimiter != "," and _plain_cells(layout, ","))
    lines, rows, values = read or _any_cells(layout)
    for line, label in zip(lines, rows, strict=True):
        for what, part in zip(("country", "sector"), label, strict=True):
            if not part:
                raise SourceError(f"'{file}', line {line}: the {what} is missing")
    _refuse_doubles(rows, [f"'{file}', line {line}: row" for line in lines])
    return _Sheet(file, layout.columns, rows, values)


@dataclass
class _Layout:
    """Where the labels and the numbers of a file are."""

    file: Path
    text: str
    delimiter: str
    levels: int
    categories: bool
    heads: int = field(init=False)
    """Rows of labels, with that which names the first two columns."""
    head_lines: int = field(init=False)
    """Lines that they take."""
    width: int = field(init=False)
    """Cells of a row, without empty ones on the right."""
    columns: list[Label] = field(init=False)

    def __post_init__(self) -> None:
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.delimiter)
        try:
            top = [(reader.line_num, [_label(cell) for cell in cells]) for cells in islice(reader, 4)]
        except csv.Error as error:
            raise SourceError(f"'{self.file}', line {reader.line_num}: {error}") from None
        labels = self.levels
        second = top[1][1][2:] if len(top) > 1 else []
        if self.categories and any(second) and not any(_is_number(cell) for cell in second):
            labels += 1
        self.width = max((_filled(cells) for _, cells in top[:labels]), default=0)
        if self.width <= 2:
            raise SourceError(
                f"'{self.file}', line 1: no labels after the first two columns; "
                "cells must stand between commas, semicolons or tabs"
            )
        if len(top) < labels:
            raise SourceError(f"'{self.file}' has {len(top)} row(s); {labels} of labels are expected first")
        self.heads = labels
        if len(top) > labels and any(top[labels][1]) and not any(top[labels][1][2:]):
            self.heads += 1
        self.head_lines = top[self.heads - 1][0]
        names = [(cells + [""] * self.width)[2 : self.width] for _, cells in top[:labels]]
        for (line, _), level in zip(top[:labels], names, strict=True):
            if "" in level:
                raise SourceError(f"'{self.file}', line {line}, column {level.index('') + 3}: no label")
        self.columns = [(level[0], level[1] if len(level) > 1 else "") for level in zip(*names, strict=True)]
        _refuse_doubles(
            self.columns, [f"'{self.file}', column {column + 3}: column" for column in range(self.width - 2)]
        )


Cells = tuple[list[int], list[Label], Array]
"""Line, labels and numbers of every row."""


def _plain_cells(layout: _Layout, decimal: str) -> Cells | None:
    """Read a file fast, or return None if that needs a closer look."""
    import pyarrow
    from pyarrow import csv as arrow

    names = [f"f{column}" for column in range(layout.width)]
    try:
        table = arrow.read_csv(
            io.BytesIO(layout.text.encode()),
            read_options=arrow.ReadOptions(
                column_names=names, skip_rows=layout.head_lines, block_size=1 << 24
            ),
            parse_options=arrow.ParseOptions(delimiter=layout.delimiter, ignore_empty_lines=False),
            convert_options=arrow.ConvertOptions(
                column_types=dict.fromkeys(names[:2], pyarrow.string())
                | dict.fromkeys(names[2:], pyarrow.float64()),
                null_values=[],
                strings_can_be_null=False,
                decimal_point=decimal,
            ),
        )
    except pyarrow.ArrowInvalid:
        return None
    values = np.empty((table.num_rows, layout.width - 2))
    for column in range(layout.width - 2):
        values[:, column] = table.column(column + 2).to_numpy()
    if not np.isfinite(values).all() or (decimal == "," and _may_be_thousands(values)):
        return None
    lines = list(range(layout.head_lines + 1, layout.head_lines + 1 + table.num_rows))
    countries, sectors = (map(_label, table.column(place).to_pylist()) for place in (0, 1))
    return lines, list(zip(countries, sectors, strict=True)), values


def _may_be_thousands(values: Array) -> bool:
    """Whether all decimal commas that were read might separate thousands as well."""
    size = np.abs(values)
    three = (size >= 1) & (size < 1000) & (np.rint(values * 1000) / 1000 == values)
    return bool((three | (np.rint(values) == values)).all())


def _any_cells(layout: _Layout) -> Cells:
    """Read a file cell by cell, and say which of them is wrong."""
    reader = csv.reader(io.StringIO(layout.text, newline=""), delimiter=layout.delimiter, strict=True)
    lines: list[int] = []
    rows: list[Label] = []
    values: list[Array] = []
    marks = _DecimalMarks(layout)
    try:
        for number, cells in enumerate(reader):
            filled = _filled([cell.strip() for cell in cells])
            if number < layout.heads or not filled:
                continue
            line = reader.line_num
            at = f"'{layout.file}', line {line}"
            if filled > layout.width:
                raise SourceError(
                    f"{at}: {filled} columns instead of {layout.width}; is there a decimal comma, or a "
                    f"'{layout.delimiter}' in a label without quotation marks?"
                )
            if len(cells) < layout.width:
                raise SourceError(f"{at}: {len(cells)} columns instead of {layout.width}")
            lines.append(line)
            rows.append((_label(cells[0]), _label(cells[1])))
            values.append(_row(cells[2 : layout.width], line, marks))
    except csv.Error as error:
        raise SourceError(
            f"'{layout.file}', line {reader.line_num}: a quotation mark opens a cell and does not close it "
            f"({error})"
        ) from None
    marks.refuse_thousands()
    return lines, rows, np.vstack(values) if values else np.empty((0, layout.width - 2))


def _row(cells: Sequence[str], line: int, marks: _DecimalMarks) -> Array:
    """Read the numbers of a row."""
    joined = _BETWEEN.join(cells)
    marks.note(cells, joined, line)
    try:
        row = np.array([float(cell) for cell in _simple(joined).replace(",", ".").split(_BETWEEN)])
        if "_" not in joined and np.isfinite(row).all():
            return row
    except ValueError:
        pass
    for column, cell in enumerate(cells, start=3):
        if not _is_number(cell):
            shown = f"'{cell.strip()[:40]}' is" if cell.strip() else "an empty cell is"
            raise SourceError(f"'{marks.layout.file}', line {line}, column {column}: {shown} no number")
    return np.array([_number(cell) for cell in cells])


class _DecimalMarks:
    """Whether a file has decimal points or decimal commas, and where the first of them is."""

    def __init__(self, layout: _Layout) -> None:
        self.layout = layout
        self.first: dict[str, str] = {}
        self.only_thousands = True

    def note(self, cells: Sequence[str], joined: str, line: int) -> None:
        """Look at the marks in a row; a file has only one, and none that is its delimiter."""
        for mark, name in _MARKS.items():
            if mark not in joined or mark in self.first:
                continue
            for column, cell in enumerate(cells, start=3):
                if mark in cell and _is_number(cell):
                    place = f"line {line}, column {column}: '{cell.strip()}'"
                    if mark == self.layout.delimiter:
                        raise SourceError(
                            f"'{self.layout.file}', {place} has a comma in a file with commas between cells; "
                            "decimals need a point"
                        )
                    if self.first:
                        other = next(iter(self.first.values()))
                        raise SourceError(
                            f"'{self.layout.file}', {place} has a decimal {name}, but ({other}) another one; "
                            "use one only"
                        )
                    self.first[mark] = place
                    break
        if self.only_thousands and "," in joined:
            self.only_thousands = all(
                _THOUSANDS.fullmatch(_simple(cell).strip()) for cell in cells if "," in cell
            )

    def refuse_thousands(self) -> None:
        """Refuse commas that all stand where they might separate thousands as well."""
        if "," in self.first and self.only_thousands:
            raise SourceError(
                f"'{self.layout.file}', {self.first[',']} may be a whole number or have three decimals; "
                "leave commas between thousands out, or write decimals with a point"
            )


# Cells and text -----------------------------------------------------------------------------------

_BETWEEN = "\x1f"
_MARKS = {",": "comma", ".": "point"}
_SIGNS = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f'’", " ") | dict.fromkeys("−–‒", "-"))
_NUMBER = re.compile(
    r"[+-]?(?:(?:[0-9]+|[0-9]{1,3}(?: [0-9]{3})+)(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?"
)
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")


def _simple(text: str) -> str:
    return text.translate(_SIGNS)


def _number(cell: str) -> float:
    return float(_simple(cell).replace(" ", "").replace(",", "."))


def _is_number(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(_simple(cell).strip())) and math.isfinite(_number(cell))


def _label(cell: str) -> str:
    return " ".join(cell.split())


def _name(label: Label) -> str:
    return " / ".join(part for part in label if part)


def _filled(cells: Sequence[str]) -> int:
    """Count the cells of a row, without empty ones on the right."""
    return max((place for place, cell in enumerate(cells, start=1) if cell), default=0)


def _refuse_doubles(labels: Sequence[Label], places: Sequence[str]) -> None:
    seen: set[Label] = set()
    for label, place in zip(labels, places, strict=True):
        if label in seen:
            raise SourceError(f"{place} {_name(label)} stands twice")
        seen.add(label)


def _delimiter(text: str) -> str:
    """Return what splits the first line into most cells."""
    first = re.sub(r'"[^"]*"', "", re.split(r"[\r\n]", text, maxsplit=1)[0])
    return max(";\t,", key=first.count)


def _text(file: Path) -> str:
    try:
        text = decoded(file_content(file), str(file))
    except FileError as error:
        raise SourceError(str(error)) from None
    if control := re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", text):
        line = text.count("\n", 0, control.start()) + 1
        raise SourceError(f"'{file}', line {line}: the control character {control.group()!r} is no number")
    return text


register("csv", "table in plain files", [(FORM, read)])
