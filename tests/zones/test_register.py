"""Registers as people have them: read alike however they are written, and every fault is named."""

import csv
import hashlib
import io
import re
import subprocess
import sys
import zipfile
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gvc_helpers.files import sheets as spreadsheets
from gvc_helpers.studies.file import load
from gvc_helpers.zones.register import (
    FIGURES,
    SYNTHETIC,
    RegisterError,
    Zone,
    data_files,
    fingerprint,
    read_zone,
    write_template,
)

REGISTER = """\
resident,sector,year,plan,employees,production,shipments,innovative,exports,revenue,resident_sales,profit,registered
Oak,Wood,2018,0,120,1234567.5,1200000,50000.25,900000,1300000,40000,-1500,2015
Oak,Wood,2019,0,125,1300000,1250000,,1000000,1400000,45000,2500.5,2015
Oak,Wood,2020,1,130,1400000,,,1100000,,,,2015
Pine,Wood,2018,0,20,0,0,0,0,1000,,,
Pine,Wood,2019,0,22,500,400,0,250.75,1100,0,-3,
Gear,Machinery,2019,0,80,80000,75000,9000,60000,90000,1000,4000,2019
Gear,Machinery,2020,1,81,90000,80000,9500,65000,95000,1100,4500,2019
"""
REGION = """\
sector,year,production,exports
Wood,2018,3000000,1500000
Wood,2019,3200000,1600000
Machinery,2018,500000,100000
Machinery,2019,600000,120000
"""
LINKS = """\
seller,buyer,year,sales
Oak,Pine,2019,30000
Gear,Oak,2019,1000.5
Oak,Gear,2019,1000
Gear,Pine,2019,500
"""
RUSSIAN = {
    "resident": "Наименование резидента",
    "sector": "Вид деятельности",
    "year": "Год",
    "plan": "План/факт",
    "employees": "Среднесписочная численность, чел.",
    "production": "Объём производства, тыс. руб.",
    "shipments": "Отгруженная продукция (тыс. руб.)",
    "innovative": "Инновационная\u00a0продукция, тыс. руб.",
    "exports": "ЭКСПОРТ [тыс. руб.]",
    "revenue": "Выручка от реализации, тыс. руб.",
    "resident_sales": "Реализация резидентам СЭЗ, тыс. руб.",
    "profit": "Прибыль (убыток), тыс. руб.",
    "registered": "Год_регистрации",
    "seller": "Продавец",
    "buyer": "Покупатель",
    "sales": "Сумма, тыс. руб.",
}


def rows_of(text):
    return list(csv.reader(io.StringIO(text)))


def joined(rows, delimiter=","):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def files(folder, register=REGISTER, region=REGION, links=None):
    contents = {"register.csv": register, "region.csv": region} | ({"links.csv": links} if links else {})
    for name, content in contents.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return [folder / name for name in contents]


def faults(*arguments, **contents):
    with pytest.raises(RegisterError) as error:
        read_zone(*(files(*arguments, **contents) if contents else arguments))
    assert str(error.value) == "\n".join(error.value.faults)
    assert not any("\n" in fault for fault in error.value.faults)
    return error.value.faults


@pytest.fixture
def zone(tmp_path):
    return read_zone(*files(tmp_path, links=LINKS))


# What a zone holds.


def test_columns_and_types(zone):
    numbers = [*FIGURES, "registered"]
    assert list(zone.register.columns) == ["resident", "sector", "year", "plan", *numbers]
    assert zone.register.dtypes.astype(str).tolist() == ["str", "str", "int64", "bool", *["float64"] * 9]
    assert zone.region.dtypes.astype(str).to_dict() == {
        "sector": "str", "year": "int64", "production": "float64", "exports": "float64"
    }  # fmt: skip
    assert zone.links.dtypes.astype(str).tolist() == ["str", "str", "int64", "float64"]
    assert zone.register.index.tolist() == list(range(7))
    assert zone.register.loc[0, numbers].tolist() == [
        *[120, 1234567.5, 1200000, 50000.25, 900000, 1300000, 40000, -1500, 2015]
    ]
    assert zone.register.loc[2, ["shipments", "revenue"]].isna().all()
    assert (zone.unit, zone.source, zone.synthetic) == (
        *("million roubles", "register.csv, region.csv, links.csv", False),
    )


def test_lists(zone):
    assert zone.sectors == ["Wood", "Machinery"]
    assert zone.residents == ["Oak", "Pine", "Gear"]
    assert (zone.years, zone.plan_years) == ([2018, 2019], [2020])
    assert repr(zone) == "<Zone: 3 residents, 2 sectors, 2018, 2019, plan 2020, million roubles>"


def test_amounts_are_sums_over_residents(zone):
    production = zone.amounts("production")
    assert production.index.tolist() == zone.sectors
    assert production.columns.tolist() == [2018, 2019, 2020]
    assert production.loc["Wood"].tolist() == [1234567.5, 1300500, 1400000]
    assert production.loc["Machinery"].tolist() == [0, 80000, 90000]
    assert zone.amounts("innovative").loc["Wood"].tolist() == [50000.25, 0, 0]
    pd.testing.assert_series_equal(
        production.sum(), zone.register.groupby("year")["production"].sum(), check_names=False
    )
    with pytest.raises(
        ValueError, match="quantity 'registered' is not in the register; it has employees, prod"
    ):
        zone.amounts("registered")


def test_sector_without_residents_has_zeros(tmp_path):
    zone = read_zone(*files(tmp_path, region=REGION + "Food,2018,10,5\nFood,2019,11,5\n"))
    assert zone.sectors == ["Wood", "Machinery", "Food"]
    assert zone.amounts("exports").loc["Food"].tolist() == [0, 0, 0]


