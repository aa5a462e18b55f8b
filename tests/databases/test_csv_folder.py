"""A folder of plain files: as it is written, as people's programs write it, and damaged."""

import csv
import io
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

import gvc_helpers as gvc
from gvc_helpers.databases import csv_folder
from gvc_helpers.databases.csv_folder import FORM, read_description, write_folder
from gvc_helpers.databases.files import SourceError, YearError
from gvc_helpers.databases.reconstruction import FOLDER
from tests.conftest import ragged, small_table, tables
from tests.databases.cases import EURO, Case, assert_exact, read_by


def read(folder, year=None):
    return read_by(folder, [FORM], csv_folder.read, year)[1]


def write_csv(table, folder):
    """A folder of plain files with all that may stand in it."""
    place = folder / str(table.year)
    write_folder(table, place)
    about = f"year: {table.year}\nunit: million EUR\nprice: basic prices\nedition: 2nd\nsource: Plain table\n"
    (place / "table.yaml").write_text(about, encoding="utf-8")


CASES = {
    "csv": Case(
        "csv",
        write_csv,
        {"CHN": "CHN", "RUS": "RUS", "RoW": "ROW"},
        "eora26",
        -1,
        EURO,
        edition="2nd",
        title="Plain table",
    ),
}


def rewritten(file, change=lambda cells: cells, delimiter=",", encoding="utf-8", end="\n"):
    """Write the cells of a file anew."""
    cells = list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=end).writerows(change(cells))
    file.write_bytes(stream.getvalue().encode(encoding))


def every_number(change):
    """Return a change of all numbers right of the labels."""

    def changed(cell):
        try:
            float(cell)
        except ValueError:
            return cell
        return change(cell)

    return lambda rows: [[*row[:2], *map(changed, row[2:])] for row in rows]


@pytest.fixture
def folder(tmp_path):
    write_folder(small_table(), tmp_path)
    return tmp_path


# What is written comes back -----------------------------------------------------------------------


def test_table_comes_back(folder):
    raw = read(folder)
    assert_exact(raw, small_table())
    assert (raw.unit, raw.name) == ("million USD", "invented")
    assert read_description(folder / "table.yaml") == {
        "year": 2015,
        "unit": "million USD",
        "source": "invented",
    }


@settings(max_examples=25)
@given(tables() | ragged())
def test_any_table_comes_back(table):
    with tempfile.TemporaryDirectory() as folder:
        write_folder(table, Path(folder))
        assert_exact(read(Path(folder)), table)


def test_shipped_files_are_in_this_layout(tmp_path):
    for name in ("Z.csv", "Y.csv"):
        content = (FOLDER / name).read_bytes()
        (tmp_path / name).write_bytes(content)
    table = gvc.read_table("reconstruction")
    raw = read(tmp_path)
    assert raw.value_added is None
    assert_exact(raw, table)


def test_folders_by_year(tmp_path):
    doubled = small_table(Z=2 * small_table().Z, Y=2 * small_table().Y, year=2016)
    for table in (small_table(), doubled):
        write_folder(table, tmp_path / str(table.year))
    assert_exact(read(tmp_path, 2015), small_table())
    assert_exact(read(tmp_path, 2016), doubled)
    with pytest.raises(YearError, match="no year 2017; it has 2015, 2016"):
        read(tmp_path, 2017)


def test_labels_with_commas_quotes_and_cyrillic_come_back(tmp_path):
    table = small_table(countries=["РФ", "Côte d'Ivoire"], sectors=['Food, "fresh"', "Works; heavy\t1 200"])
    table = gvc.IOTable(
        table.Z, table.Y, countries=table.countries, sectors=[" ".join(s.split()) for s in table.sectors]
    )
    write_folder(table, tmp_path)
    assert_exact(read(tmp_path), table)


# What people's programs write is read -------------------------------------------------------------


def with_commas(cell):
    return cell.replace(".", ",")


def grouped(cell):
    """Write a number as 1 234,50 with spaces that do not break."""
    return f"{float(cell):,.2f}".replace(",", "\u00a0").replace(".", ",")


def padded(rows):
    """Add empty columns and rows, as Excel does."""
    width = max(map(len, rows)) + 2
    return [row + [""] * (width - len(row)) for row in rows] + [[""] * width] * 2


