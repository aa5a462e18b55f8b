"""The figures that the paper on the cluster transformation of the Grodnoinvest free economic zone prints.

They are read from one list of facts, which keeps where each stands and how sure its reading is. What follows
from them, :func:`self_check`, :func:`overall_implied` and :func:`limits_of_method`, is computed once, by
``tools/self_check.py``, and kept as tables.

References
----------
Shuleiko, D. Ch. and Sovik, L. E. (2020), Cluster Transformation of FEZ: Methods of Identification of
"Anchor" Industries and Residents.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

DATA = Path(__file__).parents[1] / "data"
FACTS = DATA / "published" / "grodnoinvest_facts.csv"
COMPUTED = DATA / "grodnoinvest"
"""Where the tables of what follows from the printed figures are."""

PAPER = "Shuleiko and Sovik (2020)"
SECTORS = {
    "wood": "Wood and furniture",
    "machinery": "Machinery and metalworking",
    "chemical": "Chemistry and fertilisers",
    "food": "Food and agriculture",
    "agriculture": "Food and agriculture",
    "textile": "Textiles",
}
"""Sector by the first word of its name in the list of facts."""
ROUNDING = {
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
"""Half of the last digit of the printed figures, by kind, in their own units.

Quotients and Gini coefficients are taken at two and three digits, also where the paper drops a final zero.
"""
PLACES = {
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
FIRST, LAST = 2015, 2018
"""The years between which tables 1 and 2 print changes."""
LEADERSHIP_YEARS = (2017, 2018, 2019)
"""The three last years before the paper, over which it ranks the residents."""
BETWEEN = f"{FIRST}-{LAST}"
RANKED = f"{LEADERSHIP_YEARS[0]}-{LEADERSHIP_YEARS[-1]}"
"""The same spans as texts, in the columns ``year``."""
BEST = 5
"""Residents that lead by a single indicator, of whom the paper counts those among the leaders."""


def quotients() -> pd.DataFrame:
    """Read tables 1 and 2 of the paper: location quotients of production and of exports.

    Returns
    -------
    pandas.DataFrame
        By ``quantity`` (production, exports) and ``sector``, in the printed order; columns 2015 to 2018.

    Examples
    --------
    >>> from gvc_helpers.papers import grodnoinvest as paper
    >>> paper.quotients().loc[("production", "Textiles")].tolist()
    [4.26, 3.55, 3.17, 2.28]
    """
    cells = _quotient_facts()
    cells = cells[cells["year"].str.fullmatch(r"\d{4}") & ~cells["indicator"].str.endswith("_position")]
    cells = cells.astype({"year": int})
    order = pd.MultiIndex.from_frame(cells[["quantity", "sector"]].drop_duplicates())
    table = cells.pivot(index=["quantity", "sector"], columns="year", values="value").reindex(order)
    return table.rename_axis(columns=None)


def quotient_changes() -> pd.Series[float]:
    """Read the last column of tables 1 and 2: quotient of 2018 less quotient of 2015."""
    cells = _quotient_facts()
    cells = cells[cells["indicator"].str.endswith("_change_printed")]
    return cells.set_index(["quantity", "sector"])["value"].rename("change")


def shares() -> pd.DataFrame:
    """Read the zone's shares of regional production and exports, from the text and from figures 4 and 5.

    Returns
    -------
    pandas.DataFrame
        By ``quantity`` and ``sector``: ``share`` in 2018 (%) and ``change`` since 2015 (percentage points;
        missing where none is printed).

    Examples
    --------
    >>> from gvc_helpers.papers import grodnoinvest as paper
    >>> paper.shares().loc[("production", "Machinery and metalworking")].tolist()
    [33.0, 10.0]
    """
    facts = _with_sector(_facts("zone share"))
    facts["quantity"] = facts["indicator"].str.extract("(production|exports)", expand=False)
    facts["column"] = facts["unit"].map({"%": "share", "pp": "change"})
    order = pd.MultiIndex.from_frame(facts[["quantity", "sector"]].drop_duplicates())
    table = facts.pivot(index=["quantity", "sector"], columns="column", values="value").reindex(order)
    return table[["share", "change"]].rename_axis(columns=None)


def inequality() -> pd.DataFrame:
    """Read the Gini coefficients of all residents.

    Returns
    -------
    pandas.DataFrame
        By ``quantity`` and ``year`` (2017, 2019 and, from business plans, 2023): ``gini`` and ``top_share``,
        the share of the largest quarter of residents in %.

    Examples
    --------
    >>> from gvc_helpers.papers import grodnoinvest as paper
    >>> paper.inequality().loc[("production", 2019)].tolist()
    [0.696, 91.0]
    """
    facts = _facts("gini").astype({"year": int})
    facts["quantity"] = facts["indicator"].str.extract("(production|exports)", expand=False)
    facts["column"] = facts["unit"].map({"0-1": "gini", "%": "top_share"})
    table = facts.pivot(index=["quantity", "year"], columns="column", values="value")
    return table.loc[["production", "exports"]].rename_axis(columns=None)


def sector_ginis() -> pd.DataFrame:
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


def leaders() -> pd.DataFrame:
    """Read the printed top twenty residents by the coefficient of leadership (figure 8).

    Returns
    -------
    pandas.DataFrame
        By ``place`` (1 to 20): ``company`` as printed, ``score`` (missing where none is printed), ``sector``,
        ``sector_printed`` (False where it is inferred from the name) and ``confidence`` of the row's reading
        ("sure" or "unsure").

    Examples
    --------
    >>> from gvc_helpers.papers import grodnoinvest as paper
    >>> paper.leaders().loc[1, "sector"]
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
    """What the paper prints about the coefficient of leadership, beside the names.

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


def leadership() -> PrintedLeadership:
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


def zones() -> pd.DataFrame:
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
    table = facts.assign(indicator=indicator, place=facts["entity"].map(PLACES))
    return table[["indicator", "place", "year", "value"]].reset_index(drop=True)


def zone_shares() -> pd.Series[float]:
    """Read the share of five zones in the industrial production of their own regions, 2019, in %.

    For Vitebsk the figure is an upper limit.
    """
    facts = _facts("one zone")
    facts = facts[facts["indicator"].str.contains("production")]
    return facts.set_index("entity")["value"].rename_axis("zone").rename("share")


def innovation() -> pd.DataFrame:
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


def innovation_text() -> pd.Series[float]:
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


def residents() -> pd.Series[float]:
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


def investment() -> pd.Series[float]:
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


def investment_axis() -> float:
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


def scenario() -> PrintedScenario:
    """Read the scenario of the text, in million roubles.

    Examples
    --------
    >>> from gvc_helpers.papers import grodnoinvest as paper
    >>> paper.scenario()
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


