"""The pictures of the study of a zone: what they hold, and that nothing is cut off."""

import matplotlib as mpl
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from gvc_helpers.report import zone_plots as zone_figures
from gvc_helpers.report.report import STYLE
from gvc_helpers.report.words import Language

LATIN = ["Wood and furniture", "Machinery and metalworking", "Chemistry and fertilisers", "Textiles"]
CYRILLIC = [
    *("Деревообработка и мебель", "Машиностроение и металлообработка", "Химия и производство удобрений"),
    "Пищевая промышленность, $сельское_хозяйство$ и переработка их продукции",
]
YEARS = [2017, 2018, 2019]
PLACES = [LATIN, CYRILLIC, LATIN[:1]]
HEADINGS = {
    "belarus": "Республика Беларусь",
    "all_zones": "Все свободные экономические зоны",
    "regional_zones": "Зоны регионов (без СЭЗ «Минск»)",
    "production": "Промышленное производство",
    "fdi": "Прямые иностранные инвестиции на чистой основе",
    "whole_zone": "Вся зона",
}
SCHEME = {
    **{f"stage_{n}_{part}": f"Отраслевая специализация с учётом экономики региона {n}"
       for n in (1, 2, 3) for part in ("title", "asked", "measured")},
    **dict.fromkeys(["asked", "measured", "result", "core", "no_core", "no_anchor", "others"], "Слова"),
    "zone": "Свободная экономическая зона",
    "figures": "Коэффициент {quotient}, Джини {gini}",
}  # fmt: skip


class Words(Language):
    """English with words for every axis and for the schemes."""

    def text(self, kind, key, **values):
        if kind == "axes":
            return " ".join([f"Ось {key}, %", *values.values()])
        return SCHEME[key].format_map(values) if kind == "scheme" else super().text(kind, key, **values)

    def heading(self, key):
        return HEADINGS.get(key) or super().heading(key)


WORDS = Words()


@pytest.fixture(autouse=True)
def style():
    with mpl.rc_context(STYLE):
        yield


@pytest.fixture(params=PLACES, ids=["latin", "cyrillic", "one"])
def sectors(request):
    return request.param


def drawn(figure, panels):
    """Draw a figure, check that all of it is inside, and return its panels."""
    assert isinstance(figure, Figure)
    figure.draw_without_rendering()
    page = figure.bbox.padded(1)
    whole = figure.get_tightbbox().transformed(figure.dpi_scale_trans)
    assert page.x0 <= whole.x0 and whole.x1 <= page.x1
    assert page.y0 <= whole.y0 and whole.y1 <= page.y1
    for axes in figure.axes:
        for artist in (*axes.texts, *axes.patches):
            box = artist.get_window_extent()
            if axes.axison and not isinstance(artist, Text):
                continue
            assert page.x0 <= box.x0 and box.x1 <= page.x1, artist
            assert page.y0 <= box.y0 and box.y1 <= page.y1, artist
        if axes.axison:
            assert_in_view(axes)
    assert all(text.get_fontsize() >= 8 for text in figure.findobj(Text) if text.get_text())
    assert figure.get_figwidth() == pytest.approx(6.3)
    assert len(figure.axes) == panels
    return figure.axes


def assert_in_view(axes):
    """Data that a limit cuts off would be lost without a sign."""
    data, view = axes.dataLim, axes.viewLim
    if np.isfinite([data.x0, data.y0, data.x1, data.y1]).all():
        slack = 1e-9 * max(abs(data.y1), abs(data.x1), 1.0)
        assert min(view.y0, view.y1) <= data.y0 + slack and data.y1 <= max(view.y0, view.y1) + slack
        assert min(view.x0, view.x1) <= data.x0 + slack and data.x1 <= max(view.x0, view.x1) + slack


def written(figure):
    """All texts of a figure, lines joined."""
    return [text.get_text().replace("\n", " ") for text in figure.findobj(Text)]


def table(rows, columns, low=0.0, high=1.0, seed=1):
    values = np.random.default_rng(seed).uniform(low, high, (len(rows), len(columns)))
    return pd.DataFrame(values, index=rows, columns=columns)


def printed():
    rows = [("production", "all_zones", year, value) for year, value in zip(YEARS, (13, 13, 15), strict=True)]
    rows += [
        ("production", "regional_zones", 2019, 18.0),
        ("production", "regional_zones", 2018, np.nan),
        ("fdi", "all_zones", 2019, 20.0),
        ("fdi", "regional_zones", 2019, 55.0),
        ("fdi", "ratio", 2017, 3.7),
        ("fdi", "ratio", 2019, 2.75),
        ("exports", "ratio", 2018, 2.0),
    ]
    return pd.DataFrame(rows, columns=["indicator", "place", "year", "value"])


