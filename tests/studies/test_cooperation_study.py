"""The study of production cooperation from files to report: an invented world, sentences, what goes wrong."""

import html
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import gvc_helpers as gvc
from gvc_helpers import cooperation as co
from gvc_helpers.cli import main
from gvc_helpers.cooperation.core_periphery import relation
from gvc_helpers.studies.cooperation import Sanctions
from gvc_helpers.studies.file import ParameterError, load
from tests import invented_world
from tests.conftest import WIOD, needs_wiod

ROOT = Path(__file__).parents[2]
OF_THE_PAPER = ["Belarus", "EAEU as", "Grodno", "reconstruction", "synthetic", "BRIC", "ASEAN"]


@pytest.fixture(scope="module")
def pact(tmp_path_factory):
    """The report of the invented world."""
    folder = tmp_path_factory.mktemp("world")
    result = CliRunner().invoke(
        main, ["run", str(invented_world.write(folder)), "--out", str(folder / "reports")]
    )
    assert result.exit_code == 0, result.output
    return folder / "reports" / "pact"


@pytest.fixture
def findings():
    def make(**changes):
        given = {"decimals": 1, "residents": None}
        return gvc.CooperationFindings(
            gvc.ProductionCooperation(**(given | changes)), gvc.Language("production_cooperation")
        )

    return make


def record(folder):
    return json.loads((folder / "run.json").read_text(encoding="utf-8"))


# An invented world --------------------------------------------------------------------------------


def test_report_of_another_world_is_about_that_world(pact):
    text = (pact / "report.html").read_text(encoding="utf-8")
    words = html.unescape(re.sub(r"<[^>]+>", "", re.sub(r'src="data:[^"]*"', "", text)))
    head = words.split("The literature of the paper")[0]
    for word in OF_THE_PAPER:
        assert word not in head, word
    for label in ("the Pact *of* three", "North <n>", "Oil | *crude* $x$", "Машины", "Czechia"):
        assert label in words
    assert "<b>леса</b>" not in text
    said = record(pact)
    assert not said["data"]["reconstructed"]
    assert set(said["data"]["sha256"]) == {"2000", "2010"}
    assert "an invented world, years 2000 and 2010" in said["data"]["source"]


def test_numbers_of_another_world_are_those_of_its_tables(pact):
    tables = {year: invented_world.world(year) for year in (2000, 2010)}
    regions = {"North": ["FIN", "BEL"], "Middle": ["AUT", "CZE"]}
    shown = pd.read_csv(pact / "tables" / "chains_by_year.csv", index_col=[0, 1])
    for year, table in tables.items():
        chains = gvc.chains_of(gvc.final_product_chains(table, regions), invented_world.GOODS)
        expected = gvc.average_chain(chains)
        np.testing.assert_allclose(shown.loc[("All countries", year)], expected, atol=2e-6)
    relations = pd.read_csv(pact / "tables" / "relations.csv", index_col=0)
    moved = co.industrialization(tables[2000], tables[2010], invented_world.GOODS)
    assert relations.loc["All countries", "slope"] == pytest.approx(relation(moved).slope, abs=1e-6)
    assert list(relations.index) == ["All countries", "Countries outside the core"]  # one country is no line
    ways = pd.read_csv(pact / "tables" / "ways.csv", index_col=0)
    options = {"make": co.Option(0.4, 0.05), "cooperate": co.Option(0.5, 0.1), "buy": co.Option(0.5, 0.0)}
    expected = co.opportunity_cost(
        tables[2010], ("CZE", "Works, fine"), ["AUT", "CZE", "FIN"], options, 2.0, 0.3
    )
    np.testing.assert_allclose(ways, expected, atol=2e-6)


def test_sentences_of_another_world_follow_its_numbers(pact):
    said = " ".join(record(pact)["findings"])
    chains = pd.read_csv(pact / "tables" / "chains_by_year.csv", index_col=[0, 1]).loc["All countries"]
    foreign = 100 - chains["domestic"]
    verb = "rose" if foreign[2010] > foreign[2000] else "fell"
    assert f"the foreign part {verb} from {foreign[2000]:.1f} % to {foreign[2010]:.1f} %" in said
    assert "left out: EAEU" in said
    trade = pd.read_csv(pact / "tables" / "bloc_trade.csv", index_col=0)["balance"]
    names = {"North <n>": "North <n>", "Middle": "Middle", "others": "the other countries"}
    assert f"the largest surplus in {names[trade.idxmax()]}" in said
    evidence = pd.read_csv(pact / "tables" / "evidence.csv")
    assert len(evidence) == 8
    assert set(evidence["stands"]) <= {"supported", "contradicted", "left open", "not measured"}
    assert "tables that fit" not in said  # there is one table


