"""Concordances: shipped classifications are whole, countries are standard, own groups are read strictly."""

import logging

import numpy as np
import pandas as pd
import pytest
from country_converter import CountryConverter

import gvc_helpers as gvc
from gvc_helpers.tables import labels as concordances
from gvc_helpers.tables.labels import (
    ConcordanceError,
    country_set,
    expand,
    sector_groups,
    sector_names,
    standard_countries,
)
from tests.conftest import WIOD, needs_wiod, small_table

SHIPPED = list(concordances._classifications())
BROAD = {
    *["Agriculture", "Mining and energy", "Manufacturing", "Construction", "Trade and transport"],
    *["Business services", "Public and other services"],
}
TRADE, TRANSPORT, METALS = "Trade", "Transport", "Basic metals and fabricated metal products"
CHEMICALS = "Petroleum refining, chemicals, rubber and plastics, other non-metallic mineral products"


def rows(name):
    return concordances._shipped(name)


def labels(name):
    """First spelling of every sector."""
    return [row["code"].split(" | ")[0] for row in rows(name)]


def fault(function, *arguments):
    with pytest.raises(ConcordanceError) as caught:
        function(*arguments)
    message = str(caught.value)
    assert "\n" not in message
    return message


# Shipped classifications ------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_classification_maps_each_sector_once_into_the_known_groups(name):
    fourteen = gvc.read_table("reconstruction").sectors
    places = {}
    for number, row in enumerate(rows(name)):
        spellings = {concordances._key(label) for label in (*row["code"].split(" | "), row["sector"])}
        for spelling in spellings:
            assert spelling
            assert places.setdefault(spelling, number) == number, spelling
    assert len({row["sector"] for row in rows(name)}) == len(rows(name))
    assert {row["fourteen"] for row in rows(name)} == set(fourteen)
    assert {row["broad"] for row in rows(name)} == BROAD


@pytest.mark.parametrize("level", ["fourteen", "broad"])
@pytest.mark.parametrize("name", SHIPPED)
def test_labels_of_files_and_names_are_found(name, level):
    expected = [row[level] for row in rows(name)]
    for known in (labels(name), [row["sector"] for row in rows(name)]):
        placed = {
            sector: group for group, members in sector_groups(known, level).items() for sector in members
        }
        assert [placed[sector] for sector in known] == expected


def test_each_of_the_thirteen_groups_is_in_one_broad_group():
    pairs = {(row["fourteen"], row["broad"]) for name in SHIPPED for row in rows(name)}
    assert len({pair for pair in pairs if pair[0] != "Other sectors"}) == 13


@pytest.mark.parametrize(
    ("classification", "label", "group"),
    [
        ("eora26", "Hotels and Restraurants", "Other sectors"),
        ("eora26", "Maintenance and Repair", TRADE),
        ("oecd-2016", "C26NMM", CHEMICALS),
        ("oecd-2018", "24", METALS),
        ("oecd-2021-2023", "45T47", TRADE),
        ("oecd-2021-2023", "C24", METALS),
        ("oecd-2025", "C24B", METALS),
        ("oecd-2025", "H51", TRANSPORT),
        ("wiod-2016", "C31_C32", "Other sectors"),
        ("wiod-2016", "J61", "Post and telecommunications"),
        ("adb", "c12", METALS),
        ("adb", "c20", TRADE),
        ("figaro", "CPA_C22", CHEMICALS),
        ("exiobase-ixi", "i26.d.w", CHEMICALS),
        ("exiobase-pxp", "Copper products", METALS),
        ("gloria", "Basic gold", METALS),
        ("gloria", "Transport via pipeline", TRANSPORT),
    ],
)
def test_sectors_are_where_isic_has_them(classification, label, group):
    assert concordances._classifications()[classification][concordances._key(label)].fourteen == group


@needs_wiod
@pytest.mark.parametrize("level", ["fourteen", "broad"])
def test_groups_keep_the_totals_of_a_real_table(level):
    table = gvc.read_table("pymrio", WIOD, 2008)
    assert table.sectors == labels("wiod-2013")
    grouped = table.aggregate(sectors=sector_groups(table.sectors, level))
    assert len(grouped.sectors) == (14 if level == "fourteen" else 7)
    for total in ("output", "exports"):
        before, after = (
            getattr(t, total).groupby(level="country", sort=False).sum() for t in (table, grouped)
        )
        np.testing.assert_allclose(after, before, rtol=1e-12)
    metals = table.output.xs("Basic Metals and Fabricated Metal", level="sector").sum()
    group = METALS if level == "fourteen" else "Manufacturing"
    held = grouped.output.xs(group, level="sector").sum()
    assert held == pytest.approx(metals, rel=1e-12) if level == "fourteen" else held > metals


