"""The figures that the paper on the Grodnoinvest zone prints, beside those computed of a zone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from gvc_helpers.papers import grodnoinvest as paper
from gvc_helpers.papers.grodnoinvest import BEST, BETWEEN, FIRST, LAST, LEADERSHIP_YEARS, RANKED
from gvc_helpers.zones.inequality import TOTAL, inequality
from gvc_helpers.zones.leadership import by_sector, leadership, top_by_indicator
from gvc_helpers.zones.localization import location_quotient, overall_share
from gvc_helpers.zones.register import Zone

ZONE_SHARE_YEAR = 2019
"""The year of the printed share of the zone in the region's production."""
LEADERS = 20
"""Residents in the paper's list of leaders (figure 8)."""
VERDICTS = ("met", "contradicted", "missed")
"""Of :func:`compare`."""

_TABLE = {"production": "table 1", "exports": "table 2"}
_FIGURE = {"production": "figure 4", "exports": "figure 5"}
_ZONE = "Grodnoinvest"
_EXACT = 1e-9


def covers(zone: Zone) -> bool:
    """Tell whether a zone has all sectors and years of the printed figures: 2015 to 2019 and a plan for 2023.

    Parameters
    ----------
    zone : Zone
        Any zone.
    """
    return not _lacking(zone)


def compare(zone: Zone) -> pd.DataFrame:
    """Set the figures of a zone beside those that the paper prints, cell by cell.

    Parameters
    ----------
    zone : Zone
        With the printed sectors and years, for which see :func:`covers`.

    Returns
    -------
    pandas.DataFrame
        One row per printed figure: ``where`` it stands (table 1, table 2, figure 4, figure 5, figure 8 or
        text); ``item``, what it is; ``entity``, its sector or an empty text; ``year``, a text such as
        "2018" or "2015-2018"; ``printed`` and ``computed`` (shares in %, their changes in percentage
        points); ``rounding``, half of the last printed digit; ``difference``, computed less printed;
        ``verdict``, "met" (within the rounding), "contradicted" (not met, but computed is what another
        printed figure implies) or "missed"; ``follows``, where that other figure stands.

    Raises
    ------
    ValueError
        When the zone lacks a sector or a year that the paper prints.

    References
    ----------
    Shuleiko, D. Ch. and Sovik, L. E. (2020), Cluster Transformation of FEZ: Methods of Identification of
    "Anchor" Industries and Residents.

    Examples
    --------
    >>> from gvc_helpers.papers import grodnoinvest_compared as zone_audit
    >>> from gvc_helpers.zones.register import read_zone
    >>> cells = zone_audit.compare(read_zone())
    >>> cells["verdict"].value_counts().to_dict()
    {'met': 90, 'contradicted': 3}
    """
    if lacking := _lacking(zone):
        raise ValueError(f"the zone cannot be set beside the paper; it lacks {', '.join(lacking)}")
    rows = [*_compared_specialization(zone), *_compared_inequality(zone), *_compared_leadership(zone)]
    cells = pd.DataFrame(rows, columns=["where", "item", "entity", "year", "printed", "computed", "rounding"])
    cells["difference"] = cells["computed"] - cells["printed"]
    contradicted = paper.self_check().query("verdict == 'contradicts'").rename(columns={"key": "item"})
    keys = ["item", "entity", "year"]
    implied = cells[keys].merge(contradicted[[*keys, "implied_low", "implied_high"]], how="left", on=keys)
    met = cells["difference"].abs() <= cells["rounding"] + _EXACT
    follows = cells["computed"].between(implied["implied_low"] - _EXACT, implied["implied_high"] + _EXACT)
    cells["verdict"] = np.select([met, follows], ["met", "contradicted"], "missed")
    other = cells["item"].str.rpartition("_")[2].map(_TABLE)
    cells["follows"] = other.where(cells["verdict"] == "contradicted", "")
    return cells


def summary(comparison: pd.DataFrame) -> pd.DataFrame:
    """Count the cells of :func:`compare` by where they stand.

    Returns
    -------
    pandas.DataFrame
        By ``where``: ``cells``, ``met``, ``contradicted``, ``missed`` and ``largest``, the largest
        difference without its sign, relative to the cell's rounding, so that up to 1 is met; cells that
        another printed figure contradicts are left out of it.
    """
    verdicts = pd.crosstab(comparison["where"], comparison["verdict"]).reindex(columns=VERDICTS, fill_value=0)
    judged = comparison[comparison["verdict"] != "contradicted"]
    largest = (judged["difference"].abs() / judged["rounding"]).groupby(judged["where"]).max()
    table = verdicts.assign(largest=largest).loc[comparison["where"].unique()].rename_axis(columns=None)
    table.insert(0, "cells", comparison["where"].value_counts())
    return table


