"""Cooperation: what the residents of the zone sell to one another, and who stands at the centre of it."""

from __future__ import annotations

from collections.abc import Collection

import networkx as nx
import numpy as np
import pandas as pd

from gvc_helpers.zones.inequality import TOTAL, rows_of_year


def resident_sales_share(register: pd.DataFrame, year: int) -> pd.DataFrame:
    """Share of revenue that residents of the zone earn from other residents.

    Residents that report only one of the two amounts are left out of both.

    Parameters
    ----------
    register : pandas.DataFrame
        One row per resident and year, with columns ``sector``, ``year``, ``resident_sales`` (revenue from
        sales to other residents) and ``revenue``.
    year : int
        Year.

    Returns
    -------
    pandas.DataFrame
        By sector, in order of first appearance in the register, and ``total``: ``resident_sales`` and
        ``revenue`` in the register's unit, missing where no resident reports both, and ``share`` in %,
        missing without revenue.

    Raises
    ------
    ValueError
        When the register does not have the year.

    References
    ----------
    Shuleiko, D. Ch. and Sovik, L. E. (2020), Cluster Transformation of FEZ: Methods of Identification of
    "Anchor" Industries and Residents (in Russian): one of their indicators of a leader, by sector here.

    Examples
    --------
    >>> import pandas as pd
    >>> from gvc_helpers.zones.trade import resident_sales_share
    >>> register = pd.DataFrame(
    ...     {
    ...         "sector": ["Wood", "Wood", "Food"],
    ...         "year": 2019,
    ...         "resident_sales": [3.0, 1.0, 0.0],
    ...         "revenue": [30.0, 10.0, 60.0],
    ...     }
    ... )
    >>> resident_sales_share(register, 2019)["share"].to_dict()
    {'Wood': 10.0, 'Food': 0.0, 'total': 4.0}
    """
    rows = rows_of_year(register, year).dropna(subset=["resident_sales", "revenue"])
    amounts = rows[["resident_sales", "revenue"]]
    sums = amounts.groupby(rows["sector"]).sum().reindex(register["sector"].unique())
    sums.loc[TOTAL] = amounts.sum(min_count=1)
    return sums.assign(share=100.0 * sums["resident_sales"] / sums["revenue"]).rename_axis("sector")


def network(links: pd.DataFrame, year: int) -> nx.DiGraph:
    """Network of sales between residents in one year.

    Parameters
    ----------
    links : pandas.DataFrame
        Columns ``seller``, ``buyer``, ``year`` and ``sales``; rows of one pair and year are added up.
    year : int
        Year.

    Returns
    -------
    networkx.DiGraph
        Residents that sell to or buy from another, in alphabetical order; an edge from seller to buyer has
        the attribute ``sales``, above zero, in the unit of `links`. Sales to oneself are left out.

    Raises
    ------
    ValueError
        When the links do not have the year, or sales are negative.

    References
    ----------
    Wasserman, S. and Faust, K. (1994), Social Network Analysis: Methods and Applications, Cambridge
    University Press.

    Examples
    --------
    >>> import pandas as pd
    >>> from gvc_helpers.zones.trade import network
    >>> links = pd.DataFrame(
    ...     {"seller": ["R1", "R1", "R2"], "buyer": ["R2", "R2", "R1"], "year": 2019, "sales": [2.0, 3, 1]}
    ... )
    >>> list(network(links, 2019).edges(data="sales"))
    [('R1', 'R2', 5.0), ('R2', 'R1', 1.0)]
    """
    rows = rows_of_year(links, year)
    negative = rows[rows["sales"] < 0]
    if len(negative):
        seller, buyer, sales = negative[["seller", "buyer", "sales"]].iloc[0]
        raise ValueError(f"sales of {seller} to {buyer} in {year} are {sales}; they must be zero or more")
    pairs = rows.groupby(["seller", "buyer"], as_index=False)["sales"].sum()
    pairs = pairs[(pairs["seller"] != pairs["buyer"]) & (pairs["sales"] > 0)]
    graph = nx.DiGraph()
    graph.add_nodes_from(sorted({*pairs["seller"], *pairs["buyer"]}))
    graph.add_weighted_edges_from(pairs[["seller", "buyer", "sales"]].itertuples(index=False), weight="sales")
    return graph