def test_sector_names():
    codes = labels("oecd-2021-2023")
    names = sector_names(codes, "oecd-icio", "2021 or 2023")
    assert list(names) == codes
    assert len(set(names.values())) == 45
    assert names["C19"] == "Coke and refined petroleum products"
    assert sector_names([*codes, "C99"], "oecd", "2023") == {}
    assert sector_names(codes, "wiod", "2016") == {}
    assert sector_names([], "oecd", "2023") == {}
    assert sector_names(["L", "L68"], "figaro", "") == {}  # two labels of one sector
    assert sector_names(["C20", "B"], "wiod-2016", "2016")["B"] == "Mining and quarrying"


def test_edition_decides_between_classifications_that_fit(monkeypatch):
    sector = {edition: concordances._Sector(f"Farms of {edition}", "", "") for edition in ("1", "2")}
    invented = {f"x-{edition}": {"a": sector[edition]} for edition in ("1", "2")}
    monkeypatch.setattr(concordances, "_classifications", lambda: invented)
    assert sector_names(["A"], "x", "2") == {"A": "Farms of 2"}
    assert sector_names(["A"], "x", "1") == {"A": "Farms of 1"}


def test_what_no_classification_has_is_named():
    known = labels("eora26")
    message = fault(sector_groups, [*known[:12], "Fisching", "Toys"], "fourteen")
    assert message.startswith("12 of 14 sectors are those of eora26; not in it: 'Fisching', 'Toys'; give")
    message = fault(sector_groups, [f"Sector {i}" for i in range(9)], "broad")
    assert "none of the sectors is in a shipped classification: 'Sector 0', " in message
    assert "and 4 more" in message
    assert "level 'ten' of sector groups is unknown" in fault(sector_groups, known, "ten")


def test_code_that_classifications_do_not_agree_about_is_named():
    message = fault(sector_groups, ["C20", "C21"], "fourteen")
    assert message.startswith("sector 'C20' is in group 'Trade' by adb, but in 'Petroleum refining")


# Own groups -------------------------------------------------------------------------------------

OWN = "sector,group\nFarms,Nature\nWorks,Industry\n"


def own(folder, content=OWN):
    file = folder / "own.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


RUSSIAN = "Sector;note;Group\r\nФермы;да;Природа\r\n\r\nЗаводы;;Промышленность\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_own_groups_as_spreadsheets_save_them(tmp_path, encoding):
    groups = sector_groups(["Заводы", "Фермы"], "broad", own(tmp_path, RUSSIAN.encode(encoding)))
    assert groups == {"Промышленность": ["Заводы"], "Природа": ["Фермы"]}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_own_groups_with_any_delimiter(tmp_path, delimiter):
    file = own(tmp_path, OWN.replace(",", delimiter) + f'"A, b; c"{delimiter}Rest\n')
    assert sector_groups(["Works", "A, b; c"], "broad", file) == {"Industry": ["Works"], "Rest": ["A, b; c"]}


def test_own_groups_serve_a_table_whose_sectors_differ_by_country(tmp_path):
    pairs = [("AAA", "Farms"), ("AAA", "Works"), ("BBB", "Mills"), ("BBB", "Mines")]
    rag = small_table(countries=None, sectors=None, index=pd.MultiIndex.from_tuples(pairs))
    file = own(tmp_path, OWN + "Mills,Industry\nMines,Nature\nUnused,Nature\n")
    grouped = rag.aggregate(sectors=sector_groups(rag.sectors, "fourteen", file))
    assert set(grouped.index) == {(c, s) for c in ("AAA", "BBB") for s in ("Nature", "Industry")}
    assert grouped.output.sum() == pytest.approx(rag.output.sum())


def test_own_groups_are_read_anew(tmp_path):
    file = own(tmp_path)
    assert sector_groups(["Farms"], "broad", file) == {"Nature": ["Farms"]}
    own(tmp_path, OWN.replace("Nature", "Land"))
    assert sector_groups(["Farms"], "broad", file) == {"Land": ["Farms"]}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("sector,group\nFarms,Nature\n", "1 of 2 sectors of the table are in no row: 'Works'"),
        (
            OWN + "Farms,Industry\n",
            "line 4: sector 'Farms' is in group 'Industry', but in 'Nature' in line 2",
        ),
        ("sector,grup\nFarms,Nature\n", "the columns must be sector and group; they are sector, grup"),
        ("", "the file is empty"),
        ("sector,group,group\n", "the columns must be sector and group; they are sector, group, group"),
        ("sector,group\nFarms, forests,Nature\n", "line 2: 3 cells instead of 2; a name that holds ','"),
        ("sector,group\nFarms,\n", "line 2: the group is missing"),
        ("sector,group\n,Nature\n", "line 2: the sector is missing"),
        ('sector,group\n"Farms"x,Nature\n', "line 2: "),
        (b"sector,group\nFarms,\x98\n", "this is not text in UTF-8, UTF-16 or Windows-1251"),
    ],
)
def test_what_is_wrong_with_own_groups_is_named(tmp_path, content, expected):
    file = own(tmp_path, content)
    message = fault(sector_groups, ["Farms", "Works"], "fourteen", file)
    assert str(file) in message
    assert expected in message


def test_file_that_is_not_there_is_named(tmp_path):
    message = fault(sector_groups, ["Farms"], "broad", tmp_path / "none.csv")
    assert "none.csv: the file does not exist" in message


