"""Zip archives of other people: what may be unpacked, told from what would take the machine."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from gvc_helpers.errors import quoted
from gvc_helpers.files.text import FileError

MOST_BYTES = 64 * 10**9
"""Size of a database, unpacked; the largest edition of one has some 30 GB."""
MOST_MEMBERS = 10_000
"""Files in an archive."""
MOST_RATIO = 200
"""How many times its packed size an archive may have; tables of numbers have 3 to 20 times theirs."""
SMALL = 10**7
"""Size that is no danger, whatever the ratio: a small table of zeros packs to nothing."""
MANY, LONGEST_END = 0xFFFF, 22 + 0xFFFF
"""What stands for a number of files that takes more than two bytes; and bytes of the end of an archive."""


def sound_members(
    archive: zipfile.ZipFile, shown: str, most_bytes: int = MOST_BYTES, most_members: int = MOST_MEMBERS
) -> list[zipfile.ZipInfo]:
    """List the files of an archive that may be unpacked, before any of it is.

    Parameters
    ----------
    archive : zipfile.ZipFile
        The archive.
    shown : str
        Its name in messages.
    most_bytes, most_members : int
        Size of all its files together, and how many there may be.

    Raises
    ------
    FileError
        When there are too many files, or they would be too large, together or beside the archive's own size
        (as where one piece of data stands for many files); when one is encrypted, leads out of the folder
        that it is unpacked into, is a link or a device, or is packed in a way that cannot be unpacked in
        pieces.
    """
    if len(archive.infolist()) < _stated_members(archive) < MANY:
        raise FileError(f"{shown}: the archive's list of files is damaged; is it whole?")
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > most_members:
        raise FileError(f"{shown}: the archive holds {len(members):,} files; it may hold {most_members:,}")
    for member in members:
        fault = _fault(member)
        if fault:
            raise FileError(f"{shown}: {quoted(member.filename)} in the archive {fault}")
    size, packed = sum(member.file_size for member in members), archive.start_dir
    if size > most_bytes:
        raise FileError(f"{shown}: unpacked it would be {_bytes(size)}; it may be {_bytes(most_bytes)}")
    if size > max(SMALL, MOST_RATIO * packed):
        raise FileError(
            f"{shown}: {_bytes(packed)} would unpack to {_bytes(size)}, "
            f"more than {MOST_RATIO} times as much, as no table does"
        )
    return members


def _stated_members(archive: zipfile.ZipFile) -> int:
    """Number of files that the end of an archive states, which `zipfile` does not compare with its list."""
    file = archive.fp
    assert file is not None
    file.seek(0, 2)
    file.seek(max(0, file.tell() - LONGEST_END))
    end = file.read()
    place = end.rfind(b"PK\x05\x06")
    return int.from_bytes(end[place + 10 : place + 12], "little") if place >= 0 else MANY


def _fault(member: zipfile.ZipInfo) -> str:
    """Say why a file must not be unpacked; nothing if it may."""
    name = PurePosixPath(member.filename.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts or ":" in member.filename:
        return "is a path that leads out of it; it is not opened"
    if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
        return "is a link or a device; only files are read"
    if member.flag_bits & 1:
        return "is encrypted; unpack it and name the folder"
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # what other ways hold back until the end of a piece has no bound
        return "is packed neither as 'deflate' nor as it is; unpack it and name the folder"
    return ""


def unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, shown: str, target: Path) -> None:
    """Copy a file of an archive, piece by piece; errors as of :func:`pieces`, or OSError."""
    with target.open("wb") as copy:
        for piece in pieces(archive, member, shown):
            copy.write(piece)


def pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo, shown: str) -> Iterator[bytes]:
    """Unpack a file of an archive piece by piece.

    Where more data follows than the archive's list says, `zipfile` stops there and finds the checksum wrong;
    where there is less, it would say nothing.

    Raises
    ------
    FileError
        When there is less data than the archive's list says.
    zipfile.BadZipFile, zlib.error, EOFError
        When the archive is damaged.
    """
    size = 0
    with archive.open(member) as source:
        while piece := source.read(2**20):
            size += len(piece)
            yield piece
    if size != member.file_size:
        raise FileError(
            f"{shown}: {quoted(member.filename)} in the archive has {_bytes(size)}, not the "
            f"{_bytes(member.file_size)} that its list says; is it whole?"
        )


def _bytes(size: float) -> str:
    """Write a size as people do."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            break
        size /= 1000
    return f"{size:,.3g} {unit}" if size < 1000 else f"{size:,.0f} {unit}"
