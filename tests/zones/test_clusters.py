"""The synthesis of the stages, by hand: anchors, types, cores, firmness, stars and risks."""

from inspect import signature

import numpy as np
import pandas as pd
import pytest

from gvc_helpers.studies.zone import GrodnoinvestClusterTransformation, Thresholds
from gvc_helpers.zones import clusters

SECTORS = ["Ships", "Glass", "Tea", "Dolls"]


@pytest.fixture
def quotients():
    return pd.DataFrame({"production": [2.0, 1.5, 0.8, 3.0], "exports": [1.4, 1.1, 2.0, np.nan]}, SECTORS)


@pytest.fixture
def inequality():
    return pd.DataFrame({"residents": [9, 6, 12, 3], "gini_corrected": [0.7, 0.3, 0.5, 0.2]}, SECTORS)


@pytest.fixture
def leaders():
    sectors = ["Ships", "Glass", "Ships", "Ships", "Glass", "Tea", "Dolls"]
    frame = pd.DataFrame({"place": range(1, 8), "sector": sectors})
    return frame.set_axis([f"R{n}" for n in range(1, 8)])


def test_anchors_pass_all_three_stages(quotients, inequality, leaders):
    judged = clusters.synthesis(quotients, inequality, leaders, core=5)
    assert judged["anchor"].tolist() == [True, True, False, False]
    assert judged["type"].tolist() == ["few_cores", "many_equals", "", ""]
    assert judged["reason"].tolist() == ["", "", "not_specialized", "not_specialized"]
    assert judged["leaders"].tolist() == [3, 2, 0, 0]


@pytest.mark.parametrize(
    ("changes", "sector", "reason"),
    [
        ({"quotient": 1.2}, "Glass", "not_specialized"),
        ({"least_residents": 7}, "Glass", "not_cooperative"),
        ({"core": 1}, "Glass", "not_led"),
    ],
)
def test_thresholds_decide(quotients, inequality, leaders, changes, sector, reason):
    judged = clusters.synthesis(quotients, inequality, leaders, **changes)
    assert judged.loc[sector, "reason"] == reason
    assert not judged.loc[sector, "anchor"]


@pytest.mark.parametrize(
    "judge", [clusters.synthesis, clusters.core_residents, clusters.firmness, clusters.risks]
)
def test_thresholds_without_a_study_are_those_of_the_study(judge):
    study = Thresholds().model_dump() | {
        "core": GrodnoinvestClusterTransformation.model_fields["core"].default
    }
    defaults = {name: each.default for name, each in signature(judge).parameters.items() if name in study}
    assert defaults == {name: study[name] for name in defaults} != {}


def test_gini_at_the_threshold_means_equals(quotients, inequality, leaders):
    judged = clusters.synthesis(quotients, inequality, leaders, equal_gini=0.7)
    assert judged.loc["Ships", "type"] == clusters.MANY_EQUALS
    judged = clusters.synthesis(quotients, inequality, leaders, equal_gini=0.69)
    assert judged.loc["Ships", "type"] == clusters.FEW_CORES


def test_sector_without_residents_is_judged_too(quotients, inequality, leaders):
    judged = clusters.synthesis(quotients, inequality.drop(index="Ships"), leaders)
    assert judged.loc["Ships", "residents"] == 0
    assert judged.loc["Ships", "reason"] == "not_cooperative"


def test_few_cores_are_two_at_most(quotients, inequality, leaders):
    judged = clusters.synthesis(quotients, inequality, leaders, core=5)
    assert clusters.core_residents(judged, leaders, core=5) == {"Ships": ["R1", "R3"], "Glass": ["R2", "R5"]}
    judged["type"] = judged["type"].replace("few_cores", "many_equals")
    assert clusters.core_residents(judged, leaders, core=5)["Ships"] == ["R1", "R3", "R4"]


def test_firmness_asks_whether_intervals_hold_the_threshold(quotients, inequality, leaders):
    judged = clusters.synthesis(quotients, inequality, leaders, core=5)
    intervals = {
        "production": pd.DataFrame({"low": [1.5, 0.9, 0.5, 2.0], "high": [2.5, 2.0, 0.9, 4.0]}, SECTORS),
        "exports": pd.DataFrame({"low": [1.1, 1.01, 1.0, np.nan], "high": [2.0, 1.2, 3.0, np.nan]}, SECTORS),
    }
    ginis = pd.DataFrame({"low": [0.4, 0.2, 0.4, 0.1], "high": [0.8, 0.4, 0.6, 0.3]}, SECTORS)
    probability = pd.Series([0.95, 0.5, 0.6, 0.2, 0.91, 0.05, 0.5], leaders.index)
    firm = clusters.firmness(judged, intervals, ginis, probability, leaders)
    assert firm["specialization"].tolist() == [True, False, True, True]
    assert firm["type"].tolist() == [False, True, True, True]
    assert firm["probability"].tolist() == [0.95, 0.91, 0.05, 0.5]
    assert firm["leader"].tolist() == [True, True, True, False]
    assert firm["firm"].tolist() == [False, False, True, False]


