"""Sentences are true of small cases that can be checked by hand."""

import pandas as pd
import pytest

import gvc_helpers as gvc
from gvc_helpers.report.words import as_plain
from tests.conftest import small_table


@pytest.fixture
def findings():
    def make(**changes):
        given = {
            "focus": ["AAA", "BBB"],
            "bloc": {"name": "the Pair", "members": ["AAA", "BBB"]},
            "decimals": 0,
        }
        return gvc.Findings(
            gvc.EaeuVerticalSpecialization(**(given | changes)), gvc.Language("eaeu_vertical_specialization")
        )

    return make


def test_extremes_and_ranking(findings):
    vs = gvc.vertical_specialization(small_table())
    said = " ".join(findings(decimals=2).headline(vs))
    most, least = vs.vs.idxmax(), vs.vs.idxmin()
    assert f"{most} relies most on foreign value added: it makes up {vs.vs.max():.2f} %" in said
    assert f"against {vs.vs.min():.2f} % in {least}" in said


def test_all_chains_of_two_countries_run_inside_their_bloc(findings):
    vs = gvc.vertical_specialization(small_table())
    inside = findings().inside_the_bloc(vs)
    assert inside[0].startswith("For all members of the Pair")
    assert "100 %" in inside[0]
    outside = findings(bloc={"name": "Others", "members": ["XXX"]}).inside_the_bloc(vs)
    assert outside == ["None of the countries looked at is a member of Others."]


def test_small_changes_have_no_sign_and_countries_their_article(findings):
    changes = pd.DataFrame(
        {"earlier": [10.0], "later": [12.0], "intensity": [0.2], "structure": [1.8]}, index=["USA"]
    )
    (said,) = findings(earlier_year=2010).years(changes)
    assert said.startswith("**The United States**: VS rose from 10 % in 2010 to 12 % in 2015")
    assert "intensity contributed 0 and the structure of exports +2" in said


def test_cause_is_named_only_where_the_ranges_settle_it(findings):
    parts = pd.DataFrame(
        {"VS": [30.0], "reference": [20.0], "intensity": [7.0], "structure": [3.0]}, index=["BLR"]
    )
    settled = (parts - 1, parts + 1)
    (said,) = findings().drivers(parts, settled)
    assert "10 percentage points above the Pair as a whole, mainly because of the intensity" in said
    (said,) = findings().drivers(parts, (parts - 3, parts + 3))
    assert "do not settle whether intensity or structure weighs more" in said
    assert findings().drivers(parts * 0, None) == []


def test_sectors_are_named_only_where_the_ranges_settle_them(findings):
    table = gvc.read_table("reconstruction")
    vs = gvc.vertical_specialization(table)
    frames = (vs.vs_by_sector, vs.vs1_by_sector)
    sure = tuple((frame, frame) for frame in frames)
    unsure = tuple((frame * 0, frame + 50) for frame in frames)
    assert "Mining and quarrying" in findings(focus=["RUS", "KAZ"]).sectors(vs, ["RUS"], sure)[0]
    assert "do not settle" in findings().sectors(vs, ["RUS"], unsure)[0]


def test_largest_share_is_named_only_where_the_ranges_settle_it(findings):
    shares = pd.DataFrame(
        {"imported_inputs": [60.0, 40.0], "exports": [10.0, 20.0]},
        index=pd.MultiIndex.from_tuples([("BLR", "Food"), ("KAZ", "Food")], names=["country", "sector"]),
    )
    said = findings().agriculture_and_food(shares, None)
    assert said[0] == "The share of the Pair in imported inputs is largest in Belarus (Food), at 60 %."
    said = findings().agriculture_and_food(shares, (shares - 15, shares + 15))
    assert said[0].endswith("the data leave open whether it is larger in Kazakhstan (Food).")
    (said,) = findings().agriculture_and_food(shares.assign(imported_inputs=float("nan")), None)
    assert said == "The share of the Pair in exports is largest in Kazakhstan (Food), at 20 %."


def test_balancing_is_told_with_its_size_and_place(findings):
    table = small_table(value_added=small_table().value_added.to_numpy() - [0, 10, 0, 0])
    balanced, moved = table.balance()
    (said,) = findings().adjustments(balanced, moved)
    assert "added 0 to final demand and 10 to value added (unit: million USD)" in said
    assert "AAA (Works)" in said
    assert findings(balance=False).adjustments(table, moved) == [
        "The parameters ask for no balancing; the table is used as it stands."
    ]


def test_serious_findings_are_named_unless_balancing_settles_them(findings):
    unequal = gvc.Fault("imbalance", ("AAA", "Farms"), 2, 0.05)
    doubled = gvc.Fault("doubled region", ("AAA", "BBB"), 1, 10.0)
    stocks = gvc.Fault("negative final demand", ("AAA", "Farms"), 3, 4.0)
    assert findings().checked([]) == ["The check of the table found nothing to report."]
    assert "1, none of them serious" in findings().checked([stocks])[0]
    assert "settled by the balancing below" in findings().checked([unequal, stocks])[0]
    (said,) = findings(balance=False).checked([unequal])
    assert "**serious ones among them: imbalance of output and inputs**" in said
    assert "a region counted twice and imbalance" in findings().checked([doubled, unequal])[0]


def test_checks_are_told_in_words_with_their_measure(findings):
    checks = [gvc.Fault("imbalance", ("BLR", "Farms"), 2, 0.051), gvc.Fault("unit", ("RUS",), 1, 1000.0)]
    shown = findings(decimals=1).checks(checks, "million USD")
    assert shown["where"].tolist() == ["Belarus, Farms", "Russia"]
    assert shown["largest"].tolist() == ["5.1 % of output", "1,000 times"]
    assert shown.index[1] == "another unit"


def test_corrections_are_told_with_what_moved(findings):
    table = gvc.read_table("reconstruction")
    better = pd.DataFrame(
        {
            "country": ["BLR"],
            "quantity": ["exports"],
            "partner": ["RUS"],
            "value": [4.0],
            "source": ["invented"],
        }
    )
    corrected, report = gvc.correct(table, better)
    assert findings().corrections(None, "")[0].startswith("The parameters name no corrections")
    (said,) = findings(decimals=1).corrections(report, table.unit)
    assert said.startswith("Totals of Belarus that were replaced: 1.")
    assert "to 4.0 (unit: Russia's gross exports" in as_plain(said)
    shown = findings().corrected(report)
    assert shown.loc[("given", "Belarus, exports, Russia"), "after"] == pytest.approx(4.0)
    assert shown.loc["moved with it"].index.is_unique
    exports = corrected.exports.loc["BLR"].sum()
    moved = shown.loc["moved with it", "after"]
    assert moved.filter(like="Belarus, exports").sum() == pytest.approx(exports)
