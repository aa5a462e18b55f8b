"""Reading tables: which of those in a folder, and what is remembered of its files."""

import shutil

import pytest

import gvc_helpers as gvc
from gvc_helpers.databases.read import data_files, fingerprint
from tests.conftest import small_table
from tests.databases.cases import replaced
from tests.databases.test_pymrio_folder import write_saved


@pytest.fixture
def folder(tmp_path):
    write_saved(small_table(), tmp_path)
    return tmp_path


def fault(*arguments):
    with pytest.raises((gvc.SourceError, gvc.TableError)) as caught:
        gvc.read_table(*arguments)
    return str(caught.value)


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
