"""The pictures of a report. Each function draws one and returns it; captions are the report's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import networkx as nx
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.transforms import Bbox

from gvc_helpers._typing import Spread
from gvc_helpers.measures.differences import SizeCorrection
from gvc_helpers.measures.profile import KINDS, NINE_TERMS, PARTS
from gvc_helpers.report.words import Language

# Seaborn's "colorblind", without its palest.
PALETTE = ["#0173b2", "#de8f05", "#029e73", "#d55e00", "#cc78bc", "#ca9161", "#56b4e9", "#949494"]
BLUE, ORANGE, GREY = PALETTE[0], PALETTE[1], "#6b6b6b"
GREEN, RED, PALE = PALETTE[2], PALETTE[3], "#d9d9d9"
WIDTH = 6.3
"""Width of a figure that fills the page, in inches."""
LONGEST_LABEL = 46
SMALL = 8
SIDES = [
    *[(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)],
    *[(0.7, 0.7), (-0.7, 0.7), (0.7, -0.7), (-0.7, -0.7)],
]
"""Where a name may stand beside its mark, the best first."""
ABOVE: dict[str, Any] = {"loc": "outside upper center", "ncols": 2, "frameon": False}


def involvement(ranking: pd.DataFrame, language: Language) -> Figure:
    """Stacked bars of VS and VS1 by country, the most involved on top.

    `ranking` has a row for every country, the most involved first, and columns ``VS`` and ``VS1``, %.
    """
    figure, axes = canvas(6.3, 0.9 + 0.33 * len(ranking))
    rows = np.arange(len(ranking))[::-1]
    left = np.zeros(len(ranking))
    for column, colour in (("VS", BLUE), ("VS1", ORANGE)):
        axes.barh(rows, ranking[column], left=left, color=colour, label=language.heading(f"{column}_long"))
        left = left + ranking[column].to_numpy()
    axes.set_yticks(rows, [language.country(code) for code in ranking.index])
    axes.set_xlabel(language.text("axes", "share_of_exports"))
    figure.legend(**ABOVE)
    return figure


def heat_map(shares: pd.DataFrame, language: Language, decimals: int) -> Figure:
    """Shares by origin (row) and exporter (column); the countries' own shares are left white."""
    figure, axes = canvas(1.9 + 0.62 * shares.shape[1], 1.4 + 0.36 * shares.shape[0])
    own = shares.index.to_numpy()[:, None] == shares.columns.to_numpy()
    _cells(axes, shares.mask(own), min(decimals, 1), language.text("axes", "share_of_exporters_exports"))
    axes.set_xticklabels([language.country(code) for code in shares.columns], rotation=35, ha="right")
    axes.set_yticklabels([language.country(code) for code in shares.index], rotation=0)
    axes.set_xlabel(language.heading("exporter"))
    axes.set_ylabel(language.heading("origin"))
    return figure


def flows(shares: pd.DataFrame, language: Language, strongest: int = 20) -> Figure:
    """Arrows from origins of value added to the exporters that use it, as wide as the share.

    `shares` is square, origin by exporter, % of the exporter's exports; the `strongest` are drawn.
    """
    own = np.eye(len(shares), dtype=bool)
    pairs = shares.mask(own).stack().sort_values(ascending=False, kind="stable").head(strongest)
    graph = nx.DiGraph([(origin, exporter, {"share": float(v)}) for (origin, exporter), v in pairs.items()])
    graph.add_nodes_from(shares.index)
    place = nx.circular_layout(sorted(graph, key=list(shares.index).index))
    colours = dict(zip(shares.index, PALETTE * 9, strict=False))
    figure, axes = canvas(6.3, 5.2)
    widths = [0.6 + 9.0 * graph.edges[edge]["share"] / pairs.max() for edge in graph.edges]
    nx.draw_networkx_edges(
        graph, place, ax=axes, width=widths, edge_color=[colours[origin] for origin, _ in graph.edges],
        alpha=0.75, arrowsize=13, connectionstyle="arc3,rad=0.18", node_size=900,
    )  # fmt: skip
    nx.draw_networkx_nodes(graph, place, ax=axes, node_size=700, node_color=[colours[n] for n in graph])
    nx.draw_networkx_labels(graph, place, ax=axes, font_size=8, font_color="white", font_weight="bold")
    for code, (x, y) in place.items():
        side = "left" if x > 0.1 else "right" if x < -0.1 else "center"
        axes.annotate(language.country(code), (x, y), (1.13 * x, 1.15 * y), ha=side, va="center")
    axes.set(xlim=(-1.5, 1.5), ylim=(-1.3, 1.3))
    axes.set_axis_off()
    return figure


