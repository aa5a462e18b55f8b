"""Leadership of residents, by hand, by plain loops and by what must hold for any register."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from gvc_helpers.zones.leadership import (
    INDICATORS,
    VOLUMES,
    Concordance,
    Indicator,
    by_sector,
    indicator_values,
    kendall_w,
    leadership,
    leave_one_out,
    mean_positions,
    positions,
    random_weights,
    top_by_indicator,
    volumes_against_ratios,
)

AMOUNTS = ["production", "shipments", "innovative", "exports", "revenue", "resident_sales", "profit"]
SECTORS = ["Textiles", "Logistics", "Other"]
some, few = settings(max_examples=15), settings(max_examples=6)


def small_register(**changes):
    """Three residents in one year; any column can be replaced."""
    columns = {
        "resident": ["R1", "R2", "R3"],
        "sector": ["Textiles", "Textiles", "Other"],
        "year": 2019,
        "plan": False,
        "employees": [10.0, 30.0, 20.0],
        "production": [50.0, 90.0, 80.0],
        "shipments": [50.0, 80.0, 80.0],
        "innovative": [0.0, 40.0, 0.0],
        "exports": [40.0, 30.0, 20.0],
        "revenue": [60.0, 100.0, 90.0],
        "resident_sales": [6.0, 5.0, 1.0],
        "profit": [-1.0, 4.0, 6.0],
    }
    return pd.DataFrame(columns | changes)


def several_years(*registers):
    """Registers one below the other, the last one for 2019, the one before for 2018 and so on."""
    first = 2020 - len(registers)
    return pd.concat([register.assign(year=first + i) for i, register in enumerate(registers)])


@st.composite
def registers(draw, gaps=True, ties=True):
    """Random registers of 2016-2019 and a plan for 2023: missing values, late entrants, equal values."""
    n = draw(st.integers(2, 7))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    years, residents = [2016, 2017, 2018, 2019, 2023], [f"R{i}" for i in range(n)]
    index = pd.MultiIndex.from_product([years, residents], names=["year", "resident"])
    shape = len(index), 1 + len(AMOUNTS)
    values = generator.integers(0, 6, shape) if ties else generator.gamma(0.5, 50.0, shape)
    register = pd.DataFrame(values, index, ["employees", *AMOUNTS], dtype=float)
    register["employees"] += 1
    if gaps:
        register = register.mask(generator.random(shape) < 0.1)
    register = register.reset_index()
    register["plan"] = register["year"] == 2023
    register["sector"] = register["resident"].map(
        dict(zip(residents, generator.choice(SECTORS, n), strict=True))
    )
    if gaps:
        entered = [2010, *generator.integers(2014, 2021, n - 1)]
        register = register[
            register["year"] >= register["resident"].map(dict(zip(residents, entered, strict=True)))
        ]
    return register


@st.composite
def weighted(draw):
    """Some of the ten indicators, with direction and weight, at least one weight above zero."""
    names = draw(st.lists(st.sampled_from(list(INDICATORS)), min_size=1, max_size=10, unique=True))
    drawn = [
        Indicator(name, draw(st.sampled_from(["high", "low"])), draw(st.sampled_from([0.0, 0.5, 1.0, 3.0])))
        for name in names
    ]
    return [replace(drawn[0], weight=1.0), *drawn[1:]]


def literal_value(row, name):
    numerator, denominator = INDICATORS[name]
    if denominator is None:
        return row[numerator]
    return row[numerator] / row[denominator] if row[denominator] > 0 else np.nan


def literal_position(value, others, better, ties):
    """The place of a value among others, by counting."""
    ahead = sum(other > value if better == "high" else other < value for other in others)
    level = sum(other == value for other in others)
    return ahead + {"min": 1, "max": level, "average": (1 + level) / 2}[ties]


def literal_coefficients(register, indicators, years, ties, missing):
    """The leadership coefficient as its definition reads, one position after the other."""
    rows = {(row["resident"], row["year"]): row for _, row in register.iterrows()}
    residents = list(dict.fromkeys(r for r, year in rows if year in years))
    value = {}
    for resident in residents:
        for year in years:
            for indicator in indicators:
                if indicator.weight > 0:
                    row = rows.get((resident, year))
                    found = np.nan if row is None else literal_value(row, indicator.name)
                    value[resident, year, indicator] = found
    if missing == "complete":
        residents = [r for r in residents if not any(np.isnan(v) for (s, *_), v in value.items() if s == r)]
    coefficients = {}
    for resident in residents:
        total = weight = 0.0
        for year in years:
            for indicator in indicators:
                if indicator.weight == 0:
                    continue
                own = value[resident, year, indicator]
                others = [value[other, year, indicator] for other in residents]
                if not np.isnan(own):
                    place = literal_position(own, others, indicator.better, ties)
                elif missing == "last":
                    place = len(residents)
                else:
                    continue
                total += indicator.weight * place
                weight += indicator.weight
        if weight > 0:
            coefficients[resident] = total / weight
    return coefficients


def literal_w(ranks):
    """Kendall's W with the correction for ties, in loops."""
    n, m = len(ranks), len(ranks[0])
    sums = [sum(row) for row in ranks]
    mean = sum(sums) / n
    s = sum((total - mean) ** 2 for total in sums)
    ties = 0
    for judge in range(m):
        column = [row[judge] for row in ranks]
        ties += sum(column.count(rank) ** 3 - column.count(rank) for rank in set(column))
    return 12 * s / (m**2 * (n**3 - n) - m * ties)


