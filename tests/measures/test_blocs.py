"""Trade in value added between blocs, against the definition and the identities."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gvc_helpers as gvc
from gvc_helpers.measures.blocs import OTHERS, bloc_matrix, bloc_trade
from tests import literal_cooperation as literal
from tests.conftest import needs_leather, needs_wiod, ragged, small_table, tables
from tests.measures.test_absorption import idle_table, uneven_table

COLUMNS = ["created", "absorbed", "balance", "created_share", "intermediates"]


def three_countries():
    """A sells inputs to B, who completes products for itself and for C; C makes what it needs."""
    Z = [[0, 60, 0], [0, 0, 0], [0, 0, 0]]
    return gvc.IOTable(Z, [[40, 0, 0], [0, 40, 60], [0, 0, 50]], ["A", "B", "C"], ["All"])


def divisions(table):
    """Ways to put the countries into blocs."""
    first, *others = table.countries
    return [
        {"one": [first]},
        {"most": others, "none": []},
        {"all": table.countries},
        {country: [country] for country in reversed(table.countries)},
        {"none": [], "pair": [others[-1], first]},
        {},
    ]


def assert_definitions(table, blocs):
    scale = max(1.0, np.abs(table.Y).sum())
    matrix, expected = bloc_matrix(table, blocs), literal.bloc_matrix(table, blocs)
    assert list(matrix.index) == list(matrix.columns) == list(expected.index)
    assert (matrix.index.name, matrix.columns.name) == ("created_in", "absorbed_in")
    np.testing.assert_allclose(matrix, expected, atol=1e-9 * scale)
    trade, expected = bloc_trade(table, blocs), literal.bloc_trade(table, blocs)
    assert list(trade.columns) == list(expected.columns) == COLUMNS
    assert list(trade.index) == list(matrix.index)
    amounts = COLUMNS[:3]
    np.testing.assert_allclose(trade[amounts], expected[amounts], atol=1e-9 * scale)
    # A share of next to nothing is known only as well as that is.
    sure = (expected["created"] + expected["absorbed"]).abs() > 1e-6 * scale
    np.testing.assert_allclose(trade[sure], expected[sure], rtol=1e-6, atol=1e-6)


def assert_identities(table, blocs):
    scale = max(1.0, np.abs(table.Y).sum())
    matrix, trade = bloc_matrix(table, blocs), bloc_trade(table, blocs)
    final = dict(zip(table.countries, table.Y.sum(axis=0), strict=True))
    made = table.output.to_numpy() - table.Z.sum(axis=0)
    for bloc, members in literal.blocs_of(table, blocs).items():
        own = table.index.isin(members, level="country")
        assert matrix[bloc].sum() == pytest.approx(sum(final[c] for c in members), abs=1e-9 * scale)
        assert matrix.loc[bloc].sum() == pytest.approx(made[own].sum(), abs=1e-9 * scale)
        # In all goods and services, the gross balance is that of value added.
        gross = table.exports_by_destination.loc[own, ~np.isin(table.countries, members)].sum().sum()
        gross -= table.exports_by_destination.loc[~own, members].sum().sum()
        assert trade.loc[bloc, "balance"] == pytest.approx(gross, abs=1e-9 * scale)
    assert trade["balance"].sum() == pytest.approx(0, abs=1e-9 * scale)


@settings(max_examples=30)
@given(tables() | ragged(), st.integers(0, 5))
def test_definitions_and_identities(table, which):
    blocs = divisions(table)[which]
    assert_definitions(table, blocs)
    assert_identities(table, blocs)


@settings(max_examples=30)
@given(tables())
def test_shares_lie_from_0_to_100(table):
    if (table.Y >= 0).all():
        shares = bloc_trade(table, {"one": table.countries[:1]})[COLUMNS[3:]]
        assert ((shares >= -1e-9) & (shares <= 100 + 1e-9) | shares.isna()).all(axis=None)


@pytest.mark.parametrize("make", [uneven_table, idle_table, small_table, three_countries])
def test_particular_tables(make):
    for blocs in divisions(make()):
        assert_definitions(make(), blocs)
        assert_identities(make(), blocs)


@needs_leather
def test_worked_case(leather):
    for blocs in divisions(leather):
        assert_definitions(leather, blocs)
        assert_identities(leather, blocs)


@needs_wiod
def test_real_table(wiod_2011):
    blocs = {"NAFTA": ["USA", "CAN", "MEX"], "none": [], "East Asia": ["CHN", "JPN", "KOR", "TWN"]}
    assert_definitions(wiod_2011, blocs)
    assert_identities(wiod_2011, blocs)
    trade = bloc_trade(wiod_2011, blocs)
    assert list(trade.index) == ["NAFTA", "East Asia", OTHERS]
    assert trade.loc["NAFTA", "balance"] < 0 < trade.loc["East Asia", "balance"]


def test_by_hand():
    # B's 100 hold 60 of A and 40 of its own; 60 of the 100 go to C.
    table = three_countries()
    matrix = bloc_matrix(table, {"union": ["B", "A"]})
    np.testing.assert_allclose(matrix.loc[["union", OTHERS], ["union", OTHERS]], [[80, 60], [0, 50]])
    trade = bloc_trade(table, {"union": ["B", "A"]})
    np.testing.assert_allclose(trade.loc["union"], [60, 0, 60, 100 * 60 / 140, 0], atol=1e-12)
    np.testing.assert_allclose(trade.loc[OTHERS], [0, 60, -60, 0, np.nan], atol=1e-12)
    # A alone sells nothing but inputs.
    trade = bloc_trade(table, {"first": ["A"]})
    np.testing.assert_allclose(trade.loc["first"], [60, 0, 60, 60, 100], atol=1e-12)


def test_blocs_without_countries_are_left_out():
    table = small_table()
    assert list(bloc_matrix(table, {"none": [], "one": ["BBB"], "nobody": ()}).index) == ["one", OTHERS]
    assert list(bloc_matrix(table, {"all": ["BBB", "AAA"]}).index) == ["all"]
    assert list(bloc_trade(table, {}).index) == [OTHERS]
    alone = bloc_trade(table, {}).loc[OTHERS]
    assert alone["created"] == alone["absorbed"] == alone["balance"] == alone["created_share"] == 0
    assert np.isnan(alone["intermediates"])


def test_shares_of_less_than_nothing_are_missing():
    # Stocks of farm products of BBB are run down in AAA by more than BBB exports.
    trade = bloc_trade(small_table(Y=[[60, -20], [40, 32], [-30, 60], [9, 60]]), {"one": ["BBB"]})
    assert np.isnan(trade.loc["one", "intermediates"])
    # Works of AAA use more than they make, so that AAA adds less than no value.
    Z = [[10, 40, 3, 1], [5, 20, 2, 6], [2, 70, 15, 4], [1, 5, 6, 25]]
    trade = bloc_trade(small_table(Z=Z, Y=[[0, 8], [40, 12], [5, 45], [9, 60]]), {"one": ["AAA"]})
    assert np.isnan(trade.loc["one", "created_share"])
    assert trade.loc["one", "intermediates"] == 100 * 12 / 32


def test_a_bloc_is_what_is_made_by_uniting_its_members():
    table = three_countries()
    united = table.unite("union", ["A", "B"])
    np.testing.assert_allclose(
        bloc_matrix(table, {"union": ["A", "B"]}), gvc.origin_of_final_demand(united), atol=1e-12
    )


def test_one_factorization_gives_both(monkeypatch):
    table = small_table()
    bloc_matrix(table, {"one": ["AAA"]})
    monkeypatch.setattr("gvc_helpers.tables.leontief.lu_factor", None)
    monkeypatch.setattr(np.linalg, "inv", None)
    bloc_trade(table, {"other": ["BBB"]})


@pytest.mark.parametrize("measure", [bloc_matrix, bloc_trade])
def test_wrong_blocs_are_named(measure):
    table = small_table()
    with pytest.raises(
        gvc.TableError, match="country 'CCC' of bloc 'b' is not in the table; it has AAA, BBB"
    ):
        measure(table, {"b": ["AAA", "CCC"]})
    with pytest.raises(gvc.TableError, match="country 'AAA' is in two blocs, 'b' and 'c'; it must be in one"):
        measure(table, {"b": ["AAA"], "c": ["BBB", "AAA"]})
    with pytest.raises(gvc.TableError, match=r"bloc 'b': 'AAA' is a text; a list is expected"):
        measure(table, {"b": "AAA"})
    with pytest.raises(gvc.TableError, match="blocs must be given by name"):
        measure(table, ["AAA"])
    with pytest.raises(gvc.TableError, match="bloc 'others' is what countries in no bloc are called"):
        measure(table, {"others": ["AAA"]})


def test_table_out_of_balance_is_refused():
    with pytest.raises(gvc.TableError, match="balance the table"):
        bloc_matrix(small_table(value_added=[1, 1, 1, 1]), {"one": ["AAA"]})