def sectors(vs: pd.DataFrame, vs1: pd.DataFrame, language: Language, decimals: int, count: int) -> Figure:
    """Two heat maps side by side: sectors behind VS and behind VS1, % of the country's exports.

    The `count` sectors with the largest contribution anywhere are drawn, in the order of the table.
    """
    largest = pd.concat([vs, vs1], axis=1).max(axis=1).nlargest(count).index
    vs, vs1 = (frame[frame.index.isin(largest)] for frame in (vs, vs1))
    figure = Figure(figsize=(3.2 + 0.8 * max(vs.shape[1], 2), 1.2 + 0.25 * len(vs)), layout="constrained")
    both = figure.subplots(1, 2, sharey=True)
    for axes, frame, name in zip(both, (vs, vs1), ("VS", "VS1"), strict=True):
        _cells(axes, frame, min(decimals, 1))
        axes.set_title(language.heading(name), fontsize=9)
        axes.set_xticklabels([language.country(code) for code in frame.columns], rotation=60, ha="right")
        axes.set(xlabel="", ylabel="")
    both[0].set_yticklabels([shortened(label) for label in vs.index], rotation=0)
    return figure


def bloc_shares(shares: pd.DataFrame, spread: Spread | None, language: Language) -> Figure:
    """Dots for the share of a bloc in imported inputs and in exports, with their range.

    `shares` has an index of (country, sector) and columns ``imported_inputs`` and ``exports``, %.
    """
    figure, axes = canvas(6.3, 0.9 + 0.3 * len(shares))
    rows = np.arange(len(shares))[::-1]
    for column, colour, marker in (("imported_inputs", BLUE, "o"), ("exports", ORANGE, "D")):
        if spread is not None:
            low, high = (ends.loc[shares.index, column] for ends in spread)
            axes.hlines(rows, low, high, color=colour, lw=2.5, alpha=0.35)
        axes.scatter(shares[column], rows, c=colour, marker=marker, label=language.heading(column), zorder=3)
    names = [f"{language.country(country)}: {shortened(sector, 30)}" for country, sector in shares.index]
    axes.set_yticks(rows, names)
    axes.set(xlim=(-2, 102), xlabel=language.text("axes", "share_of_bloc"))
    axes.grid(axis="y", lw=0.4)
    figure.legend(**ABOVE)
    return figure


def contributions(
    parts: pd.DataFrame,
    spread: Spread | None,
    language: Language,
) -> Figure:
    """Side-by-side bars of intensity and structure, in percentage points, with their range.

    `parts` has a row for every country and columns ``intensity`` and ``structure``.
    """
    figure, axes = canvas(6.3, 1.0 + 0.45 * len(parts))
    rows = np.arange(len(parts))[::-1]
    for column, colour, shift in (("intensity", BLUE, 0.2), ("structure", ORANGE, -0.2)):
        axes.barh(rows + shift, parts[column], height=0.38, color=colour, label=language.heading(column))
        if spread is not None:
            low, high = (ends.loc[parts.index, column] for ends in spread)
            axes.hlines(rows + shift, low, high, color="black", lw=1.1)
    axes.axvline(0, color="black", lw=0.8)
    axes.set_yticks(rows, [language.country(code) for code in parts.index])
    axes.set_xlabel(language.text("axes", "points_of_vs"))
    figure.legend(**ABOVE)
    return figure


def size(correction: SizeCorrection, focus: Sequence[str], unit: str, language: Language) -> Figure:
    """VS against the size of the economy on logarithmic scales, with the fitted line."""
    figure, axes = canvas(6.3, 4.0)
    countries = correction.countries.sort_values("size")
    looked_at = countries.index.isin(list(focus))
    axes.plot(
        countries["size"],
        countries["expected"],
        color=GREY,
        lw=1,
        ls="--",
        label=language.heading("expected"),
    )
    axes.scatter(countries["size"], countries["VS"], c=np.where(looked_at, BLUE, "#bbbbbb"), zorder=3)
    for code, row in countries[looked_at].iterrows():
        axes.annotate(
            language.country(str(code)), (row["size"], row["VS"]), (4, 4), textcoords="offset points"
        )
    axes.set(xscale="log", yscale="log", ylabel=language.text("axes", "share_of_exports"))
    axes.set_xlabel(language.text("axes", "value_added", unit=unit))
    axes.xaxis.set_major_formatter(mpl.ticker.StrMethodFormatter("{x:,.10g}"))
    axes.yaxis.set_major_formatter(mpl.ticker.StrMethodFormatter("{x:g}"))
    axes.yaxis.set_minor_formatter(mpl.ticker.NullFormatter())
    axes.yaxis.set_major_locator(mpl.ticker.LogLocator(subs=(1.0, 1.5, 2.0, 3.0, 5.0, 7.0)))
    axes.legend(frameon=False)
    return figure


