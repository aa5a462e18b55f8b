"""The network of value chains, against the definition, a general library and a case by hand."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gvc_helpers as gvc
from gvc_helpers.cooperation.networks import ATTENUATION, backbone, centrality, clustering
from tests import literal_cooperation as literal
from tests.conftest import needs_leather, needs_wiod, ragged, small_table, tables
from tests.measures.test_absorption import idle_table, uneven_table

COLUMNS = ["supplier", "buyer", "total"]


def three_countries():
    """A sells to B and C, B to C, C to A; what they use at home must not count."""
    Z = [[40, 10, 5], [0, 70, 15], [20, 0, 30]]
    return gvc.IOTable(Z, [[60, 1, 2], [3, 80, 4], [5, 6, 90]], ["A", "B", "C"], ["All"])


def autarky(size):
    """Two countries that sell each other no inputs; sums of their flows are never exact."""
    generator, Z = np.random.default_rng(0), np.zeros((2 * size, 2 * size))
    for own in (slice(size), slice(size, None)):
        Z[own, own] = generator.gamma(0.3, 10.0, (size, size))
    Y = Z.sum(axis=0)[:, None] * [1.0, 0.5]
    return gvc.IOTable(Z, Y, ["A", "B"], [f"S{i}" for i in range(size)]).balance()[0]


def assert_definition(table, attenuation=ATTENUATION):
    found, expected = centrality(table, attenuation), literal.centrality(table, attenuation)
    assert list(found.columns) == list(expected.columns) == COLUMNS
    assert found.index.equals(table.index)
    np.testing.assert_allclose(found, expected, rtol=1e-8)
    np.testing.assert_allclose(found.mean(), 1.0, rtol=1e-12)


def of_library(table, attenuation):
    """Both centralities by networkx, from a graph of the shares of foreign flows."""
    F = pd.DataFrame(table.Z, table.index, table.index)
    for country in table.countries:
        F.loc[country, country] = 0.0
    bought, sold = F / F.sum().where(F.sum() > 0, 1.0), F.T / F.sum(axis=1).where(F.sum(axis=1) > 0, 1.0)
    columns = {}
    for name, shares in (("supplier", bought), ("buyer", sold)):
        # The library adds up over links into a node; a supplier is made by those it sells to.
        graph = nx.from_numpy_array(shares.to_numpy().T, create_using=nx.DiGraph)
        values = nx.katz_centrality_numpy(graph, alpha=attenuation, beta=1.0, weight="weight")
        columns[name] = np.array(list(values.values())) / np.mean(list(values.values()))
    return pd.DataFrame(columns)


@given(tables() | ragged(), st.sampled_from([0.0, 0.1, 0.5, 0.85]))
def test_definition(table, attenuation):
    assert_definition(table, attenuation)


@settings(max_examples=30)
@given(tables() | ragged())
def test_general_library_agrees(table):
    np.testing.assert_allclose(centrality(table)[COLUMNS[:2]], of_library(table, ATTENUATION), rtol=1e-8)


@settings(max_examples=30)
@given(tables())
def test_identities(table):
    found = centrality(table)
    assert (found > 0).all(axis=None)
    np.testing.assert_allclose(found["total"], (found["supplier"] + found["buyer"]) / 2)
    # Suppliers and buyers change places in the table turned round.
    if (table.output > 0).all() and (table.Y >= 0).all():
        turned, _ = gvc.IOTable(
            table.Z.T.copy(), np.zeros_like(table.Y) + table.Z.sum(), index=table.index
        ).balance()
        np.testing.assert_allclose(centrality(turned)[["buyer", "supplier"]], found[COLUMNS[:2]], rtol=1e-8)


@pytest.mark.parametrize("make", [uneven_table, idle_table, small_table, three_countries])
def test_particular_tables(make):
    for attenuation in (0.0, 0.5, 0.95):
        assert_definition(make(), attenuation)


@needs_leather
def test_worked_case(leather):
    assert_definition(leather)


@needs_wiod
def test_real_table(wiod_2011):
    assert_definition(wiod_2011)
    hubs = centrality(wiod_2011)["total"].groupby("country").sum().drop("ROW")
    assert set(hubs.nlargest(3).index) == {"CHN", "DEU", "USA"}
    assert set(hubs.nsmallest(2).index) == {"CYP", "MLT"}


def test_by_hand():
    found = centrality(three_countries())
    np.testing.assert_allclose(found["supplier"], [29 / 27, 24 / 27, 28 / 27])
    np.testing.assert_allclose(found["buyer"], [1.05, 0.85, 1.1])


@pytest.mark.parametrize("size", [2, 300])
def test_without_trade_all_are_alike(size):
    # With 300 sectors the difference of two sums of inputs is not zero but rounding.
    np.testing.assert_allclose(centrality(autarky(size)), 1.0)


@pytest.mark.parametrize("sold", [[-0.3, 0.3], [-0.1 - 0.2, 0.3], [-1e-4, 0.0]])
def test_output_that_is_no_more_than_rounding(sold):
    # Works of AAA only run down stocks, so that output is zero or a little below.
    Z = [[10, 0, 3, 1], [0, 0, 0, 0], [2, 0, 15, 4], [1, 0, 6, 25]]
    assert_definition(small_table(Z=Z, Y=[[30, 8], sold, [5, 45], [9, 60]]))


def test_domestic_flows_do_not_count():
    table = three_countries()
    Z = table.Z + np.diag([500.0, 0.0, 900.0])
    more, _ = gvc.IOTable(Z, table.Y.copy(), table.countries, ["All"]).balance()
    np.testing.assert_allclose(centrality(more), centrality(table))


def test_flows_below_zero_count_as_none():
    # As shares, the inputs of BBB from AAA of 20 and -19.99 would be 2000 times their sum.
    Z = np.array([[10.0, 4, 20, 1], [5, 20, -19.99, 6], [2, 3, 15, 4], [1, 5, 6, 25]])
    table = small_table(Z=Z, Y=[[30, 8], [60, 12], [5, 45], [9, 60]])
    assert_definition(table)
    without = small_table(Z=np.maximum(Z, 0.0), Y=[[30, 8], [60, 12], [5, 45], [9, 60]])
    np.testing.assert_allclose(centrality(table), centrality(without))
    assert table.Z.min() == -19.99


def test_nothing_is_factorized(monkeypatch):
    monkeypatch.setattr("gvc_helpers.tables.leontief.lu_factor", None)
    monkeypatch.setattr(np.linalg, "inv", None)
    monkeypatch.setattr(np.linalg, "solve", None)
    centrality(small_table())


@pytest.mark.parametrize("attenuation", [-0.1, 1.0, 2.0, np.nan])
def test_attenuation_out_of_range_is_named(attenuation):
    with pytest.raises(ValueError, match=f"attenuation {attenuation} is not allowed; .* from 0 to below 1"):
        centrality(small_table(), attenuation)


def test_table_out_of_balance_is_refused():
    with pytest.raises(gvc.TableError, match="balance the table"):
        centrality(small_table(value_added=[1, 1, 1, 1]))


# The links that hold it together -----------------------------------------------------------------


def assert_links(table, countries, largest):
    graph, expected = backbone(table, countries, largest), literal.backbone(table, list(countries), largest)
    assert isinstance(graph, nx.DiGraph)
    assert list(graph.nodes) == list(countries)
    assert set(graph.edges) == set(expected)
    for edge, share in expected.items():
        assert graph.edges[edge]["share"] == pytest.approx(share, rel=1e-8)


@settings(max_examples=30)
@given(tables() | ragged(), st.sampled_from([1, 2, 9]), st.booleans())
def test_links(table, largest, some):
    assert_links(table, table.countries[::-1][:2] if some else table.countries, largest)


@settings(max_examples=30)
@given(tables())
def test_all_links_and_what_is_made_at_home_are_everything(table):
    if (table.Y >= 0).all() and (table.Y.sum(axis=0) > 0).all():
        graph, origin = backbone(table, table.countries, 9), gvc.origin_of_final_demand(table)
        for country in table.countries:
            bought = sum(share for _, _, share in graph.in_edges(country, data="share"))
            home = 100 * origin.loc[country, country] / origin[country].sum()
            assert bought + home == pytest.approx(100)


@needs_leather
def test_links_of_the_worked_case(leather):
    assert_links(leather, leather.countries, 1)


@needs_wiod
def test_links_of_a_real_table(wiod_2011):
    countries = [country for country in wiod_2011.countries if country != "ROW"]
    assert_links(wiod_2011, countries, 2)
    links = backbone(wiod_2011, countries, 1)
    assert list(links.predecessors("CAN")) == list(links.predecessors("MEX")) == ["USA"]
    assert list(links.predecessors("AUT")) == list(links.predecessors("CZE")) == ["DEU"]


def test_links_by_hand():
    # B makes 100 with 60 from A, sells 40 at home and 60 to C, who makes 50: 36 and 24 of C's 110.
    Z = [[0, 60, 0], [0, 0, 0], [0, 0, 0]]
    table = gvc.IOTable(Z, [[40, 0, 0], [0, 40, 60], [0, 0, 50]], ["A", "B", "C"], ["All"])
    links = backbone(table, ["A", "B", "C"])
    assert {
        edge: round(share, 9) for *edge, share in links.edges(data="share") for edge in [tuple(edge)]
    } == {
        ("A", "B"): 60,
        ("A", "C"): round(3600 / 110, 9),
        ("B", "C"): round(2400 / 110, 9),
    }
    # The second largest does not move up into the place of one that is no node's.
    assert set(backbone(table, ["A", "B", "C"], 1).edges) == {("A", "B"), ("A", "C")}
    assert set(backbone(table, ["B", "C"], 1).edges) == {("B", "C")}
    assert not backbone(table, ["A", "B", "C"], 0).edges
    assert list(backbone(table, [], 2)) == []


def test_wrong_nodes_are_named():
    with pytest.raises(gvc.TableError, match="country 'CCC' is not in the table; it has AAA, BBB"):
        backbone(small_table(), ["AAA", "CCC"])
    with pytest.raises(gvc.TableError, match="country 'AAA' is named twice"):
        backbone(small_table(), ["AAA", "AAA"])
    with pytest.raises(gvc.TableError, match=r"country 'AAA' is a text; a list is expected"):
        backbone(small_table(), "AAA")


# Regions ------------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12),
    st.lists(st.integers(0, 3), max_size=6),
)
def test_clustering_is_the_share_of_links_and_that_of_all_sources_there_could_be(links, regions):
    graph = nx.DiGraph([(a, b) for a, b in links if a != b])
    region_of = {country: f"region {region}" for country, region in enumerate(regions)}

    def alike(a, b):
        return a in region_of and region_of[a] == region_of.get(b)

    inside = [alike(a, b) for a, b in graph.edges]
    chances = [sum(alike(a, b) for a in graph if a != b) / (len(graph) - 1) for _, b in graph.edges]
    expected = [100 * sum(part) / len(part) if part else 0.0 for part in (inside, chances)]
    assert clustering(graph, region_of) == pytest.approx(expected)


def test_clustering_by_hand():
    graph = nx.DiGraph([("A", "B"), ("B", "A"), ("C", "D"), ("D", "C")])
    region = {"A": "x", "B": "x", "C": "y", "D": "y"}
    assert clustering(graph, region) == (100.0, pytest.approx(100 / 3))
    assert clustering(nx.DiGraph([("A", "C"), ("C", "A")]), region) == (0.0, 0.0)
    assert clustering(nx.DiGraph(), region) == (0.0, 0.0)