def test_zones():
    figure = zone_figures.zones(printed(), WORDS)
    upper, lower = drawn(figure, 2)
    heights = [bar.get_height() for bar in upper.patches if not np.isnan(bar.get_height())]
    assert sorted(heights) == [13, 13, 15, 18, 20, 55]
    assert {"3.70", "2.75", "2.00"} <= {text.get_text() for text in lower.texts}
    assert upper.get_ylabel() == "Ось zones_share, %" and lower.get_ylabel() == "Ось zones_ratio, %"
    assert "Прямые иностранные инвестиции на чистой основе" in written(figure)


def test_innovation_breaks_where_nothing_is_printed():
    columns = ["belarus", "all_zones", "regional_zones"]
    series = pd.DataFrame([[13.1, 9.8, 5.3], [np.nan, np.nan, 5.2], [18.6, 10.7, 6.8]], YEARS, columns)
    (axes,) = drawn(zone_figures.innovation(series, WORDS), 1)
    assert np.isnan(axes.lines[0].get_ydata()[1])
    assert len(axes.texts) == 7 and axes.get_ylabel()


def test_investment():
    (axes,) = drawn(zone_figures.investment(pd.Series({"belarus": 48.0, "new_$share$": 43.0}), WORDS), 1)
    assert [text.get_text() for text in axes.texts] == ["48 %", "43 %"]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["Республика Беларусь", "new_$share$"]


def test_shares(sectors):
    frame = table(sectors, YEARS, 0, 90)
    frame.iloc[0, 1] = np.nan
    both = {"production": frame / 2, "exports": frame.iloc[::-1]}
    figure = zone_figures.shares(both, {key: part.mean() for key, part in both.items()}, WORDS)
    for axes in drawn(figure, 2):
        assert len(axes.lines) == len(sectors) + 1
        assert axes.lines[-1].get_linestyle() == "--"
    (legend,) = figure.legends
    assert len(legend.get_texts()) == len(sectors) + 1
    first, last = (axes.lines[i].get_color() for axes, i in zip(figure.axes, (0, -2), strict=True))
    assert first == last


@pytest.mark.parametrize("known", [True, False])
def test_quotients(sectors, known):
    frame = table(sectors, ["production", "exports"], 0.2, 3)
    frame.iloc[0, 0] = np.nan
    (axes,) = drawn(zone_figures.quotients(frame, (0.8 * frame, 1.2 * frame) if known else None, WORDS), 1)
    assert len(axes.get_yticks()) == len(sectors)
    assert axes.get_xlim()[0] == 0 and axes.get_xlabel()
    assert len(axes.collections) == (8 if known else 2)


def test_bubbles(sectors):
    frame = table(sectors, ["quotient", "growth", "size"], 0.1, 3)
    (axes,) = drawn(zone_figures.bubbles(frame, WORDS, "growth", reference=2.0), 1)
    assert len(axes.texts) == len(sectors)
    assert axes.get_ylabel() == "Ось growth, %"
    boxes = [text.get_window_extent() for text in axes.texts]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_bubbles_leave_out_what_is_not_known():
    frame = table(LATIN, ["quotient", "growth", "size"]).mask(np.eye(4, 3, dtype=bool))
    (axes,) = drawn(zone_figures.bubbles(frame, WORDS, "growth"), 1)
    assert [text.get_text() for text in axes.texts] == LATIN[3:]


def test_quotient_changes(sectors):
    frame = table(sectors, ["of_share", "of_overall"], -1, 1)
    frame["log_change"] = frame.sum(axis=1)
    frame.iloc[-1] = np.nan
    (axes,) = drawn(zone_figures.quotient_changes(frame, WORDS), 1)
    known = frame.iloc[:-1]
    widths = sum(bar.get_width() for bar in axes.patches)
    assert widths == pytest.approx(known["log_change"].sum())
    assert len(drawn(zone_figures.quotient_changes({"production": frame, "exports": frame}, WORDS), 2)) == 2


def test_shift_share_stacks_away_from_zero():
    parts = pd.DataFrame(
        [[2.0, -1, 3], [-1, -2, 1]], CYRILLIC[:2], ["regional_growth", "industry_mix", "competitive"]
    )
    parts["change"] = parts.sum(axis=1)
    figure = zone_figures.shift_share(parts, WORDS, "млн руб.")
    (axes,) = drawn(figure, 1)
    bars = [(bar.get_x(), bar.get_width()) for bar in axes.patches if bar.get_width()]
    assert sorted(bars) == [(-1, -2), (0, -1), (0, -1), (0, 1), (0, 2), (2, 3)]
    assert axes.get_xlabel() == "Ось change, % млн руб."
    assert len(figure.legends[0].get_texts()) == 4


