"""The full Eora and GLORIA, from files laid out as theirs are, and from damaged ones."""

import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pymrio
import pytest
from hypothesis import given, settings

import gvc_helpers as gvc
from gvc_helpers.databases.eora import EORA_FORMS, GLORIA_FORM, read_eora, read_gloria
from gvc_helpers.databases.files import SourceError, find
from tests.conftest import ragged, small_table

EORA = "21160000_annetest_AllCountries_199_{}-Results_2015_082_Markup001(full)"
GLORIA = "20230315_120secMother_AllCountries_002_{}-Results_2015_057_Markup001(full).csv"
SECTORS = ["Farms", "Works"]


def text(matrix, delimiter=","):
    return "".join(delimiter.join(map(repr, row)) + "\n" for row in np.asarray(matrix, float).tolist())


def as_table(raw):
    return gvc.IOTable(raw.Z, raw.Y, index=raw.index, value_added=raw.value_added, unit=raw.unit)


def assert_same(raw, table):
    np.testing.assert_array_equal(raw.Z, table.Z)
    np.testing.assert_array_equal(raw.Y, table.Y)
    np.testing.assert_array_equal(raw.value_added, table.value_added)
    assert list(raw.index) == list(table.index)
    assert raw.Z.base is None, "a view would be copied later"
    pd.testing.assert_series_equal(
        gvc.vertical_specialization(as_table(raw)).vs, gvc.vertical_specialization(table).vs
    )


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


# The full Eora ------------------------------------------------------------------------------------


def moved(content, line, to):
    """Move a line of a text."""
    lines = content.splitlines()
    lines.insert(to - 1, lines.pop(line - 1))
    return "\n".join(lines) + "\n"


def labels(rows):
    """Write a list of labels as indices.zip has them."""
    lines = [f'{n}, "Country {c}", "{c}", "{e}", "{s}"\n' for n, (c, e, s) in enumerate(rows, start=1)]
    return "Count, Country, CountryA3, Entity, Sector\n" + "".join(lines)


def write_eora(folder, table, discrepancy=0.0, rows=None, suffix=".csv", name=EORA):
    """Write a table as the full Eora, trading `discrepancy` of its output with ROW."""
    delimiter = "\t" if suffix == ".txt" else ","
    size, width = table.Y.shape
    T = np.zeros((size + 1, size + 1))
    T[:-1, :-1] = table.Z
    T[:-1, -1] = discrepancy * table.output
    T[-1, :-1] = -2 * discrepancy * table.output
    Y = np.zeros((size + 1, 2 * width + 2))
    Y[:-1, :-2] = np.repeat(table.Y, 2, axis=1) / 2
    V = np.zeros((2 * width + 2, size + 1))
    for country, own in enumerate(table.blocks):
        V[2 * country : 2 * country + 2, own] = table.value_added.to_numpy()[own] * [[0.75], [0.25]]
    rows = rows or [(country, "Industries", sector) for country, sector in table.index]
    categories = {
        kind: [(c, kind, f"{kind} {n}") for c in [*table.countries, "ROW"] for n in "ab"]
        for kind in ("Final Demand", "Primary Inputs")
    }
    for part, matrix in {"T": T, "Y": Y, "V": V}.items():
        content = text(matrix, delimiter)
        (folder / (name.format(part) + suffix)).write_text(content, encoding="utf-8")
    index = {
        "index_t.csv": labels([*rows, ("ROW", "Industries", "Total")]),
        "index_y.csv": labels(categories["Final Demand"]),
        "index_v.csv": labels(categories["Primary Inputs"]),
    }
    for file, content in index.items():
        (folder / file).write_text(content, encoding="utf-8")


def eora(folder, year=2015):
    found = find(folder, EORA_FORMS, year, "Eora")
    with found.unpacked() as parts:
        return read_eora(parts, found)


@pytest.mark.parametrize(
    ("name", "suffix"),
    [(EORA, ".csv"), (EORA, ".txt"), ("2015_eora_{}", ".csv"), ("Eora_2015_bp_{}", ".txt")],
)
def test_eora_comes_back_as_written(tmp_path, name, suffix):
    table = small_table()
    write_eora(tmp_path, table, suffix=suffix, name=name)
    raw = eora(tmp_path)
    assert_same(raw, table)
    assert (raw.unit, raw.price, raw.edition) == ("000 USD", "basic prices", "082" if name == EORA else "")


