"""GLORIA, from files laid out as its are, and from damaged ones."""

import zipfile

import numpy as np
import pandas as pd
import pymrio
import pytest

from gvc_helpers.databases.gloria import FORM, read
from tests.conftest import small_table
from tests.databases.cases import THOUSANDS, Case, assert_exact, fault, read_by, text

GLORIA = "20230315_120secMother_AllCountries_002_{}-Results_2015_057_Markup001(full).csv"
SECTORS = ["Farms", "Works"]


def write_gloria(root, table, empty=None):
    """Write a table as GLORIA, with a region without any flow and accounts that pymrio asks for."""
    n, regions = len(table.sectors), list(table.countries)
    place = {code: number for number, code in enumerate(table.countries)}
    if empty is not None:
        regions.insert(empty, "DYE")
    rows = len(regions) * 2 * n
    industry = np.tile(np.repeat([True, False], n), len(regions))
    there = np.repeat([region in place for region in regions], n)
    T, Y, V = np.zeros((rows, rows)), np.zeros((rows, 2 * len(regions))), np.zeros((2 * len(regions), rows))
    made, used = np.flatnonzero(industry)[there], np.flatnonzero(~industry)[there]
    T[np.ix_(used, made)] = table.Z
    T[made, used] = table.output
    for column, region in enumerate(regions):
        if region in place:
            Y[used, 2 * column : 2 * column + 2] = table.Y[:, [place[region]]] * [0.75, 0.25]
            own = made[table.blocks[place[region]]]
            V[2 * column : 2 * column + 2, own] = table.value_added.loc[region].to_numpy() / 2
    year, name = table.year, GLORIA.replace("2015", str(table.year))
    folder, accounts = root / f"GLORIA_MRIOs_57_{year}", root / f"GLORIA_SatelliteAccounts_057_{year}"
    for path in (folder, accounts):
        path.mkdir()
    for part, matrix in {"T": T, "Y": Y, "V": V}.items():
        (folder / name.format(part)).write_text(text(matrix), encoding="utf-8")
    for part, width in {"TQ": rows, "YQ": 2 * len(regions)}.items():
        (accounts / name.format(part)).write_text(text(np.ones((1, width))), encoding="utf-8")
    with pd.ExcelWriter(root / "GLORIA_ReadMe_057.xlsx") as book:
        names = {"Region_acronyms": regions, "Region_names": [f"Region {region}" for region in regions]}
        pd.DataFrame(names).to_excel(book, sheet_name="Regions", index=False)
        pd.DataFrame({"Sector_names": table.sectors}).to_excel(book, sheet_name="Sectors", index=False)
        pd.DataFrame(
            {"Value_added_names": ["Wages", "Taxes"], "Final_demand_names": ["Households", "Stocks"]}
        ).to_excel(book, sheet_name="Value added and final demand", index=False)
        pd.DataFrame(
            {"Sat_indicator": ["CO2"], "Sat_head_indicator": ["Emissions"], "Sat_unit": ["kt"]}
        ).to_excel(book, sheet_name="Satellites", index=False)
    return folder


CASES = {
    "gloria": Case(
        "gloria",
        lambda table, folder: write_gloria(folder, table, empty=1),
        {"SDS": "SSD", "RUS": "RUS", "XEU": "XEU"},
        "gloria",
        0,
        THOUSANDS,
        edition="057",
    ),
}


def gloria(root):
    raw = read_by(root, [FORM], read, 2015)[1]
    assert raw.Z.base is None, "a view would be copied later"
    return raw


@pytest.mark.parametrize("empty", [None, 0, 1, 2])
def test_gloria_comes_back_as_written(tmp_path, empty):
    table = small_table()
    write_gloria(tmp_path, table, empty)
    raw = gloria(tmp_path)
    assert_exact(raw, table)
    np.testing.assert_array_equal(raw.output, table.output)
    assert (raw.unit, raw.price, raw.edition) == ("000 USD", "basic prices", "057")
    assert raw.note == ("" if empty is None else "Regions without any flow are left out: DYE")


def test_gloria_is_what_pymrio_reads(tmp_path):
    write_gloria(tmp_path, small_table(), empty=1)
    raw = gloria(tmp_path)
    system = pymrio.parse_gloria(tmp_path, year=2015, version=57).calc_all()
    assert list(raw.index) == list(system.Z.index)
    np.testing.assert_allclose(raw.Z, system.Z, rtol=1e-12)
    demand = system.Y.T.groupby(level="region", sort=False).sum().T
    np.testing.assert_allclose(raw.Y, demand[raw.index.unique("country")], rtol=1e-12)
    np.testing.assert_allclose(raw.value_added, system.VA.F.sum(), rtol=1e-12)


def test_gloria_region_with_final_demand_only_stays(tmp_path):
    folder = write_gloria(tmp_path, small_table(), empty=1)
    file = folder / GLORIA.format("Y")
    Y = np.loadtxt(file, delimiter=",")
    Y[2, 2] = 1.5
    file.write_text(text(Y), encoding="utf-8")
    raw = gloria(tmp_path)
    assert list(raw.index.unique("country")) == ["AAA", "DYE", "BBB"]
    assert raw.Y[0, 1] == 1.5


