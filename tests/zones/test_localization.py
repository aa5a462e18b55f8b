"""Localization of sectors in the zone, against the definitions and known cases."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gvc_helpers.zones.localization import (
    bootstrap_quotients,
    ceiling,
    dynamic_location_quotient,
    location_quotient,
    misread,
    overall_share,
    quotient_change,
    shift_share,
    specialization,
    yearly_growth,
)
from tests import literal_zone

PARTS = ["regional_growth", "industry_mix", "competitive"]
ZONE = pd.Series({"Wood": 30.0, "Food": 10.0, "Logistics": 0.0, "Other": 0.0})
REGION = pd.Series({"Wood": 60.0, "Food": 140.0, "Logistics": 0.0, "Other": 50.0})


@st.composite
def regions(draw, years=2):
    """Amounts of the zone and of the region by sector for some years, all above zero."""
    n = draw(st.integers(1, 7))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    labels = [f"S{i}" for i in range(n)]
    region = pd.DataFrame(generator.gamma(1.0, 100.0, (n, years)) + 0.1, labels, range(2015, 2015 + years))
    return region * generator.uniform(0.01, 0.99, (n, years)), region


# One year


@given(regions())
def test_definition(amounts):
    zone, region = amounts
    quotients = location_quotient(zone, region)
    for year in zone:
        z, r = zone[year], region[year]
        expected = literal_zone.location_quotient(z.to_dict(), r.to_dict())
        assert location_quotient(z, r).to_dict() == pytest.approx(expected)
        assert quotients[year].to_dict() == pytest.approx(expected)
        frame = specialization(z, r)
        assert frame["quotient"].to_dict() == pytest.approx(expected)
        odds = literal_zone.odds_ratio(z.to_dict(), r.to_dict())
        assert frame["odds_ratio"].to_dict() == pytest.approx(odds)
        np.testing.assert_allclose(frame["share"], 100 * z / r)


@given(regions())
def test_identities(amounts):
    zone, region = amounts
    quotients, shares = location_quotient(zone, region), 100 * zone / region
    np.testing.assert_allclose((quotients * region / region.sum()).sum(), 1)
    np.testing.assert_allclose(quotients * overall_share(zone, region), shares)
    np.testing.assert_allclose(ceiling(zone, region) * overall_share(zone, region), 100)
    assert (quotients <= ceiling(zone, region)).all(axis=None)
    # Units do not matter, of both or of the years.
    np.testing.assert_allclose(location_quotient(1000 * zone, 1000 * region), quotients)
    # A zone as specialized as its region.
    np.testing.assert_allclose(location_quotient(0.3 * region, region), 1)
    frame = specialization(zone[2015], region[2015])
    above = frame["quotient"] > 1
    if len(frame) > 1:
        assert ((frame["odds_ratio"] > 1) == above).all()
        assert (frame.loc[above, "odds_ratio"] >= frame.loc[above, "quotient"]).all()


def test_by_hand():
    assert overall_share(ZONE, REGION) == 16
    assert ceiling(ZONE, REGION) == 6.25
    np.testing.assert_allclose(location_quotient(ZONE, REGION), [3.125, 1 / 2.24, np.nan, 0])
    frame = specialization(ZONE, REGION)
    assert list(frame.columns) == ["share", "quotient", "odds_ratio"]
    assert frame.index.name == "sector"
    np.testing.assert_allclose(frame["share"], [50, 100 / 14, np.nan, 0])
    np.testing.assert_allclose(frame["odds_ratio"], [5.25, (1 / 13) * 5.25, np.nan, 0])


def test_years_have_their_own_totals():
    zone, region = pd.DataFrame({2015: ZONE, 2018: 2 * ZONE}), pd.DataFrame({2015: REGION, 2018: REGION})
    assert overall_share(zone, region).to_dict() == {2015: 16, 2018: 32}
    assert ceiling(zone, region).to_dict() == {2015: 6.25, 2018: 3.125}
    quotients = location_quotient(zone, region)
    np.testing.assert_allclose(quotients[2018], quotients[2015])


def test_printed_quotients_of_2018():
    """A share of 75 % with a quotient of 3.42 says that the zone has 21.9 % of the region."""
    region = pd.Series({"Wood": 100.0, "Rest": 900.0})
    zone = pd.Series({"Wood": 75.0, "Rest": 219.3 - 75.0})
    assert round(location_quotient(zone, region)["Wood"], 2) == 3.42


def test_zone_that_has_all_of_a_sector():
    zone, region = pd.Series({"Wood": 0.1 + 0.2, "Food": 1.0}), pd.Series({"Wood": 0.3, "Food": 5.0})
    frame = specialization(zone, region)  # above the region's 0.3 by rounding only
    assert frame.loc["Wood", "odds_ratio"] == np.inf
    assert frame.loc["Wood", "quotient"] == pytest.approx(ceiling(zone, region))
    whole = specialization(region, region)
    np.testing.assert_allclose(whole["quotient"], 1)
    assert whole["odds_ratio"].isna().all()


def test_nothing_to_compare():
    nothing = 0 * REGION
    assert location_quotient(nothing, REGION).isna().all()
    assert overall_share(nothing, REGION) == 0
    assert ceiling(nothing, REGION) == np.inf
    assert np.isnan(overall_share(nothing, nothing))
    assert np.isnan(ceiling(nothing, nothing))
    unknown = ZONE.replace(10.0, np.nan)
    assert location_quotient(unknown, REGION).isna().all()
    assert np.isnan(overall_share(unknown, REGION))


def test_order_of_labels_does_not_matter():
    zone, region = pd.DataFrame({2015: ZONE, 2018: 2 * ZONE}), pd.DataFrame({2015: REGION, 2018: 2 * REGION})
    turned = region.iloc[::-1, ::-1]
    pd.testing.assert_frame_equal(location_quotient(zone, turned), location_quotient(zone, region))
    pd.testing.assert_frame_equal(specialization(ZONE, REGION[::-1]), specialization(ZONE, REGION))


def test_amounts_that_are_refused():
    zone, region = pd.DataFrame({2015: ZONE, 2018: ZONE}), pd.DataFrame({2015: REGION, 2018: REGION})
    zone.loc["Wood", 2018] = 60.5
    with pytest.raises(ValueError, match=r"Wood / 2018: the zone has 60\.5, more than the region's 60\.0;"):
        location_quotient(zone, region)
    zone.loc["Wood", 2018] = -1
    with pytest.raises(ValueError, match=r"Wood / 2018: -1\.0 in zone; amounts must be zero or more"):
        overall_share(zone, region)
    with pytest.raises(ValueError, match=r"Other: -2\.0 in region;"):
        ceiling(ZONE, REGION.replace(50.0, -2.0))
    with pytest.raises(ValueError, match="'Other' is only in region; zone and region must have the same"):
        specialization(ZONE[:3], REGION)
    with pytest.raises(ValueError, match="'Food' is only in zone"):
        specialization(ZONE, REGION.drop("Food"))
    with pytest.raises(ValueError, match="'2018' is only in zone"):
        location_quotient(zone.abs(), region[[2015]])
    with pytest.raises(ValueError, match="'Wood' stands twice in the labels of region"):
        location_quotient(ZONE, pd.concat([REGION, REGION[:1]]))


# Two years


def split(amounts):
    zone, region = amounts
    return zone[2015], region[2015], zone[2016], region[2016]


@given(regions())
def test_change_of_quotients(amounts):
    zone0, region0, zone1, region1 = split(amounts)
    change = quotient_change(zone0, region0, zone1, region1)
    assert list(change.columns) == [
        *["earlier", "later", "log_change", "of_share", "of_overall", "share_earlier", "share_later"]
    ]
    np.testing.assert_allclose(change["of_share"] + change["of_overall"], change["log_change"], atol=1e-9)
    np.testing.assert_allclose(change["earlier"], location_quotient(zone0, region0))
    np.testing.assert_allclose(change["later"], location_quotient(zone1, region1))
    np.testing.assert_allclose(np.exp(change["log_change"]), change["later"] / change["earlier"])
    np.testing.assert_allclose(np.exp(change["of_share"]), change["share_later"] / change["share_earlier"])
    growth = overall_share(zone1, region1) / overall_share(zone0, region0)
    np.testing.assert_allclose(np.exp(-change["of_overall"]), growth)
    dynamic = dynamic_location_quotient(zone0, region0, zone1, region1)
    np.testing.assert_allclose(dynamic, change["later"] / change["earlier"])
    literal = literal_zone.dynamic_location_quotient(*(year.to_dict() for year in split(amounts)))
    assert dynamic.to_dict() == pytest.approx(literal)


def test_quotient_that_falls_though_the_share_grows():
    region = pd.Series({"Machinery": 100.0, "Rest": 900.0})
    zone0, zone1 = pd.Series({"Machinery": 23.0, "Rest": 97.0}), pd.Series({"Machinery": 33.0, "Rest": 186.0})
    change = quotient_change(zone0, region, zone1, region).loc["Machinery"]
    assert change["later"] < change["earlier"]
    expected = [23 / 12, 33 / 21.9, np.log(33 / 23 * 12 / 21.9), np.log(33 / 23), -np.log(21.9 / 12), 23, 33]
    np.testing.assert_allclose(change, expected)


def test_change_of_what_is_not_there():
    later = pd.Series({"Wood": 0.0, "Food": 10.0, "Logistics": 0.0, "Other": 5.0})
    change = quotient_change(ZONE, REGION, later, REGION)
    assert change["log_change"].notna().tolist() == [False, True, False, False]
    assert change["of_share"].notna().tolist() == [False, True, False, False]
    np.testing.assert_allclose(change["of_overall"], np.log(40 / 15))
    assert change["later"].isna().tolist() == [False, False, True, False]
    dynamic = dynamic_location_quotient(ZONE, REGION, later, REGION)
    np.testing.assert_allclose(dynamic, [0, 40 / 15, np.nan, np.inf])
    assert quotient_change(ZONE, REGION, 0 * ZONE, REGION)[["log_change", "of_overall"]].isna().all(axis=None)


@given(regions())
def test_shift_share(amounts):
    zone0, region0, zone1, region1 = split(amounts)
    parts = shift_share(zone0, region0, zone1, region1)
    assert list(parts.columns) == ["change", *PARTS]
    expected = literal_zone.shift_share(*(year.to_dict() for year in (zone0, region0, zone1, region1)))
    np.testing.assert_allclose(parts[PARTS], list(expected.values()), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(parts["change"], zone1 - zone0)
    np.testing.assert_allclose(parts[PARTS].sum(axis=1), parts["change"], atol=1e-9)
    # What one place or sector gains, another loses.
    rest = shift_share(region0 - zone0, region0, region1 - zone1, region1)
    np.testing.assert_allclose(parts["competitive"] + rest["competitive"], 0, atol=1e-9)
    assert (parts["industry_mix"] + rest["industry_mix"]).sum() == pytest.approx(0, abs=1e-6)
    whole = (parts["regional_growth"] + rest["regional_growth"]).sum()
    assert whole == pytest.approx(region1.sum() - region0.sum())


def test_shift_share_by_hand():
    """The region grows by 20 %, its wood by 40 %, the zone's wood by 60 %."""
    zone0, zone1 = pd.Series({"Wood": 30.0, "Food": 10.0}), pd.Series({"Wood": 48.0, "Food": 12.0})
    region0, region1 = pd.Series({"Wood": 60.0, "Food": 140.0}), pd.Series({"Wood": 84.0, "Food": 156.0})
    parts = shift_share(zone0, region0, zone1, region1)
    np.testing.assert_allclose(parts.loc["Wood"], [18, 6, 6, 6])
    np.testing.assert_allclose(parts.loc["Food"], [2, 2, 10 * (16 / 140 - 0.2), 2 - 10 * 16 / 140])