def test_regional_table(zone):
    exports = zone.regional("exports")
    assert exports.loc["Machinery"].to_dict() == {2018: 100000, 2019: 120000}
    assert exports.index.tolist() == zone.sectors
    assert (zone.amounts("exports")[zone.years] <= exports).all(axis=None)
    with pytest.raises(
        ValueError, match="quantity 'profit' is not in the region; it has production, exports"
    ):
        zone.regional("profit")


def test_rows_of_a_year(zone):
    assert zone.of_year(2018).index.tolist() == ["Oak", "Pine"]
    assert zone.of_year(2020).loc["Gear", "exports"] == 65000
    with pytest.raises(ValueError, match="year 2017 is not in the register; it has 2018, 2019, 2020"):
        zone.of_year(2017)


def test_fingerprint_changes_with_the_data(tmp_path):
    paths = files(tmp_path, links=LINKS)
    before = fingerprint(*paths)
    assert data_files(*paths) == paths
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    assert before == digest.hexdigest()
    files(tmp_path, links=LINKS.replace("30000", "30001"))
    assert fingerprint(*paths) == before, "it is of what was read"
    read_zone(*paths)
    assert fingerprint(*paths) != before


def test_synthetic_zone_ships_with_the_package():
    zone = read_zone()
    assert (zone.source, zone.synthetic, zone.links) == (SYNTHETIC, True, None)
    assert [path.name for path in data_files()] == ["register.csv", "region.csv"]
    assert len(fingerprint()) == 64


# The same register, written in many ways.


def russian_number(text):
    """1234567.5 as 1 234 567,5 with no-break spaces."""
    if not re.fullmatch(r"-?\d+(\.\d+)?", text) or re.fullmatch(r"(19|20)\d\d", text):
        return text
    return f"{float(text):,.10g}".replace(",", "\u00a0").replace(".", ",").replace("-", "−")


def in_russian(text):
    header, *rows = rows_of(text)
    words = {"0": "факт", "1": "план"}
    plan = header.index("plan") if "plan" in header else None
    return [
        [RUSSIAN[key] for key in header],
        *[
            [words[cell] if i == plan else russian_number(cell) or "н/д" for i, cell in enumerate(row)]
            for row in rows
        ],
    ]


def semicolon_cp1251(text):
    return joined(in_russian(text), ";").replace("−", "-").encode("cp1251")


def semicolon_bom(text):
    return joined(in_russian(text), ";").encode("utf-8-sig")


def tabs_utf16(text):
    return joined(in_russian(text), "\t").encode("utf-16")


def tabs_utf16_big_endian(text):
    return b"\xfe\xff" + joined(rows_of(text), "\t").encode("utf-16-be")


def american(text):
    return joined(
        [[re.sub(r"^(-?\d{5,})$", lambda m: f"{int(m[0]):,}.0", c) for c in row] for row in rows_of(text)]
    ).encode()


def titles(text):
    notes = ["Free zone, residents, 2018-2020", "", '"in thousands, see note 3"', "sector", ""]
    return "\n".join([*notes, text]).encode()


def shuffled(text):
    rows = [[*reversed(row), f"note {i}", ""] for i, row in enumerate(rows_of(text))]
    return (joined(rows) + ",,,\n\n,,\n").encode()


def empty_rows(text):
    return text.replace("\n", "\n,,,,\n\n").encode()


def totals(text):
    """With rows of totals for the first year with all its sectors, and of one sector of the register."""
    if text == REGION:
        return (text + "Всего по региону,2018,3500000,1600000\nTotal,2019,3801000,1719000\n").encode()
    if text == LINKS:
        return text.encode()
    return (
        text + "Всего по СЭЗ,,2019,0,227,1380500,,9000,,,,,\nИтого:,Wood,2019,0,147,1300500,,,,,,2497.5,\n"
    ).encode()


def workbook(text):
    """Cells as Excel has them: numbers, truth values and empty cells; a second sheet that is not read."""
    out = io.BytesIO()
    header, *rows = rows_of(text)
    cells = [
        [None if c == "" else float(c) if re.fullmatch(r"-?[\d.]+", c) else c for c in row] for row in rows
    ]
    frame = pd.DataFrame(cells, columns=header)
    if "plan" in frame:
        frame["plan"] = frame["plan"] == 1
    with pd.ExcelWriter(out, engine="openpyxl") as writer:
        frame.to_excel(writer, index=False, startrow=4, startcol=2)
        frame.iloc[:1].to_excel(writer, sheet_name="notes")
    return out.getvalue()


def workbook_of_texts(text):
    out = io.BytesIO()
    pd.DataFrame(in_russian(text)).to_excel(out, header=False, index=False)
    return out.getvalue()


