"""The figures that the replicated papers print, and the estimates of others.

First the paper on the vertical specialization of the EAEU; then, from ``ZONE_PAPER`` on, the paper on the
cluster transformation of the Grodnoinvest free economic zone. Its figures are read from one list of facts,
which keeps where each stands and how sure its reading is. Last come the three figures of the paper on
production cooperation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).parents[1] / "data" / "published"

PAPER = "Belousov (2020)"
YEAR = 2015
EAEU = ("ARM", "BLR", "KAZ", "KGZ", "RUS")
COUNTRIES = ("ARM", "BLR", "CHN", "DEU", "KAZ", "KGZ", "RUS", "UKR")
QUOTED_SECTORS = {
    "Agriculture": "Agriculture, forestry, fishing and aquaculture",
    "Food": "Food, beverages and tobacco",
}
QUOTED_SHARES = {
    "share of the EAEU in imported intermediate inputs": "imported_inputs",
    "share of the EAEU in exports": "exports",
}
ROUNDING = 0.005
"""Half of the last printed digit, in percentage points."""

ZONE_PAPER = "Shuleiko and Sovik (2020)"
ZONE_SECTORS = {
    "wood": "Wood and furniture",
    "machinery": "Machinery and metalworking",
    "chemical": "Chemistry and fertilisers",
    "food": "Food and agriculture",
    "agriculture": "Food and agriculture",
    "textile": "Textiles",
}
"""Sector by the first word of its name in the list of facts."""
ZONE_ROUNDING = {
    "quotient": 0.005,
    "share": 0.5,
    "gini": 0.0005,
    "score": 0.5,
    "innovation": 0.05,
    "fdi_ratio": 0.005,
    "ratio": 0.05,
    "outside": 50.0,
    "gain": 5.0,
    "count": 0.0,
}
"""Half of the last digit of the zone paper's figures, by kind, in their own units.

