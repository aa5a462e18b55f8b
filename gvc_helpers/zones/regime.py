"""The preferential regime of a free economic zone: what moving revenue into it would add to income."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd


def implied_rate(outside: float, share: float, gains: Mapping[float, float]) -> pd.Series[float]:
    """Income gained per unit of revenue moved into the regime, as printed gains imply it.

    All revenue is ``R = 100 outside / share``. Lowering the share outside the regime to a target moves
    ``R (share - target) / 100`` into it; the rate is the gain divided by that. Gains at different targets
    that were computed with one rate give it back, within their rounding.

    Parameters
    ----------
    outside : float
        Revenue outside the regime, above zero.
    share : float
        Its share in all revenue, in %, above zero and at most 100.
    gains : mapping of float to float
        Target share in %, from zero to below `share`, and the gain in the unit of `outside`.

    Returns
    -------
    pandas.Series
        Rate by target, as a fraction.

    Raises
    ------
    ValueError
        When the revenue, the share or a target is outside these bounds, or there is no gain.

    References
    ----------
    Shuleiko, D. and Sovik, L. (2020), Cluster Transformation of FEZ: Methods of Identification of "Anchor"
    Industries and Residents, for the revenue and the gains; the rate is not printed there.

    Examples
    --------
    >>> implied_rate(9.9, 48.0, {30.0: 0.62, 15.0: 1.14}).round(3).to_dict()
    {30.0: 0.167, 15.0: 0.167}
    """
    if not gains:
        raise ValueError("there must be at least one gain, such as {30: 0.62}")
    for target in gains:
        if target == share:
            raise ValueError(f"target {target} is the share itself; it must be below it, to move any revenue")
    shifted = _shifted(outside, share, list(gains))
    return (list(gains.values()) / shifted).rename("rate")


def additional_income(outside: float, share: float, rate: float, targets: Sequence[float]) -> pd.DataFrame:
    """Income that residents gain when the share of revenue outside the regime falls to a target.

    All revenue stays as it is, and each unit moved into the regime adds `rate` to income::

        shifted = 100 outside / share (share - target) / 100
        gain    = rate shifted

    Parameters
    ----------
    outside : float
        Revenue outside the regime, above zero.
    share : float
        Its share in all revenue, in %, above zero and at most 100.
    rate : float
        Income per unit of revenue moved, as a fraction from 0 to 1, such as from :func:`implied_rate`.
    targets : sequence of float
        Target shares in %, from zero to `share`.

    Returns
    -------
    pandas.DataFrame
        By target: ``shifted``, the revenue moved into the regime, and ``gain``, in the unit of `outside`.

    Raises
    ------
    ValueError
        When the revenue, the share, the rate or a target is outside these bounds.

    References
    ----------
    Shuleiko and Sovik (2020), who take the profitability of 2019 as given.

    Examples
    --------
    >>> additional_income(9.9, 48.0, 0.167, [30.0, 15.0]).round(2).to_dict("index")
    {30.0: {'shifted': 3.71, 'gain': 0.62}, 15.0: {'shifted': 6.81, 'gain': 1.14}}
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"rate {rate} is not allowed; it must be a fraction from 0 to 1")
    shifted = _shifted(outside, share, targets)
    return pd.DataFrame({"shifted": shifted, "gain": rate * shifted})


def _shifted(outside: float, share: float, targets: Sequence[float]) -> pd.Series[float]:
    """Revenue that moves into the regime, by target."""
    if not 0 < outside < float("inf"):
        raise ValueError(f"revenue outside the regime {outside} is not allowed; it must be above 0")
    if not 0 < share <= 100:
        raise ValueError(f"share {share} is not allowed; it must be above 0 and at most 100 %")
    for target in targets:
        if not 0 <= target <= share:
            raise ValueError(f"target {target} is not allowed; it must be from 0 to the share of {share} %")
    index = pd.Index(list(targets), dtype=float, name="target")
    return pd.Series(outside / share * (share - index.to_numpy()), index)
