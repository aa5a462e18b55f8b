"""Every database as a user meets it: raw files in, and the known table out, by gvc.read_table alone."""

import shutil
import warnings
import zipfile
from dataclasses import replace
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gvc_helpers as gvc
from gvc_helpers.databases.files import YearError, find
from gvc_helpers.databases.registry import Source, sources
from gvc_helpers.studies.file import ParameterError, load
from gvc_helpers.tables.checks import BALANCE_TOLERANCE
from gvc_helpers.tables.labels import sector_groups
from tests.conftest import SHARED
from tests.databases.cases import YEAR, assert_same, put, zipped
from tests.databases.test_adb_mrio import write_adb_mrio

FOURTEEN = set(gvc.read_table("reconstruction").sectors)
MOCKS = SHARED / "data" / "formats"
needs_mocks = pytest.mark.skipif(not MOCKS.is_dir(), reason="the tables in raw format are not at hand")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GVC_CACHE", str(tmp_path / "cache"))


def cases():
    """All forms of all databases, from the tests of each."""
    for source in sources().values():
        module = source.readers[0][1].__module__.rpartition(".")[2]
        yield from import_module(f"tests.databases.test_{module}").CASES.items()


CASES = dict(cases())
ONE_EACH = {case.database: case for case in CASES.values()}
LISTS = {(case.database, case.concordance): case for case in reversed(CASES.values())}
each_list = pytest.mark.parametrize("case", LISTS.values(), ids=map(" ".join, LISTS))
every = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def written(case, folder, **which):
    folder.mkdir(exist_ok=True)
    case.write(case.raw(**which), folder)
    return folder


# Round trips --------------------------------------------------------------------------------------


def test_every_form_of_every_database_has_a_round_trip(tmp_path):
    """All but workbooks in Excel's binary format, which nothing at hand can write."""
    assert {case.database for case in CASES.values()} == set(sources())
    found = []
    for number, case in enumerate(CASES.values()):
        folder = written(case, tmp_path / str(number), few=True)
        found.append(find(folder, [form for form, _ in sources()[case.database].readers], YEAR, "").form)
    left = [form for source in sources().values() for form, _ in source.readers if form not in found]
    assert [next(iter(form.parts.values())) for form in left] == ["WIOT{year}_Nov16_ROW.xlsb"]


@every
def test_round_trip(case, tmp_path, monkeypatch):
    """With all sectors, save where only file names differ; the OECD's number of sectors is its edition."""
    few = case not in LISTS.values() and case.database != "oecd-icio"
    folder = written(case, tmp_path / "raw", few=few)
    read, expected = gvc.read_table(case.database, folder, YEAR), case.expected(few=few)
    assert_same(read, expected)
    assert (read.unit, read.price, read.edition, read.year) == (case.unit, case.price, case.edition, YEAR)
    title = case.title or sources()[case.database].title
    edition = f"edition {case.edition}" if case.edition else ""
    assert read.source == ", ".join(filter(None, [title, edition, case.price, f"year {YEAR}"]))

    grouped = read.aggregate(sectors=sector_groups(read.sectors, "fourteen"))
    assert few or set(grouped.sectors) == FOURTEEN
    for total in ("output", "exports"):
        by_country = [getattr(table, total).groupby(level=0).sum() for table in (grouped, expected)]
        pd.testing.assert_series_equal(*by_country, rtol=1e-12)

    def refuse(*_):
        raise AssertionError("the files are read again")

    source = sources()[case.database]
    readers = [(form, refuse) for form, _ in source.readers]
    monkeypatch.setitem(sources(), case.database, Source(source.title, readers))
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
    archive = zipped(folder, f"{YEAR}.zip")
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


@needs_mocks
@pytest.mark.parametrize(
    ("database", "folder", "year", "size"),
    [
        ("eora26", "eora26", 2010, (6, 48)),
        ("oecd-icio", "oecd", 2003, (4, 32)),
        ("oecd-icio", "oecd", 2010, (5, 40)),
        ("oecd-icio", "oecd/ICIO2018_2010.zip", 2010, (5, 40)),
        ("wiod", "wiod", None, (6, 48)),
    ],
)
def test_tables_in_raw_format_are_read(database, folder, year, size):
    read = gvc.read_table(database, MOCKS / folder, year)
    assert (len(read.countries), len(read.index)) == size
    assert (read.output > 0).all()


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
        edit = put(7, 4, wrong)
        write_adb_mrio(table, folder, file.name, sheet=f"ADB MRIO {YEAR}", edit=edit)
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