def test_shift_share_of_sectors_that_come_and_go():
    zone0, zone1 = pd.Series({"New": 0.0, "Entered": 0.0, "Left": 5.0}), pd.Series([3.0, 4.0, 0.0])
    region0, region1 = pd.Series([0.0, 50.0, 50.0]), pd.Series([10.0, 60.0, 40.0])
    amounts = [series.set_axis(zone0.index) for series in (zone0, region0, zone1, region1)]
    parts = shift_share(*amounts)
    assert parts["change"].tolist() == [3, 4, -5]
    assert parts.loc["New", PARTS].isna().all()
    np.testing.assert_allclose(parts.loc["Entered", PARTS], [0, 0, 4])
    np.testing.assert_allclose(parts.loc["Left", PARTS], [0.5, 5 * (-0.2 - 0.1), -4], atol=1e-12)


def test_years_that_are_refused():
    with pytest.raises(ValueError, match="'Other' is only in earlier zone; earlier zone and later zone must"):
        quotient_change(ZONE, REGION, ZONE[:3], REGION[:3])
    with pytest.raises(ValueError, match="'Other' is only in later region"):
        shift_share(ZONE[:3], REGION[:3], ZONE[:3], REGION)
    with pytest.raises(ValueError, match=r"Wood / later: the zone has 90\.0, more than the region's 60\.0"):
        dynamic_location_quotient(ZONE, REGION, 3 * ZONE, REGION)
    with pytest.raises(ValueError, match=r"Wood / earlier: -30\.0 in zone;"):
        shift_share(-ZONE, REGION, ZONE, REGION)


