"""The tables of the Asian Development Bank: the workbooks as they are, and damaged ones."""

import datetime
import zipfile

import pytest

import gvc_helpers as gvc
from gvc_helpers.databases.adb_mrio import FORMS, read
from tests.databases.cases import (
    Case,
    assert_exact,
    cells,
    drop_column,
    drop_row,
    exact,
    footer,
    put,
    read_by,
    refused,
    save,
)  # fmt: skip

ADB = exact(["AUS", "PRC", "RoW"], ["c1", "c2"])
ADB_ROWS = ["r60", "r99", "r61", "r62", "r63", "r64", "r65", "r69"]


def write_adb_mrio(
    table, folder, name="ADB-MRIO-2017.xlsx", edit=None, titles=3, sheet="ADB MRIO 2017", prices="current"
):
    """A workbook with the table and a sheet of names; `edit` changes its rows first."""
    demand = [(country, f"F{kind}") for country in table.countries for kind in range(1, 6)]
    labels = [*table.index, *demand]
    above = [
        ["Multiregional Input-Output Table 2017"],
        [f"{len(table.countries)} economies, at {prices} prices (industry by industry)"],
        ["In millions of US$"],
    ]
    rows = [
        *above[:titles],
        [],
        [None] * 4 + [f"name of {code}" for _, code in labels] + ["TOTAL"],
        [None] * 4 + [country for country, _ in labels] + ["ToT"],
        [None] * 4 + [code for _, code in labels],
    ]
    pairs = zip(table.index, cells(table), strict=True)
    rows += [[None, f"name of {code}", country, code, *row] for (country, code), row in pairs]
    rows += footer(table, ADB_ROWS, lambda code: [None, f"name of {code}", "ToT", code])
    rows += [[None, "a note below the table"]]
    return save(folder / name, rows, edit, [("Legend", [["Code", "F1"], ["AUS", "F2"]]), (sheet, rows)])


def case(name, edition="2", **countries):
    def write(table, folder):
        return write_adb_mrio(table, folder, name.format(table.year), sheet=f"ADB MRIO {table.year}")

    codes = {"PRC": "CHN", "RUS": "RUS", "RoW": "ROW", **countries}
    return Case("adb-mrio", write, codes, "adb", edition=edition)


CASES = {
    "adb-mrio": case("ADB-MRIO-{}.xlsx"),
    "adb-mrio 62": case("ADB-MRIO62-{}_Dec2022.xlsx"),
    "adb-mrio 72": case("ADB-MRIO72-{}_July 2025.xlsx", "4", UAE="ARE", GER="DEU"),
    "adb-mrio 72, spaces": case("ADB MRIO {}, 72 economies.xlsx"),
    "adb-mrio, spaces": case("ADB-MRIO {}.xlsx"),
}


@pytest.mark.parametrize(
    "name",
    [
        "ADB-MRIO-2017.xlsx",
        "ADB-MRIO-2017_Mar2022-3.xlsx",
        "ADB-MRIO62-2017_Dec2022.xlsx",
        "ADB-MRIO62-2017-August 2025-62.xlsx",
        "ADB-MRIO72-2017_July 2025.xlsx",
        "ADB-MRIO-2017_September 2024.xlsx",
        "ADB MRIO 2017, 72 economies.xlsx",
    ],
)
def test_names_of_adb_workbooks(name, tmp_path):
    """The year is that of the table, not of its release."""
    write_adb_mrio(ADB, tmp_path, name)
    found, raw = read_by(tmp_path, FORMS, read)
    assert found.year == 2017
    assert_exact(raw, ADB)


@pytest.mark.parametrize("titles", [0, 2, 3])
def test_titles_and_sheets_of_adb_workbooks_differ(titles, tmp_path):
    write_adb_mrio(ADB, tmp_path, titles=titles, sheet="MRIO")
    assert_exact(read_by(tmp_path, FORMS, read)[1], ADB)


def test_adb_sheet_with_an_extra_row_of_codes_and_empty_first_column(tmp_path):
    def edit(rows):
        rows.insert(4, [None] * 4 + ["0001"] * (len(rows[4]) - 5))
        for row in rows[:3]:
            row.insert(0, None)

    write_adb_mrio(ADB, tmp_path, edit=edit)
    assert_exact(read_by(tmp_path, FORMS, read)[1], ADB)


def test_labels_of_rows_in_other_letters(tmp_path):
    write_adb_mrio(ADB, tmp_path, edit=put(11, 2, "ROW"))
    assert_exact(read_by(tmp_path, FORMS, read)[1], ADB)


