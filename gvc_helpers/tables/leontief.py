"""The Leontief system of a table, factorized once and solved many times."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.linalg import LinAlgWarning, blas, lapack, lu_factor, lu_solve

from gvc_helpers._typing import Array
from gvc_helpers.errors import GvcError

Factors = tuple[Array, np.ndarray[tuple[int], np.dtype[np.int32]]]
SINGULAR = "the table cannot be solved: I - A is singular, so some group of sectors uses up all it makes"
LEAST_ADDED = 1e-9
"""Value added in a unit of output up to which it is rounding."""


class SingularTableError(GvcError):
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
        return _factorized(system.T)

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
        blocks for the price of one more factorization; the whole of `B` would cost twice that.
        """
        packed, pivots = self.factors
        inverse = packed.copy(order="F")
        lapack.dtrtri(inverse, lower=0, unitdiag=0, overwrite_c=1)
        lapack.dtrtri(inverse, lower=1, unitdiag=1, overwrite_c=1)
        position = np.argsort(_permutation(pivots))
        blocks = []
        for own in self.blocks:
            exchanged, rows = position[own], np.arange(own.start, own.stop)
            columns = exchanged if (exchanged != rows).any() else own  # a slice makes a view, not a copy
            reach = slice(own.start, int(exchanged.max()) + 1)
            row = np.arange(reach.start, reach.stop)[:, None]
            # Where the two triangles meet, each is freed of the other and of what is not stored.
            lower = np.where(row > exchanged, inverse[reach, columns], row == exchanged)
            upper = np.triu(inverse[own, reach])
            block = _product(upper, lower)
            if reach.stop < len(inverse):
                block += _product(inverse[own, reach.stop :], inverse[reach.stop :, columns])
            blocks.append(block.T)
        return blocks

    # Each country by itself -----------------------------------------------------------------------

    @cached_property
    def domestic_inverses(self) -> Sequence[Array]:
        """``L_ss = (I - A_ss)⁻¹`` of each country, small enough to be formed."""
        try:
            systems = [
                np.eye(own.stop - own.start) - self.Z[own, own] * self.per_output[own] for own in self.blocks
            ]
            return [np.asarray(np.linalg.inv(system), dtype=np.float64) for system in systems]
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
        held = _product(share[None, :], self.Z)
        for own in self.blocks:
            held[:, own] -= share[own] @ self.Z[own, own]
        return np.ravel(held) * self.per_output

    def exported_inputs(self, output: Array) -> Array:
        """Inputs that `output` of the buyers requires directly from abroad: ``Σ_{r≠s} A_sr x_r``.

        `output` has shape (GN,) or (GN, K); the result, by seller, has the same.
        """
        scaled = (self.per_output * output.T).T.reshape(len(output), -1)
        sold = _product(self.Z, scaled)
        for own in self.blocks:
            sold[own] -= _product(self.Z[own, own], scaled[own])
        return np.reshape(sold, output.shape)

    def exported_inputs_by_buyer(self, *outputs: Array) -> Array:
        """Inputs as of `exported_inputs` by buying country: ``A_sr x_r``, zero at home.

        Each of K `outputs` has shape (GN,); the result has shape (K, GN, G).
        """
        scaled = self.per_output[:, None] * np.column_stack(outputs)
        sold = np.empty((len(scaled), len(self.blocks), len(outputs)))
        for r, buyer in enumerate(self.blocks):
            sold[:, r] = _product(self.Z[:, buyer], scaled[buyer])
            sold[buyer, r] = 0.0
        return np.moveaxis(sold, 2, 0)

    def exported_inputs_by_exporter(self, *outputs: Array, by_buyer: bool) -> Array:
        """Inputs where the output that counts depends on the exporter: ``A_sr x_r^s``, zero at home.

        Column s of each of K `outputs`, shape (GN, G), counts for sellers in country s. The result has
        shape (K, GN, G), or (K, GN, 1) added up over buyers.
        """
        scaled = np.empty((len(self.blocks), len(self.Z), len(outputs)))
        for k, output in enumerate(outputs):
            np.multiply(output.T, self.per_output, out=scaled[:, :, k])
        sold = np.zeros((len(self.Z), len(self.blocks) if by_buyer else 1, len(outputs)))
        for s, seller in enumerate(self.blocks):
            if not by_buyer:
                sold[seller, 0] = _product(self.Z[seller], scaled[s])
                sold[seller, 0] -= _product(self.Z[seller, seller], scaled[s, seller])
                continue
            for r, buyer in enumerate(self.blocks):
                if r != s:
                    sold[seller, r] = _product(self.Z[seller, buyer], scaled[s, buyer])
        return np.moveaxis(sold, 2, 0)


def _factorized(system: Array) -> Factors:
    """LU factors of a matrix in Fortran order, in its own memory."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", LinAlgWarning)
        try:
            factors: Factors = lu_factor(system, overwrite_a=True, check_finite=False)
        except LinAlgWarning:
            raise SingularTableError(SINGULAR) from None
    return factors


def _product(left: Array, right: Array) -> Array:
    """Product by the BLAS that factorizes, because the threads of NumPy's and its would wait for each other.

    That library takes columns first; transposed, rows of `left` and `right` are columns and not copied.
    """
    product: Array = blas.dgemm(1.0, right.T, left.T).T
    return product


def _permutation(
    pivots: np.ndarray[tuple[int], np.dtype[np.int32]],
) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Row of the matrix that stands in each row of its factors."""
    order = np.arange(len(pivots))
    for row in np.flatnonzero(pivots != order):
        other = pivots[row]
        order[row], order[other] = order[other], order[row]
    return order


def closed_sectors(Z: Array, output: Array, inputs: Array) -> npt.NDArray[np.bool_]:
    """Sectors whose output holds no value added, neither their own nor that of any supplier, shape (GN,).

    Such sectors sell to each other, and only to each other, all that they make: where flows are not
    negative, ``I - A`` is singular if and only if there are some. Arguments as of :class:`Leontief`.
    """
    added = np.divide(output - inputs, output, out=np.ones_like(output), where=output > 0)
    closed = np.ones(len(output), dtype=bool)
    while (opened := closed & (added > LEAST_ADDED)).any():
        closed &= ~opened
        added[closed] += Z[np.ix_(opened, closed)].sum(axis=0) / output[closed]
    return closed
