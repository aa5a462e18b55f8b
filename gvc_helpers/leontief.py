"""The Leontief system of a table, factorised once and solved many times."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgWarning, lu_factor, lu_solve

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


class SingularTableError(ValueError):
    """The system ``I - A`` of a table has no unique solution."""


@dataclass(frozen=True)
class Leontief:
    """LU factors of ``I - A``: the Leontief inverse ``B`` without forming it.

    Made by :attr:`gvc_helpers.IOTable.leontief`; every measure of a table shares it.

    Parameters
    ----------
    factors : tuple
        The LU factors and pivots of ``I - A``, of shape (GN, GN) and (GN,).
    value_added_share : numpy.ndarray
        ``v = 1 - 1'A``, shape (GN,), value added per unit of output. A sector without output has
        no inputs, so that whatever it delivers (from stocks) is its own value added.
    """

    factors: tuple[Array, np.ndarray[tuple[int], np.dtype[np.int32]]]
    value_added_share: Array

    @classmethod
    def of(cls, Z: Array, output: Array) -> Leontief:
        """Factorise ``I - A`` with ``A = Z x̂⁻¹``; the column of a sector without output is zero.

        Parameters
        ----------
        Z : numpy.ndarray
            Intermediate flows, shape (GN, GN), a row sells to a column.
        output : numpy.ndarray
            Gross output ``x``, shape (GN,), in the unit of `Z`.

        Raises
        ------
        SingularTableError
            When ``I - A`` is singular, which happens where a group of sectors uses up all it makes.

        References
        ----------
        Miller, R. E. and Blair, P. D. (2009), Input-Output Analysis, 2nd ed., equations 2.5 to 2.12.
        """
        system = np.empty(Z.shape, order="F")
        np.divide(Z, -np.where(output > 0, output, np.inf), out=system)
        value_added_share = 1.0 + system.sum(axis=0)
        system[np.diag_indices_from(system)] += 1.0
        with warnings.catch_warnings():
            warnings.simplefilter("error", LinAlgWarning)
            try:
                factors = lu_factor(system, overwrite_a=True, check_finite=False)
            except LinAlgWarning:
                raise SingularTableError(
                    "the table cannot be solved: I - A is singular, so some group of sectors uses up "
                    "all it makes; look at the sectors without value added in table.check()"
                ) from None
        return cls(factors, value_added_share)

    def requirements(self, final: Array) -> Array:
        """Output that deliveries `final` require directly and indirectly: ``B f``.

        `final` has shape (GN,) or (GN, K), in any unit; so has the result.
        """
        return lu_solve(self.factors, final, check_finite=False)

    def content(self, share: Array) -> Array:
        """Content of one unit of each sector's deliveries: ``B' s``.

        `share`, of shape (GN,) or (GN, K), is what a unit of output holds directly (value added by
        country, say); the result, of the same shape, is what it holds with all its inputs.
        """
        return lu_solve(self.factors, share, trans=1, check_finite=False)
