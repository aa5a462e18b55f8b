"""Every database as a user meets it: raw files in, and the known table out, by gvc.read_table alone."""

import csv
import shutil
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import pandas as pd
import pymrio
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

import gvc_helpers as gvc
from gvc_helpers.databases import read as sources
from gvc_helpers.databases.files import YearError
from gvc_helpers.databases.folder import write_folder
from gvc_helpers.studies.file import ParameterError, load
from gvc_helpers.tables.checks import BALANCE_TOLERANCE
from gvc_helpers.tables.labels import FOLDER, SPELLINGS, sector_groups
from tests import raw_formats
from tests.databases import test_eora as bare
from tests.databases import test_workbooks as labelled

YEAR = 2011
FEW = 4
"""Sectors of the small tables; the large ones have all that the database has."""
FOURTEEN = set(gvc.read_table("reconstruction").sectors)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GVC_CACHE", str(tmp_path / "cache"))


# Tables and their raw files -----------------------------------------------------------------------


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
        table = raw_formats.known(tuple(self.countries), list(self.sectors)[: FEW if few else None], year)
        return gvc.IOTable(factor * table.Z, factor * table.Y, index=table.index, year=year)

    def expected(self, **which):
        """The same table as a study has to see it."""
        raw = self.raw(**which)
        pairs = [(self.countries[country], self.sectors[sector]) for country, sector in raw.index]
        return gvc.IOTable(raw.Z.copy(), raw.Y.copy(), index=pd.MultiIndex.from_tuples(pairs), year=raw.year)


def write_eora(table, folder, name="YEAR_eora_{}", suffix=".csv"):
    bare.write_eora(folder, table, name=name.replace("YEAR", str(table.year)), suffix=suffix)


def write_gloria(table, folder):
    """GLORIA with a region without flows; the writer knows one year only."""
    bare.write_gloria(folder, table, empty=1)
    for file in sorted(folder.rglob("*2015*"), reverse=True):
        file.rename(
            file.with_name(
                file.name.replace("2015_057", f"{table.year}_057").replace("57_2015", f"57_{table.year}")
            )
        )


def write_wiod_2013(table, folder):
    """WIOD 2013 with the sectors of the table; the writer labels three only."""
    file = folder / f"wiot{table.year % 100:02}_row_sep12.xlsx"
    raw_formats.write_wiod_2013(table, file)
    rows = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    for row, (_, sector) in enumerate(table.index):
        number = table.sectors.index(sector)
        last = number == len(table.sectors) - 1  # the parser ends the sectors at c35
        for at, label in {0: f"code {number}", 1: sector, 3: f"c{35 if last else number + 1}"}.items():
            rows[6 + row][at] = rows[2 + at][4 + row] = label
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet(f"WIOT_{table.year}")
        for row, cells in enumerate(rows):
            sheet.write_row(row, 0, cells)


def write_saved(table, folder, table_format="txt"):
    """A folder as pymrio saves a system with value added."""
    index = table.index.set_names(["region", "sector"])
    columns = pd.MultiIndex.from_product(
        [table.countries, raw_formats.CATEGORIES], names=["region", "category"]
    )
    system = pymrio.IOSystem(
        Z=pd.DataFrame(table.Z, index, index),
        Y=pd.DataFrame(raw_formats.by_category(table, raw_formats.CATEGORIES), index, columns),
        unit=pd.DataFrame({"unit": "million USD"}, index),
    )
    added = pd.DataFrame([table.value_added.to_numpy()], pd.Index(["VA"], name="stressor"), index)
    system.factor_inputs = pymrio.Extension("factor_inputs", F=added)
    system.meta.change_meta("name", "Saved table")
    system.save_all(folder / str(table.year), table_format=table_format)


def write_csv(table, folder):
    """A folder of plain files with all that may stand in it."""
    place = folder / str(table.year)
    write_folder(table, place)
    table.output.to_frame().to_csv(place / "output.csv")
    about = f"year: {table.year}\nunit: million EUR\nprice: basic prices\nedition: 2nd\nsource: Plain table\n"
    (place / "table.yaml").write_text(about, encoding="utf-8")


