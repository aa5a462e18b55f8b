"""Leadership of residents: their mean position over indicators and years, and how far it can be relied on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

import numpy as np
import pandas as pd

from gvc_helpers._typing import Array
from gvc_helpers.errors import require

INDICATORS: dict[str, tuple[str, str | None]] = {
    "employees": ("employees", None),
    "production": ("production", None),
    "productivity": ("production", "employees"),
    "innovative": ("innovative", None),
    "innovative_share": ("innovative", "shipments"),
    "exports": ("exports", None),
    "export_share": ("exports", "production"),
    "resident_sales": ("resident_sales", None),
    "resident_sales_share": ("resident_sales", "revenue"),
    "profit": ("profit", None),
}
"""The ten indicators of Shuleiko and Sovik: columns of numerator and denominator (None: a volume)."""

VOLUMES = [name for name, (_, denominator) in INDICATORS.items() if denominator is None]
"""The six indicators that are volumes; the other four are ratios."""

Better = Literal["high", "low"]
"""Which values of an indicator are the better ones."""

Ties = Literal["average", "min", "max"]
"""The position that equal values share: the mean, the best or the worst of theirs."""

Missing = Literal["skip", "last", "complete"]
"""What a missing value means: no position, the last one, or that the resident is left out."""


@dataclass(frozen=True)
class Indicator:
    """An indicator of leadership, the direction in which it is better, and its weight.

    Parameters
    ----------
    name : str
        A key of :data:`INDICATORS`.
    better : {"high", "low"}
        Which values come first.
    weight : float
        Weight in the mean of positions, zero or more; with zero the indicator does not count.

    Raises
    ------
    ValueError
        When the name or the direction is none of those allowed, or the weight is negative or not finite.

    Examples
    --------
    >>> Indicator("profit", weight=2.0)
    Indicator(name='profit', better='high', weight=2.0)
    """

    name: str
    better: Better = "high"
    weight: float = 1.0

    def __post_init__(self) -> None:
        """Check the three fields."""
        if self.name not in INDICATORS:
            raise ValueError(f"indicator '{self.name}' is not known; allowed: {', '.join(INDICATORS)}")
        require("better", self.better, Better)
        if not (isfinite(self.weight) and self.weight >= 0):
            raise ValueError(f"weight {self.weight} of '{self.name}' is not allowed; it must be 0 or more")


SIGNIFICANCE = 0.05
"""Probability below which agreement is not put down to chance, the convention of the field."""


@dataclass(frozen=True)
class Concordance:
    """Agreement of rankings: Kendall's W and the test that there is none.

    Attributes
    ----------
    w : float
        Coefficient of concordance, from 0 (none) to 1 (all rankings are the same).
    chi_square : float
        ``judges (residents - 1) w``, the statistic of Friedman's test.
    p_value : float
        Probability of at least this statistic if the rankings had nothing in common, from the chi-square
        distribution with ``residents - 1`` degrees of freedom.
    judges : int
        Number of rankings.
    residents : int
        Number of residents ranked by all of them.
    """

    w: float
    chi_square: float
    p_value: float
    judges: int
    residents: int

    @property
    def certain(self) -> bool:
        """Whether so much agreement would be rarer than `SIGNIFICANCE` if there were none."""
        return self.p_value < SIGNIFICANCE


def indicator_values(
    register: pd.DataFrame,
    indicators: Sequence[str | Indicator] | None = None,
    years: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Set the indicators of all residents of some years side by side.

    Parameters
    ----------
    register : pandas.DataFrame
        One row per resident and year: ``resident``, ``year``, ``plan`` and the columns of the indicators.
    indicators : sequence of str or Indicator, optional
        Which of :data:`INDICATORS`; None: all ten.
    years : sequence of int, optional
        None: the last three years of the register that are not plan, or as many as there are.

    Returns
    -------
    pandas.DataFrame
        By resident, those with a row in at least one of the years, in the order in which the register first
        names them; columns (year, indicator). Volumes in the register's unit, ``productivity`` in its unit
        per employee, the other ratios as fractions. Missing: what is not reported, and ratios whose
        denominator is not above zero.

    Raises
    ------
    ValueError
        When an indicator is not known or named twice, a year is not in the register or named twice, there
        is no year or indicator at all, or a resident has two rows in a year.

    References
    ----------
    Shuleiko, D. and Sovik, L. (2020), Cluster Transformation of FEZ: Methods of Identification of "Anchor"
    Industries and Residents.

    Examples
    --------
    >>> register = pd.DataFrame(
    ...     {"resident": ["R1", "R2"], "year": 2019, "plan": False, "exports": [30.0, 0.0],
    ...      "production": [40.0, 0.0]}
    ... )
    >>> indicator_values(register, ["exports", "export_share"])[2019].to_numpy().tolist()
    [[30.0, 0.75], [0.0, nan]]
    """
    chosen, window = _chosen(indicators), _window(register, years)
    rows = register[register["year"].isin(window)]
    _refuse_repeated(rows)
    residents = pd.Index(register["resident"].unique(), name="resident")
    residents = residents[residents.isin(rows["resident"])]
    by_year = [
        pd.DataFrame({indicator.name: _values(of_year, indicator.name) for indicator in chosen})
        .set_axis(of_year["resident"])
        .reindex(residents)
        for of_year in (rows[rows["year"] == year] for year in window)
    ]
    return pd.concat(by_year, axis=1, keys=window, names=["year", "indicator"])