def one_year(ranks, columns="abcdefghij"):
    """Positions of one year, residents R0, R1, ... by indicator."""
    ranks = np.asarray(ranks, dtype=float)
    labels = pd.MultiIndex.from_product(
        [[2019], list(columns[: ranks.shape[1]])], names=["year", "indicator"]
    )
    residents = pd.Index([f"R{i}" for i in range(len(ranks))], name="resident")
    return pd.DataFrame(ranks, residents, labels)


def test_ten_indicators_of_which_six_are_volumes():
    assert len(INDICATORS) == 10
    assert VOLUMES == ["employees", "production", "innovative", "exports", "resident_sales", "profit"]
    assert Indicator("profit") == Indicator("profit", "high", 1.0)


def test_values_by_hand():
    values = indicator_values(small_register(), None, None)
    assert values.columns.names == ["year", "indicator"]
    assert values.columns.tolist() == [(2019, name) for name in INDICATORS]
    assert values.index.name == "resident"
    assert values.loc["R2"].tolist() == [30, 90, 3, 40, 0.5, 30, 1 / 3, 5, 0.05, 4]


def test_ratios_over_nothing_are_missing():
    trader = small_register(production=[0.0, 90, 80], shipments=0.0)
    values = indicator_values(trader, ["production", "export_share", "innovative_share"])[2019]
    assert values.loc["R1", "production"] == 0
    assert np.isnan(values.loc["R1", "export_share"])  # 40 of 0
    assert values["innovative_share"].isna().all()  # 40 of 0 and 0 of 0


def test_the_last_three_years_that_are_not_plan():
    register = pd.concat(
        [small_register(year=year, plan=year == 2023) for year in (2015, 2016, 2018, 2019, 2023)]
    )
    assert indicator_values(register)[[]].empty
    assert list(indicator_values(register).columns.unique("year")) == [2016, 2018, 2019]
    assert list(indicator_values(register, None, [2023, 2015]).columns.unique("year")) == [2023, 2015]
    assert list(indicator_values(small_register()).columns.unique("year")) == [2019]


def test_positions_by_hand():
    ranked = positions(small_register())[2019]
    assert ranked.loc["R1"].tolist() == [3, 3, 1, 2.5, 2.5, 1, 1, 1, 1, 3]
    assert ranked["productivity"].tolist() == [1, 3, 2]  # 5, 3 and 4 per employee
    assert positions(small_register(), ties="min")[2019, "innovative"].tolist() == [2, 1, 2]
    assert positions(small_register(), ties="max")[2019, "innovative"].tolist() == [3, 1, 3]
    low = positions(small_register(), [Indicator("employees", better="low")])
    assert low[2019, "employees"].tolist() == [1, 3, 2]