# Sentences ----------------------------------------------------------------------------------------


def test_agreement_of_fitting_tables_is_counted(findings):
    chains = pd.DataFrame(
        {"value": [1.0, 1], "domestic": [60.0, 80], "regional": [30.0, 10], "global": [10.0, 10]},
        index=pd.Index(["Cars", "Food"], name="sector"),
    )
    (alone,) = findings().chains_of_focus([chains])
    assert "*Cars* holds most foreign value added, 40.0 %, of which 30.0 points" in alone
    other = chains.assign(domestic=[85.0, 70])
    (said,) = findings().chains_of_focus([chains, chains, other])
    assert "40.0 [15.0\u00a0to\u00a040.0] % (in 2 of 3 tables that fit)" in said
    (said,) = findings().chains_of_focus([chains, chains])
    assert "(in all 2 tables that fit)" in said


def ways(**changes):
    """A frame of ways; a change is a row and the columns that it replaces."""
    columns = [
        *["value_added", "bloc_value_added", "price", "users_cost", "exports_at_stake"],
        *["value_added_at_stake", "net", "bloc_net", "foreign_content", "outside_bloc"],
    ]
    frame = pd.DataFrame(0.0, ["present", "make", "cooperate", "buy"], columns)
    for way, row in changes.items():
        frame.loc[way, list(row)] = list(row.values())
    return frame


def test_best_way_may_differ_between_country_and_bloc(findings):
    shown = ways(make={"net": 1.5, "bloc_net": 0.2}, cooperate={"net": -0.5, "bloc_net": 2.0})
    country, bloc = findings().best_ways([shown])
    assert (
        country
        == "At these costs making the inputs is best for Belarus, with a net gain of +1.5 % of output."
    )
    assert bloc == "For the EAEU, cooperating is best, with +2.0 %."
    (nothing, _) = findings().best_ways([ways(make={"net": -1.0})])
    assert nothing.startswith("At these costs leaving things as they are is best")


def test_way_that_is_not_there_is_said_to_be_missing(findings):
    frame = ways()
    frame.loc["cooperate"] = np.nan
    said = findings().ways([frame])
    assert said[1].startswith("**Cooperate**: no other member of the EAEU makes what is imported")
    assert said[0].startswith("**Make.** Inputs made at home change domestic value added by 0.0 %")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"value_added": 12.0, "value_added_at_stake": 2.0, "users_cost": 2.5}, "only if more than 25.0 %"),
        ({"value_added": 3.0, "value_added_at_stake": 1.0, "users_cost": 2.5}, "does not pay for Belarus"),
        ({"value_added": 1.0, "value_added_at_stake": 2.0, "users_cost": 0.5}, "does not pay for Belarus"),
        ({"value_added": 5.0, "users_cost": 0.0}, "costs the users in Belarus nothing"),
    ],
)
def test_dichotomy_needs_idle_resources(findings, row, said):
    assert said in findings().dichotomy([ways(make=row)])[0]


def test_no_relation_is_called_firm_that_could_be_nothing(findings):
    def countries(change):
        x = np.array([20.0, 30, 40, 50, 60])
        return pd.DataFrame({"participation": x, "change": change}, [f"C{i}" for i in range(5)])

    firm = relation(countries([-1.0, -2, -3.1, -4, -5]))
    loose = relation(countries([-1.0, 3, -4, 2, -1]))
    both = findings(years=[2000, 2010]).core_periphery({"all": firm, "others": loose}, [2000, 2010])
    assert "(95 % interval" in both[0] and ", a loss;" in both[0]
    assert "Its sign is the same whichever country is left out." in both[0]
    assert "no firm relation" in both[1]
    assert "Its sign turns when single countries are left out." in both[1]
    (said,) = findings().core_periphery({}, [2015])
    assert "With one year" in said