# Intervals


def residents():
    generator = np.random.default_rng(4)
    labels = [f"R{i:02}" for i in range(30)]
    sizes = pd.Series(generator.lognormal(1.0, 0.7, 30), labels)
    return sizes, pd.Series(["Wood"] * 15 + ["Food"] * 10 + ["Other"] * 5, labels)


def interval_by_loops(sizes, sectors, region, draws):
    """Quotients of given samples, one by one."""
    zone = {sector: float(sizes[sectors == sector].sum()) for sector in region.index}
    quotients = []
    for draw in draws:
        drawn, own = dict.fromkeys(region.index, 0.0), dict(region)
        for resident in draw:
            drawn[sectors.iloc[resident]] += sizes.iloc[resident]
        for sector in own:
            own[sector] += drawn[sector] - zone[sector]
        quotients.append(literal_zone.location_quotient(drawn, own))
    return pd.DataFrame(quotients).quantile([0.025, 0.975]).T


def test_bootstrap():
    sizes, sectors = residents()
    region = pd.Series({"Food": 200.0, "Wood": 100.0, "Other": 300.0, "Textiles": 40.0})
    intervals = bootstrap_quotients(sizes, sectors, region, 2000, seed=1)
    assert list(intervals.columns) == ["low", "high"]
    assert list(intervals.index) == list(region.index)
    zone = sizes.groupby(sectors).sum().reindex(region.index, fill_value=0.0)
    point = location_quotient(zone, region)
    here = point > 0
    assert (intervals["low"] < point)[here].all()
    assert (intervals["high"] > point)[here].all()
    assert (intervals.loc["Textiles"] == 0).all()
    pd.testing.assert_frame_equal(bootstrap_quotients(sizes, sectors, region, 2000, seed=1), intervals)
    assert not bootstrap_quotients(sizes, sectors, region, 2000, seed=2).equals(intervals)
    # Samples drawn in another way have the same distribution.
    draws = np.random.default_rng(9).integers(0, 30, (1000, 30))
    width = (intervals["high"] - intervals["low"]).max()
    expected = interval_by_loops(sizes, sectors, region, draws)
    np.testing.assert_allclose(intervals, expected.loc[region.index], atol=0.08 * width)


