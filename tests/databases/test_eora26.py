"""Eora26, as it is delivered."""

from functools import partial

import numpy as np
import pytest

import gvc_helpers as gvc
from tests.databases.cases import (
    CATEGORIES,
    THOUSANDS,
    Case,
    assert_same,
    by_category,
    known,
    write_lines,
    zipped,
)


def write_eora26(table, folder, price="bp", discrepancies=None):
    """Text without labels, lists of labels beside it, satellite accounts; the last row may be ROW."""
    extra = discrepancies is not None
    pad = ((0, int(extra)), (0, int(extra)))
    Z = np.pad(table.Z, pad, constant_values=discrepancies or 0)
    Y = by_category(table, CATEGORIES)
    Y = np.pad(Y, ((0, int(extra)), (0, 5 * int(extra))), constant_values=discrepancies or 0)
    added = np.pad(table.value_added.to_numpy(), (0, int(extra)))
    contents = {"T": Z, "FD": Y, "VA": np.vstack([added - 1, np.ones_like(added)])}
    contents |= {"Q": np.ones((2, len(Z))), "QY": np.ones((2, Y.shape[1]))}
    for part, values in contents.items():
        write_lines(folder / f"Eora26_{table.year}_{price}_{part}.txt", values.tolist(), "\t")
    places = [(f"Country {code}", code) for code in table.countries]
    row = ("Statistical Discrepancies", "ROW")
    industries = [(f"Country {code}", code, "Industries", sector) for code, sector in table.index]
    labels = {
        "T": industries + [(*row, "TOTAL", "Total")] * extra,
        "FD": [(*place, "Final Demand", c) for place in places + [row] * extra for c in CATEGORIES],
        "VA": [("Primary Inputs", "Wages"), ("Primary Inputs", "Taxes")],
        "Q": [("Emissions (kg)", "a"), ("Use (t)", "b")],
    }
    for part, lines in labels.items():
        write_lines(folder / f"labels_{part}.txt", lines, "\t")


CASES = {
    # Eora26 has no rest of the world but the row of discrepancies, which is left out.
    "eora26": Case(
        "eora26", write_eora26, {"CHN": "CHN", "RUS": "RUS", "SUD": "SDN"}, "eora26", unit=THOUSANDS
    ),
    "eora26, discrepancies": Case(
        "eora26", partial(write_eora26, discrepancies=2.0), {"CHN": "CHN", "RUS": "RUS", "SDS": "SSD"},
        "eora26", unit=THOUSANDS,
    ),
}  # fmt: skip


@pytest.mark.parametrize("inside", ["", "Eora26_2015_bp/"])
def test_folders_in_the_archive(tmp_path, inside):
    table = known()
    folder = tmp_path / "raw"
    folder.mkdir()
    write_eora26(table, folder)
    read = gvc.read_table("eora26", zipped(folder, "Eora26_2015_bp.zip", inside), 2015)
    assert_same(read, table)
    assert (read.unit, read.price, read.year, read.note) == ("000 USD", "basic prices", 2015, "")


def test_eora26_with_labels_in_an_archive_of_their_own(tmp_path):
    table = known()
    write_eora26(table, tmp_path)
    labels = tmp_path / "labels"
    labels.mkdir()
    for file in tmp_path.glob("labels_*.txt"):
        file.rename(labels / file.name)
    zipped(labels, "indices.zip")
    for file in labels.iterdir():
        file.unlink()
    labels.rmdir()
    assert_same(gvc.read_table("eora26", tmp_path, 2015), table)


def test_eora26_says_what_discrepancies_it_leaves_out(tmp_path):
    table = known()
    write_eora26(table, tmp_path, discrepancies=2.0)
    read = gvc.read_table("eora26", tmp_path, 2015)
    assert_same(read, table)
    assert read.note.startswith("statistical discrepancies (ROW) are left out, ")


def test_price_basis_is_asked_for_where_there_are_two(tmp_path):
    table = known()
    for price in ("bp", "pp"):
        write_eora26(table, tmp_path, price)
    with pytest.raises(gvc.SourceError, match="holds several tables of Eora26") as caught:
        gvc.read_table("eora26", tmp_path, 2015)
    assert "name one of them as the path" in str(caught.value)
    read = gvc.read_table("eora26", tmp_path / "Eora26_2015_pp_T.txt", 2015)
    assert read.price == "purchasers' prices"
