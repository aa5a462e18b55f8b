"""Files of databases that are missing or damaged: one line that names the file, and nothing left behind."""

import contextlib
import errno
import json
import os
import pickle
import shutil
import socket
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.errors import ParserError
from pyarrow import parquet

import gvc_helpers as gvc
from gvc_helpers.databases import cache as table_cache
from gvc_helpers.databases import files as raw_files
from gvc_helpers.databases.registry import Source, sources
from gvc_helpers.errors import LONGEST_FAULT
from tests.databases.cases import known, zipped
from tests.databases.test_eora26 import write_eora26
from tests.databases.test_exiobase import write_exiobase
from tests.databases.test_oecd_icio import write_oecd
from tests.databases.test_wiod import write_wiod_2013

OECD = ("A01_02", "A03", "B05_06")
WIOD = ("Agriculture, Hunting, Forestry and Fishing", "Mining and Quarrying", "Private Households")


@pytest.fixture
def raw(tmp_path):
    """A folder with a table of each of four databases, of the year 2015."""
    folders = {name: tmp_path / name for name in ("eora26", "oecd-icio", "wiod", "exiobase")}
    for folder in folders.values():
        folder.mkdir()
    write_eora26(known(), folders["eora26"])
    write_oecd(known(sectors=OECD), folders["oecd-icio"] / "ICIO2023_2015.csv")
    wiod = known(countries=("CHN", "RUS", "USA"), sectors=WIOD)
    write_wiod_2013(wiod, folders["wiod"] / "wiot15_row_sep12.xlsx")
    write_exiobase(known(), folders["exiobase"] / "IOT_2015_pxp")
    return folders


def fault(database, path, year=2015):
    with pytest.raises((gvc.SourceError, gvc.TableError)) as caught:
        gvc.read_table(database, path, year)
    message = str(caught.value)
    assert "\n" not in message
    assert "Traceback" not in message
    assert not table_cache.entries()
    assert not list(Path(tempfile.gettempdir()).glob(".gvc-*"))
    return message


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GVC_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)


def cut(file, share=0.5):
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * share)])


def edited(file, change, delimiter="\t"):
    """Change the cells of a text file."""
    rows = [line.split(delimiter) for line in file.read_text(encoding="utf-8").splitlines()]
    change(rows)
    file.write_text("".join(delimiter.join(row) + "\n" for row in rows), encoding="utf-8")


def set_cell(row, column, text):
    def change(rows):
        rows[row][column] = text

    return change


def drop_column(rows):
    for row in rows:
        del row[-1]