def test_missing_by_hand():
    register = small_register(profit=[5.0, None, 4.0], exports=[1.0, 3.0, 2.0])
    names = ["profit", "exports"]
    assert positions(register, names).fillna(0).to_numpy().tolist() == [[1, 3], [0, 1], [2, 2]]
    assert positions(register, names, missing="last").to_numpy().tolist() == [[1, 3], [3, 1], [2, 2]]
    complete = positions(register, names, missing="complete")
    assert complete.index.tolist() == ["R1", "R3"]
    assert complete.to_numpy().tolist() == [[1, 2], [2, 1]]
    assert leadership(register, names)["coefficient"].to_dict() == {"R2": 1, "R1": 2, "R3": 2}
    assert leadership(register, names, missing="last")["coefficient"].to_dict() == {"R1": 2, "R2": 2, "R3": 2}


def test_leaders_by_hand():
    leaders = leadership(small_register())
    assert leaders.columns.tolist() == ["coefficient", "place", "sector", "years", "indicators"]
    assert leaders.index.tolist() == ["R2", "R1", "R3"]
    assert leaders.index.name == "resident"
    assert leaders["coefficient"].tolist() == pytest.approx([1.7, 1.9, 2.4])
    assert leaders["place"].tolist() == [1, 2, 3]
    assert leaders["sector"].tolist() == ["Textiles", "Textiles", "Other"]
    assert leaders["years"].tolist() == [1, 1, 1]
    assert leaders["indicators"].tolist() == [10, 10, 10]


def test_weights_by_hand():
    heavy = [Indicator("employees", weight=3), Indicator("exports")]
    assert leadership(small_register(), heavy)["coefficient"].to_dict() == {"R2": 1.25, "R3": 2.25, "R1": 2.5}


def test_equal_coefficients_keep_the_order_of_the_register():
    register = small_register(employees=[1.0, 2, 3], profit=[3.0, 2, 1])
    assert leadership(register, ["employees", "profit"]).index.tolist() == ["R1", "R2", "R3"]
    turned = leadership(register.iloc[::-1], ["employees", "profit"])
    assert turned.index.tolist() == ["R3", "R2", "R1"]
    assert turned["place"].tolist() == [1, 2, 3]
    # Sums of thirds in another order differ in the last digit.
    thirds = [Indicator(name, weight=0.1) for name in ("employees", "profit", "exports")]
    for order in ([1.0, 2, 3], [2.0, 3, 1], [3.0, 1, 2]):
        cycle = small_register(employees=order, profit=np.roll(order, 1), exports=np.roll(order, 2))
        assert leadership(cycle, thirds).index.tolist() == ["R1", "R2", "R3"]


def test_late_entrant_is_counted_over_the_years_it_has():
    early = small_register().iloc[1:]
    late = leadership(several_years(early, early, small_register(employees=[99.0, 30, 20])), ["employees"])
    assert late.loc["R1"].to_dict() == {
        "coefficient": 1,
        "place": 1,
        "sector": "Textiles",
        "years": 1,
        "indicators": 1,
    }
    assert late["coefficient"].to_dict() == {"R1": 1, "R2": pytest.approx(4 / 3), "R3": pytest.approx(7 / 3)}
    assert late["years"].tolist() == [1, 3, 3]
    register = several_years(early, early, small_register(employees=[99.0, 30, 20]))
    assert leadership(register, ["employees"], missing="last").loc["R1", "coefficient"] == pytest.approx(
        7 / 3
    )
    assert leadership(register, ["employees"], missing="complete").index.tolist() == ["R2", "R3"]


def test_resident_without_any_position_is_no_leader():
    register = small_register(profit=[None, 1.0, 2.0], exports=[None, 1.0, 2.0])
    assert leadership(register, ["profit", "exports"]).index.tolist() == ["R3", "R2"]
    assert leadership(register, ["profit"], missing="last").index.tolist() == ["R3", "R2", "R1"]
    assert leave_one_out(register, ["profit", "exports"]).index.tolist() == ["R3", "R2"]
    drawn = random_weights(positions(register, ["profit", "exports"]), 50, 0, top=1)
    assert drawn.loc["R1"].isna().all()
    assert drawn.loc["R3"].tolist() == [1, 1, 1]


def test_what_is_counted():
    register = several_years(
        small_register(), small_register(profit=[None, 1.0, 2.0]), small_register(profit=None)
    )
    leaders = leadership(register, ["profit", "exports"]).loc[["R1", "R2"]]
    assert leaders["years"].tolist() == [3, 3]
    assert leaders["indicators"].tolist() == [4, 5]
    profit = leadership(register, ["profit", Indicator("exports", weight=0)]).loc[["R1", "R2"]]
    assert profit["years"].tolist() == profit["indicators"].tolist() == [1, 2]