VARIANTS = {
    "semicolons": {"delimiter": ";"},
    "tabs": {"delimiter": "\t", "end": "\r\n"},
    "signature": {"encoding": "utf-8-sig", "end": "\r\n"},
    "windows-1251": {"encoding": "cp1251", "delimiter": ";"},
    "utf-16": {"encoding": "utf-16", "delimiter": "\t"},
    "decimal commas": {"delimiter": ";", "change": every_number(with_commas)},
    "thousands": {"delimiter": ";", "encoding": "cp1251", "change": every_number(grouped)},
    "thousands, tabs": {"delimiter": "\t", "encoding": "utf-16", "change": every_number(grouped)},
    "apostrophes": {"change": every_number(lambda cell: f"{float(cell):,.2f}".replace(",", "'"))},
    "thin spaces": {"change": every_number(lambda cell: f"{float(cell):,.2f}".replace(",", "\u202f"))},
    "powers": {"change": every_number(lambda cell: f"{float(cell):+.6E}")},
    "empty margins": {"change": padded, "delimiter": ";"},
    "spaces around": {
        "change": lambda rows: [[f" {cell}\u00a0" if cell else "" for cell in row] for row in rows]
    },
    "no names row": {"change": lambda rows: [row for row in rows if any(row[2:])]},
}


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS)
def test_variants_are_read(tmp_path, variant):
    table = small_table(
        Z=1000 * small_table().Z + 0.5, Y=1000 * small_table().Y + 0.25, sectors=["Лес, рыба", "Works"]
    )
    write_folder(table, tmp_path)
    for name in ("Z.csv", "Y.csv", "value_added.csv"):
        rewritten(tmp_path / name, **variant)
    assert_exact(read(tmp_path), table)


def test_minus_signs_are_read(folder):
    rewritten(folder / "Y.csv", lambda rows: [*rows[:-1], [*rows[-1][:2], "−9", "–60.5"]])
    np.testing.assert_array_equal(read(folder).Y[-1], [-9, -60.5])


def test_columns_and_rows_may_stand_in_another_order(folder):
    flows = pd.read_csv(folder / "Z.csv", header=[0, 1], index_col=[0, 1])
    flows.iloc[:, [3, 1, 0, 2]].to_csv(folder / "Z.csv")
    for name in ("Y.csv", "value_added.csv"):
        rewritten(folder / name, lambda rows: [rows[0], *rows[:0:-1]])
    rewritten(folder / "Y.csv", lambda rows: [[*row[:2], row[3], row[2]] for row in rows])
    assert_exact(read(folder), small_table())


def test_countries_are_brought_together(folder):
    """A table sorted by sector has the rows of a country apart."""
    for name in ("Z.csv", "Y.csv"):
        head = 3 if name == "Z.csv" else 1
        rewritten(folder / name, lambda r, h=head: [*r[:h], r[h], r[h + 2], r[h + 1], r[h + 3]])
    assert_exact(read(folder), small_table())


def test_categories_are_added_up(folder):
    heads = "country,,AAA,AAA,BBB\ncategory,,Households,Stocks,Households\n"
    body = "AAA,Farms,31,-1,8\nAAA,Works,20,20,12\nBBB,Farms,5,0,45\nBBB,Works,4,5,60\n"
    for names in ("", "country,sector,,,\n"):
        (folder / "Y.csv").write_text(heads + names + body, encoding="utf-8")
        assert_exact(read(folder), small_table())


def test_kinds_of_value_added_are_added_up(folder):
    added = small_table().value_added
    parts = pd.DataFrame({"wages": added - 1.5, "taxes": 1.5}, added.index)
    parts.to_csv(folder / "value_added.csv")
    np.testing.assert_array_equal(read(folder).value_added, added)


def test_output_is_stated(folder):
    small_table().output.to_frame().to_csv(folder / "output.csv")
    np.testing.assert_array_equal(read(folder).output, small_table().output)


def test_description_may_be_left_out(folder):
    (folder / "table.yaml").unlink()
    raw = read(folder)
    assert (raw.unit, raw.price, raw.edition) == ("", "", "")