def test_goals_are_told_with_their_pace(findings):
    past = pd.Series(
        dict.fromkeys(co.foreign_activity(gvc.read_table("reconstruction"), "BLR", [], [], []).index, 10.0)
    )
    now = past.copy()
    now[["backward", "forward"]] = [14.0, 8.0]
    goals = {"backward": ("at least", 20.0), "forward": ("at least", 20.0), "vax_ratio": ("at most", 10.0)}
    distance = co.distance_to_goals({2000: past, 2004: now}, goals)
    said = findings(years=[2000, 2004]).goals(distance, [distance])
    assert said[0] == "Belarus meets 1 of 3 goals."
    assert said[1].endswith(
        "by 6.0 percentage points; at the pace so far, 1.00 points a year, it takes 6 years."
    )
    assert "it has not come nearer since the first year (0.50 points a year)" in said[2]
    assert findings().goals(distance.iloc[:0], []) == ["The parameters set no goals."]


def test_contenders_are_named_with_the_best_first(findings):
    scores = pd.DataFrame(
        {"joint_ventures": [80.0, 60], "joint_research": [70.0, 90]}, index=["Cars", "Planes"]
    )
    first = pd.DataFrame({"joint_ventures": [75.0, 4], "joint_research": [25.0, 96]}, index=scores.index)
    contenders = co.contenders(first)
    cars, planes = findings().forms(contenders, [scores])
    assert cars.startswith("**Cars**: joint ventures by the weights of this run, joint research")
    assert cars.endswith("development by other weights.")
    assert planes.endswith(
        "joint research and development by the weights of this run and by nearly all others."
    )
    mean, pair = findings().overlap(contenders, co.overlap(first))
    assert mean.startswith("On average 1.5 forms are contenders in a sector")
    assert "contenders together in 50 % of sectors" in pair


def test_every_verdict_can_be_reached(findings):
    gains = pd.DataFrame(
        {"net_cooperate": [1.0, -1, 1, -1, np.nan], "bloc_net_cooperate": [1.0, 1, -1, -1, np.nan]},
        index=["a", "b", "c", "d", "e"],
    )
    said = findings().follows([gains])
    assert [s.split(" in ")[-1] for s in said] == ["*a*.", "*b*.", "*c*.", "*d* and *e*."]
    said = findings().follows([gains, gains.assign(bloc_net_cooperate=-1.0)])
    assert said[-1].startswith("The printed figures leave open for whom cooperation pays in *a* and *b*")


# Parameters ---------------------------------------------------------------------------------------


