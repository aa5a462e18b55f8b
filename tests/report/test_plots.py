"""The shapes of pictures: what they hold, and that nothing is cut off or hidden."""

import matplotlib as mpl
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from gvc_helpers.report import plots, report
from gvc_helpers.report.words import Language

LATIN = ["Wood and furniture", "Machinery and metalworking", "Chemistry and fertilisers", "Textiles"]
CYRILLIC = [
    *("Деревообработка и мебель", "Машиностроение и металлообработка", "Химия и производство удобрений"),
    "Пищевая промышленность, $сельское_хозяйство$ и переработка их продукции вместе с оптовой торговлей",
]
YEARS = [2017, 2018, 2019]
WORDS = Language("grodnoinvest_cluster_transformation")


@pytest.fixture(autouse=True)
def style(recwarn):
    with mpl.rc_context(report.STYLE):
        yield
    assert not [str(warning.message) for warning in recwarn if "Glyph" in str(warning.message)]


@pytest.fixture(params=[LATIN, CYRILLIC, LATIN[:1]], ids=["latin", "cyrillic", "one"])
def rows(request):
    return request.param


def drawn(figure, panels=1):
    """Draw a figure, check that all of it is inside, and return its panels."""
    figure.draw_without_rendering()
    page = figure.bbox.padded(1)
    whole = figure.get_tightbbox().transformed(figure.dpi_scale_trans)
    assert page.x0 <= whole.x0 and whole.x1 <= page.x1
    assert page.y0 <= whole.y0 and whole.y1 <= page.y1
    for axes in figure.axes:
        for text in axes.texts:
            box = text.get_window_extent()
            assert page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1, text
        if axes.axison:
            assert_in_view(axes)
    assert not any("mathdefault" in text for text in written(figure))
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


def legend(figure):
    return [text.get_text() for one in figure.legends for text in one.get_texts()]


def apart(texts):
    boxes = [text.get_window_extent() for text in texts]
    return not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def table(rows, columns, low=0.0, high=1.0, seed=1):
    values = np.random.default_rng(seed).uniform(low, high, (len(rows), len(columns)))
    return pd.DataFrame(values, index=rows, columns=columns)


# Styles -------------------------------------------------------------------------------------------


def test_years_go_from_light_to_dark_and_many_labels_are_hatched():
    shades = [sum(style.colour[:3]) for style in plots.style(YEARS).values()]
    assert shades == sorted(shades, reverse=True)
    assert {style.hatch for style in plots.style("abc").values()} == {""}
    assert len({style.hatch for style in plots.style("abcd").values()}) == 4
    assert [style.hatch for style in plots.style("abcd", hatched="b").values()] == ["", "////", "", ""]


def test_labels_are_named_as_in_tables():
    countries = pd.Index(["BLR", "ROW", "total"], name="country")
    assert WORDS.labels(countries)[:2] == ["Belarus", "Rest of the world"]
    assert WORDS.labels(pd.Index(["production", "Oil"])) == ["Production", "Oil"]
    assert WORDS.labels(pd.MultiIndex.from_tuples([("BLR", "Oil")], names=["country", "sector"])) == [
        "Belarus: Oil"
    ]


# Rows ---------------------------------------------------------------------------------------------


def test_bars(rows):
    frame = table(rows, YEARS, -1)
    frame.iloc[0, 0] = np.nan
    figure = plots.bars({"production": frame, "exports": frame}, WORDS, "gini", decimals=2, hatched=rows[:1])
    for axes in drawn(figure, 2):
        assert len(axes.patches) == frame.size
        assert sum(bool(bar.get_hatch()) for bar in axes.patches) == len(YEARS)
        assert [text.get_text() for text in axes.texts].count("–") == 1
    assert legend(figure) == ["2017", "2018", "2019"]


def test_bars_with_ranges_and_a_line_to_compare_with(rows):
    frame = table(rows, ["production", "exports"], 1, 5)
    (axes,) = drawn(plots.bars(frame, WORDS, "share", spread=(frame - 1, frame + 1), decimals=1, line=9.0))
    ends = np.sort([[line[:, 0] for line in ends.get_segments()] for ends in axes.collections], axis=None)
    np.testing.assert_allclose(ends, np.sort([frame - 1, frame + 1], axis=None))
    assert axes.get_xlim()[1] > 9


