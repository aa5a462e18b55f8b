"""The zone paper's figures beside each other."""

import numpy as np
import pandas as pd
import pytest

from gvc_helpers.papers import grodnoinvest as paper
from gvc_helpers.zones.inequality import gini, grouped_gini, top_share
from tools import self_check as consistency
from tools.self_check import TABLES, Interval, implied_overall_share

WOOD, MACHINERY = "Wood and furniture", "Machinery and metalworking"
CHEMISTRY, FOOD, TEXTILES = "Chemistry and fertilisers", "Food and agriculture", "Textiles"


@pytest.fixture(scope="module")
def checks():
    return consistency.self_check()


def only(checks, key, entity=None, year=None):
    """The one row with a key and, where given, an entity and a year."""
    rows = checks[checks["key"] == key]
    rows = rows if entity is None else rows[rows["entity"] == entity]
    rows = rows if year is None else rows[rows["year"] == year]
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.mark.parametrize("name", TABLES)
def test_the_package_has_what_the_script_computes(name):
    pd.testing.assert_frame_equal(getattr(paper, name)(), TABLES[name](), rtol=1e-12)


@pytest.mark.parametrize(
    ("quantity", "year", "expected"),
    [
        (
            "production",
            2018,
            {
                WOOD: [21.75, 22.11],
                TEXTILES: [21.66, 22.20],
                MACHINERY: [21.31, 22.11],
                CHEMISTRY: [20.67, 22.03],
                FOOD: [22.33, 24.75],
            },
        ),
        (
            "exports",
            2018,
            {
                WOOD: [37.75, 38.36],
                TEXTILES: [37.18, 37.97],
                MACHINERY: [49.48, 50.52],
                FOOD: [37.41, 39.31],
                CHEMISTRY: [36.63, 39.39],
            },
        ),
        (
            "production",
            2015,
            {WOOD: [11.80, 12.20], TEXTILES: [11.84, 12.10], MACHINERY: [11.69, 12.27], FOOD: [7.32, 12.82]},
        ),
    ],
)
def test_overall_share_that_each_sector_implies(quantity, year, expected):
    implied = implied_overall_share(quantity, year)
    assert implied[["low", "high"]].round(2).T.to_dict("list") == expected


def test_sectors_that_share_no_overall_share_with_the_others():
    odd = {
        key: implied_overall_share(*key).query("~common").index.tolist()
        for key in [("production", 2015), ("production", 2018), ("exports", 2018)]
    }
    assert odd == {("production", 2015): [], ("production", 2018): [FOOD], ("exports", 2018): [MACHINERY]}
    assert len(consistency.implied_overall_shares().query("~common")) == 2
    middles = [consistency.common_overall_share(*key).middle for key in odd]
    assert np.round(middles, 1).tolist() == [12.0, 21.9, 37.9]


@pytest.mark.parametrize(("quantity", "year"), [("exports", 2015), ("production", 2017), ("profit", 2018)])
def test_overall_share_without_printed_shares_is_refused(quantity, year):
    with pytest.raises(ValueError, match="printed"):
        implied_overall_share(quantity, year)


def test_machinery_exports(checks):
    share = only(checks, "share_exports", MACHINERY)
    assert (share["printed"], share["implied"]) == ("72 %", "54.2–54.9 %")
    assert share["implied_low"] < 54.5 < share["implied_high"]
    quotient = only(checks, "quotient_exports")
    assert quotient["entity"] == MACHINERY
    assert quotient["implied_low"] < 1.90 < quotient["implied_high"]
    order = only(checks, "order_exports")
    assert (order["printed"], order["implied"]) == ("65 < 72 %", "1.73 > 1.44")
    assert order["verdict"] == "cannot both hold"
    assert "order_production" not in checks["key"].tolist()


def test_food_production(checks):
    share = only(checks, "share_production", FOOD)
    assert share["implied_low"] < 11.1 < 11.2 < share["implied_high"] < 11.5
    change = only(checks, "share_change_production", FOOD)
    assert change["implied_high"] < 9.5
    assert {share["verdict"], change["verdict"]} == {"contradicts"}


def test_all_other_shares_fit_their_quotients(checks):
    shares = checks[checks["key"].str.startswith("share_")]
    assert len(shares) == 14
    assert (shares["verdict"] == "contradicts").sum() == 3


def test_innovation_is_read_one_line_too_high(checks):
    fits = checks[checks["key"].isin(["innovation_gap", "innovation_above_minimum"])]
    assert fits["verdict"].tolist() == ["agrees"] * 4
    assert fits["implied"].tolist() == ["3.5", "3.3"] * 2
    assert only(checks, "innovation_reading", "regional_zones")["implied"] == "7.7 %"
    weight = only(checks, "vitebsk_weight")
    # At the printed figures (13.1 - 9) / (15.8 - 9) = 60.3 %; rounding leaves 59.1 %.
    assert weight["implied_low"] == pytest.approx(100 * (13.05 - 9) / (15.85 - 9))
    assert weight["printed_high"] == pytest.approx(100 * 9 / 17.5)
    assert weight["verdict"] == "cannot both hold"


