"""Synthesis of the three stages: anchor sectors, type of cluster, core residents, risks, stars.

The stages and the risks are those of Shuleiko and Sovik (2020). The paper weighs them in words; here each
is a rule with a threshold, so that another zone is judged by the same rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

MANY_EQUALS, FEW_CORES = "many_equals", "few_cores"
"""Types of cluster: many residents of similar size, or one or two around which the others gather."""
CORES = 2
"""Core residents of a sector with a few cores, at most: the paper speaks of one or two."""
STAR_KEYS = ["size", "specialization", "productivity", "dynamism"]
RISKS = ["lock_in", "hyperselection", "life_cycle", "uneven_stages"]
ESTABLISHED = 5
"""Years after which a resident counts as established; the paper sets residents of five years and more
against those that have just begun."""


def synthesis(
    quotients: pd.DataFrame,
    inequality: pd.DataFrame,
    leaders: pd.DataFrame,
    quotient: float = 1.0,
    least_residents: int = 5,
    equal_gini: float = 0.6,
    core: int = 10,
) -> pd.DataFrame:
    """Judge every sector by the three stages.

    A sector is *specialized* when its quotients of production and of exports are both above ``quotient``,
    *cooperative* when it has at least ``least_residents`` residents, and *led* when one of its residents is
    among the first ``core`` by the leadership coefficient. An anchor sector is all three. The Gini
    coefficient decides the type of its cluster (Shuleiko and Sovik 2020, conclusions).

    Parameters
    ----------
    quotients : pandas.DataFrame
        By sector: ``production`` and ``exports``, location quotients.
    inequality : pandas.DataFrame
        By sector: ``residents`` and ``gini_corrected``, as from :func:`gvc_helpers.inequality`.
    leaders : pandas.DataFrame
        By resident: ``place`` and ``sector``, as from :func:`gvc_helpers.leadership`.
    quotient : float
        Location quotient above which a sector is specialized.
    least_residents : int
        Residents below which nothing can be said of cooperation between them.
    equal_gini : float
        Gini coefficient, corrected for small numbers, up to which residents are many equals.
    core : int
        Number of first places that make a resident a candidate for the core.

    Returns
    -------
    pandas.DataFrame
        By sector: ``production``, ``exports``, ``residents``, ``gini``, ``leaders`` (among the first
        `core`), ``specialized``, ``cooperative``, ``led``, ``anchor``, ``type`` (empty where there is no
        anchor) and ``reason`` (the first stage that a sector fails, empty for an anchor).
    """
    sectors = quotients.index
    first = leaders.loc[leaders["place"] <= core, "sector"].value_counts()
    frame = pd.DataFrame(
        {
            "production": quotients["production"],
            "exports": quotients["exports"],
            "residents": inequality["residents"].reindex(sectors).fillna(0).astype(int),
            "gini": inequality["gini_corrected"].reindex(sectors),
            "leaders": first.reindex(sectors).fillna(0).astype(int),
        }
    )
    frame["specialized"] = (frame["production"] > quotient) & (frame["exports"] > quotient)
    frame["cooperative"] = frame["residents"] >= least_residents
    frame["led"] = frame["leaders"] > 0
    stages = frame[["specialized", "cooperative", "led"]]
    frame["anchor"] = stages.all(axis=1)
    equal = np.where(frame["gini"] <= equal_gini, MANY_EQUALS, FEW_CORES)
    frame["type"] = np.where(frame["anchor"], equal, "")
    frame["reason"] = [
        next((f"not_{stage}" for stage, passed in row.items() if not passed), "")
        for _, row in stages.iterrows()
    ]
    return frame


def core_residents(synthesis: pd.DataFrame, leaders: pd.DataFrame, core: int = 10) -> dict[str, list[str]]:
    """Name the core of each anchor sector: its residents among the first ``core``, best first.

    A cluster with a few cores has at most `CORES` of them.
    """
    first = leaders[leaders["place"] <= core].sort_values("place")
    anchors = synthesis[synthesis["anchor"]]
    return {
        str(sector): [str(name) for name in first.index[first["sector"] == sector]][
            : CORES if kind == FEW_CORES else None
        ]
        for sector, kind in anchors["type"].items()
    }


def firmness(
    synthesis: pd.DataFrame,
    intervals: Mapping[str, pd.DataFrame],
    gini_intervals: pd.DataFrame,
    probability: pd.Series[float],
    leaders: pd.DataFrame,
    quotient: float = 1.0,
    equal_gini: float = 0.6,
    likely: float = 0.9,
) -> pd.DataFrame:
    """Tell how firm the judgement on each sector is.

    Parameters
    ----------
    synthesis : pandas.DataFrame
        As from :func:`synthesis`.
    intervals : mapping of str to pandas.DataFrame
        For ``production`` and ``exports``: ``low`` and ``high`` of the location quotient by sector.
    gini_intervals : pandas.DataFrame
        ``low`` and ``high`` of the Gini coefficient by sector.
    probability : pandas.Series
        By resident: the probability to be among the first places.
    leaders : pandas.DataFrame
        By resident: ``place`` and ``sector``.
    quotient, equal_gini : float
        Thresholds of the synthesis.
    likely : float
        Probability from which a leader is firm.

    Returns
    -------
    pandas.DataFrame
        By sector: ``specialization``, ``type`` and ``leader``, whether each is firm (the interval lies on one
        side of the threshold; the sector's best resident is almost surely in, or almost surely out);
        ``probability`` (that of the sector's likeliest resident) and ``firm``, all three. Whether a type is
        firm is asked of anchor sectors only, and is true of the others.
    """
    best = probability.groupby(leaders["sector"].reindex(probability.index)).max()
    frame = pd.DataFrame(index=synthesis.index)
    above = pd.concat([ends["low"].reindex(frame.index) > quotient for ends in intervals.values()], axis=1)
    below = pd.concat([ends["high"].reindex(frame.index) <= quotient for ends in intervals.values()], axis=1)
    missing = synthesis[["production", "exports"]].isna().any(axis=1)
    frame["specialization"] = above.all(axis=1) | below.any(axis=1) | missing
    low, high = (gini_intervals[end].reindex(frame.index) for end in ("low", "high"))
    frame["type"] = ~synthesis["anchor"] | (low > equal_gini) | (high <= equal_gini)
    frame["probability"] = best.reindex(frame.index).fillna(0.0)
    frame["leader"] = (frame["probability"] >= likely) | (frame["probability"] <= 1.0 - likely)
    frame["firm"] = frame[["specialization", "type", "leader"]].all(axis=1)
    return frame[["specialization", "type", "leader", "probability", "firm"]]


def stars(
    zone: pd.DataFrame,
    quotient: pd.Series[float],
    growth: pd.Series[float],
    size: float = 0.1,
    specialized: float = 1.5,
) -> pd.DataFrame:
    """Give each sector the four stars of the European cluster observatories, as far as one zone allows.

    The observatories compare a sector with the same sector in other regions. With one zone the yardstick is
    the zone itself: a share of its employment, its productivity and its growth.

    Parameters
    ----------
    zone : pandas.DataFrame
        By sector: ``employees`` and ``production``.
    quotient : pandas.Series
        Location quotient of production by sector.
    growth : pandas.Series
        Growth of production by sector, with the zone as a whole under ``"total"``.
    size : float
        Share of the zone's employees from which a sector is large.
    specialized : float
        Location quotient from which a sector is specialized.

    Returns
    -------
    pandas.DataFrame
        By sector: a column for each of `STAR_KEYS`, True or False; missing where the data do not say.
    """
    employees, production = zone["employees"], zone["production"]
    total = employees.sum(min_count=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        output_per_head = (production / employees).replace([np.inf, -np.inf], np.nan)
        mean = production[employees > 0].sum() / total if total > 0 else np.nan
    criteria = {
        "size": (employees / total, size),
        "specialization": (quotient.reindex(zone.index), specialized),
        "productivity": (output_per_head, mean),
        "dynamism": (growth.reindex(zone.index), growth.get("total", np.nan)),
    }
    frame = pd.DataFrame(index=zone.index, columns=STAR_KEYS, dtype=object)
    for key, (value, threshold) in criteria.items():
        known = value.notna() & pd.notna(threshold)
        frame[key] = (value >= threshold).astype(object).where(known, None)
    return frame


def risks(
    register: pd.DataFrame,
    leaders: pd.DataFrame,
    volumes: pd.DataFrame,
    regional: pd.Series[float],
    years: Sequence[int],
    plan_year: int | None = None,
    dominant: float = 50.0,
    young: float = 25.0,
) -> pd.DataFrame:
    """Measure the four risks that the paper names, sector by sector, and flag them.

    - *lock-in*: the sector's largest resident makes at least `dominant` % of its production, so that
      the others follow its aims;
    - *hyperselection*: the sector's leader leads by size alone (its place by the ratios is in the
      lower half of all residents, its place by the volumes in the first quarter), or makes at least
      `dominant` % of the region's production of the sector;
    - *life cycle*: the leader's production falls over the years looked at, or is to fall by the plan;
    - *uneven stages*: between `young` and 100 - `young` % of the residents have been in the zone for fewer
      than five years, so that beginners are compared with established ones.

    Parameters
    ----------
    register : pandas.DataFrame
        Register of residents.
    leaders : pandas.DataFrame
        By resident: ``place`` and ``sector``.
    volumes : pandas.DataFrame
        By resident: ``volumes`` and ``ratios``, leadership coefficients over either kind of indicators.
    regional : pandas.Series
        Production of the region by sector in the last of `years`, with the zone.
    years : sequence of int
        Years that leadership is measured over; the last is the year of the risks.
    plan_year : int, optional
        A plan to look ahead to.
    dominant, young : float
        Thresholds, %.

    Returns
    -------
    pandas.DataFrame
        By sector, for those with residents: ``leader``; the measures ``largest_share`` (%),
        ``regional_share`` (%), ``place_by_volumes``, ``place_by_ratios``, ``growth`` and
        ``planned_growth`` (% a year), ``newcomers`` (%); and the flags `RISKS`, missing where nothing can
        be measured.
    """
    last = register[register["year"] == max(years)].set_index("resident")
    by_year = register.pivot(index="resident", columns="year", values="production")
    places = volumes[["volumes", "ratios"]].rank(method="min")
    rows = {}
    for sector, part in last.groupby("sector", sort=False):
        candidates = leaders.index[leaders["sector"] == sector]
        if not len(candidates):
            continue
        leader = candidates[0]
        production = part["production"].fillna(0.0)
        rows[sector] = {
            "leader": leader,
            "largest_share": _percent(production.max(), production.sum()),
            "regional_share": _percent(production.get(leader, np.nan), regional.get(sector, np.nan)),
            "place_by_volumes": places["volumes"].get(leader, np.nan),
            "place_by_ratios": places["ratios"].get(leader, np.nan),
            "growth": _growth(by_year.loc[leader], min(years), max(years)),
            "planned_growth": _growth(by_year.loc[leader], max(years), plan_year),
            "newcomers": 100.0 * (_years_in_zone(register, part.index, max(years)) < ESTABLISHED).mean(),
        }
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis("sector")
    n = len(volumes)
    by_size_alone = (frame["place_by_volumes"] <= n / 4) & (frame["place_by_ratios"] > n / 2)
    monopolist = frame["regional_share"] >= dominant
    falls = (frame["growth"] < 0) | (frame["planned_growth"] < 0)
    flags = {
        "lock_in": (frame["largest_share"] >= dominant, frame["largest_share"].notna()),
        "hyperselection": (by_size_alone | monopolist, frame["place_by_ratios"].notna()),
        "life_cycle": (falls, frame["growth"].notna() | frame["planned_growth"].notna()),
        "uneven_stages": (frame["newcomers"].between(young, 100.0 - young), frame["newcomers"].notna()),
    }  # fmt: skip
    for key, (flag, known) in flags.items():
        frame[key] = flag.astype(object).where(known, None)
    return frame


def _percent(part: float, whole: float) -> float:
    return 100.0 * part / whole if whole > 0 else np.nan


def _growth(amounts: pd.Series[float], first: int, last: int | None) -> float:
    """Growth in % a year between two years; missing without both, or from nothing."""
    before, after = (float(amounts.get(year, np.nan)) for year in (first, last))
    if last is None or last == first or not before > 0 or not after >= 0:
        return np.nan
    return 100.0 * float((after / before) ** (1.0 / (last - first)) - 1.0)


def _years_in_zone(register: pd.DataFrame, residents: Sequence[str], year: int) -> pd.Series[float]:
    """Years since registration, or where that is not known since the first year in the register.

    Who is there when the register begins may have come long before, and counts as established.
    """
    of = register.groupby("resident")
    first = of["year"].min()
    since = of["registered"].min().fillna(first.where(first > register["year"].min(), -np.inf))
    return year - since.reindex(residents)
