"""The synthetic register as it ships: the printed figures, after rounding, and nothing impossible."""

import numpy as np
import pandas as pd
import pytest

import gvc_helpers as gvc
from gvc_helpers.papers import grodnoinvest as paper
from gvc_helpers.papers import make_register as zone_reconstruction
from gvc_helpers.papers.make_register import SECTORS, goods, quarter_shares, region_table, sector_totals


@pytest.fixture(scope="module")
def zone():
    return gvc.read_zone()


@pytest.fixture(scope="module")
def leaders(zone):
    return gvc.leadership(zone.register)


def test_every_printed_figure_is_met_or_contradicted_by_another(zone):
    comparison = gvc.papers.grodnoinvest_compared.compare(zone)
    assert len(comparison) >= 90
    assert set(comparison["verdict"]) == {"met", "contradicted"}
    assert (comparison["verdict"] == "contradicted").sum() == 3


@pytest.mark.parametrize("quantity", ["production", "exports"])
def test_quotients_of_tables_1_and_2(zone, quantity):
    printed = paper.quotients().loc[quantity]
    years = [int(year) for year in printed.columns]
    computed = gvc.location_quotient(zone.amounts(quantity)[years], zone.regional(quantity)[years])
    difference = computed.loc[printed.index].to_numpy() - printed.to_numpy()
    assert np.abs(difference).max() < 0.005


def test_share_of_the_zone_in_2019(zone):
    share = gvc.zones.overall_share(zone.amounts("production")[2019], zone.regional("production")[2019])
    assert share == pytest.approx(24, abs=0.5)


@pytest.mark.parametrize(("quantity", "year"), list(paper.inequality().index))
def test_inequality_on_quarters(zone, quantity, year):
    gini, top = paper.inequality().loc[(quantity, year), ["gini", "top_share"]]
    values = zone.of_year(year)[quantity]
    assert gvc.zones.grouped_gini(values) == pytest.approx(gini, abs=0.0005)
    assert 100 * gvc.top_share(values) == pytest.approx(top, abs=0.5)


def test_leadership_spans_what_is_printed(leaders):
    printed = paper.leadership()
    assert leaders["coefficient"].min() == pytest.approx(printed.lowest, abs=0.5)
    assert leaders["coefficient"].max() == pytest.approx(printed.highest, abs=0.5)
    assert leaders["coefficient"].iloc[19] < 21.5  # figure 8 ends at 21
    assert leaders["coefficient"].iloc[20] > leaders["coefficient"].iloc[19] + 1


def test_leaders_by_sector_and_by_single_indicators(zone, leaders):
    printed = paper.leadership()
    counts = gvc.zones.by_sector(leaders, 20)
    assert counts[counts > 0].to_dict() == printed.counts.to_dict()
    top = set(leaders.index[:20])
    for indicator, count in printed.memberships.items():
        assert len(top & set(gvc.zones.top_by_indicator(zone.register, indicator))) == count


def test_residents_are_codes_in_no_order(zone, leaders):
    assert sorted(zone.residents) == [f"R{n:02d}" for n in range(1, 76)]
    assert leaders.index[:20].tolist() != sorted(leaders.index[:20])


def test_new_residents(zone):
    registered = zone.register.groupby("resident")[["registered", "sector"]].first()
    new = registered[registered["registered"] >= 2015]
    share = 100 * (new["sector"] == "Wood and furniture").mean()
    assert share == pytest.approx(paper.investment()["wood_new_residents"], abs=0.5)


def test_innovation_is_not_above_what_is_printed_for_such_zones(zone):
    """The text: not above 9 % of shipments in regional zones other than that of Vitebsk."""
    rows = zone.of_year(2019)
    assert 0 < 100 * rows["innovative"].sum() / rows["shipments"].sum() <= 9


def test_amounts_are_possible(zone):
    r = zone.register
    amounts = ["employees", "production", "exports", "innovative", "revenue", "resident_sales"]
    assert (r[amounts].to_numpy() >= 0).all()
    assert (r["exports"] <= r["production"]).all()
    assert (r["innovative"] <= r["shipments"]).all()
    assert (r["shipments"] <= r["production"]).all()
    assert (r["resident_sales"] <= r["revenue"]).all()
    assert (r["employees"] == r["employees"].round()).all()
    assert r["plan"].eq(r["year"] == 2023).all()


def test_machinery_is_the_most_equal_of_the_anchor_candidates(zone):
    """The paper says so of production in words."""
    ginis = gvc.inequality(zone.register, "production", 2019)["gini_corrected"]
    assert ginis["Machinery and metalworking"] == ginis.drop(["total", "Logistics"]).min()


def test_region_and_zone_come_from_the_assumptions(zone):
    pd.testing.assert_frame_equal(region_table(), zone.region, check_like=True, check_names=False)
    for quantity in ("production", "exports"):
        made = sector_totals(quantity).loc[list(SECTORS), [2015, 2019, 2023]]
        computed = zone.amounts(quantity).loc[list(SECTORS), [2015, 2019, 2023]]
        np.testing.assert_allclose(computed, made, atol=0.05)


def test_production_and_exports_are_made_the_same_again(zone):
    made = np.sort(goods()[0][4])
    made = made[~np.isnan(made)]
    np.testing.assert_allclose(made, np.sort(zone.of_year(2019)["production"]), rtol=1e-4, atol=2e-3)


@pytest.mark.parametrize(
    ("gini", "top", "bottom"), [(0.9, 0.84, 0.005), (0.3, 0.84, 0.0), (0.648, 0.84, 0.3)]
)
def test_quarters_that_no_shares_give_are_refused(gini, top, bottom):
    with pytest.raises(ValueError, match="no quarters give a Gini coefficient of"):
        quarter_shares(gini, top, bottom)


def test_figures_that_cannot_be_met_are_an_error(monkeypatch, tmp_path):
    monkeypatch.setattr(zone_reconstruction, "ATTEMPTS", 3)
    with pytest.raises(zone_reconstruction.ZoneReconstructionError, match="leadership is off by"):
        zone_reconstruction.build(tmp_path)
    assert list(tmp_path.iterdir()) == []
