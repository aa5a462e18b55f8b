"""Value added in exports by the border at which a second crossing is double counting.

Symbols are those of :mod:`gvc_helpers.measures.decomposition`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from gvc_helpers._typing import Array
from gvc_helpers.errors import require
from gvc_helpers.measures.decomposition import AGGREGATES, aggregates
from gvc_helpers.measures.rows import Rows, by_rows
from gvc_helpers.tables.io_table import IOTable

Approach = Literal["source", "sink"]
"""Whether value added counts when it first leaves the perimeter or when it last does."""
Perspective = Literal["exporter", "self", "world"]
"""The border at which a second crossing is double counting: the exporter's, the flow's own, any."""


def borin_mancini(
    table: IOTable,
    approach: Approach = "source",
    by: Rows = "country",
    perspective: Perspective = "exporter",
) -> pd.DataFrame:
    """Split gross exports into value added and double counting as Borin and Mancini do.

    What crosses the same border twice is counted once as value added. The perspective says which
    border: that of the exporter, that of the single flow (the row itself), or any in the world. The
    approach says when it is counted: the first time (source) or the last time (sink).

    From the exporter's perspective there are twelve terms. Of domestic value added, absorbed abroad:
    VAX1 in final exports, VAX2 in intermediates that the importer itself uses up, VAX3 in those that
    it turns into final exports to third countries, VAX4 further down the chain; returned home: REF1 in
    final products of the importer, REF2 otherwise. DDC is domestic content counted before. FVA1 to
    FVA4 and FDC are the same of foreign content, whose return to the exporter is in FVA3 and FVA4.
    With weights ``w`` for domestic and ``f`` for foreign value added::

        VAX1 = w # Y_sr   VAX2 = w # A_sr L_rr Y_rr   VAX3 = w # A_sr L_rr Σ_{t≠s,r} Y_rt
        REF1 = w # A_sr L_rr Y_rs

        source   w = V_s L_ss, f = Σ_{t≠s} V_t B̸_ts; DDC = (V_s B_ss - w) # E_sr;
                 FDC = (Σ_{t≠s} V_t B_ts - f) # E_sr; final use traced by B
        sink     w = V_s B_ss, f = Σ_{t≠s} V_t B_ts; DDC = w # A_sr B̸_rs E_s*;
                 FDC = f # A_sr B̸_rs E_s*; final use traced by B̸

    ``B̸`` is the Leontief inverse without the intermediate exports of s; its column s is
    ``B_·s B_ss⁻¹ L_ss``, so the diagonal blocks of `B` are all that is needed beyond solves.

    Rows by sector and by importer add up to those by country. With ``perspective="self"`` they do
    not: what leaves the country once in each of two flows is value added of both. There, and with
    ``perspective="world"``, the five terms are VAX, REF, DDC, FVA and FDC.

    Parameters
    ----------
    table : IOTable
        A balanced table.
    approach : {"source", "sink"}
        The first or the last crossing counts. At a flow's own border both give the same.
    by : {"country", "sector", "bilateral", "sector-bilateral"}
        Rows of the result: exporters, by sector, by importer, or by sector and importer.
    perspective : {"exporter", "self", "world"}
        The border that is crossed; "self" by country is "exporter", "world" is by country only.

    Returns
    -------
    pandas.DataFrame
        Terms as columns, in the table's unit; rows add up to the exports of the flow.

    Raises
    ------
    ValueError
        When an argument is none of those listed, or "world" is asked for by anything but country.
    TableError, SingularTableError
        As :func:`kww`.

    References
    ----------
    Borin, A. and Mancini, M. (2019), Measuring What Matters in Global Value Chains and Value-Added
    Trade, World Bank Policy Research Working Paper 8804; (2023), Measuring what matters in value-added
    trade, Economic Systems Research 35, 586-613.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.read_table("reconstruction")
    >>> source, sink = gvc.borin_mancini(table), gvc.borin_mancini(table, "sink")
    >>> bool(np.allclose(gvc.aggregates(source), gvc.aggregates(sink)))
    True
    """
    require("approach", approach, Approach)
    require("by", by, Rows)
    require("perspective", perspective, Perspective)
    if perspective == "world" and by != "country":
        raise ValueError(f"by '{by}' is not allowed with perspective 'world'; allowed: country")
    if perspective == "world":
        return _world(table, approach)
    flows = _Flows.of(table, by, approach if perspective == "exporter" else "source")
    if perspective == "self" and by != "country":
        domestic, foreign = _first_crossing(table, by)
        return by_rows(table, flows.parts(domestic, foreign).items(), by)
    terms = by_rows(table, flows.terms(approach).items(), by)
    return terms if perspective == "exporter" else aggregates(terms)[list(AGGREGATES)]


def miroudot_ye(table: IOTable, by: Rows = "country") -> pd.DataFrame:
    """Split exports into what would vanish without the flow, and the double counting in it.

    A flow of exports is extracted from the table: DVA and FVA are the domestic and the foreign value
    added that its products hold when they cross its border for the first time, ``V_s B̸_ss e`` and
    ``Σ_{t≠s} V_t B̸_ts e``, with ``B̸`` the Leontief inverse of the table without the intermediate
    part of the flow; DDC and FDC are ``V (B - B̸) e``. Borin and Mancini reach the same four terms at
    the flow's own border, and this function takes them from there.

    Parameters
    ----------
    table : IOTable
        A balanced table.
    by : {"country", "sector", "bilateral", "sector-bilateral"}
        The flows that are extracted one by one.

    Returns
    -------
    pandas.DataFrame
        Columns DVA, DDC, FVA, FDC, in the table's unit; rows add up to the exports of the flow.

    Raises
    ------
    ValueError, TableError, SingularTableError
        As :func:`borin_mancini`.

    References
    ----------
    Miroudot, S. and Ye, M. (2021), Decomposing value added in gross exports, Economic Systems
    Research 33. Los, B., Timmer, M. P. and de Vries, G. J. (2016), Tracing Value-Added and Double
    Counting in Gross Exports: Comment, American Economic Review 106, for DVA.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> gvc.miroudot_ye(gvc.read_table("reconstruction")).columns.tolist()
    ['DVA', 'DDC', 'FVA', 'FDC']
    """
    return aggregates(borin_mancini(table, by=by, perspective="self"))[["DVA", "DDC", "FVA", "FDC"]]


# What Borin and Mancini count -----------------------------------------------------------------------


@dataclass(frozen=True)
class _Flows:
    """Exports of every (country, sector) by what becomes of them, shape (GN, G) or (GN, 1).

    `exports` in all; `final`; `used_up` by the importer; `onward` as final exports of the importer to
    third countries, `back` to the exporter; `home` in all that the exporter finally absorbs; `again`
    exported once more by the exporter (sink only, else zero). `own`, `local`, `foreign` and `first`,
    shape (GN, 1), are ``V_s B_ss``, ``V_s L_ss``, ``Σ_{t≠s} V_t B_ts`` and ``Σ_{t≠s} V_t B̸_ts``.
    """

    exports: Array
    final: Array
    used_up: Array
    onward: Array
    back: Array
    home: Array
    again: Array
    own: Array
    local: Array
    foreign: Array
    first: Array

    @classmethod
    def of(cls, table: IOTable, by: Rows, approach: Approach) -> _Flows:
        leontief, by_buyer = table.leontief, "bilateral" in by
        towards = leontief.domestic_requirements(table.Y)
        specific = [towards, *_traced(table, towards, approach)]
        back, home, *again = leontief.exported_inputs_by_exporter(*specific, by_buyer=by_buyer)
        demand = np.column_stack([table.home_demand, table.final_exports])
        output = leontief.domestic_requirements(demand)
        if by_buyer:
            used_up, onward = leontief.exported_inputs_by_buyer(*output.T)
        else:
            used_up, onward = leontief.exported_inputs(output).T[:, :, None]
        share, blocks = leontief.value_added_share, leontief.own_blocks
        own = np.concatenate([share[rows] @ block for rows, block in zip(table.blocks, blocks, strict=True)])
        once = np.concatenate([np.linalg.solve(block.T, np.ones(len(block))) for block in blocks])
        return cls(
            exports=_over(table.exports_by_destination.to_numpy(), by_buyer),
            final=_over(table.Y * (1.0 - table.membership), by_buyer),
            used_up=used_up,
            onward=onward - back,
            back=back,
            home=home,
            again=again[0] if again else np.zeros_like(home),
            own=own[:, None],
            local=leontief.domestic_content(share)[:, None],
            foreign=1.0 - own[:, None],
            first=leontief.domestic_content(once - share)[:, None],
        )

    def terms(self, approach: Approach) -> dict[str, Array]:
        """The twelve terms from the exporter's perspective."""
        w, f = (self.local, self.first) if approach == "source" else (self.own, self.foreign)
        counted = self.exports - self.again
        near = self.final + self.used_up + self.onward
        return {
            "VAX1": w * self.final,
            "VAX2": w * self.used_up,
            "VAX3": w * self.onward,
            "VAX4": w * (counted - self.home - near),
            "REF1": w * self.back,
            "REF2": w * (self.home - self.back),
            "DDC": self.own * self.exports - w * counted,
            "FVA1": f * self.final,
            "FVA2": f * self.used_up,
            "FVA3": f * (self.onward + self.back),
            "FVA4": f * (counted - near - self.back),
            "FDC": self.foreign * self.exports - f * counted,
        }

    def parts(self, domestic: Array, foreign: Array) -> dict[str, Array]:
        """The five parts, where `domestic` and `foreign` value added count when first seen."""
        return {
            "VAX": domestic * (self.exports - self.home),
            "REF": domestic * self.home,
            "DDC": (self.own - domestic) * self.exports,
            "FVA": foreign * self.exports,
            "FDC": (self.foreign - foreign) * self.exports,
        }