def test_lorenz():
    curve = pd.DataFrame({"residents": [0, 0.5, 1], "share": [0, 0.1, 1]})
    years = {2019: curve, 2023: curve}
    (axes,) = drawn(zone_figures.lorenz(years, WORDS, plan=[2023]), 1)
    assert [line.get_linestyle() for line in axes.lines] == ["-", "-", "--"]
    assert axes.get_xlabel() and axes.get_ylabel()
    panels = drawn(zone_figures.lorenz({"production": years, "exports": years}, WORDS), 2)
    assert panels[0].get_title() == "Промышленное производство"


def test_ginis(sectors):
    frame = table(sectors, YEARS)
    frame.iloc[0, 0] = np.nan
    figure = zone_figures.ginis({"production": frame, "exports": frame}, WORDS, few=sectors[:1])
    for axes in drawn(figure, 2):
        assert len(axes.patches) == frame.size
        assert sum(bool(bar.get_hatch()) for bar in axes.patches) == len(YEARS)
        assert [text.get_text() for text in axes.texts].count("–") == 1
    assert len(figure.legends[0].get_texts()) == len(YEARS) + 1


def test_resident_sales(sectors):
    frame = table([*sectors, "total"], ["resident_sales", "revenue", "share"], 0, 20)
    frame.loc[sectors[0], "share"] = np.nan
    figure = zone_figures.resident_sales(frame, WORDS)
    (axes,) = drawn(figure, 1)
    assert len(axes.patches) == len(sectors) and axes.get_xlabel()
    assert figure.legends[0].get_texts()[0].get_text().startswith("Вся зона: ")


def links(count, seed=1):
    generator = np.random.default_rng(seed)
    graph = nx.DiGraph()
    graph.add_nodes_from(f"R{i:02d}" for i in range(1, count + 1))
    for _ in range(2 * count):
        seller, buyer = (f"R{i:02d}" for i in generator.integers(1, count + 1, 2))
        graph.add_edge(seller, buyer, sales=float(generator.lognormal()))
    return graph


@pytest.mark.parametrize("count", [1, 2, 30])
def test_network(count):
    graph = links(count)
    sectors = pd.Series([CYRILLIC[i % 4] for i in range(count)], list(graph))
    (axes,) = drawn(zone_figures.network(graph, sectors, ["R01"], WORDS), 1)
    assert sorted(text.get_text() for text in axes.texts) == sorted(graph)
    assert sum(rim > 2 for dots in axes.collections for rim in dots.get_linewidths()) == 1
    boxes = [text.get_window_extent() for text in axes.texts]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_network_is_the_same_each_time():
    sectors = pd.Series("Textiles", list(links(12)))
    one, two = (zone_figures.network(links(12), sectors, [], WORDS).axes[0] for _ in range(2))
    assert [text.xy for text in one.texts] == [text.xy for text in two.texts]


def test_network_without_links():
    drawn(zone_figures.network(nx.DiGraph(), pd.Series(dtype=str), [], WORDS), 1)


@pytest.mark.parametrize("interval", [True, False])
def test_leaders(sectors, interval):
    frame = pd.DataFrame(
        {"coefficient": [11.0, 8.0, 13.5], "sector": (3 * sectors)[:3]}, ["B", "A_$", "C" * 60]
    )
    if interval:
        frame = frame.assign(low=[9.0, np.nan, 13], high=[12.0, np.nan, 15])
    figure = zone_figures.leaders(frame, WORDS)
    (axes,) = drawn(figure, 1)
    assert [tick.get_text() for tick in axes.get_yticklabels()][:2] == ["A_$", "B"]
    assert [text.get_text() for text in axes.texts] == ["8.0", "11.0", "13.5"]
    assert axes.get_yticks()[0] > axes.get_yticks()[1]
    assert len(figure.legends[0].get_texts()) == len(set(frame["sector"]))


def test_positions_darkest_is_best():
    frame = table(["R01", "R02", 'СООО "Щучинский завод"'], ["exports", "profit"], 1, 60)
    frame.iloc[0] = [1.0, np.nan]
    figure = zone_figures.positions(frame, WORDS)
    axes, _ = drawn(figure, 2)
    *colours, opacity = axes.collections[0].get_facecolors().T
    assert np.where(opacity > 0, sum(colours), np.inf).argmin() == 0
    assert list(opacity).count(0) == 1  # the missing one
    assert "1.0" in [text.get_text() for text in axes.texts]
    assert {WORDS.heading("exports"), "Ось mean_position, %"} <= set(written(figure))


