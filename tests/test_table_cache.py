"""Tables kept after their first reading."""

import errno
import json
import logging
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
from click.testing import CliRunner

import gvc_helpers as gvc
from gvc_helpers import sources, table_cache
from gvc_helpers.cli import main
from tests import raw_formats


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A raw table, and a cache that is empty."""
    monkeypatch.setenv("GVC_CACHE", str(tmp_path / "cache"))
    raw = tmp_path / "raw"
    raw.mkdir()
    raw_formats.write_eora26(raw_formats.known(), raw)
    return raw


@pytest.fixture
def parsed(monkeypatch):
    """Count how often the files are parsed."""
    calls = []
    form, reader = sources.READERS["eora26"][0]

    def counted(*arguments):
        calls.append(arguments)
        return reader(*arguments)

    monkeypatch.setitem(sources.READERS, "eora26", [(form, counted)])
    return calls


def read(folder):
    return gvc.read_table("eora26", folder, 2015)


def kept(tmp_path):
    return list((tmp_path / "cache").glob("*"))


def test_read_again_without_parsing(folder, parsed):
    first, again = read(folder), read(folder)
    assert len(parsed) == 1
    np.testing.assert_array_equal(first.Z, again.Z)
    np.testing.assert_array_equal(first.value_added, again.value_added)
    assert first.index.equals(again.index)
    assert (first.unit, first.source, first.year) == (again.unit, again.source, again.year)


def test_matrices_are_mapped_and_cannot_be_changed(folder):
    read(folder)
    table = read(folder)
    assert isinstance(table.Z.base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        table.Z[0, 0] = 1.0


def test_changed_file_is_read_anew(folder, parsed):
    before = read(folder)
    file = folder / "Eora26_2015_bp_FD.txt"
    rows = file.read_text().splitlines()
    file.write_text("\n".join(["7" + rows[0], *rows[1:]]) + "\n")
    assert read(folder).Y[0, 0] != before.Y[0, 0]
    assert len(parsed) == 2


def test_other_version_of_the_readers_reads_anew(folder, parsed, monkeypatch):
    read(folder)
    monkeypatch.setattr(sources, "READER_VERSION", sources.READER_VERSION + 1)
    read(folder)
    assert len(parsed) == 2


DAMAGES = {
    "changed byte": lambda f: flipped(f / "Z.npy"),
    "matrix cut": lambda f: (f / "Z.npy").write_bytes((f / "Z.npy").read_bytes()[:200]),
    "matrix empty": lambda f: (f / "Y.npy").write_bytes(b""),
    "matrix gone": lambda f: (f / "Z.npy").unlink(),
    "no description": lambda f: (f / "about.json").unlink(),
    "description cut": lambda f: (f / "about.json").write_text("{"),
    "description of something else": lambda f: (f / "about.json").write_text(json.dumps({"checksums": {}})),
}


def flipped(file):
    content = bytearray(file.read_bytes())
    content[-5] ^= 0xFF
    file.write_bytes(bytes(content))


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_noticed_and_mended(folder, parsed, tmp_path, damage):
    sound = read(folder).Z.copy()
    (entry,) = kept(tmp_path)
    DAMAGES[damage](entry)
    np.testing.assert_array_equal(read(folder).Z, sound)
    assert len(parsed) == 2
    read(folder)
    assert len(parsed) == 2


def test_full_disk_is_said_and_the_table_is_read_all_the_same(folder, tmp_path, monkeypatch, caplog):
    def refuse(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "save", refuse)
    with caplog.at_level(logging.WARNING, "gvc"):
        table = read(folder)
    assert len(table.countries) == 4
    assert "No space left on device" in caplog.text
    assert kept(tmp_path) == []


def test_cache_that_cannot_be_made(folder, tmp_path, monkeypatch, caplog):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GVC_CACHE", str(tmp_path / "file" / "cache"))
    assert len(read(folder).countries) == 4
    assert "cannot be kept" in caplog.text


def total(folder):
    return float(read(folder).Z.sum())


def test_runs_at_the_same_time_do_not_disturb_one_another(folder, tmp_path):
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(3, mp_context=context) as processes:
        sums = list(processes.map(total, [folder] * 6))
    assert len(set(sums)) == 1
    assert len(kept(tmp_path)) == 1


def test_abandoned_folders_are_cleared_away(folder, tmp_path, monkeypatch):
    (tmp_path / "cache" / ".abandoned").mkdir(parents=True)
    monkeypatch.setattr(table_cache, "ABANDONED_AFTER", -1.0)
    read(folder)
    assert [entry.name.startswith(".") for entry in kept(tmp_path)] == [False]


def test_command_shows_and_clears(folder, tmp_path):
    read(folder)
    shown = CliRunner().invoke(main, ["cache"])
    assert "Eora26 2015 from " in shown.output
    assert "1 table(s)" in shown.output
    assert CliRunner().invoke(main, ["cache", "--clear"]).exit_code == 0
    assert kept(tmp_path) == []
    assert "0 table(s)" in CliRunner().invoke(main, ["cache"]).output