def test_description_has_price_and_edition(folder):
    (folder / "table.yaml").write_text("price: bp\nedition: 2.1\n", encoding="utf-8")
    raw = read(folder)
    assert (raw.price, raw.edition) == ("bp", "2.1")


def test_plain_numbers_take_the_fast_path(folder, monkeypatch):
    monkeypatch.setattr(csv_folder, "_any_cells", None)
    for delimiter, change in ((",", str), (";", with_commas)):
        write_folder(small_table(Z=small_table().Z + 0.0625), folder)
        for name in ("Z.csv", "Y.csv", "value_added.csv"):
            rewritten(folder / name, every_number(change if name == "Z.csv" else str), delimiter)
        assert_exact(read(folder), small_table(Z=small_table().Z + 0.0625))


# Damaged files are refused ------------------------------------------------------------------------


def fault(folder, name):
    with pytest.raises(SourceError) as caught:
        read(folder)
    message = str(caught.value)
    assert "\n" not in message
    assert name in message
    return message


DAMAGE = {
    "line lost": (
        "Z.csv",
        "\nBBB,Works,1.0,5.0,6.0,25.0",
        "",
        "the columns have BBB / Works, which its rows lack",
    ),
    "cut off": ("Z.csv", ",6.0,25.0", "", "line 7: 4 columns instead of 6"),
    "cut off in Y": (
        "Y.csv",
        "BBB,Works,9.0,60.0\n",
        "",
        "the rows lack BBB / Works, which those of Z.csv have",
    ),
    "too many": ("Z.csv", "20.0", "20.0,7", "line 5: 7 columns instead of 6"),
    "text": ("Z.csv", "20.0", "abc", "line 5, column 4: 'abc' is no number"),
    "NaN": ("Y.csv", "40.0", "nan", "line 3, column 3: 'nan' is no number"),
    "infinite": ("Y.csv", "40.0", "1e999", "line 3, column 3: '1e999' is no number"),
    "error of a workbook": ("Y.csv", "40.0", "#ДЕЛ/0!", "line 3, column 3: '#ДЕЛ/0!' is no number"),
    "empty": ("Z.csv", "20.0", "", "line 5, column 4: an empty cell is no number"),
    "underscore": ("Z.csv", "20.0", "2_0", "line 5, column 4: '2_0' is no number"),
    "bad thousands": ("Z.csv", "20.0", "2 00", "line 5, column 4: '2 00' is no number"),
    "comma": ("Z.csv", "20.0", '"20,5"', "line 5, column 4: '20,5' has a comma in a file with commas"),
    "row doubled": ("Z.csv", "AAA,Works", "AAA,Farms", "line 5: row AAA / Farms stands twice"),
    "column doubled": ("Z.csv", "Farms,Works", "Farms,Farms", "column 4: column AAA / Farms stands twice"),
    "unknown row": ("Y.csv", "BBB,Farms", "CCC,Farms", "the rows lack BBB / Farms"),
    "more rows": ("Y.csv", "BBB,Farms", "BBB,Mines,1,2\nBBB,Farms", "the rows have BBB / Mines"),
    "unknown column": ("Z.csv", "AAA,BBB", "AAA,CCC", "the columns lack BBB / Farms"),
    "country lost": ("Y.csv", "AAA,BBB", "AAA,CCC", "the columns lack BBB, which the rows of Z.csv have"),
    "destination doubled": ("Y.csv", "AAA,BBB", "AAA,AAA", "column 4: column AAA stands twice"),
    "label lost": ("Z.csv", "AAA,Works", "AAA,", "line 5: the sector is missing"),
    "column label lost": ("Z.csv", "AAA,BBB", ",BBB", "line 1, column 4: no label"),
    "quotation mark": (
        "Z.csv",
        "AAA,Works",
        'AAA,"Works',
        "a quotation mark opens a cell and does not close it",
    ),
    "value added": ("value_added.csv", "AAA,Works", "AAA,Wares", "the rows lack AAA / Works"),
    "text in value added": ("value_added.csv", "38.0", "abc", "line 2, column 3: 'abc' is no number"),
    "yaml": ("table.yaml", "year: 2015", "year: [", "table.yaml, line 3: not YAML"),
    "year": ("table.yaml", "2015", "0x7df", "line 1: year '0x7df' is no whole number from 1900 to 2100"),
    "year of many digits": ("table.yaml", "2015", "9" * 5000, "line 1: year '999"),
    "years": ("table.yaml", "2015", "[2015]", "table.yaml, line 1: year '['2015']' is no text"),
    "key": ("table.yaml", "unit", "units", "line 2: 'units' is unknown; it must be one of year, unit"),
    "key twice": ("table.yaml", "unit", "year", "table.yaml, line 2: year: stands twice"),
    "tag": ("table.yaml", "2015", "!!int 2015", "table.yaml, line 1: the tag '!!int'"),
    "alias": ("table.yaml", "2015", "&a [*a]", "table.yaml, line 1: '*a' stands for nothing"),
}


