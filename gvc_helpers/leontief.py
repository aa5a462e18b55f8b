"""The Leontief system of a table, factorised once and solved many times."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import LinAlgWarning, lapack, lu_factor, lu_solve

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Factors = tuple[Array, np.ndarray[tuple[int], np.dtype[np.int32]]]
SINGULAR = (
    "the table cannot be solved: I - A is singular, so some group of sectors uses up "
    "all it makes; look at the sectors without value added in table.check()"
)


class SingularTableError(ValueError):
    """The system ``I - A`` of a table has no unique solution."""


@dataclass(frozen=True, eq=False)
class Leontief:
    """The system ``I - A`` with ``A = Z x̂⁻¹``: what it can tell without forming ``B = (I - A)⁻¹``.

    Made by :attr:`gvc_helpers.IOTable.leontief`; every measure of a table shares it, and each set of
    factors is made when it is first asked for. The column of a sector without output is zero.

    Parameters
    ----------
    Z : numpy.ndarray
        Intermediate flows, shape (GN, GN), a row sells to a column.
    output : numpy.ndarray
        Gross output ``x``, shape (GN,), in the unit of `Z`.
    inputs : numpy.ndarray
        Column sums of `Z`, shape (GN,).
    blocks : sequence of slice
        Rows of each of the G countries, one after the other.

    Raises
    ------
    SingularTableError
        By what needs factors, when ``I - A`` or the part of it inside a country is singular, which
        happens where a group of sectors uses up all it makes.

    References
    ----------
    Miller, R. E. and Blair, P. D. (2009), Input-Output Analysis, 2nd ed., equations 2.5 to 2.12.
    """

    Z: Array
    output: Array
    inputs: Array
    blocks: Sequence[slice]

    @cached_property
    def per_output(self) -> Array:
        """``1 / x``, zero for a sector without output, shape (GN,)."""
        return np.divide(1.0, self.output, out=np.zeros_like(self.output), where=self.output > 0)

    @cached_property
    def value_added_share(self) -> Array:
        """``v = 1 - 1'A``, shape (GN,), value added per unit of output.

        A sector without output has no inputs, so that whatever it delivers (from stocks) is its own
        value added.
        """
        return 1.0 - self.inputs * self.per_output

    # All countries together -----------------------------------------------------------------------

    @cached_property
    def factors(self) -> Factors:
        """LU factors of the transpose of ``I - A``, whose columns lie as the rows of `Z` do."""
        system = np.multiply(self.Z, -self.per_output)
        system[np.diag_indices_from(system)] += 1.0
        return _factorised(system.T)

    def requirements(self, final: Array) -> Array:
        """Output that deliveries `final` require directly and indirectly: ``B f``.

        `final` has shape (GN,) or (GN, K), in any unit; so has the result.
        """
        return lu_solve(self.factors, final, trans=1, check_finite=False)

    def content(self, share: Array) -> Array:
        """Content of one unit of each sector's deliveries: ``B' s``.

        `share`, of shape (GN,) or (GN, K), is what a unit of output holds directly (value added by
        country, say); the result, of the same shape, is what it holds with all its inputs.
        """
        return lu_solve(self.factors, share, check_finite=False)

    @cached_property
    def own_blocks(self) -> list[Array]:
        """The diagonal blocks ``B_ss``, G arrays of shape (N, N).

        With ``(I - A)' = P L U``, a block is what the rows of ``U⁻¹`` and the columns of ``L⁻¹P'`` of
        one country share, so that two triangular inverses, in the memory of one matrix, give all
        blocks for the price of one more factorisation; the whole of `B` would cost twice that.
        """
        packed, pivots = self.factors
        inverse = packed.copy(order="F")
        lapack.dtrtri(inverse, lower=0, unitdiag=0, overwrite_c=1)
        lapack.dtrtri(inverse, lower=1, unitdiag=1, overwrite_c=1)
        position = np.argsort(_permutation(pivots))
        blocks = []
        for own in self.blocks:
            columns = position[own]
            reach = np.arange(own.start, columns.max() + 1)
            lower = inverse.T[columns, own.start :]
            head = lower[:, : len(reach)]
            head *= reach > columns[:, None]
            head += reach == columns[:, None]
            blocks.append(lower @ np.triu(inverse[own, own.start :]).T)
        return blocks

    # Each country by itself -----------------------------------------------------------------------

    @cached_property
    def domestic_inverses(self) -> list[Array]:
        """``L_ss = (I - A_ss)⁻¹`` of each country, small enough to be formed."""
        try:
            return [
                np.linalg.inv(np.eye(own.stop - own.start) - self.Z[own, own] * self.per_output[own])
                for own in self.blocks
            ]
        except np.linalg.LinAlgError:
            raise SingularTableError(SINGULAR) from None

    def domestic_requirements(self, final: Array) -> Array:
        """Output that deliveries require of their own country, without any trade: ``L f``.

        ``L`` has the blocks ``L_ss`` on its diagonal. Shapes as of `requirements`.
        """
        parts = zip(self.domestic_inverses, self.blocks, strict=True)
        return np.concatenate([inverse @ final[own] for inverse, own in parts])

    def domestic_content(self, share: Array) -> Array:
        """Content of deliveries in inputs of their own country only: ``L' s``; shapes as of `content`."""
        parts = zip(self.domestic_inverses, self.blocks, strict=True)
        return np.concatenate([inverse.T @ share[own] for inverse, own in parts])

    # Trade ----------------------------------------------------------------------------------------

    def imported_content(self, share: Array) -> Array:
        """What a unit of output holds of `share` through the inputs it imports directly: ``s'A_off``.

        ``A_off`` is ``A`` without its domestic blocks; `share` and the result have shape (GN,).
        """
        held = share @ self.Z
        for own in self.blocks:
            held[own] -= share[own] @ self.Z[own, own]
        return held * self.per_output

    def exported_inputs(self, output: Array) -> Array:
        """Inputs that `output` of the buyers requires directly from abroad: ``A_sr x_r``, zero at home.

        `output` has shape (GN, K); the result, by seller and buying country, has shape (GN, G, K).
        """
        scaled = self.per_output[:, None] * output
        sold = np.empty((len(scaled), len(self.blocks), scaled.shape[1]))
        for r, buyer in enumerate(self.blocks):
            sold[:, r] = self.Z[:, buyer] @ scaled[buyer]
            sold[buyer, r] = 0.0
        return sold

    def exported_inputs_by_exporter(self, output: Array, by_buyer: bool) -> Array:
        """Inputs as of `exported_inputs`, of another output for each exporter: ``A_sr x_r^s``.

        `output` has shape (GN, G, K); its entry ``[:, s]`` counts for sellers in country s. The result
        has shape (GN, G, K), or (GN, 1, K) added up over buyers.
        """
        scaled = np.ascontiguousarray((self.per_output[:, None, None] * output).transpose(1, 0, 2))
        sold = np.zeros((len(self.Z), len(self.blocks) if by_buyer else 1, output.shape[2]))
        for s, seller in enumerate(self.blocks):
            if by_buyer:
                for r, buyer in enumerate(self.blocks):
                    if r != s:
                        sold[seller, r] = self.Z[seller, buyer] @ scaled[s, buyer]
            else:
                sold[seller, 0] = self.Z[seller] @ scaled[s] - self.Z[seller, seller] @ scaled[s, seller]
        return sold


def _factorised(system: Array) -> Factors:
    """LU factors of a matrix in Fortran order, in its own memory."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", LinAlgWarning)
        try:
            factors: Factors = lu_factor(system, overwrite_a=True, check_finite=False)
        except LinAlgWarning:
            raise SingularTableError(SINGULAR) from None
    return factors


def _permutation(
    pivots: np.ndarray[tuple[int], np.dtype[np.int32]],
) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Row of the matrix that stands in each row of its factors."""
    order = np.arange(len(pivots))
    for row, other in enumerate(pivots):
        order[row], order[other] = order[other], order[row]
    return order