def test_row_that_says_the_same_twice_is_no_error(tmp_path):
    assert sector_groups(["Farms"], "broad", own(tmp_path, OWN + "Farms,Nature\n")) == {"Nature": ["Farms"]}


# Countries --------------------------------------------------------------------------------------

ISO3 = set(CountryConverter().data["ISO3"])
ADB = (
    "AUS AUT BEL BGR BRA CAN SWI PRC CYP CZE GER DEN SPA EST FIN FRA UKG GRC HRV HUN INO IND IRE ITA JPN KOR "
    "LTU LUX LVA MEX MLT NET NOR POL POR ROM RUS SVK SVN SWE TUR TAP USA BAN MAL PHI THA VIE KAZ MON SRI PAK "
    "FIJ LAO BRU BHU KGZ CAM MLD NEP SIN HKG"
)
FIGARO = "AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK UK US CN RU"


@pytest.mark.parametrize(("database", "codes"), [("adb", ADB), ("figaro", FIGARO)])
def test_all_economies_of_a_database_are_countries(database, codes):
    standard = standard_countries(codes.split(), database)
    assert set(standard.values()) <= ISO3
    assert len(set(standard.values())) == len(codes.split())


@pytest.mark.parametrize(
    ("database", "code", "country"),
    [
        ("adb", "TAP", "TWN"),
        ("adb-mrio", "MAL", "MYS"),
        ("adb", "SIN", "SGP"),
        ("adb", "RoW", "ROW"),
        ("wiod", "ROM", "ROU"),
        ("wiod-2013", "RoW", "ROW"),
        ("oecd", "WLD", "ROW"),
        ("oecd", "MX1", "MX1"),
        ("eora26", "DE", "DE"),  # its codes have three letters
        ("oecd", "PRC", "PRC"),  # another database's code is not guessed at
        ("eora26", "SUD", "SDN"),
        ("eora26", "SDS", "SSD"),
        ("eora", "SUD", "SDN"),
        ("eora26", "reg1", "reg1"),
        ("gloria", "XAF", "XAF"),
        ("figaro", "EL", "GRC"),
        ("figaro", "UK", "GBR"),
        ("figaro", "FIGW1", "ROW"),
        ("exiobase", "GB", "GBR"),
        ("exiobase-ixi", "TW", "TWN"),
        ("exiobase", "WF", "WF"),
        ("exiobase", "WM", "WM"),
        ("pymrio", "Germany", "Germany"),
    ],
)
def test_codes_become_standard_or_stay(database, code, country, caplog):
    with caplog.at_level(logging.DEBUG):
        assert standard_countries([code], database) == {code: country}
    assert not caplog.records


def test_two_codes_of_one_country_are_named():
    message = fault(standard_countries, ["ROM", "DEU", "ROU"], "wiod")
    assert message.startswith("countries 'ROM' and 'ROU' of wiod are both ROU")


def test_every_listed_code_stands_once_and_for_a_country():
    pairs = [(row["database"], row["code"]) for row in rows("country_codes")]
    assert len(set(pairs)) == len(pairs)
    targets = {row["country"] for row in rows("country_codes") if row["country"] != row["code"]}
    assert targets <= ISO3 | {"ROW"}
    # No country of ISO 3166 becomes another one.
    assert not ISO3 & {row["code"] for row in rows("country_codes")}


SETS = {
    "EAEU": 5,
    "EU": 27,
    "EU28": 28,
    "EU27_2007": 27,
    "NAFTA": 3,
    "EAST_ASIA": 4,
    "ASEAN": 10,
    "CIS": 9,
    "BELOUSOV_2020": 24,
    "CE_CORE": 6,
}


def test_sets_hold_countries_once():
    assert {name: len(country_set(name)) for name in concordances._country_sets()} == SETS
    for name in SETS:
        assert set(country_set(name)) <= ISO3
        assert len(set(country_set(name))) == SETS[name]
        assert " " not in name
    assert set(country_set("EU28")) - set(country_set("EU")) == {"GBR"}
    assert set(country_set("EU28")) - set(country_set("EU27_2007")) == {"HRV"}
    assert "set of countries 'EEC' is unknown; it must be one of EAEU, EU" in fault(country_set, "EEC")


def test_members_of_a_set_are_nobody_elses_to_change():
    country_set("EAEU").clear()
    assert len(country_set("EAEU")) == 5


def test_expand():
    known = ["CHN", "RUS", "BLR", "DEU", "ROW"]
    assert expand(["DEU", "EAEU", "RUS", "EU"], known) == ["DEU", "BLR", "RUS"]
    assert expand(["EAEU"], ["EAEU", "RUS"]) == ["EAEU"]  # a table that has the union as a country
    assert expand(["Narnia"], known) == ["Narnia"]
    message = fault(expand, ["ASEAN"], known)
    assert message.startswith("set of countries 'ASEAN' (BRN, IDN")
    assert message.endswith("has no member in the table; it has CHN, RUS, BLR, DEU, ROW")
