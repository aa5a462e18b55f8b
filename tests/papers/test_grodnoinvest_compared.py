"""The zone paper's figures beside those of the shipped zone."""

import pytest

from gvc_helpers.papers import grodnoinvest_compared as zone_audit
from gvc_helpers.zones.inequality import grouped_gini, top_share
from gvc_helpers.zones.leadership import leadership
from gvc_helpers.zones.register import read_zone

MACHINERY, FOOD, TEXTILES = "Machinery and metalworking", "Food and agriculture", "Textiles"


@pytest.fixture(scope="module")
def zone():
    return read_zone()


@pytest.fixture(scope="module")
def cells(zone):
    return zone_audit.compare(zone)


def test_every_printed_figure_is_met_or_contradicted_by_another(cells):
    assert cells["item"].isin(["quotient_production", "quotient_exports"]).sum() == 40
    assert len(cells) == 93
    contradicted = cells[cells["verdict"] == "contradicted"]
    assert contradicted[["item", "entity", "year", "follows"]].to_numpy().tolist() == [
        ["share_production", FOOD, "2018", "table 1"],
        ["share_change_production", FOOD, "2015-2018", "table 1"],
        ["share_exports", MACHINERY, "2018", "table 2"],
    ]
    assert cells[cells["verdict"] == "missed"].empty
    assert (cells.loc[cells["verdict"] == "met", "follows"] == "").all()
    assert not cells.duplicated(["item", "entity", "year"]).any()


def test_cells_are_compared_with_their_own_results(zone, cells):
    computed = cells.set_index(["item", "entity", "year"])["computed"].to_dict()
    made, region = zone.amounts("exports")[2018], zone.regional("exports")[2018]
    share, overall = made[TEXTILES] / region[TEXTILES], made.sum() / region.sum()
    assert computed["quotient_exports", TEXTILES, "2018"] == pytest.approx(share / overall)
    assert computed["share_exports", TEXTILES, "2018"] == pytest.approx(100 * share)
    planned = zone.of_year(2023)["production"]
    assert computed["gini_production", "", "2023"] == pytest.approx(grouped_gini(planned))
    assert computed["top_share_production", "", "2023"] == pytest.approx(100 * top_share(planned))
    ranked = leadership(zone.register)
    assert computed["score_1", "", "2017-2019"] == ranked["coefficient"].iloc[0]
    assert computed["leaders", TEXTILES, "2017-2019"] == (ranked["sector"].iloc[:20] == TEXTILES).sum()


def test_figure_that_follows_no_printed_one_is_missed(zone):
    region = zone.region.copy()
    here = (region["sector"] == FOOD) & (region["year"] == 2018)
    region.loc[here, "production"] *= 1.2
    cells = zone_audit.compare(_with(zone, region=region)).set_index(["item", "entity", "year"])
    assert cells.loc[("share_production", FOOD, "2018"), "verdict"] == "missed"
    assert cells.loc[("quotient_production", FOOD, "2018"), "verdict"] == "missed"
    assert cells.loc[("quotient_exports", FOOD, "2018"), "verdict"] == "met"


def test_summary_counts_the_cells_by_where_they_stand(zone, cells):
    summary = zone_audit.summary(cells)
    assert summary.index.tolist() == ["table 1", "figure 4", "text", "table 2", "figure 5", "figure 8"]
    assert summary["cells"].tolist() == [25, 5, 27, 25, 5, 6]
    assert summary["contradicted"].tolist() == [0, 1, 1, 0, 1, 0]
    assert summary["cells"].equals(summary[["met", "contradicted", "missed"]].sum(axis=1).astype("int64"))
    assert (summary["largest"] <= 1 + 1e-6).all()


def test_other_zones_are_not_compared(zone):
    assert zone_audit.covers(zone)
    without = _with(zone, register=zone.register[zone.register["year"] != 2023])
    assert not zone_audit.covers(without)
    with pytest.raises(ValueError, match="2023"):
        zone_audit.compare(without)
    renamed = _with(zone, region=zone.region.replace({"sector": {TEXTILES: "Cloth"}}))
    with pytest.raises(ValueError, match=TEXTILES):
        zone_audit.compare(renamed)


def _with(zone, **changes):
    fields = {name: getattr(zone, name) for name in zone.__dataclass_fields__}
    return type(zone)(**(fields | changes))
