"""Structural decomposition: why value added changed between two years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from gvc_helpers._typing import Array
from gvc_helpers.tables.io_table import IOTable, TableError
from gvc_helpers.tables.leontief import Leontief

EFFECTS = ["intensity", "technology", "trade", "demand_structure", "level"]


def structural_decomposition(earlier: IOTable, later: IOTable) -> pd.DataFrame:
    """Split the change of value added of every (country, sector) by what changed.

    Value added is ``v∘x`` with ``x = (I - A)⁻¹ Y 1``. With ``p`` a product (a sector label, whatever its
    country), the coefficients are ``A[(c, p), j] = S[(c, p), j] H[p, j]`` and final demand is
    ``Y[(c, p), k] = T[(c, p), k] D[p, k] L[k]``. Five factors change:

    - ``intensity``: ``v``, value added per unit of output;
    - ``technology``: ``H``, inputs of each product per unit of output;
    - ``trade``: ``S`` and ``T``, the countries that each product comes from, by user;
    - ``demand_structure``: ``D``, the products in each country's final demand;
    - ``level``: ``L``, each country's total final demand.

    They change one after the other in this order, and once more in reverse order; an effect is the mean of
    the two. Rows add up exactly to the change of value added (output minus inputs). Over the whole world
    trade and demand structure add up to zero, as do intensity and technology together: what one gains by
    them, another loses. Levels add up to the change of final demand.

    Where something is not defined in one year, the other year's is taken, so that its change has no effect of
    its own: the shares ``S`` or ``T`` of a product that a user does not use at all (taking it up counts as
    technology or demand structure), and ``v``, ``H`` and ``S`` of a sector without output (its start counts
    with the demand for it). Where inventories give a product's sales to a user different signs, shares are
    taken from the sizes of the sales; the rest, which adds up to zero over the countries, goes with trade.

    Two factorizations beside those of the tables, and one more for each table in which a sector without
    output has output in the other.

    Parameters
    ----------
    earlier, later : IOTable
        Balanced tables of two years with the same rows in the same order and the same unit, GN rows.

    Returns
    -------
    pandas.DataFrame
        Shape (GN, 5), in the table's unit: the effects in the order above.

    Raises
    ------
    TableError
        When rows or units differ, the final demand of a country adds up to zero without being zero, a table
        is out of balance or a sector has inputs without output.
    SingularTableError
        When a system, of a table or mixed of both, is singular.

    Notes
    -----
    In tables at current prices every factor holds price changes too, and the level of final demand all
    inflation; tables at constant prices separate them. As ``v = 1 - 1'A``, intensity and technology cannot
    change quite independently of each other (Dietzenbacher and Los 2000).

    References
    ----------
    Dietzenbacher, E. and Los, B. (1998), Structural Decomposition Techniques: Sense and Sensitivity,
    Economic Systems Research 10, for the mean of the two polar forms. Oosterhaven, J. and van der Linden,
    J. A. (1997), European Technology, Trade and Income Changes for 1975-85: An Intercountry Input-Output
    Decomposition, Economic Systems Research 9, for trade coefficients. Dietzenbacher, E. and Los, B.
    (2000), Structural Decomposition Analyses with Dependent Determinants, Economic Systems Research 12.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> earlier = gvc.IOTable([[20, 10], [5, 40]], [[60, 10], [15, 40]], ["AAA", "BBB"], ["All"])
    >>> later = gvc.IOTable([[20, 20], [5, 40]], [[60, 10], [15, 60]], ["AAA", "BBB"], ["All"])
    >>> effects = gvc.structural_decomposition(earlier, later)
    >>> effects["level"].round(2).tolist()
    [6.58, 13.42]
    >>> effects.sum(axis=1).round(9).tolist()
    [10.0, 10.0]
    """
    _refuse_different(earlier, later)
    products = _product_rows(earlier)
    a, b = _Year.of(earlier, later), _Year.of(later, earlier)
    # Trade of the year in the name, technology or demand structure of the other.
    demand_a = _with_totals(a.demand, b.demand, products)
    demand_b = _with_totals(b.demand, a.demand, products)
    output_a = a.mixed_with(b, products).requirements(a.demand @ a.level)
    output_b = b.mixed_with(a, products).requirements(b.demand @ b.level)
    forward = [
        a.share * a.output,
        b.share * a.output,
        b.share * output_a,
        b.share * b.system.requirements(demand_b @ a.level),
        b.share * b.system.requirements(b.demand @ a.level),
        b.share * b.output,
    ]
    backward = [
        b.share * b.output,
        a.share * b.output,
        a.share * output_b,
        a.share * a.system.requirements(demand_a @ b.level),
        a.share * a.system.requirements(a.demand @ b.level),
        a.share * a.output,
    ]
    effects = (np.diff(forward, axis=0) - np.diff(backward, axis=0)) / 2.0
    return pd.DataFrame(effects.T, earlier.index, EFFECTS)


@dataclass(frozen=True)
class _Year:
    """Factors of one year; what is undefined there is as in the other year."""

    share: Array
    coefficients: Array
    demand: Array
    level: Array
    output: Array
    system: Leontief

    @classmethod
    def of(cls, table: IOTable, other: IOTable) -> _Year:
        output, size = table.output.to_numpy(), np.abs(table.Y).sum(axis=0)
        idle = (output == 0) & (other.output.to_numpy() > 0)
        level = table.Y.sum(axis=0)
        vanishing = (size > 0) & (np.abs(level) <= 1e-9 * size)
        if vanishing.any():
            country = table.countries[int(vanishing.argmax())]
            raise TableError(
                f"the final demand of {country} adds up to zero, what it buys being equal to its run-down "
                "inventories; without a total it has no structure"
            )
        coefficients = _coefficients(table)
        coefficients[:, idle] = _coefficients(other, idle)
        share = np.where(idle, other.leontief.value_added_share, table.leontief.value_added_share)
        return cls(
            share,
            coefficients,
            np.where(size > 0, _per_unit(table.Y, level), _per_unit(other.Y, other.Y.sum(axis=0))),
            level,
            output,
            _system(coefficients, table.blocks) if idle.any() else table.leontief,
        )

    def mixed_with(self, other: _Year, products: Sequence[npt.NDArray[np.intp]]) -> Leontief:
        """Trade of this year, technology of the other."""
        return _system(_with_totals(self.coefficients, other.coefficients, products), self.system.blocks)


def _coefficients(table: IOTable, columns: npt.NDArray[np.bool_] | slice = slice(None)) -> Array:
    coefficients: Array = table.Z[:, columns] * table.leontief.per_output[columns]
    return coefficients


def _per_unit(flows: Array, totals: Array) -> Array:
    """Divide every column by its total; a column without a total becomes zero."""
    shares: Array = flows / np.where(totals == 0, np.inf, totals)
    return shares


def _system(coefficients: Array, blocks: Sequence[slice]) -> Leontief:
    return Leontief(coefficients, np.ones(len(coefficients)), coefficients.sum(axis=0), blocks)


def _with_totals(own: Array, other: Array, products: Sequence[npt.NDArray[np.intp]]) -> Array:
    """Give `own` flows the product totals of `other` ones, spread over countries by their own shares.

    With shares ``S`` and totals ``H`` this is ``S H' + (F - S H)``. The bracket is zero unless flows ``F`` of
    a product to one user have different signs.
    """
    mixed = np.empty_like(own)
    for rows in products:
        flows, others = own[rows], other[rows]
        size = np.abs(flows)
        size = np.where(size.sum(axis=0) > 0, size, np.abs(others))
        mixed[rows] = flows + _per_unit(size, size.sum(axis=0)) * (others.sum(axis=0) - flows.sum(axis=0))
    return mixed


def _product_rows(table: IOTable) -> list[npt.NDArray[np.intp]]:
    sectors = table.index.get_level_values("sector")
    return [np.flatnonzero(sectors == sector) for sector in table.sectors]


def _refuse_different(earlier: IOTable, later: IOTable) -> None:
    for name, rows, others in (
        ("earlier", earlier.index, later.index),
        ("later", later.index, earlier.index),
    ):
        only = rows[~rows.isin(others)]
        if len(only):
            raise TableError(
                f"row {' / '.join(only[0])} is only in the {name} table, with {len(only) - 1} more; "
                "both tables must have the same rows"
            )
    if not earlier.index.equals(later.index):
        place = int(np.argmax(earlier.index != later.index))
        raise TableError(
            f"row {place + 1} is {' / '.join(earlier.index[place])} in the earlier table and "
            f"{' / '.join(later.index[place])} in the later; both must have the same order"
        )
    if earlier.unit != later.unit:
        raise TableError(
            f"the earlier table is in {earlier.unit!r}, the later in {later.unit!r}; "
            "both must have the same unit"
        )
