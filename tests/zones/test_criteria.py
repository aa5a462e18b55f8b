"""Criteria of sectors from a register, against sums in loops."""

import numpy as np
import pytest

import gvc_helpers as gvc
from gvc_helpers.cooperation.forms import FROM_REGISTER
from gvc_helpers.zones.criteria import register_criteria
from tests.invented_zone import region, register


def zone():
    residents = register()
    return gvc.Zone(residents, region(residents), None, "thousand euro", "invented", synthetic=True)


def test_register_criteria():
    residents, belonging = register(), {"Судостроение": "Ships", "Приборы": "Devices", "Чай": "Devices"}
    measured = register_criteria(zone(), 2022, belonging)
    assert measured.index.tolist() == ["Ships", "Devices"]
    assert measured.index.name == "sector"
    assert list(measured.columns) == FROM_REGISTER
    around = region(residents)
    for sector in measured.index:
        sums = dict.fromkeys(["innovative", "shipments", "production", "region"], 0.0)
        for row in residents.to_dict("records"):
            if row["year"] == 2022 and belonging.get(row["sector"]) == sector:
                for name in ("innovative", "shipments", "production"):
                    sums[name] += row[name]
        for row in around.to_dict("records"):
            if row["year"] == 2022 and belonging.get(row["sector"]) == sector:
                sums["region"] += row["production"]
        assert measured.loc[sector, "innovation"] == pytest.approx(
            100 * sums["innovative"] / sums["shipments"]
        )
        assert measured.loc[sector, "zone_share"] == pytest.approx(100 * sums["production"] / sums["region"])


def test_innovation_is_a_share_of_shipments():
    residents = register()
    shipped = gvc.Zone(
        residents.assign(shipments=2 * residents["shipments"]),
        region(residents),
        None,
        "",
        "",
        synthetic=True,
    )
    half, whole = (register_criteria(z, 2022, {"Чай": "Tea"}) for z in (shipped, zone()))
    assert half.loc["Tea", "innovation"] == pytest.approx(whole.loc["Tea", "innovation"] / 2)
    assert half.loc["Tea", "zone_share"] == whole.loc["Tea", "zone_share"]
    nothing = gvc.Zone(
        residents.assign(shipments=0.0),
        region(residents).assign(production=0.0),
        None,
        "",
        "",
        synthetic=True,
    )
    assert register_criteria(nothing, 2022, {"Приборы": "Devices"}).isna().all(axis=None)


def test_register_without_shipments_or_production():
    # No resident is in the other sectors of the region, and one of them makes nothing there either.
    around = region(register())
    around.loc[around["sector"] == "Прочие", "production"] = 0.0
    empty = gvc.Zone(register(), around, None, "thousand euro", "invented", synthetic=True)
    measured = register_criteria(empty, 2022, {"Прочие": "Other"})
    assert measured.loc["Other"].isna().all()
    measured = register_criteria(zone(), 2022, {"Прочие": "Other"})
    assert np.isnan(measured.loc["Other", "innovation"])
    assert measured.loc["Other", "zone_share"] == 0
    unreported = gvc.Zone(
        register().assign(innovative=np.nan), around, None, "thousand euro", "invented", synthetic=True
    )
    assert register_criteria(unreported, 2022, {"Чай": "Tea"}).loc["Tea", "innovation"] == 0


def test_register_without_what_is_asked_for():
    with pytest.raises(ValueError, match="sector 'Wine' is not in the register; it has Приборы"):
        register_criteria(zone(), 2022, {"Wine": "Food"})
    for year in (1999, 2025):  # a plan is no year that was measured
        with pytest.raises(ValueError, match=f"year {year} is not in the register; it has 2020, 2021, 2022"):
            register_criteria(zone(), year, {"Чай": "Food"})
    lacking = gvc.Zone(
        register().drop(columns="innovative"), region(register()), None, "euro", "invented", synthetic=True
    )
    with pytest.raises(ValueError, match="quantity 'innovative' is not in the register; it has employees"):
        register_criteria(lacking, 2022, {"Чай": "Food"})
