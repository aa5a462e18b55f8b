"""Proportional adjustment: the flows nearest to given ones that meet given totals, signs and zeros kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_array

from gvc_helpers._typing import Array
from gvc_helpers.errors import GvcError

TOLERANCE = 1e-11
"""Largest deviation from a total, relative to the sum of the absolute amounts in it, that counts as met."""
ITERATIONS = 300
LONGEST_STEP = 3.0
"""Most that the logarithm of an amount moves in an iteration."""
FARTHEST = 100.0
"""Where the logarithm of an amount has moved farther in all, the totals are taken for impossible."""
RIDGE = 1e-12
"""Added to a diagonal of ones: totals may repeat one another."""


class AdjustmentError(GvcError):
    """No amounts of the given signs meet the totals, or none were found."""


@dataclass(frozen=True)
class Total:
    """What some cells must add up to: ``Σ a_i x_i = amount`` with every ``a_i`` one or minus one.

    Parameters
    ----------
    cells : numpy.ndarray of int
        Positions of the cells, each at most once.
    amount : float
        Their total.
    signs : numpy.ndarray, optional
        The ``a_i``; ones by default.
    """

    cells: npt.NDArray[np.intp]
    amount: float
    signs: Array | None = None


def adjust(prior: Array, totals: Sequence[Total]) -> Array:
    """Find the amounts nearest to `prior` that meet all totals, with the signs and zeros of `prior`.

    The generalized RAS method (GRAS), with totals of any sets of cells: of all ``x_i = z_i prior_i`` with
    ``z_i > 0`` that meet the totals it takes the one with the least ``Σ |prior_i| (z_i ln(z_i / e) + 1)``.
    Its ``z_i`` are products of one factor for each total that the cell is in, ``r_k`` where the cell raises
    the total and ``1 / r_k`` where it lowers it. The method is mostly described as meeting one total after
    the other, round and round, each by its :func:`factor`; here the logarithms of all factors are found
    together by Newton's method, to the same solution in few steps. Cells that are in the same totals share
    a ``z`` and are treated as one.

    Parameters
    ----------
    prior : numpy.ndarray
        Amounts, shape (n,).
    totals : sequence of Total
        In the unit of `prior`.

    Returns
    -------
    numpy.ndarray
        The adjusted amounts, shape (n,): `prior` itself, bit by bit, where it meets the totals already.

    Raises
    ------
    AdjustmentError
        When no amounts were found that meet the totals within `TOLERANCE`. :func:`contradiction` tells why.

    References
    ----------
    Junius, T. and Oosterhaven, J. (2003), The Solution of Updating or Regionalizing a Matrix with both
    Positive and Negative Entries, Economic Systems Research 15(1). Lenzen, M., Wood, R. and Gallego, B.
    (2007), Some Comments on the GRAS Method, Economic Systems Research 19(4). Lenzen, M., Gallego, B. and
    Wood, R. (2009), Matrix Balancing under Conflicting Information, Economic Systems Research 21(1), for
    totals of any sets of cells. Temurshoev, U., Miller, R. E. and Bouwmeester, M. C. (2013), A Note on the
    GRAS Method, Economic Systems Research 25(3), for cells of one sign.

    Examples
    --------
    >>> import numpy as np
    >>> from gvc_helpers.tables.gras import Total, adjust
    >>> adjust(np.array([3.0, 1.0, -2.0]), [Total(np.arange(3), 7.0)]).round(6).tolist()
    [6.0, 2.0, -1.0]
    """
    groups = _Groups.of(prior, totals)
    effects, targets, logs = groups.effects, groups.targets, np.zeros(len(totals))
    missed = np.inf
    for _ in range(ITERATIONS):
        current = groups.amounts * np.exp(effects.T @ logs)
        error = effects @ current - targets
        size = np.maximum(abs(effects) @ current, np.abs(targets))
        missed = float((np.abs(error) / np.where(size > 0, size, 1.0)).max(initial=0.0))
        if missed <= TOLERANCE:
            # The factor of a cell in no total is one.
            adjusted: Array = prior * np.append(np.exp(effects.T @ logs), 1.0)[groups.member]
            return adjusted
        logs = logs + _step(groups, current, error, logs)
        if np.abs(effects.T @ logs).max(initial=0.0) > FARTHEST:
            break
    raise AdjustmentError(
        f"no amounts were found that meet all totals; one is missed by {missed:.2g} of its size"
    )


def factor(positive: Array, negative: Array, total: Array) -> Array:
    """Return the ``r`` that makes ``r P - N / r = T``, with which GRAS meets one total.

    Parameters
    ----------
    positive, negative : numpy.ndarray
        Sum ``P`` of the amounts that raise the total and ``N`` of those that lower it, zero or more.
    total : numpy.ndarray
        The total ``T``.

    Returns
    -------
    numpy.ndarray
        The factor, above zero; not a number where there is none.

    References
    ----------
    Lenzen, Wood and Gallego (2007); Temurshoev, Miller and Bouwmeester (2013).

    Examples
    --------
    >>> import numpy as np
    >>> from gvc_helpers.tables.gras import factor
    >>> factor(np.array([4.0]), np.array([2.0]), np.array([7.0])).tolist()
    [2.0]
    """
    root = np.hypot(total, 2.0 * np.sqrt(positive) * np.sqrt(negative))
    # Two forms of one root, each where it does not subtract like from like.
    over = np.where(total > 0, total + root, 2.0 * negative)
    under = np.where(total > 0, 2.0 * positive, root - total)
    result: Array = np.full(np.shape(over), np.nan)
    np.divide(over, under, out=result, where=(over > 0) & (under > 0))
    return result


def contradiction(prior: Array, totals: Sequence[Total], certain: Collection[int] = ()) -> list[int]:
    """Find totals that cannot all be met, as few as possible, by leaving out one after the other.

    Parameters
    ----------
    prior : numpy.ndarray
        Amounts, shape (n,), whose signs and zeros are kept.
    totals : sequence of Total
        The totals.
    certain : collection of int
        Positions of totals that always hold and are not named, such as balances.

    Returns
    -------
    list of int
        Positions of totals of which none can be left out without the others becoming possible; empty when
        all can be met, be it by amounts that vanish.

    References
    ----------
    Chinneck, J. W. and Dravnieks, E. W. (1991), Locating Minimal Infeasible Constraint Sets in Linear
    Programs, ORSA Journal on Computing 3(2): the deletion filter.
    """
    kept = list(range(len(totals)))
    groups = _Groups.of(prior, totals)
    if groups.possible(kept):
        return []
    for candidate in [position for position in kept if position not in certain]:
        others = [position for position in kept if position != candidate]
        if not groups.possible(others):
            kept = others
    return [position for position in kept if position not in certain]


def reach(prior: Array, totals: Sequence[Total], position: int) -> tuple[float, float]:
    """Return the least and the largest amount that one total can have when all others are met.

    Parameters
    ----------
    prior : numpy.ndarray
        Amounts, shape (n,), whose signs and zeros are kept.
    totals : sequence of Total
        The totals.
    position : int
        Which of them is asked about.

    Returns
    -------
    tuple of float
        Least and largest amount, in the unit of `prior`; infinite where there is no limit. The others must
        be possible.
    """
    groups = _Groups.of(prior, totals)
    others = [other for other in range(len(totals)) if other != position]
    return groups.least(position, others, 1.0), -groups.least(position, others, -1.0)


# Cells that are in the same totals ----------------------------------------------------------------


@dataclass(frozen=True)
class _Groups:
    """Cells put together that are in the same totals with the same effect, C groups in all.

    `effects`, shape (totals, C), is one where the absolute amount of a group raises a total and minus one
    where it lowers it; `member`, shape (n,), is the group of each cell, or C for a cell in no total.
    """

    amounts: Array
    effects: csr_array[Any, tuple[int, int]]
    targets: Array
    member: npt.NDArray[np.intp]

    @classmethod
    def of(cls, prior: Array, totals: Sequence[Total]) -> _Groups:
        """Split all cells by one total after the other."""
        member = np.zeros(len(prior), dtype=np.intp)
        groups = 1
        sides = []
        for total in totals:
            raises = np.sign(prior[total.cells]) * (1.0 if total.signs is None else total.signs)
            cells, raises = total.cells[raises != 0], raises[raises != 0]
            _, new = np.unique(2 * member[cells] + (raises > 0), return_inverse=True)
            member[cells] = groups + new
            groups += int(new.max(initial=-1)) + 1
            sides.append((cells, raises))
        touched = np.zeros(len(prior), dtype=bool)
        for cells, _ in sides:
            touched[cells] = True
        used, member[touched] = np.unique(member[touched], return_inverse=True)
        member[~touched] = len(used)
        amounts = np.zeros(len(used) + 1)
        np.add.at(amounts, member, np.abs(prior))
        entries = [np.unique(member[cells] * 2 + (raises > 0)) for cells, raises in sides]
        rows = np.repeat(np.arange(len(totals)), [len(entry) for entry in entries])
        joined = np.concatenate([np.empty(0, dtype=np.intp), *entries])
        effects = csr_array((joined % 2 * 2.0 - 1.0, (rows, joined // 2)), (len(totals), len(used)))
        return cls(amounts[:-1], effects, np.array([total.amount for total in totals], float), member)

    def possible(self, positions: Sequence[int]) -> bool:
        """Whether there are amounts of zero or more that meet the totals at these positions."""
        infeasible = 2
        return bool(self._solve(np.zeros(len(self.amounts)), positions).status != infeasible)

    def least(self, position: int, others: Sequence[int], sign: float) -> float:
        """Least value of a total, or of its negative, when others are met; minus infinity without limit."""
        scale = max(float(np.abs(self.targets).max()), 1e-300)
        found = self._solve(sign / scale * self.effects[[position]].toarray()[0] * self._unit(), others)
        return float(found.fun) * scale if found.status == 0 else -np.inf

    def _unit(self) -> Array:
        unit: Array = np.maximum(self.amounts, 1e-9 * self.amounts.max(initial=1e-300))
        return unit

    def _solve(self, objective: Array, positions: Sequence[int]) -> Any:
        """Minimize a linear function of the amounts of the groups, in their units."""
        from scipy.optimize import linprog  # slow to import, and much does without it

        # A group of nothing, as there may be no other.
        rows = np.pad(self.effects[list(positions)].toarray() * self._unit(), ((0, 0), (0, 1)))
        targets = self.targets[list(positions)]
        size = np.maximum(np.abs(rows).sum(axis=1), np.abs(targets))
        size[size == 0] = 1.0
        return linprog(
            np.append(objective, 0.0),
            A_eq=rows / size[:, None],
            b_eq=targets / size,
            bounds=(0.0, None),
            method="highs",
            options={"primal_feasibility_tolerance": 1e-10},
        )


def _step(groups: _Groups, current: Array, error: Array, logs: Array) -> Array:
    """Return a step of Newton's method for the logarithms of the factors, as far as it does not overshoot."""
    effects = groups.effects
    curvature = ((effects * current) @ effects.T).toarray()
    spread = np.sqrt(curvature.diagonal())
    scale = np.divide(1.0, spread, out=np.zeros(len(spread)), where=spread > 0)  # no step without cells
    system = curvature * scale[:, None] * scale
    system[np.diag_indices_from(system)] += RIDGE
    step: Array = -scale * cho_solve(cho_factor(system), scale * error)
    step *= min(1.0, LONGEST_STEP / max(np.abs(effects.T @ step).max(initial=0.0), 1e-300))
    slope = -float(step @ error)
    for _ in range(40):
        ahead = effects @ (groups.amounts * np.exp(effects.T @ (logs + step))) - groups.targets
        if float(step @ ahead) <= 0.5 * slope:
            break
        step, slope = 0.5 * step, 0.5 * slope
    return step