def test_bootstrap_takes_a_missing_size_as_zero_and_labels_in_any_order():
    sizes, sectors = residents()
    region = pd.Series({"Wood": 200.0, "Food": 100.0, "Other": 300.0})
    zero, missing = sizes.copy(), sizes.copy()
    zero["R03"], missing["R03"] = 0.0, np.nan
    expected = bootstrap_quotients(zero, sectors, region, 200, seed=1)
    pd.testing.assert_frame_equal(bootstrap_quotients(missing, sectors, region, 200, seed=1), expected)
    pd.testing.assert_frame_equal(bootstrap_quotients(zero, sectors[::-1], region, 200, seed=1), expected)


def test_bootstrap_of_residents_that_are_all_alike():
    """With one sector the quotient is that of a zone of the same size in every sample."""
    labels = ["R1", "R2", "R3"]
    sizes, sectors = pd.Series(5.0, labels), pd.Series("Wood", labels)
    intervals = bootstrap_quotients(sizes, sectors, pd.Series({"Wood": 20.0, "Food": 40.0}), 50, seed=1)
    np.testing.assert_allclose(intervals, [[3, 3], [0, 0]])
    # The zone is all there is of wood: samples keep a share of one.
    sizes[:] = [4, 5, 6]
    region = pd.Series({"Wood": 15.0})
    np.testing.assert_allclose(bootstrap_quotients(sizes, sectors, region, 50, seed=1), [[1, 1]])


