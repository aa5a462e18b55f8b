"""What a table refuses, derives, checks, keeps, adds up and balances."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gvc_helpers as gvc
from gvc_helpers.tables.io_table import IOTable
from gvc_helpers.tables.leontief import SingularTableError, closed_sectors
from tests.conftest import needs_wiod, small_table, tables

Z, Y = np.array(small_table().Z), np.array(small_table().Y)
GRID = pd.MultiIndex.from_product([["AAA", "BBB"], ["Farms", "Works"]])


def changed(array, cell, value, dtype=float):
    copy = array.astype(dtype)
    copy[cell] = value
    return copy


BAD_TABLES = {
    "Z not square": ({"Z": Z[:3]}, "Z has shape (3, 4); by the labels it must be (4, 4)"),
    "Z flat": ({"Z": Z.ravel()}, "Z has shape (16,); by the labels it must be (4, 4)"),
    "Y too narrow": ({"Y": Y[:, :1]}, "Y has shape (4, 1); by the labels it must be (4, 2)"),
    "Y too short": ({"Y": Y[:3]}, "Y has shape (3, 2); by the labels it must be (4, 2)"),
    "one country too many": ({"countries": ["AAA", "BBB", "CCC"]}, "by the labels it must be (6, 6)"),
    "country twice": ({"countries": ["AAA", "AAA"]}, "row AAA / Farms stands twice"),
    "sector twice": ({"sectors": ["Farms", "Farms"]}, "row AAA / Farms stands twice"),
    "no labels": ({"countries": None}, "labels are missing"),
    "labels given twice": ({"index": GRID}, "labels are given twice"),
    "empty label": ({"sectors": ["Farms", " "]}, "sector label ' ' is not a text"),
    "number as label": ({"countries": ["AAA", 7]}, "country label 7 is not a text"),
    "no rows": ({"countries": [], "sectors": []}, "the table is empty"),
    "countries mixed": (
        {"countries": None, "sectors": None, "index": GRID[[0, 2, 1, 3]]},
        "the rows of a country are not together",
    ),
    "three levels": (
        {
            "countries": None,
            "sectors": None,
            "index": pd.MultiIndex.from_product([["A"], ["B"], list("CDEF")]),
        },
        "index has 3 level(s)",
    ),
    "NaN in Z": ({"Z": changed(Z, (1, 2), np.nan)}, "Z, row AAA / Works, column BBB / Farms: nan is not"),
    "infinity in Y": ({"Y": changed(Y, (3, 1), np.inf)}, "Y, row BBB / Works, column BBB: inf is not"),
    "text in numbers": (
        {"Z": changed(Z, (0, 3), "n/a", object)},
        "Z, row AAA / Farms, column BBB / Works: n/a is not a finite number",
    ),
    "decimal comma": ({"Y": changed(Y, (0, 0), "1,5", object)}, "Y, row AAA / Farms, column AAA: 1,5 is not"),
    "value added too short": ({"value_added": [1.0, 2.0]}, "value_added has shape (2,)"),
    "value added missing": ({"value_added": [1.0, 2, np.nan, 4]}, "value_added, row BBB / Farms: nan is not"),
    "negative output": ({"Y": changed(Y, (2, 1), -500.0)}, "gross output of BBB / Farms is negative (-471)"),
}


@pytest.mark.parametrize("fault", BAD_TABLES)
def test_bad_table_is_refused_with_what_and_where(fault):
    changes, message = BAD_TABLES[fault]
    with pytest.raises(gvc.TableError) as caught:
        small_table(**changes)
    assert message in str(caught.value)


def test_unbalanced_table_is_not_measured():
    stated = small_table().value_added.to_numpy() * [1, 1.5, 1, 1]
    table = small_table(value_added=stated)
    with pytest.raises(gvc.TableError, match=r"imbalance: 1 case\(s\).* AAA / Works; balance the table with"):
        gvc.vertical_specialization(table)


def test_inputs_without_output_are_not_measured():
    table = small_table(Z=changed(Z, (1, slice(None)), 0.0), Y=changed(Y, (1, slice(None)), 0.0))
    with pytest.raises(gvc.TableError, match="inputs without output: 1 case"):
        gvc.vertical_specialization(table)


def test_table_that_cannot_be_solved_names_the_sectors():
    circle = np.array([[0.0, 10, 0, 0], [10, 0, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]])
    final = np.array([[0.0, 0], [0, 0], [5, 5], [5, 5]])
    table = small_table(Z=circle, Y=final)
    for ask in (gvc.vertical_specialization, IOTable.require_solution):
        with pytest.raises(
            SingularTableError, match=r"uses up all it makes.* value added: AAA / Farms, AAA / Works; correct"
        ):
            ask(table)
    fed = changed(circle, (2, 0), 0.01)  # one of them buys outside, which has value added
    small_table(Z=fed, Y=changed(final, (0, 0), 0.01)).require_solution()


def test_table_without_flows_is_not_measured():
    table = small_table(Z=np.zeros((4, 4)), Y=np.zeros((4, 2)))
    for ask in (gvc.vertical_specialization, IOTable.require_solution):
        with pytest.raises(gvc.TableError, match="the table is empty: all its flows are zero"):
            ask(table)


@given(tables(), st.data())
def test_closed_sectors_are_those_that_make_the_system_singular(table, data):
    """A group cut off from all others, whose value added goes into inputs, is found; nothing else is."""
    Z, inputs = table.Z.copy(), table.inputs.to_numpy()
    output = table.output.to_numpy()
    assert not closed_sectors(Z, output, inputs).any()
    busy = np.flatnonzero((output > 0) & (inputs > 0))
    group = data.draw(st.lists(st.sampled_from(busy.tolist()), min_size=1, unique=True)) if len(busy) else []
    Z[:, group] = 0.0
    for seller, buyer in zip(group, [*group[1:], *group[:1]], strict=True):
        Z[seller, buyer] = output[buyer]
    closed = closed_sectors(Z, output, Z.sum(axis=0))
    assert np.flatnonzero(closed).tolist() == sorted(group)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda t: t.keep(["AAA", "CCC"]), "country 'CCC' is not in the table; it has AAA, BBB"),
        (lambda t: t.keep(["AAA", "AAA"]), "country 'AAA' is named twice"),
        (lambda t: t.keep(["AAA"], rest="AAA"), "'AAA' is a country kept"),
        (lambda t: t.aggregate(sectors={"All": ["Farms", "Mines"]}), "sector 'Mines' of group 'All'"),
        (lambda t: t.aggregate(sectors={"X": ["Farms"], "Y": ["Farms"]}), "is in two groups, 'X' and 'Y'"),
        (lambda t: t.aggregate(sectors={"Works": ["Farms"]}), "has the name of a sector that is not in"),
    ],
)
def test_bad_request_is_refused(call, message):
    with pytest.raises(gvc.TableError) as caught:
        call(small_table())
    assert message in str(caught.value)


def test_table_cannot_be_changed():
    table = small_table()
    with pytest.raises(AttributeError, match="cannot be changed"):
        table.year = 2020
    with pytest.raises(ValueError, match="read-only"):
        table.Z[0, 0] = 1.0
    for derived in (table.output, table.value_added, table.exports, table.exports_by_destination):
        with pytest.raises(ValueError, match="read-only"):
            derived.iloc[0] = 1.0


def test_array_given_is_not_copied_and_a_view_is():
    whole = Z.copy()
    assert small_table(Z=whole).Z is whole
    base = np.zeros((5, 4))
    base[:4] = Z
    table = small_table(Z=base[:4])
    base[0, 0] = -1.0
    assert table.Z[0, 0] == Z[0, 0]


def test_derived_quantities_by_hand():
    table = small_table()
    assert table.output.tolist() == [56, 85, 74, 106]
    assert table.value_added.tolist() == [38, 53, 48, 70]
    assert table.exports.tolist() == [3 + 1 + 8, 2 + 6 + 12, 2 + 3 + 5, 1 + 5 + 9]
    assert table.exports_by_destination["BBB"].tolist() == [12, 20, 0, 0]
    assert table.imbalance.abs().max() == 0


def test_check_finds_what_is_doubtful_most_serious_first():
    table = small_table(
        Z=changed(Z, (0, 1), -4.0),
        Y=changed(Y, (3, 0), -9.0),
        value_added=small_table().value_added.to_numpy() * [1, 1, 1.2, 1],
    )
    findings = {finding.kind: finding for finding in table.check()}
    assert list(findings) == ["imbalance", "negative flow", "negative final demand"]
    assert findings["imbalance"].where == ("BBB", "Works")
    assert findings["negative flow"].where == ("AAA", "Farms")
    assert findings["negative final demand"].size == 9


@given(tables())
def test_balance_goes_to_the_larger_side_and_says_where(table):
    generator = np.random.default_rng(0)
    stated = table.value_added.to_numpy() * generator.uniform(0.8, 1.2, len(table.index))
    unbalanced = gvc.IOTable(table.Z, table.Y, index=table.index, value_added=stated)
    balanced, moved = unbalanced.balance()
    larger = np.maximum(unbalanced.output, unbalanced.output - unbalanced.imbalance)
    np.testing.assert_allclose(balanced.output, larger, rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(balanced.value_added - stated, moved["value_added"], rtol=1e-9, atol=1e-8)
    added = (balanced.Y - table.Y).sum(axis=1)
    np.testing.assert_allclose(added, moved["final_demand"], rtol=1e-9, atol=1e-8)
    assert (moved.min(axis=1) == 0).all()
    np.testing.assert_array_equal(balanced.exports, unbalanced.exports)


@given(tables())
def test_adding_up_keeps_totals(table):
    whole = table.aggregate(countries={"World": table.countries}, sectors={"All": table.sectors})
    assert whole.Z.shape == (1, 1)
    assert whole.output.iloc[0] == pytest.approx(table.output.sum())
    assert whole.value_added.iloc[0] == pytest.approx(table.value_added.sum())
    kept = table.keep([table.countries[-1]], rest="Rest")
    assert kept.countries == [table.countries[-1], "Rest"]
    last = table.countries[-1]
    np.testing.assert_allclose(kept.exports[last], table.exports[last])
    np.testing.assert_allclose(kept.output[last], table.output[last])


def test_keep_follows_the_order_asked_for_rows_and_columns_alike():
    table = small_table()
    turned = table.keep(["BBB", "AAA"])
    assert turned.countries == ["BBB", "AAA"]
    order = [2, 3, 0, 1]
    np.testing.assert_array_equal(turned.Z, table.Z[np.ix_(order, order)])
    np.testing.assert_array_equal(turned.Y, table.Y[np.ix_(order, [1, 0])])


def test_sectors_may_differ_by_country():
    index = pd.MultiIndex.from_tuples(
        [("AAA", "Farms"), ("AAA", "Works"), ("AAA", "Mines"), ("BBB", "Farms")]
    )
    table = small_table(countries=None, sectors=None, index=index)
    assert table.sectors == ["Farms", "Works", "Mines"]
    vs = gvc.vertical_specialization(table)
    assert np.isnan(vs.vs_by_sector.loc["Mines", "BBB"])
    np.testing.assert_allclose(vs.vs_by_sector.sum(), vs.vs)
    assert table.aggregate(sectors={"Rest": ["Works", "Mines"]}).sectors == ["Farms", "Rest"]


@needs_wiod
def test_real_table_keeps_its_totals(wiod_2011):
    kept = wiod_2011.keep(["RUS", "CHN"])
    assert kept.countries == ["RUS", "CHN", "ROW"]
    assert kept.output.sum() == pytest.approx(wiod_2011.output.sum())
    assert {finding.kind for finding in wiod_2011.check()} == {
        "negative value added", "no inputs", "negative final demand", "no output",
    }  # fmt: skip