def positions(
    register: pd.DataFrame,
    indicators: Sequence[str | Indicator] | None = None,
    years: Sequence[int] | None = None,
    ties: Ties = "average",
    missing: Missing = "skip",
) -> pd.DataFrame:
    """Rank the residents by every indicator in every year, the best first.

    With "skip", a ranking has as many positions as residents with a value: where few have one, even the
    last position is a low number.

    Parameters
    ----------
    register, indicators, years
        As for :func:`indicator_values`; weights play no part here.
    ties : {"average", "min", "max"}
        The position that equal values share: the mean, the best or the worst of theirs.
    missing : {"skip", "last", "complete"}
        A missing value has no position ("skip"); or the last, the number of residents of the result
        ("last"); or only residents without missing values are ranked and returned ("complete").

    Returns
    -------
    pandas.DataFrame
        Shape and order of :func:`indicator_values` (fewer rows with "complete"), 1 the best.

    Raises
    ------
    ValueError
        As :func:`indicator_values`, and when `ties` or `missing` is none of those listed.

    References
    ----------
    Shuleiko and Sovik (2020).

    Examples
    --------
    >>> register = pd.DataFrame(
    ...     {"resident": ["R1", "R2", "R3"], "year": 2019, "plan": False, "profit": [5.0, 9.0, 5.0]}
    ... )
    >>> positions(register, ["profit"])[2019, "profit"].to_dict()
    {'R1': 2.5, 'R2': 1.0, 'R3': 2.5}
    """
    require("ties", ties, Ties)
    require("missing", missing, Missing)
    values = indicator_values(register, indicators, years)
    if missing == "complete":
        values = values.dropna()
    sign = {indicator.name: 1.0 if indicator.better == "low" else -1.0 for indicator in _chosen(indicators)}
    ranked = (values * _by_column(values, sign)).rank(method=ties)
    return ranked.fillna(float(len(values))) if missing == "last" else ranked