def parts(profile: pd.DataFrame, language: Language) -> Figure:
    """Two stacked bars for each country: parts of exports by nine terms and by twelve.

    `profile` has a row for every country and the columns `NINE_TERMS` and `PARTS`, %.
    """
    figure, axes = canvas(6.3, 1.3 + 0.5 * len(profile))
    rows = np.arange(len(profile))[::-1]
    colours = [BLUE, "#56b4e9", "#c9dcec", ORANGE, "#f6d9a8"]
    ticks: dict[float, str] = {}
    for shift, columns, method in ((0.2, NINE_TERMS, "nine_terms"), (-0.2, PARTS, "twelve_terms")):
        left = np.zeros(len(profile))
        for column, part, colour in zip(columns, PARTS, colours, strict=True):
            axes.barh(
                rows + shift, profile[column], height=0.36, left=left, color=colour, edgecolor="white",
                lw=0.4, hatch="////" if part in ("DDC", "FDC") else "",
                label=language.heading(part) if shift > 0 else None,
            )  # fmt: skip
            left = left + profile[column].to_numpy()
        named = [language.country(code) for code in profile.index] if shift > 0 else [""] * len(rows)
        short = language.text("words", method)
        ticks |= {row + shift: f"{name}  {short}".strip() for row, name in zip(rows, named, strict=True)}
    axes.set_yticks(list(ticks), list(ticks.values()))
    axes.set(xlim=(0, 100), xlabel=language.text("axes", "share_of_exports"))
    figure.legend(**ABOVE)
    return figure


def markers(profile: pd.DataFrame, spread: Spread | None, axis: str, language: Language) -> Figure:
    """A line for each country with a mark for every column of `profile`, four at most, and their ranges.

    `axis` is the key of the axis's label in the catalogue.
    """
    figure, axes = canvas(6.3, 1.0 + 0.36 * len(profile))
    rows, spacing = np.arange(len(profile))[::-1], 0.36 / max(profile.shape[1] - 1, 1)
    shifts = spacing * (np.arange(profile.shape[1])[::-1] - (profile.shape[1] - 1) / 2)
    styles = zip(profile.columns, (BLUE, ORANGE, PALETTE[2], GREY), "oDs^", shifts, strict=False)
    for column, colour, marker, shift in styles:
        if spread is not None:
            low, high = (ends.loc[profile.index, column] for ends in spread)
            axes.hlines(rows + shift, low, high, color=colour, lw=2.5, alpha=0.35)
        label = language.heading(f"{column}_long")
        axes.scatter(profile[column], rows + shift, c=colour, marker=marker, s=22, label=label, zorder=3)
    axes.set_yticks(rows, [language.country(code) for code in profile.index])
    axes.set_xlabel(language.text("axes", axis))
    axes.grid(axis="y", lw=0.4)
    figure.legend(**ABOVE)
    return figure


def kinds(profile: pd.DataFrame, language: Language) -> Figure:
    """Stacked bars of the kinds of trade in value chains; what is left to 100 % crosses one border.

    `profile` has a row for every country and the columns `KINDS`, %.
    """
    figure, axes = canvas(6.3, 0.9 + 0.33 * len(profile))
    rows, left = np.arange(len(profile))[::-1], np.zeros(len(profile))
    for column, colour in zip(KINDS, (BLUE, PALETTE[2], ORANGE), strict=True):
        axes.barh(rows, profile[column], left=left, color=colour, label=language.heading(column))
        left = left + profile[column].to_numpy()
    axes.set_yticks(rows, [language.country(code) for code in profile.index])
    axes.set_xlabel(language.text("axes", "share_of_exports"))
    figure.legend(**ABOVE | {"ncols": 3})
    return figure


def estimates(frame: pd.DataFrame, language: Language) -> Figure:
    """The result of the study (bar) and the estimates of others (dots) by country and indicator.

    `frame` has columns ``country``, ``indicator``, ``value``, ``source`` and ``computed``, %.
    """
    groups = frame.drop_duplicates(["country", "measure"])
    places = {(row.country, row.measure): i for i, row in enumerate(groups.itertuples())}
    figure, axes = canvas(6.3, 1.2 + 0.3 * len(groups))
    axes.barh(range(len(groups)), groups["computed"], color="#c9dcec", label=language.heading("computed"))
    markers = "osD^vP"
    for i, (source, part) in enumerate(frame.groupby("source", sort=False)):
        rows = [places[key] for key in zip(part["country"], part["measure"], strict=True)]
        axes.scatter(
            part["value"], rows, marker=markers[i % 6], c=PALETTE[1 + i % 8], label=str(source), zorder=3
        )
    axes.set_yticks(range(len(groups)), [f"{language.country(c)}, {m}" for c, m in places])
    axes.invert_yaxis()
    axes.set_xlabel(language.text("axes", "share_of_exports"))
    figure.legend(loc="outside lower center", ncols=1, frameon=False, fontsize=8)
    return figure