EORA = {
    "flows missing": (lambda f: (f / "Eora26_2015_bp_T.txt").unlink(), "Eora26_2015_bp_T.txt"),
    "demand missing": (lambda f: (f / "Eora26_2015_bp_FD.txt").unlink(), "Eora26_2015_bp_FD.txt"),
    "labels missing": (lambda f: (f / "labels_T.txt").unlink(), "labels_T.txt"),
    "satellites missing": (lambda f: (f / "Eora26_2015_bp_Q.txt").unlink(), "Eora26_2015_bp_Q.txt"),
    "flows empty": (lambda f: (f / "Eora26_2015_bp_T.txt").write_text(""), "Eora26_2015_bp_T.txt' is empty"),
    "flows cut": (lambda f: cut(f / "Eora26_2015_bp_T.txt", 0.52), "Eora26_2015_bp_T.txt', line 7: "),
    "value added cut": (
        lambda f: cut(f / "Eora26_2015_bp_VA.txt", 0.6),
        "Eora26_2015_bp_VA.txt' has 1 line(s) instead of 2",
    ),
    "labels cut": (lambda f: edited(f / "labels_T.txt", lambda r: r.pop()), "12 columns instead of 11"),
    "text among flows": (
        lambda f: edited(f / "Eora26_2015_bp_T.txt", set_cell(3, 4, "many")),
        "line 4, column 5: 'many' is no number",
    ),
    "NaN among flows": (
        lambda f: edited(f / "Eora26_2015_bp_T.txt", set_cell(3, 4, "NaN")),
        "line 4, column 5: 'NaN' is no number",
    ),
    "empty flow": (
        lambda f: edited(f / "Eora26_2015_bp_T.txt", set_cell(3, 4, "")),
        "line 4, column 5: an empty cell is no number",
    ),
    "decimal commas": (
        lambda f: edited(f / "Eora26_2015_bp_FD.txt", set_cell(0, 0, "1,5")),
        "line 1, column 1: '1,5' is no number; decimals need a point",
    ),
    "endless cell": (
        lambda f: edited(f / "Eora26_2015_bp_T.txt", set_cell(3, 4, "1" * 200_000)),
        "Eora26_2015_bp_T.txt', line 4: field larger than field limit",
    ),
    "infinite value added": (
        lambda f: edited(f / "Eora26_2015_bp_VA.txt", set_cell(0, 0, "inf")),
        "Eora26_2015_bp_VA.txt', line 1, column 1: 'inf' is no number",
    ),
    "column too few": (
        lambda f: edited(f / "Eora26_2015_bp_T.txt", drop_column),
        "Eora26_2015_bp_T.txt', line 1: 11 columns instead of 12",
    ),
    "line too many": (
        lambda f: edited(f / "Eora26_2015_bp_T.txt", lambda r: r.append(r[0])),
        "Eora26_2015_bp_T.txt' has 13 line(s) instead of 12",
    ),
    "negative output": (
        lambda f: edited(f / "Eora26_2015_bp_FD.txt", set_cell(0, 0, "-90000")),
        "gross output of CHN / A is negative",
    ),
    "label doubled": (
        lambda f: edited(f / "labels_T.txt", lambda r: r.__setitem__(1, r[0])),
        "CHN / A stands twice",
    ),
    "country of demand unknown": (
        lambda f: edited(f / "labels_FD.txt", lambda r: [row.__setitem__(1, "XXX") for row in r[:5]]),
        "final demand has a column of 'XXX'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", EORA)
def test_damaged_eora26(raw, kind):
    damage, said = EORA[kind]
    damage(raw["eora26"])
    assert said in fault("eora26", raw["eora26"])


OECDS = {
    "cut": (lambda f: cut(f), "columns instead of"),
    "empty": (lambda f: f.write_text(""), "ICIO2023_2015.csv"),
    "only a header": (
        lambda f: edited(f, lambda r: r.__delitem__(slice(1, None)), ","),
        "no row has the name",
    ),
    "text among flows": (
        lambda f: edited(f, set_cell(2, 3, "x"), ","),
        "row CHN_A03, column CHN_B05_06: 'x' is no number",
    ),
    "empty flow": (
        lambda f: edited(f, set_cell(2, 3, ""), ","),
        "row CHN_A03, column CHN_B05_06: an empty cell is no number",
    ),
    "column doubled": (lambda f: edited(f, set_cell(0, 2, "CHN_A01_02"), ","), "'CHN_A01_02' stands twice"),
    "row doubled": (lambda f: edited(f, set_cell(2, 0, "CHN_A01_02"), ","), "'CHN_A01_02' stands twice"),
    "semicolons": (
        lambda f: f.write_text(f.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8"),
        "no row has the name of a column",
    ),
    "row missing": (lambda f: edited(f, lambda r: r.pop(2), ","), "cannot read it"),
}


@pytest.mark.parametrize("kind", OECDS)
def test_damaged_oecd(raw, kind):
    damage, said = OECDS[kind]
    damage(raw["oecd-icio"] / "ICIO2023_2015.csv")
    message = fault("oecd-icio", raw["oecd-icio"])
    assert said in message
    assert "ICIO2023_2015.csv" in message


def test_changed_flow_contradicts_the_stated_total(raw):
    file = raw["oecd-icio"] / "ICIO2023_2015.csv"
    edited(file, set_cell(2, 3, "99999"), ",")
    kinds = [finding.kind for finding in gvc.read_table("oecd-icio", file.parent, 2015).check()]
    assert "stated output" in kinds


@pytest.mark.parametrize(
    "damage",
    [
        cut,
        lambda f: f.write_bytes(b""),
        lambda f: f.write_bytes(b"PK" + bytes(300)),
        lambda f: f.write_text("a,b"),
    ],
)
def test_damaged_workbook(raw, damage):
    damage(raw["wiod"] / "wiot15_row_sep12.xlsx")
    assert "wiot15_row_sep12.xlsx" in fault("wiod", raw["wiod"])


@pytest.mark.parametrize("part", ["Z.txt", "Y.txt", "file_parameters.json"])
@pytest.mark.parametrize("damage", [cut, lambda f: f.unlink(), lambda f: f.write_bytes(b"")])
def test_damaged_exiobase(raw, part, damage):
    damage(raw["exiobase"] / "IOT_2015_pxp" / part)
    assert "exiobase" in fault("exiobase", raw["exiobase"])


def test_archives(raw, tmp_path):
    archive = zipped(raw["eora26"], "Eora26_2015_bp.zip")
    whole = archive.read_bytes()
    archive.write_bytes(whole[:-100])
    assert "Eora26_2015_bp.zip' cannot be opened as a zip archive" in fault("eora26", archive)
    archive.write_bytes(b"")
    assert "cannot be opened as a zip archive" in fault("eora26", archive)
    with zipfile.ZipFile(archive, "w"):
        pass
    assert "Eora26_2015_bp.zip' is empty" in fault("eora26", archive)
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("../Eora26_2015_bp_T.txt", "1")
    assert "a path that leads out of it" in fault("eora26", archive)
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("readme.txt", "1")
    assert "is no table of Eora26: expected Eora26_2015_bp_T.txt" in fault("eora26", archive)


def test_archive_with_a_wrong_checksum(raw):
    archive = zipped(raw["oecd-icio"], "ICIO2023_2015.zip")
    with zipfile.ZipFile(archive) as content:
        start = content.infolist()[0].header_offset + 200
    damaged = bytearray(archive.read_bytes())
    damaged[start] ^= 0xFF
    archive.write_bytes(bytes(damaged))
    assert "cannot be unpacked" in fault("oecd-icio", archive)


def test_years_and_editions_are_asked_for(raw):
    folder = raw["oecd-icio"]
    file = folder / "ICIO2023_2015.csv"
    assert "has no year 2014; it has 2015" in fault("oecd-icio", folder, 2014)
    assert "another year than the year asked for, 2014" in fault("oecd-icio", file, 2014)
    shutil.copy(file, folder / "ICIO2023_2016.csv")
    assert "holds several years, 2015, 2016; name one" in fault("oecd-icio", folder, None)
    shutil.copy(file, folder / "ICIO2021_2015.csv")
    message = fault("oecd-icio", folder, 2015)
    assert "holds several tables of OECD ICIO" in message
    assert gvc.read_table("oecd-icio", file, 2015).edition == "2023"


def test_wrong_places(raw, tmp_path):
    assert "path is missing: name the folder with the files of Eora26" in fault("eora26", None)
    assert "does not exist" in fault("eora26", tmp_path / "none")
    assert "is no table of Eora26" in fault("eora26", raw["wiod"])
    (tmp_path / "empty").mkdir()
    assert "the folder is empty" in fault("wiod", tmp_path / "empty")
    assert "database 'eora27' is unknown; it must be one of" in fault("eora27", tmp_path)


def test_two_codes_of_one_country(raw):
    labels = raw["eora26"] / "labels_T.txt"
    labels.write_text(labels.read_text().replace("\tMEX\t", "\tROM\t").replace("\tRUS\t", "\tROU\t"))
    demand = raw["eora26"] / "labels_FD.txt"
    demand.write_text(demand.read_text().replace("\tMEX\t", "\tROM\t").replace("\tRUS\t", "\tROU\t"))
    message = fault("eora26", raw["eora26"])
    assert "ROM" in message
    assert "ROU" in message


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="everything is allowed here")
def test_file_that_may_not_be_read(raw):
    (raw["oecd-icio"] / "ICIO2023_2015.csv").chmod(0)
    assert "ICIO2023_2015.csv' cannot be read" in fault("oecd-icio", raw["oecd-icio"])


def test_file_that_cannot_be_read(raw, monkeypatch):
    def refuse(*_):
        raise PermissionError(errno.EACCES, "Permission denied", "ICIO2023_2015.csv")

    monkeypatch.setattr("gvc_helpers.databases.read._content_digest", refuse)
    assert "'ICIO2023_2015.csv' cannot be read: Permission denied" in fault("oecd-icio", raw["oecd-icio"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), database=st.sampled_from(["eora26", "oecd-icio"]))
def test_random_damage_is_noticed(raw, data, database):
    """One changed byte is a fault, or a finding, or leaves all numbers near enough to pass for rounding."""
    folder = raw[database]
    before = gvc.read_table(database, folder, 2015)
    sound = {(finding.kind, finding.where) for finding in before.check()}
    file = data.draw(st.sampled_from([f for f in sorted(folder.iterdir()) if "Q" not in f.name]))
    content = bytearray(whole := file.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] = data.draw(st.integers(0, 255))
    file.write_bytes(bytes(content))
    try:
        after = gvc.read_table(database, folder, 2015)
    except (gvc.SourceError, gvc.TableError) as error:
        assert "\n" not in str(error)
        return
    finally:
        file.write_bytes(whole)
    if after.index.equals(before.index):
        same = np.allclose(after.Z, before.Z, rtol=1e-3, atol=1) and np.allclose(after.Y, before.Y, rtol=2e-3)
        changed = {(finding.kind, finding.where) for finding in after.check()} != sound
        assert same or changed


# What leads elsewhere, has no end or would take the machine -----------------------------------------


def test_archive_is_named_and_no_temporary_folder(raw, tmp_path):
    """Faults of files in an archive name it and the file, as far as readers know the file."""
    for database, part, damage in (
        ("eora26", "Eora26_2015_bp_T.txt", lambda f: edited(f, set_cell(3, 4, "many"))),
        ("oecd-icio", "ICIO2023_2015.csv", lambda f: edited(f, set_cell(2, 3, "x"), ",")),
        ("exiobase", "IOT_2015_pxp/Z.txt", lambda f: edited(f, set_cell(4, 3, "x"))),
        ("wiod", "wiot15_row_sep12.xlsx", cut),
    ):
        damage(raw[database] / part)
        archive = zipped(raw[database], f"{database}.zip", "inner/")
        message = fault(database, archive)
        assert str(archive) in message
        assert (f"'{archive}: inner/{part}'" in message) == (database != "exiobase")
        assert ".gvc-" not in message


def test_files_of_a_killed_run_are_cleared_away(raw, tmp_path):
    (tmp_path / ".gvc-0123456789abcdef").mkdir()
    (tmp_path / ".gvc-0123456789abcdef.lock").touch()
    gvc.read_table("oecd-icio", zipped(raw["oecd-icio"]), 2015)
    assert not list(tmp_path.glob(".gvc-*"))


@pytest.mark.parametrize(
    ("place", "said"),
    [("a" * 300, "File name too long"), ("a" * 9000, "too long"), ("a\0b", "a\\x00b' cannot be read")],
)
def test_paths_that_cannot_be(tmp_path, place, said):
    message = fault("oecd-icio", tmp_path / place)
    assert said in message
    assert len(message) <= LONGEST_FAULT


def test_folders_with_too_much_in_them(raw, monkeypatch):
    monkeypatch.setattr(raw_files, "MOST_FILES", 3)
    assert "has more than 3 files; name the folder of the table" in fault("eora26", raw["eora26"])
    archive = zipped(raw["eora26"])
    for file in raw["eora26"].iterdir():
        file.unlink()
    archive.rename(raw["eora26"] / "table.zip")
    assert "has more than 3 files" in fault("eora26", raw["eora26"])


def test_links_that_lead_nowhere_are_passed_over(raw, monkeypatch):
    (raw["oecd-icio"] / "link.csv").symlink_to("elsewhere")
    is_file = Path.is_file

    def refuse(path):
        if path.name == "link.csv":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return is_file(path)

    monkeypatch.setattr(Path, "is_file", refuse)
    assert gvc.read_table("oecd-icio", raw["oecd-icio"], 2015).year == 2015


def test_folder_that_may_not_be_looked_into(raw, monkeypatch):
    def refuse(top, onerror):
        onerror(PermissionError(errno.EACCES, "Permission denied", str(top)))
        return iter(())

    monkeypatch.setattr(os, "walk", refuse)
    assert f"'{raw['eora26']}' cannot be read: Permission denied" in fault("eora26", raw["eora26"])


def test_file_changed_while_it_is_read(raw, monkeypatch):
    """Nobody would know of what the numbers are."""
    file = raw["oecd-icio"] / "ICIO2023_2015.csv"
    title, ((form, reader), *others) = sources()["oecd-icio"]

    def slow(*arguments):
        table = reader(*arguments)
        os.utime(file, (0, 0))
        return table

    monkeypatch.setitem(sources(), "oecd-icio", Source(title, [(form, slow), *others]))
    assert "ICIO2023_2015.csv' was changed while it was read" in fault("oecd-icio", file)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "oecd-icio': there is not enough memory for the table, whose files have"),
        (pyarrow.ArrowMemoryError("malloc of 9 bytes failed"), "malloc of 9 bytes failed"),
        (ParserError("C error: out of memory"), "there is not enough memory"),
        (OSError(errno.EIO, "Input/output error"), "cannot be read: Input/output error"),
    ],
    ids=str,
)
def test_machine_that_fails(raw, monkeypatch, error, said):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("pymrio.parse_oecd", fail)
    assert said in fault("oecd-icio", raw["oecd-icio"])