def leadership(
    register: pd.DataFrame,
    indicators: Sequence[str | Indicator] | None = None,
    years: Sequence[int] | None = None,
    ties: Ties = "average",
    missing: Missing = "skip",
) -> pd.DataFrame:
    """Order the residents by the leadership coefficient, their mean position.

    With ``P_riy`` the position of resident ``r`` by indicator ``i`` in year ``y`` and weights ``w_i``::

        K_r = Σ_iy w_i P_riy / Σ_iy w_i

    over the positions that the resident has. A resident that entered late is thus counted over the years it
    has. 1 is the first place in everything. Formula 3 of the paper is printed as a sum, but its text calls
    the coefficient a mean, and the printed scores from 8 to 61 can be no sum of thirty positions.

    Parameters
    ----------
    register : pandas.DataFrame
        As for :func:`indicator_values`, with ``sector`` as well.
    indicators, years, ties, missing
        As for :func:`positions`. An indicator with weight zero is as good as left out.

    Returns
    -------
    pandas.DataFrame
        By resident, best first, equal coefficients in the order of the register: ``coefficient``; ``place``
        in this order, from 1; ``sector``, that of the resident's last year; ``years`` and ``indicators``, how
        many years and how many positions are counted. Residents without any position are left out.

    Raises
    ------
    ValueError
        As :func:`positions`, and when all weights are zero.

    References
    ----------
    Shuleiko and Sovik (2020), formula 3.

    Examples
    --------
    >>> register = pd.DataFrame(
    ...     {"resident": ["R1", "R2", "R3"], "sector": "Textiles", "year": 2019, "plan": False,
    ...      "exports": [5.0, 9.0, 7.0], "profit": [3.0, 1.0, None]}
    ... )
    >>> leadership(register, ["exports", "profit"])["coefficient"].to_dict()
    {'R2': 1.5, 'R1': 2.0, 'R3': 2.0}
    """
    counted = _counted(indicators)
    ranked = positions(register, counted, years, ties, missing)
    coefficient = _coefficient(ranked, counted)
    here = ranked.notna()
    leaders = pd.DataFrame(
        {
            "coefficient": coefficient,
            "place": _places(coefficient),
            "sector": _last_sector(register, _window(register, years)).reindex(ranked.index),
            "years": here.T.groupby(level="year").any().sum(),
            "indicators": here.sum(axis=1),
        },
        index=ranked.index,
    )
    return leaders.dropna(subset="coefficient").astype({"place": int}).sort_values("place")


def kendall_w(positions: pd.DataFrame) -> Concordance:
    """How far the indicators agree on the order of the residents: Kendall's coefficient of concordance.

    Each indicator is a judge: its positions are averaged over the years and ranked again. With ``R_r`` the
    sum of the ``m`` ranks of resident ``r`` out of ``n`` and ``t`` the sizes of the groups of equal ranks::

        W = 12 Σ_r (R_r - m (n + 1) / 2)² / (m² (n³ - n) - m Σ_groups (t³ - t))

    Parameters
    ----------
    positions : pandas.DataFrame
        From :func:`positions`, by resident and (year, indicator). Residents without a position in some
        indicator are left out.

    Returns
    -------
    Concordance
        Missing values when fewer than two residents remain or every judge ranks all of them the same.

    References
    ----------
    Kendall, M. G. and Babington Smith, B. (1939), The Problem of m Rankings, Annals of Mathematical
    Statistics 10. The test is that of Friedman, M. (1937), The Use of Ranks to Avoid the Assumption of
    Normality Implicit in the Analysis of Variance, Journal of the American Statistical Association 32.

    Examples
    --------
    >>> columns = pd.MultiIndex.from_product([[2019], ["exports", "profit"]], names=["year", "indicator"])
    >>> kendall_w(pd.DataFrame([[1.0, 1.0], [2.0, 3.0], [3.0, 2.0]], columns=columns)).w
    0.75
    """
    from scipy import stats  # slow to import, and much does without it

    ranks = mean_positions(positions).dropna().rank().to_numpy()
    n, m = ranks.shape
    groups = [np.unique(judge, return_counts=True)[1] for judge in ranks.T]
    tied = sum(int((sizes**3 - sizes).sum()) for sizes in groups)
    most = m**2 * (n**3 - n) - m * tied
    spread = float(((ranks.sum(axis=1) - m * (n + 1) / 2) ** 2).sum())
    w = 12 * spread / most if most > 0 else np.nan
    chi_square = m * (n - 1) * w
    return Concordance(w, chi_square, float(stats.chi2.sf(chi_square, n - 1)), m, n)


