"""The pictures of the study of production cooperation. Each function draws one and returns it."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import matplotlib as mpl
import networkx as nx
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from gvc_helpers.cooperation.core_periphery import Relation
from gvc_helpers.cooperation.forms import FORMS, Contenders
from gvc_helpers.cooperation.opportunity import WAYS
from gvc_helpers.cooperation.shocks import MODELS
from gvc_helpers.measures.chains import SHARES
from gvc_helpers.report.plots import (
    ABOVE,
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

PARTS = dict(zip(SHARES, (PALE, ORANGE, BLUE), strict=True))
WAY_STYLES = dict(zip(WAYS, ((BLUE, "-", "o"), (GREEN, "--", "s"), (RED, ":", "D")), strict=True))
MODEL_STYLES = dict(zip(MODELS, ((BLUE, "o"), (RED, "D"), (GREEN, "s")), strict=True))
HATCHES = ("", "////", "\\\\\\\\", "xxx", "...", "++", "oo")
BLOC_MARKERS = "osD^vPX*"


# Where the chains are -----------------------------------------------------------------------------


def chains(frame: pd.DataFrame, names: Sequence[str], language: Language) -> Figure:
    """Stacked bars of the domestic, regional and global part of final products.

    `frame` has the columns of `PARTS`, %; `names` are what its rows are called.
    """
    figure, axes = canvas(WIDTH, 0.9 + 0.3 * len(frame))
    rows = label_rows(axes, names)
    left = np.zeros(len(frame))
    for part, colour in PARTS.items():
        axes.barh(rows, frame[part], left=left, color=colour, label=language.heading(part))
        left = left + frame[part].fillna(0.0).to_numpy()
    axes.set(xlim=(0, 100), xlabel=language.text("axes", "share_of_product"))
    figure.legend(**ABOVE | {"ncols": 3})
    return figure


def chains_over_time(panels: Mapping[str, pd.DataFrame], language: Language) -> Figure:
    """Regional and global part of final products over the years, a panel for each title.

    Each frame has years as rows and the columns ``regional`` and ``global``, %.
    """
    figure = Figure(figsize=(WIDTH, 3.0), layout="constrained")
    every = np.atleast_1d(figure.subplots(1, len(panels), sharey=True))
    for axes, (title, frame) in zip(every, panels.items(), strict=True):
        axes.stackplot(
            frame.index, frame["regional"], frame["global"],
            colors=[PARTS["regional"], PARTS["global"]],
            labels=[language.heading(part) for part in SHARES[1:]],
        )  # fmt: skip
        for year, foreign in (100.0 - frame["domestic"]).items():
            axes.annotate(language.number(float(foreign), 1), (year, foreign), (0, 3), ha="center",
                          textcoords="offset points", fontsize=SMALL)  # fmt: skip
        axes.set_title(title, fontsize=9)
        axes.set_xticks(list(frame.index), [str(year) for year in frame.index], rotation=45)
        axes.margins(x=0.06, y=0.12)
    every[0].set_ylabel(language.text("axes", "share_of_product"))
    figure.legend(*every[0].get_legend_handles_labels(), **ABOVE)
    return figure


# Who gains ----------------------------------------------------------------------------------------


def blocs(shares: pd.DataFrame, language: Language) -> Figure:
    """Heat map of value added by the bloc that creates it (row) and the one that absorbs it (column), %."""
    import seaborn as sns  # slow to import, and much does without it

    figure, axes = canvas(2.6 + 0.75 * shares.shape[1], 2.3 + 0.42 * len(shares))
    own = shares.index.to_numpy()[:, None] == shares.columns.to_numpy()
    sns.heatmap(
        shares.mask(own), ax=axes, cmap="Blues", annot=True, fmt=".1f", annot_kws={"size": SMALL},
        linewidths=0.4, norm=mpl.colors.PowerNorm(0.5, vmin=0.0),
        cbar_kws={"label": language.text("axes", "share_of_absorbed"), "shrink": 0.8},
    )  # fmt: skip
    axes.set_xticklabels([language.heading(bloc) for bloc in shares.columns], rotation=35, ha="right")
    axes.set_yticklabels([language.heading(bloc) for bloc in shares.index], rotation=0)
    axes.set(xlabel=language.heading("absorbed_in"), ylabel=language.heading("created_in"))
    return figure


def bloc_partners(frame: pd.DataFrame, language: Language) -> Figure:
    """Lines of where a bloc's value added goes; years as rows, partners as columns, %."""
    figure, axes = canvas(WIDTH, 3.0)
    for i, bloc in enumerate(frame.columns):
        axes.plot(frame.index, frame[bloc], color=PALETTE[i % 8], marker=BLOC_MARKERS[i % 8],
                  label=language.heading(str(bloc)))  # fmt: skip
    axes.set_xticks(list(frame.index), [str(year) for year in frame.index])
    axes.set_ylabel(language.text("axes", "share_of_created"))
    axes.set_ylim(bottom=0)
    figure.legend(**ABOVE | {"ncols": 3})
    return figure


