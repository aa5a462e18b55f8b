"""Readers of ADB MRIO, WIOD 2016 and FIGARO: the files as they are, and damaged ones."""

import csv
import datetime
import zipfile
from functools import partial

import numpy as np
import pytest
import xlsxwriter

import gvc_helpers as gvc
from gvc_helpers.databases.files import SourceError, find
from gvc_helpers.databases.workbooks import (
    ADB_MRIO,
    FIGARO,
    WIOD_2016,
    read_adb_mrio,
    read_figaro,
    read_wiod_2016,
)

SHARES = np.array([0.25, 0.5, 0.125, 0.25, -0.125])
"""Of the five kinds of final demand, inventories run down; exact in binary, as all numbers here."""


def known(countries, sectors):
    """A table in balance, of whole numbers."""
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


# The files of each database


ADB = known(["AUS", "PRC", "RoW"], ["c1", "c2"])
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


WIOD = known(["AUS", "RUS", "ROW"], ["A01", "C10-C12"])
WIOD_ROWS = ["II_fob", "TXSP", "EXP_adj", "PURR", "PURNR", "VA", "IntTTM", "GO"]


def write_wiod_2016(table, folder, name="WIOT2014_Nov16_ROW.xlsx", edit=None, sheet="2014"):
    """A workbook with the table; `edit` changes its rows first."""
    kinds = ["CONS_h", "CONS_np", "CONS_g", "GFCF", "INVEN"]
    labels = [*table.index, *((country, kind) for country in table.countries for kind in kinds)]
    numbers = [f"c{number}" for number in range(1, len(labels) + 1)]
    rows = [
        ["Intercountry Input-Output Table"],
        ["43 countries, in current prices"],
        ["(industry-by-industry)", None, None, None, *(code for _, code in labels), "GO"],
        ["(millions of US$)", None, None, None, *(f"name of {code}" for _, code in labels), "Total output"],
        [None, None, None, None, *(country for country, _ in labels), "TOT"],
        [None, None, None, None, *numbers, "c99"],
    ]
    pairs = enumerate(zip(table.index, cells(table), strict=True), start=1)
    rows += [
        [code, f"name of {code}", country, f"r{row}", *values] for row, ((country, code), values) in pairs
    ]
    rows += footer(table, WIOD_ROWS, lambda code: [code, f"name of {code}", "TOT", "r99"])
    return save(folder / name, rows, edit, [(sheet, rows)])


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


EUROPE = known(["AT", "FIGW1"], ["A01", "C31_32", "P85"])
PRODUCTS = known(["AT", "FIGW1"], ["CPA_A01", "CPA_C31_32"])
FIGARO_NAME = "matrix_eu-ic-io_ind-by-ind_24ed_2015.csv"


def write_figaro(table, folder, name=FIGARO_NAME, edit=None):
    """A matrix in a text file; `edit` changes its rows first."""
    kinds = ["P3_S13", "P3_S14", "P3_S15", "P51G", "P5M"]
    demand = [f"{country}_{kind}" for country in table.countries for kind in kinds]
    labels = [f"{country}_{code}" for country, code in table.index]
    rows = [["rowLabels", *labels, *demand]]
    values = np.column_stack([table.Z, split(table)]).tolist()
    rows += [[label, *row] for label, row in zip(labels, values, strict=True)]
    shares = {"D21X31": 0.125, "OP_RES": 0, "OP_NRES": 0, "D1": 0.5, "D29X39": -0.125, "B2A3G": 0.5}
    for code, share in shares.items():
        rows.append([f"W2_{code}", *(share * table.value_added), *[7.0] * len(demand)])
    if edit is not None:
        edit(rows)
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return folder / name


WRITERS = {
    "adb": (write_adb_mrio, ADB, ADB_MRIO, read_adb_mrio),
    "wiod": (write_wiod_2016, WIOD, WIOD_2016, read_wiod_2016),
    "figaro": (write_figaro, EUROPE, FIGARO, read_figaro),
}