MISTAKES = {
    "unknown goal": (
        "goals: {vat: {at_least: 3}}",
        'goals.vat: "vat" is not allowed; it should be \'manufact',
    ),
    "two bounds": ("goals: {backward: {at_least: 1, at_most: 2}}", "give either at_least or at_most"),
    "no bound": ("goals: {backward: {}}", "give either at_least or at_most"),
    "negative weight": ("weights: {scale: -1}", 'weights.scale: "-1" is not allowed; it should be greater'),
    "no weight": ("weights: {scale: 0}", "at least one weight must be above zero"),
    "unknown form": ("profiles: {barter: {scale: 1}}", 'profiles.barter: "barter" is not allowed'),
    "level too high": ("profiles: {joint_ventures: {scale: 3}}", "it should be less than or equal to 1"),
    "unknown focus": ("focus: XXX", "focus: \"XXX\" is not allowed; country 'XXX' is not in the table"),
    "focus is no country": ("focus: ROW", "country 'ROW' is not in the table"),
    "another focus with the register": ("focus: KAZ", "the register that ships is of a zone in BLR"),
    "country in two regions": ("regions: {a: [EAEU], b: [BLR]}", "country 'BLR' stands twice"),
    "unknown country in a region": ("regions: {a: [XX]}", "a: country 'XX' is not in the table"),
    "machinery that is no manufacture": ("machinery: [Trade]", "of the manufactures: sector 'Trade' is not"),
    "unknown product": ("opportunity: {product: Fish}", "product: sector 'Fish' is not in the table"),
    "share over 100": ("opportunity: {make: {share: 101}}", 'opportunity.make.share: "101" is not allowed'),
    "slack over 100": ("opportunity: {slack: 101}", 'opportunity.slack: "101" is not allowed'),
    "unknown supplier": ("shock: {country: RUS, sector: Fish}", "sector: sector 'Fish' is not in the table"),
    "both sides": ("sanctions: {sellers: [RUS], buyers: [EAEU]}", "country 'RUS' is a seller and a buyer"),
    "year twice": ("years: [2015, 2015]", "year '2015' stands twice"),
    "text for years": ("years: 2015", "a list is expected"),
    "unknown sector of the register": (
        "residents: {sectors: {Shipbuilding: Trade}}",
        "residents: sector 'Shipbuilding' is not in the register; it has Wood and furniture",
    ),
    "unknown year of the register": (
        "residents: {year: 2030}",
        "year 2030 is not in the register; it has 2015",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_named(tmp_path, mistake):
    line, message = MISTAKES[mistake]
    file = tmp_path / "mine.yaml"
    file.write_text(f"study: production_cooperation\n{line}\n", encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        load(file)
    assert message in str(caught.value)
    assert str(file) in str(caught.value)


@needs_wiod
def test_corrections_are_of_one_year(tmp_path):
    corrections = tmp_path / "better.csv"
    corrections.write_text("country,quantity,value,source\nRUS,exports,9.0,somebody\n")
    file = tmp_path / "mine.yaml"
    file.write_text(
        f"study: production_cooperation\nsource: {{database: pymrio, path: {WIOD}}}\nyears: [1995, 2011]\n"
        f"focus: RUS\ncorrections: {corrections}\n",
        encoding="utf-8",
    )
    with pytest.raises(ParameterError, match="corrections are totals of one year; name one"):
        load(file)


def test_sets_without_members_are_left_out_of_regions():
    table = gvc.read_table("reconstruction")
    named = gvc.ProductionCooperation().named(table)
    assert named.regions_here == {
        "EAEU": ["ARM", "BLR", "KAZ", "KGZ", "RUS"],
        "EU": ["DEU"],
        "East Asia": ["CHN"],
    }
    assert named.regions["NAFTA"] == []
    assert named.core == ["DEU"]
    assert named.named(table) == named


def test_levels_of_a_profile_can_be_replaced():
    changed = gvc.ProductionCooperation(profiles={"joint_ventures": {"scale": 0.9}}).form_profiles
    assert changed.loc["joint_ventures", "scale"] == 0.9
    assert changed.drop(index="joint_ventures").equals(co.PROFILES.drop(index="joint_ventures"))


def test_sanctions_are_about_sectors_that_sellers_have():
    table = gvc.read_table("reconstruction")
    flows = Sanctions(sellers=["DEU"], sectors=["Trade", "Fish"], buyers=["BLR"]).flows(table)
    assert flows == [("DEU", "Trade")]
    assert Sanctions(sellers=["DEU", "CHN"], sectors=[], buyers=["BLR"]).flows(table) == ["DEU", "CHN"]


def test_printed_figures_are_those_of_the_paper(findings):
    printed = gvc.papers.cooperation.facts()
    assert printed["value"].to_dict() == {
        "machinery_imports_index": 128.2,
        "machinery_in_imports": 47.3,
        "direct_investment_growth": 10.0,
    }
    shown = findings().printed(printed)
    assert shown["printed_value"].tolist() == ["128.2 %", "47.3 %", "10 %"]
    assert "in 2018, 2016 = 100" in shown.index[0]


def test_two_countries_and_one_region_are_enough(tmp_path):
    file = ROOT / "parameters" / "cooperation_belarus.yaml"
    asked = {
        "countries": "[BLR]",
        "bloc.members": "[BLR]",
        "sanctions": "",
        "shock.country": "BLR",
        "regions": "{World: [BLR, ROW]}",
        "samples": "100",
    }
    overrides = [part for name, value in asked.items() for part in ("-p", name, value)]
    result = CliRunner().invoke(main, ["run", str(file), *overrides, "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    said = " ".join(record(tmp_path / "cooperation_belarus")["findings"])
    assert "The table shows no foreign supplier of Belarus singly." in said
    assert "hit hardest" not in said
    assert "strongest links" not in said
