"""Position in the chain: how many stages lie before and after a sector."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gvc_helpers._typing import Array
from gvc_helpers.errors import require
from gvc_helpers.measures.participation import Linkage
from gvc_helpers.tables.io_table import IOTable


def upstreamness(table: IOTable) -> pd.Series[float]:
    """Average number of stages from a sector's output to final use: ``(B x)_i / x_i``.

    ``x = y + Ay + A²y + ...`` counts output sold to final users, to those who sell to final users and
    so on; with stages as weights, ``y + 2Ay + 3A²y + ... = B x``. All inputs count, domestic and
    imported. A sector that sells to final users only has 1. Changes in inventories count as final
    use; the correction of Antràs et al. for them is not made.

    Parameters
    ----------
    table : IOTable
        A balanced table.

    Returns
    -------
    pandas.Series
        By (country, sector), in stages; missing for a sector without output.

    Raises
    ------
    TableError, SingularTableError
        As :func:`gvc_helpers.kww`.

    References
    ----------
    Antràs, P., Chor, D., Fally, T. and Hillberry, R. (2012), Measuring the Upstreamness of Production
    and Trade Flows, American Economic Review 102(3), 412-416. Antràs, P. and Chor, D. (2018), On the
    Measurement of Upstreamness and Downstreamness in Global Value Chains.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.IOTable([[0, 50], [0, 0]], [[50, 0], [0, 100]], ["A", "B"], ["All"])
    >>> gvc.upstreamness(table).tolist()
    [1.5, 1.0]
    """
    output = table.output
    stages = table.leontief.requirements(output.to_numpy())
    return (stages / output.where(output > 0)).rename("upstreamness")


def downstreamness(table: IOTable) -> pd.Series[float]:
    """Average number of stages that a sector's value has been through: column sums of ``B``.

    ``v + 2vA + 3vA² + ... = v B B = 1'B``. All inputs count, domestic and imported. A sector that
    uses no inputs has 1.

    Parameters
    ----------
    table : IOTable
        A balanced table.

    Returns
    -------
    pandas.Series
        By (country, sector), in stages; missing for a sector without output.

    Raises
    ------
    TableError, SingularTableError
        As :func:`gvc_helpers.kww`.

    References
    ----------
    Antràs and Chor (2018), as for :func:`upstreamness`; Fally, T. (2012), Production Staging:
    Measurement and Facts.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.IOTable([[0, 50], [0, 0]], [[50, 0], [0, 100]], ["A", "B"], ["All"])
    >>> gvc.downstreamness(table).tolist()
    [1.0, 1.5]
    """
    stages = pd.Series(table.leontief.content(np.ones(len(table.index))), table.index)
    return stages.where(table.output > 0).rename("downstreamness")


def production_length(table: IOTable, linkage: Linkage = "forward") -> pd.DataFrame:
    """Average production length of each kind of production: output that a unit of value added induces.

    For the parts of :func:`gvc_helpers.production_participation`::

        domestic     v̂LLŶ_D over v̂LŶ_D            traditional  v̂LLŶ_F over v̂LŶ_F
        gvc          v̂LLA_F BŶ + v̂LA_F BBŶ over v̂LA_F BŶ
        total        v̂BBŶ over v̂BŶ

    by row sums (forward) or column sums (backward). The total is upstreamness forward and
    downstreamness backward.

    Parameters
    ----------
    table : IOTable
        A balanced table.
    linkage : {"forward", "backward"}
        From value added to final use, or from final output to value added.

    Returns
    -------
    pandas.DataFrame
        By (country, sector): domestic, traditional, gvc, total, in stages; missing where there is no
        such production, or less than none, as where inventories are run down by more than is sold.

    Raises
    ------
    ValueError
        When `linkage` is none of those listed.
    TableError, SingularTableError
        As :func:`gvc_helpers.kww`.

    References
    ----------
    Wang, Z., Wei, S.-J., Yu, X. and Zhu, K. (2017), Characterizing Global Value Chains: Production
    Length and Upstreamness, NBER Working Paper 23261.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.read_table("reconstruction")
    >>> lengths = gvc.production_length(table)
    >>> bool(np.allclose(lengths["total"], gvc.upstreamness(table)))
    True
    """
    require("linkage", linkage, Linkage)
    ratios = _forward_lengths(table) if linkage == "forward" else _backward_lengths(table)
    names = ["domestic", "traditional", "gvc", "total"]
    return pd.DataFrame(
        {
            name: np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0)
            for name, (above, below) in zip(names, ratios, strict=True)
        },
        table.index,
    )


def _forward_lengths(table: IOTable) -> list[tuple[Array, Array]]:
    """Numerators and denominators by row."""
    leontief = table.leontief
    home, final = table.home_demand.to_numpy(), table.final_exports.to_numpy()
    local, output = leontief.domestic_requirements, table.output.to_numpy()
    induced = leontief.requirements(output)
    inputs = leontief.exported_inputs(np.column_stack([output, induced]))
    traded, longer = local(inputs).T
    stages = [
        (local(local(home)), local(home)),
        (local(local(final)), local(final)),
        (local(traded) + longer, traded),
        (induced, output),
    ]
    return [
        (leontief.value_added_share * above, leontief.value_added_share * below) for above, below in stages
    ]


def _backward_lengths(table: IOTable) -> list[tuple[Array, Array]]:
    """Numerators and denominators by column."""
    leontief = table.leontief
    home, final = table.home_demand.to_numpy(), table.final_exports.to_numpy()
    local = leontief.domestic_content(leontief.value_added_share)
    longer = leontief.domestic_content(local)
    imported = 1.0 - local
    traded, total = leontief.content(
        np.column_stack([leontief.imported_content(longer) + imported, np.ones(len(local))])
    ).T
    return [
        (longer * home, local * home),
        (longer * final, local * final),
        (traded * (home + final), imported * (home + final)),
        (total * (home + final), home + final),
    ]
