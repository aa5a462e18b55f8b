"""FIGARO: the matrices as they are, and damaged ones."""

import csv

import numpy as np
import pytest

from gvc_helpers.databases.figaro import FORMS, read
from tests.databases.cases import (
    EURO,
    Case,
    assert_exact,
    drop_column,
    drop_row,
    exact,
    put,
    read_by,
    refused,
    split,
    swap,
)  # fmt: skip

EUROPE = exact(["AT", "FIGW1"], ["A01", "C31_32", "P85"])
PRODUCTS = exact(["AT", "FIGW1"], ["CPA_A01", "CPA_C31_32"])
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


def writer(kind, years):
    name = f"matrix_eu-ic-io_{kind}-by-{kind}_{years}.csv"
    return lambda table, folder: write_figaro(table, folder, name.format(table.year))


CASES = {
    f"figaro {kind} {edition}": Case(
        "figaro",
        writer(kind, years),
        {"CN": "CHN", greece: "GRC", "RU": "RUS", "FIGW1": "ROW"},
        "figaro",
        spelling,
        EURO,
        edition=edition,
    )
    for kind, greece, spelling in (("ind", "EL", 0), ("prod", "GR", 1))
    for years, edition in (("24ed_{}", "24ed"), ("{}", "22ed"))
}


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
    found, raw = read_by(tmp_path, FORMS, read)
    assert_exact(raw, PRODUCTS)
    assert (found.year, raw.edition, raw.output) == (2015, edition, None)


def test_figaro_columns_of_demand_in_any_place(tmp_path):
    def edit(rows):
        for row in rows:
            row[1:] = row[-10:] + row[1:-10]

    write_figaro(EUROPE, tmp_path, edit=edit)
    assert_exact(read_by(tmp_path, FORMS, read)[1], EUROPE)


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
    refused(write_figaro, EUROPE, FORMS, read, tmp_path, message, edit=edit)


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

    refused(write, EUROPE, FORMS, read, tmp_path, message)


def test_figaro_file_with_a_byte_order_mark(tmp_path):
    file = write_figaro(EUROPE, tmp_path)
    file.write_text("\ufeff" + file.read_text(encoding="utf-8"), encoding="utf-8")
    assert_exact(read_by(tmp_path, FORMS, read)[1], EUROPE)
