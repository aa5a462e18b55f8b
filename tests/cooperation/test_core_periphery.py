"""Core and periphery: the data against the definition, the line against a second solution."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

import gvc_helpers as gvc
from gvc_helpers.cooperation.core_periphery import (
    FEWEST,
    Relation,
    industrialization,
    manufacturing_share,
    relation,
    slope_difference,
)
from tests import literal
from tests import literal_cooperation as mechanism
from tests.conftest import WIOD, needs_leather, needs_wiod, ragged, small_table, tables
from tests.measures.test_absorption import idle_table, uneven_table

COLUMNS = ["participation", "share_earlier", "share_later", "change"]
CORE = ["AUT", "CZE", "DEU", "HUN", "POL", "SVK"]


def renamed(table, **names):
    """The table with other names of countries."""
    labels = [(names.get(country, country), sector) for country, sector in table.index]
    return gvc.IOTable(table.Z.copy(), table.Y.copy(), index=pd.MultiIndex.from_tuples(labels))


def assert_definitions(earlier, later, manufactures):
    expected = {}
    shares = [mechanism.manufacturing_share(table, manufactures) for table in (earlier, later)]
    for table, of_table in zip((earlier, later), shares, strict=True):
        found = manufacturing_share(table, manufactures)
        assert list(found.index) == table.countries
        np.testing.assert_allclose(found, list(of_table.values()), atol=1e-8)
    taking_part = literal.participation(earlier)["total"]
    for country in earlier.countries:
        if country in later.countries and country not in ("ROW", "RoW"):
            before, after = (of_table[country] for of_table in shares)
            row = [taking_part[country], before, after, after - before]
            if not np.isnan(row).any():
                expected[country] = row
    frame = industrialization(earlier, later, manufactures)
    assert (list(frame.columns), list(frame.index), frame.index.name) == (COLUMNS, list(expected), "country")
    if expected:
        np.testing.assert_allclose(frame, list(expected.values()), rtol=1e-8, atol=1e-8)


@settings(max_examples=30)
@given(tables() | ragged(), tables() | ragged(), st.booleans())
def test_definitions(earlier, later, rest):
    # Tables may have different countries and sectors, and the countries in another order.
    earlier, later = renamed(earlier, C1="ROW") if rest else earlier, renamed(later, C0="C1", C1="C0")
    later = renamed(later, C1="ROW") if rest else later
    assert_definitions(earlier, later, [*later.sectors[1:], "none"])


@settings(max_examples=30)
@given(tables())
def test_shares_of_all_sectors_are_everything(table):
    first, rest = manufacturing_share(table, table.sectors[:1]), manufacturing_share(table, table.sectors[1:])
    known = first.notna()
    np.testing.assert_allclose((first + rest)[known], 100)
    assert (manufacturing_share(table, [])[known] == 0).all()


@pytest.mark.parametrize("make", [uneven_table, idle_table, small_table])
def test_particular_tables(make):
    assert_definitions(make(), small_table(), ["Works"])
    assert_definitions(small_table(), make(), ["Works", "Mines"])


@needs_leather
def test_worked_case(leather):
    assert_definitions(leather, leather, leather.sectors[:1])


def test_by_hand():
    # Value added of AAA is 56 - 18 in farms and 85 - 32 in works, of BBB 74 - 26 and 106 - 36.
    share = manufacturing_share(small_table(), ["Works"])
    assert share.name == "manufacturing_share"
    np.testing.assert_allclose(share, [100 * 53 / 91, 100 * 70 / 118])
    # AAA sells 10 more works at home.
    later = small_table(Y=[[30, 8], [50, 12], [5, 45], [9, 60]])
    change = industrialization(small_table(), later, ["Works"])["change"]
    np.testing.assert_allclose(change, [100 * 63 / 101 - 100 * 53 / 91, 0], atol=1e-12)


def test_stated_value_added_counts():
    table = small_table()
    stated = table.value_added.to_numpy() * [1.0005, 1, 1, 1]
    share = manufacturing_share(small_table(value_added=stated), ["Farms"])
    np.testing.assert_allclose(share["AAA"], 100 * stated[0] / stated[:2].sum(), rtol=1e-12)


def test_countries_that_lack_something_are_left_out():
    # BBB exports nothing in the earlier year, so that its participation is not known.
    assert list(industrialization(idle_table(), small_table(), ["Works"]).index) == ["AAA"]
    assert list(industrialization(small_table(), idle_table(), ["Works"]).index) == ["AAA", "BBB"]
    later = renamed(small_table(), AAA="CCC")
    assert list(industrialization(small_table(), later, ["Works"]).index) == ["BBB"]
    nobody = industrialization(small_table(), renamed(small_table(), AAA="C", BBB="D"), ["Works"])
    assert nobody.empty
    assert relation(nobody) is None


def test_without_value_added_there_is_no_share():
    Z = [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 15, 4], [0, 0, 6, 25]]
    table = small_table(Z=Z, Y=[[0, 0], [0, 0], [5, 45], [9, 60]])
    share = manufacturing_share(table, ["Works"])
    assert np.isnan(share["AAA"])
    assert share["BBB"] > 0
    # Works of AAA use more than they make, so that AAA adds less than no value.
    Z = [[10, 40, 3, 1], [5, 20, 2, 6], [2, 70, 15, 4], [1, 5, 6, 25]]
    less = small_table(Z=Z, Y=[[0, 8], [40, 12], [5, 45], [9, 60]])
    assert np.isnan(manufacturing_share(less, ["Works"])["AAA"])


# The line ----------------------------------------------------------------------------------------


def assert_line(fitted, frame):
    """Compare with the normal equations and with NumPy's least squares."""
    x, y = frame["participation"].to_numpy(), frame["change"].to_numpy()
    expected, n = mechanism.line(x, y), len(x)
    assert fitted.countries == list(frame.index)
    (intercept, slope), *_ = np.linalg.lstsq(np.column_stack([np.ones(n), x]), y, rcond=None)
    for name, other in (("slope", slope), ("intercept", intercept)):
        assert getattr(fitted, name) == pytest.approx(other, rel=1e-6, abs=1e-9)
    for name in ("slope", "intercept", "error", "r_squared"):
        assert getattr(fitted, name) == pytest.approx(expected[name], rel=1e-6, abs=1e-9)
    quantile = t.ppf(0.975, n - 2)
    half = quantile * expected["error"]
    assert fitted.interval == pytest.approx((slope - half, slope + half), rel=1e-6, abs=1e-9)
    assert fitted.p_value == pytest.approx(
        2 * t.sf(abs(slope) / expected["error"], n - 2), rel=1e-6, abs=1e-9
    )
    assert fitted.certain is bool(abs(slope) > half)
    slopes = [mechanism.line(np.delete(x, i), np.delete(y, i))["slope"] for i in range(n)]
    assert fitted.without_one == pytest.approx((min(slopes), max(slopes)), rel=1e-6, abs=1e-9)
    assert fitted.robust is bool(min(slopes) > 0 or max(slopes) < 0)
    grid = fitted.line["participation"].to_numpy()
    assert list(fitted.line.columns) == ["participation", "expected", "low", "high"]
    assert (grid[0], grid[-1]) == (x.min(), x.max())
    assert (np.diff(grid) > 0).all()
    at = intercept + slope * grid
    band = quantile * expected["s"] * np.sqrt(1 / n + (grid - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum())
    for name, values in (("expected", at), ("low", at - band), ("high", at + band)):
        np.testing.assert_allclose(fitted.line[name], values, rtol=1e-6, atol=1e-9)


@st.composite
def frames(draw):
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(FEWEST, 30))
    x = generator.uniform(20, 80, n)
    y = draw(st.sampled_from([-0.3, 0.0, 0.1])) * x + generator.normal(0, draw(st.sampled_from([0.5, 5])), n)
    return pd.DataFrame({"participation": x, "change": y}, [f"C{i}" for i in range(n)])


