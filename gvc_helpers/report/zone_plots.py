"""The pictures of the study of a zone. Each function draws one and returns it; captions are the report's."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import matplotlib as mpl
import networkx as nx
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Patch
from scipy.stats import rankdata

from gvc_helpers.report.plots import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    PALETTE,
    RED,
    SMALL,
    WIDTH,
    canvas,
    label_rows,
    name_points,
    shortened,
)
from gvc_helpers.report.words import Language

LINE = 0.145
"""Height of a line of small print, in inches."""

MARKERS = "osD^vPX"
HATCHES = ("", "////", "\\\\\\\\", "xxx", "...", "++", "oo", "--", "||")
VERDICTS = {"met": (BLUE, "o"), "contradicted": (RED, "X"), "missed": (ORANGE, "D")}
LEAST_PROBABILITY = 1.0
"""Residents that are among the first less often, %, are not drawn."""

STAGES, QUESTIONS = 3, ("title", "asked", "measured")


def zones(printed: pd.DataFrame, language: Language) -> Figure:
    """Bars of the shares of all and of regional zones, and below them how many times the second is the first.

    `printed` has columns ``indicator``, ``place`` (``all_zones`` and ``regional_zones``, %, and ``ratio``),
    ``year`` and ``value``.
    """
    figure = Figure(figsize=(WIDTH, 5.4), layout="constrained")
    upper, lower = figure.subplots(2, 1, height_ratios=[1.25, 1])
    known = printed.dropna(subset="value")
    table = known[known["place"] != "ratio"].pivot(
        index=["indicator", "year"], columns="place", values="value"
    )
    table = table.reindex([key for key in known["indicator"].unique() if key in table.index], level=0)
    groups = pd.factorize(table.index.get_level_values(0))[0]
    across = np.arange(len(table)) + 0.6 * groups
    for place, colour, shift, hatch in (
        ("all_zones", BLUE, -0.2, ""),
        ("regional_zones", ORANGE, 0.2, "////"),
    ):
        heights = table.get(place, pd.Series(np.nan, table.index))
        bars = upper.bar(
            across + shift, heights, 0.38, color=colour, hatch=hatch, edgecolor="white",
            label=language.heading(place),
        )  # fmt: skip
        upper.bar_label(bars, [language.number(float(v), 0) for v in heights], padding=2, fontsize=SMALL)
    upper.set_xticks(across, [str(year) for _, year in table.index])
    centres = pd.Series(across).groupby(groups).mean()
    names = [language.heading(key) for key in dict.fromkeys(table.index.get_level_values(0))]
    upper.xaxis.remove_overlapping_locs = False  # a name may stand under its only year
    upper.set_xticks(centres, [textwrap.fill(name, 22) for name in names], minor=True)
    upper.tick_params(axis="x", which="minor", length=0, pad=17)
    upper.set_ylabel(language.text("axes", "zones_share"))
    _numbers(upper.yaxis, language)
    _legend_above(upper)
    upper.margins(y=0.12)

    ratios = known[known["place"] == "ratio"]
    years = range(int(known["year"].min()), int(known["year"].max()) + 1)
    for (key, part), colour, marker in zip(
        ratios.groupby("indicator", sort=False), (BLUE, ORANGE, GREEN), "oDs", strict=False
    ):
        series = part.set_index("year")["value"].sort_index()
        lower.plot(series.index, series, color=colour, lw=1, ls=":")
        lower.plot(
            years, series.reindex(years), color=colour, marker=marker, label=language.heading(str(key))
        )
        for year, value in series.items():
            _at(lower, year, value, language.number(value, 2))
    lower.axhline(1, color="black", lw=0.8)
    lower.set_xticks(list(years), [str(year) for year in years])
    lower.margins(x=0.08, y=0.18)
    lower.set_ylabel(language.text("axes", "zones_ratio"))
    _numbers(lower.yaxis, language)
    _legend_above(lower)
    return figure


def innovation(series: pd.DataFrame, language: Language) -> Figure:
    """Lines with their figures, broken where a figure is missing.

    `series` has a row for every year and columns ``belarus``, ``all_zones`` and ``regional_zones``, %.
    """
    figure, axes = canvas(WIDTH, 2.9)
    for column, colour, marker in zip(series.columns, (GREY, BLUE, ORANGE), "soD", strict=False):
        axes.plot(
            series.index, series[column], color=colour, marker=marker, label=language.heading(str(column))
        )
        for year, value in series[column].dropna().items():
            _at(axes, year, value, language.number(value, 1))
    axes.set_xticks(list(series.index), [str(year) for year in series.index])
    axes.set_ylim(0, 1.15 * np.nanmax(series.to_numpy(), initial=1))
    axes.set_ylabel(language.text("axes", "innovative_share"))
    axes.margins(x=0.06)
    _numbers(axes.yaxis, language)
    _legend(figure)
    return figure


def investment(shares: pd.Series, language: Language) -> Figure:
    """Bars of a few percentages, in the order given, each named by its heading."""
    figure, axes = canvas(WIDTH, 0.8 + 0.42 * len(shares))
    rows = label_rows(axes, [textwrap.fill(language.heading(str(key)), 40) for key in shares.index])
    axes.barh(rows, shares, height=0.6, color=BLUE)
    _ends(axes, rows, shares, language, 0, unit=" %")
    axes.set_xlim(0, 1.15 * np.nanmax(shares.to_numpy(), initial=1))
    axes.set_xlabel(language.text("axes", "share"))
    _numbers(axes.xaxis, language)
    return figure


def shares(
    shares: Mapping[str, pd.DataFrame], overall: Mapping[str, pd.Series], language: Language
) -> Figure:
    """Lines of the zone's share in the region by sector, a panel for each quantity; all sectors dashed.

    The frames of `shares` have a row for every sector and a column for every year, `overall` a figure for
    every year, all in %.
    """
    figure, panels = _panels(list(shares), language, 3.1, sharey=True)
    styles = _styles(sector for frame in shares.values() for sector in frame.index)
    for axes, (key, frame) in zip(panels, shares.items(), strict=True):
        years = list(frame.columns)
        for sector, row in frame.iterrows():
            style = styles[str(sector)]
            axes.plot(years, row, color=style.colour, marker=style.marker, ms=4.5,
                      label=_sector(sector, language))  # fmt: skip
        axes.plot(years, overall[key].reindex(years), color="black", ls="--", lw=1.8,
                  label=language.heading("all_sectors"))  # fmt: skip
        axes.set_xticks(years, [str(year) for year in years])
    panels[0].set_ylim(bottom=0)  # after all lines: a limit that is set holds for both panels
    panels[0].set_ylabel(language.text("axes", "share_of_region"))
    _numbers(panels[0].yaxis, language)
    _legend(figure, *panels)
    return figure


def quotients(
    quotients: pd.DataFrame, intervals: tuple[pd.DataFrame, pd.DataFrame] | None, language: Language
) -> Figure:
    """Dots for location quotients by sector, with their intervals and a line at one.

    `quotients` has a row for every sector and columns ``production`` and ``exports``; the two frames of
    `intervals`, low and high, are alike.
    """
    figure, axes = canvas(WIDTH, 0.7 + 0.46 * len(quotients))
    rows = label_rows(axes, [_sector(sector, language) for sector in quotients.index])
    for column, colour, marker, shift in (("production", BLUE, "o", 0.14), ("exports", ORANGE, "D", -0.14)):
        if intervals is not None:
            low, high = (ends.loc[quotients.index, column] for ends in intervals)
            axes.hlines(rows + shift, low, high, color=colour, lw=1.6)
            for end in (low, high):
                axes.scatter(end, rows + shift, marker="|", s=28, c=colour)
        axes.scatter(quotients[column], rows + shift, c=colour, marker=marker, s=30, zorder=3,
                     label=language.heading(column))  # fmt: skip
    axes.axvline(1, color="black", lw=0.8)
    axes.set_xlim(left=0)
    axes.set_xlabel(language.text("axes", "quotient"))
    axes.grid(axis="y", lw=0.4)
    _numbers(axes.xaxis, language)
    _legend(figure)
    return figure


def bubbles(
    frame: pd.DataFrame, language: Language, quantity_axis: str, reference: float | None = None
) -> Figure:
    """Bubbles of sectors: growth against the location quotient, the area showing the amount.

    `frame` has a row for every sector and columns ``quotient``, ``growth`` (% a year) and ``size``;
    `quantity_axis` is the key of the label of the axis of growth, `reference` the growth of the region.
    """
    figure, axes = canvas(WIDTH, 4.0)
    known = frame.dropna(subset=["quotient", "growth", "size"])
    areas = 1600 * known["size"].to_numpy() / max(known["size"].max(), np.finfo(float).tiny)
    styles = _styles(map(str, frame.index))
    axes.scatter(
        known["quotient"], known["growth"], s=areas, alpha=0.75, edgecolors="black", linewidths=0.6,
        c=[styles[str(sector)].colour for sector in known.index], zorder=3,
    )  # fmt: skip
    axes.axvline(1, color="black", lw=0.8)
    entries: list[Any] = [_dot("white", "o", language.heading("bubble_area"))]
    if reference is not None:
        axes.axhline(reference, color=GREY, lw=1, ls="--")
        entries.append(Line2D([], [], color=GREY, lw=1, ls="--", label=language.heading("regional_growth")))
    axes.set(xlabel=language.text("axes", "quotient"), ylabel=language.text("axes", quantity_axis))
    axes.margins(0.2)
    axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
    axes.set_xticks([tick for tick in axes.get_xticks() if axes.get_xlim()[1] >= tick >= 0])
    for axis in (axes.xaxis, axes.yaxis):
        _numbers(axis, language)
    _legend(figure, handles=entries)
    name_points(
        axes, [_sector(s, language) for s in known.index], known[["quotient", "growth"]].to_numpy(), areas
    )
    return figure


def quotient_changes(parts: pd.DataFrame | Mapping[str, pd.DataFrame], language: Language) -> Figure:
    """Stacked bars of the two parts of the log change of quotients, with a mark for the change.

    A frame has a row for every sector and columns ``of_share``, ``of_overall`` and ``log_change``; several,
    by quantity, get a panel each.
    """
    frames = {"": parts} if isinstance(parts, pd.DataFrame) else dict(parts)
    height = 0.8 + 0.42 * max(len(frame) for frame in frames.values())
    figure, panels = _panels(list(frames), language, height, sharex=True, sharey=True)
    for axes, frame in zip(panels, frames.values(), strict=True):
        _diverging(axes, frame, ["of_share", "of_overall"], "log_change", language)
    figure.supxlabel(language.text("axes", "log_change"), fontsize=9)
    _legend(figure, panels[0])
    return figure


def shift_share(parts: pd.DataFrame, language: Language, unit: str) -> Figure:
    """Stacked bars of the three parts of the change of an amount, with a mark for the change.

    `parts` has a row for every sector and columns ``regional_growth``, ``industry_mix``, ``competitive`` and
    ``change``, in `unit`.
    """
    figure, axes = canvas(WIDTH, 0.7 + 0.42 * len(parts))
    _diverging(axes, parts, ["regional_growth", "industry_mix", "competitive"], "change", language)
    axes.set_xlabel(language.text("axes", "change", unit=unit))
    _legend(figure)
    return figure


def lorenz(
    curves: Mapping[Any, Any],
    language: Language,
    plan: Collection[object] = (),
) -> Figure:
    """Lorenz curves by year with the line of equality, a panel for each quantity.

    `curves` holds, by year, frames with columns ``residents`` and ``share`` (fractions), or such mappings by
    quantity; the years of `plan` are dashed.
    """
    flat = any(isinstance(curve, pd.DataFrame) for curve in curves.values())
    groups: dict[str, Mapping[Any, pd.DataFrame]] = {"": curves} if flat else dict(curves)
    figure, panels = _panels(list(groups), language, 3.4 if len(groups) > 1 else 4.3, sharey=True)
    for axes, group in zip(panels, groups.values(), strict=True):
        axes.plot([0, 100], [0, 100], color=GREY, lw=0.8, label=language.heading("equality"))
        for (label, curve), style in zip(group.items(), _year_styles(len(group)), strict=True):
            axes.plot(
                100 * curve["residents"], 100 * curve["share"], color=style.colour, lw=1.6,
                ls="--" if label in plan else "-", marker=style.marker, markevery=0.12, ms=4,
                label=language.heading(str(label)),
            )  # fmt: skip
        axes.set(xlim=(0, 100), ylim=(0, 100), aspect="equal")
        axes.set_xlabel(language.text("axes", "residents_cumulative"))
        axes.set_ylabel(language.text("axes", "share_cumulative") if axes is panels[0] else "")
        for axis in (axes.xaxis, axes.yaxis):
            _numbers(axis, language)
    _legend(figure, *panels)
    return figure


def ginis(frame: Mapping[str, pd.DataFrame], language: Language, few: Collection[str] = ()) -> Figure:
    """Grouped bars of Gini coefficients by sector and year, a panel for each quantity.

    The frames have a row for every sector and a column for every year; bars of the sectors in `few`, which
    have too few residents for the coefficient to say much, are hatched.
    """
    sectors = list(dict.fromkeys(sector for part in frame.values() for sector in part.index))
    years = max((list(part.columns) for part in frame.values()), key=len)
    figure, panels = _panels(
        list(frame), language, 0.8 + (0.18 * len(years) + 0.12) * len(sectors), sharey=True
    )
    thick = 0.84 / len(years)
    for axes, part in zip(panels, frame.values(), strict=True):
        part = part.reindex(index=sectors, columns=years)
        rows = label_rows(axes, [_sector(sector, language) for sector in sectors])
        for j, (year, style) in enumerate(zip(years, _year_styles(len(years)), strict=True)):
            places = rows + thick * ((len(years) - 1) / 2 - j)
            bars = axes.barh(places, part[year], 0.9 * thick, color=style.colour, edgecolor=style.colour)
            for bar, sector in zip(bars, sectors, strict=True):
                if sector in few:
                    bar.set(facecolor="white", hatch="//////")
            _ends(axes, places, part[year], language, 2)
        axes.set(xlim=(0, 1.12), xticks=np.arange(0, 1.01, 0.25))
        axes.set_xlabel(language.text("axes", "gini"))
        _numbers(axes.xaxis, language)
    shades = zip(years, _year_styles(len(years)), strict=True)
    entries = [Patch(color=style.colour, label=str(year)) for year, style in shades]
    if any(sector in few for sector in sectors):
        entries.append(
            Patch(facecolor="white", edgecolor=GREY, hatch="//////", label=language.heading("few_residents"))
        )
    _legend(figure, handles=entries)
    return figure


def resident_sales(frame: pd.DataFrame, language: Language) -> Figure:
    """Bars of the share of revenue that comes from other residents, with a line for the whole zone.

    `frame` has a row for every sector and one called ``total``, and a column ``share``, %.
    """
    sectors = frame.drop(index="total", errors="ignore")["share"]
    figure, axes = canvas(WIDTH, 0.7 + 0.36 * len(sectors))
    rows = label_rows(axes, [_sector(sector, language) for sector in sectors.index])
    axes.barh(rows, sectors, height=0.65, color=BLUE)
    _ends(axes, rows, sectors, language, 1)
    if "total" in frame.index:
        label = f"{language.heading('whole_zone')}: {language.number(frame.loc['total', 'share'], 1)} %"
        axes.axvline(frame.loc["total", "share"], color="black", ls="--", lw=1.2, label=label)
        _legend(figure)
    axes.set_xlim(0, 1.12 * np.nanmax(frame["share"].to_numpy(), initial=1))
    axes.set_xlabel(language.text("axes", "resident_sales_share"))
    _numbers(axes.xaxis, language)
    return figure


def network(graph: nx.DiGraph, sectors: pd.Series, core: Collection[str], language: Language) -> Figure:
    """Arrows from sellers to buyers, as wide as the sales; members of the core have a thick rim.

    `sectors` gives the sector of every resident; the edges of `graph` have an attribute ``sales``.
    """
    nodes = list(graph)
    of = {node: str(sectors.get(node, language.heading("no_sector"))) for node in nodes}
    styles = _styles([*map(str, sectors), *of.values()])
    entries = [
        _dot(styles[sector].colour, styles[sector].marker, shortened(sector))
        for sector in sorted(set(of.values()))
    ]
    figure, axes = canvas(WIDTH, 5.2)
    axes.set_axis_off()
    place = _layout(graph.to_undirected())
    size = 130.0
    edges = [(seller, buyer) for seller, buyer in graph.edges if seller != buyer]
    sales = np.nan_to_num([float(graph.edges[edge].get("sales", 0)) for edge in edges])
    nx.draw_networkx_edges(
        graph, place, ax=axes, edgelist=edges, width=list(0.5 + 4.5 * sales / max(sales, default=1.0)),
        edge_color=GREY, alpha=0.55, arrowsize=9, connectionstyle="arc3,rad=0.12", node_size=size,
    )  # fmt: skip
    for sector in sorted(set(of.values())):
        members = [node for node in nodes if of[node] == sector]
        x, y = np.array([place[node] for node in members]).T
        axes.scatter(
            x, y, s=size, c=styles[sector].colour, zorder=3,
            marker=styles[sector].marker, edgecolors="black",
            linewidths=[2.4 if node in core else 0.5 for node in members],
        )  # fmt: skip
    entries.append(_dot("white", "o", language.heading("core_member"), rim=2.4))
    _legend(figure, handles=entries)
    if nodes:
        points = np.array([place[node] for node in nodes])
        (left, low), (right, high) = points.min(axis=0), points.max(axis=0)
        axes.set(xlim=(left - 0.2, right + 0.2), ylim=(low - 0.1, high + 0.1))
        names = [textwrap.fill(shortened(str(node), 30), 16) for node in nodes]
        name_points(axes, names, points, np.full(len(nodes), size))
    return figure


def leaders(leaders: pd.DataFrame, language: Language) -> Figure:
    """Bars of the coefficient of leadership, the best on top, coloured by sector.

    `leaders` has a row for every resident and columns ``coefficient`` and ``sector``, and may have ``low``
    and ``high``, the ends of the coefficient's interval.
    """
    best = leaders.sort_values("coefficient", kind="stable")
    styles = _styles(best["sector"].astype(str))
    entries = [
        Patch(facecolor=styles[sector].colour, hatch=styles[sector].hatch, edgecolor="white",
              label=shortened(sector))
        for sector in sorted(styles)
    ]  # fmt: skip
    figure, axes = canvas(WIDTH, 0.6 + 0.22 * len(best))
    rows = label_rows(axes, [shortened(str(resident), 34) for resident in best.index])
    bars = axes.barh(rows, best["coefficient"], height=0.7, edgecolor="white")
    for bar, sector in zip(bars, best["sector"].astype(str), strict=True):
        bar.set(facecolor=styles[sector].colour, hatch=styles[sector].hatch)
    ends = best["coefficient"]
    if {"low", "high"} <= set(best.columns):
        axes.hlines(rows, best["low"], best["high"], color="black", lw=1.1)
        ends = best[["coefficient", "high"]].max(axis=1)
    _ends(axes, rows, best["coefficient"], language, 1, at=ends)
    axes.set_xlim(0, 1.1 * np.nanmax(ends.to_numpy(), initial=1))
    axes.set_xlabel(language.text("axes", "leadership"))
    _numbers(axes.xaxis, language)
    _legend(figure, handles=entries)
    return figure


def positions(mean_positions: pd.DataFrame, language: Language) -> Figure:
    """Heat map of mean positions by resident and indicator, the better the darker, with their figures."""
    import seaborn as sns  # slow to import, and much does without it

    figure, axes = canvas(WIDTH, max(1.8 + 0.23 * len(mean_positions), 3.6))
    figures = mean_positions.map(lambda value: language.number(value, 1))
    sns.heatmap(
        mean_positions.astype(float), ax=axes, cmap="Blues_r", annot=figures, fmt="", vmin=1,
        annot_kws={"size": SMALL}, linewidths=0.4,
        cbar_kws={"label": language.text("axes", "mean_position"), "shrink": 0.8, "pad": 0.02},
    )  # fmt: skip
    axes.set_facecolor(PALE)  # seen where a position is missing
    axes.set(xlabel=language.heading("indicator"), ylabel="")
    names = [textwrap.fill(language.heading(str(key)), 22) for key in mean_positions.columns]
    axes.set_xticks(np.arange(len(names)) + 0.5, names, rotation=90, fontsize=SMALL)
    residents = [shortened(str(resident), 26) for resident in mean_positions.index]
    axes.set_yticks(np.arange(len(residents)) + 0.5, residents, rotation=0, fontsize=SMALL)
    return figure


def membership(probability: pd.Series, language: Language, top: int) -> Figure:
    """Bars of how often, in %, a resident is among the first `top`, the most frequent on top."""
    likely = probability[probability >= LEAST_PROBABILITY].sort_values(ascending=False, kind="stable")
    figure, axes = canvas(WIDTH, 0.9 + 0.22 * len(likely))
    rows = label_rows(axes, [shortened(str(resident), 34) for resident in likely.index])
    axes.barh(rows, likely, height=0.7, color=BLUE)
    _ends(axes, rows, likely, language, 0)
    axes.set_xlim(0, 108)
    axes.set_xlabel(language.text("axes", "membership", top=str(top)))
    _numbers(axes.xaxis, language)
    return figure


def stages(language: Language) -> Figure:
    """Scheme of the three stages, each with what is asked and what is measured."""
    widths, gap = (1.5, 2.1, 2.1), 0.2
    left = np.cumsum([0.0, *(width + gap for width in widths[:-1])]) + 0.02
    texts = [
        [language.text("scheme", f"stage_{stage}_{part}") for part in QUESTIONS]
        for stage in range(1, STAGES + 1)
    ]
    cells = [
        [
            _Cell.of(row[0], "", widths[0]),
            *(_Cell.of("", t, w) for t, w in zip(row[1:], widths[1:], strict=True)),
        ]
        for row in texts
    ]
    result = _Cell.of("", language.text("scheme", "result"), sum(widths) + 2 * gap)
    heights = [max(cell.height for cell in row) for row in cells]
    total = 0.3 + sum(heights) + 0.3 * STAGES + result.height + 0.04
    figure, axes = _scheme(total)
    for x, width, part in zip(left[1:], widths[1:], QUESTIONS[1:], strict=True):
        axes.text(x + width / 2, total - 0.12, language.text("scheme", part), ha="center", va="center",
                  fontsize=SMALL, color=GREY)  # fmt: skip
    top = total - 0.3
    for row, height, colour in zip(cells, heights, (BLUE, ORANGE, GREEN), strict=True):
        for j, (cell, x, width) in enumerate(zip(row, left, widths, strict=True)):
            cell.draw(axes, x, top, width, height, edge=colour, lw=2.0 if j == 0 else 1.0)
            if j:
                _arrow(axes, (x - gap, top - height / 2), (x, top - height / 2))
        _arrow(axes, (left[0] + widths[0] / 2, top - height), (left[0] + widths[0] / 2, top - height - 0.3))
        top -= height + 0.3
    result.draw(axes, left[0], top, sum(widths) + 2 * gap, result.height, edge="black", lw=1.4)
    return figure


def solution(sectors: pd.DataFrame, core: Mapping[str, Sequence[str]], language: Language) -> Figure:
    """Scheme of the cluster solution: the zone, its anchor sectors and their cores, the others in grey.

    `sectors` has a row for every sector and columns ``anchor`` (bool), ``type`` (``many_equals``,
    ``few_cores`` or empty), ``quotient``, ``gini`` and ``reason`` (key of why it is no anchor); `core` gives
    the residents of a sector's core.
    """
    zone_width, sector_width, core_width = 1.3, 2.25, 1.95
    sector_left, core_left = zone_width + 0.35, zone_width + sector_width + 0.65
    chosen = sectors["anchor"].astype(bool) if len(sectors) else pd.Series(dtype=bool)
    anchors, others = sectors[chosen], sectors[~chosen]
    pairs = [
        (
            _Cell.of(str(sector), _description(row, language), sector_width),
            _Cell.of("", _members(core.get(str(sector), []), language), core_width),
        )
        for sector, row in anchors.iterrows()
    ]
    wide = core_left + core_width - sector_left
    rest = [_Cell.of("", _why_not(str(s), row, language), wide) for s, row in others.iterrows()]
    nobody = _Cell.of("", language.text("scheme", "no_anchor"), wide)
    heights = [max(cell.height for cell in pair) for pair in pairs] or [nobody.height]
    zone = _Cell.of(language.text("scheme", "zone"), "", zone_width)
    block = max(sum(heights) + 0.14 * (len(heights) - 1), zone.height)
    total = block + 0.04 + (0.3 if rest else 0) + sum(cell.height + 0.07 for cell in rest)
    figure, axes = _scheme(total)
    top = total - 0.02
    zone.draw(axes, 0.02, top, zone_width, block, edge="black", lw=1.6)
    if not pairs:
        nobody.draw(axes, sector_left, top, wide, block, edge=GREY, lw=1.0)
    styles = _styles(map(str, sectors.index))
    for (sector, members), height, name in zip(pairs, heights, anchors.index, strict=False):
        middle = top - height / 2
        sector.draw(axes, sector_left, top, sector_width, height, edge=styles[str(name)].colour, lw=2.0)
        members.draw(axes, core_left, top, core_width, height, edge=styles[str(name)].colour, lw=1.0)
        _arrow(axes, (zone_width + 0.02, middle), (sector_left, middle))
        _arrow(axes, (sector_left + sector_width, middle), (core_left, middle))
        top -= height + 0.14
    top = total - 0.02 - block
    if rest:
        axes.text(sector_left, top - 0.17, language.text("scheme", "others"), fontsize=SMALL, color=GREY,
                  va="center")  # fmt: skip
        top -= 0.3
    for cell in rest:
        cell.draw(axes, sector_left, top, wide, cell.height, edge=PALE, lw=1.0, colour=GREY)
        top -= cell.height + 0.07
    return figure


def stars(frame: pd.DataFrame, language: Language) -> Figure:
    """Stars by sector and criterion, filled where the sector meets it, and their number.

    `frame` has a row for every sector and a column of bool for every criterion; a missing one is a dash.
    """
    figure, axes = canvas(WIDTH, 0.8 + 0.36 * len(frame))
    rows = _grid(axes, list(frame.index), [*frame.columns, "stars"], language)
    for j, column in enumerate(frame.columns):
        _marks(axes, j, rows, frame[column], "*", 190, ORANGE)
    for row, states in zip(rows, frame.to_numpy(), strict=True):
        number = sum(_state(value) is True for value in states)
        axes.text(frame.shape[1], row, str(number), ha="center", va="center", fontweight="bold")
    return figure


def regime(curve: pd.Series, marks: pd.Series, language: Language, unit: str) -> Figure:
    """Additional income against the share of revenue outside the regime, with the gain at targets.

    `curve` and `marks` are incomes in `unit` by share, %.
    """
    figure, axes = canvas(WIDTH, 3.2)
    line = curve.sort_index()
    axes.plot(line.index, line, color=BLUE, lw=1.8)
    axes.scatter(marks.index, marks, c=ORANGE, marker="D", edgecolors="black", s=40, zorder=3)
    for share, gain in marks.dropna().items():
        text = f"{language.number(float(share), 0)} %: {language.amount(gain, 2 if abs(gain) < 10 else 0)}"
        axes.annotate(text, (share, gain), (7, 5), textcoords="offset points", fontsize=9)
    axes.set_xlabel(language.text("axes", "outside_share"))
    axes.set_ylabel(language.text("axes", "additional_income", unit=unit))
    axes.margins(x=0.1, y=0.15)
    axes.grid(lw=0.4)
    for axis in (axes.xaxis, axes.yaxis):
        _numbers(axis, language)
    return figure


def differences(comparison: pd.DataFrame, language: Language) -> Figure:
    """Dots for computed less printed figures in units of the printed rounding, by where they are printed.

    `comparison` has columns ``where``, ``difference``, ``rounding`` and ``verdict`` (``met``,
    ``contradicted`` or ``missed``). The axis is linear up to the rounding and logarithmic beyond it.
    """
    places = list(dict.fromkeys(comparison["where"].astype(str)))
    figure, axes = canvas(WIDTH, 0.7 + 0.36 * len(places))
    names = [_wrapped(language.heading(place)) for place in places]
    rows = pd.Series(label_rows(axes, names), index=places)
    axes.axvspan(-1, 1, color=PALE, label=language.heading("rounding"))
    ratio = comparison["difference"] / comparison["rounding"].where(comparison["rounding"] > 0)
    of = comparison["where"].astype(str)
    order, count = of.groupby(of).cumcount(), of.groupby(of).transform("size")
    heights = of.map(rows) + 0.6 * ((order + 0.5) / count - 0.5)
    for verdict in sorted(comparison["verdict"].unique(), key=_place_of_verdict):
        colour, marker = VERDICTS.get(verdict, (GREY, "s"))
        these = comparison["verdict"] == verdict
        axes.scatter(ratio[these], heights[these], c=colour, marker=marker, s=22, zorder=3,
                     label=language.heading(str(verdict)))  # fmt: skip
    farthest = max(2.0, 1.3 * float(np.nanmax(np.abs(ratio.to_numpy()), initial=0)))
    axes.set_xscale("symlog", linthresh=1, linscale=0.7)
    ticks = [t for t in (1, 10, 100, 1000, 10_000, 100_000) if t <= farthest]
    axes.set(xlim=(-farthest, farthest), xticks=[*(-t for t in reversed(ticks)), 0, *ticks])
    axes.xaxis.set_minor_locator(mpl.ticker.NullLocator())
    axes.set_xlabel(language.text("axes", "in_roundings"))
    _numbers(axes.xaxis, language)
    axes.grid(axis="y", lw=0.4)
    _legend(figure)
    return figure


def risks(frame: pd.DataFrame, language: Language) -> Figure:
    """Grid of sectors and risks: a filled mark where a risk is present, and what was measured beneath.

    `frame` has a row for every sector and, for every risk, a column of bool or missing; a column
    ``<risk>_measure`` holds the text or number that stands under the mark.
    """
    names = [column for column in frame.columns if not str(column).endswith("_measure")]
    notes = {
        name: [_note(value, language) for value in frame[f"{name}_measure"]]
        for name in names
        if f"{name}_measure" in frame.columns
    }
    lines = max((note.count("\n") + 1 for column in notes.values() for note in column if note), default=0)
    figure, axes = canvas(WIDTH, 0.6 + (0.32 + 0.14 * lines) * len(frame))
    rows = _grid(axes, list(frame.index), names, language)
    for j, name in enumerate(names):
        shift = 0.22 if name in notes else 0.0
        _marks(axes, j, rows + shift, frame[name], "o", 80, RED)
        for row, note in zip(rows, notes.get(name, []), strict=False):
            axes.text(j, row + 0.04, note, ha="center", va="top", fontsize=SMALL, linespacing=1.0)
    _legend(
        figure,
        handles=[
            _dot(RED, "o", language.heading("risk_present")),
            _dot("white", "o", language.heading("risk_absent")),
        ],
    )
    return figure


class _Style(NamedTuple):
    colour: Any
    marker: str
    hatch: str


class _Cell(NamedTuple):
    """A box of a scheme: a bold title over a text, both broken into lines, and the height they need."""

    title: str
    text: str
    height: float

    @classmethod
    def of(cls, title: str, text: str, width: float) -> _Cell:
        """Break the texts into the lines that fit into `width`, in inches."""
        head = _lines(title, (width - 0.14) / 0.08)
        body = _lines(text, (width - 0.14) / 0.071)
        return cls("\n".join(head), "\n".join(body), 0.18 + LINE * (len(head) + len(body)))

    def draw(
        self, axes: Axes, left: float, top: float, width: float, height: float, *,
        edge: str, lw: float, colour: str = "black",
    ) -> None:  # fmt: skip
        """Draw the box with its texts in the middle of its height."""
        axes.add_patch(
            FancyBboxPatch(
                (left, top - height), width, height, boxstyle="round,pad=0,rounding_size=0.06",
                facecolor="white", edgecolor=edge, linewidth=lw,
            )
        )  # fmt: skip
        titles, texts = (len(part.split("\n")) if part else 0 for part in (self.title, self.text))
        middle = top - height / 2
        for text, y, weight in (
            (self.title, middle + LINE * texts / 2, "bold"),
            (self.text, middle - LINE * titles / 2, "normal"),
        ):
            if text:
                axes.text(left + width / 2, y, text, ha="center", va="center", fontsize=SMALL,
                          linespacing=1.15, fontweight=weight, color=colour)  # fmt: skip


def _lines(text: str, width: float) -> list[str]:
    return [line for part in text.split("\n") for line in textwrap.wrap(part, max(int(width), 6))]


def _scheme(height: float) -> tuple[Figure, Axes]:
    """Axes without lines whose coordinates are inches."""
    figure, axes = canvas(WIDTH, height + 0.1)
    axes.set(xlim=(0, WIDTH - 0.1), ylim=(0, height))
    axes.set_axis_off()
    return figure, axes


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": "black", "lw": 1.0,
                                              "shrinkA": 1, "shrinkB": 1})  # fmt: skip


def _description(row: pd.Series, language: Language) -> str:
    """Type of a sector's cluster and its figures, a line each."""
    kind = language.heading(row["type"]) if isinstance(row["type"], str) and row["type"] else ""
    figures = language.text(
        "scheme", "figures", quotient=language.number(float(row["quotient"]), 2),
        gini=language.number(float(row["gini"]), 2),
    )  # fmt: skip
    return f"{kind}\n{figures}" if kind else figures