def read(path, forms, reader, year=None):
    found = find(path, forms, year, "the database")
    with found.unpacked() as parts:
        return found, reader(parts, found)


def same(raw, table):
    """Whether a reader found the table that was written, to the last digit."""
    assert list(raw.index) == list(table.index)
    np.testing.assert_array_equal(raw.Z, table.Z)
    np.testing.assert_array_equal(raw.Y, table.Y)
    np.testing.assert_array_equal(raw.value_added, table.value_added)
    again = gvc.IOTable(raw.Z, raw.Y, index=raw.index, value_added=raw.value_added)
    assert again.imbalance.abs().max() == 0
    vs = gvc.vertical_specialization(again).vs
    assert vs.to_dict() == gvc.vertical_specialization(table).vs.to_dict()
    assert (vs > 0).all()
    return True


# Whole files


@pytest.mark.parametrize("database", WRITERS)
def test_round_trip(database, tmp_path):
    write, table, forms, reader = WRITERS[database]
    write(table, tmp_path)
    found, raw = read(tmp_path, forms, reader)
    assert same(raw, table)
    assert raw.note == ""
    assert raw.price == found.price == "basic prices"
    about = found.year, raw.unit, raw.edition
    assert (
        about
        == {
            "adb": (2017, "million USD", "2"),
            "wiod": (2014, "million USD", "2016"),
            "figaro": (2015, "million EUR", "24ed"),
        }[database]
    )
    if database == "figaro":
        assert raw.output is None
    else:
        np.testing.assert_array_equal(raw.output, table.output)


@pytest.mark.parametrize("database", WRITERS)
def test_zipped(database, tmp_path):
    write, table, forms, reader = WRITERS[database]
    file = write(table, tmp_path)
    with zipfile.ZipFile(tmp_path / "download.zip", "w") as archive:
        archive.write(file, f"folder/{file.name}")
    file.unlink()
    assert same(read(tmp_path, forms, reader)[1], table)


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
    found, raw = read(tmp_path, ADB_MRIO, read_adb_mrio)
    assert found.year == 2017
    assert same(raw, ADB)


@pytest.mark.parametrize("titles", [0, 2, 3])
def test_titles_and_sheets_of_adb_workbooks_differ(titles, tmp_path):
    write_adb_mrio(ADB, tmp_path, titles=titles, sheet="MRIO")
    assert same(read(tmp_path, ADB_MRIO, read_adb_mrio)[1], ADB)


def test_adb_sheet_with_an_extra_row_of_codes_and_empty_first_column(tmp_path):
    def edit(rows):
        rows.insert(4, [None] * 4 + ["0001"] * (len(rows[4]) - 5))
        for row in rows[:3]:
            row.insert(0, None)

    write_adb_mrio(ADB, tmp_path, edit=edit)
    assert same(read(tmp_path, ADB_MRIO, read_adb_mrio)[1], ADB)


def test_labels_of_rows_in_other_letters(tmp_path):
    write_adb_mrio(ADB, tmp_path, edit=put(11, 2, "ROW"))
    assert same(read(tmp_path, ADB_MRIO, read_adb_mrio)[1], ADB)


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
    found, raw = read(tmp_path, ADB_MRIO, read_adb_mrio)
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
    raw = read(tmp_path, ADB_MRIO, read_adb_mrio)[1]
    assert same(raw, table)
    assert raw.note == "empty cells read as zeros: 2"


def test_number_that_excel_holds_as_text(tmp_path):
    def edit(rows):
        rows[8][5] = f" {rows[8][5]}\u00a0"

    write_wiod_2016(WIOD, tmp_path, edit=edit)
    assert same(read(tmp_path, WIOD_2016, read_wiod_2016)[1], WIOD)


def test_year_is_chosen(tmp_path):
    for year in (2013, 2014):
        write_wiod_2016(WIOD, tmp_path, f"WIOT{year}_Nov16_ROW.xlsx", sheet=str(year))
    found, raw = read(tmp_path, WIOD_2016, read_wiod_2016, 2013)
    assert found.year == 2013
    assert same(raw, WIOD)


