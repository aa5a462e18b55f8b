"""Value added and where it is absorbed, against the definition and the identities."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gvc_helpers as gvc
from gvc_helpers.measures.absorption import (
    OTHERS,
    bloc_matrix,
    bloc_partners,
    bloc_trade,
    origin_of_final_demand,
    revealed_comparative_advantage,
    supplies_intermediates,
    value_added_by_final_demand,
    value_added_trade,
)
from tests import literal_cooperation as literal
from tests.conftest import needs_leather, needs_wiod, ragged, small_table, tables

COLUMNS = ["created", "absorbed", "balance", "created_share", "intermediates"]


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


# Blocs of countries


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


def assert_bloc_definitions(table, blocs):
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


def assert_bloc_identities(table, blocs):
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
def test_definitions_and_identities_of_blocs(table, which):
    blocs = divisions(table)[which]
    assert_bloc_definitions(table, blocs)
    assert_bloc_identities(table, blocs)


@settings(max_examples=30)
@given(tables())
def test_shares_of_blocs_lie_from_0_to_100(table):
    if (table.Y >= 0).all():
        shares = bloc_trade(table, {"one": table.countries[:1]})[COLUMNS[3:]]
        assert ((shares >= -1e-9) & (shares <= 100 + 1e-9) | shares.isna()).all(axis=None)


@pytest.mark.parametrize("make", [uneven_table, idle_table, small_table, three_countries])
def test_blocs_of_particular_tables(make):
    for blocs in divisions(make()):
        assert_bloc_definitions(make(), blocs)
        assert_bloc_identities(make(), blocs)


@needs_leather
def test_blocs_of_the_worked_case(leather):
    for blocs in divisions(leather):
        assert_bloc_definitions(leather, blocs)
        assert_bloc_identities(leather, blocs)


@needs_wiod
def test_blocs_of_a_real_table(wiod_2011):
    blocs = {"NAFTA": ["USA", "CAN", "MEX"], "none": [], "East Asia": ["CHN", "JPN", "KOR", "TWN"]}
    assert_bloc_definitions(wiod_2011, blocs)
    assert_bloc_identities(wiod_2011, blocs)
    trade = bloc_trade(wiod_2011, blocs)
    assert list(trade.index) == ["NAFTA", "East Asia", OTHERS]
    assert trade.loc["NAFTA", "balance"] < 0 < trade.loc["East Asia", "balance"]


def test_blocs_by_hand():
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


@given(tables())
def test_partners_share_what_others_absorb(table):
    matrix = bloc_matrix(table, {country: [country] for country in table.countries[1:]})
    for bloc in matrix.index:
        partners = bloc_partners(matrix, bloc)
        created = sum(matrix.loc[bloc, other] for other in matrix.columns if other != bloc)
        assert bloc not in partners
        if created > 0:
            for other, share in partners.items():
                assert share * created == pytest.approx(
                    100 * matrix.loc[bloc, other], abs=1e-9 * abs(created)
                )
        else:
            assert partners.isna().all()


def test_partners_by_hand():
    matrix = pd.DataFrame([[5.0, 3, 1], [2, 9, 1], [0, 0, 1]], list("ABC"), list("ABC"))
    assert bloc_partners(matrix, "A").to_dict() == {"B": 75.0, "C": 25.0}
    assert bloc_partners(matrix, "C").isna().all()


def test_suppliers_of_intermediates_sell_more_of_them_than_of_final_products():
    # A sells 60 of inputs only; B and C sell what users finish with.
    trade = bloc_trade(three_countries(), {"first": ["A"], "second": ["B"]})
    assert supplies_intermediates(trade, "first")
    assert not supplies_intermediates(trade, "second")
    half = pd.DataFrame({"intermediates": [50.0, 50.1, np.nan]}, list("abc"))
    assert [supplies_intermediates(half, bloc) for bloc in half.index] == [False, True, False]