def test_gloria_from_an_archive(tmp_path):
    folder = write_gloria(tmp_path, small_table())
    with zipfile.ZipFile(tmp_path / "GLORIA_MRIOs_57_2015.zip", "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
            file.unlink()
    assert_exact(gloria(tmp_path), small_table())


NAME = {part: GLORIA.format(part) for part in "TYV"}


SWAPPED = [2, 3, 0, 1, 6, 7, 4, 5]


GLORIA_DAMAGE = {
    "line lost": ("T", lambda t: t[: t.rindex("\n", 0, -1) + 1], "7 line(s) instead of 8"),
    "cut off": ("T", lambda t: t[:-7], "line 8: 7 columns instead of 8"),
    "column lost": ("Y", lambda t: t.replace("0.0,", "", 1), "line 1: 3 columns instead of 4"),
    "text": ("T", lambda t: t.replace("20.0", "..", 1), "line 4, column 2: '..' is no number"),
    "NaN": ("V", lambda t: t.replace("19.0", "NaN", 1), "line 1, column 1: nan is no number"),
    "empty": ("T", lambda t: t.replace("20.0", "", 1), "line 4, column 2: an empty cell is no number"),
    "decimal commas": ("V", lambda t: t.replace("19.0", "19,0", 1), "line 1: 9 columns instead of 8"),
    "by-product": (
        "T",
        lambda t: t.replace("0.0,0.0,56.0,0.0", "0.0,0.0,55.0,1.0", 1),
        "line 1, column 4: 1 of an industry's output is another product",
    ),
    "other layout": (
        "T",
        lambda t: text(np.loadtxt(t.splitlines(), delimiter=",")[np.ix_(SWAPPED, SWAPPED)]),
        "only a diagonal supply table can be read",
    ),
}


@pytest.mark.parametrize(("part", "damage", "message"), GLORIA_DAMAGE.values(), ids=GLORIA_DAMAGE)
def test_damaged_gloria_is_refused(tmp_path, part, damage, message):
    file = write_gloria(tmp_path, small_table()) / NAME[part]
    before = file.read_text(encoding="utf-8")
    file.write_text(damage(before), encoding="utf-8")
    assert file.read_text(encoding="utf-8") != before
    assert message in fault(lambda: gloria(tmp_path), NAME[part])


SHEETS = {
    "sheet lost": ("Regions", None, "no sheet 'Regions'"),
    "column lost": ("Sectors", {"Names": SECTORS}, "no column Sector_names; it has Names"),
    "label lost": ("Sectors", {"Sector_names": ["", "Works"]}, "column Sector_names, row 2: the label"),
    "label doubled": ("Regions", {"Region_acronyms": ["AAA", "AAA"]}, "row 3: 'AAA' stands twice"),
    "labels too many": ("Sectors", {"Sector_names": ["A", "B", "C"]}, "8 columns instead of 12"),
    "no labels": ("Regions", {"Region_acronyms": []}, "column Region_acronyms has no labels"),
}


@pytest.mark.parametrize(("sheet", "content", "message"), SHEETS.values(), ids=SHEETS)
def test_damaged_labels_of_gloria_are_refused(tmp_path, sheet, content, message):
    write_gloria(tmp_path, small_table())
    file = tmp_path / "GLORIA_ReadMe_057.xlsx"
    sheets = pd.read_excel(file, sheet_name=None)
    with pd.ExcelWriter(file) as book:
        for name, frame in sheets.items():
            changed = frame if name != sheet else None if content is None else pd.DataFrame(content)
            if changed is not None:
                changed.to_excel(book, sheet_name=name, index=False)
    assert message in fault(lambda: gloria(tmp_path), file.name, NAME["T"])


def test_labels_of_another_edition_are_refused(tmp_path):
    write_gloria(tmp_path, small_table())
    (tmp_path / "GLORIA_ReadMe_057.xlsx").rename(tmp_path / "GLORIA_ReadMe_059a.xlsx")
    assert "edition 059, and the matrices are of 057" in fault(lambda: gloria(tmp_path), "059a")


def test_labels_that_are_no_workbook_are_refused(tmp_path):
    write_gloria(tmp_path, small_table())
    (tmp_path / "GLORIA_ReadMe_057.xlsx").write_bytes(b"PK damaged")
    assert "cannot be read as a workbook" in fault(lambda: gloria(tmp_path), "GLORIA_ReadMe_057.xlsx")


def test_gloria_without_labels_is_refused(tmp_path):
    write_gloria(tmp_path, small_table())
    (tmp_path / "GLORIA_ReadMe_057.xlsx").unlink()
    assert "not GLORIA_ReadMe_*.xlsx" in fault(lambda: gloria(tmp_path), NAME["T"])