WAYS = [
    *[
        semicolon_cp1251,
        semicolon_bom,
        tabs_utf16,
        tabs_utf16_big_endian,
        american,
        titles,
        shuffled,
        empty_rows,
    ],
    *[totals, workbook, workbook_of_texts],
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_ways_to_write_the_same(zone, tmp_path, way):
    same = read_zone(*files(tmp_path, way(REGISTER), way(REGION), way(LINKS)))
    pd.testing.assert_frame_equal(same.register, zone.register)
    pd.testing.assert_frame_equal(same.region, zone.region)
    pd.testing.assert_frame_equal(same.links, zone.links)


def test_workbook_by_its_name(zone, tmp_path):
    for name, text in (("register", REGISTER), ("region", REGION)):
        (tmp_path / f"{name}.xlsx").write_bytes(workbook(text))
    same = read_zone(tmp_path / "register.xlsx", str(tmp_path / "region.xlsx"), unit="euros")
    pd.testing.assert_frame_equal(same.register, zone.register)
    assert (same.source, same.unit, same.links) == ("register.xlsx, region.xlsx", "euros", None)


def test_optional_columns_may_be_left_out(tmp_path):
    zone = read_zone(*files(tmp_path, "year,exports,production,sector,resident\n2018,1,2,Wood,Oak\n"))
    assert zone.register["employees"].isna().all()
    assert not zone.register["plan"].any()
    assert zone.years == [2018]


def test_labels_are_matched_and_written_as_in_the_first_table(tmp_path):
    register = REGISTER.replace("Oak,Wood", "  Oak,wOOd ").replace("Machinery", "Маchinery")  # М, а: Cyrillic
    zone = read_zone(*files(tmp_path, register, links=LINKS.replace("Gear,Oak", "gear,OAK")))
    assert zone.register["sector"].unique().tolist() == ["Wood", "Machinery"]
    assert zone.links.loc[1, ["seller", "buyer"]].tolist() == ["Gear", "Oak"]


@pytest.mark.parametrize("year", ["2019 г.", "2019г", "2019.0", "2019,0", "2019 год"])
def test_years(tmp_path, year):
    register = joined([[year if cell == "2019" else cell for cell in row[:12]] for row in rows_of(REGISTER)])
    assert read_zone(*files(tmp_path, register)).years == [2018, 2019]


@pytest.mark.parametrize("mark", ["", "-", "–", "—", "н/д", "Н/Д", "n/a", "NA", "...", "…", " \u00a0"])
def test_missing(tmp_path, mark):
    zone = read_zone(*files(tmp_path, REGISTER.replace("-1500", mark)))
    assert np.isnan(zone.register.loc[0, "profit"])


@pytest.mark.parametrize(
    "words", [("план", "факт"), ("Да", "нет"), ("yes", "no"), ("Plan", "FACT"), ("1", "")]
)
def test_plan(tmp_path, words):
    rows = rows_of(REGISTER)
    register = joined([rows[0], *[[*row[:3], words[row[3] == "0"], *row[4:]] for row in rows[1:]]])
    assert read_zone(*files(tmp_path, register)).plan_years == [2020]


# Numbers.

SPACES = ["", " ", "\u00a0", "\u202f", "\u2009", "'", "’"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("register")


@settings(max_examples=12)
@given(
    st.lists(st.decimals(-(10**12), 10**12, places=3).map(lambda d: d.normalize()), min_size=5, max_size=15),
    st.sampled_from([*SPACES, ",", "."]),
    st.sampled_from([".", ","]),
    st.sampled_from(["-", "−", "– "]),
    st.sampled_from([",", ";", "\t"]),
)
def test_numbers_round_trip(folder, numbers, thousands, point, minus, delimiter):
    def written(number):
        whole, _, part = f"{abs(number):,f}".partition(".")
        if thousands in ("", point) or (thousands in ",." and whole.count(",") == 1 and not part):
            whole = whole.replace(",", "")
        if delimiter == "," and point == "," and len(part) == 3:
            part += "0"  # 1,234 may be either
        return (minus if number < 0 else "") + whole.replace(",", thousands) + (point + part if part else "")

    rows = [[f"R{i}", "S", "2018", "1", "0", written(number)] for i, number in enumerate(numbers)]
    register = joined([["resident", "sector", "year", "production", "exports", "profit"], *rows], delimiter)
    zone = read_zone(*files(folder, register, "sector,year,production,exports\nS,2018,99,0\n"))
    assert zone.register["profit"].tolist() == [float(number) for number in numbers]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234", 1.234),
        ("0,125", 0.125),
        ("1.234", 1.234),
        ("1.234.567", 1234567),
        ("+1,2E+03", 1200),
        (",5", 0.5),
    ],
)
def test_single_signs_are_decimal_where_semicolons_separate(tmp_path, text, number):
    whole = re.sub(r"\.\d+", "", REGISTER)
    register = joined(rows_of(whole.replace("-1500", f'"{text}"')), ";")
    assert read_zone(*files(tmp_path, register)).register.loc[0, "profit"] == number


@pytest.mark.parametrize(
    ("cells", "delimiter", "message"),
    [
        (("2.860", "318,5"), ";", "row 2, column 'profit': 2.860 may be a whole number or have three "
         "decimals, beside 318,5 in row 8, column 'profit'; use only one of comma and point, for decimals"),
        (("318,5", "2.860"), "\t", "row 8, column 'profit': 2.860 may"),
        (("2.860", "318,5"), ",", "row 2, column 'profit': 2.860 may"),
        (("2,860", "318.5"), ";", "row 2, column 'profit': 2,860 may"),
        (("2.860", "1.234.567"), ";", "row 2, column 'profit': 2.860 may"),
        (("2.860", "3,125"), ";", "row 2, column 'profit': 2.860 may"),
        (("2.860", "318.5"), ";", None),
        (("2,860", "318,5"), ";", None),
        (("2.86", "318,5"), ";", None),
        (("0.125", "318,5"), ";", None),
        (("1.234.567", "318,5"), ";", None),
        (("2.860", "1,234,567"), ";", None),
    ],
)  # fmt: skip
def test_one_sign_for_decimals_where_the_other_may_part_thousands(tmp_path, cells, delimiter, message):
    whole = (
        re.sub(r"\.\d+", "", REGISTER).replace("-1500", f'"{cells[0]}"').replace(",4500,", f',"{cells[1]}",')
    )
    paths = files(tmp_path, joined(rows_of(whole), delimiter))
    if message is None:
        assert read_zone(*paths).register["profit"].notna().sum() == 5
    else:
        assert message in faults(*paths)[0]