@pytest.mark.parametrize(
    ("name", "edition"),
    [
        ("matrix_eu-ic-io_prod-by-prod_25ed_2015.csv", "25ed"),
        ("matrix_eu-ic-io_ind-by-ind_25ed_2015_v2.csv", "25ed"),
        ("matrix_eu-ic-io_prod-by-prod_2015.csv", "22ed"),
    ],
)
def test_editions_of_figaro(name, edition, tmp_path):
    """Codes of products and of some industries have an underscore of their own."""
    write_figaro(PRODUCTS, tmp_path, name)
    found, raw = read(tmp_path, FIGARO, read_figaro)
    assert same(raw, PRODUCTS)
    assert (found.year, raw.edition) == (2015, edition)


def test_figaro_columns_of_demand_in_any_place(tmp_path):
    def edit(rows):
        for row in rows:
            row[1:] = row[-10:] + row[1:-10]

    write_figaro(EUROPE, tmp_path, edit=edit)
    assert same(read(tmp_path, FIGARO, read_figaro)[1], EUROPE)


# Damaged files


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
        read(folder, forms, reader)
    text = str(refusal.value)
    assert text.startswith(f"'{file}'")
    assert "\n" not in text
    assert message in text


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
    refused(write_adb_mrio, ADB, ADB_MRIO, read_adb_mrio, tmp_path, message, edit=edit)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (put(8, 6, None), "sheet '2014', cell G9: an empty cell is no number"),
        (put(8, 6, " "), "cell G9: an empty cell is no number"),
        (put(8, 6, "1.234,5"), "cell G9: '1.234,5' is no number; decimals need a point"),
        (put(13, 4, "..."), "cell E14: '...' is no number"),
        (put(2, 6, "C10-C12"), "cell H3: RUS / C10-C12 stands twice"),
        (put(4, 9, "AUS"), "cell J3: AUS / C10-C12 stands twice"),
        (put(8, 0, "A02"), "cell A9: 'A02' in place of 'A01'"),
        (swap(6, 7), "cell A7: 'C10-C12' in place of 'A01'"),
        (drop_row(17), "no row VA of value added stands above 'GO'"),
        (drop_row(19), "sheet '2014' ends at row 19; the row GO, which stands below the sectors, is missing"),
        (drop_column(25), "a column of totals is expected after final demand"),
        (drop_column(15), "the column of final demand RUS / CONS_h is missing"),
        (drop_row(2), "has a header with the codes of final demand, CONS_h"),
        (lambda rows: rows.clear(), "no sheet (2014) has a header"),
    ],
)
def test_damaged_wiod_workbook(edit, message, tmp_path):
    refused(write_wiod_2016, WIOD, WIOD_2016, read_wiod_2016, tmp_path, message, edit=edit)


def test_workbook_of_another_year(tmp_path):
    message = "sheet '2013' is of another year than the name, 2014"
    refused(write_wiod_2016, WIOD, WIOD_2016, read_wiod_2016, tmp_path, message, sheet="2013")


def test_workbook_with_two_tables(tmp_path):
    def write(table, folder):
        rows = []
        write_wiod_2016(table, folder, edit=rows.extend)
        return save(folder / "WIOT2014_Nov16_ROW.xlsx", [], None, [("one", rows), ("two", rows)])

    message = "several sheets hold a table (one, two); one is expected"
    refused(write, WIOD, WIOD_2016, read_wiod_2016, tmp_path, message)


@pytest.mark.parametrize("database", ["adb", "wiod"])
@pytest.mark.parametrize("damage", ["cut", "empty", "text", "inside"])
def test_file_that_is_no_workbook(database, damage, tmp_path):
    write, table, forms, reader = WRITERS[database]

    def damaged(table, folder):
        file = write(table, folder)
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

    refused(damaged, table, forms, reader, tmp_path, "cannot be read as a workbook, is it whole?")


