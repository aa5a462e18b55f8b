"""Localization: in which sectors the zone weighs more in its region than it does on the whole."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

Amounts = TypeVar("Amounts", "pd.Series[float]", pd.DataFrame)
"""Amounts by sector, or by sector and year."""
NEAR_NOTHING = 0.005
"""Change of a logarithm up to which a share has not changed to speak of: half a per cent of it."""


def location_quotient(zone: Amounts, region: Amounts) -> Amounts:
    """Location quotient: the zone's share of a sector of the region, relative to its share of the whole.

    ``LQ_i = (zone_i / region_i) / (Σ zone / Σ region)``, the region including the zone. With ``s_i`` the
    zone's share of sector i and ``S`` of the whole, ``LQ_i = s_i / S``, so that sectors of one year are
    ranked as by ``s_i``. Weighted by the sector's weight in the region the quotients average to one,
    ``Σ_i (region_i / Σ region) LQ_i = 1``, and none exceeds ``1/S``, the :func:`ceiling`, which comes down
    as the zone grows in its region.

    Parameters
    ----------
    zone, region : pandas.Series or pandas.DataFrame
        Amounts, such as production or exports, by sector or by sector (rows) and year (columns), with the
        same labels in any order and in the same unit.

    Returns
    -------
    pandas.Series or pandas.DataFrame
        Quotients, labelled as `zone`, without unit: 0 for a sector that the zone does not have, missing for
        one that the region does not have. Where an amount is missing, so are the sums and all quotients of
        the year.

    Raises
    ------
    ValueError
        When labels differ or stand twice, an amount is negative, or the zone has more of a sector than the
        region.

    References
    ----------
    Florence, P. S. (1939), Report on the Location of Industry. Isard, W. (1960), Methods of Regional
    Analysis: An Introduction to Regional Science, MIT Press. Shuleiko, D. Ch. and Sovik, L. E. (2020),
    Cluster Transformation of FEZ: Methods of Identification of "Anchor" Industries and Residents (in
    Russian), formulas (1) for production and (2) for exports.

    Examples
    --------
    >>> import pandas as pd
    >>> from gvc_helpers.zones.localization import location_quotient
    >>> zone, region = pd.Series({"Wood": 30.0, "Food": 10.0}), pd.Series({"Wood": 60.0, "Food": 140.0})
    >>> location_quotient(zone, region).round(3).to_dict()
    {'Wood': 2.5, 'Food': 0.357}
    """
    return _quotient(zone, _checked(zone, region))


def overall_share(
    zone: pd.Series[float] | pd.DataFrame, region: pd.Series[float] | pd.DataFrame
) -> float | pd.Series[float]:
    """Share of the zone in its region over all sectors, ``S = 100 Σ zone / Σ region``.

    Parameters
    ----------
    zone, region : pandas.Series or pandas.DataFrame
        As in :func:`location_quotient`.

    Returns
    -------
    float or pandas.Series
        In %; by year for frames. Missing when the region has nothing.

    Raises
    ------
    ValueError
        As :func:`location_quotient`.

    References
    ----------
    Shuleiko and Sovik (2020): the denominators of formulas (1) and (2).

    Examples
    --------
    >>> import pandas as pd
    >>> from gvc_helpers.zones.localization import overall_share
    >>> overall_share(pd.Series({"Wood": 30.0, "Food": 10.0}), pd.Series({"Wood": 60.0, "Food": 140.0}))
    20.0
    """
    return 100.0 * _overall(zone, _checked(zone, region))


def ceiling(
    zone: pd.Series[float] | pd.DataFrame, region: pd.Series[float] | pd.DataFrame
) -> float | pd.Series[float]:
    """Largest value that a location quotient can have, ``1/S``: the zone has all of a sector.

    Parameters
    ----------
    zone, region : pandas.Series or pandas.DataFrame
        As in :func:`location_quotient`.

    Returns
    -------
    float or pandas.Series
        Without unit, at least 1; by year for frames. Infinite when only the zone has nothing, missing when
        the region has nothing either.

    Raises
    ------
    ValueError
        As :func:`location_quotient`.

    References
    ----------
    It follows from the definition, with a share of 1.

    Examples
    --------
    >>> import pandas as pd
    >>> from gvc_helpers.zones.localization import ceiling
    >>> ceiling(pd.Series({"Wood": 30.0, "Food": 10.0}), pd.Series({"Wood": 60.0, "Food": 140.0}))
    5.0
    """
    return _ratio(1.0, _overall(zone, _checked(zone, region)))


def specialization(zone: pd.Series[float], region: pd.Series[float]) -> pd.DataFrame:
    """Three views of how far the zone is specialized in each sector.

    With ``s`` the zone's share of the sector and ``S`` of the whole, the odds ratio is
    ``[s / (1 - s)] / [S / (1 - S)]``: what the zone has of the sector for each unit that the rest of the
    region has, relative to the same for the whole. It is above one where the quotient is, and has no ceiling.

    Parameters
    ----------
    zone, region : pandas.Series
        Amounts by sector, as in :func:`location_quotient`.

    Returns
    -------
    pandas.DataFrame
        By sector: ``share`` (of the region's sector, %), ``quotient`` (:func:`location_quotient`) and
        ``odds_ratio``, infinite where the zone has all of the region's sector, and missing when it has all of
        the region.

    Raises
    ------
    ValueError
        As :func:`location_quotient`.

    References
    ----------
    Isard (1960) for the quotient. The odds ratio is that of any two-by-two table, here of sector by place.

    Examples
    --------
    >>> import pandas as pd
    >>> from gvc_helpers.zones.localization import specialization
    >>> zone, region = pd.Series({"Wood": 30.0, "Food": 10.0}), pd.Series({"Wood": 60.0, "Food": 140.0})
    >>> specialization(zone, region).round(3).loc["Wood"].to_dict()
    {'share': 50.0, 'quotient': 2.5, 'odds_ratio': 4.0}
    """
    region = _checked(zone, region)
    rest = (region - zone).where(region - zone > _ROUNDING * region, 0.0)
    columns = {
        "share": 100.0 * zone / region,
        "quotient": _quotient(zone, region),
        "odds_ratio": zone / rest / _ratio(zone.sum(skipna=False), rest.sum(skipna=False)),
    }
    return pd.DataFrame(columns).rename_axis("sector")


def quotient_change(
    zone0: pd.Series[float], region0: pd.Series[float], zone1: pd.Series[float], region1: pd.Series[float]
) -> pd.DataFrame:
    """Split the change of location quotients into that of the sector's share and that of the zone's.

    From ``LQ_i = s_i / S``::

        ln LQ_i¹ - ln LQ_i⁰  =  (ln s_i¹ - ln s_i⁰)  -  (ln S¹ - ln S⁰)
        log_change              of_share                of_overall

    A quotient may fall while the zone's share of the sector grows, because its share of the whole grows
    faster.

    Parameters
    ----------
    zone0, region0 : pandas.Series
        Amounts of the earlier year by sector, as in :func:`location_quotient`.
    zone1, region1 : pandas.Series
        Amounts of the later year, with the same labels.

    Returns
    -------
    pandas.DataFrame
        By sector: the quotients ``earlier`` and ``later``; ``log_change``, the sum of ``of_share`` and
        ``of_overall``, which is the same for all sectors; and the shares ``share_earlier`` and
        ``share_later`` in %. The logarithms of a share that is zero or missing are missing.

    Raises
    ------
    ValueError
        As :func:`location_quotient`, or when the labels of the years differ.

    References
    ----------
    It follows from the definition.

    Examples
    --------
    >>> import pandas as pd
    >>> from gvc_helpers.zones.localization import quotient_change
    >>> region = pd.Series({"Wood": 60.0, "Food": 140.0})
    >>> zone0, zone1 = pd.Series({"Wood": 30.0, "Food": 10.0}), pd.Series({"Wood": 36.0, "Food": 44.0})
    >>> change = quotient_change(zone0, region, zone1, region)
    >>> change.loc["Wood", ["log_change", "of_share", "of_overall"]].round(3).tolist()
    [-0.511, 0.182, -0.693]
    """
    zone, region = _two_years(zone0, region0, zone1, region1)
    quotient, share, overall = _quotient(zone, region), zone / region, _overall(zone, region)
    columns = {
        "earlier": quotient["earlier"],
        "later": quotient["later"],
        "log_change": _log(quotient["later"]) - _log(quotient["earlier"]),
        "of_share": _log(share["later"]) - _log(share["earlier"]),
        "of_overall": -_log(overall).diff()["later"],
        "share_earlier": 100.0 * share["earlier"],
        "share_later": 100.0 * share["later"],
    }
    return pd.DataFrame(columns).rename_axis("sector")


def misread(parts: pd.DataFrame) -> pd.Index:
    """Find the sectors whose quotient fell although the zone's share of them grew.

    Parameters
    ----------
    parts : pandas.DataFrame
        As of :func:`quotient_change`.

    Returns
    -------
    pandas.Index
        Sectors with ``log_change`` below zero and ``of_share`` above `NEAR_NOTHING`.

    Examples
    --------
    >>> import pandas as pd
    >>> import gvc_helpers as gvc
    >>> parts = pd.DataFrame({"log_change": [-0.5, -0.6], "of_share": [0.2, -0.02]}, ["Wood", "Textiles"])
    >>> gvc.zones.misread(parts).tolist()
    ['Wood']
    """
    return parts.index[(parts["log_change"] < 0) & (parts["of_share"] > NEAR_NOTHING)]


def shift_share(
    zone0: pd.Series[float], region0: pd.Series[float], zone1: pd.Series[float], region1: pd.Series[float]
) -> pd.DataFrame:
    """Shift-share analysis: why the zone's sectors grew, with the region as the reference economy.

    With ``g_i = region1_i / region0_i - 1`` the growth of the sector in the region and ``g`` that of the
    whole region::

        zone1_i - zone0_i  =  zone0_i g                    regional_growth
                           +  zone0_i (g_i - g)            industry_mix
                           +  zone1_i - zone0_i (1 + g_i)  competitive

    The region includes the zone. The competitive parts of a sector in the zone and in the rest of the region
    add up to zero, as does the industry mix of the whole region: what one gains, another loses.

    Parameters
    ----------
    zone0, region0 : pandas.Series
        Amounts of the earlier year by sector, as in :func:`location_quotient`.
    zone1, region1 : pandas.Series
        Amounts of the later year, with the same labels and in the same unit.

    Returns
    -------
    pandas.DataFrame
        By sector, in the unit of the amounts: ``change``, and its parts ``regional_growth``, ``industry_mix``
        and ``competitive``, which add up to it; they are missing for a sector that the region did not have
        in the earlier year.

    Raises
    ------
    ValueError
        As :func:`location_quotient`, or when the labels of the years differ.

    Notes
    -----
    At current prices all parts hold inflation, most of it in regional growth.

    References
    ----------
    Dunn, E. S. (1960), A Statistical and Analytical Technique for Regional Analysis, Papers of the Regional
    Science Association 6.

    Examples
    --------
    >>> import pandas as pd
    >>> from gvc_helpers.zones.localization import shift_share
    >>> zone0, zone1 = pd.Series({"Wood": 30.0, "Food": 10.0}), pd.Series({"Wood": 48.0, "Food": 12.0})
    >>> region0, region1 = pd.Series({"Wood": 60.0, "Food": 140.0}), pd.Series({"Wood": 84.0, "Food": 156.0})
    >>> shift_share(zone0, region0, zone1, region1).round(9).loc["Wood"].tolist()
    [18.0, 6.0, 6.0, 6.0]
    """
    zone, region = _two_years(zone0, region0, zone1, region1)
    totals = region.sum(skipna=False)
    whole = _ratio(totals["later"], totals["earlier"])
    sector = region["later"] / region["earlier"].where(region["earlier"] > 0)
    parts = {
        "regional_growth": (zone["earlier"] * (whole - 1.0)).where(sector.notna()),
        "industry_mix": zone["earlier"] * (sector - whole),
        "competitive": zone["later"] - zone["earlier"] * sector,
    }
    return pd.DataFrame({"change": zone["later"] - zone["earlier"]} | parts).rename_axis("sector")


def dynamic_location_quotient(
    zone0: pd.Series[float], region0: pd.Series[float], zone1: pd.Series[float], region1: pd.Series[float]
) -> pd.Series[float]:
    """Dynamic location quotient: growth of the zone's sectors relative to those of the region.

    ``[(zone1_i / zone0_i) / (Σ zone1 / Σ zone0)] / [(region1_i / region0_i) / (Σ region1 / Σ region0)]``,
    which is the ratio of the later location quotient to the earlier one.

    Parameters
    ----------
    zone0, region0 : pandas.Series
        Amounts of the earlier year by sector, as in :func:`location_quotient`.
    zone1, region1 : pandas.Series
        Amounts of the later year, with the same labels.

    Returns
    -------
    pandas.Series
        By sector, without unit: above one where the zone's quotient grew; infinite for a sector new in the
        zone, missing when a quotient is or both are zero.

    Raises
    ------
    ValueError
        As :func:`location_quotient`, or when the labels of the years differ.

    References
    ----------
    It follows from the definition of the location quotient.

    Examples
    --------
    >>> import pandas as pd
    >>> from gvc_helpers.zones.localization import dynamic_location_quotient
    >>> region = pd.Series({"Wood": 60.0, "Food": 140.0})
    >>> zone0, zone1 = pd.Series({"Wood": 30.0, "Food": 10.0}), pd.Series({"Wood": 36.0, "Food": 44.0})
    >>> dynamic_location_quotient(zone0, region, zone1, region).round(3).to_dict()
    {'Wood': 0.6, 'Food': 2.2}
    """
    quotient = _quotient(*_two_years(zone0, region0, zone1, region1))
    return quotient["later"] / quotient["earlier"]


def yearly_growth(before: pd.Series[float], after: pd.Series[float], years: int) -> pd.Series[float]:
    """Mean growth a year between two years, by sector and in all.

    Parameters
    ----------
    before, after : pandas.Series
        Amounts by sector, with the same labels.
    years : int
        Years between the two.

    Returns
    -------
    pandas.Series
        By sector and under ``total``, % a year; missing where there was nothing before.

    Raises
    ------
    ValueError
        When `years` is less than 1 or the labels differ.

    Examples
    --------
    >>> import pandas as pd
    >>> from gvc_helpers.zones.localization import yearly_growth
    >>> before, after = pd.Series({"Wood": 100.0, "Food": 300.0}), pd.Series({"Wood": 121.0, "Food": 363.0})
    >>> yearly_growth(before, after, 2).round(6).to_dict()
    {'Wood': 10.0, 'Food': 10.0, 'total': 10.0}
    """
    if years < 1:
        raise ValueError(f"years is {years}; allowed: 1 or more")
    if set(before.index) != set(after.index):
        raise ValueError(f"sectors are {list(before.index)} before and {list(after.index)} after")
    first, last = (pd.concat([part, pd.Series({"total": part.sum()})]) for part in (before, after))
    return 100.0 * ((last / first.where(first > 0)) ** (1.0 / years) - 1.0)


def bootstrap_quotients(
    sizes: pd.Series[float], sectors: pd.Series[str], region: pd.Series[float], samples: int, seed: int
) -> pd.DataFrame:
    """95 % percentile intervals of location quotients, residents of the zone resampled with replacement.

    A sample has as many residents as the zone, drawn from all of them whatever their sector. The rest of the
    region stays as it is, ``region*_i = region_i - zone_i + zone*_i``. The interval tells how much the
    quotients hang on single residents.

    Parameters
    ----------
    sizes : pandas.Series
        Amount of one year by resident, shape (n,); missing counts as zero.
    sectors : pandas.Series
        Sector by resident, with the same labels.
    region : pandas.Series
        Amount of the region by sector, including the residents' amounts, in the same unit.
    samples : int
        Number of samples.
    seed : int
        Start of the random numbers; the same seed gives the same intervals.

    Returns
    -------
    pandas.DataFrame
        By sector of the region: ``low`` and ``high``. Samples without anything in the region's sector do not
        count.

    Raises
    ------
    ValueError
        When there is no resident, labels differ, a resident's sector is not in the region, an amount is
        negative, the residents have more of a sector than the region, or `samples` is less than 1.

    References
    ----------
    Efron, B. and Tibshirani, R. J. (1993), An Introduction to the Bootstrap, Chapman and Hall.

    Examples
    --------
    >>> import pandas as pd
    >>> from gvc_helpers.zones.localization import bootstrap_quotients
    >>> sizes = pd.Series([20.0, 10, 5, 5], ["R1", "R2", "R3", "R4"])
    >>> sectors = pd.Series(["Wood", "Wood", "Food", "Food"], sizes.index)
    >>> region = pd.Series({"Wood": 60.0, "Food": 140.0})
    >>> interval = bootstrap_quotients(sizes, sectors, region, samples=500, seed=1).loc["Wood"]
    >>> bool(interval["low"] < 2.5 < interval["high"])
    True
    """
    if samples < 1:
        raise ValueError(f"samples is {samples}; allowed: 1 or more")
    if sizes.empty:
        raise ValueError("there is no resident; at least one is needed")
    sectors = _labelled_as("sizes", sizes, "sectors", sectors)
    unknown = sectors[~sectors.isin(region.index)]
    if len(unknown):
        raise ValueError(
            f"sector '{unknown.iloc[0]}' of resident '{unknown.index[0]}' is not in the region; "
            f"it has {', '.join(map(str, region.index))}"
        )
    amounts = sizes.fillna(0.0)
    _refuse_negative("sizes", amounts)
    member = pd.get_dummies(sectors, dtype=float).T.reindex(region.index, fill_value=0.0)
    zone = member @ amounts
    rest = (_checked(zone, region) - zone).clip(lower=0.0)
    chances = np.full(len(amounts), 1.0 / len(amounts))
    times = np.random.default_rng(seed).multinomial(len(amounts), chances, size=samples)
    drawn = (member * amounts) @ pd.DataFrame(times.T, member.columns)
    intervals = _quotient(drawn, drawn.add(rest, axis=0)).quantile([0.025, 0.975], axis=1).T
    return intervals.set_axis(["low", "high"], axis=1).rename_axis("sector")


_ROUNDING = 1e-9


def _quotient(zone: Amounts, region: Amounts) -> Amounts:
    return zone / region / _overall(zone, region)


def _overall(
    zone: pd.Series[float] | pd.DataFrame, region: pd.Series[float] | pd.DataFrame
) -> float | pd.Series[float]:
    return _ratio(zone.sum(skipna=False), region.sum(skipna=False))


def _ratio(part: float | pd.Series[float], whole: float | pd.Series[float]) -> float | pd.Series[float]:
    """Divide numbers as pandas divides series: 0/0 is missing, anything else by 0 infinite."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.divide(part, whole)
    return ratio if isinstance(ratio, pd.Series) else float(ratio)


def _log(values: pd.Series[float]) -> pd.Series[float]:
    return np.log(values.where(values > 0))


def _two_years(
    zone0: pd.Series[float], region0: pd.Series[float], zone1: pd.Series[float], region1: pd.Series[float]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Zone and region by sector and year, the years being called earlier and later."""
    zone1 = _labelled_as("earlier zone", zone0, "later zone", zone1)
    region1 = _labelled_as("earlier region", region0, "later region", region1)
    zone = pd.DataFrame({"earlier": zone0, "later": zone1})
    return zone, _checked(zone, pd.DataFrame({"earlier": region0, "later": region1}))


def _checked(zone: Amounts, region: Amounts) -> Amounts:
    """Return the region in the order of the zone, once it is known to include the zone."""
    region = _labelled_as("zone", zone, "region", region)
    _refuse_negative("zone", zone)
    _refuse_negative("region", region)
    excess = (zone > region * (1 + _ROUNDING)).to_numpy()
    if excess.any():
        raise ValueError(
            f"{_first(excess, zone)}: the zone has {_value(excess, zone)}, more than the region's "
            f"{_value(excess, region)}; the region must include the zone"
        )
    return region


def _labelled_as(name: str, model: Amounts, other_name: str, other: Amounts) -> Amounts:
    """Return `other` in the order of `model`; refuse labels that differ."""
    for labels, others in zip(model.axes, other.axes, strict=True):
        for given, named in ((labels, name), (others, other_name)):
            if not given.is_unique:
                raise ValueError(f"'{given[given.duplicated()][0]}' stands twice in the labels of {named}")
        different = labels.symmetric_difference(others, sort=False)
        if len(different):
            where = name if different[0] in labels else other_name
            raise ValueError(
                f"'{different[0]}' is only in {where}; {name} and {other_name} must have the same labels"
            )
    return other.reindex_like(model)


def _refuse_negative(name: str, amounts: pd.Series[float] | pd.DataFrame) -> None:
    negative = (amounts < 0).to_numpy()
    if negative.any():
        raise ValueError(
            f"{_first(negative, amounts)}: {_value(negative, amounts)} in {name}; "
            "amounts must be zero or more"
        )


def _first(flags: npt.NDArray[np.bool_], labelled: pd.Series[float] | pd.DataFrame) -> str:
    """Labels of the first flag that is set, such as 'Wood / 2018'."""
    place = np.argwhere(flags)[0]
    return " / ".join(str(labels[at]) for labels, at in zip(labelled.axes, place, strict=True))


def _value(flags: npt.NDArray[np.bool_], amounts: pd.Series[float] | pd.DataFrame) -> float:
    """Return the amount where the first flag is set."""
    return float(amounts.to_numpy()[flags][0])
