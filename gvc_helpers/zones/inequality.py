"""Inequality of size between residents: how much of the zone, or of a sector, the largest ones make."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from gvc_helpers._typing import Array

TAILS = [0.025, 0.975]
"""Quantiles between which 95 % of the samples lie."""
LARGEST = 0.25
"""Fraction of the residents whose weight is told beside a Gini coefficient."""
TOTAL = "total"
"""Name of the row for all sectors together."""


def lorenz(x: ArrayLike) -> pd.DataFrame:
    """Lorenz curve: the share of the whole that the smallest residents make.

    With sizes in ascending order, ``L(k/n) = (x_1 + ... + x_k) / (x_1 + ... + x_n)``; between these
    points the curve is straight.

    Parameters
    ----------
    x : array_like
        Sizes, shape (n,), in any unit; NaN is left out.

    Returns
    -------
    pandas.DataFrame
        Shape (n + 1, 2), from (0, 0) to (1, 1): ``residents``, the fraction of residents, smallest first, and
        ``share``, the fraction of the whole they make; it is missing when there is no size or all are zero.

    Raises
    ------
    ValueError
        When a size is negative or infinite, or `x` has more than one dimension.

    References
    ----------
    Lorenz, M. O. (1905), Methods of Measuring the Concentration of Wealth, Publications of the American
    Statistical Association 9.

    Examples
    --------
    >>> import numpy as np
    >>> from gvc_helpers.zones.inequality import lorenz
    >>> lorenz([6, 1, 3, np.nan])["share"].tolist()
    [0.0, 0.1, 0.4, 1.0]
    """
    sizes = np.sort(_sizes(x))
    points = np.linspace(0.0, 1.0, max(len(sizes), 1) + 1)
    if not sizes.any():
        return pd.DataFrame({"residents": points, "share": np.nan})
    cumulated = np.concatenate([[0.0], sizes.cumsum()])
    return pd.DataFrame({"residents": points, "share": cumulated / cumulated[-1]})


def gini(x: ArrayLike, corrected: bool = False) -> float:
    """Gini coefficient: half the mean difference between two residents, relative to the mean.

    ``G = Σ_i Σ_j |x_i - x_j| / (2 n² mean)``, which for sizes in ascending order is
    ``Σ_i (2i - n - 1) x_i / (n Σ_i x_i)``. It is twice the area between the diagonal and the Lorenz curve: 0
    when all are equal, ``1 - 1/n`` when one makes everything. In a group of few residents it is therefore
    small even then; the corrected coefficient ``G n / (n - 1)`` reaches 1 whatever the number.

    Parameters
    ----------
    x : array_like
        Sizes, shape (n,), in any unit; NaN is left out.
    corrected : bool
        Whether to correct for the number of residents.

    Returns
    -------
    float
        Between 0 and ``1 - 1/n``, corrected between 0 and 1. Missing when there is no size or all are zero;
        the corrected one also for a single size.

    Raises
    ------
    ValueError
        As :func:`lorenz`.

    References
    ----------
    Gini, C. (1912), Variabilità e mutabilità. Deltas, G. (2003), The Small-Sample Bias of the Gini
    Coefficient: Results and Implications for Empirical Research, Review of Economics and Statistics 85, for
    the correction.

    Examples
    --------
    >>> from gvc_helpers.zones.inequality import gini
    >>> round(gini([1, 2, 3, 4]), 9)
    0.25
    >>> gini([0, 0, 0, 7]), gini([0, 0, 0, 7], corrected=True)
    (0.75, 1.0)
    """
    sizes = np.sort(_sizes(x))
    n = len(sizes)
    if not sizes.any() or (corrected and n == 1):
        return np.nan
    weights = 2.0 * np.arange(1, n + 1) - n - 1
    coefficient = float(weights @ sizes / (n * sizes.sum()))
    return max(coefficient, 0.0) * (n / (n - 1) if corrected else 1.0)


def grouped_gini(x: ArrayLike, groups: int = 4) -> float:
    """Gini coefficient of equal groups of residents, such as quarters.

    Trapezoids under the Lorenz curve at ``k/g``, read between its points where a group ends inside a
    resident: ``G = 1 - Σ_k [L(k/g) + L((k-1)/g)] / g``. Differences within groups do not count, so that it
    is never above :func:`gini`; the two are equal when residents are equal within each group.

    Parameters
    ----------
    x : array_like
        Sizes, shape (n,), in any unit; NaN is left out.
    groups : int
        Number of groups, g.

    Returns
    -------
    float
        Between 0 and ``1 - 1/g``; missing when there is no size or all are zero.

    Raises
    ------
    ValueError
        As :func:`lorenz`, or when there are fewer than two groups.

    References
    ----------
    Gastwirth, J. L. (1972), The Estimation of the Lorenz Curve and Gini Index, Review of Economics and
    Statistics 54: it is his lower bound for data in groups.

    Examples
    --------
    >>> from gvc_helpers.zones.inequality import gini, grouped_gini
    >>> sizes = [1, 1, 2, 2, 4, 4, 8, 24]
    >>> round(gini(sizes), 3), round(grouped_gini(sizes), 3)
    (0.554, 0.511)
    """
    if groups < 2:
        raise ValueError(f"groups is {groups}; allowed: 2 or more")
    heights = _lorenz_at(x, np.linspace(0.0, 1.0, groups + 1))
    if np.isnan(heights).any():
        return np.nan
    return max(1.0 - float((heights[1:] + heights[:-1]).sum()) / groups, 0.0)


def top_share(x: ArrayLike, share: float = LARGEST) -> float:
    """Weight of the largest residents: one minus the Lorenz curve at ``1 - share``.

    Where the group ends inside a resident, that part of the resident counts.

    Parameters
    ----------
    x : array_like
        Sizes, shape (n,), in any unit; NaN is left out.
    share : float
        Fraction of the residents that are the largest ones.

    Returns
    -------
    float
        Fraction of the whole, between `share` (all equal) and 1; missing when there is no size or all are
        zero.

    Raises
    ------
    ValueError
        As :func:`lorenz`, or when `share` is not between 0 and 1.

    References
    ----------
    Lorenz (1905).

    Examples
    --------
    >>> from gvc_helpers.zones.inequality import top_share
    >>> top_share([1, 1, 2, 4])
    0.5
    """
    if not 0 < share < 1:
        raise ValueError(f"share is {share}; allowed: above 0 and below 1")
    return 1.0 - float(_lorenz_at(x, np.array([1.0 - share]))[0])


def feasible_gini(top: float, share: float = LARGEST) -> tuple[float, float]:
    """Bounds of the Gini coefficient when the weight of the largest residents is known.

    The Lorenz curve passes through ``(1 - a, 1 - s)``, with ``a`` the fraction of the largest residents and
    ``s`` their weight. Inequality is least when all are equal inside and outside that group: two straight
    lines, ``G = s - a``. As the curve is convex, it lies on or above some straight line through that point,
    and inequality is greatest when it is zero up to that line, follows it and jumps to 1 at the end, one
    resident making the rest; the slope that leaves least area under the curve is ``(1 - s)/a``, or ``s/a`` if
    less, and gives ``G = 1 - 4a(1 - s)``, or ``1 - a/s`` if ``s < 1/2``. For a quarter that makes at least
    half of the whole the bounds are ``s - 1/4`` and ``s``.

    Parameters
    ----------
    top : float
        Weight of the largest residents, a fraction of the whole, as :func:`top_share` gives it.
    share : float
        Fraction of the residents that are the largest ones, at most one half.

    Returns
    -------
    (float, float)
        Smallest and largest coefficient that fit, for :func:`gini` as it is, not corrected. The upper one
        is approached when residents are many. Both are missing when `top` is.

    Raises
    ------
    ValueError
        When `share` is not above 0 and at most one half, or `top` not between `share` and 1.

    References
    ----------
    Gastwirth (1972), for bounds of the coefficient from points of the Lorenz curve.

    Examples
    --------
    >>> from gvc_helpers.zones.inequality import feasible_gini
    >>> feasible_gini(0.84)
    (0.59, 0.84)
    """
    if not 0 < share <= 0.5:
        raise ValueError(f"share is {share}; allowed: above 0 and at most 0.5")
    if top < share - _ROUNDING or top > 1 + _ROUNDING:
        raise ValueError(f"top is {top}; allowed: from {share}, when all residents are equal, to 1")
    high = 1 - 4 * share * (1 - top) if top >= 0.5 else 1 - share / top
    return top - share, high


def herfindahl(x: ArrayLike) -> float:
    """Herfindahl-Hirschman index: the sum of squared shares, ``Σ_i (x_i / Σ_j x_j)²``.

    Parameters
    ----------
    x : array_like
        Sizes, shape (n,), in any unit; NaN is left out.

    Returns
    -------
    float
        Between 1/n, when all are equal, and 1; missing when there is no size or all are zero.

    Raises
    ------
    ValueError
        As :func:`lorenz`.

    References
    ----------
    Hirschman, A. O. (1945), National Power and the Structure of Foreign Trade, University of California
    Press. Herfindahl, O. C. (1950), Concentration in the Steel Industry, thesis, Columbia University.

    Examples
    --------
    >>> from gvc_helpers.zones.inequality import herfindahl
    >>> round(herfindahl([5, 3, 2]), 9)
    0.38
    """
    sizes = _sizes(x)
    if not sizes.any():
        return np.nan
    return float(((sizes / sizes.sum()) ** 2).sum())


def equivalent_number(x: ArrayLike) -> float:
    """Number of equal residents that would give the same Herfindahl-Hirschman index: ``1/H``.

    Parameters
    ----------
    x : array_like
        Sizes, shape (n,), in any unit; NaN is left out.

    Returns
    -------
    float
        Between 1 and n; missing when there is no size or all are zero.

    Raises
    ------
    ValueError
        As :func:`lorenz`.

    References
    ----------
    Adelman, M. A. (1969), Comment on the "H" Concentration Measure as a Numbers-Equivalent, Review of
    Economics and Statistics 51.

    Examples
    --------
    >>> from gvc_helpers.zones.inequality import equivalent_number
    >>> equivalent_number([4, 4, 0]), round(equivalent_number([5, 3, 2]), 2)
    (2.0, 2.63)
    """
    return 1.0 / herfindahl(x)


def bootstrap_interval(
    statistic: Callable[[Array], float], x: ArrayLike, samples: int, seed: int
) -> tuple[float, float]:
    """95 % percentile interval of a statistic, residents resampled with replacement.

    Parameters
    ----------
    statistic : callable
        Takes sizes, shape (n,), and returns a number, such as :func:`gini`.
    x : array_like
        Sizes, shape (n,); NaN is left out.
    samples : int
        Number of samples.
    seed : int
        Start of the random numbers; the same seed gives the same interval.

    Returns
    -------
    (float, float)
        Missing with fewer than two sizes. Samples whose statistic is missing do not count.

    Raises
    ------
    ValueError
        As :func:`lorenz`, or when `samples` is less than 1.

    References
    ----------
    Efron, B. and Tibshirani, R. J. (1993), An Introduction to the Bootstrap, Chapman and Hall.

    Examples
    --------
    >>> from gvc_helpers.zones.inequality import bootstrap_interval, gini
    >>> low, high = bootstrap_interval(gini, [1, 2, 3, 4, 10, 40], samples=500, seed=1)
    >>> low < gini([1, 2, 3, 4, 10, 40]) < high
    True
    """
    from scipy import stats  # slow to import, and much does without it

    if samples < 1:
        raise ValueError(f"samples is {samples}; allowed: 1 or more")
    sizes = _sizes(x)
    if len(sizes) < 2:
        return np.nan, np.nan
    random = np.random.default_rng(seed)
    with warnings.catch_warnings():
        # Its own interval, which is not used, is missing as soon as the statistic of one sample is.
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        result = stats.bootstrap(
            (sizes,), statistic, n_resamples=samples, vectorized=False, method="percentile", rng=random
        )
    low, high = pd.Series(result.bootstrap_distribution).quantile(TAILS)
    return float(low), float(high)


def inequality(register: pd.DataFrame, quantity: str, year: int, groups: int = 4) -> pd.DataFrame:
    """Measures of inequality between the residents of every sector and of the zone in one year.

    Parameters
    ----------
    register : pandas.DataFrame
        One row per resident and year, with columns ``sector``, ``year`` and `quantity`.
    quantity : str
        Column to measure, such as ``production`` or ``exports``.
    year : int
        Year.
    groups : int
        Number of groups of :func:`grouped_gini`.

    Returns
    -------
    pandas.DataFrame
        By sector, in order of first appearance in the register, and ``total``, all residents of the zone
        together: ``residents`` (number with a reported value), ``gini``, ``gini_corrected`` and
        ``gini_grouped`` (0 to 1), ``top_share`` (weight of the largest quarter, %), ``herfindahl`` (0 to 1)
        and ``equivalent_number`` (of residents). Measures are missing where nothing but zeros was reported.

    Raises
    ------
    ValueError
        When the register does not have the column or the year, a value is negative, or there are fewer
        than two groups.

    References
    ----------
    Those of the functions named. Shuleiko, D. Ch. and Sovik, L. E. (2020), Cluster Transformation of FEZ:
    Methods of Identification of "Anchor" Industries and Residents (in Russian), give the coefficient beside
    the weight of the largest quarter.

    Examples
    --------
    >>> import pandas as pd
    >>> from gvc_helpers.zones.inequality import inequality
    >>> register = pd.DataFrame(
    ...     {"sector": ["Wood", "Wood", "Food"], "year": 2019, "production": [30.0, 10.0, 20.0]}
    ... )
    >>> inequality(register, "production", 2019)["gini"].round(3).to_dict()
    {'Wood': 0.25, 'Food': 0.0, 'total': 0.222}
    """
    if quantity not in register:
        numeric = register.select_dtypes("number").columns.drop(["year", "registered"], errors="ignore")
        raise ValueError(f"quantity '{quantity}' is not in the register; it has {', '.join(numeric)}")
    rows = rows_of_year(register, year)
    sizes = {
        sector: rows.loc[rows["sector"] == sector, quantity] for sector in register["sector"].unique()
    } | {TOTAL: rows[quantity]}
    measures = {name: _measures(values, groups) for name, values in sizes.items()}
    return pd.DataFrame.from_dict(measures, orient="index").rename_axis("sector")


def gini_intervals(register: pd.DataFrame, quantity: str, year: int, samples: int, seed: int) -> pd.DataFrame:
    """95 % intervals of the Gini coefficient, corrected for small numbers, of every sector and the zone.

    Parameters
    ----------
    register, quantity, year
        As for :func:`inequality`.
    samples, seed : int
        As for :func:`bootstrap_interval`.

    Returns
    -------
    pandas.DataFrame
        By sector and ``total``: ``low`` and ``high``, missing with fewer than two residents.

    Raises
    ------
    ValueError
        As :func:`inequality` and :func:`bootstrap_interval`.

    Examples
    --------
    >>> import pandas as pd
    >>> from gvc_helpers.zones.inequality import gini_intervals
    >>> register = pd.DataFrame({"sector": ["Wood"] * 3, "year": 2019, "exports": [5.0, 5.0, 5.0]})
    >>> gini_intervals(register, "exports", 2019, samples=100, seed=1).loc["Wood"].tolist()
    [0.0, 0.0]
    """
    rows = rows_of_year(register, year)
    sectors = {name: rows["sector"] == name for name in register["sector"].unique()}
    ends = {
        name: bootstrap_interval(lambda x: gini(x, corrected=True), rows.loc[which, quantity], samples, seed)
        for name, which in (sectors | {TOTAL: rows["year"] == year}).items()
    }
    frame = pd.DataFrame.from_dict(ends, orient="index", columns=["low", "high"])
    return frame.rename_axis("sector")


def rows_of_year(table: pd.DataFrame, year: int) -> pd.DataFrame:
    """Rows of one year.

    Parameters
    ----------
    table : pandas.DataFrame
        With a column ``year``.
    year : int
        Year.

    Returns
    -------
    pandas.DataFrame
        The rows, in their order.

    Raises
    ------
    ValueError
        When there is none.

    Examples
    --------
    >>> import pandas as pd
    >>> from gvc_helpers.zones.inequality import rows_of_year
    >>> rows_of_year(pd.DataFrame({"year": [2018, 2019], "sales": [1, 2]}), 2019)["sales"].tolist()
    [2]
    """
    rows: pd.DataFrame = table[table["year"] == year]
    if rows.empty:
        years = ", ".join(str(known) for known in sorted(table["year"].unique()))
        raise ValueError(f"there are no rows of year {year}; there are of {years or 'none'}")
    return rows


_ROUNDING = 1e-9


def _sizes(x: ArrayLike) -> Array:
    """Return the reported sizes as an array."""
    given = np.asarray(x, dtype=float)
    if given.ndim != 1:
        raise ValueError(f"sizes have {given.ndim} dimensions; 1 is expected")
    sizes: Array = given[~np.isnan(given)]
    wrong = sizes[(sizes < 0) | np.isinf(sizes)]
    if len(wrong):
        raise ValueError(f"size {wrong[0]:g} is not allowed; a size must be zero or more, and finite")
    return sizes


def _lorenz_at(x: ArrayLike, places: Array) -> Array:
    curve = lorenz(x)
    heights: Array = np.interp(places, curve["residents"], curve["share"])
    return heights


def _measures(values: pd.Series[float], groups: int) -> dict[str, float]:
    return {
        "residents": int(values.notna().sum()),
        "gini": gini(values),
        "gini_corrected": gini(values, corrected=True),
        "gini_grouped": grouped_gini(values, groups),
        "top_share": 100.0 * top_share(values),
        "herfindahl": herfindahl(values),
        "equivalent_number": equivalent_number(values),
    }
