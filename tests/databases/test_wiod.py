"""The World Input-Output Database: the workbooks of both releases, and damaged ones."""

from functools import partial

import pytest
import xlsxwriter

from gvc_helpers.databases import wiod
from tests.databases.cases import (
    CATEGORIES,
    THREE,
    Case,
    assert_exact,
    by_category,
    cells,
    drop_column,
    drop_row,
    exact,
    footer,
    put,
    read_by,
    refused,
    save,
    swap,
)  # fmt: skip

WIOD = exact(["AUS", "RUS", "ROW"], ["A01", "C10-C12"])
WIOD_ROWS = ["II_fob", "TXSP", "EXP_adj", "PURR", "PURNR", "VA", "IntTTM", "GO"]


def write_wiod_2013(table, file):
    """A workbook as of release 2013: four header rows and columns, rows r60 to r69, a total column."""
    names = table.sectors
    codes = [f"code {number}" for number in range(len(names))]
    numbers = [*(f"c{number}" for number in range(1, len(names))), "c35"]  # the parser ends the sectors there
    demand = ["c37", "c38", "c39", "c41", "c42"]
    n = len(names)
    header = [
        [codes[i % n] for i in range(len(table.index))] + [""] * (5 * len(table.countries)),
        [names[i % n] for i in range(len(table.index))] + CATEGORIES * len(table.countries),
        list(table.index.get_level_values(0)) + [c for c in table.countries for _ in CATEGORIES],
        [numbers[i % n] for i in range(len(table.index))] + demand * len(table.countries),
    ]
    corner = ["Intercountry Input-Output Table for " + str(table.year), "World, in current prices",
              "(industry-by-industry)", "(millions of US$)"]  # fmt: skip
    top = [[corner[0]], [corner[1]]]
    rows = top + [[corner[i + 2] if i < 2 else "", "", "", "", *line] for i, line in enumerate(header)]
    rows[3] += ["Total output"]
    Y = by_category(table, CATEGORIES)
    for i, (country, _) in enumerate(table.index):
        label = [codes[i % n], names[i % n], country, numbers[i % n]]
        rows.append([*label, *table.Z[i], *Y[i], float(table.output.iloc[i])])
    inputs, added = table.inputs.to_numpy(), table.value_added.to_numpy()
    below = {
        ("Total intermediate consumption", "TOT", "r60"): inputs,
        ("Taxes less subsidies on products", "TOT", "r61"): added * 0 + 1,
        ("Value added at basic prices", "TOT", "r64"): added - 1,
        ("Output at basic prices", "TOT", "r69"): inputs + added,
    }
    rows += [["", *label, *values, *[0.0] * Y.shape[1], 0.0] for label, values in below.items()]
    with xlsxwriter.Workbook(str(file)) as book:
        sheet = book.add_worksheet(f"WIOT_{table.year}")
        for row, line in enumerate(rows):
            sheet.write_row(row, 0, line)


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


CASES = {
    "wiod 2013": Case(
        "wiod",
        lambda table, folder: write_wiod_2013(table, folder / f"wiot{table.year % 100:02}_row_sep12.xlsx"),
        {"ROM": "ROU", "RUS": "RUS", "USA": "USA", "RoW": "ROW"},
        "wiod-2013",
        edition="2013",
    ),
    "wiod 2016": Case(
        "wiod",
        lambda table, folder: write_wiod_2016(
            table, folder, f"WIOT{table.year}_Nov16_ROW.xlsx", sheet=str(table.year)
        ),
        THREE,
        "wiod-2016",
        edition="2016",
    ),
}
FORMS, READ = wiod.FORMS_2016, wiod.read_2016


def test_number_that_excel_holds_as_text(tmp_path):
    def edit(rows):
        rows[8][5] = f" {rows[8][5]}\u00a0"

    write_wiod_2016(WIOD, tmp_path, edit=edit)
    assert_exact(read_by(tmp_path, FORMS, READ)[1], WIOD)


def test_year_is_chosen(tmp_path):
    for year in (2013, 2014):
        write_wiod_2016(WIOD, tmp_path, f"WIOT{year}_Nov16_ROW.xlsx", sheet=str(year))
    found, raw = read_by(tmp_path, FORMS, READ, 2013)
    assert found.year == 2013
    assert_exact(raw, WIOD)


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
    refused(write_wiod_2016, WIOD, FORMS, READ, tmp_path, message, edit=edit)


def test_workbook_of_another_year(tmp_path):
    message = "sheet '2013' is of another year than the name, 2014"
    refused(write_wiod_2016, WIOD, FORMS, READ, tmp_path, message, sheet="2013")


def test_workbook_with_two_tables(tmp_path):
    def write(table, folder):
        rows = []
        write_wiod_2016(table, folder, edit=rows.extend)
        return save(folder / "WIOT2014_Nov16_ROW.xlsx", [], None, [("one", rows), ("two", rows)])

    message = "several sheets hold a table (one, two); one is expected"
    refused(write, WIOD, FORMS, READ, tmp_path, message)


def test_wiod_release_in_the_other_format(tmp_path):
    """A workbook of the one format under the name of the other."""
    write = partial(write_wiod_2016, name="WIOT2014_Nov16_ROW.xlsb")
    message = "cannot be read as a workbook, is it whole?"
    refused(write, WIOD, FORMS, READ, tmp_path, message)