@given(frames())
def test_line(frame):
    assert_line(relation(frame), frame)


@settings(max_examples=30)
@given(frames())
def test_line_through_some_countries(frame):
    some = list(frame.index[::2])
    fitted = relation(frame, [*reversed(some), "nobody"])
    if len(some) < FEWEST:
        assert fitted is None
    else:
        assert_line(fitted, frame.loc[some])


def test_line_by_hand():
    # Σ(x - x̄)² = 500, Σ(x - x̄)(y - ȳ) = 45, squares left 0.7: s² = 0.35, error √0.0007; t is 4.303.
    frame = pd.DataFrame({"participation": [30.0, 40, 50, 60], "change": [-3.0, -2, -2, 0]}, list("ABCD"))
    fitted = relation(frame)
    assert (fitted.slope, fitted.intercept) == pytest.approx((0.09, -5.8))
    assert fitted.error == pytest.approx(0.0007**0.5)
    assert fitted.interval == pytest.approx(
        (0.09 - 4.303 * 0.0007**0.5, 0.09 + 4.303 * 0.0007**0.5), abs=1e-4
    )
    assert fitted.r_squared == pytest.approx(1 - 0.7 / 4.75)
    assert fitted.certain is False
    # The slope is 0.05 without D, 0.1 without A or C, between without B.
    assert fitted.without_one == pytest.approx((0.05, 0.1))
    assert fitted.robust is True


def test_one_country_can_make_the_slope():
    frame = pd.DataFrame({"participation": [1.0, 2, 3, 4, 20], "change": [4.0, 3, 2, 1, 30]}, list("ABCDE"))
    fitted = relation(frame)
    assert fitted.slope > 0 > fitted.without_one[0] == pytest.approx(-1)
    assert fitted.robust is False


def test_too_few_countries_have_no_line():
    frame = pd.DataFrame({"participation": [1.0, 2, 4, 3], "change": [1.0, 3, 2, 5]}, list("ABCD"))
    assert relation(frame) is not None
    assert relation(frame, ["A", "B", "C"]) is None
    assert relation(frame, []) is None
    assert relation(frame.iloc[:3]) is None
    assert relation(frame.assign(participation=5.0)) is None
    assert relation(frame.assign(change=0.0)) is None


