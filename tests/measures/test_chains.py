"""Value chains of final products, against the definition and known results."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import gvc_helpers as gvc
from gvc_helpers.measures.chains import average_chain, final_product_chains
from tests.conftest import WIOD, needs_leather, needs_wiod, small_table, tables
from tests.measures.test_absorption import idle_table, literal_inverse, uneven_table

SHARES = ["domestic", "regional", "global"]
REGIONS = {
    "EU27": [
        *("AUT", "BEL", "BGR", "CYP", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GBR", "GRC", "HUN"),
        *("IRL", "ITA", "LTU", "LUX", "LVA", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN", "SWE"),
    ],
    "NAFTA": ["USA", "CAN", "MEX"],
    "East Asia": ["CHN", "JPN", "KOR", "TWN"],
}


def literal(table, regions, products=None):
    """Chains by explicit sums over the full matrix of contributions."""
    v, B = literal_inverse(table)
    f = table.Y.sum(axis=1)
    rows = list(table.index)
    groups = products or {sector: [sector] for sector in table.sectors}
    chains = {}
    for home in table.countries:
        for group, sectors in groups.items():
            members = [j for j, (c, s) in enumerate(rows) if c == home and s in sectors]
            if not members:
                continue
            parts = dict.fromkeys(SHARES, 0.0)
            for j in members:
                for i, (origin, _) in enumerate(rows):
                    shared = any(home in region and origin in region for region in regions.values())
                    kind = "domestic" if origin == home else "regional" if shared else "global"
                    parts[kind] += v[i] * B[i, j] * max(f[j], 0.0)
            value = sum(max(f[j], 0.0) for j in members)
            shares = [100 * parts[kind] / value if value > 0 else np.nan for kind in SHARES]
            chains[home, group] = [f[members[0]] if products is None else value, *shares]
    return pd.DataFrame.from_dict(chains, orient="index", columns=["value", *SHARES])


def assert_definition(table, regions, products=None):
    chains, expected = final_product_chains(table, regions, products), literal(table, regions, products)
    assert list(chains.index) == list(expected.index)
    assert list(chains.columns) == list(expected.columns)
    np.testing.assert_allclose(chains, expected, rtol=1e-9, atol=1e-8)


@given(tables())
def test_definition(table):
    first, *others = table.countries
    assert_definition(table, {})
    assert_definition(table, {"all": table.countries})
    assert_definition(table, {"most": others, "one": [first]})
    assert_definition(table, {"pair": [first, others[0]]}, {"last": table.sectors[-1:]})
    assert_definition(table, {"pair": [first, others[0]]}, {"last": table.sectors[1:], "first": ["S0"]})


@given(tables())
def test_identities(table):
    chains = final_product_chains(table, {"pair": table.countries[:2]})
    np.testing.assert_allclose(chains["value"], table.Y.sum(axis=1))
    positive = chains["value"] > 0
    np.testing.assert_allclose(chains.loc[positive, SHARES].sum(axis=1), 100)
    assert chains.loc[~positive, SHARES].isna().all(axis=None)
    if len(table.countries) > 2:
        alone = positive & chains.index.isin(table.countries[2:], level="country")
        assert (chains.loc[alone, "regional"] == 0).all()
    # Averages of groups and of what is in them agree.
    everything = {"first": table.sectors[:1], "rest": table.sectors[1:]}
    grouped = final_product_chains(table, {"pair": table.countries[:2]}, everything)
    np.testing.assert_allclose(average_chain(grouped), average_chain(chains), rtol=1e-9)
    assert average_chain(chains)["value"] == pytest.approx(np.maximum(table.Y.sum(axis=1), 0).sum())


@pytest.mark.parametrize("make", [uneven_table, idle_table, small_table])
def test_particular_tables(make):
    assert_definition(make(), {"AAA": ["AAA"]})
    assert_definition(make(), {"both": ["AAA", "BBB"]}, {"works": ["Works"]})


@needs_leather
def test_worked_case(leather):
    first, second, _ = leather.countries
    assert_definition(leather, {"pair": [first, second]})
    assert_definition(leather, {"pair": [first, second]}, {"goods": leather.sectors[:2]})


def test_products_that_a_country_does_not_make_have_no_row():
    chains = final_product_chains(uneven_table(), products={"banks": ["Banks"], "goods": ["Farms", "Works"]})
    assert list(chains.index) == [("AAA", "goods"), ("BBB", "banks"), ("BBB", "goods")]
    assert chains["value"].tolist() == [56, 32, 49]


def test_product_that_was_not_completed_on_balance_has_no_shares():
    table = small_table(Y=[[30, 8], [-5, 2], [5, 45], [0, 0]])
    chains = final_product_chains(table, {"both": ["AAA", "BBB"]})
    assert chains["value"].tolist() == [38, -3, 50, 0]
    assert chains[SHARES].isna().all(axis=1).tolist() == [False, True, False, True]
    grouped = final_product_chains(table, {"both": ["AAA", "BBB"]}, {"all": table.sectors})
    np.testing.assert_allclose(grouped.loc[("AAA", "all")], chains.loc[("AAA", "Farms")])
    assert average_chain(chains)["value"] == 88
    nothing = average_chain(chains.loc[[("AAA", "Works")]])
    assert nothing["value"] == 0
    assert nothing[SHARES].isna().all()


@given(tables())
def test_region_with_the_name_of_a_country_outside_it(table):
    if len(table.countries) > 2:
        assert_definition(table, {table.countries[-1]: table.countries[:2]})


def test_without_groups_nothing_is_left():
    assert final_product_chains(small_table(), products={}).empty


def test_average_is_weighted_by_value():
    chains = pd.DataFrame(
        {"value": [1.0, 3], "domestic": [100.0, 60], "regional": [0.0, 20], "global": [0, 20]}
    )
    assert average_chain(chains).tolist() == [4, 70, 15, 15]


def test_wrong_groups_are_named():
    table = small_table()
    with pytest.raises(
        gvc.TableError, match="country 'CCC' of region 'r' is not in the table; it has AAA, BBB"
    ):
        final_product_chains(table, {"r": ["AAA", "CCC"]})
    with pytest.raises(
        gvc.TableError, match="country 'AAA' is in two regions, 'r' and 's'; it must be in one"
    ):
        final_product_chains(table, {"r": ["AAA"], "s": ["BBB", "AAA"]})
    with pytest.raises(
        gvc.TableError, match="sector 'Mines' of product group 'p' is not in the table; it has Farms"
    ):
        final_product_chains(table, products={"p": ["Mines"]})
    with pytest.raises(gvc.TableError, match="regions must be given by name"):
        final_product_chains(table, ["AAA"])
    with pytest.raises(gvc.TableError, match=r"region 'r': 'AAA' is a text; a list is expected"):
        final_product_chains(table, {"r": "AAA"})
    with pytest.raises(gvc.TableError, match="sector 'Farms' is in two product groups, 'p' and 'q'"):
        final_product_chains(table, products={"p": ["Farms"], "q": ["Farms"]})


@needs_wiod
@pytest.mark.parametrize(
    ("year", "foreign", "outside", "german", "russian"),
    [(1995, 16.4, 9.4, 79.1, 15.7), (2008, 25.6, 16.9, 66.7, 37.5)],
)
def test_known_results(year, foreign, outside, german, russian):
    table = gvc.read_table("pymrio", WIOD, year)
    chains = final_product_chains(table, REGIONS)
    manufactures = table.sectors[2:16]
    assert (manufactures[0], manufactures[-1]) == (
        "Food, Beverages and Tobacco",
        "Manufacturing, Nec; Recycling",
    )
    countries, sectors = (chains.index.get_level_values(level) for level in ("country", "sector"))
    average = average_chain(chains[sectors.isin(manufactures) & (countries != "ROW")])
    assert round(100 - average["domestic"], 1) == foreign
    assert round(average["global"], 1) == outside
    assert round(chains.loc[("DEU", "Transport Equipment"), "domestic"], 1) == german
    assert round(100 - chains.loc[("RUS", "Transport Equipment"), "domestic"], 1) == russian
    grouped = final_product_chains(table, REGIONS, {"manufactures": manufactures})
    np.testing.assert_allclose(average_chain(grouped.drop("ROW")), average)


def test_fragmentation_counts_chains():
    columns = ["domestic", "regional", "global"]
    earlier = pd.DataFrame([[90.0, 5, 5], [80, 10, 10], [70, 10, 20], [60, 40, 0]], list("abcd"), columns)
    later = pd.DataFrame([[80.0, 6, 14], [85, 10, 5], [60, 18, 22], [np.nan] * 3], list("abcd"), columns)
    change = gvc.fragmentation(earlier, later)
    assert change.to_dict() == pytest.approx({"chains": 3, "risen": 200 / 3, "risen_globally": 100 / 3})


@pytest.mark.parametrize(
    ("risen", "globally", "said"),
    [(51, 51, True), (51, 50, False), (50, 51, False), (90, 20, False), (np.nan, np.nan, False)],
)
def test_production_has_fragmented_where_most_chains_have(risen, globally, said):
    change = pd.Series({"chains": 10.0, "risen": risen, "risen_globally": globally})
    assert gvc.fragmented(change) is said
