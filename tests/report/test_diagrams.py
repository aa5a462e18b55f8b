"""Boxes and arrows: how many there are, and that no text covers another."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from gvc_helpers.report import diagrams, plots
from tests.report.test_plots import CYRILLIC, LATIN, WORDS, apart, drawn, table, written


def test_stages():
    (axes,) = drawn(diagrams.stages(WORDS))
    assert len(axes.patches) == 10
    assert sum(text.get_text() == "" for text in axes.texts) == 9  # arrows


@pytest.mark.parametrize(("count", "anchors"), [(0, 0), (1, 1), (4, 0), (7, 3), (8, 8)])
def test_solution(count, anchors):
    names = (CYRILLIC + LATIN)[:count]
    frame = table(names, ["quotient", "gini"], 0, 4).assign(anchor=False, type="", reason="no_$reason$")
    frame.loc[names[:anchors], ["anchor", "type"]] = [True, "many_equals"]
    frame.loc[names[:1], "gini"] = np.nan
    core = {name: ['СООО "Щучинский завод Автопровод"', "R02"] for name in names[:1]}
    looks = plots.style(names)
    figure = diagrams.solution(frame, core, WORDS, looks)
    (axes,) = drawn(figure)
    assert len(axes.patches) == 1 + (2 * anchors or 1) + count - anchors
    edges = [to_hex(box.get_edgecolor()) for box in axes.patches]
    assert all(edges.count(looks[name].colour) == 2 for name in names[:anchors])
    assert apart([text for text in axes.texts if text.get_text()])
    assert sum("no_$reason$" in text for text in written(figure)) == count - anchors
