"""Inequality of size between residents, against the definitions, known cases and printed figures."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gvc_helpers.zones.inequality import (
    bootstrap_interval,
    equivalent_number,
    feasible_gini,
    gini,
    gini_intervals,
    grouped_gini,
    herfindahl,
    inequality,
    lorenz,
    rows_of_year,
    top_share,
)
from tests import literal_zone

MEASURES = [gini, grouped_gini, top_share, herfindahl, equivalent_number]
PRINTED = [(0.648, 84), (0.696, 91), (0.668, 87), (0.620, 80), (0.650, 84), (0.636, 82)]

amounts = st.one_of(st.just(0.0), st.floats(1e-3, 1e6), st.integers(1, 20).map(float))
sizes = st.lists(amounts, min_size=1, max_size=30).filter(any)
fractions = st.sampled_from([0.05, 0.1, 0.2, 0.25, 0.3, 0.5])


# Lorenz curve and Gini coefficient


@given(sizes, st.integers(2, 6))
def test_definition(x, groups):
    assert gini(x) == pytest.approx(literal_zone.gini(x), abs=1e-12)
    assert grouped_gini(x, groups) == pytest.approx(literal_zone.grouped_gini(x, groups), abs=1e-12)
    assert herfindahl(x) == pytest.approx(literal_zone.herfindahl(x))
    assert top_share(x, 1 / groups) == pytest.approx(1 - literal_zone.lorenz_at(x, 1 - 1 / groups))


@given(sizes)
def test_lorenz_curve(x):
    curve = lorenz(x)
    residents, share = curve["residents"].to_numpy(), curve["share"].to_numpy()
    assert len(curve) == len(x) + 1
    assert (residents[0], share[0], residents[-1], share[-1]) == (0, 0, 1, 1)
    steps = np.diff(share)
    assert (steps >= -1e-15).all()
    assert (np.diff(steps) >= -1e-12).all()  # convex
    under = ((share[1:] + share[:-1]) / 2 * np.diff(residents)).sum()
    assert gini(x) == pytest.approx(1 - 2 * under, abs=1e-12)


def test_known_cases():
    np.testing.assert_allclose(lorenz([3, 1, 6])["share"], [0, 0.1, 0.4, 1])
    assert gini([1, 2, 3, 4]) == pytest.approx(0.25)
    assert gini(range(1, 101)) == pytest.approx(0.33)  # of 1 to n it is (n - 1) / (3 n)
    assert gini([5, 5, 5]) == 0
    assert gini([0, 0, 0, 0, 9]) == pytest.approx(0.8)
    assert gini([0, 0, 0, 0, 9], corrected=True) == 1
    assert gini([1, 3], corrected=True) == pytest.approx(0.5)
    assert top_share([1, 2, 3, 14]) == pytest.approx(0.7)
    assert top_share([1, 2, 7], 0.5) == pytest.approx(0.8)  # the largest and half of the second
    assert herfindahl([60, 20, 20]) == pytest.approx(0.44)
    assert equivalent_number([60, 20, 20]) == pytest.approx(1 / 0.44)
    # The curve stands at 0.04, 0.15, 0.35 and 1 after each quarter.
    assert grouped_gini([1, 4, 3, 7, 9, 11, 25, 40]) == pytest.approx(1 - (0.04 + 0.19 + 0.5 + 1.35) / 4)


def test_lognormal_sizes():
    """The coefficient of a lognormal distribution is 2 Φ(σ/√2) - 1; for σ = 1 it is 0.5205."""
    x = np.random.default_rng(1).lognormal(0.0, 1.0, 200_000)
    assert gini(x) == pytest.approx(0.5205, abs=0.005)


@given(sizes, st.floats(1e-3, 1e3), st.integers(2, 4), fractions)
def test_scale_and_replication(x, factor, times, share):
    for changed in ([factor * size for size in x], x * times, x[::-1], [*x, np.nan]):
        assert gini(changed) == pytest.approx(gini(x), abs=1e-9)
        assert grouped_gini(changed) == pytest.approx(grouped_gini(x), abs=1e-9)
        assert top_share(changed, share) == pytest.approx(top_share(x, share), abs=1e-9)
    assert herfindahl(x * times) == pytest.approx(herfindahl(x) / times)
    assert equivalent_number(x * times) == pytest.approx(times * equivalent_number(x))


@given(sizes, st.data())
def test_transfer_to_a_smaller_resident_lowers_inequality(x, data):
    x = sorted(x)
    assume(x[0] < x[-1])
    i = data.draw(st.integers(0, len(x) - 2))
    j = data.draw(st.integers(i + 1, len(x) - 1))
    gap = x[j] - x[i]
    assume(gap > 1e-3 * sum(x))
    transferred = list(x)
    transferred[i] += gap / 4
    transferred[j] -= gap / 4
    assert gini(transferred) < gini(x)
    assert herfindahl(transferred) < herfindahl(x)


@given(sizes, st.integers(2, 6), fractions)
def test_bounds(x, groups, share):
    n = len(x)
    assert 0 <= gini(x) <= 1 - 1 / n + 1e-12
    assert 0 <= grouped_gini(x, groups) <= min(gini(x), 1 - 1 / groups) + 1e-12
    assert share - 1e-12 <= top_share(x, share) <= 1
    assert 1 / n - 1e-12 <= herfindahl(x) <= 1 + 1e-12
    assert equivalent_number(x) * herfindahl(x) == pytest.approx(1)
    if n > 1:
        assert gini(x, corrected=True) == pytest.approx(gini(x) * n / (n - 1))
        assert gini(x, corrected=True) <= 1 + 1e-12


@given(sizes, st.integers(1, 4))
def test_groups_of_equal_residents_lose_nothing(x, times):
    assume(len(x) > 1)
    equal_in_groups = [size for size in x for _ in range(times)]
    assert grouped_gini(equal_in_groups, len(x)) == pytest.approx(gini(equal_in_groups), abs=1e-12)


def test_nothing_to_share():
    for x in ([], [0.0, 0.0], [np.nan], [np.nan, 0.0]):
        assert all(np.isnan(measure(x)) for measure in MEASURES)
        assert np.isnan(gini(x, corrected=True))
        assert lorenz(x)["share"].isna().all()
    assert list(lorenz([])["residents"]) == [0, 1]


def test_one_resident():
    assert (gini([7]), grouped_gini([7]), top_share([7]), herfindahl([7])) == (0, 0, 0.25, 1)
    assert np.isnan(gini([7], corrected=True))


@pytest.mark.parametrize("measure", [*MEASURES, lorenz])
def test_sizes_that_are_refused(measure):
    with pytest.raises(ValueError, match="size -3 is not allowed; a size must be zero or more"):
        measure([1.0, np.nan, -3.0])
    with pytest.raises(ValueError, match=r"size inf is not allowed; .* finite"):
        measure([1.0, np.inf])
    with pytest.raises(ValueError, match="sizes have 2 dimensions; 1 is expected"):
        measure([[1.0, 2.0]])


def test_arguments_that_are_refused():
    with pytest.raises(ValueError, match="groups is 1; allowed: 2 or more"):
        grouped_gini([1, 2], 1)
    for share in (0, 1, -0.1, 25):
        with pytest.raises(ValueError, match=f"share is {share}; allowed: above 0 and below 1"):
            top_share([1, 2], share)


# What the weight of the largest says of the coefficient


@given(sizes, fractions)
def test_feasible_interval_holds(x, share):
    low, high = feasible_gini(top_share(x, share), share)
    assert low - 1e-9 <= gini(x) <= high + 1e-9


@pytest.mark.parametrize("share", [0.05, 0.1, 0.25, 0.4, 0.5])
@pytest.mark.parametrize("weight", [0.5, 0.6, 0.75, 0.9, 0.99])
def test_feasible_interval_is_reached(share, weight):
    """Many residents placed as the lower and the upper curve have them."""
    n, top = 20_000, share + (1 - share) * weight
    inside = round(n * share)
    low, high = feasible_gini(top, share)
    two_groups = [(1 - top) / (n - inside)] * (n - inside) + [top / inside] * inside
    assert top_share(two_groups, share) == pytest.approx(top)
    assert gini(two_groups) == pytest.approx(low, abs=1e-9)
    slope = min((1 - top) / share, top / share)
    idle = n - inside - round(n * (1 - top) / slope)
    steep = [0.0] * idle + [slope / n] * (n - idle)
    steep[-1] += 1 - sum(steep)
    assert top_share(steep, share) == pytest.approx(top, abs=1e-3)
    assert gini(steep) == pytest.approx(high, abs=2e-3)


def test_feasible_interval_of_a_quarter():
    np.testing.assert_allclose(feasible_gini(0.84), [0.59, 0.84])
    np.testing.assert_allclose(feasible_gini(0.5), [0.25, 0.5])
    np.testing.assert_allclose(feasible_gini(0.4), [0.15, 0.375])
    np.testing.assert_allclose(feasible_gini(0.25), [0, 0])
    np.testing.assert_allclose(feasible_gini(1), [0.75, 1])
    np.testing.assert_allclose(feasible_gini(0.6, 0.1), [0.5, 0.84])
    assert np.isnan(feasible_gini(np.nan)).all()
    assert feasible_gini(top_share([0.1] * 7))[0] == pytest.approx(0)  # a share below 1/4 by rounding only


@pytest.mark.parametrize(("coefficient", "top"), PRINTED)
def test_printed_coefficients_are_feasible(coefficient, top):
    low, high = feasible_gini(top / 100)
    assert low < coefficient < high


def test_weights_that_are_refused():
    with pytest.raises(ValueError, match=r"share is 0\.6; allowed: above 0 and at most 0\.5"):
        feasible_gini(0.8, 0.6)
    with pytest.raises(ValueError, match="share is 0; allowed"):
        feasible_gini(0.8, 0)
    with pytest.raises(ValueError, match=r"top is 0\.2; allowed: from 0\.25, .*, to 1"):
        feasible_gini(0.2)
    with pytest.raises(ValueError, match="top is 84; allowed: from 0"):
        feasible_gini(84)


# Intervals


def test_bootstrap_interval():
    x = [1, 2, 3, 5, 9, 20, 40, np.nan]
    low, high = bootstrap_interval(gini, x, 300, seed=5)
    assert low < gini(x) < high < 1
    assert bootstrap_interval(gini, x, 300, seed=5) == (low, high)
    assert bootstrap_interval(gini, x, 300, seed=6) != (low, high)
    np.testing.assert_allclose(bootstrap_interval(gini, [4, 4, 4], 50, seed=1), [0, 0], atol=1e-12)


def test_bootstrap_interval_of_the_mean_is_that_of_the_normal_distribution():
    x = np.random.default_rng(2).normal(100.0, 10.0, 400)
    low, high = bootstrap_interval(np.mean, x, 2000, seed=3)
    error = x.std() / np.sqrt(len(x))
    np.testing.assert_allclose([low, high], x.mean() + 1.96 * error * np.array([-1, 1]), atol=0.15 * error)


def test_bootstrap_leaves_out_samples_without_value():
    low, high = bootstrap_interval(gini, [0.0, 0.0, 3.0], 200, seed=1)
    assert 0 <= low <= high <= 2 / 3 + 1e-12


def test_bootstrap_of_too_little():
    assert np.isnan(bootstrap_interval(gini, [3.0, np.nan], 100, seed=1)).all()
    assert np.isnan(bootstrap_interval(gini, [0.0, 0.0], 100, seed=1)).all()
    with pytest.raises(ValueError, match="samples is 0; allowed: 1 or more"):
        bootstrap_interval(gini, [1, 2], 0, seed=1)
    with pytest.raises(ValueError, match="size -2 is not allowed"):
        bootstrap_interval(gini, [1, -2], 10, seed=1)


# By sector


def small_register():
    return pd.DataFrame(
        {
            "resident": ["R1", "R2", "R3", "R4", "R5", "R6", "R7"],
            "sector": ["Wood", "Food", "Wood", "Wood", "Logistics", "Other", "Wood"],
            "year": [2018, 2018, 2018, 2018, 2018, 2018, 2017],
            "production": [10.0, 7.0, 30.0, np.nan, 0.0, np.nan, 99.0],
            "registered": 2010.0,
        }
    )


def test_table_by_sector():
    frame = inequality(small_register(), "production", 2018)
    assert frame.index.name == "sector"
    assert list(frame.index) == ["Wood", "Food", "Logistics", "Other", "total"]
    assert list(frame.columns) == [
        *["residents", "gini", "gini_corrected", "gini_grouped", "top_share", "herfindahl"],
        "equivalent_number",
    ]
    assert frame["residents"].tolist() == [2, 1, 1, 0, 4]
    wood = [2, 0.25, 0.5, 0.25, 37.5, 0.625, 1.6]
    np.testing.assert_allclose(frame.loc["Wood"], wood)
    np.testing.assert_allclose(frame.loc["Food", ["gini", "top_share", "herfindahl"]], [0, 25, 1])
    assert np.isnan(frame.loc["Food", "gini_corrected"])
    assert frame.loc[["Logistics", "Other"]].drop(columns="residents").isna().all(axis=None)
    x = [10.0, 7.0, 30.0, 0.0]
    total = [4, gini(x), gini(x, True), grouped_gini(x, 3), 100 * top_share(x), herfindahl(x)]
    frame = inequality(small_register(), "production", 2018, groups=3)
    np.testing.assert_allclose(frame.loc["total"], [*total, equivalent_number(x)])


def test_sector_without_residents_in_the_year_keeps_its_row():
    frame = inequality(small_register(), "production", 2017)
    assert list(frame.index) == ["Wood", "Food", "Logistics", "Other", "total"]
    assert frame["residents"].tolist() == [1, 0, 0, 0, 1]


def test_table_arguments_that_are_refused():
    with pytest.raises(ValueError, match=r"quantity 'prod' is not in the register; it has production$"):
        inequality(small_register(), "prod", 2018)
    with pytest.raises(ValueError, match="there are no rows of year 2016; there are of 2017, 2018"):
        inequality(small_register(), "production", 2016)
    with pytest.raises(ValueError, match="there are no rows of year 2016; there are of none"):
        rows_of_year(small_register()[:0], 2016)
    with pytest.raises(ValueError, match="groups is 1"):
        inequality(small_register(), "production", 2018, groups=1)
    with pytest.raises(ValueError, match="size -1 is not allowed"):
        inequality(small_register().replace(7.0, -1.0), "production", 2018)


def test_gini_intervals_hold_the_coefficient_of_each_sector():
    generator = np.random.default_rng(3)
    register = pd.DataFrame(
        {"sector": ["A"] * 30 + ["B"] * 20 + ["C"], "year": 2019, "exports": generator.lognormal(0, 1, 51)}
    )
    ends = gini_intervals(register, "exports", 2019, samples=300, seed=1)
    plain = inequality(register, "exports", 2019)["gini_corrected"]
    assert ends.index.tolist() == ["A", "B", "C", "total"]
    known = ends.index.drop("C")
    assert (ends.loc[known, "low"] < plain[known]).all()
    assert (plain[known] < ends.loc[known, "high"]).all()
    assert ends.loc["C"].isna().all()