def test_sector_is_that_of_the_last_year():
    register = several_years(small_register(sector="Other"), small_register().iloc[:2])
    assert leadership(register)["sector"].to_dict() == {"R1": "Textiles", "R2": "Textiles", "R3": "Other"}
    assert leadership(register.iloc[::-1])["sector"].to_dict()["R1"] == "Textiles"
    assert set(leadership(register, years=[2018])["sector"]) == {"Other"}


@given(
    registers(),
    weighted(),
    st.sampled_from(["average", "min", "max"]),
    st.sampled_from(["skip", "last", "complete"]),
)
@some
def test_definition(register, indicators, ties, missing):
    years = indicator_values(register).columns.unique("year").tolist()
    expected = literal_coefficients(register, indicators, years, ties, missing)
    leaders = leadership(register, indicators, None, ties, missing)
    assert set(leaders.index) == set(expected)
    np.testing.assert_allclose(leaders["coefficient"], [expected[r] for r in leaders.index])
    assert leaders["place"].tolist() == list(range(1, len(leaders) + 1))
    assert leaders["coefficient"].is_monotonic_increasing
    assert leaders["coefficient"].between(1, register["resident"].nunique()).all()


@given(registers(gaps=False), st.sampled_from(["high", "low"]))
@some
def test_positions_average_to_the_middle(register, better):
    n = register["resident"].nunique()
    volumes = [Indicator(name, better) for name in VOLUMES]
    np.testing.assert_allclose(positions(register, volumes).mean(), (n + 1) / 2)
    assert leadership(register, volumes)["coefficient"].mean() == pytest.approx((n + 1) / 2)


@given(registers(), st.randoms(use_true_random=False))
@few
def test_order_of_the_register_does_not_matter(register, random):
    rows = list(range(len(register)))
    random.shuffle(rows)
    shuffled = register.iloc[rows]
    pd.testing.assert_frame_equal(positions(shuffled), positions(register), check_like=True)
    leaders, others = leadership(register).drop(columns="place"), leadership(shuffled).drop(columns="place")
    pd.testing.assert_frame_equal(others, leaders, check_like=True)
    assert kendall_w(positions(shuffled)).w == pytest.approx(kendall_w(positions(register)).w, nan_ok=True)


@given(registers())
@some
def test_low_mirrors_high(register):
    high = positions(register)
    low = positions(register, [Indicator(name, better="low") for name in INDICATORS])
    pd.testing.assert_frame_equal(low, high.count() + 1 - high)


@given(registers(), weighted())
@few
def test_weights(register, indicators):
    equal = [replace(indicator, weight=0.7) for indicator in indicators]
    unweighted = [replace(indicator, weight=1.0) for indicator in indicators]
    pd.testing.assert_frame_equal(leadership(register, equal), leadership(register, unweighted))
    counted = [indicator for indicator in indicators if indicator.weight > 0]
    pd.testing.assert_frame_equal(leadership(register, indicators), leadership(register, counted))
    pd.testing.assert_frame_equal(leave_one_out(register, indicators), leave_one_out(register, counted))


@given(registers())
@few
def test_first_in_everything(register):
    """One that leads in all volumes and ratios is first whatever is left out and however it is weighed."""
    years = [2017, 2018, 2019]
    best = pd.DataFrame({"resident": "best", "sector": "Other", "year": years, "plan": False})
    best = best.assign(employees=7.0, production=700.0, shipments=10.0, innovative=70.0, exports=7000.0)
    best = best.assign(revenue=10.0, resident_sales=70.0, profit=7.0)
    register = pd.concat([register, best])
    assert leadership(register, years=years).loc["best", ["coefficient", "place"]].tolist() == [1, 1]
    assert (leave_one_out(register, years=years).loc["best"] == 1).all()
    drawn = random_weights(positions(register, years=years), 40, seed=0, top=1)
    assert drawn.loc["best"].tolist() == [1, 1, 1]