def test_minus_zero_is_zero(tmp_path):
    profit = read_zone(*files(tmp_path, REGISTER.replace("-1500", "-0"))).register.loc[0, "profit"]
    assert (profit, np.signbit(profit)) == (0, False)


def test_formula_with_an_empty_text_is_an_empty_cell(tmp_path):
    zone = read_zone(*files(tmp_path, **with_formulas(of_empty_text=True)))
    assert np.isnan([zone.register.loc[1, "production"], zone.register.loc[4, "profit"]]).all()


# Faults, each with its message: the change of the good register, and what is said about it.


def in_register(old, new):
    return {"register": changed(REGISTER, old, new)}


def in_region(old, new):
    return {"region": changed(REGION, old, new)}


def in_links(old, new):
    return {"links": changed(LINKS, old, new)}


def changed(text, old, new):
    assert old in text
    return text.replace(old, new, 1)


def with_first(key, value):
    """The value in the first row that the register has."""
    header, first, *rows = rows_of(REGISTER)
    return {
        "register": joined(
            [header, [value if k == key else c for k, c in zip(header, first, strict=True)], *rows]
        )
    }


def dated(column, row):
    """A workbook of the register with a date in a cell."""
    frame = pd.read_csv(io.StringIO(REGISTER), dtype=object)
    frame.loc[row, column] = date(2019, 5, 1)
    out = io.BytesIO()
    frame.to_excel(out, index=False)
    return {"register": out.getvalue()}


def with_error_value():
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(workbook(REGISTER)))
    book.worksheets[0]["H7"].value = "#DIV/0!"
    out = io.BytesIO()
    book.save(out)
    return {"register": out.getvalue()}


