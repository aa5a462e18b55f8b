"""Value added and where it is absorbed: in the final demand of which country."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from gvc_helpers.errors import require
from gvc_helpers.tables.io_table import IOTable


def value_added_by_final_demand(table: IOTable) -> pd.DataFrame:
    """Value added of every (country, sector), by the country whose final demand absorbs it.

    ``v̂ B Y``: ``v`` is value added per unit of output, ``B = (I - A)⁻¹``. Rows add up to value added
    (output minus inputs), columns to the country's final demand. One solve with G right-hand sides.

    Parameters
    ----------
    table : IOTable
        A balanced table, GN rows, G countries.

    Returns
    -------
    pandas.DataFrame
        Shape (GN, G), in the table's unit: rows origin, columns absorbing country.

    Raises
    ------
    TableError
        When the table is out of balance or a sector has inputs without output.
    SingularTableError
        When ``I - A`` is singular.

    References
    ----------
    Johnson, R. C. and Noguera, G. (2012), Accounting for Intermediates: Production Sharing and Trade in
    Value Added, Journal of International Economics 86.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.read_table("reconstruction")
    >>> absorbed = gvc.value_added_by_final_demand(table)
    >>> bool(abs(absorbed.sum() - table.Y.sum(axis=0)).max() < 1e-9 * table.Y.sum())
    True
    """
    absorbed = table.leontief.requirements(table.Y)
    absorbed *= table.leontief.value_added_share[:, None]
    return pd.DataFrame(absorbed, table.index, table.countries, copy=False)


def origin_of_final_demand(table: IOTable) -> pd.DataFrame:
    """Value added in every country's final demand, by country of origin.

    :func:`value_added_by_final_demand` added up by country of origin. Columns add up to the country's
    final demand, rows to the country's value added.

    Parameters
    ----------
    table : IOTable
        A balanced table, G countries.

    Returns
    -------
    pandas.DataFrame
        Shape (G, G), in the table's unit: rows origin, columns absorbing country.

    Raises
    ------
    TableError, SingularTableError
        As :func:`value_added_by_final_demand`.

    References
    ----------
    Johnson and Noguera (2012).

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> origin = gvc.origin_of_final_demand(gvc.read_table("reconstruction"))
    >>> float((100 * origin / origin.sum()).loc["RUS", "BLR"].round(1))
    24.0
    """
    origin = value_added_by_final_demand(table).groupby(level="country", sort=False).sum()
    return origin.rename_axis(index="origin", columns="absorbed_by")


def value_added_trade(table: IOTable, by: Literal["country", "sector"] = "country") -> pd.DataFrame:
    """Gross exports beside value-added exports: the value added that other countries absorb.

    Value-added exports are the sum of :func:`value_added_by_final_demand` over all columns but the own
    country. What returns home in imports and is absorbed there does not count.

    Parameters
    ----------
    table : IOTable
        A balanced table, GN rows, G countries.
    by : {"country", "sector"}
        One row per country, or one per (country, sector). A sector's value added leaves the country in
        other sectors' products too, so that the ratio of a sector may be far above 1.

    Returns
    -------
    pandas.DataFrame
        Shape (G, 3) or (GN, 3): ``exports`` (gross) and ``value_added_exports``, in the table's unit, and
        ``vax_ratio``, the second over the first, missing without gross exports.

    Raises
    ------
    ValueError
        When `by` is something else.
    TableError, SingularTableError
        As :func:`value_added_by_final_demand`.

    References
    ----------
    Johnson and Noguera (2012), where the ratio is called VAX.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> trade = gvc.value_added_trade(gvc.read_table("reconstruction"))
    >>> float(trade.loc["BLR", "vax_ratio"].round(2))
    0.64
    """
    require("by", by, Literal["country", "sector"])
    abroad = value_added_by_final_demand(table).mask(table.membership > 0, 0.0).sum(axis=1)
    trade = pd.DataFrame({"exports": table.exports, "value_added_exports": abroad})
    if by == "country":
        trade = trade.groupby(level="country", sort=False).sum()
    trade["vax_ratio"] = trade["value_added_exports"] / _positive(trade["exports"])
    return trade


def revealed_comparative_advantage(
    table: IOTable, basis: Literal["gross", "value added"] = "gross"
) -> pd.Series[float]:
    """Share of a sector in its country's exports over the share of that sector in world exports.

    ``(e_cs / Σ_s e_cs) / (Σ_c e_cs / Σ_cs e_cs)`` for country ``c`` and sector ``s``. The same sector is
    the one with the same label. Above 1 the country is specialized in the sector. Averaged over countries,
    weighted by their shares in world exports, the index of a sector is 1.

    Parameters
    ----------
    table : IOTable
        A table, GN rows; a balanced one for "value added".
    basis : {"gross", "value added"}
        What exports ``e`` are: gross exports, or the value added of the sector that other countries absorb,
        in whatever product it leaves the country (:func:`value_added_trade` by sector). Koopman, Wang and
        Wei take domestic value added in exports, which also holds what returns home; it is left out here.

    Returns
    -------
    pandas.Series
        Shape (GN,), a ratio. Missing where the country exports nothing or nobody exports the sector.

    Raises
    ------
    ValueError
        When `basis` is something else.
    TableError, SingularTableError
        For "value added", as :func:`value_added_by_final_demand`.

    References
    ----------
    Balassa, B. (1965), Trade Liberalisation and "Revealed" Comparative Advantage, The Manchester School 33.
    Koopman, R., Wang, Z. and Wei, S.-J. (2014), Tracing Value-Added and Double Counting in Gross Exports,
    American Economic Review 104, for an index in value added.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> index = gvc.revealed_comparative_advantage(gvc.read_table("reconstruction"))
    >>> float(index["RUS", "Mining and quarrying"].round(1))
    6.4
    """
    require("basis", basis, Literal["gross", "value added"])
    exports = table.exports if basis == "gross" else value_added_trade(table, "sector")["value_added_exports"]
    of_country = exports.groupby(level="country", sort=False).transform("sum")
    of_sector = exports.groupby(level="sector", sort=False).transform("sum")
    index = (exports / _positive(of_country)) / (_positive(of_sector) / exports.sum())
    return index.rename("revealed_comparative_advantage")


def _positive(values: pd.Series[float]) -> pd.Series[float]:
    return values.where(values > 0)