def test_concordance_by_hand():
    # Sums of ranks 4, 7, 7 around 6: 12 (4 + 1 + 1) / (9 * 24) without ties.
    found = kendall_w(one_year([[1, 1, 2], [2, 3, 1], [3, 2, 3]]))
    assert found.w == pytest.approx(12 * (4 + 0 + 4) / (9 * 24))
    assert found.chi_square == pytest.approx(3 * 2 * found.w)
    assert found.p_value == pytest.approx(np.exp(-found.chi_square / 2))  # two degrees of freedom
    assert (found.judges, found.residents) == (3, 3)
    tied = kendall_w(one_year([[1.5, 1], [1.5, 2], [3, 3]]))
    # Sums 2.5, 3.5, 6 around 4; one pair of equal ranks takes 2 * 6 from 4 * 24.
    assert tied.w == pytest.approx(12 * (2.25 + 0.25 + 4) / (96 - 12))


def test_concordance_of_equal_and_of_opposite_rankings():
    same = kendall_w(one_year(np.repeat([[1.0], [2.5], [2.5], [4.0]], 5, axis=1)))
    assert same.w == 1
    opposite = kendall_w(one_year([[1, 3], [2, 2], [3, 1]]))
    assert (opposite.w, opposite.p_value) == (0, 1)


def test_concordance_of_nothing_is_missing():
    for nothing in (one_year([[2, 2], [2, 2]]), one_year([[1, 1]]), one_year([[1, np.nan], [np.nan, 1]])):
        found = kendall_w(nothing)
        assert np.isnan([found.w, found.chi_square, found.p_value]).all()


def test_years_are_averaged_and_ranked_again_for_concordance():
    columns = pd.MultiIndex.from_product([[2018, 2019], ["a", "b"]], names=["year", "indicator"])
    ranked = pd.DataFrame(
        [[1, 3, 3, 1], [2, 2, 1, 2], [3, 1, 2, np.nan], [4, np.nan, 4, np.nan]], columns=columns
    )
    # Means: a 2, 1.5, 2.5; b 2, 2, 1; the last has none in b.
    found = kendall_w(ranked)
    assert found.w == pytest.approx(literal_w([[2, 2.5], [1, 2.5], [3, 1]]))
    assert (found.judges, found.residents) == (2, 3)


@given(registers())
@some
def test_concordance_definition(register):
    ranked = positions(register)
    found, means = kendall_w(ranked), mean_positions(ranked).dropna()
    assert (found.judges, found.residents) == (10, len(means))
    if not np.isnan(found.w):
        assert -1e-12 <= found.w <= 1 + 1e-12
        assert found.w == pytest.approx(literal_w(means.rank().to_numpy().tolist()))
        assert 0 <= found.p_value <= 1
        if len(means) > 2:
            chi_square, p_value = stats.friedmanchisquare(*means.rank().to_numpy())
            assert found.w == pytest.approx(chi_square / (10 * (len(means) - 1)))
            assert found.p_value == pytest.approx(p_value)


def test_leaving_out_by_hand():
    register = several_years(
        small_register(employees=[30.0, 20, 10]), small_register(employees=[10.0, 30, 20])
    )
    places = leave_one_out(register, ["employees", "profit"])
    assert places.columns.names == ["kind", "name"]
    assert places.columns.tolist() == [
        ("indicator", "employees"),
        ("indicator", "profit"),
        ("year", 2018),
        ("year", 2019),
    ]
    assert places.index.tolist() == ["R2", "R3", "R1"]  # 1.75, 1.75 and 2.5
    assert places["indicator", "employees"].tolist() == [2, 1, 3]
    assert places["indicator", "profit"].tolist() == [1, 3, 2]
    assert places["year", 2018].tolist() == [1, 2, 3]
    assert places["year", 2019].tolist() == [2, 3, 1]


@given(registers(), weighted())
@few
def test_leaving_out_is_ranking_without(register, indicators):
    places, whole = leave_one_out(register, indicators), leadership(register, indicators)
    assert places.index.tolist() == whole.index.tolist()
    years = positions(register).columns.unique("year").tolist()
    counted = [indicator for indicator in indicators if indicator.weight > 0]
    without = {
        ("indicator", left.name): leadership(register, [i for i in counted if i != left], years)
        for left in counted
        if len(counted) > 1
    }
    for left in years if len(years) > 1 else []:
        # A resident may have rows in no other year; it then has no place.
        without["year", left] = leadership(register, indicators, [year for year in years if year != left])
    assert set(places.columns) == set(without)
    for left, leaders in without.items():
        assert places[left].dropna().sort_values().index.tolist() == leaders.index.tolist()