def test_bootstrap_leaves_out_samples_without_the_sector():
    sizes, sectors = pd.Series([5.0, 5.0], ["R1", "R2"]), pd.Series(["Wood", "Food"], ["R1", "R2"])
    intervals = bootstrap_quotients(sizes, sectors, pd.Series({"Wood": 5.0, "Food": 15.0}), 400, seed=1)
    # Both drawn: 1 / (10 / 20); twice the wood: 1 / (10 / 20); twice the food: no wood in the region.
    np.testing.assert_allclose(intervals.loc["Wood"], [2, 2])
    none = bootstrap_quotients(0 * sizes, sectors, pd.Series({"Wood": 5.0, "Food": 15.0}), 50, seed=1)
    assert none.isna().all(axis=None)


def test_bootstrap_arguments_that_are_refused():
    sizes, sectors = pd.Series([5.0, 5.0], ["R1", "R2"]), pd.Series(["Wood", "Food"], ["R1", "R2"])
    region = pd.Series({"Wood": 5.0, "Food": 15.0})
    with pytest.raises(ValueError, match="samples is 0; allowed: 1 or more"):
        bootstrap_quotients(sizes, sectors, region, 0, seed=1)
    with pytest.raises(ValueError, match="there is no resident; at least one is needed"):
        bootstrap_quotients(sizes[:0], sectors[:0], region, 10, seed=1)
    with pytest.raises(
        ValueError, match="'R2' is only in sizes; sizes and sectors must have the same labels"
    ):
        bootstrap_quotients(sizes, sectors[:1], region, 10, seed=1)
    with pytest.raises(ValueError, match="'Food' of resident 'R2' is not in the region; it has Wood"):
        bootstrap_quotients(sizes, sectors, region[:1], 10, seed=1)
    with pytest.raises(ValueError, match=r"R1: -5\.0 in sizes; amounts must be zero or more"):
        bootstrap_quotients(-sizes, sectors, region, 10, seed=1)
    with pytest.raises(ValueError, match=r"Wood: the zone has 10\.0, more than the region's 5\.0"):
        bootstrap_quotients(2 * sizes, sectors, region, 10, seed=1)


def test_yearly_growth_compounds_to_the_whole_change():
    before, after = pd.Series({"Wood": 10.0, "Food": 0.0}), pd.Series({"Food": 5.0, "Wood": 80.0})
    growth = yearly_growth(before, after, 3)
    assert growth["Wood"] == pytest.approx(100)
    assert np.isnan(growth["Food"])
    assert growth["total"] == pytest.approx(100 * (8.5 ** (1 / 3) - 1))
    with pytest.raises(ValueError, match="years is 0; allowed: 1 or more"):
        yearly_growth(before, after, 0)
    with pytest.raises(ValueError, match="sectors are"):
        yearly_growth(before, after[:1], 3)


def test_a_falling_quotient_is_misread_where_the_share_grew():
    rows = {"a": (-0.5, 0.2), "b": (-0.5, 0.005), "c": (0.1, 0.2), "d": (0.0, 0.2), "e": (-0.5, -0.2)}
    rows["f"] = (np.nan, np.nan)
    parts = pd.DataFrame.from_dict(rows, orient="index", columns=["log_change", "of_share"])
    assert misread(parts).tolist() == ["a"]