def test_wiod_release_in_the_other_format(tmp_path):
    """A workbook of the one format under the name of the other."""
    write = partial(write_wiod_2016, name="WIOT2014_Nov16_ROW.xlsb")
    refused(write, WIOD, WIOD_2016, read_wiod_2016, tmp_path, "cannot be read as a workbook, is it whole?")


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (put(2, 3, ""), "line 3, column 4: an empty cell is no number"),
        (put(2, 3, "NaN"), "line 3, column 4: 'NaN' is no number"),
        (put(2, 3, "inf"), "line 3, column 4: 'inf' is no number"),
        (put(2, 3, "1,5"), "line 3, column 4: '1,5' is no number; decimals need a point"),
        (put(2, 3, ":c"), "line 3, column 4: ':c' is no number"),
        (put(10, 3, "x"), "line 11, column 4: 'x' is no number"),
        (lambda rows: rows[4].pop(), "line 5: 16 columns instead of 17"),
        (lambda rows: rows[4].append(1.0), "line 5: 18 columns instead of 17"),
        (put(0, 2, "AT_A01"), "line 1, column 3: AT / A01 stands twice"),
        (put(0, 8, "AT_P3_S13"), "line 1, column 9: AT / P3_S13 stands twice"),
        (put(0, 2, "FIGW1_B"), "line 1, column 4: the sectors of AT are not all together"),
        (put(0, 2, "Total"), "line 1, column 3: 'Total' is no label of country and code such as AT_A01"),
        (put(0, 7, "US_P3_S13"), "line 1: final demand of US, which has no sectors in the table"),
        (put(0, 7, "FIGW1_P3_S11"), "line 1: the column of final demand AT / P3_S13 is missing"),
        (put(2, 0, "AT_A02"), "line 3: 'AT_A02' in place of 'AT_C31_32'"),
        (swap(1, 2), "line 2: 'AT_C31_32' in place of 'AT_A01'"),
        (drop_row(3), "line 4: 'FIGW1_A01' in place of 'AT_P85'"),
        (drop_row(0), "line 1, column 2: '"),
        (drop_column(1), "line 2: 'AT_A01' in place of 'AT_C31_32'"),
        (drop_column(16), "line 1: the column of final demand FIGW1 / P5M is missing"),
        (lambda rows: rows.__delitem__(slice(3, None)), "ends at line 3; the row AT_P85 is missing"),
        (lambda rows: rows.__delitem__(slice(1, None)), "ends at line 1; the row AT_A01 is missing"),
        (drop_row(12), "ends at line 12; the row W2_B2A3G is missing"),
        (put(12, 0, "W2_D1"), "line 13: 'W2_D1' stands twice"),
        (lambda rows: rows.append(rows[1]), "line 14: 'AT_A01' in place of one of W2_D21X31, W2_OP_RES"),
        (lambda rows: rows.clear(), "line 1: labels of columns are expected, separated by commas"),
    ],
)
def test_damaged_figaro_matrix(edit, message, tmp_path):
    refused(write_figaro, EUROPE, FIGARO, read_figaro, tmp_path, message, edit=edit)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text[: len(text) // 2], "columns instead of 17"),
        (lambda text: text.replace(",", ";"), "line 1: labels of columns are expected, separated by commas"),
        (lambda text: "", "line 1: labels of columns are expected"),
        (lambda text: "PK\x03\x04\x00\x00" * 50, "line 1: labels of columns are expected"),
    ],
)
def test_figaro_file_that_is_no_matrix(change, message, tmp_path):
    def write(table, folder):
        file = write_figaro(table, folder)
        file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
        return file

    refused(write, EUROPE, FIGARO, read_figaro, tmp_path, message)


def test_figaro_file_with_a_byte_order_mark(tmp_path):
    file = write_figaro(EUROPE, tmp_path)
    file.write_text("\ufeff" + file.read_text(encoding="utf-8"), encoding="utf-8")
    assert same(read(tmp_path, FIGARO, read_figaro)[1], EUROPE)
