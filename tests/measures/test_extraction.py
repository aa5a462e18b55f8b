"""Hypothetical extraction against a second solution of the table without the sales."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gvc_helpers as gvc
from gvc_helpers.measures.extraction import hypothetical_extraction
from tests.conftest import needs_leather, needs_wiod, small_table, tables
from tests.measures.test_absorption import idle_table, uneven_table


def literal(table, sellers, buyers=None, share=1.0):
    """Loss of output and value added, with the extracted table written out and solved anew."""
    rows, names, x = list(table.index), table.countries, table.output.to_numpy()
    size = len(rows)
    A = np.array([[table.Z[i, j] / x[j] if x[j] > 0 else 0.0 for j in range(size)] for i in range(size)])
    Y, v = np.array(table.Y), 1.0 - A.sum(axis=0)
    buying = names if buyers is None else buyers
    for i, (country, sector) in enumerate(rows):
        if country in sellers or (country, sector) in sellers:
            for j, (buyer, _) in enumerate(rows):
                A[i, j] *= 1.0 - share * (buyer in buying)
            for k, buyer in enumerate(names):
                Y[i, k] *= 1.0 - share * (buyer in buying)
    lost = x - np.linalg.solve(np.eye(size) - A, Y.sum(axis=1))
    return np.column_stack([lost, v * lost])


def assert_definition(table, sellers, buyers=None, share=1.0):
    lost = hypothetical_extraction(table, sellers, buyers, share)
    scale = max(1.0, table.output.sum())
    np.testing.assert_allclose(lost, literal(table, sellers, buyers, share), atol=1e-9 * scale)
    assert list(lost.columns) == ["output", "value_added"]
    assert lost.index.equals(table.index)


@given(tables(), st.data())
def test_definition(table, data):
    labels = st.one_of(st.sampled_from(table.countries), st.sampled_from(list(table.index)))
    sellers = data.draw(st.lists(labels, min_size=1, max_size=5))
    buyers = data.draw(st.none() | st.lists(st.sampled_from(table.countries), unique=True))
    assert_definition(table, sellers, buyers)
    assert_definition(table, sellers, buyers, data.draw(st.sampled_from([0.0, 0.1, 0.7])))


@given(tables())
def test_extremes(table):
    scale = max(1.0, table.output.sum())
    nothing = hypothetical_extraction(table, table.countries, [])
    np.testing.assert_array_equal(nothing, 0.0)
    np.testing.assert_array_equal(hypothetical_extraction(table, table.countries, share=0.0), 0.0)
    everything = hypothetical_extraction(table, table.countries)
    np.testing.assert_allclose(everything["output"], table.output, atol=1e-9 * scale)
    np.testing.assert_allclose(everything["value_added"], table.value_added, atol=1e-9 * scale)


@given(tables())
def test_losses_are_not_negative(table):
    if (table.Y >= 0).all():
        lost = hypothetical_extraction(table, table.countries[:1], table.countries[1:])
        assert (lost["output"] >= -1e-9 * table.output.sum()).all()
        # Losing all sales costs no less than losing some.
        more = hypothetical_extraction(table, table.countries[:1])
        assert (more["output"] >= lost["output"] - 1e-9 * table.output.sum()).all()
        # So it does to lose a larger share, but a part of the sales costs more than the same part of the
        # whole: what is needed less is not needed again for what is left.
        half = hypothetical_extraction(table, table.countries[:1], share=0.5)
        assert (half["output"] <= more["output"] + 1e-9 * table.output.sum()).all()
        assert (half["output"] >= more["output"] / 2 - 1e-9 * table.output.sum()).all()


@given(tables())
def test_own_loss_from_exports_is_domestic_value_added_in_exports(table):
    x = table.output.to_numpy()
    A = np.divide(table.Z, x, out=np.zeros_like(table.Z), where=x > 0)
    v = 1.0 - A.sum(axis=0)
    for country in table.countries:
        own = np.array([c == country for c, _ in table.index])
        others = [c for c in table.countries if c != country]
        local = np.linalg.inv(np.eye(own.sum()) - A[np.ix_(own, own)])
        expected = v[own] * (local @ table.exports[country].to_numpy())
        lost = hypothetical_extraction(table, [country], others)
        np.testing.assert_allclose(lost.loc[[country], "value_added"], expected, atol=1e-9 * x.sum())


@pytest.mark.parametrize("make", [uneven_table, idle_table, small_table])
def test_particular_tables(make):
    table = make()
    assert_definition(table, ["AAA"], ["BBB"])
    assert_definition(table, ["BBB"], ["AAA"])
    assert_definition(table, ["BBB", ("AAA", "Works")])
    assert_definition(table, table.countries, ["AAA"])
    assert_definition(table, ["BBB", ("AAA", "Works")], ["AAA"], share=0.3)
    assert_definition(table, table.countries, share=0.3)


@needs_leather
def test_worked_case(leather):
    for country in leather.countries:
        others = [c for c in leather.countries if c != country]
        assert_definition(leather, [country], others)
        assert_definition(leather, [country])
        assert_definition(leather, others, [country])
        assert_definition(leather, [country], share=0.25)
        assert_definition(leather, others, [country], share=0.25)


@needs_wiod
def test_real_table(wiod_2011):
    others = [c for c in wiod_2011.countries if c != "RUS"]
    assert_definition(wiod_2011, ["RUS"], others)
    assert_definition(wiod_2011, [("DEU", "Transport Equipment"), ("FRA", "Transport Equipment")])


def test_by_hand():
    # B makes 100 with 60 from A; without A's sales to B, A keeps the 40 for its own users.
    table = gvc.IOTable([[0, 60], [0, 0]], [[40, 0], [0, 100]], ["A", "B"], ["All"])
    assert hypothetical_extraction(table, ["A"], ["B"])["output"].tolist() == [60, 0]
    # Without B's sales, A has nobody to deliver to but its own users.
    lost = hypothetical_extraction(table, ["B"])
    assert lost["output"].tolist() == [60, 100]
    assert lost["value_added"].tolist() == [60, 40]
    # A quarter of A's sales: B pays a quarter of its inputs to others, and A's users buy 30.
    assert hypothetical_extraction(table, ["A"], share=0.25)["output"].tolist() == [25, 0]
    # A quarter of B's.
    assert hypothetical_extraction(table, ["B"], ["B"], 0.25)["value_added"].tolist() == [15, 10]


def test_a_country_is_all_its_rows():
    table = uneven_table()
    rows = [("BBB", "Works"), ("BBB", "Banks")]
    expected = hypothetical_extraction(table, ["BBB"])
    for sellers in (rows, ["BBB", *rows], ("BBB", "BBB")):
        np.testing.assert_array_equal(hypothetical_extraction(table, sellers), expected)


def test_nothing_is_factorized_again(monkeypatch):
    table = small_table()
    hypothetical_extraction(table, ["AAA"])
    monkeypatch.setattr("gvc_helpers.tables.leontief.lu_factor", None)
    monkeypatch.setattr(np.linalg, "inv", None)
    hypothetical_extraction(table, ["BBB"])


def test_wrong_labels_are_named():
    table = uneven_table()
    with pytest.raises(gvc.TableError, match="seller 'CCC' is not in the table; it has AAA, BBB"):
        hypothetical_extraction(table, ["CCC"])
    with pytest.raises(gvc.TableError, match="seller 'CCC' is not in the table; it has AAA, BBB"):
        hypothetical_extraction(table, [("CCC", "Works")])
    with pytest.raises(
        gvc.TableError, match="seller 'BBB / Mines' is not in the table; BBB has Works, Banks"
    ):
        hypothetical_extraction(table, [("BBB", "Mines")])
    with pytest.raises(gvc.TableError, match="buyer 'CCC' is not in the table; it has AAA, BBB"):
        hypothetical_extraction(table, ["AAA"], ["CCC"])
    with pytest.raises(gvc.TableError, match=r"sellers are missing; name countries or \(country, sector\)"):
        hypothetical_extraction(table, [])
    for share in (-0.1, 1.1, np.nan):
        with pytest.raises(ValueError, match=rf"share {share} is not allowed; it must lie from 0 to 1"):
            hypothetical_extraction(table, ["AAA"], share=share)