def test_membership_leaves_out_the_unlikely():
    probability = pd.Series({"A": 0.5, "B": 40.0, "C": 100.0, "D": np.nan})
    (axes,) = drawn(zone_figures.membership(probability, WORDS, 10), 1)
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["C", "B"]
    assert axes.get_xlabel() == "Ось membership, % 10"
    drawn(zone_figures.membership(probability[:1], WORDS, 10), 1)


def test_stages():
    (axes,) = drawn(zone_figures.stages(WORDS), 1)
    assert len(axes.patches) == 10
    assert sum(text.get_text() == "" for text in axes.texts) == 9  # arrows


def cluster(count, anchors):
    names = (CYRILLIC + LATIN)[:count]
    frame = table(names, ["quotient", "gini"], 0, 4).assign(anchor=False, type="", reason="no_$reason$")
    frame.loc[names[:anchors], ["anchor", "type"]] = [True, "many_equals"]
    if count:
        frame.loc[names[0], "gini"] = np.nan
    return frame


@pytest.mark.parametrize(("count", "anchors"), [(0, 0), (1, 1), (4, 0), (7, 3), (8, 8)])
def test_solution(count, anchors):
    frame = cluster(count, anchors)
    core = {name: ['СООО "Щучинский завод Автопровод"', "R02"] for name in frame.index[:1]}
    figure = zone_figures.solution(frame, core, WORDS)
    (axes,) = drawn(figure, 1)
    assert len(axes.patches) == 1 + (2 * anchors or 1) + count - anchors
    boxes = [text.get_window_extent() for text in axes.texts if text.get_text()]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert sum("no_$reason$" in text for text in written(figure)) == count - anchors


def test_stars(sectors):
    frame = table(sectors, ["quotient_above_one", "growing", "linked", "leader"]).gt(0.5).astype(object)
    frame.iloc[0] = [True, False, np.nan, True]
    (axes,) = drawn(zone_figures.stars(frame, WORDS), 1)
    assert next(text.get_text() for text in axes.texts if text.get_text() != "–") == "2"
    assert sum(text.get_text() == "–" for text in axes.texts) == 1
    assert len(axes.get_xticks()) == 5


def test_regime():
    curve = pd.Series([1600.0, 620, 0], [0, 30, 48])
    (axes,) = drawn(zone_figures.regime(curve, pd.Series([620.0, np.nan], [30, 15]), WORDS, "млн руб."), 1)
    assert [text.get_text() for text in axes.texts] == ["30 %: 620"]
    assert axes.get_xlabel() and axes.get_ylabel() == "Ось additional_income, % млн руб."


def test_differences():
    comparison = pd.DataFrame(
        {
            "where": ["Таблица 1", "Таблица 1", "Текст: коэффициенты Джини и доли крупнейших", "Таблица 1"],
            "difference": [0.004, -0.02, 17.5, np.nan],
            "rounding": [0.005, 0.005, 0.5, 0.0],
            "verdict": ["met", "missed", "contradicted", "met"],
        }
    )
    figure = zone_figures.differences(comparison, WORDS)
    (axes,) = drawn(figure, 1)
    across = np.ma.concatenate([dots.get_offsets()[:, 0] for dots in axes.collections])
    np.testing.assert_allclose(sorted(across.compressed()), [-4, 0.8, 35])
    assert axes.get_xlim() == pytest.approx((-45.5, 45.5))
    assert len(figure.legends[0].get_texts()) == 4


def test_risks(sectors):
    frame = table(sectors, ["lock_in", "hyperselection"]).gt(0.5).astype(object)
    frame.iloc[0, 0] = np.nan
    frame["lock_in_measure"] = [0.413, *["доля первого 71 % производства"] * (len(sectors) - 1)]
    (axes,) = drawn(zone_figures.risks(frame, WORDS), 1)
    texts = [text.get_text() for text in axes.texts]
    assert texts.count("–") == 1 and "0.41" in texts
    assert len(axes.get_xticks()) == 2


def test_ticks_are_numbers_of_the_language():
    ticks = zone_figures._Numbers(WORDS)
    assert ticks.format_ticks([-1000.0, 0.0, 1000.0]) == ["−1,000", "0", "1,000"]
    assert ticks.format_ticks([0.1 * 3, 0.25]) == ["0.30", "0.25"]