def with_formulas(*, of_empty_text=False):
    """A workbook of the register with two formulas that no program has calculated, or to an empty text."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(workbook(REGISTER)))
    sheet = book.worksheets[0]
    sheet["H7"].value, sheet["N10"].value = "=2*H6", '=IF(H7>0,"","x")'
    out, calculated = io.BytesIO(), io.BytesIO()
    book.save(out)
    if not of_empty_text:
        return {"register": out.getvalue()}
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(calculated, "w") as new:
        for name in old.namelist():
            cells = re.sub(rb"<c (r=\"\w+\")([^>]*)><f>", rb'<c \1 t="str"><f>', old.read(name))
            new.writestr(name, cells)
    return {"register": calculated.getvalue()}


def sheet_of(cells):
    """A workbook whose first sheet has this XML between the tags of its data."""
    out, old = io.BytesIO(), zipfile.ZipFile(io.BytesIO(workbook(REGISTER)))
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            sheet = f'<worksheet xmlns="{space}">{cells}</worksheet>' if name.endswith("sheet1.xml") else ""
            new.writestr(name, sheet or old.read(name))
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
AMOUNT = "it must be a number, 0 or more"
BAD = {
    "text for a number": (
        in_register("80000,75000", "many,75000"),
        f"register.csv, row 7, column 'production': 'many' is not a number; {AMOUNT}, or empty",
    ),
    "error value as text": (
        in_register(",4000,", ",#ЗНАЧ!,"),
        "register.csv, row 7, column 'profit': '#ЗНАЧ!' is not a number; it must be a number of any sign, or "
        "empty",
    ),
    "error value of a workbook": (
        with_error_value(),
        "register.csv, row 7, column 'production': the cell has an error value of the workbook, such as "
        "#DIV/0!; "
        f"{AMOUNT}, or empty",
    ),
    "date in a workbook": (
        dated("exports", 3),
        "register.csv, row 5, column 'exports': '2019-05-01' is a date (Excel makes dates of entries such as "
        "1.5 or "
        f"3-2: format the cells as General and type them again); {AMOUNT}, not above production, or empty",
    ),
    "date as text": (
        in_register("250.75", "май.75"),
        "register.csv, row 6, column 'exports': 'май.75' is a date (Excel makes",
    ),
    "date for a name": (
        dated("resident", 0),
        "register.csv, row 2, column 'resident': '2019-05-01' is a date",
    ),
    "ambiguous comma": (
        in_register(",-3,", ',"-3,125",'),
        "register.csv, row 6, column 'profit': '-3,125' may be a whole number or have three decimals: write "
        "-3125 or "
        "-3.125; it must be a number of any sign, or empty",
    ),
    "badly grouped": (in_register("90000,1000", "90 00,1000"), "column 'revenue': '90 00' is not a number"),
    "too large": (
        in_register("90000,1000", "1e999,1000"),
        "column 'revenue': '1e999' is too large for a number",
    ),
    "beyond all amounts": (
        in_register("90000,1000", "1e308,1000"),
        "column 'revenue': '1e308' is beyond 1e+18, the largest number that is read; it must be",
    ),
    "infinite": (in_register("90000,1000", "inf,1000"), "column 'revenue': 'inf' is not a number"),
    "no year": (
        in_register("Pine,Wood,2019", "Pine,Wood,19"),
        "register.csv, row 6, column 'year': 19 is not a year; it must be a whole number from 1900 to 2100",
    ),
    "half a year": (
        in_region("Wood,2018", "Wood,2018.5"),
        "region.csv, row 2, column 'year': 2018.5 is not a year",
    ),
    "odd plan": (
        in_register("2018,0,120", "2018,maybe,120"),
        "register.csv, row 2, column 'plan': 'maybe' is neither yes nor no; it must be 1 or 0, yes or no, "
        "plan or "
        "fact, да или нет, план или факт, or empty",
    ),
    "no resident": (
        in_register("Pine,Wood,2018", ",Wood,2018"),
        "register.csv, row 5, column 'resident': the cell is empty; it must be a name",
    ),
    "no sector": (
        in_register("Pine,Wood,2018", "Pine,—,2018"),
        "register.csv, row 5, column 'sector': the cell is empty; it must be a sector of the regional table",
    ),
    "no year at all": (
        in_register("Pine,Wood,2018", "Pine,Wood,"),
        "register.csv, row 5, column 'year': the cell is empty; it must be a whole number from 1900 to 2100",
    ),
    "nothing for the region": (
        in_region("500000,100000", "500000,"),
        "region.csv, row 4, column 'exports': the cell is empty; it must be a number, 0 or more, not below "
        "the zone's",
    ),
    "same resident and year": (
        in_register("Pine,Wood,2019", "Oak,Wood,2019"),
        "register.csv, row 6, column 'year': 2019 is a year of 'Oak' in row 3 already; there must be one row "
        "for "
        "each resident and year",
    ),
    "same sector and year": (
        in_region("Wood,2019", "wood,2018"),
        "region.csv, row 3, column 'year': 2018 is a year of 'Wood' in row 2 already; there must be one row "
        "for "
        "each sector and year",
    ),
    "other sector later": (
        in_register("Gear,Machinery,2020", "Gear,Wood,2020"),
        "register.csv, row 8, column 'sector': 'Wood' is not the sector of 'Gear' in row 7, 'Machinery'; a "
        "resident "
        "must have the same sector in all years",
    ),
    "two spellings": (
        in_register("Pine,Wood,2019", "PINE,Wood,2019"),
        "register.csv, row 6, column 'resident': 'PINE' is written 'Pine' in row 5; a resident must have the "
        "same "
        "name in all rows",
    ),
    "exports above production": (
        in_register("500,400,0,250.75", "500,400,0,500.5"),
        "register.csv, row 6, column 'exports': 500.5 is above production of the same row, 500; "
        f"{AMOUNT}, not above production, or empty",
    ),
    "exports without production": (
        in_register("Pine,Wood,2018,0,20,0,0,0,0,", "Pine,Wood,2018,0,20,0,0,0,7,"),
        "register.csv, row 5, column 'exports': 7 is above production of the same row, 0; ",
    ),
    "innovative above shipments": (
        in_register("75000,9000,", "75000,75001,"),
        "register.csv, row 7, column 'innovative': 75001 is above shipments of the same row, 75000; "
        f"{AMOUNT}, not above shipments, or empty",
    ),
    "resident sales above revenue": (
        in_register("1100,0,-3", "1100,1200,-3"),
        "column 'resident_sales': 1200 is above revenue of the same row, 1100",
    ),
    "mixed plan": (
        in_register("Gear,Machinery,2020,1", "Gear,Machinery,2020,0"),
        "register.csv, row 8, column 'plan': 2020 is no plan here and a plan in row 4; all rows of a year "
        "must be "
        "a plan, or none",
    ),
    "registered after producing": (
        in_register("4000,2019", "4000,2020"),
        "register.csv, row 7, column 'registered': 2020 is after 2019, when 'Gear' produced; it must not be "
        "after "
        "the first year with production",
    ),
    "unknown sector": (
        in_register("Machinery", "Machines"),
        "register.csv, row 7, column 'sector': 'Machines' is not a sector of region.csv; did you mean "
        "'Machinery'?; "
        "it has Wood, Machinery",
    ),
    "year that the region lacks": (
        in_register("Pine,Wood,2018", "Pine,Wood,2017"),
        "register.csv, row 5, column 'year': 2017 is not in region.csv, which has 2018, 2019; every year "
        "must be "
        "there, unless it is a plan",
    ),
    "sector that a year lacks": (
        in_region("Machinery,2018,500000,100000\n", ""),
        "region.csv, row 2, column 'year': 2018 has no row for sector 'Machinery', which other years have; "
        "every "
        "year must have the same sectors",
    ),
    "zone above region": (
        in_region("3200000,1600000", "3200000,900000"),
        "region.csv, row 3, column 'exports': 900000 is below the sum of the residents of 'Wood' in 2019 in "
        "register.csv, 1000250.75; the region must include the zone",
    ),
    "wrong total": (
        {"register": REGISTER + "Итого,,2019,,,1400000\n"},
        "register.csv, row 9, column 'production': 1400000 in the row 'Итого' is not the sum of the rows of "
        "2019, 1380500; a row whose name begins so is a total, which must be within 0.5 % of the sum, or be "
        "left out",
    ),
    "wrong regional total": (
        {"region": REGION + "Total,2018,3500000,1000\n"},
        "region.csv, row 6, column 'exports': 1000 in the row 'Total' is not the sum of the rows of 2018, "
        "1600000",
    ),
    "total without year": (
        {"register": REGISTER + "Всего,,,,,1400000\n"},
        "register.csv, row 9, column 'year': the cell is empty in a row of totals; it must be a whole number",
    ),
    "no column": (
        {"register": REGISTER.replace("exports", "to abroad")},
        "register.csv, row 1: there is no column exports; accepted are exports, export, export volume, "
        "volume of",
    ),
    "close name": (
        {"register": REGISTER.replace("production", "prodution")},
        "register.csv, row 1, column 'prodution': the name is not known; did you mean 'production'? accepted "
        "are",
    ),
    "two columns of one meaning": (
        {"register": REGISTER.replace("shipments", '"Export, t"')},
        "register.csv, row 1: columns 'Export, t' and 'exports' both mean exports; leave one of them out",
    ),
    "percentages only": (
        {"region": REGION.replace("exports", '"exports, %"')},
        "region.csv, row 1: there is no column exports; accepted are",
    ),
    "no header": (
        {"region": "Wood,2018,3000000,1500000\n"},
        "region.csv: none of the first 11 rows names the columns; needed are sector, year, production, "
        "exports",
    ),
    "no rows": (
        {"register": REGISTER.splitlines()[0]},
        "register.csv: there are no rows below the names of the columns in row 1; there must be one at least",
    ),
    "only totals": (
        {"region": "sector,year,production,exports\nTotal,2018,0,0"},
        "region.csv: there are no rows",
    ),
    "decimal commas that split cells": (
        in_region("3000000,1500000", "3000000,5,1500000"),
        "region.csv, row 2: 5 cells under 4 columns; is there a delimiter or decimal comma in a cell?; put "
        "such",
    ),
    "delimiter in the name of a column": (
        in_register("production,", "production, t,"),
        "register.csv, row 1: 14 names of columns, and rows of 13 cells at most; is there a delimiter",
    ),
    "quotation mark": (
        in_region("Wood,2019", '"Wood,2019'),
        "region.csv, row 3: a quotation mark opens a cell and does not close it (unexpected end of data); "
        "put the",
    ),
    "formulas that nobody calculated": (
        with_formulas(),
        "register.csv: the formulas in H7, N10 have no values yet; open the workbook, let it calculate and",
    ),
    "control character": (
        in_register("Gear,Machinery,2020", "Ge\x1b[31mar,Machinery,2020"),
        r"register.csv, row 8, column 'resident': 'Ge\x1b[31mar' has a control character, which no one sees",
    ),
    "writing turned round": (
        {"region": REGION + "Fo\u202eod,2018,1,1\nFood,2019,1,1\n"},
        r"region.csv, row 6, column 'sector': 'Fo\u202eod' has a control character",
    ),
    "zero byte": (
        in_register("4000,2019", "40\x0000,2019"),
        r"register.csv, row 7, column 'profit': '40\x0000' has a control character",
    ),
    "regional exports above production": (
        in_region("3000000,1500000", "3000000,3000001"),
        "region.csv, row 2, column 'exports': 3000001 is above production of the same row, 3000000; it must "
        "be a number, 0 or more, not below the zone's and not above production",
    ),
    "region 2 % below the zone": (
        in_region("3200000,1600000", "3200000,980246"),
        "region.csv, row 3, column 'exports': 980246 is below the sum of the residents of 'Wood' in 2019",
    ),
    "same link twice": (
        in_links("Gear,Oak", "Oak,pine"),
        "links.csv, row 3, column 'year': 2019 is a year of 'Oak' and 'Pine' in row 2 already; there must be "
        "one row for each seller, buyer and year",
    ),
    "unknown seller": (
        in_links("Gear,Oak", "Gears,Oak"),
        "links.csv, row 3, column 'seller': 'Gears' is not a resident of register.csv; did you mean 'Gear'?; "
        "it has "
        "Oak, Pine, Gear",
    ),
    "unknown buyer": (
        {"links": LINKS.replace("Pine", "Elm")},
        "links.csv, row 2, column 'buyer': 'Elm' (in 2 rows) is not a resident of register.csv; it has Oak, "
        "Pine",
    ),
    "sells to itself": (
        in_links("Gear,Oak", "Gear,GEAR"),
        "links.csv, row 3, column 'buyer': 'GEAR' is the seller too; it must be a resident of the register "
        "other",
    ),
    "year of a link": (
        in_links("Gear,Oak,2019", "Gear,Oak,2091"),
        "links.csv, row 3, column 'year': 2091 is not a year of register.csv, which has 2018, 2019, 2020; "
        "links must",
    ),
    "negative sales": (
        in_links("1000.5", "-1000.5"),
        f"links.csv, row 3, column 'sales': -1000.5 is negative; {AMOUNT}",
    ),
    "sales above revenue": (
        in_links("30000", "1410000"),
        "links.csv, row 4, column 'sales': 1000 brings the sales of 'Oak' in 2019 to 1411000, above its "
        "revenue in "
        "register.csv, 1400000; they must not be above it by more than 0.5 %",
    ),
    "empty file": ({"register": " \n"}, "register.csv: the file is empty"),
    "old workbook": (
        {"register": OLE + b"\0" * 600},
        "register.csv: this is a workbook of the old format .xls; save",
    ),
    "protected workbook": (
        {"register": OLE + b"\0" * 9 + "EncryptedPackage".encode("utf-16-le")},
        "register.csv: this is a workbook protected by a password; save it without the password",
    ),
    "damaged workbook": (
        {"register": workbook(REGISTER)[:3000]},
        "register.csv: this is not a workbook that can be read, is it damaged?",
    ),
    "undecodable": (
        {"register": b"\x00\x01\x98\xff" * 20},
        "register.csv: this is not text in UTF-8, UTF-16 or Windows-1251; save it in UTF-8",
    ),
} | {
    f"negative {key}": (
        with_first(key, "-7"),
        f"register.csv, row 2, column '{key}': -7 is negative; {AMOUNT}",
    )
    for key in FIGURES
    if key != "profit"
}


SEVERAL = {
    "same resident and year",
    "same sector and year",
    "half a year",
    "date for a name",
    "delimiter in the name of a column",
}


@pytest.mark.parametrize("kind", BAD)
def test_fault_is_named(tmp_path, kind):
    contents, message = BAD[kind]
    found = faults(tmp_path, **contents)
    assert any(message in fault for fault in found), found
    assert all("; " in fault for fault in found if not fault.endswith("the file is empty")), found
    assert len(found) == 1 or kind in SEVERAL, found


def test_all_faults_of_all_files_come_at_once(tmp_path):
    register = REGISTER.replace("Pine,Wood,2018", "Pine,Wod,2018").replace("80000,75000", "many,75000")
    region = REGION.replace("Machinery,2018,500000", "Machinery,2018,-5")
    links = LINKS.replace("Oak,Pine,2019,30000", "Oak,Elm,2019,x")
    found = faults(tmp_path, register=register, region=region, links=links)
    assert [fault.split(":")[0] for fault in found] == [
        "register.csv, row 5, column 'sector'",
        "register.csv, row 7, column 'production'",
        "region.csv, row 4, column 'production'",
        "links.csv, row 2, column 'sales'",
        "links.csv, row 2, column 'buyer'",
    ]


def test_the_first_of_many_faults_are_listed(tmp_path):
    rows = f"Oak,Wood,20,0,{','.join(['y' * 999] * 8)},\n" * 1_000 + f"{'n' * 99},W,2019\n" * 100
    found = faults(tmp_path, register=REGISTER + rows)
    assert len(found) == 51 and max(map(len, found)) < 300
    assert ", row 9, " in found[0] and ", row 14, " in found[49]
    assert re.fullmatch(r"register.csv: 9,\d{3} more faults; they are not listed", found[50])


def test_of_many_alike_only_the_first_are_described(tmp_path):
    table = spreadsheets.read_spreadsheet("region", files(tmp_path)[1], "region.csv")
    assert (list(table.first(range(60))), table.unlisted) == (list(range(50)), 10)
    assert table.listed_faults() == ["region.csv: 10 more faults; they are not listed"]


def test_a_region_within_rounding_of_its_zone_is_sound(tmp_path):
    region = changed(REGION, "3200000,1600000", "3200000,1000000")  # the zone has 1000250.75
    assert read_zone(*files(tmp_path, region=region)).years == [2018, 2019]


def test_column_and_value_are_named_as_in_the_file(tmp_path):
    rows = in_russian(REGISTER)
    rows[4][5] = "1 2,3"
    text = joined([["Реестр резидентов"], [], *rows], ";")
    assert faults(tmp_path, register=text.encode()) == [
        "register.csv, row 7, column 'Объём производства, тыс. руб.': '1 2,3' is not a number; "
        "it must be a number, 0 or more, or empty"
    ]


def test_files_that_cannot_be_read(tmp_path):
    register, region = files(tmp_path)
    assert faults(tmp_path / "none.csv", region) == [f"{tmp_path / 'none.csv'}: the file does not exist"]
    assert faults(register, tmp_path) == [f"{tmp_path}: this is a folder; name a file"]
    assert len(faults("a\0b", "c\0d")) == 2
    text = tmp_path / "text.xlsx"
    text.write_text(REGISTER, encoding="utf-8")
    assert "text.xlsx: this is not a workbook that can be read" in faults(text, region)[0]
    with pytest.raises(RegisterError, match="does not exist"):
        fingerprint(register, tmp_path / "none.csv")


HEADER = "<row>" + "".join(f'<c t="str"><v>{key}</v></c>' for key in rows_of(REGISTER)[0]) + "</row>"
FAR = '<row><c r="XFD1"><v>1</v></c></row>'
BOMBS = {
    f"<sheetData>{' ' * 20_000_000}</sheetData>": "would unpack to 20 MB, more than 200 times as much",
    f'<dimension ref="A1:XFD1048576"/><sheetData>{HEADER}</sheetData>': "there are no rows below the names",
    f'<sheetData><row r="999999999">{FAR[5:]}</sheetData>': "the table has more than 500,000 cells",
    f"<sheetData>{HEADER}{FAR * 900}</sheetData>": "more than 500,000 cells; delete empty rows and columns",
}


def test_workbooks_that_would_take_the_machine(tmp_path):
    """Each is refused by a process that may take no more than a little memory."""
    region = files(tmp_path)[1]
    paths = [tmp_path / f"{number}.xlsx" for number in range(len(BOMBS))]
    for path, cells in zip(paths, BOMBS, strict=True):
        path.write_bytes(sheet_of(cells))
    limited = (
        "import sys, resource, pandera.pandas, openpyxl\n"
        "from gvc_helpers.files import sheets\n"
        "from gvc_helpers.zones.register import RegisterError, read_zone\n"
        "sheets.MOST_CELLS = 500_000\n"
        "taken = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
        "resource.setrlimit(resource.RLIMIT_AS, (taken + 400_000_000,) * 2)\n"
        "for path in sys.argv[2:]:\n"
        "    try:\n        read_zone(path, sys.argv[1])\n"
        "    except RegisterError as error:\n        print(error)\n"
    )
    command = [sys.executable, "-c", limited, *map(str, [region, *paths])]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(said) == len(BOMBS)
    assert all(message in line for message, line in zip(BOMBS.values(), said, strict=True)), said


def test_size_that_a_workbook_states_is_not_used(zone, tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(REGISTER))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, re.sub(rb'dimension ref="[^"]+"', b'dimension ref="C5:H7"', old.read(name)))
    same = read_zone(*files(tmp_path, out.getvalue()))
    pd.testing.assert_frame_equal(same.register, zone.register)


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        ("MOST_TAGS", "the workbook has 1,0"),
        ("MOST_BYTES", "unpacked it would be"),
        ("MOST_CELLS", "more than 50"),
    ],
)
def test_size_of_tables_is_limited(tmp_path, monkeypatch, limit, message):
    monkeypatch.setattr(spreadsheets, limit, 50)
    assert message in faults(tmp_path, register=workbook(REGISTER))[0]


def test_one_table_without_the_other(tmp_path):
    register, region = files(tmp_path)
    needs = "a zone needs both a register and a region"
    assert faults(register) == [f"register '{register}' is given without region; {needs}"]
    assert faults(None, region) == [f"region '{region}' is given without register; {needs}"]
    assert faults(None, None, region) == [f"links '{region}' is given without register and region; {needs}"]
    with pytest.raises(RegisterError, match="is given without region"):
        data_files(register)


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path):
    for name, text in (("zone", REGISTER.replace("1400000", "x", 1)), ("region", REGION)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "data.csv").write_text(text, encoding="utf-8")
    found = faults(tmp_path / "zone" / "data.csv", tmp_path / "region" / "data.csv")
    assert found[0].startswith(f"{tmp_path / 'zone' / 'data.csv'}, row 3, column 'revenue'")


# Nothing but RegisterError, whatever the files hold.


def read_or_refuse(folder, **contents):
    try:
        assert isinstance(read_zone(*files(folder, **contents)), Zone)
    except RegisterError as error:
        assert error.faults


SEEDS = {"plain": REGISTER.encode(), "utf-16": tabs_utf16(REGISTER), "xlsx": workbook(REGISTER)}


@settings(max_examples=12)
@given(
    st.sampled_from(sorted(SEEDS)),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_damaged_bytes(folder, seed, damages):
    content = bytearray(SEEDS[seed])
    for place, byte in damages:
        content[int(place * len(content))] = byte
    read_or_refuse(folder, register=bytes(content))


CELLS = st.sampled_from(
    [
        *[
            "",
            "-",
            "Oak",
            "Pine",
            "Wood",
            "wood",
            "Итого",
            "total",
            "2018",
            "2019",
            "2020",
            "-1",
            "1e400",
            "1,5",
        ],
        *["0", "1", "да", "x", '"', "%", "٣", "nan", "inf", "\u200b", "(", "{0}", "{", "\\", "2019-01-01"],
        *["1" * 400, "9" * 5000],
    ]
)


@settings(max_examples=12)
@given(st.lists(st.lists(CELLS, max_size=14), max_size=5), st.sampled_from(["register", "region", "links"]))
@example([["Oak", "Wood", "2019"]] * 2, "register")
def test_random_cells(folder, cells, table):
    header = {"register": REGISTER, "region": REGION, "links": LINKS}[table].splitlines()[0]
    read_or_refuse(folder, **{table: header + "\n" + joined(cells)})


@settings(max_examples=12)
@given(st.one_of(st.text(max_size=200), st.binary(max_size=200)))
@example("\ufeff")
@example(b"PK\x03\x04")
@example('resident,sector\n"' + "x" * 200_000)
def test_random_text(folder, content):
    read_or_refuse(folder, region=content.encode("utf-8", "replace") if isinstance(content, str) else content)


# The template.


def test_template_is_a_register_that_can_be_read(tmp_path):
    written = write_template(tmp_path / "new" / "zone")
    names = ["register.csv", "region.csv", "links.csv", "codebook.md", "zone.yaml"]
    assert [path.name for path in written] == names
    zone = read_zone(*written[:3])
    assert (len(zone.residents), len(zone.sectors), zone.years, zone.plan_years) == (
        6,
        3,
        [2017, 2018, 2019],
        [2022],
    )
    assert zone.register.notna().all(axis=None)
    for path in written[:3]:
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        assert path.read_text(encoding="utf-8").count(";") > 20


@pytest.mark.parametrize("name", ["zone", "a #1 zone", "zone: [new]", "it's {x}", "зона"])
def test_template_has_a_parameter_file_that_can_be_read(tmp_path, name):
    parameters = load(write_template(tmp_path / name)[-1])
    assert parameters.data.residents == str(tmp_path / name / "register.csv")


def test_codebook_has_every_column_and_every_name_is_read(tmp_path):
    text = write_template(tmp_path)[3].read_text(encoding="utf-8")
    tables, units = {}, {}
    for line in text.splitlines():
        if line.startswith("## "):
            columns = tables.setdefault(line[3:], {})
        elif line.startswith("| ") and not line.startswith("| column"):
            key, also, unit, meaning, required, allowed = line.strip("| ").split(" | ")
            columns[key], units[key] = also.split(", "), unit
            assert meaning and required in ("no", "the column", "in every row") and allowed
    assert {name: list(columns) for name, columns in tables.items()} == {
        "register": rows_of(REGISTER)[0], "region": rows_of(REGION)[0], "links": rows_of(LINKS)[0]
    }  # fmt: skip
    labels = dict.fromkeys(["resident", "sector", "plan", "seller", "buyer"], "")
    assert units == dict.fromkeys(units, "money") | labels | {
        "year": "year", "registered": "year", "employees": "persons"
    }  # fmt: skip
    contents = {"register": REGISTER, "region": REGION, "links": LINKS}
    plain = read_zone(*files(tmp_path, **contents))
    for i in range(max(len(names) for columns in tables.values() for names in columns.values())):
        headers = {table: [names[i % len(names)] for names in tables[table].values()] for table in contents}
        renamed = {table: joined([headers[table], *rows_of(text)[1:]]) for table, text in contents.items()}
        zone = read_zone(*files(tmp_path, **renamed))
        pd.testing.assert_frame_equal(zone.register, plain.register)
        pd.testing.assert_frame_equal(zone.links, plain.links)
        pd.testing.assert_frame_equal(zone.region, plain.region)


def test_template_overwrites_nothing(tmp_path):
    (tmp_path / "region.csv").write_text("mine", encoding="utf-8")
    (tmp_path / "codebook.md").write_text("mine", encoding="utf-8")
    with pytest.raises(RegisterError) as error:
        write_template(tmp_path)
    assert error.value.faults == [
        f"{tmp_path}: region.csv, codebook.md exist already; name another folder or move them"
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["codebook.md", "region.csv"]
    assert (tmp_path / "region.csv").read_text(encoding="utf-8") == "mine"
    with pytest.raises(RegisterError, match="the template cannot be written"):
        write_template(tmp_path / "region.csv")
