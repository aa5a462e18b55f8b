"""Cooperation between residents, against the definitions and networks small enough to count."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gvc_helpers.zones.trade import core, network, network_measures, resident_sales_share
from tests import literal_zone

RESIDENTS = [f"R{i}" for i in range(7)]
PAIRS = list(itertools.permutations(RESIDENTS, 2))


def sold(ties, year=2019):
    """Links of (seller, buyer) or (seller, buyer, sales)."""
    rows = [(seller, buyer, year, *(sales or [1.0])) for seller, buyer, *sales in ties]
    return pd.DataFrame(rows, columns=["seller", "buyer", "year", "sales"])


# Sales to residents


def small_register():
    return pd.DataFrame(
        {
            "sector": ["Wood", "Food", "Wood", "Wood", "Logistics", "Other", "Textiles"],
            "year": [2018] * 6 + [2017],
            "resident_sales": [6.0, 3.0, 4.0, np.nan, 0.0, 2.0, 1.0],
            "revenue": [60.0, 30.0, 20.0, 500.0, 0.0, np.nan, 10.0],
        }
    )


def test_share_of_sales_to_residents():
    frame = resident_sales_share(small_register(), 2018)
    assert frame.index.name == "sector"
    assert list(frame.index) == ["Wood", "Food", "Logistics", "Other", "Textiles", "total"]
    assert list(frame.columns) == ["resident_sales", "revenue", "share"]
    missing = [np.nan] * 3
    rows = [[10, 80, 12.5], [3, 30, 10], [0, 0, np.nan], missing, missing, [13, 110, 1300 / 110]]
    np.testing.assert_allclose(frame, rows)


def test_year_in_which_nothing_was_reported():
    register = small_register().assign(resident_sales=np.nan)
    frame = resident_sales_share(register, 2018)
    assert len(frame) == 6
    assert frame.isna().all(axis=None)


def test_register_without_the_year():
    with pytest.raises(ValueError, match="there are no rows of year 2019; there are of 2017, 2018"):
        resident_sales_share(small_register(), 2019)


# Network


def test_network_adds_up_pairs_and_takes_one_year():
    links = pd.concat(
        [
            sold([("R2", "R1", 2.0), ("R1", "R2", 3.0), ("R2", "R1", 4.0), ("R3", "R3", 9.0)]),
            sold([("R1", "R4", 0.0), ("R5", "R1", np.nan)]),
            sold([("R1", "R2", 100.0), ("R6", "R1", 1.0)], year=2018),
        ]
    )
    graph = network(links, 2019)
    assert graph.is_directed()
    assert list(graph) == ["R1", "R2"]
    assert dict(graph.edges) == {("R1", "R2"): {"sales": 3.0}, ("R2", "R1"): {"sales": 6.0}}
    assert list(network(links[::-1], 2019).edges) == list(graph.edges)


def test_links_that_are_refused():
    links = sold([("R1", "R2", 1.0), ("R2", "R3", -4.0)])
    with pytest.raises(ValueError, match=r"sales of R2 to R3 in 2019 are -4\.0; they must be zero or more"):
        network(links, 2019)
    for measure in (network, core, lambda links, year: network_measures(links, RESIDENTS, year)):
        with pytest.raises(ValueError, match="there are no rows of year 2018; there are of 2019"):
            measure(links, 2018)


@given(st.sets(st.sampled_from(PAIRS), min_size=1), st.integers(0, 2**32 - 1))
def test_definition(ties, seed):
    sales = np.random.default_rng(seed).uniform(0.1, 10.0, len(ties))
    links = sold([(*tie, amount) for tie, amount in zip(sorted(ties), sales, strict=True)])
    measures = network_measures(links, RESIDENTS, 2019)
    order, members = literal_zone.innermost_core(ties)
    inside = sum(a for (tie, a) in zip(sorted(ties), sales, strict=True) if set(tie) <= set(members))
    expected = {
        "residents": 7,
        "linked": len({resident for tie in ties for resident in tie}),
        "ties": len(ties),
        "density": literal_zone.density(ties, RESIDENTS),
        "reciprocity": literal_zone.reciprocity(ties),
        "core_order": order,
        "core_size": len(members),
        "core_share": 100 * inside / sales.sum(),
    }
    assert list(measures.index) == list(expected)
    assert measures.to_dict() == pytest.approx(expected)
    assert core(links, 2019) == members


def test_triangle_with_a_tail():
    """Three sell to one another in a ring; the third sells most of all, to a fourth."""
    links = sold([("C", "A", 1.0), ("A", "B", 4.0), ("B", "A", 3.0), ("B", "C", 2.0), ("C", "D", 10.0)])
    assert core(links, 2019) == ["A", "B", "C"]
    measures = network_measures(links, list("ABCDE"), 2019)
    np.testing.assert_allclose(measures, [5, 4, 5, 0.25, 0.4, 2, 3, 50])


def test_everybody_with_everybody():
    measures = network_measures(sold(PAIRS), RESIDENTS, 2019)
    np.testing.assert_allclose(measures, [7, 7, 42, 1, 1, 6, 7, 100])


def test_two_cores_of_the_same_order():
    links = sold(
        [("A", "B"), ("B", "C"), ("C", "A"), ("D", "E"), ("E", "F"), ("F", "D"), ("A", "D"), ("G", "A")]
    )
    assert core(links, 2019) == list("ABCDEF")


def test_some_of_the_residents():
    """Ties with residents that are not asked for do not count."""
    links = sold([("A", "B", 3.0), ("B", "C", 1.0), ("C", "A", 1.0), ("D", "A", 5.0)])
    measures = network_measures(links, ["A", "B", "B", "E"], 2019)
    np.testing.assert_allclose(measures, [3, 2, 1, 1 / 6, 0, 1, 2, 100])


def test_nobody_linked():
    for links in (sold([("A", "A", 3.0)]), sold([("A", "B", 0.0)])):
        measures = network_measures(links, ["A", "B"], 2019)
        np.testing.assert_allclose(measures, [2, 0, 0, 0, np.nan, 0, 0, np.nan])
        assert core(links, 2019) == []
    assert np.isnan(network_measures(sold([("A", "B")]), ["A"], 2019)["density"])
    assert np.isnan(network_measures(sold([("A", "B")]), [], 2019)["density"])