def leave_one_out(
    register: pd.DataFrame,
    indicators: Sequence[str | Indicator] | None = None,
    years: Sequence[int] | None = None,
    ties: Ties = "average",
    missing: Missing = "skip",
) -> pd.DataFrame:
    """Places of the residents when one indicator or one year is left out.

    The other positions stay as they are.

    Parameters
    ----------
    register, indicators, years, ties, missing
        As for :func:`leadership`.

    Returns
    -------
    pandas.DataFrame
        Places, by resident as :func:`leadership` orders them with nothing left out; columns (kind, name) with
        kind "indicator" or "year" and the indicator or year left out. A kind of which there is only one has
        no columns. Missing for a resident that has no other positions.

    Raises
    ------
    ValueError
        As :func:`leadership`.

    Examples
    --------
    >>> register = pd.DataFrame(
    ...     {"resident": ["R1", "R2"], "year": 2019, "plan": False, "exports": [9.0, 5.0],
    ...      "profit": [1.0, 3.0], "employees": [20.0, 10.0]}
    ... )
    >>> leave_one_out(register, ["employees", "exports", "profit"])["indicator"].loc["R1"].to_dict()
    {'employees': 1.0, 'exports': 1.0, 'profit': 1.0}
    """
    counted = _counted(indicators)
    ranked = positions(register, counted, years, ties, missing)
    coefficient = _coefficient(ranked, counted)
    order = _places(coefficient).dropna().sort_values().index
    places = {
        (kind, name): _places(_coefficient(ranked.loc[:, labels != name], counted))
        for kind in ("indicator", "year")
        for labels in [ranked.columns.get_level_values(kind)]
        if labels.nunique() > 1
        for name in labels.unique()
    }
    columns = pd.MultiIndex.from_tuples(places, names=["kind", "name"])
    return pd.DataFrame(places, ranked.index).reindex(order).set_axis(columns, axis=1)


def random_weights(positions: pd.DataFrame, samples: int, seed: int, top: int = 10) -> pd.DataFrame:
    """Places of the residents when the weights of the indicators are drawn at random.

    Weights come from the flat Dirichlet distribution (all sets of weights that add up to one are equally
    likely) and are the same in all years. The coefficient is that of :func:`leadership`: missing positions
    are skipped and the weights of the others rescaled.

    Parameters
    ----------
    positions : pandas.DataFrame
        From :func:`positions`, by resident and (year, indicator).
    samples : int
        Number of draws, one or more.
    seed : int
        Seed of the generator.
    top : int
        How many places count as the top, one or more.

    Returns
    -------
    pandas.DataFrame
        By resident, in the order of `positions`: ``place_low`` and ``place_high``, the 2.5 and 97.5
        percentiles of the place; ``probability``, the fraction of draws in which it is among the first `top`.
        Residents with equal coefficients stand in the order of the rows. Missing without any position.

    Raises
    ------
    ValueError
        When `samples` or `top` is below one.

    Examples
    --------
    >>> columns = pd.MultiIndex.from_product([[2019], ["exports", "profit"]], names=["year", "indicator"])
    >>> ranked = pd.DataFrame([[1.0, 1.0], [2.0, 3.0], [3.0, 2.0]], ["R1", "R2", "R3"], columns)
    >>> random_weights(ranked, samples=1000, seed=0, top=1)["probability"].tolist()
    [1.0, 0.0, 0.0]
    """
    if samples < 1:
        raise ValueError(f"samples {samples} is not allowed; it must be 1 or more")
    _require_top(top)
    by_indicator = positions.T.groupby(level="indicator", sort=False)
    sums, numbers = by_indicator.sum().to_numpy(), by_indicator.count().to_numpy()
    weights = np.random.default_rng(seed).dirichlet(np.ones(len(sums)), samples)
    total = weights @ numbers
    places = _ranks((weights @ sums) / np.where(total > 0, total, np.nan))
    low, high = np.percentile(places, [2.5, 97.5], axis=0)
    within = np.where(np.isnan(places), np.nan, places <= top).mean(axis=0)
    return pd.DataFrame({"place_low": low, "place_high": high, "probability": within}, positions.index)


def top_by_indicator(
    register: pd.DataFrame, indicator: str | Indicator, years: Sequence[int] | None = None, top: int = 5
) -> list[str]:
    """Residents with the best mean position by one indicator.

    Parameters
    ----------
    register, years
        As for :func:`leadership`.
    indicator : str or Indicator
        One of :data:`INDICATORS`.
    top : int
        How many, one or more.

    Returns
    -------
    list of str
        Residents, best first; fewer where fewer have a position.

    Raises
    ------
    ValueError
        As :func:`leadership`, and when `top` is below one.

    Examples
    --------
    >>> register = pd.DataFrame(
    ...     {"resident": ["R1", "R2"], "sector": "Other", "year": 2019, "plan": False, "profit": [1.0, 3.0]}
    ... )
    >>> top_by_indicator(register, "profit", top=1)
    ['R2']
    """
    _require_top(top)
    leaders: list[str] = leadership(register, [indicator], years).index[:top].tolist()
    return leaders


