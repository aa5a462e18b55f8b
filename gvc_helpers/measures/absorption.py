"""Value added and where it is absorbed: in whose final demand, by country or by bloc of countries."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

import numpy as np
import pandas as pd

from gvc_helpers.errors import require
from gvc_helpers.measures.chains import placed
from gvc_helpers.tables.io_table import IOTable, TableError

OTHERS = "others"
"""Name of the bloc of all countries that are in none."""
Blocs = Mapping[str, Collection[str]]
"""Name of a bloc and its countries."""
MAINLY = 50.0
"""Share of intermediates in exports, %, above which a bloc mainly supplies them: they are more than half."""


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


def bloc_matrix(table: IOTable, blocs: Blocs) -> pd.DataFrame:
    """Value added by the bloc that creates it and the bloc whose final demand absorbs it.

    ``v̂ B Y`` added up over the countries of every bloc, in rows and in columns. Rows add up to the bloc's
    value added, columns to its final demand.

    Parameters
    ----------
    table : IOTable
        A balanced table.
    blocs : mapping of str to collection of str
        Name of a bloc and its countries; blocs without countries are left out, and countries in no bloc make
        up the last one, `OTHERS`.

    Returns
    -------
    pandas.DataFrame
        Square, in the table's unit: rows ``created_in``, columns ``absorbed_in``.

    Raises
    ------
    TableError
        When a country is not in the table or in two blocs, a bloc is called `OTHERS`, or as
        :func:`gvc_helpers.value_added_by_final_demand`.
    SingularTableError
        When ``I - A`` is singular.

    References
    ----------
    Padilla, M. A. E., Sari, D. W. and Handoyo, R. D. (2017), Formation of Production Networks in ASEAN,
    Business and Economic Horizons 13(2), for value added created and absorbed between blocs; Johnson and
    Noguera (2012) for the matrix by country.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.read_table("reconstruction")
    >>> matrix = gvc.bloc_matrix(table, {"EAEU": ["ARM", "BLR", "KAZ", "KGZ", "RUS"], "EU": ["DEU"]})
    >>> float((100 * matrix / matrix.sum()).loc["EAEU", "EAEU"].round(1))
    79.3
    """
    bloc_of, order = _blocs_of(table, blocs)
    by_country = origin_of_final_demand(table)
    rows = by_country.groupby(bloc_of, sort=False).sum()
    matrix = rows.T.groupby(bloc_of, sort=False).sum().T.loc[order, order]
    return matrix.rename_axis(index="created_in", columns="absorbed_in")


def bloc_trade(table: IOTable, blocs: Blocs) -> pd.DataFrame:
    """What every bloc creates for others and absorbs from them, and how far it supplies intermediates.

    Parameters
    ----------
    table : IOTable
        A balanced table.
    blocs : mapping of str to collection of str
        As of :func:`bloc_matrix`.

    Returns
    -------
    pandas.DataFrame
        By ``bloc``: ``created``, its value added that other blocs absorb, ``absorbed``, theirs that it
        absorbs, and ``balance``, the difference, in the table's unit; ``created_share``, `created` in % of
        its value added; ``intermediates``, intermediate products in % of its gross exports to other blocs.
        Balances add up to zero. A share is missing where there is nothing it could be a share of.

    Raises
    ------
    TableError, SingularTableError
        As :func:`bloc_matrix`.

    References
    ----------
    Padilla, Sari and Handoyo (2017).

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> trade = gvc.bloc_trade(gvc.read_table("reconstruction"), {"EAEU": ["BLR", "KAZ", "RUS"]})
    >>> bool(abs(trade["balance"].sum()) < 1e-9)
    True
    """
    matrix = bloc_matrix(table, blocs)
    own = pd.Series(np.diag(matrix), matrix.index)
    created, absorbed = matrix.sum(axis=1) - own, matrix.sum() - own
    bloc_of, order = _blocs_of(table, blocs)
    sales = [
        _between_blocs(table, bloc_of, by_destination)
        for by_destination in (table.intermediate_sales, pd.DataFrame(table.Y, columns=table.countries))
    ]
    intermediate, final = (sums.reindex(order) for sums in sales)
    exported = intermediate + final
    return pd.DataFrame(
        {
            "created": created,
            "absorbed": absorbed,
            "balance": created - absorbed,
            "created_share": 100.0 * created / matrix.sum(axis=1).where(matrix.sum(axis=1) > 0),
            "intermediates": 100.0 * intermediate / exported.where(exported > 0),
        }
    ).rename_axis("bloc")


def supplies_intermediates(trade: pd.DataFrame, bloc: str) -> bool:
    """Tell whether a bloc is for the others mainly a supplier of intermediate products.

    Parameters
    ----------
    trade : pandas.DataFrame
        As of :func:`bloc_trade`.
    bloc : str
        One of its blocs.

    Returns
    -------
    bool
        Whether ``intermediates`` is above `MAINLY`; False where it is missing.

    References
    ----------
    Padilla, Sari and Handoyo (2017), who find it of ASEAN.

    Examples
    --------
    >>> import pandas as pd
    >>> import gvc_helpers as gvc
    >>> gvc.supplies_intermediates(pd.DataFrame({"intermediates": [72.0, 41.0]}, ["EAEU", "EU"]), "EU")
    False
    """
    return bool(trade.loc[bloc, "intermediates"] > MAINLY)


def bloc_partners(matrix: pd.DataFrame, bloc: str) -> pd.Series[float]:
    """Where a bloc's value added goes that other blocs absorb.

    Parameters
    ----------
    matrix : pandas.DataFrame
        As of :func:`bloc_matrix`.
    bloc : str
        One of its blocs.

    Returns
    -------
    pandas.Series
        By every other bloc, in %, adding up to 100; missing where the others absorb nothing.

    References
    ----------
    Padilla, Sari and Handoyo (2017).

    Examples
    --------
    >>> import pandas as pd
    >>> import gvc_helpers as gvc
    >>> matrix = pd.DataFrame([[5.0, 3, 1], [2, 9, 1], [0, 0, 1]], list("ABC"), list("ABC"))
    >>> gvc.bloc_partners(matrix, "A").to_dict()
    {'B': 75.0, 'C': 25.0}
    """
    others = matrix.loc[bloc].drop(bloc)
    return 100.0 * others / others.sum() if others.sum() > 0 else others * np.nan


def _blocs_of(table: IOTable, blocs: Blocs) -> tuple[dict[str, str], list[str]]:
    """Bloc of every country, and the blocs that have countries, the others last."""
    in_blocs = placed("country", "bloc", blocs, table.countries)
    if OTHERS in blocs:
        raise TableError(f"bloc '{OTHERS}' is what countries in no bloc are called; give it another name")
    bloc_of = {country: in_blocs.get(country, OTHERS) for country in table.countries}
    return bloc_of, [bloc for bloc in dict.fromkeys([*blocs, OTHERS]) if bloc in bloc_of.values()]


def _between_blocs(table: IOTable, bloc_of: Mapping[str, str], sales: pd.DataFrame) -> pd.Series[float]:
    """Sales (GN rows by destination country) to countries of other blocs, by the bloc of the seller."""
    seller = table.index.get_level_values("country").map(bloc_of)
    by_bloc = sales.groupby(np.asarray(seller), sort=False).sum()
    same = by_bloc.index.to_numpy()[:, None] == np.array([bloc_of[country] for country in sales.columns])
    return by_bloc.mask(same, 0.0).sum(axis=1)


def _positive(values: pd.Series[float]) -> pd.Series[float]:
    return values.where(values > 0)
