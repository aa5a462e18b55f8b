"""Printed against computed: which cells, which sign, and where the paper disagrees with itself."""

import numpy as np
import pandas as pd
import pytest

import gvc_helpers as gvc
from gvc_helpers.papers import eaeu as published
from gvc_helpers.papers import eaeu_compared as audit
from tests.conftest import SHARED, small_table


@pytest.fixture(scope="module")
def vs():
    return gvc.vertical_specialization(gvc.read_table("reconstruction"))


def test_printed_tables_are_those_of_the_paper():
    """The paper's text, as it came from the page, has every row of the printed tables."""
    paper = SHARED / "papers" / "004_694922c96e940d69.txt"
    if not paper.exists():
        pytest.skip("the paper is not at hand")
    lines = paper.read_text(encoding="utf-8").splitlines()
    cells = published.printed_tables().cells()
    for _, row in cells.groupby(level=["table", "row"], sort=False):
        figures = " ".join(f"{value:.2f}".replace(".", ",") for value in row)
        assert any(line.endswith(figures) for line in lines), figures
    assert len(cells) == 306


def test_cells_are_compared_with_their_own_results(vs):
    compared = audit.compare(vs)
    assert compared.loc[(1, "RUS", "BLR"), "computed"] == vs.by_origin.loc["RUS", "BLR"]
    assert compared.loc[(2, "RUS", "BLR"), "computed"] == vs.by_exporter.loc["RUS", "BLR"]
    assert compared.loc[(2, "VS1", "RUS"), "computed"] == vs.vs1["RUS"]
    assert compared.loc[(3, "Trade", "KGZ"), "computed"] == vs.vs_by_sector.loc["Trade", "KGZ"]
    assert compared.loc[(4, "Trade", "KGZ"), "computed"] == vs.vs1_by_sector.loc["Trade", "KGZ"]
    rest = compared.loc[(1, "ROW", "BLR"), "computed"]
    assert rest == pytest.approx(vs.by_origin.loc["ROW", "BLR"])


def test_cell_outside_the_printed_rounding_is_a_difference_with_its_sign(vs):
    content = vs.content.copy()
    food = ("BLR", "Food, beverages and tobacco")
    content.loc[food, "RUS"] += 0.02 / 100 * vs.country_exports["BLR"]
    compared = audit.compare(gvc.VerticalSpecialization(content, vs.use, vs.exports))
    cell = compared.loc[(3, food[1], "BLR")]
    assert cell["difference"] == pytest.approx(0.02, abs=1e-4)
    assert not cell["match"]
    assert compared.loc[(3, "Trade", "BLR"), "match"]
    summary = audit.summary(compared)
    assert summary["cells"].tolist() == [88, 88, 65, 65]
    assert summary.loc[3, "matches"] == 64
    assert summary.loc[3, "largest"] == pytest.approx(0.02, abs=1e-4)


def test_totals_that_the_paper_prints_apart_from_their_parts():
    faults = audit.subtotal_faults()
    assert len(faults) == 10
    assert faults.loc[(1, "BLR")].tolist() == [23.27, 23.26, 0.01]
    assert faults.loc[(2, "UKR")].tolist() == [7.04, 7.05, -0.01]
    assert (faults["difference"].abs() == 0.01).all()


def test_shares_quoted_in_the_text_are_met():
    quoted = audit.compare_quoted(gvc.read_table("reconstruction"))
    assert len(quoted) == 10
    np.testing.assert_allclose(quoted["computed"], quoted["printed"], atol=0.005)


def test_estimates_are_set_beside_the_kindred_indicator(vs):
    estimates = audit.other_estimates(vs, ["BLR", "RUS", "XXX"]).set_index(["country", "indicator", "year"])
    assert set(estimates.index.unique("country")) == {"BLR", "RUS"}
    assert estimates.loc[("BLR", "VS1", "2007 (presumed)"), "computed"] == vs.vs1["BLR"]
    assert estimates.loc[("RUS", "(FVA+PDC)/exports", "2017"), "computed"] == vs.vs["RUS"]


def test_other_years_and_countries_are_not_compared(vs):
    assert audit.covers(vs, 2015)
    assert not audit.covers(vs, 2014)
    assert not audit.covers(gvc.vertical_specialization(small_table()), 2015)


def test_table_with_other_sectors_is_compared_in_tables_1_and_2_only():
    table = gvc.read_table("reconstruction")
    renamed = table.aggregate(sectors={"Everything": table.sectors})
    compared = audit.compare(gvc.vertical_specialization(renamed))
    assert compared.index.unique("table").tolist() == [1, 2]
    assert isinstance(compared, pd.DataFrame)