def core_periphery(
    frame: pd.DataFrame, relations: Mapping[str, Relation], marked: Mapping[str, str], language: Language
) -> Figure:
    """Change of manufacturing's share against participation, with lines and their 95 % bands.

    `marked` gives some countries the name of the relation whose colour they take; all are named.
    """
    figure, axes = canvas(WIDTH, 4.4)
    colours = dict(zip(relations, (BLUE, ORANGE, GREEN), strict=False))
    for name, fitted in relations.items():
        line, colour = fitted.line, colours[name]
        axes.fill_between(line["participation"], line["low"], line["high"], color=colour, alpha=0.15, lw=0)
        label = language.text("words", f"group_{name}")
        axes.plot(line["participation"], line["expected"], color=colour, lw=1.4,
                  label=label[:1].upper() + label[1:])  # fmt: skip
    points = frame[["participation", "change"]].to_numpy()
    shade = [colours.get(marked.get(str(code), ""), GREY) for code in frame.index]
    axes.scatter(points[:, 0], points[:, 1], s=14, c=shade, zorder=3)
    axes.axhline(0, color="black", lw=0.6)
    spread = frame["change"].max() - frame["change"].min()
    axes.set_ylim(frame["change"].min() - 0.4 * spread, frame["change"].max() + 0.4 * spread)
    axes.set(xlabel=language.text("axes", "participation"), ylabel=language.text("axes", "change_of_share"))
    figure.legend(**ABOVE | {"ncols": 3, "fontsize": SMALL})
    name_points(axes, [str(code) for code in frame.index], points, np.full(len(frame), 14.0))
    return figure


def network(
    graph: nx.DiGraph, sizes: pd.Series[float], bloc_of: Mapping[str, str], focus: str, language: Language
) -> Figure:
    """Links of value added between countries; a country is as large as it is central, coloured by bloc."""
    blocs = list(dict.fromkeys(bloc_of[code] for code in graph))
    colours = {bloc: PALETTE[i % 8] for i, bloc in enumerate(blocs)}
    place = _apart(nx.kamada_kawai_layout(nx.Graph(graph), weight=None))
    figure, axes = canvas(WIDTH, 5.6)
    largest = max(float(sizes.max()), 1e-12)
    area = {code: 160.0 + 900.0 * float(sizes.get(code, 0.0)) / largest for code in graph}
    shares = nx.get_edge_attributes(graph, "share")
    strongest = max(shares.values(), default=1.0)
    nx.draw_networkx_edges(
        graph, place, ax=axes, width=[0.5 + 4.0 * share / strongest for share in shares.values()],
        edge_color=[colours[bloc_of[source]] for source, _ in shares], alpha=0.7, arrowsize=8,
        node_size=[area[code] for code in graph], connectionstyle="arc3,rad=0.08",
    )  # fmt: skip
    nx.draw_networkx_nodes(
        graph, place, ax=axes, node_size=[area[code] for code in graph],
        node_color=[colours[bloc_of[code]] for code in graph],
        edgecolors=["black" if code == focus else "white" for code in graph],
        linewidths=[2.0 if code == focus else 0.8 for code in graph],
    )  # fmt: skip
    for code, (x, y) in place.items():
        axes.text(x, y, code, ha="center", va="center", fontsize=7, fontweight="bold", zorder=5,
                  path_effects=[withStroke(linewidth=1.8, foreground="white")])  # fmt: skip
    marks = [Line2D([], [], ls="", marker="o", color=colours[bloc], label=language.heading(bloc))
             for bloc in blocs]  # fmt: skip
    figure.legend(handles=marks, **ABOVE | {"ncols": 3})
    axes.margins(0.08)
    axes.set_axis_off()
    return figure


# Stage one: foreign economic activity -------------------------------------------------------------


def advantage(trade: pd.DataFrame, language: Language) -> Figure:
    """Revealed comparative advantage by sector: gross exports (ring) and value-added exports (disc)."""
    known = trade[(trade["rca"] > 0) & (trade["rca_value_added"] > 0)]
    figure, axes = canvas(WIDTH, 0.9 + 0.27 * len(known))
    rows = label_rows(axes, [shortened(str(sector)) for sector in known.index])
    axes.hlines(rows, known["rca"], known["rca_value_added"], color=PALE, lw=2.5, zorder=1)
    axes.scatter(known["rca"], rows, facecolors="white", edgecolors=ORANGE, label=language.heading("rca"))
    axes.scatter(known["rca_value_added"], rows, color=BLUE, s=24, label=language.heading("rca_value_added"))
    axes.axvline(1, color="black", lw=0.8)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(mpl.ticker.StrMethodFormatter("{x:g}"))
    axes.xaxis.set_minor_formatter(mpl.ticker.NullFormatter())
    axes.set_xlabel(language.text("axes", "advantage"))
    figure.legend(**ABOVE)
    return figure


