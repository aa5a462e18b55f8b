"""Text in files as people have them: its encoding, its numbers, and how messages quote it."""

from __future__ import annotations

import hashlib
import math
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from gvc_helpers.errors import GvcError, quoted, shortened


class FileError(GvcError):
    """A file cannot be read; the message is one line that names it."""


def file_content(path: Path, largest: int | None = None) -> bytes:
    """Read a file of at most `largest` bytes.

    Raises
    ------
    FileError
        When it is missing, empty or too large, no file (a folder, a pipe, a device) or cannot be read.
    """
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            raise FileError(f"{path}: this is a folder; name a file")
        if not stat.S_ISREG(about.st_mode):  # reading it might never end
            raise FileError(f"{path}: this is a pipe or a device; name a file")
        if largest is not None and about.st_size > largest:
            raise FileError(f"{path}: the file has {about.st_size:,} bytes; it may have {largest:,}")
        content = path.read_bytes()
    except FileError:
        raise
    except FileNotFoundError:
        raise FileError(f"{path}: the file does not exist") from None
    except OSError as error:
        raise FileError(f"{path}: the file cannot be read: {error.strerror}") from None
    except ValueError:
        raise FileError(f"{shortened(ascii(str(path)))}: no file can have this name") from None
    if not content.strip():
        raise FileError(f"{path}: the file is empty")
    _READ[path.absolute()] = hashlib.sha256(content).digest()
    return content


_READ: dict[Path, bytes] = {}
"""SHA-256 of the files that this process has read, as they were then."""


def digest_as_read(path: Path) -> bytes:
    """SHA-256 of a file as this process read it last; of the file as it is, if it has not.

    Raises
    ------
    FileError
        As :func:`file_content`.
    """
    if path.absolute() not in _READ:
        file_content(path)
    return _READ[path.absolute()]


def is_there(path: str | Path) -> bool:
    """Tell whether there is such a file or folder; one that cannot be is not."""
    try:
        return Path(path).exists()
    except OSError:  # the name is too long, or a folder above it is closed
        return False


def write_new(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write files that are not there yet into a folder, all of them or none.

    Raises
    ------
    FileError
        When one is there already, or they cannot be written.
    """
    files = [folder / name for name in contents]
    if there := [file.name for file in files if is_there(file) or file.is_symlink()]:
        raise FileError(f"{folder}: {', '.join(there)} exist already; name another folder or move them")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            for file, content in zip(files, contents.values(), strict=True):
                file.write_bytes(content)
        except BaseException:
            for file in files:
                file.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise FileError(f"{folder}: the template cannot be written: {error.strerror}") from None
    return files


def decoded(content: bytes, file: str) -> str:
    """Decode a text in UTF-8, UTF-16 or Windows-1251, which spreadsheets write; `file` is for the message."""
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if wide else ["utf-8-sig", "cp1251"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.count("\0") <= len(text) / 10:  # more is UTF-16 without its mark; a few are in cells
            return text
    raise FileError(f"{file}: this is not text in UTF-8, UTF-16 or Windows-1251; save it in UTF-8")


SIGNS = str.maketrans(
    dict.fromkeys("\u00a0\u2007\u2009\u202f'’", " ")
    | dict.fromkeys("−–‒", "-")
    | {"\u200b": "", "\ufeff": ""}
)
"""What stands for spaces and minus signs in numbers that were typed or copied."""
_NO_MARKS = str.maketrans("", "", " ,.")
_NUMBER = re.compile(
    r"(?P<sign>[+-]?) ?"
    r"(?P<whole>[0-9]{1,3}(?P<mark>[ ,.])[0-9]{3}(?:(?P=mark)[0-9]{3})*|[0-9]*)"
    r"(?:(?P<point>[,.])(?P<part>[0-9]*))?"
    r"(?P<power>[eE][+-]?[0-9]+)?"
)


def as_number(text: str, decimal_comma: bool) -> float:
    """Read a number: the last of comma and point is the decimal sign, a repeated one separates thousands.

    `decimal_comma` tells that a comma can only be a decimal sign; else one that may part thousands is refused
    with a ValueError, as is what is no number.
    """
    match = _NUMBER.fullmatch(text.translate(SIGNS))
    if not match or not (match["whole"] or match["part"]) or (match["mark"] or " ") == match["point"]:
        raise ValueError(f"{quoted(text)} is not a number")
    whole, part = match["whole"], match["part"] or ""
    if match["mark"] in (",", ".") and not match["point"] and whole.count(match["mark"]) == 1:
        if match["mark"] == "," and not decimal_comma and not whole.startswith("0"):
            spelt = (
                f"write {match['sign']}{whole.replace(',', '')} or {match['sign']}{whole.replace(',', '.')}"
            )
            raise ValueError(f"{quoted(text)} may be a whole number or have three decimals: {spelt}")
        whole, part = whole.split(match["mark"])
    number = float(f"{match['sign']}{whole.translate(_NO_MARKS) or '0'}.{part or '0'}{match['power'] or ''}")
    if not math.isfinite(number):
        raise ValueError(f"{quoted(text)} is too large for a number")
    return number + 0.0  # minus zero is zero


def decimal_mark(text: str) -> tuple[str, bool]:
    """Tell a number's decimal sign, comma or point or neither, and whether it may part thousands instead."""
    match = _NUMBER.fullmatch(text.translate(SIGNS))
    mark = match["mark"] if match else None
    if not match or match["point"] or mark not in (",", "."):
        return (match["point"] or "" if match else ""), False
    if match["whole"].count(mark) > 1:
        return {",": ".", ".": ","}[mark], False
    return mark, not match["whole"].startswith("0")