def test_a_country_without_which_all_are_alike_is_not_left_out():
    frame = pd.DataFrame({"participation": [1.0, 1, 1, 2], "change": [1.0, 2, 3, 4]}, list("ABCD"))
    assert relation(frame).without_one == pytest.approx((1.5, 2.5))


def test_points_on_a_line():
    x = np.array([20.0, 35, 50, 80])
    fitted = relation(pd.DataFrame({"participation": x, "change": 7 - 0.25 * x}, list("ABCD")))
    assert (fitted.slope, fitted.intercept, fitted.r_squared) == pytest.approx((-0.25, 7, 1))
    assert (fitted.error, fitted.p_value) == pytest.approx((0, 0), abs=1e-6)
    assert fitted.certain is True
    assert fitted.robust is True


def test_answers_are_plain_numbers():
    fitted = relation(pd.DataFrame({"participation": [1.0, 2, 4, 3], "change": [1.0, 3, 2, 5]}, list("ABCD")))
    values = [fitted.slope, fitted.intercept, fitted.error, fitted.p_value, fitted.r_squared]
    assert {type(value) for value in (*values, *fitted.interval, *fitted.without_one)} == {float}


# Two lines ---------------------------------------------------------------------------------------


def line_of(slope, error, countries):
    return Relation([str(i) for i in range(countries)], slope, 0, error, (0, 0), 0, 0, (0, 0), pd.DataFrame())


def test_difference_by_hand():
    # Errors alike, 12 countries each: 20 degrees of freedom, t is 2.08596.
    difference, interval = slope_difference(line_of(0.5, 0.3, 12), line_of(0.2, 0.3, 12))
    assert difference == pytest.approx(0.3)
    half = 2.08596 * 0.3 * 2**0.5
    assert interval == pytest.approx((0.3 - half, 0.3 + half), abs=1e-5)
    # 0.3² + 0.4² = 0.25 and 0.25² / (0.0081/10 + 0.0256/5) = 10.5396.
    difference, interval = slope_difference(line_of(0.5, 0.3, 12), line_of(0.7, 0.4, 7))
    half = t.ppf(0.975, 0.0625 / 0.00593) * 0.5
    assert difference == pytest.approx(-0.2)
    assert interval == pytest.approx((-0.2 - half, -0.2 + half))


def test_difference_of_exact_lines():
    assert slope_difference(line_of(0.5, 0, 4), line_of(0.2, 0, 5)) == (0.3, (0.3, 0.3))
    # Where only one is exact, the other alone matters.
    _, (low, high) = slope_difference(line_of(0.5, 0, 4), line_of(0.2, 0.1, 7))
    assert (low, high) == pytest.approx((0.3 - 0.1 * t.ppf(0.975, 5), 0.3 + 0.1 * t.ppf(0.975, 5)))


@settings(max_examples=30)
@given(frames(), frames())
def test_difference_turns_round(first, second):
    first, second = relation(first), relation(second)
    difference, (low, high) = slope_difference(first, second)
    assert low < difference < high
    assert slope_difference(second, first) == (-difference, pytest.approx((-high, -low)))
    # It is no surer than either line, whose degrees of freedom bound its own.
    freedom = [len(fitted.countries) - 2 for fitted in (first, second)]
    error = (first.error**2 + second.error**2) ** 0.5
    assert t.ppf(0.975, sum(freedom)) * error <= (high - low) / 2 * (1 + 1e-9)
    assert (high - low) / 2 <= t.ppf(0.975, min(freedom)) * error * (1 + 1e-9)


def test_lines_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        line_of(0.5, 0.3, 12).slope = 1.0


@needs_wiod
def test_real_tables(wiod_2011):
    earlier = gvc.read_table("pymrio", WIOD, 1995)
    manufactures = earlier.sectors[2:16]
    assert_definitions(earlier, wiod_2011, manufactures)
    frame = industrialization(earlier, wiod_2011, manufactures)
    assert len(frame) == 40
    assert_line(relation(frame), frame)
    core, others = relation(frame, CORE), relation(frame, [c for c in frame.index if c not in CORE])
    assert_line(core, frame.loc[CORE])
    assert (len(core.countries), len(others.countries)) == (6, 34)
    assert_line(others, frame.drop(CORE))
    # Manufacturing lost weight in Britain and held its own in the core.
    assert frame.loc["GBR", "change"] < -5 < frame.loc[CORE, "change"].mean()


@pytest.mark.parametrize(
    ("change", "sign"),
    [([1.0, 2, 3.1, 4], "positive"), ([-1.0, -2, -3.1, -4], "negative"), ([1.0, -3, 4, -2], "open")],
)
def test_sign_of_a_slope_is_open_where_it_could_be_nothing(change, sign):
    assert (
        relation(pd.DataFrame({"participation": [20.0, 30, 40, 50], "change": change}, list("ABCD"))).sign
        == sign
    )