def test_panels_of_bars_have_the_rows_of_all_and_axes_of_their_own():
    frames = [pd.DataFrame({"production": [13.0]}, ["a"]), pd.DataFrame({"exports": [3.7]}, ["b"])]
    figure = plots.bars(frames, WORDS, ["zones_share", "zones_ratio"], decimals=[0, 2])
    left, right = drawn(figure, 2)
    assert [tick.get_text() for tick in left.get_yticklabels()] == ["a", "b"]
    assert {"13", "3.70"} <= set(written(figure))
    assert left.get_xlabel() != right.get_xlabel() != ""


def test_stacked_bars_go_away_from_zero():
    parts = pd.DataFrame([[2.0, -1, 3], [-1, np.nan, 1]], CYRILLIC[:2], list("abc"))
    marks = pd.DataFrame({"change": [4.0, np.nan], "at most": [np.nan, 9.0]}, CYRILLIC[:2])
    figure = plots.stacked_bars(parts, WORDS, "log_change", marks=marks)
    (axes,) = drawn(figure)
    bars = sorted((bar.get_x(), bar.get_width()) for bar in axes.patches)
    assert bars == [(0, -1), (0, -1), (0, 1), (0, 2), (2, 3)]
    assert len(axes.collections) == 2 and legend(figure) == ["a", "b", "c", "Change", "at most"]


def test_parts_of_a_whole_reach_its_end_unless_a_mark_lies_beyond(rows):
    parts, beyond = pd.DataFrame({"a": 60.0, "b": 40.0}, rows), pd.DataFrame({"at most": 120.0}, rows)
    (axes,) = drawn(plots.stacked_bars(parts, WORDS, "share"))
    assert axes.get_xlim() == (0, 100)
    looks = plots.style(beyond, ["black"], markers="<")
    (axes,) = drawn(plots.stacked_bars(parts, WORDS, "share", marks=beyond, styles=looks))
    assert axes.get_xlim()[1] > 120 and mpl.colors.to_hex(axes.collections[0].get_facecolor()[0]) == "#000000"


def test_sums_of_bars_are_written_and_groups_have_their_colours():
    scores = pd.DataFrame({"x": [8.0, np.nan, np.nan], "y": [np.nan, 13.5, np.nan]}, ["A_$", "B", "C" * 60])
    looks = plots.style(["y", "x", "z"])
    figure = plots.stacked_bars(scores, WORDS, "leadership", decimals=1, styles=looks)
    (axes,) = drawn(figure)
    assert [text.get_text() for text in axes.texts] == ["8.0", "13.5", "–"]
    first, second = (mpl.colors.to_hex(bar.get_facecolor()) for bar in axes.patches)
    assert (first, second) == (looks["x"].colour, looks["y"].colour)


@pytest.mark.parametrize("known", [True, False])
def test_dots(rows, known):
    frame = table(rows, ["production", "exports"], 0.2, 3)
    frame.iloc[0, 0] = np.nan
    spread = (0.8 * frame, 1.2 * frame) if known else None
    figure = plots.dots(frame, WORDS, "quotient", spread=spread, line=1.0)
    (axes,) = drawn(figure)
    assert len(axes.get_yticks()) == len(rows) and axes.get_xlabel() == "Location quotient, ratio"
    assert len(axes.collections) == (4 if known else 2)
    marks = axes.collections[1::2] if known else axes.collections
    heights = {float(y) for dots in marks for y in dots.get_offsets()[:, 1]}
    assert len(heights) == 2 * len(rows)  # no dot hides another


@pytest.mark.parametrize("scale", [1e-3, 1, 1e4])
@pytest.mark.parametrize("span", [1.5, 30, 1e5])
def test_logarithmic_axes_have_plain_numbers(scale, span):
    figure = plots.dots(pd.DataFrame({"rca": [scale, scale * span]}, ["a", "b"]), WORDS, "quotient", log=True)
    (axes,) = drawn(figure)
    low, high = axes.get_xlim()
    ticks = [tick for tick in axes.get_xticks() if low <= tick <= high]
    assert len(ticks) >= 2
    assert all(WORDS.number(tick, 6).startswith(text.get_text()) for tick, text in
               zip(axes.get_xticks(), axes.get_xticklabels(), strict=True))  # fmt: skip