def named(write, name, **options):
    """Make a writer into one file: the name may hold the year."""
    return lambda table, folder: write(table, folder / name.format(table.year), **options)


def labelled_as(write, name, **options):
    return lambda table, folder: write(table, folder, name=name.format(table.year), **options)


def adb(name):
    def write(table, folder):
        return labelled.write_adb_mrio(table, folder, name.format(table.year), sheet=f"ADB MRIO {table.year}")

    return write


def wiod_2016(table, folder):
    labelled.write_wiod_2016(table, folder, f"WIOT{table.year}_Nov16_ROW.xlsx", sheet=str(table.year))


def exiobase(system):
    return named(raw_formats.write_exiobase, "IOT_{}_" + system)


THREE = {"CHN": "CHN", "RUS": "RUS", "ROW": "ROW"}
SPLIT = {"CHN": "CHN", "MEX": "MEX", "ROW": "ROW", "RUS": "RUS"}
ADB = {"PRC": "CHN", "RUS": "RUS", "RoW": "ROW"}
OECD = {
    "2016": ("ICIO2016_{}.csv", 2016, "oecd-2016", 0, "2016"),
    "2018": ("ICIO2018_{}.CSV", 2018, "oecd-2018", 0, "2018"),
    "2018, D": ("ICIO2018_{}.csv", 2018, "oecd-2018", 1, "2018"),
    "2021": ("ICIO2021_{}.csv", 2021, "oecd-2021-2023", 1, "2021"),
    "2021, D": ("ICIO2021_{}.csv", 2021, "oecd-2021-2023", 2, "2021"),
    "2023": ("{}_SML.csv", 2023, "oecd-2021-2023", 0, "2021 or 2023"),
    "2025": ("{}_SML.csv", 2025, "oecd-2025", 0, "2025"),
}
EXTENDED = {
    "2016": ("ICIO2016_{}.csv", 2016, "oecd-2016", 0, "2016"),
    "2018": ("ICIO2018_{}.csv", 2018, "oecd-2018", 0, "2018"),
    "2021": ("ICIO2021_{}.csv", 2021, "oecd-2021-2023", 1, "2021"),
    "2023": ("{}.csv", 2023, "oecd-2021-2023", 0, "2021 or 2023"),
    "2025": ("{}_EXT.csv", 2025, "oecd-2025", 0, "2025"),
}
EORA = {
    "Countries_199_{}-Results_YEAR_082_Markup001(full)": "082",
    "Eora_YEAR_bp_{}": "",
    "YEAR_eora_{}": "",
}
EURO = "million EUR"
THOUSANDS = "000 USD"
FIGARO = "matrix_eu-ic-io_{}_{}.csv"
CASES = {
    # Eora26 has no rest of the world but the row of discrepancies, which is left out.
    "eora26": Case(
        "eora26",
        raw_formats.write_eora26,
        {"CHN": "CHN", "RUS": "RUS", "SUD": "SDN"},
        "eora26",
        unit=THOUSANDS,
    ),
    "eora26, discrepancies": Case(
        "eora26",
        partial(raw_formats.write_eora26, discrepancies=2.0),
        {"CHN": "CHN", "RUS": "RUS", "SDS": "SSD"},
        "eora26",
        unit=THOUSANDS,
    ),
    # Countries of the full Eora have lists of sectors of their own, or the names of Eora26.
    **{
        f"eora {name}{suffix}": Case(
            "eora",
            partial(write_eora, name=name, suffix=suffix),
            {"CHN": "CHN", "RUS": "RUS", "SDS": "SSD"},
            "eora26",
            -1,
            THOUSANDS,
            edition=edition,
        )
        for name, edition in EORA.items()
        for suffix in (".txt", ".csv")
    },
    **{
        f"oecd-icio {case}": Case(
            "oecd-icio",
            named(raw_formats.write_oecd, name, edition=edition),
            THREE,
            concordance,
            spelling,
            edition=stated,
        )
        for case, (name, edition, concordance, spelling, stated) in OECD.items()
    },
    **{
        f"oecd-icio {case}, extended": Case(
            "oecd-icio",
            named(raw_formats.write_oecd, name, edition=edition, split=("CHN", "MEX")),
            SPLIT,
            concordance,
            spelling,
            edition=stated,
        )
        for case, (name, edition, concordance, spelling, stated) in EXTENDED.items()
    },
    "wiod 2013": Case(
        "wiod",
        write_wiod_2013,
        {"ROM": "ROU", "RUS": "RUS", "USA": "USA", "RoW": "ROW"},
        "wiod-2013",
        edition="2013",
    ),
    "wiod 2016": Case("wiod", wiod_2016, THREE, "wiod-2016", edition="2016"),
    "adb-mrio": Case("adb-mrio", adb("ADB-MRIO-{}.xlsx"), ADB, "adb", edition="2"),
    "adb-mrio 62": Case("adb-mrio", adb("ADB-MRIO62-{}_Dec2022.xlsx"), ADB, "adb", edition="2"),
    "adb-mrio 72": Case(
        "adb-mrio",
        adb("ADB-MRIO72-{}_July 2025.xlsx"),
        ADB | {"UAE": "ARE", "GER": "DEU"},
        "adb",
        edition="4",
    ),
    "adb-mrio 72, spaces": Case("adb-mrio", adb("ADB MRIO {}, 72 economies.xlsx"), ADB, "adb", edition="2"),
    "adb-mrio, spaces": Case("adb-mrio", adb("ADB-MRIO {}.xlsx"), ADB, "adb", edition="2"),
    **{
        f"figaro {kind} {edition}": Case(
            "figaro",
            labelled_as(labelled.write_figaro, FIGARO.format(f"{kind}-by-{kind}", years)),
            {"CN": "CHN", greece: "GRC", "RU": "RUS", "FIGW1": "ROW"},
            "figaro",
            spelling,
            EURO,
            edition=edition,
        )
        for kind, greece, spelling in (("ind", "EL", 0), ("prod", "GR", 1))
        for years, edition in (("24ed_{}", "24ed"), ("{}", "22ed"))
    },
    "exiobase industries": Case(
        "exiobase",
        exiobase("ixi"),
        {"CN": "CHN", "RU": "RUS", "WF": "WF"},
        "exiobase-ixi",
        unit=EURO,
        edition="ixi",
    ),
    "exiobase products": Case(
        "exiobase",
        exiobase("pxp"),
        {"CN": "CHN", "RU": "RUS", "WA": "WA"},
        "exiobase-pxp",
        unit=EURO,
        edition="pxp",
    ),
    "gloria": Case(
        "gloria",
        write_gloria,
        {"SDS": "SSD", "RUS": "RUS", "XEU": "XEU"},
        "gloria",
        0,
        THOUSANDS,
        edition="057",
    ),
    "pymrio": Case(
        "pymrio",
        write_saved,
        {"ROM": "ROU", "RUS": "RUS", "RoW": "ROW"},
        "wiod-2013",
        -1,
        price="",
        title="Saved table",
    ),
    "pymrio, parquet": Case(
        "pymrio",
        partial(write_saved, table_format="parquet"),
        THREE,
        "wiod-2013",
        -1,
        price="",
        title="Saved table",
    ),
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
ONE_EACH = {case.database: case for case in CASES.values()}
LISTS = {(case.database, case.concordance): case for case in reversed(CASES.values())}
each_list = pytest.mark.parametrize("case", LISTS.values(), ids=map(" ".join, LISTS))
every = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def written(case, folder, **which):
    folder.mkdir(exist_ok=True)
    case.write(case.raw(**which), folder)
    return folder


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


# Round trips --------------------------------------------------------------------------------------


def test_every_form_of_every_database_has_a_round_trip(tmp_path):
    """All but workbooks in Excel's binary format, which nothing at hand can write."""
    assert {case.database for case in CASES.values()} == set(sources.READERS)
    found = []
    for number, case in enumerate(CASES.values()):
        folder = written(case, tmp_path / str(number), few=True)
        found.append(sources._locate(case.database, folder, YEAR).form)
    left = [form for forms in sources.READERS.values() for form, _ in forms if form not in found]
    assert [next(iter(form.parts.values())) for form in left] == ["WIOT{year}_Nov16_ROW.xlsb"]


@every
def test_round_trip(case, tmp_path, monkeypatch):
    """With all sectors, save where only file names differ; the OECD's number of sectors is its edition."""
    few = case not in LISTS.values() and case.database != "oecd-icio"
    folder = written(case, tmp_path / "raw", few=few)
    read, expected = gvc.read_table(case.database, folder, YEAR), case.expected(few=few)
    assert_same(read, expected)
    assert (read.unit, read.price, read.edition, read.year) == (case.unit, case.price, case.edition, YEAR)
    title = case.title or sources.TITLES[case.database]
    edition = f"edition {case.edition}" if case.edition else ""
    assert read.source == ", ".join(filter(None, [title, edition, case.price, f"year {YEAR}"]))

    grouped = read.aggregate(sectors=sector_groups(read.sectors, "fourteen"))
    assert few or set(grouped.sectors) == FOURTEEN
    for total in ("output", "exports"):
        by_country = [getattr(table, total).groupby(level=0).sum() for table in (grouped, expected)]
        pd.testing.assert_series_equal(*by_country, rtol=1e-12)

    def refuse(*_):
        raise AssertionError("the files are read again")

    monkeypatch.setitem(
        sources.READERS, case.database, [(form, refuse) for form, _ in sources.READERS[case.database]]
    )
    again = gvc.read_table(case.database, folder, YEAR)
    assert isinstance(again.Z.base, np.memmap)
    assert again.index.equals(read.index)
    for name in ("Z", "Y", "value_added", "stated_output"):
        np.testing.assert_array_equal(getattr(again, name), getattr(read, name))
    for name in ("unit", "price", "edition", "year", "source", "note"):
        assert getattr(again, name) == getattr(read, name)
    vs = [gvc.vertical_specialization(table).vs for table in (again, read)]
    pd.testing.assert_series_equal(*vs, check_exact=True)


@each_list
def test_zipped(case, tmp_path):
    folder = written(case, tmp_path / "raw", few=True)
    archive = raw_formats.zipped(folder, f"{YEAR}.zip")
    shutil.rmtree(folder)
    expected = case.expected(few=True)
    assert_same(gvc.read_table(case.database, archive, YEAR), expected)
    assert_same(gvc.read_table(case.database, tmp_path, YEAR), expected)
    assert_same(gvc.read_table(case.database, tmp_path), expected)


@each_list
def test_beside_another_year(case, tmp_path):
    other = {"year": YEAR - 1, "factor": 2.0}
    folder = written(case, tmp_path / "raw", few=True)
    written(case, folder, few=True, **other)
    with pytest.raises(YearError, match=f"holds several years, {YEAR - 1}, {YEAR}; name one"):
        gvc.read_table(case.database, folder)
    with pytest.raises(YearError, match=f"has no year 1990; it has {YEAR - 1}, {YEAR}"):
        gvc.read_table(case.database, folder, 1990)
    assert_same(gvc.read_table(case.database, folder, YEAR), case.expected(few=True))
    doubled = gvc.read_table(case.database, folder, YEAR - 1)
    assert doubled.year == YEAR - 1
    assert_same(doubled, case.expected(few=True, **other))


@pytest.mark.parametrize("case", ONE_EACH.values(), ids=ONE_EACH)
def test_folder_per_year(case, tmp_path):
    """Folders named by something else than the year, one for each table."""
    for year, factor in ((YEAR, 1.0), (YEAR - 1, 2.0)):
        written(case, tmp_path / f"download of {year}", few=True, year=year, factor=factor)
    with pytest.raises(YearError, match=f"holds several years, {YEAR - 1}, {YEAR}; name one"):
        gvc.read_table(case.database, tmp_path)
    assert_same(gvc.read_table(case.database, tmp_path, YEAR), case.expected(few=True))
    doubled = case.expected(few=True, year=YEAR - 1, factor=2.0)
    assert_same(gvc.read_table(case.database, tmp_path, YEAR - 1), doubled)


# The study's parameters ---------------------------------------------------------------------------

EAEU = {"ARM": "ARM", "BLR": "BLR", "KAZ": "KAZ", "KGZ": "KGZ", "RUS": "RUS"}
PARAMETERS = """\
study: eaeu_vertical_specialization
source: {{database: {database}, path: {path}}}
year: {year}
focus: [{bloc}, EAST_ASIA]
bloc: {{name: the union, members: [{bloc}]}}
sector_groups: fourteen
"""


@pytest.mark.parametrize(
    ("like", "countries", "bloc", "members"),
    [
        ("eora26", EAEU | {"CHN": "CHN", "KOR": "KOR"}, "EAEU", list(EAEU)),
        (
            "wiod 2013",
            {"CAN": "CAN", "CHN": "CHN", "JPN": "JPN", "RUS": "RUS", "USA": "USA"},
            "NAFTA",
            ["CAN", "USA"],
        ),
        ("csv", EAEU | {"CHN": "CHN", "RoW": "ROW"}, "EAEU", list(EAEU)),
    ],
)
def test_parameters_of_the_study(like, countries, bloc, members, tmp_path):
    case = replace(CASES[like], countries=countries)
    folder = written(case, tmp_path / "raw")
    file = tmp_path / "study.yaml"
    content = PARAMETERS.format(database=case.database, path=folder, year=YEAR, bloc=bloc)
    file.write_text(content, encoding="utf-8")
    parameters = load(file)
    assert parameters.bloc.members == members
    assert parameters.focus == [*members, *(c for c in ("CHN", "JPN", "KOR") if c in countries)]
    table = gvc.read_table(case.database, folder, parameters.year)
    groups = parameters.sector_groups
    prepared = gvc.prepare(
        table, parameters.countries, parameters.corrections, groups, parameters.balance
    ).table
    expected = case.expected().aggregate(sectors=sector_groups(case.expected().sectors, "fourteen"))
    assert set(prepared.sectors) == FOURTEEN
    vs = gvc.vertical_specialization(prepared).vs
    pd.testing.assert_series_equal(vs, gvc.vertical_specialization(expected).vs, rtol=1e-12)
    with pytest.raises(ParameterError, match=r"'ASEAN' .* has no member in the table"):
        load(file, [("bloc.members", "[ASEAN]")])


# Damage that totals can tell ----------------------------------------------------------------------

UNTOLD = {
    # No gross output is stated: what an industry sells to itself enters its output and its inputs alike.
    "figaro ind 24ed": {"diagonal"},
    # Likewise; and the names of sectors stand in index_t.csv only.
    "eora YEAR_eora_{}.csv": {"diagonal", "sectors"},
    # The supply table states output, and V value added.
    "gloria": set(),
    # Every row and every column has its total in the sheet.
    "adb-mrio": set(),
    # output.csv and value_added.csv tell all numbers; unit, price, edition and source stand in table.yaml.
    "csv": {"description"},
}
"""What may change without a word, as nothing else in the files says it."""
SHEET = "xl/worksheets/sheet2.xml"
LIKELY = list(b"0123456789.,;-+eE \"'#\t\n\r\0\xa0AZaz:_<>")


def small(case):
    """Two countries by three sectors, no number whole, so that no tolerance for rounded numbers applies."""
    case = replace(case, countries=dict(list(case.countries.items())[-2:]))
    table = case.raw(few=True)
    rows = np.tile([True, True, True, False], 2)
    Z, Y = table.Z[np.ix_(rows, rows)] + 0.25, table.Y[rows] + 0.5
    return gvc.IOTable(Z, Y, index=table.index[rows], year=YEAR)


def inside(archive, name, content=None, method=zipfile.ZIP_DEFLATED):
    """Read a file of an archive; or write the archive anew with another content of it."""
    with zipfile.ZipFile(archive) as old:
        parts = {part: old.read(part) for part in old.namelist()}
    if content is None:
        return parts[name]
    with zipfile.ZipFile(archive, "w", method) as new:
        for part, before in parts.items():
            new.writestr(part, content if part == name else before)
    return content


def unlike(after, before):
    """What differs by more than `BALANCE_TOLERANCE`, the difference that counts as rounding."""
    if not after.index.equals(before.index):
        return {"sectors"} if after.countries == before.countries else {"countries"}
    output = before.output.to_numpy()
    allowed = 1.01 * BALANCE_TOLERANCE * np.minimum.outer(output, output)
    off = np.abs(after.Z - before.Z) > allowed
    found = set()
    if (off & ~np.eye(len(off), dtype=bool)).any():
        found.add("flows")
    elif off.any():
        found.add("diagonal")
    if (np.abs(after.Y - before.Y) > 1.01 * BALANCE_TOLERANCE * output[:, None]).any():
        found.add("demand")
    if (np.abs(after.value_added - before.value_added) > 1.01 * BALANCE_TOLERANCE * output).any():
        found.add("value added")
    if any(getattr(after, name) != getattr(before, name) for name in ("unit", "price", "edition", "source")):
        found.add("description")
    return found


@pytest.mark.parametrize("name", UNTOLD)
def test_one_changed_byte_is_told(name, tmp_path):
    """A byte changed or the rest cut off: a fault, a finding, or the same table but for rounding."""
    case, folder = CASES[name], one(CASES[name], tmp_path)
    before = gvc.read_table(case.database, folder, YEAR)
    assert before.check() == []
    files = [file for file in sorted(folder.rglob("*.*")) if file.is_file() and "Satellite" not in str(file)]

    @settings(max_examples=60)
    @given(st.data())
    def is_told(data):
        file = data.draw(st.sampled_from(files))
        whole = file.read_bytes()
        # In a workbook the sheet is damaged, before it is packed; what is packed is only cut here.
        packed = file.suffix == ".xlsx"
        unpacked = packed and name == "adb-mrio" and data.draw(st.integers(0, 3)) > 0
        content = bytearray(inside(file, SHEET) if unpacked else whole)
        place = data.draw(st.integers(0, len(content) - 1))
        if (packed and not unpacked) or data.draw(st.integers(0, 5)) == 0:
            del content[place:]
        else:
            content[place] = data.draw(st.sampled_from(LIKELY) | st.integers(0, 255))
        inside(file, SHEET, bytes(content)) if unpacked else file.write_bytes(content)
        try:
            after = gvc.read_table(case.database, folder, YEAR)
        except (gvc.SourceError, gvc.TableError) as error:
            assert "\n" not in str(error)
            assert str(folder) in str(error)
            return
        finally:
            file.write_bytes(whole)
        assert unlike(after, before) <= UNTOLD[name] or after.check()

    is_told()


def one(case, tmp_path):
    """Write the small table of a case; a workbook is not compressed."""
    folder = tmp_path / "raw"
    folder.mkdir()
    case.write(small(case), folder)
    return folder


def edit_line(file, line, column, number):
    """Put a number in a text file with commas between cells, both counted from 0."""
    lines = file.read_text(encoding="utf-8").splitlines()
    cells = lines[line].split(",")
    cells[column] = repr(number)
    file.write_text("\n".join([*lines[:line], ",".join(cells), *lines[line + 1 :]]) + "\n", encoding="utf-8")


@pytest.mark.parametrize("name", ["adb-mrio", "csv", "gloria"])
def test_own_inputs_are_told_by_stated_output(name, tmp_path):
    """What an industry sells to itself changes its output and inputs alike; only stated output tells."""
    case = CASES[name]
    table, folder = small(case), one(case, tmp_path)
    wrong = float(table.Z[0, 0] + np.rint(0.01 * table.output.iloc[0]))
    if name == "adb-mrio":
        (file,) = folder.iterdir()
        edit = labelled.put(7, 4, wrong)
        labelled.write_adb_mrio(table, folder, file.name, sheet=f"ADB MRIO {YEAR}", edit=edit)
    elif name == "csv":
        edit_line(folder / str(YEAR) / "Z.csv", 3, 2, wrong)
    else:
        (file,) = folder.glob(f"GLORIA_MRIOs*/*_T-Results_{YEAR}*")
        edit_line(file, len(table.sectors), 0, wrong)
    read = gvc.read_table(case.database, folder, YEAR)
    assert read.Z[0, 0] == wrong
    assert [finding.kind for finding in read.check()] == ["stated output"]


@pytest.mark.parametrize("cell", ["30\x1f.25", "30.25\x1f", "30.25\x1c"])
def test_control_characters_in_plain_files(cell, tmp_path):
    folder = one(CASES["csv"], tmp_path)
    file = folder / str(YEAR) / "Z.csv"
    content = file.read_text(encoding="utf-8")
    number = content.splitlines()[-2].split(",")[2]
    file.write_bytes(content.replace(f",{number},", f",{cell},", 1).encode())
    with pytest.raises(gvc.SourceError, match="is no number"):
        gvc.read_table("csv", folder, YEAR)


def test_quotation_mark_in_bare_matrices(tmp_path):
    folder = one(CASES["eora YEAR_eora_{}.csv"], tmp_path)
    file = folder / f"{YEAR}_eora_T.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    cells = lines[1].split(",")
    cells[-1] = '"' + cells[-1]
    file.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]) + "\n", encoding="utf-8")
    with pytest.raises(gvc.SourceError) as caught:
        gvc.read_table("eora", folder, YEAR)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "file", "old", "new"),
    [
        ("adb-mrio", f"ADB-MRIO-{YEAR}.xlsx", b"<t>RUS</t>", b"<t>AUS</t>"),
        ("wiod 2016", f"WIOT{YEAR}_Nov16_ROW.xlsx", b"<t>RUS</t>", b"<t>AUS</t>"),
        ("wiod 2013", f"wiot{YEAR % 100}_row_sep12.xlsx", b"<t>RUS</t>", b"<t>AUS</t>"),
        ("gloria", "GLORIA_ReadMe_057.xlsx", b"<t>RUS</t>", b"<t>AUS</t>"),
    ],
)
def test_checksums_of_workbooks(name, file, old, new, tmp_path):
    """A country renamed by one byte, in a workbook that is not compressed, so that nothing else breaks."""
    case = CASES[name]
    folder = tmp_path / "raw"
    folder.mkdir()
    case.write(case.raw(few=True), folder)
    strings = "xl/sharedStrings.xml"
    inside(folder / file, strings, inside(folder / file, strings), zipfile.ZIP_STORED)
    content = (folder / file).read_bytes()
    assert content.count(old) >= 1
    (folder / file).write_bytes(content.replace(old, new, 1))
    with zipfile.ZipFile(folder / file) as archive:
        assert archive.testzip() is not None
    with pytest.raises(gvc.SourceError):
        gvc.read_table(case.database, folder, YEAR)


def test_huge_number_is_told_without_warnings(tmp_path):
    folder = one(CASES["figaro ind 24ed"], tmp_path)
    (file,) = folder.iterdir()
    content = file.read_text(encoding="utf-8")
    number = content.splitlines()[1].split(",")[2]
    file.write_text(content.replace(f",{number},", ",9e200,", 1), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert gvc.read_table("figaro", folder, YEAR).check()