@settings(max_examples=15)
@given(ragged())
def test_eora_with_other_sectors_in_every_country(table):
    with tempfile.TemporaryDirectory() as folder:
        write_eora(Path(folder), table, discrepancy=0.01)
        raw = eora(Path(folder))
    assert_same(raw, gvc.IOTable(table.Z, table.Y, index=table.index, value_added=raw.value_added))
    np.testing.assert_allclose(raw.value_added, table.value_added, rtol=1e-14)


def test_discrepancies_are_left_out_and_told(tmp_path):
    table = small_table()
    write_eora(tmp_path, table, discrepancy=0.125)
    raw = eora(tmp_path)
    assert_same(raw, table)
    # 12.5 % on top of the output that the table has, and twice as much from ROW: 12.5 and 25 of 112.5.
    assert "sales to it were 11.1 % and purchases from it 22.2 % of output" in raw.note


def test_final_demand_of_discrepancies_is_told(tmp_path):
    table = small_table()
    write_eora(tmp_path, table)
    file = tmp_path / (EORA.format("Y") + ".csv")
    Y = np.loadtxt(file, delimiter=",")
    Y[:-1, -1] = -table.output.to_numpy() / 2
    file.write_text(text(Y), encoding="utf-8")
    raw = eora(tmp_path)
    np.testing.assert_array_equal(raw.Y, table.Y)
    assert "sales to it were 100 %" in raw.note


def test_primary_inputs_of_all_rows_are_value_added(tmp_path):
    table = small_table()
    write_eora(tmp_path, table)
    file = tmp_path / (EORA.format("V") + ".csv")
    V = np.loadtxt(file, delimiter=",")
    V[-1, 1], V[0, 3] = 7.0, -2.0
    file.write_text(text(V), encoding="utf-8")
    np.testing.assert_array_equal(
        eora(tmp_path).value_added, table.value_added.to_numpy() + np.array([0, 7, 0, -2])
    )


def test_industries_and_commodities_keep_labels_of_their_own(tmp_path):
    rows = [
        ("AAA", "Industries", "Seafood"),
        ("AAA", "Commodities", "Seafood"),
        ("AAA", "Commodities", "Seafood"),
        ("BBB", "Commodities", "Seafood, fresh"),
    ]
    three = gvc.IOTable(
        small_table().Z,
        np.ones((4, 2)),
        index=pd.MultiIndex.from_tuples([("AAA", "1"), ("AAA", "2"), ("AAA", "3"), ("BBB", "1")]),
    )
    write_eora(tmp_path, three, rows=rows)
    assert list(eora(tmp_path).index) == [
        ("AAA", "Seafood"),
        ("AAA", "Commodities: Seafood"),
        ("AAA", "Commodities: Seafood (2)"),
        ("BBB", "Seafood, fresh"),
    ]


def test_eora_from_archives(tmp_path):
    table = small_table()
    write_eora(tmp_path, table)
    for name, files in {"indices": "index_?.csv", "matrices": "*Results*"}.items():
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as archive:
            for file in sorted(tmp_path.glob(files)):
                archive.write(file, file.name)
                file.unlink()
    assert_same(eora(tmp_path), table)


def test_labels_may_be_in_latin_1(tmp_path):
    write_eora(tmp_path, small_table())
    replaced(tmp_path / "index_t.csv", "Works", "Café")
    file = tmp_path / "index_t.csv"
    file.write_bytes(file.read_text(encoding="utf-8").encode("latin-1"))
    assert eora(tmp_path).index[1] == ("AAA", "Café")


