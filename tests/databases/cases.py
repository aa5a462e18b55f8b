"""Tables that are known, what is common in the files that databases deliver, and how tests read them."""

import csv
import datetime
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import pandas as pd
import pymrio
import pytest
import xlsxwriter

import gvc_helpers as gvc
from gvc_helpers.databases.files import SourceError, find
from gvc_helpers.tables.labels import FOLDER, SPELLINGS

CATEGORIES = ["HFCE", "NPISH", "GGFC", "GFCF", "INVNT"]
YEAR = 2011
FEW = 4
"""Sectors of the small tables; the large ones have all that the database has."""
THREE = {"CHN": "CHN", "RUS": "RUS", "ROW": "ROW"}
EURO = "million EUR"
THOUSANDS = "000 USD"


def known(countries=("CHN", "MEX", "RUS", "UKR"), sectors=("A", "B", "C"), year=2015):
    """A table in balance with whole numbers, so that sums are exact."""
    generator = np.random.default_rng(7)
    size = len(countries) * len(sectors)
    Z = generator.integers(0, 50, (size, size)).astype(float)
    Y = generator.integers(100, 900, (size, len(countries))).astype(float)
    Y[:, 0] += np.maximum(Z.sum(axis=0) - Z.sum(axis=1) - Y.sum(axis=1) + 50, 0)
    return gvc.IOTable(Z, Y, list(countries), list(sectors), year=year)


def by_category(table, categories):
    """Final demand split over categories, whole numbers: (GN, G * categories), countries outermost."""
    parts = np.floor(table.Y / len(categories))
    first = table.Y - parts * (len(categories) - 1)
    blocks = [first[..., None], np.repeat(parts[..., None], len(categories) - 1, axis=2)]
    return np.concatenate(blocks, axis=2).reshape(len(table.index), -1)


def zipped(folder, name="table.zip", inside=""):
    """Put the files of a folder into an archive beside it, and the folder away."""
    archive = folder.parent / name
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as content:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                content.write(file, inside + file.relative_to(folder).as_posix())
    return archive


def write_lines(file, rows, delimiter):
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows(rows)


def system(table, unit):
    """A table as pymrio holds it."""
    rows = table.index.set_names(["region", "sector"])
    columns = pd.MultiIndex.from_product([table.countries, CATEGORIES], names=["region", "category"])
    return pymrio.IOSystem(
        Z=pd.DataFrame(table.Z, rows, rows),
        Y=pd.DataFrame(by_category(table, CATEGORIES), rows, columns),
        unit=pd.DataFrame({"unit": unit}, rows),
    )