_Row = dict[str, str | float]


def _compared_specialization(zone: Zone) -> Iterator[_Row]:
    quotients, shares = paper.quotients(), paper.shares()
    differences = paper.quotient_changes()
    for quantity, table in _TABLE.items():
        region, figure = zone.regional(quantity), _FIGURE[quantity]
        made = zone.amounts(quantity)[region.columns]
        computed, weight = location_quotient(made, region), 100 * made / region
        for (sector, year), printed in quotients.loc[quantity].stack().items():
            value = computed.loc[sector, year]
            yield _cell(table, f"quotient_{quantity}", sector, str(year), printed, value, "quotient")
        for sector, printed in differences[quantity].items():
            value = computed.loc[sector, LAST] - computed.loc[sector, FIRST]
            yield _cell(table, f"quotient_change_{quantity}", sector, BETWEEN, printed, value, "quotient")
        for sector, printed in shares.loc[quantity, "share"].items():
            value = weight.loc[sector, LAST]
            yield _cell(figure, f"share_{quantity}", sector, str(LAST), printed, value, "share")
        for sector, printed in shares.loc[quantity, "change"].dropna().items():
            value = weight.loc[sector, LAST] - weight.loc[sector, FIRST]
            yield _cell("text", f"share_change_{quantity}", sector, BETWEEN, printed, value, "share")
        if quantity == "production":
            printed = paper.zone_shares()[_ZONE]
            value = overall_share(made[ZONE_SHARE_YEAR], region[ZONE_SHARE_YEAR])
            yield _cell("text", "overall_share_production", "", str(ZONE_SHARE_YEAR), printed, value, "share")


def _compared_inequality(zone: Zone) -> Iterator[_Row]:
    for (quantity, year), printed in paper.inequality().iterrows():
        total = inequality(zone.register, quantity, year).loc[TOTAL]
        gini, top = total["gini_grouped"], total["top_share"]
        yield _cell("text", f"gini_{quantity}", "", str(year), printed["gini"], gini, "gini")
        yield _cell("text", f"top_share_{quantity}", "", str(year), printed["top_share"], top, "share")


def _compared_leadership(zone: Zone) -> Iterator[_Row]:
    printed = paper.leadership()
    ranked = leadership(zone.register, years=LEADERSHIP_YEARS)
    scores, first = ranked["coefficient"], set(ranked.index[:LEADERS])
    for place, score in paper.leaders()["score"].dropna().items():
        yield _cell("figure 8", f"score_{place}", "", RANKED, score, scores.iloc[place - 1], "score")
    yield _cell("text", "score_lowest", "", RANKED, printed.lowest, scores.min(), "score")
    yield _cell("text", "score_highest", "", RANKED, printed.highest, scores.max(), "score")
    counts = by_sector(ranked, LEADERS)
    for sector, count in printed.counts.items():
        yield _cell("text", "leaders", sector, RANKED, count, counts.get(sector, 0), "count")
    for indicator, count in printed.memberships.items():
        best = top_by_indicator(zone.register, indicator, LEADERSHIP_YEARS, BEST)
        yield _cell("text", f"best_{indicator}", "", RANKED, count, len(first.intersection(best)), "count")


def _cell(where: str, item: str, entity: str, year: str, printed: float, computed: float, kind: str) -> _Row:
    return {
        "where": where, "item": item, "entity": entity, "year": year,
        "printed": float(printed), "computed": float(computed), "rounding": paper.ROUNDING[kind],
    }  # fmt: skip


def _lacking(zone: Zone) -> list[str]:
    """Printed sectors and years that a zone does not have."""
    quotients = paper.quotients()
    sectors, years = quotients.index.unique("sector"), quotients.columns
    registered = set(zone.register["year"])
    whole = registered & set(zone.region["year"])
    absent = {year for year in (*years, ZONE_SHARE_YEAR, *LEADERSHIP_YEARS) if year not in whole}
    absent |= set(paper.inequality().index.unique("year")) - registered
    return [name for name in sectors if name not in zone.sectors] + [str(year) for year in sorted(absent)]