@pytest.mark.parametrize(("name", "old", "new", "message"), DAMAGE.values(), ids=DAMAGE)
def test_damage_is_refused(folder, name, old, new, message):
    file = folder / name
    content = file.read_text(encoding="utf-8")
    assert old in content
    file.write_text(content.replace(old, new, 1), encoding="utf-8")
    assert message in fault(folder, name)


def test_description_that_has_no_keys_is_refused(folder):
    (folder / "table.yaml").write_text("- 2015\n", encoding="utf-8")
    assert fault(folder, "table.yaml").endswith("lines such as 'unit: million USD', one for each entry")


def test_missing_final_demand_is_refused(folder):
    (folder / "Y.csv").unlink()
    assert fault(folder, "Z.csv").endswith("not Y.csv, the final demand")


def test_number_under_an_empty_label_is_refused(folder):
    rewritten(folder / "Z.csv", lambda rows: [*padded(rows[:-1])[:-2], [*rows[-1], "", "3"]])
    assert "line 7: 8 columns instead of 6" in fault(folder, "Z.csv")


def test_two_decimal_marks_are_refused(folder):
    rewritten(folder / "Z.csv", delimiter=";")
    file = folder / "Z.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("20.0", "20,5"), encoding="utf-8")
    message = fault(folder, "Z.csv")
    assert (
        "line 5, column 4: '20,5' has a decimal comma, but (line 4, column 3: '10.0') another one" in message
    )


def test_commas_that_may_separate_thousands_are_refused(folder):
    rewritten(folder / "Z.csv", every_number(lambda cell: f"{1000 * float(cell):,.0f}"), ";")
    assert "'10,000' may be a whole number or have three decimals" in fault(folder, "Z.csv")


def test_another_year_is_refused(tmp_path):
    write_folder(small_table(), tmp_path / "2016")
    message = "the table is of 2015; the folder, or who asks for it, says 2016"
    with pytest.raises(YearError, match=message):
        read(tmp_path)
    (tmp_path / "2016").rename(tmp_path / "mine")
    assert_exact(read(tmp_path, 2015), small_table())
    with pytest.raises(YearError, match=message):
        read(tmp_path, 2016)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\x00\x01\x02\x03", "is not text in UTF-8"),
        (b"\xff\xfe\x00\xd8", "is not text in UTF-8"),
        (b"no table at all\n", "no labels after the first two columns"),
        (b"country,,AAA\n", "has 1 row(s); 2 of labels are expected first"),
        (b"country,,AAA\nsector,,Farms\n", "the columns have AAA / Farms, which its rows lack"),
    ],
)
def test_files_that_are_no_table_are_refused(folder, content, message):
    (folder / "Z.csv").write_bytes(content)
    assert message in fault(folder, "Z.csv")


def test_output_of_two_columns_is_refused(folder):
    output = small_table().output
    pd.DataFrame({"a": output, "b": output}).to_csv(folder / "output.csv")
    assert "2 columns of numbers instead of 1" in fault(folder, "output.csv")


def test_folder_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(SourceError, match="taken' cannot be written"):
        write_folder(small_table(), tmp_path / "taken")


@pytest.mark.parametrize("name", ["Y.csv", "value_added.csv", "output.csv", "table.yaml"])
def test_a_broken_link_does_not_count_as_nothing(tmp_path, name):
    write_folder(small_table(), tmp_path)
    (tmp_path / name).unlink()
    (tmp_path / name).symlink_to(tmp_path / "nowhere")
    with pytest.raises(SourceError, match=rf"{name}' is no file"):
        read(tmp_path)
