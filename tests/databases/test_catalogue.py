"""What `gvc sources` says of the databases."""

import csv
import dataclasses
import itertools
import re

import pytest

from gvc_helpers.databases.catalogue import EAEU, WIDTH, catalogue, details, overview
from gvc_helpers.databases.files import Form
from gvc_helpers.databases.registry import sources
from gvc_helpers.tables.labels import FOLDER

NAMES = list(catalogue())
USERS_OWN = {"pymrio", "csv"}

REAL_NAMES = [
    ("eora26", "Eora26_2015_bp_T.txt"),
    ("oecd-icio", "2022_SML.csv"),
    ("oecd-icio", "2020.csv"),
    ("oecd-icio", "ICIO2018_2015.CSV"),
    ("wiod", "WIOT08_ROW_Sep12.xlsx"),
    ("wiod", "WIOT2014_Nov16_ROW.xlsb"),
    ("adb-mrio", "ADB-MRIO-2007.xlsx"),
    ("adb-mrio", "ADB-MRIO62-2021_August 2024.xlsx"),
    ("adb-mrio", "ADB-MRIO62-2017-August 2025-62.xlsx"),
    ("adb-mrio", "ADB-MRIO72-2023_July 2025.xlsx"),
    ("adb-mrio", "ADB-MRIO-2024_August 2025-62.xlsx"),
    ("figaro", "matrix_eu-ic-io_ind-by-ind_26ed_2023.csv"),
    ("figaro", "matrix_eu-ic-io_ind-by-ind_25ed_2019_v2.csv"),
    ("figaro", "matrix_eu-ic-io_ind-by-ind_2020.csv"),
    ("exiobase", "IOT_2016_ixi.zip"),
    ("exiobase", "IOT_2016_pxp.zip"),
    ("gloria", "20240111_120secMother_AllCountries_002_T-Results_2019_059_Markup001(full).csv"),
    ("gloria", "20240419_120secMother_AllCountries_002_V-Results_2019_059_Markup001(full).csv"),
    ("gloria", "GLORIA_ReadMe_059a.xlsx"),
]
"""Names that providers have given to files."""


def entries():
    return catalogue().values()


def edition(name, label):
    return next(found for found in catalogue()[name].editions if found.name == label)


def test_every_database_has_an_entry():
    """A database is what registers itself; the table that ships needs no files."""
    assert set(NAMES) == {*sources(), "reconstruction"}
    assert [entry.name for entry in entries()] == NAMES


def test_concordances_have_all_sectors_of_the_editions():
    lists = {}
    for file in FOLDER.glob("*.csv"):
        if not file.name.startswith("country_"):
            with file.open(encoding="utf-8", newline="") as rows:
                lists.setdefault(file.stem.partition("-")[0], set()).add(sum(1 for _ in csv.DictReader(rows)))
    stated = {entry.name.partition("-")[0]: {each.sectors for each in entry.editions} for entry in entries()}
    assert lists == {name: set(map(int, sectors)) for name, sectors in stated.items() if name in lists}


@pytest.mark.parametrize("name", NAMES)
def test_entries_are_complete(name):
    entry = catalogue()[name]
    missing = [f.name for f in dataclasses.fields(entry) if not getattr(entry, f.name)]
    assert missing == (["editions"] if name in USERS_OWN else [])
    texts = [*entry.terms, *entry.addresses, *entry.steps, *entry.citations, *entry.cautions]
    texts += [text for file in entry.files for text in (file.name, file.holds)]
    assert all(isinstance(text, str) and text.strip() for text in texts)
    for each in entry.editions:
        values = {f.name: getattr(each, f.name) for f in dataclasses.fields(each)}
        assert all(isinstance(values[key], str) for key in ("name", "years", "sectors"))
        assert all(isinstance(values[key], int) for key in ("countries", "rest", "rows"))


@pytest.mark.parametrize("name", NAMES)
def test_members_of_the_eaeu_are_members_in_their_order(name):
    for each in catalogue()[name].editions:
        assert list(each.eaeu) == [code for code in EAEU if code in each.eaeu]


