"""Gross exports split into domestic value added, foreign value added and double counting.

Countries are s (exporter), r (importer) and t (third); ``A_sr``, ``B_sr`` are blocks of the input
coefficients and of the Leontief inverse, ``L_ss = (I - A_ss)⁻¹``, ``V_s`` the shares of value added in
output, ``Y_sr`` final demand of r for products of s, ``E_sr = A_sr X_r + Y_sr`` exports, ``E_s*`` their
sum over importers, and # multiplies sector by sector.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from gvc_helpers._typing import Array
from gvc_helpers.measures.rows import by_rows
from gvc_helpers.tables.io_table import IOTable

AGGREGATES = {
    "VAX": [
        "VAX", "VAX1", "VAX2", "VAX3", "VAX4",
        "DVA_FIN", "DVA_INT", "DVA_INTrex", "DVA_INTrexI1", "DVA_INTrexF", "DVA_INTrexI2",
    ],
    "REF": ["REF", "REF1", "REF2", "RDV_FIN", "RDV_FIN2", "RDV_INT"],
    "DDC": ["DDC", "DDC_FIN", "DDC_INT"],
    "FVA": [
        "FVA", "FVA1", "FVA2", "FVA3", "FVA4",
        "FVA_FIN", "FVA_INT", "MVA_FIN", "OVA_FIN", "MVA_INT", "OVA_INT",
    ],
    "FDC": ["FDC", "MDC", "ODC"],
}  # fmt: skip
"""Terms of all decompositions that make up each of the five parts of gross exports."""


def kww(table: IOTable) -> pd.DataFrame:
    """Split each country's gross exports into the nine terms of Koopman, Wang and Wei.

    In the order of the paper, value added absorbed abroad (DVA_FIN in final exports, DVA_INT in
    intermediates that the importer uses up, DVA_INTrex in those it exports to third countries),
    returned home (RDV_FIN in final, RDV_INT in intermediate imports), pure double counting of
    domestic content (DDC), foreign value added in final and intermediate exports (FVA_FIN, FVA_INT)
    and pure double counting of foreign content (FDC)::

        V_s B_ss Y_s*  +  V_s Σ_{r≠s} B_sr Y_rr  +  V_s Σ_{r≠s} Σ_{t≠s,r} B_sr Y_rt
        + V_s Σ_{r≠s} B_sr Y_rs  +  V_s (B_ss - L_ss) Y_ss  +  V_s (B_ss - L_ss) E_s*
        + Σ_{t≠s} V_t B_ts Σ_{r≠s} {Y_sr  +  A_sr L_rr Y_rr  +  A_sr L_rr E_r*},

    where ``Σ_{r≠s} B_sr A_rs L_ss = B_ss - L_ss``. One factorization and G solves give everything.

    Parameters
    ----------
    table : IOTable
        A balanced table.

    Returns
    -------
    pandas.DataFrame
        By exporter, shape (G, 9), in the table's unit; rows add up to gross exports.

    Raises
    ------
    TableError
        When the table is out of balance or a sector has inputs without output.
    SingularTableError
        When ``I - A`` is singular.

    References
    ----------
    Koopman, R., Wang, Z. and Wei, S.-J. (2014), Tracing Value-Added and Double Counting in Gross
    Exports, American Economic Review 104, equation 36.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.read_table("reconstruction")
    >>> terms = gvc.kww(table)
    >>> bool(np.allclose(terms.sum(axis=1), table.exports.groupby("country", sort=False).sum()))
    True
    """
    leontief, membership = table.leontief, table.membership
    share, exports = leontief.value_added_share, table.exports.to_numpy()
    content = leontief.content(share[:, None] * membership)
    own, local = (content * membership).sum(axis=1), leontief.domestic_content(share)
    foreign, abroad = content.sum(axis=1) - own, np.where(membership, 0.0, content)
    home, final = table.home_demand.to_numpy(), table.final_exports.to_numpy()
    used_up = leontief.exported_inputs(leontief.domestic_requirements(home))
    reaching_home, used_abroad = (abroad * table.Y).sum(axis=0), abroad.T @ home
    terms = {
        "DVA_FIN": membership.T @ (own * final),
        "DVA_INT": used_abroad,
        "DVA_INTrex": abroad.T @ (home + final) - used_abroad - reaching_home,
        "RDV_FIN": reaching_home,
        "RDV_INT": membership.T @ ((own - local) * home),
        "DDC": membership.T @ ((own - local) * exports),
        "FVA_FIN": membership.T @ (foreign * final),
        "FVA_INT": membership.T @ (foreign * used_up),
        "FDC": membership.T @ (foreign * (exports - final - used_up)),
    }
    return pd.DataFrame(terms, pd.Index(table.countries, name="exporter"))


def wwz(table: IOTable) -> pd.DataFrame:
    """Split every bilateral export of every sector into the sixteen terms of Wang, Wei and Zhu.

    Terms of domestic value added absorbed abroad and returned home, and of double counting::

        DVA_FIN       (V_s B_ss)' # Y_sr
        DVA_INT       (V_s L_ss)' # A_sr B_rr Y_rr
        DVA_INTrexI1  (V_s L_ss)' # A_sr Σ_{t≠s,r} B_rt Y_tt
        DVA_INTrexF   (V_s L_ss)' # A_sr B_rr Σ_{t≠s,r} Y_rt
        DVA_INTrexI2  (V_s L_ss)' # A_sr Σ_{t≠s,r} B_rt Σ_{u≠s,t} Y_tu
        RDV_FIN       (V_s L_ss)' # A_sr B_rr Y_rs
        RDV_FIN2      (V_s L_ss)' # A_sr Σ_{t≠s,r} B_rt Y_ts
        RDV_INT       (V_s L_ss)' # A_sr B_rs Y_ss
        DDC_FIN       (V_s L_ss)' # A_sr B_rs Σ_{t≠s} Y_st
        DDC_INT       (V_s B_ss - V_s L_ss)' # A_sr X_r

    and of the importer's (M) and other countries' (O) value added in final exports (FIN), in
    intermediates that the importer uses up (INT) and double counted (DC)::

        MVA_FIN  (V_r B_rs)' # Y_sr            OVA_FIN  (Σ_{t≠s,r} V_t B_ts)' # Y_sr
        MVA_INT  (V_r B_rs)' # A_sr L_rr Y_rr  OVA_INT  (Σ_{t≠s,r} V_t B_ts)' # A_sr L_rr Y_rr
        MDC      (V_r B_rs)' # A_sr L_rr E_r*  ODC      (Σ_{t≠s,r} V_t B_ts)' # A_sr L_rr E_r*

    Parameters
    ----------
    table : IOTable
        A balanced table.

    Returns
    -------
    pandas.DataFrame
        By exporter, sector and importer, shape (GN (G - 1), 16), in the table's unit; rows add up to
        the bilateral exports of the sector.

    Raises
    ------
    TableError, SingularTableError
        As :func:`kww`.

    References
    ----------
    Wang, Z., Wei, S.-J. and Zhu, K. (2013), Quantifying International Production Sharing at the
    Bilateral and Sector Levels, NBER Working Paper 19677.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> terms = gvc.wwz(gvc.read_table("reconstruction"))
    >>> terms.loc[("BLR", slice(None), "RUS")].filter(like="DVA").to_numpy().sum() > 0
    np.True_
    """
    return by_rows(table, _sixteen_terms(table), "sector-bilateral")


def hummels(table: IOTable) -> pd.Series[float]:
    """Imported content of exports as a country's own table shows it: ``VS_s = u A^M_s L_ss E_s*``.

    ``A^M_s``, the imported inputs per unit of output, and ``L_ss`` are all in the national table. It
    takes every import as foreign: the country's own value added that comes back in imports counts as
    foreign, so that VS is foreign content plus domestic double counting.

    Parameters
    ----------
    table : IOTable
        A balanced table.

    Returns
    -------
    pandas.Series
        By exporter, in the table's unit.

    Raises
    ------
    TableError, SingularTableError
        As :func:`kww`, the latter for a country's own ``I - A_ss``.

    References
    ----------
    Hummels, D., Ishii, J. and Yi, K.-M. (2001), The nature and growth of vertical specialization in
    world trade, Journal of International Economics 54, 75-96.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.read_table("reconstruction")
    >>> shares = 100 * gvc.hummels(table) / table.exports.groupby("country", sort=False).sum()
    >>> bool((shares >= gvc.vertical_specialization(table).vs).all())
    True
    """
    leontief = table.leontief
    imported = leontief.domestic_content(leontief.imported_content(np.ones(len(table.index))))
    by_country = table.membership.T @ (imported * table.exports.to_numpy())
    return pd.Series(by_country, pd.Index(table.countries, name="exporter"), name="VS")


def aggregates(terms: pd.DataFrame) -> pd.DataFrame:
    """Add up the terms of any of the decompositions to the same nine quantities.

    ``exports = DC + FC``: domestic content ``DC = DVA + DDC``, foreign content ``FC = FVA + FDC``, and
    domestic value added ``DVA = VAX + REF`` is absorbed abroad or returns home (reflection). By country,
    DVA, VAX, REF and DDC agree between the decompositions while FVA and FDC do not.

    Parameters
    ----------
    terms : pandas.DataFrame
        What :func:`kww`, :func:`wwz` or :func:`borin_mancini` return, or sums of their rows.

    Returns
    -------
    pandas.DataFrame
        Columns exports, DC, DVA, VAX, REF, DDC, FC, FVA, FDC; rows as of `terms`.

    Raises
    ------
    ValueError
        When a column is no term of these decompositions.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.read_table("reconstruction")
    >>> nine, twelve = gvc.aggregates(gvc.kww(table)), gvc.aggregates(gvc.borin_mancini(table))
    >>> bool((nine["FDC"] > twelve["FDC"]).all())
    True
    """
    known = {name for names in AGGREGATES.values() for name in names}
    for column in terms.columns:
        if column not in known:
            raise ValueError(f"column '{column}' is no term of kww, wwz or borin_mancini")
    VAX, REF, DDC, FVA, FDC = (
        terms[terms.columns.intersection(names)].sum(axis=1) for names in AGGREGATES.values()
    )
    DVA = VAX + REF
    columns = [DVA + DDC + FVA + FDC, DVA + DDC, DVA, VAX, REF, DDC, FVA + FDC, FVA, FDC]
    return pd.concat(columns, axis=1, keys=["exports", "DC", "DVA", "VAX", "REF", "DDC", "FC", "FVA", "FDC"])


def _sixteen_terms(table: IOTable) -> Iterator[tuple[str, Array]]:
    """The terms of :func:`wwz` one after the other, shape (GN, G) each, zero at home."""
    leontief, membership = table.leontief, table.membership
    share, blocks = leontief.value_added_share[:, None], leontief.own_blocks
    home, final = table.home_demand.to_numpy()[:, None], table.final_exports.to_numpy()[:, None]
    content = leontief.content(share * membership)
    own, local = (content * membership).sum(axis=1, keepdims=True), leontief.domestic_content(share)
    # Output by the country r that makes it and what it is for: for final demand of s (B_r· Y_·s), for
    # what s sells to final users at home (B_rs Y_ss) and abroad (B_rs Σ Y_st), and of r for s (B_rr Y_rs).
    demanded = leontief.requirements(table.Y)
    at_home, exported = leontief.requirements(home * membership), leontief.requirements(final * membership)
    directly = np.concatenate(
        [block @ table.Y[rows] for block, rows in zip(blocks, table.blocks, strict=True)]
    )
    own_home, own_final, all_home, all_final, used_up = leontief.exported_inputs_by_buyer(
        (at_home * membership).sum(axis=1),
        (exported * membership).sum(axis=1),
        at_home.sum(axis=1),
        exported.sum(axis=1),
        leontief.domestic_requirements(table.home_demand.to_numpy()),
    )
    back, exporters_home, exporters_final, direct = leontief.exported_inputs_by_exporter(
        demanded, at_home, exported, directly, by_buyer=True
    )
    del demanded, at_home, exported, directly
    via_third = back - exporters_home - direct
    Y, intermediates = (np.where(membership, 0.0, sales) for sales in (table.Y, table.intermediate_sales))
    yield "DVA_FIN", own * Y
    yield "DVA_INT", local * own_home
    yield "DVA_INTrexI1", local * (all_home - exporters_home - own_home)
    yield "DVA_INTrexF", local * (own_final - direct)
    yield "DVA_INTrexI2", local * (all_final - exporters_final - own_final - via_third)
    yield "RDV_FIN", local * direct
    yield "RDV_FIN2", local * via_third
    yield "RDV_INT", local * exporters_home
    yield "DDC_FIN", local * exporters_final
    yield "DDC_INT", (own - local) * intermediates
    others = content.sum(axis=1, keepdims=True) - own - content
    for origin, weight in (("M", content), ("O", others)):
        yield f"{origin}VA_FIN", weight * Y
        yield f"{origin}VA_INT", weight * used_up
        yield f"{origin}DC", weight * (intermediates - used_up)