# Whole tables, by gvc.read_table ------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """One form of a database: how it is written, and what must come out."""

    database: str
    write: Callable[[gvc.IOTable, Path], object]
    """Writes the files of a table, of the year it has, into a folder that may have those of other years."""
    countries: dict[str, str]
    """Code in the files, and the standard one."""
    concordance: str
    """File that has the sectors."""
    spelling: int = 0
    """Which of its labels stands in the files; -1 is the readable name."""
    unit: str = "million USD"
    price: str = "basic prices"
    edition: str = ""
    """Edition of a table with all sectors."""
    title: str = ""
    """What the source begins with, where it is not the name of the database."""

    @cached_property
    def sectors(self) -> dict[str, str]:
        """Label in the files, and readable name."""
        with (FOLDER / f"{self.concordance}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        if self.spelling < 0:
            return {row["sector"]: row["sector"] for row in rows}
        spellings = [row["code"].split(SPELLINGS) for row in rows]
        labels = [known[min(self.spelling, len(known) - 1)] for known in spellings]
        return {label: row["sector"] for label, row in zip(labels, rows, strict=True)}

    def raw(self, few=False, year=YEAR, factor=1.0):
        """The table as the files label it."""
        table = known(tuple(self.countries), list(self.sectors)[: FEW if few else None], year)
        return gvc.IOTable(factor * table.Z, factor * table.Y, index=table.index, year=year)

    def expected(self, **which):
        """The same table as a study has to see it."""
        raw = self.raw(**which)
        pairs = [(self.countries[country], self.sectors[sector]) for country, sector in raw.index]
        return gvc.IOTable(raw.Z.copy(), raw.Y.copy(), index=pd.MultiIndex.from_tuples(pairs), year=raw.year)


def assert_same(read, expected):
    """The numbers of the known table, whatever order its rows stand in, and the same VS."""
    assert set(read.countries) == set(expected.countries)
    assert set(read.sectors) == set(expected.sectors)
    rows = expected.index.get_indexer(read.index)
    columns = pd.Index(expected.countries).get_indexer(read.countries)
    assert sorted(rows) == list(range(len(expected.index)))
    near = partial(np.testing.assert_allclose, rtol=1e-12, atol=1e-9)
    near(read.Z, expected.Z[np.ix_(rows, rows)])
    near(read.Y, expected.Y[np.ix_(rows, columns)])
    near(read.value_added, expected.value_added.to_numpy()[rows])
    assert np.abs(read.imbalance).max() < 1e-9 * read.output.max()
    if read.stated_output is not None:
        near(read.stated_output, read.output)
    vs = gvc.vertical_specialization(expected).vs
    assert (vs > 0).all()
    near(gvc.vertical_specialization(read).vs.reindex(vs.index), vs)


# What a reader alone finds ------------------------------------------------------------------------


def read_by(path, forms, reader, year=None):
    """What was found, and the table that a reader makes of it."""
    found = find(path, forms, year, "the database")
    with found.unpacked() as parts:
        return found, reader(parts, found)


def assert_exact(raw, table):
    """A reader found the table that was written, to the last digit."""
    added = table.value_added if raw.value_added is None else raw.value_added
    for read, written in ((raw.Z, table.Z), (raw.Y, table.Y), (added, table.value_added)):
        np.testing.assert_array_equal(read, written)
    assert list(raw.index) == list(table.index)
    again = gvc.IOTable(raw.Z, raw.Y, index=raw.index, value_added=added, unit=raw.unit)
    vs = [gvc.vertical_specialization(each).vs for each in (again, table)]
    pd.testing.assert_series_equal(*vs)


def fault(read, *changed):
    """Return the message of a reader, one line that names one of the files changed."""
    with pytest.raises(SourceError) as caught:
        read()
    message = str(caught.value)
    assert "\n" not in message
    assert not changed or any(name in message for name in changed)
    return message


def replaced(file, old, new, count=1):
    content = file.read_text(encoding="utf-8")
    assert old in content
    file.write_text(content.replace(old, new, count), encoding="utf-8")


def text(matrix, delimiter=","):
    return "".join(delimiter.join(map(repr, row)) + "\n" for row in np.asarray(matrix, float).tolist())


# Numbers with labels, in a sheet or a text file ---------------------------------------------------

SHARES = np.array([0.25, 0.5, 0.125, 0.25, -0.125])
"""Of the five kinds of final demand, inventories run down; exact in binary, as all numbers here."""


def exact(countries, sectors):
    """A table in balance, of whole numbers, that sums of shares give back to the last digit."""
    generator = np.random.default_rng(1)
    size = len(countries) * len(sectors)
    Z = generator.integers(0, 20, (size, size)).astype(float)
    Y = 8.0 * generator.integers(1, 20, (size, len(countries)))
    Y[:, 0] += 8.0 * np.ceil(np.maximum(Z.sum(axis=0) * 1.2 - Z.sum(axis=1) - Y.sum(axis=1), 0) / 8)
    return gvc.IOTable(Z, Y, countries, sectors)


def split(table):
    """Final demand in five columns for each country."""
    return (table.Y[:, :, None] * SHARES).reshape(len(table.Y), -1)


def cells(table):
    """Flows, final demand and totals, rows of the sheet."""
    return np.column_stack([table.Z, split(table), table.output]).tolist()


def footer(table, codes, label):
    """Rows below the sectors: inputs, six that add up to value added, and output."""
    added = table.value_added.to_numpy()
    shares = [0.125, 0.0, 0.0, 0.0, 0.75, 0.125]
    rows = [table.inputs.to_numpy(), *(share * added for share in shares), table.output.to_numpy()]
    blank = [None] * (split(table).shape[1] + 1)
    return [label(code) + row.tolist() + blank for code, row in zip(codes, rows, strict=True)]


def save(path, rows, edit, sheets):
    if edit is not None:
        edit(rows)
    with xlsxwriter.Workbook(path) as book:
        for name, content in sheets:
            sheet = book.add_worksheet(name)
            dates = book.add_format({"num_format": "yyyy-mm-dd"})
            for at, row in enumerate(content):
                for column, cell in enumerate(row):
                    if isinstance(cell, datetime.date):
                        sheet.write_datetime(at, column, cell, dates)
                    elif isinstance(cell, str):
                        sheet.write_string(at, column, cell)
                    elif cell is not None:
                        sheet.write(at, column, cell)
    return path


def put(row, column, value):
    """Write a value in a cell, counted from 0."""

    def edit(rows):
        rows[row][column] = value

    return edit


def drop_row(row):
    return lambda rows: rows.pop(row)


def drop_column(column):
    def edit(rows):
        for row in rows:
            del row[column : column + 1]

    return edit


def swap(first, second):
    def edit(rows):
        rows[first], rows[second] = rows[second], rows[first]

    return edit


def refused(write, table, forms, reader, folder, message, **options):
    """Assert that a damaged file is refused in one line that names it and says where and what."""
    file = write(table, folder, **options)
    with pytest.raises(SourceError) as refusal:
        read_by(folder, forms, reader)
    text = str(refusal.value)
    assert text.startswith(f"'{file}'")
    assert "\n" not in text
    assert message in text