@pytest.mark.parametrize(
    ("name", "prices"),
    [
        ("ADB MRIO 2017, at constant 2010 prices_Oct 2024.xlsx", "current"),
        ("ADB-MRIO-2017-at-constant-2010-prices.xlsx", "current"),
        ("ADB-MRIO 2017, at constant 2010 prices.xlsx", "current"),
        ("ADB-MRIO-2017.xlsx", "constant 2010"),
    ],
)
def test_constant_prices(name, prices, tmp_path):
    write_adb_mrio(ADB, tmp_path, name, prices=prices)
    found, raw = read_by(tmp_path, FORMS, read)
    assert (found.year, raw.unit) == (2017, "million USD at prices of 2010")


def test_empty_adb_cells_are_zeros_where_totals_confirm_it(tmp_path):
    def edit(rows):
        assert rows[8][7] == rows[15][4] == 0
        rows[8][7] = " "
        rows[15][4] = None

    Z = ADB.Z.copy()
    Z[1, 3] = 0.0
    table = gvc.IOTable(Z, ADB.Y, index=ADB.index)
    write_adb_mrio(table, tmp_path, edit=edit)
    raw = read_by(tmp_path, FORMS, read)[1]
    assert_exact(raw, table)
    assert raw.note == "empty cells read as zeros: 2"


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (
            put(8, 5, "1 234,5"),
            "sheet 'ADB MRIO 2017', cell F9: '1 234,5' is no number; decimals need a point",
        ),
        (put(8, 5, "n.a."), "cell F9: 'n.a.' is no number"),
        (put(8, 5, "nan"), "cell F9: 'nan' is no number"),
        (put(8, 5, "1_0"), "cell F9: '1_0' is no number"),
        (put(8, 5, True), "cell F9: 'True' is no number"),
        (put(8, 5, datetime.date(2017, 1, 2)), "cell F9: '2017-01-02' is no number"),
        (put(8, 12, None), "cell M9: an empty cell is no number; it cannot stand for zero"),
        (put(18, 7, None), "cell H19: an empty cell is no number; it cannot stand for zero"),
        (put(8, 25, None), "cell Z9: an empty cell is no number"),
        (put(6, 9, "c1"), "cell J7: RoW / c1 stands twice"),
        (put(8, 3, "c1"), "cell D9: 'c1' in place of 'c2'; rows and columns must have the same labels"),
        (put(8, 2, "AUT"), "cell C9: 'AUT' in place of 'AUS'"),
        (put(5, 4, "PRC"), "cell G7: PRC / c1 stands twice"),
        (put(5, 12, None), "cell M6: the country is missing"),
        (put(5, 12, "XXX"), "final demand of XXX, which has no sectors in the table"),
        (drop_row(8), "cell C9: 'PRC' in place of 'AUS'"),
        (drop_row(13), "cell D14: 'r99' in place of 'r60'"),
        (drop_row(18), "no row r64 of value added stands above 'r69'"),
        (drop_row(20), "in place of 'r69'"),
        (lambda rows: rows.__delitem__(slice(19, None)), "ends at row 19; the row r69, which stands below"),
        (lambda rows: rows.__delitem__(slice(10, None)), "ends at row 10; the row of PRC / c2 is missing"),
        (put(15, 3, "r99"), "cell D16: 'r99' in place of 'r69'"),
        (drop_column(25), "cell Z7: a column of totals is expected after final demand"),
        (drop_column(24), "the column of final demand RoW / F5 is missing"),
        (drop_column(7), "cell C11: 'PRC' in place of 'RoW'"),
        (drop_column(4), "cell D8: 'c1' in place of 'c2'"),
        (drop_row(6), "no sheet (Legend, ADB MRIO 2017) has a header with the codes of final demand, F1"),
        (drop_row(5), "cell G6: name of c1 / c1 stands twice"),
    ],
)
def test_damaged_adb_workbook(edit, message, tmp_path):
    refused(write_adb_mrio, ADB, FORMS, read, tmp_path, message, edit=edit)


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "inside"])
def test_file_that_is_no_workbook(damage, tmp_path):
    def damaged(table, folder):
        file = write_adb_mrio(table, folder)
        content = file.read_bytes()
        if damage == "inside":
            with zipfile.ZipFile(file) as archive:
                parts = {name: archive.read(name) for name in archive.namelist()}
            with zipfile.ZipFile(file, "w") as archive:
                for name, part in parts.items():
                    archive.writestr(name, part[: len(part) // 2] if "sheet" in name else part)
        else:
            file.write_bytes({"cut": content[:3000], "empty": b"", "text": b"<html></html>"}[damage])
        return file

    refused(damaged, ADB, FORMS, read, tmp_path, "cannot be read as a workbook, is it whole?")