def test_disk_that_fails_under_an_unpacked_file(raw, monkeypatch):
    def fail(file):
        raise OSError(errno.EIO, "Input/output error", str(file))

    monkeypatch.setattr("pymrio.parse_oecd", fail)
    archive = zipped(raw["oecd-icio"])
    said = f"'{archive}: ICIO2023_2015.csv' cannot be read: Input/output error"
    assert fault("oecd-icio", archive) == said


def test_table_that_cannot_be_prepared(monkeypatch):
    def fail(_):
        raise MemoryError("Unable to allocate 9 GiB")

    monkeypatch.setattr(gvc.IOTable, "balance", fail)
    with pytest.raises(gvc.TableError, match=r"memory to prepare the table of 126 rows, .* allocate 9 GiB"):
        gvc.prepare(gvc.read_table("reconstruction"))


def test_encrypted_archive(raw):
    archive = zipped(raw["oecd-icio"])
    content = bytearray(archive.read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + flags] |= 1
    archive.write_bytes(content)
    assert f"'{archive}': 'ICIO2023_2015.csv' in the archive is encrypted" in fault("oecd-icio", archive)


def test_disk_without_room_to_unpack(raw, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10))
    archive = zipped(raw["eora26"])
    assert f"'{archive}' needs 3.52e-06 GB to be unpacked, and 1e-08 GB are free" in fault("eora26", archive)