def test_an_axis_is_a_key_or_a_text():
    figure = plots.bars(pd.DataFrame({"share": [1.0]}, ["new_$share$"]), WORDS, "Share, $")
    (axes,) = drawn(figure)
    assert not figure.legends and axes.get_xlabel() == "Share, $"
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["new_$share$"]
    with pytest.raises(KeyError):
        plots.bars(pd.DataFrame({"share": [1.0]}), WORDS, "quotiont")


def test_long_labels_take_two_lines_and_say_that_they_are_cut():
    figure = plots.dots(table(CYRILLIC, ["exports"]), WORDS, "share")
    (axes,) = drawn(figure)
    labels = [tick.get_text() for tick in axes.get_yticklabels()]
    assert labels[-1].endswith("…") and max(label.count("\n") for label in labels) == 1
    assert apart(axes.get_yticklabels())


def test_deviations():
    places = ["Таблица 1", "Таблица 1", "Текст: коэффициенты Джини", "Таблица 1"]
    points = pd.DataFrame(np.nan, places, ["met", "missed", "contradicted"])
    points.iloc[0, 0], points.iloc[1, 0], points.iloc[2, 2] = 0.8, -4, 35
    figure = plots.deviations(points, WORDS, "in_roundings", within=1.0, log=True)
    (axes,) = drawn(figure)
    across = np.ma.concatenate([np.ma.masked_invalid(dots.get_offsets()[:, 0]) for dots in axes.collections])
    np.testing.assert_allclose(sorted(across.compressed()), [-4, 0.8, 35])
    assert len(axes.get_yticks()) == 2 and len(legend(figure)) == 3
    colours = [mpl.colors.to_hex(dots.get_facecolor()[0]) for dots in axes.collections]
    assert colours == [plots.BLUE, plots.RED]  # what no dot is of keeps its colour


def test_checklist(rows):
    frame = table(rows, ["size", "growing", "linked", "dynamism"]).gt(0.5).astype(object)
    frame.iloc[0] = [True, False, np.nan, True]
    figure = plots.checklist(frame, WORDS, "met", "missed", count="stars", marker="*")
    (axes,) = drawn(figure)
    texts = [text.get_text() for text in axes.texts]
    assert texts.count("–") == 1 and next(text for text in texts if text != "–") == "2"
    assert len(axes.get_xticks()) == 5 and legend(figure) == ["Met", "Missed"]


def test_heat_map():
    frame = table(CYRILLIC, ["exports", *CYRILLIC[:1]], 1, 60)
    frame.iloc[1] = [1.0, np.nan]
    figure = plots.heat_map(frame, WORDS, "mean_position", reverse=True, marked=frame > 30)
    axes, _ = drawn(figure, 2)
    colours = axes.collections[0].get_facecolors().reshape(4, 2, 4)
    darkness = np.where(colours[..., 3] > 0, colours[..., :3].sum(axis=2), np.inf)
    assert np.unravel_index(darkness.argmin(), darkness.shape) == (1, 0)
    assert (colours[..., 3] == 0).sum() == 2  # missing, and one with itself
    assert [text.get_text() for text in axes.texts].count("–") == 1
    assert len(axes.texts) == 7
    assert len(axes.collections[1].get_offsets()) == (frame > 30).to_numpy().sum()


def test_panels_of_a_heat_map_have_one_scale_of_colours():
    both = {
        "production": table(LATIN, list("ABCDEFGH"), 0, 5),
        "exports": table(LATIN, list("ABCDEFGH"), 0, 50),
    }
    first, second, _ = drawn(plots.heat_map(both, WORDS, "share"), 3)
    assert first.collections[0].get_clim() == second.collections[0].get_clim()


# Networks -----------------------------------------------------------------------------------------


def links(count, name="R{:02d} Автопровод", seed=1):
    generator = np.random.default_rng(seed)
    graph = nx.DiGraph()
    graph.add_nodes_from(name.format(i) for i in range(count))
    for _ in range(2 * count):
        seller, buyer = (name.format(i) for i in generator.integers(0, count, 2))
        graph.add_edge(seller, buyer, sales=float(generator.lognormal()))
    return graph


