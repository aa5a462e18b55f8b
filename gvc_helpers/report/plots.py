"""The shapes of a report's pictures. Each draws a frame, or several, and returns the figure.

Rows and columns are called as in tables (:meth:`gvc_helpers.Language.labels`), and an axis what the
catalogue calls it; a text that is no key stands for itself. Frames by title, or in a list, get a panel each.
Colours go by the order of columns, unless `styles` has others. All that a frame holds is drawn, and a missing
figure is a dash or a gap. Captions are the report's, which leaves out a picture of nothing.
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import matplotlib as mpl
import networkx as nx
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.transforms import Bbox

from gvc_helpers._typing import Array, Spread
from gvc_helpers.report.words import Language

# Seaborn's "colorblind", without its palest.
PALETTE = ("#0173b2", "#de8f05", "#029e73", "#d55e00", "#cc78bc", "#ca9161", "#56b4e9", "#949494")
BLUE, ORANGE, GREEN, RED = PALETTE[:4]
GREY, PALE = "#6b6b6b", "#d9d9d9"
FROM_OUTSIDE = (PALE, ORANGE, BLUE)
"""Colours of what is at home, near and far."""
OWN_AND_FOREIGN = (BLUE, "#56b4e9", "#c9dcec", ORANGE, "#f6d9a8")
"""Colours of three parts that belong together, and of two."""
AGREEMENT = (BLUE, ORANGE, RED)
"""Colours of what is right, doubtful and wrong."""
MARKERS: tuple[Any, ...] = tuple("osD^vPX")
HATCHES = ("", "////", "\\\\\\\\", "xxx", "...", "++", "oo", "--", "||")
LINES = ("-", "--", ":", "-.")
FEW = 12
"""Points of a line that are marked each."""
WIDTH = 6.3
"""Width of a figure that fills the page, in inches."""
LONGEST_LABEL = 46
SMALL = 8
APART = 0.17
"""How far nodes of a network are apart at least, where it is two wide and high."""
HALO = [withStroke(linewidth=2, foreground="white")]
SIDES = [
    *[(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)],
    *[(0.7, 0.7), (-0.7, 0.7), (0.7, -0.7), (-0.7, -0.7)],
]
"""Where a name may stand beside its mark, the best first."""

Frames: TypeAlias = pd.DataFrame | Mapping[str, pd.DataFrame] | Sequence[pd.DataFrame]
Axles = str | Sequence[str]
"""What an axis is called: in all panels, or in each."""


class Style(NamedTuple):
    """How what has one label is drawn."""

    colour: Any
    marker: Any
    hatch: str
    line: str


Styles = Mapping[Any, Style]


def style(
    labels: Iterable[Any], colours: Sequence[Any] = PALETTE, markers: Sequence[Any] = MARKERS,
    hatched: Collection[Any] | None = None,
) -> dict[Any, Style]:  # fmt: skip
    """Give every label a style of its own, for pictures that are to agree.

    Labels that have an order, such as years, go from light to dark. More than three colours are hatched as
    well, so that they are told apart in grey, unless it is said what is `hatched`.
    """
    each = list(dict.fromkeys(labels))
    if each and all(isinstance(label, int | np.integer) for label in each):
        colours = list(mpl.colormaps["Blues"](np.linspace(0.38, 0.95, len(each)) if each[1:] else [0.75]))
    hatches: tuple[str, ...] = HATCHES if len(each) > 3 else HATCHES[:1]
    if hatched is not None:
        hatches = tuple(HATCHES[label in hatched] for label in each)
    return {
        label: Style(*(kind[i % len(kind)] for kind in (colours, markers, hatches, LINES)))
        for i, label in enumerate(each)
    }


# Rows ---------------------------------------------------------------------------------------------


def bars(
    frames: Frames, words: Language, axis: Axles, *, spread: Spread | None = None,
    decimals: int | Sequence[int] | None = None, line: float | None = None, hatched: Collection[Any] = (),
    styles: Styles | None = None,
) -> Figure:  # fmt: skip
    """Bars of all columns beside each other, in a row for every label, with their figures and ranges.

    A `line` is what the bars are to be compared with; rows that are `hatched` say little.
    """
    parts = _parts(frames)
    styles = styles or style(_columns(parts))
    most = max(frame.shape[1] for frame in parts.values())
    figure, panels, rows = _row_panels(parts, words, axis, max(0.24, 0.17 * most + 0.1))
    for (axes, frame), exact in zip(panels, _each(decimals, parts), strict=True):
        thick = 0.84 / max(frame.shape[1], 1)
        for j, column in enumerate(frame):
            at, colour = rows + thick * ((frame.shape[1] - 1) / 2 - j), styles[column].colour
            drawn = axes.barh(at, frame[column], 0.9 * thick, color=colour, edgecolor="white",
                              hatch=styles[column].hatch, label=words.heading(str(column)))  # fmt: skip
            for bar, label in zip(drawn, frame.index, strict=True):
                if label in hatched:
                    bar.set(facecolor="white", edgecolor=colour, hatch="//////")
            ends = frame[column]
            if spread is not None:
                low, high = (end.loc[frame.index, column] for end in spread)
                axes.hlines(at, low, high, color="black", lw=1.1)
                ends = high
            if exact is not None:
                _figures_at_ends(axes, at, frame[column], ends, words, exact)
        _compare(axes, frame, line)
    _legend(figure, alone=False)
    return figure


def stacked_bars(
    frames: Frames, words: Language, axis: Axles, *, decimals: int | None = None,
    marks: Frames | None = None, styles: Styles | None = None,
) -> Figure:  # fmt: skip
    """Bars of all columns on end, in a row for every label: right of zero what is positive, left the rest.

    With `decimals`, their sums are written. Columns of `marks` are set over the bars.
    """
    parts = _parts(frames)
    over = _parts(marks) if marks is not None else {title: pd.DataFrame() for title in parts}
    kinds = _columns(over)
    alone = {kind: Style("white", "D", "", "") for kind in kinds} if len(kinds) == 1 else {}
    looks = style([*_columns(parts), *kinds]) | alone | dict(styles or {})
    figure, panels, rows = _row_panels(parts, words, axis, 0.3)
    for (axes, frame), marked in zip(panels, over.values(), strict=True):
        right = left = np.zeros(len(frame))
        for column in frame:
            values = frame[column].fillna(0.0).to_numpy(dtype=float)
            start, there = np.where(values < 0, left, right), values != 0
            colour, _, hatch, _ = looks[column]
            axes.barh(rows[there], values[there], 0.68, left=start[there], color=colour, hatch=hatch, lw=0.4,
                      edgecolor="white", label=words.heading(str(column)) if there.any() else "")  # fmt: skip
            right, left = right + values.clip(min=0), left + values.clip(max=0)
        for column in marked:
            colour, marker, _, _ = looks[column]
            axes.scatter(marked[column].reindex(frame.index), rows, color=colour, marker=marker, s=34,
                         edgecolors="black", zorder=4, label=words.heading(str(column)))  # fmt: skip
        if decimals is not None:
            sums = frame.sum(axis=1, min_count=1)
            _figures_at_ends(axes, rows, sums, pd.Series(right, frame.index), words, decimals)
        elif marks is None and np.allclose(right, 100) and not left.any():
            axes.set_xlim(0, 100)
        _compare(axes, frame, None)
    _legend(figure)
    return figure


def dots(
    frame: pd.DataFrame, words: Language, axis: str, *, spread: Spread | None = None,
    line: float | None = None, log: bool = False, styles: Styles | None = None,
) -> Figure:  # fmt: skip
    """A dot of every column, with its range, in a row for every label."""
    parts, styles = {"": frame}, styles or style(frame)
    figure, ((axes, frame),), rows = _row_panels(parts, words, axis, 0.22 + 0.06 * frame.shape[1])
    for j, column in enumerate(frame):
        at = rows + min(0.28, 0.6 / frame.shape[1]) * ((frame.shape[1] - 1) / 2 - j)
        if spread is not None:
            low, high = (end.loc[frame.index, column] for end in spread)
            axes.hlines(at, low, high, color=styles[column].colour, lw=2.5, alpha=0.35)
        axes.scatter(frame[column], at, color=styles[column].colour, marker=styles[column].marker, s=24,
                     label=words.heading(str(column)), zorder=3)  # fmt: skip
    if log and frame.size:
        axes.set_xscale("log")
        _logarithmic(axes.xaxis, words)
    _compare(axes, frame, line)
    axes.grid(axis="y", lw=0.4)
    _legend(figure, alone=False)
    return figure


def deviations(points: pd.DataFrame, words: Language, axis: str, within: float, log: bool = False) -> Figure:
    """Dots by the row that their labels name, with a band of deviations that are `within` rounding.

    Every dot has a row of `points` and stands in the column of its kind: agreement first. A logarithmic axis
    is linear in the band.
    """
    styles = style(points, AGREEMENT)
    points = points.dropna(axis=1, how="all")
    places = pd.Index(dict.fromkeys(points.index), name=points.index.name)
    figure, ((axes, _),), rows = _row_panels({"": pd.DataFrame(index=places)}, words, axis, 0.34)
    of = points.index.to_series().reset_index(drop=True)
    order, count = of.groupby(of).cumcount(), of.groupby(of).transform("size")
    heights = of.map(dict(zip(places, rows, strict=True))) + 0.6 * ((order + 0.5) / count - 0.5)
    axes.axvspan(-within, within, color=PALE, label=words.heading("rounding"))
    for kind in points:
        axes.scatter(points[kind], heights, color=styles[kind].colour, marker=styles[kind].marker, s=16,
                     zorder=3, label=words.heading(str(kind)))  # fmt: skip
    farthest = max(2 * within, 1.3 * float(np.nanmax(np.abs(points.to_numpy(dtype=float)), initial=0.0)))
    if log:
        axes.set_xscale("symlog", linthresh=within, linscale=0.7)
        ticks = [within * 10**power for power in range(7) if within * 10**power <= farthest]
        axes.set_xticks([*(-tick for tick in reversed(ticks)), 0, *ticks])
        axes.xaxis.set_minor_locator(mpl.ticker.NullLocator())
        _numbers(axes.xaxis, words)
    axes.set_xlim(-farthest, farthest)
    axes.grid(axis="y", lw=0.4)
    _legend(figure)
    return figure


def checklist(
    frame: pd.DataFrame, words: Language, present: str, absent: str, *, count: str | None = None,
    marker: Any = "o", colour: str = RED,
) -> Figure:  # fmt: skip
    """A mark in every cell, filled for true and empty for false; a dash where it is not known.

    `count` is the heading of their numbers by row.
    """
    heads = [*map(str, frame.columns), *([count] if count else [])]
    figure, ((axes, frame),), rows = _row_panels({"": frame}, words, "", 0.34)
    for j, column in enumerate(frame):
        for row, value in zip(rows, frame[column], strict=True):
            if pd.isna(value):
                axes.text(j, row, "–", ha="center", va="center")
            else:
                axes.scatter(j, row, marker=marker, s=110, c=colour if value else "white",
                             edgecolors="black" if value else GREY, linewidths=0.8, zorder=3)  # fmt: skip
    for row, known in zip(rows, frame.eq(True).sum(axis=1) if count else [], strict=False):
        axes.text(len(heads) - 1, row, str(known), ha="center", va="center", fontweight="bold")
    names = [textwrap.fill(words.heading(head), 60 // len(heads), break_long_words=False) for head in heads]
    axes.set_xticks(range(len(heads)), names, fontsize=SMALL)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set_xlim(-0.55, len(heads) - 0.45)
    axes.hlines(np.arange(len(rows) + 1) - 0.5, *axes.get_xlim(), color=PALE, lw=0.8)
    axes.spines[:].set_visible(False)
    states = ((colour, present), ("white", absent))
    _legend(figure, [_mark(shade, marker, words.heading(state)) for shade, state in states])
    return figure


def heat_map(
    frames: Frames, words: Language, axis: str, *, decimals: int = 1, reverse: bool = False,
    marked: pd.DataFrame | None = None,
) -> Figure:  # fmt: skip
    """Cells with their figures, the darker the larger; in `reverse`, the smaller. `marked` ones have a dot.

    What has the same label in rows and columns is left white.
    """
    import seaborn as sns  # slow to import, and much does without it

    parts = _parts(frames)
    labels = next(iter(parts.values())).index
    names, wide = _names(labels, words, 30), sum(frame.shape[1] for frame in parts.values())
    own = [frame.index.to_numpy()[:, None] == frame.columns.to_numpy() for frame in parts.values()]
    shown = [frame.mask(same).to_numpy(dtype=float) for frame, same in zip(parts.values(), own, strict=True)]
    known = np.concatenate([values[np.isfinite(values)] for values in shown])
    norm = mpl.colors.PowerNorm(0.5, vmin=min(known, default=0.0), vmax=max(known, default=1.0))
    height = len(labels) * _row_height(names, 0.36 if len(labels) <= 10 else 0.27)
    figure, panels = _panels(parts, words, 1.5 + height, sharey=True)
    for (axes, frame), same, values in zip(panels, own, shown, strict=True):
        if not values.size:
            continue
        numbers = [[words.number(value, decimals) for value in row] for row in values]
        sns.heatmap(
            values, ax=axes, norm=norm, cmap="Blues_r" if reverse else "Blues", linewidths=0.4, cbar=False,
            annot=np.array(numbers), fmt="", annot_kws={"size": SMALL if wide <= 10 else 6},
        )  # fmt: skip
        image = axes.collections[0]
        axes.set_facecolor("white" if same.any() else PALE)
        for row, column in np.argwhere(np.isnan(values) & ~same):
            axes.text(column + 0.5, row + 0.5, "–", ha="center", va="center", fontsize=SMALL)
        if marked is not None:
            down, across = np.nonzero(marked.reindex_like(frame).eq(True).to_numpy())
            axes.scatter(across + 0.86, down + 0.2, color="black", edgecolors="white", s=24, zorder=3)
        heads = [textwrap.fill(name, 22) for name in words.labels(frame.columns)]
        axes.set_xticks(np.arange(len(heads)) + 0.5, heads, rotation=45, ha="right", rotation_mode="anchor",
                        fontsize=SMALL)  # fmt: skip
        axes.set_xlabel(_heading(words, frame.columns.name))
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
    axes = panels[0][0]
    axes.set_yticks(np.arange(len(names)) + 0.5, names, fontsize=SMALL, rotation=0)
    axes.set_ylim(len(names), 0)
    axes.set_ylabel(_heading(words, labels.name))
    if known.size:
        bar = figure.colorbar(image, ax=[axes for axes, _ in panels], shrink=0.8, pad=0.02)
        bar.set_label(textwrap.fill(_axis(words, axis), max(int(10 * height), 12)))
        _numbers(bar.ax.yaxis, words)
    return figure


# Networks -----------------------------------------------------------------------------------------


def flows(shares: pd.DataFrame, words: Language, strongest: int = 20) -> Figure:
    """Countries in a circle, and the `strongest` shares as arrows from the row to the column."""
    own = np.eye(len(shares), dtype=bool)
    pairs = shares.mask(own).stack().sort_values(ascending=False, kind="stable").head(strongest)
    graph = nx.DiGraph()
    graph.add_nodes_from(shares.index)
    graph.add_weighted_edges_from((*pair, share) for pair, share in pairs.items())
    place, styles = nx.circular_layout(graph), style(shares.index)
    figure, axes = canvas(WIDTH, 5.2)
    colours = {code: styles[code].colour for code in graph}
    scale = _arrows(axes, graph, place, "weight", words, colours, np.full(len(graph), 700.0))
    for (code, (x, y)), name in zip(place.items(), words.labels(shares.index), strict=True):
        axes.scatter(x, y, s=700, color=colours[code], zorder=3)
        axes.text(x, y, str(code), ha="center", va="center", color="white", fontsize=SMALL, fontweight="bold",
                  zorder=4)  # fmt: skip
        side = "left" if x > 0.1 else "right" if x < -0.1 else "center"
        axes.annotate(name, (x, y), (1.13 * x, 1.15 * y), ha=side, va="center")
    axes.set(xlim=(-1.5, 1.5), ylim=(-1.3, 1.3))
    _legend(figure, scale)
    return figure


def network(
    graph: nx.DiGraph, groups: Mapping[Any, Any], words: Language, weight: str, *,
    sizes: pd.Series[float] | None = None, rimmed: Collection[Any] = (), rim: str = "",
    styles: Styles | None = None,
) -> Figure:  # fmt: skip
    """Nodes and arrows as wide as their attribute `weight`, coloured by the group of where they start.

    Nodes have an area by `sizes`; those that are `rimmed` have a thick rim, which stands for `rim`. Codes
    stand in their nodes, longer names beside.
    """
    nodes = list(graph)
    inside = all(len(str(node)) <= 3 for node in nodes)
    present = list(dict.fromkeys(groups[node] for node in nodes))
    styles = styles or style(present)
    figure, axes = canvas(WIDTH, 5.6)
    place = _layout(graph.to_undirected())
    areas = np.full(len(nodes), 130.0)
    if sizes is not None:
        sized = sizes.reindex(nodes).fillna(0.0).to_numpy(dtype=float)
        areas = 160 + 900 * sized / max(sized.max(initial=0.0), 1e-12)
    colours = {node: styles[groups[node]].colour for node in nodes}
    markers = {group: "o" if inside else styles[group].marker for group in present}
    handles = [_mark(styles[group].colour, marker, shortened(words.heading(str(group))))
               for group, marker in markers.items()]  # fmt: skip
    if rim:
        handles.append(_mark("white", "o", words.heading(rim), rim=2.4))
    handles += _arrows(axes, graph, place, weight, words, colours, areas)
    points = np.array([place[node] for node in nodes]).reshape(-1, 2)
    for node, (x, y), area in zip(nodes, points, areas, strict=True):
        axes.scatter(x, y, s=area, color=colours[node], marker=markers[groups[node]], edgecolor="black",
                     linewidths=2.4 if node in rimmed else 0.5, zorder=3)  # fmt: skip
    axes.margins(0.08)
    _legend(figure, handles)
    if inside:
        for node, (x, y) in zip(nodes, points, strict=True):
            axes.text(x, y, str(node), ha="center", va="center", fontsize=7, fontweight="bold", zorder=5,
                      path_effects=HALO)  # fmt: skip
    else:
        axes.margins(0.15)
        name_points(axes, [textwrap.fill(shortened(str(node), 30), 16) for node in nodes], points, areas)
    return figure


def _arrows(
    axes: Axes, graph: nx.DiGraph, place: Mapping[Any, Any], weight: str, words: Language,
    colours: Mapping[Any, Any], areas: Array,
) -> list[Line2D]:  # fmt: skip
    """Draw arrows as wide as their weights; gives a scale of widths for the legend."""
    axes.set_axis_off()
    edges = {edge: float(graph.edges[edge].get(weight) or 0) for edge in graph.edges if edge[0] != edge[1]}
    largest = max(edges.values(), default=0.0)
    if not largest > 0:
        return []
    nx.draw_networkx_edges(
        graph, place, ax=axes, edgelist=list(edges), edge_color=[colours[start] for start, _ in edges],
        width=[0.6 + 6.0 * value / largest for value in edges.values()], alpha=0.65, arrowsize=10,
        node_size=areas, connectionstyle="arc3,rad=0.14",
    )  # fmt: skip
    exact = max(1 - int(np.floor(np.log10(largest / 4))), 0)
    return [Line2D([], [], color=GREY, lw=0.6 + 6.0 * part, label=words.number(part * largest, exact))
            for part in (1.0, 0.25)]  # fmt: skip


def _layout(graph: nx.Graph) -> dict[Any, Any]:
    """Places of nodes by the steps between them, drawn towards even spacing so that names find room."""
    steps = {one: dict(reached) for one, reached in nx.all_pairs_shortest_path_length(graph)}
    unlinked = (1 + max((step for reached in steps.values() for step in reached.values()), default=0)) / 2
    apart = {one: {other: steps[one].get(other, unlinked) for other in graph} for one in graph}
    placed = nx.kamada_kawai_layout(graph, dist=apart, weight=None)
    if len(placed) < 3:
        return dict(placed)
    points = pd.DataFrame(placed.values())
    even = 2 * (points.rank() - 1) / (len(points) - 1) - 1
    spots = ((points + even) / 2).to_numpy()
    for _ in range(60):  # push nodes apart until none covers another, as far as that goes
        gap = spots[:, None] - spots[None, :]
        distance = np.linalg.norm(gap, axis=2) + np.eye(len(spots))
        push = np.maximum(APART - distance, 0.0) / 2
        spots = spots + (gap / np.maximum(distance, 1e-9)[..., None] * push[..., None]).sum(axis=1)
    return dict(zip(placed, spots, strict=True))


# Points and lines ---------------------------------------------------------------------------------


def scatter(
    points: pd.DataFrame, words: Language, across: str, axis: str, *, groups: Mapping[Any, Any],
    lines: Mapping[str, pd.DataFrame] | None = None, cross: tuple[float | None, float | None] = (None, None),
    log: bool = False, styles: Styles | None = None,
) -> Figure:  # fmt: skip
    """Points by their first two columns, as large as the third, if there is one.

    Points are named and have the colour of their group; those of none are grey. `lines` have what is expected
    in their first column, and the ends of a band in the others, by what is across. `cross` says where an
    upright line and a level one stand.
    """
    lines = lines or {}
    styles = styles or style([*lines, *groups.values()])
    known = points.dropna()
    places = known.iloc[:, :2].to_numpy(dtype=float)
    areas = np.full(len(known), 20.0)
    figure, axes = canvas(WIDTH, 4.2)
    handles = []
    if points.shape[1] > 2:
        areas = 1600 * known.iloc[:, 2].to_numpy() / max(known.iloc[:, 2].max(), 1e-300)
        handles.append(_mark("white", "o", words.heading(str(points.columns[2]))))
    shades = [styles[groups[label]].colour if label in groups else "#bbbbbb" for label in known.index]
    axes.scatter(
        places[:, 0],
        places[:, 1],
        s=areas,
        c=shades,
        alpha=0.85,
        edgecolors="black",
        linewidths=0.5,
        zorder=3,
    )
    for at, draw in zip(cross, (axes.axvline, axes.axhline), strict=True):
        if at is not None and len(known):
            draw(at, color=GREY, lw=1, ls="--")
    axes.margins(0.2 if points.shape[1] > 2 else 0.12)
    if log:
        axes.set(xscale="log", yscale="log")
    axes.autoscale_view()
    axes.autoscale(False)  # points make the frame, not what is said about them
    for title, frame in lines.items():
        colour = styles[title].colour
        if frame.shape[1] > 1:
            axes.fill_between(frame.index, frame.iloc[:, 1], frame.iloc[:, 2], color=colour, alpha=0.15, lw=0)
        handles += axes.plot(frame.index, frame.iloc[:, 0], color=colour, lw=1.4, label=words.heading(title))
    for one, name in ((axes.xaxis, across), (axes.yaxis, axis)):
        one.set_label_text(_axis(words, name))
        (_logarithmic if log else _numbers)(one, words)
    _legend(figure, handles)
    named = np.array([label in groups for label in known.index], dtype=bool)
    name_points(axes, _names(known.index[named], words, 24), places[named], areas[named])
    return figure


def lines(
    frames: Frames, words: Language, axis: Axles, *, across: Axles = "", decimals: int | None = None,
    marks: Frames | None = None, dashed: Collection[Any] = (), styles: Styles | None = None,
) -> Figure:  # fmt: skip
    """A line of every column over the index, broken where a figure is missing.

    `marks`, or the points themselves where they are few, are marked, and with `decimals` their figures are
    written. Panels of one axis have one scale.
    """
    parts = {title: frame.where(np.isfinite(frame)) for title, frame in _parts(frames).items()}
    over = list(_parts(marks).values() if marks is not None else parts.values())
    styles, scales, below = styles or style(_columns(parts)), _each(axis, parts), _each(across, parts)
    figure, panels = _panels(parts, words, 3.0)
    for (axes, frame), marked, name, under in zip(panels, over, scales, below, strict=True):
        first = panels[scales.index(name)][0]
        if first is not axes:
            axes.sharey(first)
        for column in frame:
            colour, marker, _, dashes = styles[column]
            each = marker if marks is None and len(frame) <= FEW else ""
            if marks is not None:
                axes.plot(marked.index, marked[column], color=colour, ls="", marker=marker, mec="black", ms=6)
            axes.plot(frame.index, frame[column], color=colour, marker=each, ms=5,
                      ls="--" if column in dashed else dashes if marks is not None else "-",
                      label=words.heading(str(column)))  # fmt: skip
            if decimals is not None:
                for x, y in marked[column].dropna().items():
                    _figure(axes, (x, y), (0, 6), words.amount(y, decimals), ha="center" if each else "left")
        _across(axes, frame.index, words, len(panels))
        axes.set_xlabel(_axis(words, under))
        axes.set_ylabel(_axis(words, name) if first is axes else "")
        axes.margins(x=0.06, y=0.12)
        _numbers(axes.yaxis, words)
    for axes, frame in panels:
        lowest = np.nanmin(frame.to_numpy(dtype=float), initial=0.0)
        if lowest < 0:
            axes.axhline(0, color="black", lw=0.8)
        elif len(frame):
            axes.set_ylim(bottom=min(0.0, *axes.dataLim.intervaly))
    _legend(figure, alone=False)
    return figure


def small_multiples(frame: pd.DataFrame, words: Language, axis: str) -> Figure:
    """A small panel with a scale of its own for every column over the index, two beside each other."""
    down = -(-frame.shape[1] // 2)
    figure = Figure(figsize=(WIDTH, 1.25 * max(down, 1)), layout="constrained")
    panels = figure.subplots(max(down, 1), 2, sharex=True, squeeze=False).ravel()
    for axes, column in zip(panels, frame, strict=False):
        axes.plot(frame.index, frame[column], color=BLUE, marker="o", ms=3.5)
        axes.set_title(textwrap.fill(words.heading(str(column)), 44), fontsize=SMALL)
        axes.set_ylabel(_axis(words, axis), fontsize=SMALL)
        axes.margins(y=0.25)
        _across(axes, frame.index, words, 2)
        _numbers(axes.yaxis, words)
    for axes in panels[frame.shape[1] :]:
        axes.set_axis_off()
    return figure


def lorenz(
    curves: Mapping[str, Mapping[Any, pd.DataFrame]], words: Language, across: str, axis: str, *,
    dashed: Collection[Any] = (),
) -> Figure:  # fmt: skip
    """Lorenz curves with the line of equality, a panel for every title.

    The columns of a curve are fractions: what is across, and what is up.
    """
    styles = style(label for group in curves.values() for label in group)
    figure, panels = _panels({title: pd.DataFrame() for title in curves}, words, 3.6, sharey=True)
    for (axes, _), group in zip(panels, curves.values(), strict=True):
        axes.plot([0, 100], [0, 100], color=GREY, lw=0.8, label=words.heading("equality"))
        for label, curve in group.items():
            axes.plot(100 * curve.iloc[:, 0], 100 * curve.iloc[:, 1], color=styles[label].colour, lw=1.6,
                      ls="--" if label in dashed else "-", marker=styles[label].marker, ms=4,
                      markevery=max(len(curve) // 8, 1), label=words.heading(str(label)))  # fmt: skip
        axes.set(xlim=(0, 100), ylim=(0, 100), aspect="equal", xlabel=_axis(words, across))
        axes.set_ylabel(_axis(words, axis) if axes is panels[0][0] else "")
        _numbers(axes.xaxis, words)
        _numbers(axes.yaxis, words)
    _legend(figure)
    return figure


# Panels, rows and names ---------------------------------------------------------------------------


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """Make a figure with one pair of axes, in inches."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()