def _members(residents: Sequence[str], language: Language) -> str:
    if not residents:
        return language.text("scheme", "no_core")
    return "\n".join([language.text("scheme", "core"), *(shortened(str(name)) for name in residents)])


def _why_not(sector: str, row: pd.Series, language: Language) -> str:
    reason = row.get("reason")
    name = shortened(sector)
    return f"{name}: {language.heading(reason)}" if isinstance(reason, str) and reason else name


def _panels(
    quantities: Sequence[str], language: Language, height: float, **shared: Any
) -> tuple[Figure, list[Axes]]:
    """Panels side by side, each under the name of its quantity; an only panel may be without."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    panels = list(figure.subplots(1, len(quantities), squeeze=False, **shared)[0])
    for axes, key in zip(panels, quantities, strict=True):
        axes.set_title(language.heading(key) if key else "", fontsize=9)
    return figure, panels


def _diverging(
    axes: Axes, frame: pd.DataFrame, columns: Sequence[str], total: str, language: Language
) -> None:
    """Stack what is positive to the right of zero and what is negative to the left; mark the total."""
    rows = label_rows(axes, [_sector(sector, language) for sector in frame.index])
    ends = {True: np.zeros(len(frame)), False: np.zeros(len(frame))}
    for column, colour, hatch in zip(columns, (BLUE, ORANGE, GREEN), ("", "////", "..."), strict=False):
        values = frame[column].to_numpy(float)
        for positive in ends:
            part = np.where((values > 0) == positive, np.nan_to_num(values), 0.0)
            axes.barh(rows, part, 0.62, left=ends[positive], color=colour, hatch=hatch, edgecolor="white",
                      lw=0.4, label=language.heading(column) if positive else None)  # fmt: skip
            ends[positive] = ends[positive] + part
    axes.scatter(frame[total], rows, c="white", edgecolors="black", marker="D", s=34, zorder=3,
                 label=language.heading(total))  # fmt: skip
    axes.axvline(0, color="black", lw=0.8)
    _numbers(axes.xaxis, language)


def _grid(axes: Axes, sectors: Sequence[Any], columns: Sequence[Any], language: Language) -> Any:
    """Rows of sectors and columns with their headings above, for marks to be set in."""
    rows = label_rows(axes, [_sector(sector, language) for sector in sectors])
    width = int(4.4 / 0.072 / max(len(columns), 1))
    heads = [textwrap.fill(language.heading(str(c)), width, break_long_words=False) for c in columns]
    axes.set_xticks(range(len(columns)), heads, fontsize=SMALL)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set_xlim(-0.55, len(columns) - 0.45)
    axes.hlines(np.arange(len(rows) + 1) - 0.5, *axes.get_xlim(), color=PALE, lw=0.8)
    axes.spines[:].set_visible(False)
    return rows


def _marks(
    axes: Axes, across: float, rows: Any, values: pd.Series, marker: str, size: float, colour: str
) -> None:
    """Set a filled mark for true, an empty one for false and a dash for missing."""
    for row, value in zip(rows, values, strict=True):
        state = _state(value)
        if state is None:
            axes.text(across, row, "–", ha="center", va="center")
        else:
            axes.scatter(across, row, marker=marker, s=size, c=colour if state else "white",
                         edgecolors="black" if state else GREY, linewidths=0.8, zorder=3)  # fmt: skip


def _state(value: Any) -> bool | None:
    return None if pd.isna(value) else bool(value)


def _note(value: Any, language: Language) -> str:
    if isinstance(value, str):
        return textwrap.fill(value, 16)
    return "" if pd.isna(value) else language.number(float(value), 2)


def _ends(
    axes: Axes, rows: Any, values: pd.Series, language: Language, decimals: int, unit: str = "",
    at: pd.Series | None = None,
) -> None:  # fmt: skip
    """Write the figures at the ends of horizontal bars; a missing one is a dash at zero."""
    ends = (values if at is None else at).fillna(0.0)
    for row, value, end in zip(rows, values, ends, strict=True):
        text = language.number(float(value), decimals)
        axes.annotate(text + (unit if text != "–" else ""), (end, row), (3, 0), textcoords="offset points",
                      va="center", fontsize=SMALL)  # fmt: skip


def _at(axes: Axes, x: Any, y: float, text: str) -> None:
    axes.annotate(text, (x, y), (0, 5), textcoords="offset points", ha="center", fontsize=SMALL)


def _layout(graph: nx.Graph) -> dict[Any, Any]:
    """Places of nodes by the steps between them, drawn towards even spacing so that names find room."""
    steps = {one: dict(reached) for one, reached in nx.all_pairs_shortest_path_length(graph)}
    unlinked = (1 + max((step for reached in steps.values() for step in reached.values()), default=0)) / 2
    apart = {one: {other: steps[one].get(other, unlinked) for other in graph} for one in graph}
    placed = nx.kamada_kawai_layout(graph, dist=apart, weight=None)
    if len(placed) < 3:
        return dict(placed)
    points = np.array(list(placed.values()))
    even = 2 * (rankdata(points, axis=0) - 1) / (len(points) - 1) - 1
    return dict(zip(placed, (points + even) / 2, strict=True))


def _legend(figure: Figure, *panels: Axes, handles: Sequence[Any] | None = None) -> None:
    """Put a legend above, in as many columns as there is room for, and make room for it."""
    if handles is None:
        handles = [handle for axes in panels or figure.axes for handle in _entries(axes)]
    entries = {textwrap.fill(str(handle.get_label()), 38): handle for handle in handles}
    columns = _columns(list(entries))
    rows = -(-len(entries) // columns)
    lines = rows * max((label.count("\n") + 1 for label in entries), default=0)
    figure.set_figheight(figure.get_figheight() + 0.17 * lines)
    figure.legend(list(entries.values()), list(entries), loc="outside upper center", ncols=columns,
                  frameon=False, fontsize=SMALL)  # fmt: skip


def _legend_above(axes: Axes) -> None:
    """Put the legend of one of several panels right above it."""
    entries = {textwrap.fill(str(handle.get_label()), 38): handle for handle in _entries(axes)}
    axes.legend(list(entries.values()), list(entries), loc="lower center", bbox_to_anchor=(0.5, 1.0),
                ncols=_columns(list(entries)), frameon=False, fontsize=SMALL)  # fmt: skip


def _entries(axes: Axes) -> list[Any]:
    """Handles of a legend, bars before marks."""
    handles, _ = axes.get_legend_handles_labels()
    return sorted(handles, key=lambda handle: not isinstance(handle, BarContainer))


def _columns(labels: Sequence[str]) -> int:
    """Number of columns that a legend may have: the largest at which the widths add up to the figure's."""
    widths = [0.55 + 0.072 * max(map(len, label.split("\n"))) for label in labels]
    for count in range(len(labels), 1, -1):
        if sum(max(part) for part in np.array_split(widths, count)) <= WIDTH - 0.2:
            return count
    return 1


