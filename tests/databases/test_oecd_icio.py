"""The OECD's tables: every edition, and those with parts of China and Mexico."""

import numpy as np
import pytest

import gvc_helpers as gvc
from tests.databases.cases import CATEGORIES, THREE, YEAR, Case, by_category, write_lines


def write_oecd(table, file, edition=2023, split=()):
    """One CSV; countries in `split` stand in two parts in the rows and columns of industries."""
    labels, Z, rows_of_Y, added, x = (
        [],
        table.Z,
        by_category(table, CATEGORIES),
        table.value_added,
        table.output,
    )
    take, weight = [], []
    for row, (country, sector) in enumerate(table.index):
        if country not in split:
            labels.append(f"{country}_{sector}")
            take.append(row)
            weight.append(1.0)
    parts = {"CHN": ("CN1", "CN2"), "MEX": ("MX1", "MX2")}
    for country in split:
        for part, share in zip((country, *parts[country]), (0.0, 0.25, 0.75), strict=True):
            for row, (owner, sector) in enumerate(table.index):
                if owner == country and (share or edition < 2025):
                    labels.append(f"{part}_{sector}")
                    take.append(row)
                    weight.append(share)
    weight = np.array(weight)
    Z = Z[np.ix_(take, take)] * weight[:, None] * weight
    Y = rows_of_Y[take] * weight[:, None]
    added, x = added.to_numpy()[take] * weight, x.to_numpy()[take] * weight
    if edition == 2016:
        demand = [f"{category}_{country}" for country in table.countries for category in CATEGORIES]
    else:
        demand = [f"{country}_{category}" for country in table.countries for category in CATEGORIES]
    discrepancy = edition in (2016, 2018)
    header = ["", *labels, *demand, *["DISC"] * discrepancy, "OUT"]
    lines = [header]
    for label, inputs, uses, output in zip(labels, Z, Y, x, strict=True):
        lines.append([label, *inputs, *uses, *[2.5] * discrepancy, output + 2.5 * discrepancy])
    blank = [0.0] * (len(demand) + discrepancy + 1)
    taxes = np.minimum(added, 1.0)
    lines += [["TLS", *taxes, *blank], ["VA", *(added - taxes), *blank], ["OUT", *x, *blank]]
    if edition == 2016:
        lines[-3:] = [["VA+TAXSUB", *added, *blank], ["OUT", *x, *blank]]
    write_lines(file, lines, ",")


SPLIT = {"CHN": "CHN", "MEX": "MEX", "ROW": "ROW", "RUS": "RUS"}
EDITIONS = {
    "2016": ("ICIO2016_{}.csv", 2016, "oecd-2016", 0, "2016"),
    "2018": ("ICIO2018_{}.CSV", 2018, "oecd-2018", 0, "2018"),
    "2018, D": ("ICIO2018_{}.csv", 2018, "oecd-2018", 1, "2018"),
    "2021": ("ICIO2021_{}.csv", 2021, "oecd-2021-2023", 1, "2021"),
    "2021, D": ("ICIO2021_{}.csv", 2021, "oecd-2021-2023", 2, "2021"),
    "2023": ("{}_SML.csv", 2023, "oecd-2021-2023", 0, "2021 or 2023"),
    "2025": ("{}_SML.csv", 2025, "oecd-2025", 0, "2025"),
    "2016, extended": ("ICIO2016_{}.csv", 2016, "oecd-2016", 0, "2016"),
    "2018, extended": ("ICIO2018_{}.csv", 2018, "oecd-2018", 0, "2018"),
    "2021, extended": ("ICIO2021_{}.csv", 2021, "oecd-2021-2023", 1, "2021"),
    "2023, extended": ("{}.csv", 2023, "oecd-2021-2023", 0, "2021 or 2023"),
    "2025, extended": ("{}_EXT.csv", 2025, "oecd-2025", 0, "2025"),
}


def writer(name, edition, split):
    return lambda table, folder: write_oecd(table, folder / name.format(table.year), edition, split)


CASES = {
    f"oecd-icio {which}": Case(
        "oecd-icio",
        writer(name, edition, ("CHN", "MEX") if "extended" in which else ()),
        SPLIT if "extended" in which else THREE,
        concordance,
        spelling,
        edition=stated,
    )
    for which, (name, edition, concordance, spelling, stated) in EDITIONS.items()
}


@pytest.mark.parametrize("which", EDITIONS)
def test_discrepancies_are_told(which, tmp_path):
    """Editions up to 2018 have a column of discrepancies, which output as stated includes."""
    case = CASES[f"oecd-icio {which}"]
    case.write(case.raw(few=True), tmp_path)
    read = gvc.read_table("oecd-icio", tmp_path, YEAR)
    np.testing.assert_allclose(read.stated_output, read.output)
    assert ("discrepancies (DISC)" in read.note) == (EDITIONS[which][1] in (2016, 2018))
