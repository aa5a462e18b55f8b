"""Value chains of final products: how much of a product's value is domestic, regional and global."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from gvc_helpers._typing import Array
from gvc_helpers.tables.io_table import REST_OF_WORLD, IOTable, TableError

SHARES = ["domestic", "regional", "global"]
MOST = 50.0
"""Share of chains, %, above which something is said of chains in general: of more than half of them."""


def final_product_chains(
    table: IOTable,
    regions: Mapping[str, Collection[str]] | None = None,
    products: Mapping[str, Collection[str]] | None = None,
) -> pd.DataFrame:
    """Split the value of every final product by where its value added comes from.

    A final product is what a (country, sector), the country of completion, delivers to final demand at
    home and abroad: ``f = Y 1``. Column ``j`` of ``v̂ B f̂`` holds the value added of every sector of the
    world in product ``j``; it adds up to ``f_j``. Only its sums by country of origin are needed, so that
    one solve with G right-hand sides gives everything.

    Parameters
    ----------
    table : IOTable
        A balanced table, GN rows, G countries.
    regions : mapping of str to collection of str, optional
        Name of a region and its countries. A country in no region has no regional part. None: no regions.
    products : mapping of str to collection of str, optional
        Name of a product group and its sectors: products of a country are added up by value within a
        group; sectors in no group are left out. None keeps every sector by itself.

    Returns
    -------
    pandas.DataFrame
        One row per (country of completion, sector or product group), with ``value`` (``f``, in the
        table's unit) and ``domestic``, ``regional`` (other countries of the region) and ``global``
        (all others), in % of value, adding up to 100.

        Where inventories are run down by more than all other final use, ``f`` is negative: on balance
        nothing was completed. As for products with zero value, the shares are then missing, and a group
        leaves the product out; its value is that of the products that count.

    Raises
    ------
    TableError
        When a country or sector is not in the table or stands in two groups, the table is out of balance
        or a sector has inputs without output.
    SingularTableError
        When ``I - A`` is singular.

    References
    ----------
    Los, B., Timmer, M. P. and de Vries, G. J. (2015), How Global Are Global Value Chains? A New Approach to
    Measure International Fragmentation, Journal of Regional Science 55.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> regions = {"EAEU": ["ARM", "BLR", "KAZ", "KGZ", "RUS"]}
    >>> chains = gvc.final_product_chains(gvc.read_table("reconstruction"), regions)
    >>> chains.loc[("BLR", "Transport equipment"), ["domestic", "regional", "global"]].round(1).tolist()
    [55.1, 20.7, 24.2]
    """
    region_of = placed("country", "region", regions or {}, table.countries)
    product_of = placed("sector", "product group", products or {}, table.sectors)
    value, origin = table.Y.sum(axis=1), _origin(table, region_of)
    if products is None:
        return _chains(value, value[:, None] * origin, table.index)
    country, sector = (table.index.get_level_values(level) for level in ("country", "sector"))
    counted = np.maximum(value, 0.0)
    parts = pd.DataFrame(np.column_stack([counted, counted[:, None] * origin]))
    sums = parts.groupby([country, sector.map(product_of).rename("product")], sort=False).sum()
    labels = pd.MultiIndex.from_product([table.countries, list(products)], names=sums.index.names)
    sums = sums.reindex(labels[labels.isin(sums.index)])
    return _chains(sums[0].to_numpy(), sums[[1, 2, 3]].to_numpy(), sums.index)


def average_chain(chains: pd.DataFrame) -> pd.Series[float]:
    """Average some rows of :func:`final_product_chains`, weighted by value.

    Parameters
    ----------
    chains : pandas.DataFrame
        Rows of :func:`final_product_chains`, of one table or several in the same unit. Rows without
        shares (no final output on balance) are left out.

    Returns
    -------
    pandas.Series
        ``value``, the sum over the rows that count, and ``domestic``, ``regional`` and ``global`` in % of
        it, missing when no row counts.

    References
    ----------
    Los, Timmer and de Vries (2015).

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> chains = gvc.final_product_chains(gvc.read_table("reconstruction"))
    >>> float(gvc.average_chain(chains.loc[["BLR"]])["domestic"].round(1))
    66.5
    """
    counted = chains[chains[SHARES].notna().all(axis=1)]
    value = float(counted["value"].sum())
    parts = counted[SHARES].mul(counted["value"], axis=0).sum()
    average = parts / value if value > 0 else parts * np.nan
    return pd.concat([pd.Series({"value": value}), average]).rename("average")


def chains_of(chains: pd.DataFrame, sectors: Collection[str]) -> pd.DataFrame:
    """Take the chains of some products; those completed in the rest of the world, which is no country, not.

    Parameters
    ----------
    chains : pandas.DataFrame
        As of :func:`final_product_chains`, by (country, sector).
    sectors : collection of str
        Products.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> chains = gvc.final_product_chains(gvc.read_table("reconstruction"))
    >>> len(gvc.chains_of(chains, ["Transport equipment"]))
    8
    """
    made = chains.index.isin(list(sectors), level="sector")
    return chains[made & ~chains.index.isin(REST_OF_WORLD, level="country")]


def average_chains(chains: pd.DataFrame, by: str) -> pd.DataFrame:
    """Average chains by country of completion, or by product.

    Parameters
    ----------
    chains : pandas.DataFrame
        As of :func:`final_product_chains`, by (country, sector).
    by : {"country", "sector"}
        What the rows are.

    Returns
    -------
    pandas.DataFrame
        By country or sector, in the order of `chains`, the columns of :func:`average_chain`.

    References
    ----------
    Los, Timmer and de Vries (2015).

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> chains = gvc.final_product_chains(gvc.read_table("reconstruction"))
    >>> float(gvc.average_chains(chains, "country").loc["BLR", "domestic"].round(1))
    66.5
    """
    groups = chains.groupby(level=by, sort=False)
    return pd.DataFrame({key: average_chain(rows) for key, rows in groups}).T.rename_axis(by)


def fragmentation(earlier: pd.DataFrame, later: pd.DataFrame) -> pd.Series[float]:
    """In how many chains foreign value added has come to weigh more between two years.

    Parameters
    ----------
    earlier, later : pandas.DataFrame
        As of :func:`final_product_chains`, by (country, sector).

    Returns
    -------
    pandas.Series
        ``chains``, those with shares in both years; ``risen``, the share of them, in %, whose foreign part
        rose; ``risen_globally``, that of those among them whose global part rose by more than the regional.

    References
    ----------
    Los, Timmer and de Vries (2015) find it in almost all chains.

    Examples
    --------
    >>> import pandas as pd
    >>> import gvc_helpers as gvc
    >>> columns = ["domestic", "regional", "global"]
    >>> earlier = pd.DataFrame([[90.0, 5, 5], [80, 10, 10]], columns=columns)
    >>> later = pd.DataFrame([[80.0, 6, 14], [85, 10, 5]], columns=columns)
    >>> gvc.fragmentation(earlier, later).tolist()
    [2.0, 50.0, 50.0]
    """
    change = (later[SHARES] - earlier[SHARES]).dropna()
    risen = change["domestic"] < 0
    globally = risen & (change["global"] > change["regional"])
    percent = 100.0 / len(change) if len(change) else np.nan
    return pd.Series(
        {
            "chains": float(len(change)),
            "risen": percent * risen.sum(),
            "risen_globally": percent * globally.sum(),
        }
    )


def fragmented(change: pd.Series[float]) -> bool:
    """Tell whether most chains have become more international, and mainly beyond their regions.

    Parameters
    ----------
    change : pandas.Series
        As of :func:`fragmentation`.

    Returns
    -------
    bool
        Whether ``risen`` and ``risen_globally`` are both above `MOST`; False where no chain is known.

    References
    ----------
    Los, Timmer and de Vries (2015), whose two findings these are.

    Examples
    --------
    >>> import pandas as pd
    >>> import gvc_helpers as gvc
    >>> gvc.fragmented(pd.Series({"chains": 40.0, "risen": 90.0, "risen_globally": 45.0}))
    False
    """
    return bool((change[["risen", "risen_globally"]] > MOST).all())


def _origin(table: IOTable, region_of: Mapping[str, str]) -> Array:
    """Domestic, regional and global part of one unit of every row's deliveries, shape (GN, 3)."""
    own = table.membership
    shared = [
        [home != other and home in region_of and region_of[home] == region_of.get(other)
         for other in table.countries]
        for home in table.countries
    ]  # fmt: skip
    neighbours = own @ np.array(shared, dtype=float)
    content = table.leontief.content(table.leontief.value_added_share[:, None] * own)
    parts: Array = np.stack(
        [(content * where).sum(axis=1) for where in (own, neighbours, 1.0 - own - neighbours)], axis=1
    )
    return parts


def _chains(value: Array, parts: Array, index: pd.MultiIndex) -> pd.DataFrame:
    """Set the value of products beside its parts in % of it; missing unless the value is positive."""
    chains = pd.DataFrame({"value": value}, index)
    whole = np.where(value > 0, value, np.nan)[:, None]
    return chains.join(pd.DataFrame(100.0 * parts / whole, index, SHARES))


def placed(
    what: str, kind: str, groups: Mapping[str, Collection[str]], known: Sequence[str]
) -> dict[str, str]:
    """Return the group of every member of one, or raise a TableError that names what cannot be placed."""
    if not isinstance(groups, Mapping):
        raise TableError(f"{kind}s must be given by name, such as {{'name': ['{known[0]}']}}")
    placed: dict[str, str] = {}
    for group, members in groups.items():
        if isinstance(members, str):
            raise TableError(f"{kind} '{group}': '{members}' is a text; a list is expected, ['{members}']")
        for member in members:
            if member not in known:
                raise TableError(
                    f"{what} '{member}' of {kind} '{group}' is not in the table; it has {', '.join(known)}"
                )
            if placed.setdefault(member, group) != group:
                raise TableError(
                    f"{what} '{member}' is in two {kind}s, '{placed[member]}' and '{group}'; "
                    "it must be in one at most"
                )
    return placed