def test_messages_have_an_end_and_no_control_characters():
    message = str(gvc.SourceError("\x1b[31m" + "a" * 10**6 + "is no number"))
    assert len(message) == LONGEST_FAULT
    assert message.startswith("\\x1b[31m")
    assert message.endswith("is no number")


def test_lists_of_files_that_lead_elsewhere(raw):
    """A folder that pymrio saved is read only as far as its lists name files in it that are no programs."""
    folder = raw["exiobase"] / "IOT_2015_pxp"
    listed = (folder / "file_parameters.json").read_text()
    for old, new, said in (
        ("Z.txt", "Z.pkl", "'Z.pkl'; only text and parquet are read, as a pickle can hold a program"),
        ("Z.txt", "../Z.txt", "'../Z.txt', which is not in its folder"),
        ("Z.txt", "..\\\\Z.txt", "which is not in its folder"),
        ('"nr_header": "2"', '"nr_header": "1000000000"', "with more than 20 rows or columns of labels"),
    ):
        assert old in listed
        (folder / "file_parameters.json").write_text(listed.replace(old, new, 1))
        for database in ("exiobase", "pymrio"):
            assert said in fault(database, folder)


def ran(*_):
    raise AssertionError("a program in the data has run")


class Program:
    def __reduce__(self):
        return ran, ()


