"""Boxes and arrows: the schemes of a study in words."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from gvc_helpers.report.plots import BLUE, GREEN, GREY, ORANGE, PALE, SMALL, WIDTH, Styles, canvas, shortened
from gvc_helpers.report.words import Language

LINE = 0.145
"""Height of a line of small print, in inches."""
STAGES, QUESTIONS = 3, ("title", "asked", "measured")


def stages(words: Language) -> Figure:
    """Scheme of the three stages, each with what is asked and what is measured."""
    widths, gap = (1.5, 2.1, 2.1), 0.2
    left = np.cumsum([0.0, *(width + gap for width in widths[:-1])]) + 0.02
    texts = [
        [words.text("scheme", f"stage_{stage}_{part}") for part in QUESTIONS]
        for stage in range(1, STAGES + 1)
    ]
    cells = [
        [
            _Cell.of(row[0], "", widths[0]),
            *(_Cell.of("", t, w) for t, w in zip(row[1:], widths[1:], strict=True)),
        ]
        for row in texts
    ]
    result = _Cell.of("", words.text("scheme", "result"), sum(widths) + 2 * gap)
    heights = [max(cell.height for cell in row) for row in cells]
    total = 0.3 + sum(heights) + 0.3 * STAGES + result.height + 0.04
    figure, axes = _scheme(total)
    for x, width, part in zip(left[1:], widths[1:], QUESTIONS[1:], strict=True):
        axes.text(x + width / 2, total - 0.12, words.text("scheme", part), ha="center", va="center",
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


def solution(
    sectors: pd.DataFrame, core: Mapping[str, Sequence[str]], words: Language, styles: Styles
) -> Figure:
    """Scheme of the cluster solution: the zone, its anchor sectors and their cores, the others in grey.

    `sectors` has a row for every sector and columns ``anchor`` (bool), ``type`` (``many_equals``,
    ``few_cores`` or empty), ``quotient``, ``gini`` and ``reason`` (key of why it is no anchor); `core` gives
    the residents of a sector's core, `styles` their colours.
    """
    zone_width, sector_width, core_width = 1.3, 2.25, 1.95
    sector_left, core_left = zone_width + 0.35, zone_width + sector_width + 0.65
    chosen = sectors["anchor"].astype(bool) if len(sectors) else pd.Series(dtype=bool)
    anchors, others = sectors[chosen], sectors[~chosen]
    pairs = [
        (
            _Cell.of(str(sector), _description(row, words), sector_width),
            _Cell.of("", _members(core.get(str(sector), []), words), core_width),
        )
        for sector, row in anchors.iterrows()
    ]
    wide = core_left + core_width - sector_left
    rest = [_Cell.of("", _why_not(str(s), row, words), wide) for s, row in others.iterrows()]
    nobody = _Cell.of("", words.text("scheme", "no_anchor"), wide)
    heights = [max(cell.height for cell in pair) for pair in pairs] or [nobody.height]
    zone = _Cell.of(words.text("scheme", "zone"), "", zone_width)
    block = max(sum(heights) + 0.14 * (len(heights) - 1), zone.height)
    total = block + 0.04 + (0.3 if rest else 0) + sum(cell.height + 0.07 for cell in rest)
    figure, axes = _scheme(total)
    top = total - 0.02
    zone.draw(axes, 0.02, top, zone_width, block, edge="black", lw=1.6)
    if not pairs:
        nobody.draw(axes, sector_left, top, wide, block, edge=GREY, lw=1.0)
    for (sector, members), height, name in zip(pairs, heights, anchors.index, strict=False):
        middle = top - height / 2
        sector.draw(axes, sector_left, top, sector_width, height, edge=styles[name].colour, lw=2.0)
        members.draw(axes, core_left, top, core_width, height, edge=styles[name].colour, lw=1.0)
        _arrow(axes, (zone_width + 0.02, middle), (sector_left, middle))
        _arrow(axes, (sector_left + sector_width, middle), (core_left, middle))
        top -= height + 0.14
    top = total - 0.02 - block
    if rest:
        axes.text(sector_left, top - 0.17, words.text("scheme", "others"), fontsize=SMALL, color=GREY,
                  va="center")  # fmt: skip
        top -= 0.3
    for cell in rest:
        cell.draw(axes, sector_left, top, wide, cell.height, edge=PALE, lw=1.0, colour=GREY)
        top -= cell.height + 0.07
    return figure


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


def _description(row: pd.Series, words: Language) -> str:
    """Type of a sector's cluster and its figures, a line each."""
    kind = words.heading(row["type"]) if isinstance(row["type"], str) and row["type"] else ""
    figures = words.text(
        "scheme", "figures", quotient=words.number(float(row["quotient"]), 2),
        gini=words.number(float(row["gini"]), 2),
    )  # fmt: skip
    return f"{kind}\n{figures}" if kind else figures


def _members(residents: Sequence[str], words: Language) -> str:
    if not residents:
        return words.text("scheme", "no_core")
    return "\n".join([words.text("scheme", "core"), *(shortened(str(name)) for name in residents)])


def _why_not(sector: str, row: pd.Series, words: Language) -> str:
    reason = row.get("reason")
    name = shortened(sector)
    return f"{name}: {words.heading(reason)}" if isinstance(reason, str) and reason else name
