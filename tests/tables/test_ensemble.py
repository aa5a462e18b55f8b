"""Results of several tables: what is shown, its ends, and in how many a statement holds."""

import operator

import pandas as pd
import pytest

import gvc_helpers as gvc
from tests.conftest import small_table

FRAMES = [
    pd.DataFrame({"x": [1.0, 5.0], "name": ["a", "b"]}, index=["A", "B"]),
    pd.DataFrame({"name": ["c", "d"], "x": [4.0, 3.0]}, index=["B", "A"]),
    pd.DataFrame({"x": [2.0, 6.0], "name": ["a", "b"]}, index=["A", "B"]),
]


def test_ends_go_by_labels_and_are_of_numbers():
    low, high = gvc.Ensemble(FRAMES).ends
    assert low.to_dict() == {"x": {"A": 1.0, "B": 4.0}}
    assert high.to_dict() == {"x": {"A": 3.0, "B": 6.0}}


def test_ends_of_series_and_of_numbers():
    column = gvc.Ensemble(FRAMES)["x"]
    assert column.low.to_dict() == {"A": 1.0, "B": 4.0}
    cell = column["B"]
    assert (cell.value, cell.low, cell.high) == (5.0, 4.0, 6.0)


def test_one_table_has_no_ends():
    alone = gvc.Ensemble(FRAMES[:1])
    assert alone.ends is None
    assert alone.low is alone.high is alone.value


def test_a_function_is_applied_to_each_with_what_an_ensemble_lends_it():
    numbers = gvc.Ensemble([1, 2, 3])
    assert numbers(operator.add, 10).each == [11, 12, 13]
    assert numbers(operator.mul, numbers).each == [1, 4, 9]


def test_in_how_many_tables_a_statement_holds():
    assert gvc.Ensemble(FRAMES)["x"]["B"](operator.gt, 4.5).times == 2


def test_measures_of_tables():
    tables = gvc.Ensemble([small_table(), small_table()])
    vs = tables(gvc.vertical_specialization)
    pd.testing.assert_series_equal(vs.vs.low, vs.value.vs, check_names=False)
    assert vs.by_origin.loc["AAA", "BBB"].value == vs.value.by_origin.loc["AAA", "BBB"]


def test_of_nothing_there_is_none():
    with pytest.raises(ValueError, match="one table at least"):
        gvc.Ensemble([])


def test_what_python_asks_for_is_not_of_the_results():
    assert not hasattr(gvc.Ensemble([1]), "_repr_html_")