def by_sector(leaders: pd.DataFrame, top: int = 20) -> pd.Series[int]:
    """Count the first residents by sector.

    Parameters
    ----------
    leaders : pandas.DataFrame
        From :func:`leadership`.
    top : int
        How many residents are counted, one or more.

    Returns
    -------
    pandas.Series
        Number of residents by sector, most first, equal numbers in the order in which the sectors appear
        among the leaders; sectors with none among the first are there too, with zero.

    Raises
    ------
    ValueError
        When `top` is below one.

    Examples
    --------
    >>> leaders = pd.DataFrame({"sector": ["Textiles", "Other", "Other", "Logistics"]})
    >>> by_sector(leaders, top=3).to_dict()
    {'Other': 2, 'Textiles': 1, 'Logistics': 0}
    """
    _require_top(top)
    sectors = pd.Index(leaders["sector"].unique(), name="sector")
    counts = leaders["sector"].iloc[:top].value_counts().reindex(sectors, fill_value=0)
    return counts.sort_values(ascending=False, kind="stable").rename("residents")


def mean_positions(positions: pd.DataFrame) -> pd.DataFrame:
    """Average the positions of every resident by every indicator over the years.

    Parameters
    ----------
    positions : pandas.DataFrame
        From :func:`positions`, by resident and (year, indicator).

    Returns
    -------
    pandas.DataFrame
        By resident and indicator, both in the order given: the mean over the years with a position, missing
        where there is none.

    Examples
    --------
    >>> columns = pd.MultiIndex.from_product([[2018, 2019], ["profit"]], names=["year", "indicator"])
    >>> mean_positions(pd.DataFrame([[1.0, 4.0], [2.0, None]], columns=columns))["profit"].tolist()
    [2.5, 2.0]
    """
    return positions.T.groupby(level="indicator", sort=False).mean().T


def volumes_against_ratios(
    register: pd.DataFrame,
    years: Sequence[int] | None = None,
    ties: Ties = "average",
    missing: Missing = "skip",
) -> pd.DataFrame:
    """Leadership coefficients over the volumes and over the ratios, apart from each other.

    Six of the ten indicators are volumes, in which a large resident leads by its size alone. Its ratios then
    show whether it leads in anything else.

    Parameters
    ----------
    register, years, ties, missing
        As for :func:`leadership`.

    Returns
    -------
    pandas.DataFrame
        By resident, in the order of the register: ``volumes`` and ``ratios``, mean positions over the
        indicators in :data:`VOLUMES` and over the other four; missing without any position.

    Raises
    ------
    ValueError
        As :func:`positions`.

    Examples
    --------
    >>> register = pd.DataFrame(
    ...     {"resident": ["large", "small"], "year": 2019, "plan": False, "employees": [90.0, 10.0],
    ...      "production": [9.0, 5.0], "shipments": [9.0, 5.0], "innovative": [2.0, 1.5],
    ...      "exports": [4.0, 3.0], "revenue": [9.0, 5.0], "resident_sales": [1.0, 0.8], "profit": [3.0, 2.0]}
    ... )
    >>> volumes_against_ratios(register).to_dict("index")
    {'large': {'volumes': 1.0, 'ratios': 2.0}, 'small': {'volumes': 2.0, 'ratios': 1.0}}
    """
    ranked = positions(register, None, years, ties, missing)
    of_volumes = ranked.columns.get_level_values("indicator").isin(VOLUMES)
    kinds = {"volumes": of_volumes, "ratios": ~of_volumes}
    return pd.DataFrame(
        {kind: _coefficient(ranked.loc[:, which], _chosen(None)) for kind, which in kinds.items()}
    )


def _chosen(indicators: Sequence[str | Indicator] | None) -> list[Indicator]:
    """Return the indicators asked for; refuse what is not known, named twice or none at all."""
    if isinstance(indicators, str):
        raise ValueError(f"indicators '{indicators}' is a text; a list is expected, ['{indicators}']")
    names = list(INDICATORS) if indicators is None else indicators
    chosen = [name if isinstance(name, Indicator) else Indicator(name) for name in names]
    if not chosen:
        raise ValueError(f"there must be at least one indicator; allowed: {', '.join(INDICATORS)}")
    _refuse_twice("indicator", [indicator.name for indicator in chosen])
    return chosen