Quotients and Gini coefficients are taken at two and three digits, also where the paper drops a final zero.
"""
ZONE_PLACES = {
    "Belarus": "all_zones",
    "regions without Minsk zone and capital region": "regional_zones",
    "regions without capital region": "regional_zones",
    "regions/country": "ratio",
}
INNOVATION_SERIES = {
    "Belarus total": "belarus",
    "all zones": "all_zones",
    "zones without Minsk": "regional_zones",
}

COOPERATION_PAPER = "Development of production cooperation and entrepreneurship in global value chains (2020)"


@dataclass(frozen=True)
class PrintedTables:
    """Tables 1 to 4 of the paper, in % of gross exports.

    Parameters
    ----------
    by_origin : pandas.DataFrame
        Table 1: rows origin of value added and the totals EAEU, ROW, VS; columns exporter, (11, 8).
    by_exporter : pandas.DataFrame
        Table 2: rows exporter that uses it and the totals EAEU, ROW, VS1; columns origin, (11, 8).
    vs_by_sector, vs1_by_sector : pandas.DataFrame
        Tables 3 and 4: thirteen sectors by the five members of the EAEU, (13, 5).
    """

    by_origin: pd.DataFrame
    by_exporter: pd.DataFrame
    vs_by_sector: pd.DataFrame
    vs1_by_sector: pd.DataFrame

    def cells(self) -> pd.Series[float]:
        """All 306 printed figures, by table (1 to 4), row and column."""
        tables = (self.by_origin, self.by_exporter, self.vs_by_sector, self.vs1_by_sector)
        stacked = [table.rename_axis("row").rename_axis("column", axis=1).stack() for table in tables]
        return pd.concat(stacked, keys=[1, 2, 3, 4], names=["table"]).rename("printed")


@cache
def printed_tables() -> PrintedTables:
    """Read tables 1 to 4 of the paper."""
    return PrintedTables(
        _read("eaeu_table1_origin_by_exporter"),
        _read("eaeu_table2_exporter_by_origin"),
        _read("eaeu_table3_vs_by_exporting_sector"),
        _read("eaeu_table4_vs1_by_supplying_sector"),
    )


def quoted_shares() -> pd.DataFrame:
    """Read the shares of the EAEU that the paper quotes in its text.

    Returns
    -------
    pandas.DataFrame
        By country and sector: ``imported_inputs`` and ``exports``, the share of the
        EAEU in imported intermediate inputs and in exports, in %; missing where none is quoted.
    """
    facts = _read("eaeu_text_facts").loc["agrifood"].astype({"value": float})
    facts["sector"] = facts["sector"].map(QUOTED_SECTORS)
    facts["indicator"] = facts["indicator"].map(QUOTED_SHARES)
    return facts.pivot(index=["country", "sector"], columns="indicator", values="value")[
        list(QUOTED_SHARES.values())
    ].rename_axis(columns=None)


def other_estimates() -> pd.DataFrame:
    """Read estimates by others.

    Returns
    -------
    pandas.DataFrame
        ``country``, ``indicator`` (as its authors call it), ``value`` (%), ``year``, ``source``.
    """
    return _read("eaeu_other_estimates").reset_index().rename(columns={"value_percent": "value"})


def printed_quotients() -> pd.DataFrame:
    """Read tables 1 and 2 of the zone paper: location quotients of production and of exports.

    Returns
    -------
    pandas.DataFrame
        By ``quantity`` (production, exports) and ``sector``, in the printed order; columns 2015 to 2018.

    Examples
    --------
    >>> from gvc_helpers.papers import eaeu as published
    >>> published.printed_quotients().loc[("production", "Textiles")].tolist()
    [4.26, 3.55, 3.17, 2.28]
    """
    cells = _quotient_facts()
    cells = cells[cells["year"].str.fullmatch(r"\d{4}") & ~cells["indicator"].str.endswith("_position")]
    cells = cells.astype({"year": int})
    order = pd.MultiIndex.from_frame(cells[["quantity", "sector"]].drop_duplicates())
    table = cells.pivot(index=["quantity", "sector"], columns="year", values="value").reindex(order)
    return table.rename_axis(columns=None)


def printed_quotient_changes() -> pd.Series[float]:
    """Read the last column of tables 1 and 2: quotient of 2018 less quotient of 2015."""
    cells = _quotient_facts()
    cells = cells[cells["indicator"].str.endswith("_change_printed")]
    return cells.set_index(["quantity", "sector"])["value"].rename("change")


def printed_shares() -> pd.DataFrame:
    """Read the zone's shares of regional production and exports, from the text and from figures 4 and 5.

    Returns
    -------
    pandas.DataFrame
        By ``quantity`` and ``sector``: ``share`` in 2018 (%) and ``change`` since 2015 (percentage points;
        missing where none is printed).

    Examples
    --------
    >>> from gvc_helpers.papers import eaeu as published
    >>> published.printed_shares().loc[("production", "Machinery and metalworking")].tolist()
    [33.0, 10.0]
    """
    facts = _with_sector(_facts("zone share"))
    facts["quantity"] = facts["indicator"].str.extract("(production|exports)", expand=False)
    facts["column"] = facts["unit"].map({"%": "share", "pp": "change"})
    order = pd.MultiIndex.from_frame(facts[["quantity", "sector"]].drop_duplicates())
    table = facts.pivot(index=["quantity", "sector"], columns="column", values="value").reindex(order)
    return table[["share", "change"]].rename_axis(columns=None)


def printed_inequality() -> pd.DataFrame:
    """Read the Gini coefficients of all residents.

    Returns
    -------
    pandas.DataFrame
        By ``quantity`` and ``year`` (2017, 2019 and, from business plans, 2023): ``gini`` and ``top_share``,
        the share of the largest quarter of residents in %.

    Examples
    --------
    >>> from gvc_helpers.papers import eaeu as published
    >>> published.printed_inequality().loc[("production", 2019)].tolist()
    [0.696, 91.0]
    """
    facts = _facts("gini").astype({"year": int})
    facts["quantity"] = facts["indicator"].str.extract("(production|exports)", expand=False)
    facts["column"] = facts["unit"].map({"0-1": "gini", "%": "top_share"})
    table = facts.pivot(index=["quantity", "year"], columns="column", values="value")
    return table.loc[["production", "exports"]].rename_axis(columns=None)


def printed_sector_ginis() -> pd.DataFrame:
    """Read the labels of figures 6 and 7, whose sectors and years are not known.

    Returns
    -------
    pandas.DataFrame
        ``quantity``, ``gini`` in the order of the labels, ``where`` and ``note``. Each stands for one of
        five sectors in one of three years; which, the surviving text does not tell.
    """
    facts = pd.concat([_facts("gini figure 6"), _facts("gini figure 7")])
    facts["quantity"] = facts["indicator"].str.extract("(production|exports)", expand=False)
    table = facts.rename(columns={"value": "gini"})[["quantity", "gini", "where", "note"]]
    return table.reset_index(drop=True)


def printed_leaders() -> pd.DataFrame:
    """Read the printed top twenty residents by the coefficient of leadership (figure 8).

    Returns
    -------
    pandas.DataFrame
        By ``place`` (1 to 20): ``company`` as printed, ``score`` (missing where none is printed), ``sector``,
        ``sector_printed`` (False where it is inferred from the name) and ``confidence`` of the row's reading
        ("sure" or "unsure").

    Examples
    --------
    >>> from gvc_helpers.papers import eaeu as published
    >>> published.printed_leaders().loc[1, "sector"]
    'Textiles'
    """
    facts = _facts("leadership top 20")
    facts = facts[facts["unit"] == "points"].astype({"year": int})
    sector = facts["note"].str.removeprefix("sector: ")
    table = pd.DataFrame(
        {
            "company": facts["entity"],
            "score": facts["value"],
            "sector": _sectors(sector),
            "sector_printed": ~sector.str.contains("?", regex=False),
            "confidence": facts["confidence"],
        }
    )
    return table.set_index(facts["year"].rename("place"))


@dataclass(frozen=True, eq=False)
class PrintedLeadership:
    """What the zone paper prints about the coefficient of leadership, beside the names.

    Parameters
    ----------
    lowest, highest : float
        Best and worst score of all residents.
    counts : pandas.Series
        Residents among the top twenty by sector.
    memberships : pandas.Series
        How many of the five best residents by ``innovative_share``, ``resident_sales`` and ``productivity``
        are among the top twenty.
    """

    lowest: float
    highest: float
    counts: pd.Series[int]
    memberships: pd.Series[int]


def printed_leadership() -> PrintedLeadership:
    """Read the span of scores, the sectors of the top twenty and how single indicators relate to it."""
    facts = _facts("leadership").set_index("indicator")["value"]
    top = _facts("leadership top 20")
    counts = _with_sector(top[top["unit"] == "count"]).set_index("sector")["value"]
    best = _facts("leadership")
    best = best[best["unit"] == "of 5"].set_index("entity")["value"]
    keys = {
        "innovation share": "innovative_share",
        "revenue from other residents": "resident_sales",
        "output per employee": "productivity",
    }
    return PrintedLeadership(
        float(facts["lowest score"]),
        float(facts["highest score"]),
        counts.astype(int).rename("residents"),
        best[list(keys)].rename(keys).astype(int).rename_axis("indicator").rename("residents"),
    )


def printed_zones() -> pd.DataFrame:
    """Read the weight of free economic zones, as far as the text gives the bars of figure 1.

    Returns
    -------
    pandas.DataFrame
        ``indicator`` (production, fdi: net direct investment, exports: of goods), ``place`` (all_zones: all
        zones in Belarus; regional_zones: without Minsk's zone and region; ratio of the second to the first),
        ``year`` and ``value`` (%, or the ratio).
    """
    facts = _facts("all zones").astype({"year": int})
    keys = {"production": "production", "FDI": "fdi", "exports": "exports"}
    indicator = facts["indicator"].str.extract(f"({'|'.join(keys)})", expand=False).map(keys)
    table = facts.assign(indicator=indicator, place=facts["entity"].map(ZONE_PLACES))
    return table[["indicator", "place", "year", "value"]].reset_index(drop=True)


def printed_zone_shares() -> pd.Series[float]:
    """Read the share of five zones in the industrial production of their own regions, 2019, in %.

    For Vitebsk the figure is an upper limit.
    """
    facts = _facts("one zone")
    facts = facts[facts["indicator"].str.contains("production")]
    return facts.set_index("entity")["value"].rename_axis("zone").rename("share")


def printed_innovation() -> pd.DataFrame:
    """Read figure 2: innovative products in all shipments, %.

    Which line and year a label belongs to is inferred from the order of the labels; two years of Belarus and
    one of all zones are lost and missing here.

    Returns
    -------
    pandas.DataFrame
        Rows 2015 to 2019; columns belarus, all_zones, regional_zones.
    """
    facts = _facts("innovation figure 2").astype({"year": int})
    series = facts["entity"].map(INNOVATION_SERIES)
    table = facts.assign(series=series).pivot(index="year", columns="series", values="value")
    return table[list(INNOVATION_SERIES.values())].rename_axis(columns=None)


def printed_innovation_text() -> pd.Series[float]:
    """Read what the text says about innovative products in shipments.

    Returns
    -------
    pandas.Series
        ``all_zones``, ``regional_zones``, ``minsk``, ``vitebsk`` and ``others_at_most`` in 2019 and
        ``regional_minimum`` of five years, %; ``gap`` between the first two and ``above_minimum``, percentage
        points.
    """
    facts = _facts("innovation")
    keys = {
        "zones (text)": "all_zones",
        "regional zones without Minsk (text)": "regional_zones",
        "Minsk zone": "minsk",
        "regional zones vs country mean": "gap",
        "Vitebsk zone": "vitebsk",
        "other regional zones": "others_at_most",
    }
    # One entity has two figures, which their indicators tell apart.
    told_apart = {
        "distance to the five-year minimum": "above_minimum",
        "minimum of 2015-2019": "regional_minimum",
    }
    names = facts["indicator"].map(told_apart).fillna(facts["entity"].map(keys))
    return facts.set_index(names.rename("figure"))["value"]


def printed_residents() -> pd.Series[float]:
    """Read how many residents there are.

    Returns
    -------
    pandas.Series
        ``new_residents`` of all zones since 2015, ``new_in_three_sectors`` (machinery, wood, chemistry) of
        these and their ``three_sector_share``, %; ``residents`` of Grodnoinvest in 2020.
    """
    facts = _facts("residents").set_index("indicator")["value"]
    keys = {
        "new residents since 2015": "new_residents",
        "of these machinery, wood, chemistry": "new_in_three_sectors",
        "share of these": "three_sector_share",
        "residents": "residents",
    }
    return facts[list(keys)].rename(keys).rename_axis("figure")


def printed_investment() -> pd.Series[float]:
    """Read what the text gives of figure 3: the part of wood and furniture in Grodnoinvest, %.

    Returns
    -------
    pandas.Series
        ``wood_new_residents``, of all new ones, and ``wood_investment``, of fixed investment, 2015 to 2019;
        ``wood_fdi_2015`` and ``wood_fdi_2019``, of direct investment.
    """
    facts = _facts("residents", "investment")
    facts = facts[facts["indicator"].str.contains("wood and furniture")]
    keys = {"new residents": "wood_new_residents", "fixed investment": "wood_investment", "FDI": "wood_fdi_"}
    names = facts["indicator"].str.extract(f"({'|'.join(keys)})", expand=False).map(keys)
    names = names.where(~names.str.endswith("_"), names + facts["year"])
    return facts.set_index(names.rename("figure"))["value"].astype(float)


def printed_investment_axis() -> float:
    """Read the end of the axis of figure 3, in million roubles as printed; its bars carry no labels."""
    return float(_facts("investment")["indicator"].str.extract(r"axis 0-(\d+)", expand=False).dropna().item())


@dataclass(frozen=True)
class PrintedScenario:
    """Sales outside the preferential regime and what residents would gain from fewer of them.

    Parameters
    ----------
    outside : float
        Revenue outside the regime, all zones, 2019, million roubles.
    share : float
        The same in % of all revenue.
    gains : dict of int to float
        Gain of income (million roubles) by the share (%) to which sales outside the regime would fall.
    """

    outside: float
    share: float
    gains: dict[int, float]


def printed_scenario() -> PrintedScenario:
    """Read the scenario of the text, in million roubles.

    Examples
    --------
    >>> from gvc_helpers.papers import eaeu as published
    >>> published.printed_scenario()
    PrintedScenario(outside=9900.0, share=48.0, gains={30: 620.0, 15: 1140.0})
    """
    facts = _facts("scenario").set_index("indicator")
    million = facts["value"].mul(facts["unit"].map({"bn BYN": 1000.0, "mn BYN": 1.0, "%": 1.0})).round(6)
    target = facts.index.str.extract(r"at (\d+) %", expand=False)
    return PrintedScenario(
        float(million["revenue outside the preferential regime"]),
        float(million["share in total revenue"]),
        {int(level): float(gain) for level, gain in zip(target, million, strict=True) if pd.notna(level)},
    )


@cache
def printed_cooperation() -> pd.DataFrame:
    """Read the figures of the paper on production cooperation.

    Returns
    -------
    pandas.DataFrame
        By ``indicator``: ``country``, ``value``, ``unit``, ``year``, ``compared_with`` (a year, empty
        where the figure is of one year alone), ``place`` in the paper and ``confidence`` of the reading.
        Its other arguments are in words.

    Examples
    --------
    >>> float(printed_cooperation().loc["machinery_in_imports", "value"])
    47.3
    """
    return _read("cooperation_facts").astype({"value": float, "compared_with": "Int64"})


def _read_facts() -> pd.DataFrame:
    facts = _read("grodnoinvest_facts")
    # A figure whose reading is doubtful carries a question mark, an axis a list of ticks.
    facts["value"] = pd.to_numeric(facts["value"].str.removesuffix("?"), errors="coerce")
    return facts


def _facts(*topics: str) -> pd.DataFrame:
    facts = _read_facts()
    return facts[facts["topic"].isin(topics)].copy()


def _quotient_facts() -> pd.DataFrame:
    facts = _with_sector(_facts("LQ"))
    facts["quantity"] = facts["indicator"].str.extract("LQ_(production|exports)", expand=False)
    return facts


def _with_sector(facts: pd.DataFrame) -> pd.DataFrame:
    return facts.assign(sector=_sectors(facts["entity"]))


def _sectors(labels: pd.Series[str]) -> pd.Series[str]:
    return labels.str.extract(rf"^({'|'.join(ZONE_SECTORS)})", expand=False).map(ZONE_SECTORS)


def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv", index_col=0)