def test_nothing_to_leave_out():
    places = leave_one_out(small_register(), ["profit"])
    assert places.shape == (3, 0)
    assert places.columns.names == ["kind", "name"]
    assert leave_one_out(several_years(small_register(), small_register()), ["profit"]).columns.tolist() == [
        ("year", 2018),
        ("year", 2019),
    ]


@given(registers(ties=False), st.integers(1, 9))
@some
def test_random_weights(register, top):
    ranked = positions(register)
    drawn = random_weights(ranked, 60, seed=3, top=top)
    assert drawn.columns.tolist() == ["place_low", "place_high", "probability"]
    assert drawn.index.tolist() == ranked.index.tolist()
    counted = drawn.dropna()
    assert counted["probability"].sum() == pytest.approx(min(top, len(counted)))
    assert counted["probability"].between(0, 1).all()
    assert (counted["place_low"] >= 1).all()
    assert (counted["place_low"] <= counted["place_high"]).all()
    assert (counted["place_high"] <= len(counted)).all()
    pd.testing.assert_frame_equal(random_weights(ranked, 60, seed=3, top=top), drawn)


@given(registers())
@few
def test_random_weights_definition(register):
    """Every draw is a ranking with its weights."""
    ranked, places = positions(register), []
    for weights in np.random.default_rng(5).dirichlet(np.ones(10), 8):
        drawn = [Indicator(name, weight=weight) for name, weight in zip(INDICATORS, weights, strict=True)]
        places.append(leadership(register, drawn)["place"])
    places = pd.DataFrame(places).reindex(columns=ranked.index)
    drawn = random_weights(ranked, 8, seed=5, top=2)
    np.testing.assert_allclose(drawn["place_low"], places.quantile(0.025))
    np.testing.assert_allclose(drawn["place_high"], places.quantile(0.975))
    np.testing.assert_allclose(drawn["probability"], (places <= 2).mean().where(places.notna().any()))


def test_random_weights_of_two_residents():
    # The weight of the first indicator is uniform: each leads in half the draws.
    drawn = random_weights(one_year([[1, 2], [2, 1]]), 4000, seed=0, top=1)
    assert drawn["probability"].tolist() == pytest.approx([0.5, 0.5], abs=0.03)
    # The second leads where w + 4 (1 - w) < 2, above two thirds.
    drawn = random_weights(one_year([[2, 2], [1, 4]]), 4000, seed=0, top=1)
    assert drawn["probability"].tolist() == pytest.approx([2 / 3, 1 / 3], abs=0.03)


@pytest.mark.parametrize(("gap", "low", "high"), [(0.04, 1, 2), (0.015, 2, 1)])
def test_interval_of_places_leaves_out_two_and_a_half_percent(gap, low, high):
    # The second leads where w (2 - gap) + 3 (1 - w) < 2, in gap / (1 + gap) of the draws: 3.8 or 1.5 %.
    drawn = random_weights(one_year([[2, 2], [2 - gap, 3]]), 4000, seed=0, top=1)
    assert drawn["place_low"].tolist() == [1, low]
    assert drawn["place_high"].tolist() == [high, 2]


def test_equal_residents_stand_in_the_order_of_the_rows():
    second, first = np.arange(26.0, 51), np.arange(1.0, 26)
    expected = np.column_stack([second, first, second + 25]).ravel()
    drawn = random_weights(one_year(np.tile([[2.0] * 4, [1.0] * 4, [3.0] * 4], (25, 1))), 100, seed=0, top=2)
    assert drawn["place_low"].tolist() == drawn["place_high"].tolist() == expected.tolist()
    assert drawn["probability"].tolist() == (expected <= 2).tolist()


def test_top_by_indicator():
    register = several_years(small_register(), small_register(profit=[9.0, 4, 6]), small_register())
    assert top_by_indicator(register, "profit") == ["R3", "R1", "R2"]  # 4, 7 and 7 over three
    assert top_by_indicator(register, "profit", top=2) == ["R3", "R1"]
    assert top_by_indicator(register, "profit", years=[2018], top=1) == ["R1"]
    assert top_by_indicator(register, Indicator("employees", better="low"), top=1) == ["R1"]
    assert top_by_indicator(small_register(production=[0.0, 0.0, 5.0]), "export_share") == ["R3"]


