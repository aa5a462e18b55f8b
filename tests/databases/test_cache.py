"""Tables kept after their first reading."""

import errno
import json
import logging
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import gvc_helpers as gvc
from gvc_helpers.cli import main
from gvc_helpers.databases import cache as table_cache
from gvc_helpers.databases import read as reading
from gvc_helpers.databases.csv_folder import write_folder
from gvc_helpers.databases.files import YearError
from gvc_helpers.databases.registry import RawTable, Source, sources
from tests.conftest import small_table
from tests.databases.cases import known
from tests.databases.test_eora26 import write_eora26


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A raw table, and a cache that is empty."""
    monkeypatch.setenv("GVC_CACHE", str(tmp_path / "cache"))
    raw = tmp_path / "raw"
    raw.mkdir()
    write_eora26(known(), raw)
    return raw


@pytest.fixture
def parsed(monkeypatch):
    """Count how often the files are parsed."""
    calls = []
    title, ((form, reader),) = sources()["eora26"]

    def counted(*arguments):
        calls.append(arguments)
        return reader(*arguments)

    monkeypatch.setitem(sources(), "eora26", Source(title, [(form, counted)]))
    return calls


def read(folder):
    return gvc.read_table("eora26", folder, 2015)


def kept(tmp_path):
    """All that is in the cache, but for its mark."""
    return [path for path in (tmp_path / "cache" / "gvc-tables").glob("*") if path.name != "CACHEDIR.TAG"]


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


@pytest.mark.parametrize(
    "other",
    [
        lambda patch: patch.setattr("importlib.metadata.version", lambda _: "0.0"),
        lambda patch: patch.setattr(reading, "READER_VERSION", reading.READER_VERSION + 1),
    ],
    ids=["pymrio", "readers"],
)
def test_other_version_reads_anew(folder, parsed, monkeypatch, other):
    read(folder)
    other(monkeypatch)
    read(folder)
    assert len(parsed) == 2


def test_kept_table_is_of_its_year_only(folder, tmp_path):
    """What a reader refuses stays refused when the same files have been read for another year."""
    write_folder(small_table(year=2015), tmp_path / "plain")
    assert gvc.read_table("csv", tmp_path / "plain", 2015).year == 2015
    with pytest.raises(YearError, match="the table is of 2015"):
        gvc.read_table("csv", tmp_path / "plain", 2016)


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


def test_any_damage_is_noticed(folder, tmp_path):
    """Bytes changed, and files cut, anywhere."""
    labels = [[f"C{i // 2}" for i in range(4)], ["S", "T"] * 2]
    sound = RawTable(np.eye(4), np.ones((4, 2)), pd.MultiIndex.from_arrays(labels), unit="EUR", note="none")
    generator = np.random.default_rng(18)
    for number in range(200):
        table_cache.store("0" * 40, sound, "invented")
        (entry,) = kept(tmp_path)
        file = sorted(entry.iterdir())[number % 3]
        content = bytearray(file.read_bytes())
        place = int(generator.integers(len(content)))
        if number % 4:
            content[place] ^= int(generator.integers(1, 256))
        file.write_bytes(content if number % 4 else content[:place])
        assert table_cache.load("0" * 40) is None
        assert kept(tmp_path) == []


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


def test_command_shows_and_clears(folder, tmp_path):
    read(folder)
    shown = CliRunner().invoke(main, ["cache"])
    assert "Eora26 2015 from " in shown.output
    assert "1 table(s)" in shown.output
    assert CliRunner().invoke(main, ["cache", "--clear"]).exit_code == 0
    assert kept(tmp_path) == []
    assert "0 table(s)" in CliRunner().invoke(main, ["cache"]).output


def test_what_could_not_be_removed_is_not_called_removed(folder, tmp_path, monkeypatch):
    read(folder)
    monkeypatch.setattr("shutil.rmtree", lambda *_, **__: None)
    result = CliRunner().invoke(main, ["cache", "--clear"])
    assert result.exit_code == 1
    assert "1 table(s) could not be removed; does another program use them?" in result.output
    assert ", removed" not in result.output


# Whose the folder is ------------------------------------------------------------------------------

THINGS = (".ssh/id", "data/about.json", f"{'a' * 40}/about.json", ".gvc-mine/about.json", "mine.lock/part")


@pytest.mark.parametrize("place", [".", "gvc-tables"])
def test_nothing_of_the_users_is_removed(folder, tmp_path, place, caplog):
    """The cache is named a folder that holds other things, old ones too; or there is one of its name."""
    things = [tmp_path / "cache" / place / thing for thing in THINGS]
    for thing in things:
        thing.parent.mkdir(parents=True)
        thing.write_text('{"title": "mine"}')
        os.utime(thing.parent, (0, 0))
    read(folder)
    assert ("it is no cache: there is no CACHEDIR.TAG in it" in caplog.text) == (place == "gvc-tables")
    assert "mine" not in CliRunner().invoke(main, ["cache", "--clear"]).output
    assert all(thing.exists() for thing in things)


def test_in_the_folder_of_the_cache_only_its_own_is_removed(folder, tmp_path):
    read(folder)
    (entry,) = kept(tmp_path)
    assert (
        entry.with_name("CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")
    )
    for name in ("notes", ".gvc-0123456789abcdef"):
        entry.with_name(name).mkdir()
        (entry.with_name(name) / "about.json").write_text('{"title": "mine"}')
    entry.with_name(".gvc-0123456789abcdef.lock").touch()  # a run was killed
    shown = CliRunner().invoke(main, ["cache", "--clear"]).output
    assert "1 table(s)" in shown
    assert "mine" not in shown
    assert [path.name for path in kept(tmp_path)] == ["notes"]


@pytest.mark.skipif(os.name != "posix", reason="who owns a file is another matter here")
class TestOthers:
    """Other users of the machine."""

    def test_nobody_else_can_look_in(self, folder, tmp_path):
        read(folder)
        (entry,) = kept(tmp_path)
        assert [path.stat().st_mode & 0o777 for path in (entry.parent, entry)] == [0o700, 0o700]

    def test_the_cache_of_another_user_is_not_used(self, folder, parsed, tmp_path, monkeypatch, caplog):
        read(folder)
        (entry,) = kept(tmp_path)
        monkeypatch.setattr(os, "getuid", lambda: entry.stat().st_uid + 1)
        read(folder)
        assert len(parsed) == 2
        assert "it belongs to another user" in caplog.text
        assert table_cache.entries() == []

    @pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root gives files away")
    def test_an_entry_of_another_user_is_not_read(self, folder, parsed, tmp_path):
        read(folder)
        (entry,) = kept(tmp_path)
        os.chown(entry, 12345, -1)
        read(folder)
        assert len(parsed) == 2