def _counted(indicators: Sequence[str | Indicator] | None) -> list[Indicator]:
    """Return the indicators whose weight is not zero."""
    counted = [indicator for indicator in _chosen(indicators) if indicator.weight > 0]
    if not counted:
        raise ValueError("all indicators have weight 0; at least one must be above 0")
    return counted


def _window(register: pd.DataFrame, years: Sequence[int] | None) -> list[int]:
    """Return the years asked for, or the last three that are not plan."""
    known = sorted(register["year"].unique().tolist())
    if years is None:
        done = sorted(register.loc[~register["plan"], "year"].unique().tolist())
        if not done:
            raise ValueError("the register has no year that is not plan; there must be at least one")
        return done[-3:]
    window = list(years)
    if not window:
        raise ValueError(f"there must be at least one year; the register has {', '.join(map(str, known))}")
    for year in window:
        if year not in known:
            raise ValueError(f"year {year} is not in the register; it has {', '.join(map(str, known))}")
    _refuse_twice("year", window)
    return window


def _refuse_twice(what: str, names: Sequence[object]) -> None:
    """Raise a ValueError when a name stands in the list twice."""
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{what} '{name}' is named twice; it must be named once at most")


def _refuse_repeated(rows: pd.DataFrame) -> None:
    """Raise a ValueError when a resident has two rows in a year."""
    repeated = rows[rows.duplicated(["resident", "year"])]
    if len(repeated):
        resident, year = repeated.iloc[0][["resident", "year"]]
        raise ValueError(f"resident '{resident}' has more than one row in {year}; it must have one at most")


def _require_top(top: int) -> None:
    """Raise a ValueError unless at least one resident is asked for."""
    if top < 1:
        raise ValueError(f"top {top} is not allowed; it must be 1 or more")


def _values(rows: pd.DataFrame, name: str) -> Array:
    """One indicator of the given rows; missing where the denominator is not above zero."""
    numerator, denominator = INDICATORS[name]
    values: Array = rows[numerator].to_numpy(dtype=float)
    if denominator is None:
        return values
    whole = rows[denominator].to_numpy(dtype=float)
    return values / np.where(whole > 0, whole, np.nan)


def _last_sector(register: pd.DataFrame, window: Sequence[int]) -> pd.Series[str]:
    """Return the sector of every resident in its last year of the window."""
    rows = register[register["year"].isin(window)].sort_values("year", kind="stable")
    return rows.drop_duplicates("resident", keep="last").set_index("resident")["sector"]


def _by_column(ranked: pd.DataFrame, of_indicator: dict[str, float]) -> Array:
    """Return the number of the indicator of every (year, indicator)."""
    names = ranked.columns.get_level_values("indicator")
    return np.array([of_indicator[name] for name in names], dtype=float)


def _coefficient(ranked: pd.DataFrame, indicators: Sequence[Indicator]) -> pd.Series[float]:
    """Weighted mean of every row over what is not missing."""
    weights = _by_column(ranked, {indicator.name: indicator.weight for indicator in indicators})
    here = ranked.notna().to_numpy()
    total = here @ weights
    return pd.Series(
        (ranked.fillna(0.0).to_numpy() @ weights) / np.where(total > 0, total, np.nan), ranked.index
    )


def _places(coefficient: pd.Series[float]) -> pd.Series[float]:
    """Places by coefficient, missing where it is."""
    return pd.Series(_ranks(coefficient.to_numpy()), coefficient.index)


def _ranks(coefficients: Array) -> Array:
    """Places 1, 2, ... along the last axis, lowest first, equal ones in the order given."""
    # Coefficients that differ only by the order of a sum are equal.
    order = np.argsort(np.round(coefficients, 9), axis=-1, kind="stable")
    places = np.empty(order.shape)
    np.put_along_axis(places, order, np.arange(1.0, order.shape[-1] + 1), axis=-1)
    return np.where(np.isnan(coefficients), np.nan, places)
