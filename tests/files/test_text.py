"""Files are read only if they are files, and written whole or not at all; numbers mean one thing or none."""

import hashlib
import os
import threading
from pathlib import Path

import pytest

from gvc_helpers.errors import LONGEST_FAULT, MOST_FAULTS, GvcError
from gvc_helpers.files.text import FileError, as_number, digest_as_read, file_content, is_there, write_new


def fault(path, **limits):
    with pytest.raises(FileError) as caught:
        file_content(Path(path), **limits)
    (line,) = str(caught.value).splitlines()
    return line


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.csv", "the file does not exist"),
        ("folder", "this is a folder; name a file"),
        ("loop", "the file cannot be read: Too many levels of symbolic links"),
        ("x" * 300, "the file cannot be read: File name too long"),
        ("a\0b", "no file can have this name"),
        ("a\ud800b", "no file can have this name"),
        ("empty", "the file is empty"),
        ("full/file", "the file cannot be read: Not a directory"),
    ],
)
def test_what_is_no_file_is_named(tmp_path, name, message):
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "empty").write_text(" \n")
    (tmp_path / "full").write_text("text")
    assert fault(tmp_path / name).endswith(message)
    assert is_there(tmp_path / name) == (name in ("folder", "empty"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_pipes_and_devices_are_not_waited_for(tmp_path):
    assert fault("/dev/null").endswith("this is a pipe or a device; name a file")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=["text"], daemon=True)
    writer.start()
    assert fault(pipe).endswith("this is a pipe or a device; name a file")
    with pipe.open():  # lets the writer go
        writer.join()


def test_large_file_is_not_read(tmp_path):
    file = tmp_path / "large"
    file.write_bytes(b"x" * 1001)
    assert fault(file, largest=1000).endswith("the file has 1,001 bytes; it may have 1,000")
    assert len(file_content(file, largest=1001)) == 1001


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_half_written_files_are_removed(tmp_path, monkeypatch, error):
    (tmp_path / "mine").write_text("mine")
    contents = {"a.csv": b"a", "b.csv": b"b", "c.csv": b"c"}
    write = Path.write_bytes

    def failing(file, content):
        write(file, content[: 0 if file.name == "b.csv" else None])
        if file.name == "b.csv":
            raise error

    with monkeypatch.context() as changed:
        changed.setattr(Path, "write_bytes", failing)
        with pytest.raises((FileError, KeyboardInterrupt)):
            write_new(tmp_path, contents)
    assert [file.name for file in tmp_path.iterdir()] == ["mine"]
    assert [file.read_bytes() for file in write_new(tmp_path, contents)] == [b"a", b"b", b"c"]
    with pytest.raises(FileError, match=r"a.csv, b.csv, c.csv exist already"):
        write_new(tmp_path, contents)


def test_new_files_are_not_written_through_a_link(tmp_path):
    (tmp_path / "a.csv").symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(FileError, match=r"a.csv exist already"):
        write_new(tmp_path, {"a.csv": b"a"})
    assert not (tmp_path / "elsewhere.csv").exists()


def test_the_hash_is_of_what_was_read(tmp_path):
    file = tmp_path / "a.csv"
    file.write_bytes(b"before")
    assert file_content(file) == b"before"
    file.write_bytes(b"changed meanwhile")
    assert digest_as_read(file) == hashlib.sha256(b"before").digest()
    other = tmp_path / "b.csv"
    other.write_bytes(b"not read yet")
    assert digest_as_read(other) == hashlib.sha256(b"not read yet").digest()


def test_lines_of_faults_are_bounded():
    lines = str(GvcError(["x" * 100_000] * 1000, more=5)).splitlines()
    assert len(lines) == MOST_FAULTS + 1
    assert max(map(len, lines)) == LONGEST_FAULT
    assert lines[-1] == "and 955 more"
    assert str(GvcError(["a", "b"])) == "a\nb"
    assert str(GvcError("a")) == "a"


@pytest.mark.parametrize(
    ("text", "comma", "number"),
    [
        ("1 234,5", False, 1234.5),
        ("1.234,5", False, 1234.5),
        ("1,234,567", True, 1234567.0),
        ("1,234", True, 1.234),
        ("0,125", False, 0.125),
        ("-.5e3", False, -500.0),
        ("5.", False, 5.0),
    ],
)
def test_numbers_are_read_as_they_are_written(text, comma, number):
    assert as_number(text, comma) == number


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        *((text, "is not a number") for text in ("", "-", ".", "e5", "ten", "nan", "12 34", "1,234,5")),
        ("1,234", "may be a whole number or have three decimals: write 1234 or 1.234"),
        ("1e999", "is too large for a number"),
    ],
)
def test_what_is_no_number_or_may_be_two_is_refused(text, problem):
    with pytest.raises(ValueError, match=problem):
        as_number(text, False)