def self_check() -> pd.DataFrame:
    """Read how the printed figures stand against each other.

    Returns
    -------
    pandas.DataFrame
        One row per check: ``key``, what is checked; ``about`` (specialization, zones, innovation, residents,
        investment, scenario, inequality or leadership); ``entity``, a sector, two of them, an indicator or an
        empty text; ``year``, a text such as "2018" or "2015-2018", empty for ``gini_quarters``, which is
        about three years at once; ``printed`` and ``implied``, the two sides as texts of figures;
        ``verdict``; ``unit`` (%, pp, ratio, count, position, gini, million roubles) and ``printed_low``,
        ``printed_high``, ``implied_low``, ``implied_high``, the intervals of the two sides in it (missing or
        infinite where a side has no such end).

    Notes
    -----
    The verdicts are

    - "agrees": both sides may be right, as they have a value in common or a statement is true whatever the
      rounding;
    - "contradicts": they cannot be, as they have no value in common or a statement is false whatever the
      rounding;
    - "cannot both hold": both sides are printed statements, and no figures that round to the printed ones
      make both true;
    - "unit": the figure is out of reach in the unit that is printed;
    - "formula": the figures follow another formula than the one that is printed or usual;
    - "overstated": the rounding leaves open whether the statement is true, so the figures do not bear it out.

    Examples
    --------
    >>> from gvc_helpers.papers import grodnoinvest as paper
    >>> checks = paper.self_check().set_index("key")
    >>> checks.loc["quotient_exports", ["printed", "implied", "verdict"]].tolist()
    ['1.44', '1.88–1.92', 'contradicts']
    """
    return _computed("self_check")


