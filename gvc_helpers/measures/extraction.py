"""Hypothetical extraction: what is lost when some sales disappear."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pandas as pd

from gvc_helpers.tables.io_table import IOTable, TableError


def hypothetical_extraction(
    table: IOTable,
    sellers: Collection[str | tuple[str, str]],
    buyers: Collection[str] | None = None,
    share: float = 1.0,
) -> pd.DataFrame:
    """Output and value added that are lost when `sellers` sell nothing more, or less, to `buyers`.

    The rows ``S`` of the sellers lose their intermediate and final sales to the buyers: in ``A`` and ``Y``
    these cells become zero, or smaller by `share`, giving ``A*`` and ``Y*``, and ``(I - A*) x* = Y* 1``. Lost
    is ``x - x*`` and ``v∘(x - x*)``. All other coefficients stay as they are, those of value added too: what
    the buyers now lack they get from outside the system, at the same price and in the same amount, and nobody
    else sells more.

    With ``t`` the lost sales, ``R`` the lost rows of ``A`` and ``E`` the unit vectors of ``S``, the identity
    of Woodbury gives ``x - x* = B E (I + R B E)⁻¹ t``: as many solves with the table's own factors as there
    are selling rows, and one system of that size.

    Parameters
    ----------
    table : IOTable
        A balanced table, GN rows.
    sellers : collection of str or (str, str)
        Countries, meaning all their sectors, or (country, sector) pairs, or both.
    buyers : collection of str, optional
        Countries whose industries and final users buy nothing more. None: all, the sellers' own country
        included, which takes the sellers out of the economy (total extraction). With all other countries
        as buyers the sellers' exports disappear; for a whole country, the value added that it loses
        itself is the domestic value added in its exports.
    share : float
        Share of these sales that is lost, from 0 to 1.

    Returns
    -------
    pandas.DataFrame
        Shape (GN, 2), in the table's unit: ``output`` and ``value_added`` lost by every (country, sector).

    Raises
    ------
    TableError
        When there are no sellers, a label is not in the table, the table is out of balance or a sector has
        inputs without output.
    ValueError
        When `share` does not lie from 0 to 1.
    SingularTableError
        When ``I - A`` is singular.

    References
    ----------
    Dietzenbacher, E. and Lahr, M. L. (2013), Expanding Extractions, Economic Systems Research 25. Miller,
    R. E. and Lahr, M. L. (2001), A Taxonomy of Extractions, for total extraction. Los, B., Timmer, M. P.
    and de Vries, G. J. (2016), Tracing Value-Added and Double Counting in Gross Exports: Comment, American
    Economic Review 106, for exports.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.read_table("reconstruction")
    >>> others = [country for country in table.countries if country != "BLR"]
    >>> lost = gvc.hypothetical_extraction(table, ["BLR"], others)
    >>> float((100 * lost["value_added"]["BLR"].sum() / table.exports["BLR"].sum()).round(1))
    63.6
    """
    require_share("share", share)
    rows, buying = selling_rows(table, sellers), share * _buying_countries(table, buyers)
    lost_inputs = table.Z[rows] * (table.membership @ buying)
    lost_sales = lost_inputs.sum(axis=1) + table.Y[rows] @ buying
    lost_inputs *= table.leontief.per_output
    unit = np.zeros((len(table.Z), len(rows)), order="F")
    unit[rows, np.arange(len(rows))] = 1.0
    required = table.leontief.requirements(unit)
    again = lost_inputs @ required
    again[np.diag_indices_from(again)] += 1.0
    lost = required @ np.linalg.solve(again, lost_sales)
    return pd.DataFrame({"output": lost, "value_added": table.leontief.value_added_share * lost}, table.index)


def require_share(name: str, share: float) -> None:
    """Raise a ValueError unless `share` lies from 0 to 1."""
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"{name} {share} is not allowed; it must lie from 0 to 1")


def selling_rows(table: IOTable, sellers: Collection[str | tuple[str, str]]) -> npt.NDArray[np.intp]:
    """Rows of the sellers, each once; a country stands for all its rows."""
    if not sellers:
        raise TableError("sellers are missing; name countries or (country, sector) pairs")
    if isinstance(sellers, str):
        raise TableError(f"sellers '{sellers}' is a text; a list is expected, such as ['{sellers}']")
    chosen = np.zeros(len(table.index), dtype=bool)
    for seller in sellers:
        if not isinstance(seller, str) and len(seller) != 2:
            raise TableError(f"seller {seller!r} is neither a country nor a pair of country and sector")
        country = seller if isinstance(seller, str) else seller[0]
        table.require_countries([country], "seller")
        rows = table.index.get_level_values("country") == country
        if not isinstance(seller, str):
            sectors = table.index.get_level_values("sector")
            if not (rows & (sectors == seller[1])).any():
                raise TableError(
                    f"seller '{' / '.join(seller)}' is not in the table; {country} has "
                    f"{', '.join(sectors[rows])}"
                )
            rows = rows & (sectors == seller[1])
        chosen |= rows
    return np.flatnonzero(chosen)


def _buying_countries(table: IOTable, buyers: Collection[str] | None) -> npt.NDArray[np.float64]:
    """One for every country that buys nothing more, else zero, shape (G,)."""
    if buyers is None:
        return np.ones(len(table.countries))
    table.require_countries(buyers, "buyer")
    return np.isin(table.countries, list(buyers)).astype(float)
