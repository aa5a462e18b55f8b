"""Trade in value added between blocs of countries: who creates what the others absorb."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from gvc_helpers.measures.absorption import origin_of_final_demand
from gvc_helpers.measures.chains import placed
from gvc_helpers.tables.io_table import IOTable, TableError

OTHERS = "others"
"""Name of the bloc of all countries that are in none."""
Blocs = Mapping[str, Collection[str]]
"""Name of a bloc and its countries."""


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
