"""Forms of participation, against distances and shares counted in loops."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gvc_helpers as gvc
from gvc_helpers import cooperation as co
from gvc_helpers.cooperation.forms import CONTENDER, CRITERIA, FORMS, FROM_REGISTER, FROM_TABLE, PROFILES
from tests import literal_scenarios as literal
from tests.conftest import needs_leather, needs_wiod, ragged, small_table, tables
from tests.measures.test_absorption import idle_table, uneven_table

EVEN = dict.fromkeys(CRITERIA, 1.0)
few = settings(max_examples=15)
places = st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.8, 1.0])
profiles = PROFILES.to_dict("index")


@st.composite
def sectors(draw):
    """Levels of one to four sectors by the eight criteria, some of them missing."""
    rows = draw(st.lists(st.lists(places | st.just(np.nan), min_size=8, max_size=8), min_size=1, max_size=4))
    return pd.DataFrame(rows, [f"S{i}" for i in range(len(rows))], CRITERIA).rename_axis("sector")


@st.composite
def weighted(draw):
    """Weights of the criteria, at least one above zero, some of them left out."""
    drawn = draw(st.lists(st.sampled_from([0.0, 0.5, 1.0, 3.0]), min_size=8, max_size=8).filter(any))
    weights = dict(zip(CRITERIA, drawn, strict=True))
    return {c: w for c, w in weights.items() if w > 0 or draw(st.booleans())}


# Criteria of a table -----------------------------------------------------------------------------


def assert_criteria(table, technology):
    measured = co.criteria(table, technology)
    assert list(measured.columns) == FROM_TABLE
    assert measured.index.equals(table.index)
    np.testing.assert_allclose(measured, literal.criteria(table, technology), rtol=1e-8, atol=1e-8)


@few
@given(st.one_of(tables(), ragged()))
def test_criteria(table):
    assert_criteria(table, table.sectors[:1])
    assert_criteria(table, [])


@pytest.mark.parametrize("make", [uneven_table, idle_table, small_table])
def test_criteria_of_particular_tables(make):
    assert_criteria(make(), ["Works"])


@needs_leather
def test_criteria_of_the_worked_case(leather):
    assert_criteria(leather, leather.sectors[1:])


@needs_wiod
def test_criteria_of_a_real_table(wiod_2011):
    assert_criteria(wiod_2011.keep(["DEU", "RUS"]), ["Machinery, Nec"])


def test_all_value_is_technology_if_all_sectors_make_it():
    table = uneven_table()
    np.testing.assert_allclose(co.criteria(table, table.sectors)["technical_level"], 100)
    assert co.criteria(table, {"Mines"})["technical_level"].between(0, 100, inclusive="neither").all()


def test_criteria_by_hand():
    # B makes 100 of 60 from A; R, the rest of the world, buys 20 of A and sells it nothing.
    Z, Y = [[0, 60, 0], [0, 0, 0], [0, 0, 0]], [[20, 0, 20], [10, 90, 0], [0, 0, 50]]
    measured = co.criteria(gvc.IOTable(Z, Y, ["A", "B", "ROW"], ["All"]), [])
    # A has 60 exports to B and 20 to the rest of the world, B 10 to A; 100 and 40 are their value added.
    openness = {"A": 100 * (80 + 10) / 200, "B": 100 * (10 + 60) / 80}
    nothing = [0.0, 0.0, 50, np.nan, 1.0, np.nan]
    np.testing.assert_allclose(measured.loc["A"], [[0, 0, 100, np.nan, 1.6, openness["B"]]])
    np.testing.assert_allclose(measured.loc["B"], [[0, 60, 100, 1, 1, openness["A"]]])
    np.testing.assert_allclose(measured.loc["ROW"], [nothing])


def test_sales_below_zero_are_no_trade():
    # C runs down 15 of A's product, of which B bought 30: only B is a partner of A.
    Z, Y = [[0, 30, 0], [10, 0, 0], [5, 0, 0]], [[60, 0, -15], [0, 50, 5], [0, 9, 60]]
    table = gvc.IOTable(Z, Y, ["A", "B", "C"], ["All"])
    assert_criteria(table, ["All"])
    assert co.criteria(table, []).loc["A", "openness"].iloc[0] == pytest.approx(100 * (15 + 39) / (2 * 35))


def test_criteria_of_a_sector_without_output_or_trade_are_missing():
    measured = co.criteria(idle_table(), ["Works"])
    assert measured.loc[("BBB", "Farms")].isna().all()
    alone = co.criteria(small_table(Z=np.diag([1.0, 2, 3, 4]), Y=np.diag([9.0, 9, 9, 9])[:, :2] + 1), [])
    assert alone["concentration"].isna().all()
    assert alone["openness"].notna().all()


# Levels ------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from([np.nan, -1.0, 0.0, 2.5, 7.0, 1e6]), min_size=1, max_size=12))
def test_levels(values):
    measured = pd.DataFrame({"scale": values, "none": np.nan})
    level = co.levels(measured)["scale"]
    np.testing.assert_allclose(level, [literal.level(value, values) for value in values])
    assert co.levels(measured)["none"].isna().all()
    assert level.notna().tolist() == measured["scale"].notna().tolist()
    if level.notna().any():
        assert level.mean() == pytest.approx(0.5)
        assert level.dropna().between(0, 1, inclusive="neither").all()
    assert measured["scale"].tolist() == pytest.approx(values, nan_ok=True)


def test_levels_do_not_depend_on_units():
    measured = pd.DataFrame({"scale": [3.0, 1, 2, np.nan], "openness": [1.0, 2, 2, 4]})
    expected = [[5 / 6, 1 / 8], [1 / 6, 1 / 2], [1 / 2, 1 / 2], [np.nan, 7 / 8]]
    np.testing.assert_allclose(co.levels(measured), expected)
    np.testing.assert_allclose(co.levels(1000 * measured**3), expected)


# Suitability -------------------------------------------------------------------------------------


def test_profiles_are_levels():
    assert list(PROFILES.columns) == CRITERIA == FROM_TABLE + FROM_REGISTER
    assert list(PROFILES.index) == FORMS
    assert PROFILES.apply(lambda column: column.between(0, 1)).all(axis=None)
    assert not PROFILES.duplicated().any()


@few
@given(sectors(), weighted())
def test_suitability(levels, weights):
    suits = co.suitability(levels, weights)
    assert list(suits.columns) == FORMS
    assert (suits.index.name, suits.columns.name) == ("sector", "form")
    for sector, row in levels.iterrows():
        expected = [literal.suitability(row.to_dict(), weights, profiles[form]) for form in FORMS]
        np.testing.assert_allclose(suits.loc[sector], expected, rtol=1e-9)
    assert (suits.isna() | suits.ge(-1e-9) & suits.le(100 + 1e-9)).all(axis=None)
    # Weights need not add up to one.
    pd.testing.assert_frame_equal(suits, co.suitability(levels, {c: 7 * w for c, w in weights.items()}))


@few
@given(sectors(), weighted(), st.sampled_from(FORMS))
def test_only_the_profile_itself_suits_wholly(levels, weights, form):
    same = levels.assign(**PROFILES.loc[form]).where(levels.notna())
    suits = co.suitability(same, weights)[form].dropna()
    np.testing.assert_allclose(suits, 100)
    counted = [c for c, w in weights.items() if w > 0]
    differs = (same[counted] - levels[counted]).abs().max(axis=1) > 0
    suits = co.suitability(levels, weights)[form]
    assert ((suits < 100 - 1e-9) == differs).all()


@few
@given(sectors(), weighted(), st.sampled_from(FORMS), st.lists(places, min_size=8, max_size=8))
def test_no_rank_is_reversed(levels, weights, left_out, profile):
    suits = co.suitability(levels, weights)
    fewer = co.suitability(levels, weights, PROFILES.drop(index=left_out))
    pd.testing.assert_frame_equal(fewer, suits.drop(columns=left_out))
    more = co.suitability(levels, weights, pd.concat([PROFILES, pd.DataFrame([profile], ["new"], CRITERIA)]))
    pd.testing.assert_frame_equal(more[FORMS], suits)


@pytest.mark.filterwarnings("error")
def test_suitability_by_hand():
    levels = pd.DataFrame({"scale": [1.0, 0.25], "openness": [0.2, np.nan]}, index=["Oil", "Tea"])
    forms = pd.DataFrame({"openness": [0.2, 1.0], "scale": [0.5, 1.0]}, index=["a", "b"])
    suits = co.suitability(levels, {"scale": 3, "openness": 1, "innovation": 9}, forms)
    # 3/4 of 0.5; 1/4 of 0.8. Of tea only the scale is known.
    np.testing.assert_allclose(suits, [[100 - 37.5, 100 - 20], [75, 25]])
    suits = co.suitability(levels, {"openness": 1}, forms)
    np.testing.assert_allclose(suits, [[100, 20], [np.nan, np.nan]])


def test_sectors_without_any_level():
    levels = pd.DataFrame(np.nan, ["Tea"], CRITERIA)
    assert co.suitability(levels, EVEN).isna().all(axis=None)
    assert co.first_places(levels, EVEN, 3, 1).empty
    assert co.suitability(levels.iloc[:0], EVEN).empty
    assert co.overlap(co.first_places(levels, EVEN, 3, 1)).eq(0).all(axis=None)
    assert co.contenders(co.first_places(levels, EVEN, 3, 1)) == {}


# First places ------------------------------------------------------------------------------------


@few
@given(sectors(), weighted(), st.integers(1, 12), st.integers(0, 99))
def test_first_places(levels, weights, samples, seed):
    first = co.first_places(levels, weights, samples, seed)
    counted = [c for c in CRITERIA if weights.get(c, 0) > 0]
    draws = np.random.default_rng(seed).dirichlet(np.ones(len(counted)), samples)
    named = [dict(zip(counted, draw, strict=True)) for draw in draws]
    known = [s for s, row in levels.iterrows() if row[counted].notna().any()]
    assert first.index.tolist() == known
    assert list(first.columns) == FORMS
    assert (first.index.name, first.columns.name) == ("sector", "form")
    for sector in known:
        expected = literal.first_places(levels.loc[sector].to_dict(), named, profiles)
        np.testing.assert_allclose(first.loc[sector], [expected[form] for form in FORMS], atol=1e-9)
    np.testing.assert_allclose(first.sum(axis=1), 100)
    assert first.ge(0).all(axis=None)
    pd.testing.assert_frame_equal(first, co.first_places(levels, weights, samples, seed))
    # How large a weight above zero is does not count.
    pd.testing.assert_frame_equal(first, co.first_places(levels, dict.fromkeys(counted, 1), samples, seed))


def test_first_places_are_shares_of_all_weights():
    # With a weight w on scale, the first form lies w away and the second 1 - w: each is first half the time.
    levels = pd.DataFrame({"scale": [1.0], "openness": [0.0]}, index=["Oil"])
    forms = pd.DataFrame({"scale": [0.0, 1.0], "openness": [0.0, 1.0]}, index=["a", "b"])
    first = co.first_places(levels, {"scale": 1, "openness": 1}, 2000, 1, forms)
    assert first.loc["Oil"].tolist() == pytest.approx([50, 50], abs=3)
    assert not first.equals(co.first_places(levels, {"scale": 1, "openness": 1}, 2000, 2, forms))
    # With three criteria, weights are even over the triangle: one exceeds a half in a quarter of it.
    levels, forms = levels.assign(position=0.0), forms.assign(position=[0.0, 1.0])
    first = co.first_places(levels, dict.fromkeys(forms.columns, 1), 2000, 1, forms)
    assert first.loc["Oil"].tolist() == pytest.approx([75, 25], abs=3)


def test_forms_that_tie_share_the_place():
    levels = pd.DataFrame({"scale": [0.5]}, index=["Oil"])
    forms = pd.DataFrame({"scale": [0.25, 0.75, 0.9]}, index=["a", "b", "c"])
    assert co.first_places(levels, {"scale": 1}, 4, 1, forms).loc["Oil"].tolist() == [50, 50, 0]


@given(
    st.lists(st.lists(st.sampled_from([0.0, 9.9, CONTENDER, 45.0, 90.0]), min_size=3, max_size=3), max_size=5)
)
def test_contenders_and_overlap(rows):
    first = pd.DataFrame(rows, [f"S{i}" for i in range(len(rows))], ["a", "b", "c"]).rename_axis("sector")
    named, both = co.contenders(first), co.overlap(first)
    assert list(named) == list(first.index)
    for sector, row in first.iterrows():
        assert sorted(named[sector]) == [form for form in first.columns if row[form] >= 10]
        shares = [row[form] for form in named[sector]]
        assert shares == sorted(shares, reverse=True)
    for one in first.columns:
        for other in first.columns:
            together = sum(one in named[s] and other in named[s] for s in first.index)
            assert both.loc[one, other] == pytest.approx(100 * together / max(len(rows), 1))
    np.testing.assert_array_equal(both, both.T)


def test_contenders_that_tie_stand_in_the_order_of_the_forms():
    first = pd.DataFrame([[10.0, 45.0, 45.0]], ["Oil"], ["c", "b", "a"])
    assert co.contenders(first)["Oil"] == ["b", "a", "c"]


def test_what_is_wrong_is_named():
    levels = pd.DataFrame(0.5, ["Oil"], CRITERIA)
    message = "weights must be zero or more, and at least one above zero"
    for weights in ({}, dict.fromkeys(CRITERIA, 0.0), {"scale": 1, "openness": -1}, {"scale": np.nan}):
        with pytest.raises(ValueError, match=message):
            co.suitability(levels, weights)
        with pytest.raises(ValueError, match=message):
            co.first_places(levels, weights, 3, 1)
    with pytest.raises(ValueError, match="levels must lie from 0 to 1"):
        co.suitability(levels + 1, EVEN)


# Convergence --------------------------------------------------------------------------------------


def test_contenders_are_counted():
    named = {"Cars": ["joint_ventures", "joint_research"], "Oil": [], "Tea": ["joint_ventures"]}
    assert co.counted(named).to_dict() == {"Cars": 2, "Oil": 0, "Tea": 1}


@pytest.mark.parametrize(
    ("counts", "several"), [([2, 2], True), ([3, 1], True), ([2, 1], False), ([1], False), ([], False)]
)
def test_forms_converge_where_a_sector_has_several(counts, several):
    assert co.converge({f"S{i}": FORMS[:count] for i, count in enumerate(counts)}) is several
