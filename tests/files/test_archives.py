"""Zip archives: what would take the machine or lead out of its folder is refused before it is unpacked."""

import io
import stat
import zipfile

import pytest

from gvc_helpers.files.archives import sound_members, unpack
from gvc_helpers.files.text import FileError

NUMBERS = "\n".join(f"{i * 7919 % 10007},{i * 104729 % 9973}.5" for i in range(2000)).encode()


def zipped(*files, packing=zipfile.ZIP_DEFLATED):
    """An archive of files, each a name (or its ZipInfo) and content; opened."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return zipfile.ZipFile(out)


def told(archive, **limits):
    with pytest.raises(FileError) as error:
        sound_members(archive, "world.zip", **limits)
    return str(error.value)


def special(mode):
    info = zipfile.ZipInfo("Z.csv")
    info.external_attr = (mode | 0o777) << 16
    return info


def declared(size):
    """An archive whose list says a size that the file does not have."""
    archive = zipped(("Z.csv", NUMBERS))
    archive.infolist()[0].file_size = size
    return archive


def overlapping(count):
    """An archive whose list has one piece of data many times under other names."""
    archive = zipped(("Z.csv", NUMBERS * 100))
    archive.filelist *= count
    return archive


def encrypted():
    archive = zipped(("Z.csv", NUMBERS))
    archive.infolist()[0].flag_bits |= 1
    return archive


def with_damaged_list():
    """An archive whose second entry takes the third for its comment; `zipfile` says nothing of it."""
    changed = bytearray(zipped(*((f"{name}.csv", NUMBERS) for name in "ZYX")).fp.getvalue())
    third = changed.rindex(b"PK\x01\x02")
    second = changed.rindex(b"PK\x01\x02", 0, third)
    changed[second + 32 : second + 34] = (third - second).to_bytes(2, "little")
    return zipfile.ZipFile(io.BytesIO(changed))


def test_sound_archives_pass():
    archive = zipped(("deep/er/Z.csv", NUMBERS), ("Y..csv", b"0" * 9_000_000), ("a/", b""))
    assert [member.filename for member in sound_members(archive, "")] == [
        "deep/er/Z.csv",
        "Y..csv",
    ]


@pytest.mark.parametrize(
    ("archive", "message"),
    [
        (zipped(("zeros.csv", b"0," * 10**7)), "kB would unpack to 20 MB, more than 200 times as much"),
        (overlapping(2000), "would unpack to"),
        (declared(65 * 10**9), "world.zip: unpacked it would be 65 GB; it may be 64 GB"),
        (zipped(("../Z.csv", b"1")), "world.zip: '../Z.csv' in the archive is a path that leads out of it"),
        (zipped(("a\\..\\..\\Z.csv", b"1")), "a path that leads out"),
        (zipped(("/etc/Z.csv", b"1")), "a path that leads out"),
        (zipped(("C:Z.csv", b"1")), "a path that leads out"),
        (zipped((special(stat.S_IFLNK), b"/etc/passwd")), "'Z.csv' in the archive is a link or a device"),
        (zipped((special(stat.S_IFIFO), b"")), "a link or a device"),
        (with_damaged_list(), "world.zip: the archive's list of files is damaged; is it whole?"),
        (encrypted(), "is encrypted; unpack it and name the folder"),
        (
            zipped(("Z.csv", NUMBERS), packing=zipfile.ZIP_BZIP2),
            "is packed neither as 'deflate' nor as it is",
        ),
        (zipped((f"../{'a' * 9999}", b"1")), "aaa...' in the archive is a path"),
    ],
    ids=lambda value: "" if isinstance(value, zipfile.ZipFile) else value[:30],
)
def test_archives_that_are_refused(archive, message):
    assert message in told(archive)
    assert len(told(archive)) < 250


def test_limits_are_the_callers():
    archive = zipped(*[(f"{i}.csv", NUMBERS) for i in range(3)])
    assert told(archive, most_members=2) == "world.zip: the archive holds 3 files; it may hold 2"
    assert "it may be 20 kB" in told(archive, most_bytes=20_000)


def test_files_are_unpacked_whole_or_not_at_all(tmp_path):
    target = tmp_path / "Z.csv"
    unpack(sound := zipped(("Z.csv", NUMBERS)), sound.infolist()[0], "world.zip", target)
    assert target.read_bytes() == NUMBERS
    archive = declared(len(NUMBERS) - 1)
    with pytest.raises(zipfile.BadZipFile):  # more data than the list says: no more is written
        unpack(archive, archive.infolist()[0], "world.zip", target)
    assert target.stat().st_size < len(NUMBERS)
    archive = declared(len(NUMBERS) + 5000)
    with pytest.raises(
        FileError, match=r"'Z.csv' in the archive has 23.5 kB, not the 28.5 kB that its list says"
    ):
        unpack(archive, archive.infolist()[0], "world.zip", target)