def indicators(frame: pd.DataFrame, language: Language) -> Figure:
    """A small panel for every indicator over the years; `frame` has years as rows, %."""
    columns = 2
    lines = -(-frame.shape[1] // columns)
    figure = Figure(figsize=(WIDTH, 1.25 * lines), layout="constrained")
    panels = figure.subplots(lines, columns, sharex=True, squeeze=False).ravel()
    for axes, name in zip(panels, frame.columns, strict=False):
        axes.plot(frame.index, frame[name], color=BLUE, marker="o", ms=3.5)
        axes.set_title(textwrap.fill(language.heading(str(name)), 44), fontsize=SMALL)
        axes.margins(y=0.25)
        axes.set_xticks(list(frame.index), [str(year) for year in frame.index], fontsize=SMALL)
        axes.set_ylabel("%", fontsize=SMALL)
    for axes in panels[frame.shape[1] :]:
        axes.set_axis_off()
    return figure


def goals(distance: pd.DataFrame, language: Language) -> Figure:
    """Present values (bars) and targets (marks) of the goals; an arrow says on which side the goal is met."""
    figure, axes = canvas(WIDTH, 0.9 + 0.4 * len(distance))
    rows = label_rows(axes, [textwrap.fill(language.heading(str(name)), 36) for name in distance.index])
    met = (distance["distance"] == 0).to_numpy()
    styles = {True: (GREEN, ""), False: (PALE, "////")}
    for flag, (colour, hatch) in styles.items():
        axes.barh(rows[met == flag], distance["present"][met == flag], height=0.5, color=colour, hatch=hatch,
                  edgecolor="white")  # fmt: skip
    axes.set_xlim(0, 1.15 * distance[["present", "target"]].max(axis=None))
    reach = 0.07 * axes.get_xlim()[1]
    for row, (_, goal) in zip(rows, distance.iterrows(), strict=True):
        direction = reach if goal["bound"] == "at least" else -reach
        axes.plot([goal["target"]] * 2, [row - 0.36, row + 0.36], color="black", lw=2)
        axes.annotate("", (goal["target"] + direction, row), (goal["target"], row),
                      arrowprops={"arrowstyle": "->", "lw": 1.2})  # fmt: skip
    axes.set_xlabel("%")
    words = {True: "met", False: "not_met"}
    marks = [Patch(fc=colour, hatch=hatch, ec="white", label=language.heading(words[flag]))
             for flag, (colour, hatch) in styles.items()]  # fmt: skip
    figure.legend(handles=marks, **ABOVE)
    return figure


# Stage two: forms of participation ----------------------------------------------------------------


def suitability(scores: pd.DataFrame, contenders: Contenders, language: Language) -> Figure:
    """Heat map of how well forms (columns) suit sectors (rows), contenders dotted."""
    import seaborn as sns  # slow to import, and much does without it

    figure, axes = canvas(3.2 + 0.62 * scores.shape[1], 1.7 + 0.33 * len(scores))
    sns.heatmap(
        scores, ax=axes, cmap="Blues", annot=True, fmt=".0f", annot_kws={"size": SMALL}, linewidths=0.4,
        cbar_kws={"label": language.text("axes", "suitability"), "shrink": 0.8},
    )  # fmt: skip
    for row, sector in enumerate(scores.index):
        for form in contenders.get(sector, []):
            column = scores.columns.get_loc(form)
            axes.plot(column + 0.86, row + 0.2, marker="o", ms=5, color="black", mec="white", mew=1)
    axes.set_xticklabels([textwrap.fill(language.heading(form), 18) for form in scores.columns],
                         rotation=45, ha="right", fontsize=SMALL)  # fmt: skip
    axes.set_yticklabels([shortened(str(sector), 38) for sector in scores.index], rotation=0, fontsize=SMALL)
    axes.set(xlabel="", ylabel="")
    return figure


def first_places(first: pd.DataFrame, language: Language) -> Figure:
    """Stacked bars by sector: how often each form comes first when weights are drawn at random, %."""
    figure, axes = canvas(WIDTH, 1.5 + 0.33 * len(first))
    rows = label_rows(axes, [shortened(str(sector), 38) for sector in first.index])
    left = np.zeros(len(first))
    for i, form in enumerate(FORMS):
        axes.barh(rows, first[form], left=left, color=PALETTE[i], hatch=HATCHES[i], edgecolor="white", lw=0.4,
                  label=language.heading(form))  # fmt: skip
        left = left + first[form].to_numpy()
    axes.set(xlim=(0, 100), xlabel=language.text("axes", "first_places"))
    figure.legend(**ABOVE | {"fontsize": SMALL})
    return figure


# Opportunity cost and risk ------------------------------------------------------------------------


def trade_off(
    panels: Sequence[tuple[str, pd.DataFrame]],
    asked: pd.Series[float],
    by_slack: pd.DataFrame,
    slack: float,
    language: Language,
) -> Figure:
    """Net gains against the cost disadvantage, a panel for each title; break-evens against idle resources.

    The frames have a column for every way; `asked` are the disadvantages of the parameters, %.
    """
    figure = Figure(figsize=(WIDTH, 3.3), layout="constrained")
    *gains, right = figure.subplots(1, len(panels) + 1)
    for axes, (title, lines) in zip(gains, panels, strict=True):
        for way in lines.columns:
            colour, style, marker = WAY_STYLES[way]
            axes.plot(lines.index, lines[way], color=colour, ls=style, label=language.heading(way))
            at = float(np.interp(asked[way], lines.index, lines[way]))
            axes.plot([asked[way]], [at], color=colour, marker=marker, mec="white")
        axes.set_title(title, fontsize=9)
        axes.set_xlabel(language.text("axes", "disadvantage"), fontsize=SMALL)
        axes.sharey(gains[0])
    gains[0].set_ylabel(language.text("axes", "net"), fontsize=SMALL)
    for way in by_slack.columns:
        colour, style, marker = WAY_STYLES[way]
        even = by_slack[way].where(np.isfinite(by_slack[way]))
        right.plot(even.index, even, color=colour, ls=style, marker=marker, ms=3)
    right.axvline(slack, color=GREY, lw=0.8, ls=":")
    right.set_xlabel(language.text("axes", "slack"), fontsize=SMALL)
    right.set_ylabel(language.text("axes", "break_even"), fontsize=SMALL)
    for axes in (*gains, right):
        axes.axhline(0, color="black", lw=0.8)
        axes.tick_params(labelsize=SMALL)
    figure.legend(*gains[0].get_legend_handles_labels(), **ABOVE | {"ncols": 3})
    return figure


def suppliers(critical: pd.DataFrame, language: Language) -> Figure:
    """Value added at risk from each supplier by three models, %, on a logarithmic scale."""
    figure, axes = canvas(WIDTH, 1.0 + 0.3 * len(critical))
    names = [f"{language.country(country)}: {shortened(sector, 30)}" for country, sector in critical.index]
    rows = label_rows(axes, names)
    for model, (colour, marker) in MODEL_STYLES.items():
        axes.scatter(critical[model], rows, color=colour, marker=marker, s=24, label=language.heading(model))
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(mpl.ticker.StrMethodFormatter("{x:g}"))
    axes.xaxis.set_minor_formatter(mpl.ticker.NullFormatter())
    axes.grid(axis="y", lw=0.4)
    axes.set_xlabel(language.text("axes", "at_risk"))
    figure.legend(**ABOVE | {"ncols": 3})
    return figure


def incidence(shares: pd.DataFrame, names: Mapping[str, str], language: Language) -> Figure:
    """Stacked bars of who bears a shock, by model; `names` are what the bearers are called."""
    figure, axes = canvas(WIDTH, 0.9 + 0.38 * shares.shape[1])
    rows = label_rows(axes, [language.heading(str(model)) for model in shares.columns])
    left = np.zeros(shares.shape[1])
    for bearer, colour in zip(shares.index, (BLUE, ORANGE, PALE), strict=True):
        axes.barh(rows, shares.loc[bearer], left=left, color=colour, label=names[str(bearer)])
        left = left + shares.loc[bearer].fillna(0.0).to_numpy()
    axes.set(xlim=(0, 100), xlabel=language.text("axes", "share_of_loss"))
    figure.legend(**ABOVE | {"ncols": 3})
    return figure


def _apart(place: dict[str, np.ndarray], least: float = 0.17, rounds: int = 60) -> dict[str, np.ndarray]:
    """Push nodes apart until none covers another, as far as that goes."""
    names, spots = list(place), np.array(list(place.values()))
    for _ in range(rounds):
        gap = spots[:, None] - spots[None, :]
        distance = np.maximum(np.linalg.norm(gap, axis=2), 1e-9)
        push = np.where((distance < least) & (distance > 1e-8), (least - distance) / 2, 0.0)
        spots = spots + (gap / distance[..., None] * push[..., None]).sum(axis=1)
    return dict(zip(names, spots, strict=True))