def test_stars_by_hand():
    zone = pd.DataFrame({"employees": [60.0, 35, 5, 0], "production": [100.0, 200, 4, 0]}, SECTORS)
    quotient = pd.Series([1.5, 1.4, 3.0, np.nan], SECTORS)
    growth = pd.Series([5.0, 3.0, np.nan, 1.0, 4.0], [*SECTORS, "total"])
    stars = clusters.stars(zone, quotient, growth)
    assert stars["size"].tolist() == [True, True, False, False]
    assert stars["specialization"].tolist() == [True, False, True, None]
    assert stars["productivity"].tolist() == [False, True, False, None]
    assert stars["dynamism"].tolist() == [True, False, None, False]


def test_stars_without_employees_are_missing():
    zone = pd.DataFrame({"employees": [np.nan, np.nan], "production": [1.0, 2.0]}, SECTORS[:2])
    stars = clusters.stars(zone, pd.Series(2.0, SECTORS[:2]), pd.Series(dtype=float))
    assert stars["size"].tolist() == [None, None]
    assert stars["productivity"].tolist() == [None, None]
    assert stars["specialization"].tolist() == [True, True]


def register(**production):
    """Residents by name with production in 2018, 2019 and the plan of 2021; all there since 2010."""
    rows = [
        {"resident": name, "sector": "Ships", "year": year, "production": amount, "registered": 2010.0}
        for name, amounts in production.items()
        for year, amount in zip((2018, 2019, 2021), amounts, strict=True)
    ]
    return pd.DataFrame(rows)


def measured(table, place_by_ratios=1, **options):
    names = list(table["resident"].unique())
    leaders = pd.DataFrame({"place": range(1, len(names) + 1), "sector": "Ships"}, names)
    ratios = [float(place_by_ratios), *(2.0 + n for n in range(len(names) - 1))]
    volumes = pd.DataFrame({"volumes": np.arange(1.0, len(names) + 1), "ratios": ratios}, names)
    regional = pd.Series({"Ships": 1000.0})
    return clusters.risks(table, leaders, volumes, regional, [2018, 2019], 2021, **options).loc["Ships"]


def test_equal_growing_established_residents_have_no_risk():
    row = measured(register(A=(90, 100, 110), B=(90, 100, 110), C=(80, 90, 100), D=(80, 90, 100)))
    assert [row[key] for key in clusters.RISKS] == [False, False, False, False]
    assert row["growth"] == pytest.approx(100 * (100 / 90 - 1))
    assert row["planned_growth"] == pytest.approx(100 * (1.1**0.5 - 1))


def test_dominant_resident_means_lock_in():
    row = measured(register(A=(90, 100, 110), B=(40, 50, 60), C=(40, 50, 60)))
    assert row["largest_share"] == 50.0
    assert row["lock_in"]
    assert not measured(register(A=(90, 100, 110), B=(40, 50, 60), C=(40, 51, 60)))["lock_in"]


def test_size_without_quality_or_half_of_the_region_is_hyperselection():
    table = register(A=(90, 100, 110), B=(90, 100, 110), C=(80, 90, 100), D=(80, 90, 100))
    assert measured(table, place_by_ratios=9)["hyperselection"]
    assert not measured(table, place_by_ratios=2.5)["hyperselection"]
    assert measured(register(A=(90, 500, 510), B=(450, 450, 600)))["hyperselection"]


@pytest.mark.parametrize(
    ("amounts", "flag"), [((100, 90, 95), True), ((90, 100, 99), True), ((90, 100, 101), False)]
)
def test_fall_now_or_in_the_plan_is_a_stage_of_the_life_cycle(amounts, flag):
    assert measured(register(A=amounts, B=(90, 100, 110)))["life_cycle"] is flag


def test_beginners_beside_established_residents_are_uneven():
    table = register(A=(1, 2, 3), B=(1, 2, 3), C=(1, 2, 3), D=(1, 2, 3))
    table.loc[table["resident"] == "D", "registered"] = 2016.0
    assert measured(table)["newcomers"] == 25.0
    assert measured(table)["uneven_stages"]
    assert not measured(table, young=30.0)["uneven_stages"]


def test_first_year_in_the_register_stands_in_for_registration():
    table = register(A=(1, 2, 3), B=(1, 2, 3), C=(np.nan, 2, 3), D=(1, 2, 3)).dropna(subset="production")
    table["registered"] = np.nan  # A, B and D may have come long before the register begins
    assert measured(table)["newcomers"] == 25.0
