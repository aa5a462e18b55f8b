"""Intensity and structure, size, and the range over several tables."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import gvc_helpers as gvc
from gvc_helpers.tables.io_table import REST_OF_WORLD
from tests.conftest import WIOD, needs_leather, needs_wiod, tables


@given(tables())
def test_parts_add_up_to_the_difference_exactly(table):
    vs = gvc.vertical_specialization(table)
    exporting = list(vs.vs.dropna().index)
    if not exporting:
        return
    parts = gvc.vs_differences(vs, exporting, exporting)
    difference = parts["VS"] - parts["reference"]
    np.testing.assert_allclose(parts["intensity"] + parts["structure"], difference, atol=1e-7)
    weights = vs.country_exports[exporting]
    assert parts["reference"].iloc[0] == pytest.approx(
        np.average(vs.vs[exporting], weights=weights), abs=1e-7
    )


@given(tables())
def test_country_compared_with_itself_differs_in_nothing(table):
    vs = gvc.vertical_specialization(table)
    exporting = list(vs.vs.dropna().index)
    for country in exporting:
        parts = gvc.vs_differences(vs, [country], [country])
        np.testing.assert_allclose(parts[["intensity", "structure"]], 0, atol=1e-7)


def test_two_sides_are_treated_alike():
    one = gvc.ExportProfile(pd.Series({"Oil": 0.8, "Cars": 0.2}), pd.Series({"Oil": 5.0, "Cars": 30.0}))
    two = gvc.ExportProfile(pd.Series({"Oil": 0.3, "Tea": 0.7}), pd.Series({"Oil": 8.0, "Tea": 1.0}))
    there, back = gvc.vs_difference(one, two), gvc.vs_difference(two, one)
    pd.testing.assert_frame_equal(there.sort_index(), -back.sort_index())
    # Cars and Tea are exported by one side only, so all they contribute is structure.
    assert there.loc[["Cars", "Tea"], "intensity"].tolist() == [0, 0]
    assert there.loc["Cars", "structure"] == pytest.approx(0.2 * 30)


@needs_wiod
def test_change_between_years_is_separated_exactly(wiod_2011):
    earlier = gvc.read_table("pymrio", WIOD, 1995)
    changes = gvc.vs_changes(
        gvc.vertical_specialization(wiod_2011), gvc.vertical_specialization(earlier), ["DEU", "LUX", "RUS"]
    )
    change = changes["later"] - changes["earlier"]
    np.testing.assert_allclose(changes["intensity"] + changes["structure"], change, atol=1e-9)


@needs_wiod
def test_size_correction_is_the_least_squares_line(wiod_2011):
    vs = gvc.vertical_specialization(wiod_2011)
    correction = gvc.size_correction(vs, wiod_2011)
    frame = correction.countries
    assert not set(frame.index) & set(REST_OF_WORLD)
    slope, constant = np.polyfit(np.log(frame["size"]), np.log(frame["VS"]), 1)
    assert correction.slope == pytest.approx(slope)
    np.testing.assert_allclose(np.log(frame["expected"]), constant + slope * np.log(frame["size"]))
    assert correction.interval[0] < slope < correction.interval[1]
    # Residuals of least squares average to nothing.
    assert np.log(frame["ratio"]).mean() == pytest.approx(0, abs=1e-12)


@needs_leather
def test_size_needs_three_countries(leather):
    two = leather.aggregate(countries={"Europe": ["Turkey", "Germany"]})
    assert gvc.size_correction(gvc.vertical_specialization(two), two) is None


@needs_leather
def test_ranking_is_by_both_sides_together(leather):
    ranking = gvc.ranking(gvc.vertical_specialization(leather), ["Argentina", "Turkey", "Germany"])
    np.testing.assert_allclose(ranking["both"], ranking["VS"] + ranking["VS1"])
    assert ranking["both"].is_monotonic_decreasing