def test_pickle_of_an_account_is_not_run(tmp_path):
    small = known()
    write_exiobase(small, tmp_path / "2015")
    for name in ("account", ".hidden"):
        account = tmp_path / "2015" / name
        account.mkdir()
        (account / "F.pkl").write_bytes(pickle.dumps(Program()))
        listed = {"F": {"name": "F.pkl", "nr_index_col": "1", "nr_header": "2"}}
        about = {"systemtype": "Extension", "name": "account", "files": listed}
        (account / "file_parameters.json").write_text(json.dumps(about))
    assert "a pickle can hold a program" in fault("pymrio", tmp_path)
    shutil.rmtree(tmp_path / "2015" / "account")
    assert len(gvc.read_table("pymrio", tmp_path, 2015).countries) == 4


# Under a limit of memory ----------------------------------------------------------------------------

LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (2 * 2**30, 2 * 2**30))
import gvc_helpers as gvc
for database, path in zip(sys.argv[1::2], sys.argv[2::2]):
    try:
        gvc.read_table(database, path, 2015)
        print("read")
    except (gvc.SourceError, gvc.TableError) as error:
        print(error)
"""


def zip_of_zeros(folder):
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ICIO2023_2015.csv", b"0," * 10**7)


def zip_of_thousands(folder):
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        for number in range(10_001):
            archive.writestr(f"{number}/ICIO2023_2015.csv", b"")


def long_line(name):
    def write(folder):
        (folder / name).parent.mkdir(exist_ok=True)
        with (folder / name).open("wb") as file:
            file.write(b"a,b\n")
            file.truncate(40_000_000)  # takes no room on the disk

    return write


def wide(name, delimiter=","):
    def write(folder):
        (folder / name).write_text(delimiter.join(["AT_A01"] * 60_000) + "\n")

    return write


def many_labels(folder):
    for name in ("index_t.csv", "index_y.csv", "index_v.csv"):
        text = "CountryA3,Entity,Sector\n" + "AAA,Industries,Same\n" * 60_000
        (folder / name).write_text(text)
    for part in "tyv":
        (folder / f"2015_eora_{part}.txt").write_text("1\n")


def far_cell(name):
    def write(folder):
        with xlsxwriter.Workbook(str(folder / name)) as book:
            book.add_worksheet("a").write(1048575, 16383, 1)
            book.worksheets()[0].write(0, 0, 1)

    return write


def saved_as_parquet(folder):
    system = folder / "2015"
    write_exiobase(known(), system)
    frame = pyarrow.table({"a": pyarrow.repeat(0.0, 1_000_000)})
    parquet.write_table(frame, system / "Z.parquet")
    file = system / "file_parameters.json"
    file.write_text(file.read_text().replace("Z.txt", "Z.parquet"))


def too_large(folder):
    codes = [f"A{i}" for i in range(40_000)] + ["P3_S13", "P3_S14", "P3_S15", "P51G", "P5M"]
    (folder / FIGARO_NAME).write_text("," + ",".join(f"AT_{c}" for c in codes))


def pipe(place):
    os.mkfifo(place)


def socket_file(place):
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as server, contextlib.chdir(place.parent):
        server.bind(place.name)  # whose path may not be long


def device(place):
    place.symlink_to("/dev/zero")


def circle(place):
    place.symlink_to(place)


def in_place_of_a_file(make):
    return lambda folder: make(folder / "ICIO2023_2015.csv")


def named_as_path(make):
    def write(folder):
        make(folder / "ICIO2023_2015.csv")
        return folder / "ICIO2023_2015.csv"

    return write


FIGARO_NAME = "matrix_eu-ic-io_ind-by-ind_24ed_2015.csv"
BOMBS = {
    "zeros": ("oecd-icio", zip_of_zeros, "would unpack to 20 MB, more than 200 times as much"),
    "thousands": ("oecd-icio", zip_of_thousands, "the archive holds 10,001 files"),
    "line of OECD": ("oecd-icio", long_line("ICIO2023_2015.csv"), "has a line of over 16,777,216 characters"),
    "line of FIGARO": ("figaro", long_line(FIGARO_NAME), "has a line of over"),
    "line of a folder": ("csv", long_line("Z.csv"), "has a line of over"),
    "columns of FIGARO": ("figaro", wide(FIGARO_NAME), "has 60,000 columns; a table has 50,000 at most"),
    "columns of a folder": ("csv", wide("Z.csv", ";"), "has 60,000 columns"),
    "labels": ("eora", many_labels, "index_t.csv' has labels of 60,000 rows"),
    "cell of WIOD 2013": ("wiod", far_cell("wiot15_row_sep12.xlsx"), "has a cell XFD1048576, too far"),
    "cell of ADB": ("adb-mrio", far_cell("ADB-MRIO-2015.xlsx"), "has a cell XFD1048576, too far"),
    "parquet": ("pymrio", saved_as_parquet, "'Z.parquet' with more than 50,000 rows or columns"),
    **{
        f"{kind.__name__} in a folder": ("oecd-icio", in_place_of_a_file(kind), "the folder is empty")
        for kind in (pipe, socket_file, device, circle)
    },
    **{
        kind.__name__: ("oecd-icio", named_as_path(kind), "is neither a folder nor a file")
        for kind in (pipe, socket_file, device)
    },
    "circle": ("oecd-icio", named_as_path(circle), "cannot be read: Too many levels of symbolic links"),
    "too large": ("figaro", too_large, "not enough memory for the table, whose files have"),
}


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such limits")
def test_nothing_takes_the_machine(tmp_path):
    arguments = []
    for name, (database, write, _) in BOMBS.items():
        (tmp_path / name).mkdir()
        arguments += [database, str(write(tmp_path / name) or tmp_path / name)]
    answer = subprocess.run(
        [sys.executable, "-c", LIMITED, *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    for (name, (*_, said)), line in zip(BOMBS.items(), answer.stdout.splitlines(), strict=True):
        assert said in line, f"{name}: {line}"
        assert str(tmp_path / name) in line