def test_weights_of_zones_grew_faster_only_in_exports(checks):
    growth = checks[checks["key"] == "weight_growth"].set_index("entity")
    assert growth["verdict"].to_dict() == {
        "fdi": "contradicts",
        "production": "overstated",
        "exports": "agrees",
    }
    assert growth["printed"].tolist() == ["> 3.7", "> 1.23", "> 1.8"]
    assert growth["implied"].tolist() == ["2.75", "1.2", "1.9"]


def test_investment_in_million_roubles_would_be_many_times_all_revenue(checks):
    unit = only(checks, "investment_unit")
    assert unit["verdict"] == "unit"
    assert unit["printed_low"] > 10 * unit["implied_high"]
    assert unit["printed_low"] / 1000 < unit["implied_high"]
    assert unit["implied_high"] > 20_600


def test_sum_of_positions_cannot_be_as_low_as_the_printed_scores(checks):
    formula = only(checks, "leadership_formula")
    assert (formula["printed_low"], formula["printed_high"], formula["implied_low"]) == (8, 61, 30)
    assert formula["verdict"] == "formula"


def test_newcomers_near_zero_raise_the_gini_coefficient(checks):
    assert consistency.gini_with_newcomers(0.696, 75, 5) == pytest.approx(0.715, abs=5e-4)
    sizes = [1.0, 2.0, 4.0, 9.0]
    expected = gini([*sizes, 0.0, 0.0])
    assert consistency.gini_with_newcomers(gini(sizes), 4, 2) == pytest.approx(expected)
    row = only(checks, "gini_newcomers_production")
    assert row["implied"] == "0.696 → 0.715"
    assert row["verdict"] == "contradicts"


def test_printed_ginis_are_feasible_and_near_those_of_quarters(checks):
    feasible = checks[checks["key"].str.startswith("gini_feasible")]
    assert feasible["verdict"].tolist() == ["agrees"] * 6
    quarters = only(checks, "gini_quarters")
    assert quarters["printed_low"] == pytest.approx(0.119, abs=5e-4)
    assert quarters["implied_low"] == pytest.approx(0.0075, abs=5e-5)
    assert quarters["verdict"] == "formula"


def test_lognormal_ginis_are_those_of_a_large_sample():
    sizes = np.exp(1.7 * np.random.default_rng(1).standard_normal(200_000))
    top = top_share(sizes)
    predicted = _lognormal(top)
    assert predicted["ungrouped"] == pytest.approx(gini(sizes), abs=0.01)
    assert predicted["quarters"] == pytest.approx(grouped_gini(sizes), abs=0.01)


def _lognormal(top):
    figures = pd.DataFrame({"gini": [np.nan], "top_share": [100 * top]})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paper, "inequality", lambda: figures)
        return consistency.lognormal_ginis().iloc[0]


def test_what_fits(checks):
    for key, figure in [("quotient_changes", "10"), ("leaders", "20")]:
        row = only(checks, key)
        assert (row["printed"], row["implied"], row["verdict"]) == (figure, figure, "agrees")
    assert only(checks, "new_residents")["verdict"] == "agrees"
    assert only(checks, "fdi_ratio")["implied"] == "2.75"
    rate = only(checks, "scenario_rate")
    assert (rate["printed"], rate["implied"], rate["verdict"]) == ("16.7 %", "16.7 %", "agrees")


def test_every_check_has_a_known_verdict_and_its_own_name(checks):
    known = {"agrees", "contradicts", "cannot both hold", "unit", "formula", "overstated"}
    assert set(checks["verdict"]) == known
    assert not checks.duplicated(["key", "entity", "year"]).any()
    assert checks[["entity", "year", "printed", "implied"]].notna().all(axis=None)
    assert checks.loc[checks["year"] == "", "key"].tolist() == ["gini_quarters"]
    assert (checks["implied_low"] <= checks["implied_high"]).all()


def test_intervals_hold_all_that_their_ends_may_be():
    a, b = Interval.around(2.0, 0.5), Interval.around(8.0, 1.0)
    assert b - a == Interval(4.5, 7.5)
    assert a * b == Interval(10.5, 22.5)
    assert a / b == Interval(1.5 / 9, 2.5 / 7)
    assert a.meets(Interval(2.5, 3))
    assert not a.meets(b)
    assert Interval(-1.25, -0.01).text(1, "%") == "-1.2 … 0.0 %"


def test_limits_of_the_method():
    limits = consistency.limits_of_method().set_index(["key", "entity", "year", "measure"])["value"].to_dict()
    span = "2015-2018"
    textile = [
        limits["falling_quotient", TEXTILES, span, m] for m in ("log_change", "of_share", "of_overall")
    ]
    assert np.round(textile, 3).tolist() == [-0.625, -0.022, -0.604]
    assert textile[0] == pytest.approx(textile[1] + textile[2])
    assert limits["falling_quotient", MACHINERY, span, "log_change"] < 0
    assert limits["falling_quotient", MACHINERY, span, "share_earlier"] == 23
    assert limits["falling_quotient", MACHINERY, span, "share_later"] == 33
    assert limits["ranking", "production", "2018", "same_place"] == 5
    assert limits["ranking", "exports", "2018", "same_place"] == 3
    assert limits["ceiling", "production", "2015", "ceiling"] == pytest.approx(100 / 12.0, abs=0.05)
    assert limits["volumes", "", "", "volumes"] == 6
    assert limits["volumes", "", "", "indicators"] == 10
    assert limits["outside", "innovative_share", "2017-2019", "outside"] == 3