def _dot(colour: Any, marker: str, label: str, rim: float = 0.8) -> Line2D:
    return Line2D([], [], ls="", marker=marker, color=colour, markeredgecolor="black", markeredgewidth=rim,
                  label=label, ms=7)  # fmt: skip


def _styles(labels: Iterable[str]) -> dict[str, _Style]:
    """Colour, marker and hatch by label: in the order of the alphabet, so that pictures agree."""
    return {
        label: _Style(PALETTE[i % len(PALETTE)], MARKERS[i % len(MARKERS)], HATCHES[i % len(HATCHES)])
        for i, label in enumerate(sorted(set(labels)))
    }


def _year_styles(count: int) -> list[_Style]:
    """Colours from light to dark, so that the order of years is seen in grey too."""
    shades = mpl.colormaps["Blues"](np.linspace(0.38, 0.95, count) if count > 1 else [0.75])
    return [_Style(tuple(shade), MARKERS[i % len(MARKERS)], "") for i, shade in enumerate(shades)]


def _place_of_verdict(verdict: str) -> int:
    return [*VERDICTS, verdict].index(verdict)


def _sector(label: Any, language: Language) -> str:
    """Name of a sector as it is in the data; all together have a word of the catalogue."""
    name = language.heading("whole_zone") if label == "total" else str(label)
    return _wrapped(name)


def _wrapped(label: str) -> str:
    return textwrap.fill(shortened(label), 24)


class _Numbers(mpl.ticker.Formatter):
    """Tick labels in the language's numbers, all with the decimals that the finest needs."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, x: float, pos: int | None = None) -> str:
        return self.format_ticks([x])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        span = max((abs(value) for value in values), default=1.0)
        near = [d for d in range(6) if np.allclose(values, np.round(values, d), rtol=0, atol=1e-9 * span)]
        return [self.language.number(float(value), near[0] if near else 6) for value in values]


def _numbers(axis: Axis, language: Language) -> None:
    axis.set_major_formatter(_Numbers(language))
