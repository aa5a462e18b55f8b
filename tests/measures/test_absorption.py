"""Value added and where it is absorbed, against the definition and the identities."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import gvc_helpers as gvc
from gvc_helpers.measures.absorption import (
    origin_of_final_demand,
    revealed_comparative_advantage,
    value_added_by_final_demand,
    value_added_trade,
)
from tests.conftest import needs_leather, needs_wiod, small_table, tables


def uneven_table():
    """Two countries with different sectors, in balance."""
    index = pd.MultiIndex.from_tuples([
        ("AAA", "Farms"), ("AAA", "Works"), ("AAA", "Mines"), ("BBB", "Works"), ("BBB", "Banks")
    ])  # fmt: skip
    Z = [[4, 6, 0, 2, 0], [3, 9, 2, 5, 1], [0, 8, 1, 6, 0], [1, 4, 2, 12, 3], [1, 2, 1, 4, 6]]
    Y = [[20, 3], [25, 8], [1, 4], [9, 40], [2, 30]]
    return gvc.IOTable(Z, Y, index=index, unit="units", source="invented")


def idle_table():
    """BBB exports nothing, its farms make nothing, and AAA runs down stocks of works."""
    return small_table(
        Z=[[10, 4, 0, 3], [5, 20, 0, 6], [0, 0, 0, 0], [0, 0, 0, 25]], Y=[[30, 8], [-2, 12], [0, 0], [0, 60]]
    )


def literal_inverse(table):
    """Value added per unit of output and the Leontief inverse, as the definitions write them."""
    size, x = len(table.index), table.output.to_numpy()
    A = np.array([[table.Z[i, j] / x[j] if x[j] > 0 else 0.0 for j in range(size)] for i in range(size)])
    return 1.0 - A.sum(axis=0), np.linalg.inv(np.eye(size) - A)


def literal_absorption(table):
    v, B = literal_inverse(table)
    size = len(table.index)
    return np.array([
        [v[i] * sum(B[i, j] * table.Y[j, k] for j in range(size)) for k in range(len(table.countries))]
        for i in range(size)
    ])  # fmt: skip


def literal_exports(table):
    """Gross exports, by explicit sums over foreign buyers."""
    return [
        sum(table.Z[i, j] for j, (buyer, _) in enumerate(table.index) if buyer != seller)
        + sum(table.Y[i, k] for k, buyer in enumerate(table.countries) if buyer != seller)
        for i, (seller, _) in enumerate(table.index)
    ]


def literal_balassa(exports, index):
    """The index of Balassa of a list of exports, by explicit sums."""
    ratios = []
    for flow, (country, sector) in zip(exports, index, strict=True):
        of_country = sum(e for e, (c, _) in zip(exports, index, strict=True) if c == country)
        of_sector = sum(e for e, (_, s) in zip(exports, index, strict=True) if s == sector)
        known = of_country > 0 and of_sector > 0
        ratios.append((flow / of_country) / (of_sector / sum(exports)) if known else np.nan)
    return ratios


def assert_definitions(table):
    expected = literal_absorption(table)
    scale = max(1.0, np.abs(table.Y).sum())
    np.testing.assert_allclose(value_added_by_final_demand(table), expected, atol=1e-9 * scale)
    origin = origin_of_final_demand(table)
    for country in table.countries:
        rows = [i for i, (c, _) in enumerate(table.index) if c == country]
        np.testing.assert_allclose(origin.loc[country], expected[rows].sum(axis=0), atol=1e-9 * scale)
    foreign = [
        sum(expected[i, k] for k, user in enumerate(table.countries) if user != country)
        for i, (country, _) in enumerate(table.index)
    ]
    exports = pd.Series(literal_exports(table), table.index)
    by_sector = value_added_trade(table, by="sector")
    np.testing.assert_allclose(by_sector["exports"], exports, atol=1e-9 * scale)
    np.testing.assert_allclose(by_sector["value_added_exports"], foreign, atol=1e-9 * scale)
    by_country = value_added_trade(table)
    for country, row in by_country.iterrows():
        rows = [i for i, (c, _) in enumerate(table.index) if c == country]
        absorbed = sum(foreign[i] for i in rows)
        assert row["value_added_exports"] == pytest.approx(absorbed, abs=1e-9 * scale)
        assert row["exports"] == pytest.approx(exports[country].sum(), abs=1e-9 * scale)
        if exports[country].sum() > 0:
            assert row["vax_ratio"] == pytest.approx(absorbed / exports[country].sum(), abs=1e-9)
        else:
            assert np.isnan(row["vax_ratio"])
    gross = revealed_comparative_advantage(table)
    np.testing.assert_allclose(gross, literal_balassa(exports.tolist(), table.index), atol=1e-9)
    added = revealed_comparative_advantage(table, "value added")
    np.testing.assert_allclose(added, literal_balassa(foreign, table.index), atol=1e-9)


def assert_identities(table, tolerance=1e-9):
    """What the theory promises, in relation to world final demand."""
    absorbed, scale = value_added_by_final_demand(table), max(1.0, np.abs(table.Y).sum())
    derived = table.output.to_numpy() - table.Z.sum(axis=0)
    np.testing.assert_allclose(absorbed.sum(axis=1), derived, atol=tolerance * scale)
    np.testing.assert_allclose(absorbed.sum(), table.Y.sum(axis=0), atol=tolerance * scale)
    origin = origin_of_final_demand(table)
    np.testing.assert_allclose(origin.sum(), table.Y.sum(axis=0), atol=tolerance * scale)
    trade = value_added_trade(table)
    returned = pd.Series(np.diag(origin), table.countries)
    np.testing.assert_allclose(
        trade["value_added_exports"] + returned, origin.sum(axis=1), atol=tolerance * scale
    )
    by_sector = value_added_trade(table, "sector").groupby(level="country", sort=False).sum()
    columns = ["exports", "value_added_exports"]
    np.testing.assert_allclose(by_sector[columns], trade[columns], atol=tolerance * scale)
    for basis, column in (("gross", "exports"), ("value added", "value_added_exports")):
        index = revealed_comparative_advantage(table, basis)
        weights = (trade[column] / trade[column].sum()).reindex(index.index.get_level_values("country"))
        average = (index * weights.to_numpy()).groupby(level="sector").sum(min_count=1).dropna()
        np.testing.assert_allclose(average, 1.0, atol=1e-9)


@given(tables())
def test_definitions(table):
    assert_definitions(table)


@given(tables())
def test_identities(table):
    assert_identities(table)


@pytest.mark.parametrize("make", [uneven_table, idle_table, small_table])
def test_particular_tables(make):
    assert_definitions(make())
    assert_identities(make())


@needs_leather
def test_worked_case(leather):
    assert_definitions(leather)
    assert_identities(leather)


@needs_wiod
def test_identities_on_real_tables(wiod):
    assert_identities(wiod)


@needs_wiod
def test_known_ratios_for_2011(wiod_2011):
    ratio = value_added_trade(wiod_2011)["vax_ratio"]
    known = {"RUS": 0.929, "CHN": 0.755, "DEU": 0.694, "USA": 0.79}
    assert {country: round(ratio[country], 3) for country in known} == known


def test_by_hand():
    # A delivers all its inputs to B: 60 of the 100 that B sells to its own users is A's value added.
    table = gvc.IOTable([[0, 60], [0, 0]], [[40, 0], [0, 100]], ["A", "B"], ["All"])
    np.testing.assert_allclose(value_added_by_final_demand(table), [[40, 60], [0, 40]])
    assert value_added_trade(table).loc["A"].tolist() == [60, 60, 1]
    assert np.isnan(value_added_trade(table).loc["B", "vax_ratio"])


def test_without_exports_nothing_is_known():
    table = idle_table()
    assert np.isnan(value_added_trade(table).loc["BBB", "vax_ratio"])
    assert np.isnan(value_added_trade(table, "sector").loc[("BBB", "Farms"), "vax_ratio"])
    for basis in ("gross", "value added"):
        index = revealed_comparative_advantage(table, basis)
        assert index["BBB"].isna().all()
        np.testing.assert_allclose(index["AAA"], 1.0)


def test_exports_below_zero_have_no_advantage():
    # Stocks of farm products abroad are run down by more than farms export.
    table = small_table(Y=[[60, -20], [40, 32], [-30, 60], [9, 60]])
    trade, index = value_added_trade(table, "sector"), revealed_comparative_advantage(table)
    assert (trade["exports"].xs("Farms", level="sector") < 0).all()
    assert trade["vax_ratio"].xs("Farms", level="sector").isna().all()
    assert index.xs("Farms", level="sector").isna().all()
    assert index["BBB"].isna().all()
    assert index["AAA", "Works"] > 0


def test_sector_that_nobody_exports_has_no_advantage():
    Z = [[10, 4, 3, 1], [5, 20, 0, 0], [2, 3, 15, 4], [0, 0, 6, 25]]
    home = small_table(Z=Z, Y=[[30, 8], [40, 0], [5, 45], [0, 60]])
    index = revealed_comparative_advantage(home)
    assert index.xs("Works", level="sector").isna().all()
    np.testing.assert_allclose(index.xs("Farms", level="sector"), 1.0)
    # The value added of works leaves the country in the products of farms.
    added = revealed_comparative_advantage(home, "value added")
    assert (added.xs("Works", level="sector") > 0).all()
    ratio = value_added_trade(home, "sector")["vax_ratio"]
    assert ratio.xs("Works", level="sector").isna().all()


def test_ratio_of_a_sector_can_exceed_one():
    assert value_added_trade(uneven_table(), "sector")["vax_ratio"].max() > 1


def test_one_sector():
    table = gvc.IOTable([[10, 5], [2, 20]], [[80, 5], [8, 70]], ["A", "B"], ["All"])
    assert_definitions(table)
    np.testing.assert_allclose(revealed_comparative_advantage(table), 1.0)


def test_unknown_options_are_named():
    with pytest.raises(ValueError, match="by 'region' is not allowed; allowed: country, sector"):
        value_added_trade(small_table(), by="region")
    with pytest.raises(ValueError, match="basis 'net' is not allowed; allowed: gross, value added"):
        revealed_comparative_advantage(small_table(), basis="net")
