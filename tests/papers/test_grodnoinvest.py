"""The figures of the paper on the zone, as they are printed."""

import pytest

from gvc_helpers.papers import grodnoinvest as paper
from tests.conftest import SHARED

WOOD, MACHINERY = "Wood and furniture", "Machinery and metalworking"
CHEMISTRY, FOOD, TEXTILES = "Chemistry and fertilisers", "Food and agriculture", "Textiles"


def test_facts_are_those_transcribed_from_the_paper():
    original = SHARED / "published" / "grodnoinvest_facts.csv"
    if not original.exists():
        pytest.skip("the transcribed figures are not at hand")
    assert paper.FACTS.read_bytes() == original.read_bytes()


def test_quotients_are_the_lines_of_tables_1_and_2():
    text = SHARED / "papers" / "003_da7eb2069166bc89.txt"
    if not text.exists():
        pytest.skip("the paper is not at hand")
    lines = text.read_text(encoding="utf-8").replace(",", ".").splitlines()
    changes = paper.quotient_changes()
    for key, row in paper.quotients().iterrows():
        figures = [*row, changes[key]]
        same = [line for line in lines if _last_numbers(line, 5) == pytest.approx(figures)]
        assert len(same) == 1, key


def _last_numbers(line, count):
    try:
        numbers = [float(word) for word in line.split()[-count:]]
    except ValueError:
        return None
    return numbers if len(numbers) == count else None


def test_printed_order_is_kept():
    quotients = paper.quotients()
    assert quotients.loc["production"].index.tolist() == [WOOD, TEXTILES, MACHINERY, CHEMISTRY, FOOD]
    assert quotients.loc["exports"].index.tolist() == [WOOD, TEXTILES, MACHINERY, FOOD, CHEMISTRY]
    assert quotients.columns.tolist() == [2015, 2016, 2017, 2018]
    assert quotients.notna().to_numpy().sum() == 40


def test_changes_of_shares_are_missing_where_none_is_printed():
    change = paper.shares()["change"]
    assert change["production"].dropna().to_dict() == {WOOD: 42, TEXTILES: -1, MACHINERY: 10, FOOD: 10}
    assert change["exports"].isna().all()


def test_names_of_leaders_fit_the_printed_numbers_by_sector():
    leaders, printed = paper.leaders(), paper.leadership()
    assert leaders["sector"].value_counts().to_dict() == printed.counts.to_dict()
    assert leaders["score"].dropna().tolist() == [8, 9, 11, 13, 13, 13]
    assert leaders.index.tolist() == list(range(1, 21))
    assert leaders.loc[leaders["confidence"] == "sure"].index.tolist() == [1, 2, 3, 5, 6]
    assert leaders.loc[4, "sector_printed"]
    assert not leaders.loc[7, "sector_printed"]


def test_remaining_facts_are_read_into_their_places():
    assert paper.inequality().loc[("exports", 2023)].tolist() == [0.636, 82]
    assert paper.leadership().memberships.to_dict() == {
        "innovative_share": 2,
        "resident_sales": 3,
        "productivity": 5,
    }
    assert paper.zone_shares()["Grodnoinvest"] == 24
    innovation = paper.innovation()
    assert innovation.loc[2019].tolist() == [16.6, 13.1, 7.7]
    assert innovation.isna().sum().tolist() == [2, 1, 0]
    assert paper.innovation_text()["others_at_most"] == 9
    assert paper.investment().to_dict() == {
        "wood_new_residents": 43,
        "wood_investment": 48,
        "wood_fdi_2015": 40,
        "wood_fdi_2019": 47,
    }
    assert paper.investment_axis() == 250_000
    assert paper.residents().tolist() == [165, 124, 75, 75]
    assert paper.sector_ginis()["gini"].tolist()[-3:] == [0.729, 0.26, 0.663]
    assert paper.zones().notna().all().all()