@pytest.mark.parametrize("name", ["R{:02d} Автопровод", "R{:02d}"])
@pytest.mark.parametrize("count", [0, 1, 2, 30])
def test_network(count, name):
    graph = links(count, name)
    groups = pd.Series([CYRILLIC[i % 4] for i in range(count)], list(graph))
    figure = plots.network(graph, groups, WORDS, "sales", rimmed=list(graph)[:1], rim="core_member")
    (axes,) = drawn(figure)
    assert sorted(text.get_text().replace("\n", " ") for text in axes.texts) == sorted(graph)
    assert sum(rim > 2 for dots in axes.collections for rim in dots.get_linewidths()) == min(count, 1)
    assert apart(axes.texts)
    assert len(legend(figure)) == min(count, 4) + 1 + (2 if count > 1 else 0)  # groups, rim, widths


def test_nodes_are_as_large_as_their_sizes_and_stay_apart():
    graph = links(20, "R{:02d}")
    sizes = pd.Series(range(20), list(graph), dtype=float)
    (axes,) = drawn(plots.network(graph, dict.fromkeys(graph, "a"), WORDS, "sales", sizes=sizes))
    areas = [dots.get_sizes()[0] for dots in axes.collections if len(dots.get_sizes()) == 1]
    assert areas == sorted(areas) and len(areas) == 20
    spots = np.array([text.get_position() for text in axes.texts])
    gaps = np.linalg.norm(spots[:, None] - spots[None], axis=2)[np.triu_indices(20, 1)]
    assert gaps.min() > 0.12


def test_network_is_the_same_each_time():
    groups = pd.Series("Textiles", list(links(12)))
    one, two = (plots.network(links(12), groups, WORDS, "sales").axes[0] for _ in range(2))
    assert [text.xy for text in one.texts] == [text.xy for text in two.texts]


def test_flows_draw_the_strongest_and_say_how_wide_they_are():
    codes = pd.Index(["BLR", "RUS", "CHN"], name="origin")
    shares = pd.DataFrame([[90, 2, 0.0], [40, 90, 1], [4, 8, 90]], codes, list(codes))
    figure = plots.flows(shares, WORDS, strongest=3)
    (axes,) = drawn(figure)
    widths = sorted(arrow.get_linewidth() for arrow in axes.patches)
    assert widths == pytest.approx([0.6 + 6 * share / 40 for share in (4, 8, 40)])
    assert legend(figure) == ["40", "10"]
    assert {"Belarus", "BLR"} <= set(written(figure))


# Points and lines ---------------------------------------------------------------------------------


def test_scatter_names_what_has_a_group(rows):
    frame = table([*rows, "another"], ["quotient", "growth", "bubble_area"], 0.1, 3)
    looks = plots.style(rows)
    figure = plots.scatter(
        frame, WORDS, "quotient", "share", groups={row: row for row in rows}, cross=(1.0, 2.0), styles=looks
    )
    (axes,) = drawn(figure)
    assert len(axes.texts) == len(rows) and apart(axes.texts)
    assert axes.get_ylabel() == "Share, %"
    assert legend(figure) == ["Area of a bubble: amount of the zone"]


def test_scatter_leaves_out_what_is_not_known():
    frame = table(LATIN, ["quotient", "growth", "size"]).mask(np.eye(4, 3, dtype=bool))
    figure = plots.scatter(frame, WORDS, "quotient", "share", groups={row: row for row in LATIN})
    (axes,) = drawn(figure)
    assert [text.get_text() for text in axes.texts] == LATIN[3:]


@pytest.mark.parametrize("log", [True, False])
def test_points_make_the_frame_and_lines_do_not(log):
    points = pd.DataFrame({"x": [1.0, 2, 900], "y": [10.0, 30, 20]}, LATIN[:3])
    line = pd.DataFrame({"expected": [10.0, 20], "low": [-90.0, 1], "high": [900.0, 30]}, [1.0, 900])
    figure = plots.scatter(
        points, WORDS, "quotient", "share", groups={LATIN[0]: "all"}, lines={"all": line}, log=log
    )
    figure.draw_without_rendering()
    (axes,) = figure.axes
    assert axes.get_ylim()[1] < 60 and axes.get_ylim()[0] < 10
    assert legend(figure) == ["all"]


def test_lines_break_where_nothing_is_known():
    columns = ["belarus", "all_zones", "regional_zones"]
    frame = pd.DataFrame([[13.1, 9.8, 5.3], [np.nan, np.inf, 5.2], [18.6, 10.7, 6.8]], YEARS, columns)
    (axes,) = drawn(plots.lines(frame, WORDS, "innovative_share", decimals=1))
    assert np.isnan([line.get_ydata()[1] for line in axes.lines[:2]]).all()
    assert len(axes.texts) == 7 and axes.get_ylim()[0] == 0
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["2017", "2018", "2019"]


