"""Core and periphery: whether countries that take part in value chains gain or lose industry."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gvc_helpers.measures.participation import participation
from gvc_helpers.tables.io_table import REST_OF_WORLD, IOTable

FEWEST = 4
"""Countries below which a line is not fitted."""
CONFIDENCE = 0.95


def manufacturing_share(table: IOTable, manufactures: Collection[str]) -> pd.Series[float]:
    """Share of some sectors in every country's value added, in %; missing without value added.

    Parameters
    ----------
    table : IOTable
        A table, GN rows.
    manufactures : collection of str
        Sectors of manufacturing; one that a country does not have counts as zero.

    Returns
    -------
    pandas.Series
        By country, in %.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> share = gvc.cooperation.manufacturing_share(gvc.read_table("reconstruction"), ["Transport equipment"])
    >>> float(share["DEU"].round(1))
    4.1
    """
    value_added = table.value_added
    counted = value_added.where(value_added.index.get_level_values("sector").isin(list(manufactures)), 0.0)
    part, whole = (values.groupby(level="country", sort=False).sum() for values in (counted, value_added))
    return (100.0 * part / whole.where(whole > 0)).rename("manufacturing_share")


def industrialization(earlier: IOTable, later: IOTable, manufactures: Collection[str]) -> pd.DataFrame:
    """Participation in value chains at the start, and the change of manufacturing's weight since.

    Parameters
    ----------
    earlier, later : IOTable
        Balanced tables of two years.
    manufactures : collection of str
        Sectors of manufacturing, of both tables.

    Returns
    -------
    pandas.DataFrame
        By country of both tables, without the rest of the world: ``participation``, backward and forward in
        % of gross exports in the earlier year; ``share_earlier`` and ``share_later`` of manufacturing in
        value added, in %; ``change``, their difference in percentage points. Countries where one of
        these is missing are left out.

    Raises
    ------
    TableError, SingularTableError
        As :func:`gvc_helpers.participation`.

    References
    ----------
    Stöllinger, R. (2016), Structural Change and Global Value Chains in the EU, Empirica 43(4), 801-829,
    relates the two for 1995 to 2011. He explains the change in a panel with further variables; here
    it is one long difference against participation at its start, so that the change cannot drive it.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> Z = [[0, 20, 0, 0], [0, 0, 0, 0], [0, 10, 0, 0], [0, 0, 0, 0]]
    >>> labels = {"countries": ["ARM", "RUS"], "sectors": ["Farms", "Works"]}
    >>> earlier = gvc.IOTable(Z, [[30, 0], [60, 20], [0, 40], [0, 50]], **labels)
    >>> later = gvc.IOTable(Z, [[50, 0], [60, 20], [0, 40], [0, 60]], **labels)
    >>> gvc.cooperation.industrialization(earlier, later, ["Works"]).loc["ARM"].round(1).tolist()
    [12.5, 50.0, 41.7, -8.3]
    """
    shares = [manufacturing_share(table, manufactures) for table in (earlier, later)]
    frame = pd.DataFrame(
        {
            "participation": participation(earlier)["total"],
            "share_earlier": shares[0],
            "share_later": shares[1],
            "change": shares[1] - shares[0],
        }
    )
    both = [c for c in earlier.countries if c in later.countries and c not in REST_OF_WORLD]
    return frame.loc[both].dropna().rename_axis("country")


@dataclass(frozen=True)
class Relation:
    """A line through countries, and how sure it is. Made by :func:`relation`.

    Parameters
    ----------
    countries : list of str
        Countries it is fitted to.
    slope, intercept : float
        The line: percentage points of change per percentage point of participation, and its start.
    error : float
        Standard error of the slope.
    interval : tuple of float
        Confidence interval of the slope, 95 %.
    p_value : float
        Probability of a slope as far from zero, either way, if there were none.
    r_squared : float
        Share of the variation that the line accounts for.
    without_one : tuple of float
        Smallest and largest slope when one country is left out; one without which all others participate
        alike, so that there is no slope, is not.
    line : pandas.DataFrame
        ``participation`` on a grid, ``expected`` and its confidence band, ``low`` and ``high``.
    """

    countries: list[str]
    slope: float
    intercept: float
    error: float
    interval: tuple[float, float]
    p_value: float
    r_squared: float
    without_one: tuple[float, float]
    line: pd.DataFrame

    @property
    def certain(self) -> bool:
        """Whether the interval of the slope leaves out zero."""
        return self.interval[0] > 0 or self.interval[1] < 0

    @property
    def sign(self) -> str:
        """Of the slope: "positive", "negative", or "open" where its interval holds zero."""
        return "open" if not self.certain else "positive" if self.slope > 0 else "negative"

    @property
    def robust(self) -> bool:
        """Whether the slope has the same sign whichever country is left out."""
        return self.without_one[0] > 0 or self.without_one[1] < 0


def relation(frame: pd.DataFrame, countries: Sequence[str] | None = None) -> Relation | None:
    """Fit the change of manufacturing's share to participation, by least squares.

    With ``s² = Σ e² / (n - 2)`` and ``S = Σ (x - x̄)²``, the error of the slope is ``s / √S`` and that of
    the line at ``x`` is ``s √(1/n + (x - x̄)²/S)``; both times the quantile of Student's t with ``n - 2``
    degrees of freedom.

    Parameters
    ----------
    frame : pandas.DataFrame
        As of :func:`industrialization`.
    countries : sequence of str, optional
        Countries to fit to; those not in the frame are left out. None: all.

    Returns
    -------
    Relation or None
        None with fewer than `FEWEST` countries, or when all participate alike or change alike.

    References
    ----------
    Draper, N. R. and Smith, H. (1998), Applied Regression Analysis, 3rd ed., chapter 1.

    Examples
    --------
    >>> import pandas as pd
    >>> import gvc_helpers as gvc
    >>> frame = pd.DataFrame({"participation": [30, 40, 50, 60], "change": [-3, -2, -2, 0]}, list("ABCD"))
    >>> line = gvc.cooperation.relation(frame)
    >>> round(line.slope, 3), round(line.error, 3), line.certain
    (0.09, 0.026, False)
    """
    from scipy.stats import linregress, t  # slow to import, and much does without it

    fitted = frame if countries is None else frame[frame.index.isin(list(countries))]
    x, y = fitted["participation"].to_numpy(), fitted["change"].to_numpy()
    if len(x) < FEWEST or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    fit, spread = linregress(x, y), ((x - x.mean()) ** 2).sum()
    slope, error = float(fit.slope), float(fit.stderr)
    quantile = float(t.ppf((1 + CONFIDENCE) / 2, len(x) - 2))
    grid = np.linspace(x.min(), x.max(), 60)
    expected = fit.intercept + slope * grid
    half = quantile * error * np.sqrt(spread / len(x) + (grid - x.mean()) ** 2)
    rest = [np.delete(np.column_stack([x, y]), one, axis=0) for one in range(len(x))]
    slopes = [float(linregress(*part.T).slope) for part in rest if np.ptp(part[:, 0]) > 0]
    return Relation(
        list(fitted.index), slope, float(fit.intercept), error,
        (slope - quantile * error, slope + quantile * error), float(fit.pvalue),
        float(fit.rvalue**2), (min(slopes), max(slopes)),
        pd.DataFrame({"participation": grid, "expected": expected, "low": expected - half,
                      "high": expected + half}),
    )  # fmt: skip


def slope_difference(first: Relation, second: Relation) -> tuple[float, tuple[float, float]]:
    """Difference of two slopes and its confidence interval, 95 %.

    ``b₁ - b₂`` with error ``√(s₁² + s₂²)`` and the degrees of freedom of Welch and Satterthwaite,
    ``(s₁² + s₂²)² / (s₁⁴/(n₁ - 2) + s₂⁴/(n₂ - 2))``.

    Parameters
    ----------
    first, second : Relation
        Fitted to different countries.

    Returns
    -------
    float, tuple of float
        In percentage points per percentage point.

    References
    ----------
    Welch, B. L. (1947), The Generalization of "Student's" Problem when Several Different Population
    Variances Are Involved, Biometrika 34.

    Examples
    --------
    >>> import pandas as pd
    >>> import gvc_helpers as gvc
    >>> frame = pd.DataFrame({"participation": [30, 40, 50, 60], "change": [-3, -2, -2, 0]}, list("ABCD"))
    >>> rising = gvc.cooperation.relation(frame)
    >>> falling = gvc.cooperation.relation(frame.assign(change=-frame["change"]))
    >>> difference, (low, high) = gvc.cooperation.slope_difference(rising, falling)
    >>> round(difference, 3), round(low, 3), round(high, 3)
    (0.18, 0.076, 0.284)
    """
    from scipy.stats import t  # slow to import, and much does without it

    variances = np.array([first.error**2, second.error**2])
    degrees = np.array([len(first.countries) - 2, len(second.countries) - 2])
    difference, error = first.slope - second.slope, float(np.sqrt(variances.sum()))
    if error == 0:
        return difference, (difference, difference)
    freedom = variances.sum() ** 2 / (variances**2 / degrees).sum()
    half = float(t.ppf((1 + CONFIDENCE) / 2, freedom)) * error
    return difference, (difference - half, difference + half)
