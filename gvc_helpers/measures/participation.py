"""Participation in global value chains, in relation to trade and to production."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from gvc_helpers.errors import require
from gvc_helpers.measures.rows import Rows, by_rows
from gvc_helpers.measures.vertical_specialization import vertical_specialization
from gvc_helpers.tables.io_table import IOTable

Linkage = Literal["forward", "backward"]
"""Whether value added is followed to where it is used, or final output to where it comes from."""


def participation(table: IOTable) -> pd.DataFrame:
    """Backward and forward participation of each country, and its position in the chain.

    Backward participation is foreign value added in own exports, ``Σ_{t≠s} V_t B_ts E_s*`` (VS);
    forward participation own value added in the exports of others, ``Σ_{t≠s} V_s B_st E_t*`` (VS1), which
    counts it again in every further country that exports it; pure forward trade of
    :func:`trade_participation` counts it once.
    The position index is ``ln(1 + forward) - ln(1 + backward)`` with both as shares of exports: above
    zero, a country stands upstream and supplies others more than it relies on them.

    Parameters
    ----------
    table : IOTable
        A balanced table.

    Returns
    -------
    pandas.DataFrame
        By country: ``backward``, ``forward`` and ``total`` in % of gross exports, ``position`` without
        unit; missing for a country that does not export.

    Raises
    ------
    TableError, SingularTableError
        As :func:`gvc_helpers.vertical_specialization`.

    References
    ----------
    Koopman, R., Powers, W., Wang, Z. and Wei, S.-J. (2010), Give Credit Where Credit Is Due: Tracing
    Value Added in Global Production Chains, NBER Working Paper 16426.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> gvc.participation(gvc.read_table("reconstruction")).loc["RUS"].round(1).to_dict()
    {'backward': 8.2, 'forward': 41.0, 'total': 49.2, 'position': 0.3}
    """
    vs = vertical_specialization(table)
    backward, forward = vs.vs, vs.vs1
    position = np.log1p(forward / 100) - np.log1p(backward / 100)
    columns = [backward, forward, backward + forward, position]
    names = ["backward", "forward", "total", "position"]
    return pd.concat(columns, axis=1, keys=names).rename_axis("country")


def trade_participation(table: IOTable, by: Rows = "country") -> pd.DataFrame:
    """Split exports into trade that crosses one border and three kinds of trade in value chains.

    What the importer uses up crosses one border; what it exports again goes on. With
    ``w = V_s L_ss``, own value added that has not left the country before, and its complement, the
    imported content ``1 - w``::

        direct         w # (Y_sr + A_sr L_rr Y_rr)
        pure_backward  (1 - w) # (Y_sr + A_sr L_rr Y_rr)
        two_sided      (1 - w) # A_sr L_rr E_r*
        pure_forward   w # A_sr L_rr E_r*

    Pure backward and two-sided trade together are backward participation: imported content of
    exports, the VS of Hummels, Ishii and Yi. Pure forward trade is forward participation.

    Parameters
    ----------
    table : IOTable
        A balanced table.
    by : {"country", "sector", "bilateral", "sector-bilateral"}
        Rows of the result; they add up to one another.

    Returns
    -------
    pandas.DataFrame
        Columns direct, pure_backward, two_sided, pure_forward, in the table's unit; rows add up to
        exports.

    Raises
    ------
    ValueError
        When `by` is none of those listed.
    TableError, SingularTableError
        As :func:`gvc_helpers.kww`.

    References
    ----------
    Borin, A., Mancini, M. and Taglioni, D. (2021), Countries and Sectors in Global Value Chains, World
    Bank Policy Research Working Paper 9785; Borin and Mancini (2019) for backward and forward.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.read_table("reconstruction")
    >>> kinds = gvc.trade_participation(table)
    >>> bool(np.allclose(kinds["pure_backward"] + kinds["two_sided"], gvc.hummels(table)))
    True
    """
    require("by", by, Rows)
    leontief = table.leontief
    local = leontief.domestic_content(leontief.value_added_share)[:, None]
    home = table.home_demand.to_numpy()
    (used_up,) = leontief.exported_inputs_by_buyer(leontief.domestic_requirements(home))
    once = np.where(table.membership, 0.0, table.Y) + used_up
    again = table.exports_by_destination.to_numpy() - once
    if "bilateral" not in by:
        once, again = once.sum(axis=1, keepdims=True), again.sum(axis=1, keepdims=True)
    terms = {
        "direct": local * once,
        "pure_backward": (1 - local) * once,
        "two_sided": (1 - local) * again,
        "pure_forward": local * again,
    }
    return by_rows(table, terms.items(), by)


def production_participation(table: IOTable, linkage: Linkage = "forward") -> pd.DataFrame:
    """Split value added, or final output, of every sector by the borders that it crosses in production.

    With ``L`` the domestic inverses, ``A_F`` the coefficients of imported inputs and final output at
    home ``y_D`` and for export ``y_F``::

        v̂BŶ = v̂LŶ_D + v̂LŶ_F + v̂LA_F LŶ_D + v̂LA_F (BŶ - LŶ_D)

    is purely domestic; crosses a border only as a final product (traditional trade); crosses one
    border for production and none after it (simple value chains); or crosses at least two, the last
    perhaps as a final product (complex). The last two together are production in global value chains.
    Where inventories are run down, parts may be negative. Rows of the matrices add up to value added
    (forward linkage: where it goes), columns to final output (backward linkage: where it comes from).

    Parameters
    ----------
    table : IOTable
        A balanced table.
    linkage : {"forward", "backward"}
        Rows or columns.

    Returns
    -------
    pandas.DataFrame
        By (country, sector): domestic, traditional, simple, complex, in the table's unit.

    Raises
    ------
    ValueError
        When `linkage` is none of those listed.
    TableError, SingularTableError
        As :func:`gvc_helpers.kww`.

    References
    ----------
    Wang, Z., Wei, S.-J., Yu, X. and Zhu, K. (2017), Measures of Participation in Global Value Chains and
    Global Business Cycles, NBER Working Paper 23222.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.read_table("reconstruction")
    >>> parts = gvc.production_participation(table)
    >>> bool(np.allclose(parts.sum(axis=1), table.value_added))
    True
    """
    require("linkage", linkage, Linkage)
    leontief = table.leontief
    home, final = table.home_demand.to_numpy(), table.final_exports.to_numpy()
    share, requirements = leontief.value_added_share, leontief.domestic_requirements
    local = leontief.domestic_content(share)
    if linkage == "forward":
        inputs = np.column_stack([requirements(home), table.output.to_numpy() - requirements(home)])
        exported = requirements(leontief.exported_inputs(inputs))
        columns = [share * requirements(home), share * requirements(final), *(share[:, None] * exported).T]
    else:
        once = leontief.domestic_content(leontief.imported_content(local))
        columns = [local * home, local * final, once * home, (1 - local) * (home + final) - once * home]
    return pd.DataFrame(
        dict(zip(["domestic", "traditional", "simple", "complex"], columns, strict=True)), table.index
    )