def test_panels_of_one_axis_have_one_scale_and_columns_their_colours(rows):
    frame = table(YEARS, rows, -5, 90)
    looks = plots.style(rows) | plots.style(["all"], ["black"])
    panels = {"production": frame.assign(all=1.0), "exports": frame.iloc[:, ::-1] / 9, "": frame}
    figure = plots.lines(panels, WORDS, ["share", "share", "gini"], dashed=["all"], styles=looks)
    first, second, third = drawn(figure, 3)
    assert first.get_ylim() == second.get_ylim() and third.get_ylabel() == "Gini coefficient (0 to 1)"
    assert first.lines[len(rows)].get_linestyle() == "--"
    assert first.lines[0].get_color() == second.lines[len(rows) - 1].get_color()
    assert len(legend(figure)) == len(rows) + 1


def test_marks_on_a_line_have_their_figures():
    curve = pd.DataFrame({"gain": [1600.0, 620, 0]}, [0.0, 30, 48])
    marks = pd.DataFrame({"gain": [620.0, np.nan]}, [30.0, 15])
    (axes,) = drawn(plots.lines(curve, WORDS, "share", across="outside_share", marks=marks, decimals=0))
    assert [text.get_text() for text in axes.texts] == ["620"]
    assert axes.get_xlabel().startswith("Share of revenue outside")


@pytest.mark.parametrize("count", [1, 2, 3])
def test_small_multiples_have_scales_of_their_own(count):
    frame = table(YEARS, [*CYRILLIC[:2], "exports"][:count]) * [1, 1000, 5][:count]
    panels = drawn(plots.small_multiples(frame, WORDS, "%"), 2 * -(-count // 2))
    assert sum(axes.axison for axes in panels) == count
    assert len({axes.get_ylim() for axes in panels[:count]}) == count


def test_lorenz():
    curve = pd.DataFrame({"residents": [0, 0.5, 1], "share": [0, 0.1, 1]})
    years = {2019: curve, 2023: curve}
    figure = plots.lorenz(
        {"production": years, "exports": years},
        WORDS,
        "residents_cumulative",
        "share_cumulative",
        dashed=[2023],
    )
    left, right = drawn(figure, 2)
    assert [line.get_linestyle() for line in right.lines] == ["-", "-", "--"]
    assert left.get_title() == "Production" and left.get_ylabel() and left.get_xlabel()
    assert left.lines[1].get_ydata().tolist() == [0, 10, 100]


def test_lorenz_curve_of_what_nobody_has():
    curve = pd.DataFrame({"residents": [0, 0.5, 1], "share": np.nan})
    drawn(plots.lorenz({"exports": {2019: curve}}, WORDS, "residents_cumulative", "share_cumulative"))


def test_ticks_are_numbers_of_the_language():
    ticks = plots._Numbers(WORDS)
    assert ticks.format_ticks([-1000.0, 0.0, 1000.0]) == ["−1,000", "0", "1,000"]
    assert ticks.format_ticks([0.1 * 3, 0.25]) == ["0.30", "0.25"]


# Nothing ------------------------------------------------------------------------------------------

NONE = pd.DataFrame({"a": pd.Series(dtype=float), "b": pd.Series(dtype=float)})


EMPTY = {
    "bars": {"axis": "share", "decimals": 1, "line": 1.0},
    "stacked_bars": {"axis": "share", "marks": NONE},
    "dots": {"axis": "share", "line": 1.0, "log": True},
    "deviations": {"axis": "share", "within": 1.0},
    "heat_map": {"axis": "share"},
    "scatter": {"across": "quotient", "axis": "share", "groups": {}, "cross": (1.0, 1.0)},
    "lines": {"axis": "share"},
    "small_multiples": {"axis": "%"},
}


@pytest.mark.parametrize("shape", EMPTY)
def test_a_picture_of_nothing_can_be_drawn_and_is_left_out(shape, monkeypatch):
    shown = []
    monkeypatch.setattr(report, "display", lambda *a, **k: shown.append(a))
    picture = getattr(plots, shape)(NONE, words=WORDS, **EMPTY[shape])
    picture.draw_without_rendering()
    run = report.Report.__new__(report.Report)
    run.figures = []
    run.figure("network", picture)
    assert not shown and not run.figures