def network_measures(links: pd.DataFrame, residents: Collection[str], year: int) -> pd.Series[float]:
    """How closely residents are linked: density, reciprocity and the innermost core.

    A tie goes from a seller to a buyer. With m residents, the density is ``ties / (m (m - 1))``, of all ties
    that could be; reciprocity is the fraction of ties that go both ways. The k-core is the largest group
    in which everyone trades, in either direction, with at least k others of the group; the innermost one has
    the highest k, the order of the core.

    Parameters
    ----------
    links : pandas.DataFrame
        As in :func:`network`.
    residents : collection of str
        Residents that count, whether linked or not; ties with others are left out.
    year : int
        Year.

    Returns
    -------
    pandas.Series
        ``residents``, ``linked`` (residents with a tie) and ``ties``; ``density`` and ``reciprocity``, from 0
        to 1; ``core_order``, ``core_size`` (residents of the innermost core) and ``core_share`` (of sales
        between residents, those between members of the core, %). Without ties, reciprocity and the share
        are missing and the core is of order and size 0; with fewer than two residents density is missing.

    Raises
    ------
    ValueError
        As :func:`network`.

    References
    ----------
    Wasserman and Faust (1994) for density and reciprocity. Seidman, S. B. (1983), Network Structure and
    Minimum Degree, Social Networks 5, for the core.

    Examples
    --------
    >>> import pandas as pd
    >>> from gvc_helpers.zones.trade import network_measures
    >>> sellers, buyers = ["R1", "R2", "R2", "R3", "R3"], ["R2", "R1", "R3", "R1", "R4"]
    >>> links = pd.DataFrame({"seller": sellers, "buyer": buyers, "year": 2019, "sales": [4.0, 3, 2, 1, 10]})
    >>> measures = network_measures(links, ["R1", "R2", "R3", "R4", "R5"], 2019)
    >>> measures[["ties", "density", "reciprocity", "core_order", "core_size", "core_share"]].tolist()
    [5.0, 0.25, 0.4, 2.0, 3.0, 50.0]
    """
    members = set(residents)
    graph = network(links, year)
    graph = graph.edge_subgraph([tie for tie in graph.edges if members.issuperset(tie)])
    possible = len(members) * (len(members) - 1)
    order, centre = _innermost(graph)
    return pd.Series(
        {
            "residents": len(members),
            "linked": graph.number_of_nodes(),
            "ties": graph.number_of_edges(),
            "density": graph.number_of_edges() / possible if possible else np.nan,
            "reciprocity": nx.overall_reciprocity(graph) if graph.number_of_edges() else np.nan,
            "core_order": order,
            "core_size": len(centre),
            "core_share": _percent_within(graph, centre),
        },
        dtype=float,
    )


def core(links: pd.DataFrame, year: int) -> list[str]:
    """Residents of the innermost core of the network, whichever way they trade.

    Parameters
    ----------
    links : pandas.DataFrame
        As in :func:`network`.
    year : int
        Year.

    Returns
    -------
    list of str
        Members of the k-core of the highest order, in alphabetical order; empty without ties.

    Raises
    ------
    ValueError
        As :func:`network`.

    References
    ----------
    Seidman (1983).

    Examples
    --------
    >>> import pandas as pd
    >>> from gvc_helpers.zones.trade import core
    >>> sellers, buyers = ["R1", "R2", "R2", "R3", "R3"], ["R2", "R1", "R3", "R1", "R4"]
    >>> core(pd.DataFrame({"seller": sellers, "buyer": buyers, "year": 2019, "sales": 1.0}), 2019)
    ['R1', 'R2', 'R3']
    """
    return _innermost(network(links, year))[1]


def _innermost(graph: nx.DiGraph) -> tuple[int, list[str]]:
    """Return the order and the members of the innermost k-core."""
    orders = nx.core_number(graph.to_undirected())
    highest = max(orders.values(), default=0)
    return highest, sorted(resident for resident, order in orders.items() if order == highest)


def _percent_within(graph: nx.DiGraph, members: Collection[str]) -> float:
    """Sales between members in % of all."""
    total = graph.size(weight="sales")
    return 100.0 * float(graph.subgraph(members).size(weight="sales") / total) if total else np.nan