def differences(comparison: pd.DataFrame, rounding: float, language: Language) -> Figure:
    """Differences between computed and printed cells by table, with the printed rounding as a band."""
    figure, axes = canvas(6.3, 2.6)
    axes.axhspan(-rounding, rounding, color="#d9d9d9", label=language.heading("rounding"))
    for number, part in comparison.groupby(level="table"):
        across = np.linspace(-0.35, 0.35, len(part)) + float(number)
        axes.scatter(across, part["difference"], s=9, c=np.where(part["match"], BLUE, ORANGE), zorder=3)
    axes.set_xticks(range(1, 5), [language.text("words", "table", number=str(n)) for n in range(1, 5)])
    axes.set_ylabel(language.text("axes", "difference"))
    axes.legend(frameon=False, loc="upper right")
    return figure


def shortened(label: str, longest: int = LONGEST_LABEL) -> str:
    """Cut a long label at a word and say so with an ellipsis."""
    if len(label) <= longest:
        return label
    return label[:longest].rsplit(" ", 1)[0].rstrip(",; ") + " …"


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """Make a figure with one pair of axes, in inches."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()


def label_rows(axes: Axes, labels: Sequence[str]) -> Any:
    """Rows from top to bottom with their labels; gives their heights."""
    rows = np.arange(len(labels), dtype=float)[::-1]
    axes.set_yticks(rows, labels, fontsize=SMALL)
    axes.set_ylim(-0.6, len(labels) - 0.4)
    return rows


def name_points(axes: Axes, names: Sequence[str], points: Any, areas: Any) -> None:
    """Write every name beside its mark, on the side where it covers least of other marks and names."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    scale = figure.dpi / 72
    radii = np.sqrt(areas) / 2
    frame = axes.get_window_extent()
    marks = [
        Bbox.from_bounds(x - r * scale, y - r * scale, 2 * r * scale, 2 * r * scale)
        for (x, y), r in zip(axes.transData.transform(points), radii, strict=True)
    ]
    taken: list[Bbox] = []
    for name, point, radius in zip(names, points, radii, strict=True):
        label = axes.annotate(name, point, (0, 0), textcoords="offset points", fontsize=SMALL, zorder=5,
                              path_effects=[withStroke(linewidth=2, foreground="white")])  # fmt: skip
        label.set_in_layout(False)
        tried: list[tuple[float, int, tuple[float, float], Bbox]] = []
        for far in (2.0, 8.0, 16.0):
            for dx, dy in SIDES:
                _move(label, dx * (radius + far), dy * (radius + far))
                box = label.get_window_extent()
                hidden = 2 * (box.width * box.height - _common(box, frame))
                hidden += sum(_common(box, other) for other in (*marks, *taken))
                tried.append((hidden + 0.5 * far, len(tried), label.xyann, box))
        _, _, place, box = min(tried)
        _move(label, *place)
        taken.append(box)


def _cells(axes: Axes, frame: pd.DataFrame, decimals: int, label: str | None = None) -> None:
    """Draw a heat map with its figures in the cells and, with a label, a bar of colours."""
    import seaborn as sns  # slow to import, and much does without it

    sns.heatmap(
        frame, ax=axes, cmap="Blues", annot=True, fmt=f".{decimals}f", annot_kws={"size": 7}, linewidths=0.4,
        norm=mpl.colors.PowerNorm(0.5, vmin=0.0), cbar=label is not None,
        cbar_kws={"label": label, "shrink": 0.8},
    )  # fmt: skip


def _move(label: Any, x: float, y: float) -> None:
    """Shift a name by points and turn it away from its mark."""
    label.xyann = (x, y)
    label.set_ha("left" if x > 0 else "right" if x < 0 else "center")
    label.set_va("center" if y == 0 else "bottom" if y > 0 else "top")


def _common(one: Bbox, other: Bbox) -> float:
    """Area that two boxes share."""
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.y1, other.y1) - max(one.y0, other.y0)
    return float(max(width, 0.0) * max(height, 0.0))
