"""Databases that pymrio parses: a known table written as they deliver it comes back as it was."""

import numpy as np
import pandas as pd
import pytest

import gvc_helpers as gvc
from tests import raw_formats
from tests.conftest import SHARED

MOCKS = SHARED / "data" / "formats"
needs_mocks = pytest.mark.skipif(not MOCKS.is_dir(), reason="the tables in raw format are not at hand")


def assert_same(read, table, countries=None):
    """The same numbers, whatever order the rows stand in, and the same VS."""
    order = [
        read.index.get_loc((country, sector))
        for country in read.countries
        for sector in read.index[read.index.get_level_values(0) == country].get_level_values(1)
    ]
    assert order == list(range(len(read.index)))
    places = table.index.get_indexer(read.index) if countries is None else countries
    assert (places >= 0).all()
    np.testing.assert_allclose(read.Z, table.Z[np.ix_(places, places)], atol=1e-9)
    np.testing.assert_allclose(
        read.Y, table.Y[places][:, pd.Index(table.countries).get_indexer(read.countries)]
    )
    np.testing.assert_allclose(read.value_added, table.value_added.to_numpy()[places])
    measured = gvc.vertical_specialization(read).vs
    pd.testing.assert_series_equal(measured.sort_index(), gvc.vertical_specialization(table).vs.sort_index())


@pytest.mark.parametrize("inside", [None, "", "Eora26_2015_bp/"])
def test_eora26(tmp_path, inside):
    table = raw_formats.known()
    folder = tmp_path / "raw"
    folder.mkdir()
    raw_formats.write_eora26(table, folder)
    path = folder if inside is None else raw_formats.zipped(folder, "Eora26_2015_bp.zip", inside)
    read = gvc.read_table("eora26", path, 2015)
    assert_same(read, table)
    assert (read.unit, read.price, read.year, read.note) == ("000 USD", "basic prices", 2015, "")


def test_eora26_with_labels_in_an_archive_of_their_own(tmp_path):
    table = raw_formats.known()
    raw_formats.write_eora26(table, tmp_path)
    labels = tmp_path / "labels"
    labels.mkdir()
    for file in tmp_path.glob("labels_*.txt"):
        file.rename(labels / file.name)
    raw_formats.zipped(labels, "indices.zip")
    for file in labels.iterdir():
        file.unlink()
    labels.rmdir()
    assert_same(gvc.read_table("eora26", tmp_path, 2015), table)


def test_eora26_says_what_discrepancies_it_leaves_out(tmp_path):
    table = raw_formats.known()
    raw_formats.write_eora26(table, tmp_path, discrepancies=2.0)
    read = gvc.read_table("eora26", tmp_path, 2015)
    assert_same(read, table)
    assert read.note.startswith("statistical discrepancies (ROW) are left out, ")


def test_price_basis_is_asked_for_where_there_are_two(tmp_path):
    table = raw_formats.known()
    for price in ("bp", "pp"):
        raw_formats.write_eora26(table, tmp_path, price)
    with pytest.raises(gvc.SourceError, match="holds several tables of Eora26") as caught:
        gvc.read_table("eora26", tmp_path, 2015)
    assert "name one of them as the path" in str(caught.value)
    read = gvc.read_table("eora26", tmp_path / "Eora26_2015_pp_T.txt", 2015)
    assert read.price == "purchasers' prices"


@pytest.mark.parametrize(
    ("edition", "name", "sectors"),
    [
        (2016, "ICIO2016_2011.csv", ("C01T05AGR", "C10T14MIN", "C15T16FOD")),
        (2018, "ICIO2018_2011.CSV", ("01T03", "05T06", "07T08")),
        (2021, "ICIO2021_2011.csv", ("A01_02", "A03", "B05_06")),
        (2023, "2011_SML.csv", ("A01_02", "A03", "B05_06")),
        (2025, "2011_SML.csv", ("A01", "A02", "A03")),
    ],
)
@pytest.mark.parametrize("split", [(), ("CHN", "MEX")])
def test_oecd(tmp_path, edition, name, sectors, split):
    table = raw_formats.known(sectors=sectors, year=2011)
    name = name.replace("_SML", "") if split else name
    raw_formats.write_oecd(table, tmp_path / name, edition, split)
    read = gvc.read_table("oecd-icio", tmp_path, 2011)
    named = gvc.IOTable(table.Z.copy(), table.Y.copy(), index=table.index, year=2011)
    sector_names = (
        dict(zip(table.sectors, read.sectors, strict=True)) if set(read.sectors) != set(sectors) else {}
    )
    relabelled = pd.MultiIndex.from_tuples([(c, sector_names.get(s, s)) for c, s in named.index])
    named = gvc.IOTable(table.Z.copy(), table.Y.copy(), index=relabelled, year=2011)
    assert_same(read, named)
    assert read.unit == "million USD"
    np.testing.assert_allclose(read.stated_output, read.output)
    assert ("discrepancies (DISC)" in read.note) == (edition in (2016, 2018))


def test_wiod_2013(tmp_path):
    table = raw_formats.known(
        countries=("RUS", "ROM", "USA"),
        sectors=("Agriculture, Hunting, Forestry and Fishing", "Mining and Quarrying", "Private Households"),
        year=2009,
    )
    raw_formats.write_wiod_2013(table, tmp_path / "wiot09_row_sep12.xlsx")
    read = gvc.read_table("wiod", tmp_path)
    assert read.countries == ["RUS", "ROU", "USA"]
    assert_same(read, gvc.IOTable(table.Z.copy(), table.Y.copy(), read.countries, table.sectors))
    np.testing.assert_allclose(read.stated_output, read.output)
    assert (read.year, read.edition, read.unit) == (2009, "2013", "million USD")


@pytest.mark.parametrize("archived", [False, True])
def test_exiobase(tmp_path, archived):
    table = raw_formats.known(countries=("CN", "MX", "RU", "WA"), sectors=("Cultivation of wheat", "B", "C"))
    folder = tmp_path / "IOT_2015_ixi"
    raw_formats.write_exiobase(table, folder)
    path = raw_formats.zipped(folder, "IOT_2015_ixi.zip", "IOT_2015_ixi/") if archived else tmp_path
    read = gvc.read_table("exiobase", path, 2015)
    assert read.countries == ["CHN", "MEX", "RUS", "WA"]
    assert_same(read, gvc.IOTable(table.Z.copy(), table.Y.copy(), read.countries, table.sectors))
    assert (read.year, read.edition, read.unit) == (2015, "ixi", "million EUR")


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
