"""A country's foreign economic activity, against the definition and the identities."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gvc_helpers as gvc
from gvc_helpers.cooperation.activity import (
    ADVANTAGE,
    INDICATORS,
    advantage,
    concentration,
    distance_to_goals,
    foreign_activity,
    imported_inputs,
    imports_by_seller,
    imports_of,
    supplier_dependence,
    trade_by_sector,
)
from tests import literal_cooperation as literal
from tests.conftest import needs_leather, needs_wiod, ragged, small_table, tables
from tests.cooperation.test_core_periphery import renamed
from tests.measures.test_absorption import idle_table, uneven_table

AMOUNTS = [
    "exports",
    "imports",
    "balance",
    "value_added_exports",
    "value_added_imports",
    "value_added_balance",
]


def rest_of_world_table():
    """AAA buys inputs for farms from ROW alone, for works from all; BBB has none from abroad."""
    Z = [[1, 2, 9, 0], [0, 4, 0, 5], [0, 3, 2, 0], [6, 4, 0, 8]]
    index = [("AAA", "Farms"), ("AAA", "Works"), ("BBB", "Works"), ("ROW", "Works")]
    table = gvc.IOTable(
        Z, [[20, 1, 3], [30, 2, 2], [4, 30, 1], [5, 6, 40]], index=pd.MultiIndex.from_tuples(index)
    )
    Z = table.Z.copy()
    Z[0, 2] = 0.0
    return gvc.IOTable(Z, table.Y.copy(), index=table.index).balance()[0]


def assert_trade(table, country):
    scale = max(1.0, np.abs(table.Y).sum())
    trade, expected = trade_by_sector(table, country), literal.trade_by_sector(table, country)
    assert list(trade.index) == list(expected.index) == table.sectors
    assert list(trade.columns) == list(expected.columns)
    assert trade.index.name == "sector"
    np.testing.assert_allclose(trade[AMOUNTS], expected[AMOUNTS], atol=1e-9 * scale)
    indices = trade.columns.drop(AMOUNTS)
    np.testing.assert_allclose(trade[indices], expected[indices], rtol=1e-7, atol=1e-7)
    assert trade["balance"].sum() == pytest.approx(trade["value_added_balance"].sum(), abs=1e-8 * scale)
    by_seller = imports_by_seller(table, country)
    assert by_seller.index.equals(table.index)
    assert (by_seller[country] == 0).all()
    for sectors in (table.sectors, table.sectors[:1], [*table.sectors[1:], "none"]):
        found = imports_of(table, country, sectors)
        assert found == pytest.approx(expected["imports"].reindex(sectors).sum(), abs=1e-9 * scale)


def assert_dependence(table, country, members):
    found, expected = (
        supplier_dependence(table, country, members),
        literal.supplier_dependence(table, country, members),
    )
    assert list(found.columns) == list(expected.columns)
    assert list(found.index) == list(expected.index)
    assert found.index.name == "sector"
    numbers = ["imported", "share", "concentration", "bloc"]
    np.testing.assert_allclose(found[numbers].astype(float), expected[numbers].astype(float), rtol=1e-9)
    assert found["largest"].fillna("").tolist() == expected["largest"].fillna("").tolist()


def assert_activity(table, country, members, manufactures, machinery):
    found = foreign_activity(table, country, members, manufactures, machinery)
    expected = literal.foreign_activity(table, country, members, manufactures, machinery)
    assert found.name == country
    assert list(found.index) == list(expected) == INDICATORS
    np.testing.assert_allclose(found, list(expected.values()), rtol=1e-7, atol=1e-7)


def assert_definitions(table, country, members):
    assert_trade(table, country)
    assert_dependence(table, country, members)
    assert_activity(table, country, members, table.sectors[1:], table.sectors[-1:])


@settings(max_examples=20)
@given(tables() | ragged(), st.data())
def test_definitions(table, data):
    if data.draw(st.booleans()):
        table = renamed(table, C1="ROW")
    country = data.draw(st.sampled_from(table.countries))
    assert_definitions(table, country, data.draw(st.lists(st.sampled_from(table.countries), unique=True)))


@pytest.mark.parametrize("make", [uneven_table, idle_table, small_table, rest_of_world_table])
def test_particular_tables(make):
    for country in make().countries:
        assert_definitions(make(), country, ["AAA"])


@needs_leather
def test_worked_case(leather):
    for country in leather.countries:
        assert_definitions(leather, country, leather.countries[:2])


@needs_wiod
def test_real_table(wiod_2011):
    sectors = wiod_2011.sectors
    assert_trade(wiod_2011, "RUS")
    assert_dependence(wiod_2011, "POL", ["DEU", "FRA", "POL"])
    assert_activity(wiod_2011, "CZE", ["DEU", "AUT", "CZE"], sectors[2:16], sectors[12:15])
    assert trade_by_sector(wiod_2011, "RUS").loc["Mining and Quarrying", "rca"] > 3
    largest = supplier_dependence(wiod_2011, "CZE", ["DEU"])["largest"]
    assert largest["Transport Equipment"] == "DEU"
    assert "ROW" not in set(largest)


def test_what_all_countries_sell_they_buy():
    table = small_table()
    trade = sum(trade_by_sector(table, country)[AMOUNTS] for country in table.countries)
    np.testing.assert_allclose(trade[["balance", "value_added_balance"]], 0, atol=1e-9)
    np.testing.assert_allclose(trade["exports"], trade["imports"])


def test_trade_by_hand():
    # A sells 60 of inputs to B, who sells 60 of its 100 to C: 36 of A's value added and 24 of B's.
    Z = [[0, 60, 0], [0, 0, 0], [0, 0, 0]]
    table = gvc.IOTable(Z, [[40, 0, 0], [0, 40, 60], [0, 0, 50]], ["A", "B", "C"], ["All"])
    trade = {country: trade_by_sector(table, country).loc["All", AMOUNTS].tolist() for country in "ABC"}
    assert trade["A"] == pytest.approx([60, 0, 60, 60, 0, 60])
    assert trade["B"] == pytest.approx([60, 60, 0, 24, 24, 0])
    assert trade["C"] == pytest.approx([0, 60, -60, 0, 60, -60])
    activity = foreign_activity(table, "B", ["A"], ["All"], [])
    shares = {
        "vax_ratio": 40,
        "backward": 60,
        "forward": 0,
        "domestic_content": 40,
        "machinery_in_exports": 0,
    }
    shares |= {"largest_supplier": 100, "bloc_in_inputs": 100, "manufacturing_share": 100}
    assert {name: activity[name] for name in shares} == pytest.approx(shares)


def test_a_sector_that_the_country_does_not_have():
    trade = trade_by_sector(uneven_table(), "AAA")
    assert trade.loc["Banks", ["exports", "value_added_exports"]].tolist() == [0, 0]
    assert trade.loc["Banks", ["imports", "value_added_imports"]].gt(0).all()
    assert trade.loc["Banks", ["rca", "rca_value_added", "upstreamness"]].isna().all()


def test_a_country_that_does_not_export():
    trade = trade_by_sector(idle_table(), "BBB")
    assert trade["exports"].tolist() == [0, 0]
    assert trade[["rca", "rca_value_added"]].isna().all(axis=None)
    activity = foreign_activity(idle_table(), "BBB", [], ["Works"], ["Works"])
    unknown = ["manufactures_in_exports", "machinery_in_exports", "vax_ratio", "backward", "forward"]
    assert activity.index[activity.isna()].tolist() == unknown


def test_a_country_without_imported_inputs():
    table = idle_table()
    dependence = supplier_dependence(table, "AAA", ["BBB"])
    assert dependence.isna().all(axis=None)
    activity = foreign_activity(table, "AAA", ["BBB"], ["Works"], [])
    assert activity[["largest_supplier", "bloc_in_inputs"]].isna().all()
    # Farms of BBB make nothing; its works have inputs, all from AAA.
    dependence = supplier_dependence(table, "BBB", [])
    assert dependence.loc["Farms"].isna().all()
    assert dependence.loc["Works"].tolist() == [pytest.approx(900 / 34), "AAA", 100, 1, 0]


def test_the_rest_of_the_world_is_no_supplier_with_a_name():
    table = rest_of_world_table()
    dependence = supplier_dependence(table, "AAA", ["BBB", "AAA"])
    # Farms import from the rest of the world alone: nobody with a name supplies them.
    assert dependence.loc["Farms", ["largest", "share"]].isna().all()
    assert dependence.loc["Farms", ["concentration", "bloc"]].tolist() == [1, 0]
    assert dependence.loc["Works", "largest"] == "BBB"
    assert dependence.loc["Works", "share"] == pytest.approx(300 / 7)
    assert dependence.loc["Works", "concentration"] == pytest.approx((9 + 16) / 49)
    assert foreign_activity(table, "AAA", [], [], [])["largest_supplier"] == pytest.approx(300 / 13)
    # Two countries, one of them the rest of the world.
    pair = small_table(countries=["AAA", "ROW"])
    assert supplier_dependence(pair, "AAA", [])[["largest", "share"]].isna().all(axis=None)
    assert supplier_dependence(pair, "ROW", [])["largest"].tolist() == ["AAA", "AAA"]
    assert foreign_activity(pair, "AAA", [], [], [])["largest_supplier"] == 0


@settings(max_examples=30)
@given(tables() | ragged())
def test_imported_inputs(table):
    bought = imported_inputs(table)
    assert bought.index.tolist() == table.countries
    assert bought.index.name == "supplier"
    assert bought.columns.equals(table.index)
    np.testing.assert_allclose(bought, literal.imported_inputs(table), atol=1e-9 * table.output.sum())
    for country in table.countries:
        assert (bought.loc[country, country] == 0).all()
    index = concentration(bought)
    for column in bought:
        expected = gvc.zones.herfindahl(bought[column]) if bought[column].any() else np.nan
        assert index[column] == pytest.approx(expected, nan_ok=True)
        if bought[column].any():
            assert 1 / (bought[column] > 0).sum() - 1e-12 <= index[column] <= 1 + 1e-12
    # Taking suppliers together never lowers it.
    merged = pd.concat([bought.iloc[:-2], bought.iloc[-2:].sum().to_frame().T])
    assert (concentration(merged) >= index - 1e-12).equals(index.notna())


def test_concentration_by_hand():
    bought = pd.DataFrame(
        {
            "a": [5.0, 3, 2],
            "b": [1.0, 1, 1],
            "c": [0.0, 7, 0],
            "d": [0.0, 0, 0],
            "e": [3.0, 1, -4],
            "f": [-1.0] * 3,
        }
    )
    found = concentration(bought)
    np.testing.assert_allclose(found, [0.38, 1 / 3, 1, np.nan, 10 / 16, np.nan])
    assert found.name == "concentration"
    assert bought.loc[2, "e"] == -4


def test_purchases_below_zero():
    Z = [[10, 4, 3, 1], [5, 20, -4, 6], [2, 3, 15, 4], [-1, 5, 6, 25]]
    table = small_table(Z=Z, Y=[[30, 8], [40, 12], [5, 45], [9, 60]], countries=["AAA", "BBB"])
    bought = imported_inputs(table)
    assert bought.loc["AAA", ("BBB", "Farms")] == -1
    dependence = supplier_dependence(table, "BBB", ["AAA"])
    assert dependence.loc["Farms"].isna().all()
    assert_dependence(table, "AAA", ["BBB"])


def test_one_factorization_gives_everything(monkeypatch):
    table = small_table()
    trade_by_sector(table, "AAA")
    monkeypatch.setattr("gvc_helpers.tables.leontief.lu_factor", None)
    monkeypatch.setattr(np.linalg, "inv", None)
    foreign_activity(table, "BBB", ["AAA"], ["Works"], ["Works"])
    trade_by_sector(table, "BBB")
    # What a country buys can be seen without any.
    fresh = small_table()
    imported_inputs(fresh), imports_of(fresh, "AAA", ["Works"]), supplier_dependence(fresh, "AAA", ["BBB"])


def test_the_table_stays_as_it_is():
    table = small_table()
    before = table.Z.copy(), table.Y.copy()
    supplier_dependence(table, "AAA", ["BBB"])
    foreign_activity(table, "AAA", ["BBB"], ["Works"], [])
    np.testing.assert_array_equal(table.Z, before[0])
    np.testing.assert_array_equal(table.Y, before[1])


@pytest.mark.parametrize(
    "measure",
    [
        trade_by_sector,
        imports_by_seller,
        lambda table, country: imports_of(table, country, ["Works"]),
        lambda table, country: supplier_dependence(table, country, []),
        lambda table, country: foreign_activity(table, country, [], ["Works"], []),
        lambda table, member: supplier_dependence(table, "AAA", [member]),
        lambda table, member: foreign_activity(table, "AAA", [member], ["Works"], []),
    ],
)
def test_unknown_countries_are_named(measure):
    with pytest.raises(gvc.TableError, match="'CCC' is not in the table; it has AAA, BBB"):
        measure(small_table(), "CCC")


def test_wrong_members_are_named():
    for measure in (
        lambda members: supplier_dependence(small_table(), "AAA", members),
        lambda members: foreign_activity(small_table(), "AAA", members, ["Works"], []),
    ):
        with pytest.raises(gvc.TableError, match="member 'BBB' is named twice"):
            measure(["BBB", "BBB"])
        with pytest.raises(gvc.TableError, match="member 'BBB' is a text; a list is expected"):
            measure("BBB")


# Goals -------------------------------------------------------------------------------------------


def indicators(**values):
    return pd.Series(dict.fromkeys(INDICATORS, 50.0) | values)


@given(
    st.floats(0, 100), st.floats(0, 100), st.floats(0, 100), st.sampled_from(["at least", "at most"]),
    st.integers(1, 20),
)  # fmt: skip
def test_distance(start, present, target, bound, years):
    history = {2000 + years: indicators(backward=present), 2000: indicators(backward=start)}
    row = distance_to_goals(history, {"backward": (bound, target)}).loc["backward"]
    met = present >= target if bound == "at least" else present <= target
    assert (row["present"], row["bound"], row["target"]) == (present, bound, target)
    assert (row["distance"] == 0) == met
    assert row["distance"] == (0 if met else abs(target - present))
    nearer = (present - start if bound == "at least" else start - present) / years
    assert row["pace"] == pytest.approx(nearer)
    if met:
        assert row["years"] == 0
    elif nearer > 0:
        assert row["years"] == pytest.approx(row["distance"] / nearer)
        # At this pace, the goal would be met then.
        there = present + (present - start) / years * row["years"]
        assert there == pytest.approx(target, abs=1e-6)
    else:
        assert np.isnan(row["years"])


def test_goals_by_hand():
    history = {
        2010: indicators(backward=20.0, forward=40.0, vax_ratio=60.0, domestic_content=70.0),
        2012: indicators(backward=99.0),
        2020: indicators(backward=25.0, forward=45.0, vax_ratio=60.0, domestic_content=80.0),
    }
    goals = {
        "backward": ("at least", 30.0),  # 5 of 10 points in 10 years
        "forward": ("at most", 40.0),  # 5 points, and moving away
        "vax_ratio": ("at least", 61.0),  # 1 point, and no move
        "domestic_content": ("at least", 75.0),  # met
    }
    found = distance_to_goals(history, goals)
    assert list(found.index) == list(goals)
    assert list(found.columns) == ["present", "bound", "target", "distance", "pace", "years"]
    np.testing.assert_allclose(found["distance"], [5, 5, 1, 0])
    np.testing.assert_allclose(found["pace"], [0.5, -0.5, 0, 1])
    np.testing.assert_allclose(found["years"], [10, np.nan, np.nan, 0])


def test_one_year_has_no_pace():
    found = distance_to_goals(
        {2015: indicators(backward=25.0)}, {"backward": ("at most", 20.0), "forward": ("at most", 50.0)}
    )
    np.testing.assert_allclose(found["distance"], [5, 0])
    assert found["pace"].isna().all()
    np.testing.assert_allclose(found["years"], [np.nan, 0])


def test_indicators_that_are_missing():
    history = {2010: indicators(backward=np.nan), 2020: indicators(backward=25.0, forward=np.nan)}
    found = distance_to_goals(history, {"backward": ("at least", 30.0), "forward": ("at most", 50.0)})
    assert found.loc["backward", "distance"] == 5
    assert found.loc["backward", ["pace", "years"]].isna().all()
    assert found.loc["forward", ["present", "distance", "pace", "years"]].isna().all()


def test_without_goals_there_is_nothing_to_reach():
    assert distance_to_goals({2015: indicators()}, {}).empty


def test_wrong_goals_are_named():
    history = {2015: indicators()}
    with pytest.raises(
        ValueError, match=r"goal 'wealth' is not an indicator; allowed: manufacturing_share, .*bloc_in_inputs"
    ):
        distance_to_goals(history, {"wealth": ("at least", 30.0)})
    with pytest.raises(
        ValueError, match="bound 'about' of backward is not allowed; allowed: at least, at most"
    ):
        distance_to_goals(history, {"backward": ("about", 30.0)})


# Advantage ----------------------------------------------------------------------------------------


def test_advantage():
    nothing = float("nan")
    trade = pd.DataFrame(
        {"rca": [1.2, 1.2, 0.4, 1.0, nothing, nothing], "rca_value_added": [1.1, 1.0, 1.3, 0.9, 1.1, nothing]}
    )
    assert advantage(trade).tolist() == ["both", "gross", "added", "none", "added", "none"]


def test_advantage_is_that_of_the_indices_of_the_table():
    table = small_table()
    kinds = advantage(trade_by_sector(table, "AAA"))
    gross, added = (
        gvc.revealed_comparative_advantage(table, basis)["AAA"] for basis in ("gross", "value added")
    )
    assert set(kinds) <= set(ADVANTAGE)
    for sector, kind in kinds.items():
        assert (gross[sector] > 1) == (kind in ("both", "gross"))
        assert (added[sector] > 1) == (kind in ("both", "added"))