def overall_implied() -> pd.DataFrame:
    """Read the overall share of the zone that each sector implies: its printed share over its quotient.

    Returns
    -------
    pandas.DataFrame
        By ``quantity``, ``year`` and ``sector``: ``low`` and ``high``, the ends of the zone's share in all
        sectors together, in %, that the rounding leaves; ``common``, whether the sector is among the most
        that have a value in common.

    Examples
    --------
    >>> from gvc_helpers.papers import grodnoinvest as paper
    >>> implied = paper.overall_implied()
    >>> implied.query("~common").index.tolist()
    [('production', 2018, 'Food and agriculture'), ('exports', 2018, 'Machinery and metalworking')]
    """
    return pd.read_csv(COMPUTED / "overall_implied.csv", index_col=["quantity", "year", "sector"])


def limits_of_method() -> pd.DataFrame:
    """Read what the method of the paper cannot show, in its own figures.

    ``S`` is the zone's share in all sectors together, in the middle of what most sectors have in common
    (:func:`overall_implied`).

    Returns
    -------
    pandas.DataFrame
        ``key``, ``entity`` (quantity, sector or indicator), ``year``, ``measure``, ``value`` and ``unit``:

        - ``ranking``: sectors of a year that have the same place by share and by quotient (``same_place``) of
          all (``sectors``). As ``quotient = share / S`` the places cannot differ; where they do, the printed
          figures disagree. ``threshold`` is S in %: a quotient above 1 says that the share is above it;
        - ``falling_quotient``: the change of a sector's quotient of production, 2015 to 2018, in logarithms
          (``log_change``), as it comes from S (``of_overall``, less the change of S) and from its share
          (``of_share``, the rest); the printed ``share_earlier`` and ``share_later`` in %;
        - ``ceiling``: the largest quotient there can be in a year, ``100 / S``, reached by a sector whose
          production or exports are all in the zone;
        - ``volumes``: leadership indicators that grow with size alone (``volumes``), of all (``indicators``);
        - ``links``: leadership indicators of sales to other residents (``indicators``). Stage two, meant to
          tell how closely residents work together, uses neither, only the inequality of sizes;
        - ``outside``: residents among the five best by an indicator but not among the twenty leaders
          (``outside``), of five (``best``).

    Examples
    --------
    >>> from gvc_helpers.papers import grodnoinvest as paper
    >>> limits = paper.limits_of_method()
    >>> textiles = limits[limits["entity"] == "Textiles"].set_index("measure")["value"]
    >>> textiles.round(3).head(3).to_dict()
    {'log_change': -0.625, 'of_share': -0.022, 'of_overall': -0.604}
    """
    return _computed("limits_of_method")


def _computed(name: str) -> pd.DataFrame:
    table = pd.read_csv(COMPUTED / f"{name}.csv", dtype={"year": str}, float_precision="round_trip")
    return table.fillna({"entity": "", "year": ""})


def _facts(*topics: str) -> pd.DataFrame:
    facts = pd.read_csv(FACTS, index_col=0)
    # A figure whose reading is doubtful carries a question mark, an axis a list of ticks.
    facts["value"] = pd.to_numeric(facts["value"].str.removesuffix("?"), errors="coerce")
    return facts[facts["topic"].isin(topics)].copy()


def _quotient_facts() -> pd.DataFrame:
    facts = _with_sector(_facts("LQ"))
    facts["quantity"] = facts["indicator"].str.extract("LQ_(production|exports)", expand=False)
    return facts


def _with_sector(facts: pd.DataFrame) -> pd.DataFrame:
    return facts.assign(sector=_sectors(facts["entity"]))


def _sectors(labels: pd.Series[str]) -> pd.Series[str]:
    return labels.str.extract(rf"^({'|'.join(SECTORS)})", expand=False).map(SECTORS)