@pytest.mark.parametrize(
    ("name", "label", "members"),
    [
        ("eora26", "v199.82", "ARM BLR KAZ KGZ RUS"),
        ("oecd-icio", "2016", "RUS"),
        ("oecd-icio", "2021", "KAZ RUS"),
        ("oecd-icio", "2023", "BLR KAZ RUS"),
        ("adb-mrio", "62 economies", "KAZ KGZ RUS"),
        ("adb-mrio", "72 economies", "ARM KAZ KGZ RUS"),
        ("wiod", "2016", "RUS"),
        ("gloria", "059", "ARM BLR KAZ KGZ RUS"),
    ],
)
def test_who_of_the_eaeu_is_in_which_edition(name, label, members):
    assert " ".join(edition(name, label).eaeu) == members


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_regions_times_sectors(name):
    for each in catalogue()[name].editions:
        if each.sectors.isdigit():
            assert each.rows == (each.countries + each.rest) * int(each.sectors)


def test_years_are_years():
    for entry in entries():
        for each in entry.editions:
            assert re.fullmatch(r"\d{4}(–\d{4})?(, \d{4}(–\d{4})?)*", each.years)
            years = [int(year) for year in re.findall(r"\d{4}", each.years)]
            assert years == sorted(years)


def test_memory_is_that_of_doubles():
    assert edition("oecd-icio", "2025").megabytes == pytest.approx(8 * 4050 * 4050 / 1e6)
    assert "takes 193 MB;" in details("eora26")
    assert "takes 38 MB to 131 MB, by edition;" in details("oecd-icio")
    assert "takes 3.1 GB;" in details("gloria").replace("\n", " ")


@pytest.mark.parametrize(("name", "file"), REAL_NAMES)
def test_files_are_called_what_providers_call_them(name, file):
    patterns = [stated.name for stated in catalogue()[name].files]
    patterns = [pattern.replace("_bp_", "_{price}_") for pattern in patterns]
    assert any(Form({"file": pattern}).match("file", file) for pattern in patterns)


def test_overview_has_a_line_each_and_aligned_columns():
    head, *lines = overview().splitlines()
    assert [line.split()[0] for line in lines] == NAMES
    assert max(map(len, [head, *lines])) <= 110
    for heading, column in (("title", 1), ("licence", 6)):
        start = head.index(heading)
        assert all(line[start - 2 : start] == "  " and line[start] != " " for line in lines)
        cells = [re.split(r"\s{2,}", line)[column] for line in lines]
        assert cells == [getattr(entry, heading) for entry in entries()]


def test_overview_spans_all_editions():
    lines = {line.split()[0]: re.split(r"\s{2,}", line) for line in overview().splitlines()}
    assert lines["adb-mrio"][2:6] == ["62–74", "ARM KAZ KGZ RUS", "2000–2024", "35"]
    assert lines["eora"][2:6] == ["189", "all five", "1990–2017", "by country"]
    assert lines["csv"][2:6] == ["any"] * 4


@pytest.mark.parametrize("name", NAMES)
def test_details_say_it_all(name):
    entry, text = catalogue()[name], details(name)
    flowing = " ".join(text.split())
    assert all(file.name in text for file in entry.files)
    assert all(address in text for address in entry.addresses)
    for said in (*entry.citations, *entry.terms, *entry.cautions, entry.unit, entry.prices, entry.disk):
        assert " ".join(said.split()) in flowing
    for number, step in enumerate(entry.steps, start=1):
        assert f"{number}. {step}" in flowing
    assert entry.layout.strip().splitlines()[-1] in text
    assert all(each.name in text and each.years in text for each in entry.editions)


@pytest.mark.parametrize("name", NAMES)
def test_details_are_plain_text_of_limited_width(name):
    lines = details(name).splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert all(line == line.rstrip() and line.isprintable() for line in lines)
    headings = [above for above, line in itertools.pairwise(lines) if re.fullmatch("-+", line)]
    assert len(headings) == len(set(headings)) == 8


@pytest.mark.parametrize(
    ("wrong", "meant"), [("eora62", "eora26"), ("OECD-ICIO", "oecd-icio"), ("glorai", "gloria")]
)
def test_an_unknown_name_is_refused_with_the_nearest(wrong, meant):
    with pytest.raises(
        ValueError, match=f"database '{wrong}' is unknown; did you mean '{meant}'\\?; allowed: eora26, "
    ):
        details(wrong)


def test_an_unknown_name_far_from_all_has_no_suggestion():
    with pytest.raises(ValueError, match="database 'zzz' is unknown; allowed: eora26, eora, "):
        details("zzz")
