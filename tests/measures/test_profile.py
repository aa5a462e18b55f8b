"""All measures of a country and a bloc side by side, what is said of them and how they are drawn."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

import gvc_helpers as gvc
from tests.conftest import needs_wiod, small_table, tables

NAMES = ("members", "union")


@settings(max_examples=10)
@given(tables())
def test_columns_agree_with_one_another(table):
    rows = gvc.profile(table, table.countries, table.countries[:2], NAMES).dropna(subset=["VS"])
    np.testing.assert_allclose(rows[gvc.PARTS].sum(axis=1), 100, atol=1e-6)
    np.testing.assert_allclose(rows["VS"], rows["FVA"] + rows["FDC"], atol=1e-6)
    np.testing.assert_allclose(rows["VS"], rows["FVA_kww"] + rows["FDC_kww"], atol=1e-6)
    np.testing.assert_allclose(rows["VS_national"], rows["VS"] + rows["DDC"], atol=1e-6)
    np.testing.assert_allclose(rows["VS_national"], rows["pure_backward"] + rows["two_sided"], atol=1e-6)
    vs = gvc.vertical_specialization(table)
    known = rows.index.intersection(vs.vs.dropna().index)
    np.testing.assert_allclose(rows.loc[known, "VS"], vs.vs[known], atol=1e-6)
    np.testing.assert_allclose(rows.loc[known, "VS1"], vs.vs1[known], atol=1e-6)


@needs_wiod
def test_bloc_added_up_and_as_one_exporter(wiod_2011):
    members = ["AUT", "DEU", "POL"]
    rows = gvc.profile(wiod_2011, members, members, NAMES)
    vs = gvc.vertical_specialization(wiod_2011)
    weights = vs.country_exports[members]
    assert rows.loc["members", "VS"] == pytest.approx(np.average(vs.vs[members], weights=weights))
    union = wiod_2011.unite("union", members)
    assert rows.loc["union", "VS"] == pytest.approx(gvc.vertical_specialization(union).vs["union"])
    assert rows.loc["union", "VS"] < rows.loc["members", "VS"]
    weights = wiod_2011.output["DEU"]
    stages = gvc.upstreamness(wiod_2011)["DEU"]
    assert rows.loc["DEU", "upstreamness"] == pytest.approx(np.average(stages, weights=weights))


def test_bloc_of_all_countries_exports_nothing():
    rows = gvc.profile(small_table(), ["AAA"], ["AAA", "BBB"], NAMES)
    assert rows.loc["union", [*gvc.PARTS, "position"]].isna().all()
    assert rows.loc["union", "upstreamness"] > 1


def test_united_country_keeps_its_industries_apart():
    table = small_table()
    union = table.unite("Union", ["BBB"])
    assert union.countries == ["AAA", "Union"]
    assert union.index[2] == ("Union", "BBB: Farms")
    np.testing.assert_array_equal(union.Z, table.Z)
    for wrong, message in [
        ((("AAA", ["BBB"])), "group 'AAA' has the name of a country"),
        ((("Union", ["CCC"])), "country 'CCC' is not in the table; it has AAA, BBB"),
        ((("Union", [])), "'Union' has no members"),
        ((("Union", "BBB")), "country 'BBB' is a text; a list is expected"),
    ]:
        with pytest.raises(gvc.TableError, match=message):
            table.unite(*wrong)


def test_verdicts_are_those_of_the_ranges():
    rows = pd.DataFrame({"VS": [30.0, 10.0], "FVA": [20.0, 8.0], "FDC": [10.0, 2.0]}, index=["BLR", "RUS"])
    low, high = rows.copy(), rows.copy()
    high.loc["RUS", "VS"] += 0.01
    high.loc["RUS", "FVA"] += 0.4
    low.loc["RUS", "FVA"] -= 0.3
    high.loc["BLR", "FDC"] += 0.6
    low.loc["BLR", "FDC"] -= 0.5
    result = gvc.determinacy(rows, low, high)
    assert result["verdict"].tolist() == ["determined", "narrow", "open"]
    assert result["country"].tolist() == ["RUS", "RUS", "BLR"]
    assert result["value"].tolist() == [10.0, 8.0, 10.0]


@pytest.fixture
def findings():
    parameters = gvc.EaeuVerticalSpecialization(
        focus=["BLR", "RUS", "KAZ"], bloc={"name": "the EAEU", "members": ["BLR", "KAZ", "RUS"]}, decimals=1
    )
    return gvc.Findings(parameters, gvc.Language("eaeu_vertical_specialization"))


@pytest.fixture
def rows(findings):
    index = ["BLR", "RUS", "KAZ", *findings.bloc_rows()]
    return pd.DataFrame(
        {
            "VS": [30.0, 10.0, 15.0, 12.0, 9.0],
            "VS_national": [31.0, 13.0, 15.0, 13.0, 9.0],
            "FDC": [0.1, 0.2, 0.3, 0.2, 0.1],
            "FDC_kww": [8.0, 3.0, 4.0, 4.0, 3.0],
            "pure_backward": [25.0, 8.0, 10.0, 9.0, 7.0],
            "pure_forward": [10.0, 30.0, 11.0, 28.0, 30.0],
            "upstreamness": [2.0, 2.5, 2.4, 2.3, 2.3],
        },
        index,
    )


def test_double_counting_is_told_with_its_country(findings, rows):
    said = findings.double_counting(rows, None)
    assert (
        "most as double counting in Belarus: 8.0 % of gross exports. By Borin and Mancini it is 0.1 %"
        in said[0]
    )
    assert "farthest from that of the inter-country table in Russia: 13.0 % against 10.0 %." in said[1]
    assert said[2].startswith("The EAEU as one exporter")
    assert "has a VS of 9.0 %; its members' exports added up have 12.0 %" in said[2]
    same = findings.double_counting(rows.assign(VS_national=rows["VS"]), None)
    assert same[1].endswith("gives the countries looked at the VS of the inter-country table.")


def test_first_and_last_are_doubted_where_ranges_overlap(findings, rows):
    (said,) = findings.extremes("upstream", rows, "upstreamness", (rows, rows))
    assert said == (
        "Russia stands farthest from final use, with 2.50 stages on average; Belarus is nearest, with 2.00."
    )
    (said,) = findings.extremes("upstream", rows, "upstreamness", (rows - 0.1, rows + 0.1))
    assert "stages on average (the printed figures leave open whether it is Kazakhstan); Belarus is" in said
    assert said.endswith("with 2.00 [1.90\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}2.10].")
    (said,) = findings.extremes("upstream", rows, "upstreamness", (rows - 1, rows + 1))
    assert said.replace("\N{NO-BREAK SPACE}", " ") == (
        "The printed figures leave open which of these countries stands farthest from final use and which "
        "nearest; in the table shown they are Russia, with 2.50 [1.50 to 3.50] stages on average, and "
        "Belarus, with 2.00 [1.00 to 3.00]."
    )


def test_larger_kind_of_trade_is_named_only_where_ranges_settle_it(findings, rows):
    said = findings.kinds_of_trade(rows, (rows - 1, rows + 1))
    assert said[0].endswith("larger than pure backward trade for Russia.")
    assert said[1].endswith("is larger than pure forward trade for Belarus.")
    assert said[2].startswith("For Kazakhstan the printed figures leave open whether pure forward or pure")
    assert len(findings.kinds_of_trade(rows, None)) == 2


def test_measures_are_listed_by_verdict(findings):
    frame = pd.DataFrame(
        {
            "widest": [0.0, 9.0],
            "country": ["BLR", "RUS"],
            "value": [1.0, 2.0],
            "verdict": ["determined", "open"],
        },
        pd.Index(["VS", "REF"], name="measure"),
    )
    said = findings.determinacy(frame)
    assert said[0] == "**Determined** by the printed figures, for the countries looked at: VS."
    assert said[1].startswith("**Left open**: domestic value added that returns (REF). Statements")
    assert findings.verdicts(frame)["verdict"].tolist() == ["determined", "left open"]


def test_parts_of_both_methods_add_up_to_all_exports():
    table = small_table()
    rows = gvc.profile(table, table.countries, ["AAA"], NAMES)
    for columns in (gvc.NINE_TERMS, gvc.PARTS):
        np.testing.assert_allclose(rows[columns].sum(axis=1), 100)
