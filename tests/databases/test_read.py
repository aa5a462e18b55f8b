"""Reading tables: the shipped one, pymrio's folders, and folders that are damaged."""

import json
import shutil

import numpy as np
import pandas as pd
import pymrio
import pytest

import gvc_helpers as gvc
from gvc_helpers.databases.read import data_files, fingerprint
from tests.conftest import small_table


@pytest.fixture
def folder(tmp_path):
    """Save a small table as pymrio does, with two categories of final demand and value added."""
    table = small_table()
    rows = table.index.set_names(["region", "sector"])
    columns = pd.MultiIndex.from_product(
        [table.countries, ["Households", "Investment"]], names=["region", "category"]
    )
    system = pymrio.IOSystem(
        Z=pd.DataFrame(table.Z, rows, rows),
        Y=pd.DataFrame(np.repeat(table.Y, 2, axis=1) / 2, rows, columns),
        unit=pd.DataFrame({"unit": table.unit}, rows),
    )
    added = pd.DataFrame([table.value_added.to_numpy()], pd.Index(["Value added"], name="stressor"), rows)
    system.factor_inputs = pymrio.Extension("factor_inputs", F=added)
    system.meta.change_meta("name", "Invented table")
    system.save_all(tmp_path / "2015")
    return tmp_path


def fault(*arguments):
    with pytest.raises((gvc.SourceError, gvc.TableError)) as caught:
        gvc.read_table(*arguments)
    return str(caught.value)


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
    assert read.source.startswith("Invented table")
    pd.testing.assert_series_equal(
        gvc.vertical_specialization(read).vs, gvc.vertical_specialization(saved).vs
    )


def test_stated_value_added_that_does_not_balance_is_found(folder):
    file = next((folder / "2015" / "factor_inputs").glob("F.*"))
    file.write_text(file.read_text(encoding="utf-8").replace("\t38", "\t58"), encoding="utf-8")
    (finding,) = gvc.read_table("pymrio", folder, 2015).check()
    assert (finding.kind, finding.where) == ("imbalance", ("AAA", "Farms"))


def test_year_decides_the_folder(folder):
    assert gvc.read_table("pymrio", folder / "2015", 2015).year == 2015
    assert "has no year 2014; it has 2015" in fault("pymrio", folder, 2014)
    assert "another year than the year asked for, 2014" in fault("pymrio", folder / "2015", 2014)
    assert gvc.read_table("pymrio", folder).year == 2015
    shutil.copytree(folder / "2015", folder / "2014")
    assert "holds several years, 2014, 2015; name one" in fault("pymrio", folder)


def test_wrong_requests_are_named(tmp_path):
    assert "database 'eora27' is unknown; it must be one of" in fault("eora27")
    assert "path is missing" in fault("pymrio")
    assert f"folder '{tmp_path / 'none'}' does not exist" in fault("pymrio", tmp_path / "none")
    assert "is not needed" in fault("reconstruction", tmp_path)
    assert "year 2014 is not in the reconstruction" in fault("reconstruction", None, 2014)


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
    "negative output": lambda f: replaced(next(f.glob("Y.*")), "\t15\t15", "\t15\t-3000"),
}


def replaced(file, old, new):
    file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")


def without_y(file):
    content = json.loads(file.read_text(encoding="utf-8"))
    del content["files"]["Y"]
    file.write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_folder_is_named(folder, damage):
    DAMAGES[damage](folder / "2015")
    message = fault("pymrio", folder, 2015)
    assert str(folder) in message
    assert "\n" not in message


def test_fingerprint_changes_with_the_data(folder):
    before = fingerprint("pymrio", folder, 2015)
    assert before == fingerprint("pymrio", folder, 2015)
    replaced(next((folder / "2015").glob("Z.*")), "\t20\t", "\t20.5\t")
    assert before != fingerprint("pymrio", folder, 2015)
    assert len(data_files("reconstruction")) == 3


@pytest.mark.parametrize("kept", [False, True])
def test_fingerprint_is_of_what_was_read(folder, monkeypatch, kept):
    """Data that is changed while a study runs leaves the record of what the study has used."""
    monkeypatch.setenv("GVC_CACHE", str(folder / "cache"))
    if kept:
        gvc.read_table("pymrio", folder, 2015)
    before = gvc.read_table("pymrio", folder, 2015)
    digest = fingerprint("pymrio", folder, 2015)
    replaced(next((folder / "2015").glob("Z.*")), "\t20\t", "\t20.5\t")
    assert fingerprint("pymrio", folder, 2015) == digest
    assert gvc.read_table("pymrio", folder, 2015).Z.sum() == before.Z.sum() + 0.5
    assert fingerprint("pymrio", folder, 2015) != digest
