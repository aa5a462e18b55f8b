"""Folders that pymrio saved, whole and damaged."""

import json
from functools import partial

import numpy as np
import pandas as pd
import pymrio
import pytest

import gvc_helpers as gvc
from tests.conftest import small_table
from tests.databases.cases import THREE, Case, replaced, system


def write_saved(table, folder, table_format="txt"):
    """A folder as pymrio saves a system with value added."""
    saved = system(table, "million USD")
    added = pd.DataFrame(
        [table.value_added.to_numpy()], pd.Index(["VA"], name="stressor"), columns=saved.Z.index
    )
    saved.factor_inputs = pymrio.Extension("factor_inputs", F=added)
    saved.meta.change_meta("name", "Saved table")
    saved.save_all(folder / str(table.year), table_format=table_format)


def case(countries, **options):
    write = partial(write_saved, **options)
    return Case("pymrio", write, countries, "wiod-2013", -1, price="", title="Saved table")


CASES = {
    "pymrio": case({"ROM": "ROU", "RUS": "RUS", "RoW": "ROW"}),
    "pymrio, parquet": case(THREE, table_format="parquet"),
}


@pytest.fixture
def folder(tmp_path):
    write_saved(small_table(), tmp_path)
    return tmp_path


def test_table_comes_back_as_it_was_saved(folder):
    read, saved = gvc.read_table("pymrio", folder, 2015), small_table()
    np.testing.assert_array_equal(read.Z, saved.Z)
    np.testing.assert_array_equal(read.Y, saved.Y)
    np.testing.assert_array_equal(read.value_added, saved.value_added)
    assert (read.countries, read.sectors, read.year, read.unit) == (
        ["AAA", "BBB"],
        ["Farms", "Works"],
        2015,
        "million USD",
    )
    assert read.source.startswith("Saved table")
    pd.testing.assert_series_equal(
        gvc.vertical_specialization(read).vs, gvc.vertical_specialization(saved).vs
    )


def test_stated_value_added_that_does_not_balance_is_found(folder):
    file = next((folder / "2015" / "factor_inputs").glob("F.*"))
    file.write_text(file.read_text(encoding="utf-8").replace("\t38", "\t58"), encoding="utf-8")
    (finding,) = gvc.read_table("pymrio", folder, 2015).check()
    assert (finding.kind, finding.where) == ("imbalance", ("AAA", "Farms"))


DAMAGES = {
    "no Z": lambda f: next(f.glob("Z.*")).unlink(),
    "no Y": lambda f: next(f.glob("Y.*")).unlink(),
    "empty Z": lambda f: next(f.glob("Z.*")).write_bytes(b""),
    "half of Z": lambda f: (z := next(f.glob("Z.*"))).write_bytes(z.read_bytes()[: z.stat().st_size // 2]),
    "no list of files": lambda f: (f / "file_parameters.json").unlink(),
    "broken list of files": lambda f: (f / "file_parameters.json").write_text("{", encoding="utf-8"),
    "list of files without Y": lambda f: without_y(f / "file_parameters.json"),
    "text in Z": lambda f: replaced(next(f.glob("Z.*")), "\t20\t", "\tmany\t"),
    "NaN in Z": lambda f: replaced(next(f.glob("Z.*")), "\t20\t", "\t\t"),
    "label changed in Y": lambda f: replaced(next(f.glob("Y.*")), "Works", "Workz"),
    "negative output": lambda f: replaced(next(f.glob("Y.*")), "\t6\t6", "\t6\t-3000"),
}


def without_y(file):
    content = json.loads(file.read_text(encoding="utf-8"))
    del content["files"]["Y"]
    file.write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_folder_is_named(folder, damage):
    DAMAGES[damage](folder / "2015")
    with pytest.raises((gvc.SourceError, gvc.TableError)) as caught:
        gvc.read_table("pymrio", folder, 2015)
    message = str(caught.value)
    assert str(folder) in message
    assert "\n" not in message
