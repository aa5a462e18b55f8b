"""Text in files as people have them: its encoding, its numbers, and how messages quote it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any


class FileError(ValueError):
    """A file cannot be read; the message is one line that names it."""


def file_content(path: Path) -> bytes:
    """Read a file; a missing, empty or unreadable one is a FileError that names it."""
    if path.is_dir():
        raise FileError(f"{path}: this is a folder; name a file")
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise FileError(f"{path}: the file does not exist") from None
    except (OSError, ValueError) as error:
        raise FileError(f"{path}: the file cannot be read: {error}") from None
    if not content.strip():
        raise FileError(f"{path}: the file is empty")
    return content


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
    raise FileError(f"{file}: this is not text in UTF-8, UTF-16 or Windows-1251; save it as CSV UTF-8")


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


CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What is no text but acts on the screen that shows it, also by turning the direction of writing."""


def shortened(text: str) -> str:
    """Cut a long text, and spell out its control characters."""
    text = text if len(text) <= 60 else text[:57] + "..."
    return CONTROL.sub(lambda control: control[0].encode("unicode_escape").decode(), text)


def quoted(text: str) -> str:
    """Put a text in quotation marks, shortened where it is long."""
    return f"'{shortened(text)}'"


def listed(items: Iterable[Any], most: int = 40) -> str:
    """Items with commas between, and how many more there are."""
    texts = [shortened(str(item)) for item in items]
    return ", ".join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")