def shortened(label: str, longest: int = LONGEST_LABEL) -> str:
    """Cut a long label at a word and say so with an ellipsis."""
    if len(label) <= longest:
        return label
    return label[:longest].rsplit(" ", 1)[0].rstrip(",; ") + " …"


def label_rows(axes: Axes, labels: Sequence[str]) -> Array:
    """Rows from top to bottom with their labels; gives their heights."""
    rows = np.arange(len(labels), dtype=float)[::-1]
    axes.set_yticks(rows, labels, fontsize=SMALL)
    axes.set_ylim(-0.6, len(labels) - 0.4)
    return rows


def _parts(frames: Frames) -> dict[Any, pd.DataFrame]:
    if isinstance(frames, pd.DataFrame):
        return {"": frames}
    return dict(frames if isinstance(frames, Mapping) else enumerate(frames))


def _each(value: Any, parts: Mapping[Any, Any]) -> list[Any]:
    """One value for each panel."""
    return list(value) if isinstance(value, list | tuple) else [value] * len(parts)


def _columns(parts: Mapping[Any, pd.DataFrame]) -> list[Any]:
    return list(dict.fromkeys(column for frame in parts.values() for column in frame))


def _panels(
    parts: Mapping[Any, pd.DataFrame], words: Language, height: float, **shared: Any
) -> tuple[Figure, list[tuple[Axes, pd.DataFrame]]]:
    """Panels side by side, each under its title, with what is drawn in it."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    every = figure.subplots(1, len(parts), squeeze=False, **shared)[0]
    for axes, title in zip(every, parts, strict=True):
        axes.set_title(_heading(words, title), fontsize=9)
    return figure, list(zip(every, parts.values(), strict=True))


def _row_panels(
    parts: Mapping[Any, pd.DataFrame], words: Language, axis: Axles, row: float
) -> tuple[Figure, list[tuple[Axes, pd.DataFrame]], Array]:
    """Panels with the same labelled rows, each `row` inches high or as its label needs."""
    labels = next(iter(parts.values())).index
    for frame in parts.values():
        labels = labels.union(frame.index, sort=False)
    names = _names(labels, words, 34 if len(parts) == 1 else 24)
    height = 0.75 + len(names) * _row_height(names, row)
    aligned = {title: frame.reindex(labels) for title, frame in parts.items()}
    figure, panels = _panels(aligned, words, height, sharey=True, sharex=isinstance(axis, str))
    for (axes, _), name in zip(panels, _each(axis, parts), strict=True):
        rows = label_rows(axes, names)
        axes.set_xlabel(_axis(words, name))
        _numbers(axes.xaxis, words)
    return figure, panels, rows


def _row_height(names: Sequence[str], least: float) -> float:
    return max([least, *(0.04 + 0.125 * (name.count("\n") + 1) for name in names)])


def _names(labels: pd.Index[Any], words: Language, width: int) -> list[str]:
    """What rows are called, in two lines at most."""
    return [textwrap.fill(name, width, max_lines=2, placeholder=" …") for name in words.labels(labels)]


def _heading(words: Language, key: Any) -> str:
    """What names a panel or an axis of labels; nothing where there is no key."""
    return words.heading(key) if isinstance(key, str) and key else ""


def _axis(words: Language, name: str) -> str:
    """What the catalogue calls an axis; what is no key, but a text, stands for itself."""
    return words.text("axes", name) if name.isidentifier() else name


def _across(axes: Axes, index: pd.Index[Any], words: Language, panels: int) -> None:
    """Years are all named, upright where there is room; of other figures some are."""
    if pd.api.types.is_integer_dtype(index):
        turned = panels * len(index) > 14
        axes.set_xticks(list(index), [str(year) for year in index], rotation=45 if turned else 0)
    else:
        _numbers(axes.xaxis, words)


def _compare(axes: Axes, frame: pd.DataFrame, line: float | None) -> None:
    """A line to compare with, and one at zero where there is something on both sides."""
    if frame.size and np.nanmin(frame.to_numpy(dtype=float), initial=0.0) < 0:
        axes.axvline(0, color="black", lw=0.8)
    if line is not None:
        axes.axvline(line, color="black", lw=0.9, ls="--", zorder=2)


def _figures_at_ends(
    axes: Axes, rows: Array, values: pd.Series[float], ends: pd.Series[float], words: Language, decimals: int
) -> None:
    """Write figures at the ends of bars; a missing one is a dash at zero."""
    for row, value, end in zip(rows, values, ends.fillna(0.0), strict=True):
        _figure(axes, (end, row), (3 if end >= 0 else -3, 0), words.number(value, decimals), va="center",
                ha="left" if end >= 0 else "right")  # fmt: skip
    axes.margins(x=0.12)


def _figure(axes: Axes, point: tuple[Any, Any], away: tuple[float, float], text: str, **options: Any) -> None:
    axes.annotate(text, point, away, textcoords="offset points", fontsize=SMALL, path_effects=HALO, zorder=4,
                  **options)  # fmt: skip


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
                              path_effects=HALO)  # fmt: skip
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


# Legends and numbers ------------------------------------------------------------------------------


def _legend(figure: Figure, handles: Sequence[Any] | None = None, alone: bool = True) -> None:
    """Put a legend above, in as many columns as there is room for, and make room for it.

    Without `handles` it names what has a label, bars first; a single one only where it may stand `alone`.
    """
    if handles is None:
        handles = [handle for axes in figure.axes for handle in axes.get_legend_handles_labels()[0]]
        handles = sorted(handles, key=lambda handle: not isinstance(handle, BarContainer))
    entries = {textwrap.fill(str(handle.get_label()), 38): handle for handle in handles}
    if not entries or (len(entries) == 1 and not alone):
        return
    columns = _legend_columns(list(entries))
    lines = -(-len(entries) // columns) * max(label.count("\n") + 1 for label in entries)
    figure.set_figheight(figure.get_figheight() + 0.17 * lines)
    figure.legend(list(entries.values()), list(entries), loc="outside upper center", ncols=columns,
                  frameon=False, fontsize=SMALL)  # fmt: skip


def _legend_columns(labels: Sequence[str]) -> int:
    """Number of columns that a legend may have: the largest at which the widths add up to the figure's."""
    widths = [0.55 + 0.072 * max(map(len, label.split("\n"))) for label in labels]
    for count in range(len(labels), 1, -1):
        if sum(max(part) for part in np.array_split(widths, count)) <= WIDTH - 0.2:
            return count
    return 1


def _mark(colour: Any, marker: Any, label: str, rim: float = 0.8) -> Line2D:
    return Line2D([], [], ls="", marker=marker, color=colour, markeredgecolor="black", markeredgewidth=rim,
                  label=label, ms=7)  # fmt: skip


def _logarithmic(axis: Axis, words: Language) -> None:
    """Powers of ten, and between them as many steps as there is room for."""
    low, high = axis.get_view_interval()
    span = np.log10(high / low)
    steps = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0) if span < 1 else (1.0, 2.0, 5.0) if span < 2.5 else (1.0,)
    narrow = mpl.ticker.MaxNLocator(4)
    axis.set_major_locator(narrow if span < 0.5 else mpl.ticker.LogLocator(subs=steps))
    axis.set_minor_formatter(mpl.ticker.NullFormatter())
    axis.set_major_formatter(mpl.ticker.FuncFormatter(_Numbers(words)))


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