def _traced(table: IOTable, towards: Array, approach: Approach) -> list[Array]:
    """Output that the final demand of each exporter s requires, and for the sink that for its exports.

    Shape (GN, G) each: ``B Y_·s`` (source), or ``B̸ Y_·s`` and ``B̸_·s E_s*`` (sink), for
    which it is enough to take off demand in country s what ``B`` would add there: with
    `towards` ``L_ss Y_ss``, ``B̸ Y_·s = B (Y_·s - B_ss⁻¹ ((B Y_·s)_s - L_ss Y_ss))``.
    """
    leontief = table.leontief
    reached = leontief.requirements(table.Y)
    if approach == "source":
        return [reached]
    stopped, exported = table.Y.copy(), np.zeros_like(reached)
    for_exports = leontief.domestic_requirements(table.exports.to_numpy())
    for s, (own, block) in enumerate(zip(table.blocks, leontief.own_blocks, strict=True)):
        stopped[own, s] -= np.linalg.solve(block, reached[own, s] - towards[own, s])
        exported[own, s] = np.linalg.solve(block, for_exports[own])
    return [leontief.requirements(stopped), leontief.requirements(exported)]


def _first_crossing(table: IOTable, by: Rows) -> tuple[Array, Array]:
    """Domestic and foreign value added in a unit of exports when it first crosses its flow's border.

    Without the flow's intermediates ``A_f`` the columns of `B` become ``B_·s (I + A_f B_·s)⁻¹``, which
    for a single sector is a division by a number.
    """
    leontief, by_buyer = table.leontief, "bilateral" in by
    domestic, foreign = np.empty((2, len(table.index), len(table.countries) if by_buyer else 1))
    for own, block in zip(table.blocks, leontief.own_blocks, strict=True):
        content = np.stack([leontief.value_added_share[own] @ block, np.ones(len(block))])
        content[1] -= content[0]
        if by == "sector":
            # 1 + what sales abroad bring back, which by B = I + A B is b_ii less what goes through home.
            A = table.Z[own, own] * leontief.per_output[own]
            crossing = np.diag(block) - np.einsum("ij,ji->i", A, block)
            domestic[own, 0], foreign[own, 0] = content / crossing
            continue
        units = np.zeros((len(table.index), len(block)))
        np.fill_diagonal(units[own], 1.0)
        per_unit = leontief.per_output[:, None] * leontief.requirements(units)
        if by == "sector-bilateral":
            starts = [buyer.start for buyer in table.blocks]
            crossing = 1.0 + np.add.reduceat(table.Z[own] * per_unit.T, starts, axis=1)
            domestic[own], foreign[own] = content[:, :, None] / crossing
            continue
        for r, buyer in enumerate(table.blocks):
            crossing = np.eye(len(block)) + table.Z[own, buyer] @ per_unit[buyer]
            domestic[own, r], foreign[own, r] = np.linalg.solve(crossing.T, content.T).T
    return domestic, foreign


