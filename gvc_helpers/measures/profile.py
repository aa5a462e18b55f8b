"""The exports of a country, or of a bloc, in all measures side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from gvc_helpers.measures.borin_mancini import borin_mancini
from gvc_helpers.measures.decomposition import aggregates, hummels, kww
from gvc_helpers.measures.participation import trade_participation
from gvc_helpers.measures.position import downstreamness, upstreamness
from gvc_helpers.measures.vertical_specialization import vertical_specialization
from gvc_helpers.tables.io_table import IOTable

PARTS = ["VAX", "REF", "DDC", "FVA", "FDC"]
"""Parts of gross exports by Borin and Mancini."""
NINE_TERMS = ["VAX", "REF", "DDC", "FVA_kww", "FDC_kww"]
"""The same parts by Koopman, Wang and Wei."""
SIDES = ["VS_national", "VS", "FVA", "FVA_kww"]
"""Foreign value added with double counting and without."""
KINDS = ["pure_backward", "two_sided", "pure_forward"]
"""Kinds of trade in value chains."""
PLACE = ["position", "upstreamness", "downstreamness"]
"""Where in the chain a country stands."""
DETERMINED, NARROW = 0.01, 0.1
"""Widths of a range, in relation to the value, up to which a measure is determined or its range narrow."""


def profile(
    table: IOTable, countries: Sequence[str], members: Sequence[str], names: tuple[str, str]
) -> pd.DataFrame:
    """Measure the exports of countries and of a bloc in all ways that this package knows.

    The bloc comes twice: its members' exports added up, trade with one another included, and as one
    exporter whose inner trade is netted out (:meth:`gvc_helpers.IOTable.unite`).

    Parameters
    ----------
    table : IOTable
        A balanced table.
    countries : sequence of str
        Countries to show.
    members : sequence of str
        Members of the bloc.
    names : tuple of str
        Names of the two rows for the bloc.

    Returns
    -------
    pandas.DataFrame
        By country. In % of gross exports: the `PARTS` of Borin and Mancini, ``FVA_kww`` and
        ``FDC_kww`` of Koopman, Wang and Wei, ``VS``, ``VS_national`` from the national table alone,
        the `KINDS` of trade in value chains and ``VS1``. Without unit: ``position``. In stages, as means
        weighted by output: ``upstreamness`` and ``downstreamness``.

    Raises
    ------
    TableError, SingularTableError
        As :func:`gvc_helpers.kww`, or as :meth:`gvc_helpers.IOTable.unite`.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.read_table("reconstruction")
    >>> rows = gvc.profile(table, ["RUS"], ["BLR", "RUS"], ("members", "union"))
    >>> rows[["VAX", "REF", "DDC", "FVA", "FDC"]].sum(axis=1).round(6).to_dict()
    {'RUS': 100.0, 'members': 100.0, 'union': 100.0}
    """
    table.require_countries(countries)
    levels, union = _levels(table), _levels(table.unite(names[1], members))
    added = levels.loc[list(members)].sum().to_frame(names[0]).T
    rows = pd.concat([levels.loc[list(countries)], added, union.loc[[names[1]]]])
    shares = 100 * rows.drop(columns=["exports", "output", *PLACE[1:]]).div(_known(rows["exports"]), axis=0)
    stages = rows[PLACE[1:]].div(_known(rows["output"]), axis=0)
    position = np.log1p(shares["VS1"] / 100) - np.log1p(shares["VS"] / 100)
    return shares.assign(position=position).join(stages).rename_axis("country")


def determinacy(rows: pd.DataFrame, low: pd.DataFrame, high: pd.DataFrame) -> pd.DataFrame:
    """Say of each measure how far the tables that fit the same printed figures agree on it.

    Parameters
    ----------
    rows : pandas.DataFrame
        Measures as columns, as of :func:`profile`.
    low, high : pandas.DataFrame
        Smallest and largest values over the tables, of the same shape.

    Returns
    -------
    pandas.DataFrame
        By ``measure``: the widest range over the rows (in the measure's unit), ``country`` where it is,
        the value there, and a ``verdict``: ``determined`` (no range wider than `DETERMINED` of the value),
        ``narrow`` (none wider than `NARROW` of it) or ``open``.

    Examples
    --------
    >>> import pandas as pd
    >>> value = pd.DataFrame({"VS": [30.0], "FVA": [20.0]}, index=["BLR"])
    >>> determinacy(value, value - [0.001, 4], value + [0.001, 5])["verdict"].to_dict()
    {'VS': 'determined', 'FVA': 'open'}
    """
    width = (high - low).dropna(how="all")
    relative = width.div(rows.abs().where(rows != 0)).max()
    widest = width.max()
    where = width.idxmax()
    verdict = np.select([relative <= DETERMINED, relative <= NARROW], ["determined", "narrow"], "open")
    value = [rows.loc[country, measure] for measure, country in where.items()]
    frame = pd.DataFrame({"widest": widest, "country": where, "value": value, "verdict": verdict})
    return frame.rename_axis("measure")


def _levels(table: IOTable) -> pd.DataFrame:
    """All measures by country in the table's unit, so that they can be added up."""
    by_country = table.output.groupby(level="country", sort=False).sum()
    twelve, nine = aggregates(borin_mancini(table)), aggregates(kww(table))
    flows = vertical_specialization(table).flows
    own = pd.Series(np.diag(flows), flows.index)
    stages = pd.DataFrame({"upstreamness": upstreamness(table), "downstreamness": downstreamness(table)})
    of_output = stages.mul(table.output, axis=0).groupby(level="country", sort=False).sum()
    levels = {
        **{part: twelve[part] for part in PARTS},
        **{f"{part}_kww": nine[part] for part in ("FVA", "FDC")},
        "VS": twelve["FC"],
        "VS_national": hummels(table),
        **trade_participation(table)[KINDS],
        "VS1": flows.sum(axis=1) - own,
        "exports": twelve["exports"],
        "output": by_country,
        **of_output,
    }
    return pd.DataFrame(levels)


def _known(total: pd.Series[float]) -> pd.Series[float]:
    return total.where(total > 0)