def test_by_sector():
    leaders = pd.DataFrame({"sector": ["Other", "Textiles", "Food", "Textiles", "Machinery", "Other"]})
    counts = by_sector(leaders, top=4)
    assert list(counts.items()) == [("Textiles", 2), ("Other", 1), ("Food", 1), ("Machinery", 0)]
    assert (counts.name, counts.index.name) == ("residents", "sector")
    assert list(by_sector(leaders).items()) == [("Other", 2), ("Textiles", 2), ("Food", 1), ("Machinery", 1)]


def test_mean_positions_by_hand():
    columns = pd.MultiIndex.from_product([[2018, 2019], ["profit", "exports"]], names=["year", "indicator"])
    ranked = pd.DataFrame([[1, 2, 2, np.nan], [2, np.nan, 1, np.nan]], ["R2", "R1"], columns)
    means = mean_positions(ranked)
    assert means.columns.tolist() == ["profit", "exports"]
    assert means.index.tolist() == ["R2", "R1"]
    np.testing.assert_array_equal(means, [[1.5, 2], [1.5, np.nan]])


@given(registers())
@few
def test_volumes_against_ratios(register):
    ratios = [name for name in INDICATORS if name not in VOLUMES]
    both = volumes_against_ratios(register)
    assert both.columns.tolist() == ["volumes", "ratios"]
    assert both.index.tolist() == positions(register).index.tolist()
    for kind, names in (("volumes", VOLUMES), ("ratios", ratios)):
        expected = leadership(register, names)["coefficient"].reindex(both.index)
        np.testing.assert_allclose(both[kind], expected)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda r: positions(r, ["sales"]), "indicator 'sales' is not known; allowed: employees, "),
        (lambda r: positions(r, "profit"), r"indicators 'profit' is a text; a list is expected"),
        (lambda r: positions(r, []), "at least one indicator; allowed: employees"),
        (lambda r: positions(r, ["profit", Indicator("profit")]), "indicator 'profit' is named twice"),
        (lambda r: positions(r, years=[2020]), "year 2020 is not in the register; it has 2019"),
        (lambda r: positions(r, years=[]), "at least one year; the register has 2019"),
        (lambda r: positions(r, years=[2019, 2019]), "year '2019' is named twice"),
        (lambda r: positions(r.assign(plan=True)), "no year that is not plan"),
        (lambda r: positions(pd.concat([r, r])), "resident 'R1' has more than one row in 2019"),
        (lambda r: positions(r, ties="first"), "ties 'first' is not allowed; allowed: average, min, max"),
        (lambda r: leadership(r, missing="zero"), "missing 'zero' is not allowed; allowed: skip"),
        (lambda r: leadership(r, [Indicator("profit", weight=0)]), "all indicators have weight 0"),
        (lambda _: Indicator("profit", better="most"), "better 'most' is not allowed; allowed: high, low"),
        (lambda _: Indicator("profit", weight=-1.0), "weight -1.0 of 'profit' is not allowed"),
        (lambda _: Indicator("profit", weight=float("nan")), "weight nan of 'profit' is not allowed"),
        (lambda _: Indicator("profit", weight=float("inf")), "weight inf of 'profit' is not allowed"),
        (lambda r: random_weights(positions(r), 0, 0), "samples 0 is not allowed; it must be 1 or more"),
        (lambda r: random_weights(positions(r), 1, 0, top=0), "top 0 is not allowed; it must be 1 or more"),
        (lambda r: top_by_indicator(r, "profit", top=0), "top 0 is not allowed"),
        (lambda r: by_sector(leadership(r), top=-1), "top -1 is not allowed"),
    ],
)  # fmt: skip
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call(small_register())


@pytest.mark.parametrize(
    ("p_value", "certain"), [(0.049, True), (0.05, False), (0.9, False), (np.nan, False)]
)
def test_agreement_that_could_be_chance_is_not_certain(p_value, certain):
    assert Concordance(0.4, 9.0, p_value, 10, 30).certain is certain