def _world(table: IOTable, approach: Approach) -> pd.DataFrame:
    """The five parts by country where foreign value added counts once in all foreign exports.

    Source: what a country t delivers to s and s exports first, ``V_t L_tt A_ts L_ss E_s*``. Sink: what
    s exports as the last country other than t, in final products, in inputs that the importer uses up,
    or in inputs of t that t uses up or exports to where they are used up.
    """
    leontief, membership = table.leontief, table.membership
    share, exports = leontief.value_added_share, table.exports.to_numpy()
    domestic = aggregates(borin_mancini(table))
    if approach == "source":
        local = leontief.domestic_content(share)
        counted = exports * leontief.domestic_content(leontief.imported_content(local))
    else:
        content = leontief.content(share[:, None] * membership)
        home, final = table.home_demand.to_numpy(), table.final_exports.to_numpy()
        absorbed = leontief.domestic_requirements(home)
        last = final + leontief.exported_inputs(absorbed)
        (by_origin,) = leontief.exported_inputs_by_buyer(leontief.domestic_requirements(last))
        foreign = np.where(membership, 0.0, content)
        counted = foreign.sum(axis=1) * last + (foreign * by_origin).sum(axis=1)
    FVA = pd.Series(membership.T @ counted, domestic.index)
    return domestic.assign(FVA=FVA, FDC=domestic["FC"] - FVA)[list(AGGREGATES)]


def _over(values: Array, by_buyer: bool) -> Array:
    """Values by buyer (second axis) as they are, or added up."""
    return values if by_buyer else values.sum(axis=1, keepdims=True)