FILE = {part: EORA.format(part) + ".csv" for part in "TYV"}
EORA_DAMAGE = {
    "line lost": (FILE["T"], lambda t: t[: t.rindex("\n", 0, -1) + 1], "4 line(s) instead of 5"),
    "cut off": (FILE["T"], lambda t: t[:-12], "line 5: 3 columns instead of 5"),
    "column lost": (FILE["V"], lambda t: t.replace("0.0,", "", 1), "line 1: 4 columns instead of 5"),
    "text": (FILE["T"], lambda t: t.replace("20.0", "n/a", 1), "line 2, column 2: 'n/a' is no number"),
    "NaN": (FILE["Y"], lambda t: t.replace("15.0", "NaN", 1), "line 1, column 1: nan is no number"),
    "empty": (FILE["T"], lambda t: t.replace("20.0", "", 1), "line 2, column 2: an empty cell is no number"),
    "labels too many": (
        "index_t.csv",
        lambda t: t + '6, "X", "ROW", "Industries", "More"\n',
        "line 1: 5 columns instead of 6",
    ),
    "labels too few": ("index_y.csv", lambda t: t[: t.rindex("6, ")], "line 1: 6 columns instead of 5"),
    "header lost": ("index_t.csv", lambda t: t.partition("\n")[2], "line 1: there is no column CountryA3"),
    "label lost": ("index_t.csv", lambda t: t.replace("Works", "", 1), "line 3, column Sector: the label"),
    "label cut": ("index_v.csv", lambda t: t.replace(', "Primary Inputs a"', "", 1), "line 2: 4 columns"),
    "apart": ("index_t.csv", lambda t: moved(t, 2, 4), "the rows of country AAA are not together"),
    "unknown": ("index_y.csv", lambda t: t.replace('"BBB"', '"CCC"'), "no country BBB"),
    "no labels": ("index_v.csv", lambda t: t.partition("\n")[0], "no labels below its header"),
}


@pytest.mark.parametrize(("name", "damage", "message"), EORA_DAMAGE.values(), ids=EORA_DAMAGE)
def test_damaged_eora_is_refused(tmp_path, name, damage, message):
    write_eora(tmp_path, small_table())
    file = tmp_path / name
    file.write_text(damage(file.read_text(encoding="utf-8")), encoding="utf-8")
    affected = name if "index" not in name else name.replace("index_", "").partition(".")[0].upper()
    assert message in fault(lambda: eora(tmp_path), name, FILE.get(affected, name))


def test_eora_with_decimal_commas_is_refused(tmp_path):
    write_eora(tmp_path, small_table(), suffix=".txt")
    file = tmp_path / (EORA.format("T") + ".txt")
    file.write_text(file.read_text(encoding="utf-8").replace(".", ","), encoding="utf-8")
    message = fault(lambda: eora(tmp_path), file.name)
    assert message.endswith("line 1, column 1: '10,0' is no number; decimals need a point")


@pytest.mark.parametrize("name", ["index_t.csv", FILE["V"]])
def test_eora_without_a_file_is_refused(tmp_path, name):
    write_eora(tmp_path, small_table())
    (tmp_path / name).unlink()
    fault(lambda: eora(tmp_path), name.replace("annetest_AllCountries_199", "*"), "index_t.csv", "*_V-")


# GLORIA -------------------------------------------------------------------------------------------


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
    folder, accounts = root / "GLORIA_MRIOs_57_2015", root / "GLORIA_SatelliteAccounts_057_2015"
    for path in (folder, accounts):
        path.mkdir()
    for part, matrix in {"T": T, "Y": Y, "V": V}.items():
        (folder / GLORIA.format(part)).write_text(text(matrix), encoding="utf-8")
    for part, width in {"TQ": rows, "YQ": 2 * len(regions)}.items():
        (accounts / GLORIA.format(part)).write_text(text(np.ones((1, width))), encoding="utf-8")
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


def gloria(root, year=2015):
    found = find(root, [GLORIA_FORM], year, "GLORIA")
    with found.unpacked() as parts:
        return read_gloria(parts, found)


@pytest.mark.parametrize("empty", [None, 0, 1, 2])
def test_gloria_comes_back_as_written(tmp_path, empty):
    table = small_table()
    write_gloria(tmp_path, table, empty)
    raw = gloria(tmp_path)
    assert_same(raw, table)
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
    assert_same(gloria(tmp_path), small_table())


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
