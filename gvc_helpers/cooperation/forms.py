"""Forms of participation in value chains: which suit a sector, and how far they overlap."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from gvc_helpers._typing import Array
from gvc_helpers.cooperation.activity import concentration, imported_inputs
from gvc_helpers.measures.position import upstreamness
from gvc_helpers.tables.io_table import REST_OF_WORLD, IOTable

CRITERIA = [
    "technical_level", "import_dependence", "scale", "concentration", "position", "openness",
    "innovation", "zone_share",
]  # fmt: skip
"""What a sector is looked at by: six figures of the table, and two of a register of residents."""
FROM_TABLE, FROM_REGISTER = CRITERIA[:6], CRITERIA[6:]
PROFILES = pd.DataFrame.from_dict(
    {
        "state_corporations": [0.7, 0.3, 1.0, 0.8, 0.7, 0.3, 0.5, 0.1],
        "joint_ventures": [0.4, 0.8, 0.5, 0.5, 0.3, 0.8, 0.4, 0.5],
        "joint_research": [1.0, 0.5, 0.5, 0.4, 0.4, 0.8, 1.0, 0.4],
        "special_economic_zones": [0.5, 0.9, 0.3, 0.3, 0.2, 0.9, 0.5, 1.0],
        "centralized_structures": [0.4, 0.3, 0.6, 0.9, 0.8, 0.2, 0.3, 0.2],
        "public_private_partnership": [0.5, 0.2, 0.8, 0.4, 0.6, 0.5, 0.4, 0.3],
        "selective_investment": [0.7, 0.6, 0.4, 0.3, 0.3, 1.0, 0.6, 0.5],
    },
    orient="index",
    columns=CRITERIA,
)
"""The sector that each form is made for, as levels from 0 to 1. They are this project's reading of
"Development of production cooperation and entrepreneurship in global value chains" (2020), which names the
forms and argues in words; it prints no levels."""
FORMS = list(PROFILES.index)
Contenders = Mapping[str, Sequence[str]]
"""Sectors, and the forms that are contenders in each."""
CONTENDER = 10.0
"""Share of random weights, %, from which a form that comes first counts as a contender."""
SEVERAL = 2.0
"""Contenders in a sector, on average, from which forms are said to converge: a single one does not."""


def criteria(table: IOTable, technology: Collection[str]) -> pd.DataFrame:
    """Measure every (country, sector) by the criteria that a table can give.

    Parameters
    ----------
    table : IOTable
        A balanced table, GN rows, G countries.
    technology : collection of str
        Sectors that carry technology into others, such as those that build machinery.

    Returns
    -------
    pandas.DataFrame
        Shape (GN, 6), the columns `FROM_TABLE`: ``technical_level``, value added by the sectors of technology
        of all countries, in % of the value of a unit of output, ``v_T' B``; ``import_dependence``, foreign
        value added in % of it; ``scale``, output in the table's unit; ``concentration`` of the suppliers of
        imported inputs, from 0 to 1; ``position``, upstreamness in stages; ``openness`` of partners, their
        exports and imports in % of twice their value added, weighted by the sector's exports to them and
        imported inputs from them, the rest of the world left out. Missing for a sector without output, or
        without such trade.

    Raises
    ------
    TableError, SingularTableError
        As :func:`gvc_helpers.upstreamness`.

    References
    ----------
    Papaconstantinou, G., Sakurai, N. and Wyckoff, A. (1996), Embodied Technology Diffusion, OECD STI Working
    Papers 1996/1, for technology that reaches a sector in the products of those that make it; Antràs et al.
    (2012) for upstreamness; Hirschman (1945) for concentration.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> measured = gvc.cooperation.criteria(gvc.read_table("reconstruction"), ["Transport equipment"])
    >>> measured.loc["BLR", "technical_level"].idxmax()
    'Transport equipment'
    """
    leontief, output = table.leontief, table.output
    makers = table.index.get_level_values("sector").isin(list(technology)).astype(float)
    shares = leontief.value_added_share
    content = leontief.content(np.column_stack([shares * makers, shares[:, None] * table.membership]))
    own = (content[:, 1:] * table.membership).sum(axis=1)
    inputs = imported_inputs(table)
    frame = pd.DataFrame(
        {
            "technical_level": 100.0 * content[:, 0],
            "import_dependence": 100.0 * (1.0 - own),
            "scale": output,
            "concentration": concentration(inputs),
            "position": upstreamness(table),
            "openness": _openness_of_partners(table, inputs),
        },
        table.index,
    )
    return frame.where(output > 0)


def levels(measured: pd.DataFrame) -> pd.DataFrame:
    """Turn measures into levels from 0 to 1: the share of rows that lie below, and half of those that tie.

    Parameters
    ----------
    measured : pandas.DataFrame
        Criteria as columns; the rows are what each is compared with.

    Returns
    -------
    pandas.DataFrame
        The same shape, ``(rank - 1/2) / n`` with mean ranks for ties, n without what is missing; missing
        stays missing.

    Examples
    --------
    >>> import pandas as pd
    >>> import gvc_helpers as gvc
    >>> gvc.cooperation.levels(pd.DataFrame({"scale": [5.0, 1.0, 5.0, 9.0]}))["scale"].tolist()
    [0.5, 0.125, 0.5, 0.875]
    """
    ranked = measured.rank(method="average")
    return (ranked - 0.5) / measured.notna().sum().where(lambda count: count > 0)


def suitability(
    sector_levels: pd.DataFrame, weights: Mapping[str, float], profiles: pd.DataFrame = PROFILES
) -> pd.DataFrame:
    """How well every form suits every sector, by the method SPOTIS with an expected solution.

    The forms are the alternatives, their profiles the decision matrix and a sector's levels the expected
    solution ``s``. A form with profile ``p`` lies ``d = Σ_k w_k |p_k - s_k|`` away, weights adding up to 1;
    its suitability is ``100 (1 - d)``. Adding or taking away a form changes neither the suitability of the
    others nor their order.

    Parameters
    ----------
    sector_levels : pandas.DataFrame
        By sector, criteria as columns, from 0 to 1; a missing level leaves the criterion out for that sector.
    weights : mapping of str to float
        Weight of every criterion, zero or more; they need not add up to 1.
    profiles : pandas.DataFrame
        Form x criterion, from 0 to 1.

    Returns
    -------
    pandas.DataFrame
        Sector x form, from 0 to 100; missing for a sector without any level that has weight.

    Raises
    ------
    ValueError
        When a weight is negative, all are zero, or a level does not lie from 0 to 1.

    References
    ----------
    Dezert, J., Tchamova, A., Han, D. and Tacnet, J.-M. (2020), The SPOTIS Rank Reversal Free Method for
    Multi-Criteria Decision-Making Support, FUSION 2020, with the expected solution in the place of the
    ideal one.

    Examples
    --------
    >>> import pandas as pd
    >>> import gvc_helpers as gvc
    >>> sector = pd.DataFrame({"scale": [1.0], "openness": [0.2]}, index=["Oil"])
    >>> gvc.cooperation.suitability(sector, {"scale": 1, "openness": 1}).idxmax(axis=1)["Oil"]
    'state_corporations'
    """
    given = _given_weights(sector_levels, weights)
    rows = {
        sector: _suitability_in(row.to_numpy(), given, profiles[row.index].to_numpy())
        for sector, row in sector_levels.iterrows()
    }
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=list(profiles.index))
    return frame.rename_axis(index=sector_levels.index.name, columns="form")


def first_places(
    sector_levels: pd.DataFrame,
    weights: Mapping[str, float],
    samples: int,
    seed: int,
    profiles: pd.DataFrame = PROFILES,
) -> pd.DataFrame:
    """How often every form comes first when the weights are drawn at random.

    Weights of the criteria that have any are drawn evenly from all that add up to 1 (Dirichlet, all
    parameters 1); the others stay out.

    Parameters
    ----------
    sector_levels, weights, profiles
        As of :func:`suitability`.
    samples : int
        Draws.
    seed : int
        Start of the random draws.

    Returns
    -------
    pandas.DataFrame
        Sector x form, % of draws; rows add up to 100. Forms that tie share the place. A sector without any
        level that has weight is left out.

    Raises
    ------
    ValueError
        As :func:`suitability`.

    Examples
    --------
    >>> import pandas as pd
    >>> import gvc_helpers as gvc
    >>> sector = pd.DataFrame({"scale": [1.0], "openness": [0.2]}, index=["Oil"])
    >>> first = gvc.cooperation.first_places(sector, {"scale": 1, "openness": 1}, samples=50, seed=1)
    >>> bool(first.loc["Oil", "state_corporations"] > 50)
    True
    """
    counted = list(sector_levels.columns[_given_weights(sector_levels, weights) > 0])
    drawn = np.random.default_rng(seed).dirichlet(np.ones(len(counted)), samples)
    known, forms = sector_levels[counted].dropna(how="all"), profiles[counted].to_numpy()
    first = np.zeros((len(known), len(forms)))
    for places, level in zip(first, known.to_numpy(), strict=True):
        scores = _suitability_in(level, drawn, forms)
        best = scores >= scores.max(axis=1, keepdims=True) - 1e-12
        places += (best / best.sum(axis=1, keepdims=True)).sum(axis=0)
    return pd.DataFrame(100.0 * first / samples, known.index, pd.Index(profiles.index, name="form"))


def contenders(first: pd.DataFrame) -> dict[str, list[str]]:
    """Forms that come first often enough not to be dismissed, the most frequent first.

    Parameters
    ----------
    first : pandas.DataFrame
        As of :func:`first_places`.

    Returns
    -------
    dict of str to list of str
        Sector and its forms with at least `CONTENDER` % of first places.

    Examples
    --------
    >>> import pandas as pd
    >>> import gvc_helpers as gvc
    >>> first = pd.DataFrame({"joint_ventures": [35.0], "joint_research": [60.0], "other": [5.0]}, ["Cars"])
    >>> gvc.cooperation.contenders(first)
    {'Cars': ['joint_research', 'joint_ventures']}
    """
    ordered = {sector: row.sort_values(ascending=False, kind="stable") for sector, row in first.iterrows()}
    return {str(sector): list(row.index[row >= CONTENDER]) for sector, row in ordered.items()}


def counted(contending: Contenders) -> pd.Series[int]:
    """Count the forms that are contenders in every sector.

    Parameters
    ----------
    contending : mapping of str to sequence of str
        As of :func:`contenders`.

    Returns
    -------
    pandas.Series
        By sector.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> gvc.cooperation.counted({"Cars": ["joint_research", "joint_ventures"], "Tea": []}).tolist()
    [2, 0]
    """
    return pd.Series({sector: len(forms) for sector, forms in contending.items()}, dtype=int)


def converge(contending: Contenders) -> bool:
    """Tell whether forms of participation converge, so that a sector has `SEVERAL` of them on average.

    Parameters
    ----------
    contending : mapping of str to sequence of str
        As of :func:`contenders`.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> gvc.cooperation.converge({"Cars": ["joint_research", "joint_ventures"], "Tea": ["joint_ventures"]})
    False
    """
    return bool(counted(contending).mean() >= SEVERAL)


def overlap(first: pd.DataFrame) -> pd.DataFrame:
    """Sectors in which two forms are contenders together, in % of all sectors.

    Parameters
    ----------
    first : pandas.DataFrame
        As of :func:`first_places`.

    Returns
    -------
    pandas.DataFrame
        Form x form, symmetric; on the diagonal, sectors in which the form is a contender at all.

    Examples
    --------
    >>> import pandas as pd
    >>> import gvc_helpers as gvc
    >>> first = pd.DataFrame({"a": [30.0, 0.0], "b": [70.0, 100.0]}, index=["Oil", "Tea"])
    >>> gvc.cooperation.overlap(first).to_numpy().tolist()
    [[50.0, 50.0], [50.0, 100.0]]
    """
    contending = (first >= CONTENDER).astype(float)
    both = 100.0 * (contending.T @ contending) / max(len(first), 1)
    return both.rename_axis(index="form", columns="form")


def _given_weights(sector_levels: pd.DataFrame, weights: Mapping[str, float]) -> Array:
    """Weights of the columns; a ValueError if there are none to go by, or a level is none."""
    if ((sector_levels < 0) | (sector_levels > 1)).any(axis=None):
        raise ValueError("levels must lie from 0 to 1")
    given = np.array([weights.get(criterion, 0.0) for criterion in sector_levels.columns], dtype=float)
    if not (given >= 0).all() or not given.any():
        raise ValueError("weights must be zero or more, and at least one above zero")
    return given


def _suitability_in(level: Array, weights: Array, profiles: Array) -> Array:
    """Suitability of every form for one sector, shape (..., forms) for weights (..., criteria).

    Missing levels stay out; without any that has weight it is missing itself.
    """
    share = np.where(np.isnan(level), 0.0, weights)
    distance = share @ np.abs(profiles - np.nan_to_num(level)).T
    total = share.sum(axis=-1, keepdims=True)
    return 100.0 * (1.0 - distance / np.where(total > 0, total, np.nan))


def _openness_of_partners(table: IOTable, inputs: pd.DataFrame) -> pd.Series[float]:
    """Openness of the countries that a (country, sector) trades with, in %, weighted by that trade."""
    exports = table.exports_by_destination
    value_added = table.value_added.groupby(level="country", sort=False).sum()
    both = exports.groupby(level="country", sort=False).sum().sum(axis=1) + exports.sum()
    openness = 50.0 * both / value_added.where(value_added > 0)
    trade = (exports + inputs.T).drop(columns=list(REST_OF_WORLD), errors="ignore").clip(lower=0.0)
    total = trade.sum(axis=1)
    return trade.mul(openness.reindex(trade.columns).fillna(0.0)).sum(axis=1) / total.where(total > 0)
