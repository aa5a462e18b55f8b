"""The network of value chains: who is central in it, and the links that hold it together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace

import networkx as nx
import numpy as np
import pandas as pd

from gvc_helpers._typing import Array
from gvc_helpers.measures.absorption import origin_of_final_demand
from gvc_helpers.tables.io_table import IOTable

ATTENUATION = 0.5
"""What a link counts in relation to the one before it."""
PRECISION = 1e-12


def centrality(table: IOTable, attenuation: float = ATTENUATION) -> pd.DataFrame:
    """Centrality of every (country, sector) in the network of deliveries between countries.

    A supplier is central when it has large shares in what central suppliers import; a buyer is central when
    it takes large shares of what central buyers export. With ``F`` the intermediate flows without those
    inside a country, column shares ``W = F diag(1'F)⁻¹``, row shares ``V = diag(F1)⁻¹ F`` and attenuation
    ``λ``::

        supplier = (1 - λ)/n · 1 + λ W supplier        buyer = (1 - λ)/n · 1 + λ V' buyer

    the centrality of Katz and Bonacich. Links are direct deliveries, because the sum over all paths is what
    centrality itself takes: value added, which has gone through all paths already, would count them twice.
    The series converges at least as fast as ``λᵏ``, so that with ``λ = ½`` some forty products with the flows
    give it and nothing is factorized or copied. Flows below zero, which have no share, count as none.

    Parameters
    ----------
    table : IOTable
        A balanced table, GN rows.
    attenuation : float
        ``λ``, from 0 to below 1.

    Returns
    -------
    pandas.DataFrame
        By (country, sector): ``supplier``, ``buyer`` and ``total``, their mean; all in multiples of the
        average (country, sector), so that every column has the mean 1.

    Raises
    ------
    ValueError
        When `attenuation` is out of range.
    TableError
        When the table is out of balance or a sector has inputs without output.

    References
    ----------
    Criscuolo, C. and Timmis, J. (2018), GVCs and Centrality: Mapping Key Hubs, Spokes and the Periphery,
    OECD Productivity Working Papers 12: central sectors are connected, directly and indirectly, to
    influential ones. Bonacich, P. (1987), Power and Centrality, American Journal of Sociology 92; Katz,
    L. (1953), A New Status Index Derived from Sociometric Analysis, Psychometrika 18. Here shares are
    of foreign trade only, so that a large economy is not central for what it does at home.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> hubs = gvc.cooperation.centrality(gvc.read_table("reconstruction"))["total"]
    >>> hubs.groupby("country").sum().idxmax(), round(float(hubs.mean()), 9)
    ('ROW', 1.0)
    """
    if not 0.0 <= attenuation < 1.0:
        raise ValueError(f"attenuation {attenuation} is not allowed; it must lie from 0 to below 1")
    leontief, output = table.leontief, table.output.to_numpy()
    if table.Z.min() < 0:
        leontief = replace(leontief, Z=np.maximum(table.Z, 0.0))
    start = np.full(len(output), (1.0 - attenuation) / len(output))
    bought = leontief.imported_content(np.ones(len(output))) * output
    sold = leontief.exported_inputs(output)
    steps = int(np.ceil(np.log(PRECISION) / np.log(attenuation))) if attenuation > 0 else 0
    supplier, buyer = start, start
    for _ in range(steps):
        supplier = start + attenuation * leontief.exported_inputs(_per(supplier, bought, output) * output)
        buyer = start + attenuation * leontief.imported_content(_per(buyer, sold, output)) * output
    frame = pd.DataFrame({"supplier": supplier, "buyer": buyer}, table.index)
    frame /= frame.mean()
    return frame.assign(total=frame.mean(axis=1))


def backbone(table: IOTable, countries: Collection[str], largest: int = 2) -> nx.DiGraph:
    """Each country's largest foreign sources of the value added in its final demand, as a network.

    Parameters
    ----------
    table : IOTable
        A balanced table.
    countries : collection of str
        Countries that are nodes; others do not count as sources either.
    largest : int
        Links into each country; fewer where fewer nodes are a source of value added.

    Returns
    -------
    networkx.DiGraph
        An edge from the country of origin to the one that absorbs it, with ``share``, in % of the value
        added in that country's final demand.

    Raises
    ------
    TableError
        When a country is not in the table or named twice, or as :func:`gvc_helpers.origin_of_final_demand`.
    SingularTableError
        When ``I - A`` is singular.

    References
    ----------
    Amador, J. and Cabral, S. (2016), Networks of Value-Added Trade, ECB Working Paper 1931, for countries as
    nodes and value added as directed edges. Theirs is foreign value added in exports; here it is what
    final demand absorbs.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> links = gvc.cooperation.backbone(gvc.read_table("reconstruction"), ["BLR", "RUS", "CHN", "DEU"])
    >>> sorted(links.predecessors("BLR"))
    ['CHN', 'RUS']
    """
    table.require_countries(countries)
    origin = origin_of_final_demand(table)
    shares = 100.0 * origin / origin.sum()
    graph = nx.DiGraph()
    graph.add_nodes_from(countries)
    for country in countries:
        foreign = shares.loc[[other for other in countries if other != country], country]
        for source, share in foreign[foreign > 0].nlargest(largest).items():
            graph.add_edge(source, country, share=float(share))
    return graph


def clustering(graph: nx.DiGraph, region_of: Mapping[str, str]) -> tuple[float, float]:
    """Share of links inside a region, and what it would be if their sources were drawn at random.

    By chance, a link to a country comes from any of the others alike, so that the share to expect is the mean
    over links ``a → b`` of ``(n_b - 1) / (n - 1)``, with ``n_b`` of ``n`` countries in the region of ``b``.
    Links are clustered in regions where the first is above the second.

    Parameters
    ----------
    graph : networkx.DiGraph
        As of :func:`backbone`.
    region_of : mapping of str to str
        Region of every country; one in none is a region of its own.

    Returns
    -------
    float, float
        Both in %; 0 without links.

    References
    ----------
    Newman, M. E. J. (2003), Mixing Patterns in Networks, Physical Review E 67: links among likes against
    those of chance, which there keeps every country's number of links.

    Examples
    --------
    >>> import networkx as nx
    >>> import gvc_helpers as gvc
    >>> graph, region_of = nx.DiGraph(["AB", "BA", "CA"]), {"A": "x", "B": "x"}
    >>> inside, expected = gvc.cooperation.clustering(graph, region_of)
    >>> round(inside, 1), expected
    (66.7, 50.0)
    """
    region = {country: region_of.get(country, country) for country in graph}
    sizes = Counter(region.values())
    inside = [region[source] == region[country] for source, country in graph.edges]
    chances = [(sizes[region[country]] - 1) / (len(graph) - 1) for _, country in graph.edges]
    return (100.0 * float(np.mean(inside)), 100.0 * float(np.mean(chances))) if inside else (0.0, 0.0)


def _per(values: Array, totals: Array, output: Array) -> Array:
    """Quotient, zero where the total is no more than rounding of sums as large as output."""
    known = totals > PRECISION * np.abs(output)
    return np.divide(values, totals, out=np.zeros_like(values), where=known)
